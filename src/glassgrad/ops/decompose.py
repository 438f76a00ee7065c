"""Inverses, solves, determinants and factorizations of (stacks of) matrices, by LAPACK through numpy.linalg.

A factorization gives several tensors and a node has one output, so its primitive returns them in one array, stacked along the
rows, and the public function takes it apart. The rules then read the factors from their own output, at any order.

Sources: Giles, "An extended collection of matrix derivative results" (2008): inverse, determinant, eigenvalues; Murray,
"Differentiation of the Cholesky decomposition" (2016); Walter and Lehmann, "Algorithmic differentiation of linear algebra
functions" (2010): QR, eigenvectors; Townsend, "Differentiating the singular value decomposition" (2016); Golub and Pereyra,
"The differentiation of pseudo-inverses" (1973).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from glassgrad._mode import state
from glassgrad.op import Array, op
from glassgrad.ops.index import tril, triu, where
from glassgrad.ops.linalg import matmul, need_floating
from glassgrad.ops.reduce import sum as sum_
from glassgrad.ops.shape import axis_of, cat, on_lines, permute
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "cholesky", "cholesky_inverse", "cholesky_solve", "det", "inverse", "logdet", "matrix_exp", "matrix_power", "pinverse", "qr", "slogdet",
    "svd",
]  # fmt: skip


class LinAlgError(RuntimeError):
    """A matrix that a routine can't take: singular, not positive definite, or with NaN or Inf."""


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


class QRResult(NamedTuple):
    """What `qr` returns."""

    Q: Tensor
    R: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


class EighResult(NamedTuple):
    """What `linalg.eigh` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


class SVDResult(NamedTuple):
    """What `linalg.svd` returns: the input is `U @ diag(S) @ Vh`."""

    U: Tensor
    S: Tensor
    Vh: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


class OldSVDResult(NamedTuple):
    """What `gg.svd` returns: the input is `U @ diag(S) @ V.mT`."""

    U: Tensor
    S: Tensor
    V: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


class LstsqResult(NamedTuple):
    """What `linalg.lstsq` returns; what the driver doesn't compute is empty."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor

    def __repr__(self) -> str:
        return on_lines(self)


# ------------------------------------------------------------------------------------------------ around LAPACK


def need_matrix(who: str, A: Any, square: bool = False) -> None:
    """RuntimeError unless A is a floating (stack of) matrices, square where asked."""
    need_floating(who, A)
    if A.ndim < 2:
        raise RuntimeError(f"{who}: expected a matrix or a stack of them, (..., n, {'n' if square else 'm'}), got shape {tuple(A.shape)}")
    if square and A.shape[-2] != A.shape[-1]:
        raise RuntimeError(f"{who}: the matrices must be square, got shape {tuple(A.shape)}")


def _lapack(who: str, fix: str, routine: Callable[..., Any], *arrays: np.ndarray) -> Any:
    """Run a routine of numpy.linalg, which doesn't know halves: they are computed in float32."""
    wide = [x.astype(np.float32) if x.dtype == np.float16 else x for x in arrays]
    try:
        found = routine(*wide)
    except np.linalg.LinAlgError as error:
        told = "the matrix holds NaN or Inf" if not np.isfinite(arrays[0]).all() else f"{error}{_singular(wide[0])}"
        raise LinAlgError(f"{who}: {told} (shape {arrays[0].shape}): {fix}") from None
    dtype = arrays[0].dtype
    return tuple(part.astype(dtype, copy=False) for part in found) if isinstance(found, tuple) else found.astype(dtype, copy=False)


def _singular(A: np.ndarray) -> str:
    """Which matrix of a stack has determinant 0."""
    at = np.argwhere(np.linalg.slogdet(A)[0] == 0).tolist() if A.ndim > 2 and A.shape[-2] == A.shape[-1] else []
    return f", at index {tuple(at[0])}" if at else ""


# ------------------------------------------------------------------------------------------------ inverse and solve

_NO_INVERSE = "write gg.linalg.pinv(A) or gg.linalg.lstsq, or add a small multiple of gg.eye(n)"


