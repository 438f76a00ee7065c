from __future__ import annotations

import copy
import math

import pytest

import glassgrad as gg
from glassgrad.optim import SGD, lr_scheduler


def optimizer():
    a, b = gg.ones(1, requires_grad=True), gg.ones(2, requires_grad=True)
    return SGD([{"params": a}, {"params": b, "lr": 0.5}], lr=0.1, momentum=0.9)


def trace(scheduler, steps=22):
    rates = [scheduler.get_last_lr()]
    for _ in range(steps):
        scheduler.optimizer.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr())
    return rates


CASES = [
    ("LambdaLR", {"lr_lambda": lambda step: 1 / (1 + step)}),
    ("LambdaLR", {"lr_lambda": [lambda step: 0.9**step, lambda step: 1.0]}),
    ("StepLR", {"step_size": 3, "gamma": 0.5}),
    ("CosineAnnealingLR", {"T_max": 5, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 20}),
    ("MultiStepLR", {"milestones": [3, 4, 9, 9], "gamma": 0.5}),
    ("MultiplicativeLR", {"lr_lambda": lambda step: 1 - 0.01 * step}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 4}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 30}),
    ("PolynomialLR", {"total_iters": 9, "power": 2.0}),
    ("CosineAnnealingWarmRestarts", {"T_0": 4, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.4, "step_size_up": 3}),
    ("CyclicLR", {"base_lr": [0.1, 0.2], "max_lr": [0.4, 0.5], "step_size_up": 3, "step_size_down": 5, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.4, "step_size_up": 4, "mode": "exp_range", "gamma": 0.9, "cycle_momentum": False}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.4, "step_size_up": 4, "scale_fn": lambda x: 1 / (5 ** (x * 0.1)), "scale_mode": "iterations"}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 23}),
    ("OneCycleLR", {"max_lr": [0.3, 0.4], "epochs": 6, "steps_per_epoch": 4, "three_phase": True, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 30, "pct_start": 0.5, "div_factor": 5, "final_div_factor": 10, "cycle_momentum": False}),
]


def their_optimizer(torch):
    a, b = torch.ones(1, requires_grad=True), torch.ones(2, requires_grad=True)
    return torch.optim.SGD([{"params": a}, {"params": b, "lr": 0.5}], lr=0.1, momentum=0.9)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_parity(torch, name, options):
    other, held = their_optimizer(torch), optimizer()
    mine, theirs = getattr(lr_scheduler, name)(held, **options), getattr(torch.optim.lr_scheduler, name)(other, **options)
    for _ in range(23):
        assert mine.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-9, abs=1e-12)
        momenta = [[group["momentum"] for group in x.param_groups] for x in (held, other)]
        assert momenta[0] == pytest.approx(momenta[1], rel=1e-9)
        for x in (held, other, mine, theirs):
            x.step()


@pytest.mark.parametrize("name", ["CyclicLR", "OneCycleLR"])
def test_beta1_is_cycled_where_there_is_no_momentum(torch, name):
    options = {"CyclicLR": {"base_lr": 0.1, "max_lr": 0.4, "step_size_up": 3}, "OneCycleLR": {"max_lr": 0.3, "total_steps": 12}}[name]
    held, other = (lib.optim.Adam([lib.ones(1, requires_grad=True)], lr=0.1) for lib in (gg, torch))
    mine, theirs = getattr(lr_scheduler, name)(held, **options), getattr(torch.optim.lr_scheduler, name)(other, **options)
    for _ in range(11):
        assert held.param_groups[0]["betas"] == pytest.approx(other.param_groups[0]["betas"])
        for x in (held, other, mine, theirs):
            x.step()


@pytest.mark.parametrize(
    "options",
    [
        {"factor": 0.5, "patience": 1}, {"mode": "max", "factor": 0.5, "patience": 0, "cooldown": 2, "min_lr": 0.02},
        {"patience": 0, "threshold": 0.3, "threshold_mode": "abs", "min_lr": [0.01, 0.2]}, {"mode": "max", "threshold_mode": "abs", "patience": 2},
    ],
)  # fmt: skip
def test_plateau_parity(torch, options):
    held, other = optimizer(), their_optimizer(torch)
    mine, theirs = lr_scheduler.ReduceLROnPlateau(held, **options), torch.optim.lr_scheduler.ReduceLROnPlateau(other, **options)
    for loss in [3.0, 2.0, 2.0, 1.9, 2.5, 2.5, 2.5, 1.5, 1.6, 1.6, 1.6, 1.6, 1.2, 1.3, 1.3, 1.3, 1.3, 1.3, 0.2, 5.0]:
        mine.step(gg.tensor(loss))
        theirs.step(loss)
        assert mine.get_last_lr() == pytest.approx([group["lr"] for group in other.param_groups])
        assert mine.num_bad_epochs == theirs.num_bad_epochs


def in_turn(lib, held):
    s = lib.optim.lr_scheduler
    parts = [s.LinearLR(held, 0.1, total_iters=4), s.ExponentialLR(held, 0.8), s.StepLR(held, 2), s.CosineAnnealingWarmRestarts(held, 3)]
    return s.SequentialLR(held, parts, [4, 8, 13])


