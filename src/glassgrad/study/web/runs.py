"""What a page is made of: what happened on a tape, or in a graph that no tape saw."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Freed, Node, opened
from glassgrad.kept import opened_once
from glassgrad.naming import reached
from glassgrad.study.tape import Backward, Tape
from glassgrad.symbol import input_names


@dataclass(slots=True)
class Run:
    """What happened: nodes in the order in which they ran, what is known of each, and the backwards through them."""

    nodes: list[Node]
    values: dict[Node, np.ndarray]
    arguments: dict[Node, tuple[Any, ...]]
    saved: dict[Node, tuple[Any, ...]]
    backwards: list[Backward]
    origins: dict[int, Any] = field(default_factory=dict)  # by the id of a copy, the array that it is of
    called: dict[int, str] = field(default_factory=dict)  # by the id of the array of a leaf or a constant: its variable
    note: str = ""  # why there is no backward
    asked: bool = False  # whether the backward is what backward() would do, and has not been called


def run_of_tape(tape: Tape) -> Run:
    """All that a tape has seen; where it saw no backward and the last value is one number, what its backward would do."""
    walks = [walk for walk in tape.walks if walk.steps]
    run = Run(list(tape.nodes), tape.values, tape.arguments, tape.saved, walks, tape.origins, tape.called)
    if not run.backwards:
        last = run.nodes[-1]
        if any(isinstance(node.saved, Freed) for node in reached([last])):
            run.note = "backward() was called where no tape ran, and freed the graph: call it inside gg.study.record()"
        elif math.prod(last.shape) == 1:
            _ask(run, [(last, np.ones(last.shape, last.dtype))])
        else:
            how = "gg.viz.page(y, path, gradient=...) shows what it would do"
            run.note = f"No backward() was called, and the last value has shape {last.shape}: {how}."
    return run


def run_of_loss(root: tuple[Any, Any], tape: Tape | None) -> Run:
    """The part of a tape, or of a graph that no tape saw, that leads to one value; with its backward, called or not."""
    nodes = reached([root[0]])
    with opened_once(nodes):
        return _run(root, nodes, tape)


def _run(root: tuple[Any, Any], nodes: list[Node], tape: Tape | None) -> Run:
    if tape is None:
        saved = {node: opened(node) for node in nodes}
        values = {node: kept["y"] for node in nodes if "y" in (kept := dict(zip(node.op.keep, saved[node], strict=False)))}
        for node in nodes:  # what an op has kept of its inputs
            for name, parent in zip(input_names(node), node.parents, strict=True):
                x = dict(zip(node.op.keep, saved[node], strict=False)).get(name)
                if type(parent) is Node and isinstance(x, np.ndarray) and x.shape == parent.shape:
                    values.setdefault(parent, x)
        run = Run(nodes, values, {}, saved, [])
    else:
        known = [b for b in tape.walks if b.steps and any(edge is root[0] for edge, _ in b.roots)]
        run = Run(nodes, tape.values, tape.arguments, tape.saved, known, tape.origins, tape.called)
    if not run.backwards:
        _ask(run, [root])
    return run


def noted(step: Any) -> tuple[Node, np.ndarray, list[np.ndarray | None]]:
    """A step of a walk with copies of its gradients."""
    node, upstream, gradients = step
    return node, words.plain(upstream), [None if g is None else words.plain(g) for g in gradients]


def _ask(run: Run, roots: list[Any]) -> None:
    """Add the backward that nobody has called."""
    found = Backward(roots, run.nodes[-1].index + 1)
    with words.quiet(run.nodes):
        found.steps += [noted(step) for step in graph.walk(roots, {}, retain_graph=True)]
    run.backwards, run.asked = [found], True
