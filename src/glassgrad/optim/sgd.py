"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from glassgrad import kernels
from glassgrad.optim.optimizer import How, Optimizer, Params
from glassgrad.tensor import Tensor, make


class SGD(Optimizer):
    """`x -= lr * d`, where d is the gradient plus `weight_decay * x`, or with momentum (Polyak 1964) a running sum of these.

    The sum is `b = momentum * b + (1 - dampening) * d`, started at the first d. d becomes b, or with
    nesterov `d + momentum * b` (Sutskever et al. 2013). maximize climbs instead. A sparse gradient changes its rows alone, but
    all rows with momentum.
    """

    by_rows = True

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        **how: Unpack[How],
    ) -> None:
        options = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, {**options, "nesterov": nesterov, "maximize": maximize}, how)

    def check(self, group: dict[str, Any]) -> None:
        super().check(group)
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError(
                f"SGD: nesterov needs momentum > 0 and dampening 0, got momentum {group['momentum']}, dampening {group['dampening']}"
            )

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, momentum, decay = float(group["lr"]), float(group["momentum"]), float(group["weight_decay"])
        s = self.room(x)
        d = -g if group["maximize"] else g
        if decay:
            np.multiply(x, decay, out=s)
            d = np.add(s, d, out=s)
        if momentum:
            if state.get("momentum_buffer") is None:  # PyTorch saves None for none
                state["momentum_buffer"] = make(np.array(d), None)
                b = state["momentum_buffer"]._array
            else:
                b = state["momentum_buffer"]._array
                b *= momentum
                b += d * (1 - group["dampening"]) if group["dampening"] else d
            d = d + momentum * b if group["nesterov"] else b
        x -= np.multiply(d, lr, out=s)

    def update_rows(self, x: np.ndarray, rows: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        if group["momentum"]:  # each row goes on by its running sum
            wide = np.zeros_like(x)
            wide[rows] = g
            self.update(x, wide, state, group)
        elif not kernels.add_rows(x, rows, g, float(group["lr"]) * (1 if group["maximize"] else -1)):
            super().update_rows(x, rows, g, state, group)

    def update_all(self, params: list[Tensor], xs: list[np.ndarray], gs: list[np.ndarray], group: dict[str, Any]) -> bool:
        """The same by one kernel, once all have a running sum."""
        if type(self).update is not SGD.update:
            return False
        momentum, bs = float(group["momentum"]), None
        if momentum:
            try:
                bs = [self.state[p]["momentum_buffer"]._array for p in params]
            except (KeyError, AttributeError):  # not there, or None
                return False
        return kernels.sgd(
            xs, gs, bs, float(group["lr"]), momentum, float(group["dampening"]), float(group["weight_decay"]),
            bool(group["nesterov"]), bool(group["maximize"]),
        )  # fmt: skip
