"""Sums, means, extremes: ops that take dimensions away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.elementwise import maximum, minimum
from glassgrad.ops.index import gather
from glassgrad.ops.shape import axis_of
from glassgrad.tensor import TWINS

__all__ = [  # the names in `gg.`
    "all", "amax", "amin", "any", "argmax", "argmin", "logsumexp", "max", "mean", "min", "std", "sum", "topk", "var",
]  # fmt: skip

Dim = int | Sequence[int] | None


def _axis(x: Any, dim: Dim, who: str) -> Any:
    """NumPy's axis for PyTorch's dim (an empty list of dims means all)."""
    if isinstance(dim, bool):
        raise TypeError(f"{who}: dim must be an int, got {dim}: write keepdim={dim} or correction={int(dim)} by name")
    if isinstance(dim, (int, np.integer)):
        return axis_of(int(dim), x.ndim, who) if x.ndim else None
    if dim is None or not len(dim):
        return None
    axes = tuple(axis_of(int(d), x.ndim, who) for d in dim)
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"{who}: dim {tuple(dim)} names a dimension twice (shape {tuple(x.shape)})")
    return axes if x.ndim else None


def _count(shape: Sequence[int], dim: Dim) -> int:
    """How many elements are reduced into one."""
    if dim is None or (isinstance(dim, Sequence) and not dim):
        return int(np.prod(shape))
    return int(np.prod([shape[d] for d in (dim if isinstance(dim, Sequence) else (dim,))])) if shape else 1


def _need_float(x: Any, who: str) -> None:
    if x.dtype.kind != "f":
        raise RuntimeError(f"{who}: only floating tensors have one, got {x.dtype}: write x.float().{who}()")


@op(method=False)
def unreduce(g: Array, shape: Sequence[int], dim: Dim = None, keepdim: bool = False) -> Array:
    """Stretch the gradient (or result) of a reduction over `dim` back to `shape`."""
    if dim is not None and not keepdim and len(shape):
        dims = {d % len(shape) for d in (dim if isinstance(dim, Sequence) else (dim,))} or set(range(len(shape)))
        g = g.reshape(tuple(1 if i in dims else n for i, n in enumerate(shape)))
    return np.broadcast_to(g, tuple(shape))


# ------------------------------------------------------------------------------------------------ sums


@op(numpy=[np.sum], x=lambda g, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim))
def sum(x: Array, dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The sum over `dim` (an int, several, or all); integers and bools add up to int64."""
    if dtype is None and x.dtype.kind != "f":
        dtype = np.int64
    return _total(x, _axis(x, dim, "sum"), keepdim, dtype).astype(dtype or x.dtype, copy=False)


def _total(x: Any, axis: Any, keepdim: bool, dtype: Any = None) -> Any:
    """The sum in `dtype`; halves are added up in float32, as in PyTorch: in float16, 2048 + 1 is 2048."""
    return x.sum(axis=axis, keepdims=keepdim, dtype=np.float32 if x.dtype == np.float16 and dtype is None else dtype)


