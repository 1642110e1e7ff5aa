"""All connections of one key have one account: what any of them sends counts for all, the tightest limit decides."""

from __future__ import annotations

import math

import pytest

from hk_adapter.flow.caller import Caller
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.hooks import LeakyBucket, RateLimit
from hk_adapter.transport import rate_budget as module
from hk_adapter.transport.rate_budget import RateBudget, Unlimited
from hk_adapter.venue.per_key import shared_by

WIDE, TIGHT = {"orders": RateLimit(amount=20)}, {"orders": RateLimit(amount=10)}
CALL = HttpCall("DELETE", "/x", group="orders", lane=Lane.CANCEL)


def admitted(admission, times, now=0.0, deadline=0.5):
    """Ask so often, and say how many may go out at once; none of them ends."""
    tickets = [admission.enter(CALL, deadline) for _ in range(times)]
    return [admission.ask(ticket, now) for ticket in tickets].count(0)


def shared(key, limits, **options):
    """Give what a connection of a key is admitted by."""
    return shared_by((key,), limits, **options).budget


@pytest.mark.parametrize("order", [(WIDE, TIGHT), (TIGHT, WIDE)], ids=["wide first", "tight first"])
def test_the_tightest_limit_counts(order):
    """Two connections with different limits: together they keep the tighter one."""
    key = object()
    first, second = (shared(key, limits) for limits in order)
    assert admitted(first, 6) + admitted(second, 30) == 10


def test_what_went_out_under_a_wider_limit():
    """A tighter limit that comes later has room only when all but nine of what went out has ended for a second."""
    key = object()
    wide = shared(key, WIDE)
    tickets = [wide.enter(CALL, 100.0) for _ in range(15)]
    assert [wide.ask(ticket, 0.0) for ticket in tickets] == [0.0] * 15
    for number, ticket in enumerate(tickets):
        wide.leave(ticket, number / 100)
    tight = shared(key, TIGHT)
    assert tight.ask(tight.enter(CALL, 1.035), 1.025) == math.inf  # it is known that the next end makes no room
    assert admitted(tight, 1, now=1.045, deadline=1.046) == 0  # five of fifteen are over
    assert admitted(tight, 1, now=1.055, deadline=1.056) == 1  # six are


@pytest.mark.parametrize("unlimited_first", [True, False])
def test_a_connection_without_limits(unlimited_first):
    """It never waits for a slot, and what it sends is counted by those that keep limits; its limits bind nobody."""
    key = object()
    limited = None if unlimited_first else shared(key, WIDE)
    free = shared(key, TIGHT, limited=False)
    assert admitted(free, 15) == 15
    assert admitted(limited or shared(key, WIDE), 30) == 5
    assert admitted(free, 3) == 3


def test_a_pause_holds_those_without_limits_too():
    """What the venue told one connection holds for all of the key."""
    key = object()
    shared(key, TIGHT).pause("orders", 10.0)
    free = shared(key, TIGHT, limited=False)
    assert free.ask(free.enter(CALL, 5.0), 0.0) == math.inf
    assert admitted(free, 1, now=10.0, deadline=11.0) == 1


def test_old_charges_of_those_without_limits_are_forgotten():
    """A thousand requests, one every two seconds, leave a few charges."""
    budget = RateBudget(TIGHT)
    free = Unlimited(budget)
    for second in range(0, 2000, 2):
        ticket = free.enter(CALL, second + 1.0)
        assert free.ask(ticket, float(second)) == 0
        free.leave(ticket, float(second))
    assert len(budget._groups["orders"].charges) < 20


def test_what_went_out_without_limits_is_not_looked_at_with_every_request(monkeypatch):
    """Of thousands within one window, each charge is looked at a few times, and not again for each one that follows."""
    free, looked = Unlimited(RateBudget(TIGHT)), []
    counts_until = module.Ticket.counts_until
    monkeypatch.setattr(module.Ticket, "counts_until", lambda charge: looked.append(1) or counts_until(charge))
    for number in range(4000):
        now = number / 1000
        ticket = free.enter(CALL, now + 1.0)
        assert free.ask(ticket, now) == 0
        free.leave(ticket, now)
    assert len(looked) < 4 * 4000


@pytest.mark.parametrize("limit", [RateLimit(amount=1), LeakyBucket(capacity=1, refill=1.0)], ids=["window", "bucket"])
def test_a_signal_handler_between_the_check_and_the_charge(monkeypatch, limit):
    """It takes the last slot above the frame that was about to, which then finds none."""
    budget = RateBudget({"orders": limit})
    below = budget.enter(CALL, 5.0)
    below.holder = Caller(process=-1)  # nobody who waits for it is in the handler
    earliest_start, of_handler = module._earliest_start, []

    def interrupted(*arguments):
        found = earliest_start(*arguments)
        if not of_handler:
            of_handler.append(budget.enter(CALL, 5.0))
            assert budget.ask(of_handler[0], 0.0) == 0
        return found

    monkeypatch.setattr(module, "_earliest_start", interrupted)
    assert budget.ask(below, 0.0) > 0
    assert below.charged_at is None
    budget.leave(of_handler[0], 0.0)
    assert budget.ask(below, 1.0) == 0


BUCKET = {"orders": LeakyBucket(capacity=10, refill=1.0)}


def test_what_went_out_before_a_bucket_was_known():
    """A connection that keeps a leaky bucket counts what others of its key sent before."""
    key = object()
    wide = shared(key, WIDE)
    tickets = [wide.enter(CALL, 100.0) for _ in range(8)]
    assert [wide.ask(ticket, 0.0) for ticket in tickets] == [0.0] * 8
    for ticket in tickets:
        wide.leave(ticket, 0.0)
    assert admitted(shared(key, BUCKET), 10) == 2
