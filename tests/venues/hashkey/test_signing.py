"""What is signed is what is sent, and both are what the documentation's own examples say."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.hooks import VenueSettings
from hk_adapter.settings import HmacCredentials
from hk_adapter.venues.hashkey.plugin import HashKeyVenue, open_venue
from hk_adapter.venues.hashkey.signing import encode, total_params
from tests.cases import each

# Key material as the documentation publishes it for its examples.
KEY = "tAQfOrPIZAhym0qHISRt8EFvxPemdBm5j5WMlkm3Ke9aFp0EGWC2CGM8GHV4kCYW"
SECRET = "lH3ELTNiFxCQTmi9pPcWWikhsjO04Yoqw3euoHUuOLC3GYBW64ZqzQsiOEHXQS76"
ORDER_ID = "1563291927536863744"
TIME = 1701094949000
SITES = {"hk": "X-HK-APIKEY", "global": "X-HK-APIKEY", "mena": "X-APIKEY"}
DOCUMENTED_ORDER = {
    "symbol": "ETHBTC",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "0.1",
}
METHODS = ["GET", "DELETE", "POST"]


def credentials() -> HmacCredentials:
    """Give the key of the documentation's examples."""
    return HmacCredentials(KEY, SECRET)


def venue(site: str = "hk", **options: object) -> HashKeyVenue:
    """Open a site with the documentation's hosts."""
    return open_venue(VenueSettings(venue_id="hashkey", environment="sandbox", site=site, options=options))


def signed(method: str, params: Mapping[str, str], timestamp: int = TIME, **options: object) -> HttpRequest:
    """Sign one private call for Hong Kong."""
    call = HttpCall(method=method, path="/api/v1/spot/order", params=params, signed=True)
    return venue(**options).sign(call, credentials(), timestamp)


def sent_text(request: HttpRequest) -> str:
    """Give the parameters exactly as they go over the wire, wherever they are."""
    query = urlsplit(request.url).query
    return query + (request.body or b"").decode("ascii")


def hmac_hex(text: str) -> str:
    """Sign a text as the documentation says, without our code."""
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize("method", METHODS)
def test_the_official_example_is_reproduced(method: str) -> None:
    """Vectors 1 and 2: all parameters in the query, or all in the body, give the published signature."""
    request = signed(method, DOCUMENTED_ORDER, 1538323200000, recv_window=5000)
    assert sent_text(request) == (
        "symbol=ETHBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1538323200000"
        "&signature=5f2750ad7589d1d40757a55342e621a44037dad23b5128cc70e18ec1d1c3f4c6"
    )


def test_the_official_concatenation_is_reproduced() -> None:
    """Vector 3: query and body joined without a sign between them give the published signature."""
    query = "symbol=ETHBTC&side=BUY&type=LIMIT&timeInForce=GTC"
    body = "quantity=1&price=0.1&recvWindow=5000&timestamp=1538323200000"
    expected = "885c9e3dd89ccd13408b25e6d54c2330703759d7494bea6dd5a3d1fd16ba3afa"
    assert credentials().hmac_sha256(f"{query}{body}".encode()) == expected


