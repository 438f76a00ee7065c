"""Samples: inverses, solves, determinants and factorizations.

Single matrices are marked as not smooth: the tests of smooth samples repeat their first row, which makes them singular.
Stacks stand in for them. What reads half of a symmetric matrix has its derivatives tested in test_decompose.py.
"""

import numpy as np
from tests.ops.samples.draw import S, for_ops


def _well(d, *shape):
    """Matrices with singular values apart from each other and from 0."""
    return d(*shape) * 0.3 + np.eye(shape[-2], shape[-1]) * np.arange(1.5, 1.5 + shape[-1])


def _symmetric(d, *shape):
    x = _well(d, *shape)
    return x + x.swapaxes(-2, -1)


def _square(d, matrices=_well):
    return [S(matrices(d, 2, 3, 3)), S(matrices(d, 3, 3), smooth=False), S(matrices(d, 1, 1, 1)), S(d(0, 2, 2)), S(d(0, 0))]


@for_ops("inverse")
def _inverse(d):
    return _square(d)


@for_ops("det")
def _det(d):
    return [*_square(d), S(np.array([[1.0, 2], [2, 4]]), smooth=False)]


@for_ops("slogdet", "_slogdet", "logdet")
def _slogdet(d):
    return [S(_well(d, 2, 3, 3)), S(_well(d, 3, 3), smooth=False), S(d(0, 2, 2))]


@for_ops("cofactor")
def _cofactor(d):
    return [S(_well(d, 2, 3, 3)), S(_well(d, 2, 2), smooth=False), S(_well(d, 2, 1, 1)), S(d(0, 2, 2))]


@for_ops("cofactor_grad")
def _cofactor_grad(d):
    A = _well(d, 2, 3, 3)
    return [S(d(2, 3, 3), d(2, 3, 3), A), S(d(3, 3), d(3, 3), A[0], smooth=False)]


@for_ops("_solve")
def _solve_matrices(d):
    return [S(_well(d, 2, 3, 3), d(2, 3, 2)), S(_well(d, 2, 3, 3), d(3, 2)), S(_well(d, 1, 3, 3), d(4, 3, 2)), S(_well(d, 3, 3), d(3, 2), smooth=False)]


@for_ops("linalg.solve")
def _solve(d):
    return [
        S(_well(d, 2, 3, 3), d(2, 3, 2)), S(_well(d, 2, 3, 3), d(2, 3)), S(_well(d, 2, 3, 3), d(3)), S(_well(d, 3, 3), d(3), smooth=False),
        S(_well(d, 2, 3, 3), d(1, 4, 3), left=False), S(_well(d, 3, 3), d(3, 0), smooth=False),
    ]  # fmt: skip


@for_ops("linalg.solve_triangular")
def _solve_triangular(d):
    return [
        S(_well(d, 2, 3, 3), d(2, 3, 2), upper=True), S(_well(d, 2, 3, 3), d(3, 2), upper=False), S(_well(d, 2, 3, 3), d(2, 4, 3), upper=True, left=False),
        S(_well(d, 2, 3, 3), d(2, 3, 2), upper=False, unitriangular=True),
    ]  # fmt: skip


@for_ops("matrix_power")
def _matrix_power(d):
    return [*(S(_well(d, 2, 3, 3), n) for n in (1, 2, 5, -2)), S(_well(d, 3, 3), 3), S(_well(d, 3, 3), 0), S(d(0, 0), 2)]


@for_ops("matrix_exp")
def _matrix_exp(d):
    return [S(d(2, 3, 3)), S(d(2, 2) * 9), S(d(3, 3) / 99), S(np.zeros((2, 2))), S(d(0, 2, 2)), S(d(0, 0))]


def _positive(d, *shape):
    x = _well(d, *shape)
    return x @ x.swapaxes(-2, -1)


@for_ops("_cholesky")
def _lower_cholesky(d):
    return [S(_positive(d, 2, 3, 3), smooth=False), S(_positive(d, 3, 3), smooth=False), S(d(0, 0))]


@for_ops("cholesky")
def _cholesky(d):
    return [S(_positive(d, 2, 3, 3), smooth=False), S(_positive(d, 3, 3), upper=True, smooth=False), S(d(0, 2, 2))]


@for_ops("cholesky_grad")
def _cholesky_grad(d):
    return [S(d(2, 3, 3), _well(d, 2, 3, 3))]


@for_ops("cholesky_solve")
def _cholesky_solve(d):
    return [S(d(2, 3, 2), np.tril(_well(d, 2, 3, 3))), S(d(3, 2), np.triu(_well(d, 2, 3, 3)), True)]


