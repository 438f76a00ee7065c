"""The Jacobian of one op as a matrix: what it looks like, and what it would cost to have it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, prod
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Freed, Node
from glassgrad.study.charts import Chart, colours, new_figure
from glassgrad.study.structure import Structure, structure
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor

SHAPES = ("reshape", "squeeze", "unsqueeze")
LIMIT = 4_000_000  # entries
_LINES, _CELLS = 16, 32  # of the picture in text


@dataclass(slots=True)
class Jacobian:
    """d output / d input of one op, (m, n): a row for each output, a column for each input; `structure` says what kind of matrix it is.

    before: the op that made the input, where this one only gives that another shape.
    """

    op: str
    input: str
    shape: tuple[int, ...]  # of the output
    input_shape: tuple[int, ...]
    matrix: np.ndarray
    structure: Structure
    before: str = ""

    @property
    def kind(self) -> str:
        """The kind of matrix in a word or two: "diagonal", "Kronecker", "sum"..."""
        return self.structure.kind

    def __str__(self) -> str:
        m, n = self.matrix.shape
        count, size = np.count_nonzero(self.matrix), self.matrix.nbytes
        passes = f"{m:,} in reverse mode, {n:,} in forward mode"
        cheaper = "reverse mode is cheaper" if m < n else "forward mode is cheaper" if n < m else "both cost the same"
        used, ask = self.structure.multiplications, "gg.study.jacobian_structure"
        lines = [
            f"{self.op}: {self.shape} by {self.input} {self.input_shape}: {m:,} x {n:,}, {count:,} of {m * n:,} entries are not 0",
            f"  {self.structure.text}",
            *([f"  {ask}(y.grad_fn.parents[0]) has the matrix of the {self.before} that it reshapes"] if self.before else []),
            *(f"  │{line}│" for line in words.shades(np.abs(shrunk(self.matrix, _LINES, _CELLS)))),
            f"  one gradient through it: {used:,} multiplication{'s' * (used != 1)}, {m * n:,} if it were dense; "
            f"all of it would take {size:,} bytes",
            f"  passes to have all of it: {passes}: {cheaper}",
        ]
        return "\n".join(lines)

    __repr__ = __str__


class Jacobians(dict[str, Jacobian], Chart):
    """The Jacobian by each input of an op that wants a gradient, under the input's name. `print` shows them, `save` draws them."""

    def __str__(self) -> str:
        return "\n".join(map(str, self.values()))

    __repr__ = __str__

    def figure(self) -> Any:
        """A heat map for each input, as a matplotlib Figure: orange above 0, violet below, white near 0, grey where it is exactly 0."""
        figure = new_figure("study.jacobian_structure", 4.8 * len(self), 4.6)
        for axes, one in zip(figure.subplots(1, len(self), squeeze=False)[0], self.values(), strict=True):
            m, n = one.matrix.shape
            cells = shrunk(one.matrix, 400, 400)
            most = float(np.abs(cells[np.isfinite(cells)]).max(initial=0)) or 1.0
            image = axes.imshow(
                np.ma.masked_where((cells == 0) | ~np.isfinite(cells), cells), cmap=colours("PuOr_r"), vmin=-most, vmax=most,
                extent=(-0.5, n - 0.5, m - 0.5, -0.5), aspect="equal" if max(m, n) <= 8 * min(m, n) else "auto", interpolation="nearest",
            )  # fmt: skip
            axes.set_title(f"{one.op} by {one.input}: {m:,} x {n:,}\n{_wrapped(one.structure.text)}", fontsize=9)
            axes.set(xlabel=f"{one.input} {one.input_shape}", ylabel=f"output {one.shape}")
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.yaxis.get_major_locator().set_params(integer=True)
            figure.colorbar(image, ax=axes, shrink=0.8)
        figure.supxlabel("grey: exactly 0", fontsize=8)
        return figure


