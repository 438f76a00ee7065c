"""What is written from the registry: `python -m tests.stubs` (`--check`: is it in step?).

Ops become functions and methods while the package runs, and families are loaded at first use; type checkers, editors and
the loader read here what there is: `glassgrad/__init__.pyi`, `linalg.pyi`, `special.pyi` and `nn/functional.pyi`, `_methods.pyi`
(the base of Tensor, for type checkers), and the index `ops/names.py`. Types follow PyTorch: the first argument of a function is
a tensor, and `axis` and `keepdims`, which the functions take as NumPy's names, are not among the parameters.
"""

import builtins
import inspect
import itertools
import re
import sys
import types
from pathlib import Path

from tests.names import INDEX, SRC, index

import glassgrad as gg
from glassgrad.absent import METHODS
from glassgrad.tensor import Tensor

HEAD = '''"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np
{imports}
_Array = Tensor | np.ndarray
_Like = Tensor | np.ndarray | np.generic | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

'''
KNOWN = {"int", "float", "bool", "str", "None", "Any", "Literal", "Sequence", "tuple", "list", "dict", "Callable", "Tensor", "np", "ndarray", "dtype"}
KNOWN |= {"_Like", "_Array", "_Dim"}
RETURNS_TENSOR = re.compile(r"[a-z]\w*_|m?[TH]")
OPERATOR = re.compile(r"__[ri]?(add|sub|mul|truediv|floordiv|mod|pow|matmul|and|or|xor|lshift|rshift)__|__([gl][te])__")
SIZES = {"size", "sizes", "shape", "dims", "repeats"}  # as *name: f(2, 3) and f((2, 3))
OPTIONS = ("device", "requires_grad", "out", "layout", "pin_memory", "memory_format")  # what **options of creation functions are
FLOAT_FIRST = {"pow", "float_power", "remainder", "xlogy", "isin"} | {f"bitwise_{name}" for name in ("and", "or", "xor", "left_shift", "right_shift")}

# Where the arguments decide what is returned: (parameters, result). {self} is a method's self, {out} the `out=` of a function.
EXTREME = (
    ("{self}{out}", "Tensor"),
    ("{self}, dim: int, keepdim: bool = ...{out}", "glassgrad.ops.scan.Chosen"),
    ("{self}, other: Tensor{out}", "Tensor"),
)
EACH = (("tensor: Tensor, /", "Tensor"), ("*tensors: Tensor", "tuple[Tensor, ...]"), ("tensors: Sequence[Tensor], /", "tuple[Tensor, ...]"))
FOUND = ("return_inverse: Literal[{}]{}", "return_counts: Literal[{}]{}")


def _unique(first):
    """For each of the two flags: off, so that it may be left out, or on."""
    for flags in itertools.product((False, True), repeat=2):
        parts = [text.format(flag, "" if flag else " = ...") for text, flag in zip(FOUND, flags, strict=True)]
        result = "Tensor" if not any(flags) else f"tuple[{', '.join(['Tensor'] * (1 + sum(flags)))}]"
        yield f"{{self}}, {first}{'*, ' if any(flags) else ''}{', '.join(parts)}, dim: int | None = ...", result


OVERLOADS = {
    "max": EXTREME,
    "min": EXTREME,
    "median": EXTREME[:2],
    "nanmedian": EXTREME[:2],
    "nonzero": (("{self}{out}", "Tensor"), ("{self}, as_tuple: Literal[False]", "Tensor"), ("{self}, as_tuple: Literal[True]", "tuple[Tensor, ...]")),
    "unique": (*_unique("sorted: bool = ..., "), ("{self}, sorted: bool, return_inverse: bool, return_counts: bool = ..., dim: int | None = ...", "Any")),
    "unique_consecutive": (*_unique(""), ("{self}, return_inverse: bool, return_counts: bool = ..., dim: int | None = ...", "Any")),
    "where": (("condition: Tensor", "tuple[Tensor, ...]"), ("condition: Tensor, input: _Like, other: _Like{out}", "Tensor")),
    "atleast_1d": EACH,
    "atleast_2d": EACH,
    "atleast_3d": EACH,
}


