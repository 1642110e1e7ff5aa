"""From Kraken's rows to orders and fills: exactly, or not at all. Pure.

Field names are those of docs.kraken.com, "Query orders info" and "Get trades history", 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import hk_adapter as hk
from hk_adapter.parsing import Fields, exact_product, reading
from hk_adapter_kraken.answers import VENUE

ORDER_ID = re.compile(r"[0-9A-Z]{6}-[0-9A-Z]{5}-[0-9A-Z]{6}")

STATUSES = {
    "pending": hk.OrderStatus.PENDING_NEW,
    "open": hk.OrderStatus.OPEN,
    "closed": hk.OrderStatus.CLOSED,
    "canceled": hk.OrderStatus.CANCELED,
    "expired": hk.OrderStatus.EXPIRED,
}
SIDES = {"buy": hk.OrderSide.BUY, "sell": hk.OrderSide.SELL}
_MAKER = {True: "maker", False: "taker"}
_AT_A_LIMIT = frozenset({"limit", "iceberg"})
_TRIGGERED = frozenset({"stop-loss", "take-profit"})
_TRIGGERED_LIMIT = frozenset({"stop-loss-limit", "take-profit-limit"})

Symbol = Callable[[str], str | None]
"""From Kraken's word for a pair to the unified symbol."""


def parse_order(order_id: str, payload: Any, symbol: Symbol) -> hk.Order:
    """Read one order, whose id is the key that it stands under. Raises UnexpectedPayload, with the order named."""
    try:
        with reading("an order", VENUE):
            return _order(check_id(order_id), Fields(payload), symbol)
    except hk.UnexpectedPayload as error:
        error.order = hk.Order(id=order_id) if ORDER_ID.fullmatch(order_id) else None
        raise


def check_id(order_id: str) -> str:
    """Return an order's id. Raises InvalidArgument for what is none, such as a ``userref``, which names many orders."""
    if not ORDER_ID.fullmatch(order_id):
        raise hk.InvalidArgument(f"order_id: kraken's are as OABCDE-FGHIJ-KLMNOP, not {order_id[:40]!r}")
    return order_id


def _order(order_id: str, row: Fields, symbol: Symbol) -> hk.Order:
    descr = row.object("descr")
    pair, kind, flags = descr.text("pair"), descr.text("ordertype"), (row.maybe_text("oflags") or "").split(",")
    price, trigger = _prices(descr, kind)
    filled = row.amount("vol_exec")
    unified = symbol(pair)
    in_quote = "viqc" in flags
    return hk.Order(
        id=order_id,
        client_order_id=row.maybe_id("cl_ord_id"),
        symbol=unified,
        type=kind,
        side=descr.word("type", SIDES),
        post_only="post" in flags,
        price=price,
        trigger_price=trigger,
        average=row.above_zero("price") if filled else None,
        # With viqc both volumes are money.
        amount=None if in_quote else row.amount("vol"),
        filled=None if in_quote else filled,
        cost=filled if in_quote else row.amount("cost"),
        status=row.word("status", STATUSES),
        fees=_fees(row, None if unified is None else unified.partition("/")[2]),
        timestamp=row.seconds("opentm"),
        last_update_timestamp=row.maybe_seconds("closetm"),
        venue_status=row.text("status"),
        venue_symbol=pair,
        info=dict(row.payload),
    )


def _prices(descr: Fields, kind: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the limit and the trigger, of kinds whose prices are plain numbers; others have such as ``+1.5%``."""
    if kind in _AT_A_LIMIT:
        return descr.above_zero("price"), None
    if kind in _TRIGGERED:
        return None, descr.above_zero("price")
    if kind in _TRIGGERED_LIMIT:
        return descr.above_zero("price2"), descr.above_zero("price")
    return None, None


def _fees(row: Fields, quote: str | None) -> tuple[hk.Fee, ...]:
    """Read what was paid, in quote currency as the documentation has it."""
    fee = row.maybe_number("fee")
    return (hk.Fee(currency=quote, cost=fee),) if fee is not None else ()


def parse_fill(trade_id: str, payload: Any, symbol: Symbol) -> hk.Trade:
    """Read one fill, whose id is the key that it stands under. Raises UnexpectedPayload."""
    with reading("a fill", VENUE):
        row = Fields(payload)
        pair = row.text("pair")
        unified = symbol(pair)
        maker = row.maybe_flag("maker")
        price, amount = row.amount("price"), row.amount("vol")
        return hk.Trade(
            id=trade_id,
            order_id=check_id(row.text("ordertxid")),
            symbol=unified,
            type=row.text("ordertype"),
            side=row.word("type", SIDES),
            taker_or_maker=None if maker is None else _MAKER[maker],
            price=price,
            amount=amount,
            cost=exact_product(price, amount),
            fees=_fees(row, None if unified is None else unified.partition("/")[2]),
            timestamp=row.seconds("time"),
            info=dict(row.payload),
        )


def rows_of(result: Any, name: str) -> Mapping[str, Any]:
    """Return the rows of a list by their ids; they stand in an object. Raises InvalidArgument."""
    return Fields(result).object(name).payload
