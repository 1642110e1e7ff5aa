"""Order, Trade and Fee: what always holds of them, and what they refuse."""

from __future__ import annotations

import dataclasses
import pickle
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Fee, Order, OrderSide, OrderStatus, Trade
from tests.cases import each

ONE = Decimal(1)
ORDER_NUMBERS = (
    "price",
    "trigger_price",
    "take_profit_price",
    "stop_loss_price",
    "average",
    "amount",
    "filled",
    "remaining",
    "cost",
)
ORDER_TIMES = ("timestamp", "last_trade_timestamp", "last_update_timestamp")
NO_NUMBERS = [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity"), 1.0, 1, "1", True]
TOO_LONG = [Decimal("1E+60"), Decimal("1E-61"), Decimal("1E+999999"), Decimal("0E+999999")]
NO_TIMES = [-1, 1.0, True, "1", 253_402_300_800_000, 10**30]


def decimals() -> st.SearchStrategy[Decimal]:
    """Give non-negative numbers of up to 60 digits, wherever their point is."""
    return st.builds(
        lambda digits, exponent: Decimal(f"{digits}E{exponent}"), st.integers(0, 10**60 - 1), st.integers(-60, 0)
    )


def full_order(**changes: Any) -> Order:
    """Give an order with every field set."""
    fee = Fee(currency="USD", cost=Decimal("-0.5"), rate=Decimal("0.001"))
    trade = Trade(id="t1", order_id="1", side=OrderSide.BUY, price=ONE, amount=ONE, fees=(fee,), info={"raw": 1})
    values: dict[str, Any] = {
        "id": "1",
        "client_order_id": "c1",
        "symbol": "ETH/USD",
        "type": "limit",
        "side": OrderSide.BUY,
        "time_in_force": "GTC",
        "post_only": True,
        "reduce_only": False,
        "price": Decimal(1900),
        "trigger_price": Decimal(1800),
        "take_profit_price": Decimal(2100),
        "stop_loss_price": Decimal(1700),
        "average": Decimal("1899.5"),
        "amount": Decimal(3),
        "filled": Decimal("0.25"),
        "cost": Decimal("474.875"),
        "status": OrderStatus.CANCELED,
        "fees": (fee,),
        "trades": (trade,),
        "timestamp": 1_701_094_949_000,
        "last_trade_timestamp": 1_701_094_950_000,
        "last_update_timestamp": 1_701_094_951_000,
        "account_id": "77",
        "venue_status": "CANCELED",
        "venue_symbol": "ETHUSD",
        "info": {"orderId": "1"},
    }
    return Order(**(values | changes))


@given(first=decimals(), second=decimals())
def test_filled_stays_within_the_amount_and_remaining_is_exact(first: Decimal, second: Decimal) -> None:
    """Any two numbers of up to 60 digits give 0 <= filled <= amount and an exact remaining."""
    filled, amount = sorted((first, second))
    order = Order(id="1", amount=amount, filled=filled)
    assert order.remaining is not None
    assert 0 <= order.filled <= order.amount  # type: ignore[operator]
    assert 0 <= order.remaining <= amount
    assert Fraction(order.remaining) == Fraction(amount) - Fraction(filled)


def test_remaining_does_not_depend_on_the_callers_decimal_context() -> None:
    """A bot that works with three digits gets all digits of remaining."""
    with localcontext() as context:
        context.prec = 3
        order = Order(id="1", amount=Decimal(10**20), filled=Decimal("0.00000000000000000001"))
    assert order.remaining == Decimal("99999999999999999999.99999999999999999999")


@given(first=decimals(), second=decimals())
def test_more_filled_than_ordered_is_refused(first: Decimal, second: Decimal) -> None:
    """A fill above the amount is a contradiction, and the error says so in those words."""
    amount, filled = sorted((first, second))
    assume(amount != filled)
    with pytest.raises(InvalidArgument, match=r"filled .* above the amount"):
        Order(id="1", amount=amount, filled=filled)


@given(amount=decimals(), filled=decimals(), remaining=decimals())
def test_a_remaining_that_does_not_add_up_is_refused(amount: Decimal, filled: Decimal, remaining: Decimal) -> None:
    """Amount, filled and remaining are accepted together only where they add up exactly."""
    adds_up = Fraction(filled) + Fraction(remaining) == Fraction(amount)
    if adds_up:
        assert Order(id="1", amount=amount, filled=filled, remaining=remaining).remaining == remaining
    else:
        with pytest.raises(InvalidArgument):
            Order(id="1", amount=amount, filled=filled, remaining=remaining)


@given(amount=decimals(), part=decimals(), status=st.sampled_from([None, *OrderStatus]))
def test_filled_follows_from_amount_and_remaining(amount: Decimal, part: Decimal, status: OrderStatus | None) -> None:
    """It is exact, and not made up where an order ended unfilled and nothing is left of it to be filled."""
    remaining = min(amount, part)
    order = Order(id="1", amount=amount, remaining=remaining, status=status)
    ended_unfilled = status in {OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED}
    if ended_unfilled and remaining == 0:
        assert order.filled is None
    else:
        assert order.filled is not None
        assert Fraction(order.filled) == Fraction(amount) - Fraction(remaining)


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED])
@pytest.mark.parametrize("other", [OrderStatus.PENDING_CANCEL, None])
def test_no_copy_reads_what_was_filled_from_a_remaining_that_tells_nothing(
    status: OrderStatus, other: OrderStatus | None
) -> None:
    """Nothing remains of any order that was canceled, venues say: its copy, that is not, was not filled for it."""
    order = Order(id="1", amount=Decimal(1), remaining=Decimal(0), status=status)
    assert (order.remaining, order.replace(status=other).filled) == (None, None)


