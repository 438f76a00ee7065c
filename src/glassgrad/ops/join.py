"""Joining and splitting by the names of NumPy (hstack, tensor_split, ...), grids and combinations: made of cat, stack and views."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.op import Array, Arrays, op
from glassgrad.ops.shape import at_dim, axis_of, broadcast_to, cat, split, stack, unsqueeze
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors", "cartesian_prod",
    "column_stack", "combinations", "dsplit", "dstack", "hsplit", "hstack", "meshgrid", "row_stack", "tensor_split", "vsplit",
    "vstack",
]  # fmt: skip

_Arrays = Any  # each of several tensors; op.py reads the name

# ------------------------------------------------------------------------------------------------ at least so many dimensions


def _each(one: Any, tensors: Sequence[Any]) -> Any:
    found = tuple(one(x) for x in tensors)
    return found[0] if len(found) == 1 else found


@op(method=False, numpy=[np.atleast_1d])
def atleast_1d(*tensors: _Arrays) -> Any:
    """0-d tensors as 1-d, others as they are; a tuple of them if several are given."""
    return _each(lambda x: x if x.ndim else x.reshape(1), tensors)


@op(method=False, numpy=[np.atleast_2d])
def atleast_2d(*tensors: _Arrays) -> Any:
    """Tensors of at least 2 dimensions: a vector becomes a row; a tuple of them if several are given."""
    return _each(lambda x: x if x.ndim > 1 else x.reshape(1, -1), tensors)


@op(method=False, numpy=[np.atleast_3d])
def atleast_3d(*tensors: _Arrays) -> Any:
    """Tensors of at least 3 dimensions: (n) becomes (1, n, 1) and (m, n) becomes (m, n, 1); a tuple of them if several are given."""
    return _each(lambda x: x if x.ndim > 2 else unsqueeze(x if x.ndim == 2 else x.reshape(1, -1), -1), tensors)


# ------------------------------------------------------------------------------------------------ stack and split


def _all(one: Any, tensors: Sequence[Any]) -> list[Any]:
    return [one(x) for x in tensors]


@op(method=False, numpy=[np.hstack])
def hstack(tensors: Arrays) -> Array:
    """Join along dim 1, vectors and 0-d tensors along dim 0."""
    tensors = _all(atleast_1d, tensors)
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


@op(method=False, numpy=[np.vstack])
def vstack(tensors: Arrays) -> Array:
    """Join along dim 0, vectors as rows."""
    return cat(_all(atleast_2d, tensors), 0)


def row_stack(tensors: Sequence[Tensor]) -> Tensor:
    """`vstack`."""
    return vstack(tensors)


@op(method=False, numpy=[np.dstack])
def dstack(tensors: Arrays) -> Array:
    """Join along dim 2, after `atleast_3d`."""
    return cat(_all(atleast_3d, tensors), 2)


@op(method=False, numpy=[np.column_stack])
def column_stack(tensors: Arrays) -> Array:
    """Join along dim 1, vectors and 0-d tensors as columns."""
    return cat(_all(lambda x: x.reshape(-1, 1) if x.ndim < 2 else x, tensors), 1)


@op(numpy=[np.array_split])
def tensor_split(x: Array, indices_or_sections: Any, dim: int = 0) -> tuple[Array, ...]:
    """So many pieces, the first ones larger by one where it doesn't come out even; or cut before each index. Views."""
    if not x.ndim:
        raise RuntimeError("tensor_split: a 0-d tensor can't be split")
    at = axis_of(dim, x.ndim, "tensor_split")
    cuts = indices_or_sections.tolist() if isinstance(indices_or_sections, (Tensor, np.ndarray)) else indices_or_sections
    if isinstance(cuts, (int, np.integer)):
        if cuts <= 0:
            raise RuntimeError(f"tensor_split: the number of sections must be positive, got {cuts}")
        size, larger = divmod(x.shape[at], cuts)
        return split(x, [size + (i < larger) for i in range(cuts)], at)
    ends = [None, *cuts, None]
    return tuple(x[at_dim(at, slice(start, end))] for start, end in itertools.pairwise(ends))


def _even_split(who: str, x: Any, cuts: Any, dim: int, least: int) -> tuple[Any, ...]:
    if x.ndim < least:
        raise RuntimeError(f"{who}: expected at least {least} dimensions, got shape {tuple(x.shape)}")
    if isinstance(cuts, (int, np.integer)) and (cuts <= 0 or x.shape[dim] % cuts):
        raise RuntimeError(f"{who}: dim {dim} of shape {tuple(x.shape)} doesn't divide into {cuts} equal pieces: write gg.tensor_split")
    return tensor_split(x, cuts, dim)


