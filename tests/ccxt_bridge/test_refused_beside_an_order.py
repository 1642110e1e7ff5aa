"""An answer that refuses and shows an order is neither the one nor the other: a look decides."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.order_in_answer import refuses_beside_an_order
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run

CREATE = hk.CreateOrderRequest(
    symbol="ETH/USD",
    type=hk.OrderType.LIMIT,
    side=hk.OrderSide.BUY,
    amount=Decimal(1),
    price=Decimal(1900),
    client_order_id="a1b2c3",
)
CANCEL = hk.CancelRequest(order_id="41", symbol="ETH/USD")
LOOK = hk.FetchOrderRequest(order_id="41", symbol="ETH/USD")
REFUSALS = {
    "binance": {"code": -2010, "msg": "Account has insufficient balance for requested action."},
    "kraken": {"error": ["EOrder:Insufficient funds"]},
    "okx": {"code": "1", "data": [{"ordId": "", "clOrdId": "a1b2c3", "sCode": "51008", "sMsg": "Insufficient"}]},
}
"""How exchanges say that there is too little money, and no more."""
ROW = {"orderId": "41", "status": "NEW"}


def error_of(flow, body, status=400):
    """The error that an answer comes to."""
    with pytest.raises(hk.AdapterError) as caught:
        run(flow, always(status, json.dumps(body).encode()))
    return caught.value


@each("member", REFUSALS)
@each("beside", [{}, {"order": ROW}, {"result": {"orderId": 41}}, {"data": [ROW]}])
def test_a_create_refused_beside_an_order_is_in_doubt(member, beside):
    """The same words alone are a refusal."""
    body = {**beside, **REFUSALS[member]}
    if "data" in beside and member == "okx":
        body["data"] = [*REFUSALS[member]["data"], ROW]
    error = error_of(opened(member, password="word").create_order(CREATE), body)
    assert type(error) is (hk.OutcomeUnknown if beside else hk.InsufficientFunds), error


@each(
    ("beside", "doubt"),
    [({}, False), ({"orderId": 41}, False), ({"data": {"orderId": "41", "status": "CANCELED"}}, True), (ROW, True)],
)
@each("code", [-2011, -2010])
def test_a_cancel_refused_beside_its_order(beside, doubt, code):
    """The id alone is an echo of what was asked; a row with its state is none."""
    error = error_of(opened("binance").cancel_order(CANCEL), {"code": code, "msg": "no", **beside})
    assert (error.request_state is hk.RequestState.UNKNOWN) is doubt, error


@pytest.mark.parametrize(("beside", "kind"), [({}, hk.OrderNotFound), ({"order": ROW}, hk.OutcomeUnknown)])
def test_not_found_beside_the_order(beside, kind):
    """A look that says both found nothing out."""
    error = error_of(opened("binance").fetch_order(LOOK), {"code": -2013, "msg": "Order does not exist.", **beside})
    assert type(error) is kind


def test_a_create_that_speaks_of_an_error_which_ccxt_does_not_read():
    """It is no order yet; the one that it names is looked at."""
    body = {"id": "41", "success": False, "error": "insufficient"}
    error = error_of(opened("alpaca").create_order(CREATE), body, status=200)
    assert isinstance(error, hk.UnexpectedPayload)
    assert error.order.id == "41"


@each(
    ("payload", "new", "shown"),
    [
        ({"error": "x", "id": 7}, True, False),  # of the message, as JSON-RPC has one
        ({"error": "x", "id": "7", "status": "open"}, True, True),
        ({"status": "error", "orderId": None}, True, False),
        ({"status": "error", "orderId": "0", "order_id": ""}, True, False),
        ({"status": "REJECTED", "orderId": "41"}, False, False),
        ({"status": "closed", "msg": "the market is closed"}, False, False),
        ([{"error": "x"}, {"order": {"uuid": "7", "order_id": "7", "state": "Partially_Filled"}}], False, True),
        ("41", True, False),
        (None, True, False),
    ],
)
def test_what_shows_an_order(payload, new, shown):
    """Only what can mean nothing else."""
    assert refuses_beside_an_order(payload, new=new) is shown
