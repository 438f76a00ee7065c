"""Matrix and vector products."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad._mode import state
from glassgrad.op import Array, op
from glassgrad.ops.arrange import diagonal
from glassgrad.ops.elementwise import clamp, sqrt
from glassgrad.ops.index import where
from glassgrad.ops.reduce import sum as sum_
from glassgrad.ops.shape import axis_of, reshape
from glassgrad.tensor import TWINS, attach

__all__ = [  # the names in `gg.`
    "addbmm", "addmm", "addmv", "addr", "baddbmm", "bmm", "corrcoef", "cov", "cross", "dot", "ger", "inner", "kron", "matmul", "mm",
    "mv", "outer", "spmm", "trace", "vdot",
]  # fmt: skip


def _matmul_hint(a: Any, b: Any, first: str = "a", second: str = "b") -> str:
    sa, sb = np.shape(a), np.shape(b)
    if not sa or not sb:
        return f"both need at least one dimension: write {first} * {second}"
    inner = sb[-2] if len(sb) > 1 else sb[-1]
    if sa[-1] == inner:
        return f"the batch dimensions {sa[:-2]} and {sb[:-2]} don't broadcast"
    swap = f" ({second}.mT would fit)" if len(sb) > 1 and sa[-1] == sb[-1] else ""
    which = "second to last" if len(sb) > 1 else "only"
    return f"the last dimension of {first}, {sa[-1]}, must equal the {which} dimension of {second}, {inner}{swap}"


def _check_inner(who: str, **operands: Any) -> None:
    """RuntimeError unless two operands fit at their inner dimensions."""
    a, b = operands.values()
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-2 if b.ndim > 1 else -1]:
        shapes = ", ".join(f"{name} {tuple(x.shape)} {x.dtype}" for name, x in operands.items())
        raise RuntimeError(f"{who}: {shapes}: {_matmul_hint(a, b, *operands)}")


_matmul = op(np.matmul, name="_matmul", kernel=kernels.matmul, hint=_matmul_hint,
             doc="`y = a @ b` of two operands with at least two dimensions.",
             a=lambda g, b: matmul(g, b.mT), b=lambda g, a, b: matmul_to(a.mT, g, b.shape))  # fmt: skip


@op
def matmul(a: Array, b: Array) -> Array:
    """`y = input @ other`: (..., n, k) @ (..., k, m) -> (..., n, m), batch dimensions broadcast; a 1-D operand is a row or column."""
    if isinstance(a, (int, float)) or isinstance(b, (int, float)):
        raise TypeError("matmul: a number has no dimensions to multiply along: write a * b")
    if a.ndim > 1 and b.ndim > 1:
        return _matmul(a, b)
    _check_inner("matmul", a=a, b=b)
    y = _matmul(a if a.ndim > 1 else reshape(a, 1, -1), b if b.ndim > 1 else reshape(b, -1, 1))
    if a.ndim == 1:
        y = y.squeeze(-2)
    return y.squeeze(-1) if b.ndim == 1 else y


TWINS[np.matmul] = matmul
attach(__matmul__=matmul, __rmatmul__=lambda b, a: matmul(a, b))


def _product(who: str, ranks: Sequence[int], **operands: Any) -> Any:
    """The matmul of two operands of so many dimensions each, which the errors call by their names."""
    need_ranks(who, ranks, "write a @ b, which takes any", *operands.values())
    _check_inner(who, **operands)
    return matmul(*operands.values())


def need_ranks(who: str, ranks: Sequence[int], instead: str, *tensors: Any) -> None:
    """RuntimeError unless each tensor has as many dimensions as `ranks` says."""
    if [x.ndim for x in tensors] != list(ranks):
        shapes = " and ".join(str(tuple(x.shape)) for x in tensors)
        raise RuntimeError(f"{who}: expected {' and '.join(map(str, ranks))} dimensions, got shapes {shapes}: {instead}")


@op
def mm(input: Array, mat2: Array) -> Array:
    """The product of two matrices, (n, k) @ (k, m) -> (n, m)."""
    return _product("mm", (2, 2), input=input, mat2=mat2)


@op
def bmm(input: Array, mat2: Array) -> Array:
    """The products of two stacks of matrices, (B, n, k) @ (B, k, m) -> (B, n, m)."""
    return _stacked("bmm", input=input, mat2=mat2)


def _stacked(who: str, **operands: Any) -> Any:
    a, b = operands.values()
    need_ranks(who, (3, 3), "write a @ b, which takes any", a, b)
    if a.shape[0] != b.shape[0]:
        raise RuntimeError(f"{who}: stacks of different length, {tuple(a.shape)} and {tuple(b.shape)}: a @ b broadcasts a length of 1")
    return _product(who, (3, 3), **operands)


@op
def mv(input: Array, vec: Array) -> Array:
    """The product of a matrix and a vector, (n, k) @ (k,) -> (n,)."""
    return _product("mv", (2, 1), input=input, vec=vec)


@op
def dot(input: Array, tensor: Array) -> Array:
    """The sum of the products of two vectors' elements, (n,) and (n,) -> ()."""
    return _product("dot", (1, 1), input=input, tensor=tensor)


