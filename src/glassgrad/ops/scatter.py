"""Writing to chosen places of a copy: scatter, index_add, put and their kin. One primitive overwrites (`replaced`), one adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.index import add_at, along, check_index, entries, ints_first, masked_fill, need_integers, normal_index, raw
from glassgrad.ops.inplace import replaced
from glassgrad.ops.shape import at_dim, axis_of, broadcast_to, cat, clone, movedim, reshape, unsqueeze
from glassgrad.tensor import Tensor

__all__ = [  # the names in `gg.`
    "diagonal_scatter", "index_add", "index_copy", "index_fill", "index_put", "index_reduce", "masked_scatter", "put", "scatter",
    "scatter_add", "scatter_reduce", "select_scatter", "slice_scatter",
]  # fmt: skip


@op(method=False, x=lambda g: g, value=lambda g, index: g[index])
def added(x: Array, index: tuple[Any, ...], value: Array) -> Array:
    """x with `value` added at `index`; an element that is chosen twice gets both."""
    return add_at(np.copy(x), index, value)


def _as_value(value: Any, x: Any) -> Any:
    """A number or 0-d tensor in the dtype of x; it may be one that has a gradient."""
    if np.ndim(raw(value)):
        raise RuntimeError(f"expected a number or a 0-d tensor, got shape {tuple(value.shape)}")
    return value.to(x.dtype) if isinstance(value, Tensor) else np.asarray(value).astype(x.dtype)


# ------------------------------------------------------------------------------------------------ along one dimension


def _places(who: str, x: Any, dim: int, index: Any, src: Any = None) -> tuple[Any, Any]:
    """The advanced index that `index` along `dim` means, and the part of `src` that goes there; x has a dimension."""
    index = np.atleast_1d(raw(index))
    at = check_index(who, x.shape, dim, index)
    if src is not None:
        if src.ndim < 1:
            src = src.reshape(1)
        if index.size and (src.ndim != index.ndim or any(n > m for n, m in zip(index.shape, src.shape, strict=True))):
            raise RuntimeError(f"{who}: src {tuple(src.shape)} must be at least as large as index {index.shape} in each dimension")
        if src.shape != index.shape:
            src = src[tuple(slice(n) for n in index.shape)]
    if index.size:
        return along(index, at), src
    nothing = (slice(0, 0),) * index.ndim
    return nothing, src if src is None else src[nothing]


@op(inplace=True)
def scatter(
    x: Array, dim: int, index: Array, src: Array | float | None = None, reduce: str | None = None, value: float | None = None
) -> Array:
    """x with `y[index[i][j]][j] = src[i][j]` for dim 0, and likewise for the others; src may be a number, also by the name `value`.

    Where two elements go to one place the last stays, and only it has a gradient. reduce: None, "add" or "multiply".
    """
    src = value if src is None else src
    if src is None or reduce not in (None, "add", "multiply"):
        raise RuntimeError(f"scatter: expected src or value, and reduce None, 'add' or 'multiply', got reduce={reduce!r}")
    if not np.ndim(raw(src)):
        src = broadcast_to(_as_value(src, x), tuple(index.shape))
    if reduce is not None:
        return scatter_reduce(x, dim, index, src, "sum" if reduce == "add" else "prod")
    if not x.ndim:
        return reshape(scatter(x.reshape(1), dim, index, src), ())
    places, src = _places("scatter", x, dim, index, src)
    return replaced(x, places, src)


@op(inplace=True)
def scatter_add(x: Array, dim: int, index: Array, src: Array) -> Array:
    """x with `src[i][j]` added to `y[index[i][j]][j]` for dim 0, and likewise for the others."""
    if not x.ndim:
        return reshape(scatter_add(x.reshape(1), dim, index, src), ())
    places, src = _places("scatter_add", x, dim, index, src)
    return added(x, places, src)


@op(inplace=True)
def scatter_reduce(x: Array, dim: int, index: Array, src: Array, reduce: str, include_self: bool = True) -> Array:
    """What goes to one place as in `scatter_add`, reduced: "sum", "prod", "mean", "amax" or "amin", with x's own element or without."""
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"scatter_reduce: reduce must be 'sum', 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    if not x.ndim:
        return reshape(scatter_reduce(x.reshape(1), dim, index, src, reduce, include_self), ())
    places, src = _places("scatter_reduce", x, dim, index, src)
    if not src.size:
        return clone(x)
    if reduce in ("sum", "mean"):
        total = added(x if include_self else replaced(x, places, np.zeros((), x.dtype)), places, src)
        if reduce == "sum":
            return total
        count = np.maximum(add_at(np.full(x.shape, int(include_self)), places, 1), 1).astype(x.dtype)
        return total / count if x.dtype.kind == "f" else np.floor_divide(total, count)
    reduced = _REDUCTIONS[reduce](_layers(x, places, src, _neutral(reduce, x.dtype), include_self), axis=0)
    return reduced if reduced.dtype == x.dtype else reduced.astype(x.dtype)


