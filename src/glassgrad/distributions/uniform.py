"""The uniform distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.distributions.distribution import Distribution, check, parameters
from glassgrad.ops.index import where
from glassgrad.ops.logic import logical_and
from glassgrad.ops.random import rand
from glassgrad.tensor import Tensor


class Uniform(Distribution):
    """Uniform in [low, high): density 1 / (high - low)."""

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = parameters(low, high)
        super().__init__(self.low.shape)
        self._validate = validate_args is not False
        if self._validate:
            check("Uniform", "high - low", self.high - self.low, lambda x: x > 0, "positive")

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """low + (high - low) * a draw in [0, 1)."""
        return self.low + (self.high - self.low) * rand(self._shape(sample_shape), dtype=self.low.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """-log(high - low), and -inf outside of [low, high); ValueError beyond the support [low, high]."""
        if self._validate:
            low, high = self.low.detach().numpy(), self.high.detach().numpy()
            check("Uniform.log_prob", "value", value, lambda x: (x >= low) & (x <= high), "in [low, high]")
        inside = logical_and(self.low <= value, value < self.high)
        return where(inside, -(self.high - self.low).log(), -np.inf)

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of less than `value`."""
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)

    def entropy(self) -> Tensor:
        """log(high - low)."""
        return (self.high - self.low).log()

    @property
    def mean(self) -> Tensor:
        """(low + high) / 2."""
        return (self.low + self.high) / 2

    @property
    def variance(self) -> Tensor:
        """(high - low)^2 / 12."""
        width = self.high - self.low
        return width * width / 12
