"""Samples: padding, resizing and shuffling of images."""

from tests.ops.samples.draw import S, for_ops


@for_ops("_pad")
def _pad_constant(d):
    return [
        S(d(2, 3), (1, 2)),
        S(d(2, 3), (1, 0, 0, 2), 1.5),
        S(d(2, 4), (-1, 2)),
        S(d(4, 4), (-1, -1, 1, -2)),
        S(d(2, 3), (0, 0)),
        S(d(0, 2), (1, 1)),
    ]


@for_ops("pad")
def _pad(d):
    return [
        *_pad_constant(d)[:1], *_pad_constant(d)[2:4], S(d(2, 3), (1, 1), value=2.0), S(d(1, 2, 4), (2, 1), "reflect"), S(d(1, 2, 3), (2, 1), mode="replicate"),
        S(d(1, 2, 3), (2, 3), "circular"), S(d(1, 1, 3, 3), (1, 2, 0, 1), "reflect"), S(d(1, 1, 3, 4), (-1, 2, 1, 0), "circular"),
    ]  # fmt: skip


@for_ops("interpolate")
def _interpolate(d):
    return [
        S(d(1, 2, 3), 5), S(d(1, 1, 2, 3), scale_factor=2), S(d(1, 1, 2, 3), (3, 2), mode="nearest-exact"), S(d(1, 2, 4), 6, mode="linear"),
        S(d(1, 1, 3, 4), (5, 2), mode="bilinear"), S(d(1, 1, 3, 4), (5, 2), mode="bilinear", align_corners=True),
        S(d(1, 1, 3, 4), scale_factor=1.6, mode="bilinear"), S(d(1, 1, 3, 4), (5, 2), mode="bicubic"), S(d(1, 1, 2, 2, 2), 3, mode="trilinear"),
    ]  # fmt: skip


@for_ops("pixel_shuffle")
def _pixel_shuffle(d):
    return [S(d(1, 4, 2, 3), 2), S(d(9, 1, 2), 3), S(d(2, 2, 2), 1), S(d(0, 4, 1, 1), 2)]


@for_ops("pixel_unshuffle")
def _pixel_unshuffle(d):
    return [S(d(1, 2, 4, 2), 2), S(d(1, 3, 6), 3), S(d(2, 2, 2), 1), S(d(0, 1, 2, 2), 2)]


@for_ops("channel_shuffle")
def _channel_shuffle(d):
    return [S(d(1, 6, 2), 2), S(d(2, 4, 1, 2), 4), S(d(1, 3, 2), 1)]


BEYOND = {("pixel_shuffle", 3), ("pixel_unshuffle", 3)}  # without elements, PyTorch's gradient has another shape, and raises
NAN_CHOSEN_AWAY = {("pad", 0), ("_pad", 0)}


def twins(torch):
    F = torch.nn.functional
    return {
        "_pad": lambda x, widths, value=0.0: F.pad(x, widths, value=value), "pad": F.pad, "interpolate": F.interpolate,
        "channel_shuffle": torch.channel_shuffle,
    }  # fmt: skip
