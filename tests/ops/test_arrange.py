"""Moving, joining, splitting and scattering: other names, NumPy's functions on tensors, in-place forms, views and errors."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.nn import functional as F

X = np.arange(24.0).reshape(2, 3, 4)
V = np.array([3.0, 1.0, 2.0])

TWINS = [
    lambda x, v: np.reshape(x, (6, 4)), lambda x, v: np.ravel(x), lambda x, v: np.transpose(x), lambda x, v: np.transpose(x, (1, 0, 2)),
    lambda x, v: np.swapaxes(x, 0, 2), lambda x, v: np.moveaxis(x, 0, -1), lambda x, v: np.flip(x), lambda x, v: np.flip(x, 1),
    lambda x, v: np.flip(x, axis=(0, 2)), lambda x, v: np.fliplr(x), lambda x, v: np.flipud(x), lambda x, v: np.roll(x, 2), lambda x, v: np.roll(x, 1, axis=1),
    lambda x, v: np.rot90(x), lambda x, v: np.rot90(x, 3, axes=(1, 2)), lambda x, v: np.tile(v, 2), lambda x, v: np.tile(x, (2, 1)),
    lambda x, v: np.repeat(x, 2), lambda x, v: np.repeat(x, [1, 0, 2], axis=1), lambda x, v: np.take(x, [0, 5]), lambda x, v: np.take(x, [2, 0], axis=1),
    lambda x, v: np.take_along_axis(v, np.array([2, 0]), 0), lambda x, v: np.diag(v), lambda x, v: np.diag(x[0], 1), lambda x, v: np.diagflat(v, -1),
    lambda x, v: np.diagonal(x, 1, 1, 2), lambda x, v: np.stack([v, v], axis=1), lambda x, v: np.concatenate([v, v]), lambda x, v: np.hstack([v, v]),
    lambda x, v: np.vstack([v, v]), lambda x, v: np.dstack([v, v]), lambda x, v: np.column_stack([v, v]), lambda x, v: np.where(v > 1, v, 0),
    lambda x, v: np.where(v > 1), lambda x, v: np.nonzero(v > 1), lambda x, v: np.argwhere(x > 5), lambda x, v: np.atleast_1d(v), lambda x, v: np.atleast_2d(v),
    lambda x, v: np.atleast_3d(v), lambda x, v: np.split(x, 3, axis=1), lambda x, v: np.split(x, [1, 3], axis=2), lambda x, v: np.array_split(v, 2),
    lambda x, v: np.hsplit(x, 3), lambda x, v: np.vsplit(x, 2), lambda x, v: np.dsplit(x, 2), lambda x, v: np.squeeze(v[None], 0),
    lambda x, v: np.expand_dims(v, 1), lambda x, v: np.broadcast_to(v, (2, 3)), lambda x, v: np.broadcast_arrays(v, x[0, :, :1]),
    lambda x, v: np.tril(x, 1), lambda x, v: np.triu(x), lambda x, v: np.pad(v, 2), lambda x, v: np.pad(x, ((1, 0), (0, 2), (1, 1)), constant_values=5.0),
    lambda x, v: np.zeros_like(x), lambda x, v: np.full_like(v, 2),
]  # fmt: skip


@pytest.mark.parametrize("call", TWINS)
def test_numpys_functions_give_on_tensors_what_they_give_on_arrays(call):
    want = call(X, V)
    found = call(gg.tensor(X, requires_grad=True), gg.tensor(V))
    if not isinstance(want, (tuple, list)):
        want, found = [want], [found]
    for a, b in zip(found, want, strict=True):
        assert isinstance(a, gg.Tensor)
        np.testing.assert_array_equal(a.detach().numpy(), b)


def test_other_names_are_the_same_functions():
    x, v = gg.tensor(X), gg.tensor(V)
    pairs = [
        (gg.swapaxes(x, 0, 2), x.transpose(0, 2)), (x.swapdims(0, 1), x.transpose(0, 1)), (x.moveaxis(0, 2), x.movedim(0, 2)),
        (gg.concat([v, v]), gg.cat([v, v])), (gg.concatenate([v, v], 0), gg.cat([v, v])), (gg.row_stack([v, v]), gg.vstack([v, v])),
        (x[0].H, x[0].T), (x.mH, x.mT), (x.adjoint(), x.mT), (gg.split_with_sizes(v, [1, 2])[1], v[1:]), (x.split_with_sizes([1, 2], 1)[0], x[:, :1]),
        (F.upsample(x, scale_factor=2), F.interpolate(x, scale_factor=2)),
    ]  # fmt: skip
    assert all(a.tolist() == b.tolist() for a, b in pairs)


@pytest.mark.parametrize("indexing", ["ij", "xy"])
@pytest.mark.parametrize("sizes", [(2,), (2, 3), (2, 3, 1), (0, 2)])
def test_meshgrid(sizes, indexing):
    vectors = [np.arange(n) * 1.0 for n in sizes]
    for found, want in zip(gg.meshgrid(*map(gg.tensor, vectors), indexing=indexing), np.meshgrid(*vectors, indexing=indexing), strict=True):
        np.testing.assert_array_equal(found.numpy(), want)
    assert len(gg.meshgrid([gg.tensor(v) for v in vectors])) == len(sizes)


def test_meshgrid_and_its_like_carry_gradients():
    a, b = gg.tensor([1.0, 2.0], requires_grad=True), gg.tensor([3.0, 4.0, 5.0], requires_grad=True)
    x, y = gg.meshgrid(a, b, indexing="ij")
    (x * y).sum().backward()
    assert a.grad.tolist() == [12, 12] and b.grad.tolist() == [3, 3, 3]
    assert gg.broadcast_shapes((2, 1), (3,), 3) == (2, 3)
    with pytest.raises(RuntimeError, match=r"broadcast_shapes: \(2,\), \(3,\) don't broadcast"):
        gg.broadcast_shapes((2,), (3,))


IN_PLACE = [
    ("scatter", (1, gg.tensor([[0], [2]]), 5.0)), ("scatter_add", (1, gg.tensor([[0, 0], [2, 1]]), gg.ones(2, 2))),
    ("scatter_reduce", (0, gg.tensor([[0, 1, 0]]), gg.ones(1, 3) * 3, "prod")), ("index_add", (0, gg.tensor([1]), gg.ones(1, 3))),
    ("index_copy", (1, gg.tensor([2]), gg.ones(2, 1))), ("index_fill", (1, gg.tensor([0, 2]), -1.0)), ("masked_fill", (gg.tensor([True, False, True]), 2.0)),
    ("masked_scatter", (gg.tensor([True, False, True]), gg.arange(4.0))), ("put", (gg.tensor([0, -1]), gg.ones(2))), ("tril", ()), ("triu", (1,)),
    ("index_put", ((gg.tensor([0, 0]),), gg.ones(2, 3), True)), ("index_reduce", (0, gg.tensor([0, 0]), gg.ones(2, 3) * 4, "amax")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), IN_PLACE, ids=[name for name, _ in IN_PLACE])
def test_in_place_forms_write_what_the_function_gives(name, args):
    leaf = gg.tensor([[0.5, -1.0, 2.0], [3.0, 1.0, -2.0]], requires_grad=True)
    want = getattr(leaf, name)(*args)
    (slope,) = gg.autograd.grad((want * want).sum(), leaf)
    y = leaf * 1
    seen = y[0]
    assert getattr(y, name + "_")(*args) is y
    assert y.tolist() == want.tolist() and seen.tolist() == want[0].tolist()
    (found,) = gg.autograd.grad((y * y).sum(), leaf)
    assert found.tolist() == slope.tolist()


def test_fill_diagonal_and_what_a_view_sees():
    x = gg.zeros(3, 3)
    assert x.fill_diagonal_(2.0).tolist() == gg.diag(gg.full((3,), 2.0)).tolist()
    x.diagonal(1).fill_(7.0)
    x.select(0, 2).add_(1)
    x.movedim(0, 1)[0] = -1
    assert x.tolist() == [[-1, 7, 0], [-1, 2, 7], [-1, 1, 3]]
    for copied in (x.flip(0), x.roll(1), x.diag(), x.repeat(1, 1), x.rot90(0)):
        copied.zero_()
    assert x.tolist() == [[-1, 7, 0], [-1, 2, 7], [-1, 1, 3]]


def test_of_two_values_written_to_one_place_only_the_last_has_a_gradient():
    x, src = gg.zeros(3, requires_grad=True), gg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x.scatter(0, gg.tensor([1, 1, 0]), src)
    assert y.tolist() == [3, 2, 0]
    y.sum().backward()
    assert src.grad.tolist() == [0, 1, 1] and x.grad.tolist() == [0, 0, 1]


def test_values_may_be_tensors_of_one_element():
    x, value = gg.zeros(2, 2, requires_grad=True), gg.tensor(2.0, dtype=gg.float64, requires_grad=True)
    for y in (x.masked_fill(gg.eye(2).bool(), value), x.index_fill(0, gg.tensor([1]), value), x.scatter(0, gg.tensor([[0, 1]]), value)):
        (g,) = gg.autograd.grad(y.sum(), value)
        assert g.item() == 2 and g.dtype == gg.float64 and y.dtype == gg.float32


ERRORS = {
    "cat of a number": (lambda: gg.cat([gg.tensor(1.0)]), RuntimeError, "cat: a 0-d tensor has no dimension.*gg.stack"),
    "flip": (lambda: gg.ones(2).flip(0, 0), RuntimeError, "flip: dim .* names a dimension twice"),
    "movedim": (lambda: gg.ones(2, 3).movedim((0, 1), 0), RuntimeError, "movedim: source .* equally many"),
    "roll": (lambda: gg.ones(2, 3).roll((1, 1), 0), RuntimeError, "roll: shifts .* equally many"),
    "repeat": (lambda: gg.ones(2, 3).repeat(2), RuntimeError, r"repeat: \(2,\) must hold a number >= 0 for each dimension of x \(2, 3\)"),
    "repeat_interleave": (lambda: gg.ones(3).repeat_interleave(gg.tensor([1, 2])), RuntimeError, r"repeat_interleave: .* 3 entries .*\(2,\)"),
    "unflatten": (lambda: gg.ones(6).unflatten(0, (4, 2)), RuntimeError, r"unflatten: sizes \(4, 2\) don't multiply to dim 0 .* 6"),
    "select": (lambda: gg.ones(2).select(0, 2), IndexError, r"select: index 2 is out of range for dim 0 of shape \(2,\)"),
    "diagonal": (lambda: gg.ones(2, 2).diagonal(0, 1, -1), RuntimeError, "diagonal: dim1 and dim2 must be different"),
    "unfold": (lambda: gg.ones(3).unfold(0, 4, 1), RuntimeError, r"unfold: size 4 must lie in 0\.\.3"),
    "hsplit": (lambda: gg.ones(5).hsplit(2), RuntimeError, "hsplit: dim 0 of shape .* doesn't divide into 2 equal pieces: write gg.tensor_split"),
    "scatter": (lambda: gg.ones(3).scatter(0, gg.tensor([3]), 1.0), IndexError, r"scatter: index values lie in \[3, 3\], but dim 0 of x \(3,\) has 3"),
    "scatter src": (lambda: gg.ones(3).scatter(0, gg.tensor([0, 1]), gg.ones(1)), RuntimeError, r"scatter: src \(1,\) must be at least as large as index"),
    "scatter dtype": (lambda: gg.ones(3).scatter(0, gg.tensor([0]), gg.ones(1).double()), RuntimeError, r"replaced: the inputs have different dtypes"),
    "index_add": (lambda: gg.ones(3, 2).index_add(0, gg.tensor([0]), gg.ones(2, 2)), RuntimeError, r"index_add: source has shape \(2, 2\).*\(1, 2\)"),
    "masked_select": (lambda: gg.ones(3).masked_select(gg.ones(3)), RuntimeError, r"masked_select: mask must be a bool tensor.*mask\.bool\(\)"),
    "masked_scatter": (lambda: gg.ones(3).masked_scatter(gg.ones(3) > 0, gg.ones(2)), RuntimeError, r"masked_scatter: mask has 3 true .* only 2"),
    "put": (lambda: gg.ones(3).put(gg.tensor([5]), gg.ones(1)), IndexError, r"put: index values lie in \[5, 5\]"),
    "select_scatter": (lambda: gg.ones(3, 2).select_scatter(gg.ones(3), 0, 0), RuntimeError, r"select_scatter: src has shape \(3,\).*has \(2,\)"),
    "pad": (lambda: F.pad(gg.ones(3), (1, 1, 1, 1)), RuntimeError, r"pad: expected \(before, after\) for at most the 1 dimensions of x \(3,\)"),
    "pad too far": (lambda: F.pad(gg.ones(1, 1, 3), (3, 0), "reflect"), RuntimeError, "pad: mode 'reflect' can't pad dim 2 .* it adds at most 2"),
    "interpolate": (lambda: F.interpolate(gg.ones(1, 1, 3)), ValueError, "interpolate: write either size= or scale_factor="),
    "interpolate mode": (lambda: F.interpolate(gg.ones(1, 1, 3), 2, mode="bilinear"), NotImplementedError, "interpolate: mode 'bilinear' needs 2 dim"),
    "pixel_shuffle": (lambda: F.pixel_shuffle(gg.ones(3, 2, 2), 2), RuntimeError, r"pixel_shuffle: the channels of x \(3, 2, 2\) must be a multiple of .* 4"),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_a_wrong_call_says_what_is_wrong(case):
    call, kind, text = ERRORS[case]
    with pytest.raises(kind, match=text):
        call()
