"""Matrix products: c = a @ b (+ bias), any strides, any batch.

The heart is a tile of c, up to 6 rows by 4 vectors, that stays in registers while it runs along k: at every step it
loads a row of b as vectors and the 6 elements of a as scalars, and does 24 fused multiply-adds. b is read where it
lies if its rows are contiguous; a tile reads it in the same order as a packed copy would hold it. All addresses and
strides are integers, in bytes, so that one compiled function a dtype serves every rank and layout.
"""

from collections.abc import Callable
from functools import cache
from math import prod

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.tile import ROWS, emitters, get, host, put

DEPTH = 256  # how much of k a tile runs along before the next panel of b
# From benchmarks/gemm.py on 2 threads: a parallel region costs 3 us, as much as 2**18 multiply-adds.
SERIAL = 2**19  # multiply-adds below which one thread is faster


@cache
def make(width: int, vectors: int, fused: bool) -> Callable:
    """The product kernel for vectors of `width` bytes, `vectors` of them in a row of a tile."""
    key = (width, vectors, fused)
    tile, transpose = emitters(width, vectors, fused)
    panel = width * vectors  # bytes in a row of a tile

    @_jit.jit(key)
    def pack(like, b, brs, bcs, depth, columns, target):
        """Copy a panel of b, (depth, columns), to `target`, row by row, filled up with zeros to the tile's width."""
        size = like.itemsize
        lanes = width // size
        k_whole = depth - depth % lanes if brs == size else 0
        j_whole = columns - columns % lanes if brs == size else 0
        for j in range(0, j_whole, lanes):
            for k in range(0, k_whole, lanes):
                transpose(like, b + k * brs + j * bcs, bcs, target + k * panel + j * size, panel)
        for k in range(depth):
            source, row = b + k * brs, target + k * panel
            for j in range(j_whole if k < k_whole else 0, columns):
                put(get(like, source + j * bcs), row + j * size)
            for j in range(columns, panel // size):
                put(like.dtype.type(0), row + j * size)

    @_jit.jit(key)
    def part(p, parts, out, batch, a, ars, acs, b, brs, bcs, bias, m, n, depth, by_columns, scratch):
        """Compute part `p` of `parts` of c: whole tiles, by rows or by columns, over all products of the batch.

        `out` is c, flat; `batch` holds the lengths, the strides of a and those of b over the batch dimensions,
        (3, dimensions); `scratch` has room for a panel of b a part, or is 0 where b is read in place.
        """
        size = out.itemsize
        c = out.ctypes.data
        wide = panel // size
        crs = n * size
        tiles = (n + wide - 1) // wide if by_columns else (m + ROWS - 1) // ROWS
        total = tiles
        for d in range(batch.shape[1]):
            total *= batch[0, d]
        target = scratch + p * DEPTH * panel
        u, end = total * p // parts, total * (p + 1) // parts
        while u < end:
            item = u // tiles
            first = u - item * tiles
            last = min(tiles, first + end - u)
            u += last - first
            i0, i1 = (0, m) if by_columns else (first * ROWS, min(m, last * ROWS))
            j0, j1 = (first * wide, min(n, last * wide)) if by_columns else (0, n)
            a_item, b_item, c_item = a, b, c + item * m * crs
            for d in range(batch.shape[1] - 1, -1, -1):
                x = item % batch[0, d]
                item //= batch[0, d]
                a_item += x * batch[1, d]
                b_item += x * batch[2, d]
            for k in range(0, depth, DEPTH):
                step = min(DEPTH, depth - k)
                for j in range(j0, j1, wide):
                    columns = min(wide, j1 - j)
                    b_panel, b_stride = b_item + k * brs + j * bcs, brs
                    if scratch:
                        pack(out, b_panel, brs, bcs, step, columns, target)
                        b_panel, b_stride = target, panel
                    for i in range(i0, i1, ROWS):
                        c_tile = c_item + i * crs + j * size
                        start, start_stride = c_tile, crs
                        if k == 0:
                            start, start_stride = (bias + j * size if bias else 0), 0
                        tile(
                            out, a_item + i * ars + k * acs, ars, acs, b_panel, b_stride,
                            c_tile, crs, start, start_stride, step, min(ROWS, i1 - i), columns,
                        )  # fmt: skip

    return part


_HOST = host()
_NO_BATCH = np.empty((3, 0), np.int64)


def product(a: np.ndarray, b: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """a (..., m, k) @ b (..., k, n) + bias (n,) -> (..., m, n), of one dtype; batch dimensions broadcast."""
    lead, items, batch = (), 1, _NO_BATCH
    if a.ndim > 2 or b.ndim > 2:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        batch = np.array([lead, _batch_strides(a, len(lead)), _batch_strides(b, len(lead))], np.int64)
        items = prod(lead)
    m, depth = a.shape[-2:]
    n = b.shape[-1]
    size = a.itemsize
    width, vectors, _ = _HOST
    wide = width * vectors // size

    parts, by_columns = 1, False
    if items * m * n * depth >= SERIAL:
        row_tiles, column_tiles = items * -(-m // ROWS), items * -(-n // wide)
        parts = _jit.get_num_threads()
        by_columns = row_tiles < 4 * parts and column_tiles > row_tiles
        parts = min(parts, column_tiles if by_columns else row_tiles)

    ragged = width < 32 and n % (width // size)  # no masked loads before AVX
    packed = b.strides[-1] != size or ragged
    room = np.empty(parts * DEPTH * width * vectors + width, np.uint8) if packed else None
    bias = None if bias is None else np.ascontiguousarray(bias)
    c = np.empty((*lead, m, n), a.dtype)
    _jit.run(
        make(*_HOST), parts, c.reshape(-1), batch, _address(a), *a.strides[-2:], _address(b), *b.strides[-2:],
        _address(bias), m, n, depth, by_columns, -(-_address(room) // width) * width,
    )  # fmt: skip
    return c


def _batch_strides(x: np.ndarray, dimensions: int) -> list[int]:
    """The strides of x over the broadcast batch dimensions: 0 where x has one item or no such dimension."""
    own = [0 if length == 1 else stride for length, stride in zip(x.shape[:-2], x.strides, strict=False)]
    return [0] * (dimensions - len(own)) + own


def _address(x: np.ndarray | None) -> int:
    return 0 if x is None else x.__array_interface__["data"][0]
