"""`nn.parallel`: one device and one process."""

from __future__ import annotations

from typing import Any

from glassgrad.absent import refusing_class
from glassgrad.nn.module import Module

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]


class DataParallel(Module):
    """Runs `module` itself, on the one device there is, as PyTorch does on a CPU; its parameters' names begin with "module."."""

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What `module` returns."""
        return self.module(*inputs, **kwargs)


DistributedDataParallel = refusing_class(
    "nn.parallel.DistributedDataParallel", "glassgrad trains in one process: use the model itself, or nn.DataParallel"
)


def data_parallel(
    module: Module, inputs: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0, module_kwargs: Any = None
) -> Any:
    """`module(*inputs)`, on the one device there is."""
    return module(*(inputs if isinstance(inputs, tuple) else (inputs,)), **(module_kwargs or {}))
