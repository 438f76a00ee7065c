"""`Function`: an op with a forward and a backward of one's own.

Its node is run by the same walk as any op's: `_Call` stands where the op stands. A function of several outputs has one
node, and each output one more (`_Slot`), which hands its gradient on in a `_Parts`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from glassgrad import graph, writes
from glassgrad._mode import enable_grad, no_grad, state
from glassgrad.graph import Node
from glassgrad.op import REGISTRY, NoArray
from glassgrad.tensor import Tensor, make, record
from glassgrad.writes import owner, version


class FunctionCtx:
    """What forward leaves for backward: saved tensors, and any attribute."""

    needs_input_grad: tuple[bool, ...] = ()
    materialize_grads = True

    def __init__(self) -> None:
        self._to_save: tuple[Any, ...] = ()
        self._fixed: tuple[Tensor, ...] = ()
        self._saved: tuple[Any, ...] | None = None

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for backward, to be read as `ctx.saved_tensors`.

        Second derivatives follow the arguments and outputs among them. Through another value that forward computed from its
        arguments they are not known, and raise RuntimeError: return it as an output too, or save it detached if it is a constant.
        """
        for x in tensors:
            if x is not None and not isinstance(x, Tensor):
                raise TypeError(f"save_for_backward: only tensors and None, got {type(x).__name__}: write ctx.name = value")
        self._to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Nothing: forward mode transposes the backward, and needs no more than that."""

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """The tensors given to `save_for_backward`. They are there while backward runs."""
        if self._saved is None:
            raise RuntimeError("saved_tensors: they can be read in backward only")
        return self._saved

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Say that no gradient flows through these outputs."""
        self._fixed = outputs

    def mark_dirty(self, *inputs: Tensor) -> None:
        """RuntimeError: a Function may not write to its inputs."""
        raise RuntimeError("mark_dirty: a Function can't write to its inputs in place: compute a new tensor and return it")

    def set_materialize_grads(self, value: bool) -> None:
        """Whether outputs that nobody used have gradients of zeros in backward (the default), or None."""
        self.materialize_grads = bool(value)


_NO_BACKWARD = "write a static method backward(ctx, *grads), or call it on tensors that don't require grad"


