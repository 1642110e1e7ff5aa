"""An order is sent once. A doubt is looked into under the client's own id, and never sent again."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import OrderSide, OrderStatus, OrderType, RequestState
from hk_adapter.plugins.journal import Journal

QUERY = "/api/v1/spot/order"
REFUSALS = {
    "0401": hk.InsufficientFunds,
    "0206": hk.OrderRejected,
    "0207": hk.OrderRejected,
    "0209": hk.OrderRejected,
    "-1140": hk.OrderRejected,
    "-1155": hk.OrderRejected,
    "-1156": hk.OrderRejected,
    "-2010": hk.OrderRejected,
    "-2020": hk.OrderRejected,
    "0003": hk.RateLimited,
    "-1015": hk.RateLimited,
    "-1021": hk.ClockSkew,
    "0102": hk.AuthenticationError,
    "-1186": hk.PermissionDenied,
    "0001": hk.BadRequest,
    "0201": hk.BadRequest,
    "-1101": hk.VenueUnavailable,
}
DOUBTS = {
    "cut": {"kind": "cut"},
    "stall": {"kind": "stall"},
    "truncate": {"kind": "truncate"},
    "http-500": {"status": 500},
    "http-503": {"status": 503},
    "code-1006": {"code": "-1006"},
    "code-1146": {"code": "-1146"},
    "code-of-a-cancel": {"code": "-1142"},
    "unknown-code": {"code": "-987654", "msg": "something new"},
    "refusal-with-a-server-error": {"code": "0401", "status": 502},
    "garbage": {"body": b"\x00{"},
    "html": {"body": "<html></html>"},
    "empty": {"body": "{}"},
}


def arguments(**changes):
    """Terms of an order that the venue takes."""
    return {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"} | changes


def sends(desk):
    """How many requests to create an order arrived."""
    return len(desk.seen("POST"))


async def test_an_order_is_placed(desk):
    """The order comes back as the venue shows it, with exact numbers."""
    order = await desk.call("create_order", "ETH/USD", "limit", "sell", Decimal("0.5"), "2100.25", client_order_id="me")
    assert (order.symbol, order.venue_symbol, order.type, order.side) == (
        "ETH/USD",
        "ETHUSD",
        OrderType.LIMIT,
        OrderSide.SELL,
    )
    assert (order.amount, order.price, order.filled, order.remaining) == (
        Decimal("0.5"),
        Decimal("2100.25"),
        Decimal(0),
        Decimal("0.5"),
    )
    assert (order.client_order_id, order.status, order.post_only) == ("me", OrderStatus.OPEN, False)
    [truth] = desk.simulator.orders()
    assert (truth.order_id, truth.client_order_id, truth.amount) == (order.id, "me", Decimal("0.5"))
    assert [one.method for one in desk.simulator.requests] == ["POST"]


async def test_a_market_order_by_its_cost_needs_no_amount(desk):
    """An amount that there is none of need not be written out."""
    order = await desk.call("create_order", "ETH/USD", "market", "buy", cost="100")
    assert (order.type, order.side) == ("market", "buy")


async def test_every_order_has_a_client_id(desk):
    """Without the caller's own id one is made, a new one each time, so that the order can always be found."""
    first, second = await desk.place(), await desk.place()
    assert first.client_order_id
    assert first.client_order_id != second.client_order_id


async def test_the_client_id_as_ccxt_spells_it(desk):
    """``params={"clientOrderId": ...}`` is the keyword."""
    order = await desk.call("create_order", **arguments(params={"clientOrderId": "mine"}))
    assert (order.client_order_id, desk.simulator.orders()[0].client_order_id) == ("mine", "mine")


async def test_numbers_are_sent_as_they_are(desk):
    """Neither exponent nor lost digits reach the venue."""
    await desk.call("create_order", **arguments(amount=Decimal("1E+1"), price=Decimal("1.9E3")))
    [sent] = desk.seen("POST")
    assert (sent.parameters["quantity"], sent.parameters["price"]) == ("10", "1900")


