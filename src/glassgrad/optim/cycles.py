"""Schedules that go up and down: warm restarts, cycles, one cycle for a whole run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from glassgrad.optim.optimizer import Optimizer
from glassgrad.optim.schedule import LRScheduler

Rates = float | Sequence[float]


class CosineAnnealingWarmRestarts(LRScheduler):
    """`lr = eta_min + (initial_lr - eta_min) * (1 + cos(pi * t / T)) / 2`, with t the steps since the last restart.

    The first restart comes after T = T_0 steps, and T grows by the factor T_mult each time. Loshchilov, Hutter 2017.
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        for name, n in (("T_0", T_0), ("T_mult", T_mult)):
            if n < 1 or not isinstance(n, int):
                raise ValueError(f"CosineAnnealingWarmRestarts: {name} must be an integer of at least 1, got {n}")
        self.T_0 = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.at: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def step(self, epoch: float | None = None) -> None:
        """Go to the next step, or to `epoch`, which may lie between two."""
        if epoch is not None and epoch < 0:
            raise ValueError(f"CosineAnnealingWarmRestarts: epoch must be at least 0, got {epoch}")
        self.at = self.at + 1 if epoch is None else epoch
        self.last_epoch = math.floor(self.at)
        self._set(self.get_lr())

    def restart(self) -> None:
        self.step(0)

    def get_lr(self) -> list[float]:
        t, length = self.at, self.T_0
        if self.T_mult == 1:
            t %= length
        while t >= length:
            t, length = t - length, length * self.T_mult
        height = (1 + math.cos(math.pi * t / length)) / 2
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]


class _Cycled(LRScheduler):
    """Cycles the momentum (beta1 of betas) against the lr, where the optimizer has one."""

    _unsaved = ("optimizer", "scale_fn")

    def _cycle_momentum(self, base: Rates, most: Rates) -> None:
        for group, low, high in zip(self.optimizer.param_groups, self._each("momenta", base), self._each("momenta", most), strict=True):
            if "momentum" not in group and "betas" not in group:
                who = type(self).__name__
                raise ValueError(f"{who}: {type(self.optimizer).__name__} has no momentum to cycle: write cycle_momentum=False")
            group["base_momentum"], group["max_momentum"] = low, high
            _set_momentum(group, high)


def _set_momentum(group: dict[str, Any], value: float) -> None:
    if "betas" in group:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


class CyclicLR(_Cycled):
    """The lr goes from base_lr to max_lr in `step_size_up` steps and back in `step_size_down`, again and again. Smith 2017.

    mode: "triangular"; "triangular2" halves the height each cycle; "exp_range" multiplies it by `gamma**step`. scale_fn replaces
    them: it gives the height by the number of the cycle, or with scale_mode="iterations" of the step.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Rates,
        max_lr: Rates,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: Rates = 0.8,
        max_momentum: Rates = 0.9,
        last_epoch: int = -1,
    ) -> None:
        self._attach(optimizer)
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ValueError(f"CyclicLR: mode must be 'triangular', 'triangular2' or 'exp_range', got {mode!r}")
        base_lrs, self.max_lrs = self._each("base_lr", base_lr), self._each("max_lr", max_lr)
        self.up = float(step_size_up)
        self.down = self.up if step_size_down is None else float(step_size_down)
        self.mode = mode
        self.gamma = gamma
        self.scale_fn = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if last_epoch == -1:
            self._set(base_lrs)
            if cycle_momentum:
                self._cycle_momentum(base_momentum, max_momentum)
        self.cycle_lrs = base_lrs
        super().__init__(optimizer, last_epoch)

    def _scale(self, cycle: int) -> float:
        n = cycle if self.scale_mode == "cycle" else self.last_epoch
        if self.scale_fn is not None:
            return self.scale_fn(n)
        return {"triangular": 1.0, "triangular2": 0.5 ** (n - 1) if cycle == n else 1.0, "exp_range": self.gamma**n}[self.mode]

    def get_lr(self) -> list[float]:
        cycles, at = divmod(self.last_epoch, self.up + self.down)
        height = at / self.up if at <= self.up else (self.up + self.down - at) / self.down
        height *= self._scale(int(cycles) + 1)
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                _set_momentum(group, group["max_momentum"] - (group["max_momentum"] - group["base_momentum"]) * height)
        return [low + (high - low) * height for low, high in zip(self.cycle_lrs, self.max_lrs, strict=True)]


class OneCycleLR(_Cycled):
    """From `max_lr / div_factor` up to max_lr in the first `pct_start` of the steps, then down to that / final_div_factor.

    Smith, Topin 2018. Give total_steps, or epochs and steps_per_epoch. three_phase: down first as it went up, then to the end value.
    anneal_strategy: "cos" or "linear". The momentum goes the other way.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Rates,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Rates = 0.85,
        max_momentum: Rates = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self._attach(optimizer)
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            raise ValueError("OneCycleLR: give total_steps, or both epochs and steps_per_epoch")
        self.total_steps = total_steps if total_steps is not None else epochs * steps_per_epoch  # type: ignore[operator]
        if self.total_steps < 1 or not 0 <= pct_start <= 1:
            raise ValueError(f"OneCycleLR: needs at least 1 step and pct_start in [0, 1], got {self.total_steps} and {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"OneCycleLR: anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}")
        self.anneal_strategy = anneal_strategy
        self.cycle_momentum = cycle_momentum
        end = self.total_steps - 1.0
        top = pct_start * self.total_steps - 1.0
        self.phases: list[tuple[float, str, str, str, str]] = [(top, "initial_lr", "max_lr", "max_momentum", "base_momentum")]
        if three_phase:
            self.phases.append((2 * top, "max_lr", "initial_lr", "base_momentum", "max_momentum"))
            self.phases.append((end, "initial_lr", "min_lr", "max_momentum", "max_momentum"))
        else:
            self.phases.append((end, "max_lr", "min_lr", "base_momentum", "max_momentum"))
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, self._each("max_lr", max_lr), strict=True):
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = high / div_factor / final_div_factor
            if cycle_momentum:
                self._cycle_momentum(base_momentum, max_momentum)
        super().__init__(optimizer, last_epoch)

    def _between(self, start: float, end: float, share: float) -> float:
        if self.anneal_strategy == "linear":
            return start + (end - start) * share
        return end + (start - end) / 2 * (math.cos(math.pi * share) + 1)

    def get_lr(self) -> list[float]:
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(f"OneCycleLR: step {t}, but the cycle has {self.total_steps}: give it the number of steps of the whole run")
        start = 0.0
        for phase in self.phases:
            end = phase[0]
            if t <= end or phase is self.phases[-1]:
                break
            start = end
        share = (t - start) / (end - start) if end != start else 1.0
        _, lr0, lr1, momentum0, momentum1 = phase
        for group in self.optimizer.param_groups:
            if self.cycle_momentum:
                _set_momentum(group, self._between(group[momentum0], group[momentum1], share))
        return [self._between(group[lr0], group[lr1], share) for group in self.optimizer.param_groups]
