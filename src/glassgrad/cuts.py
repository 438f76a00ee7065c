"""Where values were taken out of the graph by `detach()`: noted weakly, for the question why a gradient is missing."""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any, NamedTuple

from glassgrad.writes import user_line

_NEAR = 16  # how many nodes are looked at for leaves: detach() must cost little


class Cut(NamedTuple):
    """One `detach()`, with weak references: the edge that it left, leaves near above that, the result and its array; and the line."""

    edge: Any
    leaves: list[Any]
    result: Any
    array: Any
    line: str


latest: deque[Cut] = deque(maxlen=256)


def note(edge: Any, result: Any) -> None:
    """Note that `result` was detached from `edge`, a node or a leaf."""
    near = [edge]
    for at in range(_NEAR):
        if at == len(near):
            break
        near += [parent for parent in getattr(near[at], "parents", ()) if parent is not None]
    leaves = [weakref.ref(one) for one in near[: 4 * _NEAR] if not hasattr(one, "parents")]
    latest.append(Cut(weakref.ref(edge), leaves, weakref.ref(result), weakref.ref(result._array), user_line()))