async def test_post_only(desk):
    """The venue has a type of its own for it; the order says so."""
    order = await desk.call("create_order", **arguments(post_only=True))
    assert (order.post_only, order.type, desk.seen("POST")[0].parameters["type"]) == (
        True,
        OrderType.LIMIT,
        "LIMIT_MAKER",
    )


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal(desk, code):
    """A documented refusal settles it: no order exists because of this request, nothing is looked up."""
    desk.simulator.fail_next(code=code, method="POST")
    with pytest.raises(REFUSALS[code]) as caught:
        await desk.call("create_order", **arguments(client_order_id="mine"))
    error = caught.value
    assert (error.venue, error.operation, error.code, error.http_status) == ("hashkey", "create_order", code, 400)
    assert error.request_state is RequestState.REFUSED
    assert (sends(desk), desk.seen("GET"), desk.simulator.orders()) == (1, [], [])


async def test_a_refusal_of_the_venue_itself(desk):
    """More than the account has is InsufficientFunds, a client id used before is a duplicate."""
    await desk.place("400")
    with pytest.raises(hk.InsufficientFunds):
        await desk.call("create_order", **arguments(amount="400"))
    await desk.place(client_order_id="used")
    with pytest.raises(hk.DuplicateClientOrderId):
        await desk.call("create_order", **arguments(client_order_id="used"))


@pytest.mark.parametrize("name", DOUBTS)
async def test_a_doubt_whose_order_is_found(desk, name):
    """The order that the venue took all the same is found under its client id and returned."""
    desk.simulator.fail_next(method="POST", acted=True, **DOUBTS[name])
    order = await desk.call("create_order", **arguments(client_order_id="mine", timeout=0.4))
    [truth] = desk.simulator.orders()
    assert (order.id, order.client_order_id, order.status) == (truth.order_id, "mine", OrderStatus.OPEN)
    assert sends(desk) == 1
    assert [one.parameters["origClientOrderId"] for one in desk.seen("GET")] == ["mine"]


@pytest.mark.parametrize("name", DOUBTS)
async def test_a_doubt_whose_order_is_not_found(desk, name):
    """Not finding it proves nothing: the error carries the order as asked for, and it is never sent again."""
    desk.simulator.fail_next(method="POST", **DOUBTS[name])
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", **arguments(timeout=0.4))
    error = caught.value
    assert (error.venue, error.operation, error.request_state) == ("hashkey", "create_order", RequestState.UNKNOWN)
    assert error.order.client_order_id == desk.seen("POST")[0].parameters["newClientOrderId"]
    assert error.order.client_order_id in str(error)
    assert (error.order.id, error.order.status, error.order.filled) == (None, None, None)
    assert (error.order.symbol, error.order.side, error.order.amount, error.order.price) == (
        "ETH/USD",
        OrderSide.BUY,
        Decimal(1),
        Decimal(1900),
    )
    assert (sends(desk), len(desk.seen("GET"))) == (1, 1)


async def test_an_order_that_shows_up_late_is_found(desk):
    """A look that misses is followed by another: the request may still have been travelling."""
    desk.simulator.fail_next(kind="cut", method="POST", acted=True)
    desk.simulator.fail_next(code="0211", method="GET")
    order = await desk.call("create_order", **arguments(client_order_id="late", timeout=2))
    assert (order.client_order_id, sends(desk), len(desk.seen("GET"))) == ("late", 1, 2)


async def test_the_doubt_is_the_cause(desk):
    """What went wrong first is chained to the error."""
    desk.simulator.fail_next(code="-1006", method="POST")
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", **arguments(timeout=0.4))
    assert isinstance(caught.value.__cause__, hk.OutcomeUnknown)
    assert caught.value.__cause__.code == "-1006"


async def test_an_answer_about_another_order(desk):
    """An order with another client id is not ours; ours is looked for."""
    other = await desk.place(client_order_id="theirs")
    desk.simulator.fail_next(body=desk.row(other.id), method="POST", acted=True)
    order = await desk.call("create_order", **arguments(client_order_id="mine", timeout=0.4))
    assert (order.client_order_id, order.id == other.id, sends(desk)) == ("mine", False, 1)


