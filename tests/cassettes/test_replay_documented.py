"""Every documented answer, replayed through both facades, ends in what the promises on canceling say of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException

import hk_adapter as hk
from hk_adapter import CancelOutcome, Evidence, OrderSide, OrderStatus
from hk_adapter.testing.cassettes.clock import RecordedClock

from .documented import own_key, replayed

ORDER_ID = "1563291927536863744"
OWN_ID = "99999888912"

# The documented answer of a cancel, field by field: order 1563291927536863744 as it was before the cancel.
ACKNOWLEDGED = hk.Order(
    account_id="1464567707961719552",
    venue_symbol="ETHUSD",
    symbol="ETH/USD",
    client_order_id=OWN_ID,
    id=ORDER_ID,
    timestamp=1701094920045,
    price=Decimal(1900),
    amount=Decimal(1),
    filled=Decimal(0),
    cost=Decimal(0),
    venue_status="NEW",
    status=OrderStatus.PENDING_CANCEL,
    time_in_force="GTC",
    type="limit",
    post_only=False,
    side=OrderSide.BUY,
)


@pytest.fixture
async def desk(open_desk: Callable[..., Any]) -> Any:
    """Open HashKey's sandbox, of which the test's cassette is all there is."""
    return await open_desk(environment="sandbox", **own_key())


@pytest.mark.parametrize(
    "ids",
    [
        replayed("cancel_by_order_id_ack", {"order_id": ORDER_ID}),
        replayed("cancel_by_client_order_id_ack", {"client_order_id": OWN_ID}),
    ],
)
async def test_an_accepted_cancel_is_returned_field_by_field(desk: Any, vcr: Cassette, ids: dict[str, str]) -> None:
    """All twelve documented fields arrive; status NEW in the answer is pending_cancel, and never canceled."""
    order = await desk.cancel(**ids, wait="ack")
    assert order == ACKNOWLEDGED
    assert vcr.play_count == len(vcr) == 1


@pytest.mark.parametrize(
    "ids",
    [
        replayed("cancel_by_order_id_confirmed", {"order_id": ORDER_ID}),
        replayed("cancel_by_client_order_id_confirmed", {"client_order_id": OWN_ID}),
    ],
)
async def test_a_confirmed_cancel_is_canceled(desk: Any, vcr: Cassette, ids: dict[str, str]) -> None:
    """The cancel returns once the query shows the end: canceled, nothing filled, at the venue's time."""
    order = await desk.cancel(**ids)
    assert (order.id, order.client_order_id, order.symbol) == (ORDER_ID, OWN_ID, "ETH/USD")
    assert (order.status, order.filled, order.remaining, order.cost) == (OrderStatus.CANCELED, 0, 1, 0)
    assert (order.timestamp, order.last_update_timestamp) == (1701094920045, 1701094949567)
    assert vcr.play_count == len(vcr) == 2


@pytest.mark.parametrize("own_id", [replayed("cancel_by_client_order_id_execution_unknown", OWN_ID)])
async def test_a_doubt_about_a_client_id_is_settled_under_that_id(
    desk: Any, vcr: Cassette, own_id: str, hk_clock: RecordedClock
) -> None:
    """No answer told the venue's id, so the query asks by the client's, under the name that the query has for it.

    The end that it shows is one that came after the cancel was sent.
    """
    hk_clock.begin_at(1701094949000)
    report = await desk.try_cancel(client_order_id=own_id)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)
    assert (report.order.id, report.order.client_order_id) == (ORDER_ID, own_id)
    assert vcr.play_count == len(vcr) == 2


@pytest.mark.parametrize("wait", [replayed("cancel_answers_canceled", "ack")])
async def test_a_final_word_in_the_answer_is_taken_for_an_ack(desk: Any, wait: str) -> None:
    """Where the answer itself says CANCELED, waiting for the acceptance gets the end, on the answer's evidence."""
    report = await desk.try_cancel(ORDER_ID, wait=wait)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.ACK)
    assert (report.order.status, report.order.venue_status) == (OrderStatus.CANCELED, "CANCELED")


