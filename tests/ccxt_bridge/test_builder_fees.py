"""What ccxt signs for its builder's fee beside an order keeps no cancel back, and is no word on the order."""

from __future__ import annotations

import json

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.testing.virtual_time import VirtualTime
from tests.ccxt_bridge.by_hand import NOW
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven import desk
from tests.ccxt_bridge.driven.exchanges import driven

OWN = "0x" + "a" * 32
ROW = {"coin": "ETH", "side": "B", "limitPx": "2000", "sz": "1.5", "origSz": "1.5", "oid": 41, "timestamp": NOW - 9_000}
REFUSED = {"status": "err", "response": "Must deposit before performing actions."}


def hyperliquid(said):
    """Answer as Hyperliquid does; ``said`` are its answers to what may change something, by the kind of action."""
    venue, symbol = driven("hyperliquid")
    venue._exchange.options.pop("refSet", None)
    venue._exchange.options |= {"approvedBuilderFee": False, "builderFee": True}
    sent = []

    def answer(method, request):
        asked = json.loads(request.body)
        if (kind := asked.get("type")) is None:
            kind = asked["action"]["type"]
            sent.append(kind)
        order = {"status": "order", "order": {"order": ROW, "status": "canceled", "statusTimestamp": NOW}}
        told = {"orderStatus": order, "userAbstraction": "disabled"} | said
        return Response(200, {}, json.dumps(told.get(kind, REFUSED)).encode())

    return venue, symbol, sent, answer


def test_the_first_call_of_a_connection_may_be_a_cancel():
    """It was never sent: an approval, a referrer and a question before it were more requests than a cancel may take."""
    done = {"status": "ok", "response": {"type": "cancel", "data": {"statuses": ["success"]}}}
    venue, symbol, sent, answer = hyperliquid({"cancel": done})
    request = hk.CancelRequest(order_id="41", symbol=symbol)
    report, _ = desk.call(venue, "cancel_order", request, answer, VirtualTime(NOW / 1000))
    assert (report.outcome, report.accepted, sent) == (hk.CancelOutcome.CANCELED, True, ["cancel"])


def test_a_refused_order_is_refused_where_the_fee_was_refused_before():
    """As it is to a wallet that may only trade: ccxt asked again before each order, whose refusal was a doubt."""
    short = {"statuses": [{"error": "Insufficient margin to place order. asset=7"}]}
    refusal = {"status": "ok", "response": {"type": "order", "data": short}}
    venue, symbol, sent, answer = hyperliquid({"order": refusal, "orderStatus": {"status": "unknownOid"}})
    order, time = limit_order("hyperliquid", OWN, symbol), VirtualTime(NOW / 1000)
    found = [desk.call(venue, "create_order", order, answer, time)[0] for _ in range(3)]
    assert [type(one) for one in found[1:]] == [hk.InsufficientFunds] * 2
    assert [kind for kind in sent if kind != "order"] == ["approveBuilderFee", "setReferrer"]
