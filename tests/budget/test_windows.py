"""The local rate budget keeps within the venue's own windows, and gives each lane its due."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.real_time import monotonic
from hk_adapter.hooks import RateLimit
from hk_adapter.transport.rate_budget import RateBudget, Ticket

LIMITS = {
    "orders": RateLimit(amount=10, kept=2),
    "queries": RateLimit(amount=2, by_weight=False, kept=1),
}


def call(group: str = "orders", *, weight: int = 1, lane: Lane = Lane.CANCEL) -> HttpCall:
    """Make a call of a group."""
    return HttpCall("DELETE", "/x", group=group, weight=weight, lane=lane)


@dataclass
class Sent:
    """One exchange: when it was sent, when it reached the venue, when its answer was here, and what it cost."""

    sent: float
    arrived: float
    ended: float
    cost: int


def drive(
    budget: RateBudget,
    calls: list[tuple[float, HttpCall]],
    round_trip: Callable[[], tuple[float, float]],
    deadline: float = math.inf,
) -> list[Sent]:
    """Send calls that begin at given times, in virtual time; ``round_trip`` gives the way there and back."""
    events: list[tuple[float, int, Callable[[float], None]]] = []
    sent: list[Sent] = []
    order = iter(range(10**9))

    def at(time: float, what: Callable[[float], None]) -> None:
        heapq.heappush(events, (time, next(order), what))

    def begin(one: HttpCall) -> Callable[[float], None]:
        def enter(now: float) -> None:
            ask(budget.enter(one, deadline), now)

        return enter

    def ask(ticket: Ticket, now: float) -> None:
        wait = budget.ask(ticket, now)
        if wait == math.inf:
            budget.leave(ticket, now)
        elif wait > 0:
            at(now + wait, lambda later: ask(ticket, later))
        else:
            there, back = round_trip()
            sent.append(Sent(now, now + there, now + there + back, ticket.cost))
            at(now + there + back, lambda later: budget.leave(ticket, later))

    for time, one in calls:
        at(time, begin(one))
    while events:
        time, _, what = heapq.heappop(events)
        what(time)
    return sent


def worst_second(sent: list[Sent]) -> int:
    """Count the most that arrived at the venue within any rolling second."""
    times = sorted((one.arrived, one.cost) for one in sent)
    return max(sum(cost for other, cost in times if time <= other < time + 1.0) for time, _ in times)


@pytest.mark.parametrize("seed", range(20))
def test_the_venue_never_sees_more_than_its_limit(seed: int) -> None:
    """Round trips of 1 to 300 ms with jitter, cancels and creates and batches mixed: never over 10 in any second."""
    rng = random.Random(seed)
    lanes = [Lane.NORMAL, Lane.CANCEL]
    calls = [(rng.uniform(0, 4), call(weight=rng.choice([1, 1, 1, 5]), lane=rng.choice(lanes))) for _ in range(60)]
    sent = drive(RateBudget(LIMITS), calls, lambda: (rng.uniform(0.0005, 0.15), rng.uniform(0.0005, 0.15)))
    assert len(sent) == 60
    assert worst_second(sent) <= 10


@pytest.mark.parametrize("round_trip", [0.001, 0.05, 0.3])
def test_a_full_budget_is_used(round_trip: float) -> None:
    """100 cancels at once take no longer than ten windows of a second plus the round trip, within a tenth."""
    sent = drive(RateBudget(LIMITS), [(0.0, call())] * 100, lambda: (round_trip / 2, round_trip / 2))
    assert max(one.sent for one in sent) <= 9 * (1 + round_trip) * 1.1


def test_slots_that_end_out_of_order_are_given_back_one_by_one() -> None:
    """A slow exchange that began first holds only its own slot."""
    budget = RateBudget({"orders": RateLimit(amount=2)})
    slow, fast, third = (budget.enter(call(), 100.0) for _ in range(3))
    assert budget.ask(slow, 0.0) == budget.ask(fast, 0.0) == 0
    budget.leave(fast, 0.1)
    assert budget.ask(third, 0.5) > 0
    assert budget.ask(third, 1.1) == 0


def test_a_slot_is_charged_until_a_second_after_its_answer() -> None:
    """The second counts from the end of the exchange, not from its sending."""
    budget = RateBudget({"orders": RateLimit(amount=1)})
    first, second = budget.enter(call(), 100.0), budget.enter(call(), 100.0)
    assert budget.ask(first, 0.0) == 0
    budget.leave(first, 3.0)
    assert budget.ask(second, 3.9) > 0
    assert budget.ask(second, 4.0) == 0


@pytest.mark.parametrize(("timeout", "share", "over"), [(3.0, 1.0, 3.0), (None, 0.5, 50.0), (None, 1.0, 100.0)])
def test_an_exchange_that_is_never_over_is_presumed_so_by_its_own_timeout(
    timeout: float | None, share: float, over: float
) -> None:
    """Who froze in it keeps its slot no longer than it could last, for two seconds more; not until its call's deadline.

    Whoever waits for the slot is told to ask again by then.
    """
    budget = RateBudget({"orders": RateLimit(amount=1)})
    frozen = budget.enter(replace(call(), timeout=timeout, share=share), 100.0)
    assert budget.ask(frozen, 0.0) == 0
    next_one = budget.enter(call(), 200.0)
    assert 0 < budget.ask(next_one, over + 1.9) <= 0.1 + 1e-9
    assert budget.ask(next_one, over + 2.0) == 0


def test_creates_cannot_starve_a_cancel() -> None:
    """With creates always waiting, a cancel goes out at once: a fifth of the budget is kept for it."""
    budget = RateBudget(LIMITS)
    creates = [budget.enter(call(lane=Lane.NORMAL), 100.0) for _ in range(30)]
    assert [budget.ask(ticket, 0.0) == 0 for ticket in creates].count(True) == 8
    cancel = budget.enter(call(lane=Lane.CANCEL), 100.0)
    assert budget.ask(cancel, 0.0) == 0


def test_reads_cannot_starve_a_confirming_query() -> None:
    """One of the two queries a second is kept for confirming."""
    budget = RateBudget(LIMITS)
    reads = [budget.enter(call("queries", lane=Lane.NORMAL), 100.0) for _ in range(5)]
    assert [budget.ask(ticket, 0.0) == 0 for ticket in reads].count(True) == 1
    confirm = budget.enter(call("queries", lane=Lane.CONFIRM), 100.0)
    assert budget.ask(confirm, 0.0) == 0


def test_queries_are_counted_by_call() -> None:
    """A history page of weight 5 is one of the two queries, not five."""
    budget = RateBudget(LIMITS)
    page = budget.enter(call("queries", weight=5, lane=Lane.CONFIRM), 100.0)
    query = budget.enter(call("queries", lane=Lane.CONFIRM), 100.0)
    assert budget.ask(page, 0.0) == budget.ask(query, 0.0) == 0


@pytest.mark.parametrize("lane", [Lane.NORMAL, Lane.CANCEL])
def test_a_call_dearer_than_its_limit_takes_a_whole_window(lane: Lane) -> None:
    """It waits until everything is free, and everything waits for it."""
    budget = RateBudget(LIMITS)
    small = budget.enter(call(), 100.0)
    assert budget.ask(small, 0.0) == 0
    budget.leave(small, 0.0)
    dear = budget.enter(call(weight=50, lane=lane), 100.0)
    assert budget.ask(dear, 0.5) > 0
    assert budget.ask(dear, 1.0) == 0
    after = budget.enter(call(), 100.0)
    assert budget.ask(after, 1.0) > 0


def test_a_wait_that_cannot_fit_is_known_at_once() -> None:
    """With ten calls under way, an eleventh that must start within a second is told so without waiting."""
    budget = RateBudget(LIMITS)
    for _ in range(10):
        assert budget.ask(budget.enter(call(), 100.0), 5.0) == 0
    assert budget.ask(budget.enter(call(), 5.9), 5.0) == math.inf
    assert budget.ask(budget.enter(call(), 6.5), 5.0) < math.inf


def test_those_who_wait_are_served_in_order() -> None:
    """Within a lane, who came first goes first, whoever asks first."""
    budget = RateBudget({"orders": RateLimit(amount=1)})
    first = budget.enter(call(), 100.0)
    assert budget.ask(first, 0.0) == 0
    budget.leave(first, 0.0)
    second, third = budget.enter(call(), 100.0), budget.enter(call(), 100.0)
    assert budget.ask(third, 1.0) > 0
    assert budget.ask(second, 1.0) == 0


def test_a_call_given_up_frees_its_place() -> None:
    """A ticket given back before it was charged holds nobody up."""
    budget = RateBudget({"orders": RateLimit(amount=1)})
    gone, next_one = budget.enter(call(), 100.0), budget.enter(call(), 100.0)
    budget.leave(gone, 0.0)
    assert budget.ask(next_one, 0.0) == 0


def test_a_pause_holds_its_group_alone() -> None:
    """A 429 on look-ups does not pause the order group; a pause of everything does."""
    budget = RateBudget(LIMITS)
    budget.pause("queries", 60.0)
    assert budget.ask(budget.enter(call(), 100.0), 0.0) == 0
    assert budget.ask(budget.enter(call("queries", lane=Lane.CONFIRM), 10.0), 0.0) == math.inf
    budget.pause(None, 60.0)
    assert budget.ask(budget.enter(call(), 10.0), 0.0) == math.inf
    assert budget.ask(budget.enter(call(), 100.0), 60.0) == 0


def test_how_long_a_pause_lasts_is_told() -> None:
    """For its own group, or for every group; nothing is told of groups that are free."""
    budget = RateBudget(LIMITS)
    budget.pause("queries", 60.0)
    assert [budget.pause_left(group, 20.0) for group in ("queries", "orders", "public")] == [40.0, None, None]
    budget.pause(None, 30.0)
    assert [budget.pause_left(group, 20.0) for group in ("queries", "orders", "public")] == [40.0, 10.0, 10.0]
    assert budget.pause_left("queries", 60.0) is None


def test_a_group_without_a_limit_is_free() -> None:
    """Public calls are not counted."""
    budget = RateBudget(LIMITS)
    for _ in range(100):
        assert budget.ask(budget.enter(call("public"), 1.0), 0.0) == 0


def test_a_child_after_a_fork_waits_for_nobody_in_the_parent() -> None:
    """Who waits in the parent will never ask again in the child, and holds back nobody there."""
    budget = RateBudget({"queries": RateLimit(amount=1, by_weight=False)})
    in_the_parent, next_one = budget.enter(call("queries"), 100.0), budget.enter(call("queries"), 100.0)
    assert budget.ask(next_one, 0.0) > 0.0
    budget.renew_in_child()
    in_the_child = budget.enter(call("queries"), 100.0)
    assert budget.ask(in_the_child, 0.0) == 0.0
    assert in_the_parent.charged_at is None


def test_what_the_parent_has_under_way_counts_for_the_child_as_never_answered() -> None:
    """It had left when the process forked: its slot is free for the child once it can have been counted, not before."""
    budget = RateBudget({"queries": RateLimit(amount=1, by_weight=False)})
    now = monotonic()
    assert budget.ask(budget.enter(call("queries"), now + 100.0), now) == 0.0
    budget.renew_in_child()
    in_the_child = budget.enter(call("queries"), now + 100.0)
    assert budget.ask(in_the_child, now + 0.1) > 0.0
    assert budget.ask(in_the_child, monotonic() + 60.0) == 0.0
