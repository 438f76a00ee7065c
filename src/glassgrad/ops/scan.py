"""Running sums, products and extremes: ops whose every element looks back along one dimension; differences and areas."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from glassgrad._mode import state
from glassgrad.dtypes import as_dtype
from glassgrad.op import Array, op
from glassgrad.ops.arrange import flip
from glassgrad.ops.index import gather
from glassgrad.ops.shape import at_dim, axis_of, on_lines
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "cummax", "cummin", "cumprod", "cumsum", "cumulative_trapezoid", "diff", "gradient", "logcumsumexp", "trapezoid", "trapz",
]  # fmt: skip


class Chosen(NamedTuple):
    """What ops that choose elements along a dimension return: `max`, `sort`, `topk`, `median`, `cummax` and others."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


def need_float(x: Any, who: str) -> None:
    """RuntimeError that names the op if x isn't floating."""
    if x.dtype.kind != "f":
        raise RuntimeError(f"{who}: only floating tensors have one, got {x.dtype}: write x.float().{who}()")


def total_dtype(x: Any, dtype: Any) -> Any:
    """What a sum or product is given in, and added up in: integers and bools in int64, halves in float32.

    In float16, 2048 + 1 is 2048.
    """
    dtype = as_dtype(dtype) if dtype is not None else x.dtype if x.dtype.kind == "f" else np.dtype(np.int64)
    return dtype, np.float32 if dtype == np.float16 else dtype


# ------------------------------------------------------------------------------------------------ sums and products


def _running(who: str, step: np.ufunc, x: Any, dim: int, dtype: Any = None) -> Any:
    axis = axis_of(dim, x.ndim, who)
    dtype, wide = total_dtype(x, dtype)
    if not x.ndim:
        return x.astype(dtype)
    return step.accumulate(x.astype(wide, copy=False), axis).astype(dtype, copy=False)


@op(inplace=True, x=lambda g, dim: flip(cumsum(flip(g, dim), dim), dim))
def cumsum(x: Array, dim: int, dtype: Any = None) -> Array:
    """The running sum along `dim`: `y[i] = x[0] + ... + x[i]`; integers and bools add up to int64."""
    return _running("cumsum", np.add, x, dim, dtype)


@op(inplace=True, x=lambda g, x, y, dim: later(y, dim, 1) * recur_back(g, x, dim))
def cumprod(x: Array, dim: int, dtype: Any = None) -> Array:
    """The running product along `dim`: `y[i] = x[0] * ... * x[i]`; integers and bools give int64.

    The gradient divides by nothing, so zeros do it no harm.
    """
    return _running("cumprod", np.multiply, x, dim, dtype)


@op(x=lambda g, x, y, dim: growth(x, y) * recur_back(g, growth(later(y, dim), y), dim))
def logcumsumexp(x: Array, dim: int) -> Array:
    """The running `log(sum(exp(x)))` along `dim`, without overflow."""
    need_float(x, "logcumsumexp")
    return _running("logcumsumexp", np.logaddexp, x, dim)


@op(method=False)
def growth(x: Array, y: Array) -> Array:
    """`exp(x - y)` of x <= y; where both are -inf, 0."""
    return np.exp(x - np.where(y == -np.inf, 0, y))


# The two recurrences are each other's gradients, so that any order of derivative of the above is exact.


@op(method=False, x=lambda g, a, dim: recur_back(g, a, dim), a=lambda g, y, a, dim: recur_back(g, a, dim) * later(y, dim))
def recur(x: Array, a: Array, dim: int) -> Array:
    """`y[i] = x[i] + a[i] * y[i - 1]` along `dim`, from `y[0] = x[0]`."""
    return flip(recur_back(flip(x, dim), flip(earlier(a, dim), dim), dim), dim)


