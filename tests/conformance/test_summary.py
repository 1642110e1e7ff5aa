"""What a run of the suite tells at its end."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hk_adapter.testing.conformance.suite import KIT, PROPERTY
from hk_adapter.testing.conformance.summary import OPTION, pytest_terminal_summary


def _report(case: str, reason: str = "") -> Any:
    longrepr = ("suite.py", 1, f"Skipped: {reason}") if reason else None
    return SimpleNamespace(user_properties=[(PROPERTY, case)], longrepr=longrepr)


class Terminal:
    """Keeps what is printed."""

    def __init__(self, **stats: list[Any]) -> None:
        self.stats = stats
        self.lines: list[str] = []

    def section(self, title: str) -> None:
        """Keep a title."""
        self.lines.append(title)

    def write_line(self, line: str) -> None:
        """Keep a line."""
        self.lines.append(line)


def _config(path: Path | None) -> Any:
    return SimpleNamespace(getoption=lambda name, default: path if name == OPTION else default)


def test_one_line_and_the_reasons(tmp_path: Path) -> None:
    """The count of cases that passed, are absent and failed is told, each absence with its reason, and written."""
    terminal = Terminal(
        passed=[_report("TestA.one"), _report("TestA.two"), SimpleNamespace(user_properties=[])],
        skipped=[_report("TestA.three", "absent: create_order: by FIX only")],
        failed=[_report("TestA.four")],
        error=[_report("TestA.two")],
    )
    pytest_terminal_summary(terminal, _config(tmp_path / "kit.json"))
    assert terminal.lines[1:] == ["absent: create_order: by FIX only", f"KIT {KIT}: 1 passed, 1 absent, 2 failed"]
    written = json.loads((tmp_path / "kit.json").read_text())
    assert (written["passed"], written["absent"], written["failed"]) == (1, 1, 2)
    assert written["cases"]["TestA.two"]["outcome"] == "failed"


def test_nothing_is_told_where_no_case_ran() -> None:
    """A run without a suite ends as it always did."""
    terminal = Terminal(passed=[SimpleNamespace(user_properties=[])])
    pytest_terminal_summary(terminal, _config(None))
    assert terminal.lines == []
