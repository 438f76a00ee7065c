"""A module in a notebook: its tree as HTML that opens and closes by itself, without scripts."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Any

from glassgrad.nn.module import bottom_up, texts

_STYLE = "margin-left:1.2em;font-family:Helvetica,Arial,sans-serif;font-size:90%;line-height:1.5"


def tree(root: Any) -> str:
    """A module and all below it, the first level open; equal ones in a row are one."""
    known, made = texts(root), dict[int, tuple[str, str]]()
    for module in bottom_up(root):
        made[id(module)] = _part(module, known, made)
    return _framed("", *made[id(root)])


def _part(module: Any, known: dict[int, str], made: dict[int, tuple[str, str]]) -> tuple[str, str]:
    """What is said of a module, and what is inside it, of which all is made."""
    count = sum(p.numel() for p in module.parameters())
    head = escape(f"{type(module).__name__}({module.extra_repr()})") + (f" &middot; {count:,} parameters" if count else "")
    inside = [f"<div style='{_STYLE}'>{escape(_about(path, p))}</div>" for path, p in module.named_parameters(recurse=False)]
    for _, run in groupby(module.named_children(), lambda pair: known[id(pair[1])]):
        equal = list(run)
        path = f"{equal[0][0]} to {equal[-1][0]}, x{len(equal)}, each" if equal[1:] else equal[0][0]
        inside.append(_framed(path, *made.get(id(equal[0][1]), ("...", ""))))
    return head, "".join(inside)


def _framed(name: str, head: str, inside: str) -> str:
    head = f"<b>{escape(f'{name}: ' if name else '')}</b>{head}"
    if not inside:
        return f"<div style='{_STYLE}'>{head}</div>"
    opened = "" if name else " open=''"
    return f"<details style='{_STYLE}'{opened}><summary>{head}</summary>{inside}</details>"


def _about(name: str, parameter: Any) -> str:
    return f"{name} {tuple(parameter.shape)} {parameter.dtype}" + ("" if parameter.requires_grad else ", frozen")
