"""How signals flow through a model: activations, gradients, dead and saturated units and updates, module by module and step by step."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite, log10, nan, prod, sqrt
from typing import Any

import numpy as np

from glassgrad import graph, words
from glassgrad.graph import Freed, Node, opened
from glassgrad.naming import reached
from glassgrad.nn.module import Module
from glassgrad.nn.parameter import Parameter
from glassgrad.optim.optimizer import Optimizer
from glassgrad.study.charts import Chart, colours, new_figure
from glassgrad.study.tape import made
from glassgrad.symbol import input_names
from glassgrad.tensor import Tensor, seed
from glassgrad.viz.picture import grouped
from glassgrad.writes import written_since

ACTIVATIONS = frozenset((
    "relu", "leaky_relu", "prelu", "threshold", "hardtanh", "hardshrink", "softshrink", "hardswish", "elu", "selu", "celu", "gelu", "silu",
    "mish", "softplus", "logsigmoid", "tanh", "sigmoid", "hardsigmoid", "clamp",
))  # fmt: skip
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25, "hardsigmoid": 1 / 6, "hardtanh": 1.0}  # the largest slope of those that saturate
FLAT, SATURATED, SURE = 1e-3, 0.05, 0.99  # a slope that is none; one that is small, as a share of the steepest; a probability near 1


@dataclass(slots=True)
class Stage:
    """What a module, or an activation that was called as a function, did in one step. None is unknown, or makes no sense for it.

    output, gradient: the rms (root of the mean square) of its output, and of the gradient there. gain: the rms of the gradient that it
    hands to its input, over `gradient`. dead: the share of units (along the last dimension) whose slope is 0 for every example.
    saturated: the share of elements of a tanh or sigmoid with less than 5 % of its largest slope; of softmax, of rows with one above 0.99.
    """

    name: str
    kind: str
    output: float | None = None
    gradient: float | None = None
    gain: float | None = None
    dead: float | None = None
    saturated: float | None = None

    @property
    def title(self) -> str:
        """Its name and its class."""
        return self.name if self.name == self.kind or " " in self.name else f"{self.name}: {self.kind}"


@dataclass(slots=True)
class Weight:
    """A parameter in one step: the rms of its values and of its gradient (None where none came), and of its update as a part of its own."""

    name: str
    shape: tuple[int, ...]
    size: float
    gradient: float | None
    update: float | None = None  # inf where all were 0


@dataclass(slots=True)
class Reading:
    """One step: its number, and what was found, by name, in the order in which the model ran."""

    step: int
    stages: dict[str, Stage]
    weights: dict[str, Weight]


class Flow(Chart):
    """What flowed through a model at each step that was `add`ed, in `readings`. `print` shows the last, `save("flow.png")` draws all."""

    def __init__(self, model: Module, optimizer: Optimizer | None = None) -> None:
        if not isinstance(model, Module):
            raise TypeError(f"study.flow: expected a module and its loss, got a {type(model).__name__} first: write flow(model, loss)")
        if optimizer is not None and not (isinstance(optimizer, Optimizer) and type(optimizer).step is Optimizer.step):
            raise TypeError(
                f"study.flow: can't tell the update of {type(optimizer).__name__} beforehand: leave optimizer out, and the change from one "
                "add() to the next is taken"
            )
        self.readings: list[Reading] = []
        self._model, self._optimizer = model, optimizer
        self._before: dict[str, np.ndarray] = {}  # the parameters at the last add, where updates are measured

    def add(self, loss: Tensor, step: int | None = None) -> Flow:
        """Read what flows in the graph of `loss`, before its backward(). step: its number, by default one more than the last."""
        root = seed("study.flow", loss, None, False)
        nodes = reached([root[0]])
        spent = next((node for node in nodes if isinstance(node.saved, Freed)), None)
        if spent is not None:
            what = f"study.flow: {spent.op.name} has freed what it saved"
            raise RuntimeError(f"{what}: ask before backward(), or write backward(retain_graph=True)")
        calls = _Calls(self._model, nodes, root[0])
        totals = calls.walk(root)
        self._measure()
        step = step if step is not None else self.readings[-1].step + 1 if self.readings else 1
        weights = {name: self._weight(name, p, totals.get(p)) for name, p in self._model.named_parameters()}
        self.readings.append(Reading(step, calls.stages(), weights))
        return self

    def _weight(self, name: str, p: Parameter, g: Any) -> Weight:
        found = Weight(name, tuple(p.shape), _rms([p._array]) or 0.0, None if g is None else _rms([words.plain(g)]))
        if self._optimizer is not None and g is not None:
            found.update = _ratio(_change(self._optimizer, p, g), p._array)
        return found

    def _measure(self) -> None:
        """Put what has happened to the weights since the last add into its reading."""
        if self._optimizer is not None:
            return
        now = {name: p._array.copy() for name, p in self._model.named_parameters()}
        if any(not np.array_equal(x, now[name]) for name, x in self._before.items() if name in now):
            for name, weight in self.readings[-1].weights.items():
                if name in now:
                    weight.update = _ratio(now[name] - self._before[name], self._before[name])
        self._before = now

    # ------------------------------------------------------------------------------------------ in words

    @property
    def warnings(self) -> list[str]:
        """What stands out in the last reading, and what one usually does."""
        return _warnings(self.readings[-1]) if self.readings else []

    def __str__(self) -> str:
        if not self.readings:
            return "nothing read yet: write flow.add(loss) before loss.backward()"
        last = self.readings[-1]
        rows = [("", "output", "gradient", "gain", "dead", "saturated")]
        for stage in last.stages.values():
            shares = (_percent(stage.dead), _percent(stage.saturated))
            rows.append((stage.title, _short(stage.output, "?"), _short(stage.gradient), _short(stage.gain), *shares))
        lines = [f"step {last.step}: rms of each output, and of the gradient there", *_table(rows)]
        rows = [("", "weight", "gradient", "update / weight")]
        for weight in last.weights.values():
            update = "from 0" if weight.update == inf else _short(weight.update)
            rows.append((f"{weight.name} {weight.shape}", _short(weight.size), _short(weight.gradient), update))
        lines += _table(rows) if rows[1:] else []
        if any(stage.output is None for stage in last.stages.values()):
            lines.append("?: no op keeps it. With the forward inside `with gg.study.record() as tape:` all outputs are known")
        if last.weights and all(weight.update is None for weight in last.weights.values()):
            lines.append("updates are known at the next add(), or by flow(model, loss, optimizer)")
        return "\n".join([*lines, *(f"! {line}" for line in self.warnings)])

    __repr__ = __str__

    # ------------------------------------------------------------------------------------------ as a picture

    def figure(self) -> Any:
        """Heat maps of modules and of weights over the steps, as a matplotlib Figure; grey is unknown, and what isn't finite."""
        if not self.readings:
            raise RuntimeError("study.flow: nothing read yet: write flow.add(loss) before loss.backward()")
        stages = {stage.name: stage.title for one in self.readings for stage in one.stages.values()}
        idle = {stage.name: stage.title for one in self.readings for stage in one.stages.values() if stage.dead is not None}
        idle |= {stage.name: stage.title for one in self.readings for stage in one.stages.values() if stage.saturated is not None}
        idle = {name: title for name, title in stages.items() if name in idle}
        weights = {name: name for one in self.readings for name in one.weights}
        figure = new_figure("study.flow", 13, 1.6 + 0.16 * (len(stages) + max(len(weights), 2 * len(idle), 3)))
        tall, low = figure.subfigures(2, 1, height_ratios=[len(stages) + 4, max(len(weights), 2 * len(idle), 3) + 4])
        above = tall.subplots(1, 3, sharey=True)
        of = lambda what: [[getattr(one.stages.get(name), what, None) for one in self.readings] for name in stages]
        self._map(above[0], "output, rms", of("output"), stages)
        self._map(above[1], "gradient there, rms", of("gradient"), stages)
        self._map(above[2], "gain: gradient at the input / at the output", of("gain"), stages, middle=1)
        below = low.subplots(1, 3)
        of = lambda what: [[getattr(one.weights.get(name), what, None) for one in self.readings] for name in weights]
        self._map(below[0], "weights' gradient, rms", of("gradient"), weights)
        self._map(below[1], "update / weight", of("update"), weights, middle=1e-3)
        below[1].set_yticklabels([])
        shares, titles = [], []
        for name, title in idle.items():
            for what in ("dead", "saturated"):
                row = [getattr(one.stages.get(name), what, None) for one in self.readings]
                if any(x is not None for x in row):
                    shares.append(row)
                    titles.append(f"{title}, {what}")
        self._map(below[2], "share of dead or saturated units", shares, dict(enumerate(titles)), share=True)
        return figure

    def _map(self, axes: Any, title: str, rows: Sequence[Any], names: dict[Any, str], middle: float = 0, share: bool = False) -> None:
        """One heat map: on a log scale, around `middle` where there is one; or a share, from 0 to 1."""
        from matplotlib.colors import LogNorm
        from matplotlib.ticker import MaxNLocator, PercentFormatter

        values = np.array([[nan if x is None else x for x in row] for row in rows], float)
        values[~np.isfinite(values) | ((values <= 0) & (not share))] = nan
        axes.set_title(title, fontsize=9)
        if not np.isfinite(values).any():
            axes.set_axis_off()
            axes.text(0.5, 0.5, "nothing known", transform=axes.transAxes, ha="center", va="center", fontsize=8, color="0.4")
            return
        if share:
            image = axes.imshow(values, cmap=colours("cividis"), vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        else:
            low, high = np.nanmin(values), np.nanmax(values)
            if middle:
                reach = max(abs(log10(low / middle)), abs(log10(high / middle)), 1)
                low, high = middle * 10**-reach, middle * 10**reach
            elif high < 10 * low:
                low, high = low / 3, high * 3
            map_ = colours("PuOr_r" if middle else "cividis")
            image = axes.imshow(values, cmap=map_, norm=LogNorm(low, high), aspect="auto", interpolation="nearest")
        axes.figure.colorbar(image, ax=axes, format=PercentFormatter(1) if share else None).ax.tick_params(labelsize=7)
        every = -(-len(names) // 80)
        axes.set_yticks(range(0, len(names), every), list(names.values())[::every], fontsize=7)
        steps = [one.step for one in self.readings]
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(lambda x, _: str(steps[round(x)]) if 0 <= round(x) < len(steps) else "")
        axes.tick_params(axis="x", labelsize=7)
        axes.set_xlabel("step", fontsize=8)


def flow(model: Module, loss: Tensor, optimizer: Optimizer | None = None) -> Flow:
    """What flows through `model` in the graph of `loss`, before its backward(): a table that says what stands out. No hook runs.

    For each module, and each activation called as a function: rms of its output and of the gradient there, gain, dead and saturated units;
    for each parameter its gradient, and the update as a part of the weight. Outputs are known where some op kept them for backward, or
    where the forward ran inside `gg.study.record()`. optimizer: what its step() would do with these gradients; without one, updates are
    the changes from one add() to the next. For a training run: `flow = gg.study.Flow(model)`, at each step `flow.add(loss)` before
    backward(), and at the end `flow.save("flow.png")`.

    >>> model = gg.nn.Sequential(gg.nn.Linear(2, 2), gg.nn.ReLU())
    >>> _ = gg.nn.init.constant_(model[0].weight, 0.5), gg.nn.init.constant_(model[0].bias, -8.0)
    >>> found = gg.study.flow(model, model(gg.ones(4, 2)).sum())
    >>> found.readings[0].stages["1"].dead
    1.0
    """
    return Flow(model, optimizer).add(loss)


# ---------------------------------------------------------------------------------------------- reading


@dataclass(slots=True)
class _Sums:
    """Of all calls of one module: what came out, the gradients there, and those handed on, by what went in."""

    values: list[np.ndarray | None] = field(default_factory=list)
    gradients: list[np.ndarray] = field(default_factory=list)
    handed: dict[tuple[int, Any], np.ndarray] = field(default_factory=dict)  # by the call and the edge


class _Calls:
    """The calls of a model's modules that led to a loss, and of the activations among their ops."""

    def __init__(self, model: Module, nodes: list[Node], root: Any) -> None:
        self.nodes = nodes
        paths = {id(module): path or type(module).__name__ for path, module in model.named_modules()}
        self.groups, places = grouped(nodes)
        self.inside: list[tuple[int, ...]] = [()]  # of each group, those of the model that it lies in, with itself
        for i, group in enumerate(self.groups[1:], 1):
            self.inside.append(self.inside[group.parent] + ((i,) if id(group.module) in paths else ()))
        if not any(self.inside):
            name = type(model).__name__
            raise RuntimeError(f"study.flow: no op of this loss ran inside the {name}: give its own loss, and call model(x), not forward")
        self.names = {i: paths[id(self.groups[i].module)] for inside in self.inside for i in inside}
        self.of = {node: self.inside[place] for node, place in zip(nodes, places, strict=True)}
        self.kinds: dict[str, str] = {}  # of each stage, in order
        self.outputs: dict[Node, list[tuple[str, int]]] = {}  # the stages that each node leaves, and in which call
        self.sums: dict[str, _Sums] = {}
        self.shares: dict[str, list[tuple[float | None, float | None]]] = {}
        self._name_all(places)
        children = [(node, parent) for node in nodes for parent in node.parents if type(parent) is Node]
        for child, node in [*children, *([(None, root)] if type(root) is Node else [])]:
            outer = self.of[child] if child is not None else ()
            found = self.outputs.setdefault(node, [])
            found += [(self.names[i], i) for i in self.of[node] if i not in outer and (self.names[i], i) not in found]

    def _name_all(self, places: list[int]) -> None:
        """Put down the stages in the order in which they begin, and the dead and saturated units of activations under them."""
        seen: set[int] = set()
        self.stage_of: dict[Node, str] = {}  # of activations that are no module
        crowd, taken = Counter(places), Counter[tuple[int, str]]()
        for node, place in zip(self.nodes, places, strict=True):
            for i in self.of[node]:
                if i not in seen:
                    seen.add(i)
                    self.kinds.setdefault(self.names[i], type(self.groups[i].module).__name__)
            if self.of[node] and node.op.name in (*ACTIVATIONS, "softmax"):
                home = self.names[self.of[node][-1]]
                if crowd[place] > 1 or self.groups[place].module._modules:
                    name = self._called(node, home)
                    taken[place, name] += 1
                    again = taken[place, name] if " after " not in name else 1  # after one module it is one place in the code
                    self.stage_of[node] = home = f"{name} ({again})" if again > 1 else name
                    self.kinds[home] = node.op.name
                self.shares.setdefault(home, []).append(_shares(node))

    def _called(self, node: Node, home: str) -> str:
        """The name of an activation that a module called as a function: after the module that made its input, if one did."""
        source = node.parents[0]
        before = [i for i in self.of.get(source, ()) if i not in self.of[node]] if type(source) is Node else []
        return f"{node.op.name} {f'after {self.names[before[0]]}' if before else f'in {home}'}"

    def walk(self, root: tuple[Any, Any]) -> dict[Any, Any]:
        """Go through the backward, noting the gradients at both ends of each stage; the totals of the leaves."""
        totals: dict[Any, Any] = {}
        self.sums = {name: _Sums() for name in self.kinds}
        with words.quiet(self.nodes):
            for node, upstream, gradients in graph.walk([root], totals, retain_graph=True):
                if ends := self._ends(node):
                    g = words.plain(upstream)
                    for name, _ in ends:
                        self.sums[name].gradients.append(g)
                for parent, given in zip(node.parents, gradients, strict=True):
                    if given is not None and not isinstance(parent, Parameter):
                        self._hand(node, parent, given)
        known = _known(self.nodes, {*self.outputs, *self.stage_of})
        for node in self.nodes:
            for name, _ in self._ends(node):
                self.sums[name].values.append(known.get(node))
        return totals

    def _ends(self, node: Node) -> list[tuple[str, int]]:
        """The stages whose output a node makes, each with the number of its call."""
        return [*self.outputs.get(node, ()), *([(self.stage_of[node], node.index)] if node in self.stage_of else [])]

    def _hand(self, node: Node, parent: Any, given: Any) -> None:
        """Add a gradient to what each stage that it leaves hands on."""
        beyond = self.of.get(parent, ()) if type(parent) is Node else ()
        ends = [(self.names[i], i) for i in self.of[node] if i not in beyond]
        if node in self.stage_of:
            ends.append((self.stage_of[node], node.index))
        g = words.plain(given) if ends else None
        for name, call in ends:
            handed = self.sums[name].handed
            held = handed.get((call, parent))
            handed[call, parent] = g if held is None else held + g

    def stages(self) -> dict[str, Stage]:
        """What was found, by name."""
        found = {}
        for name, kind in self.kinds.items():
            sums, shares = self.sums[name], self.shares.get(name, [])
            known = [x for x in sums.values if x is not None]
            output = _rms(known) if len(known) == len(sums.values) else None
            gradient, handed = _rms(sums.gradients), _rms(list(sums.handed.values()))
            gain = handed / gradient if gradient and handed is not None else None
            dead, saturated = (_mean([share[k] for share in shares]) for k in (0, 1))
            found[name] = Stage(name, kind, output, gradient, gain, dead, saturated)
        return found


def _known(nodes: list[Node], wanted: Collection[Node]) -> dict[Node, np.ndarray]:
    """The outputs of the wanted nodes as far as they are known, of some with their elements in another order.

    They are on a tape, or the op, or one that used them, keeps them for backward, or the op can be run again on what is kept, or they
    are a view of such.
    """
    exact: dict[Node, np.ndarray] = {}
    tapes = list(made)
    for node in reversed(nodes):
        saved = dict(zip(node.op.keep, opened(node), strict=False))
        taped = next((tape.values[node] for tape in tapes if node in tape.values), saved.get("y"))
        if isinstance(taped, np.ndarray):
            exact[node] = taped
        for name, parent in zip(input_names(node), node.parents, strict=True):
            if type(parent) is Node and isinstance(value := saved.get(name), np.ndarray) and value.shape == parent.shape:
                exact.setdefault(parent, value)
    for node in nodes:
        if node in wanted and node not in exact and (y := _again(node, exact)) is not None:
            exact[node] = y
    known = dict(exact)
    views = [(node, parent) for node in nodes for parent in node.parents if type(parent) is Node and _reorders(node, parent)]
    for node, parent in reversed(views):
        if node in known:
            known.setdefault(parent, known[node])
    for node, parent in views:
        if parent in known:
            known.setdefault(node, known[parent])
    return known


def _again(node: Node, known: dict[Node, np.ndarray]) -> np.ndarray | None:
    """The output of an op, run once more where all that went in is known as it was; an op that draws keeps what it drew, and isn't run."""
    op = node.op
    if not hasattr(op, "body") or op.residuals or op.sequence or op.variadic:
        return None
    values = dict(zip((*op.keep, *op.attrs), (*opened(node), *node.attrs), strict=True))
    for name, parent in zip(op.inputs, node.parents, strict=True):
        if type(parent) is Node:
            values.setdefault(name, known.get(parent))
        elif parent is not None and not written_since(parent._array, node.index):
            values.setdefault(name, parent._array)
    given = [values.get(name) for name in op.params]
    return None if any(x is None for x in given) else np.asarray(op.forward(*given))


def _reorders(node: Node, parent: Node) -> bool:
    return getattr(node.op, "view", False) and prod(node.shape) == prod(parent.shape) and node.dtype == parent.dtype


def _shares(node: Node) -> tuple[float | None, float | None]:
    """Of an activation: the share of dead units and of saturated elements, by the slopes that its own rule gives."""
    saved = opened(node)
    if node.op.name == "softmax":
        attrs = dict(zip(node.op.attrs, node.attrs, strict=True))
        return None, float((saved[0].max(attrs["dim"]) > SURE).mean()) if node.shape else None
    slopes = np.abs(np.asarray(node.op.backward(node.parents, np.ones(node.shape, node.dtype), (*saved, *node.attrs))[0]))
    units = slopes.reshape(-1, slopes.shape[-1]) if slopes.ndim else slopes.reshape(1, 1)
    dead = float((units < FLAT).all(0).mean()) if len(units) > 1 and units.size else None  # one example tells nothing of a unit
    steepest = STEEPEST.get(node.op.name)
    if steepest is None or (node.op.name == "hardtanh" and dict(zip(node.op.attrs, node.attrs, strict=True))["min_val"] == 0):  # ReLU6
        return dead, None
    return dead, float((slopes < SATURATED * steepest).mean())


def _rms(arrays: Sequence[np.ndarray]) -> float | None:
    """The root of the mean square of all elements, in float64; None where there are none."""
    count = sum(x.size for x in arrays)
    if not count:
        return None
    with np.errstate(all="ignore"):
        return sqrt(total / count) if isfinite(total := sum(words.norm(x) ** 2 for x in arrays)) else total


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [x for x in shares if x is not None]
    return sum(known) / len(known) if known else None


def _ratio(change: np.ndarray | None, weight: np.ndarray) -> float | None:
    """How large a change is, as a part of the weight."""
    if change is None:
        return None
    moved, size = words.norm(change), words.norm(weight)
    return moved / size if size else inf if moved else None


def _change(optimizer: Optimizer, p: Parameter, g: Any) -> np.ndarray | None:
    """What one step of the optimizer would add to a parameter whose gradient is g; None if it has no such parameter."""
    group = next((group for group in optimizer.param_groups if any(p is one for one in group["params"])), None)
    if group is None:
        return None
    x, state = p._array.copy(), copy.deepcopy(optimizer.state.get(p, {}))
    if isinstance(g, Tensor):  # of some rows
        optimizer.update_rows(x, g.rows, g.kept.astype(x.dtype, copy=False), state, group)
    else:
        optimizer.update(x, words.plain(g).astype(x.dtype, copy=False), state, group)
    return x - p._array


# ---------------------------------------------------------------------------------------------- words


def _short(x: float | None, unknown: str = "-") -> str:
    return unknown if x is None else f"{x:.3g}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows with the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")


def _warnings(reading: Reading) -> list[str]:
    """What stands out, and what one usually does."""
    stages, weights = list(reading.stages.values()), list(reading.weights.values())
    found = []
    for what in ("output", "gradient"):
        broken = [stage.title for stage in stages if not isfinite(getattr(stage, what) or 0)]
        if broken:
            found.append(f"NaN or infinite, the {what} of {_some(broken)}: with gg.autograd.detect_anomaly(): the op that makes it is found")
    if many := [f"{stage.title} ({_percent(stage.dead)})" for stage in stages if (stage.dead or 0) > 0.5]:
        found.append(f"dead units in {_some(many)}: nothing flows back; lower the learning rate, kaiming_normal_ weights, or LeakyReLU or GELU")
    if many := [f"{stage.title} ({_percent(stage.saturated)})" for stage in stages if (stage.saturated or 0) > 0.5]:
        found.append(f"saturated {_some(many)}: little flows back; make what goes in smaller, by xavier_normal_ weights or a norm before it")
    found += _compounding(reading)
    moved = [weight for weight in weights if weight.update is not None and len(weight.shape) > 1]
    for many, advice in (
        ([w for w in moved if w.update is not None and w.update > 0.1], "a step is usually near 0.001 of the weight: lower the learning rate"),
        ([w for w in moved if w.update is not None and w.update < 1e-5 and w.gradient], "hardly moves, a step is usually near 0.001: raise the learning rate"),
    ):
        if many:
            found.append(f"update / weight of {_some([f'{w.name} ({_short(w.update)})' for w in many])}: {advice}")
    if many := [weight.name for weight in weights if weight.gradient is None]:
        found.append(f"no gradient comes to {_some(many)}: gg.why_no_grad(w, loss) says why")
    if many := [weight.name for weight in weights if weight.gradient == 0]:
        found.append(f"the gradient of {_some(many)} is 0 everywhere: it doesn't learn")
    return found


def _compounding(reading: Reading) -> list[str]:
    """Whether gradients shrink or grow a thousandfold from the last module with weights of its own to the first."""
    own = {name.rpartition(".")[0] for name in reading.weights}
    chain = [stage for stage in reading.stages.values() if stage.name in own and stage.gradient and isfinite(stage.gradient)]
    if len(chain) < 2:
        return []
    first, last = chain[0], chain[-1]
    assert first.gradient and last.gradient
    ratio = first.gradient / last.gradient
    if 1e-3 <= ratio <= 1e3:
        return []
    each = ratio ** (1 / (len(chain) - 1))
    where = f"{1 / ratio if ratio < 1 else ratio:.1e} times from {last.title} back to {first.title}, by {each:.2g} a layer"
    if ratio < 1:
        return [f"gradients vanish: they shrink {where}; weights from kaiming_normal_ or xavier_normal_, a norm, or skip connections"]
    return [f"gradients explode: they grow {where}; smaller initial weights, a norm, or nn.utils.clip_grad_norm_"]
