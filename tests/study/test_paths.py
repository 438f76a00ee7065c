"""A gradient as a sum over paths."""

from itertools import product

import numpy as np
import pytest
from tests.study.graphs import random_loss

import glassgrad as gg


def test_all_paths_of_a_ladder_of_numbers():
    rng = np.random.default_rng(0)
    slopes = rng.uniform(-2, 2, (4, 2))
    x = gg.tensor(1.0, requires_grad=True, dtype=gg.float64)
    y = x
    for a, b in slopes:
        y = a * y + b * y
    ways = sorted((np.prod(way) for way in product(*slopes)), key=lambda p: -abs(p))
    found = gg.study.paths(y, x, k=20)
    assert found.count == 16 == len(found.paths)
    np.testing.assert_allclose([float(path.gradient) for path in found.paths], ways, rtol=1e-12)
    np.testing.assert_allclose(found.rest, 0, atol=1e-12)
    assert found.cancellation == pytest.approx(np.abs(ways).sum() / abs(np.sum(ways)))
    assert sum(path.share for path in found.paths) == pytest.approx(1)
    top = gg.study.paths(y, x, k=3)
    np.testing.assert_allclose([float(path.gradient) for path in top.paths], ways[:3], rtol=1e-12)
    np.testing.assert_allclose(top.rest, np.sum(ways[3:]), rtol=1e-9)
    assert "the other 13:" in str(top)


def test_more_paths_than_could_be_listed():
    x = gg.tensor(1.0, requires_grad=True, dtype=gg.float64)
    y = x
    for _ in range(200):
        y = 0.5 * y + 0.5 * y
    found = gg.study.paths(y, x, k=1)
    assert found.count == 2**200 and found.total == 1
    assert float(found.paths[0].gradient) == 2.0**-200


@pytest.mark.parametrize("seed", range(40))
def test_with_all_paths_nothing_is_left(seed):
    loss, pool, _ = random_loss(seed)
    for x in pool:
        if loss.requires_grad and gg.autograd.grad(loss, x, retain_graph=True, allow_unused=True)[0] is not None:
            found = gg.study.paths(loss, x, k=3000)
            if found.count <= 3000:
                assert len(found.paths) == found.count
                np.testing.assert_allclose(found.rest, 0, atol=1e-10)
            assert str(found)


def test_errors():
    x, w = gg.tensor(1.0, requires_grad=True), gg.tensor(1.0, requires_grad=True)
    with pytest.raises(RuntimeError, match="w did not lead to this loss"):
        gg.study.paths(x * x, w)
    with pytest.raises(ValueError, match="k must be a whole number"):
        gg.study.paths(x * x, x, k=0)
