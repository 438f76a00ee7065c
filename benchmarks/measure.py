"""How the rows are timed: contenders in turn (A B C A B C ...) in one process, so that whatever else the machine does hits all alike.

A row is a function that yields cases, and `@row` registers it. The number that a bar speaks of is the median over the turns of a
peer's time divided by glassgrad's: above 1 glassgrad is faster. Before a case is timed its contenders' results are compared.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PEERS = "torch", "jax", "mygrad", "autograd"

Call = Callable[[], Any]


@dataclass
class Case:
    """Contenders that compute the same, to be timed; glassgrad comes first."""

    name: str
    contenders: dict[str, Call]
    bar: float | None = None  # instead of the row's
    counted: bool = True  # False: for information, without a bar
    per: int = 1  # the time of a call is divided by this
    calls: int = 1  # whose results are compared, one after another
    tolerance: float = 1e-4  # of the difference, relative to the largest element
    best: tuple[str, ...] | None = None  # instead of the row's
    check: Callable[[Any], None] | None = None  # of each result, where they can't be compared: drawn at random


@dataclass
class Figure:
    """A number that a row found by itself, and what it may be at most (or at least)."""

    name: str
    value: float
    unit: str = ""
    bar: float | None = None
    at_most: bool = True
    parts: dict[str, float] = field(default_factory=dict)  # what it was made of, in `parts_unit`
    parts_unit: str = "s"

    def result(self) -> Result:
        return Result(self.name, self.parts_unit, self.parts, figure=self.value, figure_unit=self.unit, bar=self.bar, at_most=self.at_most)


@dataclass
class Row:
    name: str
    what: str
    cases: Callable[[Bench], Iterator[Case | Figure]]
    bar: float | None  # of each case
    mean: float | None  # of their geometric mean
    best: tuple[str, ...]  # the ratio is to the fastest of these
    seconds: float  # for each case
    default: bool  # False: only where it is asked for by name


@dataclass
class Result:
    """What is known of a case in the end."""

    case: str
    unit: str = "s"
    values: dict[str, float] = field(default_factory=dict)  # of each contender
    ratios: dict[str, float] = field(default_factory=dict)  # to glassgrad
    spread: dict[str, tuple[float, float]] = field(default_factory=dict)  # the quartiles of a ratio over the turns
    figure: float | None = None  # what the bar speaks of, in `figure_unit`
    figure_unit: str = "ratio"
    bar: float | None = None
    at_most: bool = False
    error: str | None = None

    @property
    def passed(self) -> bool | None:
        """None where there is no bar, or nothing to hold against it."""
        if self.error:
            return False
        if self.bar is None or self.figure is None:
            return None
        return self.figure <= self.bar if self.at_most else self.figure >= self.bar


ROWS: dict[str, Row] = {}


def row(
    name: str,
    what: str,
    *,
    bar: float | None = None,
    mean: float | None = None,
    best: tuple[str, ...] = ("torch",),
    seconds: float = 1.0,
    default: bool = True,
) -> Callable[[Callable[[Bench], Iterator[Case | Figure]]], Callable[[Bench], Iterator[Case | Figure]]]:
    """Register a function that yields the cases of a row."""

    def register(cases: Callable[[Bench], Iterator[Case | Figure]]) -> Callable[[Bench], Iterator[Case | Figure]]:
        ROWS[name] = Row(name, what, cases, bar, mean, best, seconds, default)
        return cases

    return register


# ---------------------------------------------------------------------------------------------- the contenders


def limit_threads(threads: int) -> None:
    """Let every library here start so many threads: call it before NumPy is imported."""
    if "numpy" in sys.modules:
        raise RuntimeError("NumPy is imported already: its OpenBLAS has read its environment")
    for name in ("OPENBLAS", "OMP", "MKL", "NUMBA"):
        os.environ[f"{name}_NUM_THREADS"] = str(threads)
    os.environ["NPROC"] = str(threads)  # jaxlib's CPU client has no other setting for its pool
    # After a product OpenBLAS's threads spin for 2**26 cycles, 100 ms of CPU time, and would take the core of the contender whose
    # turn is next. 2**20 cycles, 2 ms, outlast the gap to the next call of the same turn: its products are as fast as before.
    os.environ["OPENBLAS_THREAD_TIMEOUT"] = "20"


PAUSE = 0.015  # seconds before each turn: the threads of libgomp (PyTorch's, and Numba's where it uses OpenMP) spin for 10 ms


class Bench:
    """The contenders that are there, and how long to look at them."""

    def __init__(self, threads: int, peers: tuple[str, ...], quick: bool, against: str | None) -> None:
        self.threads, self.quick = threads, quick
        self.peers = [name for name in peers if _imports(name)]
        self.absent = [name for name in peers if name not in self.peers]
        import glassgrad

        glassgrad.set_num_threads(threads)
        self._engines: dict[str, Any] = {"glassgrad": glassgrad}
        self._before: dict[str, ModuleType] = {}
        if "torch" in self.peers:
            import torch

            torch.set_num_threads(threads)
            self._engines["torch"] = torch
        if against:
            with self._modules_of("before"):
                sys.path.insert(0, os.path.join(against, "src"))
                self._engines["before"] = importlib.import_module("glassgrad")
                del sys.path[0]

    def engines(self, *more: str) -> Iterator[tuple[str, Any]]:
        """(name, module) of each library with PyTorch's names, glassgrad first; `more`: NumPy, whose names are the same for a few."""
        for name, module in self._engines.items():
            with self._modules_of(name):
                yield name, module
        for name in more:
            yield name, importlib.import_module(name)

    @contextmanager
    def _modules_of(self, name: str) -> Iterator[None]:
        """Have `import glassgrad`, which may run anywhere inside the library, find the other checkout's for the contender "before"."""
        if name != "before":
            yield
            return
        ours = {key: sys.modules.pop(key) for key in _library()}
        sys.modules.update(self._before)
        try:
            yield
        finally:
            self._before = {key: sys.modules.pop(key) for key in _library()}
            sys.modules.update(ours)

    def measure(self, case: Case, row: Row) -> Result:
        """Compare the results, then time."""
        result = Result(case.name, bar=(case.bar or row.bar) if case.counted else None)
        try:
            self._compare(case)
        except Exception as error:
            result.error = str(error) if isinstance(error, Differs) else f"{type(error).__name__}: {error}"
            return result
        samples = self._time(case.contenders, row.seconds / 4 if self.quick else row.seconds)
        ours = samples["glassgrad"]
        for name, times in samples.items():
            result.values[name] = median(times) / case.per
            if name != "glassgrad":
                ratios = [t / o for t, o in zip(times, ours, strict=True)]
                result.ratios[name] = median(ratios)
                low, _, high = quantiles(ratios, n=4)
                result.spread[name] = low, high
        best = case.best or row.best
        if all(name in result.ratios for name in best):
            result.figure = min(result.ratios[name] for name in best)
        return result

    def _compare(self, case: Case) -> None:
        """Raise where a contender fails, or its results differ from glassgrad's."""
        import numpy as np

        expected: list[Any] = []
        for name, f in case.contenders.items():
            found = []
            for _ in range(case.calls):
                try:
                    with self._modules_of(name):
                        found.append(arrays(f()))
                except Exception as error:
                    raise Differs(f"{name} fails: {type(error).__name__}: {error}") from error
            if case.check:
                for result in found:
                    try:
                        case.check(result)
                    except AssertionError as error:
                        raise Differs(f"{name} is wrong: {error}") from error
                continue
            expected = expected or found
            for call, (got, wanted) in enumerate(zip(found, expected, strict=True)):
                if [a.shape for a in got] != [a.shape for a in wanted]:
                    raise Differs(f"{name} differs: shapes {[a.shape for a in got]}, glassgrad's {[a.shape for a in wanted]}")
                for i, (a, b) in enumerate(zip(got, wanted, strict=True)):
                    apart = float(np.max(np.abs(a.astype(np.float64) - b)) / (np.max(np.abs(b)) + 1e-30))
                    if not apart <= case.tolerance:  # NaN too
                        where = f"call {call + 1}, array {i + 1} of {len(got)}"
                        raise Differs(f"{name} differs from glassgrad by {apart:.1e} of the largest element ({where})")

    def _time(self, contenders: dict[str, Call], seconds: float) -> dict[str, list[float]]:
        """The seconds a call of each contender takes in each turn."""
        cost = {name: self._warm_up(name, f) for name, f in contenders.items()}
        turn = sum(PAUSE + (2 * t if t > BURST else BURST + t) for t in cost.values())
        turns = min(25, max(3 if self.quick else 5, round(seconds / turn)))
        samples: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(turns):
            for name, f in contenders.items():
                with self._modules_of(name):
                    sleep(PAUSE)
                    samples[name].append(_burst(f, cost[name]))
        return samples

    def _warm_up(self, name: str, f: Call) -> float:
        """About what a call costs, once caches are warm and kernels compiled."""
        with self._modules_of(name):
            times = []
            for _ in range(3):
                begin = perf_counter()
                f()
                times.append(perf_counter() - begin)
        return min(times)


