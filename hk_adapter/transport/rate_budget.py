"""The local rate budget of one key: exact windows and buckets, so that the venue's own limiter never has to refuse.

A call is charged to one group or to several, and goes out when all limits of all of them have room. A slot of a sliding
window is free again one window after its exchange *ended*: charged at the time of sending, ordinary network jitter
would breach the venue's window. An exchange without an answer ends later for the budget than for us (COUNTED_LATE): the
venue counts it when it arrives. Nothing here waits; a runner asks, sleeps, and asks again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct, field

from hk_adapter.flow.caller import Caller, calling
from hk_adapter.flow.cost_by_age import CostByAge
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.runtime import COUNTED_LATE, over_by
from hk_adapter.hooks import Budget, Declared, LeakyBucket, RateLimit, budgets_of
from hk_adapter.transport.leaky_bucket import Bucket

_FEW = 16
"""Charges that may be kept for longer than they count."""
_ASK_AGAIN = 0.02
"""Seconds until a waiter asks again whose turn depends on exchanges that are still under way."""


class Ticket(Struct, eq=False):
    """One call's place in the budget. ``deadline``, ``over_by`` and ``ended`` are seconds of the monotonic clock.

    One that is not ``limited`` is counted for the others, and waits for pauses alone. ``groups`` are those of its call
    that are declared. ``over_by`` is when its exchange is over at the latest, ``charged_at`` when it went out, and
    ``cost`` what that cost the first of its groups with a limit: known once it is charged.
    """

    call: HttpCall
    deadline: float
    limited: bool
    groups: tuple[_Group, ...]
    cost: int = 0
    over_by: float = math.inf
    charged_at: float | None = None
    ended: float | None = None
    holder: Caller | None = None

    def may_come(self, now: float) -> bool:
        """Whether it will still ask for its slot, seen by another one that waits."""
        if self.deadline <= now:
            return False
        return self.holder is None or self.holder is calling.get() or self.holder.can_go_on()

    def charge(self, now: float) -> None:
        """Record that its exchange goes out now."""
        self.over_by, self.charged_at = over_by(self.call, self.deadline, now), now

    def counts_until(self) -> float:
        """Return until when the venue may still count it, as far as that is known. Its window begins then.

        Who never gave it back is frozen, or died with its loop or its thread: its exchange was over by its own timeout.
        """
        return self.over_by + COUNTED_LATE if self.ended is None else self.ended


class _Group(Struct, eq=False):
    name: str
    limits: list[Budget] = field(default_factory=list)
    counted: list[Budget] = field(default_factory=list)
    """All limits that anybody knows, kept or not: for as long as one of them counts a charge, it is remembered."""
    charges: list[Ticket] = field(default_factory=list)
    waiting: list[Ticket] = field(default_factory=list)
    forget_at: int = _FEW
    """How many charges of calls without limits there may be before the old ones are forgotten: each is looked at a few
    times, however many there are."""
    buckets: dict[LeakyBucket, Bucket] = field(default_factory=dict)
    """Those of the counted limits that are leaky."""

    def count(self, limit: Budget) -> None:
        """Remember what goes out for as long as this limit counts it; what is remembered already counts too."""
        if limit in self.counted:
            return
        self.counted = [*self.counted, limit]
        if isinstance(limit, LeakyBucket):
            bucket = Bucket(limit)
            for charge in self.charges:
                bucket.add(charge, _cost(charge, self, limit, 0.0))
            self.buckets = {**self.buckets, limit: bucket}

    def charge(self, ticket: Ticket) -> None:
        """Count an exchange that goes out now."""
        self.charges.append(ticket)
        for limit, bucket in self.buckets.items():
            bucket.add(ticket, _cost(ticket, self, limit, 0.0))

    def take_back(self, ticket: Ticket) -> None:
        """Count one no more that does not go out after all."""
        self.charges.remove(ticket)
        for bucket in self.buckets.values():
            bucket.take_back(ticket)
        ticket.charged_at = None


class RateBudget:
    """What one key may still ask of its venue, group by group. Thread-safe.

    Groups without a limit are free, but for pauses.
    """

    def __init__(self, limits: Mapping[str, Declared]) -> None:
        self._lock = Guard()
        self._groups: dict[str, _Group] = {}
        self._free_from: dict[str | None, float] = {}
        self.adopt(limits)
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

    def adopt(self, limits: Mapping[str, Declared], *, limited: bool = True) -> None:
        """Hold these limits too, beside those that are held: what went out counts for all, the tightest decides.

        Where they are not ``limited``, what goes out is counted, for whoever will hold limits, and nothing is held.
        """
        with self._lock:
            for name, declared in limits.items():
                group = self._groups.setdefault(name, _Group(name))
                for limit in budgets_of(declared):
                    group.count(limit)
                    if limited and limit not in group.limits:
                        group.limits = [*group.limits, limit]

    def enter(self, call: HttpCall, deadline: float, *, limited: bool = True) -> Ticket:
        """Queue a call. Every ticket must be given back with ``leave``; whose run is gone holds nobody back."""
        groups = tuple([self._groups[name] for name in call.groups if name in self._groups])
        limited = limited and any(group.limits for group in groups)
        ticket = Ticket(call, deadline, limited, groups, holder=calling.get())
        if limited:
            with self._lock:
                for group in groups:
                    group.waiting.append(ticket)
        return ticket

    def ask(self, ticket: Ticket, now: float) -> float:
        """Reserve the slot if it is free: 0 means that the call may go out.

        Otherwise the number of seconds after which to ask again; infinite as soon as it is certain that no slot
        comes free before the ticket's deadline.
        """
        if not ticket.limited:
            return self.ask_unlimited(ticket, now)
        with self._lock:
            for group in ticket.groups:
                _forget_old(group, now)
            held = [(group, limit) for group in ticket.groups for limit in group.limits]
            starts = [_earliest_start(group, limit, ticket, now) for group, limit in held]
            start = max(*starts, now)
            if start > now:
                start = min(start, _cheaper_at(ticket.groups, now))
            earliest = max(start, self._free_at(ticket, now))
            if earliest >= ticket.deadline:
                return math.inf
            if earliest > now:
                return min(earliest - now, max(_ASK_AGAIN, _next_release(held, now) - now))
            ticket.charge(now)
            ticket.cost = _cost(ticket, *held[0], now)
            for group in ticket.groups:
                group.charge(ticket)
            if any(_is_over(group, limit, now) for group, limit in held):
                for group in ticket.groups:  # a signal handler has taken the place meanwhile, above this very frame
                    group.take_back(ticket)
                return _ASK_AGAIN
            for group in ticket.groups:
                group.waiting.remove(ticket)
            return 0.0

    def pause_left(self, group: str, now: float) -> float | None:
        """Return for how many seconds a group is paused still; None where it is not."""
        left = max(self._free_from.get(name, now) for name in (None, group)) - now
        return left if left > 0 else None

    def _free_at(self, ticket: Ticket, now: float) -> float:
        if not self._free_from:
            return now
        return max(self._free_from.get(name, now) for name in (None, *ticket.call.groups))

    def ask_unlimited(self, ticket: Ticket, now: float) -> float:
        """As ``ask``, where nothing is held but pauses."""
        left = max(0.0, self._free_at(ticket, now) - now) if self._free_from else 0.0
        if now + left >= ticket.deadline:
            return math.inf
        if left == 0 and ticket.groups:
            with self._lock:
                ticket.charge(now)
                for group in ticket.groups:
                    if len(group.charges) >= group.forget_at:
                        _forget_old(group, now)
                    group.charge(ticket)
        return left

    def leave(self, ticket: Ticket, now: float, *, counted_until: float | None = None) -> None:
        """Release a ticket: its exchange ended now, or it never went out.

        ``counted_until``: when the venue will have counted it at the latest, where no answer shows that it has.
        """
        ticket.ended = now if counted_until is None else counted_until
        if not ticket.limited:
            return  # it never queued
        with self._lock:
            for group in ticket.groups:
                if ticket in group.waiting:
                    group.waiting.remove(ticket)

    def pause(self, group: str | None, until: float) -> None:
        """Hold a group back until a monotonic time in seconds; None pauses every group."""
        with self._lock:
            self._free_from[group] = max(until, self._free_from.get(group, until))


class Unlimited:
    """A key's budget, seen by a connection that keeps no limits: it heeds pauses, and is counted for others."""

    def __init__(self, budget: RateBudget) -> None:
        self._budget = budget
        self.ask, self.leave = budget.ask_unlimited, budget.leave
        self.pause, self.pause_left = budget.pause, budget.pause_left

    def enter(self, call: HttpCall, deadline: float) -> Ticket:
        """Return a ticket for a call that waits for no slot."""
        return self._budget.enter(call, deadline, limited=False)


