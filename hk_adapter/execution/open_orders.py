"""List every open order, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from hk_adapter.model.ids import is_order_id
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
    """List all open orders of a symbol, or of every symbol where it is None.

    ``params`` are those of the call that it is read for: they may name a book of its own, as of conditional orders.
    ``deadline`` is in seconds of the monotonic clock. Raises the last error where a page could not be had, and
    OutcomeUnknown where the list cannot be told to be whole: a row that is unread, pages that do not go on, or a
    further one that nothing names.
    """
    pages = OpenOrderPages(hooks, symbol, deadline, params)
    await pages.read_rest()
    if pages.is_cut_off:
        raise cut_off()
    return pages.readable()


def cut_off() -> OutcomeUnknown:
    """Return the error of a list that may have a further page, which nothing names."""
    return OutcomeUnknown("the list of open orders may lack some: there may be a further page")


class OpenOrderPages:
    """The list of open orders as far as it was read, page by page.

    Attributes:
        goes_on: whether there is a page that was not read yet.
        outlasts_cancels: whether the next page can still be had when orders of those before have gone: it is named by
            an order's id, and not by a place in the list.
        orders_leave: whether orders of the pages that were read may leave the list before the next one is: to be set by
            who cancels them meanwhile. A page named by its place would pass others over then, and so it is not read.
        is_cut_off: whether there may be a further page that nothing names, or that is not read for that reason; it
            shows once these orders have gone.
        grown: orders that a further page shows once more, with more of them filled.
    """

    def __init__(
        self, hooks: OperationHooks, symbol: str | None, deadline: float, params: Mapping[str, Any] | None = None
    ) -> None:
        self._hooks, self._deadline = hooks, deadline
        self._request = ListOrdersRequest(symbol=symbol, params=params or {})
        self._found: dict[str | None, Order] = {}
        self._differing: set[str | None] = set()
        self._unread: dict[str | None, UnreadRow] = {}
        self._nameless: list[UnreadRow] = []
        self._told_before: list[UnreadRow] = []
        self._passed: set[str | None] = set()
        self.goes_on = True
        self.outlasts_cancels = False
        self.orders_leave = False
        self.is_cut_off = False
        self.grown: list[Order] = []

    def listed(self) -> OpenOrders:
        """Return what the pages that were read have."""
        others = [row for order_id, row in self._unread.items() if order_id not in self._found]
        return OpenOrders(list(self._found.values()), others + self._nameless)

    def readable(self) -> list[Order]:
        """Return the orders of the pages that were read. Raises OutcomeUnknown for a row that cannot be read."""
        listed = self.listed()
        if listed.unread:
            raise OutcomeUnknown(f"the list of open orders has a row that cannot be read: {listed.unread[0].reason}")
        return listed.orders

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
        self.goes_on, self.orders_leave, self.is_cut_off = True, True, False

    async def read_page(self) -> None:
        """Read the next page. Raises as ``list_open_orders``, but not for unread rows or a list that is cut off."""
        page = await _page(self._hooks, self._request, self._deadline)
        rows = unread_rows(page)
        rows += [*self._contradictions(page.orders), *self._others_of_an_id(page.orders, rows)]
        self._check_progress(page, rows)
        self._keep(page.orders, rows)
        self._turn_over(page, rows)

    def _contradictions(self, orders: Iterable[Order]) -> list[UnreadRow]:
        """Return rows that tell of the orders that an earlier page showed otherwise: which page holds nobody knows."""
        rows: list[UnreadRow] = []
        for order in orders:
            earlier = self._found.get(order.id)
            if earlier is not None and (other := other_than_before(order, earlier)):
                self._differing.add(order.id)
                rows.append(UnreadRow(reason=f"two pages show it, and its {other}", order=Order(id=order.id)))
                rows += another_of_its_id((earlier, order))
        return rows

    def _others_of_an_id(self, orders: Iterable[Order], unread: Iterable[UnreadRow]) -> list[UnreadRow]:
        """Return rows that tell of an order that cannot be read, and whose id another one has that can be."""
        shown = {order.id: order for order in orders}
        readable = self._found | shown
        rows = [row.order for row in unread if row.order is not None]
        pairs = [(readable[order.id], order) for order in rows if order.id in readable]
        earlier = [row.order for row in self._unread.values() if row.order is not None]
        pairs += [(shown[order.id], order) for order in earlier if order.id in shown and order.id not in self._found]
        return [row for pair in pairs for row in another_of_its_id(pair)]

    def _check_progress(self, page: OrderPage, rows: Iterable[UnreadRow]) -> None:
        """Raise OutcomeUnknown for a page that has what earlier ones of this reading had, and no more."""
        named = {row.order.id for row in rows if row.order is not None and names_an_order(row)}
        ids = {order.id for order in page.orders} | named
        goes_on = page.next_before_id is not None or (page.orders and self._request.before_id is not None)
        if goes_on and ids <= self._passed and named <= self._unread.keys():
            raise OutcomeUnknown("the list of open orders does not go on, though it says that it does")
        self._passed |= ids

    def _keep(self, orders: Iterable[Order], rows: Iterable[UnreadRow]) -> None:
        """Keep what a page has that no earlier one had, in any reading; of an order what was filled last."""
        for order in orders:
            earlier = self._found.get(order.id)
            if order.id in self._differing:
                self._found.pop(order.id, None)
            elif earlier is None or (order.filled or 0) > (earlier.filled or 0):
                self._found[order.id] = order
                self.grown += [] if earlier is None else [order]
        for row in rows:
            is_named = names_an_order(row)
            if row.order is not None and is_named:
                self._unread.setdefault(row.order.id, row)
            if row in self._told_before:
                self._told_before.remove(row)
            elif not is_named:
                self._nameless.append(row)

    def _turn_over(self, page: OrderPage, rows: Iterable[UnreadRow]) -> None:
        """Go on to the page that this one names, if it does, and it can still be had."""
        following = page.next_before_id
        shown = {order.id for order in page.orders} | {row.order.id for row in rows if row.order is not None}
        self.outlasts_cancels = following in shown
        is_passed_over = following is not None and self.orders_leave and not self.outlasts_cancels
        self.is_cut_off = self.is_cut_off or bool(page.cut_off) or is_passed_over
        self.goes_on = following is not None and not is_passed_over
        self._request = replace(self._request, before_id=following)


def names_an_order(row: UnreadRow) -> bool:
    """Whether a row that cannot be read tells an id that an order can have: by another one nothing can be sent."""
    return row.order is not None and is_order_id(row.order.id)


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
