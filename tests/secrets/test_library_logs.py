"""The filters of what HTTP libraries log are there for each call, and cost it no lock."""

from __future__ import annotations

import logging

from hk_adapter.transport.redaction import redact_library_logs
from tests.interrupts.striking import in_time


def test_a_call_does_not_wait_for_the_lock_of_logging() -> None:
    """It may stay taken for ever, where Ctrl-C struck another call that had it."""
    with logging._lock:  # type: ignore[attr-defined]
        assert in_time(lambda: [redact_library_logs()], 2.0)


def test_a_filter_that_was_taken_away_comes_back() -> None:
    """A program that clears its loggers' filters has them again with the next performer."""
    logger = logging.getLogger("urllib3.connectionpool")
    redact_library_logs()
    kept = list(logger.filters)
    logger.filters.clear()
    redact_library_logs()
    assert set(kept) >= set(logger.filters) != set()
