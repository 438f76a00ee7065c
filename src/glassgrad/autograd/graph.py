"""The graph from outside: PyTorch's names for its nodes, and hooks on what they save."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad import hooks
from glassgrad.graph import Node
from glassgrad.tensor import Tensor, make

__all__ = ["Node", "save_on_cpu", "saved_tensors_hooks"]


class _Packed:
    """What the pack hook made of the saved values; `open` gives them back to the backward."""

    __slots__ = ("items", "unpack")

    def __init__(self, saved: tuple[Any, ...], pack: Callable[[Tensor], Any], unpack: Callable[[Any], Tensor]) -> None:
        self.items = [(isinstance(x, np.ndarray), pack(make(x, None)) if isinstance(x, np.ndarray) else x) for x in saved]
        self.unpack = unpack

    def open(self, node: Node) -> tuple[Any, ...]:
        return tuple(self._unpacked(node, item) if packed else item for packed, item in self.items)

    def _unpacked(self, node: Node, item: Any) -> np.ndarray:
        tensor = self.unpack(item)
        if not isinstance(tensor, Tensor):
            raise TypeError(f"saved_tensors_hooks: for {node.op.name} the unpack hook gave {type(tensor).__name__}, it must give a tensor")
        return tensor._array


class saved_tensors_hooks:
    """Pack what ops save inside the block by `pack_hook(tensor)`, and have `unpack_hook` give the tensor back at backward.

    Pack to a file, to float16 or to nothing that must be kept in memory. Of nested blocks the innermost counts; other
    threads are left alone.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        self._outer = before = hooks.tap
        inner = getattr(before, "beneath", before)  # an outer block packs nothing while this one is open
        thread = threading.get_ident()

        def tap(node: Node, y: np.ndarray) -> None:
            if inner is not None:
                inner(node, y)
            if node.saved and threading.get_ident() == thread:
                node.saved = _Packed(node.saved, self.pack_hook, self.unpack_hook)

        tap.beneath = inner  # type: ignore[attr-defined]
        hooks.tap = tap

    def __exit__(self, *error: object) -> None:
        hooks.tap = self._outer


class save_on_cpu(saved_tensors_hooks):
    """Saved values are on the CPU already: this block changes nothing."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cpu") -> None:
        super().__init__(lambda x: x, lambda x: x)
