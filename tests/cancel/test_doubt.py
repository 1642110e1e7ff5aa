"""A cancel that may or may not have run is settled by looking, and otherwise stays unknown."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Evidence, OrderStatus

NETWORK = {kind: {"kind": kind} for kind in ("cut", "stall", "truncate")}
STATUSES = {f"http-{status}": {"status": status} for status in (500, 502, 503, 504)}
CODES = {
    f"code{code}": {"code": code} for code in ("-1000", "-1001", "-1006", "-1007", "-1024", "-1146", "-1147", "-2040")
}
BODIES = {
    "garbage": {"body": b"\x00\xff\xfe}{"},
    "html": {"body": "<html><body>hello</body></html>", "headers": {"Content-Type": "application/json"}},
    "nothing": {"body": b""},
    "empty-object": {"body": "{}"},
    "list": {"body": "[]"},
    "null": {"body": "null"},
    "deep": {"body": "[" * 100_000},
    "half": {"body": '{"orderId":"15632919'},
    "not-utf8": {"body": b'{"orderId":"\xff"}'},
    "unknown-code": {"code": "-987654", "msg": "something new"},
    "server-error-with-a-refusal": {"code": "0211", "status": 500},
    "code-of-a-wallet": {"code": "-1161", "msg": "balance transfer failed"},
    "code-of-a-create": {"code": "-1149"},
    "odd-code": {"body": '{"code":{"a":1},"msg":"?"}', "status": 400},
    "redirect": {"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}},
    "not-modified": {"status": 304},
    "forbidden": {"status": 403},
}
ANSWERS = {
    "another-order": {"orderId": "1111111111111111111", "clientOrderId": "other"},
    "no-id": {"orderId": None},
    "empty-id": {"orderId": ""},
    "unknown-status": {"status": "EVAPORATED"},
    "no-status": {"status": None},
    "nan-filled": {"executedQty": "NaN", "status": "CANCELED"},
    "infinite-amount": {"origQty": "Infinity", "status": "CANCELED"},
    "nan-price": {"price": "NaN", "status": "CANCELED"},
    "negative-filled": {"executedQty": "-1", "status": "CANCELED"},
    "no-filled": {"executedQty": None, "status": "CANCELED"},
    "filled-above-amount": {"executedQty": "7", "status": "CANCELED"},
    "huge-number": {"executedQty": "1e999999", "status": "CANCELED"},
    "text-for-a-number": {"executedQty": "lots", "status": "CANCELED"},
    "unknown-side": {"side": "HOLD"},
    "contradictory-costs": {"cummulativeQuoteQty": "1", "cumulativeQuoteQty": "2", "status": "CANCELED"},
}
FAULTS = NETWORK | STATUSES | CODES | BODIES
HALF_WRITTEN = {
    "filled-below-amount": {"status": "FILLED", "executedQty": "0.4"},
    "filled-nothing": {"status": "FILLED", "executedQty": "0"},
    "partially-canceled-nothing": {"status": "PARTIALLY_CANCELED", "executedQty": "0"},
    "rejected-with-fills": {"status": "REJECTED", "executedQty": "0.4"},
}


def fail(desk, name, order_id, **how):
    """Let the next request go wrong as the table says; an answer about the order is built from it."""
    if name in ANSWERS:
        desk.simulator.fail_next(body=desk.row(order_id, **ANSWERS[name]), **how)
    else:
        desk.simulator.fail_next(**FAULTS[name], **how)


@pytest.mark.parametrize("name", [*FAULTS, *ANSWERS])
async def test_the_venue_had_acted(desk, name):
    """The end is read back and returned, and it is told that the send itself stayed in doubt."""
    order = await desk.place()
    fail(desk, name, order.id, method="DELETE", acted=True)
    report = await desk.try_cancel(order.id, timeout=0.4)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)
    assert (report.attempts, report.ambiguous_attempts, desk.cancels) == (1, 1, 1)
    done = report.order_or_raise()
    assert (done.id, done.status, done.filled) == (order.id, OrderStatus.CANCELED, Decimal(0))


@pytest.mark.parametrize("name", [*FAULTS, *ANSWERS])
async def test_the_venue_had_not_acted(desk, name):
    """An order seen open after a doubt is canceled again; the end is read, and the doubt is told."""
    order = await desk.place()
    fail(desk, name, order.id, method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)
    assert (report.attempts, report.ambiguous_attempts, desk.cancels) == (2, 1, 2)
    assert [one.method for one in desk.seen()] == ["DELETE", "GET", "DELETE", "GET"]
    assert desk.simulator.order(order.id).status == "CANCELED"


@pytest.mark.parametrize("name", [*FAULTS, *ANSWERS])
async def test_the_venue_never_acts(desk, name):
    """An order seen open settles no doubt: after three sends that all may still run it is UNKNOWN."""
    order = await desk.place()
    fail(desk, name, order.id, method="DELETE", times=9)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.final, report.evidence) == (CancelOutcome.UNKNOWN, False, Evidence.NONE)
    assert (report.attempts, report.ambiguous_attempts, desk.cancels) == (3, 3, 3)
    assert (report.order.id, report.order.status) == (order.id, OrderStatus.OPEN)
    assert desk.simulator.order(order.id).status == "NEW"


@pytest.mark.parametrize("name", ["cut", "stall", "http-503", "code-1006", "garbage", "another-order", "nan-filled"])
async def test_the_error_of_a_doubt(desk, name):
    """``OutcomeUnknown`` tells venue, call and the whole report, and what was seen of the order."""
    order = await desk.place()
    fail(desk, name, order.id, method="DELETE", times=9)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.cancel(order.id)
    error = caught.value
    assert (error.venue, error.operation, error.request_state) == ("hashkey", "cancel_order", hk.RequestState.UNKNOWN)
    assert (error.report.outcome, error.order.id, desk.cancels) == (CancelOutcome.UNKNOWN, order.id, 3)
    if name == "code-1006":
        assert (error.code, error.http_status) == ("-1006", 400)


@pytest.mark.parametrize("name", ["cut", "code-1007", "http-500"])
async def test_by_client_id(desk, name):
    """A doubt about a cancel by client id is looked into under that id."""
    order = await desk.place(client_order_id="mine")
    fail(desk, name, order.id, method="DELETE", acted=True)
    report = await desk.try_cancel(client_order_id="mine", timeout=0.4)
    assert (report.outcome, report.order.id, desk.cancels) == (CancelOutcome.CANCELED, order.id, 1)


async def test_an_answer_about_another_clients_order(desk):
    """Asked by client id, an answer with another client id is about another order."""
    await desk.place(client_order_id="mine")
    other = await desk.place(client_order_id="theirs")
    desk.simulator.fail_next(body=desk.row(other.id, status="CANCELED"), method="DELETE", times=9)
    report = await desk.try_cancel(client_order_id="mine", wait="ack")
    assert (report.outcome, report.order.client_order_id) == (CancelOutcome.UNKNOWN, "mine")
    assert (report.attempts, report.ambiguous_attempts) == (3, 3)


async def test_filled_while_in_doubt(desk):
    """What became of the order is told even where nobody knows what became of the request."""
    order = await desk.place()
    desk.simulator.fill(order.id)
    desk.simulator.fail_next(kind="cut", method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.TOO_LATE_FILLED, 1)
    assert (report.order_or_raise().filled, desk.cancels) == (Decimal(1), 1)


async def test_partly_filled_and_in_doubt(desk):
    """The fills of an order whose cancel was not answered are proven too."""
    order = await desk.place()
    desk.simulator.fill(order.id, "0.3")
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.filled, desk.cancels) == (CancelOutcome.PARTIALLY_CANCELED, Decimal("0.3"), 1)


async def test_canceled_by_somebody_while_in_doubt(desk):
    """After a doubtful send nobody can say that it was not ours: CANCELED, not ALREADY_CANCELED."""
    order = await desk.place()
    desk.simulator.cancel(order.id)
    desk.simulator.fail_next(kind="cut", method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, desk.cancels) == (CancelOutcome.CANCELED, 1)


@pytest.mark.parametrize(("since", "ended_before"), [(0.0, False), (60.0, True)])
async def test_canceled_by_somebody_before_a_doubt(desk, skipped_time, since, ended_before):
    """Where the venue's time says that it was before the first send, the report does, and still claims no author."""
    order = await desk.place()
    desk.simulator.cancel(order.id)
    skipped_time.sleep(since)
    desk.simulator.fail_next(kind="cut", method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ended_before) == (CancelOutcome.CANCELED, ended_before)


