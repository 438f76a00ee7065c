"""The backward pass one step at a time, each with its rules and numbers: a debugger in Python."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Node, opened
from glassgrad.kept import opened_once
from glassgrad.naming import Names, names_around, reached
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor, seed


@dataclass(slots=True)
class Part:
    """What a step hands to one input: `gradient`, by the formula `rule`, and `numbers`, the same in numbers where all are scalars.

    total: the gradient of that input so far; `first` tells that nothing was there before (`=`, else `+=`).
    """

    name: str  # of the op's input
    to: str  # what goes in there is called
    rule: str
    numbers: str
    gradient: np.ndarray
    total: np.ndarray
    first: bool

    def __str__(self) -> str:
        way = [self.rule, *([self.numbers] if self.numbers else []), words.value(self.gradient)]
        line = f"d {self.to} {'=' if self.first else '+='} {' = '.join(dict.fromkeys(way))}"
        return line if self.first else f"{line}, now {words.value(self.total)}"


@dataclass(slots=True)
class Step:
    """One node of the backward walk: the gradient `upstream` of its output, and its parts for the inputs that want one."""

    number: int  # from 1
    node: Node
    name: str  # of its output
    upstream: np.ndarray
    parts: list[Part]

    def __str__(self) -> str:
        place, code = words.where(self.node)
        about = "".join(f"   {text}" for text in (f"{self.name}: {self.node.op.name}", code, place) if text)
        return "\n".join([f"{self.number}.{about}", f"   g = {words.value(self.upstream)}", *(f"   {part}" for part in self.parts)])


def steps(output: Tensor, gradient: Any = None) -> list[Step]:
    """The steps of `output.backward(gradient)`, from the output to the leaves. No `.grad` is touched, no hook runs, and the graph is kept.

    Leaves are called by `gg.name`, by the paths of the modules that ran, or by the variables of the caller. Source lines are known
    of what was computed while `gg.study.record()` was on.

    >>> a, b = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0, requires_grad=True)
    >>> for step in gg.study.steps(a * b):
    ...     print(step.parts[0])
    d a = g * b = 1 * 3 = 3
    """
    root = seed("study.steps", output, gradient, False)
    nodes = reached([root[0]])
    names = names_around(sys._getframe(1), nodes)
    with words.quiet(nodes), opened_once(nodes):
        return _steps(root, names)


def _steps(root: tuple[Any, Any], names: Names) -> list[Step]:
    found: list[Step] = []
    totals: dict[Any, np.ndarray] = {}  # of each edge so far
    for i, (node, upstream, gradients) in enumerate(graph.walk([root], {}, retain_graph=True)):
        saved, parts = opened(node), []
        for at, (name, parent, given) in enumerate(zip(input_names(node), node.parents, gradients, strict=True)):
            if given is None:
                continue
            g, first = words.plain(given), parent not in totals
            totals[parent] = g if first or totals[parent].shape != g.shape else totals[parent] + g
            formula, numbers = words.rule(node, at, upstream, saved)
            parts.append(Part(name, words.called(parent, names), formula, numbers, g, totals[parent], first))
        found.append(Step(i + 1, node, words.called(node, names), words.plain(upstream), parts))
    return found
