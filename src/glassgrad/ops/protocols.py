"""What NumPy's functions do with tensors.

A function that an op stands for, its twin, is that op: it records, and gives tensors. Any other, or one called with arguments
that the op hasn't, runs on the arrays of tensors that need no gradient: a ufunc gives tensors, the rest what NumPy gives. Where a
tensor requires grad that is a TypeError, because the result would be cut from the graph without a word.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassgrad import ops
from glassgrad.dtypes import DTYPES
from glassgrad.tensor import TWINS, Tensor, attach, make
from glassgrad.writes import written

# Arguments that NumPy has at places where the op has others: they are passed by name.
_NAMED = frozenset(("copy", "dtype", "initial", "keepdims", "out", "overwrite_input", "where"))
# These only tell something, so no gradient is lost.
_NO_VALUES = frozenset((np.allclose, np.array_equal, np.array_equiv, np.may_share_memory, np.shares_memory))


def twin(function: Any) -> Callable[..., Any] | None:
    """The op that stands for a NumPy function on tensors; the families that aren't loaded yet may have it."""
    if function not in TWINS:
        ops.load_all()
    return TWINS.get(function)


def _array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """`np.exp(x)` and the like: the op, or NumPy on the arrays. `out=` may be an array or a tensor that needs no gradient."""
    if method == "__call__" and not kwargs and twin(ufunc):
        return TWINS[ufunc](*inputs)
    called = f"np.{ufunc.__name__}" if method == "__call__" else f"np.{ufunc.__name__}.{method}"
    out = kwargs.pop("out", ())
    if method == "__call__" and twin(ufunc):
        why = "out= is an array, which can't hold a graph" if out else f"{', '.join(f'{key}=' for key in kwargs)} can't be differentiated"
        refusal = TypeError(f"{called}: a tensor requires grad, and {why}: leave it out, or write t.detach()")
    else:
        refusal = _no_twin(called)
    arrays, options = _arrays((inputs, kwargs), [*inputs, *out], refusal)
    if out:
        options["out"] = tuple(_writable(x) for x in out)
    if method == "at":
        arrays = (_writable(inputs[0]), *arrays[1:])
    y = _run(called, getattr(ufunc, method), arrays, options)
    for x in (*out, *inputs[: method == "at"]):
        if isinstance(x, Tensor):
            written(x._array)
    results = y if isinstance(y, tuple) else (y,)
    given = [_tensor(part) if x is None else x for part, x in zip(results, out or (None,) * len(results), strict=True)]
    return tuple(given) if isinstance(y, tuple) else given[0]


def _array_function(self: Tensor, function: Any, types: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """`np.concatenate([x, y])` and the like: the op, or NumPy on the arrays."""
    refusal: Exception | None = None
    if function in _NO_VALUES:
        args, kwargs = _plain((args, kwargs), [])
        return function(*args, **kwargs)
    if twin(function):
        try:
            return TWINS[function](*args, **kwargs) if len(args) < 2 else _spoken(function, args, kwargs)
        except (TypeError, AttributeError, NotImplementedError) as error:  # arguments that only NumPy takes
            refusal = error
    called = f"{function.__module__}.{function.__name__}".replace("numpy", "np", 1)
    arrays, options = _arrays((args, kwargs), [*args, *kwargs.values()], refusal or _no_twin(called))
    try:
        return _run(called, function, arrays, options)
    except Exception:
        if refusal is not None:
            raise refusal from None
        raise


def _spoken(function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    names = _parameters(function)
    named = {name: value for name, value in zip(names, args, strict=False) if name in _NAMED}
    first = [value for i, value in enumerate(args) if i >= len(names) or names[i] not in _NAMED]
    return TWINS[function](*first, **kwargs, **{name: value for name, value in named.items() if value is not None})


@functools.cache
def _parameters(function: Any) -> list[str]:
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _no_twin(called: str) -> TypeError:
    return TypeError(f"{called} has no twin for tensors that require grad: write it with gg functions, or on t.detach().numpy()")


def _arrays(values: Any, operands: Sequence[Any], refusal: Exception) -> Any:
    """The values with arrays for tensors, read-only: what NumPy writes into them no graph would notice."""
    found: list[Tensor] = [x for x in operands if isinstance(x, Tensor)]
    plain = _plain(values, found)
    if any(x.requires_grad for x in found) or sys._getframe(2).f_globals.get("__name__", "").startswith("glassgrad."):
        raise refusal from None  # the bodies and rules of ops, too, have nothing but twins
    return plain


def _plain(value: Any, found: list[Tensor]) -> Any:
    if isinstance(value, Tensor):
        found.append(value)
        view = value._array.view()
        view.flags.writeable = False
        return view
    if type(value) in (list, tuple):
        return type(value)(_plain(item, found) for item in value)
    return {key: _plain(item, found) for key, item in value.items()} if type(value) is dict else value


def _writable(x: Any) -> Any:
    return x._array if isinstance(x, Tensor) else x


def _run(called: str, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    try:
        return function(*args, **kwargs)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        text = f"{called}: it writes into a tensor, which no graph would notice: write x[...] = values, or x.copy_(values)"
        raise RuntimeError(text) from None


def _tensor(y: Any) -> Any:
    return make(np.asarray(y), None) if isinstance(y, (np.ndarray, np.generic)) and y.dtype in DTYPES else y


def _to_numpy(self: Tensor) -> np.ndarray:
    """`.numpy()`, under the name by which matplotlib and others ask for it."""
    return self.numpy()


_ATTRIBUTES: dict[str, Any] = {
    "__array_ufunc__": _array_ufunc, "__array_function__": _array_function, "to_numpy": _to_numpy,
    "strides": property(lambda x: x._array.strides, doc="The strides in bytes, as NumPy has them; `x.stride()` counts elements."),
}  # fmt: skip
attach(**_ATTRIBUTES)
