"""vmap: dims and nests, one inside the other and inside derivatives, one call of each op for the batch, and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import hooks
from glassgrad.batch import CannotBatch
from glassgrad.func import grad, jacrev, tree, vmap

F = gg.nn.functional
X = np.random.default_rng(0).standard_normal((2, 3))


def tensor(array, base=gg):
    return base.tensor(np.asarray(array).tolist(), dtype=base.float64)


def close(a, b, **tolerance):
    a, b = (x.detach().numpy() if hasattr(x, "detach") else np.asarray(x) for x in (a, b))
    assert a.shape == b.shape and a.dtype == b.dtype
    np.testing.assert_allclose(a, b, **({"rtol": 1e-10, "atol": 1e-12} | tolerance))


# ------------------------------------------------------------------------------------------------ random programs

UNARY = [gg.sin, gg.exp, lambda x: x.softmax(-1), lambda x: x.cumsum(0), lambda x: x.mean(0, keepdim=True), lambda x: x.flip(0),
         lambda x: x.reshape(-1)[:3], lambda x: F.layer_norm(x, x.shape[-1:]), lambda x: x.unsqueeze(0).expand(2, *x.shape).sum(0),
         lambda x: gg.where(x > 0, x, x * 2), lambda x: x[gg.tensor([0, -1, 0])], lambda x: x.T.contiguous().T, lambda x: x - x.max(),
         lambda x: gg.nn.functional.pad(x, (1, 0))[..., :-1], lambda x: x.clamp(-1, 1), lambda x: x.sort(0).values]  # fmt: skip
BINARY = [gg.add, gg.mul, gg.sub, gg.maximum, lambda a, b: a @ b if a.shape[-1] == b.shape[0] else a + b,
          lambda a, b: gg.cat([a, b])[: len(a)] if a.ndim == b.ndim else a - b,
          lambda a, b: a / (b * b + 1), lambda a, b: gg.stack([a, b]).sum(0) if a.shape == b.shape else b * a,
          lambda a, b: gg.outer(a, b).sum(0) if a.ndim == 1 == b.ndim else a * b]  # fmt: skip


@st.composite
def programs(draw):
    """A function of two tensors (3,), or of a matrix (3, 3) and a tensor (3,)."""
    steps = draw(
        st.lists(st.tuples(st.integers(0, len(UNARY) - 1), st.integers(0, len(BINARY) - 1), st.booleans()), min_size=1, max_size=4)
    )

    def run(a, b):
        for unary, binary, swap in steps:
            a = UNARY[unary](a)
            a = BINARY[binary](b, a) if swap else BINARY[binary](a, b)
            if not a.ndim or a.shape[0] != 3:
                a = a.sum() * gg.ones(3, dtype=gg.float64)
        return a

    return run


@given(programs(), st.sampled_from([(0, 0), (0, None), (None, 0), (-1, 0), (1, -1)]), st.booleans(), st.integers(0, 1))
def test_random_programs_are_what_a_loop_gives(run, in_dims, matrix, out_dim):
    rng = np.random.default_rng(1)
    one = [rng.standard_normal((3, 3) if matrix else 3), rng.standard_normal(3)]
    shapes = [x.shape for x in one]
    args = []
    for shape, dim in zip(shapes, in_dims, strict=True):
        if dim is None:
            args.append(gg.from_numpy(rng.standard_normal(shape)))
        else:
            args.append(gg.from_numpy(np.moveaxis(rng.standard_normal((4, *shape)), 0, dim)))

    def pick(x, dim, i):
        return x if dim is None else x.select(dim, i)

    samples = [[pick(x, dim, i) for x, dim in zip(args, in_dims, strict=True)] for i in range(4)]
    close(vmap(run, in_dims, out_dim)(*args), gg.stack([run(*sample) for sample in samples], out_dim))
    slope = grad(lambda a, b: (run(a, b) ** 2).sum(), (0, 1))
    for found, want in zip(vmap(slope, in_dims)(*args), zip(*[slope(*sample) for sample in samples], strict=True), strict=True):
        close(found, gg.stack(want), rtol=1e-8, atol=1e-9)


# ------------------------------------------------------------------------------------------------ one call for the batch


def recorded(monkeypatch):
    names = []
    monkeypatch.setattr(hooks, "tap", lambda node, y: names.append(node.op.name))
    return names


def test_each_op_runs_once_for_the_batch(monkeypatch):
    calls = []

    def f(w, x):
        calls.append(w.shape)
        return (w @ x).tanh().sum()

    w, x = gg.randn(4, 3, requires_grad=True), gg.randn(50, 3)
    names = recorded(monkeypatch)
    y = vmap(f, (None, 0))(w, x)
    assert calls == [(4, 3)] and y.shape == (50,)
    assert names.count("tanh") == names.count("matmul") == names.count("sum") == 1


def test_per_sample_gradients_take_one_backward(monkeypatch):
    net = gg.nn.Sequential(gg.nn.Linear(3, 8), gg.nn.GELU(), gg.nn.LayerNorm(8), gg.nn.Linear(8, 4))
    params = {name: p.detach() for name, p in net.named_parameters()}
    x, t = gg.randn(20, 3), gg.randint(0, 4, (20,))

    def loss(params, x, t):
        return F.cross_entropy(gg.func.functional_call(net, params, (x,)), t)

    steps = []
    monkeypatch.setattr(hooks, "step", lambda step: steps.append(step[0].op.name) if type(step) is tuple else None)
    found = vmap(grad(loss), (None, 0, 0))(params, x, t)
    assert len(steps) < 30
    monkeypatch.undo()
    for i in range(20):
        net.zero_grad()
        F.cross_entropy(net(x[i]), t[i]).backward()
        for name, p in net.named_parameters():
            close(found[name][i], p.grad, rtol=1e-4, atol=1e-6)


# ------------------------------------------------------------------------------------------------ dims and nests


def test_dims_of_arguments_and_results():
    x, y = tensor(X), tensor(X + 1)
    total, product = vmap(lambda x, y: (x.sum(), x * y), in_dims=(1, -1), out_dims=(0, 1))(x, y)
    close(total, X.sum(0)), close(product, X * (X + 1))
    close(vmap(lambda x: x * 2, in_dims=1, out_dims=-1)(x), 2 * X)
    close(vmap(lambda d, k: d["a"] + d["b"][0] * k, in_dims=({"a": 0, "b": [None]}, None))({"a": x, "b": [y[0]]}, 2), X + 2 * (X + 1)[0])
    found = vmap(lambda x: {"a": x, "b": (x.sum(),)}, out_dims={"a": 1, "b": (0,)})(x)
    close(found["a"], X.T), close(found["b"][0], X.sum(1))
    close(vmap(lambda x: gg.ones(2, dtype=gg.float64))(x), np.ones((2, 2)))
    close(vmap(lambda x: gg.ones(2, dtype=gg.float64), out_dims=None)(x), np.ones(2))
    close(vmap(lambda x, k: x * k)(x, k=y[0]), X * (X + 1)[0])
    assert vmap(lambda x: x * 2)(gg.ones(0, 3)).shape == (0, 3)


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 7])
def test_chunks(chunk_size):
    x = gg.arange(14.0, dtype=gg.float64).reshape(7, 2)
    a, b = vmap(lambda x, c: (x * c, x.sum()), (0, None), (1, 0), chunk_size=chunk_size)(x, x[0])
    close(a, (x * x[0]).mT), close(b, x.sum(1))


def test_in_one_another():
    a, b = tensor(X), tensor(X[0])
    close(vmap(vmap(lambda x, y: x * y, (None, 0)), (0, None))(a, b), X[:, None] * X[0][:, None])
    close(vmap(vmap(gg.dot, (0, None)), (None, 0))(a, a), X @ X.T)
    close(vmap(vmap(vmap(lambda x, y: x - y, (0, None)), (None, 0)))(a, a), X[:, None, :] - X[:, :, None])
    close(vmap(lambda x: vmap(lambda y: y * x.sum() + b)(a))(a), np.stack([X * row.sum() + X[0] for row in X]))


def test_the_shapes_inside_are_those_of_a_sample():
    seen = []

    def f(x):
        seen.append((x.shape, x.ndim, x.size(0), len(x), x.numel(), x.dtype, x.is_floating_point()))
        return x

    vmap(f)(tensor(X))
    assert seen == [((3,), 1, 3, 3, 3, np.float64, True)]


def test_the_backward_of_what_it_gives():
    x, w = tensor(X).requires_grad_(), tensor(X[0]).requires_grad_()
    y = vmap(lambda x: (x * w).sin().sum())(x)
    assert y.requires_grad
    y.sum().backward()
    close(x.grad, np.cos(X * X[0]) * X[0]), close(w.grad, (np.cos(X * X[0]) * X).sum(0))


def test_embeddings_and_indices_of_each_sample():
    table, index = tensor(np.arange(12.0).reshape(4, 3)), gg.tensor([[0, 1], [3, 3]])
    close(vmap(lambda i: F.embedding(i, table))(index), table.numpy()[index.numpy()])
    found = vmap(grad(lambda w, i: F.embedding(i, w).sum()), (None, 0))(table, index)
    assert found.sum(2).tolist() == [[3, 3, 0, 0], [0, 0, 0, 6]]
    jacobian = vmap(jacrev(lambda w, i: w[i]), (None, 0))(table, index)
    close(jacobian[1], jacrev(lambda w: w[index[1]])(table))
    close(vmap(lambda x, i: x[i])(tensor(X), gg.tensor([0, 2])), [X[0, 0], X[1, 2]])


# ------------------------------------------------------------------------------------------------ randomness


def test_randomness():
    x = gg.ones(2, 1000)
    with pytest.raises(CannotBatch, match=r"vmap: random numbers: write vmap\(f, randomness='different'\), or 'same'"):
        vmap(lambda x: F.dropout(x))(x)
    same = vmap(lambda x: F.dropout(x), randomness="same")(x)
    assert (same[0] == same[1]).all()
    apart = vmap(lambda x: F.dropout(x), randomness="different")(x)
    assert 300 < (apart[0] != apart[1]).sum() < 700
    same = vmap(lambda x: x * gg.rand(1000), randomness="same")(x)
    assert (same[0] == same[1]).all()
    for draw in (lambda x: gg.rand(1000) + x, lambda x: gg.randn_like(x) * x, lambda x: x * gg.randn(1000, dtype=gg.float64)):
        apart = vmap(draw, randomness="different")(x)
        assert apart.shape == (2, 1000) and not (apart[0] == apart[1]).any()
        rows = vmap(vmap(draw, randomness="different"), randomness="different")(gg.ones(3, 2, 1000)).reshape(6, 1000)
        assert len({tuple(row.tolist()) for row in rows}) == 6
    with pytest.raises(CannotBatch, match="vmap: randomness='different' is for rand, randn and dropout: draw other numbers outside"):
        vmap(lambda x: x + gg.randperm(1000), randomness="different")(x)


# ------------------------------------------------------------------------------------------------ refusals

REFUSALS = {
    "if": (lambda x: x if x.sum() > 0 else -x, "is true for some samples and false for others: write gg.where"),
    "while": (lambda x: [x := x / 2 for _ in iter(lambda: bool(x.sum() > 1), False)], "write gg.where"),
    "item": (lambda x: x.sum().item(), "has no single value: return it from the function"),
    "float": (lambda x: float(x.sum()), "has no single value"),
    "numpy": (lambda x: x.numpy(), "has no single value"),
    "asarray": (lambda x: np.asarray(x), "its values are read here: run this part in a Python loop over the samples"),
    "add_": (lambda x: x.add_(1), "add_ can't write to it in place: write a new tensor"),
    "setitem": (lambda x: x.__setitem__(0, 1), "can't be written in place: write gg.where"),
    "backward": (lambda x: x.sum().backward(), "write gg.func.grad inside vmap"),
    "nonzero": (lambda x: x.nonzero(), "nonzero can't be vectorised: the shape of its result depends on each sample's values"),
    "mask": (lambda x: x[x > 0], "an index by a mask of its own for each sample gives them different shapes: write gg.where"),
    "unique": (lambda x: x.unique(), "unique can't be vectorised"),
    "pickle": (lambda x: x.__reduce__(), "can't be pickled"),
    "requires_grad": (lambda x: x.requires_grad_(), "write gg.func.grad inside vmap"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_it_cant_do_is_said(name):
    function, text = REFUSALS[name]
    with pytest.raises(RuntimeError, match="vmap: ") as told:
        vmap(function)(tensor(X))
    assert text in str(told.value)


def test_wrong_calls_are_named():
    x = tensor(X)
    for run, text in (
        (lambda: vmap(gg.sin)(), "it got none"),
        (lambda: vmap(gg.sin, None)(x), "in_dims must be an int or a tuple with one entry for each argument, got None"),
        (lambda: vmap(gg.add, (0, 0, 0))(x, x), "doesn't fit what it is for"),
        (lambda: vmap(gg.add)(x, x.mT), r"disagree on the number of samples: 2 \(shape \(2, 3\)\) and 3 \(shape \(3, 2\)\)"),
        (lambda: vmap(gg.add, (None, None))(x, x), "in_dims is None for every argument"),
        (lambda: vmap(gg.add)(x, 2), "an argument of type int, which isn't a tensor: write None there"),
        (lambda: vmap(gg.sin)(x.sum()), "a 0-d tensor, which has no dimension of samples"),
        (lambda: vmap(lambda x: 3.0)(x), "must return tensors, or nests of them, but returned a float"),
        (lambda: vmap(gg.sin, 0, None)(x), r"out_dims is None for a result that differs between samples \(shape \(3,\)\)"),
        (lambda: vmap(gg.sin, 0, (0, 0))(x), "out_dims"),
        (lambda: vmap(gg.sin, chunk_size=0), "chunk_size must be at least 1"),
    ):
        with pytest.raises(ValueError, match=text):
            run()
    with pytest.raises(RuntimeError, match="randomness must be 'error', 'same' or 'different'"):
        vmap(gg.sin, randomness="any")
    with pytest.raises(IndexError, match="in_dims"):
        vmap(gg.sin, 2)(x)


def test_an_error_inside_is_told_with_the_batch():
    with pytest.raises(RuntimeError, match="add") as told:
        vmap(lambda x: x + gg.ones(4, dtype=gg.float64))(tensor(X))
    assert "inside vmap: the shapes above have the batch dimension, of 2 samples, in front" in told.value.__notes__


# ------------------------------------------------------------------------------------------------ parity


def calls(m):
    x, y = tensor(X, m), tensor(X + 1, m)
    vmap, F = m.func.vmap, m.nn.functional
    return {
        "reduce": lambda: vmap(lambda x: (x.sum(), x.var(0), x.max(), x.argmax(), x.logsumexp(0)))(x),
        "shape": lambda: vmap(lambda x: (x.reshape(3, 1), x[None], x.flip(0), x.roll(1), m.stack([x, x], 1), x.repeat(2)))(x),
        "matmul": lambda: vmap(lambda a, b: (a @ b, m.outer(a, b), m.einsum("i,j->ji", a, b)))(x, y),
        "batch on the right only": lambda: vmap(lambda w, v: w @ v, (None, 0))(x, y),
        "index": lambda: vmap(lambda x: (x[1:], x[m.tensor([2, 0])], x[..., None], x.index_select(0, m.tensor([1]))))(x),
        "gather": lambda: vmap(lambda x, i: (x.gather(0, i), x.scatter(0, i, 1.0)))(x, m.tensor([[0, 2], [1, 1]])),
        "where": lambda: vmap(lambda x: (m.where(x > 0, x, 0.0), x.masked_fill(x > 0, 7.0)))(x),
        "nn": lambda: vmap(lambda x: (F.softmax(x, -1), F.layer_norm(x, (3,)), F.gelu(x), F.linear(x, y)))(x),
        "loss": lambda: vmap(lambda x, t: (F.cross_entropy(x, t), F.mse_loss(x, x * 2)))(x, m.tensor([0, 2])),
        "linalg": lambda: vmap(lambda a: (m.linalg.inv(a), m.linalg.det(a)))(
            m.stack([m.outer(v, v) + m.eye(3, dtype=m.float64) for v in x])
        ),
        "searchsorted": lambda: vmap(lambda x, v: m.searchsorted(x.sort(0)[0], v))(x, y),
        "promotion": lambda: vmap(lambda x, n: (x + n, n * 2, n / 2))(x, m.tensor([1, 2])),
    }


@pytest.mark.parametrize("name", calls(gg))
def test_results_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    found, want = (tree.leaves(calls(m)[name]()) for m in (gg, torch))
    for a, b in zip(found, want, strict=True):
        close(a, b)
