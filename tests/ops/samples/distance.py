"""Samples: distances and angles."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("normalize")
def _normalize(d):
    return [
        S(d(3, 4)), S(d(3, 4), dim=0), S(d(4), 2.0, -1), S(d(2, 3, 4), 1.0), S(d(2, 3), 3.0, 1, 1e-3), S(d(0, 3)), S(d(3, 4), eps=5.0),
        S(np.array([[0.0, 0.0], [1.0, 2.0]]), smooth=False),
    ]  # fmt: skip


@for_ops("cosine_similarity")
def _cosine_similarity(d):
    return [
        S(d(3, 4), d(3, 4)), S(d(3, 4), d(4)), S(d(4), d(4), dim=0), S(d(2, 1, 4), d(3, 4), 2), S(d(3), d(2, 3), 0), S(d(3, 4), d(3, 4), -2),
        S(np.array([[0.0, 0.0], [1.0, 2.0]]), d(2, 2), smooth=False),
    ]  # fmt: skip


@for_ops("pairwise_distance")
def _pairwise_distance(d):
    return [
        S(d(3, 4), d(3, 4)), S(d(3, 4), d(4), 1.0), S(d(4), d(4), 3.0), S(d(3, 4), d(3, 4), float("inf"), keepdim=True), S(d(0, 3), d(0, 3)),
        S(d(2, 3), d(2, 3), 2.0, 0.1, True),
    ]  # fmt: skip


def twins(torch):
    return {"normalize": torch.nn.functional.normalize}
