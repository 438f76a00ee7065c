"""Samples: losses."""

import numpy as np
from tests.ops.samples.draw import S, for_ops


def _log_probabilities(d, *shape):
    x = d(*shape)
    return x - np.log(np.exp(x).sum(1 if x.ndim > 1 else 0, keepdims=True))


def _probabilities(d, *shape):
    return d.positive(*shape) / 2.5


def _signs(d, *shape):
    return np.where(d.mask(*shape), 1, -1)


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
    ignored = np.array([2, -100, 0, 1])
    return [
        S(_log_probabilities(d, 4, 3), d.index(3, 4)), S(d(4, 3), d.index(3, 4), ignore_index=1, reduction="sum"), S(d(3), d.index(3)),
        S(d(4, 3), ignored, d.positive(3), None, -100, None, "none", constant=(2,)), S(d(2, 3, 4), d.index(3, 2, 4), reduce=False),
    ]  # fmt: skip


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


@for_ops("_cross_entropy")
def _cross_entropy_parts(d):
    ignored, weight = np.array([2, -100, 0, 1]), d.positive(3)
    every = [(reduction, smoothing) for reduction in ("mean", "sum", "none") for smoothing in (0.0, 0.2)]
    return [
        *(S(d(4, 3), ignored, None, -100, *rest) for rest in every), *(S(d(4, 3), ignored, weight, -100, *rest, constant=(2,)) for rest in every),
        *(S(d(2, 3, 4), d.index(3, 2, 4), weight, 1, *rest, constant=(2,)) for rest in every), S(d(0, 3), d.index(3, 0), None, -100, "sum", 0.0),
        S(d(3), d.index(3), None, -100, "mean", 0.0), S(d(3), d.index(3), weight, -100, "none", 0.1, constant=(2,)),
        S(d(4, 3) * 30, d.index(3, 4), None, -100, "mean", 0.0), S(d(40, 70), d.index(70, 40), None, 3, "mean", 0.0),
    ]  # fmt: skip


@for_ops("cross_entropy_grad")
def _cross_entropy_grad(d):
    return [S(d(), d(4, 3)), S(d(4), d(4, 3)), S(d(), d(3)), S(d(2, 4), d(2, 3, 4)), S(d(2, 3), d(2, 4, 3))]


# ------------------------------------------------------------------------------------------------ element by element


@for_ops("mse_loss")
def _mse_loss(d):
    return [
        S(d(3, 4), d(3, 4)), S(d(3), d(3), reduction="sum"), S(d(3), d(3), reduction="none"), S(d(), d()), S(d(0), d(0), reduction="sum"),
        S(d(3, 4), d(3, 4), weight=d.positive(3, 4)), S(d(3), d(3), None, False), S(d(3), d(3), False, None, weight=d.positive(3)),
    ]  # fmt: skip


@for_ops("l1_loss")
def _l1_loss(d):
    return [
        S(d.apart(3, 4), np.zeros((3, 4)), constant=(1,)), S(d(3), d(3), reduction="sum"), S(d(3), d(3), reduction="none"), S(d(), d()),
        S(d(3, 4), d(3, 4), weight=d.positive(3, 4)), S(np.zeros(2), np.zeros(2), smooth=False),
    ]  # fmt: skip


@for_ops("_huber")
def _huber(d):
    return [S(d.apart(3, 4), 0.3), S(d(), 1.0), S(d.apart(0, 3), 1.0), S(np.array([-1.0, 0.0, 1.0]), 1.0, smooth=False)]


def _bent(d, bend):
    return [
        S(d.apart(3, 4), d(3, 4) * 0.01), S(d(3), d(3), reduction="sum"), S(d(), d(), reduction="none"),
        S(d.apart(3, 4), d(3, 4) * 0.01, **{bend: 0.3}), S(np.array([-1.0, 0.0, 1.0]), np.zeros(3), smooth=False),
    ]  # fmt: skip


