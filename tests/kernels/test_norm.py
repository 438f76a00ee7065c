import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels
from glassgrad.ops.norm import _layer_norm, _rms_norm, layer_norm_grad, rms_norm_grad

DTYPES = (np.float32, np.float64)


def body(op, *args):
    with kernels.use("numpy"), np.errstate(all="ignore"):
        return op.op.body(*args)


def wide(*args):
    return [a.astype(np.float64) if isinstance(a, np.ndarray) else a for a in args]


@settings(max_examples=150, deadline=None)
@given(
    lead=st.lists(st.integers(1, 9), max_size=3),
    shape=st.lists(st.integers(1, 20), min_size=1, max_size=2),
    dtype=st.sampled_from(DTYPES),
    parts=st.tuples(st.booleans(), st.booleans()),
    view=st.booleans(),
)
def test_as_the_body_for_any_shape_and_strides(lead, shape, dtype, parts, view):
    rng = np.random.default_rng(sum(lead) + sum(shape))
    full = (*lead, *shape)
    if view:  # columns first, every second, backwards
        x = (1 + rng.standard_normal([2 * n for n in full[::-1]])).astype(dtype).T[tuple(slice(None, None, -2) for _ in full)]
    else:
        x = (1 + rng.standard_normal(full)).astype(dtype)
    g = np.broadcast_to(rng.standard_normal(shape).astype(dtype), full) if view else rng.standard_normal(full).astype(dtype)
    weight, bias = (np.ascontiguousarray(rng.standard_normal(shape[::-1]).astype(dtype)).T if p else None for p in parts)
    shape = tuple(shape)
    y, mean, rstd = found = kernels.layer_norm(x, shape, weight, bias, 1e-3)
    want = body(_layer_norm, *wide(x, shape, weight, bias, 1e-3))
    eps = float(np.finfo(dtype).eps)
    for a, b in zip(found, want, strict=True):
        assert a.dtype == dtype and a.shape == b.shape
    largest = np.max(np.abs(x))
    np.testing.assert_allclose(mean, want[1], rtol=0, atol=4 * eps * largest)
    # an error of the mean, a few units of the largest x, is as much of y as rstd makes of it
    slack = eps * (1 + largest * np.max(want[2]))
    np.testing.assert_allclose(rstd, want[2], rtol=8 * slack)
    np.testing.assert_allclose(y, want[0], rtol=0, atol=8 * slack * (1 + np.max(np.abs(want[0]))))

    found = kernels.layer_norm_grad(g, x, weight, mean, rstd, shape)
    want = body(layer_norm_grad, *wide(g, x, weight, mean, rstd, shape))
    for a, b in zip(found, want, strict=True):
        assert a.dtype == dtype and a.shape == b.shape
    n = np.max(np.abs((x - mean) * rstd))
    scale = np.max(np.abs(g)) * (1 if weight is None else np.max(np.abs(weight)) + 1) * (1 + n) ** 2
    rows = math.prod(lead)
    np.testing.assert_allclose(found[0], want[0], rtol=0, atol=8 * eps * scale * np.max(rstd))
    np.testing.assert_allclose(found[1], want[1], rtol=0, atol=4 * eps * scale * rows)
    np.testing.assert_allclose(found[2], want[2], rtol=0, atol=4 * eps * scale * rows)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_few_units_of_error_in_a_gpts_layer(dtype, rng):
    g, x = rng.standard_normal((2, 768, 128)).astype(dtype)
    weight, bias = rng.standard_normal((2, 128)).astype(dtype)
    found = kernels.layer_norm(x, (128,), weight, bias, 1e-5)
    want = body(_layer_norm, *wide(x, (128,), weight, bias, 1e-5))
    eps = np.finfo(dtype).eps
    for a, b in zip(found, want, strict=True):
        assert np.max(np.abs(a - b)) <= 4 * eps * np.max(np.abs(b))
    _, mean, rstd = found
    found = kernels.layer_norm_grad(g, x, weight, mean, rstd, (128,))
    want = body(layer_norm_grad, *wide(g, x, weight, mean, rstd, (128,)))
    for a, b in zip(found, want, strict=True):
        assert np.max(np.abs(a - b)) <= 8 * eps * np.max(np.abs(b))


