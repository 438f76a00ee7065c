"""`draw_graph`, and what it returns: a drawing that can be saved, or shown in a notebook."""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from glassgrad._mode import enable_grad
from glassgrad.naming import Names
from glassgrad.tensor import Tensor
from glassgrad.viz.collapse import collapsed, levels
from glassgrad.viz.dot import to_dot
from glassgrad.viz.picture import collect

FORMATS = ("svg", "png", "pdf", "dot")
DIRECTIONS = ("TB", "LR", "BT", "RL")
_one_at_a_time = threading.Lock()  # Graphviz's library is not thread-safe


class Drawing:
    """A drawn graph. `.source` is its DOT text; `.save("graph.svg")` lays it out; a notebook shows it by itself."""

    def __init__(self, source: str, size: int, max_nodes: int, closed: str = "") -> None:
        self.source = source
        self._size = size
        self._max_nodes = max_nodes
        self._closed = closed  # which modules are

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the picture to `path`, whose ending says how: .svg, .png, .pdf or .dot. Returns the path.

        ValueError for another ending or a graph of more than max_nodes boxes, OSError where nothing can be written, and
        RuntimeError where Graphviz is missing (but .dot needs none). Nothing half-written is left.
        """
        return write(path, FORMATS, lambda kind: self.source.encode() if kind == "dot" else self._render(kind))

    def _render(self, kind: str) -> bytes:
        if self._size > self._max_nodes:
            raise ValueError(
                f"the graph has {self._size:,} boxes, and laying out more than {self._max_nodes:,} may take minutes or more: "
                "draw a smaller part (one block of the model, fewer steps), write draw_graph(..., "
                f'max_nodes={self._size}) to try it all the same, or take .source or .save("graph.dot")'
            )
        sharp = kind == "png" and self._size <= 300  # a larger one would have more pixels than a bitmap may
        return _laid_out(self.source.replace("{", "{\ndpi=144", 1) if sharp else self.source, kind)

    def _repr_svg_(self) -> str:
        return self._render("svg").decode()

    def __repr__(self) -> str:
        return f'<Drawing of {self._size:,} boxes{self._closed}: .save("graph.svg") or .source>'


def write(path: str | os.PathLike[str], formats: Sequence[str], render: Callable[[str], bytes]) -> str:
    """Write the picture that `render` makes in the format that the path's ending names: aside first, so that none is ever half there."""
    path = os.fspath(path)
    kind = os.path.splitext(path)[1].lower().removeprefix(".")
    if kind not in formats:
        *most, last = (f".{one}" for one in formats)
        raise ValueError(f"save: {path!r} must end in {', '.join(most)} or {last}")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"save: there is no folder {folder!r}: make it first, or give another path")
    if os.path.isdir(path):
        raise IsADirectoryError(f"save: {path!r} is a folder: give the path of a file")
    data = render(kind)
    target = os.path.realpath(path)
    part = f"{target}.{os.getpid()}.part"
    try:
        with open(part, "wb") as file:
            file.write(data)
        os.replace(part, target)
    except OSError as error:
        if os.path.exists(part):
            os.unlink(part)
        raise type(error)(error.errno, f"save: can't write to {folder!r} ({error.strerror}): give another path") from None
    return path


def _laid_out(source: str, kind: str) -> bytes:
    """Graphviz's picture of DOT text: by pygraphviz, whose wheels carry Graphviz, else by the `dot` program."""
    try:
        import pygraphviz
    except ImportError:
        import graphviz

        try:
            return bytes(graphviz.pipe("dot", kind, source.encode()))
        except graphviz.ExecutableNotFound:
            raise RuntimeError(
                "no Graphviz found to lay out the picture: either `pip install glassgrad[viz]`, or install Graphviz (graphviz.org) "
                'so that `dot` is on PATH. The DOT text needs neither: .source or .save("graph.dot")'
            ) from None
    with _one_at_a_time:
        return bytes(pygraphviz.AGraph(string=source).draw(format=kind, prog="dot"))


