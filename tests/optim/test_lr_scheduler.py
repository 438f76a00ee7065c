from __future__ import annotations

import copy
import math

import pytest

import glassgrad as gg
from glassgrad.optim import SGD, lr_scheduler


def optimizer():
    a, b = gg.ones(1, requires_grad=True), gg.ones(2, requires_grad=True)
    return SGD([{"params": a}, {"params": b, "lr": 0.5}], lr=0.1)


def trace(scheduler, steps=12):
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
]


@pytest.mark.parametrize(("name", "options"), CASES)
def test_parity(torch, name, options):
    a, b = torch.ones(1, requires_grad=True), torch.ones(2, requires_grad=True)
    other = torch.optim.SGD([{"params": a}, {"params": b, "lr": 0.5}], lr=0.1)
    ours = trace(getattr(lr_scheduler, name)(optimizer(), **options))
    theirs = trace(getattr(torch.optim.lr_scheduler, name)(other, **options))
    for x, y in zip(ours, theirs, strict=True):
        assert x == pytest.approx(y, rel=1e-9, abs=1e-12)


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
    with pytest.raises(NotImplementedError, match="LRScheduler has no get_lr"):
        lr_scheduler.LRScheduler(optimizer())
