"""What all optimizers share: groups, state, saving, errors."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import kernels
from glassgrad.optim import SGD, Adam, AdamW, Optimizer


def leaves(*shapes):
    return [gg.ones(*shape, requires_grad=True) for shape in shapes]


def run(optimizer, steps, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad = gg.tensor(rng.standard_normal(p.shape).astype(str(p.dtype)))
        optimizer.step()


def values(optimizer):
    return [p.tolist() for group in optimizer.param_groups for p in group["params"]]


# ------------------------------------------------------------------------------------------------ parameters and groups


def test_groups_get_the_defaults_they_leave_out():
    a, b = leaves((2,), (3,))
    optimizer = SGD([{"params": a}, {"params": (p for p in [b]), "lr": 0.5}], lr=0.1, momentum=0.9)
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.5]
    assert [group["momentum"] for group in optimizer.param_groups] == [0.9, 0.9]
    assert optimizer.param_groups[1]["params"] == [b] and optimizer.defaults["lr"] == 0.1
    (c,) = leaves((1,))
    optimizer.add_param_group({"params": c, "lr": 2.0})
    c.grad = gg.ones(1)
    optimizer.step()
    assert c.tolist() == [-1]


def test_wrong_parameters_are_named():
    a, b = leaves((2,), (3,))
    for params, error, text in (
        ([], ValueError, "SGD: the list of parameters is empty"),
        (a, TypeError, r"write \[tensor\]"),
        ([a, 3], TypeError, "parameter 1 must be a tensor, got int"),
        ([(1, a)], TypeError, r"got tuple: write model.parameters\(\)"),
        ([a, b * 2], ValueError, r"parameter 1 \(shape \(3,\)\) was computed by an op"),
        ([a, a], ValueError, r"parameter 1 \(shape \(2,\)\) is there twice"),
        ([{"params": [a]}, {"params": [b, a]}], ValueError, "parameter 1 .* is there twice"),
        ([{"params": {a, b}}], TypeError, "need an order"),
        ([{"lr": 0.1}], ValueError, "needs 'params', this one has 'lr'"),
        ([{"params": [a]}, b], TypeError, "must be a dict, got Tensor"),
        ([gg.arange(3)], TypeError, "must be floating, got int64"),
    ):
        with pytest.raises(error, match=text):
            SGD(params, lr=0.1)


def test_zero_grad():
    a, b = leaves((2,), (3,))
    a.grad = gg.ones(2)
    optimizer = SGD([a, b])
    held, doubled = a.grad, (a.grad * gg.ones(2, requires_grad=True) * 2).sum()
    optimizer.zero_grad(set_to_none=False)
    assert a.grad is held and held.tolist() == [0, 0] and b.grad is None
    with pytest.raises(RuntimeError, match="mul saved its argument a .* has since written over it"):
        doubled.backward()
    optimizer.zero_grad()
    assert a.grad is None and held.tolist() == [0, 0]
    a.grad = gg.ones(1).expand(2)
    optimizer.zero_grad(set_to_none=False)
    assert a.grad.tolist() == [0, 0]


def test_zero_grad_leaves_a_gradient_that_has_a_graph():
    (a,) = leaves((2,))
    (a**3).sum().backward(create_graph=True)
    first = a.grad
    SGD([a]).zero_grad(set_to_none=False)
    assert a.grad.tolist() == [0, 0] and not a.grad.requires_grad and first.tolist() == [3, 3]
    first.sum().backward()
    assert a.grad.tolist() == [6, 6]


def test_closure_runs_with_gradients_on():
    (a,) = leaves((1,))
    optimizer = SGD([a], lr=0.25)

    def closure():
        optimizer.zero_grad()
        loss = (a * a).sum()
        loss.backward()
        return loss

    with gg.no_grad():
        assert optimizer.step(closure).item() == 1
    assert a.tolist() == [0.5] and optimizer.step() is None


def test_a_step_between_forward_and_backward_is_noticed():
    for make in (SGD, Adam, AdamW):
        a, b = leaves((2,), (2,))
        optimizer = make([a, b], lr=0.1)
        y = (a * b).sum()
        a.grad = b.grad = gg.ones(2)
        optimizer.step()
        with pytest.raises(RuntimeError, match=r"mul saved its argument a .*test_optimizer.py:\d+ has since written"):
            y.backward()
        (a * b).sum().backward()  # a graph made after the step is fine


def test_a_gradient_of_another_shape_or_dtype():
    (a,) = leaves((3,))
    a.grad = gg.ones(3)
    a.data = gg.ones(2)
    with pytest.raises(RuntimeError, match=r"shape \(2,\) has a gradient of shape \(3,\)"):
        SGD([a]).step()
    a.data = gg.ones(3, dtype=gg.float64)
    SGD([a], lr=1).step()
    assert a.tolist() == [0, 0, 0] and a.dtype == gg.float64


def test_a_step_that_fails_halfway_has_noted_what_it_wrote():
    for groups in ([0, 0], [0, 1]):
        a, b = leaves((2,), (3,))
        y = (a * 2 * a).sum()
        a.grad, b.grad = gg.ones(2), gg.ones(3)
        b.data = gg.ones(2)
        optimizer = SGD([a, b] if groups == [0, 0] else [{"params": a}, {"params": b}], lr=0.5)
        with pytest.raises(RuntimeError, match=r"a parameter of shape \(2,\) has a gradient of shape \(3,\)"):
            optimizer.step()
        if groups == [0, 0]:  # all of a group are looked at first
            assert a.tolist() == [1, 1]
            y.backward()
            continue
        assert a.tolist() == [0.5, 0.5]
        with pytest.raises(RuntimeError, match="has since written over it"):
            y.backward()


def test_an_error_in_an_update_comes_after_what_it_wrote_is_noted():
    class Breaks(Optimizer):
        def update(self, x, g, state, group):
            x -= g
            raise ZeroDivisionError

    (a,) = leaves((2,))
    y = (a * 2 * a).sum()
    a.grad = gg.ones(2)
    with pytest.raises(ZeroDivisionError):
        Breaks([a], {}).step()
    with pytest.raises(RuntimeError, match="has since written over it"):
        y.backward()


def test_views_and_other_strides_are_updated_in_place():
    memory = gg.ones(3, 4)
    p = memory.T.detach().requires_grad_()
    p.grad = gg.ones(4, 3)
    for make in (SGD, AdamW):
        before = memory.numpy().copy()
        optimizer = make([p], lr=0.5)
        optimizer.step()
        np.testing.assert_array_equal(memory.numpy().T, p.detach().numpy())
        assert (memory.numpy() < before).all()


def test_the_scratch_memory_serves_parameters_of_all_sizes_and_dtypes():
    params = [*leaves((2, 3), (5, 5), (1,), ()), gg.ones(3, dtype=gg.float64, requires_grad=True)]
    together, apart = Adam(params, lr=0.1), [Adam([p], lr=0.1) for p in copy.deepcopy(params)]
    for _ in range(3):
        for p, q in zip(params, apart, strict=True):
            p.grad = gg.ones_like(p) * 0.3
            (mine,) = q.param_groups[0]["params"]
            mine.grad = gg.ones_like(p) * 0.3
            with kernels.use("numpy"):  # a kernel needs no scratch memory
                q.step()
        with kernels.use("numpy"):
            together.step()
    for p, q in zip(params, apart, strict=True):
        assert p.tolist() == q.param_groups[0]["params"][0].tolist()


def test_an_optimizer_of_ones_own():
    class Signs(Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        def update(self, x, g, state, group):
            x -= group["lr"] * np.sign(g)

    (a,) = leaves((2,))
    a.grad = gg.tensor([3.0, -2.0])
    Signs([a], 0.5).step()
    assert a.tolist() == [0.5, 1.5]
    with pytest.raises(NotImplementedError, match="Optimizer has no update"):
        Optimizer([a], {}).step()


# ------------------------------------------------------------------------------------------------ saving and loading

KINDS = [
    (SGD, {"lr": 0.1, "momentum": 0.9}), (Adam, {"lr": 0.1, "amsgrad": True}), (AdamW, {"lr": 0.1}), (SGD, {"lr": 0.1}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "options"), KINDS)
def test_a_run_resumes_where_it_stopped(make, options):
    whole = make(leaves((2, 3), (4,)), **options)
    run(whole, 3)
    saved = copy.deepcopy(whole.state_dict())
    middle = [gg.tensor(v, requires_grad=True) for v in values(whole)]
    run(whole, 4, seed=1)
    rest = make([{"params": middle}], lr=123.0)
    rest.load_state_dict(saved)
    assert rest.param_groups[0]["lr"] == 0.1 and rest.param_groups[0]["params"] == middle
    run(rest, 4, seed=1)
    assert values(rest) == values(whole)


@pytest.mark.parametrize(("make", "options"), KINDS)
def test_state_goes_both_ways_with_pytorch(torch, make, options):
    ours = make(leaves((2, 3), (4,)), **options)
    run(ours, 3)
    theirs = getattr(torch.optim, make.__name__)([torch.tensor(v, requires_grad=True) for v in values(ours)], **options)
    saved = ours.state_dict()
    state = {i: {k: torch.tensor(v.numpy()) if isinstance(v, gg.Tensor) else v for k, v in s.items()} for i, s in saved["state"].items()}
    theirs.load_state_dict({"state": state, "param_groups": saved["param_groups"]})
    back = make([p.detach().clone().requires_grad_() for p in ours.param_groups[0]["params"]], **options)
    back.load_state_dict(theirs.state_dict())
    rng = np.random.default_rng(5)
    for _ in range(3):
        grads = [rng.standard_normal(shape).astype(np.float32) for shape in ((2, 3), (4,))]
        for optimizer, tensor in ((ours, gg.tensor), (theirs, torch.tensor), (back, gg.tensor)):
            for p, g in zip(optimizer.param_groups[0]["params"], grads, strict=True):
                p.grad = tensor(g)
            optimizer.step()
    for a, b, c in zip(*(o.param_groups[0]["params"] for o in (ours, theirs, back)), strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(a.detach().numpy(), c.detach().numpy(), rtol=1e-6)


def test_format():
    a, b, c = leaves((2,), (1,), (3,))
    optimizer = AdamW([{"params": [a, b]}, {"params": [c], "lr": 0.5}])
    run(optimizer, 1)
    saved = optimizer.state_dict()
    assert [group["params"] for group in saved["param_groups"]] == [[0, 1], [2]]
    assert list(saved["state"]) == [0, 1, 2] and list(saved["state"][2]) == ["step", "exp_avg", "exp_avg_sq"]
    assert saved["state"][2]["exp_avg"].shape == (3,) and saved["state"][0]["step"] == 1
    assert optimizer.param_groups[0]["params"] == [a, b]


def test_loading_copies_and_casts():
    source = Adam(leaves((2,)))
    run(source, 1)
    target = Adam([gg.ones(2, dtype=gg.float64, requires_grad=True)])
    target.load_state_dict(source.state_dict())
    held = target.state_dict()["state"][0]["exp_avg"]
    assert held.dtype == gg.float64
    run(target, 1)
    assert source.state_dict()["state"][0]["step"] == 1 and source.state_dict()["state"][0]["exp_avg"].tolist() != held.tolist()


def test_loading_through_json():
    source = Adam(leaves((2,), (1,)), betas=(0.5, 0.6))
    run(source, 2)
    plain = source.state_dict()
    plain["state"] = {i: {k: v.tolist() if isinstance(v, gg.Tensor) else v for k, v in s.items()} for i, s in plain["state"].items()}
    read = json.loads(json.dumps(plain))
    read["state"] = {i: {k: v if k == "step" else np.array(v, np.float32) for k, v in s.items()} for i, s in read["state"].items()}
    target = Adam([p.detach().clone().requires_grad_() for p in source.param_groups[0]["params"]])
    target.load_state_dict(read)
    run(source, 2, seed=3)
    run(target, 2, seed=3)
    assert values(source) == values(target)


def test_loading_what_does_not_fit_changes_nothing():
    source = Adam([{"params": leaves((2,))}, {"params": leaves((3,))}], lr=0.5)
    run(source, 1)
    saved = source.state_dict()
    for groups, text in (
        ([{"params": leaves((2,), (3,))}], r"have \[2\] parameters, the saved ones \[1, 1\]"),
        ([{"params": leaves((2,))}, {"params": leaves((4,))}], r"exp_avg has shape \(3,\), its parameter \(4,\)"),
    ):
        target = Adam(groups, lr=0.1)
        with pytest.raises(ValueError, match=f"Adam.load_state_dict: .*{text}"):
            target.load_state_dict(saved)
        assert not target.state and target.param_groups[0]["lr"] == 0.1
    target = Adam([{"params": leaves((2,))}, {"params": leaves((3,))}], lr=0.1)
    with pytest.raises(ValueError, match="a state for parameter 7, which is in no group"):
        target.load_state_dict({**saved, "state": {7: {}}})
    with pytest.raises(ValueError, match="lr must be at least 0"):
        target.load_state_dict({**saved, "param_groups": [{**group, "lr": -1} for group in saved["param_groups"]]})
    assert not target.state and target.param_groups[0]["lr"] == 0.1


def test_copies_carry_on():
    optimizer = Adam(leaves((2,)), lr=0.1)
    run(optimizer, 2)
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        assert values(other) == values(optimizer) and other.state_dict()["state"][0]["step"] == 2
        run(other, 1)
        assert values(other) != values(optimizer)


def test_repr():
    optimizer = SGD([{"params": leaves((1,))}, {"params": leaves((1,)), "lr": 0.5}], lr=0.1)
    group = "    dampening: 0\n    lr: {}\n    maximize: False\n    momentum: 0\n    nesterov: False\n    weight_decay: 0\n"
    assert repr(optimizer) == f"SGD (\nParameter Group 0\n{group.format(0.1)}\nParameter Group 1\n{group.format(0.5)})"


def test_repr_is_pytorchs_without_its_implementation_switches(torch):
    for make, options in KINDS:
        lines = repr(getattr(torch.optim, make.__name__)([torch.ones(1, requires_grad=True)], **options)).split("\n")
        switches = ("capturable", "differentiable", "foreach", "fused")
        assert repr(make(leaves((1,)), **options)).split("\n") == [line for line in lines if not line.strip().startswith(switches)]
