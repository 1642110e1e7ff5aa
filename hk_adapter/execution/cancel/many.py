"""Cancel many orders by the venue's best request, and learn what became of each: one report per order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, InvalidArgument, NotSent
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
from hk_adapter.execution.cancel.scope import (
    check_prefix,
    is_meant,
    orders_in_scope,
    report_unlisted,
    report_untold,
    untold_rows,
)
from hk_adapter.execution.cancel.send import send_all
from hk_adapter.execution.context import Context
from hk_adapter.execution.known_orders import LISTS_LAG
from hk_adapter.execution.open_orders import OpenOrderPages, cut_off
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.flow.effects import Gather, Now, Sleep, rest
from hk_adapter.model import CancelAllRequest, CancelReport, CancelRequest, Operation, Order
from hk_adapter.record import Record

TOGETHER = 0.5
"""Seconds: repeats that are due this close to each other go out together."""
SHARE_OF_A_PAGE = 0.25
"""Share of the time left after which a list that is cut off is read anew, though cancels of its page are under way."""
LEAST_OF_A_PAGE = 0.5
"""Seconds before that, at the least: lists lag."""
MOST_IN_VAIN = 3
"""How often in a row such a list is read that shows nothing new, once all cancels have come to something."""
ASK_AGAIN = 0.05
"""Seconds after which it is seen again how the reading of further pages goes."""


async def resolve_cancels(hooks: OperationHooks, operation: Operation, context: Context) -> list[CancelReport]:
    """Run one ``cancel_orders`` to its reports, in the order of its request."""
    orders = operation.request.orders
    for request in orders:
        context.check_cancel(request)
    call = _Settling(context, await _runs(hooks, operation, context, orders, alone=len(orders) == 1))
    await call.settle()
    return await _reports(call.runs)


async def resolve_cancel_all(hooks: OperationHooks, operation: Operation, context: Context) -> list[CancelReport]:
    """Run one ``cancel_all_orders`` to its reports: one for each order that was open when it was listed.

    Each is canceled by its id. A venue's request for a whole scope would reach what has arrived since, which nobody
    could report. A row that cannot be read is canceled too where it tells its id and that it is meant; each of the
    others has a report that nothing was sent for it. So is an order that a create was answered with just now, and that
    no page shows: a list may lag.

    The orders of the first page do not wait for the further ones, where their leaving the list does not move those. If
    one cannot be had then, what it would have shown has one report, that nothing was sent for it. Where a runner drives
    flows side by side, a further page that hangs does not hold up the look-ups of the first one's orders either; on
    threads those are sent for, then all pages are read, and then they are looked up.

    A list may be cut off, with no name for its further page. Once the orders of this one have been canceled it is read
    anew, until it is whole, or shows nothing new; then what it would have shown has such a report, too.

    Raises the listing's error where the open orders could not be listed in time, or a list that is cut off shows none
    that is meant, and InvalidArgument where the venue's plugin could send a cancel of none that was listed: then
    nothing was sent.
    """
    asked: CancelAllRequest = operation.request
    check_prefix(asked, client_ids := context.naming.client_ids)
    started = (await Now()).monotonic
    pages = OpenOrderPages(hooks, asked.symbol, operation.end(started), asked.params)
    call, missing = _Settling(context), None

    async def take_up(*, to_the_end: bool) -> None:
        orders = [order for order in orders_in_scope(pages.listed(), asked) if order.id not in call.ids]
        requests = [
            CancelRequest(order_id=order.id, symbol=order.symbol or asked.symbol, params=asked.params)
            for order in orders
        ]
        alone = to_the_end and len(requests) == 1 and not call.runs
        runs = await _runs(hooks, operation, context, requests, alone=alone)
        now = await Now()
        for run, order in zip(runs, orders, strict=True):
            run.case.learn_row(order)
            run.case.is_of_several = order.symbol is None and order.id in pages.shared_ids()
            context.looks.known.note_existed(order, now)
            _check(context, run)
        call.add(runs)
        call.learn_rows(pages.grown)

    async def take_up_unlisted() -> None:
        listed = None if asked.symbol is not None else context.market_type
        opened = context.looks.known.opened_since(started - LISTS_LAG, listed, apart=False)
        named = {row.order.id for row in pages.listed().unread if row.order is not None}
        orders = [one for one in opened if is_meant(one, asked) and one.id not in named and one.id not in call.ids]
        requests = [CancelRequest(order_id=order.id, symbol=order.symbol) for order in orders]
        runs = await _runs(hooks, operation, context, requests, alone=False)
        for run, order in zip(runs, orders, strict=True):
            # What the create's answer told of it, beside its names, is older than any list.
            names = Order(id=order.id, client_order_id=order.client_order_id, symbol=order.symbol, side=order.side)
            run.case.learn_row(names)
            _check(context, run)
        call.add(runs)

    async def take_up_the_cut_off() -> AdapterError | None:
        in_vain = 0
        while pages.is_cut_off and in_vain < MOST_IN_VAIN:
            now, before = (await Now()).monotonic, len(call.runs)
            share = (operation.end(started) - now) * SHARE_OF_A_PAGE
            is_settled = await call.settle_until(now + max(share, LEAST_OF_A_PAGE))
            if in_vain and is_settled:
                await Sleep(LEAST_OF_A_PAGE)
            pages.begin_again()
            try:
                await pages.read_rest()
            except AdapterError as error:
                return error
            await take_up(to_the_end=False)
            in_vain = in_vain + is_settled if len(call.runs) == before else 0
        return cut_off() if pages.is_cut_off else None

    await pages.read_page()
    if pages.goes_on and pages.outlasts_cancels:
        await take_up(to_the_end=False)
        further = FurtherPages(pages)
        for failure in await Gather((call.settle_beside(further), _read_beside(further, call))):
            if failure is not None:
                raise failure
        missing = further.missing
    else:
        await pages.read_rest()
    await take_up(to_the_end=not pages.is_cut_off)
    if not asked.params:  # else another book may be meant
        await take_up_unlisted()
    if pages.is_cut_off and not call.runs:
        raise cut_off()
    _raise_if_none_can_be_sent(call.runs)
    missing = missing or await take_up_the_cut_off()
    await call.settle()
    elapsed = (await Now()).monotonic - started
    rows = untold_rows(pages.listed(), asked, call.ids, client_ids)
    untold = [report_untold(row, operation.wait, elapsed) for row in rows]
    if missing is not None:
        untold.append(report_unlisted(missing, operation.wait, elapsed))
    return [*await _reports(call.runs), *untold]


async def _read_beside(further: FurtherPages, call: _Settling) -> None:
    await further.read()
    if further.missing is not None and is_block(further.missing):
        call.block(further.missing)


def _check(context: Context, run: CancelRun) -> None:
    """Hold back a cancel that the venue could not send, and report it so: in a batch the others would fail with it."""
    try:
        context.check_cancel(run.case.request)
    except InvalidArgument as error:
        run.case.learn_failure(0, error)


def _raise_if_none_can_be_sent(runs: Sequence[CancelRun]) -> None:
    """Raise InvalidArgument where the venue could send no cancel: what is wrong is the call's, and not one order's."""
    unsent = [run.case.last_error for run in runs if run.case.sends == 0]
    refusals = [error for error in unsent if isinstance(error, InvalidArgument)]
    if refusals and len(refusals) == len(runs):
        raise refusals[0]


async def _runs(
    hooks: OperationHooks, operation: Operation, context: Context, requests: Sequence[CancelRequest], *, alone: bool
) -> list[CancelRun]:
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


async def _reports(runs: list[CancelRun]) -> list[CancelReport]:
    tell_each_other([run.case for run in runs])
    now = (await Now()).monotonic
    return [report_of(run, now) for run in runs]


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
        if self._is_blocked or blocked:
            errors = (error for case in blocked for error in (case.last_error, case.look_error))
            self.block(next((error for error in errors if error is not None and is_block(error)), None))

    def block(self, cause: AdapterError | None) -> None:
        """Send nothing more, nor for those that are added later."""
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
