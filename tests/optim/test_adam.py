from __future__ import annotations

import numpy as np
import pytest

import glassgrad as gg

OPTIONS = [
    {},
    {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-3},
    {"lr": 0.05, "weight_decay": 0.3},
    {"lr": 0.05, "amsgrad": True},
    {"lr": 0.05, "weight_decay": 0.1, "amsgrad": True, "maximize": True},
    {"lr": 0.05, "betas": (0.0, 0.5)},
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_parity(torch, check, name, options, dtype):
    check.parity(torch, name, options, dtype=dtype)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_parity_with_groups_and_missing_gradients(torch, check, name):
    def groups(params):
        return [{"params": [params[0]], "lr": 0.5, "weight_decay": 0.0}, {"params": params[1:], "betas": (0.5, 0.9)}]

    check.parity(torch, name, {"lr": 0.1, "weight_decay": 0.1}, groups, skip={(0, 1), (1, 1), (4, 2)})


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_formula(check, name, options):
    beta1, beta2 = options.get("betas", (0.9, 0.999))
    decay = options.get("weight_decay", 0.01 if name == "AdamW" else 0.0)

    def update(x, g, t, memory, lr):
        g = -g if options.get("maximize") else g
        if name == "AdamW":
            x = x - lr * decay * x
        else:
            g = g + decay * x
        m = memory["m"] = beta1 * memory.get("m", 0) + (1 - beta1) * g
        v = memory["v"] = beta2 * memory.get("v", 0) + (1 - beta2) * g**2
        if options.get("amsgrad"):
            v = memory["top"] = np.maximum(memory.get("top", 0), v)
        return x - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + options.get("eps", 1e-8))

    check.formula(lambda params: getattr(gg.optim, name)(params, **options), update)


def test_state_has_pytorchs_names(torch, check):
    for options in ({}, {"amsgrad": True}):
        mine, other = check.parity(torch, "Adam", options)
        for i, held in other.state_dict()["state"].items():
            assert set(mine.state_dict()["state"][i]) == set(held)
            assert mine.state_dict()["state"][i]["step"] == int(held["step"]) == 12


def test_gradients_are_left_alone_and_untouched_state_stays_empty():
    for options in OPTIONS:
        p, q = gg.ones(3, requires_grad=True), gg.ones(3, requires_grad=True)
        p.grad = gg.tensor([1.0, 2.0, 3.0])
        optimizer = gg.optim.AdamW([p, q], **options)
        for _ in range(3):
            optimizer.step()
        assert p.grad.tolist() == [1, 2, 3] and q.tolist() == [1, 1, 1] and list(optimizer.state_dict()["state"]) == [0]


def test_errors():
    p = [gg.ones(1, requires_grad=True)]
    for name in ("Adam", "AdamW"):
        for options, text in (
            ({"lr": -1}, f"{name}: lr must be at least 0"),
            ({"eps": -1}, f"{name}: eps"),
            ({"weight_decay": -0.1}, f"{name}: weight_decay"),
            ({"betas": (1.0, 0.9)}, rf"{name}: betas must be two numbers in \[0, 1\), got \(1.0, 0.9\)"),
            ({"betas": (0.9, -0.1)}, f"{name}: betas"),
            ({"betas": (0.9,)}, f"{name}: betas"),
        ):
            with pytest.raises(ValueError, match=text):
                getattr(gg.optim, name)(p, **options)
