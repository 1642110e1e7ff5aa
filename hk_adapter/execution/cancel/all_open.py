"""Cancel all orders that are open, as the venue lists them: page by page, one report for each."""

from __future__ import annotations

from collections.abc import Sequence

from hk_adapter.errors import AdapterError, InvalidArgument
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.further_pages import FurtherPages
from hk_adapter.execution.cancel.many import Settling, reports_of, runs_of
from hk_adapter.execution.cancel.one import CancelRun
from hk_adapter.execution.cancel.scope import (
    check_prefix,
    is_meant,
    orders_in_scope,
    report_unlisted,
    report_untold,
    untold_rows,
)
from hk_adapter.execution.context import Context
from hk_adapter.execution.known_orders import LISTS_LAG
from hk_adapter.execution.open_orders import OpenOrderPages, cut_off
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.flow.effects import Gather, Now, rest
from hk_adapter.model import CancelAllRequest, CancelReport, CancelRequest, Operation, Order

SHARE_OF_A_PAGE = 0.25
"""Share of the time left after which a list that is cut off is read anew, though cancels of its page are under way."""
LEAST_OF_A_PAGE = 0.5
"""Seconds before that, at the least: lists lag."""
MOST_IN_VAIN = 3
"""How often in a row such a list is read that shows nothing new, once all cancels have come to something."""
BETWEEN = LISTS_LAG / sum(range(MOST_IN_VAIN))
"""Seconds before the second of those readings, twice that before the third: together as long as a list may lag."""


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
    check_prefix(operation.request, client_ids := context.naming.client_ids)
    started = (await Now()).monotonic
    operation = operation.due(operation.end(started))  # what is listed late ends no later
    every = _AllOpen(hooks, operation, context, started)
    call, pages = every.call, every.pages
    await every.add_listed()
    _raise_if_none_can_be_sent(call.runs)
    missing = every.missing or await every.add_cut_off()
    await call.settle()
    elapsed = (await Now()).monotonic - started
    rows = untold_rows(pages.listed(), operation.request, call.ids, client_ids)
    untold = [report_untold(row, operation.wait, elapsed) for row in rows]
    if missing is not None:
        untold.append(report_unlisted(missing, operation.wait, elapsed))
    return [*await reports_of(call.runs), *untold]


class _AllOpen:
    """The orders that are open, and their cancels.

    Attributes:
        missing: why a further page could not be had; None where there is none, or it could.
    """

    def __init__(self, hooks: OperationHooks, operation: Operation, context: Context, started: float) -> None:
        self._hooks, self._operation, self._context, self._started = hooks, operation, context, started
        self._asked: CancelAllRequest = operation.request
        self._end = operation.end(started)
        self.pages = OpenOrderPages(hooks, self._asked.symbol, self._end, self._asked.params)
        self.call = Settling(context)
        self.missing: AdapterError | None = None

    async def add_listed(self) -> None:
        """Add the cancels of what the list shows, and of what it does not show yet. Raises the listing's error."""
        pages = self.pages
        await pages.read_page()
        if pages.goes_on and pages.outlasts_cancels:
            pages.orders_leave = True
            await self._add(to_the_end=False)
            further = FurtherPages(pages)
            for failure in await Gather((self.call.settle_beside(further), _read_beside(further, self.call))):
                if failure is not None:
                    raise failure
            self.missing = further.missing
        else:
            await pages.read_rest()
        await self._add(to_the_end=not pages.is_cut_off)
        if not self._asked.params:  # else another book may be meant
            await self._add_unlisted()
        if pages.is_cut_off and not self.call.runs:
            raise cut_off()

    async def add_cut_off(self) -> AdapterError | None:
        """Add those of what a list shows once its first orders have gone; return why there may be more, if there may.

        Each pass waits for what is under way, but not to the end of the time. While the venue blocks the caller none is
        read, and what a list showed before it could not be had any further is canceled as well.
        """
        pages, call, in_vain = self.pages, self.call, 0
        while pages.is_cut_off and in_vain < MOST_IN_VAIN:
            now, before = (await Now()).monotonic, len(call.runs)
            soon = now + max((self._end - now) * SHARE_OF_A_PAGE, LEAST_OF_A_PAGE)
            is_settled = await call.settle_until(min(soon, self._end))
            if call.is_blocked:
                return call.blocked_by or cut_off()
            left = self._end - (await Now()).monotonic
            if left <= (LEAST_OF_A_PAGE if in_vain else 0.0):
                break
            pause = min(BETWEEN * in_vain, left * SHARE_OF_A_PAGE) if is_settled else 0.0
            await rest(pause)
            pages.begin_again()
            further = FurtherPages(pages)
            await _read_beside(further, call)
            await self._add(to_the_end=False)
            if further.missing is not None:
                return further.missing
            in_vain = in_vain + is_settled if len(call.runs) == before else 0
        return cut_off() if pages.is_cut_off else None

    async def _add(self, *, to_the_end: bool) -> None:
        asked, call, known = self._asked, self.call, self._context.looks.known
        orders = [order for order in orders_in_scope(self.pages.listed(), asked) if order.id not in call.ids]
        requests = [
            CancelRequest(order_id=order.id, symbol=order.symbol or asked.symbol, params=asked.params)
            for order in orders
        ]
        alone = to_the_end and len(requests) == 1 and not call.runs
        runs = await runs_of(self._hooks, self._operation, self._context, requests, alone=alone)
        now = await Now()
        for run, order in zip(runs, orders, strict=True):
            run.case.learn_row(order)
            run.case.is_of_several = order.symbol is None and order.id in self.pages.shared_ids()
            known.note_existed(order, now)
            self._check(run)
        call.add(runs)
        call.learn_rows(self.pages.grown)

    async def _add_unlisted(self) -> None:
        asked, call, context = self._asked, self.call, self._context
        listed = None if asked.symbol is not None else context.market_type
        opened = context.looks.known.opened_since(self._started - LISTS_LAG, listed, apart=False)
        named = {row.order.id for row in self.pages.listed().unread if row.order is not None}
        orders = [one for one in opened if is_meant(one, asked) and one.id not in named and one.id not in call.ids]
        requests = [CancelRequest(order_id=order.id, symbol=order.symbol) for order in orders]
        runs = await runs_of(self._hooks, self._operation, context, requests, alone=False)
        for run, order in zip(runs, orders, strict=True):
            # What the create's answer told of it, beside its names, is older than any list.
            names = Order(id=order.id, client_order_id=order.client_order_id, symbol=order.symbol, side=order.side)
            run.case.learn_row(names)
            self._check(run)
        call.add(runs)

    def _check(self, run: CancelRun) -> None:
        """Hold back a cancel that the venue could not send, and report it so: in a batch others would fail with it."""
        try:
            self._context.check_cancel(run.case.request)
        except InvalidArgument as error:
            run.case.learn_failure(0, error)


async def _read_beside(further: FurtherPages, call: Settling) -> None:
    await further.read()
    if further.missing is not None and is_block(further.missing):
        call.block(further.missing)


def _raise_if_none_can_be_sent(runs: Sequence[CancelRun]) -> None:
    """Raise InvalidArgument where the venue could send no cancel: what is wrong is the call's, and not one order's."""
    unsent = [run.case.last_error for run in runs if run.case.sends == 0]
    refusals = [error for error in unsent if isinstance(error, InvalidArgument)]
    if refusals and len(refusals) == len(runs):
        raise refusals[0]
