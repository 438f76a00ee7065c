"""Sample inputs for every op of the registry: what the tests in this folder run on.

`samples(name)` gives a list of `Sample`. Floating arrays among the arguments are what gradients are taken by; lists hold
arrays (`cat`), tuples are attributes. An op that is registered and has no entry here fails a test, and so does the reverse.
"""

from dataclasses import dataclass, field
from zlib import crc32

import numpy as np


@dataclass
class Sample:
    args: tuple
    kwargs: dict = field(default_factory=dict)
    constant: tuple = ()  # positions of floating arguments that have no gradient
    smooth: bool = True  # False at a kink or where a derivative is infinite: no finite differences

    def __repr__(self):
        def show(x):
            if isinstance(x, np.ndarray):
                return f"{x.dtype.kind}{list(x.shape)}"
            return f"[{', '.join(map(show, x))}]" if isinstance(x, list) else repr(x)

        return ", ".join([*map(show, self.args), *(f"{k}={show(v)}" for k, v in self.kwargs.items())])


def S(*args, constant=(), smooth=True, **kwargs):
    args = tuple(np.asarray(x) if isinstance(x, np.generic) else x for x in args)  # what NumPy makes of 0-d arithmetic
    return Sample(args, {k: np.asarray(x) if isinstance(x, np.generic) else x for k, x in kwargs.items()}, constant, smooth)


class Draw:
    """Arrays from one seeded stream: normal ones by a call, others by their property."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def __call__(self, *shape):
        return np.asarray(self.rng.standard_normal(shape))

    def positive(self, *shape):
        return np.asarray(self.rng.uniform(0.5, 2, shape))

    def apart(self, *shape):
        """All elements at least 0.1 from each other and 0.05 from 0: finite differences cross no kink."""
        n = int(np.prod(shape))
        values = (np.arange(n) - n // 2 + 0.5) * 0.1 * (1 if n else 0)
        return self.rng.permutation(values).reshape(shape)

    def index(self, high, *shape):
        return np.asarray(self.rng.integers(0, high, shape))

    def mask(self, *shape):
        return np.asarray(self.rng.random(shape) < 0.5)


SAMPLES = {}


def for_ops(*names):
    def note(function):
        SAMPLES.update(dict.fromkeys(names, function))
        return function

    return note


def samples(name):
    return SAMPLES[name](Draw(crc32(name.encode())))
