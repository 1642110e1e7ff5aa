"""Ids of which ccxt makes numbers: the number that was given leaves, digit by digit, or nothing does."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.venue.api.client_ids import ByChance, fitting
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven.answers import after_first
from tests.ccxt_bridge.driven.exchanges import driven, driven_members
from tests.ccxt_bridge.driven.plain import fields_of
from tests.ccxt_bridge.driven.stage import CANCELS
from tests.ccxt_bridge.exchanges_there import there

ANSWER = after_first(lambda _: Response(200, {}, b'{"id":"1","result":{"orderId":"1"},"data":{"id":"1"}}'))
IDS = ("987654321098765433", "98765432109876543211", "0123456789abcdef01234567", "1b4e28ba-2fa1-41d2-883f-0016d3cca427")
"""More than a float holds, more than 64 bits hold, and no number."""
NUMBERED = {
    "backpack": 2**32 - 1,
    "bitfinex": 2**45 - 1,
    "dydx": 2**32 - 1,
    "grvt": 2**63 - 1,
    "lighter": 2**48 - 1,
    "ndax": 2**63 - 1,
}
"""Exchanges whose client order ids are numbers, and the largest."""
FORMS = {
    "hyperliquid": r"0x[0-9a-f]{32}",
    "kraken": r"[0-9a-f]{32}",
    "polymarket": r"[0-9a-f]{32}",
    "pacifica": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "revolutx": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
}
"""What exchanges take for a client order id that is neither any text nor a number."""
TRIED = (*NUMBERED, "cex", "delta", "foxbit", "hibachi", "nado", "pacifica", "polymarket", "whitebit")
"""Exchanges whose orders' ids are numbers, beside the sample."""
ROW = {
    "id": "a0e2b6a1-27b4-5ea5-95d1-3b27a4d25c1c",
    "clientId": "716238006",
    "clobPairId": "7",
    "side": "BUY",
    "size": "13",
    "totalFilled": "0",
    "price": "2000",
    "type": "LIMIT",
    "status": "OPEN",
    "timeInForce": "GTT",
    "orderFlags": "32",
    "ticker": "ETHUSD",
}

exchange = cache(driven)


def came(flow, answer=ANSWER):
    """Give what came of a flow, errors too, and the requests that it sent."""
    sent = []
    try:
        return run(flow, answer, sent), sent
    except hk.AdapterError as error:
        return error, sent


def tells(sent, own):
    """Whether a request has an id, as it is, in a field or its address."""
    values = (str(value) for request in sent for _, value in (*fields_of(request), ("", request.url)))
    return any(own in value for value in values)


@each("member", sorted({*driven_members(), *there(TRIED)}))
def test_a_cancel_names_the_order_that_was_asked_for(member):
    """Of another number, it would cancel another order."""
    venue, symbol = exchange(member)
    for own in IDS:
        asked = hk.CancelRequest(order_id=own, symbol=symbol, params=CANCELS.get(member, {}))
        found, sent = came(venue.cancel_order(asked))
        if sent:
            assert tells(sent, own), own
        else:
            assert isinstance(found, hk.InvalidArgument | hk.NotSupported), found


@each("own", ["own1234567", "0070070", "1e5", "0", "-7", "1.0", "98765432109876543211"])
@each("member", there(NUMBERED))
def test_a_client_order_id_that_is_no_number_is_refused(member, own):
    """Where ccxt makes a number of it: the order would bear another id, or one of ccxt's making."""
    venue, symbol = exchange(member)
    calls = (
        venue.create_order(limit_order(member, own, symbol)),
        venue.cancel_order(hk.CancelRequest(client_order_id=own, symbol=symbol)),
        venue.fetch_order(hk.FetchOrderRequest(client_order_id=own, symbol=symbol)),
    )
    for flow in calls:
        found, sent = came(flow)
        assert isinstance(found, hk.InvalidArgument | hk.NotSupported), found
        assert sent == []


@each("member", there(NUMBERED))
def test_a_client_order_id_that_is_a_number_is_told_as_it_is(member):
    """Up to the largest that the exchange takes, and no further."""
    venue, symbol = exchange(member)
    largest = NUMBERED[member]
    assert venue.largest_client_id == largest
    for own, is_told in ((largest, True), (largest + 1, False)):
        _, sent = came(venue.create_order(limit_order(member, str(own), symbol)))
        assert tells(sent, str(own)) is is_told


@each("member", there(FORMS))
def test_a_client_order_id_of_ours_has_the_form_that_an_exchange_takes(member):
    """By its documents; it is told as it is."""
    venue, symbol = exchange(member)
    own = fitting(ByChance(), venue).make(())
    assert re.fullmatch(FORMS[member], own)
    _, sent = came(venue.create_order(limit_order(member, own, symbol)))
    assert tells(sent, own)


def test_kraken_is_not_asked_for_another_kind_of_id():
    """Its query knows no client order id; ccxt would ask for a ``userref``, a number of another kind."""
    venue, symbol = exchange("kraken")
    _, sent = came(venue.fetch_order(hk.FetchOrderRequest(client_order_id="1234567", symbol=symbol)))
    assert [request.url.rpartition("/")[2] for request in sent] == ["OpenOrders", "ClosedOrders"]


def test_poloniex_is_told_which_kind_of_id_it_is():
    """It takes both in one place: without the prefix, a number would be another order's id."""
    venue, symbol = exchange("poloniex")
    _, (sent,) = came(venue.cancel_order(hk.CancelRequest(client_order_id="1234567", symbol=symbol)))
    assert sent.url.endswith("/orders/cid:1234567")
    _, (sent,) = came(venue.cancel_order(hk.CancelRequest(order_id="1234567", symbol=symbol)))
    assert sent.url.endswith("/orders/1234567")


def on_the_chain(shown):
    """DYdX's indexer, which shows an order, and its chain, which takes everything."""

    def answer(request):
        told = shown if "/orders/" in request.url else {"result": {"code": 0, "hash": "AB"}}
        return Response(200, {}, json.dumps(told).encode())

    return after_first(answer)


@pytest.mark.parametrize("order_id", ["41", ROW["id"]])
def test_dydx_is_asked_for_the_client_id_of_an_order(order_id):
    """It cancels by that, and by the kind of the order; ccxt would send the order's id in its place."""
    venue, symbol = exchange("dydx")
    row = {**ROW, "id": order_id}
    _, sent = came(venue.cancel_order(hk.CancelRequest(order_id=order_id, symbol=symbol)), on_the_chain(row))
    (cancel,) = [request for request in sent if "broadcast" in request.url]
    told = {name.rpartition(".")[2]: value for name, value in fields_of(cancel)}
    assert (told["clientId"], told["orderFlags"]) == (row["clientId"], 32)


def test_dydx_cancels_nothing_without_it():
    """An order that is not shown has no client id that could be told."""
    venue, symbol = exchange("dydx")
    found, sent = came(venue.cancel_order(hk.CancelRequest(order_id="41", symbol=symbol)), on_the_chain({}))
    assert isinstance(found, hk.AdapterError)
    assert not any("broadcast" in request.url for request in sent)


def test_backpack_is_told_a_client_order_id_in_no_cancel():
    """Ccxt sent it under a name that Backpack does not know, beside an empty id."""
    sent = []
    request = hk.CancelRequest(client_order_id="123", symbol="ETH/USD")
    with pytest.raises(hk.NotSupported):
        run(opened("backpack").cancel_order(request), always(200, b"{}"), sent)
    assert not sent
