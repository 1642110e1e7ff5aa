"""A limit pauses what it must, and nothing else."""

from __future__ import annotations

import random

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown, RateLimited
from hk_adapter.execution.attempt import Attempt
from hk_adapter.execution.rate_limits import pause_for
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import RateLimit
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.cases import each

GROUPS = ("orders", "queries", "public")


class Answers:
    """Answers everything at once."""

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        yield 0.0
        return Response(200, {}, b"")


def run_at(time, flow):
    """Run a flow on a budget and a clock of its own."""
    runtime = Runtime(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({name: RateLimit(amount=10) for name in ("orders", "queries")}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    return VirtualRunner(runtime, Answers(), time).run(flow)


SILENCES = [
    (RateLimited("too often", retry_after=999999.0), ("orders",)),
    (RateLimited("blocked", retry_after=999999.0, http_status=418), GROUPS),
]


@pytest.mark.parametrize(("error", "held"), SILENCES, ids=str)
def test_no_silence_is_longer_than_five_minutes(error, held, caplog):
    """The venue is asked again after 300 s, whatever it named; a warning says so, and the error tells what it named."""
    time = VirtualTime()
    assert run_at(time, paused_by(error, "orders")) == dict.fromkeys(held, pytest.approx(300.0))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "told to wait for 999999 s; asking again after 300 s")
    ]
    assert error.retry_after == 999999.0


def test_the_longest_silence_is_no_news(caplog):
    """A wait of 300 s is kept as it was named, without a warning."""
    error = RateLimited("too often", retry_after=300.0)
    assert run_at(VirtualTime(), paused_by(error, "orders")) == {"orders": pytest.approx(300.0)}
    assert not caplog.records


async def paused_by(error, group):
    """Heed an error that a call of a group met, and give the groups that nothing goes out of now, and for how long."""
    attempt = Attempt(100.0)
    if group is not None:
        attempt.before(HttpCall("GET", "/x", group=group))
    await pause_for(error, attempt.group)
    held = {}
    for name in GROUPS:
        try:
            await HttpCall("GET", "/x", group=name, deadline=10.0)
        except NotSent as refusal:
            held[name] = refusal.retry_after
    return held


@each(
    ("error", "group", "held"),
    [
        (RateLimited("too often", retry_after=30.0), "orders", ("orders",)),
        (RateLimited("too often", retry_after=30.0), "public", ("public",)),
        (RateLimited("too often", retry_after=30.0), None, ()),
        (RateLimited("blocked", retry_after=30.0, http_status=418), "orders", GROUPS),
        (RateLimited("blocked", retry_after=30.0, http_status=418), None, GROUPS),
        (OutcomeUnknown("blocked", retry_after=30.0, http_status=418), "queries", GROUPS),
        (OutcomeUnknown("no answer", retry_after=30.0), "orders", ()),
    ],
    ids=str,
)
def test_what_is_paused(error, group, held):
    """A limit holds its own group, a block holds all; a library's limit, which is of no group, holds none."""
    assert run_at(VirtualTime(), paused_by(error, group)) == dict.fromkeys(held, pytest.approx(30.0))
