"""An account's fills: every documented field, and the ways to pick among them."""

import json
from typing import Any

import pytest

from .conftest import NOW, Client, speaking

DAY_MS = 24 * 3600 * 1000
FILLS = "/api/v1/account/trades"
BY_CLIENT_ID = "/api/v1/account/tradesByClOrderId"
SUB_FILLS = "/api/v1/subAccount/trades"


def fills(client: Client, path: str = FILLS, **parameters: Any) -> list[dict[str, Any]]:
    """Ask for fills that must be there."""
    response = client.send("GET", path, **parameters)
    assert response.status == 200, response.body
    answer: list[dict[str, Any]] = json.loads(response.body)
    return answer


def prices(client: Client, path: str = FILLS, **parameters: Any) -> list[str]:
    """Ask for fills, and give their prices."""
    return [row["price"] for row in fills(client, path, **parameters)]


def bought(client: Client, *at: str, **terms: Any) -> str:
    """Buy an ETH at each price in turn, a second apart, and give the last order's id."""
    order_id = ""
    for price in at:
        order_id = client.rest(price=price, **terms)
        client.control.fill(order_id)
        client.now += 1000
    return order_id


def test_a_fill_has_every_documented_field(client: Client) -> None:
    """HK's row of 2025: strings but for two booleans and the fee's object; the fee is told three times."""
    client.control.set_fees("0.001", "0.002")
    order_id = client.rest(symbol="ETHUSDT", quantity="0.5", newClientOrderId="mine")
    client.control.counter_order("ETHUSDT", "SELL", "0.5", "1900", now=NOW)
    (row,) = fills(client)
    (truth,) = client.control.fills(order_id)
    assert row == {
        "id": truth.id,
        "clientOrderId": "mine",
        "ticketId": truth.ticket_id,
        "symbol": "ETHUSDT",
        "symbolName": "ETHUSDT",
        "orderId": order_id,
        "matchOrderId": "0",
        "price": "1900",
        "qty": "0.5",
        "commission": "0.0005",
        "commissionAsset": "ETH",
        "time": str(NOW),
        "isBuyer": True,
        "isMaker": True,
        "fee": {
            "feeCoinId": "ETH",
            "feeCoinName": "ETH",
            "fee": "0.0005",
            "originFee": "0.0005",
            "originCoinId": "ETH",
            "originCoinName": "ETH",
        },
        "feeCoinId": "ETH",
        "feeAmount": "0.0005",
        "feeSupplementaryAmount": "0",
        "makerRebate": "0",
        "accountId": client.simulator.account.account_id,
        "hskDeduct": False,
        "hskDeductPrice": "",
    }


@pytest.mark.parametrize(
    ("words", "absent", "absent_of_fee"),
    [
        ("hk", set(), set()),
        ("mena", {"feeSupplementaryAmount", "accountId"}, set()),
        (
            "global",
            {"feeSupplementaryAmount", "accountId", "hskDeduct", "hskDeductPrice"},
            {"originFee", "originCoinId", "originCoinName"},
        ),
    ],
)
def test_the_fields_are_the_sites(words: str, absent: set[str], absent_of_fee: set[str]) -> None:
    """Other sites and years have fewer."""
    client, whole = speaking(fill_rows=words), Client()
    bought(client, "1900")
    bought(whole, "1900")
    (row,), (most,) = fills(client), fills(whole)
    assert set(most) - set(row) == absent
    assert set(most["fee"]) - set(row["fee"]) == absent_of_fee
    assert set(row) <= set(most)


def test_a_match_of_two_accounts_of_ours(client: Client) -> None:
    """Maker and taker share the ticket and nothing else that identifies; each sees its own side."""
    client.control.open_account("other", "hush")
    other = Client(client.simulator, NOW, "other", "hush")
    client.create()
    other.create(side="SELL")
    (ours,), (theirs,) = fills(client), fills(other)
    assert ours["ticketId"] == theirs["ticketId"]
    assert ours["id"] != theirs["id"]
    assert (ours["isBuyer"], ours["isMaker"]) == (True, True)
    assert (theirs["isBuyer"], theirs["isMaker"]) == (False, False)


def test_fills_sum_up_to_their_orders(client: Client) -> None:
    """Each part of an order is a fill of its own, newest first."""
    order_id = client.rest()
    for part, price in (("0.2", "1900"), ("0.3", "1890"), ("0.1", "1895")):
        client.control.fill(order_id, part, price, now=client.now)
        client.now += 1
    assert [(row["qty"], row["price"]) for row in fills(client)] == [("0.1", "1895"), ("0.3", "1890"), ("0.2", "1900")]
    assert client.query(order_id)["executedQty"] == "0.6"


def test_ids_bound_a_page(client: Client) -> None:
    """FromId gives greater ids, toId smaller ones, both those between; always newest first."""
    bought(client, "1901", "1902", "1903", "1904", "1905")
    ids = {row["price"]: row["id"] for row in fills(client)}
    assert prices(client) == ["1905", "1904", "1903", "1902", "1901"]
    assert prices(client, fromId=ids["1903"]) == ["1905", "1904"]
    assert prices(client, toId=ids["1903"]) == ["1902", "1901"]
    assert prices(client, fromId=ids["1901"], toId=ids["1904"]) == ["1903", "1902"]
    assert prices(client, limit=2) == ["1905", "1904"]
    assert prices(client, toId=ids["1904"], limit=2) == ["1903", "1902"]


def test_bounds_may_be_included() -> None:
    """Between two ids the dialect may take both in."""
    client = speaking(fills_between="inclusive")
    bought(client, "1901", "1902", "1903", "1904")
    ids = {row["price"]: row["id"] for row in fills(client)}
    assert prices(client, fromId=ids["1902"], toId=ids["1903"]) == ["1903", "1902"]
    assert prices(client, fromId=ids["1902"]) == ["1904", "1903"]


