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


@for_ops("sum_to_size")
def _sum_to_size(d):
    x = d(2, 3, 4)
    return [S(x, 3, 1), S(x, 1, 1, 4), S(x, 4), S(x), S(x, 2, 3, 4), S(d(0, 3), 1, 3), S(d())]


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


@for_ops("nansum", "nanmean")
def _without_nan(d):
    x = d(2, 3, 4)
    x[0, 1] = x[1, 2, 3] = np.nan
    return [
        S(x, smooth=False),
        S(x, 1, smooth=False),
        S(x, (0, -1), True, smooth=False),
        S(d(2, 3), 0),
        S(d()),
        S(d(3, 0), 1, smooth=False),
    ]


@for_ops("_present")
def _present(d):
    return [S(np.array([[1.0, np.nan], [2, 3]]), 1, False), S(np.array([[1.0, np.nan], [2, 3]]), None, True), S(d(), None, False)]


@for_ops("prod")
def _prod(d):
    zeros = np.array([[1.0, 0, 3], [0, 2, 0], [2, -3, 1]])
    return [S(d(3, 4)), S(d(3, 4), 0), S(d(2, 3, 2), -2, True), S(zeros, 1), S(zeros, 0), S(zeros), S(d()), S(d(), 0), S(d(0, 3), 0), S(d(0)),
            S(d.index(9, 2, 3), 1)]  # fmt: skip


def _spreads(d):
    return [S(d(2, 3, 4)), S(d(3, 4), 0, correction=0), S(d(2, 3, 4), (0, -1), keepdim=True), S(d(3, 4), 1, correction=2), S(d(5), unbiased=False),
            S(np.ones((2, 3)), 1, smooth=False)]  # fmt: skip


@for_ops("var", "std")
def _var(d):
    return [
        *_spreads(d),
        S(d(2, 3), ()),
        S(d(4), False),
        S(d(3, 4), 1, 0, True),
        S(d(3, 4), dim=0),
        S(d(3, 0), 0),
        S(d(1, 3), 0, smooth=False),
    ]


@for_ops("var_mean", "std_mean")
def _var_mean(d):
    return [*_spreads(d)[:-1], S(d(4), False)]


@for_ops("_var", "_std")
def _plain_var(d):
    return [
        S(d(2, 3, 4), (0, -1), 1, True),
        S(d(3, 4), None, 0, False),
        S(d(3, 4), 1, 2, False),
        S(np.array([1.0, 2]), 0, 2, False, smooth=False),
    ]


@for_ops("amax", "amin")
def _extremes(d):
    return [*_reductions(d.apart), S(d.apart(3, 0), 0), S(d.apart(2, 3)), S(np.array([[1.0, 3, 3], [2, 2, 2]]), 1, smooth=False)]


@for_ops("all", "any")
def _logic(d):
    return [*_reductions(d.mask), S(d.mask(0, 3)), S(d.mask(0, 3), 0), S(d.index(2, 3, 4), 1), S(d(3))]


@for_ops("aminmax")
def _aminmax(d):
    return [S(d.apart(3, 4)), S(d.apart(3, 4), dim=0), S(d.apart(3, 4), dim=1, keepdim=True), S(d.apart()),
            S(np.array([[1.0, 3, 3], [2, 2, 2]]), dim=1, smooth=False)]  # fmt: skip


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


@for_ops("ratio")
def _ratio(d):
    return [S(d(3, 4), d.positive(3, 4)), S(d(), d.positive()), S(d(2), np.array([0.0, 2.0]), smooth=False)]


@for_ops("count_nonzero")
def _count_nonzero(d):
    return [
        S(d.index(2, 3, 4)),
        S(d.index(2, 3, 4), 1),
        S(d.index(2, 2, 3, 2), (0, -1)),
        S(d()),
        S(d.mask(0, 3)),
        S(np.array([0.0, np.nan])),
    ]


@for_ops("norm")
def _norm(d):
    powers = [1, 2, 3, 1.5, 0.5, -1, np.inf, -np.inf, "fro"]
    return [*(S(d.apart(3, 4) + 0.03, p, 1) for p in powers), S(d(2, 3)), S(d(2, 3, 2), 2, (0, -1), True), S(d(), 3), S(d(2, 0), 2, 1), S(d(3), p=0),
            S(np.array([[0.0, 0], [0, 1]]), 2, 1, smooth=False), S(np.array([[0.0, 0], [0, 1]]), 1.5, 1, smooth=False),
            S(np.array([[2.0, -2], [0, 1]]), np.inf, 1, smooth=False), S(np.array([[0.0, 0], [0, 1]]), 0.5, 1, smooth=False)]  # fmt: skip


