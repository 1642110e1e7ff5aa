"""Orders at the simulator, one cassette for each endpoint: what is recorded is read exactly, through both facades."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hk_adapter import CancelOutcome, InsufficientFunds, OrderStatus

from .by_hook import mass_cancel
from .scenes import Scene, simulated

ETH, BTC = "ETH/USD", "BTC/USD"


async def resting(desk: Any, *own_ids: str, symbol: str = ETH, price: str = "1900") -> list[Any]:
    """Let orders to buy 0.5 rest under ids of ours."""
    return [
        await desk.call("create_order", symbol, "limit", "buy", "0.5", price, client_order_id=own_id)
        for own_id in own_ids
    ]


def numbers(order: Any) -> tuple[Any, ...]:
    """Give what was ordered, filled, is left, and was paid."""
    return order.amount, order.filled, order.remaining, order.cost, order.average


@simulated("create_order")
async def test_orders_are_placed(scene: Scene) -> None:
    """A limit order rests under the caller's id; a market order by its cost has no amount of its own."""
    desk = await scene.desk()
    [limit] = await resting(desk, "cassette-1")
    assert (limit.client_order_id, limit.symbol, limit.type, limit.side) == ("cassette-1", ETH, "limit", "buy")
    assert (limit.price, limit.time_in_force, limit.status) == (Decimal(1900), "GTC", OrderStatus.OPEN)
    assert numbers(limit) == (Decimal("0.5"), 0, Decimal("0.5"), 0, None)

    scene.at_venue("counter_order", "ETHUSD", "SELL", "1", "1950.5")
    bought = await desk.call("create_order", ETH, "market", "buy", None, cost="390.1", client_order_id="cassette-2")
    assert (bought.type, bought.price, bought.amount) == ("market", None, None)
    seen = await desk.call("fetch_order", bought.id, ETH)
    assert numbers(seen) == (None, Decimal("0.2"), None, Decimal("390.1"), Decimal("1950.5"))
    assert seen.status is OrderStatus.CLOSED


@simulated("test_order")
async def test_an_order_is_only_checked(scene: Scene) -> None:
    """The venue takes the terms, and there is no order: the one returned has no id."""
    desk = await scene.desk()
    checked = await desk.call(
        "create_order", ETH, "limit", "buy", "0.5", "1900", client_order_id="cassette-1", test=True
    )
    assert (checked.id, checked.status, checked.amount, checked.price) == (None, None, Decimal("0.5"), Decimal(1900))
    assert await desk.call("fetch_open_orders") == []


@simulated("create_orders")
async def test_orders_are_placed_together(scene: Scene) -> None:
    """Each gets a report of its own: two exist, and one is refused for lack of money."""
    desk = await scene.desk()
    terms = [("cassette-1", "0.5"), ("cassette-2", "900"), ("cassette-3", "0.25")]
    asked = [
        {"symbol": ETH, "type": "limit", "side": "buy", "amount": amount, "price": "1900", "client_order_id": own_id}
        for own_id, amount in terms
    ]
    first, poor, third = await desk.call("create_orders", asked)
    assert [report.created for report in (first, poor, third)] == [True, False, True]
    assert (first.order.client_order_id, first.order.amount) == ("cassette-1", Decimal("0.5"))
    assert (third.order.client_order_id, third.order.amount) == ("cassette-3", Decimal("0.25"))
    assert isinstance(poor.error, InsufficientFunds)
    assert poor.error.code == "0401"


@simulated("cancel_order")
async def test_an_order_is_canceled(scene: Scene) -> None:
    """Accepted is pending; the second cancel finds the end, which is older than it."""
    desk = await scene.desk()
    [order] = await resting(desk, "cassette-1")
    accepted = await desk.cancel(order.id, ETH, wait="ack")
    assert (accepted.id, accepted.status) == (order.id, OrderStatus.PENDING_CANCEL)
    report = await desk.try_cancel(client_order_id="cassette-1")
    assert (report.outcome, report.order.id) == (CancelOutcome.ALREADY_CANCELED, order.id)
    assert numbers(report.order) == (Decimal("0.5"), 0, Decimal("0.5"), 0, None)


