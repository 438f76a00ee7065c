"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

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
from glassgrad import study as study
from glassgrad import testing as testing
from glassgrad import utils as utils
from glassgrad import version as version
from glassgrad import viz as viz
from glassgrad import xpu as xpu
from glassgrad._mode import enable_grad as enable_grad
from glassgrad._mode import get_default_dtype as get_default_dtype
from glassgrad._mode import inference_mode as inference_mode
from glassgrad._mode import is_grad_enabled as is_grad_enabled
from glassgrad._mode import is_inference_mode_enabled as is_inference_mode_enabled
from glassgrad._mode import no_grad as no_grad
from glassgrad._mode import set_default_dtype as set_default_dtype
from glassgrad._mode import set_grad_enabled as set_grad_enabled
from glassgrad.amp import autocast as autocast
from glassgrad.autograd.anomaly import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from glassgrad.autograd.anomaly import is_anomaly_enabled as is_anomaly_enabled
from glassgrad.autograd.why import unused_parameters as unused_parameters
from glassgrad.autograd.why import why_no_grad as why_no_grad
from glassgrad.device import Size as Size
from glassgrad.device import device as device
from glassgrad.device import get_default_device as get_default_device
from glassgrad.device import set_default_device as set_default_device
from glassgrad.dtypes import can_cast as can_cast
from glassgrad.dtypes import finfo as finfo
from glassgrad.dtypes import iinfo as iinfo
from glassgrad.dtypes import promote_types as promote_types
from glassgrad.func.vmap import vmap as vmap
from glassgrad.naming import name as name
from glassgrad.ops import random as random
from glassgrad.ops.activation import celu_ as celu_
from glassgrad.ops.activation import relu_ as relu_
from glassgrad.ops.activation import rrelu_ as rrelu_
from glassgrad.ops.activation import selu_ as selu_
from glassgrad.ops.activation import threshold_ as threshold_
from glassgrad.ops.cast import BoolTensor as BoolTensor
from glassgrad.ops.cast import ByteTensor as ByteTensor
from glassgrad.ops.cast import CharTensor as CharTensor
from glassgrad.ops.cast import DoubleTensor as DoubleTensor
from glassgrad.ops.cast import FloatTensor as FloatTensor
from glassgrad.ops.cast import HalfTensor as HalfTensor
from glassgrad.ops.cast import IntTensor as IntTensor
from glassgrad.ops.cast import LongTensor as LongTensor
from glassgrad.ops.cast import ShortTensor as ShortTensor
from glassgrad.ops.cast import asarray as asarray
from glassgrad.ops.cast import from_dlpack as from_dlpack
from glassgrad.ops.cast import is_complex as is_complex
from glassgrad.ops.cast import is_floating_point as is_floating_point
from glassgrad.ops.cast import is_tensor as is_tensor
from glassgrad.ops.cast import numel as numel
from glassgrad.ops.cast import result_type as result_type
from glassgrad.ops.creation import as_tensor as as_tensor
from glassgrad.ops.creation import from_numpy as from_numpy
from glassgrad.ops.dropout import alpha_dropout as alpha_dropout
from glassgrad.ops.dropout import dropout as dropout
from glassgrad.ops.dropout import feature_alpha_dropout as feature_alpha_dropout
from glassgrad.ops.dropout import feature_dropout as feature_dropout
from glassgrad.ops.einsum import chain_matmul as chain_matmul
from glassgrad.ops.einsum import einsum as einsum
from glassgrad.ops.inplace import fill as fill
from glassgrad.ops.inplace import fill_ as fill_
from glassgrad.ops.inplace import zero_ as zero_
from glassgrad.ops.join import broadcast_shapes as broadcast_shapes
from glassgrad.ops.join import meshgrid as meshgrid
from glassgrad.ops.join import row_stack as row_stack
from glassgrad.ops.logic import allclose as allclose
from glassgrad.ops.logic import equal as equal
from glassgrad.ops.logic import is_nonzero as is_nonzero
from glassgrad.ops.random import Generator as Generator
from glassgrad.ops.random import bernoulli as bernoulli
from glassgrad.ops.random import fork_rng as fork_rng
from glassgrad.ops.random import get_rng_state as get_rng_state
from glassgrad.ops.random import initial_seed as initial_seed
from glassgrad.ops.random import manual_seed as manual_seed
from glassgrad.ops.random import multinomial as multinomial
from glassgrad.ops.random import normal as normal
from glassgrad.ops.random import poisson as poisson
from glassgrad.ops.random import randint_like as randint_like
from glassgrad.ops.random import seed as seed
from glassgrad.ops.random import set_rng_state as set_rng_state
from glassgrad.ops.shape import concat as concat
from glassgrad.ops.shape import concatenate as concatenate
from glassgrad.ops.shape import moveaxis as moveaxis
from glassgrad.ops.shape import split as split
from glassgrad.ops.shape import split_with_sizes as split_with_sizes
from glassgrad.ops.shape import swapaxes as swapaxes
from glassgrad.ops.shape import swapdims as swapdims
from glassgrad.printing import get_printoptions as get_printoptions
from glassgrad.printing import set_printoptions as set_printoptions
from glassgrad.serialization import load as load
from glassgrad.serialization import save as save
from glassgrad.settings import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled
from glassgrad.settings import get_float32_matmul_precision as get_float32_matmul_precision
from glassgrad.settings import get_num_interop_threads as get_num_interop_threads
from glassgrad.settings import get_num_threads as get_num_threads
from glassgrad.settings import is_autocast_enabled as is_autocast_enabled
from glassgrad.settings import is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled
from glassgrad.settings import kernels_info as kernels_info
from glassgrad.settings import set_default_tensor_type as set_default_tensor_type
from glassgrad.settings import set_float32_matmul_precision as set_float32_matmul_precision
from glassgrad.settings import set_num_interop_threads as set_num_interop_threads
from glassgrad.settings import set_num_threads as set_num_threads
from glassgrad.settings import use_deterministic_algorithms as use_deterministic_algorithms
from glassgrad.study.ledger import explain as explain
from glassgrad.tensor import Tensor as Tensor
from numpy import dtype as dtype
import glassgrad.ops.bins
import glassgrad.ops.decompose
import glassgrad.ops.random
import glassgrad.ops.reduce
import glassgrad.ops.scan

_Array = Tensor | np.ndarray
_Like = Tensor | np.ndarray | np.generic | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