@for_ops("_euclidean")
def _euclidean(d):
    return [S(d(3, 4), 1, False), S(d(2, 3, 2), (0, 2), True), S(d(), None, False)]


@for_ops("_norm")
def _p_norm(d):
    return [S(d(3, 4), 3, 1, False), S(d(3, 4), 2.5, None, True), S(d(3, 4), 0.5, (0, 1), False)]


@for_ops("signed_power")
def _signed_power(d):
    return [S(d(3, 4), 2), S(d(3), -0.5), S(d(), 1.5), S(np.array([0.0, 2]), -0.5, smooth=False)]


@for_ops("dist")
def _dist(d):
    return [S(d(3, 4), d(3, 4)), S(d(3, 4), d(4), 1), S(d(3), d(3), p=3), S(d(3), d(3), np.inf), S(d(2), d(2), 0), S(d(), d())]


@for_ops("renorm")
def _renorm(d):
    return [S(d(3, 4), 2, 0, 1.5), S(d(3, 4), 1, 1, 2.0), S(d(2, 3, 2), 2, -1, maxnorm=100.0), S(d.apart(3, 4) + 0.03, np.inf, 0, 0.3)]


@for_ops("fraction")
def _fraction(d):
    return [S((2, 3, 4)), S((2, 3, 4), 1), S((2, 3, 4), (0, -1)), S((), None), S((), 0), S((2, 3), ()), S((2, 3), (0, 1), 2)]


OUR_OWN = {"unreduce", "fraction", "spread", "ratio", "share", "signed_power"}
BEYOND = {("var", 6), ("std", 6), ("dist", 4)}  # dim=(): its backward divides by the size of no dimensions; p=0: it has no backward
INTEGER_OPS = {"sum", "nansum", "prod", "amax", "amin", "aminmax", "argmax", "argmin", "all", "any", "count_nonzero", "logsumexp"}
OTHERWISE = {("any", "uint8"), ("all", "uint8")}  # PyTorch gives uint8 for any and all of uint8 alone
NAN_REPLACED = {"nansum"}
NAN_CHOSEN_AWAY = {("norm", 0), ("dist", 0), ("dist", 1)}  # the norm for p = 0 counts a NaN as one


def twins(torch):
    def spread(reduce):
        def reduced(x, dim=None, correction=1, keepdim=False, unbiased=None):
            if isinstance(dim, bool):
                return reduce(x, dim)
            return reduce(x, dim, correction=correction if unbiased is None else int(unbiased), keepdim=keepdim)

        return reduced

    def logsumexp(x, dim, keepdim=False):
        return torch.logsumexp(x, tuple(range(x.ndim)) if dim == () else dim, keepdim)

    def prod(x, dim=None, keepdim=False):
        return torch.prod(x) if dim is None else torch.prod(x, dim, keepdim)

    def with_empty_dims(reduce):
        """PyTorch's any, all and friends take () for no dimensions at all in places, where a reduction over all is meant."""
        return lambda x, dim=None, keepdim=False: reduce(x, tuple(range(x.ndim)) if dim in (None, ()) else dim, keepdim)

    return {
        "logsumexp": logsumexp, "var": spread(torch.var), "std": spread(torch.std), "_var": spread(torch.var), "_std": spread(torch.std),
        "var_mean": spread(torch.var_mean), "std_mean": spread(torch.std_mean), "prod": prod,
        "_present": lambda x, dim, keepdim: (~torch.isnan(x)).sum(dim, keepdim).to(x.dtype),
        "_euclidean": lambda x, dim, keepdim: torch.linalg.vector_norm(x, 2, dim, keepdim),
        "_norm": lambda x, p, dim, keepdim: torch.linalg.vector_norm(x, p, dim, keepdim),
        "sum_to_size": lambda x, *size: x.sum_to_size(size),
        "aminmax": lambda x, dim=None, keepdim=False: torch.aminmax(x, dim=dim, keepdim=keepdim),
        "all": with_empty_dims(torch.all),
        "any": with_empty_dims(torch.any), "amax": with_empty_dims(torch.amax), "amin": with_empty_dims(torch.amin),
    }  # fmt: skip
