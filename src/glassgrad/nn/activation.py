"""Activations as modules."""

from __future__ import annotations

from typing import Any, ClassVar

from glassgrad.nn.module import Module
from glassgrad.nn.parameter import Parameter
from glassgrad.ops import activation, softmax, special
from glassgrad.ops.creation import full
from glassgrad.tensor import Tensor


class _Activation(Module):
    """A function of one tensor. `shown` names the arguments that its text tells, besides `inplace=True`."""

    shown: ClassVar[tuple[str, ...]] = ()

    def extra_repr(self) -> str:
        parts = [f"{name}={getattr(self, name)!r}" for name in self.shown]
        return ", ".join([*parts, "inplace=True"] if getattr(self, "inplace", False) else parts)


class _InPlace(_Activation):
    """One with no argument but `inplace`: whether the result is written over the input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


# ------------------------------------------------------------------------------------------------ of straight pieces


class ReLU(_InPlace):
    """`max(x, 0)`; the derivative at 0 is 0."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.relu(input, self.inplace)


class LeakyReLU(_Activation):
    """`x` where x > 0, else `negative_slope * x`. Maas et al. 2013."""

    shown = ("negative_slope",)

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return activation.leaky_relu(input, self.negative_slope, self.inplace)


class RReLU(_Activation):
    """LeakyReLU whose slope is drawn for each element from [lower, upper) in training, else their mean. Xu et al. 2015."""

    shown = ("lower", "upper")

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return activation.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class PReLU(_Activation):
    """`x` where x > 0, else `weight * x`: one learnt weight, or one for each channel (dimension 1). He et al. 2015."""

    shown = ("num_parameters",)

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(full((num_parameters,), float(init), dtype=dtype, device=device))

    def reset_parameters(self) -> None:
        """Set the weight to `init` again."""
        self.weight.detach().fill_(self.init)

    def forward(self, input: Tensor) -> Tensor:
        return activation.prelu(input, self.weight)


class Hardtanh(_Activation):
    """`min(max(x, min_val), max_val)`; the derivative at the ends is 0."""

    shown: ClassVar[tuple[str, ...]] = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        if not max_val > min_val:
            raise ValueError(f"Hardtanh: max_val must be larger than min_val, got {max_val} and {min_val}")
        self.min_val = min_val
        self.max_val = max_val
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return activation.hardtanh(input, self.min_val, self.max_val, self.inplace)


class ReLU6(Hardtanh):
    """`min(max(x, 0), 6)`; the derivative at the ends is 0."""

    shown = ()

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)


class Threshold(_Activation):
    """`x` where x > threshold, else `value`."""

    shown = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return activation.threshold(input, self.threshold, self.value, self.inplace)


class Hardsigmoid(_InPlace):
    """`relu6(x + 3) / 6`."""

    shown = ()

    def forward(self, input: Tensor) -> Tensor:
        return activation.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardswish(_InPlace):
    """`x * relu6(x + 3) / 6`. Howard et al. 2019."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardshrink(_Activation):
    """`x` where |x| > lambd, else 0."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return activation.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """`x - lambd` where x > lambd, `x + lambd` where x < -lambd, else 0."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.softshrink(input, self.lambd)


# ------------------------------------------------------------------------------------------------ exponential units


class ELU(_Activation):
    """`x` where x > 0, else `alpha * (exp(x) - 1)`. Clevert et al. 2015."""

    shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return activation.elu(input, self.alpha, self.inplace)


class CELU(ELU):
    """`x` where x > 0, else `alpha * (exp(x / alpha) - 1)`. Barron 2017."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.celu(input, self.alpha, self.inplace)


class SELU(_InPlace):
    """`1.0507 * elu(x, 1.6733)`, which keeps mean 0 and variance 1 from layer to layer. Klambauer et al. 2017."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.selu(input, self.inplace)


# ------------------------------------------------------------------------------------------------ smooth


class GELU(_Activation):
    """`x * P(Z <= x)` for a standard normal Z; approximate="tanh" for the tanh formula. Hendrycks, Gimpel 2016."""

    shown = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        if approximate not in ("none", "tanh"):
            raise ValueError(f"GELU: approximate must be 'none' or 'tanh', got {approximate!r}")
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return activation.gelu(input, self.approximate)


class SiLU(_InPlace):
    """`x * sigmoid(x)`, also called swish. Elfwing et al. 2017."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.silu(input, self.inplace)


class Mish(_InPlace):
    """`x * tanh(softplus(x))`. Misra 2019."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.mish(input, self.inplace)


class Softplus(_Activation):
    """`log(1 + exp(beta * x)) / beta`, and x itself where beta * x > threshold."""

    shown = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return activation.softplus(input, self.beta, self.threshold)


class Tanh(_Activation):
    """The hyperbolic tangent."""

    def forward(self, input: Tensor) -> Tensor:
        return special.tanh(input)


class Sigmoid(_Activation):
    """`1 / (1 + exp(-x))`."""

    def forward(self, input: Tensor) -> Tensor:
        return special.sigmoid(input)


class LogSigmoid(_Activation):
    """`log(sigmoid(x))`, without overflow."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.logsigmoid(input)


class Softsign(_Activation):
    """`x / (1 + |x|)`."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.softsign(input)


class Tanhshrink(_Activation):
    """`x - tanh(x)`."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.tanhshrink(input)


class GLU(_Activation):
    """`a * sigmoid(b)` for the halves a and b of x along `dim`. Dauphin et al. 2016."""

    shown = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return activation.glu(input, self.dim)


# ------------------------------------------------------------------------------------------------ softmax


class Softmax(_Activation):
    """`exp(x) / sum(exp(x))` along `dim`; without it along 0 for 1 or 3 dimensions, else 1, with a warning."""

    shown = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return softmax.F_softmax(input, self.dim)


class LogSoftmax(Softmax):
    """The logarithm of `Softmax`."""

    def forward(self, input: Tensor) -> Tensor:
        return softmax.F_log_softmax(input, self.dim)


class Softmin(Softmax):
    """`Softmax` of -x."""

    def forward(self, input: Tensor) -> Tensor:
        return softmax.F_softmin(input, self.dim)


class Softmax2d(_Activation):
    """`Softmax` over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected 3 or 4 dimensions, got shape {input.shape}")
        return softmax.softmax(input, -3)
