"""Sums, means, extremes, norms: ops that take dimensions away."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from glassgrad.dtypes import as_dtype
from glassgrad.op import Array, op
from glassgrad.ops.elementwise import maximum, minimum
from glassgrad.ops.index import gather
from glassgrad.ops.scan import Chosen, need_float, others, total_dtype
from glassgrad.ops.shape import axes_of, axis_of, on_lines
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "all", "amax", "amin", "aminmax", "any", "argmax", "argmin", "count_nonzero", "dist", "logsumexp", "max", "mean", "min",
    "nanmean", "nansum", "norm", "prod", "renorm", "std", "std_mean", "sum", "var", "var_mean",
]  # fmt: skip

Dim = int | Sequence[int] | None


def _axis(x: Any, dim: Dim, who: str) -> Any:
    """NumPy's axis for PyTorch's dim (an empty list of dims means all)."""
    if isinstance(dim, bool):
        raise TypeError(f"{who}: dim must be an int, got {dim}: write keepdim={dim} by name")
    if isinstance(dim, (int, np.integer)):
        return axis_of(int(dim), x.ndim, who) if x.ndim else None
    if dim is None or (isinstance(dim, Sequence) and not len(dim)):
        return None
    return axes_of(dim, x.ndim, who) if x.ndim else None


def _one_axis(x: Any, dim: int | None, who: str) -> Any:
    return _axis(x, dim, who) if dim is None or isinstance(dim, (int, np.integer)) else axis_of(dim, x.ndim, who)


def _count(shape: Sequence[int], dim: Dim) -> int:
    """How many elements are reduced into one."""
    if dim is None or (isinstance(dim, Sequence) and not dim):
        return int(np.prod(shape))
    return int(np.prod([shape[d] for d in (dim if isinstance(dim, Sequence) else (dim,))])) if shape else 1


@op(method=False)
def unreduce(g: Array, shape: Sequence[int], dim: Dim = None, keepdim: bool = False) -> Array:
    """Stretch the gradient (or result) of a reduction over `dim` back to `shape`."""
    if dim is not None and not keepdim and len(shape):
        dims = {d % len(shape) for d in (dim if isinstance(dim, Sequence) else (dim,))} or set(range(len(shape)))
        g = g.reshape(tuple(1 if i in dims else n for i, n in enumerate(shape)))
    return np.broadcast_to(g, tuple(shape))


# ------------------------------------------------------------------------------------------------ sums and products


@op(numpy=[np.sum], x=lambda g, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim))
def sum(x: Array, dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The sum over `dim` (an int, several, or all); integers and bools add up to int64."""
    return _total("sum", x, dim, keepdim, dtype)


def _total(who: str, x: Any, dim: Dim, keepdim: bool, dtype: Any = None) -> Any:
    dtype, wide = total_dtype(x, dtype)
    return x.sum(axis=_axis(x, dim, who), keepdims=keepdim, dtype=wide).astype(dtype, copy=False)


@op
def sum_to_size(x: Array, *size: int) -> Array:
    """The sum over the dimensions that broadcasting `size` to the shape of x would stretch: of that size."""
    if not size:
        return sum(x)
    lead = x.ndim - len(size)
    if lead < 0 or builtins.any(n not in (1, m) for n, m in zip(size, x.shape[lead:], strict=True)):
        raise RuntimeError(f"sum_to_size: a tensor of size {tuple(size)} doesn't broadcast to shape {tuple(x.shape)}")
    stretched = [lead + i for i, n in enumerate(size) if n != x.shape[lead + i]]
    x = sum(x, stretched, True) if stretched else x
    return sum(x, list(range(lead))) if lead else x


