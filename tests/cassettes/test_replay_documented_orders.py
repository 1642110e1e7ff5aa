"""Documented answers to more than a single cancel: new orders, batches, look-ups, and what a key is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from vcr.cassette import Cassette

import hk_adapter as hk
from hk_adapter import CancelOutcome, OrderStatus
from hk_adapter.testing.cassettes.clock import RecordedClock

from .by_hook import mass_cancel
from .documented import own_key, replayed

SYMBOL, OWN_ID, ORDER_ID = "BTC/USD", "1768459741532390", "2128389008024406016"
FIRST, SECOND = "1563291927536863744", "1563291927536863745"
TERMS = (SYMBOL, "limit", "buy", "0.01", "98001")


@pytest.fixture
async def desk(open_desk: Callable[..., Any]) -> Any:
    """Open HashKey's sandbox, of which the test's cassette is all there is."""
    return await open_desk(environment="sandbox", budget="unlimited", **own_key())


@pytest.fixture
def on_that_day(hk_clock: RecordedClock) -> None:
    """Let it be the moment of the documented order: one that is older than its call is another one."""
    hk_clock.begin_at(1768459741535)


@pytest.mark.usefixtures("on_that_day")
@pytest.mark.parametrize("own_id", [replayed("create_order", OWN_ID)])
async def test_an_order_that_was_taken_in_is_pending(desk: Any, own_id: str) -> None:
    """PENDING_NEW is not open yet, and not refused either: every field of the sample arrives."""
    assert await desk.call("create_order", *TERMS, client_order_id=own_id) == hk.Order(
        id=ORDER_ID,
        client_order_id=own_id,
        account_id="1471090223379184384",
        symbol=SYMBOL,
        venue_symbol="BTCUSD",
        type="limit",
        side=hk.OrderSide.BUY,
        time_in_force="GTC",
        post_only=False,
        price=Decimal(98001),
        amount=Decimal("0.01"),
        filled=Decimal(0),
        cost=Decimal(0),
        status=OrderStatus.PENDING_NEW,
        venue_status="PENDING_NEW",
        timestamp=1768459741535,
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        replayed("create_insufficient_funds", hk.InsufficientFunds, "0401"),
        replayed("create_duplicate_client_order_id", hk.DuplicateClientOrderId, "-1141"),
        replayed("create_price_refused", hk.OrderRejected, "0207"),
    ],
)
async def test_a_refused_order_is_told_with_its_reason(desk: Any, kind: type[hk.AdapterError], code: str) -> None:
    """No order exists, and the venue's own code is on the error."""
    with pytest.raises(kind) as caught:
        await desk.call("create_order", *TERMS, client_order_id=OWN_ID)
    assert (type(caught.value), caught.value.code) == (kind, code)


@pytest.mark.parametrize("own_id", [replayed("create_timed_out", OWN_ID)])
async def test_an_order_in_doubt_is_found_by_its_own_id(
    on_that_day: None, desk: Any, vcr: Cassette, own_id: str
) -> None:
    """A create that timed out is never sent again: the order is looked up by the caller's id, and is there."""
    order = await desk.call("create_order", *TERMS, client_order_id=own_id)
    assert (order.id, order.client_order_id, order.status) == (ORDER_ID, own_id, OrderStatus.OPEN)
    assert vcr.play_count == len(vcr) == 2


@pytest.mark.parametrize("own_id", [replayed("test_order", OWN_ID)])
async def test_an_order_that_is_only_checked_has_no_id(desk: Any, own_id: str) -> None:
    """An empty answer is a yes, and there is no order."""
    checked = await desk.call("create_order", *TERMS, client_order_id=own_id, test=True)
    assert (checked.id, checked.status, checked.client_order_id) == (None, None, own_id)


@pytest.mark.usefixtures("on_that_day")
@pytest.mark.parametrize("own_ids", [replayed("create_orders", (OWN_ID, "1768459741532391"))])
async def test_each_order_of_a_batch_has_its_own_end(desk: Any, own_ids: tuple[str, str]) -> None:
    """One answer with HTTP 200 holds an order and a refusal, each at its place."""
    terms = {"symbol": SYMBOL, "type": "limit", "side": "buy"}
    first, second = await desk.call(
        "create_orders",
        [
            terms | {"amount": "0.01", "price": "98001", "client_order_id": own_ids[0]},
            terms | {"amount": "0.02", "price": "1", "client_order_id": own_ids[1]},
        ],
    )
    assert (first.created, first.order.id, first.order.status) == (True, ORDER_ID, OrderStatus.PENDING_NEW)
    assert (second.created, second.order.client_order_id, second.error.code) == (False, own_ids[1], "0207")


