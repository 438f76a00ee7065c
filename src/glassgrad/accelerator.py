"""`gg.accelerator`: there is none."""

from __future__ import annotations

from glassgrad.cuda import device_count, is_available, synchronize

__all__ = ["current_accelerator", "device_count", "is_available", "synchronize"]


def current_accelerator(check_available: bool = False) -> None:
    """None: glassgrad runs on the CPU only. (A script's `current_accelerator().type` belongs behind `is_available()`.)"""
