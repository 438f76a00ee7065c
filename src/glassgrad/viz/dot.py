"""A picture as DOT text: shapes, colours and the legend.

All text stands in HTML-like labels, so one escape serves it everywhere.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator

from glassgrad.viz.picture import Arrow, Box, Group, Picture

FONT = "Helvetica,Arial,sans-serif"  # one of them is everywhere, and all have the same widths
INK, QUIET, RULE, LINE, PALE = "#1f2933", "#5c6773", "#8a3b12", "#66717d", "#a3adb8"
STYLES = {  # told apart by shape as well as by colour
    "op": f'shape=box style="rounded,filled" fillcolor="#ffffff" color="{LINE}"',
    "input": 'shape=ellipse style=filled fillcolor="#fdebc8" color="#b7791f"',
    "parameter": 'shape=cylinder style=filled fillcolor="#d5ecdf" color="#2f855a"',
    "constant": f'shape=ellipse style="filled,dashed" fillcolor="#f3f4f6" color="{PALE}"',
    "module": f'shape=folder style=filled fillcolor="#e3ebf4" color="{LINE}"',
    "output": 'shape=box peripheries=2 style=filled fillcolor="#dbe7fb" color="#2b5fb3"',
}
GROUP_FILLS = ("#eef3f9", "#e3ebf4", "#d8e3ee")  # by depth, over and over
MEANINGS = {
    "input": "ellipse: a leaf that requires grad",
    "parameter": "cylinder: a leaf of a module, named by its path",
    "constant": "dashed ellipse: gets no gradient",
    "op": "rounded box: an op, and the shape of its output",
    "module": "folder: a call of a module with all its ops; depth= opens more",
    "output": "double box: backward starts here",
    "saved": "values that the op keeps for backward",
    "freed": "values that it kept until backward had used them",
}
NAME_LENGTH, RULE_LENGTH, RULE_LINES = 40, 36, 3


def to_dot(picture: Picture, direction: str, show_saved: bool, show_formulas: bool, show_legend: bool) -> str:
    """The DOT text of a picture."""
    quick = " nslimit=1 nslimit1=1" if len(picture.boxes) > 500 else ""  # 7 s instead of 24 for 800 tangled boxes
    lines = [
        "digraph glassgrad {",
        f"graph [rankdir={direction} bgcolor=white pad=0.2 nodesep=0.3 ranksep=0.45{quick}]",
        f'graph [fontname="{FONT}" fontsize=10 fontcolor="{QUIET}"]',
        f'node [fontname="{FONT}" fontsize=10 fontcolor="{INK}" penwidth=1.2 margin="0.11,0.06" height=0.3]',
        f'edge [fontname="{FONT}" fontsize=9 fontcolor="{RULE}" color="{LINE}" arrowsize=0.7]',
    ]
    lines += _nested(picture.groups, [(box.group, f"n{i} {_box(box, show_saved)}") for i, box in enumerate(picture.boxes)])
    lines += [_arrow(arrow, picture.boxes, show_formulas) for arrow in picture.arrows]
    if show_legend:
        lines.append(_legend(picture, show_saved, show_formulas))  # last: groups would inherit it
    return "\n".join([*lines, "}", ""])


def _box(box: Box, show_saved: bool) -> str:
    lines = [_bold(shorten(box.title)), *(_small(shorten(line), QUIET) for line in box.lines)]
    if show_saved and box.saved:
        lines += [_small(escaped(line), RULE) for line in textwrap.wrap(box.saved, RULE_LENGTH)]
    tip = f" tooltip={quoted(box.title)}" if shorten(box.title) != escaped(box.title) else ""
    return f"[{STYLES[box.kind]} label=<{'<br/>'.join(lines)}>{tip}]"


def _arrow(arrow: Arrow, boxes: list[Box], show_formulas: bool) -> str:
    tail, head = boxes[arrow.tail], boxes[arrow.head]
    looks = ["weight=4"] if tail.kind == "op" else []  # keeps the line of ops straight, and leaves beside it
    if tail.kind in ("input", "constant") and tail.group != head.group:
        looks.append("minlen=2")  # what goes into a module stands above it
    if arrow.formula is None:
        looks.append(f'style=dashed color="{PALE}"')
    if show_formulas and arrow.name:
        text = f"{arrow.name}: {arrow.formula}" if arrow.formula else arrow.name
        lines = textwrap.wrap(_brief(text), RULE_LENGTH, max_lines=RULE_LINES, placeholder=" ...")
        shown = "".join(f'&#160;{escaped(line)}<br align="left"/>' for line in lines)
        looks.append(f"label=<{shown if arrow.formula else _small(shown, QUIET)}>")
        if " ".join(lines) != text:
            looks.append(f"tooltip={quoted(text)} labeltooltip={quoted(text)}")
    return f"n{arrow.tail} -> n{arrow.head}" + (f" [{' '.join(looks)}]" if looks else "")


def _nested(groups: list[Group], boxes: Iterable[tuple[int, str]]) -> Iterator[str]:
    """The boxes, each inside its group, each group inside its parent."""
    inside: list[list[str | int]] = [[] for _ in groups]
    placed = {0}
    for place, text in boxes:
        inner = place
        while inner not in placed:
            placed.add(inner)
            inside[groups[inner].parent].append(inner)
            inner = groups[inner].parent
        inside[place].append(text)
    stack = list(reversed(inside[0]))
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        else:
            fill = GROUP_FILLS[(groups[item].depth - 1) % len(GROUP_FILLS)]
            yield f"subgraph cluster_{item} {{"
            yield f'graph [style="rounded,filled" fillcolor="{fill}" color="{PALE}" labeljust=l margin=10]'
            yield f"graph [label=<{_bold(shorten(groups[item].title))}>]"
            stack += ["}", *reversed(inside[item])]


# ------------------------------------------------------------------------------------------------ the legend


def _legend(picture: Picture, show_saved: bool, show_formulas: bool) -> str:
    """A table that shows and explains each mark which this picture uses, and no other."""
    used = {box.kind for box in picture.boxes}
    if show_saved:
        used |= {box.saved.partition(":")[0] for box in picture.boxes}
    rows = [(_swatch(mark), meaning) for mark, meaning in MEANINGS.items() if mark in used]
    if picture.groups[1:]:
        opened = _cell("open module", f'bgcolor="{GROUP_FILLS[0]}" color="{PALE}" style="rounded"')
        rows.append((opened, "shaded box: one call of a module"))
    if show_formulas and any(arrow.formula for arrow in picture.arrows):
        rows.append((_cell("a: g * b", 'border="0"', RULE), "the gradient for input a; g is that of the output y"))
    rows.append((_cell("arrow", 'border="0"'), "values flow along it, gradients against it"))
    if any(arrow.formula is None for arrow in picture.arrows):
        rows.append((_cell("dashed arrow", 'border="0"'), "no gradient flows"))
    table = "".join(f'<tr>{mark}<td border="0" align="left">{_small(meaning, QUIET)}</td></tr>' for mark, meaning in rows)
    frame = f'style="rounded" border="1" color="{PALE}" cellborder="1" cellspacing="3" cellpadding="2"'
    spaced = f'<table border="0" cellpadding="0"><tr><td><table {frame}>{table}</table></td></tr><tr><td height="8"></td></tr></table>'
    return f"graph [labelloc=t labeljust=l label=<{spaced}>]"


def _swatch(mark: str) -> str:
    style = STYLES.get(mark)
    if style is None:
        return _cell(f"{mark}: a", 'border="0"', RULE)
    fill, line = re.findall(r"#\w+", style)
    form = "dashed" if "dashed" in style else "rounded" if mark not in ("output", "module") else "solid"
    return _cell(mark, f'bgcolor="{fill}" color="{line}" style="{form}"')


def _cell(text: str, look: str, colour: str = INK) -> str:
    return f"<td {look}>{_small(text, colour)}</td>"


# ------------------------------------------------------------------------------------------------ text


def escaped(text: str) -> str:
    """Any text, made to stand in an HTML-like label as it is; what can't be printed is shown as an escape."""
    shown = html.escape(_printable(text)) or " "
    return shown.replace("\\", "<font>\\</font>")  # on its own, or Graphviz puts the node's name for \\N


def quoted(text: str) -> str:
    """Any text as a quoted DOT string, in which backslashes and entities have a meaning."""
    return '"' + html.escape(_printable(text)).replace("\\", "\\\\") + '"'


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def shorten(text: str) -> str:
    """Escaped, with the middle of a long text left out."""
    text = _printable(text)
    if len(text) > NAME_LENGTH:
        text = f"{text[: NAME_LENGTH // 2 - 2]}...{text[2 - NAME_LENGTH // 2 :]}"
    return escaped(text)


def _brief(formula: str) -> str:
    """Slices as they are written, and long numbers cut to four digits: the tooltip has all of it."""
    formula = re.sub(r"slice\(([^(),]*), ([^(),]*), ([^(),]*)\)", _slice, formula)
    return re.sub(r"\d+\.\d{7,}(e[-+]?\d+)?", lambda found: f"{float(found[0]):.4g}", formula)


def _slice(found: re.Match[str]) -> str:
    start, stop, step = ("" if part == "None" else part for part in found.groups())
    return f"{start}:{stop}" + (f":{step}" if step else "")


def _bold(text: str) -> str:
    return f"<b>{text}</b>"


def _small(text: str, colour: str) -> str:
    return f'<font point-size="9" color="{colour}">{text}</font>'
