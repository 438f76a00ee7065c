"""Training steps next to PyTorch, JAX, MyGrad and HIPS autograd: the rows W1 to W9 of run.py.

A row is a function of the machine's peers that returns {name: step}: each step trains once, from the same weights on the
same batch, and returns the loss. What has PyTorch's names is written once and runs on glassgrad and on PyTorch.
"""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

Step = Callable[[], Any]
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "train_gpt.py"
ENGINES = {"glassgrad": "glassgrad", "torch": "torch"}  # peer -> module, of those with PyTorch's names


def engines(peers: Sequence[str]) -> dict[str, types.ModuleType]:
    """The modules with PyTorch's names among the peers, glassgrad first."""
    return {name: importlib.import_module(module) for name, module in ENGINES.items() if name in ("glassgrad", *peers)}


# ---------------------------------------------------------------------------------------------- perceptrons


def perceptron(peers: Sequence[str], sizes: Sequence[int], batch: int, activation: str, optimizer: str, lr: float) -> dict[str, Step]:
    """A step of an MLP with cross-entropy."""
    rng = np.random.default_rng(0)
    weights = [(rng.uniform(-1, 1, (m, n)).astype(np.float32) / n**0.5, np.zeros(m, np.float32)) for n, m in pairwise(sizes)]
    x = rng.standard_normal((batch, sizes[0])).astype(np.float32)
    y = rng.integers(0, sizes[-1], batch)
    steps = {name: _perceptron(t, weights, x, y, activation, optimizer, lr) for name, t in engines(peers).items()}
    if "jax" in peers:
        steps["jax"] = _perceptron_jax(weights, x, y, activation, optimizer, lr)
    if optimizer == "SGD":
        steps |= {name: one(weights, x, y, activation, lr) for name, one in (("mygrad", _mygrad), ("autograd", _hips)) if name in peers}
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

OURS = "import glassgrad as gg\nfrom glassgrad import nn\nfrom glassgrad.nn import functional as F\n"


def example(t: str) -> types.ModuleType:
    """examples/train_gpt.py as it is, or with its imports swapped for another engine of PyTorch's names."""
    text = EXAMPLE.read_text()
    if OURS not in text:
        raise SystemExit("examples/train_gpt.py no longer starts with the imports that this swaps")
    module = types.ModuleType(f"gpt_{t}")
    theirs = OURS.replace("import glassgrad as gg", f"import {t} as gg").replace("from glassgrad", f"from {t}")
    exec(compile(text.replace(OURS, theirs), str(EXAMPLE), "exec"), vars(module))
    return module


def transformer(peers: Sequence[str], layers: int, heads: int, width: int, context: int, vocabulary: int, batch: int) -> dict[str, Step]:
    """A step of the example's GPT: AdamW, clipping at 1."""
    rng = np.random.default_rng(0)
    data = rng.integers(0, vocabulary, 20_000)
    steps, weights = {}, None
    for name in engines(peers):
        module = example(ENGINES[name])
        module.gg.manual_seed(0)
        model = module.GPT(vocabulary, layers=layers, heads=heads, width=width, context=context)
        if weights is None:
            weights = {key: value.detach().numpy().copy() for key, value in model.state_dict().items()}
        else:
            model.load_state_dict({key: module.gg.from_numpy(value) for key, value in weights.items()})
        x, y = module.sample_batch(data, batch, context, np.random.default_rng(1))
        optimizer = module.make_optimizer(model, 1e-3, 0.1)
        steps[name] = lambda module=module, model=model, optimizer=optimizer, x=x, y=y: module.train_step(model, optimizer, x, y, 1e-3, 1.0)
    return steps


# ---------------------------------------------------------------------------------------------- word vectors


def skip_gram(peers: Sequence[str], vocabulary: int = 5000, width: int = 64, negatives: int = 5, batch: int = 512) -> dict[str, Step]:
    """A step of word2vec with negative sampling (Mikolov et al. 2013), SGD."""
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
        embedding = t.nn.functional.embedding

        def step() -> Any:
            scores = (embedding(o, outside) @ embedding(i, inside).unsqueeze(-1)).squeeze(-1)
            loss = t.nn.functional.binary_cross_entropy_with_logits(scores, y)
            update.zero_grad()
            loss.backward()
            update.step()
            return loss.detach().numpy()

        return step

    return {name: of(t) for name, t in engines(peers).items()}
