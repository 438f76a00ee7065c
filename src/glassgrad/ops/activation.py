"""Activations, element by element; `inplace=True` writes the result over the input, as `name_` does."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.op import Array, op
from glassgrad.ops.random import default_generator
from glassgrad.ops.shape import axis_of, chunk
from glassgrad.ops.special import erf, sigmoid
from glassgrad.tensor import Tensor, attach

__all__ = [  # the names in `gg.`
    "celu", "celu_", "hardshrink", "prelu", "relu", "relu_", "rrelu", "rrelu_", "selu", "selu_", "threshold", "threshold_",
]  # fmt: skip


def _run(function: Callable[..., Any], inplace: bool, input: Any, *args: Any) -> Any:
    """`function(input, *args)`, written over the input where `inplace` asks for it."""
    return input._overwrite(function, args) if inplace else function(input, *args)


# ------------------------------------------------------------------------------------------------ of straight pieces


@op(kernel=kernels.relu, dtypes="promote", inplace=False, x=lambda g, y: np.where(y <= 0, 0, g),
    grad_kernel=lambda parents, g, y: kernels.relu_grad(g, y))  # fmt: skip
def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def relu(input: Array, inplace: bool = False) -> Array:
    """`y = max(x, 0)`; the derivative at 0 is 0."""
    return _run(_relu, inplace, input)


def relu_(input: Tensor) -> Tensor:
    """`relu` in place."""
    return _run(_relu, True, input)


@op(x=lambda g, x, min_val, max_val: np.where((x <= min_val) | (x >= max_val), 0, g))
def _hardtanh(x: Array, min_val: float, max_val: float) -> Array:
    return np.clip(x, x.dtype.type(min_val), x.dtype.type(max_val))


def hardtanh(input: Array, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Array:
    """`y = min(max(x, min_val), max_val)`; the derivative at the ends is 0."""
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is larger than max_val {max_val}")
    return _run(_hardtanh, inplace, input, min_val, max_val)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh` in place."""
    return hardtanh(input, min_val, max_val, inplace=True)


def relu6(input: Array, inplace: bool = False) -> Array:
    """`y = min(max(x, 0), 6)`; the derivative at the ends is 0."""
    return hardtanh(input, 0.0, 6.0, inplace)


@op(x=lambda g, x, slope: np.where(x > 0, g, g * slope))
def _leaky_relu(x: Array, slope: float) -> Array:
    return np.where(x > 0, x, x * slope)


