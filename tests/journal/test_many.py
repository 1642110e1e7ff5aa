"""Cancels of many orders: each order has an entry of its own, and none is forgotten because it was one of many."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from hk_adapter import CancelOutcome, Order, OrderSide, OrderStatus, PermissionDenied, Venue, connect, register_venue
from hk_adapter.model import OrderPage, UnreadRow
from hk_adapter.plugins.journal import Journal
from hk_adapter.registry import unregister_venue
from tests.journal.pocket_venue import PocketVenue

Look = Callable[[str], list[dict[str, Any]]]

IDS = ["11", "12", "13", "14"]


@pytest.fixture(params=[0, 50], ids=["one by one", "in batches"])
def pocket(request: pytest.FixtureRequest) -> Iterator[PocketVenue]:
    """Register a venue with four open orders."""
    venue = PocketVenue(batch=request.param)
    venue.book = dict.fromkeys(IDS, OrderStatus.OPEN)
    register_venue("pocket", venue)
    yield venue
    unregister_venue("pocket")


@pytest.fixture
def opened(pocket: PocketVenue, journal: Journal) -> Iterator[Venue]:
    """Open it with the journal."""
    with connect("pocket", environment="sandbox", api_key="a-key", secret="a-secret", plugins=[journal]) as venue:
        yield venue


def _interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def _refuse() -> None:
    raise PermissionDenied("no further page for this key")


def test_each_order_is_in_the_file_before_the_send(opened: Venue, pocket: PocketVenue, look: Look) -> None:
    """cancel_orders has an entry for every order before its first request, and settles each by its own report."""
    seen: list[list[str]] = []
    pocket.before_send = lambda: seen.append([row["order_id"] for row in look("operations")])
    assert {report.outcome for report in opened.cancel_orders(IDS)} == {CancelOutcome.CANCELED}
    assert seen[0] == IDS
    rows = look("operations")
    assert [(row["order_id"], row["state"], row["outcome"]) for row in rows] == [
        (order_id, "settled", "canceled") for order_id in IDS
    ]
    assert len({row["call"] for row in rows}) == 1


def test_one_order_that_cannot_be_written_harms_no_other(opened: Venue, pocket: PocketVenue, look: Look) -> None:
    """An absurd id costs the other orders neither their entries nor their cancels."""
    absurd = "9" * 10_000_000
    pocket.book[absurd] = OrderStatus.OPEN
    assert {report.outcome for report in opened.cancel_orders([*IDS, absurd])} == {CancelOutcome.CANCELED}
    assert [(row["order_id"], row["state"]) for row in look("operations")] == [(one, "settled") for one in IDS]


@pytest.mark.parametrize("moment", ["before_send", "after_send"])
def test_an_interrupted_cancel_of_many_is_recovered(opened: Venue, pocket: PocketVenue, moment: str) -> None:
    """All orders of a cancel that was cut off in its first request are listed, each with the end that it had."""
    setattr(pocket, moment, _interrupt)
    with pytest.raises(KeyboardInterrupt):
        opened.cancel_orders(IDS)
    found = {one.entry.order_id: one.settled for one in opened.recover()}
    assert found == {order_id: pocket.book[order_id].final for order_id in IDS}


def test_a_cancel_of_everything_names_its_orders_before_the_send(
    opened: Venue, pocket: PocketVenue, look: Look
) -> None:
    """cancel_all_orders has an entry for every order that it listed before its first request."""
    seen: list[set[str]] = []
    pocket.before_send = lambda: seen.append({row["order_id"] for row in look("operations")})
    assert len(opened.cancel_all_orders("ETH/USD")) == len(IDS)
    assert seen[0] >= set(IDS)
    assert {row["state"] for row in look("operations")} == {"settled"}
    assert opened.recover() == []


@pytest.mark.parametrize("moment", ["before_send", "after_send"])
def test_an_interrupted_cancel_of_everything_is_recovered(opened: Venue, pocket: PocketVenue, moment: str) -> None:
    """Cut off in its first request, it leaves an entry for every order that was open."""
    setattr(pocket, moment, _interrupt)
    with pytest.raises(KeyboardInterrupt):
        opened.cancel_all_orders("ETH/USD")
    found = {one.entry.order_id: one.settled for one in opened.recover()}
    assert found == {order_id: pocket.book[order_id].final for order_id in IDS}


def test_a_cancel_of_everything_that_named_nothing_yet(
    opened: Venue, pocket: PocketVenue, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off before it knew its orders, it is one entry: in flight while anything of its scope is open."""
    monkeypatch.setattr(pocket, "_page", lambda *_: _interrupt())
    with pytest.raises(KeyboardInterrupt):
        opened.cancel_all_orders("ETH/USD")
    monkeypatch.undo()
    (entry,) = journal.read_in_flight()
    assert (entry.operation, entry.order_id, entry.symbol) == ("cancel_all_orders", None, "ETH/USD")
    assert [one.settled for one in opened.recover()] == [False]
    assert [one.settled for one in opened.recover(resend=True)] == [True]
    assert all(status.final for status in pocket.book.values())
    assert journal.read_in_flight() == []


