"""From HashKey's order objects to the common model: strict where money depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.model import Order, OrderPage, OrderSide, OrderStatus, OrderType
from hk_adapter.parsing import Fields, SaidTwice, exact_product, exact_sum, order_page, reading
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.symbols import Unify, unified_symbol
from hk_adapter.venues.hashkey.validation import is_order_id

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

ACKNOWLEDGED: Mapping[str, OrderStatus] = MappingProxyType(
    {word: status if status.final else OrderStatus.PENDING_CANCEL for word, status in STATUSES.items()}
)
"""In the answer of a cancel, which shows the order as it was *before*: a working order is ``pending_cancel``."""

_TYPES = {
    "LIMIT": OrderType.LIMIT,
    "LIMIT_MAKER": OrderType.LIMIT,
    "MARKET": OrderType.MARKET,
    "MARKET_OF_BASE": OrderType.MARKET,
    "MARKET_OF_QUOTE": OrderType.MARKET,
}
_AN_ORDER = reading("an order", VENUE)
_NOTHING = Decimal(0)
_SIDES = {"BUY": OrderSide.BUY, "SELL": OrderSide.SELL}

W = TypeVar("W")


def parse_order(
    payload: Mapping[str, Any],
    *,
    operation: str,
    symbol: str | None = None,
    unify: Unify = unified_symbol,
    statuses: Mapping[str, OrderStatus] = STATUSES,
) -> Order:
    """Read one order object, of any spot endpoint.

    ``symbol`` is the caller's; the order carries it where the venue's word fits it. ``statuses`` are the venue's words
    for a status: those of a cancel's answer are ``ACKNOWLEDGED``. ``amount`` is None for an order
    placed by its cash amount (the venue shows 0), ``price`` for a market order; neither ``average`` nor ``cost`` is
    worked out from a limit price. Raises UnexpectedPayload for what cannot be read exactly.
    """
    try:
        with _AN_ORDER:
            return _order(Fields(payload), symbol, unify, statuses)
    except UnexpectedPayload as error:
        error.operation, error.order = operation, _identity(payload, symbol, unify)
        raise


def parse_page(
    rows: Sequence[Any],
    *,
    operation: str,
    limit: int,
    symbol: str | None = None,
    only_open: bool = False,
    unify: Unify = unified_symbol,
) -> OrderPage:
    """Read one page of an order list, as ``order_page`` does. A full one may have a next; lists go to smaller ids."""
    return order_page(
        rows,
        lambda row: parse_order(row, operation=operation, symbol=symbol, unify=unify),
        full=len(rows) >= limit,
        symbol=symbol,
        only_open=only_open,
    )


def _identity(payload: Any, symbol: str | None, unify: Unify) -> Order | None:
    """Read which order a row is about, where the rest cannot be read; None where it has no id of either kind."""
    fields = payload.certain if isinstance(payload, SaidTwice) else payload
    if not isinstance(fields, Mapping):
        return None
    row = Fields(fields)
    order_id, own = _maybe(lambda: _order_id(row)), _maybe(lambda: row.maybe_id("clientOrderId"))
    if order_id is None and own is None:
        return None
    return Order(
        id=order_id,
        client_order_id=own,
        symbol=_maybe(lambda: unify(row.text("symbol"), symbol)),
        side=_maybe(lambda: _SIDES.get(row.text("side"))),
        account_id=_maybe(lambda: row.maybe_id("accountId")),
        info=dict(fields),
    )


def _maybe(read: Callable[[], W | None]) -> W | None:
    try:
        return read()
    except InvalidArgument:
        return None


def _order(row: Fields, symbol: str | None, unify: Unify, statuses: Mapping[str, OrderStatus]) -> Order:
    kind = row.maybe_text("type")
    status = row.text("status")
    filled = row.number("executedQty")
    if status == "PARTIALLY_CANCELED" and not filled:
        raise InvalidArgument("PARTIALLY_CANCELED with nothing filled")
    word = row.text("symbol")
    average, cost = _of_fills(row, filled)
    return Order(
        id=_order_id(row),
        client_order_id=row.maybe_id("clientOrderId"),
        symbol=unify(word, symbol),
        type=None if kind is None else _TYPES.get(kind) or kind.lower(),
        side=row.word("side", _SIDES),
        time_in_force=row.maybe_text("timeInForce"),
        post_only=None if kind is None else kind == "LIMIT_MAKER",
        price=row.above_zero("price"),
        trigger_price=row.above_zero("stopPrice"),
        average=average,
        amount=_amount(row, kind),
        filled=filled,
        cost=cost,
        status=row.word("status", statuses),
        # Create and cancel say transactTime, which is the creation; queries and lists say time.
        timestamp=row.maybe_moment("transactTime" if row.has("transactTime") else "time"),
        last_update_timestamp=row.maybe_moment("updateTime"),
        account_id=row.maybe_id("accountId"),
        venue_status=status,
        venue_symbol=word,
        info=dict(row.payload),
    )


def _order_id(row: Fields) -> str:
    text = row.id("orderId")
    if not is_order_id(text):
        raise InvalidArgument(f"orderId is no whole number: {text[:40]!r}")
    return text


def _amount(row: Fields, kind: str | None) -> Decimal | None:
    amount = row.number("origQty") or None
    # Only a market order placed by its cash amount has none; anything else with 0 is a row half written.
    if amount is None and _TYPES.get(kind or "") is not OrderType.MARKET:
        raise InvalidArgument("origQty 0 on an order that is no market order")
    return amount


def _of_fills(row: Fields, filled: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Read average and cost: neither, where rounding does not explain by how much they differ from each other."""
    # Queries and lists send both spellings with the same value; create and cancel answers send neither.
    one, other = row.maybe_number("cumulativeQuoteQty"), row.maybe_number("cummulativeQuoteQty")
    if one is not None and other is not None and one != other:
        raise InvalidArgument("cumulativeQuoteQty and cummulativeQuoteQty differ")
    paid, average = one or other, row.above_zero("avgPrice")
    if not paid:
        return average, None if filled else _NOTHING
    if not filled:
        raise InvalidArgument("a cumulativeQuoteQty without an executedQty")
    if average is None:
        return None, paid
    product = exact_product(average, filled)
    if product == paid:  # as of every order that was filled at one price
        return average, paid
    rounded = exact_sum(exact_product(filled, _last_place(average)), _last_place(paid))
    apart = exact_sum(product, paid.copy_negate()).copy_abs()
    return (average, paid) if apart <= rounded else (None, None)


def _last_place(number: Decimal) -> Decimal:
    return Decimal((0, (1,), int(number.as_tuple().exponent)))
