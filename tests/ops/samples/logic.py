"""Samples: comparisons, bits, logic, tests of values."""

import numpy as np
from tests.ops.samples.draw import S, for_ops
from tests.ops.samples.elementwise import few_pairs, pairs


@for_ops("eq", "ne", "lt", "le", "gt", "ge")
def _ordered(d):
    tied = d.index(3, 4, 3) * 1.0
    return [*pairs(lambda *shape: d.apart(*shape) + 0.03, d.apart), S(tied, d.index(3, 3) * 1.0)]


@for_ops("logical_and", "logical_or", "logical_xor")
def _logical(d):
    return [*few_pairs(d, d), S(d.mask(3, 4), d.mask(4)), S(d.index(2, 3, 4), d.index(2, 4))]


@for_ops("isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal", "signbit", "logical_not")
def _tests(d):
    odd = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.0])
    return [S(odd), S(d(2, 3)), S(np.asarray(0.0)), S(d(0, 2)), S(np.arange(3))]


@for_ops("bitwise_not")
def _not(d):
    return [S(d.mask(3, 4)), S(d.index(9, 2, 3)), S(d.mask()), S(d.mask(0, 2))]


@for_ops("bitwise_and", "bitwise_or", "bitwise_xor")
def _bitwise(d):
    return [
        S(d.mask(3, 4), d.mask(4)), S(d.index(9, 3), d.index(9, 2, 1)), S(d.mask(), d.mask(2)), S(d.mask(0, 2), d.mask(2)),
        S(d.mask(3), True), S(d.index(9, 3), 5), S(d.index(9, 3), d.mask(3)),
    ]  # fmt: skip


@for_ops("bitwise_left_shift", "bitwise_right_shift")
def _shifts(d):
    return [S(d.index(99, 3, 4) - 50, d.index(9, 4)), S(d.index(9), d.index(9, 2)), S(d.index(9, 0), 2), S(2, d.index(9, 3)), S(d.index(9, 2), 70)]


@for_ops("isclose")
def _isclose(d):
    x = d(3, 4)
    odd = np.array([np.nan, np.inf, -np.inf, 1.0, np.nan])
    return [
        S(x, x + d.apart(3, 4) * 1e-4, 1e-3), S(d(3), d()), S(odd, odd[::-1].copy()), S(odd, odd, equal_nan=True), S(d(0, 2), d(2)),
        S(x, x + 0.1, rtol=0.0, atol=0.11), S(d.index(3, 4), d.index(3, 4)),
    ]  # fmt: skip


@for_ops("isin")
def _isin(d):
    return [
        S(d.index(5, 3, 4), d.index(5, 2)), S(d.index(5, 3), 2), S(2, d.index(5, 2, 2)), S(d.index(5, 0), d.index(5, 2)),
        S(d.index(5, 3), d.index(5, 2), invert=True), S(d(3), d(2)),
    ]  # fmt: skip


BEYOND = {
    *((name, 9) for name in ("eq", "ne", "lt", "le", "gt", "ge")),  # a number before the tensor
    *((name, 4) for name in ("logical_and", "logical_or", "logical_xor")),  # a number for one of the two
}
INTEGER_OPS = {
    "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor", "logical_not", "isnan", "isinf", "isfinite",
    "isposinf", "isneginf", "isreal", "signbit", "isclose", "bitwise_left_shift", "bitwise_right_shift",
}  # fmt: skip
