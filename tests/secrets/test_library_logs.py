"""The filters of what HTTP libraries log are there for each call, and cost it no lock."""

from __future__ import annotations

import logging
import subprocess
import sys

from hk_adapter.transport.redaction import redact, redact_library_logs
from tests.interrupts.striking import in_time


def test_a_call_does_not_wait_for_the_lock_of_logging() -> None:
    """It may stay taken for ever, where Ctrl-C struck another call that had it."""
    with logging._lock:  # type: ignore[attr-defined]
        assert in_time(lambda: [redact_library_logs()], 2.0)


def test_a_filter_that_was_taken_away_comes_back() -> None:
    """A program that clears its loggers' filters has them again with the next transport."""
    logger = logging.getLogger("urllib3.connectionpool")
    redact_library_logs()
    kept = list(logger.filters)
    logger.filters.clear()
    redact_library_logs()
    assert set(kept) >= set(logger.filters) != set()


def test_an_answer_that_is_logged_whole_holds_nobody_up() -> None:
    """With bodies, which ccxt logs, what is looked for costs as much for each letter of a long one as of any."""
    for body in ("?" * 1_000_000, "?a" * 500_000, "secret " * 150_000, "'secret'=" * 100_000):
        assert in_time(lambda body=body: [redact(body)], 10.0)


LATE = """
import builtins, logging, sys
from hk_adapter.transport.redaction import redact, redact_library_logs

class Late:
    def __del__(self, log=logging.getLogger("urllib3.connectionpool")):
        assert sys.is_finalizing()
        log.debug("GET /x?signature=canary HTTP/1.1")
        try:
            raise ValueError("secret=canary /x?signature=canary")
        except ValueError:
            log.debug("failed", exc_info=True)

logging.basicConfig(level=logging.DEBUG)
redact_library_logs()
builtins.late = Late()
"""


def test_what_is_logged_while_the_interpreter_ends_is_hidden_too() -> None:
    """Whatever modules are gone by then."""
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True, timeout=30)
    assert "canary" not in done.stderr
    assert "DEBUG:urllib3.connectionpool:GET /x?[redacted] HTTP/1.1" in done.stderr
    assert "ValueError: secret=[redacted] /x?[redacted]" in done.stderr
    assert "Logging error" not in done.stderr
