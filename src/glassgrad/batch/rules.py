"""How each family of ops runs on a batch: the same op, with its dimensions moved by one.

A rule takes a `Call` and returns the result with the batch dimension first (or a Batched). Elementwise ops are known from
their declaration, and ops without derivative rules of their own (traced) run their bodies; the rest is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from glassgrad.batch.batched import RULES, Batched, Call, refused
from glassgrad.dtypes import result_type
from glassgrad.op import REGISTRY
from glassgrad.ops.index import getitem, unindex, where
from glassgrad.ops.shape import axis_of, broadcast_to, movedim, permute, reshape, stack
from glassgrad.tensor import Tensor


def rule(*keys: str) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Note how these ops run on a batch."""

    def note(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
        RULES.update(dict.fromkeys(keys, function))
        return function

    return note


def _is_array(x: Any) -> bool:
    return isinstance(x, (Tensor, np.ndarray, np.generic))


def _arrays(call: Call) -> dict[str, Any]:
    return {name: x for name, x in call.values.items() if _is_array(x)}


# ---------------------------------------------------------------------------------------------- element by element


@rule(
    "add", "_addmm", "_clamp", "_elu", "_celu", "_gaussian_nll_loss", "_selu", "_hardsigmoid", "_hardswish", "_hardtanh", "_huber",
    "_inside", "_leaky_relu", "_mish", "_prelu", "_rounded", "_rrelu", "_silu", "_threshold", "_to", "_where", "alias", "at_least",
    "clone", "gelu", "hardshrink", "isclose", "lerp", "nan_to_num", "polygamma", "round", "softplus", "softshrink", "unravel_index",
)  # fmt: skip
def elementwise(call: Call) -> Any:
    """Line the operands up behind the batch dimension; broadcasting does the rest."""
    arrays = _arrays(call)
    rank = max(x.ndim for x in arrays.values())
    changed = {name: call.aligned(x, rank) for name, x in arrays.items()}
    inputs = [x for name, x in call.values.items() if name in (call.op.inputs or call.op.arrays)]
    found = {x.dtype for x in inputs if _is_array(x)}
    if call.op.dtypes != "same" and len(found) > 1:  # a 0-d sample counts as 0-d in promotion, its batch would not
        dtype = result_type(*(np.empty((1,) * min(x.ndim, 1), x.dtype) if _is_array(x) else x for x in inputs))
        for name in call.op.inputs or call.op.arrays:
            if name in arrays:
                changed[name] = changed[name].astype(dtype)
    return call.run(**changed)


@rule("_unpacked")
def _unpacked(call: Call) -> Any:
    return call.run(mask=call["mask"].value)


@rule("_dropout")
def _dropout(call: Call) -> Any:
    mask = call["mask"]
    if mask.dtype == np.uint8:  # bits: of all elements of a sample
        return REGISTRY["_dropout"](call["x"], REGISTRY["_unpacked"](mask, call["x"].shape), call["scale"])
    return elementwise(call)


@rule("masked_fill", "_masked_fill")
def _masked_fill(call: Call) -> Any:
    x, mask, value = call["x"], call["mask"], call["value"]
    if isinstance(value, Tensor):
        return where(mask, value.to(x.dtype), x)
    rank = max(x.ndim, mask.ndim)
    return call.run(x=call.aligned(call.sample(call.front(x)), rank), mask=call.aligned(mask, rank))


@rule("_fill")
def _fill(call: Call) -> Any:
    x, value = call["x"], call["value"]
    return call.run(x=call.front(x), value=call.aligned(value, x.ndim) if _is_array(value) else value)


@rule("nonzero", "argwhere", "masked_select", "unique", "unique_consecutive", "_groups", "bincount")
def _value_shaped(call: Call) -> Any:
    raise refused(f"{call.op.name} can't be vectorised: the shape of its result depends on each sample's values", named=True)


@rule(
    "searchsorted", "bucketize", "isin", "histc", "histogram", "_edges", "_bins", "_median", "cutoff", "linalg.lstsq",
    "scaled_gradient", "ctc_loss", "multi_margin_loss",
    "multilabel_margin_loss", "index_add", "index_copy", "index_fill", "index_reduce", "index_put", "put", "masked_scatter",
)  # fmt: skip
def looped(call: Call) -> Any:
    """One sample after the other: for ops that read values, most of them only where the indices are batched."""
    runs = [call.run(**{name: _item(call, x, i) for name, x in call.values.items()}) for i in range(call.level.size)]
    if not runs:
        raise refused(f"{call.op.name} runs sample by sample, and there are none: the shape of its result isn't known", named=True)
    if not isinstance(runs[0], tuple):
        return stack(runs)
    return tuple(stack(same) for same in zip(*runs, strict=True))


def _item(call: Call, x: Any, i: int) -> Any:
    if isinstance(x, (tuple, list)):
        return type(x)(_item(call, part, i) for part in x)
    return getitem(x.value, i) if call.holds(x) else x


@rule("_all_fractions")
def _check(call: Call) -> Any:
    return bool(call.run(q=call["q"].value))


@rule("contiguous")
def _contiguous(call: Call) -> Any:
    return call["x"]


# ---------------------------------------------------------------------------------------------- along dimensions


def _moved(dim: int, ndim: int, who: str) -> int:
    return axis_of(dim, ndim, who) + 1


@rule(
    "sum", "mean", "var", "_var", "std", "_std", "amax", "amin", "logsumexp", "all", "any", "argmax", "argmin", "prod", "nansum", "nanmean",
    "count_nonzero", "_norm", "_euclidean",
)  # fmt: skip
def reduction(call: Call) -> Any:
    """Reduce the same dimensions, one further on; all of them, and those of a 0-d sample, as one flat dimension."""
    first = call.op.params[0]
    x, dim, n = call[first], call.values.get("dim"), call[first].ndim
    dims = None if dim is None else tuple(dim) if isinstance(dim, Sequence) else (dim,)
    if isinstance(dim, bool):
        raise refused(f"{call.op.name}: dim is {dim}: write correction={int(dim)}", named=True)
    for d in dims or ():
        axis_of(d, n, call.op.name)
    if dims and n:
        moved = tuple(_moved(d, n, call.op.name) for d in dims)
        return call.run(**{first: x.value, "dim": moved if isinstance(dim, Sequence) else moved[0]})
    flat = reshape(x.value, (call.level.size, prod(x.shape)))
    keep = bool(call.values.get("keepdim")) and n
    off = {"keepdim": False} if "keepdim" in call.values else {}
    y = call.run(**{first: flat, "dim": 1}, **off)
    return reshape(y, (call.level.size, *(1,) * n)) if keep else y


@rule(
    "softmax", "log_softmax", "softmax_grad", "log_softmax_grad", "gather", "ungather", "argsort", "cumsum", "cumprod",
    "logcumsumexp", "take_along_dim", "recur", "recur_back", "later", "earlier", "_median_at", "_mode_at", "_record_at", "_kth_at",
    "scatter", "scatter_add", "scatter_reduce",
)  # fmt: skip
def along(call: Call) -> Any:
    """All arrays have one number of dimensions, and `dim` is one of them."""
    arrays = {name: x for name, x in _arrays(call).items() if name in call.op.arrays}
    if call["dim"] is None:  # the elements in one row
        call.values = call.values | {name: x.reshape((-1,)) for name, x in arrays.items()} | {"dim": 0}
        return along(call)
    n = max(x.ndim for x in arrays.values())
    size = call.level.size
    if "index" in arrays and call.op.key.startswith("scatter") and 0 in call["index"].shape:
        return call.front(call["x"])
    changed: dict[str, Any] = {name: call.front(x) if x.ndim or not n else reshape(call.front(x), (size, 1)) for name, x in arrays.items()}
    if "shape" in call.values:
        changed["shape"] = (size, *(call["shape"] or (1,)))
    changed["dim"] = _moved(call["dim"], n, call.op.name)
    if n:
        return call.run(**changed)
    y = call.run(**{name: reshape(x, (size, 1)) if name in arrays else x for name, x in changed.items()} | {"dim": 1})
    return tuple(reshape(part, (size,)) for part in y) if isinstance(y, tuple) else reshape(y, (size,))


@rule("share")
def _share(call: Call) -> Any:
    x, y, dim = call["x"], call["y"], call["dim"]
    if not x.ndim:
        return call.run(x=call.front(x).reshape((call.level.size, 1)), y=call.front(y), dim=1, keepdim=False).reshape((call.level.size,))
    dims = range(x.ndim) if dim is None else dim if isinstance(dim, Sequence) else (dim,)
    return call.run(x=call.front(x), y=call.front(y), dim=tuple(_moved(d, x.ndim, "share") for d in dims))


# ---------------------------------------------------------------------------------------------- shapes


@rule("reshape", "view", "flatten", "squeeze", "unsqueeze")
def _reshape(call: Call) -> Any:
    x = call["x"]
    probe = np.zeros(x.shape, x.value.dtype)
    shape = call.op.forward(*_spread(call, [probe, *list(call.values.values())[1:]])).shape
    return reshape(x.value, (call.level.size, *shape))


def _spread(call: Call, values: list[Any]) -> list[Any]:
    return [*values[:-1], *values[-1]] if call.op.variadic else values


@rule("transpose")
def _transpose(call: Call) -> Any:
    x = call["x"]
    at = [_moved(call[name], x.ndim, "transpose") for name in ("dim0", "dim1")]
    return call.run(x=x.value, dim0=at[0], dim1=at[1]) if x.ndim else x


@rule("_permute")
def _permute(call: Call) -> Any:
    x = call["x"]
    return call.run(x=x.value, dims=(0, *(_moved(d, x.ndim, "permute") for d in call["dims"])))


@rule("_expand")
def _expand(call: Call) -> Any:
    shape = call["shape"]
    return call.run(x=call.aligned(call["x"], len(shape)), shape=(call.level.size, *shape))


@rule("cat")
def _cat(call: Call) -> Any:
    tensors = call["tensors"]
    if any(np.ndim(x) != 1 for x in tensors):
        tensors = [x for x in tensors if tuple(x.shape) != (0,)]  # as in PyTorch, these fit everywhere
    return call.run(tensors=[call.front(x) for x in tensors], dim=_moved(call["dim"], np.ndim(tensors[0]), "cat"))


@rule("flip", "roll", "repeat", "diagonal", "unfold", "part", "read_last")
def pick(call: Call) -> Any:
    """Ops whose result is elements of x in another order or place: run on the numbers of the elements, it tells which."""
    x = call["x"]
    numbers = np.arange(prod(x.shape)).reshape(x.shape)
    if call.op.key == "read_last":  # 0 where nothing is read: number the elements from 1
        found = call.op.forward(numbers + 1, *list(call.values.values())[1:]) - 1
        y = _chosen(x.value, np.maximum(found, 0))
        return where(found >= 0, y, 0)
    return _chosen(x.value, call.op.forward(*_spread(call, [numbers, *list(call.values.values())[1:]])))


def _chosen(x: Any, numbers: np.ndarray) -> Any:
    size = x.shape[0]
    return getitem(reshape(x, (size, prod(x.shape[1:]))), (slice(None), numbers.reshape(-1))).reshape((size, *numbers.shape))


@rule("undiagonal", "overlap", "put_part", "put_last")
def spread(call: Call) -> Any:
    """The transposes of these: the rule, which is the op that picks, tells from where each element would be read."""
    x, shape, op = call["x"], tuple(call["shape"]), call.op
    numbers = np.arange(1, prod(shape) + 1).reshape(shape)
    named = call.values | {"x_shape": tuple(x.shape)}
    (found,) = op.backward((True,), numbers, tuple(named[name] for name in (*op.keep, *op.attrs)))
    found = np.asarray(found).reshape(-1)
    size, at = call.level.size, np.flatnonzero(found)
    flat = reshape(call.front(x), (size, len(found)))
    values = flat if len(at) == len(found) else getitem(flat, (slice(None), at))
    return unindex(values, (size, prod(shape)), (slice(None), found[at] - 1)).reshape((size, *shape))


@rule(
    "tril", "triu", "inverse", "_solve", "det", "cofactor", "_slogdet", "_cholesky", "_qr", "_complete_qr", "complement", "_eigh", "_svd",
    "_pinv", "_matmul", "matrix_exp", "scaled_dot_product_attention",
)  # fmt: skip
def matrices(call: Call) -> Any:
    """Ops on the last two dimensions, which take any number in front."""
    arrays = {name: x for name, x in _arrays(call).items() if name in call.op.arrays}
    if call.op.name != "scaled_dot_product_attention" and any(x.ndim < 2 for x in arrays.values()):
        raise RuntimeError(f"{call.op.name}: needs matrices, but a sample has shape {' and '.join(str(x.shape) for x in arrays.values())}")
    rank = max(x.ndim for x in arrays.values())
    return call.run(**{name: call.aligned(x, rank) for name, x in arrays.items()})


@rule("_scaled_dot_product_attention", "attention_grad")
def _attention(call: Call) -> Any:
    """Where weights are dropped, each sample by itself: a seed makes the same choice in all of them."""
    if call["dropout_p"]:
        return looped(call)
    arrays = {name: x for name, x in _arrays(call).items() if name in call.op.arrays}
    rank = max(x.ndim for x in arrays.values())
    return call.run(**{name: call.aligned(x, rank) for name, x in arrays.items()})


@rule("_pad")
def _pad(call: Call) -> Any:
    return call.run(x=call["x"].value)  # the widths are of the last dimensions


# ---------------------------------------------------------------------------------------------- indexing


def _picks(index: Any) -> bool:
    """Whether a part of an index picks elements by number or mask, which NumPy puts together with the others that do."""
    return _is_array(index) or isinstance(index, (list, bool))


def _lead(index: tuple[Any, ...]) -> int:
    """How many dimensions come before the batch in `x[:, *index]`: NumPy moves those of arrays that stand apart to the front."""
    at = [i for i, item in enumerate(index) if _picks(item)]
    if not at or at[-1] - at[0] + 1 == len(at):
        return 0
    return np.broadcast(*(np.empty(item.sum() if item.dtype.kind == "b" else item.shape) for item in index if _is_array(item))).ndim


@rule("_getitem")
def _getitem(call: Call) -> Any:
    """`x[index]`, on a tensor that may be batched, by an index of which parts may be."""
    x = call["x"]
    index = call["index"] if isinstance(call["index"], tuple) else (call["index"],)
    if any(call.holds(item) for item in index):
        return _by_batched(call, x, index)
    if any(isinstance(item, (Tensor, list, bool)) for item in index):  # not yet as NumPy takes it
        return getitem(x, tuple(_listed(item) for item in index))
    y = call.run(x=x.value, index=(slice(None), *index))
    lead = _lead(index)
    return movedim(y, lead, 0) if lead else y


def _listed(item: Any) -> Any:
    if isinstance(item, bool) or (isinstance(item, Tensor) and item.dtype == np.bool_ and not item.ndim):
        raise refused("an index of a single bool can't be vectorised: write gg.where(...)", named=True)
    return np.asarray(item) if isinstance(item, list) else item


def _by_batched(call: Call, x: Any, index: tuple[Any, ...]) -> Any:
    """Ints, slices and None are taken first, then the arrays together, with the number of the sample among them."""
    if any(_is_array(item) and item.dtype.kind not in "iu" for item in index):
        raise refused("an index by a mask of its own for each sample gives them different shapes: write gg.where(mask, x, 0)", named=True)
    index = tuple(np.asarray(item) if isinstance(item, list) else item for item in index)
    width = sum(1 for item in index if item is not None and item is not ...)
    if ... not in [item if item is ... else 0 for item in index]:
        index = (*index, ...)
    at = next(i for i, item in enumerate(index) if item is ...)
    index = (*index[:at], *(slice(None),) * (x.ndim - width), *index[at + 1 :])
    x = getitem(x, tuple(item if not _is_array(item) else slice(None) for item in index))
    parts = [item if _is_array(item) else None for item in index if not isinstance(item, (int, np.integer))]
    places = [i for i, item in enumerate(parts) if item is not None]
    apart = places[-1] - places[0] + 1 != len(places)
    rank = max(item.ndim for item in parts if item is not None)
    full: list[Any] = [slice(None) if item is None else call.aligned(item, rank) for item in parts]
    before = 0 if apart else places[0]  # dimensions of x that stay in front of the chosen ones
    if call.holds(x):
        y = getitem(x.value, (np.arange(call.level.size).reshape((-1, *(1,) * rank)), *full))  # (B, chosen, rest)
        order = [0, *range(1 + rank, 1 + rank + before), *range(1, 1 + rank), *range(1 + rank + before, y.ndim)]
        return permute(y, *order)
    return movedim(getitem(x, tuple(full)), before, 0)


@rule("unindex")
def _unindex(call: Call) -> Any:
    x, index, shape = call["x"], call["index"], (call.level.size, *call["shape"])
    if any(isinstance(item, Batched) for item in index):
        raise refused("the gradient of an index that differs between samples can't be vectorised", named=True)
    lead = _lead(index)
    return call.run(x=movedim(call.front(x), 0, lead), shape=shape, index=(slice(None), *index))


@rule("replaced", "added")
def _written(call: Call) -> Any:
    x, index, value = call["x"], call["index"], call["value"]
    if any(isinstance(item, Batched) for item in index):
        raise refused("a write to places that differ between samples can't be vectorised", named=True)
    size = call.level.size
    if _is_array(value) and value.ndim:
        seen = np.zeros(x.shape, np.bool_)[index].shape
        value = broadcast_to(call.aligned(call.sample(call.front(value)), len(seen)), (size, *seen))
        value = movedim(value, 0, _lead(index))
    elif call.holds(value):
        value = value.value.reshape((size, *(1,) * np.zeros(x.shape, np.bool_)[index].ndim))
        value = movedim(value, 0, _lead(index))
    return call.run(x=call.front(x), index=(slice(None), *index), value=value)


@rule("overwrite")
def _overwrite(call: Call) -> Any:
    x, value, size = call["x"], call["value"], call.level.size
    n = prod(x.shape)
    part = REGISTRY["part"].op  # type: ignore[attr-defined]
    places = part.body(np.arange(n).reshape(x.shape), call["layout"], call["place"])
    if _is_array(value):
        value = call.front(value).reshape((size, *(1,) * (places.ndim - value.ndim), *value.shape))
        value = broadcast_to(value, (size, *places.shape)).reshape((size, places.size))
    flat = call.front(x).reshape((size, n))
    return REGISTRY["replaced"](flat, (slice(None), places.reshape(-1)), value).reshape((size, *x.shape))


@rule("take")
def _take(call: Call) -> Any:
    return getitem(call["x"].reshape((-1,)), call["index"])


@rule("index_select")
def _index_select(call: Call) -> Any:
    x, index = call["x"], call["index"]
    return getitem(x, ((slice(None),) * axis_of(call["dim"], x.ndim, "index_select") + (index.reshape(-1),)))


@rule("embedding", "_embedding")
def _embedding(call: Call) -> Any:
    index, weight, padding = call["index"], call["weight"], call["padding_idx"]
    if not call.holds(weight):
        return call.run(index=call.front(index))
    rows = getitem(weight, index)
    if padding is None:
        return rows
    return where((index == padding % len(weight)).unsqueeze(-1), rows.detach(), rows)


@rule("embedding_grad")
def _embedding_grad(call: Call) -> Any:
    x, index = call["x"], call["index"]
    if call.holds(index):
        return looped(call)
    size, d = call.level.size, x.shape[-1]
    wide = reshape(movedim(x.value, 0, -2), (*x.shape[:-1], size * d))  # (..., B * D): the batch as more columns
    return movedim(reshape(call.run(x=wide), (call["rows"], size, d)), 1, 0)


# ---------------------------------------------------------------------------------------------- products, norms, losses


@rule("linear")
def _linear(call: Call) -> Any:
    x, weight, bias = call["x"], call["weight"], call["bias"]
    if not call.holds(weight) and not call.holds(bias) and x.ndim:
        return call.run(x=x.value)
    y = x @ weight.mT
    return y if bias is None else y + bias


@rule("_layer_norm")
def _layer_norm(call: Call) -> Any:
    x, weight, bias = call["x"], call["weight"], call["bias"]
    if not call.holds(weight) and not call.holds(bias):
        return call.run(x=x.value)
    y = call.run(weight=None, bias=None)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


@rule("_rms_norm")
def _rms_norm(call: Call) -> Any:
    weight = call["weight"]
    return call.run(x=call["x"].value) if not call.holds(weight) else call.run(weight=None) * weight


@rule("_cross")
def _cross(call: Call) -> Any:
    a, b = call["a"], call["b"]
    rank = max(a.ndim, b.ndim)
    dim = call["dim"]
    return call.run(a=call.aligned(a, rank), b=call.aligned(b, rank), dim=dim if dim < 0 else dim + 1)


@rule("nll_loss", "_nll_loss", "cross_entropy", "_cross_entropy")
def _class_loss(call: Call) -> Any:
    """The samples of all batches as one batch, then the mean or sum of each."""
    x, target, weight = call["x"], call["target"], call["weight"]
    if call.holds(weight) or call.values.get("size_average") is not None or call.values.get("reduce") is not None:
        return looped(call)
    reduction = call["reduction"]
    lead = (call.level.size, *x.shape[:-1][:1]) if x.ndim > 1 else (call.level.size,)
    flat = reshape(call.front(x), (prod(lead), *x.shape[len(lead) - 1 :]))
    targets = call.front(target)
    values = call.run(x=flat, target=reshape(targets, (prod(lead), *target.shape[len(lead) - 1 :])), reduction="none")
    values = reshape(values, (call.level.size, *target.shape))
    return _reduced(values, reduction, lambda: _weights(targets, weight, call["ignore_index"], x.dtype))


def _weights(target: Any, weight: Any, ignore_index: int, dtype: Any) -> Any:
    kept = target != ignore_index
    return kept.astype(dtype) if weight is None else weight[target * kept] * kept


def _reduced(values: Any, reduction: str, weights: Callable[[], Any]) -> Any:
    if reduction == "none":
        return values
    flat = (values.shape[0], prod(values.shape[1:]))
    total = values.reshape(flat).sum(1)
    return total if reduction == "sum" else total / weights().reshape(flat).sum(1)


@rule("nll_loss_grad")
def _nll_loss_grad(call: Call) -> Any:
    g, target, shape, reduction = call["x"], call["target"], tuple(call["shape"]), call["reduction"]
    if call.holds(call["weight"]):
        return looped(call)
    size = call.level.size
    targets, g = call.front(target), call.front(g)
    if reduction == "mean":
        g = g / _weights(targets, call["weight"], call["ignore_index"], g.dtype).reshape((size, prod(targets.shape[1:]))).sum(1)
    if reduction != "none":
        g = broadcast_to(g.reshape((size, *(1,) * target.ndim)), (size, *target.shape))
    rows = size * shape[0] if len(shape) > 1 else size
    tail = shape[1:] if len(shape) > 1 else shape
    flat, at = (reshape(x, (rows, *target.shape[1:])) for x in (g, targets))
    return reshape(call.run(x=flat, target=at, shape=(rows, *tail), reduction="none"), (size, *shape))
