"""Conditional orders through the bridge: their prices are told, and look-ups go where the cancel went."""

from __future__ import annotations

import contextlib
import json
import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.model import CancelAllRequest, CancelManyRequest
from hk_adapter.venues.ccxt_bridge.conditional import as_read, untouched
from hk_adapter.venues.ccxt_bridge.parse_orders import acknowledged
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.conditional_desks import MEMBERS, called, desk_of
from tests.ccxt_bridge.conditional_table import MARK, PAGE, rows
from tests.ccxt_bridge.exchanges_there import needs

each = pytest.mark.parametrize("member", MEMBERS)
CANCELED = hk.OrderStatus.CANCELED


def only(member, *values):
    """Try it where the installed ccxt has the exchange: older releases lack some."""
    return pytest.param(*(values or (member,)), marks=needs(member))


def cancel(desk, **changes):
    """Ask for a cancel of the desk's order, as ccxt wants it."""
    return hk.CancelRequest(order_id="41", symbol="ETH/USD", params={desk.word: True}, **changes)


def test_the_page_has_the_table():
    """For the ccxt that it was made with."""
    assert table_page.lines(PAGE, MARK) == list(rows())


@each
def test_a_canceled_conditional_order_is_found_where_it_was(member):
    """The look-up carries the cancel's own params, so that its end is proven; nothing of it was filled."""
    desk = desk_of(member)
    report = called(desk, desk.venue(), "cancel_order", cancel(desk))
    assert report.outcome == "canceled", (report, desk.asked)
    assert (report.order.id, report.order.filled, report.order.amount) == ("41", 0, Decimal("0.5"))


@each
def test_one_whose_answer_was_lost_too(member):
    """A doubt about a cancel is settled in the conditional book."""
    desk = desk_of(member)
    report = called(desk, desk.venue(), "cancel_order", cancel(desk), losing=1)
    assert report.outcome == "canceled", (report, desk.asked)


@each
def test_several_are_not_taken_for_gone_from_a_list_of_ordinary_orders(member):
    """Three that wait are looked for by lists, which are asked for with the cancel's params, or not at all."""
    desk = desk_of(member)
    others = [hk.CancelRequest(order_id=name, symbol="ETH/USD", params={desk.word: True}) for name in ("77", "78")]
    request = CancelManyRequest(orders=(cancel(desk), *others))
    first, *rest = called(desk, desk.venue(), "cancel_orders", request)
    assert first.outcome == "canceled", (first, desk.asked)
    assert not any(report.final or report.outcome == "off_book" for report in rest)


@each
def test_all_conditional_orders_are_listed_where_they_are(member):
    """A list that is asked for with their word is one of them, never of ordinary orders."""
    sent = []
    listed = hk.ListOrdersRequest(symbol="ETH/USD", params={desk_of(member).word: True, "ordType": "conditional"})
    with contextlib.suppress(hk.AdapterError):
        run(desk_of(member).venue().fetch_open_orders(listed), always(200, b'{"code":"0","data":[]}'), sent)
    lists = [urlsplit(one.url).path for one in sent if "rder" in one.url]
    assert lists
    assert all(re.search("algo|Algo|plan|price_o|stop-", path) for path in lists)


def test_cancel_all_lists_with_its_own_params():
    """Else it would list ordinary orders, and cancel those."""
    desk = desk_of("bitget")
    request = CancelAllRequest(symbol="ETH/USD", params={"stop": True})
    [report] = called(desk, desk.venue(), "cancel_all_orders", request)
    assert report.outcome == "canceled"
    assert {path.rpartition("/")[2] for path in desk.asked} <= {"current-plan-order", "history-plan-order"}


@each
def test_its_prices_are_told(member):
    """The price that sets it off stands in the order, under ccxt's name for its kind."""
    desk = desk_of(member)
    request = hk.FetchOrderRequest(order_id="41", symbol="ETH/USD", params={desk.word: True})
    order = run(desk.venue().fetch_order(request), desk.answer)
    prices = (order.trigger_price, order.stop_loss_price, order.take_profit_price)
    assert prices == ((None, 1700, 2500) if member == "okx" else (1700, None, None))


