"""What is written and read, as SQL: each function makes a job for the journal's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Set

from msgspec import json
from msgspec.structs import astuple

from hk_adapter.errors import PluginError
from hk_adapter.plugins.journal.clock import now
from hk_adapter.plugins.journal.entries import Call, Ending, Row
from hk_adapter.plugins.journal.processes import GRACE, this_process
from hk_adapter.plugins.journal.queued_job import Job
from hk_adapter.plugins.journal.written import exact, exact_or_none, time_limit, word

_INSERT = """
INSERT OR IGNORE INTO operations (
    id, call, name, state, started, until, timeout, clock_offset, clock_behind, clock_ahead, host, pid, token,
    venue_id, environment, origin, account, view,
    order_id, client_order_id, symbol, type, side, amount, price, cost, time_in_force, client_id_prefix,
    fresh, params, params_left_out
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_TERMS = ("type", "side", "amount", "price", "cost", "time_in_force", "client_id_prefix")

_SENT = """
UPDATE operations SET state = 'sent', clock_offset = ?, clock_behind = ?, clock_ahead = ?
WHERE id = ? AND state = 'intended'
"""

_LISTED = "UPDATE operations SET state = 'settled', outcome = 'listed' WHERE id = ?"

_ATTEMPT = "INSERT INTO attempts (call, number, hook, order_ids, started) VALUES (?, ?, ?, ?, ?)"

_ATTEMPT_ENDED = "UPDATE attempts SET ended = ?, known = ?, error = ? WHERE call = ? AND number = ?"

_SETTLE = """
UPDATE operations SET state = ?, outcome = ?, evidence = ?, error = ?, status = ?, filled = ?, average = ?, ended = ?,
    order_id = coalesce(order_id, ?)
WHERE id = ? AND state <> 'settled'
"""

_CLOSE = "UPDATE operations SET state = 'settled', evidence = outcome, outcome = 'closed', ended = ?"

Values = list[tuple[object, ...]]


def intent(call: Call) -> Job[None]:
    """Write what a call is about to do. Raises PluginError where that cannot stand in a row.

    Of a cancel, which goes out in any case, everything else is written.
    """
    rows = _new_rows(call, call.rows, frozenset(), now())

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany(_INSERT, rows)

    return job


def attempt_begins(call: Call, number: int, hook: str, rows: list[Row]) -> Job[None]:
    """Write that a request is about to leave, and whatever of the call is not written yet. Raises as ``intent``."""
    started = now()
    missing = _new_rows(call, call.rows[call.on_disk :], {row.id for row in rows}, started)
    ids = " ".join(exact_or_none(row.order_id or row.client_order_id) or "" for row in rows).strip() or None
    begun = (call.id, number, hook, ids, started)
    sent = [(*astuple(call.clock), row.id) for row in rows] if call.on_disk or call.troubled else []
    scope = call.rows[0].id if call.names_all else None
    ended = _attempts_ended(call)

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany(_INSERT, missing)
        connection.execute(_ATTEMPT, begun)
        connection.executemany(_SENT, sent)
        if scope is not None:  # its orders have entries of their own now
            connection.execute(_LISTED, (scope,))
        connection.executemany(_ATTEMPT_ENDED, ended)

    return job


def endings(call: Call, known: list[tuple[str, Ending]]) -> Job[None]:
    """Write what became of a call's rows, by their ids, and of its requests. What is settled stays as it was."""
    values = [_ending(row_id, ending) for row_id, ending in known]
    ended = _attempts_ended(call)

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany(_SETTLE, values)
        connection.executemany(_ATTEMPT_ENDED, ended)

    return job


def settle(row_id: str, ending: Ending) -> Job[None]:
    """Write what became of one row, whosever call it was of; as ``endings``."""
    values = _ending(row_id, ending)

    def job(connection: sqlite3.Connection) -> None:
        connection.execute(_SETTLE, values)

    return job


def close(entry_id: str) -> Job[None]:
    """Write that a person closed an entry, whatever became of it; by the id that it is listed under."""
    kind, _, number = entry_id.partition(" ")
    where, value = ("rowid", int(number)) if kind == "row" and number.isdecimal() else ("id", entry_id)

    def job(connection: sqlite3.Connection) -> None:
        connection.execute(f"{_CLOSE} WHERE {where} = ? AND state <> 'settled'", (now(), value))

    return job


def _new_rows(call: Call, rows: list[Row], sent: Set[str], started: int) -> Values:
    """Return what stands for new rows, of which those are ``sent`` now that a request about to leave is about."""
    found: Values = []
    for row in rows:
        try:
            found.append(_new_row(call, row, "sent" if row.id in sent else "intended", started))
        except PluginError as error:
            if not call.is_cancel:
                raise
            call.left_out.append(error)
    return found


def _new_row(call: Call, row: Row, state: str, started: int) -> tuple[object, ...]:
    operation, owner, place = call.operation, this_process(), call.operation.place
    timeout, terms = time_limit(operation.timeout), row.terms
    return (
        row.id,
        call.id,
        operation.name,
        state,
        started,
        started + timeout + GRACE,
        timeout,
        *astuple(call.clock),
        owner.host,
        owner.pid,
        owner.token,
        *((None,) * 5 if place is None else astuple(place)),
        exact("order_id", row.order_id),
        exact("client_order_id", row.client_order_id),
        exact("symbol", row.symbol),
        *[exact(name, terms.get(name)) for name in _TERMS],
        row.fresh_id,
        json.encode(row.params).decode(),
        row.params_left_out,
    )


def _ending(row_id: str, ending: Ending) -> tuple[object, ...]:
    order = ending.order
    return (
        "settled" if ending.settled else "unresolved",
        word(ending.outcome),
        word(ending.evidence),
        word(ending.error),
        *((None, None, None) if order is None else (word(order.status), word(order.filled), word(order.average))),
        now(),
        None if order is None else exact_or_none(order.id),
        row_id,
    )


def _attempts_ended(call: Call) -> Values:
    return [(when, known, word(error), call.id, number) for number, when, known, error in call.take_noted()]
