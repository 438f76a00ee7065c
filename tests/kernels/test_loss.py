import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels
from glassgrad.nn import functional as F
from glassgrad.ops.loss import _cross_entropy

DTYPES = (np.float32, np.float64)


def body(*args):
    with kernels.use("numpy"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _cross_entropy.op.body(*args)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(1, 200),
    columns=st.integers(1, 70),
    dtype=st.sampled_from(DTYPES),
    reduction=st.sampled_from(("mean", "sum", "none")),
    smoothing=st.sampled_from((0.0, 0.1, 1.0)),
    weighted=st.booleans(),
    ignored=st.integers(-100, 5),
    strided=st.booleans(),
)
def test_as_the_body(rows, columns, dtype, reduction, smoothing, weighted, ignored, strided):
    rng = np.random.default_rng(rows + columns)
    x = (3 * rng.standard_normal((rows, columns))).astype(dtype)
    target = np.where(rng.random(rows) < 0.2, ignored, rng.integers(0, columns, rows)) if ignored < 0 else rng.integers(0, columns, rows)
    weight = rng.uniform(0.5, 2, columns).astype(dtype) if weighted else None
    if strided:
        x, target = x.T.copy().T, np.repeat(target, 2)[::2].astype(np.int32)
    kept = x.copy()
    found = kernels.cross_entropy(x, target, weight, ignored, reduction, smoothing)
    want = body(x.astype(np.float64), target, None if weight is None else weight.astype(np.float64), ignored, reduction, smoothing)
    bound = {np.float32: 3e-6, np.float64: 1e-14}[dtype]
    for a, b in zip(found, want, strict=True):
        assert a.dtype == dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=bound * 3, atol=bound * (columns + (rows if reduction == "sum" else 1)))
    assert np.array_equal(x, kept)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_nan_and_inf_pass_through(dtype, smoothing, reduction, rng):
    inf, nan = np.inf, np.nan
    x = rng.standard_normal((10, 37)).astype(dtype)
    target = np.arange(10)
    x[0, 5], x[1, 1], x[2, 2], x[3, 7] = nan, -inf, inf, -inf
    x[4], x[5, 9], x[6] = -inf, inf, 1e30
    x[7, 3], x[8, 8] = -1e30, -1e30
    target[9], x[9, 0] = -100, nan
    for i in range(10) if reduction == "mean" else [slice(None)]:
        i = slice(i, i + 1) if isinstance(i, int) else i
        found = kernels.cross_entropy(x[i], target[i], None, -100, reduction, smoothing)
        want = body(x[i], target[i], None, -100, reduction, smoothing)
        for a, b in zip(found, want, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


def test_a_wrong_target_raises_what_the_body_raises():
    x = gg.ones(100, 3, requires_grad=True)
    for wrong in (3, -1, 2**40):
        target = gg.zeros(100, dtype=gg.int64)
        target[57] = wrong
        message = rf"^cross_entropy: target {wrong} is out of bounds: x has 3 classes \(shape \(100, 3\)\)$"
        for mode in ("numpy", "numba"):
            with kernels.use(mode), pytest.raises(IndexError, match=message):
                F.cross_entropy(x, target)
        assert F.cross_entropy(x, target, ignore_index=wrong).item() == pytest.approx(np.log(3))


@pytest.mark.parametrize("shape", [(100, 2), (700, 65), (3, 20000)])
@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_any_number_of_threads_gives_the_same_bits(shape, reduction, rng):
    x, target = rng.standard_normal(shape).astype(np.float32), rng.integers(0, shape[1], shape[0])
    found = []
    for n in (1, 2):
        before = gg.get_num_threads()
        gg.set_num_threads(n)
        try:
            found.append(kernels.cross_entropy(x, target, None, -100, reduction, 0.1))
        finally:
            gg.set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


def test_all_ignored_means_nan_and_no_gradient():
    for mode in ("numpy", "numba"):
        x = gg.ones(40, 3, requires_grad=True)
        with kernels.use(mode), np.errstate(all="ignore"):
            loss = F.cross_entropy(x, gg.full((40,), -100))
            loss.backward()
        assert np.isnan(loss.item()) and not np.any(x.grad.numpy())  # as in PyTorch


def test_second_derivatives(rng):
    x = gg.tensor(rng.standard_normal((30, 4)), requires_grad=True)
    target = gg.tensor(rng.integers(0, 4, 30))
    assert gg.autograd.gradgradcheck(lambda x: F.cross_entropy(x, target, label_smoothing=0.1), [x], fast_mode=True)
    hessian = gg.func.hessian(lambda row: F.cross_entropy(row, gg.tensor(1)))(x[0].detach())
    p = gg.softmax(x[0].detach(), -1).numpy()
    np.testing.assert_allclose(hessian.numpy(), np.diag(p) - np.outer(p, p), atol=1e-12)


def test_a_gradient_kept_by_the_user_is_not_the_saved_slope(rng):
    x = gg.tensor(rng.standard_normal((30, 4)), requires_grad=True)
    loss = F.cross_entropy(x, gg.tensor(rng.integers(0, 4, 30)))
    (first,) = gg.autograd.grad(loss, x, retain_graph=True)
    kept = first.numpy().copy()
    first.mul_(2)
    (second,) = gg.autograd.grad(loss, x)
    np.testing.assert_array_equal(second.numpy(), kept)


def test_declines():
    x, t = np.ones((30, 4)), np.zeros(30, int)
    for logits in (x.astype(np.float16), x.astype(int), np.ones((30, 0)), np.ones((2, 3, 4))):
        assert kernels.cross_entropy(logits, t, None, -100, "mean", 0.0) is NotImplemented
    assert kernels.cross_entropy(x, t.astype(np.uint64), None, -100, "mean", 0.0) is NotImplemented
    with kernels.use("auto"):
        assert kernels.cross_entropy(x[:10], t[:10], None, -100, "mean", 0.0) is NotImplemented
