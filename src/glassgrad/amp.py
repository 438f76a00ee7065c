"""`gg.amp`: automatic mixed precision, which glassgrad hasn't: what asks for it raises, what leaves it off runs."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from glassgrad.dtypes import as_dtype, bfloat16

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


class autocast:
    """A context manager and decorator that casts nothing, and so refuses to be enabled for a lower precision.

    With enabled=False, or dtype=gg.float32, it passes; for a device that isn't there it warns and is disabled, as in PyTorch.
    RuntimeError for dtype=gg.bfloat16 (the default on the CPU) or gg.float16.
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None) -> None:
        if not enabled:
            return
        if device_type != "cpu":
            warnings.warn(f"autocast: there is no {device_type}: it is disabled, and nothing is cast", stacklevel=2)
        elif dtype is None or dtype is bfloat16 or as_dtype(dtype) == np.float16:
            raise RuntimeError(
                f"autocast: glassgrad computes in the dtype of the tensors, and casts nothing to {dtype or bfloat16}: write "
                "dtype=gg.float32 or enabled=False, or cast the model and the data with .half()"
            )

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function


class GradScaler:
    """PyTorch's loss scaler, disabled: float32 needs no scaling, so `scale` returns the loss and `step` is the optimizer's own.

    Enabled for a device that isn't there, as it is by default, it warns and is disabled, as in PyTorch; for "cpu" it raises.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device == "cpu":
            raise RuntimeError("GradScaler: glassgrad doesn't scale losses: write enabled=False, and train in gg.float32")
        if enabled:
            warnings.warn(f"GradScaler: there is no {device}: it is disabled, and nothing is scaled", stacklevel=2)

    def scale(self, outputs: Any) -> Any:
        """The outputs themselves."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing: the gradients were not scaled."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step()`."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: float | None = None) -> None:
        """Nothing: there is no scale."""

    def get_scale(self) -> float:
        """1.0."""
        return 1.0

    def is_enabled(self) -> bool:
        """False."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Empty."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing: there is no state."""


def is_autocast_available(device_type: str) -> bool:
    """False: nothing is ever cast."""
    return False


def custom_fwd(fwd: Callable[..., Any] | None = None, **options: Any) -> Any:
    """The function itself: nothing is ever cast."""
    return fwd if fwd is not None else functools.partial(custom_fwd, **options)


def custom_bwd(bwd: Callable[..., Any] | None = None, **options: Any) -> Any:
    """The function itself: nothing is ever cast."""
    return bwd if bwd is not None else functools.partial(custom_bwd, **options)
