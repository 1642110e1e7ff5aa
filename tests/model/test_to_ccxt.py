"""An order written as ccxt's unified dict, and read back."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from typing import Any

import ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.model import Fee, Order, OrderSide, OrderStatus, OrderType, TimeInForce, Trade
from tests.cases import each

MAY_TRADE = {"pending_new", "open", "pending_cancel"}
NUMBERS = (
    "price",
    "stopPrice",
    "triggerPrice",
    "takeProfitPrice",
    "stopLossPrice",
    "average",
    "amount",
    "filled",
    "remaining",
    "cost",
)

texts = st.text(min_size=1, max_size=12)
times = st.integers(0, 253_402_300_799_999)
sides = st.sampled_from(OrderSide)
infos = st.dictionaries(texts, st.integers(), max_size=2)
numbers = st.builds(
    lambda digits, exponent: Decimal(f"{digits}E{exponent}"), st.integers(0, 10**60 - 1), st.integers(-60, 0)
)
fees = st.builds(
    Fee,
    currency=texts,
    cost=st.none() | numbers | numbers.map(lambda number: number.copy_negate()),
    rate=st.none() | numbers,
)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give None now and then."""
    return st.none() | strategy


def lists(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give tuples of up to three."""
    return st.lists(strategy, max_size=3).map(tuple)


trades = st.builds(
    Trade,
    id=maybe(texts),
    order_id=maybe(texts),
    symbol=maybe(texts),
    type=maybe(texts),
    side=maybe(sides),
    taker_or_maker=maybe(st.sampled_from(["taker", "maker"])),
    price=maybe(numbers),
    amount=maybe(numbers),
    cost=maybe(numbers),
    fees=lists(fees),
    timestamp=maybe(times),
    info=infos,
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Give valid orders that use every field ccxt has a key for."""
    filled, amount = sorted((draw(numbers), draw(numbers)))
    amounts: dict[str, Any] = draw(
        st.sampled_from([{}, {"amount": amount}, {"filled": filled}, {"amount": amount, "filled": filled}])
    )
    if len(amounts) == 1 and draw(st.booleans()):
        amounts = amounts | {"remaining": filled}
    averages = numbers.filter(bool) if amounts.get("filled") else st.none()
    values = {
        "id": texts,
        **dict.fromkeys(("client_order_id", "symbol", "type", "time_in_force"), maybe(texts)),
        **dict.fromkeys(("post_only", "reduce_only"), maybe(st.booleans())),
        **dict.fromkeys(("price", "trigger_price", "take_profit_price", "stop_loss_price", "cost"), maybe(numbers)),
        **dict.fromkeys(("timestamp", "last_trade_timestamp", "last_update_timestamp"), maybe(times)),
        "average": maybe(averages),
        "side": maybe(sides),
        "status": maybe(st.sampled_from(OrderStatus)),
        "fees": lists(fees),
        "trades": lists(trades),
        "info": infos,
    }
    return Order(**amounts, **draw(st.fixed_dictionaries(values)))


ORDER = Order(
    id="1",
    symbol="ETH/USD",
    type="limit",
    side=OrderSide.BUY,
    price=Decimal("1900.10"),
    trigger_price=Decimal("1899.5"),
    take_profit_price=Decimal("2100.5"),
    stop_loss_price=Decimal("1800.25"),
    average=Decimal("1900.05"),
    amount=Decimal("0.300"),
    filled=Decimal("0.1"),
    cost=Decimal("190.005"),
    status=OrderStatus.OPEN,
    timestamp=1_701_094_949_045,
    info={"orderId": "1"},
)


@given(order=orders())
def test_the_keys_are_those_of_ccxts_safe_order(order: Order) -> None:
    """A bot that speaks ccxt finds every key of ``safe_order``, and no other."""
    assert set(order.to_ccxt()) == set(ccxt.Exchange().safe_order({"info": {}}))


@given(order=orders())
def test_an_order_survives_the_way_through_ccxts_dict(order: Order) -> None:
    """Everything comes back digit for digit, except that a status that may still trade is then ``open``."""
    status = OrderStatus.OPEN if order.status in MAY_TRADE else order.status
    back = Order.from_ccxt(order.to_ccxt(number=Decimal))
    assert back == dataclasses.replace(order, status=status)
    assert repr(back) == repr(dataclasses.replace(order, status=status))
    assert back.info == order.info
    assert [trade.info for trade in back.trades] == [trade.info for trade in order.trades]


def test_what_ccxt_has_no_key_for_is_left_out() -> None:
    """The account, and the venue's own words, exist only in the model."""
    order = dataclasses.replace(ORDER, account_id="7", venue_status="NEW", venue_symbol="ETHUSD")
    assert Order.from_ccxt(order.to_ccxt(Decimal)) == ORDER


@each("status", OrderStatus)
def test_statuses_that_may_still_trade_become_open(status: OrderStatus) -> None:
    """A bot never takes a pending order for a finished one; final statuses keep their word."""
    assert dataclasses.replace(ORDER, status=status).to_ccxt()["status"] == ("open" if status in MAY_TRADE else status)


def test_numbers_are_floats_unless_asked_otherwise() -> None:
    """``to_ccxt()`` gives floats, as ccxt does."""
    data = ORDER.to_ccxt()
    assert {type(data[key]) for key in NUMBERS} == {float}
    assert (data["price"], data["filled"], data["remaining"]) == (1900.1, 0.1, 0.2)


@pytest.mark.parametrize("number", [Decimal, str])
def test_numbers_keep_every_digit_on_request(number: Any) -> None:
    """``number=Decimal`` and ``number=str`` lose nothing, not even trailing zeros."""
    data = ORDER.to_ccxt(number=number)
    assert {type(data[key]) for key in NUMBERS} == {number}
    assert (str(data["price"]), str(data["amount"]), str(data["remaining"])) == ("1900.10", "0.300", "0.200")


def test_numbers_of_trades_and_fees_follow() -> None:
    """The asked kind of number goes all the way down."""
    fee = Fee(currency="USD", cost=Decimal("0.1"), rate=Decimal("0.001"))
    trade = Trade(id="t", price=Decimal(1), amount=Decimal(2), cost=Decimal(2), fees=(fee,))
    data = dataclasses.replace(ORDER, trades=(trade,), fees=(fee,)).to_ccxt(number=str)
    assert data["fee"] == data["fees"][0] == {"currency": "USD", "cost": "0.1", "rate": "0.001"}
    row = data["trades"][0]
    assert (row["price"], row["amount"], row["cost"], row["fee"]["cost"]) == ("1", "2", "2", "0.1")


def test_what_is_unknown_is_none() -> None:
    """An order of which only the id is known has its other keys empty, not zero."""
    data = Order(id="1").to_ccxt()
    assert {key: value for key, value in data.items() if value is not None} == {
        "id": "1",
        "fees": [],
        "trades": [],
        "info": {},
    }


def test_a_single_fee_stands_alone_and_several_do_not() -> None:
    """``fee`` is the fee where there is one; of several none is singled out."""
    dollars, ether = Fee(currency="USD", cost=Decimal(1)), Fee(currency="ETH", cost=Decimal(2))
    assert dataclasses.replace(ORDER, fees=(dollars,)).to_ccxt()["fee"] == {"currency": "USD", "cost": 1.0}
    data = dataclasses.replace(ORDER, fees=(dollars, ether)).to_ccxt()
    assert data["fee"] is None
    assert [fee["currency"] for fee in data["fees"]] == ["USD", "ETH"]


@given(timestamp=times)
def test_datetimes_are_written_as_ccxt_does(timestamp: int) -> None:
    """``datetime`` is ccxt's text for ``timestamp``, up to the year 9999."""
    assert dataclasses.replace(ORDER, timestamp=timestamp).to_ccxt()["datetime"] == ccxt.Exchange.iso8601(timestamp)


def test_words_are_plain_text() -> None:
    """Enums of the model do not leak into the dict, so that any serializer takes it."""
    order = dataclasses.replace(ORDER, type=OrderType.LIMIT, time_in_force=TimeInForce.GTC)
    data = order.to_ccxt()
    assert [type(data[key]) for key in ("type", "timeInForce", "side", "status")] == [str] * 4
    assert json.loads(json.dumps(data)) == data


def test_the_raw_payload_is_passed_on() -> None:
    """``info`` is the venue's payload."""
    assert ORDER.to_ccxt()["info"] == {"orderId": "1"}