@pytest.mark.parametrize(
    ("outcome", "status", "filled", "doubts"),
    [
        replayed("cancel_already_canceled", CancelOutcome.ALREADY_CANCELED, OrderStatus.CANCELED, "0", 0),
        replayed("cancel_already_partially_canceled", CancelOutcome.ALREADY_CANCELED, OrderStatus.CANCELED, "0.4", 0),
        replayed("cancel_already_filled", CancelOutcome.TOO_LATE_FILLED, OrderStatus.CLOSED, "1", 0),
        replayed("cancel_finished_or_unknown", CancelOutcome.TOO_LATE_FILLED, OrderStatus.CLOSED, "1", 0),
        replayed("cancel_not_found_1143", CancelOutcome.ALREADY_CANCELED, OrderStatus.CANCELED, "0", 0),
        replayed("cancel_not_found_2013", CancelOutcome.ENDED, OrderStatus.REJECTED, "0", 0),
        replayed("cancel_execution_unknown_1006", CancelOutcome.CANCELED, OrderStatus.CANCELED, "0", 1),
    ],
)
async def test_a_refusal_or_a_doubt_is_settled_by_the_query(
    desk: Any, vcr: Cassette, outcome: CancelOutcome, status: OrderStatus, filled: str, doubts: int
) -> None:
    """An error is information: the query after it proves the end and the fills, and the call succeeds with them."""
    report = await desk.try_cancel(ORDER_ID)
    assert (report.outcome, report.evidence, report.final) == (outcome, Evidence.QUERY, True)
    assert (report.attempts, report.ambiguous_attempts, report.error) == (1, doubts, None)
    assert (report.order.status, report.order.filled) == (status, Decimal(filled))
    assert report.order_or_raise() is report.order
    assert vcr.play_count == len(vcr) == 2


@pytest.mark.parametrize(
    ("outcome", "kind", "code", "retry_after"),
    [
        replayed("cancel_rate_limited", CancelOutcome.RATE_LIMITED, hk.RateLimited, "0003", 60.0),
        replayed("cancel_rate_limited_http_429", CancelOutcome.RATE_LIMITED, hk.RateLimited, "0003", 60.0),
        replayed("cancel_wrong_signature", CancelOutcome.AUTH, hk.AuthenticationError, "0001", None),
        replayed("cancel_address_not_allowed", CancelOutcome.AUTH, hk.PermissionDenied, "0202", None),
        replayed("cancel_clock_skew", CancelOutcome.CLOCK_SKEW, hk.ClockSkew, "-1021", None, repeats=True),
    ],
)
async def test_a_refusal_before_execution_is_told_with_its_reason(
    desk: Any, outcome: CancelOutcome, kind: type[hk.AdapterError], code: str, retry_after: float | None
) -> None:
    """Refused before the order was looked at: no order is claimed, and the venue's own code is on the error."""
    report = await desk.try_cancel(ORDER_ID)
    assert (report.outcome, report.evidence, report.order) == (outcome, Evidence.ERROR_CODE, None)
    assert (report.ambiguous_attempts, report.retry_after) == (0, retry_after)
    with pytest.raises(kind) as caught:
        report.order_or_raise()
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.venue) == (code, "hashkey")
    assert caught.value.report is report


@pytest.mark.parametrize("timeout", [replayed("cancel_order_locked", 10.0, repeats=True)])
@pytest.mark.usefixtures("skipped_time")
async def test_a_locked_order_that_stays_open_is_a_rejected_cancel(desk: Any, timeout: float) -> None:
    """Refused each time, and shown on the book by a query begun afterwards: the cancel did not happen."""
    report = await desk.try_cancel(ORDER_ID, timeout=timeout)
    assert (report.outcome, report.evidence) == (CancelOutcome.REJECTED, Evidence.QUERY)
    assert (report.attempts, report.order.status) == (3, OrderStatus.OPEN)
    with pytest.raises(hk.CancelRejected) as caught:
        report.order_or_raise()
    assert caught.value.reason is hk.CancelRejectReason.BUSY


