"""Losses of classification: the likelihood of a class, of each of several labels, or of a whole distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.op import Array, op
from glassgrad.ops.activation import logsigmoid
from glassgrad.ops.index import along
from glassgrad.ops.regression import array_of, reduced, reduction_of, same_shape
from glassgrad.ops.softmax import log_softmax
from glassgrad.ops.special import sigmoid

# ------------------------------------------------------------------------------------------------ one of several classes


@op(x=lambda g, x_shape, target, weight, ignore_index, reduction:
    nll_loss_grad(g, target, x_shape, weight, ignore_index, reduction))  # fmt: skip
def _nll_loss(x: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str) -> Array:
    at, w, total = _picked(x.shape, target, weight, ignore_index, x.dtype)
    values = np.where(target == ignore_index, 0, -w * x[at]).astype(x.dtype)  # (N, ...); 0 also where x[at] is infinite
    return values if reduction == "none" else values.sum() / total if reduction == "mean" else values.sum()


@op(method=False,
    x=lambda g, target, weight, ignore_index, reduction: nll_loss(g, target, weight, None, ignore_index, None, reduction))  # fmt: skip
def nll_loss_grad(
    x: Array, target: Array, shape: tuple[int, ...], weight: Array | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Array:
    """The transpose of `nll_loss`: zeros of `shape` (N, C, ...) with -x times the weight at each target."""
    at, w, total = _picked(shape, target, weight, ignore_index, x.dtype)
    y = np.zeros_like(x, shape=shape)
    y[at] = np.where(target == ignore_index, 0, -w * x / total) if reduction == "mean" else -w * x
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
    x: Array, target: Array, weight: Array | None = None, size_average: bool | None = None, ignore_index: int = -100,
    reduce: bool | None = None, reduction: str = "mean",
) -> Array:  # fmt: skip
    """The negative log-likelihood, `-x[i, target[i]]`: x (N, C, ...) or (C), log-probabilities; target (N, ...), integers.

    weight (C) scales each class, targets equal to `ignore_index` count for nothing; the mean is over the weights.
    """
    reduction = reduction_of("nll_loss", reduction, size_average, reduce)
    check_classes("nll_loss", x, target, weight)
    check_bounds("nll_loss", x, target, ignore_index)
    return _nll_loss(x, target, weight, ignore_index, reduction)


def check_classes(who: str, x: Any, target: Any, weight: Any = None) -> None:
    """Raise unless target has the shape of class indices for x (N, C, ...) or (C), and weight one number a class."""
    shape = x.shape
    if not shape:
        raise ValueError(f"{who}: x must have a dimension of classes, got a 0-d tensor")
    if target.dtype.kind not in "iu":
        if x.dtype.kind in "iu":
            got = f"x is {x.dtype} {tuple(shape)} and target {target.dtype} {tuple(target.shape)}"
            raise RuntimeError(f"{who}: {got}: swapped? write {who}(input, target)")
        raise RuntimeError(f"{who}: target holds class indices, so it must be an integer tensor, got {target.dtype}: write .long()")
    want = (shape[0], *shape[2:]) if len(shape) > 1 else ()
    if target.shape != want:
        raise ValueError(f"{who}: x has shape {tuple(shape)}, so target must be {want}, got {tuple(target.shape)}")
    if weight is not None and tuple(weight.shape) != (_classes(shape),):
        raise RuntimeError(f"{who}: weight must have one entry for each of the {_classes(shape)} classes, got shape {tuple(weight.shape)}")


def _classes(shape: Any) -> int:
    return shape[1 if len(shape) > 1 else 0]


def check_bounds(who: str, x: Any, target: Any, ignore_index: int | None = None) -> None:
    """Raise unless target holds class indices for x, or ignore_index."""
    array, classes = array_of(target), _classes(x.shape)
    bad = (array < 0) | (array >= classes)
    if ignore_index is not None:
        bad &= array != ignore_index
    if bad.any():
        raise IndexError(f"{who}: target {array[bad].flat[0]} is out of bounds: x has {classes} classes (shape {tuple(x.shape)})")


@op(kernel=kernels.cross_entropy, residuals=["slope"],
    grad_kernel=lambda parents, g, x, target, weight, slope, *_: slope if not g.ndim and g.item() == 1 else NotImplemented,
    x=lambda g, slope: cross_entropy_grad(g, slope))  # fmt: skip
def _cross_entropy(
    x: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str, label_smoothing: float
) -> tuple[Array, Array]:
    check_bounds("cross_entropy", x, target, ignore_index)
    at = 1 if x.ndim > 1 else 0
    logp = log_softmax(x, at)
    loss = _nll_loss(logp, target, weight, ignore_index, reduction)
    q = -nll_loss_grad(np.ones(loss.shape, x.dtype), target, x.shape, weight, ignore_index, reduction)  # the target, one-hot and weighted
    if label_smoothing:
        kept = np.expand_dims(target != ignore_index, at)
        share = label_smoothing / x.shape[at]
        if reduction == "mean":
            share = share / _picked(x.shape, target, weight, ignore_index, x.dtype)[2]
        every = np.where(kept, share if weight is None else share * _per_class(weight, x), 0).astype(x.dtype)  # what each class gets
        smooth = np.where(kept, -logp, 0) * every
        loss = loss * (1 - label_smoothing) + (smooth.sum(at) if reduction == "none" else smooth.sum())
        q = q * (1 - label_smoothing) + every
    return loss, np.exp(logp) * q.sum(at, keepdims=True) - q


@op(method=False)
def cross_entropy_grad(g: Array, slope: Array) -> Array:
    """The gradient of cross-entropy by the logits: g, one for all or one for each row, times `sum(q) * softmax(x) - q`.

    q is the (smoothed) target as probabilities, times the weight of each class, for a mean over the sum of the weights.
    """
    return (np.expand_dims(g, 1) if g.ndim else g) * slope


@op(method=False)
def cross_entropy(
    x: Array, target: Array, weight: Array | None = None, size_average: bool | None = None, ignore_index: int = -100,
    reduce: bool | None = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Array:  # fmt: skip
    """The cross-entropy between softmax(x) and target: x (N, C, ...) or (C), logits.

    target: class indices (N, ...), or probabilities of x's shape. Equal to `nll_loss(log_softmax(x))`;
    `label_smoothing` mixes the target with the uniform distribution (Szegedy et al. 2016).
    """
    reduction = reduction_of("cross_entropy", reduction, size_average, reduce)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"cross_entropy: label_smoothing must lie in [0, 1], got {label_smoothing}")
    if target.shape == x.shape and target.dtype.kind == "f":
        return _soft_cross_entropy(x, target, weight, reduction, label_smoothing, 1 if x.ndim > 1 else 0)
    check_classes("cross_entropy", x, target, weight)
    return _cross_entropy(x, target, weight, ignore_index, reduction, float(label_smoothing))


def _per_class(weight: Any, x: Any) -> Any:
    return weight.reshape((-1,) + (1,) * (x.ndim - 2))


def _soft_cross_entropy(x: Any, target: Any, weight: Any, reduction: str, label_smoothing: float, at: int) -> Any:
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / x.shape[at]
    weighted = target if weight is None else target * _per_class(weight, x)
    values = -(log_softmax(x, at) * weighted).sum(at)
    if reduction == "mean":
        return values.sum() / (x.size if isinstance(x, np.ndarray) else x.numel()) * x.shape[at]
    return reduced(values, reduction)


# ------------------------------------------------------------------------------------------------ yes or no


@op(dtypes="float",
    x=lambda g, x, target: g * (x - target) / np.maximum(x * (1 - x), 1e-12),
    target=lambda g, x: g * (np.clip(np.log1p(-x), -100, None) - np.clip(np.log(x), -100, None)))  # fmt: skip
def _binary_cross_entropy(x: Array, target: Array) -> Array:
    outside = (x < 0) | (x > 1)
    if outside.any():
        raise RuntimeError(
            f"binary_cross_entropy: input holds {x[outside].flat[0]}, but probabilities lie in [0, 1]: write sigmoid(input), "
            "or binary_cross_entropy_with_logits"
        )
    with np.errstate(divide="ignore"):
        return (target - 1) * np.maximum(np.log1p(-x), -100) - target * np.maximum(np.log(x), -100)


@op(method=False)
def binary_cross_entropy(
    x: Array, target: Array, weight: Array | None = None, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:  # fmt: skip
    """`-target * log(x) - (1 - target) * log(1 - x)` of probabilities x; the logarithms end at -100. The shapes must be equal.

    weight (broadcastable) scales each element. For logits `binary_cross_entropy_with_logits` is exact where x rounds to 0 or 1.
    """
    reduction = reduction_of("binary_cross_entropy", reduction, size_average, reduce)
    same_shape("binary_cross_entropy", x, target)
    values = _binary_cross_entropy(x, target)
    return reduced(values if weight is None else values * weight, reduction)


@op(dtypes="float", inplace=False, x=lambda g, x, target: g * (sigmoid(x) - target), target=lambda g, x: -g * x)
def _bce_with_logits(x: Array, target: Array) -> Array:
    return (1 - target) * x - logsigmoid(x)


@op(dtypes="float",
    x=lambda g, x, target, pos_weight: g * ((1 - target) - (1 + (pos_weight - 1) * target) * sigmoid(-x)),
    target=lambda g, x, pos_weight: -g * (x + (pos_weight - 1) * logsigmoid(x)),
    pos_weight=lambda g, x, target: -g * target * logsigmoid(x))  # fmt: skip
def _binary_cross_entropy_with_logits(x: Array, target: Array, pos_weight: Array | float) -> Array:
    return (1 - target) * x - (1 + (pos_weight - 1) * target) * logsigmoid(x)


@op(method=False)
def binary_cross_entropy_with_logits(
    x: Array, target: Array, weight: Array | None = None, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", pos_weight: Array | None = None,
) -> Array:  # fmt: skip
    """`binary_cross_entropy(sigmoid(x), target)`, computed from the logits x without rounding. The shapes must be equal.

    weight (broadcastable) scales each element; pos_weight (broadcastable) scales only what the positive targets add.
    """
    reduction = reduction_of("binary_cross_entropy_with_logits", reduction, size_average, reduce)
    same_shape("binary_cross_entropy_with_logits", x, target)
    values = _bce_with_logits(x, target) if pos_weight is None else _binary_cross_entropy_with_logits(x, target, pos_weight)
    return reduced(values if weight is None else values * weight, reduction)


@op(method=False)
def multilabel_soft_margin_loss(
    x: Array, target: Array, weight: Array | None = None, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:  # fmt: skip
    """`binary_cross_entropy_with_logits` averaged over the classes, the last dimension: x and target (N, C) or (C)."""
    reduction = reduction_of("multilabel_soft_margin_loss", reduction, size_average, reduce)
    same_shape("multilabel_soft_margin_loss", x, target)
    values = _bce_with_logits(x, target)
    return reduced((values if weight is None else values * weight).mean(-1), reduction)


# ------------------------------------------------------------------------------------------------ distributions


@op(dtypes="float", x=lambda g, target: -g * target, target=lambda g, x, target: g * (safe_log(target) + (target > 0) - x))
def _kl_div(x: Array, target: Array) -> Array:
    return target * (safe_log(target) - x)


@op(method=False)
def safe_log(x: Array) -> Array:
    """log(x), and 0 at x = 0: what `x * log(x)` needs."""
    return np.log(np.where(x == 0, 1, x))


@op(method=False)
def kl_div(
    x: Array, target: Array, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
    log_target: bool = False,
) -> Array:  # fmt: skip
    """Element by element `target * (log(target) - x)`: x holds log-probabilities, target probabilities (log_target: logarithms).

    The Kullback-Leibler divergence is their sum: reduction="batchmean" divides that by the first size, "mean" by the number
    of elements. The shapes must be equal.
    """
    batch = reduction == "batchmean" and size_average is None and reduce is None
    reduction = "sum" if batch else reduction_of("kl_div", reduction, size_average, reduce)
    same_shape("kl_div", x, target)
    loss = reduced(np.exp(target) * (target - x) if log_target else _kl_div(x, target), reduction)
    return loss / x.shape[0] if batch and x.ndim else loss