def draw_graph(
    target: Any,
    *inputs: Any,
    params: Any = None,
    show_formulas: bool = True,
    show_saved: bool = True,
    show_values: bool = False,
    show_legend: bool = True,
    direction: str = "TB",
    depth: int | None = None,
    max_nodes: int = 2000,
) -> Drawing:
    """Draw the graph that computed `target`: a tensor, a list, tuple or dict of tensors, or a module with example inputs.

    `draw_graph(loss)`, `draw_graph({"loss": loss, "logits": logits})`; `draw_graph(model, x)` runs `model(x)` and draws
    what it returns. Ops of a module that was called are boxed together, and its parameters have their paths as names.

    params: names for other tensors, a dict or (name, tensor) pairs; or a module, whose parameters give the names.
    show_formulas: the rule for the gradient, on each edge. show_saved: what each op keeps for backward.
    show_values: the value of each named or given tensor that has one element.
    direction: "TB" draws from top to bottom, "LR" from left to right.
    depth: how many levels of modules are open; what lies deeper is one box for each call, and equal ones in a row one for all ("x12").
    max_nodes: where there are more boxes, as many levels are closed as it takes. If that isn't enough, `.save` refuses to lay them out.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> gg.viz.draw_graph(x * x, params={"x": x})
    <Drawing of 3 boxes: .save("graph.svg") or .source>
    """
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ValueError(f"draw_graph: depth must be a whole number of levels, 0 for one box a module, got {depth!r}")
    if direction not in DIRECTIONS:
        raise ValueError(f'draw_graph: direction must be "TB" (top to bottom) or "LR" (left to right), "BT" or "RL", got {direction!r}')
    named, model = _read_params(params)
    if callable(target) and hasattr(target, "named_modules"):
        if not inputs:
            raise TypeError(
                f"draw_graph: a {type(target).__name__} alone has no graph, it is made when the module runs: pass example "
                "inputs, draw_graph(model, x), or a result, draw_graph(model(x))"
            )
        inputs = tuple(_leaf(x) for x in inputs)
        with enable_grad():
            found = target(*inputs)
        named += _input_names(target, inputs)
        outputs = [(name, tensor) for name, tensor in _tensors(found, "output") if tensor.grad_fn is not None]
        model = target if model is None else model
    elif inputs:
        raise TypeError("draw_graph: only a module takes inputs; several tensors go in a list or a dict, draw_graph([a, b])")
    else:
        outputs = list(_tensors(target, "output"))
        for name, tensor in outputs:
            if tensor.edge is None:
                raise ValueError(
                    f"draw_graph: {name} (shape {tensor.shape}) has no graph: no input of its computation requires grad, or it "
                    "ran under no_grad, or it was detached. Write gg.tensor(..., requires_grad=True)"
                )
    if not outputs:
        raise ValueError("draw_graph: there is nothing to draw: no tensor with a graph was given or returned")
    picture = collect(outputs, Names(named, model), show_values)
    most = levels(picture)
    if depth is None and len(picture.boxes) > max_nodes:
        depth = next((d for d in range(most - 1, -1, -1) if len(collapsed(picture, d).boxes) <= max_nodes), 0)
    closed = ""
    if depth is not None and depth < most:
        closed = f", modules closed from depth {depth} of {most} on (depth={depth + 1} opens more)"
        picture = collapsed(picture, depth)
    source = to_dot(picture, direction, show_saved, show_formulas, show_legend)
    return Drawing(source, len(picture.boxes), max_nodes, closed)


def _leaf(x: Any) -> Any:
    """A floating input as a leaf of its own that requires grad: the graph keeps track of each use of it, but not of a constant."""
    return x.detach().requires_grad_() if isinstance(x, Tensor) and x.is_floating_point() and x.edge is None else x


def _tensors(value: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """The tensors in nested tuples, lists and dicts, each with a name that says where it was found."""
    todo = [(name, value, True)]
    while todo:
        name, value, top = todo.pop()
        if isinstance(value, Tensor):
            yield name, value
        elif isinstance(value, Mapping):
            todo += [(str(k) if top else f"{name}.{k}", item, False) for k, item in reversed(list(value.items()))]
        elif isinstance(value, (tuple, list)):
            todo += reversed([(f"{name}[{i}]", item, False) for i, item in enumerate(value)])
        elif top:
            raise TypeError(
                f"draw_graph: expected a tensor, a list, tuple or dict of tensors, or a module with inputs, got {type(value).__name__}"
            )


def _read_params(params: Any) -> tuple[list[tuple[str, Tensor]], Any]:
    """The names given by hand, and the module that names the rest."""
    if params is None or hasattr(params, "named_parameters"):
        return [], params
    pairs = params.items() if isinstance(params, Mapping) else params
    named = []
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], Tensor)):
            raise TypeError('draw_graph: params must be {"name": tensor}, model.named_parameters() or a module')
        named.append((str(pair[0]), pair[1]))
    return named, None


def _input_names(module: Any, inputs: tuple[Any, ...]) -> list[tuple[str, Tensor]]:
    """Example inputs, named as the arguments of the module's forward."""
    arguments = inspect.signature(getattr(module, "forward", module)).bind(*inputs).arguments
    return [pair for name, value in arguments.items() if isinstance(value, (Tensor, tuple, list)) for pair in _tensors(value, name)]
