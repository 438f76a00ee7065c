"""The share of a dataset that one of several processes takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sized

from glassgrad.ops.random import Generator, randperm
from glassgrad.utils.data.sampler import Sampler


class DistributedSampler(Sampler[int]):
    """Every `num_replicas`-th index from `rank` on, of an order that `seed` and `set_epoch` give: shares of one length.

    The last indices are dropped (`drop_last`), or the first are taken again, so that all shares are as long.
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            fix = "write num_replicas= and rank=, or RandomSampler for one process"
            raise RuntimeError(f"DistributedSampler: there are no process groups: {fix}")
        if not 0 <= rank < num_replicas:
            raise ValueError(f"DistributedSampler: rank must lie in [0, {num_replicas}), got {rank}")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        n = len(dataset)
        self.num_samples = n // num_replicas if drop_last else math.ceil(n / num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        n = len(self.dataset)
        order = randperm(n, generator=Generator().manual_seed(self.seed + self.epoch)).tolist() if self.shuffle else list(range(n))
        order = (order * -(-self.total_size // max(n, 1)))[: self.total_size]
        return iter(order[self.rank :: self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the order: to be called before each epoch, with another number."""
        self.epoch = epoch
