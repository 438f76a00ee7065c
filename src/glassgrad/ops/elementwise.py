"""Arithmetic, powers, comparisons: ops that work element by element, with broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassgrad.dtypes import result_type
from glassgrad.op import Array, op
from glassgrad.tensor import Tensor

__all__ = [  # the names in `gg.`
    "abs", "add", "bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor", "clamp", "cos", "div", "eq", "exp",
    "floor_divide", "ge", "gt", "isfinite", "isnan", "le", "log", "logical_not", "lt", "maximum", "minimum", "mul", "ne",
    "neg", "pow", "remainder", "rsqrt", "sign", "sin", "sqrt", "square", "sub",
]  # fmt: skip


def _broadcast_hint(a: Any, b: Any) -> str:
    """Which dimension stops the two shapes from broadcasting."""
    sa, sb = np.shape(a), np.shape(b)
    bad = [i for i in range(-1, -min(len(sa), len(sb)) - 1, -1) if sa[i] != sb[i] and 1 not in (sa[i], sb[i])]
    if not bad:
        return ""
    where = f"dimension {bad[0]} is {sa[bad[0]]} in a and {sb[bad[0]]} in b"
    return f"{where}: make them equal, or one of them 1 (.unsqueeze, .reshape or keepdim=True)"


# ------------------------------------------------------------------------------------------------ arithmetic

add = op(np.add, name="add", operator="add", dtypes="promote", hint=_broadcast_hint,
         doc="`y = a + b`, broadcast.",
         a=lambda g: g, b=lambda g: g)  # fmt: skip
sub = op(np.subtract, name="sub", operator="sub", dtypes="promote", hint=_broadcast_hint,
         doc="`y = a - b`, broadcast.",
         a=lambda g: g, b=lambda g: -g)  # fmt: skip
mul = op(np.multiply, name="mul", operator="mul", dtypes="promote", hint=_broadcast_hint,
         doc="`y = a * b`, broadcast.",
         a=lambda g, b: g * b, b=lambda g, a: g * a)  # fmt: skip
div = op(np.divide, name="div", operator="truediv", dtypes="float", hint=_broadcast_hint,
         doc="`y = a / b`, broadcast; integers give the default float.",
         a=lambda g, b: g / b, b=lambda g, y, b: -g * y / b)  # fmt: skip
neg = op(np.negative, name="neg", operator="neg", dtypes="promote", doc="`y = -x`.", x=lambda g: -g)


def _refuse_zero(who: str, a: Any, b: Any) -> None:
    """Integers by zero raise; NumPy gives 0."""
    if np.asarray(a).dtype.kind != "f" and np.asarray(b).dtype.kind in "iu" and np.any(b == 0):
        raise ZeroDivisionError(f"{who}: integers can't be divided by zero: write x.float(), or gg.where(b == 0, 1, b)")


@op(operator="floordiv", dtypes="promote", numpy=[np.floor_divide], differentiable=False, hint=_broadcast_hint)
def floor_divide(a: Array, b: Array) -> Array:
    """`y = floor(a / b)`, broadcast; no gradient flows through it. ZeroDivisionError for integers by zero."""
    _refuse_zero("floor_divide", a, b)
    return np.floor_divide(a, b)


@op(operator="mod", dtypes="promote", numpy=[np.remainder], hint=_broadcast_hint,
    a=lambda g: g, b=lambda g, a, b: -g * (a // b))  # fmt: skip
def remainder(a: Array, b: Array) -> Array:
    """`y = a - b * floor(a / b)`, broadcast, with the sign of b. ZeroDivisionError for integers by zero."""
    _refuse_zero("remainder", a, b)
    return np.remainder(a, b)


square = op(np.square, dtypes="promote", doc="`y = x * x`.", x=lambda g, x: 2 * g * x)
abs = op(np.absolute, name="abs", operator="abs", dtypes="promote",
         doc="`y = |x|`; the derivative at 0 is 0.",
         x=lambda g, x: g * np.sign(x))  # fmt: skip
sign = op(np.sign, dtypes="promote", doc="-1, 0 or 1; its derivative is 0.", x=lambda g: np.zeros_like(g))
maximum = op(np.maximum, dtypes="promote", hint=_broadcast_hint,
             doc="The larger of a and b; equal elements share the gradient. NaN wins.",
             a=lambda g, a, b: np.where(a == b, g / 2, np.where(a < b, 0, g)),
             b=lambda g, a, b: np.where(a == b, g / 2, np.where(a > b, 0, g)))  # fmt: skip
minimum = op(np.minimum, dtypes="promote", hint=_broadcast_hint,
             doc="The smaller of a and b; equal elements share the gradient. NaN wins.",
             a=lambda g, a, b: np.where(a == b, g / 2, np.where(a > b, 0, g)),
             b=lambda g, a, b: np.where(a == b, g / 2, np.where(a < b, 0, g)))  # fmt: skip


@op(x=lambda g, x, min, max: np.where(_inside(x, min, max), g, 0))
def _clamp(x: Array, min: float | None, max: float | None) -> Array:
    y = np.clip(x, min, max)
    return y if y.dtype == x.dtype else y.astype(result_type(x, *(bound for bound in (min, max) if bound is not None)))


@op(method=False, differentiable=False)
def _inside(x: Array, min: float | None, max: float | None) -> Array:
    """Where a clamp to [min, max] leaves x as it is, ends included."""
    low = True if min is None else x >= min
    return (low & (x <= max)) if max is not None else low & (x == x)


@op(numpy=[np.clip])
def clamp(x: Array, min: float | Array | None = None, max: float | Array | None = None) -> Array:
    """`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
    if min is None and max is None:
        raise ValueError("clamp: one of min and max must be given")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        x = x if min is None else np.where((x < min) | np.isnan(min), min, x)
        return x if max is None else np.where((x > max) | np.isnan(max), max, x)
    return _clamp(x, min, max)


# ------------------------------------------------------------------------------------------------ powers and logarithms

exp = op(np.exp, dtypes="float", doc="`y = e**x`.", x=lambda g, y: g * y)
log = op(np.log, dtypes="float", doc="The natural logarithm.", x=lambda g, x: g / x)
sqrt = op(np.sqrt, dtypes="float", doc="The square root.", x=lambda g, y: g / (2 * y))
rsqrt = op(lambda x: 1 / np.sqrt(x), name="rsqrt", dtypes="float",
           doc="`y = 1 / sqrt(x)`.",
           x=lambda g, y: -g * y * y * y / 2)  # fmt: skip
sin = op(np.sin, dtypes="float", doc="The sine of x, in radians.", x=lambda g, x: g * np.cos(x))
cos = op(np.cos, dtypes="float", doc="The cosine of x, in radians.", x=lambda g, x: -g * np.sin(x))


def _power_hint(a: Any, b: Any) -> str:
    return _broadcast_hint(a, b) if np.ndim(b) and np.ndim(a) else "write x.float() ** exponent"


# The operator, not np.power: it has fast paths for exponents such as 2 and 0.5.
pow = op(lambda a, b: a**b, name="pow", operator="pow", dtypes="promote", numpy=[np.power], hint=_power_hint,
         doc="`y = a ** b`, broadcast.",
         a=lambda g, a, b: g * power_slope(a, b), b=lambda g, y, a: g * power_log(y, a))  # fmt: skip


@op(method=False)
def power_slope(a: Array, b: Array) -> Array:
    """The derivative of `a ** b` by a, `b * a ** (b - 1)`, and 0 where b is 0 also at a = 0."""
    if isinstance(b, (int, float)):
        return b * a ** (b - 1) if b else np.zeros_like(a)
    return b * a ** np.where(b == 0, b, b - 1)


@op(method=False)
def power_log(y: Array, a: Array) -> Array:
    """The derivative of `y = a ** b` by b, `y * log(a)`, and 0 where a is 0 and b >= 0, so that y is 0 or 1."""
    if isinstance(a, (int, float)):
        a = np.asarray(a, y.dtype)
    return y * np.log(np.where((a == 0) & (y <= 1), 1, a))


# ------------------------------------------------------------------------------------------------ comparisons and logic


def _compare(ufunc: np.ufunc, name: str, operator: str, sign: str) -> Any:
    return op(ufunc, name=name, operator=operator, dtypes="promote", differentiable=False, hint=_broadcast_hint,
              doc=f"`a {sign} b` element by element, broadcast, as bool.")  # fmt: skip


eq = _compare(np.equal, "eq", "eq", "==")
ne = _compare(np.not_equal, "ne", "ne", "!=")
lt = _compare(np.less, "lt", "lt", "<")
le = _compare(np.less_equal, "le", "le", "<=")
gt = _compare(np.greater, "gt", "gt", ">")
ge = _compare(np.greater_equal, "ge", "ge", ">=")
bitwise_and = _compare(np.bitwise_and, "bitwise_and", "and", "&")
bitwise_or = _compare(np.bitwise_or, "bitwise_or", "or", "|")
bitwise_xor = _compare(np.bitwise_xor, "bitwise_xor", "xor", "^")

def _equality(compare: Any) -> Any:
    def method(a: Tensor, b: Any) -> Any:  # a tensor is no None and no string: Python answers for those
        return compare(a, b) if isinstance(b, (Tensor, np.ndarray, np.generic, int, float)) else NotImplemented

    return method


Tensor.__eq__ = _equality(eq)  # type: ignore[method-assign]
Tensor.__ne__ = _equality(ne)  # type: ignore[method-assign]
logical_not = op(np.logical_not, differentiable=False, dtypes="promote", doc="Whether x is 0 (or False).")
bitwise_not = op(np.invert, name="bitwise_not", operator="invert", differentiable=False, dtypes="promote",
                 doc="`~x` of integers or bools.")  # fmt: skip
isnan = op(np.isnan, differentiable=False, dtypes="promote", doc="Whether x is NaN.")
isfinite = op(np.isfinite, differentiable=False, dtypes="promote", doc="Whether x is neither infinite nor NaN.")
