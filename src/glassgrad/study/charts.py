"""What can be drawn by matplotlib: a figure that notebooks show, and a file."""

from __future__ import annotations

import io
import os
from abc import ABC, abstractmethod
from typing import Any

from glassgrad.viz.drawing import write

FORMATS = ("png", "svg", "pdf")
UNKNOWN = "0.87"  # the grey of what has no colour


class Chart(ABC):
    """The base: a subclass draws `figure()`."""

    @abstractmethod
    def figure(self) -> Any:
        """The picture as a matplotlib Figure."""

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the picture to `path`, which ends in .png, .svg or .pdf; returns the path. It needs matplotlib."""
        return write(path, FORMATS, self._rendered)

    def _rendered(self, kind: str) -> bytes:
        into = io.BytesIO()
        fixed = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)  # the same program gives the same file
        self.figure().savefig(into, format=kind, dpi=150, metadata=fixed)
        return into.getvalue()


def new_figure(who: str, width: float, height: float) -> Any:
    """An empty figure without a window, in inches; ModuleNotFoundError that says what to install where there is no matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ModuleNotFoundError(f"{who}: the picture needs matplotlib: pip install 'glassgrad[examples]'", name="matplotlib") from None
    return Figure(figsize=(width, height), layout="constrained")


def colours(name: str) -> Any:
    """A colour map, grey for what is unknown."""
    from matplotlib import colormaps

    return colormaps[name].with_extremes(bad=UNKNOWN)
