"""Balances, accounts, keys and fee rates: what an account's owner reads about it."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Simulator
from tests.cases import each

from .conftest import NOW, Client, speaking

DAY_MS = 24 * 3600 * 1000
HONG_KONG_MS = 8 * 3600 * 1000
ACCOUNT = "/api/v1/account"
TYPES = "/api/v1/account/type"
KEY = "/api/v1/account/checkApiKey"
VIP = "/api/v1/account/vipInfo"
END_OF_DAY = "/api/v1/account/eodBalance"


def sub_of(client: Client, **balances: int) -> tuple[str, Client]:
    """Open a sub-account, and give its id and a client with its key."""
    account_id = client.control.open_sub_account("sub", "hush", balances)
    return account_id, Client(client.simulator, client.now, "sub", "hush")


def rows(client: Client, **parameters: Any) -> dict[str, tuple[str, str, str]]:
    """Ask for balances, and give total, free and locked by asset."""
    answer = client.ok("GET", ACCOUNT, **parameters)
    return {row["asset"]: (row["total"], row["free"], row["locked"]) for row in answer["balances"]}


def test_balances_are_the_venues(client: Client) -> None:
    """Every asset in six strings; what open orders lock is locked, and total is both."""
    client.create(quantity="1.5", price="1900")
    client.create(side="SELL", quantity="0.25", price="2000")
    answer = client.ok("GET", ACCOUNT)
    assert set(answer) == {"balances", "userId"}
    assert answer["userId"].isdigit()
    assert [row["asset"] for row in answer["balances"]] == ["BTC", "ETH", "HKD", "USD", "USDT"]
    assert answer["balances"][3] == {
        "asset": "USD",
        "assetId": "USD",
        "assetName": "USD",
        "total": "1000000",
        "free": "997150",
        "locked": "2850",
    }
    assert rows(client)["ETH"] == ("1000", "999.75", "0.25")


def test_balances_follow_trades(client: Client) -> None:
    """What was bought and paid is there at once."""
    order_id = client.rest()
    client.control.fill(order_id, "0.4")
    assert rows(client)["ETH"] == ("1000.4", "1000.4", "0")
    assert rows(client)["USD"] == ("999240", "998100", "1140")


@pytest.mark.parametrize(("shown", "assets"), [("listed", {"BTC", "ETH", "HKD", "USD", "USDT"}), ("absent", {"USD"})])
def test_assets_of_which_nothing_is_there(shown: str, assets: set[str]) -> None:
    """They are listed with 0 or left out, as the dialect has it."""
    client = speaking(zero_balances=shown)
    _, sub = sub_of(client, USD=5)
    assert set(rows(sub)) == assets
    assert rows(sub)["USD"] == ("5", "5", "0")


def test_a_main_key_reads_its_sub_accounts(client: Client) -> None:
    """By accountId; its own id is its own; the sub-account's key needs none."""
    sub_id, sub = sub_of(client, USD=7)
    assert rows(client, accountId=sub_id)["USD"] == rows(sub)["USD"] == ("7", "7", "0")
    own = client.simulator.account.account_id
    assert rows(client, accountId=own) == rows(client)


@each("path", [ACCOUNT, "/api/v1/account/trades", END_OF_DAY, "/api/v1/account/balanceFlow"])
@each("code", ["-3117", "0104"])
def test_other_accounts_are_not_to_be_read(path: str, code: str) -> None:
    """Neither a stranger's, nor one that does not exist, nor a main account by its sub-account's key."""
    client = speaking(foreign_account=code)
    _, sub = sub_of(client)
    stranger = client.control.open_account("other", "hush")
    for asked in (stranger, "1", "x"):
        assert client.refused("GET", path, accountId=asked) == code
    assert sub.refused("GET", path, accountId=client.simulator.account.account_id) == code


def test_balances_may_need_an_account_id() -> None:
    """Where the dialect says so, as HK's page of Nov 2025, a request without one is refused."""
    client = speaking(account_id_required=True)
    assert client.refused("GET", ACCOUNT) == "0001"
    assert rows(client, accountId=client.simulator.account.account_id)["BTC"] == ("100", "100", "0")


def test_the_accounts_of_an_owner(client: Client) -> None:
    """A main key sees its account and the sub-accounts', each a user of its own; a sub-account's key sees that one."""
    sub_id, sub = sub_of(client)
    client.control.open_account("other", "hush")
    listed = json.loads(client.send("GET", TYPES).body)
    assert [(row["accountId"], row["accountLabel"]) for row in listed] == [
        (client.simulator.account.account_id, "Main Trading Account"),
        (sub_id, "Sub Main Trading Account"),
    ]
    for row in listed:
        assert set(row) == {"accountId", "accountLabel", "accountType", "accountIndex", "userId"}
        assert (row["accountType"], row["accountIndex"]) == (1, 0)
    assert len({row["userId"] for row in listed}) == 2
    assert listed[0]["userId"] == client.ok("GET", ACCOUNT)["userId"]
    assert [row["accountId"] for row in json.loads(sub.send("GET", TYPES).body)] == [sub_id]


def test_older_lists_have_no_user() -> None:
    """The userId came in 2025."""
    (row,) = json.loads(speaking(account_user_ids=False).send("GET", TYPES).body)
    assert set(row) == {"accountId", "accountLabel", "accountType", "accountIndex"}


@pytest.mark.parametrize(
    ("words", "main", "below"), [("hk", "master", "sub"), ("mena", "Master Account", "Sub Account")]
)
def test_what_a_key_is(words: str, main: str, below: str) -> None:
    """A main account's key or a sub-account's, in the site's words."""
    client = speaking(key_types=words)
    _, sub = sub_of(client)
    assert client.ok("GET", KEY) == {"accountType": main}
    assert sub.ok("GET", KEY) == {"accountType": below}