@op(numpy=[np.linalg.inv], A=lambda g, y: -y.mT @ g @ y.mT)
def inverse(A: Array) -> Array:
    """The inverse of each square matrix, (..., n, n). LinAlgError if one is singular."""
    need_matrix("inverse", A, square=True)
    return _lapack("inverse", _NO_INVERSE, np.linalg.inv, A)


@op(A=lambda g, y, A: -_solve(A.mT, g) @ y.mT, B=lambda g, A: _solve(A.mT, g))
def _solve(A: Array, B: Array) -> Array:
    return _lapack("linalg.solve", _NO_INVERSE, np.linalg.solve, A, B)


@op(name="linalg.solve", method=False)
def solve(A: Array, B: Array, left: bool = True) -> Array:
    """The X with `A @ X = B`, or `X @ A = B` if not left: A (..., n, n), B (..., n, k), or (n,) or (..., n) for vectors.

    LinAlgError if an A is singular.
    """
    need_matrix("linalg.solve", A, square=True)
    if B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(A.shape[:-1]) == tuple(B.shape)):  # PyTorch's rule of what is a vector
        if not left:
            raise RuntimeError(f"linalg.solve: with left=False B must be matrices, got shape {tuple(B.shape)}: write B.unsqueeze(-2)")
        _check_sides("linalg.solve", A, B[..., None], left)
        return _solve(A, B[..., None]).squeeze(-1)
    _check_sides("linalg.solve", A, B, left)
    return _solve(A, B) if left else _solve(A.mT, B.mT).mT


def _check_sides(who: str, A: Any, B: Any, left: bool) -> None:
    if A.dtype != B.dtype:
        raise RuntimeError(f"{who}: A is {A.dtype}, B {B.dtype}: write .to(gg.{A.dtype})")
    if B.ndim < 2 or B.shape[-2 if left else -1] != A.shape[-1]:
        which = "rows" if left else "columns"
        raise RuntimeError(f"{who}: B {tuple(B.shape)} must have as many {which} as A {tuple(A.shape)}")
    try:
        np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    except ValueError:
        raise RuntimeError(f"{who}: the stacks of A {tuple(A.shape)} and B {tuple(B.shape)} don't broadcast") from None


@op(name="linalg.solve_triangular", method=False)
def solve_triangular(A: Array, B: Array, upper: bool, left: bool = True, unitriangular: bool = False) -> Array:
    """`linalg.solve` of which only the upper or lower triangle of A is read, and its diagonal as 1 if unitriangular."""
    need_matrix("linalg.solve_triangular", A, square=True)
    _check_sides("linalg.solve_triangular", A, B, left)
    A = (triu if upper else tril)(A, (1 if upper else -1) if unitriangular else 0)
    return solve(A + _eye(A) if unitriangular else A, B, left)


def _eye(A: Any) -> np.ndarray:
    return np.eye(A.shape[-1], dtype=A.dtype)


@op
def matrix_power(A: Array, n: int) -> Array:
    """A multiplied by itself n times, by repeated squaring; n = 0 gives the identity, negative n powers of the inverse."""
    if A.ndim < 2 or A.shape[-2] != A.shape[-1]:
        raise RuntimeError(f"matrix_power: the matrices must be square, got shape {tuple(A.shape)}")
    if n < 0:
        return matrix_power(inverse(A), -n)
    if n == 0:
        return A * 0 + _eye(A)
    y = None
    while n:
        y = A if y is None and n % 2 else matmul(y, A) if n % 2 else y
        n //= 2
        A = matmul(A, A) if n else A
    return y


TWINS[np.linalg.matrix_power] = matrix_power


@op
def matrix_exp(A: Array) -> Array:
    """`I + A + A @ A / 2 + A @ A @ A / 6 + ...` of square matrices, by scaling and squaring: exp(A) is exp(A / 2**s) ** 2**s."""
    need_matrix("matrix_exp", A, square=True)
    largest = float(abs(_constant(A)).sum(-1).max()) if 0 not in A.shape else 0.0
    halvings = max(0, math.ceil(math.log2(largest)) + 1) if 0 < largest < math.inf else 0
    part = A / 2.0**halvings
    y = _eye(A) + part / 16  # at norm 1/2 the next term, the 17th, is below 1e-19
    for k in range(15, 0, -1):
        y = _eye(A) + matmul(part, y) / k
    for _ in range(halvings):
        y = matmul(y, y)
    return y


