"""Ops that move or retype elements without computing: reshape, transpose, join, split, cast, copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad import dtypes
from glassgrad.device import device as Device
from glassgrad.dtypes import as_dtype
from glassgrad.op import Array, Arrays, op
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "broadcast_to", "cat", "chunk", "clone", "flatten", "narrow", "permute", "reshape", "split", "squeeze", "stack", "t",
    "transpose", "unbind", "unsqueeze",
]  # fmt: skip

_DEVICES = ("cpu", "cuda", "mps", "xpu", "meta")


def axis_of(dim: int, ndim: int, who: str) -> int:
    """A dimension as 0 <= dim < ndim; IndexError that names the op if it is out of range."""
    n = max(ndim, 1)  # a 0-d tensor takes dim 0 and -1
    if not -n <= dim < n:
        raise IndexError(f"{who}: dim {dim} is out of range for {ndim} dimensions: it must lie in [{-n}, {n - 1}]")
    return dim % ndim if ndim else 0


# ------------------------------------------------------------------------------------------------ reshape


def _size_hint(x: Any, *shape: Any) -> str:
    return f"The tensor has {np.size(x)} elements: make the product of the new sizes equal to that, or leave one out as -1"


@op(numpy=[np.reshape], hint=_size_hint, x=lambda g, x_shape: g.reshape(x_shape))
def reshape(x: Array, *shape: int) -> Array:
    """The same elements in the same row-major order with another shape; one size may be -1. A view where it can be."""
    return x.reshape(shape)


@op(hint=_size_hint, x=lambda g, x_shape: g.reshape(x_shape))
def _view(x: Array, *shape: int) -> Array:
    y = x.reshape(shape)
    if y.size and not np.may_share_memory(x, y):
        raise RuntimeError("view: the strides of this tensor don't allow a view of that shape: write .reshape(...)")
    return y


@op
def view(x: Array, *shape: Any) -> Array:
    """`reshape` that never copies: RuntimeError where the strides don't allow it."""
    if len(shape) == 1 and not isinstance(shape[0], (int, np.integer)):
        return to(x, shape[0]) if as_dtype(shape[0]) == x.dtype else _no_reinterpretation(shape[0])
    return _view(x, *shape)


def _no_reinterpretation(dtype: Any) -> Any:
    raise RuntimeError(f"view: glassgrad doesn't reinterpret bytes as {dtype}: write .to({dtype}) to convert the values")


@op(x=lambda g, x_shape: g.reshape(x_shape))
def flatten(x: Array, start_dim: int = 0, end_dim: int = -1) -> Array:
    """Merge dimensions `start_dim` to `end_dim` (both included) into one."""
    first, last = axis_of(start_dim, x.ndim, "flatten"), axis_of(end_dim, x.ndim, "flatten")
    if first > last:
        raise ValueError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    return x.reshape((*x.shape[:first], int(np.prod(x.shape[first : last + 1])), *x.shape[last + 1 :]))


@op(x=lambda g, x_shape: g.reshape(x_shape), numpy=[np.squeeze])
def squeeze(x: Array, dim: int | Sequence[int] | None = None) -> Array:
    """Drop dimensions of size 1: all of them, or those in `dim` that have size 1."""
    if dim is None:
        return x.reshape([n for n in x.shape if n != 1])
    drop = {axis_of(d, x.ndim, "squeeze") for d in (dim if isinstance(dim, Sequence) else (dim,))}
    return x.reshape([n for i, n in enumerate(x.shape) if n != 1 or i not in drop])


@op(x=lambda g, x_shape: g.reshape(x_shape), numpy=[np.expand_dims])
def unsqueeze(x: Array, dim: int) -> Array:
    """Insert a dimension of size 1 at position `dim`."""
    at = axis_of(dim, x.ndim + 1, "unsqueeze")
    return x.reshape((*x.shape[:at], 1, *x.shape[at:]))


# ------------------------------------------------------------------------------------------------ reorder dimensions


@op(x=lambda g, dim0, dim1: transpose(g, dim0, dim1), numpy=[np.swapaxes])
def transpose(x: Array, dim0: int, dim1: int) -> Array:
    """Swap two dimensions. A view."""
    return x.swapaxes(axis_of(dim0, x.ndim, "transpose"), axis_of(dim1, x.ndim, "transpose"))