@simulated("cancel_orders")
async def test_orders_are_canceled_together(scene: Scene) -> None:
    """One request for all: one was filled before, and the others' ends are proven, a part of one filled."""
    desk = await scene.desk()
    filled, partly, whole = await resting(desk, "cassette-1", "cassette-2", "cassette-3")
    scene.at_venue("fill", filled.id)
    scene.at_venue("fill", partly.id, "0.2")
    reports = await desk.call("cancel_orders", [filled.id, partly.id, whole.id], ETH)
    assert [report.outcome for report in reports] == [
        CancelOutcome.TOO_LATE_FILLED,
        CancelOutcome.PARTIALLY_CANCELED,
        CancelOutcome.CANCELED,
    ]
    assert [report.order.filled for report in reports] == [Decimal("0.5"), Decimal("0.2"), 0]
    assert [report.order.cost for report in reports] == [950, 380, 0]


@simulated("cancel_symbol")
async def test_all_orders_of_a_symbol_are_canceled(scene: Scene) -> None:
    """The hook's one request takes all of the symbol; other symbols are spared."""
    desk = await scene.desk()
    first, second = await resting(desk, "cassette-1", "cassette-2")
    [other] = await resting(desk, "cassette-3", symbol=BTC, price="90000")
    assert {order.id for order in await desk.call("fetch_open_orders", ETH)} == {first.id, second.id}
    assert await mass_cancel(desk, ETH)
    assert await desk.call("fetch_open_orders", ETH) == []
    assert [order.id for order in await desk.call("fetch_open_orders")] == [other.id]


@simulated("cancel_every_symbol")
async def test_all_orders_are_canceled(scene: Scene) -> None:
    """Where the site has a request for every symbol, the hook's one request takes all of them."""
    desk = await scene.desk(site="mena")
    [first] = await resting(desk, "cassette-1")
    [second] = await resting(desk, "cassette-2", symbol=BTC, price="90000")
    assert {order.id for order in await desk.call("fetch_open_orders")} == {first.id, second.id}
    assert await mass_cancel(desk)
    assert await desk.call("fetch_open_orders") == []


@simulated("order")
async def test_an_order_is_looked_up(scene: Scene) -> None:
    """By either id the same order, with what was filled and paid."""
    desk = await scene.desk()
    [order] = await resting(desk, "cassette-1")
    scene.at_venue("fill", order.id, "0.2", "1899.5")
    seen = await desk.call("fetch_order", order.id, ETH)
    assert seen == await desk.call("fetch_order", client_order_id="cassette-1")
    assert numbers(seen) == (Decimal("0.5"), Decimal("0.2"), Decimal("0.3"), Decimal("379.9"), Decimal("1899.5"))
    assert (seen.status, seen.timestamp) == (OrderStatus.OPEN, order.timestamp)


@simulated("open_orders")
async def test_open_orders_are_listed(scene: Scene) -> None:
    """Oldest first, of one symbol or of all."""
    desk = await scene.desk()
    placed = await resting(desk, "cassette-1", "cassette-2")
    placed += await resting(desk, "cassette-3", symbol=BTC, price="90000")
    everything = await desk.call("fetch_open_orders")
    assert [order.id for order in everything] == [order.id for order in placed]
    assert [(order.symbol, order.price) for order in everything] == [(ETH, 1900), (ETH, 1900), (BTC, 90000)]
    assert await desk.call("fetch_open_orders", ETH) == everything[:2]


@simulated("order_history")
async def test_past_orders_are_listed(scene: Scene) -> None:
    """Filled and canceled orders, oldest first, each with its end; what is open is no history."""
    desk = await scene.desk()
    filled, canceled, _ = await resting(desk, "cassette-1", "cassette-2", "cassette-3")
    scene.at_venue("fill", filled.id)
    await desk.cancel(canceled.id, ETH, wait="ack")
    ended = await desk.call("fetch_orders", ETH)
    assert [(order.id, order.status) for order in ended] == [
        (filled.id, OrderStatus.CLOSED),
        (canceled.id, OrderStatus.CANCELED),
    ]
    assert [numbers(order) for order in ended] == [
        (Decimal("0.5"), Decimal("0.5"), 0, 950, 1900),
        (Decimal("0.5"), 0, Decimal("0.5"), 0, None),
    ]
