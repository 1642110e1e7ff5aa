"""Skerry's stream: a token that opens one connection, a signed message that begins it, and frames that are counted."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import hk_adapter as hk
from hk_adapter.parsing import Fields, read_json, reading, write_json
from tests.conformance.skerry import answers

ORIGIN = "wss://stream.skerry.example"
PATH = "/v2"
PING_EVERY = 15.0
SILENCE = 40.0
LIFETIME = 20 * 3600.0
"""Seconds: the venue ends a connection after a day."""


def plan(result: Fields) -> hk.StreamPlan:
    """Read the answer to the question for a token."""
    with reading("a stream's token", answers.VENUE):
        return hk.StreamPlan(
            url=ORIGIN + PATH,
            reader=Reader(),
            key=result.text("token"),
            ping_every=PING_EVERY,
            silence=SILENCE,
            lifetime=LIFETIME,
            awaits_ready=True,
        )


def begin(token: str, credentials: hk.Credentials, timestamp: int) -> str:
    """Write the message that begins a stream: the token and the time, signed."""
    proof = credentials.hmac("sha512", f"follow:{token}:{timestamp}".encode(), key_encoding="base64")
    message = {"do": "follow", "what": "orders", "key": credentials.api_key, "token": token, "at": timestamp}
    return write_json(message | {"proof": base64.b64encode(proof).decode()}).decode()


class Reader:
    """Reads the frames of one connection. Each has the next number: one that is missing cannot be made up for."""

    def __init__(self) -> None:
        self._next = 0

    def read(self, frame: str) -> Sequence[hk.StreamEvent]:
        """Read one frame."""
        if frame == "pong":
            return ()
        try:
            with reading("a frame", answers.VENUE):
                fields = Fields(read_json(frame.encode()))
                number, kind = fields.whole("n"), fields.text("kind")
        except hk.UnexpectedPayload as error:
            return (hk.Unread(reason=str(error)),)
        if number < self._next:
            return ()  # it came twice
        if number > self._next:
            return (hk.StreamOver(reason=f"frame {self._next} is missing"),)
        self._next += 1
        return self._events(kind, fields)

    def _events(self, kind: str, fields: Fields) -> Sequence[hk.StreamEvent]:
        match kind:
            case "following":
                return (hk.StreamReady(),)
            case "order":
                return (self._order(fields.payload.get("order")),)
            case "bye":
                return (hk.StreamOver(reason="the venue says so"),)
            case _:
                return (hk.Unread(reason=f"a frame of the kind {kind}"),)

    def _order(self, row: Any) -> hk.StreamEvent:
        try:
            return hk.OrderSeen(order=answers.order(row))
        except hk.UnexpectedPayload as error:
            return hk.Unread(reason=str(error), order_id=None if error.order is None else error.order.id)

    def ping(self, timestamp: int) -> str | None:
        """Write the heartbeat."""
        return "ping"

    def venue_symbol(self, symbol: str) -> str:
        """Write a pair as the venue does."""
        base, slash, quote = symbol.partition("/")
        if not (base and slash and quote):
            raise hk.InvalidArgument("symbol: skerry has pairs such as ETH/USD")
        return f"{base}.{quote}"
