"""What tensors are called: by `gg.name`, by the modules that were running, and by the variables that hold them."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import sys
import weakref
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import FrameType
from typing import Any

from glassgrad.graph import Node, lines
from glassgrad.tensor import Tensor
from glassgrad.writes import outside

_nodes: weakref.WeakKeyDictionary[Node, str] = weakref.WeakKeyDictionary()  # given by `name`
_FRAMES = 8  # of the callers whose variables give names
_OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul", ast.Pow: "pow"}
_PLAIN = frozenset(("item", "tolist", "numpy", "detach"))  # methods that give no node
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_leaves: dict[int, str] = {}  # the same, by the id of the tensor: tensors compare by element


def name(t: Tensor, text: str) -> Tensor:
    """Call a tensor `text` in pictures and explanations; returns the tensor.

    >>> x = gg.name(gg.tensor(2.0, requires_grad=True), "speed")
    """
    if not isinstance(t, Tensor) or not isinstance(text, str):
        raise TypeError(f"name: expected a tensor and a str, got {type(t).__name__} and {type(text).__name__}: write gg.name(x, 'x')")
    if t._node is not None:
        _nodes[t._node] = text
        return t
    if id(t) not in _leaves:
        weakref.finalize(t, _leaves.pop, id(t), None).atexit = False
    _leaves[id(t)] = text
    return t


def given(edge: Any) -> str | None:
    """What `gg.name` called a node's output or a leaf."""
    return _nodes.get(edge) if type(edge) is Node else _leaves.get(id(edge))


class Names:
    """What tensors and modules are called: by the user, by the modules that were running, and by variables."""

    def __init__(self, named: Sequence[tuple[str, Tensor]] = (), model: Any = None) -> None:
        self.paths: dict[int, str] = {}  # id of a module -> its path; all are alive while a picture is made
        self.tensors: dict[Any, tuple[str, Tensor]] = {}  # by `_key`
        self.parameters: set[Any] = set()
        self.assigned: dict[Any, str] = {}  # nodes, by the variable that their source line assigns to
        for text, tensor in named:
            self.tensors.setdefault(_key(tensor), (text, tensor))
        if model is not None:
            self._add([(type(model).__name__, model)])

    def of(self, edge: Any) -> str | None:
        """The name of a node's output or of a leaf, None if it has none."""
        known, assigned = self.tensors.get(edge, (None,))[0], self.assigned.get(edge)
        return given(edge) or (assigned if assigned and (known or "]").endswith("]") else known)  # rather than an item of a list

    def add_scopes(self, nodes: Sequence[Node]) -> None:
        """Name the modules found in the nodes' scopes. Where several have no common owner, names start with the class."""
        found, seen = [], set()
        for node in nodes:
            if id(node.scope) not in seen:
                seen.add(id(node.scope))
                for module in node.scope:
                    if id(module) not in self.paths:
                        found.append((type(module).__name__, module))
                        self._add_paths(module)
        self._add(found)

    def add_variables(self, frame: FrameType | None) -> None:
        """Name what the variables of a frame and of its callers hold: tensors, also in lists, tuples and dicts, and modules.

        None: of the program, or notebook, alone.
        """
        modules: dict[int, tuple[str, Any]] = {}
        for variables in _scopes(frame):
            for variable, value in variables.items():
                hidden = variable.startswith("_") or variable == "Out" or not variable.isidentifier()  # of Python, notebooks, tools
                for text, one in () if hidden else _inside(variable, value):
                    if not isinstance(one, Tensor):
                        modules.setdefault(id(one), (text, one))
                    elif one.edge is not None or type(one) is Tensor:  # others have no array to be found by
                        self.tensors.setdefault(_key(one), (text, one))
        parts = {id(part) for _, module in modules.values() for _, part in _listed(module, "named_modules") if part is not module}
        self._add([pair for key, pair in modules.items() if key not in parts])

    def add_lines(self, nodes: Sequence[Node]) -> None:
        """Name what source lines assign, `h = x @ w`, where it is known which line recorded a node: h, h₂, h₃."""
        taken: dict[str, int] = {}
        for line, run in groupby(nodes, key=lambda node: lines.get(node)):
            last = list(run)[-1]
            target = _assigned(line, last.op.name) if line else None
            if target is not None:
                taken[target] = taken.get(target, 0) + 1
                self.assigned[last] = target if taken[target] == 1 else f"{target}{str(taken[target]).translate(_LOW)}"

    def _add_paths(self, root: Any) -> None:
        self.paths.setdefault(id(root), "")
        for path, module in _listed(root, "named_modules"):
            self.paths.setdefault(id(module), path)

    def _add(self, roots: Sequence[tuple[str, Any]]) -> None:
        several = sum(any(True for _ in _listed(root, "named_parameters")) for _, root in roots) > 1
        for text, root in roots:
            self._add_paths(root)
            prefix = f"{text}." if several else ""
            for what in ("named_parameters", "named_buffers"):
                for path, tensor in _listed(root, what):
                    self.tensors.setdefault(_key(tensor), (prefix + path, tensor))
                    if what == "named_parameters":
                        self.parameters.add(_key(tensor))


