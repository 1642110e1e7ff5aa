"""To HashKey's public stream and from it, in its version 1: what subscribes, and books, trades and tickers in frames.

Sources: HashKey documentation, 2026, and sockets seen live in Sept 2026. What subscribes is answered by data alone, of
which the first frame is marked ``f``; a refusal names the topic, and no market.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Literal

from hk_adapter.errors import AdapterError, InvalidArgument, UnexpectedPayload
from hk_adapter.model import (
    BookChanged,
    BookLevel,
    BookSeen,
    MarketEvent,
    MarketTopic,
    OrderBook,
    OrderSide,
    PublicTradesSeen,
    Reply,
    SubscriptionRefused,
    TickerSeen,
    TopicUnread,
    Trade,
)
from hk_adapter.model.market_streams import TopicKind
from hk_adapter.parsing import Fields, SaidTwice, exact_product, read_json, reading, write_json
from hk_adapter.venues.hashkey.error_codes import VENUE, error_for, normalise
from hk_adapter.venues.hashkey.parse.market_data import exact_level, parse_ticker
from hk_adapter.venues.hashkey.symbols import SymbolNames

DepthFrames = Literal["marked", "whole", "changes"]
"""How frames of a book are read: see ``depth_frames`` in ``docs/venues/hashkey.md``."""

_WORDS: Mapping[TopicKind, str] = MappingProxyType({"order_book": "depth", "trades": "trade", "ticker": "realtimes"})
_KINDS: Mapping[str, TopicKind] = MappingProxyType({word: kind for kind, word in _WORDS.items()})
_REFUSED = 400
"""The HTTP status as which a refusal in a frame is read."""


class MarketFrameReader:
    """Writes to one connection of one site, and reads it."""

    def __init__(self, names: SymbolNames, site: str | None, depth_frames: DepthFrames) -> None:
        self._names = names
        self._site = {} if site is None else {"site": site}
        self._depth_frames = depth_frames
        self._asked: dict[tuple[str, str], MarketTopic] = {}
        self._parts: Mapping[TopicKind, Callable[[MarketTopic, Fields], Iterator[MarketEvent]]] = {
            "order_book": self._books,
            "trades": _trades,
            "ticker": self._tickers,
        }

    def subscribe(self, topic: MarketTopic) -> list[str]:
        """Write what subscribes to a topic."""
        word = self._names.word(topic.symbol)
        self._asked[_WORDS[topic.kind], word] = topic
        return [self._message(topic.kind, word, "sub")]

    def unsubscribe(self, topic: MarketTopic) -> list[str]:
        """Write what ends a subscription, which nothing confirms."""
        named = [key for key, asked in self._asked.items() if asked == topic]
        for key in named:
            del self._asked[key]
        return [self._message(topic.kind, word, "cancel") for _, word in named]

    def ping(self, timestamp: int) -> str:
        """Write the client's ping, which is answered by a pong."""
        return write_json({"ping": timestamp}).decode()

    def read(self, frame: str) -> list[MarketEvent]:
        """Read every event of a frame, in its order. One about nothing that was subscribed to says nothing."""
        try:
            payload = read_json(frame.encode())
        except (InvalidArgument, UnicodeError):
            payload = None
        events: list[MarketEvent] = []
        try:
            events.extend(self._events(payload))
        except AdapterError as error:
            events.extend(TopicUnread(reason=str(error), topic=topic) for topic in self._about(payload, frame))
        return events

    def _message(self, kind: TopicKind, word: str, event: str) -> str:
        said = {"symbol": word, "topic": _WORDS[kind], "event": event, "params": {"binary": False}}
        return write_json(said | self._site).decode()

    def _events(self, payload: Any) -> Iterator[MarketEvent]:
        with reading("a frame of market data", VENUE):
            fields = Fields(payload)
            if fields.has("pong"):
                return
            if fields.has("ping"):
                yield Reply(text=write_json({"pong": fields.time("ping")}).decode())
                return
            code = normalise(payload.get("code"))
            if code is not None:
                yield self._refusal(code, fields)
                return
            topic, word = fields.text("topic"), fields.text("symbol")
            if (asked := self._asked.get((topic, word))) is not None:
                yield from self._parts[asked.kind](asked, fields)

    def _about(self, payload: Any, frame: str) -> tuple[MarketTopic | None, ...]:
        """Return the topics that a frame may be about, by as much of its name as can be read; None for all."""
        fields = payload.certain if isinstance(payload, SaidTwice) else payload
        if fields is None:
            fields = _names_in(frame)
        topic, word = (_text_of(fields, name) for name in ("topic", "symbol"))
        if topic is None and word is None:
            return (None,)
        return tuple(asked for key, asked in self._asked.items() if topic in (None, key[0]) and word in (None, key[1]))

    def _refusal(self, code: str, fields: Fields) -> SubscriptionRefused:
        told = fields.maybe_text("desc") or fields.maybe_text("msg") or ""
        kind = _KINDS.get(_text_of(fields.payload, "topic") or "")
        about = tuple(topic for topic in self._asked.values() if kind in (None, topic.kind))
        return SubscriptionRefused(error=error_for(code, told, _REFUSED, f"watch_{kind or 'order_book'}"), about=about)

    def _books(self, topic: MarketTopic, fields: Fields) -> Iterator[MarketEvent]:
        for row in fields.rows("data"):
            yield self._book(topic, _row_of(row, fields))

    def _book(self, topic: MarketTopic, row: Fields) -> MarketEvent:
        """Read a book, or what changed of one: ``o`` is a sequence number, and 0 on whole ones."""
        number = _number(row)
        bids, asks = _levels(row, "b"), _levels(row, "a")
        if number and self._depth_frames == "changes":
            return BookChanged(
                symbol=topic.symbol,
                bids=bids,
                asks=asks,
                previous=number - 1,
                sequence=number,
                timestamp=row.maybe_moment("t"),
            )
        if number and self._depth_frames == "marked":
            raise InvalidArgument(f"a book has the number {number}: nobody says whether it is whole (depth_frames)")
        book = OrderBook(
            symbol=topic.symbol,
            bids=tuple(sorted(bids, key=itemgetter(0), reverse=True)),
            asks=tuple(sorted(asks, key=itemgetter(0))),
            timestamp=row.maybe_moment("t"),
            info=row.payload,
        )
        return BookSeen(book=book, sequence=0 if self._depth_frames == "changes" else None)

    def _tickers(self, topic: MarketTopic, fields: Fields) -> Iterator[MarketEvent]:
        word = fields.text("symbol")
        for row in fields.rows("data"):
            yield TickerSeen(ticker=parse_ticker(_row_of(row, fields).payload, {word: topic.symbol}, _as_asked))