@for_ops("huber_loss")
def _huber_loss(d):
    return [*_bent(d, "delta"), S(d(3, 4), d(3, 4), weight=d.positive(3, 4), constant=("weight",))]


@for_ops("smooth_l1_loss")
def _smooth_l1_loss(d):
    return [*_bent(d, "beta"), S(d.apart(3, 4), np.zeros((3, 4)), beta=0.0, constant=(1,)), S(d(3), d(3), None, False)]


@for_ops("at_least")
def _at_least(d):
    return [S(d.positive(3, 4), 0.1), S(d.positive(), 0.1), S(d.positive(0, 2), 0.1), S(d(4), 0.0, smooth=False)]


@for_ops("_gaussian_nll_loss")
def _gaussian_nll_loss(d):
    return [
        S(d(3, 4), d(3, 4), d.positive(3, 4), 1e-6), S(d(2, 3), d(1, 3), d.positive(2, 1), 1e-6), S(d(), d(), d.positive(), 1e-6),
        S(d(2), d(2), d.positive(2) / 100, 1.0, constant=(2,)), S(d(0, 3), d(0, 3), d.positive(0, 3), 1e-6),
    ]  # fmt: skip


@for_ops("poisson_nll_loss")
def _poisson_nll_loss(d):
    counts = np.array([[0.0, 1.0, 2.0], [5.0, 0.0, 3.0]]) + 0.2
    return [
        S(d(2, 3), counts), S(d(2, 3), counts, full=True), S(d.positive(2, 3), counts, False), S(d.positive(3), counts[0], False, True),
        S(d(3), counts[0], reduction="none"), S(d(), d.positive(), reduction="sum"), S(d(2, 3), counts, True, False, False),
        S(d(3), np.zeros(3), full=True, constant=(1,)),
    ]  # fmt: skip


@for_ops("gaussian_nll_loss")
def _gaussian_nll_loss(d):
    return [
        S(d(2, 3), d(2, 3), d.positive(2, 3)), S(d(2, 3), d(2, 3), d.positive(2, 1), full=True), S(d(3), d(3), 0.5, reduction="sum"),
        S(d(2, 3), d(2, 3), d.positive(2), reduction="none"), S(d(2, 3, 4), d(2, 3, 4), d.positive(2, 1, 4)), S(d(), d(), d.positive()),
        S(d(2, 3), d(2, 1), d.positive(2, 3)),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ yes or no, distributions


@for_ops("_binary_cross_entropy")
def _binary_parts(d):
    return [
        S(_probabilities(d, 3, 4), _probabilities(d, 3, 4)), S(_probabilities(d), _probabilities(d)),
        S(_probabilities(d, 3), np.array([0.0, 1.0, 1.0]), constant=(1,)),
        S(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0]), smooth=False, constant=(1,)),
    ]  # fmt: skip


@for_ops("binary_cross_entropy")
def _binary_cross_entropy(d):
    x, target = _probabilities(d, 3, 4), _probabilities(d, 3, 4)
    return [
        *_binary_parts(d), S(x, target, d.positive(3, 4), reduction="sum", constant=(2,)), S(x, target, d.positive(4), constant=(2,)),
        S(x, target, reduction="none"), S(x, target, None, None, False),
    ]  # fmt: skip


@for_ops("_binary_cross_entropy_with_logits")
def _logits_parts(d):
    return [
        S(d(3, 4), _probabilities(d, 3, 4), 1.0), S(d(3, 4), _probabilities(d, 3, 4), d.positive(4)), S(d(), _probabilities(d), 2.0),
        S(d(3) * 50, np.array([0.0, 1.0, 1.0]), 1.0, constant=(1,)), S(d(0, 2), d(0, 2), d.positive(2)), S(np.zeros(2), d.positive(2), 1.0),
    ]  # fmt: skip


