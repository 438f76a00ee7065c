"""The softmax family: each row of a (rows, columns) array is reduced, then mapped.

The passes over a row are plain loops that LLVM vectorises; what it may not do by itself (reorder a sum, keep several maxima)
is said where it is safe, and nowhere else: NaN and infinities come out as from NumPy's formula.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.refs import view
from glassgrad.kernels.rows import exp_row, move_row, row_dot, row_exp, row_maximum, row_moved, row_sum, scale_row
from glassgrad.kernels.vector import log

# exp runs over a block of whole rows at once: row by row, the last few elements of each would not fill a vector, and
# 103 columns took twice as long. A block stays in the L1 cache.
BLOCK = 4096  # elements
SERIAL = 2**14  # elements, some 15 us, below which one thread is faster (benchmarks/kernels.py)
KINDS = {"softmax": 0, "log_softmax": 1, "softmax_grad": 2, "log_softmax_grad": 3}
SOFTMAX, LOG_SOFTMAX, SOFTMAX_GRAD, LOG_SOFTMAX_GRAD = KINDS.values()


@cache
def _part(dtype: type) -> Callable:
    one = dtype(1)

    @_jit.jit((dtype.__name__,))
    def part(p, parts, rows, columns, a_, b_, out_, kind):
        """Part `p` of `parts` of the rows, a block at a time. `a_` is x, or g where `b_` is y."""
        end = rows * (p + 1) // parts
        block = max(1, BLOCK // columns)
        scratch = np.empty(block * columns if kind == LOG_SOFTMAX else 0, dtype)
        for first in range(rows * p // parts, end, block):
            here = min(block, end - first)
            start, stop = first * columns, (first + here) * columns
            b, out = view(b_, dtype, start, stop), view(out_, dtype, start, stop)
            if kind in (SOFTMAX, LOG_SOFTMAX):
                for at in range(start, stop, columns):
                    x = view(a_, dtype, at, at + columns)
                    row_moved(x, row_maximum(x), view(out_, dtype, at, at + columns))
            if kind == SOFTMAX:
                exp_row(out)
            elif kind == LOG_SOFTMAX:
                row_exp(out, scratch)
            elif kind == LOG_SOFTMAX_GRAD:
                row_exp(b, out)
            for at in range(start, stop, columns):
                x, z = view(a_, dtype, at, at + columns), view(out_, dtype, at, at + columns)
                if kind == SOFTMAX:
                    scale_row(z, one / row_sum(z))
                elif kind == LOG_SOFTMAX:
                    move_row(z, log(row_sum(scratch[at - start : at - start + columns])))
                elif kind == SOFTMAX_GRAD:
                    y = view(b_, dtype, at, at + columns)
                    total = row_dot(x, y)
                    for j in range(columns):
                        z[j] = y[j] * (x[j] - total)
                else:
                    total = row_sum(x)
                    for j in range(columns):
                        z[j] = x[j] - z[j] * total

    return part


def apply(kind: str, dim: int, a: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """Run one of the four over `dim` of a (and b, of the same shape) -> a new array of the same shape."""
    last = dim in (-1, a.ndim - 1)
    if not last:
        a, b = np.moveaxis(a, dim, -1), None if b is None else np.moveaxis(b, dim, -1)
    a = a if a.flags.carray else _jit.plain(a)
    b = a if b is None else b if b.flags.carray else _jit.plain(b)
    out = np.empty(a.shape, a.dtype)
    columns = a.shape[-1]
    rows = a.size // columns
    parts = 1 if a.size < SERIAL else min(_jit.get_num_threads(), rows)
    _jit.run(_part(a.dtype.type), parts, rows, columns, id(a), id(b), id(out), KINDS[kind])
    return out if last else np.ascontiguousarray(np.moveaxis(out, -1, dim))
