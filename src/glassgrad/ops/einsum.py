"""Sums of products over named dimensions: einsum, tensordot and chains of matrices, lowered to permute, reshape and matmul."""

from __future__ import annotations

import functools
import itertools
import math
import string
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad.op import Array, Arrays, op
from glassgrad.ops.arrange import diagonal
from glassgrad.ops.linalg import matmul
from glassgrad.ops.reduce import sum as sum_
from glassgrad.ops.shape import axis_of, permute
from glassgrad.tensor import TWINS, Tensor

__all__ = [  # the names in `gg.`
    "chain_matmul", "einsum", "tensordot",
]  # fmt: skip

Labels = tuple[Any, ...]  # a name for each dimension of a tensor: letters of an equation, numbers for what `...` stands for


# ------------------------------------------------------------------------------------------------ sums of products


def contract(who: str, operands: Sequence[Any], labels: Sequence[Labels], out: Labels) -> Any:
    """The sum over all labels but those of `out` of the product of the operands, each dimension of which has a label.

    Dimensions with the same label have one size, or size 1, which is stretched.
    """
    sizes = _sizes(who, operands, labels)
    parts = [_single(x, names, sizes) for x, names in zip(operands, labels, strict=True)]
    for chosen in _path(tuple(names for _, names in parts), tuple(sizes.items()), out):
        taken = [parts.pop(i) for i in sorted(chosen, reverse=True)][::-1]
        while len(taken) > 1:
            others = [names for _, names in (*parts, *taken[2:])]
            taken[:2] = [_product(*taken[0], *taken[1], kept={*out, *(name for names in others for name in names)})]
        parts += taken
    ((x, names),) = parts
    x, names = _summed(x, names, set(out))
    return x if names == out else permute(x, [names.index(name) for name in out])


def _sizes(who: str, operands: Sequence[Any], labels: Sequence[Labels]) -> dict[Any, int]:
    """The size of each label."""
    sizes: dict[Any, int] = {}
    for x, names in zip(operands, labels, strict=True):
        own: dict[Any, int] = {}
        for name, n in zip(names, x.shape, strict=True):
            known = sizes.get(name, 1)
            if own.setdefault(name, n) != n or (n != known and 1 not in (n, known)):
                which = f"subscript {name!r}" if isinstance(name, str) else "a dimension"
                shapes = ", ".join(str(tuple(x.shape)) for x in operands)
                other = known if own[name] == n else own[name]
                raise RuntimeError(f"{who}: {which} has size {other} in one place and {n} in another (shapes {shapes})")
            sizes[name] = n if known == 1 else known
    return sizes


def _single(x: Any, names: Labels, sizes: dict[Any, int]) -> tuple[Any, Labels]:
    """An operand with each label once: diagonals where one repeats, and without dimensions that would be stretched."""
    while repeated := [name for name, count in Counter(names).items() if count > 1]:
        i = names.index(repeated[0])
        j = names.index(repeated[0], i + 1)
        rest = [k for k in range(len(names)) if k not in (i, j)]
        x = diagonal(x, 0, i, j)
        names = (*(names[k] for k in rest), repeated[0])
    thin = [k for k, name in enumerate(names) if x.shape[k] != sizes[name]]
    if thin:
        x = x.reshape([n for k, n in enumerate(x.shape) if k not in thin])
        names = tuple(name for k, name in enumerate(names) if k not in thin)
    return x, names


@functools.lru_cache(maxsize=256)
def _path(labels: tuple[Labels, ...], sizes: tuple[tuple[Any, int], ...], out: Labels) -> Sequence[tuple[int, ...]]:
    """The order in which to multiply: positions of the operands taken together, whose product goes to the end."""
    if len(labels) < 3:
        return [tuple(range(len(labels)))]
    letters = dict(zip((name for name, _ in sizes), string.ascii_letters, strict=False))
    if len(letters) < len(sizes):  # more than np.einsum_path has names for
        return [(0, 1)] + [(0, len(labels) - i) for i in range(2, len(labels))]
    equation = ",".join("".join(letters[name] for name in names) for names in labels)
    shapes = dict(sizes)
    stand_ins = [np.broadcast_to(0.0, [shapes[name] for name in names]) for names in labels]
    how = "optimal" if len(labels) < 6 else "greedy"
    return np.einsum_path(f"{equation}->{''.join(letters[name] for name in out)}", *stand_ins, optimize=how)[0][1:]


def _summed(x: Any, names: Labels, kept: set[Any]) -> tuple[Any, Labels]:
    """`x` summed over the dimensions whose label is not kept."""
    gone = tuple(k for k, name in enumerate(names) if name not in kept)
    return (sum_(x, gone), tuple(name for name in names if name in kept)) if gone else (x, names)