_REDUCTIONS: dict[str, Any] = {"prod": np.prod, "amax": np.max, "amin": np.min}


def _neutral(reduce: str, dtype: Any) -> Any:
    if reduce == "prod":
        return dtype.type(1)
    if dtype.kind == "f":
        return dtype.type(-np.inf if reduce == "amax" else np.inf)
    if dtype.kind == "b":
        return np.bool_(reduce == "amin")
    return np.iinfo(dtype).min if reduce == "amax" else np.iinfo(dtype).max


def _layers(x: Any, places: tuple[Any, ...], src: Any, neutral: Any, include_self: bool) -> Any:
    """x and what goes to its elements, one over the other: (most that goes to one element + 1, *x.shape), filled up with `neutral`."""
    flat = np.ravel_multi_index(np.broadcast_arrays(*places), x.shape).reshape(-1)
    count = np.bincount(flat, minlength=x.numel() if isinstance(x, Tensor) else x.size)
    order = np.argsort(flat, kind="stable")
    rank = np.empty_like(flat)
    rank[order] = np.arange(len(flat)) - (np.cumsum(count) - count)[flat[order]]
    room = np.full((int(count.max()), *x.shape), neutral, x.dtype)
    above = replaced(room, (rank.reshape(src.shape), *places), src)
    own = x if include_self else masked_fill(x, (count > 0).reshape(x.shape), neutral)
    return cat([unsqueeze(own, 0), above], 0)


# ------------------------------------------------------------------------------------------------ whole entries of a dimension


def _entries(who: str, x: Any, dim: int, index: Any, source: Any) -> tuple[Any, Any]:
    """Where the entries `index` of `dim` lie, and `source` in their shape; x has a dimension."""
    at = axis_of(dim, x.ndim, who)
    chosen = entries(who, x, at, index)
    shape = (*x.shape[:at], len(chosen), *x.shape[at + 1 :])
    if tuple(source.shape) != shape and not (source.ndim == 0 and shape == (1,)):
        raise RuntimeError(f"{who}: source has shape {tuple(source.shape)}, but the {len(chosen)} entries of dim {dim} have {shape}")
    return at_dim(at, chosen), source if source.ndim else source.reshape(1)


@op(inplace=True)
def index_add(x: Array, dim: int, index: Array, source: Array, alpha: float = 1) -> Array:
    """x with entry i of `source`, times alpha, added to entry index[i] of `dim`."""
    if not x.ndim:
        return reshape(index_add(x.reshape(1), dim, index, source.reshape(1), alpha), ())
    places, source = _entries("index_add", x, dim, index, source)
    return added(x, places, source if alpha == 1 else source * alpha)


@op(inplace=True)
def index_copy(x: Array, dim: int, index: Array, source: Array) -> Array:
    """x with entry i of `source` in place of entry index[i] of `dim`."""
    if not x.ndim:
        return reshape(index_copy(x.reshape(1), dim, index, source.reshape(1)), ())
    places, source = _entries("index_copy", x, dim, index, source)
    return replaced(x, places, source)


@op(inplace=True)
def index_fill(x: Array, dim: int, index: Array, value: float | Array) -> Array:
    """x with `value` (a number or 0-d) in the entries `index` of `dim`."""
    if not x.ndim:
        return reshape(index_fill(x.reshape(1), dim, index, value), ())
    at = axis_of(dim, x.ndim, "index_fill")
    return replaced(x, at_dim(at, entries("index_fill", x, at, index)), _as_value(value, x))


