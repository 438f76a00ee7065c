"""Dropout: which elements are kept, as bits from a hash of their number, and what it makes of an array."""

from collections.abc import Callable
from functools import cache

import numpy as np

from glassgrad.kernels import _jit
from glassgrad.kernels.refs import view

SERIAL = 2**14  # elements, some 15 us, below which one thread is faster
RUN = 4096  # elements that share a key
_word, _whole = np.uint32, np.uint64


@_jit.jit()
def _bits(p, parts, size, seed, threshold, out_):
    """Part `p` of `parts` of the runs: bit j % 8 of byte j // 8 says whether the hash of j is at least the threshold."""
    runs = (size + RUN - 1) // RUN
    keep = np.empty(64, np.uint8)
    for run in range(runs * p // parts, runs * (p + 1) // parts):
        # splitmix64 (Steele, Lea, Flood 2014) makes of seed and run two words of key
        z = _whole(seed) + _whole(run + 1) * _whole(0x9E3779B97F4A7C15)
        z = (z ^ (z >> _whole(30))) * _whole(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> _whole(27))) * _whole(0x94D049BB133111EB)
        z ^= z >> _whole(31)
        low, high = _word(z & _whole(0xFFFFFFFF)), _word(z >> _whole(32))
        bottom = _word(threshold)
        end = min(size, (run + 1) * RUN)
        for start in range(run * RUN, end, 64):
            first = _word(start - run * RUN) + low
            for j in range(64):  # a hash of 32 bits by multiplications and shifts, with the constants of C. Wellons's lowbias32
                h = _word(first + _word(j))
                h = _word((h ^ (h >> _word(16))) * _word(0x7FEB352D))
                h = _word((h ^ (h >> _word(15))) * _word(0x846CA68B))
                h = _word((h ^ (h >> _word(16))) + high)
                h = _word((h ^ (h >> _word(16))) * _word(0x7FEB352D))
                h ^= h >> _word(15)
                keep[j] = h >= bottom
            stop = (min(end, start + 64) + 7) // 8
            out = view(out_, np.uint8, start // 8, stop)
            for b in range(stop - start // 8):
                byte = _word(0)
                for k in range(8):
                    byte |= _word(keep[8 * b + k]) << _word(k)
                out[b] = byte


@cache
def _apply(dtype: type) -> Callable:
    zero = dtype(0)

    @_jit.jit((dtype.__name__,))
    def part(p, parts, size, x_, bits_, out_, scale):
        """Part `p` of `parts` of the bytes of the mask: x * scale where a bit is set, else x * 0."""
        factor = dtype(scale)
        whole = size // 8
        start, stop = whole * p // parts, whole * (p + 1) // parts
        bits = view(bits_, np.uint8, start, stop)
        x, out = view(x_, dtype, 8 * start, 8 * stop), view(out_, dtype, 8 * start, 8 * stop)
        for b in range(stop - start):
            byte = _word(bits[b])
            for k in range(8):
                out[8 * b + k] = x[8 * b + k] * (factor if byte & (_word(1) << _word(k)) else zero)
        if p == parts - 1 and size % 8:
            byte = view(bits_, np.uint8, whole, whole + 1)[0]
            x, out = view(x_, dtype, 8 * whole, size), view(out_, dtype, 8 * whole, size)
            for k in range(size - 8 * whole):
                out[k] = x[k] * (factor if byte >> k & 1 else zero)

    return part


def bits(size: int, seed: int, threshold: int) -> np.ndarray:
    """The mask of `size` elements, eight to a byte, the lowest bit first."""
    out = np.empty((size + 7) // 8, np.uint8)
    parts = 1 if size < SERIAL else min(_jit.get_num_threads(), -(-size // RUN))
    _jit.run(_bits, parts, size, seed, threshold, id(out))
    return out


def apply(x: np.ndarray, mask: np.ndarray, scale: float) -> np.ndarray:
    """x times scale where the mask has a bit set, else times 0."""
    x = x if x.flags.carray else _jit.plain(x)
    out = np.empty(x.shape, x.dtype)
    parts = 1 if x.size < 4 * SERIAL else _jit.get_num_threads()
    _jit.run(_apply(x.dtype.type), parts, x.size, id(x), id(mask), id(out), float(scale))
    return out