@pytest.mark.parametrize("dtype", DTYPES)
def test_nan_and_inf_pass_through(dtype, rng):
    inf, nan = np.inf, np.nan
    x = rng.standard_normal((8, 37)).astype(dtype)
    x[0, 5], x[1, 0], x[2, -1], x[3, 7] = nan, inf, -inf, 1e30
    x[4], x[5, 1:3] = 2.0, (inf, -inf)  # row 4 has no variance
    weight, bias = rng.standard_normal((2, 37)).astype(dtype)
    weight[3], bias[4], bias[6] = nan, inf, nan
    for eps in (1e-5, 0.0):
        for w, b in ((None, None), (weight, bias)):
            found, want = kernels.layer_norm(x, (37,), w, b, eps), body(_layer_norm, x, (37,), w, b, eps)
            for a, c in zip(found, want, strict=True):
                np.testing.assert_allclose(a, c, rtol=1e-4, atol=1e-5)
    g, x = rng.standard_normal((2, 8, 37)).astype(dtype)
    _, mean, rstd = kernels.layer_norm(x, (37,), None, None, 1e-5)
    g[0, 3], g[1, 4], x[2, 5], x[3, 6], mean[4], rstd[5] = nan, inf, nan, -inf, nan, inf
    for w in (None, weight):
        found, want = kernels.layer_norm_grad(g, x, w, mean, rstd, (37,)), body(layer_norm_grad, g, x, w, mean, rstd, (37,))
        for a, c in zip(found, want, strict=True):
            np.testing.assert_allclose(a, c, rtol=1e-4, atol=1e-5)


def test_inputs_stay_as_they_are_and_share_nothing_with_the_result(rng):
    x, g = rng.standard_normal((2, 5, 9))
    weight, bias = rng.standard_normal((2, 9))
    mean, rstd = x.mean(1, keepdims=True), 1 / x.std(1, keepdims=True)
    arrays = (x, g, weight, bias, mean, rstd)
    kept = [a.copy() for a in arrays]
    for a in arrays:
        a.flags.writeable = False
    found = (*kernels.layer_norm(x, (9,), weight, bias, 1e-5), *kernels.layer_norm_grad(g, x, weight, mean, rstd, (9,)))
    for y in found:
        assert y.flags.writeable and not any(np.shares_memory(a, y) for a in arrays)
    assert all(np.array_equal(a, k) for a, k in zip(arrays, kept, strict=True))


def test_declines():
    x, w, m = np.ones((5, 20)), np.ones(20), np.ones((5, 1))
    half = lambda a: a.astype(np.float16)
    for args in (
        (half(x), (20,), half(w), None, 1e-5), (x, (20,), half(w), None, 1e-5), (x, (20,), None, half(w), 1e-5), (x[:0], (20,), w, w, 1e-5),
        (x, (5,), None, None, 1e-5), (x, (2, 5, 20), None, None, 1e-5), (x, (), None, None, 1e-5), (x, (20,), w[:5], None, 1e-5),
        (x, (20,), None, w[None], 1e-5), (np.ones(()), (1,), None, None, 1e-5), (x.astype(int), (20,), None, None, 1e-5),
    ):  # fmt: skip
        assert kernels.layer_norm(*args) is NotImplemented
    for args in (
        (half(x), half(x), None, half(m), half(m), (20,)), (x[:1], x, w, m, m, (20,)), (x, x, half(w), m, m, (20,)), (x, x, w, m, m[:2], (20,)),
        (x, x, w, m.ravel(), m.ravel(), (20,)), (x, x, w[:3], m, m, (20,)), (x, x, w, m, m, (5,)), (x[:0], x[:0], w, m[:0], m[:0], (20,)),
        (x.astype(np.float32), x, w, m, m, (20,)), (x, x, w, m, m, (5, 20)),
    ):  # fmt: skip
        assert kernels.layer_norm_grad(*args) is NotImplemented
    with kernels.use("auto"):
        assert kernels.layer_norm(x[:2, :4], (4,), None, None, 1e-5) is NotImplemented
        assert kernels.layer_norm_grad(x[:2, :4], x[:2, :4], None, m[:2], m[:2], (4,)) is NotImplemented
        assert kernels.layer_norm(x, (20,), w, None, 1e-5) is not NotImplemented


