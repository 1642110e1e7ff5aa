"""What can stand in a row: text and numbers within bounds, whatever a caller or a venue said."""

from __future__ import annotations

from hk_adapter.errors import PluginError, RequestState

ANSWERED = "answered"
"""What is known of a request that the venue answered and did not refuse."""

LONGEST_TEXT = 4096
"""Characters of one value; ids have a few dozen."""
LONGEST_WORD = 64
"""Characters that are kept of a word of the venue's, such as a code."""
LATEST_TIME = 10**17
"""Ms UTC, three million years: a later end of a time limit is written as this one."""


def exact(name: str, value: str | None) -> str | None:
    """Return text that an order is found by, exactly as it is. Raises PluginError where it cannot stand in a row."""
    if value is None:
        return None
    if len(value) > LONGEST_TEXT or not value.isprintable():
        raise PluginError(
            f"{name} cannot stand in the journal: {len(value)} characters, {value[:40]!a}...",
            request_state=RequestState.NOT_SENT,
        )
    return value


def exact_or_none(value: str | None) -> str | None:
    """As ``exact``; None for what cannot stand in a row."""
    return value if value is None or (len(value) <= LONGEST_TEXT and value.isprintable()) else None


def word(value: object) -> str | None:
    """Return a word, in ASCII and cut short; None stays None."""
    return None if value is None else str(value)[:LONGEST_WORD].encode("ascii", "backslashreplace").decode("ascii")


def time_limit(seconds: float) -> int:
    """Return a time limit in ms."""
    return int(min(seconds * 1000, float(LATEST_TIME)))
