"""What the page shows, as plain JSON: values and ops in the order in which they ran, the steps of each backward, source and arrays."""

from __future__ import annotations

import base64
import hashlib
import linecache
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Node, opened
from glassgrad.kept import opened_once
from glassgrad.naming import Names, given, reached
from glassgrad.study.tape import Backward, Tape, aside
from glassgrad.study.web import trace
from glassgrad.symbol import Symbol, input_names, rule
from glassgrad.tensor import Tensor, make
from glassgrad.viz.picture import grouped, set_titles

UNFOLDED = 1000  # ops: in larger graphs fused ops are not unfolded
NESTED = 3  # levels of ops inside ops
LINES = 2000  # of one source file
_MOVES = frozenset(("reshape", "transpose", "broadcast_to", "getitem"))
LEAST = 256  # elements of an array that are always shown


@dataclass(slots=True)
class Run:
    """What happened: nodes in the order in which they ran, what is known of each, and the backwards through them."""

    nodes: list[Node]
    values: dict[Node, np.ndarray]
    arguments: dict[Node, tuple[Any, ...]]
    saved: dict[Node, tuple[Any, ...]]
    backwards: list[Backward]
    origins: dict[int, Any] = field(default_factory=dict)  # by the id of a copy, the array that it is of
    called: dict[int, str] = field(default_factory=dict)  # by the id of the array of a leaf or a constant: its variable
    asked: bool = False  # whether the backward is what backward() would do, and has not been called