def names_around(frame: FrameType, nodes: Sequence[Node]) -> Names:
    """The names that the variables of a frame, and the modules in which the nodes ran, give."""
    names = Names()
    names.add_variables(frame)
    names.add_scopes(nodes)
    names.add_lines(nodes)
    return names


def variable_of(tensor: Tensor, frame: FrameType) -> str | None:
    """The variable of a caller outside the package that holds this very tensor."""
    for variables in _scopes(outside(frame)):
        for variable, value in variables.items():
            if value is tensor and not variable.startswith("_"):
                return variable
    return None


def _assigned(line: str, op: str) -> str | None:
    """The variable that the statement on a line, `file:line`, assigns what `op` gives to: where that can be told from its text.

    `h = a + f(b)` gives h to an add alone: what ran before it was a part. A call that holds no other gives it to whatever op ran.
    """
    file, _, number = line.rpartition(":")
    try:
        match ast.parse(linecache.getline(file, int(number)).strip()).body:
            case [ast.Assign(targets=[ast.Name(id=name)], value=value)] | [ast.AnnAssign(target=ast.Name(id=name), value=value)]:
                pass
            case _:
                return None
    except SyntaxError:  # a statement of several lines
        return None
    match value:
        case ast.BinOp(op=kind):
            return name if _OPERATORS.get(type(kind)) == op else None
        case ast.Call(func=ast.Name(id=function) | ast.Attribute(attr=function)):
            alone = sum(isinstance(part, ast.Call) for part in ast.walk(value)) == 1
            return name if function == op or (alone and not hasattr(builtins, function) and function not in _PLAIN) else None
    return None


def reached(edges: Any) -> list[Node]:
    """All nodes above `edges`, in the order in which they ran."""
    stack = [edge for edge in edges if type(edge) is Node]
    seen = set(stack)
    while stack:
        for parent in stack.pop().parents:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=lambda node: node.index)


def _scopes(frame: FrameType | None) -> Iterator[Mapping[str, Any]]:
    """The variables of a frame, of its callers, of its module, and of the program or notebook."""
    caller = frame
    for _ in range(_FRAMES):
        if caller is not None:
            yield _variables(caller)
            caller = caller.f_back
    if frame is not None:
        yield frame.f_globals
    yield dict(vars(sys.modules["__main__"])) if "__main__" in sys.modules else {}


def _variables(frame: FrameType) -> Mapping[str, Any]:
    """The variables of a frame, which must not go on living because they were asked for: until Python 3.13 a frame keeps what it gave."""
    found = frame.f_locals
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED and sys.version_info < (3, 13):  # a function's, not a module's
        copy = dict(found)
        found.clear()
        return copy
    return found


def _inside(text: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The tensors and modules that a variable holds, alone or in a list, tuple or dict."""
    named = lambda x: isinstance(x, Tensor) or hasattr(type(x), "named_parameters")
    if named(value):
        yield text, value
    elif isinstance(value, (list, tuple)):
        yield from ((f"{text}[{i}]", item) for i, item in enumerate(value) if named(item))
    elif isinstance(value, dict):
        yield from ((f"{text}[{key!r}]", item) for key, item in value.items() if named(item))


def _listed(module: Any, what: str) -> Any:
    return getattr(module, what)() if hasattr(module, what) else ()


def _key(tensor: Tensor) -> Any:
    """What a tensor is found by in a graph: its node, itself as a leaf, or as a constant only the array that ops saved."""
    return id(tensor.detach().numpy()) if tensor.edge is None else tensor.edge
