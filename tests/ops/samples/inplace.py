"""Samples: what in-place writes record."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

ROWS = ((4, 1), 0, 12)  # how a (3, 4) array lies in memory, and one whose columns are contiguous
COLUMNS = ((1, 3), 0, 12)
CORNER = ((2, 2), (4, 1), 5)
DIAGONAL = ((3,), (5,), 0)
STRETCHED = ((2, 4), (0, 1), 4)  # one row twice


@for_ops("part")
def _part(d):
    return [S(d(3, 4), ROWS, place) for place in (CORNER, DIAGONAL, STRETCHED)] + [S(d(3, 4), COLUMNS, CORNER), S(d(), ((), 0, 1), ((1,), (1,), 0))]


@for_ops("put_part")
def _put_part(d):
    return [
        S(d(2, 2), (3, 4), ROWS, CORNER), S(d(3), (3, 4), ROWS, DIAGONAL), S(d(2, 4), (3, 4), ROWS, STRETCHED), S(d(2, 2), (3, 4), COLUMNS, CORNER),
    ]  # fmt: skip


@for_ops("overwrite")
def _overwrite(d):
    return [S(d(3, 4), d(2, 2), ROWS, CORNER), S(d(3, 4), d(3), ROWS, DIAGONAL), S(d(3, 4), d(2, 2), COLUMNS, CORNER), S(d(3, 4), 0.5, ROWS, CORNER)]


@for_ops("_fill")
def _fill(d):
    return [S(d(3, 4), d()), S(d(3, 4), d(4)), S(d(), d()), S(d(2, 3), 1.5), S(d(0, 3), d())]


INDICES = [(slice(None), np.array([0, 2, 2])), (np.array([0, 1, 0]),), (np.array([[True, False, True, False]] * 3),)]


@for_ops("replaced")
def _replaced(d):
    return [S(d(3, 4), index, d(*np.zeros((3, 4))[index].shape)) for index in INDICES] + [S(d(3, 4), INDICES[0], 0.5)]


@for_ops("read_last")
def _read_last(d):
    return [S(d(3, 4), index) for index in INDICES]


@for_ops("put_last")
def _put_last(d):
    return [S(d(*np.zeros((3, 4))[index].shape), (3, 4), index) for index in INDICES]


OUR_OWN = {"part", "put_part", "overwrite", "_fill", "replaced", "read_last", "put_last"}
NAN_CHOSEN_AWAY = {("part", 0), ("overwrite", 0), ("_fill", 0), ("replaced", 0), ("replaced", 2), ("read_last", 0), ("put_last", 0)}
