"""Keys, secrets and passwords given to ccxt are looked for wherever a bot could show them."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import pprint
import re
import traceback
from pathlib import Path
from urllib.parse import unquote

import pytest

import hk_adapter as hk
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.exchanges_there import needs

KEY = "canary-key-4711"
SECRET = base64.b64encode(b"canary-secret-0815").decode()
PASSWORD = "canary-password-2342"
OWN_FRAMES = str(Path(__file__).parent)
ECHO = f'{{"error": ["EAPI:Invalid key {KEY} {SECRET} {PASSWORD}"]}}'.encode()


@pytest.fixture
def logged(caplog):
    """Everything that anybody logs."""
    caplog.set_level(logging.DEBUG)
    for name in ("ccxt", "ccxt.base.exchange", "urllib3", "asyncio", "hk_adapter"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def shown_by(error):
    """What an error shows: itself, its pickle, and every frame's variables but the tests' own."""
    yield repr(error)
    yield str(error)
    yield repr(pickle.dumps(error))
    link = error
    while link is not None:
        frames = traceback.TracebackException.from_exception(link, capture_locals=True).stack
        yield from (repr(frame.locals) for frame in frames if not frame.filename.startswith(OWN_FRAMES))
        yield repr(link.args)
        link = link.__cause__ or link.__context__


def leaks(texts):
    """Say what of the secrets stands in any text."""
    return [canary for text in texts for canary in (KEY, SECRET, PASSWORD, "canary-secret") if canary in text]


@pytest.mark.parametrize(
    "fault",
    ["cut", "lose", (502, ECHO), (200, ECHO), (401, ECHO), (429, ECHO), (200, b"<html>"), (200, b'{"result": 5}')],
    ids=str,
)
@pytest.mark.parametrize("call", ["CancelOrder", "AddOrder", "QueryOrders", "OpenOrders"])
def test_nothing_shows_a_secret(kraken, logged, fault, call):
    """Neither errors nor reports, logs, reprs or tracebacks do, whatever the venue answers."""
    options = {"base_url": kraken.url, "api_key": KEY, "secret": SECRET, "password": PASSWORD}
    told = []
    with hk.connect("ccxt:kraken", **options, rateLimit=1, timeout=0.4) as venue:
        told += [repr(venue), pprint.pformat(vars(venue)), repr(venue._connection)]
        calls = {
            "CancelOrder": lambda: venue.cancel_order("O1-2-3"),
            "AddOrder": lambda: venue.create_order("ETH/USD", "limit", "buy", "1", "1900", timeout=0.4),
            "QueryOrders": lambda: venue.fetch_order("O1-2-3"),
            "OpenOrders": venue.fetch_open_orders,
        }
        kraken.faults[call] = fault
        try:
            told.append(repr(calls[call]()))
        except hk.AdapterError as error:
            told += [*shown_by(error), repr(error.report)]
    assert not leaks([*told, logged.text])


@pytest.mark.parametrize("answer", [always(401, ECHO), always(502, ECHO), always(200, b'{"code": "0001"}')])
def test_a_signed_url_shows_in_no_error(answer):
    """Ccxt puts the URL into what it raises, and a GET's URL holds its signature."""
    from tests.ccxt_bridge.by_hand import opened  # noqa: PLC0415

    venue, sent = opened("hashkey"), []
    with pytest.raises(hk.AdapterError) as caught:
        run(venue.fetch_order(hk.FetchOrderRequest(order_id="41")), answer, sent)
    signature = sent[0].url.partition("signature=")[2]
    assert signature
    assert not [text for text in shown_by(caught.value) if signature in text]


SIGNED = ["hashkey", "kraken", "binance", "okx", "bitstamp", "gate", "kucoin", "coinbaseexchange", "bitfinex", "htx"]


