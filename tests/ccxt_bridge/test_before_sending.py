"""Refused before anything is sent, as far as that is proven; driven by hand, so that every request is seen."""

from __future__ import annotations

from decimal import Decimal
from unittest import mock

import ccxt
import ccxt.async_support
import pytest
from ccxt.base import exchange as base_exchange

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.flow.mock_signs import replaced_in
from hk_adapter.venues.ccxt_bridge.capabilities import INTRODUCTIONS, introductions
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.driven import signers
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.exchanges_there import needs

PAGE = always(502, b"<html>")


def limit_order(**changes):
    """An order to buy."""
    terms = {
        "symbol": "ETH/USD",
        "type": hk.OrderType.LIMIT,
        "side": hk.OrderSide.BUY,
        "client_order_id": "a1b2c3",
        "amount": Decimal(1),
        "price": Decimal(1900),
    }
    return hk.CreateOrderRequest(**terms | changes)


def refused(flow, kind=hk.InvalidArgument):
    """The error of a flow that must not send anything."""
    sent = []
    with pytest.raises(kind) as caught:
        run(flow, PAGE, sent)
    assert sent == []
    assert caught.value.request_state == "not_sent"
    return caught.value


@each("member", ["binance", "bybit", "gate", "okx", "mexc", "bitget"])
def test_a_missing_symbol_is_named(member):
    """Most exchanges know an order by its symbol and id only."""
    assert "symbol" in str(refused(opened(member).cancel_order(hk.CancelRequest(order_id="41"))))


def test_an_unknown_symbol_is_refused():
    """Ccxt knows the markets: one that is none is not sent."""
    refused(opened("hashkey").cancel_order(hk.CancelRequest(order_id="41", symbol="NO/SUCH")))


@pytest.mark.parametrize(("price", "amount"), [("1900.001", "1"), ("1900", "1.00005"), ("1900", "0.00001")])
def test_an_order_is_never_rounded(price, amount):
    """Ccxt would cut the amount and round the price; the terms asked for are sent, or nothing."""
    refused(opened("hashkey").create_order(limit_order(price=Decimal(price), amount=Decimal(amount))))


def test_an_exchange_that_takes_no_client_ids_says_so():
    """Ccxt would ignore the id, and cancel the order of the empty one."""
    flow = opened("bitstamp").cancel_order(hk.CancelRequest(client_order_id="mine", symbol="ETH/USD"))
    refused(flow, hk.NotSupported)


def test_a_time_in_force_that_an_exchange_does_not_take_is_refused():
    """Ccxt would leave it out, and the order would rest."""
    refused(opened("hollaex").create_order(limit_order(time_in_force=hk.TimeInForce.FOK)), hk.NotSupported)


def test_a_missing_password_is_a_matter_of_configuration():
    """Before signing, ccxt misses it; nothing is in doubt."""
    flow = opened("okx").cancel_order(hk.CancelRequest(order_id="41", symbol="ETH/USD"))
    assert "password" in str(refused(flow, hk.ConfigurationError))


def test_lists_by_symbol_only_are_no_lists_of_everything():
    """The core asks for all symbols, and must be told to look one by one."""
    refused(opened("gemini").fetch_orders(hk.ListOrdersRequest()), hk.NotSupported)
    refused(opened("binance").fetch_orders(hk.ListOrdersRequest()), hk.NotSupported)


def test_a_check_alone_is_not_sent_as_an_order():
    """An exchange that does not know ccxt's ``test`` would place it."""
    refused(opened("kraken").create_order(limit_order(test=True)), hk.NotSupported)


@each("member", ["hashkey", "kraken", "binance", "okx"])
def test_a_cancel_is_one_request(member):
    """One send, at most, for each time that the core asks."""
    venue, sent = opened(member, **({"password": "p"} if member == "okx" else {})), []
    with pytest.raises(hk.OutcomeUnknown):
        run(venue.cancel_order(hk.CancelRequest(order_id="41", symbol="ETH/USD")), PAGE, sent)
    assert len(sent) == 1


def test_a_repeated_order_has_a_fresh_signature():
    """Two requests of the same moment are two nonces."""
    venue, sent = opened("hashkey"), []
    for _ in range(2):
        with pytest.raises(hk.OutcomeUnknown):
            run(venue.cancel_order(hk.CancelRequest(order_id="41")), PAGE, sent)
    first, second = (request.body or request.url for request in sent)
    assert first != second


BYBIT = {
    "user/query-api": b'{"retCode": 0, "result": {"unified": 0, "uta": 1}}',
    "account/info": b'{"retCode": 0, "result": {"unifiedMarginStatus": 6}}',
}
GATE = {"account/detail": b'{"user_id": 1, "key": {"mode": 1}}'}


@pytest.mark.parametrize(("member", "answers"), [("bybit", BYBIT), ("gate", GATE)])
def test_an_account_is_known_before_the_first_order(member, answers):
    """Ccxt asks for it in the middle of an order call; then an order would be several requests, and in doubt."""

    def answer(request):
        found = next((body for path, body in answers.items() if path in request.url), None)
        return Response(502, {}, b"") if found is None else Response(200, {}, found)

    venue, sent = opened(member), []
    venue._exchange.load_markets_helper = no_markets_anew
    run(venue.fetch_markets(hk.SymbolsRequest()), answer, sent)
    assert len(sent) == len(answers)
    sent.clear()
    with pytest.raises(hk.OutcomeUnknown):
        run(venue.create_order(limit_order()), answer, sent)
    assert len(sent) == 1


