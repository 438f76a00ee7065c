"""Samples: activations, softmax and dropout."""

from tests.ops.samples.draw import S, for_ops


@for_ops("gelu")
def _gelu(d):
    return [S(d(3, 4) * 2), S(d(3, 4), "tanh"), S(d(), approximate="tanh"), S(d()), S(d(0, 2))]


@for_ops("gelu_grad")
def _gelu_grad(d):
    return [S(d(3, 4), d(3, 4) * 2), S(d(3, 4), d(3, 4), "tanh"), S(d(), d(), approximate="tanh"), S(d(), d()), S(d(0, 2), d(0, 2))]


@for_ops("softmax", "log_softmax")
def _softmax(d):
    return [S(d(3, 4)), S(d(3, 4), 0), S(d(2, 3, 4), 1), S(d(5), dim=0), S(d(), 0), S(d(), -1), S(d(0, 3)), S(d(3, 0)), S(d(2, 3) + 1000), S(d(2, 70))]


@for_ops("softmax_grad")
def _softmax_grad(d):
    return [S(d(3, 4), d(3, 4)), S(d(3, 4), d(3, 4), 0), S(d(2, 3, 4), d(2, 3, 4), 1), S(d(), d()), S(d(0, 3), d(0, 3))]


@for_ops("log_softmax_grad")
def _log_softmax_grad(d):
    return _softmax_grad(d)


@for_ops("_dropout")
def _dropout(d):
    return [S(d(3, 4), d.mask(3, 4), 2.0), S(d(), d.mask(), 1.25), S(d(0, 2), d.mask(0, 2), 2.0), S(d(2), d.mask(2), 0.0)]


OUR_OWN = {"gelu_grad", "softmax_grad", "log_softmax_grad"}
ELEMENTWISE = {"tanh", "sigmoid", "relu", "erf", "gelu"}
INTEGER_OPS = {"tanh", "sigmoid", "_relu"}


def twins(torch):
    F = torch.nn.functional
    return {
        "_relu": torch.relu, "relu": F.relu, "gelu": lambda x, approximate="none": F.gelu(x, approximate=approximate),
        "softmax": lambda x, dim=-1: F.softmax(x, dim), "log_softmax": lambda x, dim=-1: F.log_softmax(x, dim),
        "_dropout": lambda x, mask, scale: x * mask * scale,
    }  # fmt: skip
