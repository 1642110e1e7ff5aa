"""From ccxt's unified dicts to our models. What cannot be read exactly is UnexpectedPayload, or a row left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from msgspec.structs import replace

from hk_adapter.errors import InvalidArgument, UnexpectedPayload, shown
from hk_adapter.model import Fee, Limits, Order, OrderSide, OrderStatus, ReadRows, Trade, UnreadRow
from hk_adapter.model.decimals import FIRST_MOMENT, to_decimal
from hk_adapter.model.ids import is_order_id
from hk_adapter.venues.ccxt_bridge.change_times import is_of_a_change
from hk_adapter.venues.ccxt_bridge.client_ids import own_id_within
from hk_adapter.venues.ccxt_bridge.order_in_answer import is_no_id
from hk_adapter.venues.ccxt_bridge.status_words import (
    believed,
    finished_otherwise,
    says_it_lives,
    says_some_was_canceled,
    status_word,
    told_by_words,
    venue_word,
)

T = TypeVar("T")

_TIMES = ("timestamp", "lastTradeTimestamp", "lastUpdateTimestamp")
_LAST_MOMENT = 10**13
"""In ms UTC, of the year 2286."""
_TRIGGERS = ("triggerPrice", "stopPrice", "takeProfitPrice", "stopLossPrice")
"""Where an exchange writes zero for none, some of ccxt's parsers take it for a price."""
_FLOAT = re.compile(r"[0-9]+\.0*", re.ASCII)
"""A whole number that became a float on its way: of the id that it was, a list that has it seems to have no order."""
_MARKET_ONLY = re.compile(r"(?!.*limit).*market.*|price", re.IGNORECASE)
"""Types of orders that never rest at a price of their own; bithumb's ``price`` is one that buys for money."""


def exactly(read: Callable[[Mapping[str, Any]], T], row: Any, what: str) -> T:
    """Read one dict; raise UnexpectedPayload where it contradicts itself or is none."""
    if not isinstance(row, Mapping):
        raise UnexpectedPayload(f"ccxt gave {type(row).__name__} for {what}")
    try:
        return read(row)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UnexpectedPayload(f"ccxt's {what} cannot be read: {error}") from error


def readable(read: Callable[[Mapping[str, Any]], T], rows: Any, what: str, naming: str) -> ReadRows[T]:
    """Read the rows that can be read; tell the others, by the field that is their name."""
    found: list[T] = []
    unread: list[UnreadRow] = []
    for row in rows.values() if isinstance(rows, Mapping) else rows or ():
        try:
            found.append(exactly(read, row, what))
        except UnexpectedPayload as error:
            unread.append(UnreadRow(reason=str(error), about=text(row, naming) if isinstance(row, Mapping) else None))
    return ReadRows(found, unread)


def unread_orders(rows: Any) -> tuple[UnreadRow, ...]:
    """Name the rows of a list of orders that cannot be read, as far as they tell which order they are about."""
    unread: list[UnreadRow] = []
    for row in list(rows.values() if isinstance(rows, Mapping) else rows or ()):
        try:
            exactly(listed_order, row, "order")
        except UnexpectedPayload as error:
            unread.append(UnreadRow(reason=str(error), order=_identity(row)))
    return tuple(unread)


def _identity(row: Any) -> Order | None:
    order_id = text(row, "id") if isinstance(row, Mapping) else None
    if order_id is None or not is_order_id(order_id):
        return None
    side = row.get("side")
    return Order(
        id=order_id,
        client_order_id=text(row, "clientOrderId"),
        symbol=text(row, "symbol"),
        side=OrderSide(side) if side in ("buy", "sell") else None,
        info=row.get("info") or {},
    )


def number(row: Mapping[str, Any], key: str) -> Decimal | None:
    """Read an exact number; None where there is none."""
    value = row.get(key)
    if value is None or value == "":
        return None
    return to_decimal(key, repr(value) if isinstance(value, float) else value)


def text(row: Mapping[str, Any], key: str) -> str | None:
    """Read a text; None where there is none."""
    value = row.get(key)
    return None if value is None or value == "" else str(value)


def time(row: Mapping[str, Any], key: str) -> int | None:
    """Read ms UTC; None where there is none, and for 0, which stands for none."""
    value = row.get(key)
    if value is None or value == 0:
        return None
    if int(value) != value:
        raise InvalidArgument(f"{key} must be whole ms UTC, not {shown(value)}")
    return int(value)


def flag(row: Mapping[str, Any], key: str) -> bool | None:
    """Read a yes or no; None for anything else."""
    value = row.get(key)
    return value if isinstance(value, bool) else None


def limits(row: Mapping[str, Any], key: str) -> Limits:
    """Read one of a market's pairs of limits."""
    pair = (row.get("limits") or {}).get(key) or {}
    return Limits(min=number(pair, "min"), max=number(pair, "max"))


