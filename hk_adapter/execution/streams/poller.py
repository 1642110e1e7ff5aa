"""Watch an account where the venue has no stream: ask again and again, and tell each change once."""

from __future__ import annotations

import math

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.feed import Symbols, covers, lists_of
from hk_adapter.execution.streams.hinted import LOOKED_AGAIN, Hinted, Share
from hk_adapter.execution.streams.link import OPENING
from hk_adapter.execution.streams.poll_interval import Interval
from hk_adapter.execution.streams.polled_fills import PolledFills
from hk_adapter.execution.streams.reopening import HOPELESS, LONGEST_PAUSE, Reopening
from hk_adapter.execution.streams.rounds import CLOCKS_APART
from hk_adapter.execution.streams.server_time import ServerTime
from hk_adapter.execution.streams.subjects import Subject, Subjects
from hk_adapter.execution.streams.watched_balances import WatchedBalances
from hk_adapter.execution.streams.watched_orders import MOST_FOUND, WatchedOrders, listened_to
from hk_adapter.flow.effects import Now, Random
from hk_adapter.flow.log_line import Lines
from hk_adapter.flow.streams import Listen
from hk_adapter.hooks.hints import About, Hint, Wanted
from hk_adapter.model import Order

HISTORY_EVERY = 5
"""How many lists there are to one page of the newest orders, for those that were placed and ended between two lists."""