class Book:
    """The tables of a page, in which equal entries are one."""

    def __init__(self, run: Run, names: Names) -> None:
        self.run = run
        self.names = names
        self.arrays: list[dict[str, Any]] = []
        self.raw: list[np.ndarray] = []
        self.moved: dict[int, tuple[int, int, list[int]]] = {}  # arrays that a program only moves from others: program, output, these
        self.inner: set[int] = set()  # arrays that are only in bodies of fused ops
        self._inside = 0  # how deep in such bodies
        self.values: list[dict[str, Any]] = []
        self.ops: list[dict[str, Any]] = []
        self.programs: list[dict[str, Any]] = []
        self.files: list[dict[str, Any]] = []
        self._found: dict[Any, int] = {}  # number of what is in a table already
        self._programs: dict[Any, int | None] = {}
        self._edges: dict[Any, int] = {}  # the value of a node; of a leaf, the one it had last
        self._standing: dict[Tensor, int] = {}  # inside a fused op: the value that a leaf there stands for
        self._op_of: dict[Node, int] = {}
        self._taken: dict[str, count[int]] = {}

    # ------------------------------------------------------------------------------------------ tables

    def array(self, x: Any) -> int | None:
        """The number of an array's values in the table."""
        if x is None:
            return None
        x = np.asarray(x, order="C")
        key = (x.dtype.str, x.shape, hashlib.blake2b(x.tobytes(), digest_size=16).digest())
        if key not in self._found:
            self._found[key] = len(self.raw)
            if self._inside:
                self.inner.add(len(self.raw))
            self.raw.append(x)
        return self._found[key]

    def _program(self, key: Any, made: Any) -> int | None:
        """The number of a program, made only where none has been made for this key."""
        if key in self._programs:
            return self._programs[key]
        program = made()
        number = None
        if program is not None:
            found = program.json()
            again = repr(found)
            if again not in self._found:
                self._found[again] = len(self.programs)
                self.programs.append(found)
            number = self._found[again]
        if program is None or not program.fixed:
            self._programs[key] = number
        return number

    def _line(self, node: Node) -> list[int] | None:
        """File and line of what recorded a node."""
        file, _, at = graph.lines.get(node, "").rpartition(":")
        if not file:
            return None
        key = ("file", file)
        if key not in self._found:
            self._found[key] = len(self.files)
            self.files.append({"name": os.path.basename(file), "path": file, "first": int(at), "last": int(at)})
        known = self.files[self._found[key]]
        known["first"], known["last"] = min(known["first"], int(at)), max(known["last"], int(at))
        return [self._found[key], int(at)]

    def _value(self, kind: str, name: str, like: Any, array: Any, node: int | None = None) -> int:
        shape, dtype = list(like.shape), np.dtype(like.dtype).name
        self.values.append({"kind": kind, "name": name, "shape": shape, "dtype": dtype, "array": self.array(array), "op": node})
        return len(self.values) - 1

    def _called(self, wanted: str) -> str:
        """A name of its own: `mul`, `mul_2`, ..."""
        number = next(self._taken.setdefault(wanted, count(1)))
        return wanted if number == 1 else f"{wanted}_{number}"

    # ------------------------------------------------------------------------------------------ ops and their inputs

    def leaf(self, tensor: Tensor, array: Any) -> int:
        """The value of a leaf as an op found it: another one after it was written to."""
        known = self._edges.get(tensor)
        digest = None if array is None else array.tobytes()
        if known is not None and (digest is None or self._found.get(("leaf", known)) == digest):
            return known
        parameter = tensor in self.names.parameters or any(kind.__name__ == "Parameter" for kind in type(tensor).__mro__)
        kind = "parameter" if parameter else "input"
        held = None if parameter or given(tensor) else self.run.called.get(id(tensor._array))  # the variable, when it was recorded
        name = self._called(held or self.names.of(tensor) or kind)
        at = self._edges[tensor] = self._value(kind, name, tensor, array)
        self._found[("leaf", at)] = digest  # type: ignore[assignment]
        return at

    def constant(self, array: np.ndarray) -> int:
        """The value of an array that gets no gradient."""
        origin = array
        while id(origin) in self.run.origins:
            origin = self.run.origins[id(origin)]
        key = ("constant", id(origin), array.tobytes())
        if key not in self._found:
            known = self.run.called.get(id(origin)) or self.names.of(id(origin))
            name = known or (words.number(array.reshape(())) if array.size == 1 else "constant")
            self._found[key] = self._value("constant", self._called(name) if known or array.size > 1 else name, array, array)
        return self._found[key]

    def op(self, node: Node, group: int, up: int | None = None) -> int:
        """Note an op, its inputs and its output; `up`: the op that it is a part of."""
        number = len(self.ops)
        self.ops.append({})
        known = self.run.arguments.get(node)
        inputs, arrays = self._inputs(node, known)
        name = self._called(self.names.of(node) or node.op.name)
        y = self.run.values.get(node)
        out = self._edges[node] = self._value("op", name, node, y, number)
        self._op_of[node] = number
        self.ops[number] = about = {
            "name": node.op.name, "out": out, "in": inputs, "group": group, "line": None if up is not None else self._line(node), "up": up,
        }  # fmt: skip
        if known is not None and y is not None and hasattr(node.op, "body"):
            key = ("forward", *_signature(node.op, known))
            about["forward"] = self._program(key, lambda: trace.forward(node.op, known, y))
            about["given"] = arrays
            self._derive(self.values[out]["array"], about["forward"], 0, [self.values[v]["array"] for v in arrays])
            about["options"] = _options(node, known)
        return number

    def _inputs(self, node: Node, known: Sequence[Any] | None) -> tuple[list[Any], list[int]]:
        """[name, value] of each input, and the value of each array in the op's arguments, in their order."""
        op, names = node.op, input_names(node)
        if known is None or not hasattr(op, "params"):  # a Function, or not recorded
            saved = dict(zip(op.keep, self.run.saved.get(node, ()), strict=False))
            edges = [(name, parent) for name, parent in zip(names, node.parents, strict=True) if parent is not None]
            return [[name, self._edge(parent, saved.get(name))] for name, parent in edges], []
        arrays: list[int] = []
        inputs = []
        places = {name: i for i, name in enumerate(op.inputs)}
        for param, value in zip(op.params, known, strict=False):
            for i, item in enumerate(value if isinstance(value, (list, tuple)) else (value,)):
                at = i if op.sequence and param == op.inputs[0] else places.get(param, -1)
                parent = node.parents[at] if 0 <= at < len(node.parents) else None
                if not isinstance(item, np.ndarray) and parent is None:
                    continue
                found = self._edge(parent, item) if parent is not None else self.constant(item)
                inputs.append([names[at] if at >= 0 else param, found])
                if isinstance(item, np.ndarray):
                    arrays.append(found)
        return inputs, arrays

    def _edge(self, parent: Any, array: Any) -> int:
        if type(parent) is Node:
            if parent not in self._edges:  # it ran before the tape did
                self._edges[parent] = self._value("input", self._called(self.names.of(parent) or parent.op.name), parent, array)
            return self._edges[parent]
        if parent in self._standing:
            return self._standing[parent]
        return self.leaf(parent, array if isinstance(array, np.ndarray) else None)

    # ------------------------------------------------------------------------------------------ backward

    def step(self, node: Node, upstream: np.ndarray, gradients: Sequence[np.ndarray | None]) -> dict[str, Any] | None:
        """A step of backward: the gradient of the output, and of each input with its rule."""
        if node not in self._op_of:
            return None
        number = self._op_of[node]
        about, saved = self.ops[number], self.run.saved.get(node)
        parts: list[dict[str, Any]] = []
        for i, g in enumerate(gradients):
            if g is not None and node.parents[i] is not None:
                parts.append({"i": i, "to": self._edge(node.parents[i], None), "array": self.array(g), **self._rule(node, i, about)})
        found: dict[str, Any] = {"op": number, "array": self.array(upstream), "parts": parts}
        if saved is not None and hasattr(node.op, "body"):
            kinds = tuple(None if g is None else g.shape for g in gradients)
            key = ("backward", upstream.dtype.str, kinds, *_signature(node.op, (upstream, *saved, *node.attrs)))
            about["backward"] = self._program(key, lambda: trace.backward(node, saved, upstream, gradients))
            about["reads"] = self._reads(node, saved, about)
            read = [found["array"] if r == "g" else r["array"] if isinstance(r, dict) else self.values[r]["array"] for r in about["reads"]]
            for part in parts:
                self._derive(part["array"], about["backward"], part["i"], read)
        return found

    def _derive(self, at: int | None, program: int | None, output: int, sources: Sequence[int | None]) -> None:
        """Where all that a program does is to move elements, its result need not be in the page."""
        if at is None or program is None or at in self.moved:
            return
        steps = self.programs[program]["steps"]
        only = [source for source in sources if source is not None]
        same = len(only) == len(sources) and all(source < at and self.raw[source].dtype == self.raw[at].dtype for source in only)
        if same and steps and all(step[0] in _MOVES for step in steps):
            self.moved[at] = (program, output, only)

    def _rule(self, node: Node, i: int, about: dict[str, Any]) -> dict[str, str]:
        """The rule's text as the op prints it, and with the names of what it is applied to."""
        known = {name: Symbol(self.values[at]["name"]) for name, at in about["in"]}
        numbers = zip(getattr(node.op, "params", ()), self.run.arguments.get(node, ()), strict=False)
        known |= {name: Symbol(repr(x)) for name, x in numbers if type(x) in (int, float)}
        known |= {f"{name}_shape": Symbol(f"{symbol}.shape") for name, symbol in known.items()}
        out = self.values[about["out"]]["name"]
        return {"rule": rule(node, i), "text": rule(node, i, {**known, "y": Symbol(out), "g": Symbol(f"d {out}")})}

    def _reads(self, node: Node, saved: Sequence[Any], about: dict[str, Any]) -> list[Any]:
        """What the backward program reads, in the order of its inputs: "g", the number of a value, or {"residual": k, "array": a}."""
        inputs, residuals = dict(about["in"]), node.op.residuals
        found: list[Any] = ["g"]
        for name, value in zip(node.op.keep, saved, strict=True):
            for array in trace.flat((value,)):
                if name == "y":
                    found.append(about["out"])
                elif name in residuals:
                    found.append({"residual": residuals.index(name) + 1, "array": self.array(array), "name": name})
                else:
                    found.append(inputs[name] if name in inputs else self.constant(array))
        return found + [self.constant(array) for array in trace.flat(node.attrs)]

    def unfold(self, step: dict[str, Any], node: Node, upstream: np.ndarray, level: int = 1) -> None:
        """Note the ops of a fused op's body inside it, and the steps of their own backward."""
        known = self.run.arguments.get(node)
        inside = None if known is None else _inside(node, known, upstream)
        if inside is None:
            return
        tape, leaves, steps = inside
        number = self._op_of[node]
        for leaf, parent in leaves.items():
            self._standing[leaf] = self._edge(parent, None)
        run, origins = self.run, {**self.run.origins, **tape.origins}
        self.run = Run(tape.nodes, tape.values, tape.arguments, tape.saved, [], origins, run.called)
        self._inside += 1
        for inner in tape.nodes:
            self.op(inner, self.ops[number]["group"], number)
        step["inside"] = []
        for inner, g, gradients in steps:
            found = self.step(inner, g, gradients)
            if found is not None:
                step["inside"].append(found)
                if level < NESTED:
                    self.unfold(found, inner, g, level + 1)
        self.ops[number]["last"] = self._op_of[tape.nodes[-1]]
        self.run = run
        self._inside -= 1

    # ------------------------------------------------------------------------------------------ the whole

    def data(self, title: str, most: int) -> dict[str, Any]:
        """The page's JSON, in at most about `most` bytes of arrays."""
        run = self.run
        groups, places = grouped(run.nodes)
        set_titles(groups, self.names)
        for node, place in zip(run.nodes, places, strict=True):
            self.op(node, place)
        backwards = []
        unfolded = len(run.nodes) <= UNFOLDED
        for i, backward in enumerate(run.backwards):
            steps = []
            for node, upstream, gradients in backward.steps:
                step = self.step(node, upstream, gradients)
                if step is not None:
                    steps.append(step)
                    if unfolded and i == len(run.backwards) - 1:
                        self.unfold(step, node, upstream)
            roots = [[self._edges[edge], self.array(words.plain(g))] for edge, g in backward.roots if edge in self._edges]
            held = [(leaf, gain.was) for leaf, gain in backward.gains.items() if gain.was is not None and leaf in self._edges]
            before = [[self._edges[leaf], self.array(was)] for leaf, was in held]
            after = sum(node.index < backward.index for node in run.nodes)
            backwards.append({"roots": roots, "steps": steps, "before": before, "after": after})
        return {
            "title": title, "asked": run.asked, "unfolded": unfolded, "values": self.values, "ops": self.ops, "programs": self.programs,
            "groups": [{"title": g.title, "parent": g.parent, "depth": g.depth} for g in groups],
            "backwards": backwards, "files": [_source(file) for file in self.files], "arrays": self._packed(most),
        }  # fmt: skip

    def _packed(self, most: int) -> list[dict[str, Any]]:
        """The arrays in base64, with their extremes; the largest are cut to corners until all take at most `most` bytes.

        Those inside fused ops come first. Of what is only moved from whole arrays, only that is told.
        """
        limits = [max((x.size for x in self.raw), default=0)] * 2  # of elements, for what is in bodies of fused ops and what is not
        limit = lambda i: limits[i not in self.inner]
        derived = lambda i: i in self.moved and all(self.raw[source].size <= limit(source) for source in self.moved[i][2])
        while sum(min(x.size, limit(i)) * x.itemsize for i, x in enumerate(self.raw) if not derived(i)) * 4 > 3 * most:
            which = 0 if limits[0] > LEAST else 1
            if limits[which] <= LEAST:
                break
            limits[which] = limits[which] * 3 // 4
        return [_entry(x, limit(i), self.moved[i] if derived(i) else None) for i, x in enumerate(self.raw)]