def test_fee_rates_by_pair(client: Client) -> None:
    """The account's rates as fractions; fiat pairs charge quote currency, others what is received."""
    client.control.set_fees("0.0025", "0.0029")
    answer = client.ok("GET", VIP)
    data = answer.pop("data")
    midnight = NOW - NOW % DAY_MS
    assert answer == {
        "code": 0,
        "vipLevel": "0",
        "tradeVol30Day": "0",
        "totalAssetBal": "0",
        "updateTimestamp": str(midnight),
    }
    assert [row["symbol"] for row in data] == ["ETHUSD", "BTCUSD", "ETHUSDT", "BTCUSDT", "BTCHKD"]
    assert data[2] == {
        "symbol": "ETHUSDT",
        "productType": "Token-Token",
        "buyMakerFeeCurrency": "ETH",
        "buyTakerFeeCurrency": "ETH",
        "sellMakerFeeCurrency": "USDT",
        "sellTakerFeeCurrency": "USDT",
        "actualMakerRate": "0.0025",
        "actualTakerRate": "0.0029",
    }
    fiat = data[4]
    assert fiat["productType"] == "Token-Fiat"
    assert {value for key, value in fiat.items() if key.endswith("Currency")} == {"HKD"}


def test_fee_rates_of_some_pairs() -> None:
    """Those asked for, in that order; one that is not listed is refused, none at all where the dialect wants some."""
    client = speaking(vip_symbols_required=True, vip_time_name="updateTimeStamp")
    answer = client.ok("GET", VIP, symbols="BTCHKD,ETHUSD")
    assert [row["symbol"] for row in answer["data"]] == ["BTCHKD", "ETHUSD"]
    assert "updateTimeStamp" in answer
    assert client.refused("GET", VIP, symbols="BTCHKD,DOGEUSD") == "0201"
    assert client.refused("GET", VIP) == "0001"


# 2023-11-27 22:22 in Hong Kong.
TODAY = "2023-11-27"


def ended(client: Client, date: str, **parameters: Any) -> dict[str, str]:
    """Ask for the balances at the end of a day, and give totals by asset."""
    answer = client.ok("GET", END_OF_DAY, reportDate=date, **parameters)
    return {row["asset"]: row["total"] for row in answer["balances"]}


def test_balances_at_the_end_of_a_day(client: Client) -> None:
    """They are those of midnight in Hong Kong, whatever came after, for seven days."""
    midnight = (NOW + HONG_KONG_MS) // DAY_MS * DAY_MS + DAY_MS - HONG_KONG_MS
    order_id = client.rest()
    client.control.fill_at(order_id, "0.5", midnight - 1)
    client.control.fill_at(order_id, "0.25", midnight)
    client.now = midnight
    answer = client.ok("GET", END_OF_DAY, reportDate=TODAY)
    assert set(answer) == {"balances", "userId"}
    assert next(row for row in answer["balances"] if row["asset"] == "ETH")["total"] == "1000.5"
    usd = next(row for row in answer["balances"] if row["asset"] == "USD")
    assert (usd["free"], usd["locked"]) == ("998100", "950")
    client.now += DAY_MS
    assert ended(client, "2023-11-28")["ETH"] == "1000.75"
    client.now += 6 * DAY_MS - 1
    assert ended(client, TODAY)["ETH"] == "1000.5"
    client.now += 1
    assert client.refused("GET", END_OF_DAY, reportDate=TODAY) == "-1130"


def test_the_end_of_a_day_of_a_sub_account(client: Client) -> None:
    """A main account's key may ask for it; of a day before it was opened there is nothing."""
    client.ok("GET", ACCOUNT)
    client.now += DAY_MS
    client.ok("GET", ACCOUNT)
    sub_id, _ = sub_of(client, USD=5)
    client.now += DAY_MS
    assert ended(client, TODAY, accountId=sub_id) == {}
    assert ended(client, "2023-11-28", accountId=sub_id)["USD"] == "5"


@pytest.mark.parametrize(
    ("date", "code"),
    [
        ("", "0001"),
        (TODAY, "-1130"),
        ("2023-11-28", "-1130"),
        ("2023-11-19", "-1130"),
        ("2023-02-30", "-1130"),
        ("2023-13-01", "-1130"),
        ("0000-00-00", "-1130"),
        ("27-11-2023", "-1130"),
        ("today", "-1130"),
    ],
)
def test_a_day_must_have_ended_within_a_week(client: Client, date: str, code: str) -> None:
    """Days to come, the one that is running, older ones and no days at all are refused."""
    assert client.refused("GET", END_OF_DAY, reportDate=date) == code


@pytest.mark.parametrize(
    ("setting", "path"),
    [("end_of_day_served", END_OF_DAY), ("fills_by_client_id_served", "/api/v1/account/tradesByClOrderId")],
)
def test_what_a_site_does_not_have(setting: str, path: str) -> None:
    """It answers HTTP 404 as JSON, with a bare number."""
    response = speaking(**{setting: False}).send("GET", path)
    assert response.status == 404
    assert json.loads(response.body)["code"] == 404


@each("path", [ACCOUNT, TYPES, KEY, VIP, END_OF_DAY])
def test_nobody_reads_without_a_signature(path: str) -> None:
    """All of it is signed."""
    client = Client(Simulator())
    assert client.send_text("GET", path, f"timestamp={NOW}&signature=00").status == 400
