"""A create in doubt names the order by every id that an answer showed, and takes no order that was known before."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import OrderStatus

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")


def answered(**changes):
    """Write what a create answers."""
    fields = {
        "accountId": "1649292498437183232",
        "symbol": "ETHUSD",
        "clientOrderId": "mine",
        "orderId": "1790000000000000007",
        "transactTime": str(round(time.time() * 1000)),
        "price": "1900",
        "origQty": "1",
        "executedQty": "0",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
    }
    return json.dumps(fields | changes)


ANSWERS = {
    "another client id": answered(clientOrderId="other"),
    "contradictory amounts": answered(status="FILLED", executedQty="0.4"),
    "more filled than asked": answered(executedQty="2"),
    "an unknown word": answered(status="EVAPORATED"),
    "a number that is none": answered(price="NaN"),
    "said twice": answered().replace('"status": "NEW"', '"status": "NEW", "status": "FILLED"'),
    "cut short": answered()[:-20],
    "within a list": f"[{answered()}]",
    "beside a code": answered(code="0401"),
}


@pytest.mark.parametrize("body", ANSWERS.values(), ids=ANSWERS)
async def test_the_venues_id_is_carried(desk, body):
    """Whatever is wrong with a create's answer, the order id in it is on the error, with the client's own."""
    desk.simulator.fail_next(method="POST", body=body)
    with pytest.raises(hk.OutcomeUnknown, match="1790000000000000007") as caught:
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=0.6)
    assert (caught.value.order.id, caught.value.order.client_order_id) == ("1790000000000000007", "mine")


async def test_an_id_that_only_a_look_up_showed_is_carried(desk):
    """Where neither the answer nor the look-ups can be read, the id that a look-up shows is told all the same."""
    body = json.loads(answered(price="NaN"))
    desk.simulator.fail_next(method="POST", body=json.dumps({key: body[key] for key in body if key != "orderId"}))
    desk.simulator.fail_next(method="GET", body=json.dumps(body), times=99)
    with pytest.raises(hk.OutcomeUnknown, match="1790000000000000007") as caught:
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=2)
    assert caught.value.order.id == "1790000000000000007"


async def test_two_ids_name_no_order(desk):
    """An unreadable answer that shows two order ids names neither."""
    desk.simulator.fail_next(method="POST", body=f"[{answered()}, {answered(orderId='8')}]")
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=0.6)
    assert caught.value.order.id is None


@pytest.mark.parametrize("changes", [{"price": "NaN"}, {"status": "FILLED", "executedQty": "0.4"}])
async def test_each_of_a_batch_is_named(desk, changes):
    """A report in doubt has the order id that its entry of the batch showed."""
    entries = [
        {"code": "0000", "order": json.loads(answered(clientOrderId="one", orderId="11"))},
        {"code": "0000", "order": json.loads(answered(clientOrderId="two", orderId="12", **changes))},
    ]
    desk.simulator.fail_next(method="POST", body=json.dumps({"code": 0, "result": entries}))
    names = ("symbol", "type", "side", "amount", "price")
    drafts = [dict(zip(names, TERMS, strict=True)) | {"client_order_id": own} for own in ("one", "two")]
    first, second = await desk.call("create_orders", drafts, timeout=0.6)
    assert (first.created, second.created) == (True, None)
    assert (second.order.id, second.order.client_order_id, second.error.order.id) == ("12", "two", "12")


async def test_an_order_known_before_is_not_the_new_one(desk):
    """Created, canceled, created again under the same id, the answer lost: the old order is never the new one's."""
    await desk.call("create_order", *TERMS, client_order_id="mine")
    old = await desk.call("cancel_order", client_order_id="mine")
    desk.simulator.fail_next(method="POST", kind="cut")
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=0.8)
    assert caught.value.order.id != old.id


async def test_an_old_orders_answer_is_no_new_order(desk):
    """A create that is answered with an order of an id known before has not shown its own."""
    old = await desk.call("create_order", *TERMS, client_order_id="mine")
    await desk.call("cancel_order", old.id)
    desk.simulator.fail_next(method="POST", body=answered(orderId=old.id))
    with pytest.raises(hk.OutcomeUnknown):
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=0.8)


async def test_an_order_that_was_only_canceled_here_is_no_new_order(desk):
    """A create that is answered with it is in doubt, though nobody here knows when it was placed."""
    old = await desk.place()
    desk.venue._connection.shared.looks.known.clear()
    await desk.call("cancel_order", old.id)
    desk.simulator.fail_next(method="POST", body=answered(orderId=old.id))
    with pytest.raises(hk.OutcomeUnknown):
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=0.8)


async def test_a_market_order_filled_in_part_is_closed(desk):
    """FILLED below what was asked is a market order's end: created, fetched and listed so, with a remainder."""
    body = answered(type="MARKET", price="0", origQty="0.001", executedQty="0.0009", status="FILLED")
    desk.simulator.fail_next(method="POST", body=body)
    order = await desk.call("create_order", "ETH/USD", "market", "buy", "0.001", client_order_id="mine")
    desk.simulator.fail_next(method="GET", body=body)
    fetched = await desk.call("fetch_order", order.id)
    desk.simulator.fail_next(method="GET", body=f"[{body}]")
    [listed] = await desk.call("fetch_closed_orders")
    for one in (order, fetched, listed):
        assert (one.status, one.filled, one.remaining) == (OrderStatus.CLOSED, Decimal("0.0009"), Decimal("0.0001"))


async def test_a_limit_order_filled_in_part_is_asked_for_again(desk, caplog):
    """A limit order said to be FILLED below its amount is closed once a look a second later says so again."""
    order = await desk.place()
    row = desk.row(order.id, status="FILLED", executedQty="0.4", cumulativeQuoteQty="760")
    for _ in range(2):
        desk.simulator.fail_next(method="GET", body=row)
    found = await desk.call("fetch_order", order.id)
    assert (found.status, found.filled, found.remaining) == (OrderStatus.CLOSED, Decimal("0.4"), Decimal("0.6"))
    assert "said twice" in caplog.text


async def test_a_row_half_written_is_whole_later(desk):
    """What the second look says is what holds."""
    order = await desk.place()
    desk.simulator.fail_next(method="GET", body=desk.row(order.id, status="FILLED", executedQty="0.4"))
    assert (await desk.call("fetch_order", order.id)).status is OrderStatus.OPEN