# ------------------------------------------------------------------------------------------------ determinants


@op(numpy=[np.linalg.det], A=lambda g, A: g[..., None, None] * cofactor(A))
def det(A: Array) -> Array:
    """The determinant of each square matrix, (..., n, n) -> (...)."""
    need_matrix("det", A, square=True)
    return _lapack("det", "", np.linalg.det, A)


@op(method=False, A=lambda g, y, A: cofactor_grad(g, y, A))
def cofactor(A: Array) -> Array:
    """The cofactors, `det(A) * inverse(A).mT`: the derivative of the determinant, which singular matrices have too."""
    return _lapack("det", "", _cofactors, A) if np.isfinite(A).all() else np.full_like(A, np.nan)


def _cofactors(A: np.ndarray) -> np.ndarray:
    u, s, vh = np.linalg.svd(A)
    others = [np.delete(s, i, -1).prod(axis=-1) for i in range(s.shape[-1])]  # the product of all but one
    turn = np.linalg.det(u @ vh)  # 1 or -1
    return turn[..., None, None] * (u * np.stack(others, -1)[..., None, :]) @ vh if others else A.copy()


@op(method=False)
def cofactor_grad(g: Array, y: Array, A: Array) -> Array:
    """g times the derivative of `y = cofactor(A)`; LinAlgError for singular matrices."""
    t = inverse(A).mT
    return (g * t).sum(axis=(-2, -1), keepdims=True) * y - y @ g.mT @ t


@op(A=lambda g, A: g[..., 1, None, None] * inverse(A).mT)
def _slogdet(A: Array) -> Array:
    return np.stack(_lapack("slogdet", "", lambda A: tuple(np.linalg.slogdet(A)), A), -1)


@op
def slogdet(A: Array) -> SlogdetResult:
    """The sign of the determinant (1, -1 or 0) and the logarithm of its absolute value, (..., n, n) -> (...) and (...)."""
    need_matrix("slogdet", A, square=True)
    y = _slogdet(A)
    return SlogdetResult(y[..., 0], y[..., 1])  # to the sign the rule gives no gradient


def _constant(x: Any) -> Any:
    return x.detach() if isinstance(x, Tensor) else x


@op
def logdet(A: Array) -> Array:
    """The logarithm of the determinant, (..., n, n) -> (...); NaN where it is negative, -inf where it is 0."""
    need_matrix("logdet", A, square=True)
    sign, size = slogdet(A)
    return where(sign < 0, np.nan, size)


TWINS[np.linalg.slogdet] = slogdet


# ------------------------------------------------------------------------------------------------ Cholesky


@op(A=lambda g, y: cholesky_grad(g, y))
def _cholesky(A: Array) -> Array:
    fix = "is it symmetric with positive eigenvalues? Add a small multiple of gg.eye(n), or write gg.linalg.eigh"
    return _lapack("cholesky", fix, np.linalg.cholesky, A)


@op(method=False)
def cholesky_grad(g: Array, y: Array) -> Array:
    """The symmetric gradient of the Cholesky factor y: `inverse(y).mT @ P @ inverse(y) / 2`, where P mirrors the lower half of y.mT @ g."""
    low = y.mT @ g
    return _solve(y.mT, _solve(y.mT, tril(low) + tril(low, -1).mT).mT) / 2


@op
def cholesky(A: Array, upper: bool = False) -> Array:
    """The lower triangular L with `A = L @ L.mT` (or the upper, L.mT) of symmetric positive definite matrices, (..., n, n).

    Only that half of A is read; the gradient is symmetric. LinAlgError if a matrix is not positive definite.
    """
    need_matrix("cholesky", A, square=True)
    return _cholesky(A.mT).mT if upper else _cholesky(A)


