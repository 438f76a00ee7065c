"""`MultiheadAttention`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassgrad.nn import init
from glassgrad.nn.linear import Linear
from glassgrad.nn.module import Module
from glassgrad.nn.parameter import Parameter
from glassgrad.ops.attention import scaled_dot_product_attention
from glassgrad.ops.creation import as_tensor, empty, zeros
from glassgrad.ops.dropout import dropout
from glassgrad.ops.index import masked_fill
from glassgrad.ops.linalg import linear
from glassgrad.ops.logic import eq, logical_not
from glassgrad.ops.shape import cat
from glassgrad.ops.softmax import softmax
from glassgrad.tensor import Tensor


class MultiheadAttention(Module):
    """Attention in `num_heads` subspaces side by side: `out_proj(cat(softmax(q k.T / sqrt(hd)) v for each head))`.

    query (L, N, E), key (S, N, kdim), value (S, N, vdim), or batch first (N, L, E), or without a batch (L, E); the output is
    like query. Vaswani et al. 2017. The parameters have PyTorch's names: in_proj_weight (3E, E), or q_, k_ and
    v_proj_weight where kdim or vdim differ from embed_dim; in_proj_bias (3E); bias_k, bias_v; out_proj.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0 or embed_dim % num_heads:
            raise ValueError(f"MultiheadAttention: embed_dim {embed_dim} must be a positive multiple of num_heads {num_heads}")
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.dropout = dropout
        self.add_zero_attn = add_zero_attn
        self.batch_first = batch_first

        def made(*shape: int) -> Parameter:
            return Parameter(empty(shape, dtype=dtype, device=device))

        packed = self.kdim == self.vdim == embed_dim
        self.register_parameter("in_proj_weight", made(3 * embed_dim, embed_dim) if packed else None)
        for name, size in (("q", embed_dim), ("k", self.kdim), ("v", self.vdim)):
            self.register_parameter(f"{name}_proj_weight", None if packed else made(embed_dim, size))
        self.register_parameter("in_proj_bias", made(3 * embed_dim) if bias else None)
        self.out_proj = Linear(embed_dim, embed_dim, bias, device, dtype)
        self.register_parameter("bias_k", made(1, 1, embed_dim) if add_bias_kv else None)
        self.register_parameter("bias_v", made(1, 1, embed_dim) if add_bias_kv else None)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.zeros_(bias)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """The output, like query, and the weights (N, L, S), or (N, H, L, S) without averaging, or None if not needed.

        key_padding_mask (N, S) and attn_mask (L, S) or (N * H, L, S): bool, True where a query may *not* look, or floats
        that are added. `is_causal` says that attn_mask is the causal mask, which saves reading it. A query that may look
        nowhere gets weights of 0. need_weights=False is faster.
        """
        if is_causal and attn_mask is None:
            raise ValueError("MultiheadAttention: is_causal only says that attn_mask is the causal mask: pass attn_mask too")
        self._check(query, key, value)
        q, k, v = (self._heads(x) for x in self._projected(query, key, value))  # (N, H, L, hd), (N, H, S, hd) twice
        source = k.shape[2]
        k, v = self._extended(k, v)
        causal = is_causal and key_padding_mask is None and not need_weights and k.shape[2] == source
        mask = None if causal else self._mask(attn_mask, key_padding_mask, q, source, k.shape[2] - source)
        p = self.dropout if self.training else 0.0
        weights = None
        if need_weights:
            weights = _weights(q, k, mask)  # (N, H, L, S)
            if p:
                weights = dropout(weights, p)
            y = weights @ v  # (N, H, L, hd)
        else:
            allowed = logical_not(mask) if mask is not None and mask.dtype == np.bool_ else mask
            y = scaled_dot_product_attention(q, k, v, allowed, p, causal)
        y = y.transpose(1, 2) if self.batch_first and query.ndim == 3 else y.permute(2, 0, 1, 3)  # (N, L, H, hd), (L, N, H, hd)
        y = self.out_proj(y.reshape(query.shape))
        if weights is not None:
            weights = weights.mean(1) if average_attn_weights else weights
            weights = weights if query.ndim == 3 else weights.squeeze(0)
        return y, weights

    def _check(self, query: Tensor, key: Tensor, value: Tensor) -> None:
        shapes = f"query {query.shape}, key {key.shape}, value {value.shape}"
        if query.ndim not in (2, 3) or key.ndim != query.ndim or value.ndim != query.ndim:
            raise ValueError(f"MultiheadAttention: query, key and value must all be 3-D, or 2-D without a batch, got {shapes}")
        for name, x, size in (("query", query, self.embed_dim), ("key", key, self.kdim), ("value", value, self.vdim)):
            if x.shape[-1] != size:
                raise ValueError(f"MultiheadAttention: the last dimension of {name} must be {size}, got {shapes}")
        batch = 0 if self.batch_first else 1
        if key.shape[:-1] != value.shape[:-1] or (query.ndim == 3 and query.shape[batch] != key.shape[batch]):
            order = ("(N, L, E)" if self.batch_first else "(L, N, E)") if query.ndim == 3 else "(L, E)"
            raise ValueError(f"MultiheadAttention: one batch N for all, one length for key and value; each is {order}, got {shapes}")

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, ...]:
        weight, bias = self.in_proj_weight, self.in_proj_bias
        if weight is not None and query is key and key is value:
            return linear(query, weight, bias).chunk(3, -1)  # one product instead of three
        each = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight) if weight is None else weight.chunk(3)
        biases = (None, None, None) if bias is None else bias.chunk(3)
        return tuple(linear(x, w, b) for x, w, b in zip((query, key, value), each, biases, strict=True))

    def _heads(self, x: Tensor) -> Tensor:
        """(N, L, E), (L, N, E) or (L, E) -> (N, H, L, hd)."""
        if self.batch_first and x.ndim == 3:
            return x.reshape(*x.shape[:2], self.num_heads, self.head_dim).transpose(1, 2)
        batch = x.shape[1] if x.ndim == 3 else 1
        return x.reshape(x.shape[0], batch, self.num_heads, self.head_dim).permute(1, 2, 0, 3)

    def _extended(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values with the learned pair, and the pair of zeros, at the end: (N, H, S + 0 to 2, hd)."""
        n, h, _, hd = k.shape
        if self.bias_k is not None and self.bias_v is not None:
            k = cat([k, self.bias_k.reshape(1, h, 1, hd).expand(n, h, 1, hd)], 2)
            v = cat([v, self.bias_v.reshape(1, h, 1, hd).expand(n, h, 1, hd)], 2)
        if self.add_zero_attn:
            nothing = zeros(n, h, 1, hd, dtype=k.dtype)
            k, v = cat([k, nothing], 2), cat([v, nothing], 2)
        return k, v

    def _mask(self, attn_mask: Any, padding: Any, q: Tensor, source: int, extra: int) -> Tensor | None:
        """Both masks as one that broadcasts to (N, H, L, S + extra): bool, True where hidden, or floats to add."""
        n, h, length, _ = q.shape
        masks = []
        if attn_mask is not None:
            shapes = [(length, source), (n * h, length, source)]
            attn_mask = _checked("attn_mask", attn_mask, shapes)
            masks.append(attn_mask.reshape(n, h, length, source) if attn_mask.ndim == 3 else attn_mask)
        if padding is not None:
            shapes = [(n, source), (source,)] if n == 1 else [(n, source)]
            masks.append(_checked("key_padding_mask", padding, shapes).reshape(n, 1, 1, source))
        if not masks:
            return None
        if any(mask.dtype != np.bool_ for mask in masks):
            masks = [_additive(mask, q.dtype) for mask in masks]
        if extra:  # what was appended may always be looked at
            masks = [cat([mask, zeros(*mask.shape[:-1], extra, dtype=mask.dtype)], -1) for mask in masks]
        if len(masks) == 1:
            return masks[0]
        return masks[0] | masks[1] if masks[0].dtype == np.bool_ else masks[0] + masks[1]


def _checked(name: str, mask: Any, shapes: list[tuple[int, ...]]) -> Tensor:
    mask = as_tensor(mask)
    if mask.dtype != np.bool_ and mask.dtype.kind != "f":
        raise TypeError(f"MultiheadAttention: {name} must be bool (True: don't look) or floating, got {mask.dtype}: write .bool()")
    if mask.shape not in shapes:
        raise ValueError(f"MultiheadAttention: {name} must have shape {' or '.join(map(str, shapes))}, got {mask.shape}")
    return mask


def _additive(mask: Tensor, dtype: Any) -> Tensor:
    return masked_fill(zeros(mask.shape, dtype=dtype), mask, -math.inf) if mask.dtype == np.bool_ else mask.to(dtype)


def _weights(q: Tensor, k: Tensor, mask: Tensor | None) -> Tensor:
    """`softmax(q k.T / sqrt(hd) + mask)`, (N, H, L, S), and 0 for a query that may look nowhere."""
    scores = (q * (1 / math.sqrt(q.shape[-1]))) @ k.mT
    if mask is None:
        return softmax(scores, -1)
    mask = _additive(mask, q.dtype)
    scores = scores + mask
    blind = eq(mask.detach(), -math.inf).all(-1, keepdim=True)  # their softmax would be 0 / 0
    if not blind.any():
        return softmax(scores, -1)
    return masked_fill(softmax(masked_fill(scores, blind, 0.0), -1), blind, 0.0)
