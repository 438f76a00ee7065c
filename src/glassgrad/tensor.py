"""`Tensor`: an ndarray with a place in the graph. It speaks NumPy's protocols and does no maths of its own.

Declaring an op (op.py) attaches its method here; `TWINS` maps each NumPy function to the op that stands for it.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from sys import getrefcount
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from glassgrad import cuts, graph, hooks, writes
from glassgrad._mode import enable_grad, set_grad_enabled, state
from glassgrad.device import CPU, Size, device
from glassgrad.dtypes import as_array
from glassgrad.graph import Node
from glassgrad.writes import next_index

if TYPE_CHECKING:
    from glassgrad._methods import Methods as _Base  # what ops/ attaches
else:
    _Base = object

TWINS: dict[Any, Callable[..., Any]] = {}


class Tensor(_Base):
    """A NumPy array that remembers what computed it.

    `gg.tensor(data, requires_grad=True)` makes one; every op on it records a node, and `backward()` on a result
    fills `.grad` of the leaves.
    """

    __slots__ = ("__weakref__", "_array", "_grad", "_kin", "_node", "_requires_grad")
    __array_priority__ = 1000

    _array: np.ndarray
    _node: Node | None
    _requires_grad: bool | None  # of a leaf; where there is a node, the value requires grad; None: grad mode was off
    _kin: Any  # of a view: the tensor that it is a view of; of such a tensor: weak references to its views; else None
    _grad: Tensor | None
    is_sparse: bool = False  # of a gradient: whether it has no array, but rows (ops/rows.py)

    def __init__(self, *data: Any, requires_grad: bool = False) -> None:
        """`Tensor([1, 2])` holds values as default floats, `Tensor(2, 3)` unset memory of that shape; see `gg.tensor`."""
        data = data[0] if len(data) == 1 and isinstance(data[0], Size) else data
        if len(data) == 1 and not isinstance(data[0], int):
            self._array = data[0]._array if isinstance(data[0], Tensor) else as_array(data[0]).astype(state.default_dtype)
        else:
            self._array = np.empty(data, state.default_dtype)
        self._node = self._kin = None
        self._requires_grad = False
        self._grad = None
        if requires_grad:
            self.requires_grad_()

    # ------------------------------------------------------------------------------------------ what it is

    # These two are read for every input at backward: a getter in C takes half the time of a method.
    shape: tuple[int, ...] = property(  # type: ignore[assignment]
        attrgetter("_array.shape"), doc="The sizes of the dimensions, a tuple of ints."
    )
    dtype: np.dtype[Any] = property(  # type: ignore[assignment]
        attrgetter("_array.dtype"), doc="The dtype, a NumPy dtype: `t.dtype == gg.float32`."
    )

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    @property
    def device(self) -> device:
        """Always the CPU."""
        return CPU

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    def size(self, dim: int | None = None) -> Any:
        """The shape as a `Size`, or the size of dimension `dim`."""
        return Size(self._array.shape) if dim is None else self._array.shape[dim]

    def numel(self) -> int:
        """The number of elements."""
        return self._array.size

    nelement = numel

    def element_size(self) -> int:
        """Bytes an element."""
        return self._array.itemsize

    def stride(self) -> tuple[int, ...]:
        """The strides, in elements."""
        return tuple(step // self._array.itemsize for step in self._array.strides)

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements lie in memory in row-major order without gaps."""
        return self._array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        """Whether the dtype is float16, float32 or float64."""
        return self._array.dtype.kind == "f"

    # ------------------------------------------------------------------------------------------ its place in the graph

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this tensor. Only a floating leaf can be told to (`t.requires_grad = True`)."""
        return bool(self._requires_grad) or self._node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._node is not None:
            if not value:
                raise RuntimeError(
                    "requires_grad = False: this tensor was computed by "
                    f"{self._node.op.name}, so it is not a leaf: write .detach() for a copy without a graph"
                )
            return
        if value and self._array.dtype.kind != "f":
            raise RuntimeError(f"requires_grad: only floating tensors have gradients, this is {self.dtype}: write .float()")
        self._requires_grad = bool(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` of a leaf, and return it."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded op computed this tensor. Leaves that require grad are what `.grad` is filled for."""
        return self._node is None

    @property
    def grad_fn(self) -> Node | None:
        """The node that computed this tensor; None for a leaf."""
        return self._node

    @property
    def edge(self) -> Any:
        """What gradients of this tensor are keyed on: its node, itself if a leaf that requires grad, else None."""
        return self._node or (self if self._requires_grad else None)

    @property
    def data(self) -> Tensor:
        """The same memory, outside the graph."""
        return make(self._array, None)

    @data.setter
    def data(self, value: Any) -> None:
        array = value._array if isinstance(value, Tensor) else as_array(value)
        if self.requires_grad and array.dtype.kind != "f":
            raise RuntimeError(f"data: this tensor requires grad, so its data must be floating, not {array.dtype}")
        old = make(self._array, self._node)  # what its views stay views of
        old._requires_grad = self._requires_grad
        for view in self._kin if isinstance(self._kin, list) else ():
            if view() is not None:
                tie(view(), old)
        self._array, self._kin = array, None

    def detach(self) -> Tensor:
        """The same memory, outside the graph: no gradient flows through it."""
        out = make(self._array, None)
        if self.requires_grad:
            cuts.note(self.edge, out)
        return out

    def _set_grad(self, value: Tensor | None = None) -> None:
        if value is not None and not (isinstance(value, Tensor) and value.shape == self.shape and value.dtype == self.dtype):
            what = f"{value.dtype} {value.shape}" if isinstance(value, Tensor) else type(value).__name__
            raise RuntimeError(f"grad: it must be None or a tensor like this one, {self.dtype} {self.shape}, got {what}")
        self._grad = value

    grad: Tensor | None = property(  # type: ignore[assignment]
        attrgetter("_grad"), _set_grad, _set_grad, "The gradient that backward() added up; None at first."
    )

    def retain_grad(self) -> None:
        """Have backward fill `.grad` of this tensor although it is not a leaf."""
        if not self.requires_grad:
            raise RuntimeError("retain_grad: this tensor doesn't require grad, so no gradient will reach it")
        if self._node is not None:
            me = weakref.ref(self)  # a strong reference would be a cycle: the node must not own its output
            if any(getattr(seen, "keeps", None) is me for seen in self._node.watch or ()):
                return

            def keep(g: Any) -> None:
                tensor = me()
                if tensor is not None:
                    tensor._accumulate(g)

            keep.keeps = me  # type: ignore[attr-defined]
            self._node.watch = [*(self._node.watch or ()), keep]

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add d(self)/d(leaf), times `gradient`, to `.grad` of each leaf that requires grad.

        gradient: the upstream gradient, of this tensor's shape; may be left out for a single element.
        retain_graph: keep the saved values for another backward (default: only with `create_graph`).
        create_graph: record the backward too, for higher derivatives.
        inputs: fill `.grad` of these tensors only.
        Raises RuntimeError if there is no graph, if its values were freed, or if a saved value was overwritten.
        """
        run_backward([seed("backward", self, gradient, create_graph)], retain_graph, create_graph, inputs)

    def _accumulate(self, g: Any, alone: bool = False) -> None:
        """Add to `.grad`, which this tensor owns: an array from a walk is copied, unless nobody else holds it (`alone`)."""
        held = self._grad
        g = make(g, None) if held is not None and held.is_sparse and not isinstance(g, Tensor) else g
        if isinstance(g, Tensor):
            with enable_grad():
                plain = not (g._requires_grad or g.is_sparse)
                self.grad = held + g if held is not None else make(g._array.copy(), g._node) if plain else g if alone else g.clone()
        elif held is None:
            alone = alone and type(g) is np.ndarray and g.base is None and g.flags.c_contiguous
            self._grad = make(g if alone else np.array(g, order="C"), None)
        elif held.shape != self.shape or held.dtype != self.dtype:
            raise RuntimeError(
                f"backward: .grad holds a {held.dtype} tensor of shape {held.shape}, but the gradient to add is {self.dtype} {self.shape}: "
                "write x.grad = None first"
            )
        else:
            total = held._array
            np.add(total, g, out=total)
            writes.written(total)

    # ------------------------------------------------------------------------------------------ to Python and NumPy

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array itself, sharing memory. RuntimeError if the tensor requires grad (unless `force`): write `.detach().numpy()`."""
        if self.requires_grad and not force:
            raise RuntimeError("numpy: this tensor requires grad, and an array can't: write .detach().numpy()")
        return self._array

    def item(self) -> Any:
        """The one element as a Python number; RuntimeError if there are more."""
        if self._array.size != 1:
            raise RuntimeError(f"item: the tensor has {self._array.size} elements (shape {self.shape}): write .tolist()")
        return self._array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self._array.tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self._array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._array.ndim:
            raise TypeError("iteration over a 0-d tensor: write .item()")
        return (self[i] for i in range(len(self._array)))

    def __bool__(self) -> bool:
        if self._array.size != 1:
            raise RuntimeError(
                f"the truth of a tensor of shape {self.shape} is ambiguous: write (x > 0).all() or .any(), or compare one element"
            )
        return bool(self._array.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self._array.dtype.kind == "f":
            raise TypeError(f"only integer tensors of one element can be an index, this is {self.dtype}: write int(t)")
        return int(self.item())

    def __contains__(self, value: Any) -> bool:
        return bool((self._array == (value._array if isinstance(value, Tensor) else value)).any())

    __hash__ = object.__hash__

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._node is not None:
            raise RuntimeError("deepcopy: only leaf tensors can be copied with their history: write .detach().clone()")
        memo[id(self)] = copied = _rebuild(type(self), self._array.copy(), bool(self._requires_grad))
        copied.grad = None if self.grad is None else self.grad.detach().clone()
        return copied

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.detach()._array, self.requires_grad)


