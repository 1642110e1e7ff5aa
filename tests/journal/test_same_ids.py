"""Ids that count by symbol, and client order ids that several accounts use, name one order only in its own place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal

import pytest

from hk_adapter import Venue, connect
from hk_adapter.model import (
    CancelAllRequest,
    CancelOutcome,
    CancelReport,
    Evidence,
    Operation,
    Order,
    OrderPage,
    OrderStatus,
    Place,
    Wait,
)
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.journal.entries import new_call
from hk_adapter.plugins.journal.still_open import still_open
from tests.journal.test_params import TwoBooks, _cut_off, venue

__all__ = ["venue"]

HERE = Place(venue_id="v", environment="e", origin="o", account="a")


@pytest.fixture
def table() -> Iterator[sqlite3.Connection]:
    """Open the columns that are read, in memory."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE operations (name, state, outcome, status, order_id, client_order_id, symbol, side, amount, price,"
        " venue_id DEFAULT 'v', environment DEFAULT 'e', origin DEFAULT 'o', account DEFAULT 'a')"
    )
    yield connection
    connection.close()


def _write(table: sqlite3.Connection, name: str, outcome: str, order_id: str, symbol: str | None) -> None:
    values = (name, "settled", outcome, order_id, symbol)
    table.execute("INSERT INTO operations (name, state, outcome, order_id, symbol) VALUES (?, ?, ?, ?, ?)", values)


def _open(table: sqlite3.Connection) -> list[tuple[str | None, str | None]]:
    return [(order.id, order.symbol) for order in still_open(HERE)(table)]


def test_the_end_of_another_symbols_order_ends_none(table: sqlite3.Connection) -> None:
    """What may be open under an id of one symbol is told, though that id of another symbol has ended."""
    _write(table, "create_order", "done", "1", "A/B")
    _write(table, "create_order", "done", "1", "C/D")
    assert _open(table) == [("1", "C/D"), ("1", "A/B")]
    _write(table, "cancel_order", "canceled", "1", "A/B")
    assert _open(table) == [("1", "C/D")]


def test_an_end_without_a_symbol_is_of_its_id(table: sqlite3.Connection) -> None:
    """A cancel that named no symbol ended the order with its id, and an order of two calls is told once."""
    _write(table, "create_order", "done", "1", "A/B")
    _write(table, "create_order", "done", "1", None)
    assert _open(table) == [("1", None)]
    _write(table, "cancel_order", "canceled", "1", None)
    assert _open(table) == []


def _create(venue: Venue) -> None:
    venue.create_order("ETH/USD", "limit", "buy", "1", "90", client_order_id="mine")


@pytest.mark.parametrize("earlier", [True, False])
def test_a_client_order_id_of_another_account_says_nothing(venue: TwoBooks, journal: Journal, earlier: bool) -> None:
    """What stood under it on another account is no earlier order of this one, nor does a create there end it."""
    with (
        connect("twobooks", environment="sandbox", api_key="a", secret="s", plugins=[journal]) as one,
        connect("twobooks", environment="sandbox", api_key="b", secret="s", plugins=[journal]) as other,
    ):
        calls = [
            lambda: _cut_off(venue, "create_order", lambda: _create(other)),
            lambda: _cut_off(venue, "cancel_order", lambda: one.cancel_order(client_order_id="mine")),
        ]
        for call in calls if earlier else reversed(calls):
            call()
        with closing(sqlite3.connect(journal.path)) as connection, connection:
            connection.execute("UPDATE operations SET order_id = '77' WHERE name = 'create_order'")
        (entry,) = [one for one in journal.read_in_flight() if one.operation == "cancel_order"]
    assert (entry.earlier_ids, entry.superseded) == (frozenset(), None)


@pytest.mark.parametrize(("symbol", "settled"), [("A/B", ["A/B"]), ("C/D", ["C/D"]), (None, [])])
def test_a_report_settles_the_row_of_its_symbol(symbol: str | None, settled: list[str]) -> None:
    """Of two orders of one id that a cancel of everything listed, one's end is not the other's."""
    operation = Operation(name="cancel_all_orders", request=CancelAllRequest(), timeout=5.0, wait=Wait.FINAL)
    call = new_call(operation)
    orders = tuple(Order(id="1", symbol=one, side=None) for one in ("A/B", "C/D"))
    call.learn_listed(OrderPage(orders=orders, complete=True))
    call.begin_attempt()
    order = Order(id="1", symbol=symbol, amount=Decimal(1), filled=Decimal(0), status=OrderStatus.CANCELED)
    report = CancelReport(outcome=CancelOutcome.CANCELED, evidence=Evidence.QUERY, order=order, wait=Wait.FINAL)
    told = dict(call.endings([report]))
    assert [row.symbol for row in call.rows[1:] if row.id in told and told[row.id].settled] == settled
