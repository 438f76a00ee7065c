"""From samples to calls: arguments as tensors, gradients by the floating ones, results as lists of arrays."""

import inspect

import numpy as np
import pytest
from tests.ops.samples import SAMPLES, samples

import glassgrad as gg
from glassgrad.op import REGISTRY
from glassgrad.tensor import Tensor

gg.ops.load_all()


def each_sample(*names, keep=lambda function, sample: True, skip=()):
    """Make of `test(name, sample, ...)` one test for each op (or each of `names`), which runs on all its samples.

    Only those that `keep` wants, and not those of `skip`, pairs of (name, number of the sample). A failure names the sample.
    """
    chosen = {}
    for name in names or REGISTRY:
        numbered = [(i, sample) for i, sample in enumerate(samples(name)) if (name, i) not in skip] if name in SAMPLES else []
        kept = [(i, sample) for i, sample in numbered if keep(REGISTRY[name], sample)]
        if kept:
            chosen[name] = kept

    def decorate(test):
        def run(name, **others):
            for i, sample in chosen[name]:
                try:
                    test(name=name, sample=sample, **others)
                except BaseException as error:
                    error.add_note(f"sample {i} of {name}: {sample}")
                    raise

        signature = inspect.signature(test)
        run.__signature__ = signature.replace(parameters=[p for p in signature.parameters.values() if p.name != "sample"])
        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return pytest.mark.parametrize("name", list(chosen))(run)

    return decorate


def map_arrays(sample, change):
    """The sample's (args, kwargs) with `change(key, array)` in place of every array; lists are entered, tuples are attributes."""

    def walk(key, value):
        if isinstance(value, np.ndarray):
            return change(key, value)
        if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
            return [change((key, i), item) for i, item in enumerate(value)]
        return value

    return [walk(i, x) for i, x in enumerate(sample.args)], {k: walk(k, x) for k, x in sample.kwargs.items()}


def inputs_of(sample):
    """{key: array} of the floating arrays that gradients are taken by."""
    found = {}

    def note(key, array):
        if array.dtype.kind == "f" and key not in sample.constant:
            found[key] = array
        return array

    map_arrays(sample, note)
    return found


def call(name, sample, values=None, wanted=None, dtype=None):
    """Run the op on tensors: (list of outputs, {key: leaf}). `values` replaces inputs, `wanted` are the keys that require grad."""
    leaves = {}
    inputs = inputs_of(sample)
    differentiable = REGISTRY[name].op.differentiable

    def tensor(key, array):
        array = array if values is None or key not in values else values[key]
        if dtype is not None and array.dtype.kind == "f":
            array = array.astype(dtype)
        leaf = gg.from_numpy(np.asarray(array))
        if key in inputs:
            leaves[key] = leaf
            if differentiable and (wanted is None or key in wanted):
                leaf.requires_grad_()
        return leaf

    args, kwargs = map_arrays(sample, tensor)
    return listed(REGISTRY[name](*args, **kwargs)), leaves


def listed(result):
    return list(result) if isinstance(result, (tuple, list)) else [result]


def raw(result):
    return [x.detach().numpy() if isinstance(x, Tensor) else np.asarray(x) for x in listed(result)]


def upstream(outputs, seed=1):
    """A random gradient for each differentiable output."""
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.standard_normal(y.shape)).astype(y.dtype) for y in outputs]


def gradients(name, sample, values=None, wanted=None, dtype=None, u=None):
    """{key: array}: the gradients of a random projection of the outputs."""
    outputs, leaves = call(name, sample, values, wanted, dtype)
    outputs = [y for y in outputs if isinstance(y, Tensor)]
    if not any(y.requires_grad for y in outputs):
        return {}
    keys = [key for key, leaf in leaves.items() if leaf.requires_grad]
    if u is None:  # the same for each output, whichever of the inputs require grad
        u = [g for g, y in zip(upstream(outputs), outputs, strict=True) if y.requires_grad]
    outputs = [y for y in outputs if y.requires_grad]
    found = gg.autograd.grad(outputs, [leaves[key] for key in keys], [gg.tensor(x) for x in u], allow_unused=True)
    return {key: np.zeros(leaves[key].shape) if g is None else g.to_dense().numpy() for key, g in zip(keys, found, strict=True)}
