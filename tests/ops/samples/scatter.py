"""Samples: writing to chosen places."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

_PLACES = [
    ((4, 3), (np.array([2, 0]),)), ((4, 3), (slice(1, 3),)), ((4, 3), (np.array([3, 0]), np.array([[1], [2]]))), ((4,), (np.array([True, False, True, True]),)),
    ((4, 3), (slice(None), np.array([2, 0]))), ((0, 3), (np.zeros(0, np.int64),)),
]  # fmt: skip
_TWICE = ((4, 3), (np.array([2, 0, 2]),))


def _values(d, shape, index):
    return d(*np.empty(shape)[index].shape)


@for_ops("added")
def _added(d):
    return [*(S(d(*shape), index, _values(d, shape, index)) for shape, index in [*_PLACES, _TWICE]), S(d(4, 3), (np.array([2, 0]),), d(3))]


@for_ops("index_put")
def _index_put(d):
    arrays = [(shape, index) for shape, index in _PLACES if all(isinstance(item, np.ndarray) for item in index)]
    return [
        *(S(d(*shape), index, _values(d, shape, index)) for shape, index in arrays), S(d(4, 3), _TWICE[1], d(3, 3), accumulate=True),
        S(d(4, 3), (np.array([2, 0]),), d(3)), S(d(4, 3), (np.array([2, 0]),), d(), True),
    ]  # fmt: skip


_SPREAD = [  # shape, dim, an index that chooses no element twice, and one that does
    ((4, 3), 0, np.array([[0, 2, 1], [3, 0, 2]]), np.array([[0, 2, 1], [0, 2, 0]])), ((4, 3), -1, np.array([[2, 0]]), np.array([[1, 1]])),
    ((5,), 0, np.array([4, 1]), np.array([4, 1, 4])), ((2, 3, 2), 1, np.array([[[2], [0]]]), np.array([[[2], [2]]])),
]  # fmt: skip


@for_ops("scatter")
def _scatter(d):
    return [
        *(S(d(*shape), dim, once, d(*once.shape)) for shape, dim, once, _ in _SPREAD), S(d(4, 3), 0, np.array([[1, 1]]), 2.5), S(d(), 0, np.asarray(0), d()),
        S(d(4, 3), 0, np.array([[1, 2]]), d(2, 3)), S(d(3), 0, np.array([1, 1]), value=1.5), S(d(4, 3), 0, np.zeros((0, 3), np.int64), d(0, 3)),
        S(d(4), 0, np.array([1, 1]), 2.0, reduce="multiply"), S(d(4), 0, np.array([1, 1]), 2.0, reduce="add"),
    ]  # fmt: skip


@for_ops("scatter_add")
def _scatter_add(d):
    return [
        *(S(d(*shape), dim, twice, d(*twice.shape)) for shape, dim, _, twice in _SPREAD), S(d(), 0, np.asarray(0), d()),
        S(d(4, 3), 0, np.array([[1, 2]]), d(2, 3)), S(d(4, 3), 0, np.zeros((0, 3), np.int64), d(0, 3)),
    ]  # fmt: skip


@for_ops("scatter_reduce")
def _scatter_reduce(d):
    return [
        S(d.apart(*shape), dim, twice, d.apart(*twice.shape) + 0.03, reduce, include_self=own)
        for (shape, dim, _, twice), reduce, own in zip(
            [*_SPREAD, *_SPREAD, *_SPREAD[:2]],
            ["sum", "mean", "prod", "amax", "mean", "prod", "amin", "amin", "sum", "amax"],
            [True] * 4 + [False] * 4 + [False, False],
            strict=True,
        )
    ] + [S(d(), 0, np.asarray(0), d(), "prod"), S(np.zeros(3), 0, np.array([0, 0, 1]), np.zeros(3), "amax", smooth=False)]


_ENTRIES = [
    ((4, 3), 0, np.array([2, 0])),
    ((4, 3), -1, np.array([1])),
    ((5,), 0, np.array([4, 1])),
    ((2, 3, 2), 1, np.array([2, 0])),
    ((3, 2), 0, np.zeros(0, np.int64)),
]


def _source(d, shape, dim, index):
    return d(*np.take(np.empty(shape), index, dim).shape)


@for_ops("index_copy")
def _index_add(d):
    return [*(S(d(*shape), dim, index, _source(d, shape, dim, index)) for shape, dim, index in _ENTRIES), S(d(), 0, np.array([0]), d())]


@for_ops("index_add")
def _index_add_alpha(d):
    return [*_index_add(d), S(d(4, 3), 0, np.array([1, 1, 3]), d(3, 3), alpha=2), S(d(4), 0, np.array([1, 1]), d(2), alpha=-0.5)]


@for_ops("index_fill")
def _index_fill(d):
    return [
        *(S(d(*shape), dim, index, 1.5) for shape, dim, index in _ENTRIES),
        S(d(4, 3), 0, np.array([1, 1]), d()),
        S(d(), 0, np.array([0]), 2.0),
    ]


@for_ops("index_reduce")
def _index_reduce(d):
    twice = np.array([2, 0, 2])
    return [
        S(d.apart(4, 3), 0, twice, d.apart(3, 3) + 0.03, reduce, include_self=own)
        for reduce, own in (("prod", True), ("mean", False), ("amax", True))
    ] + [S(d.apart(2, 3), 1, twice, d.apart(2, 3) + 0.03, "amin", include_self=False)]


@for_ops("put")
def _put(d):
    return [
        S(d(4, 3), np.array([[0, 5], [7, 11]]), d(2, 2)), S(d(4), np.array([-1, 0]), d(2)), S(d(4), np.array([1, 1, 2]), d(3), accumulate=True),
        S(d(), np.array([0]), d(1)), S(d(3), np.zeros(0, np.int64), d(0)),
    ]  # fmt: skip


@for_ops("masked_scatter")
def _masked_scatter(d):
    return [S(d(3, 4), d.mask(3, 4), d(12)), S(d(3, 4), d.mask(4), d(4, 3)), S(d(), np.asarray(True), d(2)), S(d(0, 2), d.mask(2), d(1))]


@for_ops("select_scatter")
def _select_scatter(d):
    return [S(d(4, 3), d(3), 0, 2), S(d(4, 3), d(4), -1, -1), S(d(3), d(), 0, 1), S(d(0, 3), d(0), dim=1, index=0)]


@for_ops("slice_scatter")
def _slice_scatter(d):
    return [
        S(d(4, 3), d(4, 3)),
        S(d(4, 3), d(2, 3), 0, 1, 3),
        S(d(5, 2), d(2, 2), 0, 1, None, 2),
        S(d(2, 4), d(2, 1), dim=1, start=-1),
        S(d(4), d(0), 0, 2, 2),
    ]


@for_ops("diagonal_scatter")
def _diagonal_scatter(d):
    return [
        S(d(3, 4), d(3)),
        S(d(3, 4), d(3), 1),
        S(d(4, 3), d(2), -2),
        S(d(2, 3, 3), d(2, 2), -1, 1, 2),
        S(d(2, 3, 2), d(3, 2), dim1=-1, dim2=0),
        S(d(2, 2), d(0), 3),
    ]


@for_ops("fill_diagonal")
def _fill_diagonal(d):
    return [S(d(3, 3), 1.5), S(d(2, 4), 0.0), S(d(7, 2), 2.0, wrap=True), S(d(2, 2, 2), 1.0)]


OUR_OWN = {"added"}
# PyTorch has no gradient where src is larger than index, nor with scatter's reduce
BEYOND = {("scatter", 6), ("scatter", 9), ("scatter", 10), ("scatter_add", 5)}
NAN_CHOSEN_AWAY = {  # all of it is written over
    ("scatter_reduce", 0), ("index_reduce", 0), ("scatter", 0), ("index_copy", 0), ("put", 0), ("masked_scatter", 0), ("slice_scatter", 0),
}  # fmt: skip


def twins(torch):
    def fill_diagonal(x, value, wrap=False):
        return x.clone().fill_diagonal_(value, wrap)

    def index_put(x, indices, values, accumulate=False):
        return torch.index_put(x, [torch.from_numpy(index) for index in indices], values, accumulate)

    return {"fill_diagonal": fill_diagonal, "index_put": index_put, "put": torch.Tensor.put}
