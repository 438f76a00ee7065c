"""PyTorch's old name for a tensor that is differentiated."""

from __future__ import annotations

from typing import Any

from glassgrad.tensor import Tensor


class _Name(type):
    def __call__(cls, data: Tensor, requires_grad: bool = False, volatile: bool = False) -> Tensor:
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable: data must be a tensor, got {type(data).__name__}: write gg.tensor(...)")
        return data.detach().requires_grad_(requires_grad)

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Tensor)


class Variable(metaclass=_Name):
    """`Variable(x, requires_grad=True)` is a leaf on the memory of x; every tensor is an instance. Write gg.tensor in new code."""
