"""Probability distributions: `sample`, `rsample` (with a gradient), `log_prob`, `entropy`."""

from glassgrad.distributions.bernoulli import Bernoulli
from glassgrad.distributions.categorical import Categorical
from glassgrad.distributions.distribution import Distribution
from glassgrad.distributions.kl import kl_divergence
from glassgrad.distributions.normal import Normal
from glassgrad.distributions.uniform import Uniform

__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "Uniform", "kl_divergence"]
