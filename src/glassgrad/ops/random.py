"""Random numbers: one seed, generators, and tensors drawn from them."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from glassgrad._mode import state
from glassgrad.device import CPU, on
from glassgrad.dtypes import as_dtype
from glassgrad.tensor import Tensor, attach, make

__all__ = [  # the names in `gg.`
    "Generator", "bernoulli", "fork_rng", "get_rng_state", "initial_seed", "manual_seed", "multinomial", "normal", "poisson", "rand",
    "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm", "seed", "set_rng_state",
]  # fmt: skip


class Generator:
    """A stream of random numbers from a seed: NumPy's Philox, which counts in integers, the same on every platform.

    What is made of its bits without the C library's functions is too: uniform numbers, integers, permutations. Normal
    ones come from NumPy's ziggurat, which calls log1p for 1 in 4000: these may differ in the last bit. NumPy may change how it
    draws in a new version (its NEP 19).
    """

    def __init__(self, device: Any = "cpu") -> None:
        on(device)
        self._seed = int.from_bytes(os.urandom(8)) >> 1

    @property
    def device(self) -> Any:
        """Always the CPU."""
        return CPU

    @property
    def numpy(self) -> Any:
        """NumPy's generator, to draw from; inside vmap what its `randomness` says."""
        return state.vmaps[-1].stream(self._stream) if state.vmaps else self._stream

    @cached_property
    def _stream(self) -> np.random.Generator:
        """NumPy's generator; made at first use, because loading numpy.random takes a third of the time of NumPy."""
        return np.random.Generator(np.random.Philox(self._seed))

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of `seed` (-2**63 to 2**64 - 1; negative ones count from 2**64 down), and return the generator."""
        if not -(2**63) <= int(seed) < 2**64:
            raise ValueError(f"manual_seed: the seed must lie in [-2**63, 2**64), got {seed}")
        self._seed = int(seed) % 2**64
        self.__dict__.pop("_stream", None)
        return self

    def seed(self) -> int:
        """Start a stream from the system's entropy, and return its seed."""
        return self.manual_seed(int.from_bytes(os.urandom(8)) >> 1)._seed

    def initial_seed(self) -> int:
        """The seed of the stream."""
        return self._seed

    def get_state(self) -> Tensor:
        """Where the stream is, for `set_state`: a tensor of bytes."""
        at = self._stream.bit_generator.state
        arrays = (*at["state"]["counter"], *at["state"]["key"], *at["buffer"])
        words = [self._seed, *arrays, at["buffer_pos"], at["has_uint32"], at["uinteger"]]
        return make(np.array(words, "<u8").view(np.uint8), None)

    def set_state(self, new_state: Tensor) -> Generator:
        """Go to where the stream was when `get_state` was called."""
        if not isinstance(new_state, Tensor) or new_state.dtype != np.uint8 or new_state.shape != (8 * 14,):
            raise TypeError("set_state: expected the uint8 tensor of 112 elements that get_state returns")
        words = np.ascontiguousarray(new_state._array).view("<u8").astype(np.uint64)
        self.manual_seed(int(words[0]))
        self._stream.bit_generator.state = {
            "bit_generator": "Philox", "state": {"counter": words[1:5], "key": words[5:7]}, "buffer": words[7:11],
            "buffer_pos": int(words[11]), "has_uint32": int(words[12]), "uinteger": int(words[13]),
        }  # fmt: skip
        return self

    def clone_state(self) -> Generator:
        """A generator of its own that goes on from the same place."""
        return Generator().set_state(self.get_state())

    def __getstate__(self) -> Any:
        return self.get_state()._array

    def __setstate__(self, state: Any) -> None:
        self.set_state(make(state, None))


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


