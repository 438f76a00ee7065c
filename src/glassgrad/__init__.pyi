"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassgrad import accelerator as accelerator
from glassgrad import amp as amp
from glassgrad import autograd as autograd
from glassgrad import backends as backends
from glassgrad import cuda as cuda
from glassgrad import distributed as distributed
from glassgrad import distributions as distributions
from glassgrad import func as func
from glassgrad import jit as jit
from glassgrad import linalg as linalg
from glassgrad import mps as mps
from glassgrad import multiprocessing as multiprocessing
from glassgrad import nn as nn
from glassgrad import onnx as onnx
from glassgrad import optim as optim
from glassgrad import serialization as serialization
from glassgrad import special as special
from glassgrad import testing as testing
from glassgrad import utils as utils
from glassgrad import version as version
from glassgrad import viz as viz
from glassgrad import xpu as xpu
from glassgrad._mode import enable_grad as enable_grad
from glassgrad._mode import inference_mode as inference_mode
from glassgrad._mode import no_grad as no_grad
from glassgrad._mode import set_grad_enabled as set_grad_enabled
from glassgrad.amp import autocast as autocast
from glassgrad.device import Size as Size
from glassgrad.device import device as device
from glassgrad.dtypes import finfo as finfo
from glassgrad.dtypes import iinfo as iinfo
from glassgrad.ops import random as random
from glassgrad.ops.cast import BoolTensor as BoolTensor
from glassgrad.ops.cast import ByteTensor as ByteTensor
from glassgrad.ops.cast import CharTensor as CharTensor
from glassgrad.ops.cast import DoubleTensor as DoubleTensor
from glassgrad.ops.cast import FloatTensor as FloatTensor
from glassgrad.ops.cast import HalfTensor as HalfTensor
from glassgrad.ops.cast import IntTensor as IntTensor
from glassgrad.ops.cast import LongTensor as LongTensor
from glassgrad.ops.cast import ShortTensor as ShortTensor
from glassgrad.ops.random import Generator as Generator
from glassgrad.tensor import Tensor as Tensor

_Like = Tensor | np.ndarray | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

