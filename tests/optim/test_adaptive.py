"""The other optimizers against PyTorch's, step by step."""

from __future__ import annotations

import pytest

import glassgrad as gg

OPTIONS = {
    "Adamax": [{}, {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.2, "maximize": True}],
    "NAdam": [{}, {"lr": 0.05, "weight_decay": 0.2, "momentum_decay": 0.01}, {"lr": 0.05, "weight_decay": 0.2, "decoupled_weight_decay": True}],
    "RAdam": [{}, {"lr": 0.05, "betas": (0.8, 0.9), "weight_decay": 0.2}, {"lr": 0.05, "weight_decay": 0.2, "decoupled_weight_decay": True}],
    "Adam": [{"lr": 0.05, "weight_decay": 0.2, "decoupled_weight_decay": True}],
    "Adadelta": [{}, {"lr": 0.5, "rho": 0.7, "eps": 1e-3, "weight_decay": 0.2, "maximize": True}],
    "Adagrad": [{}, {"lr": 0.5, "lr_decay": 0.1, "weight_decay": 0.2, "initial_accumulator_value": 0.3, "maximize": True}],
    "RMSprop": [{}, {"momentum": 0.9, "weight_decay": 0.1}, {"centered": True, "alpha": 0.7}, {"centered": True, "momentum": 0.5, "maximize": True}],
    "Rprop": [{}, {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (1e-2, 0.2), "maximize": True}],
}  # fmt: skip
CASES = [(name, options) for name, each in OPTIONS.items() for options in each]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), CASES)
def test_parity(torch, check, name, options, dtype):
    check.parity(torch, name, options, dtype=dtype)


@pytest.mark.parametrize("name", OPTIONS)
def test_parity_with_groups_and_missing_gradients(torch, check, name):
    def groups(params):
        return [{"params": [params[0]], "lr": 0.5}, {"params": params[1:]}]

    mine, other = check.parity(torch, name, {"lr": 0.1}, groups, skip={(0, 1), (1, 1), (4, 2)})
    ours, theirs = mine.state_dict()["state"], other.state_dict()["state"]
    assert {i: set(held) for i, held in ours.items()} == {i: set(held) for i, held in theirs.items()}


@pytest.mark.parametrize("name", OPTIONS)
def test_a_state_is_saved_and_loaded(name):
    def run(optimizer, steps):
        for step in range(steps):
            for p in optimizer.param_groups[0]["params"]:
                p.grad = (p.detach() * 0.3 + 0.1 * step).clone()
            optimizer.step()

    a = gg.tensor([1.0, -2.0, 3.0], requires_grad=True)
    whole = getattr(gg.optim, name)([a])
    run(whole, 7)
    b = gg.tensor(a.detach().numpy(), requires_grad=True)
    rest = getattr(gg.optim, name)([b], lr=9.0)
    rest.load_state_dict(whole.state_dict())
    run(whole, 3)
    run(rest, 3)
    assert a.tolist() == b.tolist()


def test_a_state_of_pytorchs_is_taken_over(torch):
    for name in OPTIONS:
        p = torch.tensor([1.0, 2.0], requires_grad=True)
        theirs = getattr(torch.optim, name)([p])
        p.grad = torch.ones(2)
        theirs.step()
        state = theirs.state_dict()
        state["state"] = {i: {k: v.numpy() if hasattr(v, "numpy") else v for k, v in held.items()} for i, held in state["state"].items()}
        ours = getattr(gg.optim, name)([gg.ones(2, requires_grad=True)])
        ours.load_state_dict(state)
        assert isinstance(ours.state_dict()["state"][0]["step"], int)


def test_how_a_step_is_run_is_accepted_and_other_words_are_not():
    p = [gg.ones(1, requires_grad=True)]
    gg.optim.Adam(p, foreach=True, fused=None, capturable=False)
    with pytest.raises(TypeError, match="Adadelta: no argument 'learning_rate': it takes params, lr, rho"):
        gg.optim.Adadelta(p, learning_rate=0.1)
    with pytest.raises(NotImplementedError, match="SGD: a step has no derivative"):
        gg.optim.SGD(p, differentiable=True)


def test_errors():
    p = [gg.ones(1, requires_grad=True)]
    for name, options, text in (
        ("Adamax", {"betas": (0.9, 1.0)}, "Adamax: betas must be two numbers"),
        ("Adadelta", {"rho": 1.5}, r"Adadelta: rho must lie in \[0, 1\]"),
        ("Adagrad", {"lr_decay": -1}, "Adagrad: lr_decay must be at least 0"),
        ("RMSprop", {"momentum": -1}, "RMSprop: momentum must be at least 0"),
        ("Rprop", {"etas": (1.1, 1.2)}, "Rprop: etas must be"),
        ("NAdam", {"momentum_decay": -1}, "NAdam: momentum_decay"),
    ):
        with pytest.raises(ValueError, match=text):
            getattr(gg.optim, name)(p, **options)


def test_names_that_are_not_here_say_what_is():
    for name, text in (("ASGD", "write optim.SGD"), ("Muon", "AdamW"), ("swa_utils", "average the parameters")):
        with pytest.raises(AttributeError, match=text):
            getattr(gg.optim, name)
    with pytest.raises(AttributeError, match="no attribute 'Adm'"):
        gg.optim.Adm  # noqa: B018


def test_named_parameters_are_taken():
    model = gg.nn.Linear(2, 1)
    optimizer = gg.optim.SGD(model.named_parameters(), lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"] and optimizer.param_groups[0]["params"][0] is model.weight
