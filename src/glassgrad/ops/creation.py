"""New tensors from data, sizes and ranges."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.device import device
from glassgrad.dtypes import as_dtype
from glassgrad.ops.random import size_of
from glassgrad.tensor import TWINS, Tensor, as_array, make

__all__ = [  # the names in `gg.`
    "arange", "as_tensor", "empty", "empty_like", "eye", "from_numpy", "full", "full_like", "linspace", "ones", "ones_like",
    "tensor", "zeros", "zeros_like",
]  # fmt: skip


def _made(array: np.ndarray, requires_grad: bool, where: Any = None) -> Tensor:
    if where is not None:
        device(where)
    return make(array, None).requires_grad_(requires_grad)


def tensor(data: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`: numbers, nested lists, arrays. Python floats become the default dtype, ints int64."""
    if isinstance(data, Tensor):
        data = data.detach()._array
    return _made(np.array(as_array(data, dtype), order="C"), requires_grad, device)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor that shares memory with `data` where it can; a tensor of the right dtype is returned as it is."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return _made(as_array(data, dtype), False, device)


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor on the array's own memory: a write to either is seen by both."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy: expected an array, got {type(array).__name__}: write gg.tensor(...)")
    return make(as_array(array), None)


def full(size: Any, fill_value: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`fill_value` in every element; the dtype follows the value unless given."""
    value = as_array(fill_value)
    return _made(np.full(size_of((size,)), value, as_dtype(dtype or value.dtype)), requires_grad, device)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of shape `size`."""
    return _made(np.zeros(size_of(size), as_dtype(dtype or state.default_dtype)), requires_grad, device)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of shape `size`."""
    return _made(np.ones(size_of(size), as_dtype(dtype or state.default_dtype)), requires_grad, device)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Unset memory of shape `size`."""
    return _made(np.empty(size_of(size), as_dtype(dtype or state.default_dtype)), requires_grad, device)


def zeros_like(x: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of x's shape and dtype."""
    return zeros(x.shape, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def ones_like(x: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of x's shape and dtype."""
    return ones(x.shape, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def empty_like(x: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Unset memory of x's shape and dtype."""
    return empty(x.shape, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def full_like(x: Tensor, fill_value: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`fill_value` in every element, of x's shape and dtype."""
    return full(x.shape, fill_value, dtype or x.dtype, device, requires_grad)


def arange(start: Any, end: Any = None, step: Any = 1, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`start, start + step, ...` up to but not including `end`; `arange(end)` starts at 0. int64 if all are ints."""
    first, last = (0, start) if end is None else (start, end)
    numbers = [x.item() if isinstance(x, Tensor) else x for x in (first, last, step)]
    if numbers[2] == 0 or (numbers[1] - numbers[0]) * numbers[2] < 0:
        raise ValueError(f"arange: step {numbers[2]} never gets from {numbers[0]} to {numbers[1]}")
    floats = any(isinstance(x, (float, np.floating)) for x in numbers)
    return _made(np.arange(*numbers).astype(as_dtype(dtype or (state.default_dtype if floats else np.int64))), requires_grad, device)


def linspace(start: float, end: float, steps: int, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`steps` evenly spaced values from `start` to `end`, both included."""
    return _made(np.linspace(start, end, steps, dtype=as_dtype(dtype or state.default_dtype)), requires_grad, device)


def eye(n: int, m: int | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The (n, m) matrix with ones on the diagonal; m defaults to n."""
    return _made(np.eye(n, m, dtype=as_dtype(dtype or state.default_dtype)), requires_grad, device)


TWINS[np.zeros_like] = zeros_like
TWINS[np.ones_like] = ones_like

Tensor.new_zeros = lambda x, *size, **options: zeros(*size, **{"dtype": x.dtype, **options})  # type: ignore[attr-defined]
Tensor.new_ones = lambda x, *size, **options: ones(*size, **{"dtype": x.dtype, **options})  # type: ignore[attr-defined]
Tensor.new_tensor = lambda x, data, **options: tensor(data, **{"dtype": x.dtype, **options})  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ in place


def _zero_(self: Tensor) -> Tensor:
    """Fill with zeros, in place."""
    return self._assign(0)


def _fill_(self: Tensor, value: Any) -> Tensor:
    """Fill with one value, in place."""
    return self._assign(value)


def _copy_(self: Tensor, source: Any) -> Tensor:
    """Write the elements of `source` (broadcastable, cast) over this tensor, in place."""
    return self._assign(source if isinstance(source, Tensor) else as_array(source, self.dtype))


Tensor.zero_ = _zero_  # type: ignore[attr-defined]
Tensor.fill_ = _fill_  # type: ignore[attr-defined]
Tensor.copy_ = _copy_  # type: ignore[attr-defined]
