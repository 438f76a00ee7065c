"""What seeing costs: recording a step (R1), the page (P1), and drawing a large graph (D1)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.measure import Bench, Figure, row
from benchmarks.training import perceptron, transformer, transformers


@row("R1", "a training step inside gg.study.record(), which copies every value and gradient, next to one outside")
def r1(bench: Bench) -> Iterator[Figure]:
    import glassgrad

    steps = {
        "W2": perceptron(bench, (64, 128, 64, 10), 64, "relu", "Adam", 1e-4)["glassgrad"],
        "W4": transformer([("glassgrad", glassgrad)], 4, 4, 64, 16, 27, 32)["glassgrad"],
    }
    for name, step in steps.items():

        def recorded(step: Callable[[], Any] = step) -> None:
            with glassgrad.study.record():
                step()

        times: dict[str, list[float]] = {"off": [], "on": []}
        for _ in range(10 if bench.quick else 40):
            for way, run in (("off", step), ("on", recorded)):
                begin = perf_counter()
                run()
                times[way].append(perf_counter() - begin)
        ratio = median(on / off for on, off in zip(times["on"], times["off"], strict=True))
        yield Figure(f"{name}, recorded / not", ratio, "times", 3.0, parts={way: median(t) for way, t in times.items()})


STEPPING = "() => { const t = performance.now(); for (let i = 0; i < 50; i++) go(4000 + i); return (performance.now() - t) / 50e3; }"


@row("P1", "the page of a step of a GPT of 2 layers, 4 heads, width 64, vocabulary 65, at batch 2, context 8")
def p1(bench: Bench) -> Iterator[Figure]:
    import glassgrad

    [(module, model, _)] = transformers([("glassgrad", glassgrad)], vocab=65, layers=2, heads=4, width=64, context=8).values()
    x, y = (glassgrad.randint(0, 65, (2, 8)) for _ in range(2))
    with glassgrad.study.record() as tape:
        module.loss_of(model, x, y).backward()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        times = [_timed(lambda: tape.save(path)) for _ in range(3 if bench.quick else 9)]
        yield Figure("size", path.stat().st_size / 1e6, "MB", 3.0)
        yield Figure("seconds to write", median(times), "s")
        opened = _opened(path, 3 if bench.quick else 9)
        if opened:
            yield Figure("seconds to open, in Chromium", median(opened), "s", 2.0)
        x = glassgrad.tensor(0.5, requires_grad=True)
        with glassgrad.study.record() as tape:
            z = x
            for _ in range(2500):
                z = z * 0.999 + 0.001
            z.backward()
        tape.save(path)
        steps = _opened(path, 1, STEPPING)
        if steps:
            yield Figure("5,000 ops: seconds a step, in Chromium", steps[0], "s", 0.1)


def _timed(run: Callable[[], Any]) -> float:
    begin = perf_counter()
    run()
    return perf_counter() - begin


def _opened(path: Path, times: int, ask: str = "performance.now() / 1e3") -> list[float]:
    """Seconds until a page has drawn itself, or what `ask` gives; empty where there is no playwright or no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return []
    if chromium is None:
        return []
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        found = []
        for _ in range(times):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.goto(f"file://{path}")
            found.append(float(page.evaluate(ask)))
            page.close()
        browser.close()
    return found


@row("D1", "draw_graph of 12,000 ops, modules closed as far as it takes: seconds until the SVG is there")
def d1(bench: Bench) -> Iterator[Figure]:
    import glassgrad

    [(_, model, _)] = transformers([("glassgrad", glassgrad)], vocab=65, layers=480, heads=2, width=8, context=4).values()
    x = glassgrad.randint(0, 65, (1, 4))
    y = model(x).sum()
    with tempfile.TemporaryDirectory() as folder:
        times = [_timed(lambda: glassgrad.viz.draw_graph(y).save(Path(folder) / "graph.svg")) for _ in range(1 if bench.quick else 3)]
    yield Figure("seconds", median(times), "s", 5.0)
