"""From a call to the exact bytes on the wire. Pure.

A private call is a form by POST with a nonce in it. ``API-Sign`` is, in Base64, the HMAC-SHA512 of the path and the
SHA-256 of nonce and form, under the secret that Base64 stands for (docs.kraken.com, "Spot REST authentication", 2026).
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlencode

import hk_adapter as hk

_FORM = "application/x-www-form-urlencoded; charset=utf-8"


def build_request(call: hk.HttpCall, credentials: hk.Credentials | None, origin: str) -> hk.HttpRequest:
    """Build the finished request. Raises ConfigurationError for a signed call without credentials."""
    if not call.signed:
        query = urlencode(call.params)
        return hk.HttpRequest(call.method, f"{origin}{call.path}?{query}" if query else origin + call.path, {})
    if credentials is None:
        raise hk.ConfigurationError(f"kraken needs an API key for {call.path}")
    nonce = str(call.nonce)
    form = urlencode({"nonce": nonce, **call.params})
    signed = call.path.encode() + sha256((nonce + form).encode()).digest()
    sign = b64encode(credentials.hmac("sha512", signed, key_encoding="base64")).decode()
    headers = {"API-Key": credentials.api_key, "API-Sign": sign, "Content-Type": _FORM}
    return hk.HttpRequest(call.method, origin + call.path, headers, form.encode())
