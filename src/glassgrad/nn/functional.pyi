"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassgrad.tensor import Tensor as Tensor

_Like = Tensor | np.ndarray | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

def alpha_dropout(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""Set elements to selu's lowest value with probability p, then scale and shift: mean and variance stay. Klambauer et al. 2017."""
def bilinear(input1: _Like, input2: _Like, weight: _Like, bias: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y[..., k] = input1 @ weight[k] @ input2 + bias[k]`: (..., n), (..., m), weight (out, n, m), bias (out) -> (..., out)."""
def binary_cross_entropy(input: _Like, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`-target * log(x) - (1 - target) * log(1 - x)` of probabilities x; the logarithms end at -100. The shapes must be equal."""
def binary_cross_entropy_with_logits(input: _Like, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., pos_weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`binary_cross_entropy(sigmoid(x), target)`, computed from the logits x without rounding. The shapes must be equal."""
def celu(input: _Like, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Any:
    r"""`y = x` where x > 0, else `alpha * (exp(x / alpha) - 1)`. Barron 2017."""
def celu_(input: Tensor, alpha: builtins.float = ...) -> Tensor:
    r"""`celu` in place."""
def channel_shuffle(input: _Like, groups: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(N, C, ...): the channels, in `groups` of neighbours, dealt out so that neighbours come from different groups."""
def cosine_embedding_loss(input1: _Like, input2: _Like, target: _Like, margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""With c the cosine between the rows: `1 - c` where target is 1, `max(0, c - margin)` where it is -1."""
def cosine_similarity(x1: _Like, x2: _Like, dim: builtins.int = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The cosine of the angle between vectors along `dim` of x1 and x2, broadcast: `sum(x1 * x2) / (|x1| * |x2|)`."""
def cross_entropy(input: _Like, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., ignore_index: builtins.int = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., label_smoothing: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The cross-entropy between softmax(x) and target: x (N, C, ...) or (C), logits."""
def ctc_loss(log_probs: _Like, targets: _Like, input_lengths: Any, target_lengths: Any, blank: builtins.int = ..., reduction: builtins.str = ..., zero_infinity: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`-log(p)`, with p the probability of all alignments that read as `targets` once repeats and blanks are taken out."""
def dropout(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""Zero each element with probability p and scale the rest by 1 / (1 - p); the input itself when not training."""
def dropout1d(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""Zero whole channels of (N, C, L) or (C, L) with probability p and scale the rest by 1 / (1 - p). Tompson et al. 2014."""
def dropout2d(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""Zero whole channels of (N, C, H, W) with probability p and scale the rest by 1 / (1 - p); three dimensions are (N, C, L)."""
def dropout3d(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""Zero whole channels of (N, C, D, H, W) or (C, D, H, W) with probability p and scale the rest by 1 / (1 - p)."""
def elu(input: _Like, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Any:
    r"""`y = x` where x > 0, else `alpha * (exp(x) - 1)`. Clevert et al. 2015."""
def elu_(input: Tensor, alpha: builtins.float = ...) -> Tensor:
    r"""`elu` in place."""
def embedding(input: Tensor, weight: Tensor, padding_idx: builtins.int | None = ..., max_norm: builtins.float | None = ..., norm_type: builtins.float = ..., scale_grad_by_freq: builtins.bool = ..., sparse: builtins.bool = ...) -> Tensor:
    r"""Rows of `weight` (num_embeddings, D): input (...) of integers gives (..., D). Row `padding_idx` gets no gradient."""
def feature_alpha_dropout(input: Tensor, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""`alpha_dropout` of whole channels of (N, C, ...)."""
def gaussian_nll_loss(input: _Like, target: _Like, var: _Like | builtins.float, full: builtins.bool = ..., eps: builtins.float = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The negative log-likelihood of target under a normal of mean x and variance var: `(log(var) + (x - target)**2 / var) / 2`."""
def gelu(input: _Like, approximate: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x * P(Z <= x)` for a standard normal Z; approximate="tanh" for the tanh formula (Hendrycks, Gimpel 2016)."""
def glu(input: _Like, dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""`y = a * sigmoid(b)` for the halves a and b of x along `dim`. Dauphin et al. 2016."""
def gumbel_softmax(logits: Tensor, tau: builtins.float = ..., hard: builtins.bool = ..., eps: builtins.float = ..., dim: builtins.int = ...) -> Tensor:
    r"""A sample of nearly one-hot vectors along `dim`: softmax((logits + Gumbel noise) / tau). Jang et al. 2016."""
def hardshrink(input: _Like, lambd: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x` where |x| > lambd, else 0."""
def hardsigmoid(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = relu6(x + 3) / 6`."""
def hardswish(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = x * relu6(x + 3) / 6`. Howard et al. 2019."""
def hardtanh(input: _Like, min_val: builtins.float = ..., max_val: builtins.float = ..., inplace: builtins.bool = ...) -> Any:
    r"""`y = min(max(x, min_val), max_val)`; the derivative at the ends is 0."""
def hardtanh_(input: Tensor, min_val: builtins.float = ..., max_val: builtins.float = ...) -> Tensor:
    r"""`hardtanh` in place."""
def hinge_embedding_loss(input: _Like, target: _Like, margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""Of distances x: x itself where target is 1, `max(0, margin - x)` where it is -1. The shapes must be equal."""
def huber_loss(input: _Like, target: _Like, reduction: builtins.str = ..., delta: builtins.float = ..., weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""With d = |x - target|: `d**2 / 2` where d <= delta, else `delta * (d - delta / 2)`. Huber 1964. The shapes must be equal."""
def interpolate(input: _Like, size: builtins.int | Sequence[builtins.int] | None = ..., scale_factor: builtins.float | Sequence[builtins.float] | None = ..., mode: builtins.str = ..., align_corners: builtins.bool | None = ..., recompute_scale_factor: builtins.bool | None = ..., antialias: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""x (N, C, ...) resized in its dimensions of space to `size`, or by `scale_factor`."""
def kl_div(input: _Like, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., log_target: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Element by element `target * (log(target) - x)`: x holds log-probabilities, target probabilities (log_target: logarithms)."""
def l1_loss(input: _Like, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The distance, `|x - target|`, averaged, summed, or element by element. The shapes must be equal."""
def layer_norm(input: _Like, normalized_shape: builtins.int | Sequence[builtins.int], weight: _Like | None = ..., bias: _Like | None = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`(x - mean) / sqrt(var + eps) * weight + bias`, mean and variance over the last dimensions, of `normalized_shape`."""
def leaky_relu(input: _Like, negative_slope: builtins.float = ..., inplace: builtins.bool = ...) -> Any:
    r"""`y = x` where x > 0, else `negative_slope * x`. Maas et al. 2013."""
def leaky_relu_(input: Tensor, negative_slope: builtins.float = ...) -> Tensor:
    r"""`leaky_relu` in place."""
def linear(input: _Like, weight: _Like, bias: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x @ weight.T + bias`: x (..., in), weight (out, in), bias (out) -> (..., out)."""
def log_softmax(input: _Like, dim: builtins.int | None = ..., _stacklevel: builtins.int = ..., dtype: Any = ...) -> Any:
    r"""`y = x - log(sum(exp(x)))` along `dim`; cast to `dtype` first. Without a `dim`: 0 for 0, 1 or 3 dimensions, else 1, with a warning."""
def logsigmoid(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = log(sigmoid(x))`, without overflow."""
def margin_ranking_loss(input1: _Like, input2: _Like, target: _Like, margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`max(0, margin - target * (input1 - input2))`: target is 1 where input1 should rank higher, -1 where input2. One shape for all."""
def mish(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = x * tanh(softplus(x))`. Misra 2019."""
def mse_loss(input: _Like, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The squared distance, `(x - target)**2`, averaged, summed, or element by element. The shapes must be equal."""
def multi_margin_loss(input: _Like, target: _Like, p: builtins.int = ..., margin: builtins.float = ..., weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""Over all classes i but the target t, the sum of `max(0, margin - x[t] + x[i])**p`, divided by their number C."""
def multilabel_margin_loss(input: _Like, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""Over all labels t and all classes i that are none, the sum of `max(0, 1 - (x[t] - x[i]))`, divided by the number of classes C."""
def multilabel_soft_margin_loss(input: _Like, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`binary_cross_entropy_with_logits` averaged over the classes, the last dimension: x and target (N, C) or (C)."""
def nll_loss(input: _Like, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., ignore_index: builtins.int = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The negative log-likelihood, `-x[i, target[i]]`: x (N, C, ...) or (C), log-probabilities; target (N, ...), integers."""
def normalize(input: _Like, p: builtins.float = ..., dim: builtins.int | Sequence[builtins.int] = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`x / max(norm(x), eps)`, with the p-norm along `dim`: vectors of length 1, and zeros stay zeros."""
def one_hot(index: Tensor, num_classes: builtins.int = ...) -> Tensor:
    r"""int64 (..., num_classes) with a 1 at each index (...) and 0 elsewhere; -1 classes means the largest index plus one."""
def pad(input: _Like, pad: Sequence[builtins.int], mode: builtins.str = ..., value: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""x with (before, after) entries more in the last dimension, then in the one before it, ...; negative numbers take away."""
def pairwise_distance(x1: _Like, x2: _Like, p: builtins.float = ..., eps: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of `x1 - x2 + eps` along the last dimension: (N, D) and (N, D), broadcast -> (N). `cdist` takes all pairs."""
def pdist(input: _Like, p: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The distances between all pairs of rows i < j, (n, d) -> (n * (n - 1) / 2,), in the order of `torch.combinations`."""
def pixel_shuffle(input: _Like, upscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C r r, H, W) -> (..., C, H r, W r): each group of r r channels becomes an r by r block of pixels."""
def pixel_unshuffle(input: _Like, downscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C, H r, W r) -> (..., C r r, H, W): undoes `pixel_shuffle`."""
def poisson_nll_loss(input: _Like, target: _Like, log_input: builtins.bool = ..., full: builtins.bool = ..., size_average: builtins.bool | None = ..., eps: builtins.float = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The negative log-likelihood of counts `target` under Poisson of rate exp(x): `exp(x) - target * x`, without log(target!)."""
def prelu(input: _Like, weight: _Like) -> Any:
    r"""`y = x` where x > 0, else `weight * x`; weight has one element, or one for each channel (dimension 1). He et al. 2015."""
def relu(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = max(x, 0)`; the derivative at 0 is 0."""
def relu6(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = min(max(x, 0), 6)`; the derivative at the ends is 0."""
def relu_(input: Tensor) -> Tensor:
    r"""`relu` in place."""
def rrelu(input: _Like, lower: builtins.float = ..., upper: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Any:
    r"""leaky_relu whose slope is drawn for each element from [lower, upper) in training, else their mean. Xu et al. 2015."""
def rrelu_(input: Tensor, lower: builtins.float = ..., upper: builtins.float = ..., training: builtins.bool = ...) -> Tensor:
    r"""`rrelu` in place."""
def scaled_dot_product_attention(query: _Like, key: _Like, value: _Like, attn_mask: _Like | None = ..., dropout_p: builtins.float = ..., is_causal: builtins.bool = ..., scale: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""`softmax(query @ key.T * scale + mask) @ value`; Vaswani et al. 2017."""
def selu(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = 1.0507 * elu(x, 1.6733)`, which keeps mean 0 and variance 1 from layer to layer. Klambauer et al. 2017."""
def selu_(input: Tensor) -> Tensor:
    r"""`selu` in place."""
def sigmoid(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
def silu(input: _Like, inplace: builtins.bool = ...) -> Any:
    r"""`y = x * sigmoid(x)`, also called swish. Elfwing et al. 2017."""
def smooth_l1_loss(input: _Like, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., beta: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""With d = |x - target|: `d**2 / (2 * beta)` where d < beta, else `d - beta / 2`; beta = 0 is `l1_loss`. The shapes must be equal."""
def soft_margin_loss(input: _Like, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`log(1 + exp(-target * x))` for targets 1 and -1, computed so that it never overflows. The shapes must be equal."""
def softmax(input: _Like, dim: builtins.int | None = ..., _stacklevel: builtins.int = ..., dtype: Any = ...) -> Any:
    r"""`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow; cast to `dtype` first. Without a `dim`: 0 for 0, 1 or 3 dimensions, else 1, with a warning."""
def softmin(input: _Like, dim: builtins.int | None = ..., _stacklevel: builtins.int = ..., dtype: Any = ...) -> Any:
    r"""`y = softmax(-x)` along `dim`. Without a `dim`: 0 for 0, 1 or 3 dimensions, else 1, with a warning."""
def softplus(input: _Like, beta: builtins.float = ..., threshold: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = log(1 + exp(beta * x)) / beta`, and x itself where beta * x > threshold."""
def softshrink(input: _Like, lambd: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x - lambd` where x > lambd, `x + lambd` where x < -lambd, else 0."""
def softsign(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = x / (1 + |x|)`."""
def tanh(input: _Like, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic tangent."""
def tanhshrink(input: _Like, *, out: Any = ...) -> Tensor:
    r"""`y = x - tanh(x)`."""
def threshold(input: _Like, threshold: builtins.float, value: builtins.float, inplace: builtins.bool = ...) -> Any:
    r"""`y = x` where x > threshold, else `value`."""
def threshold_(input: Tensor, threshold: builtins.float, value: builtins.float) -> Tensor:
    r"""`threshold` in place."""
def triplet_margin_loss(anchor: _Like, positive: _Like, negative: _Like, margin: builtins.float = ..., p: builtins.float = ..., eps: builtins.float = ..., swap: builtins.bool = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with d the p-norm of the difference along the last dimension."""
def triplet_margin_with_distance_loss(anchor: _Like, positive: _Like, negative: _Like, *, distance_function: Callable[[Any, Any], Any] | None = ..., margin: builtins.float = ..., swap: builtins.bool = ..., reduction: builtins.str = ...) -> Any:
    r"""`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with `distance_function` or `pairwise_distance` as d."""
def upsample(input: Tensor, size: Any = ..., scale_factor: Any = ..., mode: builtins.str = ..., align_corners: builtins.bool | None = ...) -> Tensor:
    r"""`interpolate`."""
def upsample_bilinear(input: Tensor, size: Any = ..., scale_factor: Any = ...) -> Tensor:
    r"""`interpolate` by "bilinear", with the corners aligned."""
def upsample_nearest(input: Tensor, size: Any = ..., scale_factor: Any = ...) -> Tensor:
    r"""`interpolate` by "nearest"."""
