"""How every kernel is compiled, cached and run on threads; the one place that knows about Numba's machinery."""

import contextlib
import ctypes
import os
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numba
import numpy as np
from llvmlite import ir
from numba import carray, njit, prange, types
from numba.core import cgutils
from numba.core.caching import FunctionCache
from numba.core.errors import NumbaWarning
from numba.extending import intrinsic

if numba.config.DISABLE_JIT:
    raise ImportError("NUMBA_DISABLE_JIT is set: NumPy does the work")  # read as "Numba can't be imported"

# glibc gives memory back to the system as soon as 128 KB are free at the end of its heap, and the next step of training takes it anew,
# page by page: 2,000 page faults a step of W4, 6,400 of W5, of which both take 1.3 times as long, and W6 1.15 times. So up to 256 MB stay.
with contextlib.suppress(Exception):  # another C library
    _mallopt = ctypes.CDLL(None).mallopt
    _mallopt(-1, 2**28)  # M_TRIM_THRESHOLD
    _mallopt(-3, 2**25)  # M_MMAP_THRESHOLD, at its largest: larger arrays are mapped and unmapped one by one

# An edit to any kernel file makes every cached binary stale: kernels inline each other across files, and Numba itself
# looks only at the file of the outermost function.
_SOURCES = tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(Path(__file__).parent.glob("*.py")))


class _Cache(FunctionCache):
    """Numba's disk cache (beside the source, else in the user's cache folder), for which every failure is a miss."""

    key = ()

    @contextlib.contextmanager
    def _guard_against_spurious_io_errors(self):
        with contextlib.suppress(Exception):  # a full disk, a lost folder or a damaged file must not stop a product
            yield

    def _index_key(self, sig, codegen):
        return sig, codegen.magic_tuple(), self.key, _SOURCES


def jit(key: tuple = (), **options) -> Callable:
    """Decorate with `numba.njit`: no GIL, cached on disk where that is possible, silent.

    `key` tells apart the functions that one factory makes: Numba's own key would pickle their closures, and an
    intrinsic never pickles to the same bytes twice.
    """

    def decorate(function):
        # Machine code is found by a name made of this one, the types of the arguments, and a number that two processes give twice:
        # loaded from their caches, two functions of one name were taken for each other.
        function.__qualname__ = "_".join([function.__qualname__, *map(str, key)])
        dispatcher = numba.njit(nogil=True, **options)(function)
        with contextlib.suppress(Exception):  # no folder can be written: compile anew in each process
            dispatcher._cache = _Cache(function)
            dispatcher._cache.key = key
        dispatcher.compile = _silent(dispatcher)
        _kernels.append(dispatcher)
        return dispatcher

    return decorate


_compiling = threading.RLock()
_kernels: list = []  # all dispatchers, in the order of their definition
_spent, _told = 0.0, False  # seconds in the compiler; whether the user knows
PATIENCE = 1.0  # seconds of compiling after which the user is told


def _silent(dispatcher) -> Callable:
    """Compile without Numba's warnings (performance hints, the version of TBB); where it takes long, say once why."""
    compile = dispatcher.compile

    def silent(signature):
        global _spent
        with _compiling, warnings.catch_warnings():  # the filters are global: two threads would restore each other's
            warnings.simplefilter("ignore", NumbaWarning)
            late = threading.Timer(max(0.0, PATIENCE - _spent), _tell)
            late.daemon = True
            begin = perf_counter()
            if not _told:
                late.start()
            try:
                return compile(signature)
            finally:
                late.cancel()
                _spent += perf_counter() - begin

    return silent


def _tell() -> None:
    global _told
    if not _told:
        _told = True
        print("glassgrad: compiling kernels, first run only", file=sys.stderr, flush=True)


def info() -> dict:
    """What is compiled, from where, and how it runs."""
    compiled = {}
    for kernel in _kernels:
        if kernel.signatures:
            loaded = sum(kernel.stats.cache_hits.values())
            name = f"{kernel.py_func.__module__.rpartition('.')[2]}.{kernel.py_func.__qualname__.rpartition('.')[2]}"
            compiled[name] = f"{len(kernel.signatures)} signatures, {loaded} from the cache"
    folders = {str(kernel._cache.cache_path) for kernel in _kernels if getattr(kernel._cache, "cache_path", None)}
    try:
        layer = numba.threading_layer()
    except ValueError:
        layer = "not chosen yet"
    return {
        "compiled": compiled,
        "seconds compiling": round(_spent, 2),
        "cache": sorted(folders),
        "threading layer": layer,
        "numba": numba.__version__,
    }


def plain(x: np.ndarray, dtype: type | None = None) -> np.ndarray:
    """x, or a copy of it, C-contiguous and writeable: Numba would compile anew for every other layout."""
    x = np.ascontiguousarray(x, dtype)
    return x if x.flags.writeable else x.copy()


# Arrays by reference. Numba takes 0.1 us to unpack an array, and compiles anew for each rank and layout; the address of the
# Python object, id(x), is one integer. What lies there is NumPy's C structure, which its ABI fixes: after the object's header
# the data pointer, the rank (an int), and the pointers to shape and strides. The caller keeps x alive.

