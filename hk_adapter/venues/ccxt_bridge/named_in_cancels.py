"""How ccxt wants an order named in a cancel where its id alone, or its client order id as it is, will not do.

What nobody gives is looked up. A cancel of all open orders gives nothing but ids. CoinSpot's cancel wants a side, too,
and ccxt cannot look its orders up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hk_adapter.errors import NotSent, NotSupported, OutcomeUnknown, UnexpectedPayload
from hk_adapter.flow.effects import Flow
from hk_adapter.model import CancelRequest, FetchOrderRequest, Order, OrderSide
from hk_adapter.venues.ccxt_bridge.conditional import as_read

CANCELS_BY_CLIENT_ID = frozenset({"dydx"})
"""Exchanges that cancel by the client order id alone: ccxt sends an order's id in its place."""
_CANCELS_BY_ORDER_ID: Mapping[str, str] = {"bitfinex": "cidDate"}
"""Exchanges that want something beside a client order id, by this name; they are told the order's own id instead.

Bitfinex's are unique within a day: it wants the day on which the order was made.
"""
_IN_AN_ORDER_IDS_PLACE: Mapping[str, str] = {"poloniex": "cid:"}
"""Exchanges to whose cancels ccxt writes a client order id where an order's id stands, and what says which it is."""
_TERMS: Mapping[str, tuple[str, ...]] = {"coinone": ("price", "qty", "is_ask"), "indodax": ("side",)}
"""Exchanges whose cancels want terms of the order beside its id, by these names."""

Look = Callable[[FetchOrderRequest], Flow[Order]]


async def cancel_arguments(exchange: Any, request: CancelRequest, look: Look) -> tuple[str, str | None, dict[str, Any]]:
    """Return what ccxt is told of the order to cancel: its id, its symbol, and params. ``look`` looks an order up."""
    params = as_read(exchange, "cancel_order", request.params)
    named, own = request.order_id, None if request.order_id else request.client_order_id
    if own is not None and exchange.id in _CANCELS_BY_ORDER_ID and _CANCELS_BY_ORDER_ID[exchange.id] not in params:
        return await _id_of(request, look), request.symbol, params
    if named is not None and exchange.id in CANCELS_BY_CLIENT_ID:
        shown = await look(FetchOrderRequest(order_id=named, symbol=request.symbol))
        if shown.client_order_id is None:
            raise NotSupported(f"{exchange.id} cancels by client_order_id, and shows none of this order")
        own = shown.client_order_id
        params = _flags(shown.info) | params
    if named is not None and any(params.get(name) is None for name in _TERMS.get(exchange.id, ())):
        shown = await look(FetchOrderRequest(order_id=named, symbol=request.symbol))
        params = _terms(exchange.id, shown) | params
    if own is None:
        return named or "", request.symbol, params
    params["clientOrderId"] = _IN_AN_ORDER_IDS_PLACE.get(exchange.id, "") + own
    return "", request.symbol, params


async def _id_of(request: CancelRequest, look: Look) -> str:
    """Look up the id of an order that is named by its client order id. Raises NotSent where nothing shows it."""
    try:
        shown = await look(FetchOrderRequest(client_order_id=request.client_order_id, symbol=request.symbol))
    except (OutcomeUnknown, UnexpectedPayload) as unknown:
        raise NotSent(f"the cancel needs the order's own id, and {unknown}") from None
    return shown.id or ""


def _flags(info: Any) -> dict[str, Any]:
    """Return what dydx's cancel has to say of the order beside its client order id, as its row shows it."""
    flags = info.get("orderFlags") if isinstance(info, Mapping) else None
    return {"orderFlags": int(flags)} if isinstance(flags, str | int) and str(flags).isdigit() else {}


def _terms(exchange_id: str, order: Order) -> dict[str, Any]:
    """Return the terms of an order that its cancel wants; nothing where the look did not tell."""
    rest = order.amount if order.remaining is None else order.remaining
    known: dict[str, Any] = {"price": order.price, "qty": rest}
    if order.side is not None:
        known |= {"side": str(order.side), "is_ask": int(order.side is OrderSide.SELL)}
    return {name: known[name] for name in _TERMS[exchange_id] if known.get(name) is not None}
