"""What goes wrong without one piece of backprop."""

import numpy as np
import pytest

import glassgrad as gg


def net():
    rng = np.random.default_rng(0)
    x, w, b = (gg.tensor(rng.standard_normal(shape), requires_grad=True) for shape in ((5, 3), (3, 3), (3,)))
    h = (x @ w + b).tanh()
    again = (h @ w + b).tanh()  # the weights are used twice, and so is h
    return x, w, b, h, (again * h).mean()


@pytest.mark.parametrize(("way", "first"), [("=", "h"), ("order", "h"), ("zero_grad", "x"), ("sum", "b"), ("rule", None)])
def test_each_way_goes_wrong_where_it_must(way, first):
    x, w, b, h, loss = net()
    found = gg.study.broken(loss, way)
    assert found.first is not None
    if first in ("h", "b"):
        assert found.first.name == first
    assert x.grad is None and loss.grad_fn is not None and str(found)


def test_a_chain_is_none_the_worse_for_some():
    x = gg.tensor(0.5, requires_grad=True)
    loss = x.tanh().exp()
    for way in ("=", "order", "sum"):
        found = gg.study.broken(loss, way)
        assert found.first is None and "none the worse" in str(found)
    assert gg.study.broken(loss, "zero_grad").first.broken == 2 * gg.study.broken(loss, "zero_grad").first.right
    wrong = gg.study.broken(loss, "rule", op="tanh").first
    assert wrong.name == "x" and wrong.broken == -wrong.right


def test_overwriting_keeps_the_last_use():
    x = gg.tensor(3.0, requires_grad=True)
    found = gg.study.broken(x * x, "=")
    assert (found.first.broken, found.first.right) == (3, 6)
    assert "=: a gradient replaces the one before" in str(found)


def test_errors_name_what_there_is():
    x = gg.tensor(3.0, requires_grad=True)
    with pytest.raises(ValueError, match="way must be one of '=', 'order'"):
        gg.study.broken(x * x, "nothing")
    with pytest.raises(ValueError, match="names an op of this graph: mul"):
        gg.study.broken(x * x, "rule", op="exp")


def test_slices_of_large_arrays():
    x = gg.randn(64, 64, requires_grad=True)
    a, b = x.split(32, dim=1)
    for way in ("=", "order", "sum"):
        assert gg.study.broken((a * b).sum(), way).error == ""
    assert len(gg.study.steps((a * b).sum())) == 4