class Function:
    """Subclass it with static methods `forward(ctx, *args)` and `backward(ctx, *grads)`; call it with `apply(*args)`.

    backward gets a gradient for each output and returns one for each argument of forward: a tensor of the argument's shape,
    or None. Written with tensor ops it can be differentiated again. Instead of `ctx` in forward there may be a
    `setup_context(ctx, inputs, output)`. Inside `vmap`, forward and backward run on batched tensors, unless the class has a
    static method `vmap(info, in_dims, *args)` that returns (output, out_dims).

    >>> class Cube(gg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x**2
    >>> x = gg.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad.item()
    12.0
    """

    @staticmethod
    def forward(*args: Any) -> Any:
        """Compute the outputs; grad mode is off."""
        raise NotImplementedError("Function: write a static method forward(ctx, *args)")

    @staticmethod
    def setup_context(ctx: FunctionCtx, inputs: tuple[Any, ...], output: Any) -> None:
        """Fill `ctx`, where forward has no ctx."""

    @staticmethod
    def backward(ctx: FunctionCtx, *grads: Any) -> Any:
        """The gradient of each argument from the gradient of each output."""
        raise NotImplementedError(f"Function: {_NO_BACKWARD}")

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], *args: Any) -> Any:
        """(output, out_dims) on a whole batch."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward, and note backward in the graph."""
        if kwargs:
            raise TypeError(f"{cls.__name__}.apply: takes positional arguments only, got {', '.join(kwargs)}=")
        if "forward" not in vars(cls) and cls.forward is Function.forward:
            raise NotImplementedError(f"{cls.__name__}: write a static method forward(ctx, *args)")
        if not isinstance(vars(_owner(cls, "forward"))["forward"], staticmethod):
            raise RuntimeError(f"{cls.__name__}: forward and backward must be static methods: write @staticmethod above them")
        levels = _levels(args) if state.vmaps else ()
        if levels and cls.vmap is not Function.vmap:
            return _vmapped(cls, levels[-1], args)
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(x, Tensor) and x.requires_grad for x in args)
        start = writes.last
        with no_grad():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args)
            else:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
        if writes.last != start and not levels:
            _check_unwritten(cls, args, start)
        outputs = result if isinstance(result, (tuple, list)) else (result,)
        made = _apart(args, outputs)
        if state.grad_enabled and any(ctx.needs_input_grad):
            made = _recorded(cls, ctx, args, outputs, made, levels)
        return type(result)(made) if isinstance(result, (tuple, list)) else made[0]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """RuntimeError: a Function is called by its class."""
        name = type(self).__name__
        raise RuntimeError(f"{name}: an instance can't be called: write {name}.apply(...), with static methods forward and backward")


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `backward` that is not made of tensor ops: a second derivative raises RuntimeError, instead of being wrong.

    Write it below `@staticmethod`.
    """

    @functools.wraps(backward)
    def once(ctx: FunctionCtx, *grads: Any) -> Any:
        with no_grad():
            return backward(ctx, *grads)

    once.once = True  # type: ignore[attr-defined]
    return once


def _check_unwritten(cls: type[Function], args: Sequence[Any], start: int) -> None:
    for i, x in enumerate(args):
        if isinstance(x, Tensor) and writes.since(x._array, start):
            raise RuntimeError(
                f"{cls.__name__}: forward wrote to argument {i} (shape {x.shape}) in place, which backward can't follow: clone it first"
            )


def _owner(cls: type, name: str) -> type:
    return next(kind for kind in cls.__mro__ if name in vars(kind))


# ---------------------------------------------------------------------------------------------- the nodes


class _Recorded:
    """What every op-like object on a node has, for the walk and for those who look at the graph."""

    rules: ClassVar[dict[str, Any]] = {}
    defaults: ClassVar[dict[str, Any]] = {}
    sequence = False
    residuals: tuple[str, ...] = ()
    differentiable = True
    view = False
    name: str
    inputs: tuple[str, ...]
    keep: tuple[str, ...] = ()
    attrs: tuple[str, ...] = ()

    @property
    def params(self) -> tuple[str, ...]:
        return self.inputs

    @property
    def reads(self) -> dict[str, tuple[str, ...]]:
        return {"its arguments": self.keep}

    def formula(self, name: str, attrs: Sequence[Any] | None = None) -> str:
        """What is known of the rule for an input: that it is the user's."""
        return f"{self.name}.backward(ctx, g)[{self.inputs.index(name)}]"


class _Parts:
    """The gradients of a function's outputs, None where there is none so far. To the walk it is one gradient."""

    def __init__(self, parts: Sequence[Any], like: Node) -> None:
        self.parts = parts
        self.shape, self.dtype = like.shape, like.dtype

    def __add__(self, other: _Parts) -> _Parts:
        pairs = zip(self.parts, other.parts, strict=True)
        return _Parts([b if a is None else a if b is None else a + b for a, b in pairs], self)  # type: ignore[arg-type]


class _Slot(_Recorded):
    """Output `i` of a function's node."""

    inputs = ("outputs",)

    def __init__(self, name: str, i: int, count: int) -> None:
        self.name = name
        self.i, self.count = i, count

    def backward(self, parents: Sequence[Any], g: Any, values: Any) -> list[Any]:
        parts = [None] * self.count
        parts[self.i] = g
        return [_Parts(parts, parents[0])]

    def backward_on_tensors(self, node: Node, parents: Sequence[Any], g: Any) -> list[Any]:
        return self.backward(parents, g, ())


class _Saved(NamedTuple):
    """What a tensor kept for backward is: argument `i`, output `i`, a value that forward computed ("between"), or a constant."""

    source: str
    i: int
    name: str


def _is_cut(x: Any) -> bool:
    """Whether x was computed, in forward, from what requires grad."""
    while not hasattr(x, "_requires_grad"):  # it stands for a batch
        x = x.value
    return x._requires_grad is None and x.dtype.kind == "f"


