"""`grad`: gradients of some tensors by others, returned instead of stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.tensor import Tensor, drain, make, run_backward, seed, target_edge


def _listed(tensors: Any) -> list[Any]:
    return [tensors] if isinstance(tensors, Tensor) or tensors is None else list(tensors)


def _roots(who: str, outputs: Any, grad_outputs: Any, create_graph: bool) -> list[tuple[Any, Any]]:
    outputs = _listed(outputs)
    gradients = [None] * len(outputs) if grad_outputs is None else _listed(grad_outputs)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"{who}: {len(outputs)} outputs but {len(gradients)} upstream gradients: give one for each, or None")
    return [seed(who, y, g, create_graph) for y, g in zip(outputs, gradients, strict=True)]


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of `outputs` (summed, each times its `grad_outputs`) by each of `inputs`; `.grad` is left alone.

    grad_outputs: an upstream gradient for each output; may be None for outputs of one element.
    create_graph: record the computation of the gradients, so that they can be differentiated again.
    allow_unused: give None for inputs that the outputs don't depend on, instead of raising RuntimeError.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> (slope,) = gg.autograd.grad(x**3, x, create_graph=True)
    >>> slope.item(), gg.autograd.grad(slope, x)[0].item()
    (27.0, 18.0)
    """
    inputs = _listed(inputs)
    roots = _roots("grad", outputs, grad_outputs, create_graph)
    targets = [target_edge("grad", i, t) for i, t in enumerate(inputs)]
    grads: dict[Any, Any] = {}
    retain = create_graph if retain_graph is None else retain_graph
    drain(roots, grads, targets, retain, create_graph)
    for i, (tensor, edge) in enumerate(zip(inputs, targets, strict=True)):
        if edge not in grads and not allow_unused:
            raise RuntimeError(
                f"grad: the outputs don't depend on input {i} (shape {tensor.shape}): write allow_unused=True to get None for it"
            )
    return tuple(_as_tensor(grads.get(edge)) for edge in targets)


def _as_tensor(g: Any) -> Tensor | None:
    return g if g is None or isinstance(g, Tensor) else make(np.array(g), None)  # a copy: it may be a view of a saved value


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """`Tensor.backward` of several tensors at once: fills `.grad` of the leaves."""
    run_backward(_roots("backward", tensors, grad_tensors, create_graph), retain_graph, create_graph, inputs)
