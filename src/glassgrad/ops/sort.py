"""Order: sorting, the k-th of many, quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.index import gather
from glassgrad.ops.reduce import chosen, max, share
from glassgrad.ops.scan import Chosen, need_float
from glassgrad.ops.shape import at_dim, axis_of
from glassgrad.tensor import TWINS

__all__ = [  # the names in `gg.`
    "argsort", "kthvalue", "median", "mode", "msort", "nanmedian", "nanquantile", "quantile", "sort", "topk",
]  # fmt: skip

# ------------------------------------------------------------------------------------------------ sorting


@op
def sort(x: Array, dim: int = -1, descending: bool = False, stable: bool = True) -> Chosen:
    """x in order along `dim`, as (values, indices); always stable. NaN counts as the largest."""
    order = argsort(x, dim, descending)
    return Chosen(gather(x, dim, order), order)


@op(differentiable=False)
def argsort(x: Array, dim: int = -1, descending: bool = False, stable: bool = True) -> Array:
    """The indices that sort x along `dim`, int64; always stable. NaN counts as the largest."""
    axis = axis_of(dim, x.ndim, "argsort")
    if not x.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    return np.flip(x.shape[axis] - 1 - np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)


@op
def msort(x: Array) -> Array:
    """x in order along its first dimension."""
    return sort(x, 0).values


def _flat_if_none(order: Any) -> Any:
    """NumPy's `sort` and `argsort`, which flatten if axis is None."""
    return lambda a, axis=-1, kind=None: order(a.reshape(-1) if axis is None else a, -1 if axis is None else axis)


TWINS[np.sort], TWINS[np.argsort] = _flat_if_none(lambda a, axis: sort(a, axis).values), _flat_if_none(argsort)


