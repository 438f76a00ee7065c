"""How the items of a batch become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassgrad.ops.creation import as_tensor, tensor
from glassgrad.ops.shape import stack
from glassgrad.tensor import Tensor, make


def default_collate(batch: Sequence[Any]) -> Any:
    """Items of one kind as one.

    Tensors and arrays are stacked, numbers become a tensor (floats in float64, as in PyTorch), dicts, tuples and lists are
    collated entry by entry, and strings stay a list.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return _stacked(batch)
    if isinstance(first, np.ndarray):
        return _stacked([as_tensor(x) for x in batch])
    if isinstance(first, np.generic):
        return as_tensor(np.array(batch))
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, float):
        return tensor(batch, dtype=np.float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, Mapping):
        return _like(first, {key: default_collate([x[key] for x in batch]) for key in first})
    if isinstance(first, Sequence):
        if any(len(x) != len(first) for x in batch):
            lengths = [len(x) for x in batch]
            raise RuntimeError(f"default_collate: the items have different lengths, {lengths}: pad them, or write a collate_fn")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else columns if isinstance(first, tuple) else _like(first, columns)
    what = "items are tensors, arrays, numbers, strings, dicts, tuples or lists; else write a collate_fn"
    raise TypeError(f"default_collate: no rule for {type(first).__name__}: {what}")


def _stacked(batch: Sequence[Tensor]) -> Tensor:
    """`stack`; without a graph, and of one shape and dtype, the rows are copied one by one, which is several times faster."""
    shape, dtype = batch[0].shape, batch[0].dtype
    if any(type(x) is not Tensor or x.requires_grad or x.shape != shape or x.dtype != dtype for x in batch):
        return stack(list(batch), 0)
    array = np.empty((len(batch), *shape), dtype)
    for row, x in zip(array if shape else array[:, None], batch, strict=True):
        row[...] = x._array
    return make(array, None)


def default_convert(data: Any) -> Any:
    """Arrays as tensors, inside dicts, tuples and lists too; all else as it is."""
    if isinstance(data, (np.ndarray, np.generic)):
        return as_tensor(data) if data.dtype.kind in "biuf" else data
    if isinstance(data, Mapping):
        return _like(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, tuple):
        items = [default_convert(x) for x in data]
        return type(data)(*items) if hasattr(data, "_fields") else items
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _like(data, [default_convert(x) for x in data])
    return data


def _like(model: Any, values: Any) -> Any:
    """`values` in the model's own type where that takes them."""
    try:
        return type(model)(values)
    except TypeError:
        return values
