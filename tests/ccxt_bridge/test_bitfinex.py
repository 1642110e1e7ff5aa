"""Bitfinex: its query shows open orders only, refusals have HTTP status 500, a client order id is one of its day."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.testing.virtual_time import VirtualTime
from tests.cases import each
from tests.ccxt_bridge.by_hand import NOW, always, opened, run
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven import desk
from tests.ccxt_bridge.driven.exchanges import driven

OWN = "123456"


def row(status, filled=0.0):
    """Write an order as Bitfinex does."""
    times = [NOW - 60_000, NOW - 60_000 if status == "ACTIVE" else NOW + 60_050]
    head = [41, None, int(OWN), "ETHUSD", *times, 1.5 - filled, 1.5, "EXCHANGE LIMIT", None, None, None, 0, status]
    return [*head, None, None, 2000, 2000 if filled else 0]


class Desk:
    """Keeps one order; ``refusal`` is its answer to a cancel, if it is one."""

    def __init__(self, order, ended=None, refusal=None):
        self.order, self.ended, self.refusal, self.sent = order, ended, refusal, []

    def __call__(self, method, request):
        """Answer as Bitfinex does."""
        path, asked = request.url.partition("auth/")[2], json.loads(request.body or "{}")
        self.sent.append((path, asked))
        if path == "w/order/cancel":
            if self.refusal is not None:
                return self.refusal
            before, self.order = self.order, None
            told = [NOW, "oc-req", None, None, before, None, "SUCCESS", "Submitted for cancellation"]
        elif path.endswith("hist"):
            told = [] if self.order or not self.ended else [self.ended]
        else:
            told = [self.order] if self.order else []
        return Response(200, {}, json.dumps(told).encode())


def cancel(answer, **named):
    """Cancel the one order, by either id."""
    venue, symbol = driven("bitfinex")
    request = hk.CancelRequest(symbol=symbol, **named)
    return desk.call(venue, "cancel_order", request, answer, VirtualTime(NOW / 1000))[0]


@each(
    ("ended", "outcome"),
    [
        (row("CANCELED"), hk.CancelOutcome.CANCELED),
        (row("CANCELED was: PARTIALLY FILLED @ 2000.0(0.5)", 0.5), hk.CancelOutcome.PARTIALLY_CANCELED),
        (row("EXECUTED @ 2000.0(1.5)", 1.5), hk.CancelOutcome.TOO_LATE_FILLED),
    ],
)
@each("named", [{"order_id": "41"}, {"client_order_id": OWN}])
def test_an_end_is_found_in_the_list_of_ended_orders(ended, outcome, named):
    """The query shows nothing from then on: no cancel was ever more than pending."""
    report = cancel(Desk(row("ACTIVE"), ended), **named)
    assert (report.outcome, report.accepted) == (outcome, True), report


def test_a_cancel_by_client_order_id_goes_by_the_id_that_a_list_shows():
    """Ccxt wants the day on which the order was made: every such cancel was refused."""
    asked_of = Desk(row("ACTIVE"), row("CANCELED"))
    assert cancel(asked_of, client_order_id=OWN).final
    assert [asked for path, asked in asked_of.sent if path == "w/order/cancel"] == [{"id": 41}]


def test_a_cancel_of_what_no_list_shows_does_not_leave():
    """Without the order's own id there is nothing to send."""
    asked = Desk(None)
    report = cancel(asked, client_order_id=OWN)
    assert not report.final
    assert isinstance(report.error, hk.NotSent), report
    assert "w/order/cancel" not in [path for path, _ in asked.sent]


@each(
    ("status", "words", "kind"),
    [
        (500, "Invalid order: not enough exchange balance for 1.5 ETHUSD at 2000", hk.InsufficientFunds),
        (500, "ERR: something else", hk.OutcomeUnknown),
        (502, "Invalid order: not enough exchange balance for 1.5 ETHUSD at 2000", hk.OutcomeUnknown),
    ],
)
def test_a_refusal_by_500_is_one_in_words_that_ccxt_knows_of_orders(status, words, kind):
    """All of Bitfinex's come so; one that says nothing of an order leaves a doubt, as does another status."""
    answer = always(status, json.dumps(["error", 10000, words]).encode())
    order = limit_order("bitfinex", OWN, "ETH/USD")
    with pytest.raises(hk.AdapterError) as raised:
        run(opened("bitfinex").create_order(order), answer)
    assert raised.type is kind, raised.value


def test_elsewhere_a_refusal_by_500_is_a_doubt():
    """A gateway may have wrapped another answer in it."""
    body = b'{"code": -2010, "msg": "Account has insufficient balance for requested action."}'
    with pytest.raises(hk.OutcomeUnknown):
        run(opened("binance").create_order(limit_order("binance", "own1234567", "ETH/USD")), always(500, body))
