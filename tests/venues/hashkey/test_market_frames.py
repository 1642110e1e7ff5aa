"""Frames of the public stream, as documented and as seen live: each read exactly, or in doubt."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from hk_adapter.errors import BadRequest, ConfigurationError, InvalidArgument
from hk_adapter.hooks import VenueSettings
from hk_adapter.model import (
    BookChanged,
    BookSeen,
    MarketStreamRequest,
    MarketTopic,
    PublicTradesSeen,
    Reply,
    SubscriptionRefused,
    TickerSeen,
    TopicUnread,
)
from hk_adapter.venues.hashkey.plugin import open_venue
from tests.cases import each

BOOK, TRADES, TICKER = (MarketTopic(kind, "ETH/USD") for kind in ("order_book", "trades", "ticker"))


def plan_of(site="hk", **options):
    """Plan a connection of a site: the hook sends nothing."""
    settings = VenueSettings(venue_id="hashkey", environment="production", site=site, options=options)
    with pytest.raises(StopIteration) as end:
        open_venue(settings).open_market_stream(MarketStreamRequest()).send(None)
    return end.value.value


def reader_of(**options):
    """Give a reader that has subscribed to everything of one market."""
    reader = plan_of(**options).reader
    for topic in (BOOK, TRADES, TICKER):
        reader.subscribe(topic)
    return reader


def frame(topic, *rows, symbol="ETHUSD", **more):
    """Write a frame."""
    return json.dumps({"symbol": symbol, "topic": topic, "data": rows, "f": False, "shared": False} | more)


def book_row(**more):
    """Write a book, whose prices may come in any order."""
    return {"e": 301, "s": "ETHUSD", "t": 1722873144371, "v": "84661262_18", "o": 0} | {
        "b": [["1649", "2"], ["1650", "0.0864"]],
        "a": [["4085", "0.0074"]],
        **more,
    }


def trade_row(**more):
    """Write a trade."""
    return {"v": "1745922896272048129", "t": 1722866228075, "p": "2340.41", "q": "0.0132", "m": True} | more


@each(("site", "origin"), [("hk", "wss://stream-pro.hashkey.com"), ("global", "wss://stream-glb.hashkey.com")])
def test_a_connection_is_planned_without_a_call(site, origin):
    """On the site's own host, with a ping every ten seconds."""
    plan = plan_of(site)
    assert (plan.url, plan.ping_every, plan.silence) == (f"{origin}/quote/ws/v1", 10, 25)
    assert repr(plan) == f"<MarketStreamPlan {origin}>"
    assert plan.reader.ping(5) == '{"ping":5}'


def test_what_subscribes_and_what_ends_that():
    """One frame for a topic; a site that shares its host is named."""
    reader = plan_of().reader
    (text,) = reader.subscribe(BOOK)
    assert json.loads(text) == {"symbol": "ETHUSD", "topic": "depth", "event": "sub", "params": {"binary": False}}
    (text,) = reader.unsubscribe(BOOK)
    assert json.loads(text)["event"] == "cancel"
    assert reader.unsubscribe(BOOK) == []
    (text,) = plan_of("mena").reader.subscribe(TRADES)
    assert (json.loads(text)["topic"], json.loads(text)["site"]) == ("trade", "MENA")
    with pytest.raises(InvalidArgument):
        reader.subscribe(MarketTopic("ticker", "ETHUSD"))


def test_a_book_is_read_the_best_first():
    """Exactly, whatever order its prices come in."""
    (event,) = reader_of().read(frame("depth", book_row()))
    assert isinstance(event, BookSeen)
    assert [tuple(level) for level in event.book.bids] == [(1650, Decimal("0.0864")), (1649, 2)]
    assert (event.book.symbol, event.book.timestamp, event.sequence) == ("ETH/USD", 1722873144371, None)
    assert event.book.info["v"] == "84661262_18"


def test_a_numbered_book_is_read_as_the_setting_says():
    """By itself it is not believed; as a whole one, or as a change of the one before."""
    numbered = frame("depth", book_row(o=8, a=[["4085", "0"]]))
    (event,) = reader_of().read(numbered)
    assert (type(event), event.topic) == (TopicUnread, BOOK)
    (event,) = reader_of(depth_frames="whole").read(numbered)
    assert type(event) is BookSeen
    reader = reader_of(depth_frames="changes")
    (event,) = reader.read(frame("depth", book_row()))
    assert (type(event), event.sequence) == (BookSeen, 0)
    (event,) = reader.read(numbered)
    assert (type(event), event.previous, event.sequence) == (BookChanged, 7, 8)
    with pytest.raises(ConfigurationError):
        plan_of(depth_frames="differences")


