"""glassgrad: an autograd engine that you can see through."""

from __future__ import annotations

from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from glassgrad import autograd as autograd
from glassgrad import nn as nn
from glassgrad import optim as optim
from glassgrad._mode import (
    enable_grad,
    get_default_dtype,
    is_grad_enabled,
    no_grad,
    set_default_dtype,
    set_grad_enabled,
)
from glassgrad.device import device
from glassgrad.dtypes import (
    bool,
    double,
    float,
    float16,
    float32,
    float64,
    half,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    short,
    uint8,
)
from glassgrad.ops.activation import dropout, erf, log_softmax, relu, sigmoid, softmax, tanh
from glassgrad.ops.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from glassgrad.ops.elementwise import (
    abs,
    add,
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    clamp,
    cos,
    div,
    eq,
    exp,
    floor_divide,
    ge,
    gt,
    isfinite,
    isnan,
    le,
    log,
    logical_not,
    lt,
    maximum,
    minimum,
    mul,
    ne,
    neg,
    pow,
    remainder,
    rsqrt,
    sign,
    sin,
    sqrt,
    square,
    sub,
)
from glassgrad.ops.index import gather, index_select, masked_fill, tril, triu, where
from glassgrad.ops.linalg import bmm, dot, matmul, mm
from glassgrad.ops.random import (
    Generator,
    bernoulli,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from glassgrad.ops.reduce import (
    all,
    amax,
    amin,
    any,
    argmax,
    argmin,
    logsumexp,
    max,
    mean,
    min,
    std,
    sum,
    topk,
    var,
)
from glassgrad.ops.shape import (
    broadcast_to,
    cat,
    chunk,
    clone,
    flatten,
    narrow,
    permute,
    reshape,
    split,
    squeeze,
    stack,
    t,
    transpose,
    unbind,
    unsqueeze,
)
from glassgrad.tensor import Tensor

if TYPE_CHECKING:
    from glassgrad import viz as viz


def __getattr__(name: str) -> Any:
    """Load `gg.viz` when it is first used: training needs no pictures."""
    if name == "viz":
        from importlib import import_module

        return import_module("glassgrad.viz")
    raise AttributeError(f"module 'glassgrad' has no attribute {name!r}")
