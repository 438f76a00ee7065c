"""Samples: joining and splitting by the names of NumPy, grids, combinations."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("atleast_1d", "atleast_2d", "atleast_3d")
def _atleast(d):
    return [S(d()), S(d(3)), S(d(2, 3)), S(d(2, 3, 4)), S(d(), d(3), d(2, 3)), S(d(0))]


@for_ops("hstack")
def _hstack(d):
    return [S([d(3), d(2)]), S([d(2, 3), d(2, 1)]), S([d(), d(2)]), S([d(2, 0), d(2, 1)])]


@for_ops("vstack")
def _vstack(d):
    return [S([d(3), d(3)]), S([d(2, 3), d(3)]), S([d(), d()]), S([d(0, 2), d(1, 2)])]


@for_ops("dstack")
def _dstack(d):
    return [S([d(3), d(3)]), S([d(2, 3), d(2, 3)]), S([d(2, 3, 1), d(2, 3)]), S([d()])]


@for_ops("column_stack")
def _column_stack(d):
    return [S([d(3), d(3)]), S([d(2, 3), d(2)]), S([d(), d()]), S([d(2, 0), d(2)])]


@for_ops("tensor_split")
def _tensor_split(d):
    return [S(d(7), 3), S(d(7, 2), (2, 5)), S(d(2, 5), 2, dim=-1), S(d(3), (1, 1, 9)), S(d(5), np.array([1, 3])), S(d(2), 4), S(d(0, 2), 2)]


@for_ops("hsplit")
def _hsplit(d):
    return [S(d(6), 3), S(d(2, 4), 2), S(d(2, 5), (1, 3)), S(d(0), 1)]


@for_ops("vsplit")
def _vsplit(d):
    return [S(d(4, 2), 2), S(d(5, 2), (1, 3)), S(d(0, 2), 1)]


@for_ops("dsplit")
def _dsplit(d):
    return [S(d(1, 2, 4), 2), S(d(1, 2, 3), (1, 2))]


@for_ops("block_diag")
def _block_diag(d):
    return [S(d(2, 3), d(1, 2)), S(d(2), d(2, 2), d()), S(d(3)), S(d(0, 2), d(1, 1)), S(d(0), d(2))]


@for_ops("broadcast_tensors")
def _broadcast_tensors(d):
    return [S(d(3), d(2, 1)), S(d(), d(2), d(3, 1)), S(d(0, 2), d(2)), S(d(2))]


@for_ops("cartesian_prod")
def _cartesian_prod(d):
    return [S(d(3), d(2)), S(d(2), d(1), d(2)), S(d(3)), S(d(0), d(2))]


@for_ops("combinations")
def _combinations(d):
    return [S(d(4)), S(d(4), 3), S(d(3), 2, True), S(d(3), r=1), S(d(3), 0), S(d(2), 3), S(d(0))]


BEYOND = {("block_diag", 4), ("combinations", 4)}  # PyTorch's gradient is another row's; it has none of nothing


def twins(torch):
    return {
        "tensor_split": lambda x, cuts, dim=0: torch.tensor_split(x, cuts if isinstance(cuts, (int, tuple)) else cuts.tolist(), dim=dim)
    }
