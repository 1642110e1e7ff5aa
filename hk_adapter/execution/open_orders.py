"""List every open order, page by page."""

from __future__ import annotations

from hk_adapter.errors import AdapterError, ClockSkew, InvalidArgument, NotSupported, OutcomeUnknown
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.heed import heed
from hk_adapter.flow.effects import Lane, Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import ListOrdersRequest, Order, OrderPage

_TRIES = 3
_PAUSE = 0.5
"""Seconds before a page is asked for again that could not be had."""


async def list_open_orders(hooks: VenueHooks, symbol: str | None, deadline: float) -> list[Order]:
    """List all open orders of a symbol, or of every symbol where it is None.

    ``deadline`` is in seconds of the monotonic clock. Raises the last error where a page could not be had, and
    OutcomeUnknown where the list cannot be told to be whole: rows that cannot be read, pages that do not go on.
    """
    found: dict[str | None, Order] = {}
    cursor: str | None = None
    while True:
        request = ListOrdersRequest(symbol=symbol, before_id=cursor)
        page = await _page(hooks, request, deadline)
        if cursor is not None and page.orders and found.keys() >= {order.id for order in page.orders}:
            raise OutcomeUnknown("the list of open orders does not go on beyond its first page")
        found |= {order.id: order for order in page.orders}
        if page.next_before_id is None:
            if not page.complete:
                raise OutcomeUnknown("the list of open orders has rows that cannot be read")
            return list(found.values())
        cursor = page.next_before_id


async def _page(hooks: VenueHooks, request: ListOrdersRequest, deadline: float) -> OrderPage:
    tries = 0
    while True:
        tries += 1
        attempt = Attempt(deadline, Lane.CONFIRM)
        try:
            return await ask(hooks.fetch_open_orders, OrderPage, attempt, request=request)
        except (InvalidArgument, NotSupported):
            raise
        except AdapterError as error:
            if isinstance(error, ClockSkew) and tries == 1:
                await measure_clock(hooks, deadline)
                continue
            await heed(error, attempt)
            pause = max(error.retry_after or 0.0, _PAUSE * (1 + await Random()))
            if tries == _TRIES or (await Now()).monotonic + pause >= deadline:
                raise
        await Sleep(pause)