@op(inplace=True)
def index_reduce(x: Array, dim: int, index: Array, source: Array, reduce: str, include_self: bool = True) -> Array:
    """The entries of `source` that go to one entry of `dim`, reduced: "prod", "mean", "amax" or "amin"; see `scatter_reduce`."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce: reduce must be 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    if not x.ndim:
        return reshape(index_reduce(x.reshape(1), dim, index, source.reshape(1), reduce, include_self), ())
    at = axis_of(dim, x.ndim, "index_reduce")
    _, source = _entries("index_reduce", x, at, index, source)
    chosen = entries("index_reduce", x, at, index).reshape((-1,) + (1,) * (x.ndim - 1 - at))
    return scatter_reduce(x, at, np.broadcast_to(chosen, source.shape), source, reduce, include_self)


# ------------------------------------------------------------------------------------------------ anywhere


@op(inplace=True)
def index_put(x: Array, indices: Sequence[Any], values: Array | float, accumulate: bool = False) -> Array:
    """x with `y[indices] = values`, or with `values` added there; they broadcast to what `x[indices]` is."""
    ints, rest = ints_first(normal_index(tuple(indices)), x.ndim)
    if ints:
        return replaced(x, ints, index_put(x[ints], rest, values, accumulate))
    values = values if np.ndim(raw(values)) else _as_value(values, x)
    return (added if accumulate else replaced)(x, rest, values)


@op(inplace=True)
def put(x: Array, index: Array, source: Array, accumulate: bool = False) -> Array:
    """x with the elements of `source` at `index` of the flat tensor, or added there; a negative index counts from the end."""
    chosen = raw(index)
    need_integers("put", chosen)
    size = int(np.prod(x.shape))
    if chosen.size and (chosen.min() < -size or chosen.max() >= size):
        raise IndexError(f"put: index values lie in [{chosen.min()}, {chosen.max()}], but x {tuple(x.shape)} has {size} elements")
    if chosen.size != int(np.prod(source.shape)):
        raise RuntimeError(f"put: index {chosen.shape} and source {tuple(source.shape)} must have equally many elements")
    places = (chosen.reshape(-1) % max(size, 1),)
    return (added if accumulate else replaced)(x.reshape(-1), places, source.reshape(-1)).reshape(tuple(x.shape))


@op(inplace=True)
def masked_scatter(x: Array, mask: Array, source: Array) -> Array:
    """x with the elements of `source`, in row-major order, where the bool `mask` is true; x and mask broadcast."""
    chosen = raw(mask)
    if chosen.dtype != np.bool_:
        raise RuntimeError(f"masked_scatter: mask must be a bool tensor, got {chosen.dtype}: write mask != 0 or mask.bool()")
    shape = np.broadcast_shapes(tuple(x.shape), chosen.shape)
    chosen = np.broadcast_to(chosen, shape)
    count, values = int(chosen.sum()), source.reshape(-1)
    if count > values.shape[0]:
        raise RuntimeError(f"masked_scatter: mask has {count} true elements, but source {tuple(source.shape)} only {values.shape[0]}")
    return replaced(broadcast_to(x, shape).reshape(-1), (chosen.reshape(-1),), values[:count]).reshape(shape)


def _scattered(who: str, x: Any, index: tuple[Any, ...], src: Any, shape: Sequence[int]) -> Any:
    if tuple(src.shape) != tuple(shape):
        raise RuntimeError(f"{who}: src has shape {tuple(src.shape)}, but its place in x {tuple(x.shape)} has {tuple(shape)}")
    return replaced(x, index, src)


@op
def select_scatter(x: Array, src: Array, dim: int, index: int) -> Array:
    """x with `src` in place of `x.select(dim, index)`."""
    at = axis_of(dim, x.ndim, "select_scatter")
    if not x.ndim or not -x.shape[at] <= index < x.shape[at]:
        raise IndexError(f"select_scatter: index {index} is out of range for dim {dim} of x {tuple(x.shape)}")
    return _scattered("select_scatter", x, at_dim(at, index), src, (*x.shape[:at], *x.shape[at + 1 :]))


@op
def slice_scatter(x: Array, src: Array, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Array:
    """x with `src` in place of the entries `start:end:step` of `dim`."""
    at = axis_of(dim, x.ndim, "slice_scatter")
    if step <= 0 or not x.ndim:
        raise RuntimeError(f"slice_scatter: step must be positive and x have a dimension, got {step} and shape {tuple(x.shape)}")
    part = slice(start, end, step)
    size = len(range(*part.indices(x.shape[at])))
    return _scattered("slice_scatter", x, at_dim(at, part), src, (*x.shape[:at], size, *x.shape[at + 1 :]))


@op
def diagonal_scatter(x: Array, src: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """x with `src` in place of `x.diagonal(offset, dim1, dim2)`."""
    moved = movedim(x, (dim1, dim2), (-2, -1))
    rows = np.arange(max(-offset, 0), max(min(x.shape[dim1], x.shape[dim2] - offset), max(-offset, 0)))
    place = (..., rows, rows + offset)
    return movedim(_scattered("diagonal_scatter", moved, place, src, (*moved.shape[:-2], len(rows))), (-2, -1), (dim1, dim2))


@op(method=False, inplace=True)
def fill_diagonal(x: Array, fill_value: float, wrap: bool = False) -> Array:
    """x with `fill_value` where all indices are equal; `wrap` starts anew below a tall matrix, one row left free."""
    if x.ndim < 2 or (x.ndim > 2 and len(set(x.shape)) > 1):
        raise RuntimeError(f"fill_diagonal: expected a matrix, or more dimensions of one size, got shape {tuple(x.shape)}")
    mask = np.zeros(x.shape, np.bool_)
    np.fill_diagonal(mask, True, wrap)
    return masked_fill(x, mask, fill_value)
