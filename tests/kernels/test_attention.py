import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels
from glassgrad.nn import functional as F
from glassgrad.ops.attention import _scaled_dot_product_attention, attention_grad

DTYPES = (np.float32, np.float64)
TOLERANCE = {np.float32: 2e-6, np.float64: 4e-15}


def body(op, *args):
    with kernels.use("numpy"), np.errstate(all="ignore"):
        return op.op.body(*args)


def wide(args):
    return [a.astype(np.float64) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in args]


def assert_close(found, want, dtype, slack=1.0):
    assert found.dtype == dtype and found.shape == want.shape
    size = np.max(np.abs(want), initial=1, where=np.isfinite(want))
    np.testing.assert_allclose(found, want, rtol=0, atol=TOLERANCE[dtype] * size * slack)


def assert_as_the_body(q, k, v, g, mask=None, causal=False, scale=0.3, p=0.0, seed=7, slack=1.0):
    """The kernels' output, lse and gradients are the body's."""
    dtype = q.dtype.type
    rest = causal, scale, p, seed
    slack *= 10 + math.sqrt(q.shape[-1] + k.shape[-2])
    y, lse = found = kernels.scaled_dot_product_attention(q, k, v, mask, *rest)
    want = body(_scaled_dot_product_attention, *wide((q, k, v, mask)), *rest)
    for a, b in zip(found, want, strict=True):
        assert_close(a, b, dtype, slack)
    found = kernels.attention_grad(g, q, k, v, mask, y, lse, *rest)
    want = body(attention_grad, *wide((g, q, k, v, mask)), *want, *rest)
    for a, b in zip(found, want, strict=True):
        assert_close(a, b, dtype, slack)


def draw(rng, dtype, *shapes):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def problem(rng, dtype, lead, length, source, width, columns):
    return draw(rng, dtype, *((*lead, n, w) for n, w in ((length, width), (source, width), (source, columns), (length, columns))))


LENGTHS = st.one_of(st.integers(1, 20), st.sampled_from([31, 63, 64, 65, 95, 96, 97, 130, 200]))
WIDTHS = st.one_of(st.integers(1, 40), st.sampled_from([64, 65, 128]))


@settings(max_examples=120, deadline=None)
@given(
    lead=st.lists(st.integers(1, 3), max_size=2), length=LENGTHS, source=LENGTHS, width=WIDTHS, columns=WIDTHS,
    dtype=st.sampled_from(DTYPES), mask=st.sampled_from(["none", "causal", "bool", "padding", "added", "row"]), p=st.sampled_from([0.0, 0.0, 0.3]),
    negative=st.booleans(),
)  # fmt: skip
def test_as_the_body_for_any_shape_and_mask(lead, length, source, width, columns, dtype, mask, p, negative):
    rng = np.random.default_rng(length + source)
    arrays = problem(rng, dtype, lead, length, source, width, columns)
    masks = {
        "bool": lambda: rng.random((*lead, length, source)) < 0.6, "row": lambda: rng.random(source) < 0.6,
        "padding": lambda: np.arange(source) < rng.integers(0, source + 1, (*lead[:1], *(1,) * len(lead[1:]), 1, 1)),
        "added": lambda: np.where(rng.random((length, source)) < 0.6, rng.standard_normal((length, source)), -np.inf).astype(dtype),
    }  # fmt: skip
    chosen = masks[mask]() if mask in masks else None
    assert_as_the_body(*arrays, chosen, mask == "causal", -0.2 if negative else 0.3, p)


