"""Softmax and what is made of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.dtypes import as_dtype
from glassgrad.op import Array, op
from glassgrad.ops.random import default_generator
from glassgrad.ops.shape import axis_of
from glassgrad.tensor import Tensor, make

__all__ = [  # the names in `gg.`
    "log_softmax", "softmax",
]  # fmt: skip


def _axis(x: Any, dim: int, who: str) -> int | None:
    if x.dtype.kind != "f":
        raise RuntimeError(f"{who}: only floating tensors have one, got {x.dtype}: write x.float()")
    return axis_of(dim, x.ndim, who) if x.ndim else None


def _cast(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel of an op that casts first."""
    return lambda x, dim, dtype: kernel(x if dtype is None else x.astype(as_dtype(dtype)), dim)


@op(kernel=_cast(kernels.softmax), x=lambda g, y, dim: softmax_grad(g, y, dim),
    grad_kernel=lambda parents, g, y, dim: kernels.softmax_grad(g, y, dim))  # fmt: skip
def softmax(x: Array, dim: int = -1, dtype: Any = None) -> Array:
    """`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow; cast to `dtype` first."""
    x = x if dtype is None else x.astype(as_dtype(dtype))
    axis = _axis(x, dim, "softmax")
    if x.dtype == np.float16:
        return softmax(x.astype(np.float32), dim).astype(x.dtype)
    e = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    return e / np.sum(e, axis=axis, keepdims=True)


@op(kernel=kernels.softmax_grad, method=False)
def softmax_grad(g: Array, y: Array, dim: int = -1) -> Array:
    """The gradient of softmax, from its output: `y * (g - sum(g * y))`."""
    return y * (g - (g * y).sum(axis=dim if y.ndim else None, keepdims=True))


@op(kernel=_cast(kernels.log_softmax), x=lambda g, y, dim: log_softmax_grad(g, y, dim),
    grad_kernel=lambda parents, g, y, dim: kernels.log_softmax_grad(g, y, dim))  # fmt: skip
def log_softmax(x: Array, dim: int = -1, dtype: Any = None) -> Array:
    """`y = x - log(sum(exp(x)))` along `dim`; cast to `dtype` first."""
    x = x if dtype is None else x.astype(as_dtype(dtype))
    axis = _axis(x, dim, "log_softmax")
    if x.dtype == np.float16:
        return log_softmax(x.astype(np.float32), dim).astype(x.dtype)
    x = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))


@op(kernel=kernels.log_softmax_grad, method=False)
def log_softmax_grad(g: Array, y: Array, dim: int = -1) -> Array:
    """The gradient of log-softmax, from its output: `g - exp(y) * sum(g)`."""
    return g - np.exp(y) * g.sum(axis=dim if y.ndim else None, keepdims=True)


# ------------------------------------------------------------------------------------------------ in nn.functional


def implicit_dim(who: str, input: Any) -> int:
    """The dimension that PyTorch takes where a caller of `nn.functional` (or a module) names none, with its warning."""
    dim = 0 if input.ndim in (0, 1, 3) else 1
    warnings.warn(f"{who}: no dim was given, so it is {dim}, as PyTorch chooses for {input.ndim} dimensions: write dim={dim}", stacklevel=3)
    return dim


def _choosing(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` with the signature that it has in `nn.functional`, where dim may be left out."""

    def chosen(input: Array, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Array:
        return function(input, implicit_dim(function.__name__, input) if dim is None else dim, dtype)

    chosen.__name__ = chosen.__qualname__ = function.__name__
    chosen.__doc__ = f"{function.__doc__} Without a `dim`: 0 for 0, 1 or 3 dimensions, else 1, with a warning."
    return chosen


def _softmin(input: Array, dim: int, dtype: Any = None) -> Any:
    """`y = softmax(-x)` along `dim`."""
    return softmax(-input, dim, dtype)


_softmin.__name__ = "softmin"
F_softmax, F_log_softmax, F_softmin = _choosing(softmax), _choosing(log_softmax), _choosing(_softmin)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A sample of nearly one-hot vectors along `dim`: softmax((logits + Gumbel noise) / tau). Jang et al. 2016.

    hard: one-hot vectors, with the gradient of the soft ones. `eps` is accepted, and not needed.
    """
    waits = default_generator.numpy.standard_exponential(logits.shape, dtype=np.float64)
    noise = -np.log(np.maximum(waits, np.finfo(np.float64).tiny))
    y = softmax((logits + make(np.asarray(noise, logits.dtype), None)) / tau, dim)
    if not hard:
        return y
    one_hot = np.zeros_like(y._array)
    np.put_along_axis(one_hot, np.expand_dims(np.argmax(y._array, dim), dim), 1, dim)
    return make(one_hot, None) - y.detach() + y
