"""The broken-engine lab: backprop with one piece taken out, next to the right one."""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Node, opened
from glassgrad.kept import opened_once
from glassgrad.naming import names_around, reached
from glassgrad.patch import Patch
from glassgrad.tensor import Tensor, seed

WAYS = {
    "=": "a gradient replaces the one before instead of being added: of several uses only the last counts",
    "order": "a node runs as soon as the first gradient arrives, not after all its children: what arrives later is lost",
    "zero_grad": "the gradients of the backward before are still there, and the new ones are added to them",
    "sum": "what broadcasting stretched is not summed again: gradients have the shape of the output, not of the input",
    "rule": "the rule of one op has the wrong sign",
}


@dataclass(slots=True)
class Difference:
    """A gradient of the broken engine (None where none arrived, or it crashed before) next to the right one."""

    name: str
    leaf: bool
    broken: np.ndarray | None
    right: np.ndarray

    def __str__(self) -> str:
        if self.broken is not None and self.broken.shape == self.right.shape and np.array_equal(self.broken, -self.right):
            return f"{self.name}: minus the right one, {words.value(self.right)}"
        return f"{self.name}: {'nothing' if self.broken is None else words.value(self.broken)}, and right is {words.value(self.right)}"


class Broken:
    """What goes wrong without one piece of backprop: `differences` in the order of backward, the `first` of them, and `error`, a crash."""

    def __init__(self, way: str, differences: list[Difference], count: int, error: str) -> None:
        self.way, self.differences, self.error = way, differences, error
        self.first = differences[0] if differences else None
        self._count = count

    def __str__(self) -> str:
        lines = [f"{self.way}: {WAYS[self.way]}"]
        if self.first is None:
            return "\n".join([*lines, f"this graph is none the worse for it: all {self._count} gradients are right"])
        lines.append(f"first wrong, of {len(self.differences)} among {self._count}: {self.first}")
        if self.error:
            lines.append(f"then it crashed: {self.error}")
        leaves = [one for one in self.differences[1:] if one.leaf]
        return "\n".join([*lines, *(f"  {one}" for one in leaves[:8]), *([f"  and {len(leaves) - 8} more"] if leaves[8:] else [])])

    __repr__ = __str__


def broken(loss: Tensor, way: str, op: str | None = None) -> Broken:
    """Run the backward of `loss` on an engine with one mistake, and compare every gradient with the right one. No `.grad` is touched.

    way: "=" (no `+=`), "order" (no topological order), "zero_grad" (never called: a second backward), "sum" (broadcasting is not undone),
    "rule" (the rule of `op`, by default the first op, has the wrong sign). The loss must have one element; no hook runs.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> print(gg.study.broken(x * x, "=").first)
    x: 3, and right is 6
    """
    if way not in WAYS:
        raise ValueError(f"study.broken: way must be one of {', '.join(map(repr, WAYS))}, got {way!r}")
    root = seed("study.broken", loss, None, False)
    nodes = reached([root[0]])
    if op is not None and (way != "rule" or all(node.op.name != op for node in nodes)):
        known = ", ".join(sorted({node.op.name for node in nodes}))
        raise ValueError(f'study.broken: op={op!r} goes with way="rule", and names an op of this graph: {known}')
    names = names_around(sys._getframe(1), nodes)
    right: dict[Any, np.ndarray] = {}
    totals: dict[Any, Any] = {}
    with words.quiet(nodes), opened_once(nodes):
        for node, upstream, _ in graph.walk([root], totals, retain_graph=True):
            right[node] = words.plain(upstream)
        right |= {leaf: words.plain(g) for leaf, g in totals.items()}
        wrong, error = _walked(root, nodes, way, op or (nodes[0].op.name if nodes else ""))
    if way == "zero_grad":
        wrong = {edge: g if type(edge) is Node else g + g for edge, g in wrong.items()}
    wrong = {edge: words.plain(g) for edge, g in wrong.items()}
    found = [
        Difference(words.called(edge, names), type(edge) is not Node, wrong.get(edge), g)
        for edge, g in right.items()
        if edge not in wrong or wrong[edge].shape != g.shape or not np.allclose(wrong[edge], g, rtol=1e-5, atol=1e-7, equal_nan=True)
    ]
    return Broken(way, found, len(right), error)


def _walked(root: tuple[Any, Any], nodes: list[Node], way: str, op: str) -> tuple[dict[Any, Any], str]:
    """The gradients of an engine that is broken in one way, and where it crashed. This is no second engine: nothing else may use it."""
    grads: dict[Any, Any] = {root[0]: np.array(root[1])}
    used: dict[Any, Any] = {}  # what each node ran with
    queue: deque[Node] = deque([root[0]] if way == "order" and nodes else reversed(nodes))
    seen = set(queue)
    while queue:
        node = queue.popleft()
        if node not in grads:
            continue
        used[node] = grads[node]
        try:
            gradients = node.op.backward(node.parents, used[node], (*opened(node), *node.attrs))
        except Exception as problem:  # gradients of wrong shapes
            return grads | used, f"{node.op.name}: {problem}".splitlines()[0]
        for edge, given in zip(node.parents, gradients, strict=True):
            if given is None:
                continue
            given = np.asarray(given) if type(given) is Patch else given
            gx = given if words.several(given) else words.plain(given)
            if way != "sum" and gx.shape != edge.shape:
                gx = np.asarray(graph.sum_to(gx, edge.shape))
            if way == "rule" and node.op.name == op and not words.several(gx):
                gx = -gx
            try:
                grads[edge] = gx if way == "=" or edge not in grads else grads[edge] + gx
            except ValueError as problem:
                return grads | used, f"adding to a gradient, in {node.op.name}: {problem}"
            if way == "order" and type(edge) is Node and edge not in seen:
                seen.add(edge)
                queue.append(edge)
    return grads | used, ""
