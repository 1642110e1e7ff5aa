"""A client order id may have been used before, and again since: an order is the one that is meant by its id or time."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from hk_adapter import CancelOutcome, OrderStatus, RecoveredOperation, Venue, connect, register_venue
from hk_adapter.execution.recover_match import is_made_by
from hk_adapter.model import JournalEntry, Order, Place
from hk_adapter.plugins.journal import Journal
from hk_adapter.registry import unregister_venue
from hk_adapter.simulator.server import Served
from tests.journal.interruptions import CtrlCBefore
from tests.journal.pocket_venue import PocketVenue
from tests.journal.test_closing import KilledBefore

Look = Callable[[str], list[dict[str, Any]]]
Open = Callable[..., Venue]

OWN = "mine-7"


def _create(venue: Venue, own: str = OWN) -> str:
    return str(venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=own).id)


def _only(found: list[RecoveredOperation]) -> RecoveredOperation:
    (one,) = found
    return one


def _later(journal: Journal, seconds: float) -> None:
    """Move what is in flight to a later time, as if the orders of before had been placed so much earlier."""
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        ms = {"ms": int(seconds * 1000)}
        connection.execute("UPDATE operations SET started = started + :ms, until = until + :ms", ms)
        connection.execute("UPDATE attempts SET started = started + :ms", ms)


@pytest.mark.parametrize("seconds", [0, 1, 30, 3600])
def test_a_create_is_not_settled_by_an_earlier_order(
    opened: Open, journal: Journal, other: Venue, seconds: float
) -> None:
    """An order that had the client's id before the call is another one, however little before."""
    other.cancel_order(_create(other))
    with pytest.raises(KeyboardInterrupt):
        opened(journal, KilledBefore).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=OWN)
    _later(journal, seconds)
    found = _only(opened(journal).recover())
    assert (found.settled, found.order) == (False, None)
    assert "times" in str(found.error)
    assert len(journal.read_in_flight()) == 1


def test_a_create_is_not_settled_by_an_order_that_the_journal_knew(
    opened: Open, journal: Journal, served: Served
) -> None:
    """Its id tells it apart, whatever the clocks say."""
    first = opened(journal)
    first.cancel_order(_create(first))
    with pytest.raises(KeyboardInterrupt):
        opened(journal, KilledBefore).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=OWN)
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        connection.execute("UPDATE operations SET clock_offset = -5000")
    assert not _only(opened(journal).recover()).settled


def test_a_create_is_not_settled_by_a_later_order(opened: Open, journal: Journal, other: Venue) -> None:
    """An order that was placed when no request of the call was good any more is another one."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, KilledBefore).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=OWN)
    _later(journal, -60)
    _create(other)
    found = _only(opened(journal).recover())
    assert (found.settled, found.order) == (False, None)


def test_a_create_is_not_settled_by_the_next_ones_order(opened: Open, journal: Journal) -> None:
    """The next create under the same client's id, in the same journal, has an order of its own."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, KilledBefore).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=OWN)
    _later(journal, -1)
    _create(opened(journal))
    assert not _only(opened(journal).recover()).settled


def _cancel_by_own_id(opened: Open, journal: Journal) -> None:
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCBefore).cancel_order(client_order_id=OWN)


@pytest.mark.parametrize("resend", [False, True])
def test_a_later_order_with_the_clients_id_is_not_canceled(
    opened: Open, journal: Journal, other: Venue, served: Served, resend: bool
) -> None:
    """The order that the cancel was about has ended; the one that was placed since stays, and settles nothing."""
    first = _create(other)
    _cancel_by_own_id(opened, journal)
    other.cancel_order(first)
    served.control.forget(first)
    _later(journal, -0.001)
    second = _create(other)
    found = _only(opened(journal).recover(resend=resend))
    assert not found.settled
    assert served.control.order(second).status == "NEW"
    other.cancel_order(second)
    assert not _only(opened(journal).recover(resend=resend)).settled