@pytest.mark.parametrize("dtype", DTYPES)
def test_any_strides_and_batch_dimensions_that_broadcast(dtype, rng):
    wide = rng.standard_normal((2, 70, 3, 4, 24)).astype(dtype)  # (B, T, 3, H, D), a projection
    q, k, v = (wide[:, :, i].swapaxes(1, 2) for i in range(3))
    g = rng.standard_normal((2, 70, 4, 24)).astype(dtype).swapaxes(1, 2)
    assert_as_the_body(q, k, v, g, causal=True)
    y, lse = kernels.scaled_dot_product_attention(q, k, v, None, True, 0.3, 0.0, 0)
    grads = kernels.attention_grad(g, q, k, v, None, y, lse, True, 0.3, 0.0, 0)
    for x in (y, *grads):  # laid out so that the heads can be put side by side without a copy
        assert x.swapaxes(1, 2).flags.c_contiguous and x.flags.writeable
    turn = lambda x: np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)
    assert_as_the_body(turn(q), turn(k), turn(v), turn(g))
    assert_as_the_body(q[..., ::-1, ::-1], k[..., ::2, :], v[..., ::2, ::3], g[..., ::3])
    assert_as_the_body(q[:, :1], k[:1], v, g, turn(rng.random((1, 4, 70, 70)) < 0.5))
    assert_as_the_body(q[0, 0], k[0, 0], v[0, 0], g, rng.standard_normal((4, 70, 1)).astype(dtype))
    assert_as_the_body(
        np.broadcast_to(q[:1, :1], q.shape), np.broadcast_to(k[..., :1], k.shape), v, np.broadcast_to(g[..., :1, :], g.shape)
    )


@pytest.mark.parametrize("p", [0.0, 0.25])
@pytest.mark.parametrize(
    "shape", [(3, 16, 16, 8), (1, 300, 300, 20), (2, 100, 230, 40), (5, 230, 100, 16), (1, 97, 4, 64), (1, 1100, 1100, 8)]
)
def test_the_same_bits_for_any_number_of_threads(shape, p, rng):
    heads, length, source, width = shape
    q, k, v, g = problem(rng, np.float32, (heads,), length, source, width, width)
    mask = rng.random((length, source)) < 0.5
    before = kernels.get_num_threads()
    ways = {}
    for threads in (1, 2, 3, 8):
        from glassgrad.kernels import attention

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(attention._jit, "get_num_threads", lambda threads=threads: threads)
            patch.setattr(attention, "SERIAL", 1)
            for causal, m in ((True, None), (False, mask), (False, None)):
                y, lse = kernels.scaled_dot_product_attention(q, k, v, m, causal, 0.4, p, 5)
                grads = kernels.attention_grad(g, q, k, v, m, y, lse, causal, 0.4, p, 5)
                ways.setdefault((causal, m is None), []).append([x.tobytes() for x in (y, lse, *grads)])
    assert kernels.get_num_threads() == before
    for same in ways.values():
        assert all(bits == same[0] for bits in same)


