"""A stranger reads along one cancel: what that takes is written in the documentation, and does not grow unseen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.way_of_a_cancel import way_of_a_cancel

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "flows-and-runners.md"
BOUNDS = re.compile(
    r"at most (?P<files>\d+) files of ours, (?P<functions>\d+) functions in them, and (?P<frames>\d+)\s"
)


@pytest.fixture(scope="module")
def way():
    """Trace one cancel."""
    return way_of_a_cancel()


@pytest.fixture(scope="module")
def bounds():
    """Read what the documentation promises."""
    return {name: int(number) for name, number in BOUNDS.search(PAGE.read_text(encoding="utf-8")).groupdict().items()}


def test_no_more_files_than_documented(way, bounds):
    """One happy cancel enters at most as many files and functions as the page says; lower the page when it is fewer."""
    assert len(way.files) <= bounds["files"], way.files
    assert len(way.functions) <= bounds["functions"]


def test_no_deeper_stack_than_documented(way, bounds):
    """Where the request is made, no more frames of ours are on the stack than the page says."""
    assert 0 < len(way.stack) <= bounds["frames"], way.stack
