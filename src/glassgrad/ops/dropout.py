"""Dropout: elements or whole channels are zeroed at random in training."""

from __future__ import annotations

import math

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.random import default_generator
from glassgrad.tensor import Tensor, make

__all__ = [  # the names in `gg.`
    "alpha_dropout", "dropout", "feature_alpha_dropout", "feature_dropout",
]  # fmt: skip


@op(x=lambda g, mask, scale: g * mask * scale)
def _dropout(x: Array, mask: Array, scale: float) -> Array:
    return x * mask * scale


def _mask(who: str, x: Tensor, p: float, lead: int | None) -> np.ndarray:
    """True with probability 1 - p: for each element, or for each index into the first `lead` dimensions."""
    if not 0 <= p <= 1:
        raise ValueError(f"{who}: p must lie in [0, 1], got {p}")
    shape = x.shape if lead is None else x.shape[:lead] + (1,) * (x.ndim - lead)
    return default_generator.numpy.random(shape, dtype=np.float32) >= p


def _need_dims(who: str, x: Tensor, *dims: int) -> None:
    if x.ndim not in dims:
        raise RuntimeError(f"{who}: the input has shape {x.shape}, it must have {' or '.join(map(str, dims))} dimensions")


def _need_channels(who: str, x: Tensor) -> None:
    if x.ndim < 2:
        raise RuntimeError(f"{who}: the input has shape {x.shape}, it needs 2 dimensions or more, (N, C, ...): write x.unsqueeze(0)")


def _drop(who: str, x: Tensor, p: float, training: bool, inplace: bool, lead: int | None = None) -> Tensor:
    if not training:
        return x
    mask = _mask(who, x, p, lead)
    if p == 0:
        return x
    args = mask, 1 / (1 - p) if p < 1 else 0.0
    return x._overwrite(_dropout, args) if inplace else _dropout(x, *args)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero each element with probability p and scale the rest by 1 / (1 - p); the input itself when not training.

    Srivastava et al. 2014.
    """
    return _drop("dropout", input, p, training, inplace)


def feature_dropout(input: Tensor, p: float, training: bool, inplace: bool = False) -> Tensor:
    """Zero each channel of (N, C, ...) with probability p and scale the rest by 1 / (1 - p)."""
    _need_channels("feature_dropout", input)
    return _drop("feature_dropout", input, p, training, inplace, 2)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero whole channels of (N, C, L) or (C, L) with probability p and scale the rest by 1 / (1 - p). Tompson et al. 2014."""
    _need_dims("dropout1d", input, 2, 3)
    return _drop("dropout1d", input, p, training, inplace, input.ndim - 1)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero whole channels of (N, C, H, W) with probability p and scale the rest by 1 / (1 - p); three dimensions are (N, C, L)."""
    _need_channels("dropout2d", input)
    return _drop("dropout2d", input, p, training, inplace, 2)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero whole channels of (N, C, D, H, W) or (C, D, H, W) with probability p and scale the rest by 1 / (1 - p)."""
    _need_dims("dropout3d", input, 4, 5)
    return _drop("dropout3d", input, p, training, inplace, input.ndim - 3)


_SATURATED = -1.7580993408473766  # of selu: its value at -inf


def _alpha_drop(who: str, x: Tensor, p: float, training: bool, inplace: bool, lead: int | None = None) -> Tensor:
    if not training:
        return x
    mask = _mask(who, x, p, lead)
    if p == 0:
        return x
    scale = 1 / math.sqrt((1 - p) * (1 + p * _SATURATED**2)) if p < 1 else 0.0  # back to variance 1
    shift = np.asarray(np.where(mask, 0, _SATURATED * scale) - p * _SATURATED * scale, x.dtype)  # back to mean 0

    def alpha_dropout(x: Tensor) -> Tensor:
        return _dropout(x, mask, scale) + make(shift, None)

    return x._overwrite(alpha_dropout) if inplace else alpha_dropout(x)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Set elements to selu's lowest value with probability p, then scale and shift: mean and variance stay. Klambauer et al. 2017."""
    return _alpha_drop("alpha_dropout", input, p, training, inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels of (N, C, ...)."""
    if training:
        _need_channels("feature_alpha_dropout", input)
    return _alpha_drop("feature_alpha_dropout", input, p, training, inplace, 2)
