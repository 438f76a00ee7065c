"""Work on all parameters at once: gradient clipping, and parameters as one vector."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad._mode import no_grad, state
from glassgrad.absent import missing
from glassgrad.ops.rows import RowSparse
from glassgrad.ops.shape import cat, reshape
from glassgrad.tensor import Tensor, make
from glassgrad.writes import written


def _grads(parameters: Tensor | Iterable[Tensor]) -> list[np.ndarray]:
    found = [parameters] if isinstance(parameters, Tensor) else parameters
    return [_values(p._grad) for p in found if p._grad is not None]


def _values(g: Tensor) -> np.ndarray:
    """The elements of a gradient that aren't 0 by nature: of a sparse one those of its rows."""
    return g.kept if isinstance(g, RowSparse) else g._array


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients, in place, so that the norm of their concatenation is at most `max_norm`; return what it was.

    Pascanu et al. 2013. norm_type: the p of the p-norm; inf for the largest element. RuntimeError if the norm is not
    finite and error_if_nonfinite is set, before anything is scaled.
    """
    grads = _grads(parameters)
    total = _total_norm("clip_grad_norm_", grads, norm_type, error_if_nonfinite)
    _scale(grads, max_norm, total)
    return make(np.asarray(total, grads[0].dtype if grads else state.default_dtype), None)


def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of the concatenation of all tensors: of gradients, `get_total_norm([p.grad for p in model.parameters()])`."""
    arrays = [_values(t.detach()) for t in ([tensors] if isinstance(tensors, Tensor) else tensors)]
    total = _total_norm("get_total_norm", arrays, norm_type, error_if_nonfinite)
    return make(np.asarray(total, arrays[0].dtype if arrays else state.default_dtype), None)


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor | float, foreach: bool | None = None
) -> None:
    """Scale all gradients, in place, by `max_norm / total_norm` if that is less than 1."""
    _scale(_grads(parameters), max_norm, float(total_norm))


def _total_norm(who: str, arrays: list[np.ndarray], norm_type: float, error_if_nonfinite: bool) -> float:
    p = float(norm_type)
    if not p > 0:
        raise ValueError(f"{who}: norm_type must be positive, got {norm_type}")
    if not arrays:
        return 0.0
    total = kernels.total_norm(arrays) if p == 2 else NotImplemented
    if total is NotImplemented:
        each = [_norm(g, p) for g in arrays]
        total = max(each, key=lambda n: (math.isnan(n), n)) if p == math.inf else _norm(np.array(each), p)
    if error_if_nonfinite and not math.isfinite(total):
        raise RuntimeError(
            f"{who}: the {norm_type}-norm of the gradients is {total}, so they can't be scaled: look for the "
            "op that made it (gg.isfinite), or write error_if_nonfinite=False"
        )
    return total


def _scale(grads: list[np.ndarray], max_norm: float, total: float) -> None:
    scale = float(max_norm) / (total + 1e-6)
    if grads and not scale >= 1:  # NaN too, so that it spreads as it does in PyTorch
        if not kernels.scale_all(grads, scale):
            for g in grads:
                np.multiply(g, scale, out=g)
        written(*grads)


def _norm(g: np.ndarray, p: float) -> float:
    flat = g.reshape(-1)
    if flat.dtype == np.float16:
        flat = flat.astype(np.float32)  # squares of float16 overflow at 256
    if not flat.size:
        return 0.0
    if p == 2:
        return math.sqrt(np.dot(flat, flat))
    return float(np.abs(flat).max()) if p == math.inf else float((np.abs(flat) ** p).sum()) ** (1 / p)


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
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


def __getattr__(name: str) -> Any:
    """Load `nn.utils.rnn` when it is first named; for a function that isn't here, AttributeError that says what to write."""
    if name == "rnn":
        from importlib import import_module

        return import_module("glassgrad.nn.utils.rnn")
    raise missing(__name__, name)
