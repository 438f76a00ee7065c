"""How an op is declared, called and registered.

    exp = op(np.exp, x=lambda g, y: g * y)

The keyword is the input that the rule is for; the rule's parameter names say what is saved: `g` is the upstream
gradient, `y` the output, the rest are inputs, other arguments, `<input>_shape`, or residuals that the forward returned.
An op without rules is traced: on tensors its body runs on them, and the ops inside record themselves.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from glassgrad import graph, kernels
from glassgrad._mode import enable_grad, state
from glassgrad.arguments import NO_ARRAYS, Parameters, Shown, cast, explained, names_of, no_lists
from glassgrad.graph import Node
from glassgrad.out import binary as binary_out
from glassgrad.out import into
from glassgrad.out import unary as unary_out
from glassgrad.symbol import Symbol
from glassgrad.symbol import call as symbol_call
from glassgrad.symbol import formula as _formula
from glassgrad.tensor import TWINS, Tensor, make, record, tie
from glassgrad.writes import owner

# The annotations of what may be a tensor or an array (or, in a rule, a symbol): it is unwrapped, and saved where a rule
# names it. They are read by name.
Array = Any
Arrays = Sequence[Any]

REGISTRY: dict[str, Callable[..., Any]] = {}
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_ndarray = np.ndarray


class NoArray(RuntimeError):
    """Raised where the array of a tensor is read that has none: `answer(op, args)` runs the op on such tensors (batch/)."""

    answer: Callable[..., Any]


class Op:
    """What is known of an op: its body and kernel, its inputs, their rules, and what these need saved."""

    def __init__(self, key: str, body: Any, kernel: Any, rules: dict[str, Any], vjp: Any, inputs: Any, options: dict[str, Any]):
        self.key = key
        self.name = key.lstrip("_")
        self.body = body
        self.kernel = kernel
        self.grad_kernel = options["grad_kernel"]
        self.rules = rules
        self.vjp = vjp
        self.inputs: tuple[str, ...] = tuple(inputs or rules)
        self.residuals: tuple[str, ...] = options["residuals"]
        self.dtypes: str = options["dtypes"]
        self.differentiable: bool = options["differentiable"]
        self.view: bool = options["view"]
        self.hint: Callable[..., str] | None = options["hint"]
        parameters = Parameters(self.name, body, self.inputs)
        self.bind = parameters.bind
        self.params, self.defaults, self.variadic = parameters.names, parameters.defaults, parameters.variadic
        self.arrays, self.sequences, self.optional = parameters.arrays, parameters.sequences, parameters.optional
        self.inputs = tuple(n for n in self.params if n in self.inputs)  # in the order of the call
        self.sequence = bool(set(self.sequences) & set(self.inputs))
        self._plan()

    def _plan(self) -> None:
        """From the names in the rules: what is saved, and where each rule finds its arguments."""
        rules = {" and ".join(self.inputs): self.vjp} if self.vjp else self.rules
        self.reads = {by: names_of(rule)[1:] for by, rule in rules.items()}  # what each rule needs
        named = list(dict.fromkeys(n for names in self.reads.values() for n in names))
        self.replays = any(n in self.residuals for n in named)
        if self.replays:  # a residual is a detached array: for higher orders the body runs again, on all its arguments
            named = list(dict.fromkeys([*named, *self.params]))
        arrays = (*self.params, "y", *self.residuals)
        for name in named:
            if name not in arrays and name.removesuffix("_shape") not in self.inputs:
                raise TypeError(f"{self.name}: a rule names {name!r}, which is no argument, no residual and not g or y")
        is_array = {*self.inputs, *self.arrays, "y", *self.residuals}
        self.keep = tuple(n for n in arrays if n in named and n in is_array)
        self.attrs = tuple(n for n in named if n not in is_array)

    def __getattr__(self, name: str) -> Any:
        """`backward(parents, g, values)`, the gradient of each input that has a parent, is compiled when it is first needed."""
        if name != "backward":
            raise AttributeError(name)
        rules = [self.rules[n] for n in self.inputs if n in self.rules]
        self.backward = _compiled(self.vjp, rules, (*self.keep, *self.attrs), self.grad_kernel)
        return self.backward

    # ------------------------------------------------------------------------------------------ forward

    def forward(self, *raw: Any) -> Any:
        """Run on raw arrays: the kernel where there is one and it takes the case, else the body."""
        if self.kernel is not None and kernels.mode != "numpy":
            y = self.kernel(*raw)
            if y is not NotImplemented:
                return y
        try:
            return self.body(*raw)
        except (ValueError, IndexError, TypeError) as error:
            raise explained(self, error, raw) from None

    # ------------------------------------------------------------------------------------------ backward

    def backward_on_tensors(self, node: Node, parents: Sequence[Any], g: Tensor) -> list[Any]:
        """The same on tensors, with saved values linked to where they came from: the rules record a new graph."""
        with enable_grad():
            edges = dict(zip(self.inputs, node.parents, strict=False), y=node)
            saved = [_linked(x, edges.get(n)) for n, x in zip(self.keep, graph.opened(node), strict=True)]
            if self.replays:
                return self._replay(dict(zip((*self.keep, *self.attrs), (*saved, *node.attrs), strict=True)), parents, g)
            return self.backward(parents, g, (*saved, *node.attrs))

    def _replay(self, values: dict[str, Any], parents: Sequence[Any], g: Tensor) -> list[Any]:
        """Differentiate the body itself, between nodes that stand for the inputs and are tied to the graph only afterwards."""
        edges = {name: values[name].edge for name in self.inputs if isinstance(values[name], Tensor)}
        for name in edges:
            values[name] = record(_ALIAS, (None,), (), (), values[name]._array)
        y = self.body(*(values[name] for name in self.params))[0]
        wanted = [None if parent is None else values[name]._node for name, parent in zip(self.inputs, parents, strict=True)]
        grads: dict[Any, Any] = {}
        for _ in graph.walk([(y._node, g)], grads, [node for node in wanted if node], retain_graph=True, create_graph=True):
            pass
        for name, edge in edges.items():
            values[name]._node.parents = (edge,)
        return [None if node is None else grads[node] for node in wanted]

    # ------------------------------------------------------------------------------------------ formulas

    formula = _formula  # of the rule for an input

    @property
    def signature(self) -> Any:
        """What `inspect.signature` says of the function that users call."""
        return inspect.signature(REGISTRY[self.key])

    def __repr__(self) -> str:
        return f"<Op {self.name}{self.signature}>"


def _compiled(vjp: Any, rules: Sequence[Any], order: tuple[str, ...], kernel: Any) -> Callable[..., list[Any]]:
    """One function from (parents, g, saved values) to the list of gradients, None where there is no parent.

    For mul it is `lambda parents, g, v: [None if parents[0] is None else rule0(g, v[1]), None if ... else rule1(g, v[0])]`:
    compiled once, because picking the arguments at each call costs 0.3 µs an op.
    """

    def arguments(rule: Callable[..., Any]) -> str:
        return ", ".join(["g", *(f"v[{order.index(name)}]" for name in names_of(rule)[1:])])

    if vjp is not None:
        body = f"None if p is None else gx for p, gx in zip(parents, vjp({arguments(vjp)}))"
    else:
        body = ", ".join(f"None if parents[{i}] is None else rule{i}({arguments(rule)})" for i, rule in enumerate(rules))
    by_rules = eval(f"lambda parents, g, v: [{body}]", {"vjp": vjp, **{f"rule{i}": rule for i, rule in enumerate(rules)}})
    if kernel is None:
        return by_rules

    def by_kernel(parents: Sequence[Any], g: Any, v: tuple[Any, ...]) -> list[Any]:
        many = type(g) is _ndarray and (kernels.mode != "auto" or not g.ndim or g.size >= kernels.MIN_ELEMENTS)
        found = kernel(parents, g, *v) if many and kernels.mode != "numpy" else NotImplemented
        if found is NotImplemented:
            return by_rules(parents, g, v)
        if type(found) is not tuple:  # the only one
            return [found]
        return [None if p is None else gx for p, gx in zip(parents, found, strict=True)]

    return by_kernel


def _linked(value: Any, edge: Any) -> Any:
    """A saved array as the tensor that it was: the node's or leaf's own, or a constant as it is."""
    if edge is None or not isinstance(value, np.ndarray):
        return value
    if isinstance(edge, Tensor):
        return edge if edge._array is value else record(_ALIAS, (edge,), (), (), value)
    return make(value, edge)


# ---------------------------------------------------------------------------------------------- the callers
# Recording must cost little, so unary and binary ops have callers of their own: 0.7 µs instead of 2.5 above NumPy's call.


def _unary(op: Op) -> Callable[..., Any]:
    body, kernel = op.body, op.kernel
    to_float = op.dtypes == "float"
    kept = _kept(op, *op.inputs, "y")

    def caller(input: Any) -> Any:
        if not isinstance(input, Tensor):
            return _plain(op, (input,))
        try:
            a = input._array
        except NoArray as found:
            return found.answer(op, (input,))
        if to_float and a.dtype.kind != "f":
            a = a.astype(state.default_dtype)
        try:
            y = body(a) if kernel is None or (a.size < kernels.MIN_ELEMENTS and kernels.mode == "auto") else op.forward(a)
        except TypeError as error:
            raise explained(op, error, (a,)) from None
        if type(y) is not _ndarray:
            y = np.asarray(y)
        edge = input._node or (input if input._requires_grad else None)
        if edge is None:
            return make(y, None) if input._requires_grad is not None else _cut(y)
        if (scope := state.recording) is None:
            return _cut(y)
        return record(op, (edge,), kept((a, y)), (), y, scope)

    return caller


def _kept(op: Op, *names: str) -> Callable[[Any], Any]:
    """What picks, from a tuple of values called so, those that the op saves, as a tuple."""
    at = [i for i, name in enumerate(names) if name in op.keep]
    return itemgetter(*at) if len(at) > 1 else itemgetter(slice(at[0], at[0] + 1) if at else slice(0))


def _binary(op: Op) -> Callable[..., Any]:
    body, kernel = op.body, op.kernel
    kept, nothing = _kept(op, *op.inputs, "y"), not op.keep
    floats_only = op.dtypes == "float"

    def caller(input: Any, other: Any) -> Any:
        ta, tb = isinstance(input, Tensor), isinstance(other, Tensor)
        try:
            x = input._array if ta else input
            z = other._array if tb else other
        except NoArray as found:
            return found.answer(op, (input, other))
        if ta and tb:
            if x.dtype is not z.dtype or (floats_only and x.dtype.kind != "f"):
                x, z = cast(op, [x, z], (0, 1))
        elif not (ta or tb):
            return _plain(op, (input, other))
        elif type(other if ta else input) not in (float, int) or (x if ta else z).dtype.kind != "f":  # a number leaves a float as it is
            x, z = cast(op, [x, z], (0, 1))
        try:
            y = op.forward(x, z) if kernel and ta and tb and x.size >= kernels.MIN_ADDED else body(x, z)
        except (ValueError, TypeError, OverflowError) as error:
            raise explained(op, error, (x, z)) from None
        if type(y) is not _ndarray:
            y = np.asarray(y)
        pa = (input._node or (input if input._requires_grad else None)) if ta else None
        pb = (other._node or (other if other._requires_grad else None)) if tb else None
        if pa is None and pb is None:
            if (ta and input._requires_grad is None) or (tb and other._requires_grad is None):
                return _cut(y)
            return make(y, None)
        if (scope := state.recording) is None:
            return _cut(y)
        return record(op, (pa, pb), () if nothing else kept((x, z, y)), (), y, scope)

    return caller


def _plain(op: Op, args: Sequence[Any]) -> Any:
    """A call without tensors: arrays give arrays (this is how the rules use ops), symbols give symbols."""
    if Symbol in map(type, args):
        if isinstance(op.body, np.ufunc):
            return op.body(*args)  # prints as NumPy's operator
        count = len(args)
        while count > 1 and op.params[count - 1] in op.defaults and args[count - 1] is op.defaults[op.params[count - 1]]:
            count -= 1
        return symbol_call(op.name, _spread(op, args[:count]), {})
    no_lists(op, args)
    y = op.forward(*_spread(op, args))
    return y[0] if op.residuals else y


def _spread(op: Op, args: Sequence[Any]) -> Sequence[Any]:
    return (*args[:-1], *args[-1]) if op.variadic else args


def _traced(op: Op) -> Callable[..., Any]:
    """An op without rules: its body runs on what it is given. Where nothing is recorded the kernel may do it."""
    count, variadic = len(op.params), op.variadic
    arrays_at = [op.params.index(name) for name in op.arrays if name not in op.sequences]
    body = op.body if op.differentiable and op.kernel is None and not variadic else None

    def caller(*args: Any, **kwargs: Any) -> Any:
        if kwargs or variadic or len(args) != count:
            if "out" in kwargs:
                return into(kwargs.pop("out"), caller(*args, **kwargs), op.name)
            args = op.bind(args, kwargs)
        for i in arrays_at:
            kind = type(args[i])
            if kind is Symbol:
                return _plain(op, args)
            if kind in NO_ARRAYS:
                no_lists(op, args)
        if not arrays_at and Symbol in map(type, args):
            return _plain(op, args)
        try:
            if body is not None:
                return body(*args)
            if op.differentiable and (op.kernel is None or (state.grad_enabled and any(getattr(x, "requires_grad", 0) for x in args))):
                return op.body(*_spread(op, args))
        except NoArray as found:
            return found.answer(op, args)
        if not any(isinstance(x, Tensor) for x in args):
            return _plain(op, args)
        try:
            raw = [x._array if isinstance(x, Tensor) else x for x in args]
        except NoArray as found:
            return found.answer(op, args, op.body)
        if op.dtypes != "same":
            cast(op, raw, [op.params.index(name) for name in op.arrays])
        return _wrap(op.forward(*_spread(op, raw)))

    return caller


def _single(op: Op) -> Callable[..., Any]:
    """An op whose only tensor is the first argument, as a view or a reduction. What is unusual is left to the caller of all signatures."""
    general, count, variadic, view, to_float = _ruled(op), len(op.params), op.variadic, op.view, op.dtypes == "float"
    kept = _kept(op, *op.inputs, "y")
    attrs_at = [op.params.index(name) if name in op.params else -1 for name in op.attrs]  # -1: the shape of x

    def caller(*args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != count or variadic:
            if "out" in kwargs:
                return general(*args, **kwargs)
            args = op.bind(args, kwargs)
        x, *others = args
        for other in others:
            if isinstance(other, Tensor):
                return general(*args)
        if not isinstance(x, Tensor):
            return general(*args)
        try:
            a = x._array
        except NoArray as found:
            return found.answer(op, args)
        if to_float and a.dtype.kind != "f":
            return general(*args)
        y = op.forward(a, *(_spread(op, others) if variadic else others))
        if type(y) is not _ndarray:
            y = np.asarray(y)
        edge = x._node or (x if x._requires_grad else None)
        if edge is None or (scope := state.recording) is None:
            out = _unrecorded(y, (x,))
        else:
            out = record(op, (edge,), kept((a, y)), tuple([args[i] if i >= 0 else a.shape for i in attrs_at]), y, scope)
        return tie(out, x) if view and _shares(y, a) else out

    return caller


def _shares(y: np.ndarray, x: np.ndarray) -> bool:
    """Whether y is a view of x, or of what x is a view of."""
    return y.base is not None and (y.base is x or y.base is x.base or owner(y) is owner(x))


def _ruled(op: Op) -> Callable[..., Any]:
    """An op of any signature that records a node."""
    count, variadic, residuals, view = len(op.params), op.variadic, op.residuals, op.view
    at = [op.params.index(name) for name in op.inputs]
    others = [(i, name in op.arrays and name not in op.sequences) for i, name in enumerate(op.params) if i not in at]
    checked, to_float = op.dtypes == "float" or len(at) > 1, op.dtypes == "float"
    place = {name: i for i, name in enumerate((*op.params, "y", *residuals))}
    kept = _kept(op, *op.params, "y", *residuals)
    attrs_at = [(place[name], False) if name in place else (place[name.removesuffix("_shape")], True) for name in op.attrs]

    def caller(*args: Any, **kwargs: Any) -> Any:
        if kwargs or variadic or len(args) != count:
            if "out" in kwargs:
                return into(kwargs.pop("out"), caller(*args, **kwargs), op.name)
            args = op.bind(args, kwargs)
        raw, parents, recorded, dtype, usual, barred = list(args), [], False, None, True, -1
        try:
            for i in at:
                x, edge = args[i], None
                if isinstance(x, Tensor):
                    raw[i] = a = x._array
                    edge = x._node or (x if x._requires_grad else None)
                    recorded = recorded or edge is not None
                    if dtype is None:
                        dtype = a.dtype
                    elif a.dtype is not dtype:
                        usual = False
                elif x is not None or dtype is None:
                    usual = False
                parents.append(edge)
            for i, array in others:
                x = args[i]
                if isinstance(x, Tensor):
                    raw[i] = x._array
                    barred = i if x.requires_grad else barred
                elif array and x is not None:
                    usual = False
        except NoArray as found:
            return found.answer(op, args)
        if not usual or dtype is None or (to_float and dtype.kind != "f"):  # else all are tensors of one dtype: the questions cost 3 µs
            no_lists(op, raw)
            if not any(isinstance(x, Tensor) for x in args):
                return _plain(op, args)
            if checked:
                cast(op, raw, at)
        y = op.forward(*(_spread(op, raw) if variadic else raw))
        if barred >= 0 and state.grad_enabled:
            raise RuntimeError(f"{op.name}: there is no derivative by {op.params[barred]}: write {op.params[barred]}.detach()")
        y, *extra = y if residuals else (y,)
        if type(y) is not _ndarray:
            y = np.asarray(y)
        if recorded and (scope := state.recording) is not None:
            values = (*raw, y, *extra)
            attrs = tuple([values[i].shape if shape else values[i] for i, shape in attrs_at]) if attrs_at else ()
            out = record(op, tuple(parents), kept(values), attrs, y, scope)
        else:
            out = _unrecorded(y, args)
        return tie(out, args[0]) if view and _shares(y, raw[0]) else out

    return caller


def _sequence(op: Op) -> Callable[..., Any]:
    """An op on a sequence of tensors, as `cat`: each one is a parent, and `vjp` returns a gradient for each."""

    def caller(*args: Any, **kwargs: Any) -> Any:
        if "out" in kwargs:
            return into(kwargs.pop("out"), caller(*args, **kwargs), op.name)
        items, *rest = op.bind(args, kwargs)
        if isinstance(items, (Tensor, Symbol)) or not isinstance(items, Sequence) or not items:
            if isinstance(items, Symbol):
                return _plain(op, (items, *rest))
            raise TypeError(f"{op.name}: expected a non-empty list or tuple of tensors, got {type(items).__name__}")
        if not any(isinstance(x, Tensor) for x in items):
            return _plain(op, (items, *rest))
        try:
            raw = [x._array if isinstance(x, Tensor) else np.asarray(x) for x in items]
        except NoArray as found:
            return found.answer(op, (items, *rest))
        cast(op, raw, range(len(raw)))
        y = np.asarray(op.forward(raw, *rest))
        parents = tuple([x.edge if isinstance(x, Tensor) else None for x in items])
        if not state.grad_enabled or not any(parent is not None for parent in parents):
            return _unrecorded(y, items)
        values = dict(zip(op.params, (raw, *rest), strict=True))
        attrs = tuple([tuple(x.shape for x in raw) if n.endswith("_shape") else values[n] for n in op.attrs])
        return record(op, parents, (), attrs, y)

    return caller


def _cut(y: np.ndarray) -> Tensor:
    """A result without a graph: `_requires_grad` None tells that it comes from what requires grad, but grad mode was off."""
    out = make(y, None)
    out._requires_grad = None
    return out


def _unrecorded(y: np.ndarray, args: Sequence[Any]) -> Tensor:
    """A result without a graph, cut if any argument requires grad or is cut itself."""
    for x in args:
        if isinstance(x, Tensor) and (x._node is not None or x._requires_grad is not False):
            return _cut(y)
    return make(y, None)


def _wrap(y: Any) -> Any:
    return tuple(_wrap(part) for part in y) if isinstance(y, tuple) else make(np.asarray(y), None)


# ---------------------------------------------------------------------------------------------- the declaration


def op(
    body: Any = None,
    /,
    *,
    name: str | None = None,
    kernel: Callable[..., Any] | None = None,
    grad_kernel: Callable[..., Any] | None = None,
    numpy: Sequence[Any] = (),
    vjp: Callable[..., Any] | None = None,
    inputs: Sequence[str] = (),
    residuals: Sequence[str] = (),
    dtypes: str = "same",
    differentiable: bool = True,
    method: bool = True,
    operator: str | None = None,
    inplace: bool | None = None,
    view: bool = False,
    hint: Callable[..., str] | None = None,
    doc: str | None = None,
    **rules: Callable[..., Any],
) -> Any:
    """Declare an op: register it, attach its Tensor method and NumPy twins, and return the function users call.

    body: a ufunc or a function in NumPy notation; it is the truth, `kernel` (same arguments) only makes it fast.
    grad_kernel: (parents, g, *saved and attributes) -> the gradients that the rules give, for arrays; it only makes them fast, too.
    numpy: NumPy functions that it stands for on tensors. A ufunc as body is one of them.
    vjp, inputs: instead of rules, one function that returns a gradient for each of `inputs`.
    residuals: names of what the body returns after the output; a rule may name them.
    dtypes: "same" (inputs must agree), "promote", or "float" (promote, and integers become the default float).
    differentiable: False for ops with no derivative, such as comparisons.
    method, operator: whether it becomes a Tensor method; the operator it implements ("add" for `__add__`).
    inplace: whether `name_` is attached too, which writes the result over the first argument (default: for elementwise ops).
    view: whether the output may share the first input's memory.
    hint: from the raw arguments of a failed call, what to write instead.
    """
    if body is None:
        options = {key: value for key, value in locals().items() if key not in ("body", "rules")}
        return lambda body: op(body, **options, **rules)  # type: ignore[arg-type]
    key = name or body.__name__  # `_clamp` is the primitive beside the public `clamp`: its node is called clamp too
    options = dict(residuals=tuple(residuals), dtypes=dtypes, differentiable=differentiable, view=view, hint=hint, grad_kernel=grad_kernel)
    made = Op(key, body, kernel, rules, vjp, inputs, options)
    plain = rules and not made.attrs and not made.residuals and made.params == made.inputs
    if made.sequence:
        function = caller = _sequence(made)
    elif plain and len(made.params) in (1, 2):
        caller, with_out = (_unary, unary_out) if len(made.params) == 1 else (_binary, binary_out)
        caller = caller(made)
        function = with_out(caller, made.name)
    else:
        alone = made.arrays == made.inputs == made.params[:1] and not made.residuals
        function = caller = (_traced if not (rules or vjp) else _single if alone else _ruled)(made)
    for one in (caller, function):
        if not isinstance(body, np.ufunc) and body.__name__ != "<lambda>":
            functools.update_wrapper(one, body)
        one.__name__ = one.__qualname__ = key
        one.__doc__ = doc or body.__doc__
        one.__wrapped__ = Shown(made, one is function)  # type: ignore[attr-defined]
        one.op = made  # type: ignore[attr-defined]
    REGISTRY[key] = function
    for twin in (*numpy, *([body] if isinstance(body, np.ufunc) else [])):
        TWINS[twin] = caller
    if method and not key.startswith("_"):
        setattr(Tensor, key, caller)
    if operator:
        _attach_operator(operator, caller, len(made.params))
    if (dtypes != "same" and plain and differentiable) if inplace is None else inplace:
        setattr(Tensor, key + "_", _in_place(caller))
    return function


def _attach_operator(name: str, caller: Callable[..., Any], operands: int) -> None:
    setattr(Tensor, f"__{name}__", caller)
    if operands == 2 and name not in _COMPARISONS:  # these Python reflects itself, and there is no `x <= y` in place
        setattr(Tensor, f"__r{name}__", lambda b, a: caller(a, b))
        setattr(Tensor, f"__i{name}__", _in_place(caller))


def _in_place(caller: Callable[..., Any]) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return self._overwrite(caller, args, kwargs)

    method.__name__ = caller.__name__ + "_"
    method.__wrapped__ = Shown(caller.op, False)  # type: ignore[attr-defined]
    method.__doc__ = f"`{caller.__name__}`, written over this tensor in place."
    return method


_ALIAS: Op = op(lambda x: x, name="alias", method=False, doc="The same values with a node of their own.", x=lambda g: g).op
