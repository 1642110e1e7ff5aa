"""Who is asking: the venue's own reading of key, timestamp, recvWindow and HMAC signature.

Sources: HashKey documentation 2025/2026. The order of the checks is ours: form first (a call without a timestamp
was seen refused before anything else), then key, signature, and time last.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping

from hk_adapter.simulator.accounts import Account
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.refusals import Refusal
from hk_adapter.simulator.wire import SimRequest

KEY_HEADERS = ("X-HK-APIKEY", "X-APIKEY")
DEFAULT_RECV_WINDOW = 5000
MAX_RECV_WINDOW = 8000
MAX_AHEAD = 1000

_TIMESTAMP = re.compile(r"[0-9]{13}")
_WINDOW = re.compile(r"[0-9]{1,9}")
_SIGNATURE = "signature="


def authenticate(
    request: SimRequest, parameters: Mapping[str, str], accounts: Mapping[str, Account], dialect: Dialect, now: int
) -> Account:
    """Find the account behind a signed request; Refusal when anything about it does not hold."""
    timestamp = _timestamp(parameters)
    window = _recv_window(parameters)
    account = _account(request, accounts, dialect)
    if not _is_signed_by(request, account.secret):
        raise Refusal(dialect.wrong_signature, "signature")
    if not (timestamp < now + MAX_AHEAD and now - timestamp <= window):
        raise Refusal("-1021")
    return account


def signature_of(request: SimRequest, secret: str) -> str:
    """Compute what the signature must be: HMAC-SHA256 over query and body as received, joined by nothing."""
    return _split(request, secret)[0]


def key_of(request: SimRequest) -> str | None:
    """Read the API key out of either documented header; None when there is none."""
    return next((value for name in KEY_HEADERS if (value := request.header(name)) is not None), None)


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


def _account(request: SimRequest, accounts: Mapping[str, Account], dialect: Dialect) -> Account:
    account = accounts.get(key_of(request) or "")
    if account is None:
        raise Refusal(dialect.unknown_key)
    return account


def _is_signed_by(request: SimRequest, secret: str) -> bool:
    expected, given = _split(request, secret)
    # The hex is not case-sensitive; everything else that is signed is.
    return len(given) == 1 and hmac.compare_digest(given[0].lower().encode(), expected.encode())


def _split(request: SimRequest, secret: str) -> tuple[str, list[str]]:
    query, in_query = _without_signature(request.query)
    # Latin-1 carries any bytes through text and back unchanged.
    body, in_body = _without_signature(request.body.decode("latin-1"))
    signed = query.encode() + body.encode("latin-1")
    return hmac.digest(secret.encode(), signed, "sha256").hex(), in_query + in_body


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
