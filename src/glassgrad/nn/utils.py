"""Work on all parameters at once: gradient clipping, and parameters as one vector."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from glassgrad._mode import no_grad, state
from glassgrad.graph import written
from glassgrad.ops.shape import cat, reshape
from glassgrad.tensor import Tensor, make


def _grads(parameters: Tensor | Iterable[Tensor]) -> list[np.ndarray]:
    found = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad._array for p in found if p.grad is not None]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Tensor:
    """Scale all gradients, in place, so that the norm of their concatenation is at most `max_norm`; return what it was.

    Pascanu et al. 2013. norm_type: the p of the p-norm; inf for the largest element. RuntimeError if the norm is not
    finite and error_if_nonfinite is set, before anything is scaled.
    """
    grads = _grads(parameters)
    p = float(norm_type)
    if not p > 0:
        raise ValueError(f"clip_grad_norm_: norm_type must be positive, got {norm_type}")
    if not grads:
        return make(np.zeros((), state.default_dtype), None)
    each = [_norm(g, p) for g in grads]
    total = max(each, key=lambda n: (math.isnan(n), n)) if p == math.inf else _norm(np.array(each), p)
    if error_if_nonfinite and not math.isfinite(total):
        raise RuntimeError(
            f"clip_grad_norm_: the {norm_type}-norm of the gradients is {total}, so they can't be scaled: look for the "
            "op that made it (gg.isfinite), or write error_if_nonfinite=False"
        )
    scale = float(max_norm) / (total + 1e-6)
    if not scale >= 1:  # NaN too, so that it spreads as it does in PyTorch
        for g in grads:
            np.multiply(g, scale, out=g)
        written(*grads)
    return make(np.asarray(total, grads[0].dtype), None)


def _norm(g: np.ndarray, p: float) -> float:
    flat = g.reshape(-1)
    if flat.dtype == np.float16:
        flat = flat.astype(np.float32)  # squares of float16 overflow at 256
    if not flat.size:
        return 0.0
    if p == 2:
        return math.sqrt(np.dot(flat, flat))
    return float(np.abs(flat).max()) if p == math.inf else float((np.abs(flat) ** p).sum()) ** (1 / p)


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Clamp every element of every gradient to [-clip_value, clip_value], in place."""
    grads = _grads(parameters)
    for g in grads:
        np.clip(g, -float(clip_value), float(clip_value), out=g)
    if grads:
        written(*grads)


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, flattened and joined; the gradient flows through."""
    return cat([reshape(p, -1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Copy consecutive pieces of a vector over the parameters: the inverse of `parameters_to_vector`."""
    found = list(parameters)
    total = sum(p.numel() for p in found)
    if vec.shape != (total,):
        raise ValueError(f"vector_to_parameters: the parameters have {total} elements in all, the vector has shape {vec.shape}")
    at = 0
    with no_grad():
        for p in found:
            p._assign(vec.detach()[at : at + p.numel()].reshape(p.shape))
            at += p.numel()
