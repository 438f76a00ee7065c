"""Samples: activations."""

import numpy as np
from tests.ops.samples.draw import S, for_ops

KINKS = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0])  # of one or the other


def _unary(d, *more, at=KINKS):
    """Away from the kinks (which are multiples of 0.5), then at them; each with `more` arguments."""
    return [
        S(d.apart(3, 4) + 0.02, *more), S(d.apart() + 0.02, *more), S(d.apart(0, 3), *more), S(d.apart(30) * 5 + 0.02, *more),
        S(at, *more, smooth=False),
    ]  # fmt: skip


@for_ops("_hardsigmoid", "_hardswish", "softsign", "tanhshrink", "_silu", "_mish", "logsigmoid")
def _plain(d):
    return _unary(d)


@for_ops("_hardtanh")
def _hardtanh(d):
    return [*_unary(d, -1.0, 1.0), *_unary(d, 0, 6)[-2:]]


@for_ops("_leaky_relu")
def _leaky_relu(d):
    return [*_unary(d, 0.01), *_unary(d, 0.2)[:1]]


@for_ops("_rrelu")
def _rrelu(d):
    return [S(d(3, 4), d.positive(3, 4), constant=(1,)), S(d(), d.positive(), constant=(1,)), S(d(0, 2), d(0, 2), constant=(1,))]


@for_ops("_prelu")
def _prelu(d):
    return [S(d.apart(2, 3, 2), d(3, 1)), S(d.apart(3, 4), d(4)), S(d.apart(), d()), S(d.apart(0, 2), d(2)), S(KINKS, d(), smooth=False)]


@for_ops("_threshold")
def _threshold(d):
    return [*_unary(d, 0.5, 20.0), *_unary(d, 0.0, -0.25)[:1]]


@for_ops("hardshrink", "softshrink")
def _shrink(d):
    return [*_unary(d), *_unary(d, 1.0)[-2:], S(d.apart(3), lambd=0.25)]


@for_ops("_elu", "_celu", "_selu")
def _exponential(d):
    return [*_unary(d, 1.0, 1.0, 1.0), *_unary(d, 0.7, 1.5, 0.5)[-2:], S(np.array([-800.0, 800.0]), 1.0, 1.0, 1.0)]


@for_ops("silu_grad", "mish_grad")
def _smooth_grad(d):
    return [S(d(3, 4), d(3, 4) * 2), S(d(), d()), S(d(0, 2), d(0, 2)), S(d(5), d())]


@for_ops("softplus")
def _softplus(d):
    return [*_unary(d), *_unary(d, 2.0, 1.3)[:2], S(d(3) * 9, beta=0.5), S(np.array([-900.0, 900.0]))]


@for_ops("glu")
def _glu(d):
    return [S(d(3, 4)), S(d(4, 3), 0), S(d(2, 2, 3), dim=-2), S(d(0, 2)), S(d(2))]


@for_ops("gelu")
def _gelu(d):
    return [S(d(3, 4) * 2), S(d(3, 4), "tanh"), S(d(), approximate="tanh"), S(d()), S(d(0, 2))]


@for_ops("gelu_grad")
def _gelu_grad(d):
    return [S(d(3, 4), d(3, 4) * 2), S(d(3, 4), d(3, 4), "tanh"), S(d(), d(), approximate="tanh"), S(d(), d()), S(d(0, 2), d(0, 2))]


OUR_OWN = {"gelu_grad", "silu_grad", "mish_grad"}
NAN_CHOSEN_AWAY = {("_prelu", 1)}
ELEMENTWISE = {
    "_relu", "gelu", "_hardtanh", "_leaky_relu", "_elu", "_silu", "_mish", "softplus", "logsigmoid", "softsign", "tanhshrink", "_threshold",
    "hardshrink", "softshrink", "_hardsigmoid", "_hardswish",
}  # fmt: skip
INTEGER_OPS = {"_relu", "_hardtanh", "softsign", "tanhshrink"}


def twins(torch):
    F = torch.nn.functional

    def exponential(x, alpha, scale, input_scale):
        return torch.ops.aten.elu(x, alpha, scale, input_scale)

    return {
        "_relu": torch.relu, "gelu": lambda x, approximate="none": F.gelu(x, approximate=approximate), "_hardtanh": F.hardtanh,
        "_leaky_relu": F.leaky_relu, "_rrelu": torch.mul, "_prelu": lambda x, w: torch.where(x > 0, x, x * w), "_threshold": F.threshold,
        "hardshrink": F.hardshrink, "softshrink": F.softshrink, "_hardsigmoid": lambda x: F.relu6(x + 3) / 6,  # its own derivative is g times a float32 1/6
        "_hardswish": F.hardswish,
        "_elu": exponential, "_celu": exponential, "_selu": exponential, "_silu": F.silu, "_mish": F.mish, "softplus": F.softplus,
        "logsigmoid": F.logsigmoid, "softsign": F.softsign, "tanhshrink": F.tanhshrink, "glu": F.glu,
    }  # fmt: skip
