"""What a bot asked for in ccxt's words, read into ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ccxt

from hk_adapter.ccxt_facade.answers import one_order
from hk_adapter.model import CancelOutcome, CancelReport

_CCXT_OWN = ("type", "stop", "trigger")
"""Read by ccxt's class itself, and never sent to a spot endpoint by ours."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call's arguments: ``params`` is what is left for the venue."""

    symbol: str | None
    params: dict[str, Any]

    def take(self, key: str) -> Any:
        """Take one of ccxt's own keys out of ``params``; None where it is not there."""
        return self.params.pop(key, None)


def is_for_stock(exchange: Any, method: str, symbol: str | None, params: Mapping[str, Any] | None) -> bool:
    """Whether a call is for anything but spot, which ccxt's own class does: ours knows spot orders only."""
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
    """Give the order id, None where only the client's is known. Raises ccxt's ArgumentsRequired without either."""
    known = None if _is_blank(order_id) else order_id
    if known is None and "clientOrderId" not in asked.params:
        raise ccxt.ArgumentsRequired(f"{exchange.id} cancelOrder() requires an id, or a clientOrderId in params")
    return known


def may_be_replaced(exchange: Any, report: CancelReport) -> None:
    """Raise ccxt's exception unless the cancel took the order off the book, so that another may take its place."""
    order = one_order(exchange, report)
    if report.outcome not in {CancelOutcome.CANCELED, CancelOutcome.PARTIALLY_CANCELED}:
        raise ccxt.InvalidOrder(f"{exchange.id} editOrder: the order had ended before: {order['status']}; none placed")


def _is_blank(value: Any) -> bool:
    """Whether a bot says nothing by it: many give an empty id beside a client's."""
    return value is None or (isinstance(value, str) and not value)


def _unified(exchange: Any, symbol: str | None) -> str | None:
    """Take the venue's own id of a market too, as ccxt does, where markets are loaded."""
    if symbol is None or "/" in symbol or not exchange.markets_by_id:
        return symbol
    return str(exchange.safe_symbol(symbol))
