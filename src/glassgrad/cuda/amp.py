"""`gg.cuda.amp`: `gg.amp` for a device that isn't there: enabled, it warns and does nothing."""

from __future__ import annotations

from typing import Any

from glassgrad import amp

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]
custom_bwd, custom_fwd = amp.custom_bwd, amp.custom_fwd


class autocast(amp.autocast):
    """`gg.amp.autocast("cuda")`: disabled, with a warning."""

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        super().__init__("cuda", dtype, enabled)


class GradScaler(amp.GradScaler):
    """`gg.amp.GradScaler("cuda")`: disabled, with a warning."""

    def __init__(
        self,
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