@op
def cholesky_solve(B: Array, L: Array, upper: bool = False) -> Array:
    """The X with `A @ X = B` for the A of which L is the Cholesky factor: B (..., n, k), L (..., n, n)."""
    need_matrix("cholesky_solve", L, square=True)
    _check_sides("cholesky_solve", L, B, left=True)
    first = solve_triangular(L.mT if upper else L, B, False)
    return solve_triangular(L if upper else L.mT, first, True)


@op
def cholesky_inverse(L: Array, upper: bool = False) -> Array:
    """The inverse of the A of which L is the Cholesky factor, (..., n, n)."""
    need_matrix("cholesky_inverse", L, square=True)
    half = inverse(triu(L) if upper else tril(L))
    return half @ half.mT if upper else half.mT @ half


TWINS[np.linalg.cholesky] = lambda a, *, upper=False: cholesky(a, upper)


# ------------------------------------------------------------------------------------------------ QR


@op(A=lambda g, y: qr_grad(g, y))
def _qr(A: Array) -> Array:
    """Q (..., m, n) and R (..., n, n) of a matrix with m >= n, one below the other."""
    return np.concatenate(_lapack("qr", "", lambda A: tuple(np.linalg.qr(A)), A), -2)


@op(method=False)
def qr_grad(g: Array, y: Array) -> Array:
    """The gradient of the packed Q and R: `(gQ + Q @ S) @ inverse(R).mT`, where S mirrors the lower half of R @ gR.mT - gQ.mT @ Q."""
    m = y.shape[-2] - y.shape[-1]
    q, r, gq, gr = y[..., :m, :], y[..., m:, :], g[..., :m, :], g[..., m:, :]
    s = r @ gr.mT - gq.mT @ q
    return _solve(r, (gq + q @ (tril(s) + tril(s, -1).mT)).mT).mT


@op(name="linalg.qr", method=False)
def linalg_qr(A: Array, mode: str = "reduced") -> QRResult:
    """Q with orthonormal columns and the upper triangular R with `A = Q @ R`: (..., m, n) -> (..., m, k) and (..., k, n).

    k is min(m, n) for mode "reduced" and "r" (where Q is left empty), m for "complete". The derivative needs k = min(m, n) and
    independent first k columns.
    """
    need_matrix("linalg.qr", A)
    m, n = A.shape[-2:]
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"linalg.qr: mode must be 'reduced', 'complete' or 'r', got {mode!r}")
    if mode == "complete" and m > n:
        if isinstance(A, Tensor) and A.requires_grad and state.grad_enabled:
            raise RuntimeError(
                f"linalg.qr: mode='complete' of {tuple(A.shape)} has no derivative, as the last {m - n} columns of Q are arbitrary: "
                "write mode='reduced', or A.detach()"
            )
        packed = _complete_qr(A)  # (..., m, m + n)
        return QRResult(packed[..., :m], packed[..., m:])
    y = _qr(A if m >= n else A[..., :m])
    q, r = y[..., :m, :], y[..., m:, :]
    r = r if m >= n else cat([r, q.mT @ A[..., m:]], -1)
    return QRResult(q if mode != "r" else q[..., :0].reshape((0,)), r)


@op(differentiable=False)
def _complete_qr(A: Array) -> Array:
    return np.concatenate(_lapack("linalg.qr", "", lambda A: tuple(np.linalg.qr(A, "complete")), A), -1)


@op
def qr(A: Array, some: bool = True) -> QRResult:
    """`linalg.qr` with mode "reduced", or "complete" if not some."""
    return linalg_qr(A, "reduced" if some else "complete")


TWINS[np.linalg.qr] = linalg_qr


# ------------------------------------------------------------------------------------------------ eigenvalues


@op(method=False)
def gaps(values: Array) -> Array:
    """`d[i, j] = values[j] - values[i]`, with inf on the diagonal: (..., n) -> (..., n, n)."""
    n = values.shape[-1]
    return values[..., None, :] - values[..., :, None] + np.where(np.eye(n, dtype=bool), values.dtype.type(np.inf), values.dtype.type(0))


