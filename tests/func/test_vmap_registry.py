"""vmap of every op in the registry, on its samples: what a loop over the batch gives, or a clear refusal."""

import numpy as np
import pytest
from tests.ops.build import each_sample, inputs_of, map_arrays, raw, upstream
from tests.ops.samples import samples

import glassgrad as gg
from glassgrad.batch import CannotBatch
from glassgrad.batch.batched import RULES
from glassgrad.op import REGISTRY
from glassgrad.tensor import Tensor

SIZE = 3
REFUSED = {  # ops, or forms of them, and why; every other op takes every sample
    "_getitem": "an index of a single bool makes an empty result, or one of another rank",
    "_groups": "as many groups as there are different entries",
    "argwhere": "as many rows as there are true elements",
    "bincount": "as many bins as the largest element",
    "masked_select": "as many elements as the mask has",
    "nonzero": "as many rows as there are true elements",
    "repeat_interleave": "repeats that differ between samples give them different lengths",
    "unique": "as many elements as there are different ones",
    "unique_consecutive": "as many elements as there are runs",
    "where": "with the condition alone it is nonzero",
}


def batch_of(array):
    """Three variants of an array: floats scaled, the others rolled."""
    if array.dtype.kind == "f":
        return np.stack([array * (1 + 0.05 * i) for i in range(SIZE)])
    return np.stack([np.roll(array, i) for i in range(SIZE)])


def both_ways(name, sample, chosen):
    """(vmap of the op, the loop) with the arrays that `chosen(key, array)` picks batched."""
    batches = {}

    def note(key, array):
        if chosen(key, array):
            batches[key] = gg.from_numpy(batch_of(array))
        return array

    map_arrays(sample, note)

    def function(parts):
        args, kwargs = map_arrays(sample, lambda key, array: parts[key] if key in parts else gg.from_numpy(array))
        found = REGISTRY[name](*args, **kwargs)
        listed = found if isinstance(found, (tuple, list)) else [found]
        return [y if isinstance(y, Tensor) else gg.tensor(y) for y in listed]

    def loop():
        runs = [function({key: x[i] for key, x in batches.items()}) for i in range(SIZE)]
        return [gg.stack(same) for same in zip(*runs, strict=True)]

    return (lambda: gg.func.vmap(function)(batches)), loop, batches


def compare(name, sample, chosen):
    vectorised, loop, batches = both_ways(name, sample, chosen)
    if not batches:
        return
    try:
        want = loop()
    except Exception as error:
        with pytest.raises((type(error), CannotBatch)):
            vectorised()
        return
    try:
        found = vectorised()
    except CannotBatch as error:
        assert name in REFUSED, f"{name} is refused: {error}"
        assert str(error).startswith("vmap: ")
        return "refused"
    assert len(found) == len(want)
    for a, b in zip(raw(found), raw(want), strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def gives_samples(function, sample):
    return function.op.key != "_all_fractions"  # a check, which vmap makes of all samples at once


@each_sample(keep=gives_samples)
def test_vmap_over_all_arrays_is_the_loop(name, sample):
    compare(name, sample, lambda key, array: True)


@each_sample(keep=lambda f, s: gives_samples(f, s) and bool(inputs_of(s)))
def test_vmap_over_each_floating_array_is_the_loop(name, sample):
    for one in inputs_of(sample):
        compare(name, sample, lambda key, array, one=one: key == one)


def loop_and_batch(name, sample):
    """(vmap of the op, the loop, the batches) with all arrays batched and gradients wanted; None where either can't be."""
    vectorised, loop, batches = both_ways(name, sample, lambda key, array: True)
    try:
        with gg.no_grad():
            loop(), vectorised()
    except Exception:
        return None
    for key, x in batches.items():
        x.requires_grad = x.dtype.kind == "f" and key not in sample.constant
    return vectorised, loop, [x for x in batches.values() if x.requires_grad]


@each_sample(keep=lambda f, s: f.op.differentiable and bool(inputs_of(s)))
def test_gradients_through_vmap_are_those_through_the_loop(name, sample):
    """A rule that runs other ops on the batch has their derivatives, not the op's."""
    runs = loop_and_batch(name, sample)
    if runs is None:
        return
    *runs, leaves = runs
    found = []
    for run in runs:
        outputs = [y for y in run() if y.requires_grad]
        found.append(gg.autograd.grad(outputs, leaves, [gg.from_numpy(g) for g in upstream(outputs)], allow_unused=True) if outputs else [])
    for x, a, b in zip(leaves, *found, strict=False):
        a, b = (np.zeros(x.shape) if g is None else g.numpy() for g in (a, b))
        assert a.shape == b.shape
        both = np.isfinite(a) & np.isfinite(b) if not sample.smooth else np.s_[:] if a.ndim else ()  # at a pole, 0 * inf is elsewhere
        np.testing.assert_allclose(a[both], b[both], rtol=1e-8, atol=1e-10)


@each_sample(keep=gives_samples)
def test_vmap_in_vmap_is_two_loops(name, sample):
    runs = loop_and_batch(name, sample)
    if runs is None:
        return
    outer = {}

    def note(key, array):
        outer[key] = gg.from_numpy(np.stack([batch_of(array), batch_of(array)[::-1]]))
        return array

    map_arrays(sample, note)
    if not outer:
        return

    def function(parts):
        args, kwargs = map_arrays(sample, lambda key, array: parts[key])
        found = REGISTRY[name](*args, **kwargs)
        listed = found if isinstance(found, (tuple, list)) else [found]
        return [y if isinstance(y, Tensor) else gg.tensor(y) for y in listed]

    found = gg.func.vmap(gg.func.vmap(function))(outer)
    flat = [function({key: x[i, j] for key, x in outer.items()}) for i in range(2) for j in range(SIZE)]
    want = [gg.stack(same).unflatten(0, (2, SIZE)) for same in zip(*flat, strict=True)]
    for a, b in zip(raw(found), raw(want), strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def test_every_rule_is_of_an_op_that_there_is():
    assert not RULES.keys() - REGISTRY.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_said_to_be_refused_is_refused(name):
    """So that an op that has learnt it leaves the list."""
    assert "refused" in [compare(name, sample, lambda key, array: True) for sample in samples(name)]