_new = object.__new__


def attach(**attributes: Any) -> None:
    """Give Tensor these methods and properties."""
    for name, attribute in attributes.items():
        setattr(Tensor, name, attribute)


def make(array: np.ndarray, node: Node | None) -> Tensor:
    """A tensor around `array` itself, without the checks of the constructor."""
    tensor = _new(Tensor)
    tensor._array = array
    tensor._node = node
    tensor._requires_grad = False
    tensor._kin = None
    tensor._grad = None
    return tensor


def record(op: Any, parents: tuple, saved: tuple, attrs: tuple, y: np.ndarray, scope: tuple | None = None) -> Tensor:
    """The output y of an op as a tensor with a new node. Slots are set one by one: constructors cost 0.3 µs more."""
    node = Node()
    node.op = op
    node.parents = parents
    node.saved = saved
    node.attrs = attrs
    node.index = next_index()
    node.shape = y.shape
    node.dtype = y.dtype
    node.scope = state.scope if scope is None else scope
    node.watch = None
    tensor = _new(Tensor)
    tensor._array = y
    tensor._node = node
    tensor._requires_grad = False
    tensor._kin = None
    tensor._grad = None
    if hooks.tap is not None:
        hooks.tap(node, y)
    return tensor


def tie(view: Tensor, x: Tensor) -> Tensor:
    """Note that `view` shares the memory of x, so that an in-place write to one reaches the graph of the other."""
    base = x._kin if isinstance(x._kin, Tensor) else x
    if base._kin is None:
        base._kin = []
    views = base._kin
    views.append(weakref.ref(view))
    if len(views) > 63 and len(views) & (len(views) - 1) == 0:  # at 64, 128...: drop those that are gone
        views[:] = [one for one in views if one() is not None]
    view._kin = base
    return view


