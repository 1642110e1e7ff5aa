"""The local rate budget of one key: exact sliding windows, so that the venue's own limiter never has to refuse.

A slot is free again one window after its exchange *ended*: charged at the time of sending, ordinary network jitter
would breach the venue's window. An exchange without an answer ends later for the budget than for us (COUNTED_LATE): the
venue counts it when it arrives. Nothing here waits; a runner asks, sleeps, and asks again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.owner import Driver, driver
from hk_adapter.flow.process import renew_after_fork
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.runtime import COUNTED_LATE, over_by
from hk_adapter.hooks import RateLimit

_FEW = 16
"""Charges that may be kept for longer than they count."""
_ASK_AGAIN = 0.02
"""Seconds until a waiter asks again whose turn depends on exchanges that are still under way."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One call's place in the budget. ``deadline``, ``over_by`` and ``ended`` are seconds of the monotonic clock.

    One that is not ``limited`` is counted for the others, and waits for pauses alone. ``over_by`` is when its exchange
    is over at the latest, known once it is charged.
    """

    call: HttpCall
    deadline: float
    limited: bool
    cost: int
    over_by: float = math.inf
    charged: bool = False
    ended: float | None = None
    holder: Driver | None = None

    def may_come(self, now: float) -> bool:
        """Whether it will still ask for its slot, seen by another one that waits."""
        if self.deadline <= now:
            return False
        return self.holder is None or self.holder is driver.get() or self.holder.can_go_on()

    def charge(self, now: float) -> None:
        """Record that its exchange goes out now."""
        self.over_by = over_by(self.call, self.deadline, now)

    def counts_until(self) -> float:
        """Return until when the venue may still count it, as far as that is known. Its window begins then.

        Who never gave it back is frozen, or died with its loop or its thread: its exchange was over by its own timeout.
        """
        return self.over_by + COUNTED_LATE if self.ended is None else self.ended


@dataclass(slots=True)
class _Group:
    limits: list[RateLimit]
    counted: list[RateLimit] = field(default_factory=list)
    """All limits that anybody knows, kept or not: for as long as one of them counts a charge, it is remembered."""
    charges: list[Ticket] = field(default_factory=list)
    waiting: list[Ticket] = field(default_factory=list)
    paused_until: float = -math.inf
    forget_at: int = _FEW
    """How many charges of calls without limits there may be before the old ones are forgotten: each is looked at a few
    times, however many there are."""


class RateBudget:
    """What one key may still ask of its venue, group by group. Thread-safe.

    Groups without a limit are free, but for pauses.
    """

    def __init__(self, limits: Mapping[str, RateLimit]) -> None:
        self._lock = Guard()
        self._groups = {name: _Group([limit], [limit]) for name, limit in limits.items()}
        self._free_from: dict[str | None, float] = {}
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Keep what was charged and paused, but nobody who waits in the parent. From here on each counts alone.

        What is under way in the parent ends for the child as what nobody answers: it had left when the process forked.
        """
        ended = monotonic() + COUNTED_LATE
        for group in self._groups.values():
            group.waiting = []
            for charge in group.charges:
                charge.ended = ended if charge.ended is None else charge.ended

    def adopt(self, limits: Mapping[str, RateLimit], *, limited: bool = True) -> None:
        """Hold these limits too, beside those that are held: what went out counts for all, the tightest decides.

        Where they are not ``limited``, what goes out is counted, for whoever will hold limits, and nothing is held.
        """
        with self._lock:
            for name, limit in limits.items():
                group = self._groups.setdefault(name, _Group([]))
                if limit not in group.counted:
                    group.counted = [*group.counted, limit]
                if limited and limit not in group.limits:
                    group.limits = [*group.limits, limit]

    def enter(self, call: HttpCall, deadline: float, *, limited: bool = True) -> Ticket:
        """Queue a call. Every ticket must be given back with ``leave``; whose run is gone holds nobody back."""
        group = self._groups.get(call.group)
        limited = limited and group is not None and bool(group.limits)
        ticket = Ticket(call, deadline, limited, call.weight, holder=driver.get())
        if group is not None and limited:
            ticket.cost = _cost(ticket, group.limits[0])
            with self._lock:
                group.waiting.append(ticket)
        return ticket

    def ask(self, ticket: Ticket, now: float) -> float:
        """Reserve the slot if it is free: 0 means that the call may go out.

        Otherwise the number of seconds after which to ask again; infinite as soon as it is certain that no slot
        comes free before the ticket's deadline.
        """
        group = self._groups.get(ticket.call.group)
        if group is None or not ticket.limited:
            return self._ask_unlimited(ticket, group, now)
        with self._lock:
            _forget_old(group, now)
            earliest = max(_earliest_start(group, limit, ticket, now) for limit in group.limits)
            if earliest >= ticket.deadline:
                return math.inf
            if earliest > now:
                return min(earliest - now, max(_ASK_AGAIN, _next_release(group, now) - now))
            ticket.charge(now)
            group.charges.append(ticket)
            if any(_is_over(group, limit, now) for limit in group.limits):
                group.charges.remove(ticket)  # a signal handler has taken the place meanwhile, above this very frame
                return _ASK_AGAIN
            ticket.charged = True
            group.waiting.remove(ticket)
            return 0.0

    def pause_left(self, group: str, now: float) -> float | None:
        """Return for how many seconds a group is paused still; None where it is not."""
        left = max(self._free_from.get(group, now), self._free_from.get(None, now)) - now
        return left if left > 0 else None

    def _ask_unlimited(self, ticket: Ticket, group: _Group | None, now: float) -> float:
        """Pauses hold even where nothing is counted."""
        left = self.pause_left(ticket.call.group, now) or 0.0
        if now + left >= ticket.deadline:
            return math.inf
        ticket.charged = left == 0
        if group is not None and ticket.charged:
            with self._lock:
                if len(group.charges) >= group.forget_at:
                    _forget_old(group, now)
                ticket.charge(now)
                group.charges.append(ticket)
        return left

    def leave(self, ticket: Ticket, now: float, *, counted_until: float | None = None) -> None:
        """Release a ticket: its exchange ended now, or it never went out.

        ``counted_until``: when the venue will have counted it at the latest, where no answer shows that it has.
        """
        ticket.ended = now if counted_until is None else counted_until
        group = self._groups.get(ticket.call.group)
        if group is None:
            return
        with self._lock:
            if ticket in group.waiting:
                group.waiting.remove(ticket)

    def pause(self, group: str | None, until: float) -> None:
        """Let nothing of a group out before a monotonic time in seconds; None pauses every group."""
        with self._lock:
            self._free_from[group] = max(until, self._free_from.get(group, until))
            for name, state in self._groups.items():
                if group is None or name == group:
                    state.paused_until = max(state.paused_until, until)