@each(
    ("params", "timestamp", "options", "text", "signature"),
    [
        (
            {"orderId": ORDER_ID},
            TIME,
            {},
            f"orderId={ORDER_ID}&timestamp={TIME}",
            "85e80827637571c5702ab7e3d28edc7ff970b315e054c81dd70d1faf7c0db841",
        ),
        (
            {"orderId": ORDER_ID},
            TIME,
            {"recv_window": 5000},
            f"orderId={ORDER_ID}&recvWindow=5000&timestamp={TIME}",
            "c4484e2e2748fd0f917ecf91326b598a7f4a657b9ccc476bf8855b2f5157122b",
        ),
        (
            {"clientOrderId": "99999888912"},
            TIME,
            {},
            f"clientOrderId=99999888912&timestamp={TIME}",
            "dfb74f08cda42876590099634311178a66d6d7f6f1d6ecd0505a9b1b7656f441",
        ),
        (
            {"symbol": "BTCUSDT"},
            1714311403031,
            {},
            "symbol=BTCUSDT&timestamp=1714311403031",
            "f6b3ea671a5911f8681cc680a785d0dcc53628c840e7269e78fae7f8fe8f4967",
        ),
        (
            {"ids": "1507155386372816640,1507155487740667904"},
            1714311403031,
            {},
            "ids=1507155386372816640,1507155487740667904&timestamp=1714311403031",
            "b6dc78bf7e1448faed05a031cf62865968cd24d6f83c97513b9416a2668336cf",
        ),
        (
            {},
            1707492562526,
            {},
            "timestamp=1707492562526",
            "a0df35f72dc71292f80a4146a589b7a3cb04bc6d6e873e9da9e18675675b26a7",
        ),
    ],
)
@each("method", METHODS)
def test_the_derived_vectors_are_reproduced(
    method: str, params: dict[str, str], timestamp: int, options: dict[str, int], text: str, signature: str
) -> None:
    """Each vector gives its text, byte for byte, and its signature; the comma of ids stays a comma."""
    assert sent_text(signed(method, params, timestamp, **options)) == f"{text}&signature={signature}"


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (f"timestamp={TIME}&orderId={ORDER_ID}", "b5a181ff9c0597e81f5b85d39a626c4eb5561278379a6d79d276c2ff0d9e5b6a"),
        (
            "ids=1507155386372816640%2C1507155487740667904&timestamp=1714311403031",
            "b40e6fcddd78da82a9d10caa5c7aec4812fffc8f761721adceb45ad2a811d02f",
        ),
    ],
)
def test_another_order_or_encoding_is_another_signature(text: str, signature: str) -> None:
    """The credentials sign the text they are given: timestamp first, or an encoded comma, signs differently."""
    assert credentials().hmac_sha256(text.encode()) == signature


words = st.text(min_size=1, max_size=20)


@pytest.mark.parametrize("method", METHODS)
@given(params=st.dictionaries(words, words, max_size=4))
def test_what_is_signed_is_what_is_sent(method: str, params: dict[str, str]) -> None:
    """For any parameters the signature fits the sent bytes before it, and the venue decodes what was meant."""
    params = {name: value for name, value in params.items() if name not in {"timestamp", "signature"}}
    text, _, signature = sent_text(signed(method, params)).rpartition("&signature=")
    assert signature == hmac_hex(text)
    assert parse_qsl(text, keep_blank_values=True) == [*params.items(), ("timestamp", str(TIME))]


@pytest.mark.parametrize("method", METHODS)
def test_the_signature_is_last_and_parameters_are_in_one_place(method: str) -> None:
    """Parameters are never split between query and body: the venue would then read only the query."""
    request = signed(method, {"orderId": ORDER_ID})
    assert [name for name, _ in parse_qsl(sent_text(request))] == ["orderId", "timestamp", "signature"]
    in_query = method != "POST"
    assert bool(urlsplit(request.url).query) is in_query
    assert (request.body is None) is in_query


def test_a_form_body_says_that_it_is_one() -> None:
    """A POST carries the form's content type; GET and DELETE, which have no body, carry none."""
    assert signed("POST", {}).headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Content-Type" not in signed("GET", {}).headers
    assert "Content-Type" not in signed("DELETE", {}).headers


@each(
    "client_order_id",
    ["a b", "a+b", "a&b=c", "a%2Cb", "a?b#c", "a/b\\c", 'a"b', "a=1&signature=00", "~._-", "a,b", "a;b", "%"],
)
def test_awkward_client_ids_arrive_as_they_are(client_order_id: str) -> None:
    """A sign with a meaning in a URL is percent-encoded, a space never as +, and adds no parameter."""
    request = signed("DELETE", {"clientOrderId": client_order_id})
    query = urlsplit(request.url).query
    assert dict(parse_qsl(query))["clientOrderId"] == client_order_id
    assert len(parse_qsl(query)) == 3
    assert "+" not in query
    assert " " not in request.url


def test_letters_digits_and_four_signs_stay() -> None:
    """Values of ordinary ids and numbers read the same encoded and decoded, so nobody can disagree about them."""
    plain = "ABCxyz0189._-~"
    assert encode({"clientOrderId": plain}) == f"clientOrderId={plain}"


