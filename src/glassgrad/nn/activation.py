"""Activations and dropout as modules."""

from __future__ import annotations

from glassgrad.nn.module import Module
from glassgrad.ops import activation
from glassgrad.tensor import Tensor


class ReLU(Module):
    """`max(x, 0)`. `inplace` is accepted, and nothing is overwritten."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return activation.relu(input)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class GELU(Module):
    """`x * P(Z <= x)` for a standard normal Z; approximate="tanh" for the tanh formula. Hendrycks, Gimpel 2016."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        if approximate not in ("none", "tanh"):
            raise ValueError(f"GELU: approximate must be 'none' or 'tanh', got {approximate!r}")
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return activation.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.tanh(input)


class Sigmoid(Module):
    """`1 / (1 + exp(-x))`."""

    def forward(self, input: Tensor) -> Tensor:
        return activation.sigmoid(input)


class Softmax(Module):
    """`exp(x) / sum(exp(x))` along `dim`, which must be given."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return activation.softmax(input, _given(self))

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """`x - log(sum(exp(x)))` along `dim`, which must be given."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return activation.log_softmax(input, _given(self))

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


def _given(module: Softmax | LogSoftmax) -> int:
    if module.dim is None:
        raise ValueError(f"{type(module).__name__}: over which dimension? Write {type(module).__name__}(dim=-1)")
    return module.dim


class Dropout(Module):
    """In training, zeroes each element with probability p and scales the rest by 1 / (1 - p). Srivastava et al. 2014.

    `inplace` is accepted, and nothing is overwritten.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"Dropout: p must lie in [0, 1], got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return activation.dropout(input, self.p, self.training)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
