"""What an order may ask for here, and orders that are only checked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import InsufficientFunds, InvalidArgument, NotSupported, UnexpectedPayload
from hk_adapter.model import CreateOrderRequest, Order, OrderSide, OrderType, TimeInForce
from tests.cases import each
from tests.venues.hashkey.driving import answered, opened, sent

LIMIT = CreateOrderRequest(
    symbol="ETH/USD",
    type=OrderType.LIMIT,
    side=OrderSide.BUY,
    client_order_id="mine",
    amount=Decimal(1),
    price=Decimal(1900),
)
MARKET = replace(LIMIT, type=OrderType.MARKET, price=None)


@pytest.mark.parametrize("mode", ["EXPIRE_TAKER", "EXPIRE_MAKER"])
def test_the_mode_against_self_trades_is_sent_as_given(mode: str) -> None:
    """``stpMode`` is the one key that HashKey takes beside ccxt's own; without it none is sent."""
    assert sent(opened().create_order(replace(LIMIT, params={"stpMode": mode}))).params["stpMode"] == mode
    assert "stpMode" not in sent(opened().create_order(LIMIT)).params


WRONG: list[dict[str, Any]] = [
    {"params": {"stpMode": "EXPIRE_BOTH"}},
    {"params": {"stpMode": None}},
    {"params": {"stpMode": ["EXPIRE_TAKER"]}},
    {"params": {"stopPrice": "1"}},
    {"client_order_id": "c" * 256},
    {"symbol": "ETHUSD"},
    {"symbol": "ETH/USD:USD"},
    {"post_only": True, "time_in_force": TimeInForce.IOC},
    {"post_only": True, "time_in_force": TimeInForce.FOK},
    {"type": OrderType.MARKET, "price": None, "time_in_force": TimeInForce.GTC},
    {"type": OrderType.MARKET, "price": None, "cost": Decimal(5)},
]


@each("terms", WRONG)
def test_what_hashkey_cannot_take_is_refused_before_it_is_sent(terms: dict[str, Any]) -> None:
    """Both by the hook and by the check that a host may make beforehand."""
    request = replace(LIMIT, **terms)
    with pytest.raises(InvalidArgument):
        opened().check_create(request)
    with pytest.raises(InvalidArgument):
        sent(opened().create_order(request))


RIGHT: list[dict[str, Any]] = [
    *({"time_in_force": word} for word in TimeInForce),
    {"post_only": True, "time_in_force": TimeInForce.GTC},
    {"type": OrderType.MARKET, "price": None},
    {"type": OrderType.MARKET, "price": None, "time_in_force": TimeInForce.IOC},
    {"type": OrderType.MARKET, "price": None, "time_in_force": TimeInForce.FOK},
    {"client_order_id": "c" * 255},
]


@each("terms", RIGHT)
def test_what_some_documentation_has_is_left_to_the_venue(terms: dict[str, Any]) -> None:
    """GTC, IOC and FOK as one site or the other documents them."""
    opened().check_create(replace(LIMIT, **terms))
    assert sent(opened().create_order(replace(LIMIT, **terms))).path == "/api/v1.1/spot/order"


def test_a_test_is_checked_and_places_nothing() -> None:
    """The terms go to orderTest; the answer is an empty object, and the order has the asked terms and no id."""
    request = replace(LIMIT, test=True, time_in_force=TimeInForce.IOC)
    call = sent(opened().create_order(request))
    assert (call.method, call.path, call.group) == ("POST", "/api/v1/spot/orderTest", "orders")
    assert call.params == sent(opened().create_order(replace(request, test=False))).params
    assert answered(opened().create_order(request), {}) == Order(
        id=None,
        client_order_id="mine",
        symbol="ETH/USD",
        venue_symbol="ETHUSD",
        type="limit",
        side=OrderSide.BUY,
        time_in_force="IOC",
        post_only=False,
        price=Decimal(1900),
        amount=Decimal(1),
    )


def test_a_test_can_fail() -> None:
    """A refusal is the refusal that the order itself would get."""
    with pytest.raises(InsufficientFunds):
        answered(opened().create_order(replace(LIMIT, test=True)), {"code": "0401", "msg": "no"}, status=400)
    with pytest.raises(UnexpectedPayload):
        answered(opened().create_order(replace(LIMIT, test=True)), [])


def test_a_site_without_tests_says_so() -> None:
    """The endpoint and the site are named, and no order is sent instead."""
    for ask in (opened("mena").check_create, lambda request: sent(opened("mena").create_order(request))):
        with pytest.raises(NotSupported, match=r"mena.*orderTest"):
            ask(replace(LIMIT, test=True))
    assert opened("global").check_create(replace(LIMIT, test=True)) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    "request_",
    [
        replace(MARKET, test=True),
        replace(MARKET, test=True, amount=None, cost=Decimal(20)),
        replace(MARKET, test=True, amount=None, cost=Decimal(20), side=OrderSide.SELL),
    ],
)
def test_a_market_order_whose_quantity_is_ambiguous_is_not_tested(request_: CreateOrderRequest) -> None:
    """The test takes no cash amount, and by some pages reads a market buy's quantity as one: no guess."""
    with pytest.raises(NotSupported, match="orderTest"):
        sent(opened().create_order(request_))


def test_a_market_sell_by_amount_is_tested() -> None:
    """Its quantity is base currency on every page."""
    call = sent(opened().create_order(replace(MARKET, test=True, side=OrderSide.SELL)))
    assert (call.path, call.params["quantity"]) == ("/api/v1/spot/orderTest", "1")


@each("status", [200, 400, 429])
@each("code", ["-2010", "-1140", "0401", "-1141", "0003", "0102"])
def test_a_code_beside_an_order_is_a_doubt(code: str, status: int) -> None:
    """An answer that refuses an order and shows its venue id contradicts itself: a look-up decides."""
    body = {"code": code, "msg": "no", "orderId": "2128389008024406016", "clientOrderId": LIMIT.client_order_id}
    with pytest.raises(UnexpectedPayload) as caught:
        answered(opened().create_order(LIMIT), body, status=status)
    assert (caught.value.operation, caught.value.http_status) == ("create_order", status)


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_id_beside_a_code_is_no_order(nothing: object) -> None:
    """The refusal stands."""
    with pytest.raises(InsufficientFunds):
        answered(opened().create_order(LIMIT), {"code": "0401", "msg": "no", "orderId": nothing}, status=400)


@pytest.mark.parametrize("symbol", ["ETHU/SD", "ET/HUSD", "BTCU/SDT"])
def test_a_symbol_that_would_become_another_market_is_not_sent(symbol: str) -> None:
    """The venue's words have no separator: what is not this symbol's word must not buy another one's."""
    for ask in (opened().check_create, lambda request: sent(opened().create_order(request))):
        with pytest.raises(InvalidArgument, match=f"symbol.*{symbol}"):
            ask(replace(LIMIT, symbol=symbol))


SHOWN = {"orderId": "5", "clientOrderId": "mine", "status": "NEW"}


@each("body", [SHOWN, {"order": SHOWN}, {"data": SHOWN}], ids=["bare", "order", "data"])
@each("status", [429, 418])
def test_a_limit_beside_an_order_is_a_doubt(body: dict[str, Any], status: int) -> None:
    """A caller who takes it for a refusal places the order again."""
    with pytest.raises(UnexpectedPayload):
        answered(opened().create_order(LIMIT), body, status=status)
