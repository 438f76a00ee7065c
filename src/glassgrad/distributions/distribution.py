"""What every distribution has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassgrad._mode import no_grad
from glassgrad.device import Size
from glassgrad.ops.creation import as_tensor
from glassgrad.tensor import Tensor


class Distribution:
    """A batch of distributions: parameters of shape `batch_shape`, samples of `sample_shape + batch_shape + event_shape`."""

    has_rsample = False

    def __init__(self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = ()) -> None:
        self.batch_shape = Size(batch_shape)
        self.event_shape = Size(event_shape)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draw, without a gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draw so that the gradient flows from the sample to the parameters."""
        why = "its samples have no gradient by the parameters: write sample() and log_prob()"
        raise NotImplementedError(f"{type(self).__name__}.rsample: {why}")

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability (density) of `value`."""
        raise NotImplementedError(f"{type(self).__name__}.log_prob")

    def entropy(self) -> Tensor:
        """The entropy, in nats."""
        raise NotImplementedError(f"{type(self).__name__}.entropy")

    @property
    def mean(self) -> Tensor:
        """The mean."""
        raise NotImplementedError(f"{type(self).__name__}.mean")

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError(f"{type(self).__name__}.variance")

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.variance.sqrt()

    def _shape(self, sample_shape: Sequence[int]) -> tuple[int, ...]:
        return (*sample_shape, *self.batch_shape, *self.event_shape)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_shape: {self.batch_shape}, event_shape: {self.event_shape})"


def parameters(*values: Any) -> list[Tensor]:
    """Numbers and tensors as tensors of one shape."""
    like = next((x.dtype for x in values if isinstance(x, Tensor) and x.is_floating_point()), None)
    tensors = [x if isinstance(x, Tensor) else as_tensor(float(x), dtype=like) for x in values]
    shape = np.broadcast_shapes(*(x.shape for x in tensors))
    return [x.expand(*shape) if x.shape != shape else x for x in tensors]


def check(who: str, name: str, value: Tensor, right: Any, where: str) -> None:
    """ValueError unless `right(array)` holds for every element of a parameter or a value."""
    array = value.detach().numpy()
    fits = right(array)
    if not np.all(fits):
        wrong = array[~fits].ravel()[:3].tolist() if np.shape(fits) == array.shape else array.ravel()[:3].tolist()
        raise ValueError(f"{who}: {name} must be {where}, got {', '.join(map(str, wrong))}{', ...' if len(wrong) == 3 else ''}")
