"""Hooks on tensors and on what is saved."""

import threading

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import hooks
from glassgrad.autograd.graph import saved_tensors_hooks


def leaf(*values):
    return gg.tensor(values, dtype=gg.float64, requires_grad=True)


@pytest.mark.parametrize("make", [lambda x: x, lambda x: x * 1], ids=["leaf", "not a leaf"])
def test_a_hook_sees_the_total_gradient_once_and_may_replace_it(make):
    x = leaf(1.0, 2.0)
    y = make(x)
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    handle = y.register_hook(lambda g: g * 10)
    (y * 3 + y).sum().backward(retain_graph=True)
    assert seen == [[4, 4]] and x.grad.tolist() == [40, 40]
    handle.remove()
    (y * 3 + y).sum().backward()
    assert x.grad.tolist() == [44, 44]


def test_what_a_hook_changes_in_place_counts_and_reaches_nobody_else():
    x, z = leaf(1.0), leaf(2.0)
    y, w = x * 1, z * 1
    y.register_hook(lambda g: g.mul_(5) and None)
    (y + w).sum().backward()  # both are given the same array
    assert (x.grad.item(), z.grad.item()) == (5, 1)


def test_hooks_run_for_autograd_grad_and_are_recorded_under_create_graph():
    x = leaf(3.0)
    x.register_hook(lambda g: g * x)
    (g,) = gg.autograd.grad((x * x).sum(), x, create_graph=True)
    assert g.item() == 18 and gg.autograd.grad(g.sum(), x)[0].item() == 3 * 4 * 3  # g = 2 x * x, and the hook again


def test_retain_grad_keeps_what_hooks_return_whichever_came_first():
    x = leaf(1.0)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 7)
    y.sum().backward()
    assert y.grad.item() == 7


def test_a_hook_of_the_wrong_kind_is_named():
    x = leaf(1.0, 2.0)

    def first_of(g):
        return g[:1]

    x.register_hook(first_of)
    with pytest.raises(RuntimeError, match=r"register_hook: .*first_of returned a tensor of shape \(1,\) for a gradient of shape \(2,\)"):
        x.sum().backward()
    with pytest.raises(RuntimeError, match="register_hook: .*doesn't require grad"):
        gg.ones(2).register_hook(lambda g: g)


def test_post_accumulate_hooks_can_step_and_free_the_gradient():
    x = leaf(1.0, 2.0)

    def step(p):
        with gg.no_grad():
            p -= 0.1 * p.grad
        p.grad = None

    handle = x.register_post_accumulate_grad_hook(step)
    (x * 2).sum().backward()
    assert x.tolist() == [0.8, 1.8] and x.grad is None
    handle.remove()
    with pytest.raises(RuntimeError, match="only for leaves"):
        (x * 2).register_post_accumulate_grad_hook(step)


def test_the_hooks_of_a_leaf_are_gone_with_it():
    before = len(hooks.leaves)
    x = leaf(1.0)
    x.register_hook(lambda g: g)
    assert len(hooks.leaves) == before + 1
    del x
    assert len(hooks.leaves) == before


def test_saved_values_are_packed_and_unpacked():
    x = leaf(0.5, 2.0)
    held = {}

    def pack(t):
        held[len(held)] = t.numpy().copy()
        return len(held) - 1

    with saved_tensors_hooks(pack, lambda key: gg.from_numpy(held[key])):
        y = (x.tanh() * x).sum()
    assert len(held) == 3  # y of tanh, a and b of mul
    y.backward(retain_graph=True)
    np.testing.assert_allclose(x.grad.numpy(), np.tanh([0.5, 2]) + np.array([0.5, 2]) * (1 - np.tanh([0.5, 2]) ** 2))
    first = x.grad.clone()
    y.backward()
    assert (x.grad == 2 * first).all()
    with pytest.raises(RuntimeError, match="a second time"):
        y.backward()


def test_packing_that_loses_precision_shows_in_the_gradient_and_other_threads_are_left_alone():
    x = leaf(1 / 3)
    with saved_tensors_hooks(lambda t: t.half(), lambda t: t.double()):
        y = (x * x).sum()
        other = []
        thread = threading.Thread(target=lambda: other.append((x * x).sum()))
        thread.start()
        thread.join()
    other[0].backward()
    assert x.grad.item() == 2 / 3
    x.grad = None
    y.backward()
    assert x.grad.item() == 2 * float(np.float16(1 / 3))


def test_the_innermost_of_nested_blocks_counts():
    x = leaf(2.0)
    order = []
    with saved_tensors_hooks(lambda t: order.append("outer") or t, lambda t: t):
        with saved_tensors_hooks(lambda t: order.append("inner") or t, lambda t: t):
            x.exp()
        x.exp()
    x.exp()
    assert order == ["inner", "outer"] and hooks.tap is None
