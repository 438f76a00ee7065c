"""Borders as modules: of a constant, mirrored, repeated or going round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from glassgrad.nn.module import Module
from glassgrad.ops.image import pad
from glassgrad.tensor import Tensor


class _Pad(Module):
    """`padding` more entries at both ends of the last `dims` dimensions, or (before, after) of the last, then of the one before it, ..."""

    dims: ClassVar[int]
    mode: ClassVar[str]
    value: float | None = None

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        self.padding = (padding,) * (2 * self.dims) if isinstance(padding, int) else tuple(padding)
        if len(self.padding) != 2 * self.dims:
            raise ValueError(f"{type(self).__name__}: padding must be an int or {2 * self.dims} of them, got {self.padding}")

    def forward(self, input: Tensor) -> Tensor:
        return pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_Pad):
    mode = "constant"


class _ReflectionPad(_Pad):
    mode = "reflect"


class _ReplicationPad(_Pad):
    mode = "replicate"


class _CircularPad(_Pad):
    mode = "circular"


class ConstantPad1d(_ConstantPad):
    """A border of `value`, in the last dimension."""

    dims = 1


class ConstantPad2d(_ConstantPad):
    """A border of `value`, in the last 2 dimensions."""

    dims = 2


class ConstantPad3d(_ConstantPad):
    """A border of `value`, in the last 3 dimensions."""

    dims = 3


class ZeroPad1d(_ZeroPad):
    """A border of zeros, in the last dimension."""

    dims = 1


class ZeroPad2d(_ZeroPad):
    """A border of zeros, in the last 2 dimensions."""

    dims = 2


class ZeroPad3d(_ZeroPad):
    """A border of zeros, in the last 3 dimensions."""

    dims = 3


class ReflectionPad1d(_ReflectionPad):
    """A border that mirrors what is inside, without the edge, in the last dimension."""

    dims = 1


class ReflectionPad2d(_ReflectionPad):
    """A border that mirrors what is inside, without the edge, in the last 2 dimensions."""

    dims = 2


class ReflectionPad3d(_ReflectionPad):
    """A border that mirrors what is inside, without the edge, in the last 3 dimensions."""

    dims = 3


class ReplicationPad1d(_ReplicationPad):
    """A border that repeats the edge, in the last dimension."""

    dims = 1


class ReplicationPad2d(_ReplicationPad):
    """A border that repeats the edge, in the last 2 dimensions."""

    dims = 2


class ReplicationPad3d(_ReplicationPad):
    """A border that repeats the edge, in the last 3 dimensions."""

    dims = 3


class CircularPad1d(_CircularPad):
    """A border that goes on at the other end, in the last dimension."""

    dims = 1


class CircularPad2d(_CircularPad):
    """A border that goes on at the other end, in the last 2 dimensions."""

    dims = 2


class CircularPad3d(_CircularPad):
    """A border that goes on at the other end, in the last 3 dimensions."""

    dims = 3
