"""What a call costs falls while it waits, as its orders grow older; once it is out, it has cost what it cost then."""

from __future__ import annotations

import math
import random

import pytest

from hk_adapter.flow.cost_by_age import CostByAge
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.hooks import LeakyBucket, RateLimit
from hk_adapter.transport.rate_budget import RateBudget, Unlimited
from tests.budget.test_leaky_bucket import drive, fullest
from tests.cases import each

STEPS = ((5, 8), (10, 6), (300, 1))


def cancel(*existed: float | None, **costs: CostByAge) -> HttpCall:
    """Cancel orders that existed by some times."""
    weight = CostByAge(steps=STEPS, existed=existed)
    return HttpCall("POST", "/cancel", group="points", weight=weight, lane=Lane.CANCEL, costs=costs)


def test_each_order_costs_by_its_own_age() -> None:
    """One of which nothing is known is brand new."""
    cost = CostByAge(steps=STEPS, least=0, existed=(None, 0.0, 7.0, -300.0))
    assert [cost.at(now) for now in (7.0, 11.9, 12.0, 1000.0)] == [8 + 6 + 8 + 0, 8 + 1 + 8, 8 + 1 + 6, 8]
    assert cost.most == 32
    assert [cost.falls_at(now) for now in (7.0, 10.0, 17.0, 1000.0)] == [10.0, 12.0, 300.0, math.inf]


@each(
    "steps",
    [((5, 8), (5, 6)), ((5, 8), (4, 6)), ((5, 6), (10, 8)), ((0, 1),), ((math.inf, 1),), ((math.nan, 1),), ((5, 0),)],
)
def test_steps_rise_in_age_and_fall_in_cost(steps: tuple[tuple[float, int], ...]) -> None:
    """A cost that rose would be another one at the venue than when the call went out."""
    with pytest.raises(ValueError, match=r"the (ages|costs) of steps"):
        CostByAge(steps=steps)


@pytest.mark.parametrize("steps", [((5, 8.0),), (("5", 8),), ((5, True),)])
def test_steps_are_numbers(steps: tuple[tuple[float, int], ...]) -> None:
    """Ages in seconds, and whole costs."""
    with pytest.raises(TypeError, match="steps are pairs"):
        CostByAge(steps=steps)


@pytest.mark.parametrize("limit", [LeakyBucket(capacity=10, refill=1.0), RateLimit(amount=10, window=100.0)])
def test_it_goes_out_when_it_has_become_cheap_enough(limit: LeakyBucket | RateLimit) -> None:
    """And not only when there would have been room for what it cost at first."""
    budget = RateBudget({"points": limit})
    first = budget.enter(HttpCall("POST", "/x", group="points", weight=9, lane=Lane.CANCEL), math.inf)
    assert budget.ask(first, 0.0) == 0
    waiting = budget.enter(cancel(0.0), 400.0)
    now, asked = 0.0, 0
    while (seconds := budget.ask(waiting, now)) > 0:
        assert seconds < math.inf
        now, asked = now + seconds, asked + 1
        assert asked < 10_000
        if now >= 1.0:
            budget.leave(first, 1.0)
    # In the bucket are 4 after 6 s, and it costs 6 from 5 s on; the window keeps its 9, and it costs 1 from 10 s on.
    assert (now, waiting.cost) == ((6.0, 6) if isinstance(limit, LeakyBucket) else (10.0, 1))


def test_who_waits_behind_it_is_not_told_that_there_will_be_no_room() -> None:
    """What is ahead will be cheaper."""
    budget = RateBudget({"points": LeakyBucket(capacity=10, refill=1.0)})
    full = budget.enter(HttpCall("POST", "/x", group="points", weight=10, lane=Lane.CANCEL), math.inf)
    assert budget.ask(full, 0.0) == 0
    budget.leave(full, 0.0)
    ahead = budget.enter(cancel(-8.0), 100.0)
    behind = budget.enter(HttpCall("POST", "/x", group="points", weight=1, lane=Lane.CANCEL), 4.0)
    assert 0 < budget.ask(behind, 0.0) < math.inf
    assert budget.ask(ahead, 2.0) == 0
    assert ahead.cost == 1
    assert budget.ask(behind, 2.0) == 0


def test_it_has_cost_what_it_cost_when_it_went_out() -> None:
    """Growing older afterwards makes no room."""
    budget = RateBudget({"points": RateLimit(amount=10, window=400.0)})
    out = budget.enter(cancel(0.0), math.inf)
    assert budget.ask(out, 0.0) == 0
    budget.leave(out, 0.0)
    more = budget.enter(HttpCall("POST", "/x", group="points", weight=3, lane=Lane.CANCEL), 390.0)
    assert budget.ask(more, 350.0) == math.inf


def test_what_goes_out_without_limits_counts_by_its_age_too() -> None:
    """For those connections that keep them, also those that come later."""
    budget = RateBudget({"points": ()})
    free = Unlimited(budget)
    one = free.enter(cancel(-6.0), math.inf)
    assert free.ask(one, 0.0) == 0
    free.leave(one, 0.0)
    budget.adopt({"points": RateLimit(amount=10, window=60.0)})
    for weight, seconds in ((5, math.inf), (4, 0.0)):
        other = budget.enter(HttpCall("POST", "/x", group="points", weight=weight, lane=Lane.CANCEL), 10.0)
        assert budget.ask(other, 1.0) == seconds
        budget.leave(other, 1.0)


@each("seed", range(5))
def test_the_venues_bucket_never_overflows(seed: int) -> None:
    """Counted by what each order costs when its cancel arrives, of an age that we know no better than we do."""
    rng = random.Random(seed)
    bucket = LeakyBucket(capacity=40, refill=5.0, kept=8)
    calls, truly = [], {}
    for _ in range(24):
        begun, orders = rng.uniform(0, 12), rng.randint(1, 4)
        true = tuple(begun - rng.choice([0.0, rng.uniform(0, 12), 400.0]) for _ in range(orders))
        known = tuple(rng.choice([since, min(begun, since + rng.uniform(0, 5)), None]) for since in true)
        one = cancel(*known)
        truly[id(one)] = CostByAge(steps=STEPS, existed=true)
        calls.append((begun, one))
    arrived = drive(RateBudget({"points": bucket}), calls, lambda: (rng.uniform(0, 0.4), rng.uniform(0, 0.4)))
    assert len(arrived) == 24
    costs = [(time, truly[id(ticket.call)].at(time)) for time, ticket in arrived]
    assert fullest(bucket, costs) <= 40 + 1e-6
    assert sum(cost for _, cost in costs) > 60
