"""Import time next to NumPy's, and seconds to the first training step of the GPT from an empty and from a warm cache."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent

IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
FIRST_STEP = """
import time; begin = time.perf_counter()
import sys; sys.path.insert(0, {examples!r})
import numpy as np
import train_gpt as example
model = example.GPT(103, 4, 4, 128, 64)
optimizer = example.make_optimizer(model, 1e-3, 0.1)
data = np.random.default_rng(0).integers(0, 103, 10_000)
x, y = example.sample_batch(data, 12, 64, np.random.default_rng(1))
example.train_step(model, optimizer, x, y, 1e-3, 1.0)
print(time.perf_counter() - begin)
"""


def run(code: str, **environment: str) -> float:
    """The number that a fresh Python prints."""
    variables = os.environ | environment
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # it would have our files compiled anew each time, and NumPy's not
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    times: dict[str, list[float]] = {"numpy": [], "glassgrad": []}
    run(IMPORT.format("glassgrad"))  # leaves the bytecode behind
    for _ in range(5 if quick else 25):  # in turn
        for name, found in times.items():
            found.append(run(IMPORT.format(name)))
    base, ours = median(times["numpy"]), median(times["glassgrad"])
    print(f"import numpy {base * 1e3:.0f} ms, import glassgrad {ours * 1e3:.0f} ms: {ours / base:.2f}x")

    code = FIRST_STEP.format(examples=str(ROOT / "examples"))
    for _ in range(1 if quick else 3):
        with tempfile.TemporaryDirectory() as cache:
            cold = run(code, NUMBA_CACHE_DIR=cache)
            warm = run(code, NUMBA_CACHE_DIR=cache)
        print(f"first training step of the GPT: {cold:.1f} s from an empty cache, {warm:.1f} s from a warm one")


if __name__ == "__main__":
    main()