__version__: builtins.str
def abs(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = |x|`; the derivative at 0 is 0."""
def absolute(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = |x|`; the derivative at 0 is 0."""
def acos(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The angle in [0, pi] whose cosine is x."""
def acosh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of cosh, of x >= 1."""
def add(input: Tensor, other: _Like, *, alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    r"""`y = input + alpha * other`, broadcast."""
def addbmm(input: Tensor, batch1: _Like, batch2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * sum(batch1 @ batch2, 0)`: stacks of matrices to one matrix; input broadcasts. At beta 0 it is not read."""
def addcdiv(input: Tensor, tensor1: _Like, tensor2: _Like, value: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x + value * tensor1 / tensor2`, broadcast; RuntimeError where both of these are integers."""
def addcmul(input: Tensor, tensor1: _Like, tensor2: _Like, value: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x + value * tensor1 * tensor2`, broadcast."""
def addmm(input: Tensor, mat1: _Like, mat2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * (mat1 @ mat2)` of matrices; input broadcasts. At beta 0 it is not read."""
def addmv(input: Tensor, mat: _Like, vec: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * (mat @ vec)`, (n, k) @ (k,) -> (n,); input broadcasts. At beta 0 it is not read."""
def addr(input: Tensor, vec1: _Like, vec2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * outer(vec1, vec2)`, (n,) and (m,) -> (n, m); input broadcasts. At beta 0 it is not read."""
def adjoint(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The last two dimensions swapped. A view."""
def all(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Whether all elements over `dim` are true (not 0)."""
def amax(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The largest element over `dim`; equal ones share the gradient. NaN wins."""
def amin(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The smallest element over `dim`; equal ones share the gradient. NaN wins."""
def aminmax(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.reduce.MinMax:
    r"""The smallest and the largest element over `dim`, as (min, max); equal ones share the gradient."""
def any(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Whether any element over `dim` is true (not 0)."""
def arange(start: Any = ..., end: Any = ..., step: Any = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`start, start + step, ...` up to but not including `end`; `arange(end)` starts at 0. int64 if all are ints."""
def arccos(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The angle in [0, pi] whose cosine is x."""
def arccosh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of cosh, of x >= 1."""
def arcsin(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose sine is x."""
def arcsinh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of sinh."""
def arctan(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose tangent is x."""
def arctan2(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi, pi] of the point (other, input): its tangent is input / other."""
def arctanh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of tanh, of x in [-1, 1]."""
def argmax(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The index of the largest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
def argmin(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The index of the smallest element, int64: along `dim`, or in the flattened tensor. The first of equal ones."""
def argsort(input: Tensor, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The indices that sort x along `dim`, int64; always stable. NaN counts as the largest."""
def argwhere(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The positions of the elements that aren't 0, one a row: (n, ndim)."""
def asin(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose sine is x."""
def asinh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of sinh."""
def atan(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi/2, pi/2] whose tangent is x."""
def atan2(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The angle in [-pi, pi] of the point (other, input): its tangent is input / other."""
def atanh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of tanh, of x in [-1, 1]."""
@overload
def atleast_1d(tensor: Tensor, /) -> Tensor:
    r"""0-d tensors as 1-d, others as they are; a tuple of them if several are given."""
@overload
def atleast_1d(*tensors: Tensor) -> builtins.tuple[Tensor, ...]: ...
@overload
def atleast_1d(tensors: Sequence[Tensor], /) -> builtins.tuple[Tensor, ...]: ...
@overload
def atleast_2d(tensor: Tensor, /) -> Tensor:
    r"""Tensors of at least 2 dimensions: a vector becomes a row; a tuple of them if several are given."""
@overload
def atleast_2d(*tensors: Tensor) -> builtins.tuple[Tensor, ...]: ...
@overload
def atleast_2d(tensors: Sequence[Tensor], /) -> builtins.tuple[Tensor, ...]: ...
@overload
def atleast_3d(tensor: Tensor, /) -> Tensor:
    r"""Tensors of at least 3 dimensions: (n) becomes (1, n, 1) and (m, n) becomes (m, n, 1); a tuple of them if several are given."""
@overload
def atleast_3d(*tensors: Tensor) -> builtins.tuple[Tensor, ...]: ...
@overload
def atleast_3d(tensors: Sequence[Tensor], /) -> builtins.tuple[Tensor, ...]: ...
def baddbmm(input: Tensor, batch1: _Like, batch2: _Like, beta: builtins.float = ..., alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`beta * input + alpha * (batch1 @ batch2)` of stacks of matrices; input broadcasts. At beta 0 it is not read."""
def bartlett_window(window_length: builtins.int, periodic: builtins.bool = ..., dtype: Any = ..., device: Any = ..., *, requires_grad: Any = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""The triangle `1 - |2 i / n - 1|`, n the length, less one if not periodic."""
bfloat16: Any
def bincount(input: Tensor, weights: _Array | None = ..., minlength: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""How often each integer from 0 on occurs in x (1-D, none negative), or the sums of its `weights`; at least `minlength`."""
@overload
def bitwise_and(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`input & other` of integers or bools, broadcast."""
@overload
def bitwise_and(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
@overload
def bitwise_left_shift(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`input << other` of integers, broadcast."""
@overload
def bitwise_left_shift(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
def bitwise_not(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`~x` of integers or bools."""
@overload
def bitwise_or(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`input | other` of integers or bools, broadcast."""
@overload
def bitwise_or(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
@overload
def bitwise_right_shift(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`input >> other` of integers, broadcast."""
@overload
def bitwise_right_shift(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
@overload
def bitwise_xor(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`input ^ other` of integers or bools, broadcast."""
@overload
def bitwise_xor(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
def blackman_window(window_length: builtins.int, periodic: builtins.bool = ..., dtype: Any = ..., device: Any = ..., *, requires_grad: Any = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n)`, n the length, less one if not periodic."""
@overload
def block_diag(*tensors: Tensor, out: Any = ...) -> Tensor:
    r"""The matrix with the given ones (vectors are rows, 0-d tensors 1 by 1) along its diagonal, and zeros beside them."""
@overload
def block_diag(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor: ...
def bmm(input: Tensor, mat2: _Like, *, out: Any = ...) -> Tensor:
    r"""The products of two stacks of matrices, (B, n, k) @ (B, k, m) -> (B, n, m)."""
bool: np.dtype[np.bool]
@overload
def broadcast_tensors(*tensors: Tensor, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""The tensors expanded to the shape that they broadcast to. Views."""
@overload
def broadcast_tensors(tensors: Sequence[Tensor], *, out: Any = ...) -> builtins.tuple[Tensor, ...]: ...
def broadcast_to(input: Tensor, shape: Sequence[builtins.int], *, out: Any = ...) -> Tensor:
    r"""`expand` to `shape`."""
def bucketize(input: Tensor, boundaries: _Like, out_int32: builtins.bool = ..., right: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The bin of each element of x between sorted 1-D `boundaries`: `boundaries[i - 1] < x <= boundaries[i]`, or with `right` `<= x <`."""
@overload
def cartesian_prod(*tensors: Tensor, out: Any = ...) -> Tensor:
    r"""All ways to take one entry of each vector, one a row: (n1 n2 ..., number of vectors); a single vector as it is."""
@overload
def cartesian_prod(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor: ...
def cat(tensors: Sequence[Tensor], dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Join tensors along an existing dimension; they agree in the others. Empty 1-D tensors are passed over."""
def cdist(x1: Tensor, x2: _Like, p: builtins.float = ..., compute_mode: builtins.str | None = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of each row of x1 less each row of x2: (..., n, d) and (..., m, d) -> (..., n, m). At distance 0 the gradient is 0."""
def ceil(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The next integer above (or x itself). The derivative is 0."""
def celu(input: Tensor, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x` where x > 0, else `alpha * (exp(x / alpha) - 1)`. Barron 2017."""
def channel_shuffle(input: Tensor, groups: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(N, C, ...): the channels, in `groups` of neighbours, dealt out so that neighbours come from different groups."""
channels_last: Any
def cholesky(A: Tensor, upper: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The lower triangular L with `A = L @ L.mT` (or the upper, L.mT) of symmetric positive definite matrices, (..., n, n)."""
def cholesky_inverse(L: Tensor, upper: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The inverse of the A of which L is the Cholesky factor, (..., n, n)."""
def cholesky_solve(B: Tensor, L: _Like, upper: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The X with `A @ X = B` for the A of which L is the Cholesky factor: B (..., n, k), L (..., n, n)."""
def chunk(input: Tensor, chunks: builtins.int, dim: builtins.int = ..., *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""At most `chunks` pieces of equal size (the last may be smaller) along `dim`. Views."""
def clamp(input: Tensor, min: builtins.float | _Like | None = ..., max: builtins.float | _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
def clamp_max(input: Tensor, max: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""`y = minimum(x, max)`; above the gradient goes to the bound."""
def clamp_min(input: Tensor, min: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""`y = maximum(x, min)`; below the gradient goes to the bound."""
def clip(input: Tensor, min: builtins.float | _Like | None = ..., max: builtins.float | _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = minimum(maximum(x, min), max)`; outside the gradient goes to the bound. These may be numbers, tensors or None."""
def clone(input: Tensor, memory_format: Any = ..., *, out: Any = ...) -> Tensor:
    r"""A copy; the gradient flows through."""
def column_stack(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor:
    r"""Join along dim 1, vectors and 0-d tensors as columns."""
def combinations(input: Tensor, r: builtins.int = ..., with_replacement: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""All ways to take `r` entries of the vector x in their order, one a row; an entry more than once only with replacement."""
def compile(model: Any = ..., **options: Any) -> Any:
    r"""The model or function itself: there is nothing to compile, the kernels compile themselves. Also a decorator."""
contiguous_format: Any
def copysign(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The magnitude of input with the sign of other; the derivative at input = 0 is 0."""
def corrcoef(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The correlations of the rows, `cov` divided by both standard deviations: (variables, observations) -> (variables, variables)."""
def cos(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The cosine of x, in radians."""
def cosh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic cosine."""
def cosine_similarity(x1: Tensor, x2: _Like, dim: builtins.int = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The cosine of the angle between vectors along `dim` of x1 and x2, broadcast: `sum(x1 * x2) / (|x1| * |x2|)`."""
def count_nonzero(input: Tensor, dim: _Dim = ..., *, out: Any = ...) -> Tensor:
    r"""How many elements over `dim` are not 0, int64."""
def cov(input: Tensor, correction: builtins.int = ..., fweights: _Like | None = ..., aweights: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The covariances of the rows, (variables, observations) -> (variables, variables), divided by observations - correction."""
def cross(input: Tensor, other: _Like, dim: builtins.int | None = ..., *, out: Any = ...) -> Tensor:
    r"""The cross products of the vectors of three elements along `dim` (default: the first dimension of size 3), broadcast."""
def cummax(input: Tensor, dim: builtins.int, *, out: Any = ...) -> glassgrad.ops.scan.Chosen:
    r"""The largest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
def cummin(input: Tensor, dim: builtins.int, *, out: Any = ...) -> glassgrad.ops.scan.Chosen:
    r"""The smallest element so far along `dim`, as (values, indices); the last of equal ones. NaN stays."""
def cumprod(input: Tensor, dim: builtins.int, dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The running product along `dim`: `y[i] = x[0] * ... * x[i]`; integers and bools give int64."""
def cumsum(input: Tensor, dim: builtins.int, dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The running sum along `dim`: `y[i] = x[0] + ... + x[i]`; integers and bools add up to int64."""
def cumulative_trapezoid(y: Tensor, x: _Like | None = ..., dx: builtins.float | None = ..., dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The running area under y along `dim` by the trapezoid rule: one element fewer than y."""
def deg2rad(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Degrees as radians."""
def det(A: Tensor, *, out: Any = ...) -> Tensor:
    r"""The determinant of each square matrix, (..., n, n) -> (...)."""
def diag(input: Tensor, diagonal: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The matrix with the vector x on its diagonal, or the diagonal of the matrix x."""
def diag_embed(input: Tensor, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Matrices in dimensions `dim1` and `dim2` with the last dimension of x on their diagonal, shifted right by `offset`."""
def diagflat(input: Tensor, offset: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The matrix with the elements of x, in row-major order, on its diagonal."""
def diagonal(input: Tensor, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The entries with `index[dim2] - index[dim1] == offset`, as a new last dimension in place of the two. A view."""
def diagonal_scatter(input: Tensor, src: _Like, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""x with `src` in place of `x.diagonal(offset, dim1, dim2)`."""
def diff(input: Tensor, n: builtins.int = ..., dim: builtins.int = ..., prepend: _Like | None = ..., append: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The differences `x[i + 1] - x[i]` along `dim`, n times over; `prepend` and `append` are joined to x first."""
def digamma(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The derivative of lgamma; NaN at negative integers."""
def dist(input: Tensor, other: _Like, p: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of `x - other`, broadcast."""
def div(input: Tensor, other: _Like, *, rounding_mode: builtins.str | None = ..., out: Tensor | None = ...) -> Tensor:
    r"""`y = input / other`, broadcast; integers give the default float."""
def divide(input: Tensor, other: _Like, *, rounding_mode: builtins.str | None = ..., out: Tensor | None = ...) -> Tensor:
    r"""`y = input / other`, broadcast; integers give the default float."""
def dot(input: Tensor, tensor: _Like, *, out: Any = ...) -> Tensor:
    r"""The sum of the products of two vectors' elements, (n,) and (n,) -> ()."""
double: np.dtype[np.float64]
def dsplit(input: Tensor, indices_or_sections: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""`tensor_split` into equal pieces along dim 2."""
def dstack(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor:
    r"""Join along dim 2, after `atleast_3d`."""
e: builtins.float
@overload
def empty(*size: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Unset memory of shape `size`."""
@overload
def empty(size: Sequence[builtins.int], *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
def empty_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Unset memory of the input's shape and dtype."""
def eq(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input == other` element by element, broadcast, as bool."""
def erf(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The error function, `2 / sqrt(pi) * integral of exp(-t*t) from 0 to x`."""
def erfc(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 1 - erf(x)`, precise where erf is near 1."""
def erfinv(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of erf, of x in [-1, 1]."""
def exp(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = e**x`."""
def exp2(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 2**x`."""
def expm1(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = e**x - 1`, precise near 0."""
def eye(n: builtins.int, m: builtins.int | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""The (n, m) matrix with ones on the diagonal; m defaults to n."""
def fix(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The next integer towards 0 (or x itself). The derivative is 0."""
def flatten(input: Tensor, start_dim: builtins.int = ..., end_dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Merge dimensions `start_dim` to `end_dim` (both included) into one."""
@overload
def flip(input: Tensor, *dims: builtins.int, out: Any = ...) -> Tensor:
    r"""The entries along `dims` in reverse order. A copy."""
@overload
def flip(input: Tensor, dims: Sequence[builtins.int], *, out: Any = ...) -> Tensor: ...
def fliplr(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The columns (dim 1) in reverse order."""
def flipud(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The rows (dim 0) in reverse order."""
float: np.dtype[np.float32]
float16: np.dtype[np.float16]
float32: np.dtype[np.float32]
float64: np.dtype[np.float64]
@overload
def float_power(input: Tensor, exponent: _Like) -> Tensor:
    r"""`y = input ** exponent` in float64, whatever the dtypes."""
@overload
def float_power(input: builtins.float, exponent: Tensor) -> Tensor: ...
def floor(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The next integer below (or x itself). The derivative is 0."""
def floor_divide(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = floor(input / other)`, broadcast; no gradient flows through it. ZeroDivisionError for integers by zero."""
def fmax(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The larger of input and other, a number rather than NaN; of equal elements input gets the gradient."""
def fmin(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The smaller of input and other, a number rather than NaN; of equal elements input gets the gradient."""
def fmod(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input - other * trunc(input / other)`, broadcast, with the sign of input. ZeroDivisionError for integers by zero."""
def frac(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = x - trunc(x)`, with the sign of x."""
def full(size: Any, fill_value: Any, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`fill_value` in every element; the dtype follows the value unless given."""
def full_like(input: Tensor, fill_value: Any, dtype: Any = ..., *, device: Any = ..., requires_grad: Any = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`fill_value` in every element, of the input's shape and dtype."""
def gather(input: Tensor, dim: builtins.int, index: _Array, sparse_grad: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`y[i][j][k] = x[index[i][j][k]][j][k]` for dim 0, and likewise for the others; index is int64, of x's rank."""
def gcd(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""The greatest common divisor of integers."""
def ge(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input >= other` element by element, broadcast, as bool."""
def ger(input: Tensor, vec2: _Like, *, out: Any = ...) -> Tensor:
    r"""All products of two vectors' elements, (n,) and (m,) -> (n, m)."""
def gradient(input: Tensor, spacing: Any = ..., dim: Any = ..., edge_order: builtins.int = ..., *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""The slopes of x along each of `dim` (default: all), as a tuple, from its values at three neighbouring points."""
def greater(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input > other` element by element, broadcast, as bool."""
def greater_equal(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input >= other` element by element, broadcast, as bool."""
def gt(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input > other` element by element, broadcast, as bool."""
half: np.dtype[np.float16]
def hamming_window(window_length: builtins.int, periodic: builtins.bool = ..., alpha: builtins.float = ..., beta: builtins.float = ..., dtype: Any = ..., device: Any = ..., *, requires_grad: Any = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`alpha - beta cos(2 pi i / n)`, n the length, less one if not periodic."""
def hann_window(window_length: builtins.int, periodic: builtins.bool = ..., dtype: Any = ..., device: Any = ..., *, requires_grad: Any = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`0.5 - 0.5 cos(2 pi i / n)`, n the length, less one if not periodic."""
def hardshrink(input: Tensor, lambd: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x` where |x| > lambd, else 0."""
def heaviside(input: Tensor, values: _Like, *, out: Any = ...) -> Tensor:
    r"""0 where x < 0, 1 where x > 0, and `values` where x is 0."""
def histc(input: Tensor, bins: builtins.int = ..., min: builtins.float = ..., max: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""How many elements lie in each of `bins` equal bins from `min` to `max` (or from the smallest to the largest), of x's dtype."""
def histogram(input: Tensor, bins: builtins.int | _Like = ..., range: builtins.tuple[builtins.float, builtins.float] | None = ..., weight: _Like | None = ..., density: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.bins.Histogram:
    r"""(hist, bin_edges): how many elements (or what weight) each bin holds, or with `density` their share by width."""
def hsplit(input: Tensor, indices_or_sections: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""`tensor_split` into equal pieces along dim 1, of a vector along dim 0."""
def hstack(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor:
    r"""Join along dim 1, vectors and 0-d tensors along dim 0."""
def hypot(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = sqrt(input * input + other * other)`, without overflow."""
def index_add(input: Tensor, dim: builtins.int, index: _Like, source: _Like, alpha: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""x with entry i of `source`, times alpha, added to entry index[i] of `dim`."""
def index_copy(input: Tensor, dim: builtins.int, index: _Like, source: _Like, *, out: Any = ...) -> Tensor:
    r"""x with entry i of `source` in place of entry index[i] of `dim`."""
def index_fill(input: Tensor, dim: builtins.int, index: _Like, value: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""x with `value` (a number or 0-d) in the entries `index` of `dim`."""
def index_put(input: Tensor, indices: Sequence[Any], values: _Like | builtins.float, accumulate: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""x with `y[indices] = values`, or with `values` added there; they broadcast to what `x[indices]` is."""
def index_reduce(input: Tensor, dim: builtins.int, index: _Like, source: _Like, reduce: builtins.str, include_self: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The entries of `source` that go to one entry of `dim`, reduced: "prod", "mean", "amax" or "amin"; see `scatter_reduce`."""
def index_select(input: Tensor, dim: builtins.int, index: _Like, *, out: Any = ...) -> Tensor:
    r"""The entries `index` (1-D, integer) of dimension `dim`."""
inf: builtins.float
def inner(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The dot products of all rows along the last dimension: (..., k) and (***, k) -> (..., ***). Of a number, the product."""
int: np.dtype[np.int32]
int16: np.dtype[np.int16]
int32: np.dtype[np.int32]
int64: np.dtype[np.int64]
int8: np.dtype[np.int8]
def inverse(A: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of each square matrix, (..., n, n). LinAlgError if one is singular."""
def isclose(input: Tensor, other: _Like, rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`|x - other| <= atol + rtol * |other|`, broadcast; an infinity is close to itself, NaN only with `equal_nan`."""
def isfinite(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Whether x is neither infinite nor NaN."""
@overload
def isin(elements: Tensor, test_elements: _Like, assume_unique: builtins.bool = ..., invert: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Whether each of `elements` is one of `test_elements` (`invert`: is none); either may be a number."""
@overload
def isin(elements: builtins.float, test_elements: Tensor, assume_unique: builtins.bool = ..., invert: builtins.bool = ..., *, out: Any = ...) -> Tensor: ...
def isinf(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Whether x is inf or -inf."""
def isnan(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Whether x is NaN."""
def isneginf(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Whether x is -inf."""
def isposinf(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Whether x is inf."""
def isreal(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""True: there are no complex tensors."""
def kron(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The Kronecker product: each element of `input` times all of `other`; sizes multiply, missing dimensions are 1."""
def kthvalue(input: Tensor, k: builtins.int, dim: builtins.int = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen:
    r"""The k-th smallest element along `dim`, k from 1, as (values, indices). NaN counts as the largest."""
def layer_norm(input: Tensor, normalized_shape: builtins.int | Sequence[builtins.int], weight: _Like | None = ..., bias: _Like | None = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`(x - mean) / sqrt(var + eps) * weight + bias`, mean and variance over the last dimensions, of `normalized_shape`."""
def lcm(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""The least common multiple of integers."""
def ldexp(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input * 2 ** other`."""
def le(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input <= other` element by element, broadcast, as bool."""
def lerp(input: Tensor, end: _Array, weight: builtins.float | _Array, *, out: Any = ...) -> Tensor:
    r"""`y = x + weight * (end - x)`, broadcast; weight is a number or a tensor."""
def less(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input < other` element by element, broadcast, as bool."""
def less_equal(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input <= other` element by element, broadcast, as bool."""
def lgamma(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = log(|gamma(x)|)`."""
def linspace(start: Any, end: Any, steps: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`steps` evenly spaced values from `start` to `end`, both included."""
def log(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The natural logarithm."""
def log10(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The logarithm to base 10."""
def log1p(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = log(1 + x)`, precise near 0."""
def log2(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The logarithm to base 2."""
def log_softmax(input: Tensor, dim: builtins.int = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x - log(sum(exp(x)))` along `dim`; cast to `dtype` first."""
def logaddexp(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = log(exp(input) + exp(other))`, without overflow."""
def logaddexp2(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = log2(2**input + 2**other)`, without overflow."""
def logcumsumexp(input: Tensor, dim: builtins.int, *, out: Any = ...) -> Tensor:
    r"""The running `log(sum(exp(x)))` along `dim`, without overflow."""
def logdet(A: Tensor, *, out: Any = ...) -> Tensor:
    r"""The logarithm of the determinant, (..., n, n) -> (...); NaN where it is negative, -inf where it is 0."""
def logical_and(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""Whether neither input nor other is 0, as bool, broadcast."""
def logical_not(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Whether x is 0 (or False)."""
def logical_or(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""Whether input or other is not 0, as bool, broadcast."""
def logical_xor(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""Whether exactly one of input and other is 0, as bool, broadcast."""
def logit(input: Tensor, eps: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = log(x / (1 - x))`, the inverse of sigmoid; with `eps`, x is clamped to [eps, 1 - eps] first."""
def logspace(start: Any, end: Any, steps: builtins.int, base: builtins.float = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""`base` to the power of `steps` evenly spaced exponents from `start` to `end`, both included."""
def logsumexp(input: Tensor, dim: _Dim, keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`log(sum(exp(x)))` over `dim`, shifted by the largest element so that it doesn't overflow."""
long: np.dtype[np.int64]
def lt(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input < other` element by element, broadcast, as bool."""
def masked_fill(input: Tensor, mask: _Like, value: builtins.float | _Like, *, out: Any = ...) -> Tensor:
    r"""x with `value` (a number or 0-d) where the bool `mask` is true; x and mask broadcast. No gradient flows to x there."""
def masked_scatter(input: Tensor, mask: _Like, source: _Like, *, out: Any = ...) -> Tensor:
    r"""x with the elements of `source`, in row-major order, where the bool `mask` is true; x and mask broadcast."""
def masked_select(input: Tensor, mask: _Like, *, out: Any = ...) -> Tensor:
    r"""The elements where the bool `mask` is true, in row-major order, in one dimension; x and mask broadcast."""
def matmul(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input @ other`: (..., n, k) @ (..., k, m) -> (..., n, m), batch dimensions broadcast; a 1-D operand is a row or column."""
def matrix_exp(A: Tensor, *, out: Any = ...) -> Tensor:
    r"""`I + A + A @ A / 2 + A @ A @ A / 6 + ...` of square matrices, by scaling and squaring: exp(A) is exp(A / 2**s) ** 2**s."""
def matrix_power(A: Tensor, n: builtins.int, *, out: Any = ...) -> Tensor:
    r"""A multiplied by itself n times, by repeated squaring; n = 0 gives the identity, negative n powers of the inverse."""
@overload
def max(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The largest element; with an int `dim`, (values, indices) along it; with a tensor, `maximum`."""
@overload
def max(input: Tensor, dim: builtins.int, keepdim: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen: ...
@overload
def max(input: Tensor, other: Tensor, *, out: Any = ...) -> Tensor: ...
def maximum(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The larger of input and other; equal elements share the gradient. NaN wins."""
def mean(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The mean over `dim`; NaN where there is nothing to average."""
@overload
def median(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The median, the lower of two; with `dim`, (values, indices) along it. A NaN makes it NaN."""
@overload
def median(input: Tensor, dim: builtins.int, keepdim: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen: ...
@overload
def min(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The smallest element; with an int `dim`, (values, indices) along it; with a tensor, `minimum`."""
@overload
def min(input: Tensor, dim: builtins.int, keepdim: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen: ...
@overload
def min(input: Tensor, other: Tensor, *, out: Any = ...) -> Tensor: ...
def minimum(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The smaller of input and other; equal elements share the gradient. NaN wins."""
def mm(input: Tensor, mat2: _Like, *, out: Any = ...) -> Tensor:
    r"""The product of two matrices, (n, k) @ (k, m) -> (n, m)."""
def mode(input: Tensor, dim: builtins.int = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen:
    r"""The most frequent element along `dim` as (values, indices): the smallest of such, the last of its places."""
def movedim(input: Tensor, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> Tensor:
    r"""Dimensions `source` moved to the positions `destination`, the others in their order. A view."""
def msort(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""x in order along its first dimension."""
def mul(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input * other`, broadcast."""
def multiply(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input * other`, broadcast."""
def mv(input: Tensor, vec: _Like, *, out: Any = ...) -> Tensor:
    r"""The product of a matrix and a vector, (n, k) @ (k,) -> (n,)."""
def mvlgamma(input: Tensor, p: builtins.int, *, out: Any = ...) -> Tensor:
    r"""The logarithm of the multivariate gamma function, `p * (p - 1) / 4 * log(pi) + sum of lgamma(x - j / 2)`, j = 0 to p - 1."""
nan: builtins.float
def nan_to_num(input: Tensor, nan: builtins.float | None = ..., posinf: builtins.float | None = ..., neginf: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""x with these numbers for NaN, inf and -inf (None: the largest and the smallest finite value); there the derivative is 0."""
def nanmean(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The mean over `dim` of what is not NaN."""
@overload
def nanmedian(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The median, the lower of two, of what is not NaN; with `dim`, (values, indices) along it."""
@overload
def nanmedian(input: Tensor, dim: builtins.int, keepdim: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen: ...
def nanquantile(input: Tensor, q: builtins.float | _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., interpolation: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`quantile` of what is not NaN."""
def nansum(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The sum over `dim`, with NaN as 0."""
def narrow(input: Tensor, dim: builtins.int, start: builtins.int, length: builtins.int, *, out: Any = ...) -> Tensor:
    r"""`length` entries of dimension `dim` from `start` on. A view."""
def ne(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input != other` element by element, broadcast, as bool."""
def neg(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = -x`."""
def negative(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = -x`."""
def nextafter(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""The float after input in the direction of other. Its gradient goes to input, but not where the two are equal."""
@overload
def nonzero(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The positions of the elements that aren't 0, one a row (n, ndim); or as a tuple of an index for each dimension."""
@overload
def nonzero(input: Tensor, as_tuple: Literal[False]) -> Tensor: ...
@overload
def nonzero(input: Tensor, as_tuple: Literal[True]) -> builtins.tuple[Tensor, ...]: ...
def norm(input: Tensor, p: builtins.float | builtins.str = ..., dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of the elements over `dim`, `sum(|x|**p) ** (1 / p)`: "fro" is 2, inf the largest, 0 counts what isn't 0."""
def not_equal(input: Tensor, other: Tensor | builtins.float, *, out: Any = ...) -> Tensor:
    r"""`input != other` element by element, broadcast, as bool."""
@overload
def ones(*size: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Ones of shape `size`."""
@overload
def ones(size: Sequence[builtins.int], *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
def ones_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Ones of the input's shape and dtype."""
def outer(input: Tensor, vec2: _Like, *, out: Any = ...) -> Tensor:
    r"""All products of two vectors' elements, (n,) and (m,) -> (n, m)."""
def pairwise_distance(x1: Tensor, x2: _Like, p: builtins.float = ..., eps: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of `x1 - x2 + eps` along the last dimension: (N, D) and (N, D), broadcast -> (N). `cdist` takes all pairs."""
def pdist(input: Tensor, p: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The distances between all pairs of rows i < j, (n, d) -> (n * (n - 1) / 2,), in the order of `torch.combinations`."""
@overload
def permute(input: Tensor, *dims: builtins.int, out: Any = ...) -> Tensor:
    r"""Reorder the dimensions: `y.shape[i] = x.shape[dims[i]]`. A view."""
@overload
def permute(input: Tensor, dims: Sequence[builtins.int], *, out: Any = ...) -> Tensor: ...
pi: builtins.float
def pinverse(A: Tensor, rcond: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`linalg.pinv` with rtol = rcond."""
def pixel_shuffle(input: Tensor, upscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C r r, H, W) -> (..., C, H r, W r): each group of r r channels becomes an r by r block of pixels."""
def pixel_unshuffle(input: Tensor, downscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C, H r, W r) -> (..., C r r, H, W): undoes `pixel_shuffle`."""
def polygamma(n: builtins.int, x: _Like, *, out: Any = ...) -> Tensor:
    r"""The n-th derivative of digamma, n >= 0; infinite at 0 and the negative integers."""
def positive(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = +x`."""
@overload
def pow(input: Tensor, exponent: _Like, *, out: Tensor | None = ...) -> Tensor:
    r"""`y = input ** exponent`, broadcast."""
@overload
def pow(input: builtins.float, exponent: Tensor, *, out: Tensor | None = ...) -> Tensor: ...
def prelu(input: Tensor, weight: _Like) -> Tensor:
    r"""`y = x` where x > 0, else `weight * x`; weight has one element, or one for each channel (dimension 1). He et al. 2015."""
preserve_format: Any
def prod(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The product over `dim` (an int, or all); integers and bools give int64. Zeros do its gradient no harm."""
def put(input: Tensor, index: _Like, source: _Like, accumulate: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""x with the elements of `source` at `index` of the flat tensor, or added there; a negative index counts from the end."""
def qr(A: Tensor, some: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.decompose.QRResult:
    r"""`linalg.qr` with mode "reduced", or "complete" if not some."""
def quantile(input: Tensor, q: builtins.float | _Like, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., interpolation: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The q-quantiles along `dim`, or of all elements: q in [0, 1], a number or 1-D, which then comes first in the shape."""
def rad2deg(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Radians as degrees."""
@overload
def rand(*size: builtins.int, generator: glassgrad.ops.random.Generator | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Uniform in [0, 1), of shape `size`."""
@overload
def rand(size: Sequence[builtins.int], *, generator: glassgrad.ops.random.Generator | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
def rand_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Uniform in [0, 1), of the input's shape and dtype."""
def randint(*bounds: Any, low: builtins.int = ..., high: builtins.int | None = ..., size: Any = ..., generator: glassgrad.ops.random.Generator | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Integers from low (0 if left out) to high - 1: `randint(high, size)` or `randint(low, high, size)`."""
@overload
def randn(*size: builtins.int, generator: glassgrad.ops.random.Generator | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Standard normal, of shape `size`."""
@overload
def randn(size: Sequence[builtins.int], *, generator: glassgrad.ops.random.Generator | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
def randn_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Standard normal, of the input's shape and dtype."""
def randperm(n: builtins.int, generator: glassgrad.ops.random.Generator | None = ..., dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""The integers 0 to n - 1 in random order."""
def ravel(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The elements in row-major order in one dimension. A view where it can be."""
def reciprocal(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / x`; integers give the default float."""
def relu(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = max(x, 0)`; the derivative at 0 is 0."""
@overload
def remainder(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input - other * floor(input / other)`, broadcast, with the sign of other. ZeroDivisionError for integers by zero."""
@overload
def remainder(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
def renorm(input: Tensor, p: builtins.float, dim: builtins.int, maxnorm: builtins.float, *, out: Any = ...) -> Tensor:
    r"""x with the entries of dimension `dim` whose p-norm is above `maxnorm` scaled down to it."""
def repeat_interleave(input: Tensor, repeats: builtins.int | _Like | None = ..., dim: builtins.int | None = ..., output_size: builtins.int | None = ..., *, out: Any = ...) -> Tensor:
    r"""Each entry along `dim` `repeats` times (a number, or one an entry); without dim, of the flat tensor."""
@overload
def reshape(input: Tensor, *shape: builtins.int, out: Any = ...) -> Tensor:
    r"""The same elements in the same row-major order with another shape; one size may be -1. A view where it can be."""
@overload
def reshape(input: Tensor, shape: Sequence[builtins.int], *, out: Any = ...) -> Tensor: ...
def rms_norm(input: Tensor, normalized_shape: builtins.int | Sequence[builtins.int], weight: _Like | None = ..., eps: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""`x / sqrt(mean(x * x) + eps) * weight`, the mean over the last dimensions, of `normalized_shape`."""
def roll(input: Tensor, shifts: builtins.int | Sequence[builtins.int], dims: builtins.int | Sequence[builtins.int] | None = ..., *, out: Any = ...) -> Tensor:
    r"""The entries moved on by `shifts` along `dims`, those at the end coming in at the start; without dims, of the flat tensor."""
def rot90(input: Tensor, k: builtins.int = ..., dims: Sequence[builtins.int] = ..., *, out: Any = ...) -> Tensor:
    r"""A quarter turn, `k` times, in the plane of two dimensions: from the first towards the second."""
def round(input: Tensor, decimals: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The nearest integer, or multiple of 10**-decimals; halves go to the even one. The derivative is 0."""
def rrelu(input: Tensor, lower: builtins.float = ..., upper: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""leaky_relu whose slope is drawn for each element from [lower, upper) in training, else their mean. Xu et al. 2015."""
def rsqrt(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / sqrt(x)`."""
def rsub(input: Tensor, other: _Like, *, alpha: builtins.float = ...) -> Tensor:
    r"""`y = other - alpha * input`, broadcast."""
def scalar_tensor(s: builtins.float, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""A number as a 0-d tensor, of the default dtype unless another is given."""
def scatter(input: Tensor, dim: builtins.int, index: _Like, src: _Like | builtins.float | None = ..., reduce: builtins.str | None = ..., value: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""x with `y[index[i][j]][j] = src[i][j]` for dim 0, and likewise for the others; src may be a number, also by the name `value`."""
def scatter_add(input: Tensor, dim: builtins.int, index: _Like, src: _Like, *, out: Any = ...) -> Tensor:
    r"""x with `src[i][j]` added to `y[index[i][j]][j]` for dim 0, and likewise for the others."""
def scatter_reduce(input: Tensor, dim: builtins.int, index: _Like, src: _Like, reduce: builtins.str, include_self: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""What goes to one place as in `scatter_add`, reduced: "sum", "prod", "mean", "amax" or "amin", with x's own element or without."""
def searchsorted(sorted_sequence: Tensor, input: _Like, out_int32: builtins.bool = ..., right: builtins.bool = ..., side: builtins.str | None = ..., sorter: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""Where in the sorted sequence (1-D, or rows for rows of input) `input` would go: before equal elements, or with `right` after."""
def select(input: Tensor, dim: builtins.int, index: builtins.int, *, out: Any = ...) -> Tensor:
    r"""Entry `index` of dimension `dim`, without that dimension. A view."""
def select_scatter(input: Tensor, src: _Like, dim: builtins.int, index: builtins.int, *, out: Any = ...) -> Tensor:
    r"""x with `src` in place of `x.select(dim, index)`."""
def selu(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = 1.0507 * elu(x, 1.6733)`, which keeps mean 0 and variance 1 from layer to layer. Klambauer et al. 2017."""
def sgn(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""-1, 0 or 1; NaN of NaN. The derivative is 0."""
short: np.dtype[np.int16]
def sigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
def sign(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""-1, 0 or 1; NaN of NaN. The derivative is 0."""
def signbit(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""Whether x is negative; of floats, whether the sign bit is set (-0.0 too)."""
def sin(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The sine of x, in radians."""
def sinc(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = sin(pi * x) / (pi * x)`, and 1 at 0."""
def sinh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic sine."""
def slice_scatter(input: Tensor, src: _Like, dim: builtins.int = ..., start: builtins.int | None = ..., end: builtins.int | None = ..., step: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""x with `src` in place of the entries `start:end:step` of `dim`."""
def slogdet(A: Tensor, *, out: Any = ...) -> glassgrad.ops.decompose.SlogdetResult:
    r"""The sign of the determinant (1, -1 or 0) and the logarithm of its absolute value, (..., n, n) -> (...) and (...)."""
def softmax(input: Tensor, dim: builtins.int = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow; cast to `dtype` first."""
def sort(input: Tensor, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen:
    r"""x in order along `dim`, as (values, indices); always stable. NaN counts as the largest."""
def spmm(input: Tensor, mat2: _Like, *, out: Any = ...) -> Tensor:
    r"""The product of two matrices, (n, k) @ (k, m) -> (n, m)."""
def sqrt(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The square root."""
def square(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = x * x`; bools give int64."""
def squeeze(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., *, out: Any = ...) -> Tensor:
    r"""Drop dimensions of size 1: all of them, or those in `dim` that have size 1."""
def stack(tensors: Sequence[Tensor], dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""Join tensors of one shape along a new dimension."""
def std(input: Tensor, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ..., unbiased: Any = ...) -> Tensor:
    r"""The standard deviation over `dim`, `sqrt(var)`; where it is 0 the gradient is 0, as in PyTorch."""
def std_mean(input: Tensor, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ..., unbiased: Any = ...) -> builtins.tuple[Tensor, Tensor]:
    r"""`(std, mean)` over `dim`."""
strided: Any
def sub(input: Tensor, other: _Like, *, alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    r"""`y = input - alpha * other`, broadcast; RuntimeError for two bools."""
def subtract(input: Tensor, other: _Like, *, alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    r"""`y = input - alpha * other`, broadcast; RuntimeError for two bools."""
def sum(input: Tensor, dim: _Dim = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The sum over `dim` (an int, several, or all); integers and bools add up to int64."""
def svd(A: Tensor, some: builtins.bool = ..., compute_uv: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.decompose.OldSVDResult:
    r"""`A = U @ diag(S) @ V.mT`, the older form of `linalg.svd`; U and V are 0 if not compute_uv."""
def t(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The transpose of a matrix; tensors of fewer dimensions as they are."""
def take(input: Tensor, index: _Like, *, out: Any = ...) -> Tensor:
    r"""The elements of the flat tensor at `index`, of index's shape; a negative index counts from the end."""
def take_along_dim(input: Tensor, indices: _Like, dim: builtins.int | None = ..., *, out: Any = ...) -> Tensor:
    r"""`gather` where x and indices broadcast in the other dimensions; without dim, of the flat tensors."""
def tan(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The tangent of x, in radians."""
def tanh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic tangent."""
def tensor(data: Any, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""A tensor with a copy of `data`: numbers, nested lists, arrays. Python floats become the default dtype, ints int64."""
def tensor_split(input: Tensor, indices_or_sections: Any, dim: builtins.int = ..., *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""So many pieces, the first ones larger by one where it doesn't come out even; or cut before each index. Views."""
def tensordot(input: Tensor, other: _Like, dims: Any = ..., *, out: Any = ...) -> Tensor:
    r"""The sum of products over `dims` dimensions, the last of input and the first of other, or over the pairs of `dims = (of_a, of_b)`."""
def threshold(input: Tensor, threshold: builtins.float, value: builtins.float, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x` where x > threshold, else `value`."""
@overload
def tile(input: Tensor, *dims: builtins.int, out: Any = ...) -> Tensor:
    r"""`repeat`; fewer numbers than dimensions are for the last ones."""
@overload
def tile(input: Tensor, dims: Sequence[builtins.int], *, out: Any = ...) -> Tensor: ...
def topk(input: Tensor, k: builtins.int, dim: builtins.int = ..., largest: builtins.bool = ..., sorted: builtins.bool = ..., *, out: Any = ...) -> glassgrad.ops.scan.Chosen:
    r"""The k largest (or smallest) elements along `dim`, in order, as (values, indices). NaN counts as the largest."""
def trace(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The sum of a matrix's main diagonal."""
def transpose(input: Tensor, dim0: builtins.int, dim1: builtins.int, *, out: Any = ...) -> Tensor:
    r"""Swap two dimensions. A view."""
def trapezoid(y: Tensor, x: _Like | None = ..., dx: builtins.float | None = ..., dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The area under y along `dim` by the trapezoid rule, over the points x or points `dx` (default 1) apart."""
def trapz(y: Tensor, x: _Like | None = ..., dx: builtins.float | None = ..., dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""`trapezoid`."""
def tril(input: Tensor, diagonal: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The lower triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
def tril_indices(row: builtins.int, col: builtins.int, offset: builtins.int = ..., dtype: Any = ..., device: Any = ..., *, requires_grad: Any = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""(2, n): the row and column of each element of the lower triangle of a (row, col) matrix."""
def triu(input: Tensor, diagonal: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The upper triangle of the last two dimensions, the rest 0; `diagonal` shifts the edge up."""
def triu_indices(row: builtins.int, col: builtins.int, offset: builtins.int = ..., dtype: Any = ..., device: Any = ..., *, requires_grad: Any = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""(2, n): the row and column of each element of the upper triangle of a (row, col) matrix."""
def true_divide(input: Tensor, other: _Like, *, rounding_mode: builtins.str | None = ..., out: Tensor | None = ...) -> Tensor:
    r"""`y = input / other`, broadcast; integers give the default float."""
def trunc(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The next integer towards 0 (or x itself). The derivative is 0."""
uint8: np.dtype[np.uint8]
def unbind(input: Tensor, dim: builtins.int = ..., *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""The slices along `dim`, without that dimension. Views."""
def unflatten(input: Tensor, dim: builtins.int, sizes: Sequence[builtins.int], *, out: Any = ...) -> Tensor:
    r"""Dimension `dim` divided into `sizes`, whose product is its size; one of them may be -1."""
@overload
def unique(input: Tensor, sorted: builtins.bool = ..., return_inverse: Literal[False] = ..., return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> Tensor:
    r"""The different elements of x in order, or its different entries along `dim`; each NaN is a different one."""
@overload
def unique(input: Tensor, sorted: builtins.bool = ..., *, return_inverse: Literal[False] = ..., return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
@overload
def unique(input: Tensor, sorted: builtins.bool = ..., *, return_inverse: Literal[True], return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
@overload
def unique(input: Tensor, sorted: builtins.bool = ..., *, return_inverse: Literal[True], return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor, Tensor]: ...
@overload
def unique(input: Tensor, sorted: builtins.bool, return_inverse: builtins.bool, return_counts: builtins.bool = ..., dim: builtins.int | None = ...) -> Any: ...
@overload
def unique_consecutive(input: Tensor, return_inverse: Literal[False] = ..., return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> Tensor:
    r"""x without the elements, or the entries along `dim`, that repeat the one before; else as `unique`."""
@overload
def unique_consecutive(input: Tensor, *, return_inverse: Literal[False] = ..., return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
@overload
def unique_consecutive(input: Tensor, *, return_inverse: Literal[True], return_counts: Literal[False] = ..., dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor]: ...
@overload
def unique_consecutive(input: Tensor, *, return_inverse: Literal[True], return_counts: Literal[True], dim: builtins.int | None = ...) -> builtins.tuple[Tensor, Tensor, Tensor]: ...
@overload
def unique_consecutive(input: Tensor, return_inverse: builtins.bool, return_counts: builtins.bool = ..., dim: builtins.int | None = ...) -> Any: ...
def unravel_index(indices: Tensor, shape: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""The index in each dimension of the elements of a tensor of `shape` that lie at `indices` of the flat tensor."""
def unsqueeze(input: Tensor, dim: builtins.int, *, out: Any = ...) -> Tensor:
    r"""Insert a dimension of size 1 at position `dim`."""
def vander(input: Tensor, N: builtins.int | None = ..., increasing: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""(n, N): the powers N - 1 to 0 (0 to N - 1 if increasing) of each entry of a vector; N defaults to n."""
def var(input: Tensor, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ..., unbiased: Any = ...) -> Tensor:
    r"""The variance over `dim`: the squared distances from the mean over (n - correction); `unbiased=False` is correction 0."""
def var_mean(input: Tensor, dim: _Dim = ..., correction: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ..., unbiased: Any = ...) -> builtins.tuple[Tensor, Tensor]:
    r"""`(var, mean)` over `dim`."""
def vdot(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`dot`; the two differ for complex numbers only."""
def vsplit(input: Tensor, indices_or_sections: builtins.int | Sequence[builtins.int], *, out: Any = ...) -> builtins.tuple[Tensor, ...]:
    r"""`tensor_split` into equal pieces along dim 0."""
def vstack(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor:
    r"""Join along dim 0, vectors as rows."""
@overload
def where(condition: Tensor) -> builtins.tuple[Tensor, ...]:
    r"""`input` where the bool `condition` is true, else `other`; all three broadcast. Where an element isn't taken its gradient is 0."""
@overload
def where(condition: Tensor, input: _Like, other: _Like, *, out: Any = ...) -> Tensor: ...
@overload
def xlogy(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input * log(other)`, and 0 where input is 0 (NaN where other is NaN)."""
@overload
def xlogy(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
@overload
def zeros(*size: builtins.int, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Zeros of shape `size`."""
@overload
def zeros(size: Sequence[builtins.int], *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor: ...
def zeros_like(input: Tensor, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., *, out: Any = ..., layout: Any = ..., pin_memory: Any = ..., memory_format: Any = ...) -> Tensor:
    r"""Zeros of the input's shape and dtype."""
