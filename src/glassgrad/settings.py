"""Switches of the whole library: threads, and those of PyTorch that change nothing here."""

from __future__ import annotations

from typing import Any

from glassgrad import kernels
from glassgrad._mode import set_default_dtype
from glassgrad.ops.cast import dtype_named

__all__ = [  # the names in `gg.`
    "are_deterministic_algorithms_enabled", "compile", "get_float32_matmul_precision", "get_num_interop_threads", "get_num_threads",
    "is_autocast_enabled", "is_deterministic_algorithms_warn_only_enabled", "kernels_info", "set_default_tensor_type",
    "set_float32_matmul_precision",
    "set_num_interop_threads", "set_num_threads", "use_deterministic_algorithms",
]  # fmt: skip

_precision = "highest"


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function itself: there is nothing to compile, the kernels compile themselves. Also a decorator."""
    return model if model is not None else compile


def set_float32_matmul_precision(precision: str) -> None:
    """Accepts "highest", "high" and "medium": products of float32 are always computed in float32."""
    global _precision
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f'set_float32_matmul_precision: "highest", "high" or "medium", got {precision!r}')
    _precision = precision


def get_float32_matmul_precision() -> str:
    """What was set; the computation is that of "highest"."""
    return _precision


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepts both: every kernel gives the same bits for the same inputs, on any number of threads."""


def are_deterministic_algorithms_enabled() -> bool:
    """True: they always are."""
    return True


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """False: there is nothing to warn of."""
    return False


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """False: nothing is ever cast."""
    return False


def set_num_threads(num: int) -> None:
    """Let the kernels use up to `num` threads (at most those that Numba started with)."""
    kernels.set_num_threads(num)


def get_num_threads() -> int:
    """The number of threads that the kernels use."""
    return kernels.get_num_threads()


def set_num_interop_threads(num: int) -> None:
    """Accepts any number: ops run one after the other."""


def get_num_interop_threads() -> int:
    """1: ops run one after the other."""
    return 1


def set_default_tensor_type(t: Any) -> None:
    """`set_default_dtype` by class or name: `gg.DoubleTensor` or "torch.DoubleTensor"."""
    set_default_dtype(dtype_named("set_default_tensor_type", t))


def kernels_info() -> dict[str, Any]:
    """How kernels run here: mode, threads, vector width, threading layer, where compiled code is kept, and what is compiled so far."""
    return kernels.info()
