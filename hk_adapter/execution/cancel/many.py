"""Cancel many orders by the venue's best request, and learn what became of each: one report per order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, InvalidArgument, NotSent
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.beside import tell_each_other
from hk_adapter.execution.cancel.one import (
    CancelRun,
    case_for,
    decide_step,
    learn_result,
    look_requests,
    measure,
    reported,
)
from hk_adapter.execution.cancel.policy import Look, Measure, Send, Step, Stop
from hk_adapter.execution.cancel.scope import orders_in_scope, report_unlisted, report_untold, untold_rows
from hk_adapter.execution.cancel.send import send_all
from hk_adapter.execution.context import Context
from hk_adapter.execution.open_orders import OpenOrderPages
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.flow.effects import Gather, Now, rest
from hk_adapter.model import CancelAllRequest, CancelReport, CancelRequest, Operation
from hk_adapter.record import Record

TOGETHER = 0.5
"""Seconds: repeats that are due this close to each other go out together."""


async def resolve_cancels(hooks: OperationHooks, operation: Operation, context: Context) -> list[CancelReport]:
    """Run one ``cancel_orders`` to its reports, in the order of its request."""
    for request in operation.request.orders:
        context.check_cancel(request)
    call = _Settling(context, await _runs(hooks, operation, context, operation.request.orders))
    await call.settle()
    return await _reports(call.runs)


async def resolve_cancel_all(hooks: OperationHooks, operation: Operation, context: Context) -> list[CancelReport]:
    """Run one ``cancel_all_orders`` to its reports: one for each order that was open when it was listed.

    Each is canceled by its id. A venue's request for a whole scope would reach what has arrived since, which nobody
    could report. A row that cannot be read is canceled too where it tells its id and that it is meant; each of the
    others has a report that nothing was sent for it.

    The orders of the first page do not wait for the further ones, where their leaving the list does not move those. If
    one cannot be had then, what it would have shown has one report, that nothing was sent for it.

    Raises the listing's error where the open orders could not be listed in time, and InvalidArgument where the venue's
    plugin could send a cancel of none of them: then nothing was sent.
    """
    asked: CancelAllRequest = operation.request
    started = (await Now()).monotonic
    pages = OpenOrderPages(hooks, asked.symbol, operation.end(started), asked.params)
    call, missing = _Settling(context), None

    async def take_up() -> None:
        orders = [order for order in orders_in_scope(pages.listed(), asked) if order.id not in call.ids]
        requests = [
            CancelRequest(order_id=order.id, symbol=order.symbol or asked.symbol, params=asked.params)
            for order in orders
        ]
        if not call.runs:
            _check_any(context, requests)
        runs = await _runs(hooks, operation, context, requests)
        now = await Now()
        for run, order in zip(runs, orders, strict=True):
            run.case.learn_row(order)
            context.looks.known.note_existed(order, now)
        call.add(runs)

    await pages.read_page()
    if pages.goes_on and pages.outlasts_cancels:
        await take_up()
        missing = _missing(await Gather((call.round(), pages.read_rest())))
        if missing is not None and is_block(missing):
            call.block(missing)
    else:
        await pages.read_rest()
    await take_up()
    await call.settle()
    elapsed = (await Now()).monotonic - started
    untold = [report_untold(row, operation.wait, elapsed) for row in untold_rows(pages.listed(), asked, call.ids)]
    if missing is not None:
        untold.append(report_unlisted(missing, operation.wait, elapsed))
    return [*await _reports(call.runs), *untold]


def _missing(results: Sequence[Any]) -> AdapterError | None:
    """Return why the rest of a list could not be read; None where it was. Raises what ended the sends beside it."""
    sent, listed = results
    if isinstance(sent, Exception):
        raise sent
    if listed is None or isinstance(listed, AdapterError):
        return listed
    raise listed


def _check_any(context: Context, requests: Sequence[CancelRequest]) -> None:
    """Raise InvalidArgument where the venue could send none: what is wrong is the call's, and not one order's."""
    refused: InvalidArgument | None = None
    for request in requests:
        try:
            context.check_cancel(request)
        except InvalidArgument as error:
            refused = refused or error
        else:
            return
    if refused is not None:
        raise refused


async def _runs(
    hooks: OperationHooks, operation: Operation, context: Context, requests: Sequence[CancelRequest]
) -> list[CancelRun]:
    started = (await Now()).monotonic
    deadline = operation.end(started)
    alone = len(requests) == 1
    return [
        CancelRun(
            hooks,
            context.looks,
            replace(operation, request=request),
            case_for(request, context.looks.known, context.second_look),
            started,
            deadline,
            alone,
        )
        for request in requests
    ]


async def _reports(runs: list[CancelRun]) -> list[CancelReport]:
    tell_each_other([run.case for run in runs])
    now = (await Now()).monotonic
    return [reported(run, now) for run in runs]


class _Settling:
    """The cancels of one call, run together until nothing more can be learned of any.

    Attributes:
        runs: all of them.
        ids: the ids that they name.
    """

    def __init__(self, context: Context, runs: Sequence[CancelRun] = ()) -> None:
        self._context = context
        self._plans: dict[int, _Plan] = {}
        self._waiting: list[int] = []
        self._is_blocked = False
        self._cause: AdapterError | None = None
        self.runs: list[CancelRun] = []
        self.ids: set[str | None] = set()
        self.add(runs)

    def add(self, runs: Sequence[CancelRun]) -> None:
        """Run these too."""
        self._waiting += range(len(self.runs), len(self.runs) + len(runs))
        self.runs += runs
        self.ids.update(run.case.request.order_id for run in runs)
        self._heed_block()

    async def settle(self) -> None:
        """Run them until nothing more can be learned of any."""
        while self._waiting:
            await self.round()

    async def round(self) -> None:
        """Make the step that is due first, of all for whom it is about due."""
        runs, plans = self.runs, self._plans
        tell_each_other([run.case for run in runs])
        now = (await Now()).monotonic
        for number in self._waiting:
            if number not in plans:
                plans[number] = _planned(await decide_step(runs[number]), now)
        self._waiting = [number for number in self._waiting if not isinstance(plans[number].step, Stop)]
        due = _due(plans, self._waiting, now)
        if not due:
            return
        chosen = [runs[number] for number in due]
        kind = type(plans[due[0]].step)
        await rest(plans[due[0]].at - now)
        for number in due:
            del plans[number]
        if kind is Measure:
            await measure([runs[number] for number in self._waiting])
            plans.clear()
        elif kind is Send:
            sent_before = any(run.case.sends for run in runs)
            await send_all(chosen, self._context.cancel_batch, sent_before=sent_before)
        else:
            await _look_at_all(self._context, chosen)
        self._heed_block()

    def _heed_block(self) -> None:
        # The venue blocks the caller, not an order: nothing more goes out for any of them.
        blocked = [run.case for run in self.runs if run.case.blocked]
        if self._is_blocked or blocked:
            self.block(next((case.last_error for case in blocked if case.last_error is not None), None))

    def block(self, cause: AdapterError | None) -> None:
        """Let nothing more go out, for those neither that are added later."""
        self._is_blocked, self._cause = True, self._cause or cause
        for case in (run.case for run in self.runs):
            if case.sends == 0 and case.last_error is None:
                case.learn_failure(0, _shut_out(self._cause))
            case.blocked = True
        self._plans.clear()


def _shut_out(cause: AdapterError | None) -> NotSent:
    """Return the error of a cancel that does not go out, for the venue blocks the caller."""
    if cause is None:
        return NotSent("the venue blocks this caller")
    error = NotSent(f"the venue blocks this caller: {cause}", retry_after=cause.retry_after)
    error.__cause__ = cause
    return error


class _Plan(Record, frozen=True, gc=False):
    """A step and when it is due, in seconds of the monotonic clock."""

    step: Step
    at: float


def _planned(step: Step, now: float) -> _Plan:
    return _Plan(step, now + step.pause if isinstance(step, Send | Look) else now)


def _due(plans: dict[int, _Plan], waiting: list[int], now: float) -> list[int]:
    """Return those whose next step is due first, and all of its kind that are due about then, or by now."""
    order = sorted(waiting, key=lambda number: (plans[number].at, isinstance(plans[number].step, Look), number))
    if not order:
        return []
    first = plans[order[0]]
    near = [number for number in order if plans[number].at <= max(first.at, now) + TOGETHER]
    return [number for number in near if type(plans[number].step) is type(first.step)]


async def _look_at_all(context: Context, runs: list[CancelRun]) -> None:
    by_turns = sorted(runs, key=lambda run: -run.case.passed_over)
    names = [look_requests(run.case) for run in by_turns]
    heard = all(run.case.hears for run in runs)
    results = await context.looks.look(by_turns[0].hooks, names, by_turns[0].deadline, by_stream=heard)
    for run, result in zip(by_turns, results, strict=True):
        learn_result(run.case, result)
