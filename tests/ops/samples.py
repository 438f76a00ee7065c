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


# ------------------------------------------------------------------------------------------------ elementwise


@for_ops("alias", "neg", "square", "exp", "sin", "cos", "tanh", "sigmoid", "erf", "clone", "contiguous")
def _unary(d):
    return [S(d(3, 4)), S(d()), S(d(0, 3)), S(d(2, 1, 3) * 3), S(d(17))]


@for_ops("log", "sqrt", "rsqrt")
def _unary_positive(d):
    return [S(d.positive(3, 4)), S(d.positive()), S(d.positive(0, 3)), S(d.positive(2, 1, 3))]


@for_ops("abs", "sign", "_relu")
def _unary_kinked(d):
    return [S(d.apart(3, 4)), S(d.apart()), S(d.apart(0, 3)), S(d.apart(2, 1, 3)), S(np.zeros(3), smooth=False)]


@for_ops("relu")
def _relu(d):
    return [*_unary_kinked(d), S(d.apart(3), inplace=False)]


@for_ops("isnan", "isfinite", "logical_not")
def _unary_tests(d):
    odd = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.0])
    return [S(odd), S(d(2, 3)), S(np.asarray(0.0)), S(d(0, 2)), S(np.arange(3))]


@for_ops("bitwise_not")
def _not(d):
    return [S(d.mask(3, 4)), S(d.index(9, 2, 3)), S(d.mask()), S(d.mask(0, 2))]


def _pairs(first, second):
    return [
        S(first(3, 4), second(3, 4)), S(first(3, 4), second(4)), S(first(2, 1, 4), second(3, 1)), S(first(), second(2, 3)),
        S(first(2, 3), second()), S(first(), second()), S(first(0, 3), second(1, 3)), S(first(1, 3), second(0, 1)),
        S(first(3, 2), 1.5), S(2.5, second(3, 2)), S(first(2), 2),
    ]  # fmt: skip


@for_ops("add", "sub", "mul")
def _arithmetic(d):
    return _pairs(d, d)


@for_ops("div")
def _division(d):
    return _pairs(d, d.positive)


@for_ops("floor_divide", "remainder")
def _floored(d):
    return _pairs(lambda *shape: d.apart(*shape) * 10 + 0.13, lambda *shape: d.index(3, *shape) + 2.0)


@for_ops("maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge")
def _ordered(d):
    tied = d.index(3, 4, 3) * 1.0
    return [*_pairs(lambda *shape: d.apart(*shape) + 0.03, d.apart), S(tied, d.index(3, 3) * 1.0, smooth=False)]


@for_ops("bitwise_and", "bitwise_or", "bitwise_xor")
def _bitwise(d):
    return [
        S(d.mask(3, 4), d.mask(4)), S(d.index(9, 3), d.index(9, 2, 1)), S(d.mask(), d.mask(2)), S(d.mask(0, 2), d.mask(2)),
        S(d.mask(3), True), S(d.index(9, 3), 5), S(d.index(9, 3), d.mask(3)),
    ]  # fmt: skip


@for_ops("pow")
def _pow(d):
    return [
        *_pairs(d.positive, d), S(d(3), 3), S(d(3), 2), S(d(3), 1), S(d(3), 0), S(d.positive(3), -1.5), S(d.positive(3), 0.5),
        S(np.array([0.0, 2.0]), 2.0), S(np.array([0.0, 0.0, 2.0]), np.array([0.0, 2.0, 0.0]), smooth=False),
    ]  # fmt: skip


@for_ops("power_slope")
def _power_slope(d):
    return [S(d.positive(3, 2), d(2)), S(d(3), 3), S(d(3), 1), S(d.positive(), d()), S(d.positive(0, 2), d(2))]


@for_ops("power_log")
def _power_log(d):
    return [S(d.positive(3, 2), d.positive(3, 2)), S(d.positive(3), 2), S(d.positive(), d.positive()), S(d.positive(0), 2.0)]


@for_ops("_clamp", "_inside")
def _clamp_numbers(d):
    return [S(d.apart(3, 4), -0.2, 0.3), S(d.apart(5), None, 0.1), S(d.apart(5), 0.0, None), S(d.apart(), -1.0, 1), S(d.apart(0, 2), 0, 1)]


