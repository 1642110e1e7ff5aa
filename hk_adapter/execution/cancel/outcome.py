"""Report what a cancel came to, by all that it has learned. Pure: no I/O, no waiting."""

from __future__ import annotations

from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    Mismatch,
    NotSent,
    RequestState,
)
from hk_adapter.execution.agreement import contradiction
from hk_adapter.execution.cancel.refusals import REFUSALS
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import CancelOutcome, CancelReport, Evidence, Order, OrderStatus, Wait


def verdict(case: CancelCase, wait: Wait, elapsed: float) -> CancelReport:
    """Report what is known of a cancel now. ``elapsed`` is in seconds."""
    end = case.end(wait)
    outcome, evidence = _outcome(case, end)
    order = end or _last_seen(case, outcome)
    error, look_error = _mismatch(case, order), None
    if not outcome.final:
        error, look_error = error or _error_behind(case, outcome), case.look_error
    return CancelReport(
        outcome=outcome,
        order=order,
        evidence=evidence,
        attempts=case.sends,
        ambiguous_attempts=case.doubts,
        accepted=case.accepted or case.accepted_beside,
        ended_before=end is not None and not (case.accepted or case.accepted_beside) and case.is_older(end),
        error=error or case.fault,
        retry_after=_longest_wait(error, look_error),
        wait=wait,
        elapsed=elapsed,
    )


def _last_seen(case: CancelCase, outcome: CancelOutcome) -> Order | None:
    """Return the order as last seen; one that was shown open but is off the book claims no status.

    Nor does one that an answer showed as ended, where that may have been of another one.
    """
    order = case.last_seen
    if case.is_id_taken and order is not None and order is case.acknowledged_end:
        return replace(order, status=None)
    if order is None or outcome is not CancelOutcome.OFF_BOOK or order.status is not OrderStatus.OPEN:
        return order
    return replace(order, status=None)


def _outcome(case: CancelCase, end: Order | None) -> tuple[CancelOutcome, Evidence]:
    if end is not None:
        by_look = Evidence.STREAM if case.is_by_stream else Evidence.QUERY
        return _final_outcome(case, end), by_look if end is case.proven_end else Evidence.ACK
    if case.sends == 0 and not case.in_question:
        return _unsent_outcome(case), Evidence.NONE
    return _unfinished_outcome(case)


def _final_outcome(case: CancelCase, end: Order) -> CancelOutcome:
    if end.status is OrderStatus.CLOSED:
        return CancelOutcome.TOO_LATE_FILLED
    if end.status is not OrderStatus.CANCELED:
        return CancelOutcome.ENDED
    if not case.in_question and case.is_older(end):
        return CancelOutcome.ALREADY_CANCELED  # else a send that was delivered twice may have done it
    return CancelOutcome.PARTIALLY_CANCELED if end.filled else CancelOutcome.CANCELED


def _unsent_outcome(case: CancelCase) -> CancelOutcome:
    unreachable = isinstance(case.last_error, NotSent) and case.last_error.unreachable
    return CancelOutcome.VENUE_DOWN if unreachable else CancelOutcome.NOT_SENT


def _unfinished_outcome(case: CancelCase) -> tuple[CancelOutcome, Evidence]:
    is_known_of_it = not (case.is_id_taken or case.is_of_several)
    if case.acknowledged_end is not None and is_known_of_it:
        return CancelOutcome.OFF_BOOK, Evidence.ACK
    if case.off_book is not None and is_known_of_it:
        return CancelOutcome.OFF_BOOK, case.off_book
    if case.accepted or case.accepted_beside:
        return CancelOutcome.PENDING, Evidence.ACK
    if case.in_question:
        return CancelOutcome.UNKNOWN, Evidence.NONE
    return _refused_outcome(case)


def _refused_outcome(case: CancelCase) -> tuple[CancelOutcome, Evidence]:
    for kind, outcome in REFUSALS.items():
        if isinstance(case.last_refusal, kind) and not case.said_ended:
            return outcome, Evidence.ERROR_CODE
    if case.shown_open and not case.said_ended:
        return CancelOutcome.REJECTED, Evidence.QUERY
    if case.is_not_found():
        return CancelOutcome.NOT_FOUND, Evidence.QUERY
    return CancelOutcome.UNKNOWN, Evidence.ERROR_CODE


def _error_behind(case: CancelCase, outcome: CancelOutcome) -> AdapterError | None:
    if case.sends and not case.in_question:
        return case.last_refusal
    error = case.last_error or case.look_error
    if error is None and outcome is CancelOutcome.NOT_SENT:
        return NotSent("too little time was left to send the cancel")  # else a send, or a try at one, left its error
    return error


def _mismatch(case: CancelCase, order: Order | None) -> AdapterError | None:
    if order is None or not (case.accepted or case.proven_end is not None):
        return None
    asked = case.request
    found = contradiction(order, {"symbol": asked.symbol, "client_order_id": asked.client_order_id})
    if found is None:
        return None
    error = Mismatch(f"{_words_for_request(case)} order {order.id}, whose {found}", order=order)
    error.__cause__ = case.fault or case.last_error
    if not case.accepted:
        error.request_state = RequestState.UNKNOWN if case.doubts else RequestState.REFUSED
        error.code = None if case.last_error is None else case.last_error.code
    return error


def _words_for_request(case: CancelCase) -> str:
    if case.accepted:
        return "the cancel ran on"
    return "the cancel may have run on" if case.doubts else "the cancel was refused for"


def _longest_wait(*errors: AdapterError | None) -> float | None:
    waits = [error.retry_after for error in errors if error is not None and error.retry_after is not None]
    return max(waits) if waits else None
