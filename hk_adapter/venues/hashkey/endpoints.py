"""HashKey's spot endpoints in the venue's own words: one function a call, returning what to send."""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.errors import InvalidArgument
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.model import CancelRequest, CreateOrderRequest, FetchOrderRequest, OrderType
from hk_adapter.venues.hashkey.sites import ORDERS, PUBLIC, QUERIES
from hk_adapter.venues.hashkey.symbols import venue_symbol

LONGEST_ORDER_ID = 20
LONGEST_CLIENT_ORDER_ID = 255


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


def _one_id(order_id: str | None, client_order_id: str | None, *, client_name: str) -> dict[str, str]:
    if client_order_id is not None:
        _check_client_order_id(client_order_id)
    if order_id is not None:
        if len(order_id) > LONGEST_ORDER_ID:
            raise InvalidArgument(f"order_id: hashkey's have up to {LONGEST_ORDER_ID} characters, not {len(order_id)}")
        return {"orderId": order_id}
    if client_order_id is None:
        raise InvalidArgument("order_id or client_order_id is needed")
    return {client_name: client_order_id}


def _check_client_order_id(client_order_id: str) -> None:
    if len(client_order_id) > LONGEST_CLIENT_ORDER_ID:
        raise InvalidArgument(
            f"client_order_id: hashkey's have up to {LONGEST_CLIENT_ORDER_ID} characters, not {len(client_order_id)}"
        )