def test_trades_are_read_the_oldest_first():
    """The side is that of who took; the first frame is history."""
    later = trade_row(v="2", t=1722866228076, m=False)
    (event,) = reader_of().read(frame("trade", later, trade_row(), f=True))
    assert isinstance(event, PublicTradesSeen)
    assert event.history
    first, second = event.trades
    assert (first.id, first.price, first.amount) == ("1745922896272048129", Decimal("2340.41"), Decimal("0.0132"))
    assert (str(first.side), str(second.side), first.symbol) == ("sell", "buy", "ETH/USD")
    assert first.cost == Decimal("30.893412")


def test_a_trade_that_cannot_be_read_takes_no_other_with_it():
    """The others are there, and a doubt behind them."""
    event, doubt = reader_of().read(frame("trade", trade_row(), trade_row(p="many")))
    assert len(event.trades) == 1
    assert (type(doubt), doubt.topic) == (TopicUnread, TRADES)


def test_a_ticker_is_read():
    """It has no bid and no ask."""
    row = {"t": 1722864411064, "s": "ETHUSD", "c": "2195", "h": "2918.85", "l": "2135.5", "o": "2915.78", "v": "666.5"}
    (event,) = reader_of().read(frame("realtimes", row))
    assert isinstance(event, TickerSeen)
    ticker = event.ticker
    assert (ticker.symbol, ticker.last, ticker.high, ticker.bid) == ("ETH/USD", 2195, Decimal("2918.85"), None)


UNREADABLE = {
    "no JSON": "<html>",
    "no object": "[1]",
    "frames in a list": f"[{frame('depth', book_row())}]",
    "nothing": "",
    "nested too deep": "[" * 5000,
    "no letters": "\ud800",
    "neither topic nor market": '{"data":[]}',
    "a ping without a time": '{"ping":"now"}',
    "a code of no kind": '{"code":{"a":1}}',
}
IN_DOUBT = {
    "half a book": frame("depth", {"t": 1722873144371, "b": []}),
    "a book of no list": frame("depth", book_row(b="ab")),
    "a level that is no pair": frame("depth", book_row(b=[["1"]])),
    "a level of three": frame("depth", book_row(b=[["1", "2", "3"]])),
    "a level that is no list": frame("depth", book_row(b=["12"])),
    "a level that is no number": frame("depth", book_row(b=[["1", "many"]])),
    "a price of NaN": frame("depth", book_row(b=[["NaN", "1"]])),
    "an endless amount": frame("depth", book_row(b=[["1", "Infinity"]])),
    "a price too large": frame("depth", book_row(b=[["1e999", "1"]])),
    "a price that is a truth": frame("depth", book_row(b=[[True, "1"]])),
    "a price of 0": frame("depth", book_row(b=[["0", "1"]])),
    "a price below 0": frame("depth", book_row(b=[["-1", "1"]])),
    "a number of JSON that is none": frame("depth", book_row(t=float("nan"))),
    "a number of a book below 0": frame("depth", book_row(o=-1)),
    "a number of a book with a fraction": frame("depth", book_row(o=1.5)),
    "far too many levels": frame("depth", book_row(b=[["1", "1"]] * 60_000)),
    "a book of another market": frame("depth", book_row(s="BTCUSD")),
    "a field that is said twice": frame("depth", book_row()).replace('"o": 0', '"o": 0, "o": 1'),
    "data that are no list": '{"symbol":"ETHUSD","topic":"depth","data":{}}',
    "no data": '{"symbol":"ETHUSD","topic":"depth"}',
    "rows that are no objects": frame("depth", 5),
}
TRADES_IN_DOUBT = {
    "without a time": {"t": None},
    "of no moment": {"t": 0},
    "without an id": {"v": None},
    "whose id is a truth": {"v": True},
    "of nothing": {"q": "0"},
    "for nothing": {"p": "0"},
    "of a negative price": {"p": "-1"},
    "of NaN": {"q": "NaN"},
    "without a side": {"m": None},
    "of another market": {"s": "BTCUSD"},
}
TICKERS_IN_DOUBT = {"no number": "many", "NaN": "NaN", "endless": "Infinity", "a truth": True, "below 0": "-1"}


