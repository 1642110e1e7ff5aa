"""Moving money between an owner's accounts, and the statement of it."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Bans, Limits, Simulator

from .conftest import CREATE, LIMIT_BUY, NOW, Client, speaking

DAY_MS = 24 * 3600 * 1000
TRANSFER = "/api/v1/account/assetTransfer"
STATEMENT = "/api/v1/account/balanceFlow"


@pytest.fixture
def sub_id(client: Client) -> str:
    """Open a sub-account with nothing in it."""
    return client.control.open_sub_account("sub", "hush", {})


@pytest.fixture
def own_id(client: Client) -> str:
    """Give the main account's id."""
    return client.simulator.account.account_id


def transfer(client: Client, source: str, target: str, coin: str = "USD", quantity: str = "20", **more: str) -> Any:
    """Move money that can be moved."""
    return client.ok("POST", TRANSFER, fromAccountId=source, toAccountId=target, coin=coin, quantity=quantity, **more)


def statement(client: Client, **parameters: Any) -> list[dict[str, Any]]:
    """Ask for a week's records of one kind."""
    span = {"startTime": client.now - 7 * DAY_MS, "endTime": client.now}
    response = client.send("GET", STATEMENT, **(span | parameters))
    assert response.status == 200, response.body
    answer: list[dict[str, Any]] = json.loads(response.body)
    return answer


def test_a_transfer_moves_money(client: Client, own_id: str, sub_id: str) -> None:
    """What one account has less the other has more, at once; nothing is lost on the way."""
    before = client.control.total("USD")
    answer = transfer(client, own_id, sub_id, quantity="20.5", clientOrderId="mine")
    assert set(answer) == {"success", "timestamp", "clientOrderId", "orderId"}
    assert (answer["success"], answer["timestamp"], answer["clientOrderId"]) == (True, NOW, "mine")
    assert answer["orderId"].isdigit()
    assert client.control.balance("USD").total == 1_000_000 - client.control.balance("USD", sub_id).total
    assert str(client.control.balance("USD", sub_id).free) == "20.5"
    assert client.control.total("USD") == before
    assert transfer(client, sub_id, own_id, quantity="0.5")["clientOrderId"] == ""
    assert str(client.control.balance("USD", sub_id).free) == "20.0"


def test_what_is_locked_cannot_be_moved(client: Client, own_id: str, sub_id: str) -> None:
    """Only what is free."""
    client.create(quantity="500", price="1999.99")
    asked = {"fromAccountId": own_id, "toAccountId": sub_id, "coin": "USD"}
    assert client.refused("POST", TRANSFER, **asked, quantity="5.01") == "-1161"
    assert client.ok("POST", TRANSFER, **asked, quantity="5")["success"] is True


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fromAccountId": ""}, "0001"),
        ({"toAccountId": ""}, "0001"),
        ({"coin": ""}, "0001"),
        ({"quantity": ""}, "0001"),
        ({"fromAccountId": "1"}, "-1172"),
        ({"fromAccountId": "stranger"}, "-1172"),
        ({"toAccountId": "stranger"}, "-1173"),
        ({"toAccountId": "own"}, "-1174"),
        ({"coin": "DOGE"}, "-4001"),
        ({"quantity": "0"}, "-1130"),
        ({"quantity": "-1"}, "-1130"),
        ({"quantity": "1e3"}, "-1130"),
        ({"clientOrderId": "x" * 65}, "-5030"),
        ({"quantity": "1000000.01"}, "-1161"),
    ],
)
def test_a_transfer_that_cannot_be(
    client: Client, own_id: str, sub_id: str, changes: dict[str, str], code: str
) -> None:
    """It is refused, and nothing moves."""
    names = {"own": own_id, "stranger": client.control.open_account("other", "hush")}
    asked = {"fromAccountId": own_id, "toAccountId": sub_id, "coin": "USD", "quantity": "20"}
    asked |= {name: names.get(value, value) for name, value in changes.items()}
    assert client.refused("POST", TRANSFER, **asked) == code
    assert client.control.balance("USD").free == 1_000_000
    assert client.control.balance("USD", sub_id).total == 0


def test_too_much_in_another_word() -> None:
    """The dialect has the other code that fits."""
    client = speaking(transfer_too_much="0401")
    sub_id = client.control.open_sub_account("sub", "hush", {})
    asked = {"fromAccountId": sub_id, "toAccountId": client.simulator.account.account_id, "coin": "USD"}
    assert client.refused("POST", TRANSFER, **asked, quantity="1") == "0401"


def test_one_transfer_a_second() -> None:
    """More are refused and counted apart: orders are not held up by transfers, nor transfers by orders."""
    client = Client(Simulator(limits=Limits()))
    sub_id, own_id = client.control.open_sub_account("sub", "hush", {}), client.simulator.account.account_id
    asked = {"fromAccountId": own_id, "toAccountId": sub_id, "coin": "USD", "quantity": "1"}
    assert [client.send("POST", TRANSFER, **asked).status for _ in range(2)] == [200, 429]
    assert client.control.bans == Bans(transfers_refused=1)
    assert client.control.bans
    assert [client.send("POST", CREATE, **LIMIT_BUY).status for _ in range(10)] == [200] * 10
    client.now += 1000
    assert client.send("POST", TRANSFER, **asked).status == 200
    assert client.control.balance("USD", sub_id).total == 2