class Differs(Exception):
    """A contender failed, or its result isn't the others'."""


BURST = 0.02  # seconds of calls in a turn


def _burst(f: Call, cost: float) -> float:
    """The lower quartile of a call's times in a burst, which other processes disturb less than the median.

    The first call, which wakes the threads, is left out.
    """
    inner = max(1, round(2e-5 / cost))  # a sample of tiny calls lasts 20 us
    f()
    samples = []
    for _ in range(max(1, round(BURST / (cost * inner)))):
        begin = perf_counter()
        for _ in range(inner):
            f()
        samples.append((perf_counter() - begin) / inner)
    return sorted(samples)[len(samples) // 4]


def busy() -> float | None:
    """CPU seconds since the start of the system that this process and its children did not use; None where the system won't tell."""
    try:
        times = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    own = os.times()
    user, nice, system, _, _, *others = (int(t) / os.sysconf("SC_CLK_TCK") for t in times[:8])
    return user + nice + system + sum(others) - sum(own[:4])


def settle() -> None:
    """Clear up after the row before, and keep what is loaded out of later collections: a peer's modules would slow everyone's."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def arrays(result: Any) -> list[Any]:
    """The NumPy arrays of a result: a tensor of any library, a number, or a tuple of them."""
    import numpy as np

    if isinstance(result, tuple):
        return [array for part in result for array in arrays(part)]
    return [np.asarray(result.detach().numpy() if hasattr(result, "detach") else result)]


def _library() -> list[str]:
    return [name for name in sys.modules if name.split(".")[0] == "glassgrad"]


def _imports(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


# ---------------------------------------------------------------------------------------------- other processes


def child(code: str, **environment: str) -> Any:
    """What a fresh Python prints as JSON in its last line; it imports this checkout's glassgrad, and `benchmarks`."""
    variables = os.environ | environment | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # it would have our files compiled anew each time, and NumPy's not
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables)
    if done.returncode:
        raise RuntimeError(f"a child process failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def memory(peak: bool) -> int:
    """The bytes of this process in memory: now, or at most since `forget_peak` (where the system has no such thing: ever)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    key = "VmHWM:" if peak else "VmRSS:"
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


def forget_peak() -> None:
    """Start `memory(peak=True)` anew (Linux)."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")
