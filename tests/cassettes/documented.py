"""How a test gets an answer that was typed from the documentation."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

PLAYED: set[str] = set()
"""The documented cassettes that the tests here name."""


def replayed(name: str, *values: Any, repeats: bool = False) -> Any:
    """Give one documented cassette to a test, beside the test's other values; it is never written to."""
    PLAYED.add(name)
    marks = [
        pytest.mark.default_cassette(f"documented/hashkey/{name}"),
        pytest.mark.vcr(record_mode="none", allow_playback_repeats=repeats),
    ]
    return pytest.param(*values, marks=marks, id=name)


def own_key() -> dict[str, str]:
    """Give a key that no other test has: a rate limit told to one key silences all its connections."""
    return {"api_key": uuid.uuid4().hex, "secret": "cassette-secret"}
