"""A cancel goes past nothing that stands between a bot's session and its connections."""

from __future__ import annotations

import base64
import functools
import http.client
from unittest import mock

import ccxt
import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from tests.ccxt_facade.lines import REFUSED, urls

ON_THE_WAY = [
    *[(requests.Session, name) for name in ("request", "prepare_request", "merge_environment_settings")],
    *[(requests.Session, name) for name in ("get_adapter", "send")],
    *[(HTTPAdapter, name) for name in ("send", "get_connection_with_tls_context", "cert_verify")],
    (HTTPAdapter, "build_connection_pool_key_attributes"),
    (urllib3.HTTPConnectionPool, "urlopen"),
    (urllib3.connection.HTTPConnection, "request"),
    *[(http.client.HTTPConnection, name) for name in ("putrequest", "endheaders", "send", "getresponse")],
]
ON_THE_WAY = [(kind, name) for kind, name in ON_THE_WAY if hasattr(kind, name)]  # older releases have not all of them


@pytest.fixture
def config(served):
    """What an instance is given."""
    urls = {"api": {"public": served.url, "private": served.url}}
    return {"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "enableRateLimit": False, "urls": urls}


@pytest.fixture
def exchange(config):
    """An instance of the blocking class with a session as ccxt makes it."""
    one = ccxt.hkadapter(config | {"timeout": 4000})
    yield one
    one.session.close()


@pytest.fixture
def cancel(exchange, served):
    """Place an order and cancel it, twice; give what the venue was sent for the cancels."""

    def run():
        placed = [exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)["id"] for _ in range(2)]
        served.control.requests.clear()
        for order_id in placed:
            assert exchange.cancel_order(order_id)["status"] == "canceled"
        return list(served.control.requests)

    return run


@pytest.mark.parametrize(("kind", "name"), ON_THE_WAY, ids=lambda value: getattr(value, "__name__", value))
def test_a_tracer_sees_each_request(cancel, kind, name):
    """One that wraps a function of requests', as tracers do, sees a cancel's requests as those of ccxt itself."""
    own, seen = getattr(kind, name), []

    @functools.wraps(own)
    def traced(*given, **named):
        seen.append(name)
        return own(*given, **named)

    cancel()  # the markets are known from here on
    with mock.patch.object(kind, name, traced):
        sent = cancel()
    assert len(seen) >= len(sent) + 2  # two creates


def test_a_function_of_the_bots_in_its_session(cancel, exchange):
    """What the bot put into the object itself sees the requests too."""
    cancel()
    own, seen = exchange.session.send, []
    exchange.session.send = lambda request, **named: seen.append(request.method) or own(request, **named)
    assert len(cancel()) + 2 == len(seen)


def test_an_adapter_of_the_bots_own(cancel, exchange):
    """An adapter that the bot mounted sends the requests."""
    cancel()
    seen = []

    class Own(HTTPAdapter):
        def send(self, request, *given, **named):
            seen.append(request.method)
            return super().send(request, *given, **named)

    exchange.session.mount("http://", Own())
    assert len(cancel()) + 2 == len(seen)


def test_what_the_bot_set_in_its_session(config, serve_lines):
    """Its password for a gateway, its parameter and its hook go with a cancel."""
    server = serve_lines(lambda number: REFUSED)
    exchange = ccxt.hkadapter(config | {"urls": urls(server.url)})
    exchange.session.auth = ("desk", "word")
    exchange.session.params = {"desk": "7"}
    exchange.session.hooks["response"].append(seen := mock.Mock(return_value=None))
    with pytest.raises(ccxt.AuthenticationError):
        exchange.cancel_order("7")
    assert "Authorization: Basic " + base64.b64encode(b"desk:word").decode() in server.headers
    assert "&desk=7 " in server.lines[0]
    assert seen.call_count == len(server.lines)


@pytest.mark.parametrize("where", ["session", "instance"])
def test_a_proxy_that_the_bot_set_as_requests_has_it(config, serve_lines, where):
    """It carries the cancel, whether the session has it or the instance, as the environment's does."""
    proxy = serve_lines(lambda number: REFUSED)
    exchange = ccxt.hkadapter(config | {"urls": urls("http://127.0.0.1:9")})
    (exchange.session if where == "session" else exchange).proxies = {"http": proxy.url}
    with pytest.raises(ccxt.AuthenticationError):
        exchange.cancel_order("7")
    assert proxy.lines[0].startswith("DELETE http://127.0.0.1:9/api/v1/spot/order?orderId=7&")


def test_a_proxy_of_the_environment(config, serve_lines, monkeypatch):
    """It carries the cancel where the bot trusts the environment, as ccxt's own calls."""
    proxy = serve_lines(lambda number: REFUSED)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    exchange = ccxt.hkadapter(config | {"urls": urls("http://127.0.0.1:9"), "requests_trust_env": True})
    with pytest.raises(ccxt.AuthenticationError):
        exchange.cancel_order("7")
    assert proxy.lines[0].startswith("DELETE http://127.0.0.1:9/api/v1/spot/order?orderId=7&")


def test_a_header_that_cannot_be_sent(config, served):
    """It is told before anything leaves, as a failure after which no order is in doubt."""
    exchange = ccxt.hkadapter(config | {"timeout": 600, "headers": {"X-Desk": "one\r\nX-Other: two"}})
    with pytest.raises(ccxt.NetworkError) as told:
        exchange.cancel_order("7")
    assert not isinstance(told.value, ccxt.RequestTimeout)
    assert served.control.requests == []


def test_a_header_without_a_value_is_none(config, serve_lines):
    """Requests leaves such a header out, and so does a cancel."""
    server = serve_lines(lambda number: REFUSED)
    exchange = ccxt.hkadapter(config | {"urls": urls(server.url), "headers": {"X-Desk": None}})
    with pytest.raises(ccxt.AuthenticationError):
        exchange.cancel_order("7")
    assert server.headers
    assert not [header for header in server.headers if header.lower().startswith("x-desk")]


def test_the_session_keeps_its_connection(cancel, exchange, serve_lines):
    """Cancels and ccxt's own calls share one connection of the bot's session."""
    server = serve_lines(lambda number: REFUSED)
    exchange.urls["api"] = urls(server.url)["api"]
    for call in (exchange.fetch_balance, lambda: exchange.cancel_order("7"), exchange.fetch_balance):
        with pytest.raises(ccxt.AuthenticationError):
            call()
    assert (server.connections, len(server.lines)) == (1, 3)
