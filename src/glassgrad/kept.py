"""What the ops of a graph keep for backward: each memory counted once, and no checkpoint run more often than it must."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from glassgrad import hooks
from glassgrad.graph import Freed, Node, opened
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
    region = checkpoint_of(node)
    if region is None:
        values: Any = zip(node.op.keep, opened(node), strict=False)  # nothing where it was freed
    else:
        values = [("arguments", () if id(region) in regions else region.arrays())]
        regions.add(id(region))
    for name, value in values:
        for array in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(array, np.ndarray):
                yield name, array


def checkpoint_of(node: Node) -> Any:
    """The checkpoint inside which a node has forgotten what it saved, None elsewhere."""
    return getattr(node.saved, "region", None)


def at_hand(node: Node) -> tuple[Any, ...] | None:
    """The saved values of a node, None where they were freed, or where a checkpoint had to run again for them."""
    return None if isinstance(node.saved, Freed) or checkpoint_of(node) is not None else opened(node)


class _Once:
    """What a node holds while somebody asks: what it saved, opened when that is first needed, and then kept."""

    __slots__ = ("packed", "values")

    def __init__(self, packed: Any) -> None:
        self.packed = packed
        self.values: tuple[Any, ...] | None = None

    @property
    def region(self) -> Any:
        return getattr(self.packed, "region", None)

    def open(self, node: Node) -> tuple[Any, ...]:
        if self.values is None:
            with hooks.apart():  # of a tape: a checkpoint that runs again records ops
                self.values = self.packed.open(node)
        return self.values or ()


@contextmanager
def opened_once(nodes: Iterable[Node]) -> Iterator[None]:
    """However often the nodes' saved values are asked for meanwhile, each is unpacked, and each checkpoint runs again, once at most."""
    held = {node: _Once(node.saved) for node in nodes if not isinstance(node.saved, (tuple, _Once))}
    for node, one in held.items():
        node.saved = one
    try:
        yield
    finally:
        for node, one in held.items():
            if node.saved is one:  # nobody has freed it
                node.saved = one.packed
