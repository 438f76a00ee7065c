"""What occurs and how often: unique elements, counts, bins."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.scan import need_float
from glassgrad.ops.shape import at_dim, axis_of, on_lines
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "bincount", "bucketize", "histc", "histogram", "searchsorted", "unique", "unique_consecutive",
]  # fmt: skip

# ------------------------------------------------------------------------------------------------ unique


@op
def unique(x: Array, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """The different elements of x in order, or its different entries along `dim`; each NaN is a different one.

    return_inverse, return_counts: give a tuple that also holds where each element of x went, and how often each occurs.
    The gradient goes to the first of equal ones.
    """
    return _without_repeats(x, dim, False, return_inverse, return_counts)


@op
def unique_consecutive(x: Array, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """x without the elements, or the entries along `dim`, that repeat the one before; else as `unique`."""
    return _without_repeats(x, dim, True, return_inverse, return_counts)


def _without_repeats(x: Any, dim: int | None, consecutive: bool, return_inverse: bool, return_counts: bool) -> Any:
    first, inverse, counts = _groups(x, dim, consecutive)
    values = x.reshape((-1,))[first] if dim is None or not x.ndim else x[at_dim(axis_of(dim, x.ndim, "unique"), first)]
    found = (values, *([inverse] if return_inverse else []), *([counts] if return_counts else []))
    return found if len(found) > 1 else values


@op(differentiable=False)
def _groups(x: Array, dim: int | None, consecutive: bool) -> tuple[Array, Array, Array]:
    """The index of the first of each group of equal entries, the group of each entry, and the sizes of the groups."""
    rows = x.reshape(-1, 1) if dim is None or not x.ndim else np.moveaxis(x, dim, 0)
    rows = rows.reshape(len(rows), math.prod(rows.shape[1:]))
    if rows.size == 0 < len(rows):
        raise RuntimeError(f"unique: x {tuple(x.shape)} is empty, but not along dim {dim}, so its entries can't be compared")
    order = np.lexsort(rows.T[::-1]) if rows.size and not consecutive else np.arange(len(rows))
    ordered = rows[order]
    starts = np.ones(len(rows), bool)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(1)
    inverse = np.empty(len(rows), np.int64)
    inverse[order] = np.cumsum(starts) - 1
    counts = np.diff(np.flatnonzero(starts), append=len(rows))
    return order[starts], inverse.reshape(x.shape) if dim is None else inverse, counts


@op(weights=lambda g, x: np.take(g, x))
def bincount(x: Array, weights: Array | None = None, minlength: int = 0) -> Array:
    """How often each integer from 0 on occurs in x (1-D, none negative), or the sums of its `weights`; at least `minlength`."""
    if x.ndim != 1 or x.dtype.kind not in "iu" or (x.size and x.min() < 0):
        raise RuntimeError(f"bincount: x must be 1-D, of integers from 0 on, got {x.dtype} {x.shape}: write x.flatten()")
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength {minlength} is less than 0")
    if weights is None:
        return np.bincount(x, minlength=minlength)
    if weights.shape != x.shape:
        raise RuntimeError(f"bincount: x {x.shape} and weights {weights.shape} must have one shape")
    return np.bincount(x, weights, minlength).astype(weights.dtype if weights.dtype.kind == "f" else np.float64, copy=False)


TWINS[np.bincount] = bincount

# ------------------------------------------------------------------------------------------------ bins


class Histogram(NamedTuple):
    """What `histogram` returns."""

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


@op(differentiable=False)
def searchsorted(
    sorted_sequence: Array, input: Array, out_int32: bool = False, right: bool = False, side: str | None = None, sorter: Array | None = None
) -> Array:
    """Where in the sorted sequence (1-D, or rows for rows of input) `input` would go: before equal elements, or with `right` after.

    sorter: the indices that sort a sequence that isn't. Gives int64, or int32, of input's shape.
    """
    if side not in (None, "left", "right") or (side == "left" and right):
        raise RuntimeError(f"searchsorted: side must be 'left' or 'right' (and agree with right={right}), got {side!r}")
    many = sorted_sequence
    if many.dtype != getattr(input, "dtype", many.dtype):
        raise RuntimeError(f"searchsorted: the sequence is {many.dtype}, input {input.dtype}: write input.to(gg.{many.dtype})")
    if many.ndim != 1 and np.shape(input)[:-1] != many.shape[:-1]:
        shapes = f"the sequence {many.shape}, input {np.shape(input)}"
        raise RuntimeError(f"searchsorted: the sequence must be 1-D, or have as many rows as input ({shapes})")
    if sorter is not None:
        many = np.take_along_axis(many, sorter, -1)
    after: Literal["left", "right"] = "right" if right or side == "right" else "left"
    found: Any
    if many.ndim == 1:
        found = np.searchsorted(many, input, after)
    else:
        found = np.empty(input.shape, np.int64)
        for row in np.ndindex(many.shape[:-1]):
            found[row] = np.searchsorted(many[row], input[row], after)
    return np.asarray(found, np.int32 if out_int32 else np.int64)


TWINS[np.searchsorted] = lambda a, v, side="left", sorter=None: searchsorted(a, v, side=side, sorter=sorter)


@op(method=False, differentiable=False)
def bucketize(x: Array, boundaries: Array, out_int32: bool = False, right: bool = False) -> Array:
    """The bin of each element of x between sorted 1-D `boundaries`: `boundaries[i - 1] < x <= boundaries[i]`, or with `right` `<= x <`."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"bucketize: boundaries must be 1-D, got shape {boundaries.shape}")
    return np.asarray(np.searchsorted(boundaries, x, "right" if right else "left"), np.int32 if out_int32 else np.int64)


