"""All parameters in one pass: the steps of SGD and Adam, the norm of the gradients and their scaling.

A kernel takes a Python list of lists of arrays, and reads the arrays by address: a NumPy table of the addresses would take 2 us
to make, a fifth of the step of a small model, and each argument of a compiled function 0.1 us.
"""

from array import array
from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit, refs
from glassgrad.kernels.refs import view
from glassgrad.kernels.vector import maximum, plus

Arrays = list[np.ndarray]

CHUNK = 1024  # elements that one thread takes, or that one partial sum covers: a multiple of what a vectorised loop takes at once
SERIAL, SERIAL_ADAM = 2**17, 2**15  # elements in all, some 15 us, below which one thread is faster
_CONTIGUOUS, _ALIGNED, _WRITEABLE = 0x1, 0x100, 0x400


@_jit.inner()
def _size(x):
    size = 1
    for d in range(refs.rank(x)):
        size *= refs.shape(x, d)
    return size


@_jit.jit()
def _fit(dtype, itemsize, lists, read):
    """The elements of a list of arrays, where all the lists can be worked on as flat memory, in any order; else -1.

    The arrays are C-contiguous, aligned, of the dtype at that address, and of equal shapes from list to list. Those of the last `read`
    lists are only read; all others are writeable, and share no memory with any.
    """
    many, n = refs.length(lists), refs.length(refs.item(lists, 0))
    starts, ends = np.empty(many * n, np.int64), np.empty(many * n, np.int64)  # of each array's memory; the ends doubled, plus 1 if written
    count = total = 0
    for i in range(n):
        like = refs.item(refs.item(lists, 0), i)
        size = _size(like)
        total += size
        for k in range(many):
            x, written = refs.item(refs.item(lists, k), i), k < many - read
            needed = _CONTIGUOUS | _ALIGNED | (_WRITEABLE if written else 0)
            if refs.descriptor(x) != dtype or refs.flags(x) & needed != needed or refs.rank(x) != refs.rank(like):
                return -1
            for d in range(refs.rank(x)):
                if refs.shape(x, d) != refs.shape(like, d):
                    return -1
            if size:
                starts[count], ends[count] = refs.data(x), (refs.data(x) + size * itemsize) * 2 + written
                count += 1
    gap = count // 2
    while gap:  # Shell's sort: NumPy's takes a second to compile
        for i in range(gap, count):
            start, end, j = starts[i], ends[i], i
            while j >= gap and starts[j - gap] > start:
                starts[j], ends[j], j = starts[j - gap], ends[j - gap], j - gap
            starts[j], ends[j] = start, end
        gap //= 2
    any_end = written_end = 0  # where the arrays so far end, and those of them that are written
    for i in range(count):
        written, end = ends[i] & 1, ends[i] // 2
        if starts[i] < (any_end if written else written_end):
            return -1
        any_end = max(any_end, end)
        if written:
            written_end = max(written_end, end)
    return total


