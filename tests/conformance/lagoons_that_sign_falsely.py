"""Plugins that sign what they should not, or go by a clock, a chance or a wait of their own; and their cases."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import asyncio
import json
import random
import select
import threading
import uuid
from datetime import UTC, datetime
from socket import socket as plug
from time import sleep as nap
from time import time as hour
from typing import Any, ClassVar

import hk_adapter as hk
from tests.conformance.lagoon import ORIGIN, Lagoon


class SignsAnotherSpelling(Lagoon):
    """The body is signed without its blanks, and sent with them."""

    case = "test_examples_are_signed_as_they_should_be"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        if credentials is None or call.json is None:
            return request
        body = json.dumps(call.json, separators=(",", ":"))
        mark = credentials.hmac_sha256(f"{timestamp} {call.method} {call.path} {body}".encode())
        return hk.HttpRequest(request.method, request.url, {**request.headers, "X-Sign": mark}, request.body)


class SignsInAnotherOrder(Lagoon):
    """The method comes before the time."""

    case = "test_examples_are_signed_as_they_should_be"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        if credentials is None:
            return request
        text = f"{call.method} {timestamp} {request.url.removeprefix(ORIGIN)} ".encode() + (request.body or b"")
        headers = {**request.headers, "X-Sign": credentials.hmac_sha256(text)}
        return hk.HttpRequest(request.method, request.url, headers, request.body)


class SignsNoBody(Lagoon):
    """The body is not in what is signed."""

    case = "test_all_that_is_asked_is_signed"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        signed = super().sign(call.replace(json=None), credentials, timestamp)
        body = None if call.json is None else json.dumps(call.json).encode()
        return hk.HttpRequest(signed.method, signed.url, signed.headers, body)


class SignsTheFirstTermAlone(Lagoon):
    """Of the body, only its first field is in what is signed."""

    case = "test_all_that_is_asked_is_signed"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        first = dict([*call.json.items()][:1]) if isinstance(call.json, dict) else call.json
        signed = super().sign(call.replace(json=first), credentials, timestamp)
        body = None if call.json is None else json.dumps(call.json).encode()
        return hk.HttpRequest(signed.method, signed.url, signed.headers, body)


class SignsNoQuery(Lagoon):
    """The query is not in what is signed."""

    case = "test_all_that_is_asked_is_signed"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        signed = super().sign(call.replace(params={}), credentials, timestamp)
        plain = super().sign(call, None, timestamp)
        return hk.HttpRequest(plain.method, plain.url, signed.headers, signed.body)


class SignsNoTime(Lagoon):
    """The time is sent, and not in what is signed."""

    case = "test_when_it_is_asked_is_signed"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        signed = super().sign(call, credentials, 0)
        return hk.HttpRequest(signed.method, signed.url, {**signed.headers, "X-Time": str(timestamp)}, signed.body)


class _Ordered(Lagoon):
    ordered: ClassVar[Any] = True

    def nonce(self, call: Any, timestamp: int) -> int:
        raise NotImplementedError

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        signed = super().sign(call, credentials, timestamp)
        nonce = {} if credentials is None else {"X-Count": str(self.nonce(call, timestamp))}
        return hk.HttpRequest(signed.method, signed.url, {**signed.headers, **nonce}, signed.body)


class TakesTheTimeForTheNonce(_Ordered):
    """The nonce is the time of the request, which several have in common."""

    case = "test_nonces_rise_with_fifty_in_flight"
    clock_step = 1000

    def nonce(self, call: Any, timestamp: int) -> int:
        return timestamp // 1000


class CutsTheNonce(_Ordered):
    """The nonce has fewer digits than it was given."""

    case = "test_nonces_rise_with_fifty_in_flight"

    def nonce(self, call: Any, timestamp: int) -> int:
        return int(call.nonce) // 1_000_000


class OrdersItsCancelsAlone(_Ordered):
    """What confirms cancels counts by itself, from zero."""

    case = "test_nonces_rise_with_fifty_in_flight"
    ordered: ClassVar[Any] = frozenset({"orders"})

    def __init__(self) -> None:
        self._looks = 0

    def nonce(self, call: Any, timestamp: int) -> int:
        self._looks += 1
        return self._looks if call.nonce is None else int(call.nonce)


class NamesNoOrder(Lagoon):
    """Nonces are wanted, and no order is said to be."""

    case = "test_nonces_rise_with_fifty_in_flight"


class SignsByAClockOfAnotherName(Lagoon):
    """The machine's time is signed, by whatever name."""

    case = "test_hooks_read_no_clock_and_draw_no_chance"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        return super().sign(call, credentials, int(hour()))


class ReadsTheDate(Lagoon):
    """A hook knows what day it is."""

    case = "test_hooks_read_no_clock_and_draw_no_chance"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"changed": int(datetime.now(UTC).timestamp() * 1000)})


class MakesUpIds(Lagoon):
    """A create has a number that nobody gave."""

    case = "test_hooks_read_no_clock_and_draw_no_chance"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request) | {"batch": uuid.uuid4().hex}


class WaitsByChance(Lagoon):
    """A hook waits for as long as chance will have it."""

    case = "test_hooks_read_no_clock_and_draw_no_chance"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        await hk.Sleep(random.uniform(0, 0.1))
        page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        return page


class Naps(Lagoon):
    """A hook sleeps by another name."""

    case = "test_hooks_do_no_io"

    def path(self, request: Any) -> str:
        nap(0.0001)
        return super().path(request)


class Selects(Lagoon):
    """A hook waits for nothing to become readable."""

    case = "test_hooks_do_no_io"

    def path(self, request: Any) -> str:
        select.select([], [], [], 0.0001)
        return super().path(request)


class WaitsForEvents(Lagoon):
    """A hook waits for what never happens."""

    case = "test_hooks_do_no_io"

    def path(self, request: Any) -> str:
        threading.Event().wait(0.0001)
        return super().path(request)


class PlugsIn(Lagoon):
    """A hook has a socket by another name."""

    case = "test_hooks_do_no_io"

    def path(self, request: Any) -> str:
        plug().close()
        return super().path(request)


class ReadsFiles(Lagoon):
    """A list reads a file."""

    case = "test_no_hook_does_io"

    def fills(self, payload: Any) -> hk.TradePage:
        with open(__file__, encoding="utf-8"):
            return super().fills(payload)


class AwaitsAsyncio(Lagoon):
    """A hook awaits what only a loop knows."""

    case = "test_an_order_is_read_whole"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        await asyncio.sleep(0)
        order: hk.Order = await Lagoon.fetch_order(self, request)
        return order


BAD = (
    SignsAnotherSpelling, SignsInAnotherOrder, SignsNoBody, SignsTheFirstTermAlone, SignsNoQuery, SignsNoTime,
    TakesTheTimeForTheNonce, CutsTheNonce, OrdersItsCancelsAlone, NamesNoOrder, SignsByAClockOfAnotherName,
    ReadsTheDate, MakesUpIds, WaitsByChance, Naps, Selects, WaitsForEvents, PlugsIn, ReadsFiles, AwaitsAsyncio,
)  # fmt: skip
