"""Cancel many orders by the venue's best request, and learn what became of each: one report per order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, NotSent
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.further_pages import FurtherPages
from hk_adapter.execution.cancel.one import (
    CancelRun,
    case_for,
    decide_next,
    learn_result,
    look_requests,
    measure,
    report_of,
)
from hk_adapter.execution.cancel.policy import Look, Measure, Send, Step, Stop
from hk_adapter.execution.cancel.same_order import tell_each_other
from hk_adapter.execution.cancel.send import send_all
from hk_adapter.execution.context import Context
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.flow.effects import Now, Sleep, rest
from hk_adapter.model import CancelReport, CancelRequest, Operation, Order
from hk_adapter.record import Record

TOGETHER = 0.5
"""Seconds: repeats that are due this close to each other go out together."""
ASK_AGAIN = 0.05
"""Seconds after which it is seen again how the reading of further pages goes."""


async def resolve_cancels(hooks: OperationHooks, operation: Operation, context: Context) -> list[CancelReport]:
    """Run one ``cancel_orders`` to its reports, in the order of its request."""
    orders = operation.request.orders
    for request in orders:
        context.check_cancel(request)
    call = Settling(context, await runs_of(hooks, operation, context, orders, alone=len(orders) == 1))
    await call.settle()
    return await reports_of(call.runs)


async def runs_of(
    hooks: OperationHooks, operation: Operation, context: Context, requests: Sequence[CancelRequest], *, alone: bool
) -> list[CancelRun]:
    """Return the cancels of one call, not begun yet; ``alone``: whether there is no other one."""
    started = (await Now()).monotonic
    deadline = operation.end(started)
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


async def reports_of(runs: list[CancelRun]) -> list[CancelReport]:
    """Return what the cancels of one call came to."""
    tell_each_other([run.case for run in runs])
    now = (await Now()).monotonic
    return [report_of(run, now) for run in runs]


class Settling:
    """The cancels of one call, run together until nothing more can be learned of any.

    Attributes:
        runs: all of them.
        ids: the ids that they name.
        is_blocked: whether the venue blocks the caller, so that nothing more goes out.
        blocked_by: its word on that; None where that is not known.
    """

    def __init__(self, context: Context, runs: Sequence[CancelRun] = ()) -> None:
        self._context = context
        self._plans: dict[int, _Plan] = {}
        self._waiting: list[int] = []
        self.is_blocked = False
        self.blocked_by: AdapterError | None = None
        self.runs: list[CancelRun] = []
        self.ids: set[str | None] = set()
        self.add(runs)

    def add(self, runs: Sequence[CancelRun]) -> None:
        """Run these too."""
        self._waiting += range(len(self.runs), len(self.runs) + len(runs))
        self.runs += runs
        self.ids.update(run.case.request.order_id for run in runs)
        self._heed_block()

    def learn_rows(self, rows: Iterable[Order]) -> None:
        """Record rows about their orders; where one shows that an end told too little filled, that one runs again."""
        by_id = {row.id: row for row in rows}
        for number, run in enumerate(self.runs) if by_id else ():
            row = by_id.get(run.case.request.order_id)
            was_ended = run.case.proven_end is not None
            if row is not None:
                run.case.learn_row(row)
            if was_ended and run.case.proven_end is None:
                self._waiting.append(number)

    async def settle(self) -> None:
        """Run them until nothing more can be learned of any."""
        while self._waiting:
            await self.round()

    async def settle_until(self, moment: float) -> bool:
        """Run them until a time by the monotonic clock; return whether nothing more can be learned of any."""
        while self._waiting and (now := (await Now()).monotonic) < moment:
            if not await self.round(within=moment - now):
                await rest(moment - now)
        return not self._waiting

    async def settle_beside(self, further: FurtherPages) -> None:
        """Make the first step; where the further pages are read meanwhile, and one hangs, those that come due, too."""
        await self.round()
        await Sleep(0.0)  # where flows run side by side, the reading has begun by now
        while further.is_under_way and self._waiting:
            await Sleep(ASK_AGAIN)
            if further.hangs((await Now()).monotonic):
                await self.round(within=ASK_AGAIN)

    async def round(self, within: float = math.inf) -> bool:
        """Make the step that is due first, of all for whom it is about due; none due later than ``within`` seconds.

        Returns whether anything was decided or done.
        """
        runs, plans = self.runs, self._plans
        tell_each_other([run.case for run in runs])
        now = (await Now()).monotonic
        for number in self._waiting:
            if number not in plans:
                step, _ = await decide_next(runs[number])
                plans[number] = _planned(step, now)
        self._waiting = [number for number in self._waiting if not isinstance(plans[number].step, Stop)]
        due = _due(plans, self._waiting, now)
        if not due or plans[due[0]].at > now + within:
            return not due
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
        return True

    def _heed_block(self) -> None:
        # The venue blocks the caller, not an order: nothing more goes out for any of them.
        blocked = [run.case for run in self.runs if run.case.blocked]
        if self.is_blocked or blocked:
            errors = (error for case in blocked for error in (case.last_error, case.look_error))
            self.block(next((error for error in errors if error is not None and is_block(error)), None))

    def block(self, cause: AdapterError | None) -> None:
        """Send nothing more, nor for those that are added later."""
        self.is_blocked, self.blocked_by = True, self.blocked_by or cause
        for case in (run.case for run in self.runs):
            if case.sends == 0 and case.last_error is None:
                case.learn_failure(0, _shut_out(self.blocked_by))
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