def _product(a: Any, in_a: Labels, b: Any, in_b: Labels, kept: set[Any]) -> tuple[Any, Labels]:
    """The product of two operands, summed over the labels that nothing else needs."""
    a, in_a = _summed(a, in_a, kept | set(in_b))
    b, in_b = _summed(b, in_b, kept | set(in_a))
    both = [name for name in in_a if name in in_b and name in kept]
    over = [name for name in in_a if name in in_b and name not in kept]
    left, right = [name for name in in_a if name not in in_b], [name for name in in_b if name not in in_a]
    size = dict(zip((*in_a, *in_b), (*a.shape, *b.shape), strict=True))
    n, k, m = (math.prod(size[name] for name in group) for group in (left, over, right))
    stack = [size[name] for name in both]
    a = permute(a, tuple(in_a.index(name) for name in (*both, *left, *over))).reshape((*stack, n, k))
    b = permute(b, tuple(in_b.index(name) for name in (*both, *over, *right))).reshape((*stack, k, m))
    names = (*both, *left, *right)
    return (matmul(a, b) if over else a * b).reshape(tuple(size[name] for name in names)), names


# ------------------------------------------------------------------------------------------------ einsum


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Multiply and sum as the equation says: `einsum("bij,bjk->bik", x, y)` is `x @ y`.

    A letter names a dimension of each operand; letters that don't occur after `->` are summed over. A letter that an operand has
    twice means its diagonal, `...` any further dimensions, which broadcast. Without `->` the result has the letters that occur
    once, in alphabetical order. `einsum(x, [0, 1], y, [1, 2], [0, 2])` is the same with numbers. RuntimeError where sizes differ.
    """
    if not isinstance(equation, str):
        equation, operands = _from_numbers((equation, *operands))
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    return _einsum(equation, list(operands))


@op
def _einsum(equation: str, operands: Arrays) -> Array:
    if not operands:
        raise RuntimeError(f"einsum: {equation!r} needs operands: write gg.einsum({equation!r}, x, y)")
    labels, out = _parse(equation, tuple(len(x.shape) for x in operands))
    return contract("einsum", operands, labels, out)


TWINS[np.einsum] = lambda *operands, out=None, optimize=False: einsum(*operands)


def _from_numbers(args: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """The form `x, [0, 1], y, [1, 2], [0, 2]` as an equation and operands."""

    def text(numbers: Any) -> str:
        for i in numbers:
            if i is not ... and not 0 <= i < len(string.ascii_letters):
                raise RuntimeError(f"einsum: subscript {i} must lie in 0..{len(string.ascii_letters) - 1}")
        return "".join("..." if i is ... else string.ascii_letters[i] for i in numbers)

    pairs = len(args) // 2 * 2
    equation = ",".join(text(numbers) for numbers in args[1:pairs:2])
    return equation + (f"->{text(args[-1])}" if len(args) > pairs else ""), tuple(args[:pairs:2])


@functools.lru_cache(maxsize=256)
def _parse(equation: str, ranks: tuple[int, ...]) -> tuple[tuple[Labels, ...], Labels]:
    """The labels of the operands and of the result; the dimensions of `...` are numbered from the last one."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise RuntimeError(f"einsum: {equation!r} names {len(terms)} operands, but got {len(ranks)}")
    most = 0  # dimensions that `...` stands for
    labels: list[Labels] = []
    for i, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        letters = _letters(equation, term)
        more = rank - len(letters)
        if more < 0 or (more and "." not in term):
            told = f"einsum: operand {i} has {rank} dimensions, but {term!r} in {equation!r} names {len(letters)}"
            raise RuntimeError(f"{told}: write ... for more")
        head = len(term.partition("...")[0])
        labels.append((*letters[:head], *range(more, 0, -1), *letters[head:]))
        most = max(most, more)
    counts = Counter(name for names in labels for name in names)
    stretched = tuple(range(most, 0, -1))
    if not arrow:
        return tuple(labels), (*stretched, *sorted(name for name, count in counts.items() if count == 1 and isinstance(name, str)))
    letters, head = _letters(equation, right), len(right.partition("...")[0])
    for name in letters:
        if name not in counts or letters.count(name) > 1:
            wrong = "occurs in no operand" if name not in counts else "occurs twice in the result"
            raise RuntimeError(f"einsum: subscript {name!r} {wrong} ({equation!r})")
    return tuple(labels), (*letters[:head], *(stretched if "..." in right else ()), *letters[head:])


