"""What was found: lines on the terminal, a JSON file, a picture, and the table of README.md, which are made from the JSON."""

from __future__ import annotations

import json
import math
import os
import platform
import re
import subprocess
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, Bench, Result, Row

UNITS = {"s": (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)), "B": (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))}
NAMES = {"torch": "PyTorch", "numpy": "NumPy", "jax": "JAX", "mygrad": "MyGrad"}
Document = dict[str, Any]


def quantity(value: float, unit: str) -> str:
    """Three digits, in the unit that suits."""
    scales = UNITS.get(unit, ((unit, 1.0),))
    name, size = next((scale for scale in scales if value >= scale[1]), scales[-1])
    number = value / size
    return f"{number:,.0f} {name}".strip() if number >= 100 else f"{number:.3g} {name}".strip()


# ---------------------------------------------------------------------------------------------- a run, as data


def machine(bench: Bench) -> Document:
    """What the figures depend on."""
    packages = {}
    for name in ("numpy", "numba", *bench.peers):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "?"
    return {
        "cpu": cpu(),
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "threads": bench.threads,
        "quick": bench.quick,
        "versions": packages,
        "absent": bench.absent,
    }


def cpu() -> str:
    """The processor's name and its widest vectors, as well as this platform tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in reversed(lines))}
    flags = found.get("flags", found.get("Features", "")).split()
    widest = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("asimd", "NEON")) if flag in flags), "no vectors")
    return f"{found.get('model name', platform.machine())} ({widest})"


def commit() -> str:
    """The commit of the working tree, with a + where it has changes."""
    try:
        found = subprocess.run(["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "?"
    return found.stdout.strip()


def outcome(row: Row, results: list[Result], error: str | None, seconds: float, others: float | None) -> Document:
    """A row as data; `others` is the number of CPUs that other processes took meanwhile."""
    ratios = {r.case: r.figure for r in results if r.figure and r.bar and r.figure_unit == "ratio"}
    mean = math.exp(sum(map(math.log, ratios.values())) / len(ratios)) if ratios else None
    known = [r.passed for r in results if r.passed is not None]
    if row.mean and mean:
        known.append(mean >= row.mean)
    return {
        "name": row.name,
        "what": row.what,
        "bar": row.bar,
        "mean_bar": row.mean,
        "best": row.best,
        "mean": mean,
        "worst": min(ratios, key=lambda case: ratios[case]) if ratios else None,
        "passed": False if error else all(known) if known else None,
        "error": error,
        "seconds": round(seconds, 1),
        "others": others,
        "commit": commit(),
        "cases": [asdict(r) | {"passed": r.passed} for r in results],
    }


def save(path: Path, facts: Document, rows: list[Document]) -> Document:
    """Write the rows, beside those that the same machine, threads and versions left in this file before."""
    before = json.loads(path.read_text()) if path.exists() else {}
    kept = {row["name"]: row for row in before.get("rows", ())} if before.get("machine") == facts else {}
    kept |= {row["name"]: row for row in rows}
    document = {"machine": facts, "rows": sorted(kept.values(), key=lambda row: row["name"])}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, default=list) + "\n")
    return document


# ---------------------------------------------------------------------------------------------- the terminal


def print_head(facts: Document) -> None:
    versions = ", ".join(f"{NAMES.get(name, name)} {number}" for name, number in facts["versions"].items())
    print(f"{facts['cpu']}, {facts['cpus']} CPUs, Python {facts['python']}, {versions}")
    print(f"{facts['threads']} threads for each: BLAS, OpenMP and Numba by the environment, PyTorch also by set_num_threads", end="")
    print(", JAX's pool by NPROC (its compiler's threads can't be limited)" if "jax" in facts["versions"] else "")
    if facts["absent"]:
        print(f"not installed: {', '.join(facts['absent'])}")
    print("ratio: a peer's time / glassgrad's, the median over the turns; above 1 glassgrad is faster")


def print_row(row: Row) -> None:
    bars = [f"at least {row.bar}" if row.bar else "", f"geometric mean at least {row.mean}" if row.mean else ""]
    print(f"\n{row.name}  {row.what}" + "".join(f"; {bar}" for bar in bars if bar), flush=True)


def print_case(result: Result) -> None:
    """One line."""
    if result.error:
        print(f"  {result.case:44} WRONG: {result.error}", flush=True)
        return
    cells = [
        f"{name} {quantity(value, result.unit)}" + (f" ({result.ratios[name]:.2f})" if name in result.ratios else "")
        for name, value in result.values.items()
    ]
    figure = "" if result.figure is None else quantity(result.figure, result.figure_unit if result.figure_unit != "ratio" else "")
    if result.bar is not None:
        figure += f" {'<=' if result.at_most else '>='} {result.bar}"
    print(f"  {result.case:44} {figure:18} {VERDICTS[result.passed]:7} {', '.join(cells)}", flush=True)


VERDICTS = {True: "ok", False: "missed", None: "-"}


def print_outcome(row: Document) -> None:
    """The last line of a row."""
    if row["error"]:
        print(f"  {row['name']} FAILED: {row['error']}", flush=True)
    if row["others"] and row["others"] > 0.1:
        print(f"  other processes took {row['others']:.1f} CPUs meanwhile: measure again on a quiet machine", flush=True)
    if row["mean"] and len(row["cases"]) > 1:
        worst = next(case for case in row["cases"] if case["case"] == row["worst"])
        print(f"  geometric mean {row['mean']:.2f}, worst {worst['figure']:.2f} ({worst['case']})", end="")
        print(f": {VERDICTS[row['passed']]}, {row['seconds']:.0f} s", flush=True)


def print_table(rows: list[Document]) -> None:
    """A line for each row."""
    print(f"\n{'row':4} {'glassgrad':>10} {'PyTorch':>10} {'ratio':>7} {'worst':>7}  {'bar':12} {'':7} what")
    for row in rows:
        counted = [case for case in row["cases"] if case["bar"] is not None]
        ours, torchs = values(counted[0]) if len(counted) == 1 else ("", "")
        worst = next((case["figure"] for case in row["cases"] if case["case"] == row["worst"]), None)
        ratio, low = (f"{value:.2f}" if value else "" for value in (row["mean"], worst))
        print(f"{row['name']:4} {ours:>10} {torchs:>10} {ratio:>7} {low:>7}  {bar_of(row):12} {verdict(row):7} {row['what']}")


def values(case: Document) -> tuple[str, str]:
    """What glassgrad and PyTorch took."""
    ours, torchs = (quantity(case["values"][name], case["unit"]) if name in case["values"] else "" for name in ("glassgrad", "torch"))
    return ours, torchs


def bar_of(row: Document) -> str:
    """The bars of a row, in short."""
    bars = [f"{row['bar']:g}"] if row["bar"] else []
    return ", ".join(bars + [f"mean {row['mean_bar']:g}"] if row["mean_bar"] else bars)


def verdict(row: Document) -> str:
    wrong = row["error"] or any(case["error"] for case in row["cases"])
    return "WRONG" if wrong else VERDICTS[row["passed"]]


def mistakes(row: Document) -> list[str]:
    """What was wrong, not slow: row, case and contender."""
    found = [f"{row['name']}, {case['case']}: {case['error']}" for case in row["cases"] if case["error"]]
    return found + [f"{row['name']}: {row['error']}"] * bool(row["error"])


# ---------------------------------------------------------------------------------------------- README.md

MARK = "<!-- benchmarks -->"


def markdown(document: Document) -> str:
    """The table of README.md: a line for a row, or for each figure of a row that has no ratio."""
    facts = document["machine"]
    shown = [name for name in ("numpy", "numba", "torch") if name in facts["versions"]]
    named = ", ".join(f"{NAMES.get(name, name)} {facts['versions'][name]}" for name in shown)
    quick = ", a quick run" if facts["quick"] else ""
    lines = [
        f"Measured on {facts['cpu']}, {facts['threads']} threads for each, Python {facts['python']}, {named}{quick}.",
        "A ratio is PyTorch's time (in K1 and K2 the better of NumPy's and PyTorch's) divided by glassgrad's: above 1 glassgrad is faster.",
        "Of several cases it is the geometric mean, with the range in brackets.",
        "",
        "| row | what | glassgrad | PyTorch | ratio | bar |",
        "|---|---|---|---|---|---|",
    ]
    for row in document["rows"]:
        for cells in _cells(row):
            lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(row: Document) -> list[tuple[str, ...]]:
    if verdict(row) == "WRONG":
        return [(row["what"], "", "", "results differ", bar_of(row))]
    counted = [case for case in row["cases"] if case["bar"] is not None and case["figure"] is not None]
    ratios = [case["figure"] for case in counted if case["figure_unit"] == "ratio"]
    lines: list[tuple[str, ...]] = []
    if len(ratios) > 3:
        missed = sum(case["passed"] is False for case in counted)
        below = f"; {missed} below" if missed else ""
        many = f"{row['mean']:.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        lines.append((f"{row['what']}; {len(ratios)} cases{below}", "", "", many, "≥ " + bar_of(row)))
    for case in counted:
        what = row["what"] if len(counted) == 1 else f"{row['what']}: {case['case']}"
        if case["figure_unit"] != "ratio":
            lines.append((what, quantity(case["figure"], case["figure_unit"]), "", "", limit(case)))
        elif len(ratios) <= 3:
            lines.append((what, *values(case), f"{case['figure']:.2f}", limit(case)))
    return lines


def limit(case: Document) -> str:
    """The bar of a case."""
    return f"{'≤' if case['at_most'] else '≥'} {quantity(case['bar'], '' if case['figure_unit'] == 'ratio' else case['figure_unit'])}"


def publish(table: str, readme: Path) -> None:
    """Put the table between the two marks of README.md; print it where there are none."""
    parts = readme.read_text().split(MARK)
    if len(parts) != 3:
        print(f"{table}\n\n(README.md has no two lines {MARK} for this to go between)")
        return
    readme.write_text(f"{parts[0]}{MARK}\n{table}\n{MARK}{parts[2]}")
    print(f"README.md has the table, {len(table.splitlines())} lines")


# ---------------------------------------------------------------------------------------------- the picture

GOOD, BAD, PLAIN, INK = "#1b7f5c", "#c1462f", "#8a8f98", "#22262b"


def draw(document: Document, path: Path) -> bool:
    """Each row's ratios on a log axis, with its bar; False where there is no matplotlib, or nothing to draw."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import NullLocator

    rows = [row for row in document["rows"] if row["mean"]]
    if not rows:
        return False
    figure, axes = pyplot.subplots(figsize=(11, 1.7 + 0.42 * len(rows)), layout="constrained")
    shown = [row["mean"] for row in rows] + [case["figure"] for row in rows for case in row["cases"] if case["figure_unit"] == "ratio"]
    shown = [x for x in shown if x] + [0.8, 3]
    low, high = max(min(shown) / 1.1, 0.1), min(max(shown) * 1.1, 20)  # what lies farther out is drawn at the edge
    clip = lambda x: min(max(x, low), high)
    for y, row in enumerate(rows):
        cases = [case for case in row["cases"] if case["figure"] and case["bar"] is not None and case["figure_unit"] == "ratio"]
        bar = row["mean_bar"] or cases[0]["bar"]
        met = row["mean"] >= bar
        colour = GOOD if row["passed"] else BAD
        if len(cases) > 1:
            of_case = [GOOD if case["passed"] else BAD for case in cases]
            axes.scatter([clip(case["figure"]) for case in cases], [y] * len(cases), s=18, c=of_case, alpha=0.4, linewidths=0, zorder=2)
        axes.scatter(clip(row["mean"]), y, s=75, color=GOOD if met else BAD, zorder=4, edgecolors="white", linewidths=1)
        axes.plot([bar, bar], [y - 0.32, y + 0.32], color=INK, linewidth=2.2, zorder=3, solid_capstyle="butt")
        axes.text(1.01, y, f"{row['mean']:.2f}", transform=axes.get_yaxis_transform(), va="center", color=colour, weight="bold")
        axes.text(1.08, y, f"bar {bar:g}", transform=axes.get_yaxis_transform(), va="center", color=PLAIN)
    axes.axvline(1, color=PLAIN, linewidth=1, zorder=1)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5, 10, 20) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(rows)), [f"{row['name']}  {_short(row['what'])}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color=PLAIN, alpha=0.2)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    facts = document["machine"]
    axes.set_xlabel("PyTorch's time / glassgrad's (K1, K2: the better of NumPy's and PyTorch's; M1: memory)")
    about = f"glassgrad next to PyTorch {facts['versions'].get('torch', '')}: {facts['cpu']}, {facts['threads']} threads"
    figure.suptitle(about, x=0.01, ha="left", color=INK, weight="bold")
    legend = "large dot: the row, or the geometric mean of its cases (small dots); stroke: the bar; red: below it"
    axes.set_title(legend, loc="right", fontsize=9, color=PLAIN)
    figure.savefig(path, dpi=140)
    pyplot.close(figure)
    return True


def _short(what: str) -> str:
    return re.split(r"[:;(]", what)[0].strip()
