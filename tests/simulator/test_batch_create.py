"""Creating several orders with one request: a JSON array in the body, timestamp and signature in the query."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import SimRequest, SimResponse
from hk_adapter.simulator.refusals import MESSAGES

from .conftest import LIMIT_BUY, NOW, OPEN_ORDERS, Client, refusal, sign, speaking

BATCH = "/api/v1.1/spot/batchOrders"
BATCH_V1 = "/api/v1/spot/batchOrders"
ORDER_FIELDS = {
    "accountId", "symbol", "symbolName", "clientOrderId", "orderId", "transactTime", "price", "origQty",
    "executedQty", "status", "timeInForce", "type", "side", "reqAmount",
}  # fmt: skip


def post(client: Client, entries: object, *, path: str = BATCH, signed: str = "query") -> SimResponse:
    """Send entries as a JSON body (text as it stands), signed over the query, or over query and body."""
    body = entries if isinstance(entries, str) else json.dumps(entries)
    query = f"timestamp={client.now}"
    signature = sign(query if signed == "query" else query + body, client.secret)
    headers = {"X-HK-APIKEY": client.api_key, "Content-Type": "application/json"}
    request = SimRequest("POST", path, f"{query}&signature={signature}", headers, body.encode())
    return client.simulator.handle(request, client.now)


def result(client: Client, entries: object, **more: Any) -> list[dict[str, Any]]:
    """Create entries in a batch that is answered, and give the answer's entries."""
    response = post(client, entries, **more)
    assert response.status == 200, response.body
    answer = json.loads(response.body)
    assert set(answer) == {"code", "result", "concentration"}
    assert (answer["code"], answer["concentration"]) == (0, "")
    entries_answered: list[dict[str, Any]] = answer["result"]
    return entries_answered


def test_each_entry_becomes_an_order(client: Client) -> None:
    """In their order, each with the fields of a create but concentration."""
    entries = [LIMIT_BUY | {"price": price, "newClientOrderId": f"mine-{price}"} for price in ("1900", "1899", "1901")]
    created = result(client, entries)
    assert [set(entry) for entry in created] == [{"code", "order"}] * 3
    assert [entry["code"] for entry in created] == ["0000"] * 3
    assert {frozenset(entry["order"]) for entry in created} == {frozenset(ORDER_FIELDS | {"alert"})}
    assert [entry["order"]["clientOrderId"] for entry in created] == ["mine-1900", "mine-1899", "mine-1901"]
    assert client.listed(OPEN_ORDERS) == [entry["order"]["orderId"] for entry in reversed(created)]


def test_numbers_may_be_written_as_such(client: Client) -> None:
    """The samples of one site quote them, those of another do not; no digit is lost, and null is not sent."""
    entry = '{"symbol":"BTCUSD","side":"BUY","type":"LIMIT","quantity":0.00005,"price":400000.10,"amount":null}'
    (created,) = result(client, f"[{entry}]")
    assert (created["order"]["origQty"], created["order"]["price"]) == ("0.00005", "400000.1")


def test_an_entry_that_fails_leaves_the_others(client: Client) -> None:
    """HTTP 200; it has its code and text and no order, in its place."""
    entries = [LIMIT_BUY, LIMIT_BUY | {"price": "1900.001"}, LIMIT_BUY | {"quantity": "0"}, LIMIT_BUY]
    codes = [(entry["code"], "order" in entry, entry.get("msg", "")) for entry in result(client, entries)]
    assert codes == [
        ("0000", True, ""),
        ("0209", False, MESSAGES["0209"]),
        ("-1126", False, f"{MESSAGES['-1126']}: quantity"),
        ("0000", True, ""),
    ]
    assert len(client.control.orders()) == 2


def test_entries_follow_each_other(client: Client) -> None:
    """Each finds the venue as the one before left it: client ids, money and the book."""
    client.control.counter_order("ETHUSD", "SELL", "1", "1900", now=NOW)
    own = {"newClientOrderId": "mine"}
    entries = [LIMIT_BUY | own, LIMIT_BUY | own, LIMIT_BUY, LIMIT_BUY | {"quantity": "1000"}]
    codes = [entry["code"] for entry in result(client, entries)]
    assert codes == ["0000", "-1141", "0000", "0401"]
    assert [order.status for order in client.control.orders()] == ["FILLED", "NEW"]


