"""Which orders a journal names where no list is to be had: none that ended, each one once, and nothing else."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from hk_adapter.model import CancelOutcome, Order, OrderStatus
from hk_adapter.plugins.journal.still_open import MOST_TOLD, still_open
from tests.journal.test_same_ids import HERE, table

__all__ = ["table"]


def write(table: sqlite3.Connection, name: str, state: str = "settled", **more: Any) -> None:
    """Write one row, as a call of a name left it."""
    values = {"name": name, "state": state, **more}
    table.execute(
        f"INSERT INTO operations ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
    )


def named(table: sqlite3.Connection) -> list[tuple[str | None, str | None]]:
    """Return the ids of what is told, by the venue and by the client."""
    return [(order.id, order.client_order_id) for order in still_open(HERE)(table)]


def test_an_order_is_told_as_it_was_placed(table: sqlite3.Connection) -> None:
    """With its terms, and the state that was told last."""
    write(
        table, "create_order", outcome="done", status="open", order_id="1", client_order_id="mine", symbol="A/B",
        side="buy", amount="1.10", price="9",
    )  # fmt: skip
    [order] = still_open(HERE)(table)
    assert isinstance(order, Order)
    assert (order.id, order.client_order_id, order.symbol, order.status) == ("1", "mine", "A/B", OrderStatus.OPEN)
    assert (str(order.side), str(order.amount), str(order.price)) == ("buy", "1.10", "9")


@pytest.mark.parametrize(
    "end",
    [
        {"name": "cancel_order", "outcome": "canceled", "status": None},
        {"name": "cancel_order", "outcome": "unknown", "status": "closed"},
        {"name": "create_order", "outcome": "done", "status": "closed"},
    ],
    ids=["by the cancel's outcome", "by the order's state", "by the create itself"],
)
def test_an_order_whose_end_was_told_is_not_open(table: sqlite3.Connection, end: dict[str, Any]) -> None:
    """Whichever word of whichever call told it."""
    if end["name"] == "cancel_order":
        write(table, "create_order", outcome="done", status="open", order_id="1")
    write(table, order_id="1", **end)
    assert named(table) == []


@pytest.mark.parametrize("outcome", [one for one in CancelOutcome if not one.final])
def test_an_order_whose_cancel_did_not_end_it_may_be_open(table: sqlite3.Connection, outcome: CancelOutcome) -> None:
    """A cancel that was ``rejected`` is no order that was: the venue said that it stays."""
    write(table, "create_order", outcome="done", status="open", order_id="1")
    write(table, "cancel_order", outcome=str(outcome), order_id="1")
    assert named(table) == [("1", None)]


def test_an_order_of_several_calls_is_told_once(table: sqlite3.Connection) -> None:
    """As one that was placed, and whose cancels are both not settled."""
    write(table, "create_order", outcome="done", order_id="1", client_order_id="mine", symbol="A/B")
    for _ in range(2):
        write(table, "cancel_order", "unresolved", outcome="unknown", order_id="1", symbol="A/B")
    assert named(table) == [("1", None)]


def test_creates_without_an_answer_are_told_by_the_clients_ids(table: sqlite3.Connection) -> None:
    """Each id once, however often it was used."""
    for own in ("one", "two", "one"):
        write(table, "create_order", "unresolved", outcome="unknown", client_order_id=own)
    assert named(table) == [(None, "one"), (None, "two")]


@pytest.mark.parametrize("after", [True, False])
def test_an_end_under_the_clients_id_is_of_what_was_placed_before(table: sqlite3.Connection, after: bool) -> None:
    """A create that was never answered has an end by a later cancel under its id; by an earlier one it has none."""
    calls = [
        ("create_order", {"state": "unresolved", "outcome": "unknown"}),
        ("cancel_order", {"outcome": "canceled", "order_id": "7"}),
    ]
    for name, values in calls if after else reversed(calls):
        write(table, name, client_order_id="mine", **values)  # type: ignore[arg-type]
    assert named(table) == ([] if after else [(None, "mine")])


def test_the_newest_end_under_the_clients_id_counts(table: sqlite3.Connection) -> None:
    """Whichever of several orders it was that of."""
    write(table, "create_order", outcome="done", status="closed", client_order_id="mine", order_id="8")
    write(table, "create_order", "unresolved", outcome="unknown", client_order_id="mine")
    write(table, "cancel_order", outcome="canceled", client_order_id="mine", order_id="7")
    write(table, "create_order", outcome="done", status="canceled", client_order_id="other", order_id="9")
    assert named(table) == []


def test_an_end_with_a_symbol_is_that_of_an_order_that_names_none(table: sqlite3.Connection) -> None:
    """One of the two need not say it; nor does an order that ended as it was placed need an id."""
    write(table, "create_order", outcome="done", order_id="1")
    write(table, "cancel_order", outcome="canceled", order_id="1", symbol="A/B")
    write(table, "create_order", outcome="done", status="closed", client_order_id="mine")
    assert named(table) == []


def test_what_names_no_order_is_none(table: sqlite3.Connection) -> None:
    """A cancel of everything has a row of its own, and one that cannot be read hides no other."""
    write(table, "create_order", outcome="done", order_id="1")
    write(table, "create_order", outcome="done", order_id="2", amount="much")
    write(table, "cancel_all_orders", "unresolved", symbol="A/B")
    assert named(table) == [("1", None)]


def test_what_was_refused_is_none(table: sqlite3.Connection) -> None:
    """A create that made no order names none."""
    write(table, "create_order", outcome="refused", client_order_id="mine")
    assert named(table) == []


def test_only_the_newest_are_told(table: sqlite3.Connection) -> None:
    """A journal keeps for ever what was filled without anybody asking."""
    for number in range(MOST_TOLD + 1):
        write(table, "create_order", outcome="done", order_id=str(number))
    told = named(table)
    assert (len(told), told[0], told[-1]) == (MOST_TOLD, (str(MOST_TOLD), None), ("1", None))
