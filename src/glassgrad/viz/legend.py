"""The legend: a table that shows and explains each mark which a picture uses, and no other."""

from __future__ import annotations

import textwrap

from glassgrad._mode import Backward
from glassgrad.viz.labels import INK, LOUD, PALE, QUIET, RULE, escaped, small
from glassgrad.viz.looks import BACKWARD_FILL, GROUP_FILLS, STYLES, UNSOUND, Asked, Tint, of_gain
from glassgrad.viz.picture import Picture
from glassgrad.words import number

_KINDS = {
    "input": "ellipse: a leaf that requires grad",
    "parameter": "cylinder: a leaf of a module, named by its path",
    "constant": "dashed ellipse: gets no gradient",
    "op": "rounded box: an op, and what is known of its output",
    "module": "folder: a call of a module with all its ops; depth= opens more",
    "stretch": "block: ops one after the other; ops=(first, last) opens them",
    "output": "double box: backward starts here",
}
_KEPT = {
    "saved": "values that the op keeps for backward",
    "checkpoint": "values that it forgets, and that a checkpoint computes again for backward",
    "freed": "values that it kept until backward had used them",
}
_WIDTH = 76  # of a note


def table(picture: Picture, asked: Asked, tint: Tint | None) -> str:
    """The legend as a graph attribute."""
    rows = [*_boxes(picture, asked), *_facts(picture, asked), *_arrows(picture, asked), *_scales(picture, asked, tint)]
    text = "".join(f'<tr>{mark}<td border="0" align="left">{small(escaped(meaning), QUIET)}</td></tr>' for mark, meaning in rows)
    for note in picture.notes:
        lines = "<br/>".join(small(escaped(line), QUIET) for line in textwrap.wrap(note, _WIDTH))
        text += f'<tr><td border="0" colspan="2" align="left" balign="left">{lines}</td></tr>'
    frame = f'style="rounded" border="1" color="{PALE}" cellborder="1" cellspacing="3" cellpadding="2"'
    spaced = f'<table border="0" cellpadding="0"><tr><td><table {frame}>{text}</table></td></tr><tr><td height="8"></td></tr></table>'
    return f"graph [labelloc=t labeljust=l label=<{spaced}>]"


def _boxes(picture: Picture, asked: Asked) -> list[tuple[str, str]]:
    used = {box.kind for box in picture.boxes}
    rows = []
    for kind, meaning in _KINDS.items():
        shape, fill, line = STYLES[kind]
        form = "dashed" if "dashed" in shape else "solid" if kind in ("output", "module", "stretch") else "rounded"
        if kind in used:
            meaning = "double box: a result" if kind == "output" and asked.passes == "forward" else meaning
            rows.append((_cell(kind, f'bgcolor="{fill}" color="{line}" style="{form}"'), meaning))
    opened = {i for box in picture.boxes for i in _around(picture, box.group)}
    modules = [picture.groups[i].module for i in opened if i]
    if any(not isinstance(module, Backward) for module in modules):
        mark = _cell("open module", f'bgcolor="{GROUP_FILLS[0]}" color="{PALE}" style="rounded"')
        rows.append((mark, "shaded box: one call of a module"))
    if any(isinstance(module, Backward) for module in modules):
        mark = _cell("backward", f'bgcolor="{BACKWARD_FILL}" color="{PALE}" style="rounded"')
        rows.append((mark, "what a backward with create_graph computed; itself differentiable"))
    return rows


def _around(picture: Picture, group: int) -> list[int]:
    found = [group]
    while found[-1]:
        found.append(picture.groups[found[-1]].parent)
    return found


