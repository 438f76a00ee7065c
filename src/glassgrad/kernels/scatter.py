"""Rows of a table by index, and the gradient: sums of rows by index, of all rows or of those that are named."""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.refs import view

_INT64 = np.dtype(np.int64)
SERIAL = 2**18  # elements of the rows and the table, some 30 us, below which one thread is faster


@cache
def _sums(dtype: type) -> Callable:
    @_jit.jit(("sums", dtype.__name__))
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
    @_jit.jit(("rows", dtype.__name__))
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


@_jit.inner()
def _ones(bits):
    """How many bits are 1: a loop that LLVM makes one instruction of."""
    count = 0
    while bits:
        bits &= bits - np.uint64(1)
        count += 1
    return count


@cache
def _distinct() -> Callable:
    @_jit.jit(("distinct",))
    def part(p, parts, count, words, table, index_, bits_, before_, rows_, at_, found_):
        """A bit for each row of the table that is named, 64 a word, counted up to each word: that sorts without comparing."""
        one, index, at = np.uint64(1), view(index_, np.int64, 0, count), view(at_, np.int64, 0, count)
        bits, before, rows = view(bits_, np.uint64, 0, words), view(before_, np.int64, 0, words), view(rows_, np.int64, 0, count)
        for i in range(count):
            if 0 <= index[i] < table:
                bits[index[i] >> 6] |= one << np.uint64(index[i] & 63)
        found = 0
        for word in range(words):
            before[word], left = found, bits[word]
            while left:
                lowest = left & (~left + one)
                rows[found] = word * 64 + _ones(lowest - one)
                left ^= lowest
                found += 1
        view(found_, np.int64, 0, 1)[0] = found
        for i in range(count):
            if 0 <= index[i] < table:
                word, bit = index[i] >> 6, one << np.uint64(index[i] & 63)
                at[i] = before[word] + _ones(bits[word] & (bit - one))
            else:
                at[i] = -1

    return part


@cache
def _added(dtype: type) -> Callable:
    @_jit.jit(("added", dtype.__name__))
    def part(p, parts, count, columns, table, factor, x_, rows_, g_):
        """Part `p` of `parts` of the rows."""
        rows, factor = view(rows_, np.int64, 0, count), dtype(factor)
        for i in range(count * p // parts, count * (p + 1) // parts):
            to = rows[i]
            if 0 <= to < table:
                x, g = view(x_, dtype, to * columns, (to + 1) * columns), view(g_, dtype, i * columns, (i + 1) * columns)
                for d in range(columns):
                    x[d] += factor * g[d]

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


def distinct(index: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """See kernels.distinct."""
    shape = index.shape
    index = index if index.dtype is _INT64 and index.flags.carray else _jit.plain(index, np.int64)
    words = -(-count // 64)
    bits, before, found = np.zeros(words, np.uint64), np.empty(words, np.int64), np.empty(1, np.int64)
    rows, at = np.empty((2, index.size), np.int64)
    arrays = (index, bits, before, rows, at, found)
    _jit.run(_distinct(), 1, index.size, words, count, *map(id, arrays))
    return rows[: found[0]].copy(), at.reshape(shape)


def add_rows(x: np.ndarray, rows: np.ndarray, g: np.ndarray, factor: float) -> None:
    """See kernels.add_rows."""
    parts = 1 if g.size < SERIAL else min(_jit.get_num_threads(), len(rows))
    _jit.run(_added(x.dtype.type), parts, len(rows), g.shape[1], len(x), factor, id(x), id(rows), id(g))
