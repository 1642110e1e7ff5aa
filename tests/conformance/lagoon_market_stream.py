"""The made-up venue's public stream: its plugin's part, and its script's. Books are shown once, then what changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import hk_adapter as hk
from hk_adapter.model import (
    BookChanged,
    BookSeen,
    MarketEvent,
    MarketStreamPlan,
    MarketTopic,
    PublicTradesSeen,
    Subscribed,
    TickerSeen,
    TopicUnread,
)

if TYPE_CHECKING:
    from hk_adapter.testing import ScriptedBookOrders, ScriptedTicker, ScriptedTrade

MARKETS_ORIGIN = "wss://stream.lagoon.example"
_WORDS = {"order_book": "book", "trades": "deals", "ticker": "day"}
_KINDS = {word: kind for kind, word in _WORDS.items()}


class LagoonMarketReader:
    """Writes what is watched, and reads frames: a book or a change of one, deals, a day."""

    def __init__(self, venue: Any) -> None:
        self.venue = venue
        self.asked: set[MarketTopic] = set()

    def subscribe(self, topic: MarketTopic) -> list[str]:
        """Watch a topic."""
        self.asked.add(topic)
        return [self.said("watch", topic)]

    def unsubscribe(self, topic: MarketTopic) -> list[str]:
        """Watch it no more."""
        self.asked.discard(topic)
        return [self.said("unwatch", topic)]

    def said(self, kind: str, topic: MarketTopic) -> str:
        """Write it."""
        return json.dumps({"kind": kind, "what": _WORDS[topic.kind], "pair": topic.symbol.replace("/", "-")})

    def ping(self, timestamp: int) -> str | None:
        """Write a heartbeat."""
        return json.dumps({"kind": "ping", "n": timestamp})

    def read(self, frame: str) -> list[MarketEvent]:
        """Read one frame."""
        topic, events = None, []
        try:
            with self.venue.reading(hk.Response(200, {}, b"")):
                told = json.loads(frame)
                if not isinstance(told, dict) or not isinstance(told.get("kind"), str):
                    raise ValueError("no frame")  # noqa: TRY004 - the frame is at fault
                if told["kind"] == "pong":
                    return []
                if told["kind"] == "ping":
                    return [hk.Reply(text=json.dumps({"kind": "pong", "n": told["n"]}))]
                topic = self.topic_of(told)
                if topic in self.asked:
                    events = list(self.events(topic, told))
        except hk.AdapterError as error:
            return [TopicUnread(reason=str(error), topic=topic)]
        return events

    def topic_of(self, told: Mapping[str, Any]) -> MarketTopic:
        """Read what a frame is about."""
        if not isinstance(told["pair"], str) or not isinstance(told["what"], str):
            raise ValueError("no names")  # noqa: TRY004 - as above
        return MarketTopic(_KINDS[told["what"]], told["pair"].replace("-", "/"))  # type: ignore[arg-type]

    def events(self, topic: MarketTopic, told: Mapping[str, Any]) -> Iterator[MarketEvent]:
        """Read what it says."""
        rows = told.get("rows", [])
        match told["what"]:
            case "book":
                yield self.book(topic, told)
            case "deals":
                if not isinstance(rows, list):
                    raise ValueError("no rows")  # noqa: TRY004 - as above
                trades = tuple(map(self.venue.trade, rows))
                yield PublicTradesSeen(symbol=topic.symbol, trades=trades, history=told["first"] is True)
                yield Subscribed(topic=topic)
            case "day":
                yield TickerSeen(ticker=self.venue.ticker(told["row"]))

    def book(self, topic: MarketTopic, told: Mapping[str, Any]) -> MarketEvent:
        """Read a whole one, or what changed of the one before."""
        number, after = told["n"], told["after"]
        if type(number) is not int or type(after) not in (int, type(None)) or type(told["at"]) is not int:
            raise ValueError("no number")
        bids, asks = (tuple(map(self.venue.level, told[side])) for side in ("bids", "asks"))
        if after is None:
            book = hk.OrderBook(symbol=topic.symbol, bids=bids, asks=asks, timestamp=told["at"])
            return BookSeen(book=book, sequence=number)
        return BookChanged(
            symbol=topic.symbol, bids=bids, asks=asks, previous=after, sequence=number, timestamp=told["at"]
        )


class LagoonMarketStream:
    """The plugin's part."""

    market_reader: Any = LagoonMarketReader

    @hk.hookimpl
    async def open_market_stream(self, request: Any) -> MarketStreamPlan:
        """Plan a connection."""
        return self.market_plan()

    def market_plan(self) -> MarketStreamPlan:
        """Plan it."""
        return MarketStreamPlan(url=f"{MARKETS_ORIGIN}/markets", reader=self.market_reader(self), ping_every=15.0)


class LagoonMarketStreamScript:
    """The script's part."""

    numbers: dict[str, int]

    def market_topic(self, text: str) -> MarketTopic | None:
        """Read what is watched."""
        told = json.loads(text)
        if told["kind"] != "watch":
            return None
        return MarketTopic(_KINDS[told["what"]], told["pair"].replace("-", "/"))  # type: ignore[arg-type]

    def book_frames(self, book: ScriptedBookOrders, before: ScriptedBookOrders | None, now: int) -> Sequence[str]:
        """Show all of it, or what changed."""
        numbers: dict[str, int] = self.__dict__.setdefault("numbers", {})
        after = None if before is None else numbers[book.symbol]
        numbers[book.symbol] = 700 if after is None else after + 3
        sides = {}
        for side in ("bids", "asks"):
            rest, rested = dict(getattr(book, side)), dict(getattr(before, side, ()))
            changed = rest if before is None else {price: rest.get(price, 0) for price in rest.keys() | rested.keys()}
            told = [
                (price, amount) for price, amount in changed.items() if before is None or rested.get(price) != amount
            ]
            sides[side] = [[f"{price:f}", f"{amount:f}"] for price, amount in told]
        return [self.frame("book", book.symbol, n=numbers[book.symbol], after=after, at=now, **sides)]

    def trade_frames(self, trades: Sequence[ScriptedTrade], *, first: bool) -> Sequence[str]:
        """Show them."""
        rows = [
            {
                "id": one.id,
                "pair": one.symbol.replace("/", "-"),
                "taker": str(one.side),
                "price": f"{one.price:f}",
                "size": f"{one.amount:f}",
                "made": one.time,
            }
            for one in trades
        ]
        return [self.frame("deals", trades[0].symbol, first=first, rows=rows)]

    def ticker_frames(self, ticker: ScriptedTicker) -> Sequence[str]:
        """Show it."""
        names = {"bid": "bid", "ask": "ask", "first": "open", "high": "high", "low": "low", "last": "last"}
        row = {name: f"{getattr(ticker, field):f}" for name, field in (names | {"volume": "volume"}).items()}
        return [
            self.frame("day", ticker.symbol, row=row | {"pair": ticker.symbol.replace("/", "-"), "at": ticker.time})
        ]

    def frame(self, what: str, symbol: str, **told: Any) -> str:
        """Write a frame."""
        return json.dumps({"kind": "market", "what": what, "pair": symbol.replace("/", "-"), **told})

    def market_quiet_frames(self) -> Sequence[str]:
        """Answer a heartbeat."""
        return [json.dumps({"kind": "pong", "n": 17})]

    def market_pings(self) -> Sequence[tuple[str, str]]:
        """Ask whether anybody is there."""
        return [(json.dumps({"kind": "ping", "n": 17}), json.dumps({"kind": "pong", "n": 17}))]
