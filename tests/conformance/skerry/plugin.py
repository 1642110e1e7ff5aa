"""Skerry, a made-up venue of the hardest shape, as a stranger would write its plugin.

It is asked by POST alone, signs a nonce, the path and the body's digest, takes nonces in rising order, counts points by
an order's age, refuses with HTTP 200, cancels after it has answered, answers batches by position, gives cursors that
mean nothing to others, and tells the time in a header. Its stream wants a token and a signed message, and counts its
frames.
"""

from __future__ import annotations

import base64
import hashlib
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import hk_adapter as hk
from hk_adapter.parsing import write_json
from tests.conformance.skerry import answers, streams

ORIGIN = "https://api.skerry.example"
PAGE = 40
WITHDRAWALS = hk.CostByAge(steps=((5, 8), (15, 4), (60, 2), (300, 1)))
"""What a cancel costs in points: the younger its order, the more."""


@hk.hookimpl
def open_venue(settings: hk.VenueSettings) -> hk.OpenedVenue:
    """Open it."""
    return Skerry()


class Skerry:
    """The plugin."""

    hosts: ClassVar = frozenset({ORIGIN})
    limits: ClassVar = {
        "points": hk.LeakyBucket(capacity=60, refill=1, kept=16),
        "queries": hk.LeakyBucket(capacity=15, refill=0.5, kept=5),
    }
    request_lifetime: ClassVar = 30_000
    key_kinds: ClassVar = frozenset({"hmac"})
    ordered: ClassVar = True
    clock_step: ClassVar = 1000
    checks_time: ClassVar = False
    stream_hosts: ClassVar = frozenset({streams.ORIGIN})
    cancel_batch: ClassVar = 5
    create_batch: ClassVar = 5

    def sign(self, call: hk.HttpCall, credentials: hk.Credentials | None, timestamp: int) -> hk.HttpRequest:
        """Sign the nonce, the path and the body's digest."""
        body = write_json(call.json or {})
        headers = {"content-type": "application/json"}
        if credentials is not None:
            nonce = str(call.nonce)
            signed = nonce.encode() + call.path.encode() + hashlib.sha256(body).digest()
            mark = base64.b64encode(credentials.hmac("sha512", signed, key_encoding="base64")).decode()
            headers |= {"x-key": credentials.api_key, "x-nonce": nonce, "x-sign": mark}
        return hk.HttpRequest("POST", ORIGIN + call.path, headers, body)

    def sign_stream(self, plan: hk.StreamPlan, credentials: hk.Credentials | None, timestamp: int) -> tuple[str, ...]:
        """Begin a stream with what proves the key."""
        return () if credentials is None else (streams.begin(plan.key, credentials, timestamp),)

    @hk.hookimpl
    async def open_stream(self, request: hk.StreamRequest) -> hk.StreamPlan:
        """Ask for a token."""
        return streams.plan(answers.result_of(await self.ask("/stream/token", {}, 1), "open_stream"))

    @hk.hookimpl
    async def cancel_order(self, request: hk.CancelRequest) -> hk.Order:
        """Ask once; the answer says that it will be done."""
        points = WITHDRAWALS.replace(request=request)
        response = await self.change("/order/cancel", named(request), points, lane=hk.Lane.CANCEL)
        answers.require_pending(answers.result_of(response, "cancel_order"))
        return request.acknowledged()

    @hk.hookimpl
    async def cancel_orders(self, request: hk.CancelOrdersRequest) -> hk.CancelOrdersAnswer:
        """Ask once; each answer stands where its order stood."""
        asked = [{"number": int(order_id)} for order_id in request.order_ids]
        points = WITHDRAWALS.replace(request=request)
        response = await self.change("/orders/cancel", {"orders": asked}, points, lane=hk.Lane.CANCEL)
        result = answers.result_of(response, "cancel_orders")
        read = answers.each(result, request.order_ids, lambda _, row: answers.require_pending(row), "cancel_orders")
        errors = zip(request.order_ids, read, strict=True)
        return hk.CancelOrdersAnswer(refused={order_id: error for order_id, error in errors if error is not None})

    @hk.hookimpl
    async def create_order(self, request: hk.CreateOrderRequest) -> hk.Order:
        """Ask once; the answer has a number."""
        response = await self.change("/order/create", terms(request), 1)
        return answers.created(request, answers.result_of(response, "create_order"))

    @hk.hookimpl
    async def create_orders(self, request: hk.CreateOrdersRequest) -> hk.CreateOrdersAnswer:
        """Ask once; each answer stands where its order stood."""
        asked = [terms(one) for one in request.orders]
        response = await self.change("/orders/create", {"orders": asked}, len(asked))
        result = answers.result_of(response, "create_orders")
        return hk.CreateOrdersAnswer(
            results=tuple(answers.each(result, request.orders, answers.created, "create_orders"))
        )

    @hk.hookimpl
    async def fetch_order(self, request: hk.FetchOrderRequest) -> hk.Order:
        """Ask once."""
        response = await self.ask("/order/show", named(request), 1)
        return answers.order(answers.result_of(response, "fetch_order").payload)

    @hk.hookimpl
    async def fetch_open_orders(self, request: hk.ListOrdersRequest) -> hk.OrderPage:
        """Ask for one page."""
        response = await self.ask("/orders/resting", paged(request), 2)
        return answers.page(answers.result_of(response, "fetch_open_orders"), request.symbol, only_open=True)

    @hk.hookimpl
    async def fetch_orders(self, request: hk.ListOrdersRequest) -> hk.OrderPage:
        """Ask for one page of those that have ended."""
        response = await self.ask("/orders/ended", paged(request), 2)
        return answers.page(answers.result_of(response, "fetch_orders"), request.symbol, only_open=False)

    @hk.hookimpl
    async def fetch_my_trades(self, request: hk.ListTradesRequest) -> hk.TradePage:
        """Ask for one page."""
        response = await self.ask("/fills", paged(request), 2)
        return answers.fills(answers.result_of(response, "fetch_my_trades"), request.symbol)

    @hk.hookimpl
    async def fetch_time(self) -> int:
        """Read the clock off the header of an answer."""
        response = await hk.HttpCall("POST", "/ping", reads=True)
        try:
            return int(parsedate_to_datetime(response.headers["date"]).timestamp() * 1000)
        except (LookupError, ValueError) as error:
            raise hk.UnexpectedPayload("skerry: an answer without its time") from error

    async def change(
        self, path: str, body: Any, points: int | hk.CostByAge, lane: hk.Lane = hk.Lane.NORMAL
    ) -> hk.Response:
        """Send what changes something."""
        return await hk.HttpCall("POST", path, json=body, signed=True, group="points", weight=points, lane=lane)

    async def ask(self, path: str, body: Any, weight: int) -> hk.Response:
        """Ask what changes nothing."""
        return await hk.HttpCall("POST", path, json=body, signed=True, reads=True, group="queries", weight=weight)


