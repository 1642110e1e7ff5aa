"""An entry that nothing will ever prove is closed by hand; what is known of it is told first."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter import InvalidArgument, RecoveredOperation, Venue, wraps_flow
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served
from tests.journal.interruptions import CtrlCBefore

Look = Callable[[str], list[dict[str, Any]]]
Open = Callable[..., Venue]


class KilledBefore:
    """Ctrl-C when nothing of a create has been sent yet."""

    @wraps_flow
    async def create_order(self, flow: Any, request: Any) -> Any:
        """Be interrupted."""
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def lost(opened: Open, journal: Journal) -> str:
    """Leave a create in flight that was cut off before it was sent, and name its entry."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, KilledBefore).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-7")
    (entry,) = journal.read_in_flight()
    return entry.id


def _long_ago(path: Path, seconds: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE operations SET started = started - :ms, until = until - :ms", {"ms": seconds * 1000})
        connection.execute("UPDATE attempts SET started = started - ?", (seconds * 1000,))


def _only(found: list[RecoveredOperation]) -> RecoveredOperation:
    (one,) = found
    return one


def test_an_entry_is_closed(opened: Open, journal: Journal, lost: str, look: Look, served: Served) -> None:
    """It is looked up once more, told as closed and not as settled, and in flight no more; the file says so too."""
    venue = opened(journal)
    found = _only(venue.recover(close=[lost]))
    assert (found.entry.id, found.settled, found.closed) == (lost, False, True)
    assert [request.method for request in served.control.requests] == ["GET"]
    assert [(row["state"], row["outcome"]) for row in look("operations")] == [("settled", "closed")]
    assert venue.recover() == []


async def test_an_entry_is_closed_under_asyncio(served: Served, journal: Journal, lost: str) -> None:
    """As with threads."""
    async with hk_adapter.connect_async(
        "hashkey", environment="simulator", base_url=served.url, plugins=[journal]
    ) as venue:
        assert _only(await venue.recover(close=[lost])).closed
        assert await venue.recover() == []


def test_what_is_proven_is_settled_rather_than_closed(
    opened: Open, journal: Journal, order_id: str, other: Venue
) -> None:
    """Where the last look proves the end, the entry is settled by it."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCBefore).cancel_order(order_id)
    other.cancel_order(order_id)
    (entry,) = journal.read_in_flight()
    found = _only(opened(journal).recover(close=[entry.id]))
    assert (found.settled, found.closed) == (True, False)


def test_what_is_closed_is_not_sent_anew(opened: Open, journal: Journal, order_id: str, served: Served) -> None:
    """An entry that is to be closed is left alone by ``resend``."""
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCBefore).cancel_order(order_id)
    (entry,) = journal.read_in_flight()
    assert _only(opened(journal).recover(resend=True, close=[entry.id])).closed
    assert served.control.order(order_id).status == "NEW"


@pytest.mark.parametrize("close", [["none"], ["%"], [""], "abc", [None], [7]])
def test_what_cannot_be_closed_is_a_wrong_argument(
    opened: Open, journal: Journal, lost: str, served: Served, close: Any
) -> None:
    """Nothing is looked up and nothing is closed where an id is not in flight."""
    assert lost
    with pytest.raises(InvalidArgument, match="close"):
        opened(journal).recover(close=close)
    assert served.control.requests == []
    assert len(journal.read_in_flight()) == 1


def test_another_keys_entry_is_closed_too(opened: Open, journal: Journal, lost: str, served: Served) -> None:
    """A key that was replaced can look up nothing; its entry is closed all the same, and nothing is asked."""
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        connection.execute("UPDATE operations SET account = 'another'")
    assert _only(opened(journal).recover(close=[lost])).closed
    assert served.control.requests == []
    assert journal.read_in_flight() == []


def test_an_entry_that_cannot_be_read_is_closed_too(opened: Open, journal: Journal, lost: str) -> None:
    """By the name that it is listed under."""
    assert lost
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        connection.execute("UPDATE operations SET id = CAST(x'ff' AS TEXT)")
    (entry,) = journal.read_in_flight()
    assert _only(opened(journal).recover(close=[entry.id])).closed
    assert journal.read_in_flight() == []


def test_a_running_call_is_not_closed(opened: Open, journal: Journal, order_id: str) -> None:
    """What may still be under way has an end of its own."""

    class InTheMiddle:
        """Closes the entry of the call that it is in."""

        @wraps_flow
        async def cancel_order(self, flow: Any, request: Any) -> Any:
            """Try."""
            (entry,) = journal.read_in_flight()
            with pytest.raises(InvalidArgument, match="under way"):
                opened(journal).recover(close=[entry.id])
            return await flow

    opened(journal, InTheMiddle).cancel_order(order_id)
    assert journal.read_in_flight() == []


def test_what_speaks_for_closing_is_said(opened: Open, journal: Journal, lost: str, served: Served) -> None:
    """Two looks miss a create whose requests have been good for nothing for a minute: advice, and no proof."""
    _long_ago(journal.path, 120)
    found = _only(opened(journal).recover())
    assert (found.entry.id, found.settled) == (lost, False)
    assert found.advice is not None
    assert "no proof" in found.advice
    assert len(served.control.requests) == 2
    assert len(journal.read_in_flight()) == 1


def test_no_advice_while_a_request_may_still_arrive(opened: Open, journal: Journal, lost: str) -> None:
    """Within a minute after the end of its request's lifetime nothing speaks for closing it."""
    assert lost
    _long_ago(journal.path, 60)
    assert _only(opened(journal).recover()).advice is None


def test_no_advice_where_the_venue_does_not_answer(opened: Open, journal: Journal, lost: str, served: Served) -> None:
    """A look without an answer misses nothing."""
    assert lost
    _long_ago(journal.path, 600)
    served.control.fail_next("cut", method="GET", times=1)
    served.control.fail_next(status=503, method="GET", times=1)
    assert _only(opened(journal).recover(timeout=1)).advice is None
