"""glassgrad: an autograd engine that you can see through."""

from __future__ import annotations

import warnings
from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from glassgrad import autograd as autograd
from glassgrad import linalg as linalg
from glassgrad import nn as nn
from glassgrad import optim as optim
from glassgrad._mode import (
    enable_grad,
    get_default_dtype,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_default_dtype,
    set_grad_enabled,
)
from glassgrad.autograd.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled
from glassgrad.autograd.why import unused_parameters, why_no_grad
from glassgrad.device import Size, device, get_default_device, set_default_device
from glassgrad.dtypes import (
    bfloat16,
    bool,
    can_cast,
    double,
    dtype,
    finfo,
    float,
    float16,
    float32,
    float64,
    half,
    iinfo,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    short,
    uint8,
)
from glassgrad.ops.activation import *
from glassgrad.ops.arrange import *
from glassgrad.ops.bins import *
from glassgrad.ops.cast import *
from glassgrad.ops.creation import *
from glassgrad.ops.decompose import *
from glassgrad.ops.distance import *
from glassgrad.ops.dropout import *
from glassgrad.ops.einsum import *
from glassgrad.ops.elementwise import *
from glassgrad.ops.image import *
from glassgrad.ops.index import *
from glassgrad.ops.inplace import *
from glassgrad.ops.join import *
from glassgrad.ops.linalg import *
from glassgrad.ops.logic import *
from glassgrad.ops.matrix_norm import *
from glassgrad.ops.random import *
from glassgrad.ops.reduce import *
from glassgrad.ops.scan import *
from glassgrad.ops.scatter import *
from glassgrad.ops.shape import *
from glassgrad.ops.softmax import *
from glassgrad.ops.sort import *
from glassgrad.ops.special import *
from glassgrad.printing import get_printoptions, set_printoptions
from glassgrad.serialization import load, save
from glassgrad.settings import *
from glassgrad.tensor import Tensor

# log(0) is -inf and 0 / 0 is nan without a word, as in PyTorch; the user's own NumPy warns as before.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"glassgrad\.")

# Loaded when they are first named: training needs no pictures, and most programs few of these.
_ROOMS = frozenset((
    "accelerator", "amp", "backends", "cuda", "distributed", "distributions", "func", "jit", "mps", "multiprocessing", "onnx",
    "serialization", "utils", "version", "viz", "xpu",
))  # fmt: skip

if TYPE_CHECKING:
    from glassgrad import (
        accelerator,
        amp,
        backends,
        cuda,
        distributed,
        distributions,
        func,
        jit,
        mps,
        onnx,
        serialization,
        utils,
        version,
        viz,
        xpu,
    )
    from glassgrad.amp import autocast
    from glassgrad.func import vmap
    from glassgrad.ops import random
    from glassgrad.version import __version__


def __getattr__(name: str) -> Any:
    """Load what is loaded at first use, and say of PyTorch's other names what to write instead."""
    from importlib import import_module

    if name in _ROOMS:
        return import_module(f"glassgrad.{name}")
    if name == "random":
        return import_module("glassgrad.ops.random")
    if name == "__version__":
        return import_module("glassgrad.version").__version__
    if name == "vmap":
        return import_module("glassgrad.func").vmap
    if name == "autocast":
        return import_module("glassgrad.amp").autocast
    from glassgrad.absent import INSTEAD

    if name in INSTEAD:
        raise AttributeError(f"gg.{name}: {INSTEAD[name]}")
    raise AttributeError(f"module 'glassgrad' has no attribute {name!r}")
