"""A small exchange that asks for everything by POST, as kraken does, and repeats in its answers what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PAIR = {
    "altname": "XBTUSD",
    "wsname": "XBT/USD",
    "base": "XXBT",
    "quote": "ZUSD",
    "pair_decimals": 1,
    "cost_decimals": 5,
    "lot_decimals": 8,
    "lot_multiplier": 1,
    "fees": [[0, 0.25]],
    "fees_maker": [[0, 0.16]],
    "ordermin": "0.0001",
    "costmin": "0.5",
    "tick_size": "0.1",
    "status": "online",
}
ASSETS = {
    name: {"altname": alt, "decimals": 10, "status": "enabled"} for name, alt in (("XXBT", "XBT"), ("ZUSD", "USD"))
}


class Exchange:
    """Its orders, by their ids."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self._numbers = count(1)
        self._lock = threading.Lock()

    def answer(self, path: str, told: dict[str, str], headers: dict[str, str]) -> Any:
        """Do what is asked for."""
        with self._lock:
            self.asked.append(path)
            name = path.rpartition("/")[2]
            if name in {"AssetPairs", "Assets"}:
                return {"XXBTZUSD": PAIR} if name == "AssetPairs" else ASSETS
            result = getattr(self, f"_{name.lower()}")(told)
            return {**result, "echo": {"who": headers.get("API-Key"), "sign": headers.get("API-Sign"), **told}}

    def _addorder(self, told: dict[str, str]) -> Any:
        order_id = f"O{next(self._numbers):05d}-AAAAA-BBBBBB"
        self.orders[order_id] = {
            "cl_ord_id": told.get("cl_ord_id"),
            "status": "open",
            "opentm": 1_764_000_000.5,
            "vol": told["volume"],
            "vol_exec": "0.00000000",
            "cost": "0.00000",
            "fee": "0.00000",
            "price": "0.00000",
            "descr": {
                "pair": "XBTUSD",
                "type": told["type"],
                "ordertype": told["ordertype"],
                "price": told["price"],
                "order": f"{told['type']} {told['volume']} XBTUSD @ limit {told['price']}",
            },
        }
        return {"txid": [order_id], "descr": self.orders[order_id]["descr"]}

    def _cancelorder(self, told: dict[str, str]) -> Any:
        self.orders[told["txid"]] |= {"status": "canceled", "closetm": 1_764_000_001.5}
        return {"count": 1}

    def _queryorders(self, told: dict[str, str]) -> Any:
        return {one: self.orders[one] for one in told["txid"].split(",")}

    def _openorders(self, _: dict[str, str]) -> Any:
        return {"open": {one: order for one, order in self.orders.items() if order["status"] == "open"}}

    def _closedorders(self, _: dict[str, str]) -> Any:
        ended = {one: order for one, order in self.orders.items() if order["status"] != "open"}
        return {"closed": ended, "count": len(ended)}


@contextmanager
def serving(exchange: Exchange) -> Iterator[str]:
    """Serve it on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer(json.loads(body) if body.startswith("{") else dict(parse_qsl(body)))

        def _answer(self, told: dict[str, str]) -> None:
            result = exchange.answer(urlsplit(self.path).path, told, dict(self.headers))
            body = json.dumps({"error": [], "result": result}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Set-Cookie", "session=cAnArYsEsSiOn")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