def typed(note, home="", result=False, like="_Like"):
    """An annotation as text for the stub; Any where it names what the stub doesn't know. `like`: what may be a tensor."""
    if note is inspect.Parameter.empty:
        return "Any"
    text = note if isinstance(note, str) else getattr(note, "__name__", str(note))
    text = re.sub(r"\b_?Arrays\b", "Sequence[Tensor]", text)
    text = re.sub(r"\bArray\b", "Tensor" if result else like, text)
    text = re.sub(r"\bDim\b", "_Dim", text)
    for name in set(re.findall(r"[A-Za-z_]\w*", text)) - KNOWN:
        found = getattr(sys.modules.get(home), name, None)
        if not inspect.isclass(found) or not found.__module__.startswith("glassgrad."):
            return "Any"
        text = re.sub(rf"\b{name}\b", f"{found.__module__}.{found.__name__}", text)
    return builtin(text)


def builtin(text):
    """gg.float and the like are dtypes."""
    return re.sub(r"(?<![\w.])(int|float|bool|str|tuple|list|dict)\b", r"builtins.\1", text)


def parameters(function):
    """The parameters; those of an op under PyTorch's names, but with the annotations of its body."""
    shown = list(inspect.signature(function).parameters.values())
    op = getattr(function, "op", None)
    if op is None:
        return shown
    notes = dict.fromkeys(op.inputs, "Array") | getattr(op.body, "__annotations__", {})
    own = op.body.__code__.co_varnames if hasattr(op.body, "__code__") else op.params  # with what comes after a *
    shown = [p.replace(annotation=notes.get(name, p.annotation)) for p, name in zip(shown, own, strict=False) if p.name != "out"]
    named = ("out", "unbiased") if op.key in ("var", "std", "var_mean", "std_mean") else ("out",)  # PyTorch's older name of correction
    return [*shown, *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in named)]


def forms(p, note, name):
    """The ways to write a parameter: (text, whether it is a list of arguments)."""
    if p.kind is p.VAR_POSITIONAL and (p.name in SIZES or "Array" in str(p.annotation)):
        one = "builtins.int" if p.name in SIZES else "Tensor"
        yield f"*{p.name}: {one}", True
        yield f"{p.name}: Sequence[{one}]", False
        if name == "view":
            yield "dtype: np.dtype[Any]", False
    else:
        star = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        yield f"{star}{p.name}: {note}" + ("" if star or p.default is p.empty else " = ..."), p.kind is p.VAR_POSITIONAL


def variants(name, function, method):
    """The texts of the parameters, one for each overload."""
    op, home = getattr(function, "op", None), function.__module__
    shown = parameters(function)
    if shown[-1:] and shown[-1].name == "options" and home in ("glassgrad.ops.creation", "glassgrad.ops.random"):
        more = [option for option in OPTIONS if option not in [p.name for p in shown] and (option != "out" or not method)]
        shown[-1:] = [inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=None) for option in more]
    columns = []
    for i, p in enumerate(shown):
        if method and (i == 0 or p.name == "out"):
            columns += [[(p, "self", False)]] * (i == 0)
            continue
        like = "Tensor" if i == 0 else "_Like" if op is None or op.dtypes != "same" or not op.rules else "_Array"
        note = "Any" if p.kind is p.VAR_KEYWORD else typed(p.annotation, home, like=like)
        columns.append([(p, text, many) for text, many in forms(p, note, name)])
    if name in FLOAT_FIRST and not method:
        first, second = (column[0][0] for column in columns[:2])
        pairs = [("Tensor", "_Like"), ("builtins.float", "Tensor")]
        chosen = [[(first, f"{first.name}: {a}", False), (second, f"{second.name}: {b}", False), *(c[0] for c in columns[2:])] for a, b in pairs]
    else:
        chosen = itertools.product(*columns)
    for row in chosen:
        parts, bare = [], False
        for p, text, many in row:
            if p.kind is p.KEYWORD_ONLY and not bare:
                parts.append("*")
            bare = bare or many or p.kind is p.KEYWORD_ONLY
            parts.append(text)
        yield ", ".join(parts)


def signature(name, function, method=False, indent=""):
    """A function or method of the stub, with the first line of its docstring."""
    if name in OVERLOADS and (not method or "{self}" in OVERLOADS[name][0][0]):
        fill = {"self": "self" if method else "input: Tensor", "out": "" if method else ", *, out: Any = ..."}
        found = [(builtin(text.format(**fill)), builtin(result)) for text, result in OVERLOADS[name]]
    else:
        notes = getattr(getattr(function, "op", None), "body", function)
        default = "Array" if hasattr(function, "op") else inspect.Parameter.empty
        result = typed(getattr(notes, "__annotations__", {}).get("return", default), function.__module__, result=True)
        if method and RETURNS_TENSOR.fullmatch(name):
            result = "Tensor"
        found = [(text, result) for text in variants(name, function, method)]
    lines = [f"def {name}({text}) -> {result}: ..." for text, result in found]
    lines[0] = described(lines[0], function, indent)
    return "\n".join(f"{indent}@overload\n{indent}{line}" if len(lines) > 1 else f"{indent}{line}" for line in lines)


