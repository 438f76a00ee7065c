"""`gg.xpu`: a device that isn't there; see `gg.cuda`."""

from glassgrad.cuda import device_count, empty_cache, is_available, manual_seed, manual_seed_all, set_device, synchronize

__all__ = ["device_count", "empty_cache", "is_available", "manual_seed", "manual_seed_all", "set_device", "synchronize"]
