"""Pictures of computation graphs."""

from glassgrad.viz.drawing import Drawing, draw_graph

__all__ = ["Drawing", "draw_graph"]
