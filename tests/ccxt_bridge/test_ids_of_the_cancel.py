"""An answer to a cancel that has ids and times of the cancel's own, beside those of its order: Binance's, MEXC's."""

from __future__ import annotations

import json

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.venues.ccxt_bridge.client_ids import original_id
from tests.cases import each
from tests.ccxt_bridge.by_hand import NOW, always, opened, run
from tests.ccxt_bridge.conditional_desks import called

BINANCE = {
    "symbol": "ETHUSD",
    "origClientOrderId": "own1234567",
    "orderId": 41,
    "orderListId": -1,
    "clientOrderId": "made-for-the-cancel",
    "transactTime": NOW,
    "price": "2000.00000000",
    "origQty": "13.00000000",
    "executedQty": "0.00000000",
    "cummulativeQuoteQty": "0.00000000",
    "status": "CANCELED",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
}
MEXC = {key: value for key, value in BINANCE.items() if key != "transactTime"} | {"orderId": "41"}
ANSWERS = (("binance", BINANCE), ("binanceus", BINANCE), ("mexc", MEXC))
NAMES = ({"order_id": "41"}, {"client_order_id": "own1234567"}, {"order_id": "41", "client_order_id": "own1234567"})


@each(("member", "answer"), ANSWERS)
@each("named", NAMES)
def test_the_order_keeps_its_own_id(member, answer, named):
    """The cancel's id is no order's, and its time is not when the order was made."""
    request = hk.CancelRequest(symbol="ETH/USD", **named)
    order = run(opened(member).cancel_order(request), always(200, json.dumps(answer).encode()))
    assert (order.id, order.client_order_id, order.timestamp) == ("41", "own1234567", None)
    assert order.status == "pending_cancel"


@each(
    ("raw", "named"),
    [
        ({"origClOrdId": "a", "clOrdId": "b"}, "a"),
        ({"original_client_order_id": "a"}, "a"),
        ([{"origClientOid": 7, "clientOid": 8}], "7"),
        ({"clientOrderId": "b"}, None),
        ({"origClientOrderId": "", "clientOrderId": "b"}, None),
        ({"origQty": "13", "originId": "c"}, None),
        ("origClientOrderId", None),
        (None, None),
    ],
)
def test_what_names_the_order(raw, named):
    """FIX's word for it, however it is written."""
    assert original_id(raw) == named


class Desk:
    """Binance, with one order that a cancel takes off the book."""

    live = True

    def answer(self, request):
        """Answer one request."""
        if request.method == "DELETE":
            self.live = False
            return _says(BINANCE)
        if "/time" in request.url:
            return _says({"serverTime": NOW})
        made, ended = NOW - 86_400_000_000, NOW + 60_000
        row = BINANCE | {"clientOrderId": "own1234567", "time": made, "updateTime": made if self.live else ended}
        return _says(row | {"status": "NEW" if self.live else "CANCELED"})


def test_a_cancel_by_client_order_id_is_acknowledged_and_proven():
    """It was taken for an answer about another order, and never accepted."""
    request = hk.CancelRequest(client_order_id="own1234567", symbol="ETH/USD")
    report = called(Desk(), opened("binance"), "cancel_order", request)
    assert (report.outcome, report.accepted) == (hk.CancelOutcome.CANCELED, True)


def _says(body):
    return Response(200, {}, json.dumps(body).encode())
