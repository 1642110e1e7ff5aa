"""A master key's lists hold only the orders of its own account, whoever else's the venue puts there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import PermissionDenied, UnexpectedPayload
from hk_adapter.model import (
    CancelRequest,
    CreateOrderRequest,
    CreateOrdersRequest,
    ListOrdersRequest,
    OrderPage,
    OrderSide,
    OrderType,
)
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from tests.cases import each
from tests.venues.hashkey.driving import answered, opened
from tests.venues.hashkey.test_order_lists import ACCOUNT, OTHER, row

TYPES = "/api/v1/account/type"
LISTS = ["fetch_open_orders", "fetch_orders"]
MAIN = {"accountId": ACCOUNT, "accountLabel": "Main Trading Account", "accountType": 1, "accountIndex": 0}
SUB = {"accountId": OTHER, "accountLabel": "Sub Main Trading Account", "accountType": 1, "accountIndex": 0}
CUSTODY = {"accountId": "7", "accountLabel": "Custody Account", "accountType": 5, "accountIndex": 0}
FAMILY = (TYPES, [SUB, CUSTODY, MAIN])
BOTH = [row(2, accountId=ACCOUNT), row(3, accountId=OTHER)]
BID = CreateOrderRequest(
    symbol="ETH/USD",
    type=OrderType.LIMIT,
    side=OrderSide.BUY,
    client_order_id="own-1",
    amount=Decimal("0.1"),
    price=Decimal(1900),
)


def listed(venue: HashKeyVenue, rows: list[Any], hook: str = "fetch_open_orders", **more: Any) -> list[str | None]:
    """Give the client ids that a list has."""
    page: OrderPage = answered(getattr(venue, hook)(ListOrdersRequest()), rows, **more)
    return [order.client_order_id for order in page.orders]


def with_an_order(account: str = ACCOUNT) -> HashKeyVenue:
    """Open a site and place an order there."""
    venue = opened()
    answered(venue.create_order(BID), row(1, accountId=account))
    return venue


@pytest.mark.parametrize("hook", LISTS)
def test_of_several_accounts_the_own_is_asked_for_once(hook: str) -> None:
    """One more request, to the list of the key's accounts; from then on it is known."""
    venue = opened()
    assert listed(venue, BOTH, hook, then=FAMILY) == ["own-2"]
    assert listed(venue, BOTH, hook) == ["own-2"]
    assert listed(venue, [row(3, accountId=OTHER)], hook) == []


@pytest.mark.parametrize("hook", LISTS)
def test_an_order_that_was_placed_tells_the_account(hook: str) -> None:
    """Whoever placed an order needs not ask: alone on the page, its account's orders are the key's."""
    assert listed(with_an_order(), [row(2, accountId=ACCOUNT), row(1, accountId="")], hook) == ["own-2", "own-1"]


@pytest.mark.parametrize("hook", LISTS)
def test_only_another_accounts_orders_are_none(hook: str) -> None:
    """The main account may have none on the book while a sub-account has: they are not the key's own."""
    venue = with_an_order()
    assert listed(venue, [row(3, accountId=OTHER)], hook, then=FAMILY) == []
    assert listed(venue, [row(3, accountId=OTHER)], hook) == []


def test_where_nothing_is_known_the_open_orders_are_not_trusted() -> None:
    """A main account may have none on the book while a sub-account has: before the first is given, it is asked."""
    venue = opened()
    assert listed(venue, [row(3, accountId=OTHER)], then=FAMILY) == []
    assert listed(venue, [row(2, accountId=ACCOUNT)]) == ["own-2"]


@pytest.mark.parametrize("hook", LISTS)
def test_who_knows_the_ids_of_the_orders_does_not_wait(hook: str) -> None:
    """The look-ups of a cancel take all rows as they are, without a second request."""
    page = answered(getattr(opened(), hook)(ListOrdersRequest(any_account=True)), BOTH)
    assert [order.client_order_id for order in page.orders] == ["own-2", "own-3"]


def test_a_batch_tells_the_account_too() -> None:
    """Each of its orders is the key's own."""
    venue = opened()
    order = row(1, accountId=ACCOUNT)
    answered(venue.create_orders(CreateOrdersRequest(orders=(BID,))), {"code": 0, "result": [{"order": order}]})
    assert listed(venue, [row(3, accountId=OTHER)], then=FAMILY) == []


def test_somebody_elses_order_tells_nothing() -> None:
    """An answer about another order than the one placed may be of another account."""
    venue = opened()
    strange = row(9, accountId=OTHER)
    answered(venue.create_order(BID), strange)
    answered(venue.cancel_order(CancelRequest(order_id=strange["orderId"])), strange)
    assert listed(venue, BOTH, then=FAMILY) == ["own-2"]


def test_a_sub_accounts_key_sees_one_account() -> None:
    """Its own, whatever its label."""
    assert listed(opened(), BOTH, then=(TYPES, [SUB, CUSTODY])) == ["own-3"]


@each(
    "accounts",
    [[], [CUSTODY], [MAIN, MAIN | {"accountId": "5"}], [MAIN | {"accountLabel": ""}, SUB], [SUB, SUB], [None]],
)
def test_where_it_cannot_be_told_nothing_is_given(accounts: list[Any]) -> None:
    """A list that may hold others' orders is a doubt, and the question is asked again the next time."""
    venue = opened()
    with pytest.raises(UnexpectedPayload):
        listed(venue, BOTH, then=(TYPES, accounts))
    assert listed(venue, BOTH, then=FAMILY) == ["own-2"]


