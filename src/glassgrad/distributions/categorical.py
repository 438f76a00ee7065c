"""The categorical distribution."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from glassgrad.device import Size
from glassgrad.distributions.bernoulli import within
from glassgrad.distributions.distribution import Distribution, check
from glassgrad.dtypes import finfo
from glassgrad.ops.random import multinomial
from glassgrad.ops.reduce import logsumexp
from glassgrad.ops.softmax import softmax
from glassgrad.tensor import Tensor


class Categorical(Distribution):
    """The index i with probability `probs[..., i]` (which are scaled to add up to 1), or softmax(`logits`)[..., i]."""

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Categorical: give either probs or logits")
        self._validate = validate_args is not False
        given = logits if probs is None else probs
        if given.ndim < 1:
            raise ValueError("Categorical: the parameter needs a dimension of categories, got a 0-d tensor")
        if probs is not None:
            if self._validate:
                right = "non-negative with a positive sum"
                check("Categorical", "probs", probs, lambda p: (p >= 0) & (p.sum(-1, keepdims=True) > 0), right)
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            if self._validate:
                check("Categorical", "logits", logits, lambda x: ~np.isnan(x), "numbers")
            self.logits = logits - logsumexp(logits, -1, keepdim=True)
        self._num_events = given.shape[-1]
        super().__init__(given.shape[:-1])

    @cached_property
    def probs(self) -> Tensor:  # type: ignore[no-redef]
        """The probabilities."""
        return softmax(self.logits, -1)

    @cached_property
    def logits(self) -> Tensor:  # type: ignore[no-redef]
        """The logarithms of the probabilities, which are kept off 0 and 1 by the dtype's epsilon."""
        return within(self.probs).log()

    @property
    def param_shape(self) -> Size:
        """The shape of probs and logits."""
        return Size((*self.batch_shape, self._num_events))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draw indices."""
        rows = self.probs.detach().reshape(-1, self._num_events)
        return multinomial(rows, Size(sample_shape).numel(), replacement=True).mT.reshape(self._shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of each index."""
        if self._validate:
            n = self._num_events
            right = f"an index from 0 to {n - 1}"
            check("Categorical.log_prob", "value", value, lambda x: (x >= 0) & (x < n) & (x == np.trunc(x)), right)
        shape = np.broadcast_shapes(value.shape, self.batch_shape)
        index = value.long().expand(*shape).unsqueeze(-1)
        return self.logits.expand(*shape, self._num_events).gather(-1, index).squeeze(-1)

    def entropy(self) -> Tensor:
        """-sum p log(p)."""
        return -(self.finite_logits() * self.probs).sum(-1)

    def finite_logits(self) -> Tensor:
        """The logits with the lowest number of the dtype for -inf, so that a probability of 0 makes a product of 0."""
        return self.logits.clamp(min=finfo(self.logits.dtype).min)

    @property
    def mode(self) -> Tensor:
        """The likeliest index."""
        return self.probs.argmax(-1)
