"""Sums over the rows of a (rows, columns) array: what broadcasting a bias makes of its gradient."""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.refs import view

SERIAL = 2**16  # elements, some 15 us, below which one thread is faster
WIDE = 1024  # columns at once: their sums stay in the L1 cache
TALL = 64  # rows; all in one sum would lose digits


@cache
def column_sums(dtype: type) -> Callable:
    """The kernel of the sums."""

    @_jit.jit((dtype.__name__,))
    def part(p, parts, rows, columns, x_, out_):
        """Part `p` of `parts` of the columns, each summed in order: TALL rows, then these sums."""
        some = np.empty(min(columns, WIDE), dtype)
        end = columns * (p + 1) // parts
        for left in range(columns * p // parts, end, WIDE):
            right = min(end, left + WIDE)
            n = right - left
            out = view(out_, dtype, left, right)
            for j in range(n):
                out[j] = 0
            for top in range(0, rows, TALL):
                bottom = min(rows, top + TALL)
                whole = bottom - (bottom - top) % 4
                for j in range(n):
                    some[j] = 0
                for i in range(top, whole, 4):  # of four rows at once, so that the sums are loaded and stored less often
                    at = i * columns + left
                    a, b = view(x_, dtype, at, at + n), view(x_, dtype, at + columns, at + columns + n)
                    at += 2 * columns
                    c, d = view(x_, dtype, at, at + n), view(x_, dtype, at + columns, at + columns + n)
                    for j in range(n):
                        some[j] += (a[j] + b[j]) + (c[j] + d[j])
                for i in range(whole, bottom):
                    a = view(x_, dtype, i * columns + left, i * columns + right)
                    for j in range(n):
                        some[j] += a[j]
                for j in range(n):
                    out[j] += some[j]

    return part


def sum_rows(x: np.ndarray, columns: int) -> np.ndarray:
    """The sum over all rows of `columns` elements, x in row-major order -> (columns,)."""
    x = x if x.flags.carray else _jit.plain(x)
    out = np.empty(columns, x.dtype)
    parts = 1 if x.size < SERIAL else min(_jit.get_num_threads(), -(-columns // 16))
    _jit.run(column_sums(x.dtype.type), parts, x.size // columns, columns, id(x), id(out))
    return out
