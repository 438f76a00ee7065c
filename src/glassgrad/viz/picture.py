"""From a graph of nodes to plain boxes and arrows: what is drawn, in a fixed order, before anything is said of how.

Nothing here knows DOT. Boxes are numbered in the order in which the ops ran, so the same program gives the same picture.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from glassgrad._mode import Backward
from glassgrad.graph import Freed, Node
from glassgrad.kept import at_hand, checkpoint_of
from glassgrad.naming import Names, reached
from glassgrad.symbol import input_names, rule
from glassgrad.tensor import Tensor


@dataclass(slots=True)
class Box:
    """A leaf, a constant, an op, an output, a closed module or a stretch of ops."""

    kind: str  # "op", "input", "parameter", "constant", "output", "module" or "stretch"
    title: str
    about: dict[str, str] = field(default_factory=dict)  # lines of text: "name", "what", and what `show` can ask for
    group: int = 0
    of: Any = None  # the node, leaf or array
    norm: float | None = None  # of the gradient by its value
    memory: tuple[int, int | None] | None = None  # bytes of its value, and of what it alone keeps for backward, None where that is freed


@dataclass(slots=True)
class Arrow:
    """One use of a value: from box `tail` to input `name` of box `head`, with the rule for its gradient."""

    tail: int
    head: int
    name: str
    formula: str | None  # None where no gradient flows
    at: int = 0  # which input of its op it is
    given: np.ndarray | None = None  # the gradient that is handed back along it
    gain: float | None = None  # how much larger that is than the gradient at its head


@dataclass(slots=True)
class Group:
    """One call of a module, inside group `parent`; group 0 is the page."""

    module: Any
    parent: int
    depth: int
    title: str = ""


@dataclass(slots=True)
class Picture:
    """All that is to be drawn."""

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what else the legend has to say


def collect(outputs: Sequence[tuple[str, Tensor]], names: Names) -> Picture:
    """The picture of all that led to `outputs`, pairs of a name and a tensor."""
    nodes = reached(tensor.edge for _, tensor in outputs)
    names.add_scopes(nodes)
    picture = Picture()
    picture.groups, places = grouped(nodes)
    set_titles(picture.groups, names)
    numbers: dict[Any, int] = {}  # key of a value -> its box
    homes: dict[int, int] = {}  # box of a leaf that lies where it is used -> the innermost group that holds all its uses

    def leaf(key: Any, kind: str, title: str, about: str, of: Any, place: int) -> int:
        if key not in numbers:
            known = names.of(key)
            numbers[key] = len(picture.boxes)
            picture.boxes.append(Box(kind, known or title, {"shapes": about} if about else {}, of=of))
            if kind == "parameter" or (kind == "constant" and not known):  # others are the caller's: outside all modules
                homes[numbers[key]] = place
        box = numbers[key]
        if box in homes:
            homes[box] = _common(picture.groups, homes[box], place)
        return box

    def of_tensor(tensor: Any, place: int) -> int:
        parameter = tensor in names.parameters or any(kind.__name__ == "Parameter" for kind in type(tensor).__mro__)
        kind = "parameter" if parameter else "input"
        return leaf(tensor, kind, kind, _about(tensor), tensor, place)

    for node, place in zip(nodes, places, strict=True):
        arrows: list[tuple[int, str, str | None, int]] = []
        saved = at_hand(node)
        for i, name, parent, value in _inputs(node, saved):
            if parent is None:
                array = value if isinstance(value, np.ndarray) else None
                key = (node, i) if array is None else id(array)
                arrows.append((leaf(key, "constant", *_constant(value), array, place), name, None, i))
            else:
                tail = numbers[parent] if type(parent) is Node else of_tensor(parent, place)
                arrows.append((tail, name, rule(node, i), i))
        number = numbers[node] = len(picture.boxes)
        picture.boxes.append(Box("op", node.op.name, _about_op(node, saved, names), place, node))
        picture.arrows += [Arrow(tail, number, name, formula, i) for tail, name, formula, i in arrows]
    for title, tensor in outputs:
        tail = numbers[tensor.edge] if type(tensor.edge) is Node else of_tensor(tensor.edge, 0)
        if picture.boxes[tail].about.get("name") == title:
            del picture.boxes[tail].about["name"]  # once is enough
        picture.arrows.append(Arrow(tail, len(picture.boxes), "", ""))
        picture.boxes.append(Box("output", title, {"shapes": _about(tensor)}, of=tensor))
    for box, place in homes.items():
        picture.boxes[box].group = place
    return picture


# ------------------------------------------------------------------------------------------------ the inputs of an op


def _inputs(node: Node, kept: tuple[Any, ...] | None) -> Iterator[tuple[int, str, Any, Any]]:
    """Number, name, parent, and where there is none what is known of the value, for each tensor that went in."""
    op = node.op
    saved = {} if kept is None else dict(zip(op.keep, kept, strict=True))
    attrs = dict(zip(op.attrs, node.attrs, strict=True))
    count = len(node.parents)
    for i, name, parent in zip(range(count), input_names(node), node.parents, strict=True):
        value = saved.get(name, attrs.get(f"{name}_shape"))
        optional = name in op.defaults and op.defaults[name] is None
        if parent is not None or value is not None or not (optional or name in saved):  # else it may not have been given
            yield i, name, parent, value
    for name, value in saved.items():  # what has no derivative, such as a mask or an index
        if name in op.params and name not in op.inputs and value is not None:
            yield count, name, None, value
            count += 1


# ------------------------------------------------------------------------------------------------ words


def _about_op(node: Node, saved: tuple[Any, ...] | None, names: Names) -> dict[str, str]:
    """What can be told of an op at once: its name, its shape, its dtype where that is no input's, and what it keeps for its rules."""
    about = {"shapes": _shape(node.shape)}
    if not any(parent is not None and parent.dtype == node.dtype for parent in node.parents):
        about["shapes"] += f" {node.dtype}"
    if name := names.of(node):
        about["name"] = name
    if isinstance(node.saved, Freed):
        about["saved"] = f"freed: {', '.join(node.op.keep)}"
    elif checkpoint_of(node) is not None:
        about["saved"] = f"checkpoint: {', '.join(node.op.keep)}"
    elif kept := [name for name, value in zip(node.op.keep, saved or (), strict=True) if value is not None]:
        about["saved"] = f"saved: {', '.join(kept)}"
    return about


