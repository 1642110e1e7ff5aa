"""Terms of an order that a few of ccxt's cancels want in ``params`` beside its id: looked up where nobody gives them.

A cancel of all open orders gives none. CoinSpot's cancel wants a side, too, and ccxt cannot look its orders up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.model import Order, OrderSide

_WANTED: Mapping[str, tuple[str, ...]] = {"coinone": ("price", "qty", "is_ask"), "indodax": ("side",)}


def wants_terms(exchange_id: str, params: Mapping[str, Any]) -> bool:
    """Whether a cancel of an exchange's lacks a term of its order."""
    return any(params.get(name) is None for name in _WANTED.get(exchange_id, ()))


def terms_wanted(exchange_id: str, order: Order) -> dict[str, Any]:
    """Return what a cancel of an order that was looked up has to say of it; nothing where the look did not tell."""
    rest = order.amount if order.remaining is None else order.remaining
    known: dict[str, Any] = {"price": order.price, "qty": rest}
    if order.side is not None:
        known |= {"side": str(order.side), "is_ask": int(order.side is OrderSide.SELL)}
    return {name: known[name] for name in _WANTED[exchange_id] if known.get(name) is not None}
