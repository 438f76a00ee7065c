"""Pictures with fewer boxes, made from the whole one: modules drawn as one box each, and ops in stretches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

from glassgrad.viz.picture import Arrow, Box, Group, Picture
from glassgrad.words import norm

_STRETCHES = 40  # about as many fit one page
_SHARED = 24  # arrows from leaves to stretches, more than which are hard to follow


def levels(picture: Picture) -> int:
    """How many levels of modules there are to open."""
    return max(group.depth for group in picture.groups)


def collapsed(picture: Picture, depth: int) -> Picture:
    """The picture with `depth` levels of modules open, and each call of a module below these as one box; equals in a row are one."""
    groups = picture.groups
    closed = [_closed(groups, i, depth) for i in range(len(groups))]
    inside: dict[int, list[Box]] = {}

    def module(group: int, boxes: list[Box]) -> Box:
        inside[group] = ops = [box for box in boxes if box.kind == "op"]
        count = sum(p.numel() for p in groups[group].module.parameters()) if hasattr(groups[group].module, "parameters") else 0
        what = f"{len(ops):,} op{'s' if len(ops) != 1 else ''}" + (f", {count:,} parameters" if count else "")
        return Box("module", groups[group].title, {"what": what}, groups[group].parent, group)

    made = _merged(picture, [closed[box.group] for box in picture.boxes], module)
    ops = {group: tuple((box.title, box.about.get("shapes")) for box in boxes) for group, boxes in inside.items()}
    kinds = {i: (type(groups[box.of].module), ops[box.of]) for i, box in enumerate(made.boxes) if box.kind == "module"}
    return _repeats_as_one(made, kinds)


def _closed(groups: list[Group], i: int, depth: int) -> int | None:
    """The group that is drawn as one box in which group `i` lies, None if it stays open."""
    if groups[i].depth <= depth:
        return None
    while groups[i].depth > depth + 1:
        i = groups[i].parent
    return i


def stretch_length(count: int) -> int:
    """How many ops of `count` go into each stretch: a round number."""
    return next(n * 10**power for power in range(1, 12) for n in (1, 2, 5) if n * 10**power * _STRETCHES >= count)


def stretched(picture: Picture, opened: tuple[int, int] | None = None) -> Picture:
    """The picture with ops, numbered from 1 as they ran, in stretches; or those before and those after `opened` as one each."""
    ops = [i for i, box in enumerate(picture.boxes) if box.kind == "op"]
    first, last = opened or (0, 0)
    length = stretch_length(len(ops))
    keys: list[Any] = [None] * len(picture.boxes)
    for number, i in enumerate(ops, 1):
        if opened:
            keys[i] = (1, first - 1) if number < first else (last + 1, len(ops)) if number > last else None
        else:
            start = (number - 1) // length * length + 1
            keys[i] = start, min(start + length - 1, len(ops))
    users: dict[int, set[Any]] = {}
    for arrow in picture.arrows:
        users.setdefault(arrow.tail, set()).add(keys[arrow.head])
    boxes = list(picture.boxes)
    # what one stretch alone uses
    alone = [i for i, box in enumerate(boxes) if box.kind in ("input", "parameter", "constant") and len(users[i]) == 1]
    few = sum(boxes[i].kind != "constant" and None not in users[i] for i in alone) <= _SHARED
    for i in alone:
        if boxes[i].kind == "constant" or not few:
            (keys[i],) = users[i]
    for i, box in enumerate(boxes):
        if box.kind != "op" and None not in users.get(i, ()):
            boxes[i] = replace(box, group=0)
    several = lambda i: len(users.get(i, ())) > 1 and None not in users[i]
    shared = [i for i, box in enumerate(boxes) if keys[i] is None and several(i) and box.kind != "op"]
    for i in shared if sum(len(users[i]) for i in shared) > _SHARED else ():
        keys[i] = boxes[i].kind

    def stretch(key: Any, inside: list[Box]) -> Box:
        if isinstance(key, str):
            return Box(key, f"{len(inside):,} {key}s", {"what": "used in several stretches"})
        kinds = [f"{count:,} {title}" for title, count in Counter(box.title for box in inside if box.kind == "op").most_common()]
        kinds = kinds if len(kinds) <= 4 else [*kinds[:3], f"{len(kinds) - 3} kinds more"]
        leaves = Counter(box.kind for box in inside if box.kind in ("input", "parameter"))
        counts = ", ".join(f"{count:,} {kind}{'s' if count > 1 else ''}" for kind, count in leaves.items())
        within = [f"with {counts}"] if counts else []
        what = "\n".join(", ".join(part) for part in (kinds[:3], kinds[3:], within) if part)
        return Box("stretch", f"ops {key[0]:,} to {key[1]:,}" if key[0] < key[1] else f"op {key[0]:,}", {"what": what})

    return _merged(replace(picture, boxes=boxes), keys, stretch)


def backward_only(picture: Picture) -> Picture:
    """The picture without what gets no gradient."""
    kept = [i for i, box in enumerate(picture.boxes) if box.kind != "constant"]
    numbers = {old: new for new, old in enumerate(kept)}
    arrows = [replace(a, tail=numbers[a.tail], head=numbers[a.head]) for a in picture.arrows if a.formula is not None]
    return replace(picture, boxes=[picture.boxes[i] for i in kept], arrows=arrows)


def _merged(picture: Picture, keys: Sequence[Hashable], make: Callable[[Any, list[Box]], Box]) -> Picture:
    """The picture with all boxes of one key as one, which `make` gives, where the first of them was; those of None as they are."""
    boxes: list[Box] = []
    numbers: list[int] = []  # of each box in the new picture
    places: dict[Any, int] = {}
    inside: dict[Any, list[int]] = {}
    for i, (box, key) in enumerate(zip(picture.boxes, keys, strict=True)):
        if key is not None:
            inside.setdefault(key, []).append(i)
        if key is None or key not in places:
            places[key] = len(boxes)
            boxes.append(replace(box))
        numbers.append(len(boxes) - 1 if key is None else places[key])
    ends: dict[int, set[int]] = {}  # what leaves each new box: of which old ones
    for arrow in picture.arrows:
        if numbers[arrow.tail] != numbers[arrow.head]:
            ends.setdefault(numbers[arrow.tail], set()).add(arrow.tail)
    for key, members in inside.items():
        boxes[places[key]] = made = make(key, [picture.boxes[i] for i in members])
        _tell(made, [picture.boxes[i] for i in members], [picture.boxes[i] for i in ends.get(places[key], ())])
    arrows = [replace(arrow, tail=numbers[arrow.tail], head=numbers[arrow.head]) for arrow in picture.arrows]
    return replace(picture, boxes=boxes, arrows=_joined(arrows, boxes))


def _tell(box: Box, inside: list[Box], ends: list[Box]) -> None:
    """What is known of a closed box is what is known of its one output, and the bytes that its ops keep in all."""
    ops = [one for one in inside if one.kind == "op"]
    last = ends[0] if len(ends) == 1 else None
    if ops:
        box.about["shapes"] = (last or ops[-1]).about["shapes"]
    if last is not None:
        box.norm = last.norm
        box.about |= {what: text for what, text in last.about.items() if what in ("values", "grads")}
    kept = [one.memory[1] for one in ops if one.memory]
    if kept:
        box.memory = (last or ops[-1]).memory[0], None if None in kept else sum(kept)  # type: ignore[index, arg-type]


def _joined(arrows: list[Arrow], boxes: list[Box]) -> list[Arrow]:
    """Without what stays inside a box; several from one box to another, of which one is closed, are one."""
    kept: dict[tuple[int, int, Any], Arrow] = {}
    for arrow in arrows:
        if arrow.tail == arrow.head:
            continue
        whole = boxes[arrow.head].kind not in ("module", "stretch")
        key = (arrow.tail, arrow.head, arrow.name if whole else "")
        formula = arrow.formula if whole or arrow.formula is None else ""
        if key not in kept:
            kept[key] = replace(arrow, name=key[2], formula=formula)
            continue
        one = kept[key]
        one.formula = formula if one.formula is None else one.formula
        one.given = arrow.given if one.given is None else one.given if arrow.given is None else one.given + arrow.given
    for arrow in kept.values():
        if boxes[arrow.head].kind in ("module", "stretch"):
            set_gain(arrow, boxes)
    return list(kept.values())


def set_gain(arrow: Arrow, boxes: list[Box]) -> None:
    """How much larger the gradient handed along an arrow is than that at its head; none where that is unknown, or there is nothing."""
    at_head = boxes[arrow.head].norm
    arrow.gain = norm(arrow.given) / at_head if arrow.given is not None and at_head else None


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

    def row(start: int, boxes: list[Box]) -> Box:
        head, last = boxes[0], boxes[-1]
        path, _, kind = head.title.partition(": ")
        title = f"{path} to {last.title.partition(': ')[0]}: {kind} x{len(boxes)}" if kind else f"{head.title} x{len(boxes)}"
        kept = [box.memory[1] for box in boxes if box.memory]
        memory = None if not last.memory else (last.memory[0], None if None in kept else sum(kept))  # type: ignore[arg-type]
        return replace(last, title=title, about=last.about | {"what": f"each {last.about['what']}"}, memory=memory)

    keys = [first[i] if i in first and rows[first[i]][1:] else None for i in range(len(picture.boxes))]
    return _merged(picture, keys, row) if any(key is not None for key in keys) else picture
