"""Watch orders where the venue has no stream: list them again and again, and tell each change once."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.feed import Symbols, covers
from hk_adapter.execution.streams.keeper import OPENING, Keeper
from hk_adapter.execution.streams.reopening import HOPELESS, LONGEST_PAUSE
from hk_adapter.execution.streams.rounds import CLOCKS_APART
from hk_adapter.flow.effects import Now, Random
from hk_adapter.flow.log_line import Lines
from hk_adapter.flow.streams import Listen
from hk_adapter.hooks import Declared
from hk_adapter.hooks.opened_venue import budgets_of

_LOG = Lines("hk_adapter.streams")

SHORTEST, LONGEST = 2.0, 60.0
"""Seconds between two lists, where nobody sets them, at the least and at the most."""
SHARE = 4
"""A list, at a weight of one, takes every fourth place of the venue's slowest limit at the most."""
HISTORY_EVERY = 5
"""How many lists there are to one page of the newest orders, for those that were placed and ended between two lists."""


def default_interval(limits: Mapping[str, Declared], seconds_an_order: float) -> float:
    """Return how many seconds there are between two lists, by a venue's declared limits.

    ``seconds_an_order`` is for a venue that declares none: what it says that an order of a call of several takes.
    """
    paces = [budget.window / budget.amount for declared in limits.values() for budget in budgets_of(declared)]
    return min(LONGEST, max(SHORTEST, SHARE * (max(paces) if paces else seconds_an_order)))


class Poller(Keeper):
    """A keeper without a connection: what is open is listed every so many seconds, and what is gone is looked up.

    Each symbol that is watched is listed by itself, unless somebody watches all. It is never live: what happens now is
    told after the next list. ``every``: seconds from the end of one round of lists to the next.
    """

    def __init__(self, asks: Asks, every: float, patience: float = OPENING, looks: SharedLookups | None = None) -> None:
        super().__init__(asks, patience, looks)
        self._every = every
        self._listed: Symbols = frozenset()
        self._failures = 0
        self._rounds = 0

    async def _keep_open(self) -> None:
        self._list_due = (await Now()).monotonic
        self._reopening.begin(self._list_due)
        while True:
            self._take_proven()
            now = (await Now()).monotonic
            if now >= self._list_due or (self._has_somebody_new() and not self._failures):
                await self._list_all()
            elif (order_id := self.tracker.due(now)) is not None:
                await self._look(order_id, now)
            else:
                self.feed.let_in(self.tracker.open_orders, None, self._listed)
                await Listen(self._bell, min(self._list_due, self.tracker.next_due() or self._list_due))

    def _has_somebody_new(self) -> bool:
        """Whether somebody watches what the last lists did not show."""
        return not all(covers(self._listed, symbol) for symbol in self.feed.wanted)

    async def _list_all(self) -> None:
        """List what is watched, and tell what is news; say when to do so again."""
        wanted, listed = self.feed.wanted, set[str | None]()
        self._rounds += 1
        try:
            for symbol in wanted:
                if await self._list(symbol):
                    listed.add(symbol)
        except HOPELESS:
            raise
        except AdapterError as error:
            await self._put_off(error)
            return
        self._failures, self._listed = 0, frozenset(listed)
        now = await Now()
        if listed and not self._reopening.was_live:
            self._reopening.was_live, self._since = True, now.timestamp - CLOCKS_APART
        self._list_due = now.monotonic + self._every

    async def _list(self, symbol: str | None) -> bool:
        """List one symbol, or all; False where the venue refuses just that, as those who watch it are told."""
        asked = (await Now()).monotonic
        try:
            orders = await self._asks.open_orders(symbol)
        except (InvalidArgument, NotSupported) as error:
            self.feed.refuse(symbol, error)
            return False
        self._learn_list(orders, asked, symbol)
        if self._rounds % HISTORY_EVERY == 0:
            await self._read_history(symbol)
        return True

    async def _put_off(self, error: AdapterError) -> None:
        """Set when to list again after a list that failed. Raises its error where nobody was told anything in time."""
        now = (await Now()).monotonic
        if self._reopening.has_waited_enough(now):
            raise error
        _LOG.warning("what is open could not be listed: %s", type(error).__name__)
        self.feed.note(error)
        longer = min(LONGEST_PAUSE, self._every * 2.0 ** min(self._failures, 10)) if self._reopening.was_live else 0.0
        self._failures += 1
        self._list_due = now + max(error.retry_after or 0.0, longer, 1.0 + await Random())
