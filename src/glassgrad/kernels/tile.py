"""The pieces of a matrix product that Numba can't express, as LLVM vector code: the tile that stays in registers, and a transpose."""

from collections.abc import Callable
from functools import cache

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

ROWS = 6  # of a tile. 6 x 4 vectors are 24 accumulators of AVX-512's 32 registers, 6 x 2 are 12 of AVX2's 16
_I32, _I64 = ir.IntType(32), ir.IntType(64)


def host() -> tuple[int, int, bool]:
    """(bytes of a vector, vectors in a row of a tile, whether the CPU has a fused multiply-add)."""
    try:
        features = llvmlite.binding.get_host_cpu_features()
    except RuntimeError:  # LLVM can't tell on this platform
        features = {}
    arm = "aarch64" in llvmlite.binding.get_process_triple() or "arm64" in llvmlite.binding.get_process_triple()
    fused = bool(features.get("fma")) or arm
    if features.get("avx512f"):
        return 64, 4, fused
    if features.get("avx2"):
        return 32, 2, fused
    return 16, 4 if arm else 2, fused


def splat(builder, value, lanes):
    """A vector of `lanes` times the value."""
    none = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(none, value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, none, ir.Constant(ir.VectorType(_I32, lanes), [0] * lanes))


def masked(builder, vector):
    """LLVM's functions that load, and store, the elements of a vector that a mask picks: (pointer, alignment, mask, the others) etc."""
    tag = f"v{vector.count}f{32 if vector.element == ir.FloatType() else 64}.p0"
    pointer, mask = vector.as_pointer(), ir.VectorType(ir.IntType(1), vector.count)
    load = ir.FunctionType(vector, [pointer, _I32, mask, vector])
    store = ir.FunctionType(ir.VoidType(), [vector, pointer, _I32, mask])
    declare = lambda name, kind: cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.{name}.{tag}")
    return declare("load", load), declare("store", store)


def first(builder, count, lanes):
    """The mask of the first `count` of a vector's elements."""
    kind = ir.VectorType(_I32, lanes)
    return builder.icmp_signed("<", ir.Constant(kind, list(range(lanes))), splat(builder, builder.trunc(count, _I32), lanes))


