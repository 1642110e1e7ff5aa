"""Keys, secrets and passwords given to ccxt are looked for wherever a bot could show them."""

from __future__ import annotations

import base64
import logging
import pickle
import pprint
import traceback
from pathlib import Path

import pytest

import hk_adapter as hk
from tests.ccxt_bridge.by_hand import always, run

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
