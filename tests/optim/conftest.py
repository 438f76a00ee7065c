"""What the tests of optimizers share: the same training with ours, with PyTorch's, and with a formula."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import glassgrad as gg

SHAPES = [(3, 4), (4,), ()]
STEPS = 12


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch isn't installed: parity with it was not checked")


def start(dtype):
    rng = np.random.default_rng(1)
    return [rng.standard_normal(shape).astype(dtype) for shape in SHAPES]


def gradients(step, dtype):
    rng = np.random.default_rng(100 + step)
    return [rng.standard_normal(shape).astype(dtype) * (1 + step % 3) for shape in SHAPES]


def train(make, dtype, tensor, steps=STEPS, skip=()):
    """The parameters after each step, with gradients from a fixed stream; the lr is changed halfway, as a user may."""
    params = [tensor(x) for x in start(dtype)]
    for p in params:
        p.requires_grad_()
    optimizer = make(params)
    history = []
    for step in range(steps):
        optimizer.zero_grad()
        for i, (p, g) in enumerate(zip(params, gradients(step, dtype), strict=True)):
            if (step, i) not in skip:
                p.grad = tensor(g)
        if step == steps // 2:
            for group in optimizer.param_groups:
                group["lr"] = group["lr"] * 0.3
        optimizer.step()
        history.append([np.array(p.detach().numpy()) for p in params])
    return history, optimizer


def check_parity(torch, name, options, groups=None, dtype="float32", skip=()):
    """Ours and PyTorch's agree at every step; groups(params, options) builds parameter groups."""
    arrange = groups or (lambda params: params)
    ours, mine = train(lambda params: getattr(gg.optim, name)(arrange(params), **options), dtype, gg.tensor, skip=skip)
    theirs, other = train(lambda params: getattr(torch.optim, name)(arrange(params), **options), dtype, torch.tensor, skip=skip)
    tolerance = {"rtol": 2e-6, "atol": 1e-6} if dtype == "float32" else {"rtol": 1e-11, "atol": 1e-12}
    if name == "NAdam":  # PyTorch keeps its product of momenta in float32
        tolerance = {"rtol": 1e-5, "atol": 1e-6}
    for step, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        for x, y in zip(a, b, strict=True):
            assert x.dtype == dtype
            np.testing.assert_allclose(x, y, **tolerance, err_msg=f"step {step}")
    return mine, other


def check_formula(make, update, dtype="float64"):
    """The optimizer agrees with `update(x, g, t, memory, lr)`, a formula that returns the new x."""
    ours, _ = train(make, dtype, gg.tensor)
    xs, memories = start(dtype), [{} for _ in SHAPES]
    lr = make([gg.ones(1, requires_grad=True)]).param_groups[0]["lr"]
    for step in range(STEPS):
        lr = lr * 0.3 if step == STEPS // 2 else lr
        xs = [update(x, g, step + 1, m, lr) for x, g, m in zip(xs, gradients(step, dtype), memories, strict=True)]
        for x, y in zip(ours[step], xs, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-11, atol=1e-12, err_msg=f"step {step}")


@pytest.fixture
def check():
    return SimpleNamespace(parity=check_parity, formula=check_formula, train=train)
