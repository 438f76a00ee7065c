"""Normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.graph import sum_to
from glassgrad.op import Array, op

__all__ = ["layer_norm", "rms_norm"]  # the names in `gg.`


@op(kernel=kernels.layer_norm, inputs=["x", "weight", "bias"], residuals=["mean", "rstd"], method=False,
    grad_kernel=lambda parents, g, x, weight, bias, mean, rstd, shape, eps: kernels.layer_norm_grad(g, x, weight, mean, rstd, shape),
    vjp=lambda g, x, weight, mean, rstd, normalized_shape: layer_norm_grad(g, x, weight, mean, rstd, normalized_shape))  # fmt: skip
def _layer_norm(x: Array, normalized_shape: Sequence[int], weight: Array | None, bias: Array | None, eps: float) -> Any:
    axes = tuple(range(-len(normalized_shape), 0))
    mean = np.mean(x, axis=axes, keepdims=True)
    centred = x - mean
    rstd = 1 / np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)
    y = centred * rstd
    if weight is not None:
        y = y * weight
    return (y if bias is None else y + bias), mean, rstd


@op(kernel=kernels.layer_norm_grad, method=False)
def layer_norm_grad(
    g: Array, x: Array, weight: Array | None, mean: Array, rstd: Array, normalized_shape: Sequence[int]
) -> tuple[Array, Array, Array]:
    """The gradients of layer norm by x, weight and bias.

    With n = (x - mean) * rstd and h = g * weight: `rstd * (h - mean(h) - n * mean(h * n))`, `sum(g * n)` and `sum(g)`, the
    means over the normalized dimensions and the sums over the others.
    """
    axes = tuple(range(-len(normalized_shape), 0))
    n = (x - mean) * rstd
    h = g if weight is None else g * weight
    gx = rstd * (h - np.mean(h, axis=axes, keepdims=True) - n * np.mean(h * n, axis=axes, keepdims=True))
    return gx, sum_to(g * n, tuple(normalized_shape)), sum_to(g, tuple(normalized_shape))


def _checked(who: str, x: Any, normalized_shape: int | Sequence[int], weight: Any, bias: Any = None) -> tuple[int, ...]:
    """normalized_shape as a tuple, if x ends in it and weight and bias have it."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if tuple(x.shape[-len(shape) :]) != shape or not shape:
        raise RuntimeError(f"{who}: x has shape {tuple(x.shape)}, which doesn't end in normalized_shape {shape}")
    for name, part in (("weight", weight), ("bias", bias)):
        if part is not None and part.shape != shape:
            raise RuntimeError(f"{who}: {name} has shape {tuple(part.shape)}, it must be normalized_shape, {shape}")
    if x.dtype.kind != "f":
        raise RuntimeError(f"{who}: x must be floating, got {x.dtype}: write x.float()")
    return shape


@op(method=False)
def layer_norm(
    x: Array, normalized_shape: int | Sequence[int], weight: Array | None = None, bias: Array | None = None, eps: float = 1e-5
) -> Array:
    """`(x - mean) / sqrt(var + eps) * weight + bias`, mean and variance over the last dimensions, of `normalized_shape`.

    weight and bias have that shape. Ba, Kiros, Hinton 2016.
    """
    shape = _checked("layer_norm", x, normalized_shape, weight, bias)
    if x.dtype == np.float16:  # squares and sums overflow in float16: as in PyTorch, float32 inside
        wide = [None if part is None else part.astype(np.float32) for part in (weight, bias)]
        return _layer_norm(x.astype(np.float32), shape, *wide, eps).astype(x.dtype)
    return _layer_norm(x, shape, weight, bias, eps)


@op(kernel=kernels.rms_norm, inputs=["x", "weight"], residuals=["rstd"], method=False,
    grad_kernel=lambda parents, g, x, weight, rstd, shape, eps: kernels.rms_norm_grad(g, x, weight, rstd, shape),
    vjp=lambda g, x, weight, rstd, normalized_shape: rms_norm_grad(g, x, weight, rstd, normalized_shape))  # fmt: skip
def _rms_norm(x: Array, normalized_shape: Sequence[int], weight: Array | None, eps: float) -> Any:
    rstd = 1 / np.sqrt(np.mean(x * x, axis=tuple(range(-len(normalized_shape), 0)), keepdims=True) + eps)
    return (x * rstd if weight is None else x * rstd * weight), rstd


@op(kernel=kernels.rms_norm_grad, method=False)
def rms_norm_grad(g: Array, x: Array, weight: Array | None, rstd: Array, normalized_shape: Sequence[int]) -> tuple[Array, Array]:
    """The gradients of RMS norm by x and weight.

    With n = x * rstd and h = g * weight: `rstd * (h - n * mean(h * n))` and `sum(g * n)`, the mean over the normalized
    dimensions and the sum over the others.
    """
    n = x * rstd
    h = g if weight is None else g * weight
    gx = rstd * (h - n * np.mean(h * n, axis=tuple(range(-len(normalized_shape), 0)), keepdims=True))
    return gx, sum_to(g * n, tuple(normalized_shape))


@op(method=False)
def rms_norm(x: Array, normalized_shape: int | Sequence[int], weight: Array | None = None, eps: float | None = None) -> Array:
    """`x / sqrt(mean(x * x) + eps) * weight`, the mean over the last dimensions, of `normalized_shape`.

    weight has that shape; without an eps it is that of x's dtype. Zhang, Sennrich 2019.
    """
    shape = _checked("rms_norm", x, normalized_shape, weight)
    eps = float(np.finfo(x.dtype).eps) if eps is None else eps
    if x.dtype == np.float16:
        return _rms_norm(x.astype(np.float32), shape, None if weight is None else weight.astype(np.float32), eps).astype(x.dtype)
    return _rms_norm(x, shape, weight, eps)
