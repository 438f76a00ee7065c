"""Samples: what `embedding` with its options is made of."""

from tests.ops.samples.draw import S, for_ops


@for_ops("scaled_gradient")
def _scaled_gradient(d):  # its rule is no derivative, on purpose
    scales = d.positive(3, 1), d.positive(3, 4), d.positive()
    return [S(d(3, 4), scale, constant=(1,), smooth=False) for scale in scales] + [S(d(0, 2), d.positive(0, 1), constant=(1,), smooth=False)]


OUR_OWN = {"scaled_gradient"}
