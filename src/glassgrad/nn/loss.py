"""Losses as modules: each holds its options, and calls the function of `nn.functional`.

`size_average` and `reduce` are PyTorch's older way to say `reduction`; where given they win.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glassgrad.nn.module import Module
from glassgrad.ops import distance, loss, margin, regression
from glassgrad.ops.ctc import ctc_loss
from glassgrad.tensor import Tensor

Old = bool | None  # of size_average and reduce


class _Loss(Module):
    def __init__(self, size_average: Old = None, reduce: Old = None, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = regression.reduction_of(type(self).__name__, reduction, size_average, reduce)


class _WeightedLoss(_Loss):
    def __init__(self, weight: Tensor | None = None, size_average: Old = None, reduce: Old = None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.weight: Tensor | None


# ------------------------------------------------------------------------------------------------ element by element


class MSELoss(_Loss):
    """The squared distance, `(input - target)**2`, averaged, summed, or element by element."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return regression.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The distance, `|input - target|`, averaged, summed, or element by element."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return regression.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """With d = |input - target|: `d**2 / (2 * beta)` where d < beta, else `d - beta / 2`."""

    def __init__(self, size_average: Old = None, reduce: Old = None, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return regression.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """With d = |input - target|: `d**2 / 2` where d <= delta, else `delta * (d - delta / 2)`."""

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return regression.huber_loss(input, target, self.reduction, self.delta)


class PoissonNLLLoss(_Loss):
    """The negative log-likelihood of counts under Poisson of rate exp(input), or with log_input=False of rate input."""

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: Old = None,
        eps: float = 1e-8,
        reduce: Old = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        options = {"log_input": self.log_input, "full": self.full, "eps": self.eps, "reduction": self.reduction}
        return regression.poisson_nll_loss(log_input, target, **options)


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood of target under a normal of mean input and variance var."""

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return regression.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)


# ------------------------------------------------------------------------------------------------ classes and distributions


class CrossEntropyLoss(_WeightedLoss):
    """The cross-entropy between softmax(input) and target: input (N, C, ...), target indices (N, ...) or probabilities.

    weight (C) scales each class; targets equal to `ignore_index` count for nothing.
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: Old = None,
        ignore_index: int = -100,
        reduce: Old = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return loss.cross_entropy(input, target, self.weight, None, self.ignore_index, None, self.reduction, self.label_smoothing)


class NLLLoss(_WeightedLoss):
    """The negative log-likelihood, `-input[i, target[i]]`: input (N, C, ...), log-probabilities; target (N, ...)."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: Old = None,
        ignore_index: int = -100,
        reduce: Old = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return loss.nll_loss(input, target, self.weight, None, self.ignore_index, None, self.reduction)


class BCELoss(_WeightedLoss):
    """`-target * log(input) - (1 - target) * log(1 - input)` of probabilities; weight scales each element."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return loss.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """`BCELoss()(sigmoid(input), target)` without rounding; pos_weight scales what the positive targets add."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: Old = None,
        reduce: Old = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)
        self.pos_weight: Tensor | None

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        options = {"reduction": self.reduction, "pos_weight": self.pos_weight}
        return loss.binary_cross_entropy_with_logits(input, target, self.weight, **options)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """`BCEWithLogitsLoss` averaged over the classes, the last dimension."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return loss.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)


class KLDivLoss(_Loss):
    """`target * (log(target) - input)` of log-probabilities input; reduction="batchmean" divides the sum by the first size."""

    def __init__(self, size_average: Old = None, reduce: Old = None, reduction: str = "mean", log_target: bool = False) -> None:
        batch = reduction == "batchmean"
        super().__init__(size_average, reduce, "mean" if batch else reduction)
        if batch and size_average is None and reduce is None:
            self.reduction = reduction
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return loss.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class CTCLoss(_Loss):
    """The negative log-likelihood of `targets` under all alignments with `log_probs`. Graves et al. 2006."""

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        return ctc_loss(log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity)


# ------------------------------------------------------------------------------------------------ margins


class SoftMarginLoss(_Loss):
    """`log(1 + exp(-target * input))` for targets 1 and -1."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margin.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelMarginLoss(_Loss):
    """Over labels t and classes i that are none, the sum of `max(0, 1 - (input[t] - input[i]))`, divided by the number of classes."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margin.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """Over classes i but the target t, the sum of `max(0, margin - input[t] + input[i])**p`, divided by the number of classes."""

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: Old = None,
        reduce: Old = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margin.multi_margin_loss(input, target, self.p, self.margin, self.weight, reduction=self.reduction)


class _MarginLoss(_Loss):
    def __init__(self, margin: float = 0.0, size_average: Old = None, reduce: Old = None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class HingeEmbeddingLoss(_MarginLoss):
    """Of distances: input itself where target is 1, `max(0, margin - input)` where it is -1."""

    def __init__(self, margin: float = 1.0, size_average: Old = None, reduce: Old = None, reduction: str = "mean") -> None:
        super().__init__(margin, size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margin.hinge_embedding_loss(input, target, self.margin, reduction=self.reduction)


class MarginRankingLoss(_MarginLoss):
    """`max(0, margin - target * (input1 - input2))`: target is 1 where input1 should rank higher, -1 where input2."""

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return margin.margin_ranking_loss(input1, input2, target, self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(_MarginLoss):
    """With c the cosine between the rows: `1 - c` where target is 1, `max(0, c - margin)` where it is -1."""

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return margin.cosine_embedding_loss(input1, input2, target, self.margin, reduction=self.reduction)


class TripletMarginLoss(_MarginLoss):
    """`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with d the p-norm of the difference of rows."""

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: Old = None,
        reduce: Old = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(margin, size_average, reduce, reduction)
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        options = {"margin": self.margin, "p": self.p, "eps": self.eps, "swap": self.swap, "reduction": self.reduction}
        return margin.triplet_margin_loss(anchor, positive, negative, **options)


class TripletMarginWithDistanceLoss(_MarginLoss):
    """`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with any function of two tensors as d."""

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(margin, reduction=reduction)
        self.distance_function = distance_function or PairwiseDistance()
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return margin.triplet_margin_with_distance_loss(
            anchor, positive, negative,
            distance_function=self.distance_function, margin=self.margin, swap=self.swap, reduction=self.reduction,
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------ distances


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along `dim`; a length below `eps` counts as eps."""

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return distance.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The p-norm of `x1 - x2 + eps` along the last dimension."""

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return distance.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
