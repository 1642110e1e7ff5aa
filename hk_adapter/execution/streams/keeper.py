"""Keep one stream: open it, read it, renew it, open it again when it is lost, and leave no gap between."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from hk_adapter.errors import AdapterError, NotSupported
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.link import OPENING, after, open_link, ping_text, read_and_tend, tend_and_close
from hk_adapter.execution.streams.reading import events_of
from hk_adapter.execution.streams.reopening import HOPELESS, Reopening
from hk_adapter.execution.streams.rounds import CLOCKS_APART, LISTED_AGAIN, LISTED_EVERY
from hk_adapter.execution.streams.subjects import Subjects
from hk_adapter.execution.streams.watched_balances import WatchedBalances
from hk_adapter.execution.streams.watched_fills import WatchedFills
from hk_adapter.execution.streams.watched_orders import WatchedOrders, listened_to
from hk_adapter.flow.effects import Now, Random
from hk_adapter.flow.log_line import Lines
from hk_adapter.flow.streams import CloseStream, Listen, Receive, SendFrame
from hk_adapter.model import (
    Order,
    OrderSeen,
    Reply,
    StreamEvent,
    StreamOver,
    StreamPlan,
    StreamReady,
    TradeSeen,
    Unread,
)

UNREAD_PAUSE = 10.0
"""Seconds between two lists that frames ask for which nobody can read."""
RENEWED_AGAIN = 60.0
"""Seconds after which a renewal that failed is tried again."""
LAST_CALL = 3.0
"""Seconds that giving back a listen key may take."""


class Keeper:
    """The stream of one account, in one flow: ``run``, until it is abandoned, and ``finish`` after that.

    ``patience``: seconds within which it must be open for the first time. ``looks``: those who look for the ends of
    orders, and hear them from here first.

    Attributes:
        feed: those who watch.
        is_live: whether the stream is open, was heard of late, and the gap before it is closed.
        heard_at: when the last frame came, in seconds of the monotonic clock.
    """

    def __init__(self, asks: Asks, patience: float = OPENING, looks: SharedLookups | None = None) -> None:
        self._asks = asks
        self._log = Lines("hk_adapter.streams", most=20)
        self._looks = looks
        self._reopening = Reopening(patience)
        self._subjects = Subjects(WatchedFills(asks, patience), WatchedBalances(asks, patience))
        self._orders = orders = WatchedOrders(asks, self._subjects)
        self._bell, self._tickets = orders.bell, orders.tickets
        self.feed, self.tracker = orders.feed, orders.tracker
        self.is_live = False
        self.heard_at = 0.0
        self._since = 0
        self._plan: StreamPlan | None = None
        self._link: Any = None
        self._over = False
        self._is_ready = True
        self._list_due = math.inf

    def is_listening(self, now: float) -> bool:
        """As Listener.is_listening."""
        plan = self._plan
        return self.is_live and plan is not None and now - self.heard_at < plan.silence / 2

    def end_of(self, order_id: str) -> Order | None:
        """As Listener.end_of."""
        return self.tracker.heard_end(order_id)

    def open_orders(self) -> list[Order]:
        """As Listener.open_orders."""
        return self.tracker.open_orders()

    def learn_end(self, order: Order, asked: float) -> None:
        """As Listener.learn_end."""
        self._orders.learn_end(order, asked)

    async def run(self) -> None:
        """Keep the stream until nobody wants it any more. Raises what no further try would mend."""
        with listened_to(self._looks, self):
            await self._reopening.keep(self._once, self.feed.note)

    async def _once(self) -> float:
        plan, link = await self._open()
        return await self._live(plan, link)

    async def finish(self) -> None:
        """Close what is open, and release what was taken: after ``run``, and for a few seconds at the most."""
        self._over, self.is_live = True, False
        link, self._link = self._link, None
        if link is not None:
            await CloseStream(link)
        plan, self._plan = self._plan, None
        self._orders.reader = None
        if plan is not None:
            await self._give_back(plan)

    async def _open(self) -> tuple[StreamPlan, Any]:
        plan = await self._asks.open_stream()
        before, self._plan = self._plan, plan
        self._orders.reader = plan.reader
        if before is not None and before.key != plan.key:
            await self._give_back(before)
        self._link = await open_link(plan.url)
        return plan, self._link

    async def _give_back(self, plan: StreamPlan) -> None:
        try:
            await self._asks.close_stream(plan, LAST_CALL)
        except AdapterError as error:
            if not isinstance(error, NotSupported):
                self._log.info("a stream's key could not be given back, and ends by itself: %s", type(error).__name__)

    async def _live(self, plan: StreamPlan, link: Any) -> float:
        """Read and tend an open connection until it is lost; return how long it was there, in seconds.

        Raises only what is no such loss.
        """
        self._over, begun = False, (await Now()).monotonic
        self.heard_at, self._is_ready = begun, not plan.awaits_ready
        self._list_due = begun if self._is_ready else begun + OPENING
        self._subjects.opened(plan.reader, begun)
        error = await read_and_tend(link, self._reading(plan, link), self._tending(plan, link))
        self._link = None
        if error is not None:
            raise error
        return (await Now()).monotonic - begun

    async def _reading(self, plan: StreamPlan, link: Any) -> None:
        try:
            while not self._over:
                frame = await Receive(link, self.heard_at + plan.silence)
                now = (await Now()).monotonic
                if frame is None:
                    if now >= self.heard_at + plan.silence:
                        self._log.warning("the stream has been silent for %.0f s, and is opened again", plan.silence)
                        return
                    continue
                self.heard_at = now
                for event in events_of(plan, frame):
                    await self._take(event, link, now)
                    if self._subjects.heard(event, self.tracker, now):
                        self._bell.ring()
        finally:
            self._over, self.is_live = True, False
            self._bell.ring()

    async def _take(self, event: StreamEvent, link: Any, now: float) -> None:
        match event:
            case OrderSeen(order=order):
                self._tickets.reported(order)
                if (news := self.tracker.heard(order, now)) is not None:
                    self._orders.tell_heard(news)
            case TradeSeen(trade=trade, told_as=name):
                if self._tickets.add(trade, name) and self._tickets.awaits(trade.order_id, self.tracker, now):
                    self._bell.ring()
            case Reply(text=text):
                await SendFrame(link, text)
            case Unread(reason=reason, order_id=order_id):
                self._log.warning("an event of the stream could not be read: %s", reason)
                if order_id is not None:
                    self.tracker.doubted(order_id, now)
                else:
                    self._list_due = min(self._list_due, now + UNREAD_PAUSE)
            case StreamOver() | StreamReady():
                self._begin_or_end(event, now)
            case _:
                return
        if self.tracker.has_doubt or isinstance(event, Unread):
            self._bell.ring()

    def _begin_or_end(self, event: StreamOver | StreamReady, now: float) -> None:
        if isinstance(event, StreamOver):
            self._log.warning("the stream is over, and is opened again: %s", event.reason)
            self._over = True
        elif not self._is_ready:
            self._is_ready, self._list_due = True, now
            self._bell.ring()

    async def _tending(self, plan: StreamPlan, link: Any) -> None:
        try:
            await tend_and_close(link, partial(self._tend, plan, link))
        finally:
            self._over, self.is_live = True, False

    async def _tend(self, plan: StreamPlan, link: Any) -> None:
        for first in await self._asks.first_texts(plan):
            await SendFrame(link, first)
        now = (await Now()).monotonic
        ping, renew, end = (after(now, span) for span in (plan.ping_every, plan.renew_every, plan.lifetime))
        while not self._over:
            self._orders.take_proven()
            self._orders.tell_lost()
            moment = await Now()
            now = moment.monotonic
            if now >= end:
                return
            if now >= ping:
                text = ping_text(plan.reader, moment.timestamp)
                if text is not None:
                    await SendFrame(link, text)
                ping = after(now, plan.ping_every)
            elif now >= renew:
                again = await self._renew(plan, now)
                if again is None:
                    return
                renew = again
            elif now >= self._list_due and not self._is_ready:
                self._log.warning("the venue has not said that the stream tells anything, and it is opened again")
                return
            elif not await self._ask_what_is_due(now):
                self._let_in()
                await Listen(self._bell, self._next_due(ping, renew, end))

    async def _ask_what_is_due(self, now: float) -> bool:
        """Ask one question over REST; False where none is due."""
        if now >= self._list_due:
            await self._close_gap(now)
        elif self.is_live and (subject := self._subjects.due(now)) is not None:
            await subject.ask()
        elif (order_id := self._due(now)) is not None:
            await self._orders.look(order_id, now)
        else:
            return False
        return True

    def _next_due(self, *more: float) -> float | None:
        """Return when something is to be done if nobody rings, ``more`` included; None: never."""
        others = self._subjects.next_due() if self.is_live else math.inf
        dues = (self._list_due, self.tracker.next_due(), self._tickets.next_due(), others, *more)
        due = min(one for one in dues if one is not None)
        return None if due == math.inf else due

    async def _renew(self, plan: StreamPlan, now: float) -> float | None:
        """Renew the stream; return when to do so next, None where the venue has it no more."""
        try:
            is_there = await self._asks.renew_stream(plan)
        except HOPELESS:
            raise
        except AdapterError as error:
            self._log.warning("the stream's key could not be renewed yet: %s", type(error).__name__)
            return now + RENEWED_AGAIN
        return after(now, plan.renew_every) if is_there else None

    def _due(self, now: float) -> str | None:
        for order_id in self._tickets.late(now, self.tracker):
            self.tracker.doubted(order_id, now)
        return self.tracker.due(now)

    async def _close_gap(self, now: float) -> None:
        """List what is open, and tell what is news; from then on the stream is live."""
        first = not self.is_live
        try:
            orders = await self._asks.open_orders()
        except HOPELESS:
            raise
        except AdapterError as error:
            if self._reopening.has_waited_enough((await Now()).monotonic):
                raise
            self._log.warning("what is open could not be listed yet: %s", type(error).__name__)
            self.feed.note(error)
            self._list_due = now + max(error.retry_after or 0.0, 1.0 + await Random())
            return
        self._orders.learn_list(orders, now)
        if self._reopening.was_live:  # what ended before the first stream is nobody's news
            await self._orders.read_history(lambda symbol: self._since)
        soon = first and (self._reopening.was_live or bool(self.tracker.open_orders()))
        self._list_due = now + (LISTED_AGAIN if soon else LISTED_EVERY)
        if not self._over:
            self._begin_to_live((await Now()).timestamp)
        self._let_in()

    def _begin_to_live(self, timestamp: int) -> None:
        if not self._reopening.was_live:
            self._since = timestamp - CLOCKS_APART
        self.is_live = self._reopening.was_live = True

    def _let_in(self) -> None:
        if self.is_live:
            self.feed.let_in(self.tracker.open_orders, self._orders.reader)
            self._subjects.let_in()
