"""The gradient ledger: an itemised bill of where a gradient came from."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from glassgrad import graph, hooks, words
from glassgrad.graph import Node, opened
from glassgrad.kept import opened_once
from glassgrad.naming import Names, reached
from glassgrad.study.tape import Backward, Tape
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor, seed, target_edge


@dataclass(slots=True)
class Item:
    """What one use of a tensor, or something else, put into its gradient.

    share: how far `gradient` goes along the total, as a part of it; the shares add up to 1, and may be negative. NaN where the total is 0.
    """

    by: str  # the op and its input, or what else it was
    code: str  # the source line, and where it is
    place: str
    rule: str
    numbers: str  # the rule in numbers, where all are scalars
    gradient: np.ndarray
    backward: int  # the number of the backward() call, from 1; 0 for what was there before
    share: float = 0.0


class Ledger:
    """The items that make up a gradient, and their `total`. `print(ledger)` is the bill."""

    def __init__(self, name: str, items: list[Item], gradient: np.ndarray, what: str) -> None:
        self.items = items
        self.gradient = gradient  # the engine's
        self._name, self._what = name, what
        whole = gradient.astype(np.float64).ravel()
        square = float(whole @ whole)
        for item in items:
            item.share = float(item.gradient.astype(np.float64).ravel() @ whole) / square if square else float("nan")

    @property
    def total(self) -> np.ndarray:
        """The sum of the items, in the order in which the engine added them."""
        total: Any = None
        for _, items in groupby(self.items, key=lambda item: item.backward or id(item)):  # each backward adds up by itself
            part: Any = None
            for item in items:
                part = item.gradient if part is None else part + item.gradient
            total = part if total is None else total + part
        return np.zeros_like(self.gradient) if total is None else np.asarray(total, self.gradient.dtype)

    @property
    def exact(self) -> bool:
        """Whether the total is the engine's gradient to the last bit."""
        return bool(np.array_equal(self.total, self.gradient, equal_nan=True))

    def __str__(self) -> str:
        scalars = self.gradient.size == 1
        size = lambda x: words.number(x.reshape(())) if scalars else words.number(words.norm(x))
        several = len({item.backward for item in self.items}) > 1
        rows = [("share", "value" if scalars else "norm", "by", "rule", "line")]
        for item in self.items:
            by = f"{item.by}, backward {item.backward}" if several and item.backward else item.by
            rule = " = ".join(dict.fromkeys(x for x in (item.rule, item.numbers) if x))
            rows.append((_percent(item.share), size(item.gradient), by, rule, "   ".join(x for x in (item.code, item.place) if x)))
        agrees = "to the last bit" if self.exact else f"but for rounding (at most {self._rounding():.1e})"
        rows.append((_percent(sum(item.share for item in self.items)), size(self.gradient), f"in all, {agrees} {self._what}", "", ""))
        widths = [max(len(row[i]) for row in rows[:-1]) for i in range(4)]
        widths[:2] = [max(len(row[i]) for row in rows) for i in range(2)]
        lines = [f"the gradient of {self._name}: {words.value(self.gradient)}"]
        for a, b, *rest in rows:
            texts = "   ".join(text.ljust(width) for text, width in zip(rest, [*widths[2:], 0], strict=True))
            lines.append(f"  {a.rjust(widths[0])}  {b.rjust(widths[1])}   {texts}".rstrip())
        return "\n".join(lines)

    def _rounding(self) -> float:
        return float(np.max(np.abs(self.total.astype(np.float64) - self.gradient)))

    def __repr__(self) -> str:
        return f"<Ledger of {len(self.items)} items for the gradient of {self._name}>"


def _percent(share: float) -> str:
    return "" if np.isnan(share) else f"{100 * share:.1f} %"


def explain(target: Tensor, wrt: Tensor | None = None) -> Ledger:
    """Where a gradient came from: `explain(loss, wrt=w)`, or `explain(w.grad)` where each backward() ran inside `gg.study.record()`.

    wrt: any tensor that led to the loss; the loss must have one element. No `.grad` is touched, no hook runs, and the graph is kept.
    For `w.grad` the bill goes over all backward() calls since `.grad` was None or 0, and says what else has changed it. Raises
    RuntimeError if the graph was freed, if w didn't lead to the loss, or if nobody recorded how `.grad` came about.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> loss = x * x + 2 * x
    >>> print(gg.explain(loss, wrt=x))
    the gradient of x: 8
        share  value   by        rule            line
       25.0 %      2   mul (b)   g * a = 1 * 2
       37.5 %      3   mul (a)   g * b = 1 * 3
       37.5 %      3   mul (b)   g * a = 1 * 3
      100.0 %      8   in all, to the last bit what backward() adds to .grad
    """
    for one in (target,) if wrt is None else (target, wrt):
        if not isinstance(one, Tensor):
            got = "None: is there no .grad yet?" if one is None else f"a {type(one).__name__}:"
            raise TypeError(f"explain: expected a tensor, got {got} write gg.explain(loss, wrt=w) or gg.explain(w.grad)")
    names = Names()
    names.add_variables(sys._getframe(1))
    return _of_grad(target, names) if wrt is None else _of_loss(target, wrt, names)


