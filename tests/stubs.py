"""The stubs for type checkers and editors, written from the registry: `python -m tests.stubs` (`--check`: are they in step?).

Ops become functions and methods while the package loads, which type checkers can't see. So what they are is written
down here: `glassgrad/__init__.pyi`, `glassgrad/nn/functional.pyi`, and `glassgrad/_methods.pyi`, the base of Tensor for type checkers.
"""

import inspect
import re
import sys
from pathlib import Path

import glassgrad as gg
from glassgrad.op import REGISTRY
from glassgrad.tensor import Tensor

HEAD = '''"""Written by `python -m tests.stubs`; not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassgrad.tensor import Tensor

_Like = Tensor | np.ndarray | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None
'''
KNOWN = {"int", "float", "bool", "str", "None", "Any", "Sequence", "tuple", "list", "Callable", "Tensor", "_Like", "_Dim", "np", "ndarray"}
SRC = Path(gg.__file__).parent


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
    return re.sub(r"\b(int|float|bool|str|tuple|list)\b", r"builtins.\1", text)


def parameters(function, method):
    """The parameters of an op's function, under PyTorch's names of the first two where ours are x, a and b."""
    op = function.op
    found = []
    if isinstance(op.body, type(max)) or not hasattr(op.body, "__code__"):  # a ufunc
        shown = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation="Array") for n in op.params]
    else:
        shown = list(inspect.signature(op.body).parameters.values())
    for i, p in enumerate(shown):
        name = {"x": "input", "a": "input", "b": "other"}.get(p.name, p.name) if i < 2 else p.name
        star = "*" if p.kind is p.VAR_POSITIONAL else ""
        note = "Any" if star else typed(p.annotation)
        found.append(f"{star}{name}: {note}" + ("" if p.default is p.empty else " = ..."))
    if method:
        found[0] = "self"
    return ", ".join([*found, *([] if op.variadic else ["*"]), "out: Any = ..."])


def signature(name, function, method=False):
    """One line for a function; those that are no ops are taken as they are annotated."""
    if hasattr(function, "op"):
        notes = getattr(function.op.body, "__annotations__", {})
        return f"def {name}({parameters(function, method)}) -> {typed(notes.get('return', 'Array'), result=True)}: ..."
    try:
        shown = inspect.signature(function)
    except (TypeError, ValueError):
        return f"def {name}({'self, ' if method else ''}*args: Any, **kwargs: Any) -> Any: ..."
    parts, bare = [], False
    for i, p in enumerate(shown.parameters.values()):
        if method and i == 0:
            parts.append("self")
            continue
        if p.kind is p.KEYWORD_ONLY and not bare:
            parts.append("*")
        bare = bare or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        star = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        parts.append(f"{star}{p.name}: {typed(p.annotation)}" + ("" if p.default is p.empty else " = ..."))
    result = "Tensor" if name.endswith("_") and not name.startswith("_") else typed(shown.return_annotation, result=True)
    return f"def {name}({', '.join(parts)}) -> {result}: ..."


def module_stub(module):
    lines = []
    for name, value in sorted(vars(module).items()):
        if name.startswith("_") and name != "__version__":
            continue
        home = getattr(value, "__module__", "") or ""
        if inspect.ismodule(value):
            if value.__name__.startswith("glassgrad."):
                lines.append(f"from {value.__name__.rpartition('.')[0]} import {name} as {name}")
        elif hasattr(value, "op"):
            lines.append(signature(name, value))
        elif inspect.isclass(value) and home.startswith("glassgrad."):
            lines.append(f"from {home} import {value.__name__} as {name}")
        elif inspect.isfunction(value):
            lines.append(signature(name, value))
        elif isinstance(value, gg.dtype):
            lines.append(f"{name}: np.dtype[Any]")
        elif isinstance(value, float):
            lines.append(f"{name}: builtins.float")
    if hasattr(module, "__getattr__"):
        lines.append("def __getattr__(name: builtins.str) -> Any: ...")
    return HEAD + "\n" + "\n".join(lines) + "\n"


def methods_stub():
    """What is attached to Tensor beside what its class in tensor.py defines."""
    own = set(re.findall(r"^    (?:def (\w+)|(\w+) = )", (SRC / "tensor.py").read_text(), re.M))
    own = {name for pair in own for name in pair} | {"__slots__", "__doc__", "__module__", "grad", "_array", "_kin", "_node", "_requires_grad"}
    lines = []
    for name, value in sorted(vars(Tensor).items()):
        if name in own:
            continue
        if isinstance(value, property):
            lines.append(f"    @property\n    def {name}(self) -> Any: ...")
        elif callable(value):
            lines.append("    " + signature(name, value, method=True))
            if name in ("__eq__", "__ne__"):
                lines[-1] = f"    def {name}(self, other: Any) -> Any: ..."
    return HEAD + "\nclass Methods:\n" + "\n".join(lines) + "\n"


def stubs():
    return {
        SRC / "__init__.pyi": module_stub(gg),
        SRC / "nn" / "functional.pyi": module_stub(gg.nn.functional),
        SRC / "_methods.pyi": methods_stub(),
    }


def main():
    stale = [path for path, text in stubs().items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(SRC)} is not in step: run python -m tests.stubs")
        sys.exit(bool(stale))
    for path in stale:
        path.write_text(stubs()[path])
        print(f"wrote {path.relative_to(SRC)}")


if __name__ == "__main__":
    assert REGISTRY
    main()
