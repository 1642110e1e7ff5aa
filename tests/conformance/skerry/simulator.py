"""Skerry itself, called in process: orders, and streams of its own kind. What a stranger's distribution would bring."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import hk_adapter as hk
from hk_adapter.testing import Asked, ScriptedOrder
from hk_adapter.testing.conformance.scripted_orders import ScriptedOrders
from tests.conformance.skerry import script

KEY = "skipper"
SECRET = base64.b64encode(b"a lantern on the skerry").decode()
_DAY = 24 * 3600 * 1000


@dataclass(frozen=True)
class Answer:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    network: str | None = None


@dataclass(frozen=True)
class End:
    """How a stream ended."""

    code: int


class Connection:
    """One stream: it tells nothing until it is sent a message that proves the key."""

    def __init__(self, venue: SkerryVenue, now: int) -> None:
        self._venue = venue
        self._ends_at = now + _DAY
        self._frames: list[str] = []
        self._number = 0
        self._ended: End | None = None
        self.is_following = False
        self.status = 101
        self.on_ready: Callable[[], None] | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes."""
        return self._ended is not None

    @property
    def closed(self) -> End | None:
        """How it ended, once all that came before was given."""
        return None if self._frames else self._ended

    def receive(self, timestamp: int) -> list[str]:
        """Return what has come."""
        with self._venue.lock:
            if timestamp >= self._ends_at:
                self.end(1001)
            frames, self._frames = self._frames, []
        return frames

    def next_at(self) -> int | None:
        """Return when it ends by itself."""
        return self._ends_at

    def send(self, text: str, timestamp: int) -> None:
        """Take the client's message."""
        with self._venue.lock:
            if text == "ping":
                self._put("pong")
            elif self._venue.proves(json.loads(text), timestamp):
                self.is_following = True
                self.tell("following")
            else:
                self.tell("bye")

    def close(self, timestamp: int) -> None:
        """Close it."""
        with self._venue.lock:
            self._frames.clear()
            self.end(1000)

    def tell(self, kind: str, *, lost: bool = False, **more: object) -> None:
        """Send the next frame; one that is ``lost`` has its number all the same."""
        number, self._number = self._number, self._number + 1
        if not lost:
            self._put(script.json_text({"n": number, "kind": kind, **more}))

    def end(self, code: int = 1006) -> None:
        """End it."""
        if self._ended is None:
            self._ended = End(code)
            self._wake()

    def _put(self, frame: str) -> None:
        if self._ended is None:
            self._frames.append(frame)
            self._wake()

    def _wake(self) -> None:
        if self.on_ready is not None:
            self.on_ready()


class Book(ScriptedOrders):
    """Its orders, of which each change is told."""

    def __init__(self, now: Callable[[], int], tell: Callable[[ScriptedOrder], None]) -> None:
        super().__init__(script.SkerryScript(), now)
        self._tell = tell

    def take(self, asked: Asked) -> ScriptedOrder:
        """Record a new order."""
        order = super().take(asked)
        self._tell(order)
        return order

    def end(self, order: ScriptedOrder, status: hk.OrderStatus = hk.OrderStatus.CANCELED) -> None:
        """End an order."""
        super().end(order, status)
        self._tell(order)

    def fill(self, order: ScriptedOrder, amount: Decimal) -> None:
        """Fill some of an order."""
        super().fill(order, amount)
        self._tell(order)


class SkerryVenue:
    """One venue, and its own control.

    Attributes:
        asked: the paths that it was asked for, in order.
        loses: how many of the next frames are lost on the way.
    """

    def __init__(self, api_key: str, secret: str) -> None:
        self.lock = threading.RLock()
        self.asked: list[str] = []
        self.loses = 0
        self._time = self._last_nonce = 0
        self._script = script.SkerryScript()
        self._book = Book(lambda: self._time, self._tell)
        self._key, self._secret = api_key, base64.b64decode(secret)
        self._tokens: set[str] = set()
        self._connections: list[Connection] = []

    @property
    def control(self) -> SkerryVenue:
        """Itself."""
        return self

    @property
    def resting(self) -> list[ScriptedOrder]:
        """The orders on the book, the oldest first."""
        with self.lock:
            return [order for order in self._book.orders.values() if not order.is_ended]

    @property
    def connections(self) -> list[Connection]:
        """The streams that are open."""
        with self.lock:
            self._connections = [one for one in self._connections if not one.has_ended]
            return list(self._connections)

    def fill(self, order_id: str, amount: str) -> None:
        """Let some of an order be filled, in base currency."""
        with self.lock:
            self._book.fill(self._book.orders[order_id], Decimal(amount))

    def drop(self) -> None:
        """Cut every stream."""
        with self.lock:
            for connection in self.connections:
                connection.end()

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, timestamp: int
    ) -> Answer:
        """Answer one request."""
        with self.lock:
            self._time = max(self._time, timestamp)
            self.asked.append(path)
            response = self._response(hk.HttpRequest(method, f"https://api.skerry.example{path}", headers, body))
        return Answer(response.status, response.headers, response.body)

    def _response(self, request: hk.HttpRequest) -> hk.Response:
        asked = self._script.read(request)
        if request.path == "/ping":
            return self._script.other(request, self._time)
        if request.headers.get("x-key") != self._key or not self._is_signed(request):
            return script.refused("key.invalid")
        nonce = int(request.headers["x-nonce"])
        if nonce <= self._last_nonce:
            return script.refused("nonce.stale")
        self._last_nonce = nonce
        if request.path == "/stream/token":
            self._tokens.add(token := f"tide-{nonce}")
            return script.answer({"token": token})
        return self._book.answer(asked, request, self._book.end).response

    def _is_signed(self, request: hk.HttpRequest) -> bool:
        digest = hashlib.sha256(request.body or b"").digest()
        text = request.headers["x-nonce"].encode() + request.path.encode() + digest
        return hmac.compare_digest(self._mark(text), request.headers["x-sign"])

    def _mark(self, text: bytes) -> str:
        return base64.b64encode(hmac.digest(self._secret, text, "sha512")).decode()

    def open_stream(self, path: str, timestamp: int) -> Connection:
        """Open a stream."""
        with self.lock:
            self._time = max(self._time, timestamp)
            connection = Connection(self, self._time)
            self._connections.append(connection)
        return connection

    def proves(self, message: Mapping[str, Any], timestamp: int) -> bool:
        """Whether a message has a token that nobody has used, and proves the key, lately."""
        token, at = message["token"], message["at"]
        is_proof = message["proof"] == self._mark(f"follow:{token}:{at}".encode())
        if not is_proof or token not in self._tokens or abs(timestamp - at) > 30_000:
            return False
        self._tokens.discard(token)
        return True

    def _tell(self, order: ScriptedOrder) -> None:
        for connection in self.connections:
            if connection.is_following:
                lost, self.loses = self.loses > 0, max(0, self.loses - 1)
                connection.tell("order", lost=lost, order=script.row(order))


class SkerrySimulator:
    """The entry point of the group ``hk_adapter.simulators``."""

    api_key, secret = KEY, SECRET

    def open_simulator(self, *, api_key: str, secret: str | None, public_key: str | None) -> SkerryVenue:
        """Open a venue that knows one key."""
        return SkerryVenue(api_key, secret or SECRET)