def _rebuild(kind: type[Tensor], array: np.ndarray, requires_grad: bool) -> Tensor:
    """A leaf of class `kind`, for pickle and deepcopy."""
    tensor = kind.__new__(kind)
    tensor._array, tensor._node, tensor._kin, tensor._requires_grad, tensor._grad = array, None, None, requires_grad, None
    return tensor


def seed(who: str, output: Any, gradient: Any, create_graph: bool) -> tuple[Any, Any]:
    """The root of a walk: the edge of `output` and its upstream gradient, checked."""
    if not isinstance(output, Tensor):
        raise TypeError(f"{who}: expected a tensor, got {type(output).__name__}")
    edge = output.edge
    if edge is None:
        raise RuntimeError(
            f"{who}: this tensor (shape {output.shape}, {output.dtype}) has no graph: no input of its computation "
            "requires grad, or it ran under no_grad, or it was detached. Write gg.tensor(..., requires_grad=True)"
        )
    if gradient is None:
        if output._array.size != 1:
            raise RuntimeError(
                f"{who}: the output has shape {output.shape}, and only a single element has a gradient of its own: "
                "write loss.sum() or loss.mean(), or pass the upstream gradient, of the same shape"
            )
        g = np.ones_like(output._array)
    else:
        g = gradient._array if isinstance(gradient, Tensor) else as_array(gradient)
        if g.shape != output.shape:
            raise RuntimeError(f"{who}: the upstream gradient has shape {g.shape}, the output {output.shape}: they must be equal")
        g = g.astype(output.dtype, copy=False)
    if create_graph:
        return edge, gradient.astype(output.dtype) if isinstance(gradient, Tensor) else make(g, None)
    return edge, g


