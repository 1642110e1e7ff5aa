"""Skerry's side: how it is asked, and how it answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from email.utils import formatdate
from typing import Any

import hk_adapter as hk
from hk_adapter.testing import (
    Asked,
    BatchRow,
    Refusal,
    Request,
    ScriptedBalance,
    ScriptedFill,
    ScriptedOrder,
    SignedExample,
    StateWord,
    example_key,
)

_KINDS = {
    "/order/cancel": Request.CANCEL,
    "/orders/cancel": Request.CANCEL_MANY,
    "/order/create": Request.CREATE,
    "/orders/create": Request.CREATE_MANY,
    "/order/show": Request.QUERY,
    "/orders/resting": Request.OPEN_ORDERS,
    "/orders/ended": Request.ENDED_ORDERS,
    "/fills": Request.FILLS,
    "/stream/token": Request.OPEN_STREAM,
}
_BATCH = 5
_STATES = {
    hk.OrderStatus.OPEN: "resting",
    hk.OrderStatus.CLOSED: "executed",
    hk.OrderStatus.CANCELED: "withdrawn",
}
WORDS = {
    Refusal.NO_SUCH_ORDER: "order.unknown",
    Refusal.ENDED: "order.ended",
    Refusal.BAD_KEY: "key.invalid",
    Refusal.RATE_LIMITED: "points.exhausted",
    Refusal.NO_FUNDS: "funds.short",
    Refusal.DUPLICATE: "name.used",
    Refusal.CLOSED: "venue.closed",
    Refusal.CLOCK_SKEW: "nonce.stale",
    Refusal.UNKNOWN_WORD: "tide.low",
}


class SkerryScript:
    """The venue's side."""

    symbol = "ETH/USD"
    other_symbol = "BTC/USD"
    _frame = 0

    def order_id(self, number: int) -> str:
        """Write a number beyond what a float holds."""
        return str(2**60 + number)

    def read(self, request: hk.HttpRequest) -> Asked:
        """Read a path and a body."""
        body = json.loads(request.body or b"{}")
        kind = _KINDS.get(request.path, Request.OTHER)
        several = body.get("orders", ()) if kind is Request.CREATE_MANY else ()
        nonce = int(request.headers["x-nonce"]) if "x-nonce" in request.headers else None
        orders = tuple(self._asked(Request.CREATE, one) for one in several)
        return self._asked(kind, body).replace(orders=orders, nonce=nonce)

    def _asked(self, kind: Request, body: dict[str, Any]) -> Asked:
        number = body.get("number")
        return Asked(
            kind=kind,
            order_id=None if number is None else str(number),
            client_order_id=body.get("reference"),
            symbol=body["pair"].replace(".", "/") if "pair" in body else None,
            side=hk.OrderSide(body["side"]) if "side" in body else None,
            price=Decimal(body["price"]) if "price" in body else None,
            amount=Decimal(body["volume"]) if "volume" in body else None,
            after_id=base64.b64decode(body["cursor"])[::-1].decode() if "cursor" in body else None,
            limit=body.get("rows", _BATCH),
            order_ids=tuple(str(one["number"]) for one in body.get("orders", ()) if "number" in one),
        )

    def order(self, order: ScriptedOrder) -> hk.Response:
        """Answer with the order."""
        return answer(row(order))

    def accepted(self, order: ScriptedOrder) -> hk.Response:
        """Answer that it will be done."""
        return answer({"pending": True})

    def batch(self, rows: Sequence[BatchRow]) -> hk.Response:
        """Answer at each order's place."""
        told = [{"pending": True} if row.refusal is None else {"error": WORDS[row.refusal]} for row in rows]
        return answer({"orders": told})

    def created(self, order: ScriptedOrder) -> hk.Response:
        """Answer with the number."""
        return answer({"number": int(order.id)})

    def created_many(self, rows: Sequence[BatchRow]) -> hk.Response:
        """Answer at each order's place."""
        told = [{"number": int(row.order.id)} if row.refusal is None else {"error": WORDS[row.refusal]} for row in rows]
        return answer({"orders": told})

    def page(self, orders: Sequence[ScriptedOrder], *, is_last: bool) -> hk.Response:
        """Answer with orders, and a cursor that nobody else can read."""
        cursor = None if is_last else _cursor(orders[-1].id)
        return answer({"orders": [row(order) for order in orders], "cursor": cursor})

    history = page

    def fill_id(self, number: int) -> str:
        """Write a number beyond what a float holds."""
        return str(2**61 + number)

    def fills(self, fills: Sequence[ScriptedFill], *, is_last: bool) -> hk.Response:
        """Answer with fills, and such a cursor."""
        cursor = None if is_last else _cursor(fills[-1].id)
        return answer({"fills": [_fill(fill) for fill in fills], "cursor": cursor})

    def refusal(self, refusal: Refusal) -> hk.Response:
        """Answer with a word."""
        return refused(WORDS[refusal])

    def other(self, request: hk.HttpRequest, now: int) -> hk.Response:
        """Tell the time, in a header."""
        return hk.Response(200, {"date": formatdate(now // 1000, usegmt=True)}, b'{"errors": [], "result": {}}')

    def stream(self, kind: Request, key: str | None) -> hk.Response:
        """Answer with a token, which opens one connection."""
        self._frame = 0
        return answer({"token": key})

    def ready_frames(self) -> Sequence[str]:
        """Confirm what began it."""
        return [self._told("following")]

    def frames(self, order: ScriptedOrder, fill: ScriptedFill | None) -> Sequence[str]:
        """Tell how the order stands; fills are not told."""
        return [self._told("order", order=row(order))]

    def balance_frames(self, balances: Sequence[ScriptedBalance]) -> Sequence[str]:
        """Tell nothing."""
        return ()

    def quiet_frames(self) -> Sequence[str]:
        """Answer a heartbeat; nothing counts it."""
        return ["pong"]

    def pings(self) -> Sequence[tuple[str, str]]:
        """Ask nobody anything."""
        return ()

    def _told(self, kind: str, **more: object) -> str:
        """Write the next frame of a connection."""
        number, self._frame = self._frame, self._frame + 1
        return json_text({"n": number, "kind": kind, **more})

    def state_words(self) -> Sequence[StateWord]:
        """Tell the three."""
        return [StateWord(word=word, status=status) for status, word in _STATES.items()]

    def signed_examples(self) -> Sequence[SignedExample]:
        """Sign the cancel of an order."""
        body = b'{"number":7}'
        text = b"1730000000000001" + b"/order/cancel" + hashlib.sha256(body).digest()
        mark = base64.b64encode(hmac.digest(b"a secret of nobody's", text, "sha512")).decode()
        call = hk.HttpCall("POST", "/order/cancel", json={"number": 7}, signed=True, nonce=1_730_000_000_000_001)
        key = example_key("skipper", base64.b64encode(b"a secret of nobody's").decode())
        headers = {"x-key": "skipper", "x-nonce": "1730000000000001", "x-sign": mark}
        return [SignedExample(call=call, key=key, headers=headers, body=body)]


def row(order: ScriptedOrder) -> dict[str, Any]:
    """Write an order."""
    return {
        "number": int(order.id),
        "reference": order.client_order_id,
        "pair": order.symbol.replace("/", "."),
        "side": str(order.side),
        "price": order.price,
        "volume": order.amount,
        "executed": order.filled,
        "state": order.word or _STATES[order.status],
        "opened": Decimal(order.created) / 1000,
        "touched": Decimal(order.updated) / 1000,
    }


def _fill(fill: ScriptedFill) -> dict[str, Any]:
    return {
        "fill": int(fill.id),
        "number": int(fill.order.id),
        "pair": fill.order.symbol.replace("/", "."),
        "side": str(fill.order.side),
        "price": fill.price,
        "volume": fill.amount,
        "fee": fill.fee,
        "at": Decimal(fill.time) / 1000,
    }


def _cursor(last: str) -> str:
    return base64.b64encode(last.encode()[::-1]).decode()


def answer(result: Any) -> hk.Response:
    """Write an answer."""
    return _response({"errors": [], "result": result})


def refused(*words: str) -> hk.Response:
    """Write a refusal."""
    return _response({"errors": list(words), "result": None})


def _response(payload: Any) -> hk.Response:
    return hk.Response(200, {"content-type": "application/json"}, json_text(payload).encode())


def json_text(value: Any) -> str:
    """Write JSON whose numbers have all their digits."""
    match value:
        case Decimal():
            return f"{value:f}"
        case Mapping():
            return "{" + ", ".join(f"{json.dumps(name)}: {json_text(one)}" for name, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(json_text, value)) + "]"
        case _:
            return json.dumps(value)
