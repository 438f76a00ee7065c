"""Sequences of different lengths in one tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glassgrad.absent import missing
from glassgrad.ops.image import pad
from glassgrad.ops.shape import stack
from glassgrad.tensor import Tensor

__all__ = ["pad_sequence", "unpad_sequence"]


def pad_sequence(sequences: Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Tensor:
    """Tensors (L, ...) of different lengths L, brought to the longest with `padding_value`: (L, B, ...), or (B, L, ...) if batch_first."""
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"pad_sequence: padding_side must be 'left' or 'right', got {padding_side!r}")
    rows = list(sequences)
    if not rows or any(not isinstance(x, Tensor) or not x.ndim or x.shape[1:] != rows[0].shape[1:] for x in rows):
        shapes = [getattr(x, "shape", type(x).__name__) for x in rows]
        raise RuntimeError(f"pad_sequence: expected tensors of shape (L, ...) that differ in the first dimension only, got {shapes}")
    longest = max(len(x) for x in rows)
    right = padding_side == "right"
    wide = [(0, 0) * (x.ndim - 1) + ((0, longest - len(x)) if right else (longest - len(x), 0)) for x in rows]
    return stack([pad(x, widths, value=padding_value) for x, widths in zip(rows, wide, strict=True)], 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences that `pad_sequence` padded on the right, cut back to their lengths."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[: int(n)] for row, n in zip(rows, lengths, strict=True)]


__path__: list[str] = []  # so that `from glassgrad.nn.utils.rnn import pack_sequence` asks absent.py, too


def __getattr__(name: str) -> Any:
    """Packed sequences are what recurrent layers take: AttributeError that says what there is instead."""
    raise missing(__name__, name)
