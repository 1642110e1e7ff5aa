"""One market's public trades: each told once; the live ones in their order, and what is missing between is said."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from hk_adapter.execution.streams.market.heard import NOTHING, Heard, Onward
from hk_adapter.model import MarketEvent, PublicTradesSeen, PublicTradeUpdate, Subscribed, Trade

MOST_KNOWN = 10_000
"""Trades that are remembered, so that none is told twice."""
HELD = 100
"""Trades that are there for whoever comes later."""


class TradesTopic:
    """The trades. It begins with the last ones, or where the venue only confirms, with the next."""

    def __init__(self, most_known: int = MOST_KNOWN) -> None:
        self.is_whole = False
        self._most_known = most_known
        self._known: dict[str, None] = {}
        self._since_loss: set[str] = set()
        self._onward = Onward()
        self._was_whole = False
        self._may_miss = False
        self._held: deque[Trade] = deque(maxlen=HELD)

    def hear(self, event: MarketEvent, now: float) -> Heard:
        """As Topic.hear."""
        match event:
            case PublicTradesSeen():
                return Heard(tuple(self._told(event, now)))
            case Subscribed():
                self._begin()
            case _:
                pass
        return NOTHING

    def lose(self) -> None:
        """As Topic.lose."""
        if self.is_whole:
            self._since_loss.clear()
        self.is_whole = False
        self._may_miss = self._was_whole

    def held(self) -> Sequence[PublicTradeUpdate]:
        """As Topic.held."""
        return [PublicTradeUpdate(trade=trade, live=False) for trade in sorted(self._held, key=_time_of)]

    def _told(self, event: PublicTradesSeen, now: float) -> list[PublicTradeUpdate]:
        if event.history and any(self._is_from_before(trade) for trade in event.trades):
            self._may_miss = False  # it goes back to what was told before the loss
        fresh = [trade for trade in event.trades if self._is_fresh(trade, history=event.history)]
        news = [self._update(trade, now, live=self.is_whole and not event.history) for trade in fresh]
        if news and self._may_miss and (event.history or self.is_whole):
            news[0] = news[0].replace(gap=True)
            self._may_miss = False
        if event.history:
            self._begin()
        return news

    def _begin(self) -> None:
        self.is_whole = self._was_whole = True

    def _is_from_before(self, trade: Trade) -> bool:
        return trade.id is not None and trade.id in self._known and trade.id not in self._since_loss

    def _is_fresh(self, trade: Trade, *, history: bool) -> bool:
        """Whether a trade was not told, and remember it. One without an id is known by its time alone."""
        if trade.id is None:
            return not history or self._onward.latest is None or _time_of(trade) > self._onward.latest
        if trade.id in self._known:
            return False
        self._known[trade.id] = None
        if not self.is_whole:
            self._since_loss.add(trade.id)
        if len(self._known) > self._most_known:
            del self._known[next(iter(self._known))]
        return True

    def _update(self, trade: Trade, now: float, *, live: bool) -> PublicTradeUpdate:
        in_order = not self._onward.is_older(_time_of(trade))
        if in_order or self._onward.insists(now):
            self._onward.shown(_time_of(trade))
        self._held.append(trade)
        return PublicTradeUpdate(trade=trade, live=live and in_order)


def _time_of(trade: Trade) -> int:
    return trade.timestamp or 0
