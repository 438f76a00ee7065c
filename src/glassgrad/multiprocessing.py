"""`gg.multiprocessing`: Python's own, to which tensors go as copies; processes that share tensors aren't there."""

from __future__ import annotations

from multiprocessing import *  # noqa: F403

from glassgrad.absent import refusing

spawn = refusing("multiprocessing.spawn", "glassgrad trains in one process: call the function itself, fn(0, *args), or use threads")
