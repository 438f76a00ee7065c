"""Operations along a row, as LLVM vector code: for what LLVM doesn't vectorise itself, or only four vectors at a time."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from glassgrad.kernels.tile import first, masked, splat
from glassgrad.kernels.vector import exponential

_I8, _I32, _I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)


class Step:
    """The elements from `index` on of the rows a and b: a vector of `lanes`, or those that `mask` picks; or one, where lanes is 0."""

    def __init__(self, builder: Any, real: Any, lanes: int, mask: Any, index: Any, rows: dict[str, Any], numbers: Any) -> None:
        self.builder, self.real, self.lanes, self.mask, self.index, self.rows = builder, real, lanes, mask, index, rows
        self.value, self.other = (splat(builder, x, lanes) for x in numbers) if lanes else numbers
        self.size = 4 if real == ir.FloatType() else 8

    def _pointer(self, row: str, element: Any) -> Any:
        start = self.builder.inttoptr(self.rows[row], element.as_pointer())
        to = ir.VectorType(element, self.lanes) if self.lanes else element
        return self.builder.bitcast(self.builder.gep(start, [self.index]), to.as_pointer())

    def load(self, row: str) -> Any:
        pointer = self._pointer(row, self.real)
        if self.mask is None:
            return self.builder.load(pointer, align=self.size)
        vector = ir.VectorType(self.real, self.lanes)
        load, _ = masked(self.builder, vector)
        return self.builder.call(load, [pointer, _I32(self.size), self.mask, ir.Constant(vector, [0.0] * self.lanes)])

    def store(self, value: Any, row: str) -> Any:
        pointer = self._pointer(row, self.real)
        if self.mask is None:
            self.builder.store(value, pointer, align=self.size)
        else:
            _, store = masked(self.builder, value.type)
            self.builder.call(store, [value, pointer, _I32(self.size), self.mask])
        return value

    def fill(self, value: Any, row: str) -> None:
        """Store a whole vector, whatever the mask: the row has room for it. What was stored under a mask is slow to load again."""
        self.builder.store(value, self._pointer(row, self.real), align=self.size)

    def true(self, row: str) -> Any:
        """Whether a byte isn't 0."""
        found = self.builder.load(self._pointer(row, _I8), align=1)
        return self.builder.icmp_unsigned("!=", found, ir.Constant(found.type, [0] * self.lanes if self.lanes else 0))

    def less(self, row: str, by: Any) -> Any:
        """Elements less a number."""
        return self.builder.fsub(self.load(row), by)

    def weight(self, x: Any) -> Any:
        """exp(x) of what is at most 0 but for rounding."""
        zero = ir.Constant(x.type, [0.0] * self.lanes if self.lanes else 0.0)
        return exponential(self.builder, self.builder.select(self.builder.fcmp_ordered(">", x, zero), zero, x), down=True)


def plus(builder: Any, x: Any, y: Any) -> Any:
    return builder.fadd(x, y)


def larger(builder: Any, x: Any, y: Any) -> Any:
    """The larger; a NaN in y is passed over."""
    return builder.select(builder.fcmp_ordered(">", y, x), y, x)


def along(width: int, step: Callable[[Step], Any], join: Any = None, initial: float = 0.0, rest: str = "masked") -> Any:
    """run(like, n, a, b, value, other): `step` at each of n elements of the rows at the addresses a and b, whole vectors first.

    With `join`, what the steps return is joined up from `initial` on, and is the result. rest: how the last n % lanes elements
    are done, as a "masked" vector, or each by a "single" step (masked loads of bytes are slow); or "none": n is whole vectors.
    """

    @intrinsic
    def run(context, like, n, a, b, value, other):
        def emit(context, builder, signature, args):
            _, n, a, b, *numbers = args
            real = numbers[0].type
            lanes = width // (4 if real == ir.FloatType() else 8)
            rows = {"a": a, "b": b}

            def loop(start, end, many, total):
                """The steps from start to end, by `many` or by one -> the total."""
                entry, head, body, after = builder.block, *(builder.append_basic_block(x) for x in ("head", "body", "after"))
                builder.branch(head)
                builder.position_at_end(head)
                i, so_far = builder.phi(_I64), builder.phi(total.type)
                i.add_incoming(start, entry)
                so_far.add_incoming(total, entry)
                builder.cbranch(builder.icmp_signed("<", i, end), body, after)
                builder.position_at_end(body)
                got = step(Step(builder, real, many, None, i, rows, numbers))
                so_far.add_incoming(join(builder, so_far, got) if join else so_far, body)
                i.add_incoming(builder.add(i, ir.Constant(_I64, many or 1)), body)
                builder.branch(head)
                builder.position_at_end(after)
                return so_far

            whole = builder.and_(n, ir.Constant(_I64, -lanes))
            start = ir.Constant(ir.VectorType(real, lanes), [initial] * lanes)
            total = loop(ir.Constant(_I64, 0), whole, lanes, start)
            if rest == "masked":
                before = builder.block
                with builder.if_then(builder.icmp_signed("<", whole, n)):
                    mask = first(builder, builder.sub(n, whole), lanes)
                    got = step(Step(builder, real, lanes, mask, whole, rows, numbers))
                    joined = join(builder, total, builder.select(mask, got, start)) if join else total
                    inside = builder.block
                so_far = builder.phi(total.type)
                so_far.add_incoming(total, before)
                so_far.add_incoming(joined, inside)
                total = so_far
            half = lanes // 2
            while join and half:  # fold the vector
                swapped = ir.Constant(ir.VectorType(_I32, lanes), [k ^ half for k in range(lanes)])
                total = join(builder, total, builder.shuffle_vector(total, total, swapped))
                half //= 2
            total = builder.extract_element(total, ir.Constant(_I32, 0))
            return loop(whole, n, 0, total) if rest == "single" else total

        return like(like, *[types.intp] * 3, like, like), emit

    return run
