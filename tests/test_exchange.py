"""Tensors and other libraries: NumPy's protocols, DLPack, pickle and copy."""

import copy
import io
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


@pytest.mark.parametrize("call", [
    lambda t: np.unique(t), lambda t: np.histogram(t, 2), lambda t: np.percentile(t, 50), lambda t: np.interp(1.5, t, t), lambda t: np.cov(t),
    lambda t: np.meshgrid(t, t), lambda t: np.fft.fft(t), lambda t: np.ptp(t), lambda t: np.block([t, t]), lambda t: np.gradient(t),
    lambda t: np.sum(t, where=np.array([True, False, True])), lambda t: np.mean(t, 0, np.float64, None, True), lambda t: np.random.default_rng(0).permutation(t),
    lambda t: np.array_equal(t, np.array([1.0, 2.0, 4.0])), lambda t: np.allclose(t, [1, 2, 4]), lambda t: np.nan_to_num(t, False) if not isinstance(t, gg.Tensor) else t,
    lambda t: np.add.reduce(t), lambda t: np.add.outer(t, t), lambda t: np.exp(t, dtype=np.float64), lambda t: np.modf(t), lambda t: np.spacing(t),
    lambda t: np.clip(t, a_min=2, a_max=3), lambda t: np.clip(t, None, 3), lambda t: np.broadcast_arrays([[0.0]], t), lambda t: np.std(t, 0, None, None, 1),
])  # fmt: skip
def test_numpys_functions_take_tensors_that_need_no_gradient(call):
    array = np.array([1, 2, 4], np.float32)
    want, found = call(array), call(gg.tensor(array))
    for a, b in zip(want, found, strict=True) if isinstance(want, tuple) else [(want, found)]:
        assert np.asarray(b).dtype == np.asarray(a).dtype
        np.testing.assert_allclose(np.asarray(b), np.asarray(a), rtol=1e-6)


def test_ufuncs_give_tensors_and_other_functions_what_numpy_gives():
    t = gg.tensor([1.0, 2.0, 4.0])
    for y in (np.exp(t, dtype=np.float64), np.add.reduce(t), *np.modf(t), np.spacing(t), np.ones(3) + t):
        assert isinstance(y, gg.Tensor)
    assert type(np.unique(t)) is np.ndarray and type(np.ptp(t)) is np.float32
    file = io.BytesIO()
    np.save(file, t)
    file.seek(0)
    assert np.load(file).tolist() == [1, 2, 4]


def test_arrays_take_tensors_in_place():
    array, t = np.ones(2), gg.tensor([1.0, 2.0])
    array += t
    assert type(array) is np.ndarray and array.tolist() == [2, 3]
    assert np.add(t, 1, out=array) is array and array.tolist() == [2, 3]


def test_what_numpy_writes_into_a_tensor_is_noticed_or_refused():
    w, x = gg.ones(2, requires_grad=True), gg.ones(2)
    for write in (lambda: np.exp(gg.zeros(2), out=x), lambda: np.add.at(x, [0], 1)):
        y = (w * x).sum()
        write()
        with pytest.raises(RuntimeError, match="mul saved its argument b"):
            y.backward()
    for write in (lambda: np.copyto(x, 1), lambda: np.put(x, 0, 1), lambda: np.fill_diagonal(gg.ones(2, 2), 0)):
        with pytest.raises(RuntimeError, match=r"it writes into a tensor, .* x\.copy_"):
            write()


def test_where_something_requires_grad_numpy_refuses():
    w, array = gg.ones(2, requires_grad=True), np.zeros(2)
    for call, text in (
        (lambda: np.unique(w), r"np\.unique has no twin for tensors that require grad"), (lambda: np.add.reduce(w), r"np\.add\.reduce has no twin"),
        (lambda: np.add(array, w, out=array), r"np\.add: a tensor requires grad, and out= .* write t\.detach\(\)"), (lambda: np.savez(io.BytesIO(), w=w), "has no twin"),
        (lambda: np.exp(w, dtype=np.float64), r"np\.exp: .* dtype= can't be differentiated"), (lambda: np.sum(w, where=array > 0), "sum: no argument 'where'"),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=text):
            call()
    assert array.tolist() == [0, 0] and np.allclose(w, [1, 1]) and np.clip(w, a_max=2, a_min=0).requires_grad


@pytest.mark.parametrize("plot", [
    lambda ax, t, z: ax.contourf(*np.meshgrid(t, t), z), lambda ax, t, z: ax.contour(z, z.T, z), lambda ax, t, z: ax.bar(t, t, yerr=t), lambda ax, t, z: ax.plot(t, z),
    lambda ax, t, z: ax.hist(t, bins=t), lambda ax, t, z: ax.hist2d(t, t), lambda ax, t, z: ax.pcolormesh(z), lambda ax, t, z: ax.quiver(z, z),
    lambda ax, t, z: ax.scatter(t, t, c=t, s=t), lambda ax, t, z: ax.imshow(z, vmin=z.min()),
])  # fmt: skip
def test_matplotlib_takes_tensors(plot):
    figure = pytest.importorskip("matplotlib.figure", reason="the other library").Figure()
    t = gg.tensor([1.0, 2.0, 3.0])
    plot(figure.add_subplot(), t, t[:, None] * t)
    figure.canvas.draw()


def test_matplotlib_draws_a_surface_of_tensors():
    figure = pytest.importorskip("matplotlib.figure", reason="the other library").Figure()
    pytest.importorskip("mpl_toolkits.mplot3d", reason="the other library")
    x, y = gg.meshgrid(gg.arange(3.0), gg.arange(3.0), indexing="xy")
    figure.add_subplot(projection="3d").plot_surface(x, y, x * y)
    figure.canvas.draw()


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
