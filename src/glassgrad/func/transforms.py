"""Functions of functions: gradients, Jacobians and products with them, which compose with each other and with `vmap`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload

import numpy as np

from glassgrad._mode import enable_grad, state
from glassgrad.batch import Batched, CannotBatch, Level, Linear, fresh, leads_outside, strip, wrap
from glassgrad.func import tree
from glassgrad.ops.shape import broadcast_to, cat, movedim, reshape, stack
from glassgrad.tensor import Tensor, make
from glassgrad.writes import next_index

_P = ParamSpec("_P")
_X = TypeVar("_X")  # the first argument, a tensor or a nest of them
_Y = TypeVar("_Y")
_Numbers = int | tuple[int, ...]


class _Run:
    """A function that was called on fresh leaves: its outputs, and how they depend on the leaves."""

    def __init__(self, who: str, func: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int] | None, has_aux: bool) -> None:
        self.who = who
        self.levels = state.vmaps
        self.recording = state.grad_enabled
        self.start = next_index()
        chosen = range(len(args)) if argnums is None else [_position(who, i, len(args)) for i in argnums]
        self.primals = tuple(args[i] for i in chosen)
        self.given = tree.leaves(self.primals)
        for x in self.given:
            if not isinstance(x, Tensor) or x.dtype.kind != "f":
                what = f"a {x.dtype} tensor" if isinstance(x, Tensor) else f"a {type(x).__name__}"
                raise RuntimeError(f"{who}: derivatives are taken by floating tensors, but one holds {what}: write .float() or argnums=")
        self.inputs = [fresh(x, self.levels) for x in self.given]
        new = tree.rebuild(self.primals, [wrap(x, self.levels) for x in self.inputs])
        full = list(args)
        for i, x in zip(chosen, new, strict=True):
            full[i] = x
        with enable_grad():
            found = func(*full)
        self.aux: Any = None
        if has_aux:
            if not isinstance(found, tuple) or len(found) != 2:
                raise RuntimeError(f"{who}: with has_aux the function must return a pair, (output, aux), not {tree.describe(found)}")
            found, self.aux = found
            self.aux = tree.change(self.settled, self.aux)
        self.tree = found
        self.outputs = tree.leaves(found)
        for y in self.outputs:
            if not isinstance(y, Tensor):
                raise RuntimeError(f"{who}: the function must return tensors, or nests of them, it returned a {type(y).__name__}")
            if y.dtype.kind != "f" and who not in ("jvp", "linearize", "jacfwd"):
                raise RuntimeError(f"{who}: the function must return floating tensors, one is {y.dtype}: write .float(), or has_aux=True")
        self.linear = Linear([strip(y, self.levels) for y in self.outputs], self.inputs)

    @functools.cached_property
    def outside(self) -> bool:
        """Whether what is derived must be recorded: something besides the inputs requires grad."""
        return self.recording and leads_outside(self.linear.outputs, self.inputs, self.start)

    def settled(self, y: Any) -> Any:
        """A result as it is handed out: without the graph that leads to our own leaves only."""
        if not isinstance(y, Tensor) or not y.requires_grad:
            return y
        return y if self.recording and leads_outside([_bare(y)], self.inputs, self.start) else y.detach()

    def values(self) -> Any:
        return tree.change(self.settled, self.tree)

    def _recorded(self, vectors: Sequence[Any]) -> bool:
        """Whether what comes of these must be recorded."""
        return self.outside or (state.grad_enabled and any(v is not None and v.requires_grad for v in vectors))

    def backwards(self, upstream: Sequence[Any]) -> list[Tensor]:
        """The gradients of the inputs, of tensors as the function sees them; None is for zeros."""
        us = [u if u is None else strip(u, self.levels) for u in upstream]
        found = self.linear.backwards(us, self._recorded(us))
        return [self._filled(g, x) for g, x in zip(found, self.given, strict=True)]

    def forwards(self, tangents: Sequence[Any]) -> list[Tensor]:
        """The tangents of the outputs."""
        vs = [v if v is None else strip(v, self.levels) for v in tangents]
        found = self.linear.forwards(vs, self._recorded(vs))
        return [self._filled(t, y) for t, y in zip(found, self.outputs, strict=True)]

    def _filled(self, g: Tensor | None, like: Tensor) -> Tensor:
        return make(np.zeros(like.shape, like.dtype), None) if g is None else wrap(g, self.levels)

    def rows(self, at: Tensor, backwards: bool, index: int, count: int, chunk_size: int | None) -> list[Tensor]:
        """The map applied to each unit vector of output (or, forwards, input) `index`: (n, *shape) for each result.

        All of them run at once, as one batch, or where an op can't be vectorised in a loop, which gives the same.
        """
        run = self.backwards if backwards else self.forwards
        n = prod(at.shape)
        if not n:
            return [make(np.zeros((0, *x.shape), x.dtype), None) for x in (self.given if backwards else self.outputs)]
        units = np.eye(n, dtype=at.dtype).reshape((n, *at.shape))

        def piece(part: np.ndarray) -> list[Tensor]:
            level = Level(len(part), len(self.levels))
            vectors: list[Any] = [None] * count
            try:
                vectors[index] = Batched(make(part, None), level)
                return [_front(y, level) for y in run(vectors)]
            except CannotBatch:
                found = []
                for unit in part:
                    vectors[index] = make(unit, None)
                    found.append(run(vectors))
                return [stack(same) for same in zip(*found, strict=True)]

        step = max(n if chunk_size is None else chunk_size, 1)
        pieces = [piece(units[start : start + step]) for start in range(0, n, step)]
        return pieces[0] if len(pieces) == 1 else [cat(same) for same in zip(*pieces, strict=True)]


def _bare(y: Tensor) -> Tensor:
    while isinstance(y, Batched):
        y = y.value
    return y


def _front(y: Tensor, level: Level) -> Tensor:
    return y.value if isinstance(y, Batched) and y.level is level else broadcast_to(y, (level.size, *y.shape))


def _position(who: str, i: Any, count: int) -> int:
    if not isinstance(i, int) or isinstance(i, bool):
        raise RuntimeError(f"{who}: argnums must be an int or a tuple of ints, got {i!r}")
    if not -count <= i < count:
        raise RuntimeError(f"{who}: argnums {i} is out of range: the function got {count} positional arguments")
    return i % count


def _numbers(who: str, argnums: Any) -> tuple[int, ...]:
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not numbers:
        raise RuntimeError(f"{who}: argnums is empty: name at least one argument")
    return numbers


def _of(argnums: Any, found: tuple[Any, ...]) -> Any:
    return found if isinstance(argnums, tuple) else found[0]


# ---------------------------------------------------------------------------------------------- gradients


def _graded(who: str, func: Callable[..., Any], argnums: Any, has_aux: bool, args: Any, kwargs: Any) -> tuple[Any, Any, Any]:
    run = _Run(who, functools.partial(func, **kwargs), args, _numbers(who, argnums), has_aux)
    if not isinstance(run.tree, Tensor) or run.tree.shape != ():
        raise RuntimeError(
            f"{who}: the function must return one 0-d tensor, it returned {tree.describe(run.tree)}: write loss.sum(), or gg.func.jacrev"
        )
    found = run.backwards([make(np.ones((), run.tree.dtype), None)])
    return _of(argnums, tree.rebuild(run.primals, found)), run.values(), run.aux


@overload
def grad(func: Callable[Concatenate[_X, _P], object]) -> Callable[Concatenate[_X, _P], _X]: ...
@overload
def grad(func: Callable[..., Any], argnums: _Numbers, has_aux: bool = False) -> Callable[..., Any]: ...
@overload
def grad(func: Callable[..., Any], *, has_aux: bool) -> Callable[..., Any]: ...
def grad(func: Callable[..., Any], argnums: _Numbers = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the gradient of `func` (which returns one 0-d tensor) by the arguments at `argnums`.

    These may be nests of tensors; the gradient has the same form. has_aux: func returns (loss, aux), the result is (grad, aux).

    >>> gg.func.grad(gg.func.grad(gg.sin))(gg.tensor(0.5)).item() == -gg.sin(gg.tensor(0.5)).item()
    True
    """

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, _, aux = _graded("grad", func, argnums, has_aux, args, kwargs)
        return (found, aux) if has_aux else found

    return gradient


