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
            found.append((kernels.embedding_grad(g, index, 50), kernels.embedding(index, g[:50].copy())))
        finally:
            gg.set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))