def _letters(equation: str, term: str) -> str:
    letters = term.replace("...", "", 1)
    if not all(letter in string.ascii_letters for letter in letters):
        raise RuntimeError(f"einsum: {term!r} in {equation!r} must consist of letters and at most one '...'")
    return letters


# ------------------------------------------------------------------------------------------------ tensordot, chains


@op(method=False, numpy=[np.tensordot])
def tensordot(a: Array, b: Array, dims: Any = 2) -> Array:
    """The sum of products over `dims` dimensions, the last of input and the first of other, or over the pairs of `dims = (of_a, of_b)`."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, (int, np.integer)):
        if not 0 <= dims <= min(a.ndim, b.ndim):
            shapes = f"{tuple(a.shape)} and {tuple(b.shape)}"
            raise RuntimeError(f"tensordot: dims {dims} must lie in 0..{min(a.ndim, b.ndim)} for shapes {shapes}")
        dims = (range(a.ndim - dims, a.ndim), range(dims))
    of_a, of_b = ([d] if isinstance(d, (int, np.integer)) else list(d) for d in dims)
    if len(of_a) != len(of_b):
        raise RuntimeError(f"tensordot: both lists in dims must have the same length, got {of_a} and {of_b}")
    in_a, in_b = list(range(a.ndim)), list(range(a.ndim, a.ndim + b.ndim))
    for i, j in zip(of_a, of_b, strict=True):
        in_b[axis_of(j, b.ndim, "tensordot")] = axis_of(i, a.ndim, "tensordot")
    out = tuple(name for name in (*in_a, *in_b) if (name in in_a) != (name in in_b))
    return contract("tensordot", (a, b), (tuple(in_a), tuple(in_b)), out)


@op(name="linalg.multi_dot", method=False)
def multi_dot(tensors: Arrays) -> Array:
    """The product of two or more matrices in the order that costs least; the first and the last may be vectors."""
    return _chain("linalg.multi_dot", tensors)


def chain_matmul(*matrices: Any) -> Tensor:
    """The product of matrices in the order that costs least; the older name of `linalg.multi_dot`."""
    return matrices[0] if len(matrices) == 1 else _chain("chain_matmul", matrices)


def _chain(who: str, tensors: Sequence[Any]) -> Any:
    ranks, shapes = [len(x.shape) for x in tensors], ", ".join(str(tuple(x.shape)) for x in tensors)
    if len(ranks) < 2 or any(rank != 2 for rank in ranks[1:-1]) or not {ranks[0], ranks[-1]} <= {1, 2}:
        raise RuntimeError(f"{who}: expected at least two matrices, of which the first and the last may be vectors, got {shapes}")
    if any(a.shape[-1] != b.shape[0] for a, b in itertools.pairwise(tensors)):
        raise RuntimeError(f"{who}: the columns of each must be as many as the rows of the next, got {shapes}")
    labels: list[Labels] = [(i, i + 1) for i in range(len(ranks))]
    out: Labels = (0, len(ranks))
    if ranks[0] == 1:
        labels[0], out = (1,), out[1:]
    if ranks[-1] == 1:
        labels[-1], out = labels[-1][:1], out[:-1]
    return contract(who, tensors, labels, out)


TWINS[np.linalg.multi_dot] = multi_dot


def _numpy_dot(a: Any, b: Any) -> Any:
    """np.dot, which sums over the last dimension of a and the last but one of b."""
    return a * b if not np.ndim(a) or not np.ndim(b) else tensordot(a, b, ([-1], [-2 if np.ndim(b) > 1 else -1]))


TWINS[np.dot] = _numpy_dot


@op(method=False)
def bilinear(input1: Array, input2: Array, weight: Array, bias: Array | None = None) -> Array:
    """`y[..., k] = input1 @ weight[k] @ input2 + bias[k]`: (..., n), (..., m), weight (out, n, m), bias (out) -> (..., out)."""
    shapes = f"{tuple(input1.shape)}, {tuple(input2.shape)} and weight {tuple(weight.shape)}"
    if weight.ndim != 3 or (input1.shape[-1], input2.shape[-1]) != tuple(weight.shape[1:]):
        raise RuntimeError(f"bilinear: expected (..., n), (..., m) and weight (out, n, m), got {shapes}")
    if tuple(input1.shape[:-1]) != tuple(input2.shape[:-1]):
        raise RuntimeError(f"bilinear: the inputs must have the same sizes but in the last dimension, got {shapes}")
    y = _einsum("...i,kij,...j->...k", [input1, weight, input2])
    return y if bias is None else y + bias
