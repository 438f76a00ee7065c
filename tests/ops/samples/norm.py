"""Samples: normalisation."""

from tests.ops.samples.draw import S, for_ops


@for_ops("_layer_norm")
def _layer_norm_parts(d):
    return [
        S(d(3, 4), (4,), None, None, 1e-5), S(d(3, 4), (4,), d(4), None, 1e-5), S(d(2, 3, 4), (3, 4), d(3, 4), d(3, 4), 1e-3),
        S(d(4), (4,), d(4), d(4), 1e-5), S(d(0, 4), (4,), d(4), d(4), 1e-5), S(d(3, 4), (4,), None, d(4), 1e-5),
    ]  # fmt: skip


@for_ops("layer_norm")
def _layer_norm(d):
    return [
        *_layer_norm_parts(d), S(d(3, 4), 4), S(d(3, 4), 4, bias=d(4)), S(d(2, 3, 4), [3, 4], weight=d(3, 4), eps=0.1),
    ]  # fmt: skip


@for_ops("layer_norm_grad")
def _layer_norm_grad(d):
    return [
        S(d(3, 4), d(3, 4), d(4), d(3, 1), d.positive(3, 1), (4,)), S(d(3, 4), d(3, 4), None, d(3, 1), d.positive(3, 1), (4,)),
        S(d(2, 3, 4), d(2, 3, 4), d(3, 4), d(2, 1, 1), d.positive(2, 1, 1), (3, 4)),
    ]  # fmt: skip


@for_ops("_rms_norm")
def _rms_norm_parts(d):
    return [
        S(d(3, 4), (4,), None, 1e-5), S(d(3, 4), (4,), d(4), 1e-5), S(d(2, 3, 4), (3, 4), d(3, 4), 1e-3), S(d(4), (4,), d(4), 1e-5),
        S(d(0, 4), (4,), d(4), 1e-5), S(d(20, 33), (33,), d(33), 1e-5),
    ]  # fmt: skip


@for_ops("rms_norm")
def _rms_norm(d):
    return [*_rms_norm_parts(d), S(d(3, 4), 4), S(d(3, 4), 4, eps=0.1), S(d(2, 3, 4), [3, 4], weight=d(3, 4), eps=0.1)]


@for_ops("rms_norm_grad")
def _rms_norm_grad(d):
    return [
        S(d(3, 4), d(3, 4), d(4), d.positive(3, 1), (4,)), S(d(3, 4), d(3, 4), None, d.positive(3, 1), (4,)),
        S(d(2, 3, 4), d(2, 3, 4), d(3, 4), d.positive(2, 1, 1), (3, 4)),
    ]  # fmt: skip


OUR_OWN = {"layer_norm_grad", "rms_norm_grad"}


def twins(torch):
    def layer_norm(x, normalized_shape, *rest, **options):
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        return torch.nn.functional.layer_norm(x, shape, *rest, **options)

    def rms_norm(x, normalized_shape, *rest, **options):
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        return torch.nn.functional.rms_norm(x, shape, *rest, **options)

    return {"_layer_norm": layer_norm, "layer_norm": layer_norm, "_rms_norm": rms_norm, "rms_norm": rms_norm}
