"""What a bot asked for in ccxt's words, read into ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import ccxt

from hk_adapter.errors import shown

_CCXT_OWN = ("type", "stop", "trigger")
"""Read by ccxt's class itself, and never sent to a spot endpoint by ours."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call's arguments: ``params`` is what is left for the venue."""

    symbol: str | None
    params: dict[str, Any]

    def take(self, key: str) -> Any:
        """Remove one of ccxt's own keys from ``params``; None where it is not there."""
        return self.params.pop(key, None)


def is_for_stock(exchange: Any, method: str, symbol: str | None, params: Mapping[str, Any] | None) -> bool:
    """Whether a call is for anything but spot, which ccxt's own class does: ours knows spot orders only.

    Raises ccxt's BadRequest for a symbol that is no text, and for params that are no mapping.
    """
    if not isinstance(symbol, str | None):
        raise ccxt.BadRequest(f"{exchange.id} {method}() takes a symbol as a str, not {type(symbol).__name__}")
    if params and not isinstance(params, Mapping):
        raise ccxt.BadRequest(f"{exchange.id} {method}() takes params as a dict, not {type(params).__name__}")
    market = None if symbol is None else {"type": "swap" if ":" in symbol else "spot"}
    kind, _ = exchange.handle_market_type_and_params(method, market, dict(params or {}), "spot")
    return bool(kind != "spot")


def read(exchange: Any, symbol: str | None, params: Mapping[str, Any] | None) -> Asked:
    """Read symbol and params as every cancel method takes them."""
    rest = dict(params or {})
    for key in _CCXT_OWN:
        if key == "type" or not rest.get(key):
            rest.pop(key, None)
    if _is_blank(rest.get("clientOrderId")):
        rest.pop("clientOrderId", None)
    return Asked(_unified(exchange, symbol), rest)


def one_id(exchange: Any, order_id: Any, asked: Asked) -> Any:
    """Return the order id, None where the client's is given: as in ccxt's class, that one then is the order's name.

    Bots give any text beside it, or the client's id twice. Raises ccxt's ArgumentsRequired without either.
    """
    if "clientOrderId" in asked.params:
        return None
    known = None if _is_blank(order_id) else order_id
    if known is None:
        raise ccxt.ArgumentsRequired(f"{exchange.id} cancelOrder() requires an id, or a clientOrderId in params")
    return known


def several_ids(exchange: Any, order_ids: Any) -> tuple[Any, ...]:
    """Return the ids of several orders; None is none. Raises ccxt's BadRequest for one text: its letters are no ids."""
    if order_ids is None:
        return ()
    if isinstance(order_ids, str | bytes | Mapping) or not isinstance(order_ids, Iterable):
        raise ccxt.BadRequest(f"{exchange.id} cancelOrders() takes a list of ids, not {type(order_ids).__name__}")
    return tuple(order_ids)


def check_numbers(exchange: Any, kind: Any, side: Any, amount: Any, price: Any) -> None:
    """Raise ccxt's BadRequest for what no venue would place, before an order is canceled for it."""
    if str(side).lower() not in {"buy", "sell"}:
        raise ccxt.BadRequest(f"{exchange.id} editOrder() takes the side buy or sell, not {shown(side)}")
    if not _is_above_zero(amount):
        raise ccxt.BadRequest(f"{exchange.id} editOrder() takes an amount above 0, not {shown(amount)}")
    if str(kind).lower() != "market" and not _is_above_zero(price):
        raise ccxt.BadRequest(f"{exchange.id} editOrder() takes a price above 0, not {shown(price)}")


def check_placeable(exchange: Any, symbol: str, kind: Any, amount: Any, price: Any) -> None:
    """Raise what ccxt would, after the cancel, for an order that the market does not take; markets are loaded."""
    exchange.market(symbol)
    exchange.amount_to_precision(symbol, amount)
    if str(kind).lower() != "market":
        exchange.price_to_precision(symbol, price)


def _is_above_zero(number: Any) -> bool:
    try:
        return 0 < Decimal(str(number)) < Decimal("Infinity")
    except InvalidOperation:  # no number at all, or none that can be compared
        return False


def _is_blank(value: Any) -> bool:
    """Whether a bot says nothing by it: many give an empty id beside a client's."""
    return value is None or (isinstance(value, str) and not value)


def _unified(exchange: Any, symbol: str | None) -> str | None:
    """Accept the venue's own id of a market too, as ccxt does, where markets are loaded."""
    if symbol is None or "/" in symbol or not exchange.markets_by_id:
        return symbol
    return str(exchange.safe_symbol(symbol))
