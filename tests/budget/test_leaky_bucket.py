"""A leaky bucket never overflows at the venue, whenever a request of ours arrived there, and is used all the same."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable

import pytest

from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.hooks import LeakyBucket, RateLimit
from hk_adapter.transport.rate_budget import RateBudget, Ticket
from tests.cases import each

BUCKET = LeakyBucket(capacity=20, refill=5.0, kept=4)
Arrival = tuple[float, Ticket]


def call(weight: int = 1, *, lane: Lane = Lane.CANCEL, group: str = "points", **costs: int) -> HttpCall:
    """Make a call that costs so much."""
    return HttpCall("POST", "/x", group=group, weight=weight, lane=lane, costs=costs)


def drive(
    budget: RateBudget, calls: Iterable[tuple[float, HttpCall]], ways: Callable[[], tuple[float, float]]
) -> list[Arrival]:
    """Send calls that begin at given times, in virtual time; give when each reached the venue."""
    events: list[tuple[float, int, str, Ticket]] = []
    arrived: list[Arrival] = []

    def at(time: float, what: str, ticket: Ticket) -> None:
        heapq.heappush(events, (time, len(arrived) + next(order), what, ticket))

    order = iter(range(10**9))
    for time, one in sorted(calls, key=lambda row: row[0]):
        at(time, "ask", budget.enter(one, math.inf))
    while events:
        now, _, what, ticket = heapq.heappop(events)
        if what == "leave":
            budget.leave(ticket, now)
        elif (wait := budget.ask(ticket, now)) > 0:
            at(now + wait, "ask", ticket)
        else:
            there, back = ways()
            arrived.append((now + there, ticket))
            at(now + there + back, "leave", ticket)
    return arrived


def fullest(bucket: LeakyBucket, arrivals: Iterable[tuple[float, int]]) -> float:
    """Keep the venue's own bucket, and tell how full it ever was."""
    full, since, most = 0.0, 0.0, 0.0
    for time, cost in sorted(arrivals):
        full = max(0.0, full - (time - since) * bucket.refill) + cost
        since, most = time, max(most, full)
    return most


@each("seed", range(12))
def test_the_venues_bucket_never_overflows(seed: int) -> None:
    """Calls of many weights in every lane, which arrive at any time between their sending and their answer."""
    rng = random.Random(seed)
    calls = [(rng.uniform(0, 5), call(rng.choice([0, 1, 1, 2, 8, 20]), lane=rng.choice(list(Lane)))) for _ in range(30)]
    arrived = drive(RateBudget({"points": BUCKET}), calls, lambda: (rng.uniform(0, 0.4), rng.uniform(0, 0.4)))
    assert len(arrived) == 30
    assert fullest(BUCKET, ((time, ticket.call.weight) for time, ticket in arrived)) <= 20 + 1e-6


def test_a_bucket_is_used_as_it_empties() -> None:
    """A burst takes all of it at once; from then on one goes out as soon as there is room for it."""
    arrived = drive(RateBudget({"points": BUCKET}), [(0.0, call())] * 40, lambda: (0.0, 0.0))
    assert [time for time, _ in arrived[:20]] == [0.0] * 20
    assert [time for time, _ in arrived[20:]] == pytest.approx([number / 5 for number in range(1, 21)], abs=0.05)


def test_calls_of_the_normal_lane_leave_the_kept_part_free() -> None:
    """However many of them wait, a cancel goes out at once, now and later."""
    budget = RateBudget({"points": BUCKET})
    creates = [budget.enter(call(lane=Lane.NORMAL), 100.0) for _ in range(30)]
    assert sum(budget.ask(ticket, 0.0) == 0 for ticket in creates) == 16
    cancels = [budget.enter(call(), 100.0) for _ in range(5)]
    assert [budget.ask(ticket, 0.0) == 0 for ticket in cancels] == [True] * 4 + [False]


def test_one_that_is_under_way_weighs_all_of_its_weight() -> None:
    """It may arrive only now: its part leaks from its end on, or from when it is over by its own timeout."""
    budget = RateBudget({"points": LeakyBucket(capacity=1, refill=1.0)})
    slow, later = budget.enter(call(), 100.0), budget.enter(call(), 100.0)
    assert budget.ask(slow, 0.0) == 0
    assert budget.ask(later, 5.0) > 0
    budget.leave(slow, 6.0)
    assert budget.ask(later, 6.5) == pytest.approx(0.5)
    assert budget.ask(later, 7.0) == 0


def test_what_never_has_room_before_the_deadline_is_told_at_once() -> None:
    """Nobody waits for what cannot come."""
    budget = RateBudget({"points": LeakyBucket(capacity=10, refill=1.0)})
    budget.ask(budget.enter(call(10), 100.0), 0.0)
    assert budget.ask(budget.enter(call(5), 4.9), 0.0) == math.inf
    assert budget.ask(budget.enter(call(5), 5.1), 0.0) > 0


BY_CALL = RateLimit(amount=1, by_weight=False)


@pytest.mark.parametrize("limit", [RateLimit(amount=1), LeakyBucket(capacity=1, refill=1.0)])
def test_a_call_that_weighs_nothing_waits_for_nobody(limit: RateLimit | LeakyBucket) -> None:
    """It takes no room, and needs none; a pause holds it all the same."""
    budget = RateBudget({"points": limit})
    budget.ask(budget.enter(call(1), 100.0), 0.0)
    assert budget.ask(budget.enter(call(0), 100.0), 0.0) == 0
    assert budget.ask(budget.enter(call(1), 100.0), 0.0) > 0
    budget.pause("points", 3.0)
    assert budget.ask(budget.enter(call(0), 100.0), 1.0) > 0
    assert budget.ask(budget.enter(call(0), 100.0), 3.0) == 0


def test_where_calls_are_counted_one_that_weighs_nothing_counts() -> None:
    """By call is by call."""
    budget = RateBudget({"points": BY_CALL})
    budget.ask(budget.enter(call(0), 100.0), 0.0)
    assert budget.ask(budget.enter(call(0), 100.0), 0.0) > 0
