"""Look-ups, shared: all calls of one key that wait for an order's end are settled by one look at the venue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import msgspec

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.execution.agreement import is_of_another_symbol, is_proven_end
from hk_adapter.execution.attempt import ATTEMPT_TIMEOUT, OperationHooks
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookup_round import (
    Gone,
    LookupResult,
    LookupRound,
    Missed,
    Names,
    PendingLookup,
    Shown,
    unread_in,
)
from hk_adapter.flow.caller import Caller, calling
from hk_adapter.flow.effects import Now, Sleep
from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.guard import Guard
from hk_adapter.model import Order

__all__ = ["Gone", "LookupResult", "Missed", "Names", "SharedLookups", "Shown", "unread_in"]

LONGEST_LOOK = 2 * ATTEMPT_TIMEOUT
"""Seconds after which another call may look, though one is said to be looking still."""
ASK_AGAIN = 0.02
"""Seconds after which a call asks again whether another one's look has settled its order."""
NEXT_TURN = 0.1
"""Seconds for which whoever a look left untold comes before others: longer than it takes to ask again."""


STREAM_PATIENCE = 0.3
"""Seconds that an order's end is waited for from a stream before the venue is asked, and at most a quarter of what is
left: the rest is for asking."""
HEAR_AGAIN = 0.005
"""Seconds after which a stream that is waited for is asked again what it has told; after a while, a quarter of the time
that was waited."""


class Listener(Protocol):
    """An open private stream of the key, and what it has told."""

    def is_listening(self, now: float) -> bool:
        """Whether it is open, without a gap, and was heard of late; ``now`` in seconds of the monotonic clock."""

    def end_of(self, order_id: str) -> Order | None:
        """Return an order's end as it was told, with amounts that agree, and in no doubt; None without one."""

    def open_orders(self) -> list[Order]:
        """Return what has not ended, as far as it was told; from any thread."""

    def learn_end(self, order: Order, asked: float) -> None:
        """Record an end that a look begun ``asked`` has proven, from any thread: who watches is to be told of it."""


class _Leader(msgspec.Struct, frozen=True, eq=False):
    caller: Caller | None

    def can_go_on(self) -> bool:
        return self.caller is None or self.caller.can_go_on()


