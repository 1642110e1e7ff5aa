"""A refused cancel: one outcome and one error for every documented code."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, CancelRejectReason, Evidence, OrderStatus

RATE_LIMITED = (CancelOutcome.RATE_LIMITED, hk.RateLimited)
CLOCK_SKEW = (CancelOutcome.CLOCK_SKEW, hk.ClockSkew)
AUTH = (CancelOutcome.AUTH, hk.AuthenticationError)
BAD_REQUEST = (CancelOutcome.BAD_REQUEST, hk.BadRequest)
VENUE_DOWN = (CancelOutcome.VENUE_DOWN, hk.VenueUnavailable)

BY_CODE = {
    "0003": RATE_LIMITED,
    "-1015": RATE_LIMITED,
    "-3145": RATE_LIMITED,
    "0102": AUTH,
    "0103": AUTH,
    "0104": AUTH,
    "0202": AUTH,
    "0002": AUTH,
    "-1002": AUTH,
    "-1005": AUTH,
    "-1020": AUTH,
    "-1152": AUTH,
    "-1160": AUTH,
    "-1186": AUTH,
    "-1205": AUTH,
    "-1215": AUTH,
    "-2023": AUTH,
    "-3117": AUTH,
    "0001": BAD_REQUEST,
    "0201": BAD_REQUEST,
    "-1004": BAD_REQUEST,
    "-1102": BAD_REQUEST,
    "-1123": BAD_REQUEST,
    "-1130": BAD_REQUEST,
    "-5030": BAD_REQUEST,
    "-1101": VENUE_DOWN,
}

ON_THE_BOOK = {
    "-1144": CancelRejectReason.BUSY,
    "-1145": CancelRejectReason.VENUE_OPTION,
    "-1150": CancelRejectReason.OTHER,
    "-2011": CancelRejectReason.OTHER,
}


@pytest.mark.parametrize("code", BY_CODE)
async def test_refused_before_the_order_was_looked_at(desk, code):
    """The code is the whole answer: no second send, no look-up; the error tells venue, call, code and report."""
    outcome, kind = BY_CODE[code]
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.final, report.evidence) == (outcome, False, Evidence.ERROR_CODE)
    assert (report.attempts, report.ambiguous_attempts, report.error.code) == (1, 0, code)
    assert [one.method for one in desk.seen()] == ["DELETE"]
    with pytest.raises(kind) as caught:
        report.order_or_raise()
    error = caught.value
    assert (error.venue, error.operation, error.code, error.http_status) == ("hashkey", "cancel_order", code, 400)
    assert (error.report.outcome, error.request_state) == (outcome, hk.RequestState.REFUSED)
    assert (desk.cancels, desk.simulator.order(order.id).status) == (1, "NEW")


async def test_a_wrong_signature_is_told_from_a_wrong_field(desk):
    """0001 is listed twice; the venue's own words say which of the two it is."""
    order = await desk.place()
    desk.simulator.fail_next(code="0001", msg="Signature for this request is not valid.", method="DELETE")
    with pytest.raises(hk.AuthenticationError) as caught:
        await desk.cancel(order.id)
    assert (caught.value.report.outcome, desk.cancels) == (CancelOutcome.AUTH, 1)


@pytest.mark.parametrize("code", ["0104", "0202", "-1005", "-1186"])
async def test_a_missing_permission_is_an_error_of_its_own(desk, code):
    """A valid key that may not do this is told from a key that is not valid."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE")
    with pytest.raises(hk.PermissionDenied):
        await desk.cancel(order.id)


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        ({"code": "0003"}, 60.0),
        ({"code": "-1015"}, 60.0),
        ({"status": 429}, 60.0),
        ({"status": 429, "headers": {"Retry-After": "7"}}, 7.0),
        ({"code": "0003", "headers": {"Retry-After": "7"}}, 7.0),
        ({"status": 418, "headers": {"Retry-After": "300"}}, 300.0),
    ],
)
async def test_asked_too_often(desk, fault, retry_after):
    """A breach is told with the seconds to be silent: the venue's own, else its documented minute."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", **fault)
    report = await desk.try_cancel(order.id, timeout=6)
    assert (report.outcome, report.retry_after, report.ambiguous_attempts) == (
        CancelOutcome.RATE_LIMITED,
        retry_after,
        0,
    )
    assert report.elapsed < 1
    with pytest.raises(hk.RateLimited) as caught:
        report.order_or_raise()
    assert caught.value.retry_after == retry_after
    assert len(desk.seen()) == 1


@pytest.mark.parametrize("code", ON_THE_BOOK)
async def test_refused_and_still_on_the_book(desk, code):
    """REJECTED is proven by a query begun after the last refusal; the error carries the open order and the reason."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE", times=9)
    with pytest.raises(hk.CancelRejected) as caught:
        await desk.cancel(order.id)
    error = caught.value
    assert (error.report.outcome, error.report.evidence) == (CancelOutcome.REJECTED, Evidence.QUERY)
    assert (error.code, error.reason, error.venue, error.operation) == (
        code,
        ON_THE_BOOK[code],
        "hashkey",
        "cancel_order",
    )
    assert (error.order.id, error.order.status) == (order.id, OrderStatus.OPEN)
    sends = 1 if code == "-1145" else 3  # what the venue's own option forbids, no repeat changes
    assert [one.method for one in desk.seen()] == ["DELETE", "GET"] * sends
    assert (error.report.attempts, error.report.ambiguous_attempts) == (sends, 0)


@pytest.mark.parametrize("code", [*ON_THE_BOOK, "0212"])
async def test_refused_once_and_then_taken(desk, code):
    """A refusal that may pass is met again only as long as it lasts."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE")
    report = await desk.try_cancel(order.id)
    expected = (CancelOutcome.REJECTED, 1) if code == "-1145" else (CancelOutcome.CANCELED, 2)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (*expected, 0)


