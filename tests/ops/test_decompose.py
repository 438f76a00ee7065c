"""Linear algebra beyond the samples: derivatives in symmetric matrices, equal eigenvalues, singular matrices, NumPy's names."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.nn import functional as F

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2, 3, 3)) * 0.4 + np.diag([1.0, 2.5, 4])


def positive(x):
    return x @ x.mT


SYMMETRIC = {
    "cholesky": lambda x: gg.linalg.cholesky(positive(x)),
    "cholesky upper": lambda x: gg.linalg.cholesky(positive(x), upper=True),
    "eigh": lambda x: gg.linalg.eigh(x + x.mT),
    "eigh U": lambda x: gg.linalg.eigh(x + x.mT, UPLO="U"),
    "eigvalsh": lambda x: gg.linalg.eigvalsh(positive(x)),
    "pinv": lambda x: gg.linalg.pinv(positive(x), hermitian=True),
    "cholesky_solve": lambda x: gg.cholesky_solve(x, gg.linalg.cholesky(positive(x))),
}


@pytest.mark.parametrize("check", [gg.autograd.gradcheck, gg.autograd.gradgradcheck])
@pytest.mark.parametrize("name", SYMMETRIC)
def test_derivatives_in_symmetric_matrices(name, check):
    assert check(SYMMETRIC[name], [gg.tensor(X, requires_grad=True)])


@pytest.mark.parametrize("values", [gg.linalg.eigvalsh, gg.linalg.svdvals, lambda A: gg.linalg.eigh(A)[0], lambda A: gg.linalg.svd(A)[1]])
def test_equal_values_have_derivatives_where_no_vectors_are_used(values):
    A = gg.eye(3, dtype=gg.float64).requires_grad_()
    values(A).sum().backward()
    np.testing.assert_allclose(A.grad.numpy(), np.eye(3), atol=1e-12)


@pytest.mark.parametrize("vectors", [lambda A: gg.linalg.eigh(A)[1], lambda A: gg.linalg.svd(A)[0]])
def test_vectors_of_equal_values_have_no_finite_gradient(vectors):
    A = gg.eye(3, dtype=gg.float64).requires_grad_()
    (vectors(A) * gg.tensor(X[0])).sum().backward()
    assert not np.isfinite(A.grad.numpy()).all()


def test_the_determinant_of_a_singular_matrix_has_the_cofactors_as_gradient():
    A = gg.tensor([[1.0, 2], [2, 4]], dtype=gg.float64, requires_grad=True)
    gg.linalg.det(A).backward()
    np.testing.assert_allclose(A.grad.numpy(), [[4, -2], [-2, 1]], atol=1e-12)


def test_factors_multiply_to_the_matrix_and_have_names():
    A = gg.tensor(X)
    q = gg.linalg.qr(A)
    e = gg.linalg.eigh(A + A.mT)
    s = gg.linalg.svd(A[:, :2])
    for y, want in (
        (q.Q @ q.R, A), ((e.eigenvectors * e.eigenvalues[:, None]) @ e.eigenvectors.mT, A + A.mT),
        (s.U @ (s.S[..., None] * s.Vh[:, :2]), A[:, :2]), (s.Vh @ s.Vh.mT, gg.eye(3, dtype=gg.float64).expand(2, 3, 3)),
    ):  # fmt: skip
        np.testing.assert_allclose(y.numpy(), want.numpy(), atol=1e-12)
    assert gg.slogdet(A).logabsdet.shape == gg.slogdet(A).sign.shape == (2,)
    assert gg.svd(A)._fields == ("U", "S", "V") and gg.linalg.lstsq(A, A)._fields[0] == "solution"


ones = gg.ones
CASES = {
    "inverse": (lambda: gg.linalg.inv(ones(2, 2)), gg.linalg.LinAlgError, r"inverse: Singular matrix \(shape \(2, 2\)\): write gg\.linalg\.pinv"),
    "inverse in a stack": (lambda: gg.stack([gg.eye(2), ones(2, 2)]).inverse(), gg.linalg.LinAlgError, r"at index \(1,\)"),
    "inverse of no square": (lambda: ones(2, 3).inverse(), RuntimeError, r"inverse: the matrices must be square, got shape \(2, 3\)"),
    "inverse of integers": (lambda: ones(2, 2).long().inverse(), RuntimeError, r"inverse: expected a floating tensor.*\.float\(\)"),
    "solve": (lambda: gg.linalg.solve(ones(2, 2), ones(2)), gg.linalg.LinAlgError, r"linalg\.solve: Singular.*lstsq"),
    "solve of shapes": (lambda: gg.linalg.solve(gg.eye(3), ones(2, 2)), RuntimeError, r"linalg\.solve: B \(2, 2\) must have as many rows as A \(3, 3\)"),
    "cholesky": (lambda: gg.linalg.cholesky(-gg.eye(2)), gg.linalg.LinAlgError, r"cholesky: .*positive.*\(shape \(2, 2\)\).*gg\.eye\(n\)"),
    "svd of NaN": (lambda: gg.linalg.svd(ones(2, 2) * gg.nan), gg.linalg.LinAlgError, r"linalg\.svd: the matrix holds NaN or Inf"),
    "qr complete": (lambda: gg.linalg.qr(ones(3, 2).requires_grad_(), "complete"), RuntimeError, r"linalg\.qr: mode='complete' of \(3, 2\) has no derivative"),
    "eig": (lambda: gg.linalg.eig(ones(2, 2)), AttributeError, r"linalg has no eig: .*complex.*linalg\.eigh"),
    "eigvals": (lambda: gg.linalg.eigvals(ones(2, 2)), AttributeError, r"linalg has no eigvals: .*linalg\.eigvalsh"),
    "lu": (lambda: gg.linalg.lu(ones(2, 2)), AttributeError, r"linalg has no lu: .*linalg\.solve"),
    "matrix_norm": (lambda: gg.linalg.matrix_norm(ones(2, 2), "two"), RuntimeError, r"linalg\.matrix_norm: ord must be 'fro', 'nuc'"),
    "norm": (lambda: gg.linalg.norm(ones(2, 2, 2), 2), RuntimeError, r"linalg\.norm: .*1 or 2 dimensions, got shape \(2, 2, 2\): write dim="),
    "mm": (lambda: gg.mm(ones(2), ones(2, 2)), RuntimeError, r"mm: expected 2 and 2 dimensions, got shapes \(2,\) and \(2, 2\): write a @ b"),
    "addmm": (lambda: gg.addmm(ones(3), ones(2, 2), ones(2, 2)), RuntimeError, r"addmm: input \(3,\) doesn't broadcast.*\(2, 2\)"),
    "einsum sizes": (lambda: gg.einsum("ij,jk", ones(2, 3), ones(2, 3)), RuntimeError, r"einsum: subscript 'j' has size 3 in one place and 2 in another"),
    "einsum rank": (lambda: gg.einsum("ij", ones(2)), RuntimeError, r"einsum: operand 0 has 1 dimensions, but 'ij'"),
    "einsum result": (lambda: gg.einsum("ij->k", ones(2, 2)), RuntimeError, r"einsum: subscript 'k' occurs in no operand"),
    "einsum count": (lambda: gg.einsum("i,j", ones(2)), RuntimeError, r"einsum: 'i,j' names 2 operands, but got 1"),
    "tensordot": (lambda: gg.tensordot(ones(2, 3), ones(2, 3), 1), RuntimeError, r"tensordot: a dimension has size 3 in one place and 2"),
    "multi_dot": (lambda: gg.linalg.multi_dot([ones(2, 3), ones(2, 3)]), RuntimeError, r"linalg\.multi_dot: the columns of each.*\(2, 3\), \(2, 3\)"),
    "cross": (lambda: gg.linalg.cross(ones(2), ones(2)), RuntimeError, r"linalg\.cross: dim -1 must have size 3"),
    "cdist": (lambda: gg.cdist(ones(2, 3), ones(2, 4)), RuntimeError, r"cdist: expected \(\.\.\., n, d\) and"),
    "bilinear": (lambda: F.bilinear(ones(2, 3), ones(2, 4), ones(5, 4, 3)), RuntimeError, r"bilinear: expected .*weight \(5, 4, 3\)"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_call_says_what_is_wrong_and_what_to_write(case):
    call, kind, text = CASES[case]
    with pytest.raises(kind, match=text):
        call()


A, B, V = X[0], X[1], RNG.standard_normal(3)
NUMPYS = {
    "dot": lambda a, b, v: (np.dot(a, b), np.dot(a, v), np.dot(v, v)), "vdot": lambda a, b, v: np.vdot(v, v), "inner": lambda a, b, v: np.inner(a, v),
    "outer": lambda a, b, v: np.outer(v, a), "kron": lambda a, b, v: np.kron(a, b), "trace": lambda a, b, v: np.trace(a), "cross": lambda a, b, v: np.cross(a, b),
    "tensordot": lambda a, b, v: np.tensordot(a, b, axes=([0], [1])), "einsum": lambda a, b, v: np.einsum("ij,kj,k->i", a, b, v, optimize=True),
    "inv": lambda a, b, v: np.linalg.inv(a), "det": lambda a, b, v: np.linalg.det(a), "slogdet": lambda a, b, v: np.linalg.slogdet(a),
    "solve": lambda a, b, v: (np.linalg.solve(a, b), np.linalg.solve(a, v)), "cholesky": lambda a, b, v: np.linalg.cholesky(a @ a.mT),
    "qr": lambda a, b, v: np.linalg.qr(a), "eigh": lambda a, b, v: np.linalg.eigh(a + a.mT), "eigvalsh": lambda a, b, v: np.linalg.eigvalsh(a + a.mT),
    "svd": lambda a, b, v: (*np.linalg.svd(a), np.linalg.svd(a, compute_uv=False)), "pinv": lambda a, b, v: np.linalg.pinv(a),
    "lstsq": lambda a, b, v: np.linalg.lstsq(a, b)[0], "matrix_rank": lambda a, b, v: np.linalg.matrix_rank(a), "matrix_power": lambda a, b, v: np.linalg.matrix_power(a, 3),
    "norm": lambda a, b, v: (np.linalg.norm(a), np.linalg.norm(a, 1), np.linalg.norm(a, axis=0), np.linalg.norm(a, "nuc", keepdims=True), np.linalg.norm(v, np.inf)),
    "multi_dot": lambda a, b, v: np.linalg.multi_dot([a, b, v]), "cond": lambda a, b, v: np.linalg.cond(a),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMPYS)
def test_numpys_functions_take_tensors(name):
    want = NUMPYS[name](A, B, V)
    found = NUMPYS[name](gg.tensor(A), gg.tensor(B), gg.tensor(V))
    for y, w in zip(found, want, strict=True) if isinstance(want, tuple) else [(found, want)]:
        assert isinstance(y, gg.Tensor)
        np.testing.assert_allclose(y.numpy(), w, atol=1e-12)


def test_einsum_takes_numbers_for_letters():
    a, b = gg.tensor(A), gg.tensor(B)
    np.testing.assert_array_equal(gg.einsum(a, [0, 1], b, [1, 2], [0, 2]).numpy(), gg.einsum("ij,jk->ik", [a, b]).numpy())
    np.testing.assert_array_equal(gg.einsum(a, [0, ...], [..., 0]).numpy(), A.T)


def test_the_methods_of_pytorch_are_there():
    names = "mm bmm mv dot vdot inner outer ger matmul addmm addmm_ addmv addmv_ addbmm addbmm_ baddbmm baddbmm_ addr addr_ kron trace cross cov corrcoef"
    names += " inverse det logdet slogdet cholesky cholesky_solve cholesky_inverse qr svd pinverse matrix_power"
    assert not [name for name in names.split() if not hasattr(gg.Tensor, name)]
