"""`embedding` with PyTorch's options: rows kept short, gradients shared out among equal indices or held as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad._mode import no_grad
from glassgrad.op import Array, op
from glassgrad.ops.index import embedding as rows_of
from glassgrad.ops.rows import row_sums
from glassgrad.tensor import Tensor, make


@op(method=False, x=lambda g, scale: g * scale)
def scaled_gradient(x: Array, scale: Array) -> Array:
    """x itself; its gradient is multiplied by `scale` (broadcastable to x)."""
    return x + np.zeros_like(scale)


_embedding = op(rows_of.op.body, name="_embedding", kernel=kernels.embedding, method=False, **rows_of.op.rules,
                doc="`embedding` that gives a leaf its gradient as a RowSparse.")  # fmt: skip
_by_rules = _embedding.op.backward


def _backward(parents: Sequence[Any], g: Any, values: tuple[Any, ...]) -> list[Any]:
    """The rows that index names; but what leads on to other ops is dense, and so is what may be differentiated again."""
    if isinstance(g, Tensor) or not isinstance(parents[0], Tensor):
        return _by_rules(parents, g, values)
    index, shape, padding_idx = values
    return [row_sums(g, index, shape[0], padding_idx)]


_embedding.op.backward = _backward  # no grad_kernel: those are left out where NumPy does the work


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
    scale_grad_by_freq: each row's gradient is divided by how often input names it.
    sparse: the gradient of a weight that is a leaf holds only the rows that input names (RowSparse); SGD, Adagrad and SparseAdam take it.
    """
    if max_norm is not None:
        rows_of(input.detach(), weight.detach(), padding_idx)  # its checks come before the write
        _shorten(np.unique(input._array), weight, float(max_norm), float(norm_type))
    y = (_embedding if sparse else rows_of)(input, weight, padding_idx)
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
