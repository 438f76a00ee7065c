"""`Batched`: a tensor that stands for one sample of a batch, while it holds them all.

Inside `vmap` a function sees shapes without the batch dimension. A `Batched` has no array: where an op tries to read
one, its rule (rules.py) runs the same op on the whole batch. What it holds is an ordinary tensor, so the graph is that of
the batch; or another Batched, where vmaps are nested.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.op import REGISTRY, NoArray, Op
from glassgrad.ops.protocols import twin
from glassgrad.ops.shape import broadcast_to, movedim
from glassgrad.tensor import TWINS, Tensor, make

RULES: dict[str, Callable[[Call], Any]] = {}
_LOOP = "run this part in a Python loop over the samples, gg.stack([f(x) for x in xs])"


class Level:
    """One vmap: how many samples it runs, and how many vmaps it is inside of."""

    __slots__ = ("depth", "randomness", "size")

    def __init__(self, size: int, depth: int, randomness: str = "error") -> None:
        self.size = size
        self.depth = depth
        self.randomness = randomness

    def stream(self, stream: Any) -> Any:
        """What random numbers are drawn from inside this vmap, the innermost."""
        levels = state.vmaps
        if any(level.randomness == "error" for level in levels):
            raise refused("random numbers: write vmap(f, randomness='different'), or 'same' for the same ones in every sample", named=True)
        apart = [level for level in levels if level.randomness == "different"]
        return _Draws(stream, apart) if apart else stream


class _Draws:
    """Draws for each sample of its own, in the place of NumPy's generator."""

    def __init__(self, stream: Any, levels: Sequence[Level]) -> None:
        self._stream = stream
        self._levels = levels

    def __getattr__(self, name: str) -> Any:
        if name not in ("random", "standard_normal"):
            raise refused("randomness='different' is for rand, randn and dropout: draw other numbers outside, and pass them in", named=True)
        sizes = tuple(level.size for level in self._levels)
        draw = getattr(self._stream, name)
        return lambda shape, dtype: wrap(make(draw((*sizes, *shape), dtype=dtype), None), self._levels)


class _Tracing(threading.local):
    def __init__(self) -> None:
        self.ops: set[str] = set()


_tracing = _Tracing()


class CannotBatch(NoArray):
    """A RuntimeError: what can't be done for a whole batch at once."""

    named = False  # whether the text names the op
    reason = ""

    def answer(self, op: Op, args: Sequence[Any], otherwise: Callable[..., Any] | None = None) -> Any:
        """Run `op` on arguments of which some are Batched: by its rule, or else by `otherwise`."""
        rule = rule_of(op)
        if rule is None:
            if otherwise is not None and op.key not in _tracing.ops:
                _tracing.ops.add(op.key)  # a body may call the NumPy function that the op itself stands for
                try:
                    return otherwise(*(args if not op.variadic else (*args[:-1], *args[-1])))
                except CannotBatch as inner:
                    raise inner if inner.named else refused(f"{op.name} can't be vectorised: {inner.reason}", named=True) from None
                finally:
                    _tracing.ops.discard(op.key)
            raise self if self.named else refused(f"{op.name} can't be vectorised: {self.reason}", named=True)
        call = Call(op, op.bind(args, {}))
        if call.level is None:
            raise self
        try:
            return call.wrapped(rule(call))
        except NoArray:
            raise
        except Exception as error:
            if not getattr(error, "__notes__", None):
                error.add_note(f"inside vmap: the shapes above have the batch dimension, of {call.level.size} samples, in front")
            raise


def refused(reason: str, named: bool = False) -> CannotBatch:
    """The error that says what can't be done, and what to write."""
    error = CannotBatch(f"vmap: {reason}" if named else f"vmap: this tensor stands for a whole batch, and {reason}")
    error.reason = reason
    error.named = named
    return error


def rule_of(op: Op) -> Callable[[Call], Any] | None:
    """How an op runs on a batch; None if nobody knows."""
    found = RULES.get(op.key)
    if found is None and is_elementwise(op):
        found = RULES["add"]
    return found


def is_elementwise(op: Op) -> bool:
    """Whether that is known from the declaration: a ufunc, or inputs that are promoted, and no argument that names a dimension."""
    if isinstance(op.body, np.ufunc):
        return op.body.signature is None
    if op.differentiable and not op.rules:
        return False
    return op.dtypes != "same" and not (op.residuals or op.sequence or op.variadic) and not _PLACES & set(op.params)


_PLACES = {"dim", "dims", "dim0", "dim1", "shape", "index", "bins", "boundaries", "sorted_sequence", "sorter", "test_elements"}


class Call:
    """A call of an op on Batched tensors of one level, the innermost vmap among its arguments."""

    def __init__(self, op: Op, values: Sequence[Any]) -> None:
        self.op = op
        self.values = dict(zip(op.params, values, strict=True))
        found = [x.level for x in _tensors(values)]
        self.level: Level = max(found, key=lambda level: level.depth) if found else None  # type: ignore[assignment]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def run(self, **changed: Any) -> Any:
        """The same op with some arguments replaced."""
        assert changed.keys() <= self.values.keys(), f"{self.op.name} has no {changed.keys() - self.values.keys()}"
        values = self.values | changed
        args = [values[name] for name in self.op.params]
        return REGISTRY[self.op.key](*(args if not self.op.variadic else (*args[:-1], *args[-1])))

    def holds(self, x: Any) -> bool:
        """Whether x is batched at this level."""
        return isinstance(x, Batched) and x.level is self.level

    def front(self, x: Any) -> Any:
        """x with the batch dimension first, expanded to it if x is the same for all samples."""
        return x.value if self.holds(x) else broadcast_to(x, (self.level.size, *x.shape))

    def aligned(self, x: Any, rank: int) -> Any:
        """x as it broadcasts with others of up to `rank` dimensions: 1s after the batch dimension."""
        if not self.holds(x) or x.ndim >= rank:
            return x.value if self.holds(x) else x
        return x.value.reshape((self.level.size, *(1,) * (rank - x.ndim), *x.shape))

    def sample(self, x: Any) -> Batched:
        """A tensor with the batch dimension first, seen by one sample."""
        return Batched(x, self.level)

    def wrapped(self, y: Any) -> Any:
        if isinstance(y, (tuple, list)):
            parts = [self.wrapped(part) for part in y]
            return type(y)(*parts) if hasattr(y, "_fields") else type(y)(parts)
        return y if self.holds(y) or not isinstance(y, Tensor) else self.sample(y)


