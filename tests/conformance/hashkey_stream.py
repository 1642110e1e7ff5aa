"""HashKey's private stream as its documentation (Sept 2026) writes it, for the suite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hk_adapter.flow.http import Response
from hk_adapter.testing import Request, ScriptedBalance, ScriptedFill, ScriptedOrder

_REFUSED = {"code": "-1125", "msg": "refused"}
"""By whatever code: none is documented for a listen key that is not known."""


class HashKeyStreamScript:
    """What of the venue's side is the stream: an account's events come as arrays."""

    word: Any

    def stream(self, kind: Request, key: str | None) -> Response:
        """Answer with the listen key, or with an empty object."""
        if key is None:
            return _json(_REFUSED, 400)
        return _json({"listenKey": key} if kind is Request.OPEN_STREAM else {})

    def ready_frames(self) -> Sequence[str]:
        """Write nothing: the account's events begin by themselves."""
        return ()

    def frames(self, order: ScriptedOrder, fill: ScriptedFill | None) -> Sequence[str]:
        """Report the order; of a fill there is a ticket besides."""
        report = json.dumps([self._report(order, fill)])
        return [report] if fill is None else [report, json.dumps([_ticket(fill)])]

    def balance_frames(self, balances: Sequence[ScriptedBalance]) -> Sequence[str]:
        """Tell of all in one frame."""
        rows = [{"a": one.currency, "f": f"{one.free:f}", "l": f"{one.used:f}", "r": "0"} for one in balances]
        event = {"e": "outboundAccountInfo", "E": "1790000000000", "T": True, "W": True, "D": True, "B": rows}
        return [json.dumps([event])]

    def quiet_frames(self) -> Sequence[str]:
        """Answer a heartbeat, and tell of an account that is not spot."""
        custody = {"e": "outboundCustodyAccountInfo", "E": "1790000000000", "B": []}
        return [json.dumps({"pong": 1_790_000_000_000, "channelId": "0"}), json.dumps([custody])]

    def pings(self) -> Sequence[tuple[str, str]]:
        """Ask whether anybody is there."""
        ping = {"ping": 1_790_000_000_000, "channelId": "0"}
        return [(json.dumps(ping), json.dumps({"pong": 1_790_000_000_000}))]

    def _report(self, order: ScriptedOrder, fill: ScriptedFill | None) -> dict[str, Any]:
        filled = bool(order.filled)
        return {
            "e": "executionReport",
            "E": str(order.updated),
            "s": order.symbol.replace("/", ""),
            "c": order.client_order_id or f"{order.created}1",
            "S": order.side.upper(),
            "o": order.type.upper(),
            "f": "GTC",
            "q": f"{order.amount:f}",
            "p": f"{order.price:f}",
            "X": self.word(order),
            "i": order.id,
            "M": "0",
            "l": "0" if fill is None else f"{fill.amount:f}",
            "z": f"{order.filled:f}",
            "L": "0" if fill is None else f"{fill.price:f}",
            "n": "0" if fill is None else f"{fill.fee:f}",
            "N": "" if fill is None else "USD",
            "u": True,
            "w": True,
            "m": False,
            "O": str(order.created),
            "U": str(order.updated),
            "Z": f"{order.filled * order.price:f}",
            "A": "0",
            "C": False,
            "v": "0",
            "reqAmt": "0",
            "d": "" if fill is None else fill.id,
            "r": f"{order.amount - order.filled:f}",
            "V": f"{order.price:f}" if filled else "0",
            "x": "",
            "rt": "" if fill is None else "maker" if fill.maker else "taker",
            "T": "1",
        }


def _ticket(fill: ScriptedFill) -> dict[str, Any]:
    return {
        "e": "ticketInfo",
        "E": str(fill.time),
        "s": fill.order.symbol.replace("/", ""),
        "q": f"{fill.amount:f}",
        "t": str(fill.time),
        "p": f"{fill.price:f}",
        "T": f"9{fill.id}",
        "o": fill.order.id,
        "c": fill.order.client_order_id or f"{fill.order.created}1",
        "O": "0",
        "a": "1464567707961719552",
        "A": "0",
        "m": fill.maker,
        "S": fill.order.side.upper(),
    }


def _json(payload: Any, status: int = 200) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(payload).encode())