def test_a_cancel_is_not_settled_by_an_order_that_had_ended_before(
    opened: Open, journal: Journal, other: Venue
) -> None:
    """A query that answers with the older order of that id says nothing of the one that the cancel met."""
    other.cancel_order(_create(other))
    _cancel_by_own_id(opened, journal)
    _later(journal, 1)
    found = _only(opened(journal).recover(resend=True))
    assert not found.settled
    assert "times" in str(found.error)


def test_the_order_that_was_there_is_canceled_by_its_own_id(opened: Open, journal: Journal, served: Served) -> None:
    """Sent anew, a cancel by the client's id names the order that a look showed by the venue's."""
    order_id = _create(opened(journal))
    _cancel_by_own_id(opened, journal)
    found = _only(opened(journal).recover(resend=True))
    assert found.settled
    assert served.control.order(order_id).status == "CANCELED"
    (delete,) = [one for one in served.control.requests if one.method == "DELETE"]
    assert delete.parameters.get("orderId") == order_id


def test_an_order_that_nobody_can_see_is_not_canceled_blindly(opened: Open, journal: Journal, served: Served) -> None:
    """What no look shows may be placed at any moment: no cancel by the client's id goes out."""
    _cancel_by_own_id(opened, journal)
    found = _only(opened(journal).recover(resend=True))
    assert (found.settled, found.order) == (False, None)
    assert "not sent anew" in str(found.error)
    assert [one.method for one in served.control.requests if one.method == "DELETE"] == []


@pytest.fixture
def pocket() -> Any:
    """Register a venue with two old orders."""
    venue = PocketVenue()
    venue.book = {"11": OrderStatus.OPEN, "12": OrderStatus.OPEN}
    register_venue("pocket", venue)
    yield venue
    unregister_venue("pocket")


