"""With a stream open a cancel is confirmed by it: no query. A stream that says nothing is evidence of nothing."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.model import CancelOutcome, Evidence, Order
from tests.streams.script import row

SIMULATOR = {"environment": "simulator", "budget": "unlimited"}


def asked(venue):
    """List by which methods orders were asked for, lists included."""
    return [request.method for request in venue.simulator.requests if request.path.startswith("/api/v1/spot/")]


def placed(venue, price="1900"):
    """Place an order."""
    return venue.create_order("ETH/USD", "limit", "buy", "1", price)


def test_one_order_call_and_no_query():
    """The end and what was filled of it are what the stream told, and the report says so."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders():
            venue.simulator.fill(order.id, "0.4")
            before = len(asked(venue))
            report = venue.try_cancel(order.id)
            assert asked(venue)[before:] == ["DELETE"]
    assert (report.outcome, report.evidence) == (CancelOutcome.PARTIALLY_CANCELED, Evidence.STREAM)
    assert report.order.filled == Decimal("0.4")


def test_by_a_clients_id_too():
    """The acknowledgement tells the venue's id."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders():
            before = len(asked(venue))
            report = venue.try_cancel(client_order_id=order.client_order_id)
            assert asked(venue)[before:] == ["DELETE"]
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.STREAM)


def test_many_cost_no_query_either():
    """Nor do the lists that many are looked up by."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            orders = [await placed(venue, str(1800 + number)) for number in range(30)]
            async with venue.watch_orders():
                before = len(asked(venue))
                reports = await venue.cancel_orders([order.id for order in orders])
                assert set(asked(venue)[before:]) == {"DELETE"}
            assert {(one.outcome, one.evidence) for one in reports} == {(CancelOutcome.CANCELED, Evidence.STREAM)}

    asyncio.run(run())


def test_an_order_that_was_filled_first_is_told_by_the_stream():
    """The venue refuses the cancel; how the order ended is known already."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders() as updates:
            venue.simulator.fill(order.id, "1")
            while next(updates).order.status != "closed":
                pass
            before = len(asked(venue))
            report = venue.try_cancel(order.id)
            assert asked(venue)[before:] == ["DELETE"]
    assert (report.outcome, report.evidence) == (CancelOutcome.TOO_LATE_FILLED, Evidence.STREAM)


@pytest.mark.parametrize("kind", ["stall", "lose", "drop"])
def test_a_stream_that_does_not_tell_is_not_waited_for_long(kind):
    """The venue is asked as ever, long before the call's ten seconds are over, and the answer is the truth."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders():
            venue.simulator.streams.fail_next(kind)
            report = venue.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)
    assert report.elapsed < 8


def test_a_stream_that_does_not_tell_leaves_time_to_ask(monkeypatch):
    """However short the deadline: what is waited for is a part of it."""
    monkeypatch.setattr("hk_adapter.execution.lookups.STREAM_PATIENCE", 60.0)
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders():
            venue.simulator.streams.fail_next("stall")
            report = venue.try_cancel(order.id, timeout=1)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)


def test_what_a_cancel_proves_by_asking_is_told_to_who_watches():
    """A frame that is lost keeps nobody waiting for an end that is known; it is told once."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            order = await placed(venue)
            async with venue.watch_orders() as updates:
                venue.simulator.streams.fail_next("lose", event="executionReport")
                report = await venue.try_cancel(order.id)
                assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)
                told = [await asyncio.wait_for(anext(updates), 5) for _ in range(2)]
                await placed(venue, "1901")
                told.append(await asyncio.wait_for(anext(updates), 5))
            assert [(str(one.order.status), one.live) for one in told] == [
                ("open", False),
                ("canceled", False),
                ("open", True),
            ]

    asyncio.run(run())


def test_without_a_stream_nothing_is_waited_for():
    """It is as it was."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders():
            pass
        report = venue.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)


@pytest.mark.parametrize(
    "told",
    [
        [row("1", "filled", "0.5")],
        [row("1", "canceled", "1")],
        [row("1", "open", "0.4")],
        [row("1", "canceled", "0.2", 9), row("1", "filled", "1", 11)],
        [row("2", "canceled", "0")],
    ],
    ids=["filled in part", "canceled whole", "open", "two ends", "another"],
)
def test_what_is_no_proof_ends_nothing(told):
    """Amounts that contradict the word, an order that rests, two ends, another order."""
    tracker = Tracker()
    for order in told:
        tracker.heard(order, 1.0)
    assert tracker.heard_end("1") is None


def test_an_end_that_was_found_by_asking_is_not_the_streams():
    """A list or a look-up is evidence of its own kind."""
    tracker = Tracker()
    tracker.heard(row("1"), 1.0)
    tracker.remembered([row("1", "canceled", "0")], 2.0, lambda symbol: 0)
    assert tracker.known("1").status == "canceled"
    assert tracker.heard_end("1") is None


def test_an_end_that_forgets_a_fill_is_no_proof_and_the_venue_is_asked():
    """The acknowledgement showed more filled than the stream's end has: that end is heard once."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        venue.simulator.fill(order.id, "0.4")
        end = row(
            order.id, "canceled", "0", price=Decimal(1900), side=hk.OrderSide.BUY, client_order_id=order.client_order_id
        )
        venue._connection.shared.looks.listen_to(Stream(listens=True, end=end))
        report = venue.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.PARTIALLY_CANCELED, Evidence.QUERY)
    assert report.order.filled == Decimal("0.4")


def test_what_the_streams_have_told_is_known_to_the_key():
    """What has not ended, as far as they told, live now or not: a kill switch names it. Nothing, once they are over."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        looks = venue._connection.shared.looks
        gone, left = placed(venue).id, placed(venue, "1800").id
        assert looks.told_open() == []
        with venue.watch_orders() as updates:
            assert {order.id for order in looks.told_open()} == {gone, left}
            venue.simulator.cancel(gone)
            while not next(updates).order.status.final:
                pass
            assert [order.id for order in looks.told_open()] == [left]
    assert looks.told_open() == []


class Stream:
    """A listener that says what the test wants."""

    def __init__(self, *, listens: bool, end: Order) -> None:
        self.listens, self.end = listens, end

    def is_listening(self, now: float) -> bool:
        """Say it."""
        return self.listens

    def end_of(self, order_id: str) -> Order | None:
        """Say it."""
        return self.end

    def learn_end(self, order: Order, asked: float) -> None:
        """Hear what was found by asking."""


def test_a_stream_that_is_not_live_is_not_heard():
    """Whatever it has told before: it may have missed what came after."""
    looks, effects = SharedLookups(), []
    looks.listen_to(Stream(listens=False, end=row("1", "canceled", "0")))
    from hk_adapter.execution.lookup_round import PendingLookup  # noqa: PLC0415
    from hk_adapter.flow.effects import Moment, Now  # noqa: PLC0415
    from hk_adapter.model import FetchOrderRequest  # noqa: PLC0415

    want = PendingLookup((FetchOrderRequest(order_id="1"),))
    flow = looks.hear([want], 100.0)
    answer = None
    try:
        while True:
            effects.append(flow.send(answer))
            answer = Moment(10.0, 0)
    except StopIteration:
        pass
    assert want.result is None
    assert [type(one) for one in effects] == [Now]