async def no_markets_anew(*_):
    """Stands for markets that are there."""
    return {}


def test_a_client_id_that_is_too_long_is_refused_before():
    """Gate takes 28 characters; once the account is known, ccxt says so before it sends."""
    venue = opened("gate", options={"unifiedAccount": False})
    assert "28" in str(refused(venue.create_order(limit_order(client_order_id="a" * 32))))


def test_questions_about_the_account_are_ccxts_own():
    """A name that ccxt no longer has would never be asked."""
    members = [name for name in ccxt.exchanges if not hasattr(getattr(ccxt, name), "hk_adapter_name")]
    asked = {name for member in members for name in introductions(opened(member)._exchange)}
    assert {"is_unified_enabled", "load_unified_status", "load_accounts"} <= asked <= set(INTRODUCTIONS)


@each("text", ["41,42", "41/../all", "..", "41?all=1", "41%2F42", "all", "4_1", "041", "41e0", "4 1"])
@each("member", ["bitstamp", "kraken", "hashkey"])
def test_an_order_id_that_could_be_another(text, member):
    """Ccxt writes ids into paths as they are, joins them by commas, and makes numbers of them."""
    refused(opened(member).cancel_order(hk.CancelRequest(order_id=text, symbol="ETH/USD")))
    refused(opened(member).fetch_order(hk.FetchOrderRequest(order_id=text, symbol="ETH/USD")))


@each("text", ["a,b", "a/b", "a/../b", "..", "a?b", "a%2Cb", "all", "a b"])
def test_a_client_id_that_could_be_another(text):
    """A slash in it would split the path that some exchanges have for client ids."""
    venue = opened("hashkey")
    refused(venue.cancel_order(hk.CancelRequest(client_order_id=text, symbol="ETH/USD")))
    refused(venue.fetch_order(hk.FetchOrderRequest(client_order_id=text, symbol="ETH/USD")))
    refused(venue.create_order(limit_order(client_order_id=text)))


@each("put", [mock.DEFAULT, lambda *given, **named: {}])
@each(
    ("kind", "name"),
    [
        (ccxt.Exchange, "fetch"),
        (ccxt.Exchange, "fetch2"),
        (ccxt.kraken, "request"),
        (ccxt.async_support.Exchange, "fetch"),
    ],
)
def test_nothing_goes_past_a_mock_in_ccxts_classes(kind, name, put):
    """A test that answers in the place of ccxt's own way out believes itself offline, also where that is not ours."""
    cancel = opened("kraken").cancel_order(hk.CancelRequest(order_id="41"))
    with mock.patch.object(kind, name, put):
        assert "mock" in str(refused(cancel, hk.NotSent))


def test_a_class_of_the_callers_own_is_no_mock():
    """What another library than ccxt overrides is its own matter."""

    class Own(ccxt.kraken):
        def fetch(self, *given, **named):
            """Fetch in a way of one's own."""

    assert replaced_in(Own, ("fetch",), "ccxt") is None


@each("number", [Decimal("1e59"), Decimal("9" * 60), Decimal("0." + "1" * 59)])
@each("name", ["price", "amount"])
@each("member", ["kraken", "binance", "poloniex"])
def test_a_number_that_ccxt_cannot_round(member, name, number):
    """It is the caller's to mend, not the plugin's."""
    refused(opened(member).create_order(limit_order(**{name: number})))


def test_a_library_that_ccxt_lacks_is_named():
    """In ccxt's own words, and that nothing was sent."""
    venue, symbol = driven("apex")
    gone = mock.patch.dict("sys.modules", {"apexpro": None, "apexpro.zklink_sdk": None})
    with gone, mock.patch.object(base_exchange, signers.APEX_LIBRARY, None, create=True):
        error = refused(venue.create_order(limit_order(symbol=symbol)), hk.PluginError)
    assert "before it sent anything" in str(error)
    assert "zklink_sdk is not installed" in str(error)


@needs("lighter")
def test_what_may_repeat_a_part_of_a_key_is_not_told():
    """Python's own errors quote what they could not read."""
    venue, symbol = driven("lighter")
    with mock.patch.object(venue._exchange, "lighter_sign_create_order", side_effect=ValueError("'canary' is no key")):
        error = refused(venue.create_order(limit_order(symbol=symbol, client_order_id="1234567")), hk.PluginError)
    assert "before it sent anything" in str(error)
    assert "canary" not in str(error)


def test_apex_signs_an_order():
    """What ccxt's asyncio class awaits there is a text: by itself, it fails over each order."""
    venue, symbol = driven("apex")
    sent = []
    with pytest.raises(hk.UnexpectedPayload):
        run(venue.create_order(limit_order(symbol=symbol)), always(200, b"{}"), sent)
    (request,) = sent
    assert b"clientId=a1b2c3" in request.body
    assert b"signature=" in request.body
