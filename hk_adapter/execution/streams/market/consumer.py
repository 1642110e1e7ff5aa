"""Those who watch a market: who wants the newest has one update waiting at the most, who wants each has a buffer."""

from __future__ import annotations

from typing import TypeVar

from hk_adapter.execution.streams.market.heard import Topic
from hk_adapter.execution.streams.waiting import MOST_WAITING, Waiting
from hk_adapter.model import MarketTopic, OrderBookUpdate, PublicTradeUpdate, TickerUpdate

U = TypeVar("U")
Newest = TypeVar("Newest", OrderBookUpdate, TickerUpdate)


class MarketConsumer(Waiting[U]):
    """One who watches a topic.

    Attributes:
        known: what is known of it; None before the stream is there.
    """

    def __init__(self, topic: MarketTopic, most: int = MOST_WAITING) -> None:
        super().__init__(most)
        self.topic = topic
        self.known: Topic | None = None

    @property
    def is_whole(self) -> bool:
        """As Waiting.is_whole."""
        return self.known is not None and self.known.is_whole and self.is_caught_up

    def withdraw(self) -> None:
        """Record that the topic is in doubt: what waits and may not be told any more is dropped, and counted."""


class _OfTheNewest(MarketConsumer[Newest]):
    """Is told the last one there is: those before it, that were not read in time, are folded into it."""

    def __init__(self, topic: MarketTopic) -> None:
        super().__init__(topic, most=1)
        self._folded = 0

    def withdraw(self) -> None:
        """As MarketConsumer.withdraw."""
        with self._lock:
            if self._waiting:
                self._make_room()

    def _make_room(self) -> None:
        self._folded += 1
        self._waiting.clear()

    def _take_next(self) -> Newest:
        update = self._waiting.popleft()
        if self._folded:
            update, self._folded = update.replace(folded=self._folded), 0
        return update


class BookConsumer(_OfTheNewest[OrderBookUpdate]):
    """One who watches an order book, cut to ``limit`` prices a side; None takes what there is."""

    def __init__(self, symbol: str, limit: int | None = None) -> None:
        super().__init__(MarketTopic("order_book", symbol))
        self._limit = limit

    def _take_next(self) -> OrderBookUpdate:
        update = super()._take_next()
        book, limit = update.book, self._limit
        if limit is None or max(len(book.bids), len(book.asks)) <= limit:
            return update
        return update.replace(book=book.replace(bids=book.bids[:limit], asks=book.asks[:limit]))


class TickerConsumer(_OfTheNewest[TickerUpdate]):
    """One who watches a ticker."""

    def __init__(self, symbol: str) -> None:
        super().__init__(MarketTopic("ticker", symbol))


class TradesConsumer(MarketConsumer[PublicTradeUpdate]):
    """One who watches public trades: each, as long as there is room; then the oldest go, and are counted."""

    def __init__(self, symbol: str) -> None:
        super().__init__(MarketTopic("trades", symbol))
        self._dropped = 0
        self._lost_gap = False

    def _make_room(self) -> None:
        for _ in range(max(1, self._most // 10)):
            self._lost_gap = self._waiting.popleft().gap or self._lost_gap
            self._dropped += 1

    def _take_next(self) -> PublicTradeUpdate:
        update = self._waiting.popleft()
        if self._dropped:
            gap = update.gap or self._lost_gap
            update = update.replace(dropped=self._dropped, gap=gap)
            self._dropped, self._lost_gap = 0, False
        return update
