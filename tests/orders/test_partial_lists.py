"""A row that cannot be read is named, and keeps nobody from the others."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

import hk_adapter as hk

CALLS = ["fetch_open_orders", "fetch_orders"]


@pytest.mark.parametrize("name", CALLS)
async def test_the_error_names_the_row(desk, name):
    """Without asking for less, the list is an error that says which row it could not read, and why."""
    good, bad = await desk.place(), await desk.place()
    rows = [
        desk.row(bad.id, status="EVAPORATED", accountId=bad.account_id),
        desk.row(good.id, accountId=good.account_id),
    ]
    body = f"[{', '.join(rows)}]"
    desk.simulator.fail_next(method="GET", body=body)
    with pytest.raises(hk.UnexpectedPayload, match=f"order {bad.id}: .*EVAPORATED"):
        await desk.call(name)


@pytest.mark.parametrize("name", CALLS)
async def test_a_partial_list(desk, name):
    """Asked for what can be read, the call gives it, and tells the rest."""
    good, bad = await desk.place(), await desk.place()
    rows = [
        desk.row(bad.id, status="EVAPORATED", accountId=bad.account_id),
        desk.row(good.id, accountId=good.account_id),
    ]
    body = f"[{', '.join(rows)}]"
    desk.simulator.fail_next(method="GET", body=body)
    found = await desk.call(name, params={"partial": True})
    assert [order.id for order in found] == [good.id]
    assert [row.order.id for row in found.unread] == [bad.id]


FILL = {
    "id": "11", "ticketId": "1", "symbol": "ETHUSD", "orderId": "7", "price": "1900", "qty": "1",
    "time": "1700000000000",
    "isBuyer": True, "isMaker": True, "clientOrderId": "mine", "commission": "0", "commissionAsset": "ETH",
}  # fmt: skip
FEE = {"symbol": "ETHUSD", "actualMakerRate": "0.001", "actualTakerRate": "0.002"}
ACCOUNT = {"accountId": "5", "accountLabel": "Main", "accountType": 1}
MONEY = {"asset": "USD", "assetName": "USD", "total": "2", "free": "1", "locked": "1"}
MARKET = {"symbol": "ETHUSD", "status": "TRADING", "baseAsset": "ETH", "quoteAsset": "USD"}
COIN = {"coinId": "ETH", "coinFullName": "Ether", "allowDeposit": True, "allowWithdraw": True, "chainTypes": []}
TICKER = {"s": "ETHUSD", "t": 1700000000000, "c": "1900"}
TRADE = {"t": 1700000000000, "p": "1900", "q": "1", "ibm": False}
CANDLE = [1700000000000, "1", "2", "1", "2", "5"]
LISTS = {
    "fetch_my_trades": ((), "%s", FILL, {"id": "12", "price": "dear"}, "12"),
    "fetch_trading_fees": (
        (),
        '{"code": 0, "data": %s}',
        FEE,
        {"symbol": "BTCUSD", "actualMakerRate": "dear"},
        "BTCUSD",
    ),
    "fetch_accounts": ((), "%s", ACCOUNT, {"accountId": "6", "accountType": None}, "6"),
    "fetch_balance": ((), '{"balances": %s, "userId": "1"}', MONEY, {"asset": "HSK", "free": "much"}, "HSK"),
    "fetch_trades": (("ETH/USD",), "%s", TRADE, {"t": 1700000000001, "p": "dear"}, "1700000000001"),
}
"""Calls: their arguments, what is around the rows, a row, what makes another one unreadable, and that one's name."""
CATALOGUES = {
    "fetch_markets": ((), '{"symbols": %s, "coins": []}', MARKET, {"symbol": "BTCUSD", "baseAsset": 7}, "BTCUSD"),
    "fetch_currencies": ((), '{"symbols": [], "coins": %s}', COIN, {"coinId": "B/C"}, "B/C"),
    "fetch_tickers": ((), "%s", TICKER, {"s": "BTCUSD", "c": "dear"}, "BTCUSD"),
}