def _facts(picture: Picture, asked: Asked) -> list[tuple[str, str]]:
    """The lines in the boxes."""
    told = {what: [box.about[what] for box in picture.boxes if what in box.about] for what in asked.show}
    rows = []
    for state, meaning in _KEPT.items():
        if any(text.startswith(state) for text in told.get("saved", ())):
            rows.append((_plain(f"{state}: a", RULE), meaning))
    values = told.get("values", ())
    if any("\n" not in text for text in values):
        rows.append((_plain("= 3"), "the value"))
    if any("mean" in text for text in values):
        rows.append((_plain("-1 to 1, mean 0"), "of many values the ends and the mean"))
        rows.append((_plain("norm 2  ▁▃▅▂"), "their norm, and how often they occur from the least to the largest"))
    if any("true" in text for text in values):
        rows.append((_plain("5 of 9 true"), "of many truth values"))
    grads = told.get("grads", ())
    if grads:
        names = " + ".join(box.title for box in picture.boxes if box.kind == "output" and box.norm is not None)
        of = names if len(names) <= 40 else "the outputs"
        many = any(text.startswith("|") for text in grads)
        rows.append((_plain("g, |g|" if many else "g", RULE), f"the gradient of {of} by this value" + (", and its norm" if many else "")))
    if any("nan" in text.lower() or "inf" in text.lower() for what in ("values", "grads") for text in told.get(what, ())):
        look = f'bgcolor="{UNSOUND}"' if asked.color == "grad" else 'border="0"'
        rows.append((_cell("NaN, Inf", look, LOUD), "not numbers any more"))
    memory = [box.memory for box in picture.boxes if box.memory] if "memory" in asked.show else []
    if memory:
        rows.append((_plain("4 kB, keeps 8 kB"), "bytes of the value, and of what the op alone keeps for backward"))
    if told.get("lines"):
        rows.append((_plain("train.py:12"), "the line that ran the op"))
    return rows


def _arrows(picture: Picture, asked: Asked) -> list[tuple[str, str]]:
    rows = []
    if "formulas" in asked.show and any(arrow.formula for arrow in picture.arrows):
        rows.append((_plain("a: g * b", RULE), "the gradient for input a; g is that of the output y"))
    flow = {"both": "values flow along it, gradients against it", "forward": "values flow along it", "backward": "gradients flow along it"}
    rows.append((_plain("arrow"), flow[asked.passes]))
    if asked.passes == "both" and any(arrow.formula is None for arrow in picture.arrows):
        rows.append((_plain("dashed arrow"), "no gradient flows"))
    return rows


def _scales(picture: Picture, asked: Asked, tint: Tint | None) -> list[tuple[str, str]]:
    rows = []
    norms = [box.norm for box in picture.boxes if box.norm is not None]
    if tint is not None:
        if tint.high:
            look = f'bgcolor="{tint.fill(tint.low)}:{tint.fill(tint.high)}"' if tint.low < tint.high else f'bgcolor="{tint.fill(tint.low)}"'
            ends = f"{number(tint.low, 4)} (light) to {number(tint.high, 4)} (dark)" if tint.low < tint.high else number(tint.low, 4)
            rows.append((_cell("tint", look), f"norm of the gradient, {ends}, by its logarithm"))
        if 0.0 in norms:
            rows.append((_cell("white", ""), "a gradient of zero"))
    gains = [arrow.gain for arrow in picture.arrows if arrow.gain is not None] if asked.color == "gain" else []
    if gains:
        rows.append((_plain("x0.5", of_gain(0.01)[0]), "blue and thin: gradients shrink on the way back, full colour at x0.01"))
        rows.append((_plain("x2", of_gain(100.0)[0]), "red and thick: they grow, full colour at x100"))
        ends = f"x{number(min(gains), 3)} to x{number(max(gains), 3)}"
        rows.append((_plain(ends), "least and largest gain: norm handed back / norm that arrived"))
    return rows


def _plain(text: str, colour: str = INK) -> str:
    return _cell(text, 'border="0"', colour)


def _cell(text: str, look: str, colour: str = INK) -> str:
    return f"<td {look}>{small(escaped(text), colour)}</td>"
