"""Writes and reads a table of ``docs/reference``, below what its page says by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import ccxt
import pytest

_MADE_WITH = f"With ccxt {ccxt.__version__}:"


def write(page: Path, mark: str, rows: Iterable[str]) -> None:
    """Write the page anew: what stands above the mark stays."""
    before = page.read_text(encoding="utf-8").partition(mark)[0]
    table = "\n".join(rows)
    page.write_text(f"{before}{mark}\n\n{_MADE_WITH}\n\n{table}\n", encoding="utf-8")


def lines(page: Path, mark: str) -> list[str]:
    """Return the lines of the table; skip the test where another release of ccxt made it."""
    made = page.read_text(encoding="utf-8").partition(mark)[2]
    if _MADE_WITH not in made:
        pytest.skip("the page was made with another release of ccxt")
    return made.split("\n\n", 2)[2].rstrip().split("\n")
