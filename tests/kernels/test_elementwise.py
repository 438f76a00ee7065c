"""Kernels that map each element: relu, silu, tanh, sigmoid, erf, and the gradients of the first two."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels
from glassgrad.ops.activation import _relu, _silu, silu_grad
from glassgrad.ops.special import sigmoid, tanh

DTYPES = (np.float32, np.float64)
BODIES = {
    "relu": _relu.op.body, "relu_grad": _relu.op.rules["x"], "silu": _silu.op.body, "silu_grad": silu_grad.op.body, "tanh": tanh.op.body,
    "sigmoid": sigmoid.op.body, "sigmoid_grad": sigmoid.op.rules["x"], "tanh_grad": tanh.op.rules["x"],
}  # fmt: skip
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e-310, 1e-40, -1e-40, 88.0, -88.0, -104.0, 710.0, -745.0, 1e30, -1e30, 0.5]


def body(name, *args):
    with kernels.use("numpy"), np.errstate(all="ignore"):
        return BODIES[name](*args)


def arguments(name, x, g):
    return (g, x) if name.endswith("_grad") else (x,)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(list(BODIES)),
    shape=st.lists(st.integers(1, 30), min_size=1, max_size=3),
    dtype=st.sampled_from(DTYPES),
    layout=st.sampled_from(("plain", "transposed", "strided", "expanded", "fixed")),
)
def test_as_the_body_for_any_shape_and_strides(name, shape, dtype, layout):
    rng = np.random.default_rng(sum(shape))
    g, x = (3 * rng.standard_normal((2, *shape))).astype(dtype)
    if layout == "transposed":
        g, x = g.T[::-1], x.T
    elif layout == "strided":
        g, x = g[..., ::-2], x[..., ::-2]
    elif layout == "expanded":
        g, x = np.broadcast_to(g[:1], g.shape), x
    elif layout == "fixed":
        g.flags.writeable = x.flags.writeable = False
    y = getattr(kernels, name)(*arguments(name, x, g))
    want = body(name, *(a.astype(np.float64) for a in arguments(name, x, g)))
    assert y.dtype == dtype and y.shape == x.shape and not np.shares_memory(x, y) and y.flags.writeable
    bound = {np.float32: 1e-6, np.float64: 2e-15}[dtype]
    np.testing.assert_allclose(y, want, rtol=bound, atol=bound)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("repeats", [1, 9])  # alone, and filling vectors
def test_special_values_are_as_in_the_body(name, dtype, repeats):
    with np.errstate(over="ignore"):
        x = np.repeat(np.array(SPECIAL, dtype), repeats)
    for upstream in (1.0, np.nan, np.inf) if name.endswith("_grad") else (1.0,):
        args = arguments(name, x, np.full(x.shape, upstream, dtype))
        found, want = getattr(kernels, name)(*args), body(name, *args)
        keep = np.ones(x.shape, bool) if np.isfinite(upstream) or name == "relu_grad" else np.abs(x) < 5  # where the slope isn't rounding
        np.testing.assert_allclose(found[keep], want[keep], rtol=1e-6, atol=np.finfo(dtype).smallest_subnormal * 4)


@pytest.mark.parametrize("name", ["tanh", "silu", "erf"])
def test_minus_zero(name):
    assert np.signbit(getattr(kernels, name)(np.array([0.0, -0.0]))).tolist() == [False, True]


@pytest.mark.parametrize("name", [*BODIES, "erf", "gelu", "gelu_grad"])
def test_neither_place_nor_threads_change_a_bit(name, rng):
    g, x = rng.standard_normal((2, 300_001)).astype(np.float32)
    run = getattr(kernels, name)
    before = gg.get_num_threads()
    found = []
    for n in (1, 2):
        gg.set_num_threads(n)
        try:
            found.append(run(*arguments(name, x, g)))
        finally:
            gg.set_num_threads(before)
    assert np.array_equal(*found)
    for start, end in ((0, 1), (0, 17), (63, 300), (250, 299)):
        part = run(*arguments(name, x[start:end].copy(), g[start:end].copy()))
        assert np.array_equal(part, found[0][start:end])


def test_declines():
    x = np.ones(70)
    for name in BODIES:
        run = getattr(kernels, name)
        for bad in (np.ones(3, np.int64), np.ones(3, np.float16), np.ones(0), np.ones(()), np.ones(3, ">f4")):
            assert run(*arguments(name, bad, bad)) is NotImplemented
        with kernels.use("auto"):
            assert run(*arguments(name, x[:8], x[:8])) is NotImplemented
    for name in ("relu_grad", "silu_grad", "sigmoid_grad", "tanh_grad"):
        assert getattr(kernels, name)(x[:1], x) is NotImplemented
        assert getattr(kernels, name)(x.astype(np.float32), x) is NotImplemented
