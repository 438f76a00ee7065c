"""Samples: what of the creation functions is an op."""

from tests.ops.samples.draw import S, for_ops


@for_ops("vander")
def _vander(d):
    return [S(d(3)), S(d(4), 2), S(d(3), 4, True), S(d(2), N=3, increasing=True), S(d(0)), S(d(2), 0)]


BEYOND = {("vander", 4), ("vander", 5)}  # torch.linalg.vander, which has a gradient, wants two powers or more


def twins(torch):
    def vander(x, N=None, increasing=False):
        powers = torch.linalg.vander(x, N=N)
        return powers if increasing else powers.flip(1)

    return {"vander": vander}
