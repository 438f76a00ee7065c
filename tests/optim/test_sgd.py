from __future__ import annotations

import pytest

import glassgrad as gg

OPTIONS = [
    {"lr": 0.1},
    {"lr": 0.1, "momentum": 0.9},
    {"lr": 0.1, "momentum": 0.9, "nesterov": True},
    {"lr": 0.1, "momentum": 0.8, "dampening": 0.3},
    {"lr": 0.1, "weight_decay": 0.1},
    {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1, "maximize": True},
    {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.1, "nesterov": True, "maximize": True},
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("options", OPTIONS)
def test_parity(torch, check, options, dtype):
    check.parity(torch, "SGD", options, dtype=dtype)


def test_parity_with_groups_and_missing_gradients(torch, check):
    def groups(params):
        return [{"params": params[0], "lr": 0.5, "momentum": 0.0}, {"params": params[1:], "weight_decay": 0.2}]

    mine, other = check.parity(torch, "SGD", {"lr": 0.1, "momentum": 0.9}, groups, skip={(0, 1), (1, 1), (4, 2)})
    assert {i: set(s) for i, s in mine.state_dict()["state"].items()} == {i: set(s) for i, s in other.state_dict()["state"].items() if s}


@pytest.mark.parametrize("options", OPTIONS)
def test_formula(check, options):
    momentum, dampening = options.get("momentum", 0), options.get("dampening", 0)

    def update(x, g, t, memory, lr):
        d = (-g if options.get("maximize") else g) + options.get("weight_decay", 0) * x
        if momentum:
            memory["b"] = d if t == 1 else momentum * memory["b"] + (1 - dampening) * d
            d = d + momentum * memory["b"] if options.get("nesterov") else memory["b"]
        return x - lr * d

    check.formula(lambda params: gg.optim.SGD(params, **options), update)


def test_gradients_are_left_alone():
    for options in OPTIONS:
        p = gg.ones(3, requires_grad=True)
        p.grad = gg.tensor([1.0, 2.0, 3.0])
        optimizer = gg.optim.SGD([p], **options)
        for _ in range(3):
            optimizer.step()
        assert p.grad.tolist() == [1, 2, 3]


def test_errors():
    p = [gg.ones(1, requires_grad=True)]
    for options, text in (
        ({"lr": -1}, "SGD: lr must be at least 0, got -1"),
        ({"lr": float("nan")}, "SGD: lr"),
        ({"momentum": -0.5}, "SGD: momentum"),
        ({"weight_decay": -1}, "SGD: weight_decay"),
        ({"nesterov": True}, "nesterov needs momentum > 0 and dampening 0, got momentum 0"),
        ({"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "nesterov needs"),
    ):
        with pytest.raises(ValueError, match=text):
            gg.optim.SGD(p, **options)
        with pytest.raises(ValueError, match=text):  # in a group too
            gg.optim.SGD([{"params": p, **options}])
