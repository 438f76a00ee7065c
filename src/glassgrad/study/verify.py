"""Every rule of a computation against finite differences, on the numbers that it ran on."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from glassgrad import hooks, words
from glassgrad._mode import no_grad
from glassgrad.graph import Node, sum_to
from glassgrad.naming import reached
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor, make, seed

TOLERANCE = {"float64": 1e-6, "float32": 5e-4, "float16": 5e-2}  # of the largest slope
SWEEP = tuple(10.0**-k for k in range(1, 12))
EPSILON = 2.0**-52
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
        if self.sweep and self.verdict in ("wrong", "kink"):
            steps = "  ".join(f"{step:.0e}: {error:.1e}" for step, error in self.sweep[::2])
            lines.append(f"  relative error by the step of the difference: {steps}")
        if self.verdict == "wrong" and self.wrong is not None:
            worst = np.unravel_index(int(np.argmax(self.wrong)), self.wrong.shape) if self.wrong.ndim else ()
            lines.append(f"  error of each element, the worst at {[int(i) for i in worst]}:")
            lines += [f"    {row}" for row in words.shades(self.wrong)]
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
        lines = [f"{len(self.checks)} gradients of {len({check.node for check in self.checks})} ops: {told or 'nothing to check'}"]
        if self.first is not None:
            lines += ["the first that is wrong:", str(self.first)]
        lines += [str(check) for check in self.checks if check.verdict in ("kink", "unchecked")]
        return "\n".join(lines)

    __repr__ = __str__


def verify(loss: Tensor, seed_of_directions: int = 0) -> Verification:
    """Check the rule of each op that led to `loss` against finite differences of that op alone, in float64, at the values it ran on.

    The forward must have run inside `gg.study.record()`, on this thread. One random direction for each input tells whether a rule is
    right; where it isn't, each element is looked at, up to 400. The rules are judged, not the float32 kernels that may stand in for
    them. The result is true if nothing is wrong.

    >>> x = gg.tensor([0.5, 2.0], requires_grad=True)
    >>> with gg.study.record() as tape:
    ...     loss = (x * x.exp()).sum()
    >>> gg.study.verify(loss)
    4 gradients of 3 ops: 4 ok
    """
    if not isinstance(loss, Tensor):
        raise TypeError(f"study.verify: expected a tensor, got {type(loss).__name__}")
    edge, _ = seed("study.verify", loss, np.ones(loss.shape, loss.dtype), False)
    rng = np.random.default_rng(seed_of_directions)
    nodes = reached([edge])
    tape = next((tape for tape in hooks.tapes if nodes and nodes[-1] in tape.arguments), None)
    if nodes and tape is None:
        raise RuntimeError("verify: this loss was not recorded: run the forward inside `with gg.study.record() as tape:` and keep the tape")
    return Verification([check for node in nodes for check in _checked(node, tape, rng)])


def _checked(node: Node, tape: Any, rng: np.random.Generator) -> list[Check]:
    """A check for each input of the node that wants a gradient."""
    wanted = [(i, name) for i, (name, parent) in enumerate(zip(input_names(node), node.parents, strict=True)) if parent is not None]
    every = lambda verdict, why: [Check(node, name, verdict, why) for _, name in wanted]
    args = tape.arguments.get(node)
    if args is None:
        return every("unchecked", "it ran outside the tape" if node not in tape.values else "its arguments are not known")
    if getattr(node.op, "count", 1) > 1 or len(getattr(node.op, "outputs", ())) > 1:
        return every("unchecked", "a Function with several outputs")
    run = _runner(node, args)
    if run is None:
        return every("unchecked", "its forward can't be run again by itself")
    upstream = np.asarray(rng.standard_normal(node.shape), node.dtype)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given = _gradients(node, tape, args, upstream)
    except Exception as problem:  # of a Function, mostly
        return every("wrong", f"its backward raised {type(problem).__name__}: {problem}".splitlines()[0])
    checks = []
    for i, name in wanted:
        x, g = _operand(node, args, i), given[i]
        if g is None:
            checks.append(Check(node, name, "unchecked", "its backward gives None"))
            continue
        g = np.asarray(g, np.float64)
        if g.shape != x.shape:
            if g.size < x.size or g.ndim < x.ndim:
                checks.append(Check(node, name, "wrong", f"its backward gives shape {g.shape} for an input of shape {x.shape}"))
                continue
            g = np.asarray(sum_to(g, x.shape))  # broadcast: the engine sums afterwards, in one place
        f = lambda x, i=i: float(np.sum(run(i, x) * upstream.astype(np.float64)))
        checks.append(_compared(node, name, *_restricted(node, args, f, x, g), rng))
    return checks


def _gradients(node: Node, tape: Any, args: Sequence[Any], upstream: np.ndarray) -> Any:
    """What the rules give, in float64 where the op's body can be run for the values that they read: float32 rounds by itself."""
    op = node.op
    if not hasattr(op, "body") or op.sequence:
        return op.backward(node.parents, upstream, (*tape.saved[node], *node.attrs))
    values = [_double(x) for x in args]
    y, *residuals = _body(op, values) if op.residuals else (_body(op, values),)
    known = dict(zip((*op.params, "y", *op.residuals), (*values, np.asarray(y), *residuals), strict=True))
    return op.backward(node.parents, upstream.astype(np.float64), (*(known[name] for name in op.keep), *node.attrs))


