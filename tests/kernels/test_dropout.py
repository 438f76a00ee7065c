import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels
from glassgrad.nn import functional as F
from glassgrad.ops.dropout import _dropout, _hashes


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 20_000), seed=st.integers(0, 2**63 - 1), p=st.floats(0, 0.999))
def test_the_bits_are_those_of_the_hash_in_numpy(size, seed, p):
    threshold = int(p * 2**32)
    bits = kernels.dropout_bits(size, seed, threshold)
    want = _hashes(size, seed) >= threshold
    np.testing.assert_array_equal(np.unpackbits(bits, count=size, bitorder="little").astype(bool), want)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(7,), (8,), (100, 3), (50, 64)])
def test_as_the_body(dtype, shape, rng):
    x = rng.standard_normal(shape).astype(dtype)
    x.flat[3], x.flat[4], x.flat[5] = np.nan, np.inf, -0.0
    bits = kernels.dropout_bits(x.size, 5, 2**31)
    for layout in (x, x.T.copy().T, np.repeat(x, 2, 0)[::2]):
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal(kernels.dropout(layout, bits, 2.0), _dropout.op.body(x, bits, 2.0))


def test_any_number_of_threads_gives_the_same_bits(rng):
    x = rng.standard_normal(100_001).astype(np.float32)
    found = []
    for n in (1, 2):
        before = gg.get_num_threads()
        gg.set_num_threads(n)
        try:
            bits = kernels.dropout_bits(x.size, 9, 2**30)
            found.append((bits, kernels.dropout(x, bits, 1.25)))
        finally:
            gg.set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


def test_draws_are_even_and_independent():
    kept = np.array([_hashes(4096 * 2, seed) >= 2**30 for seed in range(400)])  # p = 1/4
    n = kept.size
    assert abs(kept.mean() - 0.75) < 5 * np.sqrt(0.1875 / n)
    for axis in (0, 1):  # no element or seed is favoured: the means scatter as those of independent draws do
        means = kept.mean(axis)
        assert np.var(means) == pytest.approx(0.1875 / kept.shape[axis], rel=0.35 if axis else 0.08)
    signs = kept - 0.75
    for shift in (1, 2, 7, 64, 4096):
        assert abs(np.mean(signs[:, shift:] * signs[:, :-shift])) < 5 * 0.1875 / np.sqrt(n - 400 * shift)
    assert abs(np.mean(signs[1:] * signs[:-1])) < 5 * 0.1875 / np.sqrt(n)


def test_a_seed_gives_the_same_mask_in_every_mode():
    found = []
    for mode in ("numpy", "numba", "auto"):
        with kernels.use(mode):
            gg.manual_seed(3)
            x = gg.ones(10, 77, requires_grad=True)
            y = F.dropout(x, 0.3)
            y.sum().backward()
            assert np.array_equal(x.grad.numpy(), y.detach().numpy())
            assert not np.array_equal(F.dropout(x, 0.3).detach().numpy(), y.detach().numpy())  # the next mask is another
            found.append(y.detach().numpy())
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


def test_second_derivatives_and_batches_use_the_same_mask():
    gg.manual_seed(0)
    x = gg.linspace(1, 2, 100, dtype=gg.float64).requires_grad_()
    y = F.dropout(x, 0.5)
    kept = (y != 0).numpy()
    (first,) = gg.autograd.grad((y**2).sum(), x, create_graph=True)
    (second,) = gg.autograd.grad(first.sum(), x)
    np.testing.assert_allclose(second.numpy(), np.where(kept, 8, 0))
    ups = gg.eye(100, dtype=gg.float64)
    (rows,) = gg.autograd.grad(F.dropout(x, 0.5), x, ups, is_grads_batched=True)
    assert ((rows == 0) | (rows == 2)).all() and not (rows - rows.diag().diag()).any()
