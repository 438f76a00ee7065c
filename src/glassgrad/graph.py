"""The computation graph and the one backward walk over it.

A `Node` is what computed a value. Its parents are nodes, leaf tensors (anything with a `shape` and a `dtype` that
is not a node) or None where no gradient is wanted. Parents always have a lower index than their children, so a heap
on the index visits the graph in reverse topological order: one pass, no recursion, no visited set.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from glassgrad import kernels, patch, writes
from glassgrad.patch import Patch


class Node:
    """What computed a value: the op, where its inputs came from, and what its rules need. Never its own output."""

    __slots__ = ("__weakref__", "attrs", "dtype", "index", "op", "parents", "saved", "scope", "shape", "watch")

    op: Any  # the Op: name, rules, formula
    parents: tuple[Any, ...]  # one entry an input: Node, leaf Tensor, or None
    saved: Any  # a tuple of arrays, in the order of op.keep; or what its `open(node)` gives that tuple: Freed, Packed
    attrs: tuple[Any, ...]  # other arguments and shapes, in the order of op.attrs
    index: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    scope: tuple[Any, ...]  # the modules that were running
    watch: list[Any] | None  # callables that see the upstream gradient, and may replace it

    def name(self) -> str:
        """The name of the op with PyTorch's suffix: `ExpBackward`."""
        return "".join(part.capitalize() for part in self.op.name.split("_")) + "Backward"

    def __repr__(self) -> str:
        return f"<{self.name()} {list(self.shape)}>"


class Freed(tuple):
    """What takes the place of saved values once a backward has used them."""

    at: int  # the number of that backward: nodes recorded later have higher ones


lines: weakref.WeakKeyDictionary[Node, str] = weakref.WeakKeyDictionary()  # where nodes were recorded, in anomaly mode


def opened(node: Node) -> tuple[Any, ...]:
    """The saved values of a node, by its `open` where they were packed (autograd.graph.saved_tensors_hooks)."""
    return node.saved if isinstance(node.saved, tuple) else node.saved.open(node)


# ---------------------------------------------------------------------------------------------- the backward walk


def walk(
    roots: Sequence[tuple[Any, Any]],
    grads: dict[Any, Any],
    targets: Iterable[Any] | None = None,
    retain_graph: bool = False,
    create_graph: bool = False,
) -> Iterator[tuple[Node, Any, list[Any]]]:
    """Backpropagate from `roots`, pairs of (node or leaf, gradient), yielding each step as it is done.

    A step is (node, upstream gradient, gradients of its inputs, None where not wanted). When the walk has ended,
    `grads` holds the total for each leaf reached or, with `targets`, for each target; only what leads to a target is run.
    Gradients are arrays, or a Patch (np.asarray makes it one); with `create_graph` they are tensors, and the rules record a new graph.
    """
    heap: list[tuple[int, Node]] = []
    owned = set()  # edges whose total the walk has allocated: these it may add to in place
    goals = set(targets or ())
    edges: Sequence[Any] = [edge for edge, _ in roots]
    gradients = [g for _, g in roots]
    needed = None if targets is None else _leading_to(goals, edges)
    if needed is not None:
        gradients = [g if edge in needed else None for edge, g in zip(edges, gradients, strict=True)]
    node = upstream = None
    freed = Freed()
    freed.at = writes.next_index()

    while True:
        for i, g in enumerate(gradients):  # hand over: to the roots at first, then to the parents of each node
            if g is None:  # not wanted, or an autograd.Function has none to give
                continue
            edge = edges[i]
            if g.shape != edge.shape or g.dtype is not edge.dtype:
                gradients[i] = g = _fit(g, edge, node)
            held = grads.get(edge)
            if type(g) is Patch or type(held) is Patch:
                grads[edge] = patch.joined(held, g, edge in owned, type(edge) is Node)
                owned.add(edge)
            elif held is None:
                grads[edge] = g  # borrowed: it may be another edge's array too
            elif edge in owned:
                held += g
            else:
                total = kernels.add(held, g) if type(g) is np.ndarray and g.size >= kernels.MIN_ADDED else NotImplemented
                grads[edge] = total = held + g if total is NotImplemented else total
                if type(total) is np.ndarray:  # not a tensor, nor the scalar that NumPy makes of 0-d arrays
                    owned.add(edge)
            if held is None and type(edge) is Node:
                heappush(heap, (-edge.index, edge))
        if node is not None:
            yield node, upstream, gradients
        if not heap:
            return

        node = heappop(heap)[1]
        if node.watch:
            _show(node, grads)
        upstream = grads.pop(node)
        if type(upstream) is Patch:
            upstream = np.asarray(upstream)
        edges = node.parents
        if needed is not None:
            if node in goals:
                grads[node] = upstream
            edges = [edge if edge in needed else None for edge in edges]
            if all(edge is None for edge in edges):
                node, gradients = None, []
                continue
        values = node.saved
        if type(values) is not tuple:
            if type(values) is Freed:
                raise RuntimeError(_freed(node, values.at, roots))
            values = opened(node)
        if node.index < writes.last:
            writes.check_fresh(node, values, lines.get(node))
        try:
            if create_graph:
                gradients = node.op.backward_on_tensors(node, edges, upstream)
            else:
                gradients = node.op.backward(edges, upstream, values + node.attrs)
        except Exception as error:
            error.add_note(f"in the backward of {node.op.name}, whose output has shape {node.shape}")
            raise
        if values and not retain_graph:
            node.saved = freed


