"""Losses as modules, and the refusal to broadcast silently."""

from __future__ import annotations

import re

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.nn import functional as F

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


X, T = normal(4, 3), normal(4, 3)
P = RNG.uniform(0.1, 0.9, (4, 3)).astype(np.float32)
SIGN, CLASS = np.sign(normal(4, 3)), RNG.integers(0, 3, 4)
ROW_SIGN = np.array([1, -1, 1, -1])
COUNTS = RNG.integers(0, 4, (4, 3)).astype(np.float32)
WEIGHT = RNG.uniform(0.5, 2, 3).astype(np.float32)

CASES = [
    ("MSELoss", {}, (X, T)), ("L1Loss", {}, (X, T)), ("SmoothL1Loss", {"beta": 0.5}, (X, T)), ("HuberLoss", {"delta": 0.5}, (X, T)),
    ("PoissonNLLLoss", {"full": True}, (X, COUNTS)), ("PoissonNLLLoss", {"log_input": False}, (P, COUNTS)), ("GaussianNLLLoss", {}, (X, T, P)),
    ("BCELoss", {}, (P, P[::-1].copy())), ("BCELoss", {"weight": WEIGHT}, (P, P[::-1].copy())), ("BCEWithLogitsLoss", {}, (X, P)),
    ("BCEWithLogitsLoss", {"weight": WEIGHT, "pos_weight": WEIGHT}, (X, P)), ("CrossEntropyLoss", {"weight": WEIGHT, "ignore_index": 1}, (X, CLASS)),
    ("CrossEntropyLoss", {"label_smoothing": 0.1}, (X, CLASS)), ("NLLLoss", {"weight": WEIGHT}, (X, CLASS)), ("KLDivLoss", {}, (X, P)),
    ("KLDivLoss", {"log_target": True}, (X, np.log(P))), ("MultiLabelSoftMarginLoss", {"weight": WEIGHT}, (X, (SIGN > 0).astype(np.float32))),
    ("MultiMarginLoss", {"p": 2, "margin": 0.5, "weight": WEIGHT}, (X, CLASS)), ("MultiLabelMarginLoss", {}, (X, np.array([[1, 0, -1], [2, -1, 0]] * 2))),
    ("SoftMarginLoss", {}, (X, SIGN)), ("HingeEmbeddingLoss", {"margin": 0.5}, (X, SIGN)), ("MarginRankingLoss", {"margin": 0.5}, (X[0], T[0], SIGN[0])),
    ("CosineEmbeddingLoss", {"margin": 0.1}, (X, T, ROW_SIGN)), ("TripletMarginLoss", {"margin": 2.0, "p": 1, "swap": True}, (X, T, P)),
    ("TripletMarginWithDistanceLoss", {"swap": True}, (X, T, P)),
]  # fmt: skip


