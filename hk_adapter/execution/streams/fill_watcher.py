"""One who watches fills: none is ever folded into another; where there is no room the oldest go, and are counted."""

from __future__ import annotations

from hk_adapter.execution.streams.audience import Watcher
from hk_adapter.execution.streams.waiting import MOST_WAITING
from hk_adapter.model import TradeUpdate


class FillWatcher(Watcher[TradeUpdate]):
    """One who watches fills."""

    def __init__(self, symbol: str | None = None, most: int = MOST_WAITING) -> None:
        super().__init__(symbol, most)
        self._dropped = 0

    def wants(self, update: TradeUpdate) -> bool:
        """As Watcher.wants: a fill that may be of any symbol is kept from nobody."""
        return self.symbol is None or update.trade.symbol in (None, self.symbol)

    def _take_next(self) -> TradeUpdate:
        update = self._waiting.popleft()
        if self._dropped:
            update, self._dropped = update.replace(dropped=self._dropped), 0
        return update

    def _make_room(self) -> None:
        for _ in range(max(1, self._most // 10)):
            self._waiting.popleft()
            self._dropped += 1
