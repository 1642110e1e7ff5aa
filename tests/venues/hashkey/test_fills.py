"""Fills: each once, with what was paid for it, and of the order, account and time asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.model import Fee, ListTradesRequest, OrderSide, Trade, TradePage
from tests.cases import each
from tests.venues.hashkey.driving import answered, opened, sent

ACCOUNT = "1649292498437183232"

# The fields of HashKey's documentations: Global's and MENA's, and what HK's has beside them. The numbers are ours.
ROW: dict[str, Any] = {
    "id": "2098827941783013377",
    "clientOrderId": "own-1",
    "ticketId": "4611725000000000001",
    "symbol": "ETHUSD",
    "symbolName": "ETHUSD",
    "orderId": "2098827941447468800",
    "matchOrderId": "0",
    "price": "3150.11",
    "qty": "0.01",
    "commission": "0.09135319",
    "commissionAsset": "USD",
    "time": "1764935787849",
    "isBuyer": False,
    "isMaker": False,
    "fee": {"feeCoinId": "USD", "feeCoinName": "USD", "fee": "0.09135319"},
    "feeCoinId": "USD",
    "feeAmount": "0.09135319",
    "makerRebate": "0",
}
HONG_KONG: dict[str, Any] = {"feeSupplementaryAmount": "1.89864681", "accountId": ACCOUNT, "hskDeduct": False}


def page(*rows: Any, site: str = "hk", **asked: Any) -> TradePage:
    """Give the page that an answer makes."""
    return answered(opened(site).fetch_my_trades(ListTradesRequest(**asked)), list(rows))


def fill(**changes: Any) -> Trade:
    """Give the one fill of a row with changes; None takes a field away."""
    row = {name: value for name, value in (ROW | changes).items() if value is not None}
    (trade,) = page(row).trades
    return trade


def test_every_field_of_a_fill() -> None:
    """Numbers exactly; the cost is the product, for price and amount are those of this fill."""
    assert fill() == Trade(
        id="2098827941783013377",
        order_id="2098827941447468800",
        symbol="ETH/USD",
        side=OrderSide.SELL,
        taker_or_maker="taker",
        price=Decimal("3150.11"),
        amount=Decimal("0.01"),
        cost=Decimal("31.5011"),
        fees=(Fee(currency="USD", cost=Decimal("0.09135319")),),
        timestamp=1764935787849,
    )
    assert fill().info == ROW


def test_a_makers_buy() -> None:
    """The other side, and the other role."""
    trade = fill(isBuyer=True, isMaker=True)
    assert (trade.side, trade.taker_or_maker) == (OrderSide.BUY, "maker")


@each(
    ("changes", "fees"),
    [
        # Up to the minimum fee: on top of what is called the fee, or in the commission already.
        (HONG_KONG, [("USD", "1.99")]),
        (HONG_KONG | {"commission": "1.99"}, [("USD", "1.99")]),
        ({"feeSupplementaryAmount": "0"}, [("USD", "0.09135319")]),
        # Where there is less of it, the rest is enough.
        ({"fee": None}, [("USD", "0.09135319")]),
        ({"fee": None, "commission": None, "commissionAsset": None}, [("USD", "0.09135319")]),
        ({"commission": None, "commissionAsset": None}, [("USD", "0.09135319")]),
        ({"fee": None, "commission": None, "feeAmount": None}, []),
        # A deduction in HSK: the object has what was paid, the commission what would have been.
        ({"fee": {"feeCoinId": "HSK", "fee": "0.5"}, "hskDeduct": True}, [("HSK", "0.5")]),
        ({"commissionAsset": "", "commission": "0", "fee": {"feeCoinId": "", "fee": "0"}}, [(None, "0")]),
    ],
)
def test_what_was_paid(changes: dict[str, Any], fees: list[tuple[str | None, str]]) -> None:
    """The whole fee, in the currency that it was paid in."""
    assert fill(**changes).fees == tuple(Fee(currency=currency, cost=Decimal(cost)) for currency, cost in fees)


def test_two_fees_are_no_fee() -> None:
    """A commission that is neither the fee nor the fee with its supplement: which one was paid is not known."""
    found = page(ROW | {"commission": "0.5"})
    assert (found.trades, found.complete, found.left_out) == ((), False, 1)


@each("name", ["id", "orderId", "symbol", "price", "qty", "time", "isBuyer", "isMaker"])
def test_what_a_fill_cannot_be_without(name: str) -> None:
    """Absent, empty, or of another kind, it makes the row unreadable: left out, counted, and the page not complete."""
    for value in (None, "", [], {}):
        found = page(ROW | {name: value}, ROW | {"id": "1"})
        assert ([trade.id for trade in found.trades], found.complete, found.left_out) == (["1"], False, 1)


@each(
    "changes",
    [
        {"price": "-1"},
        {"qty": "NaN"},
        {"time": "soon"},
        {"isBuyer": "true"},
        {"commission": "x"},
        {"feeSupplementaryAmount": "?"},
        {"fee": "0.1"},
    ],
)
def test_what_is_no_fill(changes: dict[str, Any]) -> None:
    """Numbers, times and flags of another kind are a doubt, never a guess."""
    assert page(ROW | changes).left_out == 1


def test_each_fill_is_given_once() -> None:
    """By its id: one row repeated is one fill, but both sides of one match, which share a ticket, are two."""
    other_side = ROW | {"id": "2098827941783013376", "isBuyer": True, "isMaker": True}
    found = page(ROW, ROW, other_side)
    assert [trade.id for trade in found.trades] == [ROW["id"], other_side["id"]]
    assert (found.complete, found.left_out) == (True, 0)


def test_one_id_is_not_one_fill() -> None:
    """Both sides of a trade with oneself under one id are two fills, and so are two amounts."""
    found = page(ROW, ROW | {"isBuyer": True}, ROW | {"qty": "0.02", "orderId": "9"}, ROW)
    assert [(trade.side, trade.amount) for trade in found.trades] == [
        (OrderSide.SELL, Decimal("0.01")),
        (OrderSide.BUY, Decimal("0.01")),
        (OrderSide.SELL, Decimal("0.02")),
    ]


def test_what_is_asked_for() -> None:
    """Symbol, client id and time, and the id below which the next page begins; 1000 rows at the most."""
    asked = ListTradesRequest(symbol="ETH/USD", client_order_id="own-1", since=1764935787849, before_id="7", limit=5000)
    call = sent(opened().fetch_my_trades(asked))
    assert (call.path, call.weight, call.group) == ("/api/v1/account/trades", 5, "queries")
    assert call.params == {
        "symbol": "ETHUSD",
        "clientOrderId": "own-1",
        "startTime": "1764935787849",
        "toId": "7",
        "limit": "1000",
    }


@pytest.mark.parametrize(
    ("site", "path", "name"),
    [
        ("hk", "/api/v1/account/trades", "accountId"),
        ("global", "/api/v1/subAccount/trades", "subAccountId"),
        ("mena", "/api/v1/subAccount/trades", "subAccountId"),
    ],
)
def test_a_sub_accounts_fills(site: str, path: str, name: str) -> None:
    """Each site in its documented way; Hong Kong has no endpoint for sub-accounts."""
    call = sent(opened(site).fetch_my_trades(ListTradesRequest(account_id=ACCOUNT)))
    assert (call.path, call.params) == (path, {name: ACCOUNT, "limit": "1000"})


def test_a_full_page_goes_on_below_its_last_fill() -> None:
    """A page that is not full is the last one."""
    older = ROW | {"id": "2098827941783013370"}
    found = page(ROW, older, limit=2)
    assert (found.complete, found.next_before_id) == (False, older["id"])
    found = page(ROW, older, limit=3)
    assert (found.complete, found.next_before_id) == (True, None)


def test_a_bound_that_the_venue_includes_does_no_harm() -> None:
    """Whether ``toId`` itself is in the page is not documented: it is not given twice, and does not go in circles."""
    found = page(ROW, ROW | {"id": "7"}, before_id=ROW["id"], limit=2)
    assert ([trade.id for trade in found.trades], found.next_before_id) == (["7"], "7")
    found = page(ROW, before_id=ROW["id"], limit=1)
    assert (found.trades, found.next_before_id, found.complete) == ((), None, False)


def test_another_orders_fills_are_not_this_ones() -> None:
    """Were the filter by client id ignored, the fills of others would still not be given."""
    found = page(ROW, ROW | {"id": "8", "clientOrderId": "other"}, client_order_id="own-1")
    assert [trade.id for trade in found.trades] == [ROW["id"]]


@each(
    "asked",
    [
        {"symbol": "ETHUSD"},
        {"client_order_id": "c" * 256},
        {"before_id": "abc"},
        {"before_id": "1" * 21},
        {"account_id": "main"},
        {"params": {"fromId": "1"}},
    ],
)
def test_what_hashkey_cannot_list_is_refused_before_it_is_sent(asked: dict[str, Any]) -> None:
    """Ids, symbols and params that it cannot take."""
    with pytest.raises(InvalidArgument):
        sent(opened().fetch_my_trades(ListTradesRequest(**asked)))


def test_an_object_is_no_list_of_fills() -> None:
    """Nor is it an empty one."""
    with pytest.raises(UnexpectedPayload):
        answered(opened().fetch_my_trades(ListTradesRequest()), {"trades": []})


@pytest.mark.parametrize("symbol", ["BTCUSD", "BTCFDUSD"])
def test_a_fill_of_another_symbol_is_a_gap(symbol: str) -> None:
    """Were the filter ignored, what was asked for may be missing as well."""
    found = page(ROW, ROW | {"id": "8", "symbol": symbol}, symbol="ETH/USD")
    assert ([trade.id for trade in found.trades], found.complete, found.left_out) == ([ROW["id"]], False, 1)


@each("own", [None, "", [], {}])
def test_a_fill_that_does_not_say_whose_it_is(own: Any) -> None:
    """Asked for by a client id, it may be one of them: neither given nor dropped in silence."""
    found = page(ROW, ROW | {"id": "8", "clientOrderId": own}, client_order_id="own-1")
    assert ([trade.id for trade in found.trades], found.complete, found.left_out) == ([ROW["id"]], False, 1)
    assert len(page(ROW | {"clientOrderId": own}).trades) == 1


HSK: dict[str, Any] = {"fee": {"feeCoinId": "HSK", "fee": "0.5"}, "hskDeduct": True}


@each(
    ("changes", "fees"),
    [
        (HONG_KONG | HSK, [("HSK", "0.5"), ("USD", "1.89864681")]),
        (HONG_KONG | HSK | {"feeSupplementaryAmount": "0"}, [("HSK", "0.5")]),
        (HONG_KONG | HSK | {"feeSupplementaryAmount": ""}, [("HSK", "0.5")]),
        (
            HONG_KONG | HSK | {"feeCoinId": "HSK", "feeAmount": "0.5", "commissionAsset": "HSK", "commission": "0.5"},
            [("HSK", "2.39864681")],
        ),
        (HONG_KONG | HSK | {"feeCoinId": None, "feeAmount": None}, [("HSK", "0.5"), ("USD", "1.89864681")]),
    ],
)
def test_what_was_charged_on_top_keeps_its_coin(changes: dict[str, Any], fees: list[tuple[str, str]]) -> None:
    """The fee may be paid in HSK; the supplement is of the row's own coin, and a fee by itself where they differ."""
    assert fill(**changes).fees == tuple(Fee(currency=currency, cost=Decimal(cost)) for currency, cost in fees)


@each(
    "changes",
    [
        {"feeAmount": "2.5"},
        {"feeAmount": "-0.09135319"},
        {"fee": None, "feeAmount": "2.5"},
        {"feeSupplementaryAmount": "-1"},
        HSK | {"feeSupplementaryAmount": "-0.01"},
        HSK | {"feeCoinId": "HSK", "feeAmount": "0.4"},
    ],
)
def test_fees_that_contradict_each_other_are_none(changes: dict[str, Any]) -> None:
    """Two numbers of one coin for one fee, or a supplement that gives back: the row is a gap, not a guess."""
    assert page(ROW | changes).left_out == 1