@overload
def grad_and_value(func: Callable[Concatenate[_X, _P], _Y]) -> Callable[Concatenate[_X, _P], tuple[_X, _Y]]: ...
@overload
def grad_and_value(func: Callable[..., Any], argnums: _Numbers, has_aux: bool = False) -> Callable[..., Any]: ...
@overload
def grad_and_value(func: Callable[..., Any], *, has_aux: bool) -> Callable[..., Any]: ...
def grad_and_value(func: Callable[..., Any], argnums: _Numbers = 0, has_aux: bool = False) -> Callable[..., Any]:
    """`grad` that returns (gradient, value); with has_aux (gradient, (value, aux))."""

    @functools.wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        found, value, aux = _graded("grad_and_value", func, argnums, has_aux, args, kwargs)
        return found, (value, aux) if has_aux else value

    return both


@overload
def value_and_grad(func: Callable[Concatenate[_X, _P], _Y]) -> Callable[Concatenate[_X, _P], tuple[_Y, _X]]: ...
@overload
def value_and_grad(func: Callable[..., Any], argnums: _Numbers, has_aux: bool = False) -> Callable[..., Any]: ...
@overload
def value_and_grad(func: Callable[..., Any], *, has_aux: bool) -> Callable[..., Any]: ...
def value_and_grad(func: Callable[..., Any], argnums: _Numbers = 0, has_aux: bool = False) -> Callable[..., Any]:
    """`grad` that returns (value, gradient), the order that JAX has; with has_aux ((value, aux), gradient)."""

    @functools.wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        found, value, aux = _graded("value_and_grad", func, argnums, has_aux, args, kwargs)
        return (value, aux) if has_aux else value, found

    return both


