"""Parity with PyTorch: values, first gradients, dtypes and shapes, on the samples of every op that PyTorch has."""

import numpy as np
import pytest
from tests.ops.build import call, each_sample, gradients, inputs_of, listed, map_arrays, raw, upstream
from tests.ops.samples import samples

import glassgrad as gg
from glassgrad.op import REGISTRY

pytestmark = pytest.mark.filterwarnings("ignore:.*degrees of freedom")
torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
F = torch.nn.functional


def _index(x, index):
    return x[tuple(torch.from_numpy(item) if isinstance(item, np.ndarray) else item for item in index)]


def _layer_norm(x, normalized_shape, *rest, **options):
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
    return F.layer_norm(x, shape, *rest, **options)


def _spread(reduce):
    def reduced(x, dim=None, correction=1, keepdim=False, unbiased=None):
        return reduce(x, dim, correction=correction if unbiased is None else int(unbiased), keepdim=keepdim)

    return reduced


def _last_by_default(function):
    return lambda x, dim=-1: function(x, dim)


def _logsumexp(x, dim, keepdim=False):
    return torch.logsumexp(x, tuple(range(x.ndim)) if dim == () else dim, keepdim)


def _with_empty_dims(reduce):
    """PyTorch's any, all and friends take () for no dimensions at all in places, where a reduction over all is meant."""
    return lambda x, dim=None, keepdim=False: reduce(x, tuple(range(x.ndim)) if dim in (None, ()) else dim, keepdim)


def _nll(x, target, weight=None, ignore_index=-100, reduction="mean"):
    return F.nll_loss(x, target, weight, ignore_index=ignore_index, reduction=reduction)


# PyTorch's function for each op; those of the same name and signature are found in torch.
TORCH = {
    "alias": torch.clone, "_view": torch.Tensor.view, "view": torch.Tensor.view, "reshape": torch.Tensor.reshape, "_permute": torch.permute,
    "permute": torch.Tensor.permute, "_expand": torch.broadcast_to, "expand": torch.Tensor.expand, "contiguous": torch.Tensor.contiguous,
    "_relu": torch.relu, "relu": F.relu, "gelu": lambda x, approximate="none": F.gelu(x, approximate=approximate), "softmax": _last_by_default(F.softmax),
    "log_softmax": _last_by_default(F.log_softmax), "_clamp": torch.clamp, "_getitem": _index, "_matmul": torch.matmul, "embedding": F.embedding,
    "linear": F.linear, "logsumexp": _logsumexp, "var": _spread(torch.var), "std": _spread(torch.std), "masked_fill": torch.masked_fill,
    "all": _with_empty_dims(torch.all), "any": _with_empty_dims(torch.any), "sum": torch.sum, "amax": _with_empty_dims(torch.amax),
    "amin": _with_empty_dims(torch.amin), "_nll_loss": _nll, "nll_loss": _nll, "cross_entropy": F.cross_entropy,
    "scaled_dot_product_attention": F.scaled_dot_product_attention, "_layer_norm": _layer_norm, "layer_norm": _layer_norm,
    "split": lambda x, size, dim=0: torch.split(x, list(size) if isinstance(size, tuple) else size, dim),
    "_order": lambda x, dim, descending: torch.argsort(x, dim=dim, descending=descending, stable=True),
    "_dropout": lambda x, mask, scale: x * mask * scale,
    "mse_loss": lambda x, target, reduction="mean": F.mse_loss(x, target, reduction=reduction),
}  # fmt: skip
# Ops that only rules use; finite differences judge them.
OUR_OWN = {
    "inverse_order", "uncat", "gelu_grad", "softmax_grad", "log_softmax_grad", "_inside", "power_slope", "power_log", "unindex", "ungather",
    "embedding_grad", "unpadded", "matmul_to", "rows", "unreduce", "fraction", "spread", "std_slope", "share", "nll_loss_grad",
    "layer_norm_grad", "_to",
}  # fmt: skip
# Where we give more than PyTorch does, or where it refuses: (op, number of the sample).
BEYOND = {
    *((name, 9) for name in ("eq", "ne", "lt", "le", "gt", "ge")),  # a number before the tensor
    *((name, i) for name in ("maximum", "minimum") for i in (8, 9, 10)),  # a number for one of the two
    ("var", 5), ("std", 5),  # dim=(): its backward divides by the size of no dimensions
    ("remainder", 9),  # a number before the tensor: no derivative
}  # fmt: skip


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


PAIRS = [p for p in each_sample() if p.values[0] not in OUR_OWN and (p.values[0], int(p.id.split("-")[1])) not in BEYOND]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("name", "sample"), PAIRS)
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


INTEGER_OPS = [
    "add", "sub", "mul", "div", "neg", "floor_divide", "remainder", "square", "abs", "sign", "maximum", "minimum", "eq", "ne", "lt", "le",
    "gt", "ge", "sum", "amax", "amin", "argmax", "argmin", "all", "any", "exp", "log", "sqrt", "rsqrt", "sin", "cos", "tanh", "sigmoid",
    "_relu", "clamp", "cat", "stack", "where", "matmul", "logical_not", "isnan", "isfinite",
]  # fmt: skip


# PyTorch gives uint8 for any and all of uint8 alone, takes the square of a bool for an int64, and its sign for a bool.
OTHERWISE = {("any", "uint8"), ("all", "uint8"), ("square", "bool"), ("sign", "bool")}


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("name", INTEGER_OPS)
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
