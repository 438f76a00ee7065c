"""Linear algebra under PyTorch's names: `gg.linalg.norm`, `gg.linalg.solve`, `gg.linalg.svd` and their kin."""

from __future__ import annotations

from typing import Any

from glassgrad.absent import missing
from glassgrad.op import Array
from glassgrad.ops.arrange import diagonal as _diagonal
from glassgrad.ops.decompose import (
    LinAlgError,
    cholesky,
    det,
    eigh,
    eigvalsh,
    lstsq,
    matrix_exp,
    matrix_power,
    matrix_rank,
    pinv,
    slogdet,
    solve,
    solve_triangular,
    svdvals,
    tensorinv,
    tensorsolve,
)
from glassgrad.ops.decompose import inverse as inv
from glassgrad.ops.decompose import linalg_qr as qr
from glassgrad.ops.decompose import linalg_svd as svd
from glassgrad.ops.einsum import multi_dot
from glassgrad.ops.linalg import linalg_cross as cross
from glassgrad.ops.linalg import matmul, vecdot
from glassgrad.ops.matrix_norm import cond, matrix_norm, norm, vector_norm
from glassgrad.ops.shape import stack as _stack

__all__ = [
    "LinAlgError", "cholesky", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "lstsq", "matmul", "matrix_exp",
    "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "solve_triangular", "svd",
    "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot", "vector_norm",
]  # fmt: skip


def diagonal(A: Array, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    """The diagonals of matrices, (..., n, m) -> (..., min(n, m)); `gg.diagonal` takes the first two dimensions instead."""
    return _diagonal(A, offset, dim1, dim2)


def vander(x: Array, N: int | None = None) -> Array:
    """The powers 0 to N - 1 of each element, (..., n) -> (..., n, N); N is n by default."""
    x = x if x.ndim else x.reshape((1,))
    n = x.shape[-1] if N is None else N
    if n <= 1 and N is not None:
        raise RuntimeError(f"linalg.vander: N must be greater than 1, got {N}")
    return _stack([x**i if i else x * 0 + 1 for i in range(n)], -1)


__path__: list[str] = []  # so that `from glassgrad.linalg import lu` asks absent.py, too


def __getattr__(name: str) -> Any:
    """What PyTorch has and we don't, told with the nearest thing."""
    raise missing(__name__, name)
