"""A venue whose every request goes to one URL: the call says which of them only read, and ids of many zeros match."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

import hk_adapter as hk

from .recording import recorded_in

ID = str(10**18 + 1)


class Strait:
    """One URL, JSON bodies, the method in the body."""

    request_lifetime = 5000
    limits: ClassVar[Any] = {"all": hk.RateLimit(amount=50)}
    scrub = hk.Scrub(params=frozenset({"do", "id"}), fields=frozenset({"id", "state"}), reads=frozenset({"rpc"}))

    @hk.hookimpl
    def open_venue(self, settings: hk.VenueSettings) -> Any:
        """Open the venue that is served."""
        self.origin = settings.base_url or "https://api.strait.example"
        self.hosts = frozenset({self.origin})
        return self

    def sign(self, call: hk.HttpCall, credentials: Any, timestamp: int) -> hk.HttpRequest:
        """Sign the body."""
        body = json.dumps(call.json).encode()
        headers = {"Content-Type": "application/json", "S-Sign": credentials.hmac("sha256", body).hex()}
        return hk.HttpRequest("POST", self.origin + call.path, headers, body)

    async def _ask(self, do: str, order_id: str | None, reads: bool | None) -> Any:
        body = {"do": do, "id": order_id}
        call = hk.HttpCall("POST", "/rpc", json=body, signed=True, group="all", reads=reads)
        return json.loads((await call).body)

    @hk.hookimpl
    async def cancel_order(self, request: hk.CancelRequest) -> hk.Order:
        """Ask once."""
        await self._ask("cancel", request.order_id, None)
        return request.acknowledged()

    @hk.hookimpl
    async def fetch_order(self, request: hk.FetchOrderRequest) -> hk.Order:
        """Ask once."""
        row = await self._ask("look", request.order_id, True)
        return hk.Order(id=row["id"], status=hk.OrderStatus.OPEN, info=row)


class Handler(BaseHTTPRequestHandler):
    """Its exchange: each order is open."""

    def do_POST(self) -> None:
        """Answer with the order that was asked for."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"id": asked["id"], "state": "live"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def served() -> Iterator[dict[str, str]]:
    """Register the venue, and serve it."""
    hk.register_venue("strait", Strait())
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield {"environment": "production", "base_url": f"http://127.0.0.1:{server.server_port}"}
        server.shutdown()
        thread.join()
    hk.unregister_venue("strait")


@pytest.fixture
def tape(tmp_path: Path, served: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """Record one look and one cancel."""
    path = tmp_path / "strait.yaml"
    with recorded_in(path, "once") as recorded:
        venue = recorded.connect("strait", api_key="key", secret="canary-secret-1234", **served)
        assert venue.fetch_order(ID).id == ID
        assert venue.try_cancel(ID, wait="ack").attempts == 1
    assert f"{ID}" in path.read_text(encoding="utf-8")
    return path, served


def test_an_id_of_many_zeros_is_played_as_it_was_recorded(tape: tuple[Path, dict[str, str]]) -> None:
    """The made-up secret of a replay is in no id."""
    path, where = tape
    with recorded_in(path) as recorded:
        assert recorded.connect("strait", **where).fetch_order(ID).id == ID


def test_a_look_is_answered_once_more_and_a_cancel_never(tape: tuple[Path, dict[str, str]]) -> None:
    """By one path and POST: the call says what only reads, whatever the path is declared to be."""
    path, where = tape
    with recorded_in(path) as recorded:
        venue = recorded.connect("strait", **where)
        for _ in range(3):
            assert venue.fetch_order(ID).id == ID
        assert venue.try_cancel(ID, wait="ack").attempts == 1
        with pytest.raises(Exception, match="asked more often than"):
            venue.try_cancel(ID, wait="ack")
