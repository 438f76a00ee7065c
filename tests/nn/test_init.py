from __future__ import annotations

import math

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.nn import init


def spread(t):
    values = t.detach().numpy()
    return values.mean(), values.std(), values.min(), values.max()


@pytest.mark.parametrize(
    ("fill", "low", "high"),
    [
        (lambda t, g: init.uniform_(t, -2, 3, generator=g), -2, 3),
        (lambda t, g: init.xavier_uniform_(t, gain=2, generator=g), -2 * math.sqrt(6 / 500), 2 * math.sqrt(6 / 500)),
        (lambda t, g: init.kaiming_uniform_(t, generator=g), -math.sqrt(6 / 300), math.sqrt(6 / 300)),
        (lambda t, g: init.kaiming_uniform_(t, math.sqrt(5), generator=g), -math.sqrt(1 / 300), math.sqrt(1 / 300)),
        (lambda t, g: init.kaiming_uniform_(t, mode="fan_out", nonlinearity="tanh", generator=g),
         -5 / 3 * math.sqrt(3 / 200), 5 / 3 * math.sqrt(3 / 200)),
    ],
)  # fmt: skip
def test_uniform_bounds(fill, low, high):
    t = gg.empty(200, 300)
    assert fill(t, gg.Generator().manual_seed(1)) is t
    mean, std, least, most = spread(t)
    width = high - low
    assert low <= least < low + 0.01 * width and high - 0.01 * width < most <= high
    assert abs(mean - (low + high) / 2) < 0.01 * width and abs(std - width / math.sqrt(12)) < 0.01 * width


@pytest.mark.parametrize(
    ("fill", "mean", "std"),
    [
        (lambda t, g: init.normal_(t, 3, 0.5, generator=g), 3, 0.5),
        (lambda t, g: init.xavier_normal_(t, generator=g), 0, math.sqrt(2 / 500)),
        (lambda t, g: init.kaiming_normal_(t, nonlinearity="relu", generator=g), 0, math.sqrt(2 / 300)),
        (lambda t, g: init.kaiming_normal_(t, 0.5, mode="fan_out", generator=g), 0, math.sqrt(2 / 1.25 / 200)),
    ],
)
def test_normal_spread(fill, mean, std):
    t = gg.empty(200, 300)
    assert fill(t, gg.Generator().manual_seed(1)) is t
    found = spread(t)
    assert abs(found[0] - mean) < 0.02 * std and abs(found[1] - std) < 0.02 * std and found[3] > mean + 3 * std


@pytest.mark.parametrize(
    ("mean", "std", "a", "b"), [(0, 1, -2, 2), (1, 0.5, 0, 5), (0, 1, 2, 3), (0, 0.02, -2, 2), (0, 1, -math.inf, -3), (0, 1, 9, math.inf)]
)
def test_truncated_normal(mean, std, a, b):
    t = init.trunc_normal_(gg.empty(4000, dtype=gg.float64), mean, std, a, b, generator=gg.Generator().manual_seed(2))
    values = np.sort(t.numpy())
    assert a <= values[0] and values[-1] <= b
    sign = -1 if a - mean > 0 else 1  # the tail is seen from the side where it doesn't round to 1

    def below(x):
        return math.erfc(-sign * (x - mean) / std / math.sqrt(2))

    expected = np.array([(below(x) - below(a)) / (below(b) - below(a)) for x in values])
    assert np.abs(expected - np.arange(4000) / 4000).max() < 0.03  # Kolmogorov and Smirnov: 0.026 has probability 1 %


def test_fan_counts_the_kernel():
    t = gg.empty(8, 4, 3, 3)
    init.xavier_uniform_(t)
    bound = math.sqrt(6 / (36 + 72))
    assert 0.9 * bound < spread(t)[3] <= bound


def test_constants_and_eye():
    t = gg.empty(2, 3)
    assert init.constant_(t, 2.5) is t and t.tolist() == [[2.5] * 3] * 2
    assert init.ones_(t).tolist() == [[1] * 3] * 2 and init.zeros_(t).tolist() == [[0] * 3] * 2
    assert init.eye_(t).tolist() == [[1, 0, 0], [0, 1, 0]]
    with pytest.raises(ValueError, match=r"eye_: only a matrix"):
        init.eye_(gg.ones(2))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (4, 2, 3)])
def test_orthogonal(shape):
    t = init.orthogonal_(gg.empty(*shape, dtype=gg.float64), gain=2)
    m = t.numpy().reshape(shape[0], -1) / 2
    small = m @ m.T if m.shape[0] <= m.shape[1] else m.T @ m
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-12)


def test_orthogonal_has_no_preferred_sign():
    signs = [init.orthogonal_(gg.empty(2, 2), generator=gg.Generator().manual_seed(i))[0, 0].item() > 0 for i in range(100)]
    assert 30 < sum(signs) < 70


def test_the_generator_decides():
    def draw(seed):
        return init.trunc_normal_(gg.empty(5), generator=gg.Generator().manual_seed(seed)).tolist()

    assert draw(1) == draw(1) != draw(2)
    gg.manual_seed(3)
    a = init.orthogonal_(gg.empty(3, 3)).tolist()
    gg.manual_seed(3)
    assert init.orthogonal_(gg.empty(3, 3)).tolist() == a


def test_parameters_are_filled_outside_the_graph():
    p = nn.Parameter(gg.ones(3, 3))
    for fill in (init.uniform_, init.normal_, init.trunc_normal_, init.ones_, init.eye_, init.orthogonal_, init.kaiming_normal_):
        assert fill(p) is p and p.is_leaf and p.requires_grad


def test_gains():
    assert init.calculate_gain("selu") == 0.75 and init.calculate_gain("sigmoid") == 1 and init.calculate_gain("tanh") == 5 / 3
    assert math.isclose(init.calculate_gain("leaky_relu", 1), 1) and math.isclose(init.calculate_gain("relu"), math.sqrt(2))


def test_gains_are_pytorchs(torch):
    for name in ("linear", "conv2d", "conv_transpose1d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        assert math.isclose(init.calculate_gain(name), torch.nn.init.calculate_gain(name))
    assert math.isclose(init.calculate_gain("leaky_relu", 0.3), torch.nn.init.calculate_gain("leaky_relu", 0.3))


def test_errors():
    with pytest.raises(ValueError, match="no nonlinearity 'swish'"):
        init.calculate_gain("swish")
    with pytest.raises(ValueError, match="slope of leaky_relu"):
        init.calculate_gain("leaky_relu", "steep")
    for fill in (init.xavier_uniform_, init.xavier_normal_, init.kaiming_uniform_, init.kaiming_normal_, init.orthogonal_):
        with pytest.raises(ValueError, match=f"{fill.__name__}: .*at least 2 dimensions"):
            fill(gg.ones(3))
    with pytest.raises(ValueError, match="mode must be"):
        init.kaiming_uniform_(gg.ones(2, 2), mode="fan")
    with pytest.raises(ValueError, match="trunc_normal_: needs a < b"):
        init.trunc_normal_(gg.ones(2), a=1, b=1)
    with pytest.warns(UserWarning, match="no elements"):
        init.kaiming_uniform_(gg.ones(0, 3))


def test_sparse():
    w = nn.init.sparse_(gg.empty(10, 6), 0.25, std=0.5)
    assert ((w == 0).sum(0) == 3).all().item() and w.std().item() > 0.1
    with pytest.raises(ValueError, match="only for matrices"):
        nn.init.sparse_(gg.empty(3), 0.5)


def test_fans():
    assert nn.init._calculate_fan_in_and_fan_out(gg.empty(4, 3, 5)) == (15, 20)
