"""One market's order book as a public stream shows it: whole, or not shown at all."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from hk_adapter.execution.streams.market.heard import NOTHING, Heard, Onward
from hk_adapter.model import BookChanged, BookLevel, BookSeen, MarketEvent, OrderBook, OrderBookUpdate

MOST_LEVELS = 100_000
"""Prices a side, many times those of any market: changes that add one after the other have no other end."""


class BookTopic:
    """A book. A whole one replaces it; a change applies only to the book that it follows."""

    def __init__(self) -> None:
        self.is_whole = False
        self._onward = Onward()
        self._book: OrderBook | None = None
        self._sequence: int | None = None
        self._sides: tuple[_Side, _Side] | None = None
        self._depth: int | None = None

    def hear(self, event: MarketEvent, now: float) -> Heard:
        """As Topic.hear."""
        match event:
            case BookSeen():
                return self._seen(event, now)
            case BookChanged():
                return self._changed(event)
            case _:
                return NOTHING

    def lose(self) -> None:
        """As Topic.lose."""
        self.is_whole, self._sides = False, None

    def held(self) -> Sequence[OrderBookUpdate]:
        """As Topic.held."""
        return () if self._book is None else (OrderBookUpdate(book=self._book),)

    def _seen(self, event: BookSeen, now: float) -> Heard:
        book = event.book
        if (fault := fault_of(book.bids, book.asks)) is not None:
            return Heard(doubt=fault)
        if book.timestamp is not None and self._onward.is_older(book.timestamp):
            return self._onward.heard_older("books", book.timestamp, now)
        same = self.is_whole and book == self._book
        self._onward.shown(book.timestamp)
        self._book, self._sequence, self._depth, self._sides = book, event.sequence, event.depth, None
        self.is_whole = True
        return NOTHING if same else Heard((OrderBookUpdate(book=book),))

    def _changed(self, event: BookChanged) -> Heard:
        book = self._book
        if not self.is_whole or book is None:
            return NOTHING  # what is to come is a whole one
        if self._sequence is not None and self._was_applied(event.sequence):
            return NOTHING
        if event.previous != self._sequence or event.sequence <= event.previous:
            return Heard(doubt=f"change {event.sequence} follows {event.previous}, and {self._sequence} was the last")
        if self._sides is None:
            self._sides = _Side(book.bids, best_is_last=True), _Side(book.asks, best_is_last=False)
        bids, asks = self._sides
        if not (bids.apply(event.bids, self._depth) and asks.apply(event.asks, self._depth)):
            return Heard(doubt="a change is about a price of which nothing is known, or says what cannot be")
        if bids.best is not None and asks.best is not None and bids.best >= asks.best:
            return Heard(doubt="it is crossed")
        self._sequence = event.sequence
        self._onward.shown(event.timestamp)
        self._book = OrderBook(
            symbol=book.symbol,
            bids=bids.levels(),
            asks=asks.levels(),
            timestamp=event.timestamp,
            nonce=event.sequence,
        )
        return Heard((OrderBookUpdate(book=self._book),))

    def _was_applied(self, sequence: int) -> bool:
        """Whether a change is in the book: a repeat, or, before the first one, what the whole book has already."""
        last = self._sequence
        return last is not None and (sequence <= last if self._sides is None else sequence == last)


def fault_of(bids: Sequence[BookLevel], asks: Sequence[BookLevel]) -> str | None:
    """Return what is wrong with a whole book; None where nothing is."""
    for levels in (bids, asks):
        for level in levels:
            if not _is_exact(level):
                return "a level is no pair of exact numbers"
            if not (level[0] > 0 and level[1] > 0):
                return "a price is not above 0, or has no amount"
    if not all(one[0] > other[0] for one, other in pairwise(bids)):
        return "its bids are not in order, or a price is there twice"
    if not all(one[0] < other[0] for one, other in pairwise(asks)):
        return "its asks are not in order, or a price is there twice"
    if bids and asks and bids[0][0] >= asks[0][0]:
        return "it is crossed"
    return None


def _is_exact(level: BookLevel) -> bool:
    if type(level) is not BookLevel or type(level[0]) is not Decimal or type(level[1]) is not Decimal:
        return False
    return level[0].is_finite() and level[1].is_finite()


class _Side:
    """The prices of one side, and what rests there."""

    def __init__(self, levels: Sequence[BookLevel], *, best_is_last: bool) -> None:
        self._best_is_last = best_is_last
        self._amounts = dict(levels)
        self._prices = sorted(self._amounts)

    @property
    def best(self) -> Decimal | None:
        """The best price; None of an empty side."""
        if not self._prices:
            return None
        return self._prices[-1] if self._best_is_last else self._prices[0]

    def apply(self, changes: Sequence[BookLevel], depth: int | None) -> bool:
        """Put changes in; False where one cannot be, and then nothing of this side holds any more."""
        for level in changes:
            if not _is_exact(level):
                return False
            price, amount = level
            if not price > 0:
                return False
            if amount > 0:
                if price not in self._amounts:
                    insort(self._prices, price)
                self._amounts[price] = amount
            elif amount < 0 or not self._removed(price, depth):
                return False
        self._cut(depth)
        return len(self._prices) <= MOST_LEVELS

    def levels(self) -> tuple[BookLevel, ...]:
        """List them, the best first."""
        prices = reversed(self._prices) if self._best_is_last else self._prices
        return tuple(BookLevel(price, self._amounts[price]) for price in prices)

    def _removed(self, price: Decimal, depth: int | None) -> bool:
        if price not in self._amounts:
            return depth is not None and len(self._prices) >= depth and self._is_beyond(price)
        del self._amounts[price]
        del self._prices[bisect_left(self._prices, price)]
        return True

    def _is_beyond(self, price: Decimal) -> bool:
        return price < self._prices[0] if self._best_is_last else price > self._prices[-1]

    def _cut(self, depth: int | None) -> None:
        while depth is not None and len(self._prices) > depth:
            del self._amounts[self._prices.pop(0 if self._best_is_last else -1)]
