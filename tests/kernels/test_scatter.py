import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels


def oracle(g, index, n):
    out = np.zeros((n, g.shape[-1]), g.dtype)
    np.add.at(out, index, g)
    return out


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("integer", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("lead", [(7,), (3, 5), (2, 3, 4), (300,)])
def test_embedding_grad(dtype, integer, lead, rng):
    g, index = rng.standard_normal((*lead, 19)).astype(dtype), rng.integers(0, 6, lead).astype(integer)
    kept = g.copy(), index.copy()
    out = kernels.embedding_grad(g, index, 6)
    np.testing.assert_array_equal(out, oracle(g, index, 6))  # the same order, hence the same bits
    assert out.dtype == dtype and np.array_equal(g, kept[0]) and np.array_equal(index, kept[1])


def test_takes_views(rng):
    g, index = rng.standard_normal((5, 4, 6)).transpose(2, 1, 0), rng.integers(0, 3, (4, 6)).T
    np.testing.assert_array_equal(kernels.embedding_grad(g, index, 3), oracle(g, index, 3))
    g = np.broadcast_to(np.float32(1), (6, 4, 5))
    np.testing.assert_array_equal(kernels.embedding_grad(g, index, 3), oracle(g, index, 3))


def test_never_writes_out_of_bounds():
    out = kernels.embedding_grad(np.ones((4, 3)), np.array([-1, 2, 10**9, 0]), 3)
    np.testing.assert_array_equal(out, [[1, 1, 1], [0, 0, 0], [1, 1, 1]])


def test_declines():
    g, index = np.ones((2, 3)), np.array([0, 1])
    assert kernels.embedding_grad(g.astype(np.float16), index, 2) is NotImplemented
    assert kernels.embedding_grad(g, index.astype(float), 2) is NotImplemented
    assert kernels.embedding_grad(g, index[:1], 2) is NotImplemented
    assert kernels.embedding_grad(g[:0], index[:0], 2) is NotImplemented


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 70),
    lead=st.lists(st.integers(1, 30), max_size=3),
    integer=st.sampled_from((np.int64, np.int32, np.uint8)),
)
def test_embedding(rows, columns, lead, integer):
    rng = np.random.default_rng(rows + columns)
    for weight in (rng.standard_normal((rows, columns)), rng.standard_normal((columns, rows)).astype(np.float32).T):
        index = rng.integers(0, rows, lead).astype(integer)
        found = kernels.embedding(index, weight)
        if found is not NotImplemented:
            np.testing.assert_array_equal(found, weight[index])
            assert found.dtype == weight.dtype and not np.shares_memory(found, weight)


def test_embedding_leaves_a_wrong_index_to_the_body():
    weight = np.ones((50, 40))
    for wrong in (-1, 50, 2**40):
        index = np.zeros(30, np.int64)
        index[17] = wrong
        assert kernels.embedding(index, weight) is NotImplemented
        with pytest.raises(IndexError, match=rf"embedding: index values lie in \[{min(wrong, 0)}, {max(wrong, 0)}\], but weight"):
            gg.nn.functional.embedding(gg.tensor(index), gg.tensor(weight))
    assert kernels.embedding(np.zeros(30, np.int64), weight, 50) is NotImplemented


def test_any_number_of_threads_gives_the_same_bits(rng):
    g, index = rng.standard_normal((3000, 64)).astype(np.float32), rng.integers(0, 50, 3000)
    found = []
    for n in (1, 2):
        before = gg.get_num_threads()
        gg.set_num_threads(n)
        try:
            x = np.ones((3000, 64), np.float32)
            assert kernels.add_rows(x, np.arange(3000), g, 0.3)
            found.append((kernels.embedding_grad(g, index, 50), kernels.embedding(index, g[:50].copy()), *kernels.distinct(index, 50), x))
        finally:
            gg.set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 300), lead=st.lists(st.integers(1, 30), max_size=2), integer=st.sampled_from((np.int64, np.int32, np.uint8)))
def test_distinct(count, lead, integer):
    index = np.random.default_rng(count).integers(0, min(count, 256), lead).astype(integer)
    rows, at = kernels.distinct(index, count)
    np.testing.assert_array_equal(rows, np.unique(index))
    np.testing.assert_array_equal(rows[at], index)
    assert rows.dtype == at.dtype == np.int64 and at.shape == index.shape


def test_distinct_leaves_out_what_is_out_of_bounds():
    rows, at = kernels.distinct(np.array([-1, 2, 10**9, 0, 2]), 3)
    assert rows.tolist() == [0, 2] and at.tolist() == [-1, 1, -1, 0, 1]
    for last in (62, 63, 64, 127, 128):  # the ends of words
        rows, at = kernels.distinct(np.array([last, 0, last]), last + 1)
        assert rows.tolist() == [0, last] and at.tolist() == [1, 0, 1]


def test_distinct_declines():
    assert kernels.distinct(np.array([0.0, 1.0]), 2) is NotImplemented
    assert kernels.distinct(np.empty(0, np.int64), 2) is NotImplemented
    with kernels.use("auto"):  # sorting 100 is cheaper than looking at 20,000 words
        assert kernels.distinct(np.arange(100), 2**20) is NotImplemented and kernels.distinct(np.arange(100), 1000) is not NotImplemented


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 40, 5000])
def test_add_rows(dtype, n, rng):
    x, g, rows = rng.standard_normal((6000, 70)).astype(dtype), rng.standard_normal((n, 70)).astype(dtype), np.sort(rng.permutation(6000)[:n])
    want = x.copy()
    want[rows] += dtype(-0.1) * g
    assert kernels.add_rows(x, rows, g, -0.1)
    np.testing.assert_allclose(x, want, rtol=2e-6 if dtype == np.float32 else 1e-14, atol=1e-7)


def test_add_rows_declines_and_never_writes_out_of_bounds():
    x, g, rows = np.ones((4, 3)), np.ones((2, 3)), np.array([1, 3])
    for wrong in ((x.T.copy().T, rows, g, 1.0), (x, rows[:1], g, 1.0), (x, rows.astype(np.int32), g, 1.0), (x.astype(np.float32), rows, g, 1.0)):
        assert not kernels.add_rows(*wrong) and (x == 1).all()
    assert kernels.add_rows(x, np.array([-1, 4]), g, 1.0) and (x == 1).all()
