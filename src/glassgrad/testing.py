"""`gg.testing`: `assert_close`, for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from glassgrad.dtypes import as_array
from glassgrad.tensor import Tensor

__all__ = ["assert_close"]

_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}  # (rtol, atol)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """AssertionError unless |actual - expected| <= atol + rtol * |expected| everywhere, and shapes and dtypes agree.

    Tensors, arrays, numbers, and sequences and mappings of them. rtol, atol: give both or neither; they default to (1.3e-6, 1e-5) for
    float32, (1e-7, 1e-7) for float64, (1e-3, 1e-5) for float16, the looser of two dtypes, and 0 for what isn't floating. msg: another text,
    or a function of the text.
    """
    if (rtol is None) != (atol is None):
        raise ValueError(f"assert_close: give both rtol and atol, or neither, got rtol={rtol}, atol={atol}")
    problem = _differ(actual, expected, "", rtol, atol, equal_nan, check_dtype, check_stride)
    if problem:
        raise AssertionError(problem if msg is None else msg(problem) if callable(msg) else msg)


def _differ(a: Any, b: Any, at: str, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, check_stride: bool) -> str | None:
    """What differs first, in words."""
    options = (rtol, atol, equal_nan, check_dtype, check_stride)
    where = f" (at {at})" if at else ""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            return f"the keys differ{where}: {sorted(map(str, a))} and {sorted(map(str, b))}"
        return next(filter(None, (_differ(a[key], b[key], f"{at}[{key!r}]", *options) for key in a)), None)
    if _listed(a) and _listed(b):
        if len(a) != len(b):
            return f"the lengths differ{where}: {len(a)} and {len(b)}"
        return next(filter(None, (_differ(x, y, f"{at}[{i}]", *options) for i, (x, y) in enumerate(zip(a, b, strict=True)))), None)
    if isinstance(a, (Tensor, np.ndarray)) != isinstance(b, (Tensor, np.ndarray)) or not all(map(_comparable, (a, b))):
        return f"the types differ{where}, or can't be compared: {type(a).__name__} and {type(b).__name__}"
    x, y = (value.detach().numpy() if isinstance(value, Tensor) else as_array(value) for value in (a, b))
    if x.shape != y.shape:
        return f"the shapes differ{where}: {x.shape} and {y.shape}"
    if check_dtype and x.dtype != y.dtype and isinstance(a, (Tensor, np.ndarray)):
        return f"the dtypes differ{where}: {x.dtype} and {y.dtype}"
    if check_stride and x.strides != y.strides:
        return f"the strides differ{where}: {x.strides} and {y.strides} bytes"
    if rtol is None:
        rtol, atol = (max(pair) for pair in zip(*(_TOLERANCES.get(str(z.dtype), (0.0, 0.0)) for z in (x, y)), strict=True))
    wrong = ~np.isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if not wrong.any():
        return None
    wide = np.result_type(x, y, np.float64)
    gap = np.where(wrong, np.abs(x.astype(wide) - y.astype(wide)), -1)
    i = np.unravel_index(int(np.argmax(gap)), gap.shape)
    place = f" at index {tuple(map(int, i))}" if gap.ndim else ""
    return (
        f"{int(wrong.sum())} of {wrong.size} elements differ{where}: most{place}, {x[i].item()} and {y[i].item()}, by {gap[i]:.6g} "
        f"(allowed: {atol + rtol * abs(y[i].item()):.3g}, of rtol={rtol}, atol={atol})"
    )


def _listed(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, str)


def _comparable(x: Any) -> bool:
    return isinstance(x, (Tensor, np.ndarray, bool, int, float, np.generic))
