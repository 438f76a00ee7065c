"""Tensors as Python and NumPy see them."""

import copy
import pickle

import numpy as np
import pytest

import glassgrad as gg


def leaf(*values):
    return gg.tensor(values, dtype=gg.float64, requires_grad=True)


# ------------------------------------------------------------------------------------------------ making one


def test_tensor_copies_and_from_numpy_and_as_tensor_share():
    array = np.zeros(2, np.float32)
    copied, shared, same = gg.tensor(array), gg.from_numpy(array), gg.as_tensor(array)
    array[0] = 1
    assert copied.tolist() == [0, 0] and shared.tolist() == same.tolist() == [1, 0]
    assert gg.as_tensor(shared) is shared
    with pytest.raises(TypeError, match="from_numpy: expected an array, got list"):
        gg.from_numpy([1])


def test_dtypes_of_data():
    assert gg.tensor(1.0).dtype == gg.tensor([1, 2.0]).dtype == gg.float32
    assert gg.tensor(1).dtype == gg.int64 and gg.tensor([True]).dtype == gg.bool
    assert gg.tensor(np.ones(2)).dtype == gg.float64 and gg.tensor(np.float64(1)).dtype == gg.float64
    assert gg.tensor([1, 2], dtype=gg.float32).dtype == gg.float32 and gg.tensor([]).dtype == gg.float32
    assert gg.tensor([gg.tensor(1.0), gg.tensor(2.0)]).tolist() == [1, 2]


def test_data_that_makes_no_tensor_is_refused():
    with pytest.raises(ValueError, match="ragged"):
        gg.tensor([[1, 2], [3]])
    with pytest.raises(TypeError, match="no dtype for"):
        gg.tensor("text")
    with pytest.raises(TypeError, match="no dtype for"):
        gg.tensor(np.ones(2, complex))


def test_creation_functions():
    assert gg.zeros(2, 3).shape == gg.ones((2, 3)).shape == gg.empty([2, 3]).shape == gg.full((2, 3), 1.5).shape == (2, 3)
    assert gg.arange(3).tolist() == [0, 1, 2] and gg.arange(3).dtype == gg.int64
    assert gg.arange(1, 2, 0.5).tolist() == [1, 1.5] and gg.arange(1, 2, 0.5).dtype == gg.float32
    assert gg.arange(3, 0, -1).tolist() == [3, 2, 1] and gg.arange(0).shape == (0,)
    assert gg.linspace(0, 1, 3).tolist() == [0, 0.5, 1] and gg.eye(2, 3).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert gg.full((2,), 3).dtype == gg.int64 and gg.full((2,), True).dtype == gg.bool and gg.full((), 2.0).shape == ()
    x = gg.ones(2, 3, dtype=gg.float64)
    for made in (gg.zeros_like(x), gg.ones_like(x), gg.full_like(x, 2), gg.empty_like(x), gg.rand_like(x), x.new_zeros(2, 3)):
        assert made.shape == (2, 3) and made.dtype == gg.float64 and not made.requires_grad
    assert gg.zeros(2, requires_grad=True).requires_grad
    with pytest.raises(RuntimeError, match="zeros: a size can't be negative"):
        gg.zeros(-1)
    with pytest.raises(RuntimeError, match="arange: step -1 never"):
        gg.arange(0, 3, -1)


def test_requires_grad_of_integers_is_refused():
    with pytest.raises(RuntimeError, match=r"only floating tensors have gradients, this is int64: write \.float\(\)"):
        gg.tensor([1, 2]).requires_grad_()
    with pytest.raises(RuntimeError, match="only floating"):
        gg.tensor([True], requires_grad=True)


def test_requires_grad_can_be_changed_on_leaves_only():
    x = gg.ones(2)
    x.requires_grad = True
    y = x * 2
    assert x.is_leaf and not y.is_leaf and y.requires_grad
    with pytest.raises(RuntimeError, match=r"computed by mul.*\.detach\(\)"):
        y.requires_grad = False
    x.requires_grad_(False)
    assert not x.requires_grad and not (x * 2).requires_grad


