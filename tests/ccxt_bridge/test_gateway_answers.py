"""A page, a proxy's status, and a status without a word of the exchange's refuse nothing, whatever ccxt reads."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.driven.answers import after_first
from tests.ccxt_bridge.driven.stage import Stage, named
from tests.ccxt_bridge.exchanges_there import there

PAGES = (
    b"<html><head><title>404 Not Found</title></head><body>Unauthorized. Forbidden. Order not found</body></html>",
    b"\n<!DOCTYPE html>insufficient balance",
    b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
)
CALLS = ("cancel_order", "create_order", "fetch_order")
MEMBERS = there(["binance", "gemini", "kraken", "ndax", "revolutx"])


def told(member, call, status, body):
    """Return the error that a hook ends in, its own request being answered so, and those before it well."""
    stage = Stage(member)
    requests = {
        "cancel_order": hk.CancelRequest(**named(member), symbol=stage.symbol, params=stage.cancels),
        "create_order": stage.limit(stage.callers),
        "fetch_order": hk.FetchOrderRequest(order_id="41", symbol=stage.symbol),
    }
    answer = always(status, body)
    with pytest.raises(hk.AdapterError) as caught:
        run(getattr(stage.venue, call)(requests[call]), answer if call == "fetch_order" else after_first(answer))
    return caught.value


@each("member", MEMBERS)
@each("call", CALLS)
@each("status", [200, 400, 401, 403, 404, 406, 407])
def test_a_page_is_a_doubt(member, call, status):
    """Nobody knows what became of the request behind it; nor has anybody looked for the order."""
    for body in PAGES:
        assert told(member, call, status, body).request_state == "unknown"


@each("member", MEMBERS)
@each("call", CALLS)
@each("body", [b"", b"Proxy Authentication Required", b'{"message": "no"}'])
def test_a_proxys_status_is_a_doubt(member, call, body):
    """HTTP status 407 is no exchange's."""
    assert told(member, call, 407, body).request_state == "unknown"


@each("member", there(["gemini", "revolutx"]))
@each("call", CALLS)
@each("body", [b"", b"404 page not found", b'{"message": "no Route matched with those values"}'])
def test_a_bare_404_knows_no_order(member, call, body):
    """It may be a gateway's that knows no such path."""
    assert told(member, call, 404, body).request_state == "unknown"


def test_the_exchanges_own_words_stay():
    """An order that is not found by its words, a key that it does not take, a limit that a page tells."""
    unknown = b'{"result": "error", "reason": "OrderNotFound", "message": "Order 41 not found"}'
    assert isinstance(told("gemini", "fetch_order", 404, unknown), hk.OrderNotFound)
    for member in there(["revolutx"]):
        assert isinstance(told(member, "fetch_order", 404, b'{"message": "Order 41 not found"}'), hk.OrderNotFound)
    assert isinstance(told("kraken", "create_order", 401, b"Unauthorized"), hk.AuthenticationError)
    assert isinstance(told("bybit", "cancel_order", 403, PAGES[0]), hk.RateLimited)


def test_a_cancel_behind_a_gateway_that_knows_no_path():
    """Twice not found by a page is no order that is not there."""
    with hk.connect("ccxt:hashkey", environment="simulator", rateLimit=1) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        venue.simulator.fail_next(status=401, times=99, body=PAGES[0].decode(), acted=True)
        report = venue.try_cancel(order.id, "ETH/USD", timeout=1)
        truth = venue.simulator.order(order.id).status
    assert (report.outcome, truth) == ("unknown", "CANCELED")
