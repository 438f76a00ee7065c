"""`gg.mps`: a device that isn't there; see `gg.cuda`."""

from glassgrad.cuda import device_count, empty_cache, is_available, manual_seed, seed, synchronize

__all__ = ["device_count", "empty_cache", "is_available", "manual_seed", "seed", "synchronize"]
