"""An order's whole life, in the same words over our own HashKey plugin and over ccxt's."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

import hk_adapter as hk
from hk_adapter.simulator import Simulator
from hk_adapter.transport.venue_clock import VenueClock

VENUES = ("hashkey", "ccxt:hashkey")


@pytest.fixture(params=VENUES)
def open_venue(request, open_desk):
    """Open the simulated venue through one of the two plugins and one of the two facades."""

    async def open_one(**options):
        desk = await open_desk(request.param, **options)
        if isinstance(desk.venue, hk.AsyncVenue):
            await desk.venue
        desk.simulator.requests.clear()
        return desk

    return open_one


@pytest.fixture
async def desk(skipped_time, open_venue):
    """Such a venue, where no test waits for time to pass."""
    return await open_venue()


async def test_an_order_is_placed_looked_up_and_canceled(desk):
    """The order that was placed is the one that is found, and its cancel is proven."""
    placed = await desk.place("1.5", "1900.5", client_order_id="mine-1")
    found = await desk.call("fetch_order", placed.id, "ETH/USD")
    done = await desk.cancel(placed.id, "ETH/USD")
    for order in (placed, found, done):
        assert (order.id, order.client_order_id, order.symbol) == (placed.id, "mine-1", "ETH/USD")
        assert (order.side, order.type, order.price, order.amount) == (
            "buy",
            "limit",
            Decimal("1900.5"),
            Decimal("1.5"),
        )
    assert (placed.status, found.status, done.status) == ("open", "open", "canceled")
    assert (done.filled, done.remaining) == (0, Decimal("1.5"))
    assert desk.simulator.order(placed.id).status == "CANCELED"


async def test_a_part_that_traded_is_told(desk):
    """What traded before the cancel is in its result."""
    order = await desk.place("1", "1900")
    desk.simulator.fill(order.id, "0.4")
    report = await desk.try_cancel(order.id)
    assert report.outcome is hk.CancelOutcome.PARTIALLY_CANCELED
    assert report.order.filled == Decimal("0.4")


async def test_a_fill_that_came_first_is_told(desk):
    """A cancel that came too late says so, and how much was filled."""
    order = await desk.place("1", "1900")
    desk.simulator.fill(order.id, "1")
    report = await desk.try_cancel(order.id)
    assert report.outcome is hk.CancelOutcome.TOO_LATE_FILLED
    assert (report.order.status, report.order.filled) == ("closed", 1)


async def test_a_canceled_order_is_not_canceled_twice(desk):
    """A second cancel finds that it did nothing."""
    order = await desk.place()
    await desk.cancel(order.id)
    report = await desk.try_cancel(order.id)
    assert report.outcome is hk.CancelOutcome.ALREADY_CANCELED


async def test_an_unknown_order_is_not_found(desk):
    """An id that never was ends in OrderNotFound."""
    with pytest.raises(hk.OrderNotFound):
        await desk.cancel("1234567890123456789")


async def test_an_order_is_canceled_by_its_client_id(desk):
    """The client's id does where the exchange takes it."""
    await desk.place(client_order_id="by-my-name")
    done = await desk.cancel(client_order_id="by-my-name")
    assert (done.status, done.client_order_id) == ("canceled", "by-my-name")


async def test_an_acknowledgement_is_never_a_cancel(desk):
    """With wait="ack" the order is pending_cancel: nobody has seen its end."""
    order = await desk.place()
    assert (await desk.cancel(order.id, wait="ack")).status == "pending_cancel"


@pytest.mark.parametrize("fault", ["cut", "truncate"])
async def test_a_lost_answer_is_settled_by_looking(desk, fault):
    """A cancel whose answer was lost is looked into until the end is proven."""
    order = await desk.place()
    desk.simulator.fail_next(kind=fault, method="DELETE", acted=True)
    report = await desk.try_cancel(order.id)
    assert report.outcome is hk.CancelOutcome.CANCELED
    assert (report.attempts, report.ambiguous_attempts, report.evidence) == (1, 1, "query")


async def test_a_refused_connection_is_no_send(desk):
    """A request that never left is not counted, and is tried again."""
    order = await desk.place()
    desk.simulator.fail_next(kind="refuse", method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 1, 0)


async def test_a_lost_create_is_found_by_its_client_id(desk):
    """A create whose answer was lost is found again, and not placed twice."""
    desk.simulator.fail_next(kind="cut", method="POST", acted=True)
    order = await desk.place(client_order_id="lost-and-found")
    assert (order.status, order.client_order_id) == ("open", "lost-and-found")
    assert len(await desk.call("fetch_open_orders")) == 1


async def test_a_clock_that_is_off_is_measured(skipped_time, open_venue, monkeypatch):
    """Where ours is wrong, the refused timestamp is signed anew with the venue's own time: one extra send."""
    simulator = Simulator()
    order = await (await open_venue(simulator=simulator)).place()
    wrong = partial(VenueClock, skipped_time.monotonic, lambda: skipped_time.time() + 3600.0)
    monkeypatch.setattr("hk_adapter.venue.connection.VenueClock", wrong)
    desk = await open_venue(simulator=simulator)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 2, 0)


async def test_everything_is_canceled_and_what_was_is_listed(desk):
    """Cancelling all leaves an empty book, and a history of what was canceled."""
    orders = [await desk.place("1", str(1900 + step)) for step in range(4)]
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    assert {report.order.id for report in reports if report.final} == {order.id for order in orders}
    assert await desk.call("fetch_open_orders") == []
    listed = await desk.call("fetch_canceled_orders", "ETH/USD")
    assert {order.id for order in listed} == {order.id for order in orders}


@pytest.mark.usefixtures("skipped_time")
async def test_an_order_beyond_the_balance_is_rejected(open_venue):
    """The venue's refusal of a create says that no order exists."""
    desk = await open_venue(simulator=Simulator(balances={"USD": 100, "ETH": 1}))
    with pytest.raises(hk.InsufficientFunds) as caught:
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900")
    assert caught.value.request_state == "refused"


async def test_an_order_that_would_be_rounded_is_refused_before_it_is_sent(desk):
    """A price between two steps is nobody's to round."""
    await desk.call("load_markets")
    with pytest.raises((hk.InvalidArgument, hk.OrderDenied)):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900.0001")
    assert await desk.call("fetch_open_orders") == []
