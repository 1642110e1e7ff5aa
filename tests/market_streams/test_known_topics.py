"""What is known of a book, of trades and of a ticker, frame by frame: no wrong book, nothing twice, nothing older."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.execution.streams.market.book import BookTopic
from hk_adapter.execution.streams.market.ticker import TickerTopic
from hk_adapter.execution.streams.market.trades import TradesTopic
from hk_adapter.model import (
    BookChanged,
    BookLevel,
    BookSeen,
    OrderBook,
    PublicTradesSeen,
    Subscribed,
    Ticker,
    TickerSeen,
    Trade,
)
from hk_adapter.model.market_streams import MarketTopic
from tests.cases import each

SYMBOL = "ETH/USD"


def levels(*pairs):
    """Give levels."""
    return tuple(BookLevel(Decimal(price), Decimal(amount)) for price, amount in pairs)


def whole(bids=(("99", "1"),), asks=(("101", "1"),), at=None, sequence=None, depth=None):
    """Give a whole book."""
    book = OrderBook(symbol=SYMBOL, bids=levels(*bids), asks=levels(*asks), timestamp=at)
    return BookSeen(book=book, sequence=sequence, depth=depth)


def change(number, bids=(), asks=(), previous=None, at=None):
    """Give a change of a book, which follows the one before it."""
    return BookChanged(
        symbol=SYMBOL,
        bids=levels(*bids),
        asks=levels(*asks),
        previous=number - 1 if previous is None else previous,
        sequence=number,
        timestamp=at,
    )


def prices(heard):
    """List what was told of a book."""
    return [
        ([str(level.price) for level in update.book.bids], [str(level.price) for level in update.book.asks])
        for update in heard.news
    ]


def test_a_whole_book_replaces_the_one_before():
    """And the same again is no news."""
    topic = BookTopic()
    assert not topic.is_whole
    assert prices(topic.hear(whole(), 0)) == [(["99"], ["101"])]
    assert topic.is_whole
    assert topic.hear(whole(), 0).news == ()
    assert prices(topic.hear(whole(bids=(), asks=(("5", "1"),)), 0)) == [([], ["5"])]


def test_changes_apply_in_their_sequence():
    """A new price, another amount, a price that goes; a repeat says nothing."""
    topic = BookTopic()
    topic.hear(whole(sequence=7), 0)
    assert prices(topic.hear(change(8, bids=[("99.5", "2")]), 0)) == [(["99.5", "99"], ["101"])]
    assert topic.hear(change(8, bids=[("99.5", "2")]), 0).news == ()
    (update,) = topic.hear(change(9, bids=[("99.5", "3")], asks=[("101", "0"), ("102", "1")]), 0).news
    assert update.book.bids == levels(("99.5", "3"), ("99", "1"))
    assert update.book.asks == levels(("102", "1"))
    assert update.book.nonce == 9


WRONG = {
    "a gap": [change(9)],
    "one that was passed over": [change(8), change(9), change(8)],
    "a number that goes back": [change(8), change(3, previous=2)],
    "one that follows itself": [change(8, previous=8)],
    "a price of which nothing is known": [change(8, bids=[("50", "0")])],
    "less than nothing": [change(8, bids=[("99", "-1")])],
    "a crossed book": [change(8, bids=[("101", "1")])],
    "a whole one that is crossed": [whole(bids=[("101", "1")])],
    "a price twice": [whole(bids=[("99", "1"), ("99.0", "2")])],
    "a whole one out of order": [whole(bids=[("98", "1"), ("99", "2")])],
    "a price without an amount": [whole(asks=[("101", "0")])],
    "a price of 0": [whole(bids=[("0", "1")])],
    "a price below 0": [whole(bids=[("99", "1"), ("-1", "1")])],
    "a change at a price of 0": [change(8, bids=[("0", "1")])],
    "a price that is no number": [whole(bids=[("NaN", "1")])],
    "a price that does not even compare": [whole(bids=[("sNaN", "1")])],
    "an endless price": [whole(asks=[("Infinity", "1")])],
    "an endless amount": [whole(asks=[("101", "Infinity")])],
    "an amount that is no number": [whole(asks=[("101", "NaN")])],
    "a change by no number": [change(8, bids=[("99", "NaN")])],
    "a change by an endless amount": [change(8, bids=[("99", "Infinity")])],
}


@each("frames", WRONG.values(), ids=list(WRONG))
def test_whatever_is_wrong_is_a_doubt(frames):
    """The last frame of each is; and once it is lost, changes are nothing before a whole book is there."""
    topic = BookTopic()
    topic.hear(whole(sequence=7), 0)
    *before, wrong = frames
    assert [topic.hear(frame, 0).doubt for frame in before] == [None] * len(before)
    heard = topic.hear(wrong, 0)
    assert (heard.news, heard.doubt is None) == ((), False)
    topic.lose()
    assert not topic.is_whole
    assert topic.hear(change(8, bids=[("99.5", "2")]), 0).news == ()
    assert prices(topic.hear(whole(sequence=20), 0)) == [(["99"], ["101"])]
    assert topic.is_whole


def test_a_change_of_a_book_without_a_number_is_a_doubt():
    """Nobody knows what it follows."""
    topic = BookTopic()
    topic.hear(whole(), 0)
    assert topic.hear(change(1), 0).doubt is not None


def test_changes_that_a_whole_book_has_already_say_nothing():
    """They were on their way when it was made."""
    topic = BookTopic()
    topic.hear(whole(sequence=7), 0)
    assert [topic.hear(change(number), 0).doubt for number in (5, 6, 7)] == [None] * 3
    assert topic.hear(change(8, bids=[("99.5", "1")]), 0).news


def test_what_is_pushed_out_of_a_book_of_some_depth_goes():
    """And the end of a price beyond it is none of ours; one within is."""
    topic = BookTopic()
    topic.hear(whole(bids=[("99", "1"), ("98", "1")], sequence=1, depth=2), 0)
    assert prices(topic.hear(change(2, bids=[("99.5", "1")]), 0)) == [(["99.5", "99"], ["101"])]
    assert topic.hear(change(3, bids=[("98", "0")]), 0).doubt is None
    assert topic.hear(change(4, bids=[("99.2", "0")]), 0).doubt is not None


@given(
    moves=st.lists(st.tuples(st.booleans(), st.integers(1, 20), st.integers(0, 3)), max_size=40),
    fates=st.lists(st.sampled_from(["", "", "", "lose", "twice", "swap"]), max_size=40),
)
def test_a_told_book_is_the_true_one_of_its_number(moves, fates):
    """Whatever is lost, repeated or out of order; a doubt begins anew from the truth of that moment."""
    truth, sides, frames = {0: ((), ())}, ({}, {}), []
    for number, (is_bid, place, amount) in enumerate(moves, 1):
        side, price = sides[not is_bid], Decimal(100 - place if is_bid else 100 + place)
        changes = [(str(price), str(amount))] if amount or price in side else []
        if changes and amount:
            side[price] = Decimal(amount)
        elif changes:
            del side[price]
        truth[number] = tuple(tuple(sorted(one.items(), reverse=not place)) for place, one in enumerate(sides))
        frames.append(change(number, **{"bids" if is_bid else "asks": changes}))
    arrived = []
    for frame, fate in zip(frames, [*fates, *[""] * len(frames)], strict=False):
        arrived += [] if fate == "lose" else [frame, frame] if fate == "twice" else [frame]
        if fate == "swap" and len(arrived) > 1:
            arrived[-2:] = arrived[:-3:-1]
    topic = BookTopic()
    topic.hear(BookSeen(book=OrderBook(symbol=SYMBOL, bids=(), asks=()), sequence=0), 0)
    furthest = 0
    for frame in arrived:
        furthest = max(furthest, frame.sequence)
        heard = topic.hear(frame, 0)
        for update in heard.news:
            assert (update.book.bids, update.book.asks) == truth[update.book.nonce]
        if heard.doubt is not None:
            topic.lose()
            book = OrderBook(symbol=SYMBOL, bids=_of(truth[furthest][0]), asks=_of(truth[furthest][1]))
            topic.hear(BookSeen(book=book, sequence=furthest), 0)


def _of(pairs):
    return tuple(BookLevel(*pair) for pair in pairs)


@each("kind", ["book", "ticker"])
def test_what_is_older_is_not_told_after_what_is_newer(kind):
    """Nor after a lost stream; but a venue that insists for five seconds has set its clock back, and begins anew."""

    def seen(at):
        if kind == "book":
            return whole(bids=[(str(at), "1")], asks=(), at=at)
        return TickerSeen(ticker=Ticker(symbol=SYMBOL, timestamp=at))

    topic = BookTopic() if kind == "book" else TickerTopic()
    assert topic.hear(seen(10), 0).news
    assert topic.hear(seen(9), 1).news == ()
    assert topic.hear(seen(10), 2).news == ()
    assert topic.hear(seen(11), 2).news
    topic.lose()
    assert topic.hear(seen(5), 3).news == ()
    assert not topic.is_whole
    assert topic.hear(seen(6), 7.9).doubt is None
    assert topic.hear(seen(7), 8).doubt is not None
    assert topic.hear(seen(7), 8).news


def trades(*rows, history=False):
    """Give trades: id and time of each."""
    made = tuple(Trade(id=name, symbol=SYMBOL, timestamp=at) for name, at in rows)
    return PublicTradesSeen(symbol=SYMBOL, trades=made, history=history)


def told(topic, event):
    """List what a topic tells: id, whether live, whether there may be a gap."""
    return [(update.trade.id, update.live, update.gap) for update in topic.hear(event, 0).news]


def test_trades_begin_with_the_last_ones_and_go_on_live():
    """A repeat is not told; one that comes late is, and is not live."""
    topic = TradesTopic()
    assert told(topic, trades(("1", 10), ("2", 20), history=True)) == [("1", False, False), ("2", False, False)]
    assert topic.is_whole
    assert told(topic, trades(("3", 30), ("3", 30), ("4", 30))) == [("3", True, False), ("4", True, False)]
    assert told(topic, trades(("4", 30), ("5", 25), ("6", 40))) == [("5", False, False), ("6", True, False)]
    assert [update.trade.id for update in topic.held()] == ["1", "2", "5", "3", "4", "6"]


def test_a_history_that_reaches_back_closes_a_gap():
    """And one that does not says so, once."""
    topic = TradesTopic()
    told(topic, trades(("1", 10), history=True))
    topic.lose()
    assert told(topic, trades(("1", 10), ("2", 20), history=True)) == [("2", False, False)]
    topic.lose()
    topic.lose()
    assert told(topic, trades(("5", 50))) == [("5", False, False)]
    assert told(topic, trades(("4", 40), ("5", 50), history=True)) == [("4", False, True)]
    assert told(topic, trades(("6", 60))) == [("6", True, False)]


def test_where_a_venue_only_confirms_the_next_trade_tells_of_the_gap():
    """Nothing shows what was missed."""
    topic, confirmed = TradesTopic(), Subscribed(topic=MarketTopic("trades", SYMBOL))
    topic.hear(confirmed, 0)
    assert told(topic, trades(("1", 10))) == [("1", True, False)]
    topic.lose()
    topic.hear(confirmed, 0)
    assert told(topic, trades(("2", 20))) == [("2", True, True)]


def test_trades_without_ids_are_told_by_their_time():
    """A live one always; of a history those that are younger than what was told."""
    topic = TradesTopic()
    assert len(told(topic, trades((None, 10), (None, 10), history=True))) == 2
    assert len(told(topic, trades((None, 10)))) == 1
    topic.lose()
    assert [update.trade.timestamp for update in topic.hear(trades((None, 10), (None, 11), history=True), 0).news] == [
        11
    ]


def test_memory_of_trades_has_an_end():
    """The oldest are forgotten first."""
    topic = TradesTopic(most_known=100)
    topic.hear(trades(history=True), 0)
    for number in range(1000):
        topic.hear(trades((str(number), number)), 0)
    assert len(topic._known) == 100
    assert len(topic.held()) == 100
    assert not topic._since_loss


@pytest.mark.parametrize("level", [("99", "1"), BookLevel(99.0, 1.0), BookLevel(Decimal(99), 1)])
def test_a_level_that_is_not_exact_is_a_doubt(level):
    """A plugin's reader gives Decimals."""
    topic = BookTopic()
    assert topic.hear(BookSeen(book=OrderBook(symbol=SYMBOL, bids=(level,), asks=())), 0).doubt is not None
    topic.hear(whole(sequence=1), 0)
    event = BookChanged(symbol=SYMBOL, bids=(level,), asks=(), previous=1, sequence=2)
    assert topic.hear(event, 0).doubt is not None


@each("number", ["NaN", "sNaN", "Infinity", "1e999"])
def test_a_ticker_of_no_numbers_is_a_doubt(number):
    """It is not shown, and compared with none."""
    topic = TickerTopic()
    topic.hear(TickerSeen(ticker=Ticker(symbol=SYMBOL, last=Decimal(7))), 0)
    heard = topic.hear(TickerSeen(ticker=Ticker(symbol=SYMBOL, last=Decimal(number))), 0)
    assert (heard.news, heard.doubt is None) == ((), False)


def test_a_book_that_only_grows_has_an_end(monkeypatch):
    """Changes that add price after price are a doubt once there are more than any market has."""
    monkeypatch.setattr("hk_adapter.execution.streams.market.book.MOST_LEVELS", 50)
    topic = BookTopic()
    topic.hear(whole(sequence=0), 0)
    heard = [topic.hear(change(number, bids=[(str(number), "1")]), 0) for number in range(1, 51)]
    assert [one.doubt is None for one in heard] == [True] * 49 + [False]
