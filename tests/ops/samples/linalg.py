"""Samples: products of matrices and vectors."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

_PRODUCTS = [
    ((3, 4), (4, 5)), ((1, 4), (4, 1)), ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 1, 3, 4), (3, 4, 2)),
    ((0, 4), (4, 2)), ((3, 0), (0, 2)), ((2, 0, 4), (4, 2)), ((0, 3, 4), (4, 2)), ((9, 17), (17, 33)),
]  # fmt: skip


@for_ops("_matmul")
def _matmul_matrices(d):
    return [S(d(*a), d(*b)) for a, b in _PRODUCTS]


@for_ops("matmul")
def _matmul(d):
    return [*_matmul_matrices(d), *(S(d(*a), d(*b)) for a, b in [((4,), (4,)), ((4,), (4, 3)), ((3, 4), (4,)), ((2, 3, 4), (4,)), ((4,), (2, 4, 3)), ((0,), (0,))])]


@for_ops("matmul_to")
def _matmul_to(d):
    return [S(d(2, 3, 4), d(2, 4, 5), (3, 5)), S(d(3, 4), d(4, 5), (3, 5)), S(d(2, 3, 4), d(2, 4, 5), (2, 3, 5)), S(d(0, 3, 4), d(0, 4, 5), (3, 5))]


@for_ops("rows")
def _rows(d):
    return [S(d(2, 3)), S(d(2, 3, 4)), S(d(3)), S(d(2, 0, 3)), S(d(2, 3, 0))]


@for_ops("linear")
def _linear(d):
    return [
        S(d(3, 4), d(5, 4)), S(d(3, 4), d(5, 4), d(5)), S(d(2, 3, 4), d(5, 4), bias=d(5)), S(d(4), d(5, 4), d(5)), S(d(0, 4), d(5, 4), d(5)),
        S(d(3, 1), d(1, 1), d(1)), S(d(3, 0), d(5, 0), d(5)),
    ]  # fmt: skip


@for_ops("mm")
def _mm(d):
    return [S(d(3, 4), d(4, 2)), S(d(3, 4), mat2=d(4, 2)), S(d(3, 0), d(0, 2))]


@for_ops("bmm")
def _bmm(d):
    return [S(d(2, 3, 4), d(2, 4, 2)), S(d(0, 3, 4), mat2=d(0, 4, 2))]


@for_ops("mv")
def _mv(d):
    return [S(d(3, 4), d(4)), S(d(3, 0), vec=d(0))]


@for_ops("dot", "vdot")
def _dot(d):
    return [S(d(3), d(3)), S(d(0), d(0))]


@for_ops("inner")
def _inner(d):
    return [S(d(3), d(3)), S(d(2, 3), d(3)), S(d(2, 3), d(4, 1, 3)), S(d(), d(2, 3)), S(d(2), d()), S(d(2, 0), d(3, 0))]


@for_ops("outer")
def _outer(d):
    return [S(d(3), d(2)), S(d(3), vec2=d(0)), S(d(1), d(1))]


@for_ops("kron")
def _kron(d):
    return [S(d(2, 3), d(3, 2)), S(d(2), d(3)), S(d(2), d(2, 1, 3)), S(d(), d(2, 2)), S(d(0, 2), d(3))]


@for_ops("trace")
def _trace(d):
    return [S(d(3, 3)), S(d(2, 4)), S(d(4, 2)), S(d(0, 3))]


@for_ops("_cross")
def _cross(d):
    return [S(d(3), d(3), -1), S(d(2, 3), d(2, 3), -1), S(d(3, 2), d(3, 1), -2), S(d(1, 3), d(4, 3), -1), S(d(0, 3), d(1, 3), -1)]


@for_ops("cross")
def _any_cross(d):
    return [S(d(2, 3), d(2, 3)), S(d(3, 3), d(3, 3)), S(d(2, 3, 1), d(1, 3, 4), 1), S(d(3, 0), d(3, 1), dim=0)]


@for_ops("linalg.cross")
def _last_cross(d):
    return [S(d(3), d(3)), S(d(2, 3), d(1, 3)), S(d(3, 2), d(3, 2), dim=0)]


@for_ops("linalg.vecdot")
def _vecdot(d):
    return [S(d(3), d(3)), S(d(2, 3), d(3)), S(d(2, 3), d(2, 3), dim=0), S(d(2, 0), d(2, 0))]


@for_ops("addmm")
def _addmm(d):
    return [S(d(3, 2), d(3, 4), d(4, 2)), S(d(2), d(3, 4), d(4, 2), beta=2, alpha=3), S(d(), d(3, 4), d(4, 2), beta=0, alpha=2), S(d(3, 2), d(3, 0), d(0, 2))]


@for_ops("_addmm")
def _fused_addmm(d):
    return [S(d(3, 2), d(3, 4), d(4, 2)), S(d(2), d(3, 4), d(4, 2))]


@for_ops("addmv")
def _addmv(d):
    return [S(d(3), d(3, 4), d(4)), S(d(), d(3, 4), d(4), beta=0.5, alpha=2)]


@for_ops("addr")
def _addr(d):
    return [S(d(3, 2), d(3), d(2)), S(d(2), d(3), d(2), beta=0.5, alpha=2)]


@for_ops("baddbmm")
def _baddbmm(d):
    return [S(d(2, 3, 2), d(2, 3, 4), d(2, 4, 2)), S(d(1, 2), d(2, 3, 4), d(2, 4, 2), beta=0.5, alpha=2)]


@for_ops("addbmm")
def _addbmm(d):
    return [S(d(3, 2), d(2, 3, 4), d(2, 4, 2)), S(d(1, 2), d(2, 3, 4), d(2, 4, 2), beta=0.5, alpha=2)]


@for_ops("cov")
def _cov(d):
    counts = np.array([1, 2, 0, 3])
    return [
        S(d(3, 4)), S(d(4)), S(d(3, 4), correction=0), S(d(3, 4), fweights=counts), S(d(3, 4), aweights=d.positive(4), constant=("aweights",)),
        S(d(3, 4), 1, counts, d.positive(4), constant=(3,)), S(d(3, 1), smooth=False), S(d(2, 0), smooth=False),
    ]  # fmt: skip


@for_ops("corrcoef")
def _corrcoef(d):
    return [S(d(3, 5)), S(d(4))]


OUR_OWN = {"_addmm", "_cross", "matmul_to", "rows"}
INTEGER_OPS = {"matmul", "mm", "dot", "inner", "outer", "kron", "trace", "addmm", "linalg.cross", "cov"}
NAN_CHOSEN_AWAY = {("addmm", 0)}  # at beta 0 the input is not read


def twins(torch):
    return {
        "_matmul": torch.matmul, "linear": torch.nn.functional.linear, "linalg.cross": torch.linalg.cross,
        "linalg.vecdot": torch.linalg.vecdot,
        "cov": lambda x, correction=1, fweights=None, aweights=None: torch.cov(x, correction=correction, fweights=fweights, aweights=aweights),
    }  # fmt: skip
