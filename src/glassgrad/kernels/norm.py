"""Layer norm: each row of a (rows, columns) array gets mean 0 and variance 1, then weight and bias."""

from math import prod

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.rowwise import plus

SERIAL = 2**15  # elements, some 15 us, below which one thread is faster (benchmarks/elementwise.py)
CHUNKS = 32  # of rows, whose sums for weight and bias are added up in order: so many for any number of threads


@_jit.jit(fastmath={"contract"}, error_model="numpy")
def _forward(p, parts, x, weight, bias, y, mean, rstd, eps):
    rows, columns = x.shape
    zero, one = x.dtype.type(0), x.dtype.type(1)
    per_column = one / x.dtype.type(columns)
    for i in range(rows * p // parts, rows * (p + 1) // parts):
        total = zero
        for j in range(columns):
            total = plus(total, x[i, j])
        middle = total * per_column
        total = zero
        for j in range(columns):
            y[i, j] = x[i, j] - middle
            total = plus(total, y[i, j] * y[i, j])
        scale = one / np.sqrt(total * per_column + eps)
        for j in range(columns):
            y[i, j] = y[i, j] * scale * weight[j] + bias[j]
        mean[i], rstd[i] = middle, scale


@_jit.jit(fastmath={"contract"}, error_model="numpy")
def _backward(p, parts, g, x, weight, mean, rstd, gx, gw, gb):
    """`gw` and `gb` are zeros, (chunks, columns)."""
    rows, columns = x.shape
    chunks = gw.shape[0]
    zero, one = x.dtype.type(0), x.dtype.type(1)
    per_column = one / x.dtype.type(columns)
    for chunk in range(chunks * p // parts, chunks * (p + 1) // parts):
        for i in range(rows * chunk // chunks, rows * (chunk + 1) // chunks):
            middle, scale = mean[i], rstd[i]
            total = total_n = zero
            for j in range(columns):
                n = (x[i, j] - middle) * scale
                h = g[i, j] * weight[j]
                gx[i, j] = n
                gw[chunk, j] += g[i, j] * n
                gb[chunk, j] += g[i, j]
                total = plus(total, h)
                total_n = plus(total_n, h * n)
            total, total_n = total * per_column, total_n * per_column
            for j in range(columns):
                gx[i, j] = scale * (g[i, j] * weight[j] - total - gx[i, j] * total_n)


def layer_norm(
    x: np.ndarray, shape: tuple[int, ...], weight: np.ndarray | None, bias: np.ndarray | None, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y, of x's shape, and mean and rstd, with 1 for each of the last dimensions, of `shape`."""
    columns = prod(shape)
    rows = _jit.plain(x).reshape(-1, columns)
    y = np.empty_like(rows)
    mean, rstd = np.empty((2, len(rows)), x.dtype)
    weight = np.ones(columns, x.dtype) if weight is None else _jit.plain(weight).reshape(-1)
    bias = np.zeros(columns, x.dtype) if bias is None else _jit.plain(bias).reshape(-1)
    parts = min(_jit.get_num_threads(), len(rows)) if y.size >= SERIAL else 1
    _jit.run(_forward, parts, rows, weight, bias, y, mean, rstd, x.dtype.type(eps))
    kept = x.shape[: x.ndim - len(shape)] + (1,) * len(shape)
    return y.reshape(x.shape), mean.reshape(kept), rstd.reshape(kept)


def layer_norm_grad(
    g: np.ndarray, x: np.ndarray, weight: np.ndarray | None, mean: np.ndarray, rstd: np.ndarray, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients by x, of x's shape, and by weight and bias, of `shape`."""
    columns = prod(shape)
    rows = _jit.plain(x).reshape(-1, columns)
    gx = np.empty_like(rows)
    chunks = min(CHUNKS, len(rows))
    gw, gb = np.zeros((2, chunks, columns), x.dtype)
    weight = np.ones(columns, x.dtype) if weight is None else _jit.plain(weight).reshape(-1)
    parts = min(_jit.get_num_threads(), chunks) if gx.size >= SERIAL else 1
    g, mean, rstd = _jit.plain(g).reshape(rows.shape), _jit.plain(mean).reshape(-1), _jit.plain(rstd).reshape(-1)
    _jit.run(_backward, parts, g, rows, weight, mean, rstd, gx, gw, gb)
    return gx.reshape(x.shape), gw.sum(0).reshape(shape), gb.sum(0).reshape(shape)