@op(method=False)
def over(x: Array, d: Array) -> Array:
    """`x / d`, and 0 where both are 0: what doesn't depend on a choice of vectors is not spoilt by equal values."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((x == 0) & (d == 0), 0, x / d)


@op(A=lambda g, y: eigh_grad(g, y))
def _eigh(A: Array, UPLO: Any = "L") -> Array:
    values, vectors = _lapack("linalg.eigh", "look for where they come from", lambda A: tuple(np.linalg.eigh(A, UPLO)), A)
    return np.concatenate([values[..., None, :], vectors], -2)


@op(method=False)
def eigh_grad(g: Array, y: Array) -> Array:
    """The gradient of the packed eigenvalues l (first row) and vectors v: `v @ (diag(gl) + v.mT @ gv / gaps(l)) @ v.mT`, symmetric."""
    v = y[..., 1:, :]
    ga = (v * g[..., :1, :] + v @ over(v.mT @ g[..., 1:, :], gaps(y[..., 0, :]))) @ v.mT
    return (ga + ga.mT) / 2


@op(name="linalg.eigh", method=False)
def eigh(A: Array, UPLO: str = "L") -> EighResult:
    """Eigenvalues, ascending, (..., n), and orthonormal eigenvectors, the columns of (..., n, n), of symmetric matrices.

    Only the lower half of A is read (UPLO="U": the upper). Vectors have no derivative where two eigenvalues are equal.
    """
    need_matrix("linalg.eigh", A, square=True)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"linalg.eigh: UPLO must be 'L' or 'U', got {UPLO!r}")
    y = _eigh(A, UPLO.upper())
    return EighResult(y[..., 0, :], y[..., 1:, :])


@op(name="linalg.eigvalsh", method=False)
def eigvalsh(A: Array, UPLO: str = "L") -> Array:
    """The eigenvalues of symmetric matrices, ascending: (..., n, n) -> (..., n)."""
    return eigh(A, UPLO)[0]


TWINS[np.linalg.eigh] = eigh
TWINS[np.linalg.eigvalsh] = eigvalsh


# ------------------------------------------------------------------------------------------------ singular values


@op(A=lambda g, y, A_shape: svd_grad(g, y, A_shape[-2]))
def _svd(A: Array) -> Array:
    """U (..., m, k), S as a row, and V (..., n, k), one below the other."""
    routine = lambda A: tuple(np.linalg.svd(A, full_matrices=False))
    u, s, vh = _lapack("linalg.svd", "look for where they come from", routine, A)
    return np.concatenate([u, s[..., None, :], vh.swapaxes(-2, -1)], -2)


@op(method=False)
def svd_grad(g: Array, y: Array, m: int) -> Array:
    """The gradient of the packed U (m rows), S and V: Townsend's, with `x / 0` only where vectors of equal values are used."""
    u, s, v = y[..., :m, :], y[..., m : m + 1, :], y[..., m + 1 :, :]
    gu, gs, gv = g[..., :m, :], g[..., m : m + 1, :], g[..., m + 1 :, :]
    d = gaps((s * s)[..., 0, :])
    a, b = u.mT @ gu, v.mT @ gv
    inside = over(a - a.mT, d) * s + s.mT * over(b - b.mT, d)
    ga = (u * gs + u @ inside) @ v.mT
    ga = ga if u.shape[-2] == u.shape[-1] else ga + over(gu - u @ a, s) @ v.mT
    return ga if v.shape[-2] == v.shape[-1] else ga + u @ over(gv - v @ b, s).mT


@op(differentiable=False, method=False)
def complement(q: Array) -> Array:
    """Orthonormal columns that complete those of q, (..., m, k) -> (..., m, m - k)."""
    return _lapack("linalg.svd", "", lambda q: np.linalg.qr(q, "complete")[0], q)[..., q.shape[-1] :]


@op(name="linalg.svd", method=False)
def linalg_svd(A: Array, full_matrices: bool = True, driver: str | None = None) -> SVDResult:
    """`A = U @ diag(S) @ Vh`: (..., m, n) -> (..., m, k), (..., k) descending, (..., k, n), with k = min(m, n).

    full_matrices completes U to (..., m, m) and Vh to (..., n, n); there is no gradient by those columns. Vectors have no
    derivative where two singular values are equal, or, but for square matrices, one is 0.
    """
    need_matrix("linalg.svd", A)
    m = A.shape[-2]
    y = _svd(A)
    u, s, vh = y[..., :m, :], y[..., m, :], y[..., m + 1 :, :].mT
    if full_matrices:
        u = u if u.shape[-2] == u.shape[-1] else cat([u, complement(u)], -1)
        vh = vh if vh.shape[-2] == vh.shape[-1] else cat([vh, complement(vh.mT).mT], -2)
    return SVDResult(u, s, vh)


