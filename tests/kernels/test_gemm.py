import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels

DTYPES = (np.float32, np.float64)
TOLERANCE = {np.float32: 1e-5, np.float64: 1e-14}


def assert_product(c, a, b, bias=0.0):
    """c is a @ b + bias up to the rounding of its sums, and is laid out as promised."""
    assert c is not NotImplemented
    exact = np.matmul(a.astype(np.float64), b.astype(np.float64)) + bias
    size = np.matmul(np.abs(a).astype(np.float64), np.abs(b).astype(np.float64)) + np.abs(bias)
    assert c.dtype == a.dtype and c.shape == exact.shape and c.flags.c_contiguous
    assert np.all(np.abs(c - exact) <= TOLERANCE[a.dtype.type] * size)


def lay_out(x, layout):
    """x with the same values and other strides."""
    if layout == "transposed":
        return np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)
    if layout == "sliced":
        wide = np.full((*x.shape[:-2], 2 * x.shape[-2], 3 * x.shape[-1]), np.nan, x.dtype)
        wide[..., ::2, 1::3] = x
        return wide[..., ::2, 1::3]
    if layout == "columns":  # unit stride along a row, far apart down a column
        wide = np.full((*x.shape[:-1], x.shape[-1] + 5), np.nan, x.dtype)
        wide[..., 3:-2] = x
        return wide[..., 3:-2]
    if layout == "reversed":
        return np.ascontiguousarray(x[..., ::-1, ::-1])[..., ::-1, ::-1]
    if layout == "repeated":
        return np.broadcast_to(x[..., :1, :], x.shape)
    if layout == "constant":
        return np.broadcast_to(x[..., :1], x.shape)
    return x


LAYOUTS = st.sampled_from(("plain", "transposed", "sliced", "columns", "reversed", "repeated", "constant"))
LENGTHS = st.integers(1, 70)


@settings(max_examples=300, deadline=None)
@given(m=LENGTHS, k=LENGTHS, n=LENGTHS, of_a=LAYOUTS, of_b=LAYOUTS, dtype=st.sampled_from(DTYPES))
def test_matmul_takes_any_strides(m, k, n, of_a, of_b, dtype):
    rng = np.random.default_rng(m * k * n)
    a = lay_out(rng.standard_normal((m, k)).astype(dtype), of_a)
    b = lay_out(rng.standard_normal((k, n)).astype(dtype), of_b)
    assert_product(kernels.matmul(a, b), a, b)


@st.composite
def batches(draw):
    """Two batch shapes that broadcast with each other."""
    full = draw(st.lists(st.integers(1, 3), max_size=3))
    return [tuple(draw(st.sampled_from((n, 1))) for n in full[draw(st.integers(0, len(full))) :]) for _ in "ab"]


@settings(max_examples=150, deadline=None)
@given(lead=batches(), m=LENGTHS, k=LENGTHS, n=LENGTHS, of_a=LAYOUTS, of_b=LAYOUTS, dtype=st.sampled_from(DTYPES))
def test_matmul_broadcasts_batches(lead, m, k, n, of_a, of_b, dtype):
    rng = np.random.default_rng(m * k * n)
    a = lay_out(rng.standard_normal((*lead[0], m, k)).astype(dtype), of_a)
    b = lay_out(rng.standard_normal((*lead[1], k, n)).astype(dtype), of_b)
    assert_product(kernels.matmul(a, b), a, b)


@pytest.mark.parametrize("dtype", DTYPES)
def test_heads_of_attention_are_read_in_place(dtype, rng):
    q, k = (rng.standard_normal((3, 17, 4, 32)).astype(dtype).transpose(0, 2, 1, 3) for _ in "qk")
    assert_product(kernels.matmul(q, k.swapaxes(-1, -2)), q, k.swapaxes(-1, -2))


@pytest.mark.parametrize("shape", [(3, 600, 5), (70, 520, 130), (2, 300, 1000), (300, 2, 3), (97, 101, 103)])
@pytest.mark.parametrize("of_b", ["plain", "transposed"])
def test_long_and_wide_products(shape, of_b, rng):
    m, k, n = shape
    a, b = rng.standard_normal((m, k)), lay_out(rng.standard_normal((k, n)), of_b)
    assert_product(kernels.matmul(a, b), a, b)


