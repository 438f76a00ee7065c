"""Attention."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.dropout import dropout
from glassgrad.ops.index import masked_fill
from glassgrad.ops.linalg import matmul
from glassgrad.ops.softmax import softmax


@op(method=False)
def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Array:
    """`softmax(query @ key.T * scale + mask) @ value`; Vaswani et al. 2017.

    query (..., L, E), key (..., S, E), value (..., S, Ev) -> (..., L, Ev). attn_mask broadcasts to (..., L, S): bool, true
    where a query may look, or floats that are added. `is_causal` lets query i look at keys 0..i. A query that may
    look nowhere gives 0. scale defaults to 1 / sqrt(E).
    """
    if query.ndim < 2 or key.ndim < 2 or value.ndim < 2:
        raise RuntimeError(f"scaled_dot_product_attention: query, key, value need at least 2 dimensions, got {_shapes(query, key, value)}")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise RuntimeError(
            f"scaled_dot_product_attention: query, key, value have shapes {_shapes(query, key, value)}: "
            "query and key must agree in the last dimension, key and value in the one before"
        )
    if is_causal and attn_mask is not None:
        raise RuntimeError("scaled_dot_product_attention: attn_mask and is_causal can't both be given: fold the triangle into attn_mask")
    if attn_mask is not None and attn_mask.dtype not in (np.bool_, query.dtype):
        raise TypeError(
            f"scaled_dot_product_attention: attn_mask must be bool (true: may look) or {query.dtype} (added), got {attn_mask.dtype}: "
            f"write .bool() or .to(gg.{query.dtype})"
        )
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = matmul(query * scale, key.mT)  # (..., L, S)
    blind = None  # bool (..., L, 1), the queries that may look nowhere: their softmax would be 0 / 0
    if is_causal or (attn_mask is not None and attn_mask.dtype == np.bool_):
        seen: Any = np.tri(*scores.shape[-2:], dtype=np.bool_) if is_causal else attn_mask
        hidden = ~seen  # (..., L, S)
        blind = hidden.all(-1, keepdims=True)
        scores = masked_fill(scores, hidden & ~blind, -math.inf)
    elif attn_mask is not None:
        blind = (attn_mask == -math.inf).all(-1, keepdims=True)
        scores = masked_fill(scores + attn_mask, blind, 0.0) if blind.any() else scores + attn_mask
    weights = softmax(scores, -1)
    if blind is not None and blind.any():
        weights = masked_fill(weights, blind, 0.0)
    if dropout_p:
        weights = dropout(weights, dropout_p)
    return matmul(weights, value)


def _shapes(*tensors: Array) -> str:
    return ", ".join(str(tuple(x.shape)) for x in tensors)
