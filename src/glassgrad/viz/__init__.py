"""Pictures of computation graphs."""

from glassgrad.viz.draw import draw_graph
from glassgrad.viz.drawing import Drawing

__all__ = ["Drawing", "draw_graph"]
