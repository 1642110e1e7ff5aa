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
    "a topic that nobody asked for": frame("mergedDepth", book_row()),
    "a market that nobody asked for": frame("depth", book_row(s="BTCUSD"), symbol="BTCUSD"),
    "no data": '{"symbol":"ETHUSD"}',
}
IN_DOUBT = {
    "half a book": frame("depth", {"t": 1722873144371, "b": []}),
    "a level that is no pair": frame("depth", book_row(b=[["1"]])),
    "a level that is no number": frame("depth", book_row(b=[["1", "many"]])),
    "a book of another market": frame("depth", book_row(s="BTCUSD")),
    "a field that is said twice": frame("depth", book_row()).replace('"o": 0', '"o": 0, "o": 1'),
    "data that are no list": '{"symbol":"ETHUSD","topic":"depth","data":{}}',
}


@each(
    ("text", "topic"),
    [*((text, None) for text in UNREADABLE.values()), *((text, BOOK) for text in IN_DOUBT.values())],
    ids=[*UNREADABLE, *IN_DOUBT],
)
def test_what_cannot_be_read_is_a_doubt(text, topic):
    """About its own topic, where that much can be read; else about all."""
    (event,) = reader_of().read(text)
    assert (type(event), event.topic) == (TopicUnread, topic)


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
