"""Reductions, scans and sorting beyond their samples: NumPy's names, PyTorch's call forms, results by name, writes in place, errors."""

import math

import numpy as np
import pytest

import glassgrad as gg

ARRAY = np.array([[1.0, 2, 4, 4], [3, 0, 1, -2]])
NUMPY = {
    "sum": lambda x: np.sum(x, axis=0), "mean": lambda x: np.mean(x, axis=1, keepdims=True), "prod": lambda x: np.prod(x, axis=1),
    "var": lambda x: np.var(x), "std": lambda x: np.std(x, axis=1, ddof=1), "amax": lambda x: np.amax(x, axis=0), "min": np.min,
    "nansum": np.nansum, "nanmean": lambda x: np.nanmean(x, axis=0), "count_nonzero": lambda x: np.count_nonzero(x, axis=1),
    "cumsum": np.cumsum, "cumsum along": lambda x: np.cumsum(x, axis=1), "cumprod": lambda x: np.cumprod(x, axis=0),
    "diff": lambda x: np.diff(x, axis=0), "sort": np.sort, "sort flat": lambda x: np.sort(x, axis=None), "median": np.median,
    "argsort": lambda x: np.argsort(x, axis=0), "median along": lambda x: np.median(x, axis=1), "nanmedian": np.nanmedian,
    "quantile": lambda x: np.quantile(x, 0.3, axis=1), "quantiles": lambda x: np.quantile(x, [0.2, 0.5]),
    "nanquantile": lambda x: np.nanquantile(x, 0.7, axis=0, method="lower"), "searchsorted": lambda x: np.searchsorted(x[0], x[1], "right"),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMPY)
def test_numpys_functions_give_numpys_values(name):
    found, want = NUMPY[name](gg.from_numpy(ARRAY)), np.asarray(NUMPY[name](ARRAY))
    assert isinstance(found, gg.Tensor) and found.shape == want.shape
    np.testing.assert_allclose(found.numpy(), want)


FORMS = [
    (lambda x: x.var(False), 0.25), (lambda x: x.var(0, False), 0.25), (lambda x: x.var(unbiased=False), 0.25), (lambda x: x.var(True), 0.5),
    (lambda x: x.var(correction=None), 0.5), (lambda x: x.var(dim=0, correction=0), 0.25), (lambda x: x.std(False), 0.5),
    (lambda x: x.var(correction=1.5), 1.0), (lambda x: x.mean(dtype=gg.float64), 1.5), (lambda x: x.norm(p=1), 3.0), (lambda x: x.norm(1), 3.0),
]  # fmt: skip


@pytest.mark.parametrize(("function", "want"), FORMS)
def test_pytorchs_forms_of_a_call(function, want):
    assert function(gg.tensor([1.0, 2.0])).item() == want


def test_results_have_pytorchs_names():
    x = gg.tensor([[3.0, 1.0, 2.0]])
    for found in (x.max(1), x.sort(), x.topk(2), x.kthvalue(2), x.median(1), x.nanmedian(1), x.mode(), x.cummin(1), gg.sort(x, dim=1)):
        values, indices = found
        assert values is found.values and indices is found.indices
        assert x.gather(1, indices.reshape(1, -1)).tolist() == values.reshape(1, -1).tolist()
    assert (x.aminmax().min.item(), x.aminmax().max.item()) == (1, 3)
    assert gg.histogram(x, 2).bin_edges.tolist() == [1, 2, 3] and gg.histogram(x, 2).hist.tolist() == [1, 2]


def test_running_sums_and_products_in_place():
    x = gg.tensor([2.0, 0.0, 3.0], requires_grad=True)
    y = (x * 1).cumprod_(0)
    z = (x * 1).cumsum_(0)
    assert y.tolist() == [2, 0, 0] and z.tolist() == [2, 2, 5]
    (y + z).sum().backward()
    assert x.grad.tolist() == [1 + 0 + 0 + 3, 2 + 6 + 2, 0 + 1]


