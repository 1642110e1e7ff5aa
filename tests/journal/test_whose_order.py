"""An order is a journalled create's by its id; else by its times and terms."""

from __future__ import annotations

import pytest

from hk_adapter.execution.recover_match import is_made_by
from hk_adapter.model import JournalEntry, Order, Place

ENTRY = JournalEntry(
    id="1",
    call="1",
    operation="create_order",
    place=Place(venue_id="hashkey", environment="simulator", origin="http://127.0.0.1", account=None),
    client_order_id="mine",
    began=1_000_000,
    latest=1_010_000,
)
LIFETIME = 5_000


@pytest.mark.parametrize(("order_id", "is_it"), [("7", True), ("8", False)])
def test_the_venues_id_decides(order_id: str, is_it: bool) -> None:
    """Where the journal has the order's id, no other order is it."""
    assert is_made_by(Order(id=order_id), ENTRY.replace(order_id="7"), LIFETIME) is is_it


@pytest.mark.parametrize(
    ("made", "is_it"),
    [(None, False), (999_999, False), (1_000_000, True), (1_015_000, True), (1_015_001, False)],
)
def test_else_its_time_does(made: int | None, is_it: bool) -> None:
    """It is not older than the call, nor younger than what the call sent was good for."""
    assert is_made_by(Order(id="7", timestamp=made), ENTRY, LIFETIME) is is_it


def test_an_order_of_a_later_create_is_another_one() -> None:
    """From when a later create began under the same client order id on, an order may be that one's."""
    entry = ENTRY.replace(superseded=1_002_000)
    made = [is_made_by(Order(id="7", timestamp=at), entry, LIFETIME) for at in (1_001_999, 1_002_000)]
    assert made == [True, False]


def test_an_order_that_was_known_before_is_another_one() -> None:
    """Whatever its times say."""
    entry = ENTRY.replace(earlier_ids=("7",))
    assert not is_made_by(Order(id="7", timestamp=1_001_000), entry, LIFETIME)


def test_a_client_order_id_of_our_own_making_names_no_other_order() -> None:
    """No time has to tell then."""
    assert is_made_by(Order(id="7"), ENTRY.replace(fresh_id=True), LIFETIME)
