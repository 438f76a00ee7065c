"""Samples: reductions."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

DIMS = [None, 0, -1, (0, 2), (1,), ()]


def _reductions(first, **options):
    return [
        *(S(first(2, 3, 4), dim, **options) for dim in DIMS), S(first(2, 3), 1, keepdim=True, **options),
        S(first(2, 3), keepdim=True, dim=None, **options), S(first(2, 3, 4), (-1, 0), keepdim=True, **options),
        S(first(), None, **options), S(first(), 0, **options), S(first(), -1, keepdim=True, **options),
    ]  # fmt: skip


@for_ops("sum")
def _sum(d):
    return [*_reductions(d), S(d(0, 3)), S(d(0, 3), 0), S(d(3, 0), 0), S(d(2, 3)), S(d.mask(2, 3), 0), S(d.index(9, 2, 3))]


@for_ops("mean")
def _mean(d):
    return [*_reductions(d), S(d(3, 0), 0), S(d(2, 3)), S(d(0, 3), smooth=False)]


@for_ops("logsumexp")
def _logsumexp(d):
    low = d(3, 4)
    low[1, 2] = -np.inf
    low[2] = -np.inf
    return [*(S(*s.args, **s.kwargs) for s in _reductions(lambda *shape: d(*shape) * 3) if s.args[1:] != (None,) and "dim" not in s.kwargs),
            S(d(3, 0), 0), S(d(2, 3) + 1000, 1), S(low, 1, smooth=False), S(d(2, 0), 1, smooth=False)]  # fmt: skip


@for_ops("var", "std")
def _spreads(d):
    def first(*shape):
        return d(*shape) if np.prod(shape) > 1 else None

    many = [s for s in _reductions(first) if s.args[0] is not None]
    return [*many, S(d(3, 4), 0, correction=0), S(d(3, 4), 1, 0, True), S(d(3, 4), 1, correction=2), S(d(5)), S(d(3, 0), 0),
            S(np.ones((2, 3)), 1, smooth=False), S(d(4), unbiased=False)]  # fmt: skip


@for_ops("amax", "amin")
def _extremes(d):
    return [*_reductions(d.apart), S(d.apart(3, 0), 0), S(d.apart(2, 3)), S(np.array([[1.0, 3, 3], [2, 2, 2]]), 1, smooth=False)]


@for_ops("all", "any")
def _logic(d):
    return [*_reductions(d.mask), S(d.mask(0, 3)), S(d.mask(0, 3), 0), S(d.index(2, 3, 4), 1), S(d(3))]


@for_ops("max", "min")
def _pairs_of_extremes(d):
    return [
        S(d.apart(3, 4)), S(d.apart(3, 4), 0), S(d.apart(3, 4), -1, True), S(d.apart(3, 4), dim=1, keepdim=True), S(d.apart()),
        S(d.apart(), 0), S(d.apart(3, 0), 0), S(d.apart(3, 4), d.apart(4) + 0.03), S(np.array([[1.0, 3, 3], [2, 2, 2]]), 1, smooth=False),
    ]  # fmt: skip


@for_ops("argmax", "argmin")
def _places(d):
    return [
        S(d.apart(3, 4)), S(d.apart(3, 4), 0), S(d.apart(3, 4), -1, True), S(d.apart(3, 4), dim=1, keepdim=True), S(d.apart()),
        S(d.apart(), 0), S(d.apart(3, 0), 0), S(np.array([[1.0, 3, 3], [2, 2, 2]]), 1), S(np.array([1.0, np.nan, 3])),
    ]  # fmt: skip


@for_ops("topk")
def _topk(d):
    return [
        S(d.apart(3, 5), 2), S(d.apart(3, 5), 3, 0), S(d.apart(3, 5), 2, -1, False), S(d.apart(4), k=4, largest=True), S(d.apart(4), 0),
        S(d.apart(2, 3, 4), 2, dim=1, largest=False), S(d.apart(), 1),
    ]  # fmt: skip


@for_ops("_order")
def _order(d):
    return [S(d.apart(3, 4), 1, True), S(d.apart(3, 4), 0, False), S(np.array([2.0, 1, 2, np.nan]), -1, True), S(d(0), 0, True)]


@for_ops("unreduce")
def _unreduce(d):
    return [S(d(), (2, 3)), S(d(2), (2, 3), 1), S(d(2, 1), (2, 3), 1, True), S(d(3), (2, 3, 4), (0, -1)), S(d(), (2, 3), ()), S(d(), ())]


@for_ops("share")
def _share(d):
    tied = d.index(3, 3, 4) * 1.0
    return [S(tied, tied.max(1), 1), S(tied, tied.max(), None), S(tied, tied.max((0, 1), keepdims=True), (0, 1), True)]


@for_ops("spread")
def _spread(d):
    return [S(d(3, 4)), S(d(3, 4), 1), S(d(2, 3, 4), (0, -1)), S(d())]


@for_ops("std_slope")
def _std_slope(d):
    return [S(d(3, 4), d.positive(3, 4)), S(d(), d.positive()), S(d(2), np.array([0.0, 2.0]), smooth=False)]


@for_ops("fraction")
def _fraction(d):
    return [S((2, 3, 4)), S((2, 3, 4), 1), S((2, 3, 4), (0, -1)), S((), None), S((), 0), S((2, 3), ()), S((2, 3), (0, 1), 2)]


OUR_OWN = {"unreduce", "fraction", "spread", "std_slope", "share"}
BEYOND = {("var", 5), ("std", 5)}  # dim=(): its backward divides by the size of no dimensions
INTEGER_OPS = {"sum", "amax", "amin", "argmax", "argmin", "all", "any"}
OTHERWISE = {("any", "uint8"), ("all", "uint8")}  # PyTorch gives uint8 for any and all of uint8 alone


def twins(torch):
    def spread(reduce):
        def reduced(x, dim=None, correction=1, keepdim=False, unbiased=None):
            return reduce(x, dim, correction=correction if unbiased is None else int(unbiased), keepdim=keepdim)

        return reduced

    def logsumexp(x, dim, keepdim=False):
        return torch.logsumexp(x, tuple(range(x.ndim)) if dim == () else dim, keepdim)

    def with_empty_dims(reduce):
        """PyTorch's any, all and friends take () for no dimensions at all in places, where a reduction over all is meant."""
        return lambda x, dim=None, keepdim=False: reduce(x, tuple(range(x.ndim)) if dim in (None, ()) else dim, keepdim)

    return {
        "logsumexp": logsumexp, "var": spread(torch.var), "std": spread(torch.std), "all": with_empty_dims(torch.all),
        "any": with_empty_dims(torch.any), "amax": with_empty_dims(torch.amax), "amin": with_empty_dims(torch.amin),
        "_order": lambda x, dim, descending: torch.argsort(x, dim=dim, descending=descending, stable=True),
    }  # fmt: skip
