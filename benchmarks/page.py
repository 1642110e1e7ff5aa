"""Writes what was measured into the page about speed: the table, where and when, and the picture beside it."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.chart import chart
from benchmarks.table import Row, markdown

_FOLDER = Path(__file__).parent.parent / "docs" / "explanation"
PAGE, PICTURE = _FOLDER / "speed.md", _FOLDER / "speed.svg"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def write_page(rows: Sequence[Row]) -> None:
    """Replace what stands between the page's two marks, and the picture."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{_measured(rows)}\n{END}{after}", encoding="utf-8")
    PICTURE.write_text(chart(rows), encoding="utf-8")


def _measured(rows: Sequence[Row]) -> str:
    reached = sum(row.reached for row in rows)
    return f"{_where()}: {reached} of {len(rows)} targets reached.\n\n{markdown(rows)}"


def _where() -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    python, system = platform.python_version(), f"{platform.system()} {platform.machine()}"
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{today}, Python {python}, ccxt {version('ccxt')}, {system}, {os.cpu_count()} cores{load}"
