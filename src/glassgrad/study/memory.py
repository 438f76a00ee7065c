"""What backward keeps alive: which op saves which bytes, for which rule, and when they are freed."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from glassgrad import words
from glassgrad.graph import Freed, Node
from glassgrad.kept import kept
from glassgrad.naming import Names, names_around, reached
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor, seed


@dataclass(slots=True)
class Saved:
    """One array that a node keeps: `size` bytes, 0 where another node, or a leaf, holds the same memory anyway (`shared` says who)."""

    node: Node  # of a checkpoint, the first in it
    name: str  # the input's, "y", a residual's, or "arguments", of a checkpoint
    because: str  # the gradients whose rules read it
    size: int
    shared: str
    freed_at: int  # the step of backward after which the node lets it go, from 1


@dataclass(slots=True)
class Kept:
    """What the ops inside one module keep, and what would be left to keep if it were checkpointed: its inputs. Bytes."""

    path: str
    size: int
    inputs: int


class Memory:
    """`saved`, the arrays kept for backward, in the order in which the ops ran; `total` bytes; `modules`, what each keeps."""

    def __init__(self, saved: list[Saved], modules: list[Kept]) -> None:
        self.saved = saved
        self.modules = modules
        self.total = sum(one.size for one in saved)

    def __str__(self) -> str:
        rows: dict[tuple[str, str, str], list[int]] = {}
        for one in self.saved:
            if one.size:
                row = rows.setdefault((one.node.op.name, one.name, one.because), [0, 0, 0])
                row[0] += one.size
                row[1] += 1
                row[2] = max(row[2], one.freed_at)
        lines = [f"kept for backward: {words.size(self.total)} in {sum(1 for one in self.saved if one.size)} arrays"]
        table = [
            (words.size(size), f"{count} x" if count > 1 else "", f"{op}: {name}", because, f"until step {last}")
            for (op, name, because), (size, count, last) in sorted(rows.items(), key=lambda row: -row[1][0])
        ]
        widths = [max((len(row[i]) for row in table), default=0) for i in range(5)]
        for cells in table:
            texts = [text.rjust(width) if i < 2 else text.ljust(width) for i, (text, width) in enumerate(zip(cells, widths, strict=True))]
            lines.append(f"  {'  '.join(texts)}".rstrip())
        shared = [one for one in self.saved if one.shared]
        if shared:
            lines.append(f"  {len(shared)} more cost nothing: a leaf or another op holds the same memory")
        for module in self.modules:
            less = f"{words.size(module.inputs)} instead of {words.size(module.size)}"
            lines.append(f"  checkpointing {module.path} would keep {less}, and run it twice")
        return "\n".join(lines)

    __repr__ = __str__


def memory(loss: Tensor) -> Memory:
    """The bytes that the graph of `loss` keeps for its backward. The graph must not have been freed.

    Memory is counted once, for the first op that saves it; parameters and other leaves are there anyway. A node frees what it saved
    once its step of backward is done; the steps go from the last op to the first. A checkpoint keeps its arguments.

    >>> x = gg.randn(1000, requires_grad=True)
    >>> print(gg.study.memory(x.exp().sum()))
    kept for backward: 4.0 kB in 1 arrays
      4.0 kB    exp: y  for the gradient by x  until step 2
    """
    edge, _ = seed("study.memory", loss, np.ones(loss.shape, loss.dtype), False)
    nodes = reached([edge])
    names = names_around(sys._getframe(1), nodes)
    steps = {node: i + 1 for i, node in enumerate(reversed(nodes))}
    for node in nodes:
        if isinstance(node.saved, Freed):
            what = f"study.memory: {node.op.name} has freed what it saved"
            raise RuntimeError(f"{what}: ask before backward(), or write backward(retain_graph=True)")
    saved = []
    for node, name, size, holder in kept(nodes):
        shared = "" if holder is None else words.called(holder, names)
        saved.append(Saved(node, name, _because(node, name), size, shared, steps[node]))
    return Memory(saved, _modules(nodes, saved, names))


def _because(node: Node, name: str) -> str:
    """Which rules read a saved value."""
    if name == "arguments" and name not in node.op.keep:
        return "to run a checkpoint again"
    by = [wanted for wanted, read in getattr(node.op, "reads", {}).items() if name in read]
    return f"for the gradient by {' and '.join(by)}" if by else "for higher derivatives"


def _modules(nodes: list[Node], saved: list[Saved], names: Names) -> list[Kept]:
    """The modules of several ops for which checkpointing would more than halve what is kept, those that would save most first."""
    inside: dict[int, set[Node]] = {}
    for node in nodes:
        for module in node.scope:
            inside.setdefault(id(module), set()).add(node)
    found = []
    for key, members in inside.items():
        size = sum(one.size for one in saved if one.node in members)
        if any(hasattr(node.saved, "region") for node in members):
            continue  # it is checkpointed
        entering = {parent for node in members for parent in node.parents if type(parent) is Node and parent not in members}
        inputs = sum(int(np.prod(node.shape)) * node.dtype.itemsize for node in entering)
        inputs += sum(one.size for one in saved if one.node in members and _constant(one))
        if names.paths.get(key) and len(members) > 1 and size > 2 * inputs:
            found.append(Kept(names.paths[key], size, inputs))
    return sorted(found, key=lambda one: (-(one.size - one.inputs), one.path))[:5]


def _constant(one: Saved) -> bool:
    """Whether it is an input that wants no gradient, such as a batch of data."""
    places = dict(zip(input_names(one.node), one.node.parents, strict=True))
    return one.name in places and places[one.name] is None