class SharedLookups:
    """The look-ups of one key. Whoever finds nobody looking looks for all who wait. Thread-safe.

    A look proves nothing but an end to calls that asked after it had begun. Who looks comes first, and asks singly for
    nobody else; then who has waited longest and was told nothing looks. One round is bounded, so that neither the one
    nor the others can starve.

    Attributes:
        known: what is known of the key's orders beside what looks show.
    """

    def __init__(self, known: KnownOrders | None = None) -> None:
        self.known = KnownOrders() if known is None else known
        self._lock = Guard()
        self._pending: list[PendingLookup] = []
        self._leader: _Leader | None = None
        self._led_until = -math.inf
        self._next: list[PendingLookup] = []
        self._next_until = -math.inf
        self._listeners: tuple[Listener, ...] = ()
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Forget who looks and who waits: they are in the parent."""
        self._pending, self._leader, self._next, self._listeners = [], None, [], ()

    def listen_to(self, listener: Listener) -> None:
        """Let a stream be heard before the venue is asked."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def stop_listening_to(self, listener: Listener) -> None:
        """Forget a stream."""
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

    def told_open(self) -> list[Order]:
        """Return the orders that have not ended, as far as streams have told, open or not by now."""
        return [order for one in self._listeners for order in one.open_orders()]

    async def hear(self, pending: Sequence[PendingLookup], deadline: float) -> None:
        """Record the ends that a stream has told, or tells within a moment; nothing where none is live.

        Only of orders named by the venue's id: a client's may have been another order's before. A stream that is
        silent, or not open, or does not tell an end, is no evidence of anything.
        """
        begun = now = (await Now()).monotonic
        until = now + min(STREAM_PATIENCE, (deadline - now) / 4)
        while True:
            listening = [one for one in self._listeners if one.is_listening(now)]
            unheard = [lookup for lookup in pending if lookup.result is None and lookup.is_by_id_alone()]
            for lookup in unheard:
                asked = lookup.requests[0]
                ends = (one.end_of(asked.order_id or "") for one in listening)
                end = next((one for one in ends if one is not None and not is_of_another_symbol(one, asked)), None)
                if end is not None:
                    lookup.result = Shown(end, now, by_stream=True)
            if not listening or now >= until or all(lookup.result is not None for lookup in unheard):
                return
            await Sleep(max(HEAR_AGAIN, min((now - begun) / 4, until - now)))
            now = (await Now()).monotonic

    def _tell_listeners(self, found: Sequence[LookupResult]) -> None:
        for listener in self._listeners:
            for one in found:
                if isinstance(one, Shown) and not one.by_stream and is_proven_end(one.order):
                    listener.learn_end(one.order, one.at)

    async def look(
        self,
        hooks: OperationHooks,
        orders: Sequence[Names],
        deadline: float,
        *,
        only_ones: bool = False,
        by_stream: bool = False,
    ) -> list[LookupResult]:
        """Return how orders stand, from look-ups begun after this was called.

        Where there is no time to ask singly for all that no list shows, the first are asked for. ``deadline`` is in
        seconds of the monotonic clock. ``only_ones``: the orders are named by client order ids that no others have.
        ``by_stream``: an end that an open stream tells will do, too.
        """
        pending = [PendingLookup(names, only_one=only_ones, caller=calling.get()) for names in orders]
        own = set(pending)
        if by_stream and self._listeners:
            await self.hear(pending, deadline)
        try:
            with self._lock:
                self._pending.extend(lookup for lookup in pending if lookup.result is None)
            while waiting := [lookup for lookup in pending if lookup.result is None]:
                await self._take_turn(hooks, waiting, deadline)
            found = [lookup.result for lookup in pending if lookup.result is not None]
            if self._listeners:
                self._tell_listeners(found)
            return found
        finally:
            with self._lock:
                self._pending = [lookup for lookup in self._pending if lookup not in own]

    async def _take_turn(self, hooks: OperationHooks, waiting: list[PendingLookup], deadline: float) -> None:
        """Look, for all who wait; where another call looks, wait a moment."""
        now = (await Now()).monotonic
        leader = _Leader(calling.get())
        try:
            others = self._lead(leader, waiting, now)
            if others is not None:
                this = self._round(hooks, waiting, others, deadline)
                await this.serve()
                self._next, self._next_until = this.next, (await Now()).monotonic + NEXT_TURN
                return
        finally:
            self._end_lead(leader)
        if now >= deadline:
            for lookup in waiting:
                late = OutcomeUnknown("another call's look-up did not come to this order in time")
                lookup.result = lookup.told_by_lists() or late
        else:
            await Sleep(ASK_AGAIN)

    def _round(
        self, hooks: OperationHooks, own: list[PendingLookup], others: list[PendingLookup], deadline: float
    ) -> LookupRound:
        """Return a round for those asked for with the first one's params; the rest has its turn next.

        Nothing is asked for whoever is gone: should he come back, he asks himself.
        """
        params = own[0].params
        alike = [lookup for lookup in own if lookup.is_asked_with(params)]
        batch = {*own, *others}
        others = [lookup for lookup in others if lookup.has_caller()]
        beside = [lookup for lookup in others if lookup.is_asked_with(params)]
        strangers = [lookup for lookup in others if not lookup.is_asked_with(params)]
        return LookupRound(hooks, alike, beside, lambda: self._others(batch), deadline, strangers)

    def _lead(self, leader: _Leader, own: list[PendingLookup], now: float) -> list[PendingLookup] | None:
        """Return the others who wait to the caller that shall look for them; None while another one looks.

        Who cannot go on leads no longer: its loop stopped, its thread left it, its process forked, or it is frozen
        beneath a signal handler that asks. Neither does who leads for longer than a look should take.
        """
        with self._lock:
            if self._leader is not None and self._leader.can_go_on() and now < self._led_until:
                return None
            if self._next and now < self._next_until and self._is_others_turn(own):
                return None
            self._leader, self._led_until = leader, now + LONGEST_LOOK
        return self._others(set(own))

    def _is_others_turn(self, own: list[PendingLookup]) -> bool:
        """Whether somebody else whom the last look told nothing is still there to look next."""
        waiting = [lookup for lookup in self._next if lookup.result is None and lookup in self._pending]
        return not any(lookup in own for lookup in waiting) and any(lookup.has_caller() for lookup in waiting)

    def _others(self, known: set[PendingLookup]) -> list[PendingLookup]:
        """Return what is waited for beside the known, who came first at the front."""
        with self._lock:
            return [lookup for lookup in self._pending if lookup.result is None and lookup not in known]

    def _end_lead(self, leader: _Leader) -> None:
        with self._lock:
            if self._leader is leader:
                self._leader = None
