"""Exchanges whose orders ccxt knows by their client order ids alone, beside a number of their own: HitBTC's."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.conditional_desks import called

HITBTC = {
    "id": 828680665,
    "client_order_id": "own1234567",
    "symbol": "ETHUSD",
    "side": "buy",
    "status": "new",
    "type": "limit",
    "time_in_force": "GTC",
    "quantity": "13",
    "quantity_cumulative": "0",
    "price": "2000",
    "created_at": "2026-09-21T14:00:00.000Z",
    "updated_at": "2026-09-21T14:00:00.000Z",
}
MEMBERS = ("hitbtc", "bequant", "fmfwio")


class Desk:
    """One of them, with an order that a cancel takes off the book and into the list of ended ones."""

    row = HITBTC

    def answer(self, request):
        """Answer one request."""
        if request.method == "DELETE":
            self.row = HITBTC | {"status": "canceled", "updated_at": "2026-09-21T14:14:00.000Z"}
            return _says(self.row)
        is_ended = self.row["status"] == "canceled"
        return _says([self.row] if is_ended is ("history" in request.url) else [])


@each("member", MEMBERS)
def test_its_cancel_is_acknowledged_and_proven(member):
    """Each answer was taken for one about another order: no cancel ever came to an end."""
    request = hk.CancelRequest(order_id="own1234567", symbol="ETH/USD")
    report = called(Desk(), opened(member), "cancel_order", request)
    assert (report.outcome, report.accepted) == (hk.CancelOutcome.CANCELED, True)


def test_an_open_order_that_the_query_does_not_show_is_found_in_the_list():
    """Its query shows ended orders, and is answered with an empty list."""
    request = hk.FetchOrderRequest(order_id="own1234567", symbol="ETH/USD")
    order = run(opened("hitbtc").fetch_order(request), Desk().answer)
    assert (order.id, order.status, order.filled) == ("own1234567", "open", 0)


def test_what_no_list_shows_either_is_not_known():
    """It may be there all the same."""
    request = hk.FetchOrderRequest(order_id="own1234567", symbol="ETH/USD")
    with pytest.raises(hk.OutcomeUnknown):
        run(opened("hitbtc").fetch_order(request), always(200, b"[]"))


def test_another_clients_id_names_another_order():
    """Then ccxt's word is about another one."""
    request = hk.FetchOrderRequest(order_id="own7654321", symbol="ETH/USD")
    with pytest.raises(hk.UnexpectedPayload):
        run(opened("hitbtc").fetch_order(request), always(200, json.dumps([HITBTC]).encode()))


def test_the_id_of_the_cancel_itself_is_no_orders():
    """That is all that xt answers with; it was taken for another order's."""
    answer = {"rc": 0, "mc": "SUCCESS", "ma": [], "result": {"cancelId": "208322474307982720"}}
    request = hk.CancelRequest(order_id="41", symbol="ETH/USD")
    order = run(opened("xt").cancel_order(request), always(200, json.dumps(answer).encode()))
    assert (order.id, order.status) == ("41", "pending_cancel")


def _says(body):
    return Response(200, {}, json.dumps(body).encode())
