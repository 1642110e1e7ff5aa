"""A send may wait for its turn, and the clocks be set or measured meanwhile: its stamp is not the time noted before."""

from __future__ import annotations

import pytest

from hk_adapter import CancelOutcome, Order, OutcomeUnknown
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.send_times import CLOCK_NOISE, SendTimes
from hk_adapter.flow.effects import UNMEASURED, ClockSample, Moment
from hk_adapter.model import CancelRequest
from hk_adapter.simulator import Simulator
from hk_adapter.transport.venue_clock import VenueClock

NOW = 1_700_000_000_000
TURN = 1.0
"""Seconds for which the cancel waits for its turn."""
FAR = 6.0
"""Seconds by which our clock is ahead as the cancel begins to wait: more than the venue takes."""


class ClockOfTwoTimes(VenueClock):
    """A clock that is far ahead at first, and is put right once some time has passed."""

    def __init__(self, skipped_time, until, mend):
        super().__init__(skipped_time.monotonic, lambda: skipped_time.time() + self.wrong)
        self.wrong, self._until, self._mend = FAR, until, mend

    def now(self, luck=0.0):
        """Read it."""
        if self.wrong and self.time() >= self._until:
            self.wrong = 0.0
            self._mend(self)
        return super().now(luck)


@pytest.fixture
def open_waiting(open_desk, skipped_time, monkeypatch):
    """Open a venue whose next cancel has to wait for its turn, while a clock of ours that is far ahead is mended."""

    async def open_one(mend, turn=TURN, until=TURN / 2):
        simulator = Simulator()
        order = await (await open_desk(simulator=simulator)).place()
        mended = skipped_time.monotonic() + until

        def wrong(**_):
            return ClockOfTwoTimes(skipped_time, mended, mend)

        monkeypatch.setattr("hk_adapter.venue.connection.VenueClock", wrong)
        desk = await open_desk(simulator=simulator)
        desk.venue._connection.runtime.admission.pause("orders", skipped_time.monotonic() + turn)
        return desk, order

    return open_one


def set_right(clock):
    """What a time server does."""


def measured(skipped_time):
    """What another call does that was refused for its stamp meanwhile."""

    def mend(clock):
        at = clock.time()
        clock.sample(ClockSample(int(skipped_time.time() * 1000), at - 0.01, at, first=True))

    return mend


@pytest.mark.parametrize("by_reading", [True, False])
async def test_an_end_by_our_own_cancel_is_not_an_earlier_one(open_waiting, skipped_time, by_reading):
    """The venue never saw a stamp by the wrong clock: it says nothing of when the cancel left."""
    desk, order = await open_waiting(measured(skipped_time) if by_reading else set_right)
    desk.simulator.fail_next(code="-1142", method="DELETE", acted=True)  # the second of two deliveries answered
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 1)


async def test_many_cancels_that_waited(open_waiting, skipped_time):
    """Nor do batches know better."""
    desk, order = await open_waiting(measured(skipped_time))
    desk.simulator.fail_next(
        body=f'{{"code":"0000","result":[{{"orderId":"{order.id}","code":"0211"}}]}}', method="DELETE", acted=True
    )
    first, _ = await desk.call("cancel_orders", [order.id, "77"])
    assert first.outcome is CancelOutcome.CANCELED


@pytest.mark.parametrize("by_reading", [True, False])
@pytest.mark.parametrize("fault", [{"status": 502}, {"code": "-1144"}], ids=["in-doubt", "refused"])
async def test_the_stamp_of_a_send_that_was_not_accepted_tells_nothing_once_the_clocks_tell_otherwise(
    open_waiting, skipped_time, by_reading, fault
):
    """The venue never said that it is right: an end soon after it is no earlier one, though the looks began before."""
    desk, order = await open_waiting(measured(skipped_time) if by_reading else set_right, turn=0.0, until=0.9)
    desk.simulator.fail_next(**fault, method="DELETE", times=9)
    desk.simulator.fail_next(status=503, method="GET", times=2)
    desk.simulator.cancel_at(order.id, int(skipped_time.time() * 1000) + 500)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ended_before) == (CancelOutcome.CANCELED, False)


def test_a_repeat_beside_a_send_in_doubt():
    """The clocks may be put right while a repeat waits: the first send left no later than they say now."""
    case = CancelCase(CancelRequest(order_id="7"))
    case.note_sending(Moment(0.0, NOW + int(FAR * 1000), doubt=UNMEASURED))
    case.learn_failure(1, OutcomeUnknown("lost"))
    case.note_sending(Moment(2.0, NOW + 2_000, doubt=5.0))
    assert not case.is_older(Order(id="7", timestamp=NOW - 60_000, last_update_timestamp=NOW + 1_500))


def sent(doubt=UNMEASURED, at=0.0):
    """When a send left that was noted by a clock of some doubt."""
    return SendTimes().sent(Moment(at, NOW, doubt=doubt, ahead=UNMEASURED if doubt >= UNMEASURED else 0.0), again=False)


def read(seconds, moved, doubt=UNMEASURED):
    """What the clocks say some seconds later, which were set by some ms meanwhile."""
    ahead = UNMEASURED if doubt >= UNMEASURED else 0.0
    return Moment(seconds, NOW + int(seconds * 1000) + moved, doubt=doubt, ahead=ahead)


def test_clocks_that_nobody_set_tell_the_same():
    """Rounding is no other time, and nothing is learned of it."""
    times = sent()
    for moved in (-int(CLOCK_NOISE), 0, 1, int(CLOCK_NOISE)):
        assert not times.is_told_otherwise(read(3.0, moved))
        assert times.measured(read(3.0, moved)) is times


def test_a_clock_set_back_tells_no_time():
    """What was sent when is open then, and the earliest time of all counts."""
    times = sent().measured(read(3.0, -7_200_000))
    assert times.is_undated
    assert times.earliest == NOW - 7_200_000 - UNMEASURED


def test_a_clock_set_ahead_keeps_the_first_time():
    """The machine may have slept after the send; how late it may have left is what is new."""
    times = sent().measured(read(3.0, 3_600_000))
    assert (times.first, times.earliest) == (NOW, NOW - UNMEASURED)
    assert times.latest == NOW + 3_600_000 + UNMEASURED


def test_what_the_venue_called_wrong_is_not_told_by_the_same_clock():
    """Only a reading tells again."""
    times = sent().refused()
    assert times.measured(read(3.0, -7_200_000)) is times
    assert times.measured(read(3.0, -7_200_000, doubt=5.0)).first == NOW - 7_200_000
