"""Samples: unique elements, counts, bins."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("unique")
def _unique(d):
    return [S(d.index(4, 3, 4)), S(d.apart(5), True), S(d.index(4, 3, 4), True, True, True), S(d.index(2, 4, 2), return_counts=True, dim=0),
            S(d.index(2, 2, 6), return_inverse=True, dim=1), S(d(0)), S(d(), return_inverse=True), S(np.array([2.0, np.nan, 2, np.nan]), smooth=False)]  # fmt: skip


@for_ops("unique_consecutive")
def _unique_consecutive(d):
    return [
        S(d.index(2, 8)),
        S(d.apart(5)),
        S(d.index(2, 3, 4), True, True),
        S(d.index(2, 6, 1), dim=0, return_counts=True),
        S(d(0)),
        S(d()),
    ]


@for_ops("_groups")
def _groups(d):
    return [S(d.index(3, 3, 4), None, False), S(d.index(2, 5, 2), 0, True)]


@for_ops("bincount")
def _bincount(d):
    return [
        S(d.index(4, 6)),
        S(d.index(4, 6), None, 7),
        S(d.index(4, 6), d(6), constant=(1,)),
        S(d.index(4, 6), d(6)),
        S(d.index(4, 0), minlength=2),
    ]


@for_ops("histc")
def _histc(d):
    return [S(d(20), 4), S(d(4, 5), 5, -1, 1), S(np.array([2.0, 2.0]), bins=3), S(d(0), 3), S(d(8), bins=2, min=0, max=0.5)]


@for_ops("histogram")
def _histogram(d):
    return [S(d(20), 4, constant=(0,)), S(d(4, 5), np.array([-1.0, 0, 0.5, 1]), constant=(0, 1)), S(np.array([2.0, 2.0]), 3, constant=(0,)),
            S(d(20), 3, range=(-1.0, 1.0), density=True, constant=(0,)), S(d(0), 2, constant=(0,)),
            S(d(6), 3, weight=d.positive(6), constant=(0, "weight")), S(np.array([1.0, 2, 3]), np.array([1.0, 2, 3]), weight=d(3), constant=(0, 1), smooth=False)]  # fmt: skip


@for_ops("_edges")
def _edges(d):
    return [S(d(20), 4, None), S(d(20), 2, (0.0, 1.0)), S(d(4), np.array([0.0, 1.0]), None)]


@for_ops("_bins")
def _bins(d):
    return [S(d(20), np.array([-1.0, 0, 1])), S(np.array([1.0, 2, 3, np.nan]), np.array([1.0, 2, 3]))]


@for_ops("searchsorted")
def _searchsorted(d):
    edges = np.array([1.0, 2, 2, 3])
    return [S(edges, d(2, 3) + 2), S(edges, np.array([2.0, 3, 9]), right=True), S(edges, 2.0), S(edges, np.array([2.0]), out_int32=True, side="right"),
            S(np.sort(d(2, 4)), d(2, 3)), S(edges[::-1].copy(), np.array([2.0, 0]), sorter=np.array([3, 1, 2, 0]))]  # fmt: skip


@for_ops("bucketize")
def _bucketize(d):
    return [
        S(d(2, 3), np.array([-1.0, 0, 1])),
        S(np.array([1.0, 2]), np.array([1.0, 2]), right=True),
        S(np.asarray(1.5), np.array([1.0, 2]), True),
    ]


OUR_OWN = {"_groups", "_edges", "_bins"}
BEYOND = {  # PyTorch has no derivative there
    *(("unique", i) for i in (1, 5, 6, 7)), *(("unique_consecutive", i) for i in (1, 4, 5)), ("bincount", 3), ("histogram", 6),
}  # fmt: skip
INTEGER_OPS = {"searchsorted", "bucketize"}
NAN_CHOSEN_AWAY = {("histogram", 0)}


def twins(torch):
    def histogram(x, bins, range=None, weight=None, density=False):
        return torch.histogram(x, bins, weight=weight, density=density, **({} if range is None else {"range": range}))

    def bucketize(x, boundaries, out_int32=False, right=False):
        return torch.bucketize(x, boundaries, out_int32=out_int32, right=right)

    return {"histogram": histogram, "bucketize": bucketize}
