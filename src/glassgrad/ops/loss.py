"""Losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.activation import log_softmax
from glassgrad.ops.elementwise import square
from glassgrad.ops.index import along

_REDUCTIONS = ("mean", "sum", "none")


def _check_reduction(who: str, reduction: str) -> None:
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{who}: reduction must be 'mean', 'sum' or 'none', got {reduction!r}")


def _reduced(values: Any, reduction: str) -> Any:
    return values.mean() if reduction == "mean" else values.sum() if reduction == "sum" else values


# ------------------------------------------------------------------------------------------------ classification


@op(x=lambda g, x_shape, target, weight, ignore_index, reduction:
    nll_loss_grad(g, target, x_shape, weight, ignore_index, reduction))  # fmt: skip
def _nll_loss(x: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str) -> Array:
    at, w, total = _picked(x.shape, target, weight, ignore_index, x.dtype)
    values = np.where(target == ignore_index, 0, -w * x[at]).astype(x.dtype)  # (N, ...); 0 also where x[at] is infinite
    return values if reduction == "none" else values.sum() / total if reduction == "mean" else values.sum()


@op(method=False, x=lambda g, target, weight, ignore_index, reduction: _nll_loss(g, target, weight, ignore_index, reduction))
def nll_loss_grad(
    x: Array, target: Array, shape: tuple[int, ...], weight: Array | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Array:
    """The transpose of `nll_loss`: zeros of `shape` (N, C, ...) with -x times the weight at each target."""
    at, w, total = _picked(shape, target, weight, ignore_index, x.dtype)
    y = np.zeros(shape, x.dtype)
    y[at] = -w * x / total if reduction == "mean" else -w * x
    return y


def _picked(shape: tuple[int, ...], target: np.ndarray, weight: Any, ignore_index: int, dtype: Any) -> tuple[Any, Any, Any]:
    """The index of each target in (N, C, ...), its weight (0 where ignored), and the sum of these."""
    kept = target != ignore_index
    safe = np.where(kept, target, 0)
    at = along(np.expand_dims(safe, 1), 1) if len(shape) > 1 else (safe,)
    at = tuple(np.squeeze(part, 1) for part in at) if len(shape) > 1 else at
    w = kept.astype(dtype) if weight is None else kept * weight.astype(dtype)[safe]
    return at, w, w.sum()


@op(method=False)
def nll_loss(
    x: Array, target: Array, weight: Array | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Array:
    """The negative log-likelihood, `-x[i, target[i]]`: x (N, C, ...) or (C), log-probabilities; target (N, ...), integers.

    weight (C) scales each class, targets equal to `ignore_index` count for nothing; the mean is over the weights.
    """
    _check_reduction("nll_loss", reduction)
    _check_target("nll_loss", x, target, weight, ignore_index)
    return _nll_loss(x, target, weight, ignore_index, reduction)


def _check_target(who: str, x: Any, target: Any, weight: Any, ignore_index: int) -> None:
    if not x.ndim:
        raise ValueError(f"{who}: x must have a dimension of classes, got a 0-d tensor")
    if target.dtype.kind not in "iu":
        raise RuntimeError(f"{who}: target holds class indices, so it must be an integer tensor, got {target.dtype}: write .long()")
    classes = x.shape[1 if x.ndim > 1 else 0]
    want = (x.shape[0], *x.shape[2:]) if x.ndim > 1 else ()
    if tuple(target.shape) != tuple(want):
        raise ValueError(f"{who}: x has shape {tuple(x.shape)}, so target must be {tuple(want)}, got {tuple(target.shape)}")
    if weight is not None and tuple(weight.shape) != (classes,):
        raise ValueError(f"{who}: weight must have one entry for each of the {classes} classes, got shape {tuple(weight.shape)}")
    array = target if isinstance(target, np.ndarray) else target._array
    bad = (array != ignore_index) & ((array < 0) | (array >= classes))
    if bad.any():
        raise IndexError(f"{who}: target {array[bad].flat[0]} is out of bounds: x has {classes} classes (shape {tuple(x.shape)})")


@op(method=False)
def cross_entropy(
    x: Array, target: Array, weight: Array | None = None, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
) -> Array:
    """The cross-entropy between softmax(x) and target: x (N, C, ...) or (C), logits.

    target: class indices (N, ...), or probabilities of x's shape. Equal to `nll_loss(log_softmax(x))`;
    `label_smoothing` mixes the target with the uniform distribution (Szegedy et al. 2016).
    """
    _check_reduction("cross_entropy", reduction)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing must lie in [0, 1], got {label_smoothing}")
    at = 1 if x.ndim > 1 else 0
    if tuple(target.shape) == tuple(x.shape) and target.dtype.kind == "f":
        return _soft_cross_entropy(x, target, weight, reduction, label_smoothing, at)
    _check_target("cross_entropy", x, target, weight, ignore_index)
    logp = log_softmax(x, at)
    loss = _nll_loss(logp, target, weight, ignore_index, reduction)
    if not label_smoothing:
        return loss
    kept = target != ignore_index
    smooth = np.where(kept, -(logp if weight is None else logp * _per_class(weight, x)).sum(at), 0) / x.shape[at]
    if reduction == "mean":
        smooth = smooth.sum() / (kept.sum() if weight is None else (weight[(target * kept)] * kept).sum())
    elif reduction == "sum":
        smooth = smooth.sum()
    return loss * (1 - label_smoothing) + smooth * label_smoothing


def _per_class(weight: Any, x: Any) -> Any:
    return weight.reshape((-1,) + (1,) * (x.ndim - 2))


def _soft_cross_entropy(x: Any, target: Any, weight: Any, reduction: str, label_smoothing: float, at: int) -> Any:
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / x.shape[at]
    weighted = target if weight is None else target * _per_class(weight, x)
    values = -(log_softmax(x, at) * weighted).sum(at)
    if reduction == "mean":
        return values.sum() / (x.size if isinstance(x, np.ndarray) else x.numel()) * x.shape[at]
    return _reduced(values, reduction)


# ------------------------------------------------------------------------------------------------ regression


@op(method=False)
def mse_loss(x: Array, target: Array, reduction: str = "mean") -> Array:
    """The squared distance, `(x - target)**2`, averaged, summed, or element by element. The shapes must be equal."""
    _check_reduction("mse_loss", reduction)
    if tuple(x.shape) != tuple(target.shape):
        raise ValueError(
            f"mse_loss: x has shape {tuple(x.shape)}, target {tuple(target.shape)}: broadcasting here would compare every pair; "
            "write target.reshape(x.shape) or target.expand_as(x)"
        )
    return _reduced(square(x - target), reduction)