def test_an_acknowledgement_tells_what_it_shows_and_no_more():
    """A trigger that it shows is told; one that it does not is not known, nor is one of zero."""
    asked = hk.CancelRequest(order_id="41")
    shown = acknowledged({"id": "41", "triggerPrice": 7, "stopLossPrice": 0, "info": {"id": "41"}}, {"id": "41"}, asked)
    assert (shown.trigger_price, shown.stop_loss_price, shown.take_profit_price) == (7, None, None)
    bare = acknowledged({"id": "41", "info": {"id": "41"}}, {"id": "41"}, asked)
    assert (bare.trigger_price, bare.status) == (None, hk.OrderStatus.PENDING_CANCEL)


@pytest.mark.parametrize(
    ("given", "read"), [only("weex", given, "trigger") for given in ("stop", "trigger", "conditional")]
)
def test_a_word_is_given_as_the_exchange_takes_it(given, read):
    """Weex takes ``trigger`` only: ``stop`` would be sent on as it is, and the ordinary book asked."""
    assert as_read(opened("weex")._exchange, "cancel_order", {given: True, "x": 1}) == {read: True, "x": 1}


def test_a_look_up_that_shows_no_conditional_orders_is_not_asked():
    """At mexc ccxt queries ordinary orders only: what these do not show is not known."""
    request = hk.FetchOrderRequest(order_id="41", symbol="ETH/USD", params={"stop": True})
    sent = []
    with pytest.raises(hk.AdapterError):
        run(desk_of("bitget").venue().fetch_order(request), always(200, b'{"code":"00000","data":{}}'), sent)
    assert sent
    assert all("plan" in one.url for one in sent)


@pytest.mark.parametrize("member", [only("dydx"), only("pacifica")])
def test_where_one_query_shows_both_it_is_asked_without_the_word(member):
    """Only their cancels differ."""
    assert as_read(opened(member)._exchange, "fetch_order", {"stop": True, "x": 1}) == {"x": 1}


@pytest.mark.parametrize(
    ("info", "filled"),
    [
        ({"state": "canceled", "actualSz": "", "triggerTime": "0", "executePrice": "7"}, 0),
        ({"state": "canceled", "actualSz": "0.2"}, None),
        ({"state": "canceled", "ordId": "77"}, None),
        ({"state": "canceled", "triggerTime": "1790000000000"}, None),
        (["canceled"], None),
    ],
)
def test_one_that_was_set_off_is_not_called_unfilled(info, filled):
    """That nothing was filled follows only where nothing of the row tells of an execution."""
    assert untouched(hk.Order(id="41", status=CANCELED, amount=Decimal(1), info=info)).filled == filled


@pytest.mark.parametrize("terms", [{"triggerPrice": "1700"}, {"stopLossPrice": "1700"}, {"stop": True}])
@each
def test_a_lost_create_is_looked_for_in_the_conditional_book(member, terms):
    """By what of its terms names the book; the terms themselves stay out of the look-up."""
    request = hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.SELL,
        amount=Decimal("0.5"),
        price=Decimal(1690),
        client_order_id="own1234567",
        params=terms,
    )
    assert set(desk_of(member).venue().look_params(request)) == {"stop" if "stop" in terms else "trigger"}


def test_an_ordinary_create_is_looked_for_by_its_id_alone():
    """Whatever else its params say, such as a loss to stop that is attached to it."""
    request = hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.SELL,
        client_order_id="own1234567",
        params={"stopLoss": {"triggerPrice": 1}, "tgtCcy": "base_ccy"},
    )
    assert desk_of("okx").venue().look_params(request) == {}


def test_a_lost_create_at_okx_is_found():
    """A whole call: its answer is lost, and the order is found among the conditional ones by the client's id."""
    desk = desk_of("okx")
    row = desk.row | {"state": "live", "algoClOrdId": "own1234567", "clOrdId": "own1234567", "ordPx": "1690"}
    desk.answer = lambda request: Response(
        200,
        {},
        json.dumps(
            {"code": "0", "data": [row]} if "order-algo" in request.url else {"code": "51603", "msg": "no", "data": []}
        ).encode(),
    )
    request = hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.SELL,
        amount=Decimal("0.5"),
        price=Decimal(1690),
        client_order_id="own1234567",
        params={"triggerPrice": "1700"},
        fresh_id=True,
    )
    order = called(desk, desk.venue(), "create_order", request, losing=1)
    assert isinstance(order, hk.Order), order
    assert (order.id, order.stop_loss_price) == ("41", 1700)
