"""Querying an order, and cancelling it in HashKey's manner: the answer shows the order as it was before."""

from dataclasses import replace

import pytest

from hk_adapter.simulator import Dialect, SimRequest, Simulator
from tests.cases import each

from .conftest import NOW, ORDER, Client, sign, speaking

CANCEL_FIELDS = {
    "accountId", "symbol", "clientOrderId", "orderId", "transactTime", "price", "origQty", "executedQty", "status",
    "timeInForce", "type", "side",
}  # fmt: skip
QUERY_FIELDS = (CANCEL_FIELDS - {"transactTime"}) | {
    "exchangeId", "symbolName", "cummulativeQuoteQty", "cumulativeQuoteQty", "avgPrice", "stopPrice", "icebergQty",
    "time", "updateTime", "isWorking", "reqAmount", "feeCoin", "feeAmount", "sumFeeAmount", "ordCxlReason", "stpMode",
}  # fmt: skip

FINISHED_CODES = [
    *(("cancel_filled", code) for code in ("-1139", "0212", "0211", "-1143", "-2011")),
    *(("cancel_canceled", code) for code in ("-1142", "0212", "0211", "-1143", "-2011")),
    *(("cancel_partially_canceled", code) for code in ("-1142", "-1138", "0212", "0211", "-1143", "-2011")),
]
UNKNOWN_CODES = [
    *(("DELETE", "cancel_unknown", code) for code in ("0211", "0212", "-1143", "-2013", "-2011")),
    *(("GET", "query_unknown", code) for code in ("0211", "-1143", "-2013")),
]


def finish(client: Client, how: str) -> str:
    """Create an order and end it as the dialect's setting says."""
    order_id: str = client.create()["orderId"]
    if how != "cancel_canceled":
        client.control.fill(order_id, None if how == "cancel_filled" else "0.4")
    if how != "cancel_filled":
        client.ok("DELETE", ORDER, orderId=order_id)
    return order_id


@pytest.mark.parametrize("in_body", [False, True])
def test_a_cancel_answers_the_order_as_it_was(client: Client, in_body: bool) -> None:
    """The answer says NEW with the creation time, in exactly twelve fields, while the order is gone."""
    created = client.create(newClientOrderId="99999888912")
    client.now += 29_000
    answer = client.ok("DELETE", ORDER, orderId=created["orderId"], in_body=in_body)
    assert answer == {
        "accountId": created["accountId"],
        "symbol": "ETHUSD",
        "clientOrderId": "99999888912",
        "orderId": created["orderId"],
        "transactTime": str(NOW),
        "price": "1900",
        "origQty": "1",
        "executedQty": "0",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
    }
    assert set(answer) == CANCEL_FIELDS
    found = client.ok("GET", ORDER, orderId=created["orderId"])
    assert (found["status"], found["updateTime"], found["ordCxlReason"]) == ("CANCELED", str(client.now), "USER_CANCEL")


def test_a_cancel_after_a_partial_fill_answers_that_fill(client: Client) -> None:
    """The answer says PARTIALLY_FILLED; the order then is PARTIALLY_CANCELED and keeps its fill."""
    order_id = client.create()["orderId"]
    client.control.fill(order_id, "0.4")
    answer = client.ok("DELETE", ORDER, orderId=order_id)
    assert (answer["status"], answer["executedQty"]) == ("PARTIALLY_FILLED", "0.4")
    found = client.ok("GET", ORDER, orderId=order_id)
    assert (found["status"], found["executedQty"]) == ("PARTIALLY_CANCELED", "0.4")


def test_a_cancel_by_client_id(client: Client) -> None:
    """The client's own id cancels as well, under this endpoint's name for it."""
    order_id = client.create(newClientOrderId="mine-1")["orderId"]
    assert client.ok("DELETE", ORDER, clientOrderId="mine-1")["orderId"] == order_id
    assert client.control.order(order_id).status == "CANCELED"


def test_a_query_has_the_documented_fields(client: Client) -> None:
    """A query shows both spellings of the quote quantity, the average price, and its two times."""
    order_id = client.create(newClientOrderId="mine-1")["orderId"]
    client.control.fill(order_id, "0.1", "1800.5", now=NOW + 5)
    client.control.fill(order_id, "0.3", now=NOW + 7)
    found = client.ok("GET", ORDER, orderId=order_id)
    assert set(found) == QUERY_FIELDS
    assert found["isWorking"] is True
    assert all(isinstance(value, str) for name, value in found.items() if name != "isWorking")
    assert found["cummulativeQuoteQty"] == found["cumulativeQuoteQty"] == "750.05"
    assert (found["executedQty"], found["avgPrice"], found["status"]) == ("0.4", "1875.125", "PARTIALLY_FILLED")
    assert (found["time"], found["updateTime"]) == (str(NOW), str(NOW + 7))
    assert client.ok("GET", ORDER, origClientOrderId="mine-1") == found