def test_remaining_above_the_amount_is_refused() -> None:
    """More cannot be left than was ordered, even while the filled amount is unknown."""
    with pytest.raises(InvalidArgument, match="remaining"):
        Order(id="1", amount=ONE, remaining=Decimal(2))


def test_nothing_is_made_up_where_a_number_is_unknown() -> None:
    """Without amount or without filled there is no remaining."""
    assert Order(id="1", amount=ONE).remaining is None
    assert Order(id="1", filled=ONE).remaining is None
    assert Order(id="1").remaining is None


def test_an_average_without_a_fill_is_refused() -> None:
    """A price of fills contradicts there being none."""
    with pytest.raises(InvalidArgument, match="average"):
        Order(id="1", amount=ONE, filled=Decimal(0), average=Decimal(5))


@each("name", ORDER_NUMBERS)
@each("value", [*NO_NUMBERS, *TOO_LONG, Decimal(-1)], ids=repr)
def test_an_order_takes_only_finite_nonnegative_decimals(name: str, value: Any) -> None:
    """A float, NaN, infinity, bool, overlong or negative number is refused by name, whichever field it is in."""
    with pytest.raises(InvalidArgument, match=name):
        Order(id="1", **{name: value})


@each("name", ["price", "amount", "cost"])
@each("value", [*NO_NUMBERS, *TOO_LONG, Decimal(-1)], ids=repr)
def test_a_trade_takes_only_finite_nonnegative_decimals(name: str, value: Any) -> None:
    """A fill's numbers follow the rules of an order's."""
    with pytest.raises(InvalidArgument, match=name):
        Trade(id="1", **{name: value})


@each("name", ["cost", "rate"])
@each("value", [*NO_NUMBERS, *TOO_LONG], ids=repr)
def test_a_fee_takes_only_finite_decimals(name: str, value: Any) -> None:
    """A fee's numbers are finite Decimals."""
    with pytest.raises(InvalidArgument, match=name):
        Fee(**({"currency": "USD", "cost": None} | {name: value}))


