"""HashKey's public stream, version 1, as its documentation (2026) writes it, for the suite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hk_adapter.model import MarketTopic
from hk_adapter.testing import ScriptedBookOrders, ScriptedTicker, ScriptedTrade

_TOPICS = {"depth": "order_book", "trade": "trades", "realtimes": "ticker"}


class HashKeyMarketStreamScript:
    """What of the venue's side is the public stream: whole books, trades by their ids, tickers without bid and ask."""

    def market_topic(self, text: str) -> MarketTopic | None:
        """Read a subscription."""
        told = json.loads(text)
        if told.get("event") != "sub":
            return None
        return MarketTopic(_TOPICS[told["topic"]], f"{told['symbol'].removesuffix('USD')}/USD")  # type: ignore[arg-type]

    def book_frames(self, book: ScriptedBookOrders, before: ScriptedBookOrders | None, now: int) -> Sequence[str]:
        """Show all of it, each time."""
        bids, asks = ([[f"{number:f}" for number in pair] for pair in side] for side in (book.bids, book.asks))
        row = {"e": 301, "s": _word(book.symbol), "t": now, "v": "84661262_18", "b": bids, "a": asks, "o": 0}
        return [_frame("depth", book.symbol, [row], first=before is None)]

    def trade_frames(self, trades: Sequence[ScriptedTrade], *, first: bool) -> Sequence[str]:
        """Show them, the newest first: which way they come is not documented."""
        rows = [
            {
                "v": one.id,
                "t": one.time,
                "p": f"{one.price:f}",
                "q": f"{one.amount:f}",
                "m": one.side == "sell",
            }
            for one in reversed(trades)
        ]
        return [_frame("trade", trades[0].symbol, rows, first=first)]

    def ticker_frames(self, ticker: ScriptedTicker) -> Sequence[str]:
        """Show it."""
        prices = {"c": ticker.last, "h": ticker.high, "l": ticker.low, "o": ticker.open, "v": ticker.volume}
        row = {"t": ticker.time, "s": _word(ticker.symbol), "sn": _word(ticker.symbol), "m": "0.01", "e": 301}
        told = {name: f"{number:f}" for name, number in prices.items()}
        return [_frame("realtimes", ticker.symbol, [row | told], first=True)]

    def market_quiet_frames(self) -> Sequence[str]:
        """Answer a heartbeat."""
        return [json.dumps({"pong": 1_790_000_000_000})]

    def market_pings(self) -> Sequence[tuple[str, str]]:
        """Ask whether anybody is there; the venue is not known to."""
        return [(json.dumps({"ping": 1_790_000_000_000}), json.dumps({"pong": 1_790_000_000_000}))]


def _word(symbol: str) -> str:
    return symbol.replace("/", "")


def _frame(topic: str, symbol: str, rows: list[Any], *, first: bool) -> str:
    word = _word(symbol)
    told = {"symbol": word, "symbolName": word, "topic": topic, "params": {"realtimeInterval": "24h"}, "data": rows}
    return json.dumps(told | {"f": first, "sendTime": 1_790_000_000_000, "shared": False})
