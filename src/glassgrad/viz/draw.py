"""`draw_graph`: what it is given, read and checked, and turned into a drawing."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

from glassgrad import hooks
from glassgrad._mode import enable_grad
from glassgrad.kept import opened_once
from glassgrad.naming import Names
from glassgrad.tensor import Tensor, seed
from glassgrad.viz import facts
from glassgrad.viz.collapse import backward_only, collapsed, levels, stretch_length, stretched
from glassgrad.viz.dot import to_dot
from glassgrad.viz.drawing import Drawing
from glassgrad.viz.looks import Asked
from glassgrad.viz.picture import Picture, collect

DIRECTIONS = ("TB", "LR", "BT", "RL")
PASSES = {"both": "shapes|formulas|saved|legend", "forward": "shapes|legend", "backward": "shapes|formulas|saved|legend"}  # show these
SHOW = ("shapes", "values", "grads", "formulas", "saved", "memory", "lines", "legend")
_FEWEST, _PAGE = 5, 300  # boxes that a picture closed by itself has: less tells nothing, and these are laid out in a second or two


def draw_graph(
    target: Any,
    *inputs: Any,
    params: Any = None,
    show: Any = None,
    color: str | None = None,
    passes: str = "both",
    gradient: Any = None,
    direction: str = "TB",
    depth: int | None = None,
    ops: tuple[int, int] | None = None,
    max_nodes: int = 2000,
    kwargs: Mapping[str, Any] | None = None,
) -> Drawing:
    """Draw the graph that computed `target`: a tensor, a list, tuple or dict of tensors, or a module with example inputs.

    `draw_graph(loss)`, `draw_graph({"loss": loss, "logits": logits})`; `draw_graph(model, x)` runs `model(x)` and draws
    what it returns. Ops of a module that was called are boxed together. Names are those of `gg.name`, of `params`, the paths of
    modules, and the caller's variables.

    params: names for other tensors, a dict or (name, tensor) pairs; or a module, whose parameters give the names.
    show: words, "values|grads" or a list: shapes, values, grads (of a backward from the outputs of one element), formulas (the rules),
    saved (what ops keep for backward), memory, lines (of source), legend; "all" is all known. By default shapes, formulas, saved, legend.
    color: "grad" tints boxes by the norm of their gradient, "gain" colours arrows by how much gradients grow or shrink along them.
    passes: "forward" shows how values flow, "backward" how gradients do, "both" both. gradient: the upstream one, as for backward().
    direction: "TB" draws from top to bottom, "LR" from left to right.
    depth: how many levels of modules are open; what lies deeper is one box for each call, and equal ones in a row one for all ("x12").
    ops: draw these one by one, from the first to the last as they ran, (1, 100), and all before and all after them as one box each.
    max_nodes: where there are more boxes, modules are closed and, if need be, ops are drawn in stretches.
    kwargs: inputs of a module by keyword, `draw_graph(model, x, kwargs={"mask": mask})`.

    >>> x = gg.tensor(3.0, requires_grad=True)
    >>> gg.viz.draw_graph(x * x)
    <Drawing of 3 boxes: .save("graph.svg") or .source>
    """
    return draw(sys._getframe(1), target, inputs, params, show, color, passes, gradient, direction, depth, ops, max_nodes, kwargs)


def draw(
    frame: FrameType | None, target: Any, inputs: tuple[Any, ...] = (), params: Any = None, show: Any = None, color: str | None = None,
    passes: str = "both", gradient: Any = None, direction: str = "TB", depth: Any = None, ops: Any = None, max_nodes: int = 2000,
    kwargs: Mapping[str, Any] | None = None,
) -> Drawing:  # fmt: skip
    """The same, with names from the variables of `frame`, None for those of a notebook."""
    asked = _asked(show, color, passes, direction)
    _check_numbers(depth, ops, max_nodes)
    given = _read_kwargs(kwargs)
    named, model = _read_params(params)
    seen: dict[Any, Any] = {}
    if callable(target) and hasattr(target, "named_modules"):
        if not inputs and not given:
            raise TypeError(
                f"draw_graph: a {type(target).__name__} alone has no graph, it is made when the module runs: pass example "
                "inputs, draw_graph(model, x), or a result, draw_graph(model(x))"
            )
        inputs, given = tuple(_leaf(x) for x in inputs), {name: _leaf(x) for name, x in given.items()}
        with hooks.apart(), enable_grad(), facts.watched(bool(asked.show & {"values", "lines"})) as seen:
            found = target(*inputs, **given)
        named += _input_names(target, inputs, given)
        outputs = [(name, tensor) for name, tensor in _tensors(found, "output") if tensor.grad_fn is not None]
        model = target if model is None else model
    elif inputs or given:
        raise TypeError("draw_graph: only a module takes inputs; several tensors go in a list or a dict, draw_graph([a, b])")
    else:
        found = target
        outputs = list(_tensors(target, "output"))
        for name, tensor in outputs:
            if tensor.edge is None:
                raise ValueError(
                    f"draw_graph: {name} (shape {tensor.shape}) has no graph: no input of its computation requires grad, or it "
                    "ran under no_grad, or it was detached. Write gg.tensor(..., requires_grad=True)"
                )
    if not outputs:
        raise ValueError("draw_graph: there is nothing to draw: no tensor with a graph was given or returned")
    names = Names(named, model)
    names.add_variables(frame)
    if not isinstance(found, Mapping):
        outputs = [(names.of(tensor.edge) or name, tensor) for name, tensor in outputs]
    picture = collect(outputs, names)
    with opened_once([box.of for box in picture.boxes if box.kind == "op"]):
        _add_facts(picture, asked, outputs, gradient, names, seen)
    if passes == "backward":
        picture = backward_only(picture)
    picture, closed = _closed(picture, depth, ops, max_nodes)
    return Drawing(to_dot(picture, asked), len(picture.boxes), max_nodes, closed)


# ------------------------------------------------------------------------------------------------ what was asked for


def _asked(show: Any, color: Any, passes: Any, direction: Any) -> Asked:
    if direction not in DIRECTIONS:
        raise ValueError(f'draw_graph: direction must be "TB" (top to bottom) or "LR" (left to right), "BT" or "RL", got {direction!r}')
    if not isinstance(passes, str) or passes not in PASSES:
        raise ValueError(f'draw_graph: passes must be "both", "forward" or "backward", got {passes!r}')
    if color not in (None, "grad", "gain"):
        raise ValueError(f'draw_graph: color must be "grad" (boxes by gradient norm), "gain" (arrows) or None, got {color!r}')
    show = PASSES[passes] if show is None else show
    words = [word for word in re.split(r"[|,\s]+", show) if word] if isinstance(show, str) else show
    if not isinstance(words, (list, tuple, set, frozenset)) or not all(isinstance(word, str) for word in words):
        raise TypeError(f'draw_graph: show must be words, "shapes|values" or a list of them, got {show!r}')
    if unknown := sorted(set(words) - {*SHOW, "all"}):
        raise ValueError(f"draw_graph: show doesn't know {', '.join(map(repr, unknown))}: the words are {', '.join(SHOW)} and all")
    shown = frozenset(words) | frozenset(SHOW if "all" in words else ())
    return Asked(direction, shown | {"grads"} if color == "grad" else shown, color, passes)  # a tint alone is hard to read


def _check_numbers(depth: Any, ops: Any, max_nodes: Any) -> None:
    whole = lambda n: isinstance(n, int) and not isinstance(n, bool)
    if not whole(max_nodes) or max_nodes < 1:
        raise ValueError(f"draw_graph: max_nodes must be a whole number of boxes, 1 or more, got {max_nodes!r}")
    if depth is not None and (not whole(depth) or depth < 0):
        raise ValueError(f"draw_graph: depth must be a whole number of levels, 0 for one box a module, got {depth!r}")
    pair = isinstance(ops, (tuple, list)) and len(ops) == 2 and all(map(whole, ops))
    if ops is not None and not (pair and 1 <= ops[0] <= ops[1]):
        raise ValueError(f"draw_graph: ops must be the numbers of the first and the last op to draw one by one, (1, 100), got {ops!r}")
    if ops is not None and depth is not None:
        raise ValueError("draw_graph: depth closes modules, ops all that lies outside: give one of the two")


def _read_kwargs(kwargs: Any) -> dict[str, Any]:
    if kwargs is not None and not (isinstance(kwargs, Mapping) and all(isinstance(name, str) for name in kwargs)):
        raise TypeError(f'draw_graph: kwargs must be a dict of inputs by keyword, kwargs={{"mask": mask}}, got {kwargs!r}')
    return dict(kwargs or {})


def _add_facts(
    picture: Picture, asked: Asked, outputs: list[tuple[str, Tensor]], gradient: Any, names: Names, seen: dict[Any, Any]
) -> None:
    """What has to be looked up, or computed, for what was asked."""
    roots = _roots([tensor for _, tensor in outputs], gradient) if gradient is not None else None  # wrong ones are told at once
    if "values" in asked.show:
        facts.add_values(picture, seen, [*(tensor for _, tensor in outputs), *(tensor for _, tensor in names.tensors.values())])
    if "grads" in asked.show or asked.color:
        try:
            facts.add_gradients(picture, roots or _roots([tensor for _, tensor in outputs], None), asked.color == "gain")
        except RuntimeError as error:
            if asked.color or "all" not in asked.show:
                raise
            picture.notes.append(f"no gradients: {str(error).removeprefix('draw_graph: ')}")  # of all, what there is
    if "memory" in asked.show:
        facts.add_memory(picture)
    if "lines" in asked.show:
        facts.add_lines(picture)


def _roots(outputs: list[Tensor], gradient: Any) -> list[tuple[Any, Any]]:
    """Where backward starts: at the outputs that have one element, or, with `gradient`, at all."""
    if gradient is not None:
        given = gradient if isinstance(gradient, (list, tuple)) and len(outputs) > 1 else [gradient]
        if len(given) != len(outputs):
            raise ValueError(f"draw_graph: {len(outputs)} outputs but {len(given)} upstream gradients: give a list with one for each")
        if any(isinstance(g, str) or not (hasattr(g, "__float__") or hasattr(g, "__len__")) for g in given):
            raise TypeError(f"draw_graph: gradient must be a tensor of the output's shape, or a list of one for each, got {gradient!r}")
        return [seed("draw_graph", y, g, False) for y, g in zip(outputs, given, strict=True)]
    single = [y for y in outputs if y.numel() == 1]
    return [seed("draw_graph", y, None, False) for y in single or outputs]


def _closed(picture: Picture, depth: int | None, ops: tuple[int, int] | None, max_nodes: int) -> tuple[Picture, str]:
    """The picture with what is to be closed, and how to open it."""
    most, count = levels(picture), sum(box.kind == "op" for box in picture.boxes)
    if ops is not None and ops[0] > count:
        raise ValueError(f"draw_graph: ops={tuple(ops)}, but the graph has {count:,} ops")
    large = len(picture.boxes) > max_nodes
    if depth is None and ops is None and large:
        fits = lambda closed: _FEWEST <= len(closed.boxes) <= min(_PAGE, max_nodes)
        depth = next((d for d in range(most - 1, -1, -1) if fits(collapsed(picture, d))), None)
    if depth is not None and depth < most:
        fitting = len(collapsed(picture, depth + 1).boxes) <= max_nodes
        more = f"depth={depth + 1} opens more" if fitting else f"ops=(1, {min(count, 100)}) draws ops one by one"
        return collapsed(picture, depth), f", modules closed from depth {depth} of {most} on ({more})"
    if ops is not None:
        return stretched(picture, ops), f", ops {ops[0]:,} to {min(ops[1], count):,} of {count:,}, and what is before and after"
    if depth is not None or not large:
        return picture, ""
    length = stretch_length(count)
    return stretched(picture), f", {count:,} ops in stretches of {length:,} (ops=(1, {min(length, 100)}) draws the first one by one)"


# ------------------------------------------------------------------------------------------------ what was given


def _leaf(x: Any) -> Any:
    """A floating input as a leaf of its own that requires grad: the graph keeps track of each use of it, but not of a constant."""
    return x.detach().requires_grad_() if isinstance(x, Tensor) and x.is_floating_point() and x.edge is None else x


def _tensors(value: Any, name: str, top: bool = True) -> Iterator[tuple[str, Tensor]]:
    """The tensors in nested tuples, lists and dicts, each with a name that says where it was found."""
    todo: list[tuple[str, Any, bool, tuple[int, ...]]] = [(name, value, top, ())]
    while todo:
        name, value, top, around = todo.pop()
        if id(value) in around:
            raise ValueError(f"draw_graph: {name} is a {type(value).__name__} that contains itself: give the tensors in one that doesn't")
        inside = (*around, id(value))
        if isinstance(value, Tensor):
            yield name, value
        elif isinstance(value, Mapping):
            todo += [(str(k) if top else f"{name}.{k}", item, False, inside) for k, item in reversed(list(value.items()))]
        elif isinstance(value, (tuple, list)):
            todo += reversed([(f"{name}[{i}]", item, False, inside) for i, item in enumerate(value)])
        elif top:
            raise TypeError(
                f"draw_graph: expected a tensor, a list, tuple or dict of tensors, or a module with inputs, got {type(value).__name__}"
            )


def _read_params(params: Any) -> tuple[list[tuple[str, Tensor]], Any]:
    """The names given by hand, and the module that names the rest."""
    if params is None or hasattr(params, "named_parameters"):
        return [], params
    pairs = params.items() if isinstance(params, Mapping) else params if isinstance(params, Iterable) else [params]
    named = []
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], Tensor)):
            raise TypeError('draw_graph: params must be {"name": tensor}, model.named_parameters() or a module')
        named.append((str(pair[0]), pair[1]))
    return named, None


def _input_names(module: Any, inputs: tuple[Any, ...], given: dict[str, Any]) -> list[tuple[str, Tensor]]:
    """Example inputs, named as the arguments of the module's forward."""
    arguments = inspect.signature(getattr(module, "forward", module)).bind(*inputs, **given).arguments
    kinds = (Tensor, tuple, list, dict)
    return [pair for name, value in arguments.items() if isinstance(value, kinds) for pair in _tensors(value, name, top=False)]
