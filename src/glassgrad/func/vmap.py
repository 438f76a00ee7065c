"""`vmap`: a function of one sample becomes one of a batch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from glassgrad._mode import state
from glassgrad.batch import Batched, Level
from glassgrad.func import tree
from glassgrad.ops.shape import axis_of, broadcast_to, cat, movedim, narrow
from glassgrad.tensor import Tensor

_P = ParamSpec("_P")
_Y = TypeVar("_Y")


def vmap(
    func: Callable[_P, _Y], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> Callable[_P, _Y]:
    """The function that runs `func` on each sample of a batch, all at once, and stacks the results.

    in_dims: the dimension of each argument that holds the samples, None for one that all share; an int for all, or a nest
    like the arguments (keyword arguments are shared). out_dims: where to put it in the results. func may return nests of tensors.
    randomness: "error" refuses random draws, "same" gives every sample the same, "different" (rand, randn, dropout) its own.
    chunk_size: run so many samples at a time.
    RuntimeError, naming the op, where an op can't be vectorised, and for control flow that depends on values. A few ops run sample by
    sample inside, as `searchsorted`, `isin`, `ctc_loss` and writes to places that differ between samples (batch/rules.py).

    >>> gg.func.vmap(gg.dot)(gg.ones(4, 3), gg.ones(4, 3))
    tensor([3., 3., 3., 3.])
    """
    if randomness not in ("error", "same", "different"):
        raise RuntimeError(f"vmap: randomness must be 'error', 'same' or 'different', got {randomness!r}")
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"vmap: chunk_size must be at least 1, got {chunk_size}")

    @functools.wraps(func)
    def batched(*args: Any, **kwargs: Any) -> Any:
        if not args:
            raise ValueError("vmap: call the function with the batched tensors as positional arguments; it got none")
        if not isinstance(in_dims, (int, tuple, list)):
            raise ValueError(f"vmap: in_dims must be an int or a tuple with one entry for each argument, got {in_dims!r}")
        dims = tree.spread("vmap: in_dims", tuple(in_dims) if isinstance(in_dims, list) else in_dims, args)
        fronts, size = _fronts(tree.leaves(args), dims)
        step = chunk_size or max(size, 1)
        pieces = []
        for start in range(0, max(size, 1), step):
            n = min(step, size - start)
            part = fronts if n == size else [None if x is None else narrow(x, 0, start, n) for x in fronts]
            pieces.append(_run(func, out_dims, Level(n, len(state.vmaps), randomness), args, kwargs, part))
        return pieces[0] if len(pieces) == 1 else _joined(pieces, out_dims)

    return batched


def _fronts(given: list[Any], dims: list[Any]) -> tuple[list[Any], int]:
    """Each batched argument with its samples in front, None for the others, and how many samples there are."""
    fronts: list[Any] = []
    sizes: dict[int, tuple[int, ...]] = {}
    for x, dim in zip(given, dims, strict=True):
        if dim is None:
            fronts.append(None)
            continue
        if not isinstance(dim, int) or isinstance(dim, bool):
            raise ValueError(f"vmap: in_dims must hold ints and None, got {dim!r}")
        if not isinstance(x, Tensor):
            raise ValueError(f"vmap: in_dims says {dim} for an argument of type {type(x).__name__}, which isn't a tensor: write None there")
        if not x.ndim:
            raise ValueError(f"vmap: in_dims says {dim} for a 0-d tensor, which has no dimension of samples: write None there")
        at = axis_of(dim, x.ndim, "vmap: in_dims")
        sizes.setdefault(x.shape[at], tuple(x.shape))
        fronts.append(movedim(x, at, 0) if at else x)
    if not sizes:
        raise ValueError("vmap: in_dims is None for every argument, so there is no batch to run over: call the function itself")
    if len(sizes) > 1:
        each = " and ".join(f"{n} (shape {shape})" for n, shape in sizes.items())
        raise ValueError(f"vmap: the arguments disagree on the number of samples: {each}: they must be equal along in_dims")
    return fronts, next(iter(sizes))


def _run(func: Callable[..., Any], out_dims: Any, level: Level, args: Any, kwargs: Any, fronts: list[Any]) -> Any:
    new = [x if front is None else Batched(front, level) for x, front in zip(tree.leaves(args), fronts, strict=True)]
    outer = state.vmaps
    state.vmaps = (*outer, level)
    try:
        result = func(*tree.rebuild(args, new), **kwargs)
    finally:
        state.vmaps = outer
    dims = tree.spread("vmap: out_dims", tuple(out_dims) if isinstance(out_dims, list) else out_dims, result)
    return tree.rebuild(result, [_opened(x, dim, level, func) for x, dim in zip(tree.leaves(result), dims, strict=True)])


def _opened(x: Any, dim: Any, level: Level, func: Callable[..., Any]) -> Any:
    """A result with its hidden dimension at `dim`."""
    if not isinstance(x, Tensor):
        name = getattr(func, "__name__", repr(func))
        raise ValueError(f"vmap: {name} must return tensors, or nests of them, but returned a {type(x).__name__}")
    value = x.value if isinstance(x, Batched) and x.level is level else None
    if dim is None:
        if value is not None:
            raise ValueError(f"vmap: out_dims is None for a result that differs between samples (shape {x.shape}): give it a dimension")
        return x
    x = value if value is not None else broadcast_to(x, (level.size, *x.shape))
    return movedim(x, 0, axis_of(dim, x.ndim, "vmap: out_dims")) if dim else x


def _joined(pieces: list[Any], out_dims: Any) -> Any:
    """The results of the chunks as one."""
    dims = tree.spread("vmap: out_dims", out_dims, pieces[0])
    parts = zip(*map(tree.leaves, pieces), strict=True)
    return tree.rebuild(pieces[0], [same[0] if dim is None else cat(same, dim) for same, dim in zip(parts, dims, strict=True)])