@pytest.mark.parametrize("code", ["0211", "0212", "-1143", "-2013"])
async def test_not_there_but_on_the_book(desk, code):
    """A refusal that may mean an ended order, and a look that shows it open and may be older: neither is believed."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.status) == (CancelOutcome.UNKNOWN, OrderStatus.OPEN)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        report.order_or_raise()
    assert (caught.value.code, caught.value.operation, desk.cancels) == (code, "cancel_order", 3)


@pytest.mark.parametrize("then", ["0003", "0102", "-1101", "-2011"])
@pytest.mark.parametrize("code", ["0211", "0212", "-1143", "-2013"])
async def test_not_there_and_then_refused_for_another_reason(desk, code, then):
    """What a first refusal may have meant, no later one takes back: that the order rests is not said."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE")
    desk.simulator.fail_next(code=then, method="DELETE", times=9)
    desk.simulator.fail_next(method="GET", body=desk.row(order.id), times=99)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.UNKNOWN


@pytest.mark.parametrize("code", ["-1139", "-1142", "-1138"])
async def test_too_late_but_on_the_book(desk, code):
    """A look may be older than the word that the order has ended: off the book, and no status is claimed."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.OFF_BOOK, 3, 3)
    assert (report.evidence, report.order.status) == (Evidence.ERROR_CODE, None)
    with pytest.raises(hk.AdapterError):
        report.order_or_raise()


@pytest.mark.parametrize("code", ["-2011", "0211", "0212"])
async def test_a_refusal_without_a_look_is_unknown(desk, code):
    """REJECTED and NOT_FOUND need queries; where none is answered, nothing is said of the order."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="DELETE")
    desk.simulator.fail_next(kind="cut", method="GET", times=9)
    report = await desk.try_cancel(order.id, timeout=0.4)
    assert (report.outcome, report.order, report.final) == (CancelOutcome.UNKNOWN, None, False)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        report.order_or_raise()
    assert (caught.value.code, desk.cancels) == (code, 1)


@pytest.mark.parametrize("word", ["PENDING_NEW", "PENDING_CANCEL"])
async def test_a_refused_cancel_of_an_order_in_between_is_not_rejected(desk, word):
    """Only an order seen OPEN is proven on the book."""
    order = await desk.place()
    desk.simulator.fail_next(code="-2011", method="DELETE")
    desk.simulator.fail_next(body=desk.row(order.id, status=word), method="GET", times=9)
    report = await desk.try_cancel(order.id, timeout=0.4)
    assert (report.final, report.outcome, desk.cancels) == (False, CancelOutcome.UNKNOWN, 1)


async def test_a_refused_connection(desk):
    """No connection, no request: the venue is down, nothing was sent, and nothing is in doubt."""
    order = await desk.place()
    desk.simulator.fail_next(kind="refuse", times=9)
    report = await desk.try_cancel(order.id, timeout=0.4)
    assert (report.outcome, report.final, report.attempts, report.ambiguous_attempts) == (
        CancelOutcome.VENUE_DOWN,
        False,
        0,
        0,
    )
    with pytest.raises(hk.VenueUnavailable) as caught:
        report.order_or_raise()
    assert isinstance(caught.value.__cause__, hk.NotSent)
    assert (caught.value.venue, caught.value.operation, desk.seen()) == ("hashkey", "cancel_order", [])


@pytest.mark.usefixtures("skipped_sleep")
async def test_a_refused_connection_over_real_sockets(open_desk, unused_tcp_port):
    """The same where nobody listens on the port."""
    url = f"http://127.0.0.1:{unused_tcp_port}"
    desk = await open_desk(base_url=url)
    with pytest.raises(hk.VenueUnavailable) as caught:
        await desk.cancel("1", timeout=20)
    assert (caught.value.report.outcome, caught.value.report.attempts) == (CancelOutcome.VENUE_DOWN, 0)


async def test_a_look_that_is_blocked_is_the_last_one(desk):
    """After a 418 nothing is sent any more, look-ups included."""
    order = await desk.place()
    desk.simulator.fail_next(status=418, method="GET", times=9)
    report = await desk.try_cancel(order.id, timeout=1)
    assert (report.outcome, desk.cancels) == (CancelOutcome.PENDING, 1)
    assert len(desk.seen("GET")) == 1


async def test_a_look_that_was_one_too_many_waits(desk):
    """A 429 on a look-up names a silence, and it is kept."""
    order = await desk.place()
    desk.simulator.fail_next(status=429, headers={"Retry-After": "5"}, method="GET")
    report = await desk.try_cancel(order.id, timeout=1)
    assert (report.outcome, len(desk.seen("GET")), desk.cancels) == (CancelOutcome.PENDING, 1, 1)
    assert report.elapsed < 0.5
