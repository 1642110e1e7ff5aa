"""The fills of an account, for those who watch them: each once, in its order, by asking where the stream had none."""

from __future__ import annotations

from collections.abc import Iterable

from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.audience import Audience
from hk_adapter.execution.streams.expected_fills import ExpectedFills
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from hk_adapter.execution.streams.fills import Fills
from hk_adapter.execution.streams.rounds import CLOCKS_APART
from hk_adapter.execution.streams.subjects import Subject
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.flow.effects import Moment
from hk_adapter.model import (
    Evidence,
    Order,
    OrderSeen,
    StreamEvent,
    StreamReader,
    Trade,
    TradeSeen,
    TradeUpdate,
    Unread,
)

OVERLAP = 60_000
"""Milliseconds before the last time that is known, from which on fills are asked for: venues post some late."""
LATEST_TICKET = 10_000
"""Milliseconds after a fill in which the stream may still speak of it for the first time."""
LONGEST_HELD = 2.0
"""Seconds that what is heard may be held back at the most for what a gap had before it."""


class WatchedFills(Subject):
    """What is told of fills.

    The first list tells only which fills are nobody's news. After that a list shows what a gap had: what is heard
    meanwhile is held back, a little while, so that fills come in their order.
    """

    question = "the account's fills"

    def __init__(self, asks: Asks, patience: float) -> None:
        super().__init__(Audience(FillWatcher), asks, patience)
        self._fills = Fills()
        self._expected = ExpectedFills()
        self._begun: int | None = None
        self._covered = 0
        self._was_unread = False
        self._held: list[Trade] | None = None
        self._held_until = 0.0

    def begin(self) -> None:
        """As Subject.begin."""
        self._begun = self._held = None
        self._expected.begin()

    def opened(self, reader: StreamReader, now: float) -> None:
        """As Subject.opened."""
        super().opened(reader, now)
        if self._held and now >= self._held_until:
            self._release()
        if self._begun is not None and not self._held:
            self._held, self._held_until = [], now + LONGEST_HELD

    def heard(self, event: StreamEvent, tracker: Tracker, now: float) -> None:
        """As Subject.heard."""
        if not self.audience.is_wanted:
            return
        self._expected.learned_for(self.audience.emptied)
        if self._held and now >= self._held_until:
            self._release()
        match event:
            case OrderSeen(order=order, trade=trade):
                self._expected.begin_with(order, trade)
                if trade is not None:
                    is_sure = trade.id is not None and not tracker.is_doubted(tracker.name_of(order))
                    self._hear(trade, trade.id or "", now, is_sure=is_sure)
                if not tracker.is_doubted(tracker.name_of(order)):
                    self._expected.shown(order, now)
            case TradeSeen(trade=trade, told_as=name):
                self._hear(trade, name, now, is_sure=trade.id is not None)
            case Unread():
                self._was_unread = True
            case _:
                return
        self.settle(now)

    def _hear(self, trade: Trade, name: str, now: float, *, is_sure: bool) -> None:
        if not is_sure:
            self._expected.expect(trade, name, now)
        elif self._held is not None and now < self._held_until:
            self._held.append(trade)
        else:
            self._tell_heard(trade)

    def _tell_heard(self, trade: Trade) -> None:
        if self._fills.is_news(trade) and not self._expected.was_told(trade):
            self._expected.told(trade)
            self.audience.tell(TradeUpdate(trade=trade), early=True)

    def _release(self) -> None:
        """Pass on what was held back."""
        held, self._held = self._held, None
        for trade in held or ():
            self._tell_heard(trade)

    def found(self, order: Order, now: float) -> None:
        """As Subject.found."""
        if self.audience.is_wanted:
            self._expected.learned_for(self.audience.emptied)
            self._expected.begin_with(order)
            self._expected.shown(order, now)
            self.settle(now)

    async def learn(self, asked: Moment) -> None:
        """As Subject.learn."""
        is_first = self._begun is None
        since = (asked.timestamp if is_first else min(self._covered, asked.timestamp)) - OVERLAP
        self._was_unread = False
        rows = await self._asks.my_trades(max(0, since))
        if unread := getattr(rows, "unread", ()):
            self._log.error("%d fills in the venue's list cannot be read, and are not told", len(unread))
        if is_first:
            self._begun = self._covered = asked.timestamp
            for trade in self._fills.listed(rows):
                self._pass_over(trade, asked)
        else:
            self._tell_listed(rows, asked)
            if self._rounds.is_settled(asked.monotonic):
                self._covered = asked.timestamp
        for trade in self._expected.not_listed(asked.monotonic):
            self._tell_as_it_is(trade)

    def _pass_over(self, trade: Trade, asked: Moment) -> None:
        """Record a fill that is nobody's news: the stream has spoken of it, or may yet, and nobody waits for it."""
        if trade.timestamp is None or trade.timestamp >= asked.timestamp - LATEST_TICKET:
            self._expected.passed_over(trade)

    def _tell_listed(self, rows: Iterable[Trade], asked: Moment) -> None:
        """Pass on what a list has that was not told, and what was held back, in the order of their times."""
        heard = [trade for trade in self._held or () if self._fills.is_news(trade)]
        self._held = None
        news = []
        for trade in self._fills.listed(rows):
            if self._is_of_the_watch(trade):
                news.append(trade)
            else:
                self._pass_over(trade, asked)
        told = [(trade, False) for trade in news] + [(trade, True) for trade in heard]
        if all(trade.timestamp is not None for trade, _ in told):
            told.sort(key=lambda one: one[0].timestamp or 0)
        for trade, live in told:
            if self._expected.was_told(trade):
                continue
            self._expected.told(trade)
            evidence = Evidence.STREAM if live else Evidence.QUERY
            self.audience.tell(TradeUpdate(trade=trade, live=live, evidence=evidence), early=True)

    def _is_of_the_watch(self, trade: Trade) -> bool:
        """Whether a fill that a list shows may have happened since somebody watches."""
        begun = (self._begun or 0) - CLOCKS_APART
        return trade.timestamp is None or trade.timestamp >= begun

    def _tell_as_it_is(self, trade: Trade) -> None:
        if trade.id is None:
            self._fills.told(trade)
        elif not self._fills.is_news(trade):
            return
        self.audience.tell(TradeUpdate(trade=trade), early=True)

    def settle(self, now: float) -> None:
        """As Subject.settle."""
        if self._expected.are_missing or self._was_unread:
            self._rounds.doubted(now)
        else:
            self._rounds.has_no_doubt()

    def has_failed(self) -> None:
        """As Subject.has_failed."""
        self._release()

    def first(self) -> Iterable[TradeUpdate]:
        """As Subject.first: fills of before are nobody's news."""
        return ()
