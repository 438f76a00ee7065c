"""Samples: other orders and places."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("flip")
def _flip(d):
    return [S(d(3, 4), 0), S(d(3, 4), (1, 0)), S(d(2, 3, 4), 0, -1), S(d(3, 4), dims=(1,)), S(d(), 0), S(d(0, 3), 0), S(d(3), ())]


@for_ops("fliplr")
def _of_matrices(d):
    return [S(d(3, 4)), S(d(2, 3, 2)), S(d(0, 3))]


@for_ops("flipud")
def _flipud(d):
    return [*_of_matrices(d), S(d(4))]


@for_ops("rot90")
def _rot90(d):
    return [*_of_matrices(d), S(d(3, 4), 2), S(d(3, 4), -1), S(d(2, 3, 4), 5, (1, 2)), S(d(2, 3), 4, (1, 0)), S(d(2, 3), k=3, dims=(-1, 0))]


@for_ops("roll")
def _roll(d):
    return [
        S(d(5), 2),
        S(d(3, 4), -1),
        S(d(3, 4), 1, 0),
        S(d(3, 4), (1, -6), (0, 1)),
        S(d(3, 4), shifts=(1, 2), dims=(1, 1)),
        S(d(), 1),
        S(d(0, 3), 1, 1),
    ]


@for_ops("opposite")
def _opposite(d):
    return [S(2), S((1, -2)), S(())]


@for_ops("repeat")
def _repeat(d):
    return [S(d(2, 3), 2, 1), S(d(3), (2, 2)), S(d(2, 1), 1, 3), S(d(2), 1), S(d(), 3), S(d(), ()), S(d(2), 0), S(d(0, 2), 2, 2)]


@for_ops("untile")
def _untile(d):
    return [S(d(4, 3), (2, 3), (2, 1)), S(d(2, 6), (3,), (2, 2)), S(d(3), (), (3,)), S(d(), (), ()), S(d(0), (2,), (0,))]


@for_ops("tile")
def _tile(d):
    return [S(d(2, 3), 2), S(d(2, 3), 2, 2), S(d(3), (2, 1, 2)), S(d(2, 3), dims=(1, 2)), S(d(), 2), S(d(0, 2), 2)]


@for_ops("repeat_interleave")
def _repeat_interleave(d):
    return [
        S(d(2, 3), 2), S(d(2, 3), 3, 0), S(d(2, 3), np.array([2, 0, 1]), -1), S(d(3), np.array([2]), dim=0), S(d(2, 3), 2, 1, output_size=6), S(d(), 2),
        S(np.array([1, 0, 2])), S(d(0, 2), 2, 0),
    ]  # fmt: skip


@for_ops("diagonal")
def _diagonal(d):
    return [
        S(d(3, 4)),
        S(d(3, 4), 1),
        S(d(3, 4), -2),
        S(d(2, 3, 4), 0, 1, 2),
        S(d(2, 3, 4), offset=1, dim1=-1, dim2=0),
        S(d(3, 3), 5),
        S(d(0, 3)),
    ]


@for_ops("undiagonal")
def _undiagonal(d):
    return [
        S(d(3), (3, 4)),
        S(d(3), (3, 4), 1),
        S(d(1), (3, 4), -2),
        S(d(2, 3), (2, 3, 4), 0, 1, 2),
        S(d(3, 2), (2, 3, 4), 0, 2, 0),
        S(d(0), (0, 3)),
    ]


@for_ops("diag_embed")
def _diag_embed(d):
    return [S(d(3)), S(d(2, 3)), S(d(3), 1), S(d(2, 3), -2, 0, 1), S(d(2, 3), offset=1, dim1=2, dim2=0), S(d(0))]


@for_ops("diag")
def _diag(d):
    return [S(d(3)), S(d(3), 1), S(d(3, 4)), S(d(3, 4), diagonal=-1), S(d(0))]


@for_ops("diagflat")
def _diagflat(d):
    return [S(d(3)), S(d(2, 2)), S(d(2), -1), S(d()), S(d(0, 2))]


@for_ops("unfold")
def _unfold(d):
    return [
        S(d(7), 0, 3, 1),
        S(d(7), 0, 3, 2),
        S(d(2, 5), 1, 2, 3),
        S(d(5, 2), dimension=0, size=2, step=2),
        S(d(2, 5, 2), -2, 5, 1),
        S(d(), 0, 1, 1),
        S(d(0, 3), 1, 2, 1),
    ]


@for_ops("overlap")
def _overlap(d):
    return [
        S(d(5, 3), (7,), 0, 3, 1),
        S(d(3, 3), (7,), 0, 3, 2),
        S(d(2, 2, 2), (2, 5), 1, 2, 3),
        S(d(2, 2, 2), (5, 2), 0, 2, 2),
        S(d(1), (), 0, 1, 1),
    ]


OUR_OWN = {"opposite", "untile", "undiagonal", "overlap"}
INTEGER_OPS = {"flip", "roll", "repeat", "diag", "diag_embed", "repeat_interleave"}


def twins(torch):
    return {"repeat": torch.Tensor.repeat, "unfold": torch.Tensor.unfold, "tile": torch.Tensor.tile, "flip": torch.Tensor.flip}
