"""Passes over one row, an array of one dimension: what the row kernels are made of.

Numba lets an index be negative: only where a loop starts at 0 does LLVM see that none is, and vectorises it.
"""

from glassgrad.kernels import _jit
from glassgrad.kernels.vector import exp, maximum, plus

_loop = _jit.inner()


@_loop
def row_maximum(x):
    """The largest element; NaN if there is one."""
    top = x[0]
    for j in range(x.size):
        top = maximum(top, x[j])
    return top


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


# What is written in place has one name: of two, LLVM finds at run time that they overlap, and takes the loop that isn't vectorised.


@_loop
def row_moved(x, by, out):
    """out = x - by."""
    for j in range(x.size):
        out[j] = x[j] - by


@_loop
def move_row(x, by):
    """x -= by."""
    for j in range(x.size):
        x[j] -= by


@_loop
def scale_row(x, by):
    """x *= by."""
    for j in range(x.size):
        x[j] *= by


@_loop
def row_exp(x, out):
    """out = exp(x)."""
    for j in range(x.size):
        out[j] = exp(x[j])


@_loop
def exp_row(x):
    """x = exp(x)."""
    for j in range(x.size):
        x[j] = exp(x[j])