def get_rng_state() -> Tensor:
    """The state of the default generator, a tensor of bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Restore a state from `get_rng_state`."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:
    """Draw inside as if on a copy of the default generator: outside it goes on as if nothing had been drawn."""
    before = get_rng_state() if enabled else None
    try:
        yield
    finally:
        if before is not None:
            set_rng_state(before)


def size_of(size: Sequence[Any], who: str) -> tuple[int, ...]:
    """The shape from `f(2, 3)` or `f((2, 3))`."""
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = size[0]
    try:
        shape = tuple(map(operator.index, size))
    except TypeError:
        raise TypeError(f"{who}: a size must be made of ints, got {', '.join(map(repr, size))}: write int(n)") from None
    if any(n < 0 for n in shape):
        raise RuntimeError(f"{who}: a size can't be negative, got {shape}")
    return shape


def _stream(generator: Generator | None) -> np.random.Generator:
    if generator is not None and not isinstance(generator, Generator):
        raise TypeError(f"generator must be a gg.Generator, got {type(generator).__name__}")
    return (generator or default_generator).numpy


_HARMLESS = {"layout", "pin_memory", "memory_format"}


def made(who: str, array: np.ndarray, device: Any, requires_grad: bool, options: dict[str, Any]) -> Tensor:
    """What a creation function returns: a leaf around `array`, or `out` with its values; the other options ask for nothing."""
    on(device)
    for name in options:
        if name not in _HARMLESS and name != "out":
            named = f"dtype, device, requires_grad, out, {', '.join(sorted(_HARMLESS))}"
            raise TypeError(f"{who}: no argument {name!r}: by name it takes {named}")
    out = options.get("out")
    if out is None:
        return make(array, None).requires_grad_(requires_grad)
    if out.shape != array.shape:
        raise RuntimeError(f"{who}: out has shape {tuple(out.shape)}, the result {array.shape}: they must be equal")
    return out.copy_(make(array, None))


def _drawing(name: str, draw: str, doc: str) -> Any:
    def drawn(
        *size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
    ) -> Tensor:
        size = (options.pop("size"),) if "size" in options else size
        found = as_dtype(dtype or state.default_dtype)
        if found.kind != "f":
            raise TypeError(f"{name}: random floats can't have dtype {found}: write gg.randint for integers")
        array = getattr(_stream(generator), draw)(size_of(size, name), dtype=np.float64 if found.itemsize == 8 else np.float32)
        if found.itemsize == 2 and draw == "random":
            array = np.floor(array * 2048) / 2048  # rounding to a half could give 1
        if isinstance(array, Tensor):  # inside vmap, with randomness="different"
            return array.to(found)
        return made(name, np.asarray(array, dtype=found), device, requires_grad, options)

    def like(input: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
        return drawn(input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad, **options)

    for function, called, text in ((drawn, name, "of shape `size`"), (like, name + "_like", "of the input's shape and dtype")):
        function.__name__ = function.__qualname__ = called
        function.__doc__ = f"{doc}, {text}."
    return drawn, like


rand, rand_like = _drawing("rand", "random", "Uniform in [0, 1)")
randn, randn_like = _drawing("randn", "standard_normal", "Standard normal")


def randint(
    *bounds: Any,
    low: int = 0,
    high: int | None = None,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **options: Any,
) -> Tensor:
    """Integers from low (0 if left out) to high - 1: `randint(high, size)` or `randint(low, high, size)`."""
    limits = list(bounds)
    if size is None:
        if not limits or not isinstance(limits[-1], (tuple, list)):
            raise TypeError("randint: the size must be a tuple: write gg.randint(low, high, (2, 3))")
        size = limits.pop()
    if len(limits) + (high is not None) not in (1, 2):
        raise TypeError("randint: write gg.randint(high, size) or gg.randint(low, high, size)")
    if high is None:
        high = limits.pop()
    low, high = int(limits[0] if limits else low), int(high)
    if low >= high:
        raise RuntimeError(f"randint: low must be smaller than high, got {low} and {high}")
    found = as_dtype(dtype or np.int64)
    if found.kind in "iu" and not (np.iinfo(found).min <= low and high - 1 <= np.iinfo(found).max):
        raise RuntimeError(f"randint: {low} to {high - 1} doesn't fit {found}: write another dtype")
    drawn = np.asarray(_stream(generator).integers(low, high, size_of((size,), "randint")))
    return made("randint", drawn.astype(found), device, requires_grad, options)


def randint_like(input: Tensor, low: int, high: int | None = None, dtype: Any = None, device: Any = None) -> Tensor:
    """`randint` of the input's shape and dtype: `randint_like(x, high)` or `randint_like(x, low, high)`."""
    bounds = (low,) if high is None else (low, high)
    return randint(*bounds, size=input.shape, dtype=dtype or input.dtype, device=device)


