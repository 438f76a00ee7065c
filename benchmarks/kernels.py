"""The kernels, each by the public function that runs it: rows K1 to K5."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from benchmarks.measure import Bench, Call, Case, Figure, child, row

rng = np.random.default_rng(0)
# of W2 to W6: rows of the batch, then inputs and outputs of each linear layer
LAYERS = (
    (64, ((64, 128), (128, 64), (64, 10))),
    (128, ((784, 512), (512, 256), (256, 10))),
    (512, ((64, 192), (64, 64), (64, 256), (256, 64), (64, 27))),
    (768, ((128, 384), (128, 128), (128, 512), (512, 128), (128, 65))),
    (2048, ((384, 1152), (384, 384), (384, 1536), (1536, 384), (384, 65))),
)
BETTER = "numpy", "torch"  # OpenBLAS and MKL


def array(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


def forward(t: Any, f: Callable[..., Any], *inputs: np.ndarray) -> Call:
    """f(*inputs), nothing recorded. NumPy takes the arrays as they are."""
    if t is np:
        return lambda: f(np, *inputs)
    tensors = [t.from_numpy(x) for x in inputs]

    def run() -> Any:
        with t.no_grad():
            return f(t, *tensors)

    return run


def product(bench: Bench, name: str, a: np.ndarray, b: np.ndarray, bar: float | None = None) -> Case:
    return Case(name, {n: forward(t, lambda t, a, b: t.matmul(a, b), a, b) for n, t in bench.engines("numpy")}, bar)


@row("K1", "matrix products; ratio to the better of OpenBLAS and MKL", bar=1.0, mean=1.1, best=BETTER, seconds=0.7)
def k1(bench: Bench) -> Iterator[Case]:
    for n in (64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048):
        yield product(bench, f"{n} square", array(n, n), array(n, n), 0.95 if n == 2048 else None)
    for n in (128, 512, 1024):
        yield product(bench, f"{n} square, float64", array(n, n, dtype=np.float64), array(n, n, dtype=np.float64))
    for n in (256, 1024):
        yield product(bench, f"{n} square, a.T", array(n, n).T, array(n, n))
        yield product(bench, f"{n} square, b.T", array(n, n), array(n, n).T)
        yield product(bench, f"{n} square, both", array(n, n).T, array(n, n).T)
    for rows, layers in LAYERS:
        for inputs, outputs in layers:
            x, weight, g = array(rows, inputs), array(outputs, inputs), array(rows, outputs)
            yield product(bench, f"x {rows}x{inputs}, W {outputs}x{inputs}: x W.T", x, weight.T)
            yield product(bench, f"x {rows}x{inputs}, W {outputs}x{inputs}: g W", g, weight)
            yield product(bench, f"x {rows}x{inputs}, W {outputs}x{inputs}: g.T x", g.T, x)
    for m, k, n in ((33, 65, 17), (100, 100, 100), (127, 129, 131), (1, 784, 128), (7, 784, 128), (333, 777, 555), (1000, 999, 1001)):
        yield product(bench, f"{m}x{k} {k}x{n}", array(m, k), array(k, n))

    def relu(t: Any, x: Any, w: Any, b: Any) -> Any:
        return np.maximum(x @ w.T + b, 0) if t is np else t.relu(t.nn.functional.linear(x, w, b))

    def gelu(t: Any, x: Any, w: Any, b: Any) -> Any:
        return t.nn.functional.gelu(t.nn.functional.linear(x, w, b), approximate="tanh")

    def bias(t: Any, x: Any, w: Any, b: Any) -> Any:
        return x @ w.T + b if t is np else t.nn.functional.linear(x, w, b)

    for rows, inputs, outputs in ((64, 64, 128), (128, 784, 512), (768, 128, 512), (2048, 384, 1536)):
        x, w, b = array(rows, inputs), array(outputs, inputs), array(outputs)
        for what, f in (("x W.T + b", bias), ("relu(x W.T + b)", relu)):
            contenders = {name: forward(t, f, x, w, b) for name, t in bench.engines("numpy")}
            yield Case(f"x {rows}x{inputs}, W {outputs}x{inputs}: {what}", contenders)
        contenders = {name: forward(t, gelu, x, w, b) for name, t in bench.engines()}
        yield Case(f"x {rows}x{inputs}, W {outputs}x{inputs}: gelu(x W.T + b)", contenders, best=("torch",))


# ---------------------------------------------------------------------------------------------- attention's products


@row("K2", "batched products of attention; ratio to the better of OpenBLAS and MKL", bar=1.25, best=BETTER)
def k2(bench: Bench) -> Iterator[Case]:
    def heads(batch: int, count: int, time: int, size: int) -> np.ndarray:
        return array(batch, time, count, size).transpose(0, 2, 1, 3)  # (B, nh, T, hs), a view

    yield product(bench, "48 x (64,32) (32,64)", array(48, 64, 32), array(48, 32, 64))
    yield product(bench, "48 x (64,64) (64,32)", array(48, 64, 64), array(48, 64, 32))
    yield product(bench, "192 x (64,64) (64,64)", array(192, 64, 64), array(192, 64, 64))
    for name, batch, count, time, size in (("W4", 32, 4, 16, 16), ("W5", 12, 4, 64, 32), ("W6", 8, 6, 256, 64)):
        q, k, v, g = (heads(batch, count, time, size) for _ in range(4))
        p = array(batch, count, time, time)
        yield product(bench, f"{name} q k.T, views", q, k.swapaxes(-1, -2))
        yield product(bench, f"{name} p v, views", p, v)
        yield product(bench, f"{name} p.T g, views", p.swapaxes(-1, -2), g)
        yield product(bench, f"{name} g v.T, views", g, v.swapaxes(-1, -2))


# ---------------------------------------------------------------------------------------------- forward and backward


def both(t: Any, f: Callable[..., Any], *inputs: np.ndarray, fixed: tuple[np.ndarray, ...] = (), scalar: bool = False) -> Call:
    """f(t, *inputs, *fixed) and the gradients by the inputs."""
    leaves = [t.from_numpy(x).requires_grad_() for x in inputs]
    others = [t.from_numpy(x) for x in fixed]
    with t.no_grad():
        shape = tuple(f(t, *leaves, *others).shape)
    upstream = None if scalar else t.from_numpy(np.random.default_rng(1).standard_normal(shape).astype(inputs[0].dtype))

    def run() -> tuple[Any, ...]:
        for leaf in leaves:
            leaf.grad = None
        y = f(t, *leaves, *others)
        y.backward(upstream)
        return y, *(leaf.grad for leaf in leaves)

    return run


def pair(
    bench: Bench, name: str, f: Callable[..., Any], *inputs: np.ndarray, fixed: tuple[np.ndarray, ...] = (), scalar: bool = False
) -> Iterator[Case]:
    """The forward alone, and with backward."""
    yield Case(f"{name}, forward", {n: forward(t, f, *inputs, *fixed) for n, t in bench.engines()})
    yield Case(f"{name}, both", {n: both(t, f, *inputs, fixed=fixed, scalar=scalar) for n, t in bench.engines()})


ROWWISE = (64, 10), (768, 65), (3072, 64), (512, 1000), (2048, 256), (1024, 1024), (4096, 4096)


@row("K3", "softmax, log-softmax, cross-entropy: forward, and with backward", bar=1.0, seconds=0.7)
def k3(bench: Bench) -> Iterator[Case]:
    for n, m in ROWWISE:
        x = 3 * array(n, m)
        yield from pair(bench, f"softmax {n}x{m}", lambda t, x: t.softmax(x, -1), x)
        yield from pair(bench, f"log_softmax {n}x{m}", lambda t, x: t.log_softmax(x, -1), x)
        cross_entropy = lambda t, x, target: t.nn.functional.cross_entropy(x, target)
        yield from pair(bench, f"cross_entropy {n}x{m}", cross_entropy, x, fixed=(rng.integers(0, m, n),), scalar=True)


def attention(t: Any, q: Any, k: Any, v: Any) -> Any:
    return t.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)


LENGTHS = (64, 12), (128, 12), (256, 8), (512, 4), (1024, 2), (2048, 1), (4096, 1)  # T and the batch
MEMORY = """
import json
import numpy as np
import glassgrad as gg
from benchmarks import kernels, measure
for T in (64, {time}):  # the first loads what is needed
    qkv = [np.ones((1, 4, T, 32), np.float32) for _ in range(3)]
    run = kernels.both(gg, kernels.attention, *qkv)
    measure.forget_peak()
    before = measure.memory(peak=False)
    run()
