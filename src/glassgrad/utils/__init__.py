"""What is used beside the engine: data loading, checkpoints."""

from typing import Any

from glassgrad.absent import missing
from glassgrad.utils import checkpoint as checkpoint
from glassgrad.utils import data as data


def __getattr__(name: str) -> Any:
    """Load `utils.tensorboard`, which is there only to say why not, when it is first named."""
    if name == "tensorboard":
        from importlib import import_module

        return import_module("glassgrad.utils.tensorboard")
    raise missing(__name__, name)
