"""Indexing against NumPy and PyTorch on drawn indices, and its gradient by linearity."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import glassgrad as gg

try:
    import torch
except ImportError:
    torch = None


@st.composite
def shapes_and_indices(draw, arrays=True):
    """A shape, and an index that fits it: ints, slices, None, Ellipsis, integer arrays and bool masks, mixed."""
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    lead = draw(st.sampled_from([(), (1,), (3,), (2, 1), (2, 3)]))  # the shape of the integer arrays
    kinds = st.sampled_from(["int", "slice", "all"] + (["array", "mask", "masks"] if arrays else []))
    index, left = [], list(shape)
    while left:
        n, kind = left.pop(0), draw(kinds)
        if kind == "int":
            index.append(draw(st.integers(-n, n - 1)))
        elif kind == "all":
            index.append(slice(None))
        elif kind == "slice":
            bound = st.none() | st.integers(-n - 1, n + 1)
            index.append(slice(draw(bound), draw(bound), draw(st.sampled_from([None, 1, 2, 3]))))
        elif kind == "array":
            size = int(np.prod(lead))
            index.append(np.array(draw(st.lists(st.integers(-n, n - 1), min_size=size, max_size=size)), np.int64).reshape(lead))
        else:
            mask = np.zeros((n, left.pop(0)) if kind == "masks" and left else n, bool)
            chosen = draw(st.permutations(range(mask.size)))[: lead[-1] if lead else 1]  # so many that it broadcasts with the arrays
            mask.flat[chosen] = True
            index.append(mask)
    first = draw(st.integers(0, len(index)))
    if draw(st.booleans()):
        index[first : draw(st.integers(first, len(index)))] = [...]
    else:
        del index[first:]
    for _ in range(draw(st.integers(0, 2))):
        index.insert(draw(st.integers(0, len(index))), None)
    return shape, tuple(index)


def _as(convert, index):
    return tuple(convert(item) if isinstance(item, np.ndarray) else item for item in index)


def _selected(shape, index):
    """x, and x[index] as PyTorch gives it, or NumPy where that means the same; None where the index is no good."""
    x = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    arrays = any(isinstance(item, np.ndarray) for item in index)
    if torch is None:  # the two part ways on ints, and on an Ellipsis that stands for nothing, among arrays
        assume(not (arrays and any(item is ... or type(item) is int for item in index)))
    try:
        return x, x[index] if torch is None else torch.from_numpy(x)[_as(torch.from_numpy, index)].numpy()
    except IndexError:
        return x, None


@given(shapes_and_indices())
def test_values_are_pytorchs_and_numpys(case):
    shape, index = case
    x, want = _selected(shape, index)
    t = gg.tensor(x)
    if want is None:  # arrays that don't broadcast
        with pytest.raises(IndexError, match="getitem: "):
            t[index]
        return
    np.testing.assert_array_equal(t[_as(gg.tensor, index)].numpy(), want)
    np.testing.assert_array_equal(t[index].numpy(), want)


@given(shapes_and_indices(arrays=False))
def test_basic_indices_give_views_with_numpys_values(case):
    shape, index = case
    x = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    t = gg.tensor(x)
    np.testing.assert_array_equal(t[index].numpy(), x[index])
    assert not t[index].numel() or np.shares_memory(t[index].numpy(), t.numpy())


@given(shapes_and_indices())
def test_the_gradient_is_the_transpose(case):
    """Indexing is linear: u . x[index] = (gradient of u) . x for every x, and the gradient's own gradient is u's place."""
    shape, index = case
    x, want = _selected(shape, index)
    if want is None:
        return
    rng = np.random.default_rng(0)
    u = gg.tensor(rng.standard_normal(want.shape), requires_grad=True)
    t = gg.tensor(x, requires_grad=True)
    (g,) = gg.autograd.grad(t[index], t, u, create_graph=True)
    np.testing.assert_allclose((g.detach().numpy() * x).sum(), (u.detach().numpy() * want).sum(), atol=1e-9)
    w = rng.standard_normal(shape)
    (back,) = gg.autograd.grad((g * w).sum(), u)
    np.testing.assert_allclose((back.numpy() * u.detach().numpy()).sum(), (g.detach().numpy() * w).sum(), atol=1e-9)


@given(shapes_and_indices())
def test_assignment_writes_what_indexing_reads(case):
    shape, index = case
    x, want = _selected(shape, index)
    if want is None:
        return
    t = gg.tensor(x)
    t[index] = -5.0
    assert np.all(t[index].numpy() == -5) and (t.numpy() == -5).sum() == np.unique(want).size
    if torch is not None:
        theirs, values = torch.from_numpy(x.copy()), np.arange(100.0, 100.0 + want.size).reshape(want.shape)
        if np.unique(want).size == want.size:  # without duplicates the order doesn't matter
            theirs[_as(torch.from_numpy, index)] = torch.from_numpy(values)
            t = gg.tensor(x)
            t[_as(gg.tensor, index)] = gg.tensor(values)
            np.testing.assert_array_equal(t.numpy(), theirs.numpy())


def test_ints_are_taken_before_arrays_as_in_pytorch():
    x = gg.arange(24).reshape(2, 3, 4)
    assert x[0, :, gg.tensor([1, 2])].shape == (3, 2)  # NumPy counts the 0 among the arrays, and gives (2, 3)
    assert x[gg.tensor(0), :, gg.tensor([1, 2])].tolist() == x[0][:, [1, 2]].tolist()
    assert x[gg.tensor([0, 1]), :, gg.tensor([1, 2])].shape == (2, 3)
    x[1, :, gg.tensor([0, 3])] = 0
    assert x[1, :, 0].tolist() == x[1, :, 3].tolist() == [0, 0, 0]


def test_lists_numpy_integers_and_0d_tensors_are_indices():
    x = gg.arange(6).reshape(2, 3)
    assert x[[0, 0, 1]].shape == (3, 3) and x[np.int64(1)].tolist() == [3, 4, 5] and x[gg.tensor(1), gg.tensor(2)].item() == 5
    assert x[[True, False]].tolist() == [[0, 1, 2]] and x[[]].shape == (0, 3) and x[gg.tensor([1]) : gg.tensor(2)].shape == (1, 3)
    assert x[True].shape == (1, 2, 3) and x[False].shape == (0, 2, 3) and x[gg.tensor(True)].shape == (1, 2, 3)


@pytest.mark.parametrize("index", [gg.tensor([0, 0, 0]), [2, 2, 0], (slice(None), gg.tensor([1, 1])), (gg.tensor([0, 0]), gg.tensor([1, 1]))], ids=str)
def test_elements_that_are_chosen_twice_get_both_gradients(index):
    x = gg.zeros(3, 2, dtype=gg.float64, requires_grad=True)
    x[index].sum().backward()
    assert x.grad.sum().item() == x[index].numel() and x.grad.max().item() > 1
