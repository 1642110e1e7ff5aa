"""From a call to the exact bytes on the wire: parameters, timestamp, signature. Pure functions."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Literal, get_args
from urllib.parse import quote

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.hooks import Credentials
from hk_adapter.parsing import write_json

SignedOfJson = Literal["query", "query_and_body"]
"""What is signed where the body is JSON: no documentation says it for batches.

Only the query was signed in calls that the venue took (ccxt, 2024); the general rule of the documentation, query and
body joined by nothing, would sign both.
"""
SIGNED_OF_JSON: tuple[str, ...] = get_args(SignedOfJson)

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_NEVER_ENCODED = re.compile(r"[A-Za-z0-9._~-]*")
_IN_QUERY = frozenset({"GET", "DELETE"})
_FIRST_13_DIGITS = 1_000_000_000_000
_LAST_13_DIGITS = 9_999_999_999_999


def encode(params: Mapping[str, str]) -> str:
    """Write parameters as they are both signed and sent.

    Everything but letters, digits, ``. _ - ~`` and the comma is percent-encoded. The venue's samples
    leave the comma of ``ids`` as it is, and no source says whether the venue signs before or after decoding.
    """
    if _NEVER_ENCODED.fullmatch("".join([*params, *params.values()])):
        return "&".join([f"{key}={value}" for key, value in params.items()])  # as of nearly every call
    return "&".join([f"{quote(key, safe='')}={quote(value, safe=',')}" for key, value in params.items()])


def total_params(params: Mapping[str, str], timestamp: int, recv_window: int | None) -> str:
    """Write the text that is signed: the caller's parameters, ``recvWindow`` if set, ``timestamp`` last.

    ``timestamp`` is ms UTC and has exactly 13 digits, as the venue demands since 2026-04-30.
    """
    if not _FIRST_13_DIGITS <= timestamp <= _LAST_13_DIGITS:
        raise ConfigurationError(f"hashkey takes timestamps of 13 digits, not {timestamp}; is the clock set?")
    timed = dict(params)
    if recv_window is not None:
        timed["recvWindow"] = str(recv_window)
    timed["timestamp"] = str(timestamp)
    return encode(timed)


def build_request(
    call: HttpCall,
    credentials: Credentials | None,
    timestamp: int,
    *,
    origin: str,
    key_header: str,
    recv_window: int | None,
    batch_signature: SignedOfJson = "query",
) -> HttpRequest:
    """Build the finished request.

    Parameters go in the query string of GET and DELETE and beside a JSON body, else in a form body. The signature is
    appended to the very text that was signed, so that what is signed is what is sent. Raises ConfigurationError for a
    signed call without credentials.
    """
    body = None if call.json is None else write_json(call.json)
    if not call.signed:
        return _placed(call, origin, encode(call.params), {}, body)
    if credentials is None:
        raise ConfigurationError(f"hashkey needs an API key for {call.method} {call.path}")
    text = total_params(call.params, timestamp, recv_window)
    message = text.encode("ascii")
    if body is not None and batch_signature == "query_and_body":
        message += body
    headers = {key_header: credentials.api_key}
    return _placed(call, origin, f"{text}&signature={_signature(credentials, message)}", headers, body)


def _signature(credentials: Credentials, message: bytes) -> str:
    """Sign; HMAC in hex, Ed25519 in Base64 with ``+``, ``/`` and ``=`` percent-encoded, or ``+`` would read as a space.

    Which of the two holds for a key was fixed when the key was created (MENA documentation, 2026).
    """
    if credentials.kind == "ed25519":
        return quote(b64encode(credentials.ed25519(message)).decode("ascii"), safe="")
    return credentials.hmac_sha256(message)


def _placed(call: HttpCall, origin: str, text: str, headers: dict[str, str], body: bytes | None) -> HttpRequest:
    url = origin + call.path
    in_query = f"{url}?{text}" if text else url
    if body is not None:
        return HttpRequest(call.method, in_query, headers | {"Content-Type": _JSON}, body)
    if call.method in _IN_QUERY:
        return HttpRequest(call.method, in_query, headers)
    return HttpRequest(call.method, url, headers | {"Content-Type": _FORM}, text.encode("ascii"))
