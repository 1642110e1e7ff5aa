"""Lists read page by page, newest first, until what was asked for is there. A list with a gap is an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from msgspec.structs import replace

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.context import Context
from hk_adapter.execution.contradictory_rows import ContradictoryRows
from hk_adapter.execution.order_page import one_row_each, other_than_before
from hk_adapter.execution.reads import LEAST_TIME, read_once
from hk_adapter.execution.two_looks import SAID_AGAIN
from hk_adapter.execution.unread import in_words
from hk_adapter.flow.effects import Flow, Now, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    ListOrdersRequest,
    ListTradesRequest,
    Operation,
    Order,
    OrderPage,
    OrderStatus,
    PartialList,
    Trade,
    TradePage,
    UnreadRow,
)
from hk_adapter.model.cut_off import is_cut_off
from hk_adapter.record import Record

Row = TypeVar("Row", Order, Trade)

_ALL = frozenset(OrderStatus)
_GAP = "the venue's list has rows that cannot be read exactly, or were not asked for"
_CUT_OFF = "the venue's list may lack some: there may be a further page, which nothing names"
_UNTOLD = "it cannot be read exactly"


async def list_orders(
    hooks: OperationHooks, operation: Operation, context: Context, name: str, statuses: frozenset[OrderStatus]
) -> list[Order]:
    """Run a call that lists orders by the hook ``name``, and keeps those of some ``statuses``; oldest first."""
    operation = operation.due(operation.end((await Now()).monotonic))
    opened = name == "fetch_open_orders"
    request: ListOrdersRequest = operation.request
    rows = request.limit if statuses == _ALL and request.since is None and request.until is None else None

    async def page_before(cursor: str | None) -> _Page[Order]:
        asked = replace(request, before_id=cursor, limit=rows)
        at = (await Now()).monotonic
        page = one_row_each(await read_once(hooks, getattr(VenueHooks, name), OrderPage, operation, asked))
        doubtful = [order for order in page.orders if contradictory.is_doubtful(order, at)]
        if doubtful:
            now = (await Now()).monotonic
            if now + SAID_AGAIN + LEAST_TIME <= operation.end(now):
                await Sleep(SAID_AGAIN)
                at = (await Now()).monotonic
                page = one_row_each(await read_once(hooks, getattr(VenueHooks, name), OrderPage, operation, asked))
        good: list[Order] = []
        bad = _left_out(page)
        answered = await Now()
        for order in page.orders:
            if isinstance(getattr(order, "id", None), str):
                context.looks.known.note_seen(order.id, at, order.symbol)
                context.looks.known.note_existed(order, answered)
            reason = _doubt(order, request, opened=opened) or _other_than_before(order, shown)
            if reason is None and contradictory.is_doubtful(order, at):
                reason = f"it says {order.status}, which its amounts contradict"
            if reason is None:
                good.append(order)
            else:
                bad.append(UnreadRow(reason=reason, order=order))
        unread.extend(bad)
        if request.partial:
            return _Page(tuple(good), page.next_before_id, cut_off=is_cut_off(page))
        return _Page(page.orders, page.next_before_id, cut_off=is_cut_off(page), unread=tuple(bad))

    contradictory = ContradictoryRows()
    shown: dict[str, Order] = {}
    unread: list[UnreadRow] = []
    found = await _collect(
        page_before,
        request,
        lambda order: order.status is None or order.status in statuses,
        to_the_end=opened,
    )
    if not request.partial:
        return found
    left_out = {row.order.id for row in unread if row.order is not None}
    return PartialList([order for order in found if order.id not in left_out], unread)


async def list_trades(hooks: OperationHooks, operation: Operation, context: Context) -> list[Trade]:
    """Run one ``fetch_my_trades``; oldest first."""
    request: ListTradesRequest = operation.request
    found, unread = await read_trades(hooks, operation, VenueHooks.fetch_my_trades, request)
    return PartialList(found, unread) if request.partial else found


async def read_trades(
    hooks: OperationHooks,
    operation: Operation,
    hook: Callable[..., Flow[TradePage]],
    request: ListTradesRequest,
    *,
    to_the_end: bool = False,
) -> tuple[list[Trade], list[UnreadRow]]:
    """Read fills page by page, by a hook that lists them: oldest first, and what cannot be read of them.

    Identical rows of several pages are one fill. Raises UnexpectedPayload for rows that cannot be read, unless the
    request takes what can be.
    """
    operation = operation.due(operation.end((await Now()).monotonic))
    rows = request.limit if request.since is None and request.until is None else None

    async def page_before(cursor: str | None) -> _Page[Trade]:
        asked = replace(request, before_id=cursor, limit=rows)
        page = await read_once(hooks, hook, TradePage, operation, asked)
        good: list[Trade] = []
        bad = _left_out(page)
        for trade in page.trades:
            reason = _foreign(trade, request)
            if reason is None:
                good.append(trade)
            else:
                bad.append(UnreadRow(reason=reason, about=trade.id))
        unread.extend(bad)
        lacking = () if request.partial else tuple(bad)
        return _Page(tuple(good), page.next_before_id, cut_off=is_cut_off(page), unread=lacking)

    unread: list[UnreadRow] = []
    return await _collect(page_before, request, lambda trade: True, to_the_end=to_the_end), unread


def _foreign(trade: Trade, request: ListTradesRequest) -> str | None:
    """Return why a fill is none of those asked for; None: it may be one."""
    if request.symbol is not None and trade.symbol not in {None, request.symbol}:
        return f"it is of {trade.symbol}"
    if request.order_id is not None and trade.order_id not in {None, request.order_id}:
        return f"it is of order {trade.order_id}"
    return None


class _Page(Generic[Row], Record, frozen=True):
    rows: tuple[Row, ...]
    next_cursor: str | None
    cut_off: bool
    unread: tuple[UnreadRow, ...] = ()


async def _collect(
    page_before: Callable[[str | None], Awaitable[_Page[Row]]],
    request: ListOrdersRequest | ListTradesRequest,
    is_wanted: Callable[[Row], bool],
    *,
    to_the_end: bool,
) -> list[Row]:
    """Read pages; with ``since`` the first ``limit`` rows from then on, else the newest.

    Without both, the venue's largest page, or everything ``to_the_end``. With ``until`` the newest are those up to
    then, and pages are read until one of them holds nothing newer.
    """
    since, until, limit = request.since, request.until, request.limit
    found: list[Row] = []
    cursors: set[str | None] = {None}
    cursor: str | None = None
    while True:
        page = await page_before(cursor)
        if page.unread or page.cut_off:
            raise UnexpectedPayload(_in_words(page))
        older = any(_is_older(row, since) for row in page.rows)
        _add(found, [row for row in page.rows if is_wanted(row) and _is_within(row, since, until)])
        enough = limit is not None and since is None and len(found) >= limit
        one_page = limit is None and since is None and not any(_is_newer(row, until) for row in page.rows)
        if page.next_cursor is None or (not to_the_end and (older or enough or one_page)):
            break
        if page.next_cursor in cursors:
            raise UnexpectedPayload("the venue's list does not go on, though it says that it does")
        cursor = page.next_cursor
        cursors.add(cursor)
    oldest_first = _sorted(found)
    if limit is None:
        return oldest_first
    return oldest_first[:limit] if since is not None else oldest_first[-limit:]


def _in_words(page: _Page[Row]) -> str:
    """Return what a list lacks: rows, a further page, or both."""
    rows = _GAP + in_words(page.unread) if page.unread else ""
    return "; ".join(said for said in (rows, _CUT_OFF if page.cut_off else "") if said)


def _add(found: list[Row], page: Sequence[Row]) -> None:
    """Add a page's rows. An order that stands there already is replaced; of fills, only identical ones are one.

    Venues give the fills of one order one id, and both sides of a trade with oneself: an id names no fill. Rows
    without an id are never taken for one.
    """
    places = {_identity(row): place for place, row in enumerate(found) if row.id is not None}
    for row in page:
        same = places.get(_identity(row)) if row.id is not None else None
        if same is None or not _are_one(row, found[same]):
            places[_identity(row)] = len(found)
            found.append(row)
        elif not _is_older_view(row, found[same]):
            found[same] = row


def _is_older_view(row: Order | Trade, other: Order | Trade) -> bool:
    """Whether a row of an order was written before another one: an order that has ended stays so, and so do fills."""
    if not isinstance(row, Order) or not isinstance(other, Order):
        return False
    ended = other.status is not None and other.status.final
    return (row.filled or 0) < (other.filled or 0) or (ended and not (row.status is not None and row.status.final))


def _identity(row: Order | Trade) -> object:
    return row.id if isinstance(row, Order) else row


def _are_one(row: Order | Trade, other: Order | Trade) -> bool:
    """Whether two rows of one identity are one: of fills, what the venue said beside them must be the same, too."""
    return isinstance(row, Order) or bool(row.info == other.info)


def _sorted(newest_first: list[Row]) -> list[Row]:
    """Put rows in the order of their times, and of their ids within a ms; without times, in that of the pages."""
    oldest_first = newest_first[::-1]
    if all(row.timestamp is not None for row in oldest_first):
        oldest_first.sort(key=lambda row: (row.timestamp or 0, len(row.id or ""), row.id or ""))
    return oldest_first


def _is_older(row: Order | Trade, since: int | None) -> bool:
    return since is not None and row.timestamp is not None and row.timestamp < since


def _is_newer(row: Order | Trade, until: int | None) -> bool:
    return until is not None and row.timestamp is not None and row.timestamp > until


def _is_within(row: Order | Trade, since: int | None, until: int | None) -> bool:
    return not _is_older(row, since) and not _is_newer(row, until)


def _left_out(page: OrderPage | TradePage) -> list[UnreadRow]:
    untold = page.left_out - len(page.unread)
    return [*page.unread, *[UnreadRow(reason=_UNTOLD)] * untold]


def _other_than_before(order: Order, shown: dict[str, Order]) -> str | None:
    """Return in what a row is of another order than an earlier page showed under its id; None: in nothing."""
    earlier = shown.setdefault(order.id, order) if isinstance(order.id, str) else order
    other = None if earlier is order else other_than_before(order, earlier)
    return None if other is None else f"two pages show it, and its {other}"


def _doubt(order: Order, request: ListOrdersRequest, *, opened: bool) -> str | None:
    """Return why a row contradicts what was asked, and so may stand for an order asked for; None: it does not."""
    if request.symbol is not None and order.symbol not in {None, request.symbol}:
        return f"it is of {order.symbol}"
    if opened and order.status is not None and order.status.final:
        return f"it is {order.status}, and not open"
    return None
