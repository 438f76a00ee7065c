"""Arrays and lists by reference, in compiled code.

Numba takes 0.1 us to unpack an array, and compiles anew for each rank and layout; the address of the Python object, id(x), is one
integer. What lies there is NumPy's C structure, which its ABI fixes: after the object's header the data pointer, the rank (an int), and
the pointers to shape and strides. The caller keeps x alive.

These emit LLVM's code themselves: written in Python, and inlined by Numba, they were half the time of compiling a small kernel.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

_HEAD = object.__basicsize__
_I64 = ir.IntType(64)


def _integer(count: int, emit: Callable) -> tuple[Any, Callable]:
    """What an intrinsic returns that makes of `count` integers another: its types, and what emits its code."""
    return types.intp(*[types.intp] * count), lambda context, builder, signature, args: emit(builder, *args)


def _word(builder, address, offset):
    """The integer at address + offset."""
    return builder.load(builder.inttoptr(builder.add(address, ir.Constant(_I64, offset)), _I64.as_pointer()))


def _half(builder, address, offset):
    """The C int at address + offset."""
    return builder.and_(_word(builder, address, offset), ir.Constant(_I64, 0xFFFFFFFF))


def _nth(builder, address, offset, n):
    """The integer number n of those that the pointer at address + offset points to."""
    return _word(builder, builder.add(_word(builder, address, offset), builder.mul(n, ir.Constant(_I64, 8))), 0)


@intrinsic
def data(context, x):
    """The address of the first element of the array at x."""
    return _integer(1, lambda builder, x: _word(builder, x, _HEAD))


@intrinsic
def rank(context, x):
    """The number of dimensions of the array at x."""
    return _integer(1, lambda builder, x: _half(builder, x, _HEAD + 8))


@intrinsic
def shape(context, x, d):
    """The length of dimension d of the array at x."""
    return _integer(2, lambda builder, x, d: _nth(builder, x, _HEAD + 16, d))


@intrinsic
def stride(context, x, d):
    """The stride of dimension d of the array at x, in bytes."""
    return _integer(2, lambda builder, x, d: _nth(builder, x, _HEAD + 24, d))


@intrinsic
def descriptor(context, x):
    """The address of the dtype of the array at x; NumPy has one object for each dtype in the machine's byte order."""
    return _integer(1, lambda builder, x: _word(builder, x, _HEAD + 40))


@intrinsic
def flags(context, x):
    """The flags of the array at x: 1 C-contiguous, 0x100 aligned, 0x400 writeable (NPY_ARRAY_... in NumPy's C API)."""
    return _integer(1, lambda builder, x: _half(builder, x, _HEAD + 48))


@intrinsic
def length(context, x):
    """The length of the Python list at x: it follows the object's header, and is followed by the pointer to the items."""
    return _integer(1, lambda builder, x: _word(builder, x, _HEAD))


@intrinsic
def item(context, x, i):
    """The address of item i of the Python list at x."""
    return _integer(2, lambda builder, x, i: _nth(builder, x, _HEAD + 8, i))


@intrinsic
def flat(context, address, size, dtype):
    """The `size` elements at `address` as an array."""
    kind = types.Array(dtype.dtype, 1, "C")
    return kind(types.intp, types.intp, dtype), lambda context, builder, _, args: _array(context, builder, kind, args[0], args[1])


@intrinsic
def view(context, x, dtype, start, end):
    """Elements `start` to `end` of the C-contiguous array at x, of that dtype, as an array of one dimension."""
    kind = types.Array(dtype.dtype, 1, "C")

    def emit(context, builder, signature, args):
        x, _, start, end = args
        size = ir.Constant(_I64, context.get_abi_sizeof(context.get_value_type(kind.dtype)))
        address = builder.add(_word(builder, x, _HEAD), builder.mul(start, size))
        return _array(context, builder, kind, address, builder.sub(end, start))

    return kind(types.intp, dtype, types.intp, types.intp), emit


def _array(context, builder, kind, address, size):
    """The elements at `address` as an array that owns nothing."""
    element = context.get_value_type(kind.dtype)
    stride = ir.Constant(_I64, context.get_abi_sizeof(element))
    array = context.make_array(kind)(context, builder)
    populate_array(array, builder.inttoptr(address, element.as_pointer()), [size], [stride], stride, None)
    return array._getvalue()