@op(numpy=[np.mean], x=lambda g, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim) * fraction(x_shape, dim))
def mean(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """The mean over `dim`; NaN where there is nothing to average."""
    _need_float(x, "mean")
    total = _total(x, _axis(x, dim, "mean"), keepdim)  # np.mean costs three times as much on small arrays
    return (total / total.dtype.type(_count(x.shape, dim))).astype(x.dtype, copy=False)


@op(method=False)
def fraction(shape: Sequence[int], dim: Dim = None, correction: int = 0) -> float:
    """1 / n of the n elements that a reduction over `dim` takes into one, less `correction`; NaN where none are left."""
    n = _count(shape, dim) - correction
    return 1 / n if n > 0 else math.nan


@op(method=False)
def spread(x: Array, dim: Dim = None) -> Array:
    """`x - mean(x, dim)`, of the shape of x."""
    return x - mean(x, dim, True)


@op(x=lambda g, x, x_shape, dim, correction, keepdim:
    unreduce(2 * g, x_shape, dim, keepdim) * spread(x, dim) * fraction(x_shape, dim, correction))  # fmt: skip
def var(x: Array, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Array:
    """The variance over `dim`: the squared distances from the mean over (n - correction)."""
    _need_float(x, "var")
    if x.dtype == np.float16:  # the squares would overflow from 256 on
        return var(x.astype(np.float32), dim, correction, keepdim).astype(x.dtype)
    n = _count(x.shape, dim) - correction
    squares = np.square(spread(x, dim)).sum(axis=_axis(x, dim, "var"), keepdims=keepdim)
    return squares / x.dtype.type(n if n > 0 else math.nan)


@op(x=lambda g, x, y, x_shape, dim, correction, keepdim:
    unreduce(std_slope(g, y), x_shape, dim, keepdim) * spread(x, dim) * fraction(x_shape, dim, correction))  # fmt: skip
def std(x: Array, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Array:
    """The standard deviation over `dim`, `sqrt(var)`; where it is 0 the gradient is 0, as in PyTorch."""
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    return np.sqrt(var(wide, dim, correction, keepdim)).astype(x.dtype, copy=False)


@op(method=False)
def std_slope(g: Array, y: Array) -> Array:
    """`g / y`, and 0 where the standard deviation y is 0."""
    return np.where(y == 0, 0, g / np.where(y == 0, 1, y))


# NumPy's default correction is 0.
TWINS[np.var] = lambda a, axis=None, ddof=0, keepdims=False: var(a, axis, ddof, keepdims)
TWINS[np.std] = lambda a, axis=None, ddof=0, keepdims=False: std(a, axis, ddof, keepdims)


# ------------------------------------------------------------------------------------------------ extremes


class Extreme(NamedTuple):
    """What `max(x, dim)`, `min(x, dim)` and `topk` return."""

    values: Any
    indices: Any


def _empty_hint(x: Any, *rest: Any) -> str:
    return "an empty dimension has no extreme"


@op(numpy=[np.max], hint=_empty_hint,
    x=lambda g, x, y, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim) * share(x, y, dim, keepdim))  # fmt: skip
def amax(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """The largest element over `dim`; equal ones share the gradient. NaN wins."""
    return x.max(axis=_axis(x, dim, "amax"), keepdims=keepdim)


@op(numpy=[np.min], hint=_empty_hint,
    x=lambda g, x, y, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim) * share(x, y, dim, keepdim))  # fmt: skip
def amin(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """The smallest element over `dim`; equal ones share the gradient. NaN wins."""
    return x.min(axis=_axis(x, dim, "amin"), keepdims=keepdim)


@op(method=False, differentiable=False)
def share(x: Array, y: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """1 / n at the n elements of x that equal the extreme y, 0 elsewhere."""
    full = unreduce(y, x.shape, dim, keepdim)
    hit = np.asarray((x == full) | (np.isnan(x) & np.isnan(full)), dtype=x.dtype)
    return hit / hit.sum(axis=_axis(x, dim, "share"), keepdims=True)


def _extreme(name: str, x: Any, dim: Any, keepdim: bool, whole: Any, index: Any, pair: Any) -> Any:
    if dim is None:
        return whole(x)
    if not isinstance(dim, (int, np.integer)):
        return pair(x, dim)
    best = index(x, dim, True)
    values = gather(x, dim, best) if x.ndim else x
    return Extreme(values, best) if keepdim or not x.ndim else Extreme(values.squeeze(dim), best.squeeze(dim))


@op
def max(x: Array, dim: int | Array | None = None, keepdim: bool = False) -> Any:
    """The largest element; with an int `dim`, (values, indices) along it; with a tensor, `maximum`."""
    return _extreme("max", x, dim, keepdim, amax, argmax, maximum)


@op
def min(x: Array, dim: int | Array | None = None, keepdim: bool = False) -> Any:
    """The smallest element; with an int `dim`, (values, indices) along it; with a tensor, `minimum`."""
    return _extreme("min", x, dim, keepdim, amin, argmin, minimum)


@op(differentiable=False, numpy=[np.argmax], hint=_empty_hint)
def argmax(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the largest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
    return np.argmax(x, axis=_axis(x, dim, "argmax"), keepdims=keepdim)


@op(differentiable=False, numpy=[np.argmin], hint=_empty_hint)
def argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the smallest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
    return np.argmin(x, axis=_axis(x, dim, "argmin"), keepdims=keepdim)


@op
def topk(x: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest (or smallest) elements along `dim`, in order, as (values, indices)."""
    n = x.shape[axis_of(dim, x.ndim, "topk")] if x.ndim else 1
    if not 0 <= k <= n:
        raise ValueError(f"topk: k = {k} is not in 0..{n}, the size of dim {dim} of shape {tuple(x.shape)}")
    if not x.ndim and k == 1:
        return max(x, 0)
    order = _order(x, dim, largest)[(slice(None),) * axis_of(dim, x.ndim, "topk") + (slice(0, k),)]
    return Extreme(gather(x, dim, order), order)


@op(differentiable=False)
def _order(x: Array, dim: int, descending: bool) -> Array:
    """The indices that sort x along `dim`, stable; NaN counts as the largest."""
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    return np.flip(x.shape[dim] - 1 - np.argsort(np.flip(x, dim), axis=dim, kind="stable"), dim)


# ------------------------------------------------------------------------------------------------ logic, log-sum-exp


@op(differentiable=False, numpy=[np.all])
def all(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether all elements over `dim` are true (not 0)."""
    return np.all(x, axis=_axis(x, dim, "all"), keepdims=keepdim)


@op(differentiable=False, numpy=[np.any])
def any(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether any element over `dim` is true (not 0)."""
    return np.any(x, axis=_axis(x, dim, "any"), keepdims=keepdim)


@op(x=lambda g, x, y, x_shape, dim, keepdim:
    unreduce(g, x_shape, dim, keepdim) * np.exp(x - unreduce(y, x_shape, dim, keepdim)))  # fmt: skip
def logsumexp(x: Array, dim: Dim, keepdim: bool = False) -> Array:
    """`log(sum(exp(x)))` over `dim`, shifted by the largest element so that it doesn't overflow."""
    _need_float(x, "logsumexp")
    axis = _axis(x, dim, "logsumexp")
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    y = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return y if keepdim else np.squeeze(y, axis)