@pytest.mark.parametrize("width", [16, 32, 64])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_vector_width(width, dtype, rng, monkeypatch, widths):
    from glassgrad.kernels import attention

    chosen = [w for w in widths if w[0] == width]
    if not chosen:
        pytest.skip("this CPU has no such vectors")
    for variant in chosen[:1]:
        monkeypatch.setattr(attention, "_HOST", variant)
        for n in (*range(1, 20), 33, 70, 100):
            arrays = problem(rng, dtype, (2,), n, 1 + n * 7 % 80, 1 + n * 5 % 40, 1 + n * 3 % 40)
            assert_as_the_body(*arrays)
            assert_as_the_body(*arrays, causal=True, p=0.2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_nan_and_inf_pass_through(dtype, rng):
    for place in range(4):
        for value in (np.nan, np.inf, -np.inf):
            arrays = problem(rng, dtype, (), 70, 70, 9, 9)
            arrays[place][3, 4] = value
            q, k, v, g = arrays
            rest = None, False, 0.3, 0.0, 0
            with np.errstate(all="ignore"):
                want = body(_scaled_dot_product_attention, q, k, v, *rest)
                found = kernels.scaled_dot_product_attention(q, k, v, *rest)
                np.testing.assert_array_equal(np.isnan(found[0]), np.isnan(want[0]))
                grads = kernels.attention_grad(g, q, k, v, None, *found, *rest[1:])
                for a, b in zip(grads, body(attention_grad, g, q, k, v, None, *want, *rest[1:]), strict=True):
                    np.testing.assert_array_equal(np.isnan(a), np.isnan(b))


def test_what_is_hidden_counts_for_nothing(rng):
    q, k, v, g = problem(rng, np.float64, (), 9, 80, 8, 8)
    seen = np.arange(80) < 70
    rest = seen, False, 0.3, 0.0, 0
    y, lse = kernels.scaled_dot_product_attention(q, k, v, *rest)
    k[75] = np.nan  # its scores are replaced
    z, lse = kernels.scaled_dot_product_attention(q, k, v, *rest)
    assert np.array_equal(y, z)
    gk = kernels.attention_grad(g, q, k, v, seen, z, lse, *rest[1:])[1]
    assert not gk[70:].any() and np.isfinite(gk).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_queries_that_may_look_nowhere_give_0(dtype, rng):
    q, k, v, g = problem(rng, dtype, (2,), 70, 70, 8, 8)
    seen = rng.random((70, 70)) < 0.5
    seen[[0, 5, 69]] = False
    added = np.where(seen, 0, -np.inf).astype(dtype)
    for mask in (seen, added, np.zeros((1, 1), bool)):
        assert_as_the_body(q, k, v, g, mask)
        y, lse = kernels.scaled_dot_product_attention(q, k, v, mask, False, 0.3, 0.0, 0)
        assert not y[:, [0, 5, 69]].any() and np.all(lse[:, [0, 5, 69]] == np.inf)
    k[:] = -np.inf  # a softmax of scores that are all -inf is 0 / 0, as ever
    assert np.isnan(kernels.scaled_dot_product_attention(np.abs(q), k, v, added, False, 0.3, 0.0, 0)[0][:, 1]).all()


def test_large_scores_neither_overflow_nor_lose_their_order(rng):
    q, k, v, g = problem(rng, np.float32, (2,), 80, 150, 8, 8)
    assert_as_the_body(q * 100, k * 10, v, g, slack=1000)
    y, lse = kernels.scaled_dot_product_attention(q * 1e9, k * 1e9, v, None, False, 1.0, 0.0, 0)
    grads = kernels.attention_grad(g, q * 1e9, k * 1e9, v, None, y, lse, False, 1.0, 0.0, 0)
    assert all(np.isfinite(x).all() for x in (y, lse, grads[2]))


@pytest.mark.parametrize("causal", [False, True])
def test_long_sequences_have_larger_blocks(causal, rng):
    assert_as_the_body(*problem(rng, np.float64, (), 1100, 1090, 5, 4), causal=causal)
    assert_as_the_body(*problem(rng, np.float64, (), 1030, 50, 5, 4), causal=causal)
    assert_as_the_body(*problem(rng, np.float64, (), 50, 1030, 5, 4), causal=causal)


def test_inputs_stay_as_they_are_and_nothing_is_written_outside(rng):
    arrays = problem(rng, np.float32, (2, 2), 70, 33, 20, 13)
    mask = rng.random((70, 33)) < 0.5
    for a in (*arrays, mask):
        a.flags.writeable = False
    kept = [a.copy() for a in arrays]
    q, k, v, g = arrays
    y, lse = kernels.scaled_dot_product_attention(q, k, v, mask, False, 0.3, 0.1, 0)
    found = (y, lse, *kernels.attention_grad(g, q, k, v, mask, y, lse, False, 0.3, 0.1, 0))
    assert not any(np.shares_memory(a, b) for a in found for b in (*arrays, mask))
    assert all(np.array_equal(a, b) for a, b in zip(arrays, kept, strict=True))


def test_memory_grows_with_the_length_not_its_square():
    import tracemalloc

    peaks = []
    for length in (1024, 4096):
        q, k, v = (gg.randn(1, length, 8, requires_grad=True) for _ in "qkv")
        F.scaled_dot_product_attention(q, k, v, is_causal=True).sum().backward()
        tracemalloc.start()
        F.scaled_dot_product_attention(q, k, v, is_causal=True).sum().backward()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 5 * peaks[0] and peaks[1] < 4096 * 4096


# ------------------------------------------------------------------------------------------------ dropout


def test_dropout_drops_as_many_as_it_should_and_keeps_the_mean():
    q, k = gg.zeros(4, 200, 8), gg.zeros(4, 300, 8)
    for p in (0.1, 0.5, 0.9):
        w = F.scaled_dot_product_attention(q, k, gg.eye(300).expand(4, 300, 300), dropout_p=p).numpy() * 300  # the weights themselves
        np.testing.assert_allclose(np.mean(w == 0), p, atol=4 * math.sqrt(p * (1 - p) / w.size))
        np.testing.assert_allclose(w[w > 0], 1 / (1 - p), rtol=1e-5)
        kept = (w > 0) - (1 - p)
        for axis in (0, 1, 2):  # neighbours have nothing to do with each other
            a, b = (np.take(kept, range(i, kept.shape[axis] - 1 + i), axis) for i in (0, 1))
            assert abs(np.mean(a * b)) < 5 * p * (1 - p) / math.sqrt(a.size)
    assert not F.scaled_dot_product_attention(q, k, gg.ones(4, 300, 3), dropout_p=1.0).numpy().any()


def test_backward_drops_the_same_weights_and_so_does_the_replay(rng):
    q, k, v = (gg.tensor(x, requires_grad=True) for x in problem(rng, np.float64, (2,), 5, 7, 3, 4)[:3])

    def f(q, k, v):
        gg.manual_seed(3)
        return F.scaled_dot_product_attention(q, k, v, dropout_p=0.4)

    assert gg.autograd.gradcheck(f, (q, k, v)) and gg.autograd.gradgradcheck(f, (q, k, v))
    first = gg.autograd.grad(f(q, k, v).sum(), (q, k, v))
    again = gg.autograd.grad(f(q, k, v).sum(), (q, k, v), create_graph=True)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-12, atol=1e-15)
    with kernels.use("numpy"):
        for a, b in zip(first, gg.autograd.grad(f(q, k, v).sum(), (q, k, v)), strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12, atol=1e-15)


