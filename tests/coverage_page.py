"""What of PyTorch is here, as a page: `python -m tests.coverage_page` prints it, `--out FILE` writes it.

The page in the repository is tests/parity/COVERAGE.md; a test keeps it in step.
"""

import argparse
import collections
from pathlib import Path

from glassgrad.absent import TABLE

PAGE = Path(__file__).parent / "parity" / "COVERAGE.md"
OTHER = "Other functions of `torch`"
MODULES = ("nn.functional", "linalg", "special", "masked", "signal.windows", "fft")
FAMILIES = {
    "UnaryUfuncInfo": "Elementwise, one input",
    "BinaryUfuncInfo": "Elementwise, two inputs",
    "ReductionOpInfo": "Reductions",
}


def family(info):
    module = info.name.rpartition(".")[0]
    return f"`torch.{module}`" if module in MODULES else FAMILIES.get(type(info).__name__, OTHER)


def page():
    """The text of the page."""
    import torch
    from tests.parity.op_db import LARGEST, MACHINERY, OP_DB, SAMPLES, excluded

    groups = {title: [] for title in (*FAMILIES.values(), OTHER, *(f"`torch.{module}`" for module in MODULES))}
    absent = {reason: set() for reason in (*TABLE, MACHINERY)}
    for info in sorted(OP_DB, key=lambda info: (info.name.lower(), info.variant_test_name)):
        groups[family(info)].append(info)
        if reason := excluded(info):
            absent[reason].add(info.name)
    tables, totals = [], []
    for title, infos in groups.items():
        table, total = _family(title, infos)
        tables += table
        totals.append((title, *total))
    version = torch.__version__.split("+")[0]
    lines = [
        "# What of PyTorch is here",
        "",
        "Written by `python -m tests.coverage_page --out tests/parity/COVERAGE.md`; a test keeps it in step.",
        "",
        *_surface(),
        "",
        "## Operators",
        "",
        f"Every operator of PyTorch {version}'s own test database (`op_db`), run there and here on {SAMPLES or 'all'} of its sample inputs of up to",
        f"{LARGEST} numbers in each of float64, float32, int64 and bool, as a function, and on the first few also as method, in-place method and",
        "operator.",
        "",
        "* *match*: shape, dtype and values agree, and so do the first derivatives, and in float64 the second ones, where PyTorch has them.",
        "* *raise*: an error of ours that names the operator, where PyTorch gives an answer.",
        "* *differ*: another answer than PyTorch's, on purpose. The notes give the reason, as for what raises.",
        "* *wrong*: another answer, or an error that doesn't name the operator.",
        "",
        _row("family", "in PyTorch", "here", "samples that match", "raise", "differ", "wrong"),
        "|---|---:|---:|---:|---:|---:|---:|",
        *(_row(*total) for total in totals),
        _row("**all**", *(f"**{sum(column)}**" for column in list(zip(*totals, strict=True))[1:])),
        "",
        "### Not here",
        "",
        *(f"* {reason[0].upper()}{reason[1:]}.<br>{', '.join(f'`{name}`' for name in sorted(names))}" for reason, names in absent.items() if names),
        "",
        "In the tables below, *derivatives* says which were compared (none where PyTorch has none, as for integers or comparisons), and a word",
        "after an operator's name is PyTorch's name of one of its forms.",
        "",
        *tables,
    ]
    return "\n".join(lines) + "\n"


def _row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _family(title, infos):
    """The table of a family, and its line in the first table."""
    from tests.parity.op_db import excluded

    here = [info for info in infos if not excluded(info)]
    if not here:
        return [], (len(infos), 0, 0, 0, 0, 0)
    lines = [f"### {title}", "", "| operator | match | raise | differ | derivatives | notes |", "|---|---:|---:|---:|---|---|"]
    total = collections.Counter()
    for info in here:
        line, count = _operator(info)
        lines.append(line)
        total += count
    return [*lines, ""], (len(infos), len(here), *(total[kind] for kind in ("match", "raises", "differs", "wrong")))


def _operator(info):
    """The line of an operator, and how many of its samples came out as what."""
    from tests.parity.compare import missing_variants, results
    from tests.parity.differences import reason
    from tests.parity.op_db import full_name

    outcomes = results(full_name(info))
    count = collections.Counter("differs" if outcome.kind == "wrong" and reason(outcome) else outcome.kind for outcome in outcomes)
    order = max((outcome.order for outcome in outcomes if outcome.kind == "match"), default=0)
    unread = sum(outcome.kind == "match" and not outcome.compared for outcome in outcomes)
    notes = [f"{unread} with random or unset values: shapes and dtypes only"] if unread else []
    notes += sorted({reason(outcome) or "unexplained" for outcome in outcomes if outcome.kind != "match"})
    lacks = [f"`torch.{way.removeprefix('alias ')}`" if way.startswith("alias") else way for way in missing_variants(info)]
    notes += [f"not as {', '.join(lacks)}"] if lacks else []
    name = f"`{info.name}`" + (f" {info.variant_test_name}" if info.variant_test_name else "")
    derivatives = ("", "first", "first, second")[order]
    return _row(name, count["match"], count["raises"] or "", count["differs"] or "", derivatives, "; ".join(notes)), count


def _surface():
    from tests.parity.surface import found, symbols

    rows = [(row, *found(row["symbol"])) for row in symbols()]
    count = collections.Counter(state for _, state, _ in rows)
    return [
        "## What toy programs use",
        "",
        f"Of the {len(rows)} symbols of PyTorch that 86 public toy programs use, {count['works']} are here, {count['raises']} raise an error that says",
        f"what to write instead, and {count['missing']} are missing. These raise, or are missing:",
        "",
        "| symbol | programs | what it says |",
        "|---|---:|---|",
        *(_row(f"`{row['symbol']}`", row["programs"], text or "missing") for row, state, text in rows if state != "works"),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the page here instead of printing it")
    options = parser.parse_args()
    try:
        text = page()
    except ModuleNotFoundError as error:
        raise SystemExit(f"the page needs {error.name}: python -m pip install torch==2.13.0 expecttest") from None
    if options.out:
        options.out.write_text(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
