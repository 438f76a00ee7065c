"""Samples: dropout."""

from tests.ops.samples.draw import S, for_ops


@for_ops("_dropout")
def _dropout(d):
    return [
        S(d(3, 4), d.mask(3, 4), 2.0), S(d(), d.mask(), 1.25), S(d(0, 2), d.mask(0, 2), 2.0), S(d(2), d.mask(2), 0.0),
        S(d(2, 3, 4), d.mask(2, 3, 1), 2.0),
    ]  # fmt: skip


def twins(torch):
    return {"_dropout": lambda x, mask, scale: x * mask * scale}
