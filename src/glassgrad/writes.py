"""In-place writes, found at backward.

Nodes and writes are numbered by one counter, so at backward an integer compare tells that nothing was written since a
node was made. Only otherwise are its saved arrays looked up, by the array that owns their memory.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import weakref
from collections import deque
from types import FrameType
from typing import Any

import numpy as np

next_index = itertools.count().__next__


_LATEST = 16


class History:
    """The in-place writes to some memory: how many, the numbers of the latest, and the line of the last one."""

    __slots__ = ("latest", "line", "version")

    def __init__(self) -> None:
        self.version = 0
        self.latest: deque[int] = deque(maxlen=_LATEST)
        self.line = ""


last = 0  # the number of the last write anywhere
_histories: dict[int, History] = {}  # by the key of the owning array
_noting = threading.RLock()
_package = os.path.dirname(__file__) + os.sep


def written(*arrays: np.ndarray) -> None:
    """Note that `arrays` were written in place; to be called on every such write, before the next op is recorded."""
    global last
    line = user_line()
    with _noting:  # of two threads the later number must stay in `last`
        last = next_index()
        for array in arrays:
            key = id(array) if array.base is None else _key(owner(array))  # most own their memory: 0.2 us instead of 0.4
            history = _histories.get(key)
            if history is None:
                history = _histories[key] = History()
                weakref.finalize(owner(array), _histories.pop, key, None).atexit = False
            history.version += 1
            history.latest.append(last)
            history.line = line


def version(array: np.ndarray) -> int:
    """How often the memory of an array has been written in place; its views share the count."""
    history = _histories.get(_key(owner(array)))
    return history.version if history else 0


def since(array: np.ndarray, index: int) -> list[int]:
    """The numbers, rising, of the latest writes to the memory of an array that came after `index`."""
    history = _histories.get(_key(owner(array)))
    return [number for number in history.latest if number > index] if history else []


def owner(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory that `array` sees."""
    while True:
        base = array.base
        if base is not None and not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # as_strided puts a helper object between
        if not isinstance(base, np.ndarray):
            return array
        array = base


def _key(memory: np.ndarray) -> int:
    """Who it is; of arrays that share a buffer which no array owns, where that is. No two live things are at one address."""
    return id(memory) if memory.base is None else memory.__array_interface__["data"][0]


def user_line(frame: FrameType | None = None) -> str:
    """`file:line` of the nearest caller outside the package."""
    frame = outside(frame or sys._getframe(1))
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def outside(frame: FrameType) -> FrameType:
    """A frame, or the nearest of its callers that is not in the package."""
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_package):
        frame = frame.f_back
    return frame


def check_fresh(node: Any, saved: tuple[Any, ...], line: str | None) -> None:
    """RuntimeError if one of the values that `node` (recorded at `line`, if known) needs was written after it was saved."""
    op = node.op
    users = {by: names for by, names in op.reads.items() if by not in op.inputs or node.parents[op.inputs.index(by)] is not None}
    needed = {name for names in users.values() for name in names}
    for name, value in zip((*op.keep, *op.attrs), (*saved, *node.attrs), strict=True):
        if name not in needed and not op.replays:
            continue
        for array in value if isinstance(value, tuple) else (value,):
            history = written_since(array, node.index) if isinstance(array, np.ndarray) else None
            if history is not None:
                raise RuntimeError(_stale(node, name, [by for by, names in users.items() if name in names], array, history, line))


def written_since(array: np.ndarray, index: int) -> History | None:
    """The writes to an array, if the last of them came after the node of this index was recorded."""
    history = _histories.get(_key(owner(array)))
    return history if history is not None and history.latest[-1] > index else None


def _stale(node: Any, name: str, users: list[str], array: np.ndarray, history: History, line: str | None) -> str:
    what = "output" if name == "y" else f"argument {name}"
    later = sum(index > node.index for index in history.latest)
    before = f"at version {history.version - later}" if later < _LATEST else "at an earlier version"
    where = f" at {line}" if line else ""
    more = "" if line else " (to see the line that saved it: with gg.autograd.detect_anomaly())"
    return (
        f"{node.op.name} saved its {what} (shape {array.shape}) for backward{where}, and {history.line} has since written over it in "
        f"place: it was {before} and is at {history.version}. The gradient by {' and '.join(by + _rule(node.op, by) for by in users)} is "
        "computed from the old values. Write to a copy instead (`x = x + 1` or `x.clone()`), or do the write, such as an optimizer's "
        f"step(), after backward(){more}"
    )


def _rule(op: Any, by: str) -> str:
    """The formula, where an op can tell it."""
    try:
        return f", {op.formula(by)},"
    except Exception:  # of a Function, or of several inputs at once
        return ""