def target_edge(who: str, i: int, tensor: Any) -> Any:
    """The edge of a tensor that a gradient is asked for."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{who}: input {i} is not a tensor but {type(tensor).__name__}")
    edge = tensor.edge
    if edge is None:
        raise RuntimeError(f"{who}: input {i} (shape {tensor.shape}) doesn't require grad: write x.requires_grad_() before the forward")
    return edge


def run_backward(
    roots: Sequence[tuple[Any, Any]], retain_graph: bool | None, create_graph: bool, inputs: Tensor | Sequence[Tensor] | None
) -> None:
    """Drain the walk from `roots`, and add what it found to `.grad` of the leaves, or of `inputs`."""
    grads: dict[Any, Any] = {}
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        drain(roots, grads, None, retain, create_graph)
        found = [(leaf, g) for leaf, g in grads.items() if leaf.requires_grad]  # it may have been told not to since
    else:
        inputs = [inputs] if isinstance(inputs, Tensor) else list(dict.fromkeys(inputs))
        if not inputs:
            raise RuntimeError("backward: inputs is empty: leave it out to fill .grad of every leaf")
        targets = [target_edge("backward", i, t) for i, t in enumerate(inputs)]
        drain(roots, grads, targets, retain, create_graph)
        found = [(tensor, grads[edge]) for tensor, edge in zip(inputs, targets, strict=True) if edge in grads]
    grads.clear()
    with hooks.accumulating:
        for tensor, g in found:
            alone = getrefcount(g) <= _ALONE
            tensor._accumulate(g, alone)
    if hooks.added is not None:
        hooks.added([tensor for tensor, _ in found])
    if hooks.accumulated:
        with set_grad_enabled(create_graph):
            for tensor in [t for t, _ in found if id(t) in hooks.accumulated]:
                hooks.accumulated[id(tensor)](tensor)


_ALONE = next(getrefcount(g) for _, g in [(None, np.empty(1))])  # references to an array held as in the loop of run_backward


def drain(roots: Any, grads: dict[Any, Any], targets: Any, retain_graph: bool, create_graph: bool) -> None:
    """Walk to the end; what the walk itself adds up is recorded where `create_graph` asks for it, whatever the mode outside."""
    before = state.begin_backward(create_graph)  # `with set_grad_enabled` takes 2 µs more
    try:
        steps = graph.walk(roots, grads, targets, retain_graph, create_graph)
        deque(steps if hooks.step is None else map(hooks.step, chain([roots], steps)), maxlen=0)  # drains in C
        if hooks.leaves:
            for edge, g in grads.items():
                if id(edge) in hooks.leaves:
                    grads[edge] = hooks.leaves[id(edge)](g)
    finally:
        state.end_backward(before)
