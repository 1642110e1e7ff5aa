"""The log of streams: what is said again and again is said a few times a minute, and how often it was not."""

from __future__ import annotations

import logging

import pytest

from hk_adapter.flow import log_line
from hk_adapter.flow.log_line import MINUTE, Lines


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    moved = [1000.0]
    monkeypatch.setattr(log_line, "monotonic", lambda: moved[0])
    return moved


def test_a_flood_is_a_few_lines_a_minute(clock, caplog):
    """The last one says that more are left out, the first of the next minute how many were."""
    lines = Lines("hk_adapter.test", most=3)
    for number in range(1000):
        lines.warning("order %s: no", number)
    assert caplog.messages == [
        "order 0: no",
        "order 1: no",
        "order 2: no (more of them within this minute are left out)",
    ]
    clock[0] += MINUTE
    lines.warning("order %s: no", 1000)
    lines.warning("order %s: no", 1001)
    assert caplog.messages[3:] == ["order 1000: no (997 more such lines were left out)", "order 1001: no"]
    clock[0] += MINUTE
    lines.warning("order %s: no", 1002)
    assert caplog.messages[-1] == "order 1002: no"


def test_what_is_said_otherwise_is_not_left_out(clock, caplog):
    """Lines are counted by their words; and where none is to be left out, none is."""
    lines, all_lines = Lines("hk_adapter.test", most=2), Lines("hk_adapter.test")
    for number in range(5):
        lines.warning("one %s", number)
    lines.error("another %s", 1)
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2 + [logging.ERROR]
    caplog.clear()
    for number in range(200):
        all_lines.warning("one %s", number)
    assert len(caplog.messages) == 200