def test_a_cancel_of_everything_that_is_cut_off_between_two_pages(
    opened: Venue, pocket: PocketVenue, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first page shows is canceled by then; that the others were to be, too, stays in flight."""
    pocket.page_size = 2
    page = pocket._page

    def once(*given: Any) -> Any:
        monkeypatch.setattr(pocket, "_page", lambda *_: _interrupt())
        return page(*given)

    monkeypatch.setattr(pocket, "_page", once)
    with pytest.raises(KeyboardInterrupt):
        opened.cancel_all_orders("ETH/USD")
    monkeypatch.undo()
    assert pocket.book == dict(zip(IDS, [OrderStatus.CANCELED] * 2 + [OrderStatus.OPEN] * 2, strict=True))
    assert {entry.order_id for entry in journal.read_in_flight()} == {None, *IDS[:2]}
    assert {one.entry.order_id: one.settled for one in opened.recover()} == {None: False, "11": True, "12": True}
    assert all(one.settled for one in opened.recover(resend=True))
    assert all(status.final for status in pocket.book.values())
    assert journal.read_in_flight() == []


def test_a_cancel_of_everything_whose_list_is_cut_off(
    opened: Venue, pocket: PocketVenue, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders may be open that it has never seen: it stays in flight, until they are had, one page after the other."""
    pocket.page_size, pocket.is_cut_off = 2, True
    monkeypatch.setattr(pocket, "after_send", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        opened.cancel_all_orders("ETH/USD")
    monkeypatch.undo()
    assert {entry.order_id for entry in journal.read_in_flight()} == {None, *IDS[:2]}
    assert [one.settled for one in opened.recover() if one.entry.order_id is None] == [False]
    assert all(one.settled for one in opened.recover(resend=True))
    assert all(status.final for status in pocket.book.values())
    assert journal.read_in_flight() == []


@pytest.mark.parametrize("said", [{"complete": False, "left_out": 1}, {"complete": True, "left_out": 0}], ids=str)
def test_a_row_that_cannot_be_read_keeps_a_cancel_of_everything_in_flight(
    opened: Venue, pocket: PocketVenue, journal: Journal, monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]
) -> None:
    """Its order has no entry before its own cancel is sent, whether the venue's plugin has counted it or not."""
    page = pocket._page
    rows = [UnreadRow(reason="no amount", order=Order(id=IDS[-1], symbol="ETH/USD"))]

    def with_a_row(ids: list[str], *given: Any) -> OrderPage:
        return replace(page(ids[:-1], *given), unread=tuple(rows), cut_off=False, **said)

    monkeypatch.setattr(pocket, "_page", with_a_row)
    monkeypatch.setattr(pocket, "after_send", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        opened.cancel_all_orders("ETH/USD")
    assert None in {entry.order_id for entry in journal.read_in_flight()}


def test_orders_of_a_further_page_are_written_as_those_of_the_first(
    opened: Venue, pocket: PocketVenue, look: Look
) -> None:
    """Each with its symbol, before it is canceled; the call's own entry is settled once all its orders have theirs."""
    pocket.page_size = 2
    seen: list[list[tuple[str | None, str | None, str]]] = []
    pocket.before_send = lambda: seen.append(
        [(row["order_id"], row["symbol"], row["outcome"] or "") for row in look("operations")]
    )
    assert len(opened.cancel_all_orders("ETH/USD")) == len(IDS)
    first, last = seen[0], seen[-1]
    assert set(first) == {(None, "ETH/USD", ""), ("11", "ETH/USD", ""), ("12", "ETH/USD", "")}
    assert {(None, "ETH/USD", "listed"), *((one, "ETH/USD", "") for one in IDS)} == set(last)
    for rows in seen:
        names_all = {one for one, _, _ in rows} == {None, *IDS}
        assert ((None, "ETH/USD", "listed") in rows) == names_all
    assert {row["state"] for row in look("operations")} == {"settled"}


def test_only_orders_that_are_meant_get_an_entry(opened: Venue, pocket: PocketVenue, look: Look) -> None:
    """What a cancel of one side or prefix leaves on the book would be canceled by a recovery that found it in there."""
    pocket.terms = {
        "11": {"side": OrderSide.BUY, "client_order_id": "grid-1"},
        "12": {"side": OrderSide.SELL, "client_order_id": "grid-2"},
        "13": {"side": OrderSide.BUY, "client_order_id": "other-3"},
        "14": {"side": OrderSide.BUY},
    }
    assert [one.order.id for one in opened.cancel_all_orders("ETH/USD", side="buy", client_id_prefix="grid-")] == ["11"]
    rows = {row["order_id"]: (row["state"], row["outcome"]) for row in look("operations")}
    assert rows == {None: ("settled", "listed"), "11": ("settled", "canceled")}


def test_a_cancel_of_everything_whose_list_broke_off_is_settled(
    opened: Venue, pocket: PocketVenue, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its caller was told that what no list showed was not canceled: nothing of it is in flight."""
    pocket.page_size = 2
    page = pocket._page

    def once(*given: Any) -> Any:
        monkeypatch.setattr(pocket, "_page", lambda *_: _refuse())
        return page(*given)

    monkeypatch.setattr(pocket, "_page", once)
    reports = opened.cancel_all_orders("ETH/USD")
    assert [one.outcome for one in reports] == [CancelOutcome.CANCELED] * 2 + [CancelOutcome.NOT_SENT]
    assert journal.read_in_flight() == []
