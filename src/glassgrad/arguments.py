"""The parameters of an op, read off its body, and how the arguments of a call find their places."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.dtypes import result_type

_ALIASES = {"axis": "dim", "keepdims": "keepdim", "axes": "dims", "unbiased": "correction", "ddof": "correction"}
_TORCH_NAMES = ({"x": "input", "a": "input"}, {"b": "other"})  # of the first two parameters
_NOTES = {"_Arrays": "Tensor", "Arrays": "Sequence[Tensor]", "Array": "Tensor", "Dim": "int | Sequence[int] | None"}
NO_ARRAYS = frozenset((list, tuple, str, dict, set, type(None)))
_VARARGS = 0x04  # the flag of a code object that takes *args
_MISSING = object()


def names_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount + bool(code.co_flags & _VARARGS)]


def _different_dtypes(op: str, named: dict[str, Any]) -> RuntimeError:
    """The error for inputs that must have one dtype. Integers follow floats, and an input the weights, which come after it."""
    dtypes = list(named.values())
    wanted = next((dtype for dtype in reversed(dtypes) if dtype.kind == "f"), dtypes[-1])
    each = ", ".join(f"{name} {dtype}" for name, dtype in named.items())
    casts = ", ".join(f"{name}.to(gg.{wanted})" for name, dtype in named.items() if dtype != wanted)
    return RuntimeError(f"{op}: the inputs have different dtypes ({each}): write {casts}")


def cast(op: Any, raw: list[Any], at: Sequence[int]) -> list[Any]:
    """The arguments with the inputs, `raw[at]`, brought in place to the dtype that the op computes in."""
    found = [raw[i].dtype for i in at if isinstance(raw[i], (np.ndarray, np.generic))]
    if op.dtypes == "same":
        if any(dtype != found[0] for dtype in found):
            raise _different_dtypes(op.name, {op.params[i]: raw[i].dtype for i in at if hasattr(raw[i], "dtype")})
        return raw
    for i in at:
        if not isinstance(raw[i], (np.ndarray, np.generic, int, float)):
            what = type(raw[i]).__name__
            raise TypeError(f"{op.name}: operands must be tensors, arrays or numbers, got {what}: write gg.tensor(...)")
    dtype = result_type(*(raw[i] for i in at))
    if op.dtypes == "float" and dtype.kind != "f":
        dtype = state.default_dtype
    for i in at:
        if isinstance(raw[i], (np.ndarray, np.generic)):
            raw[i] = np.asarray(raw[i]).astype(dtype, copy=False)
        elif not found:  # only Python numbers: `where(c, 1.0, 0.0)`
            raw[i] = dtype.type(raw[i])
    return raw


def no_lists(op: Any, args: Sequence[Any]) -> None:
    """Raise where a list, or what else is no array, stands in the place of one."""
    for name, x in zip(op.params, args, strict=True):
        if type(x) in NO_ARRAYS and name in op.arrays and name not in op.sequences and not (x is None and name in op.optional):
            got = "None" if x is None else f"a {type(x).__name__}"
            raise TypeError(f"{op.name}: {name} must be a tensor or an array, got {got}: write gg.tensor(...)")


class Shown:
    """What `inspect.signature` finds behind a function's `__wrapped__`: the signature is made when it asks, not at the import."""

    def __init__(self, op: Any, out: bool) -> None:
        self.op, self.out = op, out  # of methods, which take no `out=`, it is not shown
        if hasattr(op.body, "__annotations__"):
            self.__wrapped__ = op.body  # `inspect.getsource` shows the body

    @property
    def __signature__(self) -> inspect.Signature:
        """The parameters of the body: the first two by PyTorch's names, and what may be a tensor called so."""
        op, made = self.op, inspect.Parameter
        if hasattr(op.body, "__annotations__"):
            parameters = list(inspect.signature(op.body).parameters.values())
        else:
            parameters = [made(name, made.POSITIONAL_OR_KEYWORD, annotation="Array") for name in op.params]
        for i, one in enumerate(parameters):
            name = _TORCH_NAMES[i].get(one.name, one.name) if i < 2 else one.name
            note = "Array" if one.annotation is one.empty and one.name in op.inputs else one.annotation
            note = _called(note)
            if i and op.dtypes != "same" and note == "Tensor":
                note = "Tensor | float"
            parameters[i] = one.replace(name=one.name if name in op.params else name, annotation=note)
        if self.out:
            parameters.append(made("out", made.KEYWORD_ONLY, default=None, annotation="Tensor | None"))
        result = getattr(op.body, "__annotations__", {}).get("return", "Array")
        return inspect.Signature(parameters, return_annotation=_called(result))


