"""Which fills of an account are known, so that each is told once, whoever shows it. No I/O, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Any

from hk_adapter.model import Trade

MOST = 10_000
"""Fills that are remembered."""


class Fills:
    """The newest fills of an account.

    One with an id is known by that and its order; where a venue calls several fills by one id, what they say beside it
    tells them apart. Of those without an id, equal ones in one list are as many fills.

    The oldest by their own times are forgotten first: what comes then and is older still was told. So one whose time
    is ahead of the others' is remembered, and takes no later one for told.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._named: dict[tuple[str | None, str | None], tuple[Trade, ...]] = {}
        self._by_time: list[tuple[int, int, tuple[str | None, str | None]]] = []
        self._number = self._latest = 0
        self._nameless: Counter[Any] = Counter()
        self._forgotten = 0

    def is_news(self, trade: Trade) -> bool:
        """Learn a fill that has an id; return whether it was not known."""
        key = (trade.id, trade.order_id)
        known = self._named.get(key, ())
        if any(_are_one(trade, one) for one in known) or self._is_forgotten(trade):
            return False
        if not known:
            self._remember(key, trade.timestamp)
        self._named[key] = (*known, trade)
        if len(self._named) > self._most:
            self._forget()
        return True

    def _remember(self, key: tuple[str | None, str | None], timestamp: int | None) -> None:
        # One without a time is forgotten as soon as those that came with it.
        at = self._latest if timestamp is None else timestamp
        self._latest = at
        self._number += 1
        heappush(self._by_time, (at, self._number, key))

    def _forget(self) -> None:
        for old in self._named.pop(heappop(self._by_time)[2]):
            self._forgotten = max(self._forgotten, old.timestamp or 0)

    def listed(self, trades: Iterable[Trade]) -> list[Trade]:
        """Learn a list of fills, as far back as it goes; return those that were not known, in its order."""
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
        """Learn a fill without an id that was told all the same."""
        self._nameless[_content(trade)] += 1

    def _is_forgotten(self, trade: Trade) -> bool:
        """Whether it may be one that is remembered no more: then it was told."""
        return trade.timestamp is not None and trade.timestamp <= self._forgotten


def _are_one(one: Trade, other: Trade) -> bool:
    pairs = ((one.side, other.side), (one.price, other.price), (one.amount, other.amount))
    return all(first is None or second is None or first == second for first, second in pairs)


def _content(trade: Trade) -> tuple[object, ...]:
    return (trade.order_id, trade.symbol, trade.side, trade.price, trade.amount, trade.timestamp)
