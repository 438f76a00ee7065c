"""How values, names and source lines are written: numbers to six digits, arrays by shape and norm."""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from glassgrad import graph, symbol
from glassgrad.graph import Node
from glassgrad.patch import Patch
from glassgrad.symbol import Symbol
from glassgrad.tensor import Tensor

FEW = 6  # elements that are written out
SHADES = " ░▒▓█"
BARS = "▁▂▃▄▅▆▇"


def plain(g: Any) -> np.ndarray:
    """A copy of a gradient as an array: of a tensor, of a patch, or of all outputs of a function one after the other."""
    if type(g) is np.ndarray:
        return g.copy()
    if isinstance(g, Tensor):
        return np.array(g.to_dense()._array if g.is_sparse else g._array)
    if several(g):
        return np.concatenate([np.ravel(part) for part in g.parts if part is not None])
    return np.array(np.asarray(g))


def several(g: Any) -> bool:
    """Whether these are the gradients of all outputs of a function."""
    return hasattr(g, "parts") and type(g) is not Patch


@contextmanager
def quiet(nodes: Iterable[Node]) -> Iterator[bool]:
    """Keep hooks, and tensors that retain their gradient, from seeing a walk that only asks; whether there are hooks."""
    watched = {node: node.watch for node in nodes if node.watch}
    for node in watched:
        node.watch = None
    try:
        yield any(not hasattr(seen, "keeps") for watch in watched.values() for seen in watch or ())
    finally:
        for node, watch in watched.items():
            node.watch = watch


def number(x: Any, digits: int = 6) -> str:
    """A number to six digits, or fewer."""
    return f"{float(x):.{digits}g}" if np.asarray(x).dtype.kind == "f" else str(x)


def value(x: np.ndarray, digits: int = 6) -> str:
    """A number, a few, or the shape and the norm of many."""
    if x.size == 1 and x.ndim < 2:
        return number(x.item() if x.dtype.kind != "f" else x.reshape(()), digits)
    if x.size <= FEW:
        return f"[{', '.join(value(part, digits) for part in x)}]"
    if x.dtype.kind != "f":
        return f"{x.dtype} {x.shape}"
    return f"{x.shape} of norm {number(norm(x), digits)}"


def summary(x: np.ndarray) -> str:
    """A few numbers as they are; of many the ends, the mean, the norm and a histogram, a line each for these and for NaN and Inf."""
    if x.size <= FEW:
        return value(x, 6 if x.size <= 2 else 4)
    if x.dtype.kind == "b":
        return f"{np.count_nonzero(x):,} of {x.size:,} true"
    sound = x[np.isfinite(x)]
    lines = [text] if (text := alarm(x)) else []
    if sound.size:
        low, high, mean = sound.min(), sound.max(), np.mean(sound, dtype=np.float64)
        lines.append(f"{number(low, 3)} to {number(high, 3)}, mean {number(mean, 3)}")
        lines.append(f"norm {number(norm(sound), 4)}  {histogram(sound)}".rstrip())
    return "\n".join(lines)


def alarm(x: np.ndarray) -> str:
    """How many elements are NaN or infinite, "" where none is."""
    counts = (("NaN", np.isnan(x).sum()), ("Inf", np.isinf(x).sum()))
    found = ", ".join(f"{count:,} {what}" for what, count in counts if count)
    return f"{found} of {x.size:,}" if found else ""


def histogram(x: np.ndarray) -> str:
    """How often finite values occur in eight equal parts between the least and the largest, as bars; nothing where all are equal."""
    counts = np.histogram(np.asarray(x, np.float64), 8)[0] if x.min() < x.max() else np.zeros(0, int)
    return "".join(" " if not count else BARS[int((count * len(BARS) - 1) // counts.max())] for count in counts)


def size(count: float) -> str:
    """Bytes, with their unit."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.1f} {unit}" if unit != "B" else f"{int(count)} B"
        count /= 1000
    return f"{count:.1f} GB"


def norm(x: np.ndarray) -> float:
    """The 2-norm of all elements, computed in float64."""
    return float(np.linalg.norm(np.asarray(x, np.float64).ravel()))


def _number(x: np.ndarray) -> Symbol:
    """A number in a formula."""
    text = number(x.reshape(()))
    return -Symbol(text[1:]) if text.startswith("-") else Symbol(text)


def rule(node: Node, i: int, g: Any, saved: tuple[Any, ...]) -> tuple[str, str]:
    """The formula for the gradient of input `i`, and, where all that it reads are numbers, the same with these; else ""."""
    text, parent = symbol.rule(node, i), node.parents[i]
    if parent.shape != node.shape:
        try:
            given = node.op.backward(node.parents, np.asarray(g), (*saved, *node.attrs))[i]
        except Exception:  # its saved values are not known
            return text, ""
        if given.shape != parent.shape:
            return f"{text}, summed to {parent.shape}", ""
    known = {name: np.asarray(x) for name, x in {"g": g, **dict(zip(node.op.keep, saved, strict=False))}.items()}
    if node.op.sequence or text == "(no formula)" or not all(x.size == 1 and x.dtype.kind in "fiu" for x in known.values()):
        return text, ""
    return text, symbol.rule(node, i, {name: _number(x) for name, x in known.items()})


def where(node: Node) -> tuple[str, str]:
    """`file:line` of what recorded a node, and the text of that line; two empty strings where nobody has noted it."""
    line = graph.lines.get(node, "")
    file, _, count = line.rpartition(":")
    return (f"{os.path.basename(file)}:{count}", linecache.getline(file, int(count)).strip()) if file else ("", "")


def called(edge: Any, names: Any) -> str:
    """What a value is called: its name, or how it came about."""
    found = names.of(edge)
    if found:
        return str(found)
    shape = f" {edge.shape}" if edge.shape else ""
    return f"{edge.op.name} #{edge.index}{shape}" if type(edge) is Node else f"leaf{shape}"


def shades(sizes: np.ndarray) -> list[str]:
    """A heat map in characters, a line a row: the darkest is the largest, ! is not finite; more than two dimensions lie side by side."""
    rows = np.atleast_2d(sizes.reshape(sizes.shape[0], -1) if sizes.ndim > 1 else sizes)
    finite = np.isfinite(rows)
    rows = np.where(finite, rows, 0)
    level = np.ceil(rows / (rows.max() or 1) * (len(SHADES) - 1)).astype(int)
    level[rows <= rows.max() * 1e-6] = 0
    return ["".join((SHADES[k] if ok else "!") * 2 for k, ok in zip(*line, strict=True)) for line in zip(level, finite, strict=True)]
