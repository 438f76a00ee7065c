"""The rules of an op as mathematics, in Unicode or LaTeX: from the text that the rules print, never stored."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import Any

from glassgrad.graph import Node
from glassgrad.naming import names_around, reached
from glassgrad.symbol import input_names, rule
from glassgrad.tensor import Tensor

STYLES = ("text", "unicode", "latex")
_GREEK = ("alpha", "beta", "gamma", "delta", "eps", "lambda", "mu", "sigma", "rho", "theta")
_LETTERS = dict(zip(_GREEK, "αβγδελμσρθ", strict=True))
_FUNCTIONS = frozenset(("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "arctan", "arcsin", "arccos"))
_POWERS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_COMPARED = {
    ast.Lt: ("<", "<"), ast.LtE: ("≤", r"\le"), ast.Gt: (">", ">"), ast.GtE: ("≥", r"\ge"), ast.Eq: ("=", "="), ast.NotEq: ("≠", r"\ne"),
}  # fmt: skip
_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = range(5)


def formula(target: Tensor | Node, style: str = "unicode") -> str:
    """The gradients that the op behind `target` hands to its inputs, a line each; g is the gradient of its output y.

    style: "text" is the rule as Python, "unicode" for a terminal, "latex" for a paper or a notebook.

    >>> a, b = gg.tensor(6.0, requires_grad=True), gg.tensor(3.0, requires_grad=True)
    >>> print(gg.study.formula(a / b))
    ∂a = g / b
    ∂b = -g · y / b
    >>> print(gg.study.formula(a / b, "latex").splitlines()[1])
    \\partial b = \\frac{-g \\cdot y}{b}
    """
    node = target._node if isinstance(target, Tensor) else target
    if type(node) is not Node:
        raise TypeError(f"study.formula: expected a tensor that an op computed, or its grad_fn, got {_kind(target)}")
    if style not in STYLES:
        raise ValueError(f"study.formula: style must be one of {', '.join(map(repr, STYLES))}, got {style!r}")
    names = names_around(sys._getframe(1), reached([node]))
    lines = []
    for i, (name, parent) in enumerate(zip(input_names(node), node.parents, strict=True)):
        if parent is not None:
            text = rule(node, i)
            of = names.of(parent) or name
            sign = {"text": "d ", "unicode": "∂", "latex": r"\partial "}[style]
            right = text if style == "text" else convert(text, style == "latex", len(node.shape) > 0)
            lines.append(f"{sign}{_name(of, True) if style == 'latex' else of} = {right}")
    return "\n".join(lines)


def _kind(target: Any) -> str:
    return "a leaf" if isinstance(target, Tensor) else type(target).__name__


def convert(text: str, latex: bool, arrays: bool) -> str:
    """A rule's text as mathematics; `arrays`: a product of elements is written as such, apart from a matrix product."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:  # "(no formula)", or shapes that are no Python
        return text
    return _written(tree, latex, r" \odot " if latex and arrays else r" \cdot " if latex else " · ")[0]


def _written(tree: ast.AST, latex: bool, times: str) -> tuple[str, int]:
    """The text of an expression, and how tightly its outermost operator binds."""
    write = lambda node: _written(node, latex, times)
    whole = lambda node: write(node)[0]

    def at(node: ast.AST, level: int) -> str:
        text, binds = write(node)
        return text if binds >= level else rf"\left({text}\right)" if latex else f"({text})"

    match tree:
        case ast.Name(id=name):
            return _name(name, latex), _ATOM
        case ast.Constant(value=value):
            return ("…" if value is Ellipsis and not latex else r"\dots" if value is Ellipsis else str(value)), _ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{at(operand, _MINUS)}", _MINUS
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return (r"\lnot " if latex else "¬") + at(operand, _MINUS), _MINUS
        case ast.BinOp(left=left, op=op, right=right):
            return _operation(op, left, right, latex, times, at, whole)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{at(left, _SUM)} {_COMPARED[type(op)][latex]} {at(right, _SUM)}", -1
        case ast.Attribute(value=value, attr="T" | "mT"):
            return (f"{at(value, _ATOM)}^\\top" if latex else f"{at(value, _ATOM)}ᵀ"), _POWER
        case ast.Attribute(value=ast.Name(id="np"), attr="inf"):
            return (r"\infty" if latex else "∞"), _ATOM
        case ast.Call(func=func, args=args, keywords=keywords):
            return _call(func, args, keywords, latex, at, whole)
        case ast.Subscript(value=value, slice=index):
            inside = ", ".join(map(whole, index.elts)) if isinstance(index, ast.Tuple) else whole(index)
            return (f"{at(value, _ATOM)}_{{{inside}}}" if latex else f"{at(value, _ATOM)}[{inside}]"), _ATOM
        case ast.Slice(lower=lower, upper=upper):
            return f"{'' if lower is None else whole(lower)}:{'' if upper is None else whole(upper)}", _ATOM
        case ast.Tuple(elts=elts):
            return f"({', '.join(map(whole, elts))}{',' if len(elts) == 1 else ''})", _ATOM
    text = ast.unparse(tree)
    return (rf"\texttt{{{_plain(text)}}}" if latex else text), _ATOM


