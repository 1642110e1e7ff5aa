"""Measure, print the table, and say what falls behind.

    python -m benchmarks                    every row; takes a few minutes
    python -m benchmarks parse sign         only these
    python -m benchmarks --check            exits 1 and names each row that falls behind its target
    python -m benchmarks --page             writes docs/explanation/speed.md and its picture too

Ours, ccxt's and the floor take turns within a round, and what is held to a target is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.page import write_page
from benchmarks.rows import ROWS
from benchmarks.table import Row, markdown


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    if unknown := [name for name in options.rows if name not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}")
    if options.page and options.rows:
        parser.error("the page has every row")
    rows = _measured(options.rows or list(ROWS), options.rounds)
    print(markdown(rows))
    if options.page:
        write_page(rows)
    behind = [row for row in rows if not row.reached]
    for row in behind:
        print(f"behind its target: {row.what}: {row.held:.2f} {row.of}, at most {row.target:g}", file=sys.stderr)
    return 1 if options.check and behind else 0


def _measured(names: list[str], rounds: int) -> list[Row]:
    rows: list[Row] = []
    for name in names:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        rows += ROWS[name](rounds)
    return rows


if __name__ == "__main__":
    sys.exit(main())