@settings(max_examples=80, deadline=None)
@given(
    lead=st.lists(st.integers(1, 9), max_size=3),
    shape=st.lists(st.integers(1, 20), min_size=1, max_size=2),
    dtype=st.sampled_from(DTYPES),
    weighted=st.booleans(),
    view=st.booleans(),
)
def test_rms_norm_is_the_body(lead, shape, dtype, weighted, view):
    rng = np.random.default_rng(sum(lead) + sum(shape))
    full, shape = (*lead, *shape), tuple(shape)
    g, x = (1 + rng.standard_normal((2, *full))).astype(dtype)
    if view:
        g, x = np.broadcast_to(g.reshape(-1)[0], full), np.repeat(x, 2, -1)[..., ::2]
    weight = rng.standard_normal(shape).astype(dtype) if weighted else None
    y, rstd = found = kernels.rms_norm(x, shape, weight, 1e-3)
    eps = float(np.finfo(dtype).eps)
    for a, b in zip(found, body(_rms_norm, *wide(x, shape, weight, 1e-3)), strict=True):
        assert a.dtype == dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=20 * eps, atol=eps)
    found = kernels.rms_norm_grad(g, x, weight, rstd, shape)
    rows = math.prod(lead)
    scale = np.max(np.abs(g)) * (1 + (0 if weight is None else np.max(np.abs(weight)))) * (1 + np.max(np.abs(x * rstd))) ** 2
    for a, b, many in zip(found, body(rms_norm_grad, *wide(g, x, weight, rstd, shape)), (np.max(rstd), rows), strict=True):
        assert a.dtype == dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=0, atol=8 * eps * scale * many)


@pytest.mark.parametrize("shape", [(4, 16), (300, 100), (2000, 33)])
def test_any_number_of_threads_gives_the_same_bits(shape, rng):
    g, x = rng.standard_normal((2, *shape)).astype(np.float32)
    weight, bias = rng.standard_normal((2, shape[1])).astype(np.float32)
    found = []
    for n in (1, 2):
        before = gg.get_num_threads()
        gg.set_num_threads(n)
        try:
            y, mean, rstd = kernels.layer_norm(x, shape[1:], weight, bias, 1e-5)
            z, root = kernels.rms_norm(x, shape[1:], weight, 1e-5)
            slopes = *kernels.layer_norm_grad(g, x, weight, mean, rstd, shape[1:]), *kernels.rms_norm_grad(g, x, weight, root, shape[1:])
            found.append((y, mean, rstd, z, root, *slopes, kernels.sum_rows(x, shape[1:])))
        finally:
            gg.set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


@settings(max_examples=80, deadline=None)
@given(
    rows=st.integers(1, 300),
    shape=st.lists(st.integers(1, 60), min_size=1, max_size=2),
    dtype=st.sampled_from(DTYPES),
    view=st.booleans(),
)
def test_sum_rows(rows, shape, dtype, view):
    x = np.random.default_rng(rows).standard_normal((rows, *shape)).astype(dtype)
    x = np.repeat(x, 2, 0)[::-2] if view else x
    y = kernels.sum_rows(x, tuple(shape))
    assert y.dtype == dtype and y.shape == tuple(shape) and not np.shares_memory(x, y)
    np.testing.assert_allclose(y, x.astype(np.float64).sum(0), rtol=0, atol=4 * np.finfo(dtype).eps * (1 + np.abs(x).sum(0).max()))


def test_sum_rows_takes_what_it_can():
    x = np.ones((2, 3, 4), np.float32)
    x[1, 2, 3], x[0, 1, 2] = np.nan, np.inf
    np.testing.assert_array_equal(kernels.sum_rows(x, (4,)), x.sum((0, 1)))
    for shape in ((), (3,), (1, 4), (5, 2, 3, 4)):
        assert kernels.sum_rows(x, shape) is NotImplemented
    assert kernels.sum_rows(x.astype(np.float16), (4,)) is NotImplemented
