"""Derivatives of functions: Jacobians, Hessians and products with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypeVar, overload

import numpy as np

from glassgrad._mode import enable_grad, state
from glassgrad.batch import Batched, CannotBatch, Level, Linear, fresh
from glassgrad.ops.shape import broadcast_to, movedim, stack
from glassgrad.tensor import Tensor, make

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

_X = TypeVar("_X")
_Y = TypeVar("_Y")


def _tuple(who: str, what: str, x: Any) -> tuple[Tensor, ...]:
    found = (x,) if isinstance(x, Tensor) else tuple(x) if isinstance(x, (tuple, list)) else (x,)
    for i, one in enumerate(found):
        if not isinstance(one, Tensor):
            raise TypeError(f"{who}: {what} must be a tensor or a tuple of tensors, got {type(one).__name__} at place {i}")
    return found


def _like(given: Any, found: Sequence[Any]) -> Any:
    """One result where one tensor was given, else a tuple."""
    return found[0] if isinstance(given, Tensor) else tuple(found)


class _Run:
    """The function on fresh leaves, and the linear map that its derivative is."""

    def __init__(self, who: str, func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool) -> None:
        self.who, self.create_graph, self.strict = who, create_graph, strict
        self.given = _tuple(who, "inputs", inputs)
        self.leaves = [fresh(x if create_graph else x.detach(), ()) for x in self.given]
        with enable_grad():
            self.result = func(*self.leaves)
        self.outputs = _tuple(who, "the result of the function", self.result)
        if strict:
            for i, y in enumerate(self.outputs):
                if not y.requires_grad:
                    raise RuntimeError(f"{who}: output {i} doesn't depend on the inputs, and strict=True")
        self.linear = Linear(self.outputs, self.leaves)

    def settled(self, found: Sequence[Tensor | None], like: Sequence[Tensor], what: str) -> list[Tensor]:
        """Zeros for None, and no graph unless it was asked for."""
        done = []
        for i, (g, x) in enumerate(zip(found, like, strict=True)):
            if g is None and self.strict:
                raise RuntimeError(f"{self.who}: the outputs don't depend on {what} {i}, and strict=True")
            g = make(np.zeros(x.shape, x.dtype), None) if g is None else g
            if self.create_graph and self.strict and not g.requires_grad:
                raise RuntimeError(f"{self.who}: the derivative by {what} {i} doesn't depend on the inputs, but strict=True")
            done.append(g if self.create_graph else g.detach())
        return done

    def value(self) -> Any:
        return _like(self.result, [y if self.create_graph else y.detach() for y in self.outputs])

    def vectors(self, what: str, v: Any, like: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """v, checked against the shapes it stands for; ones where it may be left out."""
        if v is None:
            if len(like) != 1 or prod(like[0].shape) != 1:
                raise RuntimeError(f"{self.who}: v may be left out only for one {what} of one element, not for {[x.shape for x in like]}")
            return (make(np.ones(like[0].shape, like[0].dtype), None),)
        found = _tuple(self.who, "v", v)
        if [x.shape for x in found] != [x.shape for x in like]:
            raise RuntimeError(f"{self.who}: v has shapes {[x.shape for x in found]}, the {what}s {[x.shape for x in like]}")
        return found


def vjp(func: Callable[..., _Y], inputs: _X, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[_Y, _X]:
    """(output, v times the Jacobian of func at `inputs`); v has the shape of the output, and may be left out if that is one number."""
    run = _Run("vjp", func, inputs, create_graph, strict)
    found = run.linear.backwards(run.vectors("output", v, run.outputs), create_graph)
    return run.value(), _like(inputs, run.settled(found, run.given, "input"))


def jvp(func: Callable[..., _Y], inputs: _X, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[_Y, _Y]:
    """(output, the Jacobian of func at `inputs` times v); v has the shape of the inputs. Exact, by transposing the vjp."""
    run = _Run("jvp", func, inputs, create_graph, strict)
    found = run.linear.forwards(run.vectors("input", v, run.given), create_graph)
    return run.value(), _like(run.result, run.settled(found, run.outputs, "output"))


@overload
def jacobian(
    func: Callable[..., _Y],
    inputs: Tensor,
    create_graph: bool = ...,
    strict: bool = ...,
    vectorize: bool = ...,
    strategy: str = ...,
) -> _Y: ...
@overload
def jacobian(
    func: Callable[..., Any],
    inputs: Sequence[Tensor],
    create_graph: bool = ...,
    strict: bool = ...,
    vectorize: bool = ...,
    strategy: str = ...,
) -> Any: ...
def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = True,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of func at `inputs`: the shape of an output, then that of an input; a tuple (of tuples) where they are several.

    All rows are computed at once, in a loop where an op can't be vectorised or `vectorize` is False. strategy: "reverse-mode", or
    "forward-mode", which runs by columns. strict: RuntimeError where an output doesn't depend on an input, instead of zeros.

    >>> gg.autograd.functional.jacobian(lambda x: x**2, gg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise ValueError(f"jacobian: strategy must be 'reverse-mode' or 'forward-mode', got {strategy!r}")
    run = _Run("jacobian", func, inputs, create_graph, strict)
    backwards = strategy == "reverse-mode"
    blocks = [[None] * len(run.given) for _ in run.outputs]  # type: list[list[Any]]
    for i, start in enumerate(run.outputs if backwards else run.given):
        ends = run.given if backwards else run.outputs
        rows = run.settled(_rows(run.linear, backwards, i, create_graph, vectorize), [_wide(start, x) for x in ends], "input")
        for j, (row, end) in enumerate(zip(rows, ends, strict=True)):
            if backwards:
                blocks[i][j] = row.reshape((*start.shape, *end.shape))
            else:
                blocks[j][i] = movedim(row, 0, -1).reshape((*end.shape, *start.shape))
    return _like(run.result, [_like(inputs, line) for line in blocks])


def _wide(start: Tensor, end: Tensor) -> Tensor:
    return broadcast_to(end.detach(), (prod(start.shape), *end.shape))


def _rows(linear: Linear, backwards: bool, i: int, create_graph: bool, vectorize: bool) -> list[Tensor | None]:
    """The derivative applied to each unit vector of output (or input) i: (n, *shape), or None where nothing depends on it."""
    run = linear.backwards if backwards else linear.forwards
    starts = linear.outputs if backwards else linear.inputs
    vectors: list[Any] = [None] * len(starts)
    shape, n = starts[i].shape, prod(starts[i].shape)
    if not n:
        return [None] * len(linear.inputs if backwards else linear.outputs)
    units = np.eye(n, dtype=starts[i].dtype).reshape((n, *shape))
    if vectorize:
        level = Level(n, len(state.vmaps))
        try:
            vectors[i] = Batched(make(units, None), level)
            found = run(vectors, create_graph)
            return [g if g is None else g.value if isinstance(g, Batched) else broadcast_to(g, (n, *g.shape)) for g in found]
        except CannotBatch:
            pass
    lines = []
    for unit in units:
        vectors[i] = make(unit, None)
        lines.append(run(vectors, create_graph))
    return [None if same[0] is None else stack(same) for same in zip(*lines, strict=True)]


@overload
def hessian(
    func: Callable[..., _Y],
    inputs: Tensor,
    create_graph: bool = ...,
    strict: bool = ...,
    vectorize: bool = ...,
    outer_jacobian_strategy: str = ...,
) -> _Y: ...
@overload
def hessian(
    func: Callable[..., Any],
    inputs: Sequence[Tensor],
    create_graph: bool = ...,
    strict: bool = ...,
    vectorize: bool = ...,
    outer_jacobian_strategy: str = ...,
) -> Any: ...
def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = True,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of func, which returns one number, at `inputs`; a tuple of tuples for several inputs."""

    def gradient(*leaves: Tensor) -> Any:
        y = func(*leaves)
        if not isinstance(y, Tensor) or prod(y.shape) != 1:
            raise RuntimeError(f"hessian: the function must return a tensor of one element, not {getattr(y, 'shape', type(y).__name__)}")
        found = jacobian(lambda *xs: func(*xs).reshape(()), leaves, create_graph=True, strict=strict)
        return found[0] if isinstance(inputs, Tensor) else found

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def _graded(who: str, func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool) -> tuple[_Run, _Run]:
    """The run of func, which must give one number, and that of its gradient."""
    values: list[_Run] = []

    def gradient(*leaves: Tensor) -> tuple[Tensor, ...]:
        run = _Run(who, func, leaves, True, strict)
        if prod(run.outputs[0].shape) != 1 or len(run.outputs) != 1:
            raise RuntimeError(f"{who}: the function must return one tensor of one element, not shapes {[y.shape for y in run.outputs]}")
        values.append(run)
        ones = [make(np.ones(y.shape, y.dtype), None) for y in run.outputs]
        return tuple(run.settled(run.linear.backwards(ones, True), leaves, "input"))

    run = _Run(who, gradient, inputs, create_graph, strict)
    values[0].create_graph = create_graph
    return run, values[0]


def vhp(func: Callable[..., _Y], inputs: _X, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[_Y, _X]:
    """(output, v times the Hessian of func at `inputs`), func returning one number; v has the shape of the inputs."""
    run, inner = _graded("vhp", func, inputs, create_graph, strict)
    found = run.linear.backwards(run.vectors("input", v, run.given), create_graph)
    return inner.value(), _like(inputs, run.settled(found, run.given, "input"))


def hvp(func: Callable[..., _Y], inputs: _X, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[_Y, _X]:
    """(output, the Hessian of func at `inputs` times v); `vhp` gives the same for less."""
    run, inner = _graded("hvp", func, inputs, create_graph, strict)
    found = run.linear.forwards(run.vectors("input", v, run.given), create_graph)
    return inner.value(), _like(inputs, run.settled(found, run.given, "input"))