@op(name="linalg.svdvals", method=False)
def svdvals(A: Array, driver: str | None = None) -> Array:
    """The singular values, descending: (..., m, n) -> (..., min(m, n))."""
    need_matrix("linalg.svdvals", A)
    return _svd(A)[..., A.shape[-2], :]


@op
def svd(A: Array, some: bool = True, compute_uv: bool = True) -> OldSVDResult:
    """`A = U @ diag(S) @ V.mT`, the older form of `linalg.svd`; U and V are 0 if not compute_uv."""
    u, s, vh = linalg_svd(A, not some)
    return OldSVDResult(u, s, vh.mT) if compute_uv else OldSVDResult(u * 0, s, vh.mT * 0)


def _numpy_svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    return linalg_svd(a, full_matrices) if compute_uv else svdvals(a)


TWINS[np.linalg.svd] = _numpy_svd
TWINS[np.linalg.svdvals] = svdvals


# ------------------------------------------------------------------------------------------------ pseudo-inverse, rank


@op(method=False, differentiable=False)
def cutoff(s: Array, shape: tuple[int, ...], atol: Any = None, rtol: Any = None) -> Array:
    """Where singular values s (..., k) count as 0: max(atol, rtol * largest), rtol being max(m, n) * eps unless one is given."""
    if rtol is None:
        rtol = 0.0 if atol is not None else max(shape[-2:]) * float(np.finfo(s.dtype).eps)
    atol, rtol = (np.asarray(0 if tol is None else tol)[..., None] for tol in (atol, rtol))
    largest = s[..., :1] if s.shape[-1] else np.zeros((*s.shape[:-1], 1), s.dtype)
    return np.maximum(atol, rtol * largest).astype(s.dtype)


@op(A=lambda g, y, A:
    -y.mT @ g @ y.mT + (g.mT - A @ (y @ g.mT)) @ y @ y.mT + y.mT @ y @ (g.mT - (g.mT @ y) @ A))  # fmt: skip
def _pinv(A: Array, atol: Any, rtol: Any) -> Array:
    u, s, vh = _lapack("linalg.pinv", "look for where they come from", lambda A: tuple(np.linalg.svd(A, full_matrices=False)), A)
    kept = s > cutoff(s, A.shape, atol, rtol)
    return vh.swapaxes(-2, -1) @ (np.where(kept, 1 / np.where(kept, s, 1), 0)[..., None] * u.swapaxes(-2, -1))


