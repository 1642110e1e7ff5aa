"""Reads: what the venue says, once, or a clear error."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import OrderStatus
from hk_adapter.simulator import serve


async def test_by_order_id(desk):
    """The order comes back as the venue shows it, after one request."""
    order = await desk.place("2", client_order_id="mine")
    desk.simulator.fill(order.id, "0.5")
    found = await desk.call("fetch_order", order.id, "ETH/USD")
    assert (found.id, found.client_order_id, found.status) == (order.id, "mine", OrderStatus.OPEN)
    assert (found.filled, found.remaining, found.cost) == (Decimal("0.5"), Decimal("1.5"), Decimal(950))
    assert len(desk.simulator.requests) == 1


async def test_by_client_id(desk):
    """The client's own id finds the same order."""
    order = await desk.place(client_order_id="mine")
    found = await desk.call("fetch_order", client_order_id="mine")
    assert found.id == order.id
    assert await desk.call("fetch_order", None, None, {"clientOrderId": "mine"}) == found


@pytest.mark.parametrize(("end", "status"), [("cancel", OrderStatus.CANCELED), ("fill", OrderStatus.CLOSED)])
async def test_finished_orders_are_found_too(desk, end, status):
    """An end is shown as the end that it was."""
    order = await desk.place()
    getattr(desk.simulator, end)(order.id)
    assert (await desk.call("fetch_order", order.id)).status is status


@pytest.mark.parametrize("ids", [{"order_id": "1234567890123456789"}, {"client_order_id": "nobody"}])
async def test_an_unknown_id_is_order_not_found(desk, ids):
    """An id that the venue does not know raises OrderNotFound with the venue's code."""
    with pytest.raises(hk.OrderNotFound) as caught:
        await desk.call("fetch_order", **ids)
    assert (caught.value.venue, caught.value.operation, caught.value.code) == ("hashkey", "fetch_order", "0211")


@pytest.mark.parametrize("fault", [{"kind": "cut"}, {"status": 503}, {"code": "-1007"}, {"code": "-1142"}])
async def test_no_usable_answer(desk, fault):
    """A read without an answer says so; it is not an order that does not exist."""
    order = await desk.place()
    desk.simulator.fail_next(method="GET", **fault)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("fetch_order", order.id)
    assert (caught.value.venue, caught.value.operation) == ("hashkey", "fetch_order")


@pytest.mark.parametrize("changes", [{"status": "EVAPORATED"}, {"executedQty": "NaN"}, {"orderId": None}])
async def test_an_answer_that_cannot_be_read(desk, changes):
    """What we do not model is not guessed at."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, **changes), method="GET")
    with pytest.raises(hk.UnexpectedPayload) as caught:
        await desk.call("fetch_order", order.id)
    assert (caught.value.venue, caught.value.operation) == ("hashkey", "fetch_order")


@pytest.mark.parametrize("by", ["order_id", "client_order_id"])
async def test_an_answer_about_another_order(desk, by):
    """Another order than the one asked for is never handed out as it."""
    order, other = await desk.place(client_order_id="mine"), await desk.place(client_order_id="theirs")
    desk.simulator.fail_next(body=desk.row(other.id), method="GET")
    ids = {"order_id": order.id} if by == "order_id" else {"client_order_id": "mine"}
    with pytest.raises(hk.UnexpectedPayload, match="another order") as caught:
        await desk.call("fetch_order", **ids)
    assert (caught.value.venue, caught.value.operation) == ("hashkey", "fetch_order")


@pytest.mark.parametrize(("code", "kind"), [("0003", hk.RateLimited), ("0102", hk.AuthenticationError)])
async def test_a_refused_read_raises_its_reason(desk, code, kind):
    """A refused read raises what it was refused for."""
    order = await desk.place()
    desk.simulator.fail_next(code=code, method="GET")
    with pytest.raises(kind) as caught:
        await desk.call("fetch_order", order.id)
    assert caught.value.code == code


async def test_the_venues_clock_is_ms_utc(desk):
    """The venue's clock is an int of ms UTC."""
    told = await desk.call("fetch_time")
    assert isinstance(told, int)
    assert abs(told - time.time() * 1000) < 2000


async def test_fetch_time_needs_no_key(open_desk):
    """A public call works without credentials."""
    with serve() as served:
        desk = await open_desk(environment="production", base_url=served.url, served=served.control)
        assert abs(await desk.call("fetch_time") - time.time() * 1000) < 2000
        [seen] = desk.simulator.requests
    assert (seen.method, seen.path, dict(seen.parameters)) == ("GET", "/api/v1/time", {})


@pytest.mark.parametrize("body", ['{"serverTime":"soon"}', "{}", "[]", '{"serverTime":true}', '{"serverTime":-1}'])
async def test_a_time_that_is_none(desk, body):
    """What is no time is not taken for one."""
    desk.simulator.fail_next(body=body, method="GET")
    with pytest.raises(hk.UnexpectedPayload) as caught:
        await desk.call("fetch_time")
    assert (caught.value.venue, caught.value.operation) == ("hashkey", "fetch_time")