def _constant(value: Any) -> tuple[str, str]:
    """Title and line for a constant: a number or an array that was saved, a shape, or nothing known."""
    if isinstance(value, (bool, int, float)):
        return (f"{value:.6g}" if isinstance(value, float) else repr(value)), ""
    return "constant", "" if value is None else _shape(value) if isinstance(value, tuple) else _about(value)


def _about(value: Any) -> str:
    return f"{_shape(value.shape)} {value.dtype}"


def _shape(shape: tuple[int, ...]) -> str:
    return str(tuple(shape)) if shape else "scalar"


# ------------------------------------------------------------------------------------------------ modules


def grouped(nodes: Sequence[Node]) -> tuple[list[Group], list[int]]:
    """A group for each call of a module, nested as the calls were, and the group of each node."""
    groups = [Group(None, 0, 0)]
    places = [0] * len(nodes)
    todo = deque([(0, len(nodes), 0)])
    while todo:
        first, last, parent = todo.popleft()
        depth = groups[parent].depth
        for start, stop in _runs(nodes, first, last, depth):
            for a, b in _split(nodes, start, stop, depth):
                todo.append((a, b, len(groups)))
                places[a:b] = [len(groups)] * (b - a)
                groups.append(Group(nodes[a].scope[depth], parent, depth + 1))
    return groups, places


def set_titles(groups: list[Group], names: Names) -> None:
    """Write the titles: path and class of a module, and where it is called several times, which call it is."""
    calls: dict[int, list[Group]] = {}
    for group in groups[1:]:
        calls.setdefault(id(group.module), []).append(group)
    for key, members in calls.items():
        for i, group in enumerate(members):
            path, name = names.paths[key], type(group.module).__name__
            if isinstance(group.module, Backward):
                name = "recorded by a backward"
            group.title = (f"{path}: " if path else "") + name + (f", call {i + 1} of {len(members)}" if members[1:] else "")


def _runs(nodes: Sequence[Node], first: int, last: int, depth: int) -> Iterator[tuple[int, int]]:
    """Stretches of nodes[first:last] made inside one module at `depth`: a call is never interrupted by what is outside it."""
    inside = groupby(range(first, last), key=lambda i: id(nodes[i].scope[depth]) if len(nodes[i].scope) > depth else None)
    for module, run in inside:
        at = list(run)
        if module is not None:
            yield at[0], at[-1] + 1


def _split(nodes: Sequence[Node], start: int, stop: int, depth: int) -> Iterator[tuple[int, int]]:
    """Tell calls of one module that follow each other at once.

    Each call makes a scope tuple of its own, which the ops that it runs itself share. Its modules' ops before the first
    of these are taken to be as many in each call.
    """
    own = [i for i in range(start, stop) if len(nodes[i].scope) == depth + 1]
    before = own[0] - start if own else 0
    for last, i in pairwise(own):
        if nodes[i].scope is not nodes[last].scope:
            cut = max(last + 1, i - before)
            yield start, cut
            start = cut
    yield start, stop


def _common(groups: Sequence[Group], a: int, b: int) -> int:
    """The innermost group that both lie in."""
    while a != b:
        if groups[a].depth < groups[b].depth:
            b = groups[b].parent
        else:
            a = groups[a].parent
    return a
