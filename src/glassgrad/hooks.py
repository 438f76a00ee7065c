"""Where others listen to the engine, and the handle that registering a hook returns."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

tap: Callable[[Any, Any], None] | None = None  # sees each node recorded, with its output array
step: Callable[[Any], None] | None = None  # sees each step of a backward, and before them all its roots, as a list
added: Callable[[Any], None] | None = None  # sees the (tensor, gradient) pairs that a backward has added to .grad
leaves: dict[int, Callable[[Any], Any]] = {}  # by the id of a leaf: sees its total gradient, and gives what replaces it
accumulated: dict[int, Callable[[Any], None]] = {}  # by the id of a leaf: sees it when its .grad has been added to

tapes: weakref.WeakSet[Any] = weakref.WeakSet()  # of study.record(): all that are alive; each has the `values` of nodes

unheard: set[int] = set()  # threads of which tapes note nothing
accumulating = threading.RLock()  # held while a backward adds to .grad: threads may share a leaf
_next_id = itertools.count().__next__
_listeners: dict[str, dict[int, Callable[..., None]]] = {"tap": {}, "step": {}, "added": {}}
_changing = threading.Lock()


def listen(what: str, order: int, function: Callable[..., None] | None) -> None:
    """Have `function` see what "tap", "step" or "added" sees, after the functions of a lower order; None takes that one away."""
    with _changing:
        listeners = _listeners[what]
        if function is None:
            listeners.pop(order, None)
        else:
            listeners[order] = function
        inside = [listeners[key] for key in sorted(listeners)]

        def each(*seen: Any) -> None:
            for one in inside:
                one(*seen)

        globals()[what] = each if len(inside) > 1 else inside[0] if inside else None


@contextmanager
def apart() -> Iterator[None]:
    """What this thread computes meanwhile is not the user's: no tape notes it."""
    thread = threading.get_ident()
    already = thread in unheard
    unheard.add(thread)
    try:
        yield
    finally:
        if not already:
            unheard.discard(thread)


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
