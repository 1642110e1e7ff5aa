"""Only a complete list of all an account's open orders says that what was seen before is open no more."""

from __future__ import annotations

import pytest

from hk_adapter import CancelOutcome, CancelReport, Order, OrderStatus
from hk_adapter.fleet import seen_open
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.model import ListOrdersRequest, OrderPage
from tests.cases import each
from tests.fleet.test_seen_by_symbol import ATTEMPT, OPERATE, _done, _gives

ALL, PARTLY = ListOrdersRequest(limit=100, partial=True), ListOrdersRequest(before_id="1")


def shows(
    seen: SeenOpen,
    *ids: str,
    request: ListOrdersRequest = ALL,
    hook: str = "fetch_open_orders",
    complete: bool = True,
) -> None:
    """Let a page be read that shows orders open, and says whether it is all."""
    orders = tuple(Order(id=one, symbol="A/B", status=OrderStatus.OPEN) for one in ids)
    _done(ATTEMPT(seen, _gives(OrderPage(orders=orders, complete=complete)), request, hook))


def known(seen: SeenOpen) -> list[str | None]:
    """Return the ids of what is taken for open."""
    return [order.id for order in seen.still_open()]


def test_a_complete_list_of_all_ends_what_it_lacks() -> None:
    """Whoever ended it."""
    seen = SeenOpen()
    shows(seen, "1", "2")
    shows(seen, "2")
    assert known(seen) == ["2"]


@each(
    ("request_", "hook"),
    [
        (ListOrdersRequest(symbol="C/D"), "fetch_open_orders"),
        (ListOrdersRequest(since=1), "fetch_open_orders"),
        (PARTLY, "fetch_open_orders"),
        (ListOrdersRequest(params={"trigger": True}), "fetch_open_orders"),
        (ALL, "fetch_orders"),
    ],
)
def test_any_other_list_ends_nothing(request_: ListOrdersRequest, hook: str) -> None:
    """One of a symbol, of a time, of a further page, of another book, or of orders in any state lacks what is open."""
    seen = SeenOpen()
    shows(seen, "1")
    shows(seen, "2", request=request_, hook=hook)
    assert known(seen) == ["1", "2"]


def test_a_list_that_goes_on_ends_nothing() -> None:
    """A further page may show what this one lacks."""
    seen = SeenOpen()
    shows(seen, "1")
    shows(seen, "2", complete=False)
    assert known(seen) == ["1", "2"]


@each("outcome", [one for one in CancelOutcome if not one.final])
def test_a_cancel_that_proved_no_end_ends_nothing(outcome: CancelOutcome) -> None:
    """Nor does a look that shows an order in no state that is known."""
    seen = SeenOpen()
    shows(seen, "1")
    order = Order(id="1", symbol="A/B")
    _done(OPERATE(seen, _gives([CancelReport(outcome=outcome, order=order)])))
    _done(ATTEMPT(seen, _gives(order), None, "fetch_order"))
    assert known(seen) == ["1"]


@each("request_", [ListOrdersRequest(account_id="7"), ListOrdersRequest(any_account=True)])
def test_a_list_of_other_accounts_says_nothing(request_: ListOrdersRequest) -> None:
    """It neither ends an order nor names one: a stop would cancel by it."""
    seen = SeenOpen()
    shows(seen, "1")
    shows(seen, "2", request=request_)
    assert known(seen) == ["1"]


def test_a_list_of_what_was_filled_names_nothing() -> None:
    """Only what lists orders does."""
    seen = SeenOpen()
    shows(seen, "1", hook="fetch_my_trades")
    assert known(seen) == []


def test_who_was_shown_first_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that a list goes on to show is not forgotten for one that was shown once, and later."""
    seen = SeenOpen()
    monkeypatch.setattr(seen_open, "_MOST_REMEMBERED", 2)
    for one in ("1", "2", "1", "3"):
        shows(seen, one, request=ListOrdersRequest(symbol="A/B"))
    assert known(seen) == ["1", "3"]
