"""What a notebook shows of a tensor: its text, and below it the graph that computed it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from glassgrad.graph import Node
from glassgrad.tensor import Tensor, attach
from glassgrad.viz.draw import draw

_OPS = 10_000  # of which a drawing takes a second
_BOXES = 60  # fit below a cell


def _mimebundle(self: Tensor, include: Any = None, exclude: Any = None) -> dict[str, str]:
    """The text of a tensor and, where it has a graph and Graphviz is there, the drawing of that, closed to what fits a page.

    include, exclude: of the two, by their MIME types, only these, and not these.
    """
    wanted = lambda kind: (not include or kind in include) and not (exclude and kind in exclude)
    bundle = {"text/plain": repr(self)} if wanted("text/plain") else {}
    if self._node is not None and wanted("image/svg+xml") and _small(self._node):
        with suppress(Exception):  # no Graphviz, or more boxes than fit: the text is there, and nobody asked for more
            bundle["image/svg+xml"] = draw(None, self, max_nodes=_BOXES)._repr_svg_()
    return bundle


def _small(root: Node) -> bool:
    """Whether no more than `_OPS` ops led to it; looks at no more."""
    stack, seen = [root], {root}
    while stack and len(seen) <= _OPS:
        for parent in stack.pop().parents:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return len(seen) <= _OPS


attach(_repr_mimebundle_=_mimebundle)