def leaky_relu(input: Array, negative_slope: float = 0.01, inplace: bool = False) -> Array:
    """`y = x` where x > 0, else `negative_slope * x`. Maas et al. 2013."""
    return _run(_leaky_relu, inplace, input, negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu` in place."""
    return leaky_relu(input, negative_slope, inplace=True)


@op(x=lambda g, slope: g * slope)
def _rrelu(x: Array, slope: Array) -> Array:
    return x * slope


def rrelu(input: Array, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False) -> Array:
    """leaky_relu whose slope is drawn for each element from [lower, upper) in training, else their mean. Xu et al. 2015."""
    if lower > upper:
        raise RuntimeError(f"rrelu: lower {lower} is larger than upper {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    x = input._array if isinstance(input, Tensor) else input
    drawn = lower + (upper - lower) * default_generator.numpy.random(x.shape)
    return _run(_rrelu, inplace, input, np.where(x > 0, 1, drawn).astype(x.dtype))


def rrelu_(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Tensor:
    """`rrelu` in place."""
    return rrelu(input, lower, upper, training, inplace=True)


@op(x=lambda g, x, weight: np.where(x > 0, g, g * weight), weight=lambda g, x: np.where(x > 0, 0, g * x))
def _prelu(x: Array, weight: Array) -> Array:
    return np.where(x > 0, x, x * weight)


def prelu(input: Array, weight: Array) -> Array:
    """`y = x` where x > 0, else `weight * x`; weight has one element, or one for each channel (dimension 1). He et al. 2015."""
    count = math.prod(weight.shape)
    if count == 1:
        return _prelu(input, weight.reshape(()))
    if weight.ndim != 1 or input.ndim < 2 or input.shape[1] != count:
        raise RuntimeError(
            f"prelu: weight has shape {tuple(weight.shape)}, input {tuple(input.shape)}: it needs one element, or one for each "
            "channel (dimension 1 of the input)"
        )
    return _prelu(input, weight.reshape((count,) + (1,) * (input.ndim - 2)))


@op(x=lambda g, x, threshold: np.where(x <= threshold, 0, g))
def _threshold(x: Array, threshold: float, value: float) -> Array:
    return np.where(x <= threshold, x.dtype.type(value), x)


def threshold(input: Array, threshold: float, value: float, inplace: bool = False) -> Array:
    """`y = x` where x > threshold, else `value`."""
    return _run(_threshold, inplace, input, threshold, value)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold` in place."""
    return _run(_threshold, True, input, threshold, value)


@op(x=lambda g, x, lambd: np.where((x >= -lambd) & (x <= lambd), 0, g))
def hardshrink(x: Array, lambd: float = 0.5) -> Array:
    """`y = x` where |x| > lambd, else 0."""
    return np.where((x >= -lambd) & (x <= lambd), 0, x)


@op(method=False, x=lambda g, x, lambd: np.where((x >= -lambd) & (x <= lambd), 0, g))
def softshrink(x: Array, lambd: float = 0.5) -> Array:
    """`y = x - lambd` where x > lambd, `x + lambd` where x < -lambd, else 0."""
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambd must not be negative, got {lambd}")
    return np.where((x >= -lambd) & (x <= lambd), 0, x - np.sign(x) * lambd)


@op(x=lambda g, x: np.where((x <= -3) | (x >= 3), 0, g / 6))
def _hardsigmoid(x: Array) -> Array:
    return np.clip(x + 3, 0, 6) / 6


def hardsigmoid(input: Array, inplace: bool = False) -> Array:
    """`y = relu6(x + 3) / 6`."""
    return _run(_hardsigmoid, inplace, input)


@op(x=lambda g, x: np.where(x <= -3, 0, np.where(x >= 3, g, g * (x / 3 + 0.5))))
def _hardswish(x: Array) -> Array:
    return x * np.clip(x + 3, 0, 6) / 6


def hardswish(input: Array, inplace: bool = False) -> Array:
    """`y = x * relu6(x + 3) / 6`. Howard et al. 2019."""
    return _run(_hardswish, inplace, input)


# ------------------------------------------------------------------------------------------------ exponential units


def _exponential(name: str) -> Any:
    """elu and its scaled relatives: the same body and rule under names of their own."""

    def body(x: Array, alpha: float, scale: float, input_scale: float) -> Array:
        return scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) * input_scale))

    def slope(g: Any, x: Any, alpha: Any, scale: Any, input_scale: Any) -> Any:
        return np.where(x <= 0, g * (alpha * scale * input_scale) * np.exp(np.minimum(x, 0) * input_scale), g * scale)

    return op(body, name=name, x=slope)


_elu, _selu, _celu = _exponential("_elu"), _exponential("_selu"), _exponential("_celu")
SELU = 1.6732632423543772, 1.0507009873554805  # alpha and scale: the fixed point has mean 0 and variance 1


def elu(input: Array, alpha: float = 1.0, inplace: bool = False) -> Array:
    """`y = x` where x > 0, else `alpha * (exp(x) - 1)`. Clevert et al. 2015."""
    return _run(_elu, inplace, input, alpha, 1.0, 1.0)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu` in place."""
    return elu(input, alpha, inplace=True)


def selu(input: Array, inplace: bool = False) -> Array:
    """`y = 1.0507 * elu(x, 1.6733)`, which keeps mean 0 and variance 1 from layer to layer. Klambauer et al. 2017."""
    return _run(_selu, inplace, input, *SELU, 1.0)


def selu_(input: Tensor) -> Tensor:
    """`selu` in place."""
    return selu(input, inplace=True)


def celu(input: Array, alpha: float = 1.0, inplace: bool = False) -> Array:
    """`y = x` where x > 0, else `alpha * (exp(x / alpha) - 1)`. Barron 2017."""
    if not alpha:
        raise RuntimeError("celu: alpha can't be 0")
    return _run(_celu, inplace, input, alpha, 1.0, 1 / alpha)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu` in place."""
    return celu(input, alpha, inplace=True)


# ------------------------------------------------------------------------------------------------ smooth


@op(kernel=kernels.gelu, method=False, x=lambda g, x, approximate: gelu_grad(g, x, approximate),
    grad_kernel=lambda parents, g, x, approximate: kernels.gelu_grad(g, x, approximate))  # fmt: skip
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
        raise RuntimeError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return 0.5 * (1 + np.tanh(x * (math.sqrt(2 / math.pi) + math.sqrt(2 / math.pi) * 0.044715 * (x * x))))


@op(kernel=kernels.silu, grad_kernel=lambda parents, g, x: kernels.silu_grad(g, x), x=lambda g, x: silu_grad(g, x))
def _silu(x: Array) -> Array:
    return x * sigmoid(x)


@op(kernel=kernels.silu_grad, method=False)
def silu_grad(g: Array, x: Array) -> Array:
    """The gradient of silu: with s = sigmoid(x), `g * s * (1 + x * (1 - s))`."""
    s = sigmoid(x)
    return g * s * (1 + x * (1 - s))


def silu(input: Array, inplace: bool = False) -> Array:
    """`y = x * sigmoid(x)`, also called swish. Elfwing et al. 2017."""
    return _run(_silu, inplace, input)


@op(x=lambda g, x: mish_grad(g, x))
def _mish(x: Array) -> Array:
    return x * np.tanh(np.logaddexp(x, 0))


@op(method=False)
def mish_grad(g: Array, x: Array) -> Array:
    """The gradient of mish: with t = tanh(softplus(x)), `g * (t + x * (1 - t * t) * sigmoid(x))`."""
    t = np.tanh(np.logaddexp(x, 0))
    return g * (t + x * (1 - t * t) * sigmoid(x))


def mish(input: Array, inplace: bool = False) -> Array:
    """`y = x * tanh(softplus(x))`. Misra 2019."""
    return _run(_mish, inplace, input)


@op(method=False, x=lambda g, x, beta, threshold: np.where(x * beta > threshold, g, g * sigmoid(x * beta)))
def softplus(x: Array, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """`y = log(1 + exp(beta * x)) / beta`, and x itself where beta * x > threshold."""
    return np.where(x * beta > threshold, x, np.logaddexp(x * beta, 0) / beta)


@op(method=False, dtypes="float", inplace=False, x=lambda g, x: g * sigmoid(-x))
def logsigmoid(x: Array) -> Array:
    """`y = log(sigmoid(x))`, without overflow."""
    return -np.logaddexp(-x, 0)


@op(method=False)
def softsign(x: Array) -> Array:
    """`y = x / (1 + |x|)`."""
    return x / (1 + np.abs(x))


@op(method=False)
def tanhshrink(x: Array) -> Array:
    """`y = x - tanh(x)`."""
    return x - np.tanh(x)


@op(method=False)
def glu(x: Array, dim: int = -1) -> Array:
    """`y = a * sigmoid(b)` for the halves a and b of x along `dim`. Dauphin et al. 2016."""
    axis = axis_of(dim, x.ndim, "glu")
    if not x.ndim or x.shape[axis] % 2:
        raise RuntimeError(f"glu: dim {dim} of x {tuple(x.shape)} can't be halved: its size must be even")
    a, b = chunk(x, 2, axis) if isinstance(x, Tensor) else np.split(x, 2, axis)
    return a * sigmoid(b)


attach(relu=relu, relu_=relu_, prelu=prelu)
