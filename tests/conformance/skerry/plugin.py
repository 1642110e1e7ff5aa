"""Skerry, a made-up venue of the hardest shape, as a stranger would write its plugin.

It is asked by POST alone, signs a nonce, the path and the body's digest, takes nonces in rising order, counts points by
an order's age, refuses with HTTP 200, cancels after it has answered, answers batches by position, gives cursors that
mean nothing to others, and tells the time in a header.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import hk_adapter as hk
from tests.conformance.skerry import answers

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
    cancel_batch: ClassVar = 5
    create_batch: ClassVar = 5

    def sign(self, call: hk.HttpCall, credentials: hk.Credentials | None, timestamp: int) -> hk.HttpRequest:
        """Sign the nonce, the path and the body's digest."""
        body = json.dumps(call.json or {}).encode()
        headers = {"content-type": "application/json"}
        if credentials is not None:
            nonce = str(call.nonce)
            signed = nonce.encode() + call.path.encode() + hashlib.sha256(body).digest()
            mark = base64.b64encode(credentials.hmac("sha512", signed, key_encoding="base64")).decode()
            headers |= {"x-key": credentials.api_key, "x-nonce": nonce, "x-sign": mark}
        return hk.HttpRequest("POST", ORIGIN + call.path, headers, body)

    @hk.hookimpl
    async def cancel_order(self, request: hk.CancelRequest) -> hk.Order:
        """Ask once; the answer says that it will be done."""
        points = WITHDRAWALS.replace(request=request)
        response = await self.change("/order/cancel", named(request), points, lane=hk.Lane.CANCEL)
        with answers.reading(response) as result:
            answers.is_pending(result)
            return request.acknowledged()

    @hk.hookimpl
    async def cancel_orders(self, request: hk.CancelOrdersRequest) -> hk.CancelOrdersAnswer:
        """Ask once; each answer stands where its order stood."""
        numbers = [{"number": int(order_id)} for order_id in request.order_ids]
        points = WITHDRAWALS.replace(request=request)
        response = await self.change("/orders/cancel", {"orders": numbers}, points, lane=hk.Lane.CANCEL)
        with answers.reading(response) as result:
            found = answers.rows(result, "orders", len(numbers))
            refused = {
                order_id: answers.refusal(row["error"])
                for order_id, row in zip(request.order_ids, found, strict=True)
                if "error" in row or not answers.is_pending(row)
            }
        return hk.CancelOrdersAnswer(refused=refused)

    @hk.hookimpl
    async def create_order(self, request: hk.CreateOrderRequest) -> hk.Order:
        """Ask once; the answer has a number."""
        response = await self.change("/order/create", terms(request), 1)
        with answers.reading(response) as result:
            return created(request, result)

    @hk.hookimpl
    async def create_orders(self, request: hk.CreateOrdersRequest) -> hk.CreateOrdersAnswer:
        """Ask once; each answer stands where its order stood."""
        asked = [terms(one) for one in request.orders]
        response = await self.change("/orders/create", {"orders": asked}, len(asked))
        with answers.reading(response) as result:
            found = answers.rows(result, "orders", len(asked))
            return hk.CreateOrdersAnswer(
                results=tuple(
                    answers.refusal(row["error"]) if "error" in row else created(one, row)
                    for one, row in zip(request.orders, found, strict=True)
                )
            )

    @hk.hookimpl
    async def fetch_order(self, request: hk.FetchOrderRequest) -> hk.Order:
        """Ask once."""
        with answers.reading(await self.ask("/order/show", named(request), 1)) as result:
            return answers.order(result)

    @hk.hookimpl
    async def fetch_open_orders(self, request: hk.ListOrdersRequest) -> hk.OrderPage:
        """Ask for one page."""
        asked = {"rows": PAGE} | ({} if request.before_id is None else {"cursor": request.before_id})
        with answers.reading(await self.ask("/orders/resting", asked, 2)) as result:
            found = tuple(answers.order(row) for row in answers.rows(result, "orders"))
            more = result["cursor"]
            if more is not None and not isinstance(more, str):
                raise TypeError("a cursor that is no text")
            return hk.OrderPage(orders=found, complete=more is None, next_before_id=more)

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
    if request.order_id is None:
        return {"reference": request.client_order_id}
    if not request.order_id.isdigit():
        raise hk.InvalidArgument("skerry numbers its orders")
    return {"number": int(request.order_id)}


def terms(request: hk.CreateOrderRequest) -> dict[str, Any]:
    """Write what is to be created."""
    return {
        "reference": request.client_order_id,
        "pair": request.symbol.replace("/", "."),
        "side": str(request.side),
        "price": f"{request.price:f}",
        "volume": f"{request.amount:f}",
    }


def created(request: hk.CreateOrderRequest, row: Mapping[str, Any]) -> hk.Order:
    """Read the answer to a create."""
    return request.acknowledged(answers.order_id(row["number"]), info=row)
