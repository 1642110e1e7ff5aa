"""The fills of an account at a venue without a stream: listed again and again, by symbol, and each told once."""

from __future__ import annotations

from collections.abc import Iterable

from hk_adapter.errors import InvalidArgument, NotSupported
from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.audience import Audience
from hk_adapter.execution.streams.expected_fills import ExpectedFills
from hk_adapter.execution.streams.feed import Symbols, covers, lists_of
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from hk_adapter.execution.streams.fills import Fills
from hk_adapter.execution.streams.server_time import ServerTime
from hk_adapter.execution.streams.subjects import Subject
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.execution.streams.watched_fills import OVERLAP
from hk_adapter.flow.effects import Moment
from hk_adapter.model import Evidence, Order, StreamEvent, Trade, TradeUpdate


class PolledFills(Subject):
    """What lists tell of fills. The first list of a symbol tells only which of its fills are nobody's news.

    An order that shows more filled than its fills is a reason to list soon, and to list from before once more.
    """

    question = "the account's fills"

    def __init__(self, asks: Asks, patience: float, clock: ServerTime) -> None:
        super().__init__(Audience(FillWatcher), asks, patience)
        self._clock = clock
        self._fills = Fills()
        self._expected = ExpectedFills()
        self._begun: dict[str | None, int] = {}
        """When each symbol that is watched was listed for the first time, by the venue's clock; None is all of them."""
        self._covered: int | None = None

    @property
    def questions(self) -> int:
        """As Subject.questions: one for each symbol, or one for all."""
        return len(lists_of(self.audience.symbols))

    def begin(self) -> None:
        """As Subject.begin."""
        self._begun, self._covered = {}, None

    def is_due(self, now: float) -> bool:
        """As Subject.is_due; and where somebody has come for a symbol that was not listed yet."""
        if self._not_listed:
            self._rounds.plan(now)
        return super().is_due(now)

    @property
    def _not_listed(self) -> Symbols:
        return self.audience.symbols - self._begun.keys()

    def let_in(self) -> None:
        """As Subject.let_in: whoever comes waits until what he came for is listed."""
        if not self._not_listed:
            super().let_in()

    async def learn(self, asked: Moment) -> None:
        """As Subject.learn. A refusal of one symbol ends those who watch that."""
        named = self.audience.symbols
        now = await self._clock.now(asked)
        since = now if self._covered is None else min(now, self._covered)
        listed = set[str | None]()
        for symbol in sorted(lists_of(named), key=str):
            try:
                rows = await self._asks.my_trades(max(0, since - OVERLAP), symbol)
            except (InvalidArgument, NotSupported) as error:
                self.audience.refuse(symbol, error)
                continue
            listed.add(symbol)
            self._tell(rows)
        shown = [symbol for symbol in named if covers(frozenset(listed), symbol)]
        self._begun = {symbol: self._begun.get(symbol, now) for symbol in shown}
        self._expected.not_listed(asked.monotonic)
        if not self._expected.are_missing:
            self._covered = now

    def _tell(self, rows: list[Trade]) -> None:
        if unread := getattr(rows, "unread", ()):
            self._log.error("%d fills in the venue's list cannot be read, and are not told", len(unread))
        news = [trade for trade in self._fills.listed(rows) if self._is_of_a_watch(trade)]
        if all(trade.timestamp is not None for trade in news):
            news.sort(key=lambda trade: trade.timestamp or 0)
        for trade in news:
            self._expected.told(trade)
            self.audience.tell(TradeUpdate(trade=trade, live=False, evidence=Evidence.QUERY))

    def _is_of_a_watch(self, trade: Trade) -> bool:
        """Whether it may have happened since somebody watches its symbol."""
        begun = [at for symbol, at in self._begun.items() if None in {symbol, trade.symbol} or symbol == trade.symbol]
        return bool(begun) and (trade.timestamp is None or trade.timestamp >= min(begun) - self._clock.apart)

    def found(self, order: Order, now: float) -> None:
        """As Subject.found."""
        if covers(self.audience.symbols, order.symbol):
            self._expected.learned_for(self.audience.emptied)
            self._expected.begin_with(order)
            self._expected.shown(order, now)
            self.settle(now)

    def settle(self, now: float) -> None:
        """As Subject.settle."""
        if self._expected.are_missing:
            self._rounds.doubted(now)
        else:
            self._rounds.has_no_doubt()

    def heard(self, event: StreamEvent, tracker: Tracker, now: float) -> None:
        """As Subject.heard: nothing is."""

    def has_failed(self) -> None:
        """As Subject.has_failed: nothing waits for the answer."""

    def first(self) -> Iterable[TradeUpdate]:
        """As Subject.first: fills of before are nobody's news."""
        return ()
