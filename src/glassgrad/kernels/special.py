"""exp, erf and GELU without a branch or a call, so that loops over them vectorise (pip's Numba has no vector maths)."""

from collections.abc import Callable
from functools import cache
from math import cos, erfc, factorial, fsum, log, pi, sqrt, tan
from math import exp as libm_exp

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from glassgrad.kernels import _jit

SERIAL = 2**15  # elements, some 15 us, below which one thread is faster (benchmarks/softmax.py, elementwise.py)
WHOLE = 64  # elements, a multiple of what a vectorised loop takes at once
LOG2_REST = 2.3190468138462996e-17  # log(2) - its nearest double
# A call left in a loop, or a check for division by zero, would keep the loop from being vectorised.
_INLINE = {"fastmath": {"contract"}, "error_model": "numpy", "forceinline": True}


@intrinsic
def _power_of_two(context, shifted):
    """2**n, where n is in the lowest bits of `shifted`: add the exponent's bias and shift n into the exponent."""
    info = np.finfo(np.float32 if shifted == types.float32 else np.float64)

    def emit(context, builder, signature, args):
        integer = ir.IntType(info.bits)
        n = builder.add(builder.bitcast(args[0], integer), ir.Constant(integer, 1 - int(info.minexp)))
        return builder.bitcast(builder.shl(n, ir.Constant(integer, info.nmant)), args[0].type)

    return shifted(shifted), emit


def _polynomial(*coefficients: float):
    """An intrinsic for the polynomial with these coefficients, highest power first, by Horner's rule.

    Straight code: a loop over a tuple is unrolled, and the loop around it vectorised, only up to a dozen terms.
    """

    @intrinsic
    def polynomial(context, x):
        def emit(context, builder, signature, args):
            (x,) = args
            first, *rest = (ir.Constant(x.type, float(c)) for c in coefficients)
            y = first
            for c in rest:
                y = builder.fadd(builder.fmul(y, x, flags=("contract",)), c, flags=("contract",))
            return y

        return x(x), emit

    return polynomial


def exp(x: float) -> float:
    """exp(x), to within an ulp.

    x = n log(2) + r with |r| <= log(2) / 2; exp(r) by its Taylor series; 2**n by writing n into the exponent's bits.
    Where the result would be below twice the smallest normal number, it is 0.
    """
    raise NotImplementedError("for compiled code")


@overload(exp, jit_options=_INLINE)
def _exp(x):
    real = np.float32 if x == types.float32 else np.float64
    info = np.finfo(real)
    terms = {np.float32: 7, np.float64: 13}[real]  # the next term is below a tenth of an ulp
    series = _polynomial(*(real(1 / factorial(k)) for k in range(terms, -1, -1)))
    per_log2 = real(1 / log(2))
    # log(2) in two parts: the first has so few bits that its product with n is exact
    log2_high = real(round(log(2) * 2**9) / 2**9 if real is np.float32 else round(log(2) * 2**32) / 2**32)
    log2_low = real(log(2) - float(log2_high) + LOG2_REST)
    rounder = real(1.5 * 2**info.nmant)  # adding it leaves n in the lowest bits
    low, high = real(log(2) * (info.minexp + 1)), real(log(info.max))
    zero, one, two, infinite = real(0), real(1), real(2), real(np.inf)

    def exp(x):
        shifted = x * per_log2 + rounder
        n = shifted - rounder
        r = (x - n * log2_high) - n * log2_low
        y = series(r) * _power_of_two(shifted - one) * two  # 2**n itself would overflow for the largest results
        y = zero if x < low else y
        return infinite if x > high else y

    return exp


def erf(x: float) -> float:
    """erf(x), to within 2 ulp: its Taylor series up to 1, and beyond it 1 - exp(-x^2) q(x).

    q(x) = erfc(x) exp(x^2) is smooth: a polynomial in t = (x - 2) / (x + 2), from -1/3 at 1 to 1/2 at 6, fits it.
    """
    raise NotImplementedError("for compiled code")


@overload(erf, jit_options=_INLINE)
def _erf(x):
    real = np.float32 if x == types.float32 else np.float64
    terms, degree, top = {np.float32: (9, 6, 4), np.float64: (18, 15, 6)}[real]  # erf(top) rounds to 1
    taylor = [2 / sqrt(pi) * (-1) ** k / (factorial(k) * (2 * k + 1)) for k in range(terms, -1, -1)]
    taylor[-1] -= 1  # erf(x) = x + x p(x^2) rounds once less than x p(x^2)
    near = _polynomial(*(real(c) for c in taylor))
    far = _polynomial(*(real(c) for c in _scaled_erfc(top, degree)[::-1]))
    one, two, top = real(1), real(2), real(top)

    def erf(x):
        size = abs(x)
        square = size * size
        inner = near(square) * x + x
        size = top if size > top else size
        outer = one - exp(-size * size) * far((size - two) / (size + two))
        outer = -outer if x < 0 else outer
        return outer if square > one else inner

    return erf


def _scaled_erfc(top: float, degree: int) -> np.ndarray:
    """Coefficients in t of the polynomial through erfc(x) exp(x^2) at the Chebyshev points of 1 <= x <= top."""
    ends = [(x - 2) / (x + 2) for x in (1, top)]
    t = (ends[1] - ends[0]) / 2 * np.polynomial.chebyshev.chebpts1(degree + 1) + (ends[0] + ends[1]) / 2
    values = [erfc(x) * libm_exp(x * x) for x in 2 * (1 + t) / (1 - t)]
    fit = np.polynomial.Chebyshev.fit(t, values, degree, domain=ends)
    return fit.convert(kind=np.polynomial.Polynomial, domain=[-1, 1]).coef


