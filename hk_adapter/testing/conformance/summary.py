"""What a run of the suite came to, in one line and as JSON; hooks of pytest's, which the kit's plugin offers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.testing.conformance.campaigns import CASE
from hk_adapter.testing.conformance.suite import CANCELS, HISTORY, KIT, PROPERTY, REPLAY, VenueSuite

OPTION = "--hk-conformance-json"
_WORDS = {"passed": "passed", "skipped": "absent", "failed": "failed", "error": "failed"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be asked of suites: more of the campaign, one scenario of it, the results as a file."""
    group = parser.getgroup("hk_adapter")
    group.addoption(CANCELS, type=_count, metavar="N", help="cancels that the campaign of a venue suite plays")
    group.addoption(REPLAY, type=int, metavar="SEED", help="play one scenario of that campaign, and print its history")
    group.addoption(OPTION, metavar="PATH", help="write what the cases of venue suites came to, as JSON")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("at least one")
    return number


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where one scenario is to be replayed, leave out the other cases of suites."""
    if config.getoption(REPLAY, None) is None:
        return
    others = [item for item in items if _is_another_case(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def _is_another_case(item: pytest.Item) -> bool:
    suite = getattr(item, "cls", None)
    return isinstance(suite, type) and issubclass(suite, VenueSuite) and getattr(item, "originalname", "") != CASE


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print one line where cases were run, the reason of each absence, and what was replayed."""
    for history in _properties(terminalreporter.stats, HISTORY):
        terminalreporter.section("replayed")
        terminalreporter.write_line(history)
    found = results(terminalreporter.stats)
    if not found:
        return
    counts = {word: sum(one["outcome"] == word for one in found.values()) for word in ("passed", "absent", "failed")}
    terminalreporter.section(f"KIT {KIT}")
    reasons = sorted({one["reason"] for one in found.values() if one["reason"]})
    for reason in reasons:
        terminalreporter.write_line(reason)
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    terminalreporter.write_line(f"KIT {KIT}: {told}")
    path = config.getoption(OPTION, None)
    if path:
        written = json.dumps({"kit": KIT, **counts, "cases": found}, indent=2, sort_keys=True)
        Path(path).write_text(written + "\n", encoding="utf-8")


def results(stats: dict[str, list[Any]]) -> dict[str, dict[str, str]]:
    """Return what each case came to, by its stable id; of one that failed twice over, that it failed."""
    found: dict[str, dict[str, str]] = {}
    for category, outcome in _WORDS.items():
        for report in stats.get(category, []):
            for case in _cases_of(report):
                reason = report.longrepr[2].removeprefix("Skipped: ") if outcome == "absent" else ""
                found[case] = {"outcome": outcome, "reason": reason}
    return found


def _cases_of(report: Any) -> Iterator[str]:
    for name, value in getattr(report, "user_properties", ()):
        if name == PROPERTY:
            yield str(value)


def _properties(stats: dict[str, list[Any]], wanted: str) -> Iterator[str]:
    """Return what was recorded under a name, once for each test."""
    for category in _WORDS:
        for report in stats.get(category, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == wanted:
                    yield str(value)
