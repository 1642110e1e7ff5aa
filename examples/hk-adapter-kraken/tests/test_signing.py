"""What is signed is what is sent, and it is what Kraken's documentation computes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from driven import opened
from hk_adapter_kraken.signing import build_request
from kraken_script import SECRET, SIGN, TERMS

import hk_adapter as hk

CALL = hk.HttpCall("POST", "/0/private/AddOrder", params=TERMS, signed=True, nonce=1616492376594)


class Key:
    """A key as the host hands it over."""

    api_key = "public-half"
    kind = "hmac"

    def hmac(self, digest: str, message: bytes, *, key_encoding: str = "utf-8") -> bytes:
        """Sign with the secret."""
        assert key_encoding == "base64"
        return hmac.new(base64.b64decode(SECRET), message, getattr(hashlib, digest)).digest()


def signed(call: hk.HttpCall) -> hk.HttpRequest:
    """Sign a call."""
    key: Any = Key()
    return build_request(call, key, "https://api.kraken.com")


def test_the_documented_signature() -> None:
    """The sample of the documentation comes out to the letter."""
    request = signed(CALL)
    assert request.headers["API-Sign"] == SIGN
    assert request.headers["API-Key"] == "public-half"
    assert request.body == b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    assert request.url == "https://api.kraken.com/0/private/AddOrder"


def test_another_nonce_signs_otherwise() -> None:
    """The nonce is in what is signed."""
    later = hk.HttpCall("POST", CALL.path, params=TERMS, signed=True, nonce=1616492376595)
    assert signed(later).headers["API-Sign"] != SIGN


def test_what_is_public_is_not_signed() -> None:
    """It carries no key."""
    request = opened().sign(hk.HttpCall("GET", "/0/public/Time"), None, 0)
    assert (request.url, request.headers, request.body) == ("https://api.kraken.com/0/public/Time", {}, None)


def test_nothing_is_signed_without_a_key() -> None:
    """It is refused, and not sent unsigned."""
    with pytest.raises(hk.ConfigurationError, match="needs an API key"):
        opened().sign(CALL, None, 0)