def _forget_old(group: _Group, now: float) -> None:
    window = max((limit.window for limit in group.counted), default=0.0)
    for charge in [charge for charge in group.charges if now >= charge.counts_until() + window]:
        with suppress(ValueError):  # a signal handler has forgotten it meanwhile
            group.charges.remove(charge)
    group.forget_at = max(_FEW, 2 * len(group.charges))


def _is_over(group: _Group, limit: Budget, now: float) -> bool:
    if isinstance(limit, LeakyBucket):
        return group.buckets[limit].is_over(now)
    live = (charge for charge in group.charges if _is_live(charge, limit, now))
    return sum(_cost(charge, group, limit, now) for charge in live) > limit.amount


def _cost(ticket: Ticket, group: _Group, limit: Budget, now: float) -> int:
    """Return what a call costs a group by one of its limits; one that is dearer than that takes the whole.

    One that waits costs what it would if it went out ``now``.
    """
    call = ticket.call
    if not limit.by_weight:
        return 1
    weight = call.weight if group.name == call.group else call.costs[group.name]
    if isinstance(weight, CostByAge):
        weight = weight.at(now if ticket.charged_at is None else ticket.charged_at)
    return min(weight, limit.amount)


def _cheaper_at(groups: tuple[_Group, ...], now: float) -> float:
    """Return when something that waits there gets cheaper next; infinite where nothing will."""
    first = math.inf
    for group in groups:
        for ticket in group.waiting:
            for weight in (ticket.call.weight, *ticket.call.costs.values()):
                if isinstance(weight, CostByAge):
                    first = min(first, weight.falls_at(now))
    return first