def _operation(op: ast.operator, left: Any, right: Any, latex: bool, times: str, at: Callable[..., str], whole: Any) -> tuple[str, int]:
    match op:
        case ast.Add():
            return f"{at(left, _SUM)} + {at(right, _SUM)}", _SUM
        case ast.Sub():
            return f"{at(left, _SUM)} - {at(right, _PRODUCT)}", _SUM
        case ast.Mult():
            by_number = latex and (isinstance(left, ast.Constant) or isinstance(right, ast.Constant))
            return at(left, _PRODUCT) + (r" \, " if by_number else times) + at(right, _MINUS), _PRODUCT
        case ast.Div() if latex:
            return rf"\frac{{{whole(left)}}}{{{whole(right)}}}", _POWER
        case ast.Div():
            return f"{at(left, _PRODUCT)} / {at(right, _MINUS)}", _PRODUCT
        case ast.MatMult():
            return f"{at(left, _PRODUCT)}{' ' if latex else ' @ '}{at(right, _MINUS)}", _PRODUCT
        case ast.Pow():
            power = whole(right)
            if latex:
                return f"{at(left, _ATOM)}^{{{power}}}", _POWER
            if power.lstrip("-").isdigit():
                return f"{at(left, _ATOM)}{power.translate(_POWERS)}", _POWER
            return f"{at(left, _ATOM)}^{at(right, _ATOM)}", _POWER
        case ast.BitAnd():
            return at(left, _SUM) + (r" \land " if latex else " ∧ ") + at(right, _SUM), -1
        case ast.BitOr():
            return at(left, _SUM) + (r" \lor " if latex else " ∨ ") + at(right, _SUM), -1
    text = f"{at(left, _PRODUCT)} {ast.unparse(ast.BinOp(ast.Name('a'), op, ast.Name('b')))[2:-2]} {at(right, _MINUS)}"
    return (text.replace("%", r"\%") if latex else text), _PRODUCT


def _call(func: Any, args: Any, keywords: Any, latex: bool, at: Callable[..., str], whole: Any) -> tuple[str, int]:
    if isinstance(func, ast.Attribute) and not (isinstance(func.value, ast.Name) and func.value.id == "np"):
        args, name = [func.value, *args], func.attr  # a method
    else:
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ast.unparse(func)
    given = [*map(whole, args), *(f"{_name(k.arg, latex)}={whole(k.value)}" for k in keywords)]
    if len(given) == 1:
        if name in ("sqrt", "abs", "absolute", "square"):
            text = given[0]
            forms = {
                "sqrt": (f"√{at(args[0], _ATOM)}", rf"\sqrt{{{text}}}"),
                "square": (f"{at(args[0], _ATOM)}²", f"{at(args[0], _ATOM)}^{{2}}"),
            }
            return forms.get(name, (f"|{text}|", rf"\left|{text}\right|"))[latex], _POWER
    if name == "matmul" and len(given) == 2:
        return f"{at(args[0], _PRODUCT)}{' ' if latex else ' @ '}{at(args[1], _MINUS)}", _PRODUCT
    if not latex:
        return f"{name}({', '.join(given)})", _ATOM
    called = f"\\{name}" if name in _FUNCTIONS else rf"\operatorname{{{_plain(name)}}}"
    return rf"{called}\left({', '.join(given)}\right)", _ATOM


def _name(name: str, latex: bool) -> str:
    if name in _LETTERS:
        return (r"\varepsilon" if name == "eps" else f"\\{name}") if latex else _LETTERS[name]
    return rf"\mathrm{{{_plain(name)}}}" if latex and len(name) > 1 else name


def _plain(text: str) -> str:
    """Text in which LaTeX finds no commands."""
    for sign in "_%$#&{}":
        text = text.replace(sign, f"\\{sign}")
    return text
