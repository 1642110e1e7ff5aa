"""Rows of other orders under the id that was asked for: with another price, another side, and an end of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.faults import Fault, Point, Purpose, Row
from hk_adapter.testing.campaign.request_log import Exchange
from hk_adapter.testing.campaign.truth import Query

OTHER_TERMS = Fault("other terms under the id", Point.MID_RESPONSE, frozenset({Purpose.CANCEL, Purpose.QUERY}))

_ENDS = ("NEW", "PARTIALLY_FILLED", "CANCELED", "PARTIALLY_CANCELED", "FILLED", "REJECTED")
_FILLED = {"PARTIALLY_FILLED": Decimal("0.25"), "PARTIALLY_CANCELED": Decimal("0.5"), "FILLED": Decimal(1)}


class RowsOfOthers:
    """Puts other orders' rows in the place of those whose terms the call has heard.

    What it has not heard it cannot hold a row against. No two of the rows have the same terms: said again a second
    later they would be the order's by contract.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._heard: list[Case] = []
        self._made = 0

    def hear(self, exchange: Exchange, answer: SimResponse) -> None:
        """Record the venue's own answer: whose row it is, whose terms are known from now on."""
        case = exchange.case
        if case is not None and case not in self._heard and answer.status == 200 and b'"status"' in answer.body:
            self._heard.append(case)

    def forge(self, exchange: Exchange, answer: SimResponse, now: float) -> SimResponse | None:
        """Spoil an answer; of an order so hidden the look proves nothing. None where it has no row that can be."""
        if answer.status != 200:
            return None
        whole: Any = json.loads(answer.body)
        rows: list[Row] = whole if isinstance(whole, list) else [whole]
        known = {case.order_id: case for case in self._heard if exchange.case in {None, case}}
        found = [number for number, row in enumerate(rows) if row.get("orderId") in known]
        if not found:
            return None
        number = self._rng.choice(found)
        hidden = known[str(rows[number]["orderId"])]
        rows[number] = self._another(rows[number])
        if isinstance(exchange.record, Query):
            _proves_nothing(exchange.record, hidden, now)
        body = json.dumps(rows if isinstance(whole, list) else rows[0])
        return SimResponse(answer.status, answer.headers, body.encode())

    def _another(self, row: Row) -> Row:
        """Make another order's row: in itself it is sound."""
        self._made += 1
        changes: Row = {"price": str(Decimal(str(row["price"])) + self._made * Decimal("0.25"))}
        amount = Decimal(str(row["origQty"]))
        if self._rng.random() < 0.5:
            changes["side"] = "SELL" if row["side"] == "BUY" else "BUY"
        if self._rng.random() < 0.5:
            amount *= 2
            changes["origQty"] = str(amount)
        if self._rng.random() < 0.3:
            changes["clientOrderId"] = "somebody-else's"
        status = self._rng.choice(_ENDS)
        filled = amount * _FILLED.get(status, Decimal(0))
        return row | changes | {"status": status, "executedQty": str(filled)}


def _proves_nothing(record: Query, hidden: Case, now: float) -> None:
    """Let a look prove nothing of an order; what a list shows of others stays what it is."""
    looks = hidden.truth.queries
    for at, one in enumerate(looks):  # none where the look was no call's own
        if one is record:
            looks[at] = replace(record, served=None, ended=now)