@op
def vdot(input: Array, other: Array) -> Array:
    """`dot`; the two differ for complex numbers only."""
    return _product("vdot", (1, 1), input=input, other=other)


@op(numpy=[np.inner])
def inner(input: Array, other: Array) -> Array:
    """The dot products of all rows along the last dimension: (..., k) and (***, k) -> (..., ***). Of a number, the product."""
    if not input.ndim or not other.ndim:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(f"inner: the last dimensions of {tuple(input.shape)} and {tuple(other.shape)} must be equal")
    if input.ndim == other.ndim == 1:
        return matmul(input, other)
    return matmul(rows(input), rows(other).mT).reshape((*input.shape[:-1], *other.shape[:-1]))


@op
def outer(input: Array, vec2: Array) -> Array:
    """All products of two vectors' elements, (n,) and (m,) -> (n, m)."""
    need_ranks("outer", (1, 1), "write x.flatten()", input, vec2)
    return input[:, None] * vec2


ger = outer
spmm = mm  # of dense matrices
attach(ger=outer)


@op(numpy=[np.kron])
def kron(input: Array, other: Array) -> Array:
    """The Kronecker product: each element of `input` times all of `other`; sizes multiply, missing dimensions are 1."""
    n = max(input.ndim, other.ndim)
    a, b = [(1,) * (n - x.ndim) + tuple(x.shape) for x in (input, other)]
    products = input.reshape([size for i in a for size in (i, 1)]) * other.reshape([size for j in b for size in (1, j)])
    return products.reshape([i * j for i, j in zip(a, b, strict=True)])


