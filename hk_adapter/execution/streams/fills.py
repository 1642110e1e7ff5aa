"""Which fills of an account are known, so that each is told once, whoever shows it. No I/O, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Any

from hk_adapter.model import Trade

MOST = 10_000
"""Fills that are remembered."""
MOST_OF_ONE_ID = 1000
"""Fills that one id tells apart at the most."""


class Fills:
    """The newest fills of an account.

    One with an id is known by that and its order; where a venue calls several fills by one id, what they say beside it
    tells them apart. Of those without an id, equal ones in one list are as many fills. An id of very many is the
    venue's word for none: what comes under it then is known by all that it says, its time included.

    The oldest by their own times are forgotten first: what comes then and is older still was told. So one whose time
    is ahead of the others' is remembered, and takes no later one for told.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._named: dict[tuple[str | None, str | None], tuple[Trade, ...]] = {}
        self._by_time: list[tuple[int, int, Trade]] = []
        self._number = self._latest = 0
        self._nameless: Counter[Any] = Counter()
        self._crowded: dict[Any, None] = {}
        self._forgotten = 0

    def is_news(self, trade: Trade) -> bool:
        """Record a fill that has an id; return whether it was not known."""
        key = (trade.id, trade.order_id)
        known = self._named.get(key, ())
        if any(_are_one(trade, one) for one in known) or self._is_forgotten(trade):
            return False
        if len(known) >= MOST_OF_ONE_ID:
            return self._is_news_by_content(trade)
        self._remember(trade)
        self._named[key] = (*known, trade)
        if len(self._by_time) > self._most:
            self._forget()
        return True

    def _is_news_by_content(self, trade: Trade) -> bool:
        content = (trade.id, _content(trade))
        if content in self._crowded:
            return False
        self._crowded[content] = None
        if len(self._crowded) > self._most:
            del self._crowded[next(iter(self._crowded))]
        return True

    def _remember(self, trade: Trade) -> None:
        # One without a time is forgotten as soon as those that came with it.
        self._latest = self._latest if trade.timestamp is None else trade.timestamp
        self._number += 1
        heappush(self._by_time, (self._latest, self._number, trade))

    def _forget(self) -> None:
        old = heappop(self._by_time)[2]
        self._forgotten = max(self._forgotten, old.timestamp or 0)
        key = (old.id, old.order_id)
        if others := tuple(one for one in self._named[key] if one is not old):
            self._named[key] = others
        else:
            del self._named[key]

    def listed(self, trades: Iterable[Trade]) -> list[Trade]:
        """Record a list of fills, as far back as it goes; return those that were not known, in its order."""
        seen: Counter[Any] = Counter()
        news = []
        for trade in trades:
            if trade.id is not None:
                is_news = self.is_news(trade)
            else:
                content = _content(trade)
                seen[content] += 1
                is_news = seen[content] > self._nameless[content]
            if is_news:
                news.append(trade)
        for content, number in seen.items():
            self._nameless[content] = max(number, self._nameless[content])
        while len(self._nameless) > self._most:
            del self._nameless[next(iter(self._nameless))]
        return news

    def told(self, trade: Trade) -> None:
        """Record a fill without an id that was told all the same."""
        self._nameless[_content(trade)] += 1

    def _is_forgotten(self, trade: Trade) -> bool:
        """Whether it may be one that is remembered no more: then it was told."""
        return trade.timestamp is not None and trade.timestamp <= self._forgotten


def _are_one(one: Trade, other: Trade) -> bool:
    pairs = ((one.side, other.side), (one.price, other.price), (one.amount, other.amount))
    return all(first is None or second is None or first == second for first, second in pairs)


def _content(trade: Trade) -> tuple[object, ...]:
    return (trade.order_id, trade.symbol, trade.side, trade.price, trade.amount, trade.timestamp)
