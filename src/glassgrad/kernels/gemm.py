"""Matrix products: c = a @ b (+ a bias, or a matrix), any strides, any batch.

The heart is a tile of c, up to 6 rows by 4 vectors, that stays in registers while it runs along k: at every step it
loads a row of b as vectors and the 6 elements of a as scalars, and does 24 fused multiply-adds. Both are read where they
lie, or from packed copies where that is faster, in the same order: packing changes no bit of the result. The kernel gets
arrays by reference (_jit.py) and finds their strides itself, so that one compiled function a dtype serves every rank and layout.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import prod

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels._jit import call
from glassgrad.kernels.reduce import column_sums
from glassgrad.kernels.refs import data, rank, shape, stride
from glassgrad.kernels.tile import ROWS, emitters, get, host, mover, prefetch, put

DEPTH = 512  # how far a tile runs along k, at most, before the next panel of b
# From this many bytes between the rows of b, or the columns of a, a tile of AVX2 (Zen 3) runs at 0.5 to 0.9 of its speed, for they
# fall on the same sets of the L1 cache; at 256 bytes still at 0.97. Rows of a may lie 8 times as far apart: packing them pays later. On
# AVX-512 nothing was gained by packing.
FAR = 512
BLOCK = 2**16  # bytes of a that run through all packed panels of b before the next: with k beyond 512 up to 8 % faster
PANELS = 8  # of b that are packed at once: reading longer pieces of its rows
# From benchmarks on 2 threads: a parallel region costs 3 us, as much as 2**18 multiply-adds.
SERIAL = 2**19  # multiply-adds below which one thread is faster


@cache
def make(width: int, vectors: int, fused: bool, dtype: type) -> tuple[Callable, Callable]:
    """The product, and the gradients of a linear layer, for vectors of `width` bytes, `vectors` of them in a row of a tile."""
    key = (width, vectors, fused, dtype.__name__)
    tile, transpose, copy = emitters(width, vectors, fused, ahead=True)
    move = mover(width)
    zero, size = dtype(0), np.dtype(dtype).itemsize
    lanes, panel = width // size, width * vectors  # elements of a vector, bytes in a row of a tile
    wide = lanes * vectors
    strip = -(-ROWS // lanes) * width  # bytes in a row of a packed strip of a
    far = FAR if width < 64 else 2**62

    @_jit.jit(key)
    def pack(source, rs, cs, depth, columns, readable, target, step, group, apart):
        """Copy a matrix (depth, columns) in groups of columns, each to rows of its own, `step` bytes apart, that hold whole vectors.

        The groups are `apart` bytes apart; `readable` columns may be read.
        """
        if cs == size:  # the neighbour of a group is on the same lines, which are in the L1 cache now
            whole = depth - depth % lanes
            for k in range(0, depth, lanes):
                row = target + k * step
                for g in range(0, columns, group):
                    for j in range(g, min(g + group, columns), lanes):
                        at, to = source + k * rs + j * size, row + (j - g) * size
                        if k < whole and j + lanes <= readable:
                            copy(zero, at, rs, to, step)
                            for i in range(lanes, 2 * lanes):
                                prefetch(at + i * rs)
                        else:
                            for i in range(min(lanes, depth - k)):
                                move(zero, at + i * rs, to + i * step, readable - j)
                    row += apart
            return
        for g in range(0, columns, group):
            for j in range(g, min(g + group, columns), lanes):
                at, to = source + j * cs, target + (j - g) * size
                whole = depth - depth % lanes if rs == size and j + lanes <= readable else 0
                for k in range(0, whole, lanes):
                    transpose(zero, at + k * size, cs, to + k * step, step)
                for k in range(whole, depth):
                    for i in range(min(lanes, g + group - j, columns - j)):
                        put(get(zero, at + k * rs + i * cs), to + k * step + i * size)
            target += apart

    @_jit.jit(key)
    def part(p, parts, by_columns, a_, b_, c_, start_):
        """Compute part `p` of `parts` of c, C-contiguous: whole tiles, by rows or by columns, over all products of the batch.

        start_: 0, or what is added: a row of shape (n,), or for two matrices (m, n).
        """
        batch = rank(c_) - 2
        m, n, depth = shape(c_, batch), shape(c_, batch + 1), shape(a_, rank(a_) - 1)
        ars, acs = stride(a_, rank(a_) - 2), stride(a_, rank(a_) - 1)
        brs, bcs = stride(b_, rank(b_) - 2), stride(b_, rank(b_) - 1)
        crs = n * size
        start = data(start_) if start_ else 0
        start_rs = stride(start_, 0) if start_ and rank(start_) == 2 else 0

        tiles = (n + wide - 1) // wide if by_columns else (m + ROWS - 1) // ROWS
        total = tiles
        for d in range(batch):
            total *= shape(c_, d)
        u, end = total * p // parts, total * (p + 1) // parts

        rows = min(m, (end - u) * ROWS) if not by_columns else m
        pack_b = bcs != size or (brs >= far and rows > 2 * ROWS)
        pack_a = (acs >= far and n >= 4 * wide) or (ars >= 8 * far and n >= 32 * wide)
        blocks = (depth + DEPTH - 1) // DEPTH
        room = min(depth, ((depth + blocks - 1) // blocks + 7) // 8 * 8)  # a block along k
        strips = (rows + ROWS - 1) // ROWS * strip if pack_a else 0  # bytes for each step along k
        block = max(1, BLOCK // (room * size * ROWS)) * ROWS  # rows of a
        panels = min(PANELS, (n + wide - 1) // wide) if pack_b or n % lanes else 0
        scratch = np.empty(room * (panels * panel + strips) + width if pack_a or panels else 0, np.uint8)
        b_room = (np.int64(scratch.ctypes.data) + width - 1) // width * width
        a_room = b_room + panels * room * panel

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
            for k in range(0, depth, room):
                step = min(room, depth - k)
                if pack_a:
                    pack(a_item + i0 * ars + k * acs, acs, ars, step, i1 - i0, m - i0, a_room, strip, ROWS, step * strip)
                for j in range(j0, j1, PANELS * wide):
                    some = min(PANELS * wide, j1 - j)
                    packed = j if pack_b else j + (some - 1) // wide * wide  # where the first panel begins that may be packed
                    if pack_b or some % lanes:  # the tile loads whole vectors
                        at = b_item + k * brs + packed * bcs
                        pack(at, brs, bcs, step, j + some - packed, n - packed, b_room, panel, wide, room * panel)
                    for i in range(i0, i1, block):
                        for jj in range(j, j + some, wide):
                            columns = min(wide, j + some - jj)
                            b_panel, b_stride = b_item + k * brs + jj * bcs, brs
                            if pack_b or columns % lanes:
                                b_panel, b_stride = b_room + (jj - packed) // wide * room * panel, panel
                            for ii in range(i, min(i + block, i1), ROWS):
                                c_tile = c_item + ii * crs + jj * size
                                begin, srs = c_tile, crs
                                if k == 0:
                                    begin, srs = (start + ii * start_rs + jj * size if start else 0), start_rs
                                a_tile, trs, tcs = a_item + ii * ars + k * acs, ars, acs
                                if pack_a:
                                    a_tile, trs, tcs = a_room + (ii - i0) // ROWS * step * strip, size, strip
                                tile(zero, a_tile, trs, tcs, b_panel, b_stride, c_tile, crs, begin, srs, step, min(ROWS, i1 - ii), columns)
        if scratch.size:  # used to the end: Numba frees an array after its last use
            scratch[0] = 0

    @_jit.jit(key)
    def linear_grad(p, parts, product, sums, x_by_columns, weight_by_columns, g_, gt_, x_, weight_, gx_, gweight_, gbias_):
        """Part `p` of `parts` of the gradients of x @ weight.T + bias, of those that aren't 0; g is C-contiguous, gt its transpose.

        product, sums: the addresses of `part` and of the kernel of reduce.py: compiled into this one again, they would take seconds more.
        """
        if gx_:
            call(product, (p, parts, x_by_columns, g_, weight_, gx_, 0))
        if gweight_:
            call(product, (p, parts, weight_by_columns, gt_, x_, gweight_, 0))
        if gbias_:
            call(sums, (p, parts, shape(g_, 0), shape(g_, 1), g_, gbias_))

    return part, linear_grad


_HOST = host()


@cache
def _made(dtype: np.dtype) -> tuple[Callable, Callable]:
    return make(*_HOST, dtype.type)


@cache
def _called(dtype: np.dtype) -> tuple[int, int]:
    """The addresses of what the kernel of linear_grad calls."""
    return _jit.address(_made(dtype)[0], (0,) * 7), _jit.address(column_sums(dtype.type), (0,) * 6)


def product(a: np.ndarray, b: np.ndarray, added: np.ndarray | None = None) -> np.ndarray:
    """a (..., m, k) @ b (..., k, n) + added (n,) -> (..., m, n), of one dtype; batch dimensions broadcast.

    Without any, `added` may also be (m, n).
    """
    if added is not None and added.strides[-1] != added.itemsize:
        added = np.ascontiguousarray(added)
    *lead, m, depth = a.shape
    if b.ndim > 2:
        lead = np.broadcast_shapes(lead, b.shape[:-2])
    dtype = a.dtype
    c = np.empty((*lead, m, b.shape[-1]), dtype)
    start = 0 if added is None else id(added)
    part = _made(dtype)[0]
    if c.size * max(depth, 4) < SERIAL:  # writing an element costs as much as 4 multiply-adds
        part(0, 1, 0, id(a), id(b), id(c), start)
    else:
        parts, by_columns = _shares(prod(lead), m, b.shape[-1], a.itemsize)
        _jit.run(part, parts, by_columns, id(a), id(b), id(c), start)
    return c


def linear_grad(
    g: np.ndarray, x: np.ndarray, weight: np.ndarray, wanted: Sequence[bool]
) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]:
    """Of y = x @ weight.T + bias: g @ weight, g.T @ x and the sum of g's rows, where wanted; g (m, out) C-contiguous, x (m, in)."""
    dtype = g.dtype
    gx = np.empty(x.shape, dtype) if wanted[0] else None
    gweight = np.empty(weight.shape, dtype) if wanted[1] else None
    gbias = np.empty(len(weight), dtype) if wanted[2] else None
    gt = g.T
    outs = 0 if gx is None else id(gx), 0 if gweight is None else id(gweight), 0 if gbias is None else id(gbias)
    refs = id(g), id(gt), id(x), id(weight), *outs
    kernel, (product, sums) = _made(dtype)[1], _called(dtype)
    if x.size * len(weight) < SERIAL:
        kernel(0, 1, product, sums, 0, 0, *refs)
    else:
        parts, x_by = _shares(1, *x.shape, g.itemsize)
        parts_of_weight, weight_by = _shares(1, *weight.shape, g.itemsize)
        _jit.run(kernel, max(parts, parts_of_weight), product, sums, x_by, weight_by, *refs)
    return gx, gweight, gbias


def _shares(items: int, m: int, n: int, size: int) -> tuple[int, int]:
    """How many threads share the work, and whether by columns: 0 or 1."""
    width, vectors, _ = _HOST
    row_tiles, column_tiles = items * -(-m // ROWS), items * -(-n // (width * vectors // size))
    parts = _jit.get_num_threads()
    by_columns = row_tiles < 4 * parts and column_tiles > row_tiles
    return min(parts, column_tiles if by_columns else row_tiles), int(by_columns)
