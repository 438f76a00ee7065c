"""Manual backprop, marked: a user's own gradients next to the engine's."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.naming import names_around, reached
from glassgrad.tensor import Tensor, seed

CLOSE = {"float64": 1e-9, "float32": 1e-4, "float16": 1e-2}  # of the largest element


@dataclass(slots=True)
class Mark:
    """The verdict on one gradient: "exact" (to the last bit), "close", or what is wrong with it, and a hint."""

    name: str
    verdict: str
    hint: str = ""

    def __bool__(self) -> bool:
        return self.verdict in ("exact", "close")

    def __str__(self) -> str:
        return f"{'✓' if self else '✗'} {self.name}: {self.verdict}{f'. {self.hint}' if self.hint else ''}"


class Marks(list[Mark]):
    """All marks; true if all are right."""

    def __bool__(self) -> bool:
        return all(bool(mark) for mark in self)

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    __repr__ = __str__


class _Two:
    """In the place of the tensor where two have one name."""


def grade(loss: Tensor, mine: Mapping[Any, Any]) -> Marks:
    """Compare gradients worked out by hand with the engine's: `{"h": dh, "w": dw}` by variables of the caller, or `{h: dh}` by tensors.

    Each is told to be exact, close, or of a wrong shape, transposed, off by a factor, not summed, or one use of several. The loss must
    have one element; the graph is kept. Raises KeyError for a name that no tensor of this graph has.

    >>> x = gg.tensor([1.0, 2.0], requires_grad=True)
    >>> y = x.exp()
    >>> gg.study.grade(y.sum(), {"y": np.ones(2), "x": y / 2})
    ✓ y: exact
    ✗ x: wrong factor. Yours times 2 is right: is a factor missing?
    """
    root = seed("study.grade", loss, None, False)
    nodes = reached([root[0]])
    names = names_around(sys._getframe(1), nodes)
    edges = {root[0]: None, **dict.fromkeys(edge for node in nodes for edge in (node, *node.parents) if edge is not None)}
    called: dict[Any, Any] = {}
    for found in edges:
        called[names.of(found)] = _Two if names.of(found) in called else found
    wanted: dict[Any, tuple[str, np.ndarray]] = {}
    for key, value in mine.items():
        edge = key.edge if isinstance(key, Tensor) else called.get(key)
        if edge is _Two:
            raise KeyError(f"study.grade: two tensors of this graph are called {key!r}: pass {{tensor: gradient}}, or use gg.name")
        if edge is None or edge not in edges:
            known = ", ".join(str(name) for name in called if name)
            what = f"is called {key!r}" if isinstance(key, str) else "is this tensor"
            raise KeyError(f"study.grade: nothing in this graph {what}; there are {known}: pass {{tensor: gradient}}, or use gg.name")
        array = value.detach().numpy() if isinstance(value, Tensor) else np.asarray(value)
        wanted[edge] = (str(names.of(edge) or words.called(edge, names)), array)
    totals: dict[Any, Any] = {}
    uses: dict[Any, list[np.ndarray]] = {edge: [] for edge in wanted}
    with words.quiet(nodes):
        for node, _, gradients in graph.walk([root], totals, list(wanted), retain_graph=True):
            for edge, g in zip(node.parents, gradients, strict=True):
                if g is not None and edge in uses:
                    uses[edge].append(words.plain(g))
    return Marks([Mark(name, *_verdict(array, words.plain(totals[edge]), uses[edge])) for edge, (name, array) in wanted.items()])


def _verdict(mine: np.ndarray, right: np.ndarray, uses: list[np.ndarray]) -> tuple[str, str]:
    """What a gradient is next to the right one, made of `uses`, and what to look for."""
    if mine.shape == right.shape and np.array_equal(mine, right, equal_nan=right.dtype.kind == "f" and mine.dtype.kind == "f"):
        return "exact", ""
    if not np.isfinite(right).all():
        return "wrong", f"The right one is NaN or infinite at {int((~np.isfinite(right)).sum())} of {right.size} elements"
    if mine.dtype.kind not in "fiu":
        return "no numbers", f"It is {mine.dtype}: pass an array of floats"
    close = lambda a, b: a.shape == b.shape and bool(np.all(np.abs(a - b) <= CLOSE[str(right.dtype)] * np.abs(b).max(initial=1e-30)))
    if mine.shape != right.shape:
        if mine.ndim == 2 and close(mine.T, right):
            return "transposed", f"Yours is {mine.shape}, it should be {right.shape}: write .T, or swap the factors of a product"
        try:
            summed = graph.sum_to(mine, right.shape) if mine.size >= right.size else None
        except (ValueError, IndexError):  # no broadcasting leads there
            summed = None
        if summed is not None and close(np.asarray(summed), right):
            return "missing sum", f"Yours is {mine.shape}: the value was broadcast from {right.shape}, so sum over what was added"
        return "wrong shape", f"Yours is {mine.shape}, a gradient has the shape of its tensor, {right.shape}"
    if not np.isfinite(mine).all():
        return "not finite", f"{int((~np.isfinite(mine)).sum())} of {mine.size} elements are NaN or infinite"
    if close(mine, right):
        return "close", f"The largest difference is {np.abs(mine - right).max():.1e}"
    if mine.ndim == 2 and mine.shape[0] == mine.shape[1] and close(mine.T, right):
        return "transposed", "Its transpose is right: write .T, or swap the factors of a product"
    for k, use in enumerate(uses if len(uses) > 1 else ()):
        if close(mine, use.reshape(right.shape) if use.size == right.size else use):
            return "one use of several", f"This is what use {k + 1} of {len(uses)} gives: gradients of all uses are added, write +="
    square = float(np.sum(mine.astype(np.float64) ** 2))
    factor = float(np.sum(mine.astype(np.float64) * right)) / square if square else 0.0
    if factor and close(mine * factor, right):
        if abs(factor + 1) < 1e-6:
            return "wrong sign", "Minus yours is right"
        return "wrong factor", f"Yours times {factor:.6g} is right: is a factor missing?"
    if not square:
        return "all zero", "The gradient is not 0 here"
    off = np.abs(mine - right)
    worst = tuple(int(i) for i in np.unravel_index(int(off.argmax()), off.shape)) if off.ndim else ()
    return "wrong", f"Most, by {off.max():.3g}, at {list(worst)}: yours is {mine[worst]:.6g}, it should be {right[worst]:.6g}"
