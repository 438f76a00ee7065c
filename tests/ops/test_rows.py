"""Gradients of embeddings with sparse=True: what they are, how they add up, and what they refuse."""

import copy
import pickle

import numpy as np
import pytest

import glassgrad as gg
import glassgrad.nn.functional as F
from glassgrad.ops.rows import RowSparse


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch isn't installed: parity with it was not checked")


def table(rows=6, columns=3, dtype=np.float64):
    return gg.tensor(np.random.default_rng(0).standard_normal((rows, columns)).astype(dtype), requires_grad=True)


def looked_up(weight, *index, sparse=True, **options):
    """A number that depends on the rows in more than a linear way."""
    return F.embedding(gg.tensor(index), weight, sparse=sparse, **options).sin().sum()


def sparse_grad(*index, **options):
    weight = table(**options)
    looked_up(weight, *index).backward()
    return weight.grad


def close(a, b):
    np.testing.assert_allclose(*(x.to_dense().detach().numpy() for x in (a, b)), rtol=1e-12)


def test_what_it_is(torch):
    weight = gg.tensor(np.arange(15.0, dtype=np.float32).reshape(5, 3), requires_grad=True)
    other = torch.tensor(weight.detach().numpy(), requires_grad=True)
    (F.embedding(gg.tensor([[3, 1], [3, 0]]), weight, sparse=True) * 2).sum().backward()
    (torch.nn.functional.embedding(torch.tensor([[3, 1], [3, 0]]), other, sparse=True) * 2).sum().backward()
    g, t = weight.grad, other.grad.coalesce()
    assert (g.is_sparse, g.shape, g.ndim, g.dim(), g.size(), len(g), g.numel(), g.dtype) == (True, (5, 3), 2, 2, (5, 3), 5, 15, gg.float32)
    assert g.indices().tolist() == t.indices().tolist() and g.indices().dtype == gg.int64
    assert g.values().tolist() == t.values().tolist() and g.values().dtype == gg.float32
    assert g.to_dense().tolist() == t.to_dense().tolist() and not g.to_dense().is_sparse
    assert g.is_coalesced() and g.coalesce() is g and g.is_leaf and not g.requires_grad and g.grad_fn is None
    assert (g.sparse_dim(), g.dense_dim(), g._nnz()) == (t.sparse_dim(), t.dense_dim(), t._nnz())
    assert repr(g) == repr(t).replace("layout=torch.", "layout=")
    assert f"{g}" == repr(g) and not weight.is_sparse


@pytest.mark.parametrize("index", [(0, 5, 0), (2,), (), (1, 1, 1, 1)])
@pytest.mark.parametrize("options", [{}, {"padding_idx": 0}, {"padding_idx": -1}, {"scale_grad_by_freq": True}, {"max_norm": 1.0}])
def test_the_same_as_dense(index, options):
    a, b = table(), table()
    for _ in range(2):
        looked_up(a, *index, **options).backward() if index else F.embedding(gg.zeros(0, dtype=gg.int64), a, sparse=True).sum().backward()
    for _ in range(2):
        looked_up(b, *index, sparse=False, **options).backward() if index else F.embedding(gg.zeros(0, dtype=gg.int64), b).sum().backward()
    assert a.grad.is_sparse and not b.grad.is_sparse
    close(a.grad, b.grad)
    np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
    padding = options.get("padding_idx")
    assert set(a.grad.indices()[0].tolist()) == set(index) - (set() if padding is None else {padding % 6})


def test_the_same_bits_as_dense_for_many_rows():
    index = gg.tensor(np.random.default_rng(1).integers(0, 500, 3000))
    grads = []
    for sparse in (True, False):
        weight = table(500, 16, np.float32)
        F.embedding(index, weight, sparse=sparse).sin().sum().backward()
        grads.append(weight.grad.to_dense().numpy())
    np.testing.assert_array_equal(*grads)


def test_uses_and_backwards_add_up():
    a, b = table(), table()
    for weight, sparse in ((a, True), (b, False)):
        (looked_up(weight, 0, 3, sparse=sparse) + looked_up(weight, 3, 5, sparse=sparse) * 2).backward()
        looked_up(weight, 1, 5, sparse=sparse).backward()
    assert a.grad.is_sparse and a.grad.indices().tolist() == [[0, 1, 3, 5]]
    close(a.grad, b.grad)


DENSE = {
    "sum": lambda w: (w * w).sum(), "slice": lambda w: w[1:4].sum(), "row": lambda w: w[2].sum(), "rows": lambda w: w[[1, 1, 4]].sum(),
    "matmul": lambda w: (w @ w.T).sum(), "embedding": lambda w: looked_up(w, 3, 4, sparse=False),
}  # fmt: skip


