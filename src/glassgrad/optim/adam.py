"""Adam and AdamW."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassgrad.optim.optimizer import Optimizer, Params
from glassgrad.tensor import make


class Adam(Optimizer):
    """`x -= lr * m / (sqrt(v) + eps)`, with m and v the running means of g and g*g. Kingma, Ba 2015.

    `m += (1 - beta1) * (g - m)` and `v = beta2 * v + (1 - beta2) * g * g` start at 0; dividing them by `1 - beta**t` makes up for that.
    weight_decay adds `weight_decay * x` to g; amsgrad takes the largest v so far (Reddi et al. 2018); maximize climbs.
    foreach and fused are accepted, and change nothing.
    """

    decoupled = False

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize}
        super().__init__(params, options)

    def check(self, group: dict[str, Any]) -> None:
        super().check(group)
        betas = group["betas"]
        if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"{type(self).__name__}: betas must be two numbers in [0, 1), got {betas}")

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, eps, decay = float(group["lr"]), float(group["eps"]), float(group["weight_decay"])
        beta1, beta2 = group["betas"]
        if not state:
            state.update(step=0, exp_avg=make(np.zeros_like(x), None), exp_avg_sq=make(np.zeros_like(x), None))
        state["step"] += 1
        m, v, t = state["exp_avg"]._array, state["exp_avg_sq"]._array, state["step"]
        if group["maximize"]:
            g = -g
        if decay and self.decoupled:
            x *= 1 - lr * decay
        elif decay:
            g = g + decay * x

        s = self.room(x)
        np.subtract(g, m, out=s)
        s *= 1 - beta1
        m += s
        np.multiply(g, g, out=s)
        s *= 1 - beta2
        v *= beta2
        v += s
        if group["amsgrad"]:
            if "max_exp_avg_sq" not in state:
                state["max_exp_avg_sq"] = make(np.zeros_like(x), None)
            v = np.maximum(state["max_exp_avg_sq"]._array, v, out=state["max_exp_avg_sq"]._array)

        # Both corrections folded into the two constants, which spares a pass over the array:
        # (m / c1) / (sqrt(v / c2) + eps) = m / (sqrt(v) + eps * sqrt(c2)) * sqrt(c2) / c1
        c1, root = 1 - beta1**t, math.sqrt(1 - beta2**t)
        np.sqrt(v, out=s)
        s += eps * root
        np.divide(m, s, out=s)
        s *= lr * root / c1
        x -= s


class AdamW(Adam):
    """Adam with `x *= 1 - lr * weight_decay` apart from the gradient, so that v doesn't see it. Loshchilov, Hutter 2019."""

    decoupled = True

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
