"""Written by `python -m tests.stubs`."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np

from glassgrad.ops.activation import celu_ as celu_
from glassgrad.ops.activation import elu_ as elu_
from glassgrad.ops.activation import hardtanh_ as hardtanh_
from glassgrad.ops.activation import leaky_relu_ as leaky_relu_
from glassgrad.ops.activation import relu_ as relu_
from glassgrad.ops.activation import rrelu_ as rrelu_
from glassgrad.ops.activation import selu_ as selu_
from glassgrad.ops.activation import threshold_ as threshold_
from glassgrad.ops.dropout import alpha_dropout as alpha_dropout
from glassgrad.ops.dropout import dropout as dropout
from glassgrad.ops.dropout import dropout1d as dropout1d
from glassgrad.ops.dropout import dropout2d as dropout2d
from glassgrad.ops.dropout import dropout3d as dropout3d
from glassgrad.ops.dropout import feature_alpha_dropout as feature_alpha_dropout
from glassgrad.ops.image import upsample as upsample
from glassgrad.ops.image import upsample_bilinear as upsample_bilinear
from glassgrad.ops.image import upsample_nearest as upsample_nearest
from glassgrad.ops.index import one_hot as one_hot
from glassgrad.ops.lookup import embedding as embedding
from glassgrad.ops.softmax import gumbel_softmax as gumbel_softmax
from glassgrad.tensor import Tensor as Tensor

_Array = Tensor | np.ndarray
_Like = Tensor | np.ndarray | np.generic | builtins.float
_Dim = builtins.int | Sequence[builtins.int] | None

def bilinear(input1: Tensor, input2: _Like, weight: _Like, bias: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y[..., k] = input1 @ weight[k] @ input2 + bias[k]`: (..., n), (..., m), weight (out, n, m), bias (out) -> (..., out)."""
def binary_cross_entropy(input: Tensor, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`-target * log(x) - (1 - target) * log(1 - x)` of probabilities x; the logarithms end at -100. The shapes must be equal."""
def binary_cross_entropy_with_logits(input: Tensor, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., pos_weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""`binary_cross_entropy(sigmoid(x), target)`, computed from the logits x without rounding. The shapes must be equal."""
def celu(input: Tensor, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x` where x > 0, else `alpha * (exp(x / alpha) - 1)`. Barron 2017."""
def channel_shuffle(input: Tensor, groups: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(N, C, ...): the channels, in `groups` of neighbours, dealt out so that neighbours come from different groups."""
def cosine_embedding_loss(input1: Tensor, input2: _Like, target: _Like, margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""With c the cosine between the rows: `1 - c` where target is 1, `max(0, c - margin)` where it is -1."""
def cosine_similarity(x1: Tensor, x2: _Like, dim: builtins.int = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The cosine of the angle between vectors along `dim` of x1 and x2, broadcast: `sum(x1 * x2) / (|x1| * |x2|)`."""
def cross_entropy(input: Tensor, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., ignore_index: builtins.int = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., label_smoothing: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The cross-entropy between softmax(x) and target: x (N, C, ...) or (C), logits."""
def ctc_loss(log_probs: Tensor, targets: _Like, input_lengths: Any, target_lengths: Any, blank: builtins.int = ..., reduction: builtins.str = ..., zero_infinity: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`-log(p)`, with p the probability of all alignments that read as `targets` once repeats and blanks are taken out."""
def elu(input: Tensor, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x` where x > 0, else `alpha * (exp(x) - 1)`. Clevert et al. 2015."""
def gaussian_nll_loss(input: Tensor, target: _Like, var: _Like | builtins.float, full: builtins.bool = ..., eps: builtins.float = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The negative log-likelihood of target under a normal of mean x and variance var: `(log(var) + (x - target)**2 / var) / 2`."""
def gelu(input: Tensor, approximate: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x * P(Z <= x)` for a standard normal Z; approximate="tanh" for the tanh formula (Hendrycks, Gimpel 2016)."""
def glu(input: Tensor, dim: builtins.int = ..., *, out: Any = ...) -> Tensor:
    r"""`y = a * sigmoid(b)` for the halves a and b of x along `dim`. Dauphin et al. 2016."""
def hardshrink(input: Tensor, lambd: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x` where |x| > lambd, else 0."""
def hardsigmoid(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = relu6(x + 3) / 6`."""
def hardswish(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x * relu6(x + 3) / 6`. Howard et al. 2019."""
def hardtanh(input: Tensor, min_val: builtins.float = ..., max_val: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""`y = min(max(x, min_val), max_val)`; the derivative at the ends is 0."""
def hinge_embedding_loss(input: Tensor, target: _Like, margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""Of distances x: x itself where target is 1, `max(0, margin - x)` where it is -1. The shapes must be equal."""
def huber_loss(input: Tensor, target: _Like, reduction: builtins.str = ..., delta: builtins.float = ..., weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""With d = |x - target|: `d**2 / 2` where d <= delta, else `delta * (d - delta / 2)`. Huber 1964. The shapes must be equal."""
def interpolate(input: Tensor, size: builtins.int | Sequence[builtins.int] | None = ..., scale_factor: builtins.float | Sequence[builtins.float] | None = ..., mode: builtins.str = ..., align_corners: builtins.bool | None = ..., recompute_scale_factor: builtins.bool | None = ..., antialias: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""x (N, C, ...) resized in its dimensions of space to `size`, or by `scale_factor`."""
def kl_div(input: Tensor, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., log_target: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""Element by element `target * (log(target) - x)`: x holds log-probabilities, target probabilities (log_target: logarithms)."""
def l1_loss(input: Tensor, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The distance, `|x - target|`, averaged, summed, or element by element. The shapes must be equal."""
def layer_norm(input: Tensor, normalized_shape: builtins.int | Sequence[builtins.int], weight: _Like | None = ..., bias: _Like | None = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`(x - mean) / sqrt(var + eps) * weight + bias`, mean and variance over the last dimensions, of `normalized_shape`."""
def leaky_relu(input: Tensor, negative_slope: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x` where x > 0, else `negative_slope * x`. Maas et al. 2013."""
def linear(input: Tensor, weight: _Array, bias: _Array | None = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x @ weight.T + bias`: x (..., in), weight (out, in), bias (out) -> (..., out)."""
def log_softmax(input: Tensor, dim: builtins.int | None = ..., _stacklevel: builtins.int = ..., dtype: Any = ...) -> Tensor:
    r"""`y = x - log(sum(exp(x)))` along `dim`; cast to `dtype` first. Without a `dim`: 0 for 0, 1 or 3 dimensions, else 1, with a warning."""
def logsigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = log(sigmoid(x))`, without overflow."""
def margin_ranking_loss(input1: Tensor, input2: _Like, target: _Like, margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`max(0, margin - target * (input1 - input2))`: target is 1 where input1 should rank higher, -1 where input2. One shape for all."""
def mish(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x * tanh(softplus(x))`. Misra 2019."""
def mse_loss(input: Tensor, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., weight: _Like | None = ..., *, out: Any = ...) -> Tensor:
    r"""The squared distance, `(x - target)**2`, averaged, summed, or element by element. The shapes must be equal."""
def multi_margin_loss(input: Tensor, target: _Like, p: builtins.int = ..., margin: builtins.float = ..., weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""Over all classes i but the target t, the sum of `max(0, margin - x[t] + x[i])**p`, divided by their number C."""
def multilabel_margin_loss(input: Tensor, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""Over all labels t and all classes i that are none, the sum of `max(0, 1 - (x[t] - x[i]))`, divided by the number of classes C."""
def multilabel_soft_margin_loss(input: Tensor, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`binary_cross_entropy_with_logits` averaged over the classes, the last dimension: x and target (N, C) or (C)."""
def nll_loss(input: Tensor, target: _Like, weight: _Like | None = ..., size_average: builtins.bool | None = ..., ignore_index: builtins.int = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The negative log-likelihood, `-x[i, target[i]]`: x (N, C, ...) or (C), log-probabilities; target (N, ...), integers."""
def normalize(input: Tensor, p: builtins.float = ..., dim: builtins.int | Sequence[builtins.int] = ..., eps: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`x / max(norm(x), eps)`, with the p-norm along `dim`: vectors of length 1, and zeros stay zeros."""
def pad(input: Tensor, pad: Sequence[builtins.int], mode: builtins.str = ..., value: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""x with (before, after) entries more in the last dimension, then in the one before it, ...; negative numbers take away."""
def pairwise_distance(x1: Tensor, x2: _Like, p: builtins.float = ..., eps: builtins.float = ..., keepdim: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""The p-norm of `x1 - x2 + eps` along the last dimension: (N, D) and (N, D), broadcast -> (N). `cdist` takes all pairs."""
def pdist(input: Tensor, p: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""The distances between all pairs of rows i < j, (n, d) -> (n * (n - 1) / 2,), in the order of `torch.combinations`."""
def pixel_shuffle(input: Tensor, upscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C r r, H, W) -> (..., C, H r, W r): each group of r r channels becomes an r by r block of pixels."""
def pixel_unshuffle(input: Tensor, downscale_factor: builtins.int, *, out: Any = ...) -> Tensor:
    r"""(..., C, H r, W r) -> (..., C r r, H, W): undoes `pixel_shuffle`."""
def poisson_nll_loss(input: Tensor, target: _Like, log_input: builtins.bool = ..., full: builtins.bool = ..., size_average: builtins.bool | None = ..., eps: builtins.float = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""The negative log-likelihood of counts `target` under Poisson of rate exp(x): `exp(x) - target * x`, without log(target!)."""
def prelu(input: Tensor, weight: _Like) -> Tensor:
    r"""`y = x` where x > 0, else `weight * x`; weight has one element, or one for each channel (dimension 1). He et al. 2015."""
def relu(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = max(x, 0)`; the derivative at 0 is 0."""
def relu6(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = min(max(x, 0), 6)`; the derivative at the ends is 0."""
def rms_norm(input: Tensor, normalized_shape: builtins.int | Sequence[builtins.int], weight: _Like | None = ..., eps: builtins.float | None = ..., *, out: Any = ...) -> Tensor:
    r"""`x / sqrt(mean(x * x) + eps) * weight`, the mean over the last dimensions, of `normalized_shape`."""
def rrelu(input: Tensor, lower: builtins.float = ..., upper: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    r"""leaky_relu whose slope is drawn for each element from [lower, upper) in training, else their mean. Xu et al. 2015."""
def scaled_dot_product_attention(query: Tensor, key: _Like, value: _Like, attn_mask: _Like | None = ..., dropout_p: builtins.float = ..., is_causal: builtins.bool = ..., scale: builtins.float | None = ..., enable_gqa: builtins.bool = ..., *, out: Any = ...) -> Tensor:
    r"""`softmax(query @ key.T * scale + mask) @ value`; Vaswani et al. 2017."""
def selu(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = 1.0507 * elu(x, 1.6733)`, which keeps mean 0 and variance 1 from layer to layer. Klambauer et al. 2017."""
def sigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = 1 / (1 + exp(-x))`, computed from exp(-|x|) so that it never overflows."""
def silu(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x * sigmoid(x)`, also called swish. Elfwing et al. 2017."""
def smooth_l1_loss(input: Tensor, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., beta: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""With d = |x - target|: `d**2 / (2 * beta)` where d < beta, else `d - beta / 2`; beta = 0 is `l1_loss`. The shapes must be equal."""
def soft_margin_loss(input: Tensor, target: _Like, size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`log(1 + exp(-target * x))` for targets 1 and -1, computed so that it never overflows. The shapes must be equal."""
def softmax(input: Tensor, dim: builtins.int | None = ..., _stacklevel: builtins.int = ..., dtype: Any = ...) -> Tensor:
    r"""`y = exp(x) / sum(exp(x))` along `dim`, shifted by the largest element so that it doesn't overflow; cast to `dtype` first. Without a `dim`: 0 for 0, 1 or 3 dimensions, else 1, with a warning."""
def softmin(input: Tensor, dim: builtins.int | None = ..., _stacklevel: builtins.int = ..., dtype: Any = ...) -> Tensor:
    r"""`y = softmax(-x)` along `dim`. Without a `dim`: 0 for 0, 1 or 3 dimensions, else 1, with a warning."""
def softplus(input: Tensor, beta: builtins.float = ..., threshold: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = log(1 + exp(beta * x)) / beta`, and x itself where beta * x > threshold."""
def softshrink(input: Tensor, lambd: builtins.float = ..., *, out: Any = ...) -> Tensor:
    r"""`y = x - lambd` where x > lambd, `x + lambd` where x < -lambd, else 0."""
def softsign(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = x / (1 + |x|)`."""
def tanh(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""The hyperbolic tangent."""
def tanhshrink(input: Tensor, *, out: Any = ...) -> Tensor:
    r"""`y = x - tanh(x)`."""
def threshold(input: Tensor, threshold: builtins.float, value: builtins.float, inplace: builtins.bool = ...) -> Tensor:
    r"""`y = x` where x > threshold, else `value`."""
def triplet_margin_loss(anchor: Tensor, positive: _Like, negative: _Like, margin: builtins.float = ..., p: builtins.float = ..., eps: builtins.float = ..., swap: builtins.bool = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., *, out: Any = ...) -> Tensor:
    r"""`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with d the p-norm of the difference along the last dimension."""
def triplet_margin_with_distance_loss(anchor: Tensor, positive: _Like, negative: _Like, *, distance_function: Callable[[Any, Any], Any] | None = ..., margin: builtins.float = ..., swap: builtins.bool = ..., reduction: builtins.str = ...) -> Any:
    r"""`max(0, d(anchor, positive) - d(anchor, negative) + margin)`, with `distance_function` or `pairwise_distance` as d."""
