"""Losses that compare each element of a prediction with its own target, and what all losses share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.elementwise import square
from glassgrad.tensor import Tensor

# ------------------------------------------------------------------------------------------------ what all losses share


def reduction_of(who: str, reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The reduction asked for, checked; size_average and reduce are PyTorch's older way of saying it, and win."""
    if size_average is not None or reduce is not None:
        return "none" if reduce is False else "sum" if size_average is False else "mean"
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{who}: reduction must be 'mean', 'sum' or 'none', got {reduction!r}")
    return reduction


def reduced(values: Any, reduction: str) -> Any:
    """The losses of all elements averaged, summed, or as they are."""
    return values.mean() if reduction == "mean" else values.sum() if reduction == "sum" else values


def array_of(x: Any) -> np.ndarray:
    """The array of a tensor or array: for checks on values, which nothing is differentiated through."""
    return np.asarray(x._array if isinstance(x, Tensor) else x)


_VALUE_ERRORS = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "gaussian_nll_loss")  # as PyTorch; in the others RuntimeError


def same_shape(who: str, x: Any, target: Any, names: tuple[str, str] = ("input", "target")) -> None:
    """Raise unless the shapes are equal: broadcasting in a loss is nearly always a mistake, and a silent one."""
    for name, value in zip(names, (x, target), strict=True):
        if not hasattr(value, "shape"):
            raise TypeError(f"{who}: {name} must be a tensor, got {type(value).__name__}")
    a, b = tuple(x.shape), tuple(target.shape)
    if a != b:
        kind = ValueError if who in _VALUE_ERRORS else RuntimeError
        raise kind(f"{who}: {names[0]} has shape {a}, {names[1]} {b}: {_advice(a, b, *names)}")


def _advice(a: tuple[int, ...], b: tuple[int, ...], x: str, target: str) -> str:
    """What is wrong with two unequal shapes, and what to write."""
    try:
        both = np.broadcast_shapes(a, b)
    except ValueError:
        both = None
    fix = _one_dim_apart(a, b, x, target) or _one_dim_apart(b, a, target, x)
    if both is None:
        return f"they must be equal: {f'write {fix}' if fix else 'each element needs its own'}"
    compared = f"broadcast they would be compared as {both}, {math.prod(both)} pairs"
    if not fix and math.prod(a) == math.prod(b):
        fix = f"{target}.reshape({x}.shape)"
    meant = [f"{name}.expand({both})" for name, shape in ((x, a), (target, b)) if shape != both]
    return f"{compared}. Write {f'{fix}; or, if that is meant, ' if fix else ''}{' and '.join(meant)}"


def _one_dim_apart(large: tuple[int, ...], small: tuple[int, ...], of_large: str, of_small: str) -> str:
    """The two ways to make the shapes equal where `large` has one dimension, of size 1, that `small` lacks."""
    for at in reversed(range(len(large))):
        if large[at] == 1 and large[:at] + large[at + 1 :] == small:
            return f"{of_small}.unsqueeze({at}) or {of_large}.squeeze({at})"
    return ""


def weighed(who: str, values: Any, weight: Any) -> Any:
    """The losses times their weights, one for each element."""
    if weight is None:
        return values
    if tuple(weight.shape) != tuple(values.shape):
        raise RuntimeError(f"{who}: weight needs input's shape {tuple(values.shape)}, got {tuple(weight.shape)}")
    return values * weight


def _over_weights(who: str, values: Any, weight: Any, reduction: str) -> Any:
    """The reduction whose mean divides by the sum of the weights."""
    values = weighed(who, values, weight)
    return values.sum() / weight.sum() if weight is not None and reduction == "mean" else reduced(values, reduction)


# ------------------------------------------------------------------------------------------------ distances


@op(method=False)
def mse_loss(
    x: Array, target: Array, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
    weight: Array | None = None,
) -> Array:  # fmt: skip
    """The squared distance, `(x - target)**2`, averaged, summed, or element by element. The shapes must be equal.

    weight, of x's shape, scales each element; the mean is over the weights.
    """
    reduction = reduction_of("mse_loss", reduction, size_average, reduce)
    same_shape("mse_loss", x, target)
    return _over_weights("mse_loss", square(x - target), weight, reduction)


@op(method=False)
def l1_loss(
    x: Array, target: Array, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
    weight: Array | None = None,
) -> Array:  # fmt: skip
    """The distance, `|x - target|`, averaged, summed, or element by element. The shapes must be equal.

    weight, of x's shape, scales each element; the mean is over the weights.
    """
    reduction = reduction_of("l1_loss", reduction, size_average, reduce)
    same_shape("l1_loss", x, target)
    return _over_weights("l1_loss", np.abs(x - target), weight, reduction)


