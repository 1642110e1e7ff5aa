"""The one table of exit codes: what each means, and which outcome or error ends in which."""

from __future__ import annotations

from enum import IntEnum

from hk_adapter.errors import (
    AdapterError,
    Mismatch,
    NotSent,
    OrderDenied,
    OrderNotFound,
    RateLimited,
    RequestState,
    VenueUnavailable,
)
from hk_adapter.model import CancelOutcome, CancelReport, Wait


class ExitCode(IntEnum):
    """What the process says when it ends."""

    DONE = 0
    FAULT = 1
    """Python's and click's own code for a crash and for output that nobody takes."""
    USAGE = 2
    """click's own code for wrong usage."""
    REFUSED = 3
    NOT_FOUND = 4
    NOT_RUN = 5
    UNKNOWN = 6
    MISMATCH = 7
    HUNG_UP = 129
    """What shells give a command whose terminal was closed: 128 + SIGHUP."""
    INTERRUPTED = 130
    """What shells give a command that Ctrl-C ended: 128 + SIGINT."""
    TERMINATED = 143
    """128 + SIGTERM."""


MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "the order is proven off the book (--wait ack: the cancel was accepted)",
    ExitCode.FAULT: "the command failed, or nobody took its output; ask the venue",
    ExitCode.USAGE: "wrong arguments or settings, or the extra is missing; nothing was sent",
    ExitCode.REFUSED: "the venue refused the cancel; mend the reason before repeating",
    ExitCode.NOT_FOUND: "the venue knows no such order",
    ExitCode.NOT_RUN: "not sent, venue down or asked too often; safe to repeat",
    ExitCode.UNKNOWN: "unknown, pending or its end not proven; ask the venue",
    ExitCode.MISMATCH: "as 0, but the order contradicts --symbol or --client-order-id",
    ExitCode.HUNG_UP: "as 130, ended by SIGHUP: its terminal was closed",
    ExitCode.INTERRUPTED: "ended by Ctrl-C; of a cancel that had begun, the line tells what is known",
    ExitCode.TERMINATED: "the same, ended by SIGTERM",
}

OUTCOMES: dict[CancelOutcome, ExitCode] = {
    CancelOutcome.CANCELED: ExitCode.DONE,
    CancelOutcome.PARTIALLY_CANCELED: ExitCode.DONE,
    CancelOutcome.TOO_LATE_FILLED: ExitCode.DONE,
    CancelOutcome.ALREADY_CANCELED: ExitCode.DONE,
    CancelOutcome.ENDED: ExitCode.DONE,
    CancelOutcome.OFF_BOOK: ExitCode.UNKNOWN,
    CancelOutcome.PENDING: ExitCode.UNKNOWN,
    CancelOutcome.REJECTED: ExitCode.REFUSED,
    CancelOutcome.NOT_FOUND: ExitCode.NOT_FOUND,
    CancelOutcome.RATE_LIMITED: ExitCode.NOT_RUN,
    CancelOutcome.CLOCK_SKEW: ExitCode.REFUSED,
    CancelOutcome.AUTH: ExitCode.REFUSED,
    CancelOutcome.BAD_REQUEST: ExitCode.REFUSED,
    CancelOutcome.VENUE_DOWN: ExitCode.NOT_RUN,
    CancelOutcome.NOT_SENT: ExitCode.NOT_RUN,
    CancelOutcome.UNKNOWN: ExitCode.UNKNOWN,
}
"""PENDING under ``wait="ack"`` is what the caller waited for, and ends in 0."""

_REQUEST_STATES: dict[RequestState, ExitCode] = {
    RequestState.NOT_SENT: ExitCode.USAGE,
    RequestState.REFUSED: ExitCode.REFUSED,
    RequestState.EXECUTED: ExitCode.MISMATCH,
    RequestState.UNKNOWN: ExitCode.UNKNOWN,
}


def code_of_report(report: CancelReport) -> ExitCode:
    """Return the code that a cancel ends in. A mismatch never hides that the outcome is not what was waited for."""
    code = OUTCOMES[report.outcome]
    if report.outcome is CancelOutcome.PENDING and report.wait is Wait.ACK and report.order is not None:
        code = ExitCode.DONE
    if code is ExitCode.DONE and isinstance(report.error, Mismatch):
        return ExitCode.MISMATCH
    return code


def code_of_error(error: AdapterError) -> ExitCode:
    """Return the code that an error outside a report ends in."""
    if isinstance(error, NotSent | OrderDenied | RateLimited | VenueUnavailable):
        return ExitCode.NOT_RUN
    if isinstance(error, OrderNotFound):
        return ExitCode.NOT_FOUND
    return _REQUEST_STATES[error.request_state]


def help_text() -> str:
    """Write the table for ``--help``."""
    return "\n".join(["Exit codes:", *(f"{code:>3}  {meaning}" for code, meaning in MEANINGS.items())])
