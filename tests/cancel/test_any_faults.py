"""Whatever goes wrong in whatever order, the report agrees with what the venue knows to be true."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hk_adapter import CancelOutcome

DOUBTFUL = [
    {"kind": "cut"},
    {"kind": "stall"},
    {"kind": "truncate"},
    {"status": 503},
    {"code": "-1006"},
    {"body": "{}"},
]
REFUSING = [
    {"code": "-1144"},
    {"code": "-2011"},
    {"code": "0102"},
    {"code": "-1021"},
    {"code": "0001"},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 429},
    {"kind": "refuse"},
]
"""What the venue says of a request that it did not carry out; ``refuse`` lets none arrive."""

SENDS = st.one_of(
    st.just(None),
    st.builds(lambda fault: fault | {"acted": True}, st.sampled_from(DOUBTFUL)),
    st.builds(
        lambda fault, late: fault | {"acted": True, "acted_after": late},
        st.sampled_from(DOUBTFUL),
        st.integers(1, 12_000),
    ),
    st.sampled_from(DOUBTFUL),
    st.sampled_from(REFUSING),
)
LOOKS = st.one_of(st.just(None), st.sampled_from([*DOUBTFUL, {"code": "-1021"}, {"status": 429}, {"kind": "refuse"}]))
EVENTS = st.tuples(st.sampled_from(["fill", "part", "cancel"]), st.integers(0, 9000))
CANCELED = {CancelOutcome.CANCELED, CancelOutcome.PARTIALLY_CANCELED, CancelOutcome.ALREADY_CANCELED}


def arrange(desk, order_id, sends, looks, event):
    """Let requests go wrong in this order, and something happen to the order meanwhile."""
    for method, faults in (("DELETE", sends), ("GET", looks)):
        for fault in faults:
            if fault is None:
                break
            desk.simulator.fail_next(method=method, **fault)
    if event is not None:
        what, after = event
        when = desk.venue._connection.runtime.clock.now().timestamp + after
        if what == "cancel":
            desk.simulator.cancel_at(order_id, when)
        else:
            desk.simulator.fill_at(order_id, None if what == "fill" else "0.4", when)


def judge(report, truth, later):
    """Hold a report against the truth when it was given, and a long time later."""
    assert report.attempts == truth.cancel_sends <= 3
    assert report.ambiguous_attempts <= report.attempts
    ours = [one for one in later.cancel_requests if one.effective]
    if report.final:
        assert truth.ended_at is not None
        assert report.order.filled == truth.filled
    if report.outcome in CANCELED:
        assert truth.status in {"CANCELED", "PARTIALLY_CANCELED"}
        assert (report.outcome is CancelOutcome.PARTIALLY_CANCELED) <= (truth.filled > 0)
        assert (report.outcome is CancelOutcome.CANCELED) <= (truth.filled == Decimal(0))
    if report.outcome is CancelOutcome.ALREADY_CANCELED:
        assert not ours
    if report.outcome is CancelOutcome.TOO_LATE_FILLED:
        assert truth.status == "FILLED"
    if report.outcome is CancelOutcome.OFF_BOOK:
        assert truth.ended_at is not None
    if report.outcome in {CancelOutcome.NOT_SENT, CancelOutcome.VENUE_DOWN}:
        assert truth.cancel_sends == 0
    if not report.final and report.outcome not in {
        CancelOutcome.OFF_BOOK,
        CancelOutcome.PENDING,
        CancelOutcome.UNKNOWN,
    }:
        assert not ours


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sends=st.lists(SENDS, max_size=4),
    looks=st.lists(LOOKS, max_size=5),
    event=st.none() | EVENTS,
    timeout=st.sampled_from([1.0, 10.0, 30.0]),
    by_client_id=st.booleans(),
)
async def test_the_report_is_honest(open_desk, skipped_time, sends, looks, event, timeout, by_client_id):
    """At most three sends; finals are the truth; refusals mean that no send of ours ever takes effect."""
    desk = await open_desk()
    order = await desk.place(client_order_id="mine")
    arrange(desk, order.id, sends, looks, event)
    name = {"client_order_id": "mine"} if by_client_id else {"order_id": order.id}
    began = skipped_time.skipped
    report = await desk.try_cancel(**name, timeout=timeout)
    waited = skipped_time.skipped - began  # apart from what a busy machine takes
    assert waited <= timeout + 1e-6
    assert waited <= report.elapsed + 1e-6
    truth = desk.simulator.truth(order.id)
    desk.simulator.advance(desk.venue._connection.runtime.clock.now().timestamp + 60_000)
    judge(report, truth, desk.simulator.truth(order.id))
