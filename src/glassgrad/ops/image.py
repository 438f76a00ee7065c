"""Padding, resizing and shuffling of images and signals: (N, C, ...) with 1 to 3 dimensions of space."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.arrange import opposite
from glassgrad.ops.shape import at_dim, permute, reshape
from glassgrad.tensor import TWINS, Tensor

__all__ = ["channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]  # the names in `gg.`

# ------------------------------------------------------------------------------------------------ pad


@op(x=lambda g, widths: _pad(g, opposite(widths)))
def _pad(x: Array, widths: Sequence[int], value: float = 0.0) -> Array:
    pairs = [(0, 0)] * (x.ndim - len(widths) // 2) + list(zip(widths[-2::-2], widths[::-2], strict=True))
    shape = [n + before + after for n, (before, after) in zip(x.shape, pairs, strict=True)]
    if min(shape, default=0) < 0:
        raise RuntimeError(f"pad: the widths {tuple(widths)} take more away from x than its shape {x.shape} has")
    y = np.full(shape, value, x.dtype)
    into = tuple(slice(max(before, 0), n - max(after, 0)) for n, (before, after) in zip(shape, pairs, strict=True))
    part = tuple(slice(max(-before, 0), n - max(-after, 0)) for n, (before, after) in zip(x.shape, pairs, strict=True))
    y[into] = x[part]
    return y


@op(method=False)
def pad(x: Array, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Array:
    """x with (before, after) entries more in the last dimension, then in the one before it, ...; negative numbers take away.

    mode: "constant" (`value`, 0 if left out), "reflect" (mirrored, without the edge), "replicate" (the edge) or "circular".
    """
    widths = tuple(int(n) for n in pad)
    if len(widths) % 2 or len(widths) > 2 * x.ndim:
        raise RuntimeError(f"pad: expected (before, after) for at most the {x.ndim} dimensions of x {tuple(x.shape)}, got {widths}")
    if mode == "constant":
        return _pad(x, widths, 0.0 if value is None else value)
    if mode not in _PADDED:
        raise NotImplementedError(f"pad: mode must be 'constant', 'reflect', 'replicate' or 'circular', got {mode!r}")
    if value is not None and value != 0:
        raise ValueError(f"pad: mode {mode!r} takes no value, got {value}")
    y = x
    if mode == "circular":  # of what is left, while the others continue what x was
        y, widths = _pad(x, tuple(min(n, 0) for n in widths)), tuple(max(n, 0) for n in widths)
    for i in range(0, len(widths), 2):
        before, after = widths[i : i + 2]
        at = x.ndim - 1 - i // 2
        if before or after:
            y = y[at_dim(at, _padded(mode, y.shape[at], before, after, at, tuple(x.shape)))]
    return y


_PADDED = {  # the most that each mode can add to n entries, and where entry i, which may lie outside, comes from
    "reflect": (lambda n: n - 1, lambda i, n: (n - 1) - np.abs((n - 1) - np.abs(i))),
    "replicate": (lambda n: math.inf if n else 0, lambda i, n: np.clip(i, 0, n - 1)),
    "circular": (lambda n: n, lambda i, n: i % n),
}


def _padded(mode: str, n: int, before: int, after: int, at: int, shape: tuple[int, ...]) -> np.ndarray:
    most, source = _PADDED[mode]
    if n + before + after < 0:
        raise RuntimeError(f"pad: ({before}, {after}) takes more away from dim {at} than shape {shape} has")
    if max(before, after) > most(n):
        raise RuntimeError(f"pad: mode {mode!r} can't pad dim {at} of shape {shape} by ({before}, {after}): it adds at most {most(n)}")
    return source(np.arange(-before, n + after), n)


def _np_pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: float = 0) -> Any:
    if mode != "constant" or np.ndim(constant_values):
        raise TypeError("np.pad: only mode='constant' with one value has a twin for tensors: write F.pad")
    pairs = np.broadcast_to(pad_width, (array.ndim, 2))
    return _pad(array, tuple(int(n) for n in pairs[::-1].reshape(-1)), constant_values)


TWINS[np.pad] = _np_pad


# ------------------------------------------------------------------------------------------------ resize

_SPACE = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}


@op(method=False)
def interpolate(
    x: Array,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Array:
    """x (N, C, ...) resized in its dimensions of space to `size`, or by `scale_factor`.

    mode: "nearest", "nearest-exact", "area" (means), "linear" (1 dimension of space), "bilinear", "bicubic" (2) or "trilinear" (3).
    align_corners: the centres of the corner elements stay in place, not their outer edges.
    """
    space = x.ndim - 2
    if mode not in (*_SPACE, "nearest", "nearest-exact", "area") or antialias:
        known = ", ".join(("nearest", "nearest-exact", "area", *_SPACE))
        raise NotImplementedError(f"interpolate: there is no mode {mode!r}{' with antialias' if antialias else ''}: there are {known}")
    if not 1 <= space <= 3 or _SPACE.get(mode, space) != space:
        raise NotImplementedError(
            f"interpolate: mode {mode!r} needs {_SPACE.get(mode, '1 to 3')} dimensions of space, got shape {tuple(x.shape)}"
        )
    if align_corners is not None and mode not in _SPACE:
        raise ValueError(f"interpolate: align_corners is only for {', '.join(_SPACE)}, not for {mode!r}")
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: write either size= or scale_factor=")
    found: Any = size if scale_factor is None else scale_factor
    each = list(found) if isinstance(found, Sequence) else [found] * space
    if len(each) != space:
        raise ValueError(f"interpolate: expected {space} numbers for shape {tuple(x.shape)}, got {found}")
    y = x
    for i, wish in enumerate(each):
        n, at = x.shape[2 + i], 2 + i
        length = int(wish) if scale_factor is None else math.floor(n * wish)
        if length < 1 or n < 1:
            raise RuntimeError(f"interpolate: {n} entries of dim {at} (shape {tuple(x.shape)}) can't become {length}")
        step = n / length if scale_factor is None or recompute_scale_factor else 1 / float(wish)
        total = None
        for index, weight in _taps(mode, n, length, step, bool(align_corners)):
            part = y[at_dim(at, index)]
            if weight is not None:
                part = part * weight.reshape((-1,) + (1,) * (x.ndim - 1 - at)).astype(x.dtype)
            total = part if total is None else total + part
        y = total
    return y


def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None) -> Tensor:
    """`interpolate`."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` by "nearest"."""
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` by "bilinear", with the corners aligned."""
    return interpolate(input, size, scale_factor, "bilinear", True)


def _taps(mode: str, n: int, length: int, step: float, align_corners: bool) -> list[tuple[np.ndarray, Any]]:
    """What entry i of the new dimension is: the sum of the old ones at `index[i]`, times `weight[i]`."""
    at = np.arange(length)
    if mode.startswith("nearest"):  # float32, as PyTorch counts: its rounding decides between two neighbours
        place = (at + np.float32(0.5 * (mode == "nearest-exact"))).astype(np.float32) * np.float32(step)
        return [(np.minimum(np.floor(place).astype(np.int64), n - 1), None)]
    if mode == "area":  # all that the new entry covers, in part or whole
        first, end = at * n // length, -(-(at + 1) * n // length)
        return [(np.minimum(first + k, n - 1), (first + k < end) / (end - first)) for k in range((end - first).max())]
    if align_corners:
        place = at * ((n - 1) / (length - 1) if length > 1 else 0.0)
    else:
        place = (at + 0.5) * step - 0.5
    if mode != "bicubic":
        place = np.clip(place, 0, None)
    low = np.floor(place).astype(np.int64)
    if mode != "bicubic":
        low = np.minimum(low, n - 1)
    t = place - low
    if mode != "bicubic":
        return [(low, 1 - t), (np.minimum(low + 1, n - 1), t)]
    return [(np.clip(low + k, 0, n - 1), _cubic(np.abs(t - k))) for k in (-1, 0, 1, 2)]


def _cubic(d: np.ndarray, a: float = -0.75) -> np.ndarray:
    """The weight of an element at distance d: the convolution kernel of Keys (1981)."""
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((d - 5) * d + 8) * d * a - 4 * a
    return np.where(d <= 1, near, far)


# ------------------------------------------------------------------------------------------------ shuffle


@op(method=False)
def pixel_shuffle(x: Array, upscale_factor: int) -> Array:
    """(..., C r r, H, W) -> (..., C, H r, W r): each group of r r channels becomes an r by r block of pixels."""
    r = upscale_factor
    if x.ndim < 3 or r <= 0 or x.shape[-3] % (r * r):
        raise RuntimeError(f"pixel_shuffle: the channels of x {tuple(x.shape)} must be a multiple of upscale_factor squared, {r * r}")
    *batch, c, h, w = x.shape
    lead = tuple(range(len(batch)))
    k = len(batch)
    blocks = reshape(x, (*batch, c // (r * r), r, r, h, w))  # (..., C, r, r, H, W)
    return reshape(permute(blocks, (*lead, k, k + 3, k + 1, k + 4, k + 2)), (*batch, c // (r * r), h * r, w * r))


@op(method=False)
def pixel_unshuffle(x: Array, downscale_factor: int) -> Array:
    """(..., C, H r, W r) -> (..., C r r, H, W): undoes `pixel_shuffle`."""
    r = downscale_factor
    if x.ndim < 3 or r <= 0 or x.shape[-2] % r or x.shape[-1] % r:
        raise RuntimeError(f"pixel_unshuffle: height and width of x {tuple(x.shape)} must be multiples of downscale_factor, {r}")
    *batch, c, h, w = x.shape
    lead = tuple(range(len(batch)))
    k = len(batch)
    blocks = reshape(x, (*batch, c, h // r, r, w // r, r))  # (..., C, H, r, W, r)
    return reshape(permute(blocks, (*lead, k, k + 2, k + 4, k + 1, k + 3)), (*batch, c * r * r, h // r, w // r))


@op(method=False)
def channel_shuffle(x: Array, groups: int) -> Array:
    """(N, C, ...): the channels, in `groups` of neighbours, dealt out so that neighbours come from different groups."""
    if x.ndim < 3 or groups <= 0 or x.shape[1] % groups:
        raise RuntimeError(f"channel_shuffle: the channels of x {tuple(x.shape)} must be a multiple of groups, {groups}")
    order = np.arange(x.shape[1]).reshape(groups, -1).T.reshape(-1)
    return x[:, order]