def at_once(lib, held):
    s = lib.optim.lr_scheduler
    return s.ChainedScheduler([s.ConstantLR(held, 0.1, 3), s.ExponentialLR(held, 0.9), s.CosineAnnealingLR(held, 30)])


@pytest.mark.parametrize("make", [in_turn, at_once])
def test_schedules_of_schedules(torch, make):
    held, other = optimizer(), their_optimizer(torch)
    mine, theirs = make(gg, held), make(torch, other)
    for step in range(20):
        assert mine.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-9), step
        for x in (held, other, mine, theirs):
            x.step()
        if step == 9:  # goes on from what was saved
            saved = copy.deepcopy((mine.state_dict(), held.state_dict()))
            held = optimizer()
            mine = make(gg, held)
            mine.load_state_dict(saved[0])
            held.load_state_dict(saved[1])


def test_warm_restarts_between_two_steps(torch):
    mine = lr_scheduler.CosineAnnealingWarmRestarts(optimizer(), 3, 2)
    theirs = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(their_optimizer(torch), 3, 2)
    for at in (0.5, 2.75, 3.0, 8.9, 9.0, 20.5):
        mine.step(at)
        theirs.step(at)
        assert mine.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-9)


def test_formulas():
    rates = trace(lr_scheduler.LambdaLR(optimizer(), lambda step: 1 / (1 + step)), 3)
    assert rates == [pytest.approx([0.1 / n, 0.5 / n]) for n in (1, 2, 3, 4)]
    rates = trace(lr_scheduler.StepLR(optimizer(), 2, 0.1), 4)
    assert [r[0] for r in rates] == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001])
    rates = trace(lr_scheduler.CosineAnnealingLR(optimizer(), 4, 0.02), 10)
    for t, rate in enumerate(rates):
        assert rate == pytest.approx([0.02 + (base - 0.02) * (1 + math.cos(math.pi * t / 4)) / 2 for base in (0.1, 0.5)])


def test_schedules_stack():
    held = optimizer()
    both = [lr_scheduler.StepLR(held, 1, 0.5), lr_scheduler.CosineAnnealingLR(held, 4)]
    for _ in range(2):
        for schedule in both:
            schedule.step()
    assert both[0].get_last_lr() == pytest.approx([0.1 * 0.25 * 0.5, 0.5 * 0.25 * 0.5])


def test_resume():
    whole = lr_scheduler.CosineAnnealingLR(optimizer(), 10)
    first = trace(whole, 4)
    saved = copy.deepcopy((whole.state_dict(), whole.optimizer.state_dict()))
    rest = lr_scheduler.CosineAnnealingLR(optimizer(), 3)
    rest.load_state_dict(saved[0])
    rest.optimizer.load_state_dict(saved[1])
    assert rest.T_max == 10 and rest.last_epoch == 4 and "optimizer" not in saved[0]
    assert rest.get_last_lr() == first[-1] and trace(rest, 5) == trace(whole, 5)
    again = optimizer()
    again.load_state_dict(saved[1])
    at = lr_scheduler.LambdaLR(again, lambda step: step, last_epoch=3)
    assert at.last_epoch == 4 and at.get_last_lr() == pytest.approx([0.4, 2.0])
    with pytest.raises(KeyError, match="needs 'initial_lr'"):
        lr_scheduler.StepLR(optimizer(), 1, last_epoch=3)


def test_errors():
    with pytest.raises(TypeError, match="StepLR: expected an optimizer, got int"):
        lr_scheduler.StepLR(3, 1)
    with pytest.raises(ValueError, match="3 functions for 2 parameter groups"):
        lr_scheduler.LambdaLR(optimizer(), [math.sqrt] * 3)
    with pytest.raises(ValueError, match="step_size must be at least 1"):
        lr_scheduler.StepLR(optimizer(), 0)
    with pytest.raises(ValueError, match="T_max must be at least 1"):
        lr_scheduler.CosineAnnealingLR(optimizer(), 0)
    one_cycle = lr_scheduler.OneCycleLR(optimizer(), 0.1, 3)
    with pytest.raises(ValueError, match="step 4, but the cycle has 3"):
        trace(one_cycle, 4)
    with pytest.raises(ValueError, match="Adagrad has no momentum to cycle: write cycle_momentum=False"):
        lr_scheduler.CyclicLR(gg.optim.Adagrad([gg.ones(1, requires_grad=True)]), 0.1, 0.2)
    with pytest.raises(TypeError, match=r"Write scheduler\.step\(validation_loss\)"):
        lr_scheduler.ReduceLROnPlateau(optimizer()).step()
    with pytest.raises(ValueError, match="3 schedules need 2 milestones, got 1"):
        held = optimizer()
        lr_scheduler.SequentialLR(held, [lr_scheduler.StepLR(held, 1) for _ in range(3)], [2])
    with pytest.raises(ValueError, match="schedule 0 belongs to another optimizer"):
        lr_scheduler.SequentialLR(optimizer(), [lr_scheduler.StepLR(optimizer(), 1)], [])
    with pytest.raises(ValueError, match="schedule 0 is ReduceLROnPlateau"):
        lr_scheduler.ChainedScheduler([lr_scheduler.ReduceLROnPlateau(optimizer())])
    with pytest.raises(NotImplementedError, match="LRScheduler has no get_lr"):
        lr_scheduler.LRScheduler(optimizer())
