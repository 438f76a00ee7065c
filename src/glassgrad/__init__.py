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
from glassgrad.ops.activation import *
from glassgrad.ops.creation import *
from glassgrad.ops.elementwise import *
from glassgrad.ops.index import *
from glassgrad.ops.linalg import *
from glassgrad.ops.random import *
from glassgrad.ops.reduce import *
from glassgrad.ops.shape import *
from glassgrad.tensor import Tensor

if TYPE_CHECKING:
    from glassgrad import viz as viz


def __getattr__(name: str) -> Any:
    """Load `gg.viz` when it is first used: training needs no pictures."""
    if name == "viz":
        from importlib import import_module

        return import_module("glassgrad.viz")
    raise AttributeError(f"module 'glassgrad' has no attribute {name!r}")
