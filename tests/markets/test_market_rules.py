"""Where markets are loaded, an order that their rules forbid is denied unsent, and nothing is rounded unasked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hk_adapter as hk
from hk_adapter import CreateOrderRequest, InvalidArgument, Limits, Market, OrderDenied, OrderSide, OrderType
from hk_adapter.model.market_rules import check_terms, rounded
from tests.cases import each

ETH = Market(
    id="ETHUSD",
    symbol="ETH/USD",
    base="ETH",
    quote="USD",
    amount_step=Decimal("0.001"),
    price_step=Decimal("0.05"),
    cost_step=Decimal("0.01"),
    amount=Limits(min=Decimal("0.01"), max=Decimal(100)),
    price=Limits(max=Decimal(100000)),
    cost=Limits(min=Decimal(10), max=Decimal(500000)),
    market_amount=Limits(max=Decimal(20)),
    market_cost=Limits(min=Decimal(20)),
)
BARE = Market(id="XYZUSD", symbol="XYZ/USD", base="XYZ", quote="USD")
MARKETS = {one.symbol: one for one in (ETH, BARE)}


def order(type=OrderType.LIMIT, symbol="ETH/USD", **numbers):
    """An order with these numbers, given as text."""
    exact = {name: Decimal(value) for name, value in numbers.items()}
    return CreateOrderRequest(symbol=symbol, type=type, side=OrderSide.BUY, client_order_id="me", **exact)


@each(
    "request_",
    [
        order(amount="1", price="1900"),
        order(amount="1.000", price="1900.05"),
        order(amount="0.01", price="1000"),
        order(amount="100", price="5000"),
        order(OrderType.MARKET, amount="20"),
        order(OrderType.MARKET, cost="20.01"),
        order(symbol="XYZ/USD", amount="0.000000001", price="0.000000001"),
    ],
    ids=repr,
)
def test_what_the_rules_allow_is_allowed(request_):
    """The limits themselves are allowed, trailing zeros mean nothing, and a market without rules allows all."""
    check_terms(MARKETS, request_)


@each(
    ("request_", "said"),
    [
        (order(amount="1.0005", price="1900"), ["amount", "1.0005", "step of 0.001"]),
        (order(amount="1", price="1900.01"), ["price", "1900.01", "step of 0.05"]),
        (order(OrderType.MARKET, cost="20.001"), ["cost", "20.001", "step of 0.01"]),
        (order(amount="0.009", price="1900"), ["amount", "0.009", "minimum of 0.01"]),
        (order(amount="100.001", price="1900"), ["amount", "100.001", "maximum of 100"]),
        (order(amount="0.1", price="100000.05"), ["price", "100000.05", "maximum of 100000"]),
        (order(amount="0.01", price="999.95"), ["cost", "9.9995", "minimum of 10"]),
        (order(amount="100", price="5000.05"), ["cost", "500005.00", "maximum of 500000"]),
        (order(OrderType.MARKET, amount="20.001"), ["amount", "20.001", "maximum of 20"]),
        (order(OrderType.MARKET, amount="0.009"), ["amount", "0.009", "minimum of 0.01"]),
        (order(OrderType.MARKET, cost="19.99"), ["cost", "19.99", "minimum of 20"]),
        (order(OrderType.MARKET, cost="500000.01"), ["cost", "500000.01", "maximum of 500000"]),
    ],
)
def test_what_they_forbid_is_denied(request_, said):
    """The error names argument, value and rule; what a market order's own limits leave open, the general ones say."""
    with pytest.raises(OrderDenied) as caught:
        check_terms(MARKETS, request_)
    assert [word for word in said if word not in str(caught.value)] == []
    assert caught.value.request_state == "not_sent"


def test_an_unknown_symbol_is_a_wrong_argument():
    """Where the catalogue is known, a symbol that is not in it cannot be meant."""
    with pytest.raises(InvalidArgument, match="'ETH/EUR'"):
        check_terms(MARKETS, order(symbol="ETH/EUR", amount="1", price="1"))


@each(
    ("name", "value", "expected"),
    [
        ("amount", "1.2345", "1.234"),
        ("amount", "1.2349999", "1.234"),
        ("price", "1900.074", "1900.05"),
        ("price", "1900.075", "1900.10"),
        ("cost", "19.999", "19.99"),
        ("amount", "7", "7.000"),
    ],
)
def test_rounding_when_asked_for(name, value, expected):
    """Amounts and costs are rounded down, so that no more is traded than was meant; prices to the nearest step."""
    assert rounded(name, ETH, Decimal(value)) == Decimal(expected)


@pytest.mark.parametrize("name", ["amount", "price", "cost"])
def test_rounding_to_nothing_is_an_error(name):
    """A number that rounding takes away is refused: 0 is no amount, price or cost."""
    with pytest.raises(InvalidArgument, match=name):
        rounded(name, ETH, Decimal("0.0000001"))


@given(
    value=st.decimals(min_value="0.001", max_value=10**9, places=12), name=st.sampled_from(["amount", "price", "cost"])
)
def test_what_was_rounded_passes(value, name):
    """Rounding gives a whole multiple of the step, less than a step away; rounding again changes nothing."""
    step = {"amount": ETH.amount_step, "price": ETH.price_step, "cost": ETH.cost_step}[name]
    try:
        result = rounded(name, ETH, value)
    except InvalidArgument:
        assert value < step
        return
    assert result % step == 0
    assert abs(result - value) < step
    assert name == "price" or result <= value
    assert rounded(name, ETH, result) == result


def test_a_market_without_a_step_leaves_a_number_alone():
    """What the venue does not say is not made up."""
    assert rounded("amount", BARE, Decimal("0.123456789")) == Decimal("0.123456789")


@each("written", ["ETHUSD", "ETH-USD", "eth/usd", "ETH_USD"])
def test_a_symbol_in_the_venues_form(written: str) -> None:
    """Once the markets are known, the one that is meant is named, in a create and where a market is looked up."""
    with hk.connect("hashkey", environment="simulator") as venue:
        venue.load_markets()
        asked = len(venue.simulator.requests)
        for call in (lambda: venue.market(written), lambda: venue.create_order(written, "limit", "buy", 1, 1900)):
            with pytest.raises(hk.InvalidArgument, match=r"is not among .*; did you mean 'ETH/USD'\?$"):
                call()
        with pytest.raises(hk.InvalidArgument, match=r"could be read$"):
            venue.market("DOGE/USD")
        assert len(venue.simulator.requests) == asked
