"""What is written and read, as SQL: each function makes a job for the journal's file."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import asdict

from hk_adapter.model import JournalEntry, OrderSide, Place
from hk_adapter.plugins.journal.calls import Call, Ending, Row
from hk_adapter.plugins.journal.file import Job
from hk_adapter.plugins.journal.owner import GRACE, Owner, may_run, this_process

ANSWERED = "answered"
"""What is known of a request that the venue answered and did not refuse."""

_IN_FLIGHT = f"""
SELECT operations.*,
    (SELECT count(*) FROM attempts WHERE attempts.call = operations.call) AS attempts,
    (SELECT count(*) FROM attempts WHERE attempts.call = operations.call AND known = '{ANSWERED}') AS answered
FROM operations WHERE state <> 'settled' ORDER BY started, rowid
"""  # noqa: S608 - our own word

_SETTLE = """
UPDATE operations SET state = :state, outcome = :outcome, evidence = :evidence, error = :error, status = :status,
    filled = :filled, average = :average, ended = :ended, order_id = coalesce(order_id, :order_id)
WHERE id = :id AND state <> 'settled'
"""


def now() -> int:
    """Tell this machine's time, in ms UTC; entries are about processes, not about the venue."""
    return time.time_ns() // 1_000_000


def intent(call: Call) -> Job[None]:
    """Write what a call is about to do."""
    rows = [_columns(call, row, started=now()) for row in call.rows]

    def job(connection: sqlite3.Connection) -> None:
        _insert(connection, rows)

    return job


def attempt_begins(call: Call, number: int, hook: str, rows: list[Row]) -> Job[None]:
    """Write that a request is about to leave, and whatever of the call is not written yet."""
    started = now()
    missing = [_columns(call, row, started=started) for row in call.rows[call.on_disk :]]
    ids = " ".join(row.order_id or row.client_order_id or "" for row in rows).strip() or None
    scope = call.rows[0].id if call.operation.name == "cancel_all_orders" and len(call.rows) > 1 else None

    def job(connection: sqlite3.Connection) -> None:
        _insert(connection, missing)
        connection.execute(
            "INSERT INTO attempts (call, number, hook, order_ids, started) VALUES (?, ?, ?, ?, ?)",
            (call.id, number, hook, ids, started),
        )
        connection.executemany(
            "UPDATE operations SET state = 'sent' WHERE id = ? AND state = 'intended'", [(row.id,) for row in rows]
        )
        if scope is not None:  # its orders have entries of their own now
            connection.execute("UPDATE operations SET state = 'settled', outcome = 'listed' WHERE id = ?", (scope,))

    return job


def attempt_ends(call: Call, number: int, known: str, error: str | None) -> Job[None]:
    """Write what became of a request."""
    values = (now(), known, error, call.id, number)

    def job(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE attempts SET ended = ?, known = ?, error = ? WHERE call = ? AND number = ?", values)

    return job


def endings(ended: list[tuple[str, Ending]]) -> Job[None]:
    """Write what became of rows, by their ids. What is settled stays as it was settled."""
    values = [_ending_columns(row_id, ending) for row_id, ending in ended]

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany(_SETTLE, values)

    return job


def in_flight() -> Job[list[JournalEntry]]:
    """Read everything that is not settled, oldest first."""

    def job(connection: sqlite3.Connection) -> list[JournalEntry]:
        cursor = connection.execute(_IN_FLIGHT)
        names = [column[0] for column in cursor.description]
        return [_entry(dict(zip(names, values, strict=True))) for values in cursor]

    return job


def _insert(connection: sqlite3.Connection, rows: list[dict[str, object]]) -> None:
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT OR IGNORE INTO operations ({names}) VALUES ({marks})", row)  # noqa: S608 - our names


def _columns(call: Call, row: Row, started: int) -> dict[str, object]:
    operation, owner = call.operation, this_process()
    place = {} if operation.place is None else asdict(operation.place)
    return {
        **place,
        **row.terms,
        "id": row.id,
        "call": call.id,
        "name": operation.name,
        "order_id": row.order_id,
        "client_order_id": row.client_order_id,
        "symbol": row.symbol,
        "started": started,
        "until": started + int(operation.timeout * 1000) + GRACE,
        "host": owner.host,
        "pid": owner.pid,
        "token": owner.token,
        "state": "intended",
    }


def _ending_columns(row_id: str, ending: Ending) -> dict[str, object]:
    order = ending.order
    known = {name: None if order is None else getattr(order, name) for name in ("status", "filled", "average")}
    return {
        "id": row_id,
        "state": "settled" if ending.settled else "unresolved",
        "outcome": ending.outcome,
        "evidence": ending.evidence,
        "error": ending.error,
        "order_id": None if order is None else order.id,
        "ended": now(),
        **{name: None if value is None else str(value) for name, value in known.items()},
    }


def _entry(row: dict[str, object]) -> JournalEntry:
    def text(name: str) -> str | None:
        value = row[name]
        return None if value is None else str(value)

    def number(name: str) -> int:
        return int(str(row[name]))

    owner = Owner(str(row["host"]), number("pid"), str(row["token"]))
    call = str(row["call"])
    side = text("side")
    return JournalEntry(
        id=str(row["id"]),
        call=call,
        operation=str(row["name"]),
        place=Place(
            venue_id=text("venue_id") or "",
            environment=text("environment") or "",
            origin=text("origin") or "",
            account=text("account"),
        ),
        order_id=text("order_id"),
        client_order_id=text("client_order_id"),
        symbol=text("symbol"),
        side=None if side is None else OrderSide(side),
        client_id_prefix=text("client_id_prefix"),
        started=number("started"),
        attempts=number("attempts"),
        answered=number("answered"),
        running=may_run(call, owner, number("until"), now()),
        outcome=text("outcome"),
    )