@for_ops("cholesky_inverse")
def _cholesky_inverse(d):
    return [S(np.tril(_well(d, 2, 3, 3))), S(np.triu(_well(d, 2, 3, 3)), upper=True)]


@for_ops("_qr")
def _packed_qr(d):
    return [S(_well(d, 2, 4, 3)), S(_well(d, 3, 3), smooth=False), S(_well(d, 2, 2, 2)), S(d(0, 3, 2))]


@for_ops("qr_grad")
def _qr_grad(d):
    return [S(d(2, 7, 3), np.concatenate([_well(d, 2, 4, 3), _well(d, 2, 3, 3)], -2)), S(d(2, 4, 2), np.concatenate([_well(d, 2, 2, 2)] * 2, -2))]


@for_ops("linalg.qr")
def _qr(d):
    return [
        S(_well(d, 2, 4, 3)), S(_well(d, 2, 3, 4)), S(_well(d, 3, 3), smooth=False), S(_well(d, 2, 3, 4), "complete"),
        S(_well(d, 4, 3), mode="complete", constant=(0,), smooth=False), S(_well(d, 2, 4, 3), "r"),
    ]  # fmt: skip


@for_ops("qr")
def _old_qr(d):
    return [S(_well(d, 2, 4, 3)), S(_well(d, 2, 3, 3), False)]


@for_ops("_complete_qr")
def _complete_qr(d):
    return [S(_well(d, 4, 2)), S(_well(d, 2, 3, 1))]


@for_ops("gaps")
def _gaps(d):
    return [S(d.apart(2, 3), smooth=False), S(d.apart(1), smooth=False), S(d(0))]  # inf on the diagonal


@for_ops("over")
def _over(d):
    return [S(d(2, 3, 3), d.positive(2, 3, 3)), S(d(2, 3), d.positive(1, 3)), S(np.array([0.0, 2, 3]), np.array([0.0, 1, np.inf]), smooth=False)]


@for_ops("_eigh")
def _packed_eigh(d):
    return [S(_symmetric(d, 2, 3, 3), smooth=False), S(_symmetric(d, 3, 3), "U", smooth=False)]


@for_ops("eigh_grad")
def _eigh_grad(d):
    return [S(d(2, 4, 3), np.concatenate([d.apart(2, 1, 3), d(2, 3, 3)], -2))]


@for_ops("linalg.eigh", "linalg.eigvalsh")
def _eigh(d):
    return [S(_symmetric(d, 2, 3, 3), smooth=False), S(_symmetric(d, 3, 3), "U", smooth=False), S(_well(d, 2, 3, 3), UPLO="L", smooth=False)]


@for_ops("_svd")
def _packed_svd(d):
    return [S(_well(d, 2, 3, 3)), S(_well(d, 2, 4, 3)), S(_well(d, 2, 2, 4)), S(_well(d, 3, 3), smooth=False)]


@for_ops("svd_grad")
def _svd_grad(d):
    def packed(m, n):
        return np.concatenate([d(2, m, 2), np.array([[[2.0, 1]], [[3, 0.5]]]), d(2, n, 2)], -2)

    return [S(d(2, 5, 2), packed(2, 2), 2), S(d(2, 6, 2), packed(3, 2), 3), S(d(2, 6, 2), packed(2, 3), 2)]


@for_ops("linalg.svd")
def _svd(d):
    return [
        S(_well(d, 2, 3, 3)), S(_well(d, 2, 4, 3), False), S(_well(d, 2, 2, 4), full_matrices=False), S(_well(d, 3, 3), smooth=False),
        S(_well(d, 4, 2), smooth=False), S(_well(d, 2, 2, 4), smooth=False),
    ]  # fmt: skip


@for_ops("linalg.svdvals")
def _svdvals(d):
    return [S(_well(d, 2, 4, 3)), S(_well(d, 3, 3), smooth=False), S(np.eye(3), smooth=False)]


@for_ops("svd")
def _old_svd(d):
    return [S(_well(d, 2, 4, 3)), S(_well(d, 2, 3, 3), some=False), S(_well(d, 2, 3, 3), compute_uv=False)]


@for_ops("complement")
def _complement(d):
    return [S(_well(d, 4, 2)), S(_well(d, 2, 3, 1))]


@for_ops("cutoff")
def _cutoff(d):
    return [S(d.positive(2, 3), (2, 4, 3)), S(d.positive(3), (3, 3), 0.1), S(d.positive(2, 3), (2, 4, 3), None, d.positive(2)), S(d(0), (0, 3))]


@for_ops("_pinv")
def _plain_pinv(d):
    return [S(_well(d, 2, 4, 3), None, None), S(_well(d, 2, 3, 4), 0.01, 0.01), S(_well(d, 2, 3, 3), None, 0.1)]


