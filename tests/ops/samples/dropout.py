"""Samples: dropout."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("_dropout")
def _dropout(d):
    return [
        S(d(3, 4), d.mask(3, 4), 2.0), S(d(), d.mask(), 1.25), S(d(0, 2), d.mask(0, 2), 2.0), S(d(2), d.mask(2), 0.0),
        S(d(2, 3, 4), d.mask(2, 3, 1), 2.0), S(d(20, 5), np.packbits(d.mask(100), bitorder="little"), 2.0),
    ]  # fmt: skip


@for_ops("_unpacked")
def _unpacked(d):
    return [S(np.packbits(d.mask(13), bitorder="little"), (13,)), S(np.packbits(d.mask(3, 20), 1, bitorder="little"), (4, 5))]


def twins(torch):
    def dropout(x, mask, scale):
        if mask.dtype == torch.uint8:
            mask = torch.tensor(np.unpackbits(mask.numpy(), count=x.numel(), bitorder="little")).reshape(x.shape)
        return x * mask * scale

    def unpacked(mask, shape):
        bits = mask.unsqueeze(-1) >> torch.arange(8) & 1
        return bits.flatten(-2)[..., : int(np.prod(shape))].bool().reshape(*mask.shape[:-1], *shape)

    return {"_dropout": dropout, "_unpacked": unpacked}