@op(x=lambda g, dims: permute(g, inverse_order(dims)))
def _permute(x: Array, dims: Sequence[int]) -> Array:
    return x.transpose(dims)


@op(method=False)
def inverse_order(dims: Sequence[int]) -> tuple[int, ...]:
    """The permutation that undoes `dims`."""
    return tuple(int(i) for i in np.argsort([d % len(dims) for d in dims]))


@op
def permute(x: Array, *dims: int) -> Array:
    """Reorder the dimensions: `y.shape[i] = x.shape[dims[i]]`. A view."""
    if sorted(d % max(x.ndim, 1) for d in dims) != list(range(x.ndim)):
        raise ValueError(f"permute: dims {tuple(dims)} is no order of the {x.ndim} dimensions of {tuple(x.shape)}")
    return _permute(x, tuple(dims))


@op
def t(x: Array) -> Array:
    """The transpose of a matrix; tensors of fewer dimensions as they are."""
    if x.ndim > 2:
        raise ValueError(f"t: expected at most 2 dimensions, got shape {tuple(x.shape)}: write .transpose(dim0, dim1)")
    return x if x.ndim < 2 else transpose(x, 0, 1)


def _reversed(x: Any, axes: Sequence[int] | None = None) -> Any:
    return permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes))


TWINS[np.transpose] = _reversed
Tensor.T = property(_reversed, doc="The dimensions in reverse order.")  # type: ignore[attr-defined]
Tensor.mT = property(lambda x: transpose(x, -2, -1), doc="The last two dimensions swapped.")  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ repeat without copying


@op(x=lambda g: g)  # the engine sums over what broadcasting stretched
def _expand(x: Array, shape: Sequence[int]) -> Array:
    return np.broadcast_to(x, shape)


