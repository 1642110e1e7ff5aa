"""A look that misses an order which this process placed: not in view, and never told as not there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.script import Refusal, Request
from tests.conformance.lagoon import Lagoon, LagoonScript
from tests.conformance.test_lagoon import Opens

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")
MISSED = Fate(refused=Refusal.NO_SUCH_ORDER)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Open a venue whose looks can be made to miss."""
    hk.register_venue("lagoon", Opens(Lagoon))
    yield Bench("lagoon", LagoonScript(), {})
    unregister_venue("lagoon")


def test_an_order_that_was_just_placed_is_not_told_as_missing(bench: Bench) -> None:
    """By either id: who believed that it is not there would place it again."""
    order = bench.venue.create_order(*TERMS, client_order_id="mine")
    bench.exchange.meet(Request.QUERY, MISSED)
    for named in ({"order_id": order.id}, {"client_order_id": "mine"}, {"order_id": order.id, "symbol": "ETH/USD"}):
        with pytest.raises(hk.OutcomeUnknown, match="placed one under this id"):
            bench.venue.fetch_order(**named)
    bench.exchange.meet(Request.QUERY)
    assert bench.venue.fetch_order(order.id).status is hk.OrderStatus.OPEN


def test_an_order_whose_create_is_in_doubt_is_not_told_as_missing(bench: Bench) -> None:
    """A create that was never answered may still be travelling."""
    bench.exchange.meet(Request.CREATE, Fate(arrives=False))
    with pytest.raises(hk.OutcomeUnknown):
        bench.venue.create_order(*TERMS, client_order_id="mine", timeout=3.0)
    with pytest.raises(hk.OutcomeUnknown, match="placed one under this id"):
        bench.venue.fetch_order(client_order_id="mine")


def test_what_was_never_placed_here_is_not_found(bench: Bench) -> None:
    """By either id, and under the id of a create that was refused."""
    for named in ({"order_id": LagoonScript().order_id(999)}, {"client_order_id": "theirs"}):
        with pytest.raises(hk.OrderNotFound):
            bench.venue.fetch_order(**named)


def test_in_the_end_a_view_is_believed(bench: Bench) -> None:
    """Ten minutes later no view lags, and no request travels."""
    order = bench.venue.create_order(*TERMS, client_order_id="mine")
    bench.advance(601.0)
    bench.exchange.meet(Request.QUERY, MISSED)
    with pytest.raises(hk.OrderNotFound):
        bench.venue.fetch_order(order.id)


def test_an_order_whose_end_is_known_may_be_gone(bench: Bench) -> None:
    """Venues forget orders that ended long ago: that it is not there any more is so."""
    order = bench.venue.create_order(*TERMS, client_order_id="mine")
    bench.venue.cancel_order(order.id, "ETH/USD")
    bench.exchange.meet(Request.QUERY, MISSED)
    with pytest.raises(hk.OrderNotFound):
        bench.venue.fetch_order(order.id, "ETH/USD")


@pytest.mark.parametrize("call", ["create_order", "create_orders"])
async def test_a_create_whose_caller_went_away_is_not_told_as_missing(desk, facade, monkeypatch, call):
    """Ctrl-C, or a task that is canceled: what had left may arrive yet, so neither a look nor a cancel denies it."""
    simulator = desk.simulator._simulator
    handle = simulator.handle

    def go_away(request, now):
        if request.method == "POST":
            if facade == "blocking":
                raise KeyboardInterrupt
            asyncio.current_task().cancel()
        return handle(request, now)

    monkeypatch.setattr(simulator, "handle", go_away)
    desk.simulator.fail_next("stall", method="POST")
    terms = dict(zip(("symbol", "type", "side", "amount", "price"), TERMS, strict=True)) | {"client_order_id": "mine"}
    with pytest.raises((KeyboardInterrupt, asyncio.CancelledError)):
        await (desk.call(call, **terms) if call == "create_order" else desk.call(call, [terms]))
    monkeypatch.setattr(simulator, "handle", handle)
    with pytest.raises(hk.OutcomeUnknown, match="placed one under this id"):
        await desk.call("fetch_order", client_order_id="mine")
    report = await desk.call("try_cancel", client_order_id="mine", timeout=4.0)
    assert report.outcome is hk.CancelOutcome.UNKNOWN
