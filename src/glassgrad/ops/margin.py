"""Losses with a margin: nothing more to gain once one score beats another, or one distance the other, by enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.activation import logsigmoid, relu
from glassgrad.ops.distance import pairwise_distance
from glassgrad.ops.elementwise import square
from glassgrad.ops.index import gather
from glassgrad.ops.loss import check_bounds, check_classes
from glassgrad.ops.regression import array_of, reduced, reduction_of, same_shape


def _at_least_0(x: Any) -> Any:
    return np.clip(x, 0, None)  # unlike relu it has a derivative of 1 at 0, as PyTorch has in these losses


# ------------------------------------------------------------------------------------------------ two classes, -1 and 1


@op(method=False)
def soft_margin_loss(
    x: Array, target: Array, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Array:
    """`log(1 + exp(-target * x))` for targets 1 and -1, computed so that it never overflows. The shapes must be equal."""
    reduction = reduction_of("soft_margin_loss", reduction, size_average, reduce)
    same_shape("soft_margin_loss", x, target)
    return reduced(-logsigmoid(target * x), reduction)


@op(method=False)
def hinge_embedding_loss(
    x: Array, target: Array, margin: float = 1.0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Array:
    """Of distances x: x itself where target is 1, `max(0, margin - x)` where it is -1. The shapes must be equal."""
    reduction = reduction_of("hinge_embedding_loss", reduction, size_average, reduce)
    same_shape("hinge_embedding_loss", x, target)
    return reduced(_by_label(target, x, _at_least_0(margin - x)), reduction)


def _by_label(target: Any, alike: Any, apart: Any) -> Any:
    """`alike` where target is 1, `apart` where it is -1; their sum where it is neither, as in PyTorch."""
    return np.where(target != -1, alike, 0) + np.where(target != 1, apart, 0)


# ------------------------------------------------------------------------------------------------ pairs and triplets


@op(method=False)
def margin_ranking_loss(
    input1: Array, input2: Array, target: Array, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:  # fmt: skip
    """`max(0, margin - target * (input1 - input2))`: target is 1 where input1 should rank higher, -1 where input2. One shape for all."""
    reduction = reduction_of("margin_ranking_loss", reduction, size_average, reduce)
    same_shape("margin_ranking_loss", input1, input2, ("input1", "input2"))
    same_shape("margin_ranking_loss", input1, target, ("input1", "target"))
    return reduced(_at_least_0(margin - target * (input1 - input2)), reduction)


@op(method=False)
def cosine_embedding_loss(
    input1: Array, input2: Array, target: Array, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Array:  # fmt: skip
    """With c the cosine between the rows: `1 - c` where target is 1, `max(0, c - margin)` where it is -1.

    input1 and input2 (N, D) or (D); target (N) or ().
    """
    who = "cosine_embedding_loss"
    reduction = reduction_of(who, reduction, size_average, reduce)
    same_shape(who, input1, input2, ("input1", "input2"))
    if tuple(target.shape) != tuple(input1.shape[:-1]) or input1.ndim not in (1, 2):
        raise ValueError(
            f"{who}: the inputs must be (N, D) and target (N), or (D) and (): got {tuple(input1.shape)} and {tuple(target.shape)}"
        )
    lengths = (square(input1).sum(-1) + 1e-12) * (square(input2).sum(-1) + 1e-12)
    cosine = (input1 * input2).sum(-1) / np.sqrt(lengths)
    return reduced(np.where(target == 1, 1 - cosine, 0) + np.where(target == -1, _at_least_0(cosine - margin), 0), reduction)


def triplet_margin_with_distance_loss(
    anchor: Array,
    positive: Array,
    negative: Array,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with `distance_function` or `pairwise_distance` as d.

    swap takes d(positive, negative) in place of d(anchor, negative) where it is smaller. Balntas et al. 2016.
    """
    who = "triplet_margin_with_distance_loss"
    reduction = reduction_of(who, reduction)
    if not margin > 0:
        raise ValueError(f"{who}: margin must be positive, got {margin}")
    distance = distance_function or pairwise_distance
    return reduced(_triplet(who, anchor, positive, negative, distance, margin, swap), reduction)


