"""Samples: sorting, the k-th of many, quantiles."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

WITH_NAN = np.array([[1.0, np.nan, 0.5, 2], [np.nan, np.nan, 3, -1], [4, 1, 2.5, 3]])


@for_ops("sort")
def _sort(d):
    return [S(d.apart(3, 5)), S(d.apart(3, 5), 0, True), S(d.apart(2, 3, 4), dim=1, descending=True, stable=True), S(d.apart()), S(d.apart(2, 0)),
            S(np.array([2.0, 1, 2, 1]), smooth=False), S(WITH_NAN, smooth=False)]  # fmt: skip


@for_ops("argsort")
def _argsort(d):
    return [S(d.apart(3, 4), 1, True), S(d.apart(3, 4), 0, False), S(np.array([2.0, 1, 2, np.nan]), -1, True), S(d(0), 0, True), S(d())]


@for_ops("msort")
def _msort(d):
    return [S(d.apart(3, 4)), S(d.apart(5)), S(d.apart(0, 2))]


@for_ops("topk")
def _topk(d):
    return [
        S(d.apart(3, 5), 2), S(d.apart(3, 5), 3, 0), S(d.apart(3, 5), 2, -1, False), S(d.apart(4), k=4, largest=True), S(d.apart(4), 0),
        S(d.apart(2, 3, 4), 2, dim=1, largest=False), S(d.apart(), 1),
    ]  # fmt: skip


@for_ops("kthvalue")
def _kthvalue(d):
    return [S(d.apart(3, 5), 2), S(d.apart(3, 5), 3, 0, True), S(d.apart(2, 3, 4), 1, dim=1), S(d.apart(), 1), S(WITH_NAN, 4, smooth=False)]


@for_ops("median", "nanmedian")
def _median(d):
    return [S(d.apart(3, 4)), S(d.apart(5)), S(d.apart(3, 4), 1), S(d.apart(3, 5), 0, True), S(d.apart()), S(d.apart(), 0),
            S(np.array([2.0, 1, 2, 2, 3]), smooth=False), S(WITH_NAN, smooth=False), S(WITH_NAN, 1, smooth=False), S(d.apart(0, 3), 1)]  # fmt: skip


@for_ops("_median")
def _whole_median(d):
    return [S(d.apart(3, 4), False), S(d.apart(), True), S(WITH_NAN, True, smooth=False), S(d(0), False, smooth=False)]


@for_ops("_median_at")
def _median_at(d):
    return [S(d.apart(3, 4), 1, False), S(WITH_NAN, 1, True), S(WITH_NAN, 0, False), S(d(), 0, False)]


@for_ops("_kth_at")
def _kth_at(d):
    return [S(d.apart(3, 4), 1, 1), S(d.apart(3, 4), 0, 0), S(d(), 0, 0)]


@for_ops("mode")
def _mode(d):
    return [S(d.apart(3, 4)), S(d.apart(3, 4), 0, True), S(d.apart()), S(np.array([[3.0, 1, 1, 3], [2, 2, 5, 0]]), smooth=False),
            S(np.array([[3.0, 1, 1], [3, 2, 2]]), 0, smooth=False)]  # fmt: skip


@for_ops("_mode_at")
def _mode_at(d):
    return [S(d.index(3, 3, 6), 1), S(d.index(3, 5, 2), 0), S(d(), 0), S(np.array([3, 1, 1, 3, 2]), -1)]


@for_ops("quantile", "nanquantile")
def _quantile(d):
    kinds = ["lower", "higher", "midpoint", "nearest", "linear"]
    return [*(S(d.apart(3, 4), 0.3, 1, interpolation=kind) for kind in kinds), S(d.apart(3, 4), 0.3), S(d.apart(2, 3), 0.5, keepdim=True),
            S(d.apart(2, 3, 2), np.array([0.15, 0.9]), 1, True), S(d.apart(2, 3), np.array([0.6]), constant=(1,)), S(d.apart(), 0.5),
            S(WITH_NAN, 0.4, 1, smooth=False), S(d.apart(5), np.asarray(0.3), 0)]  # fmt: skip


@for_ops("_all_fractions")
def _all_fractions(d):
    return [S(np.array([0.0, 1])), S(np.array([1.5])), S(0.5)]


@for_ops("_last")
def _last(d):
    return [S(WITH_NAN, True), S(WITH_NAN, False), S(d(3), False)]


@for_ops("_rounded")
def _rounded(d):
    return [S(d(3, 4), "floor"), S(np.array([0.5, 1.5, 2.4]), "rint")]


OUR_OWN = {"_all_fractions", "_last", "_rounded", "_mode_at"}
INTEGER_OPS = {"sort", "argsort", "msort", "mode"}  # in the others ties have indices of their own
NAN_REPLACED = {"quantile", "nanquantile"}  # a q that is NaN is refused
NAN_CHOSEN_AWAY = {(name, 0) for name in ("topk", "kthvalue", "nanmedian", "_median")}


def twins(torch):
    return {
        "argsort": lambda x, dim=-1, descending=False: torch.argsort(x, dim=dim, descending=descending, stable=True),
        "sort": lambda x, dim=-1, descending=False, stable=True: torch.sort(x, dim=dim, descending=descending, stable=True),
        "_median": lambda x, skip_nan: (torch.nanmedian if skip_nan else torch.median)(x),
        "_median_at": lambda x, dim, skip_nan: (torch.nanmedian if skip_nan else torch.median)(x, dim, True).indices,
        "_kth_at": lambda x, k, dim: torch.kthvalue(x, k + 1, dim, True).indices,
    }