def described(line, value, indent):
    doc = (inspect.getdoc(value) or "").partition("\n")[0].replace("\\", "\\\\")
    return line if not doc else f'{line[:-3].rstrip()}\n{indent}    r"""{doc}"""'


def is_plain(function):
    """Whether a checker can read the function where it is written: it is a `def`, no op, and says what it takes."""
    if hasattr(function, "op") or not re.search(rf"^def {function.__name__}\(", inspect.getsource(sys.modules[function.__module__]), re.M):
        return False
    shown = inspect.signature(function)
    return "Array" not in str(shown) and not any(p.kind is p.VAR_KEYWORD for p in shown.parameters.values())


def finished(imports, lines):
    text = "\n".join(lines)
    imports = {*imports, *(f"import {home}" for home in re.findall(r"\b(glassgrad[\w.]*)\.[A-Z]\w*", text))}
    return HEAD.format(imports="\n" + "\n".join(sorted(imports)) + "\n") + text + "\n"


def module_stub(module):
    imports, lines = {"from glassgrad.tensor import Tensor as Tensor"}, []
    rooms = getattr(module, "_ROOMS", set())
    for name in dir(module):
        value = getattr(module, name)
        home = getattr(value, "__module__", "") or ""
        if value is Tensor or home == "glassgrad.absent" or (name.startswith("_") and name != "__version__") or name in ("annotations", "Any", "Array"):
            continue
        if isinstance(value, types.ModuleType):
            if name in rooms or name == "random":
                imports.add(f"from {value.__name__.rpartition('.')[0]} import {name} as {name}")
        elif inspect.isclass(value) and (home.startswith("glassgrad.") or value is gg.dtype):
            imports.add(f"from {home} import {value.__name__} as {name}")
        elif inspect.isfunction(value) and home.startswith("glassgrad."):
            plain = is_plain(value) and home != module.__name__
            imports |= {f"from {home} import {value.__name__} as {name}"} if plain else set()
            lines += [] if plain else [signature(name, value)]
        elif isinstance(value, gg.dtype):
            lines.append(f"{name}: np.dtype[np.{value.type.__name__}]")
        elif not callable(value):
            lines.append(f"{name}: builtins.{type(value).__name__}" if isinstance(value, (float, str)) else f"{name}: Any")
    return finished(imports, lines)


def methods_stub():
    """What is attached to Tensor beside what its class in tensor.py defines."""
    own = re.findall(r"^    (?:def (\w+)|(\w+)(?:: [^=\n]+)? = )", (SRC / "tensor.py").read_text(), re.M)
    own = {name for pair in own for name in pair} | {*Tensor.__slots__, "__slots__", "__doc__", "__module__"} | set(METHODS)
    lines = []
    for name, value in sorted(vars(Tensor).items()):
        if name in own:
            continue
        if isinstance(value, property):
            result = "Tensor" if RETURNS_TENSOR.fullmatch(name) else typed(getattr(value.fget, "__annotations__", {}).get("return", inspect.Parameter.empty), result=True)
            lines.append(f"    @property\n    def {name}(self) -> {result}: ...")
        elif name in ("__eq__", "__ne__"):  # object's take anything and give a bool
            lines.append(f"    def {name}(self, other: object) -> Tensor: ...  # type: ignore[override]")
        elif OPERATOR.fullmatch(name):
            lines.append(f"    def {name}(self, other: _Like) -> Tensor: ...")
        elif callable(value):
            lines.append(signature(name, value, method=True, indent="    "))
        else:
            lines.append(f"    {name}: {f'builtins.{type(value).__name__}' if type(value).__name__ in dir(builtins) else 'Any'}")
    return finished({"from glassgrad.tensor import Tensor"}, ["class Methods:", *lines])


def written():
    """{path: text}; the index first, because making it needs families that aren't loaded yet."""
    first = {INDEX: index()}
    modules = {"__init__": gg, "linalg": gg.linalg, "special": gg.special, "nn/functional": gg.nn.functional}
    return {
        **first,
        **{SRC / Path(f"{path}.pyi"): module_stub(module) for path, module in modules.items()},
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