class Unlimited:
    """A key's budget, seen by a connection that keeps no limits: it heeds pauses, and is counted for others."""

    def __init__(self, budget: RateBudget) -> None:
        self._budget = budget
        self.ask, self.leave = budget.ask, budget.leave
        self.pause, self.pause_left = budget.pause, budget.pause_left

    def enter(self, call: HttpCall, deadline: float) -> Ticket:
        """Return a call a ticket that waits for no slot."""
        return self._budget.enter(call, deadline, limited=False)


def _forget_old(group: _Group, now: float) -> None:
    window = max((limit.window for limit in group.counted), default=0.0)
    for charge in [charge for charge in group.charges if now >= charge.counts_until() + window]:
        with suppress(ValueError):  # a signal handler has forgotten it meanwhile
            group.charges.remove(charge)
    group.forget_at = max(_FEW, 2 * len(group.charges))


def _is_over(group: _Group, limit: RateLimit, now: float) -> bool:
    return sum(_cost(charge, limit) for charge in group.charges if _is_live(charge, limit, now)) > limit.amount


def _cost(ticket: Ticket, limit: RateLimit) -> int:
    return min(ticket.call.weight if limit.by_weight else 1, limit.amount)


def _is_live(charge: Ticket, limit: RateLimit, now: float) -> bool:
    return now < charge.counts_until() + limit.window


def _next_release(group: _Group, now: float) -> float:
    known = [
        charge.ended + limit.window for charge in group.charges if charge.ended is not None for limit in group.limits
    ]
    return min((time for time in known if time > now), default=now)


def _earliest_start(group: _Group, limit: RateLimit, ticket: Ticket, now: float) -> float:
    """Return when a ticket can start at the earliest: exactly now, or a time before which it certainly cannot."""
    place = group.waiting.index(ticket)
    before = [other for other in group.waiting[:place] if not _gives_way(other, ticket)]
    passing = [other for other in group.waiting[place + 1 :] if _gives_way(ticket, other)]
    ahead = sum(_cost(other, limit) for other in (*before, *passing) if other.may_come(now))
    live = [charge for charge in group.charges if _is_live(charge, limit, now)]
    cost = _cost(ticket, limit)
    start = _supply(limit, live, limit.amount, ahead + cost, now)
    if ticket.call.lane is Lane.NORMAL:
        own = [charge for charge in live if charge.call.lane is Lane.NORMAL]
        share = limit.amount - limit.kept
        start = max(start, _supply(limit, own, share, min(cost, share), now))
    return max(start, now, group.paused_until)


def _gives_way(one: Ticket, other: Ticket) -> bool:
    """Whether a waiting call lets another pass: those of the kept lanes go first."""
    return one.call.lane is Lane.NORMAL and other.call.lane is not Lane.NORMAL


def _supply(limit: RateLimit, charges: list[Ticket], amount: int, needed: int, now: float) -> float:
    """Return when ``needed`` units have come free at the earliest, of ``amount`` that each serve once per window."""
    window = limit.window
    frees: list[float] = []
    for charge in charges:
        ends = min(now, charge.counts_until()) if charge.ended is None else charge.ended
        frees += [ends + window] * _cost(charge, limit)
    # A connection without limits, or with wider ones, may have sent more than serves: the first ends make no room.
    frees = [now] * max(0, amount - len(frees)) + sorted(frees)[-amount:]
    rounds, index = divmod(needed - 1, amount)
    return frees[index] + rounds * window
