import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassgrad import kernels


def softmax(x, dim=-1):
    e = np.exp(x - np.max(x, axis=dim, keepdims=True))
    return e / np.sum(e, axis=dim, keepdims=True)


def log_softmax(x, dim=-1):
    x = x - np.max(x, axis=dim, keepdims=True)
    return x - np.log(np.sum(np.exp(x), axis=dim, keepdims=True))


def softmax_grad(g, y, dim=-1):
    return y * (g - np.sum(g * y, axis=dim, keepdims=True))


def log_softmax_grad(g, y, dim=-1):
    return g - np.exp(y) * np.sum(g, axis=dim, keepdims=True)


ORACLES = {f.__name__: f for f in (softmax, log_softmax, softmax_grad, log_softmax_grad)}
TOLERANCE = {np.float32: 2e-6, np.float64: 1e-14}


def arguments(name, x, dim, rng):
    if name.endswith("_grad"):
        return rng.standard_normal(x.shape).astype(x.dtype), ORACLES[name.removesuffix("_grad")](x, dim)
    return (x,)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(list(ORACLES)),
    shape=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    dim=st.integers(-3, 2),
    dtype=st.sampled_from((np.float32, np.float64)),
    view=st.booleans(),
)
def test_as_the_formula(name, shape, dim, dtype, view):
    dim = max(-len(shape), min(dim, len(shape) - 1))
    rng = np.random.default_rng(sum(shape))
    x = (3 * rng.standard_normal(shape)).astype(dtype)
    x = x.T[::-1] if view else x
    args = arguments(name, x, dim, rng)
    result = getattr(kernels, name)(*args, dim=dim)
    exact = ORACLES[name](*(a.astype(np.float64) for a in args), dim=dim)
    assert result.dtype == dtype and result.shape == x.shape
    bound = TOLERANCE[dtype] * (
        np.abs(exact) if name == "softmax" else 10 + np.sum(np.abs(args[0]), dim, keepdims=True)
    )
    assert np.all(np.abs(result - exact) <= bound)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_nan_and_inf_pass_through(name, dtype, rng):
    inf, nan = np.inf, np.nan
    x = rng.standard_normal((12, 37)).astype(dtype)
    x[0, 5], x[1, 0], x[2, -1] = nan, nan, -nan
    x[3] = -inf
    x[4, :20], x[5, 7] = -inf, inf
    x[6], x[7, 3] = 1e30, -1e30
    x[8, ::2], x[9, 0] = inf, -inf
    x[10, 4:6] = nan, inf
    with np.errstate(all="ignore"):
        expected = ORACLES[name](x.astype(np.float64))
    result = getattr(kernels, name)(x)
    np.testing.assert_allclose(result, expected, rtol=2e-5 if dtype == np.float32 else 1e-12, atol=1e-37)
    if name == "softmax":
        assert np.all(result[4, :20] == 0) and np.all(np.isnan(result[3]))


@pytest.mark.parametrize("name", ["softmax_grad", "log_softmax_grad"])
def test_nan_and_inf_pass_through_gradients(name, rng):
    g, y = rng.standard_normal((2, 6, 37))
    g[0, 3], y[1, 4], g[2, 1], y[3, 2], g[4, 5] = np.nan, np.nan, np.inf, -np.inf, -np.inf
    g[5, 0] = 0.0
    with np.errstate(all="ignore"):
        expected = ORACLES[name](g, y)
    np.testing.assert_allclose(getattr(kernels, name)(g, y), expected, rtol=1e-11)


def test_a_broadcast_gradient_is_only_read(rng):
    y = softmax(rng.standard_normal((5, 6)))
    g = np.broadcast_to(np.float64(2.0), (5, 6))
    np.testing.assert_allclose(kernels.softmax_grad(g, y), softmax_grad(g, y), atol=1e-15)
    np.testing.assert_allclose(kernels.log_softmax_grad(g, np.log(y)), log_softmax_grad(g, np.log(y)), atol=1e-14)


def test_inputs_stay_as_they_are_and_share_nothing_with_the_result(rng):
    x = rng.standard_normal((4, 9))
    x.flags.writeable = False
    kept = x.copy()
    for dim in (0, 1):
        for name in ORACLES:
            y = getattr(kernels, name)(*(x,) * (1 + name.endswith("_grad")), dim=dim)
            assert not np.shares_memory(x, y) and y.flags.writeable
    assert np.array_equal(x, kept)


def test_declines():
    for x in (np.ones((2, 3), np.int64), np.ones((2, 3), np.float16), np.ones((2, 0)), np.float64(1.0), np.ones(())):
        assert kernels.softmax(x) is NotImplemented
    x = np.ones((2, 3))
    assert kernels.softmax(x, dim=2) is NotImplemented
    assert kernels.softmax_grad(x, x[:1]) is NotImplemented
    assert kernels.softmax_grad(x, x.astype(np.float32)) is NotImplemented
