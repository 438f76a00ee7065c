"""Choosing elements: indexing, gather, masks, embedding."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.op import Array, NoArray, op
from glassgrad.ops.shape import at_dim, axis_of, broadcast_to
from glassgrad.patch import Patch
from glassgrad.tensor import TWINS, Tensor, attach, make

__all__ = [  # the names in `gg.`
    "argwhere", "gather", "index_select", "masked_fill", "masked_select", "nonzero", "take", "take_along_dim", "tril", "triu",
    "unravel_index", "where",
]  # fmt: skip

# ------------------------------------------------------------------------------------------------ x[index]

_BOUNDS = frozenset((int, type(None)))  # of a plain slice


def _plain_index(item: Any) -> Any:
    """One part of an index as NumPy takes it; tensors and lists become arrays."""
    if isinstance(item, Tensor):
        item = item._array
    elif isinstance(item, list):
        item = np.asarray([_plain_index(part) for part in item])
    if isinstance(item, np.ndarray):
        if item.dtype == np.uint8 or item.dtype.kind not in "biu":
            if item.size or item.dtype.kind != "f":
                raise IndexError(f"getitem: an index tensor must be integer or bool, got {item.dtype}: write .long() or .bool()")
            item = item.astype(np.int64)  # an empty list
        return item if item.ndim else item.item()
    if isinstance(item, (float, str, np.floating)):
        raise IndexError(f"getitem: an index is made of ints, slices, None, ... and tensors of ints or bools, got {item!r}")
    if isinstance(item, (np.integer, np.bool_)):
        return item.item()
    if isinstance(item, slice):
        if item.step is not None and int(item.step) <= 0:
            raise ValueError("getitem: the step of a slice must be positive: write x.flip(dim) to reverse")
        try:
            return slice(*(None if part is None else operator.index(part) for part in (item.start, item.stop, item.step)))
        except TypeError:
            raise TypeError(f"getitem: a slice goes from int to int, got {item!r}") from None
    return item


def normal_index(index: Any) -> tuple[Any, ...]:
    """An index as a tuple of ints, slices, None, Ellipsis and arrays."""
    items = index if isinstance(index, tuple) else (index,)
    return tuple(_plain_index(item) for item in items)


def ints_first(index: tuple[Any, ...], ndim: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """An index as two, its ints and the rest, where it holds arrays.

    `x[0, :, i]` is `x[0][:, i]` in PyTorch, while NumPy counts the 0 among the arrays. Nor does an Ellipsis that stands for no
    dimension keep two arrays apart.
    """
    kinds = {type(item) for item in index}
    if np.ndarray not in kinds:
        return (), index
    width = [0 if item is None or item is ... or isinstance(item, bool) else _width(item) for item in index]
    if sum(width) == ndim:
        width = [n for n, item in zip(width, index, strict=True) if item is not ...]
        index = tuple(item for item in index if item is not ...)
    if int not in kinds:
        return (), index
    first: list[Any] = []
    for n, item in zip(width, index, strict=True):
        first += [item] if type(item) is int or item is ... else [slice(None)] * n
    return tuple(first), tuple(item for item in index if type(item) is not int)


def _width(item: Any) -> int:
    """How many dimensions a part of an index takes up."""
    return item.ndim if isinstance(item, np.ndarray) and item.dtype.kind == "b" else 1


def _patch(parents: Any, g: np.ndarray, shape: tuple[int, ...], index: tuple[Any, ...]) -> Any:
    """The gradient of a slice as what it is, a part of x's."""
    return NotImplemented if any(isinstance(item, np.ndarray) for item in index) else Patch(shape, (index, g))


@op(method=False, view=True, grad_kernel=_patch, x=lambda g, x_shape, index: unindex(g, x_shape, index))
def _getitem(x: Array, index: tuple[Any, ...]) -> Array:
    y = x[index]
    return y if isinstance(y, np.ndarray) else x[(*index, ...)]  # one element: a view too, where NumPy gives a number


def getitem(x: Tensor, index: Any) -> Tensor:
    """`x[index]` with ints, slices, None, Ellipsis, integer and bool tensors, as in PyTorch. A view where NumPy's is."""
    items = index if type(index) is tuple else (index,)
    for item in items:
        if type(item) is slice:
            if not (item.step is None and type(item.start) in _BOUNDS and type(item.stop) in _BOUNDS):
                break
        elif type(item) is not int and item is not None and item is not ...:
            break
    else:
        return _getitem(x, items)  # nothing to make normal: 3 us less
    try:
        parts = normal_index(index)
    except NoArray as found:  # an index that is batched, in vmap
        return found.answer(_getitem.op, (x, index))
    ints, rest = ints_first(parts, x.ndim)
    return _getitem(_getitem(x, ints) if ints else x, rest)


