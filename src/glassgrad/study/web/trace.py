"""What an op does, as a list of NumPy calls: its body and its rules run once on arrays that note what is done to them.

The page runs these lists again, with other values, or element by element. So it holds no derivative of its own.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.graph import Node, sum_to

LARGEST = 1 << 12  # elements of a constant that a program may hold
_one_at_a_time = threading.Lock()  # the mode of the kernels is everybody's


class Untraceable(Exception):
    """Raised where NumPy calls alone don't say what is done."""


class Program:
    """`steps`, each the name of a NumPy function and its arguments, on `inputs` arrays; values are numbered, the inputs first."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.steps: list[list[Any]] = []
        self.outputs: list[int | None] = []
        self.fixed = False  # whether it holds what it read from the arrays: constants and branches

    def add(self, name: str, args: Sequence[Any], result: Any) -> Any:
        """Note a call; its result, tied to it."""
        self.steps.append([name, *(self._written(x) for x in args)])
        made = tied(self, self.inputs + len(self.steps) - 1, result)
        made.source = args[0] if args else None
        return made

    def _written(self, x: Any) -> Any:
        """An argument as JSON: {"v": number of a value}, a constant, a slice, or a list of such."""
        if isinstance(x, Noted):
            if x.at is None or x.program is not self:
                raise Untraceable("an array was made in a way that nobody noted")
            return {"v": x.at}
        if isinstance(x, np.ndarray) and x.ndim:
            if x.size > LARGEST or x.dtype.kind not in "fiub":
                raise Untraceable(f"a constant of shape {x.shape} {x.dtype}")
            self.fixed = True
            return {"c": [self._written(item) for item in x.ravel().tolist()], "shape": list(x.shape), "kind": _kind(x)}
        if isinstance(x, (np.generic, np.ndarray)):
            x = x.item()
        if isinstance(x, float) and not np.isfinite(x):
            return {"n": repr(x)}
        if isinstance(x, slice):
            return {"slice": [x.start, x.stop, x.step]}
        if x is Ellipsis:
            return {"dots": 1}
        if isinstance(x, (list, tuple)):
            return [self._written(item) for item in x]
        if x is None or isinstance(x, (bool, int, float, str)):
            return x
        raise Untraceable(f"an argument of type {type(x).__name__}")

    def _steps_but_assumed(self) -> list[Any]:
        return [step[:2] if step[0] == "assume" else step for step in self.steps]

    def json(self) -> dict[str, Any]:
        """What the page reads."""
        return {"inputs": self.inputs, "steps": self.steps, "outputs": self.outputs}


class Noted(np.ndarray):
    """An array that notes in a program what NumPy does with it: value number `at`, None where it came about unnoted."""

    at: int | None
    program: Any
    source: Any

    def __array_finalize__(self, source: Any) -> None:
        self.at, self.program, self.source = None, getattr(source, "program", None), None

    @property
    def base(self) -> Any:
        """What this would be a view of, if it were one: `view` asks."""
        return self.source

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        program = _program((inputs, options))
        if method == "at":  # y[index] += x
            y, index, *x = inputs
            if ufunc is not np.add or not isinstance(y, Noted):
                raise Untraceable(f"{ufunc.__name__}.at")
            ufunc.at(_bare(y), _bare(index), *map(_bare, x))
            parts = index if isinstance(index, tuple) else (index,)
            y.at = program.add("add_at", (y, list(parts), *x), _bare(y)).at
            return None
        if any(options.get(key, True) is not True for key in ("where",)):
            raise Untraceable("where=")
        result = getattr(ufunc, method)(*map(_bare, inputs), **{k: _bare(v) for k, v in options.items()})
        if method == "__call__":
            name, args = ufunc.__name__, inputs
            if name.endswith(_EACH):  # of Python's math
                name, result = name.removesuffix(_EACH), np.asarray(result, np.float64)
        elif method == "reduce" and ufunc in _REDUCED:
            name, args = _REDUCED[ufunc], (inputs[0], _axes(inputs[0], options.get("axis", 0)), bool(options.get("keepdims")))
        elif method == "accumulate" and ufunc is np.add:
            name, args = "cumsum", (inputs[0], options.get("axis", 0) % inputs[0].ndim)
        else:
            raise Untraceable(f"{ufunc.__name__}.{method}")
        if isinstance(result, tuple):
            raise Untraceable(name)
        if out is None:
            return program.add(name, args, result)
        target = out[0]
        if not isinstance(target, Noted):
            raise Untraceable("out=")
        _bare(target)[...] = result
        target.at = program.add(name, args, result).at
        return target

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        program, name = _program((args, kwargs)), function.__name__
        if name in _METHODS and args:
            return _METHODS[name](args[0] if isinstance(args[0], Noted) else tied(program, None, args[0]), *args[1:], **kwargs)
        result = function(*_bare(args), **_bare(kwargs))
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](program, result, *args, **kwargs)
        if isinstance(result, (np.ndarray, np.generic, list, tuple)) and name not in _ABOUT_SHAPES:
            raise Untraceable(f"np.{name}")
        return result

    # ------------------------------------------------------------------------------------------ one element, as a Python value

    def item(self, *at: Any) -> Any:
        """The one element; the program holds from then on only where it is the same."""
        value = _bare(self).item(*at)
        self.program.add("assume", (self, value), self)
        self.program.fixed = True
        return value

    def __bool__(self) -> bool:
        return bool(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    __index__ = __int__

    def tolist(self) -> Any:
        raise Untraceable("tolist")

    # ------------------------------------------------------------------------------------------ elements chosen

    def __getitem__(self, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        if any(isinstance(part, (bool, np.bool_, np.ndarray)) and np.ndim(part) == 0 and np.asarray(part).dtype == bool for part in parts):
            raise Untraceable("true or false as an index")
        return self.program.add("getitem", (self, list(parts)), _bare(self)[_bare(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        parts = index if isinstance(index, tuple) else (index,)
        program = self.program or _program(value)
        _bare(self)[_bare(index)] = _bare(value)
        self.at = program.add("setitem", (self, list(parts), value), self).at

    @property
    def T(self) -> Any:
        """All dimensions in reverse."""
        return self.transpose()

    @property
    def mT(self) -> Any:
        """The last two dimensions exchanged."""
        return self.swapaxes(-1, -2)


def tied(program: Program | None, at: int | None, x: Any) -> Noted:
    """A copy of an array as value number `at` of a program."""
    made = np.array(_bare(x)).view(Noted)
    made.at, made.program = at, program
    return made


def _bare(x: Any) -> Any:
    """The array itself, also inside tuples, lists and dicts."""
    if isinstance(x, Noted):
        return np.ndarray.view(x, np.ndarray)
    if isinstance(x, dict):
        return {key: _bare(item) for key, item in x.items()}
    return type(x)(map(_bare, x)) if type(x) in (list, tuple) else x


def _program(x: Any) -> Any:
    """The program that the noted arrays in x belong to, None if there are none."""
    stack = [x]
    while stack:
        x = stack.pop()
        if isinstance(x, Noted) and x.program is not None:
            return x.program
        stack += x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else ()
    return None


def _kind(x: np.ndarray) -> str:
    return "i" if x.dtype.kind in "iu" else x.dtype.kind


def _axes(x: Any, axis: Any) -> list[int] | None:
    if axis is None:
        return None
    return sorted(a % x.ndim for a in (axis if isinstance(axis, (tuple, list)) else (axis,))) if x.ndim else None


# ------------------------------------------------------------------------------------------------ in one form

_EACH = " (vectorized)"  # how np.frompyfunc calls its functions
_REDUCED = {
    np.add: "sum", np.multiply: "prod", np.maximum: "max", np.minimum: "min", np.logical_or: "any", np.logical_and: "all",
}  # fmt: skip
_ABOUT_SHAPES = frozenset(("shape", "broadcast_shapes", "result_type", "may_share_memory", "shares_memory", "iscomplexobj", "ndim", "size"))


def _reshaped(name: str) -> Callable[..., Any]:
    def method(self: Noted, *args: Any, **kwargs: Any) -> Any:
        result = getattr(np, name, getattr(np.ndarray, name, None))(_bare(self), *args, **kwargs)  # type: ignore[misc]
        return self.program.add("reshape", (self, result.shape), result)

    return method


def _reshape(self: Noted, *shape: Any, **_: Any) -> Any:
    result = _bare(self).reshape(*shape)
    return self.program.add("reshape", (self, result.shape), result)


def _moved(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Noted, *args: Any, **kwargs: Any) -> Any:
        order = function(np.broadcast_to(0, range(2, self.ndim + 2)), *args, **kwargs).shape  # each dimension by its length
        return self.program.add("transpose", (self, [n - 2 for n in order]), function(_bare(self), *args, **kwargs))

    return method


def _transpose(x: np.ndarray, *axes: Any) -> np.ndarray:
    return x.transpose(*axes)


def _reduced(name: str) -> Callable[..., Any]:
    def method(self: Noted, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **others: Any) -> Any:
        initial = others.pop("initial", None)
        if out is not None or others:
            raise Untraceable(name)
        if initial is not None and not self.size:  # nothing to reduce
            result = getattr(np, name)(_bare(self), axis=axis, keepdims=bool(keepdims), initial=initial)
            return self.program.add("full", (result.shape, initial), result)
        result = getattr(np, name)(_bare(self), axis=axis, keepdims=bool(keepdims))
        found = self.program.add(name, (self, _axes(self, axis), bool(keepdims)), result)
        return found if initial is None or np.isinf(initial) else _INITIAL[name](found, initial)

    return method


_INITIAL = {"max": np.maximum, "min": np.minimum, "sum": np.add, "prod": np.multiply}


def _extreme(name: str) -> Callable[..., Any]:
    reduced = _reduced(name)
    return lambda self, axis=None, out=None, keepdims=False, **others: reduced(self, axis, None, out, keepdims, **others)


def _picked(name: str) -> Callable[..., Any]:
    """argmax and argmin along one dimension, or of all elements."""

    def method(self: Noted, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Any:
        result = getattr(np, name)(_bare(self), axis=axis, keepdims=keepdims)
        return self.program.add(name, (self, None if axis is None else axis % self.ndim, keepdims), result)

    return method


def _astype(self: Noted, dtype: Any, *_: Any, **__: Any) -> Any:
    result = _bare(self).astype(dtype)
    if result.dtype.kind == "b" and self.dtype.kind != "b":
        return self.program.add("not_equal", (self, 0), result)
    if result.dtype.kind in "iu" and self.dtype.kind == "f":
        return self.program.add("trunc", (self,), result)
    return tied(self.program, self.at, result)  # the page computes in float64


def _viewed(self: Noted, kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, np.ndarray):
        return np.ndarray.view(self, kind)
    if np.dtype(kind) != np.bool_ or self.dtype != np.uint8:
        raise Untraceable("view")
    return tied(self.program, self.at, np.ndarray.view(_bare(self), np.bool_))


def _copied(self: Noted, *_: Any, **__: Any) -> Any:
    return tied(self.program, self.at, self)


def _clip(self: Noted, min: Any = None, max: Any = None, *_: Any, **options: Any) -> Any:
    low, high = options.get("a_min", min), options.get("a_max", max)
    found = self if low is None else np.maximum(self, low)
    return found if high is None else np.minimum(found, high)


def _cumsum(self: Noted, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    flat = self if axis is not None else self.reshape(-1)
    return self.program.add("cumsum", (flat, (axis or 0) % flat.ndim), np.cumsum(_bare(flat), axis or 0))


def _take(self: Noted, index: Any, axis: Any = None, *_: Any, **options: Any) -> Any:
    if axis is None:
        return self.reshape(-1)[index]
    return self[(slice(None),) * (axis % self.ndim) + (index,)]


_METHODS: dict[str, Callable[..., Any]] = {
    **{name: _reshaped(name) for name in ("ravel", "squeeze", "expand_dims", "atleast_1d", "atleast_2d")},
    **{name: _moved(getattr(np, name)) for name in ("swapaxes", "moveaxis", "rollaxis", "permute_dims", "matrix_transpose")},
    **{name: _reduced(name) for name in ("sum", "mean", "prod")},
    **{name: _extreme(name) for name in ("max", "min", "any", "all")},
    **{name: _picked(name) for name in ("argmax", "argmin")},
    "amax": _extreme("max"), "amin": _extreme("min"), "transpose": _moved(_transpose), "flatten": _reshaped("ravel"), "reshape": _reshape,
    "astype": _astype, "view": _viewed, "copy": _copied, "clip": _clip, "cumsum": _cumsum, "take": _take,
}  # fmt: skip
for _name, _method in _METHODS.items():
    if hasattr(np.ndarray, _name):
        setattr(Noted, _name, _method)


def _full(program: Program, result: np.ndarray, *_: Any, **__: Any) -> Any:
    values = result.ravel()
    if values.size and not (values == values[0]).all() and not np.isnan(values).all():
        raise Untraceable("an array of several values")
    return program.add("full", (result.shape, values[0].item() if values.size else 0), result)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "zeros_like": _full, "ones_like": _full, "full_like": _full,
    "empty_like": lambda program, result, *_, **__: program.add("full", (result.shape, 0), np.zeros_like(result)),
    "where": lambda program, result, *args: program.add("where", args, result),
    "broadcast_to": lambda program, result, x, shape, **_: program.add("broadcast_to", (x, result.shape), result),
    "concatenate": lambda program, result, xs, axis=0, **_: program.add("concatenate", (list(xs), axis % result.ndim), result),
    "stack": lambda program, result, xs, axis=0, **_: program.add("stack", (list(xs), axis % result.ndim), result),
    "tril": lambda program, result, x, k=0: np.where(np.tri(x.shape[-2], x.shape[-1], k, np.bool_), x, 0),
    "triu": lambda program, result, x, k=0: np.where(np.tri(x.shape[-2], x.shape[-1], k - 1, np.bool_), 0, x),
    "unpackbits": lambda program, result, x, axis=None, count=None, bitorder="big": program.add("unpackbits", (x, result.shape[-1]), result)
    if bitorder == "little" and axis == -1 else _unknown("unpackbits"),
    "flip": lambda program, result, x, axis=None: program.add("flip", (x, _axes(x, axis)), result),
    "copyto": lambda *_, **__: _unknown("copyto"), "put_along_axis": lambda *_, **__: _unknown("put_along_axis"),
    "fill_diagonal": lambda *_, **__: _unknown("fill_diagonal"),
}  # fmt: skip


def _unknown(name: str) -> Any:
    raise Untraceable(f"np.{name}")


# ------------------------------------------------------------------------------------------------ of an op


def flat(values: Any) -> list[np.ndarray]:
    """The arrays in the arguments of an op, in order; those in lists and tuples too."""
    found, stack = [], list(reversed(values))
    while stack:
        x = stack.pop()
        if isinstance(x, np.ndarray):
            found.append(x)
        elif isinstance(x, (list, tuple)):
            stack += reversed(x)
    return found


def _replaced(values: Any, arrays: list[Any]) -> Any:
    """The arguments with the next of `arrays` in the place of each array."""
    if isinstance(values, np.ndarray):
        return arrays.pop(0)
    return type(values)(_replaced(x, arrays) for x in values) if type(values) in (list, tuple) else values


def traced(run: Callable[..., Sequence[Any]], args: Sequence[Any], wanted: Sequence[Any]) -> Program | None:
    """The program of `run(*args)`: its inputs are all arrays in args, its outputs what should equal `wanted` (None: none, ...: unknown).

    None if it can't be told by NumPy calls alone, or gives something else than `wanted`.
    """
    try:
        with _one_at_a_time, kernels.use("numpy"), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = _noted(run, args, wanted)
            moved = [np.asarray(x * (1 + 1e-3)) if x.dtype.kind == "f" else x for x in flat(args)]
            again = _noted(run, _replaced(tuple(args), moved), None)
            # a constant that depends on the values has been read from them in a way that nobody noted
            return program if again._steps_but_assumed() == program._steps_but_assumed() else None
    except Exception:  # Untraceable, or what a body says to arrays of this kind: the page says that it doesn't know this op
        return None


def _noted(run: Callable[..., Sequence[Any]], args: Sequence[Any], wanted: Sequence[Any] | None) -> Program:
    arrays = flat(args)
    program = Program(len(arrays))
    found = run(*_replaced(tuple(args), [tied(program, i, x) for i, x in enumerate(arrays)]))
    for i, y in enumerate(found):
        want = None if wanted is None else wanted[i]
        if y is None or (want is None and wanted is not None):
            program.outputs.append(None)
            continue
        if not isinstance(y, Noted) or y.at is None:
            y = program.add("full", (np.shape(y), np.asarray(y).item()), y) if np.ndim(y) == 0 else y
        if not isinstance(y, Noted) or y.at is None:
            raise Untraceable("the result")
        if wanted is not None and want is not ... and not _same(_bare(y), want):
            raise Untraceable("another result")
        program.outputs.append(y.at)
    return program


def _same(a: np.ndarray, b: Any) -> bool:
    b = np.asarray(b)
    tolerance = {"f": 1e-9 if a.dtype == b.dtype == np.float64 else 1e-3}.get(a.dtype.kind, 0)
    scale = np.max(np.abs(b[np.isfinite(b)]), initial=0.0) if b.dtype.kind == "f" else 0
    return a.shape == b.shape and bool(np.allclose(a, b, tolerance, tolerance * scale, equal_nan=True))


def forward(op: Any, args: Sequence[Any], y: np.ndarray) -> Program | None:
    """The program of an op's body: of its output, and of its residuals."""
    spread = lambda *given: (*given[:-1], *given[-1]) if op.variadic else given

    def run(*given: Any) -> Sequence[Any]:
        found = op.body(*spread(*given))
        return found if op.residuals else (found,)

    if not hasattr(op, "body"):
        return None
    return traced(run, args, (y, *(... for _ in op.residuals)))


def backward(node: Node, saved: Sequence[Any], g: np.ndarray, wanted: Sequence[Any]) -> Program | None:
    """The program of an op's rules, each summed to the shape of its input; its inputs are g and what the rules read."""
    parents = node.parents

    def run(g: Any, *values: Any) -> Sequence[Any]:
        found = node.op.backward(parents, g, values)
        return [None if x is None else _fitted(x, parent) for x, parent in zip(found, parents, strict=True)]

    return traced(run, (g, *saved, *node.attrs), wanted) if hasattr(node.op, "body") else None


def _fitted(x: Any, parent: Any) -> Any:
    return sum_to(x, parent.shape) if x.shape != parent.shape else x
