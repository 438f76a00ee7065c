"""Attention."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad._mode import state
from glassgrad.op import Array, op
from glassgrad.ops.arrange import repeat_interleave
from glassgrad.ops.dropout import dropout
from glassgrad.ops.index import masked_fill
from glassgrad.ops.linalg import matmul
from glassgrad.ops.random import default_generator
from glassgrad.ops.shape import broadcast_to, reshape
from glassgrad.ops.softmax import softmax


@op(
    kernel=kernels.scaled_dot_product_attention, inputs=["query", "key", "value"], residuals=["lse"], method=False,
    vjp=lambda g, query, key, value, attn_mask, y, lse, is_causal, scale, dropout_p, seed:
        attention_grad(g, query, key, value, attn_mask, y, lse, is_causal, scale, dropout_p, seed),
)  # fmt: skip
def _scaled_dot_product_attention(
    query: Array, key: Array, value: Array, attn_mask: Array | None, is_causal: bool, scale: float, dropout_p: float, seed: int
) -> Any:
    scores, _, blind = _scores(query, key, attn_mask, is_causal, scale)  # (..., L, S)
    top = np.max(scores, axis=-1, keepdims=True)
    lse = top + np.log(np.sum(np.exp(scores - top), axis=-1, keepdims=True))  # (..., L, 1), what the gradients' kernel needs
    lse = lse if blind is None else masked_fill(lse, blind, math.inf)
    lead = np.broadcast_shapes(scores.shape[:-2], value.shape[:-2])
    weights = broadcast_to(_weights(scores, blind), (*lead, *scores.shape[-2:]))
    return matmul(_dropped(weights, dropout_p, seed), value), broadcast_to(lse, (*lead, *lse.shape[-2:]))


@op(kernel=kernels.attention_grad, method=False)
def attention_grad(
    g: Array, query: Array, key: Array, value: Array, attn_mask: Array | None, y: Array, lse: Array,
    is_causal: bool, scale: float, dropout_p: float, seed: int,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The gradients of attention by query, key and value, all with the batch dimensions that these have together.

    With the weights w = exp(scores - lse) and s = w * (g @ value.T - sum(g * y)): `s @ key * scale`, `s.T @ query * scale` and `w.T @ g`.
    y is the output, and lse (..., L, 1) the logsumexp of the scores.
    """
    scores, hidden, _ = _scores(query, key, attn_mask, is_causal, scale)
    lead = np.broadcast_shapes(*(x.shape[:-2] for x in (scores, value, g, y, lse)))
    whole = (*lead, *scores.shape[-2:])
    weights = broadcast_to(np.exp(scores - lse), whole)
    slopes = _dropped(broadcast_to(matmul(g, value.mT), whole), dropout_p, seed)
    slopes = weights * (slopes - np.sum(g * y, axis=-1, keepdims=True))
    slopes = slopes if hidden is None else masked_fill(slopes, hidden, 0.0)
    return matmul(slopes, key) * scale, matmul(slopes.mT, query * scale), matmul(_dropped(weights, dropout_p, seed).mT, g)


def _scores(query: Array, key: Array, attn_mask: Array | None, is_causal: bool, scale: float) -> tuple[Array, Any, Any]:
    """`query @ key.T * scale + mask`; which scores are hidden, if that is said by true and false; and which queries may look nowhere.

    The latter, (..., L, 1), is None if there are none. A softmax of nothing would be 0 / 0.
    """
    scores, hidden = matmul(query * scale, key.mT), None  # (..., L, S)
    if is_causal:
        hidden = ~np.tri(*scores.shape[-2:], dtype=np.bool_)
        return masked_fill(scores, hidden, -math.inf), hidden, None
    if attn_mask is None:
        return scores, None, None
    if attn_mask.dtype == np.bool_:
        hidden = ~attn_mask
        scores, blind = masked_fill(scores, hidden, -math.inf), hidden.all(-1, keepdims=True)
    else:
        scores, blind = scores + attn_mask, (attn_mask == -math.inf).all(-1, keepdims=True)
    return scores, hidden, blind if blind.any() else None


def _weights(scores: Array, blind: Any) -> Array:
    return softmax(scores, -1) if blind is None else masked_fill(softmax(masked_fill(scores, blind, 0.0), -1), blind, 0.0)