@op(method=False, x=lambda g, index: g[index])
def unindex(x: Array, shape: Sequence[int], index: tuple[Any, ...]) -> Array:
    """Zeros of `shape` with x added at `index`: the transpose of indexing. Elements chosen twice add up."""
    return add_at(np.zeros_like(x, shape=shape), index, x)


def add_at(y: np.ndarray, index: tuple[Any, ...], x: Any) -> np.ndarray:
    """The array y after x was added to its elements at `index`, as often as each is chosen."""
    if any(isinstance(item, np.ndarray) and item.dtype.kind != "b" for item in index):
        np.add.at(y, index, x)
    else:  # no element twice
        y[index] += x
    return y


attach(__getitem__=getitem)


# ------------------------------------------------------------------------------------------------ along one dimension


def raw(x: Any) -> Any:
    """The array of a tensor, for what picks elements and has no gradient of its own; others as they are."""
    return x._array if isinstance(x, Tensor) else x


def along(index: np.ndarray, dim: int) -> tuple[Any, ...]:
    """The advanced index that picks `index` along `dim` and its own position in the others."""
    grid: list[Any] = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[dim] = index
    return tuple(grid)


@op(x=lambda g, x_shape, dim, index: ungather(g, x_shape, dim, index))
def gather(x: Array, dim: int, index: Array, sparse_grad: bool = False) -> Array:
    """`y[i][j][k] = x[index[i][j][k]][j][k]` for dim 0, and likewise for the others; index is int64, of x's rank."""
    at = check_index("gather", x.shape, dim, index)
    if not index.size:
        return np.zeros(index.shape, x.dtype)
    return np.atleast_1d(x)[along(index, at) if index.ndim else index]


@op(method=False, x=lambda g, dim, index: gather(g, dim, index))
def ungather(x: Array, shape: Sequence[int], dim: int, index: Array) -> Array:
    """Zeros of `shape` with x added at `index` along `dim`: the transpose of `gather`."""
    y = np.zeros_like(x, shape=shape)
    if index.size:
        np.add.at(y if y.ndim else y.reshape(1), along(index, axis_of(dim, len(shape), "gather")) if index.ndim else index, x)
    return y


def check_index(who: str, shape: Sequence[int], dim: int, index: Any) -> int:
    """`dim` as a dimension >= 0 of x of `shape`, after a look at an index that picks along it; 0-d counts as 1-d."""
    at = axis_of(dim, len(shape), who)
    need_integers(who, index)
    size = tuple(shape) or (1,)
    if index.size and (max(index.ndim, 1) != len(size) or any(n > size[i] for i, n in enumerate(index.shape) if i != at)):
        raise RuntimeError(
            f"{who}: index has shape {tuple(index.shape)}, x {tuple(shape)}: they need the same number of dimensions, and index "
            f"may not be larger than x but in dim {dim}"
        )
    if index.size and (index.min() < 0 or index.max() >= size[at]):
        raise IndexError(f"{who}: index values lie in [{index.min()}, {index.max()}], but dim {dim} of x {tuple(shape)} has {size[at]}")
    return at


def need_integers(who: str, index: Any) -> None:
    """RuntimeError unless the array `index` holds integers."""
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"{who}: index must be an integer tensor, got {index.dtype}: write .long()")


@op
def index_select(x: Array, dim: int, index: Array) -> Array:
    """The entries `index` (1-D, integer) of dimension `dim`."""
    at = axis_of(dim, x.ndim, "index_select")
    chosen = entries("index_select", x, at, index)
    return x[at_dim(at, chosen)] if x.ndim else x.reshape(1)[chosen].reshape(())


def entries(who: str, x: Any, at: int, index: Any) -> np.ndarray:
    """The 1-D index (0-d counts as 1-D) of entries of dimension `at`, checked."""
    chosen, size = raw(index), x.shape[at] if x.ndim else 1
    if chosen.ndim > 1 or chosen.dtype.kind not in "iu" or (chosen.size and (chosen.min() < 0 or chosen.max() >= size)):
        raise IndexError(f"{who}: index must be 1-D, of integers from 0 to {size - 1} (dim {at} of x {tuple(x.shape)})")
    return chosen.reshape(-1)


