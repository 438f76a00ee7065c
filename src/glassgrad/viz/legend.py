"""The legend: a table that shows and explains each mark which a picture uses, and no other."""

from __future__ import annotations

import math
import textwrap

from glassgrad._mode import Backward
from glassgrad.viz.labels import INK, LOUD, PALE, QUIET, RULE, escaped, small
from glassgrad.viz.looks import BACKWARD_FILL, GROUP_FILLS, STYLES, UNSOUND, Asked, Gains, Tint
from glassgrad.viz.picture import Picture
from glassgrad.words import number

_KINDS = {
    "input": "ellipse: a leaf that requires grad",
    "parameter": "cylinder: a leaf of a module, named by its path",
    "constant": "dashed ellipse: gets no gradient",
    "op": "rounded box: an op, and what is known of its output",
    "module": "folder: a call of a module with all its ops; depth= opens more",
    "stretch": "block: ops one after the other; ops=(first, last) opens them",
    "output": "double box: a result",
}
_KEPT = {
    "saved": "values that the op keeps for backward",
    "checkpoint": "values that it forgets, and that a checkpoint computes again for backward",
    "freed": "values that it kept until backward had used them",
}
_WIDTH = 76  # of a note
_THIN = '<font point-size="3"> </font>'  # in a cell that is a line


def table(picture: Picture, asked: Asked, tint: Tint | None, gains: Gains | None) -> str:
    """The legend as a graph attribute."""
    rows = [*_boxes(picture, asked, tint), *_facts(picture, asked), *_arrows(picture, asked), *_scales(picture, tint, gains)]
    text = "".join(f'<tr>{mark}<td border="0" align="left">{small(escaped(meaning), QUIET)}</td></tr>' for mark, meaning in rows)
    for note in picture.notes:
        lines = "<br/>".join(small(escaped(line), QUIET) for line in textwrap.wrap(note, _WIDTH))
        text += f'<tr><td border="0" colspan="2" align="left" balign="left">{lines}</td></tr>'
    frame = f'style="rounded" border="1" color="{PALE}" cellborder="1" cellspacing="3" cellpadding="2"'
    spaced = f'<table border="0" cellpadding="0"><tr><td><table {frame}>{text}</table></td></tr><tr><td height="8"></td></tr></table>'
    return f"graph [labelloc=t labeljust=l label=<{spaced}>]"


def _boxes(picture: Picture, asked: Asked, tint: Tint | None) -> list[tuple[str, str]]:
    used = {box.kind for box in picture.boxes}
    rows = []
    for kind, meaning in _KINDS.items():
        _, fill, line = STYLES[kind]
        if kind in used:
            tinted = tint is not None and all(box.norm is not None for box in picture.boxes if box.kind == kind)
            filled = f'color="{line}"' if tinted else f'bgcolor="{fill}" color="{line}"'
            meaning = _outputs(picture, asked) if kind == "output" else meaning
            rows.append((_swatch(kind, filled), meaning))
    opened = {i for box in picture.boxes for i in _around(picture, box.group)}
    modules = [picture.groups[i].module for i in opened if i]
    if any(not isinstance(module, Backward) for module in modules):
        mark = _cell("open module", f'bgcolor="{GROUP_FILLS[0]}" color="{PALE}" style="rounded"')
        rows.append((mark, "shaded box: one call of a module"))
    if any(isinstance(module, Backward) for module in modules):
        mark = _cell("backward", f'bgcolor="{BACKWARD_FILL}" color="{PALE}" style="rounded"')
        rows.append((mark, "what a backward with create_graph computed; itself differentiable"))
    return rows


def _outputs(picture: Picture, asked: Asked) -> str:
    """What a double box is: where backward starts, but for results that a backward of others leaves out."""
    if asked.passes == "forward":
        return _KINDS["output"]
    known = any(box.norm is not None for box in picture.boxes)
    left = [box.title for box in picture.boxes if box.kind == "output" and box.norm is None] if known else []
    if not left:
        return "double box: backward starts here"
    names = ", ".join(left) if len(", ".join(left)) <= 40 else f"{len(left)} of them"
    return f"double box: a result; backward starts at those of one element, not at {names} (gradient= gives all one)"


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
        tinted = asked.color == "grad" and any(box.norm is not None and not math.isfinite(box.norm) for box in picture.boxes)
        look = f'bgcolor="{UNSOUND}"' if tinted else 'border="0"'
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


def _scales(picture: Picture, tint: Tint | None, gains: Gains | None) -> list[tuple[str, str]]:
    rows = []
    norms = [box.norm for box in picture.boxes if box.norm is not None]
    if tint is not None:
        if tint.high:
            look = f'bgcolor="{tint.fill(tint.low)}:{tint.fill(tint.high)}"' if tint.low < tint.high else f'bgcolor="{tint.fill(tint.low)}"'
            ends = f"{number(tint.low, 4)} (light) to {number(tint.high, 4)} (dark)" if tint.low < tint.high else number(tint.low, 4)
            rows.append((_cell("tint", look), f"norm of the gradient, {ends}, by its logarithm"))
        if 0.0 in norms:
            rows.append((_cell("white", ""), "a gradient of zero"))
    return rows + _gains(gains, [arrow.gain for arrow in picture.arrows if arrow.gain is not None]) if gains is not None else rows


def _gains(scale: Gains, found: list[float]) -> list[tuple[str, str]]:
    """The colours of the arrows that there are."""
    sound = [gain for gain in found if math.isfinite(gain)]
    rows = []
    for occurs, gain, meaning in (
        (min(sound, default=1.0) < 1, 1 / scale.full, "blue and thin: gradients shrink on the way back, full colour from here on"),
        (any(0.9 < gain < 1.1 for gain in sound), 1.0, "grey: gradients pass with the norm that they have"),
        (max(sound, default=1.0) > 1, scale.full, "red and thick: gradients grow, full colour from here on"),
    ):
        if occurs:
            rows.append((_plain(f"x{number(gain, 3)}", scale.look(gain)[0]), meaning))
    if sound:
        ends = f"x{number(min(sound), 3)} to x{number(max(sound), 3)}"
        rows.append((_plain(ends), "least and largest gain: norm handed back / norm that arrived"))
    if len(sound) < len(found):
        rows.append((_plain("xnan, xinf", LOUD), "crimson and thickest: what is handed back is no number, or infinite"))
    return rows


def _plain(text: str, colour: str = INK) -> str:
    return _cell(text, 'border="0"', colour)


def _swatch(kind: str, filled: str) -> str:
    """A small picture of a box, as far as cells can be one: a double frame, a tab or a lid on top, round or dashed."""
    text = _cell(kind, f'border="1" colspan="2" {filled}')
    thin = 'height="4" cellpadding="0"'
    whole = 'cellspacing="0" cellpadding="2" border="0"'
    if kind == "output":
        return f'<td {filled} cellpadding="2"><table {whole}><tr>{text}</tr></table></td>'
    if kind == "module":
        tab = f'<td border="1" sides="LTR" width="14" {thin} {filled}>{_THIN}</td><td border="0" {thin}>{_THIN}</td>'
    elif kind in ("parameter", "stretch"):
        tab = f'<td border="1" colspan="2" {thin} {filled}>{_THIN}</td>'
    else:
        return _cell(kind, f'{filled} style="{"dashed" if kind == "constant" else "rounded"}"')
    return f'<td border="0" cellpadding="0"><table {whole}><tr>{tab}</tr><tr>{text}</tr></table></td>'


def _cell(text: str, look: str, colour: str = INK) -> str:
    return f"<td {look}>{small(escaped(text), colour)}</td>"
