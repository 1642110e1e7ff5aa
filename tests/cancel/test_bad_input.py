"""Whatever cannot be right is refused before anything is sent or opened; the message names argument and rule."""

from __future__ import annotations

import math
import socket
from decimal import Decimal

import pytest

import hk_adapter as hk
from tests.cases import each

WRONG = (hk.InvalidArgument, hk.ConfigurationError)
CANCELS = ("cancel_order", "try_cancel")
BY_ID = (*CANCELS, "fetch_order")

IDS = {
    "neither": ({}, "order_id or client_order_id"),
    "empty": ({"order_id": ""}, "order_id is empty"),
    "blank": ({"order_id": "  "}, "order_id is empty"),
    "newline": ({"order_id": "12\n34"}, "order_id must be printable"),
    "nul": ({"order_id": "12\x00"}, "order_id must be printable"),
    "tab": ({"order_id": "1\t2"}, "order_id must be printable"),
    "delete": ({"order_id": "1\x7f"}, "order_id must be printable"),
    "blank-around": ({"order_id": " 1"}, "order_id has blanks"),
    "arabic-digits": ({"order_id": "١٢٣"}, "order_id must be printable ASCII"),
    "zero-width": ({"order_id": "12\u200b"}, "order_id must be printable ASCII"),
    "bool": ({"order_id": True}, "order_id must be a str, not bool"),
    "float": ({"order_id": 1.5e18}, "order_id must be a str, not float"),
    "nan": ({"order_id": math.nan}, "order_id must be a str, not float"),
    "decimal": ({"order_id": Decimal(1)}, "order_id must be a str, not Decimal"),
    "bytes": ({"order_id": b"1"}, "order_id must be a str, not bytes"),
    "list": ({"order_id": ["1"]}, "order_id must be a str, not list"),
    "symbol-first": ({"order_id": "ETH/USD", "symbol": "1"}, "only: .ETH/USD.; the order.s id comes first"),
    "order": ({"order_id": hk.Order(id="1")}, "order_id must be a str, not Order; give the order's id"),
    "own-id": ({"order_id": "mine-1"}, "an id of your own goes by client_order_id="),
    "negative": ({"order_id": -1}, "order_id must not be negative"),
    "negative-text": ({"order_id": "-1"}, "order_id must not be negative"),
    "too-long": ({"order_id": "1" * 21}, "order_id: .* 20 "),
    "too-long-int": ({"order_id": 10**20}, "order_id: .* 20 "),
    "far-too-long-int": ({"order_id": 10**5000}, "order_id"),
    "client-empty": ({"client_order_id": ""}, "client_order_id is empty"),
    "client-blank": ({"client_order_id": " "}, "client_order_id is empty"),
    "client-newline": ({"client_order_id": "a\r\nb"}, "client_order_id must be printable"),
    "client-umlaut": ({"client_order_id": "süß"}, "client_order_id must be printable ASCII"),
    "client-bool": ({"client_order_id": False}, "client_order_id must be a str, not bool"),
    "client-float": ({"client_order_id": 1.0}, "client_order_id must be a str, not float"),
    "client-int": ({"client_order_id": 1}, "client_order_id must be a str, not int"),
    "client-too-long": ({"client_order_id": "a" * 256}, "client_order_id: .* 255 "),
    "client-bad-beside": ({"order_id": "1", "client_order_id": ""}, "client_order_id is empty"),
    "client-twice": ({"client_order_id": "a", "params": {"clientOrderId": "b"}}, "client_order_id .* differ"),
    "client-bad-in-params": ({"params": {"clientOrderId": 5}}, "clientOrderId.* must be a str, not int"),
    "client-empty-in-params": ({"params": {"clientOrderId": ""}}, "clientOrderId.* is empty"),
}
ELSE = {
    "params-unknown": ({"params": {"tirgger": True}}, "params: .*'tirgger'"),
    "params-list": ({"params": [("clientOrderId", "a")]}, "params must be a mapping, not list"),
    "params-text": ({"params": "clientOrderId"}, "params must be a mapping, not str"),
    "params-keys": ({"params": {5: "a"}}, "params: keys must be str"),
    "symbol-not-unified": ({"symbol": "ETHUSD"}, "symbol must be a unified"),
    "symbol-lower-case": ({"symbol": "eth/usd"}, "symbol must be a unified"),
    "symbol-dash": ({"symbol": "ETH-USD"}, "symbol must be a unified"),
    "symbol-swap": ({"symbol": "ETH/USD:USD"}, "symbol must be a unified"),
    "symbol-halves": ({"symbol": "/"}, "symbol must be a unified"),
    "symbol-empty": ({"symbol": ""}, "symbol is empty"),
    "symbol-newline": ({"symbol": "ETH/USD\n"}, "symbol must be printable"),
    "symbol-int": ({"symbol": 5}, "symbol must be a str, not int"),
}
TIMES = {
    "zero": 0,
    "negative": -1,
    "nan": math.nan,
    "inf": math.inf,
    "minus-inf": -math.inf,
    "bool": True,
    "text": "5",
    "decimal": Decimal(5),
    "huge": 10**400,
    "list": [5],
}


