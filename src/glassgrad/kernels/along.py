"""Operations along a row, as LLVM vector code: for what LLVM doesn't vectorise itself, or only four vectors at a time."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from glassgrad.kernels.tile import splat
from glassgrad.kernels.vector import exponential

_I8, _I32, _I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)


class Step:
    """The elements from `index` on of the rows a and b: a vector of `lanes`, or one where lanes is 0."""

    def __init__(self, builder: Any, real: Any, lanes: int, index: Any, rows: dict[str, Any], numbers: Any) -> None:
        self.builder, self.real, self.lanes, self.index, self.rows = builder, real, lanes, index, rows
        self.value, self.other = (splat(builder, x, lanes) for x in numbers) if lanes else numbers

    def _pointer(self, row: str, element: Any) -> Any:
        start = self.builder.inttoptr(self.rows[row], element.as_pointer())
        to = ir.VectorType(element, self.lanes) if self.lanes else element
        return self.builder.bitcast(self.builder.gep(start, [self.index]), to.as_pointer())

    def load(self, row: str) -> Any:
        return self.builder.load(self._pointer(row, self.real), align=4 if self.real == ir.FloatType() else 8)

    def store(self, value: Any, row: str) -> Any:
        self.builder.store(value, self._pointer(row, self.real), align=4 if self.real == ir.FloatType() else 8)
        return value

    def true(self, row: str) -> Any:
        """Whether a byte isn't 0."""
        found = self.builder.load(self._pointer(row, _I8), align=1)
        return self.builder.icmp_unsigned("!=", found, ir.Constant(found.type, [0] * self.lanes if self.lanes else 0))

    def weight(self, x: Any) -> Any:
        """exp(x) of what is at most 0 but for rounding."""
        zero = ir.Constant(x.type, [0.0] * self.lanes if self.lanes else 0.0)
        return exponential(self.builder, self.builder.select(self.builder.fcmp_ordered(">", x, zero), zero, x), down=True)


def plus(builder: Any, x: Any, y: Any) -> Any:
    return builder.fadd(x, y)


def larger(builder: Any, x: Any, y: Any) -> Any:
    """The larger; a NaN in y is passed over."""
    return builder.select(builder.fcmp_ordered(">", y, x), y, x)


def along(width: int, step: Callable[[Step], Any], join: Any = None, initial: float = 0.0, ragged: bool = True) -> Any:
    """run(like, n, a, b, value, other): `step` at each of n elements of the rows at the addresses a and b, vectors first.

    With `join`, what the steps return is joined up from `initial` on, and is the result. Without `ragged`, n is whole vectors.
    """

    @intrinsic
    def run(context, like, n, a, b, value, other):
        def emit(context, builder, signature, args):
            _, n, a, b, *numbers = args
            real = numbers[0].type
            lanes = width // (4 if real == ir.FloatType() else 8)

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
                got = step(Step(builder, real, many, i, {"a": a, "b": b}, numbers))
                so_far.add_incoming(join(builder, so_far, got) if join else so_far, body)
                i.add_incoming(builder.add(i, ir.Constant(_I64, many or 1)), body)
                builder.branch(head)
                builder.position_at_end(after)
                return so_far

            whole = builder.and_(n, ir.Constant(_I64, -lanes))
            total = loop(ir.Constant(_I64, 0), whole, lanes, ir.Constant(ir.VectorType(real, lanes), [initial] * lanes))
            half = lanes // 2
            while join and half:  # fold the vector
                swapped = ir.Constant(ir.VectorType(_I32, lanes), [k ^ half for k in range(lanes)])
                total = join(builder, total, builder.shuffle_vector(total, total, swapped))
                half //= 2
            total = builder.extract_element(total, ir.Constant(_I32, 0))
            return loop(whole, n, 0, total) if ragged else total

        return like(like, *[types.intp] * 3, like, like), emit

    return run
