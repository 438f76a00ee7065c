"""Random computations with shared values, broadcasting, slices and weights that are used again and again."""

import numpy as np

import glassgrad as gg


def leaves(rng):
    """Leaves of several shapes, in float64."""
    return [gg.tensor(rng.uniform(-1, 1, shape), requires_grad=True) for shape in ((3, 3), (3, 1), (3,), ())]


def grow(rng, pool, ops=8):
    """Ops on random members of the pool, each result a member of it -> the mean of the last three."""
    pool = list(pool)
    one = lambda: pool[rng.integers(len(pool))]
    for _ in range(ops):
        kind = rng.integers(9)
        if kind == 0:
            made = one() + one()
        elif kind == 1:
            made = one() * one()
        elif kind == 2:
            made = one() - 0.5 * one()
        elif kind == 3:
            made = one().tanh()
        elif kind == 4:
            made = one() / (1.5 + one().cos())
        elif kind == 5:
            made = (one() + gg.zeros(3, 3, dtype=gg.float64)) @ (one() + gg.zeros(3, 3, dtype=gg.float64))
        elif kind == 6:
            made = (one() + gg.zeros(3, 3, dtype=gg.float64))[rng.integers(3)]
        elif kind == 7:
            made = (one() + gg.zeros(3, 3, dtype=gg.float64)).softmax(-1)
        else:
            made = one().sum()
        pool.append(made)
    return sum((x.mean() for x in pool[-3:]), gg.zeros((), dtype=gg.float64))


def random_loss(seed):
    """A loss, the leaves that may have led to it, and the generator to go on with."""
    rng = np.random.default_rng(seed)
    pool = leaves(rng)
    return grow(rng, pool), pool, rng
