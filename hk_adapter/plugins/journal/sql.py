"""What is written and read, as SQL: each function makes a job for the journal's file."""

from __future__ import annotations

import json
import sqlite3

from msgspec.structs import asdict

from hk_adapter.errors import PluginError
from hk_adapter.plugins.journal.clock import now
from hk_adapter.plugins.journal.entries import Call, Ending, Row
from hk_adapter.plugins.journal.processes import GRACE, this_process
from hk_adapter.plugins.journal.ticket import Job
from hk_adapter.plugins.journal.written import exact, exact_or_none, time_limit, word

_SETTLE = """
UPDATE operations SET state = :state, outcome = :outcome, evidence = :evidence, error = :error, status = :status,
    filled = :filled, average = :average, ended = :ended, order_id = coalesce(order_id, :order_id)
WHERE id = :id AND state <> 'settled'
"""

_CLOSE = "UPDATE operations SET state = 'settled', evidence = outcome, outcome = 'closed', ended = ?"


def intent(call: Call) -> Job[None]:
    """Write what a call is about to do. Raises PluginError where that cannot stand in a row.

    Of a cancel, which goes out in any case, everything else is written.
    """
    rows = _new_columns(call, call.rows, now())

    def job(connection: sqlite3.Connection) -> None:
        _insert(connection, rows)

    return job


def attempt_begins(call: Call, number: int, hook: str, rows: list[Row]) -> Job[None]:
    """Write that a request is about to leave, and whatever of the call is not written yet. Raises as ``intent``."""
    started = now()
    missing = _new_columns(call, call.rows[call.on_disk :], started)
    ids = " ".join(exact_or_none(row.order_id or row.client_order_id) or "" for row in rows).strip() or None
    scope = call.rows[0].id if call.operation.name == "cancel_all_orders" and call.names_all else None

    def job(connection: sqlite3.Connection) -> None:
        _insert(connection, missing)
        connection.execute(
            "INSERT INTO attempts (call, number, hook, order_ids, started) VALUES (?, ?, ?, ?, ?)",
            (call.id, number, hook, ids, started),
        )
        connection.executemany(
            "UPDATE operations SET state = 'sent', clock_offset = ? WHERE id = ? AND state = 'intended'",
            [(call.clock_offset, row.id) for row in rows],
        )
        if scope is not None:  # its orders have entries of their own now
            connection.execute("UPDATE operations SET state = 'settled', outcome = 'listed' WHERE id = ?", (scope,))

    return job


def attempt_ends(call: Call, number: int, known: str, error: str | None) -> Job[None]:
    """Write what became of a request."""
    values = (now(), known, word(error), call.id, number)

    def job(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE attempts SET ended = ?, known = ?, error = ? WHERE call = ? AND number = ?", values)

    return job


def endings(ended: list[tuple[str, Ending]]) -> Job[None]:
    """Write what became of rows, by their ids. What is settled stays as it was settled."""
    values = [_ending_columns(row_id, ending) for row_id, ending in ended]

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany(_SETTLE, values)

    return job


def close(entry_id: str) -> Job[None]:
    """Write that a person closed an entry, whatever became of it; by the id that it is listed under."""
    kind, _, number = entry_id.partition(" ")
    where, value = ("rowid", int(number)) if kind == "row" and number.isdecimal() else ("id", entry_id)

    def job(connection: sqlite3.Connection) -> None:
        connection.execute(f"{_CLOSE} WHERE {where} = ? AND state <> 'settled'", (now(), value))

    return job


def _insert(connection: sqlite3.Connection, rows: list[dict[str, object]]) -> None:
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT OR IGNORE INTO operations ({names}) VALUES ({marks})", row)  # noqa: S608 - our names


def _new_columns(call: Call, rows: list[Row], started: int) -> list[dict[str, object]]:
    columns = []
    for row in rows:
        try:
            columns.append(_columns(call, row, started))
        except PluginError as error:
            if not call.is_cancel:
                raise
            call.left_out.append(error)
    return columns


def _columns(call: Call, row: Row, started: int) -> dict[str, object]:
    operation, owner = call.operation, this_process()
    place = {} if operation.place is None else asdict(operation.place)
    asked = {**row.terms, "order_id": row.order_id, "client_order_id": row.client_order_id, "symbol": row.symbol}
    timeout = time_limit(operation.timeout)
    return {
        **place,
        **{name: exact(name, value) for name, value in asked.items()},
        "id": row.id,
        "call": call.id,
        "name": operation.name,
        "started": started,
        "until": started + timeout + GRACE,
        "timeout": timeout,
        "clock_offset": call.clock_offset,
        "fresh": row.fresh_id,
        "params": json.dumps(row.params),
        "params_left_out": row.params_left_out,
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
        "outcome": word(ending.outcome),
        "evidence": word(ending.evidence),
        "error": word(ending.error),
        "order_id": None if order is None else exact_or_none(order.id),
        "ended": now(),
        **{name: word(value) for name, value in known.items()},
    }