@for_ops("clamp")
def _clamp(d):
    return [
        *_clamp_numbers(d), S(d.apart(5), max=0.1), S(d.apart(3, 4), d.apart(4) - 1.03, d.apart(3, 1) + 0.52),
        S(d.apart(3, 4), None, d.apart(4) + 0.02), S(d.apart(3, 4), min=d.apart() + 0.02),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ reductions

DIMS = [None, 0, -1, (0, 2), (1,), ()]


def _reductions(first, **options):
    return [
        *(S(first(2, 3, 4), dim, **options) for dim in DIMS), S(first(2, 3), 1, keepdim=True, **options),
        S(first(2, 3), keepdim=True, dim=None, **options), S(first(2, 3, 4), (-1, 0), keepdim=True, **options),
        S(first(), None, **options), S(first(), 0, **options), S(first(), -1, keepdim=True, **options),
    ]  # fmt: skip


@for_ops("sum")
def _sum(d):
    return [*_reductions(d), S(d(0, 3)), S(d(0, 3), 0), S(d(3, 0), 0), S(d(2, 3)), S(d.mask(2, 3), 0), S(d.index(9, 2, 3))]


@for_ops("mean")
def _mean(d):
    return [*_reductions(d), S(d(3, 0), 0), S(d(2, 3)), S(d(0, 3), smooth=False)]


@for_ops("logsumexp")
def _logsumexp(d):
    low = d(3, 4)
    low[1, 2] = -np.inf
    low[2] = -np.inf
    return [*(S(*s.args, **s.kwargs) for s in _reductions(lambda *shape: d(*shape) * 3) if s.args[1:] != (None,) and "dim" not in s.kwargs),
            S(d(3, 0), 0), S(d(2, 3) + 1000, 1), S(low, 1, smooth=False), S(d(2, 0), 1, smooth=False)]  # fmt: skip


@for_ops("var", "std")
def _spreads(d):
    def first(*shape):
        return d(*shape) if np.prod(shape) > 1 else None

    many = [s for s in _reductions(first) if s.args[0] is not None]
    return [*many, S(d(3, 4), 0, correction=0), S(d(3, 4), 1, 0, True), S(d(3, 4), 1, correction=2), S(d(5)), S(d(3, 0), 0),
            S(np.ones((2, 3)), 1, smooth=False), S(d(4), unbiased=False)]  # fmt: skip


@for_ops("amax", "amin")
def _extremes(d):
    return [*_reductions(d.apart), S(d.apart(3, 0), 0), S(d.apart(2, 3)), S(np.array([[1.0, 3, 3], [2, 2, 2]]), 1, smooth=False)]


@for_ops("all", "any")
def _logic(d):
    return [*_reductions(d.mask), S(d.mask(0, 3)), S(d.mask(0, 3), 0), S(d.index(2, 3, 4), 1), S(d(3))]


@for_ops("max", "min")
def _pairs_of_extremes(d):
    return [
        S(d.apart(3, 4)), S(d.apart(3, 4), 0), S(d.apart(3, 4), -1, True), S(d.apart(3, 4), dim=1, keepdim=True), S(d.apart()),
        S(d.apart(), 0), S(d.apart(3, 0), 0), S(d.apart(3, 4), d.apart(4) + 0.03), S(np.array([[1.0, 3, 3], [2, 2, 2]]), 1, smooth=False),
    ]  # fmt: skip


@for_ops("argmax", "argmin")
def _places(d):
    return [
        S(d.apart(3, 4)), S(d.apart(3, 4), 0), S(d.apart(3, 4), -1, True), S(d.apart(3, 4), dim=1, keepdim=True), S(d.apart()),
        S(d.apart(), 0), S(d.apart(3, 0), 0), S(np.array([[1.0, 3, 3], [2, 2, 2]]), 1), S(np.array([1.0, np.nan, 3])),
    ]  # fmt: skip


@for_ops("topk")
def _topk(d):
    return [
        S(d.apart(3, 5), 2), S(d.apart(3, 5), 3, 0), S(d.apart(3, 5), 2, -1, False), S(d.apart(4), k=4, largest=True), S(d.apart(4), 0),
        S(d.apart(2, 3, 4), 2, dim=1, largest=False), S(d.apart(), 1),
    ]  # fmt: skip


@for_ops("_order")
def _order(d):
    return [S(d.apart(3, 4), 1, True), S(d.apart(3, 4), 0, False), S(np.array([2.0, 1, 2, np.nan]), -1, True), S(d(0), 0, True)]


@for_ops("unreduce")
def _unreduce(d):
    return [S(d(), (2, 3)), S(d(2), (2, 3), 1), S(d(2, 1), (2, 3), 1, True), S(d(3), (2, 3, 4), (0, -1)), S(d(), (2, 3), ()), S(d(), ())]


@for_ops("share")
def _share(d):
    tied = d.index(3, 3, 4) * 1.0
    return [S(tied, tied.max(1), 1), S(tied, tied.max(), None), S(tied, tied.max((0, 1), keepdims=True), (0, 1), True)]


@for_ops("spread")
def _spread(d):
    return [S(d(3, 4)), S(d(3, 4), 1), S(d(2, 3, 4), (0, -1)), S(d())]


@for_ops("std_slope")
def _std_slope(d):
    return [S(d(3, 4), d.positive(3, 4)), S(d(), d.positive()), S(d(2), np.array([0.0, 2.0]), smooth=False)]


@for_ops("fraction")
def _fraction(d):
    return [S((2, 3, 4)), S((2, 3, 4), 1), S((2, 3, 4), (0, -1)), S((), None), S((), 0), S((2, 3), ()), S((2, 3), (0, 1), 2)]


# ------------------------------------------------------------------------------------------------ shapes


@for_ops("reshape", "_view", "view")
def _reshape(d):
    return [S(d(2, 6), 3, 4), S(d(2, 6), (4, -1)), S(d(2, 6), -1), S(d(1), ()), S(d(), 1, 1), S(d(0, 3), 3, 0), S(d(), ())]


@for_ops("flatten")
def _flatten(d):
    return [S(d(2, 3, 4)), S(d(2, 3, 4), 1), S(d(2, 3, 4), 0, 1), S(d(2, 3, 4), start_dim=-2), S(d()), S(d(0, 3)), S(d(2, 0, 3), 1)]


@for_ops("squeeze")
def _squeeze(d):
    return [S(d(2, 1, 3, 1)), S(d(2, 1, 3, 1), 1), S(d(2, 1, 3), 0), S(d(2, 1, 1), (-1, 1)), S(d()), S(d(1, 0), 0), S(d(), -1)]


@for_ops("unsqueeze")
def _unsqueeze(d):
    return [S(d(2, 3), 0), S(d(2, 3), -1), S(d(2, 3), 1), S(d(), 0), S(d(0, 3), dim=2)]


@for_ops("transpose")
def _transpose(d):
    return [S(d(2, 3), 0, 1), S(d(2, 3, 4), 0, -1), S(d(2, 3, 4), dim0=-1, dim1=1), S(d(0, 3), 0, 1), S(d(2), 0, 0)]


@for_ops("_permute")
def _permute_tuple(d):
    return [S(d(2, 3, 4), (2, 0, 1)), S(d(2, 3, 4), (-1, 0, 1)), S(d(0, 3), (1, 0)), S(d(), ())]


@for_ops("permute")
def _permute(d):
    return [*_permute_tuple(d), S(d(2, 3, 4), 2, 0, 1), S(d(2, 3, 4, 5), 3, 0, -3, 2), S(d(2, 3), dims=(1, 0))]


@for_ops("inverse_order")
def _inverse_order(d):
    return [S((2, 0, 1)), S((-1, 0, 1)), S(()), S((0,))]


@for_ops("t")
def _t(d):
    return [S(d(2, 3)), S(d(3)), S(d()), S(d(0, 3))]


@for_ops("_expand", "broadcast_to")
def _expand_to(d):
    return [S(d(3, 1), (3, 4)), S(d(3), (2, 3)), S(d(), (2, 2)), S(d(1, 3), (0, 3)), S(d(2, 1, 1), (2, 2, 3)), S(d(2), (2,)), S(d(), ())]


@for_ops("expand")
def _expand(d):
    return [S(d(3, 1), 3, 4), S(d(3, 1), -1, 4), S(d(3), 2, -1), S(d(1), (2, 3, 4)), S(d(), 2, 3), S(d(1, 3), 0, 3)]


@for_ops("cat")
def _cat(d):
    return [
        S([d(2, 3), d(1, 3)]), S([d(2, 3), d(2, 1), d(2, 2)], 1), S([d(2, 3), d(2, 3)], dim=-1), S([d(2)]), S([d(0, 2), d(3, 2)]),
        S([d(2, 1, 2), d(2, 3, 2)], -2),
    ]  # fmt: skip


@for_ops("uncat")
def _uncat(d):
    return [S(d(3, 3), ((2, 3), (1, 3)), 0), S(d(2, 6), ((2, 3), (2, 1), (2, 2)), -1), S(d(3, 2), ((0, 2), (3, 2)), 0)]


@for_ops("stack")
def _stack(d):
    return [S([d(2, 3), d(2, 3)]), S([d(2, 3), d(2, 3), d(2, 3)], 1), S([d(2), d(2)], dim=-1), S([d(), d()]), S([d(0, 2), d(0, 2)], 1)]


@for_ops("narrow")
def _narrow(d):
    return [S(d(4, 3), 0, 1, 2), S(d(4, 3), -1, 0, 3), S(d(4, 3), 1, 2, 0), S(d(2, 5), dim=1, start=4, length=1)]


@for_ops("split")
def _split(d):
    return [S(d(5, 3), 2), S(d(5, 3), 3, 1), S(d(5, 3), (1, 4)), S(d(5, 3), (2, 0, 1), dim=-1), S(d(2), 5), S(d(0, 3), 2)]


@for_ops("chunk")
def _chunk(d):
    return [S(d(5, 3), 2), S(d(5, 3), 3, 1), S(d(4), 4), S(d(3), 5), S(d(2, 6), chunks=3, dim=-1)]


@for_ops("unbind")
def _unbind(d):
    return [S(d(3, 2)), S(d(3, 2), 1), S(d(3), dim=-1), S(d(2, 0))]


@for_ops("_to")
def _to(d):
    return [S(d(2, 3), np.dtype(np.float64)), S(d.index(9, 3), np.dtype(np.float64)), S(d(), np.dtype(np.float64))]


# ------------------------------------------------------------------------------------------------ indexing

_INDICES = [
    ((4, 3), (1,)), ((4, 3), (slice(1, 3),)), ((4, 3), (slice(None, None, 2), -1)), ((4, 3), (None, Ellipsis, 0)), ((4, 3), ()),
    ((4, 3), (np.array([0, 2, 2, 0]),)), ((4, 3), (np.array([[1, 1], [0, 3]]), slice(1, None))), ((4, 3), (slice(None), np.array([2, 2, -1]))),
    ((4, 3), (np.array([0, 2, 2]), np.array([1, 1, 1]))), ((4,), (np.array([True, False, True, True]),)), ((4,), (slice(0, 0),)),
    ((4, 3), (np.array([True, False, True, True]), slice(None, None, 2))), ((3, 4, 2), (np.array([[0], [2]]), slice(None), np.array([0, 1]))),
    ((2, 2), (np.array([[True, False], [True, True]]),)), ((4, 3), (np.zeros(0, np.int64),)), ((0, 3), (slice(None), 1)),
    ((), ()), ((), (None,)), ((3,), (True,)), ((3,), (False,)), ((3,), (np.asarray(True),)),
]  # fmt: skip


@for_ops("_getitem")
def _getitem(d):
    return [S(d(*shape), index) for shape, index in _INDICES]


@for_ops("unindex")
def _unindex(d):
    return [S(d(*np.empty(shape)[index].shape), shape, index) for shape, index in _INDICES]


_PICKS = [((4, 3), 0, (2, 3)), ((4, 3), 1, (4, 5)), ((4, 3), -1, (2, 2)), ((4,), 0, (6,)), ((2, 3, 4), 1, (2, 2, 4)), ((4, 3), 0, (0, 3)), ((), 0, ())]


@for_ops("gather")
def _gather(d):
    return [S(d(*shape), dim, d.index(shape[dim] if shape else 1, *picked)) for shape, dim, picked in _PICKS]


@for_ops("ungather")
def _ungather(d):
    return [S(d(*picked), shape, dim, d.index(shape[dim] if shape else 1, *picked)) for shape, dim, picked in _PICKS]


@for_ops("index_select")
def _index_select(d):
    return [S(d(4, 3), 0, d.index(4, 6)), S(d(4, 3), -1, d.index(3, 2)), S(d(2, 3, 4), dim=1, index=d.index(3, 4)), S(d(4), 0, d.index(4, 0))]


@for_ops("where")
def _where(d):
    return [
        S(d.mask(3, 4), d(3, 4), d(3, 4)), S(d.mask(3, 1), d(4), d()), S(d.mask(3), d(3), 0), S(d.mask(3), 1.5, d(2, 1)),
        S(d.mask(), d(2), d(2)), S(d.mask(0, 2), d(2), d(1, 2)), S(d.mask(), d(), d()),
    ]  # fmt: skip


@for_ops("masked_fill")
def _masked_fill(d):
    return [
        S(d(3, 4), d.mask(3, 4), 0.5), S(d(3, 4), d.mask(4), -np.inf, smooth=False), S(d(2, 3, 4), d.mask(3, 1), 0), S(d(), d.mask(), 1.0),
        S(d(0, 2), d.mask(2), 1), S(d(3), d.mask(3), value=np.asarray(2.0), constant=("value",)),
    ]  # fmt: skip


@for_ops("tril", "triu")
def _triangles(d):
    return [S(d(3, 4)), S(d(2, 3, 3), 1), S(d(4, 3), diagonal=-1), S(d(0, 3)), S(d(3, 3), -5)]


@for_ops("embedding")
def _embedding(d):
    return [
        S(d.index(5, 3), d(5, 2)), S(np.array([[1, 1, 4], [1, 0, 4]]), d(5, 3)), S(d.index(5, 2, 6), d(5, 2), 1, smooth=False),
        S(np.array([4, 1, 4]), d(5, 2), padding_idx=-1, smooth=False), S(d.index(5), d(5, 2)), S(d.index(5, 0), d(5, 2)),
    ]  # fmt: skip


@for_ops("embedding_grad")
def _embedding_grad(d):
    return [
        S(d(3, 2), d.index(5, 3), 5), S(d(2, 3, 4), np.array([[1, 1, 4], [1, 0, 4]]), 5), S(d(2, 6, 2), d.index(5, 2, 6), 5, 1),
        S(d(3, 2), np.array([4, 1, 4]), 5, -1), S(d(0, 2), d.index(5, 0), 5),
    ]  # fmt: skip


@for_ops("unpadded")
def _unpadded(d):
    return [S(d(3, 2), d.index(2, 3), 4), S(d(4, 2), np.array([0, 1, 1, 2]), 4, 1), S(d(4, 2), np.array([0, 1, 1, 2]), 3, -1), S(d(0, 2), d.index(2, 0), 3, 1)]


# ------------------------------------------------------------------------------------------------ products

_PRODUCTS = [
    ((3, 4), (4, 5)), ((1, 4), (4, 1)), ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 1, 3, 4), (3, 4, 2)),
    ((0, 4), (4, 2)), ((3, 0), (0, 2)), ((2, 0, 4), (4, 2)), ((0, 3, 4), (4, 2)), ((9, 17), (17, 33)),
]  # fmt: skip


