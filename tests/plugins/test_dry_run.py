"""In a dry run reads go out, nothing that changes anything does, and nothing told can be taken for the real thing."""

from __future__ import annotations

import pickle

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, OrderDenied, RequestState
from hk_adapter.hooks import VenueHooks
from hk_adapter.plugins.dry_run import MOST_NAMED, DryRun, described
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.reads import READS
from hk_adapter.simulator import serve

ORDER = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1.50", "price": "1900"}
CANARY = "canary-password-77"


@pytest.fixture
def served():
    """Serve a venue at which somebody else has orders resting."""
    with serve() as one:
        yield one


@pytest.fixture
async def resting(open_desk, served):
    """Let three orders rest that another connection placed, and forget the requests that this took."""
    other = await open_desk(base_url=served.url, served=served.control)
    return [await other.place() for _ in range(3)]


@pytest.fixture
async def desk(open_desk, served, resting):
    """Open the same venue for a dry run."""
    return await open_desk(base_url=served.url, served=served.control, plugins=["dry_run"], budget="unlimited")


async def test_a_create_raises_what_would_be_sent(desk):
    """With every term as it would go out, and with the state of what was not sent; no order is returned."""
    with pytest.raises(OrderDenied) as caught:
        await desk.call("create_order", **ORDER, client_order_id="mine", post_only=True)
    assert str(caught.value) == (
        "dry run: create_order would be sent, with symbol ETH/USD, type limit, side buy, client_order_id mine, "
        "amount 1.50, price 1900, post_only True; nothing was"
    )
    assert (caught.value.request_state, caught.value.order) == (RequestState.NOT_SENT, None)
    assert desk.simulator.requests == []


async def test_what_is_our_own_is_not_told(desk):
    """Of a create without a client order id the one that was made is told, and no field that no venue is sent."""
    with pytest.raises(OrderDenied, match="client_order_id") as caught:
        await desk.call("create_order", **ORDER)
    assert "fresh_id" not in str(caught.value)


async def test_an_order_only_to_be_checked_is_not_sent_either(desk):
    """That none comes of it is the venue's word, and a dry run takes nobody's."""
    with pytest.raises(OrderDenied):
        await desk.call("create_order", **ORDER, test=True)
    assert desk.simulator.requests == []


async def test_each_of_several_orders_is_told(desk):
    """One report each, that says that no order exists, and what would have been sent."""
    reports = await desk.call("create_orders", [ORDER, ORDER | {"amount": "2"}])
    assert [report.created for report in reports] == [False, False]
    assert all(isinstance(report.error, OrderDenied) and "dry run" in str(report.error) for report in reports)
    assert desk.seen("POST") == []


async def test_a_cancel_is_not_sent_and_says_so(desk, resting):
    """Its report is NOT_SENT and not final; ``cancel_order`` raises; and the order rests on."""
    report = await desk.try_cancel(resting[0].id)
    assert (report.outcome, report.final, report.attempts) == (CancelOutcome.NOT_SENT, False, 0)
    with pytest.raises(hk.NotSent) as caught:
        await desk.cancel(resting[0].id)
    told = f"{caught.value} {caught.value.__cause__}"
    assert f"dry run: cancel_order would be sent, with order_id {resting[0].id}; nothing was" in told
    assert (desk.cancels, desk.simulator.order(resting[0].id).status) == (0, "NEW")


async def test_an_order_that_is_canceled_already_is_not_said_to_be(desk, resting):
    """A dry run never says canceled, not even of what somebody else has canceled."""
    desk.simulator.cancel(resting[0].id)
    for wait in ("final", "ack"):
        report = await desk.try_cancel(resting[0].id, wait=wait)
        assert (report.outcome, report.final, report.order and report.order.status) == ("not_sent", False, None)


async def test_a_cancel_of_many_and_of_all(desk, resting):
    """The open orders are read, one report each says that it would be canceled, and all of them rest on."""
    for reports in (
        await desk.call("cancel_orders", [order.id for order in resting]),
        await desk.call("cancel_all_orders"),
        await desk.call("cancel_all_orders", "ETH/USD"),
    ):
        assert [str(report.outcome) for report in reports] == ["not_sent"] * 3
        assert all("dry run" in f"{report.error} {report.error.__cause__}" for report in reports)
    assert {request.method for request in desk.simulator.requests} == {"GET"}
    assert [order.status for order in desk.simulator.orders()] == ["NEW"] * 3


async def test_reads_go_out(desk, resting):
    """As without it."""
    assert (await desk.call("fetch_order", resting[0].id)).status == "open"
    assert len(await desk.call("fetch_open_orders")) == 3
    assert await desk.call("fetch_time") > 0
    assert await desk.call("load_markets")


def test_every_hook_is_a_read_or_is_denied():
    """A hook that is added one day is denied until its name says that it reads."""
    hooks = {name for name in vars(VenueHooks) if not name.startswith("_")} - {"operate", "attempt"}
    changing = {name for name in hooks if not name.startswith(READS)}
    cancels = {"cancel_order", "cancel_orders", "cancel_all_orders", "cancel_all_orders_after"}
    assert changing == cancels | {"create_order", "create_orders"}


async def test_what_a_journal_keeps_of_it_is_settled(open_desk, tmp_path):
    """A journal beside a dry run holds nothing that has to be recovered."""
    journal = Journal(tmp_path / "journal.sqlite", cancel_patience=20)
    desk = await open_desk(plugins=[journal, DryRun()])
    with pytest.raises(OrderDenied):
        await desk.call("create_order", **ORDER)
    assert (await desk.try_cancel("1")).outcome == "not_sent"
    assert journal.read_in_flight() == []


async def test_params_are_named_and_not_told(open_desk):
    """They may hold a password."""
    desk = await open_desk(plugins=[DryRun])
    request = hk.CancelRequest(order_id="1", params={"tradingPassword": CANARY})
    assert described(request) == ", with order_id 1, params: tradingPassword"
    report = await desk.try_cancel("1", params={"tradingPassword": CANARY})
    assert CANARY not in repr(report) + str(report.error) + str(report.error.__cause__)
    assert CANARY.encode() not in pickle.dumps(report.error)


def test_many_orders_are_counted():
    """A request of a thousand orders is still a line that can be read."""
    request = hk.CancelOrdersRequest(order_ids=tuple(str(number) for number in range(1000)))
    assert described(request).endswith(f"{MOST_NAMED - 1} and {1000 - MOST_NAMED} more")
