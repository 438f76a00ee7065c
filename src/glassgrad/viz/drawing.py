"""What `draw_graph` returns: a drawing that can be saved, or shown in a notebook."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

FORMATS = ("svg", "png", "pdf", "dot")
_one_at_a_time = threading.Lock()  # Graphviz's library is not thread-safe


class Drawing:
    """A drawn graph. `.source` is its DOT text; `.save("graph.svg")` lays it out; a notebook shows it by itself."""

    def __init__(self, source: str, size: int, max_nodes: int, closed: str = "") -> None:
        self.source = source
        self._size = size
        self._max_nodes = max_nodes
        self._closed = closed  # what is, and how to open it

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the picture to `path`, whose ending says how: .svg, .png, .pdf or .dot. Returns the path.

        ValueError for another ending or a graph of more than max_nodes boxes, OSError where nothing can be written, and
        RuntimeError where Graphviz is missing (but .dot needs none). Nothing half-written is left.
        """
        return write(path, FORMATS, lambda kind: self.source.encode() if kind == "dot" else self._render(kind))

    def _render(self, kind: str) -> bytes:
        if self._size > self._max_nodes:
            raise ValueError(
                f"the graph has {self._size:,} boxes, and laying out more than {self._max_nodes:,} may take minutes or more: "
                "draw a smaller part (one block of the model, fewer steps, ops=(1, 100), a lower depth), write draw_graph(..., "
                f'max_nodes={self._size}) to try it all the same, or take .source or .save("graph.dot")'
            )
        sharp = kind == "png" and self._size <= 300  # a larger one would have more pixels than a bitmap may
        return _laid_out(self.source.replace("{", "{\ndpi=144", 1) if sharp else self.source, kind)

    def _repr_svg_(self) -> str:
        return self._render("svg").decode()

    def __repr__(self) -> str:
        return f'<Drawing of {self._size:,} boxes{self._closed}: .save("graph.svg") or .source>'


def write(path: str | os.PathLike[str], formats: Sequence[str], render: Callable[[str], bytes]) -> str:
    """Write the picture that `render` makes in the format that the path's ending names: aside first, so that none is ever half there."""
    path = os.fspath(path)
    kind = os.path.splitext(path)[1].lower().removeprefix(".")
    if kind not in formats:
        *most, last = (f".{one}" for one in formats)
        raise ValueError(f"save: {path!r} must end in {', '.join(most)} or {last}")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"save: there is no folder {folder!r}: make it first, or give another path")
    if os.path.isdir(path):
        raise IsADirectoryError(f"save: {path!r} is a folder: give the path of a file")
    data = render(kind)
    target = os.path.realpath(path)
    part = f"{target}.{os.getpid()}.part"
    try:
        with open(part, "wb") as file:
            file.write(data)
        os.replace(part, target)
    except OSError as error:
        if os.path.exists(part):
            os.unlink(part)
        raise type(error)(error.errno, f"save: can't write to {folder!r} ({error.strerror}): give another path") from None
    return path


def _laid_out(source: str, kind: str) -> bytes:
    """Graphviz's picture of DOT text: by pygraphviz, whose wheels carry Graphviz, else by the `dot` program."""
    try:
        import pygraphviz
    except ImportError:
        import graphviz

        try:
            return bytes(graphviz.pipe("dot", kind, source.encode()))
        except graphviz.ExecutableNotFound:
            raise RuntimeError(
                "no Graphviz found to lay out the picture: either `pip install glassgrad[viz]`, or install Graphviz (graphviz.org) "
                'so that `dot` is on PATH. The DOT text needs neither: .source or .save("graph.dot")'
            ) from None
    with _one_at_a_time:
        return bytes(pygraphviz.AGraph(string=source).draw(format=kind, prog="dot"))
