"""The local rate budget of one key: exact sliding windows, so that the venue's own limiter never has to refuse.

A slot is free again one window after its exchange *ended*: charged at the time of sending, ordinary network jitter
would breach the venue's window. Nothing here waits; a runner asks, sleeps, and asks again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.process import renew_after_fork
from hk_adapter.hooks import RateLimit

_ASK_AGAIN = 0.02
"""Seconds until a waiter asks again whose turn depends on exchanges that are still under way."""

_GRACE = 1.0
"""Seconds after its deadline at which an exchange that nobody ended counts as ended."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One call's place in the budget. ``deadline`` and ``ended`` are seconds of the monotonic clock."""

    group: str
    cost: int
    lane: Lane
    deadline: float
    charged: bool = False
    ended: float | None = None


@dataclass(slots=True)
class _Group:
    limit: RateLimit
    charges: list[Ticket] = field(default_factory=list)
    waiting: list[Ticket] = field(default_factory=list)
    paused_until: float = -math.inf


class RateBudget:
    """What one key may still ask of its venue, group by group. Thread-safe.

    Groups without a limit are free, but for pauses.
    """

    def __init__(self, limits: Mapping[str, RateLimit]) -> None:
        self._lock = Lock()
        self._groups = {name: _Group(limit) for name, limit in limits.items()}
        self._free_from: dict[str | None, float] = {}
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Keep what was charged and paused, but nobody who waits in the parent. From here on each counts alone."""
        self._lock = Lock()
        for group in self._groups.values():
            group.waiting = []

    def enter(self, call: HttpCall, deadline: float) -> Ticket:
        """Queue a call. Every ticket must be given back with ``leave``, whatever became of the call."""
        group = self._groups.get(call.group)
        cost = 1 if group is not None and not group.limit.by_weight else call.weight
        ticket = Ticket(call.group, cost, call.lane, deadline)
        if group is not None:
            ticket.cost = min(cost, group.limit.amount)
            with self._lock:
                group.waiting.append(ticket)
        return ticket

    def ask(self, ticket: Ticket, now: float) -> float:
        """Take the slot if it is free: 0 means that the call may go out.

        Otherwise the number of seconds after which to ask again; infinite as soon as it is certain that no slot
        comes free before the ticket's deadline.
        """
        group = self._groups.get(ticket.group)
        if group is None:
            return self._ask_unlimited(ticket, now)
        with self._lock:
            group.charges = [charge for charge in group.charges if _is_live(charge, group.limit, now)]
            earliest = _earliest_start(group, ticket, now)
            if earliest >= ticket.deadline:
                return math.inf
            if earliest > now:
                return min(earliest - now, max(_ASK_AGAIN, _next_release(group, now) - now))
            group.waiting.remove(ticket)
            group.charges.append(ticket)
            ticket.charged = True
            return 0.0

    def pause_left(self, group: str, now: float) -> float | None:
        """Say for how many seconds a group is paused still; None where it is not."""
        left = max(self._free_from.get(group, now), self._free_from.get(None, now)) - now
        return left if left > 0 else None

    def _ask_unlimited(self, ticket: Ticket, now: float) -> float:
        """Pauses hold even where nothing is counted."""
        left = self.pause_left(ticket.group, now) or 0.0
        if now + left >= ticket.deadline:
            return math.inf
        ticket.charged = left == 0
        return left

    def leave(self, ticket: Ticket, now: float) -> None:
        """Give a ticket back: its exchange ended now, or it never went out."""
        group = self._groups.get(ticket.group)
        if group is None:
            return
        with self._lock:
            ticket.ended = now
            if ticket in group.waiting:
                group.waiting.remove(ticket)

    def pause(self, group: str | None, until: float) -> None:
        """Let nothing of a group out before a monotonic time in seconds; None pauses every group."""
        with self._lock:
            self._free_from[group] = max(until, self._free_from.get(group, until))
            for name, state in self._groups.items():
                if group is None or name == group:
                    state.paused_until = max(state.paused_until, until)


def _is_live(charge: Ticket, limit: RateLimit, now: float) -> bool:
    # An exchange is over by its deadline; one that was never given back has died with its loop or its thread.
    ended = charge.deadline + _GRACE if charge.ended is None else charge.ended
    return now < ended + limit.window


def _next_release(group: _Group, now: float) -> float:
    known = [charge.ended + group.limit.window for charge in group.charges if charge.ended is not None]
    return min((time for time in known if time > now), default=now)


def _earliest_start(group: _Group, ticket: Ticket, now: float) -> float:
    """Say when a ticket can start at the earliest: exactly now, or a time before which it certainly cannot."""
    place = group.waiting.index(ticket)
    before = [other for other in group.waiting[:place] if not _gives_way(other, ticket)]
    passing = [other for other in group.waiting[place + 1 :] if _gives_way(ticket, other)]
    ahead = sum(other.cost for other in (*before, *passing) if other.deadline > now)
    start = _supply(group, group.charges, group.limit.amount, ahead + ticket.cost, now)
    if ticket.lane is Lane.NORMAL:
        own = [charge for charge in group.charges if charge.lane is Lane.NORMAL]
        share = group.limit.amount - group.limit.kept
        start = max(start, _supply(group, own, share, min(ticket.cost, share), now))
    return max(start, now, group.paused_until)


def _gives_way(one: Ticket, other: Ticket) -> bool:
    """Whether a waiting call lets another pass: those of the kept lanes go first."""
    return one.lane is Lane.NORMAL and other.lane is not Lane.NORMAL


def _supply(group: _Group, charges: list[Ticket], amount: int, needed: int, now: float) -> float:
    """Say when ``needed`` units have come free at the earliest, of ``amount`` that each serve once per window."""
    window = group.limit.window
    frees: list[float] = []
    for charge in charges:
        free = now + window if charge.ended is None else charge.ended + window
        frees += [free] * charge.cost
    frees = [now] * max(0, amount - len(frees)) + sorted(frees)
    rounds, index = divmod(needed - 1, amount)
    return frees[index] + rounds * window
