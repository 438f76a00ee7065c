"""Samples: arithmetic, powers, comparisons."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("alias", "neg", "square", "exp", "sin", "cos", "tanh", "sigmoid", "erf", "clone", "contiguous")
def _unary(d):
    return [S(d(3, 4)), S(d()), S(d(0, 3)), S(d(2, 1, 3) * 3), S(d(17))]


@for_ops("log", "sqrt", "rsqrt")
def _unary_positive(d):
    return [S(d.positive(3, 4)), S(d.positive()), S(d.positive(0, 3)), S(d.positive(2, 1, 3))]


@for_ops("abs", "sign", "_relu")
def _unary_kinked(d):
    return [S(d.apart(3, 4)), S(d.apart()), S(d.apart(0, 3)), S(d.apart(2, 1, 3)), S(np.zeros(3), smooth=False)]


@for_ops("relu")
def _relu(d):
    return [*_unary_kinked(d), S(d.apart(3), inplace=False)]


@for_ops("isnan", "isfinite", "logical_not")
def _unary_tests(d):
    odd = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.0])
    return [S(odd), S(d(2, 3)), S(np.asarray(0.0)), S(d(0, 2)), S(np.arange(3))]


@for_ops("bitwise_not")
def _not(d):
    return [S(d.mask(3, 4)), S(d.index(9, 2, 3)), S(d.mask()), S(d.mask(0, 2))]


def _pairs(first, second):
    return [
        S(first(3, 4), second(3, 4)), S(first(3, 4), second(4)), S(first(2, 1, 4), second(3, 1)), S(first(), second(2, 3)),
        S(first(2, 3), second()), S(first(), second()), S(first(0, 3), second(1, 3)), S(first(1, 3), second(0, 1)),
        S(first(3, 2), 1.5), S(2.5, second(3, 2)), S(first(2), 2),
    ]  # fmt: skip


@for_ops("add", "sub", "mul")
def _arithmetic(d):
    return _pairs(d, d)


@for_ops("div")
def _division(d):
    return _pairs(d, d.positive)


@for_ops("floor_divide", "remainder")
def _floored(d):
    return _pairs(lambda *shape: d.apart(*shape) * 10 + 0.13, lambda *shape: d.index(3, *shape) + 2.0)


@for_ops("maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge")
def _ordered(d):
    tied = d.index(3, 4, 3) * 1.0
    return [*_pairs(lambda *shape: d.apart(*shape) + 0.03, d.apart), S(tied, d.index(3, 3) * 1.0, smooth=False)]


@for_ops("bitwise_and", "bitwise_or", "bitwise_xor")
def _bitwise(d):
    return [
        S(d.mask(3, 4), d.mask(4)), S(d.index(9, 3), d.index(9, 2, 1)), S(d.mask(), d.mask(2)), S(d.mask(0, 2), d.mask(2)),
        S(d.mask(3), True), S(d.index(9, 3), 5), S(d.index(9, 3), d.mask(3)),
    ]  # fmt: skip


@for_ops("pow")
def _pow(d):
    return [
        *_pairs(d.positive, d), S(d(3), 3), S(d(3), 2), S(d(3), 1), S(d(3), 0), S(d.positive(3), -1.5), S(d.positive(3), 0.5),
        S(np.array([0.0, 2.0]), 2.0), S(np.array([0.0, 0.0, 2.0]), np.array([0.0, 2.0, 0.0]), smooth=False),
    ]  # fmt: skip


@for_ops("power_slope")
def _power_slope(d):
    return [S(d.positive(3, 2), d(2)), S(d(3), 3), S(d(3), 1), S(d.positive(), d()), S(d.positive(0, 2), d(2))]


@for_ops("power_log")
def _power_log(d):
    return [S(d.positive(3, 2), d.positive(3, 2)), S(d.positive(3), 2), S(d.positive(), d.positive()), S(d.positive(0), 2.0)]


@for_ops("_clamp", "_inside")
def _clamp_numbers(d):
    return [S(d.apart(3, 4), -0.2, 0.3), S(d.apart(5), None, 0.1), S(d.apart(5), 0.0, None), S(d.apart(), -1.0, 1), S(d.apart(0, 2), 0, 1)]


@for_ops("clamp")
def _clamp(d):
    return [
        *_clamp_numbers(d), S(d.apart(5), max=0.1), S(d.apart(3, 4), d.apart(4) - 1.03, d.apart(3, 1) + 0.52),
        S(d.apart(3, 4), None, d.apart(4) + 0.02), S(d.apart(3, 4), min=d.apart() + 0.02),
    ]  # fmt: skip


OUR_OWN = {"_inside", "power_slope", "power_log"}
BEYOND = {
    *((name, 9) for name in ("eq", "ne", "lt", "le", "gt", "ge")),  # a number before the tensor
    *((name, i) for name in ("maximum", "minimum") for i in (8, 9, 10)),  # a number for one of the two
    ("remainder", 9),  # a number before the tensor: no derivative
}
ELEMENTWISE = {
    "add", "sub", "mul", "div", "neg", "remainder", "square", "abs", "sign", "maximum", "minimum", "clamp", "exp", "log", "sqrt", "rsqrt",
    "sin", "cos", "floor_divide",
}  # fmt: skip
INTEGER_OPS = {
    "add", "sub", "mul", "div", "neg", "floor_divide", "remainder", "square", "abs", "sign", "maximum", "minimum", "eq", "ne", "lt", "le",
    "gt", "ge", "exp", "log", "sqrt", "rsqrt", "sin", "cos", "clamp", "logical_not", "isnan", "isfinite",
}  # fmt: skip
OTHERWISE = {("square", "bool"), ("sign", "bool")}  # PyTorch takes the square of a bool for an int64, and its sign for a bool


def twins(torch):
    return {"alias": torch.clone, "_clamp": torch.clamp}
