"""PyTorch's `out=`: the result of an op written over a tensor that is given. That is not recorded, so nothing may require grad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.dtypes import fits
from glassgrad.tensor import Tensor


def into(out: Any, y: Any, who: str) -> Any:
    """Write a result, or several, over `out`, as `out=` asks; that is not recorded, so nothing may require grad."""
    if out is None:
        return y
    if isinstance(y, tuple):
        for one, part in zip(out, y, strict=True):
            into(one, part, who)
        return out
    if not isinstance(out, Tensor) or not isinstance(y, Tensor):
        raise TypeError(f"{who}: out= must be a tensor, and so must the operands, got {type(out).__name__} for {type(y).__name__}")
    if state.grad_enabled and (y.requires_grad or out.requires_grad):
        raise RuntimeError(f"{who}: a write to out= isn't recorded, and an argument requires grad: write y = {who}(...), or out.copy_(y)")
    if not out.numel() and out.shape != y.shape:  # an empty one takes the shape of the result
        out._array = np.empty(y.shape, out.dtype)
    if out.shape != y.shape or not fits(y.dtype, out.dtype):
        raise RuntimeError(
            f"{who}: the result is {y.dtype} {y.shape}, out= {out.dtype} {out.shape}: write out=gg.empty({y.shape}, dtype=gg.{y.dtype})"
        )
    return out._assign(y)


# As functions they take `out=`; methods and operators don't, and are spared the look at it.


def unary(caller: Callable[..., Any], who: str) -> Callable[..., Any]:
    def function(input: Any, *, out: Tensor | None = None) -> Any:
        return caller(input) if out is None else into(out, caller(input), who)

    return function


def binary(caller: Callable[..., Any], who: str) -> Callable[..., Any]:
    def function(input: Any, other: Any, *, out: Tensor | None = None) -> Any:
        return caller(input, other) if out is None else into(out, caller(input, other), who)

    return function
