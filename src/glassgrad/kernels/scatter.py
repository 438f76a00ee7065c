"""Rows of a table by index, and the gradient: sums of rows by index."""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.vector import view

_INT64 = np.dtype(np.int64)
SERIAL = 2**18  # elements of the rows and the table, some 30 us, below which one thread is faster


@cache
def _sums(dtype: type) -> Callable:
    @_jit.jit(("sums", dtype.__name__), error_model="numpy")
    def part(p, parts, count, columns, table, g_, index_, out_):
        """Part `p` of `parts` of the table: it looks at every index and takes its own, in order, so that no two parts write to a row."""
        low, high = table * p // parts, table * (p + 1) // parts
        view(out_, dtype, low * columns, high * columns)[:] = 0
        index = view(index_, np.int64, 0, count)
        for row in range(count):
            to = index[row]
            if low <= to < high:
                g, out = view(g_, dtype, row * columns, (row + 1) * columns), view(out_, dtype, to * columns, (to + 1) * columns)
                for d in range(columns):
                    out[d] += g[d]

    return part


@cache
def _rows(dtype: type) -> Callable:
    @_jit.jit(("rows", dtype.__name__), error_model="numpy")
    def part(p, parts, count, columns, table, weight_, index_, out_, bad_):
        """Part `p` of `parts` of the rows; `bad_` gets a 1 where an index is out of bounds."""
        index = view(index_, np.int64, 0, count)
        for row in range(count * p // parts, count * (p + 1) // parts):
            at = index[row]
            if at < 0 or at >= table:
                view(bad_, np.int64, 0, 1)[0] = 1
                return
            weight, out = view(weight_, dtype, at * columns, (at + 1) * columns), view(out_, dtype, row * columns, (row + 1) * columns)
            for d in range(columns):
                out[d] = weight[d]

    return part


def embedding(index: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """weight[index]: index (...), weight (num_embeddings, D) -> (..., D); `NotImplemented` for an index out of bounds."""
    table, columns = weight.shape
    weight = weight if weight.flags.carray else _jit.plain(weight)
    out, bad = np.empty((*index.shape, columns), weight.dtype), np.zeros(1, np.int64)
    index = index if index.dtype is _INT64 and index.flags.carray else _jit.plain(index, np.int64)
    parts = 1 if out.size < SERIAL else min(_jit.get_num_threads(), index.size)
    _jit.run(_rows(weight.dtype.type), parts, index.size, columns, table, id(weight), id(index), id(out), id(bad))
    return NotImplemented if bad[0] else out


def embedding_grad(g: np.ndarray, index: np.ndarray, num_embeddings: int) -> np.ndarray:
    """out[index[r]] += g[r] for every row: g (..., D), index (...) -> (num_embeddings, D)."""
    columns = g.shape[-1]
    g = g if g.flags.carray else _jit.plain(g)
    index = index if index.dtype is _INT64 and index.flags.carray else _jit.plain(index, np.int64)
    out = np.empty((num_embeddings, columns), g.dtype)
    parts = 1 if g.size + out.size < SERIAL else min(_jit.get_num_threads(), num_embeddings)
    _jit.run(_sums(g.dtype.type), parts, index.size, columns, num_embeddings, id(g), id(index), id(out))
    return out
