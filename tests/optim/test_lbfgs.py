from __future__ import annotations

import numpy as np
import pytest

import glassgrad as gg


def bowl(a, b, lib):
    """Rosenbrock's valley in a, and a quartic in b."""
    return ((1 - a[:-1]) ** 2).sum() + 10 * ((a[1:] - a[:-1] ** 2) ** 2).sum() + ((b - 2) ** 4).sum()


def minimised(lib, options, steps):
    a = lib.tensor(np.array([-1.2, 1.0, 0.5]), requires_grad=True)
    b = lib.tensor(np.array([[0.0, 3.0]]), requires_grad=True)
    optimizer = lib.optim.LBFGS([a, b], **options)
    losses, history = [], []

    def closure():
        optimizer.zero_grad()
        loss = bowl(a, b, lib)
        loss.backward()
        return loss

    for _ in range(steps):
        losses.append(float(optimizer.step(closure)))
        history.append(np.concatenate([a.detach().numpy().copy().ravel(), b.detach().numpy().copy().ravel()]))
    return losses, history, optimizer


OPTIONS = [
    {"lr": 0.05}, {"lr": 0.1, "max_iter": 3, "history_size": 2}, {"line_search_fn": "strong_wolfe"},
    {"lr": 0.3, "max_iter": 4, "line_search_fn": "strong_wolfe"}, {"max_eval": 5, "line_search_fn": "strong_wolfe"},
    {"lr": 0.01, "max_iter": 8, "tolerance_change": 1e-3},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS)
def test_parity(torch, options):
    ours, theirs = minimised(gg, options, 8), minimised(torch, options, 8)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-5, atol=1e-7)
    counts = [next(iter(optimizer.state.values())) for optimizer in (ours[2], theirs[2])]
    assert [counts[0][name] for name in ("func_evals", "n_iter")] == [counts[1][name] for name in ("func_evals", "n_iter")]


def test_it_finds_the_minimum():
    losses, history, _ = minimised(gg, {"line_search_fn": "strong_wolfe"}, 10)
    assert losses[-1] < 1e-8
    np.testing.assert_allclose(history[-1][:3], 1, atol=1e-4)


def test_a_parameter_without_a_gradient_stays():
    a, b = gg.ones(2, requires_grad=True), gg.ones(1, requires_grad=True)
    optimizer = gg.optim.LBFGS([a, b])

    def closure():
        optimizer.zero_grad()
        loss = ((a - 3) ** 2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(a.detach().numpy(), 3, rtol=1e-5)
    assert b.tolist() == [1] and optimizer.step(closure).item() == pytest.approx(0, abs=1e-8)


def test_its_state_is_saved_and_loaded():
    _, history, first = minimised(gg, OPTIONS[1], 2)
    a = gg.tensor(history[-1], requires_grad=True)
    second = gg.optim.LBFGS([a], **OPTIONS[1])
    second.load_state_dict(first.state_dict() | {"param_groups": second.state_dict()["param_groups"]})
    assert second.state[a]["n_iter"] == next(iter(first.state.values()))["n_iter"]


def test_errors():
    a = gg.ones(1, requires_grad=True)
    with pytest.raises(TypeError, match=r"it needs a closure: write optimizer\.step\(closure\)"):
        gg.optim.LBFGS([a]).step()
    with pytest.raises(ValueError, match="line_search_fn must be None or 'strong_wolfe'"):
        gg.optim.LBFGS([a], line_search_fn="wolfe")
    with pytest.raises(ValueError, match="one parameter group only, got 2"):
        gg.optim.LBFGS([{"params": [a]}, {"params": [gg.ones(2, requires_grad=True)]}])
