"""A picture as DOT text.

All text stands in HTML-like labels, so one escape serves it everywhere.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from glassgrad._mode import Backward
from glassgrad.viz import legend
from glassgrad.viz.labels import INK, LOUD, PALE, QUIET, RULE, bold, brief, escaped, quoted, shorten, small
from glassgrad.viz.looks import BACKWARD_FILL, GROUP_FILLS, STYLES, Asked, Gains, Tint
from glassgrad.viz.picture import Arrow, Box, Group, Picture
from glassgrad.words import number, size

FONT = "Helvetica,Arial,sans-serif"  # one of them is everywhere, and all have the same widths
RULE_LENGTH, RULE_LINES, LINE_LENGTH = 36, 3, 48
_ORDER = {"name": INK, "shapes": QUIET, "what": QUIET, "values": QUIET, "saved": RULE, "grads": RULE, "memory": QUIET, "lines": QUIET}


def to_dot(picture: Picture, asked: Asked) -> str:
    """The DOT text of a picture."""
    quick = " nslimit=1 nslimit1=1" if len(picture.boxes) > 500 else ""  # 7 s instead of 24 for 800 tangled boxes
    tint = Tint(box.norm for box in picture.boxes if box.norm is not None) if asked.color == "grad" else None
    gains = Gains(arrow.gain for arrow in picture.arrows if arrow.gain is not None) if asked.color == "gain" else None
    lines = [
        "digraph glassgrad {",
        f"graph [rankdir={asked.direction} bgcolor=white pad=0.2 nodesep=0.3 ranksep=0.45{quick}]",
        f'graph [fontname="{FONT}" fontsize=10 fontcolor="{QUIET}"]',
        f'node [fontname="{FONT}" fontsize=10 fontcolor="{INK}" penwidth=1.2 margin="0.11,0.06" height=0.3]',
        f'edge [fontname="{FONT}" fontsize=9 fontcolor="{RULE}" color="{STYLES["op"][2]}" arrowsize=0.7]',
    ]
    lines += _nested(picture.groups, [(box.group, f"n{i} {_box(box, asked, tint)}") for i, box in enumerate(picture.boxes)])
    lines += [_arrow(arrow, picture.boxes, asked, gains) for arrow in picture.arrows]
    if "legend" in asked.show:
        lines.append(legend.table(picture, asked, tint, gains))  # last: groups would inherit it
    return "\n".join([*lines, "}", ""])


def _box(box: Box, asked: Asked, tint: Tint | None) -> str:
    shape, fill, line = STYLES[box.kind]
    tinted = tint is not None and box.norm is not None
    if tint is not None and box.norm is not None:
        fill = tint.fill(box.norm)
    lines = [bold(shorten(box.title)), *_about(box, asked.show, tinted)]
    tip = f" tooltip={quoted(box.title)}" if shorten(box.title) != escaped(box.title) else ""
    return f'[{shape} fillcolor="{fill}" color="{line}" label=<{"<br/>".join(lines)}>{tip}]'


def _about(box: Box, show: frozenset[str], tinted: bool) -> Iterator[str]:
    """The lines below the title: of what is known, what `show` asks for."""
    about = {what: text for what, text in box.about.items() if what in show or what in ("name", "what")}
    if box.memory and "memory" in show:
        total, kept = box.memory
        about["memory"] = size(total) + (f", keeps {size(kept)}" if kept else ", freed" if kept is None else "")
    values = about.pop("values", "").split("\n")
    if len(values) == 1 and values[0]:  # few numbers stand beside the shape
        about["shapes"] = f"{about.get('shapes', '')} = {values.pop()}".lstrip()
    about["values"] = "\n".join(values)
    for what, colour in _ORDER.items():
        for line in about.get(what, "").split("\n"):
            colour = INK if tinted else colour
            if what == "saved":
                yield from (small(escaped(part), colour) for part in textwrap.wrap(line, RULE_LENGTH))
            elif line:
                loud = what in ("values", "grads", "shapes") and re.search(r"\b(nan|inf)\b", line, re.IGNORECASE)
                text = shorten(line, LINE_LENGTH)
                yield small(bold(text), LOUD) if loud else small(text, colour)


def _arrow(arrow: Arrow, boxes: list[Box], asked: Asked, gains: Gains | None) -> str:
    tail, head = boxes[arrow.tail], boxes[arrow.head]
    looks = ["weight=4"] if tail.kind == "op" else []  # keeps the line of ops straight, and leaves beside it
    if tail.kind in ("input", "constant") and tail.group != head.group:
        looks.append("minlen=2")  # what goes into a module stands above it
    if asked.passes == "backward":
        looks.append("dir=back")
    elif arrow.formula is None and asked.passes == "both":
        looks.append(f'style=dashed color="{PALE}"')
    label = ""
    if "formulas" in asked.show and arrow.name:
        text = f"{arrow.name}: {arrow.formula}" if arrow.formula else arrow.name
        lines = textwrap.wrap(brief(text), RULE_LENGTH, max_lines=RULE_LINES, placeholder=" ...")
        label = "".join(f'&#160;{escaped(line)}<br align="left"/>' for line in lines)
        label = label if arrow.formula else small(label, QUIET)
        if " ".join(lines) != text:
            looks.append(f"tooltip={quoted(text)} labeltooltip={quoted(text)}")
    if gains is not None and arrow.gain is not None:
        colour, width = gains.look(arrow.gain)
        looks.append(f'color="{colour}" penwidth={width:.2g}')
        label += f'<font color="{colour}">&#160;<b>x{number(arrow.gain, 3)}</b></font><br align="left"/>'
    if label:
        looks.append(f"label=<{label}>")
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
            group = groups[item]
            fill = BACKWARD_FILL if isinstance(group.module, Backward) else GROUP_FILLS[(group.depth - 1) % len(GROUP_FILLS)]
            yield f"subgraph cluster_{item} {{"
            yield f'graph [style="rounded,filled" fillcolor="{fill}" color="{PALE}" labeljust=l margin=10]'
            yield f"graph [label=<{bold(shorten(group.title))}>]"
            stack += ["}", *reversed(inside[item])]
