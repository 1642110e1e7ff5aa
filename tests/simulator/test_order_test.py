"""orderTest: an order that is checked and not placed."""

import json

import pytest

from .conftest import LIMIT_BUY, OPEN_ORDERS, Client, speaking

ORDER_TEST = "/api/v1/spot/orderTest"


@pytest.mark.parametrize("type_", [{"type": "LIMIT_MAKER"}, {"timeInForce": "FOK"}, {"type": "MARKET"}])
def test_a_good_order_answers_an_empty_object(client: Client, type_: dict[str, str]) -> None:
    """Nothing reaches the book, no money is locked, and the client id is still free."""
    before = client.control.balance("USD")
    terms = LIMIT_BUY | {"quantity": "100", "newClientOrderId": "mine"} | type_
    assert client.ok("POST", ORDER_TEST, **terms) == {}
    assert client.control.orders() == []
    assert client.listed(OPEN_ORDERS) == []
    assert client.control.balance("USD") == before
    assert client.create(newClientOrderId="mine")["clientOrderId"] == "mine"


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("0201", {"symbol": "DOGEUSD"}),
        ("-1126", {"quantity": "0"}),
        ("0209", {"price": "1900.001"}),
        ("-5030", {"newClientOrderId": "x" * 256}),
        ("-1129", {"amount": "10"}),
    ],
)
def test_a_bad_order_is_refused_as_by_create(client: Client, code: str, terms: dict[str, str]) -> None:
    """The same checks with the same codes."""
    assert client.refused("POST", ORDER_TEST, **(LIMIT_BUY | terms)) == code


def test_it_needs_a_quantity_as_the_older_create(client: Client) -> None:
    """Its parameters are the older path's, which has no amount."""
    assert client.refused("POST", ORDER_TEST, symbol="ETHUSD", side="BUY", type="MARKET", amount="100") == "0001"


def test_a_site_may_lack_it() -> None:
    """The document of 2026 does not list it: there it answers HTTP 404, as JSON."""
    response = speaking(order_test_served=False).send("POST", ORDER_TEST, **LIMIT_BUY)
    assert (response.status, json.loads(response.body)["code"]) == (404, 404)