@op(method=False, x=lambda g, a, dim: recur(g, a, dim), a=lambda g, y, a, dim: later(recur(g, a, dim), dim) * y)
def recur_back(x: Array, a: Array, dim: int) -> Array:
    """`y[i] = x[i] + a[i + 1] * y[i + 1]` along `dim`, from `y[-1] = x[-1]` at the end; a[0] has no part in it."""
    if not x.ndim:
        return x.copy()
    y = np.moveaxis(x, dim, 0).copy()
    factor = np.moveaxis(earlier(a, dim), dim, 0).copy()  # between y[i] and y[i + span]
    span = 1
    while span < len(y):  # twice as far at each pass: log2(n) passes, each over whole arrays
        y[:-span] += factor[:-span] * y[span:]
        factor[:-span] *= factor[span:]
        span *= 2
    return np.moveaxis(y, 0, dim)


@op(method=False, x=lambda g, dim: earlier(g, dim))
def later(x: Array, dim: int, first: float = 0) -> Array:
    """x moved one place on along `dim`, with `first` in front; the last element falls off."""
    return _moved(x, dim, first, slice(1, None), slice(0, -1))


@op(method=False, x=lambda g, dim: later(g, dim))
def earlier(x: Array, dim: int) -> Array:
    """x moved one place back along `dim`, with 0 at the end; the first element falls off."""
    return _moved(x, dim, 0, slice(0, -1), slice(1, None))


def _moved(x: Any, dim: int, fill: float, to: slice, start: slice) -> Any:
    y = np.full_like(x, fill)
    if x.ndim:
        axis = axis_of(dim, x.ndim, "later")
        y[at_dim(axis, to)] = x[at_dim(axis, start)]
    return y


@op(method=False)
def others(x: Array, dim: int | None = None) -> Array:
    """For each element the product of all others along `dim`, or of all: the slope of `prod`, zeros or not."""
    if dim is None:
        return others(x.reshape(-1), 0).reshape(x.shape)
    return later(cumprod(x, dim), dim, 1) * flip(later(cumprod(flip(x, dim), dim), dim, 1), dim)


def _flattened(scan: Any) -> Any:
    """NumPy's `cumsum` and `cumprod`, which flatten if they are given no axis."""
    return lambda a, axis=None, dtype=None: scan(a.reshape(-1), 0, dtype) if axis is None else scan(a, axis, dtype)


TWINS[np.cumsum], TWINS[np.cumprod] = _flattened(cumsum), _flattened(cumprod)


# ------------------------------------------------------------------------------------------------ extremes


@op
def cummax(x: Array, dim: int) -> Chosen:
    """The largest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
    at = _record_at(x, axis_of(dim, x.ndim, "cummax"), True)
    return Chosen(gather(x, dim, at), at)


@op
def cummin(x: Array, dim: int) -> Chosen:
    """The smallest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
    at = _record_at(x, axis_of(dim, x.ndim, "cummin"), False)
    return Chosen(gather(x, dim, at), at)


@op(differentiable=False)
def _record_at(x: Array, dim: int, largest: bool) -> Array:
    """Where along `dim` the largest (or smallest) element so far stands."""
    axis = axis_of(dim, x.ndim, "cummax" if largest else "cummin")
    if not x.ndim:
        return np.zeros((), np.int64)
    best = (np.maximum if largest else np.minimum).accumulate(x, axis)
    places = np.arange(x.shape[axis]).reshape(-1, *(1,) * (x.ndim - axis - 1))
    return np.maximum.accumulate(np.where((x == best) | np.isnan(x), places, 0), axis)


# ------------------------------------------------------------------------------------------------ differences, areas


@op
def diff(x: Array, n: int = 1, dim: int = -1, prepend: Array | None = None, append: Array | None = None) -> Array:
    """The differences `x[i + 1] - x[i]` along `dim`, n times over; `prepend` and `append` are joined to x first."""
    if not x.ndim:
        raise RuntimeError("diff: expected at least 1 dimension, got a 0-d tensor")
    if n < 0:
        raise RuntimeError(f"diff: n = {n} times is less than none")
    axis = axis_of(dim, x.ndim, "diff")
    if n == 0:
        return x
    parts = [part for part in (prepend, x, append) if part is not None]
    x = np.concatenate(parts, axis=axis) if len(parts) > 1 else x
    for _ in range(min(n, x.shape[axis])):
        after, before = x[at_dim(axis, slice(1, None))], x[at_dim(axis, slice(0, -1))]
        x = after ^ before if x.dtype.kind == "b" else after - before
    return x