def order(row: Mapping[str, Any]) -> Order:
    """Read an order; an end that the venue's own word denies is none, nor is one in a word that ccxt does not define.

    Some exchanges show an average although nothing is filled, and of a market order nearly all show one as its price.
    """
    told = {**row, "status": status_word(row.get("status")), "side": _side(row)}
    filled = number(row, "filled")
    if filled == 0:
        told["average"] = None
    told["cost"] = _cost(row, filled)
    if _MARKET_ONLY.fullmatch(str(row.get("type"))) or number(row, "price") == 0:
        told["price"] = None
    if _is_counted_in_money(row.get("info")):
        told |= dict.fromkeys(("amount", "remaining", "filled", "cost") if filled else ("amount", "remaining"))
    told |= {key: text(row, key) for key in ("id", "clientOrderId")}
    told["clientOrderId"] = told["clientOrderId"] or own_id_within(row.get("info"))
    told |= {key: None for key in _TRIGGERS if number(row, key) == 0}
    told |= {key: None for key in _TIMES if isinstance(moment := row.get(key), int | float) and not _may_be(moment)}
    if is_of_a_change(row.get("info"), told.get("timestamp")):
        told |= {"timestamp": None, "lastUpdateTimestamp": told.get("lastUpdateTimestamp") or told["timestamp"]}
    named = text(row, "id")
    if named is not None and (not is_order_id(named) or _FLOAT.fullmatch(named)):
        raise InvalidArgument(f"{shown(named)} is no id that an order can have")
    if "/" not in (text(row, "symbol") or ""):
        told["symbol"] = None  # ccxt passes on what an exchange calls a market that it does not know
    found = Order.from_ccxt(told)
    word = venue_word(row.get("info"))
    return replace(found, status=_status(found, row, word), venue_status=word)


def _status(found: Order, row: Mapping[str, Any], word: str | None) -> OrderStatus | None:
    """Return how an order stands, by ccxt's word for it, the exchange's own, and all else that its raw row says."""
    info = row.get("info")
    by_words = told_by_words(row.get("status"), info, found.amount, found.filled)
    status = believed(found.status or by_words, word, found.filled)
    if status is not None and status.final and says_it_lives(info):
        return None
    if status is OrderStatus.CLOSED and _is_short(found) and (says_some_was_canceled(info) or finished_otherwise(info)):
        return OrderStatus.CANCELED
    if status is OrderStatus.CLOSED and word is None and found.filled == 0 and found.amount:
        return None  # by a flag or a number alone: nothing was filled, and nobody says that it was canceled
    return status


def _is_short(order: Order) -> bool:
    return order.amount is not None and order.filled is not None and order.filled < order.amount


def listed_order(row: Mapping[str, Any]) -> Order:
    """Read an order of a list: one whose row was a bare text, or has the id of none, is no order there."""
    if isinstance(row.get("info"), str) or (row.get("id") is not None and is_no_id(row["id"])):
        raise InvalidArgument("a row that shows no order")
    return order(row)


def trade(row: Mapping[str, Any]) -> Trade:
    """Read a fill, public or our own. An id that is its order's is none of the fill: an order has several fills.

    Nor is a zero, by which all fills would be one.
    """
    fill_id, order_id = text(row, "id"), text(row, "order")
    if fill_id == order_id or is_no_id(fill_id):
        fill_id = None
    if all(row.get(name) in (None, "") for name in ("amount", "price", "cost")):
        raise InvalidArgument("a row that says nothing of a fill")
    fees = row.get("fees") or ([row["fee"]] if row.get("fee") else [])
    moment = time(row, "timestamp")
    return Trade(
        id=fill_id,
        order_id=order_id,
        symbol=text(row, "symbol"),
        type=text(row, "type"),
        side=_side(row),
        taker_or_maker=text(row, "takerOrMaker"),
        price=number(row, "price"),
        amount=number(row, "amount"),
        cost=number(row, "cost"),
        fees=tuple(_fees(fees)),
        timestamp=moment if moment is not None and _may_be(moment) else None,
        info=row.get("info") or {},
    )


def _cost(row: Mapping[str, Any], filled: Decimal | None) -> Decimal | None:
    """Read what fills cost: independentreserve tells what all would that was asked for.

    None for a zero, too: nothing is bought for nothing, the exchange did not say.
    """
    amount, price, cost = (number(row, name) for name in ("amount", "price", "cost"))
    if filled is None or cost is None:
        return cost
    if filled == 0:
        return Decimal(0)
    is_of_the_whole = bool(amount and price and filled < amount and cost == amount * price)
    return None if is_of_the_whole else cost or None


def _is_counted_in_money(info: Any) -> bool:
    """Whether the numbers of a raw order may be quote currency: kraken's are, by its flag for a volume in money."""
    return isinstance(info, Mapping) and "viqc" in str(info.get("oflags")).split(",")


def _may_be(moment: float) -> bool:
    """Whether ms UTC are a time that an order may have: those of another unit are none."""
    return FIRST_MOMENT <= moment < _LAST_MOMENT


def _side(row: Mapping[str, Any]) -> OrderSide | None:
    """Read a side; None for a word that names none, such as SELF_TRADING."""
    word = str(row.get("side")).lower()
    return OrderSide(word) if word in set(OrderSide) else None


def _fees(rows: Iterable[Mapping[str, Any]]) -> Iterable[Fee]:
    for row in rows:
        fee = Fee(currency=text(row, "currency"), cost=number(row, "cost"), rate=number(row, "rate"))
        if fee.cost is not None or fee.rate is not None:
            yield fee
