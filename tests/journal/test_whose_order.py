"""An order is a journalled create's by its id; else by its times and terms."""

from __future__ import annotations

import pytest

from hk_adapter.execution.recover_match import existed, is_end_of, is_made_by, may_have_existed
from hk_adapter.model import JournalEntry, Order, OrderStatus, Place

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


CANCEL = ENTRY.replace(operation="cancel_order", behind=5_000, ahead=1_000)


@pytest.mark.parametrize(
    ("made", "did", "may_have"),
    [(999_000, True, True), (999_001, False, True), (1_005_000, False, True), (1_005_001, False, False)],
)
def test_a_clock_that_was_not_measured_leaves_open_what_was_there(made: int, did: bool, may_have: bool) -> None:
    """An order that the doubt of the clock leaves on both sides of the call is neither before it nor after."""
    order = Order(id="7", timestamp=made)
    assert (existed(order, CANCEL), may_have_existed(order, CANCEL)) == (did, may_have)


def test_one_that_says_no_time_may_have_been_there() -> None:
    """And one that the journal knew under its client order id was."""
    assert may_have_existed(Order(id="7"), CANCEL)
    assert not existed(Order(id="7"), CANCEL)
    assert existed(Order(id="7"), CANCEL.replace(earlier_ids=frozenset("7")))


@pytest.mark.parametrize(("ended", "is_end"), [(1_000_001, False), (1_004_999, False), (1_005_000, True)])
def test_an_end_that_only_that_clock_calls_younger_is_none(ended: int, is_end: bool) -> None:
    """It may be that of an order that had the client's id before; the one that the journal knew alone is told by it."""
    order = Order(id="7", status=OrderStatus.CANCELED, last_update_timestamp=ended)
    assert is_end_of(order, CANCEL) is is_end
    assert is_end_of(order, CANCEL.replace(earlier_ids=frozenset("7")))
    assert is_end_of(order, CANCEL.replace(earlier_ids=frozenset("78"))) is is_end