async def refused(desk, calls, match, /, *args, **kwargs):
    """See each of some calls refused with a clear error, and nothing sent."""
    for call in calls:
        with pytest.raises(WRONG, match=match) as caught:
            await desk.call(call, *args, **kwargs)
        assert caught.value.request_state is hk.RequestState.NOT_SENT
        assert desk.simulator.requests == []


@each("name", IDS)
async def test_an_id_that_no_order_can_have_is_refused(desk, name):
    """An id that no order can have is refused, ``try_cancel`` included."""
    given, match = IDS[name]
    await refused(desk, BY_ID, match, **given)


@pytest.mark.parametrize("call", BY_ID)
async def test_an_over_long_client_id_beside_an_order_id(open_desk, call):
    """An id that is only compared with the answer is checked before sending all the same."""
    desk = await open_desk(timeout=0.2)
    await refused(desk, [call], "client_order_id: .* 255 ", "1", client_order_id="a" * 256)


@each("name", ELSE)
async def test_symbol_and_params(desk, name):
    """A symbol that is not unified, and params that nobody knows, are refused."""
    given, match = ELSE[name]
    await refused(desk, BY_ID, match, "1234567890", **given)


@each("wait", ["", "FINAL", "done", None, True, 1, ["final"]])
async def test_only_final_and_ack_can_be_waited_for(desk, wait):
    """Only ``final`` and ``ack`` can be waited for."""
    await refused(desk, CANCELS, "wait must be 'final' or 'ack'", "1", wait=wait)


@each("name", TIMES)
async def test_a_timeout_is_a_finite_number_above_zero(desk, name):
    """A timeout is a finite number of seconds above 0."""
    await refused(desk, CANCELS, "timeout must be a (finite )?number of seconds", "1", timeout=TIMES[name])


async def test_the_error_is_a_value_error_too(desk):
    """Code that knows nothing of this package catches a wrong argument as ValueError."""
    with pytest.raises(ValueError, match="order_id"):
        await desk.cancel("")


CREATE = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
MARKET = CREATE | {"type": "market", "price": None}
ORDERS = {
    "float-amount": (CREATE | {"amount": 1.0}, "amount: a float is not exact.*'1.0'"),
    "float-price": (CREATE | {"price": 1900.1}, "price: a float is not exact.*'1900.1'"),
    "float-cost": (MARKET | {"amount": None, "cost": 5.5}, "cost: a float is not exact"),
    "nan": (CREATE | {"amount": Decimal("NaN")}, "amount must be finite"),
    "nan-text": (CREATE | {"price": "NaN"}, "price must be finite"),
    "infinity": (CREATE | {"price": "Infinity"}, "price must be finite"),
    "zero": (CREATE | {"amount": 0}, "amount must be above 0"),
    "zero-text": (CREATE | {"price": "0.00"}, "price must be above 0"),
    "negative": (CREATE | {"amount": "-1"}, "amount must be above 0"),
    "negative-price": (CREATE | {"price": Decimal(-1)}, "price must be above 0"),
    "amount-bool": (CREATE | {"amount": True}, "amount must be a Decimal, int or str, not bool"),
    "amount-words": (CREATE | {"amount": "one"}, "amount is not a number"),
    "amount-empty": (CREATE | {"amount": ""}, "amount is not a number"),
    "amount-blank": (CREATE | {"amount": " 1"}, "amount is not a number"),
    "amount-underscore": (CREATE | {"amount": "1_000"}, "amount is not a number"),
    "amount-huge": (CREATE | {"amount": "1e99"}, "amount must be finite and of at most 60 digits"),
    "limit-without-price": (CREATE | {"price": None}, "limit order needs an amount and a price"),
    "limit-without-amount": (CREATE | {"amount": None}, "limit order needs an amount and a price"),
    "limit-with-cost": (CREATE | {"cost": "5"}, "cost is for market orders"),
    "market-with-price": (MARKET | {"price": "1900"}, "market order takes no price"),
    "market-post-only": (MARKET | {"post_only": True}, "post_only"),
    "market-amount-and-cost": (MARKET | {"cost": "5"}, "either an amount .* or a cost"),
    "market-neither": (MARKET | {"amount": None}, "either an amount .* or a cost"),
    "unknown-type": (CREATE | {"type": "stop"}, "type must be one of limit, market"),
    "side-for-type": (CREATE | {"type": "buy", "side": "limit"}, "not 'buy'; the type comes before the side"),
    "no-type": (CREATE | {"type": None}, "type must be one of limit, market"),
    "unknown-side": (CREATE | {"side": "hold"}, "side must be one of buy, sell"),
    "side-int": (CREATE | {"side": 1}, "side must be one of buy, sell"),
    "unknown-time-in-force": (CREATE | {"time_in_force": "GTX"}, "time_in_force must be one of GTC, IOC, FOK"),
    "post-only-text": (CREATE | {"post_only": "yes"}, "post_only must be True or False"),
    "post-only-none": (CREATE | {"post_only": None}, "post_only must be True or False"),
    "post-only-int": (CREATE | {"post_only": 1}, "post_only must be True or False"),
    "no-symbol": (CREATE | {"symbol": None}, "symbol is needed"),
    "symbol-not-unified": (CREATE | {"symbol": "ETHUSD"}, "symbol must be a unified"),
    "symbol-lower-case": (CREATE | {"symbol": "eth/usd"}, "symbol must be a unified"),
    "client-id-too-long": (CREATE | {"client_order_id": "a" * 256}, "client_order_id: .* 255 "),
    "client-id-empty": (CREATE | {"client_order_id": ""}, "client_order_id is empty"),
    "client-id-umlaut": (CREATE | {"client_order_id": "ü"}, "client_order_id must be printable ASCII"),
    "client-id-int": (CREATE | {"client_order_id": 5}, "client_order_id must be a str, not int"),
    "unknown-params": (CREATE | {"params": {"stopPrice": 5}}, "params: .*'stopPrice'"),
    "params-text": (CREATE | {"params": "x"}, "params must be a mapping"),
    "timeout-zero": (CREATE | {"timeout": 0}, "timeout must be a finite number"),
    "timeout-text": (CREATE | {"timeout": "1"}, "timeout must be a number of seconds"),
}


