"""Samples: moving and retyping elements."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


@for_ops("reshape", "view")
def _reshape(d):
    return [S(d(2, 6), 3, 4), S(d(2, 6), (4, -1)), S(d(2, 6), -1), S(d(1), ()), S(d(), 1, 1), S(d(0, 3), 3, 0), S(d(), ())]


@for_ops("flatten")
def _flatten(d):
    return [S(d(2, 3, 4)), S(d(2, 3, 4), 1), S(d(2, 3, 4), 0, 1), S(d(2, 3, 4), start_dim=-2), S(d()), S(d(0, 3)), S(d(2, 0, 3), 1)]


@for_ops("squeeze")
def _squeeze(d):
    return [S(d(2, 1, 3, 1)), S(d(2, 1, 3, 1), 1), S(d(2, 1, 3), 0), S(d(2, 1, 1), (-1, 1)), S(d()), S(d(1, 0), 0), S(d(), -1)]


@for_ops("unsqueeze")
def _unsqueeze(d):
    return [S(d(2, 3), 0), S(d(2, 3), -1), S(d(2, 3), 1), S(d(), 0), S(d(0, 3), dim=2)]


@for_ops("transpose")
def _transpose(d):
    return [S(d(2, 3), 0, 1), S(d(2, 3, 4), 0, -1), S(d(2, 3, 4), dim0=-1, dim1=1), S(d(0, 3), 0, 1), S(d(2), 0, 0), S(d(), 0, -1)]


@for_ops("adjoint")
def _adjoint(d):
    return [S(d(2, 3)), S(d(2, 3, 4)), S(d(0, 3))]


@for_ops("movedim")
def _movedim(d):
    return [
        S(d(2, 3, 4), 0, 2),
        S(d(2, 3, 4), (0, -1), (1, 0)),
        S(d(2, 3), source=1, destination=0),
        S(d(2), 0, -1),
        S(d(), 0, 0),
        S(d(0, 3), 0, 1),
    ]


@for_ops("ravel")
def _ravel(d):
    return [S(d(2, 3)), S(d()), S(d(0, 3)), S(d(4))]


@for_ops("unflatten")
def _unflatten(d):
    return [S(d(2, 6), 1, (2, 3)), S(d(2, 6), -1, (-1, 2)), S(d(6, 2), dim=0, sizes=(3, 1, 2)), S(d(0, 3), 0, (0, 4)), S(d(4), 0, (4,))]


@for_ops("_permute")
def _permute_tuple(d):
    return [S(d(2, 3, 4), (2, 0, 1)), S(d(2, 3, 4), (-1, 0, 1)), S(d(0, 3), (1, 0)), S(d(), ())]


@for_ops("permute")
def _permute(d):
    return [*_permute_tuple(d), S(d(2, 3, 4), 2, 0, 1), S(d(2, 3, 4, 5), 3, 0, -3, 2), S(d(2, 3), dims=(1, 0))]


@for_ops("inverse_order")
def _inverse_order(d):
    return [S((2, 0, 1)), S((-1, 0, 1)), S(()), S((0,))]


@for_ops("t")
def _t(d):
    return [S(d(2, 3)), S(d(3)), S(d()), S(d(0, 3))]


@for_ops("_expand", "broadcast_to")
def _expand_to(d):
    return [S(d(3, 1), (3, 4)), S(d(3), (2, 3)), S(d(), (2, 2)), S(d(1, 3), (0, 3)), S(d(2, 1, 1), (2, 2, 3)), S(d(2), (2,)), S(d(), ())]


@for_ops("expand")
def _expand(d):
    return [S(d(3, 1), 3, 4), S(d(3, 1), -1, 4), S(d(3), 2, -1), S(d(1), (2, 3, 4)), S(d(), 2, 3), S(d(1, 3), 0, 3)]


@for_ops("cat")
def _cat(d):
    return [
        S([d(2, 3), d(1, 3)]), S([d(2, 3), d(2, 1), d(2, 2)], 1), S([d(2, 3), d(2, 3)], dim=-1), S([d(2)]), S([d(0, 2), d(3, 2)]),
        S([d(2, 1, 2), d(2, 3, 2)], -2), S([d(0), d(2, 3), d(0), d(2, 1)], 1), S([d(0), d(0)]),
    ]  # fmt: skip


@for_ops("uncat")
def _uncat(d):
    return [
        S(d(3, 3), ((2, 3), (1, 3)), 0),
        S(d(3, 3), ((2, 3), (0,), (1, 3)), 0),
        S(d(2, 6), ((2, 3), (2, 1), (2, 2)), -1),
        S(d(3, 2), ((0, 2), (3, 2)), 0),
    ]


@for_ops("stack")
def _stack(d):
    return [S([d(2, 3), d(2, 3)]), S([d(2, 3), d(2, 3), d(2, 3)], 1), S([d(2), d(2)], dim=-1), S([d(), d()]), S([d(0, 2), d(0, 2)], 1)]


@for_ops("narrow")
def _narrow(d):
    return [S(d(4, 3), 0, 1, 2), S(d(4, 3), -1, 0, 3), S(d(4, 3), 1, 2, 0), S(d(2, 5), dim=1, start=4, length=1), S(d(4), 0, -2, 1)]


@for_ops("select")
def _select(d):
    return [S(d(4, 3), 0, 1), S(d(4, 3), -1, -1), S(d(3), 0, 2), S(d(2, 3, 4), dim=1, index=0), S(d(0, 3), 1, 1)]


@for_ops("split")
def _split(d):
    return [S(d(5, 3), 2), S(d(5, 3), 3, 1), S(d(5, 3), (1, 4)), S(d(5, 3), (2, 0, 1), dim=-1), S(d(2), 5), S(d(0, 3), 2), S(d(3), (0, 3))]


@for_ops("chunk")
def _chunk(d):
    return [S(d(5, 3), 2), S(d(5, 3), 3, 1), S(d(4), 4), S(d(3), 5), S(d(2, 6), chunks=3, dim=-1), S(d(0, 3), 3)]


@for_ops("unbind")
def _unbind(d):
    return [S(d(3, 2)), S(d(3, 2), 1), S(d(3), dim=-1), S(d(2, 0))]


@for_ops("_to")
def _to(d):
    return [S(d(2, 3), np.dtype(np.float64)), S(d.index(9, 3), np.dtype(np.float64)), S(d(), np.dtype(np.float64))]


OUR_OWN = {"inverse_order", "uncat", "_to"}
INTEGER_OPS = {"cat", "stack"}


def twins(torch):
    return {
        "view": torch.Tensor.view, "reshape": torch.Tensor.reshape, "_permute": torch.permute,
        "permute": torch.Tensor.permute, "_expand": torch.broadcast_to, "expand": torch.Tensor.expand, "contiguous": torch.Tensor.contiguous,
        "split": lambda x, size, dim=0: torch.split(x, list(size) if isinstance(size, tuple) else size, dim),
    }  # fmt: skip
