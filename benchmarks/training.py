"""Whole training steps next to PyTorch, JAX, MyGrad and HIPS autograd: rows W1 to W9, and V1, the main job from start to end.

A step trains once, from the same weights on the same batch as the other contenders', and returns the loss. What has PyTorch's
names is written once and runs on glassgrad and on PyTorch.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from benchmarks.measure import ROOT, Bench, Case, Figure, row

Step = Callable[[], Any]
Engines = Iterable[tuple[str, Any]]
EXAMPLE = ROOT / "examples" / "train_gpt.py"
STEPS = 3  # of which the losses are compared


@row("W1", "MLP 2-16-16-2, ReLU, batch 100, SGD: a training step", bar=2.5, seconds=4)
def w1(bench: Bench) -> Iterator[Case]:
    yield Case("step", perceptron(bench, (2, 16, 16, 2), 100, "relu", "SGD", 0.01), calls=STEPS)


@row("W2", "MLP 64-128-64-10, ReLU, batch 64, Adam: a training step", bar=2.0, seconds=4)
def w2(bench: Bench) -> Iterator[Case]:
    yield Case("step", perceptron(bench, (64, 128, 64, 10), 64, "relu", "Adam", 1e-4), calls=STEPS)
    yield Case("step, SGD", perceptron(bench, (64, 128, 64, 10), 64, "relu", "SGD", 0.01), calls=STEPS, counted=False)


@row("W3", "MLP 784-512-256-10, GELU, batch 128, Adam: a training step", bar=1.4, seconds=4)
def w3(bench: Bench) -> Iterator[Case]:
    yield Case("step", perceptron(bench, (784, 512, 256, 10), 128, "gelu", "Adam", 1e-4), calls=STEPS)


@row("W4", "GPT 4-4-64-16 (layers, heads, width, context), vocabulary 27, batch 32, AdamW, clipping: a training step", bar=1.5, seconds=4)
def w4(bench: Bench) -> Iterator[Case]:
    yield Case("step", transformer(bench.engines(), 4, 4, 64, 16, 27, 32), calls=STEPS)


W5 = 4, 4, 128, 64, 65, 12  # layers, heads, width, context, vocabulary, batch
W6 = 6, 6, 384, 256, 65, 8


@row("W5", "GPT 4-4-128-64, vocabulary 65, batch 12, AdamW, clipping: a training step", bar=1.35, seconds=6)
def w5(bench: Bench) -> Iterator[Case]:
    yield Case("step", transformer(bench.engines(), *W5), calls=STEPS)


@row("W6", "GPT 6-6-384-256, vocabulary 65, batch 8, AdamW, clipping: a training step", bar=1.2, seconds=20)
def w6(bench: Bench) -> Iterator[Case]:
    yield Case("step", transformer(bench.engines(), *W6), calls=1 if bench.quick else STEPS)


@row("W9", "skip-gram word2vec: 5,000 words, width 64, 5 negatives, batch 512, a training step", bar=1.5, seconds=4)
def w9(bench: Bench) -> Iterator[Case]:
    yield Case("step", skip_gram(bench), calls=STEPS)
    yield Case("step, sparse gradients", skip_gram(bench, sparse=True), calls=STEPS, counted=False)


# ---------------------------------------------------------------------------------------------- perceptrons


def perceptron(bench: Bench, sizes: Sequence[int], batch: int, activation: str, optimizer: str, lr: float) -> dict[str, Step]:
    """A step of an MLP with cross-entropy."""
    rng = np.random.default_rng(0)
    weights = [(rng.uniform(-1, 1, (m, n)).astype(np.float32) / n**0.5, np.zeros(m, np.float32)) for n, m in pairwise(sizes)]
    x = rng.standard_normal((batch, sizes[0])).astype(np.float32)
    y = rng.integers(0, sizes[-1], batch)
    steps = {name: _perceptron(t, weights, x, y, activation, optimizer, lr) for name, t in bench.engines()}
    if "jax" in bench.peers:
        steps["jax"] = _perceptron_jax(weights, x, y, activation, optimizer, lr)
    if optimizer == "SGD":
        others = ("mygrad", _mygrad), ("autograd", _hips)
        steps |= {name: one(weights, x, y, activation, lr) for name, one in others if name in bench.peers}
    return steps


def _perceptron(t: Any, weights: Any, x: np.ndarray, y: np.ndarray, activation: str, optimizer: str, lr: float) -> Step:
    layers: list[Any] = []
    for w, b in weights:
        layer = t.nn.Linear(w.shape[1], w.shape[0])
        with t.no_grad():
            layer.weight.copy_(t.from_numpy(w))
            layer.bias.copy_(t.from_numpy(b))
        layers += [layer, t.nn.ReLU() if activation == "relu" else t.nn.GELU()]
    model = t.nn.Sequential(*layers[:-1])
    update = getattr(t.optim, optimizer)(model.parameters(), lr=lr)
    x, y = t.from_numpy(x), t.from_numpy(y)

    def step() -> Any:
        loss = t.nn.functional.cross_entropy(model(x), y)
        update.zero_grad()
        loss.backward()
        update.step()
        return loss.detach().numpy()

    return step


def _perceptron_jax(weights: Any, x: np.ndarray, y: np.ndarray, activation: str, optimizer: str, lr: float) -> Step:
    import jax
    from jax import numpy as jnp

    act = jax.nn.relu if activation == "relu" else lambda h: jax.nn.gelu(h, approximate=False)
    xs, ys = jnp.asarray(x), jnp.asarray(y)

    def loss_of(parameters: Any) -> Any:
        h = xs
        for i, (w, b) in enumerate(parameters):
            h = h @ w.T + b
            h = act(h) if i < len(parameters) - 1 else h
        return -jnp.mean(jax.nn.log_softmax(h)[jnp.arange(len(ys)), ys])

    def adam(p: Any, g: Any, m: Any, v: Any, n: Any) -> Any:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        return p - lr * (m / (1 - 0.9**n)) / (jnp.sqrt(v / (1 - 0.999**n)) + 1e-8), m, v

    @jax.jit
    def train(parameters: Any, moments: Any, n: Any) -> Any:
        loss, grads = jax.value_and_grad(loss_of)(parameters)
        if optimizer == "SGD":
            return loss, jax.tree.map(lambda p, g: p - lr * g, parameters, grads), moments, n
        flat, form = jax.tree.flatten(parameters)
        new = [adam(p, g, m, v, n) for p, g, (m, v) in zip(flat, jax.tree.leaves(grads), moments, strict=True)]
        return loss, jax.tree.unflatten(form, [p for p, _, _ in new]), [(m, v) for _, m, v in new], n + 1

    parameters = [(jnp.asarray(w), jnp.asarray(b)) for w, b in weights]
    state = [parameters, [(jnp.zeros_like(p), jnp.zeros_like(p)) for p in jax.tree.leaves(parameters)], 1.0]

    def step() -> Any:
        loss, *state[:] = train(*state)
        jax.block_until_ready(state)
        return np.asarray(loss)

    return step


def _mygrad(weights: Any, x: np.ndarray, y: np.ndarray, activation: str, lr: float) -> Step:
    import mygrad as mg
    from mygrad.nnet.losses import softmax_crossentropy

    parameters = [(mg.tensor(w.T.copy()), mg.tensor(b.copy())) for w, b in weights]

    def step() -> Any:
        h = x
        for i, (w, b) in enumerate(parameters):
            h = mg.matmul(h, w) + b
            h = mg.maximum(h, 0) if i < len(parameters) - 1 else h
        loss = softmax_crossentropy(h, y)
        loss.backward()
        for p in (p for pair in parameters for p in pair):
            p.data -= lr * p.grad
            p.null_grad()
        return loss.data

    assert activation == "relu"
    return step


def _hips(weights: Any, x: np.ndarray, y: np.ndarray, activation: str, lr: float) -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad

    state = [[(w.T.copy(), b.copy()) for w, b in weights]]
    rows = np.arange(len(y))

    def loss_of(parameters: Any) -> Any:
        h = x
        for i, (w, b) in enumerate(parameters):
            h = anp.dot(h, w) + b
            h = anp.maximum(h, 0) if i < len(parameters) - 1 else h
        h = h - anp.max(h, axis=1, keepdims=True)
        return -anp.mean(h[rows, y] - anp.log(anp.sum(anp.exp(h), axis=1)))

    train = value_and_grad(loss_of)

    def step() -> Any:
        loss, grads = train(state[0])
        state[0] = [(w - lr * gw, b - lr * gb) for (w, b), (gw, gb) in zip(state[0], grads, strict=True)]
        return loss

    assert activation == "relu"
    return step


# ---------------------------------------------------------------------------------------------- transformers

IMPORTS = "import glassgrad as gg\nfrom glassgrad import nn\nfrom glassgrad.nn import functional as F\n"


def example(t: Any) -> types.ModuleType:
    """examples/train_gpt.py on an engine with PyTorch's names."""
    text = EXAMPLE.read_text()
    if IMPORTS not in text:
        raise RuntimeError("examples/train_gpt.py no longer starts with the imports that this swaps")
    module = types.ModuleType(f"train_gpt on {t.__name__}")
    vars(module).update(gg=t, nn=t.nn, F=t.nn.functional)
    exec(compile(text.replace(IMPORTS, ""), str(EXAMPLE), "exec"), vars(module))
    return module


