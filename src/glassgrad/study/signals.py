"""What one backward tells of a model's modules: the values that come out, the gradients there, and the slopes of activations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import isfinite, prod, sqrt
from typing import Any

import numpy as np

from glassgrad import graph, hooks, words
from glassgrad._mode import Backward
from glassgrad.graph import Node, opened
from glassgrad.nn.module import Module
from glassgrad.nn.parameter import Parameter
from glassgrad.symbol import input_names
from glassgrad.viz.picture import grouped
from glassgrad.writes import written_since

ACTIVATIONS = frozenset((
    "relu", "leaky_relu", "prelu", "threshold", "hardtanh", "hardshrink", "softshrink", "hardswish", "elu", "selu", "celu", "gelu", "silu",
    "mish", "softplus", "logsigmoid", "tanh", "sigmoid", "hardsigmoid", "clamp",
))  # fmt: skip
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25, "hardsigmoid": 1 / 6, "hardtanh": 1.0}  # the largest slope of those that saturate
FLAT, SATURATED, SURE = 1e-6, 0.05, 0.99  # a slope that is none; one that is small, as a share of the steepest; a probability near 1


@dataclass(slots=True)
class Stage:
    """What a module, or an activation that was called as a function, did in one step. None is unknown, or makes no sense for it.

    output, gradient: the rms (root of the mean square) of its output, which is what it made and did not use further itself, and of the
    gradient there. gain: the rms of the gradient that it hands to its input, over that at its output, of the calls whose input wants one.
    dead: the share of units (along the last dimension) whose slope is below a millionth for every example.
    saturated: the share of elements of a tanh or sigmoid with less than 5 % of its largest slope; of softmax, of rows with one above 0.99.
    """

    name: str
    kind: str
    output: float | None = None
    gradient: float | None = None
    gain: float | None = None
    dead: float | None = None
    saturated: float | None = None

    @property
    def title(self) -> str:
        """Its name and its class."""
        return self.name if self.name == self.kind or " " in self.name else f"{self.name}: {self.kind}"


@dataclass(slots=True)
class _Sums:
    """Of all calls of one module: what came out, the gradients there, and those handed on, by what went in."""

    values: list[np.ndarray | None] = field(default_factory=list)
    gradients: list[tuple[int, np.ndarray]] = field(default_factory=list)  # each with its call
    handed: dict[tuple[int, Any], np.ndarray] = field(default_factory=dict)  # by the call and the edge


class Calls:
    """The calls of a model's modules that led to a loss, and of the activations among their ops."""

    def __init__(self, model: Module, nodes: list[Node], root: Any) -> None:
        self.nodes = nodes
        paths = {id(module): path or type(module).__name__ for path, module in model.named_modules()}
        self.groups, places = grouped(nodes)
        self.inside: list[tuple[int, ...]] = [()]  # of each group, those of the model that it lies in, with itself
        for i, group in enumerate(self.groups[1:], 1):
            self.inside.append(self.inside[group.parent] + ((i,) if id(group.module) in paths else ()))
        if not any(self.inside):
            name = type(model).__name__
            raise RuntimeError(f"study.flow: no op of this loss ran inside the {name}: give its own loss, and call model(x), not forward")
        self.names = {i: paths[id(self.groups[i].module)] for inside in self.inside for i in inside}
        self.of = {node: self.inside[place] for node, place in zip(nodes, places, strict=True)}
        self.kinds: dict[str, str] = {}  # of each stage, in order
        self.outputs: dict[Node, list[tuple[str, int]]] = {}  # the stages that each node leaves, and in which call
        self.sums: dict[str, _Sums] = {}
        self.shares: dict[str, list[tuple[float | None, float | None]]] = {}
        self._find_outputs(root)
        self._name_all(places)

    def _find_outputs(self, root: Any) -> None:
        """Put down what each call made that is used, but not by itself: what it uses, hooks and penalties may use too.

        What only a recorded backward uses is put down as made by the innermost module, as it tells nothing of what others returned.
        """
        used: dict[Node, list[tuple[int, ...]]] = {root: [()]} if type(root) is Node else {}
        again: dict[Node, list[tuple[int, ...]]] = {}
        for child in self.nodes:
            users = again if any(isinstance(module, Backward) for module in child.scope) else used
            for node in {parent for parent in child.parents if type(parent) is Node}:
                users.setdefault(node, []).append(self.of[child])
        for node in self.nodes:
            inside = {i for users in (used, again) for of in users.get(node, ()) for i in of}
            candidates = self.of[node] if node in used else self.of[node][-1:]
            self.outputs[node] = [(self.names[i], i) for i in candidates if i not in inside]

    def _name_all(self, places: list[int]) -> None:
        """Put down the stages in the order in which they begin, and the dead and saturated units of activations under them."""
        seen: set[int] = set()
        self.stage_of: dict[Node, str] = {}  # of activations that are no module
        taken = Counter[tuple[int, str]]()
        for node, place in zip(self.nodes, places, strict=True):
            for i in self.of[node]:
                if i not in seen:
                    seen.add(i)
                    self.kinds.setdefault(self.names[i], type(self.groups[i].module).__name__)
            if self.of[node] and node.op.name in (*ACTIVATIONS, "softmax"):
                home = self.names[self.of[node][-1]]
                if self.groups[place].module._modules or (home, place) not in self.outputs[node]:  # else the module is the activation
                    name = self._called(node, home)
                    taken[place, name] += 1
                    again = taken[place, name] if " after " not in name else 1  # after one module it is one place in the code
                    self.stage_of[node] = home = f"{name} ({again})" if again > 1 else name
                    self.kinds[home] = node.op.name
                self.shares.setdefault(home, []).append(_shares(node))

    def _called(self, node: Node, home: str) -> str:
        """The name of an activation that a module called as a function: after the module that made its input, if one did."""
        source = node.parents[0]
        before = [i for i in self.of.get(source, ()) if i not in self.of[node]] if type(source) is Node else []
        return f"{node.op.name} {f'after {self.names[before[0]]}' if before else f'in {home}'}"

    def walk(self, root: tuple[Any, Any]) -> dict[Any, Any]:
        """Go through the backward, noting the gradients at both ends of each stage; the totals of the leaves."""
        totals: dict[Any, Any] = {}
        self.sums = {name: _Sums() for name in self.kinds}
        with words.quiet(self.nodes):
            for node, upstream, gradients in graph.walk([root], totals, retain_graph=True):
                if ends := self._ends(node):
                    g = words.plain(upstream)
                    for name, call in ends:
                        self.sums[name].gradients.append((call, g))
                for parent, given in zip(node.parents, gradients, strict=True):
                    if given is not None and not isinstance(parent, Parameter):
                        self._hand(node, parent, given)
        known = _known(self.nodes, {*self.outputs, *self.stage_of})
        for node in self.nodes:
            for name, _ in self._ends(node):
                self.sums[name].values.append(known.get(node))
        return totals

    def _ends(self, node: Node) -> list[tuple[str, int]]:
        """The stages whose output a node makes, each with the number of its call."""
        return [*self.outputs.get(node, ()), *([(self.stage_of[node], node.index)] if node in self.stage_of else [])]

    def _hand(self, node: Node, parent: Any, given: Any) -> None:
        """Add a gradient to what each stage that it leaves hands on."""
        beyond = self.of.get(parent, ()) if type(parent) is Node else ()
        ends = [(self.names[i], i) for i in self.of[node] if i not in beyond]
        if node in self.stage_of:
            ends.append((self.stage_of[node], node.index))
        g: Any = words.plain(given) if ends else None
        for name, call in ends:
            handed = self.sums[name].handed
            held = handed.get((call, parent))
            handed[call, parent] = g if held is None else held + g

    def stages(self) -> dict[str, Stage]:
        """What was found, by name."""
        found = {}
        for name, kind in self.kinds.items():
            sums, shares = self.sums[name], self.shares.get(name, [])
            known = [x for x in sums.values if x is not None]
            output = rms(known) if len(known) == len(sums.values) else None
            gradient, handed = rms([g for _, g in sums.gradients]), rms(list(sums.handed.values()))
            asked = {call for call, _ in sums.handed}
            given = rms([g for call, g in sums.gradients if call in asked])
            gain = handed / given if given and handed is not None else None
            dead, saturated = (_mean([share[k] for share in shares]) for k in (0, 1))
            found[name] = Stage(name, kind, output, gradient, gain, dead, saturated)
        return found


