"""Probability distributions: `sample`, `rsample` (with a gradient), `log_prob`, `entropy`."""

from typing import Any

from glassgrad.absent import missing
from glassgrad.distributions.bernoulli import Bernoulli
from glassgrad.distributions.categorical import Categorical
from glassgrad.distributions.distribution import Distribution
from glassgrad.distributions.kl import kl_divergence
from glassgrad.distributions.normal import Normal
from glassgrad.distributions.uniform import Uniform

__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "Uniform", "kl_divergence"]

def __getattr__(name: str) -> Any:
    """For a distribution that isn't here, AttributeError that says what to write."""
    raise missing(__name__, name)