@_jit.inner()
def _shared_out(xs, p, parts):
    """The chunks that part p takes, the first and the one after the last, of all that the arrays in xs are cut into."""
    chunks = 0
    for i in range(refs.length(xs)):
        chunks += -(-_size(refs.item(xs, i)) // CHUNK)
    return chunks * p // parts, chunks * (p + 1) // parts


@_jit.inner()
def _within(x, first, last):
    """The elements of x in chunks `first` to `last`, counted from its own first; and its number of chunks."""
    size = _size(x)
    return max(first, 0) * CHUNK, min(last * CHUNK, size), -(-size // CHUNK)


@cache
def _sgd(dtype: type, with_decay: bool, with_momentum: bool, nesterov: bool) -> Callable:
    @_jit.jit((dtype.__name__, with_decay, with_momentum, nesterov))
    def sgd(p, parts, lists, lr, momentum, undamped, decay, sign):
        lr, momentum, undamped, decay, sign = dtype(lr), dtype(momentum), dtype(undamped), dtype(decay), dtype(sign)
        xs, gs = refs.item(lists, 0), refs.item(lists, refs.length(lists) - 1)
        first, last = _shared_out(xs, p, parts)
        for at in range(refs.length(xs)):
            start, end, chunks = _within(refs.item(xs, at), first, last)
            first, last = first - chunks, last - chunks
            if start >= end:
                continue
            x, g = view(refs.item(xs, at), dtype, start, end), view(refs.item(gs, at), dtype, start, end)
            b = view(refs.item(refs.item(lists, 1), at), dtype, start, end) if with_momentum else x
            for i in range(end - start):
                d = sign * g[i]
                if with_decay:  # not 0 * x otherwise: NaN where x is infinite
                    d += decay * x[i]
                if with_momentum:
                    b[i] = momentum * b[i] + undamped * d
                    d = d + momentum * b[i] if nesterov else b[i]
                x[i] -= lr * d

    return sgd


@cache
def _adam(dtype: type, with_decay: bool, amsgrad: bool) -> Callable:
    @_jit.jit((dtype.__name__, with_decay, amsgrad))
    def adam(p, parts, lists, steps, lr, beta1, beta2, eps, decay, shrunk, sign):
        rest1, rest2, old2, decay, shrunk, sign = dtype(1 - beta1), dtype(1 - beta2), dtype(beta2), dtype(decay), dtype(shrunk), dtype(sign)
        xs, ms, vs, gs = refs.item(lists, 0), refs.item(lists, 1), refs.item(lists, 2), refs.item(lists, refs.length(lists) - 1)
        ts = refs.flat(steps, refs.length(xs), np.int64)
        first, last = _shared_out(xs, p, parts)
        for at in range(refs.length(xs)):
            start, end, chunks = _within(refs.item(xs, at), first, last)
            first, last = first - chunks, last - chunks
            if start >= end:
                continue
            root = np.sqrt(1 - beta2 ** float(ts[at]))  # as in the body, both corrections are folded into two constants
            eps_t, lr_t = dtype(eps * root), dtype(lr * root / (1 - beta1 ** float(ts[at])))
            x, g = view(refs.item(xs, at), dtype, start, end), view(refs.item(gs, at), dtype, start, end)
            m, v = view(refs.item(ms, at), dtype, start, end), view(refs.item(vs, at), dtype, start, end)
            most = view(refs.item(refs.item(lists, 3), at), dtype, start, end) if amsgrad else v
            for i in range(end - start):
                d = sign * g[i]
                if with_decay:  # not 0 * x otherwise: NaN where x is infinite
                    d += decay * x[i]
                m[i] += (d - m[i]) * rest1
                v[i] = v[i] * old2 + d * d * rest2
                if amsgrad:
                    most[i] = maximum(most[i], v[i])
                x[i] = x[i] * shrunk - m[i] / (np.sqrt(most[i]) + eps_t) * lr_t

    return adam


@cache
def _squares(dtype: type) -> Callable:
    @_jit.jit((dtype.__name__,))
    def squares(p, parts, lists, sums):
        """The sum of squares of each chunk."""
        xs = refs.item(lists, 0)
        first, last = _shared_out(xs, p, parts)
        sums, done = view(sums, np.float64, 0, last), 0
        for at in range(refs.length(xs)):
            start, end, chunks = _within(refs.item(xs, at), first - done, last - done)
            for low in range(start, end, CHUNK):
                high = min(low + CHUNK, end)
                x, total = view(refs.item(xs, at), dtype, low, high), 0.0
                for i in range(high - low):
                    total = plus(total, np.float64(x[i]) * np.float64(x[i]))
                sums[done + low // CHUNK] = total
            done += chunks

    return squares


@cache
def _scale(dtype: type) -> Callable:
    @_jit.jit((dtype.__name__,))
    def scale(p, parts, lists, factor):
        factor, xs = dtype(factor), refs.item(lists, 0)
        first, last = _shared_out(xs, p, parts)
        for at in range(refs.length(xs)):
            start, end, chunks = _within(refs.item(xs, at), first, last)
            first, last = first - chunks, last - chunks
            if start < end:
                x = view(refs.item(xs, at), dtype, start, end)
                for i in range(end - start):
                    x[i] *= factor

    return scale


def _elements(lists: list[Arrays], read: int, least: int) -> int:
    """The elements of a list of arrays; 0 where they are fewer than `least`, or the arrays not what _fit asks for."""
    dtype = lists[0][0].dtype
    total = _fit(id(dtype), dtype.itemsize, id(lists), read)
    return total if total >= least else 0


def _parts(total: int, serial: int) -> int:
    return 1 if total < serial else _jit.get_num_threads()


def sgd(
    least: int, xs: Arrays, gs: Arrays, bs: Arrays | None,
    lr: float, momentum: float, dampening: float, decay: float, nesterov: bool, maximize: bool,
) -> bool:  # fmt: skip
    """See kernels.sgd."""
    lists = [xs, gs] if bs is None else [xs, bs, gs]
    total = _elements(lists, 1, least)
    if total:
        part = _sgd(xs[0].dtype.type, decay != 0, bs is not None, nesterov)
        _jit.run(part, _parts(total, SERIAL), id(lists), lr, momentum, 1 - dampening, decay, -1.0 if maximize else 1.0)
    return total > 0


def adam(
    least: int, xs: Arrays, gs: Arrays, ms: Arrays, vs: Arrays, most: Arrays | None, steps: list[int],
    lr: float, beta1: float, beta2: float, eps: float, decay: float, apart: bool, maximize: bool,
) -> bool:  # fmt: skip
    """See kernels.adam."""
    lists = [xs, ms, vs, gs] if most is None else [xs, ms, vs, most, gs]
    total = _elements(lists, 1, least)
    if total:
        part = _adam(xs[0].dtype.type, decay != 0 and not apart, most is not None)
        ts = array("q", steps)
        shrunk, sign = 1 - lr * decay if apart else 1.0, -1.0 if maximize else 1.0
        _jit.run(part, _parts(total, SERIAL_ADAM), id(lists), ts.buffer_info()[0], lr, beta1, beta2, eps, decay, shrunk, sign)
    return total > 0


def total_norm(least: int, xs: Arrays) -> float:
    """See kernels.total_norm."""
    lists = [xs]
    total = _elements(lists, 1, least)
    if not total:
        return NotImplemented
    sums = np.zeros(total // CHUNK + len(xs))  # at least one for each chunk
    _jit.run(_squares(xs[0].dtype.type), _parts(total, SERIAL), id(lists), id(sums))
    return float(np.add.reduce(sums)) ** 0.5


def scale_all(least: int, xs: Arrays, factor: float) -> bool:
    """See kernels.scale_all."""
    lists = [xs]
    total = _elements(lists, 0, least)
    if total:
        _jit.run(_scale(xs[0].dtype.type), _parts(total, SERIAL), id(lists), factor)
    return total > 0