__version__: builtins.str
def abs(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = |x|`; the derivative at 0 is 0."""
def absolute(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = |x|`; the derivative at 0 is 0."""
def acos(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [0, pi] whose cosine is x."""
def acosh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of cosh, of x >= 1."""
def add(input: _Like, other: _Like, *, alpha: builtins.float = ..., **out: Any) -> Tensor:
    r"""`y = input + alpha * other`, broadcast."""
def addbmm(input: _Like, batch1: _Like, batch2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * sum(batch1 @ batch2, 0)`: stacks of matrices to one matrix; input broadcasts. At beta 0 it is not read."""
def addcdiv(input: _Like, tensor1: _Like, tensor2: _Like, value: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x + value * tensor1 / tensor2`, broadcast; RuntimeError where both of these are integers."""
def addcmul(input: _Like, tensor1: _Like, tensor2: _Like, value: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x + value * tensor1 * tensor2`, broadcast."""
def addmm(input: _Like, mat1: _Like, mat2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * (mat1 @ mat2)` of matrices; input broadcasts. At beta 0 it is not read."""
def addmv(input: _Like, mat: _Like, vec: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * (mat @ vec)`, (n, k) @ (k,) -> (n,); input broadcasts. At beta 0 it is not read."""
def addr(input: _Like, vec1: _Like, vec2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * outer(vec1, vec2)`, (n,) and (m,) -> (n, m); input broadcasts. At beta 0 it is not read."""
def adjoint(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The last two dimensions swapped. A view."""
def all(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Whether all elements over `dim` are true (not 0)."""
def allclose(input: Tensor, other: Tensor, rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ...) -> builtins.bool:
    r"""Whether all of `isclose` holds, as a Python bool."""
def alpha_dropout(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""Set elements to selu's lowest value with probability p, then scale and shift: mean and variance stay. Klambauer et al. 2017."""
def amax(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The largest element over `dim`; equal ones share the gradient. NaN wins."""
def amin(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The smallest element over `dim`; equal ones share the gradient. NaN wins."""
def aminmax(input: _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The smallest and the largest element over `dim`, as (min, max); equal ones share the gradient."""
def any(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Whether any element over `dim` is true (not 0)."""
def arange(start: Any = ..., end: Any = ..., step: Any = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""`start, start + step, ...` up to but not including `end`; `arange(end)` starts at 0. int64 if all are ints."""
def arccos(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [0, pi] whose cosine is x."""
def arccosh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of cosh, of x >= 1."""
def arcsin(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose sine is x."""
def arcsinh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of sinh."""
def arctan(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose tangent is x."""
def arctan2(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi, pi] of the point (b, a): its tangent is a / b."""
def arctanh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of tanh, of x in [-1, 1]."""
def are_deterministic_algorithms_enabled() -> builtins.bool:
    r"""True: they always are."""
def argmax(input: _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The index of the largest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
def argmin(input: _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The index of the smallest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
def argsort(input: _Like, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The indices that sort x along `dim`, int64; always stable. NaN counts as the largest."""
def argwhere(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The positions of the elements that aren't 0, one a row: (n, ndim)."""
def as_tensor(data: Any, dtype: Any = ..., device: Any = ...) -> Tensor:
    r"""A tensor that shares memory with `data` where it can; a tensor of the right dtype is returned as it is."""
def asarray(obj: Any, *, dtype: Any = ..., device: Any = ..., copy: builtins.bool | None = ..., requires_grad: builtins.bool = ...) -> Tensor:
    r"""A tensor of `obj` (tensor, array, nested lists, anything with `__dlpack__`), sharing its memory where no copy or cast is needed."""
def asin(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose sine is x."""
def asinh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of sinh."""
def atan(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose tangent is x."""
def atan2(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi, pi] of the point (b, a): its tangent is a / b."""
def atanh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of tanh, of x in [-1, 1]."""
def atleast_1d(*tensors: Any, out: Any = ...) -> Any:
    r"""0-d tensors as 1-d, others as they are; a tuple of them if several are given."""
def atleast_2d(*tensors: Any, out: Any = ...) -> Any:
    r"""Tensors of at least 2 dimensions: a vector becomes a row; a tuple of them if several are given."""
def atleast_3d(*tensors: Any, out: Any = ...) -> Any:
    r"""Tensors of at least 3 dimensions: (n) becomes (1, n, 1) and (m, n) becomes (m, n, 1); a tuple of them if several are given."""
def baddbmm(input: _Like, batch1: _Like, batch2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * (batch1 @ batch2)` of stacks of matrices; input broadcasts. At beta 0 it is not read."""
def bartlett_window(window_length: builtins.int, periodic: builtins.bool = ..., dtype: Any = ..., device: Any = ..., **options: Any) -> Tensor:
    r"""The triangle `1 - |2 i / n - 1|`, n the length, less one if not periodic."""
def bernoulli(input: Tensor, p: builtins.float | None = ..., generator: Any = ...) -> Tensor:
    r"""1 with probability `input`, or `p`, else 0, element by element; of the input's shape and dtype."""
def bincount(input: _Like, weights: _Like | None = ..., minlength: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""How often each integer from 0 on occurs in x (1-D, none negative), or the sums of its `weights`; at least `minlength`."""
def bitwise_and(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a & b` of integers or bools, broadcast."""
def bitwise_left_shift(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a << b` of integers, broadcast."""
def bitwise_not(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`~x` of integers or bools."""
def bitwise_or(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a | b` of integers or bools, broadcast."""
def bitwise_right_shift(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a >> b` of integers, broadcast."""
def bitwise_xor(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a ^ b` of integers or bools, broadcast."""
def blackman_window(window_length: builtins.int, periodic: builtins.bool = ..., dtype: Any = ..., device: Any = ..., **options: Any) -> Tensor:
    r"""`0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n)`, n the length, less one if not periodic."""
def block_diag(*tensors: Any, out: Any = ...) -> Tensor:
    r"""The matrix with the given ones (vectors are rows, 0-d tensors 1 by 1) along its diagonal, and zeros beside them."""
def bmm(input: _Like, mat2: _Like, *, out: Any = ...) -> Tensor:
    r"""The products of two stacks of matrices, (B, n, k) @ (B, k, m) -> (B, n, m)."""
bool: np.dtype[Any]
def broadcast_shapes(*shapes: Any) -> builtins.tuple[builtins.int, ...]:
    r"""The shape that tensors of `shapes` broadcast to; RuntimeError if they don't."""
def broadcast_tensors(*tensors: Any, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""The tensors expanded to the shape that they broadcast to. Views."""
def broadcast_to(input: _Like, shape: Sequence[builtins.int], *, out: Any = ...) -> Tensor:
    r"""`expand` to `shape`."""
def bucketize(input: _Like, boundaries: _Like, out_int32: builtins.bool = ..., right: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The bin of each element of x between sorted 1-D `boundaries`: `boundaries[i - 1] < x <= boundaries[i]`, or with `right` `<= x <`."""
def can_cast(from_: Any, to: Any) -> Any:
    r"""Whether an in-place op may write the first dtype over the second: not floats over integers, nor integers over bools."""
def cartesian_prod(*tensors: Any, out: Any = ...) -> Tensor:
    r"""All ways to take one entry of each vector, one a row: (n1 n2 ..., number of vectors); a single vector as it is."""
def cat(tensors: Sequence[_Like], dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Join tensors along an existing dimension; they agree in the others. Empty 1-D tensors are passed over."""
def cdist(x1: _Like, x2: _Like, p: builtins.float = ..., compute_mode: builtins.str | None = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of each row of x1 less each row of x2: (..., n, d) and (..., m, d) -> (..., n, m). At distance 0 the gradient is 0."""
def ceil(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The next integer above (or x itself). The derivative is 0."""
def celu(input: _Like, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Any:
    r"""`y = x` where x > 0, else `alpha * (exp(x / alpha) - 1)`. Barron 2017."""
def celu_(input: Tensor, alpha: builtins.float = ...) -> Tensor:
    r"""`celu` in place."""
def chain_matmul(*matrices: Any) -> Any:
    r"""The product of matrices in the order that costs least; the older name of `linalg.multi_dot`."""
def channel_shuffle(input: _Like, groups: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(N, C, ...): the channels, in `groups` of neighbours, dealt out so that neighbours come from different groups."""
def cholesky(A: _Like, upper: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The lower triangular L with `A = L @ L.mT` (or the upper, L.mT) of symmetric positive definite matrices, (..., n, n)."""
def cholesky_inverse(L: _Like, upper: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The inverse of the A of which L is the Cholesky factor, (..., n, n)."""
def cholesky_solve(B: _Like, L: _Like, upper: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The X with `A @ X = B` for the A of which L is the Cholesky factor: B (..., n, k), L (..., n, n)."""
def chunk(input: _Like, chunks: builtins.int, dim: builtins.int = ..., *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""At most `chunks` pieces of equal size (the last may be smaller) along `dim`. Views."""
def clamp(input: _Like, min: builtins.float | _Like | None = ..., max: builtins.float | _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
def clamp_max(input: _Like, max: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""`y = minimum(x, max)`; above the gradient goes to the bound."""
def clamp_min(input: _Like, min: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""`y = maximum(x, min)`; below the gradient goes to the bound."""
def clip(input: _Like, min: builtins.float | _Like | None = ..., max: builtins.float | _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
def clone(input: _Like, memory_format: Any = ..., *, out: Any = ...) -> Tensor:
    r"""A copy; the gradient flows through."""
def column_stack(tensors: Sequence[_Like], *, out: Any = ...) -> Tensor:
    r"""Join along dim 1, vectors and 0-d tensors as columns."""
def combinations(input: _Like, r: builtins.int = ..., with_replacement: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""All ways to take `r` entries of the vector x in their order, one a row; an entry more than once only with replacement."""
def compile(model: Any = ..., **options: Any) -> Any:
    r"""The model or function itself: there is nothing to compile, the kernels compile themselves. Also a decorator."""
def concat(tensors: Sequence[Tensor], dim: builtins.int = ...) -> Tensor:
    r"""`cat`."""
def concatenate(tensors: Sequence[Tensor], dim: builtins.int = ...) -> Tensor:
    r"""`cat`."""
def copysign(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The magnitude of a with the sign of b; the derivative at a = 0 is 0."""
def corrcoef(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The correlations of the rows, `cov` divided by both standard deviations: (variables, observations) -> (variables, variables)."""
def cos(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The cosine of x, in radians."""
def cosh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic cosine."""
def cosine_similarity(x1: _Like, x2: _Like, dim: builtins.int = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The cosine of the angle between vectors along `dim` of x1 and x2, broadcast: `sum(x1 * x2) / (|x1| * |x2|)`."""
def count_nonzero(input: _Like, dim: _Dim = ..., *, out: Any = ...) -> Tensor:
    r"""How many elements over `dim` are not 0, int64."""
def cov(input: _Like, correction: builtins.int = ..., fweights: _Like | None = ..., aweights: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The covariances of the rows, (variables, observations) -> (variables, variables), divided by observations - correction."""
def cross(input: _Like, other: _Like, dim: builtins.int | None = ..., *, out: Any = ...) -> Tensor:
    r"""The cross products of the vectors of three elements along `dim` (default: the first dimension of size 3), broadcast."""
def cummax(input: _Like, dim: builtins.int, *, out: Any = ...) -> Any:
    r"""The largest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
def cummin(input: _Like, dim: builtins.int, *, out: Any = ...) -> Any:
    r"""The smallest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
def cumprod(input: _Like, dim: builtins.int, dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The running product along `dim`: `y[i] = x[0] * ... * x[i]`; integers and bools give int64."""
def cumsum(input: _Like, dim: builtins.int, dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The running sum along `dim`: `y[i] = x[0] + ... + x[i]`; integers and bools add up to int64."""
def cumulative_trapezoid(y: _Like, input: _Like | None = ..., dx: builtins.float | None = ..., dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The running area under y along `dim` by the trapezoid rule: one element fewer than y."""
def deg2rad(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Degrees as radians."""
def det(A: _Like, *, out: Any = ...) -> Tensor:
    r"""The determinant of each square matrix, (..., n, n) -> (...)."""
def diag(input: _Like, diagonal: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The matrix with the vector x on its diagonal, or the diagonal of the matrix x."""
def diag_embed(input: _Like, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Matrices in dimensions `dim1` and `dim2` with the last dimension of x on their diagonal, shifted right by `offset`."""
def diagflat(input: _Like, offset: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The matrix with the elements of x, in row-major order, on its diagonal."""
def diagonal(input: _Like, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The entries with `index[dim2] - index[dim1] == offset`, as a new last dimension in place of the two. A view."""
def diagonal_scatter(input: _Like, src: _Like, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""x with `src` in place of `x.diagonal(offset, dim1, dim2)`."""
def diff(input: _Like, n: builtins.int = ..., dim: builtins.int = ..., prepend: _Like | None = ..., append: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The differences `x[i + 1] - x[i]` along `dim`, n times over; `prepend` and `append` are joined to x first."""
def digamma(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The derivative of lgamma; NaN at negative integers."""
def dist(input: _Like, other: _Like, p: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of `x - other`, broadcast."""
def div(input: _Like, other: _Like, *, rounding_mode: builtins.str | None = ..., **out: Any) -> Tensor:
    r"""`y = input / other`, broadcast; integers give the default float."""
def divide(input: _Like, other: _Like, *, rounding_mode: builtins.str | None = ..., **out: Any) -> Tensor:
    r"""`y = input / other`, broadcast; integers give the default float."""
def dot(input: _Like, tensor: _Like, *, out: Any = ...) -> Tensor:
    r"""The sum of the products of two vectors' elements, (n,) and (n,) -> ()."""
double: np.dtype[Any]
def dropout(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""Zero each element with probability p and scale the rest by 1 / (1 - p); the input itself when not training."""
def dsplit(input: _Like, indices_or_sections: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""`tensor_split` into equal pieces along dim 2."""
def dstack(tensors: Sequence[_Like], *, out: Any = ...) -> Tensor:
    r"""Join along dim 2, after `atleast_3d`."""
e: builtins.float
def einsum(equation: Any, *operands: Any) -> Any:
    r"""Multiply and sum as the equation says: `einsum("bij,bjk->bik", x, y)` is `x @ y`."""
def empty(*size: Any, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Unset memory of shape `size`."""
def empty_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Unset memory of the input's shape and dtype."""
def eq(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a == b` element by element, broadcast, as bool."""
def equal(input: Tensor, other: Tensor) -> builtins.bool:
    r"""Whether two tensors have the same shape and equal elements, as a Python bool."""
def erf(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The error function, `2 / sqrt(pi) * integral of exp(-t*t) from 0 to x`."""
def erfc(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = 1 - erf(x)`, precise where erf is near 1."""
def erfinv(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of erf, of x in [-1, 1]."""
def exp(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = e**x`."""
def exp2(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = 2**x`."""
def expm1(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = e**x - 1`, precise near 0."""
def eye(n: builtins.int, m: builtins.int | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""The (n, m) matrix with ones on the diagonal; m defaults to n."""
def feature_alpha_dropout(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""`alpha_dropout` of whole channels of (N, C, ...)."""
def feature_dropout(input: Tensor, p: builtins.float, training: builtins.bool, inplace: builtins.bool = ...) -> Tensor:
    r"""Zero each channel of (N, C, ...) with probability p and scale the rest by 1 / (1 - p)."""
def fill(input: Tensor, value: builtins.float | Tensor) -> Tensor:
    r"""`value`, broadcast to the shape of the input and in its dtype: no gradient flows to the input."""
def fill_(self: Tensor, value: builtins.float | Tensor) -> Tensor:
    r"""Write a number, or a 0-d tensor, over each element."""
def fix(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The next integer towards 0 (or x itself). The derivative is 0."""
def flatten(input: _Like, start_dim: builtins.int = ..., end_dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Merge dimensions `start_dim` to `end_dim` (both included) into one."""
def flip(input: _Like, *dims: Any, out: Any = ...) -> Tensor:
    r"""The entries along `dims` in reverse order. A copy."""
def fliplr(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The columns (dim 1) in reverse order."""
def flipud(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The rows (dim 0) in reverse order."""
float: np.dtype[Any]
float16: np.dtype[Any]
float32: np.dtype[Any]
float64: np.dtype[Any]
def float_power(input: _Like, exponent: _Like) -> Any:
    r"""`y = input ** exponent` in float64, whatever the dtypes."""
def floor(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The next integer below (or x itself). The derivative is 0."""
def floor_divide(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = floor(a / b)`, broadcast; no gradient flows through it. ZeroDivisionError for integers by zero."""
def fmax(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The larger of a and b, a number rather than NaN; of equal elements a gets the gradient."""
def fmin(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The smaller of a and b, a number rather than NaN; of equal elements a gets the gradient."""
def fmod(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = a - b * trunc(a / b)`, broadcast, with the sign of a. ZeroDivisionError for integers by zero."""
def fork_rng(devices: Any = ..., enabled: builtins.bool = ...) -> Any:
    r"""Draw inside as if on a copy of the default generator: outside it goes on as if nothing had been drawn."""
def frac(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = x - trunc(x)`, with the sign of x."""
def from_dlpack(ext_tensor: Any) -> Tensor:
    r"""A tensor on the memory of another library's CPU tensor (anything with `__dlpack__`): a write to either is seen by both."""
def from_numpy(ndarray: np.ndarray) -> Tensor:
    r"""A tensor on the array's own memory: a write to either is seen by both."""
def full(size: Any, fill_value: Any, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""`fill_value` in every element; the dtype follows the value unless given."""
def full_like(input: Tensor, fill_value: Any, dtype: Any = ..., **options: Any) -> Tensor:
    r"""`fill_value` in every element, of the input's shape and dtype."""
def gather(input: _Like, dim: builtins.int, index: _Like, sparse_grad: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`y[i][j][k] = x[index[i][j][k]][j][k]` for dim 0, and likewise for the others; index is int64, of x's rank."""
def gcd(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The greatest common divisor of integers."""
def ge(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a >= b` element by element, broadcast, as bool."""
def ger(input: _Like, vec2: _Like, *, out: Any = ...) -> Tensor:
    r"""All products of two vectors' elements, (n,) and (m,) -> (n, m)."""
def get_default_device() -> Any:
    r"""Where new tensors are made: always the CPU."""
def get_default_dtype() -> Any:
    r"""The dtype of floats made from Python numbers."""
def get_float32_matmul_precision() -> builtins.str:
    r"""What was set; the computation is that of "highest"."""
def get_num_interop_threads() -> builtins.int:
    r"""1: ops run one after the other."""
def get_num_threads() -> builtins.int:
    r"""The number of threads that the kernels use."""
def get_printoptions() -> builtins.dict[builtins.str, Any]:
    r"""The options that `set_printoptions` set."""
def get_rng_state() -> Tensor:
    r"""The state of the default generator, a tensor of bytes."""
def gradient(input: _Like, spacing: Any = ..., dim: Any = ..., edge_order: builtins.int = ..., *, out: Any = ...) -> Any:
    r"""The slopes of x along each of `dim` (default: all), as a tuple, from its values at three neighbouring points."""
def greater(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a > b` element by element, broadcast, as bool."""
def greater_equal(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a >= b` element by element, broadcast, as bool."""
def gt(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a > b` element by element, broadcast, as bool."""
half: np.dtype[Any]
def hamming_window(window_length: builtins.int, periodic: builtins.bool = ..., alpha: builtins.float = ..., beta: builtins.float = ..., dtype: Any = ..., device: Any = ..., **options: Any) -> Tensor:
    r"""`alpha - beta cos(2 pi i / n)`, n the length, less one if not periodic."""
def hann_window(window_length: builtins.int, periodic: builtins.bool = ..., dtype: Any = ..., device: Any = ..., **options: Any) -> Tensor:
    r"""`0.5 - 0.5 cos(2 pi i / n)`, n the length, less one if not periodic."""
def hardshrink(input: _Like, lambd: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x` where |x| > lambd, else 0."""
def heaviside(input: _Like, values: _Like, *, out: Any = ...) -> Tensor:
    r"""0 where x < 0, 1 where x > 0, and `values` where x is 0."""
def histc(input: _Like, bins: builtins.int = ..., min: builtins.float = ..., max: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""How many elements lie in each of `bins` equal bins from `min` to `max` (or from the smallest to the largest), of x's dtype."""
def histogram(input: _Like, bins: builtins.int | _Like = ..., range: builtins.tuple[builtins.float, builtins.float] | None = ..., weight: _Like | None = ..., density: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""(hist, bin_edges): how many elements (or what weight) each bin holds, or with `density` their share by width."""
def hsplit(input: _Like, indices_or_sections: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""`tensor_split` into equal pieces along dim 1, of a vector along dim 0."""
def hstack(tensors: Sequence[_Like], *, out: Any = ...) -> Tensor:
    r"""Join along dim 1, vectors and 0-d tensors along dim 0."""
def hypot(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = sqrt(a * a + b * b)`, without overflow."""
def index_add(input: _Like, dim: builtins.int, index: _Like, source: _Like, alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""x with entry i of `source`, times alpha, added to entry index[i] of `dim`."""
def index_copy(input: _Like, dim: builtins.int, index: _Like, source: _Like, *, out: Any = ...) -> Tensor:
    r"""x with entry i of `source` in place of entry index[i] of `dim`."""
def index_fill(input: _Like, dim: builtins.int, index: _Like, value: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""x with `value` (a number or 0-d) in the entries `index` of `dim`."""
def index_put(input: _Like, indices: Sequence[Any], values: _Like | builtins.float, accumulate: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""x with `y[indices] = values`, or with `values` added there; they broadcast to what `x[indices]` is."""
def index_reduce(input: _Like, dim: builtins.int, index: _Like, source: _Like, reduce: builtins.str, include_self: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The entries of `source` that go to one entry of `dim`, reduced: "prod", "mean", "amax" or "amin"; see `scatter_reduce`."""
def index_select(input: _Like, dim: builtins.int, index: _Like, *, out: Any = ...) -> Tensor:
    r"""The entries `index` (1-D, integer) of dimension `dim`."""
inf: builtins.float
def initial_seed() -> builtins.int:
    r"""The seed of the default generator."""
def inner(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The dot products of all rows along the last dimension: (..., k) and (***, k) -> (..., ***). Of a number, the product."""
int: np.dtype[Any]
int16: np.dtype[Any]
int32: np.dtype[Any]
int64: np.dtype[Any]
int8: np.dtype[Any]
def inverse(A: _Like, *, out: Any = ...) -> Tensor:
    r"""The inverse of each square matrix, (..., n, n). LinAlgError if one is singular."""
def is_anomaly_check_nan_enabled() -> builtins.bool:
    r"""Whether anomaly mode is on and looks for NaN and Inf, not only at source lines."""
def is_anomaly_enabled() -> builtins.bool:
    r"""Whether anomaly mode is on."""
def is_autocast_enabled(device_type: builtins.str | None = ...) -> builtins.bool:
    r"""False: nothing is ever cast."""
def is_complex(input: Tensor) -> builtins.bool:
    r"""False: there are no complex tensors."""
def is_deterministic_algorithms_warn_only_enabled() -> builtins.bool:
    r"""False: there is nothing to warn of."""
def is_floating_point(input: Tensor) -> builtins.bool:
    r"""Whether the dtype is float16, float32 or float64."""
def is_grad_enabled() -> builtins.bool:
    r"""Whether ops on this thread record a graph."""
def is_inference_mode_enabled() -> builtins.bool:
    r"""Whether this thread runs inside `inference_mode`."""
def is_nonzero(input: Tensor) -> builtins.bool:
    r"""Whether the one element of the tensor is not 0, as a Python bool."""
def is_tensor(obj: Any) -> builtins.bool:
    r"""Whether `obj` is a tensor."""
def isclose(input: _Like, other: _Like, rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`|x - other| <= atol + rtol * |other|`, broadcast; an infinity is close to itself, NaN only with `equal_nan`."""
def isfinite(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether x is neither infinite nor NaN."""
def isin(elements: _Like, test_elements: _Like, assume_unique: builtins.bool = ..., invert: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Whether each of `elements` is one of `test_elements` (`invert`: is none); either may be a number."""
def isinf(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether x is inf or -inf."""
def isnan(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether x is NaN."""
def isneginf(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether x is -inf."""
def isposinf(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether x is inf."""
def isreal(input: _Like, *, out: Any = ...) -> Tensor:
    r"""True: there are no complex tensors."""
def kron(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The Kronecker product: each element of `input` times all of `other`; sizes multiply, missing dimensions are 1."""
def kthvalue(input: _Like, k: builtins.int, dim: builtins.int = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The k-th smallest element along `dim`, k from 1, as (values, indices). NaN counts as the largest."""
def layer_norm(input: _Like, normalized_shape: builtins.int | Sequence[builtins.int], weight: _Like | None = ..., bias: _Like | None = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`(x - mean) / sqrt(var + eps) * weight + bias`, mean and variance over the last dimensions, of `normalized_shape`."""
def lcm(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The least common multiple of integers."""
def ldexp(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = a * 2 ** b`."""
def le(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a <= b` element by element, broadcast, as bool."""
def lerp(input: _Like, end: _Like, weight: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""`y = x + weight * (end - x)`, broadcast; weight is a number or a tensor."""
def less(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a < b` element by element, broadcast, as bool."""
def less_equal(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a <= b` element by element, broadcast, as bool."""
def lgamma(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = log(|gamma(x)|)`."""
def linspace(start: Any, end: Any, steps: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""`steps` evenly spaced values from `start` to `end`, both included."""
def load(f: Any, map_location: Any = ..., *, weights_only: builtins.bool = ..., mmap: builtins.bool | None = ...) -> Any:
    r"""Read what `gg.save` wrote, from a path or a binary file."""
def log(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The natural logarithm."""
def log10(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The logarithm to base 10."""
def log1p(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = log(1 + x)`, precise near 0."""
def log2(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The logarithm to base 2."""
def log_softmax(input: _Like, dim: builtins.int = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x - log(sum(exp(x)))` along `dim`; cast to `dtype` first."""
def logaddexp(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = log(exp(a) + exp(b))`, without overflow."""
def logaddexp2(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = log2(2**a + 2**b)`, without overflow."""
def logcumsumexp(input: _Like, dim: builtins.int, *, out: Any = ...) -> Tensor:
    r"""The running `log(sum(exp(x)))` along `dim`, without overflow."""
def logdet(A: _Like, *, out: Any = ...) -> Tensor:
    r"""The logarithm of the determinant, (..., n, n) -> (...); NaN where it is negative, -inf where it is 0."""
def logical_and(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether neither a nor b is 0, as bool, broadcast."""
def logical_not(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether x is 0 (or False)."""
def logical_or(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether a or b is not 0, as bool, broadcast."""
def logical_xor(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether one of a and b is 0 and the other isn't, as bool, broadcast."""
def logit(input: _Like, eps: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = log(x / (1 - x))`, the inverse of sigmoid; with `eps`, x is clamped to [eps, 1 - eps] first."""
def logspace(start: Any, end: Any, steps: builtins.int, base: builtins.float = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""`base` to the power of `steps` evenly spaced exponents from `start` to `end`, both included."""
def logsumexp(input: _Like, dim: _Dim, keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`log(sum(exp(x)))` over `dim`, shifted by the largest element so that it doesn't overflow."""
long: np.dtype[Any]
def lt(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a < b` element by element, broadcast, as bool."""
def manual_seed(seed: builtins.int) -> Any:
    r"""Seed the default generator, from which everything is drawn that is given no other."""
def masked_fill(input: _Like, mask: _Like, value: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""x with `value` (a number or 0-d) where the bool `mask` is true; x and mask broadcast. No gradient flows to x there."""
def masked_scatter(input: _Like, mask: _Like, source: _Like, *, out: Any = ...) -> Tensor:
    r"""x with the elements of `source`, in row-major order, where the bool `mask` is true; x and mask broadcast."""
def masked_select(input: _Like, mask: _Like, *, out: Any = ...) -> Tensor:
    r"""The elements where the bool `mask` is true, in row-major order, in one dimension; x and mask broadcast."""
def matmul(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = a @ b`: (..., n, k) @ (..., k, m) -> (..., n, m), batch dimensions broadcast; a 1-D operand is a row or column."""
def matrix_exp(A: _Like, *, out: Any = ...) -> Tensor:
    r"""`I + A + A @ A / 2 + A @ A @ A / 6 + ...` of square matrices, by scaling and squaring: exp(A) is exp(A / 2**s) ** 2**s."""
def matrix_power(A: _Like, n: builtins.int, *, out: Any = ...) -> Tensor:
    r"""A multiplied by itself n times, by repeated squaring; n = 0 gives the identity, negative n powers of the inverse."""
def max(input: _Like, dim: builtins.int | _Like | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The largest element; with an int `dim`, (values, indices) along it; with a tensor, `maximum`."""
def maximum(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The larger of a and b; equal elements share the gradient. NaN wins."""
def mean(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The mean over `dim`; NaN where there is nothing to average."""
def median(input: _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The median, the lower of two; with `dim`, (values, indices) along it. A NaN makes it NaN."""
def meshgrid(*tensors: Any, indexing: builtins.str = ...) -> builtins.tuple[Tensor, ...]:
    r"""Grids of the coordinates in the given vectors: the i-th varies along dim i, but with "xy" the first two are swapped. Views."""
def min(input: _Like, dim: builtins.int | _Like | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The smallest element; with an int `dim`, (values, indices) along it; with a tensor, `minimum`."""
def minimum(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The smaller of a and b; equal elements share the gradient. NaN wins."""
def mm(input: _Like, mat2: _Like, *, out: Any = ...) -> Tensor:
    r"""The product of two matrices, (n, k) @ (k, m) -> (n, m)."""
def mode(input: _Like, dim: builtins.int = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The most frequent element along `dim` as (values, indices): the smallest of such, the last of its places."""
def moveaxis(input: Tensor, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]) -> Tensor:
    r"""`movedim`."""
def movedim(input: _Like, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> Tensor:
    r"""Dimensions `source` moved to the positions `destination`, the others in their order. A view."""
def msort(input: _Like, *, out: Any = ...) -> Tensor:
    r"""x in order along its first dimension."""
def mul(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = a * b`, broadcast."""
def multinomial(input: Tensor, num_samples: builtins.int, replacement: builtins.bool = ..., generator: Any = ...) -> Tensor:
    r"""Indices drawn with probability proportional to each row of the input: (C) or (R, C) -> (num_samples) or (R, num_samples)."""
def multiply(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = a * b`, broadcast."""
def mv(input: _Like, vec: _Like, *, out: Any = ...) -> Tensor:
    r"""The product of a matrix and a vector, (n, k) @ (k,) -> (n,)."""
def mvlgamma(input: _Like, p: builtins.int, *, out: Any = ...) -> Tensor:
    r"""The logarithm of the multivariate gamma function, `p * (p - 1) / 4 * log(pi) + sum of lgamma(x - j / 2)`, j = 0 to p - 1."""
nan: builtins.float
def nan_to_num(input: _Like, nan: builtins.float | None = ..., posinf: builtins.float | None = ..., neginf: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""x with these numbers for NaN, inf and -inf (None: the largest and the smallest finite value); there the derivative is 0."""
def nanmean(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The mean over `dim` of what is not NaN."""
def nanmedian(input: _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The median, the lower of two, of what is not NaN; with `dim`, (values, indices) along it."""
def nanquantile(input: _Like, q: builtins.float | _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., interpolation: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`quantile` of what is not NaN."""
def nansum(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The sum over `dim`, with NaN as 0."""
def narrow(input: _Like, dim: builtins.int, start: builtins.int, length: builtins.int, *, out: Any = ...) -> Tensor:
    r"""`length` entries of dimension `dim` from `start` on. A view."""
def ne(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a != b` element by element, broadcast, as bool."""
def neg(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = -x`."""
def negative(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = -x`."""
def nextafter(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The float after a in the direction of b. The gradient is that of a, and 0 where a equals b already."""
def nonzero(input: _Like, as_tuple: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The positions of the elements that aren't 0, one a row (n, ndim); or as a tuple of an index for each dimension."""
def norm(input: _Like, p: builtins.float | builtins.str = ..., dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of the elements over `dim`, `sum(|x|**p) ** (1 / p)`: "fro" is 2, inf the largest, 0 counts what isn't 0."""
def normal(mean: Any = ..., std: Any = ..., size: Any = ..., generator: Any = ..., dtype: Any = ..., device: Any = ..., layout: Any = ...) -> Tensor:
    r"""Normal with the given mean and standard deviation: numbers and a `size`, or tensors that broadcast."""
def not_equal(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`a != b` element by element, broadcast, as bool."""
def numel(input: Tensor) -> builtins.int:
    r"""The number of elements."""
def ones(*size: Any, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Ones of shape `size`."""
def ones_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Ones of the input's shape and dtype."""
def outer(input: _Like, vec2: _Like, *, out: Any = ...) -> Tensor:
    r"""All products of two vectors' elements, (n,) and (m,) -> (n, m)."""
def pairwise_distance(x1: _Like, x2: _Like, p: builtins.float = ..., eps: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of `x1 - x2 + eps` along the last dimension: (N, D) and (N, D), broadcast -> (N). `cdist` takes all pairs."""
def pdist(input: _Like, p: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The distances between all pairs of rows i < j, (n, d) -> (n * (n - 1) / 2,), in the order of `torch.combinations`."""
def permute(input: _Like, *dims: Any, out: Any = ...) -> Tensor:
    r"""Reorder the dimensions: `y.shape[i] = x.shape[dims[i]]`. A view."""
pi: builtins.float
def pinverse(A: _Like, rcond: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`linalg.pinv` with rtol = rcond."""
def pixel_shuffle(input: _Like, upscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C r r, H, W) -> (..., C, H r, W r): each group of r r channels becomes an r by r block of pixels."""
def pixel_unshuffle(input: _Like, downscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C, H r, W r) -> (..., C r r, H, W): undoes `pixel_shuffle`."""
def poisson(input: Tensor, generator: Any = ...) -> Tensor:
    r"""Draws from Poisson distributions whose rates are the elements of the input; of its shape and dtype."""
def polygamma(n: builtins.int, input: _Like, *, out: Any = ...) -> Tensor:
    r"""The n-th derivative of digamma, n >= 0; infinite at 0 and the negative integers."""
def positive(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = +x`."""
def pow(input: _Like, exponent: _Like, **out: Any) -> Any:
    r"""`y = input ** exponent`, broadcast."""
def prelu(input: _Like, weight: _Like) -> Any:
    r"""`y = x` where x > 0, else `weight * x`; weight has one element, or one for each channel (dimension 1). He et al. 2015."""
def prod(input: _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The product over `dim` (an int, or all); integers and bools give int64. Zeros do its gradient no harm."""
def promote_types(type1: Any, type2: Any) -> Any:
    r"""The smallest dtype that both fit: of float32 and int64 it is float32, of int8 and uint8 int16."""
def put(input: _Like, index: _Like, source: _Like, accumulate: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""x with the elements of `source` at `index` of the flat tensor, or added there; a negative index counts from the end."""
def qr(A: _Like, some: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""`linalg.qr` with mode "reduced", or "complete" if not some."""
def quantile(input: _Like, q: builtins.float | _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., interpolation: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The q-quantiles along `dim`, or of all elements: q in [0, 1], a number or 1-D, which then comes first in the shape."""
def rad2deg(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Radians as degrees."""
def rand(*size: Any, generator: Any = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Uniform in [0, 1), of shape `size`."""
def rand_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Uniform in [0, 1), of the input's shape and dtype."""
def randint(*bounds: Any, low: builtins.int = ..., high: builtins.int | None = ..., size: Any = ..., generator: Any = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Integers from low (0 if left out) to high - 1: `randint(high, size)` or `randint(low, high, size)`."""
def randint_like(input: Tensor, low: builtins.int, high: builtins.int | None = ..., dtype: Any = ..., device: Any = ...) -> Tensor:
    r"""`randint` of the input's shape and dtype: `randint_like(x, high)` or `randint_like(x, low, high)`."""
def randn(*size: Any, generator: Any = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Standard normal, of shape `size`."""
def randn_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Standard normal, of the input's shape and dtype."""
def randperm(n: builtins.int, generator: Any = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""The integers 0 to n - 1 in random order."""
def ravel(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The elements in row-major order in one dimension. A view where it can be."""
def reciprocal(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / x`; integers give the default float."""
def relu(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = max(x, 0)`; the derivative at 0 is 0."""
def relu_(input: Tensor) -> Tensor:
    r"""`relu` in place."""
def remainder(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = a - b * floor(a / b)`, broadcast, with the sign of b. ZeroDivisionError for integers by zero."""
def renorm(input: _Like, p: builtins.float, dim: builtins.int, maxnorm: builtins.float, *, out: Any = ...) -> Tensor:
    r"""x with the entries of dimension `dim` whose p-norm is above `maxnorm` scaled down to it."""
def repeat_interleave(input: _Like, repeats: builtins.int | _Like | None = ..., dim: builtins.int | None = ..., output_size: builtins.int | None = ..., *, out: Any = ...) -> Tensor:
    r"""Each entry along `dim` `repeats` times (a number, or one an entry); without dim, of the flat tensor."""
def reshape(input: _Like, *shape: Any, out: Any = ...) -> Tensor:
    r"""The same elements in the same row-major order with another shape; one size may be -1. A view where it can be."""
def result_type(tensor1: Any, tensor2: Any) -> Any:
    r"""The dtype of what `tensor1 + tensor2` gives; each may be a tensor or a Python number."""
def roll(input: _Like, shifts: builtins.int | Sequence[builtins.int], dims: builtins.int | Sequence[builtins.int] | None = ..., *, out: Any = ...) -> Tensor:
    r"""The entries moved on by `shifts` along `dims`, those at the end coming in at the start; without dims, of the flat tensor."""
def rot90(input: _Like, k: builtins.int = ..., dims: Sequence[builtins.int] = ..., *, out: Any = ...) -> Tensor:
    r"""A quarter turn, `k` times, in the plane of two dimensions: from the first towards the second."""
def round(input: _Like, decimals: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The nearest integer, or multiple of 10**-decimals; halves go to the even one. The derivative is 0."""
def row_stack(tensors: Sequence[Tensor]) -> Tensor:
    r"""`vstack`."""
def rrelu(input: _Like, lower: builtins.float = ..., upper: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Any:
    r"""leaky_relu whose slope is drawn for each element from [lower, upper) in training, else their mean. Xu et al. 2015."""
def rrelu_(input: Tensor, lower: builtins.float = ..., upper: builtins.float = ..., training: builtins.bool = ...) -> Tensor:
    r"""`rrelu` in place."""
def rsqrt(input: Any, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / sqrt(x)`."""
def rsub(input: _Like, other: _Like, *, alpha: builtins.float = ...) -> Any:
    r"""`y = other - alpha * input`, broadcast."""
def save(obj: Any, f: Any) -> None:
    r"""Write tensors, state dicts, or any nesting of them with what pickle takes, to a path or a binary file."""
def scalar_tensor(s: builtins.float, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""A number as a 0-d tensor, of the default dtype unless another is given."""
def scatter(input: _Like, dim: builtins.int, index: _Like, src: _Like | builtins.float | None = ..., reduce: builtins.str | None = ..., value: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""x with `y[index[i][j]][j] = src[i][j]` for dim 0, and likewise for the others; src may be a number, also by the name `value`."""
def scatter_add(input: _Like, dim: builtins.int, index: _Like, src: _Like, *, out: Any = ...) -> Tensor:
    r"""x with `src[i][j]` added to `y[index[i][j]][j]` for dim 0, and likewise for the others."""
def scatter_reduce(input: _Like, dim: builtins.int, index: _Like, src: _Like, reduce: builtins.str, include_self: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""What goes to one place as in `scatter_add`, reduced: "sum", "prod", "mean", "amax" or "amin", with x's own element or without."""
def searchsorted(sorted_sequence: _Like, input: _Like, out_int32: builtins.bool = ..., right: builtins.bool = ..., side: builtins.str | None = ..., sorter: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""Where in the sorted sequence (1-D, or rows for rows of input) `input` would go: before equal elements, or with `right` after."""
def seed() -> builtins.int:
    r"""Seed the default generator from the system's entropy, and return the seed."""
def select(input: _Like, dim: builtins.int, index: builtins.int, *, out: Any = ...) -> Tensor:
    r"""Entry `index` of dimension `dim`, without that dimension. A view."""
def select_scatter(input: _Like, src: _Like, dim: builtins.int, index: builtins.int, *, out: Any = ...) -> Tensor:
    r"""x with `src` in place of `x.select(dim, index)`."""
def selu(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = 1.0507 * elu(x, 1.6733)`, which keeps mean 0 and variance 1 from layer to layer. Klambauer et al. 2017."""
def selu_(input: Tensor) -> Tensor:
    r"""`selu` in place."""
def set_default_device(device: Any) -> None:
    r"""Accepts "cpu"; RuntimeError for any other device."""
def set_default_dtype(dtype: Any) -> None:
    r"""Set the dtype of floats made from Python numbers: float16, float32 or float64, else TypeError."""
def set_default_tensor_type(t: Any) -> None:
    r"""`set_default_dtype` by class or name: `gg.DoubleTensor` or "torch.DoubleTensor"."""
def set_float32_matmul_precision(precision: builtins.str) -> None:
    r"""Accepts "highest", "high" and "medium": products of float32 are always computed in float32."""
def set_num_interop_threads(num: builtins.int) -> None:
    r"""Accepts any number: ops run one after the other."""
def set_num_threads(num: builtins.int) -> None:
    r"""Let the kernels use up to `num` threads (at most those that Numba started with)."""
def set_printoptions(precision: builtins.int | None = ..., threshold: builtins.float | None = ..., edgeitems: builtins.int | None = ..., linewidth: builtins.int | None = ..., profile: builtins.str | None = ..., sci_mode: builtins.bool | None = ...) -> None:
    r"""How tensors are printed."""
def set_rng_state(new_state: Tensor) -> None:
    r"""Restore a state from `get_rng_state`."""
def sgn(input: Any, *, out: Any = ...) -> Tensor:
    r"""-1, 0 or 1; NaN of NaN. The derivative is 0."""
short: np.dtype[Any]
def sigmoid(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
def sign(input: Any, *, out: Any = ...) -> Tensor:
    r"""-1, 0 or 1; NaN of NaN. The derivative is 0."""
def signbit(input: _Like, *, out: Any = ...) -> Tensor:
    r"""Whether x is negative; of floats, whether the sign bit is set (-0.0 too)."""
def sin(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The sine of x, in radians."""
def sinc(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = sin(pi * x) / (pi * x)`, and 1 at 0."""
def sinh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic sine."""
def slice_scatter(input: _Like, src: _Like, dim: builtins.int = ..., start: builtins.int | None = ..., end: builtins.int | None = ..., step: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""x with `src` in place of the entries `start:end:step` of `dim`."""
def slogdet(A: _Like, *, out: Any = ...) -> Any:
    r"""The sign of the determinant (1, -1 or 0) and the logarithm of its absolute value, (..., n, n) -> (...) and (...)."""
def softmax(input: _Like, dim: builtins.int = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow; cast to `dtype` first."""
def sort(input: _Like, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""x in order along `dim`, as (values, indices); always stable. NaN counts as the largest."""
def split(tensor: Tensor, split_size_or_sections: builtins.int | Sequence[builtins.int], dim: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
    r"""Pieces of so many entries (the last may be smaller), or of each of the given sizes, along `dim`. Views."""
def split_with_sizes(input: Tensor, split_sizes: Sequence[builtins.int], dim: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
    r"""`split` into the given sizes."""
def spmm(input: _Like, mat2: _Like, *, out: Any = ...) -> Tensor:
    r"""The product of two matrices, (n, k) @ (k, m) -> (n, m)."""
def sqrt(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The square root."""
def square(input: Any, *, out: Any = ...) -> Tensor:
    r"""`y = x * x`; bools give int64."""
def squeeze(input: _Like, dim: builtins.int | Sequence[builtins.int] | None = ..., *, out: Any = ...) -> Tensor:
    r"""Drop dimensions of size 1: all of them, or those in `dim` that have size 1."""
def stack(tensors: Sequence[_Like], dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Join tensors of one shape along a new dimension."""
def std(input: _Like, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The standard deviation over `dim`, `sqrt(var)`; where it is 0 the gradient is 0, as in PyTorch."""
def std_mean(input: _Like, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""`(std, mean)` over `dim`."""
def sub(input: _Like, other: _Like, *, alpha: builtins.float = ..., **out: Any) -> Tensor:
    r"""`y = input - alpha * other`, broadcast; RuntimeError for two bools."""
def subtract(input: _Like, other: _Like, *, alpha: builtins.float = ..., **out: Any) -> Tensor:
    r"""`y = input - alpha * other`, broadcast; RuntimeError for two bools."""
def sum(input: _Like, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The sum over `dim` (an int, several, or all); integers and bools add up to int64."""
def svd(A: _Like, some: builtins.bool = ..., compute_uv: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""`A = U @ diag(S) @ V.mT`, the older form of `linalg.svd`; U and V are 0 if not compute_uv."""
def swapaxes(input: Tensor, axis0: builtins.int, axis1: builtins.int) -> Tensor:
    r"""`transpose`."""
def swapdims(input: Tensor, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    r"""`transpose`."""
def t(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The transpose of a matrix; tensors of fewer dimensions as they are."""
def take(input: _Like, index: _Like, *, out: Any = ...) -> Tensor:
    r"""The elements of the flat tensor at `index`, of index's shape; a negative index counts from the end."""
def take_along_dim(input: _Like, indices: _Like, dim: builtins.int | None = ..., *, out: Any = ...) -> Tensor:
    r"""`gather` where x and indices broadcast in the other dimensions; without dim, of the flat tensors."""
def tan(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The tangent of x, in radians."""
def tanh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic tangent."""
def tensor(data: Any, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""A tensor with a copy of `data`: numbers, nested lists, arrays. Python floats become the default dtype, ints int64."""
def tensor_split(input: _Like, indices_or_sections: Any, dim: builtins.int = ..., *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""So many pieces, the first ones larger by one where it doesn't come out even; or cut before each index. Views."""
def tensordot(input: _Like, other: _Like, dims: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The sum of products over `dims` dimensions, the last of a and the first of b, or over the pairs of `dims = (of_a, of_b)`."""
def threshold(input: _Like, threshold: builtins.float, value: builtins.float, inplace: builtins.bool = ...) -> Any:
    r"""`y = x` where x > threshold, else `value`."""
def threshold_(input: Tensor, threshold: builtins.float, value: builtins.float) -> Tensor:
    r"""`threshold` in place."""
def tile(input: _Like, *dims: Any, out: Any = ...) -> Tensor:
    r"""`repeat`; fewer numbers than dimensions are for the last ones."""
def topk(input: _Like, k: builtins.int, dim: builtins.int = ..., largest: builtins.bool = ..., sorted: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""The k largest (or smallest) elements along `dim`, in order, as (values, indices). NaN counts as the largest."""
def trace(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The sum of a matrix's main diagonal."""
def transpose(input: _Like, dim0: builtins.int, dim1: builtins.int, *, out: Any = ...) -> Tensor:
    r"""Swap two dimensions. A view."""
def trapezoid(y: _Like, input: _Like | None = ..., dx: builtins.float | None = ..., dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The area under y along `dim` by the trapezoid rule, over the points x or points `dx` (default 1) apart."""
def trapz(y: _Like, input: _Like | None = ..., dx: builtins.float | None = ..., dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""`trapezoid`."""
def tril(input: _Like, diagonal: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The lower triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
def tril_indices(row: builtins.int, col: builtins.int, offset: builtins.int = ..., dtype: Any = ..., device: Any = ..., **options: Any) -> Tensor:
    r"""(2, n): the row and column of each element of the lower triangle of a (row, col) matrix."""
def triu(input: _Like, diagonal: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The upper triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
def triu_indices(row: builtins.int, col: builtins.int, offset: builtins.int = ..., dtype: Any = ..., device: Any = ..., **options: Any) -> Tensor:
    r"""(2, n): the row and column of each element of the upper triangle of a (row, col) matrix."""
def true_divide(input: _Like, other: _Like, *, rounding_mode: builtins.str | None = ..., **out: Any) -> Tensor:
    r"""`y = input / other`, broadcast; integers give the default float."""
def trunc(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The next integer towards 0 (or x itself). The derivative is 0."""
uint8: np.dtype[Any]
def unbind(input: _Like, dim: builtins.int = ..., *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""The slices along `dim`, without that dimension. Views."""
def unflatten(input: _Like, dim: builtins.int, sizes: Sequence[builtins.int], *, out: Any = ...) -> Tensor:
    r"""Dimension `dim` divided into `sizes`, whose product is its size; one of them may be -1."""
def unique(input: _Like, sorted: builtins.bool = ..., return_inverse: builtins.bool = ..., return_counts: builtins.bool = ..., dim: builtins.int | None = ..., *, out: Any = ...) -> Any:
    r"""The different elements of x in order, or its different entries along `dim`; each NaN is a different one."""
def unique_consecutive(input: _Like, return_inverse: builtins.bool = ..., return_counts: builtins.bool = ..., dim: builtins.int | None = ..., *, out: Any = ...) -> Any:
    r"""x without the elements, or the entries along `dim`, that repeat the one before; else as `unique`."""
def unravel_index(indices: _Like, shape: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""The index in each dimension of the elements of a tensor of `shape` that lie at `indices` of the flat tensor."""
def unsqueeze(input: _Like, dim: builtins.int, *, out: Any = ...) -> Tensor:
    r"""Insert a dimension of size 1 at position `dim`."""
def unused_parameters(model: Any, loss: Tensor | None = ...) -> builtins.list[builtins.str]:
    r"""The names of the parameters that have no gradient: after backward() by their `.grad`, or given `loss` by its graph."""
def use_deterministic_algorithms(mode: builtins.bool, *, warn_only: builtins.bool = ...) -> None:
    r"""Accepts both: every kernel gives the same bits for the same inputs, on any number of threads."""
def vander(input: _Like, N: builtins.int | None = ..., increasing: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""(n, N): the powers N - 1 to 0 (0 to N - 1 if increasing) of each entry of a vector; N defaults to n."""
def var(input: _Like, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The variance over `dim`: the squared distances from the mean over (n - correction); `unbiased=False` is correction 0."""
def var_mean(input: _Like, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Any:
    r"""`(var, mean)` over `dim`."""
def vdot(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`dot`; the two differ for complex numbers only."""
def vmap(func: Callable[..., Any], in_dims: Any = ..., out_dims: Any = ..., randomness: builtins.str = ..., *, chunk_size: builtins.int | None = ...) -> Callable[..., Any]:
    r"""The function that runs `func` on each sample of a batch, all at once, and stacks the results."""
def vsplit(input: _Like, indices_or_sections: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""`tensor_split` into equal pieces along dim 0."""
def vstack(tensors: Sequence[_Like], *, out: Any = ...) -> Tensor:
    r"""Join along dim 0, vectors as rows."""
def where(condition: _Like, input: _Like | None = ..., other: _Like | None = ..., *, out: Any = ...) -> Any:
    r"""`input` where the bool `condition` is true, else `other`; all three broadcast. Where an element isn't taken its gradient is 0."""
def why_no_grad(t: Tensor, loss: Tensor | None = ...) -> builtins.str:
    r"""In words, why `t.grad` is None (or that it isn't): what t is, and, given `loss`, whether that depends on it and where it was cut."""
def xlogy(input: _Like, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = a * log(b)`, and 0 where a is 0 (NaN where b is NaN)."""
def zero_(self: Tensor) -> Tensor:
    r"""Write 0 over each element."""
def zeros(*size: Any, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Zeros of shape `size`."""
def zeros_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., **options: Any) -> Tensor:
    r"""Zeros of the input's shape and dtype."""