@for_ops("linalg.pinv")
def _pinv(d):
    flat = _well(d, 4, 3)
    flat[:, 2] = flat[:, 1]
    return [
        S(_well(d, 2, 4, 3)), S(_well(d, 2, 3, 4), rtol=0.01), S(_well(d, 2, 3, 3), atol=0.1), S(_symmetric(d, 2, 3, 3), hermitian=True, smooth=False),
        S(flat, rtol=1e-5, smooth=False), S(d(0, 3)),
    ]  # fmt: skip


@for_ops("pinverse")
def _pinverse(d):
    return [S(_well(d, 2, 4, 3)), S(_well(d, 3, 3), rcond=0.01, smooth=False)]


@for_ops("linalg.matrix_rank")
def _matrix_rank(d):
    return [S(_well(d, 2, 4, 3)), S(np.ones((3, 3))), S(_well(d, 3, 3), hermitian=True), S(np.diag([1.0, 0.1, 0.01]), atol=0.05), S(np.diag([1.0, 0.1]), rtol=0.5)]


@for_ops("linalg.lstsq")
def _lstsq(d):
    return [
        S(_well(d, 2, 4, 3), d(2, 4, 2)), S(_well(d, 2, 4, 3), d(2, 4, 2), driver="gelsd"), S(_well(d, 2, 4), d(2, 3), smooth=False),
        S(_well(d, 4, 3), d(4), driver="gels", smooth=False), S(_well(d, 2, 3, 4), d(2, 3, 1), None, "gelss"), S(_well(d, 2, 4, 3), d(2, 4), driver="gels"),
    ]  # fmt: skip


@for_ops("linalg.tensorinv")
def _tensorinv(d):
    return [S(_well(d, 6, 6).reshape(2, 3, 6), smooth=False), S(_well(d, 6, 6).reshape(6, 3, 2), ind=1, smooth=False)]


@for_ops("linalg.tensorsolve")
def _tensorsolve(d):
    return [S(_well(d, 6, 6).reshape(2, 3, 6), d(2, 3), smooth=False), S(_well(d, 6, 6).reshape(6, 2, 3), d(2, 3), dims=(0,), smooth=False)]


OUR_OWN = {
    "_complete_qr", "_eigh", "_pinv", "_qr", "_slogdet", "_svd", "cholesky_grad", "cofactor", "cofactor_grad", "complement", "cutoff",
    "eigh_grad", "gaps", "over", "qr_grad", "svd_grad",
}  # fmt: skip
BEYOND = {
    ("det", 5),  # a singular matrix: PyTorch's gradient is 0, the cofactors are not
    ("linalg.qr", 5),  # R alone: no derivative in PyTorch
    ("linalg.svd", 4), ("linalg.svd", 5), ("svd", 1),  # the columns that complete a basis are arbitrary
    ("cholesky_solve", 0), ("cholesky_solve", 1), ("cholesky_inverse", 0), ("cholesky_inverse", 1),  # no gradient to the half that isn't read
    ("svd", 2),  # a gradient by the singular values alone
}  # fmt: skip


def twins(torch):
    la = torch.linalg

    def turned(vectors, numpys, dim):
        """The vectors along `dim` with the signs that the LAPACK of NumPy chose, which are as good as others."""
        return vectors * torch.sign((vectors.detach() * torch.from_numpy(numpys)).sum(dim, keepdim=True))

    def eigh(A, UPLO="L"):
        values, vectors = la.eigh(A, UPLO)
        return values, turned(vectors, np.linalg.eigh(A.detach().numpy(), UPLO)[1], -2)

    def svd(A, full_matrices=True):
        u, s, vh = la.svd(A, full_matrices)
        numpys = np.linalg.svd(A.detach().numpy(), full_matrices)
        return turned(u, numpys[0], -2), s, turned(vh, numpys[2], -1)

    def old_svd(A, some=True):
        u, s, vh = svd(A, not some)
        return u, s, vh.mT

    def lstsq(A, B, rcond=None, driver=None):
        return la.lstsq(A, B, rcond=rcond, driver=driver)

    names = ("eigvalsh", "matrix_rank", "pinv", "qr", "solve", "solve_triangular", "svdvals", "tensorinv", "tensorsolve")
    return {
        "_solve": la.solve, "_cholesky": la.cholesky, **{f"linalg.{name}": getattr(la, name) for name in names},
        "linalg.eigh": eigh, "linalg.svd": svd, "svd": old_svd, "linalg.lstsq": lstsq,
    }  # fmt: skip
