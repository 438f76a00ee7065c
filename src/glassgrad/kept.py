"""What the ops of a graph keep for backward: each memory counted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from glassgrad.graph import Node, opened
from glassgrad.tensor import Tensor
from glassgrad.writes import owner


class Held(NamedTuple):
    """One array that a node keeps: `size` bytes, or 0 where `holder`, a leaf or a node, holds the same memory anyway."""

    node: Node
    name: str  # the input's, "y", or a residual's
    size: int
    holder: Any  # None where nobody else does


def kept(nodes: Sequence[Node]) -> Iterator[Held]:
    """The arrays that `nodes`, in the order in which they ran, keep; memory counts for the first op that saves it, and not for leaves."""
    holders: dict[int, Any] = {id(owner(leaf._array)): leaf for node in nodes for leaf in node.parents if isinstance(leaf, Tensor)}
    counted: set[int] = set()
    regions: set[int] = set()
    for node in nodes:
        for name, array in _arrays(node, regions):
            held = owner(array)
            holder = holders.setdefault(id(held), node)
            alone = holder is node and id(held) not in counted
            yield Held(node, name, held.nbytes if alone else 0, None if alone else holder)
            counted.add(id(held))


def _arrays(node: Node, regions: set[int]) -> Iterator[tuple[str, np.ndarray]]:
    """The arrays that a node keeps; of each checkpoint, noted in `regions`, the arguments: opening it would run it again."""
    region = getattr(node.saved, "region", None)
    if region is None:
        values: Any = zip(node.op.keep, opened(node), strict=False)  # nothing where it was freed
    else:
        values = [("arguments", () if id(region) in regions else region.arrays())]
        regions.add(id(region))
    for name, value in values:
        for array in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(array, np.ndarray):
                yield name, array
