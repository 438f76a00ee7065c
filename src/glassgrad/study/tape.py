"""The tape: what was computed while it ran, where, and every backward through it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np

from glassgrad import graph, hooks
from glassgrad.graph import Node, opened
from glassgrad.naming import variable_of
from glassgrad.tensor import Tensor
from glassgrad.tensor import record as engine
from glassgrad.words import plain
from glassgrad.writes import next_index, user_line, version


@dataclass(slots=True, eq=False)
class Gain:
    """What one backward gave to one leaf: a gradient from each use, and the values of the `.grad` that was there before, if any."""

    leaf: Tensor
    was: np.ndarray | None
    now: np.ndarray | None = None  # the values of the `.grad` that it made, hooks included
    uses: list[tuple[Node | None, int, np.ndarray, np.ndarray]] = field(default_factory=list)  # node, input, gradient, upstream one


@dataclass(slots=True, eq=False)
class Backward:
    """One backward() or autograd.grad: its steps, (node, upstream gradient, gradients of the inputs), and what each leaf gained."""

    roots: list[Any]
    index: int  # rises with time
    steps: list[tuple[Node, np.ndarray, list[np.ndarray | None]]] = field(default_factory=list)
    gains: dict[Tensor, Gain] = field(default_factory=dict)
    after: dict[Tensor, Tensor] = field(default_factory=dict)  # the .grad that each leaf had then
    kept: bool = False  # whether it added to .grad: backward() does, autograd.grad doesn't


class Tape:
    """What `record()` gives: `nodes` in the order in which they ran, of each the output, in `values`, and `arguments`; and `backwards`."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.values: dict[Node, np.ndarray] = {}
        self.arguments: dict[Node, tuple[Any, ...]] = {}  # what each op was called with, tensors as arrays
        self._copies: dict[int, tuple[np.ndarray, int, np.ndarray]] = {}  # array, version, copy; by id
        self.origins: dict[int, np.ndarray] = {}  # by the id of a copy, what it is a copy of
        self.called: dict[int, str] = {}  # by the id of the array of a leaf or a constant: the variable that held it
        self.saved: dict[Node, tuple[Any, ...]] = {}  # what each keeps for its rules, which backward frees in the node
        self.backwards: list[Backward] = []
        self.walks: list[Backward] = []  # these, and those of autograd.grad
        self.index = next_index()  # rises with time
        self._thread = threading.get_ident()
        self._apart = False  # whether it hears what is not the user's
        self._running: Backward | None = None

    def save(self, path: str | os.PathLike[str], **options: Any) -> str:
        """Write what was seen as a page (`gg.study.page`, which tells the options) to step through in a browser; returns the path."""
        from glassgrad.study.web import page

        return page(self, path, **options)

    def __repr__(self) -> str:
        return f"<Tape of {len(self.nodes):,} ops and {len(self.backwards)} backwards>"

    # ------------------------------------------------------------------------------------------ what the engine tells

    def _hears(self) -> bool:
        thread = threading.get_ident()
        return thread == self._thread and (self._apart or thread not in hooks.unheard)

    def _recorded(self, node: Node, y: np.ndarray) -> None:
        if self._hears():
            graph.lines[node] = user_line()
            self.nodes.append(node)
            self.values[node] = kept = y.copy()  # it may be written over later, and so may all else
            if y.size > FEW:
                self._copies[id(y)] = (y, version(y), kept)
            self.saved[node] = tuple([self._kept(x) for x in opened(node)])
            given = _arguments()
            if given is not None:
                self.arguments[node] = tuple([self._kept(x) for x in given])

    def _kept(self, x: Any) -> Any:
        """An argument as it is now: of a tensor its values, copied once for as long as nobody writes to it."""
        if isinstance(x, (list, tuple)):
            return type(x)(map(self._kept, x)) if type(x) in (list, tuple) else x
        if not isinstance(x, (Tensor, np.ndarray)):
            return x
        if isinstance(x, Tensor) and x._node in self.values:
            return self.values[x._node]
        array = x._array if isinstance(x, Tensor) else x
        key = id(array)
        known = self._copies.get(key) if array.size > FEW else None
        if known is not None and known[0] is array and known[1] == version(array):
            return known[2]
        copy = array.copy()
        if array.size > FEW:
            self._copies[key] = (array, version(array), copy)
        self.origins[id(copy)] = array
        if isinstance(x, Tensor) and id(array) not in self.called:
            self.called[id(array)] = variable_of(x, sys._getframe(1)) or ""
        return copy

    def _stepped(self, step: Any) -> None:
        if not self._hears():
            return
        if type(step) is list:  # the roots of a backward, or of autograd.grad
            self._running = Backward(step, next_index())
            self.walks.append(self._running)
            for edge, g in step:
                if type(edge) is not Node:
                    self._gained(edge, None, 0, plain(g), g)
            return
        node, upstream, gradients = step
        running = self._running
        if running is None:
            return
        copies = [None if g is None else plain(g) for g in gradients]
        running.steps.append((node, plain(upstream), copies))
        for i, (parent, g) in enumerate(zip(node.parents, copies, strict=True)):
            if g is not None and parent is not None and type(parent) is not Node:
                self._gained(parent, node, i, g, running.steps[-1][1])

    def _gained(self, leaf: Tensor, node: Node | None, i: int, g: Any, upstream: Any) -> None:
        assert self._running is not None
        gain = self._running.gains.get(leaf)
        if gain is None:
            gain = self._running.gains[leaf] = Gain(leaf, None if leaf._grad is None else plain(leaf._grad))
        gain.uses.append((node, i, g, upstream))

    def _added(self, leaves: list[Tensor]) -> None:
        if self._hears() and self._running is not None:
            self._running.after = {leaf: leaf._grad for leaf in leaves if leaf._grad is not None}
            for leaf in self._running.after:
                if leaf in self._running.gains:
                    self._running.gains[leaf].now = plain(leaf._grad)
            self._running.kept = True
            self.backwards.append(self._running)
            self._running = None