@each("name", ORDERS)
async def test_terms_that_contradict_each_other_are_refused(desk, name):
    """Terms that contradict each other, or cannot be exact, never become an order."""
    given, match = ORDERS[name]
    await refused(desk, ["create_order"], match, **given)
    assert desk.simulator.orders() == []


KEYS = {"api_key": "some-key", "secret": "some-secret"}
CONNECT = {
    "unknown-venue": ({"venue_id": "hashky"}, "hashky.*hashkey"),
    "venue-empty": ({"venue_id": ""}, "venue_id"),
    "venue-none": ({"venue_id": None}, "venue_id"),
    "venue-upper-case": ({"venue_id": "HashKey"}, "venue_id"),
    "venue-path": ({"venue_id": "../hashkey"}, "venue_id"),
    "venue-member": ({"venue_id": "hashkey:spot"}, "hashkey:spot"),
    "unknown-site": ({"site": "moon"}, "site 'moon'.*hk, global, mena"),
    "site-list": ({"site": ["hk"]}, "site"),
    "unknown-environment": (
        {"environment": "testnet"},
        "environment must be one of production.* not 'testnet'",
    ),
    "environment-none": ({"environment": None}, "environment"),
    "environment-list": ({"environment": ["production"]}, "environment"),
    "unknown-setting": ({"passphrase": "x"}, "'passphrase'"),
    "recv-window-large": ({"recv_window": 8001}, "recv_window must be .* 8000"),
    "recv-window-zero": ({"recv_window": 0}, "recv_window"),
    "recv-window-bool": ({"recv_window": True}, "recv_window"),
    "recv-window-text": ({"recv_window": "5000"}, "recv_window"),
    "unknown-budget": ({"budget": "lots"}, "budget must be None, 'unlimited' or the URL of a Redis"),
    "budget-list": ({"budget": ["unlimited"]}, "budget must be None, 'unlimited' or the URL of a Redis"),
    "budget-number": ({"budget": 5}, "budget must be None, 'unlimited' or the URL of a Redis"),
    "timeout-zero": ({"timeout": 0}, "timeout must be a finite number"),
    "timeout-bool": ({"timeout": True}, "timeout must be a number"),
    "timeout-nan": ({"timeout": math.nan}, "timeout must be a finite number"),
    "key-only": ({"api_key": "k"}, "secret is missing"),
    "secret-only": ({"secret": "s"}, "api_key is missing"),
    "key-empty": ({"api_key": "", "secret": "s"}, "api_key is empty"),
    "secret-empty": ({"api_key": "k", "secret": ""}, "secret is empty"),
    "key-blank": ({"api_key": " ", "secret": "s"}, "api_key is blank"),
    "key-not-ascii": ({"api_key": "schlüssel", "secret": "s"}, "api_key has characters beyond ASCII"),
    "secret-not-ascii": ({"api_key": "k", "secret": "gehëim"}, "secret has characters beyond ASCII"),
    "key-newline": ({"api_key": "k\nX-Evil: 1", "secret": "s"}, "api_key has control characters"),
    "key-bytes": ({"api_key": b"k", "secret": "s"}, "api_key is a bytes"),
    "private-key": ({"private_key": "-----BEGIN"}, "private_key"),
    "http-host": ({"base_url": "http://api-pro.hashkey.com"}, "plain http is only for loopback"),
    "http-name-like-loopback": ({"base_url": "http://127.0.0.1.example.com"}, "plain http is only for loopback"),
    "http-localhost-elsewhere": ({"base_url": "http://localhost.example.com"}, "plain http is only for loopback"),
    "http-any-address": ({"base_url": "http://0.0.0.0:8080"}, "plain http is only for loopback"),
    "userinfo": ({"base_url": "https://user:pw@api.example.com"}, "scheme, host and port, and nothing more"),
    "userinfo-trick": ({"base_url": "http://127.0.0.1@api.example.com"}, "nothing more|loopback"),
    "path": ({"base_url": "https://api.example.com/v1"}, "scheme, host and port, and nothing more"),
    "query": ({"base_url": "https://api.example.com?a=1"}, "scheme, host and port, and nothing more"),
    "fragment": ({"base_url": "https://api.example.com#a"}, "scheme, host and port, and nothing more"),
    "no-scheme": ({"base_url": "api.example.com"}, "base_url must look like"),
    "ftp": ({"base_url": "ftp://api.example.com"}, "base_url must look like"),
    "url-empty": ({"base_url": ""}, "base_url must look like"),
    "url-newline": ({"base_url": "https://api.example.com\n"}, "base_url"),
    "url-port": ({"base_url": "https://api.example.com:99999"}, "base_url"),
    "url-int": ({"base_url": 5}, "base_url"),
    "url-brackets": ({"base_url": "https://[::1"}, "base_url"),
    "proxy-socks": ({"proxy": "socks5://127.0.0.1:1080"}, "proxy must be a URL"),
    "proxy-words": ({"proxy": "nonsense"}, "proxy must be a URL"),
    "proxy-no-host": ({"proxy": "http://"}, "proxy must be a URL"),
    "proxy-brackets": ({"proxy": "http://[::1"}, "proxy"),
    "proxy-port": ({"proxy": "http://127.0.0.1:99999"}, "proxy"),
    "proxy-int": ({"proxy": 8080}, "proxy"),
    "proxy-empty": ({"proxy": ""}, "proxy"),
    "unknown-plugin": ({"plugins": ["no-such-wrapper"]}, "no-such-wrapper"),
    "plugins-text": ({"plugins": "journal"}, "plugins"),
    "plugins-none": ({"plugins": None}, "plugins"),
    "plugin-none": ({"plugins": [None]}, "plugin"),
    "unknown-profile": ({"profile": "no-such-profile"}, "no-such-profile|config file"),
    "profile-empty": ({"profile": " "}, "profile"),
}