def _as_asked(word: str, asked: str | None) -> str | None:
    return asked


def _text_of(fields: Any, name: str) -> str | None:
    text = fields.get(name) if isinstance(fields, Mapping) else None
    return text if isinstance(text, str) and text else None


def _names_in(frame: str) -> Mapping[str, Any]:
    """Read what a frame is about that is too much, or is JSON but for ``NaN`` in place of a number."""
    try:
        payload = json.loads(frame, object_pairs_hook=_unless_twice, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        payload = None
    return payload if isinstance(payload, Mapping) else {}


def _unless_twice(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else {}


def _number(row: Fields) -> int:
    number = row.amount("o") if row.has("o") else Decimal(0)
    if number != int(number):
        raise InvalidArgument("o is no whole number")
    return int(number)


def _row_of(row: Any, frame: Fields) -> Fields:
    """Return a row that is about the frame's own market."""
    fields = Fields(row)
    if fields.has("s") and fields.text("s") != frame.text("symbol"):
        raise InvalidArgument("a row is about another market than its frame")
    return fields


def _trades(topic: MarketTopic, fields: Fields) -> Iterator[MarketEvent]:
    """Read trades, the oldest first; of which the first frame has the last ones. One that cannot be read is a doubt.

    So is one without its id or its time: nobody could tell whether it was shown before.
    """
    trades: list[Trade] = []
    doubt = None
    for row in fields.rows("data"):
        try:
            trades.append(_trade(topic.symbol, row, fields))
        except UnexpectedPayload as error:
            doubt = TopicUnread(reason=str(error), topic=topic)
    # Which way the list runs is not documented; trades of one ms keep its order.
    if trades and (trades[0].timestamp or 0) > (trades[-1].timestamp or 0):
        trades.reverse()
    trades.sort(key=lambda trade: trade.timestamp or 0)
    yield PublicTradesSeen(symbol=topic.symbol, trades=tuple(trades), history=fields.maybe_flag("f") is True)
    if doubt is not None:
        yield doubt


def _trade(symbol: str, payload: Any, frame: Fields) -> Trade:
    with reading("a trade", VENUE):
        row = _row_of(payload, frame)
        price, amount, moment = row.number("p"), row.number("q"), row.maybe_moment("t")
        if not (price > 0 and amount > 0):
            raise InvalidArgument("it is of nothing, or for nothing")
        if moment is None:
            raise InvalidArgument("it has no time")
        # The side of who took; ``m`` says that the buyer's order was there first.
        side = OrderSide.SELL if row.flag("m") else OrderSide.BUY
        return Trade(
            id=row.id("v"),
            symbol=symbol,
            side=side,
            taker_or_maker="taker",
            price=price,
            amount=amount,
            cost=exact_product(price, amount),
            timestamp=moment,
            info=dict(row.payload),
        )


def _levels(row: Fields, name: str) -> tuple[BookLevel, ...]:
    return tuple([_level(level) for level in row.rows(name)])


def _level(level: Any) -> BookLevel:
    if type(level) is not list or len(level) != 2:
        raise InvalidArgument("a level is no pair")
    price, amount = level[0], level[1]
    if type(price) is str and type(amount) is str:
        return _level_of(price, amount)
    return exact_level(price, amount)


_level_of = lru_cache(maxsize=16_384)(exact_level)
"""Most levels of a book are those of the book before."""