def _known(nodes: list[Node], wanted: Collection[Node]) -> dict[Node, np.ndarray]:
    """The outputs of the wanted nodes as far as they are known, of some with their elements in another order.

    They are on a tape, or the op, or one that used them, keeps them for backward, or the op can be run again on what is kept, or they
    are a view of such.
    """
    exact: dict[Node, np.ndarray] = {}
    tapes = list(hooks.tapes)
    for node in reversed(nodes):
        saved = dict(zip(node.op.keep, opened(node), strict=False))
        taped = next((tape.values[node] for tape in tapes if node in tape.values), saved.get("y"))
        if isinstance(taped, np.ndarray):
            exact[node] = taped
        for name, parent in zip(input_names(node), node.parents, strict=True):
            held = saved.get(name)
            if type(parent) is Node and isinstance(held, np.ndarray) and held.shape == parent.shape:
                exact.setdefault(parent, held)
    for node in nodes:
        if node in wanted and node not in exact and (y := _again(node, exact)) is not None:
            exact[node] = y
    known = dict(exact)
    views = [(node, parent) for node in nodes for parent in node.parents if type(parent) is Node and _reorders(node, parent)]
    for node, parent in reversed(views):
        if node in known:
            known.setdefault(parent, known[node])
    for node, parent in views:
        if parent in known:
            known.setdefault(node, known[parent])
    return known


