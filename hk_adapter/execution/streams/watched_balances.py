"""The balances of an account, for those who watch them: first all, then each change, by asking where need be."""

from __future__ import annotations

from collections.abc import Iterable

from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.audience import Audience
from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.funds import Funds
from hk_adapter.execution.streams.subjects import Subject
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.flow.effects import Moment, Now
from hk_adapter.model import BalancesSeen, BalanceUpdate, Evidence, Order, StreamEvent, StreamReader, Unread


class WatchedBalances(Subject):
    """What is told of balances."""

    question = "the balances"

    def __init__(self, asks: Asks, patience: float) -> None:
        super().__init__(Audience(BalanceWatcher), asks, patience)
        self._funds = Funds()
        self._was_unread = False

    def begin(self) -> None:
        """As Subject.begin."""
        self._funds.forget()

    def opened(self, reader: StreamReader, now: float) -> None:
        """As Subject.opened."""
        super().opened(reader, now)
        self._funds.opened()

    def heard(self, event: StreamEvent, tracker: Tracker, now: float) -> None:
        """As Subject.heard."""
        if not self.audience.is_wanted:
            return
        if isinstance(event, BalancesSeen):
            if changed := self._funds.heard(event.balances, now):
                self.audience.tell(BalanceUpdate(balances=self._funds.balances, changed=changed))
        elif isinstance(event, Unread) and event.order_id is None:
            self._was_unread = True
        else:
            return
        self.settle(now)

    async def learn(self, asked: Moment) -> None:
        """As Subject.learn."""
        self._was_unread = False
        balances = await self._asks.balance()
        if changed := self._funds.answered(balances, asked, await Now()):
            self.audience.tell(
                BalanceUpdate(balances=self._funds.balances, changed=changed, evidence=Evidence.QUERY, live=False)
            )

    def settle(self, now: float) -> None:
        """As Subject.settle."""
        if self._funds.in_doubt or self._was_unread:
            self._rounds.doubted(now)

    def first(self) -> Iterable[BalanceUpdate]:
        """As Subject.first: all that there is."""
        balances = self._funds.balances
        changed = frozenset(balances.by_currency)
        return (BalanceUpdate(balances=balances, changed=changed, evidence=Evidence.QUERY, live=False),)

    def has_failed(self) -> None:
        """As Subject.has_failed: nothing waits for the answer."""

    def found(self, order: Order, now: float) -> None:
        """As Subject.found: what an order shows tells nothing of balances."""
