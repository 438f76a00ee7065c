"""The graph from outside: PyTorch's names for its nodes, and hooks on what they save."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad import hooks
from glassgrad.graph import Node
from glassgrad.tensor import Tensor, make

__all__ = ["AccumulateGrad", "Node", "save_on_cpu", "saved_tensors_hooks"]


class AccumulateGrad:
    """The end of a graph, as `next_functions` shows it: where gradients are added to the `.grad` of a leaf, its `variable`."""

    __slots__ = ("variable",)

    next_functions: tuple[Any, ...] = ()

    def __init__(self, variable: Any) -> None:
        self.variable = variable

    def name(self) -> str:
        """AccumulateGrad, as the class."""
        return "AccumulateGrad"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumulateGrad) and other.variable is self.variable

    def __hash__(self) -> int:
        return hash((AccumulateGrad, id(self.variable)))

    def __repr__(self) -> str:
        return f"<AccumulateGrad {list(self.variable.shape)}>"


def _next_functions(self: Node) -> tuple[tuple[Any, int], ...]:
    """PyTorch's view of the parents: `(node or None, 0)` for each input; an `AccumulateGrad` stands for a leaf."""
    return tuple((parent if parent is None or type(parent) is Node else AccumulateGrad(parent), 0) for parent in self.parents)


Node.next_functions = property(_next_functions)  # type: ignore[attr-defined]


class _Blocks(threading.local):
    """The blocks that are open on this thread, the innermost last."""

    def __init__(self) -> None:
        self.open: list[saved_tensors_hooks] = []


_blocks = _Blocks()
_count = 0  # those of all threads
_counting = threading.Lock()


class _Packed:
    """What the pack hook made of the saved values; `open` gives them back to the backward."""

    __slots__ = ("items", "unpack")

    def __init__(self, saved: tuple[Any, ...], pack: Callable[[Tensor], Any], unpack: Callable[[Any], Tensor]) -> None:
        self.items = [(x.shape, pack(make(x, None))) if isinstance(x, np.ndarray) else (None, x) for x in saved]
        self.unpack = unpack

    def open(self, node: Node) -> tuple[Any, ...]:
        return tuple(item if shape is None else self._unpacked(node, shape, item) for shape, item in self.items)

    def _unpacked(self, node: Node, shape: tuple[int, ...], item: Any) -> np.ndarray:
        tensor = self.unpack(item)
        if not isinstance(tensor, Tensor):
            raise TypeError(f"saved_tensors_hooks: for {node.op.name} the unpack hook gave {type(tensor).__name__}, it must give a tensor")
        if tensor.shape != shape:
            raise RuntimeError(
                f"saved_tensors_hooks: for {node.op.name} the unpack hook gave a tensor of shape {tensor.shape}, what was packed is {shape}"
            )
        return tensor._array


class saved_tensors_hooks:
    """Pack what ops save inside the block by `pack_hook(tensor)`, and have `unpack_hook` give the tensor back at backward.

    Pack to a file, to float16 or to nothing that must be kept in memory. Of nested blocks the innermost counts; other
    threads are left alone.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        _blocks.open.append(self)
        _counted(1)

    def __exit__(self, *error: object) -> None:
        _blocks.open.pop()
        _counted(-1)


def _counted(change: int) -> None:
    global _count
    with _counting:
        _count += change
        hooks.listen("tap", 1, _recorded if _count else None)


def _recorded(node: Node, y: np.ndarray) -> None:
    if _blocks.open and node.saved:
        block = _blocks.open[-1]
        node.saved = _Packed(node.saved, block.pack_hook, block.unpack_hook)


class save_on_cpu(saved_tensors_hooks):
    """Saved values are on the CPU already: this block changes nothing."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cpu") -> None:
        super().__init__(lambda x: x, lambda x: x)