@op(numpy=[np.mean], x=lambda g, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim) * fraction(x_shape, dim))
def mean(x: Array, dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The mean over `dim`; NaN where there is nothing to average."""
    if dtype is not None:
        x = x.astype(as_dtype(dtype), copy=False)
    need_float(x, "mean")
    total = x.sum(axis=_axis(x, dim, "mean"), keepdims=keepdim, dtype=total_dtype(x, None)[1])
    return (total / total.dtype.type(_count(x.shape, dim))).astype(x.dtype, copy=False)  # np.mean takes three times as long


@op(method=False)
def fraction(shape: Sequence[int], dim: Dim = None, correction: float = 0) -> float:
    """1 / n of the n elements that a reduction over `dim` takes into one, less `correction`; inf where none are left."""
    n = _count(shape, dim) - correction
    return 1 / n if n > 0 else math.inf


@op(numpy=[np.nansum])
def nansum(x: Array, dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The sum over `dim`, with NaN as 0."""
    return sum(np.where(np.isnan(x), 0, x), dim, keepdim, dtype)


@op(numpy=[np.nanmean])
def nanmean(x: Array, dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The mean over `dim` of what is not NaN."""
    need_float(x, "nanmean")
    return nansum(x, dim, keepdim, dtype) / _present(x, dim, keepdim)


@op(differentiable=False)
def _present(x: Array, dim: Dim, keepdim: bool) -> Array:
    """How many elements over `dim` are not NaN, in the dtype of x."""
    return np.sum(~np.isnan(x), axis=_axis(x, dim, "nanmean"), keepdims=keepdim, dtype=x.dtype)


@op(numpy=[np.prod], x=lambda g, x, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim) * others(x, dim))
def prod(x: Array, dim: int | None = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The product over `dim` (an int, or all); integers and bools give int64. Zeros do its gradient no harm."""
    if isinstance(dim, Sequence):
        raise TypeError(f"prod: dim must be an int, got {dim}: write one prod after the other")
    dtype, wide = total_dtype(x, dtype)
    return x.prod(axis=_axis(x, dim, "prod"), keepdims=keepdim, dtype=wide).astype(dtype, copy=False)


@op(x=lambda g, x, y, x_shape, dim, keepdim:
    unreduce(g, x_shape, dim, keepdim) * np.exp(x - unreduce(y, x_shape, dim, keepdim)), dtypes="float", inplace=False)  # fmt: skip
def logsumexp(x: Array, dim: Dim, keepdim: bool = False) -> Array:
    """`log(sum(exp(x)))` over `dim`, shifted by the largest element so that it doesn't overflow."""
    axis = _axis(x, dim, "logsumexp")
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    y = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return y if keepdim else np.squeeze(y, axis)


# ------------------------------------------------------------------------------------------------ variance


def _widened(x: Any) -> Any:
    """Halves as float32: their squares would overflow from 256 on."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


@op(method=False)
def spread(x: Array, dim: Dim = None) -> Array:
    """`x - mean(x, dim)`, of the shape of x."""
    return x - mean(x, dim, True)


@op(x=lambda g, x, x_shape, dim, correction, keepdim:
    unreduce(2 * g, x_shape, dim, keepdim) * spread(x, dim) * fraction(x_shape, dim, correction))  # fmt: skip
def _var(x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    need_float(x, "var")
    wide = _widened(x)
    squares = np.square(spread(wide, dim)).sum(axis=_axis(x, dim, "var"), keepdims=keepdim)
    n = _count(x.shape, dim) - correction
    y = squares / wide.dtype.type(n) if n > 0 else np.where(squares > 0, math.inf, math.nan)
    return y.astype(x.dtype, copy=False)


@op(x=lambda g, x, y, x_shape, dim, correction, keepdim:
    unreduce(ratio(g, y), x_shape, dim, keepdim) * spread(x, dim) * fraction(x_shape, dim, correction))  # fmt: skip
def _std(x: Array, dim: Dim, correction: float, keepdim: bool) -> Array:
    need_float(x, "std")
    wide = _widened(x)
    return np.sqrt(_var(wide, dim, correction, keepdim)).astype(x.dtype, copy=False)


@op(method=False)
def ratio(g: Array, y: Array) -> Array:
    """`g / y`, and 0 where y is 0."""
    return np.where(y == 0, 0, g / np.where(y == 0, 1, y))


def _forms(dim: Any, correction: Any) -> tuple[Dim, float]:
    """(dim, correction) of PyTorch's forms: `x.var(False)` is `unbiased=False`, and that is correction 0."""
    if isinstance(dim, bool):
        return None, int(dim)
    return dim, 1 if correction is None else int(correction) if isinstance(correction, bool) else correction


@op
def var(x: Array, dim: Dim = None, correction: float = 1, keepdim: bool = False) -> Array:
    """The variance over `dim`: the squared distances from the mean over (n - correction); `unbiased=False` is correction 0."""
    return _var(x, *_forms(dim, correction), keepdim)


@op
def std(x: Array, dim: Dim = None, correction: float = 1, keepdim: bool = False) -> Array:
    """The standard deviation over `dim`, `sqrt(var)`; where it is 0 the gradient is 0, as in PyTorch."""
    return _std(x, *_forms(dim, correction), keepdim)


@op(method=False)
def var_mean(x: Array, dim: Dim = None, correction: float = 1, keepdim: bool = False) -> tuple[Array, Array]:
    """`(var, mean)` over `dim`."""
    dim, correction = _forms(dim, correction)
    return _var(x, dim, correction, keepdim), mean(x, dim, keepdim)


@op(method=False)
def std_mean(x: Array, dim: Dim = None, correction: float = 1, keepdim: bool = False) -> tuple[Array, Array]:
    """`(std, mean)` over `dim`."""
    dim, correction = _forms(dim, correction)
    return _std(x, dim, correction, keepdim), mean(x, dim, keepdim)


# NumPy's default correction is 0.
TWINS[np.var] = lambda a, axis=None, ddof=0, keepdims=False: var(a, axis, ddof, keepdims)
TWINS[np.std] = lambda a, axis=None, ddof=0, keepdims=False: std(a, axis, ddof, keepdims)


# ------------------------------------------------------------------------------------------------ extremes


class MinMax(NamedTuple):
    """What `aminmax` returns."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


def _empty_hint(x: Any, *rest: Any) -> str:
    return "" if np.size(x) else "an empty dimension has no extreme"


@op(numpy=[np.max, np.amax], hint=_empty_hint,
    x=lambda g, x, y, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim) * share(x, y, dim, keepdim))  # fmt: skip
def amax(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """The largest element over `dim`; equal ones share the gradient. NaN wins."""
    return x.max(axis=_axis(x, dim, "amax"), keepdims=keepdim)


@op(numpy=[np.min, np.amin], hint=_empty_hint,
    x=lambda g, x, y, x_shape, dim, keepdim: unreduce(g, x_shape, dim, keepdim) * share(x, y, dim, keepdim))  # fmt: skip
def amin(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """The smallest element over `dim`; equal ones share the gradient. NaN wins."""
    return x.min(axis=_axis(x, dim, "amin"), keepdims=keepdim)


@op
def aminmax(x: Array, dim: int | None = None, keepdim: bool = False) -> MinMax:
    """The smallest and the largest element over `dim`, as (min, max); equal ones share the gradient."""
    return MinMax(amin(x, dim, keepdim), amax(x, dim, keepdim))


@op(method=False, differentiable=False)
def share(x: Array, y: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """1 / n at the n elements of x that equal the extreme y, 0 elsewhere."""
    full = unreduce(y, x.shape, dim, keepdim)
    hit = ((x == full) | (np.isnan(x) & np.isnan(full))).astype(x.dtype)
    return hit / hit.sum(axis=_axis(x, dim, "share"), keepdims=True)


def chosen(x: Any, dim: int, at: Any, keepdim: bool) -> Chosen:
    """(values, indices) of the elements of x that the indices `at`, of size 1 along `dim`, choose."""
    values = gather(x, dim, at) if x.ndim else x
    return Chosen(values, at) if keepdim or not x.ndim else Chosen(values.squeeze(dim), at.squeeze(dim))


def _extreme(x: Any, dim: Any, keepdim: bool, whole: Any, index: Any, pair: Any) -> Any:
    if dim is None:
        return whole(x)
    if isinstance(dim, (Tensor, np.ndarray)):
        return pair(x, dim)
    who = whole.__name__.removeprefix("a")
    if not isinstance(dim, (int, np.integer)):
        raise TypeError(f"{who}: dim must be an int, or a tensor to compare with, got {dim!r}: write {whole.__name__} for several dims")
    return chosen(x, int(dim), index(x, dim, True), keepdim)


@op
def max(x: Array, dim: int | Tensor | None = None, keepdim: bool = False) -> Any:
    """The largest element; with an int `dim`, (values, indices) along it; with a tensor, `maximum`."""
    return _extreme(x, dim, keepdim, amax, argmax, maximum)


@op
def min(x: Array, dim: int | Tensor | None = None, keepdim: bool = False) -> Any:
    """The smallest element; with an int `dim`, (values, indices) along it; with a tensor, `minimum`."""
    return _extreme(x, dim, keepdim, amin, argmin, minimum)


@op(differentiable=False, numpy=[np.argmax], hint=_empty_hint)
def argmax(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the largest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
    return np.argmax(x, axis=_one_axis(x, dim, "argmax"), keepdims=keepdim)


@op(differentiable=False, numpy=[np.argmin], hint=_empty_hint)
def argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the smallest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
    return np.argmin(x, axis=_one_axis(x, dim, "argmin"), keepdims=keepdim)


# ------------------------------------------------------------------------------------------------ logic


@op(differentiable=False, numpy=[np.all])
def all(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether all elements over `dim` are true (not 0)."""
    return np.all(x, axis=_axis(x, dim, "all"), keepdims=keepdim)


@op(differentiable=False, numpy=[np.any])
def any(x: Array, dim: Dim = None, keepdim: bool = False) -> Array:
    """Whether any element over `dim` is true (not 0)."""
    return np.any(x, axis=_axis(x, dim, "any"), keepdims=keepdim)


@op(differentiable=False, numpy=[np.count_nonzero])
def count_nonzero(x: Array, dim: Dim = None) -> Array:
    """How many elements over `dim` are not 0, int64."""
    return np.asarray(np.count_nonzero(x, axis=_axis(x, dim, "count_nonzero")), np.int64)


# ------------------------------------------------------------------------------------------------ norms


@op
def norm(x: Array, p: float | str = "fro", dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The p-norm of the elements over `dim`, `sum(|x|**p) ** (1 / p)`: "fro" is 2, inf the largest, 0 counts what isn't 0.

    "nuc" is the sum of a matrix's singular values.
    """
    if dtype is not None:
        x = x.astype(as_dtype(dtype))
    need_float(x, "norm")
    if p in ("fro", 2, None):
        return _euclidean(x, dim, keepdim)
    if p == "nuc":
        from glassgrad.ops.matrix_norm import norm as matrix_norm  # which stands on this file

        return matrix_norm(x, p, dim, keepdim)
    if isinstance(p, str):
        raise RuntimeError(f"norm: p must be a number, 'fro' or 'nuc', got {p!r}")
    if p in (math.inf, -math.inf):
        return (amax if p > 0 else amin)(np.abs(x), dim, keepdim)
    if p == 0:
        return sum(np.where(np.isnan(x), 1, np.abs(np.sign(x))), dim, keepdim)
    return sum(np.abs(x), dim, keepdim) if p == 1 else _norm(x, p, dim, keepdim)


@op(x=lambda g, x, y, x_shape, dim, keepdim: unreduce(ratio(g, y), x_shape, dim, keepdim) * x)
def _euclidean(x: Array, dim: Dim, keepdim: bool) -> Array:
    return np.sqrt(_total("norm", np.square(_widened(x)), dim, keepdim)).astype(x.dtype, copy=False)


@op(x=lambda g, x, y, x_shape, p, dim, keepdim: unreduce(g * signed_power(y, 1 - p), x_shape, dim, keepdim) * signed_power(x, p - 1))
def _norm(x: Array, p: float, dim: Dim, keepdim: bool) -> Array:
    return (_total("norm", np.abs(_widened(x)) ** p, dim, keepdim) ** (1 / p)).astype(x.dtype, copy=False)


@op(method=False)
def signed_power(x: Array, p: float) -> Array:
    """`sign(x) * |x|**p`, and 0 where x is 0."""
    return np.sign(x) * np.abs(np.where(x == 0, 1, x)) ** p


@op
def dist(x: Array, other: Array, p: float = 2) -> Array:
    """The p-norm of `x - other`, broadcast."""
    return norm(x - other, p)


@op(inplace=True)
def renorm(x: Array, p: float, dim: int, maxnorm: float) -> Array:
    """x with the entries of dimension `dim` whose p-norm is above `maxnorm` scaled down to it."""
    if x.ndim < 2:
        raise RuntimeError(f"renorm: expected at least 2 dimensions, got shape {tuple(x.shape)}")
    at = axis_of(dim, x.ndim, "renorm")
    size = norm(x, p, tuple(i for i in range(x.ndim) if i != at), True)
    return x * np.where(size > maxnorm, maxnorm / (size + 1e-7), 1)
