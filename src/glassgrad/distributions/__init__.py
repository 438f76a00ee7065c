"""Probability distributions: `sample`, `rsample` (with a gradient), `log_prob`, `entropy`."""

from typing import Any

from glassgrad.distributions.bernoulli import Bernoulli
from glassgrad.distributions.categorical import Categorical
from glassgrad.distributions.distribution import Distribution
from glassgrad.distributions.kl import kl_divergence
from glassgrad.distributions.normal import Normal
from glassgrad.distributions.uniform import Uniform

__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "Uniform", "kl_divergence"]

_HERE = "there are Normal, Uniform, Bernoulli and Categorical"
_DENSITY = f"{_HERE}; write its log density as a function"
_TRANSFORM = f"{_HERE}; apply the function to the sample, and subtract the logarithm of its derivative from log_prob"
_INSTEAD = {  # PyTorch's names that aren't here
    **dict.fromkeys(("Beta", "Binomial", "Cauchy", "Chi2", "ContinuousBernoulli", "Dirichlet", "FisherSnedecor", "Gamma"), _DENSITY),
    **dict.fromkeys(("GeneralizedPareto", "Geometric", "HalfCauchy", "HalfNormal", "InverseGamma", "Kumaraswamy", "Laplace"), _DENSITY),
    **dict.fromkeys(("LKJCholesky", "LogisticNormal", "LowRankMultivariateNormal", "Multinomial", "NegativeBinomial", "Pareto"), _DENSITY),
    **dict.fromkeys(("Poisson", "StudentT", "VonMises", "Weibull", "Wishart", "ExponentialFamily", "register_kl", "constraints"), _DENSITY),
    **dict.fromkeys(("LogNormal", "TransformedDistribution", "Transform", "transforms"), _TRANSFORM),
    "Exponential": "draw with gg.empty(n).exponential_(rate); log_prob is log(rate) - rate * x",
    "Gumbel": "F.gumbel_softmax draws with it; a sample is -(-gg.rand(n).log()).log()",
    "Independent": "write log_prob(x).sum(-1) and entropy().sum(-1)",
    "MixtureSameFamily": "write gg.logsumexp(weights.log() + Normal(loc, scale).log_prob(x.unsqueeze(-1)), -1)",
    "MultivariateNormal": "with L = gg.linalg.cholesky(covariance) a sample is loc + L @ gg.randn(n), and log_prob(x) is "
    "Normal(0.0, 1.0).log_prob(gg.linalg.solve(L, x - loc)).sum(-1) - L.diagonal().log().sum()",
    "OneHotCategorical": "write F.one_hot(Categorical(probs).sample(), n)",
    "RelaxedOneHotCategorical": "write F.gumbel_softmax(logits, tau)",
    "RelaxedBernoulli": "write gg.sigmoid((logits + u.logit()) / temperature), u = gg.rand_like(logits)",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """For a distribution that isn't here, AttributeError that says what to write."""
    instead = _INSTEAD.get(name) or (_TRANSFORM if name.endswith("Transform") else None)
    if instead:
        raise AttributeError(f"distributions has no {name}: {instead}", name=name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