def test_a_quantile_has_a_gradient_by_q():
    x, q = gg.tensor([1.0, 2.0, 4.0]), gg.tensor([0.25, 0.75], requires_grad=True)
    x.quantile(q).sum().backward()
    assert q.grad.tolist() == [2, 4]


def test_long_recurrences_are_exact_to_rounding():
    rng = np.random.default_rng(0)
    x, a = rng.standard_normal(1000), rng.uniform(-1, 1, 1000)
    want = x.copy()
    for i in range(1, 1000):
        want[i] += a[i] * want[i - 1]
    np.testing.assert_allclose(gg.ops.scan.recur(x, a, 0), want, rtol=1e-12, atol=1e-13)


def test_a_sum_of_halves_is_added_up_in_float32():
    ones = gg.ones(4096).half()
    assert ones.sum().item() == 4096 and ones.cumsum(0)[-1].item() == 4096
    assert math.isclose(ones.norm().item(), 64)


ones = gg.ones
ERRORS = {
    "sum": (lambda: ones(2).sum(True), TypeError, "sum: .*keepdim=True"),
    "prod": (lambda: ones(2, 2).prod((0, 1)), TypeError, "prod: dim must be an int"),
    "norm of a name": (lambda: ones(2, 2).norm("one"), RuntimeError, "norm: p must be a number, 'fro' or 'nuc', got 'one'"),
    "norm of integers": (lambda: ones(2).long().norm(), RuntimeError, r"norm: only floating.*x.float\(\)"),
    "nanmean": (lambda: ones(2).long().nanmean(), RuntimeError, "nanmean: only floating"),
    "renorm": (lambda: ones(2).renorm(2, 0, 1.0), RuntimeError, "renorm: .*at least 2"),
    "cumsum": (lambda: ones(2).cumsum(1), IndexError, "cumsum: dim 1"),
    "cumsum_": (lambda: ones(2).bool().cumsum_(0), RuntimeError, "cumsum_: a int64 result"),
    "diff": (lambda: ones(()).diff(), RuntimeError, "diff: .*0-d"),
    "trapezoid": (lambda: gg.trapezoid(ones(2), ones(2), dx=1.0), RuntimeError, "trapezoid: .*not both"),
    "kthvalue": (lambda: ones(2).kthvalue(3), RuntimeError, r"kthvalue: k = 3 is not in 1\.\.2"),
    "median": (lambda: ones(2, 0).median(1), IndexError, r"median: dim 1 of shape \(2, 0\)"),
    "quantile": (lambda: ones(2).quantile(2.0), RuntimeError, r"quantile: q must lie in \[0, 1\], got 2.0"),
    "quantile of nothing": (lambda: ones(0).quantile(0.5), RuntimeError, "quantile: the input is empty"),
    "quantile kind": (lambda: ones(2).quantile(0.5, interpolation="cubic"), RuntimeError, "quantile: interpolation must be one of linear"),
    "unique": (lambda: ones(2, 0).unique(dim=0), RuntimeError, r"unique: x \(2, 0\) is empty"),
    "bincount": (lambda: ones(2).bincount(), RuntimeError, "bincount: .*got float32"),
    "bincount weights": (lambda: ones(2).long().bincount(ones(3)), RuntimeError, r"bincount: x \(2,\) and weights \(3,\)"),
    "histc": (lambda: ones(2).histc(0), RuntimeError, "histc: bins = 0"),
    "histogram": (lambda: (ones(2) * math.nan).histogram(2), RuntimeError, "histogram: the range"),
    "searchsorted": (lambda: gg.searchsorted(ones(2), ones(2).long()), RuntimeError, r"searchsorted: .*input.to\(gg.float32\)"),
    "bucketize": (lambda: gg.bucketize(ones(2), ones(1, 2)), RuntimeError, "bucketize: boundaries must be 1-D"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_wrong_call_says_what_is_wrong(name):
    call, kind, text = ERRORS[name]
    with pytest.raises(kind, match=text):
        call()