def _triplet(who: str, anchor: Any, positive: Any, negative: Any, distance: Callable[[Any, Any], Any], margin: float, swap: bool) -> Any:
    if not anchor.ndim == positive.ndim == negative.ndim:
        shapes = ", ".join(str(tuple(x.shape)) for x in (anchor, positive, negative))
        raise RuntimeError(f"{who}: anchor, positive and negative need the same number of dimensions, got {shapes}")
    near, far = distance(anchor, positive), distance(anchor, negative)
    far = np.minimum(far, distance(positive, negative)) if swap else far
    return _at_least_0(margin + near - far)


@op(method=False)
def triplet_margin_loss(
    anchor: Array, positive: Array, negative: Array, margin: float = 1.0, p: float = 2, eps: float = 1e-6, swap: bool = False,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Array:  # fmt: skip
    """`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with d the p-norm of the difference along the last dimension.

    anchor, positive and negative (N, D) or (D). swap takes d(positive, negative) in place of d(anchor, negative) where it is
    smaller. Balntas et al. 2016.
    """
    reduction = reduction_of("triplet_margin_loss", reduction, size_average, reduce)
    if not margin > 0:
        raise ValueError(f"triplet_margin_loss: margin must be positive, got {margin}")

    def distance(a: Any, b: Any) -> Any:
        return pairwise_distance(a, b, p, eps)

    return reduced(_triplet("triplet_margin_loss", anchor, positive, negative, distance, margin, swap), reduction)


# ------------------------------------------------------------------------------------------------ several classes


@op(method=False)
def multi_margin_loss(
    x: Array, target: Array, p: int = 1, margin: float = 1.0, weight: Array | None = None, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Array:  # fmt: skip
    """Over all classes i but the target t, the sum of `max(0, margin - x[t] + x[i])**p`, divided by their number C.

    x (N, C) or (C); target (N) or (), class indices; p is 1 or 2; weight (C) scales by the class of the target.
    """
    reduction = reduction_of("multi_margin_loss", reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: p must be 1 or 2, got {p}")
    if x.ndim == 0 or (x.ndim == 1 and tuple(target.shape) == (1,)):
        x = x.reshape((1, -1) if target.ndim else (1,))
    if x.ndim not in (1, 2):
        raise RuntimeError(f"multi_margin_loss: x must be (N, C) or (C), got shape {tuple(x.shape)}")
    check_classes("multi_margin_loss", x, target, weight)
    check_bounds("multi_margin_loss", x, target)
    t = array_of(target)
    lead = relu(margin - gather(x, -1, t[..., None]) + x)
    lead = lead if p == 1 else square(lead)
    if weight is not None:
        lead = lead * weight[t][..., None]
    return reduced(np.where(t[..., None] == np.arange(x.shape[-1]), 0, lead).sum(-1) / x.shape[-1], reduction)


@op(method=False)
def multilabel_margin_loss(
    x: Array, target: Array, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Array:
    """Over all labels t and all classes i that are none, the sum of `max(0, 1 - (x[t] - x[i]))`, divided by the number of classes C.

    x (N, C) or (C); target of x's shape: in each row the labels' class indices, which end before the first -1.
    """
    who = "multilabel_margin_loss"
    reduction = reduction_of(who, reduction, size_average, reduce)
    same_shape(who, x, target)
    if not x.ndim:
        x, target = x.reshape((1,)), target.reshape((1,))
    t = array_of(target)
    if t.ndim not in (1, 2) or t.dtype.kind not in "iu":
        raise RuntimeError(f"{who}: target must be integers (N, C) or (C), got {t.dtype} {t.shape}: write .long()")
    classes = t.shape[-1]
    given = np.cumprod(t >= 0, axis=-1).astype(bool)
    if (t[given] >= classes).any():
        raise IndexError(f"{who}: target {t[given].max()} is out of bounds: input has {classes} classes (shape {t.shape})")
    t = np.where(given, t, 0)
    is_label = ((t[..., None] == np.arange(classes)) & given[..., None]).any(-2)  # (N, C)
    pairs = given[..., :, None] & ~is_label[..., None, :]  # (N, label, class)
    lead = relu(1 - gather(x, -1, t)[..., :, None] + x[..., None, :])
    return reduced(np.where(pairs, lead, 0).sum((-2, -1)) / max(classes, 1), reduction)