def jacobian_structure(target: Tensor | Node) -> Jacobians:
    """The Jacobian of the op behind `target` by each of its inputs, at the values it ran on, and what kind of matrix it is.

    It is worked out row by row by the op's own rules, and its kind (zero, identity, diagonal, permutation, selection, copy, sum, Kronecker
    product, block diagonal, triangular, dense...) is read off its numbers. The graph is kept and no hook runs. ValueError for one of more
    than 4,000,000 entries. What is written as one op may be several, of which this is the last: `y = W @ v` ends in a squeeze, and
    `y.grad_fn.parents[0]` is the product.

    >>> x = gg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> gg.study.jacobian_structure(x * x)["a"]
    mul: (3,) by a (3,): 3 x 3, 3 of 9 entries are not 0
      diagonal: each output depends on the input at its place alone
      │▒▒    │
      │  ▓▓  │
      │    ██│
      one gradient through it: 3 multiplications, 9 if it were dense; all of it would take 36 bytes
      passes to have all of it: 3 in reverse mode, 3 in forward mode: both cost the same
    """
    node = _node(target)
    inputs = {name: parent for name, parent in zip(input_names(node), node.parents, strict=True) if parent is not None}
    wanted, m = {name: parent for name, parent in inputs.items() if prod(parent.shape)}, prod(node.shape)
    if not (m and wanted):
        sizes = ", ".join(f"{prod(parent.shape)} of {name}" for name, parent in inputs.items())
        raise ValueError(f"study.jacobian_structure: {node.op.name} has {m} outputs, and inputs {sizes}: they make no matrix")
    for name, parent in wanted.items():
        n = prod(parent.shape)
        if m * max(m, n) > LIMIT:
            raise ValueError(
                f"study.jacobian_structure: the Jacobian of {node.op.name} by {name} is {m:,} x {n:,}: with more than {LIMIT:,} entries, "
                f"or as much to work it out ({m:,} gradients of {max(m, n):,} numbers), it is too large: run the op on a smaller example"
            )
    matrices = {name: np.zeros((m, prod(parent.shape)), parent.dtype) for name, parent in wanted.items()}
    with words.quiet([node]):
        for k in range(m):
            unit = np.zeros(node.shape, node.dtype)
            unit.reshape(-1)[k] = 1
            _, _, gradients = next(graph.walk([(node, unit)], {}, retain_graph=True))  # the first step of a walk is this node's
            for name, g in zip(input_names(node), gradients, strict=True):
                if g is not None and name in matrices:
                    matrices[name][k] = words.plain(g).ravel()
    return Jacobians({
        name: Jacobian(node.op.name, name, node.shape, wanted[name].shape, matrix, structure(matrix), _reshaped(wanted[name], node))
        for name, matrix in matrices.items()
    })  # fmt: skip


def _node(target: Any) -> Node:
    """The node of a tensor, or the node itself, if its op has one output and still keeps what it saved."""
    who = "study.jacobian_structure"
    node = target._node if isinstance(target, Tensor) else target
    if type(node) is not Node:
        what = "a tensor that no op computed, or none that records" if isinstance(target, Tensor) else type(target).__name__
        raise TypeError(f"{who}: expected a tensor that an op computed from one that requires grad, or its grad_fn, got {what}")
    if isinstance(node.saved, Freed):
        raise RuntimeError(f"{who}: {node.op.name} has freed what it saved: ask before backward(), or write backward(retain_graph=True)")
    if any(hasattr(edge, "op") and len(getattr(edge.op, "outputs", ())) > 1 for edge in (node, *node.parents)):
        raise TypeError(f"{who}: {node.op.name} is a Function with several outputs: let it return one, or put them together in forward")
    return node


def _reshaped(parent: Any, node: Node) -> str:
    """The op that made what a node only gives another shape; "" where it does more, or a leaf went in."""
    return parent.op.name if type(parent) is Node and node.op.name in SHAPES else ""


def shrunk(matrix: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A matrix of at most rows x columns: of each patch the number farthest from 0, with its sign, so that nothing is lost to sight."""
    m, n = matrix.shape
    scale = max(ceil(m / rows), ceil(n / columns), 1)
    largest, least = matrix, matrix
    for axis, size in ((0, m), (1, n)):
        starts = np.arange(0, size, scale)
        largest, least = np.maximum.reduceat(largest, starts, axis), np.minimum.reduceat(least, starts, axis)
    return np.where(largest >= -least, largest, least)


def _wrapped(text: str, width: int = 52) -> str:
    """A long text on several lines."""
    lines = [""]
    for word in text.split(" "):
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < width else [lines[-1], word]
    return "\n".join(lines)
