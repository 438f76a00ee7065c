"""Manual backprop is marked as a teacher would."""

import numpy as np
import pytest

import glassgrad as gg


def parts():
    rng = np.random.default_rng(0)
    x, w, b = (gg.tensor(rng.standard_normal(shape), requires_grad=True) for shape in ((5, 3), (3, 3), (3,)))
    h = x @ w + b
    loss = (h * h).sum()
    return x, w, b, h, loss


def test_each_slip_is_recognised():
    x, w, b, h, loss = parts()
    dh = 2 * h.detach().numpy()
    xs, ws = x.detach().numpy(), w.detach().numpy()
    dw = xs.T @ dh
    marks = lambda **mine: [mark.verdict for mark in gg.study.grade(loss, mine)]
    assert marks(h=dh, x=dh @ ws.T, b=dh.sum(0)) == ["exact", "exact", "exact"]
    assert marks(h=dh * (1 + 1e-12)) == ["close"]
    assert marks(w=dw.T) == ["transposed"]
    assert marks(x=(dh @ ws.T).T) == ["transposed"]
    assert marks(b=dh) == ["missing sum"]
    assert marks(b=dh.sum(1)) == ["wrong shape"]
    assert marks(h=dh / 4) == ["wrong factor"]
    assert marks(h=-dh) == ["wrong sign"]
    assert marks(h=dh / 2) == ["one use of several"]
    assert marks(h=0 * dh) == ["all zero"]
    assert marks(h=dh + np.nan) == ["not finite"]
    slip = dh.copy()
    slip[2, 1] += 1
    (mark,) = gg.study.grade(loss, {"h": slip})
    assert mark.verdict == "wrong" and "at [2, 1]" in mark.hint
    assert w.grad is None


def test_tensors_are_keys_too_and_all_must_be_right():
    x, w, b, h, loss = parts()
    loss.backward(retain_graph=True)
    good = gg.study.grade(loss, {x: x.grad, w: w.grad, b: b.grad.numpy()})
    assert good and str(good).splitlines() == ["✓ x: exact", "✓ w: exact", "✓ b: exact"]
    bad = gg.study.grade(loss, {x: x.grad, w: w.grad * 2})
    assert not bad and "✗ w: wrong factor. Yours times 0.5 is right" in str(bad)


def test_an_unknown_name_is_an_error_that_lists_the_known_ones():
    x, w, b, h, loss = parts()
    with pytest.raises(KeyError, match="nothing in this graph is called 'dh'.*x, w"):
        gg.study.grade(loss, {"dh": h})
    other = gg.ones(2, requires_grad=True)
    with pytest.raises(KeyError):
        gg.study.grade(loss, {other: np.ones(2)})