# ------------------------------------------------------------------------------------------------ NumPy


def test_an_array_of_a_tensor_that_requires_grad_is_refused():
    x = leaf(1.0, 2.0)
    for convert in (np.asarray, np.array, lambda t: t.numpy(), lambda t: np.asarray(t.exp())):
        with pytest.raises(RuntimeError, match=r"requires grad.*\.detach\(\)\.numpy\(\)"):
            convert(x)
    assert x.detach().numpy().tolist() == [1, 2]


def test_numpy_shares_memory():
    x = gg.ones(2)
    x.numpy()[0] = 5
    assert x.tolist() == [5, 1] and np.asarray(x) is x.numpy()
    assert np.array(x) is not x.numpy() and np.asarray(x, dtype=np.float64).dtype == np.float64


def test_numpy_functions_with_a_twin_record():
    t, u = leaf(1.0, 2.0), leaf(3.0, 4.0)
    for y in (
        np.exp(t), np.sum(t, axis=0), np.concatenate([t, u]), np.stack([t, u], axis=1), np.mean(t, keepdims=True), np.where(t > 1, t, u),
        np.maximum(t, u), np.matmul(t, u), np.clip(t, 0, 1.5), np.reshape(t, (2, 1)), np.transpose(t), np.swapaxes(t[None], 0, 1),
        np.expand_dims(t, 0), np.squeeze(t[None]), np.broadcast_to(t, (2, 2)), np.max(t, axis=0), np.var(t), np.std(t, axis=0, ddof=1),
        np.take_along_axis(t, gg.tensor([1, 1]), 0), np.tril(t * u[:, None]), np.abs(t), np.power(t, 2), np.square(t), np.negative(t),
        np.copy(t), np.sqrt(t), np.true_divide(t, u), np.ones(2) * t,
    ):  # fmt: skip
        assert isinstance(y, gg.Tensor) and y.grad_fn is not None
    assert np.var(t).item() == 0.25 and np.std(t, ddof=1).item() == pytest.approx(0.5**0.5)
    assert np.take_along_axis(t, gg.tensor([1, 1]), 0).tolist() == [2, 2]
    assert isinstance(np.zeros_like(t), gg.Tensor) and np.argmax(t).item() == 1 and np.isnan(t).tolist() == [False, False]
    assert np.shape(t) == (2,) and np.ndim(t) == 1 and np.size(t) == 2


@pytest.mark.parametrize(("function", "name"), [(np.nancumsum, "np.nancumsum"), (np.linalg.eigvals, "np.linalg.eigvals"), (np.spacing, "np.spacing"), (np.fft.fft, "np.fft.fft")])
def test_a_numpy_function_without_a_twin_is_named(function, name):
    with pytest.raises(TypeError, match=rf"{name} has no twin for tensors that require grad: .*detach\(\)\.numpy\(\)"):
        function(leaf(1.0, 2.0))


def test_ufunc_methods_and_out_are_no_silent_detours():
    with pytest.raises(TypeError, match=r"np\.add\.reduce has no twin"):
        np.add.reduce(leaf(1.0, 2.0))
    array = np.ones(2)
    with pytest.raises(TypeError):
        array += leaf(1.0, 2.0)
    assert array.tolist() == [1, 1]


@pytest.mark.parametrize("other", [np.array([3.0, 4.0]), np.float64(3.0), np.float32(3.0), np.int64(3), np.array(3.0), 3, 3.0, True])
def test_arrays_and_numbers_on_either_side_give_tensors(other):
    x = leaf(1.0, 2.0)
    array = x.detach().numpy()
    for found, want in ((other * x, other * array), (x * other, array * other), (other - x, other - array), (other / x, other / array),
                        (x**other, array**other), (other**x, other**array), (other + x, other + array)):  # fmt: skip
        assert isinstance(found, gg.Tensor) and found.requires_grad and found.dtype == gg.float64
        np.testing.assert_allclose(found.detach().numpy(), want)
    assert isinstance(other > x, gg.Tensor) and (other > x).tolist() == (other > array).tolist()
    assert isinstance(other == x, gg.Tensor)