def test_another_call_drops_other_weights_and_the_seed_brings_them_back():
    q = gg.randn(2, 9, 4)
    draw = lambda: F.scaled_dot_product_attention(q, q, q, dropout_p=0.5).numpy()
    gg.manual_seed(1)
    first, second = draw(), draw()
    gg.manual_seed(1)
    assert not np.array_equal(first, second) and np.array_equal(first, draw())


# ------------------------------------------------------------------------------------------------ declined


def test_declines():
    x, m = np.ones((2, 5, 20)), np.ones((2, 5, 1))
    rest = False, 1.0, 0.0, 0
    half = lambda a: a.astype(np.float16)
    for args in (
        (half(x), half(x), half(x), None), (x.astype(np.float32), x, x, None), (x[:0], x[:0], x[:0], None), (x[0, 0], x, x, None),
        (x, x[..., :3], x, None), (x, x[:, :3], x, None), (x, np.ones((3, 5, 20)), x, None), (x, x, x, np.ones((5, 5), np.int64)),
        (x, x, x, np.ones((5, 5), np.float32)), (x, x, x, np.ones((5, 4), bool)), (x, x, x, np.ones((3, 5, 5), bool)),
        (x[..., :0], x[..., :0], x, None),
    ):  # fmt: skip
        assert kernels.scaled_dot_product_attention(*args, *rest) is NotImplemented
    assert kernels.attention_grad(x, x, x, x, None, x, m[:, :3], *rest) is NotImplemented
    assert kernels.attention_grad(x[..., :3], x, x, x, None, x, m, *rest) is NotImplemented
    assert kernels.attention_grad(x, x, x, x, None, x, m, *rest) is not NotImplemented
    with kernels.use("numpy"):
        assert kernels.scaled_dot_product_attention(x, x, x, None, *rest) is NotImplemented