# ---------------------------------------------------------------------------------------------- products with the Jacobian


def _fitting(who: str, vectors: Any, like: Any, leaves: Sequence[Tensor]) -> list[Tensor]:
    """The leaves of `vectors`, checked to have the form, shapes and dtypes of the nest `like`."""
    found = tree.leaves(vectors)
    same = len(found) == len(leaves) and tree.describe(tree.rebuild(like, leaves)) == tree.describe(vectors)
    if not same or not all(isinstance(v, Tensor) for v in found):
        raise RuntimeError(f"{who}: got {tree.describe(vectors)} where {tree.describe(tree.rebuild(like, leaves))} is needed")
    return [v.astype(x.dtype) if v.dtype != x.dtype else v for v, x in zip(found, leaves, strict=True)]


@overload
def vjp(func: Callable[..., _Y], *primals: Any, has_aux: Literal[False] = False) -> tuple[_Y, Callable[..., tuple[Any, ...]]]: ...
@overload
def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool) -> tuple[Any, Callable[..., tuple[Any, ...]], Any]: ...
def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """(output, pullback): `pullback(u)` is the tuple of u times the Jacobian of func at `primals`, one entry for each of them.

    u has the form of the output. The pullback may be called again and again, also inside `vmap`. has_aux: func returns
    (output, aux), the result is (output, pullback, aux).
    """
    run = _Run("vjp", func, primals, None, has_aux)

    def pullback(*upstream: Any) -> Any:
        us = _fitting("vjp: the upstream gradient", upstream if len(upstream) != 1 else upstream[0], run.tree, run.outputs)
        return tree.rebuild(run.primals, run.backwards(us))

    return (run.values(), pullback, run.aux) if has_aux else (run.values(), pullback)


@overload
def jvp(
    func: Callable[..., _Y], primals: Any, tangents: Any, *, strict: bool = False, has_aux: Literal[False] = False
) -> tuple[_Y, _Y]: ...
@overload
def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool) -> tuple[Any, Any, Any]: ...
def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> tuple[Any, ...]:
    """(output, tangent of the output): the Jacobian of func at the tuple `primals` times `tangents`, of the same form.

    Exact for each op: computed as the transpose of the vjp. strict: RuntimeError if an output doesn't depend on the inputs.
    """
    run = _Run("jvp", func, _tuple("jvp", primals), None, has_aux)
    vs = _fitting("jvp: the tangents", tangents, primals, run.given)
    if strict and any(y.edge is None for y in run.linear.outputs):
        raise RuntimeError("jvp: an output doesn't depend on the inputs, and strict=True")
    found = tree.rebuild(run.tree, run.forwards(vs))
    return (run.values(), found, run.aux) if has_aux else (run.values(), found)


