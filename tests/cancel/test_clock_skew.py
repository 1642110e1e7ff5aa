"""A clock that is wrong costs one extra send: the venue's time is measured, and the cancel signed again, once."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import Simulator
from hk_adapter.transport.venue_clock import VenueClock

TIME = "/api/v1/time"
ORDER = "/api/v1/spot/order"
HOUR = 3600.0


def paths(desk):
    """What arrived, in order: a request's method, or "time"."""
    return ["time" if one.path == TIME else one.method for one in desk.simulator.requests]


@pytest.fixture
def open_wrong(open_desk, skipped_time, monkeypatch):
    """Open a venue in a process whose wall clock is wrong by some seconds, and an order that rests there."""

    async def open_one(seconds):
        simulator = Simulator()
        order = await (await open_desk(simulator=simulator)).place()

        def wrong(*, same, **settings):
            return VenueClock(skipped_time.monotonic, lambda: skipped_time.time() + seconds, same=False, **settings)

        monkeypatch.setattr("hk_adapter.venue.connection.VenueClock", wrong)
        return await open_desk(simulator=simulator), order

    return open_one


@pytest.mark.parametrize("wrong", [HOUR, -HOUR, 2.0, -6.0, 1e9])
async def test_a_wrong_clock_costs_one_extra_send(open_wrong, wrong):
    """Refused, measured, signed again and canceled; from then on nothing is refused any more."""
    desk, order = await open_wrong(wrong)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 2, 0)
    assert paths(desk) == ["DELETE", "time", "time", "time", "DELETE", "GET"]
    another = await desk.place()
    report = await desk.try_cancel(another.id)
    assert (report.outcome, report.attempts, paths(desk)) == (CancelOutcome.CANCELED, 1, ["DELETE", "GET"])


@pytest.mark.parametrize(("wrong", "old"), [(0.9, 0), (-4.5, 5)])
async def test_a_clock_within_the_venues_window_costs_nothing(open_wrong, skipped_time, wrong, old):
    """Less than a second ahead, or five behind, is taken as it is."""
    desk, order = await open_wrong(wrong)
    skipped_time.sleep(old)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, paths(desk)) == (CancelOutcome.CANCELED, 1, ["DELETE", "GET"])


async def test_a_clock_behind_that_calls_an_order_younger_than_its_cancel_is_measured(open_wrong):
    """An order of another process's, placed a moment ago; whose number it has, the venue's own clock tells."""
    desk, order = await open_wrong(-4.5)
    desk.venue._connection.shared.looks.known.clear()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 1)
    assert paths(desk) == ["DELETE", "GET", "time", "time", "time"]


async def test_an_order_whose_time_was_told_before_needs_no_clock(open_wrong):
    """The create's answer told when it was made."""
    desk, _ = await open_wrong(-4.5)
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, paths(desk)) == (CancelOutcome.CANCELED, ["DELETE", "GET"])


async def test_skew_without_end(desk):
    """Signed again once, and no more: CLOCK_SKEW, nothing in doubt."""
    order = await desk.place()
    desk.simulator.fail_next(code="-1021", method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CLOCK_SKEW, 2, 0)
    assert paths(desk) == ["DELETE", "time", "time", "time", "DELETE"]
    assert report.error.code == "-1021"
    with pytest.raises(hk.ClockSkew) as caught:
        report.order_or_raise()
    assert caught.value.request_state is hk.RequestState.REFUSED


async def test_skew_after_a_doubt_without_end(desk):
    """The doubt stays; the skew was measured once and signed again once."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(code="-1021", method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, 3, 1)
    assert paths(desk).count("time") == 3


async def test_skew_of_a_look(desk):
    """A refused look measures the clock as well, and the cancel is not sent again for it."""
    order = await desk.place()
    desk.simulator.fail_next(code="-1021", path=ORDER, method="GET")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1, 0)
    assert paths(desk) == ["DELETE", "GET", "time", "time", "time", "GET"]


async def test_skew_of_every_look(desk):
    """Accepted, and its end never read: PENDING, with one measurement and one send."""
    order = await desk.place()
    desk.simulator.fail_next(code="-1021", path=ORDER, method="GET", times=99)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, paths(desk).count("time")) == (CancelOutcome.PENDING, 1, 3)


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("fault", [{"status": 503}, {"kind": "cut"}, {"body": "{}"}], ids=str)
async def test_a_reading_that_fails_does_not_void_the_others(open_wrong, fault, failing):
    """One good reading of three is enough."""
    desk, order = await open_wrong(HOUR)
    desk.simulator.fail_next(path=TIME, times=failing, **fault)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, paths(desk).count("time")) == (CancelOutcome.CANCELED, 2, 3)


async def test_a_clock_that_cannot_be_read(open_wrong):
    """The cancel is signed again all the same, and what the venue says then is the outcome."""
    desk, order = await open_wrong(HOUR)
    desk.simulator.fail_next(path=TIME, times=9, status=503)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CLOCK_SKEW, 2, 0)


async def test_a_block_met_while_measuring(desk):
    """418 ends everything: no second send."""
    order = await desk.place()
    desk.simulator.fail_next(code="-1021", method="DELETE")
    desk.simulator.fail_next(path=TIME, status=418)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, paths(desk)) == (CancelOutcome.CLOCK_SKEW, 1, ["DELETE", "time"])


async def test_the_wall_clock_no_longer_counts_once_measured(open_wrong, skipped_time, monkeypatch):
    """A step of the machine's clock after a measurement changes nothing."""
    desk, order = await open_wrong(HOUR)
    await desk.try_cancel(order.id)
    another = await desk.place()
    monkeypatch.setattr(desk.venue._connection.runtime.clock, "_wall", lambda: 0.0)
    assert (await desk.try_cancel(another.id)).attempts == 1


async def test_a_list_of_open_orders_refused_for_its_timestamp(desk):
    """The clock is measured, and the list is asked for again; what is open is canceled."""
    order = await desk.place()
    desk.simulator.fail_next(code="-1021", path="/api/v1/spot/openOrders")
    [report] = await desk.call("cancel_all_orders", "ETH/USD")
    assert (report.order.id, report.outcome) == (order.id, CancelOutcome.CANCELED)
