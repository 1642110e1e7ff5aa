"""Several orders at once: what is sent, and whose answer is whose."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    InsufficientFunds,
    InvalidArgument,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    UnexpectedPayload,
    VenueError,
)
from hk_adapter.flow.effects import Lane
from hk_adapter.model import CreateOrderRequest, CreateOrdersRequest, Order, OrderSide, OrderStatus, OrderType
from hk_adapter.model import TimeInForce as InForce
from tests.cases import each
from tests.venues.hashkey.driving import answered, opened, sent

BID = CreateOrderRequest(
    symbol="BTC/USD",
    type=OrderType.LIMIT,
    side=OrderSide.BUY,
    client_order_id="own-1",
    amount=Decimal("0.01"),
    price=Decimal(98001),
)


def bids(count: int) -> CreateOrdersRequest:
    """Ask for orders with client ids from ``own-1`` on."""
    return CreateOrdersRequest(orders=tuple(replace(BID, client_order_id=f"own-{n + 1}") for n in range(count)))


def taken(own_id: str, **changes: Any) -> dict[str, Any]:
    """Write an entry that succeeded, in the fields of the documentation of 2026."""
    order = {
        "accountId": "1471090223379184384",
        "symbol": "BTCUSD",
        "symbolName": "BTCUSD",
        "clientOrderId": own_id,
        "orderId": f"212838900802440{int(own_id.rpartition('-')[2]):04}",
        "transactTime": "1768459741535",
        "price": "98001",
        "origQty": "0.01",
        "executedQty": "0",
        "status": "PENDING_NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "reqAmount": "0",
        "alert": "",
    }
    return {"code": "0000", "order": order | changes}


def answer(*entries: Any, **top: Any) -> dict[str, Any]:
    """Write the answer of a batch."""
    return {"code": 0, "result": list(entries), "concentration": ""} | top


def results(request: CreateOrdersRequest, *entries: Any, **top: Any) -> tuple[Order | AdapterError, ...]:
    """Give what a batch came to."""
    return answered(opened().create_orders(request), answer(*entries, **top)).results


def test_the_orders_are_the_body() -> None:
    """A JSON array of the v1.1 fields, numbers as text; no parameter stands beside it."""
    market = replace(BID, client_order_id="m", type=OrderType.MARKET, amount=None, price=None, cost=Decimal("20.50"))
    maker = replace(BID, client_order_id="p", post_only=True, params={"stpMode": "EXPIRE_MAKER"})
    limited = replace(BID, time_in_force=InForce.IOC)
    call = sent(opened().create_orders(CreateOrdersRequest(orders=(limited, market, maker))))
    both = {"symbol": "BTCUSD", "side": "BUY"}
    limit = both | {"quantity": "0.01", "price": "98001"}
    assert call.params == {}
    assert call.json == [
        limit | {"type": "LIMIT", "timeInForce": "IOC", "newClientOrderId": "own-1"},
        both | {"type": "MARKET", "amount": "20.50", "newClientOrderId": "m"},
        limit | {"type": "LIMIT_MAKER", "stpMode": "EXPIRE_MAKER", "newClientOrderId": "p"},
    ]
    assert (call.method, call.group, call.weight, call.lane) == ("POST", "orders", 5, Lane.NORMAL)


def test_each_order_comes_back_in_its_place() -> None:
    """One result for each order, in the order asked; PENDING_NEW is no more than that."""
    first, second = results(bids(2), taken("own-1"), taken("own-2"))
    assert isinstance(first, Order)
    assert isinstance(second, Order)
    assert (first.client_order_id, second.client_order_id) == ("own-1", "own-2")
    assert (first.status, first.symbol, first.amount) == (OrderStatus.PENDING_NEW, "BTC/USD", Decimal("0.01"))


@each("code", ["0000", "0", 0, None])
def test_success_is_any_of_its_codes(code: object) -> None:
    """Text in 2026, an integer in the table of 2025, or nothing."""
    (order,) = results(bids(1), taken("own-1") | {"code": code})
    assert isinstance(order, Order)


@each(
    ("code", "kind"),
    [
        ("0207", OrderRejected),
        ("0401", InsufficientFunds),
        ("-1141", OrderRejected),
        ("0003", RateLimited),
        ("0001", BadRequest),
        ("0102", AuthenticationError),
        (-1015, RateLimited),
    ],
)
def test_a_refused_entry_is_what_a_refused_create_is(code: object, kind: type[VenueError]) -> None:
    """The same classes as of a single create, at the place of the order, with code and operation; others stand."""
    first, second, third = results(bids(3), taken("own-1"), {"code": code, "msg": "no"}, taken("own-3"))
    assert isinstance(second, kind)
    assert (second.code, second.operation, second.venue) == (str(code), "create_orders", "hashkey")
    assert [one.client_order_id for one in (first, third) if isinstance(one, Order)] == ["own-1", "own-3"]


@each("code", ["-1146", "-1006", "-1000", "-987654", "-1142"])
def test_a_doubtful_entry_is_a_doubt(code: str) -> None:
    """It may have run: a timeout, an internal error, a code that nobody knows or that no create can have."""
    first, second = results(bids(2), {"code": code, "msg": "?"}, taken("own-2"))
    assert isinstance(first, OutcomeUnknown)
    assert isinstance(second, Order)


@each(
    "entry",
    [
        None,
        "0000",
        [],
        {"code": "0000"},
        {"code": "0000", "order": None},
        {"code": "0000", "order": []},
        {"code": "0207", "msg": "no", "order": taken("own-1")["order"]},
        {"code": [], "order": taken("own-1")["order"]},
        taken("own-1", status="GONE"),
        taken("own-1", origQty="much"),
    ],
)
def test_an_entry_that_cannot_be_read_leaves_its_order_open(entry: Any) -> None:
    """Neither placed nor refused: the error says that nothing is known, and the other order stands."""
    first, second = results(bids(2), entry, taken("own-2"))
    assert isinstance(first, UnexpectedPayload)
    assert (first.venue, first.operation) == ("hashkey", "create_orders")
    assert isinstance(second, Order)


@pytest.mark.parametrize("entries", [[], [taken("own-1")], [taken("own-1"), taken("own-2"), taken("own-3")]])
def test_another_number_of_entries_is_no_answer(entries: list[Any]) -> None:
    """Fewer or more than were asked for: whose they are cannot be told."""
    with pytest.raises(UnexpectedPayload, match=f"{len(entries)} entries for 2"):
        results(bids(2), *entries)


@each("result", [None, {}, "", "all"])
def test_without_a_list_nothing_is_known(result: object) -> None:
    """The list of entries is what the answer is about."""
    with pytest.raises(UnexpectedPayload):
        results(bids(1), result=result)


def test_orders_out_of_place_are_told_by_their_client_ids() -> None:
    """No page promises that entries keep the order of the request."""
    first, second = results(bids(2), taken("own-2"), taken("own-1"))
    assert isinstance(first, Order)
    assert isinstance(second, Order)
    assert (first.client_order_id, second.client_order_id) == ("own-1", "own-2")


def test_a_refusal_among_orders_out_of_place_is_nobodys() -> None:
    """It names no order; once places have moved, whose it is cannot be told."""
    found = results(bids(3), {"code": "0401", "msg": "no"}, taken("own-3"), taken("own-2"))
    assert isinstance(found[0], UnexpectedPayload)
    assert [one.client_order_id for one in found if isinstance(one, Order)] == ["own-2", "own-3"]


def test_somebody_elses_order_is_not_ours() -> None:
    """An order that nobody asked for leaves the one whose place it stands at open."""
    first, second = results(bids(2), taken("own-7"), taken("own-2"))
    assert isinstance(first, UnexpectedPayload)
    assert isinstance(second, Order)


def test_one_id_on_two_orders_is_neither() -> None:
    """Two answers for one order are none."""
    first, second = results(bids(2), taken("own-1"), taken("own-1", orderId="7"))
    assert isinstance(first, UnexpectedPayload)
    assert isinstance(second, UnexpectedPayload)


REFUSED = {"code": "0401", "msg": "no"}


@each(
    "strange",
    [
        taken("own-1", status="WORKING"),
        taken("own-1", origQty="much"),
        taken("own-1", clientOrderId=""),
        taken("own-1", clientOrderId=["own-2"]),
        {"code": "0000", "order": []},
        {"code": "0207", "order": taken("own-1")["order"]},
    ],
)
def test_an_order_that_cannot_be_read_moves_refusals_too(strange: Any) -> None:
    """Out of its place, or of no readable client id, it says that places moved: the refusal is nobody's."""
    first, second, third = results(bids(3), REFUSED, strange, taken("own-3"))
    assert isinstance(first, UnexpectedPayload)
    assert isinstance(second, UnexpectedPayload)
    assert isinstance(third, Order)