def _arguments() -> tuple[Any, ...] | None:
    """What the op that is being recorded was called with: found in the frame that called `record`, so that nobody else pays for it."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code is not engine.__code__:
        frame = frame.f_back  # type: ignore[assignment]
    found = frame.f_back.f_locals if frame is not None and frame.f_back is not None else {}
    if "args" in found:
        return tuple(found["args"])
    if "items" in found:  # a sequence, and the rest
        return (found["items"], *found["rest"])
    return tuple([found[name] for name in ("input", "other") if name in found]) or None


FEW = 256  # elements that are copied sooner than looked up
_tapes: list[Tape] = []  # that run
_changing = threading.Lock()
_ORDER = 10  # after anomaly mode


class record:
    """`with gg.study.record() as tape:` notes each op that is recorded on this thread, its output and its source line, and each backward.

    It copies what it notes and keeps the graph alive as long as the tape lives; when none runs it costs nothing.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> with gg.study.record() as tape:
    ...     (x * x).backward()
    >>> tape
    <Tape of 1 ops and 1 backwards>
    """

    def __init__(self) -> None:
        self._inside: list[Tape] = []

    def __enter__(self) -> Tape:
        tape = Tape()
        hooks.tapes.add(tape)
        self._inside.append(tape)
        _run(tape, True)
        return tape

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _run(self._inside.pop(), False)


@contextmanager
def aside() -> Iterator[Tape]:
    """Record what this thread computes on a tape that nobody else knows of; the user's tapes don't hear it."""
    tape = Tape()
    tape._apart = True
    with hooks.apart():
        _run(tape, True)
        try:
            yield tape
        finally:
            _run(tape, False)


def _run(tape: Tape, on: bool) -> None:
    with _changing:
        if on:
            _tapes.append(tape)
        else:
            _tapes.remove(tape)
        _listen()


def _listen() -> None:
    for what, heard in (("tap", "_recorded"), ("step", "_stepped"), ("added", "_added")):

        def each(*seen: Any, heard: str = heard) -> None:
            for tape in list(_tapes):
                getattr(tape, heard)(*seen)

        hooks.listen(what, _ORDER, each if len(_tapes) > 1 else getattr(_tapes[0], heard) if _tapes else None)
