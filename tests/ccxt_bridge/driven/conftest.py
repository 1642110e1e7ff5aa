"""Prints how many exchanges were driven through how many situations, at the end of the run that drove them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from tests.ccxt_bridge.driven.exchanges import CANNOT

COUNTED = "driven"
"""The name under which a test tells what it played: right, wrong, and why what was left was."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Count over all tests, of all processes that ran some."""
    reports = [one for found in terminalreporter.stats.values() for one in found if isinstance(one, pytest.TestReport)]
    told = [value for one in reports if one.when == "call" for name, value in one.user_properties if name == COUNTED]
    if told:
        terminalreporter.write_line(summary(told))


def summary(told: Iterable[tuple[int, int, list[str]]]) -> str:
    """Say what was driven and what was not."""
    told = list(told)
    left = Counter(why for _, _, reasons in told for why in reasons)
    reasons = "".join(f"\n  {count} times: {why}" for why, count in left.most_common())
    apart = "".join(f"\n  {member}: {why}" for member, why in sorted(CANNOT.items()))
    right, wrong = sum(one[0] for one in told), sum(one[1] for one in told)
    return (
        f"{len(told)} exchanges of ccxt's driven through {right + wrong} situations, {wrong} of them wrong."
        f"\nNot driven, {len(CANNOT)} exchanges:{apart}\nNot played, {left.total()} situations:{reasons}"
    )
