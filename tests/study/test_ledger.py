"""The gradient ledger adds up to what the engine computes, over weight tying and several backwards."""

import re

import numpy as np
import pytest
from tests.study.graphs import grow, leaves, random_loss

import glassgrad as gg


@pytest.mark.parametrize("batch", range(10))
def test_it_reconciles_on_random_graphs(batch):
    for seed in range(100 * batch, 100 * batch + 100):
        loss, pool, _ = random_loss(seed)
        if not loss.requires_grad:
            continue
        found = {x: gg.explain(loss, wrt=x) for x in pool if gg.autograd.grad(loss, x, retain_graph=True, allow_unused=True)[0] is not None}
        loss.backward()
        for x in pool:
            if x not in found:
                assert x.grad is None
                continue
            ledger = found[x]
            np.testing.assert_array_equal(ledger.gradient, x.grad.numpy(), strict=True)
            assert ledger.exact, (seed, x.shape, ledger.total - ledger.gradient)
            if np.any(ledger.gradient):
                assert sum(item.share for item in ledger.items) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(30))
def test_it_reconciles_over_several_backwards(seed):
    rng = np.random.default_rng(seed)
    pool = leaves(rng)
    with gg.study.record() as tape:
        for _ in range(3):
            loss = grow(rng, pool)
            if loss.requires_grad:
                loss.backward()
    assert 1 <= len(tape.backwards) <= 3
    for x in pool:
        if x.grad is not None:
            ledger = gg.explain(x.grad)
            np.testing.assert_array_equal(ledger.gradient, x.grad.numpy(), strict=True)
            np.testing.assert_allclose(ledger.total, ledger.gradient, rtol=1e-12, atol=1e-14)
            assert all(item.backward for item in ledger.items)


def test_the_bill_names_lines_rules_and_numbers():
    apple, number, tax = (gg.tensor(x, dtype=gg.float64, requires_grad=True) for x in (100.0, 2.0, 1.1))
    with gg.study.record() as tape:
        fruit = apple * number
        price = fruit * tax
        price.backward()
        (3 * apple).backward()
    lines = str(gg.explain(apple.grad)).splitlines()
    assert lines[0] == "the gradient of apple: 5.2"
    assert re.split(r"\s{2,}", lines[2])[2:6] == ["2.2", "mul (a), backward 1", "g * b = 1.1 * 2", "fruit = apple * number"]
    assert "test_ledger.py:" in lines[2]
    assert lines[3].split()[:3] == ["57.7", "%", "3"]
    assert lines[4].split() == ["100.0", "%", "5.2", "in", "all,", "to", "the", "last", "bit", "apple.grad"]
    assert len(tape.nodes) == 3


def test_what_else_changed_a_gradient_is_an_item_of_its_own():
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()  # before the tape
    with gg.study.record() as tape:
        (3 * w).sum().backward()
        w.grad.mul_(0.5)
        w.sum().backward()
        w.grad.zero_()
    ledger = gg.explain(w.grad)
    assert [item.by.split(" ")[0] for item in ledger.items] == ["there", "mul", "changed", "sum", "changed"]
    assert not ledger.total.any() and ledger.exact
    w.grad = None
    with gg.study.record() as again:
        w.sum().backward()
    assert len(gg.explain(w.grad).items) == 1  # from the backward on that found none
    assert len(tape.backwards) == 2 and len(again.backwards) == 1


def test_a_gradient_asked_for_is_not_on_the_bill():
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    with gg.study.record() as tape:
        loss = (w * w).sum()
        gg.autograd.grad(loss, w, retain_graph=True)
        loss.backward()
    assert len(tape.backwards) == 1
    assert len(gg.explain(w.grad).items) == 2


def test_a_hook_that_changes_a_gradient_shows():
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    w.register_hook(lambda g: 10 * g)
    with gg.study.record() as tape:
        (2 * w).sum().backward()
    ledger = gg.explain(w.grad)
    assert [item.by.split(" ")[0] for item in ledger.items] == ["mul", "changed"]
    assert ledger.exact and tape.backwards


def test_sparse_gradients_are_explained_as_dense():
    table = gg.nn.Embedding(5, 2, sparse=True)
    with gg.study.record() as tape:
        table(gg.tensor([1, 1, 3])).sum().backward()
    ledger = gg.explain(table.weight.grad)
    np.testing.assert_array_equal(ledger.gradient[:, 0], [0, 2, 0, 1, 0])
    assert ledger.exact and tape.backwards


def test_a_loss_that_is_a_leaf():
    x = gg.tensor(2.0, requires_grad=True)
    with gg.study.record() as tape:
        x.backward()
    assert "the loss itself" in str(gg.explain(x, wrt=x))
    assert [item.by for item in gg.explain(x.grad).items] == ["the loss itself"]
    assert tape.nodes == []


def test_errors_say_what_to_write():
    x, w = (gg.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    loss = (x * x).sum()
    with pytest.raises(RuntimeError, match=r"w did not lead to this loss: gg.why_no_grad"):
        gg.explain(loss, wrt=w)
    with pytest.raises(RuntimeError, match="only a single element"):
        gg.explain(x * x, wrt=x)
    with pytest.raises(RuntimeError, match="doesn't require grad"):
        gg.explain(loss, wrt=gg.ones(2))
    with pytest.raises(TypeError, match=r"write gg.explain\(loss, wrt=w\)"):
        gg.explain(None)
    loss.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        gg.explain(loss, wrt=x)
    with pytest.raises(RuntimeError, match=r"`with gg.study.record\(\) as tape:`"):
        gg.explain(x.grad)


def test_questions_leave_kept_gradients_and_hooks_alone():
    seen = []
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    h = w * 2
    h.retain_grad()
    h.register_hook(seen.append)
    loss = h.sum()
    loss.backward(retain_graph=True)
    for ask in (gg.study.steps, gg.study.memory, lambda x: gg.explain(x, wrt=w), lambda x: gg.study.paths(x, w), lambda x: gg.study.broken(x, "=")):
        ask(loss)
    gg.study.grade(loss, {"w": w.grad})
    assert h.grad.tolist() == [1, 1] and len(seen) == 1
    assert "before its hooks" in str(gg.explain(loss, wrt=w))


def test_several_tapes_and_new_grads_are_one_bill():
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    with gg.study.record() as first:
        (2 * w).sum().backward()
        w.grad = w.grad * 0.5
    with gg.study.record() as outer, gg.study.record() as inner:
        (3 * w).sum().backward()
    ledger = gg.explain(w.grad)
    assert [item.by.split(" ")[0] for item in ledger.items] == ["mul", "changed", "mul"] and ledger.exact
    w.grad.zero_()
    with gg.study.record() as last:
        w.sum().backward()
    assert [item.by for item in gg.explain(w.grad).items] == ["sum (x)"]  # zeros begin a new bill
    assert all(tape.backwards for tape in (first, outer, inner, last))


def test_several_backwards_are_exact_in_float32():
    rng = np.random.default_rng(0)
    w = gg.tensor(rng.standard_normal(50), dtype=gg.float32, requires_grad=True)
    with gg.study.record() as tape:
        for _ in range(3):
            (w * float(rng.random()) + w.tanh() * w).sum().backward()
    assert gg.explain(w.grad).exact and len(tape.backwards) == 3
