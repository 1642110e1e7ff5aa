"""With a master key, ``ccxt:hashkey`` leaves the orders of sub-accounts alone, as ``hashkey`` does."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.model import CancelAllRequest
from tests.ccxt_bridge.by_hand import opened
from tests.ccxt_bridge.conditional_desks import called

OWN, SUB = "1471090223379184384", "1471090223379184999"
MAIN_LABEL, SUB_LABEL = "Main Trading Account", "Sub Main Trading Account"


class Desk:
    """A master key's view of HashKey: open orders of its own account and of a sub-account's."""

    def __init__(self, rows, accounts=((OWN, MAIN_LABEL), (SUB, SUB_LABEL))):
        self.rows = dict(rows)
        self.accounts = accounts
        self.canceled: list[str] = []
        self.asked: list[str] = []

    def row(self, name, status="NEW"):
        """An order as the venue shows it."""
        return {
            "accountId": self.rows[name],
            "symbol": "ETHUSD",
            "orderId": name,
            "clientOrderId": f"c{name}",
            "price": "1900",
            "origQty": "1",
            "executedQty": "0",
            "avgPrice": "0",
            "cummulativeQuoteQty": "0",
            "status": status,
            "timeInForce": "GTC",
            "type": "LIMIT",
            "side": "BUY",
            "time": "1790000000000",
            "updateTime": "1790000000000",
            "transactTime": "1790000000000",
        }

    def answer(self, request):
        """Answer one request."""
        path = request.url.partition("?")[0].rpartition("/api/")[2]
        self.asked.append(f"{request.method} {path}")
        text = request.url + (request.body or b"").decode()
        name = next((one for one in self.rows if f"orderId={one}" in text), "")
        if request.method == "DELETE":
            self.canceled.append(name)
            return _says(self.row(name))
        if path.endswith("account/type"):
            rows = [{"accountId": one, "accountLabel": label, "accountType": 1} for one, label in self.accounts]
            return _says(rows)
        if path.endswith("openOrders"):
            return _says([self.row(one) for one in self.rows if one not in self.canceled])
        if path.endswith("tradeOrders"):
            return _says([self.row(one, "CANCELED") for one in self.canceled])
        return _says(self.row(name, "CANCELED" if name in self.canceled else "NEW"))


def _says(body):
    return Response(200, {}, json.dumps(body).encode())


BOTH = [("11", OWN), ("12", SUB), ("13", OWN)]


@pytest.mark.parametrize("request_", [CancelAllRequest(), CancelAllRequest(symbol="ETH/USD")])
def test_cancel_all_spares_sub_accounts(request_):
    """Only its own account's orders are canceled, and only these are reported."""
    desk = Desk(BOTH)
    reports = called(desk, opened("hashkey"), "cancel_all_orders", request_, timeout=30.0)
    assert sorted(report.order.id for report in reports) == ["11", "13"]
    assert {report.outcome for report in reports} == {hk.CancelOutcome.CANCELED}
    assert "12" not in desk.canceled


def test_orders_of_a_sub_account_alone_are_nobodys_to_cancel():
    """Though the list shows one account only."""
    desk = Desk([("12", SUB)])
    assert called(desk, opened("hashkey"), "cancel_all_orders", CancelAllRequest()) == []
    assert desk.canceled == []


def test_where_the_own_account_cannot_be_told_nothing_is_canceled():
    """The list is an error then, as at ``hashkey``."""
    desk = Desk(BOTH, [(OWN, MAIN_LABEL), (SUB, MAIN_LABEL)])
    error = called(desk, opened("hashkey"), "cancel_all_orders", CancelAllRequest())
    assert isinstance(error, hk.UnexpectedPayload), error
    assert desk.canceled == []


def test_the_lists_are_the_own_accounts_and_say_so():
    """Open orders, and those of another account where its id is given."""
    desk, venue = Desk(BOTH), opened("hashkey")
    found = called(desk, venue, "fetch_open_orders", hk.ListOrdersRequest())
    assert {(order.id, order.account_id) for order in found} == {("11", OWN), ("13", OWN)}
    assert called(desk, venue, "fetch_open_orders", hk.ListOrdersRequest()) == found
    assert desk.asked.count("GET v1/account/type") == 1


def test_an_order_that_it_placed_tells_its_account():
    """Then nothing more is asked."""
    desk, venue = Desk([("11", OWN)]), opened("hashkey")
    request = hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.BUY,
        amount=Decimal(1),
        price=Decimal(1900),
        client_order_id="c11",
    )
    real, desk.answer = desk.answer, lambda one: _says(desk.row("11")) if one.method == "POST" else real(one)
    assert called(desk, venue, "create_order", request).account_id == OWN
    assert [order.id for order in called(desk, venue, "fetch_open_orders", hk.ListOrdersRequest())] == ["11"]
    assert "GET v1/account/type" not in desk.asked