def _called(note: Any) -> Any:
    """An annotation in the words of those who use the op."""
    for ours, theirs in _NOTES.items() if isinstance(note, str) else ():
        note = note.replace(ours, theirs)
    return note


class Parameters:
    """The names, in order, and defaults; `arrays` may be tensors, `sequences` lists of them; `variadic`: the last is *args."""

    def __init__(self, op: str, body: Any, inputs: tuple[str, ...]) -> None:
        self.op = op
        if isinstance(body, np.ufunc):
            self.names = inputs or tuple(("x", "ab")[body.nin - 1])
            self.defaults: dict[str, Any] = {}
            notes = dict.fromkeys(self.names, "Array")
        else:  # read off the code object: inspect.signature of every body and rule would add 1 ms to the import
            self.names = names_of(body)
            values = body.__defaults__ or ()
            self.defaults = dict(zip(self.names[len(self.names) - len(values) :], values, strict=True))
            notes = body.__annotations__
        self.arrays = tuple(n for n in self.names if "Array" in str(notes.get(n)))
        self.sequences = tuple(n for n in self.arrays if "Arrays" in str(notes[n]))
        self.optional = frozenset(n for n in self.arrays if n in self.defaults or "None" in str(notes[n]))
        self.variadic = not isinstance(body, np.ufunc) and bool(body.__code__.co_flags & _VARARGS)  # reshape(x, *shape)
        self._tail = tuple(self.defaults.values())
        self._count, self._needed = len(self.names), len(self.names) - len(self.defaults) - self.variadic
        others = dict(zip(("input", "other"), self.names, strict=False)) | _ALIASES  # PyTorch's and NumPy's names for ours
        self._places = {other: self.names.index(name) for other, name in others.items() if name in self.names}
        self._places |= {name: i for i, name in enumerate(self.names)}

    def bind(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments in the order of the signature, defaults filled in; PyTorch's and NumPy's other names are taken too."""
        count, given = self._count, len(args)
        if self.variadic:  # reshape(x, 2, 3), reshape(x, (2, 3)) or reshape(x, shape=(2, 3))
            if given > count and not kwargs:
                return (*args[: count - 1], tuple(args[count - 1 :]))
            rest = args[count - 1 :]
            if kwargs:
                for key in (self.names[-1], "shape", "size", "dims"):
                    rest = (kwargs.pop(key),) if key in kwargs else rest
            sizes = tuple(rest[0]) if len(rest) == 1 and isinstance(rest[0], (tuple, list)) else tuple(rest)
            if given < count - 1:  # what comes before is given by name
                kwargs = {**kwargs, self.names[-1]: sizes}
            else:
                args = (*args[: count - 1], sizes)
            given = len(args)
        if not kwargs and self._needed <= given <= count:
            return (*args, *self._tail[given - self._needed :])
        if given > count:
            raise self._wrong(f"{given} arguments, but")
        values = [*args, *[_MISSING] * (count - given)]
        for name, value in kwargs.items():
            at = self._places.get(name)
            if at is None:
                raise self._wrong(f"no argument {name!r}:")
            if values[at] is not _MISSING:
                raise TypeError(f"{self.op}: argument {name!r} was given twice")
            values[at] = value
        for i, name in enumerate(self.names):
            if values[i] is _MISSING:
                if name not in self.defaults:
                    raise self._wrong(f"argument {name!r} is missing:")
                values[i] = self.defaults[name]
        return tuple(values)

    def _wrong(self, what: str) -> TypeError:
        shown = [f"{n}={self.defaults[n]!r}" if n in self.defaults else n for n in self.names]
        if self.variadic:
            shown[-1] = "*" + shown[-1]
        return TypeError(f"{self.op}: {what} it takes {self.op}({', '.join(shown)})")


def explained(op: Any, error: Exception, raw: Sequence[Any]) -> Exception:
    """NumPy's error in the body of an op as one that names the op, shows the shapes and says what to write."""
    text = str(error)
    if text.startswith(op.name + ":"):
        if not isinstance(op.body, np.ufunc):
            return error
        text = text.removeprefix(op.name + ": ")  # np.matmul begins like our own messages
    shapes = [f"{n} {tuple(x.shape)} {x.dtype}" for n, x in zip(op.params, raw, strict=False) if hasattr(x, "shape")]
    hint = op.hint(*raw) if op.hint else ""
    if hint and (isinstance(error, ValueError) or "numpy boolean" in text):  # the hint says it in full, and better than NumPy
        return RuntimeError(": ".join([op.name, *([", ".join(shapes)] if shapes else []), hint]))
    kind = next((known for known in (IndexError, TypeError) if isinstance(error, known)), RuntimeError)
    told = f" ({', '.join(shapes)})" if shapes else ""
    return kind(f"{op.name}: {text}{told}{'. ' if hint else ''}{hint}")
