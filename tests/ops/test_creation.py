"""New tensors: values and dtypes as PyTorch gives them, and the arguments that all creation functions take."""

import numpy as np
import pytest

import glassgrad as gg

CALLS = [
    lambda m: m.arange(5), lambda m: m.arange(1, 4), lambda m: m.arange(0, 1, 0.25), lambda m: m.arange(5, 0, -2), lambda m: m.arange(end=3),
    lambda m: m.arange(3, dtype=m.float64), lambda m: m.arange(-0.9, 2.1, 2.0, dtype=m.int64), lambda m: m.arange(2.0), lambda m: m.arange(0),
    lambda m: m.linspace(0, 1, 5), lambda m: m.linspace(3, -3, 7), lambda m: m.linspace(0, -3, 50, dtype=m.int64), lambda m: m.linspace(2, 5, 1),
    lambda m: m.linspace(0, 1, steps=0), lambda m: m.logspace(0, 2, 3), lambda m: m.logspace(-1, 1, 4, base=2.0), lambda m: m.eye(3), lambda m: m.eye(2, 4),
    lambda m: m.full((2, 2), 7), lambda m: m.full((2,), 1.5), lambda m: m.full((), True), lambda m: m.full((2,), 1, dtype=m.float64),
    lambda m: m.zeros(2, 3), lambda m: m.zeros((2, 3), dtype=m.int32), lambda m: m.ones(size=(2,)), lambda m: m.zeros(()), lambda m: m.empty(0, 3),
    lambda m: m.zeros_like(m.ones(2, dtype=m.int64)), lambda m: m.ones_like(m.zeros(3), dtype=m.bool), lambda m: m.full_like(m.zeros(2), 3),
    lambda m: m.ones(2, dtype=m.float64).new_zeros(2, 2), lambda m: m.ones(2).new_ones((2,)), lambda m: m.ones(2, dtype=m.int64).new_full((3,), 4),
    lambda m: m.ones(2, dtype=m.int32).new_tensor([1.5, 2]), lambda m: m.ones(2).new_empty(0), lambda m: m.scalar_tensor(3), lambda m: m.as_tensor([1, 2]),
    lambda m: m.tril_indices(3, 3), lambda m: m.tril_indices(2, 4, 1), lambda m: m.triu_indices(4, 2, -1), lambda m: m.triu_indices(3, 3, dtype=m.int32),
    lambda m: m.hann_window(6), lambda m: m.hann_window(5, periodic=False), lambda m: m.hamming_window(4), lambda m: m.blackman_window(7),
    lambda m: m.bartlett_window(5), lambda m: m.bartlett_window(6, False), lambda m: m.hann_window(1), lambda m: m.hann_window(0),
    lambda m: m.vander(m.tensor([1, 2, 3])), lambda m: m.vander(m.tensor([2.0, 0.0]), 3, True), lambda m: m.tensor([]), lambda m: m.tensor([True, False]),
    lambda m: m.zeros(2, layout=m.strided, pin_memory=False), lambda m: m.zeros_like(m.ones(2), memory_format=m.preserve_format),
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_values_shapes_and_dtypes_are_pytorchs(call):
    torch = pytest.importorskip("torch")
    found, want = call(gg), call(torch)
    assert (found.shape, str(found.dtype)) == (tuple(want.shape), str(want.dtype).removeprefix("torch."))
    np.testing.assert_allclose(found.numpy(), want.numpy(), rtol=1e-6, atol=1e-6)
    assert not found.requires_grad


def test_what_all_of_them_take():
    out = gg.empty(3)
    assert gg.ones(3, out=out) is out and out.tolist() == [1, 1, 1]
    assert gg.arange(3, out=out) is out and out.tolist() == [0, 1, 2]
    assert gg.eye(2, requires_grad=True).requires_grad and gg.zeros(1, device="cpu", requires_grad=True).is_leaf
    with pytest.raises(RuntimeError, match=r"zeros: out has shape \(3,\)"):
        gg.zeros(2, out=out)
    with pytest.raises(TypeError, match="zeros: no argument 'dtpye'"):
        gg.zeros(2, dtpye=gg.int64)
    with pytest.raises(RuntimeError, match="CPU only"):
        gg.arange(3, device="cuda")


def test_errors():
    with pytest.raises(RuntimeError, match="arange: step -1 never gets from 0 to 3"):
        gg.arange(0, 3, -1)
    with pytest.raises(RuntimeError, match="linspace: steps can't be negative"):
        gg.linspace(0, 1, -1)
    with pytest.raises(TypeError, match="from_numpy: expected an array, got list"):
        gg.from_numpy([1])


def test_memory_is_shared_where_pytorch_shares_it():
    array = np.zeros(2, np.float32)
    gg.from_numpy(array)[0] = 1
    gg.as_tensor(array)[1] = 2
    gg.tensor(array)[0] = 9
    assert array.tolist() == [1, 2]
