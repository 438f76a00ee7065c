"""Cross-entropy from logits: the loss and its gradient by the logits in one pass over the rows."""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.refs import view
from glassgrad.kernels.rows import exp_row, row_dot, row_maximum, row_moved, row_sum, scale_row
from glassgrad.kernels.rowwise import BLOCK, SERIAL
from glassgrad.kernels.vector import log

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
def _part(dtype: type) -> Callable:
    real, zero = dtype, dtype(0)

    @_jit.jit((dtype.__name__,))
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
        scratch = np.empty(0 if each_ else min(block, rows), dtype)
        for b in range(blocks * p // parts, blocks * (p + 1) // parts):
            first, last = b * block, min((b + 1) * block, rows)
            values = view(each_, dtype, first, last) if each_ else scratch
            for i in range(last - first):
                at = (first + i) * columns
                x, z = view(x_, dtype, at, at + columns), view(slope_, dtype, at, at + columns)
                row_moved(x, row_maximum(x), z)
                t = target[first + i]
                value = zero
                if t != ignore:
                    value = -z[t] * real(own * weight[t] if weighted else own)
                    if smoothing:
                        value -= (row_dot(z, weight) if weighted else row_sum(z)) * real(share)
                values[i] = value
            exp_row(view(slope_, dtype, first * columns, last * columns))
            loss = 0.0
            for i in range(last - first):
                z = view(slope_, dtype, (first + i) * columns, (first + i + 1) * columns)
                t = target[first + i]
                norm = row_sum(z)
                if t == ignore:
                    scale_row(z, zero / norm)
                    continue
                q = own * weight[t] if weighted else own
                values[i] += real(q + shared) * log(norm)
                loss += values[i]
                scale_row(z, real((q + shared) / total) / norm)
                z[t] -= real(q / total)
                if smoothing:
                    for j in range(columns):
                        z[j] -= real(share / total) * (weight[j] if weighted else real(1))
            sums[2 + b] = loss
        if parts == 1:
            _add_up(blocks, sums_)

    return part


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
        _part(dtype.type), parts, rows, columns, id(x), id(target), 0 if weight is None else id(weight), 0 if each is None else id(each),
        id(slope), id(sums), REDUCTIONS[reduction], ignore_index, label_smoothing,
    )  # fmt: skip
    if sums[0]:
        return NotImplemented
    if parts > 1:
        _add_up(blocks, id(sums))
    return (dtype.type(sums[1]) if each is None else each), slope
