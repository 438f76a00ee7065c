"""Anomaly mode: find the op that makes a NaN, in forward or backward, and not those that pass it on."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import Any

import numpy as np

from glassgrad import graph, hooks
from glassgrad.graph import Node
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor
from glassgrad.writes import user_line

_on = False
_check = True
_reached: weakref.WeakSet[Node] = weakref.WeakSet()  # nodes that a step of a backward has handed finite gradients
_outputs: weakref.WeakKeyDictionary[Node, np.ndarray] = weakref.WeakKeyDictionary()


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on."""
    return _on


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode is on and looks for NaN and Inf, not only at source lines."""
    return is_anomaly_enabled() and _check


class set_detect_anomaly:
    """Turn anomaly mode on or off, for all threads; as a context manager it is restored on leaving.

    While it is on, each op notes the source line that called it (errors of backward then name it), and RuntimeError is
    raised by the op that makes a NaN from numbers in the forward, or a NaN or Inf from finite gradients in the backward,
    with its operands. It costs time and memory: it is for debugging. check_nan=False notes lines only.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = (_on, _check)
        _set(bool(mode), check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _set(*self._before)


def _set(on: bool, check_nan: bool) -> None:
    global _on, _check
    _on, _check = on, check_nan
    hooks.listen("tap", 0, _recorded if on else None)
    hooks.listen("step", 0, _stepped if on and check_nan else None)


class detect_anomaly(set_detect_anomaly):
    """`with gg.autograd.detect_anomaly():` is anomaly mode for a block; see `set_detect_anomaly`."""

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan

    def __enter__(self) -> None:
        super().__init__(True, self._check_nan)


# ------------------------------------------------------------------------------------------------ forward


def _recorded(node: Node, y: np.ndarray) -> None:
    graph.lines[node] = user_line()
    _outputs[node] = y
    if not _check or not _has(np.isnan, y):
        return
    known = _operands(node)
    numbers = [np.asarray(x) for x in node.attrs if isinstance(x, float)]
    if not any(_has(np.isnan, x) for x in (*known.values(), *numbers)):
        where = f"{node.op.name}: made a NaN (output {_where(np.isnan(y))}) from"
        unknown = [name for name in _unkept(node) if name not in known]
        if unknown:  # a constant, and the rules don't need its values: nobody has kept them
            raise RuntimeError(f"{where} operands in the graph without one: here, or it came in with {' or '.join(unknown)}\n{_told(node)}")
        raise RuntimeError(f"{where} operands without one\n{_told(node)}")


def _has(test: Any, x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind == "f" and bool(test(x).any())


def _unkept(node: Node) -> list[str]:
    """The operands that may not be known: constants, and numbers to be written."""
    constants = [name for name, parent in zip(input_names(node), node.parents, strict=True) if parent is None]
    return [*constants, *(n for n in getattr(node.op, "params", ()) if n == "value" and n not in (*node.op.inputs, *node.op.attrs))]


def _operands(node: Node) -> dict[str, np.ndarray]:
    """What is known of the inputs' values: of leaves, of ops recorded in anomaly mode, and what was saved."""
    names = input_names(node)
    values = {n: x for n, x in zip(node.op.keep, node.saved, strict=False) if n != "y"} if isinstance(node.saved, tuple) else {}
    for name, parent in zip(names, node.parents, strict=True):
        if isinstance(parent, Tensor):
            values[name] = parent._array
        elif parent in _outputs:
            values[name] = _outputs[parent]
    return values


def _told(node: Node) -> str:
    """Where an op ran and on what."""
    inside = f" in {type(node.scope[-1]).__name__}" if node.scope else ""
    lines = [f"  forward at {graph.lines.get(node, 'a line unknown: record it in anomaly mode too')}{inside}"]
    for name, x in _operands(node).items():
        x = np.asarray(x)  # it may be a number
        text = np.array2string(x, precision=4, threshold=12, edgeitems=2).replace("\n", "")
        lines.append(f"  {name} {x.shape} = {text}")
    for name, parent in zip(input_names(node), node.parents, strict=True):
        if parent in _outputs and _has(np.isinf, _outputs[parent]):
            maker = _infinite(parent)
            lines.append(f"  the Inf in {name} was made by {maker.op.name} at {graph.lines.get(maker, 'a line unknown')}")
    return "\n".join(lines)


def _infinite(node: Node) -> Node:
    """The op that made the Inf in the output of `node`, which may have passed it on."""
    while True:
        passed = [parent for parent in node.parents if parent in _outputs and _has(np.isinf, _outputs[parent])]
        if not passed:
            return node
        node = passed[0]


def _where(bad: np.ndarray) -> str:
    at = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{int(bad.sum())} of {bad.size} elements, the first at {list(at)}" if bad.ndim else "of one element"


# ------------------------------------------------------------------------------------------------ backward


def _stepped(step: tuple[Node, Any, list[Any]] | list[Any]) -> None:
    if type(step) is list:  # the roots
        return
    node, upstream, gradients = step
    g = _raw(upstream)
    if _has(_not_finite, g):
        why = "what backward() started from isn't finite"
        if node in _reached:  # what the rules gave it was finite
            hooked = any(not hasattr(seen, "keeps") for seen in node.watch or ())  # retain_grad only looks
            why = "a hook on its output returned that" if hooked else "the sum of the finite gradients of its uses overflowed"
        raise RuntimeError(f"backward: the gradient handed to {node.op.name} has {_kinds(g)}: {why}\n{_told(node)}")
    for i, given in enumerate(gradients):
        gx = _raw(given)
        if node.parents[i] is not None and _has(_not_finite, gx):
            raise RuntimeError(_made_in_backward(node, i, g, gx))
        if gx is not None and type(node.parents[i]) is Node:
            _reached.add(node.parents[i])


def _not_finite(x: np.ndarray) -> np.ndarray:
    return ~np.isfinite(x)


def _raw(g: Any) -> Any:
    if isinstance(g, Tensor):
        return g.values()._array if g.is_sparse else g._array  # type: ignore[attr-defined]  # of its rows
    return g


def _kinds(x: np.ndarray) -> str:
    return " and ".join(kind for kind, test in (("NaN", np.isnan), ("Inf", np.isinf)) if test(x).any())


def _made_in_backward(node: Node, i: int, g: np.ndarray, gx: np.ndarray) -> str:
    name = node.op.inputs[i] if len(node.op.inputs) > i and not node.op.sequence else f"input {i}"
    bad = ~np.isfinite(gx)
    try:
        rule = f"d{name} = {node.op.formula(node.op.inputs[0] if node.op.sequence else name, node.attrs)}"
    except Exception:  # a custom Function has no formula
        rule = f"the rule for {name}"
    text = (
        f"{node.op.name}: its backward made {_kinds(gx)} in the gradient by {name} ({_where(bad)}) from a finite upstream gradient\n"
        f"  {rule}\n{_told(node)}"
    )
    if g.shape == gx.shape and (np.isnan(gx) & (g == 0)).any():
        args = ", ".join("safe" if n == name else n for n in node.op.inputs)
        text += (
            "\n  This is 0 * inf: where the upstream gradient is 0, as behind a where or a mask that chose the other branch, the "
            "derivative is infinite. Keep such values away from the op too, with a double where: "
            f"safe = gg.where(mask, {name}, 1.0); y = gg.where(mask, gg.{node.op.name}({args}), 0.0)"
        )
    return text