@cache
def emitters(width: int, vectors: int, fused: bool, ahead: bool) -> tuple[Callable, Callable, Callable]:
    """The two pieces that Numba can't express, as LLVM vector code: the tile, and the transpose of a square block.

    ahead: the tile asks for memory before it needs it; where all is in the L1 cache this costs 3 %.
    """

    def scalar_type(like):  # an array or a number
        return ir.FloatType() if getattr(like, "dtype", like) == types.float32 else ir.DoubleType()

    def at(builder, base, offset, type_):
        """The pointer `offset` bytes after the pointer `base`."""
        return builder.bitcast(builder.gep(base, [offset]), type_.as_pointer())

    def pointer(builder, address):
        return builder.inttoptr(address, ir.IntType(8).as_pointer())

    def const(n):
        return ir.Constant(_I64, n)

    @intrinsic
    def tile(context, like, a, ars, acs, b, brs, c, crs, start, srs, depth, rows, columns):
        """c = a @ b + start for one tile. `start` 0 means zero; a stride `srs` of 0 repeats one row, as for a bias."""
        signature = types.void(like, *[types.intp] * 12)

        def emit(context, builder, signature, args):
            _, a, ars, acs, b, brs, c, crs, start, srs, depth, rows, columns = args
            real = scalar_type(signature.args[0])
            size = 4 if isinstance(real, ir.FloatType) else 8
            lanes = width // size
            vector = ir.VectorType(real, lanes)
            name = f"llvm.{'fma' if fused else 'fmuladd'}.v{lanes}f{size * 8}"
            fma = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
            load_some, store_some = masked(builder, vector)
            zeros = ir.Constant(vector, [0.0] * lanes)
            align = ir.Constant(_I32, size)

            # Only the last vector of a row can be ragged. On AVX-512 a masked load costs what a plain one does.
            used = builder.sdiv(builder.add(columns, const(lanes - 1)), const(lanes))
            rest = builder.sub(columns, builder.mul(builder.sub(used, const(1)), const(lanes)))
            mask = first(builder, rest, lanes)

            def load(p, last):
                return builder.call(load_some, [p, align, mask, zeros]) if last else builder.load(p, align=size)

            def store(value, p, last):
                if last:
                    builder.call(store_some, [value, p, align, mask])
                else:
                    builder.store(value, p, align=size)

            end = builder.append_basic_block("end")
            case = builder.add(builder.mul(builder.sub(rows, const(1)), const(vectors)), builder.sub(used, const(1)))
            switch = builder.switch(case, end)
            for h, w in [(h, w) for h in range(1, ROWS + 1) for w in range(1, vectors + 1)]:
                entry = builder.append_basic_block(f"tile{h}x{w}")
                switch.add_case(const((h - 1) * vectors + w - 1), entry)
                builder.position_at_end(entry)
                cells = [(i, v) for i in range(h) for v in range(w)]
                pa, pb, pc, ps = (pointer(builder, p) for p in (a, b, c, start))
                following_rows = builder.gep(pa, [builder.mul(ars, const(ROWS))])
                rows_of_a = [builder.gep(pa, [builder.mul(ars, const(i))]) for i in range(h)]

                # Memory is asked for while the sums run: c, and the rows of a of the next tile. With operands that no cache holds the
                # products of W5 gained 2 to 35 %, with all in the cache up to 15 %.
                for i in range(h if ahead else 0):
                    for edge in 0, w * width - 1:
                        _prefetch(builder, builder.gep(pc, [builder.add(builder.mul(crs, const(i)), const(edge))]), write=True)
                loop, done, add, end_of_tile = (builder.append_basic_block(n) for n in ("loop", "done", "add", "end_of_tile"))
                builder.branch(loop)

                builder.position_at_end(loop)
                k = builder.phi(_I64)
                k.add_incoming(const(0), entry)
                sums = {cell: builder.phi(vector) for cell in cells}
                for phi in sums.values():
                    phi.add_incoming(zeros, entry)
                row = builder.mul(k, brs)
                of_b = [builder.load(at(builder, pb, builder.add(row, const(v * width)), vector), align=size) for v in range(w)]
                column = builder.mul(k, acs)
                if ahead:
                    _prefetch(builder, builder.gep(following_rows, [builder.mul(k, const(ROWS * size))]))
                results = {}
                for i in range(h):
                    of_a = splat(builder, builder.load(at(builder, rows_of_a[i], column, real), align=size), lanes)
                    for v in range(w):
                        results[i, v] = builder.call(fma, [of_a, of_b[v], sums[i, v]])
                following = builder.add(k, const(1))
                k.add_incoming(following, loop)
                for cell, phi in sums.items():
                    phi.add_incoming(results[cell], loop)
                builder.cbranch(builder.icmp_signed("<", following, depth), loop, done)

                builder.position_at_end(done)
                builder.cbranch(builder.icmp_unsigned("==", start, const(0)), end_of_tile, add)

                builder.position_at_end(add)
                added = {}
                for i, v in cells:
                    offset = builder.add(builder.mul(srs, const(i)), const(v * width))
                    added[i, v] = builder.fadd(results[i, v], load(at(builder, ps, offset, vector), v == w - 1))
                builder.branch(end_of_tile)

                builder.position_at_end(end_of_tile)
                for i, v in cells:
                    total = builder.phi(vector)
                    total.add_incoming(results[i, v], done)
                    total.add_incoming(added[i, v], add)
                    results[i, v] = total
                for i, v in cells:
                    offset = builder.add(builder.mul(crs, const(i)), const(v * width))
                    store(results[i, v], at(builder, pc, offset, vector), v == w - 1)
                builder.branch(end)
            builder.position_at_end(end)
            return context.get_dummy_value()

        return signature, emit

    def block(swap):
        @intrinsic
        def block(context, like, source, source_stride, target, target_stride):
            signature = types.void(like, *[types.intp] * 4)

            def emit(context, builder, signature, args):
                _, source, source_stride, target, target_stride = args
                real = scalar_type(signature.args[0])
                size = 4 if isinstance(real, ir.FloatType) else 8
                lanes = width // size
                vector = ir.VectorType(real, lanes)
                source, target = pointer(builder, source), pointer(builder, target)
                rows = [builder.load(at(builder, source, builder.mul(source_stride, const(i)), vector), align=size) for i in range(lanes)]
                step = 1
                while swap and step < lanes:  # swap the off-diagonal squares of size 1, 2, 4, ...
                    for i in range(lanes):
                        if not i & step:
                            upper, lower = rows[i], rows[i + step]
                            for at_row, picks in (
                                (i, [x if not x & step else lanes + x - step for x in range(lanes)]),
                                (i + step, [x + step if not x & step else lanes + x for x in range(lanes)]),
                            ):
                                picks = ir.Constant(ir.VectorType(_I32, lanes), picks)
                                rows[at_row] = builder.shuffle_vector(upper, lower, picks)
                    step *= 2
                for i, row in enumerate(rows):
                    builder.store(row, at(builder, target, builder.mul(target_stride, const(i)), vector), align=size)
                return context.get_dummy_value()

            return signature, emit

        return block

    return tile, block(swap=True), block(swap=False)


