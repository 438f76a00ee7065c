"""The backward pass, step by step."""

import numpy as np
import pytest
from tests.study.graphs import random_loss

import glassgrad as gg


def test_the_apple_reads_like_a_textbook():
    apple, number, tax = (gg.tensor(x, dtype=gg.float64, requires_grad=True) for x in (100.0, 2.0, 1.1))
    with gg.study.record():
        fruit = apple * number
        price = fruit * tax
    first, second = (str(step).splitlines() for step in gg.study.steps(price))
    assert first[0].startswith("1.   price: mul   price = fruit * tax   test_steps.py:")
    assert first[1:] == ["   g = 1", "   d fruit = g * b = 1 * 1.1 = 1.1", "   d tax = g * a = 1 * 200 = 200"]
    assert second[1:] == ["   g = 1.1", "   d apple = g * b = 1.1 * 2 = 2.2", "   d number = g * a = 1.1 * 100 = 110"]
    assert apple.grad is None


def test_a_second_gradient_is_added():
    x = gg.tensor(-3.0, requires_grad=True)
    (step,) = gg.study.steps(x * x)
    assert list(map(str, step.parts)) == ["d x = g * b = 1 * -3 = -3", "d x += g * a = 1 * -3 = -3, now -6"]


@pytest.mark.parametrize("seed", range(60))
def test_they_are_the_steps_of_backward(seed):
    loss, pool, _ = random_loss(seed)
    if not loss.requires_grad:
        return
    totals = {}
    for count, step in enumerate(gg.study.steps(loss), 1):
        assert step.number == count and str(step)
        for part in step.parts:
            totals[part.to] = part.total
    loss.backward()
    for i, x in enumerate(pool):
        if x.grad is not None:
            np.testing.assert_allclose(totals[f"pool[{i}]"], x.grad.numpy(), rtol=1e-12, atol=1e-15)


def test_names_are_given_or_found():
    model = gg.nn.Sequential(gg.nn.Linear(2, 3), gg.nn.Tanh())
    given = gg.name(gg.randn(4, 2, requires_grad=True), "the input")
    out = gg.name(model(given), "the output")
    loss = out.sum()
    steps = list(gg.study.steps(loss))
    assert [step.name for step in steps[:2]] == ["loss", "the output"]
    assert [part.to for part in steps[-1].parts] == ["the input", "0.weight", "0.bias"]
    with pytest.raises(TypeError, match="expected a tensor and a str"):
        gg.name(3.0, "x")


def test_a_gradient_of_many_elements_must_be_given():
    x = gg.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="only a single element"):
        gg.study.steps(x * 2)
    (step,) = gg.study.steps(x * 2, gg.tensor([1.0, 3.0]))
    assert str(step.parts[0]) == "d x = g * b = [2, 6]"


def test_several_modules_are_told_apart_by_their_variables():
    encoder, decoder = gg.nn.Linear(2, 2), gg.nn.Linear(2, 2)
    layers = [gg.nn.Linear(2, 1)]
    loss = layers[0](decoder(encoder(gg.ones(1, 2)))).sum()
    named = {part.to for step in gg.study.steps(loss) for part in step.parts}
    assert {"encoder.weight", "decoder.weight", "layers[0].weight"} <= named


def test_the_gradient_of_a_slice_of_a_large_array():
    x = gg.ones(50_000, requires_grad=True)
    last = gg.study.steps((x[1:] * 2).sum())[-1].parts[0]
    assert last.to == "x" and last.gradient.shape == (50_000,) and last.gradient.sum() == 2 * 49_999
    assert gg.study.paths((x[1:] * 2).sum(), x).total[1] == 2
