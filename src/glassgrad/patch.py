"""The gradient of a slice: zero but where the slice was. Several of one array are put together in one pass."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np


class Patch:
    """A gradient of `shape` that is zero but at each of `parts`, pairs of (index without arrays, values to add there)."""

    __slots__ = ("dtype", "parts", "shape", "size")

    def __init__(self, shape: tuple[int, ...], *parts: tuple[Any, np.ndarray]) -> None:
        self.shape, self.parts, self.dtype = shape, list(parts), parts[0][1].dtype
        self.size = sum(values.size for _, values in parts)

    def __repr__(self) -> str:
        return f"<zeros {list(self.shape)} but at {', '.join(str(index) for index, _ in self.parts)}>"

    def added_to(self, total: np.ndarray) -> np.ndarray:
        """The array `total` after the values were added to it."""
        for index, values in self.parts:
            total[index] += values
        return total

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if not self._tiles():
            return self.added_to(np.zeros(self.shape, dtype or self.dtype))
        total = np.empty(self.shape, dtype or self.dtype)
        for index, values in self.parts:
            total[index] = values
        return total

    def _tiles(self) -> bool:
        """Whether the parts, as those of `split` and `unbind`, follow each other along one dimension from its start to its end."""
        dim = len(self.parts[0][0]) - 1
        spans = []
        for index, _ in self.parts:
            if len(index) != dim + 1 or any(item != slice(None) for item in index[:dim]):
                return False
            last = index[dim] if index else None
            if type(last) is int:
                last = slice(last, last + 1 or None)
            if type(last) is not slice or dim >= len(self.shape):
                return False
            spans.append(last.indices(self.shape[dim]))
        at = 0
        for start, stop, step in sorted(spans):
            if start != at or step != 1:
                return False
            at = stop
        return at == self.shape[dim]


def joined(held: Any, g: Any, owned: bool, wait: bool) -> Any:
    """held + g, of which one is a patch at least (or held is None), in memory of its own.

    owned: whether `held` may be written to. wait: whether the sum may stay a patch, for more to come; it does while its values
    take no more room than the whole.
    """
    if type(g) is not Patch:
        return held.added_to(np.array(g))
    if held is None:
        held = Patch(g.shape, *g.parts)
    elif type(held) is Patch:
        held.parts += g.parts
        held.size += g.size
    else:
        return g.added_to(held if owned else np.array(held))
    return held if wait and held.size <= prod(held.shape) else np.asarray(held)
