"""Comparisons, bits, logic, and tests of values: ops that have no derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.elementwise import alias, broadcast_hint
from glassgrad.tensor import Tensor, attach

__all__ = [  # the names in `gg.`
    "allclose", "bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "eq", "equal",
    "ge", "greater", "greater_equal", "gt", "is_nonzero", "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf",
    "isreal", "le", "less", "less_equal", "logical_and", "logical_not", "logical_or", "logical_xor", "lt", "ne", "not_equal", "signbit",
]  # fmt: skip


def _binary(ufunc: np.ufunc, doc: str, name: str | None = None, operator: str | None = None) -> Any:
    return op(ufunc, name=name, operator=operator, dtypes="promote", differentiable=False, inplace=True, hint=broadcast_hint, doc=doc)


def _compare(ufunc: np.ufunc, name: str, sign: str, *others: str) -> Any:
    return alias(_binary(ufunc, f"`input {sign} other` element by element, broadcast, as bool.", name, name), *others)


eq = _compare(np.equal, "eq", "==")
ne = not_equal = _compare(np.not_equal, "ne", "!=", "not_equal")
lt = less = _compare(np.less, "lt", "<", "less")
le = less_equal = _compare(np.less_equal, "le", "<=", "less_equal")
gt = greater = _compare(np.greater, "gt", ">", "greater")
ge = greater_equal = _compare(np.greater_equal, "ge", ">=", "greater_equal")


def _equality(compare: Any) -> Any:
    def method(a: Tensor, b: Any) -> Any:  # a tensor is no None and no string: Python answers for those
        return compare(a, b) if isinstance(b, (Tensor, np.ndarray, np.generic, int, float)) else NotImplemented

    return method


attach(__eq__=_equality(eq), __ne__=_equality(ne))

# ------------------------------------------------------------------------------------------------ bits and logic

bitwise_and = _binary(np.bitwise_and, "`input & other` of integers or bools, broadcast.", operator="and")
bitwise_or = _binary(np.bitwise_or, "`input | other` of integers or bools, broadcast.", operator="or")
bitwise_xor = _binary(np.bitwise_xor, "`input ^ other` of integers or bools, broadcast.", operator="xor")
bitwise_left_shift = _binary(np.left_shift, "`input << other` of integers, broadcast.", "bitwise_left_shift", "lshift")
bitwise_right_shift = _binary(np.right_shift, "`input >> other` of integers, broadcast.", "bitwise_right_shift", "rshift")
bitwise_not = op(np.invert, name="bitwise_not", operator="invert", differentiable=False, dtypes="promote", inplace=True,
                 doc="`~x` of integers or bools.")  # fmt: skip
logical_and = _binary(np.logical_and, "Whether neither input nor other is 0, as bool, broadcast.")
logical_or = _binary(np.logical_or, "Whether input or other is not 0, as bool, broadcast.")
logical_xor = _binary(np.logical_xor, "Whether exactly one of input and other is 0, as bool, broadcast.")
logical_not = op(np.logical_not, differentiable=False, dtypes="promote", inplace=True, doc="Whether x is 0 (or False).")

# ------------------------------------------------------------------------------------------------ tests of each element


def _test(body: Callable[..., Any], doc: str, name: str | None = None, numpy: Any = ()) -> Any:
    return op(body, name=name, numpy=numpy, differentiable=False, dtypes="promote", doc=doc)


isnan = _test(np.isnan, "Whether x is NaN.")
isinf = _test(np.isinf, "Whether x is inf or -inf.")
isfinite = _test(np.isfinite, "Whether x is neither infinite nor NaN.")
signbit = _test(np.signbit, "Whether x is negative; of floats, whether the sign bit is set (-0.0 too).")


@op(differentiable=False, numpy=[np.isposinf])
def isposinf(x: Array) -> Array:
    """Whether x is inf."""
    return x == np.inf


@op(differentiable=False, numpy=[np.isneginf])
def isneginf(x: Array) -> Array:
    """Whether x is -inf."""
    return x == -np.inf


@op(differentiable=False, numpy=[np.isreal])
def isreal(x: Array) -> Array:
    """True: there are no complex tensors."""
    return np.ones(x.shape, np.bool_)


def _same_dtype(who: str, x: Any, other: Any) -> None:
    dtypes = {y.dtype for y in (x, other) if hasattr(y, "dtype")}
    if len(dtypes) > 1:
        raise RuntimeError(f"{who}: the inputs have different dtypes ({x.dtype}, {other.dtype}): write other.to({x.dtype})")


@op(differentiable=False, numpy=[np.isclose], hint=broadcast_hint)
def isclose(x: Array, other: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Array:
    """`|x - other| <= atol + rtol * |other|`, broadcast; an infinity is close to itself, NaN only with `equal_nan`."""
    _same_dtype("isclose", x, other)
    return np.isclose(x, other, rtol, atol, equal_nan)


@op(method=False, differentiable=False, numpy=[np.isin])
def isin(elements: Array, test_elements: Array, assume_unique: bool = False, invert: bool = False) -> Array:
    """Whether each of `elements` is one of `test_elements` (`invert`: is none); either may be a number."""
    return np.isin(elements, test_elements, assume_unique=assume_unique, invert=invert)


# ------------------------------------------------------------------------------------------------ one answer for all


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether all of `isclose` holds, as a Python bool."""
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and equal elements, as a Python bool."""
    if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
        raise TypeError(f"equal: expected two tensors, got {type(input).__name__} and {type(other).__name__}: write (a == b).all()")
    return np.array_equal(input._array, other._array)


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element of the tensor is not 0, as a Python bool."""
    return bool(input)


attach(allclose=allclose, equal=equal, is_nonzero=is_nonzero)
