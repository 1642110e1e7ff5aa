"""HashKey's spot endpoints in the venue's own words: one function a call, returning what to send."""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.errors import InvalidArgument
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.model import (
    CancelAllRequest,
    CancelOrdersRequest,
    CancelRequest,
    CreateOrderRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    OrderType,
)
from hk_adapter.venues.hashkey.sites import ORDERS, PUBLIC, QUERIES
from hk_adapter.venues.hashkey.symbols import venue_symbol

LONGEST_ORDER_ID = 20
LONGEST_CLIENT_ORDER_ID = 255
LARGEST_BATCH = 100
LARGEST_PAGE = 1000
MASS_WEIGHT = 5
"""Of batch and mass cancels: HK says 5 (Nov 2025), the text of 2026 says 1; the dearer is safe under both."""


def cancel_order(request: CancelRequest) -> HttpCall:
    """DELETE ``/api/v1/spot/order``, weight 1: by ``orderId`` or ``clientOrderId``, never both.

    Which of the two wins is not documented, so the order id is sent where both are given.
    """
    return HttpCall(
        method="DELETE",
        path="/api/v1/spot/order",
        params=_one_id(request.order_id, request.client_order_id, client_name="clientOrderId"),
        signed=True,
        group=ORDERS,
        lane=Lane.CANCEL,
    )


def fetch_order(request: FetchOrderRequest) -> HttpCall:
    """GET ``/api/v1/spot/order``, weight 1: here the client's id is called ``origClientOrderId``."""
    return HttpCall(
        method="GET",
        path="/api/v1/spot/order",
        params=_one_id(request.order_id, request.client_order_id, client_name="origClientOrderId"),
        signed=True,
        group=QUERIES,
    )


def cancel_orders(request: CancelOrdersRequest) -> HttpCall:
    """DELETE ``/api/v1/spot/cancelOrderByIds``, up to 100 ids; weight 5 on HK (Nov 2025), 1 in the text of 2026."""
    for order_id in request.order_ids:
        _check_order_id(order_id)
    return HttpCall(
        "DELETE",
        "/api/v1/spot/cancelOrderByIds",
        params={"ids": ",".join(request.order_ids)},
        signed=True,
        group=ORDERS,
        lane=Lane.CANCEL,
        weight=MASS_WEIGHT,
    )


def cancel_symbol(request: CancelAllRequest, symbol: str) -> HttpCall:
    """DELETE ``/api/v1/spot/openOrders``: up to 200 orders of one symbol (2026; 1000 on HK in Nov 2025)."""
    return _cancel_scope("/api/v1/spot/openOrders", {"symbol": venue_symbol(symbol)}, request)


def cancel_every_symbol(request: CancelAllRequest) -> HttpCall:
    """DELETE ``/api/v1/spot/cancelAllOpenOrders``: up to 200 orders; not on every site."""
    return _cancel_scope("/api/v1/spot/cancelAllOpenOrders", {"limit": "200"}, request)


def fetch_open_orders(request: ListOrdersRequest, cursor: str) -> HttpCall:
    """GET ``/api/v1/spot/openOrders``, weight 1, up to 1000 rows."""
    return _list_orders("/api/v1/spot/openOrders", 1, request, cursor)


def fetch_orders(request: ListOrdersRequest, cursor: str) -> HttpCall:
    """GET ``/api/v1/spot/tradeOrders``, weight 5, up to 1000 rows of the last 90 days, canceled orders included."""
    return _list_orders("/api/v1/spot/tradeOrders", 5, request, cursor)


def create_order(request: CreateOrderRequest) -> HttpCall:
    """POST ``/api/v1.1/spot/order``, weight 1. Market orders go by ``quantity`` (base) or ``amount`` (quote)."""
    _check_client_order_id(request.client_order_id)
    params = {
        "symbol": venue_symbol(request.symbol),
        "side": request.side.upper(),
        "type": _type_word(request),
    }
    _put(params, "quantity", request.amount)
    _put(params, "amount", request.cost)
    _put(params, "price", request.price)
    if request.time_in_force is not None:
        params["timeInForce"] = str(request.time_in_force)
    params["newClientOrderId"] = request.client_order_id
    return HttpCall(method="POST", path="/api/v1.1/spot/order", params=params, signed=True, group=ORDERS)


def fetch_time() -> HttpCall:
    """GET ``/api/v1/time``, public."""
    return HttpCall(method="GET", path="/api/v1/time", group=PUBLIC)


def _type_word(request: CreateOrderRequest) -> str:
    if request.post_only:
        return "LIMIT_MAKER"
    return "MARKET" if request.type is OrderType.MARKET else "LIMIT"


def _put(params: dict[str, str], name: str, value: Decimal | None) -> None:
    if value is not None:
        params[name] = format(value, "f")


def check_ids(order_id: str | None, client_order_id: str | None) -> None:
    """Refuse ids that no order of HashKey can have. Raises InvalidArgument."""
    if client_order_id is not None:
        _check_client_order_id(client_order_id)
    if order_id is not None:
        _check_order_id(order_id)


def _one_id(order_id: str | None, client_order_id: str | None, *, client_name: str) -> dict[str, str]:
    check_ids(order_id, client_order_id)
    if order_id is not None:
        return {"orderId": order_id}
    if client_order_id is None:
        raise InvalidArgument("order_id or client_order_id is needed")
    return {client_name: client_order_id}


def _cancel_scope(path: str, params: dict[str, str], request: CancelAllRequest) -> HttpCall:
    if request.side is not None:
        params["side"] = request.side.upper()
    return HttpCall("DELETE", path, params=params, signed=True, group=ORDERS, lane=Lane.CANCEL, weight=MASS_WEIGHT)


def _list_orders(path: str, weight: int, request: ListOrdersRequest, cursor: str) -> HttpCall:
    params = {} if request.symbol is None else {"symbol": venue_symbol(request.symbol)}
    if request.before_id is not None:
        params[cursor] = request.before_id
    params["limit"] = str(min(request.limit or LARGEST_PAGE, LARGEST_PAGE))
    return HttpCall("GET", path, params=params, signed=True, group=QUERIES, weight=weight)


def _check_order_id(order_id: str) -> None:
    if len(order_id) > LONGEST_ORDER_ID:
        raise InvalidArgument(f"order_id: hashkey's have up to {LONGEST_ORDER_ID} characters, not {len(order_id)}")


def _check_client_order_id(client_order_id: str) -> None:
    if len(client_order_id) > LONGEST_CLIENT_ORDER_ID:
        raise InvalidArgument(
            f"client_order_id: hashkey's have up to {LONGEST_CLIENT_ORDER_ID} characters, not {len(client_order_id)}"
        )
