"""`gg.cuda`: there is no GPU. Questions are answered so, seeds and waits do nothing, and what needs one raises RuntimeError."""

from __future__ import annotations

from typing import Any

from glassgrad.cuda import amp as amp

__all__ = [
    "amp", "current_device", "device_count", "empty_cache", "get_device_capability", "get_device_name", "get_device_properties",
    "get_rng_state_all", "ipc_collect", "is_available", "is_bf16_supported", "is_initialized", "manual_seed", "manual_seed_all",
    "max_memory_allocated", "max_memory_reserved", "mem_get_info", "memory_allocated", "memory_reserved",
    "reset_peak_memory_stats", "set_device", "set_rng_state_all", "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """False: glassgrad runs on the CPU only."""
    return False


is_initialized = is_available


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False: there is no bfloat16."""
    return False


def device_count() -> int:
    """0."""
    return 0


def _zero(device: Any = None) -> int:
    """0: there is no memory of a GPU."""
    return 0


memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = _zero


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Nothing: there is no GPU to seed, to wait for or to free memory of."""


manual_seed = manual_seed_all = seed = seed_all = synchronize = empty_cache = reset_peak_memory_stats = ipc_collect = _nothing
set_rng_state_all = _nothing


def get_rng_state_all() -> list[Any]:
    """No states: there is no GPU."""
    return []


def _refuse(*args: Any, **kwargs: Any) -> Any:
    """RuntimeError: there is no GPU."""
    raise RuntimeError("gg.cuda: glassgrad runs on the CPU only: ask gg.cuda.is_available() first, and use gg.device('cpu')")


current_device = set_device = get_device_name = get_device_capability = get_device_properties = mem_get_info = _refuse


def __getattr__(name: str) -> Any:
    instead = f"write gg.{name}, or " if name.endswith("Tensor") else "write time.perf_counter(), or " if name == "Event" else ""
    raise AttributeError(f"gg.cuda.{name}: glassgrad runs on the CPU only: {instead}ask gg.cuda.is_available() first")
