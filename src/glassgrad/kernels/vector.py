"""exp, log, tanh, sigmoid and erf without a branch or a call, so that loops over them vectorise (pip's Numba has no vector maths).

The errors, in units of the last place of the exact result, are the largest found by the code of tests/kernels/test_vector.py among three
million bit patterns from all over the range. NaN, infinities, denormal numbers and signed zeros come out as from NumPy.
"""

from math import erfc, factorial, pi, sqrt
from math import exp as libm_exp
from math import log as libm_log
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

NEAR = 0.625  # of tanh
LOG2_REST = 2.3190468138462996e-17  # log(2) - its nearest double
# A call left in a loop, or a check for division by zero, would keep the loop from being vectorised.
INLINE = {"fastmath": {"contract"}, "error_model": "numpy", "forceinline": True}


def real_of(kind: types.Float) -> type:
    """The NumPy type of a Numba type."""
    return np.float32 if kind == types.float32 else np.float64


@intrinsic
def plus(context, x, y):
    """x + y for a running sum: it may be reordered, hence vectorised."""
    return x(x, x), lambda context, builder, _, args: builder.fadd(*args, flags=("reassoc", "nsz", "contract"))


@intrinsic
def maximum(context, x, y):
    """The larger of two; NaN if either is NaN. Unlike `x if x > y else y`, LLVM vectorises it as a running maximum."""

    def emit(context, builder, signature, args):
        real = args[0].type
        name = f"llvm.maximum.f{x.bitwidth}"
        return builder.call(cgutils.get_or_insert_function(builder.module, ir.FunctionType(real, [real] * 2), name), args)

    return x(x, x), emit


@intrinsic
def signed(context, y, x):
    """|y| with the sign of x."""

    def emit(context, builder, signature, args):
        real = args[0].type
        name = f"llvm.copysign.f{x.bitwidth}"
        return builder.call(cgutils.get_or_insert_function(builder.module, ir.FunctionType(real, [real] * 2), name), args)

    return y(y, x), emit


@intrinsic
def _mantissa(context, x):
    """(m, n) with x = m * 2**n and sqrt(1/2) <= m < sqrt(2), for a normal positive x; n as a float."""
    info = np.finfo(real_of(x))
    bits = {value: np.array(value, info.dtype).view(f"i{info.bits // 8}").item() for value in (1.0, sqrt(0.5), 2.0**info.nmant)}
    bias = 1 - int(info.minexp)

    def emit(context, builder, signature, args):
        real, integer = args[0].type, ir.IntType(info.bits)
        moved = builder.add(builder.bitcast(args[0], integer), ir.Constant(integer, bits[1.0] - bits[sqrt(0.5)]))
        fraction = builder.and_(moved, ir.Constant(integer, 2**info.nmant - 1))
        m = builder.bitcast(builder.add(fraction, ir.Constant(integer, bits[sqrt(0.5)])), real)
        # AVX2 can't convert 64-bit integers: written into the fraction of 2**nmant, n is left when that is subtracted
        biased = builder.lshr(moved, ir.Constant(integer, info.nmant))
        n = builder.bitcast(builder.or_(biased, ir.Constant(integer, bits[2.0**info.nmant])), real)
        n = builder.fsub(n, ir.Constant(real, 2.0**info.nmant + bias))
        return context.make_tuple(builder, signature.return_type, (m, n))

    return types.UniTuple(x, 2)(x), emit


def polynomial(*coefficients: float):
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


def _log2_parts(real: type) -> tuple[float, float]:
    """log(2) as a number of so few bits that its product with an exponent is exact, and the rest."""
    bits = {np.float32: 9, np.float64: 32}[real]
    high = round(libm_log(2) * 2**bits) / 2**bits
    return real(high), real(libm_log(2) - high + LOG2_REST)


def _exponential_terms(degree: int) -> list[float]:
    """The coefficients, highest first, of a polynomial for exp on |r| <= log(2) / 2.

    It is the Taylor series less its last term, of degree + 1, which is made up for by a Chebyshev polynomial that begins with the same
    power and is as small as can be (Lanczos 1938, economization): one term is saved.
    """
    half, last = libm_log(2) / 2, degree + 1
    small = np.polynomial.chebyshev.cheb2poly([0] * last + [1]) / 2**degree  # t**last + ..., at most 2**-degree for |t| <= 1
    return [float(1 / factorial(k) - half ** (last - k) * small[k] / factorial(last)) for k in range(degree, -1, -1)]


