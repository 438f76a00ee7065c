"""Symbols: the text of a formula evaluates to what the formula does."""

import math

import numpy as np
import pytest

from glassgrad.op import REGISTRY
from glassgrad.symbol import Symbol, call, lift

a, b, c = map(Symbol, "abc")

FORMULAS = {
    "a + b * c": a + b * c, "(a + b) * c": (a + b) * c, "a - (b - c)": a - (b - c), "a - b - c": a - b - c, "a / (b * c)": a / (b * c),
    "a / b / c": a / b / c, "-a * b": -a * b, "-(a + b)": -(a + b), "a**(-b)": None, "-a ** 2": -(a**2), "(-a) ** 2": (-a) ** 2,
    "a ** b ** c": a ** (b**c), "(a ** b) ** c": (a**b) ** c, "2 - a": 2 - a, "a * -0.5": a * -0.5, "a @ b": a @ b, "a // b % c": a // b % c,
    "(a > 0) & ~(b <= c)": (a > 0) & ~(b <= c), "(a == b) | (a != c)": (a == b) | (a != c), "np.exp(a + 1)": np.exp(a + 1),
    "np.where(a > 0, b, 0)": np.where(a > 0, b, 0), "a[0, 1:, None, ...]": a[0, 1:, None, ...], "a[::2]": a[::2], "a[()]": a[()],
    "a.sum(axis=(0, 1), keepdims=True)": a.sum(axis=(0, 1), keepdims=True), "(a + b).mT": (a + b).mT, "a * np.inf": a * math.inf,
    "a + -np.inf": a + -math.inf, "f(a, [1, 2], (1,), x=None)": call("f", (a, [1, 2], (1,)), {"x": None}),
}  # fmt: skip
del FORMULAS["a**(-b)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_prints_as_it_would_be_written(text):
    assert str(FORMULAS[text]) == text == repr(FORMULAS[text])


@pytest.mark.parametrize("build", [
    lambda a, b, c: a - (b + c) * -a / b, lambda a, b, c: (-a) ** 2 - -(b**2), lambda a, b, c: a / (b / c) - (a - b) - (c - a),
    lambda a, b, c: 2 ** -a + (a * b) ** c, lambda a, b, c: np.where((a > b) & (c > 0), -a, ~(b > c) * 3),
    lambda a, b, c: np.tanh(a @ b) * -np.maximum(b, 1 - c), lambda a, b, c: a // b * (c % b) - (a + b)[1:] .sum() * c[0],
    lambda a, b, c: (a == b) + (a != c) * 2 - (a <= b), lambda a, b, c: -a**-b,
])  # fmt: skip
def test_the_text_evaluates_to_the_formula(build):
    values = [np.array(v) for v in ([1.5, 2.0, 0.5], [0.5, 2.0, 3.0], [1.0, 0.25, 2.0])]
    text = str(build(a, b, c))
    np.testing.assert_allclose(eval(text, {"np": np, **dict(zip("abc", values, strict=True))}), build(*values))


def test_values_are_lifted_to_text():
    assert [str(lift(v)) for v in (1, -1.5, None, True, ..., (a, 2), [], np.float32(0.5), np.zeros((2, 3)), np.array(4))] == [
        "1", "-1.5", "None", "True", "...", "(a, 2)", "[]", "0.5", "array[2, 3]", "4",
    ]  # fmt: skip
    assert str(a * np.array(-2.0)) == "a * -2.0" and str(lift(slice(1, None))) == "slice(1, None, None)"


def test_a_rule_may_not_branch_or_loop_on_a_value():
    with pytest.raises(TypeError, match="branches on the value of a > 0"):
        bool(a > 0)
    with pytest.raises(TypeError, match="loops over a"):
        list(a)


def test_formulas_of_the_ops_read_as_the_rules():
    def formulas(name):
        op = REGISTRY[name].op
        return {which: op.formula(which) for which in op.inputs}

    assert formulas("mul") == {"a": "g * b", "b": "g * a"}
    assert formulas("div") == {"a": "g / b", "b": "-g * y / b"}
    assert formulas("exp") == {"x": "g * y"} and formulas("log") == {"x": "g / x"}
    assert formulas("softmax") == {"x": "softmax_grad(g, y, dim)"}
    assert formulas("_permute") == {"x": "permute(g, inverse_order(dims))"}
    assert formulas("cat") == {"tensors": "uncat(g, tensors_shape, dim)[0]"}
    assert formulas("_layer_norm")["weight"].startswith("layer_norm_grad(g, x, weight, mean, rstd, normalized_shape)[1]")
