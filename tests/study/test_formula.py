"""Rules as mathematics."""

import re

import pytest

import glassgrad as gg
from glassgrad.op import REGISTRY
from glassgrad.study.formula import convert

gg.ops.load_all()

CASES = {
    "g * b": ("g · b", r"g \cdot b"),
    "-g * y / b": ("-g · y / b", r"\frac{-g \cdot y}{b}"),
    "g * (1 - y * y)": ("g · (1 - y · y)", r"g \cdot \left(1 - y \cdot y\right)"),
    "(a - b) - (c - d)": ("a - b - (c - d)", r"a - b - \left(c - d\right)"),
    "a / (b / c)": ("a / (b / c)", r"\frac{a}{\frac{b}{c}}"),
    "(-a) ** 2": ("(-a)²", r"\left(-a\right)^{2}"),
    "x ** (n - 1)": ("x^(n - 1)", r"x^{n - 1}"),
    "matmul(a.mT, g)": ("aᵀ @ g", r"a^\top g"),
    "np.where(y <= 0, 0, g)": ("where(y ≤ 0, 0, g)", r"\operatorname{where}\left(y \le 0, 0, g\right)"),
    "g / (2 * np.sqrt(x))": ("g / (2 · √x)", r"\frac{g}{2 \, \sqrt{x}}"),
    "2 * g * np.exp(-x * x)": ("2 · g · exp(-x · x)", r"2 \, g \cdot \exp\left(-x \cdot x\right)"),
    "g[1:, None]": ("g[1:, None]", r"g_{1:, None}"),
    "unreduce(g, x_shape)": ("unreduce(g, x_shape)", r"\operatorname{unreduce}\left(g, \mathrm{x\_shape}\right)"),
    "(no formula)": ("(no formula)", "(no formula)"),
}


@pytest.mark.parametrize("text", CASES)
def test_of_each_kind(text):
    assert (convert(text, False, False), convert(text, True, False)) == CASES[text]


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_rule_of_every_op_can_be_written(name):
    op = getattr(REGISTRY[name], "op", None)
    for which in op.inputs if op is not None and (op.rules or op.vjp) and not op.sequence else ():
        text = str(op.formula(which))
        plain, latex = convert(text, False, True), convert(text, True, True)
        assert plain and latex
        bare = re.sub(r"\\[{}]", "", latex)
        assert bare.count("{") == bare.count("}") and latex.count(r"\left") == latex.count(r"\right")


def test_of_a_tensor():
    logits, temperature = gg.ones(2, 3, requires_grad=True), gg.tensor(2.0, requires_grad=True)
    y = logits * temperature
    assert gg.study.formula(y) == "∂logits = g · b\n∂temperature = g · a"
    assert gg.study.formula(y.grad_fn, "latex") == "\\partial \\mathrm{logits} = g \\odot b\n\\partial \\mathrm{temperature} = g \\odot a"
    assert gg.study.formula(y, "text") == "d logits = g * b\nd temperature = g * a"
    with pytest.raises(TypeError, match="a tensor that an op computed, or its grad_fn, got a leaf"):
        gg.study.formula(logits)
    with pytest.raises(ValueError, match="style must be one of 'text', 'unicode', 'latex'"):
        gg.study.formula(y, "html")
