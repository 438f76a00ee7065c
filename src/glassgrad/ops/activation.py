"""Activations, softmax and dropout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.op import Array, op
from glassgrad.ops.random import default_generator
from glassgrad.ops.shape import axis_of
from glassgrad.tensor import Tensor

__all__ = [  # the names in `gg.`
    "dropout", "erf", "log_softmax", "relu", "sigmoid", "softmax", "tanh",
]  # fmt: skip

# g * (1 - y * y) would meet a Python number, which NumPy takes 0.25 µs to convert.
tanh = op(np.tanh, dtypes="float", doc="The hyperbolic tangent.", x=lambda g, y: g - g * y * y)


@op(dtypes="float", x=lambda g, y: g * y * (1 - y))
def sigmoid(x: Array) -> Array:
    """`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@op(dtypes="promote", x=lambda g, y: np.where(y <= 0, 0, g))
def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


@op
def relu(x: Array, inplace: bool = False) -> Array:
    """`y = max(x, 0)`; the derivative at 0 is 0. `inplace` is accepted, and nothing is overwritten."""
    return _relu(x)


_erf_elements = np.frompyfunc(math.erf, 1, 1)


@op(kernel=kernels.erf, dtypes="float", x=lambda g, x: g * (2 / math.sqrt(math.pi)) * np.exp(-x * x))
def erf(x: Array) -> Array:
    """The error function, `2 / sqrt(pi) * integral of exp(-t*t) from 0 to x`."""
    return np.asarray(_erf_elements(x)).astype(x.dtype)


@op(kernel=kernels.gelu, method=False, x=lambda g, x, approximate: gelu_grad(g, x, approximate))
def gelu(x: Array, approximate: str = "none") -> Array:
    """`y = x * P(Z <= x)` for a standard normal Z; approximate="tanh" for the tanh formula (Hendrycks, Gimpel 2016)."""
    return x * _normal_cdf(x, approximate)


@op(kernel=kernels.gelu_grad, method=False)
def gelu_grad(g: Array, x: Array, approximate: str = "none") -> Array:
    """The gradient of gelu: with c(x) for P(Z <= x), or the tanh formula's, `g * (c(x) + x * c'(x))`."""
    c = _normal_cdf(x, approximate)
    if approximate == "none":
        return g * (c + x * np.exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi)))
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)  # of the tanh's argument
    return g * (c + 2 * x * c * (1 - c) * inner)


def _normal_cdf(x: Array, approximate: str) -> Array:
    """P(Z <= x), exactly or by `0.5 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`."""
    if approximate == "none":
        return 0.5 * (1 + erf(x * math.sqrt(0.5)))
    if approximate != "tanh":
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return 0.5 * (1 + np.tanh(x * (math.sqrt(2 / math.pi) + math.sqrt(2 / math.pi) * 0.044715 * (x * x))))


# ------------------------------------------------------------------------------------------------ softmax


def _axis(x: Any, dim: int, who: str) -> int | None:
    if x.dtype.kind != "f":
        raise RuntimeError(f"{who}: only floating tensors have one, got {x.dtype}: write x.float()")
    return axis_of(dim, x.ndim, who) if x.ndim else None


@op(kernel=kernels.softmax, x=lambda g, y, dim: softmax_grad(g, y, dim))
def softmax(x: Array, dim: int = -1) -> Array:
    """`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow."""
    axis = _axis(x, dim, "softmax")
    if x.dtype == np.float16:
        return softmax(x.astype(np.float32), dim).astype(x.dtype)
    e = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    return e / np.sum(e, axis=axis, keepdims=True)


@op(kernel=kernels.softmax_grad, method=False)
def softmax_grad(g: Array, y: Array, dim: int = -1) -> Array:
    """The gradient of softmax, from its output: `y * (g - sum(g * y))`."""
    return y * (g - (g * y).sum(axis=dim if y.ndim else None, keepdims=True))


@op(kernel=kernels.log_softmax, x=lambda g, y, dim: log_softmax_grad(g, y, dim))
def log_softmax(x: Array, dim: int = -1) -> Array:
    """`y = x - log(sum(exp(x)))` along `dim`."""
    axis = _axis(x, dim, "log_softmax")
    if x.dtype == np.float16:
        return log_softmax(x.astype(np.float32), dim).astype(x.dtype)
    x = x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))


@op(kernel=kernels.log_softmax_grad, method=False)
def log_softmax_grad(g: Array, y: Array, dim: int = -1) -> Array:
    """The gradient of log-softmax, from its output: `g - exp(y) * sum(g)`."""
    return g - np.exp(y) * g.sum(axis=dim if y.ndim else None, keepdims=True)


# ------------------------------------------------------------------------------------------------ dropout


@op(x=lambda g, mask, scale: g * mask * scale)
def _dropout(x: Array, mask: Array, scale: float) -> Array:
    return x * mask * scale


def dropout(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero each element with probability p and scale the rest by 1 / (1 - p); x itself when not training.

    Srivastava et al. 2014. `inplace` is accepted, and nothing is overwritten.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: p must lie in [0, 1], got {p}")
    if not training or p == 0:
        return x
    mask = default_generator.numpy.random(x.shape, dtype=np.float32) >= p
    return _dropout(x, mask, 1 / (1 - p) if p < 1 else 0.0)
