"""What is in flight, read row by row: one that cannot be read is told, and keeps nobody from the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from hk_adapter.errors import RequestState
from hk_adapter.model import JournalEntry, Place
from hk_adapter.plugins.journal.clock import now
from hk_adapter.plugins.journal.columns import Columns, UnreadableError
from hk_adapter.plugins.journal.processes import Owner, may_run
from hk_adapter.plugins.journal.queued_job import Job
from hk_adapter.plugins.journal.written import ANSWERED

_EARLIER = """
SELECT DISTINCT order_id FROM operations
WHERE client_order_id = :own AND order_id IS NOT NULL AND rowid < :row AND call <> :call
    AND coalesce(ended, started) <= :started
    AND venue_id IS :venue_id AND environment IS :environment AND origin IS :origin AND account IS :account
"""
_SUPERSEDED = """
SELECT min(started + coalesce(clock_offset, 0)) FROM operations
WHERE client_order_id = :own AND rowid > :row AND call <> :call AND name LIKE 'create%'
    AND venue_id IS :venue_id AND environment IS :environment AND origin IS :origin AND account IS :account
"""
_KNOWN = """
SELECT DISTINCT order_id FROM operations WHERE client_order_id = ? AND order_id IS NOT NULL
    AND venue_id IS ? AND environment IS ? AND origin IS ? AND account IS ?
"""
_MAY_HAVE_RUN = (ANSWERED, RequestState.UNKNOWN, None)
"""What is known of requests that may have run."""


def in_flight() -> Job[list[JournalEntry]]:
    """Read everything that is not settled, oldest first."""

    def job(connection: sqlite3.Connection) -> list[JournalEntry]:
        rows = connection.execute("SELECT rowid FROM operations WHERE state <> 'settled' ORDER BY started, rowid")
        return [_read(connection, rowid) for (rowid,) in rows.fetchall()]

    return job


def known_ids(client_order_ids: Sequence[str], place: Place) -> Job[frozenset[str]]:
    """Read the venue's ids of all orders of a place that have stood under any of these client order ids."""

    def job(connection: sqlite3.Connection) -> frozenset[str]:
        where = (place.venue_id, place.environment, place.origin, place.account)
        rows = [row for own in client_order_ids for row in connection.execute(_KNOWN, (own, *where))]
        return frozenset(str(order_id) for (order_id,) in rows)

    return job


def _read(connection: sqlite3.Connection, rowid: int) -> JournalEntry:
    row = Columns({})
    try:
        row = Columns(_row(connection, rowid))
        return _entry(connection, rowid, row)
    except sqlite3.DatabaseError as error:
        fault = str(error)
    except UnreadableError as error:
        fault = str(error)
    return JournalEntry(id=row.id_or(f"row {rowid}"), call="", operation="unknown", place=row.place(), fault=fault)


def _row(connection: sqlite3.Connection, rowid: int) -> dict[str, Any]:
    cursor = connection.execute("SELECT * FROM operations WHERE rowid = ?", (rowid,))
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _entry(connection: sqlite3.Connection, rowid: int, row: Columns) -> JournalEntry:
    call, operation = row.needed("call"), row.needed("name")
    if not operation.isidentifier():
        raise UnreadableError("name is no call")
    owner = Owner(row.needed("host"), row.number("pid"), row.needed("token"))
    started, until = row.number("started"), row.number("until")
    offset = row.offset()
    attempts = connection.execute("SELECT started, known FROM attempts WHERE call = ?", (call,)).fetchall()
    sent = [begun for begun, known in attempts if known in _MAY_HAVE_RUN and isinstance(begun, int)]
    own, order_id = row.text("client_order_id"), row.text("order_id")
    if operation == "cancel_order" and own is None and order_id is None:
        raise UnreadableError("a cancel that names no order")
    place = row.exact_place()
    where = {name: row.text(name) for name in ("venue_id", "environment", "origin", "account")}
    asked = {"own": own, "row": rowid, "call": call, "started": started, **where}
    return JournalEntry(
        id=row.needed("id"),
        call=call,
        operation=operation,
        place=place,
        order_id=order_id,
        client_order_id=own,
        symbol=row.text("symbol"),
        side=row.side(),
        client_id_prefix=row.text("client_id_prefix"),
        started=started,
        attempts=len(attempts),
        answered=[known for _, known in attempts].count(ANSWERED),
        running=may_run(call, owner, until, now(), started=started),
        outcome=row.text("outcome"),
        # What a create made is not older than its first request that may have run; what a cancel was about is older
        # than the call.
        began=(max(started, min(sent, default=started)) if operation.startswith("create") else started) + offset,
        # Where nobody read a clock no times are needed.
        behind=row.number("clock_behind", default=0),
        ahead=row.number("clock_ahead", default=0),
        latest=started + row.number("timeout", default=until - started) + offset,
        superseded=connection.execute(_SUPERSEDED, asked).fetchone()[0],
        earlier_ids=frozenset(str(one) for (one,) in connection.execute(_EARLIER, asked)),
        fresh_id=row.number("fresh", default=0) == 1,
        terms=row.terms() if operation.startswith("create") else {},
        params=row.params(),
        # Who wrote a row without the column did not say.
        params_left_out=row.number("params_left_out", default=1) != 0,
    )