async def test_a_look_about_another_order_finds_nothing(desk):
    """Nor is somebody else's order taken for the one that is looked for."""
    other = await desk.place(client_order_id="theirs")
    desk.simulator.fail_next(kind="cut", method="POST")
    desk.simulator.fail_next(body=desk.row(other.id), method="GET", times=9)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", **arguments(client_order_id="mine", timeout=0.4))
    assert caught.value.order.client_order_id == "mine"


async def test_a_refused_connection(desk):
    """Nothing left, so nothing is in doubt, and nothing is looked for."""
    desk.simulator.fail_next(kind="refuse")
    with pytest.raises(hk.NotSent) as caught:
        await desk.call("create_order", **arguments())
    assert (caught.value.venue, caught.value.operation) == ("hashkey", "create_order")
    assert (caught.value.request_state, desk.seen()) == (RequestState.NOT_SENT, [])


async def test_a_doubt_filled_meanwhile(desk):
    """An order that was found is returned as it stands."""
    await desk.call("fetch_time")
    desk.simulator.counter_order("ETHUSD", "SELL", "0.25", "1900")
    desk.simulator.fail_next(kind="cut", method="POST", acted=True)
    found = await desk.call("create_order", **arguments(client_order_id="mine"))
    assert (found.client_order_id, found.filled, sends(desk)) == ("mine", Decimal("0.25"), 1)


async def test_an_id_of_ours_that_is_taken(desk):
    """An id made for this call can be taken only by this call's own order: it is looked for, and found."""
    desk.simulator.fail_next(method="POST", acted=True, code="-1141")
    order = await desk.call("create_order", **arguments())
    assert [one.order_id for one in desk.simulator.orders()] == [order.id]
    assert sends(desk) == 1


async def test_an_older_order_with_the_same_id(desk, skipped_time):
    """An order that had the client's id before the call is another one: it settles nothing."""
    old = await desk.place(client_order_id="grid")
    await desk.cancel(old.id)
    skipped_time.sleep(60)
    desk.simulator.fail_next(method="POST", kind="cut")
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", **arguments(client_order_id="grid", timeout=3))
    assert (caught.value.order.id, caught.value.order.client_order_id) == (None, "grid")
    [report, _] = await _lost_batch(desk, "grid", "grid-2")
    assert report.created is None


async def _lost_batch(desk, *names):
    desk.simulator.fail_next(method="POST", kind="cut")
    return await desk.call("create_orders", [arguments(client_order_id=name) for name in names], timeout=3)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"post_only": True}, {"type": "LIMIT"}),
        ({"time_in_force": "IOC"}, {"timeInForce": "GTC"}),
        ({"time_in_force": "GTC"}, {"timeInForce": "FOK"}),
        ({}, {"type": "MARKET", "price": "0"}),
        ({}, {"side": "SELL"}),
        ({}, {"origQty": "2"}),
        ({}, {"price": "1901"}),
    ],
)
async def test_an_order_with_other_terms(desk, asked, shown):
    """An order that exists on other terms than those asked for is told as such, with the order."""
    row = {
        "accountId": "1",
        "symbol": "ETHUSD",
        "clientOrderId": "mine",
        "orderId": "1563291927536863744",
        "transactTime": str(round(time.time() * 1000)),
        "price": "1900",
        "origQty": "1",
        "executedQty": "0",
        "status": "NEW",
        "timeInForce": asked.get("time_in_force", "GTC"),
        "type": "LIMIT_MAKER" if asked.get("post_only") else "LIMIT",
        "side": "BUY",
    }
    desk.simulator.fail_next(method="POST", body=json.dumps(row | shown))
    with pytest.raises(hk.Mismatch) as caught:
        await desk.call("create_order", **arguments(client_order_id="mine", **asked))
    assert caught.value.order.id == "1563291927536863744"


