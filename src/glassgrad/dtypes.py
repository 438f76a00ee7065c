"""PyTorch's dtypes, as NumPy dtype objects, and PyTorch's rules of promotion.

`gg.float32` is `np.dtype("float32")`: it prints as that, has NumPy's attributes (`.itemsize`, `.kind`, `.name`), and NumPy
takes it anywhere. What PyTorch asks of its dtypes as attributes, `.is_floating_point` and the like, is a question to
tensors or to `gg.finfo`, because attributes can't be added to NumPy's objects; `isinstance(gg.float32, gg.dtype)` holds.
"""

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

dtype = np.dtype  # the class
DTYPES = (float16, float32, float64, int8, int16, int32, int64, uint8, bool)
_RANK = {"b": 0, "u": 1, "i": 1, "f": 2}  # PyTorch's categories: bool < integer < floating


class _Absent:
    """The name of a dtype that NumPy hasn't: a script may mention it, and using it raises an error that names another."""

    def __init__(self, name: str, instead: str) -> None:
        self.name, self.instead = name, instead

    def __repr__(self) -> str:
        return f"gg.{self.name}"


bfloat16 = _Absent("bfloat16", "gg.float32 (or gg.float16, for memory)")


def as_dtype(dtype: Any) -> np.dtype[Any]:
    """One of the nine dtypes, from anything that NumPy takes for a dtype; else TypeError."""
    if isinstance(dtype, _Absent):
        raise TypeError(f"there is no {dtype.name}: write {dtype.instead}")
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or dtype is None or found not in DTYPES:  # to NumPy, None is float64
        raise TypeError(f"no dtype {dtype!r}: there are {', '.join(map(str, DTYPES))}")
    return found  # type: ignore[return-value]  # None is not in DTYPES


_PLAIN: dict[Any, Any] = {builtins.int: int64, builtins.bool: bool}  # and Python's float, the default dtype


def as_array(data: Any, dtype: Any = None) -> np.ndarray:
    """Data as an array: arrays, tensors and NumPy numbers keep their dtype, Python floats become the default dtype."""
    target = None if dtype is None else as_dtype(dtype)
    if isinstance(data, (list, tuple)):
        kinds: set[Any] = set()
        data = _plain(data, kinds)
        if target is None and kinds <= {builtins.float, builtins.int, builtins.bool} | set(DTYPES):
            target = state.default_dtype if not kinds else None
            for kind in kinds:
                target = _promote(target, state.default_dtype if kind is builtins.float else _PLAIN.get(kind, kind))
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"tensor: the nested lists are ragged: {error}") from None
    if target is None and isinstance(data, builtins.float) and not hasattr(data, "dtype"):
        target = state.default_dtype
    if target is None or array.dtype.kind not in "biuf":
        target = array.dtype
    if target not in DTYPES:
        large = [n for n in array.reshape(-1).tolist() if isinstance(n, builtins.int) and not -(2**63) <= n < 2**63]
        if large:
            raise ValueError(f"tensor: {large[0]} doesn't fit int64: write it as a float")
        raise TypeError(f"tensor: no dtype for {target} data: pass numbers, or dtype=gg.float32 where a cast is meant")
    return array.astype(target, copy=False)


def _plain(data: Any, kinds: set[Any]) -> Any:
    """Nested lists of numbers and arrays, and of which types and dtypes they are; tensors in them become values."""
    if isinstance(data, (list, tuple)):
        return [_plain(item, kinds) for item in data]
    kinds.add(getattr(data, "dtype", type(data)))
    if not hasattr(data, "requires_grad"):
        return data
    return data.item() if data.shape == (1,) else data.tolist()  # as PyTorch, to which that is a number


class finfo:
    """The limits of a floating dtype: `bits`, `eps`, `max`, `min`, `tiny`, `smallest_normal`, `resolution`, as Python numbers."""

    def __init__(self, dtype: Any = None) -> None:
        found = state.default_dtype if dtype is None else as_dtype(dtype)
        if found.kind != "f":
            raise TypeError(f"finfo: only floating dtypes, got {found}: write gg.iinfo({found})")
        info = np.finfo(found)
        self.dtype, self.bits = str(found), info.bits
        self.eps, self.max, self.min = builtins.float(info.eps), builtins.float(info.max), builtins.float(info.min)
        self.tiny = self.smallest_normal = builtins.float(info.tiny)
        self.resolution = 10.0**-info.precision

    def __repr__(self) -> str:
        shown = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in shown)}, dtype={self.dtype})"


class iinfo:
    """The limits of an integer dtype: `bits`, `max`, `min`."""

    def __init__(self, dtype: Any) -> None:
        found = as_dtype(dtype)
        if found.kind not in "iu":
            raise TypeError(f"iinfo: only integer dtypes, got {found}{f': write gg.finfo({found})' if found.kind == 'f' else ''}")
        info = np.iinfo(found)
        self.dtype, self.bits, self.max, self.min = str(found), info.bits, builtins.int(info.max), builtins.int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


def can_cast(from_: Any, to: Any) -> builtins.bool:
    """Whether an in-place op may write the first dtype over the second: not floats over integers, nor integers over bools."""
    return fits(as_dtype(from_), as_dtype(to))


def promote_types(type1: Any, type2: Any) -> np.dtype[Any]:
    """The smallest dtype that both fit: of float32 and int64 it is float32, of int8 and uint8 int16."""
    found = _promote(as_dtype(type1), as_dtype(type2))
    assert found is not None
    return found


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