@op
def trace(input: Array) -> Array:
    """The sum of a matrix's main diagonal."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, got shape {tuple(input.shape)}: write gg.linalg.diagonal(x).sum(-1) for a stack")
    return sum_(diagonal(input))


@op(dtypes="promote", a=lambda g, b, dim: _cross(b, g, dim), b=lambda g, a, dim: _cross(g, a, dim))
def _cross(a: Array, b: Array, dim: int = -1) -> Array:
    return np.cross(a, b, axis=dim)


@op
def cross(input: Array, other: Array, dim: int | None = None) -> Array:
    """The cross products of the vectors of three elements along `dim` (default: the first dimension of size 3), broadcast."""
    if dim is None:
        shape = input.shape if input.ndim == other.ndim else ()
        dim = next((i - input.ndim for i, n in enumerate(shape) if n == 3), -1)
    return _checked_cross("cross", input, other, dim)


@op(name="linalg.cross", method=False)
def linalg_cross(input: Array, other: Array, dim: int = -1) -> Array:
    """The cross products of the vectors of three elements along `dim`, broadcast."""
    return _checked_cross("linalg.cross", input, other, dim)


def _checked_cross(who: str, a: Any, b: Any, dim: int) -> Any:
    shapes = f"{tuple(a.shape)} and {tuple(b.shape)}"
    if a.ndim != b.ndim:
        raise RuntimeError(f"{who}: expected as many dimensions in both, got shapes {shapes}: write .unsqueeze or .expand")
    at = axis_of(dim, a.ndim, who)
    if not a.ndim or a.shape[at] != 3 or b.shape[at] != 3:
        raise RuntimeError(f"{who}: dim {dim} must have size 3 in both, got shapes {shapes}")
    return _cross(a, b, at - a.ndim)


TWINS[np.vdot] = lambda a, b: vdot(a.reshape(-1), b.reshape(-1))
TWINS[np.outer] = lambda a, b: outer(a.reshape(-1), b.reshape(-1))
TWINS[np.trace] = lambda a: trace(a)
TWINS[np.cross] = lambda a, b, axisa=-1, axisb=-1, axisc=-1, axis=None: linalg_cross(a, b, -1 if axis is None else axis)


@op(name="linalg.vecdot", method=False)
def vecdot(x: Array, y: Array, dim: int = -1) -> Array:
    """The dot products along `dim`, broadcast: `sum(x * y, dim)`."""
    need_floating("linalg.vecdot", x, y)
    return sum_(x * y, dim)


def need_floating(who: str, *tensors: Any) -> None:
    """RuntimeError for integers and bools."""
    for x in tensors:
        if x.dtype.kind != "f":
            raise RuntimeError(f"{who}: expected a floating tensor, got {x.dtype}: write x.float()")


# ------------------------------------------------------------------------------------------------ products added to a tensor


def _plus(who: str, input: Any, product: Any, beta: float, alpha: float) -> Any:
    """`beta * input + alpha * product`, of the product's shape."""
    if input.dtype != product.dtype:
        raise RuntimeError(f"{who}: input is {input.dtype}, the product {product.dtype}: write .to(gg.{product.dtype})")
    if input.dtype.kind != "f" and any(isinstance(factor, float) for factor in (beta, alpha)):
        raise RuntimeError(f"{who}: beta {beta} and alpha {alpha} must be integers for {input.dtype} tensors: write x.float()")
    lead = product.ndim - input.ndim
    if lead < 0 or any(n not in (1, m) for n, m in zip(input.shape, product.shape[lead:], strict=True)):
        raise RuntimeError(f"{who}: input {tuple(input.shape)} doesn't broadcast to the product's shape, {tuple(product.shape)}")
    product = product if alpha == 1 else product * alpha
    if beta == 0:  # as in BLAS, NaN is passed over
        return where(np.asarray(False), input, 0) + product
    return (input if beta == 1 else input * beta) + product


@op(kernel=kernels.addmm, method=False,
    input=lambda g: g, mat1=lambda g, mat2: matmul(g, mat2.mT), mat2=lambda g, mat1: matmul(mat1.mT, g))  # fmt: skip
def _addmm(input: Array, mat1: Array, mat2: Array) -> Array:
    return np.matmul(mat1, mat2) + input


@op(inplace=True)
def addmm(input: Array, mat1: Array, mat2: Array, beta: float = 1, alpha: float = 1) -> Array:
    """`beta * input + alpha * (mat1 @ mat2)` of matrices; input broadcasts. At beta 0 it is not read."""
    if beta == alpha == 1 and mat1.ndim == mat2.ndim == 2 and input.dtype == mat1.dtype == mat2.dtype and input.dtype.kind == "f":
        rows, columns = mat1.shape[0], mat2.shape[1]
        if mat1.shape[1] == mat2.shape[0] and input.shape in ((columns,), (rows, columns)):
            return _addmm(input, mat1, mat2)
    return _plus("addmm", input, _product("addmm", (2, 2), mat1=mat1, mat2=mat2), beta, alpha)


@op(inplace=True)
def addmv(input: Array, mat: Array, vec: Array, beta: float = 1, alpha: float = 1) -> Array:
    """`beta * input + alpha * (mat @ vec)`, (n, k) @ (k,) -> (n,); input broadcasts. At beta 0 it is not read."""
    return _plus("addmv", input, _product("addmv", (2, 1), mat=mat, vec=vec), beta, alpha)


@op(inplace=True)
def addr(input: Array, vec1: Array, vec2: Array, beta: float = 1, alpha: float = 1) -> Array:
    """`beta * input + alpha * outer(vec1, vec2)`, (n,) and (m,) -> (n, m); input broadcasts. At beta 0 it is not read."""
    if input.dtype == vec1.dtype == vec2.dtype == np.bool_:
        beta, alpha = bool(beta), bool(alpha)
    return _plus("addr", input, outer(vec1, vec2), beta, alpha)


