"""Layers: thin modules over functions. `nn.functional` holds the functions, `nn.init` the starting values."""

from glassgrad.nn import functional, init, utils
from glassgrad.nn.activation import GELU, Dropout, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from glassgrad.nn.attention import MultiheadAttention
from glassgrad.nn.container import ModuleDict, ModuleList, Sequential
from glassgrad.nn.embedding import Embedding
from glassgrad.nn.linear import Flatten, Identity, Linear
from glassgrad.nn.loss import CrossEntropyLoss, MSELoss, NLLLoss
from glassgrad.nn.module import Module
from glassgrad.nn.norm import LayerNorm
from glassgrad.nn.parameter import Parameter

__all__ = [
    "GELU", "CrossEntropyLoss", "Dropout", "Embedding", "Flatten", "Identity", "LayerNorm", "Linear", "LogSoftmax", "MSELoss",
    "Module", "ModuleDict", "ModuleList", "MultiheadAttention", "NLLLoss", "Parameter", "ReLU", "Sequential", "Sigmoid",
    "Softmax", "Tanh", "functional", "init", "utils",
]  # fmt: skip
