"""Why a gradient is missing, and which parameters a loss did not use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from glassgrad import cuts
from glassgrad._mode import state
from glassgrad.graph import Node
from glassgrad.tensor import Tensor


def why_no_grad(t: Tensor, loss: Tensor | None = None) -> str:
    """In words, why `t.grad` is None (or that it isn't): what t is, and, given `loss`, whether that depends on it and where it was cut.

    >>> w = gg.tensor([1.0, 2.0], requires_grad=True)
    >>> print(gg.why_no_grad(w * 2))
    this tensor, of shape (2,), is not a leaf: mul computed it. Only leaves keep .grad: write .retain_grad() before backward()
    """
    if not isinstance(t, Tensor):
        raise TypeError(f"why_no_grad: expected a tensor, got {type(t).__name__}")
    what = f"this tensor, of shape {t.shape},"
    if t.grad is not None:
        return f"{what} has a .grad, of shape {t.grad.shape}"
    if t.dtype.kind != "f":
        return f"{what} is {t.dtype}, and only floating tensors have gradients: write .float() before requires_grad"
    if t._node is not None:
        kept = any(hasattr(seen, "keeps") for seen in t._node.watch or ())
        if not kept:
            return f"{what} is not a leaf: {t._node.op.name} computed it. Only leaves keep .grad: write .retain_grad() before backward()"
    elif not t._requires_grad:
        return f"{what} {_no_graph(t)}"
    named = _name(t, loss)
    if loss is None:
        return (
            f"{named} requires grad, but no backward() has reached it yet (or zero_grad() came after it), or the loss doesn't depend on "
            "it: write gg.why_no_grad(t, loss) to see which"
        )
    return _from_loss(t, loss, named)


def _from_loss(t: Tensor, loss: Tensor, named: str) -> str:
    if not loss.requires_grad:
        return f"{named} got no gradient because the loss {_no_graph(loss)}"
    if any(edge is t.edge for edge in _below(loss.edge)):
        return f"{named} is reached from this loss, but backward() hasn't been run on it (or .grad was reset since): write loss.backward()"
    for cut in reversed(cuts.latest):
        edge = cut.edge()
        if any(leaf() is t for leaf in cut.leaves) or (edge is not None and any(e is t.edge for e in _below(edge))):
            if _used(cut.array(), loss):
                return f"{named} is not reached from this loss: what was computed from it was detached at {cut.line}"
            return (
                f"{named} is not reached from this loss. What was computed from it was detached at {cut.line}: if the loss "
                "was computed from that, gradients stop there"
            )
    return (
        f"{named} is not reached from this loss: no recorded op on the way to the loss used it. It is unused, or was used under "
        "no_grad only, or through .numpy() or .item()"
    )


def _used(array: Any, loss: Tensor) -> bool:
    """Whether an op on the way to the loss is known to have used an array: it has saved it."""
    nodes = (node for node in _below(loss.edge) if type(node) is Node and type(node.saved) is tuple)
    return array is not None and any(saved is array for node in nodes for saved in node.saved)


def _no_graph(t: Tensor) -> str:
    """Why a floating tensor requires no grad."""
    for cut in cuts.latest:
        if cut.result() is t:
            return f"was detached at {cut.line}: gradients stop there"
    if t._requires_grad is None:
        return "was computed where grad mode was off (no_grad), or from such a value, so nothing was recorded"
    mode = "" if state.grad_enabled else "; grad mode is off at this moment, too"
    return (
        "doesn't require grad: nothing that it was computed from did, or it was computed by way of integers or bools (.long(), argmax, a "
        f"comparison), which have no gradient: write requires_grad=True on the leaves{mode}"
    )


def _below(edge: Any) -> Iterator[Any]:
    """An edge and all that it was computed from."""
    seen = {edge}
    stack = [edge]
    while stack:
        found = stack.pop()
        yield found
        if type(found) is Node:
            new = [parent for parent in found.parents if parent is not None and parent not in seen]
            seen.update(new)
            stack.extend(new)


def _name(t: Tensor, loss: Tensor | None) -> str:
    """How a leaf is called: its name in a module that ran on the way to the loss, if there is one."""
    for node in _below(loss.edge) if loss is not None and loss.requires_grad else ():
        for module in getattr(node, "scope", ())[:1]:
            for name, parameter in module.named_parameters():
                if parameter is t:
                    return f"the parameter {name!r}, of shape {t.shape},"
    return f"this tensor, of shape {t.shape},"


def unused_parameters(model: Any, loss: Tensor | None = None) -> list[str]:
    """The names of the parameters that have no gradient: after backward() by their `.grad`, or given `loss` by its graph.

    model: a module, or pairs of (name, parameter). Parameters that don't require grad are left out.
    """
    pairs: Iterable[tuple[str, Tensor]] = model.named_parameters() if hasattr(model, "named_parameters") else model
    if not isinstance(pairs, Iterable):
        raise TypeError(f"unused_parameters: expected a module, or pairs of (name, parameter), got {type(model).__name__}")
    pairs = [(name, p) for name, p in pairs if p.requires_grad]
    if loss is None:
        return [name for name, p in pairs if p.grad is None]
    used = {id(edge) for edge in _below(loss.edge)}
    return [name for name, p in pairs if id(p.edge) not in used]
