"""glassgrad: an autograd engine that you can see through."""

from __future__ import annotations

import warnings
from importlib import import_module
from math import e, inf, nan, pi
from typing import Any

from glassgrad import ops as ops
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
from glassgrad.absent import missing
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
from glassgrad.tensor import Tensor

# log(0) is -inf and 0 / 0 is nan without a word, as in PyTorch; the user's own NumPy warns as before.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"glassgrad\.")

del globals()["tensor"]  # the module stands in the way of the function
# Everything else is loaded when it is first named: most programs need few of the ops, and training needs no pictures.
_ROOMS = frozenset((
    "accelerator", "amp", "autograd", "backends", "cuda", "distributed", "distributions", "func", "jit", "linalg", "mps",
    "multiprocessing", "nn", "onnx", "optim", "serialization", "special", "study", "testing", "utils", "version", "viz", "xpu",
))  # fmt: skip
_MODULES = ops.FUNCTIONS | {
    "amp": "autocast",
    "autograd.anomaly": "is_anomaly_check_nan_enabled is_anomaly_enabled",
    "autograd.why": "unused_parameters why_no_grad",
    "func": "vmap",
    "naming": "name",
    "printing": "get_printoptions set_printoptions",
    "serialization": "load save",
    "study": "explain",
    "version": "__version__",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Load what is loaded at first use, and say of PyTorch's other names what to write instead."""
    if name in _HOMES:
        globals()[name] = found = getattr(import_module(f"glassgrad.{_HOMES[name]}"), name)
        return found
    if name in _ROOMS or name == "random":
        globals()[name] = found = import_module("glassgrad.ops.random" if name == "random" else f"glassgrad.{name}")
        return found
    raise missing(__name__, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_ROOMS, "random"})