@pytest.mark.parametrize("timeout", [replayed("cancel_execution_unknown_1007", 0.3, repeats=True)])
async def test_an_order_still_open_settles_no_doubt(desk: Any, timeout: float) -> None:
    """A cancel that the venue lost may still run: an open order proves neither that it did nor that it did not."""
    report = await desk.try_cancel(ORDER_ID, timeout=timeout)
    assert (report.outcome, report.final) == (CancelOutcome.UNKNOWN, False)
    assert report.ambiguous_attempts == report.attempts >= 1
    assert report.order.status is OrderStatus.OPEN
    with pytest.raises(hk.OutcomeUnknown):
        report.order_or_raise()


@pytest.mark.parametrize("timeout", [replayed("cancel_not_found_0211", 0.3, repeats=True)])
async def test_one_look_that_finds_nothing_proves_nothing(desk: Any, timeout: float) -> None:
    """Not found takes two queries a second apart; with less time the outcome is unknown, and no order is claimed."""
    report = await desk.try_cancel(ORDER_ID, timeout=timeout)
    assert (report.outcome, report.order) == (CancelOutcome.UNKNOWN, None)
    assert report.error.code == "0211"


@pytest.mark.parametrize("timeout", [replayed("cancel_not_found_0211", 5.0, repeats=True)])
async def test_two_looks_a_second_apart_prove_that_there_is_no_such_order(desk: Any, timeout: float) -> None:
    """Given the time, an id that the venue does not know is not found."""
    report = await desk.try_cancel(ORDER_ID, timeout=timeout)
    assert (report.outcome, report.evidence, report.order) == (CancelOutcome.NOT_FOUND, Evidence.QUERY, None)
    assert report.elapsed >= 1.0
    with pytest.raises(hk.OrderNotFound):
        report.order_or_raise()


@pytest.mark.parametrize("milliseconds", [replayed("time", 1701094949000)])
async def test_the_venues_clock_is_read(desk: Any, milliseconds: int) -> None:
    """The documented answer gives the time in ms."""
    assert await desk.call("fetch_time") == milliseconds


ANOTHER = {
    "order": ({}, "cancel_order", {"order_id": "1563291927536863745"}),
    "id": ({}, "cancel_order", {"client_order_id": ORDER_ID}),
    "method": ({}, "fetch_order", {"order_id": ORDER_ID}),
    "path": ({}, "fetch_time", {}),
    "host": ({"site": "global"}, "cancel_order", {"order_id": ORDER_ID}),
    "scheme and port": ({"base_url": "http://localhost"}, "cancel_order", {"order_id": ORDER_ID}),
    "query": ({"recv_window": 5000}, "cancel_order", {"order_id": ORDER_ID}),
}


@pytest.mark.parametrize("difference", [replayed("cancel_by_order_id_ack", name) for name in ANOTHER])
async def test_another_request_is_not_played(open_desk: Callable[..., Any], vcr: Cassette, difference: str) -> None:
    """A request that differs in anything but timestamp and signature gets no answer, and the recorder's own error."""
    options, method, arguments = ANOTHER[difference]
    desk = await open_desk(environment="sandbox", **own_key(), **options)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        await desk.call(method, **arguments)
    assert vcr.play_count == 0


@pytest.mark.parametrize(
    "method", [replayed("cancel_by_order_id_ack", name) for name in ("cancel_order", "try_cancel")]
)
async def test_an_answer_that_the_cassette_lacks_is_not_taken_for_silence(
    desk: Any, vcr: Cassette, method: str
) -> None:
    """A confirming query that was never recorded is the recorder's error, not an unknown outcome of the venue."""
    with pytest.raises(CannotOverwriteExistingCassetteException) as caught:
        await desk.call(method, ORDER_ID)
    assert not isinstance(caught.value, hk.AdapterError)
    assert vcr.play_count == 1
