"""An account's orders, for those who watch: what is heard, listed or looked up goes in, and each change is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported, OrderNotFound
from hk_adapter.execution.lookups import Listener, SharedLookups
from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.audience import SharedFeed
from hk_adapter.execution.streams.feed import found
from hk_adapter.execution.streams.reopening import HOPELESS
from hk_adapter.execution.streams.subjects import Subjects
from hk_adapter.execution.streams.tickets import Tickets
from hk_adapter.execution.streams.tracker import Since, Tracker
from hk_adapter.flow.bell import Bell
from hk_adapter.flow.effects import Now
from hk_adapter.flow.log_line import Lines
from hk_adapter.model import Order, OrderUpdate, StreamReader

MOST_FOUND = 3
"""Orders that no list shows are looked up, by their names alone, so many at a time: these are hearsay."""
_MOST_LINES = 20
"""Of the same words in a minute."""


class WatchedOrders:
    """What is known of orders, whether a stream tells of them or lists do. One flow uses it.

    Attributes:
        bell: rung when there is something to be done, from any thread.
        subjects: what is watched beside orders.
        feed: those who watch, of all kinds.
        tracker: where each order stands.
        tickets: fills that must show in their orders.
        reader: the stream's, which knows the venue's words for symbols; None without a stream.
    """

    def __init__(self, asks: Asks, subjects: Subjects) -> None:
        self._asks = asks
        self.bell = Bell()
        self.subjects = subjects
        self.feed = SharedFeed(self.bell.ring, subjects.audiences)
        self.tracker = Tracker()
        self.tickets = Tickets()
        self.reader: StreamReader | None = None
        self._proven: deque[tuple[Order, float]] = deque()
        self._log = Lines("hk_adapter.streams", most=_MOST_LINES)

    def learn_end(self, order: Order, asked: float) -> None:
        """As Listener.learn_end: from any thread, and told in the flow's next round."""
        self._proven.append((order, asked))
        self.bell.ring()

    def take_proven(self) -> None:
        """Pass on ends that the account's own cancels have proven by asking, where nothing else has."""
        while self._proven:
            order, asked = self._proven.popleft()
            self.tickets.reported(order)
            if (news := self.tracker.proven(order, asked)) is not None:
                self.tell_found(news, asked)

    def tell_lost(self) -> None:
        """Pass on that something was lost, for more orders were told of than are kept."""
        if lost := self.tracker.take_lost():
            self.feed.lose(lost)

    def learn_list(self, orders: list[Order], asked: float, symbol: str | None = None) -> None:
        """Pass on what a whole list of open orders shows, asked for at a time.

        What is gone from it is in doubt, and so is what it names in a row that cannot be read.
        """
        unread, nameless = self._unread(orders, "open orders", symbol)
        if nameless:  # any order may be the one that cannot be read: none is missing
            unread |= {one.id: one.symbol for one in self.tracker.open_orders() if one.id is not None}
        for news in self.tracker.listed(orders, unread, asked, symbol):
            self.tell_found(news, asked)

    def _unread(self, orders: list[Order], which: str, symbol: str | None) -> tuple[dict[str, str | None], int]:
        """Return the ids in a list's rows that cannot be read, each with its symbol, and how many rows name none."""
        rows = getattr(orders, "unread", ())
        named = [row.order for row in rows if row.order is not None]
        unread = {one.id: one.symbol or symbol for one in named if one.id is not None}
        if nameless := len(rows) - len(unread):
            self._log.error("%d rows in the list of %s cannot be read, and are not told", nameless, which)
        return unread, nameless

    async def read_history(self, since: Since, symbol: str | None = None) -> None:
        """Find what was placed ``since`` its symbol's time, and has ended: as far as one page of the newest goes."""
        asked = (await Now()).monotonic
        try:
            orders = await self._asks.newest_orders(symbol)
        except HOPELESS as error:
            if not isinstance(error, NotSupported):
                raise
            return  # a venue without such a list: what a look-up shows is all
        except AdapterError as error:
            self._log.warning("the newest orders could not be listed: %s", type(error).__name__)
            return
        for news in self.tracker.remembered(orders, asked, since):
            self.tell_found(news, asked)
        unread, _ = self._unread(orders, "the newest orders", symbol)
        unknown = [order_id for order_id in unread if self.tracker.known(order_id) is None]
        for order_id in unknown[:MOST_FOUND]:
            await self.find(order_id, unread[order_id], since)

    async def look(self, name: str, asked: float) -> None:
        """Look up the order that goes by a name, and pass on what is news."""
        order_id, symbol = self.tracker.asked_by(name)
        try:
            order = await self._asks.order(order_id, symbol)
        except OrderNotFound:
            self.tracker.not_found(name, (await Now()).monotonic)
            return
        except (InvalidArgument, NotSupported):
            if self.tracker.known(name) is not None:
                raise
            self.tracker.not_found(name, (await Now()).monotonic)  # of hearsay no symbol may be known, to ask by
            return
        except HOPELESS:
            raise
        except AdapterError as error:
            self._log.warning("order %s could not be looked up yet: %s", order_id, type(error).__name__)
            self.tracker.not_shown(name, (await Now()).monotonic)
            return
        self.tickets.reported(order)
        if self.tracker.name_of(order) != name:
            self.tracker.not_found(name, (await Now()).monotonic)  # the venue shows another one
        if (news := self.tracker.looked(order, asked, (await Now()).monotonic)) is not None:
            self.tell_found(news, asked)

    async def find(self, order_id: str, symbol: str | None, since: Since) -> None:
        """Look up an order that nobody has shown, and pass it on where it was placed ``since`` its symbol's time.

        No error of it ends anything: its name is hearsay.
        """
        asked = (await Now()).monotonic
        try:
            order = await self._asks.order(order_id, symbol)
        except AdapterError as error:
            self._log.info("an order that was hinted at could not be looked up: %s", type(error).__name__)
            return
        for news in self.tracker.remembered([order], asked, since):
            self.tell_found(news, asked)

    def tell_heard(self, order: Order) -> None:
        """Pass on what the stream has shown."""
        self.feed.tell(OrderUpdate(order=order), self.reader)

    def tell_found(self, order: Order, asked: float) -> None:
        """Pass on what asking has shown, begun at a time."""
        self.feed.tell(found(order), self.reader)
        self.subjects.found(order, asked)


@contextmanager
def listened_to(looks: SharedLookups | None, listener: Listener) -> Iterator[None]:
    """Let cancels hear of ends from a listener first, for as long as the block lasts."""
    if looks is None:
        yield
        return
    looks.listen_to(listener)
    try:
        yield
    finally:
        looks.stop_listening_to(listener)
