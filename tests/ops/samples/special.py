"""Samples: exponentials, logarithms, trigonometry, special functions."""

import numpy as np
from tests.ops.samples.draw import S, for_ops
from tests.ops.samples.elementwise import few_pairs


@for_ops(
    "exp", "exp2", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "atan", "asinh", "sigmoid", "erf", "erfc", "deg2rad", "rad2deg",
)  # fmt: skip
def _unary(d):
    return [S(d(3, 4)), S(d()), S(d(0, 3)), S(d(2, 1, 3) * 3), S(d(17))]


@for_ops("log", "log2", "log10", "log1p", "lgamma", "digamma")
def _of_positive(d):
    return [S(d.positive(3, 4)), S(d.positive()), S(d.positive(0, 3)), S(d.positive(2, 1, 3) * 9)]


@for_ops("lgamma", "digamma")
def _gamma(d):
    return [*_of_positive(d), S(-d.index(7, 4) - d.positive(4) / 2.1), S(np.array([0.0, -0.0, 1e-3, 30.0, np.inf]), smooth=False)]


@for_ops("asin", "acos", "atanh", "erfinv", "tan")
def _inside_one(d):
    return [S(d.apart(3, 4)), S(d.apart()), S(d.apart(0, 3)), S(np.array([0.9, -0.99])), S(np.array([0.0, 1e-12, -0.6]))]


@for_ops("erfinv")
def _erfinv(d):
    return [*_inside_one(d), S(np.array([1.0, -1.0, 1.5]), smooth=False)]


@for_ops("acosh")
def _above_one(d):
    return [S(d.positive(3, 4) + 1), S(d.positive() + 1), S(d.positive(0, 3) + 1), S(np.array([1.0, 0.5]), smooth=False)]


@for_ops("_logit")
def _logit(d):
    return [S(d.positive(3, 4) / 2.1), S(d.positive() / 2.1), S(d.positive(0, 3)), S(np.array([0.0, 1.0, 0.5]), smooth=False)]


@for_ops("logit")
def _logit_eps(d):
    return [*_logit(d), S(d.positive(7) / 2.1, 0.3), S(np.array([0.0, 1.0, 0.5]), eps=1e-3)]


@for_ops("logaddexp", "logaddexp2")
def _logaddexp(d):
    return [*few_pairs(d, d), S(np.array([800.0, -800.0]), np.array([0.0, 1.0]), smooth=False)]


@for_ops("xlogy")
def _xlogy(d):
    odd = S(np.array([0.0, 0.0, 0.0, 2.0]), np.array([0.0, -1.0, 3.0, 0.0]), smooth=False)
    return [*few_pairs(lambda *shape: d.apart(*shape) + 0.03, d.positive), odd]


@for_ops("log_or_zero")
def _log_or_zero(d):
    return [S(x, y, constant=(0,)) for x, y in ((d(3, 2), d.positive(3, 2)), (d(3), 2.0), (d(), d.positive()), (d(0), 2.0))]


@for_ops("sinc", "sinc_slope")
def _sinc(d):
    return [S(d.apart(3, 4) * 3), S(d.apart()), S(d(0, 3)), S(np.array([0.0, 1.0, -2.0]), smooth=False)]


@for_ops("polygamma")
def _polygamma(d):
    return [
        S(1, d.positive(3, 4)), S(2, d.positive(3) * 9), S(0, d.positive()), S(3, d.positive(0, 2)), S(1, -d.index(7, 4) - d.positive(4) / 2.1),
        S(2, -d.index(7, 4) - d.positive(4) / 2.1), S(1, np.array([0.0, 1.0]), smooth=False),
    ]  # fmt: skip


@for_ops("mvlgamma")
def _mvlgamma(d):
    return [S(d.positive(3, 4) + 1, 2), S(d.positive() + 1, 3), S(d.positive(0, 2), 1), S(d.positive(3), p=1)]


@for_ops("entr")
def _entr(d):
    return [S(d.positive(3, 4)), S(d.positive()), S(d.positive(0, 3)), S(np.array([0.0, -1.0, np.inf]), smooth=False)]


@for_ops("xlog1py")
def _xlog1py(d):
    odd = S(np.array([0.0, 0.0, 0.0, 2.0]), np.array([-1.0, -2.0, 3.0, -1.0]), smooth=False)
    return [*few_pairs(lambda *shape: d.apart(*shape) + 0.03, d.positive), odd]


@for_ops("erfcx", "ndtr", "log_ndtr")
def _normal(d):
    return [S(d(3, 4)), S(d()), S(d(0, 3)), S(d(2, 1, 3) * 3), S(np.array([-9.0, -4.0, 3.9, 4.1, 7.0])), S(np.array([50.0, np.inf]), smooth=False)]


@for_ops("ndtri")
def _ndtri(d):
    return [S(d.positive(3, 4) / 2.1), S(d.positive() / 2.1), S(d.positive(0, 3)), S(np.array([0.03, 0.99])), S(np.array([1e-9, 0.0, 1.0, 2.0]), smooth=False)]


OUR_OWN = {"sinc_slope", "log_or_zero"}
BEYOND = {(name, 4) for name in ("logaddexp", "logaddexp2")}  # a number for one of the two
ELEMENTWISE = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
    "acosh", "atanh", "sigmoid", "logit", "erf", "erfc", "erfinv", "sinc", "lgamma", "digamma", "xlogy", "logaddexp",
}  # fmt: skip
INTEGER_OPS = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
    "acosh", "atanh", "sigmoid", "_logit", "erf", "erfc", "erfinv", "sinc", "lgamma", "digamma", "xlogy", "deg2rad", "rad2deg",
}  # fmt: skip


def twins(torch):
    return {"_logit": torch.logit} | {
        name: getattr(torch.special, name) for name in ("entr", "xlog1py", "erfcx", "ndtr", "log_ndtr", "ndtri")
    }
