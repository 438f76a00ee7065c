"""Starting values: each function fills a tensor in place, outside the graph, and returns it."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from glassgrad._mode import no_grad
from glassgrad.ops.random import Generator, default_generator
from glassgrad.tensor import Tensor, make


def _fill(tensor: Tensor, values: Any) -> Tensor:
    with no_grad():
        return tensor._assign(make(np.asarray(values, tensor.dtype), None))


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform in [a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal with the given mean and standard deviation."""
    with no_grad():
        return tensor.normal_(mean, std, generator)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Generator | None = None
) -> Tensor:
    """Normal, but only values in [a, b] (bounds on the value, not in units of std).

    By rejection (von Neumann 1951): uniform proposals, kept with probability density / highest density.
    """
    if not (a < b and std > 0):
        raise ValueError(f"trunc_normal_: needs a < b and std > 0, got a={a}, b={b}, std={std}")
    stream = (generator or default_generator).numpy
    low, high = (a - mean) / std, (b - mean) / std
    mode = min(max(0.0, low), high)  # where the density is highest
    reach = math.sqrt(mode * mode + 80)  # beyond it the density is exp(-40) of that: no float sees it
    low, high = max(low, -reach), min(high, reach)
    values = np.empty(tensor.numel())
    have = 0
    while have < values.size:
        x = stream.uniform(low, high, 2 * (values.size - have) + 16)
        x = x[stream.random(x.size) < np.exp(0.5 * (mode * mode - x * x))][: values.size - have]
        values[have : have + x.size] = x
        have += x.size
    return _fill(tensor, np.clip(values * std + mean, a, b).reshape(tensor.shape))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """`val` everywhere."""
    return _fill(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return _fill(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return _fill(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """Ones on the diagonal of a matrix, zeros elsewhere."""
    if tensor.ndim != 2:
        raise ValueError(f"eye_: only a matrix has a diagonal, got shape {tensor.shape}")
    return _fill(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


# ------------------------------------------------------------------------------------------------ scaled by the fan

_GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4, "linear": 1.0, "sigmoid": 1.0} | {
    f"conv{kind}{n}d": 1.0 for kind in ("", "_transpose") for n in (1, 2, 3)
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor on the standard deviation that makes up for what a nonlinearity takes away.

    1 for linear, convolutions and sigmoid, 5/3 for tanh, sqrt(2) for relu, `sqrt(2 / (1 + slope**2))` for leaky_relu
    (`param` is the slope, 0.01 by default), 3/4 for selu.
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"calculate_gain: the slope of leaky_relu must be a number, got {slope!r}")
        return math.sqrt(2 / (1 + slope * slope))
    if nonlinearity not in _GAINS:
        raise ValueError(f"calculate_gain: no nonlinearity {nonlinearity!r}: there are {', '.join(['leaky_relu', *_GAINS])}")
    return _GAINS[nonlinearity]


def _fans(who: str, tensor: Tensor) -> tuple[int, int]:
    """How many inputs feed an output, and how many outputs an input: of a weight (out, in, *kernel)."""
    if tensor.ndim < 2:
        raise ValueError(f"{who}: fan in and fan out need at least 2 dimensions (out, in, ...), got shape {tensor.shape}")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform in +-`gain * sqrt(6 / (fan_in + fan_out))`. Glorot, Bengio 2010."""
    bound = gain * math.sqrt(6 / max(sum(_fans("xavier_uniform_", tensor)), 1))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal of standard deviation `gain * sqrt(2 / (fan_in + fan_out))`. Glorot, Bengio 2010."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / max(sum(_fans("xavier_normal_", tensor)), 1)), generator)


def _kaiming_std(who: str, tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"{who}: mode must be 'fan_in' or 'fan_out', got {mode!r}")
    fan = _fans(who, tensor)[mode == "fan_out"]
    if not tensor.numel():
        warnings.warn(f"{who}: the tensor has no elements (shape {tensor.shape}): nothing to fill", stacklevel=3)
    return calculate_gain(nonlinearity, a) / math.sqrt(max(fan, 1))


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:
    """Uniform in +-`sqrt(3) * gain / sqrt(fan)`; `a` is the slope of leaky_relu. He et al. 2015."""
    bound = math.sqrt(3) * _kaiming_std("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:
    """Normal of standard deviation `gain / sqrt(fan)`; `a` is the slope of leaky_relu. He et al. 2015."""
    return normal_(tensor, 0.0, _kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """`gain` times a random matrix (first dimension, all others) with orthonormal rows or columns. Saxe et al. 2014."""
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_: needs at least 2 dimensions, got shape {tensor.shape}")
    if not tensor.numel():
        return tensor
    rows, cols = tensor.shape[0], tensor.numel() // tensor.shape[0]
    flat = (generator or default_generator).numpy.standard_normal((max(rows, cols), min(rows, cols)))
    q, r = np.linalg.qr(flat)
    q *= np.sign(np.diagonal(r))  # QR fixes no signs: with these the matrix is uniform (Mezzadri 2007)
    return _fill(tensor, gain * (q if rows >= cols else q.T).reshape(tensor.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normal of mean 0, with a share `sparsity` of each column (rounded up) set to 0. Martens 2010."""
    if tensor.ndim != 2:
        raise ValueError(f"sparse_: only for matrices, got shape {tensor.shape}")
    rows, cols = tensor.shape
    stream = (generator or default_generator).numpy
    values = stream.standard_normal((rows, cols)) * std
    order = stream.random((rows, cols)).argsort(0)
    values[order < math.ceil(sparsity * rows)] = 0
    return _fill(tensor, values)


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    return _fans("_calculate_fan_in_and_fan_out", tensor)  # private in PyTorch too, and yet many layers written by hand use it


def __getattr__(name: str) -> Any:
    """For PyTorch's older names, and what isn't here, AttributeError that says what to write."""
    if f"{name}_" in globals():
        raise AttributeError(f"nn.init has no {name}: write {name}_", name=name)
    if name in ("dirac", "dirac_"):
        raise AttributeError(f"nn.init has no {name}: it is for convolutions; nn.init.eye_ keeps what goes through a Linear", name=name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
