"""Dropout as modules: they do nothing after `eval()`."""

from __future__ import annotations

from glassgrad.nn.module import Module
from glassgrad.ops import dropout
from glassgrad.tensor import Tensor


class Dropout(Module):
    """In training, zeroes each element with probability p and scales the rest by 1 / (1 - p). Srivastava et al. 2014."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"{type(self).__name__}: p must lie in [0, 1], got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return dropout.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """In training, zeroes whole channels of (N, C, L) or (C, L) with probability p. Tompson et al. 2014."""

    def forward(self, input: Tensor) -> Tensor:
        return dropout.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(Dropout):
    """In training, zeroes whole channels of (N, C, H, W) with probability p; three dimensions are (N, C, L)."""

    def forward(self, input: Tensor) -> Tensor:
        return dropout.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(Dropout):
    """In training, zeroes whole channels of (N, C, D, H, W) or (C, D, H, W) with probability p."""

    def forward(self, input: Tensor) -> Tensor:
        return dropout.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(Dropout):
    """In training, sets elements to selu's lowest value, so that mean and variance stay. Klambauer et al. 2017."""

    def forward(self, input: Tensor) -> Tensor:
        return dropout.alpha_dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(Dropout):
    """`AlphaDropout` of whole channels of (N, C, ...)."""

    def forward(self, input: Tensor) -> Tensor:
        return dropout.feature_alpha_dropout(input, self.p, self.training, self.inplace)
