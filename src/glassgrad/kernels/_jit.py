"""How every kernel is compiled, cached and run on threads; the one place that knows about Numba's machinery."""

import contextlib
import ctypes
import gc
import os
import sys
import threading
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from struct import Struct
from time import perf_counter
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.core.caching import FunctionCache
from numba.core.compiler import Compiler, CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.errors import NumbaWarning
from numba.core.lowering import Lower
from numba.core.runtime import rtsys
from numba.core.typed_passes import InlineOverloads, NativeLowering, NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes, InlineInlinables
from numba.extending import intrinsic

if numba.config.DISABLE_JIT:
    raise ImportError("NUMBA_DISABLE_JIT is set: NumPy does the work")  # read as "Numba can't be imported"

# glibc gives memory back to the system as soon as 128 KB are free at the end of its heap, and the next step of training takes it anew,
# page by page: 2,000 page faults a step of W4, 6,400 of W5, of which both take 1.3 times as long, and W6 1.15 times. So up to 256 MB stay
# there; what is free between pieces in use stays anyway.
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

    def load_overload(self, sig, target_context):
        # Numba's own first imports all that it can compile, SciPy with it: a third of the time to a first step
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)

    def _index_key(self, sig, codegen):
        return sig, codegen.magic_tuple(), self.key, _SOURCES


def jit(key: tuple = (), cached: bool = True, **options) -> Callable:
    """Decorate with `numba.njit`: no GIL, cached on disk where that is possible, silent; what has parameters p and parts, `run` can run.

    `key` tells apart the functions that one factory makes: Numba's own key would pickle their closures, and an
    intrinsic never pickles to the same bytes twice.
    """
    # The same options for all: for each other set of them Numba compiles min, max, numpy.empty and our own log anew. A sum and a product
    # may become one fused operation; nothing divides by zero: a check for it would keep a loop from being vectorised.
    options = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy", "pipeline_class": _Compiler} | options

    def decorate(function):
        # Machine code is found by a name made of this one, the types of the arguments, and a number that two processes give twice:
        # loaded from their caches, two functions of one name were taken for each other.
        function.__qualname__ = "_".join([function.__qualname__, *map(str, key)])
        dispatcher = numba.njit(**options)(function)
        with contextlib.suppress(Exception):  # no folder can be written: compile anew in each process
            if cached:
                dispatcher._cache = _Cache(function)
                dispatcher._cache.key = key
        dispatcher.compile = _silent(dispatcher)
        _kernels.append(dispatcher)
        return dispatcher

    return decorate


def inner(key: tuple = (), cached: bool = False) -> Callable:
    """The same for what only kernels call, which hence needs no wrapper for Python; `cached` if by address: else they hold a copy."""

    def decorate(function):
        function.inner = True
        return jit(key, cached)(function)

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
            collecting = gc.isenabled()
            gc.disable()  # 6% of the time: Numba makes many objects and little garbage
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
                if collecting:
                    gc.enable()

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
def call(context, address, args):
    """Call the kernel or helper at `address` with a tuple of addresses and numbers; all its integers are of 64 bits."""
    kinds = tuple(types.intp if isinstance(kind, types.Integer) else kind for kind in args)

    def emit(context, builder, signature, values):
        function = builder.inttoptr(values[0], context.call_conv.get_function_type(types.none, kinds).as_pointer())
        given = cgutils.unpack_tuple(builder, values[1])
        given = [context.cast(builder, x, *both) for x, *both in zip(given, args, kinds, strict=True)]
        context.call_conv.call_function(builder, function, types.none, kinds, given)
        return context.get_dummy_value()

    return types.void(types.intp, args), emit


@cache
def address(function: Callable, args: tuple) -> int:
    """The address of the machine code of function(*args), compiled if need be; only the types of the arguments matter."""
    compiled = _compiled(function, args)
    return compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name)


def _compiled(function: Callable, args: tuple) -> Any:
    signature = tuple(map(numba.typeof, args))
    function.compile(signature)
    return function.overloads[signature]


