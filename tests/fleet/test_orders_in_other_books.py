"""An order that this process placed in a book of its own, as conditional ones, is proven off that book by a stop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.fleet.kill_report import AccountStop
from hk_adapter.fleet.kill_scope import KillScope
from hk_adapter.fleet.known_open import KnownOpen
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.fleet.stop_account import AccountRun
from hk_adapter.fleet.stopped import Stopped
from hk_adapter.flow.effects import Moment, Now, Sleep

TRIGGER = {"trigger": True}
LONG_BEFORE = -3600.0


class TwoBooks:
    """A venue whose list has ordinary orders only; the others are reached with a word in ``params``."""

    def __init__(self, ordinary: set[str], conditional: set[str]) -> None:
        self.ordinary, self.conditional = ordinary, conditional

    async def fetch_open_orders(self, symbol: str | None, params: Any) -> list[hk.Order]:
        """List the ordinary ones."""
        return [hk.Order(id=one, symbol="A/B", status=hk.OrderStatus.OPEN) for one in self.ordinary]

    async def cancel_all_orders(self, symbol: str | None, **_: Any) -> list[hk.CancelReport]:
        """Cancel the ordinary ones."""
        return await self.cancel_orders(list(self.ordinary), symbol)

    async def cancel_orders(
        self, order_ids: list[str], symbol: str | None, params: Any = None, **_: Any
    ) -> list[hk.CancelReport]:
        """Cancel in the book that is named."""
        book = self.conditional if params == TRIGGER else self.ordinary
        return [self._report(one, known=one in book and not book.discard(one)) for one in order_ids]

    def _report(self, order_id: str, *, known: bool) -> hk.CancelReport:
        order = hk.Order(
            id=order_id, symbol="A/B", amount=Decimal(1), filled=Decimal(0), status=hk.OrderStatus.CANCELED
        )
        if known:
            return hk.CancelReport(outcome=hk.CancelOutcome.CANCELED, evidence=hk.Evidence.QUERY, order=order)
        return hk.CancelReport(outcome=hk.CancelOutcome.UNKNOWN, order=hk.Order(id=order_id, symbol="A/B"))


class SlowToList(TwoBooks):
    """One whose list is to be had at the second try."""

    tries = 0

    async def fetch_open_orders(self, symbol: str | None, params: Any) -> list[hk.Order]:
        """List the ordinary ones."""
        self.tries += 1
        if self.tries == 1:
            raise hk.VenueUnavailable("not now")
        return await super().fetch_open_orders(symbol, params)


def drive(flow: Any) -> AccountStop:
    """Run a flow by a clock of its own."""
    now, answer = 0.0, None
    while True:
        try:
            effect = flow.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = Moment(now, 0) if isinstance(effect, Now) else None
        now += effect.seconds if isinstance(effect, Sleep) else 0.0


def account_of(calls: Any, orders: KnownOrders, **more: Any) -> Stopped:
    """Return an account that is to be stopped, with what this process knows of its key's orders."""
    seen = SeenOpen()
    account = Stopped(
        name="a",
        venue_id="twobooks",
        calls=calls,
        orders=orders,
        seen=seen,
        known=KnownOpen(seen=seen, looks=SharedLookups(orders)),
        may_arrive=0.0,
        others_place=False,
    )
    return account.replace(**more)


def stop(account: Stopped, *, dry: bool = False, **scope: Any) -> AccountStop:
    """Stop one account."""
    run = AccountRun("a", "twobooks", KillScope(timeout=30.0, **scope), lambda _: None)
    return drive(run.preview(account) if dry else run.stop(account, blocked=True))


@pytest.fixture
def placed() -> KnownOrders:
    """What this process placed an hour ago: an ordinary order, and a conditional one."""
    orders = KnownOrders()
    orders.note_opened(hk.Order(id="1", symbol="A/B"), LONG_BEFORE, apart=True)
    orders.note_opened(hk.Order(id="2", symbol="A/B"), LONG_BEFORE, look_params=TRIGGER, apart=True)
    return orders


def test_it_is_canceled_where_it_is(placed: KnownOrders) -> None:
    """No list has shown it: it is canceled by its id, with the word for its book, and proven."""
    calls = TwoBooks({"1"}, {"2"})
    told = stop(account_of(calls, placed))
    assert (told.complete, {order.order_id for order in told.orders}) == (True, {"1", "2"})
    assert (calls.ordinary, calls.conditional) == (set(), set())


def test_one_that_cannot_be_proven_leaves_the_stop_incomplete(placed: KnownOrders) -> None:
    """Nothing remains in the list, and nobody knows of the other book."""
    told = stop(account_of(TwoBooks({"1"}, set()), placed))
    assert (told.complete, [order.order_id for order in told.incomplete_orders]) == (False, ["2"])


def test_one_that_is_not_meant_is_left(placed: KnownOrders) -> None:
    """It is of another symbol, or of the other side."""
    calls = TwoBooks(set(), {"2"})
    assert stop(account_of(calls, placed), symbol="C/D").complete
    assert calls.conditional == {"2"}


def test_a_dry_run_names_it(placed: KnownOrders) -> None:
    """It would be canceled."""
    told = stop(account_of(TwoBooks({"1"}, {"2"}), placed), dry=True)
    assert {order.order_id for order in told.orders} == {"1", "2"}


def test_a_dry_run_names_nothing_else(placed: KnownOrders) -> None:
    """Neither one that is not meant, nor one that the list would show if it were open still."""
    calls = TwoBooks(set(), {"2"})
    assert [order.order_id for order in stop(account_of(calls, placed), dry=True).orders] == ["2"]
    assert stop(account_of(calls, placed), dry=True, symbol="C/D").orders == ()


def test_a_dry_run_forgets_what_a_list_shows_to_be_over(placed: KnownOrders) -> None:
    """What is known to have been open is named only for as long as no list is to be had."""
    told = stop(account_of(SlowToList({"3"}, {"2"}), placed), dry=True)
    assert {order.order_id for order in told.orders} == {"2", "3"}
    assert (told.clean, told.error) == (True, None)


def test_one_of_another_type_of_market_is_left(placed: KnownOrders) -> None:
    """A connection for swaps placed it, and it is a stop of spot orders: it may guard a position."""
    placed.note_opened(hk.Order(id="3", symbol="A/B:B"), LONG_BEFORE, market_type="swap", look_params=TRIGGER)
    calls = TwoBooks(set(), {"2", "3"})
    assert stop(account_of(calls, placed, market_type="spot")).complete
    assert calls.conditional == {"3"}
    assert stop(account_of(calls, placed, market_type="spot"), symbol="A/B:B").complete
    assert calls.conditional == set()
