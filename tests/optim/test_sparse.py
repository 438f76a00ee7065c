"""Steps by sparse gradients: PyTorch's, and where they must be, those by dense ones."""

from __future__ import annotations

import numpy as np
import pytest

import glassgrad as gg

ROWS, COLUMNS = 40, 20  # enough for the kernels
OPTIONS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.3, "maximize": True}),
    ("SparseAdam", {"lr": 0.1}),
    ("SparseAdam", {"lr": 0.1, "betas": (0.7, 0.9), "eps": 1e-3, "maximize": True}),
]


def train(lib, name, options, sparse=True, steps=6, dtype="float32", rows=ROWS):
    """Two tables, looked up with duplicates (the first by two uses), and the rows that are named change from step to step."""
    rng = np.random.default_rng(0)
    tables = [lib.nn.Parameter(lib.tensor(rng.standard_normal((rows, COLUMNS)).astype(dtype))) for _ in range(2)]
    optimizer = getattr(lib.optim, name)(tables, **options)
    look_up = lib.nn.functional.embedding
    for step in range(steps):
        i, j = (lib.tensor(rng.integers(0, rows // 2 + step, 12)) for _ in range(2))
        optimizer.zero_grad()
        x = look_up(i, tables[0], sparse=sparse, padding_idx=1) + look_up(j, tables[0], sparse=sparse)
        y = look_up(i, tables[1], sparse=sparse) if step != 2 else look_up(i[:0], tables[1], sparse=sparse).sum(0)  # no row at all
        (x * y).sin().sum().backward()
        optimizer.step()
    return [table.detach().numpy() for table in tables], optimizer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_parity(torch, name, options, dtype):
    ours, mine = train(gg, name, options, dtype=dtype)
    theirs, other = train(torch, name, options, dtype=dtype)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, **({"rtol": 1e-5, "atol": 2e-6} if dtype == "float32" else {"rtol": 1e-10, "atol": 1e-12}))
        assert a.dtype == dtype
    if name != "SGD":
        for held, theirs in zip(mine.state_dict()["state"].values(), other.state_dict()["state"].values(), strict=True):
            assert set(held) == set(theirs) and held["step"] == theirs["step"]


@pytest.mark.parametrize(("name", "options"), [(name, options) for name, options in OPTIONS if name != "SparseAdam"])
def test_the_same_as_by_dense_gradients(name, options):
    for a, b in zip(*(train(gg, name, options, sparse, dtype="float64")[0] for sparse in (True, False)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("mode", ["numpy", "numba"])
def test_sgd_gives_the_same_bits_as_by_dense_gradients(mode):
    with gg.kernels.use(mode):
        for a, b in zip(train(gg, "SGD", {"lr": 0.1})[0], train(gg, "SGD", {"lr": 0.1}, sparse=False)[0], strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "SparseAdam"])
def test_other_rows_are_neither_read_nor_written(name):
    rows = np.ones((50, 30), np.float32)
    rows[10:] = np.nan
    table = gg.tensor(rows, requires_grad=True)
    optimizer = getattr(gg.optim, name)([table], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        gg.nn.functional.embedding(gg.tensor([3, 7, 3]), table, sparse=True).sum().backward()
        optimizer.step()
    changed = (table.detach().numpy()[:10] != 1).any(axis=1)
    assert np.flatnonzero(changed).tolist() == [3, 7]
    assert gg.isfinite(table[:10]).all() and gg.isnan(table[10:]).all()


def test_no_dense_array_is_made():
    table = gg.zeros(2_000_000, 8, requires_grad=True)
    optimizer = gg.optim.SGD([table], lr=0.1)
    tracemalloc = pytest.importorskip("tracemalloc")
    for _ in range(2):  # the first loads the kernels
        tracemalloc.start()
        gg.nn.functional.embedding(gg.arange(1000) * 3, table, sparse=True).sum().backward()
        gg.nn.utils.clip_grad_norm_([table], 1.0)
        optimizer.step()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        optimizer.zero_grad()
    assert most < 2_000_000  # bytes; the table has 64 million


def test_dense_and_sparse_gradients_in_one_group():
    table, bias = gg.ones(4, 2, requires_grad=True), gg.ones(2, requires_grad=True)
    for name, options in (("SGD", {}), ("Adagrad", {}), ("SGD", {"momentum": 0.5})):
        optimizer = getattr(gg.optim, name)([table, bias], lr=0.1, **options)
        for sparse in (True, False, True):
            before = table.detach().clone()
            optimizer.zero_grad()
            (gg.nn.functional.embedding(gg.tensor([1]), table, sparse=sparse) + bias).sum().backward()
            optimizer.step()
            assert table.grad.is_sparse is sparse
            assert ((table != before).any(1) == gg.tensor([False, True, False, False])).all()
    assert (bias < 1).all()


def test_a_step_is_a_write():
    table = gg.ones(4, 2, requires_grad=True)
    y = (table * table).sum()
    gg.nn.functional.embedding(gg.tensor([1]), table, sparse=True).sum().backward()
    gg.optim.SGD([table], lr=0.1).step()
    with pytest.raises(RuntimeError, match="mul saved"):
        y.backward()


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "SparseAdam"])
def test_a_state_is_saved_and_loaded(name):
    whole, rest = gg.ones(5, 2, requires_grad=True), gg.ones(5, 2, requires_grad=True)
    first = getattr(gg.optim, name)([whole], lr=0.1)

    def run(optimizer, table, steps):
        for step in steps:
            table.grad = None
            gg.nn.functional.embedding(gg.tensor([step, 2]), table, sparse=True).sum().backward()
            optimizer.step()

    run(first, whole, range(3))
    rest.data = whole.detach().clone()
    second = getattr(gg.optim, name)([rest], lr=9.0)
    second.load_state_dict(first.state_dict())
    run(first, whole, range(3, 5))
    run(second, rest, range(3, 5))
    assert whole.tolist() == rest.tolist()


def test_zero_grad():
    table = gg.ones(5, 2, requires_grad=True)
    optimizer = gg.optim.SparseAdam([table])
    gg.nn.functional.embedding(gg.tensor([1]), table, sparse=True).sum().backward()
    held = table.grad
    optimizer.zero_grad(set_to_none=False)
    assert table.grad.is_sparse and table.grad._nnz() == 0 and held._nnz() == 1
    optimizer.step()
    gg.nn.functional.embedding(gg.tensor([1]), table, sparse=True).sum().backward()
    assert table.grad.indices().tolist() == [[1]]
    optimizer.zero_grad()
    assert table.grad is None


def test_lbfgs_takes_them_as_dense():
    found = []
    for sparse in (True, False):
        table = gg.ones(4, 2, requires_grad=True)
        optimizer = gg.optim.LBFGS([table], lr=0.5)

        def closure(table=table, optimizer=optimizer, sparse=sparse):
            optimizer.zero_grad()
            loss = (gg.nn.functional.embedding(gg.tensor([1, 3]), table, sparse=sparse) - 3).square().sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        found.append(table.tolist())
    assert found[0] == found[1] and found[0][0] == [1, 1] and found[0][1] != [1, 1]


def test_errors(torch):
    def with_sparse(lib):
        table = lib.ones(5, 2, requires_grad=True)
        lib.nn.functional.embedding(lib.tensor([1]), table, sparse=True).sum().backward()
        return table

    table, other = with_sparse(gg), with_sparse(torch)
    for name in ("Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adadelta", "RMSprop", "Rprop"):
        with pytest.raises(RuntimeError, match="sparse"):
            getattr(torch.optim, name)([other]).step()
        with pytest.raises(RuntimeError, match=rf"^{name}: the gradient of a parameter of shape \(5, 2\) is sparse.*SparseAdam, SGD or Adagrad, or .*sparse=False"):
            getattr(gg.optim, name)([table]).step()
    for name in ("SGD", "Adagrad"):
        with pytest.raises(RuntimeError, match="sparse"):
            getattr(torch.optim, name)([other], weight_decay=0.1).step()
        with pytest.raises(RuntimeError, match=rf"^{name}: weight_decay changes every row.*weight_decay=0, or .*sparse=False"):
            getattr(gg.optim, name)([table], weight_decay=0.1).step()
    assert (table == 1).all()
    table.grad, other.grad = gg.ones(5, 2), torch.ones(5, 2)
    for lib, p in ((torch, other), (gg, table)):
        with pytest.raises(RuntimeError, match="dense"):
            lib.optim.SparseAdam([p]).step()
        with pytest.raises(TypeError, match="weight_decay"):
            lib.optim.SparseAdam([p], weight_decay=0.1)
    with pytest.raises(ValueError, match="SparseAdam: betas"):
        gg.optim.SparseAdam([table], betas=(0.9, 1.0))
    assert repr(gg.optim.SparseAdam([table])) == repr(torch.optim.SparseAdam([other]))


@pytest.mark.parametrize("norm_type", [1, 2.0, 3, float("inf")])
def test_clipping(norm_type):
    grads = []
    for sparse in (True, False):
        table, bias = gg.ones(30, 10, requires_grad=True), gg.ones(10, requires_grad=True)
        (gg.nn.functional.embedding(gg.tensor([4, 9, 4]), table, sparse=sparse) * bias * 3).sum().backward()
        assert table.grad.is_sparse is sparse
        total = gg.nn.utils.get_total_norm([table.grad, bias.grad], norm_type)
        clipped = gg.nn.utils.clip_grad_norm_([table, bias], 0.5, norm_type)
        assert total.item() == pytest.approx(clipped.item())
        grads.append([clipped, table.grad.to_dense().clone(), bias.grad.clone()])
        gg.nn.utils.clip_grad_value_([table, bias], 0.01)
        grads[-1].append(table.grad.to_dense())
    for a, b in zip(*grads, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-6)
