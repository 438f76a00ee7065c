"""PyTorch's `device`, of which there is one, and `Size`, its tuple of dimensions."""

from __future__ import annotations

from typing import Any, SupportsIndex, overload


class device:
    """Where a tensor lives: there is one, `cpu`. Anything else raises RuntimeError. As a context manager it changes nothing."""

    type = "cpu"
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        name = type if isinstance(type, str) else f"cuda:{type}" if isinstance(type, int) else str(type)
        kind, _, number = name.partition(":")
        if kind != "cpu" or not (number in ("", "0") and index in (None, 0)):
            raise RuntimeError(f"device {name!r}: glassgrad runs on the CPU only: write device='cpu' or leave it out")
        self.index = 0 if number or index is not None else None

    def __repr__(self) -> str:
        return "device(type='cpu')" if self.index is None else "device(type='cpu', index=0)"

    def __str__(self) -> str:
        return "cpu" if self.index is None else "cpu:0"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and self.index == other.index

    def __hash__(self) -> int:
        return hash(str(self))

    def __enter__(self) -> device:
        return self

    def __exit__(self, *exc: object) -> None:
        pass


CPU = device()


def get_default_device() -> device:
    """Where new tensors are made: always the CPU."""
    return CPU


def set_default_device(device: Any) -> None:
    """Accepts "cpu"; RuntimeError for any other device."""
    on(device)


def on(where: Any) -> None:
    """Check a `device=` argument; None is the default."""
    if where is not None:
        device(where)


class Size(tuple[int, ...]):
    """The sizes of a tensor's dimensions, as `x.size()` gives them: a tuple that knows how many elements they make."""

    __slots__ = ()

    def numel(self) -> int:
        """The product of the sizes."""
        count = 1
        for n in self:
            count *= n
        return count

    def __repr__(self) -> str:
        return f"gg.Size({list(self)})"

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> Size: ...
    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return Size(found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> Size:  # type: ignore[override]
        return Size(super().__add__(tuple(other)))