TWINS[np.diff] = lambda a, n=1, axis=-1, prepend=None, append=None: diff(a, n, axis, prepend, append)


@op(method=False)
def gradient(x: Array, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> tuple[Array, ...]:
    """The slopes of x along each of `dim` (default: all), as a tuple, from its values at three neighbouring points.

    spacing: the distance of the points (1 if left out), or a list with a distance, or the points themselves (1-D), for each of `dim`.
    edge_order: at the ends the slope between two points (1) or through three (2).
    """
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: edge_order must be 1 or 2, got {edge_order}")
    dims = range(x.ndim) if dim is None else dim if isinstance(dim, (list, tuple)) else (dim,)
    each = spacing if isinstance(spacing, (list, tuple)) else [1 if spacing is None else spacing] * len(dims)
    if len(each) != len(dims):
        raise RuntimeError(f"gradient: spacing must be a number, or a list of {len(dims)}, one for each dimension; got {len(each)}")
    return tuple(_slopes(x, axis_of(d, x.ndim, "gradient"), points, edge_order) for d, points in zip(dims, each, strict=True))


def _slopes(x: Any, axis: int, points: Any, edge_order: int) -> Any:
    n = x.shape[axis]
    if n <= edge_order:
        raise RuntimeError(f"gradient: edge_order {edge_order} needs {edge_order + 1} points, dim {axis} of shape {tuple(x.shape)} has {n}")
    x = x if x.dtype.kind == "f" else x.astype(state.default_dtype)
    if isinstance(points, (int, float)):
        steps = np.full(n - 1, points, x.dtype)
    elif tuple(points.shape) == (n,):
        steps = diff(points)
    else:
        raise RuntimeError(f"gradient: dim {axis} of shape {tuple(x.shape)} needs {n} points in spacing, got shape {tuple(points.shape)}")
    steps = steps.reshape((-1, *(1,) * (x.ndim - axis - 1)))
    rises = diff(x, 1, axis) / steps  # the slopes between neighbours
    before, after = [rises[at_dim(axis, part)] for part in (slice(0, -1), slice(1, None))]
    left, right = steps[:-1], steps[1:]
    first, last = rises[at_dim(axis, slice(0, 1))], rises[at_dim(axis, slice(-1, None))]
    if edge_order == 2:
        bend = (after - before) / (left + right)
        first = first - bend[at_dim(axis, slice(0, 1))] * left[:1]
        last = last + bend[at_dim(axis, slice(-1, None))] * right[-1:]
    return np.concatenate([first, (before * right + after * left) / (left + right), last], axis=axis)


@op(method=False)
def trapezoid(y: Array, x: Array | None = None, dx: float | None = None, dim: int = -1) -> Array:
    """The area under y along `dim` by the trapezoid rule, over the points x or points `dx` (default 1) apart."""
    return _panels("trapezoid", y, x, dx, dim).sum(dim)


@op(method=False)
def cumulative_trapezoid(y: Array, x: Array | None = None, dx: float | None = None, dim: int = -1) -> Array:
    """The running area under y along `dim` by the trapezoid rule: one element fewer than y."""
    return cumsum(_panels("cumulative_trapezoid", y, x, dx, dim), dim)


@op(method=False)
def trapz(y: Array, x: Array | None = None, dx: float | None = None, dim: int = -1) -> Array:
    """`trapezoid`."""
    return trapezoid(y, x, dx, dim)


def _panels(who: str, y: Any, x: Any, dx: float | None, dim: int) -> Any:
    """The areas between neighbours along `dim`."""
    if not y.ndim:
        raise RuntimeError(f"{who}: expected at least 1 dimension, got a 0-d tensor")
    if x is not None and dx is not None:
        raise RuntimeError(f"{who}: give the points x or their distance dx, not both")
    axis = axis_of(dim, y.ndim, who)
    heights = y[at_dim(axis, slice(1, None))] + y[at_dim(axis, slice(0, -1))]
    if x is None:
        return heights * ((1 if dx is None else dx) / 2)
    if x.ndim == 1:  # the points of every row
        x = x.reshape((-1, *(1,) * (y.ndim - axis - 1)))
    return heights * diff(x, 1, axis - y.ndim) / 2
