"""What each call sends: the venue's names, one id, and exact numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter import connect, connect_async
from hk_adapter.errors import InvalidArgument
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.model import (
    CancelRequest,
    CreateOrderRequest,
    FetchOrderRequest,
    OrderSide,
    OrderType,
    TimeInForce,
)
from tests.cases import each
from tests.venues.hashkey.driving import opened, sent

ORDER_ID = "1563291927536863744"
OWN_ID = "99999888912"
LIMIT: dict[str, Any] = {
    "symbol": "ETH/USD",
    "type": OrderType.LIMIT,
    "side": OrderSide.BUY,
    "client_order_id": OWN_ID,
    "amount": Decimal(1),
    "price": Decimal(1900),
}
MARKET = LIMIT | {"type": OrderType.MARKET, "price": None}


def create(**terms: Any) -> HttpCall:
    """Give the request that places a limit order but for the given terms."""
    return sent(opened().create_order(CreateOrderRequest(**(LIMIT | terms))))


def cancel(**ids: Any) -> HttpCall:
    """Give the request that cancels an order."""
    return sent(opened().cancel_order(CancelRequest(**ids)))


def query(**ids: Any) -> HttpCall:
    """Give the request that looks an order up."""
    return sent(opened().fetch_order(FetchOrderRequest(**ids)))


def terms_of(call: HttpCall) -> dict[str, str]:
    """Give what is sent beside the client's id."""
    return {name: value for name, value in call.params.items() if name != "newClientOrderId"}


def test_a_cancel_is_a_delete_by_order_id() -> None:
    """DELETE /api/v1/spot/order, signed, one order call of the cancels' lane, with the order id and nothing else."""
    call = cancel(order_id=ORDER_ID, symbol="ETH/USD")
    assert (call.method, call.path, call.params) == ("DELETE", "/api/v1/spot/order", {"orderId": ORDER_ID})
    assert (call.signed, call.group, call.lane, call.weight) == (True, "orders", Lane.CANCEL, 1)


def test_a_query_is_a_get_by_order_id() -> None:
    """GET /api/v1/spot/order, signed, one query."""
    call = query(order_id=ORDER_ID, symbol="ETH/USD")
    assert (call.method, call.path, call.params) == ("GET", "/api/v1/spot/order", {"orderId": ORDER_ID})
    assert (call.signed, call.group, call.weight) == (True, "queries", 1)


def test_the_client_id_has_three_names() -> None:
    """Create says newClientOrderId, cancel clientOrderId, query origClientOrderId."""
    assert create().params["newClientOrderId"] == OWN_ID
    assert cancel(client_order_id=OWN_ID).params == {"clientOrderId": OWN_ID}
    assert query(client_order_id=OWN_ID).params == {"origClientOrderId": OWN_ID}


def test_exactly_one_id_is_sent() -> None:
    """Which of two ids wins is not documented, so the order id goes alone."""
    both = {"order_id": ORDER_ID, "client_order_id": OWN_ID}
    assert cancel(**both).params == {"orderId": ORDER_ID}
    assert query(**both).params == {"orderId": ORDER_ID}


def test_without_an_id_nothing_is_built() -> None:
    """Neither a cancel nor a query of nothing."""
    with pytest.raises(InvalidArgument, match="needed"):
        cancel()
    with pytest.raises(InvalidArgument, match="needed"):
        query()


def test_the_longest_ids_are_sent() -> None:
    """Order ids have up to 20 digits, client ids up to 255 characters."""
    longest, own = "9" * 20, "c" * 255
    assert cancel(order_id=longest).params == {"orderId": longest}
    assert cancel(client_order_id=own).params == {"clientOrderId": own}
    assert query(client_order_id=own).params == {"origClientOrderId": own}
    assert create(client_order_id=own).params["newClientOrderId"] == own


def test_longer_ids_are_refused_unbuilt() -> None:
    """An id that cannot be the venue's is the caller's mistake, told with the bound."""
    with pytest.raises(InvalidArgument, match=r"order_id.*20.*21"):
        cancel(order_id="9" * 21)
    with pytest.raises(InvalidArgument, match=r"client_order_id.*255.*256"):
        query(client_order_id="c" * 256)
    with pytest.raises(InvalidArgument, match=r"client_order_id.*255.*256"):
        create(client_order_id="c" * 256)


