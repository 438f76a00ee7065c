"""Measure glassgrad next to PyTorch and other peers: one table, one JSON, one picture.

    python benchmarks/run.py                          every row, about ten minutes
    python benchmarks/run.py --only W1,K1 --threads 1
    python benchmarks/run.py --only O1 --against ../before      another checkout as one more contender
    python benchmarks/run.py --markdown               the table of README.md, from the JSON

The exit code is 1 where a contender's result differs or a row fails, whatever the speed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder's names, such as `kernels`, are nobody's top-level modules
sys.path.insert(0, str(ROOT / "src"))

from benchmarks import measure, report  # noqa: E402


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME[,NAME]", help="rows, such as W5,K1, or families, such as K")
    parser.add_argument("--threads", type=int, default=2, help="of each contender (default: 2)")
    parser.add_argument("--peers", default=",".join(measure.PEERS), help="those to look for (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a quarter of the time, hence more noise")
    parser.add_argument("--against", metavar="CHECKOUT", help="another checkout of glassgrad, as the contender 'before'")
    parser.add_argument("--out", type=Path, default=ROOT / "out", metavar="FOLDER", help="for benchmarks.json and .png (default: out)")
    parser.add_argument("--markdown", action="store_true", help="measure nothing: put the table of the JSON into README.md, or print it")
    args = parser.parse_args()
    args.peers = tuple(name for name in args.peers.split(",") if name)
    if args.threads < 1:
        parser.error(f"--threads must be at least 1, got {args.threads}")
    if strange := [name for name in args.peers if name not in measure.PEERS]:
        parser.error(f"--peers: {', '.join(strange)} is none of {', '.join(measure.PEERS)}")
    if args.against and not Path(args.against, "src", "glassgrad", "__init__.py").exists():
        parser.error(f"--against {args.against}: no src/glassgrad there")
    return args


def chosen(only: str | None) -> list[measure.Row]:
    """The rows by name or family; without names, those of a default run."""
    rows = sorted(measure.ROWS.values(), key=lambda row: row.name)
    if only is None:
        return [row for row in rows if row.default]
    names = only.split(",")
    if strange := [name for name in names if not any(name in (row.name, row.name[0]) for row in rows)]:
        sys.exit(f"run.py: --only: no row {', '.join(strange)}; there are {', '.join(row.name for row in rows)}")
    return [row for row in rows if row.name in names or (row.name[0] in names and row.default)]


def run(row: measure.Row, bench: measure.Bench) -> report.Document:
    """Every case of a row, printed as it is done; an error ends the row, not the run."""
    report.print_row(row)
    measure.settle()
    begin, others, results, error = perf_counter(), measure.busy(), [], None
    try:
        for case in row.cases(bench):
            results.append(case.result() if isinstance(case, measure.Figure) else bench.measure(case, row))
            report.print_case(results[-1])
    except Exception as found:
        error = f"{type(found).__name__}: {found}"
    seconds = perf_counter() - begin
    taken = None if others is None else ((measure.busy() or others) - others) / seconds
    done = report.outcome(row, results, error, seconds, taken)
    report.print_outcome(done)
    return done


def main() -> int:
    args = parse()
    path = args.out / "benchmarks.json"
    if args.markdown:
        if not path.exists():
            sys.exit(f"run.py: no {path} yet: measure first")
        report.publish(report.markdown(json.loads(path.read_text())), ROOT / "README.md")
        return 0
    measure.limit_threads(args.threads)
    from benchmarks import engine, glass, kernels, startup, training  # noqa: F401  # they import NumPy, and register rows

    rows = chosen(args.only)
    bench = measure.Bench(args.threads, args.peers, args.quick, args.against)
    facts = report.machine(bench)
    report.print_head(facts)
    done = [run(row, bench) for row in rows]
    report.print_table(done)
    document = report.save(path, facts, done)
    picture = path.with_suffix(".png")
    drawn = report.draw(document, picture)
    print(f"\n{path}", picture if drawn else "(no picture: it takes ratios, and matplotlib from glassgrad[examples])")
    wrong = [line for row in done for line in report.mistakes(row)]
    for line in wrong:
        print(f"WRONG: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
