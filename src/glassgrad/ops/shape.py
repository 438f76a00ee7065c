"""Ops that move or retype elements without computing: reshape, transpose, join, split, cast, copy."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from glassgrad import dtypes
from glassgrad.device import device as Device
from glassgrad.dtypes import as_dtype
from glassgrad.op import Array, Arrays, op
from glassgrad.tensor import TWINS, Tensor, attach

__all__ = [  # the names in `gg.`
    "adjoint", "broadcast_to", "cat", "chunk", "clone", "concat", "concatenate", "flatten", "moveaxis", "movedim", "narrow",
    "permute", "ravel", "reshape", "select", "split", "split_with_sizes", "squeeze", "stack", "swapaxes", "swapdims", "t",
    "transpose", "unbind", "unflatten", "unsqueeze",
]  # fmt: skip

_DEVICES = ("cpu", "cuda", "mps", "xpu", "meta")


def axis_of(dim: int, ndim: int, who: str) -> int:
    """A dimension as 0 <= dim < ndim; IndexError that names the op if it is out of range."""
    if type(dim) is not int:
        dim = _as_int(dim, who)
    n = max(ndim, 1)  # a 0-d tensor takes dim 0 and -1
    if not -n <= dim < n:
        raise IndexError(f"{who}: dim {dim} is out of range for {ndim} dimensions: it must lie in [{-n}, {n - 1}]")
    return dim % ndim if ndim else 0


def _as_int(dim: Any, who: str) -> int:
    if not isinstance(dim, (bool, Sequence)):
        try:
            return operator.index(dim)
        except TypeError:
            pass
    raise TypeError(f"{who}: dim must be an int, got {dim!r}")


def new_axis(dim: int, ndim: int, who: str) -> int:
    """The place of a new dimension among `ndim`, as 0 <= dim <= ndim."""
    if type(dim) is not int:
        dim = _as_int(dim, who)
    if not -ndim - 1 <= dim <= ndim:
        raise IndexError(f"{who}: dim {dim} is out of range for a new dimension beside {ndim}: it must lie in [{-ndim - 1}, {ndim}]")
    return dim % (ndim + 1)


def axes_of(dims: Sequence[int] | int, ndim: int, who: str) -> tuple[int, ...]:
    """Different dimensions as 0 <= dim < ndim; RuntimeError that names the op if one is named twice."""
    axes = tuple(axis_of(d, ndim, who) for d in (dims if isinstance(dims, Sequence) else (dims,)))
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"{who}: dim {tuple(dims)} names a dimension twice (the tensor has {ndim})")  # type: ignore[arg-type]
    return axes


def on_lines(self: Any) -> str:
    """A named tuple of tensors with a line for each, as PyTorch prints them."""
    return f"{type(self).__name__}(\n" + ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True)) + ")"


def at_dim(dim: int, item: Any) -> tuple[Any, ...]:
    """The index that is `item` in dimension `dim` (>= 0) and takes all of the others."""
    return (*(slice(None),) * dim, item)


# ------------------------------------------------------------------------------------------------ reshape


def _size_hint(x: Any, *shape: Any) -> str:
    n = np.size(x)
    return f"{n} elements don't fill the shape {tuple(shape)}: make the product of its sizes {n}, or leave one out as -1"


def _sizes(who: str, shape: tuple[Any, ...]) -> tuple[Any, ...]:
    """The sizes of a shape, of which none is below -1: NumPy takes any negative one for -1."""
    if shape and min(shape) < -1:
        raise RuntimeError(f"{who}: a size can't be {min(shape)}, in the shape {tuple(shape)}: write -1 for the one to be found")
    return shape


@op(numpy=[np.reshape], view=True, hint=_size_hint, x=lambda g, x_shape: g.reshape(x_shape))
def reshape(x: Array, *shape: int) -> Array:
    """The same elements in the same row-major order with another shape; one size may be -1. A view where it can be."""
    return x.reshape(_sizes("reshape", shape))


@op(view=True, hint=_size_hint, x=lambda g, x_shape: g.reshape(x_shape))
def view(x: Array, *shape: Any) -> Array:
    """`reshape` that never copies: RuntimeError where the strides don't allow it."""
    if len(shape) == 1 and type(shape[0]) is not int and not isinstance(shape[0], np.integer):
        return x[...] if as_dtype(shape[0]) == x.dtype else _no_reinterpretation(shape[0])
    y = x.reshape(_sizes("view", shape))
    if y.base is not x and (y.base is None or y.base is not x.base) and y.size:
        raise RuntimeError(f"view: the strides of this tensor, of shape {x.shape}, don't allow a view as {shape}: write .reshape(...)")
    return y


def _no_reinterpretation(dtype: Any) -> Any:
    raise RuntimeError(f"view: glassgrad doesn't reinterpret bytes as {dtype}: write .to({dtype}) to convert the values")


@op(view=True, x=lambda g, x_shape: g.reshape(x_shape))
def flatten(x: Array, start_dim: int = 0, end_dim: int = -1) -> Array:
    """Merge dimensions `start_dim` to `end_dim` (both included) into one."""
    first, last = axis_of(start_dim, x.ndim, "flatten"), axis_of(end_dim, x.ndim, "flatten")
    if first > last:
        raise RuntimeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    return x.reshape((*x.shape[:first], int(np.prod(x.shape[first : last + 1])), *x.shape[last + 1 :]))


@op(view=True, x=lambda g, x_shape: g.reshape(x_shape), numpy=[np.squeeze])
def squeeze(x: Array, dim: int | Sequence[int] | None = None) -> Array:
    """Drop dimensions of size 1: all of them, or those in `dim` that have size 1."""
    if dim is None:
        return x.reshape([n for n in x.shape if n != 1])
    drop = {axis_of(d, x.ndim, "squeeze") for d in (dim if isinstance(dim, Sequence) else (dim,))}
    return x.reshape([n for i, n in enumerate(x.shape) if n != 1 or i not in drop])


@op(view=True, x=lambda g, x_shape: g.reshape(x_shape), numpy=[np.expand_dims])
def unsqueeze(x: Array, dim: int) -> Array:
    """Insert a dimension of size 1 at position `dim`."""
    at = new_axis(dim, x.ndim, "unsqueeze")
    return x.reshape((*x.shape[:at], 1, *x.shape[at:]))


@op(numpy=[np.ravel])
def ravel(x: Array) -> Array:
    """The elements in row-major order in one dimension. A view where it can be."""
    return reshape(x, -1)


