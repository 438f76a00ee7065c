"""Tensors and other libraries: NumPy's protocols, DLPack, pickle and copy."""

import copy
import pickle

import numpy as np
import pytest

import glassgrad as gg


def test_asarray_shares_and_takes_a_dtype():
    x = gg.ones(2)
    assert np.shares_memory(np.asarray(x), x.numpy()) and np.asarray(x, dtype=np.float64).dtype == np.float64
    assert not np.shares_memory(np.array(x), x.numpy())
    x.requires_grad_()
    for refused in (lambda: np.asarray(x), x.numpy):
        with pytest.raises(RuntimeError, match=r"\.detach\(\)\.numpy\(\)"):
            refused()
    assert np.shares_memory(np.asarray(x.detach()), x.numpy(force=True))


def test_gg_asarray():
    array, x = np.ones(2, np.float32), gg.ones(2, requires_grad=True)
    assert np.shares_memory(gg.asarray(array).numpy(), array) and not np.shares_memory(gg.asarray(array, copy=True).numpy(), array)
    assert gg.asarray([1, 2]).dtype == gg.int64 and gg.asarray(array, dtype=gg.float64).dtype == gg.float64
    assert not gg.asarray(x).requires_grad and gg.asarray([1.0], requires_grad=True).requires_grad
    assert np.shares_memory(gg.asarray(x).numpy(), x.detach().numpy()) and not np.shares_memory(gg.asarray(x, copy=True).numpy(), x.detach().numpy())
    for refused in (lambda: gg.asarray([1.0], copy=False), lambda: gg.asarray(array, dtype=gg.float64, copy=False)):
        with pytest.raises(ValueError, match="copy=False"):
            refused()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"])
def test_dlpack_shares_memory_with_numpy(dtype):
    x = gg.ones(2, 3, dtype=dtype).T
    array = np.from_dlpack(x)
    assert array.dtype == dtype and np.shares_memory(array, x.numpy()) and x.__dlpack_device__() == (1, 0)
    back = gg.from_dlpack(np.ones((2, 3), dtype))
    assert back.dtype == dtype and back.shape == (2, 3) and back.tolist() == np.ones((2, 3), dtype).tolist()


def test_dlpack_refuses_gradients_and_what_has_none():
    with pytest.raises(BufferError, match=r"write t\.detach\(\)"):
        np.from_dlpack(gg.ones(1, requires_grad=True))
    with pytest.raises(TypeError, match=r"from_dlpack: list has no __dlpack__: write gg\.asarray"):
        gg.from_dlpack([1])


def test_dlpack_with_pytorch():
    torch = pytest.importorskip("torch", reason="the other library")
    x, t = gg.zeros(2, 3), torch.zeros(2, 3)
    torch.from_dlpack(x).add_(1)
    gg.from_dlpack(t).add_(1)
    assert x.tolist() == t.tolist() == [[1, 1, 1]] * 2 and torch.from_dlpack(x.T).shape == (3, 2)
    assert gg.asarray(t).dtype == gg.float32 and np.shares_memory(gg.asarray(t).numpy(), t.numpy())


def test_numpy_and_tensors_see_each_others_writes():
    array = np.zeros(3, np.float32)
    x = gg.from_numpy(array)
    x += 1
    array[0] = 5
    assert x.tolist() == [5, 1, 1] and array.tolist() == [5, 1, 1] and x.numpy() is array


@pytest.mark.parametrize("again", [copy.copy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_copy_and_pickle_keep_values_flags_and_class(again):
    w = gg.nn.Parameter(gg.ones(2))
    for x in (gg.ones(2), w, gg.ones(2, requires_grad=True) * 2, gg.tensor([1, 2], dtype=gg.int8)):
        y = again(x)
        assert y.tolist() == x.tolist() and y.requires_grad == x.requires_grad and y.dtype == x.dtype and y.is_leaf and type(y) is type(x)
    assert np.shares_memory(copy.copy(w).detach().numpy(), w.detach().numpy())


def test_a_generator_can_be_copied_and_pickled():
    generator = gg.Generator().manual_seed(1)
    gg.rand(3, generator=generator)
    others = copy.deepcopy(generator), pickle.loads(pickle.dumps(generator)), generator.clone_state()
    first = gg.rand(2, generator=generator).tolist()
    assert all(gg.rand(2, generator=other).tolist() == first and other.initial_seed() == 1 for other in others)
