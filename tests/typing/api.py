"""Never run, only type-checked: what a bot's own type checker sees of the public names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

import hk_adapter as hk
from hk_adapter.parsing import ErrorRow, ErrorTable, Fields, Meaning, order_page, read_json, read_rows, reading
from hk_adapter.plugins.audit import Audit
from hk_adapter.plugins.dry_run import DryRun
from hk_adapter.plugins.risk import Risk
from hk_adapter.testing import Faults, Recorded, RecordedClock, ServedSimulator


def a_blocking_bot() -> None:
    """The blocking facade gives orders and reports."""
    with hk.connect("hashkey", environment="simulator", timeout=5.0, recv_window=4000) as venue:
        assert_type(venue, hk.Venue)
        order = venue.create_order("ETH/USD", "limit", "buy", Decimal(1), "1900", time_in_force="GTC")
        assert_type(order, hk.Order)
        assert_type(order.filled, Decimal | None)
        assert_type(venue.cancel_order(order.id, wait="ack"), hk.Order)
        report = venue.try_cancel(client_order_id=order.client_order_id)
        assert_type(report, hk.CancelReport)
        assert_type(report.outcome, hk.CancelOutcome)
        assert_type(report.order, hk.Order | None)
        assert_type(report.order_or_raise().to_ccxt(), dict[str, Any])
        assert_type(venue.fetch_time(), int)


def a_bot_that_places_again(venue: hk.Venue, ended: hk.Order) -> None:
    """What a record says of an order is what an order is placed by, and others are canceled by."""
    if ended.side is not None:
        venue.create_order("ETH/USD", hk.OrderType.LIMIT, ended.side, ended.remaining, "1900", time_in_force="IOC")
        venue.create_order("ETH/USD", "market", "sell", 1, time_in_force=hk.TimeInForce.IOC)
        venue.cancel_all_orders("ETH/USD", side=ended.side)


def a_bot_that_hands_its_watches_on(venue: hk.Venue, other: hk.AsyncVenue) -> None:
    """A watch has a public type, so that a function can take one."""
    orders: hk.Watch[hk.OrderUpdate] = venue.watch_orders()
    assert_type(orders.get(timeout=1), hk.OrderUpdate | None)
    fills: hk.AsyncWatch[hk.TradeUpdate] = other.watch_my_trades()
    assert_type(fills.is_live, bool)


def a_test_of_a_bot(
    hk_recorded: Recorded, hk_simulator: ServedSimulator, hk_faults: Faults, hk_clock: RecordedClock
) -> None:
    """The kit's fixtures have public types, by which a strict test annotates them."""
    assert_type(hk_recorded.connect(), hk.Venue)
    assert_type(hk_simulator.connect_async(), hk.AsyncVenue)
    assert_type(hk_faults.lose("DELETE").struck, int)
    assert_type(hk_clock.began, int)


def a_bot_that_heeds_errors(error: hk.AdapterError) -> None:
    """An error tells of its order and report by their main fields, and by all of them once a bot looks which it is."""
    if error.order is not None:
        assert_type(error.order.id, str | None)
        assert_type(error.order.filled, Decimal | None)
    if isinstance(error.order, hk.Order):
        assert_type(error.order, hk.Order)
    if error.report is not None:
        assert_type(error.report.attempts, int)
    if isinstance(error.report, hk.CancelReport):
        assert_type(error.report.outcome, hk.CancelOutcome)


async def an_asyncio_bot() -> None:
    """The asyncio facade has the same methods, awaited, and may itself be awaited."""
    async with hk.connect_async("hashkey", environment="simulator") as venue:
        assert_type(venue, hk.AsyncVenue)
        assert_type(await venue.cancel_order("1"), hk.Order)
        assert_type(await venue.try_cancel("1"), hk.CancelReport)
    assert_type(await hk.connect_async("hashkey"), hk.AsyncVenue)


class AVenue:
    """A venue plugin's hook reads like any client; awaiting an effect gives its result."""

    @hk.hookimpl
    async def cancel_order(self, request: hk.CancelRequest) -> hk.Order:
        """Cancel by one id."""
        response = await hk.HttpCall("DELETE", "/order", params={"id": str(request.order_id)}, signed=True)
        assert_type(response, hk.Response)
        assert_type(await hk.Now(), hk.Moment)
        assert_type(await hk.Random(), float)
        await hk.Sleep(0.1)
        return hk.Order(id=request.order_id)


class AWrapper:
    """A wrapper is given the inner flow, and awaits it."""

    @hk.wraps_flow
    async def operate(self, flow: hk.Flow[Any], operation: hk.Operation) -> Any:
        """See a whole call."""
        assert_type(operation.name, str)
        return await flow


def a_bot_with_wrappers(path: Path) -> None:
    """The wrappers that ship tell their arguments and switches."""
    risk = Risk(max_cost="1000", max_amount={"ETH/USD": Decimal(5)}, symbols=["ETH/USD"], unknown="refuse")
    risk.block_creates("for now")
    assert_type(risk.creates_blocked, bool)
    with hk.connect("hashkey", plugins=[risk, DryRun(), Audit(path, cancel_patience=0.5)]) as venue:
        assert_type(venue, hk.Venue)


def a_venue_author_who_reads(response: hk.Response) -> None:
    """What a plugin reads with has the kinds that records want."""
    table = ErrorTable("lagoon", [ErrorRow("gone", Meaning.FINISHED, "finished already")])
    assert_type(table.error("gone", http_status=400, operation="cancel_order"), hk.AdapterError)
    assert_type(table.error_of_status(response, "cancel_order"), hk.AdapterError | None)
    with reading("an order", "lagoon"):
        row = Fields(read_json(response.body))
        assert_type(row.number("price"), Decimal)
        assert_type(row.maybe_seconds("made"), int | None)
        assert_type(row.word("side", {"b": hk.OrderSide.BUY}), hk.OrderSide)
        assert_type(row.object("more"), Fields)
        assert_type(read_rows(row.rows("ids"), lambda one: Fields(one).id("id"), "id"), hk.ReadRows[str])
        assert_type(order_page(row.rows("orders"), lambda one: hk.Order(id=str(one)), full=False), hk.OrderPage)
