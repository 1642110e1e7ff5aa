"""One request of a key after another, each with a higher nonce: for venues that take them in that order only.

A request goes out when the one before it is over: on two connections, the later one might arrive first. Nothing here
waits; a runner asks, sleeps, and asks again.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from hk_adapter.flow.caller import Caller, calling
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.runtime import Admission, over_by

_ASK_AGAIN = 0.005
"""Seconds until a waiter asks again who waits for another one's answer."""


class _Place(msgspec.Struct, eq=False):
    """One call's place in the queue. Times in seconds of the monotonic clock.

    ``held_until``: when its own budget may have room at the earliest; till then it lets others pass. ``over_by``: when
    its exchange is over at the latest, once it went out.
    """

    call: HttpCall
    deadline: float
    ticket: Any
    holder: Caller | None
    held_until: float = -math.inf
    over_by: float = math.inf

    def waits(self, now: float) -> bool:
        """Whether it will still come, seen by another one."""
        return self.deadline > now >= self.held_until and self._can_go_on()

    def is_under_way(self, now: float) -> bool:
        """Whether its exchange may be under way. Who is gone gave up on it, or froze: it was over by its timeout."""
        return now < self.over_by and self._can_go_on()

    def _can_go_on(self) -> bool:
        return self.holder is None or self.holder is calling.get() or self.holder.can_go_on()


class RequestQueue:
    """Whose turn it is among the ordered requests of one key, and the nonce of the last. Thread-safe."""

    def __init__(self) -> None:
        self.lock = Guard()
        self.waiting: list[_Place] = []
        self.under_way: _Place | None = None
        self._last = 0
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Keep the nonce, and nobody who waits in the parent."""
        self.waiting, self.under_way = [], None

    def nonce(self, least: int) -> int:
        """Return a number above all before it."""
        with self.lock:
            self._last = max(self._last + 1, least)
            return self._last

    def is_first(self, place: _Place, now: float) -> bool:
        """Whether nothing is under way, and nobody waits who goes before it: cancels and what confirms them do."""
        if self.under_way is not None and self.under_way.is_under_way(now):
            return False
        here = self.waiting.index(place)
        others = (other for number, other in enumerate(self.waiting) if _goes_before(other, place, number < here))
        return not any(other.waits(now) for other in others)


def _goes_before(one: _Place, other: _Place, came_first: bool) -> bool:
    if one is other:
        return False
    urgent, others_urgent = one.call.lane is not Lane.NORMAL, other.call.lane is not Lane.NORMAL
    return urgent if urgent is not others_urgent else came_first


class InOrder:
    """The budget of a key whose signed requests go out one after another: those of some groups, or where None, all.

    Their nonces are the venue's time in so many parts of a second, or one more than the last.
    """

    def __init__(self, admission: Admission, queue: RequestQueue, groups: frozenset[str] | None, parts: int) -> None:
        self._admission = admission
        self._queue = queue
        self._groups = groups
        self._parts = parts
        self.pause, self.pause_left = admission.pause, admission.pause_left

    def orders(self, call: HttpCall) -> bool:
        """Whether a call is one of those that go out in order."""
        return call.signed and (self._groups is None or call.group in self._groups)

    def enter(self, call: HttpCall, deadline: float) -> Any:
        """Queue a call and return its ticket, which must be given back by ``leave``."""
        ticket = self._admission.enter(call, deadline)
        if not self.orders(call):
            return ticket
        place = _Place(call, deadline, ticket, calling.get())
        with self._queue.lock:
            self._queue.waiting.append(place)
        return place

    def ask(self, ticket: Any, now: float) -> float:
        """Return 0 if the call may go out now, else when to ask again; infinite if never before its deadline."""
        if not isinstance(ticket, _Place):
            return self._admission.ask(ticket, now)
        queue = self._queue
        with queue.lock:
            if not queue.is_first(ticket, now):
                return _ASK_AGAIN
            seconds = self._admission.ask(ticket.ticket, now)
            if seconds == 0:
                ticket.over_by = over_by(ticket.call, ticket.deadline, now)
                queue.under_way = ticket
                queue.waiting.remove(ticket)
            elif seconds < math.inf:
                ticket.held_until = now + seconds
            return seconds

    def leave(self, ticket: Any, now: float, *, counted_until: float | None = None) -> None:
        """Release a ticket; ``counted_until`` where the venue may count the request later than now."""
        if not isinstance(ticket, _Place):
            return self._admission.leave(ticket, now, counted_until=counted_until)
        self._admission.leave(ticket.ticket, now, counted_until=counted_until)
        with self._queue.lock:
            if ticket in self._queue.waiting:
                self._queue.waiting.remove(ticket)
            if self._queue.under_way is ticket:
                self._queue.under_way = None
        return None

    def numbered(self, call: HttpCall, timestamp: int) -> HttpCall:
        """Return a call with its nonce, at the venue's time in ms UTC; one that is not ordered as it is."""
        return call.replace(nonce=self._queue.nonce(timestamp * self._parts // 1000)) if self.orders(call) else call
