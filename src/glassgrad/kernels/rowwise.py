"""The softmax family: each row of a (rows, columns) array is reduced, then mapped.

Forward is vector code along a row (along.py); the gradients are plain loops, which LLVM vectorises. NaN and infinities come out as from
NumPy's formula.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.along import Step, along, larger, plus
from glassgrad.kernels.refs import data, view
from glassgrad.kernels.rows import row_dot, row_exp, row_sum
from glassgrad.kernels.tile import host
from glassgrad.kernels.vector import log

BLOCK = 4096  # elements that stay in the L1 cache
SERIAL = 2**14  # elements, some 15 us, below which one thread is faster (benchmarks/kernels.py)
KINDS = {"softmax": 0, "log_softmax": 1, "softmax_grad": 2, "log_softmax_grad": 3}
SOFTMAX, LOG_SOFTMAX, SOFTMAX_GRAD, LOG_SOFTMAX_GRAD = KINDS.values()


@cache
def weighing(width: int, dtype: type) -> tuple[Callable, Callable, Callable]:
    """weigh(x, rs, rows, columns, tops, totals, weights, stride): of rows of x, the largest element, exp(x - that), and its sum.

    And group(columns), how many rows to weigh at once: one by one, each step would wait for the end of the one before; and
    scaled, b = a * value along a row. Weights are `stride` bytes apart, with room for whole vectors.
    """
    maximum_ = along(width, lambda at: at.load("a"), larger, -np.inf)
    scaled = along(width, lambda at: at.store(at.builder.fmul(at.load("a"), at.value), "b"))
    inner, zero = _jit.inner((width, dtype.__name__)), dtype(0)

    def weight(at: Step) -> Any:
        got = at.weight(at.less("a", at.value))
        at.fill(got, "b")
        return got

    weigh_ = along(width, weight, plus)

    @inner
    def weigh(x, rs, rows, columns, tops, totals, weights, stride):
        for r in range(rows):
            tops[r] = maximum_(zero, columns, x + r * rs, 0, zero, zero)  # passes over NaN, which then makes a NaN of the total
        for r in range(rows):
            totals[r] = weigh_(zero, columns, x + r * rs, weights + r * stride, tops[r], zero)

    @inner
    def group(columns):
        return max(1, min(8, BLOCK // columns))

    return weigh, group, scaled


@cache
def make(width: int, dtype: type) -> Callable:
    """The kernel for vectors of `width` bytes."""
    zero, one, size = dtype(0), dtype(1), np.dtype(dtype).itemsize
    weigh, group, scaled = weighing(width, dtype)
    moved = along(width, lambda at: at.store(at.builder.fsub(at.less("a", at.value), at.other), "b"))

    @_jit.jit((width, dtype.__name__))
    def part(p, parts, rows, columns, a_, b_, out_, kind):
        """Part `p` of `parts` of the rows. `a_` is x, or g where `b_` is y."""
        begin, end, rs = rows * p // parts, rows * (p + 1) // parts, columns * size
        if kind in (SOFTMAX, LOG_SOFTMAX):
            count, stride = group(columns), (rs + width - 1) // width * width
            tops, totals, weights = np.empty(count, dtype), np.empty(count, dtype), np.empty(count * stride, np.uint8)
            w = weights.ctypes.data
            for first in range(begin, end, count):
                here = min(count, end - first)
                x, y = data(a_) + first * rs, data(out_) + first * rs
                weigh(x, rs, here, columns, tops, totals, w, stride)
                for r in range(here):
                    if kind == SOFTMAX:
                        scaled(zero, columns, w + r * stride, y + r * rs, one / totals[r], zero)
                    else:
                        moved(zero, columns, x + r * rs, y + r * rs, tops[r], log(totals[r]))
            weights[0] = 0  # Numba frees an array after its last use
            return
        for at in range(begin * columns, end * columns, columns):
            g, y, gx = view(a_, dtype, at, at + columns), view(b_, dtype, at, at + columns), view(out_, dtype, at, at + columns)
            if kind == SOFTMAX_GRAD:
                total = row_dot(g, y)
                for j in range(columns):
                    gx[j] = y[j] * (g[j] - total)
            else:
                total = row_sum(g)
                row_exp(y, gx)
                for j in range(columns):
                    gx[j] = g[j] - gx[j] * total

    return part


_WIDTH = host()[0]


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
    _jit.run(make(_WIDTH, a.dtype.type), parts, rows, columns, id(a), id(b), id(out), KINDS[kind])
    return out if last else np.ascontiguousarray(np.moveaxis(out, -1, dim))