def normal(x: float) -> tuple[float, float]:
    """P(Z <= x) for a standard normal Z, and x times its density.

    The tail P(Z >= |x|) is exp(-x^2 / 2) q(t) / (|x| + 4), with t = (|x| - 4) / (|x| + 4) and q a polynomial. Nothing cancels:
    the error is 3 ulp, and x^2 / 2 more where the result is the tail, from rounding the exponent.
    """
    raise NotImplementedError("for compiled code")


@overload(normal, jit_options=_INLINE)
def _normal(x):
    real = np.float32 if x == types.float32 else np.float64
    q = _polynomial(*(real(c) for c in _scaled_tail({np.float32: 11, np.float64: 22}[real])[::-1]))
    half, one, four, density = real(0.5), real(1), real(4), real(1 / sqrt(2 * pi))
    top = real(64)  # exp(-x^2 / 2) is 0 long before, and t mustn't be inf / inf

    def normal(x):
        e = exp(-half * x * x)
        size = abs(x)
        size = top if size > top else size
        per_sum = one / (size + four)
        tail = e * (q((size - four) * per_sum) * per_sum)
        return (tail if x < 0 else one - tail), x * e * density

    return normal


def _scaled_tail(degree: int) -> np.ndarray:
    """Coefficients in t of the polynomial through P(Z >= x) exp(x^2 / 2) (x + 4) at the Chebyshev points of 0 <= x < infinity.

    The sums of cosines keep 3 ulp, where numpy.polynomial's fit keeps 15 to 60; by `math` and `fsum` they are the same on every machine.
    """
    n = degree + 1
    odd = range(1, 2 * n, 2)
    xs = [4 / tan(k * (pi / (4 * n))) ** 2 for k in odd]  # where t = cos(k pi / 2n)
    values = [_mills(x) * (x + 4) / sqrt(2 * pi) for x in xs]
    coefficients = [2 / n * fsum(cos(i * k % (4 * n) * (pi / (2 * n))) * y for k, y in zip(odd, values)) for i in range(n)]  # noqa: B905
    coefficients[0] /= 2
    return np.polynomial.chebyshev.cheb2poly(coefficients)


def _mills(x: float) -> float:
    """P(Z >= x) over the density at x; its continued fraction (Laplace) has converged from 2 on."""
    if x < 2:
        return sqrt(pi / 2) * erfc(x * sqrt(0.5)) * libm_exp(x * x / 2)
    y = x
    for n in range(200, 0, -1):
        y = x + n / y
    return 1 / y


def logistic_normal(x: float) -> tuple[float, float]:
    """c = (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3), which is nearly P(Z <= x), and x times its slope.

    With e = exp(-2 |u|), c is 1 / (1 + e), or e / (1 + e) for x < 0: to 3 ulp, and 2 |u| more where it is the second.
    """
    raise NotImplementedError("for compiled code")


@overload(logistic_normal, jit_options=_INLINE)
def _logistic_normal(x):
    real = np.float32 if x == types.float32 else np.float64
    first, third = real(2 * sqrt(2 / pi)), real(2 * sqrt(2 / pi) * 0.044715)  # the coefficients of 2u
    thrice, one = real(6 * sqrt(2 / pi) * 0.044715), real(1)

    def logistic_normal(x):
        square = x * x
        e = exp(-abs(x * (first + third * square)))
        upper = one / (one + e)
        lower = e * upper
        return (lower if x < 0 else upper), x * lower * upper * (first + thrice * square)

    return logistic_normal


@_jit.jit(fastmath={"contract"}, error_model="numpy")
def _part(p, parts, x, out):
    for i in range(x.size * p // parts, x.size * (p + 1) // parts):
        out[i] = erf(x[i])


def apply_erf(x: np.ndarray) -> np.ndarray:
    """erf of every element of x -> a new array of x's shape."""
    x = _jit.plain(x)
    out = np.empty(x.shape, x.dtype)
    parts = _jit.get_num_threads() if x.size >= SERIAL else 1
    _jit.run(_part, parts, x.reshape(-1), out.reshape(-1))
    return out


@cache
def _gelu_part(approximate: str, slope: bool) -> Callable:
    """The part of GELU, x c(x), or of its gradient, g (c(x) + x c'(x)): four functions, for few models use two of them."""
    cdf = {"none": normal, "tanh": logistic_normal}[approximate]

    @_jit.jit((approximate, slope), fastmath={"contract"}, error_model="numpy")
    def part(p, parts, g, x, out):
        blocks = -(-x.size // WHOLE)  # parts begin where a vector would in any case: the same code computes each element
        start, end = blocks * p // parts * WHOLE, min(x.size, blocks * (p + 1) // parts * WHOLE)
        g, x, out = g[start:end], x[start:end], out[start:end]
        for i in range(x.size):
            c, moment = cdf(x[i])
            out[i] = g[i] * (c + moment) if slope else x[i] * c

    return part


def apply_gelu(x: np.ndarray, approximate: str, g: np.ndarray | None = None) -> np.ndarray:
    """GELU of every element of x, or, given g, its gradient -> a new array of x's shape."""
    x = _jit.plain(x)
    out = np.empty(x.shape, x.dtype)
    parts = _jit.get_num_threads() if x.size >= SERIAL else 1
    upstream = x if g is None else _jit.plain(g)
    _jit.run(_gelu_part(approximate, g is not None), parts, upstream.reshape(-1), x.reshape(-1), out.reshape(-1))
    return out
