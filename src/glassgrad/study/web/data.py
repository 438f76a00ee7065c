"""What the page shows, as plain JSON: values and ops in the order in which they ran, the steps of each backward, source and arrays."""

from __future__ import annotations

import base64
import hashlib
import linecache
import math
import os
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Node
from glassgrad.naming import Names, given, reached
from glassgrad.study.tape import Gain, Tape, aside
from glassgrad.study.web import trace
from glassgrad.study.web.runs import Run, noted
from glassgrad.symbol import Symbol, input_names, rule
from glassgrad.tensor import Tensor, make
from glassgrad.viz.picture import grouped, set_titles

UNFOLDED = 1000  # ops: in larger graphs fused ops are not unfolded
NESTED = 3  # levels of ops inside ops
LINES = 2000  # of one source file
_MOVES = frozenset(("reshape", "transpose", "broadcast_to", "getitem"))
LEAST = 256  # elements of an array that are always shown


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
        self._read: dict[tuple[Node, int], int] = {}  # the value that an op found as an input
        self._standing: dict[Tensor, int] = {}  # inside a fused op: the value that a leaf there stands for
        self._bytes: dict[int, bytes] = {}  # of the value of a leaf
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
        if array is None:  # nobody noted it
            if known is not None:
                return known
            array = tensor._array
        digest = array.tobytes()
        if known is not None and self._bytes[known] == digest:
            return known
        parameter = tensor in self.names.parameters or any(kind.__name__ == "Parameter" for kind in type(tensor).__mro__)
        kind = "parameter" if parameter else "input"
        held = None if parameter or given(tensor) else self.run.called.get(id(tensor._array))  # the variable, when it was recorded
        name = self._called(held or self.names.of(tensor) or kind)
        at = self._edges[tensor] = self._value(kind, name, tensor, array)
        self._bytes[at] = digest
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
            inputs = []
            for i, (name, parent) in enumerate(zip(names, node.parents, strict=True)):
                if parent is not None:
                    self._read[node, i] = self._edge(parent, saved.get(name) if type(parent) is Node else None)
                    inputs.append([name, self._read[node, i]])
            return inputs, []
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
                self._read[node, at] = found
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
                parts.append({"i": i, "to": self._read[node, i], "array": self.array(g), "text": self._rule(node, i, about)})
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

    def _rule(self, node: Node, i: int, about: dict[str, Any]) -> str:
        """The rule's text, with the names of what it is applied to."""
        known = {name: Symbol(self.values[at]["name"]) for name, at in about["in"]}
        numbers = zip(getattr(node.op, "params", ()), self.run.arguments.get(node, ()), strict=False)
        known |= {name: Symbol(repr(x)) for name, x in numbers if type(x) in (int, float)}
        known |= {f"{name}_shape": Symbol(f"{symbol}.shape") for name, symbol in known.items()}
        out = self.values[about["out"]]["name"]
        return rule(node, i, {**known, "y": Symbol(out), "g": Symbol(f"d {out}")})

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
        for leaf, i in leaves.items():
            self._standing[leaf] = self._read[node, i]
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

    def _given_to(self, leaf: Tensor, gain: Gain) -> int | None:
        """The value of a leaf that the uses of a backward read."""
        found = [self._read[node, i] for node, i, *_ in gain.uses if node is not None and (node, i) in self._read]
        return found[0] if found else self._edges.get(leaf)

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
            to = {leaf: self._given_to(leaf, gain) for leaf, gain in backward.gains.items()}
            gains = [(to[leaf], gain) for leaf, gain in backward.gains.items() if to[leaf] is not None]
            before = [[v, self.array(gain.was)] for v, gain in gains if gain.was is not None]
            later = [[v, self.array(gain.now)] for v, gain in gains if gain.now is not None]
            after = sum(node.index < backward.index for node in run.nodes)
            backwards.append({"roots": roots, "steps": steps, "before": before, "later": later, "after": after, "kept": backward.kept})
        return {
            "title": title, "asked": run.asked, "note": run.note, "unfolded": unfolded,
            "values": self.values, "ops": self.ops, "programs": self.programs,
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


def _inside(node: Node, known: Sequence[Any], upstream: np.ndarray) -> tuple[Tape, dict[Tensor, int], list[Any]] | None:
    """A tape of an op's body run on tensors, the input that each leaf stands for, and its backward; None where the body is one op."""
    op = node.op
    if not hasattr(op, "body") or isinstance(op.body, np.ufunc) or op.sequence:
        return None
    args, leaves = list(known), {}
    for i, (name, parent) in enumerate(zip(op.inputs, node.parents, strict=True)):
        at = op.params.index(name)
        if parent is not None and isinstance(args[at], np.ndarray):
            args[at] = made = make(np.array(args[at], node.dtype), None)
            made.requires_grad = True
            leaves[made] = i
    try:
        with aside() as tape:
            y = op.body(*(*args[:-1], *args[-1]) if op.variadic else args)
            y = y[0] if op.residuals else y
        tape.nodes = reached([y._node])  # without what gives residuals
        if len(tape.nodes) < 2 or any(inner.op is op for inner in tape.nodes):
            return None
        return tape, leaves, [noted(step) for step in graph.walk([(y._node, upstream)], {}, retain_graph=True)]
    except Exception:  # a body in NumPy's terms alone can't run on tensors: it stays whole
        return None


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