def test_a_fee_may_be_a_rebate() -> None:
    """A negative fee is money received, not a contradiction."""
    assert Fee(currency="USD", cost=Decimal("-0.1"), rate=Decimal("-0.0001")).cost == Decimal("-0.1")


@each("name", ORDER_TIMES)
@each("value", NO_TIMES, ids=repr)
def test_times_are_whole_ms_that_have_a_date(name: str, value: Any) -> None:
    """A time is an int of ms UTC from 1970 to 9999."""
    with pytest.raises(InvalidArgument, match=name):
        Order(id="1", **{name: value})
    with pytest.raises(InvalidArgument, match="timestamp"):
        Trade(id="1", timestamp=value)


@each("name", ["id", "client_order_id", "account_id"])
@each("value", ["", 5, 5.0, True, b"5"], ids=repr)
def test_ids_are_text(name: str, value: Any) -> None:
    """An id is a non-empty str, never a number."""
    with pytest.raises(InvalidArgument, match=name):
        Order(**({"id": "1"} | {name: value}))


@pytest.mark.parametrize("value", [5, b"ETH/USD", ["ETH/USD"], False])
@pytest.mark.parametrize("name", ["symbol", "type", "time_in_force", "venue_status", "venue_symbol"])
def test_words_are_text(name: str, value: Any) -> None:
    """A word is a str: what is none equals no word that was asked for, and would pass for another order's."""
    with pytest.raises(InvalidArgument, match=name):
        Order(id="1", **{name: value})
    if name in {"symbol", "type"}:
        with pytest.raises(InvalidArgument, match=name):
            Trade(id="1", **{name: value})


def test_an_order_has_at_least_one_id() -> None:
    """An order that nothing names is refused; the client's id alone will do."""
    with pytest.raises(InvalidArgument, match="client_order_id"):
        Order(id=None)
    assert Order(id=None, client_order_id="c1").id is None


@each("side", ["buy", "BUY", 1, True], ids=repr)
def test_a_side_is_of_its_enum(side: Any) -> None:
    """Neither order nor trade takes a side's word in place of the side."""
    with pytest.raises(InvalidArgument, match="side"):
        Order(id="1", side=side)
    with pytest.raises(InvalidArgument, match="side"):
        Trade(id="1", side=side)


@pytest.mark.parametrize("status", ["open", "NEW", 1], ids=repr)
def test_a_status_is_of_its_enum(status: Any) -> None:
    """An order's status is never a venue's bare word."""
    with pytest.raises(InvalidArgument, match="status"):
        Order(id="1", status=status)


@pytest.mark.parametrize(
    "record", [full_order(), *full_order().trades, *full_order().fees], ids=lambda r: type(r).__name__
)
def test_records_are_frozen(record: Any) -> None:
    """No field of a record can be changed."""
    for field in dataclasses.fields(record):
        with pytest.raises(AttributeError):
            setattr(record, field.name, None)


@each("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_an_order_survives_pickling(protocol: int) -> None:
    """A pickled order comes back equal, with its raw payload."""
    order = full_order()
    back = pickle.loads(pickle.dumps(order, protocol))
    assert back == order
    assert back.info == order.info
    assert back.trades[0].info == {"raw": 1}


def test_equality_ignores_the_raw_payload() -> None:
    """Two views of one state are equal and hash alike, whatever payload they came from."""
    assert full_order() == full_order(info={"other": "shape"})
    assert hash(full_order()) == hash(full_order(info={}))
    assert Trade(id="1", info={"a": 1}) == Trade(id="1")
    assert full_order() != full_order(filled=Decimal("0.26"))


def test_the_raw_payload_stays_out_of_the_repr() -> None:
    """A printed order shows the model's fields only."""
    assert "orderId" not in repr(full_order())


@each("status", OrderStatus)
def test_final_statuses_are_those_after_which_nothing_happens(status: OrderStatus) -> None:
    """Exactly closed, canceled, expired and rejected are final."""
    assert status.final is (status in {"closed", "canceled", "expired", "rejected"})