@op(numpy=[np.hsplit])
def hsplit(x: Array, indices_or_sections: int | Sequence[int]) -> tuple[Array, ...]:
    """`tensor_split` into equal pieces along dim 1, of a vector along dim 0."""
    return _even_split("hsplit", x, indices_or_sections, min(x.ndim - 1, 1), 1)


@op(numpy=[np.vsplit])
def vsplit(x: Array, indices_or_sections: int | Sequence[int]) -> tuple[Array, ...]:
    """`tensor_split` into equal pieces along dim 0."""
    return _even_split("vsplit", x, indices_or_sections, 0, 2)


@op(numpy=[np.dsplit])
def dsplit(x: Array, indices_or_sections: int | Sequence[int]) -> tuple[Array, ...]:
    """`tensor_split` into equal pieces along dim 2."""
    return _even_split("dsplit", x, indices_or_sections, 2, 3)


TWINS[np.split] = lambda ary, indices_or_sections, axis=0: _even_split("np.split", ary, indices_or_sections, axis, 1)


@op(method=False)
def block_diag(*tensors: _Arrays) -> Array:
    """The matrix with the given ones (vectors are rows, 0-d tensors 1 by 1) along its diagonal, and zeros beside them."""
    if any(x.ndim > 2 for x in tensors):
        raise RuntimeError(f"block_diag: expected matrices, vectors or 0-d tensors, got shapes {[tuple(x.shape) for x in tensors]}")
    blocks = _all(atleast_2d, tensors)
    width, start, rows = sum(x.shape[1] for x in blocks), 0, []
    for x in blocks:
        before, after = np.zeros((len(x), start), x.dtype), np.zeros((len(x), width - start - x.shape[1]), x.dtype)
        rows.append(cat([before, x, after], 1))
        start += x.shape[1]
    return cat(rows, 0)


# ------------------------------------------------------------------------------------------------ broadcast and combine


def broadcast_shapes(*shapes: Any) -> tuple[int, ...]:
    """The shape that tensors of `shapes` broadcast to; RuntimeError if they don't."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(
            f"broadcast_shapes: {', '.join(map(str, shapes))} don't broadcast: from the end, sizes must be equal or 1"
        ) from None


@op(method=False)
def broadcast_tensors(*tensors: _Arrays) -> tuple[Array, ...]:
    """The tensors expanded to the shape that they broadcast to. Views."""
    shape = broadcast_shapes(*(tuple(x.shape) for x in tensors))
    return tuple(broadcast_to(x, shape) for x in tensors)


TWINS[np.broadcast_arrays] = broadcast_tensors


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Grids of the coordinates in the given vectors: the i-th varies along dim i, but with "xy" the first two are swapped. Views."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if not tensors or any(x.ndim > 1 for x in tensors):
        raise RuntimeError(f"meshgrid: expected vectors or 0-d tensors, got shapes {[tuple(x.shape) for x in tensors]}")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f"meshgrid: indexing must be 'ij' or 'xy', got {indexing!r}")
    places = list(range(len(tensors)))
    if indexing == "xy" and len(tensors) > 1:
        places[:2] = 1, 0
    shape = [1] * len(tensors)
    grids = []
    for x, at in zip(tensors, places, strict=True):
        grids.append(x.reshape([x.numel() if i == at else 1 for i in range(len(tensors))]))
        shape[at] = x.numel()
    return tuple(broadcast_to(x, shape) for x in grids)


@op(method=False)
def cartesian_prod(*tensors: _Arrays) -> Array:
    """All ways to take one entry of each vector, one a row: (n1 n2 ..., number of vectors); a single vector as it is."""
    if any(x.ndim != 1 for x in tensors):
        raise RuntimeError(f"cartesian_prod: expected vectors, got shapes {[tuple(x.shape) for x in tensors]}")
    if len(tensors) == 1:
        return tensors[0]
    index = np.indices([len(x) for x in tensors]).reshape(len(tensors), -1)
    return stack([x[i] for x, i in zip(tensors, index, strict=True)], 1)


@op(method=False)
def combinations(x: Array, r: int = 2, with_replacement: bool = False) -> Array:
    """All ways to take `r` entries of the vector x in their order, one a row; an entry more than once only with replacement."""
    if x.ndim != 1 or r < 0:
        raise RuntimeError(f"combinations: expected a vector and r >= 0, got shape {tuple(x.shape)} and {r}")
    if not r:
        return x[:0]
    ways = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    return x[np.array(list(ways(range(len(x)), r)), np.int64).reshape(-1, r)]