_HEAD = object.__basicsize__


@intrinsic
def _word(context, address):
    """The integer at `address`."""

    def emit(context, builder, signature, args):
        return builder.load(builder.inttoptr(args[0], ir.IntType(64).as_pointer()))

    return types.intp(types.intp), emit


@njit(inline="always")
def data(x):
    """The address of the first element of the array at x."""
    return _word(x + _HEAD)


@njit(inline="always")
def rank(x):
    """The number of dimensions of the array at x."""
    return _word(x + _HEAD + 8) & 0xFFFFFFFF


@njit(inline="always")
def shape(x, d):
    """The length of dimension d of the array at x."""
    return _word(_word(x + _HEAD + 16) + 8 * d)


@njit(inline="always")
def stride(x, d):
    """The stride of dimension d of the array at x, in bytes."""
    return _word(_word(x + _HEAD + 24) + 8 * d)


@njit(inline="always")
def descriptor(x):
    """The address of the dtype of the array at x; NumPy has one object for each dtype in the machine's byte order."""
    return _word(x + _HEAD + 40)


@njit(inline="always")
def flags(x):
    """The flags of the array at x: 1 C-contiguous, 0x100 aligned, 0x400 writeable (NPY_ARRAY_... in NumPy's C API)."""
    return _word(x + _HEAD + 48) & 0xFFFFFFFF


@njit(inline="always")
def length(x):
    """The length of the Python list at x: it follows the object's header, and is followed by the pointer to the items."""
    return _word(x + _HEAD)


@njit(inline="always")
def item(x, i):
    """The address of item i of the Python list at x."""
    return _word(_word(x + _HEAD + 8) + 8 * i)


@intrinsic
def _pointer(context, address):
    return types.voidptr(types.intp), lambda context, builder, _, args: builder.inttoptr(args[0], ir.IntType(8).as_pointer())


@njit(inline="always")
def flat(address, size, dtype):
    """The `size` elements at `address` as an array."""
    return carray(_pointer(address), size, dtype)


# Threads. A kernel is a function of (part, parts, ...) that does its share of the work; a driver runs all parts in one
# parallel region. Which part computes an element never changes how it is computed, so any count gives the same bits.

_limit = _threads = numba.config.NUMBA_NUM_THREADS  # what Numba's pool holds; it can't grow later
_safe = _forked = False
_lock = threading.Lock()


def set_num_threads(n: int) -> None:
    """Let kernels use up to `n` threads. Numba's own mask holds for one Python thread; this holds for all."""
    global _threads
    _threads = min(n, _limit)


def get_num_threads() -> int:
    """The number of threads that kernels use: 1 in a forked child, whose pool did not survive the fork."""
    return 1 if _forked else _threads


@intrinsic
def call(context, address, p, parts, args):
    """Call the compiled function at `address` with (p, parts, *args)."""
    kinds = (p, parts, *args)

    def emit(context, builder, signature, values):
        address, p, parts, args = values
        function = builder.inttoptr(address, context.call_conv.get_function_type(types.none, kinds).as_pointer())
        unpacked = [p, parts, *cgutils.unpack_tuple(builder, args)]
        context.call_conv.call_function(builder, function, types.none, kinds, unpacked)
        return context.get_dummy_value()

    return types.void(address, p, parts, args), emit


@jit(parallel=True)
def _every_part(address, parts, *args):
    # One parallel region for all kernels, and the very machine code that runs serially: were each kernel inlined here,
    # LLVM would vectorise it anew, sum in another order, and give other bits.
    for p in prange(parts):
        call(address, np.int64(p), parts, args)


def run(part: Callable, parts: int, *args) -> None:
    """Run part(p, parts, *args) for every p, in a parallel region where there are several.

    The dtype of the first argument decides the types of all.
    """
    if parts <= 1 or _forked:
        part(0, 1, *args)
        return
    where = address(part, args)
    if _thread_safe():
        _every_part(where, parts, *args)
    else:
        with _lock:
            _every_part(where, parts, *args)


_addresses: dict[tuple, int] = {}


def address(part: Callable, args: tuple) -> int:
    """The address of the machine code of part(p, parts, *args), compiled if need be; the dtype of the first decides."""
    key = part, getattr(args[0], "dtype", None)
    found = _addresses.get(key)
    if found is None:
        signature = (types.intp, types.intp, *map(numba.typeof, args))
        part.compile(signature)
        compiled = part.overloads[signature]
        found = _addresses[key] = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name)
    return found


def _thread_safe() -> bool:
    """Whether two Python threads may enter parallel regions at once: yes with OpenMP and TBB, no with Numba's own."""
    global _safe
    if not _safe:
        with contextlib.suppress(ValueError):  # the layer is chosen at the first region; until then take the lock
            _safe = numba.threading_layer() in ("omp", "tbb")
    return _safe


def _after_fork() -> None:
    # GNU OpenMP kills a forked child that enters a parallel region, and the lock may have been held by another thread.
    global _forked, _lock, _compiling
    _forked = True
    _lock, _compiling = threading.Lock(), threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