@pytest.mark.parametrize("wait", [replayed("cancel_orders", "ack"), replayed("cancel_orders_null", "ack")])
async def test_a_batch_cancel_that_names_no_failure_was_accepted(desk: Any, vcr: Cassette, wait: str) -> None:
    """An empty list and null both say so; that the orders are canceled is not said, and not claimed."""
    reports = await desk.call("cancel_orders", [FIRST, SECOND], wait=wait)
    assert [report.outcome for report in reports] == [CancelOutcome.PENDING] * 2
    assert vcr.play_count == len(vcr) == 1


@pytest.mark.parametrize("wait", [replayed("cancel_orders_one_failed", "ack")])
async def test_a_batch_cancel_lists_failures_only(desk: Any, wait: str) -> None:
    """Not found is looked into, and was canceled long ago; the other one was accepted."""
    first, second = await desk.call("cancel_orders", [FIRST, SECOND], wait=wait)
    assert (first.outcome, first.order.status, first.order.filled) == (
        CancelOutcome.ALREADY_CANCELED,
        OrderStatus.CANCELED,
        0,
    )
    assert second.outcome is CancelOutcome.PENDING


@pytest.mark.parametrize("symbol", [replayed("cancel_symbol", "ETH/USD")])
async def test_a_mass_cancel_names_no_orders(desk: Any, vcr: Cassette, symbol: str) -> None:
    """The hook says only that it was taken: those that were listed before are looked up, and each is seen canceled."""
    assert {order.id for order in await desk.call("fetch_open_orders", symbol)} == {FIRST, SECOND}
    assert await mass_cancel(desk, symbol)
    assert await desk.call("fetch_open_orders", symbol) == []
    found = [await desk.call("fetch_order", order_id) for order_id in (FIRST, SECOND)]
    assert [order.status for order in found] == [OrderStatus.CANCELED] * 2
    assert vcr.play_count == len(vcr) == 6


@pytest.mark.parametrize("order_id", [replayed("order", ORDER_ID)])
async def test_a_filled_market_order_is_read(desk: Any, order_id: str) -> None:
    """What was got and what it cost, exactly; a market order has no limit price."""
    order = await desk.call("fetch_order", order_id, SYMBOL)
    assert (order.type, order.price, order.status) == ("market", None, OrderStatus.CLOSED)
    assert (order.amount, order.filled, order.remaining) == (Decimal("0.1"), Decimal("0.1"), 0)
    assert (order.cost, order.average) == (Decimal("11292.24"), Decimal("112922.4"))


@pytest.mark.parametrize(
    ("method", "status", "updated"),
    [
        replayed("open_orders", "fetch_open_orders", OrderStatus.OPEN, 1701094920045),
        replayed("order_history", "fetch_orders", OrderStatus.CANCELED, 1701094949567),
    ],
)
async def test_lists_are_read(desk: Any, method: str, status: OrderStatus, updated: int) -> None:
    """The same order on the book, and canceled half a minute later."""
    [order] = await desk.call(method, "ETH/USD")
    assert (order.id, order.status, order.last_update_timestamp) == (FIRST, status, updated)
    assert (order.timestamp, order.price, order.amount, order.filled) == (1701094920045, 1900, 1, 0)


@pytest.mark.parametrize(
    ("site", "kind"),
    [
        replayed("key_hk", "hk", "master"),
        replayed("key_mena_master", "mena", "master"),
        replayed("key_mena_sub", "mena", "sub"),
    ],
)
async def test_a_keys_kind_is_read(open_desk: Callable[..., Any], site: str, kind: str) -> None:
    """The sites' different words come out the same."""
    desk = await open_desk(environment="sandbox", site=site, **own_key())
    assert (await desk.call("check_key")).account_type == kind


@pytest.mark.parametrize("status", [replayed("ping", "ok")])
async def test_an_answer_to_a_ping_is_enough(desk: Any, status: str) -> None:
    """The venue tells nothing more."""
    assert (await desk.call("fetch_status")).status == status