def _interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def all_cut_off(pocket: PocketVenue, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Leave a cancel_all_orders in flight that had not listed its orders, and give the connection."""
    with connect("pocket", environment="sandbox", api_key="a-key", secret="a-secret", plugins=[journal]) as venue:
        monkeypatch.setattr(pocket, "_page", lambda *_: _interrupt())
        with pytest.raises(KeyboardInterrupt):
            venue.cancel_all_orders("ETH/USD")
        monkeypatch.undo()
        yield venue


def test_orders_placed_after_the_crash_are_not_canceled(all_cut_off: Venue, pocket: PocketVenue) -> None:
    """A cancel_all_orders sent anew covers the orders of its own time."""
    pocket.times["13"] = 4_000_000_000_000
    pocket.book["13"] = OrderStatus.OPEN
    assert not _only(all_cut_off.recover()).settled
    assert _only(all_cut_off.recover(resend=True)).settled
    assert pocket.book == {"11": OrderStatus.CANCELED, "12": OrderStatus.CANCELED, "13": OrderStatus.OPEN}


@pytest.mark.parametrize("resend", [False, True])
@pytest.mark.parametrize("apart", [-3000, 600])
def test_orders_that_only_an_unmeasured_clock_calls_younger_settle_nothing(
    all_cut_off: Venue, pocket: PocketVenue, journal: Journal, apart: int, resend: bool
) -> None:
    """What was placed before a cancel of everything by a machine that was behind may be newer; it is left alone."""
    with closing(sqlite3.connect(journal.path)) as connection:
        ((began,),) = connection.execute("SELECT started + clock_offset FROM operations").fetchall()
    pocket.book = {"13": OrderStatus.OPEN}
    pocket.times["13"] = began - apart
    assert not _only(all_cut_off.recover(resend=resend)).settled
    assert pocket.book["13"] is OrderStatus.OPEN


def test_orders_of_unknown_age_are_not_canceled(all_cut_off: Venue, pocket: PocketVenue) -> None:
    """Nor do they let the entry be settled: they may be of its time."""
    pocket.times["13"] = None
    pocket.book["13"] = OrderStatus.OPEN
    assert not _only(all_cut_off.recover(resend=True)).settled
    assert pocket.book["13"] is OrderStatus.OPEN
    assert pocket.book["12"] is OrderStatus.CANCELED


@pytest.mark.parametrize("resend", [False, True])
@pytest.mark.parametrize("picked", [{"side": "buy"}, {"client_id_prefix": "mine-"}], ids=str)
def test_orders_that_do_not_say_what_a_call_picked_by_settle_nothing(
    pocket: PocketVenue, journal: Journal, monkeypatch: pytest.MonkeyPatch, picked: dict[str, Any], resend: bool
) -> None:
    """A row without its side, or its client order id where the venue shows another, may be one that was meant."""
    monkeypatch.setattr(pocket, "client_ids", "changed", raising=False)
    with connect("pocket", environment="sandbox", api_key="a-key", secret="a-secret", plugins=[journal]) as venue:
        with monkeypatch.context() as cut:
            cut.setattr(pocket, "_page", lambda *_: _interrupt())
            with pytest.raises(KeyboardInterrupt):
                venue.cancel_all_orders("ETH/USD", **picked)
        assert not _only(venue.recover(resend=resend)).settled
    assert set(pocket.book.values()) == {OrderStatus.OPEN}


def test_an_order_that_was_there_is_canceled_by_the_venues_id(
    opened: Open, journal: Journal, order_id: str, served: Served
) -> None:
    """An entry with the venue's id is sent anew."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCBefore).cancel_order(order_id)
    _later(journal, 1)
    found = _only(opened(journal).recover(resend=True))
    assert found.report is not None
    assert found.report.outcome is CancelOutcome.CANCELED
    assert served.control.order(order_id).status == "CANCELED"


@pytest.mark.parametrize("resend", [False, True])
@pytest.mark.parametrize("ended", [False, True])
def test_an_order_that_has_the_id_since_is_neither_canceled_nor_taken_for_it(
    opened: Open, journal: Journal, order_id: str, other: Venue, served: Served, resend: bool, ended: bool
) -> None:
    """A venue that begins its numbers anew gives the id to an order that is younger than the cancel."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCBefore).cancel_order(order_id)
    _later(journal, -3600)
    if ended:
        other.cancel_order(order_id)
    sent = len(served.control.requests)
    found = _only(opened(journal).recover(resend=resend))
    assert (found.settled, found.order) == (False, None)
    assert "times" in str(found.error)
    assert "DELETE" not in {one.method for one in served.control.requests[sent:]}


def test_a_create_is_not_settled_by_a_younger_order_of_its_id() -> None:
    """It was answered with the id, and the id begins anew: no request of the call was good any more."""
    entry = JournalEntry(
        id="1",
        call="c",
        operation="create_order",
        place=Place(venue_id="pocket", environment="sandbox", origin="https://pocket.example", account=None),
        order_id="7",
        started=1_700_000_000_000,
        latest=1_700_000_010_000,
    )
    made = [entry.latest + 5000, entry.latest + 5001, None]
    assert [is_made_by(Order(id="7", timestamp=one), entry, 5000) for one in made] == [True, False, True]


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(("BTC/USD", "limit", "buy", "1", "1900"), id="symbol"),
        pytest.param(("ETH/USD", "limit", "sell", "1", "1900"), id="side"),
        pytest.param(("ETH/USD", "limit", "buy", "2", "1900"), id="amount"),
        pytest.param(("ETH/USD", "limit", "buy", "1", "1901"), id="price"),
    ],
)
def test_a_create_is_not_settled_by_an_order_with_other_terms(
    opened: Open, journal: Journal, other: Venue, terms: tuple[str, ...]
) -> None:
    """An order that somebody else placed under the id, at the very time of the call, is not the one it asked for."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, KilledBefore).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=OWN)
    other.create_order(*terms, client_order_id=OWN)
    found = _only(opened(journal).recover())
    assert (found.settled, found.order) == (False, None)
    assert "terms" in str(found.error)
    assert len(journal.read_in_flight()) == 1


def test_a_create_is_settled_by_an_order_with_its_terms(opened: Open, journal: Journal, other: Venue) -> None:
    """The same order, written otherwise, is the one."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, KilledBefore).create_order("ETH/USD", "limit", "buy", "1.00", "1900.0", client_order_id=OWN)
    placed = _create(other)
    found = _only(opened(journal).recover())
    assert (found.settled, found.order and found.order.id) == (True, placed)