def _is_live(charge: Ticket, limit: Budget, now: float) -> bool:
    return now < charge.counts_until() + limit.window


def _next_release(held: list[tuple[_Group, Budget]], now: float) -> float:
    known = [now + 1 / limit.refill for _, limit in held if isinstance(limit, LeakyBucket)]
    known += [
        charge.ended + limit.window
        for group, limit in held
        if isinstance(limit, RateLimit)
        for charge in group.charges
        if charge.ended is not None
    ]
    return min((time for time in known if time > now), default=now)


def _earliest_start(group: _Group, limit: Budget, ticket: Ticket, now: float) -> float:
    """Return when a ticket can start at the earliest: exactly now, or a time before which it certainly cannot."""
    cost = _cost(ticket, group, limit, now)
    if cost == 0:
        return now
    place = group.waiting.index(ticket)
    before = [other for other in group.waiting[:place] if not _gives_way(other, ticket)]
    passing = [other for other in group.waiting[place + 1 :] if _gives_way(ticket, other)]
    ahead = sum(_cost(other, group, limit, now) for other in (*before, *passing) if other.may_come(now))
    share = limit.amount - limit.kept if ticket.call.lane is Lane.NORMAL else limit.amount
    if isinstance(limit, LeakyBucket):
        return group.buckets[limit].room_at(share, ahead + min(cost, share), now)
    live = [charge for charge in group.charges if _is_live(charge, limit, now)]
    start = _supply(group, limit, live, limit.amount, ahead + cost, now)
    if share < limit.amount:
        own = [charge for charge in live if charge.call.lane is Lane.NORMAL]
        start = max(start, _supply(group, limit, own, share, min(cost, share), now))
    return start


def _gives_way(one: Ticket, other: Ticket) -> bool:
    """Whether a waiting call lets another pass: those of the kept lanes go first."""
    return one.call.lane is Lane.NORMAL and other.call.lane is not Lane.NORMAL


def _supply(group: _Group, limit: RateLimit, charges: list[Ticket], amount: int, needed: int, now: float) -> float:
    """Return when ``needed`` units have come free at the earliest, of ``amount`` that each serve once per window."""
    window = limit.window
    frees: list[float] = []
    for charge in charges:
        ends = min(now, charge.counts_until()) if charge.ended is None else charge.ended
        frees += [ends + window] * _cost(charge, group, limit, now)
    # A connection without limits, or with wider ones, may have sent more than serves: the first ends make no room.
    frees = [now] * max(0, amount - len(frees)) + sorted(frees)[-amount:]
    rounds, index = divmod(needed - 1, amount)
    return frees[index] + rounds * window
