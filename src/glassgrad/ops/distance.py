"""Distances and angles between vectors that come in pairs, and vectors made unit length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.reduce import norm
from glassgrad.ops.regression import at_least
from glassgrad.ops.shape import axis_of

__all__ = [  # the names in `gg.`
    "cosine_similarity", "pairwise_distance",
]  # fmt: skip


@op(method=False)
def normalize(x: Array, p: float = 2.0, dim: int | Sequence[int] = 1, eps: float = 1e-12) -> Array:
    """`x / max(norm(x), eps)`, with the p-norm along `dim`: vectors of length 1, and zeros stay zeros."""
    return x / np.clip(norm(x, p, dim, True), eps, None)


@op(method=False)
def cosine_similarity(x1: Array, x2: Array, dim: int = 1, eps: float = 1e-8) -> Array:
    """The cosine of the angle between vectors along `dim` of x1 and x2, broadcast: `sum(x1 * x2) / (|x1| * |x2|)`.

    A length below `eps` counts as eps.
    """
    try:
        shape = np.broadcast_shapes(x1.shape, x2.shape)
    except ValueError:
        raise RuntimeError(f"cosine_similarity: x1 {tuple(x1.shape)} and x2 {tuple(x2.shape)} don't broadcast") from None
    at = axis_of(dim, len(shape), "cosine_similarity")
    wide = [x if tuple(x.shape) == shape else np.broadcast_to(x, shape) for x in (x1, x2)]
    unit1, unit2 = (x / at_least(norm(x, 2, at, True), eps) for x in wide)
    return (unit1 * unit2).sum(at)


@op(method=False)
def pairwise_distance(x1: Array, x2: Array, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Array:
    """The p-norm of `x1 - x2 + eps` along the last dimension: (N, D) and (N, D), broadcast -> (N). `cdist` takes all pairs."""
    return norm(x1 - x2 + eps, p, -1, keepdim)
