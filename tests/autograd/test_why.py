"""`why_no_grad` and `unused_parameters` say what is the matter."""

import re

import pytest

import glassgrad as gg
from glassgrad import nn


def leaf(*values):
    return gg.tensor(values, dtype=gg.float64, requires_grad=True)


def detached():
    return (leaf(1.0) * 2).detach()


def off():
    with gg.no_grad():
        return leaf(1.0) * 2


def off_cat():
    with gg.no_grad():
        return gg.cat([leaf(1.0), leaf(2.0)])


def done():
    x = leaf(1.0)
    x.sum().backward()
    return x


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: leaf(1.0) * 2, r"not a leaf: mul computed it.*retain_grad\(\) before"),
        (lambda: gg.tensor([1, 2]), r"is int64, and only floating.*\.float\(\)"),
        (detached, r"was detached at .*test_why.py:\d+"),
        (off, r"computed where grad mode was off \(no_grad\)"),
        (lambda: gg.ones(2), r"doesn't require grad: nothing that it was computed from did.*requires_grad=True"),
        (lambda: (leaf(1.0) > 0).double(), r"or it was computed by way of integers or bools"),
        (off_cat, r"computed where grad mode was off \(no_grad\)"),
        (lambda: leaf(1.0), r"requires grad, but no backward\(\) has reached it"),
        (done, r"has a \.grad, of shape \(1,\)"),
    ],
)
def test_each_reason_is_told(make, text):
    assert re.search(text, gg.why_no_grad(make()))


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.unused = nn.Linear(2, 2), nn.Linear(2, 2)

    def forward(self, x):
        return self.used(x)


def test_with_the_loss_the_way_to_it_is_looked_at():
    w, v = leaf(1.0, 2.0), leaf(3.0, 4.0)
    loss = ((w * 2).detach() * v).sum()
    line = r"test_why.py:\d+"
    assert re.search(rf"not reached from this loss: what was computed from it was detached at .*{line}$", gg.why_no_grad(w, loss))
    loss.backward()  # frees what would prove that the loss used it
    assert re.search(rf"not reached from this loss. What was computed from it was detached at .*{line}: if", gg.why_no_grad(w, loss))
    v.grad = None
    assert "but backward() hasn't been run on it" in gg.why_no_grad(v, loss)
    assert "no recorded op on the way to the loss used it" in gg.why_no_grad(leaf(1.0), loss)
    with gg.no_grad():
        flat = (v * v).sum()
    assert "because the loss was computed where grad mode was off" in gg.why_no_grad(v, flat)


def test_unused_parameters_are_named():
    model = Two()
    loss = model(gg.ones(1, 2)).sum()
    assert gg.unused_parameters(model, loss) == ["unused.weight", "unused.bias"]
    loss.backward()
    assert gg.unused_parameters(model) == ["unused.weight", "unused.bias"]
    assert gg.why_no_grad(model.unused.bias, loss).startswith("the parameter 'unused.bias', of shape (2,), is not reached")
    model.unused.requires_grad_(False)
    assert gg.unused_parameters(model) == []
