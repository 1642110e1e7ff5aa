"""A venue that says "too often" is left alone for as long as it says; what has no room in the time is told at once."""

from __future__ import annotations

from itertools import pairwise

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import Dialect, Limits, Simulator


async def is_sent(desk, call, *args, **kwargs):
    """Whether a call reaches the venue now; if not, it must be told at once, for a reason of ours."""
    before = len(desk.simulator.requests)
    try:
        await desk.call(call, *args, **kwargs)
    except hk.NotSent:
        assert len(desk.simulator.requests) == before
        return False
    return True


@pytest.mark.parametrize("fault", [{"status": 429}, {"code": "0003"}, {"code": "-1015", "status": 429}], ids=str)
async def test_a_wait_that_fits_the_time(desk, fault):
    """The cancel is sent again after the venue's own wait, and not before."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", headers={"Retry-After": "3"}, **fault)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 2, 0)
    first, second = desk.seen("DELETE")
    assert 3000 <= second.at - first.at <= 3500


async def test_a_wait_after_a_doubt(desk):
    """A repeat that is limited waits as told, and the doubt about the first send stays told."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", kind="cut")
    desk.simulator.fail_next(method="DELETE", status=429, headers={"Retry-After": "2"})
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 3, 1)
    _, second, third = desk.seen("DELETE")
    assert third.at - second.at >= 2000


@pytest.mark.parametrize("seconds", [9, 10, 3600])
async def test_a_wait_that_does_not_fit_the_time(desk, seconds):
    """It is told at once, with the wait; a wait that ends in the last 15 % of the time fits no repeat either."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", status=429, headers={"Retry-After": str(seconds)})
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.retry_after, report.attempts) == (CancelOutcome.RATE_LIMITED, seconds, 1)
    assert report.elapsed < 1


async def test_limited_again_and_again(desk):
    """Three sends in all, each after its wait; then it is RATE_LIMITED."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", status=429, headers={"Retry-After": "2"}, times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.RATE_LIMITED, 3, 0)
    times = [one.at for one in desk.seen("DELETE")]
    assert all(later - earlier >= 2000 for earlier, later in pairwise(times))


async def test_the_documented_minute(desk, skipped_time):
    """An order limit that names no time is a minute: told at once, and the next order call is held back at once."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", status=429)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.retry_after, report.attempts) == (CancelOutcome.RATE_LIMITED, 60, 1)
    again = await desk.try_cancel(order.id)
    assert (again.outcome, again.attempts, desk.cancels) == (CancelOutcome.NOT_SENT, 0, 1)
    assert again.elapsed < 0.1
    assert again.retry_after == pytest.approx(60, abs=1)
    with pytest.raises(hk.NotSent) as caught:
        await desk.cancel(order.id)
    assert caught.value.retry_after == pytest.approx(60, abs=1)
    assert not await is_sent(desk, "create_order", "ETH/USD", "limit", "buy", "1", "1900")
    assert await is_sent(desk, "fetch_order", order.id)
    skipped_time.sleep(60)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


async def test_a_minute_that_fits(desk):
    """Whoever has the time gets the cancel after the minute."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", status=429)
    report = await desk.try_cancel(order.id, timeout=120)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 2)
    assert 60 <= report.elapsed < 63


async def test_a_call_that_comes_during_the_wait_waits_too(desk):
    """The second call has the time to wait for the end of the first one's pause, and sends once."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", status=429, headers={"Retry-After": "20"})
    await desk.try_cancel(order.id)
    desk.simulator.requests.clear()
    report = await desk.try_cancel(order.id, timeout=40)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 1)
    assert report.elapsed >= 19


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "120"}], ids=["unnamed", "named"])
@pytest.mark.parametrize("body", [{"status": 418}, {"code": "0003", "status": 418}], ids=["bare", "code"])
async def test_after_a_block_nothing_is_sent(desk, skipped_time, headers, body):
    """418 on a cancel: no look, no repeat, no clock, for anybody, until the block is over."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", headers=headers, **body)
    report = await desk.try_cancel(order.id, timeout=50)
    assert (report.outcome, report.attempts, report.final) == (CancelOutcome.RATE_LIMITED, 1, False)
    assert (len(desk.simulator.requests), report.elapsed < 1) == (1, True)
    during = await desk.try_cancel(order.id, timeout=50)
    assert (during.outcome, during.retry_after) == (
        CancelOutcome.NOT_SENT,
        pytest.approx(120 if headers else 60, abs=1),
    )
    assert not await is_sent(desk, "fetch_order", order.id)
    assert not await is_sent(desk, "fetch_time")
    assert len(desk.simulator.requests) == 1
    skipped_time.sleep(121)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


