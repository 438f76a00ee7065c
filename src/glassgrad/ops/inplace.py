"""In-place writes: what `x += 1`, `x.mul_(y)` and `x[i] = v` do to the graph.

A recorded write gives the tensor a new node, as if the result had been computed out of place. Memory may be seen through
several tensors, a base and its views: then the base gets a node that replaces the part which was written
(`overwrite`), and each view one that reads its part from that (`part`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.lib.stride_tricks import as_strided

from glassgrad._mode import state
from glassgrad.arguments import Shown
from glassgrad.dtypes import fits
from glassgrad.op import Array, op
from glassgrad.ops.index import getitem, ints_first, normal_index
from glassgrad.ops.shape import clone, squeeze, t, to, transpose, unsqueeze
from glassgrad.tensor import Tensor, as_array, attach, make, record
from glassgrad.writes import version, written

__all__ = ["fill", "fill_", "zero_"]  # the names in `gg.`

Layout = tuple[tuple[int, ...], int, int]  # strides and offset, in elements, of an array in a buffer of so many elements
Place = tuple[tuple[int, ...], tuple[int, ...], int]  # shape, strides and offset of a part of that buffer


# ------------------------------------------------------------------------------------------------ a part of a base


def _layout(base: np.ndarray) -> Layout:
    low, high = byte_bounds(base)
    size = base.itemsize
    return tuple(step // size for step in base.strides), (_start(base) - low) // size, (high - low) // size


def _place(view: np.ndarray, base: np.ndarray) -> Place:
    low, _ = byte_bounds(base)
    size = base.itemsize
    return view.shape, tuple(step // size for step in view.strides), (_start(view) - low) // size


def _start(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _at(buffer: np.ndarray, shape: Sequence[int], strides: Sequence[int], offset: int) -> np.ndarray:
    return as_strided(buffer[offset:], shape, [step * buffer.itemsize for step in strides])


def _buffer(x: np.ndarray, layout: Layout) -> np.ndarray:
    """A new buffer in which x lies as the base did."""
    strides, offset, size = layout
    buffer = np.zeros(size, x.dtype)
    _at(buffer, x.shape, strides, offset)[...] = x
    return buffer


def _overlaps(shape: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether two elements may share memory, as in an expanded tensor or sliding windows."""
    reach = 0
    if 0 in shape:
        return False
    for step, n in sorted((abs(step), n) for step, n in zip(strides, shape, strict=True) if n > 1):
        if step <= reach:
            return True
        reach += step * (n - 1)
    return False


@op(method=False, x=lambda g, x_shape, layout, place: put_part(g, x_shape, layout, place))
def part(x: Array, layout: Layout, place: Place) -> Array:
    """What a view at `place` sees of a base x that lies in memory as `layout` says."""
    return _at(_buffer(x, layout), *place)


@op(method=False, x=lambda g, layout, place: part(g, layout, place))
def put_part(x: Array, shape: Sequence[int], layout: Layout, place: Place) -> Array:
    """Zeros of the base's `shape` with x added at `place`: the transpose of `part`."""
    strides, offset, size = layout
    buffer = np.zeros(size, x.dtype)
    if _overlaps(place[0], place[1]):
        np.add.at(buffer, _at(np.arange(size), *place), x)
    else:
        _at(buffer, *place)[...] = x
    return _at(buffer, shape, strides, offset)


@op(method=False, x=lambda g, layout, place: overwrite(g, 0.0, layout, place), value=lambda g, layout, place: part(g, layout, place))
def overwrite(x: Array, value: Array, layout: Layout, place: Place) -> Array:
    """The base x with `value` in the part at `place`."""
    strides, offset, _ = layout
    buffer = _buffer(x, layout)
    _at(buffer, *place)[...] = value
    return _at(buffer, x.shape, strides, offset)


# ------------------------------------------------------------------------------------------------ writing


def _write(
    self: Tensor, function: Callable[..., Any], args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None, who: str = ""
) -> Tensor:
    """`self[...] = function(self, *args, **kwargs)`, what every in-place method ends in; returns self. Errors begin with `who`."""
    kwargs = kwargs or {}
    base = _base_of(self)
    recorded = state.grad_enabled and (
        self.requires_grad
        or (base is not None and base.requires_grad)
        or any(isinstance(x, Tensor) and x.requires_grad for x in (*args, *kwargs.values()))
    )
    who = who or function.__name__.lstrip("_") + "_"
    if recorded:
        _check_recordable(who, self, base)
    if _overlaps(self._array.shape, self._array.strides) or not self._array.flags.writeable:
        raise RuntimeError(
            f"{who}: in-place write to a tensor (shape {self.shape}) whose elements share memory, or are read-only: clone() it"
        )
    if not recorded:
        y = function(self, *args, **kwargs)
        _check_result(who, self, y)
        np.copyto(self._array, y._array, casting="unsafe")
        written(self._array)
        return self
    old = make(self._array.copy(), self._node)  # the rules may need the values that are written over
    y = function(old, *(old if x is self else x for x in args), **{name: old if x is self else x for name, x in kwargs.items()})
    _check_result(who, self, y)
    if y.dtype != self.dtype:
        y = to(y, self.dtype)
    elif y._node is None or y._node is self._node or any(y is x for x in (*args, *kwargs.values())):
        y = clone(y)  # a node of its own, for hooks
    np.copyto(self._array, y._array)
    written(self._array)
    if base is None:
        _renew(self, y._node)
    else:
        layout, place = _layout(base._array), _place(self._array, base._array)
        edges = (base.edge, y.edge)
        _renew(base, None if edges == (None, None) else _node(overwrite.op, edges, base, layout=layout, place=place))
    _refresh(self if base is None else base)
    return self


def _base_of(view: Tensor) -> Tensor | None:
    return view._kin if isinstance(view._kin, Tensor) else None


def _renew(tensor: Tensor, node: Any) -> None:
    """Give a tensor whose values were written the node that computed them; `retain_grad` is of the new values."""
    before, tensor._node = tensor._node, node
    if before is None or node is None:
        return
    kept = [seen for seen in before.watch or () if getattr(seen, "keeps", lambda: None)() is tensor]
    if kept:
        before.watch = [seen for seen in before.watch or () if seen not in kept]
        tensor.retain_grad()


def _node(of: Any, parents: tuple[Any, ...], out: Tensor, **attrs: Any) -> Any:
    return record(of, parents, (), tuple(attrs[name] for name in of.attrs), out._array)._node


def _refresh(base: Tensor) -> None:
    """Give the views of a base that was written to nodes that read their part of it."""
    layout = _layout(base._array)
    for reference in base._kin or ():
        view = reference()
        if view is None or view._kin is not base:
            continue
        place = _place(view._array, base._array)
        parents = (base._node,)
        _renew(view, base._node and _node(part.op, parents, view, x_shape=base.shape, layout=layout, place=place))


def _check_recordable(who: str, self: Tensor, base: Tensor | None) -> None:
    values = "to change only the values, write it under `with gg.no_grad():`"
    if self._requires_grad:
        raise RuntimeError(
            f"{who}: in-place write to a leaf that requires grad (shape {self.shape}): its gradient would be of a value that is gone. "
            f"Write a new tensor (`x = x + 1`); {values}"
        )
    family = [self, *([] if base is None else [base])]
    for tensor in family:
        for one in [tensor, *(r() for r in tensor._kin if r() is not None)] if isinstance(tensor._kin, list) else [tensor]:
            if one._requires_grad:
                raise RuntimeError(
                    f"{who}: in-place write to memory shared with a leaf that requires grad (shape {one.shape}) and views of it (this has "
                    f"shape {self.shape}). Write to .clone() instead; {values}"
                )
    if base is not None and base.requires_grad and self._node is None:
        raise RuntimeError(
            f"{who}: in-place write to a view (shape {self.shape}) that was made under no_grad, of a tensor that requires grad (shape "
            f"{base.shape}): make the view where grad mode is on; {values}"
        )


def _check_result(who: str, self: Tensor, y: Tensor) -> None:
    if y.shape != self.shape:
        raise RuntimeError(
            f"{who}: the result has shape {y.shape}, which can't be written over a tensor of shape {self.shape}: write it as a new tensor"
        )
    if not fits(y.dtype, self.dtype):
        fix = f"write x = x.to(gg.{y.dtype}) first"
        raise RuntimeError(f"{who}: a {y.dtype} result does not fit a {self.dtype} tensor: {fix}")


@op(x=lambda g: np.zeros_like(g), value=lambda g: g)
def _fill(x: Array, value: Array) -> Array:
    return np.broadcast_to(value, x.shape).astype(x.dtype)


def fill(input: Tensor, value: float | Tensor) -> Tensor:
    """`value`, broadcast to the shape of the input and in its dtype: no gradient flows to the input."""
    return _fill(input, value)


def _copied(x: Tensor, source: Any) -> Tensor:
    """The values of `source`, broadcast to the shape and cast to the dtype of x."""
    value = source if isinstance(source, Tensor) else make(as_array(source, x.dtype), None)
    try:
        np.broadcast_to(value._array, x.shape)
    except ValueError:
        raise RuntimeError(f"copy_: a value of shape {value.shape} doesn't broadcast to shape {x.shape}") from None
    return _fill(x, value if value.dtype == x.dtype else to(value, x.dtype))


def _assign(self: Tensor, value: Any, who: str = "copy_") -> Tensor:
    """Write `value`, an array or a tensor, broadcast and cast, over a tensor for the method `who`."""
    return _write(self, _copied, (value,), who=who)


def copy_(self: Tensor, source: Tensor, non_blocking: bool = False) -> Tensor:
    """Write `source`, broadcast and cast, over this tensor."""
    return _assign(self, source)


def fill_(self: Tensor, value: float | Tensor) -> Tensor:
    """Write a number, or a 0-d tensor, over each element."""
    if np.ndim(value._array if isinstance(value, Tensor) else value):
        raise RuntimeError(f"fill_: value must be a number or 0-d, got shape {value.shape}: write copy_")  # type: ignore[union-attr]
    return _assign(self, value, "fill_")


def zero_(self: Tensor) -> Tensor:
    """Write 0 over each element."""
    return _assign(self, 0, "zero_")


# ------------------------------------------------------------------------------------------------ x[index] = value


@op(method=False, x=lambda g, index: replaced(g, index, 0.0), value=lambda g, index: read_last(g, index))
def replaced(x: Array, index: tuple[Any, ...], value: Array) -> Array:
    """x with `value` at `index`; of what is written to one element twice the last stays."""
    y = np.array(x)  # of a 0-d upstream gradient NumPy makes a scalar, which can't be written to
    y[index] = value
    return y


@op(method=False, x=lambda g, x_shape, index: put_last(g, x_shape, index))
def read_last(x: Array, index: tuple[Any, ...]) -> Array:
    """`x[index]` where writing to that index would have stayed, 0 where a later element of it would be written over."""
    y = x[index]
    order = np.arange(np.size(y)).reshape(np.shape(y))
    winner = np.zeros(x.shape, np.int64)
    winner[index] = order
    return np.where(winner[index] == order, y, 0).astype(x.dtype)


@op(method=False, x=lambda g, index: read_last(g, index))
def put_last(x: Array, shape: Sequence[int], index: tuple[Any, ...]) -> Array:
    """Zeros of `shape` with x written at `index`: the transpose of `read_last`."""
    y = np.zeros(shape, x.dtype)
    y[index] = x
    return y


def setitem(x: Tensor, index: Any, value: Any) -> None:
    """`x[index] = value` in place: value is cast and broadcast, and the gradient flows to it."""
    parts = normal_index(index)
    ints, rest = ints_first(parts, x.ndim)
    value = value if isinstance(value, Tensor) else make(as_array(value, x.dtype), None)
    seen = None
    try:
        seen = x._array[ints or ...][rest]
        extra = max(value.ndim - np.ndim(seen), 0)
        if extra and value.shape[:extra] == (1,) * extra:  # leading 1s may be more than there are dimensions
            value = value.reshape(value.shape[extra:])
        np.broadcast_to(value._array, np.shape(seen))
    except (ValueError, IndexError) as error:
        if seen is not None:
            raise RuntimeError(
                f"setitem: the value doesn't broadcast to x[index], of shape {np.shape(seen)} (x {x.shape}, value {value.shape})"
            ) from None
        kind = IndexError if isinstance(error, IndexError) else RuntimeError
        raise kind(f"setitem: {error} (x {x.shape}, value {value.shape})") from None
    if not any(isinstance(item, (np.ndarray, bool)) for item in parts):
        _assign(getitem(x, index), value, "setitem")
        return
    target = getitem(x, ints) if ints else x

    def written_at(y: Tensor, new: Tensor) -> Tensor:
        return replaced(y, rest, new if new.dtype == y.dtype else to(new, y.dtype))

    _write(target, written_at, (value,), who="setitem")


# ------------------------------------------------------------------------------------------------ methods


def _reshaped(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The in-place form of an op that changes only how the tensor sees its memory."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if self._requires_grad and state.grad_enabled:
            _check_recordable(method.__name__, self, None)
        y = function(make(self._array, self._node), *args, **kwargs)
        self._array = y._array
        _renew(self, y._node)
        return self

    method.__name__ = function.__name__ + "_"
    method.__wrapped__ = Shown(function.op, False)  # type: ignore[attr-defined]
    method.__doc__ = f"`{function.__name__}` of this tensor itself."
    return method


def detach_(self: Tensor) -> Tensor:
    """Take this tensor itself out of the graph, and return it; RuntimeError for a view."""
    if _base_of(self) is not None:  # a write to its base would reach its values, and not its gradient
        raise RuntimeError(f"detach_: this tensor (shape {self.shape}) is a view of another: write x = x.detach()")
    self._node = None
    self._requires_grad = False
    return self


_base = property(_base_of, doc="The tensor that this one is a view of, or None.")
attach(
    copy_=copy_, detach_=detach_, fill_=fill_, zero_=zero_, __setitem__=setitem, _overwrite=_write, _assign=_assign,
    squeeze_=_reshaped(squeeze), unsqueeze_=_reshaped(unsqueeze), transpose_=_reshaped(transpose), t_=_reshaped(t),
    _version=property(lambda self: version(self._array), doc="How often this memory has been written in place; views share the count."),
    _base=_base, _is_view=lambda self: self._base is not None,
)  # fmt: skip