def reader_of_two_markets():
    """Give a reader that has subscribed to everything of two markets."""
    reader = reader_of()
    for kind in ("order_book", "trades", "ticker"):
        reader.subscribe(MarketTopic(kind, "BTC/USD"))
    return reader


@each(
    ("text", "topic"),
    [*((text, None) for text in UNREADABLE.values()), *((text, BOOK) for text in IN_DOUBT.values())],
    ids=[*UNREADABLE, *IN_DOUBT],
)
def test_what_cannot_be_read_is_a_doubt(text, topic):
    """About its own topic, where that much can be read; else about all."""
    (event,) = reader_of_two_markets().read(text)
    assert (type(event), event.topic) == (TopicUnread, topic)


@each("fields", TRADES_IN_DOUBT.values(), ids=list(TRADES_IN_DOUBT))
def test_a_trade_that_is_none_is_a_doubt(fields):
    """About trades of its market alone, and it is not shown."""
    seen, doubt = reader_of_two_markets().read(frame("trade", trade_row(**fields)))
    assert seen.trades == ()
    assert (type(doubt), doubt.topic) == (TopicUnread, TRADES)


@each("word", TICKERS_IN_DOUBT.values(), ids=list(TICKERS_IN_DOUBT))
def test_a_ticker_that_is_none_is_a_doubt(word):
    """About the ticker of its market alone."""
    row = {"t": 1722864411064, "s": "ETHUSD", "c": word}
    (doubt,) = reader_of_two_markets().read(frame("realtimes", row))
    assert (type(doubt), doubt.topic) == (TopicUnread, TICKER)


@each("wrong", [None, 5, True, ["depth"], {"a": 1}], ids=repr)
def test_a_frame_that_is_half_named_is_a_doubt_about_all_that_it_may_be_about(wrong):
    """Everything of its market, or every market's book; and it breaks no reader."""
    events = reader_of_two_markets().read(frame(wrong, book_row()))
    assert {event.topic for event in events} == {BOOK, TRADES, TICKER}
    assert {type(event) for event in events} == {TopicUnread}
    events = reader_of_two_markets().read(frame("depth", book_row(), symbol=wrong))
    assert {event.topic for event in events} == {BOOK, MarketTopic("order_book", "BTC/USD")}
    reader = reader_of_two_markets()
    reader.unsubscribe(BOOK)
    assert {type(event) for event in reader.read(frame(wrong, book_row()))} == {TopicUnread}


def test_what_nobody_asked_for_says_nothing():
    """A kind of data that nobody knows, and another market's: what was asked for is not in doubt by it."""
    reader = reader_of()
    assert reader.read(frame("mergedDepth", book_row())) == []
    assert reader.read(frame("depth", book_row(s="BTCUSD"), symbol="BTCUSD")) == []
    assert len(reader.read(frame("depth", book_row()))) == 1


def test_what_comes_after_the_end_says_nothing():
    """It was on its way."""
    reader = reader_of()
    reader.unsubscribe(BOOK)
    assert reader.read(frame("depth", book_row())) == []
    reader.subscribe(BOOK)
    assert len(reader.read(frame("depth", book_row()))) == 1


def test_heartbeats_go_both_ways():
    """A pong says nothing; a ping, which the venue is not known to send, is answered."""
    reader = reader_of()
    assert reader.read('{"pong":1722866228075}') == []
    assert reader.read('{"ping":1722866228075}') == [Reply(text='{"pong":1722866228075}')]


def test_a_refusal_names_the_topics_that_it_may_be_about():
    """Those of its kind, for it names no market; one of no kind may be about any."""
    reader = reader_of()
    reader.subscribe(MarketTopic("order_book", "BTC/USD"))
    (event,) = reader.read('{"code":"-100010","desc":"Symbol is invalid","topic":"depth"}')
    assert isinstance(event, SubscriptionRefused)
    assert isinstance(event.error, BadRequest)
    assert event.about == (BOOK, MarketTopic("order_book", "BTC/USD"))
    (event,) = reader.read('{"code":"-100011","msg":"Parameter error"}')
    assert len(event.about) == 4
