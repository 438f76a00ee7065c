"""Pictures of computation graphs."""

from importlib import import_module
from typing import Any

from glassgrad.viz.draw import draw_graph
from glassgrad.viz.drawing import Drawing

__all__ = ["Drawing", "draw_graph", "page"]


def __getattr__(name: str) -> Any:
    """`page` lives a floor higher, beside the tape that it reads."""
    if name == "page":
        return import_module("glassgrad.study").page
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