def _tensors(values: Any) -> Iterator[Batched]:
    for x in values:
        if isinstance(x, Batched):
            yield x
        elif isinstance(x, (list, tuple)):
            yield from _tensors(x)


def _reads(what: str) -> property:
    def refuse(self: Batched) -> Any:
        raise refused(what)

    return property(refuse)


def _refuses(what: str) -> Callable[..., Any]:
    def method(self: Batched, *args: Any, **kwargs: Any) -> Any:
        raise refused(what)

    return method


class Batched(Tensor):
    """One sample's view of `value`, whose dimension 0 is the batch of `level`."""

    __slots__ = ("level", "value")

    level: Level
    value: Tensor

    def __init__(self, value: Tensor, level: Level) -> None:
        self.value = value
        self.level = level
        self.grad = None

    _array = _reads(f"its values are read here: {_LOOP}")  # type: ignore[assignment]
    _node = _reads("has no place in the graph of its own: write gg.func.grad or gg.func.vjp inside vmap")  # type: ignore[assignment]
    _kin = property(lambda self: None)

    shape = property(lambda self: self.value.shape[1:])  # type: ignore[assignment]
    dtype = property(lambda self: self.value.dtype)  # type: ignore[assignment]
    ndim = property(lambda self: self.value.ndim - 1)  # type: ignore[assignment]
    requires_grad = property(lambda self: self.value.requires_grad, _refuses("can't be told to: write gg.func.grad inside vmap"))
    is_leaf = property(lambda self: not self.value.requires_grad)  # type: ignore[assignment]
    data = property(lambda self: self.detach(), _refuses("its memory can't be replaced"))  # type: ignore[assignment]

    def dim(self) -> int:
        return self.ndim

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]

    def numel(self) -> int:
        return int(np.prod(self.shape))

    nelement = numel

    def element_size(self) -> int:
        return self.dtype.itemsize

    def is_floating_point(self) -> bool:
        return self.dtype.kind == "f"

    def is_contiguous(self, memory_format: Any = None) -> bool:
        return True  # nothing can write to it, so nobody can tell

    def contiguous(self, memory_format: Any = None) -> Batched:
        return self

    def detach(self) -> Batched:
        return Batched(self.value.detach(), self.level)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(len(self)))

    __bool__ = _refuses("is true for some samples and false for others: write gg.where(condition, a, b) instead of if or while")
    item = _refuses(f"has no single value: return it from the function, or {_LOOP}")
    __float__ = __int__ = __index__ = tolist = numpy = item  # type: ignore[assignment]
    __array__ = __contains__ = _refuses(f"its values are read here: {_LOOP}")
    __setitem__ = __delitem__ = _refuses("can't be written in place: write gg.where(...), or a new tensor")
    backward = _refuses("backward() inside vmap would add up the samples: write gg.func.grad inside vmap")  # type: ignore[assignment]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and twin(ufunc):
            return TWINS[ufunc](*inputs, **kwargs)
        raise refused(f"np.{ufunc.__name__} has no twin that takes it")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if twin(function):
            return TWINS[function](*args, **kwargs)
        raise refused(f"{function.__module__}.{function.__name__} has no twin that takes it")

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        raise refused("can't be copied: write .clone()")

    def __reduce__(self) -> Any:
        raise refused("can't be pickled")

    def __repr__(self) -> str:
        return f"Batched(one of {self.level.size} samples, shape={self.shape}, dtype={self.dtype}, value={self.value!r})"

    __format__ = object.__format__  # type: ignore[assignment]


def refuse_in_place() -> None:
    """Give Batched a clear refusal for every in-place method that Tensor has."""
    for name in dir(Tensor):
        operator = name.startswith("__i") and name.endswith("__") and name[3:-2] in _IN_PLACE
        if operator or (name.endswith("_") and not name.startswith("_") and name != "requires_grad_"):
            text = f"{name.strip('_') if operator else name} can't write to it in place: write a new tensor, x = x + y"
            setattr(Batched, name, _refuses(text))


_IN_PLACE = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift")


# ---------------------------------------------------------------------------------------------- with and without the levels


def strip(x: Any, levels: Sequence[Level]) -> Any:
    """x with the dimensions of `levels` (outermost first) in the open, at the front; later levels stay hidden."""
    if not levels:
        return x
    if isinstance(x, Batched) and x.level.depth > levels[-1].depth:
        return Batched(movedim(strip(x.value, levels), len(levels), 0), x.level)
    *outer, last = levels
    inner = x.value if isinstance(x, Batched) and x.level is last else broadcast_to(x, (last.size, *x.shape))
    return strip(inner, outer)


def wrap(x: Any, levels: Sequence[Level]) -> Any:
    """The reverse of `strip`."""
    if not levels:
        return x
    if isinstance(x, Batched):
        return Batched(wrap(movedim(x.value, 0, len(levels)), levels), x.level)
    for level in levels:
        x = Batched(x, level)
    return x