@op
def unflatten(x: Array, dim: int, sizes: Sequence[int]) -> Array:
    """Dimension `dim` divided into `sizes`, whose product is its size; one of them may be -1."""
    at = axis_of(dim, x.ndim, "unflatten")
    known = math.prod(n for n in sizes if n != -1)
    sizes = [x.shape[at] // max(known, 1) if n == -1 else n for n in sizes]
    if not sizes or math.prod(sizes) != x.shape[at]:
        raise RuntimeError(f"unflatten: sizes {tuple(sizes)} don't multiply to dim {dim} of shape {tuple(x.shape)}, {x.shape[at]}")
    return reshape(x, (*x.shape[:at], *sizes, *x.shape[at + 1 :]))


# ------------------------------------------------------------------------------------------------ reorder dimensions


@op(view=True, x=lambda g, dim0, dim1: transpose(g, dim0, dim1), numpy=[np.swapaxes])
def transpose(x: Array, dim0: int, dim1: int) -> Array:
    """Swap two dimensions. A view."""
    first, second = axis_of(dim0, x.ndim, "transpose"), axis_of(dim1, x.ndim, "transpose")
    return x.swapaxes(first, second) if x.ndim else x.reshape(())


@op(view=True, x=lambda g, dims: permute(g, inverse_order(dims)))
def _permute(x: Array, dims: Sequence[int]) -> Array:
    return x.transpose(dims)


@op(method=False)
def inverse_order(dims: Sequence[int]) -> tuple[int, ...]:
    """The permutation that undoes `dims`."""
    return tuple(int(i) for i in np.argsort([d % len(dims) for d in dims]))


@op
def permute(x: Array, *dims: int) -> Array:
    """Reorder the dimensions: `y.shape[i] = x.shape[dims[i]]`. A view."""
    if any(not -x.ndim <= d < x.ndim for d in dims) or sorted(d % x.ndim for d in dims) != list(range(x.ndim)):
        raise RuntimeError(f"permute: dims {tuple(dims)} is no order of the {x.ndim} dimensions of {tuple(x.shape)}")
    return _permute(x, tuple(dims))


@op
def t(x: Array) -> Array:
    """The transpose of a matrix; tensors of fewer dimensions as they are."""
    if x.ndim > 2:
        raise RuntimeError(f"t: expected at most 2 dimensions, got shape {tuple(x.shape)}: write .transpose(dim0, dim1)")
    return x if x.ndim < 2 else transpose(x, 0, 1)


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """`transpose`."""
    return transpose(input, axis0, axis1)


def swapdims(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """`transpose`."""
    return transpose(input, dim0, dim1)


@op
def movedim(x: Array, source: int | Sequence[int], destination: int | Sequence[int]) -> Array:
    """Dimensions `source` moved to the positions `destination`, the others in their order. A view."""
    start, end = axes_of(source, x.ndim, "movedim"), axes_of(destination, x.ndim, "movedim")
    if len(start) != len(end):
        raise RuntimeError(f"movedim: source {source} and destination {destination} must name equally many dimensions")
    if not x.ndim:
        return x
    order = [d for d in range(x.ndim) if d not in start]
    for to_, from_ in sorted(zip(end, start, strict=True)):
        order.insert(to_, from_)
    return permute(x, tuple(order))


def moveaxis(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """`movedim`."""
    return movedim(input, source, destination)


@op
def adjoint(x: Array) -> Array:
    """The last two dimensions swapped. A view."""
    return transpose(x, -2, -1)


def _reversed(x: Any, axes: Sequence[int] | None = None) -> Any:
    return permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes))


TWINS[np.transpose] = _reversed
TWINS[np.moveaxis] = movedim
_last_two = property(lambda x: transpose(x, -2, -1), doc="The last two dimensions swapped.")
attach(
    T=property(_reversed, doc="The dimensions in reverse order."), mT=_last_two, mH=_last_two,
    H=property(lambda x: t(x), doc="The transpose of a matrix."),
)  # fmt: skip
attach(swapaxes=swapaxes, swapdims=swapdims, moveaxis=moveaxis)


# ------------------------------------------------------------------------------------------------ repeat without copying


def _expand_hint(x: Any, shape: Sequence[int]) -> str:
    return f"it can't be stretched to {tuple(shape)}: only dimensions of size 1 can, and new ones in front"


@op(view=True, hint=_expand_hint, x=lambda g: g)  # the engine sums over what broadcasting stretched
def _expand(x: Array, shape: Sequence[int]) -> Array:
    y = np.broadcast_to(x, shape)
    y.flags.writeable = x.flags.writeable  # in-place writes look for themselves whether elements share memory
    return y


@op
def expand(x: Array, *sizes: int) -> Array:
    """Stretch dimensions of size 1, and add leading ones, without copying; -1 keeps a size."""
    lead = len(sizes) - x.ndim
    if lead < 0:
        raise RuntimeError(f"expand: {tuple(sizes)} has fewer dimensions than the tensor, {tuple(x.shape)}")
    shape = tuple(x.shape[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(sizes))
    return _expand(x, shape)


@op(numpy=[np.broadcast_to])
def broadcast_to(x: Array, shape: Sequence[int]) -> Array:
    """`expand` to `shape`."""
    return _expand(x, tuple(shape))


# ------------------------------------------------------------------------------------------------ join and split


def _cat_hint(tensors: Any, dim: int = 0) -> str:
    return f"the shapes are {', '.join(str(np.shape(x)) for x in tensors)}: they must be equal but in dim {dim}"


@op(inputs=["tensors"], vjp=lambda g, tensors_shape, dim: uncat(g, tensors_shape, dim), dtypes="promote",
    numpy=[np.concatenate], method=False, hint=_cat_hint)  # fmt: skip
def cat(tensors: Arrays, dim: int = 0) -> Array:
    """Join tensors along an existing dimension; they agree in the others. Empty 1-D tensors are passed over."""
    joined = [x for x in tensors if x.shape != (0,)] or tensors[:1]
    if not joined[0].ndim:
        raise RuntimeError("cat: a 0-d tensor has no dimension to join along: write gg.stack")
    return np.concatenate(joined, axis=axis_of(dim, joined[0].ndim, "cat"))


def concat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """`cat`."""
    return cat(tensors, dim)


def concatenate(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """`cat`."""
    return cat(tensors, dim)


@op(method=False)
def uncat(g: Array, shapes: Sequence[Sequence[int]], dim: int) -> tuple[Array, ...]:
    """The pieces of `g` that came from tensors of `shapes`."""
    pieces = iter(split(g, [shape[dim] for shape in shapes if tuple(shape) != (0,)], dim) if g.shape != (0,) else ())
    return tuple(reshape(g, -1)[:0] if tuple(shape) == (0,) else next(pieces) for shape in shapes)


@op(method=False, numpy=[np.stack])
def stack(tensors: Arrays, dim: int = 0) -> Array:
    """Join tensors of one shape along a new dimension."""
    if not hasattr(tensors, "__len__"):
        raise TypeError(f"stack: expected a list or tuple of tensors, got a {type(tensors).__name__}: write list(...)")
    if not len(tensors):
        raise RuntimeError("stack: expected a non-empty list or tuple of tensors")
    if wrong := [type(x).__name__ for x in tensors if not hasattr(x, "shape")]:
        raise TypeError(f"stack: expected a list or tuple of tensors, it holds a {wrong[0]}: write gg.tensor(...)")
    shapes = [tuple(x.shape) for x in tensors]
    if len(set(shapes)) > 1:
        raise RuntimeError(f"stack: all tensors must have one shape, got {shapes}: write gg.cat to join along an existing dim")
    return cat([unsqueeze(x, dim) for x in tensors], new_axis(dim, tensors[0].ndim, "stack"))


@op
def narrow(x: Array, dim: int, start: int, length: int) -> Array:
    """`length` entries of dimension `dim` from `start` on. A view."""
    if not x.ndim:
        raise RuntimeError("narrow: a 0-d tensor has no dimension to narrow")
    at = axis_of(dim, x.ndim, "narrow")
    start = int(start) + x.shape[at] if start < 0 else int(start)
    if not 0 <= start <= start + length <= x.shape[at]:
        raise RuntimeError(f"narrow: {start}..{start + length} doesn't lie in dim {dim} of shape {tuple(x.shape)}")
    return x[at_dim(at, slice(start, start + length))]


@op
def select(x: Array, dim: int, index: int) -> Array:
    """Entry `index` of dimension `dim`, without that dimension. A view."""
    at = axis_of(dim, x.ndim, "select")
    if not x.ndim or not -x.shape[at] <= index < x.shape[at]:
        raise IndexError(f"select: index {index} is out of range for dim {dim} of shape {tuple(x.shape)}")
    return x[at_dim(at, int(index))]


@op(name="split")
def _pieces(x: Array, split_size: int | Sequence[int], dim: int = 0) -> tuple[Array, ...]:
    """Pieces of `split_size` entries (the last may be smaller), or of each of the given sizes, along `dim`. Views."""
    if not x.ndim:
        raise RuntimeError("split: a 0-d tensor can't be split")
    at = axis_of(dim, x.ndim, "split")
    total = x.shape[at]
    if isinstance(split_size, int):
        if split_size < 0 or (split_size == 0 and total):
            raise RuntimeError(f"split: split_size must be positive, got {split_size}")
        split_size = max(split_size, 1)  # PyTorch lets 0 pass where there is nothing to split
        sizes = [min(split_size, total - i) for i in range(0, total, split_size)] or [0]
    else:
        sizes = list(split_size)
    if sum(sizes) != total or min(sizes, default=0) < 0:
        raise RuntimeError(f"split: the sizes {sizes} add up to {sum(sizes)}, but dim {dim} of shape {tuple(x.shape)} has {total}")
    ends = list(accumulate(sizes, initial=0))
    return tuple(x[at_dim(at, slice(start, end))] for start, end in pairwise(ends))


def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of so many entries (the last may be smaller), or of each of the given sizes, along `dim`. Views."""
    return _pieces(tensor, split_size_or_sections, dim)


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """`split` into the given sizes."""
    return split(input, split_sizes, dim)


attach(split_with_sizes=split_with_sizes)


@op
def chunk(x: Array, chunks: int, dim: int = 0) -> tuple[Array, ...]:
    """At most `chunks` pieces of equal size (the last may be smaller) along `dim`. Views."""
    if chunks <= 0:
        raise RuntimeError(f"chunk: chunks must be positive, got {chunks}")
    if not x.ndim:
        raise RuntimeError("chunk: a 0-d tensor can't be split")
    total = x.shape[axis_of(dim, x.ndim, "chunk")]
    return split(x, -(-total // chunks) if total else [0] * chunks, dim)


@op
def unbind(x: Array, dim: int = 0) -> tuple[Array, ...]:
    """The slices along `dim`, without that dimension. Views."""
    if not x.ndim:
        raise RuntimeError("unbind: a 0-d tensor can't be taken apart: write .item()")
    at = axis_of(dim, x.ndim, "unbind")
    return tuple(x[at_dim(at, i)] for i in range(x.shape[at]))


# ------------------------------------------------------------------------------------------------ copy and cast


@op(x=lambda g: g, numpy=[np.copy])
def clone(x: Array, memory_format: Any = None) -> Array:
    """A copy; the gradient flows through."""
    return x.copy()


@op
def contiguous(x: Array, memory_format: Any = None) -> Array:
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return x if (x if isinstance(x, np.ndarray) else x._array).flags.c_contiguous else clone(x)


@op(x=lambda g: g)  # the engine brings the gradient back to the dtype of x
def _to(x: Array, dtype: Any) -> Array:
    return x.astype(dtype)


def to(
    x: Tensor,
    *target: Any,
    dtype: Any = None,
    device: Any = None,
    other: Tensor | None = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Cast to a dtype, another tensor's dtype, or a device (there is one, "cpu"); itself where nothing changes.

    non_blocking and memory_format are accepted: copies are done when the call returns, and keep the layout they have.
    """
    flags = [wish for wish in target if isinstance(wish, bool)]  # PyTorch's order: non_blocking, copy
    copy = flags[1] if len(flags) > 1 else copy
    for wish in (*target, other, device):
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
    def method(self: Tensor, memory_format: Any = None) -> Tensor:
        return to(self, dtype)

    method.__name__ = name
    method.__doc__ = f"`.to(gg.{dtype})`."
    attach(**{name: method})


for _name in ("float", "double", "half", "int", "long", "short", "bool"):
    _cast(_name, getattr(dtypes, _name))
_cast("char", dtypes.int8)
_cast("byte", dtypes.uint8)
for _function, _read in ((np.shape, lambda x: x.shape), (np.ndim, lambda x: x.ndim), (np.size, lambda x: x.numel())):
    TWINS[_function] = _read


def _like(function: Any, doc: str) -> Any:
    def method(self: Tensor, other: Tensor) -> Tensor:
        return function(self, other.shape)

    method.__doc__ = doc
    return method


attach(
    to=to,
    astype=to,  # the name that arrays and tensors share, for the engine
    view_as=_like(view, "`view` in the shape of `other`."),
    reshape_as=_like(reshape, "`reshape` to the shape of `other`."),
    expand_as=_like(broadcast_to, "`expand` to the shape of `other`."),
)
