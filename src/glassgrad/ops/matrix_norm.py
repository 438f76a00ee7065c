"""Norms of vectors and matrices, and distances between vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.dtypes import as_dtype
from glassgrad.op import Array, op
from glassgrad.ops.decompose import inverse, need_matrix, svdvals
from glassgrad.ops.elementwise import abs as abs_
from glassgrad.ops.index import where
from glassgrad.ops.linalg import need_floating
from glassgrad.ops.reduce import amax, amin
from glassgrad.ops.reduce import norm as plain_norm
from glassgrad.ops.reduce import sum as sum_
from glassgrad.ops.shape import axis_of, permute
from glassgrad.tensor import TWINS

__all__ = [  # the names in `gg.`
    "cdist", "pdist",
]  # fmt: skip

Dim = int | Sequence[int] | None


# ------------------------------------------------------------------------------------------------ vectors


@op(name="linalg.vector_norm", method=False)
def vector_norm(x: Array, ord: float = 2, dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """`sum(|x| ** ord, dim) ** (1 / ord)`; the largest |x| for inf, the smallest for -inf, how many aren't 0 for 0.

    dim: an int, several, or all. The gradient is 0 where x is 0, as in PyTorch.
    """
    x = _retyped("linalg.vector_norm", x, dtype)
    if isinstance(ord, (str, bool)) or ord is None:
        raise RuntimeError(f"linalg.vector_norm: ord must be a number, got {ord!r}: write gg.linalg.matrix_norm for matrices")
    return plain_norm(x, ord, dim, keepdim)


def _retyped(who: str, x: Any, dtype: Any) -> Any:
    if dtype is not None and as_dtype(dtype).kind != "f":
        raise RuntimeError(f"{who}: dtype must be a floating dtype, got {dtype}")
    need_floating(who, x)
    return x if dtype is None else x.astype(as_dtype(dtype))


# ------------------------------------------------------------------------------------------------ matrices


@op(name="linalg.matrix_norm", method=False)
def matrix_norm(A: Array, ord: Any = "fro", dim: Sequence[int] = (-2, -1), keepdim: bool = False, dtype: Any = None) -> Array:
    """A norm of the matrices in dimensions `dim`, (..., m, n) -> (...).

    ord: "fro" (the root of the sum of squares), "nuc" (the sum of the singular values), 2 or -2 (the largest, the smallest),
    1 or -1 (the largest, smallest sum of |x| in a column), inf or -inf (in a row).
    """
    who = "linalg.matrix_norm"
    A = _retyped(who, A, dtype)
    if isinstance(dim, (int, np.integer)) or len(dim) != 2 or A.ndim < 2:
        raise RuntimeError(f"{who}: dim must be two dimensions of a matrix, got {dim} for {tuple(A.shape)}: for one write vector_norm")
    rows, columns = (axis_of(d, A.ndim, who) for d in dim)
    if rows == columns:
        raise RuntimeError(f"{who}: dim {tuple(dim)} names a dimension twice (shape {tuple(A.shape)})")
    if ord == "fro":
        return vector_norm(A, 2, (rows, columns), keepdim)
    if ord not in ("nuc", 2, -2, 1, -1, math.inf, -math.inf):
        raise RuntimeError(f"{who}: ord must be 'fro', 'nuc', 2, -2, 1, -1, inf or -inf, got {ord!r}")
    A = permute(A, (*(i for i in range(A.ndim) if i not in (rows, columns)), rows, columns))
    if ord in ("nuc", 2, -2):
        parts = svdvals(A)
    else:
        parts = sum_(abs_(A), -2 if ord in (1, -1) else -1)
    y = sum_(parts, -1) if ord == "nuc" else (amax if ord > 0 else amin)(parts, -1)
    if not keepdim:
        return y
    shape = list(y.shape)
    for at in sorted((rows, columns)):
        shape.insert(at, 1)
    return y.reshape(tuple(shape))


@op(name="linalg.norm", method=False)
def norm(A: Array, ord: Any = None, dim: Dim = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """`vector_norm` or `matrix_norm`: the latter with two dimensions in `dim`, or a matrix and no `dim`, and an `ord`.

    Without ord the root of the sum of squares over `dim`, or over all.
    """
    who = "linalg.norm"
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype)
    if dim is None:
        if A.ndim not in (1, 2):
            raise RuntimeError(f"{who}: without dim the input must have 1 or 2 dimensions, got shape {tuple(A.shape)}: write dim=")
        dim = tuple(range(A.ndim))
    dims = (dim,) if isinstance(dim, (int, np.integer)) else tuple(dim)
    if len(dims) not in (1, 2):
        raise RuntimeError(f"{who}: dim must be one dimension (a vector) or two (a matrix), got {dim}")
    return vector_norm(A, ord, dims, keepdim, dtype) if len(dims) == 1 else matrix_norm(A, ord, dims, keepdim, dtype)


@op(name="linalg.cond", method=False)
def cond(A: Array, p: Any = None) -> Array:
    """The condition number `norm(A, p) * norm(inverse(A), p)`; for p None, 2 or -2 from the singular values, (..., m, n) -> (...)."""
    need_matrix("linalg.cond", A, square=p not in (None, 2, -2))
    if p in (None, 2, -2):
        s = svdvals(A)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    bad = singular(A)
    safe = where(bad[..., None, None], np.eye(A.shape[-1], dtype=A.dtype), A)
    return where(bad, np.inf, matrix_norm(A, p) * matrix_norm(inverse(safe), p))


@op(method=False, differentiable=False)
def singular(A: Array) -> Array:
    """Whether the determinant of each square matrix is 0."""
    return np.linalg.slogdet(A.astype(np.float32) if A.dtype == np.float16 else A)[0] == 0


TWINS[np.linalg.norm] = lambda x, ord=None, axis=None, keepdims=False: norm(x, ord, axis, keepdims)
TWINS[np.linalg.vector_norm] = lambda x, *, axis=None, keepdims=False, ord=2: vector_norm(x, ord, axis, keepdims)
TWINS[np.linalg.matrix_norm] = lambda x, *, keepdims=False, ord="fro": matrix_norm(x, ord, (-2, -1), keepdims)
TWINS[np.linalg.cond] = cond


# ------------------------------------------------------------------------------------------------ distances


@op(method=False)
def cdist(x1: Array, x2: Array, p: float = 2.0, compute_mode: str | None = None) -> Array:
    """The p-norm of each row of x1 less each row of x2: (..., n, d) and (..., m, d) -> (..., n, m). At distance 0 the gradient is 0."""
    need_floating("cdist", x1, x2)
    if x1.ndim < 2 or x2.ndim < 2 or x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"cdist: expected (..., n, d) and (..., m, d), got shapes {tuple(x1.shape)} and {tuple(x2.shape)}")
    return _distance("cdist", x1[..., :, None, :] - x2[..., None, :, :], p)


@op(method=False)
def pdist(input: Array, p: float = 2.0) -> Array:
    """The distances between all pairs of rows i < j, (n, d) -> (n * (n - 1) / 2,), in the order of `torch.combinations`."""
    need_floating("pdist", input)
    if input.ndim != 2:
        raise RuntimeError(f"pdist: expected a matrix (n, d), got shape {tuple(input.shape)}: write gg.cdist(x, x) for stacks")
    first, second = np.triu_indices(input.shape[0], 1)
    return _distance("pdist", input[first] - input[second], p)


def _distance(who: str, difference: Any, p: float) -> Any:
    if p < 0:
        raise RuntimeError(f"{who}: p must not be negative, got {p}")
    return vector_norm(difference, p, -1) if difference.shape[-1] else sum_(difference, -1)
