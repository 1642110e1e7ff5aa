"""One who watches balances: the last update has all that there is, so that earlier ones are folded into it."""

from __future__ import annotations

from hk_adapter.execution.streams.audience import Watcher
from hk_adapter.execution.streams.waiting import MOST_WAITING
from hk_adapter.model import BalanceUpdate


class BalanceWatcher(Watcher[BalanceUpdate]):
    """One who watches balances, of all currencies."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        super().__init__(None, most)

    def wants(self, update: BalanceUpdate) -> bool:
        """As Watcher.wants."""
        return True

    def _take_next(self) -> BalanceUpdate:
        return self._waiting.popleft()

    def _make_room(self) -> None:
        """Fold all that waits into the last one."""
        waiting = list(self._waiting)
        changed = frozenset[str]().union(*(one.changed for one in waiting))
        folded = sum(one.folded for one in waiting) + len(waiting) - 1
        self._waiting.clear()
        self._waiting.append(waiting[-1].replace(changed=changed, folded=folded))