def run(lib, name, options, inputs, **more):
    options = {k: lib.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    tensors = [lib.tensor(x) for x in inputs]
    x = tensors[0].requires_grad_()
    y = getattr(lib.nn, name)(**options, **more)(*tensors)
    y.sum().backward()
    return y.detach().numpy(), x.grad.numpy()


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("name", "options", "inputs"), CASES)
def test_parity(torch, name, options, inputs, reduction):
    for ours, theirs in zip(run(gg, name, options, inputs, reduction=reduction), run(torch, name, options, inputs, reduction=reduction), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


def test_batchmean_and_distances(torch):
    for ours, theirs in zip(run(gg, "KLDivLoss", {}, (X, P), reduction="batchmean"), run(torch, "KLDivLoss", {}, (X, P), reduction="batchmean"), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    for name, options in (("CosineSimilarity", {"dim": 0}), ("PairwiseDistance", {"p": 3.0, "keepdim": True})):
        for ours, theirs in zip(run(gg, name, options, (X, T)), run(torch, name, options, (X, T)), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_ctc_is_pytorchs(torch, reduction):
    for seed in range(12):
        rng = np.random.default_rng(seed)
        steps, batch, classes, longest = rng.integers(3, 9), rng.integers(1, 4), rng.integers(2, 5), rng.integers(1, 4)
        logits, blank = rng.standard_normal((steps, batch, classes)), int(rng.integers(0, classes))
        targets = rng.choice([c for c in range(classes) if c != blank], (batch, longest))
        times, counts = rng.integers(1, steps + 1, batch), rng.integers(0, longest + 1, batch)
        found = []
        for lib in (gg, torch):
            x = lib.tensor(logits, requires_grad=True)
            loss = lib.nn.CTCLoss(blank, reduction, zero_infinity=True)
            y = loss(x.log_softmax(-1), lib.tensor(targets), lib.tensor(times), lib.tensor(counts))
            y.sum().backward()
            found.append((y.detach().numpy(), x.grad.numpy()))
        for ours, theirs in zip(*found, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


def test_ctc_where_no_alignment_fits():
    x, targets = gg.zeros(2, 1, 3).log_softmax(-1), gg.tensor([[1, 1]])  # two steps have no room for the blank between
    assert F.ctc_loss(x, targets, [2], [2]).item() == float("inf")
    assert F.ctc_loss(x, targets, [2], [2], zero_infinity=True).item() == 0
    for args, text in (
        ((targets, [3], [2]), "can't be longer than log_probs, which has 2 steps"), ((targets, [2, 2], [2]), "input_lengths must be 1 integers"),
        ((targets, [2], [3]), "don't hold target_lengths"), ((targets + 5, [2], [2]), "there are 3 classes"),
    ):  # fmt: skip
        with pytest.raises((ValueError, RuntimeError, IndexError), match=text):
            F.ctc_loss(x, *args)


# ------------------------------------------------------------------------------------------------ silent broadcasting

ELEMENTWISE = {
    "mse_loss": F.mse_loss, "l1_loss": F.l1_loss, "smooth_l1_loss": F.smooth_l1_loss, "huber_loss": F.huber_loss,
    "poisson_nll_loss": F.poisson_nll_loss, "gaussian_nll_loss": lambda x, t: F.gaussian_nll_loss(x, t, 0.5),
    "binary_cross_entropy": F.binary_cross_entropy, "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits, "kl_div": F.kl_div,
    "soft_margin_loss": F.soft_margin_loss, "hinge_embedding_loss": F.hinge_embedding_loss,
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_column_against_a_row_is_refused_with_what_to_write(name):
    x, target = gg.ones(4, 1) / 2, gg.ones(4) / 2
    text = (
        f"{name}: input has shape (4, 1), target (4,): broadcast they would be compared as (4, 4), 16 pairs. "
        "Write target.unsqueeze(1) or input.squeeze(1); or, if that is meant, input.expand((4, 4)) and target.expand((4, 4))"
    )
    kind = ValueError if name in ("binary_cross_entropy", "binary_cross_entropy_with_logits", "gaussian_nll_loss") else RuntimeError  # as PyTorch
    with pytest.raises(kind, match=re.escape(text)):
        ELEMENTWISE[name](x, target)
    ELEMENTWISE[name](x, target.unsqueeze(1))
    ELEMENTWISE[name](x.squeeze(1), target)
    with pytest.raises(kind, match=re.escape("Write input.unsqueeze(1) or target.squeeze(1)")):
        ELEMENTWISE[name](target, x)


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        ((4, 1), (1, 4), "(4, 4), 16 pairs. Write target.reshape(input.shape); or, if that is meant, input.expand((4, 4)) and"),
        ((2, 3), (3,), "input has shape (2, 3), target (3,): broadcast they would be compared as (2, 3), 6 pairs. Write target.expand((2, 3))"),
        ((2, 3), (3, 2), "input has shape (2, 3), target (3, 2): they must be equal: each element needs its own"),
        ((5, 1, 2), (5, 2), "Write target.unsqueeze(1) or input.squeeze(1)"), ((1,), (), "Write target.unsqueeze(0) or input.squeeze(0)"),
        ((3,), (), "Write target.expand((3,))"),
    ],
)  # fmt: skip
def test_other_unequal_shapes(a, b, text):
    with pytest.raises(RuntimeError, match=re.escape(text)):
        nn.MSELoss()(gg.ones(a), gg.ones(b))


def test_the_advice_works():
    x, target = gg.randn(4, 1), gg.randn(4)
    meant = F.mse_loss(x.expand((4, 4)), target.expand((4, 4)))
    np.testing.assert_allclose(meant.item(), ((x.numpy() - target.numpy()) ** 2).mean(), rtol=1e-5)


# ------------------------------------------------------------------------------------------------ arguments


def test_the_older_way_to_say_reduction(torch):
    for size_average in (None, True, False):
        for reduce in (None, True, False):
            if size_average is reduce is None:
                continue
            ours = nn.MSELoss(size_average=size_average, reduce=reduce)
            with pytest.warns(UserWarning):
                assert ours.reduction == torch.nn.MSELoss(size_average=size_average, reduce=reduce).reduction
            assert F.l1_loss(gg.ones(3), gg.zeros(3), size_average, reduce).shape == ((3,) if reduce is False else ())


def test_positions_are_pytorchs():
    x, target = gg.randn(4, 3), gg.tensor([0, 1, 2, 1])
    weight = gg.tensor(WEIGHT)
    assert F.cross_entropy(x, target, weight, None, 1).item() == F.cross_entropy(x, target, weight=weight, ignore_index=1).item()
    assert nn.CrossEntropyLoss(None, None, 1).ignore_index == 1
    assert F.nll_loss(x, target, None, None, -100, None, "sum").item() == F.nll_loss(input=x, target=target, reduction="sum").item()


def test_errors():
    x = gg.ones(2, 3)
    for call, text in (
        (lambda: F.binary_cross_entropy(x * 2, x), r"input holds 2.0, but probabilities lie in \[0, 1\]: write sigmoid\(input\)"),
        (lambda: F.mse_loss(x, x, weight=gg.ones(3)), r"mse_loss: weight needs input's shape \(2, 3\), got \(3,\)"),
        (lambda: F.gaussian_nll_loss(x, x, -x), "var has negative entries"),
        (lambda: F.gaussian_nll_loss(x, x, gg.ones(3)), r"var \(3,\) must have input's shape"),
        (lambda: F.huber_loss(x, x, delta=0.0), "delta must be positive"),
        (lambda: F.smooth_l1_loss(x, x, beta=-1.0), "beta must be at least 0"),
        (lambda: F.multi_margin_loss(x, gg.tensor([0, 1]), p=3), "p must be 1 or 2"),
        (lambda: F.multi_margin_loss(x, gg.tensor([0])), r"target must be \(2,\)"),
        (lambda: F.multilabel_margin_loss(x, gg.tensor([[0, 1, 7], [0, 1, 2]])), "target 7 is out of bounds"),
        (lambda: F.cosine_embedding_loss(x, x, gg.ones(3)), r"got \(2, 3\) and \(3,\)"),
        (lambda: F.margin_ranking_loss(x, x, gg.ones(2)), "margin_ranking_loss: input1 has shape"),
        (lambda: F.triplet_margin_loss(x, x, gg.ones(3)), "need the same number of dimensions"),
        (lambda: F.triplet_margin_loss(x, x, x, margin=0.0), "margin must be positive"),
        (lambda: F.cosine_similarity(x, gg.ones(2)), "don't broadcast"),
        (lambda: nn.HuberLoss("avg"), "HuberLoss: reduction must be"),
        (lambda: F.kl_div(x, x, reduction="avg"), "kl_div: reduction must be"),
    ):
        with pytest.raises((ValueError, RuntimeError, IndexError), match=text):
            call()


def test_stable_far_out():
    x = gg.tensor([-200.0, 200.0, 0.0], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(x, gg.tensor([1.0, 0.0, 1.0]), reduction="sum")
    loss.backward()
    assert loss.item() == pytest.approx(400 + np.log(2)) and x.grad.tolist() == [-1, 1, -0.5]
    h = gg.autograd.functional.hessian(lambda z: F.binary_cross_entropy_with_logits(z, gg.zeros(1)), gg.zeros(1)) if hasattr(gg.autograd, "functional") else None
    assert h is None or h.item() == 0.25
    assert F.soft_margin_loss(gg.tensor([-500.0]), gg.tensor([1.0])).item() == 500
