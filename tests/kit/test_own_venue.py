"""A venue of somebody's own, served on this machine: it is played as it was recorded, by its own declaration."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import pytest

import hk_adapter as hk

from .recording import recorded_in

SECRET = "canary-secret-1234"
ORDER = {"id": "H1", "state": "gone"}


class Harbor:
    """POST only, form bodies, rising nonces."""

    request_lifetime = 5000
    ordered = True
    limits: ClassVar[Any] = {"points": hk.LeakyBucket(capacity=20, refill=1)}
    scrub = hk.Scrub(
        params=frozenset({"id"}),
        changing=frozenset({"nonce"}),
        fields=frozenset({"id", "state"}),
        reads=frozenset({"QueryOrder"}),
    )

    @hk.hookimpl
    def open_venue(self, settings: hk.VenueSettings) -> Any:
        """Open the venue that is served."""
        self.origin = settings.base_url or "https://api.harbor.example"
        self.hosts = frozenset({self.origin})
        return self

    def sign(self, call: hk.HttpCall, credentials: Any, timestamp: int) -> hk.HttpRequest:
        """Sign the body."""
        body = urlencode({"nonce": str(call.nonce), **call.params}).encode()
        kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "H-Sign": credentials.hmac("sha512", body).hex()}
        return hk.HttpRequest("POST", self.origin + call.path, headers, body)

    @hk.hookimpl
    async def cancel_order(self, request: hk.CancelRequest) -> hk.Order:
        """Ask once."""
        await hk.HttpCall("POST", "/CancelOrder", params={"id": request.order_id or ""}, signed=True, group="points")
        return request.acknowledged()

    @hk.hookimpl
    async def fetch_order(self, request: hk.FetchOrderRequest) -> hk.Order:
        """Ask once."""
        call = hk.HttpCall(
            "POST", "/QueryOrder", params={"id": request.order_id or ""}, signed=True, group="points", reads=True
        )
        row = json.loads((await call).body)
        return hk.Order(id=row["id"], status=hk.OrderStatus.CANCELED, amount=Decimal(1), filled=Decimal(0), info=row)


class Handler(BaseHTTPRequestHandler):
    """Its exchange: each order is canceled."""

    def do_POST(self) -> None:
        """Answer with the order that was asked for."""
        asked = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        body = json.dumps(ORDER | {"id": asked["id"], "owner": "somebody"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def served() -> Iterator[str]:
    """Register the venue, and serve it."""
    hk.register_venue("harbor", Harbor())
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
    hk.unregister_venue("harbor")


def test_a_venue_on_loopback_is_played_as_it_was_recorded(tmp_path: Path, served: str) -> None:
    """Whatever its port was; a read by POST is answered once more, as it was last."""
    path = tmp_path / "harbor.yaml"
    where = {"environment": "production", "base_url": served}
    with recorded_in(path, "once") as recorded:
        venue = recorded.connect("harbor", api_key="key", secret=SECRET, **where)
        assert venue.cancel_order("H1").status == "canceled"
    text = path.read_text(encoding="utf-8")
    assert ("id=H1" in text, "nonce=" in text, "somebody" in text, SECRET in text) == (True, False, False, False)
    with recorded_in(path) as recorded:
        venue = recorded.connect("harbor", **where | {"base_url": "http://127.0.0.1:9"})
        assert venue.cancel_order("H1").status == "canceled"
        assert venue.fetch_order("H1").status == "canceled"