_I64 = ir.IntType(64)
_ENTRY = ir.FunctionType(ir.VoidType(), [_I64] * 3)


@intrinsic
def _enter(context, address, p, parts, args):
    """Call what _Lower adds to a kernel."""

    def emit(context, builder, signature, values):
        builder.call(builder.inttoptr(values[0], _ENTRY.as_pointer()), values[1:])
        return context.get_dummy_value()

    return types.void(*[types.intp] * 4), emit


class _Lower(Lower):
    """Gives each kernel, instead of the wrapper for C, an entry (p, parts, address of its other arguments, 8 bytes each).

    So the driver has one signature: to compile it for the arguments of each kernel took 0.4 seconds every time.
    """

    def create_cpython_wrapper(self, release_gil=False):
        if not hasattr(self.func_ir.func_id.func, "inner"):
            super().create_cpython_wrapper(release_gil)

    def create_cfunc_wrapper(self):
        context, descriptor = self.context, self.fndesc
        if tuple(descriptor.args[:2]) != ("p", "parts"):
            return
        module = context.create_module("entry")
        kind = context.call_conv.get_function_type(descriptor.restype, descriptor.argtypes)
        kernel = ir.Function(module, kind, descriptor.llvm_func_name)
        entry = ir.Function(module, _ENTRY, descriptor.llvm_cfunc_wrapper_name)
        builder = ir.IRBuilder(entry.append_basic_block())
        args = list(entry.args[:2])
        for i, real in enumerate(descriptor.argtypes[2:]):
            given = ir.DoubleType() if isinstance(real, types.Float) else _I64
            where = builder.add(entry.args[2], ir.Constant(_I64, 8 * i))
            value = builder.load(builder.inttoptr(where, given.as_pointer()))
            args.append(builder.fptrunc(value, ir.FloatType()) if real == types.float32 else value)
        context.call_conv.call_function(builder, kernel, descriptor.restype, descriptor.argtypes, args, attrs=("noinline",))
        builder.ret_void()
        self.library.add_ir_module(module)


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    _name = "lowering_with_entry"
    lowering_class = _Lower


# Passes that find nothing to do in any kernel, and take 5% of the time: closures, functions that Numba inlines, expressions of arrays.
_IDLE = InlineClosureLikes, InlineInlinables, InlineOverloads, NopythonRewrites


class _Compiler(CompilerBase):
    def define_pipelines(self):
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes = ((_Lowering if which is NativeLowering else which, about) for which, about in pipeline.passes)
        pipeline.passes = [(which, about) for which, about in passes if which not in _IDLE]
        pipeline.finalize()
        return [pipeline]


@jit(parallel=True, pipeline_class=Compiler)
def _every_part(entry, parts, args):
    # One parallel region for all kernels, and the very machine code that runs serially: were each kernel inlined here,
    # LLVM would vectorise it anew, sum in another order, and give other bits.
    for p in prange(parts):
        _enter(entry, np.int64(p), parts, args)


def run(part: Callable, parts: int, *args) -> None:
    """Run part(p, parts, *args) for every p, in a parallel region where there are several; args are numbers."""
    if parts <= 1 or _forked:
        part(0, 1, *args)
        return
    entry, pack = _entries.get(part) or _entry(part, args)
    packed = pack(*args)
    if _thread_safe():
        _every_part(entry, parts, id(packed) + _BYTES)
    else:
        with _lock:
            _every_part(entry, parts, id(packed) + _BYTES)


_BYTES = bytes.__basicsize__ - 1  # the object's header, which the bytes follow; one byte for the 0 at their end is counted
_entries: dict[Callable, tuple[int, Callable]] = {}


def _entry(part: Callable, args: tuple) -> tuple[int, Callable]:
    """The address of the entry that _Lower gives to a kernel, and what packs the arguments for it."""
    compiled = _compiled(part, (0, 0, *args))
    where = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_cfunc_wrapper_name)
    pack = Struct("".join("d" if isinstance(kind, types.Float) else "q" for kind in compiled.signature.args[2:])).pack
    _entries[part] = where, pack
    return where, pack


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
