"""Attention: softmax(q k.T scale + mask) v without the matrix of scores, and its gradients by recomputing them.

Dao et al. 2022 (FlashAttention); Rabe, Staats 2021. Forward goes over blocks of keys with a running maximum and sum for each
query (an online softmax) and keeps only the log of that sum, `lse`. Backward has the weights again from exp(score - lse).
All products go through the register tile of tile.py; what lies between them is a row of vector code (along.py).
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels._jit import call
from glassgrad.kernels.along import Step, along, larger, plus
from glassgrad.kernels.refs import data, rank, shape, stride
from glassgrad.kernels.tile import ROWS, emitters, get, host, mover, put
from glassgrad.kernels.vector import exp, log

QUERIES, KEYS = 96, 128  # in a block; QUERIES a multiple of ROWS. 64 keys are 10% slower from 256 on, and so are 48 queries
LONG = 1024  # keys from which on blocks have twice as many, and queries from which on forward's have four times as many: 5 to 15% faster
SERIAL = 2**16  # scores times the elements of a row of key and value, some 12 us, below which one thread is faster
NO_MASK, BOOL, ADDED = range(3)
BY_HEADS, BY_KEYS, BY_QUERIES = range(3)


@cache
def make(width: int, vectors: int, fused: bool, dtype: type) -> tuple[Callable, Callable, Callable]:
    """The forward and the backward kernel, and tools(gradient, drops), the addresses of what they call.

    For vectors of `width` bytes, `vectors` of them in a row of a tile.
    """
    key = width, vectors, fused, dtype.__name__
    inner, apart = _jit.inner(key), _jit.inner(key, cached=True)
    tile, transpose, _ = emitters(width, vectors, fused, ahead=False)
    move = mover(width)
    zero, one, infinity, nan = dtype(0), dtype(1), dtype(np.inf), dtype(np.nan)
    size = np.dtype(dtype).itemsize
    lanes, panel = width // size, width * vectors  # elements of a vector, bytes in a row of a tile
    wide = lanes * vectors

    # Operations on rows: a, or a and b, are their addresses; the last two arguments are numbers for them to use.
    fill_ = along(width, lambda at: at.store(at.value, "a"))
    scale_ = along(width, lambda at: at.store(at.builder.fmul(at.load("a"), at.value), "a"))
    add_ = along(width, lambda at: at.store(at.builder.fadd(at.load("a"), at.load("b")), "a"))
    hide_ = along(width, lambda at: at.store(at.builder.select(at.true("b"), at.load("a"), at.value), "a"), rest="single")
    maximum_ = along(width, lambda at: at.load("a"), larger, -np.inf, rest="none")
    dot_ = along(width, lambda at: at.builder.fmul(at.load("a"), at.load("b"), flags=("contract",)), plus)
    weigh_ = along(width, lambda at: at.store(at.weight(at.less("a", at.value)), "a"), plus, rest="none")

    def steepen(at: Step) -> Any:
        """a = weight(a - value), and b = a * (b - other): from scores and lse, and from g @ value.T and sum(g * y)."""
        weight = at.store(at.weight(at.less("a", at.value)), "a")
        return at.store(at.builder.fmul(weight, at.less("b", at.other)), "b")

    steepen_ = along(width, steepen, rest="none")

    @apart
    def pack(source, rs, cs, depth, columns, target):
        """Copy a matrix (depth, columns) to panels (depth, a tile's width) one after the other, their last columns undefined.

        In place, the rows of a (B, T, 3, H, D) projection are so far apart that a block of them doesn't fit the L1 cache's sets.
        """
        for j in range(0, columns, lanes):
            to = target + j // wide * depth * panel + j % wide * size
            if cs == size:
                for k in range(depth):
                    move(zero, source + k * rs + j * size, to + k * panel, columns - j)
            else:  # rs is size: the source is a matrix transposed
                whole = depth - depth % lanes if j + lanes <= columns else 0
                for k in range(0, whole, lanes):
                    transpose(zero, source + k * size + j * cs, cs, to + k * panel, panel)
                for k in range(whole, depth):
                    for i in range(min(lanes, columns - j)):
                        put(get(zero, source + k * size + (j + i) * cs), to + k * panel + i * size)

    @apart
    def product(a, ars, acs, b, skip, height, c, crs, resume, depth, rows, columns):
        """c = a @ b, or with `resume` c += a @ b, for a (rows, depth) and b (depth, columns), packed, from row `skip` of `height` on."""
        for j in range(0, columns, wide):
            for i in range(0, rows, ROWS):
                at = c + i * crs + j * size
                tile(
                    zero, a + i * ars, ars, acs, b + (j // wide * height + skip) * panel, panel, at, crs, at * resume, crs,
                    depth, min(ROWS, rows - i), min(wide, columns - j),
                )  # fmt: skip

    @apart
    def scale_rows(x, rows, rs, columns, factor):
        """Multiply rows that are `rs` bytes apart."""
        for i in range(rows):
            scale_(zero, columns, x + i * rs, 0, factor, zero)

    @inner
    def edges(s, seen, bound, mask, kind, rest):
        """Of a row of scores, what the mask says of the first `seen`, and `rest` from there to `bound`, where nothing may be seen."""
        if kind == BOOL:
            hide_(zero, seen, s, mask, rest, zero)
        elif kind == ADDED and rest:
            add_(zero, seen, s, mask, zero, zero)
        if seen < bound:
            fill_(zero, bound - seen, s + seen * size, 0, rest, zero)

    @apart
    def weigh(s, rs, rows, seen, reach, mask, mrs, kind, top_, sum_, y, yrs, columns, keep, row, j0, seed, threshold, factor):
        """Rows of scores become weights; y, what the keys before gave (or 0), is scaled where their maximum grows.

        The first row sees `seen` keys, each further one a key more, up to `reach`.
        """
        bound = (reach + lanes - 1) // lanes * lanes
        for r in range(rows):
            edges(s, max(0, min(reach, seen + r)), bound, mask + r * mrs, kind, -infinity)
            before, total = get(zero, top_), get(zero, sum_)
            top = maximum_(zero, bound, s, 0, zero, zero)
            top = top if top > before else before
            safe = zero if top == -infinity else top
            here = weigh_(zero, bound, s, 0, safe, zero)
            if y and top != before:
                shrink = exp(before - safe)
                total *= shrink
                scale_(zero, columns, y + r * yrs, 0, shrink, zero)
            put(top, top_)
            put(total + here, sum_)
            if threshold:
                call(keep, (s, row + r, reach, j0, seed, threshold, factor))
            s, top_, sum_ = s + rs, top_ + size, sum_ + size

    @apart
    def finish(top_, sum_, y, rs, rows, columns, lse, mask, mrs, kind, source):
        """Divide rows of y by the sums of their weights."""
        for r in range(rows):
            total = get(zero, sum_ + r * size)
            if total == zero:  # blind: 0; but where only the scores are -inf, their softmax is 0 / 0
                j, m = 0, mask + r * mrs
                if kind == BOOL:
                    while j < source and not get(np.int8(0), m + j):
                        j += 1
                elif kind == ADDED:
                    while j < source and get(zero, m + j * size) == -infinity:
                        j += 1
                blind = j == source
                fill_(zero, columns, y + r * rs, 0, zero if blind else nan, zero)
                put(infinity if blind else nan, lse + r * size)
            else:
                scale_(zero, columns, y + r * rs, 0, one / total, zero)
                put(get(zero, top_ + r * size) + log(total), lse + r * size)

    @apart
    def slope(s, ds, rs, rows, seen, reach, bound, mask, mrs, kind, lse, g, grs, y, yrs, columns, keep, row, j0, seed, threshold, factor):
        """Rows of scores, and of g @ value.T, become weights, and the gradient by the scores."""
        for r in range(rows):
            if threshold:
                call(keep, (ds, row + r, reach, j0, seed, threshold, factor))
            visible = max(0, min(reach, seen + r))
            edges(s, visible, bound, mask + r * mrs, kind, -infinity)
            steepen_(zero, bound, s, ds, get(zero, lse + r * size), dot_(zero, columns, g + r * grs, y + r * yrs, zero, zero))
            edges(ds, visible, bound, mask + r * mrs, kind, zero)
            if threshold:
                call(keep, (s, row + r, reach, j0, seed, threshold, factor))
            s, ds = s + rs, ds + rs

    @apart
    def keep(x, row, columns, j0, seed, threshold, factor):
        """Dropout of a row of weights: times `factor` where the hash of (seed, row, column) is at least the threshold, else 0."""
        z = np.uint64(seed) + np.uint64(row + 1) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
        low, high = np.uint32(z & np.uint64(0xFFFFFFFF)), np.uint32(z >> np.uint64(32))
        for j in range(columns):
            h = np.uint32(np.uint32(j0 + j) + low)
            h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D))
            h = np.uint32((h ^ (h >> np.uint32(15))) * np.uint32(0x846CA68B))
            h = np.uint32((h ^ (h >> np.uint32(16))) + high)
            h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D))
            h ^= h >> np.uint32(15)
            put(get(zero, x + j * size) * factor if np.int64(h) >= threshold else zero, x + j * size)

    @inner
    def item(x, i):
        """The address of matrix number i of the batch x, an array by reference."""
        address = data(x)
        for d in range(rank(x) - 3, -1, -1):
            length = shape(x, d)
            address += i % length * stride(x, d)
            i //= length
        return address

    @inner
    def cost(way, start, step, length, source, causal):
        """How much work a head is, or a block of keys or queries from `start` on, next to the others."""
        if way == BY_HEADS or not causal:
            return 1
        return max(0, length - start) if way == BY_KEYS else min(source, start + step)

    @inner
    def room(rows, columns):
        """The bytes of so many rows, filled up to whole panels."""
        return rows * ((columns + wide - 1) // wide) * panel

    @_jit.jit(key)
    def forward(
        p, parts, pack, product, scale_rows, weigh, finish, keep,
        heads, q_, k_, v_, y_, lse_, mask_, kind, causal, scale, seed, threshold, factor,
    ):  # fmt: skip
        """Part `p` of `parts` of the blocks of queries of all heads, shared out by how many keys they see.

        The first arguments are the addresses of the functions above, compiled once for all their callers; names_ are references.
        """
        batch = rank(q_) - 2
        length, source, depth, columns = shape(q_, batch), shape(k_, batch), shape(q_, batch + 1), shape(v_, batch + 1)
        qrs, krs, vrs, yrs = stride(q_, batch), stride(k_, batch), stride(v_, batch), stride(y_, batch)
        mrs, mcs = stride(mask_, batch) if mask_ else 0, size if kind == ADDED else 1
        if causal:
            source = min(source, length)
        queries = min(length, QUERIES if length < LONG else 4 * QUERIES)
        at_once = KEYS if source < LONG else 2 * KEYS
        many = min(at_once, source)
        crs = room(1, many)
        keys_size, values_size, scores_size = room(depth, many), room(many, columns), ROWS * crs
        scratch = np.empty(keys_size + values_size + scores_size + 2 * queries * size + width, np.uint8)
        keys = (np.int64(scratch.ctypes.data) + width - 1) // width * width
        values = keys + keys_size
        scores = values + values_size
        tops = scores + scores_size
        sums = tops + queries * size
        total = done = 0
        for i0 in range(0, length, queries):
            total += heads * cost(BY_QUERIES, i0, queries, length, source, causal)
        for h in range(heads):
            for i0 in range(0, length, queries):
                mine = done * parts // total == p
                done += cost(BY_QUERIES, i0, queries, length, source, causal)
                if not mine:
                    continue
                q, k, v, y = item(q_, h) + i0 * qrs, item(k_, h), item(v_, h), item(y_, h) + i0 * yrs
                mask = item(mask_, h) + i0 * mrs if mask_ else 0
                rows = min(queries, length - i0)
                for r in range(rows):
                    put(-infinity, tops + r * size)
                    put(zero, sums + r * size)
                for j0 in range(0, min(source, i0 + rows) if causal else source, at_once):
                    count = min(at_once, source - j0)
                    call(pack, (k + j0 * krs, size, krs, depth, count, keys))
                    call(scale_rows, (keys, 1, 0, depth * ((count + wide - 1) // wide) * wide, scale))
                    call(pack, (v + j0 * vrs, vrs, size, count, columns, values))
                    for i in range(max(0, j0 - i0) // ROWS * ROWS if causal else 0, rows, ROWS):
                        group = min(ROWS, rows - i)
                        reach = min(count, i0 + i + group - j0) if causal else count
                        call(product, (q + i * qrs, qrs, size, keys, 0, depth, scores, crs, 0, depth, group, reach))
                        call(weigh, (
                            scores, crs, group, i0 + i + 1 - j0 if causal else reach, reach, mask + i * mrs + j0 * mcs, mrs, kind,
                            tops + i * size, sums + i * size, y + i * yrs if j0 else 0, yrs, columns,
                            keep, h * length + i0 + i, j0, seed, threshold, factor,
                        ))  # fmt: skip
                        call(product, (scores, crs, size, values, 0, count, y + i * yrs, yrs, min(j0, 1), reach, group, columns))
                lse = data(lse_) + (h * length + i0) * size
                call(finish, (tops, sums, y, yrs, rows, columns, lse, mask, mrs, kind, source))
        scratch[0] = 0  # Numba frees an array after its last use

    @_jit.jit(key)
    def backward(
        p, parts, pack, product, scale_rows, slope, keep,
        way, heads, g_, q_, k_, v_, y_, lse_, gq_, gk_, gv_, mask_, kind, causal, scale, seed, threshold, factor,
    ):  # fmt: skip
        """Part `p` of `parts` of the heads; or, where these are few, of the blocks of keys, for gk and gv, or of queries, for gq.

        The two last ways compute the scores twice. Each gradient is added up in the same order: the bits are the same.
        """
        batch = rank(q_) - 2
        length, source, depth, columns = shape(q_, batch), shape(k_, batch), shape(q_, batch + 1), shape(v_, batch + 1)
        grs, qrs, krs, vrs, yrs = stride(g_, batch), stride(q_, batch), stride(k_, batch), stride(v_, batch), stride(y_, batch)
        gqrs, gkrs, gvrs = stride(gq_, batch), stride(gk_, batch), stride(gv_, batch)
        mrs, mcs = stride(mask_, batch) if mask_ else 0, size if kind == ADDED else 1
        at_once = KEYS if source < LONG else 2 * KEYS
        many_q, many_k = min(QUERIES, length), min(at_once, source)
        crs = room(1, many_k)
        across, across_v, down, down_v = room(depth, many_k), room(columns, many_k), room(max(many_k, many_q), depth), room(many_q, columns)
        scratch = np.empty(across + across_v + 2 * down + down_v + 2 * many_q * crs + width, np.uint8)
        keys_t = (np.int64(scratch.ctypes.data) + width - 1) // width * width  # of a block of keys, times scale, transposed
        values_t = keys_t + across
        keys = values_t + across_v
        queries = keys + down
        slopes_y = queries + down
        scores = slopes_y + down_v
        slopes = scores + many_q * crs

        for_q, for_kv = way != BY_KEYS, way != BY_QUERIES
        step, end = (length, length) if way == BY_HEADS else (at_once, source) if way == BY_KEYS else (QUERIES, length)
        total = done = 0
        for u in range(0, end, step):
            total += heads * cost(way, u, step, length, source, causal)
        for h in range(heads):
            for u in range(0, end, step):
                mine = done * parts // total == p
                done += cost(way, u, step, length, source, causal)
                if not mine:
                    continue
                i_start, i_end, j_start, j_end = 0, length, 0, source
                if way == BY_QUERIES:
                    i_start, i_end = u, min(length, u + QUERIES)
                if way == BY_KEYS:
                    j_start, j_end = u, min(source, u + at_once)
                g, q, k, v, y = item(g_, h), item(q_, h), item(k_, h), item(v_, h), item(y_, h)
                gq, gk, gv = item(gq_, h), item(gk_, h), item(gv_, h)
                mask = item(mask_, h) if mask_ else 0
                for j0 in range(j_start, min(j_end, i_end) if causal else j_end, at_once):
                    count = min(at_once, source - j0)
                    call(pack, (k + j0 * krs, size, krs, depth, count, keys_t))
                    call(scale_rows, (keys_t, 1, 0, depth * ((count + wide - 1) // wide) * wide, scale))
                    call(pack, (v + j0 * vrs, size, vrs, columns, count, values_t))
                    if for_q:
                        call(pack, (k + j0 * krs, krs, size, count, depth, keys))
                    for i0 in range(max(i_start, j0 // QUERIES * QUERIES) if causal else i_start, i_end, QUERIES):
                        rows = min(QUERIES, length - i0)
                        # Only the scores that one of a group of queries, or of keys, sees are computed.
                        for i in range(max(0, j0 - i0) // ROWS * ROWS if causal else 0, rows, ROWS):
                            group, at = min(ROWS, rows - i), i0 + i
                            reach = min(count, at + group - j0) if causal else count
                            # gk and gv take groups of keys, from their first query on
                            bound = (min(count, reach + ROWS) + lanes - 1) // lanes * lanes
                            s, ds, resume = scores + i * crs, slopes + i * crs, min(j0, 1)
                            call(product, (q + at * qrs, qrs, size, keys_t, 0, depth, s, crs, 0, depth, group, reach))
                            call(product, (g + at * grs, grs, size, values_t, 0, columns, ds, crs, 0, columns, group, reach))
                            row = h * length + at
                            call(slope, (
                                s, ds, crs, group, at + 1 - j0 if causal else reach, reach, bound, mask + at * mrs + j0 * mcs, mrs, kind,
                                data(lse_) + row * size, g + at * grs, grs, y + at * yrs, yrs, columns,
                                keep, row, j0, seed, threshold, factor,
                            ))  # fmt: skip
                            if for_q:
                                call(product, (ds, crs, size, keys, 0, count, gq + at * gqrs, gqrs, resume, reach, group, depth))
                        if for_kv:
                            call(pack, (q + i0 * qrs, qrs, size, rows, depth, queries))
                            call(pack, (g + i0 * grs, grs, size, rows, columns, slopes_y))
                            for j in range(0, count, ROWS):
                                i = max(0, j0 + j - i0) if causal else 0  # the first query that sees a key of the group
                                if i < rows:
                                    group, at, resume = min(ROWS, count - j), j0 + j, int(j0 + j < i0 if causal else i0 > 0)
                                    s, ds = scores + i * crs + j * size, slopes + i * crs + j * size
                                    call(product, (s, size, crs, slopes_y, i, rows, gv + at * gvrs, gvrs, resume, rows - i, group, columns))
                                    call(product, (ds, size, crs, queries, i, rows, gk + at * gkrs, gkrs, resume, rows - i, group, depth))
                    if for_kv:
                        seen = min(count, max(0, length - j0)) if causal else count
                        call(scale_rows, (gk + j0 * gkrs, seen, gkrs, depth, scale))
                if for_q:
                    call(scale_rows, (gq + i_start * gqrs, i_end - i_start, gqrs, depth, scale))
        scratch[0] = 0  # Numba frees an array after its last use

    counts = {pack: 6, product: 12, scale_rows: 4, weigh: 18, finish: 11, slope: 21, keep: 6}  # of the integers that each takes

    @cache
    def tools(gradient: bool, drops: bool) -> list[int]:
        """The addresses that a kernel takes first."""
        used = [pack, product, scale_rows, *([slope] if gradient else [weigh, finish]), *([keep] if drops else [])]
        found = [_jit.address(f, (0,) * counts[f] + (zero,) * (f in (scale_rows, weigh, slope, keep))) for f in used]
        return found if drops else [*found, 0]

    return forward, backward, tools


_HOST = host()


def attention(
    query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None, causal: bool, scale: float, p: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """y (..., L, Ev), laid out in memory like the query, and lse (..., L, 1)."""
    lead, (query, key, value), mask, kind = _prepared((query, key, value), mask)
    length, depth, columns = query.shape[-2], query.shape[-1], value.shape[-1]
    y = _like(query, (*lead, length, columns))
    lse = np.empty((*lead, length, 1), query.dtype)
    heads = math.prod(lead)
    parts = min(_parts(heads * length * key.shape[-2] * (depth + columns)), heads * -(-length // QUERIES))
    forward, _, tools = make(*_HOST, query.dtype.type)
    _jit.run(
        forward, parts, *tools(False, p > 0), heads, id(query), id(key), id(value), id(y), id(lse), _id(mask), kind, int(causal),
        query.dtype.type(scale), seed, *_dropped(p, query.dtype),
    )  # fmt: skip
    return y, lse


def attention_grad(
    g: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None,
    y: np.ndarray, lse: np.ndarray, causal: bool, scale: float, p: float, seed: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The gradients of query, key and value, each with all batch dimensions of y."""
    lead, (query, key, value, g, y, lse), mask, kind = _prepared((query, key, value, g, y, lse), mask)
    lse = np.ascontiguousarray(lse)
    length, source, depth, columns = query.shape[-2], key.shape[-2], query.shape[-1], value.shape[-1]
    gq, gk, gv = (_like(x, (*lead, *x.shape[-2:])) for x in (query, key, value))
    heads = math.prod(lead)
    parts = _parts(heads * length * source * (depth + columns))
    shares = {BY_HEADS: heads}
    if -(-heads // parts) * 5 * parts > heads * 7:  # a head costs 5 products; by blocks they are 7
        shares = {BY_KEYS: heads * -(-source // KEYS), BY_QUERIES: heads * -(-length // QUERIES)}
    _, backward, tools = make(*_HOST, query.dtype.type)
    for way, most in shares.items():
        _jit.run(
            backward, min(parts, most), *tools(True, p > 0), way, heads, id(g), id(query), id(key), id(value), id(y), id(lse),
            id(gq), id(gk), id(gv), _id(mask), kind, int(causal), query.dtype.type(scale), seed, *_dropped(p, query.dtype),
        )  # fmt: skip
    if causal and source > length:  # keys that no query sees
        gk[..., length:, :] = gv[..., length:, :] = 0
    return gq, gk, gv


def _parts(work: int) -> int:
    return _jit.get_num_threads() if work >= SERIAL else 1


def _dropped(p: float, dtype: np.dtype) -> tuple[int, Any]:
    """A weight is kept where its hash, of 32 bits, is at least the first, and is then multiplied by the second."""
    return min(round(p * 2**32), 2**32 - 1), dtype.type(1 / (1 - p) if p < 1 else 0)


def _prepared(arrays: tuple[np.ndarray, ...], mask: np.ndarray | None) -> Any:
    """The batch dimensions; the arrays and the mask with them, their rows contiguous; and the kind of mask."""
    lead = arrays[0].shape[:-2]
    if mask is not None or any(x.shape[:-2] != lead for x in arrays):
        lead = np.broadcast_shapes(*(x.shape[:-2] for x in arrays), *(() if mask is None else (mask.shape[:-2],)))
    given = [_rows(x, lead) for x in arrays]
    if mask is None:
        return lead, given, None, NO_MASK
    length, source = arrays[0].shape[-2], arrays[1].shape[-2]
    mask = np.broadcast_to(mask, (*mask.shape[:-1], source))
    if mask.strides[-1] != mask.itemsize:
        mask = np.ascontiguousarray(mask)
    return lead, given, np.broadcast_to(mask, (*lead, length, source)), BOOL if mask.dtype == np.bool_ else ADDED


def _rows(x: np.ndarray, lead: tuple[int, ...]) -> np.ndarray:
    """x with the batch dimensions `lead` and contiguous rows."""
    if x.strides[-1] != x.itemsize:
        x = np.ascontiguousarray(x)
    return x if x.shape[:-2] == lead else np.broadcast_to(x, (*lead, *x.shape[-2:]))


def _like(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An array of this shape, with the dimensions in the order of x's in memory: the heads of (B, T, H, D) stay side by side."""
    y = np.empty_like(x, shape=shape)
    return y if y.strides[-1] == y.itemsize else np.empty(shape, x.dtype)


def _id(x: np.ndarray | None) -> int:
    return 0 if x is None else id(x)
