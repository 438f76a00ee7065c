"""Modules drawn as one box each: a picture with fewer boxes, made from the whole one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glassgrad.viz.picture import Arrow, Box, Group, Picture


def levels(picture: Picture) -> int:
    """How many levels of modules there are to open."""
    return max(group.depth for group in picture.groups)


def collapsed(picture: Picture, depth: int) -> Picture:
    """The picture with `depth` levels of modules open, and each call of a module below these as one box; equals in a row are one."""
    closed = [_closed(picture.groups, i, depth) for i in range(len(picture.groups))]
    made = Picture(groups=picture.groups)
    numbers: list[int] = []  # of each box in the new picture
    of_group: dict[int, int] = {}  # the new box of each closed group
    inside: dict[int, list[Box]] = {}
    for box in picture.boxes:
        group = closed[box.group]
        if group is None:
            numbers.append(len(made.boxes))
            made.boxes.append(replace(box))
            continue
        if group not in of_group:
            of_group[group] = len(made.boxes)
            made.boxes.append(Box("module", picture.groups[group].title, [], group=picture.groups[group].parent))
        inside.setdefault(of_group[group], []).append(box)
        numbers.append(of_group[group])
    for group, number in of_group.items():
        made.boxes[number].lines = _about(picture.groups[group].module, [box for box in inside[number] if box.kind == "op"])
    made.arrows = _joined([replace(arrow, tail=numbers[arrow.tail], head=numbers[arrow.head]) for arrow in picture.arrows], made.boxes)
    kinds = {number: tuple((box.title, *box.lines[:1]) for box in boxes if box.kind == "op") for number, boxes in inside.items()}
    modules = {number: type(picture.groups[group].module) for group, number in of_group.items()}
    return _repeats_as_one(made, {number: (modules[number], kinds[number]) for number in inside})


def _closed(groups: list[Group], i: int, depth: int) -> int | None:
    """The group that is drawn as one box in which group `i` lies, None if it stays open."""
    if groups[i].depth <= depth:
        return None
    while groups[i].depth > depth + 1:
        i = groups[i].parent
    return i


def _about(module: Any, ops: list[Box]) -> list[str]:
    lines = [ops[-1].lines[-1]] if ops else []
    count = sum(p.numel() for p in module.parameters()) if hasattr(module, "parameters") else 0
    what = f"{len(ops):,} op{'s' if len(ops) != 1 else ''}"
    return [*lines, f"{what}, {count:,} parameters" if count else what]


def _joined(arrows: list[Arrow], boxes: list[Box]) -> list[Arrow]:
    """Without what stays inside a box; several from one box to another, of which one is closed, are one."""
    kept: dict[tuple[int, int, Any], Arrow] = {}
    for arrow in arrows:
        if arrow.tail == arrow.head:
            continue
        whole = boxes[arrow.head].kind != "module"
        key = (arrow.tail, arrow.head, arrow.name if whole else "")
        formula = arrow.formula if whole or arrow.formula is None else ""
        if key not in kept:
            kept[key] = replace(arrow, name=key[2], formula=formula)
        elif kept[key].formula is None:
            kept[key].formula = formula
    return list(kept.values())


def _repeats_as_one(picture: Picture, kinds: dict[int, Any]) -> Picture:
    """Closed boxes of one kind in a row, each of which feeds only the next, as one box: `x12`."""
    into: dict[int, set[int]] = {}
    out: dict[int, set[int]] = {}
    for arrow in picture.arrows:
        into.setdefault(arrow.head, set()).add(arrow.tail)
        out.setdefault(arrow.tail, set()).add(arrow.head)
    first: dict[int, int] = {}  # of each box in a row, the one that stands for all
    rows: dict[int, list[int]] = {}
    for number, kind in kinds.items():
        before, *others = into.get(number) or {-1}
        same = not others and kinds.get(before) == kind and out[before] == {number}
        same = same and picture.boxes[before].group == picture.boxes[number].group
        first[number] = first[before] if same else number
        rows.setdefault(first[number], []).append(number)
    gone = {number for row in rows.values() for number in row[1:]}
    if not gone:
        return picture
    for row in rows.values():
        if len(row) > 1:
            box, last = picture.boxes[row[0]], picture.boxes[row[-1]]
            path, _, kind = box.title.partition(": ")
            box.title = f"{path} to {last.title.partition(': ')[0]}: {kind} x{len(row)}" if kind else f"{box.title} x{len(row)}"
            box.lines = [*box.lines[:-1], f"each {box.lines[-1]}"]
    places: dict[int, int] = {}
    boxes: list[Box] = []
    for number, box in enumerate(picture.boxes):
        if number not in gone:
            places[number] = len(boxes)
            boxes.append(box)
    to = [places[first.get(number, number)] for number in range(len(picture.boxes))]  # the first of its row
    arrows = [replace(arrow, tail=to[arrow.tail], head=to[arrow.head]) for arrow in picture.arrows]
    return Picture(boxes, [arrow for arrow in arrows if arrow.tail != arrow.head], picture.groups)
