"""Hooks on modules: when they run, what they see, what they replace; PyTorch's answers."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn


def double(lib):
    """A module of two inputs and two outputs, with a parameter."""

    class Double(lib.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = lib.nn.Parameter(lib.tensor([2.0, 3.0]))

        def forward(self, x, y, scale=1.0):
            return x * self.w * scale, (y * y).sum()

    return Double()


def test_forward_hooks_run_in_order_and_replace():
    m, log = nn.Linear(2, 2), []
    m.register_forward_pre_hook(lambda module, args: log.append(("pre", module is m, len(args))))
    m.register_forward_pre_hook(lambda module, args: args[0] * 0)  # a single value will do for a tuple of one
    m.register_forward_hook(lambda module, args, output: log.append(("post", args[0].tolist(), output.shape)))
    m.register_forward_hook(lambda module, args, output: output + 1)
    first = m.register_forward_hook(lambda module, args, output: log.append("first"), prepend=True)
    y = m(gg.ones(1, 2))
    assert log == [("pre", True, 1), "first", ("post", [[0, 0]], (1, 2))]
    np.testing.assert_allclose(y.detach().numpy(), [m.bias.detach().numpy() + 1])
    first.remove()
    first.remove()
    m(gg.ones(1, 2))
    assert log.count("first") == 1


def test_hooks_with_keyword_arguments():
    m, seen = double(gg), []
    m.register_forward_pre_hook(lambda module, args, kwargs: (args, {**kwargs, "scale": 10.0}), with_kwargs=True)
    m.register_forward_hook(lambda module, args, kwargs, output: seen.append(kwargs), with_kwargs=True)
    x, _ = m(gg.ones(2), gg.ones(2), scale=2.0)
    assert x.tolist() == [20, 30] and seen == [{"scale": 10.0}]
    m.register_forward_pre_hook(lambda module, args, kwargs: args, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"Double: a forward-pre hook with kwargs must return None or \(args, kwargs\)"):
        m(gg.ones(2), gg.ones(2))


def test_a_hook_that_is_always_called_runs_after_an_error_too():
    m, log = nn.Linear(2, 2), []
    m.register_forward_hook(lambda module, args, output: log.append(output), always_call=True)
    m.register_forward_hook(lambda module, args, output: log.append("no"))
    with pytest.raises(RuntimeError, match="linear"):
        m(gg.ones(3))
    assert log == [None]

    def fails(module, args, output):
        raise KeyError("mine")

    m.register_forward_hook(fails, always_call=True)
    with pytest.raises(RuntimeError, match="linear"), pytest.warns(UserWarning, match=r"Linear: a forward hook failed too.*mine"):
        m(gg.ones(3))


def test_a_handle_is_a_context_and_hooks_are_copied():
    m, log = nn.Identity(), []
    with m.register_forward_hook(lambda *args: log.append(1)):
        copied = copy.deepcopy(m)
        m(1)
    m(1)
    copied(1)
    assert log == [1, 1]
    with pytest.raises(TypeError, match="Identity: a hook must be a function, got 3"):
        m.register_forward_hook(3)


def backward_log(lib, wants, use, replace_input=None, replace_output=None, twice=False):
    """What full backward hooks see on `double`, and the gradients that come out."""
    m, log = double(lib), []

    def plain(grads):
        return tuple(None if g is None else np.asarray(g.detach().numpy()).tolist() for g in grads)

    def pre(module, grad_output):
        log.append(("pre", plain(grad_output)))
        return replace_output(grad_output) if replace_output else None

    def post(module, grad_input, grad_output):
        log.append(("post", plain(grad_input), plain(grad_output)))
        return replace_input(grad_input) if replace_input else None

    m.register_full_backward_pre_hook(pre)
    m.register_full_backward_hook(post)
    x, y = (lib.tensor(v, requires_grad=w) for v, w in zip(([1.0, -1.0], [0.5, 2.0]), wants, strict=True))
    outputs = m(x, y)
    loss = use(*outputs)
    for _ in range(1 + twice):
        loss.backward(retain_graph=True)
    return log, plain([x.grad, y.grad, m.w.grad])


CASES = {
    "both": dict(wants=(True, True), use=lambda a, b: (a * a).sum() + 3 * b),
    "one input": dict(wants=(True, False), use=lambda a, b: a.sum()),
    "the other output": dict(wants=(True, True), use=lambda a, b: b * 2),
    "no input": dict(wants=(False, False), use=lambda a, b: a.sum()),
    "replaced": dict(wants=(True, True), use=lambda a, b: a.sum() + b, replace_input=lambda g: (g[0] * 10, g[1] * 100)),
    "replaced upstream": dict(wants=(True, True), use=lambda a, b: a.sum() + b, replace_output=lambda g: (g[0] * 10, g[1] * 100)),
    "twice": dict(wants=(True, True), use=lambda a, b: (a * a).sum() + 3 * b, twice=True),
}


@pytest.mark.parametrize("case", CASES)
def test_full_backward_hooks_are_pytorchs(torch, case):
    ours, theirs = backward_log(gg, **CASES[case]), backward_log(torch, **CASES[case])
    assert ours[0] == theirs[0]
    if case != "the other output":  # what no gradient reaches keeps None; there it gets zeros
        assert ours[1] == theirs[1]


def test_hooks_see_tensors_of_a_graph_with_create_graph():
    m, seen = nn.Linear(2, 1), []
    m.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append(grad_input[0]))
    x = gg.ones(1, 2, requires_grad=True)
    (g,) = gg.autograd.grad(m(x).sum() ** 2, x, create_graph=True)
    (g**2).sum().backward()
    assert seen[0].requires_grad and m.weight.grad is not None


def test_a_replaced_gradient_of_the_wrong_kind_is_refused():
    with pytest.raises(RuntimeError, match="Double: a full backward hook returned 1 grad_input, but there are 2"):
        backward_log(gg, **CASES["both"], replace_input=lambda g: g[0])
    with pytest.raises(RuntimeError, match="Double: no input requires grad, so a backward hook has no gradient to replace"):
        backward_log(gg, **CASES["no input"], replace_input=lambda g: (gg.ones(2), None))
    with pytest.raises(RuntimeError, match=re.escape("shape (3,)")):
        backward_log(gg, **CASES["both"], replace_input=lambda g: (gg.ones(3), None))


def test_nothing_is_recorded_for_hooks_under_no_grad():
    m = nn.Linear(2, 1)
    m.register_full_backward_hook(lambda *args: None)
    with gg.no_grad():
        assert not m(gg.ones(1, 2, requires_grad=True)).requires_grad


def test_outputs_of_other_kinds_pass():
    class Kinds(nn.Module):
        def forward(self, x):
            return {"a": x * 2}

    m = Kinds()
    m.register_full_backward_hook(lambda *args: None)
    x = gg.ones(2, requires_grad=True)
    m(x)["a"].sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_a_hooked_module_that_writes_to_its_input_reaches_the_callers_graph():
    for module in (nn.ReLU(inplace=True), nn.Sequential(nn.ReLU(inplace=True))):
        module.register_full_backward_hook(lambda *_: None)
        x = gg.tensor([-1.0, 2.0], requires_grad=True)
        y = x * 1
        z = module(y)
        (y.sum() + z.sum()).backward()
        assert y.tolist() == [0, 2] and x.grad.tolist() == [0, 2]
        with pytest.raises(RuntimeError, match="leaf that requires grad"):
            module(x)
