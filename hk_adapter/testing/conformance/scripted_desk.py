"""What a scripted venue answers to requests about no order: it is set by a case, and else what is usual."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import cast

from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.further_script import (
    WritesBalances,
    WritesBooks,
    WritesMarkets,
    WritesStreams,
    WritesTickers,
    WritesTrades,
)
from hk_adapter.testing.conformance.script import Asked, Request, Script
from hk_adapter.testing.conformance.scripted_data import (
    ScriptedBalance,
    ScriptedBookOrders,
    ScriptedMarket,
    ScriptedTicker,
    ScriptedTrade,
)

STREAMS = frozenset({Request.OPEN_STREAM, Request.RENEW_STREAM, Request.CLOSE_STREAM})
DATA = STREAMS | {Request.BALANCES, Request.MARKETS, Request.BOOK, Request.TRADES, Request.TICKERS}
"""What it answers."""


class ScriptedDesk:
    """The account's balances and what everybody may see, as a case has set them.

    Attributes:
        balances: by default some of one currency.
        markets: by default two, the script's.
        books: by market; one that is not here is empty.
        trades: newest last.
        stream_keys: of the private streams that it knows.
        newest_key: of the stream that was opened last.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        symbols = dict.fromkeys((script.symbol, getattr(script, "other_symbol", script.symbol)))
        self.balances: list[ScriptedBalance] = [
            ScriptedBalance(currency=script.symbol.partition("/")[2], free=Decimal(1000))
        ]
        self.markets: list[ScriptedMarket] = [ScriptedMarket(symbol=symbol) for symbol in symbols]
        self.books: dict[str, ScriptedBookOrders] = {}
        self.trades: list[ScriptedTrade] = []
        self.stream_keys: set[str] = set()
        self.newest_key = ""
        self._opened = count(1)
        self.tickers: list[ScriptedTicker] = [usual_ticker(symbol) for symbol in symbols]

    def answer(self, asked: Asked) -> Response:
        """Answer one of ``DATA``."""
        if asked.kind in STREAMS:
            return cast("WritesStreams", self._script).stream(asked.kind, self._key_of(asked))
        symbol = asked.symbol or self._script.symbol
        match asked.kind:
            case Request.BALANCES:
                return cast("WritesBalances", self._script).balances(self.balances)
            case Request.MARKETS:
                named = [one for one in self.markets if asked.symbol in {None, one.symbol}]
                return cast("WritesMarkets", self._script).markets(named)
            case Request.BOOK:
                book = self.books.get(symbol, ScriptedBookOrders(symbol=symbol))
                return cast("WritesBooks", self._script).book(book)
            case Request.TRADES:
                trades = [one for one in self.trades if one.symbol == symbol]
                return cast("WritesTrades", self._script).trades(trades)
            case _:
                tickers = [one for one in self.tickers if asked.symbol in {None, one.symbol}]
                return cast("WritesTickers", self._script).tickers(tickers)

    def _key_of(self, asked: Asked) -> str | None:
        """Open, keep or end a stream; return its key where it is known."""
        if asked.kind is Request.OPEN_STREAM:
            self.newest_key = f"kitStream{next(self._opened):055d}"
            self.stream_keys.add(self.newest_key)
            return self.newest_key
        known = asked.stream_key if asked.stream_key in self.stream_keys else None
        if asked.kind is Request.CLOSE_STREAM and known is not None:
            self.stream_keys.remove(known)
        return known


def usual_ticker(symbol: str) -> ScriptedTicker:
    """Return a ticker in which no two numbers are the same."""
    return ScriptedTicker(
        symbol=symbol,
        bid=Decimal(1898),
        ask=Decimal("1901.5"),
        open=Decimal(1850),
        high=Decimal(1955),
        low=Decimal(1807),
        last=Decimal(1900),
        volume=Decimal("12345.678"),
    )