@for_ops("_bce_with_logits")
def _logits_without_weight(d):
    return [S(d(3, 4), _probabilities(d, 3, 4)), S(d(3) * 50, np.array([0.0, 1.0, 1.0]), constant=(1,)), S(d(0, 2), d(0, 2)), S(d(), _probabilities(d))]


@for_ops("binary_cross_entropy_with_logits")
def _binary_cross_entropy_with_logits(d):
    x, target = d(3, 4), _probabilities(d, 3, 4)
    return [
        S(x, target), S(x, target, pos_weight=d.positive(4)), S(x, target, d.positive(3, 1), reduction="sum", constant=(2,)),
        S(x, target, reduction="none", pos_weight=d.positive(3, 4), constant=("pos_weight",)), S(d(), _probabilities(d)),
        S(x * 50, np.round(target), constant=(1,)),
    ]  # fmt: skip


@for_ops("multilabel_soft_margin_loss")
def _multilabel_soft_margin_loss(d):
    x, target = d(3, 4), np.asarray(d.mask(3, 4), float)
    return [
        S(x, target, constant=(1,)), S(x, target, d.positive(4), reduction="sum", constant=(1, 2)), S(d(4), target[0], constant=(1,)),
        S(x, target, reduction="none", constant=(1,)),
    ]  # fmt: skip


@for_ops("safe_log")
def _safe_log(d):
    return [S(d.positive(3, 4)), S(d.positive()), S(np.array([0.0, 1.0]), smooth=False), S(d.positive(0, 2))]


@for_ops("_kl_div")
def _kl_parts(d):
    return [
        S(_log_probabilities(d, 3, 4), _probabilities(d, 3, 4)), S(d(), d.positive()), S(d(0, 2), d(0, 2)),
        S(d(3), np.array([0.0, 1.0, 0.5]), smooth=False, constant=(1,)),
    ]  # fmt: skip