def _signature(op: Any, args: Sequence[Any]) -> tuple[Any, ...]:
    """What decides which NumPy calls an op makes: shapes and dtypes of arrays, the values of all else and of integers."""

    def of(x: Any) -> Any:
        if isinstance(x, np.ndarray):
            exact = x.dtype.kind in "fc" or x.size > LEAST
            return (x.dtype.str, x.shape, None if exact else x.tobytes())
        return tuple(map(of, x)) if isinstance(x, (list, tuple)) else repr(x)

    return (id(op), *map(of, args))


def _options(node: Node, known: Sequence[Any]) -> str:
    """The arguments that are no arrays, as they would be written."""
    op, shown = node.op, []
    for name, value in zip(op.params, known, strict=False):
        if trace.flat((value,)):
            continue
        if name not in op.defaults or op.defaults[name] is not value:
            shown.append(f"{name}={value!r}")
    return ", ".join(shown)


def _inside(node: Node, known: Sequence[Any], upstream: np.ndarray) -> tuple[Tape, dict[Any, Any], list[Any]] | None:
    """A tape of an op's body run on tensors, its leaves with what they stand for, and its backward; None where the body is one op."""
    op = node.op
    if not hasattr(op, "body") or isinstance(op.body, np.ufunc) or op.sequence:
        return None
    args, leaves = list(known), {}
    for name, parent in zip(op.inputs, node.parents, strict=True):
        at = op.params.index(name)
        if parent is not None and isinstance(args[at], np.ndarray):
            args[at] = made = make(np.array(args[at], node.dtype), None)
            made.requires_grad = True
            leaves[made] = parent
    try:
        with aside() as tape:
            y = op.body(*(*args[:-1], *args[-1]) if op.variadic else args)
            y = y[0] if op.residuals else y
        tape.nodes = reached([y._node])  # without what gives residuals
        if len(tape.nodes) < 2 or any(inner.op is op for inner in tape.nodes):
            return None
        return tape, leaves, [_noted(step) for step in graph.walk([(y._node, upstream)], {}, retain_graph=True)]
    except Exception:  # a body in NumPy's terms alone can't run on tensors: it stays whole
        return None


