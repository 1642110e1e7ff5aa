"""A cancel whose own report was lost on its way out: what was seen of its sends is told all the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, HttpCall, Lane, PluginError, wraps_flow
from hk_adapter.execution.operate import report_cancel, report_cancels, run_operation
from hk_adapter.flow.effects import Foreign, Gather, Moment, Now
from hk_adapter.model import CancelManyRequest, CancelRequest, Operation


class Leaves:
    """Drives the inner flow itself, and leaves it for good after so many cancel requests."""

    def __init__(self, after):
        self.after = after
        self.armed = False

    @wraps_flow
    async def operate(self, flow, operation):
        """Drive it, or let it be."""
        if not self.armed:
            return await flow
        seen, effect = 0, flow.send(None)
        while seen < self.after:
            answer = await effect
            seen += isinstance(effect, HttpCall) and effect.lane is Lane.CANCEL
            seen += len(effect.flows) if isinstance(effect, Gather) else 0
            effect = flow.send(answer)
        return None


@pytest.fixture
async def leaving(open_desk, skipped_time):
    """Open a desk with orders that rest, and a wrapper that leaves calls from now on."""

    async def open_one(after, orders=1):
        wrapper = Leaves(after)
        desk = await open_desk(plugins=[wrapper], budget="unlimited")
        ids = [(await desk.place("0.01")).id for _ in range(orders)]
        wrapper.armed = True
        desk.simulator.requests.clear()
        return desk, ids

    return open_one


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_nobody_can_leave_a_cancel_half_way(leaving, after):
    """The inner flow is not the wrapper's to drive: it is run to its end, and its report stands."""
    desk, [order_id] = await leaving(after)
    desk.simulator.fail_next(status=503, method="DELETE", times=9)
    report = await desk.try_cancel(order_id)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.UNKNOWN, 3, 3)


async def test_nor_one_of_several_orders(leaving):
    """Each has its own end."""
    desk, ids = await leaving(1, orders=3)
    reports = await desk.call("cancel_orders", ids)
    assert [(report.outcome, report.attempts) for report in reports] == [(CancelOutcome.CANCELED, 1)] * 3


CANCEL = Operation(name="cancel_order", request=CancelRequest(order_id="1"), timeout=1.0)
MANY = Operation(
    name="cancel_orders",
    request=CancelManyRequest(orders=(CancelRequest(order_id="1"), CancelRequest(order_id="2"))),
    timeout=1.0,
)


async def another_type(operation):
    """Give something else than a report."""
    return "canceled"


async def breaks(operation):
    """Have a bug."""
    raise KeyError("a bug of ours")


async def breaks_after_a_send(operation):
    """Have it after a request has left."""
    await Foreign(lambda: None, None)
    raise KeyError("a bug of ours")


def no_flow(operation):
    """Be no flow at all."""
    return "canceled"


def run(flow):
    """Run a flow whose effects need nothing."""
    try:
        effect = flow.send(None)
        while True:
            effect = flow.send(Moment(100.0, 0) if isinstance(effect, Now) else None)
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize("operate", [another_type, breaks, no_flow])
def test_whatever_breaks_a_cancel_ends_in_reports(operate):
    """Nothing was sent, and each order's report says so."""
    hooks = SimpleNamespace(operate=operate)
    for report in (run(report_cancel(hooks, CANCEL, "acme")), *run(report_cancels(hooks, MANY, "acme"))):
        assert (report.outcome, report.attempts) == (CancelOutcome.NOT_SENT, 0)
        assert isinstance(report.error.__cause__, PluginError)
        assert report.error.venue == "acme"


def test_a_bug_after_a_send_is_a_doubt():
    """A request may have left, and nothing is known of it."""
    report = run(report_cancel(SimpleNamespace(operate=breaks_after_a_send), CANCEL, "acme"))
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, 1, 1)


def test_any_other_call_ends_in_an_error_that_says_where():
    """What is no cancel has no report: PluginError, with the venue and the call."""
    for operate in (another_type, breaks, no_flow):
        with pytest.raises(hk.PluginError) as caught:
            run(run_operation(SimpleNamespace(operate=operate), CANCEL, int, "acme"))
        assert (caught.value.venue, caught.value.operation) == ("acme", "cancel_order")
