"""Scales: colours that follow numbers."""

import math

import pytest

from glassgrad.viz.labels import LINE
from glassgrad.viz.looks import EXPLODING, VANISHING, Gains, Tint, mixed


def darkness(colour):
    return -sum(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def test_a_larger_gradient_is_never_lighter_and_zero_and_nan_stand_apart():
    norms = [0.0, 1e-6, 1e-3, 0.5, 2.0, math.nan, math.inf]
    tint = Tint(norms)
    assert (tint.low, tint.high) == (1e-6, 2.0)
    shades = [darkness(tint.fill(norm)) for norm in norms[:5]]
    assert shades == sorted(shades) and len(set(shades)) == 5
    assert tint.fill(0.0) == "#ffffff" and tint.fill(math.nan) == tint.fill(math.inf) not in map(tint.fill, norms[:5])
    assert Tint([3.0, 3.0]).fill(3.0) == Tint([7.0]).fill(7.0)
    assert Tint([0.0]).fill(0.0) == "#ffffff"


def test_arrows_are_wide_where_gradients_grow_and_thin_where_they_shrink():
    found = (0.0, 1e-4, 0.1, 1.0, 3.0, 100.0, 1e9)
    look = Gains(found).look
    widths = [look(gain)[1] for gain in found]
    assert widths == sorted(widths) and widths[1] == widths[0] and widths[-1] == widths[-2]
    assert len({look(gain)[0] for gain in (0.01, 1.0, 100.0, math.nan)}) == 4


@pytest.mark.parametrize(("gains", "full"), [([0.4, 2.6], 2.6), ([0.25, 2.6, 0.0], 4), ([1.0, 1.1], 2), ([], 2), ([1e-9, math.nan], 100)])
def test_the_largest_change_has_the_full_colour_if_it_is_one(gains, full):
    scale = Gains(gains)
    assert scale.full == pytest.approx(full)
    assert [scale.look(g)[0] for g in (1 / full, 1.0, full)] == [VANISHING, LINE, EXPLODING]


@pytest.mark.parametrize(("share", "colour"), [(0, "#000000"), (1, "#ff8040"), (0.5, "#804020")])
def test_mixed(share, colour):
    assert mixed("#000000", "#ff8040", share) == colour