@op
def expand(x: Array, *sizes: int) -> Array:
    """Stretch dimensions of size 1, and add leading ones, without copying; -1 keeps a size."""
    lead = len(sizes) - x.ndim
    if lead < 0:
        raise ValueError(f"expand: {tuple(sizes)} has fewer dimensions than the tensor, {tuple(x.shape)}")
    shape = tuple(x.shape[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(sizes))
    return _expand(x, shape)


@op(numpy=[np.broadcast_to])
def broadcast_to(x: Array, shape: Sequence[int]) -> Array:
    """`expand` to `shape`."""
    return _expand(x, tuple(shape))


# ------------------------------------------------------------------------------------------------ join and split


def _cat_hint(tensors: Any, dim: int = 0) -> str:
    return f"The shapes are {', '.join(str(np.shape(x)) for x in tensors)}: they must be equal but in dim {dim}"


@op(inputs=["tensors"], vjp=lambda g, tensors_shape, dim: uncat(g, tensors_shape, dim), dtypes="promote",
    numpy=[np.concatenate], hint=_cat_hint)  # fmt: skip
def cat(tensors: Arrays, dim: int = 0) -> Array:
    """Join tensors along an existing dimension; they agree in the others."""
    return np.concatenate(tensors, axis=axis_of(dim, np.ndim(tensors[0]), "cat"))


@op(method=False)
def uncat(g: Array, shapes: Sequence[Sequence[int]], dim: int) -> tuple[Array, ...]:
    """The pieces of `g` that came from tensors of `shapes`."""
    return split(g, [shape[dim] for shape in shapes], dim)


@op(method=False, numpy=[np.stack])
def stack(tensors: Arrays, dim: int = 0) -> Array:
    """Join tensors of one shape along a new dimension."""
    if len({tuple(x.shape) for x in tensors}) > 1:
        shapes = [tuple(x.shape) for x in tensors]
        raise ValueError(f"stack: all tensors must have one shape, got {shapes}: write gg.cat to join along an existing dim")
    return cat([unsqueeze(x, dim) for x in tensors], axis_of(dim, tensors[0].ndim + 1, "stack"))


@op
def narrow(x: Array, dim: int, start: int, length: int) -> Array:
    """`length` entries of dimension `dim` from `start` on. A view."""
    at = axis_of(dim, x.ndim, "narrow")
    start = start + x.shape[at] if start < 0 else start
    if not 0 <= start <= start + length <= x.shape[at]:
        raise ValueError(f"narrow: {start}..{start + length} doesn't lie in dim {dim} of shape {tuple(x.shape)}")
    return x[(slice(None),) * at + (slice(start, start + length),)]


@op
def split(x: Array, split_size: int | Sequence[int], dim: int = 0) -> tuple[Array, ...]:
    """Pieces of `split_size` entries (the last may be smaller), or of each of the given sizes, along `dim`. Views."""
    at = axis_of(dim, x.ndim, "split")
    total = x.shape[at]
    if isinstance(split_size, int):
        if split_size <= 0:
            raise ValueError(f"split: split_size must be positive, got {split_size}")
        sizes = [min(split_size, total - i) for i in range(0, total, split_size)] or [0]
    else:
        sizes = list(split_size)
    if sum(sizes) != total:
        raise ValueError(f"split: the sizes {sizes} add up to {sum(sizes)}, but dim {dim} of shape {tuple(x.shape)} has {total}")
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return tuple(narrow(x, at, start, size) for start, size in zip(starts, sizes, strict=True))


@op
def chunk(x: Array, chunks: int, dim: int = 0) -> tuple[Array, ...]:
    """At most `chunks` pieces of equal size (the last may be smaller) along `dim`. Views."""
    if chunks <= 0:
        raise ValueError(f"chunk: chunks must be positive, got {chunks}")
    total = x.shape[axis_of(dim, x.ndim, "chunk")]
    return split(x, max(-(-total // chunks), 1), dim)


@op
def unbind(x: Array, dim: int = 0) -> tuple[Array, ...]:
    """The slices along `dim`, without that dimension. Views."""
    at = axis_of(dim, x.ndim, "unbind")
    return tuple(x[(slice(None),) * at + (i,)] for i in range(x.shape[at]))


# ------------------------------------------------------------------------------------------------ copy and cast


@op(x=lambda g: g, numpy=[np.copy])
def clone(x: Array) -> Array:
    """A copy; the gradient flows through."""
    return x.copy()


@op
def contiguous(x: Array) -> Array:
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return x if (x if isinstance(x, np.ndarray) else x._array).flags.c_contiguous else clone(x)


@op(x=lambda g: g)  # the engine brings the gradient back to the dtype of x
def _to(x: Array, dtype: Any) -> Array:
    return x.astype(dtype)


def to(x: Tensor, *target: Any, dtype: Any = None, device: Any = None, copy: bool = False) -> Tensor:
    """Cast to a dtype, another tensor's dtype, or a device (there is one, "cpu"); itself where nothing changes."""
    for wish in (*target, device):
        if isinstance(wish, Tensor):
            dtype = wish.dtype
        elif isinstance(wish, Device) or (isinstance(wish, str) and wish.split(":")[0] in _DEVICES):
            Device(wish)
        elif not isinstance(wish, bool) and wish is not None:
            dtype = as_dtype(wish)
    if dtype is None or as_dtype(dtype) == x.dtype:
        return clone(x) if copy else x
    dtype = as_dtype(dtype)
    return _to(x if dtype.kind == "f" else x.detach(), dtype)  # integers have no gradient


def _cast(name: str, dtype: np.dtype[Any]) -> None:
    def method(self: Tensor) -> Tensor:
        return to(self, dtype)

    method.__name__ = name
    method.__doc__ = f"`.to(gg.{dtype})`."
    setattr(Tensor, name, method)


for _name in ("float", "double", "half", "int", "long", "short", "bool"):
    _cast(_name, getattr(dtypes, _name))
for _function, _read in ((np.shape, lambda x: x.shape), (np.ndim, lambda x: x.ndim), (np.size, lambda x: x.numel())):
    TWINS[_function] = _read
Tensor.to = to  # type: ignore[attr-defined]
Tensor.astype = to  # type: ignore[attr-defined]  # the name that arrays and tensors share, for the engine
Tensor.cpu = lambda x: x  # type: ignore[attr-defined]
Tensor.view_as = lambda x, other: view(x, other.shape)  # type: ignore[attr-defined]
Tensor.reshape_as = lambda x, other: reshape(x, other.shape)  # type: ignore[attr-defined]
Tensor.expand_as = lambda x, other: broadcast_to(x, other.shape)  # type: ignore[attr-defined]
Tensor.type_as = lambda x, other: to(x, other.dtype)  # type: ignore[attr-defined]
