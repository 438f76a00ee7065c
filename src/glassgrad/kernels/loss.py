"""Cross-entropy from logits: the loss and its gradient by the logits in one pass over the rows."""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.refs import data, view
from glassgrad.kernels.rows import row_sum
from glassgrad.kernels.rowwise import BLOCK, SERIAL, weighing
from glassgrad.kernels.tile import get, host
from glassgrad.kernels.vector import log, plus

NONE, SUM, MEAN = range(3)
_INT64 = np.dtype(np.int64)
REDUCTIONS = {"none": NONE, "sum": SUM, "mean": MEAN}


@_jit.jit()
def blocks_of(rows, columns):
    """The number of blocks of rows."""
    block = max(1, BLOCK // columns)
    return (rows + block - 1) // block


@_jit.jit()
def _add_up(blocks, sums_):
    """The loss into sums[1], which holds what to divide by: the sums of the blocks, behind it, in order."""
    sums = view(sums_, np.float64, 0, 2 + blocks)
    total = 0.0
    for b in range(2, sums.size):
        total += sums[b]
    sums[1] = total / sums[1]


@cache
def make(width: int, dtype: type) -> Callable:
    """The kernel for vectors of `width` bytes."""
    real, zero, size = dtype, dtype(0), np.dtype(dtype).itemsize
    weigh, group, scaled = weighing(width, dtype)

    @_jit.jit((width, dtype.__name__))
    def part(p, parts, rows, columns, x_, target_, weight_, each_, slope_, sums_, reduction, ignore, smoothing):
        """Part `p` of `parts` of the blocks of rows; `weight_` is 0 where there is none, `each_` unless nothing is reduced.

        With q[j], the weight of class j times its probability in the (smoothed) target, the loss of a row is
        sum(q) * log(sum(exp(x))) - sum(q * x), and its slope is sum(q) * softmax(x) - q.
        """
        target, sums = view(target_, np.int64, 0, rows), view(sums_, np.float64, 0, 2 + blocks_of(rows, columns))
        weighted = weight_ != 0
        weight = view(weight_ if weighted else x_, dtype, 0, columns)
        total = 0.0  # each part looks at all targets: no part has to wait for another
        for i in range(rows):
            t = target[i]
            if t != ignore:
                if t < 0 or t >= columns:
                    sums[0] = 1.0  # the body says what is wrong
                    return
                total += weight[t] if weighted else 1.0
        sums[0] = 0.0
        if reduction != MEAN:
            total = 1.0
        if p == 0:
            sums[1] = total

        own, share = 1.0 - smoothing, smoothing / columns  # the probability of the target, and what every class gets
        shared = share * (row_sum(weight) if weighted else columns) if smoothing else 0.0
        block = max(1, BLOCK // columns)
        blocks = sums.size - 2
        count, stride = group(columns), (columns * size + width - 1) // width * width
        tops, norms, weights = np.empty(count, dtype), np.empty(count, dtype), np.empty(count * stride, np.uint8)
        w, rs = weights.ctypes.data, columns * size
        for b in range(blocks * p // parts, blocks * (p + 1) // parts):
            loss = 0.0
            for first in range(b * block, min((b + 1) * block, rows), count):
                here = min(count, rows - first, (b + 1) * block - first)
                x, z = data(x_) + first * rs, data(slope_) + first * rs
                weigh(x, rs, here, columns, tops, norms, w, stride)
                for r in range(here):
                    t, value = target[first + r], zero
                    if t == ignore:
                        scaled(zero, columns, w + r * stride, z + r * rs, zero / norms[r], zero)
                    else:
                        q = own * weight[t] if weighted else own
                        value = real(q + shared) * log(norms[r]) - (get(zero, x + r * rs + t * size) - tops[r]) * real(q)
                        scaled(zero, columns, w + r * stride, z + r * rs, real((q + shared) / total) / norms[r], zero)
                        at = (first + r) * columns
                        slope = view(slope_, dtype, at, at + columns)
                        slope[t] -= real(q / total)
                        if smoothing:
                            row, others = view(x_, dtype, at, at + columns), zero
                            for j in range(columns):
                                by = weight[j] if weighted else real(1)
                                others = plus(others, (row[j] - tops[r]) * by)
                                slope[j] -= real(share / total) * by
                            value -= others * real(share)
                    if each_:
                        each = view(each_, dtype, 0, rows)
                        each[first + r] = value
                    loss += value
            sums[2 + b] = loss
        weights[0] = 0  # Numba frees an array after its last use
        if parts == 1:
            _add_up(blocks, sums_)

    return part


_WIDTH = host()[0]


def cross_entropy(
    x: np.ndarray, target: np.ndarray, weight: np.ndarray | None, ignore_index: int, reduction: str, label_smoothing: float
) -> tuple[np.ndarray, np.ndarray]:
    """The loss, of one element or one for each row of x (N, C), and its slope (N, C); `NotImplemented` for a wrong target."""
    rows, columns = x.shape
    dtype = x.dtype
    x = x if x.flags.carray else _jit.plain(x)
    target = target if target.dtype is _INT64 and target.flags.carray else _jit.plain(target, np.int64)
    weight = None if weight is None else _jit.plain(weight, dtype)
    each = np.empty(rows, dtype) if reduction == "none" else None
    slope = np.empty((rows, columns), dtype)
    blocks = -(-rows // (BLOCK // columns or 1))
    sums = np.empty(2 + blocks)
    parts = 1 if slope.size < SERIAL else min(_jit.get_num_threads(), blocks)
    _jit.run(
        make(_WIDTH, dtype.type), parts, rows, columns, id(x), id(target),
        0 if weight is None else id(weight), 0 if each is None else id(each), id(slope), id(sums),
        REDUCTIONS[reduction], ignore_index, label_smoothing,
    )  # fmt: skip
    if sums[0]:
        return NotImplemented
    if parts > 1:
        _add_up(blocks, id(sums))
    return (dtype.type(sums[1]) if each is None else each), slope
