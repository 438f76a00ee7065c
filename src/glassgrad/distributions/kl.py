"""The Kullback-Leibler divergence of two distributions of one kind."""

from __future__ import annotations

from math import inf

from glassgrad.distributions.bernoulli import Bernoulli
from glassgrad.distributions.categorical import Categorical
from glassgrad.distributions.distribution import Distribution, parameters
from glassgrad.distributions.normal import Normal
from glassgrad.distributions.uniform import Uniform
from glassgrad.ops.index import where
from glassgrad.ops.logic import logical_and, logical_or
from glassgrad.ops.loss import binary_cross_entropy_with_logits
from glassgrad.tensor import Tensor


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """E_p[log p - log q], in closed form: of two Normal, Bernoulli, Categorical or Uniform."""
    if isinstance(p, Normal) and isinstance(q, Normal):
        ratio, z = p.scale / q.scale, (p.loc - q.loc) / q.scale
        return (ratio * ratio + z * z - 1) / 2 - ratio.log()
    if isinstance(p, Bernoulli) and isinstance(q, Bernoulli):
        logits, probs = parameters(q.logits, p.probs)
        found = binary_cross_entropy_with_logits(logits, probs, reduction="none") - p.entropy()
        return where(logical_or(_misses(p.probs, q.probs), _misses(1 - p.probs, 1 - q.probs)), inf, found)
    if isinstance(p, Categorical) and isinstance(q, Categorical):
        found = (p.probs * (p.finite_logits() - q.finite_logits())).sum(-1)
        return where(_misses(p.probs, q.probs).any(-1), inf, found)
    if isinstance(p, Uniform) and isinstance(q, Uniform):
        covered = logical_and(q.low <= p.low, p.high <= q.high)
        return where(covered, ((q.high - q.low) / (p.high - p.low)).log(), inf)
    kinds = f"{type(p).__name__} and {type(q).__name__}"
    raise NotImplementedError(f"kl_divergence: no closed form for {kinds}: average p.log_prob(x) - q.log_prob(x) over draws of p")


def _misses(p: Tensor, q: Tensor) -> Tensor:
    """Where q says that what p allows is impossible."""
    return logical_and(p > 0, q <= 0)
