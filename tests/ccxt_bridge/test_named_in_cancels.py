"""A cancel for which ccxt wants terms of the order beside its id: Coinone's and Indodax's."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from tests.cases import each
from tests.ccxt_bridge.by_hand import NOW, always, opened, run
from tests.ccxt_bridge.conditional_desks import called

INDODAX = {
    "order_id": "41",
    "type": "sell",
    "price": "2000",
    "order_ETH": "13",
    "remain_ETH": "13",
    "submit_time": NOW // 1000,
    "finish_time": "0",
    "status": "open",
}
COINONE = {
    "orderId": "41",
    "baseCurrency": "ETH",
    "targetCurrency": "USD",
    "side": "ask",
    "price": "2000",
    "originalQty": "13",
    "remainQty": "13",
    "executedQty": "0",
    "status": "live",
    "orderedAt": NOW,
}
REQUEST = hk.CancelRequest(order_id="41", symbol="ETH/USD")


class Desk:
    """Indodax, with one order that a cancel takes off the book."""

    def __init__(self):
        self.live = True
        self.sides = []

    def answer(self, request):
        """Answer one request."""
        asked = parse_qs((request.body or b"").decode())
        if asked["method"] == ["cancelOrder"]:
            self.live = False
            self.sides += asked["type"]
            return _says({"success": 1, "return": {"order_id": 41, "type": "sell", "pair": "ETHUSD"}})
        return _says({"success": 1, "return": {"order": INDODAX | {"status": "open" if self.live else "cancelled"}}})


def test_the_side_of_the_order_is_looked_up():
    """Such a cancel was refused before anything was sent, and a cancel of all open orders sent nothing."""
    desk = Desk()
    report = called(desk, opened("indodax"), "cancel_order", REQUEST)
    assert (report.outcome, desk.sides) == (hk.CancelOutcome.CANCELED, ["sell"])


@each("params", [{"side": "buy"}, {"side": "sell"}])
def test_a_side_that_is_given_is_sent(params):
    """Nothing is asked before."""
    sent = []
    request = hk.CancelRequest(order_id="41", symbol="ETH/USD", params=params)
    run(opened("indodax").cancel_order(request), Desk().answer, sent)
    assert [parse_qs(one.body.decode())["type"] for one in sent] == [[params["side"]]]


def test_all_terms_are_looked_up():
    """Coinone wants three."""
    sent = []
    rows = {"query_order": COINONE, "cancel": {}}

    def answer(request):
        row = next(row for word, row in rows.items() if word in request.url)
        return _says({"result": "success", "errorCode": "0", **row})

    order = run(opened("coinone").cancel_order(REQUEST), answer, sent)
    told = json.loads(base64.b64decode(sent[-1].body))
    assert (told["price"], told["qty"], told["is_ask"], told["order_id"]) == (2000, 13, 1, "41")
    assert (order.id, order.status, len(sent)) == ("41", "pending_cancel", 2)


def test_nothing_is_canceled_by_terms_that_nobody_knows():
    """The look shows another order, or none."""
    sent = []
    with pytest.raises(hk.AdapterError):
        run(opened("indodax").cancel_order(REQUEST), always(200, b'{"success":1,"return":{"order":{}}}'), sent)
    assert len(sent) == 1


def _says(body):
    return Response(200, {}, json.dumps(body).encode())
