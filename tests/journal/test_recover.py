"""What was cut off is listed, and settled by what the venue shows, and by nothing else."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter import CancelOutcome, NotSupported, OrderStatus, OutcomeUnknown, RecoveredOperation, Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served
from tests.journal.interruptions import CtrlCAfter, CtrlCBefore

Look = Callable[[str], list[dict[str, Any]]]
Open = Callable[..., Venue]


def _interrupted(venue: Venue, order_id: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        venue.cancel_order(order_id)


def _only(found: list[RecoveredOperation]) -> RecoveredOperation:
    (one,) = found
    return one


def _methods(served: Served) -> list[str]:
    return [request.method for request in served.control.requests]


def test_an_abandoned_cancel_stays_in_flight(opened: Open, journal: Journal, order_id: str) -> None:
    """Ctrl-C in a cancel leaves its entry listed, with its order and what had begun."""
    _interrupted(opened(journal, CtrlCAfter), order_id)
    (entry,) = journal.read_in_flight()
    assert (entry.operation, entry.order_id, entry.attempts, entry.outcome) == ("cancel_order", order_id, 1, None)
    assert (entry.place.venue_id, entry.place.environment, entry.running) == ("hashkey", "simulator", False)


async def test_a_canceled_task_stays_in_flight(served: Served, journal: Journal, order_id: str) -> None:
    """So does a cancel whose asyncio task is canceled while the venue is silent."""
    served.control.fail_next("stall", method="DELETE", acted=True)
    async with hk_adapter.connect_async(
        "hashkey", environment="simulator", base_url=served.url, plugins=[journal]
    ) as venue:
        task = asyncio.create_task(venue.cancel_order(order_id))
        while "DELETE" not in _methods(served):
            await asyncio.sleep(0.005)
        assert [entry.running for entry in await asyncio.to_thread(journal.read_in_flight)] == [True]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        found = _only(await venue.recover())
    assert (found.settled, found.entry.order_id) == (True, order_id)
    assert found.report is not None
    assert found.report.outcome is CancelOutcome.CANCELED


def test_what_has_ended_is_not_in_flight(venue: Venue, order_id: str, served: Served) -> None:
    """After calls that came to their end there is nothing to recover, and the venue is not asked."""
    venue.cancel_order(order_id)
    asked = len(served.control.requests)
    assert venue.recover() == []
    assert len(served.control.requests) == asked


def test_a_cancel_that_ran_is_settled(opened: Open, journal: Journal, order_id: str, look: Look) -> None:
    """The order is looked up, its end is written back, and the entry is in flight no more."""
    _interrupted(opened(journal, CtrlCAfter), order_id)
    venue = opened(journal)
    found = _only(venue.recover())
    assert found.settled
    assert found.report is not None
    assert (found.report.outcome, found.report.evidence) == (CancelOutcome.CANCELED, "query")
    assert found.order is not None
    assert found.order.status is OrderStatus.CANCELED
    (row,) = look("operations")
    assert (row["state"], row["outcome"], row["status"]) == ("settled", "canceled", "canceled")
    assert venue.recover() == []


def test_an_order_filled_meanwhile_is_settled(
    opened: Open, journal: Journal, order_id: str, served: Served, look: Look
) -> None:
    """A cancel that was never sent, of an order that filled: its end is the fill."""
    _interrupted(opened(journal, CtrlCBefore), order_id)
    served.control.fill(order_id, "1")
    found = _only(opened(journal).recover())
    assert found.report is not None
    assert (found.settled, found.report.outcome) == (True, CancelOutcome.TOO_LATE_FILLED)
    assert [(row["state"], row["filled"]) for row in look("operations")] == [("settled", "1")]


def test_an_order_that_is_still_open_stays_in_flight(
    opened: Open, journal: Journal, order_id: str, served: Served
) -> None:
    """OPEN settles no doubt: the cancel may still be on its way. Nothing is sent but a query."""
    _interrupted(opened(journal, CtrlCBefore), order_id)
    before = _methods(served)
    venue = opened(journal)
    for _ in range(2):
        found = _only(venue.recover())
        assert (found.settled, found.order and found.order.status) == (False, OrderStatus.OPEN)
        assert found.report is not None
        assert found.report.outcome is CancelOutcome.UNKNOWN
    assert _methods(served) == [*before, "GET", "GET"]


def test_resend_cancels_what_is_still_open(opened: Open, journal: Journal, order_id: str, served: Served) -> None:
    """Only when asked is a cancel sent anew; the new one is journalled, and settles the old one."""
    _interrupted(opened(journal, CtrlCBefore), order_id)
    venue = opened(journal)
    found = _only(venue.recover(resend=True))
    assert found.settled
    assert served.control.order(order_id).status == "CANCELED"
    assert _methods(served).count("DELETE") == 1
    assert journal.read_in_flight() == []


def test_resend_sends_nothing_where_the_end_is_proven(
    opened: Open, journal: Journal, order_id: str, served: Served
) -> None:
    """What look-ups settle is not canceled again."""
    _interrupted(opened(journal, CtrlCAfter), order_id)
    assert _only(opened(journal).recover(resend=True)).settled
    assert _methods(served).count("DELETE") == 1


def test_a_create_that_was_taken_is_found(opened: Open, journal: Journal, look: Look) -> None:
    """A create is looked for by its client order id; found, the order's id and state are written."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCAfter).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-7")
    found = _only(opened(journal).recover())
    assert found.settled
    assert found.report is None
    assert found.order is not None
    assert (found.order.client_order_id, found.order.status) == ("mine-7", OrderStatus.OPEN)
    assert [(row["state"], row["order_id"]) for row in look("operations")] == [("settled", found.order.id)]


