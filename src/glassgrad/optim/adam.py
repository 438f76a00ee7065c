"""Adam and its kin: AdamW, SparseAdam, Adamax, NAdam, RAdam."""

from __future__ import annotations

import math
from typing import Any, Unpack

import numpy as np

from glassgrad import kernels
from glassgrad.optim.optimizer import How, Optimizer, Params, descent, zeros
from glassgrad.tensor import Tensor


class Adam(Optimizer):
    """`x -= lr * m / (sqrt(v) + eps)`, with m and v the running means of g and g*g. Kingma, Ba 2015.

    `m += (1 - beta1) * (g - m)` and `v = beta2 * v + (1 - beta2) * g * g` start at 0; dividing them by `1 - beta**t` makes up for that.
    weight_decay adds `weight_decay * x` to g, or with decoupled_weight_decay does as AdamW; amsgrad takes the largest v so far
    (Reddi et al. 2018); maximize climbs.
    """

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
        decoupled_weight_decay: bool = False,
        **how: Unpack[How],
    ) -> None:
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize}
        super().__init__(params, {**options, "decoupled_weight_decay": decoupled_weight_decay}, how)

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, eps, (beta1, beta2) = float(group["lr"]), float(group["eps"]), group["betas"]
        s = self.room(x)
        g, t, m, v = _moments(x, g, state, group, s)
        if group["amsgrad"]:
            if "max_exp_avg_sq" not in state:
                state["max_exp_avg_sq"] = zeros(x)
            v = np.maximum(state["max_exp_avg_sq"]._array, v, out=state["max_exp_avg_sq"]._array)

        # Both corrections folded into the two constants, which spares a pass over the array:
        # (m / c1) / (sqrt(v / c2) + eps) = m / (sqrt(v) + eps * sqrt(c2)) * sqrt(c2) / c1
        c1, root = 1 - beta1**t, math.sqrt(1 - beta2**t)
        np.sqrt(v, out=s)
        s += eps * root
        np.divide(m, s, out=s)
        s *= lr * root / c1
        x -= s

    def update_all(self, params: list[Tensor], xs: list[np.ndarray], gs: list[np.ndarray], group: dict[str, Any]) -> bool:
        """The same by one kernel, once all have a state."""
        if type(self).update is not Adam.update:
            return False
        states = [self.state[p] for p in params]
        try:
            ms = [state["exp_avg"]._array for state in states]
            vs = [state["exp_avg_sq"]._array for state in states]
            most = [state["max_exp_avg_sq"]._array for state in states] if group["amsgrad"] else None
        except KeyError:
            return False
        steps, (beta1, beta2) = [state["step"] + 1 for state in states], group["betas"]
        taken = kernels.adam(
            xs, gs, ms, vs, most, steps, float(group["lr"]), float(beta1), float(beta2), float(group["eps"]), float(group["weight_decay"]),
            bool(group["decoupled_weight_decay"]), bool(group["maximize"]),
        )  # fmt: skip
        if taken:
            for state, step in zip(states, steps, strict=True):
                state["step"] = step
        return taken


def _moments(x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any], s: np.ndarray) -> Any:
    """Decay x or the gradient, and take the gradient into the running means of g and g*g: (g, step, m, v)."""
    beta1, beta2 = group["betas"]
    if not state:
        state.update(step=0, exp_avg=zeros(x), exp_avg_sq=zeros(x))
    state["step"] += 1
    m, v = state["exp_avg"]._array, state["exp_avg_sq"]._array
    apart = group["decoupled_weight_decay"]
    g = descent(x, g, group, decay=not apart)
    if apart and group["weight_decay"]:
        x *= 1 - float(group["lr"]) * float(group["weight_decay"])
    np.subtract(g, m, out=s)
    s *= 1 - beta1
    m += s
    np.multiply(g, g, out=s)
    s *= 1 - beta2
    v *= beta2
    v += s
    return g, state["step"], m, v


class AdamW(Adam):
    """Adam with `x *= 1 - lr * weight_decay` apart from the gradient, so that v doesn't see it. Loshchilov, Hutter 2019."""

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
        **how: Unpack[How],
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True, **how)


class SparseAdam(Optimizer):
    """Adam for sparse gradients, of embeddings with sparse=True: rows without a gradient, and their m and v, wait as they are.

    `x -= lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m / (sqrt(v) + eps)`, with t the steps of the whole parameter. maximize climbs.
    """

    by_rows = True

    def __init__(
        self, params: Params, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8, maximize: bool = False
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def start(self, x: np.ndarray, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "exp_avg": zeros(x), "exp_avg_sq": zeros(x)}

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        g, (beta1, beta2) = -g if group["maximize"] else g, group["betas"]
        state["step"] += 1
        m, v, t = state["exp_avg"]._array, state["exp_avg_sq"]._array, state["step"]
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g * g - v)
        x -= float(group["lr"]) * math.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + float(group["eps"]))

    def update_all(self, params: list[Tensor], xs: list[np.ndarray], gs: list[np.ndarray], group: dict[str, Any]) -> bool:
        raise RuntimeError(
            f"SparseAdam: the gradient of a parameter of shape {xs[0].shape} is dense: write optim.Adam, or sparse=True in the embedding"
        )


class Adamax(Optimizer):
    """Adam with the largest gradient in place of their root mean square: `u = max(beta2 * u, |g| + eps)`. Kingma, Ba 2015.

    `x -= lr / (1 - beta1**t) * m / u`.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}, how)

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        beta1, beta2 = group["betas"]
        g = descent(x, g, group)
        if not state:
            state.update(step=0, exp_avg=zeros(x), exp_inf=zeros(x))
        state["step"] += 1
        m, u = state["exp_avg"]._array, state["exp_inf"]._array
        m += (1 - beta1) * (g - m)
        np.maximum(beta2 * u, np.abs(g) + float(group["eps"]), out=u)
        x -= float(group["lr"]) / (1 - beta1 ** state["step"]) * m / u


class NAdam(Optimizer):
    """Adam with Nesterov's momentum: the step mixes g itself with m, by weights mu that grow towards beta1. Dozat 2016.

    `mu = beta1 * (1 - 0.96**(t * momentum_decay) / 2)`; the products of all mu so far make up for the start at 0.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay}
        super().__init__(params, {**options, "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize}, how)

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (beta1, beta2) = float(group["lr"]), group["betas"]
        product = state.get("mu_product", 1.0)
        g, t, m, v = _moments(x, g, state, group, self.room(x))
        mu, following = (beta1 * (1 - 0.5 * 0.96 ** (at * group["momentum_decay"])) for at in (t, t + 1))
        state["mu_product"] = product = product * mu
        root = np.sqrt(v / (1 - beta2**t)) + float(group["eps"])
        x -= lr * (1 - mu) / (1 - product) * (g / root)
        x -= lr * following / (1 - product * following) * (m / root)


class RAdam(Optimizer):
    """Adam that waits until there are gradients enough to trust v: plain momentum first, then a rectified step. Liu et al. 2020."""

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**options, "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize}, how)

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        beta1, beta2 = group["betas"]
        _, t, m, v = _moments(x, g, state, group, self.room(x))
        c1, c2 = 1 - beta1**t, 1 - beta2**t
        most = 2 / (1 - beta2) - 1  # the length of the average that v tends to, and its length now
        length = most - 2 * t * beta2**t / c2
        step = float(group["lr"]) / c1 * m
        if length > 5:
            rectified = math.sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length))
            step = step * rectified * (math.sqrt(c2) / (np.sqrt(v) + float(group["eps"])))
        x -= step
