"""Where others listen to the engine, and the handle that registering a hook returns."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

tap: Callable[[Any, Any], None] | None = None  # sees each node recorded, with its output array
check_step: Callable[[Any], None] | None = None  # sees each step of a backward
leaves: dict[int, Callable[[Any], Any]] = {}  # by the id of a leaf: sees its total gradient, and gives what replaces it
accumulated: dict[int, Callable[[Any], None]] = {}  # by the id of a leaf: sees it when its .grad has been added to

_next_id = itertools.count().__next__


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
