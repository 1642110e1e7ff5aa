"""Whole calls: the core's own hooks, which carry them out, and what runs one through its wrappers to its end.

Whatever the wrappers do, a cancel ends in a report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, TypeVar

from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    NotSent,
    NotSupported,
    OrderDenied,
    OutcomeUnknown,
    PluginError,
    RequestState,
)
from hk_adapter.execution import call_log
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.cancel.policy import MOST_SENDS
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.context import Context
from hk_adapter.execution.create_lookup import Naming, no_params
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operations import OPERATIONS
from hk_adapter.execution.rate_limits import most_weights
from hk_adapter.execution.remembered import OrderMemory, recall
from hk_adapter.flow.driver import check_flow, watched
from hk_adapter.flow.effects import Flow, Now
from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.hooks import HEEDED, Declared, VenueHooks, hookimpl
from hk_adapter.model import CancelOutcome, CancelReport, CancelRequest, CreateOrderRequest, Operation
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.ids import check_client_order_id, check_order_id

T = TypeVar("T")

_IDS = count(1)
_ID_CHECKS = {"order_id": check_order_id, "client_order_id": check_client_order_id}


def _accept_any(request: object) -> None:
    """Find nothing wrong, for a venue whose hooks check for themselves."""


class Core:
    """The one plain implementation of ``operate`` and ``attempt`` in a connection's plugin manager."""

    _hooks: VenueHooks

    def __init__(
        self,
        looks: SharedLookups,
        cancel_batch: int = 0,
        check_cancel: Callable[[CancelRequest], None] = _accept_any,
        *,
        create_batch: int = 0,
        second_look: float | None = None,
        check_create: Callable[[CreateOrderRequest], None] = _accept_any,
        memories: Sequence[OrderMemory] = (),
        client_ids: ClientIds = ClientIds.SHOWN,
        look_params: Callable[[CreateOrderRequest], Mapping[str, Any]] = no_params,
        market_type: str | None = None,
        limits: Mapping[str, Declared] | None = None,
        heeds: frozenset[str] = frozenset(),
        plugin: str = "",
    ) -> None:
        self._plugin = plugin
        self._passed_by = HEEDED - heeds
        self._most_weight = None if limits is None else most_weights(limits)
        self._memories = memories
        self._check_create = _contained_check(check_create, "check_create", plugin)
        self._context = Context(
            looks=looks,
            cancel_batch=cancel_batch,
            check_cancel=_contained_check(check_cancel, "check_cancel", plugin),
            create_batch=create_batch,
            second_look=second_look,
            naming=Naming(ClientIds(client_ids), look_params),
            market_type=market_type,
        )

    def attach(self, hooks: VenueHooks) -> None:
        """Keep the hooks of the manager that this core was joined to."""
        self._hooks = hooks

    @hookimpl
    async def operate(self, operation: Operation) -> Any:
        """Carry out a whole call on the opened venue's hooks."""
        row = OPERATIONS.get(operation.name)
        if row is None or row.flow is None:
            raise NotSupported(f"no call is named {operation.name!r}", operation=operation.name)
        known, on_skew = self._context.looks.known, None
        _check_ids(operation.request)
        if not operation.name.startswith("cancel"):  # which decides by its table when to measure the clock
            self._check_terms(operation)
            on_skew = measure_clock
        if operation.name.startswith("create"):
            await recall(self._memories, known, operation)
        hooks = OperationHooks(self._hooks, operation, on_skew, self._most_weight, self._plugin, known)
        return await row.flow(hooks, operation, self._context)

    @hookimpl
    def attempt(self, operation: Operation, request: object, hook: str) -> Flow[Any] | None:
        """Begin one call of a hook of the opened venue; None where its plugin has no such hook."""
        arguments = {} if request is None else {"request": request}
        flow: Flow[Any] | None = getattr(self._hooks, hook)(**arguments)
        return flow

    def _check_terms(self, operation: Operation) -> None:
        requests = getattr(operation.request, "orders", (operation.request,))
        for request in requests:
            _check_heeded(request, self._passed_by)
            if operation.name.startswith("create"):
                self._check_create(request)


def _contained_check(check: Callable[[T], None], name: str, plugin: str) -> Callable[[T], None]:
    """Return a venue's check whose own faults are PluginErrors: it runs before anything is sent."""

    def checked(request: T) -> None:
        try:
            check(request)
        except AdapterError:
            raise
        except Exception as error:
            raise_struck(error)
            message = f"{plugin or 'the venue: '}{name} raised {type(error).__name__}"
            raise PluginError(message, request_state=RequestState.NOT_SENT) from error

    return checked


def _check_ids(request: object) -> None:
    """Refuse ids that a venue could read as another, wherever they come from: a journal's rows are ids too."""
    for one in getattr(request, "orders", (request,)):
        for name, check in _ID_CHECKS.items():
            text = getattr(one, name, None)
            if text is not None:
                check(name, text)


