"""Step sizes of their own for each element: Adadelta, Adagrad, RMSprop, Rprop."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from glassgrad.optim.optimizer import How, Optimizer, Params, descent, zeros
from glassgrad.tensor import make


class Adadelta(Optimizer):
    """`x -= lr * d`, with `d = sqrt(u + eps) / sqrt(v + eps) * g`, v and u the running means of g*g and d*d. Zeiler 2012."""

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}, how)

    def check(self, group: dict[str, Any]) -> None:
        super().check(group)
        if not group["rho"] <= 1:
            raise ValueError(f"Adadelta: rho must lie in [0, 1], got {group['rho']}")

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        rho, eps = group["rho"], float(group["eps"])
        g = descent(x, g, group)
        if not state:
            state.update(step=0, square_avg=zeros(x), acc_delta=zeros(x))
        state["step"] += 1
        v, u = state["square_avg"]._array, state["acc_delta"]._array
        v *= rho
        v += (1 - rho) * g * g
        d = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u *= rho
        u += (1 - rho) * d * d
        x -= float(group["lr"]) * d


class Adagrad(Optimizer):
    """`x -= lr / (1 + (t - 1) * lr_decay) * g / (sqrt(v) + eps)`, with v the sum of g*g so far. Duchi et al. 2011.

    A sparse gradient changes its rows alone.
    """

    by_rows = True

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        options = {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps, "maximize": maximize}
        super().__init__(params, {**options, "initial_accumulator_value": initial_accumulator_value}, how)

    def start(self, x: np.ndarray, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "sum": make(np.full_like(x, group["initial_accumulator_value"]), None)}

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g = descent(x, g, group)
        if not state:
            state.update(self.start(x, group))
        state["step"] += 1
        v = state["sum"]._array
        v += g * g
        lr = float(group["lr"]) / (1 + (state["step"] - 1) * float(group["lr_decay"]))
        x -= lr * g / (np.sqrt(v) + float(group["eps"]))


class RMSprop(Optimizer):
    """`x -= lr * g / (sqrt(v) + eps)`, with v the running mean of g*g, or with centered their running variance (Graves 2013).

    Hinton's lecture of 2012. momentum: x goes by a running sum of these steps, `b = momentum * b + g / (sqrt(v) + eps)`.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        options = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        super().__init__(params, {**options, "centered": centered, "maximize": maximize}, how)

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        alpha, momentum = group["alpha"], float(group["momentum"])
        g = descent(x, g, group)
        if not state:
            state.update(step=0, square_avg=zeros(x))
            state.update({"momentum_buffer": zeros(x)} if momentum else {}, **({"grad_avg": zeros(x)} if group["centered"] else {}))
        state["step"] += 1
        v = state["square_avg"]._array
        v *= alpha
        v += (1 - alpha) * g * g
        spread = v
        if group["centered"]:
            mean = state["grad_avg"]._array
            mean += (1 - alpha) * (g - mean)
            spread = v - mean * mean
        d = g / (np.sqrt(spread) + float(group["eps"]))
        if momentum:
            b = state["momentum_buffer"]._array
            b *= momentum
            b += d
            d = b
        x -= float(group["lr"]) * d


class Rprop(Optimizer):
    """Steps by the sign of the gradient only, of sizes that grow by etas[1] while it stays and shrink by etas[0] when it changes.

    Riedmiller, Braun 1993. The sizes start at lr and stay in `step_sizes`; after a change of sign an element rests for one step.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize, "weight_decay": 0}, how)

    def check(self, group: dict[str, Any]) -> None:
        super().check(group)
        if not 0 < group["etas"][0] < 1 < group["etas"][1]:
            raise ValueError(f"Rprop: etas must be a number in (0, 1) and one above 1, got {group['etas']}")

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        shrink, grow = group["etas"]
        g = descent(x, g, group)
        if not state:
            state.update(step=0, prev=zeros(x), step_size=make(np.full_like(x, float(group["lr"])), None))
        state["step"] += 1
        before, size = state["prev"]._array, state["step_size"]._array
        turned = np.sign(g * before)
        size *= np.where(turned > 0, grow, np.where(turned < 0, shrink, 1)).astype(x.dtype)
        np.clip(size, *group["step_sizes"], out=size)
        np.copyto(before, np.where(turned < 0, 0, g))
        x -= np.sign(before) * size