async def test_an_order_that_cannot_be_found_stays_in_doubt(desk):
    """Not found settles no doubt: the order may be one that the venue does not show yet."""
    desk.simulator.fail_next(kind="cut", method="DELETE")
    report = await desk.try_cancel("1234567890123456789")
    assert (report.outcome, report.order, report.final) == (CancelOutcome.UNKNOWN, None, False)
    assert (report.attempts, report.ambiguous_attempts, desk.cancels) == (2, 1, 2)
    assert report.elapsed > 8


@pytest.mark.parametrize(
    "name", ["cut", "http-503", "code-1006", "garbage", "another-order", "nan-filled", "no-status"]
)
async def test_a_look_that_tells_nothing_settles_nothing(desk, name):
    """Where the looks fail as well, nothing is said of the order, whatever the sends were answered with."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True, times=9)
    fail(desk, name, order.id, method="GET", times=99)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order, desk.cancels) == (CancelOutcome.UNKNOWN, None, 3)
    with pytest.raises(hk.OutcomeUnknown):
        report.order_or_raise()


async def test_a_failed_look_is_followed_by_another(desk):
    """One failed look-up costs time, and never the answer."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True)
    fail(desk, "another-order", order.id, method="GET")
    report = await desk.try_cancel(order.id, timeout=2)
    assert (report.outcome, len(desk.seen("GET"))) == (CancelOutcome.CANCELED, 2)
    assert report.ambiguous_attempts == 1


