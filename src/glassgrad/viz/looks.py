"""What marks look like: the shapes and colours of boxes, and the scales that tint boxes and arrows by numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from glassgrad.viz.labels import LINE, LOUD, PALE

STYLES = {  # shape, fill and line: told apart by shape as well as by colour
    "op": ("shape=box style=\"rounded,filled\"", "#ffffff", LINE),
    "input": ("shape=ellipse style=filled", "#fdebc8", "#b7791f"),
    "parameter": ("shape=cylinder style=filled", "#d5ecdf", "#2f855a"),
    "constant": ("shape=ellipse style=\"filled,dashed\"", "#f3f4f6", PALE),
    "module": ("shape=folder style=filled", "#e3ebf4", LINE),
    "stretch": ("shape=box3d style=filled", "#ece8f4", LINE),
    "output": ("shape=box peripheries=2 style=filled", "#dbe7fb", "#2b5fb3"),
}
GROUP_FILLS = ("#eef3f9", "#e3ebf4", "#d8e3ee")  # by depth, over and over
BACKWARD_FILL = "#f7eee6"
_LIGHT, _DARK = "#fff6ea", "#f29340"  # of gradients: one hue, on which ink can be read
UNSOUND = "#f6c3d2"
VANISHING, EXPLODING = "#1f5fb8", "#cc3311"
_LEAST, _MOST = math.log10(2), 2.0  # powers of ten at which a gain has its full colour, by what there is


@dataclass(frozen=True)
class Asked:
    """How a picture is to be drawn: what `show` names, by what it is coloured, and which passes."""

    direction: str = "TB"
    show: frozenset[str] = frozenset(("shapes", "formulas", "saved", "legend"))
    color: str | None = None
    passes: str = "both"


def mixed(a: str, b: str, share: float) -> str:
    """The colour between two: `share` 0 is `a`, 1 is `b`."""
    pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


class Tint:
    """Fills for gradient norms, by their logarithm, from the least that isn't zero, `low`, to the largest, `high`."""

    def __init__(self, norms: Iterable[float]) -> None:
        sound = [norm for norm in norms if 0 < norm < math.inf]
        self.low, self.high = (min(sound), max(sound)) if sound else (0.0, 0.0)

    def fill(self, norm: float) -> str:
        """White for zero, and a colour outside the scale for NaN and infinity."""
        if not math.isfinite(norm):
            return UNSOUND
        if norm == 0:
            return "#ffffff"
        if self.low == self.high:
            return mixed(_LIGHT, _DARK, 0.5)
        return mixed(_LIGHT, _DARK, math.log(norm / self.low) / math.log(self.high / self.low))


class Gains:
    """Colours and widths for the gains of arrows, by their logarithm: full at `full`, and at 1 / full, the largest change that occurs."""

    def __init__(self, gains: Iterable[float]) -> None:
        powers = [abs(math.log10(gain)) for gain in gains if 0 < gain < math.inf]
        self._power = min(max([*powers, _LEAST]), _MOST)
        self.full: float = 10**self._power

    def look(self, gain: float) -> tuple[str, float]:
        """Grey where gradients pass as they are, thin and blue where they shrink, thick and red where they grow, or are no numbers."""
        if not math.isfinite(gain):
            return LOUD, 4.0
        share = max(-1.0, min(1.0, math.log10(gain) / self._power)) if gain else -1.0
        return (mixed(LINE, EXPLODING, share), 1.2 + 2.8 * share) if share > 0 else (mixed(LINE, VANISHING, -share), 1.2 + 0.6 * share)
