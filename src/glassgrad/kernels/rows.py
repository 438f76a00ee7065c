"""Passes over one row, an array of one dimension: what the row kernels are made of.

Numba lets an index be negative: only where a loop starts at 0 does LLVM see that none is, and vectorises it.
"""

from glassgrad.kernels import _jit
from glassgrad.kernels.vector import exp, plus

_loop = _jit.inner()


@_loop
def row_sum(x):
    """The sum of the elements."""
    total = x.dtype.type(0)
    for j in range(x.size):
        total = plus(total, x[j])
    return total


@_loop
def row_dot(x, y):
    """The sum of the products."""
    total = x.dtype.type(0)
    for j in range(x.size):
        total = plus(total, x[j] * y[j])
    return total


@_loop
def row_moved(x, by, out):
    """out = x - by."""
    for j in range(x.size):
        out[j] = x[j] - by


@_loop
def row_exp(x, out):
    """out = exp(x)."""
    for j in range(x.size):
        out[j] = exp(x[j])