@op
def take(x: Array, index: Array) -> Array:
    """The elements of the flat tensor at `index`, of index's shape; a negative index counts from the end."""
    chosen = raw(index)
    need_integers("take", chosen)
    return x.reshape(-1)[chosen]


def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    chosen = np.asarray(raw(indices))
    return take(a, chosen) if axis is None else a[at_dim(axis_of(axis, a.ndim, "np.take"), chosen)]


@op
def take_along_dim(x: Array, indices: Array, dim: int | None = None) -> Array:
    """`gather` where x and indices broadcast in the other dimensions; without dim, of the flat tensors."""
    chosen = raw(indices)
    if dim is None:
        return gather(x.reshape(-1), 0, chosen.reshape(-1))
    at = axis_of(dim, x.ndim, "take_along_dim")
    if chosen.ndim != x.ndim:
        raise RuntimeError(f"take_along_dim: x {tuple(x.shape)} and indices {chosen.shape} need the same number of dimensions")
    chosen = np.where(chosen < 0, chosen + x.shape[at], chosen)
    others = np.broadcast_shapes(*((*shape[:at], 1, *shape[at + 1 :]) for shape in (x.shape, chosen.shape)))
    wide = [broadcast_to(y, (*others[:at], y.shape[at], *others[at + 1 :])) for y in (x, chosen)]
    return gather(wide[0], at, wide[1])


TWINS[np.take] = _take
TWINS[np.take_along_axis] = lambda arr, indices, axis=-1: take_along_dim(arr, indices, axis)


# ------------------------------------------------------------------------------------------------ masks


@op(method=False, dtypes="promote",
    a=lambda g, condition: where(condition, g, 0), b=lambda g, condition: where(condition, 0, g))  # fmt: skip
def _where(condition: Array, a: Array, b: Array) -> Array:
    if np.asarray(condition).dtype != np.bool_:
        raise TypeError(f"where: condition must be a bool tensor, got {condition.dtype}: write condition != 0")
    return np.where(condition, a, b)


@op(method=False, numpy=[np.where])
def where(condition: Array, input: Array | None = None, other: Array | None = None) -> Any:
    """`input` where the bool `condition` is true, else `other`; all three broadcast. Where an element isn't taken its gradient is 0.

    `where(condition)` alone is `nonzero(condition, as_tuple=True)`.
    """
    return nonzero(condition, True) if input is None and other is None else _where(condition, input, other)


def _where_method(self: Tensor, condition: Array, other: Array) -> Tensor:
    """`gg.where(condition, self, other)`."""
    return where(condition, self, other)


attach(where=_where_method)


@op(x=lambda g, mask: where(mask, 0, g))
def _masked_fill(x: Array, mask: Array, value: float) -> Array:
    if mask.dtype != np.bool_:
        raise TypeError(f"masked_fill: mask must be a bool tensor, got {mask.dtype}: write mask != 0 or mask.bool()")
    if np.ndim(value):
        raise RuntimeError(f"masked_fill: value must be a number or 0-d, got shape {np.shape(value)}: write gg.where(mask, value, x)")
    return np.where(mask, np.asarray(value, x.dtype), x)


@op(inplace=True)
def masked_fill(x: Array, mask: Array, value: float | Array) -> Array:
    """x with `value` (a number or 0-d) where the bool `mask` is true; x and mask broadcast. No gradient flows to x there."""
    if isinstance(value, Tensor) and value.requires_grad and not value.ndim:
        return where(mask, value.to(x.dtype), x)
    return _masked_fill(x, mask, raw(value))


@op
def masked_select(x: Array, mask: Array) -> Array:
    """The elements where the bool `mask` is true, in row-major order, in one dimension; x and mask broadcast."""
    chosen = raw(mask)
    if chosen.dtype != np.bool_:
        raise RuntimeError(f"masked_select: mask must be a bool tensor, got {chosen.dtype}: write mask != 0 or mask.bool()")
    shape = np.broadcast_shapes(tuple(x.shape), chosen.shape)
    return broadcast_to(x, shape)[np.broadcast_to(chosen, shape)]


@op(differentiable=False)
def nonzero(x: Array, as_tuple: bool = False) -> Any:
    """The positions of the elements that aren't 0, one a row (n, ndim); or as a tuple of an index for each dimension."""
    found = np.nonzero(np.atleast_1d(x))
    return found if as_tuple else np.stack(found, axis=1)[:, : x.ndim]