def _body(op: Any, values: Sequence[Any]) -> Any:
    return op.body(*(*values[:-1], *values[-1]) if op.variadic else values)


def _double(x: Any) -> Any:
    return np.asarray(x, np.float64) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x


_SYMMETRIC = frozenset(("cholesky", "eigh", "eigvalsh"))  # these read one triangle, and their rules take the matrix to be symmetric


def _restricted(node: Node, args: Sequence[Any], f: Any, x: np.ndarray, g: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
    """f, x and the gradient, where a rule says something about some directions only."""
    if node.op.name in _SYMMETRIC:
        half = lambda m: (m + np.swapaxes(m, -1, -2)) / 2
        return lambda m: f(half(m)), half(x), half(g)
    named = dict(zip(getattr(node.op, "params", ()), args, strict=False))
    if node.op.name == "embedding" and named.get("padding_idx") is not None:  # that row gets no gradient on purpose
        row = named["padding_idx"] % len(x)

        def without(m: np.ndarray) -> float:
            m = m.copy()
            m[row] = x[row]
            return float(f(m))

        return without, x, g
    return f, x, g


def _places(node: Node) -> list[int]:
    """Where the op's inputs stand among its arguments."""
    params = getattr(node.op, "params", None)
    return [params.index(name) for name in node.op.inputs] if params is not None else list(range(len(node.parents)))


def _operand(node: Node, args: Sequence[Any], i: int) -> np.ndarray:
    found = args[0][i] if getattr(node.op, "sequence", False) else args[_places(node)[i]]
    return np.asarray(found, np.float64)


def _runner(node: Node, args: Sequence[Any]) -> Callable[[int, np.ndarray], np.ndarray] | None:
    """The op's forward in float64, with another value in the place of input i; None where it can't be run."""
    op = node.op
    if hasattr(op, "body"):

        def run(i: int, x: np.ndarray) -> np.ndarray:
            if op.sequence:
                values = [[x if k == i else _double(item) for k, item in enumerate(args[0])], *args[1:]]
            else:
                values = [_double(value) for value in args]
                values[_places(node)[i]] = x
            y = _body(op, values)
            return np.asarray(y[0] if op.residuals else y)

        return run
    function = getattr(op, "cls", None)  # an autograd.Function
    if function is None:
        return None

    def apply(i: int, x: np.ndarray) -> np.ndarray:
        values = [make(v, None) if isinstance(v, np.ndarray) else v for v in map(_double, args)]
        values[i] = make(x, None)
        with no_grad():
            return np.asarray(function.apply(*values)._array)

    return apply


def _compared(node: Node, name: str, f: Callable[[np.ndarray], float], x: np.ndarray, g: np.ndarray, rng: np.random.Generator) -> Check:
    """One gradient against differences along a random direction; where that says no, element by element."""
    v = rng.standard_normal(x.shape) * _sizes(x)  # large values are moved further
    slope, size = float(np.sum(g * v)), 1e-3 * float(np.abs(g * v).sum())
    tolerance = TOLERANCE.get(str(node.dtype), 5e-2) if not hasattr(node.op, "body") or node.op.sequence else TOLERANCE["float64"]
    sweep, found, noise = [], [], []
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for step in SWEEP:
                up, down = f(x + step * v), f(x - step * v)
                found.append((up - down) / (2 * step))
                rounding = 10 * EPSILON * max(abs(up), abs(down)) / step  # what it may do to a difference
                scale = max(abs(slope), abs(found[-1]), size, rounding, 1e-300)
                sweep.append((step, abs(found[-1] - slope) / scale))
                noise.append(rounding / scale)
            if slope == 0 and found[2:].count(0.0) >= 2:  # constant around here, but for jumps
                return Check(node, name, "ok")
            finite = [(error, least) for (_, error), least in zip(sweep, noise, strict=True) if np.isfinite(error + least)]
            bound = max(tolerance, min((least for _, least in finite), default=0.0))
            errors = [max(error - least, 0.0) for error, least in finite if least <= bound]
            if not errors:
                return Check(node, name, "unchecked", "its values next to these aren't finite")
            error = min(errors)
            if error <= tolerance:
                return Check(node, name, "ok", error=error)
            apart = min(abs(a - b) / max(abs(a), abs(b), abs(slope), 1e-300) for a, b in pairwise(found) if np.isfinite(a + b))
            wrong, kinks = _elements(f, x, g, tolerance, rng)
    except Exception as problem:
        return Check(node, name, "unchecked", f"its forward raised {type(problem).__name__}: {problem}".splitlines()[0])
    settled = max(abs(slope), *(abs(x) for x in found if np.isfinite(x))) > 1e-9 * abs(f(x))
    if 30 * apart > error or not settled:  # no two steps agree much better than that, or all is lost beside the output
        return Check(node, name, "unchecked", "finite differences don't settle at these values", error, tuple(sweep))
    if np.any(wrong):
        return Check(node, name, "wrong", f"off by {100 * error:.3g} %", error, tuple(sweep), wrong)
    if kinks:
        return Check(node, name, "kink", f"at {kinks} of its elements the slopes from the two sides differ", error, tuple(sweep))
    return Check(node, name, "unchecked", "the elements looked at are right, the direction isn't", error, tuple(sweep))


def _sizes(x: np.ndarray) -> np.ndarray:
    """How far to move each element: as far as it is large, and where it is small, as far as the others are."""
    usual = float(np.sqrt(np.mean(x * x))) if x.size and np.isfinite(x).all() else 1.0
    return np.where(np.abs(x) > 1e-3 * usual, np.abs(x), usual or 1.0)


def _elements(
    f: Callable[[np.ndarray], float], x: np.ndarray, given: np.ndarray, tolerance: float, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """|given - difference| of each element that is wrong, else 0; and how many have a kink, where any slope between the sides' is right.

    Of more than MANY elements a random choice is looked at.
    """
    wrong, kinks, middle, sizes = np.zeros(x.shape), 0, f(x), _sizes(x)
    for flat in range(x.size) if x.size <= MANY else rng.choice(x.size, MANY, replace=False):
        at = np.unravel_index(flat, x.shape)
        step = 1e-8 * float(sizes[at])
        moved = np.zeros(x.shape)
        moved[at] = step
        left, right = (middle - f(x - moved)) / step, (f(x + moved) - middle) / step
        noise = 20 * EPSILON * abs(middle) / step
        slack = max(tolerance, 1e-4) * max(abs(left), abs(right), abs(float(given[at]))) + noise
        kinks += abs(left - right) > slack
        if not min(left, right) - slack <= given[at] <= max(left, right) + slack:
            wrong[at] = abs(given[at] - (left + right) / 2)
    return wrong, int(kinks)
