"""What Kraken's documentation shows is read as it says. Nothing here was recorded: it was typed from the pages."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import hk_adapter as hk

CANCELED = "O37652-RJWRT-IMO74O"
OWN_ID = "6d1b345e-2821-40e2-ad83-4ecb18a06876"


def documented(name: str) -> pytest.MarkDecorator:
    """Give a test one of the cassettes."""
    return pytest.mark.default_cassette(f"documented/{name}")


@pytest.fixture
def kraken(hk_recorded: Any, hk_clock: Any) -> hk.Venue:
    """Open Kraken, of which the test's cassette is all there is, on a day after its orders."""
    hk_clock.begin_at(1_790_000_000_000)
    return hk_recorded.connect("kraken", environment="production")  # type: ignore[no-any-return]


@documented("cancel_order")
def test_a_cancel_that_counts_is_proven_by_a_look(kraken: hk.Venue) -> None:
    """The answer shows no order, so the end is read: by its own times it ended before this cancel."""
    report = kraken.try_cancel(CANCELED)
    assert (report.outcome, report.evidence) == ("canceled", "query")
    assert report.order is not None
    assert (report.order.filled, report.order.venue_status) == (Decimal(0), "canceled")
    assert report.order.last_update_timestamp == 1688148610048


@documented("cancel_unknown_order")
def test_an_order_that_had_ended(kraken: hk.Venue) -> None:
    """An unknown order may have ended, and a look shows it."""
    assert kraken.try_cancel(CANCELED).outcome == "already_canceled"


@documented("cancel_rate_limited")
def test_a_cancel_that_was_refused_for_its_rate(kraken: hk.Venue) -> None:
    """It did not run, and the report says why."""
    report = kraken.try_cancel(CANCELED, timeout=0.5)
    assert report.outcome == "rate_limited"
    assert report.error is not None
    assert report.error.code == "EOrder:Rate limit exceeded"


@documented("add_order")
def test_an_order_is_placed_under_the_id_that_the_answer_has(kraken: hk.Venue) -> None:
    """What else the answer says is words: how the order stands is not known from it."""
    order = kraken.create_order("BTC/USD", "limit", "buy", "1.25", "27500", client_order_id=OWN_ID)
    assert (order.id, order.client_order_id, order.symbol) == ("OU22CG-KLAF2-FWUDD7", OWN_ID, "BTC/USD")
    assert (order.amount, order.price, order.filled, order.status) == (Decimal("1.25"), Decimal(27500), None, None)


@documented("add_order_refused")
def test_an_order_is_refused_for_want_of_funds(kraken: hk.Venue) -> None:
    """No order exists, and the venue's own word is on the error."""
    with pytest.raises(hk.InsufficientFunds) as caught:
        kraken.create_order("BTC/USD", "limit", "buy", "1.25", "27500", client_order_id=OWN_ID)
    assert caught.value.code == "EOrder:Insufficient funds"


@documented("query_orders")
def test_a_filled_order_is_read_whole(kraken: hk.Venue) -> None:
    """Every field of the sample arrives, with every digit."""
    assert kraken.fetch_order("OMMDB2-FSB6Z-7W3HPO") == hk.Order(
        id="OMMDB2-FSB6Z-7W3HPO",
        symbol="BTC/USD",
        venue_symbol="XBTUSD",
        type="market",
        side=hk.OrderSide.SELL,
        post_only=False,
        average=Decimal(30000),
        amount=Decimal("0.25"),
        filled=Decimal("0.25"),
        cost=Decimal(7500),
        status=hk.OrderStatus.CLOSED,
        venue_status="closed",
        fees=(hk.Fee(currency="USD", cost=Decimal("7.5")),),
        timestamp=1688592012231,
        last_update_timestamp=1688592012233,
    )


@documented("by_client_order_id")
def test_an_order_is_looked_for_by_the_clients_id(kraken: hk.Venue) -> None:
    """Among the open orders first, and then among the ended: one that ends meanwhile is in the second list."""
    order = kraken.fetch_order(client_order_id=OWN_ID)
    assert (order.id, order.status) == (CANCELED, "canceled")


@documented("closed_orders")
def test_ended_orders(kraken: hk.Venue) -> None:
    """A pair that the list of pairs has not is told by Kraken's word alone; a trigger is no limit."""
    orders = kraken.fetch_orders()
    assert [order.id for order in orders] == [CANCELED, "O6YDQ5-LOMWU-37YKEE"]
    assert [(order.symbol, order.venue_symbol) for order in orders] == [(None, "XBTGBP"), (None, "XBTEUR")]
    assert [(order.price, order.trigger_price) for order in orders] == [(None, Decimal(23667)), (None, Decimal(27743))]


@documented("open_orders")
def test_no_open_orders(kraken: hk.Venue) -> None:
    """An empty list is one."""
    assert kraken.fetch_open_orders() == []


@documented("trades_history")
def test_fills(kraken: hk.Venue) -> None:
    """A list of fills names the pair by its older word."""
    [fill] = kraken.fetch_my_trades()
    assert (fill.id, fill.order_id) == ("THVRQM-33VKH-UCI7BS", "OQCLML-BW3P3-BUCMWZ")
    assert (fill.symbol, fill.price, fill.amount, fill.cost) == (
        "BTC/USD",
        Decimal(30010),
        Decimal("0.02"),
        Decimal("600.2"),
    )
    assert (fill.taker_or_maker, fill.timestamp) == ("maker", 1688667796880)


@documented("balance")
def test_balances(kraken: hk.Venue) -> None:
    """What orders hold is not free; JSON numbers keep their digits."""
    balances = kraken.fetch_balance()
    assert set(balances) == {"USD", "BTC"}
    assert balances["USD"] == hk.Balance(free=Decimal("17185.45"), used=Decimal("8249.76"), total=Decimal("25435.21"))


@documented("time")
def test_the_time(kraken: hk.Venue) -> None:
    """Seconds become ms."""
    assert kraken.fetch_time() == 1688669448000


@documented("time")
def test_the_pairs(kraken: hk.Venue) -> None:
    """The step of prices is the tick, where it is told."""
    market = kraken.load_markets()["BTC/USD"]
    assert (market.id, market.base, market.quote, market.active) == ("XXBTZUSD", "BTC", "USD", True)
    assert (market.price_step, market.amount_step) == (Decimal("0.1"), Decimal("0.00000001"))
    assert (market.amount.min, market.cost.min) == (Decimal("0.0001"), Decimal("0.5"))


def test_no_cassette_holds_a_secret(hk_no_secrets: Callable[..., None], vcr_cassette_dir: str) -> None:
    """Nor does any hide that it was typed."""
    hk_no_secrets(vcr_cassette_dir)
