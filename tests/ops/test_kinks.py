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
