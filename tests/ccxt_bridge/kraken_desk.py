"""A small exchange that speaks Kraken's order calls, as its public documentation describes them. One customer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

API_KEY = "kraken-desk-key"
SECRET = base64.b64encode(b"kraken-desk-secret").decode()

_NUMBERS = count()
"""Of orders: a desk may listen where an earlier one did, and no order is taken for one known before."""

ASSETS = {
    "XETH": {"aclass": "currency", "altname": "ETH", "decimals": 10, "display_decimals": 5, "status": "enabled"},
    "ZUSD": {"aclass": "currency", "altname": "USD", "decimals": 4, "display_decimals": 2, "status": "enabled"},
}
PAIRS = {
    "XETHZUSD": {
        "altname": "ETHUSD",
        "wsname": "ETH/USD",
        "base": "XETH",
        "quote": "ZUSD",
        "pair_decimals": 2,
        "lot_decimals": 8,
        "ordermin": "0.002",
        "costmin": "0.5",
        "tick_size": "0.01",
        "status": "online",
        "fees": [[0, "0.40"]],
        "fees_maker": [[0, "0.25"]],
        "leverage_buy": [],
        "leverage_sell": [],
    }
}


@dataclass
class KrakenDesk:
    """The exchange's state, and what it shall do wrong next.

    Attributes:
        url: where it listens.
        orders: by their id, as the exchange shows them.
        seen: the calls that arrived, such as ``AddOrder``.
        countdowns: the seconds of each one that was set.
        ends_at: when the last one is over, and everything canceled, by the monotonic clock; None without one.
        refuses: the name of a call that it does not take any more.
        faults: what to do at the next call of a name: ``cut`` (do it, then cut the line), ``lose`` (cut the line
            without doing it), ``stall`` (say nothing), or an answer's status and body, without doing it.
    """

    url: str = ""
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    faults: dict[str, str | tuple[int, bytes]] = field(default_factory=dict)
    countdowns: list[int] = field(default_factory=list)
    ends_at: float | None = None
    refuses: str | None = None
    closing: threading.Event = field(default_factory=threading.Event)

    def fill(self, order_id: str, amount: str) -> None:
        """Let an order trade."""
        order = self.orders[order_id]
        filled = Decimal(order["vol_exec"]) + Decimal(amount)
        order["vol_exec"] = f"{filled:.8f}"
        order["price"] = order["descr"]["price"]
        if filled == Decimal(order["vol"]):
            order["status"] = "closed"

    def run_out(self) -> None:
        """Let the countdown be over, without waiting for it."""
        assert self.ends_at is not None
        self.ends_at = time.monotonic()

    def count_down(self) -> None:
        """Cancel everything, where a countdown is over."""
        if self.ends_at is not None and time.monotonic() >= self.ends_at:
            self.ends_at = None
            for order in self.orders.values():
                order["status"] = "canceled" if order["status"] == "open" else order["status"]

    def answer(self, call: str, asked: dict[str, str]) -> dict[str, Any]:
        """Carry out a call; the answer is as the exchange writes it."""
        self.count_down()
        if call == self.refuses:
            return {"error": ["EService:Unavailable"]}
        handler = getattr(self, f"_{call}", None)
        return {"error": ["EGeneral:Unknown method"]} if handler is None else handler(asked)

    def _Assets(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802 - the calls' own names
        return {"error": [], "result": ASSETS}

    def _AssetPairs(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        return {"error": [], "result": PAIRS}

    def _AddOrder(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        if asked["pair"] not in PAIRS:
            return {"error": ["EQuery:Unknown asset pair"]}
        if Decimal(asked["volume"]) * Decimal(asked["price"]) > 1_000_000:
            return {"error": ["EOrder:Insufficient funds"]}
        order_id = f"ODESK{next(_NUMBERS)}-AAAAA-BBBBBB"
        words = f"{asked['type']} {asked['volume']} ETHUSD @ limit {asked['price']}"
        self.orders[order_id] = {
            "cl_ord_id": asked.get("cl_ord_id"),
            "status": "open",
            "opentm": round(time.time(), 4),
            "descr": {
                "pair": "ETHUSD",
                "type": asked["type"],
                "ordertype": "limit",
                "price": asked["price"],
                "price2": "0",
                "order": words,
            },
            "vol": f"{Decimal(asked['volume']):.8f}",
            "vol_exec": "0.00000000",
            "cost": "0.00000",
            "fee": "0.00000",
            "price": "0.00000",
            "oflags": asked.get("oflags", "fciq"),
            "trades": [],
        }
        return {"error": [], "result": {"descr": {"order": words}, "txid": [order_id]}}

    def _CancelOrder(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        own = asked.get("cl_ord_id")
        order = next(
            (
                one
                for name, one in self.orders.items()
                if name == asked.get("txid") or (own and one["cl_ord_id"] == own)
            ),
            None,
        )
        if order is None or order["status"] != "open":
            return {"error": ["EOrder:Unknown order"]}
        order["status"] = "canceled"
        return {"error": [], "result": {"count": 1}}

    def _CancelAllOrdersAfter(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        self.countdowns.append(int(asked["timeout"]))
        self.ends_at = time.monotonic() + self.countdowns[-1] if self.countdowns[-1] else None
        ends_at = "2025-11-29T03:00:30Z" if self.countdowns[-1] else "0"
        return {"error": [], "result": {"currentTime": "2025-11-29T03:00:00Z", "triggerTime": ends_at}}

    def _QueryOrders(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        found = {name: self.orders[name] for name in asked["txid"].split(",") if name in self.orders}
        if asked["txid"] and not found:
            return {"error": ["EOrder:Unknown order"]}
        return {"error": [], "result": found}

    def _OpenOrders(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        return {"error": [], "result": {"open": {k: v for k, v in self.orders.items() if v["status"] == "open"}}}

    def _ClosedOrders(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        ended = {k: v for k, v in self.orders.items() if v["status"] != "open"}
        return {"error": [], "result": {"closed": ended, "count": len(ended)}}

    def _BalanceEx(self, asked: dict[str, str]) -> dict[str, Any]:  # noqa: N802
        return {"error": [], "result": {"ZUSD": {"balance": "1000.12345678901234567890", "hold_trade": "0.5"}}}


@contextmanager
def opened_desk() -> Iterator[KrakenDesk]:
    """Open the exchange on a free port of this machine."""
    desk = KrakenDesk()

    class Handler(_Handler):
        state = desk

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        desk.url = f"http://127.0.0.1:{server.server_port}"
        yield desk
        desk.closing.set()
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: KrakenDesk

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def _serve(self, body: bytes) -> None:
        call = self.path.partition("?")[0].rsplit("/", 1)[1]
        self.state.seen.append(call)
        fault = self.state.faults.pop(call, None)
        asked = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if fault in {"lose", "stall"}:
            if fault == "stall":
                self.state.closing.wait(60.0)
            self.close_connection = True
            return
        if isinstance(fault, tuple):
            self._send(*fault)
            return
        if "/private/" in self.path and not self._is_signed(body, asked):
            answer = {"error": ["EAPI:Invalid signature"]}
        else:
            answer = self.state.answer(call, asked)
        if fault == "cut":
            self.close_connection = True
            return
        self._send(200, json.dumps(answer).encode())

    def _is_signed(self, body: bytes, asked: dict[str, str]) -> bool:
        digest = hashlib.sha256(asked.get("nonce", "").encode() + body).digest()
        sign = hmac.digest(base64.b64decode(SECRET), self.path.encode() + digest, "sha512")
        return (self.headers["API-Key"], self.headers["API-Sign"]) == (API_KEY, base64.b64encode(sign).decode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
