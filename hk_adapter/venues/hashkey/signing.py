"""From a call to the exact bytes on the wire: parameters, timestamp, signature. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.wire import HttpRequest
from hk_adapter.hooks import Credentials

_FORM = "application/x-www-form-urlencoded"
_IN_QUERY = frozenset({"GET", "DELETE"})
_FIRST_13_DIGITS = 1_000_000_000_000
_LAST_13_DIGITS = 9_999_999_999_999


def encode(params: Mapping[str, str]) -> str:
    """Write parameters as they are both signed and sent.

    Everything but letters, digits, ``. _ - ~`` and the comma is percent-encoded. The venue's samples
    leave the comma of ``ids`` as it is, and no source says whether the venue signs before or after decoding.
    """
    return "&".join(f"{quote(key, safe='')}={quote(value, safe=',')}" for key, value in params.items())


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
) -> HttpRequest:
    """Build the finished request. Parameters go in the query string of GET and DELETE, else in a form body.

    The signature is appended to the very text that was signed, so that what is signed is what is sent.
    Raises ConfigurationError for a signed call without credentials.
    """
    if not call.signed:
        return _placed(call, origin, encode(call.params), {})
    if credentials is None:
        raise ConfigurationError(f"hashkey needs an API key for {call.method} {call.path}")
    text = total_params(call.params, timestamp, recv_window)
    signature = credentials.hmac_sha256(text.encode("ascii"))
    return _placed(call, origin, f"{text}&signature={signature}", {key_header: credentials.api_key})


def _placed(call: HttpCall, origin: str, text: str, headers: dict[str, str]) -> HttpRequest:
    url = origin + call.path
    if call.method in _IN_QUERY:
        return HttpRequest(call.method, f"{url}?{text}" if text else url, headers)
    return HttpRequest(call.method, url, headers | {"Content-Type": _FORM}, text.encode("ascii"))
