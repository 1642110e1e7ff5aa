"""How each exchange refuses is told in our words, and what only sounds like a refusal is doubt."""

from __future__ import annotations

import json

import ccxt

import hk_adapter as hk
from hk_adapter.flow.http import Response
from tests.cases import each
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import NOW, opened
from tests.ccxt_bridge.conditional_desks import called
from tests.ccxt_bridge.driven.exchanges import driven_members
from tests.ccxt_bridge.driven.refusals import words
from tests.ccxt_bridge.refusal_table import KINDS, MARK, PAGE, line


def test_the_page_has_the_table():
    """For the ccxt that it was made with, as far as exchanges are driven."""
    assert {line(member) for member in driven_members()} <= set(table_page.lines(PAGE, MARK))


def test_a_dash_is_a_word_that_ccxt_does_not_know():
    """At every exchange of the table: none is left out because a test did not find how to play it."""
    for row in table_page.lines(PAGE, MARK)[2:]:
        member, *cells = row.strip("| ").split(" | ")
        known = getattr(ccxt, member.strip("`"))().exceptions or {}
        dashes = [kind for kind, cell in zip(KINDS, cells, strict=True) if cell == "-"]
        assert [kind for kind in dashes if next(words(known, kind), None)] == [], member


@each("member", ["binance", "kraken", "okx", "bitstamp"])
def test_what_sounds_like_a_refusal(member):
    """An exchange that was not available may have placed the order."""
    cell = line(member).strip("| ").split(" | ")[-1]
    assert cell == "-" or cell.endswith("OutcomeUnknown, OutcomeUnknown")


class MexcDesk:
    """MEXC, with one order, whose cancel it refuses."""

    def __init__(self, state):
        self.row = {"symbol": "ETHUSD", "orderId": "41", "price": "2000", "origQty": "13", "status": state}
        self.row |= {"executedQty": "13" if state == "FILLED" else "0", "type": "LIMIT", "side": "BUY"}
        self.row |= {"time": NOW - 86_400_000, "updateTime": NOW - 3_600_000}

    def answer(self, request):
        """Answer one request."""
        if request.method == "DELETE":
            return Response(400, {}, b'{"code": -2011, "msg": "Unknown order sent."}')
        return Response(200, {}, json.dumps({"serverTime": NOW} if "/time" in request.url else self.row).encode())


@each(
    ("state", "outcome"),
    [
        ("FILLED", hk.CancelOutcome.TOO_LATE_FILLED),
        ("CANCELED", hk.CancelOutcome.CANCELED),
        ("NEW", hk.CancelOutcome.REJECTED),
    ],
)
def test_a_cancel_that_ccxt_calls_a_bad_request(state, outcome):
    """It is the word of several exchanges for an order that has ended, and so the order is looked at."""
    request = hk.CancelRequest(order_id="41", symbol="ETH/USD")
    report = called(MexcDesk(state), opened("mexc"), "cancel_order", request)
    assert (report.outcome, report.accepted) == (outcome, False)


class NobodysDesk:
    """Kraken, that knows no order."""

    def answer(self, request):
        """Answer one request."""
        told = {"result": {"unixtime": NOW // 1000}} if "/Time" in request.url else {"error": ["EOrder:Unknown order"]}
        return Response(200, {}, json.dumps({"error": []} | told).encode())


def test_an_order_that_kraken_does_not_know():
    """Of a query ccxt calls its word an InvalidOrder, of a cancel an OrderNotFound."""
    request = hk.CancelRequest(order_id="OABCDE-AAAAA-BBBBBB", symbol="ETH/USD")
    report = called(NobodysDesk(), opened("kraken"), "cancel_order", request, timeout=30.0)
    assert report.outcome is hk.CancelOutcome.NOT_FOUND