@pytest.mark.parametrize("name", HALF_WRITTEN)
@pytest.mark.parametrize("first", ["accepted", "in-doubt"])
async def test_a_half_written_row_is_no_end(desk, name, first):
    """A final word whose amounts contradict it proves nothing by one look, and the order claims no end either."""
    order = await desk.place()
    if first == "in-doubt":
        desk.simulator.fail_next(kind="cut", method="DELETE", acted=True, times=9)
    desk.simulator.fail_next(body=desk.row(order.id, **HALF_WRITTEN[name]), method="GET", times=99)
    report = await desk.try_cancel(order.id, timeout=0.4)
    expected = CancelOutcome.PENDING if first == "accepted" else CancelOutcome.UNKNOWN
    assert (report.outcome, report.final) == (expected, False)
    assert report.order is None or report.order.status is None or not report.order.status.final


@pytest.mark.parametrize(
    ("fields", "outcome", "filled"),
    [
        ({"status": "FILLED", "executedQty": "0.4"}, CancelOutcome.TOO_LATE_FILLED, "0.4"),
        ({"status": "REJECTED", "executedQty": "0.4"}, CancelOutcome.ENDED, "0.4"),
        ({"status": "CANCELED", "executedQty": "1"}, CancelOutcome.PARTIALLY_CANCELED, "1"),
    ],
    ids=["filled-below-amount", "rejected-with-fills", "canceled-all-filled"],
)
async def test_a_contradiction_said_again_is_an_end(desk, caplog, fields, outcome, filled):
    """What a look a second later still says is the venue's fact, not a row half written: taken, with a warning."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, **fields), method="GET", times=99)
    report = await desk.try_cancel(order.id)
    looks = [one.at for one in desk.seen("GET")]
    assert (report.outcome, report.order.filled, report.evidence) == (outcome, Decimal(filled), Evidence.QUERY)
    assert looks[-1] - looks[0] >= 999
    assert order.id in caplog.text


async def test_filled_with_nothing_filled_is_no_end(desk):
    """However often it is said: a fill of nothing is none."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, status="FILLED", executedQty="0"), method="GET", times=99)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.final, len(desk.seen("GET")) > 2) == (CancelOutcome.PENDING, False, True)


