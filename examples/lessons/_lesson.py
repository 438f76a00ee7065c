"""What the lessons share: two flags, and one look for all plots."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

import glassgrad as gg

BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072b2", "#d55e00", "#009e73", "#aa4499", "#5c6773"  # told apart by the colour-blind, too


def begin(story: str | None) -> tuple[Path, bool]:
    """Read --out and --short, and print the title. Numbers are float64 from here on: 2.2, and not 2.200000048."""
    assert story is not None
    parser = argparse.ArgumentParser(description=story, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="FOLDER", help="where the picture goes (default: out)")
    parser.add_argument("--short", action="store_true", help="less work, the same story")
    args = parser.parse_args()
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {args.out}: {error.strerror}")
    gg.set_default_dtype(gg.float64)
    gg.manual_seed(0)
    title = story.splitlines()[0]
    print(f"{title}\n{'=' * len(title)}")
    return args.out, args.short


def head(text: str) -> None:
    """The heading of a part."""
    print(f"\n{text}\n{'-' * len(text)}")


def pyplot() -> Any:
    """Matplotlib's pyplot, which needs no screen here."""
    try:
        import matplotlib
    except ImportError:
        sys.exit("the picture needs matplotlib: pip install 'glassgrad[examples]'")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    spines = {"axes.spines.top": False, "axes.spines.right": False}
    pyplot.rcParams.update({**spines, "figure.constrained_layout.use": True, "legend.frameon": False, "savefig.dpi": 150})
    return pyplot


def heat(axes: Any, values: Any, title: str, rows: Any = None, columns: Any = None, form: str = ".2f", blank: Any = None) -> Any:
    """A heat map around 0, purple below and orange above, with its numbers in the cells, but where `blank` is true."""
    values = np.atleast_2d(values.detach().numpy() if isinstance(values, gg.Tensor) else values)
    shown = np.where(np.isfinite(values), values, 0.0) if blank is None else np.where(blank, 0.0, values)
    most = np.abs(shown).max() or 1.0
    image = axes.imshow(shown, cmap="PuOr_r", vmin=-1.3 * most, vmax=1.3 * most, aspect="equal")
    for (i, k), value in np.ndenumerate(values):
        if blank is None or not blank[i, k]:
            ink = "white" if abs(shown[i, k]) > 0.7 * most else "black"
            axes.text(k, i, f"{round(value, 9) + 0.0:{form}}", ha="center", va="center", fontsize=9, color=ink)
    for ticks, labels, size in ((axes.set_yticks, rows, values.shape[0]), (axes.set_xticks, columns, values.shape[1])):
        ticks(range(size) if labels is not None else [], labels=labels)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title, fontsize=10)
    return image
