"""A batch is JSON in the body; time and signature stand in the query, and what is signed can be chosen."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.settings import HmacCredentials
from hk_adapter.venues.hashkey.signing import SignedOfJson, build_request

# Key material as the documentation publishes it for its examples.
KEY = "tAQfOrPIZAhym0qHISRt8EFvxPemdBm5j5WMlkm3Ke9aFp0EGWC2CGM8GHV4kCYW"
SECRET = "lH3ELTNiFxCQTmi9pPcWWikhsjO04Yoqw3euoHUuOLC3GYBW64ZqzQsiOEHXQS76"
PATH = "/api/v1.1/spot/batchOrders"
TIME = 1707492562526
ORDERS = [
    {"symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "price": "1900.10", "quantity": "0.5"},
    {"symbol": "ETHUSD", "side": "SELL", "type": "LIMIT", "price": "2100", "quantity": "1", "newClientOrderId": "ü"},
]


def batch(values: Any, params: dict[str, str] | None = None, **options: Any) -> HttpRequest:
    """Build a signed call with a JSON body."""
    call = HttpCall("POST", PATH, params=params or {}, json=values, signed=True)
    arguments: dict[str, Any] = {"origin": "https://h.example", "key_header": "X-HK-APIKEY", "recv_window": None}
    return build_request(call, HmacCredentials(KEY, SECRET), TIME, **arguments | options)


def signed_by(text: bytes) -> str:
    """Sign as the documentation says, without our code."""
    return hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()


def test_time_and_signature_stand_in_the_query_and_the_orders_in_the_body() -> None:
    """As in the documentation's sample; the signature over the query alone is the derived vector."""
    request = batch(ORDERS)
    assert request.url == (
        f"https://h.example{PATH}?timestamp={TIME}"
        "&signature=a0df35f72dc71292f80a4146a589b7a3cb04bc6d6e873e9da9e18675675b26a7"
    )
    assert request.body is not None
    assert json.loads(request.body) == ORDERS
    assert dict(request.headers) == {"X-HK-APIKEY": KEY, "Content-Type": "application/json"}


def test_recv_window_and_parameters_stand_in_the_query_too() -> None:
    """Nothing but the orders is in the body."""
    query = urlsplit(batch(ORDERS, {"a": "b"}, recv_window=5000).url).query
    assert [name for name, _ in parse_qsl(query)] == ["a", "recvWindow", "timestamp", "signature"]


@pytest.mark.parametrize(("signed", "with_body"), [("query", False), ("query_and_body", True)])
def test_what_is_signed_can_be_chosen(signed: SignedOfJson, with_body: bool) -> None:
    """The query alone, or query and body joined by nothing, byte for byte as they are sent."""
    request = batch(ORDERS, batch_signature=signed)
    text, _, signature = urlsplit(request.url).query.rpartition("&signature=")
    assert request.body is not None
    assert signature == signed_by(text.encode() + (request.body if with_body else b""))


@pytest.mark.parametrize("signed", ["query", "query_and_body"])
def test_the_choice_changes_no_other_call(signed: SignedOfJson) -> None:
    """A form body is signed whole, whatever is chosen for JSON."""
    call = HttpCall("POST", "/api/v1.1/spot/order", params={"symbol": "ETHUSD"}, signed=True)
    request = build_request(
        call,
        HmacCredentials(KEY, SECRET),
        TIME,
        origin="https://h.example",
        key_header="X-HK-APIKEY",
        recv_window=None,
        batch_signature=signed,
    )
    text, _, signature = (request.body or b"").rpartition(b"&signature=")
    assert signature.decode() == signed_by(text)


def test_the_body_is_plain_ascii_and_keeps_numbers_as_text() -> None:
    """Amounts are text of their own, so that no reader takes them for floats; other letters are escaped."""
    body = batch(ORDERS).body
    assert body is not None
    assert body.isascii()
    assert b'"price":"1900.10"' in body
    assert b" " not in body


@pytest.mark.parametrize("values", [float("nan"), [{"price": float("inf")}]])
def test_what_json_does_not_have_is_not_sent(values: Any) -> None:
    """NaN and infinity are no JSON."""
    with pytest.raises(ValueError, match="JSON"):
        batch(values)


@pytest.mark.parametrize("values", [(), [], {}])
def test_an_empty_body_is_a_body(values: Any) -> None:
    """Only None sends none."""
    assert batch(values).body == json.dumps(values).encode()


def test_a_tuple_is_an_array() -> None:
    """Calls hold tuples, which cannot be changed."""
    assert batch(tuple(ORDERS)).body == batch(ORDERS).body


def test_a_call_without_signature_may_have_a_body() -> None:
    """Then there is neither key nor time."""
    call = HttpCall("POST", "/public", params={"a": "b"}, json=["c"])
    request = build_request(call, None, TIME, origin="https://h.example", key_header="X", recv_window=None)
    assert (request.url, request.body) == ("https://h.example/public?a=b", b'["c"]')
    assert dict(request.headers) == {"Content-Type": "application/json"}