# ------------------------------------------------------------------------------------------------ where it comes from


def run_of_tape(tape: Tape) -> Run:
    """All that a tape has seen; where it saw no backward and the last value is one number, what its backward would do."""
    run = Run(list(tape.nodes), tape.values, tape.arguments, tape.saved, list(tape.backwards), tape.origins, tape.called)
    if not run.backwards and run.nodes and math.prod(run.nodes[-1].shape) == 1:
        last = run.nodes[-1]
        _ask(run, [(last, np.ones(last.shape, last.dtype))])
    return run


def run_of_loss(root: tuple[Any, Any], tape: Tape | None) -> Run:
    """The part of a tape, or of a graph that no tape saw, that leads to one value; with its backward, called or not."""
    nodes = reached([root[0]])
    with opened_once(nodes):
        return _run(root, nodes, tape)


def _run(root: tuple[Any, Any], nodes: list[Node], tape: Tape | None) -> Run:
    if tape is None:
        saved = {node: opened(node) for node in nodes}
        values = {node: kept["y"] for node in nodes if "y" in (kept := dict(zip(node.op.keep, saved[node], strict=False)))}
        for node in nodes:  # what an op has kept of its inputs
            for name, parent in zip(input_names(node), node.parents, strict=True):
                x = dict(zip(node.op.keep, saved[node], strict=False)).get(name)
                if type(parent) is Node and isinstance(x, np.ndarray) and x.shape == parent.shape:
                    values.setdefault(parent, x)
        run = Run(nodes, values, {}, saved, [])
    else:
        known = [b for b in tape.backwards if any(edge is root[0] for edge, _ in b.roots)]
        run = Run(nodes, tape.values, tape.arguments, tape.saved, known, tape.origins, tape.called)
    if not run.backwards:
        _ask(run, [root])
    return run


