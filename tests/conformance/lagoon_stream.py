"""The made-up venue's private stream: its plugin's part, and its script's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import hk_adapter as hk
from hk_adapter.testing import Request

if TYPE_CHECKING:
    from hk_adapter.testing import ScriptedBalance, ScriptedFill, ScriptedOrder

STREAM_ORIGIN = "wss://stream.lagoon.example"


class LagoonReader:
    """Reads frames: an order with its fill, a row of funds, a ping."""

    def __init__(self, venue: Any) -> None:
        self.venue = venue

    def read(self, frame: str) -> list[hk.StreamEvent]:
        """Read one frame."""
        try:
            with self.venue.reading(hk.Response(200, {}, b"")):
                return self.events(json.loads(frame))
        except hk.AdapterError as error:
            return [hk.Unread(reason=str(error))]

    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        """Read what it says."""
        match told["kind"]:
            case "order":
                fill = told["fill"]
                return [hk.OrderSeen(order=self.order(told["order"]), trade=None if fill is None else self.fill(fill))]
            case "funds":
                return [hk.BalancesSeen(balances=self.venue.balances(told["funds"]))]
            case "ping":
                return [hk.Reply(text=json.dumps({"kind": "pong", "n": told["n"]}))]
            case "hello":
                return [hk.StreamReady()]
            case "pong":
                return []
        raise ValueError("a kind that nobody knows")

    def order(self, row: dict[str, Any]) -> hk.Order:
        """Read an order."""
        return cast("hk.Order", self.venue.order(row))

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        """Read a fill."""
        return cast("hk.Trade", self.venue.fill(row))

    def ping(self, timestamp: int) -> str | None:
        """Write a heartbeat."""
        return json.dumps({"kind": "ping", "n": timestamp})

    def venue_symbol(self, symbol: str) -> str:
        """Write a market."""
        return symbol.replace("/", "-")


class LagoonStream:
    """The plugin's part."""

    payload: Any
    reading: Any
    stream_hosts = frozenset({STREAM_ORIGIN})
    reader: Any = LagoonReader

    @hk.hookimpl
    async def open_stream(self, request: Any) -> hk.StreamPlan:
        """Ask for a key."""
        response = await hk.HttpCall("POST", "/stream", signed=True, group="queries")
        with self.reading(response):
            return self.plan(self.payload(response)["tide"])

    def plan(self, key: str) -> hk.StreamPlan:
        """Plan a connection."""
        if not key:
            raise ValueError("no key")
        url = f"{STREAM_ORIGIN}/{key}"
        return hk.StreamPlan(
            url=url, reader=self.reader(self), key=key, ping_every=15.0, renew_every=900.0, awaits_ready=True
        )

    @hk.hookimpl
    async def renew_stream(self, request: hk.StreamPlan) -> bool:
        """Ask once."""
        return await self.of_stream("PUT", request.key)

    @hk.hookimpl
    async def close_stream(self, request: hk.StreamPlan) -> bool:
        """Ask once."""
        return await self.of_stream("DELETE", request.key)

    def sign_stream(self, plan: hk.StreamPlan, credentials: Any, timestamp: int) -> tuple[str, ...]:
        """Ask to follow the account, signed."""
        proof = credentials.hmac_sha256(f"{plan.key} {timestamp}".encode())
        return (json.dumps({"kind": "follow", "time": timestamp, "proof": proof}),)

    async def of_stream(self, method: str, key: str) -> bool:
        """Ask something of a stream."""
        response = await hk.HttpCall(method, "/stream", json={"tide": key}, signed=True, group="queries")
        with self.reading(response):
            if response.status == 404 and json.loads(response.body) == {"error": "no such stream"}:
                return False
            return bool(self.payload(response)["tide"] == key)


class LagoonStreamScript:
    """The script's part."""

    row: Any
    fill_row: Any
    funds_row: Any

    def stream(self, kind: Request, key: str | None) -> hk.Response:
        """Answer with the key."""
        told, status = ({"error": "no such stream"}, 404) if key is None else ({"tide": key}, 200)
        return hk.Response(status, {"content-type": "application/json"}, json.dumps(told).encode())

    def ready_frames(self) -> Sequence[str]:
        """Greet."""
        return [json.dumps({"kind": "hello"})]

    def frames(self, order: ScriptedOrder, fill: ScriptedFill | None) -> Sequence[str]:
        """Tell all in one frame."""
        told = {"kind": "order", "order": self.row(order), "fill": None if fill is None else self.fill_row(fill)}
        return [json.dumps(told)]

    def balance_frames(self, balances: Sequence[ScriptedBalance]) -> Sequence[str]:
        """Tell all in one frame."""
        return [json.dumps({"kind": "funds", "funds": [self.funds_row(one) for one in balances]})]

    def quiet_frames(self) -> Sequence[str]:
        """Answer a heartbeat."""
        return [json.dumps({"kind": "pong", "n": 17})]

    def pings(self) -> Sequence[tuple[str, str]]:
        """Ask whether anybody is there."""
        return [(json.dumps({"kind": "ping", "n": 17}), json.dumps({"kind": "pong", "n": 17}))]
