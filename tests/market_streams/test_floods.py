"""A public stream that never stops to tell nonsense: few lines in the log, few texts sent, and no memory taken."""

from __future__ import annotations

import gc
import json
import logging
import tracemalloc

from hk_adapter.errors import BadRequest, RateLimited, VenueUnavailable
from hk_adapter.execution.streams.market.board import Board
from hk_adapter.execution.streams.market.consumer import BookConsumer, TickerConsumer
from hk_adapter.execution.streams.market.feed import MarketFeed
from hk_adapter.execution.streams.market.reading import events_of
from hk_adapter.flow import log_line
from hk_adapter.model import MarketStreamPlan, MarketTopic, SubscriptionRefused, TopicUnread
from hk_adapter.model.decimals import plain_number
from hk_adapter.venues.hashkey.parse.market_stream import MarketFrameReader
from hk_adapter.venues.hashkey.symbols import SymbolNames
from tests.cases import each

SYMBOL = "ETH/USD"
BOOK = MarketTopic("order_book", SYMBOL)


class Watched:
    """A board with a book and a ticker that are whole, of HashKey's frames."""

    def __init__(self):
        self.feed = MarketFeed(lambda: None)
        self.board = Board(self.feed, 10.0)
        reader = MarketFrameReader(SymbolNames(), None, "marked")
        self.plan = MarketStreamPlan(url="wss://x.example/s", reader=reader)
        self.book, self.ticker = BookConsumer(SYMBOL), TickerConsumer(SYMBOL)
        for consumer in (self.book, self.ticker):
            self.feed.join(consumer)
        self.board.open(0.0)
        self.sent = self.board.texts(reader, 0.0)
        self.tell(frame("depth", book()), 0.1)
        self.tell(frame("realtimes", {"s": "ETHUSD", "t": 1_800_000_000_000, "c": "5"}), 0.1)
        assert self.book.is_whole
        assert self.ticker.is_whole

    def tell(self, text, now):
        """Hear a frame, and send what is due."""
        for event in events_of(self.plan, text):
            self.board.hear(event, now)
        self.sent += self.board.texts(self.plan.reader, now)


def frame(topic, *rows, symbol="ETHUSD"):
    """Write a frame."""
    return json.dumps({"symbol": symbol, "topic": topic, "data": rows})


def book(bid="9", at=1_800_000_000_000):
    """Write a book."""
    return {"s": "ETHUSD", "t": at, "b": [[bid, "1"]], "a": [["11", "1"]], "o": 0}


NONSENSE = {
    "no JSON": lambda number: f"nonsense {number}",
    "books that cannot be read": lambda number: frame("depth", book(bid=f"no {number}")),
    "books and none by turns": lambda number: frame("depth", book(bid="9" if number % 2 else f"no {number}")),
    "refusals of nothing": lambda number: json.dumps({"code": "-100010", "topic": "depth", "desc": f"no {number}"}),
    "what nobody asked for": lambda number: frame("depth", book(), symbol=f"A{number}USD"),
    "kinds of data that nobody knows": lambda number: frame(f"kind {number}", book()),
}


@each("nonsense", NONSENSE.values(), ids=list(NONSENSE))
def test_a_flood_of_nonsense_costs_little(nonsense, caplog, monkeypatch):
    """Three thousand frames in three seconds: some lines, some texts; and it is all there again after it."""
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    watched, begun = Watched(), len(caplog.records)
    now = [0.2]
    monkeypatch.setattr(log_line, "monotonic", lambda: 1e6 + now[0])
    for number in range(3000):
        now[0] += 0.001
        watched.tell(nonsense(number), now[0])
    assert len(caplog.records) - begun <= 25
    assert len(watched.sent) <= 2 + 4 * 3
    for number in range(100):
        watched.tell(frame("depth", book(bid="10", at=1_800_000_050_000)), now[0] + number / 2)
        watched.tell(frame("realtimes", {"s": "ETHUSD", "t": 1_800_000_050_000, "c": "6"}), now[0] + number / 2)
    assert watched.book.is_whole or watched.book.has_ended  # by a refusal of what was asked for again
    assert watched.ticker.is_whole


@each("nonsense", NONSENSE.values(), ids=list(NONSENSE))
def test_a_flood_of_nonsense_takes_no_memory(nonsense):
    """Some hundred frames, or thousands: the same, beside the bounded number of numbers that is remembered.

    What is kept grows each time; what another thread of the process allocates meanwhile does not.
    """
    logging.getLogger("hk_adapter.streams").addFilter(silent)
    watched, kept = Watched(), []
    tracemalloc.start()
    try:
        for numbers in (range(500), range(500, 2000), range(2000, 3500)):
            for number in numbers:
                watched.tell(nonsense(number), number / 1000)
                watched.sent.clear()
            plain_number.cache_clear()
            gc.collect()
            kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
        logging.getLogger("hk_adapter.streams").removeFilter(silent)
    assert min(kept[1] - kept[0], kept[2] - kept[1]) < 25_000


def silent(record):
    """Write nothing."""
    return False


def test_topics_that_were_watched_once_take_no_memory():
    """Neither the board nor the reader keeps what nobody watches any more."""
    watched = Watched()
    for number in range(100):
        consumer = BookConsumer(f"A{number}/USD")
        watched.feed.join(consumer)
        watched.tell("{}", number)
        watched.feed.leave(consumer)
        watched.tell("{}", number + 0.5)
    assert len(watched.board._channels) == 2
    assert {len(kept) for kept in vars(watched.plan.reader).values() if isinstance(kept, dict | set)} <= {0, 2, 3}


def test_a_refusal_that_nobody_waits_for_ends_nobody():
    """It is a doubt: what it may be about is subscribed to again; and a refusal of that ends it."""
    watched = Watched()
    error = BadRequest("no")
    watched.board.hear(SubscriptionRefused(error=error, about=(BOOK,)), 20.0)
    assert not watched.book.has_ended
    assert not watched.book.is_whole
    assert watched.ticker.is_whole
    assert len(watched.board.texts(watched.plan.reader, 21.5)) == 2
    watched.board.hear(SubscriptionRefused(error=error, about=(BOOK,)), 22.0)
    assert watched.book.has_ended


@each("error", [RateLimited("later"), VenueUnavailable("later")], ids=["asked too often", "closed for now"])
def test_a_refusal_that_passes_is_waited_for(error):
    """The topic is subscribed to again, and nobody who watches is ended by it; but at the first, only for a while."""
    watched = Watched()
    watched.board.hear(TopicUnread(reason="no", topic=BOOK), 20.0)
    watched.sent += watched.board.texts(watched.plan.reader, 21.5)
    for number in range(20):
        watched.board.hear(SubscriptionRefused(error=error, about=(BOOK,)), 22.0 + 30 * number)
        watched.board.texts(watched.plan.reader, 50.0 + 30 * number)
    assert not watched.book.has_ended
    watched.tell(frame("depth", book(at=1_800_000_900_000)), 700.0)
    assert watched.book.is_whole
    new = BookConsumer("BTC/USD")
    watched.feed.join(new)
    watched.board.texts(watched.plan.reader, 800.0)
    watched.board.hear(SubscriptionRefused(error=error, about=(new.topic,)), 800.1)
    assert not new.has_ended
    for now in range(801, 820):
        watched.board.texts(watched.plan.reader, float(now))
    assert new.has_ended
    assert new._error is error