@op
def topk(x: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Chosen:
    """The k largest (or smallest) elements along `dim`, in order, as (values, indices). NaN counts as the largest."""
    axis = axis_of(dim, x.ndim, "topk")
    n = x.shape[axis] if x.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(f"topk: k = {k} is not in 0..{n}, the size of dim {dim} of shape {tuple(x.shape)}")
    if not x.ndim and k == 1:
        return max(x, 0)
    order = argsort(x, axis, largest)[at_dim(axis, slice(0, k))]
    return Chosen(gather(x, axis, order), order)


# ------------------------------------------------------------------------------------------------ one of many


@op
def kthvalue(x: Array, k: int, dim: int = -1, keepdim: bool = False) -> Chosen:
    """The k-th smallest element along `dim`, k from 1, as (values, indices). NaN counts as the largest."""
    n = _size("kthvalue", x, dim)
    if not 1 <= k <= n:
        raise RuntimeError(f"kthvalue: k = {k} is not in 1..{n}, the size of dim {dim} of shape {tuple(x.shape)}")
    return chosen(x, dim, _kth_at(x, k - 1, dim), keepdim)


@op
def median(x: Array, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median, the lower of two; with `dim`, (values, indices) along it. A NaN makes it NaN."""
    return _median(x, False) if dim is None else _median_of("median", x, dim, False, keepdim)


@op
def nanmedian(x: Array, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median, the lower of two, of what is not NaN; with `dim`, (values, indices) along it."""
    return _median(x, True) if dim is None else _median_of("nanmedian", x, dim, True, keepdim)


def _median_of(who: str, x: Any, dim: int, skip_nan: bool, keepdim: bool) -> Chosen:
    dim = axis_of(dim, x.ndim, who)
    return chosen(x, dim, _median_at(x, dim, skip_nan), keepdim)


@op
def mode(x: Array, dim: int = -1, keepdim: bool = False) -> Chosen:
    """The most frequent element along `dim` as (values, indices): the smallest of such, the last of its places."""
    dim = axis_of(dim, x.ndim, "mode")
    return chosen(x, dim, _mode_at(x, dim), keepdim)


@op(x=lambda g, x, y: g * share(x, y))
def _median(x: Array, skip_nan: bool) -> Array:
    """The median of all elements; equal ones share the gradient."""
    flat = x[~np.isnan(x)] if skip_nan else x.reshape(-1)
    if not flat.size:
        need_float(x, "median")
        return np.asarray(np.nan, x.dtype)
    return flat.reshape(-1)[_median_at(flat, 0, False)[0]]


@op(differentiable=False)
def _median_at(x: Array, dim: int, skip_nan: bool) -> Array:
    _size("median", x, dim, empty=False)
    if not x.ndim:
        return np.zeros((), np.int64)
    present = np.sum(~np.isnan(x), axis=dim, keepdims=True)
    k = (present - 1) // 2 if skip_nan else np.where(present < x.shape[dim], present, (present - 1) // 2)  # the first NaN
    return np.take_along_axis(np.argsort(x, axis=dim, kind="stable"), np.maximum(k, 0), dim)


@op(differentiable=False)
def _kth_at(x: Array, k: int, dim: int) -> Array:
    return np.take(np.argsort(x, axis=dim, kind="stable"), [k], dim) if x.ndim else np.zeros((), np.int64)


@op(differentiable=False)
def _mode_at(x: Array, dim: int) -> Array:
    _size("mode", x, dim, empty=False)
    if not x.ndim:
        return np.zeros((), np.int64)
    order = np.moveaxis(np.argsort(x, axis=dim, kind="stable"), dim, -1)
    ordered = np.take_along_axis(np.moveaxis(x, dim, -1), order, -1)
    places = np.arange(x.shape[dim])
    starts = np.concatenate([np.ones_like(ordered[..., :1], bool), ordered[..., 1:] != ordered[..., :-1]], -1)
    run = places - np.maximum.accumulate(np.where(starts, places, 0), -1)  # how many equal ones come before
    best = np.take_along_axis(order, run.argmax(-1, keepdims=True), -1)
    return np.moveaxis(best, -1, dim)


def _size(who: str, x: Any, dim: int, empty: bool = True) -> int:
    n = x.shape[axis_of(dim, x.ndim, who)] if x.ndim else 1
    if not (n or empty):
        raise IndexError(f"{who}: dim {dim} of shape {tuple(x.shape)} is empty, so it has none")
    return n


# ------------------------------------------------------------------------------------------------ quantiles


@op
def quantile(x: Array, q: float | Array, dim: int | None = None, keepdim: bool = False, interpolation: str = "linear") -> Array:
    """The q-quantiles along `dim`, or of all elements: q in [0, 1], a number or 1-D, which then comes first in the shape.

    interpolation: between two elements, linear, lower, higher, midpoint or nearest. A NaN makes it NaN.
    """
    return _quantiles("quantile", x, q, dim, keepdim, interpolation, False)


@op
def nanquantile(x: Array, q: float | Array, dim: int | None = None, keepdim: bool = False, interpolation: str = "linear") -> Array:
    """`quantile` of what is not NaN."""
    return _quantiles("nanquantile", x, q, dim, keepdim, interpolation, True)


def _quantiles(who: str, x: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool) -> Any:
    need_float(x, who)
    if interpolation not in _ROUND:
        raise RuntimeError(f"{who}: interpolation must be one of {', '.join(_ROUND)}, got {interpolation!r}")
    if 0 in x.shape:
        raise RuntimeError(f"{who}: the input is empty (shape {tuple(x.shape)}), so it has none")
    number = isinstance(q, (int, float))
    if not number and (q.ndim > 1 or q.dtype != x.dtype):
        raise RuntimeError(f"{who}: q must be a number, or 1-D of the input's dtype {x.dtype}, got {q.dtype} {tuple(q.shape)}")
    if not _all_fractions(q):
        raise RuntimeError(f"{who}: q must lie in [0, 1], got {q}")
    kept = tuple(1 if dim is None or i == axis_of(dim, x.ndim, who) else n for i, n in enumerate(x.shape))
    x = sort(x.reshape((-1,)) if dim is None or not x.ndim else np.moveaxis(x, dim, 0), 0).values
    last = _last(x, skip_nan)
    rank = last * (q if number else q.reshape((-1, *(1,) * (x.ndim - 1))))  # (Q, ...)
    if not skip_nan:
        rank = np.where(np.isnan(x[-1:]), last, rank)
    low, high = _ROUND[interpolation]
    below = _rounded(rank, low)
    y = gather(x, 0, below)
    if high:
        weight = rank - below if interpolation == "linear" else 0.5
        y = y + (gather(x, 0, _rounded(rank, high)) - y) * weight
    return y.reshape((*(() if number else q.shape), *(kept if keepdim else x.shape[1:])))


# How a rank is rounded to the element below it, and, where two are mixed, to the one above.
_ROUND: dict[str, tuple[str, str]] = {
    "linear": ("floor", "ceil"), "lower": ("floor", ""), "higher": ("ceil", ""), "midpoint": ("floor", "ceil"), "nearest": ("rint", ""),
}  # fmt: skip


@op(differentiable=False)
def _all_fractions(q: Array) -> Array:
    return np.all((np.asarray(q) >= 0) & (np.asarray(q) <= 1))


@op(differentiable=False)
def _last(x: Array, skip_nan: bool) -> Array:
    """The rank of the largest element along dim 0 of a sorted x, or of the largest that is not NaN; of x's dtype."""
    present = np.sum(~np.isnan(x), axis=0, keepdims=True)
    return np.maximum(present - 1 if skip_nan else np.full_like(present, len(x) - 1), 0).astype(x.dtype)


@op(differentiable=False)
def _rounded(rank: Array, how: str) -> Array:
    """A rank as int64, rounded by NumPy's function of that name."""
    return getattr(np, how)(rank).astype(np.int64)


TWINS[np.median] = lambda a, axis=None, keepdims=False: quantile(a, 0.5, axis, keepdims, "midpoint")  # gg.median is the lower one
TWINS[np.nanmedian] = lambda a, axis=None, keepdims=False: nanquantile(a, 0.5, axis, keepdims, "midpoint")
TWINS[np.quantile] = lambda a, q, axis=None, method="linear", keepdims=False: quantile(a, _listed(q, a), axis, keepdims, method)
TWINS[np.nanquantile] = lambda a, q, axis=None, method="linear", keepdims=False: nanquantile(a, _listed(q, a), axis, keepdims, method)


def _listed(q: Any, a: Any) -> Any:
    return np.asarray(q, a.dtype) if isinstance(q, (list, tuple)) else q