def _show(node: Node, grads: dict[Any, Any]) -> None:
    """Let the node's watchers see its upstream gradient; what they return replaces it."""
    grads[node] = np.asarray(grads[node]) if type(grads[node]) is Patch else grads[node]
    for seen in node.watch or ():
        replaced = seen(grads[node])
        if replaced is not None:
            grads[node] = replaced


def _leading_to(goals: set[Any], starts: Iterable[Any]) -> set[Any]:
    """The goals, and every node from which one of them is reached."""
    reached: set[Node] = set()
    stack = [edge for edge in starts if type(edge) is Node]
    while stack:
        node = stack.pop()
        if node not in reached:
            reached.add(node)
            stack.extend(parent for parent in node.parents if type(parent) is Node)
    needed = set(goals)
    for node in sorted(reached, key=lambda node: node.index):  # parents first
        if any(parent in needed for parent in node.parents):
            needed.add(node)
    return needed


def _freed(node: Node, at: int, roots: Sequence[tuple[Any, Any]]) -> str:
    text = (
        f"backward through {node.op.name} (output shape {node.shape}) a second time: its saved values "
        f"({', '.join(node.op.keep)}) were freed by the first backward."
    )
    crossing = _crossing(node, at, [edge for edge, _ in roots])
    if crossing is None:
        return f"{text} Run the forward again, or write backward(retain_graph=True) the first time"
    old, new = crossing
    return (
        f"{text} The graph of an earlier backward was reached through the output of {old.op.name} (shape {old.shape}"
        f"{', ' + lines[old] if old in lines else ''}), which {new.op.name} (shape {new.shape}"
        f"{', ' + lines[new] if new in lines else ''}) used after it. If gradients should still flow into it, "
        "compute it anew after each backward(), or write backward(retain_graph=True); if not, carry its value over with .detach()"
    )


def _crossing(node: Node, at: int, roots: Sequence[Any]) -> tuple[Node, Node] | None:
    """The edge (parent, child) by which a graph recorded after `at` leads to `node`, recorded before; None if there is none."""
    stack = [edge for edge in roots if type(edge) is Node and edge.index > at]
    seen = set(stack)
    while stack:
        child = stack.pop()
        for parent in child.parents:
            if type(parent) is Node and parent not in seen:
                if parent.index > at:
                    seen.add(parent)
                    stack.append(parent)
                elif node is parent or parent in _leading_to({node}, [parent]):
                    return parent, child
    return None


def _fit(g: Any, edge: Any, node: Node | None) -> Any:
    """Bring a rule's result to its input's shape and dtype: the one place where broadcasting is undone."""
    if g.shape != edge.shape:
        if not _stretches(edge.shape, g.shape):
            name = node.op.name if node else "backward"
            raise RuntimeError(f"{name}: its rule returned a gradient of shape {g.shape} for an input of shape {edge.shape}")
        g = sum_to(g, edge.shape)
    return g if g.dtype == edge.dtype else g.astype(edge.dtype)


def _stretches(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    lead = len(large) - len(small)
    return lead >= 0 and all(n in (1, m) for n, m in zip(small, large[lead:], strict=True))


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum `g` over the dimensions that broadcasting added to or stretched from `shape`."""
    lead = len(g.shape) - len(shape)
    stretched = tuple(i + lead for i, n in enumerate(shape) if n == 1 and g.shape[i + lead] != 1)
    if lead and not stretched and type(g) is np.ndarray and (total := kernels.sum_rows(g, shape)) is not NotImplemented:
        return total
    dtype = g.dtype
    if dtype == np.float16:  # adding up in float16 stops at 2048
        g = g.astype(np.float32)
    if lead or stretched:  # to a tensor, no axes mean all
        g = g.sum(axis=tuple(range(lead)) + stretched, keepdims=True)
    g = g.reshape(shape) if lead else g
    return g.astype(dtype) if dtype == np.float16 else g
