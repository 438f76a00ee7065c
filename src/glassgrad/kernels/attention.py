"""Attention: softmax(q k.T scale + mask) v without the matrix of scores, and its gradients by recomputing them.

Dao et al. 2022 (FlashAttention); Rabe, Staats 2021. Forward goes over blocks of keys with a running maximum and sum for each
query (an online softmax) and keeps only the log of that sum, `lse`. Backward has the weights again from exp(score - lse).
All products go through the register tile of tile.py; what lies between them is a row of vector code (`along`).
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from glassgrad.kernels import _jit
from glassgrad.kernels._jit import data, rank, shape, stride
from glassgrad.kernels.tile import ROWS, emitters, get, host, mover, put
from glassgrad.kernels.vector import _log2_parts, exp, log

QUERIES, KEYS = 96, 128  # in a block; QUERIES a multiple of ROWS. 64 keys are 10% slower from 256 on, and so are 48 queries
LONG = 1024  # keys from which on blocks have twice as many, and queries from which on forward's have four times as many: 5 to 15% faster
SERIAL = 2**16  # scores times the elements of a row of key and value, some 12 us, below which one thread is faster
NO_MASK, BOOL, ADDED = range(3)
_I8, _I32, _I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)


class _Place:
    """One step of a row operation: `lanes` elements from `index` on, or one element where lanes is 0."""

    def __init__(self, context: Any, builder: Any, real: Any, lanes: int, index: Any, pointers: dict[str, Any], values: Any) -> None:
        self.context, self.builder, self.lanes, self.index, self.pointers = context, builder, lanes, index, pointers
        self.real, self.type = real, ir.VectorType(real, lanes) if lanes else real
        self.value, self.other = (splat(builder, x, lanes) for x in values) if lanes else values

    def _at(self, name: str, element: Any) -> Any:
        start = self.builder.inttoptr(self.pointers[name], element.as_pointer())
        to = ir.VectorType(element, self.lanes) if self.lanes else element
        return self.builder.bitcast(self.builder.gep(start, [self.index]), to.as_pointer())

    def load(self, name: str) -> Any:
        return self.builder.load(self._at(name, self.real), align=4 if self.real == ir.FloatType() else 8)

    def store(self, value: Any, name: str) -> Any:
        self.builder.store(value, self._at(name, self.real), align=4 if self.real == ir.FloatType() else 8)
        return value

    def constant(self, x: float) -> Any:
        return ir.Constant(self.type, [float(x)] * self.lanes if self.lanes else float(x))

    def weight(self, x: Any) -> Any:
        """exp(x) for x <= 0, to within an ulp, by vector.py's formula without the care for results above 1 or denormal: those are 1 and 0.

        LLVM makes no vector code of calls of the scalar function, and its loops over it do whole vectors only by fours.
        """
        builder, flags = self.builder, ("contract",)
        real = np.float32 if self.real == ir.FloatType() else np.float64
        info = np.finfo(real)
        integer = ir.IntType(info.bits)
        bits = ir.VectorType(integer, self.lanes) if self.lanes else integer
        whole = lambda n: ir.Constant(bits, [n] * self.lanes if self.lanes else n)
        times_plus = lambda a, b, c: builder.fadd(builder.fmul(a, b, flags=flags), c, flags=flags)
        rounder, low = self.constant(1.5 * 2**info.nmant), self.constant(math.log(2) * (info.minexp + 1))
        x = builder.select(builder.fcmp_ordered(">", x, self.constant(0)), self.constant(0), x)
        shifted = times_plus(x, self.constant(1 / math.log(2)), rounder)
        n = builder.fsub(shifted, rounder)
        high, rest = _log2_parts(real)
        r = times_plus(n, self.constant(-rest), times_plus(n, self.constant(-high), x))
        terms = {np.float32: 7, np.float64: 13}[real]
        y = self.constant(1 / math.factorial(terms))
        for k in range(terms - 1, -1, -1):
            y = times_plus(y, r, self.constant(1 / math.factorial(k)))
        exponent = builder.add(builder.bitcast(shifted, bits), whole(1 - int(info.minexp)))
        power = builder.bitcast(builder.shl(exponent, whole(info.nmant)), self.type)
        return builder.select(builder.fcmp_ordered("<", x, low), self.constant(0), builder.fmul(y, power))

    def true(self, name: str) -> Any:
        bytes_ = self.builder.load(self._at(name, _I8), align=1)
        return self.builder.icmp_unsigned("!=", bytes_, ir.Constant(bytes_.type, [0] * self.lanes if self.lanes else 0))


def splat(builder: Any, value: Any, lanes: int) -> Any:
    """A vector of `lanes` times the value."""
    none = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(none, value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, none, ir.Constant(ir.VectorType(_I32, lanes), [0] * lanes))


def _plus(builder: Any, x: Any, y: Any) -> Any:
    return builder.fadd(x, y)


def _larger(builder: Any, x: Any, y: Any) -> Any:
    """The larger; a NaN in y is passed over (it shows in the sum)."""
    return builder.select(builder.fcmp_ordered(">", y, x), y, x)


def along(width: int, step: Callable[[_Place], Any], join: Any = None, initial: float = 0.0, ragged: bool = True) -> Any:
    """run(like, n, a, b, value, other): `step` at each of n elements of the rows at the addresses a and b, vectors first.

    With `join`, what the steps return is joined up from `initial` on, and is the result. Without `ragged`, n is whole vectors.
    """

    @intrinsic
    def run(context, like, n, a, b, value, other):
        def emit(context, builder, signature, args):
            _, n, a, b, *values = args
            real = values[0].type
            lanes = width // (4 if real == ir.FloatType() else 8)
            vector = ir.VectorType(real, lanes)

            def loop(start, end, many, total):
                """The steps from start to end, by `lanes` or by one -> the total."""
                entry, head, body, after = builder.block, *(builder.append_basic_block(x) for x in ("head", "body", "after"))
                builder.branch(head)
                builder.position_at_end(head)
                i, sum_ = builder.phi(_I64), builder.phi(total.type)
                i.add_incoming(start, entry)
                sum_.add_incoming(total, entry)
                builder.cbranch(builder.icmp_signed("<", i, end), body, after)
                builder.position_at_end(body)
                got = step(_Place(context, builder, real, many, i, {"a": a, "b": b}, values))
                sum_.add_incoming(join(builder, sum_, got) if join else sum_, builder.block)
                i.add_incoming(builder.add(i, ir.Constant(_I64, many or 1)), builder.block)
                builder.branch(head)
                builder.position_at_end(after)
                return sum_

            whole = builder.and_(n, ir.Constant(_I64, -lanes))
            total = loop(ir.Constant(_I64, 0), whole, lanes, ir.Constant(vector, [initial] * lanes))
            count = lanes
            while join and count > 1:  # fold the vector in halves
                count //= 2
                swapped = ir.Constant(ir.VectorType(_I32, lanes), [k ^ count for k in range(lanes)])
                total = join(builder, total, builder.shuffle_vector(total, total, swapped))
            total = builder.extract_element(total, ir.Constant(_I32, 0))
            return loop(whole, n, 0, total) if ragged else total

        return signature_of(like), emit

    def signature_of(like):
        return like(like, *[types.intp] * 3, like, like)

    return run


@intrinsic
def apart(context):
    """Compile the function that says so once, and not anew for each place that calls it."""

    def emit(context, builder, signature, args):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), emit


@cache
def make(width: int, vectors: int, fused: bool, dtype: type) -> tuple[Callable, Callable]:
    """The forward and the backward kernel for vectors of `width` bytes, `vectors` of them in a row of a tile."""
    key = (width, vectors, fused, dtype.__name__)
    tile, transpose, _ = emitters(width, vectors, fused, False)
    move = mover(width)
    zero, one, infinity, nan = dtype(0), dtype(1), dtype(np.inf), dtype(np.nan)
    # not Python's int: Numba would compile a function anew for each of these as an argument
    size, none, once = (np.int64(n) for n in (np.dtype(dtype).itemsize, 0, 1))
    lanes, panel = width // size, width * vectors  # elements of a vector, bytes in a row of a tile
    wide = lanes * vectors

    # Operations on rows: a, or a and b, are their addresses; the last two arguments are numbers for them to use.
    fill_ = along(width, lambda at: at.store(at.value, "a"))
    scale_by_ = along(width, lambda at: at.store(at.builder.fmul(at.load("a"), at.value), "a"))
    add_ = along(width, lambda at: at.store(at.builder.fadd(at.load("a"), at.load("b")), "a"))
    hide_ = along(width, lambda at: at.store(at.builder.select(at.true("b"), at.load("a"), at.value), "a"))
    maximum_ = along(width, lambda at: at.load("a"), _larger, -np.inf, ragged=False)
    dot_ = along(width, lambda at: at.builder.fmul(at.load("a"), at.load("b"), flags=("contract",)), _plus)
    weigh_ = along(width, lambda at: at.store(at.weight(at.builder.fsub(at.load("a"), at.value)), "a"), _plus, ragged=False)

    def slope(at: _Place) -> Any:
        """a = weight(a - value), and b = a * (b - other): from scores and lse, and from g @ value.T and sum(g * y)."""
        weight = at.store(at.weight(at.builder.fsub(at.load("a"), at.value)), "a")
        return at.store(at.builder.fmul(weight, at.builder.fsub(at.load("b"), at.other)), "b")

    slope_ = along(width, slope, ragged=False)

    @_jit.jit(key)
    def pack(source, rs, cs, depth, columns, target):
        """Copy a matrix (depth, columns) to panels (depth, a tile's width) one after the other, their last columns undefined.

        In place, the rows of a (B, T, 3, H, D) projection are so far apart that a block of them doesn't fit the L1 cache's sets.
        """
        apart()
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

    @_jit.jit(key)
    def product(a, ars, acs, b, skip, height, c, crs, resume, depth, rows, columns):
        """c = a @ b, or with `resume` c += a @ b, for a (rows, depth) and b (depth, columns), packed, from row `skip` of `height` on."""
        apart()
        for j in range(0, columns, wide):
            for i in range(0, rows, ROWS):
                at = c + i * crs + j * size
                tile(
                    zero, a + i * ars, ars, acs, b + (j // wide * height + skip) * panel, panel, at, crs, at * resume, crs,
                    depth, min(ROWS, rows - i), min(wide, columns - j),
                )  # fmt: skip

    @_jit.jit(key)
    def room(rows, columns):
        """The bytes of so many rows, filled up to whole panels."""
        return rows * ((columns + wide - 1) // wide) * panel

    @_jit.jit(key)
    def item(x, i):
        """The address of matrix number i of the batch x, an array by reference."""
        apart()
        address = data(x)
        for d in range(rank(x) - 3, -1, -1):
            length = shape(x, d)
            address += i % length * stride(x, d)
            i //= length
        return address

    @_jit.jit(key)
    def keep(x, row, columns, j0, seed, threshold, factor):
        """Dropout of a row of weights: times `factor` where the hash of (seed, row, column) is at least the threshold, else 0."""
        apart()
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

    @_jit.jit(key)
    def edges(s, seen, bound, mask, kind, rest):
        """Of a row of scores, what the mask says of the first `seen`, and `rest` from there to `bound`, where nothing may be seen."""
        apart()
        if kind == BOOL:
            hide_(zero, seen, s, mask, rest, zero)
        elif kind == ADDED and rest:
            add_(zero, seen, s, mask, zero, zero)
        if seen < bound:
            fill_(zero, bound - seen, s + seen * size, 0, rest, zero)

    @_jit.jit(key)
    def scale_by(x, rows, rs, columns, factor):
        """Multiply rows that are `rs` bytes apart."""
        apart()
        for i in range(rows):
            scale_by_(zero, columns, x + i * rs, 0, factor, zero)

    @_jit.jit(key)
    def forward(p, parts, q_, k_, v_, y_, lse_, mask_, kind, causal, scale, seed, threshold, factor):
        """Part `p` of `parts` of the blocks of queries of all heads, shared out by how many keys they see. Names_ are references."""
        batch = rank(q_) - 2
        length, source, depth, columns = shape(q_, batch), shape(k_, batch), shape(q_, batch + 1), shape(v_, batch + 1)
        qrs, krs, vrs, yrs = stride(q_, batch), stride(k_, batch), stride(v_, batch), stride(y_, batch)
        mrs = stride(mask_, batch) if mask_ else 0
        mcs = size if kind == ADDED else 1
        heads = 1
        for d in range(batch):
            heads *= shape(q_, d)
        if causal:
            source = min(source, length)
        queries = min(length, QUERIES if length < LONG else 4 * QUERIES)
        at_once = KEYS if source < LONG else 2 * KEYS
        many = min(at_once, source)
        crs = room(once, many)
        keys_size, values_size, scores_size = room(depth, many), room(many, columns), ROWS * crs
        scratch = np.empty(keys_size + values_size + scores_size + 2 * queries * size + width, np.uint8)
        keys = (np.int64(scratch.ctypes.data) + width - 1) // width * width
        values = keys + keys_size
        scores = values + values_size
        tops = scores + scores_size
        sums = tops + queries * size
        total = 0
        for i0 in range(0, length, queries):
            total += min(source, i0 + queries) if causal else source
        total *= heads
        done = 0
        for h in range(heads):
            for i0 in range(0, length, queries):
                mine = done * parts // total == p
                done += min(source, i0 + queries) if causal else source
                if not mine:
                    continue
                q, k, v, y = item(q_, h) + i0 * qrs, item(k_, h), item(v_, h), item(y_, h) + i0 * yrs
                mask = item(mask_, h) + i0 * mrs if mask_ else 0
                rows = min(queries, length - i0)
                fill_(zero, rows, tops, 0, -infinity, zero)
                fill_(zero, rows, sums, 0, zero, zero)
                for j0 in range(0, min(source, i0 + rows) if causal else source, at_once):
                    count = min(at_once, source - j0)
                    pack(k + j0 * krs, size, krs, depth, count, keys)
                    scale_by(keys, once, none, depth * ((count + wide - 1) // wide) * wide, scale)
                    pack(v + j0 * vrs, vrs, size, count, columns, values)
                    for i in range(max(0, j0 - i0) // ROWS * ROWS if causal else 0, rows, ROWS):
                        group = min(ROWS, rows - i)
                        reach = min(count, i0 + i + group - j0) if causal else count
                        bound = (reach + lanes - 1) // lanes * lanes
                        product(q + i * qrs, qrs, size, keys, none, depth, scores, crs, none, depth, group, reach)
                        for r in range(i, i + group):
                            s, m = scores + (r - i) * crs, mask + r * mrs + j0 * mcs
                            edges(s, max(0, min(reach, i0 + r + 1 - j0)) if causal else reach, bound, m, kind, -infinity)
                            before = get(zero, tops + r * size)
                            top = maximum_(zero, bound, s, 0, zero, zero)
                            top = top if top > before else before
                            put(top, tops + r * size)
                            safe = zero if top == -infinity else top
                            here = weigh_(zero, bound, s, 0, safe, zero)
                            if j0 and top != before:
                                shrink = exp(before - safe)
                                put(get(zero, sums + r * size) * shrink + here, sums + r * size)
                                scale_by(y + r * yrs, once, none, columns, shrink)
                            else:
                                put(get(zero, sums + r * size) + here, sums + r * size)
                            if threshold:
                                keep(s, h * length + i0 + r, reach, j0, seed, threshold, factor)
                        product(scores, crs, size, values, none, count, y + i * yrs, yrs, min(j0, 1), reach, group, columns)
                for r in range(rows):
                    here, top = get(zero, sums + r * size), get(zero, tops + r * size)
                    lse = data(lse_) + (h * length + i0 + r) * size
                    if here == zero:  # blind: 0; but where only the scores are -inf, their softmax is 0 / 0
                        blind = kind != NO_MASK
                        for j in range(source if blind else 0):
                            if kind == BOOL:
                                blind = blind and not get(np.int8(0), mask + r * mrs + j)
                            else:
                                blind = blind and get(zero, mask + r * mrs + j * size) == -infinity
                        fill_(zero, columns, y + r * yrs, 0, zero if blind else nan, zero)
                        put(infinity if blind else nan, lse)
                    else:
                        scale_by(y + r * yrs, once, none, columns, one / here)
                        put(top + log(here), lse)
        scratch[0] = 0  # Numba frees an array after its last use

    @_jit.jit(key)
    def block(g, grs, q, qrs, y, yrs, lse, mask, mrs, kind, gq, gqrs, gk, gkrs, gv, gvrs, i0, j0, rows, count, depth, columns,
              causal, seed, row, threshold, factor, keys_t, values_t, keys, queries, slopes_y, scores, slopes, crs):  # fmt: skip
        """What a block of queries and keys adds to gq / scale (where gq isn't 0), and to gk / scale and gv (where gk isn't).

        keys_t and values_t hold the block's keys times scale, and its values, transposed; keys, what gq needs. The others are room, the
        last two for rows of crs bytes. Only the scores that one of the block's groups of queries or keys sees are computed.
        """
        apart()
        mcs = size if kind == ADDED else 1
        for i in range(max(0, j0 - i0) // ROWS * ROWS if causal else 0, rows, ROWS):
            group = min(ROWS, rows - i)
            reach = min(count, i0 + i + group - j0) if causal else count
            bound = (min(count, reach + ROWS) + lanes - 1) // lanes * lanes  # gk and gv take groups of keys, from their first query on
            product(q + i * qrs, qrs, size, keys_t, none, depth, scores + i * crs, crs, none, depth, group, reach)
            product(g + i * grs, grs, size, values_t, none, columns, slopes + i * crs, crs, none, columns, group, reach)
            for r in range(i, i + group):
                s, ds = scores + r * crs, slopes + r * crs
                seen = max(0, min(reach, i0 + r + 1 - j0)) if causal else reach
                m = mask + r * mrs + j0 * mcs
                edges(s, seen, bound, m, kind, -infinity)
                if threshold:
                    keep(ds, row + r, reach, j0, seed, threshold, factor)
                slope_(zero, bound, s, ds, get(zero, lse + r * size), dot_(zero, columns, g + r * grs, y + r * yrs, zero, zero))
                edges(ds, seen, bound, m, kind, zero)
                if threshold:
                    keep(s, row + r, reach, j0, seed, threshold, factor)
            if gq:
                product(slopes + i * crs, crs, size, keys, none, count, gq + i * gqrs, gqrs, min(j0, 1), reach, group, depth)
        if gk:
            pack(q, qrs, size, rows, depth, queries)
            pack(g, grs, size, rows, columns, slopes_y)
            for j in range(0, count, ROWS):
                group = min(ROWS, count - j)
                i = max(0, j0 + j - i0) if causal else 0  # the first query that sees a key of the group
                if i < rows:
                    resume = int(j0 + j < i0 if causal else i0 > 0)
                    at = i * crs + j * size
                    product(scores + at, size, crs, slopes_y, i, rows, gv + j * gvrs, gvrs, resume, rows - i, group, columns)
                    product(slopes + at, size, crs, queries, i, rows, gk + j * gkrs, gkrs, resume, rows - i, group, depth)

    @_jit.jit(key)
    def backward(p, parts, by_blocks, g_, q_, k_, v_, y_, lse_, gq_, gk_, gv_, mask_, kind, causal, scale, seed, threshold, factor):
        """Tasks are heads; or, where these are few, blocks of keys, for gk and gv, and then blocks of queries, for gq.

        The second way computes the scores twice. Either adds up each gradient in the same order: the bits are the same.
        """
        batch = rank(q_) - 2
        length, source, depth, columns = shape(q_, batch), shape(k_, batch), shape(q_, batch + 1), shape(v_, batch + 1)
        grs, qrs, krs, vrs, yrs = stride(g_, batch), stride(q_, batch), stride(k_, batch), stride(v_, batch), stride(y_, batch)
        gqrs, gkrs, gvrs = stride(gq_, batch), stride(gk_, batch), stride(gv_, batch)
        mrs = stride(mask_, batch) if mask_ else 0
        heads = 1
        for d in range(batch):
            heads *= shape(q_, d)
        at_once = KEYS if source < LONG else 2 * KEYS
        many_q, many_k = min(QUERIES, length), min(at_once, source)
        crs = room(once, many_k)
        across, across_v, down, down_v = room(depth, many_k), room(columns, many_k), room(max(many_k, many_q), depth), room(many_q, columns)
        scratch = np.empty(across + across_v + 2 * down + down_v + 2 * many_q * crs + width, np.uint8)
        keys_t = (np.int64(scratch.ctypes.data) + width - 1) // width * width
        values_t = keys_t + across
        keys = values_t + across_v
        queries = keys + down
        slopes_y = queries + down
        scores = slopes_y + down_v
        slopes = scores + many_q * crs

        total = done = 0
        for counting in (True, False):
            for phase in range(1 + by_blocks):
                for_q, for_kv = not by_blocks or phase == 1, phase == 0
                for h in range(heads):
                    for u in range(0, (length if phase else source) if by_blocks else 1, QUERIES if phase else at_once):
                        i_start, i_end, j_start, j_end = 0, length, 0, source
                        if by_blocks and phase:
                            i_start, i_end = u, min(length, u + QUERIES)
                        elif by_blocks:
                            j_start, j_end = u, min(source, u + at_once)
                        if causal:
                            i_start = max(i_start, j_start // QUERIES * QUERIES)
                        cost = 4 * max(0, length - u) if causal and not phase else 3 * (min(source, i_end) if causal else source)
                        if not phase and not causal:
                            cost = 4 * length
                        cost = cost if by_blocks else 1
                        if counting:
                            total += cost
                            continue
                        mine = done * parts // total == p
                        done += cost
                        if not mine:
                            continue
                        g, q, k, v, y = item(g_, h), item(q_, h), item(k_, h), item(v_, h), item(y_, h)
                        gq, gk, gv = item(gq_, h), item(gk_, h), item(gv_, h)
                        mask = item(mask_, h) if mask_ else 0
                        for j0 in range(j_start, j_end, at_once):
                            count = min(at_once, source - j0)
                            first = max(i_start, j0 // QUERIES * QUERIES) if causal else i_start
                            if first < i_end:
                                pack(k + j0 * krs, size, krs, depth, count, keys_t)
                                scale_by(keys_t, once, none, depth * ((count + wide - 1) // wide) * wide, scale)
                                pack(v + j0 * vrs, size, vrs, columns, count, values_t)
                                if for_q:
                                    pack(k + j0 * krs, krs, size, count, depth, keys)
                            for i0 in range(first, i_end, QUERIES):
                                row, rows = h * length + i0, min(QUERIES, i_end - i0)
                                to_q, to_k = (gq + i0 * gqrs) * for_q, (gk + j0 * gkrs) * for_kv
                                block(
                                    g + i0 * grs, grs, q + i0 * qrs, qrs, y + i0 * yrs, yrs, data(lse_) + row * size,
                                    mask + i0 * mrs, mrs, kind, to_q, gqrs, to_k, gkrs, gv + j0 * gvrs, gvrs, i0, j0, rows, count,
                                    depth, columns, causal, seed, row, threshold, factor,
                                    keys_t, values_t, keys, queries, slopes_y, scores, slopes, crs,
                                )  # fmt: skip
                            if for_kv:
                                seen = min(count, max(0, length - j0)) if causal else count
                                scale_by(gk + j0 * gkrs, seen, gkrs, depth, scale)
                                for j in range(j0 + seen, j0 + count):  # keys that no query sees
                                    fill_(zero, depth, gk + j * gkrs, 0, zero, zero)
                                    fill_(zero, columns, gv + j * gvrs, 0, zero, zero)
                        if for_q:
                            scale_by(gq + i_start * gqrs, i_end - i_start, gqrs, depth, scale)
        scratch[0] = 0  # Numba frees an array after its last use

    return forward, backward


_HOST = host()


def attention(
    query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None, causal: bool, scale: float, p: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """y (..., L, Ev), laid out in memory like the query, and lse (..., L, 1)."""
    lead, (query, key, value), mask, kind = _prepared((query, key, value), mask)
    length, depth, columns = query.shape[-2], query.shape[-1], value.shape[-1]
    y = _like(query, (*lead, length, columns))
    lse = np.empty((*lead, length, 1), query.dtype)
    parts = _parts(math.prod(lead) * length * key.shape[-2] * (depth + columns))
    parts = min(parts, math.prod(lead) * -(-length // QUERIES))
    forward, _ = make(*_HOST, query.dtype.type)
    _jit.run(
        forward, parts, id(query), id(key), id(value), id(y), id(lse), _id(mask), kind, int(causal), query.dtype.type(scale),
        seed, *_dropped(p, query.dtype),
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
    grads = [_like(x, (*lead, *x.shape[-2:])) for x in (query, key, value)]
    heads = math.prod(lead)
    parts = _parts(heads * length * source * (depth + columns))
    # heads as tasks cost 5 products each; blocks as tasks 7
    by_blocks = -(-heads // parts) * 5 * parts > heads * 7
    if by_blocks:
        parts = min(parts, heads * (-(-length // QUERIES) + -(-source // KEYS)))
    _, backward = make(*_HOST, query.dtype.type)
    _jit.run(
        backward, parts, int(by_blocks), id(g), id(query), id(key), id(value), id(y), id(lse), *map(id, grads), _id(mask), kind,
        int(causal), query.dtype.type(scale), seed, *_dropped(p, query.dtype),
    )  # fmt: skip
    return tuple(grads)


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
