"""A connection that was opened with other settings may see another book: it settles nothing of another one's calls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hk_adapter import OrderStatus, OutcomeUnknown, Venue, connect, register_venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.registry import unregister_venue
from tests.journal.test_params import CONDITIONAL, ORDINARY, TwoBooks, _cut_off

Open = Callable[..., Venue]


class BookBySetting(TwoBooks):
    """A venue whose book a connection's settings choose."""

    def open_venue(self, settings: Any) -> TwoBooks:
        """Open one book for all calls."""
        book = CONDITIONAL if settings.options.get("market") == "swap" else ORDINARY
        self._book = lambda params: book  # type: ignore[method-assign]
        return self

    open_venue.hk_adapter_impl = TwoBooks.open_venue.hk_adapter_impl  # type: ignore[attr-defined]


@pytest.fixture
def venue() -> Iterator[BookBySetting]:
    """Register it: 11 rests in one book, and the other is empty."""
    books = BookBySetting()
    books.books = {ORDINARY: {}, CONDITIONAL: {"11": OrderStatus.OPEN}}
    register_venue("twoviews", books)
    yield books
    unregister_venue("twoviews")


@pytest.fixture
def opened(venue: BookBySetting, journal: Journal) -> Iterator[Open]:
    """Open it with the journal and settings; closed after the test."""
    venues: list[Venue] = []

    def open_(**settings: Any) -> Venue:
        given: Mapping[str, Any] = {"api_key": "a-key", "secret": "a-secret", "timeout": 2, **settings}
        venues.append(connect("twoviews", environment="sandbox", plugins=[journal], **given))
        return venues[-1]

    yield open_
    for one in venues:
        one.close()


CALLS: dict[str, tuple[str, Callable[[Venue], object]]] = {
    "cancel_all_orders": ("fetch_open_orders", lambda venue: venue.cancel_all_orders()),
    "cancel_order": ("cancel_order", lambda venue: venue.cancel_order("11")),
    "create_order": (
        "create_order",
        lambda venue: venue.create_order("ETH/USD", "limit", "sell", "1", "90", {"triggerPrice": "91.5"}),
    ),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("resend", [False, True])
def test_another_view_settles_nothing(opened: Open, venue: BookBySetting, call: str, resend: bool) -> None:
    """It tells of the entry, and why it cannot say; it sends nothing; a connection opened alike settles it."""
    hook, make = CALLS[call]
    _cut_off(venue, hook, lambda: make(opened(market="swap")))
    (found,) = opened(market="spot").recover(resend=resend)
    assert (found.settled, type(found.error), venue.canceled) == (False, OutcomeUnknown, [])
    assert "other settings" in str(found.error)
    venue.books[CONDITIONAL]["11"] = OrderStatus.CANCELED
    assert [one.settled for one in opened(market="swap").recover()] == [True]


def test_an_entry_of_another_view_can_be_closed(opened: Open, venue: BookBySetting) -> None:
    """A person who has looked may end it from any connection."""
    _cut_off(venue, "cancel_order", lambda: opened(market="swap").cancel_order("11"))
    other = opened()
    (found,) = other.recover()
    assert [one.closed for one in other.recover(close=[found.entry.id])] == [True]
    assert other.recover() == []


@pytest.mark.parametrize("settings", [{"market": {"swap"}}, {"market": "swap"}])
def test_settings_that_nobody_can_compare_settle_nothing(
    opened: Open, venue: BookBySetting, path: Path, settings: dict[str, Any]
) -> None:
    """Neither a setting that is no plain value nor a row without the mark says which book it was."""
    _cut_off(venue, "fetch_open_orders", lambda: opened(**settings).cancel_all_orders())
    with closing(sqlite3.connect(path)) as connection, connection:
        if settings["market"] == "swap":
            connection.execute("UPDATE operations SET view = NULL")
        assert connection.execute("SELECT view FROM operations").fetchone() == (None,)
    venue.books = {ORDINARY: {}, CONDITIONAL: {}}
    assert [(one.settled, type(one.error)) for one in opened(**settings).recover()] == [(False, OutcomeUnknown)]


def test_a_file_of_before_is_read_and_written(opened: Open, venue: BookBySetting, path: Path) -> None:
    """The column is added to a file without it, whose entries are told and settled by nobody."""
    _cut_off(venue, "fetch_open_orders", lambda: opened().cancel_all_orders())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE operations DROP COLUMN view")
    later = Journal(path)
    with connect("twoviews", environment="sandbox", api_key="a-key", secret="a-secret", plugins=[later]) as again:
        assert [one.settled for one in again.recover()] == [False]
        _cut_off(venue, "fetch_open_orders", again.cancel_all_orders)
        assert sorted(one.settled for one in again.recover()) == [False, True]


def test_a_secret_is_no_part_of_the_mark(opened: Open) -> None:
    """A setting that is secret by its name changes no mark, nor can one be tried against it; another key does."""
    mark = {
        str(settings): opened(**settings)._calls.place.view
        for settings in (
            {},
            {"password": "1234"},
            {"nested": {"passphrase": "1"}, "twofa": "2"},
            {"nested": {}},
            {"api_key": "b-key"},
            {"uid": "7"},
        )
    }
    assert mark["{}"] == mark["{'password': '1234'}"]
    assert mark["{'nested': {}}"] == mark["{'nested': {'passphrase': '1'}, 'twofa': '2'}"]
    assert len(set(mark.values())) == 4