@pytest.mark.parametrize("timeout", [1.2, 1.5])
async def test_a_contradiction_said_again_in_little_time(desk, timeout):
    """Little more than a second is enough: the second look comes right when it proves something."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, status="FILLED", executedQty="0.4"), method="GET", times=99)
    report = await desk.try_cancel(order.id, timeout=timeout)
    looks = [one.at for one in desk.seen("GET")]
    assert (report.outcome, len(looks), looks[-1] - looks[0] >= 999) == (CancelOutcome.TOO_LATE_FILLED, 2, True)


async def test_a_contradiction_that_changes_is_no_end(desk):
    """Said again means the same word and the same amounts, a second apart: a row that is being written is read on."""
    order = await desk.place()
    for filled in ("0.4", "0.5", "0.6"):
        row = desk.row(order.id, status="FILLED", executedQty=filled)
        desk.simulator.fail_next(body=row, method="GET")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.filled) == (CancelOutcome.CANCELED, Decimal(0))


async def test_a_market_order_filled_below_what_was_asked(desk):
    """The venue closes a market order with a rest: that is its end at once, with what remains."""
    order = await desk.place()
    market = {"type": "MARKET", "price": "0", "timeInForce": "IOC"}
    desk.simulator.fail_next(body=desk.row(order.id, **market), method="DELETE", acted=True)
    row = desk.row(order.id, **market, status="FILLED", executedQty="0.4")
    desk.simulator.fail_next(body=row, method="GET", times=99)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.filled, report.order.remaining) == (
        CancelOutcome.TOO_LATE_FILLED,
        Decimal("0.4"),
        Decimal("0.6"),
    )
    assert len(desk.seen("GET")) == 1


async def test_a_half_written_row_is_read_again(desk):
    """The venue completes the row a moment later, and that is the end."""
    order = await desk.place()
    desk.simulator.fill(order.id)
    desk.simulator.fail_next(body=desk.row(order.id, executedQty="0.4"), method="GET")
    report = await desk.try_cancel(order.id, timeout=2)
    assert (report.outcome, report.order.filled, desk.cancels) == (CancelOutcome.TOO_LATE_FILLED, Decimal(1), 1)


async def test_numbers_stay_exact(desk):
    """Amounts are read digit by digit, as text or as JSON numbers, never through a float."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True)
    row = json.loads(desk.row(order.id, status="PARTIALLY_CANCELED"))
    digits = "0.123456789012345678"
    text = json.dumps(row | {"executedQty": 0.5, "origQty": 0.5}).replace("0.5", digits, 1).replace("0.5", digits, 1)
    text = text.replace(f'"origQty": {digits}', '"origQty": 1.000000000000000001')
    desk.simulator.fail_next(body=text, method="GET")
    report = await desk.try_cancel(order.id)
    assert (report.order.filled, report.order.amount) == (Decimal(digits), Decimal("1.000000000000000001"))


@pytest.mark.parametrize(
    "fields",
    [{"status": "CANCELED", "executedQty": "1"}, {"status": "FILLED", "executedQty": "0.4"}],
    ids=["canceled-all-filled", "filled-in-part"],
)
async def test_a_row_that_contradicts_itself_is_forgotten(desk, fields):
    """It proves no end and no fills: the row after it, which agrees with itself, is believed."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, **fields), method="GET")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.filled, len(desk.seen("GET"))) == (CancelOutcome.CANCELED, 0, 2)