@pytest.fixture
def no_sockets(monkeypatch, tmp_path):
    """Let any attempt to open a socket or to read somebody's settings fail."""
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(tmp_path / "none.toml"))

    def refuse(*_args, **_kwargs):
        raise AssertionError("something opened a socket")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@each("name", CONNECT)
async def test_a_connection_that_cannot_work_is_not_opened(open_desk, no_sockets, name):
    """A connection that cannot work is not opened, in the simulator no more than in production."""
    wrong, match = CONNECT[name]
    for environment in ("production", "simulator"):
        given = {"environment": environment, "venue_id": "hashkey"} | wrong
        with pytest.raises(WRONG, match=match) as caught:
            await open_desk(given.pop("venue_id"), **given)
        assert caught.value.request_state is hk.RequestState.NOT_SENT


@pytest.mark.parametrize("name", ["userinfo", "key-newline", "key-not-ascii", "secret-not-ascii"])
async def test_a_refused_secret_is_not_repeated(open_desk, no_sockets, name):
    """The message names what is wrong with a key, and never the key."""
    given = {**KEYS, **CONNECT[name][0]}
    given = {key: f"canary-{value}" if len(value) == 1 else value for key, value in given.items()}
    with pytest.raises(WRONG) as caught:
        await open_desk(environment="production", **given)
    assert not [value for value in (*given.values(), "user:pw") if value in str(caught.value)]


@pytest.mark.parametrize("call", BY_ID)
async def test_private_calls_need_keys(open_desk, no_sockets, call):
    """Without keys a private call says what is missing, and opens nothing."""
    desk = await open_desk(environment="production")
    with pytest.raises(hk.ConfigurationError, match="needs an API key") as caught:
        await desk.call(call, "1")
    assert (caught.value.venue, caught.value.operation) == ("hashkey", call.replace("try_cancel", "cancel_order"))
