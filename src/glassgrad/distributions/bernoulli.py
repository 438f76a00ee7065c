"""The Bernoulli distribution."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from glassgrad.distributions.distribution import Distribution, check, parameters
from glassgrad.dtypes import finfo
from glassgrad.ops.loss import binary_cross_entropy_with_logits
from glassgrad.ops.random import bernoulli
from glassgrad.ops.special import sigmoid
from glassgrad.tensor import Tensor


class Bernoulli(Distribution):
    """1 with probability `probs`, or sigmoid(`logits`), else 0."""

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Bernoulli: give either probs or logits")
        self._validate = validate_args is not False
        (given,) = parameters(logits if probs is None else probs)
        if probs is not None:
            self.probs = given
            if self._validate:
                check("Bernoulli", "probs", given, lambda p: (p >= 0) & (p <= 1), "in [0, 1]")
        else:
            self.logits = given
        super().__init__(given.shape)

    @cached_property
    def probs(self) -> Tensor:  # type: ignore[no-redef]
        """The probability of 1."""
        return sigmoid(self.logits)

    @cached_property
    def logits(self) -> Tensor:  # type: ignore[no-redef]
        """log(p / (1 - p)), of probabilities kept off 0 and 1 by the dtype's epsilon."""
        p = within(self.probs)
        return p.log() - (-p).log1p()

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draw zeros and ones, in the dtype of the parameter."""
        return bernoulli(self.probs.detach().expand(*self._shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """log(p) for 1 and log(1 - p) for 0; ValueError for other values."""
        if self._validate:
            check("Bernoulli.log_prob", "value", value, lambda x: (x == 0) | (x == 1), "0 or 1")
        logits, value = parameters(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        """-p log(p) - (1 - p) log(1 - p)."""
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    @property
    def mean(self) -> Tensor:
        """p."""
        return self.probs

    @property
    def variance(self) -> Tensor:
        """p (1 - p)."""
        return self.probs * (1 - self.probs)


def within(p: Tensor) -> Tensor:
    """Probabilities kept off 0 and 1 by the dtype's epsilon."""
    eps = finfo(p.dtype).eps
    return p.clamp(eps, 1 - eps)
