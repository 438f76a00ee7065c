"""Samples: matrix products."""

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


OUR_OWN = {"matmul_to", "rows"}
INTEGER_OPS = {"matmul"}


def twins(torch):
    return {"_matmul": torch.matmul, "linear": torch.nn.functional.linear}