@pytest.mark.parametrize("name", DENSE)
@pytest.mark.parametrize("first", [True, False])
def test_with_dense_gradients_the_sum_is_dense(name, first):
    dense, a, b = DENSE[name], table(), table()
    for weight, sparse in ((a, True), (b, False)):
        one, two = looked_up(weight, 0, 3, 3, sparse=sparse), dense(weight)
        (one + two + looked_up(weight, 1, sparse=sparse) if first else two + two + one).backward()  # in one walk
    assert not a.grad.is_sparse
    close(a.grad, b.grad)
    a, b = table(), table()
    for weight, sparse in ((a, True), (b, False)):  # in two
        losses = [lambda w=weight, s=sparse: looked_up(w, 0, 3, 3, sparse=s), lambda w=weight: dense(w)]
        for loss in losses if first else reversed(losses):
            loss().backward()
    assert not a.grad.is_sparse
    close(a.grad, b.grad)


def test_of_what_is_no_leaf_it_is_dense():
    a, b = table(), table()
    for weight, sparse in ((a, True), (b, False)):
        double = weight * 2
        double.retain_grad()
        looked_up(double, 0, 3, 3, sparse=sparse).backward()
        assert not weight.grad.is_sparse and not double.grad.is_sparse
    close(a.grad, b.grad)


def test_autograd_grad_and_higher_orders():
    weight = table()
    (g,) = gg.autograd.grad(looked_up(weight, 0, 3, 3), weight)
    assert g.is_sparse and weight.grad is None
    (first,) = gg.autograd.grad(looked_up(weight, 0, 3, 3), weight, create_graph=True)
    close(first, g)
    (second,) = gg.autograd.grad((first * first).sum(), weight)
    (want,) = gg.autograd.grad(looked_up(weight, 0, 3, 3, sparse=False), weight, create_graph=True)
    close(second, gg.autograd.grad((want * want).sum(), weight)[0])
    assert gg.autograd.gradcheck(lambda w: looked_up(w, 0, 3, 3), (weight,))
    assert gg.autograd.gradgradcheck(lambda w: looked_up(w, 0, 3, 3), (weight,))


def test_functional_transforms_give_dense_gradients():
    weight = table()
    want = gg.func.grad(lambda w: looked_up(w, 0, 3, 3, sparse=False))(weight.detach())
    close(gg.func.grad(lambda w: looked_up(w, 0, 3, 3))(weight.detach()), want)
    of = lambda sparse: lambda w, i: F.embedding(i, w, sparse=sparse).sin().sum()
    index = gg.tensor([[0, 1], [2, 2]])
    close(*(gg.func.vmap(gg.func.grad(of(s)), (None, 0))(weight.detach(), index) for s in (True, False)))
    close(*(gg.func.jacrev(lambda w, s=s: F.embedding(index, w, sparse=s).sin())(weight.detach()) for s in (True, False)))
    close(*(gg.func.hessian(lambda w, s=s: of(s)(w, index))(weight.detach()) for s in (True, False)))
    run = lambda w: gg.utils.checkpoint.checkpoint(lambda w: looked_up(w, 0, 3, 3), w, use_reentrant=False)
    (g,) = gg.autograd.grad(run(weight), weight)
    assert g.is_sparse
    close(g, want)


def test_no_grad_and_anomaly_mode():
    weight = table()
    with gg.no_grad():
        assert not F.embedding(gg.tensor([1]), weight, sparse=True).requires_grad
    with gg.autograd.detect_anomaly():
        looked_up(weight, 1, 2).backward()
        assert weight.grad.is_sparse
        with pytest.raises(RuntimeError, match="embedding: its backward made Inf in the gradient by weight"):  # their sum
            (F.embedding(gg.tensor([1, 1]), gg.zeros(6, 3, requires_grad=True), sparse=True) * 2e38).sum().backward()


def test_hooks_see_it_and_may_replace_it():
    weight, seen = table(), []
    handle = weight.register_hook(lambda g: seen.append(g) or g * 0.5)
    weight.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad))
    looked_up(weight, 0, 3, 3).backward()
    assert seen[0].is_sparse and seen[1] is weight.grad and weight.grad.is_sparse
    close(weight.grad, seen[0] / 2)
    handle.remove()
    weight.grad = None
    kept = []
    weight.register_hook(lambda g: kept.append(g))
    looked_up(weight, 0, 3, 3).backward()
    weight.grad.mul_(0)
    assert kept[0].values().abs().sum() > 0  # what a hook kept is its own


