"""`RowSparse`: the gradient of a table of which few rows were looked up, held as these rows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from glassgrad import kernels
from glassgrad.device import Size
from glassgrad.op import REGISTRY, NoArray, Op
from glassgrad.ops.index import embedding_grad
from glassgrad.tensor import Tensor, make

_KEEP_ZEROS = {"clone", "div", "mul", "neg", "to"}  # with numbers only


def row_sums(g: np.ndarray, index: np.ndarray, count: int, padding_idx: int | None = None) -> RowSparse:
    """`embedding_grad` as a RowSparse of shape (count, D): g (..., D) added up by index (...), without that of row `padding_idx`."""
    g, index = g.reshape(-1, g.shape[-1]), index.reshape(-1)
    if padding_idx is not None and not (used := index != padding_idx % count).all():
        g, index = g[used], index[used]
    found = kernels.distinct(index, count)
    rows, at = np.unique(index, return_inverse=True) if found is NotImplemented else found
    return RowSparse(rows.astype(np.int64, copy=False), embedding_grad(g, at, len(rows)), (count, g.shape[-1]))


class RowSparse(Tensor):
    """Zeros of `shape` (count, D) but for `rows` (n,), in order and each there once, which hold `kept` (n, D).

    This is PyTorch's sparse tensor as it comes out of `.coalesce()`. Negation, products with numbers and sums with its like stay sparse;
    sums with dense tensors are dense. It has no array, so any other op raises RuntimeError, and `.to_dense()` makes one.
    """

    __slots__ = ("kept", "rows", "sizes")

    rows: np.ndarray
    kept: np.ndarray
    sizes: tuple[int, int]

    def __init__(self, rows: np.ndarray, kept: np.ndarray, shape: tuple[int, int]) -> None:
        self.rows, self.kept, self.sizes = rows, kept, shape
        self._node = self._kin = self._grad = None
        self._requires_grad = False

    is_sparse, layout, ndim = True, "sparse_coo", 2  # type: ignore[assignment]
    shape = property(attrgetter("sizes"))  # type: ignore[assignment]
    dtype = property(attrgetter("kept.dtype"))  # type: ignore[assignment]
    data = property(lambda self: self.detach())  # type: ignore[assignment]

    @property
    def _array(self) -> np.ndarray:  # type: ignore[override]
        who, frame = "", sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__", "").startswith("glassgrad"):  # up to what the user called
            who = who if frame.f_code.co_name.startswith("<") else frame.f_code.co_name
            frame = frame.f_back  # type: ignore[assignment]
        raise NeedsDense(who, self)

    def indices(self) -> Tensor:
        """The rows that are there, (1, n) of int64."""
        return make(self.rows[None], None)

    def values(self) -> Tensor:
        """What they hold, (n, D), on the same memory."""
        return make(self.kept, None)

    _indices, _values = indices, values

    def _nnz(self) -> int:
        return len(self.rows)

    def coalesce(self) -> RowSparse:
        """Itself: no row is there twice."""
        return self

    def is_coalesced(self) -> bool:
        return True

    def sparse_dim(self) -> int:
        return 1

    def dense_dim(self) -> int:
        return 1

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
        """The same as an ordinary tensor."""
        return make(np.asarray(self, dtype), None)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        dense = np.zeros(self.sizes, dtype or self.dtype)
        dense[self.rows] = self.kept
        return dense

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc is np.add and inputs[1] is self and kwargs.get("out", (None,))[0] is inputs[0]:  # array += self, as backward adds up
            inputs[0][self.rows] += self.kept
            return inputs[0]
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def detach(self) -> RowSparse:
        return RowSparse(self.rows, self.kept, self.sizes)

    def zero_(self) -> RowSparse:
        self.rows, self.kept = self.rows[:0], self.kept[:0]
        return self

    def _overwrite(self, function: Callable[..., Any], args: Sequence[Any] = (), kwargs: Any = None, who: str = "") -> Tensor:
        y = function(self, *args, **(kwargs or {}))
        if type(y) is not RowSparse or y.dtype != self.dtype:
            raise NeedsDense(who or f"{function.__name__.lstrip('_')}_", self)
        self.rows, self.kept = y.rows, y.kept
        return self

    def dim(self) -> int:
        return 2

    def size(self, dim: int | None = None) -> Any:
        return Size(self.sizes) if dim is None else self.sizes[dim]

    def numel(self) -> int:
        return self.sizes[0] * self.sizes[1]

    nelement = numel

    def is_floating_point(self) -> bool:
        return self.dtype.kind == "f"

    def __len__(self) -> int:
        return self.sizes[0]

    def __deepcopy__(self, memo: dict[int, Any]) -> RowSparse:
        memo[id(self)] = copied = RowSparse(self.rows, self.kept.copy(), self.sizes)
        return copied

    def __reduce__(self) -> Any:
        return RowSparse, (self.rows, self.kept, self.sizes)

    def __repr__(self) -> str:
        indices, values = repr(self.indices()).replace("\n", "\n" + " " * 15), repr(self.values()).replace("\n", "\n" + " " * 14)
        end = f"size={self.sizes}, nnz={len(self.rows)}, layout={self.layout}"
        return f"tensor(indices={indices},\n       values={values},\n       {end})"

    __format__ = object.__format__  # type: ignore[assignment]


class NeedsDense(NoArray):
    """Raised where a gradient that is sparse meets what works on arrays only."""

    def __init__(self, who: str, g: RowSparse) -> None:
        self.g = g
        super().__init__(
            f"{who}: this gradient of shape {g.shape} is sparse: it has no array, only the {len(g.rows)} rows that an embedding with "
            "sparse=True looked up: write .to_dense() first, or take its .values()"
        )

    def answer(self, op: Op, args: Sequence[Any], otherwise: Any = None) -> Any:
        """What `op` makes of arguments of which some are RowSparse."""
        if op.name in ("add", "sub"):
            return _sum(args[0], args[1] if op.name == "add" else -args[1])
        x, *others = reversed(args) if op.name == "mul" and not isinstance(args[0], RowSparse) else args
        if op.name in _KEEP_ZEROS and isinstance(x, RowSparse) and not any(getattr(y, "ndim", 0) for y in others):
            y = REGISTRY[op.key](x.values(), *others)
            if not y.requires_grad:
                return RowSparse(x.rows, y._array, x.sizes)
        raise NeedsDense(op.name, self.g)


def _sum(a: Any, b: Any) -> Any:
    if isinstance(a, RowSparse) and isinstance(b, RowSparse) and a.shape == b.shape:
        return row_sums(np.concatenate([a.kept, b.kept]), np.concatenate([a.rows, b.rows]), len(a))
    dense = np.asarray if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) else RowSparse.to_dense  # an array and this give an array
    return (dense(a) if isinstance(a, RowSparse) else a) + (dense(b) if isinstance(b, RowSparse) else b)
