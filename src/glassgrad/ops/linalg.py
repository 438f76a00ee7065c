"""Matrix products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.op import Array, op
from glassgrad.ops.shape import reshape
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "bmm", "dot", "matmul", "mm",
]  # fmt: skip


def _matmul_hint(a: Any, b: Any) -> str:
    sa, sb = np.shape(a), np.shape(b)
    if not sa or not sb:
        return "both need at least one dimension: write a * b"
    inner = sb[-2] if len(sb) > 1 else sb[-1]
    if sa[-1] == inner:
        return f"the batch dimensions {sa[:-2]} and {sb[:-2]} don't broadcast"
    swap = " (b.mT would fit)" if len(sb) > 1 and sa[-1] == sb[-1] else ""
    return f"the last dimension of a, {sa[-1]}, must equal the {'second to last' if len(sb) > 1 else 'only'} dimension of b, {inner}{swap}"


_matmul = op(np.matmul, name="_matmul", kernel=kernels.matmul, hint=_matmul_hint,
             doc="`y = a @ b` of two operands with at least two dimensions.",
             a=lambda g, b: matmul(g, b.mT), b=lambda g, a, b: matmul_to(a.mT, g, b.shape))  # fmt: skip


@op
def matmul(a: Array, b: Array) -> Array:
    """`y = a @ b`: (..., n, k) @ (..., k, m) -> (..., n, m), batch dimensions broadcast; a 1-D operand is a row or column."""
    if isinstance(a, (int, float)) or isinstance(b, (int, float)):
        raise TypeError("matmul: a number has no dimensions to multiply along: write a * b")
    if a.ndim > 1 and b.ndim > 1:
        return _matmul(a, b)
    if not a.ndim or not b.ndim:
        raise ValueError(f"matmul: got shapes {tuple(a.shape)} and {tuple(b.shape)}, but {_matmul_hint(a, b)}")
    y = _matmul(a if a.ndim > 1 else reshape(a, 1, -1), b if b.ndim > 1 else reshape(b, -1, 1))
    if a.ndim == 1:
        y = y.squeeze(-2)
    return y.squeeze(-1) if b.ndim == 1 else y


TWINS[np.matmul] = matmul
Tensor.__matmul__ = matmul  # type: ignore[method-assign]
Tensor.__rmatmul__ = lambda b, a: matmul(a, b)  # type: ignore[attr-defined]


def _of_rank(name: str, rank: int, doc: str) -> Any:
    def product(input: Tensor, other: Tensor) -> Tensor:
        if input.ndim != rank or other.ndim != rank:
            raise RuntimeError(f"{name}: both must have {rank} dimensions, got {tuple(input.shape)} and {tuple(other.shape)}: write a @ b")
        return matmul(input, other)

    product.__name__ = product.__qualname__ = name
    product.__doc__ = doc
    setattr(Tensor, name, product)
    return product


mm = _of_rank("mm", 2, "The product of two matrices, (n, k) and (k, m).")
bmm = _of_rank("bmm", 3, "The products of two stacks of matrices, (B, n, k) and (B, k, m).")
dot = _of_rank("dot", 1, "The sum of the products of two vectors' elements.")


@op(method=False)
def matmul_to(a: Array, b: Array, shape: tuple[int, ...]) -> Array:
    """`a @ b`, summed over batch dimensions where the result, `shape`, is one matrix: then it is one long product."""
    if len(shape) == 2 and a.ndim > 2 and a.shape[:-2] == b.shape[:-2]:
        return matmul(rows(a.mT).mT, rows(b))
    return matmul(a, b)


@op(method=False)
def rows(x: Array) -> Array:
    """All dimensions but the last merged into one: (..., n) -> (m, n)."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def _linear_hint(x: Any, weight: Any, bias: Any) -> str:
    return f"the last dimension of x must equal in_features, the last of weight (out_features, in_features) {np.shape(weight)}"


@op(kernel=kernels.linear, method=False, hint=_linear_hint,
    x=lambda g, weight: matmul(g, weight),
    weight=lambda g, x: matmul(rows(g).mT, rows(x)),
    bias=lambda g: g)  # fmt: skip
def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """`y = x @ weight.T + bias`: x (..., in), weight (out, in), bias (out) -> (..., out)."""
    y = np.matmul(x, weight.T)
    return y if bias is None else y + bias