@for_ops("kl_div")
def _kl_div(d):
    x, target = _log_probabilities(d, 3, 4), _probabilities(d, 3, 4)
    return [
        S(x, target, reduction="batchmean"), S(x, target, reduction="sum"), S(x, target), S(x, np.log(target), log_target=True),
        S(x, np.log(target), reduction="batchmean", log_target=True), S(x[0], target[0], reduction="none"), S(x, target, False),
        S(d(), d.positive(), reduction="batchmean"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ margins


@for_ops("soft_margin_loss")
def _soft_margin_loss(d):
    return [S(d(3, 4), _signs(d, 3, 4)), S(d(3), _signs(d, 3), reduction="sum"), S(d(), _signs(d), reduction="none")]


@for_ops("hinge_embedding_loss")
def _hinge_embedding_loss(d):
    return [
        S(d.apart(3, 4), _signs(d, 3, 4)), S(d.positive(3), _signs(d, 3), 1.1, reduction="sum"), S(d(), _signs(d), reduction="none"),
        S(np.array([1.0, 1.0]), np.array([-1, 1]), smooth=False),
    ]  # fmt: skip


@for_ops("margin_ranking_loss")
def _margin_ranking_loss(d):
    return [
        S(d(3, 4), d(3, 4), _signs(d, 3, 4)), S(d(3), d(3), _signs(d, 3), 0.7, reduction="sum"), S(d(), d(), _signs(d), reduction="none"),
    ]  # fmt: skip


@for_ops("cosine_embedding_loss")
def _cosine_embedding_loss(d):
    return [
        S(d(4, 3), d(4, 3), _signs(d, 4)), S(d(3), d(3), _signs(d)), S(d(4, 3), d(4, 3), np.array([1, -1, -1, 1]), 0.2, reduction="sum"),
        S(d(4, 3), d(4, 3), _signs(d, 4), reduction="none"),
    ]  # fmt: skip


@for_ops("triplet_margin_loss")
def _triplet_margin_loss(d):
    triplet = d(4, 3), d(4, 3), d(4, 3)
    return [
        S(*triplet), S(*triplet, 2.0, swap=True, reduction="sum"), S(*triplet, 0.7, 1, reduction="none"), S(d(3), d(3), d(3)),
        S(*triplet, p=3.0, eps=1e-3),
    ]  # fmt: skip


@for_ops("multi_margin_loss")
def _multi_margin_loss(d):
    x, target = d(4, 3), d.index(3, 4)
    return [
        S(x, target), S(x, target, 2, 0.7, reduction="sum"), S(x, target, weight=d.positive(3), reduction="none", constant=("weight",)),
        S(x[0], target[0]),
    ]  # fmt: skip


@for_ops("multilabel_margin_loss")
def _multilabel_margin_loss(d):
    target = np.array([[3, 0, -1, 1], [-1, 1, 2, 3], [0, 1, 2, 3]])
    return [S(d(3, 4), target), S(d(3, 4), target, reduction="sum"), S(d(3, 4), target, reduction="none"), S(d(4), target[0])]


# ------------------------------------------------------------------------------------------------ sequences


@for_ops("ctc_loss")
def _ctc_loss(d):
    x = d(6, 2, 4)
    x = x - np.log(np.exp(x).sum(-1, keepdims=True))
    times, targets, counts = np.array([6, 5]), np.array([[1, 2, 2], [3, 0, 0]]), np.array([3, 1])
    return [
        S(x, targets, times, counts), S(x, np.array([1, 2, 2, 3]), times, counts, reduction="sum"), S(x, targets[:, ::-1] + 0, times, counts, 3, "none"),
        S(x[:, 0], targets[0], np.array(6), np.array(3)), S(x[:2], targets, np.array([2, 2]), counts, zero_infinity=True),
        S(x, targets, times, np.array([0, 1]), reduction="none"),
    ]  # fmt: skip


BEYOND = {  # PyTorch has no derivative by pos_weight; its 1e-12 in that of binary_cross_entropy is a float32
    ("_binary_cross_entropy_with_logits", 1), ("_binary_cross_entropy_with_logits", 4), ("binary_cross_entropy_with_logits", 1),
    ("_binary_cross_entropy", 3), ("binary_cross_entropy", 3),
}  # fmt: skip
OUR_OWN = {"nll_loss_grad", "cross_entropy_grad", "at_least", "_gaussian_nll_loss", "safe_log", "ctc_loss"}  # ctc_loss: see test_losses
NAN_CHOSEN_AWAY = {("nll_loss_grad", 0)}


def twins(torch):
    F = torch.nn.functional

    def nll(x, target, weight=None, ignore_index=-100, reduction="mean"):
        return F.nll_loss(x, target, weight, ignore_index=ignore_index, reduction=reduction)

    def cross_entropy(x, target, weight, ignore_index, reduction, label_smoothing):
        return F.cross_entropy(x, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing)

    def logits(x, target, pos_weight=1):
        return F.binary_cross_entropy_with_logits(x, target, reduction="none", pos_weight=torch.as_tensor(pos_weight))

    names = """nll_loss cross_entropy mse_loss l1_loss huber_loss smooth_l1_loss poisson_nll_loss gaussian_nll_loss kl_div
        binary_cross_entropy binary_cross_entropy_with_logits multilabel_soft_margin_loss soft_margin_loss hinge_embedding_loss
        margin_ranking_loss cosine_embedding_loss triplet_margin_loss multi_margin_loss multilabel_margin_loss"""
    return {name: getattr(F, name) for name in names.split()} | {
        "_nll_loss": nll, "_cross_entropy": cross_entropy, "_bce_with_logits": logits,
        "_binary_cross_entropy_with_logits": logits,
        "_huber": lambda x, delta: F.huber_loss(x, torch.zeros_like(x), "none", delta),
        "_binary_cross_entropy": lambda x, target: F.binary_cross_entropy(x, target, reduction="none"),
        "_kl_div": lambda x, target: F.kl_div(x, target, reduction="none"),
    }  # fmt: skip
