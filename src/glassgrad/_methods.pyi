"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np

from glassgrad.tensor import Tensor
import glassgrad.hooks
import glassgrad.ops.bins
import glassgrad.ops.decompose
import glassgrad.ops.random
import glassgrad.ops.reduce
import glassgrad.ops.scan

_Array = Tensor | np.ndarray
_Like = Tensor | np.ndarray | np.generic | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

class Methods:
    @property
    def H(self) -> Tensor: ...
    @property
    def T(self) -> Tensor: ...
    def __abs__(self) -> Tensor:
        r"""`y = |x|`; the derivative at 0 is 0."""
    def __add__(self, other: _Like) -> Tensor: ...
    def __and__(self, other: _Like) -> Tensor: ...
    __annotations__: builtins.dict
    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: builtins.dict[builtins.str, Any]) -> Any:
        r"""`np.concatenate([x, y])` and the like: the op, or NumPy on the arrays."""
    def __array_ufunc__(self, ufunc: Any, method: builtins.str, *inputs: Any, **kwargs: Any) -> Any:
        r"""`np.exp(x)` and the like: the op, or NumPy on the arrays. `out=` may be an array or a tensor that needs no gradient."""
    def __dlpack__(self, **options: Any) -> Any:
        r"""Export the memory to another library: `torch.from_dlpack(t)`, `np.from_dlpack(t)`. BufferError if the tensor requires grad."""
    def __dlpack_device__(self) -> Any: ...
    def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __floordiv__(self, other: _Like) -> Tensor: ...
    def __format__(self, spec: builtins.str) -> builtins.str:
        r"""A tensor without dimensions is formatted as its number; others take no format."""
    def __ge__(self, other: _Like) -> Tensor: ...
    def __getitem__(self, index: Any) -> Tensor:
        r"""`x[index]` with ints, slices, None, Ellipsis, integer and bool tensors, as in PyTorch. A view where NumPy's is."""
    def __gt__(self, other: _Like) -> Tensor: ...
    def __iadd__(self, other: _Like) -> Tensor: ...
    def __iand__(self, other: _Like) -> Tensor: ...
    def __ifloordiv__(self, other: _Like) -> Tensor: ...
    def __ilshift__(self, other: _Like) -> Tensor: ...
    def __imod__(self, other: _Like) -> Tensor: ...
    def __imul__(self, other: _Like) -> Tensor: ...
    def __invert__(self) -> Tensor:
        r"""`~x` of integers or bools."""
    def __ior__(self, other: _Like) -> Tensor: ...
    def __ipow__(self, other: _Like) -> Tensor: ...
    def __irshift__(self, other: _Like) -> Tensor: ...
    def __isub__(self, other: _Like) -> Tensor: ...
    def __itruediv__(self, other: _Like) -> Tensor: ...
    def __ixor__(self, other: _Like) -> Tensor: ...
    def __le__(self, other: _Like) -> Tensor: ...
    def __lshift__(self, other: _Like) -> Tensor: ...
    def __lt__(self, other: _Like) -> Tensor: ...
    def __matmul__(self, other: _Like) -> Tensor: ...
    def __mod__(self, other: _Like) -> Tensor: ...
    def __mul__(self, other: _Like) -> Tensor: ...
    def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor:
        r"""`y = -x`."""
    def __or__(self, other: _Like) -> Tensor: ...
    def __pos__(self) -> Tensor:
        r"""`y = +x`."""
    def __pow__(self, other: _Like) -> Tensor: ...
    def __radd__(self, other: _Like) -> Tensor: ...
    def __rand__(self, other: _Like) -> Tensor: ...
    def __repr__(self) -> builtins.str:
        r"""`tensor([1., 2.], requires_grad=True)`: the values, and the dtype where they don't tell it."""
    def __rfloordiv__(self, other: _Like) -> Tensor: ...
    def __rlshift__(self, other: _Like) -> Tensor: ...
    def __rmatmul__(self, other: _Like) -> Tensor: ...
    def __rmod__(self, other: _Like) -> Tensor: ...
    def __rmul__(self, other: _Like) -> Tensor: ...
    def __ror__(self, other: _Like) -> Tensor: ...
    def __rpow__(self, other: _Like) -> Tensor: ...
    def __rrshift__(self, other: _Like) -> Tensor: ...
    def __rshift__(self, other: _Like) -> Tensor: ...
    def __rsub__(self, other: _Like) -> Tensor: ...
    def __rtruediv__(self, other: _Like) -> Tensor: ...
    def __rxor__(self, other: _Like) -> Tensor: ...
    def __setitem__(self, index: Any, value: Any) -> None:
        r"""`x[index] = value` in place: value is cast and broadcast, and the gradient flows to it."""
    def __sub__(self, other: _Like) -> Tensor: ...
    def __truediv__(self, other: _Like) -> Tensor: ...
    def __xor__(self, other: _Like) -> Tensor: ...
    def _assign(self, value: Any, who: builtins.str = ...) -> Tensor:
        r"""Write `value`, an array or a tensor, broadcast and cast, over a tensor for the method `who`."""
    @property
    def _base(self) -> Tensor | None: ...
    def _binary_cross_entropy_(self, target: Tensor | builtins.float) -> Tensor:
        r"""`_binary_cross_entropy`, written over this tensor in place."""
    def _binary_cross_entropy_with_logits_(self, target: Tensor | builtins.float, pos_weight: Tensor | builtins.float) -> Tensor:
        r"""`_binary_cross_entropy_with_logits`, written over this tensor in place."""
    def _div_floor_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`_div_floor`, written over this tensor in place."""
    def _div_trunc_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`_div_trunc`, written over this tensor in place."""
    def _is_view(self) -> Any: ...
    def _kl_div_(self, target: Tensor | builtins.float) -> Tensor:
        r"""`_kl_div`, written over this tensor in place."""
    def _logit_(self) -> Tensor:
        r"""`_logit`, written over this tensor in place."""
    def _overwrite(self, function: Callable[..., Any], args: Sequence[Any] = ..., kwargs: builtins.dict[builtins.str, Any] | None = ..., who: builtins.str = ...) -> Tensor:
        r"""`self[...] = function(self, *args, **kwargs)`, what every in-place method ends in; returns self. Errors begin with `who`."""
    def _repr_mimebundle_(self, include: Any = ..., exclude: Any = ...) -> builtins.dict[builtins.str, builtins.str]:
        r"""The text of a tensor and, where it has a graph and Graphviz is there, the drawing of that, closed to what fits a page."""
    @property
    def _version(self) -> Any: ...
    def abs(self) -> Tensor:
        r"""`y = |x|`; the derivative at 0 is 0."""
    def abs_(self) -> Tensor:
        r"""`abs`, written over this tensor in place."""
    def absolute(self) -> Tensor:
        r"""`y = |x|`; the derivative at 0 is 0."""
    def absolute_(self) -> Tensor:
        r"""`abs`, written over this tensor in place."""
    def acos(self) -> Tensor:
        r"""The angle in [0, pi] whose cosine is x."""
    def acos_(self) -> Tensor:
        r"""`acos`, written over this tensor in place."""
    def acosh(self) -> Tensor:
        r"""The inverse of cosh, of x >= 1."""
    def acosh_(self) -> Tensor:
        r"""`acosh`, written over this tensor in place."""
    def add(self, other: _Like, *, alpha: builtins.float = ...) -> Tensor:
        r"""`y = input + alpha * other`, broadcast."""
    def add_(self, other: _Like, *, alpha: builtins.float = ...) -> Tensor:
        r"""`add`, written over this tensor in place."""
    def addbmm(self, batch1: _Like, batch2: _Like, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`beta * input + alpha * sum(batch1 @ batch2, 0)`: stacks of matrices to one matrix; input broadcasts. At beta 0 it is not read."""
    def addbmm_(self, batch1: Tensor, batch2: Tensor, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`addbmm`, written over this tensor in place."""
    def addcdiv(self, tensor1: _Like, tensor2: _Like, value: builtins.float = ...) -> Tensor:
        r"""`y = x + value * tensor1 / tensor2`, broadcast; RuntimeError where both of these are integers."""
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, value: builtins.float = ...) -> Tensor:
        r"""`addcdiv`, written over this tensor in place."""
    def addcmul(self, tensor1: _Like, tensor2: _Like, value: builtins.float = ...) -> Tensor:
        r"""`y = x + value * tensor1 * tensor2`, broadcast."""
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, value: builtins.float = ...) -> Tensor:
        r"""`addcmul`, written over this tensor in place."""
    def addmm(self, mat1: _Like, mat2: _Like, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`beta * input + alpha * (mat1 @ mat2)` of matrices; input broadcasts. At beta 0 it is not read."""
    def addmm_(self, mat1: Tensor, mat2: Tensor, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`addmm`, written over this tensor in place."""
    def addmv(self, mat: _Like, vec: _Like, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`beta * input + alpha * (mat @ vec)`, (n, k) @ (k,) -> (n,); input broadcasts. At beta 0 it is not read."""
    def addmv_(self, mat: Tensor, vec: Tensor, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`addmv`, written over this tensor in place."""
    def addr(self, vec1: _Like, vec2: _Like, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`beta * input + alpha * outer(vec1, vec2)`, (n,) and (m,) -> (n, m); input broadcasts. At beta 0 it is not read."""
    def addr_(self, vec1: Tensor, vec2: Tensor, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`addr`, written over this tensor in place."""
    def adjoint(self) -> Tensor:
        r"""The last two dimensions swapped. A view."""
    def all(self, dim: _Dim = ..., keepdim: builtins.bool = ...) -> Tensor:
        r"""Whether all elements over `dim` are true (not 0)."""
    def allclose(self, other: Tensor, rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ...) -> builtins.bool:
        r"""Whether all of `isclose` holds, as a Python bool."""
    def amax(self, dim: _Dim = ..., keepdim: builtins.bool = ...) -> Tensor:
        r"""The largest element over `dim`; equal ones share the gradient. NaN wins."""
    def amin(self, dim: _Dim = ..., keepdim: builtins.bool = ...) -> Tensor:
        r"""The smallest element over `dim`; equal ones share the gradient. NaN wins."""
    def aminmax(self, dim: builtins.int | None = ..., keepdim: builtins.bool = ...) -> glassgrad.ops.reduce.MinMax:
        r"""The smallest and the largest element over `dim`, as (min, max); equal ones share the gradient."""
    def any(self, dim: _Dim = ..., keepdim: builtins.bool = ...) -> Tensor:
        r"""Whether any element over `dim` is true (not 0)."""
    def arccos(self) -> Tensor:
        r"""The angle in [0, pi] whose cosine is x."""
    def arccos_(self) -> Tensor:
        r"""`acos`, written over this tensor in place."""
    def arccosh(self) -> Tensor:
        r"""The inverse of cosh, of x >= 1."""
    def arccosh_(self) -> Tensor:
        r"""`acosh`, written over this tensor in place."""
    def arcsin(self) -> Tensor:
        r"""The angle in [-pi/2, pi/2] whose sine is x."""
    def arcsin_(self) -> Tensor:
        r"""`asin`, written over this tensor in place."""
    def arcsinh(self) -> Tensor:
        r"""The inverse of sinh."""
    def arcsinh_(self) -> Tensor:
        r"""`asinh`, written over this tensor in place."""
    def arctan(self) -> Tensor:
        r"""The angle in [-pi/2, pi/2] whose tangent is x."""
    def arctan2(self, other: _Like) -> Tensor:
        r"""The angle in [-pi, pi] of the point (other, input): its tangent is input / other."""
    def arctan2_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`atan2`, written over this tensor in place."""
    def arctan_(self) -> Tensor:
        r"""`atan`, written over this tensor in place."""
    def arctanh(self) -> Tensor:
        r"""The inverse of tanh, of x in [-1, 1]."""
    def arctanh_(self) -> Tensor:
        r"""`atanh`, written over this tensor in place."""
    def argmax(self, dim: builtins.int | None = ..., keepdim: builtins.bool = ...) -> Tensor:
        r"""The index of the largest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
    def argmin(self, dim: builtins.int | None = ..., keepdim: builtins.bool = ...) -> Tensor:
        r"""The index of the smallest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
    def argsort(self, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ...) -> Tensor:
        r"""The indices that sort x along `dim`, int64; always stable. NaN counts as the largest."""
    def argwhere(self) -> Tensor:
        r"""The positions of the elements that aren't 0, one a row: (n, ndim)."""
    def asin(self) -> Tensor:
        r"""The angle in [-pi/2, pi/2] whose sine is x."""
    def asin_(self) -> Tensor:
        r"""`asin`, written over this tensor in place."""
    def asinh(self) -> Tensor:
        r"""The inverse of sinh."""
    def asinh_(self) -> Tensor:
        r"""`asinh`, written over this tensor in place."""
    def astype(self, *target: Any, dtype: Any = ..., device: Any = ..., other: Tensor | None = ..., non_blocking: builtins.bool = ..., copy: builtins.bool = ..., memory_format: Any = ...) -> Tensor:
        r"""Cast to a dtype, another tensor's dtype, or a device (there is one, "cpu"); itself where nothing changes."""
    def atan(self) -> Tensor:
        r"""The angle in [-pi/2, pi/2] whose tangent is x."""
    def atan2(self, other: _Like) -> Tensor:
        r"""The angle in [-pi, pi] of the point (other, input): its tangent is input / other."""
    def atan2_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`atan2`, written over this tensor in place."""
    def atan_(self) -> Tensor:
        r"""`atan`, written over this tensor in place."""
    def atanh(self) -> Tensor:
        r"""The inverse of tanh, of x in [-1, 1]."""
    def atanh_(self) -> Tensor:
        r"""`atanh`, written over this tensor in place."""
    def baddbmm(self, batch1: _Like, batch2: _Like, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`beta * input + alpha * (batch1 @ batch2)` of stacks of matrices; input broadcasts. At beta 0 it is not read."""
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, beta: builtins.float = ..., alpha: builtins.float = ...) -> Tensor:
        r"""`baddbmm`, written over this tensor in place."""
    def bernoulli(self, p: builtins.float | None = ..., generator: glassgrad.ops.random.Generator | None = ...) -> Tensor:
        r"""1 with probability `input`, or `p`, else 0, element by element; of the input's shape and dtype."""
    def bernoulli_(self, p: Any = ..., generator: glassgrad.ops.random.Generator | None = ...) -> Tensor:
        r"""Fill with 1 with probability `p` (a number, or a tensor that broadcasts), else 0, in place."""
    def bincount(self, weights: _Array | None = ..., minlength: builtins.int = ...) -> Tensor:
        r"""How often each integer from 0 on occurs in x (1-D, none negative), or the sums of its `weights`; at least `minlength`."""
    def bitwise_and(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input & other` of integers or bools, broadcast."""
    def bitwise_and_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`bitwise_and`, written over this tensor in place."""
    def bitwise_left_shift(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input << other` of integers, broadcast."""
    def bitwise_left_shift_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`bitwise_left_shift`, written over this tensor in place."""
    def bitwise_not(self) -> Tensor:
        r"""`~x` of integers or bools."""
    def bitwise_not_(self) -> Tensor:
        r"""`bitwise_not`, written over this tensor in place."""
    def bitwise_or(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input | other` of integers or bools, broadcast."""
    def bitwise_or_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`bitwise_or`, written over this tensor in place."""
    def bitwise_right_shift(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input >> other` of integers, broadcast."""
    def bitwise_right_shift_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`bitwise_right_shift`, written over this tensor in place."""
    def bitwise_xor(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input ^ other` of integers or bools, broadcast."""
    def bitwise_xor_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`bitwise_xor`, written over this tensor in place."""
    def bmm(self, mat2: _Like) -> Tensor:
        r"""The products of two stacks of matrices, (B, n, k) @ (B, k, m) -> (B, n, m)."""
    def bool(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.bool)`."""
    def broadcast_to(self, shape: Sequence[builtins.int]) -> Tensor:
        r"""`expand` to `shape`."""
    def byte(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.uint8)`."""
    def cauchy_(self, *args: Any, generator: glassgrad.ops.random.Generator | None = ..., **parameters: Any) -> Tensor:
        r"""Fill from the Cauchy distribution of the given `median` and width `sigma`, in place."""
    def ceil(self) -> Tensor:
        r"""The next integer above (or x itself). The derivative is 0."""
    def ceil_(self) -> Tensor:
        r"""`ceil`, written over this tensor in place."""
    def char(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.int8)`."""
    def cholesky(self, upper: builtins.bool = ...) -> Tensor:
        r"""The lower triangular L with `A = L @ L.mT` (or the upper, L.mT) of symmetric positive definite matrices, (..., n, n)."""
    def cholesky_inverse(self, upper: builtins.bool = ...) -> Tensor:
        r"""The inverse of the A of which L is the Cholesky factor, (..., n, n)."""
    def cholesky_solve(self, L: _Like, upper: builtins.bool = ...) -> Tensor:
        r"""The X with `A @ X = B` for the A of which L is the Cholesky factor: B (..., n, k), L (..., n, n)."""
    def chunk(self, chunks: builtins.int, dim: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
        r"""At most `chunks` pieces of equal size (the last may be smaller) along `dim`. Views."""
    def clamp(self, min: builtins.float | _Like | None = ..., max: builtins.float | _Like | None = ...) -> Tensor:
        r"""`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
    def clamp_(self, min: builtins.float | Tensor | None = ..., max: builtins.float | Tensor | None = ...) -> Tensor:
        r"""`clamp`, written over this tensor in place."""
    def clamp_max(self, max: builtins.float | _Like) -> Tensor:
        r"""`y = minimum(x, max)`; above the gradient goes to the bound."""
    def clamp_max_(self, max: builtins.float | Tensor) -> Tensor:
        r"""`clamp_max`, written over this tensor in place."""
    def clamp_min(self, min: builtins.float | _Like) -> Tensor:
        r"""`y = maximum(x, min)`; below the gradient goes to the bound."""
    def clamp_min_(self, min: builtins.float | Tensor) -> Tensor:
        r"""`clamp_min`, written over this tensor in place."""
    def clip(self, min: builtins.float | _Like | None = ..., max: builtins.float | _Like | None = ...) -> Tensor:
        r"""`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
    def clip_(self, min: builtins.float | Tensor | None = ..., max: builtins.float | Tensor | None = ...) -> Tensor:
        r"""`clamp`, written over this tensor in place."""
    def clone(self, memory_format: Any = ...) -> Tensor:
        r"""A copy; the gradient flows through."""
    def contiguous(self, memory_format: Any = ...) -> Tensor:
        r"""The tensor itself if its elements lie in row-major order, else a copy that does."""
    def copy_(self, source: Tensor, non_blocking: builtins.bool = ...) -> Tensor:
        r"""Write `source`, broadcast and cast, over this tensor."""
    def copysign(self, other: _Like) -> Tensor:
        r"""The magnitude of input with the sign of other; the derivative at input = 0 is 0."""
    def copysign_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`copysign`, written over this tensor in place."""
    def corrcoef(self) -> Tensor:
        r"""The correlations of the rows, `cov` divided by both standard deviations: (variables, observations) -> (variables, variables)."""
    def cos(self) -> Tensor:
        r"""The cosine of x, in radians."""
    def cos_(self) -> Tensor:
        r"""`cos`, written over this tensor in place."""
    def cosh(self) -> Tensor:
        r"""The hyperbolic cosine."""
    def cosh_(self) -> Tensor:
        r"""`cosh`, written over this tensor in place."""
    def count_nonzero(self, dim: _Dim = ...) -> Tensor:
        r"""How many elements over `dim` are not 0, int64."""
    def cov(self, correction: builtins.int = ..., fweights: _Like | None = ..., aweights: _Like | None = ...) -> Tensor:
        r"""The covariances of the rows, (variables, observations) -> (variables, variables), divided by observations - correction."""
    def cpu(self, memory_format: Any = ...) -> Tensor:
        r"""The tensor itself: it is on the CPU."""
    def cross(self, other: _Like, dim: builtins.int | None = ...) -> Tensor:
        r"""The cross products of the vectors of three elements along `dim` (default: the first dimension of size 3), broadcast."""
    def cuda(self, *args: Any, **kwargs: Any) -> Any:
        r"""RuntimeError: there is no such device."""
    def cummax(self, dim: builtins.int) -> glassgrad.ops.scan.Chosen:
        r"""The largest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
    def cummin(self, dim: builtins.int) -> glassgrad.ops.scan.Chosen:
        r"""The smallest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
    def cumprod(self, dim: builtins.int, dtype: Any = ...) -> Tensor:
        r"""The running product along `dim`: `y[i] = x[0] * ... * x[i]`; integers and bools give int64."""
    def cumprod_(self, dim: builtins.int, dtype: Any = ...) -> Tensor:
        r"""`cumprod`, written over this tensor in place."""
    def cumsum(self, dim: builtins.int, dtype: Any = ...) -> Tensor:
        r"""The running sum along `dim`: `y[i] = x[0] + ... + x[i]`; integers and bools add up to int64."""
    def cumsum_(self, dim: builtins.int, dtype: Any = ...) -> Tensor:
        r"""`cumsum`, written over this tensor in place."""
    def data_ptr(self) -> builtins.int:
        r"""The address of the first element: views that begin at the same element share it."""
    def deg2rad(self) -> Tensor:
        r"""Degrees as radians."""
    def deg2rad_(self) -> Tensor:
        r"""`deg2rad`, written over this tensor in place."""
    def det(self) -> Tensor:
        r"""The determinant of each square matrix, (..., n, n) -> (...)."""
    def detach_(self) -> Tensor:
        r"""Take this tensor itself out of the graph, and return it; RuntimeError for a view."""
    def diag(self, diagonal: builtins.int = ...) -> Tensor:
        r"""The matrix with the vector x on its diagonal, or the diagonal of the matrix x."""
    def diag_embed(self, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ...) -> Tensor:
        r"""Matrices in dimensions `dim1` and `dim2` with the last dimension of x on their diagonal, shifted right by `offset`."""
    def diagflat(self, offset: builtins.int = ...) -> Tensor:
        r"""The matrix with the elements of x, in row-major order, on its diagonal."""
    def diagonal(self, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ...) -> Tensor:
        r"""The entries with `index[dim2] - index[dim1] == offset`, as a new last dimension in place of the two. A view."""
    def diagonal_scatter(self, src: _Like, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ...) -> Tensor:
        r"""x with `src` in place of `x.diagonal(offset, dim1, dim2)`."""
    def diff(self, n: builtins.int = ..., dim: builtins.int = ..., prepend: _Like | None = ..., append: _Like | None = ...) -> Tensor:
        r"""The differences `x[i + 1] - x[i]` along `dim`, n times over; `prepend` and `append` are joined to x first."""
    def digamma(self) -> Tensor:
        r"""The derivative of lgamma; NaN at negative integers."""
    def digamma_(self) -> Tensor:
        r"""`digamma`, written over this tensor in place."""
    def dist(self, other: _Like, p: builtins.float = ...) -> Tensor:
        r"""The p-norm of `x - other`, broadcast."""
    def div(self, other: _Like, *, rounding_mode: builtins.str | None = ...) -> Tensor:
        r"""`y = input / other`, broadcast; integers give the default float."""
    def div_(self, other: _Like, *, rounding_mode: builtins.str | None = ...) -> Tensor:
        r"""`div`, written over this tensor in place."""
    def divide(self, other: _Like, *, rounding_mode: builtins.str | None = ...) -> Tensor:
        r"""`y = input / other`, broadcast; integers give the default float."""
    def divide_(self, other: _Like, *, rounding_mode: builtins.str | None = ...) -> Tensor:
        r"""`div`, written over this tensor in place."""
    def dot(self, tensor: _Like) -> Tensor:
        r"""The sum of the products of two vectors' elements, (n,) and (n,) -> ()."""
    def double(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.float64)`."""
    def dsplit(self, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
        r"""`tensor_split` into equal pieces along dim 2."""
    def eq(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input == other` element by element, broadcast, as bool."""
    def eq_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`eq`, written over this tensor in place."""
    def equal(self, other: Tensor) -> builtins.bool:
        r"""Whether two tensors have the same shape and equal elements, as a Python bool."""
    def erf(self) -> Tensor:
        r"""The error function, `2 / sqrt(pi) * integral of exp(-t*t) from 0 to x`."""
    def erf_(self) -> Tensor:
        r"""`erf`, written over this tensor in place."""
    def erfc(self) -> Tensor:
        r"""`y = 1 - erf(x)`, precise where erf is near 1."""
    def erfc_(self) -> Tensor:
        r"""`erfc`, written over this tensor in place."""
    def erfinv(self) -> Tensor:
        r"""The inverse of erf, of x in [-1, 1]."""
    def erfinv_(self) -> Tensor:
        r"""`erfinv`, written over this tensor in place."""
    def exp(self) -> Tensor:
        r"""`y = e**x`."""
    def exp2(self) -> Tensor:
        r"""`y = 2**x`."""
    def exp2_(self) -> Tensor:
        r"""`exp2`, written over this tensor in place."""
    def exp_(self) -> Tensor:
        r"""`exp`, written over this tensor in place."""
    @overload
    def expand(self, *sizes: builtins.int) -> Tensor:
        r"""Stretch dimensions of size 1, and add leading ones, without copying; -1 keeps a size."""
    @overload
    def expand(self, sizes: Sequence[builtins.int]) -> Tensor: ...
    def expand_as(self, other: Tensor) -> Tensor:
        r"""`expand` to the shape of `other`."""
    def expm1(self) -> Tensor:
        r"""`y = e**x - 1`, precise near 0."""
    def expm1_(self) -> Tensor:
        r"""`expm1`, written over this tensor in place."""
    def exponential_(self, *args: Any, generator: glassgrad.ops.random.Generator | None = ..., **parameters: Any) -> Tensor:
        r"""Fill from the exponential distribution of rate `lambd`, in place."""
    def fill_(self, value: builtins.float | Tensor) -> Tensor:
        r"""Write a number, or a 0-d tensor, over each element."""
    def fill_diagonal_(self, fill_value: builtins.float, wrap: builtins.bool = ...) -> Tensor:
        r"""`fill_diagonal`, written over this tensor in place."""
    def fix(self) -> Tensor:
        r"""The next integer towards 0 (or x itself). The derivative is 0."""
    def fix_(self) -> Tensor:
        r"""`trunc`, written over this tensor in place."""
    def flatten(self, start_dim: builtins.int = ..., end_dim: builtins.int = ...) -> Tensor:
        r"""Merge dimensions `start_dim` to `end_dim` (both included) into one."""
    @overload
    def flip(self, *dims: builtins.int) -> Tensor:
        r"""The entries along `dims` in reverse order. A copy."""
    @overload
    def flip(self, dims: Sequence[builtins.int]) -> Tensor: ...
    def fliplr(self) -> Tensor:
        r"""The columns (dim 1) in reverse order."""
    def flipud(self) -> Tensor:
        r"""The rows (dim 0) in reverse order."""
    def float(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.float32)`."""
    def float_power(self, exponent: _Like) -> Tensor:
        r"""`y = input ** exponent` in float64, whatever the dtypes."""
    def float_power_(self, exponent: _Like) -> Tensor:
        r"""`float_power`, written over this tensor in place: it must be float64."""
    def floor(self) -> Tensor:
        r"""The next integer below (or x itself). The derivative is 0."""
    def floor_(self) -> Tensor:
        r"""`floor`, written over this tensor in place."""
    def floor_divide(self, other: _Like) -> Tensor:
        r"""`y = floor(input / other)`, broadcast; no gradient flows through it. ZeroDivisionError for integers by zero."""
    def floor_divide_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`floor_divide`, written over this tensor in place."""
    def fmax(self, other: _Like) -> Tensor:
        r"""The larger of input and other, a number rather than NaN; of equal elements input gets the gradient."""
    def fmin(self, other: _Like) -> Tensor:
        r"""The smaller of input and other, a number rather than NaN; of equal elements input gets the gradient."""
    def fmod(self, other: _Like) -> Tensor:
        r"""`y = input - other * trunc(input / other)`, broadcast, with the sign of input. ZeroDivisionError for integers by zero."""
    def fmod_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`fmod`, written over this tensor in place."""
    def frac(self) -> Tensor:
        r"""`y = x - trunc(x)`, with the sign of x."""
    def frac_(self) -> Tensor:
        r"""`frac`, written over this tensor in place."""
    def gather(self, dim: builtins.int, index: _Array, sparse_grad: builtins.bool = ...) -> Tensor:
        r"""`y[i][j][k] = x[index[i][j][k]][j][k]` for dim 0, and likewise for the others; index is int64, of x's rank."""
    def gcd(self, other: Tensor | builtins.float) -> Tensor:
        r"""The greatest common divisor of integers."""
    def gcd_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`gcd`, written over this tensor in place."""
    def ge(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input >= other` element by element, broadcast, as bool."""
    def ge_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`ge`, written over this tensor in place."""
    def geometric_(self, *args: Any, generator: glassgrad.ops.random.Generator | None = ..., **parameters: Any) -> Tensor:
        r"""Fill with the number of trials up to the first success, of probability `p`, in place."""
    def ger(self, vec2: _Like) -> Tensor:
        r"""All products of two vectors' elements, (n,) and (m,) -> (n, m)."""
    def get_device(self) -> Any:
        r"""-1, which stands for the CPU."""
    def greater(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input > other` element by element, broadcast, as bool."""
    def greater_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`gt`, written over this tensor in place."""
    def greater_equal(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input >= other` element by element, broadcast, as bool."""
    def greater_equal_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`ge`, written over this tensor in place."""
    def gt(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input > other` element by element, broadcast, as bool."""
    def gt_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`gt`, written over this tensor in place."""
    def half(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.float16)`."""
    def hardshrink(self, lambd: builtins.float = ...) -> Tensor:
        r"""`y = x` where |x| > lambd, else 0."""
    def heaviside(self, values: _Like) -> Tensor:
        r"""0 where x < 0, 1 where x > 0, and `values` where x is 0."""
    def heaviside_(self, values: Tensor | builtins.float) -> Tensor:
        r"""`heaviside`, written over this tensor in place."""
    def histc(self, bins: builtins.int = ..., min: builtins.float = ..., max: builtins.float = ...) -> Tensor:
        r"""How many elements lie in each of `bins` equal bins from `min` to `max` (or from the smallest to the largest), of x's dtype."""
    def histogram(self, bins: builtins.int | _Like = ..., range: builtins.tuple[builtins.float, builtins.float] | None = ..., weight: _Like | None = ..., density: builtins.bool = ...) -> glassgrad.ops.bins.Histogram:
        r"""(hist, bin_edges): how many elements (or what weight) each bin holds, or with `density` their share by width."""
    def hsplit(self, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
        r"""`tensor_split` into equal pieces along dim 1, of a vector along dim 0."""
    def hypot(self, other: _Like) -> Tensor:
        r"""`y = sqrt(input * input + other * other)`, without overflow."""
    def hypot_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`hypot`, written over this tensor in place."""
    def index_add(self, dim: builtins.int, index: _Like, source: _Like, alpha: builtins.float = ...) -> Tensor:
        r"""x with entry i of `source`, times alpha, added to entry index[i] of `dim`."""
    def index_add_(self, dim: builtins.int, index: Tensor, source: Tensor, alpha: builtins.float = ...) -> Tensor:
        r"""`index_add`, written over this tensor in place."""
    def index_copy(self, dim: builtins.int, index: _Like, source: _Like) -> Tensor:
        r"""x with entry i of `source` in place of entry index[i] of `dim`."""
    def index_copy_(self, dim: builtins.int, index: Tensor, source: Tensor) -> Tensor:
        r"""`index_copy`, written over this tensor in place."""
    def index_fill(self, dim: builtins.int, index: _Like, value: builtins.float | _Like) -> Tensor:
        r"""x with `value` (a number or 0-d) in the entries `index` of `dim`."""
    def index_fill_(self, dim: builtins.int, index: Tensor, value: builtins.float | Tensor) -> Tensor:
        r"""`index_fill`, written over this tensor in place."""
    def index_put(self, indices: Sequence[Any], values: _Like | builtins.float, accumulate: builtins.bool = ...) -> Tensor:
        r"""x with `y[indices] = values`, or with `values` added there; they broadcast to what `x[indices]` is."""
    def index_put_(self, indices: Sequence[Any], values: Tensor | builtins.float, accumulate: builtins.bool = ...) -> Tensor:
        r"""`index_put`, written over this tensor in place."""
    def index_reduce(self, dim: builtins.int, index: _Like, source: _Like, reduce: builtins.str, include_self: builtins.bool = ...) -> Tensor:
        r"""The entries of `source` that go to one entry of `dim`, reduced: "prod", "mean", "amax" or "amin"; see `scatter_reduce`."""
    def index_reduce_(self, dim: builtins.int, index: Tensor, source: Tensor, reduce: builtins.str, include_self: builtins.bool = ...) -> Tensor:
        r"""`index_reduce`, written over this tensor in place."""
    def index_select(self, dim: builtins.int, index: _Like) -> Tensor:
        r"""The entries `index` (1-D, integer) of dimension `dim`."""
    def inner(self, other: _Like) -> Tensor:
        r"""The dot products of all rows along the last dimension: (..., k) and (***, k) -> (..., ***). Of a number, the product."""
    def int(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.int32)`."""
    def inverse(self) -> Tensor:
        r"""The inverse of each square matrix, (..., n, n). LinAlgError if one is singular."""
    def is_complex(self) -> builtins.bool:
        r"""False: there are no complex tensors."""
    def is_conj(self) -> Any:
        r"""False: there are no complex tensors."""
    is_cpu: builtins.bool
    is_cuda: builtins.bool
    is_meta: builtins.bool
    is_mkldnn: builtins.bool
    is_mps: builtins.bool
    is_nested: builtins.bool
    def is_nonzero(self) -> builtins.bool:
        r"""Whether the one element of the tensor is not 0, as a Python bool."""
    def is_pinned(self) -> Any:
        r"""False: memory is never pinned."""
    is_quantized: builtins.bool
    def is_same_size(self, other: Tensor) -> builtins.bool:
        r"""Whether both have one shape."""
    def is_shared(self) -> Any:
        r"""False: processes get copies."""
    def is_signed(self) -> builtins.bool:
        r"""Whether the dtype has negative numbers."""
    is_xpu: builtins.bool
    def isclose(self, other: _Like, rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ...) -> Tensor:
        r"""`|x - other| <= atol + rtol * |other|`, broadcast; an infinity is close to itself, NaN only with `equal_nan`."""
    def isfinite(self) -> Tensor:
        r"""Whether x is neither infinite nor NaN."""
    def isinf(self) -> Tensor:
        r"""Whether x is inf or -inf."""
    def isnan(self) -> Tensor:
        r"""Whether x is NaN."""
    def isneginf(self) -> Tensor:
        r"""Whether x is -inf."""
    def isposinf(self) -> Tensor:
        r"""Whether x is inf."""
    def isreal(self) -> Tensor:
        r"""True: there are no complex tensors."""
    @property
    def itemsize(self) -> Any: ...
    def kron(self, other: _Like) -> Tensor:
        r"""The Kronecker product: each element of `input` times all of `other`; sizes multiply, missing dimensions are 1."""
    def kthvalue(self, k: builtins.int, dim: builtins.int = ..., keepdim: builtins.bool = ...) -> glassgrad.ops.scan.Chosen:
        r"""The k-th smallest element along `dim`, k from 1, as (values, indices). NaN counts as the largest."""
    layout: Any
    def lcm(self, other: Tensor | builtins.float) -> Tensor:
        r"""The least common multiple of integers."""
    def lcm_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`lcm`, written over this tensor in place."""
    def ldexp(self, other: _Like) -> Tensor:
        r"""`y = input * 2 ** other`."""
    def ldexp_(self, other: Tensor) -> Tensor:
        r"""`ldexp`, written over this tensor in place."""
    def le(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input <= other` element by element, broadcast, as bool."""
    def le_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`le`, written over this tensor in place."""
    def lerp(self, end: _Array, weight: builtins.float | _Array) -> Tensor:
        r"""`y = x + weight * (end - x)`, broadcast; weight is a number or a tensor."""
    def lerp_(self, end: Tensor, weight: builtins.float | Tensor) -> Tensor:
        r"""`lerp`, written over this tensor in place."""
    def less(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input < other` element by element, broadcast, as bool."""
    def less_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`lt`, written over this tensor in place."""
    def less_equal(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input <= other` element by element, broadcast, as bool."""
    def less_equal_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`le`, written over this tensor in place."""
    def lgamma(self) -> Tensor:
        r"""`y = log(|gamma(x)|)`."""
    def lgamma_(self) -> Tensor:
        r"""`lgamma`, written over this tensor in place."""
    def log(self) -> Tensor:
        r"""The natural logarithm."""
    def log10(self) -> Tensor:
        r"""The logarithm to base 10."""
    def log10_(self) -> Tensor:
        r"""`log10`, written over this tensor in place."""
    def log1p(self) -> Tensor:
        r"""`y = log(1 + x)`, precise near 0."""
    def log1p_(self) -> Tensor:
        r"""`log1p`, written over this tensor in place."""
    def log2(self) -> Tensor:
        r"""The logarithm to base 2."""
    def log2_(self) -> Tensor:
        r"""`log2`, written over this tensor in place."""
    def log_(self) -> Tensor:
        r"""`log`, written over this tensor in place."""
    def log_normal_(self, *args: Any, generator: glassgrad.ops.random.Generator | None = ..., **parameters: Any) -> Tensor:
        r"""Fill with exp of normal values of the given `mean` and `std`, in place."""
    def log_softmax(self, dim: builtins.int = ..., dtype: Any = ...) -> Tensor:
        r"""`y = x - log(sum(exp(x)))` along `dim`; cast to `dtype` first."""
    def logaddexp(self, other: _Like) -> Tensor:
        r"""`y = log(exp(input) + exp(other))`, without overflow."""
    def logaddexp2(self, other: _Like) -> Tensor:
        r"""`y = log2(2**input + 2**other)`, without overflow."""
    def logcumsumexp(self, dim: builtins.int) -> Tensor:
        r"""The running `log(sum(exp(x)))` along `dim`, without overflow."""
    def logdet(self) -> Tensor:
        r"""The logarithm of the determinant, (..., n, n) -> (...); NaN where it is negative, -inf where it is 0."""
    def logical_and(self, other: Tensor | builtins.float) -> Tensor:
        r"""Whether neither input nor other is 0, as bool, broadcast."""
    def logical_and_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`logical_and`, written over this tensor in place."""
    def logical_not(self) -> Tensor:
        r"""Whether x is 0 (or False)."""
    def logical_not_(self) -> Tensor:
        r"""`logical_not`, written over this tensor in place."""
    def logical_or(self, other: Tensor | builtins.float) -> Tensor:
        r"""Whether input or other is not 0, as bool, broadcast."""
    def logical_or_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`logical_or`, written over this tensor in place."""
    def logical_xor(self, other: Tensor | builtins.float) -> Tensor:
        r"""Whether exactly one of input and other is 0, as bool, broadcast."""
    def logical_xor_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`logical_xor`, written over this tensor in place."""
    def logit(self, eps: builtins.float | None = ...) -> Tensor:
        r"""`y = log(x / (1 - x))`, the inverse of sigmoid; with `eps`, x is clamped to [eps, 1 - eps] first."""
    def logit_(self, eps: builtins.float | None = ...) -> Tensor:
        r"""`logit`, written over this tensor in place."""
    def logsumexp(self, dim: _Dim, keepdim: builtins.bool = ...) -> Tensor:
        r"""`log(sum(exp(x)))` over `dim`, shifted by the largest element so that it doesn't overflow."""
    def long(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.int64)`."""
    def lt(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input < other` element by element, broadcast, as bool."""
    def lt_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`lt`, written over this tensor in place."""
    @property
    def mH(self) -> Tensor: ...
    @property
    def mT(self) -> Tensor: ...
    def masked_fill(self, mask: _Like, value: builtins.float | _Like) -> Tensor:
        r"""x with `value` (a number or 0-d) where the bool `mask` is true; x and mask broadcast. No gradient flows to x there."""
    def masked_fill_(self, mask: Tensor, value: builtins.float | Tensor) -> Tensor:
        r"""`masked_fill`, written over this tensor in place."""
    def masked_scatter(self, mask: _Like, source: _Like) -> Tensor:
        r"""x with the elements of `source`, in row-major order, where the bool `mask` is true; x and mask broadcast."""
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        r"""`masked_scatter`, written over this tensor in place."""
    def masked_select(self, mask: _Like) -> Tensor:
        r"""The elements where the bool `mask` is true, in row-major order, in one dimension; x and mask broadcast."""
    def matmul(self, other: _Like) -> Tensor:
        r"""`y = input @ other`: (..., n, k) @ (..., k, m) -> (..., n, m), batch dimensions broadcast; a 1-D operand is a row or column."""
    def matrix_exp(self) -> Tensor:
        r"""`I + A + A @ A / 2 + A @ A @ A / 6 + ...` of square matrices, by scaling and squaring: exp(A) is exp(A / 2**s) ** 2**s."""
    def matrix_power(self, n: builtins.int) -> Tensor:
        r"""A multiplied by itself n times, by repeated squaring; n = 0 gives the identity, negative n powers of the inverse."""
    @overload
    def max(self) -> Tensor:
        r"""The largest element; with an int `dim`, (values, indices) along it; with a tensor, `maximum`."""
    @overload
    def max(self, dim: builtins.int, keepdim: builtins.bool = ...) -> glassgrad.ops.scan.Chosen: ...
    @overload
    def max(self, other: Tensor) -> Tensor: ...
    def maximum(self, other: _Like) -> Tensor:
        r"""The larger of input and other; equal elements share the gradient. NaN wins."""
    def mean(self, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ...) -> Tensor:
        r"""The mean over `dim`; NaN where there is nothing to average."""
    @overload
    def median(self) -> Tensor:
        r"""The median, the lower of two; with `dim`, (values, indices) along it. A NaN makes it NaN."""
    @overload
    def median(self, dim: builtins.int, keepdim: builtins.bool = ...) -> glassgrad.ops.scan.Chosen: ...
    @overload
    def min(self) -> Tensor:
        r"""The smallest element; with an int `dim`, (values, indices) along it; with a tensor, `minimum`."""
    @overload
    def min(self, dim: builtins.int, keepdim: builtins.bool = ...) -> glassgrad.ops.scan.Chosen: ...
    @overload
    def min(self, other: Tensor) -> Tensor: ...
    def minimum(self, other: _Like) -> Tensor:
        r"""The smaller of input and other; equal elements share the gradient. NaN wins."""
    def mm(self, mat2: _Like) -> Tensor:
        r"""The product of two matrices, (n, k) @ (k, m) -> (n, m)."""
    def mode(self, dim: builtins.int = ..., keepdim: builtins.bool = ...) -> glassgrad.ops.scan.Chosen:
        r"""The most frequent element along `dim` as (values, indices): the smallest of such, the last of its places."""
    def moveaxis(self, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]) -> Tensor:
        r"""`movedim`."""
    def movedim(self, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]) -> Tensor:
        r"""Dimensions `source` moved to the positions `destination`, the others in their order. A view."""
    def msort(self) -> Tensor:
        r"""x in order along its first dimension."""
    def mul(self, other: _Like) -> Tensor:
        r"""`y = input * other`, broadcast."""
    def mul_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`mul`, written over this tensor in place."""
    def multinomial(self, num_samples: builtins.int, replacement: builtins.bool = ..., generator: glassgrad.ops.random.Generator | None = ...) -> Tensor:
        r"""Indices drawn with probability proportional to each row of the input: (C) or (R, C) -> (num_samples) or (R, num_samples)."""
    def multiply(self, other: _Like) -> Tensor:
        r"""`y = input * other`, broadcast."""
    def multiply_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`mul`, written over this tensor in place."""
    def mv(self, vec: _Like) -> Tensor:
        r"""The product of a matrix and a vector, (n, k) @ (k,) -> (n,)."""
    def mvlgamma(self, p: builtins.int) -> Tensor:
        r"""The logarithm of the multivariate gamma function, `p * (p - 1) / 4 * log(pi) + sum of lgamma(x - j / 2)`, j = 0 to p - 1."""
    def mvlgamma_(self, p: builtins.int) -> Tensor:
        r"""`mvlgamma`, written over this tensor in place."""
    def nan_to_num(self, nan: builtins.float | None = ..., posinf: builtins.float | None = ..., neginf: builtins.float | None = ...) -> Tensor:
        r"""x with these numbers for NaN, inf and -inf (None: the largest and the smallest finite value); there the derivative is 0."""
    def nan_to_num_(self, nan: builtins.float | None = ..., posinf: builtins.float | None = ..., neginf: builtins.float | None = ...) -> Tensor:
        r"""`nan_to_num`, written over this tensor in place."""
    def nanmean(self, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ...) -> Tensor:
        r"""The mean over `dim` of what is not NaN."""
    @overload
    def nanmedian(self) -> Tensor:
        r"""The median, the lower of two, of what is not NaN; with `dim`, (values, indices) along it."""
    @overload
    def nanmedian(self, dim: builtins.int, keepdim: builtins.bool = ...) -> glassgrad.ops.scan.Chosen: ...
    def nanquantile(self, q: builtins.float | _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., interpolation: builtins.str = ...) -> Tensor:
        r"""`quantile` of what is not NaN."""
    def nansum(self, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ...) -> Tensor:
        r"""The sum over `dim`, with NaN as 0."""
    def narrow(self, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
        r"""`length` entries of dimension `dim` from `start` on. A view."""
    @property
    def nbytes(self) -> Any: ...
    def ndimension(self) -> builtins.int:
        r"""The number of dimensions."""
    def ne(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input != other` element by element, broadcast, as bool."""
    def ne_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`ne`, written over this tensor in place."""
    def neg(self) -> Tensor:
        r"""`y = -x`."""
    def neg_(self) -> Tensor:
        r"""`neg`, written over this tensor in place."""
    def negative(self) -> Tensor:
        r"""`y = -x`."""
    def negative_(self) -> Tensor:
        r"""`neg`, written over this tensor in place."""
    @overload
    def new_empty(self, *size: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
        r"""Unset memory of shape `size` and this tensor's dtype."""
    @overload
    def new_empty(self, size: Sequence[builtins.int], *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
    def new_full(self, size: Any, fill_value: Any, dtype: Any = ..., *, device: Any = ..., requires_grad: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
        r"""`fill_value` in every element, of shape `size` and this tensor's dtype."""
    @overload
    def new_ones(self, *size: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
        r"""Ones of shape `size` and this tensor's dtype."""
    @overload
    def new_ones(self, size: Sequence[builtins.int], *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
    def new_tensor(self, data: Any, dtype: Any = ..., *, device: Any = ..., requires_grad: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
        r"""A copy of `data` in this tensor's dtype."""
    @overload
    def new_zeros(self, *size: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
        r"""Zeros of shape `size` and this tensor's dtype."""
    @overload
    def new_zeros(self, size: Sequence[builtins.int], *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
    def nextafter(self, other: _Like) -> Tensor:
        r"""The float after input in the direction of other. Its gradient goes to input, but not where the two are equal."""
    def nextafter_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`nextafter`, written over this tensor in place."""
    @overload
    def nonzero(self) -> Tensor:
        r"""The positions of the elements that aren't 0, one a row (n, ndim); or as a tuple of an index for each dimension."""
    @overload
    def nonzero(self, as_tuple: Literal[False]) -> Tensor: ...
    @overload
    def nonzero(self, as_tuple: Literal[True]) -> builtins.tuple[Tensor, ...]: ...
    def norm(self, p: builtins.float | builtins.str = ..., dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ...) -> Tensor:
        r"""The p-norm of the elements over `dim`, `sum(|x|**p) ** (1 / p)`: "fro" is 2, inf the largest, 0 counts what isn't 0."""
    def normal_(self, mean: builtins.float = ..., std: builtins.float = ..., generator: glassgrad.ops.random.Generator | None = ...) -> Tensor:
        r"""Fill with normal values, in place."""
    def not_equal(self, other: Tensor | builtins.float) -> Tensor:
        r"""`input != other` element by element, broadcast, as bool."""
    def not_equal_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`ne`, written over this tensor in place."""
    def outer(self, vec2: _Like) -> Tensor:
        r"""All products of two vectors' elements, (n,) and (m,) -> (n, m)."""
    @overload
    def permute(self, *dims: builtins.int) -> Tensor:
        r"""Reorder the dimensions: `y.shape[i] = x.shape[dims[i]]`. A view."""
    @overload
    def permute(self, dims: Sequence[builtins.int]) -> Tensor: ...
    def pin_memory(self, *args: Any, **kwargs: Any) -> Tensor:
        r"""The tensor itself: it is already so."""
    def pinverse(self, rcond: builtins.float = ...) -> Tensor:
        r"""`linalg.pinv` with rtol = rcond."""
    def polygamma(self, n: builtins.int) -> Tensor:
        r"""The n-th derivative of digamma, n >= 0."""
    def polygamma_(self, n: builtins.int) -> Tensor:
        r"""`polygamma`, written over this tensor in place."""
    def positive(self) -> Tensor:
        r"""`y = +x`."""
    def pow(self, exponent: _Like) -> Tensor:
        r"""`y = input ** exponent`, broadcast."""
    def pow_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`pow`, written over this tensor in place."""
    def prelu(self, weight: _Like) -> Tensor:
        r"""`y = x` where x > 0, else `weight * x`; weight has one element, or one for each channel (dimension 1). He et al. 2015."""
    def prod(self, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., dtype: Any = ...) -> Tensor:
        r"""The product over `dim` (an int, or all); integers and bools give int64. Zeros do its gradient no harm."""
    def put(self, index: _Like, source: _Like, accumulate: builtins.bool = ...) -> Tensor:
        r"""x with the elements of `source` at `index` of the flat tensor, or added there; a negative index counts from the end."""
    def put_(self, index: Tensor, source: Tensor, accumulate: builtins.bool = ...) -> Tensor:
        r"""`put`, written over this tensor in place."""
    def qr(self, some: builtins.bool = ...) -> glassgrad.ops.decompose.QRResult:
        r"""`linalg.qr` with mode "reduced", or "complete" if not some."""
    def quantile(self, q: builtins.float | _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., interpolation: builtins.str = ...) -> Tensor:
        r"""The q-quantiles along `dim`, or of all elements: q in [0, 1], a number or 1-D, which then comes first in the shape."""
    def rad2deg(self) -> Tensor:
        r"""Radians as degrees."""
    def rad2deg_(self) -> Tensor:
        r"""`rad2deg`, written over this tensor in place."""
    def random_(self, *bounds: Any, generator: glassgrad.ops.random.Generator | None = ...) -> Tensor:
        r"""Fill with integers, in place: `random_(low, high)` to high - 1, `random_(high)`, or `random_()` of all that the dtype can count."""
    def ravel(self) -> Tensor:
        r"""The elements in row-major order in one dimension. A view where it can be."""
    def reciprocal(self) -> Tensor:
        r"""`y = 1 / x`; integers give the default float."""
    def reciprocal_(self) -> Tensor:
        r"""`reciprocal`, written over this tensor in place."""
    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> glassgrad.hooks.RemovableHandle:
        r"""Call `hook(grad)` when a backward has computed the gradient of this tensor; what it returns, if not None, replaces it."""
    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> glassgrad.hooks.RemovableHandle:
        r"""Call `hook(leaf)` each time a backward has added to `.grad` of this leaf; an optimizer can step there, and free the gradient."""
    def relu(self, inplace: builtins.bool = ...) -> Tensor:
        r"""`y = max(x, 0)`; the derivative at 0 is 0."""
    def relu_(self) -> Tensor:
        r"""`relu` in place."""
    def remainder(self, other: _Like) -> Tensor:
        r"""`y = input - other * floor(input / other)`, broadcast, with the sign of other. ZeroDivisionError for integers by zero."""
    def remainder_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`remainder`, written over this tensor in place."""
    def renorm(self, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
        r"""x with the entries of dimension `dim` whose p-norm is above `maxnorm` scaled down to it."""
    def renorm_(self, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
        r"""`renorm`, written over this tensor in place."""
    @overload
    def repeat(self, *repeats: builtins.int) -> Tensor:
        r"""The tensor laid `repeats[i]` times one after the other along dimension i; more repeats than dimensions add leading ones."""
    @overload
    def repeat(self, repeats: Sequence[builtins.int]) -> Tensor: ...
    def repeat_interleave(self, repeats: builtins.int | _Like | None = ..., dim: builtins.int | None = ..., output_size: builtins.int | None = ...) -> Tensor:
        r"""Each entry along `dim` `repeats` times (a number, or one an entry); without dim, of the flat tensor."""
    @overload
    def reshape(self, *shape: builtins.int) -> Tensor:
        r"""The same elements in the same row-major order with another shape; one size may be -1. A view where it can be."""
    @overload
    def reshape(self, shape: Sequence[builtins.int]) -> Tensor: ...
    def reshape_as(self, other: Tensor) -> Tensor:
        r"""`reshape` to the shape of `other`."""
    def resolve_conj(self, *args: Any, **kwargs: Any) -> Tensor:
        r"""The tensor itself: it is already so."""
    def resolve_neg(self, *args: Any, **kwargs: Any) -> Tensor:
        r"""The tensor itself: it is already so."""
    def roll(self, shifts: builtins.int | Sequence[builtins.int], dims: builtins.int | Sequence[builtins.int] | None = ...) -> Tensor:
        r"""The entries moved on by `shifts` along `dims`, those at the end coming in at the start; without dims, of the flat tensor."""
    def rot90(self, k: builtins.int = ..., dims: Sequence[builtins.int] = ...) -> Tensor:
        r"""A quarter turn, `k` times, in the plane of two dimensions: from the first towards the second."""
    def round(self, decimals: builtins.int = ...) -> Tensor:
        r"""The nearest integer, or multiple of 10**-decimals; halves go to the even one. The derivative is 0."""
    def round_(self, decimals: builtins.int = ...) -> Tensor:
        r"""`round`, written over this tensor in place."""
    def rsqrt(self) -> Tensor:
        r"""`y = 1 / sqrt(x)`."""
    def rsqrt_(self) -> Tensor:
        r"""`rsqrt`, written over this tensor in place."""
    def scatter(self, dim: builtins.int, index: _Like, src: _Like | builtins.float | None = ..., reduce: builtins.str | None = ..., value: builtins.float | None = ...) -> Tensor:
        r"""x with `y[index[i][j]][j] = src[i][j]` for dim 0, and likewise for the others; src may be a number, also by the name `value`."""
    def scatter_(self, dim: builtins.int, index: Tensor, src: Tensor | builtins.float | None = ..., reduce: builtins.str | None = ..., value: builtins.float | None = ...) -> Tensor:
        r"""`scatter`, written over this tensor in place."""
    def scatter_add(self, dim: builtins.int, index: _Like, src: _Like) -> Tensor:
        r"""x with `src[i][j]` added to `y[index[i][j]][j]` for dim 0, and likewise for the others."""
    def scatter_add_(self, dim: builtins.int, index: Tensor, src: Tensor) -> Tensor:
        r"""`scatter_add`, written over this tensor in place."""
    def scatter_reduce(self, dim: builtins.int, index: _Like, src: _Like, reduce: builtins.str, include_self: builtins.bool = ...) -> Tensor:
        r"""What goes to one place as in `scatter_add`, reduced: "sum", "prod", "mean", "amax" or "amin", with x's own element or without."""
    def scatter_reduce_(self, dim: builtins.int, index: Tensor, src: Tensor, reduce: builtins.str, include_self: builtins.bool = ...) -> Tensor:
        r"""`scatter_reduce`, written over this tensor in place."""
    def searchsorted(self, input: _Like, out_int32: builtins.bool = ..., right: builtins.bool = ..., side: builtins.str | None = ..., sorter: _Like | None = ...) -> Tensor:
        r"""Where in the sorted sequence (1-D, or rows for rows of input) `input` would go: before equal elements, or with `right` after."""
    def select(self, dim: builtins.int, index: builtins.int) -> Tensor:
        r"""Entry `index` of dimension `dim`, without that dimension. A view."""
    def select_scatter(self, src: _Like, dim: builtins.int, index: builtins.int) -> Tensor:
        r"""x with `src` in place of `x.select(dim, index)`."""
    def sgn(self) -> Tensor:
        r"""-1, 0 or 1; NaN of NaN. The derivative is 0."""
    def sgn_(self) -> Tensor:
        r"""`sign`, written over this tensor in place."""
    def share_memory_(self) -> Tensor:
        r"""NotImplementedError: other processes get copies."""
    def short(self, memory_format: Any = ...) -> Tensor:
        r"""`.to(gg.int16)`."""
    def sigmoid(self) -> Tensor:
        r"""`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
    def sigmoid_(self) -> Tensor:
        r"""`sigmoid`, written over this tensor in place."""
    def sign(self) -> Tensor:
        r"""-1, 0 or 1; NaN of NaN. The derivative is 0."""
    def sign_(self) -> Tensor:
        r"""`sign`, written over this tensor in place."""
    def signbit(self) -> Tensor:
        r"""Whether x is negative; of floats, whether the sign bit is set (-0.0 too)."""
    def sin(self) -> Tensor:
        r"""The sine of x, in radians."""
    def sin_(self) -> Tensor:
        r"""`sin`, written over this tensor in place."""
    def sinc(self) -> Tensor:
        r"""`y = sin(pi * x) / (pi * x)`, and 1 at 0."""
    def sinc_(self) -> Tensor:
        r"""`sinc`, written over this tensor in place."""
    def sinh(self) -> Tensor:
        r"""The hyperbolic sine."""
    def sinh_(self) -> Tensor:
        r"""`sinh`, written over this tensor in place."""
    def slice_scatter(self, src: _Like, dim: builtins.int = ..., start: builtins.int | None = ..., end: builtins.int | None = ..., step: builtins.int = ...) -> Tensor:
        r"""x with `src` in place of the entries `start:end:step` of `dim`."""
    def slogdet(self) -> glassgrad.ops.decompose.SlogdetResult:
        r"""The sign of the determinant (1, -1 or 0) and the logarithm of its absolute value, (..., n, n) -> (...) and (...)."""
    def softmax(self, dim: builtins.int = ..., dtype: Any = ...) -> Tensor:
        r"""`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow; cast to `dtype` first."""
    def sort(self, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ...) -> glassgrad.ops.scan.Chosen:
        r"""x in order along `dim`, as (values, indices); always stable. NaN counts as the largest."""
    def split(self, split_size: builtins.int | Sequence[builtins.int], dim: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
        r"""Pieces of `split_size` entries (the last may be smaller), or of each of the given sizes, along `dim`. Views."""
    def split_with_sizes(self, split_sizes: Sequence[builtins.int], dim: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
        r"""`split` into the given sizes."""
    def sqrt(self) -> Tensor:
        r"""The square root."""
    def sqrt_(self) -> Tensor:
        r"""`sqrt`, written over this tensor in place."""
    def square(self) -> Tensor:
        r"""`y = x * x`; bools give int64."""
    def square_(self) -> Tensor:
        r"""`square`, written over this tensor in place."""
    def squeeze(self, dim: builtins.int | Sequence[builtins.int] | None = ...) -> Tensor:
        r"""Drop dimensions of size 1: all of them, or those in `dim` that have size 1."""
    def squeeze_(self, dim: builtins.int | Sequence[builtins.int] | None = ...) -> Tensor:
        r"""`squeeze` of this tensor itself."""
    def std(self, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, unbiased: Any = ...) -> Tensor:
        r"""The standard deviation over `dim`, `sqrt(var)`; where it is 0 the gradient is 0, as in PyTorch."""
    def storage_offset(self) -> builtins.int:
        r"""How many elements after the start of the memory the first one lies."""
    @property
    def strides(self) -> Any: ...
    def sub(self, other: _Like, *, alpha: builtins.float = ...) -> Tensor:
        r"""`y = input - alpha * other`, broadcast; RuntimeError for two bools."""
    def sub_(self, other: _Like, *, alpha: builtins.float = ...) -> Tensor:
        r"""`sub`, written over this tensor in place."""
    def subtract(self, other: _Like, *, alpha: builtins.float = ...) -> Tensor:
        r"""`y = input - alpha * other`, broadcast; RuntimeError for two bools."""
    def subtract_(self, other: _Like, *, alpha: builtins.float = ...) -> Tensor:
        r"""`sub`, written over this tensor in place."""
    def sum(self, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ...) -> Tensor:
        r"""The sum over `dim` (an int, several, or all); integers and bools add up to int64."""
    @overload
    def sum_to_size(self, *size: builtins.int) -> Tensor:
        r"""The sum over the dimensions that broadcasting `size` to the shape of x would stretch: of that size."""
    @overload
    def sum_to_size(self, size: Sequence[builtins.int]) -> Tensor: ...
    def svd(self, some: builtins.bool = ..., compute_uv: builtins.bool = ...) -> glassgrad.ops.decompose.OldSVDResult:
        r"""`A = U @ diag(S) @ V.mT`, the older form of `linalg.svd`; U and V are 0 if not compute_uv."""
    def swapaxes(self, axis0: builtins.int, axis1: builtins.int) -> Tensor:
        r"""`transpose`."""
    def swapdims(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        r"""`transpose`."""
    def t(self) -> Tensor:
        r"""The transpose of a matrix; tensors of fewer dimensions as they are."""
    def t_(self) -> Tensor:
        r"""`t` of this tensor itself."""
    def take(self, index: _Like) -> Tensor:
        r"""The elements of the flat tensor at `index`, of index's shape; a negative index counts from the end."""
    def take_along_dim(self, indices: _Like, dim: builtins.int | None = ...) -> Tensor:
        r"""`gather` where x and indices broadcast in the other dimensions; without dim, of the flat tensors."""
    def tan(self) -> Tensor:
        r"""The tangent of x, in radians."""
    def tan_(self) -> Tensor:
        r"""`tan`, written over this tensor in place."""
    def tanh(self) -> Tensor:
        r"""The hyperbolic tangent."""
    def tanh_(self) -> Tensor:
        r"""`tanh`, written over this tensor in place."""
    def tensor_split(self, indices_or_sections: Any, dim: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
        r"""So many pieces, the first ones larger by one where it doesn't come out even; or cut before each index. Views."""
    @overload
    def tile(self, *dims: builtins.int) -> Tensor:
        r"""`repeat`; fewer numbers than dimensions are for the last ones."""
    @overload
    def tile(self, dims: Sequence[builtins.int]) -> Tensor: ...
    def to(self, *target: Any, dtype: Any = ..., device: Any = ..., other: Tensor | None = ..., non_blocking: builtins.bool = ..., copy: builtins.bool = ..., memory_format: Any = ...) -> Tensor:
        r"""Cast to a dtype, another tensor's dtype, or a device (there is one, "cpu"); itself where nothing changes."""
    def to_dense(self, *args: Any, **kwargs: Any) -> Tensor:
        r"""The tensor itself: it is already so."""
    def to_numpy(self) -> np.ndarray:
        r"""`.numpy()`, under the name by which matplotlib and others ask for it."""
    def to_sparse(self, *args: Any, **kwargs: Any) -> Any:
        r"""NotImplementedError: there are no sparse tensors."""
    def topk(self, k: builtins.int, dim: builtins.int = ..., largest: builtins.bool = ..., sorted: builtins.bool = ...) -> glassgrad.ops.scan.Chosen:
        r"""The k largest (or smallest) elements along `dim`, in order, as (values, indices). NaN counts as the largest."""
    def trace(self) -> Tensor:
        r"""The sum of a matrix's main diagonal."""
    def transpose(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        r"""Swap two dimensions. A view."""
    def transpose_(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        r"""`transpose` of this tensor itself."""
    def tril(self, diagonal: builtins.int = ...) -> Tensor:
        r"""The lower triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
    def tril_(self, diagonal: builtins.int = ...) -> Tensor:
        r"""`tril`, written over this tensor in place."""
    def triu(self, diagonal: builtins.int = ...) -> Tensor:
        r"""The upper triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
    def triu_(self, diagonal: builtins.int = ...) -> Tensor:
        r"""`triu`, written over this tensor in place."""
    def true_divide(self, other: _Like, *, rounding_mode: builtins.str | None = ...) -> Tensor:
        r"""`y = input / other`, broadcast; integers give the default float."""
    def true_divide_(self, other: _Like, *, rounding_mode: builtins.str | None = ...) -> Tensor:
        r"""`div`, written over this tensor in place."""
    def trunc(self) -> Tensor:
        r"""The next integer towards 0 (or x itself). The derivative is 0."""
    def trunc_(self) -> Tensor:
        r"""`trunc`, written over this tensor in place."""
    def type(self, dtype: Any = ..., non_blocking: builtins.bool = ...) -> Any:
        r"""PyTorch's name of the tensor's class, 'torch.FloatTensor', or the tensor cast to a dtype, a class or such a name."""
    def type_as(self, other: Tensor) -> Tensor:
        r"""Cast to the dtype of `other`."""
    def unbind(self, dim: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
        r"""The slices along `dim`, without that dimension. Views."""
    def unflatten(self, dim: builtins.int, sizes: Sequence[builtins.int]) -> Tensor:
        r"""Dimension `dim` divided into `sizes`, whose product is its size; one of them may be -1."""
    def unfold(self, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Tensor:
        r"""Windows of `size` entries, `step` apart, of a dimension, whose size becomes their number; what they hold is the last one. A view."""
    def uniform_(self, a: builtins.float = ..., b: builtins.float = ..., generator: glassgrad.ops.random.Generator | None = ...) -> Tensor:
        r"""Fill with uniform values in [a, b), in place."""
    @overload
    def unique(self, sorted: builtins.bool = ..., return_inverse: Literal[False] = ..., return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> Tensor:
        r"""The different elements of x in order, or its different entries along `dim`; each NaN is a different one."""
    @overload
    def unique(self, sorted: builtins.bool = ..., *, return_inverse: Literal[False] = ..., return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
    @overload
    def unique(self, sorted: builtins.bool = ..., *, return_inverse: Literal[True], return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
    @overload
    def unique(self, sorted: builtins.bool = ..., *, return_inverse: Literal[True], return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor, Tensor]: ...
    @overload
    def unique(self, sorted: builtins.bool, return_inverse: builtins.bool, return_counts: builtins.bool = ..., dim: builtins.int | None = ...) -> Any: ...
    @overload
    def unique_consecutive(self, return_inverse: Literal[False] = ..., return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> Tensor:
        r"""x without the elements, or the entries along `dim`, that repeat the one before; else as `unique`."""
    @overload
    def unique_consecutive(self, *, return_inverse: Literal[False] = ..., return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
    @overload
    def unique_consecutive(self, *, return_inverse: Literal[True], return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
    @overload
    def unique_consecutive(self, *, return_inverse: Literal[True], return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor, Tensor]: ...
    @overload
    def unique_consecutive(self, return_inverse: builtins.bool, return_counts: builtins.bool = ..., dim: builtins.int | None = ...) -> Any: ...
    def unsqueeze(self, dim: builtins.int) -> Tensor:
        r"""Insert a dimension of size 1 at position `dim`."""
    def unsqueeze_(self, dim: builtins.int) -> Tensor:
        r"""`unsqueeze` of this tensor itself."""
    def var(self, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, unbiased: Any = ...) -> Tensor:
        r"""The variance over `dim`: the squared distances from the mean over (n - correction); `unbiased=False` is correction 0."""
    def vdot(self, other: _Like) -> Tensor:
        r"""`dot`; the two differ for complex numbers only."""
    @overload
    def view(self, *shape: builtins.int) -> Tensor:
        r"""`reshape` that never copies: RuntimeError where the strides don't allow it."""
    @overload
    def view(self, shape: Sequence[builtins.int]) -> Tensor: ...
    @overload
    def view(self, dtype: np.dtype[Any]) -> Tensor: ...
    def view_as(self, other: Tensor) -> Tensor:
        r"""`view` in the shape of `other`."""
    def vsplit(self, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
        r"""`tensor_split` into equal pieces along dim 0."""
    def where(self, condition: _Like, other: _Like) -> Tensor:
        r"""`gg.where(condition, self, other)`."""
    def xlogy(self, other: _Like) -> Tensor:
        r"""`y = input * log(other)`, and 0 where input is 0 (NaN where other is NaN)."""
    def xlogy_(self, other: Tensor | builtins.float) -> Tensor:
        r"""`xlogy`, written over this tensor in place."""
    def xpu(self, *args: Any, **kwargs: Any) -> Any:
        r"""RuntimeError: there is no such device."""
    def zero_(self) -> Tensor:
        r"""Write 0 over each element."""