def transformers(engines: Engines, **config: int) -> dict[str, tuple[types.ModuleType, Any, Any]]:
    """The example, a GPT of the same weights, and its optimizer, of each engine."""
    made: dict[str, tuple[types.ModuleType, Any, Any]] = {}
    weights: dict[str, np.ndarray] = {}
    for name, t in engines:
        module = example(t)
        t.manual_seed(0)
        model = module.GPT(**config)
        if weights:
            model.load_state_dict({key: t.from_numpy(value.copy()) for key, value in weights.items()})
        else:
            weights = {key: value.detach().numpy().copy() for key, value in model.state_dict().items()}
        made[name] = module, model, module.make_optimizer(model, 1e-3, 0.1)
    return made


def transformer(engines: Engines, layers: int, heads: int, width: int, context: int, vocabulary: int, batch: int) -> dict[str, Step]:
    """A step of the example's GPT: AdamW, clipping at 1."""
    data = np.random.default_rng(0).integers(0, vocabulary, 20_000)
    steps: dict[str, Step] = {}
    for name, (module, model, optimizer) in transformers(
        engines, vocab=vocabulary, layers=layers, heads=heads, width=width, context=context
    ).items():
        x, y = module.sample_batch(data, batch, context, np.random.default_rng(1))
        steps[name] = partial(module.train_step, model, optimizer, x, y, 1e-4, 1.0)
    return steps


