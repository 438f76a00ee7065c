"""Text for HTML-like labels: escaped once, shortened where it is long."""

from __future__ import annotations

import html
import re

INK, QUIET, RULE, LINE, PALE, LOUD = "#1f2933", "#5c6773", "#8a3b12", "#66717d", "#a3adb8", "#b3123c"
NAME_LENGTH = 40


def escaped(text: str) -> str:
    """Any text, made to stand in an HTML-like label as it is; what can't be printed is shown as an escape."""
    shown = html.escape(_printable(text)) or " "
    return shown.replace("\\", "<font>\\</font>")  # on its own, or Graphviz puts the node's name for \\N


def quoted(text: str) -> str:
    """Any text as a quoted DOT string, in which backslashes and entities have a meaning."""
    return '"' + html.escape(_printable(text)).replace("\\", "\\\\") + '"'


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def shorten(text: str, length: int = NAME_LENGTH) -> str:
    """Escaped, with the middle of a long text left out."""
    text = _printable(text)
    if len(text) > length:
        text = f"{text[: length // 2 - 2]}...{text[2 - length // 2 :]}"
    return escaped(text)


def brief(formula: str) -> str:
    """Slices as they are written, and long numbers cut to four digits: the tooltip has all of it."""
    formula = re.sub(r"slice\(([^(),]*), ([^(),]*), ([^(),]*)\)", _slice, formula)
    return re.sub(r"\d+\.\d{7,}(e[-+]?\d+)?", lambda found: f"{float(found[0]):.4g}", formula)


def _slice(found: re.Match[str]) -> str:
    start, stop, step = ("" if part == "None" else part for part in found.groups())
    return f"{start}:{stop}" + (f":{step}" if step else "")


def bold(text: str) -> str:
    """Escaped text in bold."""
    return f"<b>{text}</b>"


def small(text: str, colour: str) -> str:
    """Escaped text, a size smaller."""
    return f'<font point-size="9" color="{colour}">{text}</font>'
