"""No key, signature, account or stamp of time reaches a cassette, whatever an exchange calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ccxt
import pytest
from vcr import VCR
from vcr.request import Request

from hk_adapter import registry
from hk_adapter.hooks import VenueSettings
from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.tape import Tape
from hk_adapter.venues.ccxt_bridge.config import secrets_of

CANARIES = {
    "apiKey": "cAnArYkEy0123456789abcdefABCDEF9",
    "secret": "Y0FuQXJ5U2VjcmV0Y0FuQXJ5U2VjcmV0Y0FuQXJ5U2VjcmV0Y0FuQXJ5U2VjcmV0",
    "password": "cAnArYpAsSpHrAsE",
    "uid": "cAnArYuId4711",
    "login": "cAnArYlOgIn",
    "twofa": "GEZDGNBVGY3TQOJQ",
    "token": "cAnArYtOkEn",
}
TERMS = {
    "symbol": "BTCUSDT",
    "price": "1900",
    "orderId": "1563291927536863744",
    "newClientOrderId": "mine",  # binance's and phemex's words: ccxt would make one by chance
    "clOrdID": "mine",
}
MOMENTS = (1_750_000_000_123, 1_760_000_111_456)


def private_endpoints(api: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Walk ccxt's table of an exchange's private endpoints: section, method, path."""
    for name, inner in api.items() if isinstance(api, dict) else ():
        if name.lower() in {"get", "post", "delete", "put"}:
            if any("private" in one.lower() for one in path):
                ends = list(inner)
                yield from ((path, name.upper(), end) for end in (*ends[:2], *ends[-2:]))
        else:
            yield from private_endpoints(inner, (*path, name))


def signed(exchange: Any, where: tuple[str, ...], method: str, end: str, moment: int) -> Request:
    """Let ccxt sign a request at a moment."""
    exchange.milliseconds = lambda: moment
    exchange.seconds = lambda: moment // 1000
    exchange.microseconds = lambda: moment * 1000
    exchange.nonce = lambda: moment
    plain = re.sub(r"\{\w+\}", "1", end)
    try:
        told = exchange.sign(plain, list(where), method, dict(TERMS))
    except Exception:  # noqa: BLE001 - older releases of ccxt name a section by itself
        told = exchange.sign(plain, where[0], method, dict(TERMS))
    return Request(told["method"], told["url"], told["body"], dict(told["headers"] or {}))


def tape_of(name: str) -> Tape:
    """Give a recording in which one exchange was opened with the canaries for keys."""
    tape = Tape()
    settings = VenueSettings(venue_id=f"ccxt:{name}", environment="production")
    venue: Any = registry.open_venue(settings)
    redactor = registry.KeyRedactor()
    redactor.hide(*CANARIES.values())
    tape.writing.opened(settings, venue, redactor)
    return tape


def written(tape: Tape, request: Request) -> str:
    """Give what is written of a request, as one text."""
    kept = tape.writing.request(request)
    return f"{kept.method} {kept.uri} {dict(kept.headers)} {kept.body!r}"


def test_what_any_exchange_signs_is_not_written() -> None:
    """Of every exchange's signed requests, what is written has no canary, and is the same at another moment.

    That it is the same is what makes it playable, and it shows that no signature, nonce or time is left in it.
    """
    tried = set()
    for name in ccxt.exchanges:
        exchange = getattr(ccxt, name)(dict(CANARIES))
        if hasattr(exchange, "hk_adapter_name"):
            continue
        tape = None
        for where, method, end in list(private_endpoints(exchange.api))[:12]:
            try:
                early, late = (signed(exchange, where, method, end, moment) for moment in MOMENTS)
            except Exception:  # noqa: BLE001 - ccxt needs more than this to sign it; enough others are left
                continue
            tape = tape or tape_of(name)
            first, second = written(tape, early), written(tape, late)
            assert first == second, name
            assert not [one for one in secrets_of(exchange) if one.lower() in first.lower()], name
            assert not re.search(r"[0-9a-zA-Z+/]{40}", re.sub(r"https://[^ ?]*", "", first)), name
            tried.add(name)
    assert len(tried) >= 80


@pytest.mark.parametrize("venue_id", ["hashkey", "ccxt:kraken", "ccxt:bitso", None])
def test_an_answer_that_repeats_a_key_is_written_without_it(tmp_path: Path, venue_id: str | None) -> None:
    """Keys, accounts, sessions and unknown fields are not written, whoever declared the host, or nobody."""
    recorder = VCR()
    tape = in_force.begin(recorder, "once")
    host = "https://api.example"
    if venue_id is not None:
        settings = VenueSettings(venue_id=venue_id, environment="production")
        venue: Any = registry.open_venue(settings)
        redactor = registry.KeyRedactor()
        redactor.hide(*CANARIES.values())
        tape.writing.opened(settings, venue, redactor)
        host = min(venue.hosts)
    body = {
        "apiKey": CANARIES["apiKey"],
        "echo": {"X-KEY": CANARIES["apiKey"]},
        "msg": f"no such key {CANARIES['apiKey']}" if venue_id else "no such key",
        "accounts": {"cAnArYaCcOuNt": {"email": "cAnArY@example.com", "accountId": "4711471147114711"}},
        "userId": 4711471147114711,
        "signature": "cAnArYsIgNaTuRe",
        "listenKey": "cAnArYlIsTeN",
        "symbol": "BTCUSDT",
    }
    with recorder.use_cassette(str(tmp_path / "one.yaml"), **in_force.CONFIG) as cassette:
        cassette.append(
            Request("GET", f"{host}/x?key=1", None, {"API-Key": CANARIES["apiKey"], "Cookie": "cAnArY"}),
            {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Set-Cookie": ["cAnArY"], "X-Account": ["cAnArY"], "Content-Type": ["application/json"]},
                "body": {"string": json.dumps(body).encode()},
            },
        )
    in_force.end()
    text = (tmp_path / "one.yaml").read_text()
    assert "canary" not in text.lower()
    assert "4711471147" not in text
    assert "BTCUSDT" in text


def test_what_is_no_json_is_not_written_of_an_account(tmp_path: Path) -> None:
    """A gateway's page may repeat anything; nothing is lost by leaving it out."""
    tape = tape_of("kraken")
    tape.writing.request(Request("POST", "https://api.kraken.com/0/private/Balance", b"nonce=1", {"API-Key": "k"}))
    answer = {"status": {}, "headers": {}, "body": {"string": b"<html>cAnArY asked for 4711</html>"}}
    assert tape.writing.response(answer)["body"]["string"] == b"scrubbed"
