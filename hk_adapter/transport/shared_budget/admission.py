"""The rate budget of one key that many processes share: Redis says when a call may go out.

Nothing here waits: who asks is told when to ask again, which is soon while the answer is on its way. While Redis cannot
be reached, or has lost what it knew, a call goes by this process' share of the limits, or not at all.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from hk_adapter.errors import NotSent
from hk_adapter.flow.cost_by_age import CostByAge
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.runtime import COUNTED_LATE, over_by
from hk_adapter.hooks import Declared, LeakyBucket, budgets_of
from hk_adapter.transport.rate_budget import RateBudget, Ticket
from hk_adapter.transport.shared_budget.address import WithoutRedis
from hk_adapter.transport.shared_budget.client import PATIENCE
from hk_adapter.transport.shared_budget.link import Link, Op, Question, Reply
from hk_adapter.transport.shared_budget.local_share import divided

OVERDUE = 2 * PATIENCE
"""Seconds after which nobody waits for an answer of Redis any more: its name may resolve slowly."""
BLOCKED = -2
"""What Redis answers to what places orders while creates are blocked there."""
_FIRST_LOOK, _LONGEST_LOOK = 0.0002, 0.002
"""Seconds between two looks at whether Redis has answered."""
_LOOK_FOR_REDIS = 0.05
"""Seconds after which who waits for the share asks again: Redis may be back."""


@dataclass(slots=True, eq=False)
class SharedTicket:
    """One call's place in a shared budget.

    ``id`` names it in Redis; ``known`` is whether Redis may know it, and ``local`` its place in this process' share, by
    which everything that went out is counted. ``weights`` are what it costs, by group, at the last time of asking.
    """

    call: HttpCall
    deadline: float
    limited: bool
    id: str
    weights: dict[str, int] = field(default_factory=dict)
    question: Question | None = None
    look: float = _FIRST_LOOK
    known: bool = False
    local: Ticket | None = None
    went: bool = False


class SharedBudget:
    """What one key may still ask of its venue, over all processes with the same Redis. Thread-safe."""

    def __init__(self, link: Link, key: str, processes: int, without_redis: WithoutRedis) -> None:
        self.key = key
        self._link = link
        self._processes = processes
        self._without_redis = without_redis
        self._share = RateBudget({})
        self._limits: dict[str, Declared] = {}
        self._script_limits: dict[str, list[list[Any]]] = {}
        self._full_until = -math.inf
        self._pauses: dict[str, float] = {}
        self._begin()
        renew_after_fork(self)
        link.join(self)

    def _begin(self) -> None:
        self._mark, self._numbers = os.urandom(8).hex(), count()
        self._epoch: float | None = None
        self._sent: dict[str, SharedTicket] = {}

    def renew_in_child(self) -> None:
        """Count what the parent sent in this process' share alone: the parent tells Redis of it."""
        self._begin()

    def adopt(self, limits: Mapping[str, Declared]) -> None:
        """Hold these limits too, beside those that are held: the tightest decides."""
        for name, declared in limits.items():
            held = budgets_of(self._limits.get(name, ()))
            self._limits[name] = (*held, *(limit for limit in budgets_of(declared) if limit not in held))
        self._script_limits = {name: [_row(one) for one in budgets_of(held)] for name, held in self._limits.items()}
        self._share.adopt(divided(limits, self._processes))

    def enter(self, call: HttpCall, deadline: float) -> SharedTicket:
        """Queue a call and return its ticket, which must be given back by ``leave``."""
        # What places orders asks in any case: nothing may be placed while creates are blocked there.
        limited = _places_orders(call) or any(self._script_limits.get(name) for name in call.groups)
        ticket = SharedTicket(call, deadline, limited, self._new_id())
        if not limited:
            ticket.local = self._share.enter(call, deadline, limited=False)
        return ticket

    def ask(self, ticket: SharedTicket, now: float) -> float:
        """Return 0 if the call may go out now, else when to ask again; infinite if never before its deadline.

        Raises NotSent where Redis cannot be reached, and such a call does not go out without it; and for what places
        orders while creates are blocked there.
        """
        if not ticket.limited and ticket.local is not None:
            return self._share.ask(ticket.local, now)
        if self._link.gone is not None or self._goes_alone(ticket, now):
            return self._ask_share(ticket, now)
        if ticket.local is not None:
            self._share.leave(ticket.local, now)
            ticket.local = None
        return self._ask_redis(ticket, now)

    def leave(self, ticket: SharedTicket, now: float, *, counted_until: float | None = None) -> None:
        """Release a ticket: its exchange ended now, or it never went out."""
        if ticket.local is not None:
            self._share.leave(ticket.local, now, counted_until=counted_until)
        if ticket.went:
            self._link.post(self, partial(self._counted, ticket))
        else:
            self._give_up(ticket)

    def pause(self, group: str | None, until: float) -> None:
        """Hold a group back until a monotonic time in seconds, in any process; None pauses every group."""
        name = group or ""
        self._share.pause(group, until)
        self._pauses[name] = max(until, self._pauses.get(name, until))
        self._link.post(self, partial(_pause, name, until))

    def pause_left(self, group: str, now: float) -> float | None:
        """Return for how many seconds a group is paused still, as far as is known here; None where it is not."""
        return self._share.pause_left(group, now)

    def limits(self) -> dict[str, list[list[Any]]]:
        """Return the limits by group, as the script reads them."""
        return self._script_limits

    def still_counting(self) -> list[Op]:
        """Return all that Redis must know of what this process sent and heard."""
        now = monotonic()
        counted = [op for ticket in list(self._sent.values()) if (op := self._counted(ticket)) is not None]
        return counted + [_pause(name, until) for name, until in list(self._pauses.items()) if until > now]

    def heard(self, reply: Reply) -> bool:
        """Record what Redis said; where it has forgotten what it knew, tell it again, and return True."""
        now, known = monotonic(), self._epoch
        self._full_until = now + reply.full_from
        if isinstance(reply.pauses, dict):
            for name, left in reply.pauses.items():
                self._share.pause(name or None, now + left)
        if reply.epoch != self._epoch:
            self._epoch = reply.epoch
            for ticket in list(self._sent.values()):
                self._link.post(self, partial(self._counted, ticket))
            for name, until in list(self._pauses.items()):
                self._link.post(self, partial(_pause, name, until))
        return known not in {None, reply.epoch}

    def _ask_redis(self, ticket: SharedTicket, now: float) -> float:
        question = ticket.question
        if question is None:
            return self._put(ticket, now)
        late = now - question.asked > OVERDUE
        if question.failed or (late and question.answer is None):
            return self._ask_share(ticket, now)
        if question.answer is None:
            ticket.look = min(_LONGEST_LOOK, 2 * ticket.look)
            return ticket.look
        if late:  # the answer is too old to go by: Redis counts with its use by now
            self._give_up(ticket)
            return self._put(ticket, now)
        return self._answered(ticket, question.answer, now)

    def _put(self, ticket: SharedTicket, now: float) -> float:
        ticket.look, ticket.known = _FIRST_LOOK, True
        ticket.weights = _weights(ticket.call, self._script_limits, now)
        ticket.question = self._link.post(self, partial(self._asked, ticket, ticket.id))
        return _FIRST_LOOK

    def _answered(self, ticket: SharedTicket, seconds: float, now: float) -> float:
        ticket.question = None
        if seconds == 0:
            return self._go(ticket, self._share.enter(ticket.call, ticket.deadline, limited=False), now)
        if self._goes_alone(ticket, now):
            return self._ask_share(ticket, now)
        if seconds < 0:
            ticket.known = False
            if seconds == BLOCKED:
                raise NotSent(f"new orders are blocked {self._link.block or 'in Redis'}")
            return math.inf
        return seconds

    def _ask_share(self, ticket: SharedTicket, now: float) -> float:
        """Go by this process' share, if such a call may."""
        self._give_up(ticket)
        self._link.revive()
        places_orders = _places_orders(ticket.call)
        nothing = self._without_redis is WithoutRedis.NOTHING
        if nothing or (places_orders and self._without_redis is WithoutRedis.CANCELS):
            what = "nothing goes" if nothing else "no new order goes"
            raise NotSent(f"{what} out without the shared rate budget, and its Redis is out of reach: {self._reason()}")
        if places_orders and self._link.block is not None:
            raise NotSent(f"new orders are blocked {self._link.block}")
        ticket.weights = _weights(ticket.call, self._script_limits, now)
        local = ticket.local or self._share.enter(ticket.call, ticket.deadline)
        seconds = self._go(ticket, local, now)
        if seconds == math.inf and now + _LOOK_FOR_REDIS < ticket.deadline:
            return _LOOK_FOR_REDIS
        return seconds if seconds == math.inf else min(seconds, _LOOK_FOR_REDIS)

    def _go(self, ticket: SharedTicket, local: Ticket, now: float) -> float:
        """Let a call out that may, unless this process' own count says no: a pause may have come meanwhile."""
        ticket.local = local
        seconds = self._share.ask(local, now)
        if seconds == 0:
            ticket.went, ticket.known = True, False
            self._forget(now)
            self._sent[ticket.id] = ticket
        else:
            self._give_up(ticket)
        return seconds

    def _goes_alone(self, ticket: SharedTicket, now: float) -> bool:
        """Whether it goes by this process' share although Redis answers: that one does not know yet what went out."""
        if now >= self._full_until + self._longest or self._without_redis is WithoutRedis.NOTHING:
            return False
        if ticket.call.lane is Lane.NORMAL:
            return False
        held = [limit for name in ticket.call.groups for limit in budgets_of(self._limits.get(name, ()))]
        return any(now < self._full_until + limit.window for limit in held)

    @property
    def _longest(self) -> float:
        return max((one.window for held in self._limits.values() for one in budgets_of(held)), default=0.0)

    def _give_up(self, ticket: SharedTicket) -> None:
        """Withdraw what Redis may know of a call that has not gone out by its word."""
        ticket.question = None
        if ticket.known:
            ticket.known, gone, ticket.id = False, ticket.id, self._new_id()
            self._link.post(self, partial(_drop, gone))

    def _asked(self, ticket: SharedTicket, name: str) -> Op | None:
        now = monotonic()
        if ticket.id != name:
            return None  # it was given up meanwhile
        used = over_by(ticket.call, ticket.deadline, now) - now
        return self._named(ticket) | {
            "op": "ask",
            "g": ticket.call.groups,
            "left": ticket.deadline - now,
            "lease": max(0.0, used) + OVERDUE + COUNTED_LATE,
            "cheaper": _cheaper_in(ticket.call, now),
            "creates": _places_orders(ticket.call),
        }

    def _counted(self, ticket: SharedTicket) -> Op | None:
        """Return when what went out ended, or by when it is over at the latest; None where it counts no more."""
        local, now = ticket.local, monotonic()
        if local is None or now >= local.counts_until() + self._longest:
            return None
        ended = None if local.ended is None else local.ended - now
        return self._named(ticket) | {"op": "count", "lease": local.counts_until() - now, "ended": ended}

    def _named(self, ticket: SharedTicket) -> Op:
        return {"id": ticket.id, "n": ticket.call.lane is Lane.NORMAL, "w": ticket.weights}

    def _forget(self, now: float) -> None:
        longest = self._longest
        for name, ticket in list(self._sent.items()):
            if ticket.local is not None and now >= ticket.local.counts_until() + longest:
                self._sent.pop(name, None)

    def _reason(self) -> str:
        return self._link.gone or "it does not answer in time"

    def _new_id(self) -> str:
        return f"{self._mark}-{next(self._numbers)}"


def _places_orders(call: HttpCall) -> bool:
    """Whether it may place an order, or what else is held back with those."""
    return call.lane is Lane.NORMAL and call.may_change


def _row(limit: Any) -> list[Any]:
    refill = limit.refill if isinstance(limit, LeakyBucket) else False
    return [limit.amount, limit.window, limit.by_weight, limit.kept, refill]


def _drop(name: str) -> Op:
    return {"op": "drop", "id": name}


def _pause(group: str, until: float) -> Op:
    return {"op": "pause", "g": group, "left": until - monotonic()}


def _cheaper_in(call: HttpCall, now: float) -> float | None:
    """Return in how many seconds a call costs less; None where it never will."""
    ages = [one for one in (call.weight, *call.costs.values()) if isinstance(one, CostByAge)]
    first = min((one.falls_at(now) - now for one in ages), default=math.inf)
    return None if first == math.inf else first


def _weights(call: HttpCall, declared: Mapping[str, object], now: float) -> dict[str, int]:
    weights = {call.group: call.weight, **call.costs}
    return {
        name: weight.at(now) if isinstance(weight, CostByAge) else weight
        for name, weight in weights.items()
        if declared.get(name)
    }
