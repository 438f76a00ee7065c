"""`grad`: gradients of some tensors by others, returned instead of stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad._mode import state
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
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """The gradients of `outputs` (summed, each times its `grad_outputs`) by each of `inputs`; `.grad` is left alone.

    grad_outputs: an upstream gradient for each output; may be None for outputs of one element.
    create_graph: record the computation of the gradients, so that they can be differentiated again.
    only_inputs: always True. allow_unused: give None for inputs that the outputs don't depend on, instead of raising RuntimeError.
    is_grads_batched: each of grad_outputs holds many along a first dimension of its own, and so does each gradient.
    materialize_grads: give zeros instead of None for inputs that the outputs don't depend on.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> (slope,) = gg.autograd.grad(x**3, x, create_graph=True)
    >>> slope.item(), gg.autograd.grad(slope, x)[0].item()
    (27.0, 18.0)
    """
    if not only_inputs:
        raise ValueError("grad: only_inputs=False is no longer: write outputs.backward() to fill .grad of the other leaves too")
    if materialize_grads and allow_unused is False:
        raise ValueError("grad: materialize_grads gives zeros for unused inputs: leave allow_unused out")
    inputs = _listed(inputs)
    targets = [target_edge("grad", i, t) for i, t in enumerate(inputs)]
    retain = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        n, found = _batched(_listed(outputs), _listed(grad_outputs), inputs, create_graph)
    else:
        grads: dict[Any, Any] = {}
        drain(_roots("grad", outputs, grad_outputs, create_graph), grads, targets, retain, create_graph)
        n, found = (), [_as_tensor(grads.get(edge)) for edge in targets]
    for i, (tensor, g) in enumerate(zip(inputs, found, strict=True)):
        if g is None and materialize_grads:
            found[i] = make(np.zeros((*n, *tensor.shape), tensor.dtype), None)
        elif g is None and not allow_unused:
            raise RuntimeError(
                f"grad: the outputs don't depend on input {i} (shape {tensor.shape}): write allow_unused=True to get None for it"
            )
    return tuple(found)  # type: ignore[arg-type]  # None with allow_unused only


def _batched(
    outputs: list[Tensor], upstream: list[Any], inputs: list[Tensor], create_graph: bool
) -> tuple[tuple[int, ...], list[Tensor | None]]:
    """(n,), of the n upstream gradients in each of `upstream`, and the n gradients by each input: of one walk if that can be.

    The graph is kept, whatever retain_graph says: where an op can't be vectorised there is a second try, one by one.
    """
    from glassgrad.batch import Batched, CannotBatch, Level, pull
    from glassgrad.ops.shape import broadcast_to, stack

    _roots("grad", outputs, [make(np.zeros(y.shape, y.dtype), None) for y in outputs], create_graph)  # raises where there is no graph
    shapes = [getattr(g, "shape", None) for g in upstream]
    n = shapes[0][0] if shapes[0] else 0
    if shapes != [(n, *y.shape) for y in outputs]:
        expected = ", ".join(f"(n, {str(tuple(y.shape))[1:]}" if y.ndim else "(n,)" for y in outputs)
        raise RuntimeError(
            f"grad: is_grads_batched needs an upstream gradient of shape {expected} for the outputs, with one n, got {shapes}"
        )
    upstream = [g.to(y.dtype) for y, g in zip(outputs, upstream, strict=True)]
    try:
        level = Level(n, len(state.vmaps))
        found = pull(outputs, [Batched(g, level) for g in upstream], inputs, True, create_graph)
        wide = [g if g is None else g.value if isinstance(g, Batched) else broadcast_to(g, (n, *g.shape)) for g in found]
    except CannotBatch:
        lines = [pull(outputs, [g[k] for g in upstream], inputs, True, create_graph) for k in range(n)]
        wide = [None if same[0] is None else stack(same) for same in zip(*lines, strict=True)]
    return (n,), wide


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