def test_each_endpoint_has_its_own_name_for_the_client_id(client: Client) -> None:
    """The name of one endpoint means nothing to another."""
    client.create(newClientOrderId="mine-1")
    assert client.refused("GET", ORDER, clientOrderId="mine-1") == "0001"
    assert client.refused("DELETE", ORDER, origClientOrderId="mine-1") == "0001"
    assert client.control.orders()[0].status == "NEW"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_is_required(client: Client, method: str) -> None:
    """Neither id answers 0001."""
    assert client.refused(method, ORDER) == "0001"
    assert client.refused(method, ORDER, orderId="") == "0001"


@each(("how", "code"), FINISHED_CODES)
def test_a_cancel_that_comes_too_late(how: str, code: str) -> None:
    """A finished order answers the dialect's code for its state, and nothing changes."""
    client = speaking(**{how: code})
    order_id = finish(client, how)
    before = client.control.order(order_id)
    assert client.refused("DELETE", ORDER, orderId=order_id) == code
    assert client.control.order(order_id) == before


@each(("method", "setting", "code"), UNKNOWN_CODES)
def test_an_order_nobody_knows(method: str, setting: str, code: str) -> None:
    """Unknown ids of either kind answer the dialect's code."""
    client = speaking(**{setting: code})
    client_id = "clientOrderId" if method == "DELETE" else "origClientOrderId"
    assert client.refused(method, ORDER, orderId="1563291927536863744") == code
    assert client.refused(method, ORDER, **{client_id: "nobody"}) == code


def test_the_defaults_name_what_happened() -> None:
    """Out of the box a late cancel is told exactly why."""
    client = Client()
    assert client.refused("DELETE", ORDER, orderId=finish(client, "cancel_filled")) == "-1139"
    assert client.refused("DELETE", ORDER, orderId=finish(client, "cancel_canceled")) == "-1142"
    assert client.refused("DELETE", ORDER, orderId="1") == "0211"
    assert client.refused("GET", ORDER, orderId="1") == "0211"


@pytest.mark.parametrize(("both_ids", "canceled"), [("order_id", "first"), ("client_order_id", "second")])
def test_with_both_ids_the_dialect_chooses(both_ids: str, canceled: str) -> None:
    """Which id counts when both are sent is documented nowhere: the dialect says."""
    client = Client(Simulator(dialect=Dialect(both_ids=both_ids)))
    first = client.create(newClientOrderId="first")["orderId"]
    client.create(newClientOrderId="second")
    answer = client.ok("DELETE", ORDER, orderId=first, clientOrderId="second")
    assert answer["clientOrderId"] == canceled
    assert client.ok("GET", ORDER, orderId=first, origClientOrderId="second")["clientOrderId"] == canceled
    assert {order.client_order_id for order in client.control.orders() if order.status == "CANCELED"} == {canceled}


@pytest.mark.parametrize("code", ["-3117", "0104"])
def test_a_foreign_account_id_is_refused(code: str) -> None:
    """A key may look at its own account only; which of the two documented codes says so is the dialect's."""
    client = speaking(foreign_account=code)
    created = client.create()
    assert client.ok("GET", ORDER, orderId=created["orderId"], accountId=created["accountId"])
    assert client.refused("GET", ORDER, orderId=created["orderId"], accountId="1") == code


def test_an_order_of_another_account_is_not_found(client: Client) -> None:
    """An order id that belongs to somebody else is unknown here, and the order stays."""
    client.create(newClientOrderId="theirs")
    (theirs,) = client.simulator.venue.book
    theirs.account = replace(theirs.account)
    assert client.refused("GET", ORDER, orderId=theirs.order_id) == "0211"
    assert client.refused("DELETE", ORDER, orderId=theirs.order_id) == "0211"
    assert theirs.is_open


def test_a_word_no_source_knows_is_no_dialect() -> None:
    """A dialect offers only candidates that some source names."""
    with pytest.raises(ValueError, match="cancel_filled='-9999': expected one of -1139"):
        Dialect(cancel_filled="-9999")


def test_what_was_seen_is_remembered_without_secrets(client: Client) -> None:
    """Requests are kept with their parameters and time, but without key and signature."""
    text = f"orderId=1&timestamp={NOW}"
    client.send_text("DELETE", ORDER, f"{text}&signature={sign(text)}", in_body=True)
    client.simulator.handle(SimRequest("GET", "/api/v1/time"), NOW + 1)
    cancel, clock = client.control.requests
    assert (cancel.method, cancel.path, cancel.at) == ("DELETE", ORDER, NOW)
    assert cancel.parameters == {"orderId": "1", "timestamp": str(NOW)}
    assert (clock.method, clock.path, clock.parameters, clock.at) == ("GET", "/api/v1/time", {}, NOW + 1)
