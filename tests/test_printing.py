"""Tensors print as PyTorch prints them, byte for byte; `gg.` stands where PyTorch says `torch.`."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import glassgrad as gg


@pytest.fixture(autouse=True)
def default_options():
    yield
    gg.set_printoptions(profile="default")


EXAMPLES = [
    (gg.tensor([1.0, 2.0]), "tensor([1., 2.])"),
    (gg.tensor([1.5, -2.0]), "tensor([ 1.5000, -2.0000])"),
    (gg.tensor([1, -20]), "tensor([  1, -20])"),
    (gg.tensor([True, False]), "tensor([ True, False])"),
    (gg.tensor(3.0), "tensor(3.)"), (gg.tensor(0.1), "tensor(0.1000)"), (gg.tensor(7), "tensor(7)"),
    (gg.tensor([1e-5, 1.0]), "tensor([1.0000e-05, 1.0000e+00])"),
    (gg.tensor([1e9]), "tensor([1.0000e+09])"),
    (gg.tensor([1.0, float("nan"), float("-inf")]), "tensor([1., nan, -inf])"),
    (gg.tensor([]), "tensor([])"), (gg.zeros(0, 3), "tensor([], size=(0, 3))"),
    (gg.tensor([], dtype=gg.int64), "tensor([], dtype=gg.int64)"),
    (gg.ones(2, dtype=gg.float64), "tensor([1., 1.], dtype=gg.float64)"),
    (gg.ones(1, dtype=gg.int32, ), "tensor([1], dtype=gg.int32)"),
    (gg.ones(2, requires_grad=True), "tensor([1., 1.], requires_grad=True)"),
    (gg.ones(2, requires_grad=True) * 2, "tensor([2., 2.], grad_fn=<MulBackward>)"),
    (gg.ones(1, 2, 1, 2), "tensor([[[[1., 1.]],\n\n         [[1., 1.]]]])"),
    (gg.arange(2000), "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])"),
    (gg.zeros(1001, 1), "tensor([[0.],\n        [0.],\n        [0.],\n        ...,\n        [0.],\n        [0.],\n        [0.]])"),
    (gg.nn.Parameter(gg.zeros(2)), "Parameter containing:\ntensor([0., 0.], requires_grad=True)"),
]  # fmt: skip


@pytest.mark.parametrize(("x", "text"), EXAMPLES, ids=[text[:40] for _, text in EXAMPLES])
def test_examples(x, text):
    assert repr(x) == str(x) == text


def test_the_default_dtype_is_not_named():
    gg.set_default_dtype(gg.float64)
    assert repr(gg.ones(1)) == "tensor([1.])" and repr(gg.ones(1, dtype=gg.float32)) == "tensor([1.], dtype=gg.float32)"


def test_options():
    x = gg.tensor([1.25, 1000.5])
    gg.set_printoptions(precision=1)
    assert repr(x) == "tensor([   1.2, 1000.5])"
    gg.set_printoptions(sci_mode=True)
    assert repr(x) == "tensor([1.2e+00, 1.0e+03])"
    gg.set_printoptions(threshold=3, edgeitems=1)
    assert repr(gg.arange(5)) == "tensor([0,  ..., 4])"
    gg.set_printoptions(profile="full", linewidth=20)
    assert repr(gg.arange(5)) == "tensor([0, 1, 2, 3,\n        4])" and gg.get_printoptions()["precision"] == 4
    with pytest.raises(ValueError, match="there are default, short, full"):
        gg.set_printoptions(profile="long")


def test_format():
    assert f"{gg.tensor(2.5):.2f} {gg.tensor(3):>3} {gg.tensor(2.5)}" == "2.50   3 2.5"
    assert f"{gg.ones(2)}" == "tensor([1., 1.])"
    with pytest.raises(TypeError, match=r"shape \(2,\): only one number .*x\.item\(\)"):
        f"{gg.ones(2):.2f}"


def normalised(text):
    """The dtypes have shorter names than PyTorch's, so the line may break elsewhere before what follows the values."""
    return re.sub(r",\s+(?=dtype|size|requires_grad)", ", ", text).replace("torch.", "gg.")


ARRAYS = hnp.arrays(
    st.sampled_from(["float16", "float32", "float64", "int8", "int32", "int64", "uint8", "bool"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=7),
)
OPTIONS = st.fixed_dictionaries({}, optional={
    "precision": st.integers(0, 7), "threshold": st.integers(0, 60), "edgeitems": st.integers(0, 4), "linewidth": st.integers(10, 120),
    "profile": st.sampled_from(["default", "short", "full"]), "sci_mode": st.booleans(),
})  # fmt: skip


@given(ARRAYS, OPTIONS)
def test_any_array_prints_as_in_pytorch(array, options):
    torch = pytest.importorskip("torch", reason="PyTorch's own text is the reference")
    for module in (torch, gg):
        module.set_printoptions(profile="default")
        module.set_printoptions(**options)
    try:
        assert normalised(repr(gg.tensor(array))) == normalised(repr(torch.from_numpy(array.copy())))
    finally:
        torch.set_printoptions(profile="default")


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3, 1e8])
def test_ordinary_values_print_as_in_pytorch(scale):
    torch = pytest.importorskip("torch", reason="PyTorch's own text is the reference")
    rng = np.random.default_rng(0)
    for shape in ((), (5,), (50,), (2000,), (3, 4), (30, 50), (2, 3, 4), (2, 30, 30)):
        for values in (rng.standard_normal(shape) * scale, np.round(rng.standard_normal(shape) * scale)):
            array = np.asarray(values, np.float32)
            x, t = gg.tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
            assert repr(x) == repr(t)
            assert repr(x * 2).replace("Backward>", "Backward0>") == repr(t * 2)
