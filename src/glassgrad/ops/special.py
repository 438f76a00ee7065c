"""Exponentials, logarithms, trigonometry and special functions, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.op import Array, op
from glassgrad.ops.elementwise import alias, broadcast_hint, clamp
from glassgrad.tensor import Tensor, attach

__all__ = [  # the names in `gg.`
    "acos", "acosh", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "asin", "asinh", "atan", "atan2", "atanh",
    "cos", "cosh", "deg2rad", "digamma", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "lgamma", "log", "log1p", "log2", "log10",
    "logaddexp", "logaddexp2", "logit", "mvlgamma", "polygamma", "rad2deg", "sigmoid", "sin", "sinc", "sinh", "tan", "tanh", "xlogy",
]  # fmt: skip


# ------------------------------------------------------------------------------------------------ exponentials and logarithms

exp = op(np.exp, dtypes="float", doc="`y = e**x`.", x=lambda g, y: g * y)
exp2 = op(np.exp2, dtypes="float", doc="`y = 2**x`.", x=lambda g, y: g * y * math.log(2))
expm1 = op(np.expm1, dtypes="float", doc="`y = e**x - 1`, precise near 0.", x=lambda g, y: g * (y + 1))
log = op(np.log, dtypes="float", doc="The natural logarithm.", x=lambda g, x: g / x)
log2 = op(np.log2, dtypes="float", doc="The logarithm to base 2.", x=lambda g, x: g / (x * math.log(2)))
log10 = op(np.log10, dtypes="float", doc="The logarithm to base 10.", x=lambda g, x: g / (x * math.log(10)))
log1p = op(np.log1p, dtypes="float", doc="`y = log(1 + x)`, precise near 0.", x=lambda g, x: g / (1 + x))


@op(kernel=kernels.sigmoid, dtypes="float", grad_kernel=lambda parents, g, y: kernels.sigmoid_grad(g, y), x=lambda g, y: g * y * (1 - y))
def sigmoid(x: Array) -> Array:
    """`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@op(dtypes="float", x=lambda g, x: np.where((x < 0) | (x > 1), np.nan, g / (x * (1 - x))))
def _logit(x: Array) -> Array:
    return np.log(x / (1 - x))


@op(inplace=True)
def logit(x: Array, eps: float | None = None) -> Array:
    """`y = log(x / (1 - x))`, the inverse of sigmoid; with `eps`, x is clamped to [eps, 1 - eps] first."""
    return _logit(x if eps is None else clamp(x, eps, 1 - eps))


logaddexp = op(np.logaddexp, dtypes="float", inplace=False, hint=broadcast_hint,
               doc="`y = log(exp(input) + exp(other))`, without overflow.",
               a=lambda g, a, b: g * sigmoid(a - b), b=lambda g, a, b: g * sigmoid(b - a))  # fmt: skip
logaddexp2 = op(np.logaddexp2, dtypes="float", inplace=False, hint=broadcast_hint,
                doc="`y = log2(2**input + 2**other)`, without overflow.",
                a=lambda g, a, b: g * sigmoid((a - b) * math.log(2)), b=lambda g, a, b: g * sigmoid((b - a) * math.log(2)))  # fmt: skip


@op(dtypes="float", hint=broadcast_hint, a=lambda g, a, b: g * log_or_zero(a, b), b=lambda g, a, b: g * a / b)
def xlogy(a: Array, b: Array) -> Array:
    """`y = input * log(other)`, and 0 where input is 0 (NaN where other is NaN)."""
    if isinstance(b, (int, float)):
        b = np.asarray(b, a.dtype)
    return np.where(np.isnan(b), np.nan, np.where(np.equal(a, 0), 0, a * np.log(b)))


@op(method=False)
def log_or_zero(a: Array, b: Array) -> Array:
    """log(b), the derivative of xlogy by a; and 0 where a is 0 and b <= 0, as xlogy is there."""
    if isinstance(b, (int, float)):
        b = np.asarray(b, a.dtype)
    return np.log(np.where((a == 0) & (b <= 0), 1, b))


@op(method=False, inplace=False, dtypes="float", hint=broadcast_hint,
    a=lambda g, a, b: g * xlog1py(np.ones_like(a) * ((a != 0) | (b > -1)), b), b=lambda g, a, b: g * a / (1 + b))  # fmt: skip
def xlog1py(a: Array, b: Array) -> Array:
    """`y = input * log(1 + other)`, and 0 where input is 0 (NaN where other is NaN)."""
    if isinstance(b, (int, float)):
        b = np.asarray(b, a.dtype)
    return np.where(np.isnan(b), np.nan, np.where(np.equal(a, 0), 0, a * np.log1p(b)))


@op(method=False, inplace=False, dtypes="float", x=lambda g, x: -g * (np.log(x) + 1))
def entr(x: Array) -> Array:
    """What each probability adds to an entropy: `-x * log(x)`, 0 at 0, -inf below."""
    return np.where(x < 0, -np.inf, -xlogy(x, x))


# ------------------------------------------------------------------------------------------------ trigonometry

sin = op(np.sin, dtypes="float", doc="The sine of x, in radians.", x=lambda g, x: g * np.cos(x))
cos = op(np.cos, dtypes="float", doc="The cosine of x, in radians.", x=lambda g, x: -g * np.sin(x))
tan = op(np.tan, dtypes="float", doc="The tangent of x, in radians.", x=lambda g, y: g * (1 + y * y))
asin = op(np.arcsin, name="asin", dtypes="float", doc="The angle in [-pi/2, pi/2] whose sine is x.", x=lambda g, x: g / np.sqrt(1 - x * x))
acos = op(np.arccos, name="acos", dtypes="float", doc="The angle in [0, pi] whose cosine is x.", x=lambda g, x: -g / np.sqrt(1 - x * x))
atan = op(np.arctan, name="atan", dtypes="float", doc="The angle in [-pi/2, pi/2] whose tangent is x.", x=lambda g, x: g / (1 + x * x))
atan2 = op(np.arctan2, name="atan2", dtypes="float", hint=broadcast_hint,
           doc="The angle in [-pi, pi] of the point (other, input): its tangent is input / other.",
           a=lambda g, a, b: g * b / (a * a + b * b), b=lambda g, a, b: -g * a / (a * a + b * b))  # fmt: skip
sinh = op(np.sinh, dtypes="float", doc="The hyperbolic sine.", x=lambda g, x: g * np.cosh(x))
cosh = op(np.cosh, dtypes="float", doc="The hyperbolic cosine.", x=lambda g, x: g * np.sinh(x))
# g * (1 - y * y) would meet a Python number, which NumPy takes 0.25 µs to convert.
tanh = op(np.tanh, kernel=kernels.tanh, dtypes="float", doc="The hyperbolic tangent.",
          grad_kernel=lambda parents, g, y: kernels.tanh_grad(g, y), x=lambda g, y: g - g * y * y)  # fmt: skip
asinh = op(np.arcsinh, name="asinh", dtypes="float", doc="The inverse of sinh.", x=lambda g, x: g / np.sqrt(x * x + 1))
acosh = op(np.arccosh, name="acosh", dtypes="float", doc="The inverse of cosh, of x >= 1.", x=lambda g, x: g / np.sqrt(x * x - 1))
atanh = op(np.arctanh, name="atanh", dtypes="float", doc="The inverse of tanh, of x in [-1, 1].", x=lambda g, x: g / (1 - x * x))
deg2rad = op(np.deg2rad, dtypes="float", numpy=[np.radians], doc="Degrees as radians.", x=lambda g: g * (math.pi / 180))
rad2deg = op(np.rad2deg, dtypes="float", numpy=[np.degrees], doc="Radians as degrees.", x=lambda g: g * (180 / math.pi))


@op(dtypes="float", numpy=[np.sinc], x=lambda g, x: g * sinc_slope(x))
def sinc(x: Array) -> Array:
    """`y = sin(pi * x) / (pi * x)`, and 1 at 0."""
    t = math.pi * np.where(x == 0, 1, x)
    return np.where(x == 0, 1, np.sin(t) / t)


@op(method=False)
def sinc_slope(x: Array) -> Array:
    """The derivative of sinc, `(cos(pi * x) - sinc(x)) / x`, and 0 at 0."""
    away = np.where(x == 0, 1, x)
    t = math.pi * away
    return np.where(x == 0, 0, (np.cos(t) - np.sin(t) / t) / away)


# ------------------------------------------------------------------------------------------------ error function


def _each(function: Any) -> Any:
    """A function of a Python float, applied to each element of an array and given back in its dtype."""
    elements = np.frompyfunc(function, 1, 1)
    return lambda x: np.asanyarray(elements(x)).astype(x.dtype)


_erf_each, _erfc_each = _each(math.erf), _each(math.erfc)


@op(kernel=kernels.erf, dtypes="float", x=lambda g, x: g * (2 / math.sqrt(math.pi)) * np.exp(-x * x))
def erf(x: Array) -> Array:
    """The error function, `2 / sqrt(pi) * integral of exp(-t*t) from 0 to x`."""
    return _erf_each(x)


@op(dtypes="float", x=lambda g, x: g * (-2 / math.sqrt(math.pi)) * np.exp(-x * x))
def erfc(x: Array) -> Array:
    """`y = 1 - erf(x)`, precise where erf is near 1."""
    return _erfc_each(x)


@op(dtypes="float", x=lambda g, y: g * (math.sqrt(math.pi) / 2) * np.exp(y * y))
def erfinv(x: Array) -> Array:
    """The inverse of erf, of x in [-1, 1]."""
    quantile = _normal_quantile()

    def inverse(x: float) -> float:
        size = abs(x)
        if not size < 1:
            return math.copysign(math.inf, x) if size == 1 else math.nan
        y = -quantile((1 - size) / 2) / math.sqrt(2)
        error = math.erf(y) - size if size < 0.5 else (1 - size) - math.erfc(y)  # for a Newton step: the quantile is coarse near 1/2
        return math.copysign(y - error * math.sqrt(math.pi) / 2 * math.exp(y * y), x)

    return _each(inverse)(x)


def _normal_quantile() -> Callable[[float], float]:
    from statistics import NormalDist  # loading it takes 10 ms

    return NormalDist().inv_cdf


@op(method=False, inplace=False, dtypes="float", x=lambda g, x, y: g * (2 * x * y - 2 / math.sqrt(math.pi)))
def erfcx(x: Array) -> Array:
    """`y = exp(x * x) * erfc(x)`, which doesn't underflow for large x."""
    wide = x.astype(np.float64)
    far = np.where(x < 4, 4, wide)
    fraction = far
    for k in range(80, 0, -1):  # the continued fraction of Laplace: Abramowitz, Stegun 7.1.14
        fraction = far + k / 2 / fraction
    near = np.where(x < 4, wide, 0)
    return np.where(x < 4, np.exp(near * near) * _erfc_each(near), 1 / (math.sqrt(math.pi) * fraction)).astype(x.dtype)


@op(method=False, inplace=False, dtypes="float", x=lambda g, x: g * np.exp(-x * x / 2) / math.sqrt(2 * math.pi))
def ndtr(x: Array) -> Array:
    """The probability that a standard normal number is at most x, `erfc(-x / sqrt(2)) / 2`."""
    return _erfc_each(x * -math.sqrt(0.5)) / 2


@op(method=False, inplace=False, dtypes="float", x=lambda g, x: g * math.sqrt(2 / math.pi) / erfcx(x * -math.sqrt(0.5)))
def log_ndtr(x: Array) -> Array:
    """`log(ndtr(x))`, which doesn't become -inf for large negative x."""
    low = np.where(x < -1, x, -1)
    below = np.log(erfcx(low * -math.sqrt(0.5)) / 2) - low * low / 2
    return np.where(x < -1, below, np.log1p(-_erfc_each(np.where(x < -1, -1, x) * math.sqrt(0.5)) / 2))


@op(method=False, inplace=False, dtypes="float", x=lambda g, y: g * math.sqrt(2 * math.pi) * np.exp(y * y / 2))
def ndtri(x: Array) -> Array:
    """The inverse of ndtr, of x in [0, 1]."""
    quantile = _normal_quantile()
    ends = {0.0: -math.inf, 1.0: math.inf}
    return _each(lambda p: quantile(p) if 0 < p < 1 else ends.get(p, math.nan))(x)


# ------------------------------------------------------------------------------------------------ gamma function


def _lgamma_float(x: float) -> float:
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):  # a pole, or too large for a float
        return math.inf


_lgamma_each = _each(_lgamma_float)
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)  # B_2, B_4, ...


@op(dtypes="float", x=lambda g, x: g * digamma(x))
def lgamma(x: Array) -> Array:
    """`y = log(|gamma(x)|)`."""
    return _lgamma_each(x)


@op(dtypes="float", x=lambda g, x: g * polygamma(1, x))
def digamma(x: Array) -> Array:
    """The derivative of lgamma; NaN at negative integers."""
    wide = x.astype(np.float64)
    part = wide - np.rint(wide)  # tan(pi * part) is tan(pi * x)
    mirrored = _polygamma(0, np.where(x > 0, 1, 1 - wide)) - math.pi / np.tan(math.pi * part)  # Abramowitz, Stegun 6.3.7
    y = np.where(x > 0, _polygamma(0, np.where(x > 0, wide, 1)), np.where(part == 0, np.nan, mirrored))
    return np.where(x == 0, np.copysign(np.inf, -wide), y).astype(x.dtype)


@op(method=False, dtypes="float", x=lambda g, n, x: g * polygamma(n + 1, x))
def polygamma(n: int, x: Array) -> Array:
    """The n-th derivative of digamma, n >= 0; infinite at 0 and the negative integers."""
    if n < 0:
        raise RuntimeError(f"polygamma: n must be at least 0, got {n}")
    if n == 0:
        return digamma(x)
    wide = x.astype(np.float64)
    slope = np.polynomial.Polynomial([0, 1])  # the derivatives of c = cot(pi * x), as polynomials in c
    for _ in range(n):
        slope = slope.deriv() * np.polynomial.Polynomial([-math.pi, 0, -math.pi])
    cot = 1 / np.tan(math.pi * (wide - np.rint(wide)))
    mirrored = (-1) ** n * _polygamma(n, np.where(x > 0, 1, 1 - wide)) - math.pi * slope(cot)  # Abramowitz, Stegun 6.4.7
    mirrored = np.where(wide == np.floor(wide), (-1) ** (n + 1) * np.inf, mirrored)
    return np.where(x > 0, _polygamma(n, np.where(x > 0, wide, 1)), mirrored).astype(x.dtype)


def _polygamma(n: int, x: Any) -> Any:
    """polygamma(n, x + m) by its series for large arguments, and the recurrence down to x. Abramowitz, Stegun 6.4.6, 6.4.11."""
    x = np.array(x, np.float64)
    sign, factorial = (-1) ** (n + 1), math.factorial(n)
    y = np.zeros_like(x)
    while (small := x < 12 + n).any():
        y = np.where(small, y + sign * factorial / x ** (n + 1), y)
        x = np.where(small, x + 1, x)
    y = y + (np.log(x) - 0.5 / x if n == 0 else sign * (math.factorial(n - 1) / x**n + factorial / (2 * x ** (n + 1))))
    for k, b in enumerate(_BERNOULLI, 1):
        y = y + sign * b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) / x ** (2 * k + n)
    return y


@op(inplace=True)
def mvlgamma(x: Array, p: int) -> Array:
    """The logarithm of the multivariate gamma function, `p * (p - 1) / 4 * log(pi) + sum of lgamma(x - j / 2)`, j = 0 to p - 1."""
    if p < 1:
        raise RuntimeError(f"mvlgamma: p must be at least 1, got {p}")
    y = lgamma(x) + p * (p - 1) / 4 * math.log(math.pi)
    for j in range(1, p):
        y = y + lgamma(x - j / 2)
    return y


# ------------------------------------------------------------------------------------------------ PyTorch's other names

arcsin, arccos, arctan, arctan2 = alias(asin, "arcsin"), alias(acos, "arccos"), alias(atan, "arctan"), alias(atan2, "arctan2")
arcsinh, arccosh, arctanh = alias(asinh, "arcsinh"), alias(acosh, "arccosh"), alias(atanh, "arctanh")


def _polygamma_method(self: Tensor, n: int) -> Tensor:
    """The n-th derivative of digamma, n >= 0."""
    return polygamma(n, self)


def _polygamma_in_place(self: Tensor, n: int) -> Tensor:
    """`polygamma`, written over this tensor in place."""
    return self._overwrite(_polygamma_method, (n,))


attach(polygamma=_polygamma_method, polygamma_=_polygamma_in_place)
