"""Time contenders in turn (A B C A B C ...) in one process, so that whatever else the machine does hits all alike.

Import this module before NumPy: `arguments` has to set the number of threads in the environment first.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter, sleep

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src"))


def arguments(about: str) -> argparse.Namespace:
    """Parse --threads and --quick, give every contender that many threads, say so; call it before importing NumPy."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a tenth of the time, hence more noise")
    parser.add_argument("--against", metavar="CHECKOUT", help="another checkout of glassgrad, as one more contender: before and after")
    options = parser.parse_args()
    if "numpy" in sys.modules:
        raise RuntimeError("NumPy is imported already: its OpenBLAS has read its environment")
    for name in ("OPENBLAS", "OMP", "MKL", "NUMBA"):
        os.environ[f"{name}_NUM_THREADS"] = str(options.threads)
    from glassgrad import kernels

    kernels.set_num_threads(options.threads)
    torch = try_torch()
    if torch:
        torch.set_num_threads(options.threads)
    import numpy

    print(f"{options.threads} threads each, {os.cpu_count()} CPUs: {cpu()}. NumPy {numpy.__version__}", end="")
    print(f", PyTorch {torch.__version__}." if torch else ", no PyTorch.", "A ratio > 1: glassgrad is faster.")
    return options


def another(checkout: str):
    """The glassgrad of another checkout, beside the one that is imported already."""
    here = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "glassgrad"}
    for name in here:
        del sys.modules[name]
    sys.path.insert(0, os.path.join(checkout, "src"))
    import glassgrad

    for room in ("autograd", "nn.functional", "optim"):  # what loads later would load from here
        __import__(f"glassgrad.{room}")
    getattr(glassgrad.ops, "load_all", int)()
    del sys.path[0]
    for name in [name for name in sys.modules if name.split(".")[0] == "glassgrad"]:
        del sys.modules[name]
    sys.modules.update(here)
    return glassgrad


def try_torch():
    """PyTorch, or None where it isn't installed."""
    try:
        import torch
    except ImportError:
        return None
    return torch


def cpu() -> str:
    """The processor's name, as well as this platform tells it."""
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def time(contenders: dict[str, Callable[[], object]], turns: int = 9, tolerance: float = 1e-4) -> dict[str, float]:
    """Median seconds a call of each contender, and the medians of the ratios to the first; their results must agree."""
    import numpy as np

    ours, *others = contenders
    expected = np.asarray(contenders[ours]())
    scale = np.max(np.abs(expected)) + 1e-30
    for name in others:
        result = np.asarray(contenders[name]())
        np.testing.assert_allclose(result / scale, expected / scale, rtol=0, atol=tolerance, err_msg=name)

    samples = {name: [] for name in contenders}
    for _ in range(turns):
        for name, f in contenders.items():
            sleep(PAUSE)
            f()
            samples[name].append(_burst(f))
    ratios = {
        f"{name}/{ours}": median(t / o for t, o in zip(samples[name], samples[ours], strict=True)) for name in others
    }
    return {name: median(s) for name, s in samples.items()} | ratios


# OpenBLAS's threads spin for some 100 ms after a product and would take the core of the contender that comes next.
PAUSE = 0.15


def _burst(f: Callable[[], object], seconds: float = 0.01) -> float:
    """The median time of a call over a burst of at least 5; the first ones wake the threads and fill the caches."""
    begin = perf_counter()
    f()
    f()
    calls = max(1, int(2e-5 / (perf_counter() - begin) * 2))  # a sample of tiny calls lasts at least 20 us
    samples = []
    end = perf_counter() + seconds
    while len(samples) < 5 or perf_counter() < end:
        begin = perf_counter()
        for _ in range(calls):
            f()
        samples.append((perf_counter() - begin) / calls)
    return median(samples)


def header(what: str, names: list[str]) -> None:
    """Print the head of a table of `row`s."""
    ours, *others = names
    print(f"{what:36}" + "".join(f"{n + ' us':>14}" for n in names) + "".join(f"{n + '/' + ours:>20}" for n in others))


def row(what: str, result: dict[str, float]) -> None:
    """Print one line: times in microseconds, then the ratios."""
    cells = [f"{v:20.2f}" if "/" in k else f"{v * 1e6:14.1f}" for k, v in result.items()]
    print(f"{what:36}" + "".join(cells), flush=True)
