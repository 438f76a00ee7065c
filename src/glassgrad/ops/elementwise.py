"""Arithmetic, powers, rounding, extremes: ops that work element by element, with broadcasting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.dtypes import result_type
from glassgrad.op import Array, op
from glassgrad.tensor import TWINS, Tensor, attach

__all__ = [  # the names in `gg.`
    "abs", "absolute", "add", "addcdiv", "addcmul", "ceil", "clamp", "clamp_max", "clamp_min", "clip", "copysign", "div", "divide", "fix",
    "float_power", "floor", "floor_divide", "fmax", "fmin", "fmod", "frac", "gcd", "heaviside", "hypot", "lcm", "ldexp", "lerp", "maximum",
    "minimum", "mul", "multiply", "nan_to_num", "neg", "negative", "nextafter", "positive", "pow", "reciprocal", "remainder", "round",
    "rsqrt", "rsub", "sgn", "sign", "sqrt", "square", "sub", "subtract", "true_divide", "trunc",
]  # fmt: skip


def broadcast_hint(a: Any, b: Any, *_: Any) -> str:
    """Which dimension stops the two shapes from broadcasting."""
    sa, sb = np.shape(a), np.shape(b)
    bad = [i for i in range(-1, -min(len(sa), len(sb)) - 1, -1) if sa[i] != sb[i] and 1 not in (sa[i], sb[i])]
    if not bad:
        return ""
    where = f"dimension {bad[0]} is {sa[bad[0]]} in a and {sb[bad[0]]} in b"
    return f"{where}: make them equal, or one of them 1 (.unsqueeze, .reshape or keepdim=True)"


def alias(function: Any, *names: str) -> Any:
    """Attach the method of `function`, and its in-place form, under PyTorch's other names for it too."""
    for end in ("", "_"):
        method = getattr(Tensor, function.__name__ + end, None)
        if method is not None:
            for name in names:
                attach(**{name + end: method})
    return function


# ------------------------------------------------------------------------------------------------ arithmetic

_add = op(np.add, kernel=kernels.add, name="add", operator="add", dtypes="promote", hint=broadcast_hint,
          doc="`y = input + other`, broadcast.",
          a=lambda g: g, b=lambda g: g)  # fmt: skip


def _difference_hint(a: Any, b: Any) -> str:
    bools = all(isinstance(x, bool) or getattr(x, "dtype", None) == np.bool_ for x in (a, b))
    return "write a ^ b (gg.logical_xor)" if bools else broadcast_hint(a, b)


_sub = op(np.subtract, name="sub", operator="sub", dtypes="promote", hint=_difference_hint,
          doc="`y = input - other`, broadcast.",
          a=lambda g: g, b=lambda g: -g)  # fmt: skip
mul = op(np.multiply, name="mul", operator="mul", dtypes="promote", hint=broadcast_hint,
         doc="`y = input * other`, broadcast.",
         a=lambda g, b: g * b, b=lambda g, a: g * a)  # fmt: skip
_div = op(np.divide, name="div", operator="truediv", dtypes="float", hint=broadcast_hint,
          doc="`y = input / other`, broadcast; integers give the default float.",
          a=lambda g, b: g / b, b=lambda g, y, b: -g * y / b)  # fmt: skip
neg = op(np.negative, name="neg", operator="neg", dtypes="promote", doc="`y = -x`.", x=lambda g: -g,
         hint=lambda x: "write ~x (gg.logical_not)" if x.dtype == np.bool_ else "")  # fmt: skip
positive = op(np.positive, operator="pos", dtypes="promote", inplace=False, doc="`y = +x`.", x=lambda g: g)


def _scaled(who: str, input: Any, other: Any, alpha: float) -> Any:
    """`alpha * other`, in the dtype of the result."""
    if getattr(input, "is_sparse", False) or getattr(other, "is_sparse", False):
        return other * alpha
    dtype = result_type(*(x._array if isinstance(x, Tensor) else x for x in (input, other)))
    if dtype.kind != "f" and isinstance(alpha, float):
        raise RuntimeError(f"{who}: alpha must be an integer where the result is {dtype}, got {alpha}: write x.float()")
    if dtype.kind == "b":
        alpha = bool(alpha)
    return (other.astype(dtype) if hasattr(other, "astype") else other) * alpha


