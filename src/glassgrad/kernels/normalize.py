"""Layer norm and RMS norm: each row of a (rows, columns) array gets mean 0 (in RMS norm it keeps its own) and mean square 1."""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.reduce import sum_rows
from glassgrad.kernels.refs import view
from glassgrad.kernels.rows import row_dot, row_moved, row_sum
from glassgrad.kernels.vector import plus

SERIAL = 2**14  # elements, some 10 us, below which one thread is faster (benchmarks/kernels.py)
TALL = 16  # rows whose sums are added up before they join the others: in one sum digits would be lost
CHUNKS = 32  # of rows, whose sums for weight and bias are added up in order: so many for any number of threads


@cache
def _forward(dtype: type) -> Callable:
    zero, one = dtype(0), dtype(1)

    @_jit.jit(("forward", dtype.__name__))
    def part(p, parts, rows, columns, x_, weight_, bias_, y_, mean_, rstd_, eps):
        """`weight_`, `bias_` and (of RMS norm) `mean_` are 0 where there is none."""
        per_column = one / dtype(columns)
        start, end = rows * p // parts, rows * (p + 1) // parts
        weight, bias = view(weight_ or x_, dtype, 0, columns), view(bias_ or x_, dtype, 0, columns)
        mean, rstd = view(mean_ or rstd_, dtype, 0, rows), view(rstd_, dtype, 0, rows)
        for i in range(start, end):
            x, y = view(x_, dtype, i * columns, (i + 1) * columns), view(y_, dtype, i * columns, (i + 1) * columns)
            middle = zero
            if mean_:
                middle = row_sum(x) * per_column
                mean[i] = middle
                row_moved(x, middle, y)
                squares = row_dot(y, y)
            else:
                squares = row_dot(x, x)
            scale = one / np.sqrt(squares * per_column + dtype(eps))
            rstd[i] = scale
            if weight_ and bias_:
                for j in range(columns):
                    y[j] = (x[j] - middle) * scale * weight[j] + bias[j]
            else:
                for j in range(columns):
                    y[j] = (x[j] - middle) * scale
                for j in range(columns if weight_ else 0):
                    y[j] *= weight[j]
                for j in range(columns if bias_ else 0):
                    y[j] += bias[j]

    return part


@cache
def _backward(dtype: type) -> Callable:
    zero, one = dtype(0), dtype(1)

    @_jit.jit(("backward", dtype.__name__))
    def part(p, parts, rows, columns, chunks, g_, x_, weight_, mean_, rstd_, gx_, sums_):
        """`sums_`, (chunks, 2, columns), gets the gradients by weight and bias; the second isn't there where `mean_` is 0: RMS norm."""
        per_column = one / dtype(columns)
        mean, rstd = view(mean_ or rstd_, dtype, 0, rows), view(rstd_, dtype, 0, rows)
        kinds = 2 if mean_ else 1
        normal, ones = np.empty(columns, dtype), np.empty(columns, dtype)
        some_w, some_b = np.empty(columns, dtype), np.empty(columns, dtype)
        for j in range(columns):
            ones[j] = one
        weight = view(weight_, dtype, 0, columns) if weight_ else ones
        for chunk in range(chunks * p // parts, chunks * (p + 1) // parts):
            at = chunk * kinds * columns
            gw, gb = view(sums_, dtype, at, at + columns), view(sums_, dtype, at + (kinds - 1) * columns, at + kinds * columns)
            for j in range(columns):
                gb[j] = gw[j] = zero
            end = rows * (chunk + 1) // chunks
            for first in range(rows * chunk // chunks, end, TALL):
                for j in range(columns):
                    some_w[j] = some_b[j] = zero
                for i in range(first, min(end, first + TALL)):
                    g, x = view(g_, dtype, i * columns, (i + 1) * columns), view(x_, dtype, i * columns, (i + 1) * columns)
                    gx = view(gx_, dtype, i * columns, (i + 1) * columns)
                    scale, middle = rstd[i], mean[i] if mean_ else zero
                    total = total_n = zero
                    # Not one loop: LLVM proves that arrays don't overlap only for a few that are written.
                    for j in range(columns):
                        n = (x[j] - middle) * scale
                        normal[j] = n
                        total = plus(total, g[j] * weight[j])
                        total_n = plus(total_n, g[j] * weight[j] * n)
                    for j in range(columns):
                        some_w[j] += g[j] * normal[j]
                        some_b[j] += g[j]
                    total, total_n = total * per_column if mean_ else zero, total_n * per_column
                    for j in range(columns):
                        gx[j] = scale * (g[j] * weight[j] - total - normal[j] * total_n)
                for j in range(columns):
                    gw[j] += some_w[j]
                for j in range(columns if mean_ else 0):
                    gb[j] += some_b[j]

    return part


def normalized(
    x: np.ndarray, columns: int, weight: np.ndarray | None, bias: np.ndarray | None, eps: float, centred: bool
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """y, of x's shape, and for each row of `columns` elements its mean (None unless `centred`) and rstd."""
    x = _plain(x)
    rows = x.size // columns
    weight, bias = _plain(weight), _plain(bias)
    y, rstd = np.empty(x.shape, x.dtype), np.empty(rows, x.dtype)
    mean = np.empty(rows, x.dtype) if centred else None
    parts = min(_jit.get_num_threads(), rows) if x.size >= SERIAL else 1
    _jit.run(_forward(x.dtype.type), parts, rows, columns, id(x), _id(weight), _id(bias), id(y), _id(mean), id(rstd), float(eps))
    return y, mean, rstd


def gradients(
    g: np.ndarray, x: np.ndarray, columns: int, weight: np.ndarray | None, mean: np.ndarray | None, rstd: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient by x, of x's shape, and in one array of rows of `columns` those by weight and (where there is a mean) bias."""
    g, x, weight, mean, rstd = _plain(g), _plain(x), _plain(weight), _plain(mean), _plain(rstd)
    rows = x.size // columns
    chunks, parts = 1, 1
    if x.size >= SERIAL:
        chunks = min(CHUNKS, rows)
        parts = min(_jit.get_num_threads(), chunks)
    gx, sums = np.empty(x.shape, x.dtype), np.empty((chunks, 1 if mean is None else 2, columns), x.dtype)
    _jit.run(_backward(x.dtype.type), parts, rows, columns, chunks, id(g), id(x), _id(weight), _id(mean), id(rstd), id(gx), id(sums))
    return gx, sums[0] if chunks == 1 else sum_rows(sums, sums.size // chunks).reshape(-1, columns)


def _plain(x: np.ndarray | None) -> np.ndarray | None:
    return x if x is None or x.flags.carray else _jit.plain(x)


def _id(x: np.ndarray | None) -> int:
    return 0 if x is None else id(x)
