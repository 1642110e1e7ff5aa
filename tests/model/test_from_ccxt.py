"""ccxt's unified order dict, taken in as ccxt itself produces it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.model import Fee, Order, OrderStatus
from tests.cases import each

BASE: dict[str, Any] = {"id": "1", "symbol": "ETH/USD", "side": "buy", "status": "open", "amount": 2.0, "filled": 1.0}
EXCHANGE = ccxt.Exchange()


def cents(low: int = 0, high: int = 10**12) -> st.SearchStrategy[str]:
    """Give decimal texts as venues write them, short enough for a float to hold."""
    return st.integers(low, high).map(lambda number: f"{number // 1000}.{number % 1000:03d}")


def optional(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Give dicts in which any key may be missing."""
    return st.fixed_dictionaries({}, optional=values)


FEES = optional(currency=st.sampled_from(["USD", "ETH"]), cost=cents())
TRADES = st.fixed_dictionaries(
    {
        "info": st.just({}),
        "id": st.sampled_from(["t1", "t2"]),
        "order": st.just("1"),
        "symbol": st.just("ETH/USD"),
        "side": st.just("buy"),
        "type": st.sampled_from([None, "limit"]),
        "timestamp": st.sampled_from([None, 1_701_094_949_000, 1_701_094_950_000]),
        "price": cents(1),
        "amount": cents(1, 1000),
        "cost": cents(1),
        "takerOrMaker": st.sampled_from([None, "taker", "maker"]),
        "fee": st.none() | FEES,
    }
)


@st.composite
def parsed_by_ccxt(draw: st.DrawFn) -> dict[str, Any]:
    """Give what ccxt's own ``safe_order`` makes of a venue's words."""
    amount = draw(st.integers(10_000, 10**12))
    filled = draw(st.integers(0, amount))
    raw: dict[str, Any] = dict.fromkeys(("symbol", "side", "type", "id"))
    raw |= {"id": "1", "info": {"raw": True}, "amount": f"{amount // 1000}.{amount % 1000:03d}"}
    raw |= draw(
        optional(
            symbol=st.just("ETH/USD"),
            side=st.sampled_from(["buy", "sell"]),
            type=st.sampled_from(["limit", "market", "stop"]),
            clientOrderId=st.sampled_from(["c1", ""]),
            price=cents(),
            triggerPrice=cents(1),
            takeProfitPrice=cents(1),
            stopLossPrice=cents(1),
            cost=cents(1),
            status=st.sampled_from(["open", "closed", "canceled", "expired", "rejected", "canceling"]),
            timeInForce=st.sampled_from(["GTC", "IOC", "FOK", "PO"]),
            postOnly=st.booleans(),
            reduceOnly=st.booleans(),
            timestamp=st.integers(0, 2 * 10**12),
            lastUpdateTimestamp=st.integers(0, 2 * 10**12),
            fee=FEES,
            trades=st.lists(TRADES, max_size=3),
        )
    )
    known = draw(st.sampled_from(["filled", "remaining", "neither"]))
    if known == "filled":
        raw["filled"] = f"{filled // 1000}.{filled % 1000:03d}"
    elif known == "remaining":
        raw.pop("trades", None)  # they would tell another filled amount
        raw["remaining"] = f"{(amount - filled) // 1000}.{(amount - filled) % 1000:03d}"
    parsed: dict[str, Any] = EXCHANGE.safe_order(raw)
    return parsed


@given(data=parsed_by_ccxt())
def test_whatever_ccxt_parsed_is_taken(data: dict[str, Any]) -> None:
    """An order that any ccxt exchange produced keeps its ids, words, times and numbers."""
    order = Order.from_ccxt(data)
    named = {
        "triggerPrice": "trigger_price",
        "takeProfitPrice": "take_profit_price",
        "stopLossPrice": "stop_loss_price",
    }
    for key in ("price", "amount", "filled", "remaining", "cost", *named):
        name = named.get(key, key)
        assert getattr(order, name) == (None if data[key] is None else Decimal(repr(data[key])))
    assert order.average == (Decimal(repr(data["average"])) if data["average"] else None)
    assert (order.id, order.client_order_id) == ("1", data["clientOrderId"] or None)
    assert (order.symbol, order.type, order.side) == (data["symbol"], data["type"], data["side"])
    assert (order.time_in_force, order.post_only, order.reduce_only) == (
        data["timeInForce"],
        data["postOnly"],
        data["reduceOnly"],
    )
    assert (order.timestamp, order.last_trade_timestamp) == (data["timestamp"], data["lastTradeTimestamp"])
    assert order.info == {"raw": True}
    assert len(order.trades) == len(data["trades"])


