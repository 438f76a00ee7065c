"""The normal distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.distributions.distribution import Distribution, check, parameters
from glassgrad.ops.random import randn
from glassgrad.ops.special import erf, erfinv
from glassgrad.tensor import Tensor


class Normal(Distribution):
    """Normal with mean `loc` and standard deviation `scale`: density exp(-((v - loc) / scale)^2 / 2) / (scale sqrt(2 pi))."""

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = parameters(loc, scale)
        super().__init__(self.loc.shape)
        self._validate = validate_args is not False
        if self._validate:
            check("Normal", "loc", self.loc, lambda x: ~np.isnan(x), "a number")
            check("Normal", "scale", self.scale, lambda x: x > 0, "positive")

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """loc + scale * a standard normal draw."""
        return self.loc + self.scale * randn(self._shape(sample_shape), dtype=self.loc.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        """-((value - loc) / scale)^2 / 2 - log(scale) - log(2 pi) / 2."""
        z = (value - self.loc) / self.scale
        return -z * z / 2 - self.scale.log() - math.log(2 * math.pi) / 2

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of less than `value`."""
        return (1 + erf((value - self.loc) / (self.scale * math.sqrt(2)))) / 2

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a draw lies with probability `value`."""
        return self.loc + self.scale * math.sqrt(2) * erfinv(2 * value - 1)

    def entropy(self) -> Tensor:
        """log(scale) + (1 + log(2 pi)) / 2."""
        return self.scale.log() + (1 + math.log(2 * math.pi)) / 2

    @property
    def mean(self) -> Tensor:
        """loc."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        """loc."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """scale^2."""
        return self.scale * self.scale
