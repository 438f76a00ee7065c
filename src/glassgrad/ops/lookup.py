"""`embedding` with PyTorch's options: rows kept short, gradients shared out among equal indices."""

from __future__ import annotations

import numpy as np

from glassgrad._mode import no_grad
from glassgrad.op import Array, op
from glassgrad.ops.index import embedding as rows_of
from glassgrad.tensor import Tensor, make


@op(method=False, x=lambda g, scale: g * scale)
def scaled_gradient(x: Array, scale: Array) -> Array:
    """x itself; its gradient is multiplied by `scale` (broadcastable to x)."""
    return x + np.zeros_like(scale)


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Rows of `weight` (num_embeddings, D): input (...) of integers gives (..., D). Row `padding_idx` gets no gradient.

    max_norm: before that, the rows that input names are scaled down, in place, to a `norm_type`-norm of at most this.
    scale_grad_by_freq: each row's gradient is divided by how often input names it. sparse is accepted: gradients are dense.
    """
    if max_norm is not None:
        rows_of(input.detach(), weight.detach(), padding_idx)  # its checks come before the write
        _shorten(np.unique(input._array), weight, float(max_norm), float(norm_type))
    y = rows_of(input, weight, padding_idx)
    if scale_grad_by_freq:
        _, at, counts = np.unique(input._array, return_inverse=True, return_counts=True)
        share = (1 / counts)[at].reshape((*input.shape, 1)).astype(weight.dtype)
        y = scaled_gradient(y, make(share, None))
    return y


def _shorten(named: np.ndarray, weight: Tensor, max_norm: float, norm_type: float) -> None:
    rows = weight._array[named]
    norms = np.linalg.norm(rows, norm_type, axis=1, keepdims=True)
    long = (norms > max_norm)[:, 0]
    if long.any():
        with no_grad():
            weight[make(named[long], None)] = make((rows * (max_norm / (norms + 1e-7)))[long].astype(weight.dtype), None)
