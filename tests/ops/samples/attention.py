"""Samples: attention."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


def _qkv(d, *batch, queries=3, keys=4, width=2, values=5):
    return d(*batch, queries, width), d(*batch, keys, width), d(*batch, keys, values)


def _masks(d):
    """Masks (3, 4): one that leaves each query something to look at, one that doesn't, and the second as floats to add."""
    seen = d.mask(3, 4)
    seen[:, 0] = True
    blind = seen.copy()
    blind[1] = False
    return seen, blind, np.where(blind, d(3, 4), -np.inf)


@for_ops("scaled_dot_product_attention")
def _attention(d):
    seen, blind, added = _masks(d)
    return [
        S(*_qkv(d)), S(*_qkv(d, 2)), S(*_qkv(d, 2, 2), is_causal=True), S(*_qkv(d, queries=4, keys=4), is_causal=True, scale=0.3),
        S(*_qkv(d, 2), attn_mask=seen), S(*_qkv(d, 2, 2), attn_mask=seen), S(*_qkv(d, 2), attn_mask=blind), S(*_qkv(d, 2), d(3, 4)),
        S(*_qkv(d, 2), added, constant=(3,)), S(*_qkv(d, 2, 3), attn_mask=d.mask(2, 1, 1, 4) | np.array([True, False, False, False])),
        S(d(2, 4, 3, 2), d(2, 2, 5, 2), d(2, 2, 5, 3), is_causal=True, enable_gqa=True),
        S(d(4, 3, 2), d(2, 4, 2), d(2, 4, 3), attn_mask=seen[None], enable_gqa=True),
        S(d(4, 3, 2), d(2, 4, 2), d(1, 4, 3), attn_mask=d.mask(4, 3, 4) | np.array([True, False, False, False]), enable_gqa=True),
    ]  # fmt: skip


@for_ops("_scaled_dot_product_attention")
def _fused(d):
    seen, blind, added = _masks(d)
    return [
        S(*_qkv(d), None, False, 0.7, 0.0, 0), S(*_qkv(d, 2, 2), None, True, 0.7, 0.0, 0),
        S(*_qkv(d, 2, queries=5), None, True, -0.7, 0.0, 0), S(*_qkv(d, 2), seen, False, 0.7, 0.0, 0),
        S(*_qkv(d, 2), blind, False, 0.7, 0.0, 0), S(*_qkv(d, 2), added, False, 0.7, 0.0, 0, constant=(3,)),
        S(d(2, 1, 3, 2), d(4, 2), d(3, 4, 5), d.mask(4) | np.array([True, False, False, False]), False, 0.7, 0.0, 0),
        S(*_qkv(d, 2), None, False, 0.7, 0.4, 5), S(*_qkv(d, 2), None, True, 0.7, 0.4, 2**62),
    ]  # fmt: skip


@for_ops("attention_grad")
def _attention_grad(d):
    seen, blind, added = _masks(d)

    def rest(*batch):
        """The output and lse, above all scores."""
        return d(*batch, 3, 5), 9 + d.positive(*batch, 3, 1)

    def one(mask, causal, p, *batch, **options):
        y, lse = rest(*batch)
        return S(d(*batch, 3, 5), *_qkv(d, *batch), mask, y, lse, causal, 0.7, p, 3, **options)

    return [
        one(None, False, 0.0), one(None, True, 0.0, 2, 2), one(seen, False, 0.0, 2), one(blind, False, 0.0, 2), one(None, True, 0.4, 2),
        one(added, False, 0.0, 2, constant=(4,)), S(d(2, 3, 5), d(3, 2), d(2, 4, 2), d(4, 5), None, *rest(2), False, 0.7, 0.0, 0),
    ]  # fmt: skip


OUR_OWN = {"attention_grad"}


def twins(torch):
    def fused(query, key, value, mask, causal, scale, p, seed):
        return torch.nn.functional.scaled_dot_product_attention(query, key, value, mask, 0.0, causal, scale=scale)

    return {"scaled_dot_product_attention": torch.nn.functional.scaled_dot_product_attention, "_scaled_dot_product_attention": fused}


BEYOND = {("_scaled_dot_product_attention", 7), ("_scaled_dot_product_attention", 8)}  # PyTorch drops other weights