def test_the_statement_of_transfers(client: Client, own_id: str, sub_id: str) -> None:
    """Each transfer with what both accounts had after it, oldest first; both accounts have it."""
    first = transfer(client, own_id, sub_id, clientOrderId="mine", remark="rent")
    client.now += 1
    second = transfer(client, sub_id, own_id, quantity="5")
    rows = statement(client, type="transfer")
    assert rows[0] == {
        "id": "1",
        "fromAccountId": own_id,
        "toAccountId": sub_id,
        "type": "transfer",
        "netTransferAmount": "20",
        "transferCcy": "USD",
        "fromAccountBalance": "999980",
        "toAccountBalance": "20",
        "orderId": first["orderId"],
        "remark": "rent",
        "transactTime": str(NOW),
        "clientOrderId": "mine",
    }
    assert [row["orderId"] for row in rows] == [first["orderId"], second["orderId"]]
    assert rows[1]["fromAccountBalance"] == "15"
    assert statement(client, type="transfer", accountId=sub_id) == rows
    assert statement(client, type="transfer", clientOrderId="mine") == rows[:1]
    assert statement(client, type="transfer", remark="rent") == rows[:1]
    assert statement(client, type="transfer", beginId=1) == rows[1:]
    assert statement(client, type="transfer", limit=1) == rows[:1]
    assert statement(client, type="transfer", startTime=NOW + 1) == rows[1:]


def test_the_statement_of_trades(client: Client) -> None:
    """What came is above 0, what went below; the fee is not part of either; balances are the documented default."""
    client.control.set_fees("0.001", "0.001")
    order_id = client.rest(newClientOrderId="mine")
    client.control.fill(order_id, "0.4")
    client.now += 1
    client.control.fill(client.rest(side="SELL", price="2000"), now=client.now)
    bought, sold = statement(client, type="trade")
    (fill,) = client.control.fills(order_id)
    assert bought == {
        "id": "1",
        "accountId": client.simulator.account.account_id,
        "type": "trade",
        "netBaseAmount": "0.4",
        "baseCcy": "ETH",
        "baseAssetBalance": "",
        "netQuoteAmount": "-760",
        "quoteCcy": "USD",
        "quoteAssetBalance": "",
        "direction": "BUY",
        "fee": "0.76",
        "feeCcy": "USD",
        "clientOrderId": "mine",
        "orderId": order_id,
        "tradeId": fill.id,
        "transactTime": str(NOW),
    }
    assert (sold["id"], sold["netBaseAmount"], sold["netQuoteAmount"], sold["direction"]) == ("2", "-1", "2000", "SELL")
    assert [row["id"] for row in statement(client, type="trade", beginId=1)] == ["2"]
    assert [row["id"] for row in statement(client, type="trade", clientOrderId="mine")] == ["1"]


@pytest.mark.parametrize("kind", ["deposit", "fiatDeposit", "withdraw", "fiatWithdraw", "reversal", "refund"])
def test_kinds_of_which_nothing_happens(client: Client, kind: str) -> None:
    """They are known, and empty."""
    assert statement(client, type=kind) == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"type": ""}, "0001"),
        ({"type": "gift"}, "-2026"),
        ({"startTime": ""}, "0001"),
        ({"endTime": ""}, "0001"),
        ({"startTime": "today"}, "-1130"),
        ({"limit": "0"}, "-1130"),
        ({"startTime": NOW - 7 * DAY_MS - 1}, "-2027"),
        ({"startTime": NOW - 14 * DAY_MS - 1, "endTime": NOW - 8 * DAY_MS}, "-2027"),
        ({"type": "transfer", "startTime": NOW - 30 * DAY_MS - 1}, "-2027"),
    ],
)
def test_a_statement_that_is_asked_for_wrongly(client: Client, parameters: dict[str, Any], code: str) -> None:
    """Trades reach 14 days back, 7 for one call, the other kinds 30."""
    span = {"type": "trade", "startTime": NOW - 7 * DAY_MS, "endTime": NOW}
    assert client.refused("GET", STATEMENT, **(span | parameters)) == code


def test_the_reach_of_a_statement(client: Client) -> None:
    """Just within it, it is answered."""
    assert statement(client, type="trade", startTime=NOW - 14 * DAY_MS, endTime=NOW - 7 * DAY_MS) == []
    assert statement(client, type="transfer", startTime=NOW - 30 * DAY_MS) == []


def test_a_sub_accounts_key_has_no_statement(client: Client, sub_id: str) -> None:
    """Only a main account's key may ask, even for the sub-account's own."""
    sub = Client(client.simulator, NOW, "sub", "hush")
    span = {"type": "trade", "startTime": NOW - DAY_MS, "endTime": NOW}
    assert sub.refused("GET", STATEMENT, **span) == "-3117"
    assert sub.refused("GET", STATEMENT, **span, accountId=sub_id) == "-3117"


def test_a_sub_accounts_key_moves_only_its_own(client: Client, own_id: str, sub_id: str) -> None:
    """The main account is not among those that it may take from."""
    sub = Client(client.simulator, NOW, "sub", "hush")
    asked = {"fromAccountId": own_id, "toAccountId": sub_id, "coin": "USD", "quantity": "1"}
    assert sub.refused("POST", TRANSFER, **asked) == "-1172"