def test_an_array_matmul_a_tensor_is_a_tensor():
    a, x = np.eye(2), leaf(1.0, 2.0)
    assert isinstance(a @ x, gg.Tensor) and isinstance(x @ a, gg.Tensor) and (a @ x).tolist() == [1, 2]


@pytest.mark.parametrize("wrong", [[1.0, 2.0], (1.0, 2.0), "text", None, {}])
def test_other_objects_are_no_operands(wrong):
    x = leaf(1.0, 2.0)
    for operate in (lambda: x + wrong, lambda: wrong - x, lambda: x < wrong):
        with pytest.raises(TypeError, match=r"must be (tensors, arrays or numbers|a tensor or an array), got .*gg\.tensor"):
            operate()
    assert (x == wrong) is False and (x != wrong) is True


def test_ops_on_a_list_say_to_make_a_tensor():
    for call in (lambda: gg.softmax([1.0, 2.0], 0), lambda: gg.sum([1.0]), lambda: gg.cat(gg.ones(2)), lambda: gg.matmul([[1.0]], [[1.0]])):
        with pytest.raises(TypeError, match=r"tensor"):
            call()


# ------------------------------------------------------------------------------------------------ Python


def test_numbers_of_one_element():
    x = gg.tensor([[2.5]])
    assert (float(x), int(x), bool(x), x.item()) == (2.5, 2, True, 2.5) and type(x.item()) is float
    assert list(range(5))[gg.tensor(2)] == 2
    with pytest.raises(RuntimeError, match=r"2 elements \(shape \(2,\)\)"):
        gg.ones(2).item()
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(gg.ones(2))
    with pytest.raises(TypeError, match="integer"):
        list(range(5))[gg.tensor(2.0)]
    assert float(leaf(1.5)) == 1.5


def test_length_iteration_and_membership():
    x = leaf(1.0, 2.0, 3.0)
    assert len(x) == 3 and [t.item() for t in x] == [1, 2, 3] and all(t.requires_grad for t in x)
    a, *rest = x
    (a * rest[1]).backward()
    assert x.grad.tolist() == [3, 0, 1]
    assert 2.0 in x and 7 not in x and gg.tensor(3.0) in x
    for wrong in (len, iter, list):
        with pytest.raises(TypeError, match="0-d tensor"):
            wrong(gg.tensor(1.0))


def test_formatting():
    x = gg.tensor(3.14159)
    assert f"{x:.2f}" == "3.14" and f"{gg.tensor(7)}" == "7" and f"{gg.ones(2)}" == repr(gg.ones(2)) == "tensor([1., 1.])"
    assert repr(leaf(1.0)) == "tensor([1.], dtype=gg.float64, requires_grad=True)"
    assert repr(gg.tensor([1, 2])) == "tensor([1, 2])" and repr(gg.tensor([1], dtype=gg.int32)) == "tensor([1], dtype=gg.int32)"
    assert "..." in repr(gg.zeros(2000))


def test_tensors_hash_by_identity():
    x, y = gg.ones(2), gg.ones(2)
    assert len({x, y, x}) == 2 and {x: 1}[x] == 1


def test_shape_size_strides():
    x = gg.zeros(2, 3)
    assert x.shape == x.size() == (2, 3) and x.size(-1) == 3 and x.ndim == x.dim() == 2 and x.numel() == x.nelement() == 6
    assert x.stride() == (3, 1) and x.element_size() == 4 and x.is_contiguous() and not x.T.is_contiguous() and x.is_floating_point()
    assert x.T.contiguous().is_contiguous() and x.contiguous() is x
    assert str(x.device) == "cpu" and x.cpu() is x and gg.zeros(1, device="cpu").device == x.device
    with pytest.raises(RuntimeError, match="CPU only"):
        gg.zeros(1, device="cuda")


