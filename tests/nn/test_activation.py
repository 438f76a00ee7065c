"""Activations and dropout: parity with PyTorch's modules, text, `inplace`, arguments, what is drawn."""

import math

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.nn import functional as F

X = np.random.default_rng(7).standard_normal((2, 4, 6)).astype(np.float32) * 3

CASES = [
    ("CELU", {"alpha": 0.5}), ("ELU", {}), ("ELU", {"alpha": 0.3}), ("GELU", {}), ("GLU", {}), ("GLU", {"dim": 1}), ("SELU", {}), ("Hardshrink", {}),
    ("Hardshrink", {"lambd": 1.0}), ("Hardsigmoid", {}), ("Hardswish", {}), ("Hardtanh", {}), ("Hardtanh", {"min_val": -2, "max_val": 0.5}),
    ("LeakyReLU", {}), ("LeakyReLU", {"negative_slope": 0.2}), ("LogSigmoid", {}), ("LogSoftmax", {"dim": 1}), ("Mish", {}), ("PReLU", {}),
    ("PReLU", {"num_parameters": 4, "init": 0.1}), ("ReLU", {}), ("ReLU6", {}), ("Sigmoid", {}), ("SiLU", {}), ("Softmax", {"dim": 0}),
    ("Softmax2d", {}), ("Softmin", {"dim": -1}), ("Softplus", {}), ("Softplus", {"beta": 2, "threshold": 3}), ("Softshrink", {"lambd": 0.2}),
    ("Softsign", {}), ("Tanh", {}), ("Tanhshrink", {}), ("Threshold", {"threshold": 0.1, "value": 20}),
]  # fmt: skip
IN_PLACE = [
    ("CELU", (1.5,)), ("ELU", ()), ("SELU", ()), ("Hardsigmoid", ()), ("Hardswish", ()), ("Hardtanh", ()), ("LeakyReLU", (0.1,)), ("Mish", ()),
    ("ReLU", ()), ("ReLU6", ()), ("RReLU", ()), ("SiLU", ()), ("Threshold", (0.1, 2.0)), ("Dropout", (0.3,)), ("Dropout1d", (0.3,)),
    ("Dropout2d", (0.3,)), ("AlphaDropout", (0.3,)), ("FeatureAlphaDropout", (0.3,)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), CASES)
def test_parity_and_text(name, options, check, torch):
    ours, theirs = (getattr(library, name)(**options) for library in (nn, torch.nn))
    assert repr(ours) == repr(theirs)
    check.parity(torch, ours, theirs, X)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_gradients(name, options, check):
    check.gradients(getattr(nn, name)(**options), gg.tensor(X + 0.01), second=True)


@pytest.mark.parametrize(("name", "args"), IN_PLACE)
def test_inplace_gives_the_same_values_and_gradients(name, args, torch):
    layers = [getattr(nn, name)(*args), getattr(nn, name)(*args, inplace=True)]
    assert repr(layers[1]) == repr(getattr(torch.nn, name)(*args, inplace=True))
    results = []
    for layer in layers:
        gg.manual_seed(3)
        x = gg.tensor(X, requires_grad=True)
        h = x * 1
        y = layer(h)
        assert (y is h) == layer.inplace
        (y * y).sum().backward()
        results.append((y.tolist(), x.grad.tolist()))
    assert results[0] == results[1]


def test_functions_with_an_underscore_write_over_the_input():
    for name, args in (
        ("relu", ()), ("elu", (0.5,)), ("selu", ()), ("celu", (0.5,)), ("leaky_relu", (0.2,)), ("hardtanh", (-1, 2)), ("threshold", (0.5, 3.0)), ("rrelu", ()),
    ):  # fmt: skip
        x = gg.tensor(X)
        want = getattr(F, name)(x, *args).tolist()
        assert x.tolist() == X.tolist() and getattr(F, name + "_")(x, *args) is x and x.tolist() == want
    assert gg.relu_(gg.tensor([-1.0])).tolist() == gg.tensor([-1.0]).relu_().tolist() == [0]


# ------------------------------------------------------------------------------------------------ softmax


def test_softmax_without_a_dim_is_pytorchs_with_a_warning(torch):
    for shape in ((), (3,), (2, 3), (2, 3, 4), (2, 1, 3, 2)):
        x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
        for name in ("softmax", "log_softmax", "softmin"):
            with pytest.warns(UserWarning, match=rf"{name}: no dim was given.*write dim="):
                y = getattr(F, name)(gg.tensor(x))
            with pytest.warns(UserWarning, match="Implicit dimension"):
                want = getattr(torch.nn.functional, name)(torch.tensor(x))
            np.testing.assert_allclose(y.numpy(), want.numpy(), rtol=1e-5)
    with pytest.raises(ValueError, match=r"Softmax2d: expected 3 or 4 dimensions, got shape \(2,\)"):
        nn.Softmax2d()(gg.ones(2))