def _again(node: Node, known: dict[Node, np.ndarray]) -> np.ndarray | None:
    """The output of an op, run once more where all that went in is known as it was; an op that draws keeps what it drew, and isn't run."""
    op = node.op
    if not hasattr(op, "body") or op.residuals or op.sequence or op.variadic:
        return None
    values = dict(zip((*op.keep, *op.attrs), (*opened(node), *node.attrs), strict=True))
    for name, parent in zip(op.inputs, node.parents, strict=True):
        if type(parent) is Node:
            values.setdefault(name, known.get(parent))
        elif parent is not None and not written_since(parent._array, node.index):
            values.setdefault(name, parent._array)
    given = [values.get(name) for name in op.params]
    return None if any(x is None for x in given) else np.asarray(op.forward(*given))


def _reorders(node: Node, parent: Node) -> bool:
    return getattr(node.op, "view", False) and prod(node.shape) == prod(parent.shape) and node.dtype == parent.dtype


def _shares(node: Node) -> tuple[float | None, float | None]:
    """Of an activation: the share of dead units and of saturated elements, by the slopes that its own rule gives."""
    saved = opened(node)
    if node.op.name == "softmax":
        attrs = dict(zip(node.op.attrs, node.attrs, strict=True))
        return None, float((saved[0].max(attrs["dim"]) > SURE).mean()) if prod(node.shape) and node.shape else None
    slopes = np.abs(np.asarray(node.op.backward(node.parents, np.ones(node.shape, node.dtype), (*saved, *node.attrs))[0]))
    units = slopes.reshape(-1, slopes.shape[-1]) if slopes.ndim else slopes.reshape(1, 1)
    dead = float((units < FLAT).all(0).mean()) if len(units) > 1 and units.size else None  # one example tells nothing of a unit
    steepest = STEEPEST.get(node.op.name)
    relu6 = node.op.name == "hardtanh" and dict(zip(node.op.attrs, node.attrs, strict=True))["min_val"] == 0
    if steepest is None or relu6 or not slopes.size:
        return dead, None
    return dead, float((slopes < SATURATED * steepest).mean())


def rms(arrays: Sequence[np.ndarray]) -> float | None:
    """The root of the mean square of all elements, in float64; None where there are none."""
    count = sum(x.size for x in arrays)
    if not count:
        return None
    with np.errstate(all="ignore"):
        return sqrt(total / count) if isfinite(total := sum(words.norm(x) ** 2 for x in arrays)) else total


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [x for x in shares if x is not None]
    return sum(known) / len(known) if known else None