class Poller:
    """A keeper without a connection: what is open is listed every so many seconds, and what is gone is looked up.

    Each symbol that is watched is listed by itself, unless somebody watches all. Fills and balances are asked for as
    often, and only while somebody watches them. It is never live: what happens now is told after the next list, or
    after the question that a hint has asked for.
    """

    is_live = False

    def __init__(
        self, asks: Asks, interval: Interval, patience: float = OPENING, looks: SharedLookups | None = None
    ) -> None:
        self._asks = asks
        self._log = Lines("hk_adapter.streams", most=20)
        self._looks = looks
        self._reopening = Reopening(patience)
        self._clock = ServerTime(asks)
        self._fills, self._balances = PolledFills(asks, patience, self._clock), WatchedBalances(asks, patience)
        self._subjects = Subjects(self._fills, self._balances)
        self._orders = orders = WatchedOrders(asks, self._subjects)
        self._bell = orders.bell
        self.feed, self.tracker = orders.feed, orders.tracker
        self._since: dict[str | None, int] = {}
        """Since when each symbol that is watched is, in ms UTC; None is all of them."""
        self._is_begun = False
        self._list_due = 0.0
        self._interval = interval
        self._share = Share(interval.apart)
        self._hinted = Hinted(self._share)
        self._by_hint = set[Subject]()
        self._listed: Symbols = frozenset()
        self._failures = 0
        self._rounds = 0

    def is_listening(self, now: float) -> bool:
        """As Listener.is_listening: no list is a stream's word."""
        return False

    def end_of(self, order_id: str) -> Order | None:
        """As Listener.end_of."""
        return None

    def open_orders(self) -> list[Order]:
        """As Listener.open_orders."""
        return self.tracker.open_orders()

    def learn_end(self, order: Order, asked: float) -> None:
        """As Listener.learn_end."""
        self._orders.learn_end(order, asked)

    @property
    def wanted(self) -> Wanted:
        """What is watched, for whoever may give hints."""
        fills = lists_of(self._fills.audience.symbols)
        return Wanted(orders=self.feed.wanted, fills=fills, balance=self._balances.audience.is_wanted)

    def learn_hint(self, hint: Hint) -> None:
        """Record that something may have changed: it is asked about at once, as far as the hints' share goes."""
        if hint.about is About.BALANCE:
            self._by_hint.add(self._balances)
        elif hint.symbol is None or covers(self.feed.wanted, hint.symbol):
            self._hinted.add(hint.order_id, hint.symbol)
        if hint.about is About.FILLS:
            self._by_hint.add(self._fills)
        for subject in self._by_hint:
            subject.plan(self._share.free_at)
        self._bell.ring()

    async def run(self) -> None:
        """List until nobody wants it any more. Raises what no further try would mend."""
        with listened_to(self._looks, self):
            await self._keep()

    async def finish(self) -> None:
        """As StreamKeeper.finish: nothing is open."""

    async def _keep(self) -> None:
        self._list_due = (await Now()).monotonic
        while True:
            self._orders.take_proven()
            self._orders.tell_lost()
            now = (await Now()).monotonic
            if now >= self._list_due or (self._has_somebody_new() and not self._failures):
                await self._list_all()
            elif now >= self._hints_due():
                await self._follow_hints(now)
            elif (subject := self._subjects.due(now)) is not None:
                await self._ask(subject)
            elif self.feed.wanted and (order_id := self.tracker.due(now)) is not None:
                await self._orders.look(order_id, now)
            else:
                self.feed.let_in(self.tracker.open_orders, None, self._listed)
                self._subjects.let_in()
                await Listen(self._bell, self._next_due())

    def _next_due(self) -> float:
        looks = self.tracker.next_due() if self.feed.wanted else None
        due = min(self._list_due, self._subjects.next_due(), self._hints_due())
        return due if looks is None else min(due, looks)

    def _hints_due(self) -> float:
        if not self.feed.wanted:
            self._hinted.forget()
        return math.inf if self._failures else self._hinted.next_due()  # a list that has failed is due anyhow

    async def _ask(self, subject: Subject) -> None:
        """Ask a subject's question; after a hint once more where that told nothing new, for answers may lag."""
        told, pause = subject.audience.told, self._pause()
        is_hinted = subject in self._by_hint
        self._by_hint.discard(subject)
        if is_hinted:
            self._share.spend((await Now()).monotonic)
        await subject.ask()
        if is_hinted and subject.audience.told == told:
            pause = min(pause, LOOKED_AGAIN)
        subject.plan((await Now()).monotonic + pause)

    async def _follow_hints(self, now: float) -> None:
        """Ask about orders that hints have named: about one that is open by itself, about several by a list."""
        named, others_too = self._hinted.take(now)
        before = {order_id: self.tracker.known(order_id) for order_id in named}
        one = next(iter(named)) if len(named) == 1 and not others_too else None
        if one is not None and (order := before[one]) is not None:
            if order.status is not None and order.status.final:
                return self._hinted.answered(one)
            self.tracker.doubted(one, now)
            await self._orders.look(one, now)
        else:
            await self._list_all()
            unknown = [order_id for order_id in named if self.tracker.known(order_id) is None]
            for order_id in unknown[-MOST_FOUND:] if not self._failures else ():
                await self._orders.find(order_id, named[order_id], self._since_of)
        for order_id, order in before.items():
            known = self.tracker.known(order_id)
            if known is not order or self.tracker.is_doubted(order_id):
                self._hinted.answered(order_id)
        return None

    def _pause(self) -> float:
        return self._interval.after(len(self.feed.wanted) + self._subjects.questions)

    def _has_somebody_new(self) -> bool:
        """Whether somebody watches what the last lists did not show."""
        return not all(covers(self._listed, symbol) for symbol in self.feed.wanted)

    async def _list_all(self) -> None:
        """List what is watched, and tell what is news; say when to do so again."""
        wanted, listed = self.feed.wanted, set[str | None]()
        self._rounds += 1
        if not wanted:
            self._is_begun = self._reopening.was_live = False
        elif not self._is_begun:
            self._is_begun = True
            self._reopening.begin((await Now()).monotonic)
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
        self._reopening.was_live |= bool(listed)
        shown = [symbol for symbol in self.feed.symbols if covers(self._listed, symbol)]
        since = await self._clock.now(now) - CLOCKS_APART
        self._since = {symbol: self._since.get(symbol, since) for symbol in shown}
        self._list_due = now.monotonic + self._pause()

    def _since_of(self, symbol: str | None) -> float:
        """Return since when an order of a symbol must have been placed to be anybody's news, in ms UTC."""
        return min((at for named, at in self._since.items() if named in {None, symbol}), default=math.inf)

    async def _list(self, symbol: str | None) -> bool:
        """List one symbol, or all; False where the venue refuses just that, as those who watch it are told."""
        asked = (await Now()).monotonic
        try:
            orders = await self._asks.open_orders(symbol)
        except (InvalidArgument, NotSupported) as error:
            self.feed.refuse(symbol, error)
            return False
        self._orders.learn_list(orders, asked, symbol)
        if self._rounds % HISTORY_EVERY == 0 and self._reopening.was_live:
            await self._orders.read_history(self._since_of, symbol)
        return True

    async def _put_off(self, error: AdapterError) -> None:
        """Set when to list again after a list that failed.

        Those who were told of no order in time are told why, and who watches something else goes on.
        """
        now = (await Now()).monotonic
        if self._reopening.has_waited_enough(now):
            if not self._subjects.questions:
                raise error
            self.feed.end_orders(error)
        self._log.warning("what is open could not be listed: %s", type(error).__name__)
        self.feed.note(error)
        longer = min(LONGEST_PAUSE, self._pause() * 2.0 ** min(self._failures, 10)) if self._reopening.was_live else 0.0
        self._failures += 1
        self._list_due = now + max(error.retry_after or 0.0, longer, 1.0 + await Random())
