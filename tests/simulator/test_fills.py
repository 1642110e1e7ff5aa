"""What a trade leaves behind: a fill on each side, a line on the public tape, and a thinner book."""

from decimal import Decimal, localcontext

import pytest

from hk_adapter.simulator import SimulatorControl
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.money import EXACT

from .conftest import NOW, ORDER, Client


@pytest.fixture
def book(client: Client) -> Book:
    """Give the client's venue's book."""
    return client.simulator.venue.book


def test_both_sides_of_a_trade_know_it(client: Client, control: SimulatorControl) -> None:
    """They share the ticket, have ids of their own, and mirror each other."""
    ours = client.rest()
    theirs = control.counter_order("ETHUSD", "SELL", "0.4", "1890", now=NOW + 5)
    (maker,), (taker,) = control.fills(ours), control.fills(theirs.order_id)
    assert maker.ticket_id == taker.ticket_id
    assert maker.id != taker.id
    assert (maker.is_maker, taker.is_maker, maker.side, taker.side) == (True, False, "BUY", "SELL")
    assert (
        (maker.order_id, maker.counter_order_id) == (taker.counter_order_id, taker.order_id) == (ours, theirs.order_id)
    )
    for fill in (maker, taker):
        assert (fill.price, fill.amount, fill.cost, fill.time) == (Decimal(1900), Decimal("0.4"), Decimal(760), NOW + 5)
        assert fill.symbol == "ETHUSD"


def test_ids_are_told_apart(client: Client, control: SimulatorControl) -> None:
    """A fill's id carries its time as an order's does; tickets begin with 46; neither repeats within a millisecond."""
    for _ in range(20):
        control.fill(client.rest(quantity="0.01"))
    fills = [fill for order in control.orders() for fill in control.fills(order.order_id)]
    assert {(int(fill.id) >> 23) + 1_514_736_000_000 for fill in fills} == {NOW}
    assert {(fill.ticket_id[:2], len(fill.ticket_id)) for fill in fills} == {("46", 19)}
    assert len({fill.id for fill in fills}) == len({fill.ticket_id for fill in fills}) == 20


def test_a_trade_with_the_outside_has_no_other_order(client: Client, control: SimulatorControl) -> None:
    """The control's own fills name no counter order; the order that rested was the maker."""
    order_id = client.rest()
    control.fill(order_id, "0.25", "1800")
    (fill,) = control.fills(order_id)
    assert (fill.counter_order_id, fill.is_maker, fill.price, fill.cost) == (None, True, Decimal(1800), Decimal(450))


def test_an_account_keeps_its_fills_in_the_order_they_happened(
    client: Client, control: SimulatorControl, book: Book
) -> None:
    """Over all orders and pairs."""
    first, second = client.rest(), client.rest(symbol="ETHUSDT")
    for order_id, amount in ((first, "0.1"), (second, "0.2"), (first, "0.9")):
        client.now += 1
        control.fill(order_id, amount, now=client.now)
    fills = book.records.fills(client.simulator.account)
    assert [(fill.order.order_id, fill.quantity) for fill in fills] == [
        (first, Decimal("0.1")), (second, Decimal("0.2")), (first, Decimal("0.9"))
    ]  # fmt: skip


def test_the_tape_shows_each_trade_once(client: Client, control: SimulatorControl, book: Book) -> None:
    """Oldest first, by pair, and which side came first; trades among others are there too."""
    client.rest(side="SELL", price="2000")
    control.counter_order("ETHUSD", "BUY", "0.4", "2000", now=NOW + 1)
    control.fill(client.rest(), "0.1", now=NOW + 2)
    control.trade("ETHUSD", "3", "1950", now=NOW + 3)
    control.trade("ETHUSD", "3", "1950", "SELL", now=NOW + 4)
    trades = [(trade.price, trade.quantity, trade.time, trade.is_buyer_maker) for trade in book.trades("ETHUSD")]
    assert trades == [
        (Decimal(2000), Decimal("0.4"), NOW + 1, False),
        (Decimal(1900), Decimal("0.1"), NOW + 2, True),
        (Decimal(1950), Decimal(3), NOW + 3, False),
        (Decimal(1950), Decimal(3), NOW + 4, True),
    ]
    assert book.trades("BTCUSD") == ()


def test_a_trade_among_others_moves_nothing(client: Client, control: SimulatorControl) -> None:
    """It is on the tape alone: no order, no balance changes."""
    order_id = client.rest()
    before = (control.orders(), control.balance("USD"), control.total("USD"))
    control.trade("ETHUSD", "1", "1900")
    assert (control.orders(), control.balance("USD"), control.total("USD")) == before
    assert control.fills(order_id) == []
    with pytest.raises(ValueError, match="need a known pair, of ETHUSD,"):
        control.trade("ETHUSD", "1", "0")


def test_the_book_shows_what_rests(client: Client, control: SimulatorControl, book: Book) -> None:
    """Best first, each price once with what remains there; what ended is gone."""
    resting = [client.rest(price=price) for price in ("1899", "1900", "1900")]
    control.counter_order("ETHUSD", "SELL", "2", "1901")
    control.counter_order("ETHUSD", "SELL", "1", "1905.5")
    control.fill(resting[1], "0.3")
    with localcontext(EXACT):
        bids, asks = book.depth("ETHUSD")
        assert bids == [(Decimal(1900), Decimal("1.7")), (Decimal(1899), Decimal(1))]
        assert asks == [(Decimal(1901), Decimal(2)), (Decimal("1905.5"), Decimal(1))]
        client.ok("DELETE", ORDER, orderId=resting[0])
        assert book.depth("ETHUSD")[0] == [(Decimal(1900), Decimal("1.7"))]
        assert book.depth("BTCUSD") == ([], [])