@given(data=parsed_by_ccxt())
def test_what_was_taken_is_given_back(data: dict[str, Any]) -> None:
    """Numbers, words and times of a ccxt dict come out of ``to_ccxt`` as they went in."""
    back = Order.from_ccxt(data).to_ccxt()
    status = "open" if data["status"] == "canceling" else data["status"]
    same = set(data) - {"clientOrderId", "average", "fee", "fees", "trades", "status"}
    assert {key: back[key] for key in same} == {key: data[key] for key in same}
    assert back["status"] == status


@given(number=st.floats(1e-40, 1e40))
def test_a_float_is_read_by_its_shortest_text(number: float) -> None:
    """0.1 is taken as 0.1, not as the binary fraction behind it."""
    assert Order.from_ccxt({"id": "1", "price": number}).price == Decimal(repr(number))


def test_a_float_of_another_librarys_type_is_read_as_a_float() -> None:
    """A subclass of float that prints differently, as numpy's does, is the same number."""

    class Printed(float):
        def __repr__(self) -> str:
            return f"float64({float(self)})"

    assert Order.from_ccxt({"id": "1", "price": Printed(0.1)}).price == Decimal("0.1")


@pytest.mark.parametrize("value", ["1900.10", Decimal("1900.10")])
def test_exact_numbers_keep_every_digit(value: Any) -> None:
    """No digit is lost where ccxt was set to ``number: Decimal`` or ``str``."""
    price = Order.from_ccxt(BASE | {"price": value}).price
    assert str(price) == "1900.10"


@each("word", ["open", "closed", "canceled", "expired", "rejected"])
def test_ccxts_statuses_are_known(word: str) -> None:
    """Each word of ccxt's is the status of that name; ``canceling`` may still trade; None is unknown."""
    assert Order.from_ccxt(BASE | {"status": word}).status is OrderStatus(word)
    assert Order.from_ccxt(BASE | {"status": "canceling"}).status is OrderStatus.PENDING_CANCEL
    assert Order.from_ccxt(BASE | {"status": None}).status is None


@each("fee", [{"cost": None, "currency": None}, {"cost": None}, {}, None])
def test_an_empty_fee_is_no_fee(fee: Any) -> None:
    """The placeholder of ccxt for a fee nobody stated is not taken for one."""
    assert Order.from_ccxt(BASE | {"fee": fee}).fees == ()
    assert Order.from_ccxt(BASE | {"fee": fee, "fees": [] if fee is None else [fee]}).fees == ()


def test_fees_are_preferred_to_the_single_fee() -> None:
    """The only fee, which ccxt repeats under ``fee``, counts once, and is taken where ``fees`` is empty."""
    fee = {"cost": 0.1, "currency": "USD", "rate": None}
    one = (Fee(currency="USD", cost=Decimal("0.1")),)
    assert Order.from_ccxt(BASE | {"fee": fee, "fees": [fee]}).fees == one
    assert Order.from_ccxt(BASE | {"fee": fee, "fees": []}).fees == one
    assert Order.from_ccxt(BASE | {"fee": fee}).fees == one


@each("info", [{"a": 1}, ["a", 1], "success", 5])
def test_the_raw_payload_is_kept_in_any_shape(info: Any) -> None:
    """Some venues answer with lists or bare words: ``info`` is that answer."""
    assert Order.from_ccxt(BASE | {"info": info}).info == info


def test_remaining_follows_from_amount_and_filled() -> None:
    """Venues that report 0 as what remains of a canceled order do not change what was left of it."""
    data = BASE | {"status": "canceled", "amount": 2.0, "filled": 0.5, "remaining": 0.0}
    assert Order.from_ccxt(data).remaining == Decimal("1.5")
