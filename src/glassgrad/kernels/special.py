"""Functions of each element: erf and GELU."""

from collections.abc import Callable
from functools import cache
from math import cos, erfc, fsum, pi, sqrt, tan
from math import exp as libm_exp

import numpy as np
from numba.extending import overload

from glassgrad.kernels import _jit
from glassgrad.kernels.refs import view
from glassgrad.kernels.vector import INLINE, erf, exp_down, polynomial, real_of, sigmoid, tanh

WHOLE = 64  # elements, a multiple of what a vectorised loop takes at once


def normal(x: float) -> tuple[float, float]:
    """P(Z <= x) for a standard normal Z, and x times its density.

    The tail P(Z >= |x|) is exp(-x^2 / 2) q(t) / (|x| + 4), with t = (|x| - 4) / (|x| + 4) and q a polynomial. Nothing cancels:
    the error is 3 ulp, and x^2 / 2 more where the result is the tail, from rounding the exponent.
    """
    raise NotImplementedError("for compiled code")


@overload(normal, jit_options=INLINE)
def _normal(x):
    real = real_of(x)
    q = polynomial(*(real(c) for c in _scaled_tail({np.float32: 11, np.float64: 22}[real])[::-1]))
    half, one, four, density = real(0.5), real(1), real(4), real(1 / sqrt(2 * pi))
    top = real(64)  # exp(-x^2 / 2) is 0 long before, and t mustn't be inf / inf

    def normal(x):
        e = exp_down(-half * x * x)
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


@overload(logistic_normal, jit_options=INLINE)
def _logistic_normal(x):
    real = real_of(x)
    first, third = real(2 * sqrt(2 / pi)), real(2 * sqrt(2 / pi) * 0.044715)  # the coefficients of 2u
    thrice, one = real(6 * sqrt(2 / pi) * 0.044715), real(1)

    def logistic_normal(x):
        square = x * x
        e = exp_down(-abs(x * (first + third * square)))
        upper = one / (one + e)
        lower = e * upper
        return (lower if x < 0 else upper), x * lower * upper * (first + thrice * square)

    return logistic_normal


def _function(of: Callable) -> Callable:
    """Compile `of(real)(g, x)` into the loops that use it; `real` is the dtype."""

    def function(g, x):
        raise NotImplementedError("for compiled code")

    overload(function, jit_options=INLINE)(lambda g, x: of(real_of(x)))
    return function


def _relu(real: type) -> Callable:
    zero = real(0)
    return lambda g, x: zero if x <= zero else x


def _relu_grad(real: type) -> Callable:  # from the output, or the input: either is <= 0 where the other is
    zero = real(0)
    return lambda g, x: zero if x <= zero else g


def _sigmoid_grad(real: type) -> Callable:
    one = real(1)
    return lambda g, x: g * x * (one - x)


def _silu_grad(real: type) -> Callable:
    one = real(1)

    def silu_grad(g, x):
        s = sigmoid(x)
        return g * (s + x * (s * (one - s)))

    return silu_grad


def _gelu(cdf: Callable) -> Callable:
    return lambda real: lambda g, x: x * cdf(x)[0]


def _gelu_grad(cdf: Callable) -> Callable:
    def gelu_grad(g, x):
        c, moment = cdf(x)
        return g * (c + moment)

    return lambda real: gelu_grad


# What becomes of each element x, and of the gradient g that comes to it; where there is no g, x stands for it. (In the gradients of
# relu, sigmoid and tanh it is the output.)
_FUNCTIONS = {
    "add": lambda real: lambda g, x: g + x, "erf": lambda real: lambda g, x: erf(x), "relu": _relu, "relu_grad": _relu_grad,
    "tanh": lambda real: lambda g, x: tanh(x), "tanh_grad": lambda real: lambda g, x: g - g * x * x,
    "sigmoid": lambda real: lambda g, x: sigmoid(x), "sigmoid_grad": _sigmoid_grad,
    "silu": lambda real: lambda g, x: x * sigmoid(x), "silu_grad": _silu_grad,
    "gelu": _gelu(normal), "gelu_grad": _gelu_grad(normal),
    "gelu_tanh": _gelu(logistic_normal), "gelu_tanh_grad": _gelu_grad(logistic_normal),
}  # fmt: skip
# Elements, some 15 us, below which one thread is faster (benchmarks/kernels.py).
SERIAL = dict.fromkeys(("relu", "relu_grad", "sigmoid_grad", "tanh_grad"), 2**17)


@cache
def _part(name: str, dtype: type) -> Callable:
    function = _function(_FUNCTIONS[name])

    @_jit.jit((name, dtype.__name__))
    def part(p, parts, size, g_, x_, out_):
        blocks = -(-size // WHOLE)  # parts begin where a vector would in any case: the same code computes each element
        start, end = blocks * p // parts * WHOLE, min(size, blocks * (p + 1) // parts * WHOLE)
        g, x, out = view(g_, dtype, start, end), view(x_, dtype, start, end), view(out_, dtype, start, end)
        for i in range(end - start):
            out[i] = function(g[i], x[i])

    return part


def apply(name: str, x: np.ndarray, g: np.ndarray | None = None) -> np.ndarray:
    """The function `name` of every element of x (and g, of the same shape) -> a new array of x's shape."""
    x = x if x.flags.carray else _jit.plain(x)
    g = x if g is None else g if g.flags.carray else _jit.plain(g)
    out = np.empty(x.shape, x.dtype)
    parts = 1 if x.size < SERIAL.get(name, 2**14) else _jit.get_num_threads()
    _jit.run(_part(name, x.dtype.type), parts, x.size, id(g), id(x), id(out))
    return out
