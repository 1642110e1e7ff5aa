"""From HashKey's order objects to the common model: pure functions, strict where money depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.model import Order, OrderPage, OrderSide, OrderStatus, OrderType
from hk_adapter.model.numbers import to_decimal
from hk_adapter.venues.hashkey.codes import VENUE
from hk_adapter.venues.hashkey.symbols import unified_symbol

STATUSES: Mapping[str, OrderStatus] = MappingProxyType(
    {
        "PENDING_NEW": OrderStatus.PENDING_NEW,
        "NEW": OrderStatus.OPEN,
        "PARTIALLY_FILLED": OrderStatus.OPEN,
        "FILLED": OrderStatus.CLOSED,
        "CANCELED": OrderStatus.CANCELED,
        "PARTIALLY_CANCELED": OrderStatus.CANCELED,
        "REJECTED": OrderStatus.REJECTED,
        # The next two are in no documentation; other clients know them.
        "PENDING_CANCEL": OrderStatus.PENDING_CANCEL,
        "PENDING": OrderStatus.PENDING_NEW,
    }
)

_TYPES = {
    "LIMIT": OrderType.LIMIT,
    "LIMIT_MAKER": OrderType.LIMIT,
    "MARKET": OrderType.MARKET,
    "MARKET_OF_BASE": OrderType.MARKET,
    "MARKET_OF_QUOTE": OrderType.MARKET,
}
_SIDES = {"BUY": OrderSide.BUY, "SELL": OrderSide.SELL}

W = TypeVar("W")

_Id = str | int
_LONGEST_ID = 255


class _Row(msgspec.Struct, rename="camel"):
    """An order object of any spot endpoint. Tables say LONG and DECIMAL where samples show strings: both are taken.

    Numbers are ``Any`` here and read by ``to_decimal``: msgspec's own Decimal also takes ``sNaN`` and ``1_000``.
    """

    order_id: _Id
    status: str
    orig_qty: Any
    executed_qty: Any
    symbol: str
    side: str
    account_id: _Id | None = None
    client_order_id: _Id | None = None
    transact_time: _Id | None = None
    time: _Id | None = None
    update_time: _Id | None = None
    price: Any = None
    avg_price: Any = None
    stop_price: Any = None
    cumulative_quote_qty: Any = None
    cummulative_quote_qty: Any = None
    time_in_force: str | None = None
    type: str | None = None


def parse_order(payload: Mapping[str, Any], *, operation: str, symbol: str | None = None) -> Order:
    """Read one order object.

    ``symbol`` is the caller's; the order carries it where the venue's word fits it. ``amount`` is None for an order
    placed by its cash amount (the venue shows 0), ``price`` for a market order; neither ``average`` nor ``cost`` is
    worked out from a limit price. Raises UnexpectedPayload for what cannot be read exactly.
    """
    try:
        row = msgspec.convert({key: value for key, value in payload.items() if value != ""}, _Row)
        return _order(row, payload, symbol)
    except (msgspec.ValidationError, InvalidArgument) as error:
        raise UnexpectedPayload(f"hashkey: not an order: {error}", venue=VENUE, operation=operation) from error
    except UnexpectedPayload as error:
        error.venue, error.operation = VENUE, operation
        raise


def parse_page(rows: Sequence[Any], *, operation: str, limit: int) -> OrderPage:
    """Read one page of an order list. A row that cannot be read is left out, and the page is not complete.

    A full page may have a next one; the lists go towards smaller ids.
    """
    orders: list[Order] = []
    for row in rows:
        try:
            orders.append(parse_order(row, operation=operation) if isinstance(row, dict) else _no_order(operation))
        except UnexpectedPayload:
            continue
    full = len(rows) >= limit
    last = orders[-1].id if orders else None
    return OrderPage(
        orders=tuple(orders),
        complete=len(orders) == len(rows) and not full,
        next_before_id=last if full else None,
    )


def acknowledged(order: Order) -> Order:
    """Read the answer of a cancel: it shows the order as it was *before*, so a working order is ``pending_cancel``."""
    if order.status is None or order.status.final:
        return order
    return replace(order, status=OrderStatus.PENDING_CANCEL)


def _order(row: _Row, payload: Mapping[str, Any], symbol: str | None) -> Order:
    status = _word(STATUSES, row.status, "status")
    filled = to_decimal("executedQty", row.executed_qty)
    if row.status == "PARTIALLY_CANCELED" and filled == 0:
        raise UnexpectedPayload("hashkey: PARTIALLY_CANCELED with nothing filled")
    return Order(
        id=_id(row.order_id, "orderId"),
        client_order_id=_optional_id(row.client_order_id, "clientOrderId"),
        symbol=unified_symbol(row.symbol, symbol),
        type=None if row.type is None else _TYPES.get(row.type, row.type.lower()),
        side=_word(_SIDES, row.side, "side"),
        time_in_force=row.time_in_force,
        post_only=None if row.type is None else row.type == "LIMIT_MAKER",
        price=_unless_zero("price", row.price),
        trigger_price=_unless_zero("stopPrice", row.stop_price),
        average=_unless_zero("avgPrice", row.avg_price),
        amount=_amount(row),
        filled=filled,
        cost=_cost(row, filled),
        status=status,
        timestamp=_time(row.transact_time if row.transact_time is not None else row.time),
        last_update_timestamp=_time(row.update_time),
        account_id=_optional_id(row.account_id, "accountId"),
        venue_status=row.status,
        venue_symbol=row.symbol,
        info=dict(payload),
    )


def _no_order(operation: str) -> Order:
    raise UnexpectedPayload("hashkey: a row that is no object", venue=VENUE, operation=operation)


def _word(words: Mapping[str, W], word: str, name: str) -> W:
    if word not in words:
        raise UnexpectedPayload(f"hashkey: unknown {name} {word[:40]!r}")
    return words[word]


def _id(value: _Id, name: str) -> str:
    text = str(value)
    if not text.isascii() or not text.isprintable() or not text.strip() or len(text) > _LONGEST_ID:
        raise UnexpectedPayload(f"hashkey: {name} is no id")
    return text


def _optional_id(value: _Id | None, name: str) -> str | None:
    return None if value is None else _id(value, name)


def _time(value: _Id | None) -> int | None:
    if value is None:
        return None
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise UnexpectedPayload(f"hashkey: not a time in ms: {text[:40]!r}")
    return int(text)


def _unless_zero(name: str, value: Any) -> Decimal | None:
    return None if value is None else to_decimal(name, value) or None


def _amount(row: _Row) -> Decimal | None:
    amount = _unless_zero("origQty", row.orig_qty)
    # Only a market order placed by its cash amount has none; anything else with 0 is a row half written.
    if amount is None and _TYPES.get(row.type or "") is not OrderType.MARKET:
        raise UnexpectedPayload("hashkey: origQty 0 on an order that is no market order")
    return amount


def _cost(row: _Row, filled: Decimal) -> Decimal | None:
    # Queries and lists send both spellings with the same value; create and cancel answers send neither.
    sent = (row.cumulative_quote_qty, row.cummulative_quote_qty)
    spellings = {to_decimal("cumulativeQuoteQty", cost) for cost in sent if cost is not None}
    if len(spellings) > 1:
        raise UnexpectedPayload("hashkey: cumulativeQuoteQty and cummulativeQuoteQty differ")
    cost = next(iter(spellings), Decimal(0))
    if filled == 0 and cost != 0:
        raise UnexpectedPayload("hashkey: a cumulativeQuoteQty without an executedQty")
    return cost if cost or filled == 0 else None