def named(request: hk.CancelRequest | hk.FetchOrderRequest) -> dict[str, Any]:
    """Name an order."""
    if request.params:
        raise hk.InvalidArgument("skerry takes no params")
    if request.order_id is None:
        return {"reference": request.client_order_id}
    if not request.order_id.isdigit():
        raise hk.InvalidArgument("skerry numbers its orders")
    return {"number": int(request.order_id)}


def paged(request: hk.ListOrdersRequest | hk.ListTradesRequest) -> dict[str, Any]:
    """Name a page: the first, or that of a cursor."""
    if request.params:
        raise hk.InvalidArgument("skerry takes no params")
    return {"rows": PAGE} | ({} if request.before_id is None else {"cursor": request.before_id})


def terms(request: hk.CreateOrderRequest) -> dict[str, Any]:
    """Write what is to be created."""
    if request.params or request.post_only or request.time_in_force not in {None, "GTC"}:
        raise hk.InvalidArgument("skerry takes plain limit orders alone")
    if request.price is None or request.amount is None:
        raise hk.InvalidArgument("skerry takes orders with a price and an amount alone")
    return {
        "reference": request.client_order_id,
        "pair": request.symbol.replace("/", "."),
        "side": str(request.side),
        "price": f"{request.price:f}",
        "volume": f"{request.amount:f}",
    }
