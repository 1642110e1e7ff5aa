"""Ask for one page of a list of orders, and leave out what cannot be an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from hk_adapter.execution.agreement import other_term, terms_of
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.flow.effects import Flow
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import ListOrdersRequest, Order, OrderPage, UnreadRow
from hk_adapter.model.cut_off import is_cut_off
from hk_adapter.model.ids import is_order_id

_AGREED = ("client_order_id", "symbol", "side", "type", "price", "amount", "account_id", "timestamp")
"""What all rows about an order show alike, whenever they were written."""


async def ask_page(
    hooks: OperationHooks,
    hook: Callable[[VenueHooks, ListOrdersRequest], Flow[OrderPage]],
    attempt: Attempt,
    request: ListOrdersRequest,
) -> OrderPage:
    """Ask for a page, without rows that have no id, or one that no order can have, and without what is said twice.

    They count as left out. It says whether it is cut off, and is complete only if nothing speaks against that.

    Raises as the hook's call does.
    """
    page = one_row_each(await hooks.call(hook, OrderPage, attempt, request))
    if page.complete and (page.cut_off or page.left_out or page.next_before_id is not None):
        page = replace(page, complete=False)
    named = tuple(row for row in page.orders if is_order_id(getattr(row, "id", None)))
    if len(named) == len(page.orders):
        return page
    nameless = tuple(_nameless(row) for row in page.orders if not is_order_id(getattr(row, "id", None)))
    left_out = page.left_out + len(nameless)
    return replace(page, orders=named, complete=False, left_out=left_out, unread=(*page.unread, *nameless))


def one_row_each(page: OrderPage) -> OrderPage:
    """Leave out orders that a page shows twice, and not the same: which row holds cannot be told.

    Whether it is cut off stands in what is returned, whatever its plugin said of that.
    """
    page = replace(page, cut_off=is_cut_off(page))
    if len({getattr(row, "id", None) for row in page.orders}) == len(page.orders):
        return page
    rows: dict[str, list[Order]] = {}
    for order in page.orders:
        if is_order_id(getattr(order, "id", None)):
            rows.setdefault(str(order.id), []).append(order)
    differing = {order_id: same for order_id, same in rows.items() if any(row != same[0] for row in same)}
    surplus = {id(row) for same in rows.values() for row in same[1:]}  # of the same row, told twice, the first is kept
    kept = tuple(row for row in page.orders if id(row) not in surplus and getattr(row, "id", None) not in differing)
    unread = tuple(row for same in differing.values() for row in _said_twice(same))
    return replace(
        page,
        orders=kept,
        complete=page.complete and not differing,
        left_out=page.left_out + len(unread),
        unread=(*page.unread, *unread),
    )


def _said_twice(rows: list[Order]) -> list[UnreadRow]:
    """Return an order of which there are several rows, as far as they agree.

    Where they are about the same terms, the most that any says was filled is. Where they say several markets, or times
    when it was made, they are about several orders: then a second row tells that there are more, and what is done
    under the id is done to one of them.
    """
    first = rows[0]
    told = {name: {getattr(row, name) for row in rows} for name in _AGREED}
    agreed = {name: getattr(first, name) for name, values in told.items() if len(values) == 1}
    filled = max((row.filled for row in rows if row.filled is not None), default=None)
    named = UnreadRow(
        reason="the list shows it twice, and not the same",
        order=Order(id=first.id, **agreed, filled=filled if len(agreed) == len(_AGREED) else None),
        maybe_foreign="account_id" not in agreed,
    )
    return [named, *another_of_its_id(rows)]


def another_of_its_id(rows: Sequence[Order]) -> list[UnreadRow]:
    """Return a row that tells of a second order with the id of these, where they say two markets or times of making."""
    said = ({getattr(row, name) for row in rows} - {None} for name in ("symbol", "timestamp"))
    if all(len(values) <= 1 for values in said):
        return []
    return [UnreadRow(reason=f"another order has the id {rows[0].id}, too", about=rows[0].id)]


def other_than_before(row: Order, earlier: Order) -> str | None:
    """Return in what a page's row is of another order than an earlier page showed under its id; None: in nothing."""
    other = other_term(terms_of(row), terms_of(earlier))
    if other is None and another_of_its_id((earlier, row)):
        other = f"time is {row.timestamp}, and was {earlier.timestamp}"
    return other


def _nameless(row: object) -> UnreadRow:
    shown = [getattr(row, name, None) for name in ("id", "client_order_id")]
    return UnreadRow(reason=f"it has no id that an order can have: {shown!r:.80}")