def linearize(func: Callable[..., _Y], *primals: Any) -> tuple[_Y, Callable[..., _Y]]:
    """(output, map): `map(*tangents)` is the jvp at `primals`; func runs once, however often the map is used."""
    run = _Run("linearize", func, primals, None, False)

    def pushforward(*tangents: Any) -> Any:
        return tree.rebuild(run.tree, run.forwards(_fitting("linearize: the tangents", tangents, run.primals, run.given)))

    return run.values(), pushforward


def hvp(func: Callable[..., Any], primals: _X, tangents: Any) -> _X:
    """The Hessian of func (which returns one 0-d tensor) at the tuple `primals`, times `tangents`, of the same form."""
    every = tuple(range(len(_tuple("hvp", primals))))
    return jvp(grad(func, every), primals, _tuple("hvp", tangents))[1]


def _tuple(who: str, primals: Any) -> tuple[Any, ...]:
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{who}: primals and tangents must be tuples, one entry an argument, got {type(primals).__name__}: write (x,)")
    return primals


# ---------------------------------------------------------------------------------------------- Jacobians


@overload
def jacrev(func: Callable[_P, _Y], *, has_aux: bool = False, chunk_size: int | None = None) -> Callable[_P, _Y]: ...
@overload
def jacrev(
    func: Callable[..., Any], argnums: _Numbers, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[..., Any]: ...
def jacrev(
    func: Callable[..., Any], argnums: _Numbers = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[..., Any]:
    """The function that gives the Jacobian of `func` by reverse mode: the shape of an output, then that of an input.

    One backward runs for all elements of an output at once (`chunk_size` of them at a time), in a loop only where an op can't
    be vectorised. Outputs and inputs may be nests: the result is the nest of the outputs, of nests of the inputs.
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        run = _Run("jacrev", functools.partial(func, **kwargs), args, _numbers("jacrev", argnums), has_aux)
        found = []
        for i, y in enumerate(run.outputs):
            rows = run.rows(y, True, i, len(run.outputs), chunk_size)
            blocks = [reshape(row, (*y.shape, *x.shape)) for row, x in zip(rows, run.given, strict=True)]
            found.append(_of(argnums, tree.rebuild(run.primals, blocks)))
        result = tree.rebuild(run.tree, found)
        return (result, run.aux) if has_aux else result

    return jacobian


@overload
def jacfwd(
    func: Callable[_P, _Y], *, has_aux: bool = False, randomness: str = "error", chunk_size: int | None = None
) -> Callable[_P, _Y]: ...
@overload
def jacfwd(
    func: Callable[..., Any], argnums: _Numbers, has_aux: bool = False, *, randomness: str = "error", chunk_size: int | None = None
) -> Callable[..., Any]: ...
def jacfwd(
    func: Callable[..., Any],
    argnums: _Numbers = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """`jacrev` by forward mode: one run for all elements of an input at once. Cheaper where there are fewer inputs than outputs."""

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        run = _Run("jacfwd", functools.partial(func, **kwargs), args, _numbers("jacfwd", argnums), has_aux)
        columns = [run.rows(x, False, j, len(run.given), chunk_size) for j, x in enumerate(run.given)]
        found = []
        for i, y in enumerate(run.outputs):
            blocks = [reshape(movedim(column[i], 0, -1), (*y.shape, *x.shape)) for column, x in zip(columns, run.given, strict=True)]
            found.append(_of(argnums, tree.rebuild(run.primals, blocks)))
        result = tree.rebuild(run.tree, found)
        return (result, run.aux) if has_aux else result

    return jacobian


@overload
def hessian(func: Callable[_P, _Y]) -> Callable[_P, _Y]: ...
@overload
def hessian(func: Callable[..., Any], argnums: _Numbers) -> Callable[..., Any]: ...
def hessian(func: Callable[..., Any], argnums: _Numbers = 0) -> Callable[..., Any]:
    """The function that gives the second derivatives of `func`: `jacfwd(jacrev(func))`."""
    return jacfwd(jacrev(func, argnums), argnums)
