"""Each layer: gradients by inputs and parameters, parity with PyTorch, text, starting values, errors."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
import glassgrad.nn.functional as F
from glassgrad import nn

RNG = np.random.default_rng(3)


def floats(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


INDEX = np.array([[0, 2, 1], [3, 1, 1]])
TARGET = np.array([0, 3, -100, 1])
WEIGHT = np.array([1.0, 0.5, 2.0, 0.25], np.float32)
PROBABILITIES = np.full((4, 4), 0.25, np.float32)

# name of the layer, its arguments, inputs
CASES = [
    ("Linear", (3, 2), {}, [floats(4, 3)]),
    ("Linear", (3, 2), {"bias": False}, [floats(2, 2, 3)]),
    ("Linear", (3, 2), {}, [floats(3)]),
    ("Embedding", (4, 3), {}, [INDEX]),
    ("Embedding", (4, 3), {"padding_idx": 1}, [INDEX]),
    ("Embedding", (4, 3), {"padding_idx": -3}, [INDEX]),
    ("LayerNorm", (3,), {}, [floats(4, 3)]),
    ("LayerNorm", ((2, 3),), {"eps": 1e-3}, [floats(2, 2, 3)]),
    ("LayerNorm", ([3],), {"bias": False}, [floats(2, 2, 3)]),
    ("LayerNorm", (3,), {"elementwise_affine": False}, [floats(4, 3)]),
    ("RMSNorm", (3,), {}, [floats(4, 3)]),
    ("RMSNorm", ((2, 3),), {"eps": 1e-3}, [floats(2, 2, 3)]),
    ("RMSNorm", ([3],), {"elementwise_affine": False}, [floats(2, 2, 3)]),
    ("ReLU", (), {}, [floats(3, 4)]),
    ("GELU", (), {}, [floats(3, 4)]),
    ("GELU", (), {"approximate": "tanh"}, [floats(3, 4)]),
    ("Tanh", (), {}, [floats(3, 4)]),
    ("Sigmoid", (), {}, [floats(3, 4)]),
    ("Softmax", (), {"dim": 1}, [floats(3, 4)]),
    ("LogSoftmax", (), {"dim": 0}, [floats(3, 4)]),
    ("Identity", (5,), {"unused": True}, [floats(3, 4)]),
    ("Flatten", (), {}, [floats(2, 3, 4)]),
    ("Flatten", (0, 1), {}, [floats(2, 3, 4)]),
    ("Dropout", (), {"p": 0.0}, [floats(3, 4)]),
    ("ConstantPad1d", (2, 0.5), {}, [floats(2, 3, 4)]),
    ("ConstantPad2d", ((1, 2, 0, -1), 3.0), {}, [floats(1, 2, 3, 4)]),
    ("ZeroPad1d", (1,), {}, [floats(1, 2, 3)]),
    ("ZeroPad2d", (1,), {}, [floats(1, 2, 3, 4)]),
    ("ZeroPad3d", (1,), {}, [floats(1, 1, 2, 2, 2)]),
    ("ConstantPad3d", (1, 2.0), {}, [floats(1, 1, 2, 2, 2)]),
    ("ReflectionPad1d", (2,), {}, [floats(2, 3, 4)]),
    ("ReflectionPad2d", ((1, 2, 0, 1),), {}, [floats(1, 2, 3, 4)]),
    ("ReflectionPad3d", (1,), {}, [floats(1, 1, 2, 2, 2)]),
    ("ReplicationPad1d", ((3, 1),), {}, [floats(2, 3, 4)]),
    ("ReplicationPad2d", (1,), {}, [floats(1, 2, 3, 4)]),
    ("ReplicationPad3d", (1,), {}, [floats(1, 1, 2, 2, 2)]),
    ("CircularPad1d", ((3, 1),), {}, [floats(2, 3, 4)]),
    ("CircularPad2d", (1,), {}, [floats(1, 2, 3, 4)]),
    ("CircularPad3d", (1,), {}, [floats(1, 1, 2, 2, 2)]),
    ("Upsample", (), {"scale_factor": 2}, [floats(1, 2, 3, 4)]),
    ("Upsample", (), {"size": (5, 3), "mode": "bilinear", "align_corners": True}, [floats(1, 2, 3, 4)]),
    ("Upsample", (), {"scale_factor": (2, 1.5), "mode": "bilinear"}, [floats(1, 2, 3, 4)]),
    ("UpsamplingNearest2d", (), {"size": 5}, [floats(1, 2, 3, 4)]),
    ("UpsamplingBilinear2d", (), {"scale_factor": 2}, [floats(1, 2, 3, 4)]),
    ("PixelShuffle", (2,), {}, [floats(1, 4, 2, 3)]),
    ("PixelUnshuffle", (2,), {}, [floats(1, 1, 4, 2)]),
    ("ChannelShuffle", (2,), {}, [floats(1, 4, 2)]),
    ("CrossEntropyLoss", (), {}, [floats(4, 4), TARGET]),
    ("CrossEntropyLoss", (), {"label_smoothing": 0.1, "reduction": "sum"}, [floats(4, 4), TARGET]),
    ("CrossEntropyLoss", (), {"ignore_index": 3, "reduction": "none"}, [floats(4, 4), np.array([0, 3, 2, 1])]),
    ("CrossEntropyLoss", (WEIGHT,), {}, [floats(4, 4), TARGET]),
    ("CrossEntropyLoss", (), {}, [floats(4, 4), PROBABILITIES]),
    ("NLLLoss", (), {}, [floats(4, 4), TARGET]),
    ("NLLLoss", (WEIGHT,), {"reduction": "sum"}, [floats(4, 4), TARGET]),
    ("MSELoss", (), {}, [floats(4, 3), floats(4, 3)]),
    ("MSELoss", (), {"reduction": "none"}, [floats(4, 3), floats(4, 3)]),
]
LINEAR = re.compile("ReLU|Identity|Flatten|Dropout|Pad|sampl|huffle")  # they have no second derivative
IDS = [f"{i}-{case[0]}" for i, case in enumerate(CASES)]


def build(library, make, case):
    name, args, options, _ = case
    return getattr(library, name)(*(make(x) if isinstance(x, np.ndarray) else x for x in args), **options)


# A padded embedding's gradient leaves out a row on purpose: see test_padding_gets_no_gradient.
CHECKED = [(i, case) for i, case in enumerate(CASES) if "padding_idx" not in case[2]]


@pytest.mark.parametrize("case", [case for _, case in CHECKED], ids=[IDS[i] for i, _ in CHECKED])
def test_gradients(case, check):
    layer = build(nn, gg.tensor, case)
    check.gradients(layer, *map(gg.tensor, case[3]), second=not LINEAR.search(case[0]))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_parity(case, check, torch):
    check.parity(torch, build(nn, gg.tensor, case), build(torch.nn, torch.tensor, case), *case[3])


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_repr(case, torch):
    assert repr(build(nn, gg.tensor, case)) == repr(build(torch.nn, torch.tensor, case))


@pytest.mark.parametrize("name", ["Linear", "Embedding", "LayerNorm"])
def test_dtype_and_device(name):
    layer = getattr(nn, name)(*((3, 2) if name != "LayerNorm" else (3,)), dtype=gg.float64, device="cpu")
    assert {p.dtype for p in layer.parameters()} == {gg.float64}
    with pytest.raises(RuntimeError, match="CPU only"):
        getattr(nn, name)(*((3, 2) if name != "LayerNorm" else (3,)), device="cuda")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=3), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_linear_on_any_leading_shape(lead, n, m, bias):
    layer = nn.Linear(n, m, bias)
    x = gg.randn(*lead, n)
    expected = x.numpy() @ layer.weight.detach().numpy().T + (layer.bias.detach().numpy() if bias else 0)
    y = layer(x)
    assert y.shape == (*lead, m)
    np.testing.assert_allclose(y.detach().numpy(), expected, atol=1e-5)
    y.sum().backward()
    assert layer.weight.grad.shape == (m, n)


# ------------------------------------------------------------------------------------------------ starting values


def test_starting_values():
    linear = nn.Linear(400, 100)
    for p in linear.parameters():
        values = p.detach().numpy()
        assert np.abs(values).max() <= 1 / 20 and np.abs(values).max() > 0.9 / 20 and abs(values.mean()) < 0.02
    table = nn.Embedding(500, 20, padding_idx=-1).weight.detach().numpy()
    assert not table[499].any() and abs(table[:499].std() - 1) < 0.05 and abs(table[:499].mean()) < 0.05
    norm = nn.LayerNorm((2, 3))
    assert norm.weight.tolist() == [[1] * 3] * 2 and norm.bias.tolist() == [[0] * 3] * 2
    gg.manual_seed(1)
    first = nn.Linear(3, 2).weight.tolist()
    gg.manual_seed(1)
    assert nn.Linear(3, 2).weight.tolist() == first
    nn.Linear(0, 2)


# ------------------------------------------------------------------------------------------------ one by one


def test_a_border_of_the_wrong_number_of_sides_is_refused():
    with pytest.raises(ValueError, match=r"ReflectionPad2d: padding must be an int or 4 of them, got \(1, 2\)"):
        nn.ReflectionPad2d((1, 2))


def test_padding_gets_no_gradient():
    table = nn.Embedding(4, 2, padding_idx=1)
    table(gg.tensor(INDEX)).sum().backward()
    assert table.weight.grad.tolist() == [[1, 1], [0, 0], [1, 1], [1, 1]]
    with pytest.raises(ValueError, match="padding_idx 4 is no row"):
        nn.Embedding(4, 2, padding_idx=4)


def test_embedding_from_pretrained():
    rows = gg.tensor([[1.0, 2.0], [3.0, 4.0]])
    frozen = nn.Embedding.from_pretrained(rows)
    assert frozen(gg.tensor([1, 0])).tolist() == [[3, 4], [1, 2]] and not frozen.weight.requires_grad
    assert type(frozen.weight) is nn.Parameter and np.shares_memory(frozen.weight.numpy(), rows.numpy())
    free = nn.Embedding.from_pretrained(rows, freeze=False, padding_idx=0)
    assert free.weight.requires_grad and repr(free) == "Embedding(2, 2, padding_idx=0)" and free.weight.tolist() == rows.tolist()
    with pytest.raises(ValueError, match="num_embeddings, embedding_dim"):
        nn.Embedding.from_pretrained(gg.ones(3))


def test_dropout_only_in_training():
    layer = nn.Dropout(0.25)
    x = gg.ones(100, 100, requires_grad=True)
    y = layer(x)
    values = set(np.unique(y.detach().numpy()).tolist())
    assert values == {0.0, float(np.float32(1 / 0.75))}
    assert abs((y.detach().numpy() == 0).mean() - 0.25) < 0.02
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())
    assert layer.eval()(x) is x
    for p in (-0.1, 1.1):
        with pytest.raises(ValueError, match=r"Dropout: p must lie in \[0, 1\]"):
            nn.Dropout(p)


def test_dropout_gradients(check):
    def run(module, x):
        gg.manual_seed(4)  # the same mask in each evaluation
        return module(x)

    check.gradients(nn.Dropout(0.5), gg.randn(3, 4), run=run, second=True)


def test_errors():
    with pytest.raises(RuntimeError, match=r"linear: .*in_features"):
        nn.Linear(3, 2)(gg.ones(2, 4))
    with pytest.raises(RuntimeError, match=r"layer_norm: x has shape \(2, 4\)"):
        nn.LayerNorm(3)(gg.ones(2, 4))
    with pytest.raises(IndexError, match="embedding: index values"):
        nn.Embedding(3, 2)(gg.tensor([3]))
    with pytest.raises(ValueError, match="GELU: approximate"):
        nn.GELU("fast")
    for layer in (nn.Softmax(), nn.LogSoftmax()):
        with pytest.warns(UserWarning, match="no dim was given, so it is 1"):
            layer(gg.ones(2, 2))
    for loss in (nn.CrossEntropyLoss, nn.NLLLoss, nn.MSELoss):
        with pytest.raises(ValueError, match=f"{loss.__name__}: reduction must be"):
            loss(reduction="avg")
    with pytest.raises(RuntimeError, match="mse_loss"):
        nn.MSELoss()(gg.ones(3, 1), gg.ones(3))


def test_inplace_overwrites():
    for layer, text in ((nn.ReLU(inplace=True), "ReLU(inplace=True)"), (nn.Dropout(0.0, inplace=True), "Dropout(p=0.0, inplace=True)")):
        x = gg.tensor([1.0, 2.0])
        assert layer(x).tolist() == x.tolist() and repr(layer) == text
    with pytest.raises(RuntimeError, match="in-place write to a leaf that requires grad"):
        nn.ReLU(inplace=True)(gg.ones(2, requires_grad=True))


def test_class_weights_are_a_buffer():
    loss = nn.CrossEntropyLoss(gg.tensor(WEIGHT))
    assert list(loss.state_dict()) == ["weight"] and loss.double().weight.dtype == gg.float64
    assert list(nn.NLLLoss().state_dict()) == []


# ------------------------------------------------------------------------------------------------ functional


def test_functional_has_what_it_names():
    for name in F.__all__:
        assert callable(getattr(F, name))
    x, w = gg.randn(2, 3), gg.randn(4, 3)
    np.testing.assert_allclose(F.linear(x, w).numpy(), x.numpy() @ w.numpy().T, rtol=1e-5, atol=1e-6)
    assert nn.functional is F


def test_one_hot():
    y = F.one_hot(gg.tensor([[0, 2], [1, 0]]))
    assert y.tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [1, 0, 0]]] and y.dtype == gg.int64
    assert F.one_hot(gg.tensor(1), 3).tolist() == [0, 1, 0]
    assert F.one_hot(gg.zeros(0, 2, dtype=gg.int64), 3).shape == (0, 2, 3)
    for index, classes, text in (([3], 3, "3 classes"), ([-1], -1, r"\[-1, -1\]"), ([0.5], 2, "integer"), ([], -1, "num_classes=")):
        with pytest.raises(RuntimeError, match=text):
            F.one_hot(gg.tensor(index, dtype=gg.int64 if not index else None), classes)


def embedded(lib, options, index, steps=2):
    rows = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32) * 2
    table = lib.nn.Embedding.from_pretrained(lib.tensor(rows), freeze=False, **options)
    for _ in range(steps):
        y = table(lib.tensor(index))
        (y * y).sum().backward()
    return y.detach().numpy(), table.weight.detach().numpy(), table.weight.grad.numpy()


@pytest.mark.parametrize(
    "options", [{"max_norm": 1.0}, {"max_norm": 1.5, "norm_type": 1.0}, {"scale_grad_by_freq": True}, {"padding_idx": 1, "max_norm": 0.5}]
)
@pytest.mark.parametrize("index", [[0, 1, 1, 4], [[2, 2], [2, 0]]])
def test_embedding_options(torch, options, index):
    for ours, theirs in zip(embedded(gg, options, index), embedded(torch, options, index), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_embedding_arguments(torch):
    for options in ({"padding_idx": -1}, {"max_norm": 1.0, "norm_type": 1.0, "scale_grad_by_freq": True, "sparse": True}):
        assert repr(nn.Embedding(4, 2, **options)) == repr(torch.nn.Embedding(4, 2, **options))
    assert not nn.Embedding.from_pretrained(gg.ones(2, 2)).weight.requires_grad
    with pytest.raises(ValueError, match="_weight has shape"):
        nn.Embedding(3, 2, _weight=gg.ones(2, 2))


def test_bilinear_and_unflatten(torch, check):
    a, b = (np.random.default_rng(i).standard_normal((4, n)).astype(np.float32) for i, n in enumerate((2, 3)))
    for bias in (True, False):
        check.parity(torch, nn.Bilinear(2, 3, 5, bias), torch.nn.Bilinear(2, 3, 5, bias), a, b)
    assert repr(nn.Bilinear(2, 3, 5)) == repr(torch.nn.Bilinear(2, 3, 5)) and nn.Bilinear(4, 3, 5).weight.abs().max().item() <= 0.5
    check.parity(torch, nn.Unflatten(1, (3, -1)), torch.nn.Unflatten(1, (3, -1)), np.ones((2, 6), np.float32))
    with pytest.raises(TypeError, match="no named dimensions"):
        nn.Unflatten("x", (("y", 2), ("z", 3)))


def test_a_small_net_learns():
    gg.manual_seed(0)
    x = gg.randn(64, 2)
    target = (x[:, 0] * x[:, 1] > 0).long()
    net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = gg.optim.AdamW(net.parameters(), lr=0.02)
    first = last = math.nan
    for step in range(100):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(net(x), target)
        loss.backward()
        optimizer.step()
        first = loss.item() if step == 0 else first
        last = loss.item()
    assert last < 0.2 < 0.5 < first