TWINS[np.nonzero] = lambda a: nonzero(a, True)


@op(differentiable=False, numpy=[np.argwhere])
def argwhere(x: Array) -> Array:
    """The positions of the elements that aren't 0, one a row: (n, ndim)."""
    return np.argwhere(x)


@op(method=False, differentiable=False)
def unravel_index(indices: Array, shape: int | Sequence[int]) -> tuple[Array, ...]:
    """The index in each dimension of the elements of a tensor of `shape` that lie at `indices` of the flat tensor."""
    return np.unravel_index(indices, shape)


@op(numpy=[np.tril], inplace=True, x=lambda g, diagonal: tril(g, diagonal))
def tril(x: Array, diagonal: int = 0) -> Array:
    """The lower triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
    _need_matrix(x, "tril")
    return np.tril(x, diagonal)


@op(numpy=[np.triu], inplace=True, x=lambda g, diagonal: triu(g, diagonal))
def triu(x: Array, diagonal: int = 0) -> Array:
    """The upper triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
    _need_matrix(x, "triu")
    return np.triu(x, diagonal)


def _need_matrix(x: Any, who: str) -> None:
    if x.ndim < 2:
        raise RuntimeError(f"{who}: expected at least 2 dimensions, got shape {x.shape}")


# ------------------------------------------------------------------------------------------------ embedding


@op(kernel=kernels.embedding, method=False,
    grad_kernel=lambda parents, g, index, shape, padding_idx: _scatter_rows(g, index, shape[0], padding_idx),
    weight=lambda g, index, weight_shape, padding_idx: embedding_grad(g, index, weight_shape[0], padding_idx))  # fmt: skip
def embedding(index: Array, weight: Array, padding_idx: int | None = None) -> Array:
    """Rows of `weight` (num_embeddings, D): index (...) of integers gives (..., D). Row `padding_idx` gets no gradient."""
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"embedding: index must be an integer tensor, got {index.dtype}: write .long()")
    if weight.ndim != 2:
        raise RuntimeError(f"embedding: weight must be (num_embeddings, dim), got shape {weight.shape}")
    if index.size and (index.min() < 0 or index.max() >= len(weight)):
        raise IndexError(f"embedding: index values lie in [{index.min()}, {index.max()}], but weight {weight.shape} has {len(weight)} rows")
    if padding_idx is not None and not -len(weight) <= padding_idx < len(weight):
        raise IndexError(f"embedding: padding_idx {padding_idx} is out of range for weight {weight.shape}")
    return weight[index]


def _scatter_rows(x: np.ndarray, index: np.ndarray, rows: int, padding_idx: int | None) -> Any:
    return kernels.embedding_grad(unpadded(x, index, rows, padding_idx), index, rows)


@op(kernel=_scatter_rows, method=False, x=lambda g, index, rows, padding_idx: unpadded(embedding(index, g), index, rows, padding_idx))
def embedding_grad(x: Array, index: Array, rows: int, padding_idx: int | None = None) -> Array:
    """Zeros (rows, D) with row x[i] added at row index[i], but none at `padding_idx`: the transpose of `embedding`."""
    y = np.zeros_like(x, shape=(rows, x.shape[-1]))
    np.add.at(y, index, unpadded(x, index, rows, padding_idx))
    return y


@op(method=False)
def unpadded(g: Array, index: Array, rows: int, padding_idx: int | None = None) -> Array:
    """`g` with 0 where index is `padding_idx`, which may count from the end of `rows`."""
    return g if padding_idx is None else np.where((index == padding_idx % rows)[..., None], 0, g)


def one_hot(index: Tensor, num_classes: int = -1) -> Tensor:
    """int64 (..., num_classes) with a 1 at each index (...) and 0 elsewhere; -1 classes means the largest index plus one."""
    at = index._array
    if at.dtype.kind not in "iu":
        raise RuntimeError(f"one_hot: index must be an integer tensor, got {at.dtype}: write .long()")
    if num_classes == -1 and not at.size:
        raise RuntimeError(f"one_hot: an empty index (shape {at.shape}) doesn't tell the number of classes: write num_classes=")
    classes = int(at.max()) + 1 if num_classes == -1 else num_classes
    if at.size and (at.min() < 0 or at.max() >= classes):
        raise RuntimeError(f"one_hot: index values lie in [{at.min()}, {at.max()}], but there are {classes} classes")
    return make((at[..., None] == np.arange(classes)).astype(np.int64), None)
