"""checkpoint: the same gradients for less memory, and an error where the second run isn't the first."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential

STEPS = {  # of one tensor (3,) to another
    "exp": lambda x: (x * 0.5).exp(),
    "softmax": lambda x: x.softmax(0),
    "norm": lambda x: gg.nn.functional.layer_norm(x, (3,)),
    "index": lambda x: x[gg.tensor([2, 0, 0])],
    "matmul": lambda x: x @ gg.arange(9.0, dtype=gg.float64).reshape(3, 3) / 9,
    "dropout": lambda x: gg.nn.functional.dropout(x, 0.4),
    "noise": lambda x: x * gg.rand(3, dtype=gg.float64),
    "in place": lambda x: (x * 2).sin_().mul_(x),
    "written view": lambda x: written(x),
    "nested": lambda x: checkpoint(lambda x: checkpoint(lambda x: x.tanh(), x).sin(), x),
    "closure": lambda x: x * WEIGHT,
    "constant": lambda x: x + x.detach(),
}
WEIGHT = gg.tensor([0.5, 2.0, -1.0], dtype=gg.float64, requires_grad=True)


def written(x):
    h = x * 2
    h[0] = x[1] * 3
    h[1:].mul_(x[:2])
    return h


def chained(names):
    def run(x):
        for name in names:
            x = STEPS[name](x)
        return x

    return run


def leaf():
    return gg.tensor([0.5, -1.0, 2.0], dtype=gg.float64, requires_grad=True)


def gradients(run, order):
    """The value and the gradients, by x and the closed-over weight, of order 1 or 2."""
    gg.manual_seed(3)
    x = leaf()
    y = run(x)
    found = [y]
    total = (y * y).sum()
    for left in range(order, 0, -1):
        grads = gg.autograd.grad(total, (x, WEIGHT), create_graph=left > 1, allow_unused=True)
        found += [g for g in grads if g is not None]
        total = sum((g * g).sum() for g in grads if g is not None)
        if not total.requires_grad:
            break
    return [y.detach().numpy() for y in found], gg.rand(1).item()


@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4), st.integers(1, 2))
def test_gradients_are_those_without_it(names, order):
    (want, draw), (found, after) = gradients(chained(names), order), gradients(lambda x: checkpoint(chained(names), x), order)
    assert draw == after  # the second run leaves the random stream as it is
    assert len(found) == len(want)
    for a, b in zip(found, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def counted(function):
    runs = []

    def run(*args, **kwargs):
        runs.append(1)
        return function(*args, **kwargs)

    return run, runs


def test_it_runs_twice_and_holds_nothing_in_between():
    x = leaf()
    inner = []

    def function(x):
        h = x.exp()
        inner.append(weakref.ref(h._array))
        return h.sin()

    function, runs = counted(function)
    gc.disable()
    try:
        y = checkpoint(function, x).sum()
        assert inner[0]() is None and len(runs) == 1
        y.backward()
        assert inner[1]() is None and len(runs) == 2
    finally:
        gc.enable()


def test_one_run_serves_the_whole_backward_and_each_backward_has_its_own():
    function, runs = counted(lambda x: x.exp().sin().tanh())
    x = leaf()
    y = checkpoint(function, x).sum()
    for n in (2, 3):
        y.backward(retain_graph=True)
        assert len(runs) == n
    y.backward()
    first = x.grad.clone()
    with pytest.raises(RuntimeError, match="a second time"):
        y.backward()
    x.grad = None
    (3 * x.exp().sin().tanh()).sum().backward()
    np.testing.assert_allclose(first.numpy(), x.grad.numpy())


def test_nests_keywords_and_functions_of_ones_own():
    class Square(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    x, z = leaf(), leaf()
    found = checkpoint(lambda d, k=1.0: {"y": Square.apply(d["x"].sin()) * k, "z": (d["pair"][0].exp(),)}, {"x": x, "pair": (z, 3)}, k=2.0)
    (found["y"].sum() + found["z"][0].sum()).backward()
    np.testing.assert_allclose(x.grad.numpy(), 4 * np.sin(x.detach().numpy()) * np.cos(x.detach().numpy()))
    np.testing.assert_allclose(z.grad.numpy(), np.exp(z.detach().numpy()))


def test_where_nothing_is_recorded_it_is_a_call():
    function, runs = counted(lambda x: x.exp())
    with gg.no_grad():
        assert not checkpoint(function, leaf()).requires_grad
    assert not checkpoint(function, gg.ones(2)).requires_grad
    np.testing.assert_allclose(gg.func.vmap(lambda x: checkpoint(function, x))(gg.ones(2, 3)).numpy(), np.full((2, 3), np.e), rtol=1e-6)
    np.testing.assert_allclose(gg.func.grad(lambda x: checkpoint(function, x).sum())(gg.ones(2)).numpy(), np.full(2, np.e), rtol=1e-6)


# ------------------------------------------------------------------------------------------------ never silently wrong


def test_another_result_raises():
    n = []

    def function(x):
        n.append(1)
        return x.exp() * len(n)

    with pytest.raises(CheckpointError, match="the function gave other values the second time"):
        checkpoint(function, leaf()).sum().backward()

    def function(x):
        n.append(1)
        return x.exp() if len(n) % 2 else x.exp().sin()

    n.clear()
    with pytest.raises(CheckpointError, match=r"ran other ops the second time: op 1 was no op, and is now sin \(3,\)"):
        checkpoint(function, leaf()).sum().backward()
    with pytest.raises(CheckpointError, match="gave other values"):
        checkpoint(lambda x: x * gg.rand(3, dtype=gg.float64), leaf(), preserve_rng_state=False).sum().backward()


def test_what_was_written_since_raises():
    x = leaf()
    h = x * 2
    y = checkpoint(lambda x: x.exp(), h)
    h.add_(1)
    with pytest.raises(CheckpointError, match=r"argument 0 \(shape \(3,\)\) was written in place since the forward"):
        y.sum().backward()
    w = gg.ones(3, dtype=gg.float64, requires_grad=True)
    for x in (leaf(), gg.zeros(3, dtype=gg.float64, requires_grad=True)):  # the result at 0 doesn't show that w is another
        y = checkpoint(lambda x: x * w, x)
        with gg.no_grad():
            w.mul_(2)
        with pytest.raises(RuntimeError, match="gave other values|mul saved its argument b .* test_checkpoint.py|has since written over it"):
            y.sum().backward()
    y = checkpoint(lambda x: (x * w).exp(), leaf(), determinism_check="none")  # the new value, if that is wanted
    with gg.no_grad():
        w.fill_(0)
    y.sum().backward()
    assert w.grad is not None


def test_a_value_that_the_function_itself_writes_over_raises():
    def function(x):
        h = (x * 2).exp()
        y = h * 1
        h.add_(1)
        return (h * y).sum()

    with pytest.raises(RuntimeError, match="exp saved its output .* has since written over it"):
        checkpoint(function, leaf()).backward()


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="context_fn is not supported: enter the context inside"):
        checkpoint(gg.exp, leaf(), context_fn=lambda: None)
    with pytest.raises(ValueError, match="determinism_check must be 'default' or 'none', got 'x'"):
        checkpoint(gg.exp, leaf(), determinism_check="x")
    with pytest.raises(ValueError, match=r"segments must lie in 1\.\.2"):
        checkpoint_sequential([gg.exp, gg.sin], 3, leaf())


# ------------------------------------------------------------------------------------------------ modules, parity


@pytest.mark.parametrize("segments", [1, 2, 3, 5])
def test_sequential(segments):
    net = gg.nn.Sequential(gg.nn.Linear(3, 4), gg.nn.Tanh(), gg.nn.Linear(4, 4), gg.nn.ReLU(), gg.nn.Linear(4, 1))
    x = gg.randn(5, 3)
    net(x).sum().backward()
    want = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    checkpoint_sequential(net, segments, x, use_reentrant=False).sum().backward()
    for p, g in zip(net.parameters(), want, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), g.numpy(), rtol=1e-6)


def test_calls_are_pytorchs():
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    from torch.utils.checkpoint import checkpoint as theirs

    found = []
    for m, run in ((gg, checkpoint), (torch, theirs)):
        x = m.tensor([0.5, -1.0, 2.0], dtype=m.float64, requires_grad=True)
        a, b = run(lambda x, k, m=m: (m.sin(x) * k, x.exp()), x, k=3.0, use_reentrant=False)
        (g,) = m.autograd.grad((a * b).sum(), x, create_graph=True)
        (g**2).sum().backward()
        found.append((g.detach().numpy(), x.grad.numpy()))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
