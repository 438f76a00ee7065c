"""Samples: running sums, products and extremes, differences, areas."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

WITH_ZEROS = np.array([[1.0, 0, 3, 2], [0, 2, 0, -1], [2, -3, 1, 0.5]])


@for_ops("cumsum")
def _cumsum(d):
    return [S(d(3, 4), 0), S(d(2, 3, 2), -2), S(d(), 0), S(d(3, 0), 1), S(d.index(9, 4), dim=0, dtype=np.float64), S(d.index(9, 2, 3), 1)]


@for_ops("cumprod")
def _cumprod(d):
    return [S(d.positive(3, 4), 0), S(WITH_ZEROS, 1), S(d(2, 5, 2), -2), S(d(), 0), S(d(3, 0), 1), S(d.index(9, 2, 3), 1)]


@for_ops("logcumsumexp")
def _logcumsumexp(d):
    low = np.array([[1.0, -np.inf, 2], [0, 3, -np.inf]])
    return [S(d(3, 4), 1), S(d(3, 4) * 100, 0), S(d(), 0), S(d(0, 3), 1), S(low, 1, smooth=False)]


@for_ops("growth")
def _growth(d):
    return [S(d(3, 4), d(3, 4)), S(d(), d(2)), S(np.array([-np.inf, 1]), np.array([-np.inf, 2]), smooth=False)]


@for_ops("recur", "recur_back")
def _recurrences(d):
    return [S(d(5), d(5), 0), S(d(3, 4), d(3, 4), 0), S(d(2, 3, 2), d(2, 3, 2), -2), S(d(2, 0), d(2, 0), 1)]


@for_ops("later")
def _later(d):
    return [S(d(5), 0), S(d(3, 4), 0, 1), S(d(3, 4), -1), S(d(2, 0), 1)]


@for_ops("earlier")
def _earlier(d):
    return [S(d(5), 0), S(d(3, 4), 0), S(d(3, 4), -1), S(d(2, 0), 1)]


@for_ops("others")
def _others(d):
    return [S(d(3, 4), 1), S(WITH_ZEROS, 0), S(d(2, 3)), S(d()), S(d(0, 3), 0)]


@for_ops("cummax", "cummin")
def _records(d):
    return [
        S(d.apart(3, 4), 1), S(d.apart(2, 3, 2), -2), S(d.apart(), 0), S(d.apart(2, 0), 1), S(np.array([2.0, 1, 2, 1, 3]), 0, smooth=False),
        S(np.array([1.0, np.nan, 2, np.nan]), 0, smooth=False),
    ]  # fmt: skip


@for_ops("_record_at")
def _record_at(d):
    return [S(d.apart(3, 4), 1, True), S(d.apart(3, 4), 0, False), S(np.array([2.0, 1, 2, 1, np.nan, 3]), -1, True), S(d(), 0, True)]


@for_ops("diff")
def _diff(d):
    return [
        S(d(3, 4)),
        S(d(3, 4), 2, 0),
        S(d(5), 1, -1, d(1), d(2)),
        S(d(2, 3), n=3, dim=1),
        S(d(2, 3), append=d(2, 1)),
        S(d(0)),
        S(d(3), 0),
    ]


@for_ops("trapezoid", "trapz", "cumulative_trapezoid")
def _areas(d):
    return [S(d(3, 4)), S(d(3, 4), d(4)), S(d(3, 4), d(3), dim=0), S(d(2, 3), dx=0.5), S(d(2, 3), d(2, 3), dim=-1), S(d(2, 3), d(2, 1), dim=0),
            S(d(1)), S(d(0, 3))]  # fmt: skip


@for_ops("gradient")
def _gradient(d):
    return [S(d(3, 4)), S(d(5), spacing=0.5), S(d(3, 4), dim=1, edge_order=2), S(d(3, 4), spacing=[2.0, 0.5], dim=(1, 0)), S(d(2, 0), dim=0)]


OUR_OWN = {"growth", "recur", "recur_back", "later", "earlier", "others"}
INTEGER_OPS = {"cumsum", "cumprod", "cummax", "cummin", "diff", "trapezoid", "cumulative_trapezoid"}
BEYOND = {("cummax", 3), ("cummin", 3)}  # empty: its gradient is no result but a leaf


def twins(torch):
    def trapezoid(area):
        def called(y, x=None, dx=None, dim=-1):
            return area(y, x, dim=dim) if x is not None else area(y, dx=1 if dx is None else dx, dim=dim)

        return called

    as_dtype = {np.float64: torch.float64, None: None}
    return {
        "cumsum": lambda x, dim, dtype=None: torch.cumsum(x, dim, dtype=as_dtype[dtype]),
        "_record_at": lambda x, dim, largest: (torch.cummax if largest else torch.cummin)(x, dim).indices,
        "diff": lambda x, n=1, dim=-1, prepend=None, append=None: torch.diff(x, n, dim, prepend=prepend, append=append),
        "gradient": lambda x, **options: torch.gradient(x, **options),
        "trapezoid": trapezoid(torch.trapezoid), "trapz": trapezoid(torch.trapezoid),
        "cumulative_trapezoid": trapezoid(torch.cumulative_trapezoid),
    }  # fmt: skip
