"""The vector functions over the whole range of floats: a million bit patterns each, against wider arithmetic."""

import math

import numba
import numpy as np
import pytest

from glassgrad import kernels
from glassgrad.kernels import vector

DTYPES = (np.float32, np.float64)
# The largest error allowed, in units of the last place; what was found is in vector.py.
ULPS = {"exp": 1, "log": 1, "tanh": 1.5, "sigmoid": 1.5, "erf": 2}
BUSY = {"exp": 745, "log": 4, "tanh": 20, "sigmoid": 745, "erf": 6}  # where most of what happens happens
EXACT = {
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "erf": lambda x: np.array([math.erf(v) for v in x.astype(np.float64)]),
}  # fmt: skip


@pytest.fixture(scope="module")
def run():
    """run(name, x): the function in a loop, which is vectorised."""
    loops = {}

    def compiled(name):
        function = getattr(vector, name)

        @numba.njit(error_model="numpy", fastmath={"contract"})
        def loop(x, y):
            for i in range(x.size):
                y[i] = function(x[i])

        return loop

    def run(name, x):
        if name not in loops:
            loops[name] = compiled(name)
        y = np.empty_like(x)
        loops[name](x, y)
        return y

    return run


def patterns(name, dtype, count):
    """Bit patterns from all over the range, and numbers from where the function bends."""
    rng = np.random.default_rng(0)
    bits = np.uint32 if dtype == np.float32 else np.uint64
    busy = BUSY[name] if dtype == np.float64 or BUSY[name] < 100 else 105
    low = 0 if name == "log" else -busy
    parts = [rng.integers(0, np.iinfo(bits).max, count, dtype=bits, endpoint=True).view(dtype)]
    parts += [rng.uniform(low / scale, busy / scale, count // 3).astype(dtype) for scale in (1, 10, 100)]
    tiny = np.finfo(dtype).smallest_normal
    parts += [(rng.uniform(-1, 1, 2000) * tiny).astype(dtype)]  # denormal
    if name == "log":
        parts += [1 + rng.uniform(-1e-3, 1e-3, count // 3).astype(dtype)]
    return np.concatenate(parts)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ULPS)
def test_the_error_over_the_whole_range(run, name, dtype):
    x = patterns(name, dtype, 1_000_000 if name != "erf" else 200_000)
    y = run(name, x)
    with np.errstate(all="ignore"):
        exact = EXACT[name](x.astype(np.float64 if dtype == np.float32 else np.longdouble))
        rounded = exact.astype(dtype)
    np.testing.assert_array_equal(np.isnan(y), np.isnan(x) | ((x < 0) & (name == "log")))
    infinite = np.isinf(rounded)
    assert np.all(y[infinite] == rounded[infinite])
    finite = np.isfinite(rounded)
    y, exact, unit = y[finite].astype(exact.dtype), exact[finite], np.spacing(np.abs(rounded[finite])).astype(exact.dtype)
    assert np.max(np.abs(y - exact) / unit) <= ULPS[name]


@pytest.mark.parametrize("dtype", DTYPES)
def test_special_values(run, dtype):
    inf, nan = np.inf, np.nan
    x = np.array([0.0, -0.0, inf, -inf, nan, 1e30, -1e30] * 3, dtype)  # filling vectors, and not
    for name, want in {
        "exp": [1, 1, inf, 0, nan, inf, 0], "tanh": [0.0, -0.0, 1, -1, nan, 1, -1], "sigmoid": [0.5, 0.5, 1, 0, nan, 1, 0],
        "erf": [0.0, -0.0, 1, -1, nan, 1, -1],
    }.items():  # fmt: skip
        y = run(name, x)
        np.testing.assert_array_equal(y, np.array(want * 3, dtype))
        np.testing.assert_array_equal(np.signbit(y)[~np.isnan(y)], np.signbit(np.array(want * 3))[~np.isnan(y)])
    y = run("log", x)
    np.testing.assert_array_equal(y[:5], [-inf, -inf, inf, nan, nan])


@pytest.mark.parametrize("dtype", DTYPES)
def test_denormal_results_and_arguments(run, dtype):
    info = np.finfo(dtype)
    x = np.log(float(info.smallest_normal)) - np.linspace(0, (info.nmant + 0.5) * math.log(2), 1000)
    y = run("exp", x.astype(dtype))
    exact = np.exp(x.astype(dtype).astype(np.longdouble))
    assert np.all(y[:-1] > 0) and np.max(np.abs(y - exact)) <= float(info.smallest_subnormal)
    small = np.array([info.smallest_subnormal, info.smallest_normal / 3], dtype)
    np.testing.assert_allclose(run("log", small), np.log(small.astype(np.longdouble)).astype(dtype), rtol=info.eps)
    for name in ("tanh", "erf"):
        np.testing.assert_allclose(run(name, small), EXACT[name](small.astype(np.float64)), rtol=1e-6, atol=info.smallest_subnormal)


@pytest.mark.parametrize("dtype", DTYPES)
def test_erf_is_accurate(dtype):
    x = np.concatenate([np.linspace(-7, 7, 100001), np.logspace(-30, 0, 1000), -np.logspace(-30, 0, 1000)]).astype(dtype)
    exact = np.array([math.erf(v) for v in x])
    assert np.max(np.abs(kernels.erf(x) - exact) / np.spacing(np.abs(exact).astype(dtype)).astype(np.float64)) <= 2


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
