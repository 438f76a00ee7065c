"""A gradient as a sum over paths: each path from the loss to a tensor is a product of slopes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import inf, log
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Node, opened, sum_to
from glassgrad.kept import opened_once
from glassgrad.naming import names_around, reached
from glassgrad.tensor import Tensor, seed, target_edge


@dataclass(slots=True)
class Path:
    """One path: what it runs through, the slope at each step where all are numbers, what it gives, and its share of the whole (signed)."""

    names: list[str]
    slopes: list[float]
    gradient: np.ndarray
    share: float

    def __str__(self) -> str:
        product = f"{' * '.join(f'{s:.6g}' if s >= 0 else f'({s:.6g})' for s in self.slopes)} = " if self.slopes else ""
        share = "" if np.isnan(self.share) else f"{100 * self.share:.1f} %"
        return f"{share:>9}  {' -> '.join(self.names)}:  {product}{words.value(self.gradient)}"


class Paths:
    """The gradient `total`, how many paths add up to it (`count`), the largest of them, and what the rest gives together.

    cancellation: the sum of the sizes of all paths over the size of their sum, 1 where none works against another; None for arrays, where
    the paths are found by how much each step scales the norm and are not all gone through.
    """

    def __init__(self, name: str, total: np.ndarray, number: int, paths: list[Path], cancellation: float | None) -> None:
        self.total, self.count, self.paths, self.cancellation = total, number, paths, cancellation
        self.rest = total - sum((path.gradient for path in paths), np.zeros_like(total))
        self._name = name

    def __str__(self) -> str:
        lines = [f"the gradient of {self._name}: {words.value(self.total)}, over {self.count:,} path{'s' if self.count != 1 else ''}"]
        if self.cancellation is not None and self.cancellation > 1 + 1e-9:
            lines[0] += f", which cancel: their sizes add up to {self.cancellation:.3g} times as much"
        lines += map(str, self.paths)
        left = self.count - len(self.paths)
        if left:
            share = 1 - sum(path.share for path in self.paths)
            lines.append(f"{'' if np.isnan(share) else f'{100 * share:.1f} %':>9}  the other {left:,}:  {words.value(self.rest)}")
        return "\n".join(lines)

    __repr__ = __str__


def paths(loss: Tensor, w: Tensor, k: int = 5) -> Paths:
    """The k paths from `loss` to `w` that give most, of all that make up d loss / d w. The loss has one element; the graph is kept.

    Where every value on the way is a single number these are exactly the largest; else a path is looked for by the norms of the engine's
    gradients, and what it gives is computed exactly. Paths are counted, not listed: there may be more than atoms.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> print(gg.study.paths(x * x + 2 * x, x, k=2))
    the gradient of x: 8, over 3 paths
       37.5 %  add -> mul -> x:  1 * 3 = 3
       37.5 %  add -> mul -> x:  1 * 3 = 3
       25.0 %  the other 1:  2
    """
    root = seed("study.paths", loss, None, False)
    goal = target_edge("study.paths", 0, w)
    if not isinstance(k, int) or k < 1:
        raise ValueError(f"study.paths: k must be a whole number from 1 on, got {k!r}")
    nodes = reached([root[0]])
    names = names_around(sys._getframe(1), nodes)
    totals: dict[Any, Any] = {}
    gains: dict[Node, list[float]] = {}  # of each input of a node: the slope, or how much the norm grows
    scalar = all(int(np.prod(edge.shape)) == 1 for node in nodes for edge in (node, *node.parents) if edge is not None)
    with words.quiet(nodes), opened_once(nodes):
        for node, upstream, gradients in graph.walk([root], totals, [goal], retain_graph=True):
            gains[node] = [_gain(upstream, g, scalar, node, i) for i, g in enumerate(gradients)]
        if goal not in totals:
            raise RuntimeError(f"study.paths: {words.called(goal, names)} did not lead to this loss: gg.why_no_grad(w, loss) says why")
        number, most, size = _counted(nodes, gains, goal)
        total = words.plain(totals[goal])
        square = float(np.sum(total.astype(np.float64) ** 2))
        found = []
        for way in _best(root[0], gains, goal, most, k):
            g = _along(way, root[1])
            slopes = [gains[node][i] for node, i in way] if scalar else []
            share = float(np.sum(g.astype(np.float64) * total)) / square if square else float("nan")
            found.append(Path([*(names.of(node) or node.op.name for node, _ in way), words.called(goal, names)], slopes, g, share))
    cancels = size[root[0]] / abs(float(total.reshape(()))) if scalar and square else None
    return Paths(words.called(goal, names), total, number[root[0]], found, cancels)


def _gain(upstream: Any, g: Any, scalar: bool, node: Node, i: int) -> float:
    if g is None:
        return 0.0
    if scalar and not words.several(g) and not words.several(upstream):  # the slope itself, which a gradient of 0 would hide
        unit = node.op.backward(node.parents, np.ones(node.shape, node.dtype), (*opened(node), *node.attrs))
        return float(np.sum(unit[i]))
    return words.norm(words.plain(g)) / (words.norm(words.plain(upstream)) or 1.0)


def _counted(nodes: Sequence[Node], gains: dict[Node, list[float]], goal: Any) -> tuple[dict[Any, int], dict[Any, float], dict[Any, float]]:
    """From each node to the goal: the number of paths, the size of the largest, and the sum of all sizes. Parents come first."""
    number: dict[Any, int] = {goal: 1}
    most: dict[Any, float] = {goal: 1.0}
    size: dict[Any, float] = {goal: 1.0}
    for node in nodes:
        if node is goal or node not in gains:
            continue
        steps = [(gain, edge) for gain, edge in zip(gains[node], node.parents, strict=True) if edge in number]
        if steps:
            number[node] = sum(number[edge] for _, edge in steps)
            most[node] = max(abs(gain) * most[edge] for gain, edge in steps)
            size[node] = sum(abs(gain) * size[edge] for gain, edge in steps)
    return number, most, size


def _best(start: Any, gains: dict[Node, list[float]], goal: Any, most: dict[Any, float], k: int) -> list[list[tuple[Node, int]]]:
    """The k paths with the largest products, largest first: at each step the most that can still come is known.

    Of equals, but for rounding, the longest goes on: else all beginnings of 2**200 equal paths would be tried.
    """
    size = lambda product: round(log(product), 9) if product > 0 else -inf
    tie = count()
    heap: list[Any] = [(-size(most[start]), 0, next(tie), 1.0, start, None)]  # the last: the step before, and so on
    found: list[list[tuple[Node, int]]] = []
    while heap and len(found) < k:
        _, depth, _, so_far, edge, before = heappop(heap)
        if edge is goal:
            way = []
            while before is not None:
                step, before = before
                way.append(step)
            found.append(way[::-1])
            continue
        for i, parent in enumerate(edge.parents):
            if parent in most:
                product = so_far * abs(gains[edge][i])
                heappush(heap, (-size(product * most[parent]), depth - 1, next(tie), product, parent, ((edge, i), before)))
    return found


def _along(way: Sequence[tuple[Node, int]], g: Any) -> np.ndarray:
    """What one path gives: the rules of its steps alone, one after the other."""
    for node, i in way:
        g = node.op.backward(node.parents, g, (*opened(node), *node.attrs))[i]
        g = g if words.several(g) else np.asarray(g)
        edge = node.parents[i]
        g = np.asarray(sum_to(g, edge.shape)) if g.shape != edge.shape else g
    return words.plain(g)
