"""Which orders of a batch cancel were refused: the answer lists only those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hk_adapter.errors import AdapterError, UnexpectedPayload
from hk_adapter.venues.hashkey.error_codes import VENUE, error_for, normalise
from hk_adapter.venues.hashkey.named_orders import shows_an_order


def parse_refusals(payload: Mapping[str, Any], order_ids: Sequence[str]) -> dict[str, AdapterError]:
    """Read the answer of ``cancelOrderByIds``: its own code, and ``result``, which lists failures alone.

    The samples show an empty list where all succeeded, the notes of the same pages say null: both are taken.
    Raises UnexpectedPayload for anything else, and for an id that was not asked for.
    """
    if "code" not in payload or "result" not in payload:
        raise _unreadable("no code or no result")
    rows = [] if payload["result"] is None else payload["result"]
    if not isinstance(rows, list):
        raise _unreadable("result is no list")
    refused: dict[str, AdapterError] = {}
    told: set[str] = set()
    for row in rows:
        if not isinstance(row, dict) or str(row.get("orderId")) not in order_ids:
            raise _unreadable("result names an order that was not asked for")
        if row.get("code") is None or str(row["orderId"]) in told:
            raise _unreadable("result says nothing of an order, or two things")
        told.add(str(row["orderId"]))
        code = normalise(row.get("code"))
        if code is not None and shows_an_order(row, placed=False):
            refused[str(row["orderId"])] = _unreadable(f"code {code} beside an order")
        elif code is not None:
            refused[str(row["orderId"])] = error_for(code, "", 200, "cancel_orders")
    return refused


def _unreadable(reason: str) -> UnexpectedPayload:
    return UnexpectedPayload(f"hashkey: a batch cancel's answer cannot be read: {reason}", venue=VENUE)
