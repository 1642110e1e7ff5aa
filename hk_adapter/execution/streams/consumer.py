"""One who watches orders: updates of one order are folded where there is no room, and what was dropped is counted."""

from __future__ import annotations

from collections import deque

from hk_adapter.execution.streams.waiting import MOST_WAITING, Waiting
from hk_adapter.model import OrderUpdate


class Consumer(Waiting[OrderUpdate]):
    """A consumer of order updates.

    Attributes:
        symbol: the only one whose orders it is told of; None: all.
    """

    def __init__(self, symbol: str | None = None, most: int = MOST_WAITING) -> None:
        super().__init__(most)
        self.symbol = symbol
        self._dropped = 0

    def lose(self, updates: int) -> None:
        """Count updates that never came: the next one says so."""
        with self._lock:
            self._dropped += updates

    def _take_next(self) -> OrderUpdate:
        update = self._waiting.popleft()
        if self._dropped:
            update, self._dropped = update.replace(dropped=self._dropped), 0
        return update

    def _make_room(self) -> None:
        """Fold the updates of each order into the last one; where that is not enough, drop the oldest tenth."""
        last: dict[str | None, OrderUpdate] = {}
        for update in self._waiting:
            before = last.pop(update.order.id, None)
            folded = 0 if before is None else before.folded + 1
            last[update.order.id] = update.replace(folded=update.folded + folded) if folded else update
        self._waiting = deque(last.values())
        spare = max(1, self._most // 10)
        while len(self._waiting) > self._most - spare:
            self._dropped += 1 + self._waiting.popleft().folded
