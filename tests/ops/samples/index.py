"""Samples: choosing elements."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

_INDICES = [
    ((4, 3), (1,)), ((4, 3), (slice(1, 3),)), ((4, 3), (slice(None, None, 2), -1)), ((4, 3), (None, Ellipsis, 0)), ((4, 3), ()),
    ((4, 3), (np.array([0, 2, 2, 0]),)), ((4, 3), (np.array([[1, 1], [0, 3]]), slice(1, None))), ((4, 3), (slice(None), np.array([2, 2, -1]))),
    ((4, 3), (np.array([0, 2, 2]), np.array([1, 1, 1]))), ((4,), (np.array([True, False, True, True]),)), ((4,), (slice(0, 0),)),
    ((4, 3), (np.array([True, False, True, True]), slice(None, None, 2))), ((3, 4, 2), (np.array([[0], [2]]), slice(None), np.array([0, 1]))),
    ((2, 2), (np.array([[True, False], [True, True]]),)), ((4, 3), (np.zeros(0, np.int64),)), ((0, 3), (slice(None), 1)),
    ((), ()), ((), (None,)), ((3,), (True,)), ((3,), (False,)), ((3,), (np.asarray(True),)),
]  # fmt: skip


@for_ops("_getitem")
def _getitem(d):
    return [S(d(*shape), index) for shape, index in _INDICES]


@for_ops("unindex")
def _unindex(d):
    return [S(d(*np.empty(shape)[index].shape), shape, index) for shape, index in _INDICES]


_PICKS = [
    ((4, 3), 0, (2, 3)),
    ((4, 3), 1, (4, 5)),
    ((4, 3), -1, (2, 2)),
    ((4,), 0, (6,)),
    ((2, 3, 4), 1, (2, 2, 4)),
    ((4, 3), 0, (0, 3)),
    ((), 0, ()),
]


@for_ops("gather")
def _gather(d):
    return [S(d(*shape), dim, d.index(shape[dim] if shape else 1, *picked)) for shape, dim, picked in _PICKS]


@for_ops("ungather")
def _ungather(d):
    return [S(d(*picked), shape, dim, d.index(shape[dim] if shape else 1, *picked)) for shape, dim, picked in _PICKS]


@for_ops("index_select")
def _index_select(d):
    return [
        S(d(4, 3), 0, d.index(4, 6)),
        S(d(4, 3), -1, d.index(3, 2)),
        S(d(2, 3, 4), dim=1, index=d.index(3, 4)),
        S(d(4), 0, d.index(4, 0)),
    ]


@for_ops("take")
def _take(d):
    return [
        S(d(4, 3), d.index(12, 2, 5)),
        S(d(4, 3), np.array([-1, 0, -1])),
        S(d(), d.index(1, 2)),
        S(d(5), d.index(5, 0)),
        S(d(5), d.index(5)),
    ]


@for_ops("take_along_dim")
def _take_along_dim(d):
    return [
        S(d(4, 3), d.index(4, 2, 3), 0), S(d(4, 3), d.index(3, 4, 2), dim=-1), S(d(4, 3), d.index(4, 2, 1), 0), S(d(1, 3), d.index(3, 4, 2), 1),
        S(d(2, 3), d.index(6, 2, 2)), S(d(4), np.array([-1, 0]), 0), S(d(4), d.index(4, 0), 0),
    ]  # fmt: skip


@for_ops("_where")
def _where_three(d):
    return _where(d)[:-1]


@for_ops("where")
def _where(d):
    return [
        S(d.mask(3, 4), d(3, 4), d(3, 4)), S(d.mask(3, 1), d(4), d()), S(d.mask(3), d(3), 0), S(d.mask(3), 1.5, d(2, 1)),
        S(d.mask(), d(2), d(2)), S(d.mask(0, 2), d(2), d(1, 2)), S(d.mask(), d(), d()),
        S(d.mask(3, 4)),
    ]  # fmt: skip


@for_ops("masked_select")
def _masked_select(d):
    return [
        S(d(3, 4), d.mask(3, 4)),
        S(d(3, 4), d.mask(4)),
        S(d(4), d.mask(3, 1)),
        S(d(), np.asarray(True)),
        S(d(0, 2), d.mask(2)),
        S(d(3), np.zeros(3, bool)),
    ]


@for_ops("nonzero")
def _nonzero(d):
    return [
        S(d.index(2, 3, 4)),
        S(d.index(2, 5) * 1.0),
        S(d.mask(2, 3), True),
        S(d()),
        S(d.mask(0, 2)),
        S(np.asarray(True), as_tuple=True),
        S(np.zeros(())),
    ]


@for_ops("argwhere")
def _argwhere(d):
    return [S(d.index(2, 3, 4)), S(d.index(2, 5) * 1.0), S(d()), S(d.mask(0, 2)), S(np.zeros(()))]


@for_ops("unravel_index")
def _unravel_index(d):
    return [S(d.index(12, 2, 5), (3, 4)), S(d.index(12), (3, 4)), S(d.index(5, 3), (5,)), S(d.index(5, 0), (5, 2))]


@for_ops("masked_fill", "_masked_fill")
def _masked_fill(d):
    return [
        S(d(3, 4), d.mask(3, 4), 0.5), S(d(3, 4), d.mask(4), -np.inf, smooth=False), S(d(2, 3, 4), d.mask(3, 1), 0), S(d(), d.mask(), 1.0),
        S(d(0, 2), d.mask(2), 1), S(d(3), d.mask(3), value=np.asarray(2.0), constant=("value",)), S(d(3), d.mask(2, 1), -1.5),
    ]  # fmt: skip


@for_ops("tril", "triu")
def _triangles(d):
    return [S(d(3, 4)), S(d(2, 3, 3), 1), S(d(4, 3), diagonal=-1), S(d(0, 3)), S(d(3, 3), -5)]


@for_ops("embedding", "_embedding")
def _embedding(d):
    return [
        S(d.index(5, 3), d(5, 2)), S(np.array([[1, 1, 4], [1, 0, 4]]), d(5, 3)), S(d.index(5, 2, 6), d(5, 2), 1, smooth=False),
        S(np.array([4, 1, 4]), d(5, 2), padding_idx=-1, smooth=False), S(d.index(5), d(5, 2)), S(d.index(5, 0), d(5, 2)),
    ]  # fmt: skip


@for_ops("embedding_grad")
def _embedding_grad(d):
    return [
        S(d(3, 2), d.index(5, 3), 5), S(d(2, 3, 4), np.array([[1, 1, 4], [1, 0, 4]]), 5), S(d(2, 6, 2), d.index(5, 2, 6), 5, 1),
        S(d(3, 2), np.array([4, 1, 4]), 5, -1), S(d(0, 2), d.index(5, 0), 5),
    ]  # fmt: skip


@for_ops("unpadded")
def _unpadded(d):
    return [
        S(d(3, 2), d.index(2, 3), 4),
        S(d(4, 2), np.array([0, 1, 1, 2]), 4, 1),
        S(d(4, 2), np.array([0, 1, 1, 2]), 3, -1),
        S(d(0, 2), d.index(2, 0), 3, 1),
    ]


OUR_OWN = {"unindex", "ungather", "embedding_grad", "unpadded"}
INTEGER_OPS = {"where"}
NAN_CHOSEN_AWAY = {
    ("where", 1),
    ("where", 2),
    ("_where", 1),
    ("_where", 2),
    ("masked_fill", 0),
    ("_masked_fill", 0),
    ("masked_select", 0),
    ("unpadded", 0),
    ("embedding_grad", 0),
}


def twins(torch):
    def index(x, index):
        return x[tuple(torch.from_numpy(item) if isinstance(item, np.ndarray) else item for item in index)]

    return {
        "_getitem": index, "nonzero": lambda x, as_tuple=False: torch.nonzero(x, as_tuple=as_tuple), "_where": torch.where, "_masked_fill": torch.masked_fill, "embedding": torch.nn.functional.embedding,
        "_embedding": torch.nn.functional.embedding,
    }  # fmt: skip