def randperm(
    n: int, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """The integers 0 to n - 1 in random order."""
    order = _stream(generator).permutation(int(n)).astype(as_dtype(dtype or np.int64))
    return made("randperm", order, device, requires_grad, options)


def normal(
    mean: Any = 0.0, std: Any = 1.0, size: Any = None, generator: Generator | None = None, dtype: Any = None, device: Any = None,
    layout: Any = None,
) -> Tensor:  # fmt: skip
    """Normal with the given mean and standard deviation: numbers and a `size`, or tensors that broadcast."""
    shape = size_of((size,), "normal") if size is not None else np.broadcast_shapes(np.shape(mean), np.shape(std))
    like = next((x.dtype for x in (mean, std) if isinstance(x, Tensor)), None)
    if (std < 0).any() if isinstance(std, Tensor) else std < 0:
        raise RuntimeError("normal: std must not be negative")
    return randn(shape, generator=generator, dtype=dtype or like, device=device) * std + mean


def bernoulli(input: Tensor, p: float | None = None, generator: Generator | None = None) -> Tensor:
    """1 with probability `input`, or `p`, else 0, element by element; of the input's shape and dtype."""
    chances = input.detach().numpy() if p is None else np.broadcast_to(np.float64(p), input.shape)
    if p is None and chances.dtype.kind != "f":
        raise RuntimeError(f"bernoulli: the probabilities must be floating, got {chances.dtype}: write x.float()")
    if chances.size and not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError(f"bernoulli: the probabilities must lie in [0, 1], got {chances.min()} to {chances.max()}")
    return make((_stream(generator).random(chances.shape) < chances).astype(input.dtype), None)


def multinomial(input: Tensor, num_samples: int, replacement: bool = False, generator: Generator | None = None) -> Tensor:
    """Indices drawn with probability proportional to each row of the input: (C) or (R, C) -> (num_samples) or (R, num_samples)."""
    p = np.atleast_2d(input.detach().numpy()).astype(np.float64)
    if input.ndim not in (1, 2) or not num_samples > 0:
        raise RuntimeError(f"multinomial: the input must be (C) or (R, C) and num_samples positive, got {input.shape} and {num_samples}")
    if not (np.isfinite(p).all() and (p >= 0).all() and (p.sum(1) > 0).all()):
        raise RuntimeError("multinomial: each row needs finite weights >= 0 with a positive sum")
    if not replacement and num_samples > (p > 0).sum(1).min():
        raise RuntimeError(
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
    return make(np.ascontiguousarray(drawn[0] if input.ndim == 1 else drawn, dtype=np.int64), None)


def _uniform_(self: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with uniform values in [a, b), in place."""
    drawn = rand(self.shape, generator=generator, dtype=self.dtype)._array
    return self._assign(drawn * self.dtype.type(b - a) + self.dtype.type(a), "uniform_")


def _normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with normal values, in place."""
    drawn = randn(self.shape, generator=generator, dtype=self.dtype)._array
    return self._assign(drawn * self.dtype.type(std) + self.dtype.type(mean), "normal_")


def _bernoulli_(self: Tensor, p: Any = 0.5, generator: Generator | None = None) -> Tensor:
    """Fill with 1 with probability `p` (a number, or a tensor that broadcasts), else 0, in place."""
    chances = p._array if isinstance(p, Tensor) else np.float64(p)
    if chances.size and not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError(f"bernoulli_: p must lie in [0, 1], got {chances.min()} to {chances.max()}")
    return self._assign(np.asarray(_stream(generator).random(self.shape) < chances).astype(self.dtype), "bernoulli_")


def _random_(self: Tensor, *bounds: Any, generator: Generator | None = None) -> Tensor:
    """Fill with integers, in place: `random_(low, high)` to high - 1, `random_(high)`, or `random_()` of all that the dtype can count."""
    whole = {"b": lambda d: 2, "f": lambda d: 2 ** (np.finfo(d).nmant + 1) + 1}.get(self.dtype.kind, lambda d: np.iinfo(d).max)
    low, high = (0, *bounds)[-2:] if bounds else (0, whole(self.dtype))
    if not low < high:
        raise RuntimeError(f"random_: low must be smaller than high, got {low} and {high}")
    return self._assign(np.asarray(_stream(generator).integers(low, high, self.shape)).astype(self.dtype), "random_")


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Draws from Poisson distributions whose rates are the elements of the input; of its shape and dtype."""
    if not (input._array >= 0).all():
        raise RuntimeError("poisson: the rates must be >= 0")
    return make(np.asarray(_stream(generator).poisson(input._array)).astype(input.dtype), None)


def _filled(name: str, draw: Any, doc: str) -> None:
    """Attach an in-place method that draws from a continuous distribution; `draw(stream, shape, *parameters)`."""

    def method(self: Tensor, *args: Any, generator: Generator | None = None, **parameters: Any) -> Tensor:
        if self.dtype.kind != "f" and name != "geometric_":
            raise RuntimeError(f"{name}: only floating tensors can hold it, this is {self.dtype}: write .float()")
        return self._assign(np.asarray(draw(_stream(generator), self.shape, *args, **parameters)).astype(self.dtype), name)

    method.__name__ = name
    method.__doc__ = doc
    attach(**{name: method})


def _exponential(stream: Any, shape: Any, lambd: float = 1.0) -> Any:
    if not lambd > 0:
        raise RuntimeError(f"exponential_: lambd must be positive, got {lambd}")
    return stream.standard_exponential(shape) / lambd


def _geometric(stream: Any, shape: Any, p: float) -> Any:
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_: p must lie in (0, 1), got {p}")
    return stream.geometric(p, shape)


def _log_normal(stream: Any, shape: Any, mean: float = 1.0, std: float = 2.0) -> Any:
    if not std > 0:
        raise RuntimeError(f"log_normal_: std must be positive, got {std}")
    return stream.lognormal(mean, std, shape)


def _cauchy(stream: Any, shape: Any, median: float = 0.0, sigma: float = 1.0) -> Any:
    if not sigma > 0:
        raise RuntimeError(f"cauchy_: sigma must be positive, got {sigma}")
    return median + sigma * stream.standard_cauchy(shape)


_filled("exponential_", _exponential, "Fill from the exponential distribution of rate `lambd`, in place.")
_filled("geometric_", _geometric, "Fill with the number of trials up to the first success, of probability `p`, in place.")
_filled("log_normal_", _log_normal, "Fill with exp of normal values of the given `mean` and `std`, in place.")
_filled("cauchy_", _cauchy, "Fill from the Cauchy distribution of the given `median` and width `sigma`, in place.")
attach(
    uniform_=_uniform_, normal_=_normal_, bernoulli=bernoulli, bernoulli_=_bernoulli_, random_=_random_, multinomial=multinomial,
)  # fmt: skip
