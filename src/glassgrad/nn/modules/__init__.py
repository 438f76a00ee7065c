"""`nn.modules`: PyTorch's longer path to the layers. Each room here, as `nn.modules.linear`, is `nn` itself."""

import sys
from typing import Any

from glassgrad import nn

_ROOMS = (
    "activation", "batchnorm", "container", "conv", "distance", "dropout", "flatten", "fold", "instancenorm", "linear", "loss",
    "module", "normalization", "padding", "pixelshuffle", "pooling", "rnn", "sparse", "transformer", "upsampling", "utils",
)  # fmt: skip
for _room in _ROOMS:
    globals()[_room] = sys.modules[f"{__name__}.{_room}"] = nn


def __getattr__(name: str) -> Any:
    """The layer of `nn`, or the error that says what is there instead."""
    return getattr(nn, name)
