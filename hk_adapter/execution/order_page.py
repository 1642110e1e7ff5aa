"""Ask for one page of a list of orders, and leave out what cannot be an order."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.flow.effects import Flow
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import ListOrdersRequest, OrderPage, UnreadRow
from hk_adapter.model.ids import is_order_id


async def ask_page(
    hooks: OperationHooks,
    hook: Callable[[VenueHooks, ListOrdersRequest], Flow[OrderPage]],
    attempt: Attempt,
    request: ListOrdersRequest,
) -> OrderPage:
    """Ask for a page, without rows that have no id, or one that no order can have: they count as left out.

    Raises as the hook's call does.
    """
    page = await hooks.call(hook, OrderPage, attempt, request)
    named = tuple(row for row in page.orders if is_order_id(getattr(row, "id", None)))
    if len(named) == len(page.orders):
        return page
    nameless = tuple(_nameless(row) for row in page.orders if not is_order_id(getattr(row, "id", None)))
    left_out = page.left_out + len(nameless)
    return replace(page, orders=named, complete=False, left_out=left_out, unread=(*page.unread, *nameless))


def _nameless(row: object) -> UnreadRow:
    shown = [getattr(row, name, None) for name in ("id", "client_order_id")]
    return UnreadRow(reason=f"it has no id that an order can have: {shown!r:.80}")