def test_arithmetic():
    g, h, dense = sparse_grad(0, 3, 3), sparse_grad(5, 3), gg.ones(6, 3, dtype=gg.float64)
    full, other = g.to_dense(), h.to_dense()
    for found, want in (
        (g + h, full + other), (g - h, full - other), (-g, -full), (g * 2, full * 2), (2 * g, full * 2), (g / 4, full / 4),
        (g * gg.tensor(3.0), full * 3), (g.clone(), full), (g.detach(), full), (g.double(), full), (g.to(gg.float32), full.float()),
        (gg.add(g, h, alpha=3), full + 3 * other), (gg.sub(g, h, alpha=3), full - 3 * other),
    ):  # fmt: skip
        assert found.is_sparse and found.dtype == want.dtype
        close(found, want)
    for found, want in ((gg.add(dense, g, alpha=-2), 1 - 2 * full), (g + dense, full + 1), (dense + g, full + 1), (dense - g, 1 - full), (g - dense, full - 1)):
        assert not found.is_sparse
        close(found, want)
    x = gg.ones(6, 3, dtype=gg.float64, requires_grad=True)
    (g + x).sum().backward()
    assert x.grad.tolist() == dense.tolist()
    assert isinstance(np.ones((6, 3)) + g, np.ndarray) and np.array_equal(np.asarray(g), full.numpy())
    g *= 2
    g += h
    close(g.div_(2), (full * 2 + other) / 2)
    weight = table()
    before = weight.detach().clone()
    with gg.no_grad():
        weight -= h  # a step by hand
    close(weight.detach(), before - other)
    assert g.zero_() is g and g.values().shape == (0, 3) and g.to_dense().abs().sum() == 0


REFUSED = {
    "exp": lambda g: g.exp(), "sum": lambda g: g.sum(), "mean": lambda g: g.mean(), "matmul": lambda g: g @ gg.ones(3, 2, dtype=gg.float64),
    "getitem": lambda g: g[0], "cat": lambda g: gg.cat([g, g]), "mul": lambda g: g * gg.ones(6, 3), "div": lambda g: 2 / g,
    "eq": lambda g: g == g, "isnan": lambda g: g.isnan(), "norm": lambda g: g.norm(), "numpy": lambda g: g.numpy(),
    "tolist": lambda g: g.tolist(), "item": lambda g: g.item(), "__bool__": lambda g: bool(g), "__iter__": lambda g: list(g),
    "add_": lambda g: g.add_(gg.ones(6, 3)), "copy_": lambda g: g.copy_(gg.ones(6, 3)), "setitem": lambda g: g.__setitem__(0, 1.0),
    "tensor": lambda g: gg.tensor(g), "stride": lambda g: g.stride(), "requires_grad_": lambda g: g.requires_grad_(),
    "var": lambda g: np.var(g), "save": lambda g: gg.save(g, "/dev/null"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_any_other_op_is_refused_by_name(name):
    with pytest.raises(RuntimeError, match=rf"^{name}: this gradient of shape \(6, 3\) is sparse: .* the 2 rows .*\.to_dense\(\) first"):
        REFUSED[name](sparse_grad(0, 3, 3))


def test_copies_and_pickles():
    layer = gg.nn.Embedding(6, 3, sparse=True)
    layer(gg.tensor([2, 2, 5])).sum().backward()
    other = copy.deepcopy(layer)
    assert type(other.weight.grad) is RowSparse and other.weight.grad is not layer.weight.grad
    close(other.weight.grad, layer.weight.grad)
    other.weight.grad.mul_(3)
    assert layer.weight.grad.values().tolist() == [[2.0] * 3, [1.0] * 3]
    assert pickle.loads(pickle.dumps(layer)).weight.grad is None
    for again in (pickle.loads(pickle.dumps(layer.weight.grad)), copy.deepcopy(layer.weight.grad), copy.copy(layer.weight.grad)):
        assert again.is_sparse
        close(again, layer.weight.grad)
    assert layer.double().weight.grad.dtype == gg.float64 and layer.weight.grad.is_sparse
    layer.zero_grad(set_to_none=False)
    assert layer.weight.grad.is_sparse and layer.weight.grad.to_dense().abs().sum() == 0
    layer.weight.grad = gg.ones(6, 3, dtype=gg.float64)
    layer.weight.grad = other.double().weight.grad
    with pytest.raises(RuntimeError, match="grad: it must be None or a tensor like this one"):
        gg.ones(2, 3, requires_grad=True).grad = layer.weight.grad