print(json.dumps(measure.memory(peak=True) - before))
"""


@row("K4", "causal attention, 4 heads of 32: forward, and with backward", bar=1.0)
def k4(bench: Bench) -> Iterator[Case | Figure]:
    for time, batch in LENGTHS:
        q, k, v = (array(batch, 4, time, 32) for _ in range(3))
        yield from pair(bench, f"T {time}, batch {batch}", attention, q, k, v)
    found = {time: child(MEMORY.format(time=time)) for time in (1024, 2048, 4096)}  # each alone: memory that was free is taken first
    exponent = np.polyfit(np.log(list(found)), np.log(list(found.values())), 1)[0]
    sizes = {f"T {time}": float(size) for time, size in found.items()}
    yield Figure("memory of a step, T 1024 to 4096", float(exponent), "exponent", 1.2, parts=sizes, parts_unit="B")


@row("K5", "layer norm, GELU, dropout, embedding, AdamW: forward and backward; a step of a million parameters", bar=1.2)
def k5(bench: Bench) -> Iterator[Case]:
    def case(name: str, f: Callable[..., Any], *inputs: np.ndarray, fixed: tuple[np.ndarray, ...] = ()) -> Case:
        return Case(name, {n: both(t, f, *inputs, fixed=fixed) for n, t in bench.engines()})

    for n, m in ((64, 64), (768, 128), (2048, 384), (4096, 1024)):
        norm = lambda t, x, w, b: t.nn.functional.layer_norm(x, x.shape[-1:], w, b)
        yield case(f"layer_norm {n}x{m}", norm, array(n, m), array(m), array(m))
    for n, m in ((64, 64), (768, 512), (2048, 1536)):
        yield case(f"gelu, erf {n}x{m}", lambda t, x: t.nn.functional.gelu(x), array(n, m))
        yield case(f"gelu, tanh {n}x{m}", lambda t, x: t.nn.functional.gelu(x, approximate="tanh"), array(n, m))
    for n, m in ((64, 64), (768, 512), (2048, 1536)):
        x = array(n, m)
        contenders = {name: dropped(t, x) for name, t in bench.engines()}
        yield Case(f"dropout {n}x{m}", contenders, check=partial(check_dropout, x))
    for tokens, width, vocabulary in ((768, 128, 65), (2048, 384, 65), (3072, 64, 5000), (4096, 256, 8192)):
        look_up = lambda t, weight, index: t.nn.functional.embedding(index, weight)
        index = rng.integers(0, vocabulary, tokens)
        yield case(f"embedding {tokens} of {vocabulary}x{width}", look_up, array(vocabulary, width), fixed=(index,))
    for count, shape in ((1, (1000, 1000)), (50, (100, 200))):
        start = [array(*shape) for _ in range(count)]
        grads = [array(*shape) for _ in range(count)]
        contenders = {name: adamw(t, start, grads) for name, t in bench.engines()}
        if "torch" in contenders:
            import torch

            contenders["torch fused"] = adamw(torch, start, grads, fused=True)  # not its default
        yield Case(f"AdamW, {count} of {shape[0]}x{shape[1]}", contenders, calls=3)


P = 0.1


def dropped(t: Any, x: np.ndarray) -> Call:
    """Dropout and its gradient, of an upstream of ones."""
    leaf, ones = t.from_numpy(x).requires_grad_(), t.ones(*x.shape)

    def run() -> tuple[Any, ...]:
        leaf.grad = None
        y = t.nn.functional.dropout(leaf, P)
        y.backward(ones)
        return y, leaf.grad

    return run


def check_dropout(x: np.ndarray, result: list[np.ndarray]) -> None:
    """The gradient is 0 or 1 / (1 - p), in about the right shares, and what x was multiplied with."""
    y, scale = result
    kept = scale != 0
    np.testing.assert_allclose(scale[kept], 1 / (1 - P), rtol=1e-6)
    np.testing.assert_allclose(y, x * scale, rtol=1e-6)
    deviation = (P * (1 - P) / x.size) ** 0.5
    assert abs(kept.mean() - (1 - P)) < 6 * deviation, f"{kept.mean():.4f} of the elements are kept, not about {1 - P}"


def adamw(t: Any, start: list[np.ndarray], grads: list[np.ndarray], **options: bool) -> Call:
    """A step; the parameters after it."""
    parameters = [t.nn.Parameter(t.from_numpy(x.copy())) for x in start]
    for p, g in zip(parameters, grads, strict=True):
        p.grad = t.from_numpy(g.copy())
    update = t.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01, **options)

    def run() -> tuple[Any, ...]:
        update.step()
        return tuple(p.detach() for p in parameters)

    return run
