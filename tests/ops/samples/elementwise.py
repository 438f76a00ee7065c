"""Samples: arithmetic, rounding, extremes, powers."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("alias", "neg", "positive", "square", "clone", "contiguous")
def _unary(d):
    return [S(d(3, 4)), S(d()), S(d(0, 3)), S(d(2, 1, 3) * 3), S(d(17))]


@for_ops("sqrt", "rsqrt", "reciprocal")
def _unary_positive(d):
    return [S(d.positive(3, 4)), S(d.positive()), S(d.positive(0, 3)), S(d.positive(2, 1, 3))]


@for_ops("abs", "sign", "_relu")
def unary_kinked(d):
    return [S(d.apart(3, 4)), S(d.apart()), S(d.apart(0, 3)), S(d.apart(2, 1, 3)), S(np.zeros(3), smooth=False)]


@for_ops("floor", "ceil", "trunc", "round", "frac")
def _steps(d):
    return [S(d.apart(3, 4) * 4 + 0.03), S(d.apart()), S(d.apart(0, 3)), S(np.array([-1.5, -1.0, -0.5, 0.5, 2.5]), smooth=False)]


@for_ops("round")
def _round(d):
    return [*_steps(d), S(d.apart(3) + 0.02, decimals=1), S(d.apart(40) * 10 + 0.3, -1)]


def pairs(first, second):
    return [
        S(first(3, 4), second(3, 4)), S(first(3, 4), second(4)), S(first(2, 1, 4), second(3, 1)), S(first(), second(2, 3)),
        S(first(2, 3), second()), S(first(), second()), S(first(0, 3), second(1, 3)), S(first(1, 3), second(0, 1)),
        S(first(3, 2), 1.5), S(2.5, second(3, 2)), S(first(2), 2),
    ]  # fmt: skip


def few_pairs(first, second):
    return [
        S(first(3, 4), second(4)), S(first(2, 1, 3), second(3, 1)), S(first(), second(2)), S(first(0, 3), second(1, 3)), S(first(3), 1.5),
    ]  # fmt: skip


@for_ops("add", "sub", "mul")
def _arithmetic(d):
    return pairs(d, d)


@for_ops("div")
def _division(d):
    return pairs(d, d.positive)


@for_ops("floor_divide", "remainder", "fmod", "_div_floor", "_div_trunc")
def _floored(d):
    return few_pairs(lambda *shape: d.apart(*shape) * 10 + 0.13, lambda *shape: d.index(3, *shape) + 2.0)


@for_ops("gcd", "lcm")
def _integers(d):
    return [S(d.index(30, 3, 4), d.index(30, 4)), S(d.index(9), d.index(9, 2)), S(d.index(9, 0), d.index(9)), S(np.array([-4, 0]), np.array([6, 0]))]


@for_ops("hypot", "atan2")
def _points(d):
    return few_pairs(d.positive, d.positive)


@for_ops("copysign")
def _copysign(d):
    return [*few_pairs(lambda *shape: d.apart(*shape) + 0.03, d.apart), S(np.array([0.0, -0.0, 1.0]), np.array([1.0, -1.0, -0.0]), smooth=False)]


@for_ops("nextafter", "heaviside")
def _neighbours(d):
    return [S(d(3, 4), d(4)), S(d(), d(2)), S(d(0, 2), d(2)), S(np.array([0.0, -0.0, 1.0]), np.array([2.0, 1.0, -1.0]))]


@for_ops("lerp")
def _lerp(d):
    return [
        S(d(3, 4), d(4), 0.3), S(d(3), d(2, 1), d.positive(3) / 2.1), S(d(), d(), 0.75), S(d(3), d(3), weight=np.array([0.0, 1.0, 0.5]), smooth=False),
        S(d(0, 2), d(2), d(0, 1)),
    ]  # fmt: skip


@for_ops("addcmul")
def _addcmul(d):
    return [S(d(3, 4), d(4), d(3, 1)), S(d(3), d(3), d(2, 1), value=0.5), S(d(), d(), d(), value=-2), S(d(0, 2), d(2), d(0, 1))]


@for_ops("addcdiv")
def _addcdiv(d):
    return [S(d(3, 4), d(4), d.positive(3, 1)), S(d(3), d(3), d.positive(2, 1), value=0.5), S(d(), d(), d.positive(), value=-2), S(d(0, 2), d(2), d.positive(0, 1))]


@for_ops("maximum", "minimum", "fmax", "fmin")
def _ordered(d):
    tied = d.index(3, 4, 3) * 1.0
    return [*few_pairs(lambda *shape: d.apart(*shape) + 0.03, d.apart), S(tied, d.index(3, 3) * 1.0, smooth=False)]


@for_ops("nan_to_num")
def _nan_to_num(d):
    odd = np.array([np.nan, np.inf, -np.inf, 1.0])
    return [S(d(3, 4)), S(d()), S(d(0, 2)), S(odd, smooth=False), S(odd, 1.0, 2.0, -3.0, smooth=False), S(odd, posinf=5.0, smooth=False)]


@for_ops("pow")
def _pow(d):
    return [
        *pairs(d.positive, d), S(d(3), 3), S(d(3), 2), S(d(3), 1), S(d(3), 0), S(d.positive(3), -1.5), S(d.positive(3), 0.5),
        S(np.array([0.0, 2.0]), 2.0), S(np.array([0.0, 0.0, 2.0]), np.array([0.0, 2.0, 0.0]), smooth=False),
    ]  # fmt: skip


@for_ops("ldexp")
def _ldexp(d):
    return [S(d(3, 4), d(4)), S(d(), d(2)), S(d(0, 2), d(2)), S(d(3), np.asarray(3))]


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


@for_ops("clamp_min", "clamp_max")
def _clamp_one(d):
    return [S(d.apart(3, 4), 0.1), S(d.apart(3, 4), d.apart(4) + 0.02), S(d.apart(), -1), S(d.apart(0, 2), 0.0)]


OUR_OWN = {"_inside", "power_slope", "power_log"}
BEYOND = {
    *((name, 4) for name in ("maximum", "minimum", "fmax", "fmin", "hypot", "atan2")),  # a number for one of the two
}
ELEMENTWISE = {
    "add", "sub", "mul", "div", "neg", "positive", "remainder", "fmod", "square", "abs", "sign", "floor", "ceil", "trunc", "round", "frac",
    "maximum", "minimum", "clamp", "sqrt", "rsqrt", "reciprocal", "hypot", "atan2", "floor_divide", "lerp", "addcmul", "addcdiv",
}  # fmt: skip
INTEGER_OPS = {
    "add", "sub", "mul", "div", "neg", "positive", "floor_divide", "_div_floor", "_div_trunc", "remainder", "fmod", "square", "abs",
    "sign", "floor", "ceil", "trunc", "round", "maximum", "minimum", "fmax", "fmin", "sqrt", "rsqrt", "reciprocal", "clamp", "clamp_min",
    "clamp_max", "gcd", "lcm", "copysign", "ldexp", "nan_to_num", "heaviside", "atan2",
}  # fmt: skip
OTHERWISE = {
    ("square", "bool"), ("sign", "bool"),  # PyTorch takes the square of a bool for an int64, and its sign for a bool
    ("clamp_min", "uint8"), ("clamp_max", "uint8"),  # and a bound of -1 for 255
}  # fmt: skip
NAN_REPLACED = {"nan_to_num", "fmax", "fmin", "copysign"}


def twins(torch):
    def divided(mode):
        return lambda a, b: torch.div(a, b, rounding_mode=mode)

    return {
        "alias": torch.clone, "_clamp": torch.clamp, "_div_floor": divided("floor"), "_div_trunc": divided("trunc"),
        "addcmul": lambda x, a, b, value=1: torch.addcmul(x, a, b, value=value),
        "addcdiv": lambda x, a, b, value=1: torch.addcdiv(x, a, b, value=value),
        "round": lambda x, decimals=0: torch.round(x, decimals=decimals),
    }  # fmt: skip