async def test_a_block_met_by_a_look_ends_the_call(desk):
    """Whoever looks and is blocked says what is known, and asks nothing more."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", kind="cut", acted=True)
    desk.simulator.fail_next(method="GET", status=418, times=9)
    report = await desk.try_cancel(order.id, timeout=50)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, 1)
    assert (len(desk.simulator.requests), report.elapsed < 1) == (2, True)


async def test_a_look_that_was_one_too_many_does_not_stop_cancels(desk):
    """The queries' limit is not the orders': the next cancel goes out at once, and the looks wait as told."""
    first, second = await desk.place(), await desk.place()
    desk.simulator.fail_next(method="GET", status=429, headers={"Retry-After": "30"})
    report = await desk.try_cancel(first.id)
    assert (report.outcome, report.retry_after) == (CancelOutcome.PENDING, 30)
    accepted = await desk.try_cancel(second.id, wait="ack")
    assert (accepted.outcome, accepted.attempts) == (CancelOutcome.PENDING, 1)
    assert accepted.elapsed < 0.5
    assert not await is_sent(desk, "fetch_order", first.id)


async def test_a_look_that_waits_and_fits(desk):
    """The end is read after the wait that a look was told."""
    order = await desk.place()
    desk.simulator.fail_next(method="GET", status=429, headers={"Retry-After": "4"})
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 1)
    looks = [one.at for one in desk.seen("GET")]
    assert (len(looks), looks[1] - looks[0] >= 4000) == (2, True)


@pytest.mark.parametrize("answer", ["json", "empty", "html", "json_400"])
async def test_a_key_that_somebody_else_used_up(open_desk, skipped_time, answer):
    """A limit that our budget cannot know of, in each of the words that a refusal may have: told with its wait."""
    simulator = Simulator(limits=Limits(), dialect=Dialect(limit_answer=answer))
    other = await open_desk(simulator=simulator, budget="unlimited")
    desk = await open_desk(simulator=simulator)
    order = await other.place(client_order_id="mine")
    for _ in range(12):  # another process with the same key, and no budget
        await other.try_cancel("1", wait="ack", timeout=0.06)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.retry_after, report.attempts) == (CancelOutcome.RATE_LIMITED, 60, 1)
    skipped_time.sleep(61)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


async def test_the_budget_keeps_within_the_limits(open_desk, skipped_time):
    """Cancel after cancel, as fast as they go: the venue never has to refuse, though its limits are exact."""
    desk = await open_desk(simulator=Simulator(limits=Limits()))
    orders = [await desk.place() for _ in range(25)]
    reports = [await desk.try_cancel(order.id) for order in orders]
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert not desk.simulator.bans


async def test_no_room_in_the_budget_is_not_sent(open_desk, skipped_time):
    """A cancel that could only go out after its deadline is told at once, and nothing left."""
    desk = await open_desk()
    for _ in range(10):
        await desk.try_cancel("1", wait="ack", timeout=0.06)
    desk.simulator.requests.clear()
    report = await desk.try_cancel("1", timeout=0.3)
    assert (report.outcome, report.attempts, desk.simulator.requests) == (CancelOutcome.NOT_SENT, 0, [])
    assert report.elapsed < 0.3


async def test_creates_leave_room_for_cancels(open_desk, skipped_time):
    """After as many creates as there was room for, a fifth of the order limit is still there for cancels."""
    desk = await open_desk(simulator=Simulator(limits=Limits()))
    placed = []
    while True:
        try:
            placed.append(await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", timeout=0.4))
        except hk.NotSent:
            break
    assert len(placed) == 8
    for order in placed[:2]:
        accepted = await desk.try_cancel(order.id, wait="ack")
        assert (accepted.outcome, accepted.elapsed < 0.1) == (CancelOutcome.PENDING, True)
    assert not desk.simulator.bans


@pytest.mark.parametrize("header", ["0", "000", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_a_wait_that_names_none(desk, header):
    """Zero, or what cannot be read as seconds, is no wait given: the documented minute holds."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", status=429, headers={"Retry-After": header})
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.retry_after, report.attempts) == (CancelOutcome.RATE_LIMITED, 60, 1)


@pytest.mark.parametrize("status", [429, 418])
async def test_a_wait_of_days(desk, skipped_time, caplog, status):
    """It is told as the venue named it, and the venue is asked again after five minutes all the same."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", status=status, headers={"Retry-After": "999999"})
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.retry_after, report.attempts) == (CancelOutcome.RATE_LIMITED, 999999, 1)
    assert "told to wait for 999999 s; asking again after 300 s" in caplog.text
    meanwhile = await desk.try_cancel(order.id)
    assert (meanwhile.outcome, meanwhile.retry_after) == (CancelOutcome.NOT_SENT, pytest.approx(300, abs=1))
    skipped_time.sleep(300)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED
