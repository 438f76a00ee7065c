"""Learning-rate schedules, and schedules made of schedules."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from glassgrad.optim.cycles import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from glassgrad.optim.optimizer import Optimizer
from glassgrad.optim.schedule import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR",
    "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau",
    "SequentialLR", "StepLR",
]  # fmt: skip

_LRScheduler = LRScheduler  # PyTorch's older name


class ReduceLROnPlateau(LRScheduler):
    """`lr *= factor` when the number given to `step` hasn't improved for more than `patience` steps.

    mode: whether "min" or "max" is better. An improvement is one by more than `threshold`, a share of the best so far
    (threshold_mode="rel") or an amount ("abs"). After a cut, `cooldown` steps aren't counted. lr never falls below min_lr (one number,
    or one for each group), nor by less than eps.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        self._attach(optimizer)
        if not factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor must be below 1, got {factor}")
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise ValueError(
                f"ReduceLROnPlateau: mode must be 'min' or 'max', threshold_mode 'rel' or 'abs', got {mode!r} and {threshold_mode!r}"
            )
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lrs = self._each("min_lr", min_lr)
        self.eps = eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        self.last_epoch = 0

    def step(self, metrics: Any = None) -> None:  # type: ignore[override]
        """Take in the number to watch, a loss or a score, and cut the lr if it is time."""
        if metrics is None:
            raise TypeError("ReduceLROnPlateau.step: which number should improve? Write scheduler.step(validation_loss)")
        self.last_epoch += 1
        if self._better(float(metrics)):
            self.best = float(metrics)
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            now = self.get_last_lr()
            lower = [max(lr * self.factor, least) for lr, least in zip(now, self.min_lrs, strict=True)]
            self._set([low if lr - low > self.eps else lr for lr, low in zip(now, lower, strict=True)])
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0

    def _better(self, value: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            return sign * value > sign * self.best * (1 + sign * self.threshold)
        return sign * value > sign * self.best + self.threshold


class SequentialLR(LRScheduler):
    """Several schedules one after another: the next one starts, at its step 0, at each of the steps `milestones`."""

    _unsaved = ("optimizer", "schedulers")

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1) -> None:
        self._attach(optimizer)
        self.schedulers = _of_one(type(self).__name__, schedulers, optimizer)
        turns = len(self.schedulers) - 1
        if len(milestones) != turns:
            raise ValueError(f"SequentialLR: {turns + 1} schedules need {turns} milestones, got {len(milestones)}")
        self.milestones = list(milestones)
        self.last_epoch = last_epoch + 1
        for schedule in self.schedulers:  # making them has set their step 0, of one over the other
            schedule.last_epoch = -1
        self._set([group["initial_lr"] for group in optimizer.param_groups])
        self.schedulers[0].restart()

    def step(self) -> None:
        """Go to the next step of the schedule whose turn it is."""
        self.last_epoch += 1
        at = bisect_right(self.milestones, self.last_epoch)
        if at and self.milestones[at - 1] == self.last_epoch:
            self.schedulers[at].restart()
        else:
            self.schedulers[at].step()

    def restart(self) -> None:
        self.last_epoch = 0
        self.schedulers[0].restart()

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "_schedulers": [schedule.state_dict() for schedule in self.schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_schedulers"})
        for schedule, state in zip(self.schedulers, state_dict["_schedulers"], strict=True):
            schedule.load_state_dict(state)


class ChainedScheduler(SequentialLR):
    """Several schedules at once: each changes the lr that the one before it has left."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if not schedulers:
            raise ValueError("ChainedScheduler: give it at least one schedule")
        self._attach(optimizer or schedulers[0].optimizer)
        self.schedulers = _of_one(type(self).__name__, schedulers, self.optimizer)
        self.last_epoch = 0

    def step(self) -> None:
        """Go to the next step of each."""
        self.last_epoch += 1
        for schedule in self.schedulers:
            schedule.step()

    def restart(self) -> None:
        self.last_epoch = 0
        for schedule in self.schedulers:
            schedule.restart()


def _of_one(who: str, schedulers: Sequence[LRScheduler], optimizer: Optimizer) -> list[LRScheduler]:
    """The schedules as a list, checked to be of one optimizer and of those that `step()` without a number."""
    for i, schedule in enumerate(schedulers):
        if isinstance(schedule, ReduceLROnPlateau):
            raise ValueError(f"{who}: schedule {i} is ReduceLROnPlateau, whose step needs a number: step it apart")
        if schedule.optimizer is not optimizer:
            raise ValueError(f"{who}: schedule {i} belongs to another optimizer")
    return list(schedulers)
