"""When a cancel is sent again, and when not: at most three sends, each where it can help."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Evidence, OrderStatus

WHOLE = 10.0
"""Seconds: a call's time, where it names none."""


def at(desk, number):
    """When the order's cancels arrived at the venue, in seconds after the first."""
    times = [one.at for one in desk.seen("DELETE")]
    return (times[number] - times[0]) / 1000


@pytest.mark.parametrize("refusals", [1, 2])
async def test_a_connection_that_opens_at_last(desk, refusals):
    """What was never sent is no attempt: once the connection opens, one cancel goes out."""
    order = await desk.place()
    desk.simulator.fail_next(kind="refuse", method="DELETE", times=refusals)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1, 0)
    assert desk.cancels == 1


async def test_a_connection_is_tried_three_times(desk):
    """Then the venue is down: no request arrived, and none is in doubt."""
    order = await desk.place()
    desk.simulator.fail_next(kind="refuse", method="DELETE", times=3)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.evidence) == (CancelOutcome.VENUE_DOWN, 0, Evidence.NONE)
    assert (desk.seen(), report.elapsed < 2) == ([], True)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


async def test_a_connection_refused_after_a_send_is_not_that_the_venue_is_down(desk):
    """A byte has left before: what cannot be settled stays unknown."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(kind="refuse", times=99)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, 1, 1)


async def test_locked_for_a_while(desk):
    """A refusal that may pass is met with what is left of the sends, over what is left of the time."""
    order = await desk.place()
    desk.simulator.fail_next(code="-1144", method="DELETE", times=2)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 3, 0)
    assert at(desk, 2) <= 0.85 * WHOLE


async def test_locked_forever(desk):
    """After three sends it is REJECTED, with the venue's last word and the open order."""
    order = await desk.place()
    desk.simulator.fail_next(code="-1144", method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence, report.order.status) == (
        CancelOutcome.REJECTED,
        Evidence.QUERY,
        OrderStatus.OPEN,
    )
    assert (report.attempts, report.ambiguous_attempts, desk.cancels, report.error.code) == (3, 0, 3, "-1144")


@pytest.mark.parametrize("fault", [{"code": "-1144"}, {"kind": "cut"}, {"status": 503}], ids=str)
@pytest.mark.parametrize("timeout", [0.5, 3, 10, 60])
async def test_nothing_is_sent_in_the_last_part_of_the_time(desk, fault, timeout):
    """The last 15 % are for looking."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", times=9, **fault)
    report = await desk.try_cancel(order.id, timeout=timeout)
    assert 1 <= desk.cancels == report.attempts <= 3
    assert at(desk, -1) <= 0.85 * timeout + 0.01


async def test_repeats_after_a_doubt_do_not_wait_long(desk):
    """The pauses are random, the first one up to a quarter of a second, the second up to half of one."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.attempts, at(desk, 1) <= 0.3, at(desk, 2) <= 1.5) == (3, True, True)


async def test_every_send_is_signed_afresh(desk):
    """A repeat carries its own timestamp."""
    order = await desk.place()
    desk.simulator.fail_next(code="-2011", method="DELETE", times=9)
    await desk.try_cancel(order.id)
    stamps = [int(one.parameters["timestamp"]) for one in desk.seen("DELETE")]
    assert len(set(stamps)) == 3
    assert stamps == [pytest.approx(one.at, abs=50) for one in desk.seen("DELETE")]


async def test_our_own_repeat_is_not_somebody_elses_cancel(desk):
    """To a repeat after a doubtful send, "already canceled" means CANCELED."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True)
    desk.simulator.fail_next(body=desk.row(order.id), method="GET")  # a look that lags behind
    report = await desk.try_cancel(order.id)
    assert [one.method for one in desk.seen()][:3] == ["DELETE", "GET", "DELETE"]
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 2, 1)


async def test_a_cancel_that_was_stuck_on_its_way(desk):
    """A send that timed out runs seconds later, and the repeat is refused meanwhile: the end is still ours."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True, acted_after=4000)
    desk.simulator.fail_next(code="-2011", method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)
    assert report.elapsed >= 4


@pytest.mark.parametrize("code", ["-1144", "-2011", "0211", "0212", "0102", "0001", "-1021"])
async def test_a_refused_repeat_says_nothing_of_the_send_before_it(desk, code):
    """After a doubtful send there is no refusal: the first one may still run."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(code=code, method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.final) == (CancelOutcome.UNKNOWN, False)
    assert (report.attempts, report.ambiguous_attempts) == (desk.cancels, 1)
    assert 2 <= desk.cancels <= 3
    assert report.elapsed > 8
    with pytest.raises(hk.OutcomeUnknown):
        report.order_or_raise()


@pytest.mark.parametrize("code", ["-1139", "-1142", "-1138"])
async def test_off_the_book_by_the_word_of_a_repeat(desk, code):
    """The venue says that the order has ended, and no look says how: OFF_BOOK, although a send is in doubt."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(body=desk.row(order.id), method="GET")
    desk.simulator.fail_next(code=code, method="DELETE", times=9)
    desk.simulator.fail_next(status=503, method="GET", times=99)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence, report.ambiguous_attempts) == (
        CancelOutcome.OFF_BOOK,
        Evidence.ERROR_CODE,
        1,
    )