def _with_alpha(plain: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def function(input: Array, other: Array, *, alpha: float = 1, out: Tensor | None = None) -> Array:
        other = other if alpha == 1 else _scaled(plain.__name__, input, other, alpha)
        return plain(input, other) if out is None else plain(input, other, out=out)

    function.__name__ = function.__qualname__ = plain.__name__
    function.__doc__ = doc
    return function


# The operators stay on the fast callers above; what takes a keyword stands before them.
add = _with_alpha(_add, "`y = input + alpha * other`, broadcast.")
sub = _with_alpha(_sub, "`y = input - alpha * other`, broadcast; RuntimeError for two bools.")
_own = vars(Tensor)
attach(
    add=add, sub=sub,
    add_=_with_alpha(_own["add_"], "`add`, written over this tensor in place."),
    sub_=_with_alpha(_own["sub_"], "`sub`, written over this tensor in place."),
)  # fmt: skip


def rsub(input: Array, other: Array, *, alpha: float = 1) -> Array:
    """`y = other - alpha * input`, broadcast."""
    return sub(other, input, alpha=alpha)


def _refuse_zero(who: str, a: Any, b: Any) -> None:
    """Integers by zero raise; NumPy gives 0."""
    if np.asarray(a).dtype.kind != "f" and np.asarray(b).dtype.kind in "iu" and np.any(b == 0):
        raise ZeroDivisionError(f"{who}: integers can't be divided by zero: write x.float(), or gg.where(b == 0, 1, b)")


def _floored(who: str, a: Any, b: Any) -> Any:
    _refuse_zero(who, a, b)
    return np.floor_divide(a, b)


@op(operator="floordiv", dtypes="promote", numpy=[np.floor_divide], differentiable=False, inplace=True, hint=broadcast_hint)
def floor_divide(a: Array, b: Array) -> Array:
    """`y = floor(input / other)`, broadcast; no gradient flows through it. ZeroDivisionError for integers by zero."""
    return _floored("floor_divide", a, b)


@op(dtypes="promote", inplace=True, hint=broadcast_hint, a=lambda g: np.zeros_like(g), b=lambda g: np.zeros_like(g))
def _div_floor(a: Array, b: Array) -> Array:
    return _floored("div", a, b)


@op(dtypes="promote", inplace=True, hint=broadcast_hint, a=lambda g: np.zeros_like(g), b=lambda g: np.zeros_like(g))
def _div_trunc(a: Array, b: Array) -> Array:
    floored = _floored("div", a, b)
    if floored.dtype.kind == "f":
        return np.trunc(np.divide(a, b))
    return floored + ((np.remainder(a, b) != 0) & ((a < 0) != (b < 0)))  # the quotient of large integers is no float


def _with_rounding(plain: Callable[..., Any], floor: Callable[..., Any], trunc: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def function(input: Array, other: Array, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
        if rounding_mode not in (None, "floor", "trunc"):
            raise RuntimeError(f"div: rounding_mode must be None, 'trunc' or 'floor', got {rounding_mode!r}")
        divided = {None: plain, "floor": floor, "trunc": trunc}[rounding_mode]
        return divided(input, other) if out is None else divided(input, other, out=out)

    function.__name__ = function.__qualname__ = plain.__name__
    function.__doc__ = doc
    return function


_DIV = """`y = input / other`, broadcast; integers give the default float.

rounding_mode: None, "trunc" (towards 0) or "floor"; with these two integers stay integers, and the gradient is 0."""
div = _with_rounding(_div, _div_floor, _div_trunc, _DIV)
attach(
    div=div, div_=_with_rounding(_own["div_"], _own["_div_floor_"], _own["_div_trunc_"], "`div`, written over this tensor in place.")
)


@op(operator="mod", dtypes="promote", numpy=[np.remainder], hint=broadcast_hint,
    a=lambda g: g, b=lambda g, a, b: -g * (a // b))  # fmt: skip
def remainder(a: Array, b: Array) -> Array:
    """`y = input - other * floor(input / other)`, broadcast, with the sign of other. ZeroDivisionError for integers by zero."""
    _refuse_zero("remainder", a, b)
    return np.remainder(a, b)


@op(dtypes="promote", numpy=[np.fmod], hint=broadcast_hint,
    a=lambda g: g, b=lambda g, a, b: -g * np.trunc(a / b))  # fmt: skip
def fmod(a: Array, b: Array) -> Array:
    """`y = input - other * trunc(input / other)`, broadcast, with the sign of input. ZeroDivisionError for integers by zero."""
    _refuse_zero("fmod", a, b)
    return np.fmod(a, b)


gcd = op(np.gcd, dtypes="promote", differentiable=False, inplace=True, hint=broadcast_hint, doc="The greatest common divisor of integers.")
lcm = op(np.lcm, dtypes="promote", differentiable=False, inplace=True, hint=broadcast_hint, doc="The least common multiple of integers.")


@op(hint=broadcast_hint, inplace=True,
    x=lambda g, weight: g * (1 - weight), end=lambda g, weight: g * weight, weight=lambda g, x, end: g * (end - x))  # fmt: skip
def lerp(x: Array, end: Array, weight: float | Array) -> Array:
    """`y = x + weight * (end - x)`, broadcast; weight is a number or a tensor."""
    return np.where(np.less(weight, 0.5), x + weight * (end - x), end - (end - x) * (1 - weight))  # exact at 0 and at 1


def _refuse_fraction(who: str, value: float, *tensors: Any) -> None:
    if isinstance(value, float) and all(x.dtype.kind != "f" for x in tensors):
        raise RuntimeError(f"{who}: value must be an integer where all tensors are, got {value}: write x.float()")


@op(inplace=True)
def addcmul(x: Array, tensor1: Array, tensor2: Array, value: float = 1) -> Array:
    """`y = x + value * tensor1 * tensor2`, broadcast."""
    _refuse_fraction("addcmul", value, x, tensor1, tensor2)
    return x + tensor1 * tensor2 * value


@op(inplace=True)
def addcdiv(x: Array, tensor1: Array, tensor2: Array, value: float = 1) -> Array:
    """`y = x + value * tensor1 / tensor2`, broadcast; RuntimeError where both of these are integers."""
    if tensor1.dtype.kind != "f" and tensor2.dtype.kind != "f":
        raise RuntimeError("addcdiv: tensor1 and tensor2 are integers: write x + value * gg.div(a, b, rounding_mode='trunc'), or a.float()")
    return x + tensor1 / tensor2 * value


# ------------------------------------------------------------------------------------------------ sign and rounding


def _step(ufunc: Any, doc: str, name: str | None = None, numpy: Any = ()) -> Any:
    """An op whose derivative is 0."""
    return op(ufunc, name=name, numpy=numpy, dtypes="promote", doc=doc + " The derivative is 0.", x=lambda g: np.zeros_like(g))


abs = op(np.absolute, name="abs", operator="abs", dtypes="promote",
         doc="`y = |x|`; the derivative at 0 is 0.",
         x=lambda g, x: g * np.sign(x))  # fmt: skip
sign = _step(lambda x: x if x.dtype == np.bool_ else np.sign(x), "-1, 0 or 1; NaN of NaN.", "sign", [np.sign])
floor = _step(np.floor, "The next integer below (or x itself).")
ceil = _step(np.ceil, "The next integer above (or x itself).")
trunc = _step(np.trunc, "The next integer towards 0 (or x itself).", numpy=[np.fix])


@op(numpy=[np.round, np.around, np.rint], inplace=True, x=lambda g: np.zeros_like(g))
def round(x: Array, decimals: int = 0) -> Array:
    """The nearest integer, or multiple of 10**-decimals; halves go to the even one. The derivative is 0."""
    if decimals and x.dtype.kind != "f":
        raise RuntimeError(f"round: decimals are for floats, got {x.dtype}: write x.float()")
    return np.round(x, decimals)


@op(dtypes="promote", x=lambda g: g)
def frac(x: Array) -> Array:
    """`y = x - trunc(x)`, with the sign of x."""
    return x - np.trunc(x)


@op(dtypes="promote", numpy=[np.heaviside], differentiable=False, inplace=True, hint=broadcast_hint)
def heaviside(x: Array, values: Array) -> Array:
    """0 where x < 0, 1 where x > 0, and `values` where x is 0."""
    return np.heaviside(x, values).astype(np.asarray(x).dtype)


# a's sign twice, because at 0 the quotient y / a would make a NaN of the second derivative
copysign = op(np.copysign, dtypes="float", hint=broadcast_hint,
              doc="The magnitude of input with the sign of other; the derivative at input = 0 is 0.",
              a=lambda g, y, a: g * np.sign(a) * np.sign(y), b=lambda g: np.zeros_like(g))  # fmt: skip
nextafter = op(np.nextafter, dtypes="float", hint=broadcast_hint,
               doc="The float after input in the direction of other. Its gradient goes to input, but not where the two are equal.",
               a=lambda g, a, b: np.where(a == b, 0, g), b=lambda g: np.zeros_like(g))  # fmt: skip


# ------------------------------------------------------------------------------------------------ extremes

maximum = op(np.maximum, dtypes="promote", hint=broadcast_hint, inplace=False,
             doc="The larger of input and other; equal elements share the gradient. NaN wins.",
             a=lambda g, a, b: np.where(a == b, g / 2, np.where(a < b, 0, g)),
             b=lambda g, a, b: np.where(a == b, g / 2, np.where(a > b, 0, g)))  # fmt: skip
minimum = op(np.minimum, dtypes="promote", hint=broadcast_hint, inplace=False,
             doc="The smaller of input and other; equal elements share the gradient. NaN wins.",
             a=lambda g, a, b: np.where(a == b, g / 2, np.where(a > b, 0, g)),
             b=lambda g, a, b: np.where(a == b, g / 2, np.where(a < b, 0, g)))  # fmt: skip
fmax = op(np.fmax, dtypes="promote", hint=broadcast_hint, inplace=False,
          doc="The larger of input and other, a number rather than NaN; of equal elements input gets the gradient.",
          a=lambda g, a, b: np.where((a >= b) | np.isnan(b), g, 0), b=lambda g, a, b: np.where((a >= b) | np.isnan(b), 0, g))  # fmt: skip
fmin = op(np.fmin, dtypes="promote", hint=broadcast_hint, inplace=False,
          doc="The smaller of input and other, a number rather than NaN; of equal elements input gets the gradient.",
          a=lambda g, a, b: np.where((a <= b) | np.isnan(b), g, 0), b=lambda g, a, b: np.where((a <= b) | np.isnan(b), 0, g))  # fmt: skip


@op(x=lambda g, x, min, max: np.where(_inside(x, min, max), g, 0))
def _clamp(x: Array, min: float | None, max: float | None) -> Array:
    try:
        y = np.clip(x, min, max)
    except OverflowError as error:  # a bound that the integers don't reach
        raise ValueError(str(error)) from None
    return y if y.dtype == x.dtype else y.astype(result_type(x, *(bound for bound in (min, max) if bound is not None)))


@op(method=False, differentiable=False)
def _inside(x: Array, min: float | None, max: float | None) -> Array:
    """Where a clamp to [min, max] leaves x as it is, ends included."""
    low = True if min is None else x >= min
    return (low & (x <= max)) if max is not None else low & (x == x)


@op(inplace=True)
def clamp(x: Array, min: float | Array | None = None, max: float | Array | None = None) -> Array:
    """`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
    if min is None and max is None:
        raise RuntimeError("clamp: one of min and max must be given")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        x = x if min is None else np.where((x < min) | np.isnan(min), min, x)
        return x if max is None else np.where((x > max) | np.isnan(max), max, x)
    return _clamp(x, min, max)


def _np_clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = a_min if min is None else min, a_max if max is None else max
    return a if low is None and high is None else clamp(a, low, high)


TWINS[np.clip] = _np_clip


@op(inplace=True)
def clamp_min(x: Array, min: float | Array) -> Array:
    """`y = maximum(x, min)`; below the gradient goes to the bound."""
    return clamp(x, min, None)


@op(inplace=True)
def clamp_max(x: Array, max: float | Array) -> Array:
    """`y = minimum(x, max)`; above the gradient goes to the bound."""
    return clamp(x, None, max)


@op(numpy=[np.nan_to_num], inplace=True, x=lambda g, x: g * np.isfinite(x))
def nan_to_num(x: Array, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None) -> Array:
    """x with these numbers for NaN, inf and -inf (None: the largest and the smallest finite value); there the derivative is 0."""
    return np.nan_to_num(x, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


# ------------------------------------------------------------------------------------------------ powers

square = op(lambda x: x.astype(np.int64) if x.dtype == np.bool_ else np.square(x), name="square", dtypes="promote", numpy=[np.square],
            doc="`y = x * x`; bools give int64.", x=lambda g, x: 2 * g * x)  # fmt: skip
sqrt = op(np.sqrt, dtypes="float", doc="The square root.", x=lambda g, y: g / (2 * y))
rsqrt = op(lambda x: 1 / np.sqrt(x), name="rsqrt", dtypes="float",
           doc="`y = 1 / sqrt(x)`.",
           x=lambda g, y: -g * y * y * y / 2)  # fmt: skip
reciprocal = op(np.reciprocal, dtypes="float", doc="`y = 1 / x`; integers give the default float.", x=lambda g, y: -g * y * y)
hypot = op(np.hypot, dtypes="float", hint=broadcast_hint,
           doc="`y = sqrt(input * input + other * other)`, without overflow.",
           a=lambda g, y, a: g * (a / y), b=lambda g, y, b: g * (b / y))  # fmt: skip


def _power_hint(a: Any, b: Any) -> str:
    return broadcast_hint(a, b) if np.ndim(b) and np.ndim(a) else "integers have no negative powers: write x.float() ** exponent"


# The operator, not np.power: it has fast paths for exponents such as 2 and 0.5.
_pow = op(lambda a, b: a**b, name="pow", operator="pow", dtypes="promote", numpy=[np.power], hint=_power_hint,
          doc="`y = input ** other`, broadcast.",
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


def pow(input: Array, exponent: Array, *, out: Tensor | None = None) -> Array:
    """`y = input ** exponent`, broadcast."""
    return _pow(input, exponent, out=out)


def float_power(input: Array, exponent: Array) -> Array:
    """`y = input ** exponent` in float64, whatever the dtypes."""
    a, b = (x.astype(np.float64) if hasattr(x, "astype") else float(x) for x in (input, exponent))
    return a**b


def _float_power_(self: Tensor, exponent: Array) -> Tensor:
    """`float_power`, written over this tensor in place: it must be float64."""
    if self.dtype != np.float64:
        raise RuntimeError(f"float_power_: the result is float64, and the tensor {self.dtype}: write x = gg.float_power(x, exponent)")
    return self._overwrite(float_power, (exponent,))


attach(pow=pow, float_power=float_power, float_power_=_float_power_)
TWINS[np.float_power] = float_power


@op(numpy=[np.ldexp], inplace=True)
def ldexp(a: Array, b: Array) -> Array:
    """`y = input * 2 ** other`."""
    return a * 2.0**b


# ------------------------------------------------------------------------------------------------ PyTorch's other names

absolute, multiply, negative = alias(abs, "absolute"), alias(mul, "multiply"), alias(neg, "negative")
sgn, fix = alias(sign, "sgn"), alias(trunc, "fix")
subtract, divide, true_divide, clip = alias(sub, "subtract"), alias(div, "divide"), alias(div, "true_divide"), alias(clamp, "clip")