async def test_an_order_that_was_taken_and_then_rejected(desk):
    """The venue's word that it rejected an order is a refusal: no order stands, and it is told which one that was."""
    row = {"symbol": "ETHUSD", "clientOrderId": "mine", "orderId": "1563291927536863744", "status": "REJECTED"}
    row |= {"price": "1900", "origQty": "1", "executedQty": "0", "timeInForce": "GTC", "type": "LIMIT", "side": "BUY"}
    for one in (row, row | {"clientOrderId": "other", "orderId": "1563291927536863745"}):
        desk.simulator.fail_next(method="POST", body=json.dumps(one))
    with pytest.raises(hk.OrderRejected) as caught:
        await desk.call("create_order", **arguments(client_order_id="mine"))
    [report] = await desk.call("create_orders", [arguments(client_order_id="other")])
    assert (report.created, type(report.error)) == (False, hk.OrderRejected)
    assert (caught.value.order.id, report.order.id) == ("1563291927536863744", "1563291927536863745")


async def test_a_rate_limit_of_one_order_in_a_batch(desk):
    """What the venue says of one order of a batch is heeded: the next create waits, or is not sent."""
    row = {"code": 0, "result": [{"code": "-1015", "msg": "too many"}] * 2, "concentration": ""}
    desk.simulator.fail_next(method="POST", body=json.dumps(row))
    drafts = [arguments(client_order_id=name) for name in "ab"]
    reports = await desk.call("create_orders", drafts)
    assert {type(one.error) for one in reports} == {hk.RateLimited}
    with pytest.raises(hk.NotSent):
        await desk.call("create_order", **arguments(timeout=5))


async def test_a_test_order_is_not_journalled(open_desk, skipped_time, tmp_path):
    """No order can come of it, so there is nothing to recover, even where its answer was lost."""
    desk = await open_desk(plugins=[Journal(tmp_path / "journal.db", cancel_patience=20)])
    desk.simulator.fail_next(method="POST", kind="cut")
    with pytest.raises(hk.OutcomeUnknown):
        await desk.call("create_order", **arguments(test=True, timeout=2))
    assert await desk.call("recover") == []


async def test_a_lost_batch_of_full_size_is_settled(desk):
    """Orders whose ids were made for them are found in the lists, all at once: no query each is needed."""
    desk.simulator.fail_next(method="POST", kind="cut", acted=True)
    reports = await desk.call("create_orders", [arguments(price=str(1000 + number)) for number in range(20)])
    assert [one.created for one in reports] == [True] * 20
    assert len([one for one in desk.simulator.requests if one.method == "GET"]) < 20


async def test_a_look_that_shows_other_terms_is_asked_again(desk):
    """What the first look shows may be another order: the second one shows the order that this call placed."""
    desk.simulator.fail_next("cut", method="POST", acted=True)
    now = str(round(time.time() * 1000))
    strange = {"orderId": "1563291927536863744", "clientOrderId": "mine", "symbol": "ETHUSD", "time": now}
    strange |= {"price": "1900", "origQty": "1", "executedQty": "0", "status": "NEW", "type": "LIMIT", "side": "SELL"}
    desk.simulator.fail_next(method="GET", body=json.dumps(strange))
    order = await desk.call("create_order", **arguments(client_order_id="mine"))
    assert (str(order.side), order.id != strange["orderId"]) == ("buy", True)


async def test_other_terms_said_again_a_second_later_are_told(desk):
    """The order that exists under the id has other terms, and is told with them."""
    desk.simulator.fail_next("cut", method="POST")
    now = str(round(time.time() * 1000))
    strange = {"orderId": "1563291927536863744", "clientOrderId": "mine", "symbol": "ETHUSD", "time": now}
    strange |= {"price": "1900", "origQty": "1", "executedQty": "0", "status": "NEW", "type": "LIMIT", "side": "SELL"}
    desk.simulator.fail_next(method="GET", body=json.dumps(strange), times=99)
    with pytest.raises(hk.Mismatch, match="sell"):
        await desk.call("create_order", **arguments(client_order_id="mine"))
    first, *_, last = (one.at for one in desk.seen("GET"))
    assert last - first >= 1000