@each("member", SIGNED)
def test_a_signature_that_the_venue_repeats_shows_in_no_error(member):
    """Some venues answer a refused request with all that was sent: query, body or headers."""
    from hk_adapter.flow.http import Response  # noqa: PLC0415
    from tests.ccxt_bridge.by_hand import opened  # noqa: PLC0415

    def echo(request):
        told = {"query": request.url, "body": (request.body or b"").decode(), **request.headers}
        words = json.dumps({"code": "-1004", "msg": f"bad parameters: {told}", "error": [f"EGeneral:{told}"]})
        return Response(400, {}, words.replace("?", " ").encode())

    venue, sent = opened(member, uid="u", password="a-long-enough-password"), []
    for flow in (
        venue.cancel_order(hk.CancelRequest(order_id="41", symbol="ETH/USD")),
        venue.fetch_open_orders(hk.ListOrdersRequest(symbol="ETH/USD")),
    ):
        with pytest.raises(hk.AdapterError) as caught:
            run(flow, echo, sent)
        texts = [str(caught.value), repr(caught.value)]
        signatures = [text for request in sent for text in _signatures(request)]
        assert signatures
        assert not [text for text in texts for one in signatures if one in text]


def _signatures(request):
    """Whatever in a request looks like one: 32 and more characters of hex or base64."""
    everything = " ".join([request.url, (request.body or b"").decode(), *request.headers.values()])
    found = re.findall(r"[\w+/]{32,}", everything) + re.findall(r"[\w+/]{32,}", unquote(everything))
    return [text for text in found if not text.isdigit() and "/" not in text[:1]]


@needs("lighter")
def test_a_key_among_ccxts_options_shows_in_no_error():
    """Some exchanges' keys have their place there."""
    options = {"accountIndex": 77, "auths": {"77": {"7": {"lighterPrivateKey": KEY}}}, "seeds": PASSWORD}
    venue = opened("lighter", options=options)
    said = json.dumps({"code": "21600", "message": f"never {KEY} {PASSWORD}"}).encode()
    with pytest.raises(hk.AdapterError) as caught:
        run(venue.fetch_balance(hk.AccountRequest()), always(400, said))
    assert "never" in str(caught.value)
    assert leaks(shown_by(caught.value)) == []


def test_a_configuration_that_ccxt_breaks_on_is_not_repeated():
    """The error names what kind of fault it was, never the value."""
    with pytest.raises(hk.ConfigurationError) as caught:
        hk.connect("ccxt:kraken", api_key=KEY, secret=SECRET, urls={"api": PASSWORD})
    assert not leaks(shown_by(caught.value))


def test_an_open_venue_says_only_what_it_is():
    """Also its parts, which a debugger would print."""
    from hk_adapter.hooks import VenueSettings  # noqa: PLC0415
    from hk_adapter.venues.ccxt_bridge.plugin import open_venue  # noqa: PLC0415

    venue = open_venue(VenueSettings(venue_id="ccxt:okx", environment="production", options={"password": PASSWORD}))
    venue.take_key(KEY, SECRET)
    with pytest.raises(TypeError):
        pickle.dumps(venue)
    assert not leaks([repr(venue), pprint.pformat(vars(venue)), repr(venue._exchange)])


def test_pem_text_is_a_secret_of_ccxts():
    """Its lines are left out of errors, which are written in one."""
    line = "canaryCANARYcanaryCANARY"
    pem = f"-----BEGIN EC PRIVATE KEY-----\n{line}\n-----END EC PRIVATE KEY-----\n"
    venue = opened("kraken")
    venue.take_key(KEY, pem)
    echo = json.dumps({"error": [f"EAPI:Invalid key {pem}"]}).encode()
    with pytest.raises(hk.AdapterError) as caught:
        run(venue.fetch_markets(hk.model.SymbolsRequest()), always(200, echo))
    assert line not in str(caught.value)


def test_pem_text_is_no_secret_where_ccxt_does_not_sign():
    """HashKey's own plugin signs by HMAC: what is meant is a private key."""
    pem = "-----BEGIN PRIVATE KEY-----\ncanaryCANARYcanaryCANARY\n-----END PRIVATE KEY-----\n"
    with pytest.raises(hk.ConfigurationError, match="private_key") as caught:
        hk.connect("hashkey", api_key=KEY, secret=pem)
    assert leaks([str(caught.value)]) == []
