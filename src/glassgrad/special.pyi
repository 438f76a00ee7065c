"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np

from glassgrad.tensor import Tensor as Tensor

_Array = Tensor | np.ndarray
_Like = Tensor | np.ndarray | np.generic | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

def digamma(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The derivative of lgamma; NaN at negative integers."""
def entr(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""What each probability adds to an entropy: `-x * log(x)`, 0 at 0, -inf below."""
def erf(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The error function, `2 / sqrt(pi) * integral of exp(-t*t) from 0 to x`."""
def erfc(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 1 - erf(x)`, precise where erf is near 1."""
def erfcx(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = exp(x * x) * erfc(x)`, which doesn't underflow for large x."""
def erfinv(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of erf, of x in [-1, 1]."""
def exp2(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 2**x`."""
def expit(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
def expm1(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = e**x - 1`, precise near 0."""
def gammaln(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = log(|gamma(x)|)`."""
def log1p(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = log(1 + x)`, precise near 0."""
def log_ndtr(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`log(ndtr(x))`, which doesn't become -inf for large negative x."""
def log_softmax(input: Tensor, dim: builtins.int = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x - log(sum(exp(x)))` along `dim`; cast to `dtype` first."""
def logit(input: Tensor, eps: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = log(x / (1 - x))`, the inverse of sigmoid; with `eps`, x is clamped to [eps, 1 - eps] first."""
def logsumexp(input: Tensor, dim: _Dim, keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`log(sum(exp(x)))` over `dim`, shifted by the largest element so that it doesn't overflow."""
def multigammaln(input: Tensor, p: builtins.int, *, out: Any = ...) -> Tensor:
    r"""The logarithm of the multivariate gamma function, `p * (p - 1) / 4 * log(pi) + sum of lgamma(x - j / 2)`, j = 0 to p - 1."""
def ndtr(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The probability that a standard normal number is at most x, `erfc(-x / sqrt(2)) / 2`."""
def ndtri(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The inverse of ndtr, of x in [0, 1]."""
def polygamma(n: builtins.int, x: _Like, *, out: Any = ...) -> Tensor:
    r"""The n-th derivative of digamma, n >= 0; infinite at 0 and the negative integers."""
def psi(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The derivative of lgamma; NaN at negative integers."""
def round(input: Tensor, decimals: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""The nearest integer, or multiple of 10**-decimals; halves go to the even one. The derivative is 0."""
def sinc(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = sin(pi * x) / (pi * x)`, and 1 at 0."""
def softmax(input: Tensor, dim: builtins.int = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    r"""`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow; cast to `dtype` first."""
def xlog1py(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input * log(1 + other)`, and 0 where input is 0 (NaN where other is NaN)."""
@overload
def xlogy(input: Tensor, other: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = input * log(other)`, and 0 where input is 0 (NaN where other is NaN)."""
@overload
def xlogy(input: builtins.float, other: Tensor, *, out: Any = ...) -> Tensor: ...