def _check_heeded(request: object, passed_by: frozenset[str]) -> None:
    """Refuse what a plugin does not say that it looks at: it would place what is only to be checked."""
    for name in passed_by:
        if getattr(request, name, None) not in (None, False):
            raise NotSupported(f"the plugin of this venue does not say that it heeds {name}")


async def run_operation(hooks: VenueHooks, operation: Operation, kind: type[T], venue_id: str) -> T:
    """Run a call through ``operate`` and return its result, a ``kind``; errors are told the venue and the call.

    Requests that a wrapper sends on its own account must be over by the call's deadline too.
    """
    try:
        result = await _run(hooks, operation, kind, venue_id, await _whole_attempt(operation))
    except AdapterError as error:
        call_log.note_error(operation, error, venue_id)
        raise
    call_log.note_result(operation, result, venue_id)
    return result


async def _whole_attempt(operation: Operation) -> Attempt:
    """Return what watches a whole call, from now on."""
    deadline = (await Now()).monotonic + operation.timeout
    return Attempt(deadline, strict=False, whole=True, hook=operation.name)


async def _run(hooks: VenueHooks, operation: Operation, kind: type[T], venue_id: str, attempt: Attempt) -> T:
    try:
        flow = hooks.operate(operation=operation.due(attempt.deadline, next(_IDS)))
        check_flow(flow, "operate")
        result = await watched(flow, attempt)
        if not isinstance(result, kind):
            raise PluginError(f"operate gave {type(result).__name__}, not {kind.__name__}")
    except AdapterError as error:
        with_origin(error, operation.name, venue_id)
        raise
    except Exception as error:
        raise_struck(error)
        broken = PluginError(f"a wrapper or venue {venue_id!r} broke {operation.name} with {type(error).__name__}")
        broken.request_state = attempt.request_state
        raise with_origin(broken, operation.name, venue_id) from error
    return result


async def report_cancel(hooks: VenueHooks, operation: Operation, venue_id: str) -> CancelReport:
    """Run a cancel to its report, a denial or a broken wrapper included.

    Raises only what the caller did wrong, before anything was sent.
    """
    attempt = await _whole_attempt(operation)
    try:
        report = await _run(hooks, operation, CancelReport, venue_id, attempt)
    except (OrderDenied, PluginError) as error:
        report = await _report_broken_off(error, operation, attempt)
    report = _with_noted_fault(report, attempt)
    if report.error is not None:
        with_origin(report.error, operation.name, venue_id)
    call_log.note_result(operation, report, venue_id)
    return report


async def report_cancels(hooks: VenueHooks, operation: Operation, venue_id: str) -> list[CancelReport]:
    """Run a cancel of several orders to one report each, a denial or a broken wrapper included.

    Raises only what the caller did wrong, before anything was sent.
    """
    attempt = await _whole_attempt(operation)
    try:
        reports: list[CancelReport] = await _run(hooks, operation, list, venue_id, attempt)
    except (OrderDenied, PluginError) as error:
        reports = [await _report_broken_off(error, operation, attempt) for _ in operation.request.orders]
    return _finished(reports, operation, venue_id, attempt)


async def report_cancel_all(hooks: VenueHooks, operation: Operation, venue_id: str) -> list[CancelReport]:
    """Run a cancel of whatever is open to one report each; raises where the open orders could not be listed."""
    attempt = await _whole_attempt(operation)
    try:
        reports: list[CancelReport] = await _run(hooks, operation, list, venue_id, attempt)
    except AdapterError as error:
        call_log.note_error(operation, error, venue_id)
        raise
    return _finished(reports, operation, venue_id, attempt)


def _finished(reports: list[CancelReport], operation: Operation, venue_id: str, attempt: Attempt) -> list[CancelReport]:
    """Return the reports with all that is known of them now, and log them."""
    reports = [_with_noted_fault(report, attempt) for report in reports]
    for report in reports:
        if report.error is not None:
            with_origin(report.error, operation.name, venue_id)
    call_log.note_result(operation, reports, venue_id)
    return reports


def _with_noted_fault(report: CancelReport, attempt: Attempt) -> CancelReport:
    """Return a report with the fault that a wrapper wants told, where it tells of nothing else."""
    if attempt.noted_fault is None or report.error is not None:
        return report
    return replace(report, error=attempt.noted_fault)


def with_origin(error: AdapterError, operation: str, venue_id: str) -> AdapterError:
    """Record in an error which venue and call it belongs to, where it does not know."""
    error.venue = error.venue or venue_id
    error.operation = error.operation or operation
    return error


async def _report_broken_off(cause: AdapterError, operation: Operation, attempt: Attempt) -> CancelReport:
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
