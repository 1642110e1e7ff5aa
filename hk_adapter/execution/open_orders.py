"""List every open order, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    ClockSkew,
    InvalidArgument,
    NotSupported,
    OutcomeUnknown,
)
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.order_page import another_of_its_id, ask_page, other_than_before
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.flow.effects import Lane, Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import ListOrdersRequest, Order, OrderPage, UnreadRow
from hk_adapter.record import Record

_TRIES = 3
_PAUSE = 0.5
"""Seconds before a page is asked for again that could not be had."""


class OpenOrders(Record, frozen=True):
    """All that a list of open orders has: its orders, and the rows that cannot be taken for one."""

    orders: list[Order]
    unread: list[UnreadRow]


async def list_open_orders(
    hooks: OperationHooks, symbol: str | None, deadline: float, params: Mapping[str, Any] | None = None
) -> list[Order]:
    """List all open orders of a symbol, or of every symbol where it is None. Raises also for rows that are unread.

    Else as ``read_open_orders``.
    """
    listed = await read_open_orders(hooks, symbol, deadline, params)
    if listed.unread:
        raise OutcomeUnknown(f"the list of open orders has a row that cannot be read: {listed.unread[0].reason}")
    return listed.orders


async def read_open_orders(
    hooks: OperationHooks, symbol: str | None, deadline: float, params: Mapping[str, Any] | None = None
) -> OpenOrders:
    """List all open orders of a symbol, or of every symbol where it is None, and what else the list has.

    ``params`` are those of the call that it is read for: they may name a book of its own, as of conditional orders.
    ``deadline`` is in seconds of the monotonic clock. Raises the last error where a page could not be had, and
    OutcomeUnknown where the list cannot be told to be whole: pages that do not go on.
    """
    pages = OpenOrderPages(hooks, symbol, deadline, params)
    await pages.read_rest()
    if pages.is_cut_off:
        raise cut_off()
    return pages.listed()


def cut_off() -> OutcomeUnknown:
    """Return the error of a list that may have a further page, which nothing names."""
    return OutcomeUnknown("the list of open orders may lack some: there may be a further page")


class OpenOrderPages:
    """The list of open orders as far as it was read, page by page.

    Attributes:
        goes_on: whether there is a page that was not read yet.
        outlasts_cancels: whether the next page can still be had when orders of those before have gone: it is named by
            an order's id, and not by a place in the list.
        is_cut_off: whether there may be a further page that nothing names, and that shows once these orders have gone.
        grown: orders that a further page shows once more, with more of them filled.
    """

    def __init__(
        self, hooks: OperationHooks, symbol: str | None, deadline: float, params: Mapping[str, Any] | None = None
    ) -> None:
        self._hooks, self._deadline = hooks, deadline
        self._request = ListOrdersRequest(symbol=symbol, params=params or {})
        self._found: dict[str | None, Order] = {}
        self._unread: dict[str | None, UnreadRow] = {}
        self._nameless: list[UnreadRow] = []
        self._told_before: list[UnreadRow] = []
        self._passed: set[str | None] = set()
        self.goes_on = True
        self.outlasts_cancels = False
        self.is_cut_off = False
        self.grown: list[Order] = []

    def listed(self) -> OpenOrders:
        """Return what the pages that were read have."""
        others = [row for order_id, row in self._unread.items() if order_id not in self._found]
        return OpenOrders(list(self._found.values()), others + self._nameless)

    def shared_ids(self) -> set[str | None]:
        """Return the ids under which the pages that were read have several orders."""
        return {row.about for row in self._nameless} - {None}

    async def read_rest(self) -> None:
        """Read what was not read yet, to the end. Raises as ``read_page``."""
        while self.goes_on:
            await self.read_page()

    def begin_again(self) -> None:
        """Go back to the first page, which shows others now; what was read before is kept."""
        self._request = replace(self._request, before_id=None)
        self._told_before = list(self._nameless)
        self._passed = set()
        self.goes_on = True

    async def read_page(self) -> None:
        """Read the next page. Raises as ``read_open_orders``, but for a list that is cut off."""
        page = await _page(self._hooks, self._request, self._deadline)
        more = page.next_before_id is not None
        found, unread = self._found, self._unread
        fresh = {order.id: order for order in page.orders if order.id not in found}
        rows = unread_rows(page)
        for order in page.orders:
            if (earlier := found.get(order.id)) is None:
                continue
            if other := other_than_before(order, earlier):
                rows.append(UnreadRow(reason=f"two pages show it, and its {other}", order=Order(id=order.id)))
                rows += another_of_its_id((earlier, order))
                del found[order.id]
            elif (order.filled or 0) > (earlier.filled or 0):
                found[order.id] = order
                self.grown.append(order)
        named = {row.order.id: row for row in rows if row.order is not None and row.order.id not in unread}
        goes_on = more or (page.orders and self._request.before_id is not None)
        ids = {order.id for order in page.orders} | {row.order.id for row in rows if row.order is not None}
        if ids <= self._passed and not named and goes_on:
            raise OutcomeUnknown("the list of open orders does not go on, though it says that it does")
        found |= fresh
        unread |= named
        self._passed |= ids
        for row in rows:
            if row in self._told_before:
                self._told_before.remove(row)
            elif row.order is None:
                self._nameless.append(row)
        self.is_cut_off = bool(page.cut_off)
        self.goes_on = more and not self.is_cut_off
        self._request = replace(self._request, before_id=page.next_before_id)
        self.outlasts_cancels = page.next_before_id in {order.id for order in page.orders}


def unread_rows(page: OrderPage) -> list[UnreadRow]:
    """Return the rows that a page leaves out, also those that its plugin does not tell."""
    untold = UnreadRow(reason="nothing is told of it")
    return [*page.unread, *[untold] * (page.left_out - len(page.unread))]


async def _page(hooks: OperationHooks, request: ListOrdersRequest, deadline: float) -> OrderPage:
    tries = 0
    while True:
        tries += 1
        try:
            return await ask_page(hooks, VenueHooks.fetch_open_orders, Attempt(deadline, Lane.CONFIRM), request)
        except (InvalidArgument, NotSupported, AuthenticationError, BadRequest):
            raise  # the same request would only meet that again
        except AdapterError as error:
            if isinstance(error, ClockSkew) and tries == 1:
                await measure_clock(hooks, deadline)
                continue
            pause = max(error.retry_after or 0.0, _PAUSE * (1 + await Random()))
            if is_block(error) or tries == _TRIES or (await Now()).monotonic + pause >= deadline:
                raise
        await Sleep(pause)
