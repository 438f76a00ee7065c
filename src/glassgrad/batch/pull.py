"""Derivatives of functions by way of the graph: leaves, pullbacks, and the linear map that is a function's derivative.

Each works on tensors that may stand for one sample of the running vmaps (`levels`): their dimensions are brought into the
open, so that there is one graph for all samples. Samples never mix, so the gradient of the sum over the samples holds the
gradient of each. An upstream gradient may be Batched itself: then the walk runs once for a whole batch of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad._mode import enable_grad
from glassgrad.batch.batched import Batched, Level, strip
from glassgrad.graph import Node
from glassgrad.op import REGISTRY
from glassgrad.tensor import Tensor, drain, make


def fresh(x: Tensor, levels: Sequence[Level]) -> Tensor:
    """x (without `levels`) as what derivatives are taken by: a leaf, or a node of its own where x is in a graph already."""
    x = strip(x, levels)
    with enable_grad():
        return REGISTRY["alias"](x) if x.requires_grad else make(x._array, None).requires_grad_()


def leads_outside(roots: Sequence[Tensor], inputs: Sequence[Tensor], start: int) -> bool:
    """Whether `roots` depend on anything that requires grad but `inputs`: then their derivatives must be recorded too."""
    inside = {x.edge for x in inputs}
    stack = [y.edge for y in roots]
    seen = set()
    while stack:
        edge = stack.pop()
        if edge is None or edge in seen:
            continue
        seen.add(edge)
        if edge in inside:
            if type(edge) is Node and edge.parents[0] is not None:
                return True
        elif type(edge) is not Node or edge.index < start:
            return True
        else:
            stack.extend(edge.parents)
    return False


def pull(
    outputs: Sequence[Tensor], upstream: Sequence[Any], inputs: Sequence[Tensor], retain_graph: bool, create_graph: bool
) -> list[Tensor | None]:
    """The gradients by each of `inputs` (None where nothing depends on it), given one for each output or None; all without levels."""
    on_tensors = create_graph or any(isinstance(g, Batched) for g in upstream)  # a total in an array could not take a batch
    pairs = [(y.edge, g) for y, g in zip(outputs, upstream, strict=True) if g is not None and y.edge is not None]
    roots = [(edge, g if on_tensors else g._array) for edge, g in pairs]
    grads: dict[Any, Any] = {}
    targets = [x.edge for x in inputs]
    drain(roots, grads, targets, retain_graph, create_graph)
    found = [grads.get(edge) for edge in targets]
    return [g if g is None or (isinstance(g, Tensor) and not g.is_sparse) else make(np.array(g), None) for g in found]


class Linear:
    """The derivative of `outputs` by `inputs` as a linear map: `backwards` is the vjp, `forwards` the jvp.

    The vjp is linear in its upstream gradient u, so the vjp of the vjp by u is the jvp: forward mode by two transposes,
    exact for each op whose rule is differentiable.
    """

    def __init__(self, outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> None:
        self.outputs = list(outputs)
        self.inputs = list(inputs)
        self._duals: list[Tensor] | None = None
        self._pulled: list[Tensor | None] = []

    def backwards(self, upstream: Sequence[Any], create_graph: bool) -> list[Tensor | None]:
        """The gradients of the inputs."""
        return pull(self.outputs, upstream, self.inputs, True, create_graph)

    def forwards(self, tangents: Sequence[Any], create_graph: bool) -> list[Tensor | None]:
        """The tangents of the outputs."""
        if self._duals is None:
            with enable_grad():
                self._duals = [make(np.zeros(y.shape, y.dtype), None) for y in self.outputs]
                for u in self._duals:
                    u.requires_grad = u.dtype.kind == "f"
                self._pulled = pull(self.outputs, self._duals, self.inputs, True, True)
        pairs = [(g, v) for g, v in zip(self._pulled, tangents, strict=True) if g is not None and v is not None and g.requires_grad]
        wanted = [u for u in self._duals if u.requires_grad]
        found = iter(pull([g for g, _ in pairs], [v for _, v in pairs], wanted, True, create_graph))
        return [next(found) if u.requires_grad else None for u in self._duals]
