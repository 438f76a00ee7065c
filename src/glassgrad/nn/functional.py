"""The functions behind the layers: `import glassgrad.nn.functional as F`."""

from glassgrad.ops.activation import dropout, gelu, log_softmax, relu, sigmoid, softmax, tanh
from glassgrad.ops.attention import scaled_dot_product_attention
from glassgrad.ops.index import embedding, one_hot
from glassgrad.ops.linalg import linear
from glassgrad.ops.loss import cross_entropy, mse_loss, nll_loss
from glassgrad.ops.norm import layer_norm

__all__ = [
    "cross_entropy", "dropout", "embedding", "gelu", "layer_norm", "linear", "log_softmax", "mse_loss", "nll_loss", "one_hot",
    "relu", "scaled_dot_product_attention", "sigmoid", "softmax", "tanh",
]  # fmt: skip
