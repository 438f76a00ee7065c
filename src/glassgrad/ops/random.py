"""Random numbers: one seed, generators, and tensors drawn from them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.dtypes import as_dtype
from glassgrad.tensor import Tensor, make

__all__ = [  # the names in `gg.`
    "Generator", "bernoulli", "get_rng_state", "initial_seed", "manual_seed", "multinomial", "normal", "rand", "rand_like",
    "randint", "randn", "randn_like", "randperm", "seed", "set_rng_state",
]  # fmt: skip


class Generator:
    """A stream of random numbers: NumPy's Philox, so the same seed gives the same bits on every platform."""

    def __init__(self, device: Any = "cpu") -> None:
        self._seed = int.from_bytes(os.urandom(8)) >> 1

    @cached_property
    def numpy(self) -> np.random.Generator:
        """NumPy's generator; made at first use, because loading numpy.random takes a third of the time of NumPy."""
        return np.random.Generator(np.random.Philox(self._seed % 2**128))

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of `seed` (any int), and return the generator."""
        self._seed = int(seed)
        self.__dict__.pop("numpy", None)
        return self

    def seed(self) -> int:
        """Start a stream from the system's entropy, and return its seed."""
        return self.manual_seed(int.from_bytes(os.urandom(8)) >> 1)._seed

    def initial_seed(self) -> int:
        """The seed of the stream."""
        return self._seed

    def get_state(self) -> dict[str, Any]:
        """Where the stream is, for `set_state`."""
        return {"seed": self._seed, "numpy": self.numpy.bit_generator.state}

    def set_state(self, saved: dict[str, Any]) -> Generator:
        """Go to where the stream was when `get_state` was called."""
        self.manual_seed(saved["seed"])
        self.numpy.bit_generator.state = saved["numpy"]
        return self


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Seed the default generator, from which everything is drawn that is given no other."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Seed the default generator from the system's entropy, and return the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> dict[str, Any]:
    """The state of the default generator."""
    return default_generator.get_state()


def set_rng_state(saved: dict[str, Any]) -> None:
    """Restore a state from `get_rng_state`."""
    default_generator.set_state(saved)


def size_of(size: Sequence[Any]) -> tuple[int, ...]:
    """The shape from `f(2, 3)` or `f((2, 3))`."""
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = size[0]
    shape = tuple(int(n) for n in size)
    if any(n < 0 for n in shape):
        raise ValueError(f"a size can't be negative, got {shape}")
    return shape


def _stream(generator: Generator | None) -> np.random.Generator:
    if generator is not None and not isinstance(generator, Generator):
        raise TypeError(f"generator must be a gg.Generator, got {type(generator).__name__}")
    return (generator or default_generator).numpy


def _drawn(draw: str, shape: tuple[int, ...], generator: Generator | None, dtype: Any, requires_grad: bool) -> Tensor:
    dtype = as_dtype(dtype or state.default_dtype)
    if dtype.kind != "f":
        raise TypeError(f"random floats can't have dtype {dtype}: write gg.randint for integers")
    draws = getattr(_stream(generator), draw)
    array = np.asarray(draws(shape, dtype=np.float64 if dtype.itemsize == 8 else np.float32), dtype=dtype)
    return make(array, None).requires_grad_(requires_grad)


