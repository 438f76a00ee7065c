"""Symbols: run a rule on them and it prints its own formula."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassgrad.arguments import names_of

_INFIX = {
    np.add: ("+", 4), np.subtract: ("-", 4), np.multiply: ("*", 5), np.divide: ("/", 5), np.matmul: ("@", 5),
    np.floor_divide: ("//", 5), np.remainder: ("%", 5), np.power: ("**", 7), np.equal: ("==", 1),
    np.not_equal: ("!=", 1), np.less: ("<", 1), np.less_equal: ("<=", 1), np.greater: (">", 1),
    np.greater_equal: (">=", 1), np.bitwise_and: ("&", 3), np.bitwise_or: ("|", 2),
}  # fmt: skip
_ATOM, _UNARY = 9, 6


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """A piece of formula text and how tightly its outermost operator binds. It evaluates as Python."""

    def __init__(self, text: str, binds: int = _ATOM) -> None:
        self.text = text
        self.binds = binds

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _at(self, level: int) -> str:
        return self.text if self.binds >= level else f"({self.text})"

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Symbol:
        parts = [lift(x) for x in inputs]
        if ufunc in _INFIX:
            sign, level = _INFIX[ufunc]
            power = sign == "**"  # groups to the right, the others to the left
            return Symbol(f"{parts[0]._at(level + power)} {sign} {parts[1]._at(level + (not power))}", level)
        if ufunc in (np.negative, np.invert):
            return Symbol(("-" if ufunc is np.negative else "~") + parts[0]._at(_UNARY), _UNARY)
        return call(f"np.{ufunc.__name__}", parts, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Symbol:
        return call(f"np.{function.__name__}", args, kwargs)

    def __getattr__(self, name: str) -> Symbol:
        if name.startswith("__"):  # NumPy and copy look for protocols that a formula does not have
            raise AttributeError(name)
        return Symbol(f"{self._at(_ATOM)}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Symbol:
        return call(self.text, args, kwargs)

    def __getitem__(self, index: Any) -> Symbol:
        items = index if isinstance(index, tuple) else (index,)
        return Symbol(f"{self._at(_ATOM)}[{', '.join(map(_index, items)) or '()'}]")

    def __bool__(self) -> bool:
        raise TypeError(f"a rule branches on the value of {self.text}: move the branch into an op of its own")

    def __iter__(self) -> Any:
        raise TypeError(f"a rule loops over {self.text}: move the loop into an op of its own")


def lift(value: Any) -> Symbol:
    """A value as a symbol: symbols as they are, Python values by their repr, arrays by their shape."""
    if isinstance(value, Symbol):
        return value
    if isinstance(value, np.ndarray):
        return Symbol(f"array{list(value.shape)}" if value.ndim else repr(value.item()))
    if isinstance(value, np.generic):
        return Symbol(repr(value.item()))
    if isinstance(value, (tuple, list)):
        inside = ", ".join(lift(item).text for item in value)
        if isinstance(value, list):
            return Symbol(f"[{inside}]")
        return Symbol(f"({inside},)" if len(value) == 1 else f"({inside})")
    if isinstance(value, float) and not math.isfinite(value):
        return -Symbol("np.inf") if value < 0 else Symbol(f"np.{value!r}")
    if isinstance(value, (int, float)) and value < 0:
        return Symbol(repr(value), _UNARY)
    return Symbol("..." if value is Ellipsis else _slice(value) if isinstance(value, slice) else repr(value))


def _index(item: Any) -> str:
    return _slice(item, ":") if isinstance(item, slice) else lift(item).text


def _slice(item: slice, form: str = "") -> str:
    if not form:
        return repr(item)
    start, stop, step = ("" if part is None else lift(part).text for part in (item.start, item.stop, item.step))
    return f"{start}:{stop}" + (f":{step}" if step else "")


def call(name: str, args: Any, kwargs: dict[str, Any]) -> Symbol:
    """The symbol `name(args, key=value)`; a product of matrices is `a @ b`."""
    if name == "matmul" and len(args) == 2:
        return lift(args[0]) @ lift(args[1])
    if name == "matmul_to":  # summed over what comes before the last two dimensions, where the shape has no more
        return call("sum_to", (lift(args[0]) @ lift(args[1]), args[2]), {})
    parts = [lift(x).text for x in args] + [f"{key}={lift(x).text}" for key, x in kwargs.items()]
    return Symbol(f"{name}({', '.join(parts)})")


def formula(op: Any, name: str, attrs: Sequence[Any] | None = None, known: Mapping[str, Any] | None = None) -> str:
    """The rule for input `name` as Python text, from running it on symbols; `attrs` as in a node, else by name.

    known: numbers (or symbols) to stand in the place of "g" or of saved values.
    """
    of = lambda n: lift(known[n]) if known and n in known else Symbol(n)
    values = [of(n) for n in op.keep]
    for n, value in zip(op.attrs, op.attrs if attrs is None else attrs, strict=True):
        values.append(of(n) if attrs is None or n.endswith("_shape") else value)
    at = op.inputs.index(name)
    if op.vjp is not None:  # one rule for all inputs: the formula picks from what it returns
        named = dict(zip((*op.keep, *op.attrs), values, strict=True))
        return str(op.vjp(of("g"), *(named[n] for n in names_of(op.vjp)[1:]))[at])
    wanted = [n == name or None for n in op.inputs]
    return str(op.backward(wanted, of("g"), tuple(values))[at])


def input_names(node: Any) -> list[str]:
    """What a node's op calls its inputs, one for each parent: of a sequence, `tensors[0]`, `tensors[1]`..."""
    names = node.op.inputs
    if len(names) == len(node.parents):
        return list(names)
    return [f"{names[0] if names else 'input'}[{i}]" for i in range(len(node.parents))]


def rule(node: Any, i: int, known: Mapping[str, Any] | None = None) -> str:
    """The formula for the gradient of input `i` of a node, as its op prints it, without what does nothing to matrices."""
    op = node.op
    try:
        if op.sequence:  # one rule for all of them, which prints as the first
            return f"{op.formula(op.inputs[0], node.attrs).removesuffix('[0]')}[{i}]"
        text = str(op.formula(op.inputs[i], node.attrs, known) if known else op.formula(op.inputs[i], node.attrs))
    except Exception:  # a user's own rule may not run on symbols
        return "(no formula)"
    return _MATRICES.sub(lambda found: found[1] or found[2], text) if len(node.shape) == 2 else text


_MATRICES = re.compile(r"sum_to\((.*), [^()]*\)|\brows\(([^()]*)\)")