@op(name="linalg.pinv", method=False)
def pinv(A: Array, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Array:
    """The pseudo-inverse, (..., m, n) -> (..., n, m): singular values up to max(atol, rtol * largest) count as 0.

    rtol: by default max(m, n) * eps, or 0 where atol is given. The derivative holds where the rank doesn't change.
    """
    need_matrix("linalg.pinv", A, square=hermitian)
    return _pinv(A, _constant(atol), _constant(rtol))


@op
def pinverse(A: Array, rcond: float = 1e-15) -> Array:
    """`linalg.pinv` with rtol = rcond."""
    return pinv(A, None, rcond)


@op(name="linalg.matrix_rank", method=False, differentiable=False)
def matrix_rank(A: Array, tol: Any = None, hermitian: bool = False, atol: Any = None, rtol: Any = None) -> Array:
    """How many singular values are larger than max(atol, rtol * largest), int64: (..., m, n) -> (...). Defaults as in `linalg.pinv`."""
    need_matrix("linalg.matrix_rank", A, square=hermitian)
    atol = atol if tol is None else tol
    s = _lapack("linalg.matrix_rank", "look for where they come from", np.linalg.svdvals, A)
    return (s > cutoff(s, A.shape, atol, rtol)).sum(axis=-1)


TWINS[np.linalg.pinv] = lambda a, rcond=None, hermitian=False, *, rtol=None: pinv(a, None, rcond if rtol is None else rtol, hermitian)
TWINS[np.linalg.matrix_rank] = lambda A, tol=None, hermitian=False, *, rtol=None: matrix_rank(A, tol, hermitian, None, rtol)


@op(name="linalg.lstsq", method=False)
def lstsq(A: Array, B: Array, rcond: float | None = None, driver: str | None = None) -> LstsqResult:
    """The X of least norm that minimizes the norm of `A @ X - B`, `pinv(A) @ B`: A (..., m, n), B (..., m, k) or (..., m).

    driver: "gelsy" (the default), "gelsd", "gelss", or "gels" for matrices of full rank. As in PyTorch residuals, the sums
    of squares (..., k), come of all but "gelsy", where m > n and all ranks are n; rank of all but "gels"; singular_values of
    "gelsd" and "gelss".
    """
    need_matrix("linalg.lstsq", A)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"linalg.lstsq: driver must be 'gels', 'gelsy', 'gelsd' or 'gelss', got {driver!r}")
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(A.shape[:-1]) == tuple(B.shape))
    columns = B[..., None] if vector else B
    m, n = A.shape[-2:]
    if columns.shape[-2] != m or A.dtype != B.dtype:
        raise RuntimeError(f"linalg.lstsq: B {tuple(B.shape)} {B.dtype} must have the rows and the dtype of A {tuple(A.shape)} {A.dtype}")
    rtol = rcond if rcond is not None else max(m, n) * float(np.finfo(A.dtype).eps)
    x = matmul(pinv(A, None, rtol), columns)
    rank = matrix_rank(_constant(A), None, False, None, rtol)
    nothing = _constant(x).reshape((-1,))[:0]
    squares = x.reshape((-1,))[:0]
    if driver not in (None, "gelsy") and m > n and bool((rank == n).all()):
        rest = matmul(A, x) - columns
        squares = sum_(rest * rest, -2)
    return LstsqResult(
        x.squeeze(-1) if vector else x,
        squares,
        rank.reshape((-1,))[:0] if driver == "gels" else rank,
        svdvals(_constant(A)) if driver in ("gelsd", "gelss") else nothing,
    )


def _numpy_lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    return lstsq(a, b, rcond, "gelsd")


TWINS[np.linalg.lstsq] = _numpy_lstsq


# ------------------------------------------------------------------------------------------------ tensors as matrices


@op(name="linalg.tensorinv", method=False, numpy=[np.linalg.tensorinv])
def tensorinv(A: Array, ind: int = 2) -> Array:
    """The inverse of A for `tensordot(A, x, x.ndim)`; the product of the first `ind` sizes equals that of the others."""
    head, tail = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    if ind <= 0 or math.prod(head) != math.prod(tail):
        raise RuntimeError(f"linalg.tensorinv: the sizes {head} and {tail} (ind {ind}) must be positive and have one product")
    return inverse(A.reshape((math.prod(head), -1))).reshape((*tail, *head))


@op(name="linalg.tensorsolve", method=False)
def tensorsolve(A: Array, B: Array, dims: Any = None) -> Array:
    """The X with `tensordot(A, X, X.ndim) = B`; `dims` of A are moved to the end first."""
    if dims is not None:
        moved = [axis_of(d, A.ndim, "linalg.tensorsolve") for d in dims]
        A = permute(A, (*(i for i in range(A.ndim) if i not in moved), *moved))
    shape = tuple(A.shape[B.ndim :])
    if math.prod(shape) != math.prod(B.shape):
        raise RuntimeError(f"linalg.tensorsolve: the sizes of A {tuple(A.shape)} beyond those of B {tuple(B.shape)} must have B's product")
    return solve(A.reshape((-1, math.prod(shape))), B.reshape((-1,))).reshape(shape)


TWINS[np.linalg.solve] = solve
TWINS[np.linalg.tensorsolve] = lambda a, b, axes=None: tensorsolve(a, b, axes)