@cache
def mover(width: int) -> Callable:
    """move(like, source, target, count): copy a vector of `width` bytes; beyond `count` elements it reads nothing, and writes zeros."""

    @intrinsic
    def move(context, like, source, target, count):
        def emit(context, builder, signature, args):
            _, source, target, count = args
            real = ir.FloatType() if getattr(signature.args[0], "dtype", signature.args[0]) == types.float32 else ir.DoubleType()
            size = 4 if isinstance(real, ir.FloatType) else 8
            lanes = width // size
            vector = ir.VectorType(real, lanes)
            source, target = (builder.inttoptr(p, vector.as_pointer()) for p in (source, target))
            load_some, _ = masked(builder, vector)
            with builder.if_else(builder.icmp_signed(">=", count, ir.Constant(_I64, lanes))) as (whole, some):
                with whole:
                    builder.store(builder.load(source, align=size), target, align=size)
                with some:
                    zeros = ir.Constant(vector, [0.0] * lanes)
                    some_loaded = builder.call(load_some, [source, ir.Constant(_I32, size), first(builder, count, lanes), zeros])
                    builder.store(some_loaded, target, align=size)
            return context.get_dummy_value()

        return types.void(like, *[types.intp] * 3), emit

    return move


def _prefetch(builder, address, write=False):
    kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), _I32, _I32, _I32])
    function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    builder.call(function, [address, _I32(int(write)), _I32(3), _I32(1)])  # to all levels of the data cache


@intrinsic
def prefetch(context, address):
    """Ask for the line at `address`, which need not be mapped."""

    def emit(context, builder, signature, args):
        _prefetch(builder, builder.inttoptr(args[0], ir.IntType(8).as_pointer()))
        return context.get_dummy_value()

    return types.void(types.intp), emit


@intrinsic
def get(context, like, address):
    """The element at `address`."""

    def emit(context, builder, signature, args):
        type_ = context.get_value_type(signature.return_type)
        return builder.load(builder.inttoptr(args[1], type_.as_pointer()))

    return getattr(like, "dtype", like)(like, types.intp), emit


@intrinsic
def put(context, value, address):
    """Store `value` at `address`."""

    def emit(context, builder, signature, args):
        builder.store(args[0], builder.inttoptr(args[1], args[0].type.as_pointer()))
        return context.get_dummy_value()

    return types.void(value, types.intp), emit
