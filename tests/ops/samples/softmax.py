"""Samples: softmax."""

from tests.ops.samples.draw import S, for_ops


@for_ops("softmax", "log_softmax")
def _softmax(d):
    return [S(d(3, 4)), S(d(3, 4), 0), S(d(2, 3, 4), 1), S(d(5), dim=0), S(d(), 0), S(d(), -1), S(d(0, 3)), S(d(3, 0)), S(d(2, 3) + 1000), S(d(2, 70))]


@for_ops("softmax_grad")
def _softmax_grad(d):
    return [S(d(3, 4), d(3, 4)), S(d(3, 4), d(3, 4), 0), S(d(2, 3, 4), d(2, 3, 4), 1), S(d(), d()), S(d(0, 3), d(0, 3))]


@for_ops("log_softmax_grad")
def _log_softmax_grad(d):
    return _softmax_grad(d)


OUR_OWN = {"softmax_grad", "log_softmax_grad"}


def twins(torch):
    F = torch.nn.functional
    return {"softmax": lambda x, dim=-1: F.softmax(x, dim), "log_softmax": lambda x, dim=-1: F.log_softmax(x, dim)}