def test_a_limit_order() -> None:
    """POST to the v1.1 endpoint with quantity and price, both as plain text."""
    call = create()
    assert (call.method, call.path, call.signed) == ("POST", "/api/v1.1/spot/order", True)
    assert (call.group, call.lane, call.weight) == ("orders", Lane.NORMAL, 1)
    assert terms_of(call) == {"symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "1900"}


@pytest.mark.parametrize("word", TimeInForce)
def test_a_time_in_force_is_sent_as_given(word: TimeInForce) -> None:
    """Without one the venue's default holds, and none is sent."""
    assert create(time_in_force=word).params["timeInForce"] == word.value
    assert "timeInForce" not in create().params


def test_a_post_only_order_is_a_limit_maker() -> None:
    """Post-only is an order type of its own."""
    sent = {"symbol": "ETHUSD", "side": "SELL", "type": "LIMIT_MAKER", "quantity": "1", "price": "1900"}
    assert terms_of(create(post_only=True, side=OrderSide.SELL)) == sent


def test_a_market_order_by_amount() -> None:
    """The quantity is in base currency; no price is sent."""
    assert terms_of(create(**MARKET)) == {"symbol": "ETHUSD", "side": "BUY", "type": "MARKET", "quantity": "1"}


@pytest.mark.parametrize("side", OrderSide)
def test_a_market_order_by_cost(side: OrderSide) -> None:
    """The amount is in quote currency, for buy and sell alike; quantity is never sent beside it."""
    sent = {"symbol": "ETHUSD", "side": side.value.upper(), "type": "MARKET", "amount": "20.5"}
    assert terms_of(create(**(MARKET | {"amount": None, "cost": Decimal("20.5"), "side": side}))) == sent


@each(
    ("number", "text"),
    [("1E+3", "1000"), ("1E-8", "0.00000001"), ("0.10", "0.10"), ("123456789012345678.987654321", None), ("1e1", "10")],
)
def test_numbers_are_sent_in_full(number: str, text: str | None) -> None:
    """Every digit, and never an exponent."""
    params = create(amount=Decimal(number), price=Decimal(number)).params
    assert (params["quantity"], params["price"]) == (text or number, text or number)


def test_the_venues_clock_is_public() -> None:
    """GET /api/v1/time without key or parameters."""
    call = sent(opened().fetch_time())
    assert (call.method, call.path, call.params, call.signed) == ("GET", "/api/v1/time", {}, False)


WRONG_CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    *(("cancel_order", (ORDER_ID, symbol), {}) for symbol in ("ETHUSD", "eth/usd", "ETH/USD:USD", "ETH/", "/USD", "/")),
    ("fetch_order", (ORDER_ID, "ETHUSD"), {}),
    ("create_order", ("ETHUSD", "limit", "buy", "1", "1900"), {}),
    ("cancel_order", ("9" * 21,), {}),
    ("fetch_order", ("9" * 21,), {}),
    ("cancel_order", (), {"client_order_id": "c" * 256}),
    ("create_order", ("ETH/USD", "limit", "buy", "1", "1900"), {"client_order_id": "c" * 256}),
    ("cancel_order", (ORDER_ID, None, {"origClientOrderId": "1"}), {}),
    ("cancel_order", (ORDER_ID, None, {"symbol": "ETHUSD"}), {}),
    ("fetch_order", (ORDER_ID, None, {"accountId": "1"}), {}),
    ("create_order", ("ETH/USD", "limit", "buy", "1", "1900", {"stpMode": "EXPIRE_BOTH"}), {}),
    ("create_order", ("ETH/USD", "limit", "buy", "1", "1900", {"selfTradePrevention": "x"}), {}),
]


@each(("method", "args", "keywords"), WRONG_CALLS)
async def test_a_wrong_argument_is_refused_before_anything_is_sent(
    method: str, args: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    """Symbols, ids and params that HashKey cannot take raise InvalidArgument, and the venue sees no request."""
    with connect("hashkey", environment="simulator") as venue:
        with pytest.raises(InvalidArgument):
            getattr(venue, method)(*args, **keywords)
        assert venue.simulator.requests == []
    async with connect_async("hashkey", environment="simulator") as async_venue:
        with pytest.raises(InvalidArgument):
            await getattr(async_venue, method)(*args, **keywords)
        assert async_venue.simulator.requests == []
