"""What the engine costs per op, and how the cost grows with the work: rows O1 and S1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np
from benchmarks.measure import Bench, Call, Case, Figure, row
from benchmarks.training import transformers

OPS = 200
Link = Callable[[Any, Any, Any, Any], Any]
MIXED = "tanh(y * w + x) - w"
CHAINS: dict[str, Link] = {
    MIXED: lambda m, y, x, w: m.tanh(y * w + x) - w,  # counts as four
    "-y": lambda m, y, x, w: -y,
    "y * 1.01": lambda m, y, x, w: y * 1.01,
    "y * w": lambda m, y, x, w: y * w,
    "y / w": lambda m, y, x, w: y / w,
    "y + w": lambda m, y, x, w: y + w,
    "y - w": lambda m, y, x, w: y - w,
    "tanh(y)": lambda m, y, x, w: m.tanh(y),
}


def chain(link: str, ops: int, m: Any, x: Any, w: Any) -> Any:
    """So many tiny ops, each on the result of the one before."""
    step, y = CHAINS[link], x
    for _ in range(ops // 4 if link == MIXED else ops):
        y = step(m, y, x, w)
    return y


def matrices() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((4, 4), dtype=np.float32), 1 + rng.standard_normal((4, 4), dtype=np.float32) / 100


@row("O1", f"a chain of {OPS} tiny ops (4x4), time per op", bar=2.2, mean=2.2, seconds=1.5)
def o1(bench: Bench) -> Iterator[Case]:
    a, b = matrices()

    def forward(t: Any, recorded: bool) -> Call:
        x, w = t.tensor(a, requires_grad=recorded), t.tensor(b, requires_grad=recorded)
        return lambda: chain(MIXED, OPS, t, x, w)

    def both(t: Any, link: str) -> Call:
        upstream = t.ones(4, 4)

        def run() -> Any:
            x, w = t.tensor(a, requires_grad=True), t.tensor(b, requires_grad=True)
            chain(link, OPS, t, x, w).backward(upstream)
            return x.grad

        return run

    for link in CHAINS:
        yield Case(f"forward and backward, {link}", {name: both(t, link) for name, t in bench.engines()}, per=OPS)
    numpys = {"numpy": lambda: chain(MIXED, OPS, np, a, b)}
    for what, recorded in (("recorded", True), ("not recorded", False)):
        contenders = {name: forward(t, recorded) for name, t in bench.engines()}
        yield Case(f"forward, {what}, {MIXED}", contenders | numpys, per=OPS, counted=False)


# ---------------------------------------------------------------------------------------------- growth


LINEAR, QUADRATIC = 1.1, 2.0  # the exponent may be at most this; attention is quadratic in T, a layer in its width


@row("S1", "cost as the work grows, glassgrad alone: exponents of a power law, and backward's share")
def s1(bench: Bench) -> Iterator[Figure]:
    _, gg = next(bench.engines())
    a, b = matrices()
    upstream = gg.ones(4, 4)

    def ops(n: int) -> tuple[float, float]:
        x, w = gg.tensor(a, requires_grad=True), gg.tensor(b, requires_grad=True)
        begin = perf_counter()
        y = chain(MIXED, n, gg, x, w)
        middle = perf_counter()
        y.backward(upstream)
        return middle - begin, perf_counter() - middle

    def gpt(layers: int = 2, width: int = 128, context: int = 64, batch: int = 12) -> tuple[float, float]:
        sizes = dict(layers=layers, heads=4, width=width, context=context)
        [(module, model, _)] = transformers([("glassgrad", gg)], vocab=65, **sizes).values()
        x, y = module.sample_batch(np.arange(20_000) % 65, batch, context, np.random.default_rng(0))
        module.loss_of(model, x, y).backward()  # apart: it loads kernels
        model.zero_grad()
        begin = perf_counter()
        loss = module.loss_of(model, x, y)
        middle = perf_counter()
        loss.backward()
        return middle - begin, perf_counter() - middle

    models = (
        ("ops", [10**i for i in range(3, 6 if bench.quick else 7)], ops, LINEAR),
        ("layers", [2, 4, 8, 16], lambda n: gpt(layers=n), LINEAR),
        ("batch", [8, 16, 32, 64], lambda n: gpt(batch=n), LINEAR),
        ("T", [64, 128, 256, 512], lambda n: gpt(context=n), QUADRATIC),
        ("width", [64, 128, 256, 512], lambda n: gpt(width=n), QUADRATIC),
    )
    shares: dict[str, tuple[float, float]] = {}
    for what, sizes, cost, law in models:
        rounds = [[cost(n) for n in sizes] for _ in range(2 if bench.quick else 3)]  # in turn
        times = np.min(rounds, axis=0)  # (sizes, forward and backward)
        exponent = np.polyfit(np.log(sizes), np.log(times.sum(1)), 1)[0]
        parts = {f"{what} {n}": float(t) for n, t in zip(sizes, times.sum(1), strict=True)}
        yield Figure(f"{what} {sizes[0]} to {sizes[-1]}", float(exponent), "exponent", law, parts=parts)
        shares |= {f"{what} {n}": (float(f), float(b)) for n, (f, b) in zip(sizes, times, strict=True)}
    worst = max(shares, key=lambda key: shares[key][1] / shares[key][0])
    f, b = shares[worst]
    yield Figure(f"backward / forward, worst: {worst}", b / f, "times", 2.5, parts={"forward": f, "backward": b})