@for_ops("_matmul")
def _matmul_matrices(d):
    return [S(d(*a), d(*b)) for a, b in _PRODUCTS]


@for_ops("matmul")
def _matmul(d):
    return [*_matmul_matrices(d), *(S(d(*a), d(*b)) for a, b in [((4,), (4,)), ((4,), (4, 3)), ((3, 4), (4,)), ((2, 3, 4), (4,)), ((4,), (2, 4, 3)), ((0,), (0,))])]


@for_ops("matmul_to")
def _matmul_to(d):
    return [S(d(2, 3, 4), d(2, 4, 5), (3, 5)), S(d(3, 4), d(4, 5), (3, 5)), S(d(2, 3, 4), d(2, 4, 5), (2, 3, 5)), S(d(0, 3, 4), d(0, 4, 5), (3, 5))]


@for_ops("rows")
def _rows(d):
    return [S(d(2, 3)), S(d(2, 3, 4)), S(d(3)), S(d(2, 0, 3)), S(d(2, 3, 0))]


@for_ops("linear")
def _linear(d):
    return [
        S(d(3, 4), d(5, 4)), S(d(3, 4), d(5, 4), d(5)), S(d(2, 3, 4), d(5, 4), bias=d(5)), S(d(4), d(5, 4), d(5)), S(d(0, 4), d(5, 4), d(5)),
        S(d(3, 1), d(1, 1), d(1)), S(d(3, 0), d(5, 0), d(5)),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ activations, losses, norms


@for_ops("gelu")
def _gelu(d):
    return [S(d(3, 4) * 2), S(d(3, 4), "tanh"), S(d(), approximate="tanh"), S(d()), S(d(0, 2))]


@for_ops("gelu_grad")
def _gelu_grad(d):
    return [S(d(3, 4), d(3, 4) * 2), S(d(3, 4), d(3, 4), "tanh"), S(d(), d(), approximate="tanh"), S(d(), d()), S(d(0, 2), d(0, 2))]


@for_ops("softmax", "log_softmax")
def _softmax(d):
    return [S(d(3, 4)), S(d(3, 4), 0), S(d(2, 3, 4), 1), S(d(5), dim=0), S(d(), 0), S(d(), -1), S(d(0, 3)), S(d(3, 0)), S(d(2, 3) + 1000), S(d(2, 70))]


@for_ops("softmax_grad")
def _softmax_grad(d):
    return [S(d(3, 4), d(3, 4)), S(d(3, 4), d(3, 4), 0), S(d(2, 3, 4), d(2, 3, 4), 1), S(d(), d()), S(d(0, 3), d(0, 3))]


@for_ops("log_softmax_grad")
def _log_softmax_grad(d):
    return _softmax_grad(d)


@for_ops("_dropout")
def _dropout(d):
    return [S(d(3, 4), d.mask(3, 4), 2.0), S(d(), d.mask(), 1.25), S(d(0, 2), d.mask(0, 2), 2.0), S(d(2), d.mask(2), 0.0)]


@for_ops("_layer_norm")
def _layer_norm_parts(d):
    return [
        S(d(3, 4), (4,), None, None, 1e-5), S(d(3, 4), (4,), d(4), None, 1e-5), S(d(2, 3, 4), (3, 4), d(3, 4), d(3, 4), 1e-3),
        S(d(4), (4,), d(4), d(4), 1e-5), S(d(0, 4), (4,), d(4), d(4), 1e-5), S(d(3, 4), (4,), None, d(4), 1e-5),
    ]  # fmt: skip


@for_ops("layer_norm")
def _layer_norm(d):
    return [
        *_layer_norm_parts(d), S(d(3, 4), 4), S(d(3, 4), 4, bias=d(4)), S(d(2, 3, 4), [3, 4], weight=d(3, 4), eps=0.1),
    ]  # fmt: skip


@for_ops("layer_norm_grad")
def _layer_norm_grad(d):
    return [
        S(d(3, 4), d(3, 4), d(4), d(3, 1), d.positive(3, 1), (4,)), S(d(3, 4), d(3, 4), None, d(3, 1), d.positive(3, 1), (4,)),
        S(d(2, 3, 4), d(2, 3, 4), d(3, 4), d(2, 1, 1), d.positive(2, 1, 1), (3, 4)),
    ]  # fmt: skip


def _log_probabilities(d, *shape):
    x = d(*shape)
    return x - np.log(np.exp(x).sum(1 if x.ndim > 1 else 0, keepdims=True))


@for_ops("_nll_loss")
def _nll_parts(d):
    ignored = np.array([2, -100, 0, 1])
    return [
        *(S(d(4, 3), d.index(3, 4), None, -100, reduction) for reduction in ("mean", "sum", "none")),
        *(S(d(4, 3), ignored, d.positive(3), -100, reduction, constant=(2,)) for reduction in ("mean", "sum", "none")),
        S(d(2, 3, 4), d.index(3, 2, 4), d.positive(3), 1, "mean", constant=(2,)), S(d(3), d.index(3), None, -100, "mean"),
        S(d(0, 3), d.index(3, 0), None, -100, "sum"), S(d(2, 3, 2, 2), d.index(3, 2, 2, 2), None, 0, "none"),
    ]  # fmt: skip


@for_ops("nll_loss")
def _nll_loss(d):
    return [*_nll_parts(d), S(_log_probabilities(d, 4, 3), d.index(3, 4)), S(d(4, 3), d.index(3, 4), ignore_index=1, reduction="sum")]


@for_ops("nll_loss_grad")
def _nll_loss_grad(d):
    ignored = np.array([2, -100, 0, 1])
    return [
        S(d(), d.index(3, 4), (4, 3)), S(d(), ignored, (4, 3), d.positive(3), constant=(3,)), S(d(4), ignored, (4, 3), reduction="none"),
        S(d(), ignored, (4, 3), None, -100, "sum"), S(d(), d.index(3, 2, 4), (2, 3, 4)), S(d(), d.index(3), (3,)),
    ]  # fmt: skip


@for_ops("cross_entropy")
def _cross_entropy(d):
    ignored = np.array([2, -100, 0, 1])
    soft = d.positive(4, 3) / 4
    return [
        S(d(4, 3), d.index(3, 4)), S(d(4, 3) * 30, d.index(3, 4)), S(d(4, 3), ignored, d.positive(3), constant=(2,)), S(d(3), d.index(3)),
        *(S(d(4, 3), ignored, d.positive(3), reduction=r, label_smoothing=0.2, constant=(2,)) for r in ("mean", "sum", "none")),
        S(d(4, 3), ignored, label_smoothing=0.1), S(d(2, 3, 4), d.index(3, 2, 4), reduction="none"), S(d(4, 3), soft),
        S(d(2, 3, 4), d.index(3, 2, 4), d.positive(3), label_smoothing=0.3, constant=(2,)), S(d(3), d.index(3), label_smoothing=0.3),
        S(d(4, 3), soft, label_smoothing=0.1), S(d(4, 3), soft, d.positive(3), reduction="sum", constant=(2,)), S(d(3), soft[0]),
        S(d(2, 3, 4), d.positive(2, 3, 4), reduction="none"), S(d(4, 3), np.full(4, -100), reduction="sum"), S(d(70, 40), d.index(40, 70)),
    ]  # fmt: skip


@for_ops("mse_loss")
def _mse_loss(d):
    return [S(d(3, 4), d(3, 4)), S(d(3), d(3), "sum"), S(d(3), d(3), reduction="none"), S(d(), d()), S(d(0), d(0), "sum")]


@for_ops("scaled_dot_product_attention")
def _attention(d):
    def qkv(*batch, queries=3, keys=4, width=2, values=5):
        return d(*batch, queries, width), d(*batch, keys, width), d(*batch, keys, values)

    seen = d.mask(3, 4)
    seen[:, 0] = True
    blind = seen.copy()
    blind[1] = False
    added = np.where(blind, d(3, 4), -np.inf)
    return [
        S(*qkv()), S(*qkv(2)), S(*qkv(2, 2), is_causal=True), S(*qkv(queries=4, keys=4), is_causal=True, scale=0.3),
        S(*qkv(2), attn_mask=seen), S(*qkv(2, 2), attn_mask=seen), S(*qkv(2), attn_mask=blind), S(*qkv(2), d(3, 4)),
        S(*qkv(2), added, constant=(3,)), S(*qkv(2, 3), attn_mask=d.mask(2, 1, 1, 4) | np.array([True, False, False, False])),
    ]  # fmt: skip
