"""Several orders at once: each is sent once, each gets a report, and a doubt about one is looked into."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.plugins.journal import Journal

BATCH = "/api/v1.1/spot/batchOrders"


def draft(number=0, symbol="ETH/USD", **changes):
    """The arguments of one order."""
    return {"symbol": symbol, "type": "limit", "side": "buy", "amount": "1", "price": str(1000 + number)} | changes


def posts(desk, path=None):
    """The requests to create that arrived."""
    return [one for one in desk.simulator.requests if one.method == "POST" and path in (None, one.path)]


async def test_orders_go_in_batches(desk):
    """Up to 20 of one symbol go in one request; the reports come in the order given, each with its order."""
    drafts = [draft(number, "BTC/USD" if number % 5 == 0 else "ETH/USD") for number in range(30)]
    reports = await desk.call("create_orders", drafts)
    assert [(one.created, one.error) for one in reports] == [(True, None)] * 30
    assert [(one.order.symbol, one.order.price) for one in reports] == [
        (one["symbol"], Decimal(one["price"])) for one in drafts
    ]
    assert len({one.order.id for one in reports}) == 30
    assert len(desk.simulator.orders()) == 30
    assert [one.path for one in posts(desk)] == [BATCH] * 3  # 6 of one symbol, 20 and 4 of the other


async def test_a_single_order_needs_no_batch(desk):
    """One order of a symbol goes by the request for one."""
    [report] = await desk.call("create_orders", [draft()])
    assert report.order_or_raise().status == "open"
    assert posts(desk, BATCH) == []


async def test_nothing_to_do(desk):
    """No orders, no requests."""
    assert await desk.call("create_orders", []) == []
    assert desk.simulator.requests == []


async def test_one_is_refused(desk):
    """The venue's refusal of one order is that order's alone; its report says why, and that no order exists."""
    drafts = [draft(client_order_id="a"), draft(amount="100000", client_order_id="b"), draft(client_order_id="c")]
    first, second, third = await desk.call("create_orders", drafts)
    assert (first.created, second.created, third.created) == (True, False, True)
    assert isinstance(second.error, hk.OrderRejected)
    assert second.order.client_order_id == "b"
    with pytest.raises(hk.OrderRejected):
        second.order_or_raise()
    assert [one.client_order_id for one in desk.simulator.orders()] == ["a", "c"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut"},
        {"kind": "stall"},
        {"kind": "truncate"},
        {"status": 502},
        {"body": "<html></html>"},
        {"body": "{}"},
    ],
    ids=str,
)
async def test_a_lost_answer_is_looked_into(desk, fault):
    """Orders whose answer got lost are found by their client order ids, and sent once."""
    desk.simulator.fail_next(path=BATCH, acted=True, **fault)
    reports = await desk.call("create_orders", [draft(number) for number in range(5)])
    assert [one.created for one in reports] == [True] * 5
    assert [one.order.price for one in reports] == [Decimal(1000 + number) for number in range(5)]
    assert len(posts(desk)) == 1
    assert len(desk.simulator.orders()) == 5


async def test_what_cannot_be_found_stays_open(desk):
    """Not finding an order proves nothing: its report says that it may exist, under which client order id."""
    desk.simulator.fail_next(path=BATCH, kind="cut", acted=False)
    reports = await desk.call("create_orders", [draft(client_order_id="a"), draft(client_order_id="b")], timeout=5)
    assert [(one.created, one.order.client_order_id, one.order.id) for one in reports] == [
        (None, "a", None),
        (None, "b", None),
    ]
    assert {type(one.error) for one in reports} == {hk.OutcomeUnknown}
    assert len(posts(desk)) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"code": "0003", "status": 429}, hk.RateLimited),
        ({"code": "-1021"}, hk.ClockSkew),
        ({"code": "0102"}, hk.AuthenticationError),
    ],
    ids=str,
)
async def test_a_refusal_of_all(desk, fault, error):
    """Where the request was refused as a whole, no order exists, and none is looked for."""
    desk.simulator.fail_next(path=BATCH, **fault)
    reports = await desk.call("create_orders", [draft(), draft(1)])
    assert [(one.created, type(one.error)) for one in reports] == [(False, error)] * 2
    assert desk.simulator.orders() == []


async def test_a_refused_connection(desk):
    """Nothing left, so nothing exists."""
    desk.simulator.fail_next(path=BATCH, kind="refuse")
    reports = await desk.call("create_orders", [draft(), draft(1)])
    assert [(one.created, type(one.error)) for one in reports] == [(False, hk.NotSent)] * 2


async def test_the_errors_say_where(desk):
    """Each error names the venue and the call."""
    desk.simulator.fail_next(path=BATCH, kind="refuse")
    [one, _] = await desk.call("create_orders", [draft(), draft(1)])
    assert (one.error.venue, one.error.operation) == ("hashkey", "create_orders")


async def test_what_may_exist_is_in_the_journal(skipped_time, open_desk, tmp_path):
    """A batch in doubt stays in flight, order by order; what was shown or refused does not."""
    desk = await open_desk(plugins=[Journal(tmp_path / "journal.db", cancel_patience=20)])
    drafts = [draft(client_order_id="a"), draft(amount="100000", client_order_id="b")]
    assert [one.created for one in await desk.call("create_orders", drafts)] == [True, False]
    assert await desk.call("recover") == []
    desk.simulator.fail_next(path=BATCH, kind="cut", acted=False)
    drafts = [draft(client_order_id="c"), draft(client_order_id="d")]
    assert [one.created for one in await desk.call("create_orders", drafts, timeout=3)] == [None, None]
    recovered = await desk.call("recover")
    assert sorted((one.entry.client_order_id, one.settled) for one in recovered) == [("c", False), ("d", False)]


async def test_a_test_order_makes_none(desk):
    """The venue checks the order, and nothing rests; what it refuses is an error."""
    order = await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", test=True)
    assert (order.id, order.symbol, order.amount, order.price) == (None, "ETH/USD", Decimal(1), Decimal(1900))
    assert desk.simulator.orders() == []
    with pytest.raises(hk.OrderRejected):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "0.0000001", "1900", test=True)


async def test_a_site_without_test_orders(open_desk, skipped_time):
    """Where the documentation has no such endpoint, nothing is sent, and the error says which site."""
    desk = await open_desk(site="mena")
    with pytest.raises(hk.NotSupported, match="mena"):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", test=True)
    assert desk.simulator.requests == []