async def test_open_after_an_accepted_repeat_is_pending(desk):
    """OPEN settles no doubt, and an acceptance is no end."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(body=desk.row(order.id), method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.PENDING, 2, 1)
    assert desk.cancels == 2


async def test_a_repeat_goes_by_the_id_that_a_look_told(desk):
    """Canceled by client id and in doubt: the look tells the venue's id, and the repeat cancels that very order."""
    order = await desk.place(client_order_id="mine")
    desk.simulator.fail_next(kind="cut", method="DELETE")
    report = await desk.try_cancel(client_order_id="mine")
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 2)
    first, second = desk.seen("DELETE")
    assert first.parameters["clientOrderId"] == "mine"
    assert second.parameters["orderId"] == order.id


async def test_by_client_id_alone_nothing_is_repeated(desk):
    """A client id may name another order by then: without the venue's id there is no repeat."""
    await desk.place(client_order_id="mine")
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(status=503, method="GET", times=99)
    report = await desk.try_cancel(client_order_id="mine")
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.UNKNOWN, 1, 1)


async def test_a_venue_that_answers_nothing_is_left_alone(desk):
    """After five seconds of silence no cancel goes out, though there is time, while looks go on."""
    order = await desk.place()
    desk.simulator.fail_next(kind="stall", times=99)
    report = await desk.try_cancel(order.id, timeout=60)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, 1, 1)
    assert (desk.cancels, len(desk.seen("GET")) > 5) == (1, True)


async def test_a_venue_that_answers_again_is_sent_to_again(desk):
    """The first answer ends the silence; what is still open is canceled."""
    order = await desk.place()
    desk.simulator.fail_next(kind="stall", method="DELETE")
    desk.simulator.fail_next(kind="stall", method="GET", times=4)
    report = await desk.try_cancel(order.id, timeout=60)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)
    assert desk.cancels == 2
    assert at(desk, 1) > 12


async def test_silence_is_known_to_the_next_call(desk):
    """Who comes later sends once, as it must, and repeats nothing into the silence."""
    order = await desk.place()
    desk.simulator.fail_next(kind="stall", times=99)
    await desk.try_cancel(order.id)
    desk.simulator.requests.clear()
    report = await desk.try_cancel(order.id)
    assert (report.attempts, desk.cancels) == (1, 1)


@pytest.mark.parametrize("held_until", [8.6, 9.2, 9.9])
async def test_no_repeat_in_the_last_part(desk, held_until):
    """A repeat that had to wait for the rate limit does not go out in the last 15 % of the time: looks do."""
    order = await desk.place()
    admission = desk.venue._connection.runtime.admission
    clock = desk.venue._connection.runtime.clock
    desk.simulator.fail_next(kind="cut", method="DELETE")
    handle = desk.simulator._simulator.handle

    def busy(request, now):
        if request.method == "DELETE":
            admission.pause("orders", clock.now().monotonic + held_until)
        return handle(request, now)

    desk.simulator._simulator.handle = busy
    report = await desk.try_cancel(order.id, timeout=10.0)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.UNKNOWN, 1, 1)
    assert desk.seen("GET")


@pytest.mark.parametrize("held_until", [2.0, 7.9])
async def test_a_repeat_that_waits_and_is_in_time(desk, held_until):
    """Before that it goes out, however long it waited."""
    order = await desk.place()
    admission = desk.venue._connection.runtime.admission
    clock = desk.venue._connection.runtime.clock
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(kind="stall", method="GET")  # so that the pause has begun before the repeat is decided
    handle = desk.simulator._simulator.handle
    first = []

    def busy(request, now):
        if request.method == "DELETE" and not first:
            first.append(request)
            admission.pause("orders", clock.now().monotonic + held_until)
        return handle(request, now)

    desk.simulator._simulator.handle = busy
    report = await desk.try_cancel(order.id, timeout=10.0)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 2)
    assert held_until <= at(desk, 1) <= 8.5


async def test_a_venue_that_was_closed_and_opened_again(desk):
    """After a repeat met a closed venue, an order that is shown open again is worth another one."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", kind="cut")
    desk.simulator.fail_next(method="DELETE", code="-1101")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 3)


async def test_a_venue_that_stays_closed_is_looked_at_until_the_end(desk):
    """A doubt is looked into for as long as there is time, though the look-ups meet a closed venue."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", kind="cut", acted=True)
    desk.simulator.fail_next(method="GET", code="-1101", times=4)
    report = await desk.try_cancel(order.id)
    assert report.outcome is CancelOutcome.CANCELED
