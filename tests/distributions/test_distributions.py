"""Distributions: moments of what they draw, gradients, and PyTorch's densities where it is installed."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import distributions as D

RNG = np.random.default_rng(0)
A = RNG.standard_normal((3, 4)).astype(np.float32)
B = np.abs(RNG.standard_normal((3, 4))).astype(np.float32) + 0.1
P = RNG.random((3, 4)).astype(np.float32)
YES = (P > 0.5).astype(np.float32)


def f32(*values):
    return np.array(values, np.float32)


QUESTIONS = {
    "normal log_prob": lambda T, d: d.Normal(T.tensor(A), T.tensor(B)).log_prob(T.tensor(P)),
    "normal of numbers": lambda T, d: d.Normal(0.0, 1).log_prob(T.tensor(P)),
    "normal entropy": lambda T, d: d.Normal(T.tensor(A), 2.0).entropy(),
    "normal cdf": lambda T, d: d.Normal(T.tensor(A), T.tensor(B)).cdf(T.tensor(P)),
    "normal icdf": lambda T, d: d.Normal(T.tensor(A), T.tensor(B)).icdf(T.tensor(P)),
    "normal variance": lambda T, d: d.Normal(T.tensor(A), T.tensor(B)).variance + d.Normal(T.tensor(A), T.tensor(B)).mean,
    "uniform log_prob": lambda T, d: d.Uniform(T.tensor(A), T.tensor(A + B)).log_prob(T.tensor(A + B / 2)),
    "uniform edges": lambda T, d: d.Uniform(0.0, T.tensor(2.0)).log_prob(T.tensor([0.0, 2.0])),
    "uniform cdf": lambda T, d: d.Uniform(T.tensor(A), T.tensor(A + B)).cdf(T.tensor(A + B / 3)),
    "uniform entropy": lambda T, d: d.Uniform(T.tensor(A), T.tensor(A + B)).entropy(),
    "uniform moments": lambda T, d: d.Uniform(0.0, 3.0).mean + d.Uniform(0.0, 3.0).stddev,
    "bernoulli log_prob": lambda T, d: d.Bernoulli(T.tensor(P)).log_prob(T.tensor(YES)),
    "bernoulli of logits": lambda T, d: d.Bernoulli(logits=T.tensor(A)).log_prob(T.tensor(YES)),
    "bernoulli entropy": lambda T, d: d.Bernoulli(T.tensor(f32(0, 1, 0.3))).entropy(),
    "bernoulli moments": lambda T, d: d.Bernoulli(0.3).variance + d.Bernoulli(0.3).mean,
    "categorical log_prob": lambda T, d: d.Categorical(T.tensor(P)).log_prob(T.tensor([0, 3, 1])),
    "categorical of logits": lambda T, d: d.Categorical(logits=T.tensor(A)).log_prob(T.tensor([[0, 3, 1], [1, 1, 1]])),
    "categorical entropy": lambda T, d: d.Categorical(T.tensor(P)).entropy(),
    "categorical entropy of -inf": lambda T, d: d.Categorical(logits=T.tensor(f32(0, -np.inf, 1))).entropy(),
    "categorical probs": lambda T, d: d.Categorical(T.tensor(P[0])).probs,
    "kl normal": lambda T, d: d.kl_divergence(d.Normal(T.tensor(A), T.tensor(B)), d.Normal(0.0, 1.0)),
    "kl bernoulli": lambda T, d: d.kl_divergence(d.Bernoulli(T.tensor(f32(0.2, 0, 1, 0.5, 0, 1, 0.5))), d.Bernoulli(T.tensor(f32(0.4, 0, 1, 0, 1, 0, 1)))),
    "kl bernoulli of shapes": lambda T, d: d.kl_divergence(d.Bernoulli(T.tensor(P)), d.Bernoulli(0.5)) + d.kl_divergence(d.Bernoulli(0.1), d.Bernoulli(T.tensor(P))),
    "kl categorical": lambda T, d: d.kl_divergence(d.Categorical(T.tensor(P)), d.Categorical(T.tensor(B))),
    "kl categorical of 0": lambda T, d: d.kl_divergence(d.Categorical(T.tensor([[0, 1.0], [0.5, 0.5]])), d.Categorical(T.tensor([[0.5, 0.5], [0, 1.0]]))),
    "kl uniform": lambda T, d: d.kl_divergence(d.Uniform(0.0, 1.0), d.Uniform(T.tensor([-1.0, 0.5]), 2.0)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_answers_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="the reference")
    ours, theirs = QUESTIONS[name](gg, gg.distributions), QUESTIONS[name](torch, torch.distributions)
    assert ours.dtype == gg.float32
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-6)


MADE = {
    "Normal": (lambda: D.Normal(gg.tensor([1.0, -2.0]), gg.tensor([0.5, 2.0]))), "Uniform": (lambda: D.Uniform(gg.tensor([0.0, 1.0]), gg.tensor([1.0, 5.0]))),
    "Bernoulli": (lambda: D.Bernoulli(gg.tensor([0.2, 0.7]))),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_draws_have_the_moments_and_the_seed_repeats_them(name):
    made = MADE[name]()
    drawn = made.sample((40_000,))
    assert drawn.shape == (40_000, 2) and not drawn.requires_grad and made.sample().shape == made.batch_shape == (2,)
    np.testing.assert_allclose(drawn.mean(0).numpy(), made.mean.numpy(), atol=0.05)
    np.testing.assert_allclose(drawn.var(0).numpy(), made.variance.numpy(), atol=0.08)
    gg.manual_seed(1)
    first = made.sample((3,)).tolist()
    gg.manual_seed(1)
    assert made.sample((3,)).tolist() == first and name in repr(made)


def test_categorical_draws():
    made = D.Categorical(gg.tensor([[1.0, 0.0, 3.0], [0.0, 1.0, 0.0]]))
    drawn = made.sample((4000,)).numpy()
    assert drawn.shape == (4000, 2) and drawn.dtype == np.int64 and (drawn[:, 1] == 1).all() and abs((drawn[:, 0] == 2).mean() - 0.75) < 0.03
    assert made.sample().shape == (2,) and D.Categorical(gg.ones(3)).sample().shape == () and D.Categorical(gg.ones(3)).sample((2, 5)).shape == (2, 5)
    assert made.param_shape == (2, 3) and made.mode.tolist() == [2, 1]


def test_gradients_flow_through_rsample_and_log_prob():
    loc, scale = gg.tensor([1.0, 2.0], requires_grad=True), gg.tensor([0.5, 0.5], requires_grad=True)
    z = D.Normal(loc, scale).rsample()
    z.sum().backward()
    assert loc.grad.tolist() == [1, 1] and np.allclose(scale.grad.numpy(), ((z - loc) / scale).detach().numpy(), atol=1e-6)
    logits = gg.zeros(3, requires_grad=True)
    D.Categorical(logits=logits).log_prob(gg.tensor(1)).backward()
    np.testing.assert_allclose(logits.grad.numpy(), [-1 / 3, 2 / 3, -1 / 3], atol=1e-6)
    assert not D.Normal(loc, scale).sample().requires_grad
    with pytest.raises(NotImplementedError, match=r"write sample\(\) and log_prob"):
        D.Bernoulli(0.5).rsample()


@pytest.mark.parametrize(("call", "text"), [
    (lambda: D.Normal(0.0, -1.0), "scale must be positive, got -1"), (lambda: D.Normal(float("nan"), 1.0), "loc must be a number"),
    (lambda: D.Uniform(1.0, 0.0), "high - low must be positive"), (lambda: D.Bernoulli(1.5), r"probs must be in \[0, 1\], got 1.5"),
    (lambda: D.Bernoulli(), "either probs or logits"), (lambda: D.Categorical(gg.ones(2), gg.ones(2)), "either probs or logits"),
    (lambda: D.Categorical(gg.tensor([-1.0, 2.0])), "non-negative"), (lambda: D.Categorical(gg.tensor(1.0)), "dimension of categories"),
    (lambda: D.Categorical(gg.ones(3)).log_prob(gg.tensor(3)), "an index from 0 to 2, got 3"), (lambda: D.Bernoulli(0.5).log_prob(gg.tensor(0.3)), "0 or 1"),
    (lambda: D.Uniform(0.0, 1.0).log_prob(gg.tensor(2.0)), r"in \[low, high\], got 2"),
])  # fmt: skip
def test_parameters_and_values_are_checked(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_checks_can_be_left_out():
    assert D.Uniform(0.0, 1.0, validate_args=False).log_prob(gg.tensor(2.0)).item() == -np.inf
    with pytest.raises(NotImplementedError, match="no closed form for Normal and Uniform"):
        D.kl_divergence(D.Normal(0.0, 1.0), D.Uniform(0.0, 1.0))
