"""The graph from outside: next_functions and names, and hooks on saved tensors, on one thread and several."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import hooks
from glassgrad.autograd.graph import AccumulateGrad, Node, save_on_cpu, saved_tensors_hooks


def leaf(*values):
    return gg.tensor(values if len(values) != 1 else values[0], dtype=gg.float64, requires_grad=True)


# ------------------------------------------------------------------------------------------------ inspection


def walk(fn, visit, seen):
    """The recursion that drawing scripts are made of."""
    if fn in seen:
        return
    seen.add(fn)
    visit(fn)
    for parent, _ in fn.next_functions:
        if parent:
            walk(parent, visit, seen)


def test_next_functions_end_in_the_leaves():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = (x * w + x).sum()
    (total, _), (none, _) = y.grad_fn.next_functions[0][0].next_functions
    assert y.grad_fn.next_functions[0][0].name() == "AddBackward"
    assert total.name() == "MulBackward" and none == AccumulateGrad(x)
    assert [end.variable is t for (end, _), t in zip(total.next_functions, (x, w), strict=True)] == [True, True]
    visited = []
    walk(y.grad_fn, lambda fn: visited.append(fn.name()), set())
    assert visited == ["SumBackward", "AddBackward", "MulBackward", "AccumulateGrad", "AccumulateGrad"]


def test_accumulate_grad():
    x, w = leaf(1.0), leaf(1.0)
    end = AccumulateGrad(x)
    assert end == AccumulateGrad(x) != AccumulateGrad(w) and len({end, AccumulateGrad(x)}) == 1
    assert end.variable is x and end.next_functions == () and end.name() == "AccumulateGrad" and repr(end) == "<AccumulateGrad []>"


def test_constants_have_none():
    x, c = leaf(1.0), gg.ones((), dtype=gg.float64)
    assert (c * x).grad_fn.next_functions == ((None, 0), (AccumulateGrad(x), 0))
    assert isinstance((c * x).grad_fn, Node) and c.grad_fn is None and x.grad_fn is None


def test_the_walk_of_a_script_is_pytorchs():
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    found = []
    for base in (torch, gg):
        x = base.ones(2, 3, requires_grad=True)
        w = base.ones(3, 2, requires_grad=True)
        y = ((x @ w).exp() * (x @ w).sigmoid()).sum().log()
        visited = []
        walk(y.grad_fn, lambda fn, seen=visited: seen.append(fn.name().split("::")[-1].rstrip("0")), set())
        found.append(visited)
    same = {"MmBackward": "MatmulBackward"}
    assert [same.get(name, name) for name in found[0]] == found[1]


# ------------------------------------------------------------------------------------------------ saved tensors


def test_a_model_finds_what_was_packed():
    """A model's gradients by packed values are those by kept ones, also where they are differentiated again."""
    rng = np.random.default_rng(0)
    weights = [gg.from_numpy(rng.standard_normal(shape)).requires_grad_() for shape in ((3, 8), (8,), (8, 4))]
    x, t = gg.from_numpy(rng.standard_normal((5, 3))), gg.tensor([0, 1, 2, 3, 0])

    def loss():
        h = gg.nn.functional.gelu(gg.nn.functional.layer_norm(x @ weights[0] + weights[1], (8,)))
        return gg.nn.functional.cross_entropy(h @ weights[2], t)

    plain = gg.autograd.grad(loss(), weights)
    packed = []
    with saved_tensors_hooks(lambda t: packed.append(t.numpy().copy()) or len(packed) - 1, lambda i: gg.from_numpy(packed[i])):
        y = loss()
    gradients = gg.autograd.grad(y, weights, create_graph=True)
    for a, b in zip(gradients, plain, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.numpy(), rtol=1e-10, atol=1e-14)
    second = gg.autograd.grad(sum((g * g).sum() for g in gradients), weights)
    want = gg.autograd.grad(sum((g * g).sum() for g in gg.autograd.grad(loss(), weights, create_graph=True)), weights)
    for a, b in zip(second, want, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-10, atol=1e-14)


