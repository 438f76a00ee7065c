"""The parameters of an op, read off its body, and how the arguments of a call find their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_ALIASES = {"axis": "dim", "keepdims": "keepdim", "axes": "dims", "unbiased": "correction", "ddof": "correction"}
_VARARGS = 0x04  # the flag of a code object that takes *args
_MISSING = object()


def names_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount + bool(code.co_flags & _VARARGS)]


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
            rest = args[count - 1 :]
            if kwargs:
                for key in (self.names[-1], "shape", "size", "dims"):
                    rest = (kwargs.pop(key),) if key in kwargs else rest
            args = (*args[: count - 1], tuple(rest[0]) if len(rest) == 1 and isinstance(rest[0], (tuple, list)) else tuple(rest))
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
