"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np

from glassgrad.ops.decompose import LinAlgError as LinAlgError
from glassgrad.tensor import Tensor as Tensor
import glassgrad.ops.decompose

_Array = Tensor | np.ndarray
_Like = Tensor | np.ndarray | np.generic | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

def cholesky(A: Tensor, upper: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The lower triangular L with `A = L @ L.mT` (or the upper, L.mT) of symmetric positive definite matrices, (..., n, n)."""
def cond(A: Tensor, p: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The condition number `norm(A, p) * norm(inverse(A), p)`; for p None, 2 or -2 from the singular values, (..., m, n) -> (...)."""
def cross(input: Tensor, other: _Like, dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The cross products of the vectors of three elements along `dim`, broadcast."""
def det(A: Tensor, *, out: Any = ...) -> Tensor:
    r"""The determinant of each square matrix, (..., n, n) -> (...)."""
def diagonal(A: Tensor, *, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ...) -> Tensor:
    r"""The diagonals of matrices, (..., n, m) -> (..., min(n, m)); `gg.diagonal` takes the first two dimensions instead."""
def eigh(A: Tensor, UPLO: builtins.str = ..., *, out: Any = ...) -> glassgrad.ops.decompose.EighResult:
    r"""Eigenvalues, ascending, (..., n), and orthonormal eigenvectors, the columns of (..., n, n), of symmetric matrices."""
def eigvalsh(A: Tensor, UPLO: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The eigenvalues of symmetric matrices, ascending: (..., n, n) -> (..., n)."""
def inv(A: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of each square matrix, (..., n, n). LinAlgError if one is singular."""
def lstsq(A: Tensor, B: _Like, rcond: builtins.float | None = ..., driver: builtins.str | None = ..., *, out: Any = ...) -> glassgrad.ops.decompose.LstsqResult:
    r"""The X of least norm that minimizes the norm of `A @ X - B`, `pinv(A) @ B`: A (..., m, n), B (..., m, k) or (..., m)."""
def matmul(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input @ other`: (..., n, k) @ (..., k, m) -> (..., n, m), batch dimensions broadcast; a 1-D operand is a row or column."""
def matrix_exp(A: Tensor, *, out: Any = ...) -> Tensor:
    r"""`I + A + A @ A / 2 + A @ A @ A / 6 + ...` of square matrices, by scaling and squaring: exp(A) is exp(A / 2**s) ** 2**s."""
def matrix_norm(A: Tensor, ord: Any = ..., dim: Sequence[builtins.int] = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""A norm of the matrices in dimensions `dim`, (..., m, n) -> (...)."""
def matrix_power(A: Tensor, n: builtins.int, *, out: Any = ...) -> Tensor:
    r"""A multiplied by itself n times, by repeated squaring; n = 0 gives the identity, negative n powers of the inverse."""
def matrix_rank(A: Tensor, tol: Any = ..., hermitian: builtins.bool = ..., atol: Any = ..., rtol: Any = ..., *, out: Any = ...) -> Tensor:
    r"""How many singular values are larger than max(atol, rtol * largest), int64: (..., m, n) -> (...). Defaults as in `linalg.pinv`."""
def multi_dot(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor:
    r"""The product of two or more matrices in the order that costs least; the first and the last may be vectors."""
def norm(A: Tensor, ord: Any = ..., dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`vector_norm` or `matrix_norm`: the latter with two dimensions in `dim`, or a matrix and no `dim`, and an `ord`."""
def pinv(A: Tensor, atol: Any = ..., rtol: Any = ..., hermitian: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The pseudo-inverse, (..., m, n) -> (..., n, m): singular values up to max(atol, rtol * largest) count as 0."""
def qr(A: Tensor, mode: builtins.str = ..., *, out: Any = ...) -> glassgrad.ops.decompose.QRResult:
    r"""Q with orthonormal columns and the upper triangular R with `A = Q @ R`: (..., m, n) -> (..., m, k) and (..., k, n)."""
def slogdet(A: Tensor, *, out: Any = ...) -> glassgrad.ops.decompose.SlogdetResult:
    r"""The sign of the determinant (1, -1 or 0) and the logarithm of its absolute value, (..., n, n) -> (...) and (...)."""
def solve(A: Tensor, B: _Like, left: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The X with `A @ X = B`, or `X @ A = B` if not left: A (..., n, n), B (..., n, k), or (n,) or (..., n) for vectors."""
def solve_triangular(A: Tensor, B: _Like, upper: builtins.bool, left: builtins.bool = ..., unitriangular: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`linalg.solve` of which only the upper or lower triangle of A is read, and its diagonal as 1 if unitriangular."""
def svd(A: Tensor, full_matrices: builtins.bool = ..., driver: builtins.str | None = ..., *, out: Any = ...) -> glassgrad.ops.decompose.SVDResult:
    r"""`A = U @ diag(S) @ Vh`: (..., m, n) -> (..., m, k), (..., k) descending, (..., k, n), with k = min(m, n)."""
def svdvals(A: Tensor, driver: builtins.str | None = ..., *, out: Any = ...) -> Tensor:
    r"""The singular values, descending: (..., m, n) -> (..., min(m, n))."""
def tensorinv(A: Tensor, ind: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The inverse of A for `tensordot(A, x, x.ndim)`; the product of the first `ind` sizes equals that of the others."""
def tensorsolve(A: Tensor, B: _Like, dims: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The X with `tensordot(A, X, X.ndim) = B`; `dims` of A are moved to the end first."""
def vander(x: Tensor, N: builtins.int | None = ...) -> Tensor:
    r"""The powers 0 to N - 1 of each element, (..., n) -> (..., n, N); N is n by default."""
def vecdot(input: Tensor, y: _Like, dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The dot products along `dim`, broadcast: `sum(x * y, dim)`."""
def vector_norm(input: Tensor, ord: builtins.float = ..., dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`sum(|x| ** ord, dim) ** (1 / ord)`; the largest |x| for inf, the smallest for -inf, how many aren't 0 for 0."""
