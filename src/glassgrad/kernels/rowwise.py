"""The softmax family: each row of a (rows, columns) array is reduced, then mapped.

One driver serves all four functions, because a parallel region costs seconds to compile. The passes over a row are
plain loops that LLVM vectorises; what it may not do by itself (reorder a sum, keep several maxima) is said where it is
safe, and nowhere else: NaN and infinities come out as from NumPy's formula.
"""

import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

from glassgrad.kernels import _jit
from glassgrad.kernels.special import exp


@intrinsic
def plus(context, x, y):
    """x + y for a running sum: it may be reordered, hence vectorised."""
    return x(x, x), lambda context, builder, _, args: builder.fadd(*args, flags=("reassoc", "nsz", "contract"))


@intrinsic
def _maximum(context, x, y):
    """The larger of two; NaN if either is NaN. Unlike `x if x > y else y`, LLVM vectorises it as a running maximum."""

    def emit(context, builder, signature, args):
        real = args[0].type
        name = f"llvm.maximum.f{x.bitwidth}"
        return builder.call(cgutils.get_or_insert_function(builder.module, ir.FunctionType(real, [real] * 2), name), args)

    return x(x, x), emit


@_jit.jit()
def _row_maximum(x, i):
    top = x[i, 0]
    for j in range(x.shape[1]):
        top = _maximum(top, x[i, j])
    return top


# exp runs over a block of whole rows at once: row by row, the last few elements of each would not fill a vector, and
# 103 columns took twice as long. A block stays in the L1 cache.
BLOCK = 4096  # elements
SERIAL = 2**14  # elements, some 15 us, below which one thread is faster (benchmarks/softmax.py)
KINDS = ("softmax", "log_softmax", "softmax_grad", "log_softmax_grad")
SOFTMAX, LOG_SOFTMAX, SOFTMAX_GRAD, LOG_SOFTMAX_GRAD = range(4)


@_jit.jit(fastmath={"contract"}, error_model="numpy")
def _part(p, parts, a, b, out, kind):
    """Part `p` of `parts` of the rows, a block at a time. `a` is x, or g where `b` is y."""
    rows, columns = a.shape
    zero, one = a.dtype.type(0), a.dtype.type(1)
    flat_b, flat = b.reshape(-1), out.reshape(-1)
    end = rows * (p + 1) // parts
    block = max(1, BLOCK // columns)
    for first in range(rows * p // parts, end, block):
        last = min(first + block, end)
        if kind == SOFTMAX:
            for i in range(first, last):
                top = _row_maximum(a, i)
                for j in range(columns):
                    out[i, j] = a[i, j] - top
            es = flat[first * columns : last * columns]  # LLVM vectorises a loop that starts at 0
            for t in range(es.size):
                es[t] = exp(es[t])
        elif kind == LOG_SOFTMAX_GRAD:
            es, ys = flat[first * columns : last * columns], flat_b[first * columns : last * columns]
            for t in range(es.size):
                es[t] = exp(ys[t])
        for i in range(first, last):
            total = zero
            if kind == SOFTMAX:
                for j in range(columns):
                    total = plus(total, out[i, j])
                scale = one / total
                for j in range(columns):
                    out[i, j] *= scale
            elif kind == LOG_SOFTMAX:
                top = _row_maximum(a, i)
                for j in range(columns):
                    total = plus(total, exp(a[i, j] - top))
                total = np.log(total)
                for j in range(columns):
                    out[i, j] = (a[i, j] - top) - total
            elif kind == SOFTMAX_GRAD:
                for j in range(columns):
                    total = plus(total, a[i, j] * b[i, j])
                for j in range(columns):
                    out[i, j] = b[i, j] * (a[i, j] - total)
            else:
                for j in range(columns):
                    total = plus(total, a[i, j])
                for j in range(columns):
                    out[i, j] = a[i, j] - out[i, j] * total


def apply(kind: str, dim: int, a: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """Run one of the four over `dim` of a (and b, of the same shape) -> a new array of the same shape."""
    rows = [_rows(x, dim) for x in ((a,) if b is None else (a, b))]  # (rows, columns)
    out = np.empty_like(rows[0])
    parts = min(_jit.get_num_threads(), len(out)) if out.size >= SERIAL else 1
    _jit.run(_part, parts, rows[0], rows[-1], out, KINDS.index(kind))
    if dim in (-1, a.ndim - 1):
        return out.reshape(a.shape)
    moved = np.moveaxis(a, dim, -1).shape
    return np.ascontiguousarray(np.moveaxis(out.reshape(moved), -1, dim))


def _rows(x: np.ndarray, dim: int) -> np.ndarray:
    """x as (rows, length of dim)."""
    if dim not in (-1, x.ndim - 1):
        x = np.moveaxis(x, dim, -1)
    return _jit.plain(x).reshape(-1, x.shape[-1])
