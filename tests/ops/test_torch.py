"""Parity with PyTorch: values, first gradients, dtypes and shapes, on the samples of every op that PyTorch has."""

import numpy as np
import pytest
from tests.ops.build import call, each_sample, gradients, inputs_of, listed, map_arrays, raw, upstream
from tests.ops.samples import gathered, samples, twins

import glassgrad as gg
from glassgrad.op import REGISTRY

pytestmark = pytest.mark.filterwarnings("ignore:.*degrees of freedom")
torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
TORCH = twins(torch)
OUR_OWN, BEYOND, OTHERWISE = gathered("OUR_OWN"), gathered("BEYOND"), gathered("OTHERWISE")


def twin(name):
    return TORCH.get(name) or getattr(torch, name)


def test_every_op_has_a_counterpart_or_is_named_as_our_own():
    missing = [name for name in REGISTRY if name not in OUR_OWN and name not in TORCH and not hasattr(torch, name)]
    assert not missing
    assert set(TORCH) | OUR_OWN <= set(REGISTRY)


def torch_call(name, sample, dtype=None):
    leaves = {}
    inputs = inputs_of(sample)

    def tensor(key, array):
        made = torch.from_numpy(np.array(array if dtype is None or array.dtype.kind != "f" else array.astype(dtype)))
        if key in inputs:
            leaves[key] = made.requires_grad_()
        return made

    args, kwargs = map_arrays(sample, tensor)
    return listed(twin(name)(*args, **kwargs)), leaves


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@each_sample(*(name for name in REGISTRY if name not in OUR_OWN), skip=BEYOND)
def test_values_and_gradients_are_pytorchs(name, sample, dtype):
    loose = {"rtol": 2e-5, "atol": 2e-5} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-11}
    want, leaves = torch_call(name, sample, dtype)
    with np.errstate(all="ignore"):
        found, _ = call(name, sample, dtype=dtype)
    for ours, theirs in zip(found, want, strict=True):
        assert ours.shape == tuple(theirs.shape)
        assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch.")
        np.testing.assert_allclose(raw(ours)[0], theirs.detach().numpy(), **loose)
    theirs = [y for y in want if y.requires_grad and REGISTRY[name].op.differentiable]
    assert len(theirs) == len([y for y in found if y.requires_grad])
    if theirs:
        u = upstream([y for y in found if y.requires_grad])
        slopes = torch.autograd.grad(theirs, list(leaves.values()), [torch.from_numpy(x.copy()) for x in u], allow_unused=True)
        for (key, g), slope in zip(gradients(name, sample, dtype=dtype, u=u).items(), slopes, strict=True):
            slope = np.zeros(g.shape) if slope is None else slope.numpy()
            np.testing.assert_allclose(g, slope, err_msg=f"gradient of input {key}", **loose)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("name", sorted(gathered("INTEGER_OPS")))
def test_integers_and_bools_give_pytorchs_dtype_and_values(name, dtype):
    if (name, dtype) in OTHERWISE:
        return
    for sample in samples(name):

        def cast(key, array):
            return np.asarray(np.abs(np.nan_to_num(array, posinf=3, neginf=2)) * 3 + 1).astype(dtype) if array.dtype.kind == "f" else array

        ours, theirs = [map_arrays(sample, lambda k, a, make=make: make(cast(k, a))) for make in (gg.from_numpy, torch.from_numpy)]
        try:  # what PyTorch refuses is free
            want = listed(twin(name)(*theirs[0], **theirs[1]))
        except (RuntimeError, TypeError, IndexError, NotImplementedError):
            continue
        for y, t in zip(listed(REGISTRY[name](*ours[0], **ours[1])), want, strict=True):
            assert (str(y.dtype), y.shape) == (str(t.dtype).removeprefix("torch."), tuple(t.shape)), sample
            np.testing.assert_allclose(raw(y)[0], t.numpy(), rtol=1e-5, atol=1e-6, err_msg=repr(sample))
