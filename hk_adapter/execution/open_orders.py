"""List every open order, page by page."""

from __future__ import annotations

from hk_adapter.errors import AdapterError, ClockSkew, InvalidArgument, NotSupported, OutcomeUnknown
from hk_adapter.execution.ask import Attempt
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.heed import heed, is_block
from hk_adapter.execution.order_page import ask_page
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
        page = await _page(hooks, ListOrdersRequest(symbol=symbol, before_id=cursor), deadline)
        more = page.next_before_id is not None
        if page.left_out or not (more or page.complete):
            raise OutcomeUnknown("the list of open orders may lack some: rows that cannot be read, or a further page")
        fresh = {order.id: order for order in page.orders if order.id not in found}
        if not fresh and (more or page.orders):
            raise OutcomeUnknown("the list of open orders does not go on, though it says that it does")
        found |= fresh
        if not more:
            return list(found.values())
        cursor = page.next_before_id


async def _page(hooks: VenueHooks, request: ListOrdersRequest, deadline: float) -> OrderPage:
    tries = 0
    while True:
        tries += 1
        attempt = Attempt(deadline, Lane.CONFIRM)
        try:
            return await ask_page(hooks.fetch_open_orders, attempt, request)
        except (InvalidArgument, NotSupported):
            raise
        except AdapterError as error:
            if isinstance(error, ClockSkew) and tries == 1:
                await measure_clock(hooks, deadline)
                continue
            await heed(error, attempt)
            pause = max(error.retry_after or 0.0, _PAUSE * (1 + await Random()))
            if is_block(error) or tries == _TRIES or (await Now()).monotonic + pause >= deadline:
                raise
        await Sleep(pause)