def _noted(step: Any) -> tuple[Node, np.ndarray, list[np.ndarray | None]]:
    """A step of a walk with copies of its gradients."""
    node, upstream, gradients = step
    return node, words.plain(upstream), [None if g is None else words.plain(g) for g in gradients]


def _ask(run: Run, roots: list[Any]) -> None:
    """Add the backward that nobody has called."""
    found = Backward(roots, run.nodes[-1].index + 1)
    with words.quiet(run.nodes):
        found.steps += [_noted(step) for step in graph.walk(roots, {}, retain_graph=True)]
    run.backwards, run.asked = [found], True


# ------------------------------------------------------------------------------------------------ as text


def _source(file: dict[str, Any]) -> dict[str, Any]:
    """A source file's text, or of a long one what is around the lines that ran."""
    lines = [line.rstrip("\n") for line in linecache.getlines(file["path"])]
    start = 0 if len(lines) <= LINES else max(file["first"] - 100, 0)
    return {"name": file["name"], "start": start + 1, "lines": lines[start : max(start + LINES, file["last"])]}


def _entry(x: np.ndarray, limit: int, moved: Any) -> dict[str, Any]:
    kept = x if moved else x[_corner(x.shape, limit)]
    if x.dtype.kind in "iu":  # the page's numbers are float64
        kept = kept.astype(np.int32 if np.abs(x).max(initial=0) < 2**31 else np.float64)
    elif x.dtype == np.float16:
        kept = kept.astype(np.float32)
    about = {"shape": list(x.shape), "type": kept.dtype.str[1:]}
    if moved:
        about["moved"] = moved
    else:
        about["data"] = base64.b64encode(kept.tobytes()).decode()
    if kept.size < x.size:
        about["kept"] = list(kept.shape)
    if x.size > 1 and x.dtype.kind == "f":
        finite = x[np.isfinite(x)]
        if finite.size:
            of = (finite.min(), finite.mean(dtype=np.float64), finite.max())
            about["about"] = [words.number(part) for part in of] + [words.number(words.norm(finite))]
        if finite.size < x.size:
            about["bad"] = [int(np.isnan(x).sum()), int(np.isinf(x).sum())]
    return about


def _corner(shape: tuple[int, ...], limit: int) -> tuple[slice, ...]:
    """The index of a corner of at most `limit` elements: whole in the last dimensions, as far as that goes."""
    if math.prod(shape) <= limit:
        return ()
    sizes = list(shape)
    while math.prod(sizes) > limit:
        at = max(range(len(sizes)), key=lambda i: sizes[i])
        sizes[at] = max(sizes[at] // 2, 1)
    return tuple(slice(n) for n in sizes)
