"""Lists of orders and single look-ups: of which account, from where on, and how many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import BadRequest, InvalidArgument, UnexpectedPayload
from hk_adapter.model import FetchOrderRequest, ListOrdersRequest
from tests.cases import each
from tests.venues.hashkey.driving import answered, opened, sent

# HashKey Hong Kong documentation, Nov 2025: an order as the query shows it.
ROW: dict[str, Any] = json.loads(Path(__file__).with_name("orders.json").read_text(encoding="utf-8"))["query answer"]
ACCOUNT, OTHER = "1464567707961719552", "1649292498437183232"


def row(number: int, **changes: Any) -> dict[str, Any]:
    """Write a row of a list: an order that is open, without a word of its account."""
    ids = {"accountId": "", "orderId": str(1563291927536860000 + number), "clientOrderId": f"own-{number}"}
    return ROW | ids | {"status": "NEW"} | changes


@each("hook", ["fetch_open_orders", "fetch_orders"])
@each(("site", "cursor"), [("hk", "orderId"), ("global", "fromOrderId"), ("mena", "fromOrderId")])
def test_each_site_has_its_word_for_the_cursor(hook: str, site: str, cursor: str) -> None:
    """Both documentations mean the same: ids smaller than this one."""
    call = sent(getattr(opened(site), hook)(ListOrdersRequest(symbol="ETH/USD", before_id="1563291927536863744")))
    assert call.params == {"symbol": "ETHUSD", cursor: "1563291927536863744", "limit": "1000"}


@each("hook", ["fetch_open_orders", "fetch_orders"])
@each(("limit", "text"), [(None, "1000"), (1, "1"), (1000, "1000"), (1001, "1000")])
def test_no_more_rows_are_asked_for_than_a_page_has(hook: str, limit: int | None, text: str) -> None:
    """The largest page is the default."""
    assert sent(getattr(opened(), hook)(ListOrdersRequest(limit=limit))).params == {"limit": text}


def test_only_history_can_be_asked_from_a_time_on() -> None:
    """The open orders have no such parameter; a hint left out does no harm."""
    asked = ListOrdersRequest(since=1701094920045)
    assert sent(opened().fetch_orders(asked)).params == {"startTime": "1701094920045", "limit": "1000"}
    assert sent(opened().fetch_open_orders(asked)).params == {"limit": "1000"}


@each(
    ("hook", "path"),
    [
        ("fetch_open_orders", "/api/v1/spot/subAccount/openOrders"),
        ("fetch_orders", "/api/v1/spot/subAccount/tradeOrders"),
    ],
)
@each("site", ["global", "mena"])
def test_a_sub_accounts_lists_have_endpoints_of_their_own(site: str, hook: str, path: str) -> None:
    """There the account is called subAccountId, and 500 rows are the most; MENA's plain history takes no account."""
    call = sent(getattr(opened(site), hook)(ListOrdersRequest(account_id=OTHER, before_id="7")))
    assert (call.path, call.params) == (path, {"subAccountId": OTHER, "fromOrderId": "7", "limit": "500"})


@pytest.mark.parametrize("hook", ["fetch_open_orders", "fetch_orders"])
def test_hong_kong_takes_the_account_on_the_plain_lists(hook: str) -> None:
    """Its pages have no endpoints for sub-accounts."""
    call = sent(getattr(opened("hk"), hook)(ListOrdersRequest(account_id=OTHER)))
    assert call.params == {"accountId": OTHER, "limit": "1000"}
    assert "subAccount" not in call.path


def test_another_accounts_orders_are_not_this_ones() -> None:
    """A master key's list can go on with other accounts' orders: these are left out, and what may be theirs is told."""
    rows = [row(3, accountId=OTHER), row(2, accountId=ACCOUNT), row(1)]
    page = answered(opened().fetch_open_orders(ListOrdersRequest(account_id=OTHER)), rows)
    assert [order.client_order_id for order in page.orders] == ["own-3"]
    assert [(one.order and one.order.client_order_id, one.maybe_foreign) for one in page.unread] == [("own-1", True)]
    assert (page.complete, page.left_out) == (False, 1)
    page = answered(opened().fetch_open_orders(ListOrdersRequest(account_id=OTHER)), rows[:2])
    assert [order.client_order_id for order in page.orders] == ["own-3"]
    assert (page.complete, page.left_out) == (True, 0)