def test_an_order_that_cannot_be_read_at_its_own_place_moves_nothing() -> None:
    """Its own outcome is open; the refusal beside it stands."""
    first, second = results(bids(2), taken("own-1", status="WORKING"), REFUSED)
    assert isinstance(first, UnexpectedPayload)
    assert isinstance(second, InsufficientFunds)


def test_one_venue_id_on_two_orders_is_neithers() -> None:
    """Two orders have two ids: which of them exists cannot be told, and the third one stands."""
    same = taken("own-2", orderId=taken("own-1")["order"]["orderId"])
    for rows in ((taken("own-1"), same, taken("own-3")), (same, taken("own-3"), taken("own-1"))):
        first, second, third = results(bids(3), *rows)
        assert isinstance(first, UnexpectedPayload)
        assert isinstance(second, UnexpectedPayload)
        assert isinstance(third, Order)


@each("status", [200, 400, 429])
@each("code", ["-2010", "-1140", "0102", "0003", "-2022"])
@each("beside", [taken("own-1"), {"order": {}}, {"order": "?"}])
def test_a_code_on_top_beside_an_order_is_a_doubt(beside: Any, code: str, status: int) -> None:
    """An answer that refuses and shows an order contradicts itself: a look-up decides whether it exists."""
    body = {"code": code, "msg": "no", "result": [None, REFUSED, beside]}
    with pytest.raises(UnexpectedPayload) as caught:
        answered(opened().create_orders(bids(3)), body, status=status)
    assert (caught.value.operation, caught.value.http_status) == ("create_orders", status)


