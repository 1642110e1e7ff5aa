"""Around ``operate`` and its wrappers: whatever they do, a cancel ends in a report."""

from __future__ import annotations

from itertools import count
from typing import TypeVar

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, NotSent, OrderDenied, OutcomeUnknown, PluginError, RequestState
from hk_adapter.execution import call_log
from hk_adapter.execution.attempt import Attempt
from hk_adapter.execution.cancel.policy import MOST_SENDS
from hk_adapter.flow.driver import Watched, check_flow
from hk_adapter.flow.effects import Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelOutcome, CancelReport, Operation

T = TypeVar("T")

_IDS = count(1)


async def run_operation(hooks: VenueHooks, operation: Operation, kind: type[T], venue_id: str) -> T:
    """Run a call through ``operate`` and return its result, a ``kind``; errors are told the venue and the call.

    Requests that a wrapper sends on its own account must be over by the call's deadline too.
    """
    try:
        result = await _run(hooks, operation, kind, venue_id, await _watch(operation))
    except AdapterError as error:
        call_log.note_error(operation, error, venue_id)
        raise
    call_log.note_result(operation, result, venue_id)
    return result


async def _watch(operation: Operation) -> Attempt:
    return Attempt((await Now()).monotonic + operation.timeout, strict=False, whole=True)


async def _run(hooks: VenueHooks, operation: Operation, kind: type[T], venue_id: str, attempt: Attempt) -> T:
    try:
        flow = hooks.operate(operation=operation.due(attempt.deadline, next(_IDS)))
        check_flow(flow, "operate")
        result = await Watched(flow, attempt)
        if not isinstance(result, kind):
            raise PluginError(f"operate gave {type(result).__name__}, not {kind.__name__}")
    except AdapterError as error:
        placed(error, operation.name, venue_id)
        raise
    except Exception as error:
        broken = PluginError(f"a wrapper broke {operation.name} with {type(error).__name__}")
        broken.request_state = attempt.request_state
        raise placed(broken, operation.name, venue_id) from error
    return result


async def report_cancel(hooks: VenueHooks, operation: Operation, venue_id: str) -> CancelReport:
    """Run a cancel to its report, a denial or a broken wrapper included.

    Raises only what the caller did wrong, before anything was sent.
    """
    attempt = await _watch(operation)
    try:
        report = await _run(hooks, operation, CancelReport, venue_id, attempt)
    except (OrderDenied, PluginError) as error:
        report = await _broken_off(error, operation, attempt)
    report = _with_noted(report, attempt)
    if report.error is not None:
        placed(report.error, operation.name, venue_id)
    call_log.note_result(operation, report, venue_id)
    return report


async def report_cancels(hooks: VenueHooks, operation: Operation, venue_id: str) -> list[CancelReport]:
    """Run a cancel of several orders to one report each, a denial or a broken wrapper included.

    Raises only what the caller did wrong, before anything was sent.
    """
    attempt = await _watch(operation)
    try:
        reports: list[CancelReport] = await _run(hooks, operation, list, venue_id, attempt)
    except (OrderDenied, PluginError) as error:
        reports = [await _broken_off(error, operation, attempt) for _ in operation.request.orders]
    return _told(reports, operation, venue_id, attempt)


async def report_cancel_all(hooks: VenueHooks, operation: Operation, venue_id: str) -> list[CancelReport]:
    """Run a cancel of whatever is open to one report each; raises where the open orders could not be listed."""
    attempt = await _watch(operation)
    try:
        reports: list[CancelReport] = await _run(hooks, operation, list, venue_id, attempt)
    except AdapterError as error:
        call_log.note_error(operation, error, venue_id)
        raise
    return _told(reports, operation, venue_id, attempt)


def _told(reports: list[CancelReport], operation: Operation, venue_id: str, attempt: Attempt) -> list[CancelReport]:
    reports = [_with_noted(report, attempt) for report in reports]
    for report in reports:
        if report.error is not None:
            placed(report.error, operation.name, venue_id)
    call_log.note_result(operation, reports, venue_id)
    return reports


def _with_noted(report: CancelReport, attempt: Attempt) -> CancelReport:
    """Give a report with the fault that a wrapper wants told, where it tells of nothing else."""
    if attempt.noted is None or report.error is not None:
        return report
    return replace(report, error=attempt.noted)


def placed(error: AdapterError, operation: str, venue_id: str) -> AdapterError:
    """Tell an error which venue and call it belongs to, where it does not know."""
    error.venue = error.venue or venue_id
    error.operation = error.operation or operation
    return error


async def _broken_off(cause: AdapterError, operation: Operation, attempt: Attempt) -> CancelReport:
    """Report a cancel whose own report was lost: of each order as many sends as can have been, all in doubt."""
    unsent = attempt.cancels == 0 and (attempt.sent == 0 or cause.request_state is RequestState.NOT_SENT)
    kind = NotSent if unsent else OutcomeUnknown
    error = kind(str(cause), venue=cause.venue, operation=cause.operation)
    error.__cause__ = cause
    sends = min(attempt.cancels, MOST_SENDS)
    return CancelReport(
        outcome=CancelOutcome.NOT_SENT if unsent else CancelOutcome.UNKNOWN,
        error=error,
        attempts=sends,
        ambiguous_attempts=sends,
        wait=operation.wait,
        elapsed=(await Now()).monotonic - (attempt.deadline - operation.timeout),
    )
