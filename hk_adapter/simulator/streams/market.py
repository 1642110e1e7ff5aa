"""Public streams: the order book, trades and tickers of a pair, for everybody who subscribes to them.

Sources: HashKey documentation, 2026, and sockets seen live in Sept 2026, two versions of them. V1 says nothing to a
subscription and marks the first data with `f`; V2 confirms it, and shows no book before it changes. A book's message is
the whole of its best 100 prices each side. How often a ticker comes is not documented: with each trade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from hk_adapter.simulator.endpoints.market_data import DEFAULT_DEPTH, day_ticker
from hk_adapter.simulator.exchange.agenda import Agenda
from hk_adapter.simulator.exchange.markets import DEFAULT_SITE
from hk_adapter.simulator.exchange.money import plain
from hk_adapter.simulator.exchange.state import VenueState
from hk_adapter.simulator.exchange.tape import PublicTrade
from hk_adapter.simulator.streams.server_connection import ServerConnection

IDLE_MS = 60_000
"""How long a public connection without any traffic lives."""
TRADES_AT_FIRST = 60
DEPTH_MS = {1: 300, 2: 100}
"""How often a book is shown at most, by version."""
DEPTH, TRADES, TICKER = "depth", "trade", "realtimes"
TOPICS = (DEPTH, TRADES, TICKER)

_SPOT = 301

Row = dict[str, object]


@dataclass(slots=True, eq=False, kw_only=True)
class Subscription:
    """Hold what a connection wants of a pair."""

    connection: ServerConnection
    version: int
    symbol: str
    topic: str
    site: str
    is_first: bool = True
    changed: bool = False
    """The book is another than when it was last shown."""
    next_at: int = 0
    """When a book may be shown again."""
    is_due: bool = False
    """The agenda has it."""


@dataclass(slots=True, eq=False)
class MarketFeed:
    """Gather what happens to one pair; it watches the book while somebody has subscribed to it."""

    wanted: list[Subscription] = field(default_factory=list)
    trades: list[PublicTrade] = field(default_factory=list)
    has_moved: bool = False
    version: int = 0

    def moved(self) -> None:
        """Record that the book changed."""
        self.has_moved = True

    def traded(self, trade: PublicTrade) -> None:
        """Record a trade."""
        self.trades.append(trade)


class MarketStreams:
    """Keep the subscriptions of all public connections."""

    def __init__(self, venue: VenueState, agenda: Agenda) -> None:
        self._venue = venue
        self._agenda = agenda
        self._feeds: dict[str, MarketFeed] = {}
        self._versions: dict[ServerConnection, int] = {}

    def open(self, connection: ServerConnection, version: int) -> None:
        """Add a connection, of version 1 or 2."""
        self._versions[connection] = version

    def hear(self, connection: ServerConnection, said: Mapping[str, Any], now: int) -> None:
        """Answer a client's message: a ping, a subscription or its end."""
        if "ping" in said:
            connection.put(_text({"pong": now}), now)
        elif said.get("event") == "sub":
            self._subscribe(connection, said, now)
        elif said.get("event") == "cancel":
            self._unsubscribe(connection, set(_symbols(said, self._versions[connection])), said.get("topic"))
        elif said.get("event") == "cancel_all":
            self._unsubscribe(connection, set(self._feeds), None)

    def flush(self, now: int) -> None:
        """Send what has happened since the last time."""
        for symbol, feed in list(self._feeds.items()):
            trades, feed.trades = feed.trades, []
            moved, feed.has_moved = feed.has_moved, False
            feed.version += moved
            for wanted in feed.wanted:
                if wanted.topic == DEPTH and moved:
                    wanted.changed = True
                    self._show_book(wanted, now)
                elif wanted.topic == TRADES and trades:
                    self._send(wanted, list(map(_trade_row, trades)), now)
                elif wanted.topic == TICKER and trades:
                    self._send(wanted, [self._ticker_row(symbol, now)], now)

    def sweep(self) -> None:
        """Forget the connections that are over."""
        for connection in [connection for connection in self._versions if connection.is_over]:
            self._unsubscribe(connection, set(self._feeds), None)
            del self._versions[connection]

    def _subscribe(self, connection: ServerConnection, said: Mapping[str, Any], now: int) -> None:
        version, topic = self._versions[connection], said.get("topic")
        symbols = _symbols(said, version)
        known = symbols and all(symbol in self._venue.markets for symbol in symbols)
        if topic not in TOPICS or not known or (version == 2 and len(symbols) > 1):
            connection.put(_text(_refusal(version, topic)), now)
            return
        site = said.get("site")
        for symbol in symbols:
            wanted = Subscription(
                connection=connection,
                version=version,
                symbol=symbol,
                topic=topic,
                site=site if isinstance(site, str) else DEFAULT_SITE,
            )
            self._unsubscribe(connection, {symbol}, topic)
            feed = self._feeds.setdefault(symbol, MarketFeed())
            self._venue.book.market_observers[symbol] = feed
            feed.wanted.append(wanted)
            self._greet(wanted, feed, now)

    def _greet(self, wanted: Subscription, feed: MarketFeed, now: int) -> None:
        if wanted.version == 2:
            confirmed = {"topic": wanted.topic, "event": "sub", "params": {"symbol": wanted.symbol}}
            wanted.connection.put(_text(confirmed | {"code": "0", "msg": "Success", "site": wanted.site}), now)
        if wanted.topic == TRADES:
            last = self._venue.book.trades(wanted.symbol)[-TRADES_AT_FIRST:]
            self._send(wanted, list(map(_trade_row, last)), now)
        elif wanted.topic == TICKER:
            self._send(wanted, [self._ticker_row(wanted.symbol, now)], now)
        elif wanted.version == 1:
            wanted.changed = True
            self._show_book(wanted, now)

    def _unsubscribe(self, connection: ServerConnection, symbols: set[str], topic: object) -> None:
        for symbol in symbols & set(self._feeds):
            feed = self._feeds[symbol]
            feed.wanted = [
                wanted
                for wanted in feed.wanted
                if wanted.connection is not connection or topic not in (None, wanted.topic)
            ]
            if not feed.wanted:
                del self._feeds[symbol], self._venue.book.market_observers[symbol]

    def _show_book(self, wanted: Subscription, now: int) -> None:
        if now < wanted.next_at:
            if not wanted.is_due:
                wanted.is_due = True
                self._agenda.add(wanted.next_at, partial(self._show_later, wanted))
            return
        wanted.changed = False
        wanted.next_at = now + DEPTH_MS[wanted.version]
        self._send(wanted, [self._book_row(wanted.symbol, now)], now)

    def _show_later(self, wanted: Subscription, now: int) -> None:
        wanted.is_due = False
        feed = self._feeds.get(wanted.symbol)
        if wanted.changed and feed is not None and wanted in feed.wanted:
            self._show_book(wanted, now)

    def _send(self, wanted: Subscription, rows: list[Row], now: int) -> None:
        event = (wanted.topic,)
        if wanted.version == 2:
            told: Row = {"topic": wanted.topic, "params": {"symbol": wanted.symbol}, "site": wanted.site}
            for row in rows:
                wanted.connection.put(_text(told | {"data": row}), now, event)
            return
        told = {
            "symbol": wanted.symbol,
            "symbolName": wanted.symbol,
            "topic": wanted.topic,
            "params": {"realtimeInterval": "24h"},
            "data": rows,
            "f": wanted.is_first,
            "sendTime": now,
            "channelId": wanted.connection.channel,
            "shared": False,
            "site": wanted.site,
        }
        wanted.is_first = False
        wanted.connection.put(_text(told), now, event)

    def _book_row(self, symbol: str, now: int) -> Row:
        bids, asks = self._venue.book.depth(symbol)
        feed = self._feeds[symbol]
        return {
            "e": _SPOT,
            "s": symbol,
            "t": now,
            "v": f"{feed.version}_1",
            "b": [[plain(price), plain(amount)] for price, amount in bids[:DEFAULT_DEPTH]],
            "a": [[plain(price), plain(amount)] for price, amount in asks[:DEFAULT_DEPTH]],
            "o": 0,
        }

    def _ticker_row(self, symbol: str, now: int) -> Row:
        row = day_ticker(self._venue, self._venue.markets[symbol], now)
        return {name: row[name] for name in ("t", "s", "c", "h", "l", "o", "v", "qv")} | {"sn": symbol, "e": _SPOT}


def _trade_row(trade: PublicTrade) -> Row:
    return {
        "v": trade.ticket_id,
        "t": trade.time,
        "p": plain(trade.price),
        "q": plain(trade.quantity),
        "m": trade.is_buyer_maker,
    }


def _symbols(said: Mapping[str, Any], version: int) -> list[str]:
    params = said.get("params")
    named = said.get("symbol") if version == 1 else params.get("symbol") if isinstance(params, dict) else None
    return named.split(",") if isinstance(named, str) and named else []


def _refusal(version: int, topic: object) -> Row:
    if version == 2:
        return {"code": "-100011", "msg": "Parameter error"}
    return {"code": "-100010", "desc": "Symbol or topic is not valid", "topic": topic}


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
