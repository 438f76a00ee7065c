"""What is written from the registry: `python -m tests.stubs` (`--check`: is it in step?).

Ops become functions and methods while the package runs, and families are loaded at first use; type checkers, editors and
the loader read here what there is: `glassgrad/__init__.pyi`, `glassgrad/nn/functional.pyi`, `glassgrad/_methods.pyi` (the base
of Tensor, for type checkers), and the index `glassgrad/ops/names.py`.
"""

import inspect
import re
import sys
import types

from tests.names import INDEX, SRC, index

import glassgrad as gg
from glassgrad.absent import METHODS
from glassgrad.tensor import Tensor

HEAD = '''"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
{imports}
_Like = Tensor | np.ndarray | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

'''
KNOWN = {"int", "float", "bool", "str", "None", "Any", "Sequence", "tuple", "list", "dict", "Callable", "Tensor", "_Like", "_Dim", "np", "ndarray"}
RETURNS_TENSOR = re.compile(r"[a-z]\w*_|m?[TH]")
OPERATOR = re.compile(r"__[ri]?(add|sub|mul|truediv|floordiv|mod|pow|matmul|and|or|xor|lshift|rshift)__|__([gl][te])__")


def typed(note, result=False):
    """An annotation as text for the stub; Any where it names what the stub doesn't know."""
    if note is inspect.Parameter.empty:
        return "Any"
    text = note if isinstance(note, str) else getattr(note, "__name__", str(note))
    text = re.sub(r"\bArrays\b", "Sequence[_Like]", text)
    text = re.sub(r"\bArray\b", "Tensor" if result else "_Like", text)
    text = re.sub(r"\bDim\b", "_Dim", text)
    if not set(re.findall(r"[A-Za-z_]\w*", text)) <= KNOWN:
        return "Any"
    return re.sub(r"\b(int|float|bool|str|tuple|list|dict)\b", r"builtins.\1", text)


def parameters(function):
    """The parameters; those of an op under PyTorch's names of the first two where ours are x, a and b."""
    op = getattr(function, "op", None)
    if op is None:
        return list(inspect.signature(function).parameters.values())
    if isinstance(op.body, type(max)) or not hasattr(op.body, "__code__"):  # a ufunc
        shown = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation="Array") for name in op.params]
    else:
        shown = list(inspect.signature(op.body).parameters.values())
    names = {"x": "input", "a": "input", "b": "other"}
    shown = [p.replace(name=names.get(p.name, p.name)) if i < 2 else p for i, p in enumerate(shown)]
    return [*shown, inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, default=None)]


def signature(name, function, method=False):
    """A function or method of the stub, with the first line of its docstring."""
    parts, bare = [], False
    try:
        shown = parameters(function)
    except (TypeError, ValueError):
        shown = [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL), inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)]
    for i, p in enumerate(shown):
        if method and (i == 0 or p.name == "out"):
            parts += ["self"] * (i == 0)
            continue
        if p.kind is p.KEYWORD_ONLY and not bare:
            parts.append("*")
        bare = bare or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        star = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        note = "Any" if star else typed(p.annotation)
        parts.append(f"{star}{p.name}: {note}" + ("" if star or p.default is p.empty else " = ..."))
    if hasattr(function, "op"):
        result = typed(getattr(function.op.body, "__annotations__", {}).get("return", "Array"), result=True)
    else:
        result = typed(getattr(function, "__annotations__", {}).get("return", inspect.Parameter.empty), result=True)
    if method and RETURNS_TENSOR.fullmatch(name):
        result = "Tensor"
    return f"def {name}({', '.join(parts)}) -> {result}: ..."


def described(line, value, indent=""):
    doc = (inspect.getdoc(value) or "").partition("\n")[0].replace("\\", "\\\\")
    return f'{indent}{line}' if not doc else f'{indent}{line[:-3].rstrip()}\n{indent}    r"""{doc}"""'


def module_stub(module):
    imports, lines = ["from glassgrad.tensor import Tensor as Tensor"], []
    rooms = getattr(module, "_ROOMS", set())
    for name in dir(module):
        value = getattr(module, name)
        home = getattr(value, "__module__", "") or ""
        if value is Tensor or (name.startswith("_") and name != "__version__"):
            continue
        if isinstance(value, types.ModuleType):
            if name in rooms or name == "random":
                imports.append(f"from {value.__name__.rpartition('.')[0]} import {name} as {name}")
        elif inspect.isclass(value) and home.startswith("glassgrad."):
            imports.append(f"from {home} import {value.__name__} as {name}")
        elif inspect.isfunction(value) and home.startswith("glassgrad"):
            lines.append(described(signature(name, value), value))
        elif isinstance(value, gg.dtype):
            lines.append(f"{name}: np.dtype[Any]")
        elif isinstance(value, (float, str)):
            lines.append(f"{name}: builtins.{type(value).__name__}")
    return HEAD.format(imports="\n" + "\n".join(sorted(imports)) + "\n") + "\n".join(lines) + "\n"


def methods_stub():
    """What is attached to Tensor beside what its class in tensor.py defines."""
    own = re.findall(r"^    (?:def (\w+)|(\w+) = )", (SRC / "tensor.py").read_text(), re.M)
    own = {name for pair in own for name in pair} | {*Tensor.__slots__, "__slots__", "__doc__", "__module__"} | set(METHODS)
    lines = []
    for name, value in sorted(vars(Tensor).items()):
        if name in own:
            continue
        if isinstance(value, property):
            result = "Tensor" if RETURNS_TENSOR.fullmatch(name) else "Any"
            lines.append(f"    @property\n    def {name}(self) -> {result}: ...")
        elif name in ("__eq__", "__ne__"):  # object's take anything
            lines.append(f"    def {name}(self, other: object) -> Any: ...")
        elif OPERATOR.fullmatch(name):
            lines.append(f"    def {name}(self, other: Any) -> Tensor: ...")
        elif callable(value):
            lines.append(described(signature(name, value, method=True), value, "    "))
        else:
            lines.append(f"    {name}: Any")
    return HEAD.format(imports="\nfrom glassgrad.tensor import Tensor\n") + "\nclass Methods:\n" + "\n".join(lines) + "\n"


def written():
    """{path: text}; the index first, because making it needs families that aren't loaded yet."""
    return {
        INDEX: index(),
        SRC / "__init__.pyi": module_stub(gg),
        SRC / "nn" / "functional.pyi": module_stub(gg.nn.functional),
        SRC / "_methods.pyi": methods_stub(),
    }


def main():
    stale = {path: text for path, text in written().items() if not path.exists() or path.read_text() != text}
    if "--check" in sys.argv:
        sys.exit("\n".join(f"{path.relative_to(SRC)} is not in step: run python -m tests.stubs" for path in stale) or None)
    for path, text in stale.items():
        path.write_text(text)
        print(f"wrote {path.relative_to(SRC)}")


if __name__ == "__main__":
    main()
