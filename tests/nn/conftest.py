"""What the tests of layers share."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import glassgrad as gg


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch isn't installed: parity with it was not checked")


def with_parameters(module, run):
    """The module's parameters as float64 leaves, and `run` as a function of (*inputs, *parameters)."""
    module.double()
    places = [(owner, name) for owner in module.modules() for name, p in owner._parameters.items() if p is not None]
    leaves = [owner._parameters[name] for owner, name in places]

    def function(*args):
        inputs, values = args[: len(args) - len(places)], args[len(args) - len(places) :]
        for (owner, name), value in zip(places, values, strict=True):
            owner._parameters[name] = value
        return run(module, *inputs)

    return function, leaves


def check_gradients(module, *inputs, run=lambda module, *x: module(*x), second=False):
    """gradcheck by the inputs and the parameters of a module."""
    function, leaves = with_parameters(module, run)
    args = [x.double().requires_grad_() if isinstance(x, gg.Tensor) and x.is_floating_point() else x for x in inputs]
    assert gg.autograd.gradcheck(function, (*args, *leaves))
    if second:
        assert gg.autograd.gradgradcheck(function, (*args, *leaves), fast_mode=True)


def check_parity(torch, ours, theirs, *inputs, atol=1e-5):
    """Same state_dict keys, outputs, input gradients and parameter gradients as PyTorch's layer with the same weights."""
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    floating = [isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in inputs]
    mine = [gg.tensor(x, requires_grad=f) for x, f in zip(inputs, floating, strict=True)]
    others = [torch.tensor(x, requires_grad=f) for x, f in zip(inputs, floating, strict=True)]
    y, z = ours(*mine), theirs(*others)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-5, atol=atol)
    assert y.dtype == np.float32
    if not z.requires_grad:
        assert not y.requires_grad
        return
    upstream = np.random.default_rng(5).standard_normal(y.shape).astype(np.float32)
    y.backward(gg.tensor(upstream))
    z.backward(torch.tensor(upstream))
    expected = dict(theirs.named_parameters())
    assert list(expected) == [name for name, _ in ours.named_parameters()]
    for a, b in [*((p, expected[name]) for name, p in ours.named_parameters()), *zip(mine, others, strict=True)]:
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=atol)


@pytest.fixture
def check():
    return SimpleNamespace(gradients=check_gradients, parity=check_parity)


@pytest.fixture(autouse=True)
def seeded():
    gg.manual_seed(0)
