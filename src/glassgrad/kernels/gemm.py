"""Matrix products: c = a @ b (+ bias), any strides, any batch.

The heart is a tile of c, up to 6 rows by 4 vectors, that stays in registers while it runs along k: at every step it
loads a row of b as vectors and the 6 elements of a as scalars, and does 24 fused multiply-adds. Both are read where they
lie, or from packed copies where that is faster, in the same order: packing changes no bit of the result. The kernel gets
arrays by reference (_jit.py) and finds their strides itself, so that one compiled function a dtype serves every rank and layout.
"""

from collections.abc import Callable
from functools import cache
from math import prod

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels._jit import data, rank, shape, stride
from glassgrad.kernels.tile import ROWS, emitters, get, host, mover, put

DEPTH = 256  # how much of k a tile runs along before the next panel of b
# From this many bytes between the rows of a (or b), AVX2 (Zen 3) runs at 0.5 to 0.9 of its speed, where they fall on the same sets of
# the L1 cache; at 512 bytes still at 0.95. On AVX-512 nothing was gained by packing.
FAR = 768
# From benchmarks on 2 threads: a parallel region costs 3 us, as much as 2**18 multiply-adds.
SERIAL = 2**19  # multiply-adds below which one thread is faster


@cache
def make(width: int, vectors: int, fused: bool, dtype: type) -> Callable:
    """The product kernel for vectors of `width` bytes, `vectors` of them in a row of a tile."""
    key = (width, vectors, fused, dtype.__name__)
    tile, transpose, copy = emitters(width, vectors, fused, False)
    move = mover(width)
    zero, size = dtype(0), np.dtype(dtype).itemsize
    lanes, panel = width // size, width * vectors  # elements of a vector, bytes in a row of a tile
    wide = lanes * vectors
    strip = -(-ROWS // lanes) * width  # bytes in a row of a packed strip of a
    far = FAR if width < 64 else 2**62

    @_jit.jit(key)
    def pack(source, rs, cs, depth, columns, readable, target, step):
        """Copy a matrix (depth, columns) to rows `step` bytes apart, which hold whole vectors; `readable` columns may be read."""
        for j in range(0, columns, lanes):
            whole = depth - depth % lanes if j + lanes <= readable else 0
            if cs == size:
                for k in range(0, whole, lanes):
                    copy(zero, source + k * rs + j * size, rs, target + k * step + j * size, step)
                for k in range(whole, depth):
                    move(zero, source + k * rs + j * size, target + k * step + j * size, readable - j)
                continue
            whole = whole if rs == size else 0
            for k in range(0, whole, lanes):
                transpose(zero, source + k * size + j * cs, cs, target + k * step + j * size, step)
            for k in range(whole, depth):
                for i in range(j, min(j + lanes, columns)):
                    put(get(zero, source + k * rs + i * cs), target + k * step + i * size)

    @_jit.jit(key)
    def part(p, parts, by_columns, a_, b_, c_, start_):
        """Compute part `p` of `parts` of c, C-contiguous: whole tiles, by rows or by columns, over all products of the batch.

        start_: 0, or a bias of shape (n,).
        """
        batch = rank(c_) - 2
        m, n, depth = shape(c_, batch), shape(c_, batch + 1), shape(a_, rank(a_) - 1)
        ars, acs = stride(a_, rank(a_) - 2), stride(a_, rank(a_) - 1)
        brs, bcs = stride(b_, rank(b_) - 2), stride(b_, rank(b_) - 1)
        crs = n * size
        start = data(start_) if start_ else 0

        tiles = (n + wide - 1) // wide if by_columns else (m + ROWS - 1) // ROWS
        total = tiles
        for d in range(batch):
            total *= shape(c_, d)
        u, end = total * p // parts, total * (p + 1) // parts

        rows = min(m, (end - u) * ROWS) if not by_columns else m
        pack_b = bcs != size or (brs >= far and rows > 2 * ROWS)
        pack_a = n > 2 * wide and (ars >= far or acs >= far)
        room = min(depth, DEPTH)
        strips = (rows + ROWS - 1) // ROWS * strip if pack_a else 0  # bytes for each step along k
        scratch = np.empty(room * (panel + strips) + width if pack_a or pack_b or n % lanes else 0, np.uint8)
        b_room = (scratch.ctypes.data + width - 1) // width * width
        a_room = b_room + room * panel

        while u < end:
            item = u // tiles
            first = u - item * tiles
            last = min(tiles, first + end - u)
            u += last - first
            i0, i1 = (0, m) if by_columns else (first * ROWS, min(m, last * ROWS))
            j0, j1 = (first * wide, min(n, last * wide)) if by_columns else (0, n)
            a_item, b_item, c_item = data(a_), data(b_), data(c_) + item * m * crs
            for d in range(batch - 1, -1, -1):
                x = item % shape(c_, d)
                item //= shape(c_, d)
                at = d - batch + rank(a_) - 2
                if at >= 0 and shape(a_, at) > 1:
                    a_item += x * stride(a_, at)
                at = d - batch + rank(b_) - 2
                if at >= 0 and shape(b_, at) > 1:
                    b_item += x * stride(b_, at)
            for k in range(0, depth, DEPTH):
                step = min(DEPTH, depth - k)
                if pack_a:
                    for some in range(k, k + step, 16):  # neighbours of these rows are still in the L1 cache for the next strip
                        for i in range(i0, i1, ROWS):
                            at = a_room + ((i - i0) // ROWS * step + some - k) * strip
                            pack(a_item + i * ars + some * acs, acs, ars, min(16, k + step - some), min(ROWS, i1 - i), m - i, at, strip)
                for j in range(j0, j1, wide):
                    columns = min(wide, j1 - j)
                    b_panel, b_stride = b_item + k * brs + j * bcs, brs
                    if pack_b or columns % lanes:  # the tile loads whole vectors
                        pack(b_panel, brs, bcs, step, columns, n - j, b_room, panel)
                        b_panel, b_stride = b_room, panel
                    for i in range(i0, i1, ROWS):
                        c_tile = c_item + i * crs + j * size
                        from_, srs = c_tile, crs
                        if k == 0:
                            from_, srs = (start + j * size if start else 0), 0
                        a_tile, trs, tcs = a_item + i * ars + k * acs, ars, acs
                        if pack_a:
                            a_tile, trs, tcs = a_room + (i - i0) // ROWS * step * strip, size, strip
                        tile(zero, a_tile, trs, tcs, b_panel, b_stride, c_tile, crs, from_, srs, step, min(ROWS, i1 - i), columns)

    return part


_HOST = host()


def product(a: np.ndarray, b: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """a (..., m, k) @ b (..., k, n) + bias (n,) -> (..., m, n), of one dtype; batch dimensions broadcast."""
    *lead, m, depth = a.shape
    n = b.shape[-1]
    if b.ndim > 2:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    c = np.empty((*lead, m, n), a.dtype)
    parts, by_columns = 1, 0
    if c.size * depth >= SERIAL:
        wide = _HOST[0] * _HOST[1] // a.itemsize
        items = prod(lead)
        row_tiles, column_tiles = items * -(-m // ROWS), items * -(-n // wide)
        parts = _jit.get_num_threads()
        by_columns = int(row_tiles < 4 * parts and column_tiles > row_tiles)
        parts = min(parts, column_tiles if by_columns else row_tiles)
    if bias is not None and bias.strides[0] != bias.itemsize:
        bias = np.ascontiguousarray(bias)
    _jit.run(make(*_HOST, a.dtype.type), parts, by_columns, id(a), id(b), id(c), 0 if bias is None else id(bias))
    return c
