"""Every rule of a computation against finite differences, on the numbers that it ran on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassgrad._mode import no_grad
from glassgrad.graph import Node, sum_to
from glassgrad.naming import reached
from glassgrad.study import words
from glassgrad.study.tape import Tape, made
from glassgrad.tensor import Tensor, make, seed

TOLERANCE = {"float64": 1e-6, "float32": 5e-4, "float16": 5e-2}  # of the largest slope
SWEEP = tuple(10.0**-k for k in range(1, 12))
MANY = 400  # elements of which each has its own finite difference


@dataclass(slots=True)
class Check:
    """The gradient of one input of one op, next to a central difference of its forward, in float64.

    `error` is relative to the larger of the two. verdict: "ok", "wrong", "kink" (the slopes from the left and the right differ here), or
    "unchecked", with the reason in `why`. Where it is not "ok", `sweep` holds (step, error) pairs, and `wrong` the error of each element.
    """

    node: Node
    input: str
    verdict: str
    why: str = ""
    error: float = 0.0
    sweep: tuple[tuple[float, float], ...] = ()
    wrong: np.ndarray | None = None

    def __str__(self) -> str:
        place, code = words.where(self.node)
        at = "   ".join(text for text in (code, place) if text)
        lines = [f"{self.node.op.name} ({self.input}): {self.verdict}{f', {self.why}' if self.why else ''}{f'   {at}' if at else ''}"]
        if self.verdict in ("wrong", "kink"):
            steps = "  ".join(f"{step:.0e}: {error:.1e}" for step, error in self.sweep)
            lines.append(f"  relative error by the step of the difference: {steps}")
        if self.verdict == "wrong" and self.wrong is not None:
            worst = np.unravel_index(int(np.argmax(self.wrong)), self.wrong.shape) if self.wrong.ndim else ()
            lines.append(f"  error of each element, the worst at {[int(i) for i in worst]}:")
            lines += [f"    {row}" for row in _map(self.wrong)]
        return "\n".join(lines)


class Verification:
    """All checks, in the order in which the ops ran; `first` is the first that is wrong, None if none is."""

    def __init__(self, checks: list[Check]) -> None:
        self.checks = checks
        self.first = next((check for check in checks if check.verdict == "wrong"), None)

    def __bool__(self) -> bool:
        return self.first is None

    def __str__(self) -> str:
        counts = {verdict: sum(check.verdict == verdict for check in self.checks) for verdict in ("ok", "kink", "wrong", "unchecked")}
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
        lines = [f"{len(self.checks)} gradients of {len({check.node for check in self.checks})} ops: {told}"]
        if self.first is not None:
            lines += ["the first that is wrong:", str(self.first)]
        lines += [str(check) for check in self.checks if check.verdict in ("kink", "unchecked")]
        return "\n".join(lines)

    __repr__ = __str__


def verify(loss: Tensor, seed_of_directions: int = 0) -> Verification:
    """Check the rule of each op that led to `loss` against finite differences of that op alone, at the values it ran on.

    The forward must have run inside `gg.study.record()`, on this thread. One random direction for each input tells whether a rule is
    right; where it isn't, each element is looked at, up to 400. The result is true if nothing is wrong.

    >>> x = gg.tensor([0.5, 2.0], requires_grad=True)
    >>> with gg.study.record() as tape:
    ...     loss = (x * x.exp()).sum()
    >>> gg.study.verify(loss)
    4 gradients of 3 ops: 4 ok
    """
    edge, _ = seed("study.verify", loss, np.ones(loss.shape, loss.dtype), False)
    rng = np.random.default_rng(seed_of_directions)
    nodes = reached([edge])
    tape = next((tape for tape in made if nodes and nodes[-1] in tape.arguments), None)
    if nodes and tape is None:
        raise RuntimeError("verify: this loss was not recorded: run the forward inside `with gg.study.record() as tape:` and keep the tape")
    return Verification([check for node in nodes for check in _checked(node, tape, rng)])


def _checked(node: Node, tape: Any, rng: np.random.Generator) -> list[Check]:
    names = words.inputs(node)
    args = tape.arguments.get(node)
    if args is None or (run := _runner(node, tape)) is None:
        why = "it ran outside the tape" if node not in tape.values else "its forward can't be run again by itself"
        return [Check(node, name, "unchecked", why) for name, parent in zip(names, node.parents, strict=True) if parent is not None]
    upstream = np.asarray(rng.standard_normal(node.shape), node.dtype)
    given = node.op.backward(node.parents, upstream, (*tape.saved[node], *node.attrs))
    checks = []
    for i, (name, parent) in enumerate(zip(names, node.parents, strict=True)):
        if parent is None:
            continue
        f = lambda x, i=i: float(np.sum(run(i, x) * upstream.astype(np.float64)))
        checks.append(_compared(node, name, f, _operand(node, args, i), np.asarray(given[i], np.float64), rng))
    return checks


def _places(node: Node) -> list[int]:
    """Where the op's inputs stand among its arguments."""
    params = getattr(node.op, "params", None)
    return [params.index(name) for name in node.op.inputs] if params is not None else list(range(len(node.parents)))