@pytest.mark.parametrize("timestamp", [1_000_000_000_000, 9_999_999_999_999])
def test_a_timestamp_of_13_digits_is_signed(timestamp: int) -> None:
    """The shortest and the longest timestamp that the venue takes are sent as they are."""
    assert sent_text(signed("GET", {}, timestamp)).startswith(f"timestamp={timestamp}&")


@each("timestamp", [0, -1, 1_701_094_949, 999_999_999_999, 10_000_000_000_000, -1_701_094_949_000])
def test_any_other_timestamp_is_refused(timestamp: int) -> None:
    """Seconds, microseconds and clocks that are not set are refused here: the venue refuses them since April 2026."""
    with pytest.raises(ConfigurationError, match="13 digits"):
        signed("DELETE", {"orderId": ORDER_ID}, timestamp)


@pytest.mark.parametrize("method", METHODS)
def test_recv_window_is_sent_only_when_set(method: str) -> None:
    """Without the setting the venue's default holds, and the parameter is not sent."""
    assert "recvWindow" not in sent_text(signed(method, {}))
    assert f"recvWindow=8000&timestamp={TIME}&" in sent_text(signed(method, {}, recv_window=8000))


@pytest.mark.parametrize("window", [1, 5000, 8000])
def test_a_recv_window_in_bounds_is_the_requests_lifetime(window: int) -> None:
    """What the venue is told is also what the core reckons with; 5000 ms is the documented default."""
    assert venue(recv_window=window).request_lifetime == window
    assert venue().request_lifetime == 5000


@each("window", [0, -1, 8001, 10000, 60000, "5000", 5000.0, True, float("nan")])
def test_a_recv_window_out_of_bounds_is_refused(window: object) -> None:
    """Above 8000 ms the venue refuses every request since April 2026; other kinds are refused too."""
    with pytest.raises(ConfigurationError, match="recv_window"):
        venue(recv_window=window)


@each(("site", "header"), SITES.items())
@each("method", METHODS)
def test_the_key_goes_in_the_sites_header(site: str, header: str, method: str) -> None:
    """Each site has its own name for the key header; no other header carries the key."""
    call = HttpCall(method=method, path="/api/v1/spot/order", signed=True)
    headers = venue(site).sign(call, credentials(), TIME).headers
    assert [name for name, value in headers.items() if value == KEY] == [header]
    assert set(headers) - {"Content-Type"} == {header}


@pytest.mark.parametrize("method", METHODS)
def test_a_public_call_carries_no_key(method: str) -> None:
    """A call that is not signed shows neither key nor timestamp nor signature, even where a key is at hand."""
    call = HttpCall(method=method, path="/api/v1/time", params={"symbol": "ETHUSD"})
    request = venue().sign(call, credentials(), TIME)
    assert sent_text(request) == "symbol=ETHUSD"
    assert KEY not in str(dict(request.headers))


def test_a_public_call_without_parameters_has_a_bare_url() -> None:
    """No question mark hangs at the end."""
    request = venue().sign(HttpCall(method="GET", path="/api/v1/time"), None, TIME)
    assert request.url == "https://api-pro.sim.hashkeydev.com/api/v1/time"


def test_a_private_call_needs_a_key() -> None:
    """Without credentials nothing is built that could be sent unsigned."""
    with pytest.raises(ConfigurationError, match="API key"):
        venue().sign(HttpCall(method="DELETE", path="/api/v1/spot/order", signed=True), None, TIME)


def test_the_secret_is_nowhere_in_the_request() -> None:
    """The secret signs and is not sent; printing the request shows neither key nor signature."""
    request = signed("POST", DOCUMENTED_ORDER)
    assert SECRET not in request.url + str(dict(request.headers)) + sent_text(request)
    assert KEY not in repr(request)
    assert "signature" not in repr(request)


def test_the_callers_parameters_are_left_alone() -> None:
    """Signing adds its parameters to a copy: a repeat starts from the same call."""
    params = {"orderId": ORDER_ID}
    assert total_params(params, TIME, 5000) == f"orderId={ORDER_ID}&recvWindow=5000&timestamp={TIME}"
    assert params == {"orderId": ORDER_ID}
