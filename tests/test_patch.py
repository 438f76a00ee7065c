"""Gradients of slices, put together: the same as each spread out and added."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad.patch import Patch, joined

SHAPE = (4, 6)
WHOLE = slice(None)
ONE = st.one_of(
    st.integers(-4, 3),
    st.builds(slice, st.none() | st.integers(-5, 5), st.none() | st.integers(-5, 5), st.none() | st.integers(1, 3)),
    st.just(...),
    st.none(),
)
INDEX = st.one_of(st.tuples(), st.tuples(ONE), st.tuples(st.just(WHOLE), ONE)).filter(lambda index: index.count(...) < 2)
TILINGS = [
    [(WHOLE, slice(0, 2)), (WHOLE, slice(2, 4)), (WHOLE, slice(4, 6))],
    [(WHOLE, slice(4, 6)), (WHOLE, slice(0, 4))],
    [(0,), (1,), (-2,), (3,)],
    [(slice(None, 1),), (slice(1, None),)],
]
NO_TILINGS = [
    [(WHOLE, slice(0, 2)), (WHOLE, slice(3, 6))],  # a gap
    [(WHOLE, slice(0, 4)), (WHOLE, slice(2, 6))],  # an overlap
    [(slice(0, 4, 2),), (slice(1, 4, 2),)],
    [(slice(0, 2),), (WHOLE, slice(2, 6))],
    [(0,), (0,), (1,), (2,)],
    [(...,)],
]


def part(index):
    values = np.random.default_rng(len(str(index))).standard_normal(np.empty(SHAPE)[index].shape)
    return Patch(SHAPE, (index, values))


def spread(patches):
    total = np.zeros(SHAPE)
    for patch in patches:
        for index, values in patch.parts:
            total[index] += values
    return total


@given(st.lists(st.none() | INDEX, min_size=1, max_size=6), st.booleans())
def test_any_order_of_slices_and_whole_gradients_adds_up(indices, wait):
    gradients = [np.full(SHAPE, 0.5) if index is None else part(index) for index in indices]
    held, owned = None, False
    for g in gradients:
        if type(g) is Patch or type(held) is Patch:
            held, owned = joined(held, g, owned, wait), True
        else:
            held = g if held is None else held + g
    wanted = spread([g for g in gradients if type(g) is Patch]) + 0.5 * indices.count(None)
    np.testing.assert_allclose(np.asarray(held), wanted, rtol=1e-12, atol=1e-12)
    for index, g in zip(indices, gradients, strict=True):  # what came in is as it was
        assert (g == 0.5).all() if index is None else len(g.parts) == 1 and np.array_equal(g.parts[0][1], part(index).parts[0][1])


@pytest.mark.parametrize("indices", TILINGS + NO_TILINGS, ids=str)
def test_parts_that_follow_each_other_are_written_without_zeros(indices):
    whole = Patch(SHAPE, *(part(index).parts[0] for index in indices))
    assert whole._tiles() is (indices in TILINGS)
    np.testing.assert_array_equal(np.asarray(whole), spread([whole]))


def test_it_takes_no_more_room_than_the_whole():
    held = None
    for _ in range(3):
        held = joined(held, part((slice(0, 2),)), True, wait=True)
    assert type(held) is np.ndarray  # of three parts of half the size


def test_a_hook_on_the_sliced_tensor_sees_one_whole_gradient():
    x = gg.arange(6.0).requires_grad_()
    y, seen = x * 1, []
    y.register_hook(lambda g: seen.append(g.tolist()))
    a, b = y.split(3)
    (a * 2 + b * 3).sum().backward()
    assert seen == [[2.0] * 3 + [3.0] * 3] and x.grad.tolist() == seen[0]