class _Call(_Recorded):
    """A Function that was called: on its node it is the op."""

    def __init__(self, cls: type[Function], ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], levels: Any) -> None:
        self.cls, self.ctx, self.levels = cls, ctx, levels
        self.name = cls.__name__
        self.arguments = [(x.shape, x.dtype) if isinstance(x, Tensor) else None for x in args]
        self.outputs = [(x.shape, x.dtype) if isinstance(x, Tensor) else None for x in outputs]
        self.saved = [self._about(x, args, outputs) for x in ctx._to_save]
        self.attributes: dict[str, _Saved] = {}  # of ctx: tensors whose place in the graph isn't their own
        self.versions: list[tuple[str, Tensor, int]] = []
        for name, x in vars(ctx).items():
            if isinstance(x, Tensor):
                about = self._about(x, args, outputs)
                if about.source in ("output", "between"):
                    self.attributes[name] = about
                if about.source in ("output", "input") and not levels:
                    self.versions.append((name, x, version(x._array)))

    @functools.cached_property
    def inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return _names(self.cls, len(self.arguments))

    @functools.cached_property
    def keep(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(self.inputs[s.i] if s.source == "input" else s.name for s in self.saved)

    def _about(self, x: Any, args: Sequence[Any], outputs: Sequence[Any]) -> _Saved:
        for i, y in enumerate(outputs):
            if x is not None and x is y and not any(x is arg for arg in args):
                flows = y.dtype.kind == "f" and not any(y is fixed for fixed in self.ctx._fixed)
                return _Saved("output" if flows else "constant", i, "y" if len(outputs) == 1 else f"output {i}")
        for i, arg in enumerate(args):
            if x is not None and x is arg:
                return _Saved("input", i, f"argument {i}")
        return _Saved("between" if x is not None and _is_cut(x) else "constant", 0, "a saved tensor")

    def backward(self, parents: Sequence[Any], g: Any, values: Sequence[Any]) -> list[Any]:
        saved = [None if x is None else make(x, None) for x in values]
        found = self._run(self._upstream(g), saved, parents, grad=False)
        return [x if x is None else _raw(x) for x in found]

    def backward_on_tensors(self, node: Node, parents: Sequence[Any], g: Any) -> list[Any]:
        values = [self._linked(node, about, x) for about, x in zip(self.saved, graph.opened(node), strict=True)]
        upstream = self._upstream(g)
        if not getattr(self.cls.backward, "once", False):
            kept = [(name, about, _strip(getattr(self.ctx, name), self.levels)) for name, about in self.attributes.items()]
            attributes = {name: self._linked(node, about, x._array) for name, about, x in kept}
            return self._run(upstream, values, parents, grad=True, attributes=attributes)
        us, xs = ([None if x is None else x.detach() for x in some] for some in (upstream, values))
        found = self._run(us, xs, parents, grad=False)
        edges = tuple(dict.fromkeys(x.edge for x in (*upstream, *values) if x is not None and x.edge is not None))
        once = _Once(self.name, len(edges))
        with enable_grad():
            return [x if x is None or not edges else record(once, edges, (), (), x._array) for x in found]

    def _linked(self, node: Node, about: _Saved, x: Any) -> Any:
        """A saved array as the tensor that it was, with its place in the graph."""
        if x is None or about.source == "constant":
            return None if x is None else make(x, None)
        if about.source == "between":
            edges = tuple(dict.fromkeys(edge for edge in node.parents if edge is not None))
            return record(_Between(self.name, len(edges)), edges, (), (), x)
        if about.source == "output":
            if len(self.outputs) == 1:
                return make(x, node)
            return record(_Slot(self.name, about.i, len(self.outputs)), (node,), (), (), x)
        edge = node.parents[about.i]
        if edge is None:
            return make(x, None)
        return edge if isinstance(edge, Tensor) and edge._array is x else REGISTRY["alias"](make(x, edge) if type(edge) is Node else edge)

    def _upstream(self, g: Any) -> list[Any]:
        """A gradient for each output, as tensors that can't be written to: they may be others' gradients too."""
        parts = g.parts if isinstance(g, _Parts) else [g]
        return [None if x is None else x if isinstance(x, Tensor) else make(_frozen(x), None) for x in parts]

    def _run(
        self, upstream: Sequence[Any], saved: Sequence[Any], parents: Sequence[Any], grad: bool, attributes: dict[str, Any] | None = None
    ) -> list[Any]:
        """Call the user's backward, with these attributes of ctx replaced, and check what it returns."""
        levels, ctx = self.levels, self.ctx
        for name, x, old in self.versions:
            if version(x._array) != old:
                raise RuntimeError(
                    f"{self.name}: ctx.{name} (shape {x.shape}) was written over in place since forward: at version {old} then, "
                    f"{version(x._array)} now. Write to a copy instead (`x = x + 1` or `x.clone()`), or after backward()"
                )
        grads: list[Tensor | None] = []
        for u, about in zip(upstream, self.outputs, strict=True):
            if u is None and about is not None and ctx.materialize_grads:
                grads.append(make(np.zeros(*about), None))
            else:
                grads.append(None if u is None else _wrap(u, levels))
        ctx._saved = tuple(None if x is None else _wrap(x, levels) for x in saved)
        before = {name: getattr(ctx, name) for name in attributes or ()}
        vars(ctx).update({name: _wrap(x, levels) for name, x in (attributes or {}).items()})
        try:
            with enable_grad() if grad else no_grad():
                if self.cls.backward is Function.backward:
                    raise NotImplementedError(f"{self.name}: {_NO_BACKWARD}")
                returned = self.cls.backward(ctx, *grads)
        finally:
            ctx._saved = None
            vars(ctx).update(before)
        found = list(returned) if isinstance(returned, (tuple, list)) else [returned]
        if len(found) > len(parents) and all(x is None for x in found[len(parents) :]):
            found = found[: len(parents)]
        if len(found) != len(parents):
            raise RuntimeError(
                f"{self.name}: backward returned {len(found)} gradients, but forward took {len(parents)} arguments "
                f"({', '.join(self.inputs)}): return one for each of them, None where there is none"
            )
        for i, x in enumerate(found):
            if x is not None and self.arguments[i] is None:
                raise RuntimeError(
                    f"{self.name}: backward returned a gradient for argument {i} ({self.inputs[i]}), which was no tensor: return None there"
                )
        return [None if p is None else self._checked(i, x) for i, (p, x) in enumerate(zip(parents, found, strict=True))]

    def _checked(self, i: int, g: Any) -> Any:
        if g is None:
            return None
        if not isinstance(g, Tensor):
            raise TypeError(f"{self.name}: backward returned a {type(g).__name__} for argument {i} ({self.inputs[i]}): give tensor or None")
        shape, dtype = self.arguments[i]  # type: ignore[misc]
        if g.shape != shape:
            raise RuntimeError(
                f"{self.name}: backward returned a gradient of shape {g.shape} for argument {i} ({self.inputs[i]}) of shape {shape}: "
                "they must be equal; sum over the dimensions that broadcasting added"
            )
        if g.dtype.kind != "f":
            raise RuntimeError(f"{self.name}: backward returned a {g.dtype} gradient for argument {i} ({self.inputs[i]}): make it floating")
        return _strip(g if g.dtype == dtype else g.astype(dtype), self.levels)


class _Once(_Recorded):
    """Stands behind the gradients of a backward that can't be differentiated."""

    why = (
        "its backward is marked @once_differentiable, so there is no second derivative, and no jvp: write it with tensor ops and leave "
        "the mark away"
    )

    def __init__(self, name: str, count: int) -> None:
        self.name = f"{name}_backward"
        self.function = name
        self.inputs = tuple(f"input_{i}" for i in range(count))

    def backward(self, parents: Sequence[Any], g: Any, values: Any) -> list[Any]:
        raise RuntimeError(f"{self.function}: {self.why}")

    def backward_on_tensors(self, node: Node, parents: Sequence[Any], g: Any) -> list[Any]:
        return self.backward(parents, g, ())


class _Between(_Once):
    """Stands behind a value that forward computed on its way: what leads from the arguments to it wasn't recorded."""

    why = (
        "its backward uses a value that forward computed and kept, which is no argument and no output, so there is no second derivative: "
        "return it from forward too, compute it in backward, or keep x.detach() if it is a constant"
    )


def _memory(x: Any) -> Any:
    """The array that owns the memory of a tensor, which may stand for a batch."""
    while not hasattr(x, "_requires_grad"):
        x = x.value
    return owner(x._array)


def _apart(args: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
    """The outputs without graphs, copied where they share memory with an argument or each other.

    A write in place to one of the two would change the other, and no rule tells how that gradient would flow.
    """
    taken = {id(_memory(x)) for x in args if isinstance(x, Tensor)}
    made = []
    for y in outputs:
        if isinstance(y, Tensor):
            y = y.detach().clone() if id(_memory(y)) in taken else y.detach() if y.requires_grad else y
            taken.add(id(_memory(y)))
        made.append(y)
    return made


def _recorded(
    cls: type[Function], ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], made: Sequence[Any], levels: Any
) -> list[Any]:
    """The outputs, `made` of what forward returned, as tensors with nodes."""
    call = _Call(cls, ctx, args, outputs, levels)
    parents = tuple(_strip(x, levels).edge if isinstance(x, Tensor) else None for x in args)
    saved = tuple([None if x is None else _strip(x, levels)._array for x in ctx._to_save])
    ctx._to_save = ()
    fixed, ctx._fixed = ctx._fixed, ()
    plain = [_strip(x, levels) if isinstance(x, Tensor) else x for x in made]
    flows = [isinstance(y, Tensor) and y.dtype.kind == "f" and not any(x is y for x in fixed) for y in outputs]
    if len(outputs) == 1:
        made = [record(call, parents, saved, (), plain[0]._array) if flows[0] else plain[0]]
    else:
        hub = (record(call, parents, saved, (), np.zeros(()))._node,)
        made = [record(_Slot(call.name, i, len(plain)), hub, (), (), y._array) if flows[i] else y for i, y in enumerate(plain)]
    return [_wrap(y, levels) if isinstance(y, Tensor) else y for y in made]


def _raw(x: Tensor) -> Any:
    """The array of a gradient, or, where it stands for a batch of them, itself."""
    try:
        return x._array
    except NoArray:
        return x


def _strip(x: Tensor, levels: Sequence[Any]) -> Tensor:
    """x with the dimensions of the vmaps in the open."""
    if not levels:
        return x
    from glassgrad.batch import strip

    return strip(x, levels)


def _wrap(x: Tensor, levels: Sequence[Any]) -> Tensor:
    """x as one sample sees it."""
    if not levels:
        return x
    from glassgrad.batch import wrap

    return wrap(x, levels)


def _frozen(x: np.ndarray) -> np.ndarray:
    view = np.asarray(x).view()
    view.flags.writeable = False
    return view


def _names(cls: type[Function], count: int) -> tuple[str, ...]:
    """The names of forward's parameters, without ctx; numbered where they are in *args."""
    code = cls.forward.__code__ if hasattr(cls.forward, "__code__") else None
    skip = cls.setup_context is Function.setup_context
    named = code.co_varnames[skip : code.co_argcount] if code else ()
    return tuple(named[i] if i < len(named) else f"input_{i}" for i in range(count))


# ---------------------------------------------------------------------------------------------- vmap


class VmapInfo(NamedTuple):
    """What a Function's own `vmap` is told."""

    batch_size: int
    randomness: str


def _levels(args: Sequence[Any]) -> tuple[Any, ...]:
    """The vmaps that the arguments are batched in, outermost first."""
    from glassgrad.batch import Batched

    found = set()
    for x in args:
        while isinstance(x, Batched):
            found.add(x.level)
            x = x.value
    return tuple(sorted(found, key=lambda level: level.depth))


def _vmapped(cls: type[Function], level: Any, args: Sequence[Any]) -> Any:
    from glassgrad.batch import Batched
    from glassgrad.ops.shape import movedim

    mine = [isinstance(x, Batched) and x.level is level for x in args]
    inner = [x.value if is_mine else x for x, is_mine in zip(args, mine, strict=True)]
    info = VmapInfo(level.size, level.randomness)
    result, dims = cls.vmap(info, tuple(0 if is_mine else None for is_mine in mine), *inner)
    if not isinstance(result, (tuple, list)):
        return result if dims is None else Batched(movedim(result, dims, 0), level)
    dims = dims if isinstance(dims, (tuple, list)) else [dims] * len(result)
    wrapped = [y if dim is None else Batched(movedim(y, dim, 0), level) for y, dim in zip(result, dims, strict=True)]
    return type(result)(wrapped)
