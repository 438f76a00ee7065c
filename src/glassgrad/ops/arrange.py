"""Ops that put elements into another order or place: flips, rolls, repeats, diagonals, windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from glassgrad.op import Array, op
from glassgrad.ops.shape import at_dim, axes_of, axis_of, clone, flatten, transpose
from glassgrad.tensor import TWINS, Tensor, make

__all__ = [  # the names in `gg.`
    "diag", "diag_embed", "diagflat", "diagonal", "flip", "fliplr", "flipud", "repeat_interleave", "roll", "rot90", "tile",
]  # fmt: skip

# ------------------------------------------------------------------------------------------------ flip and roll


@op(x=lambda g, dims: flip(g, dims))
def flip(x: Array, *dims: int) -> Array:
    """The entries along `dims` in reverse order. A copy."""
    axes = axes_of(dims, x.ndim, "flip")
    return np.flip(x, axes).copy() if x.ndim else x.copy()


TWINS[np.flip] = lambda m, axis=None: flip(m, tuple(range(m.ndim)) if axis is None else axis)


@op(numpy=[np.fliplr])
def fliplr(x: Array) -> Array:
    """The columns (dim 1) in reverse order."""
    if x.ndim < 2:
        raise RuntimeError(f"fliplr: expected at least 2 dimensions, got shape {tuple(x.shape)}: write x.flip(0)")
    return flip(x, 1)


@op(numpy=[np.flipud])
def flipud(x: Array) -> Array:
    """The rows (dim 0) in reverse order."""
    if not x.ndim:
        raise RuntimeError("flipud: expected at least 1 dimension, got a 0-d tensor")
    return flip(x, 0)


@op(x=lambda g, shifts, dims: roll(g, opposite(shifts), dims))
def roll(x: Array, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Array:
    """The entries moved on by `shifts` along `dims`, those at the end coming in at the start; without dims, of the flat tensor."""
    dims = None if dims == () else dims
    if np.size(shifts) != np.size(1 if dims is None else dims):
        raise RuntimeError(f"roll: shifts {shifts} and dims {dims} must be equally many")
    return np.roll(x, shifts, dims if dims is None or x.ndim else None)


TWINS[np.roll] = lambda a, shift, axis=None: roll(a, shift, axis)


@op(method=False)
def opposite(amounts: int | Sequence[int]) -> Any:
    """Each number negated."""
    return tuple(-n for n in amounts) if isinstance(amounts, Sequence) else -amounts


@op(numpy=[np.rot90])
def rot90(x: Array, k: int = 1, dims: Sequence[int] = (0, 1)) -> Array:
    """A quarter turn, `k` times, in the plane of two dimensions: from the first towards the second."""
    if len(dims) != 2 or x.ndim < 2:
        raise RuntimeError(f"rot90: dims must be two dimensions of x, got {tuple(dims)} for shape {tuple(x.shape)}")
    first, second = axes_of(dims, x.ndim, "rot90")
    if k % 4 == 0:
        return clone(x)
    if k % 4 == 2:
        return flip(x, first, second)
    return transpose(flip(x, second if k % 4 == 1 else first), first, second)


# ------------------------------------------------------------------------------------------------ repeat


@op(x=lambda g, x_shape, repeats: untile(g, x_shape, repeats))
def repeat(x: Array, *repeats: int) -> Array:
    """The tensor laid `repeats[i]` times one after the other along dimension i; more repeats than dimensions add leading ones."""
    if len(repeats) < x.ndim or any(n < 0 for n in repeats):
        raise RuntimeError(f"repeat: {tuple(repeats)} must hold a number >= 0 for each dimension of x {tuple(x.shape)}")
    return np.tile(x, repeats)


@op(method=False)
def untile(x: Array, shape: Sequence[int], repeats: Sequence[int]) -> Array:
    """The sum over the copies that `repeat` made of a tensor of `shape`: its transpose."""
    if not repeats:
        return x
    once = (1,) * (len(repeats) - len(shape)) + tuple(shape)
    copies = x.reshape([n for pair in zip(repeats, once, strict=True) for n in pair])
    return copies.sum(axis=tuple(range(0, 2 * len(once), 2))).reshape(tuple(shape))


@op
def tile(x: Array, *dims: int) -> Array:
    """`repeat`; fewer numbers than dimensions are for the last ones."""
    return repeat(x, (1,) * (x.ndim - len(dims)) + tuple(dims))


TWINS[np.tile] = lambda A, reps: tile(A, reps)


@op
def repeat_interleave(x: Array, repeats: int | Array | None = None, dim: int | None = None, output_size: int | None = None) -> Array:
    """Each entry along `dim` `repeats` times (a number, or one an entry); without dim, of the flat tensor.

    `repeat_interleave(repeats)` gives the indices: 0 `repeats[0]` times, 1 `repeats[1]` times, ...
    """
    if repeats is None:
        index = repeat_interleave(np.arange(len(x)), x, 0)
        return make(index, None) if isinstance(x, Tensor) else index
    x, at = (flatten(x), 0) if dim is None else (x, axis_of(dim, x.ndim, "repeat_interleave"))
    counts = repeats._array if isinstance(repeats, Tensor) else np.asarray(repeats)
    if counts.dtype.kind not in "iu" or counts.ndim > 1 or counts.size not in (1, x.shape[at]) or (counts < 0).any():
        raise RuntimeError(
            f"repeat_interleave: repeats must be a number >= 0 or one for each of the {x.shape[at]} entries of dim {dim}, "
            f"got {counts.dtype} of shape {counts.shape}"
        )
    index = np.repeat(np.arange(x.shape[at]), counts)
    if output_size is not None and output_size != len(index):
        raise RuntimeError(f"repeat_interleave: output_size is {output_size}, but the repeats add up to {len(index)}")
    return x[at_dim(at, index)]


def _np_repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    return repeat_interleave(a, repeats if isinstance(repeats, Tensor) else np.asarray(repeats), axis)


TWINS[np.repeat] = _np_repeat


# ------------------------------------------------------------------------------------------------ diagonals


@op(view=True, x=lambda g, x_shape, offset, dim1, dim2: undiagonal(g, x_shape, offset, dim1, dim2))
def diagonal(x: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """The entries with `index[dim2] - index[dim1] == offset`, as a new last dimension in place of the two. A view."""
    y = np.diagonal(x, offset, *_plane("diagonal", x.ndim, dim1, dim2))
    if x.flags.writeable:
        y.flags.writeable = True  # NumPy hands it out read-only, but it is a view like any other
    return y


TWINS[np.diagonal] = lambda a, offset=0, axis1=0, axis2=1: diagonal(a, offset, axis1, axis2)


def _plane(who: str, ndim: int, dim1: int, dim2: int) -> tuple[int, int]:
    first, second = axis_of(dim1, ndim, who), axis_of(dim2, ndim, who)
    if first == second:
        raise RuntimeError(f"{who}: dim1 and dim2 must be different dimensions, got {dim1} and {dim2}")
    return first, second


@op(method=False, x=lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2))
def undiagonal(x: Array, shape: Sequence[int], offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """Zeros of `shape` with x on a diagonal: the transpose of `diagonal`."""
    y = np.zeros(shape, x.dtype)
    place = np.diagonal(y, offset, dim1, dim2)
    place.flags.writeable = True
    place[...] = x
    return y


@op
def diag_embed(x: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    """Matrices in dimensions `dim1` and `dim2` with the last dimension of x on their diagonal, shifted right by `offset`."""
    first, second = _plane("diag_embed", x.ndim + 1, dim1, dim2)
    if not x.ndim:
        raise RuntimeError("diag_embed: expected at least 1 dimension, got a 0-d tensor")
    shape = list(x.shape[:-1])
    for at in sorted((first, second)):
        shape.insert(at, x.shape[-1] + abs(offset))
    return undiagonal(x, tuple(shape), offset, first, second)


@op
def diag(x: Array, diagonal: int = 0) -> Array:
    """The matrix with the vector x on its diagonal, or the diagonal of the matrix x."""
    if x.ndim not in (1, 2):
        raise RuntimeError(f"diag: expected a vector or a matrix, got shape {tuple(x.shape)}: write gg.diagonal or gg.diag_embed")
    return diag_embed(x, diagonal) if x.ndim == 1 else clone(_diagonal(x, diagonal))


_diagonal = diagonal  # `diag` has an argument of that name
TWINS[np.diag] = lambda v, k=0: diag(v, k)


@op
def diagflat(x: Array, offset: int = 0) -> Array:
    """The matrix with the elements of x, in row-major order, on its diagonal."""
    return diag_embed(x.reshape(-1), offset)


TWINS[np.diagflat] = lambda v, k=0: diagflat(v, k)


# ------------------------------------------------------------------------------------------------ windows


@op(view=True, x=lambda g, x_shape, dimension, size, step: overlap(g, x_shape, dimension, size, step))
def unfold(x: Array, dimension: int, size: int, step: int) -> Array:
    """Windows of `size` entries, `step` apart, of a dimension, whose size becomes their number; what they hold is the last one. A view."""
    at = axis_of(dimension, x.ndim, "unfold")
    length = x.shape[at] if x.ndim else 1
    if not 0 <= size <= length or step <= 0:
        raise RuntimeError(f"unfold: size {size} must lie in 0..{length} (dim {dimension} of shape {x.shape}) and step {step} be positive")
    if not x.ndim:
        return x.reshape((1,))[:size]
    if not size:  # NumPy has no windows of nothing
        return np.zeros((*x.shape[:at], length // step + 1, *x.shape[at + 1 :], 0), x.dtype)
    return sliding_window_view(x, size, at, writeable=x.flags.writeable)[at_dim(at, slice(None, None, step))]


@op(method=False, x=lambda g, dimension, size, step: unfold(g, dimension, size, step))
def overlap(x: Array, shape: Sequence[int], dimension: int, size: int, step: int) -> Array:
    """Zeros of `shape` with the windows x added where `unfold` took them: its transpose."""
    if not shape:
        return x.sum()
    y = np.zeros(shape, x.dtype)
    windows = np.moveaxis(y, dimension, -1)
    values = np.moveaxis(x, dimension % len(shape), -2)
    for i in range(size):
        windows[..., i : i + step * values.shape[-2] : step] += values[..., i]
    return y
