import numpy as np
import pytest

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
