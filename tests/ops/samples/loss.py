"""Samples: losses."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


def _log_probabilities(d, *shape):
    x = d(*shape)
    return x - np.log(np.exp(x).sum(1 if x.ndim > 1 else 0, keepdims=True))


@for_ops("_nll_loss")
def _nll_parts(d):
    ignored = np.array([2, -100, 0, 1])
    return [
        *(S(d(4, 3), d.index(3, 4), None, -100, reduction) for reduction in ("mean", "sum", "none")),
        *(S(d(4, 3), ignored, d.positive(3), -100, reduction, constant=(2,)) for reduction in ("mean", "sum", "none")),
        S(d(2, 3, 4), d.index(3, 2, 4), d.positive(3), 1, "mean", constant=(2,)), S(d(3), d.index(3), None, -100, "mean"),
        S(d(0, 3), d.index(3, 0), None, -100, "sum"), S(d(2, 3, 2, 2), d.index(3, 2, 2, 2), None, 0, "none"),
    ]  # fmt: skip


@for_ops("nll_loss")
def _nll_loss(d):
    return [*_nll_parts(d), S(_log_probabilities(d, 4, 3), d.index(3, 4)), S(d(4, 3), d.index(3, 4), ignore_index=1, reduction="sum")]


@for_ops("nll_loss_grad")
def _nll_loss_grad(d):
    ignored = np.array([2, -100, 0, 1])
    return [
        S(d(), d.index(3, 4), (4, 3)), S(d(), ignored, (4, 3), d.positive(3), constant=(3,)), S(d(4), ignored, (4, 3), reduction="none"),
        S(d(), ignored, (4, 3), None, -100, "sum"), S(d(), d.index(3, 2, 4), (2, 3, 4)), S(d(), d.index(3), (3,)),
    ]  # fmt: skip


@for_ops("cross_entropy")
def _cross_entropy(d):
    ignored = np.array([2, -100, 0, 1])
    soft = d.positive(4, 3) / 4
    return [
        S(d(4, 3), d.index(3, 4)), S(d(4, 3) * 30, d.index(3, 4)), S(d(4, 3), ignored, d.positive(3), constant=(2,)), S(d(3), d.index(3)),
        *(S(d(4, 3), ignored, d.positive(3), reduction=r, label_smoothing=0.2, constant=(2,)) for r in ("mean", "sum", "none")),
        S(d(4, 3), ignored, label_smoothing=0.1), S(d(2, 3, 4), d.index(3, 2, 4), reduction="none"), S(d(4, 3), soft),
        S(d(2, 3, 4), d.index(3, 2, 4), d.positive(3), label_smoothing=0.3, constant=(2,)), S(d(3), d.index(3), label_smoothing=0.3),
        S(d(4, 3), soft, label_smoothing=0.1), S(d(4, 3), soft, d.positive(3), reduction="sum", constant=(2,)), S(d(3), soft[0]),
        S(d(2, 3, 4), d.positive(2, 3, 4), reduction="none"), S(d(4, 3), np.full(4, -100), reduction="sum"), S(d(70, 40), d.index(40, 70)),
    ]  # fmt: skip


@for_ops("mse_loss")
def _mse_loss(d):
    return [S(d(3, 4), d(3, 4)), S(d(3), d(3), "sum"), S(d(3), d(3), reduction="none"), S(d(), d()), S(d(0), d(0), "sum")]


OUR_OWN = {"nll_loss_grad"}
NAN_CHOSEN_AWAY = {("nll_loss_grad", 0)}


def twins(torch):
    F = torch.nn.functional

    def nll(x, target, weight=None, ignore_index=-100, reduction="mean"):
        return F.nll_loss(x, target, weight, ignore_index=ignore_index, reduction=reduction)

    return {
        "_nll_loss": nll, "nll_loss": nll, "cross_entropy": F.cross_entropy,
        "mse_loss": lambda x, target, reduction="mean": F.mse_loss(x, target, reduction=reduction),
    }  # fmt: skip