def test_a_function_is_packed_too():
    class Cube(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            return g * 3 * ctx.saved_tensors[0] ** 2

    x = leaf(2.0)
    seen = []
    with saved_tensors_hooks(lambda t: seen.append(t.item()) or t, lambda t: t + 1):
        y = Cube.apply(x)
    y.backward()
    assert seen == [2.0] and x.grad.item() == 27


def test_packed_values_that_were_written_over_are_still_found():
    x = leaf(1.0, 2.0)
    h = x * 1
    with saved_tensors_hooks(lambda t: t, lambda t: t):
        y = (h * h).sum()
    h.add_(1)
    with pytest.raises(RuntimeError, match="mul saved its argument a"):
        y.backward()
    with saved_tensors_hooks(lambda t: t.clone(), lambda t: t):  # but a copy is safe
        y = (h * h).sum()
    h.add_(1)
    y.backward()
    assert (x.grad == 2 * (x + 1)).all()


def test_what_unpack_gives_is_checked():
    x = leaf(1.0, 2.0)
    for unpack, error in ((lambda t: t.numpy(), TypeError), (lambda t: t[:1], RuntimeError)):
        with saved_tensors_hooks(lambda t: t, unpack):
            y = x.exp().sum()
        with pytest.raises(error, match="saved_tensors_hooks: for exp the unpack hook gave"):
            y.backward()


def test_save_on_cpu_changes_nothing():
    x = leaf(1.0, 2.0)
    with save_on_cpu(pin_memory=True):
        y = x.exp().sum()
    y.backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.exp([1.0, 2.0]))


def test_an_error_inside_closes_the_block():
    with pytest.raises(ZeroDivisionError), saved_tensors_hooks(lambda t: t, lambda t: t):
        raise ZeroDivisionError
    assert hooks.tap is None


def test_blocks_and_anomaly_mode_nest_either_way():
    x = leaf(0.5)
    packed = []
    block = saved_tensors_hooks(lambda t: packed.append(t) or t, lambda t: t)
    with gg.autograd.detect_anomaly():
        with block:
            assert gg.is_anomaly_enabled()
            y = x.exp()
        assert gg.is_anomaly_enabled()
    with block:
        with gg.autograd.detect_anomaly():
            z = x.sin()
        assert not gg.is_anomaly_enabled()
        x.exp()
    assert len(packed) == 3 and hooks.tap is None
    (y + z).backward()
    np.testing.assert_allclose(x.grad.item(), np.exp(0.5) + np.cos(0.5))
    with gg.autograd.detect_anomaly(), block, pytest.raises(RuntimeError, match="log: made a NaN"):
        (x - 1).log()


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["enter", "exit", "run"])), max_size=12))
def test_blocks_of_threads_are_their_own_in_any_order(steps):
    """Three threads enter and leave blocks in turns: each op is packed by the innermost block of its thread, or not at all."""
    x = leaf(1.0)
    packed, want = [], []
    depth = [0, 0, 0]
    open_blocks = [[], [], []]

    def block(i, level):
        return saved_tensors_hooks(lambda t: packed.append((i, level)) or t, lambda t: t)

    turns = [threading.Semaphore(0) for _ in range(3)]
    done = threading.Semaphore(0)
    jobs = [[], [], []]

    def work(i):
        while True:
            turns[i].acquire()
            job = jobs[i].pop()
            if job is None:
                return
            job()
            done.release()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()

    def on(i, job):
        jobs[i].append(job)
        turns[i].release()
        done.acquire()

    def enter(i):
        open_blocks[i].append(block(i, len(open_blocks[i])))
        open_blocks[i][-1].__enter__()

    try:
        for i, what in steps:
            if what == "enter":
                depth[i] += 1
                on(i, lambda i=i: enter(i))
            elif what == "exit" and depth[i]:
                depth[i] -= 1
                on(i, lambda i=i: open_blocks[i].pop().__exit__(None, None, None))
            elif what == "run":
                want += [(i, depth[i] - 1)] if depth[i] else []
                on(i, lambda: x.exp())
        for i in range(3):
            for _ in range(depth[i]):
                on(i, lambda i=i: open_blocks[i].pop().__exit__(None, None, None))
    finally:
        for i in range(3):
            jobs[i].append(None)
            turns[i].release()
        for thread in threads:
            thread.join()
    assert packed == want and hooks.tap is None
