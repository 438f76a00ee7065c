"""Trade time for memory: forget what a part of a model saved, and compute it again when backward comes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zlib import crc32

import numpy as np

from glassgrad import writes
from glassgrad._mode import enable_grad, state
from glassgrad.graph import Node, lines, opened
from glassgrad.ops.random import get_rng_state, set_rng_state
from glassgrad.tensor import Tensor
from glassgrad.writes import next_index, version


class CheckpointError(RuntimeError):
    """A function that computed something else when it was run again."""


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Any = None,
    determinism_check: str = "default",
    debug: bool = False,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, keeping only the arguments: backward runs it again for the values that the ops need.

    The gradients are the same, of any order, also of tensors that the function finds elsewhere, such as parameters.
    preserve_rng_state: the second run draws the random numbers of the first. determinism_check: "none" leaves away the
    check that the second run gives the same bits, which raises CheckpointError. use_reentrant and debug are
    accepted and change nothing; inside vmap the function is run as it is.
    """
    if context_fn is not None:
        raise ValueError("checkpoint: context_fn is not supported: enter the context inside the function")
    if determinism_check not in ("default", "none"):
        raise ValueError(f"checkpoint: determinism_check must be 'default' or 'none', got {determinism_check!r}")
    if not state.grad_enabled or state.vmaps:
        return function(*args, **kwargs)
    region = _Region(function, args, kwargs, preserve_rng_state, determinism_check == "default")
    return region.first()


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, preserve_rng_state: bool = True
) -> Any:
    """Run `functions` (a list, or an nn.Sequential) one after the other in `segments` parts, all but the last checkpointed."""
    functions = list(functions.children()) if hasattr(functions, "children") else list(functions)
    if not 0 < segments <= max(len(functions), 1):
        raise ValueError(f"checkpoint_sequential: segments must lie in 1..{len(functions)}, the number of functions, got {segments}")
    size = len(functions) // segments

    def chain(start: int, end: int) -> Callable[[Any], Any]:
        return lambda x: functools.reduce(lambda value, function: function(value), functions[start:end], x)

    for i in range(segments - 1):
        part = chain(i * size, (i + 1) * size)
        input = checkpoint(part, input, use_reentrant=use_reentrant, preserve_rng_state=preserve_rng_state)
    return chain((segments - 1) * size, len(functions))(input)


class _Region:
    """A call that forgets what its nodes saved, and how to find it again."""

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], rng: bool, check: bool) -> None:
        self.function, self.args, self.kwargs, self.check = function, args, kwargs, check
        self.rng = get_rng_state() if rng else None
        self.twins: dict[int, Node] = {}
        self.rerun = 0  # the number at which the latest second run began

    def first(self) -> Any:
        start = next_index()
        result = self.function(*self.args, **self.kwargs)
        nodes = _nodes(result, start)
        self.kinds = [(node.op.name, node.shape) for node in nodes]
        self.bits = _bits(result) if self.check else []
        self.versions = [version(x._array) for x in _tensors((self.args, self.kwargs))]
        for i, node in enumerate(nodes):
            if node.saved:
                node.saved = _Forgotten(self, i)
        return result

    def arrays(self) -> list[np.ndarray]:
        """What it keeps until backward."""
        return [x._array for x in _tensors((self.args, self.kwargs))]

    def again(self) -> None:
        """Run the function a second time, and note its nodes."""
        for i, (x, old) in enumerate(zip(_tensors((self.args, self.kwargs)), self.versions, strict=True)):
            if version(x._array) != old:
                raise CheckpointError(
                    f"checkpoint: argument {i} (shape {x.shape}) was written in place since the forward, so that it can't be run again: "
                    "write to a clone(), or after backward()"
                )
        now = get_rng_state()
        if self.rng is not None:
            set_rng_state(self.rng)
        try:
            with enable_grad():
                self.rerun = start = next_index()
                result = self.function(*map(_leaf, self.args), **{name: _leaf(x) for name, x in self.kwargs.items()})
        finally:
            if self.rng is not None:
                set_rng_state(now)
        nodes = _nodes(result, start)
        kinds = [(node.op.name, node.shape) for node in nodes]
        if kinds != self.kinds:
            at = next((i for i, (a, b) in enumerate(zip(kinds, self.kinds, strict=False)) if a != b), min(len(kinds), len(self.kinds)))
            first, second = (f"{k[at][0]} {k[at][1]}" if at < len(k) else "no op" for k in (self.kinds, kinds))
            raise CheckpointError(f"checkpoint: the function ran other ops the second time: op {at} was {first}, and is now {second}")
        if self.check and _bits(result) != self.bits:
            raise CheckpointError(
                "checkpoint: the function gave other values the second time: it depends on something that has changed since the "
                "forward (a parameter that was stepped, a random draw); to take the new values, write determinism_check='none'"
            )
        self.twins = {i: node for i, node in enumerate(nodes) if node.saved}


class _Forgotten:
    """What a node holds in place of its saved values."""

    __slots__ = ("i", "region")

    def __init__(self, region: _Region, i: int) -> None:
        self.region = region
        self.i = i

    def open(self, node: Node) -> tuple[Any, ...]:
        if self.i not in self.region.twins:
            self.region.again()
        twin = self.region.twins.pop(self.i)
        values = opened(twin)
        writes.check_fresh(twin, values, lines.get(twin))
        return tuple(self._current(x, node) for x in values)

    def _current(self, x: Any, node: Node) -> Any:
        """x as backward takes it: the second run may write to it, before its node saves it, but nobody may between the two runs."""
        late = writes.since(x, node.index) if isinstance(x, np.ndarray) else []
        return x.copy() if late and (late[0] > self.region.rerun or not self.region.check) else x


def _tensors(tree: Any) -> Iterator[Tensor]:
    if isinstance(tree, Tensor):
        yield tree
    elif isinstance(tree, (tuple, list, dict)):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _tensors(part)


def _leaf(tree: Any) -> Any:
    """Tensors without their graphs, on the same memory."""
    if isinstance(tree, Tensor):
        return tree.detach().requires_grad_(tree.requires_grad)
    if isinstance(tree, dict):
        return {key: _leaf(part) for key, part in tree.items()}
    if isinstance(tree, (tuple, list)):
        parts = [_leaf(part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree


def _nodes(result: Any, start: int) -> list[Node]:
    """The nodes recorded since `start` that the result was computed by, in order."""
    stack = [x.grad_fn for x in _tensors(result)]
    seen = set()
    while stack:
        node = stack.pop()
        if type(node) is Node and node.index > start and node not in seen:
            seen.add(node)
            stack.extend(node.parents)
    return sorted(seen, key=lambda node: node.index)


def _bits(result: Any) -> Sequence[int]:
    return [crc32(np.ascontiguousarray(x._array).data) for x in _tensors(result)]