@each(
    "main",
    [
        {name: value for name, value in MAIN.items() if name != "accountId"},
        MAIN | {"accountId": 1.5},
        MAIN | {"accountType": None},
        MAIN | {"accountLabel": 7},
        MAIN | {"accountType": "SPOT"},
        MAIN | {"accountType": 11},
        None,
        [],
    ],
)
@each("hook", LISTS)
def test_an_account_that_cannot_be_read_may_be_the_own(hook: str, main: Any) -> None:
    """The one that is left is a sub-account's: its orders are given to nobody who asked for the key's own."""
    with pytest.raises(UnexpectedPayload, match="which account is the key's own"):
        listed(opened(), BOTH, hook, then=(TYPES, [SUB, CUSTODY, main]))


def test_an_account_of_a_kind_to_come_beside_the_own_is_another() -> None:
    """A new product of the venue's does not take the lists from those whose trading account is named as such."""
    assert listed(opened(), BOTH, then=(TYPES, [MAIN, MAIN | {"accountId": "8", "accountType": 11}])) == ["own-2"]


def test_an_account_that_cannot_be_read_beside_that_of_the_placed_orders() -> None:
    """Who placed an order knows the account without its label."""
    rows = [row(2, accountId=ACCOUNT), row(3, accountId=OTHER)]
    assert listed(with_an_order(), rows, then=(TYPES, [MAIN, SUB, {"accountType": 1}])) == ["own-2"]


def test_orders_placed_in_an_account_that_the_key_has_not() -> None:
    """Two answers that contradict each other are a doubt."""
    with pytest.raises(UnexpectedPayload):
        listed(with_an_order("5"), BOTH, then=FAMILY)


def test_a_refusal_of_the_question_is_the_lists() -> None:
    """Without the answer the list cannot be told."""
    with pytest.raises(PermissionDenied):
        listed(opened(), BOTH, then=(TYPES, {"code": "-1005", "msg": "no"}))


def test_others_orders_end_the_list_of_open_ones() -> None:
    """Both documentations list the key's own first: a full page that goes on with others' is the last one."""
    page = answered(opened().fetch_open_orders(ListOrdersRequest(limit=2)), BOTH, then=FAMILY)
    assert (len(page.orders), page.complete, page.next_before_id) == (1, True, None)
    mixed = BOTH[::-1]
    page = answered(opened().fetch_open_orders(ListOrdersRequest(limit=2)), mixed, then=FAMILY)
    assert (len(page.orders), page.complete, page.next_before_id) == (1, False, mixed[-1]["orderId"])
    page = answered(opened().fetch_orders(ListOrdersRequest(limit=2)), BOTH, then=FAMILY)
    assert (len(page.orders), page.complete, page.next_before_id) == (1, False, BOTH[-1]["orderId"])


def test_a_gap_stays_a_gap() -> None:
    """A row that cannot be read may be the key's own."""
    page = answered(opened().fetch_open_orders(ListOrdersRequest()), [*BOTH, None], then=FAMILY)
    assert (len(page.orders), page.complete, page.left_out) == (1, False, 1)


def paged(venue: HashKeyVenue, hook: str, rows: list[Any], before: str | None = None, **more: Any) -> OrderPage:
    """Give a page of two rows of a list."""
    page: OrderPage = answered(getattr(venue, hook)(ListOrdersRequest(limit=2, before_id=before)), rows, **more)
    return page


def test_a_history_whose_pages_are_of_two_accounts() -> None:
    """The first page was taken for the key's own, and is another's: the list is a doubt, and the next one is right."""
    venue = opened()
    first = paged(venue, "fetch_orders", [row(9, accountId=OTHER), row(8, accountId=OTHER)])
    with pytest.raises(UnexpectedPayload, match="another account"):
        paged(venue, "fetch_orders", [row(7, accountId=ACCOUNT)], first.next_before_id, then=FAMILY)
    assert listed(venue, [row(9, accountId=OTHER), row(7, accountId=ACCOUNT)], "fetch_orders") == ["own-7"]


def test_a_history_that_goes_on_with_another_account() -> None:
    """The first page was the key's own: what follows of others is left out."""
    venue = opened()
    first = paged(venue, "fetch_orders", [row(9, accountId=ACCOUNT), row(8, accountId=ACCOUNT)])
    second = paged(venue, "fetch_orders", [row(7, accountId=OTHER)], first.next_before_id, then=FAMILY)
    assert (len(first.orders), len(second.orders), second.complete) == (2, 0, True)


def test_a_history_of_one_account_asks_nothing() -> None:
    """However many pages it has."""
    venue, before = opened(), None
    for number in (9, 7, 5):
        rows = [row(number, accountId=ACCOUNT), row(number - 1, accountId=ACCOUNT)]
        before = paged(venue, "fetch_orders", rows, before).next_before_id


@pytest.mark.parametrize("hook", LISTS)
def test_an_order_that_does_not_say_whose_it_is_on_one_page_of_several(hook: str) -> None:
    """Another page may have others' orders: it may be theirs, and is told as one that cannot be read."""
    page = paged(with_an_order(), hook, [row(9, accountId=ACCOUNT), row(8, accountId="")])
    assert ([order.id for order in page.orders], page.left_out) == ([row(9)["orderId"]], 1)
    assert page.unread[0].maybe_foreign
