"""What of PyTorch is here, as a page: `python -m tests.coverage_page` prints it, `--out FILE` writes it.

The page in the repository is tests/parity/COVERAGE.md; a test keeps it in step.
"""

import argparse
import collections
from pathlib import Path

PAGE = Path(__file__).parent / "parity" / "COVERAGE.md"
FAMILIES = {
    "nn.functional.": "nn.functional",
    "linalg.": "linalg",
    "special.": "special",
    "masked.": "masked",
    "signal.": "signal",
    "UnaryUfuncInfo": "elementwise, one input",
    "BinaryUfuncInfo": "elementwise, two inputs",
    "ReductionOpInfo": "reductions",
}


def family(info):
    kind = type(info).__name__
    return next((title for key, title in FAMILIES.items() if key == kind or info.name.startswith(key)), "other functions of torch")


def page():
    """The text of the page."""
    import torch
    from tests.parity.op_db import OP_DB, SAMPLES, excluded, exists

    groups = {title: [] for title in (*list(FAMILIES.values())[5:], "other functions of torch", *list(FAMILIES.values())[:5])}
    left_out = collections.defaultdict(set)
    for info in OP_DB:
        if reason := excluded(info):
            left_out[reason].add(info.name)
        else:
            groups[family(info)].append(info)
    version = torch.__version__.split("+")[0]
    lines = [
        "# What of PyTorch is here",
        "",
        "Written by `python -m tests.coverage_page --out tests/parity/COVERAGE.md`; a test keeps it in step.",
        "",
        "## Operators",
        "",
        f"Every operator of PyTorch {version}'s own test database (`op_db`), run on up to {SAMPLES} of its sample inputs in each of float64, float32,",
        "int64 and bool, there and here, as function, method, in-place method and operator. *match*: shape, dtype and values agree, and so do",
        "the first derivatives, and in float64 the second ones, where PyTorch has them. *raises*: an error of ours that names the operator.",
        "*wrong*: anything else. `tests/parity/differences.py` gives the reason of each deliberate difference.",
        "",
    ]
    tables, totals = [], []
    for title, infos in groups.items():
        table, total = _family(title, infos, exists)
        tables += table
        totals.append((title, *total))
    lines += ["| family | operators | here | samples that match | raise | wrong |", "|---|---:|---:|---:|---:|---:|"]
    lines += [_row(*total) for total in totals]
    lines += [_row("**all**", *(sum(column) for column in list(zip(*totals, strict=True))[1:])), ""]
    lines += [*tables, "### Left out on purpose", ""]
    lines += [f"* {reason}: {', '.join(f'`{name}`' for name in sorted(names))}" for reason, names in left_out.items()]
    return "\n".join([*lines, "", *_surface()]) + "\n"


def _row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _family(title, infos, exists):
    from tests.parity.compare import missing_variants, results
    from tests.parity.differences import OTHERWISE, REFUSED
    from tests.parity.op_db import by_chance, full_name

    here = [info for info in infos if exists(info)]
    absent = sorted({info.name for info in infos if not exists(info)})
    total = collections.Counter()
    lines = [f"### {title}", ""]
    if here:
        lines += ["| operator | match | raise | wrong | derivatives | notes |", "|---|---:|---:|---:|---|---|"]
    for info in here:
        name = full_name(info)
        outcomes = results(name)
        known = {words for op, words in OTHERWISE if op == name}
        count = collections.Counter(
            "otherwise" if outcome.kind == "wrong" and any(words in outcome.what for words in known) else outcome.kind for outcome in outcomes
        )
        total += count
        order = max((outcome.order for outcome in outcomes if outcome.kind == "match"), default=0)
        notes = ["shapes and dtypes only"] if by_chance(info) else []
        notes += [REFUSED[name]] if name in REFUSED else []
        notes += [f"otherwise on {count['otherwise']}: {OTHERWISE[name, words]}" for words in sorted(known)]
        lacks = [f"`{way.removeprefix('alias ')}`" if way.startswith("alias") else way for way in missing_variants(info)]
        notes += [f"without {', '.join(lacks)}"] if lacks else []
        cells = (count["match"], count["raises"], count["wrong"], ("", "first", "first, second")[order], "; ".join(notes))
        lines.append(_row(f"`{info.name}`" + (f" {info.variant_test_name}" if info.variant_test_name else ""), *cells))
    if absent:
        lines += ["", f"Not here: {', '.join(f'`{name}`' for name in absent)}"]
    return [*lines, ""], (len(infos), len(here), total["match"], total["raises"], total["wrong"])


def _surface():
    from tests.parity.surface import found, symbols

    rows = [(row, *found(row["symbol"])) for row in symbols()]
    count = collections.Counter(state for _, state, _ in rows)
    lines = [
        "## What toy programs use",
        "",
        f"The {len(rows)} symbols of PyTorch that 86 public toy programs use, and how many of them use each: {count['works']} are here, {count['raises']} raise",
        f"an error that says what to write instead, {count['missing']} are missing.",
        "",
        "| symbol | programs | here |",
        "|---|---:|---|",
    ]
    words = {"works": "yes", "missing": "no"}
    return [*lines, *(_row(f"`{row['symbol']}`", row["programs"], words.get(state) or f"raises: {text}") for row, state, text in rows)]


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
