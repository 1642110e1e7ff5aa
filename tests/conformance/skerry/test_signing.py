"""Every signed request is a POST that carries what Python's own modules make of its nonce, path and body."""

from __future__ import annotations

import base64
import hashlib
import hmac

from hk_adapter.testing.conformance.bench import SECRET, Bench


def test_nonce_path_and_the_bodys_digest_are_signed(bench: Bench) -> None:
    """Cancels, looks and lists alike, each by the bytes that go out."""
    bench.cancel(bench.exchange.place())
    bench.venue.fetch_open_orders()
    requests = [one.request for one in bench.exchange.seen]
    assert {request.path for request in requests} == {"/order/cancel", "/order/show", "/orders/resting"}
    for request in requests:
        body = request.body or b""
        signed = request.headers["x-nonce"].encode() + request.path.encode() + hashlib.sha256(body).digest()
        mark = hmac.digest(base64.b64decode(SECRET), signed, "sha512")
        assert (request.method, request.headers["x-sign"]) == ("POST", base64.b64encode(mark).decode())


def test_what_asks_for_the_time_needs_no_key(bench: Bench) -> None:
    """It has neither nonce nor signature."""
    bench.venue.fetch_time()
    (asked,) = bench.exchange.seen
    assert not {"x-key", "x-nonce", "x-sign"} & set(asked.request.headers)