def answer(case, *, good=True):
    """Write an answer with one row that can be read, if ``good``, and one that cannot."""
    _, around, row, changes, _ = case
    rows = ([row] if good else []) + [row | changes]
    return around % json.dumps(rows)


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_names_its_rows(desk, name):
    """The error of any list says which row it could not read."""
    arguments, *_, about = case = LISTS[name]
    desk.simulator.fail_next(method="GET", body=answer(case))
    with pytest.raises(hk.UnexpectedPayload, match=f"; {about}: "):
        await desk.call(name, *arguments)


@pytest.mark.parametrize("name", LISTS | CATALOGUES)
async def test_every_list_in_part(desk, name):
    """Asked for what can be read, every call that lists something gives it, and tells the rest by name."""
    arguments, *_, about = case = (LISTS | CATALOGUES)[name]
    desk.simulator.fail_next(method="GET", body=answer(case))
    found = await desk.call(name, *arguments, params={"partial": True})
    assert isinstance(found, hk.PartialList | hk.PartialDict | hk.Balances)
    assert (len(found), [row.about for row in found.unread]) == (1, [about])
    desk.simulator.fail_next(method="GET", body=answer(case, good=False))
    found = await desk.call(name, *arguments, params={"partial": True})
    assert (len(found), [row.about for row in found.unread]) == (0, [about])


@pytest.mark.parametrize("name", CATALOGUES)
async def test_a_catalogue_leaves_rows_out(desk, name):
    """Of everything that a venue has, a row that cannot be read keeps nobody from the others, if there are others."""
    _, *_, about = case = CATALOGUES[name]
    desk.simulator.fail_next(method="GET", body=answer(case))
    assert len(await desk.call(name)) == 1
    desk.simulator.fail_next(method="GET", body=answer(case, good=False))
    with pytest.raises(hk.UnexpectedPayload, match=f"; {about}: "):
        await desk.call(name)


async def test_candles_in_part(desk):
    """A candle is named by its time."""
    body = json.dumps([CANDLE, [1700000060000, *CANDLE[1:4], "dear", "1"]])
    desk.simulator.fail_next(method="GET", body=body)
    with pytest.raises(hk.UnexpectedPayload, match="; 1700000060000: "):
        await desk.call("fetch_ohlcv", "ETH/USD", "1m")
    desk.simulator.fail_next(method="GET", body=body)
    found = await desk.call("fetch_ohlcv", "ETH/USD", "1m", params={"partial": True})
    assert (len(found), [row.about for row in found.unread]) == (1, ["1700000060000"])


async def test_a_currency_listed_twice(desk):
    """Which of two balances of one currency holds cannot be told: neither is given."""
    body = json.dumps({"balances": [MONEY, MONEY | {"asset": "ETH"}, MONEY | {"free": "0", "locked": "2"}]})
    desk.simulator.fail_next(method="GET", body=body)
    found = await desk.call("fetch_balance", params={"partial": True})
    assert (list(found), {row.about for row in found.unread}) == (["ETH"], {"USD"})


async def test_a_fill_of_another_symbol_is_named(desk):
    """What was not asked for may stand for what was: it is told by its id."""
    body = json.dumps([FILL, FILL | {"id": "12", "symbol": "BTCUSD"}])
    desk.simulator.fail_next(method="GET", body=body)
    found = await desk.call("fetch_my_trades", "ETH/USD", params={"partial": True})
    assert ([one.id for one in found], [row.about for row in found.unread]) == (["11"], ["12"])


@pytest.mark.parametrize("name", LISTS | CATALOGUES)
async def test_whether_it_is_partial_is_yes_or_no(desk, name):
    """Anything else is refused before a request is made."""
    arguments = (LISTS | CATALOGUES)[name][0]
    with pytest.raises(hk.InvalidArgument, match="partial"):
        await desk.call(name, *arguments, params={"partial": "yes"})


def test_partial_results_are_kept_whole():
    """Copied and pickled, what could not be read is still told."""
    unread = (hk.UnreadRow(reason="why", about="USD"),)
    for one in (hk.PartialList([1], unread), hk.PartialDict({"a": 1}, unread), hk.ReadRows([1], unread)):
        for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
            assert (again, again.unread, type(again)) == (one, unread, type(one))
