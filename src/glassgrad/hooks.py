"""Where others listen to the engine, and the handle that registering a hook returns."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

tap: Callable[[Any, Any], None] | None = None  # sees each node recorded, with its output array: what set_tap made
check_step: Callable[[Any], None] | None = None  # sees each step of a backward
leaves: dict[int, Callable[[Any], Any]] = {}  # by the id of a leaf: sees its total gradient, and gives what replaces it
accumulated: dict[int, Callable[[Any], None]] = {}  # by the id of a leaf: sees it when its .grad has been added to

accumulating = threading.RLock()  # held while a backward adds to .grad: threads may share a leaf
_next_id = itertools.count().__next__
_taps: dict[int, Callable[[Any, Any], None]] = {}
_changing = threading.Lock()


def set_tap(order: int, function: Callable[[Any, Any], None] | None) -> None:
    """Have `function(node, y)` see each node recorded, after the functions of a lower order; None takes that one away."""
    global tap
    with _changing:
        if function is None:
            _taps.pop(order, None)
        else:
            _taps[order] = function
        inside = [_taps[key] for key in sorted(_taps)]

        def each(node: Any, y: Any) -> None:
            for one in inside:
                one(node, y)

        tap = each if len(inside) > 1 else inside[0] if inside else None


class RemovableHandle:
    """Takes a hook out of the dict it was put in, under `handle.id`: `handle.remove()`, or at the end of `with handle:`."""

    __slots__ = ("hooks", "id")

    def __init__(self, hooks: dict[int, Any], hook: Any, prepend: bool = False) -> None:
        """Put `hook` into `hooks`, last or, with prepend, first."""
        self.hooks = hooks
        self.id = _next_id()
        rest = dict(hooks) if prepend else {}
        for key in rest:
            del hooks[key]
        hooks[self.id] = hook
        hooks.update(rest)

    def remove(self) -> None:
        """Take the hook out; once it is out, nothing happens."""
        self.hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()
