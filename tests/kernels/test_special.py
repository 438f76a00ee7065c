import math

import numba
import numpy as np
import pytest

from glassgrad import kernels

DTYPES = (np.float32, np.float64)


def ulps(result, exact):
    """The error of `result` in units of its last place."""
    exact = np.asarray(exact, np.float64)
    return np.abs(result - exact) / np.spacing(np.abs(exact).astype(result.dtype)).astype(np.float64)


@pytest.mark.parametrize("dtype", DTYPES)
def test_erf_is_accurate(dtype):
    x = np.concatenate([np.linspace(-7, 7, 100001), np.logspace(-30, 0, 1000), -np.logspace(-30, 0, 1000)]).astype(
        dtype
    )
    assert np.max(ulps(kernels.erf(x), [math.erf(v) for v in x])) <= 2


@pytest.mark.parametrize("dtype", DTYPES)
def test_erf_of_special_values(dtype):
    y = kernels.erf(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e30], dtype))
    np.testing.assert_array_equal(y, np.array([0, 0, 1, -1, np.nan, 1], dtype))
    assert np.signbit(y).tolist()[:2] == [False, True]


def test_erf_takes_any_shape_and_leaves_it(rng):
    for x in (rng.standard_normal((3, 4, 5)).T, rng.standard_normal((9, 8))[::2, ::-3], np.broadcast_to(0.5, (2, 3))):
        kept = x.copy()
        y = kernels.erf(x)
        assert y.shape == x.shape and not np.shares_memory(x, y)
        np.testing.assert_allclose(y, np.vectorize(math.erf)(x), rtol=1e-15)
        assert np.array_equal(x, kept)


def test_erf_declines():
    for x in (np.ones(3, np.int64), np.ones(3, np.float16), np.ones(0), np.ones(())):
        assert kernels.erf(x) is NotImplemented


@pytest.fixture(scope="module")
def exp():
    from glassgrad.kernels import special

    @numba.njit
    def loop(x, y):
        for i in range(x.size):
            y[i] = special.exp(x[i])

    def exp(x):
        y = np.empty_like(x)
        loop(x, y)
        return y

    return exp


@pytest.mark.parametrize("dtype, low, high", [(np.float32, -86.6, 88.72), (np.float64, -707.6, 709.78)])
def test_exp_is_accurate(exp, dtype, low, high):
    x = np.linspace(low, high, 200001).astype(dtype)
    exact = np.exp(x.astype(np.longdouble))
    assert np.max(np.abs(exp(x) - exact) / exact) <= 1.1 * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", DTYPES)
def test_exp_of_special_values(exp, dtype):
    x = np.array([0, -0.0, np.inf, -np.inf, np.nan, 1e30, -1e30, -750], dtype)
    np.testing.assert_array_equal(exp(x), np.array([1, 1, np.inf, 0, np.nan, np.inf, 0, 0], dtype))
