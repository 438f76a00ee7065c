"""Samples: attention."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("scaled_dot_product_attention")
def _attention(d):
    def qkv(*batch, queries=3, keys=4, width=2, values=5):
        return d(*batch, queries, width), d(*batch, keys, width), d(*batch, keys, values)

    seen = d.mask(3, 4)
    seen[:, 0] = True
    blind = seen.copy()
    blind[1] = False
    added = np.where(blind, d(3, 4), -np.inf)
    return [
        S(*qkv()), S(*qkv(2)), S(*qkv(2, 2), is_causal=True), S(*qkv(queries=4, keys=4), is_causal=True, scale=0.3),
        S(*qkv(2), attn_mask=seen), S(*qkv(2, 2), attn_mask=seen), S(*qkv(2), attn_mask=blind), S(*qkv(2), d(3, 4)),
        S(*qkv(2), added, constant=(3,)), S(*qkv(2, 3), attn_mask=d.mask(2, 1, 1, 4) | np.array([True, False, False, False])),
    ]  # fmt: skip


def twins(torch):
    return {"scaled_dot_product_attention": torch.nn.functional.scaled_dot_product_attention}
