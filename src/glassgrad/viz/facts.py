"""What is known of each value in a picture besides its shape: its numbers, its gradient, its memory and its source line."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from glassgrad import graph, hooks, words
from glassgrad.graph import Freed, Node, opened
from glassgrad.kept import kept
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor
from glassgrad.viz.collapse import set_gain
from glassgrad.viz.picture import Box, Picture
from glassgrad.writes import since, user_line

_ORDER = 20  # of those who see what is recorded, the last


@contextmanager
def watched(wanted: bool) -> Iterator[dict[Node, np.ndarray]]:
    """Where that is wanted, note the value and the source line of each op that this thread records meanwhile; gives the values."""
    values: dict[Node, np.ndarray] = {}
    thread = threading.get_ident()

    def note(node: Node, y: np.ndarray) -> None:
        if threading.get_ident() == thread:
            values[node] = y.copy()  # it may be written over later
            graph.lines[node] = user_line()

    hooks.listen("tap", _ORDER, note if wanted else None)
    try:
        yield values
    finally:
        hooks.listen("tap", _ORDER, None)


def _ops(picture: Picture) -> list[Box]:
    return [box for box in picture.boxes if box.kind == "op"]


# ------------------------------------------------------------------------------------------------ values


def add_values(picture: Picture, seen: dict[Node, np.ndarray], tensors: Iterable[Tensor]) -> None:
    """The values of leaves, and of ops where somebody holds them: `seen` when they ran, `tensors`, a tape, or what an op keeps."""
    ops = _ops(picture)
    known = _held([box.of for box in ops], seen, tensors)
    later = False
    for box, used in zip(picture.boxes, _used(picture), strict=True):
        value = known.get(box.of) if box.kind == "op" else box.of._array if isinstance(box.of, Tensor) else box.of
        if value is not None:
            overwritten = used is not None and bool(since(value, used))
            box.about["values"] = f"{'now ' if overwritten else ''}{words.summary(value)}"
            later = later or overwritten
    if later:
        picture.notes.append("now: written over since; the values below came from what was there before, and don't belong to it")
    if any("values" not in box.about for box in ops):
        picture.notes.append("op without a value: nobody holds it; of what ran in `with gg.study.record() as tape` all are known")


def _used(picture: Picture) -> list[int | None]:
    """Of each box the number of the op that first used its value: a write after that makes it another; None where nothing tells."""
    used: list[int | None] = [box.of.index + 1 if box.kind == "op" else None for box in picture.boxes]  # + 1: of an in-place op, its write
    for arrow in reversed(picture.arrows):  # ops are in the order in which they ran
        head = picture.boxes[arrow.head]
        if head.kind == "op":
            used[arrow.tail] = head.of.index
    for arrow in picture.arrows:
        if picture.boxes[arrow.head].kind == "output":
            used[arrow.head] = used[arrow.tail]
    return used


def _held(nodes: list[Node], seen: dict[Node, np.ndarray], tensors: Iterable[Tensor]) -> dict[Node, np.ndarray]:
    """The values of nodes, from wherever they are still as they were."""
    known = dict(seen)
    for tape in hooks.tapes:
        known = {node: tape.values[node] for node in nodes if node in tape.values} | known
    for tensor in tensors:
        if tensor._node is not None:
            known.setdefault(tensor._node, tensor._array)
    for node in nodes:
        saved = dict(zip(node.op.keep, opened(node), strict=False))  # nothing where it was freed
        for name, edge in (("y", node), *zip(input_names(node), node.parents, strict=True)):
            array = saved.get(name)
            if type(edge) is Node and edge not in known and isinstance(array, np.ndarray):
                if array.shape == edge.shape and array.dtype == edge.dtype and not since(array, node.index):
                    known[edge] = array
    return known


# ------------------------------------------------------------------------------------------------ gradients


def add_gradients(picture: Picture, roots: Sequence[tuple[Any, Any]], gains: bool) -> None:
    """The gradient by each value, of a backward from `roots` in which no hook runs and nothing is freed; and along each arrow its gain."""
    places = {id(box.of): i for i, box in enumerate(picture.boxes) if box.of is not None}
    arrows = {(arrow.head, arrow.at): arrow for arrow in picture.arrows if gains and arrow.formula is not None}
    nodes = [box.of for box in _ops(picture)]
    freed = next((node for node in nodes if isinstance(node.saved, Freed)), None)
    if freed is not None:
        raise RuntimeError(
            f"draw_graph: {freed.op.name} (output shape {freed.shape}) has freed what it kept for its rules "
            f"({', '.join(freed.op.keep)}), and gradients need that. Draw before backward(), or write backward(retain_graph=True)"
        )
    totals: dict[Any, Any] = {}
    with words.quiet(nodes) as hooked:
        for node, upstream, gradients in graph.walk(roots, totals, retain_graph=True):
            number = places[id(node)]
            _set_gradient(picture.boxes[number], words.plain(upstream))
            for i, g in enumerate(gradients):
                if g is not None and (number, i) in arrows:
                    arrows[number, i].given = words.plain(g)
    for leaf, g in totals.items():
        _set_gradient(picture.boxes[places[id(leaf)]], words.plain(g))
    given = {id(edge): g for edge, g in roots}
    for box in picture.boxes:
        if box.kind == "output" and id(box.of.edge) in given:
            _set_gradient(box, np.asarray(given[id(box.of.edge)]))
    for arrow in arrows.values():
        set_gain(arrow, picture.boxes)
    if hooked:
        picture.notes.append("gradients as they are without your hooks, which a drawing doesn't run")


def _set_gradient(box: Box, g: np.ndarray) -> None:
    box.norm = words.norm(g)
    few = g.size <= words.FEW
    alarm = "" if few else words.alarm(g)
    box.about["grads"] = f"g = {words.summary(g)}" if few else f"g: {alarm}" if alarm else f"|g| = {words.number(box.norm, 4)}"


# ------------------------------------------------------------------------------------------------ memory and lines


def add_memory(picture: Picture) -> None:
    """The bytes of each value, and those that each op alone keeps for backward."""
    ops = _ops(picture)
    sizes = {box.of: 0 for box in ops}
    for held in kept([box.of for box in ops]):
        sizes[held.node] += held.size
    for box in picture.boxes:
        if box.of is not None:
            held_by_op = None if box.kind == "op" and isinstance(box.of.saved, Freed) else sizes[box.of] if box.kind == "op" else 0
            box.memory = int(np.prod(box.of.shape, dtype=np.int64)) * box.of.dtype.itemsize, held_by_op
    picture.notes.append(f"kept for backward, by all ops: {words.size(sum(sizes.values()))}; memory of leaves is not counted")


def add_lines(picture: Picture) -> None:
    """The line of source that recorded each op, where that was noted."""
    ops = _ops(picture)
    for box in ops:
        place, code = words.where(box.of)
        if place:
            box.about["lines"] = f"{place}\n{code}" if len(place) + len(code) > 40 else f"{place}  {code}"
    if any("lines" not in box.about for box in ops):
        picture.notes.append("source lines are known of what ran inside gg.study.record()")
