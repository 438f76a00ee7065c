"""PyTorch's dtypes, as NumPy dtype objects, and PyTorch's rules of promotion."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from glassgrad._mode import state

float16 = half = np.dtype(np.float16)
float32 = float = np.dtype(np.float32)
float64 = double = np.dtype(np.float64)
int8 = np.dtype(np.int8)
int16 = short = np.dtype(np.int16)
int32 = int = np.dtype(np.int32)
int64 = long = np.dtype(np.int64)
uint8 = np.dtype(np.uint8)
bool = np.dtype(np.bool_)

DTYPES = (float16, float32, float64, int8, int16, int32, int64, uint8, bool)
_RANK = {"b": 0, "u": 1, "i": 1, "f": 2}  # PyTorch's categories: bool < integer < floating


def as_dtype(dtype: Any) -> np.dtype[Any]:
    """One of the nine dtypes, from anything that NumPy takes for a dtype; else TypeError."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or dtype is None or found not in DTYPES:  # to NumPy, None is float64
        raise TypeError(f"no dtype {dtype!r}: there are {', '.join(map(str, DTYPES))}")
    return found  # type: ignore[return-value]  # None is not in DTYPES


def fits(result: np.dtype[Any], target: np.dtype[Any]) -> builtins.bool:
    """Whether an in-place op may write `result` over `target`: not floats over integers, nor integers over bools."""
    return _RANK[result.kind] <= _RANK[target.kind]


def _promote(a: np.dtype[Any] | None, b: np.dtype[Any] | None) -> np.dtype[Any] | None:
    if a is None or b is None:
        return a or b
    if _RANK[a.kind] != _RANK[b.kind]:
        return a if _RANK[a.kind] > _RANK[b.kind] else b
    return np.promote_types(a, b)


def _combine(higher: np.dtype[Any] | None, lower: np.dtype[Any] | None) -> np.dtype[Any] | None:
    """The lower priority counts only where its category is higher."""
    if higher is None or lower is None:
        return higher or lower
    return _promote(higher, lower) if _RANK[lower.kind] > _RANK[higher.kind] else higher


def result_type(*operands: Any) -> np.dtype[Any]:
    """The dtype of a result, as `torch.result_type`: arrays before 0-d arrays before Python numbers.

    An operand of lower priority changes the result only if its category (bool, integer, floating) is higher:
    float32 with int64 stays float32, and a Python float never makes float64.
    """
    dims = zero = scalars = None
    for x in operands:
        if isinstance(x, np.ndarray) and x.ndim:
            dims = _promote(dims, x.dtype)
        elif isinstance(x, np.ndarray) or (isinstance(x, np.generic) and type(x) is not np.float64):
            zero = _promote(zero, x.dtype)
        else:
            scalars = _promote(scalars, _scalar_dtype(x))
    found = _combine(dims, _combine(zero, scalars))
    assert found is not None
    return found


def _scalar_dtype(x: Any) -> np.dtype[Any]:
    kind = type(x)
    if kind is builtins.bool:
        return bool
    return state.default_dtype if isinstance(x, builtins.float) else int64
