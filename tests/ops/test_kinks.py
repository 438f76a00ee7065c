"""Gradients where a derivative jumps, doesn't exist, or meets inf and NaN: PyTorch's choices."""

import numpy as np
import pytest

import glassgrad as gg

nan, inf = float("nan"), float("inf")

CASES = {
    "relu": (lambda x: x.relu(), [nan, -1.0, 0.0, 2.0], [1, 0, 0, 1]),
    "abs": (lambda x: x.abs(), [-2.0, 0.0, 3.0], [-1, 0, 1]),
    "sign": (lambda x: x.sign(), [-2.0, 0.0, 3.0], [0, 0, 0]),
    "x**0": (lambda x: x**0, [0.0, inf, -1.0], [0, 0, 0]),
    "x**1": (lambda x: x**1, [0.0, -1.0], [1, 1]),
    "x**2": (lambda x: x**2, [0.0, -1.0], [0, -2]),
    "0**x": (lambda x: 0**x, [0.0, 2.0], [0, 0]),
    "x to a tensor": (lambda x: x ** gg.tensor([0.0, 1.0, 2.0]), [0.0, 0.0, 0.0], [0, 1, 0]),
    "0 to a tensor": (lambda x: gg.zeros(2) ** x, [0.0, 2.0], [0, 0]),
    "sqrt": (lambda x: x.sqrt(), [0.0, 4.0], [inf, 0.25]),
    "clamp": (lambda x: x.clamp(-1, 1), [-2.0, -1.0, 0.0, 1.0, 2.0, nan], [0, 1, 1, 1, 0, 0]),
    "maximum": (lambda x: gg.maximum(x, gg.ones(3)), [0.0, 1.0, 2.0], [0, 0.5, 1]),
    "minimum": (lambda x: gg.minimum(x, gg.ones(3)), [0.0, 1.0, 2.0], [1, 0.5, 0]),
    "amax": (lambda x: x.amax(0), [3.0, 1.0, 3.0], [0.5, 0, 0.5]),
    "max along a dim": (lambda x: x.max(0).values, [3.0, 1.0, 3.0], [1, 0, 0]),
    "prod with a zero": (lambda x: x.prod(), [2.0, 0.0, 3.0], [0, 6, 0]),
    "prod with two zeros": (lambda x: x.prod(0), [2.0, 0.0, 0.0], [0, 0, 0]),
    "cumprod with a zero": (lambda x: x.cumprod(0), [2.0, 0.0, 3.0, 4.0], [1, 32, 0, 0]),
    "median of ties": (lambda x: x.median(), [2.0, 1.0, 2.0, 3.0], [0.5, 0, 0.5, 0]),
    "cummax of ties": (lambda x: x.cummax(0).values, [1.0, 3.0, 3.0, 2.0], [1, 1, 2, 0]),
    "norm at 0": (lambda x: x.norm(), [0.0, 0.0], [0, 0]),
    "norm inf of ties": (lambda x: x.norm(p=inf), [-2.0, 0.0, 2.0], [-0.5, 0, 0.5]),
    "norm 1/2 at 0": (lambda x: x.norm(p=0.5), [0.0, 4.0], [0, 1]),
    "nansum": (lambda x: x.nansum(), [nan, 1.0], [0, 1]),
    "aminmax of ties": (lambda x: x.aminmax()[0], [1.0, 1.0, 2.0], [0.5, 0.5, 0]),
    "logcumsumexp": (lambda x: x.logcumsumexp(0)[2:], [1.0, -inf, 1.0], [0.5, 0, 0.5]),
    "std of equal values": (lambda x: x.std(), [2.0, 2.0], [0, 0]),
    "softmax of a mask": (lambda x: x.softmax(0), [-inf, 0.0, 0.0], [0, 0, 0]),
    "where skips what it doesn't choose": (lambda x: gg.where(x > 0, x.log(), x), [-1.0, 2.0], [1, 0.5]),
    "division of zeros": (lambda x: x / x, [0.0, 2.0], [nan, 0]),
}


@pytest.mark.parametrize("case", CASES)
def test_gradients_at_kinks(case):
    function, at, want = CASES[case]
    x = gg.tensor(at, requires_grad=True)
    function(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), want, atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_they_are_pytorchs(case, monkeypatch):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    function, at, want = CASES[case]
    monkeypatch.setitem(globals(), "gg", torch)
    x = torch.tensor(at, requires_grad=True)
    function(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), want, atol=1e-6)
