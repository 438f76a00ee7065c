"""New tensors from data, sizes and ranges.

All of them take `dtype`, `device` (there is one), `requires_grad`, `out` (a tensor to write to), and PyTorch's `layout`, `pin_memory`
and `memory_format`, which ask for what every tensor here is anyway.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.device import on
from glassgrad.dtypes import as_dtype
from glassgrad.op import Array, op
from glassgrad.ops.random import made as _made
from glassgrad.ops.random import size_of
from glassgrad.ops.shape import unsqueeze
from glassgrad.tensor import TWINS, Tensor, as_array, attach, make

__all__ = [  # the names in `gg.`
    "arange", "as_tensor", "bartlett_window", "blackman_window", "empty", "empty_like", "eye", "from_numpy", "full", "full_like",
    "hamming_window", "hann_window", "linspace", "logspace", "ones", "ones_like", "scalar_tensor", "tensor", "tril_indices",
    "triu_indices", "vander", "zeros", "zeros_like",
]  # fmt: skip

def _dtype(dtype: Any, default: Any = None) -> np.dtype[Any]:
    return (default or state.default_dtype) if dtype is None else as_dtype(dtype)


# ------------------------------------------------------------------------------------------------ from data


def tensor(data: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """A tensor with a copy of `data`: numbers, nested lists, arrays. Python floats become the default dtype, ints int64."""
    if isinstance(data, Tensor):
        data = data.detach()._array
    return _made("tensor", np.array(as_array(data, dtype), order="C"), device, requires_grad, options)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor that shares memory with `data` where it can; a tensor of the right dtype is returned as it is."""
    if isinstance(data, Tensor):
        on(device)
        return data if dtype is None else data.to(dtype)
    return _made("as_tensor", as_array(data, dtype), device, False, {})


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor on the array's own memory: a write to either is seen by both."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected an array, got {type(ndarray).__name__}: write gg.tensor(...)")
    return make(as_array(ndarray), None)