def test_a_create_that_was_lost_stays_in_flight(opened: Open, journal: Journal, served: Served) -> None:
    """Not found proves nothing, and a create is never sent again, not even by ``resend``."""
    served.control.fail_next("cut", method="POST")
    venue = opened(journal)
    with pytest.raises(OutcomeUnknown):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-7", timeout=0.5)
    found = _only(venue.recover(resend=True))
    assert (found.settled, found.order, found.entry.client_order_id) == (False, None, "mine-7")
    assert _methods(served).count("POST") == 1
    assert [entry.client_order_id for entry in journal.read_in_flight()] == ["mine-7"]


def test_a_cancel_of_an_unknown_order_stays_in_flight(opened: Open, journal: Journal) -> None:
    """The venue not knowing the order is no proof of an end."""
    _interrupted(opened(journal, CtrlCBefore), "123456789")
    found = _only(opened(journal).recover())
    assert (found.settled, found.order) == (False, None)


def test_a_cancel_by_the_clients_id_is_settled(opened: Open, journal: Journal, look: Look) -> None:
    """An entry that names the order by the client's id alone is looked up by it; the journal knows it by its create."""
    order_id = opened(journal).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-1").id
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCAfter).cancel_order(client_order_id="mine-1")
    assert _only(opened(journal).recover()).settled
    assert [(row["state"], row["order_id"]) for row in look("operations")] == [("settled", order_id)] * 2


def test_a_silent_venue_settles_nothing(opened: Open, journal: Journal, order_id: str, served: Served) -> None:
    """Without an answer the entry stays, with the reason, and the next recovery settles it."""
    _interrupted(opened(journal, CtrlCAfter), order_id)
    venue = opened(journal)
    served.control.fail_next("cut", method="GET", times=3)
    found = _only(venue.recover(timeout=0.3))
    assert (found.settled, type(found.error)) == (False, OutcomeUnknown)
    served.control.fail_next("cut", method="GET", times=1)
    assert _only(venue.recover(timeout=30)).settled


def test_many_are_settled_at_once(opened: Open, journal: Journal, other: Venue, served: Served) -> None:
    """Every entry gets a result, oldest first, each by its own evidence."""
    ids = [str(other.create_order("ETH/USD", "limit", "buy", "1", "1900").id) for _ in range(5)]
    venue = opened(journal, CtrlCBefore)
    for order_id in ids:
        _interrupted(venue, order_id)
    served.control.fill(ids[0], "1")
    other.cancel_order(ids[3])
    found = opened(journal).recover()
    assert [(one.entry.order_id, one.settled) for one in found] == list(
        zip(ids, [True, False, False, True, False], strict=True)
    )


def test_another_keys_entries_are_left_alone(opened: Open, journal: Journal, order_id: str, path: Path) -> None:
    """An entry of another account or venue is neither looked up nor settled: its ids mean nothing here."""
    _interrupted(opened(journal, CtrlCAfter), order_id)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE operations SET account = 'another'")
    assert opened(journal).recover() == []
    assert len(journal.read_in_flight()) == 1


def test_without_a_journal_there_is_nothing_to_recover_from(other: Venue) -> None:
    """A connection without a journal says so."""
    with pytest.raises(NotSupported, match="no journal"):
        other.recover()


def test_an_interrupted_recovery_can_be_repeated(opened: Open, journal: Journal, order_id: str) -> None:
    """Recovering twice at the same time, or again after a crash, comes to the same end."""
    _interrupted(opened(journal, CtrlCAfter), order_id)
    first, second = opened(journal), opened(Journal(journal.path))
    assert _only(first.recover()).settled
    assert second.recover() == []