@pytest.mark.parametrize(("code", "kind"), [("-2022", OrderRejected), ("0001", BadRequest), ("-1007", OutcomeUnknown)])
def test_a_code_on_top_speaks_of_all(code: str, kind: type[AdapterError]) -> None:
    """Then the batch as a whole was refused, or is in doubt."""
    with pytest.raises(kind):
        answered(opened().create_orders(bids(2)), {"code": code, "msg": "no"}, status=400)


def test_what_is_no_batch_is_refused_before_it_is_sent() -> None:
    """None, more than 20, of two symbols, of one client id, or with a test among them."""
    other = replace(BID, symbol="ETH/USD", client_order_id="x")
    for orders in ((), bids(21).orders, (BID, other), (BID, BID)):
        with pytest.raises(InvalidArgument):
            sent(opened().create_orders(CreateOrdersRequest(orders=orders)))
    with pytest.raises(NotSupported):
        sent(opened().create_orders(CreateOrdersRequest(orders=(BID, replace(other, symbol="BTC/USD", test=True)))))
    with pytest.raises(InvalidArgument):
        sent(opened().create_orders(CreateOrdersRequest(orders=(replace(BID, client_order_id="c" * 256),))))


@pytest.mark.parametrize(
    ("body", "kind"),
    [({"code": 404, "msg": "No static resource"}, BadRequest), (b"<html>Not Found</html>", OutcomeUnknown)],
)
def test_a_path_that_the_site_lacks_is_not_tried_twice(body: Any, kind: type[AdapterError]) -> None:
    """After a 404 the next batch goes to the next documented path; the one refused is never sent again by itself."""
    venue = opened("hk")
    assert sent(venue.create_orders(bids(1))).path == "/api/v1.1/spot/batchOrders"
    with pytest.raises(kind):
        answered(venue.create_orders(bids(1)), body, status=404)
    assert sent(venue.create_orders(bids(1))).path == "/api/v1/spot/batchOrders"


def test_another_refusal_keeps_the_path() -> None:
    """Only a 404 speaks of the path."""
    venue = opened("hk")
    with pytest.raises(OrderRejected):
        answered(venue.create_orders(bids(1)), {"code": "-2022", "msg": "too many"}, status=400)
    assert sent(venue.create_orders(bids(1))).path == "/api/v1.1/spot/batchOrders"
