"""Learning-rate schedules that follow a formula: each changes the `lr` of an optimizer's groups when its `step()` is called."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from glassgrad.optim.optimizer import Optimizer


class LRScheduler:
    """The base: `get_lr` gives the lr of each group at step `last_epoch`, from `base_lrs` and the lr they have now.

    Making one sets step 0. last_epoch > -1 resumes: the groups must then have the `initial_lr` of the first run.
    """

    _unsaved: tuple[str, ...] = ("optimizer",)

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self._attach(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"{type(self).__name__}: to resume at {last_epoch}, group {i} needs 'initial_lr': load the optimizer's state first"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.step()

    def _attach(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(self).__name__}: expected an optimizer, got {type(optimizer).__name__}")
        self.optimizer = optimizer

    def get_lr(self) -> list[float]:
        """The lr of each group at step `last_epoch`."""
        raise NotImplementedError(f"{type(self).__name__} has no get_lr")

    def step(self) -> None:
        """Go to the next step: to be called after the optimizer's."""
        self.last_epoch += 1
        self._set(self.get_lr())

    def restart(self) -> None:
        """Go to step 0, whatever lr the groups have now."""
        self.last_epoch = 0
        for group, lr in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = lr
        self._set(self.get_lr())

    def _set(self, rates: Sequence[float]) -> None:
        for group, lr in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = lr

    def get_last_lr(self) -> list[float]:
        """The lr that each group has now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """All but the optimizer and functions."""
        return {name: value for name, value in self.__dict__.items() if name not in self._unsaved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go to where a saved schedule was; load the optimizer's state too, which holds the lr."""
        self.__dict__.update({name: value for name, value in state_dict.items() if name not in self._unsaved})

    def _each(self, name: str, given: Any) -> list[Any]:
        """One value, or one for each group, as a list."""
        groups = len(self.optimizer.param_groups)
        found = list(given) if isinstance(given, (list, tuple)) else [given] * groups
        if len(found) != groups:
            raise ValueError(f"{type(self).__name__}: {len(found)} {name} for {groups} parameter groups: give one, or one for each")
        return found


class LambdaLR(LRScheduler):
    """`lr = initial_lr * lr_lambda(step)`; one function, or one for each group."""

    _unsaved = ("optimizer", "lr_lambdas")

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]], last_epoch: int = -1
    ) -> None:
        self._attach(optimizer)
        self.lr_lambdas = self._each("functions", lr_lambda)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * factor(self.last_epoch) for base, factor in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(LambdaLR):
    """`lr *= lr_lambda(step)`, from step 1 on; one function, or one for each group."""

    def get_lr(self) -> list[float]:
        if self.last_epoch <= 0:
            return self.get_last_lr()
        return [lr * factor(self.last_epoch) for lr, factor in zip(self.get_last_lr(), self.lr_lambdas, strict=True)]


class _Factor(LRScheduler):
    """`lr = initial_lr * factor(step)`, by multiplying the lr of the step before, so that it works on top of other schedules."""

    def factor(self, step: int) -> float:
        raise NotImplementedError

    def get_lr(self) -> list[float]:
        now = self.factor(self.last_epoch)
        before = self.factor(self.last_epoch - 1) if self.last_epoch > 0 else 1.0
        if now == before or not before:
            return self.get_last_lr()
        return [lr * (now / before) for lr in self.get_last_lr()]


def _positive(who: str, **numbers: int) -> None:
    for name, n in numbers.items():
        if n < 1:
            raise ValueError(f"{who}: {name} must be at least 1, got {n}")


class StepLR(_Factor):
    """`lr *= gamma` every `step_size` steps."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self._attach(optimizer)
        _positive("StepLR", step_size=step_size)
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def factor(self, step: int) -> float:
        return self.gamma ** (step // self.step_size)


class MultiStepLR(_Factor):
    """`lr *= gamma` at each of the steps `milestones`."""

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.milestones = sorted(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def factor(self, step: int) -> float:
        return self.gamma ** sum(at <= step for at in self.milestones)


class ExponentialLR(_Factor):
    """`lr *= gamma` at each step."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def factor(self, step: int) -> float:
        return self.gamma**step


class ConstantLR(_Factor):
    """`initial_lr * factor` up to step `total_iters`, then initial_lr."""

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0 <= factor <= 1:
            raise ValueError(f"ConstantLR: factor must lie in [0, 1], got {factor}")
        self.share = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def factor(self, step: int) -> float:
        return self.share if step < self.total_iters else 1.0


class LinearLR(_Factor):
    """initial_lr times a factor that goes from `start_factor` to `end_factor` in a straight line, in `total_iters` steps."""

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 < start_factor <= 1 or not 0 <= end_factor <= 1:
            raise ValueError(f"LinearLR: start_factor must lie in (0, 1] and end_factor in [0, 1], got {start_factor} and {end_factor}")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def factor(self, step: int) -> float:
        share = min(step / self.total_iters, 1.0) if self.total_iters else 1.0
        return self.start_factor + (self.end_factor - self.start_factor) * share


class PolynomialLR(_Factor):
    """`initial_lr * (1 - step / total_iters)**power`, 0 from step `total_iters` on."""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        _positive("PolynomialLR", total_iters=total_iters)
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def factor(self, step: int) -> float:
        return (1 - min(step, self.total_iters) / self.total_iters) ** self.power


class CosineAnnealingLR(LRScheduler):
    """`lr = eta_min + (initial_lr - eta_min) * (1 + cos(pi * step / T_max)) / 2`. Loshchilov, Hutter 2017.

    Computed from the lr of the step before, so that it works on top of other schedules; past T_max it rises again.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self._attach(optimizer)
        _positive("CosineAnnealingLR", T_max=T_max)
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        t = self.last_epoch
        if t == 0:
            return self.get_last_lr()
        now, before = self._height(t), self._height(t - 1)
        if before < 1e-12:  # at the bottom the lr no longer says where it came from
            return [self.eta_min + (base - self.eta_min) * now for base in self.base_lrs]
        return [self.eta_min + (lr - self.eta_min) * now / before for lr in self.get_last_lr()]

    def _height(self, t: int) -> float:
        return (1 + math.cos(math.pi * t / self.T_max)) / 2
