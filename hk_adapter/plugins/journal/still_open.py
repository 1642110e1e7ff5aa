"""Which orders of one account a journal knows to be open, as far as anybody who wrote to it knew."""

from __future__ import annotations

import sqlite3
from typing import Any

from hk_adapter.model import CancelOutcome, Order, OrderStatus, Place
from hk_adapter.plugins.journal.clock import now
from hk_adapter.plugins.journal.columns import Columns, UnreadableError
from hk_adapter.plugins.journal.queued_job import Job

MOST_TOLD = 1_000
"""Orders, the newest: a journal keeps those for ever that were filled without anybody asking."""

_MAY_BE = """
SELECT rowid, order_id, client_order_id, symbol, side, amount, price, status FROM operations
WHERE venue_id IS ? AND environment IS ? AND origin IS ? AND account IS ? AND (
    (name LIKE 'create%' AND (outcome IS NULL OR outcome IN ('done', 'unknown')))
    OR (name LIKE 'cancel%' AND state <> 'settled')
) ORDER BY rowid DESC
"""
_ENDS = """
SELECT max(rowid), order_id, client_order_id, symbol, outcome, status FROM operations
WHERE venue_id IS ? AND environment IS ? AND origin IS ? AND account IS ? GROUP BY 2, 3, 4, 5, 6
"""
_UNANSWERED = """
SELECT max(min(coalesce(ended, until), until, ?)) FROM operations
WHERE state <> 'settled' AND name LIKE 'create%' AND order_id IS NULL
    AND venue_id IS ? AND environment IS ? AND origin IS ? AND account IS ?
"""
_ENDED = {str(one) for one in CancelOutcome if one.final}
_FINAL = {str(one) for one in OrderStatus if one.final}
"""Words of two kinds: a cancel that was ``rejected`` leaves the order open, and an order that was has ended."""


def still_open(place: Place) -> Job[list[Order]]:
    """Read the orders of a place that were placed, or are being canceled, and whose end stands nowhere; newest first.

    One whose create was never answered has no ``id``; ``status`` is what was told last, None where nothing was.
    """
    where = (place.venue_id, place.environment, place.origin, place.account)

    def job(connection: sqlite3.Connection) -> list[Order]:
        ended = _Ids()
        ended_as: dict[str, int] = {}
        for row, order_id, own, symbol, outcome, status in connection.execute(_ENDS, where):
            if outcome in _ENDED or status in _FINAL:
                ended.add(order_id, symbol)
                ended_as[own] = max(row, ended_as.get(own, row))
        found: list[Order] = []
        told, unanswered = _Ids(), set()
        cursor = connection.execute(_MAY_BE, where)
        names = [column[0] for column in cursor.description]
        for values in cursor:
            order = _order(dict(zip(names, values, strict=True)))
            if order is None or ended.have(order.id, order.symbol) or told.have(order.id, order.symbol):
                continue
            if order.id is None:
                if ended_as.get(values[2], -1) > values[0] or order.client_order_id in unanswered:
                    continue
                unanswered.add(order.client_order_id)
            if len(found) >= MOST_TOLD:
                break
            told.add(order.id, order.symbol)
            found.append(order)
        return found

    return job


def last_unanswered(place: Place) -> Job[float | None]:
    """Read how many seconds ago a create of a place that was never answered may have left at the latest."""

    def job(connection: sqlite3.Connection) -> float | None:
        at = now()
        where = (place.venue_id, place.environment, place.origin, place.account)
        (latest,) = connection.execute(_UNANSWERED, (at, *where)).fetchone()
        return None if latest is None else (at - latest) / 1000

    return job


class _Ids:
    """Ids of orders, which may count by symbol: one is the same where both symbols are, or where either is not said."""

    def __init__(self) -> None:
        self._symbols: dict[str, set[str | None]] = {}

    def add(self, order_id: str | None, symbol: str | None) -> None:
        if order_id is not None:
            self._symbols.setdefault(order_id, set()).add(symbol)

    def have(self, order_id: str | None, symbol: str | None) -> bool:
        symbols = self._symbols.get(order_id or "", set())
        return bool(symbols) and (symbol is None or not symbols.isdisjoint({symbol, None}))


def _order(values: dict[str, Any]) -> Order | None:
    row = Columns(values)
    try:
        order_id, own, status = row.text("order_id"), row.text("client_order_id"), row.text("status")
        if (order_id is None and own is None) or status in _FINAL:
            return None
        return Order(
            id=order_id,
            client_order_id=own,
            symbol=row.text("symbol"),
            side=row.side(),
            amount=row.decimal("amount"),
            price=row.decimal("price"),
            status=None if status not in set(OrderStatus) else OrderStatus(status),
        )
    except UnreadableError:
        return None  # who reads what is in flight is told of it