def scalar_tensor(s: float, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """A number as a 0-d tensor, of the default dtype unless another is given."""
    return _made("scalar_tensor", np.asarray(s, _dtype(dtype)), device, requires_grad, options)


# ------------------------------------------------------------------------------------------------ of one value


def _sized(name: str, array_of: Callable[..., np.ndarray], doc: str) -> Any:
    def made(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
        if "size" in options:
            size = (options.pop("size"),)
        return _made(name, array_of(size_of(size, name), _dtype(dtype)), device, requires_grad, options)

    def like(input: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
        return _made(name + "_like", array_of(input.shape, _dtype(dtype, input.dtype)), device, requires_grad, options)

    def new(self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
        return made(*size, dtype=_dtype(dtype, self.dtype), device=device, requires_grad=requires_grad, **options)

    texts = (f"{doc} of shape `size`.", f"{doc} of the input's shape and dtype.", f"{doc} of shape `size` and this tensor's dtype.")
    for function, called, text in zip((made, like, new), (name, name + "_like", "new_" + name), texts, strict=True):
        function.__name__ = function.__qualname__ = called
        function.__doc__ = text
    attach(**{"new_" + name: new})
    return made, like


zeros, zeros_like = _sized("zeros", np.zeros, "Zeros")
ones, ones_like = _sized("ones", np.ones, "Ones")
empty, empty_like = _sized("empty", np.empty, "Unset memory")
TWINS[np.zeros_like] = zeros_like
TWINS[np.ones_like] = ones_like
TWINS[np.empty_like] = empty_like


def full(size: Any, fill_value: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """`fill_value` in every element; the dtype follows the value unless given."""
    value = as_array(fill_value)
    return _made("full", np.full(size_of((size,), "full"), value, _dtype(dtype, value.dtype)), device, requires_grad, options)


def full_like(input: Tensor, fill_value: Any, dtype: Any = None, **options: Any) -> Tensor:
    """`fill_value` in every element, of the input's shape and dtype."""
    return full(input.shape, fill_value, _dtype(dtype, input.dtype), **options)


def _new_full(self: Tensor, size: Any, fill_value: Any, dtype: Any = None, **options: Any) -> Tensor:
    """`fill_value` in every element, of shape `size` and this tensor's dtype."""
    return full(size, fill_value, _dtype(dtype, self.dtype), **options)


def _new_tensor(self: Tensor, data: Any, dtype: Any = None, **options: Any) -> Tensor:
    """A copy of `data` in this tensor's dtype."""
    return tensor(data, _dtype(dtype, self.dtype), **options)


TWINS[np.full_like] = full_like
attach(new_full=_new_full, new_tensor=_new_tensor)


# ------------------------------------------------------------------------------------------------ ranges


def _number(x: Any) -> Any:
    return x.item() if isinstance(x, (Tensor, np.ndarray, np.generic)) else x


def arange(
    start: Any = 0, end: Any = None, step: Any = 1, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """`start, start + step, ...` up to but not including `end`; `arange(end)` starts at 0. int64 if all are ints."""
    first, last, step = (_number(x) for x in ((0, start, step) if end is None else (start, end, step)))
    if step == 0 or (last - first) * step < 0:
        raise RuntimeError(f"arange: step {step} never gets from {first} to {last}")
    found = _dtype(dtype, state.default_dtype if any(isinstance(x, float) for x in (first, last, step)) else np.dtype(np.int64))
    if found == np.int64:  # PyTorch counts after cutting off the fractions, but in the other integer dtypes before
        first, last, step = int(first), int(last), int(step)
        if not step:
            raise RuntimeError("arange: step is 0 as an int64: write dtype=gg.float32")
    count = math.ceil((last - first) / step)
    if found.kind in "iu":
        first, step = int(first), int(step)
    return _made("arange", (first + step * np.arange(count)).astype(found), device, requires_grad, options)


def linspace(
    start: Any, end: Any, steps: int, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """`steps` evenly spaced values from `start` to `end`, both included."""
    found = _dtype(dtype)
    return _made("linspace", _spaced("linspace", start, end, steps, found.kind in "iu").astype(found), device, requires_grad, options)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """`base` to the power of `steps` evenly spaced exponents from `start` to `end`, both included."""
    found = _dtype(dtype)
    exponents = _spaced("logspace", start, end, steps, found.kind in "iu")
    with np.errstate(invalid="ignore", over="ignore"):
        return _made("logspace", (float(base) ** exponents).astype(found), device, requires_grad, options)


def _spaced(who: str, start: Any, end: Any, steps: int, whole: bool) -> np.ndarray:
    first, last = _number(start), _number(end)
    if steps < 0:
        raise RuntimeError(f"{who}: steps can't be negative, got {steps}")
    if whole:
        first, last = int(first), int(last)
    i = np.arange(steps)
    step = (last - first) / max(steps - 1, 1)
    return np.where(i < steps / 2, first + step * i, last - step * (steps - 1 - i))  # both ends exact


def eye(n: int, m: int | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """The (n, m) matrix with ones on the diagonal; m defaults to n."""
    return _made("eye", np.eye(*size_of((n, n if m is None else m), "eye"), dtype=_dtype(dtype)), device, requires_grad, options)


def tril_indices(row: int, col: int, offset: int = 0, dtype: Any = np.int64, device: Any = None, **options: Any) -> Tensor:
    """(2, n): the row and column of each element of the lower triangle of a (row, col) matrix."""
    return _made("tril_indices", np.stack(np.tril_indices(row, offset, col)).astype(as_dtype(dtype)), device, False, options)


def triu_indices(row: int, col: int, offset: int = 0, dtype: Any = np.int64, device: Any = None, **options: Any) -> Tensor:
    """(2, n): the row and column of each element of the upper triangle of a (row, col) matrix."""
    return _made("triu_indices", np.stack(np.triu_indices(row, offset, col)).astype(as_dtype(dtype)), device, False, options)


@op(method=False)
def vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    """(n, N): the powers N - 1 to 0 (0 to N - 1 if increasing) of each entry of a vector; N defaults to n."""
    if x.ndim != 1 or (N is not None and N < 0):
        raise RuntimeError(f"vander: expected a vector and N >= 0, got shape {tuple(x.shape)} and {N}")
    powers = np.arange(len(x) if N is None else N)
    return unsqueeze(x, 1) ** (powers if increasing else powers[::-1])


# ------------------------------------------------------------------------------------------------ windows


def _cosines(who: str, weights: tuple[float, ...], length: int, periodic: bool, dtype: Any, device: Any, rest: Any) -> Tensor:
    """The sum of `weights[k] * cos(2 pi k i / n)`; a periodic window is one element shorter than a symmetric one."""
    turn = 2 * np.pi * np.arange(length) / max(length if periodic else length - 1, 1)
    values = sum(w * np.cos(k * turn) for k, w in enumerate(weights)) if length > 1 else np.ones(length)
    return _made(who, np.asarray(values).astype(_dtype(dtype)), device, rest.pop("requires_grad", False), rest)


def hann_window(window_length: int, periodic: bool = True, dtype: Any = None, device: Any = None, **options: Any) -> Tensor:
    """`0.5 - 0.5 cos(2 pi i / n)`, n the length, less one if not periodic."""
    return _cosines("hann_window", (0.5, -0.5), window_length, periodic, dtype, device, options)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    dtype: Any = None,
    device: Any = None,
    **options: Any,
) -> Tensor:
    """`alpha - beta cos(2 pi i / n)`, n the length, less one if not periodic."""
    return _cosines("hamming_window", (alpha, -beta), window_length, periodic, dtype, device, options)


def blackman_window(window_length: int, periodic: bool = True, dtype: Any = None, device: Any = None, **options: Any) -> Tensor:
    """`0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n)`, n the length, less one if not periodic."""
    return _cosines("blackman_window", (0.42, -0.5, 0.08), window_length, periodic, dtype, device, options)


def bartlett_window(window_length: int, periodic: bool = True, dtype: Any = None, device: Any = None, **options: Any) -> Tensor:
    """The triangle `1 - |2 i / n - 1|`, n the length, less one if not periodic."""
    n = max(window_length if periodic else window_length - 1, 1)
    values = 1 - np.abs(2 * np.arange(window_length) / n - 1) if window_length > 1 else np.ones(window_length)
    return _made("bartlett_window", values.astype(_dtype(dtype)), device, options.pop("requires_grad", False), options)