def test_deepcopy_copies_values_gradient_and_flags_of_a_leaf():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    y = copy.deepcopy(x)
    with gg.no_grad():
        x.zero_()
    x.grad.zero_()
    assert y.tolist() == [1, 2] and y.grad.tolist() == [2, 4] and y.requires_grad and y.is_leaf
    a, b = copy.deepcopy([x, x])
    assert a is b
    with pytest.raises(RuntimeError, match=r"only leaf tensors.*\.detach\(\)"):
        copy.deepcopy(x * 2)


def test_pickle_keeps_values_and_flags():
    for x in (leaf(1.0, 2.0), gg.tensor([[1, 2]]), gg.ones(2, 3).T):
        y = pickle.loads(pickle.dumps(x))
        assert y.tolist() == x.tolist() and (y.dtype, y.shape, y.requires_grad) == (x.dtype, x.shape, x.requires_grad)


def test_views_share_memory_and_clones_do_not():
    x = gg.zeros(2, 3)
    for view in (x.view(3, 2), x[0], x.T, x.unsqueeze(0), x.narrow(1, 0, 2), x.detach(), x.data, x.reshape(6), x.flatten(), x.expand(2, 2, 3)):
        assert np.shares_memory(view.numpy(), x.numpy())
    assert not np.shares_memory(x.clone().numpy(), x.numpy())


def test_in_place_methods_write_and_return_the_tensor():
    x = gg.tensor([1.0, 2.0])
    held = x
    x += 1
    x *= gg.tensor([2.0, 3.0])
    assert x is held and x.tolist() == [4, 9] and x.sqrt_() is x and x.tolist() == [2, 3]
    assert x.add_(1).sub_(1).div_(2).neg_().tolist() == [-1, -1.5]
    assert x.copy_(gg.tensor([1, 2])).tolist() == [1, 2] and x.fill_(3).tolist() == [3, 3] and x.zero_().tolist() == [0, 0]


def test_in_place_writes_that_do_not_fit_are_refused():
    n = gg.tensor([1, 2])
    with pytest.raises(RuntimeError, match=r"add_: a float32 result does not fit a int64 tensor: write x = x\.to\(gg\.float32\)"):
        n += 0.5
    with pytest.raises(RuntimeError, match="int64 result does not fit a bool tensor"):
        gg.tensor([True]).add_(1)
    with pytest.raises(RuntimeError, match=r"add_: the result has shape \(3, 2\).*tensor of shape \(2,\)"):
        gg.ones(2).add_(gg.ones(3, 2))
    assert n.tolist() == [1, 2]
    assert n.copy_(gg.tensor([3.7, 4.2])).tolist() == [3, 4] and n.fill_(1.5).tolist() == [1, 1]  # a copy casts, as in PyTorch


def test_data_can_be_replaced():
    x = leaf(1.0, 2.0)
    x.data = gg.tensor([5.0, 6.0], dtype=gg.float64)
    assert x.tolist() == [5, 6] and x.requires_grad and not x.data.requires_grad
    with pytest.raises(RuntimeError, match="must be floating"):
        x.data = gg.tensor([1, 2])


def test_variable_is_pytorchs_old_name_for_a_leaf():
    x = gg.ones(2, requires_grad=True)
    v = gg.autograd.Variable(x * 2, requires_grad=True)
    assert v.is_leaf and v.requires_grad and v.tolist() == [2, 2] and not gg.autograd.Variable(x).requires_grad
    assert isinstance(x, gg.autograd.Variable) and not isinstance(1, gg.autograd.Variable)
    with pytest.raises(TypeError, match=r"Variable: .*gg\.tensor"):
        gg.autograd.Variable([1.0])