@pytest.mark.parametrize("width", [16, 32, 64])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_vector_width(width, dtype, rng, monkeypatch, widths):
    from glassgrad.kernels import gemm

    chosen = [w for w in widths if w[0] == width]
    if not chosen:
        pytest.skip("this CPU has no such vectors")
    for variant in chosen[:1] if dtype == np.float64 else chosen:
        monkeypatch.setattr(gemm, "_HOST", variant)
        for edge in range(1, 71):
            m, k, n = edge, 1 + edge * 7 % 40, 1 + edge * 29 % 70
            a, b = rng.standard_normal((m, k)).astype(dtype), rng.standard_normal((k, n)).astype(dtype)
            assert_product(kernels.matmul(a, b), a, b)
            assert_product(kernels.matmul(b.T, a.T), b.T, a.T)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_ragged_edge(dtype, rng):
    a, b = rng.standard_normal((14, 3)).astype(dtype), rng.standard_normal((3, 70)).astype(dtype)
    for m in range(1, 15):
        for n in range(1, 71):
            assert_product(kernels.matmul(a[:m], b[:, :n]), a[:m], b[:, :n])


@pytest.mark.parametrize("dtype", DTYPES)
def test_nothing_is_written_outside_the_result(dtype, rng, monkeypatch):
    from glassgrad.kernels import gemm

    whole = []

    def guarded(shape, dtype=float, guard=256):  # np.empty with guard values on both sides
        whole.append(np.full(int(np.prod(shape)) + 2 * guard, 7, dtype))
        return whole[-1][guard:-guard].reshape(shape)

    class Guarded:
        empty = staticmethod(guarded)

        def __getattr__(self, name):
            return getattr(np, name)

    for m, n in [(m, n) for m in range(1, 14) for n in (1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 48, 63, 64, 65, 70)]:
        a, b = rng.standard_normal((m, 5)).astype(dtype), rng.standard_normal((5, n)).astype(dtype)
        for right in (b, np.asfortranarray(b)):
            kernels.matmul(a, right)  # compiled before np.empty is replaced
            whole.clear()
            with monkeypatch.context() as patch:
                patch.setattr(gemm, "np", Guarded())
                assert_product(kernels.matmul(a, right), a, right)
            assert whole
            for x in whole:
                assert np.all(x[:256] == 7) and np.all(x[-256:] == 7)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("biased", [False, True])
def test_linear(dtype, biased, rng):
    for lead in ((), (5,), (2, 7), (2, 3, 11)):
        x, weight = rng.standard_normal((*lead, 300)).astype(dtype), rng.standard_normal((37, 300)).astype(dtype)
        bias = rng.standard_normal(37).astype(dtype) if biased else None
        y = kernels.linear(x, weight, bias)
        assert y.shape == (*lead, 37)
        rows = x.reshape(-1, 300)
        assert_product(y.reshape(-1, 37), rows, weight.T, 0.0 if bias is None else bias.astype(np.float64))


