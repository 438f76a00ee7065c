"""Samples: einsum, tensordot and chains of matrices."""

from tests.ops.samples.draw import S, for_ops


@for_ops("_einsum")
def _einsum(d):
    return [
        S("ij,jk->ik", [d(2, 3), d(3, 4)]), S("bij,bjk", [d(2, 3, 4), d(2, 4, 2)]), S("ii", [d(3, 3)]), S("iij->ji", [d(2, 2, 3)]),
        S("...ij,...jk->...ik", [d(2, 3, 4), d(2, 1, 4, 2)]), S("i,j,k->kji", [d(2), d(3), d(2)]), S("ij,jk,kl->li", [d(2, 3), d(3, 4), d(4, 2)]),
        S("i...->...", [d(2, 3)]), S("ij, j -> i", [d(2, 1), d(3)]), S("ij,jk->ik", [d(2, 0), d(0, 3)]), S(",i->i", [d(), d(3)]),
    ]  # fmt: skip


@for_ops("tensordot")
def _tensordot(d):
    return [
        S(d(2, 3, 4), d(3, 4, 2)), S(d(2, 3), d(3, 4), dims=1), S(d(2), d(3), dims=0), S(d(2, 3, 4), d(4, 2, 3), dims=([1, 2], [2, 0])),
        S(d(2, 0), d(0, 3), 1), S(d(2, 3), d(2, 3), dims=([-1], [1])),
    ]  # fmt: skip


@for_ops("linalg.multi_dot")
def _chain(d):
    return [S([d(2, 3), d(3, 4), d(4, 2)]), S([d(3), d(3, 2), d(2)]), S([d(2, 3), d(3)]), S([d(3), d(3, 4), d(4, 1), d(1, 2)])]


@for_ops("bilinear")
def _bilinear(d):
    return [S(d(2, 3), d(2, 4), d(5, 3, 4)), S(d(3), d(4), d(2, 3, 4), d(2)), S(d(2, 1, 3), d(2, 1, 4), d(2, 3, 4), bias=d(2))]


INTEGER_OPS = {"_einsum", "tensordot"}


def twins(torch):
    return {
        "_einsum": lambda equation, operands: torch.einsum(equation, *operands), "linalg.multi_dot": torch.linalg.multi_dot,
        "bilinear": torch.nn.functional.bilinear,
    }  # fmt: skip
