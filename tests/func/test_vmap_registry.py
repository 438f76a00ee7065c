"""vmap of every op in the registry, on its samples: what a loop over the batch gives, or a clear refusal."""

import numpy as np
import pytest
from tests.ops.build import each_sample, inputs_of, map_arrays, raw

import glassgrad as gg
from glassgrad.batch import CannotBatch
from glassgrad.op import REGISTRY
from glassgrad.tensor import Tensor

SIZE = 3
REFUSED = {  # ops, or forms of them, whose results depend on values in their shape, or that read them in Python
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
        assert name in REFUSED or not has_rule(name), f"{name} is refused: {error}"
        assert "vmap" in str(error)
        return
    assert len(found) == len(want)
    for a, b in zip(raw(found), raw(want), strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def has_rule(name):
    return False


@each_sample()
def test_vmap_over_all_arrays_is_the_loop(name, sample):
    compare(name, sample, lambda key, array: True)


@each_sample(keep=lambda f, s: bool(inputs_of(s)))
def test_vmap_over_each_floating_array_is_the_loop(name, sample):
    for one in inputs_of(sample):
        compare(name, sample, lambda key, array, one=one: key == one)
