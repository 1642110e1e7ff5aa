"""Orders of sub-accounts, as the main account's key sees them: all it may read, none it may cancel."""

import json
from typing import Any

import pytest

from tests.cases import each

from .conftest import CANCEL_ALL, HISTORY, NOW, OPEN_ORDERS, ORDER, Client, speaking

SUB_OPEN = "/api/v1/spot/subAccount/openOrders"
SUB_HISTORY = "/api/v1/spot/subAccount/tradeOrders"


def sub_of(client: Client, key: str = "sub", **funds: object) -> tuple[Client, str]:
    """Open a sub-account at the client's venue, and give its client and its id."""
    account_id = client.control.open_sub_account(key, "hush", **funds)  # type: ignore[arg-type]
    return Client(client.simulator, NOW, key, "hush"), account_id


def test_a_sub_account_trades_with_a_key_and_money_of_its_own(client: Client) -> None:
    """What it locks is its own, and it reads only itself."""
    sub, account_id = sub_of(client)
    order_id = sub.rest()
    assert sub.query(order_id)["accountId"] == account_id
    assert client.control.balance("USD", account_id).locked == 1900
    assert client.control.balance("USD").locked == 0
    main_order = client.rest()
    assert sub.refused("GET", ORDER, orderId=main_order) == "0211"
    main_id = client.control.order(main_order).account_id
    assert sub.refused("GET", ORDER, orderId=main_order, accountId=main_id) == "-3117"
    assert sub.listed(OPEN_ORDERS) == [order_id]


def test_the_main_key_reads_an_order_by_account_id(client: Client) -> None:
    """With the sub-account's id its order is found, by either id; without it, it is not."""
    sub, account_id = sub_of(client)
    order_id = sub.rest(newClientOrderId="theirs")
    for name in ({"orderId": order_id}, {"origClientOrderId": "theirs"}):
        assert client.ok("GET", ORDER, accountId=account_id, **name)["orderId"] == order_id
        assert client.refused("GET", ORDER, **name) == "0211"
    assert client.refused("GET", ORDER, accountId=account_id, orderId=client.rest()) == "0211"


@each("path", [ORDER, OPEN_ORDERS, HISTORY])
@each("code", ["-3117", "0104"])
def test_only_its_own_sub_accounts_are_read(path: str, code: str) -> None:
    """Another main account's sub-account, another main account and an unknown id are refused."""
    client = speaking(foreign_account=code)
    stranger = client.control.open_account("stranger", "hush")
    theirs = client.control.open_sub_account("theirs", "hush", parent_id=stranger)
    for account_id in (stranger, theirs, "1"):
        assert client.refused("GET", path, orderId="1", accountId=account_id) == code


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
def test_lists_by_account_id(client: Client, path: str) -> None:
    """That account's orders and no others; history without an id is the main account's alone."""
    sub, account_id = sub_of(client)
    ids = {}
    for who, one in (("main", client), ("sub", sub)):
        ids[who] = one.rest()
        if path == HISTORY:
            one.ok("DELETE", ORDER, orderId=ids[who])
    main_id = client.control.order(ids["main"]).account_id
    assert client.listed(path, accountId=account_id) == [ids["sub"]]
    assert client.listed(path, accountId=main_id) == [ids["main"]]
    assert client.listed(path) == [ids["main"], *([ids["sub"]] if path == OPEN_ORDERS else [])]


def test_open_orders_of_all_accounts_end_at_500(client: Client) -> None:
    """The main account's come first, whatever their age, then each sub-account's while fewer than 500 were found."""
    subs = [sub_of(client, f"sub-{number}", balances={"USD": 10_000_000})[0] for number in range(2)]
    of_subs = [[sub.rest(quantity="0.01") for _ in range(250)] for sub in subs]
    of_main = [client.rest(quantity="0.01") for _ in range(10)]
    listed = client.listed(OPEN_ORDERS)
    assert listed == of_main[::-1] + of_subs[0][::-1] + of_subs[1][::-1][:240]
    assert client.listed(OPEN_ORDERS, limit=12) == (of_main[::-1] + of_subs[0][::-1])[:12]
    assert client.listed(OPEN_ORDERS, limit=1000) == listed


def rows(client: Client, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """Ask for a list, and give its rows."""
    response = client.send("GET", path, **parameters)
    assert response.status == 200, response.body
    answer: list[dict[str, Any]] = json.loads(response.body)
    return answer


@pytest.mark.parametrize("path", [SUB_OPEN, SUB_HISTORY])
def test_the_lists_of_a_sub_account(client: Client, path: str) -> None:
    """Rows have a list's fields, and reason and stpMode; they can be narrowed and paged."""
    sub, account_id = sub_of(client)
    ids = [sub.rest(symbol=symbol) for symbol in ("ETHUSD", "ETHUSDT", "ETHUSD")]
    client.rest()
    if path == SUB_HISTORY:
        for order_id in ids:
            sub.ok("DELETE", ORDER, orderId=order_id)
    found = rows(client, path, subAccountId=account_id)
    assert [row["orderId"] for row in found] == ids[::-1]
    plain = rows(sub, OPEN_ORDERS if path == SUB_OPEN else HISTORY)
    assert [set(row) - set(other) for row, other in zip(found, plain, strict=True)] == [{"ordCxlReason", "stpMode"}] * 3
    assert found[0]["ordCxlReason"] == ("" if path == SUB_OPEN else "USER_CANCEL")
    assert client.listed(path, subAccountId=account_id, symbol="ETHUSDT") == [ids[1]]
    assert client.listed(path, subAccountId=account_id, limit=1) == [ids[2]]
    assert client.listed(path, subAccountId=account_id, fromOrderId=ids[1]) == [ids[0]]


@pytest.mark.parametrize("path", [SUB_OPEN, SUB_HISTORY])
def test_the_lists_of_a_sub_account_are_its_main_accounts(client: Client, path: str) -> None:
    """Without an id, or for one that is no sub-account of the key's, they are refused."""
    sub, account_id = sub_of(client)
    main_id = client.control.order(client.rest()).account_id
    assert client.refused("GET", path) == "0001"
    assert client.refused("GET", path, subAccountId=main_id) == "-3117"
    assert sub.refused("GET", path, subAccountId=account_id) == "-3117"


def test_canceling_all_spares_sub_accounts(client: Client) -> None:
    """A main account's key cancels its own orders, never the sub-accounts'; nor one of theirs by id."""
    sub, account_id = sub_of(client)
    theirs, ours = sub.rest(), client.rest()
    assert client.refused("DELETE", ORDER, orderId=theirs, accountId=account_id) == "0211"
    client.ok("DELETE", CANCEL_ALL)
    client.ok("DELETE", OPEN_ORDERS, symbol="ETHUSD")
    assert (client.control.order(ours).status, client.control.order(theirs).status) == ("CANCELED", "NEW")


def test_a_sub_account_has_no_sub_accounts(client: Client) -> None:
    """Its parent must be a main account that a key opens."""
    _, account_id = sub_of(client)
    for parent_id in (account_id, client.simulator.counter_party.account_id):
        with pytest.raises(ValueError, match="is no main account"):
            client.control.open_sub_account("below", "hush", parent_id=parent_id)