def test_pages_lose_nothing(client: Client) -> None:
    """Going on from the last id of each page, every fill is seen once, also those of one ms."""
    order_id = client.rest()
    for number in range(7):
        client.control.fill(order_id, "0.1", 1890 + number)
    seen: list[str] = []
    parameters: dict[str, Any] = {"limit": 3}
    while page := fills(client, **parameters):
        seen += [row["id"] for row in page]
        parameters["toId"] = page[-1]["id"]
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, key=int, reverse=True)


def test_fills_can_be_narrowed(client: Client) -> None:
    """By pair, by the client's id, and by time, both ends included."""
    bought(client, "1901", newClientOrderId="one")
    bought(client, "30000", symbol="BTCUSD", quantity="0.1")
    bought(client, "1903")
    assert prices(client, symbol="ETHUSD") == ["1903", "1901"]
    assert prices(client, clientOrderId="one") == ["1901"]
    assert prices(client, startTime=NOW + 1000) == ["1903", "30000"]
    assert prices(client, endTime=NOW + 1000) == ["30000", "1901"]
    assert prices(client, startTime=NOW + 1000, endTime=NOW + 1000) == ["30000"]
    assert prices(client, symbol="BTCHKD") == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"symbol": "DOGEUSD"}, "0201"),
        ({"limit": "0"}, "-1130"),
        ({"limit": "ten"}, "-1130"),
        ({"fromId": "-1"}, "-1130"),
        ({"toId": "x"}, "-1130"),
        ({"startTime": "today"}, "-1130"),
    ],
)
def test_fills_that_are_asked_for_wrongly(client: Client, parameters: dict[str, str], code: str) -> None:
    """The code names what is wrong."""
    assert client.refused("GET", FILLS, **parameters) == code


@pytest.mark.parametrize(("limits", "default", "most"), [("500-1000", 500, 1000), ("200-500", 200, 500)])
def test_a_page_has_a_most(limits: str, default: int, most: int) -> None:
    """So many when nobody says, and never more than the most."""
    client = speaking(fills_limit=limits)
    order_id = client.rest(quantity="1000", price="1000")
    for _ in range(1005):
        client.control.fill(order_id, "0.5")
    assert len(fills(client)) == default
    assert len(fills(client, limit=5000)) == most


@pytest.mark.parametrize("old", ["left_out", "-2028", "-2036"])
def test_fills_reach_back_30_days(old: str) -> None:
    """What is older is not listed; to ask for it is refused where the dialect says so."""
    client = speaking(old_fills=old)
    bought(client, "1901")
    client.now = NOW + 30 * DAY_MS
    assert prices(client) == prices(client, startTime=NOW) == ["1901"]
    client.now += 1
    assert prices(client) == prices(client, startTime=NOW + 1) == []
    if old == "left_out":
        assert prices(client, startTime=NOW) == []
    else:
        assert client.refused("GET", FILLS, startTime=NOW) == old


def test_fills_by_client_id_say_less(client: Client) -> None:
    """One order's fills; nothing of the commission but the fee's own three fields."""
    bought(client, "1901", newClientOrderId="one")
    bought(client, "1902")
    assert prices(client, BY_CLIENT_ID, clientOrderId="one") == ["1901"]
    assert prices(client, BY_CLIENT_ID, clientOrderId="two") == []
    (row,) = fills(client, BY_CLIENT_ID, clientOrderId="one")
    (whole,) = fills(client, clientOrderId="one")
    assert set(whole) - set(row) == {
        "commission",
        "commissionAsset",
        "feeCoinId",
        "feeAmount",
        "hskDeduct",
        "hskDeductPrice",
    }
    assert set(row["fee"]) == {"feeCoinId", "feeCoinName", "fee"}
    assert {key: value for key, value in row.items() if key != "fee"}.items() <= whole.items()
    assert client.refused("GET", BY_CLIENT_ID) == "0001"


def test_fills_by_client_id_are_paged(client: Client) -> None:
    """By the same cursors."""
    order_id = client.rest(newClientOrderId="one")
    for price in (1890, 1891, 1892):
        client.control.fill(order_id, "0.1", price)
    ids = {row["price"]: row["id"] for row in fills(client)}
    assert prices(client, BY_CLIENT_ID, clientOrderId="one", toId=ids["1892"], limit=1) == ["1891"]
    assert prices(client, BY_CLIENT_ID, clientOrderId="one", fromId=ids["1891"]) == ["1892"]


def test_fills_of_sub_accounts(client: Client) -> None:
    """A main account's key reads them by accountId, or at a path of their own; nobody else does."""
    sub_id = client.control.open_sub_account("sub", "hush")
    stranger = client.control.open_account("other", "hush")
    sub, other = (Client(client.simulator, NOW, key, "hush") for key in ("sub", "other"))
    bought(sub, "1901")
    bought(client, "1902")
    assert prices(client, SUB_FILLS, subAccountId=sub_id) == prices(client, accountId=sub_id) == prices(sub) == ["1901"]
    assert prices(client) == ["1902"]
    assert prices(client, SUB_FILLS, subAccountId=sub_id, symbol="BTCUSD") == []
    assert client.refused("GET", SUB_FILLS) == "0001"
    own = client.simulator.account.account_id
    for asking, asked in ((client, own), (client, stranger), (sub, sub_id), (sub, own), (other, sub_id)):
        assert asking.refused("GET", SUB_FILLS, subAccountId=asked) == "-3117"
