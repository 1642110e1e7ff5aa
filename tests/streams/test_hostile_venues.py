"""A venue that invents orders, or that is loud, takes no memory, and nothing from whoever watches another."""

from __future__ import annotations

import pytest

from hk_adapter.execution.streams.consumer import Consumer
from tests.streams.script import Scripted, frame, row, told


@pytest.fixture
def venue() -> Scripted:
    """A venue with a stream, of whose orders five are kept, and five more in doubt."""
    venue = Scripted(silence=3600.0)
    tracker = venue.keeper.tracker
    tracker._most_open = tracker._doubts._most = 5
    return venue


def kept(venue):
    """Count the orders that are remembered."""
    tracker = venue.keeper.tracker
    return len(tracker._open) + len(tracker._doubts)


def test_invented_orders_take_no_memory_and_hide_no_end(venue):
    """However many there are: the true ones stay known, what is lost is counted, and the log says so."""
    venue.open_rows = lambda now: [row("a"), row("b")]
    invented = [(101 + at / 100, frame(("order", f"x{at}", "open", "0"))) for at in range(200)]
    venue.streams = [[*invented, (110, frame(("order", "a", "canceled", "0.3")))]]
    venue.watch(111, one := Consumer())
    assert kept(venue) <= 10
    assert ("a", "canceled", "0.3", True) in told(one)
    assert sum(update.dropped for update in one._waiting) + one._dropped >= 190 - 10
    assert {order.id for order in venue.keeper.open_orders()} >= {"b"}


def test_invented_contradictions_take_no_memory(venue):
    """Nor do orders whose words contradict their amounts, each of which is to be looked up."""
    venue.streams = [[(101 + at / 100, frame(("order", f"x{at}", "filled", "0.2"))) for at in range(200)]]
    venue.watch(104, one := Consumer())
    assert kept(venue) <= 5
    assert told(one) == []


def test_an_order_for_which_there_is_no_room_is_looked_up_until_its_end(venue, caplog):
    """It is told as the looks show it, each change once; where the stream tells of its end, at once."""
    venue.open_rows = lambda now: [row(str(number)) for number in range(5)]
    shown = ((105, row("x")), (300, row("x", filled="0.4")), (1000, row("x", "canceled", "0.4")))
    venue.orders = lambda order_id, now: next(order for until, order in shown if now < until)
    more = [(102, frame(("order", "x", "open", "0"))), (103, frame(("order", "y", "open", "0")))]
    venue.streams = [[*more, (103.01, frame(("order", "y", "canceled", "0.1")))]]
    venue.watch(700, one := Consumer())
    assert [said[1:] for said in told(one) if said[0] == "x"] == [
        ("open", "0", False),
        ("open", "0.4", False),
        ("canceled", "0.4", False),
    ]
    assert [said[1:] for said in told(one) if said[0] == "y"] == [("canceled", "0.1", True)]
    assert venue.names().count("look x") <= 12
    assert "order x: as many are open as are kept" in caplog.text


def test_a_loud_venue_silences_no_other(caplog):
    """Each has lines of its own, of the same words too."""
    loud, other = Scripted(silence=3600.0), Scripted(silence=3600.0)
    loud.streams = [[(101 + at / 100, frame(("unread", None))) for at in range(200)]]
    other.streams = [[(102, frame(("unread", None)))]]
    loud.watch(104, Consumer())
    heard = caplog.text.count("could not be read")
    other.watch(104, Consumer())
    assert heard <= 20
    assert caplog.text.count("could not be read") == heard + 1
