"""Batches: each answer stands where its order stood, and nobody knows whose it is where one is missing."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from decimal import Decimal
from typing import Any

import pytest

import hk_adapter as hk
from tests.conformance.skerry.plugin import Skerry
from tests.conformance.skerry.script import answer, refused

IDS = ("1152921504606846977", "1152921504606846978", "1152921504606846979")
PENDING = {"pending": True}
CREATES = tuple(
    hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.BUY,
        client_order_id=f"mine{number}",
        amount=Decimal(1),
        price=Decimal(1900),
    )
    for number in range(3)
)


def ran(flow: Coroutine[Any, Any, Any], response: hk.Response) -> Any:
    """Drive a hook by hand: one call, one answer."""
    call = flow.send(None)
    assert isinstance(call, hk.HttpCall)
    assert call.may_change
    with pytest.raises(StopIteration) as done:
        flow.send(response)
    return done.value.value


def canceled(rows: Sequence[Any]) -> Any:
    """Cancel three by a batch."""
    return ran(Skerry().cancel_orders(hk.CancelOrdersRequest(order_ids=IDS)), answer({"orders": list(rows)}))


def created(rows: Sequence[Any]) -> Any:
    """Create three by a batch."""
    return ran(Skerry().create_orders(hk.CreateOrdersRequest(orders=CREATES)), answer({"orders": list(rows)}))


def test_one_of_three_is_refused() -> None:
    """The one that stands there."""
    refusals = canceled([PENDING, {"error": "order.ended"}, PENDING]).refused
    assert list(refusals) == [IDS[1]]
    assert isinstance(refusals[IDS[1]], hk.CancelRejected)


@pytest.mark.parametrize("row", [{"error": "tide.low"}, {"error": 7}, {}, {"pending": False}, None, [], "pending"])
def test_a_row_that_nobody_understands_is_a_doubt_about_its_order(row: Any) -> None:
    """And about no other."""
    refusals = canceled([PENDING, PENDING, row]).refused
    assert list(refusals) == [IDS[2]]
    assert refusals[IDS[2]].request_state is hk.RequestState.UNKNOWN
    results = created([{"number": int(IDS[0])}, {"number": int(IDS[1])}, row]).results
    assert [getattr(one, "id", None) for one in results] == [IDS[0], IDS[1], None]
    assert results[2].request_state is hk.RequestState.UNKNOWN


def test_each_create_has_its_own_number() -> None:
    """Under the client's id that stood there, with its terms."""
    results = created([{"number": int(IDS[0])}, {"error": "funds.short"}, {"number": int(IDS[2])}]).results
    assert isinstance(results[1], hk.InsufficientFunds)
    told = [(one.id, one.client_order_id, one.amount) for one in (results[0], results[2])]
    assert told == [(IDS[0], "mine0", 1), (IDS[2], "mine2", 1)]


@pytest.mark.parametrize("count", [0, 2, 4])
@pytest.mark.parametrize("run", [canceled, created])
def test_a_batch_of_another_length_is_a_doubt_about_all(run: Any, count: int) -> None:
    """However good its rows are."""
    with pytest.raises(hk.UnexpectedPayload):
        run([PENDING | {"number": 1}] * count)


def test_a_batch_that_is_refused_as_a_whole() -> None:
    """As one order is; a doubt among several words is the one that counts."""
    with pytest.raises(hk.RateLimited):
        ran(Skerry().cancel_orders(hk.CancelOrdersRequest(order_ids=IDS)), refused("points.exhausted"))
    with pytest.raises(hk.OutcomeUnknown):
        ran(Skerry().cancel_orders(hk.CancelOrdersRequest(order_ids=IDS)), refused("points.exhausted", "tide.low"))