@op(x=lambda g, x, delta: g * np.clip(x, -delta, delta))
def _huber(x: Array, delta: float) -> Array:
    """`x**2 / 2` up to a distance `delta` from 0, and from there on the tangent."""
    size = np.abs(x)
    return np.where(size <= delta, 0.5 * x * x, delta * (size - 0.5 * delta)).astype(x.dtype)


@op(method=False)
def huber_loss(x: Array, target: Array, reduction: str = "mean", delta: float = 1.0, weight: Array | None = None) -> Array:
    """With d = |x - target|: `d**2 / 2` where d <= delta, else `delta * (d - delta / 2)`. Huber 1964. The shapes must be equal.

    weight, of x's shape, scales each element.
    """
    reduction = reduction_of("huber_loss", reduction)
    if not delta > 0:
        raise RuntimeError(f"huber_loss: delta must be positive, got {delta}")
    same_shape("huber_loss", x, target)
    return reduced(weighed("huber_loss", _huber(x - target, delta), weight), reduction)


@op(method=False)
def smooth_l1_loss(
    x: Array, target: Array, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean", beta: float = 1.0
) -> Array:
    """With d = |x - target|: `d**2 / (2 * beta)` where d < beta, else `d - beta / 2`; beta = 0 is `l1_loss`. The shapes must be equal."""
    reduction = reduction_of("smooth_l1_loss", reduction, size_average, reduce)
    if not beta >= 0:
        raise RuntimeError(f"smooth_l1_loss: beta must be at least 0, got {beta}")
    same_shape("smooth_l1_loss", x, target)
    d = x - target
    return reduced(_huber(d, beta) / beta if beta else np.abs(d), reduction)


# ------------------------------------------------------------------------------------------------ likelihoods


@op(method=False)
def poisson_nll_loss(
    x: Array, target: Array, log_input: bool = True, full: bool = False, size_average: bool | None = None, eps: float = 1e-8,
    reduce: bool | None = None, reduction: str = "mean",
) -> Array:  # fmt: skip
    """The negative log-likelihood of counts `target` under Poisson of rate exp(x): `exp(x) - target * x`, without log(target!).

    log_input=False: x is the rate itself, `x - target * log(x + eps)`. full adds Stirling's formula for log(target!) where target > 1.
    """
    reduction = reduction_of("poisson_nll_loss", reduction, size_average, reduce)
    same_shape("poisson_nll_loss", x, target)
    loss = np.exp(x) - target * x if log_input else x - target * np.log(x + eps)
    if full:
        large = target > 1
        t = np.where(large, target, 1)
        loss = loss + np.where(large, t * np.log(t) - t + 0.5 * np.log(2 * math.pi * t), 0)
    return reduced(loss, reduction)


@op(method=False, x=lambda g: g)
def at_least(x: Array, low: float) -> Array:
    """The larger of x and low, with a derivative of 1 everywhere: below `low` x is still moved."""
    return np.maximum(x, np.asarray(low, x.dtype))


@op(dtypes="promote",
    x=lambda g, x, target, var, eps: g * (x - target) / at_least(var, eps),
    target=lambda g, x, target, var, eps: g * (target - x) / at_least(var, eps),
    var=lambda g, x, target, var, eps: g / 2 * (1 - square(x - target) / at_least(var, eps)) / at_least(var, eps))  # fmt: skip
def _gaussian_nll_loss(x: Array, target: Array, var: Array, eps: float) -> Array:
    if (var < 0).any():
        raise ValueError("gaussian_nll_loss: var has negative entries: let the model give log(var), and pass its exp()")
    var = at_least(var, eps)
    return 0.5 * (np.log(var) + square(x - target) / var)


@op(method=False)
def gaussian_nll_loss(
    x: Array, target: Array, var: Array | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Array:
    """The negative log-likelihood of target under a normal of mean x and variance var: `(log(var) + (x - target)**2 / var) / 2`.

    target: x's shape, or that with 1 for some sizes. var: a number, x's shape, that with a 1 for one of its sizes, or without
    the last. full adds log(2 * pi) / 2.
    """
    reduction = reduction_of("gaussian_nll_loss", reduction)
    if target.ndim != x.ndim or any(n not in (1, m) for n, m in zip(target.shape, x.shape, strict=True)):
        same_shape("gaussian_nll_loss", x, target)
    if isinstance(var, (int, float)):
        var = np.full(x.shape, var, x.dtype)
    if tuple(var.shape) != tuple(x.shape) and tuple(var.shape) == tuple(x.shape[:-1]):
        var = var.reshape((*var.shape, 1))
    unequal = [(n, m) for n, m in zip(var.shape, x.shape, strict=False) if n != m]
    if var.ndim != x.ndim or len(unequal) > 1 or any(n != 1 for n, _ in unequal):
        raise ValueError(f"gaussian_nll_loss: var {tuple(var.shape)} must have input's shape {tuple(x.shape)}, or a 1 for one of its sizes")
    loss = _gaussian_nll_loss(x, target, var, eps)
    return reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)