@row("V1", "the main job from start to end: 2,000 steps on the Python language reference, both engines", default=False)
def v1(bench: Bench) -> Iterator[Figure]:
    """Same weights, same batches: the losses of the first steps, and of the validation text in the end, must agree."""
    steps = 100 if bench.quick else 2000
    text = example(next(bench.engines())[1]).read_text(None)
    chars = sorted(set(text))
    code = {char: i for i, char in enumerate(chars)}
    data = np.array([code[char] for char in text], dtype=np.int64)
    cut = int(0.9 * len(data))
    engines = ((name, t) for name, t in bench.engines() if name != "before")
    runs = transformers(engines, vocab=len(chars), layers=4, heads=4, width=128, context=64)
    losses: dict[str, list[float]] = {name: [] for name in runs}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for step in range(steps):
        for name, (module, model, optimizer) in runs.items():
            x, y = module.sample_batch(data[:cut], 12, 64, np.random.default_rng(step))
            lr = module.learning_rate(step, 2000, 1e-3, 1e-4, 100)
            begin = perf_counter()
            losses[name].append(module.train_step(model, optimizer, x, y, lr, 1.0))
            times[name].append(perf_counter() - begin)
    validation = {name: module.validation_loss(model, data[cut:]) for name, (module, model, _) in runs.items()}
    typical = {name: median(found) for name, found in times.items()}
    if "torch" in runs:
        ratio = median(t / o for t, o in zip(times["torch"], times["glassgrad"], strict=True))
        yield Figure("PyTorch's time a step / ours", ratio, "ratio", 1.35, at_most=False, parts=typical)
        early = max(abs(t - o) for t, o in zip(losses["torch"][:20], losses["glassgrad"][:20], strict=True))
        yield Figure("difference of the loss, first 20 steps", early, "nats", 1e-3)
        apart = abs(validation["torch"] - validation["glassgrad"])
        yield Figure("difference of the validation loss in the end", apart, "nats", 0.02, parts=validation, parts_unit="nats")
    else:
        yield Figure("validation loss in the end", validation["glassgrad"], "nats", parts=typical)


# ---------------------------------------------------------------------------------------------- word vectors


def skip_gram(
    bench: Bench, vocabulary: int = 5000, width: int = 64, negatives: int = 5, batch: int = 512, sparse: bool = False
) -> dict[str, Step]:
    """A step of word2vec with negative sampling (Mikolov et al. 2013), SGD; sparse: only the rows used are updated."""
    rng = np.random.default_rng(0)
    tables = [(rng.standard_normal((vocabulary, width)) / 10).astype(np.float32) for _ in range(2)]
    centre = rng.integers(0, vocabulary, batch)
    others = rng.integers(0, vocabulary, (batch, 1 + negatives))  # the word beside it, and the negatives
    truth = np.zeros((batch, 1 + negatives), np.float32)
    truth[:, 0] = 1

    def of(t: Any) -> Step:
        inside, outside = (t.nn.Parameter(t.from_numpy(table.copy())) for table in tables)
        update = t.optim.SGD([inside, outside], lr=0.1)
        i, o, y = t.from_numpy(centre), t.from_numpy(others), t.from_numpy(truth)
        embedding = partial(t.nn.functional.embedding, sparse=sparse)

        def step() -> Any:
            scores = (embedding(o, outside) @ embedding(i, inside).unsqueeze(-1)).squeeze(-1)
            loss = t.nn.functional.binary_cross_entropy_with_logits(scores, y)
            update.zero_grad()
            loss.backward()
            update.step()
            return loss.detach().numpy()

        return step

    return {name: of(t) for name, t in bench.engines()}
