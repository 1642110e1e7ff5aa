"""Ed25519: the same text is signed as by HMAC, and the Base64 arrives as it was made."""

from __future__ import annotations

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hk_adapter as hk
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.hooks import VenueSettings
from hk_adapter.settings import Ed25519Credentials
from hk_adapter.simulator import Simulator
from hk_adapter.venues.hashkey.plugin import open_venue
from hk_adapter.venues.hashkey.signing import build_request
from tests.cases import each

serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")

# The seed of RFC 8032's first test; what it signs below was computed apart from our code.
PRIVATE = ed25519.Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
CREDENTIALS = Ed25519Credentials("access", PEM, None)
ORDER_ID = "1563291927536863744"
TIME = 1701094949000
DOCUMENTED_ORDER = {
    "symbol": "ETHBTC",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "0.1",
}
METHODS = ["GET", "DELETE", "POST"]


def signed(call: HttpCall, timestamp: int = TIME, recv_window: int | None = None) -> HttpRequest:
    """Build a request of Hong Kong's with the key above."""
    return build_request(
        call, CREDENTIALS, timestamp, origin="https://h.example", key_header="X-HK-APIKEY", recv_window=recv_window
    )


def sent_text(request: HttpRequest) -> str:
    """Give the parameters exactly as they go over the wire, wherever they are."""
    return urlsplit(request.url).query + (request.body or b"").decode("ascii")


@each("method", METHODS)
@each(
    ("params", "timestamp", "recv_window", "text", "signature"),
    [
        (
            DOCUMENTED_ORDER,
            1538323200000,
            5000,
            "symbol=ETHBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1538323200000",
            "ZqjCoKoMsRf69YQuiS%2FpGOdRL35GhRFPQl4GxXYLUZGB5HXk5XG7PSTAyYeab1Pa7I85yASPPpPEzKd2LX0OBg%3D%3D",
        ),
        (
            {"orderId": ORDER_ID},
            TIME,
            None,
            f"orderId={ORDER_ID}&timestamp={TIME}",
            "v3GmUHsRXRPX200TR9%2B20YtTmnsmRJbPaiByghrECGei2y%2F5riZJ8yEUO7C5JBECTmbKJ5MQ6t94VxvIV1TZAw%3D%3D",
        ),
    ],
)
def test_the_derived_vectors_are_reproduced(
    method: str, params: dict[str, str], timestamp: int, recv_window: int | None, text: str, signature: str
) -> None:
    """Each vector gives its text and its signature, with plus, slash and equals sign percent-encoded."""
    call = HttpCall(method, "/api/v1/spot/order", params=params, signed=True)
    assert sent_text(signed(call, timestamp, recv_window)) == f"{text}&signature={signature}"


words = st.text(min_size=1, max_size=20)


@pytest.mark.parametrize("method", METHODS)
@given(params=st.dictionaries(words, words, max_size=3), timestamp=st.integers(10**12, 10**13 - 1))
def test_what_arrives_verifies(method: str, params: dict[str, str], timestamp: int) -> None:
    """A venue that decodes the signature as forms do can verify it over the text that stands before it."""
    params = {name: value for name, value in params.items() if name not in {"timestamp", "signature"}}
    sent = sent_text(signed(HttpCall(method, "/api/v1/spot/order", params=params, signed=True), timestamp))
    text = sent.rpartition("&signature=")[0]
    (arrived,) = parse_qs(sent)["signature"]
    PRIVATE.public_key().verify(b64decode(arrived, validate=True), text.encode("ascii"))


@pytest.mark.parametrize(("site", "header"), [("hk", "X-HK-APIKEY"), ("global", "X-HK-APIKEY"), ("mena", "X-APIKEY")])
def test_the_access_key_goes_in_the_sites_header(site: str, header: str) -> None:
    """The access key shown when the public key was uploaded still goes into the key header."""
    venue = open_venue(VenueSettings(venue_id="hashkey", environment="sandbox", site=site))
    request = venue.sign(HttpCall("DELETE", "/api/v1/spot/order", signed=True), CREDENTIALS, TIME)
    assert dict(request.headers) == {header: "access"}


def test_the_same_call_is_signed_the_same() -> None:
    """Signing is pure: no randomness goes into Ed25519."""
    call = HttpCall("DELETE", "/api/v1/spot/order", params={"orderId": ORDER_ID}, signed=True)
    assert signed(call).url == signed(call).url


def test_neither_key_nor_signature_is_printed() -> None:
    """The request's repr names method, host and path alone."""
    request = signed(HttpCall("DELETE", "/api/v1/spot/order", params={"orderId": ORDER_ID}, signed=True))
    assert repr(request) == "<HttpRequest DELETE https://h.example/api/v1/spot/order>"


async def test_a_venue_that_knows_the_public_half_takes_the_orders(open_desk: Any) -> None:
    """Placing and canceling work as with HMAC; the venue verifies by its own code."""
    simulator = Simulator(api_key="access", public_key=CREDENTIALS.public_key)
    desk = await open_desk(simulator=simulator, api_key="access", private_key=PEM)
    order = await desk.place()
    assert (await desk.cancel(order.id)).status == "canceled"


async def test_a_venue_that_knows_another_key_does_not(open_desk: Any) -> None:
    """A private key that does not fit the uploaded public one is an authentication error."""
    other = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x01" * 32).public_key()
    public = other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    desk = await open_desk(simulator=Simulator(api_key="access", public_key=public), api_key="access", private_key=PEM)
    with pytest.raises(hk.AuthenticationError):
        await desk.place()