def exponential(builder: Any, x: Any, down: bool) -> Any:
    """exp(x) of a number or a vector in LLVM's code; `down`: for x <= 0 or NaN only.

    x = n log(2) + r with |r| <= log(2) / 2; exp(r) by a polynomial; 2**n by writing n into the exponent's bits.
    """
    lanes = getattr(x.type, "count", 0)
    info = np.finfo(np.float32 if getattr(x.type, "element", x.type) == ir.FloatType() else np.float64)
    integer = ir.VectorType(ir.IntType(info.bits), lanes) if lanes else ir.IntType(info.bits)
    real = lambda value: ir.Constant(x.type, [float(value)] * lanes if lanes else float(value))
    whole = lambda value: ir.Constant(integer, [value] * lanes if lanes else value)
    plus = lambda y, a, b: builder.fadd(builder.fmul(a, b, flags=fused), y, flags=fused)
    where = lambda a, sign, b, then, otherwise: builder.select(builder.fcmp_ordered(sign, a, b), then, otherwise)
    given, zero, bias, fused = x, real(0), 1 - int(info.minexp), ("contract",)
    if not down:  # of these: 0, infinity
        low, high = real(libm_log(2) * (info.minexp - info.nmant - 2)), real(libm_log(2) * (info.maxexp + 0.5))
        x = where(x, "<", low, low, x)
        x = where(x, ">", high, high, x)
    rounder = 1.5 * 2.0**info.nmant + (bias if down else 0)  # adding it leaves n, or n + bias, in the lowest bits
    shifted = plus(real(rounder), x, real(1 / libm_log(2)))
    n = builder.fsub(shifted, real(rounder))
    log2_high, log2_low = _log2_parts(info.dtype.type)
    r = plus(plus(x, n, real(-log2_high)), n, real(-log2_low))
    y, *terms = map(real, _exponential_terms({32: 6, 64: 12}[info.bits]))  # to a twentieth of an ulp
    for term in terms:
        y = plus(term, y, r)
    power = lambda exponent: builder.bitcast(builder.shl(exponent, whole(info.nmant)), x.type)
    exponent = builder.bitcast(shifted, integer)
    if down:
        y = builder.fmul(y, power(exponent))
        return where(given, "<", real(libm_log(2) * (info.minexp + 0.5)), zero, y)
    # 2**n in two steps, as it may itself overflow or be denormal; with both biases it is positive, to be halved by a logical shift
    exponent = builder.add(exponent, whole(2 * bias - np.array(rounder, info.dtype).view(f"i{info.bits // 8}").item()))
    half = builder.lshr(exponent, whole(1))
    return builder.fmul(builder.fmul(y, power(half)), power(builder.sub(exponent, half)))


@intrinsic
def exp(context, x):
    """exp(x), to 0.92 ulp in float32, 0.87 in float64."""
    return x(x), lambda context, builder, _, args: exponential(builder, args[0], down=False)


@intrinsic
def exp_down(context, x):
    """exp(x) for x <= 0 or NaN, to 0.92 ulp; 0 where that is below the smallest normal number, which saves a tenth of the time."""
    return x(x), lambda context, builder, _, args: exponential(builder, args[0], down=True)


def log(x: float) -> float:
    """The natural logarithm of x, to 0.82 ulp in both floats.

    x = m 2**n with sqrt(1/2) <= m < sqrt(2); log(m) = log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + 2 s^2 / 3 + 2 s^4 / 5 + ...) with
    s = f / (2 + f) (the formula of fdlibm's e_log.c, here with the coefficients of the series itself).
    """
    raise NotImplementedError("for compiled code")


