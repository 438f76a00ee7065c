"""How signals flow through a model: activations, gradients, dead and saturated units and updates, module by module and step by step."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, isfinite, log10, nan
from operator import index
from typing import Any

import numpy as np

from glassgrad import words
from glassgrad.graph import Freed
from glassgrad.kept import opened_once
from glassgrad.naming import reached
from glassgrad.nn.module import Module
from glassgrad.nn.parameter import Parameter
from glassgrad.optim.optimizer import Optimizer
from glassgrad.study.charts import Chart, colours, new_figure
from glassgrad.study.signals import Calls, Stage, rms
from glassgrad.tensor import Tensor, seed


@dataclass(slots=True)
class Weight:
    """A parameter in one step: the rms of its values and of its gradient (None where none came), and of its update as a part of its own.

    frozen: it doesn't require grad.
    """

    name: str
    shape: tuple[int, ...]
    size: float
    gradient: float | None
    update: float | None = None  # inf where all were 0
    frozen: bool = False


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
        if optimizer is not None and not isinstance(optimizer, Optimizer):
            raise TypeError(f"study.flow: optimizer must be one of gg.optim, got {type(optimizer).__name__}: flow(model, loss, optimizer)")
        if optimizer is not None and type(optimizer).step is not Optimizer.step:
            raise TypeError(
                f"study.flow: can't tell the update of {type(optimizer).__name__} beforehand: leave optimizer out, and the change from one "
                "add() to the next is taken"
            )
        owned = {id(p) for group in optimizer.param_groups for p in group["params"]} if optimizer is not None else set()
        if optimizer is not None and not any(id(p) in owned for p in model.parameters()):
            what = f"{type(optimizer).__name__} has none of the parameters of this {type(model).__name__}"
            raise ValueError(f"study.flow: the {what}: make it of model.parameters(), or leave it out")
        self.readings: list[Reading] = []
        self._model, self._optimizer = model, optimizer
        self._before: dict[str, np.ndarray] = {}  # the parameters at the last add, where updates are measured

    def add(self, loss: Tensor, step: int | None = None) -> Flow:
        """Read what flows in the graph of `loss`, before its backward(). step: its number, by default one more than the last."""
        if isinstance(loss, Tensor) and loss._array.size != 1:
            raise RuntimeError(f"study.flow: the loss has shape {loss.shape}, not a single element: write loss.sum() or loss.mean()")
        if step is not None and not hasattr(step, "__index__"):
            raise TypeError(f"study.flow: step must be a whole number, got {type(step).__name__}")
        root = seed("study.flow", loss, None, False)
        nodes = reached([root[0]])
        spent = next((node for node in nodes if isinstance(node.saved, Freed)), None)
        if spent is not None:
            what = f"study.flow: {spent.op.name} has freed what it saved"
            raise RuntimeError(f"{what}: ask before backward(), or write backward(retain_graph=True)")
        step = index(step) if step is not None else self.readings[-1].step + 1 if self.readings else 1
        with np.errstate(all="ignore"):  # what is not finite is told in the table
            with opened_once(nodes):
                calls = Calls(self._model, nodes, root[0])
                totals = calls.walk(root)
            self._measure()
            weights = {name: self._weight(name, p, totals.get(p)) for name, p in self._model.named_parameters()}
            self.readings.append(Reading(step, calls.stages(), weights))
        return self

    def _weight(self, name: str, p: Parameter, g: Any) -> Weight:
        gradient = None if g is None else rms([words.plain(g)])
        found = Weight(name, tuple(p.shape), rms([p._array]) or 0.0, gradient, frozen=not p.requires_grad)
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
        rows: list[tuple[str, ...]] = [("", "output", "gradient", "gain", "dead", "saturated")]
        for stage in last.stages.values():
            shares = (_percent(stage.dead), _percent(stage.saturated))
            output = _short(stage.output, "-" if stage.gradient is None else "?")  # without a gradient the loss doesn't use it
            rows.append((stage.title, output, _short(stage.gradient), _short(stage.gain), *shares))
        lines = [f"step {last.step}: rms of each output, and of the gradient there", *_table(rows)]
        rows = [("", "weight", "gradient", "update / weight")]
        for weight in last.weights.values():
            update = "from 0" if weight.update == inf else _short(weight.update)
            gradient = _short(weight.gradient, "frozen" if weight.frozen else "none")
            rows.append((f"{weight.name} {weight.shape}", _short(weight.size), gradient, update))
        lines += _table(rows) if rows[1:] else []
        if any(stage.output is None and stage.gradient is not None for stage in last.stages.values()):
            lines.append("?: no op keeps it. With the forward inside `with gg.study.record() as tape:` all outputs are known")
        if (whole := type(self._model).__name__) not in last.stages:
            lines.append(f"{whole} itself isn't listed: nothing of this loss ran in a call of it: write model(x), not model.forward(x)")
        if last.weights and all(weight.update is None for weight in last.weights.values()):
            lines.append("updates are known at the next add(), or by flow(model, loss, optimizer)")
        return "\n".join([*lines, *(f"! {line}" for line in self.warnings)])

    __repr__ = __str__

    # ------------------------------------------------------------------------------------------ as a picture

    def figure(self) -> Any:
        """Heat maps of modules and of weights over the steps, as a matplotlib Figure; grey is unknown, 0, or not finite."""
        if not self.readings:
            raise RuntimeError("study.flow: nothing read yet: write flow.add(loss) before loss.backward()")
        stages = {stage.name: stage.title for one in self.readings for stage in one.stages.values()}
        weights = list(dict.fromkeys(name for one in self.readings for name in one.weights))
        of = lambda what: [[getattr(one.stages.get(name), what, None) for one in self.readings] for name in stages]
        by = lambda what: [[getattr(one.weights.get(name), what, None) for one in self.readings] for name in weights]
        shares = {f"{title}, {what}": row for what in ("dead", "saturated") for title, row in zip(stages.values(), of(what), strict=True)}
        shares = {title: row for title, row in shares.items() if any(x is not None for x in row)}
        height = max(len(weights), len(shares) + 1, 3)
        figure = new_figure("study.flow", 13, 1.6 + 0.16 * (len(stages) + height))
        tall, low = figure.subfigures(2, 1, height_ratios=[len(stages) + 4, height + 5])
        above = tall.subplots(1, 3, sharey=True)
        self._map(above[0], "output, rms", of("output"), stages.values())
        self._map(above[1], "gradient there, rms", of("gradient"), stages.values())
        self._map(above[2], "gain: gradient at the input / at the output", of("gain"), stages.values(), middle=1)
        grid = low.add_gridspec(2, 3, height_ratios=[len(shares) + 1, max(height - len(shares) - 1, 0.1)])
        below = low.add_subplot(grid[:, 0])
        self._map(below, "weights' gradient, rms", by("gradient"), weights)
        self._map(low.add_subplot(grid[:, 1], sharey=below), "update / weight", by("update"), weights, middle=1e-3)
        if shares:
            self._map(low.add_subplot(grid[0, 2]), "dead units, saturated elements", list(shares.values()), list(shares), share=True)
        low.supxlabel("grey: unknown, 0 or not finite", fontsize=8)
        return figure

    def _map(self, axes: Any, title: str, rows: Sequence[Any], names: Collection[str], middle: float = 0, share: bool = False) -> None:
        """One heat map: on a log scale, around `middle` where there is one; or a share, from 0 to 1."""
        from matplotlib.colors import LogNorm
        from matplotlib.ticker import NullFormatter, PercentFormatter

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
            low, high = floor(log10(low)), ceil(log10(high))  # whole decades
            if middle:
                reach = max(abs(low - log10(middle)), abs(high - log10(middle)), 1)
                low, high = log10(middle) - reach, log10(middle) + reach
            map_ = colours("PuOr_r" if middle else "cividis")
            norm = LogNorm(10.0**low, 10.0 ** max(high, low + 1))
            image = axes.imshow(values, cmap=map_, norm=norm, aspect="auto", interpolation="nearest")
        scale = axes.figure.colorbar(image, ax=axes, format=PercentFormatter(1) if share else None)
        scale.ax.yaxis.set_minor_formatter(NullFormatter())
        scale.ax.tick_params(labelsize=7)
        every = -(-len(names) // 80)
        axes.set_yticks(range(0, len(names), every), list(names)[::every], fontsize=7)
        axes.tick_params(axis="y", labelleft=share or axes.get_subplotspec().is_first_col())
        ticks = range(0, len(self.readings), -(-len(self.readings) // 6))
        axes.set_xticks(ticks, [str(self.readings[i].step) for i in ticks], fontsize=7)
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
    if isinstance(g, Tensor):  # a sparse one, of some rows
        rows: Any = g
        optimizer.update_rows(x, rows.rows, rows.kept.astype(x.dtype, copy=False), state, group)
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
    right = lambda row: "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
    return [f"{row[0]:<{widths[0]}}{right(row)}".rstrip() for row in rows]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")


def _warnings(reading: Reading) -> list[str]:
    """What stands out, and what one usually does."""
    stages, weights = list(reading.stages.values()), list(reading.weights.values())
    found = []
    listed = lambda what, chosen: _some([f"{one.title} ({_percent(getattr(one, what))})" for one in chosen])
    for what in ("output", "gradient"):
        broken = [stage.title for stage in stages if not isfinite(getattr(stage, what) or 0)]
        if broken:
            found.append(f"NaN or infinite, the {what} of {_some(broken)}: with gg.autograd.detect_anomaly(): finds the op that makes it")
    if dead := [one for one in stages if (one.dead or 0) > 0.5 and one.saturated is None]:
        advice = "lower the learning rate, take kaiming_normal_ weights, or LeakyReLU or GELU"
        found.append(f"dead units in {listed('dead', dead)}: nothing flows back through them; {advice}")
    if flat := [one for one in stages if (one.saturated or 0) > 0.5]:
        advice = "make what goes in smaller, by xavier_normal_ weights or a norm before it"
        found.append(f"saturated: {listed('saturated', flat)}: little flows back; {advice}")
    found += _compounding(reading)
    moved = [(weight.name, weight.update, weight.gradient) for weight in weights if weight.update is not None and len(weight.shape) > 1]
    fast = [f"{name} ({_short(update)})" for name, update, _ in moved if 0.1 < update < inf]
    slow = [f"{name} ({_short(update)})" for name, update, gradient in moved if update < 1e-5 and gradient]
    for found_so, advice in ((fast, "lower"), (slow, "raise")):
        if found_so:
            found.append(f"update / weight of {_some(found_so)}: a step is usually near 0.001 of the weight; {advice} the learning rate")
    if many := [weight.name for weight in weights if weight.gradient is None and not weight.frozen]:
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