@op(inplace=True)
def baddbmm(input: Array, batch1: Array, batch2: Array, beta: float = 1, alpha: float = 1) -> Array:
    """`beta * input + alpha * (batch1 @ batch2)` of stacks of matrices; input broadcasts. At beta 0 it is not read."""
    return _plus("baddbmm", input, _stacked("baddbmm", batch1=batch1, batch2=batch2), beta, alpha)


@op(inplace=True)
def addbmm(input: Array, batch1: Array, batch2: Array, beta: float = 1, alpha: float = 1) -> Array:
    """`beta * input + alpha * sum(batch1 @ batch2, 0)`: stacks of matrices to one matrix; input broadcasts. At beta 0 it is not read."""
    return _plus("addbmm", input, sum_(_stacked("addbmm", batch1=batch1, batch2=batch2), 0), beta, alpha)


# ------------------------------------------------------------------------------------------------ covariance


@op
def cov(input: Array, correction: int = 1, fweights: Array | None = None, aweights: Array | None = None) -> Array:
    """The covariances of the rows, (variables, observations) -> (variables, variables), divided by observations - correction.

    Of one variable, (observations) or (1, observations), it is the variance, of shape ().

    fweights: how often each observation was made (integers); aweights: the weight of each (floats).
    """
    if input.ndim > 2:
        raise RuntimeError(f"cov: expected at most 2 dimensions, (variables, observations), got shape {tuple(input.shape)}")
    x = input if input.ndim == 2 else input.reshape((1, -1))
    x = x if x.dtype.kind == "f" else x.astype(state.default_dtype)
    weights = [w for w in (fweights, aweights) if w is not None]
    for name, w in (("fweights", fweights), ("aweights", aweights)):
        if w is not None and (tuple(w.shape) != (x.shape[1],) or (w.dtype.kind == "f") != (name == "aweights")):
            kind = "floats" if name == "aweights" else "integers"
            raise RuntimeError(f"cov: {name} must be {kind} of shape ({x.shape[1]},), got {w.dtype} {tuple(w.shape)}")
    if not weights:
        total, left = x.shape[1], x - x.sum(axis=1, keepdims=True) / max(x.shape[1], 1)
        y = matmul(left, left.mT) / max(total - correction, 0)
    else:
        w = math.prod(weights).astype(x.dtype)
        total = sum_(w)
        left = x - (x * w).sum(axis=1, keepdims=True) / total
        observations = total - (correction if aweights is None else correction * sum_(w * aweights) / total)
        y = matmul(left * w, left.mT) / clamp(observations, 0)
    return y if y.shape[0] != 1 else y.reshape(())


@op
def corrcoef(input: Array) -> Array:
    """The correlations of the rows, `cov` divided by both standard deviations: (variables, observations) -> (variables, variables)."""
    c = cov(input)
    if not c.ndim:
        return c / c
    deviations = sqrt(diagonal(c))
    return clamp(c / deviations[:, None] / deviations, -1, 1)


# ------------------------------------------------------------------------------------------------ linear layers


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
    if np.shape(x)[-1:] != np.shape(weight)[-1:]:
        return "the last dimension of x must equal in_features, the last dimension of weight (out_features, in_features)"
    return f"bias must have one element for each of the {len(weight)} out_features"


@op(kernel=kernels.linear, grad_kernel=kernels.linear_grad, method=False, hint=_linear_hint,
    x=lambda g, weight: matmul(g, weight),
    weight=lambda g, x: matmul(rows(g).mT, rows(x)),
    bias=lambda g: g)  # fmt: skip
def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """`y = x @ weight.T + bias`: x (..., in), weight (out, in), bias (out) -> (..., out)."""
    if weight.ndim != 2:
        raise RuntimeError(f"linear: weight must be (out_features, in_features), got {tuple(weight.shape)}: for a vector write x @ weight")
    y = np.matmul(x, weight.T)
    return y if bias is None else y + bias
