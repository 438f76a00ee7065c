"""Rows that need a fresh Python each: the memory of a training step (M1), import and the first step (C1)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from statistics import median

from benchmarks.measure import Bench, Figure, child, row
from benchmarks.training import W5, W6

PEAK = """
import json
import {module} as t
{threads}
from benchmarks import measure
from benchmarks.training import transformer
[small] = transformer([("small", t)], 1, 4, 128, 64, 65, 4).values()
small()  # loads libraries and kernels
[step] = transformer([("large", t)], *{config}).values()
measure.forget_peak()
before = measure.memory(peak=False)
step()
step()
peak = measure.memory(peak=True)
print(json.dumps([peak - before, peak]))
"""


@row("M1", "memory of W5 and W6: the peak over two steps, less what was there before the first", bar=1.0)
def m1(bench: Bench) -> Iterator[Figure]:
    for name, config in (("W5", W5), ("W6", W6)):
        found, whole = {}, {}
        for engine in ("glassgrad", "torch") if "torch" in bench.peers else ("glassgrad",):
            code = PEAK.format(module=engine, config=config, threads=f"t.set_num_threads({bench.threads})")
            found[engine], whole[engine] = child(code)
        if "torch" not in found:
            yield Figure(name, found["glassgrad"] / 1e6, "MB")
            continue
        ratio = found["torch"] / found["glassgrad"]
        yield Figure(name, ratio, "ratio", 1.0, at_most=False, parts=found, parts_unit="B")
        whole_ratio = whole["torch"] / whole["glassgrad"]
        yield Figure(f"{name}, the whole process", whole_ratio, "ratio", at_most=False, parts=whole, parts_unit="B")


IMPORT = "import time; begin = time.perf_counter(); import {}; print(time.perf_counter() - begin)"
FIRST_STEP = """
import time; begin = time.perf_counter()
import glassgrad
from benchmarks.training import W5, transformer
[step] = transformer([("glassgrad", glassgrad)], *W5).values()
step()
print(time.perf_counter() - begin)
"""


@row("C1", "import, and the first step of W5")
def c1(bench: Bench) -> Iterator[Figure]:
    times: dict[str, list[float]] = {"numpy": [], "glassgrad": []}
    child(IMPORT.format("glassgrad"))  # leaves the bytecode behind
    for _ in range(7 if bench.quick else 25):  # in turn
        for name, found in times.items():
            found.append(child(IMPORT.format(name)))
    parts = {name: median(found) for name, found in times.items()}
    yield Figure("import / NumPy's import", parts["glassgrad"] / parts["numpy"], "times", 1.3, parts=parts)
    with tempfile.TemporaryDirectory() as cache:
        yield Figure("seconds to the first step, empty cache", child(FIRST_STEP, NUMBA_CACHE_DIR=cache), "s", 25)
        warm = median(child(FIRST_STEP, NUMBA_CACHE_DIR=cache) for _ in range(1 if bench.quick else 5))
        yield Figure("seconds to the first step, warm cache", warm, "s", 1.5)
