"""Who is asking: the venue's own reading of key, address, timestamp, recvWindow and signature.

Sources: HashKey documentation 2025/2026. The order of the checks is ours: form first (a call without a timestamp
was seen refused before anything else), then key, address, signature, and time last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hk_adapter.simulator.access.keys import ApiKey
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.http import SimRequest
from hk_adapter.simulator.refusals import Refusal

DEFAULT_RECV_WINDOW = 5000
MAX_RECV_WINDOW = 8000
MAX_AHEAD = 1000

_HEADERS = {
    "either": ("X-HK-APIKEY", "X-APIKEY"),
    "X-HK-APIKEY": ("X-HK-APIKEY",),
    "X-APIKEY": ("X-APIKEY",),
}
_TIMESTAMP = re.compile(r"[0-9]{13}")
_WINDOW = re.compile(r"[0-9]{1,9}")
_SIGNATURE = "signature="


def authenticate(
    request: SimRequest, parameters: Mapping[str, str], keys: Mapping[str, ApiKey], dialect: Dialect, now: int
) -> ApiKey:
    """Find the key behind a signed request; Refusal when anything about it does not hold."""
    timestamp = _timestamp(parameters)
    window = _recv_window(parameters)
    key = keys.get(key_of(request, dialect) or "")
    if key is None:
        raise Refusal(dialect.unknown_key)
    _check_state(key, request.address, dialect, now)
    if not _is_signed_by(request, key, dialect):
        raise Refusal(dialect.wrong_signature, "signature")
    if not (timestamp < now + MAX_AHEAD and now - timestamp <= window):
        raise Refusal("-1021")
    key.last_used = now
    return key


def identify(request: SimRequest, keys: Mapping[str, ApiKey], dialect: Dialect, now: int) -> ApiKey:
    """Find the key that a request names, signed or not; Refusal when there is none, or it may not be used."""
    key = keys.get(key_of(request, dialect) or "")
    if key is None:
        raise Refusal(dialect.unknown_key)
    _check_state(key, request.address, dialect, now)
    key.last_used = now
    return key


def key_of(request: SimRequest, dialect: Dialect) -> str | None:
    """Read the API key out of the dialect's header; None when there is none."""
    for name in _HEADERS[dialect.key_headers]:
        if (value := request.header(name)) is not None:
            return value
    return None


def _timestamp(parameters: Mapping[str, str]) -> int:
    text = parameters.get("timestamp", "")
    if not _TIMESTAMP.fullmatch(text):
        raise Refusal("0001", "timestamp")
    return int(text)


def _recv_window(parameters: Mapping[str, str]) -> int:
    text = parameters.get("recvWindow")
    if text is None:
        return DEFAULT_RECV_WINDOW
    # The documents say "rejected" and name no code: -1130 is the one whose text names the parameter.
    if not _WINDOW.fullmatch(text) or int(text) > MAX_RECV_WINDOW:
        raise Refusal("-1130", "recvWindow")
    return int(text)


def _check_state(key: ApiKey, address: str, dialect: Dialect, now: int) -> None:
    if not key.enabled:
        raise Refusal(dialect.disabled_key)
    if key.expired or (dialect.unused_keys == "deactivated" and key.is_forgotten(now)):
        raise Refusal("0103")
    if key.addresses is not None and address not in key.addresses:
        raise Refusal("0202")


def _is_signed_by(request: SimRequest, key: ApiKey, dialect: Dialect) -> bool:
    query, body, given = _split(request)
    if len(given) != 1:
        return False
    if not body or not request.has_json:
        return key.verifier.verifies(query + body, given[0])
    texts = {"query": (query,), "query_and_body": (query + body,)}.get(dialect.batch_signature, (query, query + body))
    return any(key.verifier.verifies(text, given[0]) for text in texts)


def _split(request: SimRequest) -> tuple[bytes, bytes, list[str]]:
    query, in_query = _without_signature(request.query)
    if not request.body:
        return query.encode(), b"", in_query
    if request.has_json:
        return query.encode(), request.body, in_query
    # Latin-1 carries any bytes through text and back unchanged.
    body, in_body = _without_signature(request.body.decode("latin-1"))
    return query.encode(), body.encode("latin-1"), in_query + in_body


def _without_signature(text: str) -> tuple[str, list[str]]:
    if _SIGNATURE not in text:
        return text, []
    kept, signatures = [], []
    for part in text.split("&"):
        if part.startswith(_SIGNATURE):
            signatures.append(part.removeprefix(_SIGNATURE))
        else:
            kept.append(part)
    return "&".join(kept), signatures
