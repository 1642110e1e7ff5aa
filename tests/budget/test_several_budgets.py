"""One call may be counted by several limits: it goes out when all have room, and takes of all of them at once."""

from __future__ import annotations

import math

import pytest

from hk_adapter.errors import CancelRejected, RateLimited
from hk_adapter.execution.rate_limits import pause_for
from hk_adapter.flow.effects import HttpCall, Lane, Pause
from hk_adapter.hooks import Declared, LeakyBucket, RateLimit
from hk_adapter.transport.rate_budget import RateBudget, Unlimited

A_SECOND, A_MINUTE = RateLimit(amount=2), RateLimit(amount=3, window=60.0)


def call(group: str, weight: int = 1, **costs: int) -> HttpCall:
    """Make a call that is charged to a group, and to others."""
    return HttpCall("POST", "/x", group=group, weight=weight, lane=Lane.CANCEL, costs=costs)


def admitted(budget: RateBudget | Unlimited, one: HttpCall, times: int = 1, now: float = 0.0) -> int:
    """Ask so often, and say how many may go out at once; those end at once, the others leave the line."""
    tickets = [budget.enter(one, math.inf) for _ in range(times)]
    out = sum(budget.ask(ticket, now) == 0 for ticket in tickets)
    for ticket in tickets:
        budget.leave(ticket, now)
    return out


@pytest.mark.parametrize("limits", [(A_SECOND, A_MINUTE), (A_MINUTE, A_SECOND)])
def test_all_limits_of_one_group_hold(limits: Declared) -> None:
    """So many a second, and so many a minute."""
    budget = RateBudget({"orders": limits})
    assert [admitted(budget, call("orders"), 5, now) for now in (0.0, 1.0, 2.0, 59.9, 60.0, 61.0)] == [2, 1, 0, 0, 2, 1]


def test_a_call_is_charged_to_every_group_that_it_names() -> None:
    """With its cost there; a call of either group alone finds what is left."""
    budget = RateBudget({"orders": RateLimit(amount=10), "points": LeakyBucket(capacity=10, refill=1.0)})
    assert admitted(budget, call("orders", points=4), 5) == 2
    assert admitted(budget, call("points"), 5) == 2
    assert admitted(budget, call("orders"), 20) == 8
    assert admitted(budget, call("orders", points=4), 1, now=1.9) == 0
    assert admitted(budget, call("orders", points=4), 1, now=4.0) == 1


def test_one_that_waits_for_one_group_takes_nothing_of_the_other() -> None:
    """What it would take there later is free for who can use it now, but for its own place."""
    budget = RateBudget({"orders": RateLimit(amount=5), "points": RateLimit(amount=1)})
    assert admitted(budget, call("points")) == 1
    waiting = budget.enter(call("orders", points=1), math.inf)
    assert budget.ask(waiting, 0.0) > 0
    assert admitted(budget, call("orders"), 5) == 4
    assert budget.ask(waiting, 1.0) == 0


def test_what_goes_out_without_limits_counts_in_every_group() -> None:
    """For those connections that keep them."""
    budget = RateBudget({"orders": RateLimit(amount=5), "points": RateLimit(amount=5)})
    assert admitted(Unlimited(budget), call("orders", points=5)) == 1
    assert admitted(budget, call("points")) == 0
    assert admitted(budget, call("orders"), 9) == 4


def test_a_pause_of_one_group_holds_what_is_charged_to_it_too() -> None:
    """A call goes out when none of its groups is paused."""
    budget = RateBudget({"orders": RateLimit(amount=5), "points": RateLimit(amount=5)})
    budget.pause("points", 3.0)
    assert budget.ask(budget.enter(call("orders", points=0), 100.0), 0.0) > 0
    assert budget.ask(budget.enter(call("orders", points=0), 2.9), 0.0) == math.inf
    assert admitted(budget, call("orders")) == 1
    unlimited = Unlimited(budget)
    assert unlimited.ask(unlimited.enter(call("orders", points=0), 100.0), 1.0) == 2.0


@pytest.mark.parametrize(
    ("error", "paused"),
    [
        (RateLimited("no", retry_after=2.0), [Pause("orders", 2.0), Pause("points", 2.0)]),
        (CancelRejected("no", http_status=418, retry_after=2.0), [Pause(None, 2.0)]),
    ],
)
def test_a_limit_that_was_met_pauses_all_groups_of_its_call(error: RateLimited, paused: list[Pause]) -> None:
    """No error tells which of them it was."""
    flow, effects = pause_for(error, "orders", "points"), []
    try:
        while True:
            effects.append(flow.send(None))
    except StopIteration:
        assert effects == paused