@overload(log, jit_options=INLINE)
def _log(x):
    real = real_of(x)
    info = np.finfo(real)
    terms = {np.float32: 4, np.float64: 11}[real]
    series = polynomial(*(real(2 / (2 * k + 1)) for k in range(terms, 0, -1)), real(0))
    log2_high, log2_low = _log2_parts(real)
    lift, lifted = real(2.0 ** (info.nmant + 2)), real(info.nmant + 2)  # makes denormal numbers normal
    tiny, zero, half, one, two = info.tiny, real(0), real(0.5), real(1), real(2)
    infinite, nan = real(np.inf), real(np.nan)

    def log(x):
        small = x < tiny
        m, n = _mantissa(x * lift if small else x)
        n = n - lifted if small else n
        f = m - one
        s = f / (two + f)
        square = half * f * f
        y = n * log2_high + (f - (square - (s * (square + series(s * s)) + n * log2_low)))
        y = y if x < infinite else x
        y = -infinite if x == zero else y
        return nan if x < zero else y

    return log


def tanh(x: float) -> float:
    """tanh(x), to 1.4 ulp in both floats.

    Up to NEAR it is an odd polynomial through tanh at Chebyshev points, and beyond it 1 - 2 / (exp(2 |x|) + 1).
    """
    raise NotImplementedError("for compiled code")


@overload(tanh, jit_options=INLINE)
def _tanh(x):
    real = real_of(x)
    degree = {np.float32: 5, np.float64: 12}[real]
    near = polynomial(*(real(c) for c in _tanh_slope(degree)[::-1]))
    one, two, top, turn = real(1), real(2), real(20), real(NEAR**2)

    def tanh(x):
        square = x * x
        inner = near(square) * square * x + x
        size = abs(x)
        size = top if size > top else size  # tanh(top) rounds to 1, and exp(2 top) doesn't overflow
        outer = one - two / (exp(size + size) + one)
        return signed(inner if square < turn else outer, x)

    return tanh


def _tanh_slope(degree: int) -> np.ndarray:
    """Coefficients in z = x^2 of the polynomial through (tanh(x) / x - 1) / z, by its continued fraction (Lambert)."""
    t = NEAR**2 / 2 * (np.polynomial.chebyshev.chebpts1(degree + 1) + 1)
    below = np.zeros_like(t)
    for k in range(41, 1, -2):
        below = 1 / (k + t * below)
    return (
        np.polynomial.Chebyshev.fit(t, -below / (1 + t * below), degree, domain=[0, NEAR**2])
        .convert(kind=np.polynomial.Polynomial, domain=[-1, 1])
        .coef
    )


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), to 1.5 ulp in both floats.

    From e = exp(-|x|) it is 1 / (1 + e), or e / (1 + e) for x < 0, corrected for how 1 + e was rounded.
    """
    raise NotImplementedError("for compiled code")


@overload(sigmoid, jit_options=INLINE)
def _sigmoid(x):
    real = real_of(x)
    one, mean, half = real(1), real(1.457), real(0.5)  # 1.457 - d / 2 is within 5% of 1 / d for 1 <= d <= 2

    def sigmoid(x):
        e = exp(-abs(x))
        top = e if x < 0 else one
        d = one + e
        y = top / d
        left = (top - y * d) - y * (e - (d - one))  # without this last step the error is 2.2 ulp
        return y + left * (mean - half * d)

    return sigmoid


def erf(x: float) -> float:
    """The error function of x, to 0.93 ulp in float32, 2 in float64: its Taylor series up to 1, and beyond it 1 - exp(-x^2) q(x).

    q(x) = erfc(x) exp(x^2) is smooth: a polynomial in t = (x - 2) / (x + 2), from -1/3 at 1 to 1/2 at 6, fits it.
    """
    raise NotImplementedError("for compiled code")


@overload(erf, jit_options=INLINE)
def _erf(x):
    real = real_of(x)
    terms, degree, top = {np.float32: (9, 6, 4), np.float64: (18, 15, 6)}[real]  # erf(top) rounds to 1
    taylor = [2 / sqrt(pi) * (-1) ** k / (factorial(k) * (2 * k + 1)) for k in range(terms, -1, -1)]
    taylor[-1] -= 1  # erf(x) = x + x p(x^2) rounds once less than x p(x^2)
    near = polynomial(*(real(c) for c in taylor))
    far = polynomial(*(real(c) for c in _scaled_erfc(top, degree)[::-1]))
    one, two, top = real(1), real(2), real(top)

    def erf(x):
        size = abs(x)
        square = size * size
        inner = near(square) * x + x
        size = top if size > top else size
        outer = one - exp_down(-size * size) * far((size - two) / (size + two))
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