def test_a_full_page_has_a_next_one() -> None:
    """It goes on below the last order; a page that is not full is the last."""
    rows = [row(3), row(2)]
    page = answered(opened().fetch_orders(ListOrdersRequest(limit=2)), rows)
    assert (page.complete, page.next_before_id) == (False, rows[1]["orderId"])
    page = answered(opened().fetch_orders(ListOrdersRequest(limit=3)), rows)
    assert (page.complete, page.next_before_id, page.left_out) == (True, None, 0)


def test_a_page_is_full_when_the_venues_largest_is() -> None:
    """More rows wanted than a page has: 1000 rows may not be all."""
    rows = [row(number) for number in range(1000, 0, -1)]
    page = answered(opened().fetch_orders(ListOrdersRequest(limit=5000)), rows)
    assert (len(page.orders), page.complete, page.next_before_id) == (1000, False, rows[-1]["orderId"])


@each("bad", [None, 7, {}, row(2, status="GONE"), row(2, executedQty="NaN")])
def test_a_row_that_cannot_be_read_is_left_out(bad: Any) -> None:
    """The others are given; the page says that it is not complete, and how many rows it lacks."""
    page = answered(opened().fetch_orders(ListOrdersRequest()), [row(3), bad, row(1)])
    assert [order.client_order_id for order in page.orders] == ["own-3", "own-1"]
    assert (page.complete, page.left_out) == (False, 1)


def test_a_list_is_a_list() -> None:
    """An object where a list was promised is no empty list."""
    with pytest.raises(UnexpectedPayload):
        answered(opened().fetch_open_orders(ListOrdersRequest()), {})
    with pytest.raises(BadRequest):
        answered(opened().fetch_orders(ListOrdersRequest()), {"code": "-2029", "msg": "too old"}, status=400)


@each(
    "asked",
    [
        ListOrdersRequest(account_id="main"),
        ListOrdersRequest(account_id="1" * 21),
        ListOrdersRequest(before_id="1" * 21),
        ListOrdersRequest(symbol="ETHUSD"),
        ListOrdersRequest(params={"side": "BUY"}),
    ],
)
def test_what_no_list_can_be_of_is_refused_before_it_is_sent(asked: ListOrdersRequest) -> None:
    """Ids, symbols and params that HashKey cannot take."""
    for hook in (opened().fetch_open_orders, opened("mena").fetch_orders):
        with pytest.raises(InvalidArgument):
            sent(hook(asked))


@pytest.mark.parametrize("site", ["hk", "global", "mena"])
def test_one_order_of_a_sub_account(site: str) -> None:
    """The single query has no endpoint for sub-accounts on any site: the account stands beside the id."""
    call = sent(opened(site).fetch_order(FetchOrderRequest(client_order_id="mine", account_id=OTHER)))
    assert (call.path, call.params) == ("/api/v1/spot/order", {"origClientOrderId": "mine", "accountId": OTHER})


def test_a_row_of_another_symbol_is_a_gap() -> None:
    """Were the filter ignored, what was asked for may be missing as well."""
    for hook in (opened().fetch_open_orders, opened().fetch_orders):
        page = answered(hook(ListOrdersRequest(symbol="ETH/USD")), [row(3), row(2, symbol="BTCUSD")])
        assert [order.client_order_id for order in page.orders] == ["own-3"]
        assert (page.complete, page.left_out) == (False, 1)


@pytest.mark.parametrize("status", ["FILLED", "CANCELED", "REJECTED"])
def test_an_order_that_has_ended_is_not_open(status: str) -> None:
    """Among the open orders it is a gap; among those of the history it is at home."""
    rows = [row(3), row(2, status=status, executedQty="1" if status == "FILLED" else "0")]
    page = answered(opened().fetch_open_orders(ListOrdersRequest()), rows)
    assert [order.client_order_id for order in page.orders] == ["own-3"]
    assert (page.complete, page.left_out) == (False, 1)
    assert len(answered(opened().fetch_orders(ListOrdersRequest()), rows).orders) == 2


def test_the_symbol_asked_for_settles_an_ambiguous_word() -> None:
    """BTCFDUSD fits two quote currencies; in a list of BTC/FDUSD there is no doubt, whatever is loaded."""
    page = answered(opened().fetch_open_orders(ListOrdersRequest(symbol="BTC/FDUSD")), [row(3, symbol="BTCFDUSD")])
    assert [order.symbol for order in page.orders] == ["BTC/FDUSD"]
