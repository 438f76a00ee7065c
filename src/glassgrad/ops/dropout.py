"""Dropout: elements or whole channels are zeroed at random in training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad._mode import state
from glassgrad.op import Array, op
from glassgrad.ops.random import default_generator
from glassgrad.tensor import Tensor, make

__all__ = [  # the names in `gg.`
    "alpha_dropout", "dropout", "feature_alpha_dropout", "feature_dropout",
]  # fmt: skip


FEW = 64  # elements: so few are drawn one by one, more are hashed, and their mask is kept as bits


@op(kernel=kernels.dropout, x=lambda g, mask, scale: _masked(g, mask, scale),
    grad_kernel=lambda parents, g, mask, scale: kernels.dropout(g, mask, scale))  # fmt: skip
def _dropout(x: Array, mask: Array, scale: float) -> Array:
    return x * _opened(mask, x.shape) * scale


def _masked(g: Any, mask: Any, scale: Any) -> Any:
    return _dropout(g, _opened(mask, g.shape) if isinstance(g, Tensor) else mask, scale)


@op(differentiable=False, method=False)
def _unpacked(mask: Array, shape: Sequence[int]) -> Array:
    """The bits (..., bytes), the lowest first, as booleans (..., *shape)."""
    bits = np.unpackbits(mask, axis=-1, count=math.prod(shape), bitorder="little")
    return bits.view(np.bool_).reshape((*mask.shape[:-1], *shape))


def _opened(mask: Any, shape: tuple[int, ...]) -> Any:
    """The mask as booleans, where it is kept as bits."""
    return _unpacked(mask, shape) if mask.dtype == np.uint8 else mask


def _mask(who: str, x: Tensor, p: float, lead: int | None) -> np.ndarray:
    """True with probability 1 - p: for each element, or for each index into the first `lead` dimensions."""
    if not 0 <= p <= 1:
        raise ValueError(f"{who}: p must lie in [0, 1], got {p}")
    shape = x.shape if lead is None else x.shape[:lead] + (1,) * (x.ndim - lead)
    return default_generator.numpy.random(shape, dtype=np.float32) >= p


def _bits(who: str, x: Tensor, p: float) -> np.ndarray:
    """`_mask` for each element, as bits where there are many."""
    size = x.numel()
    if size < FEW or state.vmaps or not 0 <= p < 1:
        return _mask(who, x, p, None)
    seed, threshold = default_generator.numpy.bit_generator.random_raw() >> 1, int(p * 2**32)
    bits = kernels.dropout_bits(size, seed, threshold)
    return np.packbits(_hashes(size, seed) >= threshold, bitorder="little") if bits is NotImplemented else bits


def _hashes(size: int, seed: int) -> np.ndarray:
    """A hash of 32 bits of each number below `size`: in runs of 4096, each with a key from the seed (see kernels/masks.py)."""
    whole, word = np.uint64, np.uint32
    with np.errstate(over="ignore"):
        z = whole(seed) + np.arange(1, size // 4096 + 2, dtype=whole) * whole(0x9E3779B97F4A7C15)
        z = (z ^ (z >> whole(30))) * whole(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> whole(27))) * whole(0x94D049BB133111EB)
        z ^= z >> whole(31)
        h = np.arange(4096, dtype=word) + z.astype(word)[:, None]  # (runs, 4096)
        h = (h ^ (h >> word(16))) * word(0x7FEB352D)
        h = (h ^ (h >> word(15))) * word(0x846CA68B)
        h = (h ^ (h >> word(16))) + (z >> whole(32)).astype(word)[:, None]
        h = (h ^ (h >> word(16))) * word(0x7FEB352D)
        h ^= h >> word(15)
    return h.reshape(-1)[:size]


def _need_dims(who: str, x: Tensor, *dims: int) -> None:
    if x.ndim not in dims:
        raise RuntimeError(f"{who}: the input has shape {x.shape}, it must have {' or '.join(map(str, dims))} dimensions")


def _need_channels(who: str, x: Tensor) -> None:
    if x.ndim < 2:
        raise RuntimeError(f"{who}: the input has shape {x.shape}, it needs 2 dimensions or more, (N, C, ...): write x.unsqueeze(0)")


def _drop(who: str, x: Tensor, p: float, training: bool, inplace: bool, lead: int | None = None) -> Tensor:
    if not training or p == 0:
        return x
    mask = _bits(who, x, p) if lead is None else _mask(who, x, p, lead)
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
    if not training or p == 0:
        return x
    mask = _mask(who, x, p, lead)
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