def test_softmax_casts_first():
    x = gg.tensor([[1, 2], [3, 5]])
    for function in (gg.softmax, gg.log_softmax, F.softmax, F.softmin):
        assert function(x, dim=1, dtype=gg.float64).dtype == gg.float64
    h = gg.tensor([1.0, 2.0], dtype=gg.float16, requires_grad=True)
    y = h.softmax(0, dtype=gg.float32)
    y[0].backward()
    assert y.dtype == gg.float32 and h.grad.dtype == gg.float16 and h.grad.tolist() == pytest.approx([0.19661, -0.19661], rel=1e-3)


def test_gumbel_softmax():
    x = gg.tensor([[0.0, math.log(3.0)]]).expand(4000, 2).clone().requires_grad_()
    soft = F.gumbel_softmax(x, tau=0.5)
    np.testing.assert_allclose(soft.sum(1).detach().numpy(), 1, rtol=1e-5)
    hard = F.gumbel_softmax(x, hard=True)
    assert set(np.unique(np.round(hard.detach().numpy(), 5))) == {0, 1}
    assert abs(hard[:, 1].mean().item() - 0.75) < 0.03
    (hard * gg.tensor([1.0, 2.0])).sum().backward()
    assert np.any(x.grad.numpy()) and F.gumbel_softmax(gg.zeros(3, 2), dim=0).sum(0).tolist() == pytest.approx([1, 1])


# ------------------------------------------------------------------------------------------------ what is drawn


def test_rrelu_draws_in_training_only():
    x = -gg.ones(10000)
    y = F.rrelu(x, 0.2, 0.4, training=True).numpy()
    assert -0.4 <= y.min() < -0.39 and -0.21 < y.max() <= -0.2 and abs(y.mean() + 0.3) < 0.003
    assert np.allclose(F.rrelu(x, 0.2, 0.4).numpy(), -0.3)
    x = gg.tensor([-1.0, 2.0], requires_grad=True)
    y = nn.RReLU()(x)
    y.sum().backward()
    assert x.grad.tolist() == [-y[0].item(), 1]


def test_dropout_of_channels():
    for function, shape, lead in (
        (F.dropout1d, (40, 30, 5), 2), (F.dropout1d, (500, 5), 1), (F.dropout2d, (40, 30, 2, 3), 2), (F.dropout2d, (40, 30, 5), 2),
        (F.dropout3d, (40, 30, 2, 3, 2), 2), (F.dropout3d, (500, 2, 3, 2), 1),
    ):  # fmt: skip
        y = function(gg.ones(*shape), 0.25).numpy().reshape(*shape[:lead], -1)
        assert np.all(y == y[..., :1]) and set(np.unique(y)) == {0, np.float32(1 / 0.75)}
        assert abs((y == 0).mean() - 0.25) < 0.08
        assert function(gg.ones(*shape), 0.25, training=False).numpy().all()


def test_alpha_dropout_keeps_mean_and_variance():
    x = gg.randn(200, 200)
    for function in (F.alpha_dropout, F.feature_alpha_dropout):
        y = function(x, 0.3, training=True)
        assert abs(y.mean().item()) < 0.02 and abs(y.std().item() - 1) < 0.02
        assert function(x, 0.3) is x
    assert F.alpha_dropout(x, 1.0, training=True).abs().sum().item() == 0


def test_what_is_refused():
    for call, kind, text in (
        (lambda: F.dropout2d(gg.ones(3)), RuntimeError, r"dropout2d: the input has shape \(3,\), it needs 2 dimensions"),
        (lambda: F.dropout1d(gg.ones(3)), RuntimeError, r"dropout1d: .* must have 2 or 3 dimensions"),
        (lambda: F.dropout(gg.ones(3), 2.0), ValueError, r"dropout: p must lie in \[0, 1\], got 2"),
        (lambda: nn.AlphaDropout(-1), ValueError, r"AlphaDropout: p must lie in \[0, 1\]"),
        (lambda: F.glu(gg.ones(2, 3)), RuntimeError, r"glu: dim -1 of x \(2, 3\) can't be halved"),
        (lambda: F.softshrink(gg.ones(2), -1), RuntimeError, "softshrink: lambd must not be negative"),
        (lambda: F.celu(gg.ones(2), 0.0), RuntimeError, "celu: alpha can't be 0"),
        (lambda: nn.Hardtanh(1, 1), ValueError, "Hardtanh: max_val must be larger"),
        (lambda: F.hardtanh(gg.ones(2), 1, 0), ValueError, "hardtanh: min_val 1 is larger"),
        (lambda: F.rrelu(gg.ones(2), 1, 0), RuntimeError, "rrelu: lower 1 is larger"),
        (lambda: F.prelu(gg.ones(2, 3), gg.ones(2)), RuntimeError, r"prelu: weight has shape \(2,\), input \(2, 3\)"),
    ):
        with pytest.raises(kind, match=text):
            call()
