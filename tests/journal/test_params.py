"""A call's params may say in which book its orders are: the journal keeps those words, and recovers by them alone."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hk_adapter import (
    CancelRequest,
    FetchOrderRequest,
    HttpRequest,
    Order,
    OrderNotFound,
    OrderStatus,
    OutcomeUnknown,
    RecoveredOperation,
    Venue,
    VenueSettings,
    connect,
    hookimpl,
    register_venue,
)
from hk_adapter.flow.effects import Foreign
from hk_adapter.model import CancelAllRequest, CreateOrderRequest, ListOrdersRequest, OrderPage
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.journal.kept_params import keep
from hk_adapter.registry import unregister_venue

Look = Callable[[str], list[dict[str, Any]]]

STOP = {"stop": True}
ORDINARY, CONDITIONAL = "ordinary", "conditional"


@dataclass
class TwoBooks:
    """A venue that keeps conditional orders apart, under the same numbers; ``stop`` says which book is meant."""

    hosts = frozenset({"https://books.invalid"})
    request_lifetime = 5000
    limits: Mapping[str, Any] = field(default_factory=dict)
    books: dict[str, dict[str, OrderStatus]] = field(default_factory=dict)
    created: dict[str, str] = field(default_factory=dict)
    canceled: list[tuple[str, str]] = field(default_factory=list)
    interrupts: str = ""

    @hookimpl
    def open_venue(self, settings: VenueSettings) -> TwoBooks:
        """Be opened."""
        return self

    def sign(self, call: Any, credentials: Any, timestamp: int) -> HttpRequest:
        """Never needed."""
        raise NotImplementedError

    def look_params(self, request: CreateOrderRequest) -> Mapping[str, Any]:
        """Say in which book a new order is."""
        return STOP if request.params.get("triggerPrice") else {}

    @hookimpl
    async def create_order(self, request: CreateOrderRequest) -> Order:
        """Place one, and be interrupted."""
        book = CONDITIONAL if request.params.get("triggerPrice") else ORDINARY
        self.books[book]["77"] = OrderStatus.OPEN
        self.created["77"] = request.client_order_id
        await self._reach("create_order")
        return self._order(book, "77")

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Cancel one."""
        await self._reach("cancel_order")
        book = self._book(request.params)
        self.books[book][str(request.order_id)] = OrderStatus.CANCELED
        self.canceled.append((book, str(request.order_id)))
        return self._order(book, str(request.order_id), OrderStatus.PENDING_CANCEL)

    @hookimpl
    async def cancel_all_orders(self, request: CancelAllRequest) -> bool:
        """Leave it to single cancels."""
        return False

    @hookimpl
    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Show one, by either id."""
        await self._reach("fetch_order")
        book = self._book(request.params)
        own = (one for one, client in self.created.items() if client == request.client_order_id)
        order_id = request.order_id or next(own, "")
        if order_id not in self.books[book]:
            raise OrderNotFound("no such order")
        return self._order(book, order_id)

    @hookimpl
    async def fetch_open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """Show what is open in a book."""
        await self._reach("fetch_open_orders")
        book = self._book(request.params)
        ids = [one for one, status in self.books[book].items() if not status.final]
        return OrderPage(orders=tuple(self._order(book, one) for one in ids), complete=True)

    async def _reach(self, hook: str) -> None:
        def act() -> None:
            if hook == self.interrupts:
                signal.raise_signal(signal.SIGINT)

        async def acted() -> None:
            act()

        await Foreign(act, acted)

    def _book(self, params: Mapping[str, Any]) -> str:
        return CONDITIONAL if params.get("stop") is True else ORDINARY

    def _order(self, book: str, order_id: str, status: OrderStatus | None = None) -> Order:
        return Order(
            id=order_id,
            client_order_id=self.created.get(order_id),
            symbol="ETH/USD",
            amount=Decimal(1),
            filled=Decimal(0),
            timestamp=1_600_000_000_000,
            status=status or self.books[book][order_id],
        )


@pytest.fixture
def venue() -> Iterator[TwoBooks]:
    """Register it: 11 rests among ordinary orders, 11 and 12 wait for their price."""
    books = TwoBooks()
    books.books = {ORDINARY: {"11": OrderStatus.OPEN}, CONDITIONAL: {"11": OrderStatus.OPEN, "12": OrderStatus.OPEN}}
    register_venue("twobooks", books)
    yield books
    unregister_venue("twobooks")


@pytest.fixture
def opened(venue: TwoBooks, journal: Journal) -> Iterator[Venue]:
    """Open it with the journal."""
    with connect(
        "twobooks", environment="sandbox", api_key="a-key", secret="a-secret", plugins=[journal], timeout=2
    ) as opened:
        yield opened


def _cut_off(venue: TwoBooks, hook: str, call: Callable[[], object]) -> None:
    venue.interrupts = hook
    with pytest.raises(KeyboardInterrupt):
        call()
    venue.interrupts = ""


def test_a_cancel_of_everything_is_recovered_from_its_own_book(opened: Venue, venue: TwoBooks) -> None:
    """Cut off before it named its orders, it is settled by the book that it was about, and by no other."""
    venue.books[ORDINARY] = {}
    _cut_off(venue, "fetch_open_orders", lambda: opened.cancel_all_orders(params=STOP))
    assert [one.settled for one in opened.recover()] == [False]
    venue.books = {ORDINARY: {"11": OrderStatus.OPEN}, CONDITIONAL: {}}
    assert [one.settled for one in opened.recover()] == [True]


def test_its_resend_cancels_nothing_else(opened: Venue, venue: TwoBooks) -> None:
    """Sent anew, it goes to its own book; ordinary orders are left alone."""
    _cut_off(venue, "fetch_open_orders", lambda: opened.cancel_all_orders(params=STOP))
    assert [one.settled for one in opened.recover(resend=True)] == [True]
    assert sorted(venue.canceled) == [(CONDITIONAL, "11"), (CONDITIONAL, "12")]


@pytest.mark.parametrize("call", ["cancel_order", "cancel_orders", "cancel_all_orders"])
def test_a_named_order_is_looked_for_where_it_was(opened: Venue, venue: TwoBooks, call: str) -> None:
    """An order that ended under the same id in another book settles nothing, and a resend goes to the right book."""
    venue.books[ORDINARY]["11"] = OrderStatus.EXPIRED
    del venue.books[CONDITIONAL]["12"]
    calls: dict[str, Callable[[], object]] = {
        "cancel_order": lambda: opened.cancel_order("11", params=STOP),
        "cancel_orders": lambda: opened.cancel_orders(["11"], params=STOP),
        "cancel_all_orders": lambda: opened.cancel_all_orders(params=STOP),
    }
    _cut_off(venue, "cancel_order", calls[call])
    (found,) = opened.recover()
    assert (found.entry.order_id, found.settled) == ("11", False)
    assert dict(found.entry.params) == STOP
    assert [one.settled for one in opened.recover(resend=True)] == [True]
    assert venue.canceled == [(CONDITIONAL, "11")]


def test_a_conditional_create_is_looked_for_in_its_book(opened: Venue, venue: TwoBooks, look: Look) -> None:
    """What its terms say of the book is kept too."""
    _cut_off(
        venue,
        "create_order",
        lambda: opened.create_order("ETH/USD", "limit", "sell", "1", "90", {"triggerPrice": Decimal("91.5")}),
    )
    assert [(one.settled, one.order and one.order.id) for one in opened.recover()] == [(True, "77")]


UNKEPT: list[Mapping[str, Any]] = [
    {"stop": True, "password": "hunter"},
    {"otp": 123456},
    {"stop": [True]},
    {"planType": "x" * 33},
    {"type": "two words"},
    {"kind": 10**6},
    {"sk4live9": True},
    {"book": "conditional"},
    {chr(97 + number): True for number in range(26)} | {chr(65 + number): True for number in range(26)},
]


@pytest.mark.parametrize("params", UNKEPT, ids=range(len(UNKEPT)))
@pytest.mark.parametrize("by_id", [True, False])
def test_what_cannot_be_kept_is_never_guessed(
    opened: Venue, venue: TwoBooks, path: Path, params: Mapping[str, Any], by_id: bool
) -> None:
    """Nothing is looked up, settled or sent anew, the reason is told, and the entry can be closed."""
    if by_id:
        _cut_off(venue, "cancel_order", lambda: opened.cancel_order("11", params=params))
    else:
        _cut_off(venue, "fetch_open_orders", lambda: opened.cancel_all_orders(params=params))
    venue.books = {ORDINARY: {}, CONDITIONAL: {}}
    (found,) = opened.recover(resend=True)
    assert (found.settled, type(found.error), venue.canceled) == (False, OutcomeUnknown, [])
    assert "params" in str(found.error)
    assert [one.closed for one in opened.recover(close=[found.entry.id])] == [True]
    assert b"hunter" not in b"".join(one.read_bytes() for one in path.parent.iterdir())


def test_rows_of_who_did_not_write_params(opened: Venue, venue: TwoBooks, path: Path) -> None:
    """A process that does not know the column did not say that there were none."""
    _cut_off(venue, "fetch_open_orders", opened.cancel_all_orders)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE operations SET params = NULL, params_left_out = NULL")
    venue.books = {ORDINARY: {}, CONDITIONAL: {}}
    assert [(one.settled, one.entry.params_left_out) for one in opened.recover(resend=True)] == [(False, True)]


KEPT: list[Mapping[str, Any]] = [
    {},
    {"stop": True, "trailing": False},
    {"stop": "true"},
    {"trigger": 1},
    {"stop": True, "recvWindow": 5000},
    {"productType": "USDT-FUTURES", "planType": "profit_loss"},
    {"orderFilter": "StopOrder", "category": None},
    {"any_flag": True},
]


@pytest.mark.parametrize("params", KEPT, ids=range(len(KEPT)))
def test_what_is_kept_comes_back_as_it_was(params: Mapping[str, Any]) -> None:
    """True is not 1, and what is read again is what was written."""
    kept, left_out = keep(params)
    assert (repr(json.loads(json.dumps(kept))), left_out) == (repr(dict(params)), False)


@pytest.mark.parametrize("way", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_what_recover_returns_can_travel(
    opened: Venue, venue: TwoBooks, way: Callable[[RecoveredOperation], RecoveredOperation]
) -> None:
    """As all that calls return: to another process, a queue, a file of JSON lines."""
    terms = ("ETH/USD", "limit", "buy", "1", "1900", {"triggerPrice": "1800"})
    _cut_off(venue, "create_order", lambda: opened.create_order(*terms))  # type: ignore[arg-type]
    _cut_off(venue, "cancel_order", lambda: opened.cancel_order("11", params=STOP))
    for found in opened.recover():
        double = way(found)
        assert (double.entry, double.settled, double.order) == (found.entry, found.settled, found.order)
        told = dataclasses.asdict(found.entry)
        assert (told["params"], told["terms"]) == (found.entry.params, found.entry.terms)


def test_no_plugin_changes_what_recover_returns(
    opened: Venue, venue: TwoBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The params that a hook is asked with are not the entry's own."""
    _cut_off(venue, "cancel_order", lambda: opened.cancel_order("11", params=STOP))

    def book(self: TwoBooks, params: Mapping[str, Any]) -> str:
        with pytest.raises(TypeError):
            params["stop"] = False  # type: ignore[index]
        return CONDITIONAL

    monkeypatch.setattr(TwoBooks, "_book", book)
    assert [found.entry.params for found in opened.recover(resend=True)] == [STOP]
