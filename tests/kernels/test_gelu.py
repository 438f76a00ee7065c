import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassgrad import kernels
from glassgrad.ops.activation import gelu, gelu_grad

DTYPES = (np.float32, np.float64)
APPROXIMATE = ("none", "tanh")
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e18, -1e18, 20.0, -20.0, 45.0, -45.0, 1e-40, -1e-30]


def body(function, *args):
    with kernels.use("numpy"), np.errstate(all="ignore"):
        return function.op.body(*args)


def exact(x, approximate):
    """c(x) and the slope of x c(x) in the widest float; nothing cancels in them, unlike in the bodies."""
    x = x.astype(np.longdouble)
    pi = np.longdouble("3.14159265358979323846")
    if approximate == "none":
        c = np.array([math.erfc(-float(v) * math.sqrt(0.5)) for v in x]).astype(np.longdouble) / 2
        return c, c + x * np.exp(-x * x / 2) / np.sqrt(2 * pi)
    third = np.longdouble("0.044715")
    twice = 2 * np.sqrt(2 / pi) * (x + third * x**3)
    c = 1 / (1 + np.exp(-twice))
    return c, c + x * c / (1 + np.exp(twice)) * 2 * np.sqrt(2 / pi) * (1 + 3 * third * x * x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("approximate", APPROXIMATE)
def test_accuracy(approximate, dtype):
    x = np.linspace(-13, 13, 40001).astype(dtype)
    c, slope = exact(x, approximate)
    wide, eps = x.astype(np.float64), float(np.finfo(dtype).eps)
    # 5 units of relative error, and in the left tail as many more as the rounded exponent of exp makes, here x^2 or |2u|
    tail = np.where(x < 0, 1.2 * np.maximum(wide**2, -0.0714 * wide**3 if approximate == "tanh" else 0), 0)
    allowed = (5 + tail) * eps * np.abs(wide * c) + 40 * np.finfo(dtype).tiny
    assert np.all(np.abs(kernels.gelu(x, approximate) - wide * c) <= allowed)
    g = np.where(np.arange(x.size) % 2, 1, -3).astype(dtype)
    assert np.max(np.abs(kernels.gelu_grad(g, x, approximate) / g - slope)) <= 4 * eps


@settings(max_examples=100, deadline=None)
@given(
    approximate=st.sampled_from(APPROXIMATE),
    shape=st.lists(st.integers(1, 20), min_size=1, max_size=4),
    dtype=st.sampled_from(DTYPES),
    layout=st.sampled_from(("plain", "transposed", "strided", "expanded")),
)
def test_as_the_body_for_any_shape_and_strides(approximate, shape, dtype, layout):
    rng = np.random.default_rng(sum(shape))
    g, x = (3 * rng.standard_normal((2, *shape))).astype(dtype)
    if layout == "transposed":
        g, x = g.T[::-1], x.T
    elif layout == "strided":
        g, x = g[..., ::-2], x[..., ::-2]
    elif layout == "expanded":
        g, x = np.broadcast_to(g[:1], g.shape), x
    y, gx = kernels.gelu(x, approximate), kernels.gelu_grad(g, x, approximate)
    assert y.dtype == gx.dtype == dtype and y.shape == gx.shape == x.shape
    g, x = g.astype(np.float64), x.astype(np.float64)
    bound = {np.float32: 2e-6, np.float64: 4e-15}[dtype]
    np.testing.assert_allclose(y, body(gelu, x, approximate), rtol=bound, atol=bound)
    np.testing.assert_allclose(gx, body(gelu_grad, g, x, approximate), rtol=bound, atol=bound * 10)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("approximate", APPROXIMATE)
@pytest.mark.parametrize("repeats", [1, 9])  # alone, and filling vectors
def test_special_values_are_as_in_the_body(approximate, dtype, repeats):
    x = np.repeat(np.array(SPECIAL, dtype), repeats)
    np.testing.assert_allclose(kernels.gelu(x, approximate), body(gelu, x, approximate), rtol=1e-6, atol=1e-37)
    for upstream in (1.0, np.nan, np.inf, -np.inf):
        g = np.full(x.shape, upstream, dtype)
        # far out in the tail the last bit of the slope, or 0, decides what an infinity becomes
        keep = np.isfinite(upstream) | ~np.isfinite(x) | (np.abs(x) < 5)
        found, want = kernels.gelu_grad(g, x, approximate), body(gelu_grad, g, x, approximate)
        np.testing.assert_allclose(found[keep], want[keep], rtol=1e-6, atol=1e-37)


@pytest.mark.parametrize("approximate", APPROXIMATE)
def test_minus_zero(approximate):
    assert np.signbit(kernels.gelu(np.array([0.0, -0.0, -50.0]), approximate)).tolist() == [False, True, True]


@pytest.mark.parametrize("approximate", APPROXIMATE)
def test_the_place_of_an_element_does_not_matter(approximate, rng):
    x = rng.standard_normal(300).astype(np.float32)
    y, gx = kernels.gelu(x, approximate), kernels.gelu_grad(x, x, approximate)
    for start, end in ((0, 1), (0, 17), (63, 300), (250, 299)):
        assert np.array_equal(kernels.gelu(x[start:end], approximate), y[start:end])
        assert np.array_equal(kernels.gelu_grad(x[start:end], x[start:end], approximate), gx[start:end])


def test_inputs_stay_as_they_are_and_share_nothing_with_the_result(rng):
    x, g = rng.standard_normal((2, 70))
    kept = x.copy(), g.copy()
    x.flags.writeable = g.flags.writeable = False
    for approximate in APPROXIMATE:
        for y in (kernels.gelu(x, approximate), kernels.gelu_grad(g, x, approximate)):
            assert not np.shares_memory(x, y) and not np.shares_memory(g, y) and y.flags.writeable
    assert np.array_equal(x, kept[0]) and np.array_equal(g, kept[1])


def test_declines():
    for x in (np.ones(3, np.int64), np.ones(3, np.float16), np.ones(0), np.ones(()), np.ones(3, ">f4")):
        assert kernels.gelu(x) is NotImplemented
        assert kernels.gelu_grad(x, x) is NotImplemented
    x = np.ones(70)
    assert kernels.gelu(x, "fast") is NotImplemented
    assert kernels.gelu_grad(x, x, "fast") is NotImplemented
    assert kernels.gelu_grad(x[:1], x) is NotImplemented
    assert kernels.gelu_grad(x.astype(np.float32), x) is NotImplemented
    with kernels.use("auto"):
        assert kernels.gelu(x[:8]) is NotImplemented
        assert kernels.gelu_grad(x[:8], x[:8]) is NotImplemented
        assert kernels.gelu(x) is not NotImplemented
