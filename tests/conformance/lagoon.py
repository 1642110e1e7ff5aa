"""A made-up venue: its plugin, as a stranger would write it, and its script."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import hk_adapter as hk
from hk_adapter.parsing import read_json, retry_after
from hk_adapter.testing import example_key
from hk_adapter.testing.conformance import (
    Asked,
    BatchRow,
    Refusal,
    Request,
    ScriptedFill,
    ScriptedOrder,
    SignedExample,
    StateWord,
)
from tests.conformance.lagoon_desk import LagoonDesk, LagoonDeskScript, funds_row
from tests.conformance.lagoon_market_stream import LagoonMarketStream, LagoonMarketStreamScript
from tests.conformance.lagoon_stream import LagoonStream, LagoonStreamScript

ORIGIN = "https://api.lagoon.example"
PAGE = 50
BATCH = 4
LONGEST_EBB = 600
"""Seconds."""
_STATES = {
    "live": hk.OrderStatus.OPEN,
    "tide": hk.OrderStatus.PENDING_NEW,
    "done": hk.OrderStatus.CLOSED,
    "gone": hk.OrderStatus.CANCELED,
}
_STREAM = {"POST": Request.OPEN_STREAM, "PUT": Request.RENEW_STREAM, "DELETE": Request.CLOSE_STREAM}
_DESK = {
    "/account": Request.BALANCES,
    "/pairs": Request.MARKETS,
    "/book": Request.BOOK,
    "/trades": Request.TRADES,
    "/tickers": Request.TICKERS,
}
_REFUSALS = {
    Refusal.NO_SUCH_ORDER: (404, "no such order"),
    Refusal.ENDED: (409, "finished"),
    Refusal.BAD_KEY: (401, "bad key"),
    Refusal.RATE_LIMITED: (429, "slow down"),
    Refusal.NO_FUNDS: (422, "no funds"),
    Refusal.DUPLICATE: (409, "used name"),
    Refusal.CLOSED: (503, "closed"),
    Refusal.CLOCK_SKEW: (401, "late tide"),
    Refusal.UNKNOWN_WORD: (422, "tide too low"),
}


class Lagoon(LagoonDesk, LagoonStream, LagoonMarketStream):
    """The plugin."""

    limits: ClassVar = {"orders": hk.RateLimit(amount=10), "queries": hk.RateLimit(amount=10)}
    request_lifetime = 5000
    hosts = frozenset({ORIGIN})
    cancel_batch = BATCH
    create_batch = BATCH

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        """Sign time, method and path."""
        query = "&".join(f"{name}={value}" for name, value in call.params.items())
        path = f"{call.path}?{query}" if query else call.path
        body = None if call.json is None else json.dumps(call.json).encode()
        text = f"{timestamp} {call.method} {path} ".encode() + (body or b"")
        signed = {} if credentials is None else {"X-Sign": credentials.hmac_sha256(text)}
        headers = {"X-Time": str(timestamp), **signed}
        return hk.HttpRequest(call.method, ORIGIN + path, headers, body)

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        """Ask once."""
        response = await hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", lane=hk.Lane.CANCEL)
        order = self.read(response)
        if order.status is hk.OrderStatus.OPEN:
            return order.replace(status=hk.OrderStatus.PENDING_CANCEL)
        return order

    @hk.hookimpl
    async def cancel_orders(self, request: Any) -> hk.CancelOrdersAnswer:
        """Ask once: each place of the answer is that of an id."""
        ids = list(request.order_ids)
        call = hk.HttpCall(
            "POST", "/orders/cancel", json=ids, signed=True, group="orders", lane=hk.Lane.CANCEL, weight=len(ids)
        )
        return self.refused(await call, ids)

    @hk.hookimpl
    async def cancel_all_orders_after(self, request: Any) -> bool:
        """Ask once, in whole seconds."""
        self.plain(request)
        seconds, rest = divmod(request.milliseconds, 1000)
        if rest or seconds > LONGEST_EBB:
            raise hk.InvalidArgument("whole seconds are counted, 600 at the most")
        response = await self.ebb(seconds)
        with self.reading(response):
            return bool(self.payload(response)["ebb"] == seconds)

    async def ebb(self, seconds: int) -> hk.Response:
        """Ask for a countdown."""
        return await hk.HttpCall(
            "POST", "/ebb", json={"ebb": seconds}, signed=True, group="orders", lane=hk.Lane.CANCEL
        )

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        """Ask once."""
        return self.read(await hk.HttpCall("GET", self.path(request), signed=True, group="queries"))

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        """Ask once."""
        return self.read(await hk.HttpCall("POST", "/orders", json=self.terms(request), signed=True, group="orders"))

    @hk.hookimpl
    async def create_orders(self, request: Any) -> hk.CreateOrdersAnswer:
        """Ask once: each place of the answer is that of an order."""
        terms = [self.terms(one) for one in request.orders]
        call = hk.HttpCall("POST", "/orders/many", json=terms, signed=True, group="orders", weight=len(terms))
        return self.placed(await call, request.orders)

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        """Ask for one page."""
        params = self.paged(request)
        response = await hk.HttpCall("GET", "/orders", params=params, signed=True, group="queries")
        with self.reading(response):
            return self.page(self.payload(response), request.symbol)

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        """Ask for one page of those that have ended."""
        params = self.paged(request)
        response = await hk.HttpCall("GET", "/orders/ended", params=params, signed=True, group="queries")
        with self.reading(response):
            return self.page(self.payload(response), request.symbol)

    @hk.hookimpl
    async def fetch_my_trades(self, request: Any) -> hk.TradePage:
        """Ask for one page."""
        params = self.paged(request)
        response = await hk.HttpCall("GET", "/fills", params=params, signed=True, group="queries")
        with self.reading(response):
            page = self.fills(self.payload(response))
            return page.replace(trades=tuple(one for one in page.trades if request.symbol in {None, one.symbol}))

    @hk.hookimpl
    async def fetch_time(self) -> int:
        """Ask once."""
        response = await hk.HttpCall("GET", "/time", group="queries")
        with self.reading(response):
            return self.time(self.payload(response))

    def paged(self, request: Any) -> dict[str, str]:
        """Name a page."""
        self.plain(request)
        return {"limit": str(PAGE)} | ({} if request.before_id is None else {"after": request.before_id})

    def plain(self, request: Any) -> None:
        """Refuse what else is asked."""
        if request.params:
            raise hk.InvalidArgument("no params are taken")

    def page(self, payload: Any, symbol: str | None) -> hk.OrderPage:
        """Read a page, of which the orders of one market are wanted, or all."""
        orders = [self.order(row) for row in payload["orders"]]
        more = orders[-1].id if payload["more"] else None
        wanted = tuple(one for one in orders if symbol in {None, one.symbol})
        return hk.OrderPage(orders=wanted, complete=more is None, next_before_id=more)

    def placed(self, response: hk.Response, asked: Sequence[Any]) -> hk.CreateOrdersAnswer:
        """Read what was placed."""
        with self.reading(response):
            rows = self.payload(response)
            if len(rows) != len(asked):
                raise ValueError("not as many answers as orders")
            results = [self.refusal(200, row["error"]) if "error" in row else self.order(row) for row in rows]
            return hk.CreateOrdersAnswer(results=tuple(results))  # type: ignore[arg-type]

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        """Read what was refused."""
        with self.reading(response):
            words = self.payload(response)
            if len(words) != len(ids):
                raise ValueError("not as many answers as ids")
            pairs = [(order_id, word) for order_id, word in zip(ids, words, strict=True) if word != "ok"]
            errors = {order_id: self.refusal(200, word) for order_id, word in pairs}
            return hk.CancelOrdersAnswer(refused=errors)

    def fills(self, payload: Any) -> hk.TradePage:
        """Read a page; a row that cannot be read is counted."""
        read, rows = [], payload["fills"]
        for row in rows:
            try:
                read.append(self.fill(row))
            except (ValueError, LookupError, TypeError, ArithmeticError):
                continue
        left_out, more = len(rows) - len(read), rows[-1]["id"] if payload["more"] else None
        complete = more is None and not left_out
        return hk.TradePage(trades=tuple(read), complete=complete, next_before_id=more, left_out=left_out)

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        """Read a row."""
        return hk.Trade(
            id=row["id"],
            order_id=row["order"],
            symbol=row["pair"].replace("-", "/"),
            side=hk.OrderSide(row["side"]),
            taker_or_maker="maker" if row["rested"] else "taker",
            price=self.number(row["price"]),
            amount=self.number(row["size"]),
            fees=(hk.Fee(currency="USD", cost=self.number(row["fee"])),),
            timestamp=row["made"],
            info=row,
        )

    def time(self, payload: Any) -> int:
        """Read ms."""
        return int(payload["now"])

    def path(self, request: Any) -> str:
        """Name an order."""
        self.plain(request)
        if request.order_id is not None:
            return f"/orders/{request.order_id}"
        return f"/orders/by-client/{request.client_order_id}"

    def terms(self, request: Any) -> dict[str, Any]:
        """Write what is to be created."""
        if request.params or request.post_only or request.time_in_force not in {None, "GTC"}:
            raise hk.InvalidArgument("only plain orders are taken")
        numbers = {"price": request.price, "size": request.amount, "worth": request.cost}
        return {
            "client": request.client_order_id,
            "pair": request.symbol.replace("/", "-"),
            "kind": str(request.type),
            "side": str(request.side),
        } | {name: f"{number:f}" for name, number in numbers.items() if number is not None}

    def read(self, response: hk.Response) -> hk.Order:
        """Read an answer about one order."""
        with self.reading(response):
            return self.order(self.payload(response))

    def payload(self, response: hk.Response) -> Any:
        """Read the JSON, or raise the refusal."""
        payload = read_json(response.body)
        if response.status != 200:
            raise self.waiting(response, self.refusal(response.status, payload["error"]))
        return payload

    def waiting(self, response: hk.Response, error: Any) -> hk.AdapterError:
        """Tell for how long to be silent."""
        error.retry_after = retry_after(response.headers)
        return error  # type: ignore[no-any-return]

    def order(self, row: dict[str, Any]) -> hk.Order:
        """Read a row."""
        return hk.Order(
            id=row["id"],
            client_order_id=row["client"],
            symbol=row["pair"].replace("-", "/"),
            side=hk.OrderSide(row["side"]),
            type=hk.OrderType(row["kind"]),
            price=self.number(row["price"]) if row["kind"] == "limit" else None,
            amount=self.number(row["size"]),
            filled=self.number(row["done"]),
            status=self.status(row),
            venue_status=row["state"],
            timestamp=row["made"],
            last_update_timestamp=row["changed"],
            info=row,
        )

    def number(self, text: str) -> Decimal:
        """Read digits."""
        read = Decimal(text)
        if not read.is_finite():
            raise ValueError("no number")
        return read

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        """Read a state."""
        return _STATES[row["state"]]

    def refusal(self, status: int, word: str) -> Exception:
        """Read a refusal."""
        said: dict[str, Any] = {"code": word, "http_status": status}
        if status >= 500 and word != "closed":
            return hk.OutcomeUnknown(f"lagoon: HTTP {status}", http_status=status)
        match word:
            case "no such order":
                return hk.OrderNotFound("no such order", **said)
            case "finished":
                return hk.CancelRejected("finished", reason=hk.CancelRejectReason.TOO_LATE, **said)
            case "bad key":
                return hk.AuthenticationError("bad key", **said)
            case "late tide":
                return hk.ClockSkew("late tide", **said)
            case "slow down":
                return hk.RateLimited("slow down", **said)
            case "no funds":
                return hk.InsufficientFunds("no funds", **said)
            case "used name":
                return hk.DuplicateClientOrderId("used name", **said)
            case "closed":
                return hk.VenueUnavailable("closed", **said)
            case _:
                return hk.OutcomeUnknown(f"lagoon: HTTP {status}", http_status=status)

    def reading(self, response: hk.Response) -> Any:
        """Turn what cannot be read into doubt."""
        return Reading(response)


class Reading:
    """Turns what cannot be read into doubt."""

    def __init__(self, response: hk.Response) -> None:
        self._response = response

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        wrong = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
        if isinstance(error, wrong) and not isinstance(error, hk.AdapterError):
            raise hk.UnexpectedPayload(f"lagoon: HTTP {self._response.status}, not as documented") from error


class LagoonScript(LagoonDeskScript, LagoonStreamScript, LagoonMarketStreamScript):
    """The venue's side."""

    symbol = "ETH/USD"
    other_symbol = "BTC/USD"
    countdown_step = 1000
    longest_countdown = LONGEST_EBB * 1000

    def order_id(self, number: int) -> str:
        """Write a number beyond what a float holds."""
        return str(9_007_199_254_740_993 + number)

    def read(self, request: hk.HttpRequest) -> Asked:
        """Read a path, and a nonce where there is one."""
        nonce = request.headers.get("X-Count")
        return self._read(request).replace(nonce=None if nonce is None else int(nonce))

    def _read(self, request: hk.HttpRequest) -> Asked:
        parts = urlsplit(request.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/orders" and request.method == "GET":
            return Asked(kind=Request.OPEN_ORDERS, after_id=query.get("after"), limit=int(query["limit"]))
        if parts.path in {"/fills", "/orders/ended"}:
            kind = Request.FILLS if parts.path == "/fills" else Request.ENDED_ORDERS
            until = int(query["until"]) if "until" in query else None
            return Asked(kind=kind, after_id=query.get("after"), until=until, limit=int(query["limit"]))
        if parts.path == "/orders/cancel":
            return Asked(kind=Request.CANCEL_MANY, order_ids=tuple(json.loads(request.body or b"[]")), limit=BATCH)
        if parts.path in {"/ebb", "/time"}:
            return _beside_orders(request)
        if parts.path == "/stream":
            key = json.loads(request.body or b"{}").get("tide")
            return Asked(kind=_STREAM[request.method], stream_key=key)
        if parts.path in _DESK:
            pair = query.get("pair")
            return Asked(kind=_DESK[parts.path], symbol=None if pair is None else pair.replace("-", "/"))
        if parts.path == "/orders":
            return _create(json.loads(request.body or b"{}"))
        if parts.path == "/orders/many":
            orders = tuple(map(_create, json.loads(request.body or b"[]")))
            return Asked(kind=Request.CREATE_MANY, orders=orders, limit=BATCH)
        kind = Request.CANCEL if request.method == "DELETE" else Request.QUERY
        name = parts.path.rpartition("/")[2]
        if "/by-client/" in parts.path:
            return Asked(kind=kind, client_order_id=name)
        return Asked(kind=kind, order_id=name)

    def order(self, order: ScriptedOrder) -> hk.Response:
        """Answer with the row."""
        return _json(_row(order))

    accepted = created = order

    def page(self, orders: Sequence[ScriptedOrder], *, is_last: bool) -> hk.Response:
        """Answer with rows, and whether there are more."""
        return _json({"orders": [_row(order) for order in orders], "more": not is_last})

    history = page

    def batch(self, rows: Sequence[BatchRow]) -> hk.Response:
        """Answer with a word for each."""
        return _json(["ok" if row.refusal is None else _REFUSALS[row.refusal][1] for row in rows])

    def countdown(self, milliseconds: int) -> hk.Response:
        """Answer with the seconds."""
        return _json({"ebb": milliseconds // 1000})

    def created_many(self, rows: Sequence[BatchRow]) -> hk.Response:
        """Answer with a row, or a word, for each."""
        return _json([_row(row.order) if row.refusal is None else {"error": _REFUSALS[row.refusal][1]} for row in rows])

    def fill_id(self, number: int) -> str:
        """Write a number beyond what a float holds."""
        return str(9_007_199_254_740_993 + number)

    def fills(self, fills: Sequence[ScriptedFill], *, is_last: bool) -> hk.Response:
        """Answer with rows, and whether there are more."""
        return _json({"fills": [_fill(fill) for fill in fills], "more": not is_last})

    def refusal(self, refusal: Refusal) -> hk.Response:
        """Answer with a word."""
        status, word = _REFUSALS[refusal]
        return _json({"error": word}, status)

    def other(self, request: hk.HttpRequest, now: int) -> hk.Response:
        """Tell the time: there is nothing else."""
        return _json({"now": now})

    def state_words(self) -> Sequence[StateWord]:
        """Tell all four."""
        return [StateWord(word=word, status=status) for word, status in _STATES.items()]

    def row(self, order: ScriptedOrder) -> dict[str, Any]:
        """Write an order."""
        return _row(order)

    def fill_row(self, fill: ScriptedFill) -> dict[str, Any]:
        """Write a fill."""
        return _fill(fill)

    funds_row = staticmethod(funds_row)

    def signed_examples(self) -> Sequence[SignedExample]:
        """Sign one without anything, one with a query, and one with a body."""
        calls = {
            "DELETE /orders/7 ": hk.HttpCall("DELETE", "/orders/7", signed=True),
            "GET /orders?limit=50 ": hk.HttpCall("GET", "/orders", params={"limit": "50"}, signed=True),
            'POST /orders {"size": "0.1"}': hk.HttpCall("POST", "/orders", json={"size": "0.1"}, signed=True),
        }
        key = example_key("bather", "low water")
        return [SignedExample(call=call, key=key, timestamp=17, headers=_marks(text)) for text, call in calls.items()]


def _beside_orders(request: hk.HttpRequest) -> Asked:
    if request.body is None:
        return Asked(kind=Request.OTHER)
    return Asked(kind=Request.COUNTDOWN, milliseconds=json.loads(request.body)["ebb"] * 1000)


def _create(body: dict[str, Any]) -> Asked:
    return Asked(
        kind=Request.CREATE,
        client_order_id=body["client"],
        symbol=body["pair"].replace("-", "/"),
        type=hk.OrderType(body["kind"]),
        side=hk.OrderSide(body["side"]),
        price=Decimal(str(body["price"])) if "price" in body else None,
        amount=Decimal(str(body["size"])) if "size" in body else None,
        cost=Decimal(body["worth"]) if "worth" in body else None,
    )


def _marks(text: str) -> dict[str, str]:
    sign = hmac.new(b"low water", f"17 {text}".encode(), hashlib.sha256)
    return {"X-Time": "17", "X-Sign": sign.hexdigest()}


def _row(order: ScriptedOrder) -> dict[str, Any]:
    states = {hk.OrderStatus.OPEN: "live", hk.OrderStatus.CLOSED: "done", hk.OrderStatus.CANCELED: "gone"}
    return {
        "id": order.id,
        "client": order.client_order_id,
        "pair": order.symbol.replace("/", "-"),
        "kind": str(order.type),
        "side": str(order.side),
        "price": f"{order.price:f}",
        "size": f"{order.amount:f}",
        "done": f"{order.filled:f}",
        "state": order.word or states[order.status],
        "made": order.created,
        "changed": order.updated,
    }


def _fill(fill: ScriptedFill) -> dict[str, Any]:
    return {
        "id": fill.id,
        "order": fill.order.id,
        "pair": fill.order.symbol.replace("/", "-"),
        "side": str(fill.order.side),
        "price": f"{fill.price:f}",
        "size": f"{fill.amount:f}",
        "fee": f"{fill.fee:f}",
        "rested": fill.maker,
        "made": fill.time,
    }


def _json(payload: Any, status: int = 200) -> hk.Response:
    return hk.Response(status, {"content-type": "application/json"}, json.dumps(payload).encode())