@op(differentiable=False)
def histc(x: Array, bins: int = 100, min: float = 0, max: float = 0) -> Array:
    """How many elements lie in each of `bins` equal bins from `min` to `max` (or from the smallest to the largest), of x's dtype."""
    low, high = _range("histc", x, bins, None if min == max else (min, max), 1)
    return np.histogram(x, bins, (low, high))[0].astype(x.dtype)


@op
def histogram(
    x: Array, bins: int | Array = 100, range: tuple[float, float] | None = None, weight: Array | None = None, density: bool = False
) -> Histogram:
    """(hist, bin_edges): how many elements (or what weight) each bin holds, or with `density` their share by width.

    bins: how many equal ones, over `range` (or from the smallest to the largest element), or their edges in order, 1-D.
    """
    edges = _edges(x, bins, range)
    n = edges.shape[0] - 1
    if weight is not None and weight.shape != x.shape:
        raise RuntimeError(f"histogram: weight {tuple(weight.shape)} must have the shape of x {tuple(x.shape)}")
    hist = bincount(_bins(x, edges), None if weight is None else weight.reshape((-1,)), n + 1)[:n].astype(x.dtype)
    return Histogram(hist / (hist.sum() * (edges[1:] - edges[:-1])) if density else hist, edges)


@op(differentiable=False)
def _edges(x: Array, bins: int | Array, range: tuple[float, float] | None) -> Array:
    if isinstance(bins, np.ndarray):
        return bins
    return np.linspace(*_range("histogram", x, bins, range, 0.5), bins + 1, dtype=x.dtype)


@op(differentiable=False)
def _bins(x: Array, edges: Array) -> Array:
    """The bin of each element of the flattened x; those outside are in one more bin at the end. The last edge is in the last bin."""
    flat, n = x.reshape(-1), len(edges) - 1
    at = np.searchsorted(edges, flat, "right") - 1
    return np.where(flat == edges[-1], n - 1, np.where((flat >= edges[0]) & (flat < edges[-1]), at, n))


def _range(who: str, x: Any, bins: int, given: tuple[float, float] | None, widen: float) -> tuple[Any, Any]:
    need_float(x, who)
    if bins < 1:
        raise RuntimeError(f"{who}: bins = {bins} must be at least 1")
    low, high = given or ((x.min(), x.max()) if x.size else (0, 0 if who == "histc" else 1))
    if not np.isfinite([low, high]).all() or high < low:
        raise RuntimeError(f"{who}: the range [{low}, {high}] must be finite, the smaller end first")
    return (low, high) if low < high else (low - widen, high + widen)