def _dropped(weights: Array, p: float, seed: int) -> Array:
    """Dropout of (..., L, S), in which the hash of (seed, row, column) decides: the kernels find the same again, and store nothing."""
    if not p:
        return weights
    *lead, length, source = weights.shape
    whole, word = np.uint64, np.uint32
    z = whole(seed) + np.arange(1, math.prod(lead) * length + 1, dtype=whole) * whole(0x9E3779B97F4A7C15)
    z = (z ^ (z >> whole(30))) * whole(0xBF58476D1CE4E5B9)  # SplitMix64: Steele, Lea, Flood 2014
    z = (z ^ (z >> whole(27))) * whole(0x94D049BB133111EB)
    z ^= z >> whole(31)
    low, high = (x.astype(word)[:, None] for x in (z, z >> whole(32)))
    h = np.arange(source, dtype=word) + low
    h = (h ^ (h >> word(16))) * word(0x7FEB352D)
    h = (h ^ (h >> word(15))) * word(0x846CA68B)
    h = (h ^ (h >> word(16))) + high
    h = (h ^ (h >> word(16))) * word(0x7FEB352D)
    h ^= h >> word(15)
    kept = (h >= min(round(p * 2**32), 2**32 - 1)).reshape(weights.shape)
    return weights * kept * (1 / (1 - p) if p < 1 else 0.0)


@op(method=False)
def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Array:
    """`softmax(query @ key.T * scale + mask) @ value`; Vaswani et al. 2017.

    query (..., L, E), key (..., S, E), value (..., S, Ev) -> (..., L, Ev). attn_mask broadcasts to (..., L, S): bool, true
    where a query may look, or floats that are added. `is_causal` lets query i look at keys 0..i. A query that may
    look nowhere gives 0. scale defaults to 1 / sqrt(E). With enable_gqa, H heads of the query (..., H, L, E) share fewer ones of
    key and value (Ainslie et al. 2023). The scores are never all in memory.
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
    if not 0 <= dropout_p <= 1:
        raise ValueError(f"scaled_dot_product_attention: dropout_p must lie in [0, 1], got {dropout_p}")
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    if enable_gqa:
        return _grouped(query, key, value, attn_mask, dropout_p, is_causal, scale)
    return _attend(query, key, value, attn_mask, dropout_p, is_causal, scale)


def _attend(query: Array, key: Array, value: Array, attn_mask: Any, dropout_p: float, is_causal: bool, scale: Any) -> Array:
    learned = getattr(attn_mask, "requires_grad", False) or not isinstance(scale, (float, int))
    if not learned and not (dropout_p and state.vmaps):
        seed = int(default_generator.numpy.integers(2**63)) if dropout_p else 0
        return _scaled_dot_product_attention(query, key, value, attn_mask, is_causal, scale, dropout_p, seed)
    scores, _, blind = _scores(query, key, attn_mask, is_causal, scale)
    weights = _weights(scores, blind)
    return matmul(dropout(weights, dropout_p) if dropout_p else weights, value)


def _grouped(query: Array, key: Array, value: Array, attn_mask: Any, dropout_p: float, is_causal: bool, scale: Any) -> Array:
    """The heads that share a key as a dimension of their own, along which keys and values are broadcast and not copied."""
    if min(x.ndim for x in (query, key, value)) < 3 or query.shape[-3] % key.shape[-3] or query.shape[-3] % value.shape[-3]:
        raise RuntimeError(
            f"scaled_dot_product_attention: query, key, value have shapes {_shapes(query, key, value)}: with enable_gqa the heads, in "
            "the dimension before the last two, of key and value must divide those of query"
        )
    heads, groups = query.shape[-3], key.shape[-3]
    if value.shape[-3] != groups:
        key, value = (repeat_interleave(x, heads // x.shape[-3], -3) for x in (key, value))
        return _attend(query, key, value, attn_mask, dropout_p, is_causal, scale)

    def split(x: Array, groups: int, each: int) -> Array:
        return reshape(x, (*x.shape[:-3], groups, each, *x.shape[-2:]))

    if attn_mask is not None and attn_mask.ndim > 2:
        attn_mask = split(attn_mask, *((1, 1) if attn_mask.shape[-3] == 1 else (groups, heads // groups)))
    key, value = split(key, groups, 1), split(value, groups, 1)
    y = _attend(split(query, groups, heads // groups), key, value, attn_mask, dropout_p, is_causal, scale)
    return reshape(y, (*y.shape[:-4], heads, *y.shape[-2:]))


def _shapes(*tensors: Array) -> str:
    return ", ".join(str(tuple(x.shape)) for x in tensors)