def _operand(node: Node, args: Sequence[Any], i: int) -> np.ndarray:
    found = args[0][i] if getattr(node.op, "sequence", False) else args[_places(node)[i]]
    return np.asarray(found, np.float64)


def _runner(node: Node, tape: Tape) -> Callable[[int, np.ndarray], np.ndarray] | None:
    """The op's forward in float64, with another value in the place of input i; None where it can't be run."""
    args, op = tape.arguments[node], node.op
    double = lambda x: np.asarray(x, np.float64) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x
    if hasattr(op, "body"):

        def run(i: int, x: np.ndarray) -> np.ndarray:
            if op.sequence:
                values = [[x if k == i else double(item) for k, item in enumerate(args[0])], *args[1:]]
            else:
                values = [double(value) for value in args]
                values[_places(node)[i]] = x
            y = op.body(*(*values[:-1], *values[-1]) if op.variadic else values)
            return np.asarray(y[0] if op.residuals else y)

        return run
    function = getattr(op, "cls", None)  # an autograd.Function
    if function is None or node.shape != tape.values[node].shape:
        return None

    def apply(i: int, x: np.ndarray) -> np.ndarray:
        values = [make(np.asarray(v), None) if isinstance(v, np.ndarray) else v for v in map(double, args)]
        values[i] = make(x, None)
        with no_grad():
            y = function.apply(*values)
        if not isinstance(y, Tensor):
            raise _Several
        return y._array

    return apply


class _Several(Exception):
    """A Function with several outputs."""


def _compared(node: Node, name: str, f: Callable[[np.ndarray], float], x: np.ndarray, given: np.ndarray, rng: np.random.Generator) -> Check:
    """One gradient against differences along a random direction."""
    if given.shape != x.shape:  # broadcast: the engine sums afterwards, in one place
        given = np.asarray(sum_to(given, x.shape))
    v = rng.standard_normal(x.shape) * np.maximum(np.abs(x), 1e-3)  # large values are moved further
    slope, sweep = float(np.sum(given * v)), []
    tolerance = TOLERANCE.get(str(node.dtype), 5e-2)
    try:
        with np.errstate(all="ignore"):
            for step in SWEEP:
                found = (f(x + step * v) - f(x - step * v)) / (2 * step)
                sweep.append((step, abs(found - slope) / max(abs(slope), abs(found), 1e-3 * float(np.abs(given * v).sum()), 1e-12)))
            finite = [error for _, error in sweep if np.isfinite(error)]
            if not finite:
                return Check(node, name, "unchecked", "its values next to these aren't finite")
            error = min(finite)
            if error <= tolerance:
                return Check(node, name, "ok", error=error)
            wrong, kinks = _elements(f, x, given, tolerance, rng)
    except _Several:
        return Check(node, name, "unchecked", "a Function with several outputs")
    except Exception as problem:
        return Check(node, name, "unchecked", f"its forward raised {type(problem).__name__}: {problem}".splitlines()[0])
    if np.any(wrong):
        return Check(node, name, "wrong", f"off by {100 * error:.3g} %", error, tuple(sweep), wrong)
    if kinks:
        return Check(node, name, "kink", f"at {kinks} of its elements the slopes from the two sides differ", error, tuple(sweep))
    return Check(node, name, "ok", error=error)


def _elements(
    f: Callable[[np.ndarray], float], x: np.ndarray, given: np.ndarray, tolerance: float, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """|given - difference| of each element that is wrong, else 0; and how many have a kink, where any slope between the sides' is right.

    Of more than MANY elements a random choice is looked at.
    """
    wrong, kinks, middle = np.zeros(x.shape), 0, f(x)
    for flat in range(x.size) if x.size <= MANY else rng.choice(x.size, MANY, replace=False):
        at = np.unravel_index(flat, x.shape)
        step = 1e-6 * max(abs(float(x[at])), 1.0)
        moved = np.zeros(x.shape)
        moved[at] = step
        left, right = (middle - f(x - moved)) / step, (f(x + moved) - middle) / step
        slack = max(tolerance, 1e-4) * max(abs(left), abs(right), abs(float(given[at])), 1e-6)
        kinks += abs(left - right) > slack
        if not min(left, right) - slack <= given[at] <= max(left, right) + slack:
            wrong[at] = abs(given[at] - (left + right) / 2)
    return wrong, int(kinks)


SHADES = " ░▒▓█"


def _map(errors: np.ndarray) -> list[str]:
    """A heat map in characters: the darkest is the largest; more than two dimensions are laid side by side."""
    rows = np.atleast_2d(errors.reshape(errors.shape[0], -1) if errors.ndim > 1 else errors)
    level = np.ceil(rows / (rows.max() or 1) * (len(SHADES) - 1)).astype(int)
    level[rows <= rows.max() * 1e-6] = 0
    return ["".join(SHADES[k] * 2 for k in row) for row in level]
