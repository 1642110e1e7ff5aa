"""What a look-up or a list proves of orders that it does not show."""

from __future__ import annotations

import json

import ccxt
import pytest

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from hk_adapter.venues.ccxt_bridge.page_end import is_whole
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run

BYBIT = {"enableUnifiedMargin": False, "enableUnifiedAccount": True, "unifiedMarginStatus": 6}
NOTHING = always(200, b'{"retCode": 0, "result": {"list": []}}')


def looked_up(member, answer, sent=None, **options):
    """Look order 41 up."""
    flow = opened(member, **options).fetch_order(hk.FetchOrderRequest(order_id="41", symbol="ETH/USD"))
    return run(flow, answer, sent)


def test_a_page_that_does_not_show_an_order_does_not_prove_it_gone():
    """Ccxt's bitflyer looks an order up in the last hundred, and calls an older one not found."""
    with pytest.raises(hk.OutcomeUnknown):
        looked_up("bitflyer", always(200, b"[]"))


def test_the_venues_own_refusal_proves_it():
    """Then nobody knows an order of that id."""
    with pytest.raises(hk.OrderNotFound):
        looked_up("hashkey", always(400, b'{"code": "-1143", "msg": "Order does not exist"}'))


@each("member", [member for member in ccxt.exchanges if member.startswith("bybit")])
@each(
    ("options", "queried"),
    [({}, True), ({"fetchOrder": {"other": 1}}, True), ({"fetchOrder": {"acknowledged": False}}, False)],
)
def test_bybit_is_asked_for_an_order(member, options, queried):
    """Ccxt wants a word from the caller first; ours is given. Where the caller takes it back, the lists are read."""
    sent = []
    with pytest.raises(hk.OutcomeUnknown):
        looked_up(member, NOTHING, sent, options=BYBIT | options)
    assert sent[0].path == "/v5/order/realtime"
    assert ("orderId=41" in sent[0].url) is queried


def test_a_look_that_nothing_can_answer_names_what_is_missing():
    """Where the lists cannot be read either, the first refusal is told."""
    flow = opened("binance").fetch_order(hk.FetchOrderRequest(order_id="41", symbol="NO/SUCH"))
    sent = []
    with pytest.raises(hk.InvalidArgument, match="NO/SUCH"):
        run(flow, NOTHING, sent)
    assert sent == []


def blockchain_orders(count):
    """Open orders as Blockchain.com writes them."""
    row = {"ordType": "limit", "ordStatus": "open", "side": "buy", "symbol": "ETHUSD", "price": 1900, "leavesQty": 1}
    return json.dumps(
        [row | {"exOrdId": str(number), "clOrdId": f"c{number}"} for number in range(1, count + 1)]
    ).encode()


@pytest.mark.parametrize(("rows", "whole"), [(99, True), (100, False)])
def test_a_list_is_whole_by_what_was_really_asked_for(rows, whole):
    """Ccxt asks Blockchain.com for 100 orders, whatever it is given, and says that it takes 1000."""
    flow = opened("blockchaincom").fetch_open_orders(hk.ListOrdersRequest(symbol="ETH/USD"))
    page = run(flow, always(200, blockchain_orders(rows)))
    assert (len(page.orders), page.complete) == (rows, whole)


def hit_orders(count):
    """Open orders as HitBTC writes them."""
    row = {"symbol": "ETHUSD", "side": "buy", "status": "new", "type": "limit", "price": "1", "quantity": "1"}
    return json.dumps([row | {"id": number, "client_order_id": f"c{number}"} for number in range(count)]).encode()


@pytest.mark.parametrize(("rows", "whole"), [(5, True), (40, False)])
def test_a_list_whose_limit_was_not_sent(rows, whole):
    """Where ccxt sends no limit, though it knows one, how long the venue's page is is not known: only a few are all."""
    flow = opened("hitbtc").fetch_open_orders(hk.ListOrdersRequest(symbol="ETH/USD"))
    page = run(flow, always(200, hit_orders(rows)))
    assert (len(page.orders), page.complete) == (rows, whole)


def page_of(answer, query="", body=None):
    """A request and its answer."""
    return HttpRequest("GET", f"https://venue.example/orders?{query}", {}, body), answer


ROWS = [{"id": number} for number in range(50)]


@each(
    ("page", "rows", "whole"),
    [
        (page_of(ROWS, "limit=100"), 50, True),
        (page_of(ROWS, "limit=50"), 50, False),
        (page_of({"data": ROWS}, "pageSize=50"), 3, False),
        (page_of({"result": {"open": {row["id"]: row for row in ROWS}}}, "count=50"), 3, False),
        (page_of(ROWS, body=b'{"params": {"page_size": 50}}'), 3, False),
        (page_of(ROWS, body=b"type=open&count=50"), 3, False),
        (page_of(ROWS), 50, False),
        (page_of(ROWS[:9]), 9, True),
        (page_of({"data": ROWS, "metadata": {"next_cursor": "more"}}, "limit=100"), 50, False),
        (page_of({"data": ROWS, "metadata": {"next_cursor": ""}}, "limit=100"), 50, True),
    ],
)
def test_rows_are_counted_as_the_venue_sent_them(page, rows, whole):
    """Ccxt drops other symbols' rows after the page was full; and a limit that was not sent was not kept."""
    assert is_whole([page], rows, 100, 100, known=True) is whole


def test_a_caller_cannot_stretch_a_page():
    """More rows asked for than the exchange gives: a full page is still only a page."""
    assert not is_whole([page_of(ROWS, "limit=500")], 50, 500, 50, known=True)
    assert not is_whole([page_of(ROWS)], 5, 5, None, known=True)


def test_a_list_that_nobody_knows_the_page_of_is_whole_only_when_short():
    """Ccxt's features are silent on some exchanges."""
    assert is_whole([page_of(ROWS[:9])], 9, None, None, known=False)
    assert not is_whole([page_of(ROWS)], 50, None, None, known=False)
    assert is_whole([page_of(ROWS)], 50, None, None, known=True)