def rand(*size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Uniform in [0, 1), of shape `size`."""
    return _drawn("random", size_of(size), generator, dtype, requires_grad)


def randn(*size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Standard normal, of shape `size`."""
    return _drawn("standard_normal", size_of(size), generator, dtype, requires_grad)


def rand_like(x: Tensor, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Uniform in [0, 1), of x's shape and dtype."""
    return rand(x.shape, dtype=dtype or x.dtype, requires_grad=requires_grad)


def randn_like(x: Tensor, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Standard normal, of x's shape and dtype."""
    return randn(x.shape, dtype=dtype or x.dtype, requires_grad=requires_grad)


def randint(*bounds: Any, size: Any = None, generator: Generator | None = None, dtype: Any = np.int64, device: Any = None) -> Tensor:
    """Integers from low (0 if left out) to high - 1: `randint(high, size)` or `randint(low, high, size)`."""
    limits = list(bounds)
    if size is None:
        if not limits or not isinstance(limits[-1], (tuple, list)):
            raise TypeError("randint: the size must be a tuple: write gg.randint(low, high, (2, 3))")
        size = limits.pop()
    if len(limits) not in (1, 2):
        raise TypeError("randint: write gg.randint(high, size) or gg.randint(low, high, size)")
    low, high = (0, limits[0]) if len(limits) == 1 else limits
    if low >= high:
        raise ValueError(f"randint: low must be smaller than high, got {low} and {high}")
    return make(np.asarray(_stream(generator).integers(low, high, size_of((size,)))).astype(as_dtype(dtype)), None)


def randperm(n: int, generator: Generator | None = None, dtype: Any = np.int64, device: Any = None) -> Tensor:
    """The integers 0 to n - 1 in random order."""
    return make(_stream(generator).permutation(n).astype(as_dtype(dtype)), None)


def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None, generator: Generator | None = None) -> Tensor:
    """Normal with the given mean and standard deviation: numbers and a `size`, or tensors that broadcast."""
    shape = size_of((size,)) if size is not None else np.broadcast_shapes(np.shape(mean), np.shape(std))
    return randn(shape, generator=generator) * std + mean


def bernoulli(x: Tensor, generator: Generator | None = None) -> Tensor:
    """1 with probability x, else 0, element by element; of x's shape and dtype."""
    p = x.detach().numpy()
    if p.size and not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"bernoulli: the probabilities must lie in [0, 1], got {p.min()} to {p.max()}")
    return make((_stream(generator).random(p.shape) < p).astype(p.dtype), None)


def multinomial(x: Tensor, num_samples: int, replacement: bool = False, generator: Generator | None = None) -> Tensor:
    """Indices drawn with probability proportional to each row of x: (C) or (R, C) -> (num_samples) or (R, num_samples)."""
    p = np.atleast_2d(x.detach().numpy()).astype(np.float64)
    if x.ndim not in (1, 2) or not num_samples > 0:
        raise ValueError(f"multinomial: x must be (C) or (R, C) and num_samples positive, got {x.shape} and {num_samples}")
    if not (np.isfinite(p).all() and (p >= 0).all() and (p.sum(1) > 0).all()):
        raise ValueError("multinomial: each row needs finite weights >= 0 with a positive sum")
    if not replacement and num_samples > (p > 0).sum(1).min():
        raise ValueError(
            f"multinomial: can't draw {num_samples} different indices from {(p > 0).sum(1).min()} of non-zero weight: "
            "write replacement=True"
        )
    stream = _stream(generator)
    if replacement:
        ends = np.cumsum(p / p.sum(1, keepdims=True), axis=1)
        ends[:, -1] = np.inf  # against rounding; the clip below keeps it off entries of weight 0
        u = stream.random((len(p), num_samples))
        drawn = (u[:, :, None] >= ends[:, None, :]).sum(-1)
        drawn = np.minimum(drawn, p.shape[1] - 1 - np.argmax((p > 0)[:, ::-1], axis=1)[:, None])
    else:  # the n smallest of exponential waiting times are n draws without replacement (Efraimidis, Spirakis 2006)
        with np.errstate(divide="ignore"):
            waits = np.where(p > 0, stream.standard_exponential(p.shape) / p, np.inf)
        drawn = np.argsort(waits, axis=1, kind="stable")[:, :num_samples]
    return make(np.ascontiguousarray(drawn[0] if x.ndim == 1 else drawn, dtype=np.int64), None)


def _uniform_(self: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with uniform values in [a, b), in place."""
    return self._assign(rand(self.shape, generator=generator, dtype=self.dtype)._array * self.dtype.type(b - a) + self.dtype.type(a))


def _normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with normal values, in place."""
    return self._assign(randn(self.shape, generator=generator, dtype=self.dtype)._array * self.dtype.type(std) + self.dtype.type(mean))


Tensor.uniform_ = _uniform_  # type: ignore[attr-defined]
Tensor.normal_ = _normal_  # type: ignore[attr-defined]
Tensor.multinomial = multinomial  # type: ignore[attr-defined]