def _of_loss(loss: Tensor, wrt: Tensor, names: Names) -> Ledger:
    root = seed("explain", loss, None, False)
    edge = target_edge("explain", 0, wrt)
    nodes = reached([root[0]])
    names.add_scopes(nodes)
    items: list[Item] = []
    totals: dict[Any, Any] = {}
    if root[0] is edge:
        items.append(Item("the loss itself", "", "", "1", "", np.array(root[1]), 1))
    with words.quiet(nodes) as hooked, opened_once(nodes):
        for node, upstream, gradients in graph.walk([root], totals, [edge], retain_graph=True):
            for i, (parent, g) in enumerate(zip(node.parents, gradients, strict=True)):
                if parent is edge and g is not None:
                    items.append(_item(node, i, words.plain(g), upstream, opened(node), names, 1))
    name = words.called(edge, names)
    before = " before its hooks" if hooked or id(edge) in hooks.leaves else ""
    if edge not in totals:
        raise RuntimeError(f"explain: {name} did not lead to this loss: gg.why_no_grad(w, loss) says why")
    return Ledger(name, items, words.plain(totals[edge]), f"what backward() adds to .grad{before}")


def _item(node: Node | None, i: int, g: np.ndarray, upstream: Any, saved: tuple[Any, ...], names: Names, backward: int) -> Item:
    if node is None:
        return Item("the loss itself", "", "", "1", "", g, backward)
    rule, numbers = words.rule(node, i, upstream, saved)
    place, code = words.where(node)
    name = names.of(node)
    by = f"{name}: " if name and not code else ""
    return Item(f"{by}{node.op.name} ({input_names(node)[i]})", code, place, rule, numbers, g, backward)


def _of_grad(grad: Tensor, names: Names) -> Ledger:
    backwards: dict[int, tuple[Tape, Backward]] = {}  # by the identity of their roots: tapes inside each other hear the same
    for tape in sorted(hooks.tapes, key=lambda tape: tape.index):
        backwards |= {id(backward.roots): (tape, backward) for backward in tape.backwards}
    ordered = sorted(backwards.values(), key=lambda pair: pair[1].index)
    leaves = [leaf for _, backward in ordered for leaf in backward.gains]
    leaf = next((leaf for leaf in leaves if leaf._grad is grad), None)
    if leaf is None:
        raise RuntimeError(
            "explain: nobody recorded how this came about. Is it the .grad of a leaf? Then run each backward() inside "
            "`with gg.study.record() as tape:` and keep the tape, or write gg.explain(loss, wrt=w) before backward()"
        )
    return _since(ordered, leaf, grad, names)


def _since(ordered: list[tuple[Tape, Backward]], leaf: Tensor, grad: Tensor, names: Names) -> Ledger:
    """The bill of a leaf's .grad, from the backward on that found none there, or zeros."""
    names.add_scopes([node for _, backward in ordered for node, _, _ in backward.steps])
    items: list[Item] = []
    so_far: np.ndarray | None = None
    for count, (tape, backward) in enumerate(ordered, 1):
        gain = backward.gains.get(leaf)
        if gain is None or leaf not in backward.after:
            continue
        if gain.was is None or not gain.was.any():
            items, so_far = [], None
        elif so_far is None:
            items, so_far = [_other("there before the tape", gain.was)], gain.was
        elif not np.array_equal(so_far, gain.was, equal_nan=True):
            items.append(_other("changed between backwards", gain.was - so_far))
            so_far = gain.was
        found, given = _uses(tape, backward, leaf, names, count)
        items += found
        so_far = given if so_far is None else so_far + given
    now = words.plain(grad)
    if so_far is not None and not np.array_equal(so_far, now, equal_nan=True):
        items.append(_other("changed since (clipped, scaled, written to, by a hook, or by what no tape saw)", now - so_far))
    name = words.called(leaf, names)
    return Ledger(name, items, now, f"{name}.grad")


def _uses(tape: Tape, backward: Backward, leaf: Tensor, names: Names, count: int) -> tuple[list[Item], np.ndarray]:
    """The items of one backward, and their sum in its order."""
    items, total = [], None
    for node, i, g, upstream in backward.gains[leaf].uses:
        saved = tape.saved.get(node, ()) if node is not None else ()
        items.append(_item(node, i, g, upstream, saved, names, count))
        total = g if total is None else total + g
    assert total is not None
    return items, total


def _other(what: str, g: np.ndarray) -> Item:
    return Item(what, "", "", "", "", np.array(g), 0)