def test_linear_takes_views(rng):
    x, weight = rng.standard_normal((6, 5, 4)).transpose(2, 0, 1), rng.standard_normal((5, 9)).T
    bias = rng.standard_normal(18)[::2]
    np.testing.assert_allclose(kernels.linear(x, weight, bias), x @ weight.T + bias, rtol=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_inf_pass_through(value, rng):
    a, b = rng.standard_normal((9, 20)), rng.standard_normal((20, 70))
    a[4, 3] = value
    b[7, 66] = value
    a[5, 1], b[1, 9] = np.inf, 0.0
    with np.errstate(invalid="ignore"):
        expected = a @ b
    np.testing.assert_allclose(kernels.matmul(a, b), expected, rtol=1e-10)


def test_masked_edges_do_not_read_what_lies_beyond(rng):
    b = np.full((8, 40), np.nan)
    b[:, :37] = rng.standard_normal((8, 37))
    a = rng.standard_normal((7, 8))
    assert_product(kernels.matmul(a, b[:, :37]), a, b[:, :37])


def test_inputs_stay_as_they_are_and_share_nothing_with_the_result(rng):
    a, b = rng.standard_normal((33, 40)), rng.standard_normal((40, 65))
    a.flags.writeable = b.flags.writeable = False
    kept = a.copy(), b.copy()
    for left, right in ((a, b), (b.T, a.T)):
        c = kernels.matmul(left, right)
        assert not np.shares_memory(c, a) and not np.shares_memory(c, b) and c.flags.writeable
    assert np.array_equal(a, kept[0]) and np.array_equal(b, kept[1])


@pytest.mark.parametrize(
    "a, b",
    [
        (np.ones((3, 3), np.int64), np.ones((3, 3), np.int64)),
        (np.ones((3, 3), np.float16), np.ones((3, 3), np.float32)),
        (np.ones((3, 3), np.complex64), np.ones((3, 3), np.complex64)),
        (np.ones((3, 3), np.float32), np.ones((3, 3), np.float64)),
        (np.ones((3, 3), ">f4"), np.ones((3, 3), ">f4")),
        (np.ones((3, 0)), np.ones((0, 3))),
        (np.ones((0, 3)), np.ones((3, 3))),
        (np.ones((3, 4)), np.ones((3, 4))),
        (np.ones((2, 3, 3)), np.ones((5, 3, 3))),
        (np.ones(()), np.ones(3)),
        (np.ones(3), np.ones(3)),
    ],
)
def test_declines(a, b):
    assert kernels.matmul(a, b) is NotImplemented


@pytest.mark.parametrize("shape", [(7, 9, 5), (40, 600, 33)])
def test_float16_is_added_up_in_float32(rng, shape):
    m, k, n = shape
    a, b = rng.standard_normal((m, k)).astype(np.float16), rng.standard_normal((k, n)).astype(np.float16)
    bias = rng.standard_normal(n).astype(np.float16)
    exact = a.astype(np.float64) @ b.astype(np.float64)
    for y, wanted in ((kernels.matmul(a, b), exact), (kernels.linear(a, b.T, bias), exact + bias), (kernels.addmm(bias, a, b), exact + bias)):
        assert y.dtype == np.float16
        np.testing.assert_allclose(y, wanted, rtol=2**-11, atol=2**-10)  # half a unit in the last place, and float32's error
    huge = np.full((m, k), 1000, np.float16)
    assert np.isinf(kernels.matmul(huge, huge.T)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 3, 1), (7, 9, 5), (64, 700, 40), (130, 64, 100)])
def test_a_row_or_a_matrix_is_added(rng, shape, dtype):
    m, k, n = shape
    a, b = rng.standard_normal((m, k)).astype(dtype), rng.standard_normal((k, n)).astype(dtype)
    for added in (rng.standard_normal(n), rng.standard_normal((m, n)), rng.standard_normal((n, m)).T, rng.standard_normal((2 * m, 3 * n))[::2, ::3]):
        added = added.astype(dtype, copy=False)
        wanted = a.astype(np.float64) @ b.astype(np.float64) + added
        np.testing.assert_allclose(kernels.addmm(added, a, b), wanted, rtol=0, atol=np.finfo(dtype).eps * 8 * k)


def test_a_layer_without_inputs_has_gradients():
    x, weight = gg.ones(1, 2, 0, requires_grad=True), gg.ones(3, 0, requires_grad=True)
    gg.nn.functional.linear(x, weight).sum().backward()
    assert x.grad.shape == (1, 2, 0) and weight.grad.shape == (3, 0)


def test_addmm_declines():
    a, b = np.ones((2, 3)), np.ones((3, 4))
    for added in (np.ones(1), np.ones((1, 4)), np.ones((2, 1)), np.ones(()), np.ones(4, np.float32)):
        assert kernels.addmm(added, a, b) is NotImplemented
    assert kernels.addmm(np.ones(4), a, np.ones((4, 4))) is NotImplemented
    assert kernels.addmm(np.ones((3, 2)), np.ones((2, 2, 2)), np.ones((2, 2, 2))) is NotImplemented


def test_linear_declines(rng):
    x, weight = np.ones((2, 3)), np.ones((4, 3))
    assert kernels.linear(x, weight.T) is NotImplemented
    assert kernels.linear(x, weight, np.ones(3)) is NotImplemented
    assert kernels.linear(x, weight, np.ones(4, np.float32)) is NotImplemented
    assert kernels.linear(x, weight[None]) is NotImplemented
    assert kernels.linear(x[:0], weight) is NotImplemented