@pytest.mark.parametrize("terms", [{"amount": "3800"}, {"quantity": "2"}])
@pytest.mark.parametrize("path", [BATCH, BATCH_V1])
def test_market_orders_fit_too(client: Client, path: str, terms: dict[str, str]) -> None:
    """Entries are what the current create takes, on either path."""
    client.control.counter_order("ETHUSD", "SELL", "5", "1900", now=NOW)
    market = {"symbol": "ETHUSD", "side": "BUY", "type": "MARKET"} | terms
    (created,) = result(client, [market], path=path)
    assert client.query(created["order"]["orderId"])["executedQty"] == "2"
    assert ("alert" in created["order"]) is (path == BATCH)


@pytest.mark.parametrize("code", ["-2022", "-2030"])
def test_twenty_is_the_most(code: str) -> None:
    """One more is refused as a whole."""
    client = speaking(batch_too_large=code)
    entry = LIMIT_BUY | {"quantity": "0.01"}
    assert len(result(client, [entry] * 20)) == 20
    assert refusal(post(client, [entry] * 21)) == code
    assert len(client.control.orders()) == 20


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "0001"),
        ("[", "-1004"),
        ("{}", "-1130"),
        ("[]", "-1130"),
        ("null", "-1130"),
        ("[1]", "-1130"),
        ('[{"symbol":["ETHUSD"]}]', "-1130"),
        ('[{"symbol":true}]', "-1130"),
        (json.dumps([LIMIT_BUY, LIMIT_BUY | {"symbol": "BTCUSD"}]), "-1130"),
    ],
)
def test_a_body_that_is_no_batch_is_refused(client: Client, body: str, code: str) -> None:
    """Neither JSON, nor an array of objects, nor of one pair: nothing is created."""
    assert refusal(post(client, body)) == code
    assert client.control.orders() == []


def test_the_code_of_an_entry_may_be_a_number() -> None:
    """A table of 2025 has 0 where the samples have "0000"."""
    client = speaking(batch_entry_code="number")
    entries = [LIMIT_BUY, LIMIT_BUY | {"side": "buy"}]
    assert [entry["code"] for entry in result(client, entries)] == [0, "-1117"]


@pytest.mark.parametrize(
    ("word", "accepted"),
    [("either", {"query", "query_and_body"}), ("query", {"query"}), ("query_and_body", {"query_and_body"})],
)
def test_what_is_signed(word: str, accepted: set[str]) -> None:
    """The query alone, or query and body; by default either is good."""
    for signed in ("query", "query_and_body"):
        client = speaking(batch_signature=word)
        response = post(client, [LIMIT_BUY], signed=signed)
        assert (response.status == 200) is (signed in accepted)
        assert len(client.control.orders()) == (1 if signed in accepted else 0)


@pytest.mark.parametrize(("word", "served"), [("both", {BATCH, BATCH_V1}), ("v1_1", {BATCH}), ("v1", {BATCH_V1})])
def test_where_it_is_served(word: str, served: set[str]) -> None:
    """On both paths, or on one: the other answers as a path that is documented and not routed."""
    client = speaking(batch_create_paths=word)
    for path in (BATCH, BATCH_V1):
        response = post(client, [LIMIT_BUY | {"quantity": "0.01"}], path=path)
        assert (response.status == 200) is (path in served)
        if path not in served:
            assert (response.status, json.loads(response.body)["code"]) == (404, 404)


def test_what_arrived_is_remembered_with_its_body(client: Client) -> None:
    """A test sees the entries that were sent."""
    post(client, [LIMIT_BUY])
    (seen,) = client.control.requests
    assert seen.path == BATCH
    assert json.dumps([LIMIT_BUY]) in seen.parameters.values()
