"""Forged answers that carry no code: garbage, and rows that prove nothing or less than they say."""

from __future__ import annotations

import json
from decimal import Decimal

from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.faults import ORDERS, Fault, Forge, Forged, ForgeryContext, Point, Purpose, Row
from hk_adapter.testing.campaign.truth import Word

_HTML = b"<html><body><h1>It works, or not</h1></body></html>"
_GARBAGE: dict[str, tuple[tuple[int, ...], bytes]] = {
    "HTML at HTTP 200": ((200,), _HTML),
    "HTML at HTTP 404": ((404, 403), _HTML),
    "HTML at HTTP 5xx": ((500, 502, 503, 504), _HTML),
    "empty body": ((200, 201, 204), b""),
    "redirect": ((301, 302, 307), b""),
    "null": ((200,), b"null"),
    "list": ((200,), b"[]"),
    "empty object": ((200,), b"{}"),
    "text": ((200,), b'"CANCELED"'),
    "no UTF-8": ((200,), b'{"orderId":"\xff\xfe"}'),
    "deep nesting": ((200,), b"[" * 2000),
    "binary": ((200,), bytes(range(256))),
    "success code and nothing else": ((200,), b'{"code":"0000","msg":"success"}'),
    "code of an odd type": ((200, 400), b'{"code":[],"msg":"?"}'),
    "JSON at HTTP 201": ((201, 202), b'{"status":"CANCELED"}'),
}


def _garbage(statuses: tuple[int, ...], body: bytes) -> Forge:
    return lambda ground: Forged(SimResponse(ground.rng.choice(statuses), body=body))


GARBAGE = tuple(
    Fault(name, Point.EITHER, forge=_garbage(statuses, body)) for name, (statuses, body) in _GARBAGE.items()
)


def _row(changes: Row, *, word: Word = Word.DOUBT) -> Forge:
    """Change fields of the true row; None takes a field away."""

    def forge(ground: ForgeryContext) -> Forged | None:
        if ground.row is None:
            return None
        changed = {name: value for name, value in (ground.row | changes).items() if value is not None}
        return Forged(SimResponse(200, body=json.dumps(changed).encode()), word)

    return forge


def _another_order(ground: ForgeryContext) -> Forged | None:
    other: Row = {"orderId": "1900000000000000001", "clientOrderId": "somebody-else's"}
    other["status"] = ground.rng.choice(("NEW", "CANCELED"))
    other["executedQty"] = "0"
    return _row(other)(ground)


def _half_written(ground: ForgeryContext) -> Forged | None:
    """Show FILLED, or REJECTED, beside amounts that contradict it."""
    if ground.row is None:
        return None
    part = str(Decimal(str(ground.row["origQty"])) / 4)
    # A market order that is FILLED below its amount contradicts nothing.
    words = ("REJECTED",) if ground.row["type"] == "MARKET" else ("FILLED", "REJECTED")
    return _row({"status": ground.rng.choice(words), "executedQty": part}, word=Word.ACCEPTED)(ground)


def _unfilled_end(ground: ForgeryContext) -> Forged | None:
    return _row({"status": "FILLED", "executedQty": "0"}, word=Word.ACCEPTED)(ground)


def _overfilled_cancel(ground: ForgeryContext) -> Forged | None:
    if ground.row is None:
        return None
    whole = ground.row["origQty"]
    return _row({"status": "CANCELED", "executedQty": whole}, word=Word.ACCEPTED)(ground)


def _stale(ground: ForgeryContext) -> Forged | None:
    """Show the order as it was before the cancel ran: OPEN settles no doubt, so this is fair once one ran."""
    if ground.before is None:
        return None
    return Forged(SimResponse(200, body=json.dumps(ground.before).encode()))


def _fewer_fills(ground: ForgeryContext) -> Forged | None:
    """Show a working order with fewer fills than it has: they come out of order."""
    if ground.row is None or ground.row["status"] != "PARTIALLY_FILLED":
        return None
    return _row({"status": "NEW", "executedQty": "0", "cumulativeQuoteQty": "0", "cummulativeQuoteQty": "0"})(ground)


_QUERY = frozenset({Purpose.QUERY})
_TIME = frozenset({Purpose.TIME})

ROWS = (
    Fault("unknown status word", Point.EITHER, ORDERS, _row({"status": "LIQUIDATING"})),
    Fault("status in lower case", Point.EITHER, ORDERS, _row({"status": "canceled"})),
    Fault("no status", Point.EITHER, ORDERS, _row({"status": None})),
    Fault("no order id", Point.EITHER, ORDERS, _row({"orderId": None})),
    Fault("another order's answer", Point.EITHER, ORDERS, _another_order),
    Fault("NaN filled", Point.EITHER, ORDERS, _row({"executedQty": "NaN", "status": "CANCELED"})),
    Fault("infinite amount", Point.EITHER, ORDERS, _row({"origQty": "Infinity"})),
    Fault("negative filled", Point.EITHER, ORDERS, _row({"executedQty": "-1", "status": "CANCELED"})),
    Fault("filled above the amount", Point.EITHER, ORDERS, _row({"executedQty": "99999", "status": "FILLED"})),
    Fault("amount 0", Point.EITHER, ORDERS, _row({"origQty": "0", "status": "FILLED"})),
    Fault("filled missing", Point.EITHER, ORDERS, _row({"executedQty": None, "status": "CANCELED"})),
    Fault(
        "partly canceled with 0 filled",
        Point.EITHER,
        ORDERS,
        _row({"status": "PARTIALLY_CANCELED", "executedQty": "0"}),
    ),
    Fault("half-written row", Point.AFTER_ACTING, ORDERS, _half_written),
    Fault("FILLED with 0 filled", Point.AFTER_ACTING, ORDERS, _unfilled_end),
    Fault("CANCELED with all filled", Point.AFTER_ACTING, ORDERS, _overfilled_cancel),
    Fault(
        "PENDING_CANCEL",
        Point.AFTER_ACTING,
        frozenset({Purpose.CANCEL}),
        _row({"status": "PENDING_CANCEL"}, word=Word.ACCEPTED),
    ),
    Fault("another symbol", Point.AFTER_ACTING, ORDERS, _row({"symbol": "BTCUSD"}, word=Word.ACCEPTED)),
    Fault("stale answer", Point.AFTER_ACTING, _QUERY, _stale),
    Fault("fills out of order", Point.AFTER_ACTING, _QUERY, _fewer_fills),
    Fault("time as text", Point.INSTEAD, _TIME, lambda ground: Forged(SimResponse(200, body=b'{"serverTime":"now"}'))),
    Fault(
        "time of long ago",
        Point.INSTEAD,
        _TIME,
        lambda ground: Forged(SimResponse(200, body=b'{"serverTime":1700000000000}')),
    ),
)
"""Rows that are the order's own under HTTP 200, and can be read, accept a cancel: those are given after acting only."""
