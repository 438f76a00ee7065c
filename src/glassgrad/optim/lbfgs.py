"""L-BFGS: a quasi-Newton method, for all parameters as one vector."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from glassgrad._mode import enable_grad
from glassgrad.optim.optimizer import Optimizer, Params
from glassgrad.writes import written


class LBFGS(Optimizer):
    """Newton's method with the inverse Hessian guessed from the last `history_size` steps. Liu, Nocedal 1989.

    `step(closure)` needs a closure that zeroes the gradients, computes the loss, calls backward and returns the loss; it is called
    up to `max_eval` times. line_search_fn: None goes by `lr`, "strong_wolfe" searches along each direction. One parameter group.
    A step ends when no gradient is larger than tolerance_grad, or x or the loss changes by less than tolerance_change.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if line_search_fn not in (None, "strong_wolfe"):
            raise ValueError(f"LBFGS: line_search_fn must be None or 'strong_wolfe', got {line_search_fn!r}")
        options = {"lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval}
        options |= {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size}
        super().__init__(params, {**options, "line_search_fn": line_search_fn})
        if len(self.param_groups) > 1:
            raise ValueError(f"LBFGS: one parameter group only, got {len(self.param_groups)}: it moves all parameters as one vector")

    # ------------------------------------------------------------------------------------------ parameters as a vector

    def _gradient(self) -> np.ndarray:
        each = [np.zeros_like(p._array) if p.grad is None else p.grad.to_dense()._array for p in self._params()]
        return np.concatenate([g.reshape(-1) for g in each])

    def _position(self) -> np.ndarray:
        return np.concatenate([p._array.reshape(-1) for p in self._params()])

    def _go_to(self, x: np.ndarray) -> None:
        at = 0
        for p in self._params():
            np.copyto(p._array, x[at : at + p.numel()].reshape(p.shape))
            at += p.numel()
        written(*(p._array for p in self._params()))

    # ------------------------------------------------------------------------------------------ the step

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Go up to `max_iter` steps; returns the loss before the first."""
        if closure is None:
            raise TypeError("LBFGS.step: it computes the loss several times, so it needs a closure: write optimizer.step(closure)")
        group = self.param_groups[0]
        state = self.state[self._params()[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        def evaluate() -> tuple[Any, float, np.ndarray]:
            with enable_grad():
                loss = closure()
            state["func_evals"] += 1
            return loss, float(loss), self._gradient()

        first_loss, f, g = evaluate()
        start = state["func_evals"] - 1
        if np.abs(g).max(initial=0) <= group["tolerance_grad"]:
            return first_loss
        for n in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            d = self._direction(g, state, group)
            lr = float(group["lr"])
            t = min(1.0, 1 / float(np.abs(g).sum())) * lr if state["n_iter"] == 1 else lr
            state.update(prev_flat_grad=g, prev_loss=f, d=d)
            slope = float(g @ d)
            if slope > -group["tolerance_change"]:
                state["t"] = t
                break
            before, x = f, self._position()
            if group["line_search_fn"]:

                def at(t: float, x: np.ndarray = x, d: np.ndarray = d) -> _Point:
                    self._go_to(x + (t * d).astype(x.dtype))
                    _, f, g = evaluate()
                    return _Point(t, f, g, float(g @ d))

                found = _strong_wolfe(at, t, _Point(0.0, f, g, slope), float(np.abs(d).max()), group["tolerance_change"])
                t, f, g = found.t, found.f, found.g
                self._go_to(x + (t * d).astype(x.dtype))
            else:
                self._go_to(x + (t * d).astype(x.dtype))
                if n < group["max_iter"]:
                    _, f, g = evaluate()
            state["t"] = t
            done = np.abs(g).max() <= group["tolerance_grad"] or np.abs(d * t).max() <= group["tolerance_change"]
            if done or abs(f - before) < group["tolerance_change"] or state["func_evals"] - start >= group["max_eval"]:
                break
        return first_loss

    def _direction(self, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> np.ndarray:
        """Minus the guessed inverse Hessian times g, after the last step has been taken into the guess."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], H_diag=1.0)
            return -g
        ys, ss = state["old_dirs"], state["old_stps"]  # the changes of the gradient, and of x
        y, s = g - state["prev_flat_grad"], state["d"] * state["t"]
        curvature = float(y @ s)
        if curvature > 1e-10:
            if len(ys) == group["history_size"]:
                ys.pop(0)
                ss.pop(0)
            ys.append(y)
            ss.append(s)
            state["H_diag"] = curvature / float(y @ y)
        rho = [1 / float(y @ s) for y, s in zip(ys, ss, strict=True)]
        q, weights = -g, []
        for y, s, r in zip(reversed(ys), reversed(ss), reversed(rho), strict=True):
            weights.append(float(s @ q) * r)
            q = q - weights[-1] * y
        d = q * state["H_diag"]
        for y, s, r, weight in zip(ys, ss, rho, reversed(weights), strict=True):
            d = d + s * (weight - float(y @ d) * r)
        return d

    def _loaded(self, who: str, name: str, value: Any, p: Any) -> Any:
        return copy.deepcopy(value)  # vectors of all parameters, not of p's shape


# ---------------------------------------------------------------------------------------------- the line search


class _Point(NamedTuple):
    """A place on the line: how far along, the loss there, its gradient, and the slope of the loss along the line."""

    t: float
    f: float
    g: np.ndarray
    slope: float


def _lowest(a: _Point, b: _Point, low: float, high: float) -> float:
    """Where in [low, high] the cubic through two points, with their slopes, is lowest."""
    a, b = (a, b) if a.t <= b.t else (b, a)
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2
    d2 = math.sqrt(square)
    return min(max(b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)), low), high)


def _strong_wolfe(at: Callable[[float], _Point], t: float, start: _Point, width: float, tolerance: float, most: int = 25) -> _Point:
    """A point where the loss has fallen enough and its slope has flattened enough. Nocedal, Wright 2006, algorithms 3.5 and 3.6."""

    def too_high(p: _Point) -> bool:
        return p.f > start.f + 1e-4 * p.t * start.slope

    def flat(p: _Point) -> bool:
        return abs(p.slope) <= -0.9 * start.slope

    before, now = start, at(t)
    for n in range(most):  # go on until the minimum has been passed
        if too_high(now) or (n > 1 and now.f >= before.f):
            break
        if flat(now):
            return now
        if now.slope >= 0:
            break
        t = _lowest(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10)
        before, now = now, at(t)
    else:
        return min(start, now, key=lambda p: p.f)

    low, high = sorted((before, now), key=lambda p: p.f)
    stuck = False
    for _ in range(n, most):  # close in on it
        if abs(high.t - low.t) * width < tolerance:
            break
        left, right = sorted((low.t, high.t))
        t = _lowest(low, high, left, right)
        edge = 0.1 * (right - left)
        near = min(right - t, t - left) < edge
        if near and (stuck or t >= right or t <= left):
            t = right - edge if abs(t - right) < abs(t - left) else left + edge
            stuck = False
        else:
            stuck = near
        now = at(t)
        if too_high(now) or now.f >= low.f:
            low, high = sorted((low, now), key=lambda p: p.f)
        elif flat(now):
            return now
        else:
            low, high = now, low if now.slope * (high.t - low.t) >= 0 else high
    return low
