"""Connectionist temporal classification: the likelihood of a label sequence when nobody says which label comes at which time."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassgrad.op import Array, op
from glassgrad.ops.index import gather
from glassgrad.ops.reduce import logsumexp
from glassgrad.ops.regression import array_of, reduced, reduction_of

_NEVER = -1e30  # the logarithm of no chance at all: finite, because -inf minus -inf would be NaN


@op(method=False)
def ctc_loss(
    log_probs: Array, targets: Array, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Array:  # fmt: skip
    """`-log(p)`, with p the probability of all alignments that read as `targets` once repeats and blanks are taken out.

    log_probs (T, N, C) or (T, C), of a log_softmax; targets (N, S), padded, or all one after another in one dimension; lengths (N).
    The mean divides each loss by the length of its target. Where no alignment fits, the loss is inf, or with zero_infinity 0.
    Graves et al. 2006: the forward recursion, in logarithms. The gradient is that of log_probs as they are; PyTorch's differs by
    a part that the gradient of log_softmax takes out again.
    """
    reduction = reduction_of("ctc_loss", reduction)
    if log_probs.ndim not in (2, 3) or log_probs.dtype.kind != "f":
        raise RuntimeError(f"ctc_loss: log_probs must be floats (T, N, C) or (T, C), got {log_probs.dtype} {tuple(log_probs.shape)}")
    x = log_probs.reshape((log_probs.shape[0], -1, log_probs.shape[-1])).astype(np.promote_types(log_probs.dtype, np.float32))  # (T, N, C)
    steps, batch, classes = x.shape
    times = _lengths("input_lengths", input_lengths, batch, steps)
    counts = _lengths("target_lengths", target_lengths, batch, None)
    symbols = _extended(array_of(targets), counts, blank, classes)  # (N, 2S + 1)
    skips = np.zeros(symbols.shape, bool)  # whether the blank before a label may be left out: not between equal labels
    skips[:, 2:] = (symbols[:, 2:] != blank) & (symbols[:, 2:] != symbols[:, :-2])

    emitted = gather(np.clip(x, _NEVER, None), 2, np.broadcast_to(symbols, (steps, *symbols.shape)))  # (T, N, 2S + 1)
    reached = np.where(np.arange(symbols.shape[1]) < 2, emitted[0], _NEVER)
    for t in range(1, steps):
        from_label = np.where(skips, _shifted(reached, 2), _NEVER)
        total = logsumexp(np.stack([reached, _shifted(reached, 1), from_label]), 0)
        reached = np.where((t < times)[:, None], total + emitted[t], reached)

    last = np.stack([2 * counts, np.maximum(2 * counts - 1, 0)], 1)  # ends in a blank or in the last label
    ends = np.where(np.stack([counts >= 0, counts > 0], 1), gather(reached, 1, last), _NEVER)
    loss = -logsumexp(ends, 1)
    loss = np.where(loss > -_NEVER / 10, 0.0 if zero_infinity else np.inf, loss).astype(log_probs.dtype)
    if reduction == "mean":
        return (loss / np.maximum(counts, 1).astype(log_probs.dtype)).mean()
    return reduced(loss if log_probs.ndim == 3 else loss.reshape(()), reduction)


def _lengths(name: str, given: Any, batch: int, most: int | None) -> np.ndarray:
    found = array_of(given).reshape(-1)
    if found.shape != (batch,) or found.dtype.kind not in "iu" or (found < (0 if most is None else 1)).any():
        raise RuntimeError(f"ctc_loss: {name} must be {batch} integers, one for each sequence, got {found.tolist()}")
    if most is not None and (found > most).any():
        raise RuntimeError(f"ctc_loss: {name} {found.tolist()} can't be longer than log_probs, which has {most} steps")
    return found.astype(np.int64)


def _extended(targets: np.ndarray, counts: np.ndarray, blank: int, classes: int) -> np.ndarray:
    """The labels of each sequence with a blank before, between and after them, padded with blanks to one length: (N, 2S + 1)."""
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: blank {blank} is none of the {classes} classes")
    longest = int(counts.max(initial=0))
    kept = np.arange(longest) < counts[:, None]
    labels = np.full((len(counts), longest), blank)
    flat = targets.ndim < 2
    if (targets.size != counts.sum()) if flat else (len(targets) != len(counts) or targets.shape[1] < longest):
        raise RuntimeError(f"ctc_loss: targets {targets.shape} don't hold target_lengths {counts.tolist()}: (N, S), or all in one row")
    labels[kept] = targets.reshape(-1) if flat else targets[:, :longest][kept]
    if (labels < 0).any() or (labels >= classes).any():
        raise IndexError(f"ctc_loss: targets lie in [{labels.min()}, {labels.max()}], but there are {classes} classes")
    symbols = np.full((len(counts), 2 * longest + 1), blank)
    symbols[:, 1::2] = labels
    return symbols


def _shifted(x: Any, by: int) -> Any:
    """x (N, L) moved `by` places to the right, with no chance at all moving in."""
    by = min(by, x.shape[1])
    return np.concatenate([np.full((x.shape[0], by), _NEVER, x.dtype), x[:, : x.shape[1] - by]], 1)
