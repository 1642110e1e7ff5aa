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
from tests.ccxt_bridge.driven.situations import Situations

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


MORE = [
    {"total": 57},
    {"totalCount": "57"},
    {"count": 57, "row_count": 57},
    {"total_page": 3, "current_page": 1},
    {"last_page": 3},
    {"hasNextPage": True},
    {"nextFlag": "true"},
    {"next": "eyJvIjoxfQ=="},
    {"next_page": 2},
    {"nextTimeStamp": 1790000000000},
    {"isLastPage": False},
    {"last": False},
    {"truncated": True},
    {"links": {"next": "/orders?page=2"}},
    {"meta": {"total": 57, "current_page": 1, "records_per_page": 25}},
]
NO_MORE = [
    {"total": 50},
    {"total": 12},
    {"total_page": 1, "current_page": 1, "total_size": 50},
    {"hasNextPage": False, "isLastPage": True, "nextFlag": "false"},
    {"next": "", "next_page": None, "next_cursor": "LTE=", "nextToken": 0, "links": {"next": None}},
    {"nextPageCursor": "a%3A1"},
    {"id": {"total": "2000", "price": "4000"}},
    {"total": "57.5"},
]


@each("beside", MORE)
def test_a_list_that_names_a_further_page_is_not_whole(beside):
    """Or counts more rows than it shows: what is on the next page would rest after a cancel of all."""
    for answer in ({"data": ROWS, **beside}, {"result": {"list": ROWS, **beside}}):
        assert not is_whole([page_of(answer, "limit=100")], 50, 100, 100, known=True)


@each("beside", NO_MORE)
def test_a_list_that_names_no_further_page_is_whole(beside):
    """A count of money, and what an exchange writes on its last page, name none."""
    for answer in ({"data": ROWS, **beside}, {"result": {"list": ROWS, **beside}}):
        assert is_whole([page_of(answer, "limit=100")], 50, 100, 100, known=True)


@each("member", ["lbank", "woo", "htx", "zebpay", "bitteam", "btcturk", "cryptomus", "onetrading"])
def test_no_list_of_several_pages_passes_for_whole(member):
    """At each exchange whose answers have a place for it."""
    stage = Situations(member)
    stage.learn()
    rows = [stage.order_row("open"), stage.order_row("open", id="42")]
    plain = stage.answers.body("fetch_open_orders", rows)
    assert listed(stage, plain).complete
    assert not listed(stage, beside_the_rows(plain, {"total": 57})).complete
    assert not listed(stage, beside_the_rows(plain, {"hasNext": True})).complete


def listed(stage, answer):
    """List open orders of one answer."""
    asked = hk.ListOrdersRequest(symbol=stage.symbol)
    return run(stage.venue.fetch_open_orders(asked), always(200, json.dumps(answer).encode()))


def beside_the_rows(answer, more):
    """Write more into the object that has the list."""
    if isinstance(answer, dict):
        held = {key: beside_the_rows(value, more) for key, value in answer.items()}
        return {**held, **more} if any(isinstance(value, list) for value in answer.values()) else held
    return answer


@each(
    ("member", "answer"),
    [
        ("zaif", {"success": 1, "return": [{"id": "41", "currency_pair": "ETHUSD"}]}),
        ("bitbank", {"success": 1, "data": {"list": [{"order_id": 41, "pair": "ETHUSD"}]}}),
        ("btcturk", {"data": [{"id": 41, "pairSymbol": "ETHUSD"}]}),
        ("hollaex", {"count": 1, "rows": [{"id": "41", "symbol": "ETHUSD"}]}),
    ],
)
def test_rows_of_which_ccxt_reads_none_are_no_empty_list(member, answer):
    """It looks for them in another place, or for a mapping, and finds nothing: what rests would be forgotten."""
    flow = opened(member).fetch_open_orders(hk.ListOrdersRequest(symbol="ETH/USD"))
    try:
        page = run(flow, always(200, json.dumps(answer).encode()))
    except hk.UnexpectedPayload:
        return
    assert page.orders or not page.complete


def test_rows_of_other_markets_are_left_out_of_a_whole_list():
    """Ccxt reads them, and shows those of the market that was asked for."""
    answer = {"result": {"open": {"41": {"status": "open", "vol": "1", "descr": {"pair": "XBTUSDT"}}}}, "error": []}
    page = run(
        opened("kraken").fetch_open_orders(hk.ListOrdersRequest(symbol="ETH/USD")),
        always(200, json.dumps(answer).encode()),
    )
    assert (page.orders, page.complete) == ((), True)


def test_rows_whose_market_is_not_known_may_be_the_ones_asked_for():
    """Ccxt leaves them out, as those of another market: the list is not whole."""
    stage = Situations("coinone")
    stage.learn()
    page = listed(stage, stage.answers.body("fetch_open_orders", [stage.order_row("open")]))
    assert (page.orders, page.complete, page.left_out, page.cut_off) == ((), False, 1, False)


def test_a_history_tells_of_rows_whose_market_is_not_known():
    """What is left out in its midst would seem not to be."""
    rows = {
        "41": {"status": "closed", "vol": "1", "descr": {}},
        "42": {"status": "closed", "descr": {"pair": "XBTUSDT"}},
    }
    page = run(
        opened("kraken").fetch_orders(hk.ListOrdersRequest(symbol="ETH/USD")),
        always(200, json.dumps({"result": {"closed": rows, "open": {}}, "error": []}).encode()),
    )
    assert (page.orders, page.complete, page.left_out, page.cut_off) == ((), False, 1, False)


@each("asked", [{}, {"since": 1_700_000_000_000}, {"since": 1_700_000_000_000, "limit": 2}, {"limit": 1}])
def test_a_history_of_all_markets_lacks_no_row_of_one_that_is_not_known(asked):
    """It shows it; what is older than was asked for, or more, is left out of it by right."""
    rows = {
        "41": {"status": "closed", "vol": "1", "descr": {}, "opentm": 1_700_000_100.0},
        "42": {"status": "closed", "vol": "1", "descr": {"pair": "ETHUSD"}, "opentm": 1_600_000_000.0},
    }
    page = run(
        opened("kraken").fetch_orders(hk.ListOrdersRequest(**asked)),
        always(200, json.dumps({"result": {"closed": rows, "open": {}}, "error": []}).encode()),
    )
    assert page.orders[0].id == "41"
    assert (page.complete, page.left_out) == (True, 0)
