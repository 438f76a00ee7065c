"""PyTorch's `device`, of which there is one."""

from __future__ import annotations

from typing import Any


class device:
    """Where a tensor lives: there is one, `cpu`. Anything else raises RuntimeError."""

    type = "cpu"
    index = None

    def __init__(self, name: Any = "cpu") -> None:
        if str(name) not in ("cpu", "cpu:0"):
            raise RuntimeError(f"device {str(name)!r}: glassgrad runs on the CPU only: write device='cpu' or leave it out")

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")


CPU = device()
