"""Samples: norms of vectors and matrices, distances between all pairs."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

inf = np.inf


def _well(d, *shape):
    return d(*shape) * 0.3 + np.eye(shape[-2], shape[-1]) * np.arange(1.5, 1.5 + shape[-1])


@for_ops("linalg.vector_norm")
def _vector_norm(d):
    return [
        S(d(2, 3)), S(d.apart(2, 3) + 0.02, inf, 1), S(d.apart(2, 3) + 0.02, -inf, (0, 1), True), S(d.apart(2, 3), 1, -1), S(d.apart(2, 3, 2), 3.5, (0, 2)),
        S(d.positive(3), 0), S(d(), 2), S(np.zeros((2, 3)), 2, 1, smooth=False), S(d(2, 0), 2, 1), S(d.positive(3), 0.5),
    ]  # fmt: skip


@for_ops("linalg.matrix_norm")
def _matrix_norm(d):
    return [
        *(S(_well(d, 2, 3, 4), ord) for ord in ("fro", "nuc", 2, -2)), *(S(d.apart(2, 3, 4), ord) for ord in (1, -1, inf, -inf)),
        S(d.apart(3, 2, 4), 1, (0, 1), True), S(_well(d, 2, 3, 4), "nuc", (2, 0), True), S(np.eye(3), 2, smooth=False),
    ]  # fmt: skip


@for_ops("linalg.norm")
def _norm(d):
    return [
        S(d(2, 3)), S(d(2, 3, 4), None, (0, 2), True), S(_well(d, 2, 3), "fro"), S(d.apart(5), 3), S(d.apart(2, 3), 1, 0), S(d.apart(2, 3, 4), inf, (0, 1)),
        S(_well(d, 2, 3, 3), "nuc", dim=(1, 2)), S(d(), None), S(d(2, 3), dim=1),
    ]  # fmt: skip


@for_ops("linalg.cond")
def _cond(d):
    return [S(_well(d, 2, 3, 3)), S(_well(d, 2, 4, 3), -2), *(S(_well(d, 2, 3, 3), p) for p in ("fro", 1, inf)), S(np.ones((2, 2)), 1, smooth=False)]


@for_ops("singular")
def _singular(d):
    return [S(d(2, 3, 3)), S(np.ones((2, 2)))]


@for_ops("cdist")
def _cdist(d):
    x = d.apart(3, 2)
    return [
        S(d(3, 2), d(4, 2)), S(d(2, 3, 2), d(4, 2)), S(d(1, 3, 2), d(2, 4, 2), p=1.0), S(d(3, 2), d(2, 2), 3.0), S(d(3, 2), d(2, 2), inf), S(d(3, 2), d(2, 2), 0.0),
        *(S(x, x.copy(), p, smooth=False) for p in (1.0, 2.0, 3.0, inf)), S(d(0, 2), d(3, 2)), S(d(2, 0), d(3, 0)),
    ]  # fmt: skip


@for_ops("pdist")
def _pdist(d):
    return [*(S(d(4, 2), p, smooth=False) for p in (2.0, 1.0, 3.0, inf)), S(d(1, 2)), S(d(0, 2)), S(np.ones((3, 2)), smooth=False)]


OUR_OWN = {"singular"}
BEYOND = {
    *(("linalg.cond", i) for i in (2, 3, 4, 5)),  # PyTorch's backward fails
    ("cdist", 10), ("cdist", 11), ("pdist", 4), ("pdist", 5),  # its backward crashes on empty tensors
}  # fmt: skip


def twins(torch):
    return {f"linalg.{name}": getattr(torch.linalg, name) for name in ("vector_norm", "matrix_norm", "norm", "cond")}
