"""IOC and FOK: orders that trade at once what they can, and never rest."""

from typing import Any

import pytest

from hk_adapter.simulator import SimulatorControl

from .conftest import CREATE, LIMIT_BUY, NOW, OPEN_ORDERS, Client, speaking

MARKET_BUY: dict[str, Any] = {"symbol": "ETHUSD", "side": "BUY", "type": "MARKET"}


def create(client: Client, **terms: object) -> dict[str, Any]:
    """Create an order, and ask for it."""
    return client.query(client.create(**terms)["orderId"])


def test_an_ioc_order_takes_what_its_limit_reaches(client: Client, control: SimulatorControl) -> None:
    """The remainder ends the order, PARTIALLY_CANCELED, and its money is free."""
    control.counter_order("ETHUSD", "SELL", "0.4", 1900, now=NOW)
    control.counter_order("ETHUSD", "SELL", "1", 1901)
    found = create(client, timeInForce="IOC")
    assert (found["status"], found["executedQty"], found["timeInForce"]) == ("PARTIALLY_CANCELED", "0.4", "IOC")
    assert found["ordCxlReason"] == "RISKLIMIT_CANCEL"
    assert control.balance("USD").locked == 0
    assert client.listed(OPEN_ORDERS) == []


def test_an_ioc_order_that_reaches_nothing_is_canceled(client: Client, control: SimulatorControl) -> None:
    """It is taken in and ends CANCELED; an order that comes later does not meet it."""
    found = create(client, timeInForce="IOC")
    assert (found["status"], found["executedQty"]) == ("CANCELED", "0")
    assert control.counter_order("ETHUSD", "SELL", "1", 1900).status == "NEW"


@pytest.mark.parametrize("time_in_force", ["IOC", "FOK"])
def test_what_can_be_filled_whole_is(client: Client, control: SimulatorControl, time_in_force: str) -> None:
    """Both fill over several orders and prices."""
    for amount, price in (("0.4", 1899), ("0.3", 1900), ("0.3", 1900)):
        control.counter_order("ETHUSD", "SELL", amount, price, now=NOW)
    assert create(client, timeInForce=time_in_force)["status"] == "FILLED"


@pytest.mark.parametrize(("word", "reason"), [("CANCELED", "RISKLIMIT_CANCEL"), ("REJECTED", "")])
def test_a_fok_order_trades_nothing_unless_all(word: str, reason: str) -> None:
    """It ends in the dialect's word, what it met rests on, and its money is free."""
    client = speaking(fok_unfilled=word)
    met = client.control.counter_order("ETHUSD", "SELL", "0.9999", 1900, now=NOW)
    found = create(client, timeInForce="FOK")
    assert (found["status"], found["executedQty"], found["ordCxlReason"]) == (word, "0", reason)
    assert client.control.order(met.order_id).filled == 0
    assert client.control.balance("USD").locked == 0


def test_a_fok_order_decides_when_it_is_accepted() -> None:
    """While it waits to be accepted nothing is decided; what the book holds then counts."""
    client = speaking(accept_delay_ms=(50, 50))
    order_id = client.create(timeInForce="FOK")["orderId"]
    client.control.counter_order("ETHUSD", "SELL", "1", 1900)
    client.control.advance(NOW + 50)
    assert client.control.order(order_id).status == "FILLED"


@pytest.mark.parametrize(("terms", "status"), [({"quantity": "2"}, "CANCELED"), ({"amount": "1900"}, "FILLED")])
def test_a_market_order_may_be_fok_in_one_dialect(terms: dict[str, str], status: str) -> None:
    """Global's page of v1.1 lists FOK for market orders; the other pages do not."""
    for word in ("-1115", "accepted"):
        client = speaking(market_fok=word)
        client.control.counter_order("ETHUSD", "SELL", "1", 1900, now=NOW)
        if word == "-1115":
            assert client.refused("POST", CREATE, **MARKET_BUY, **terms, timeInForce="FOK") == "-1115"
        else:
            order_id = client.ok("POST", CREATE, **MARKET_BUY, **terms, timeInForce="FOK")["orderId"]
            assert client.query(order_id)["status"] == status


def test_a_cancel_that_waits_finds_the_end_of_an_ioc_order() -> None:
    """A cancel accepted while the order was PENDING_NEW changes nothing of what became of it."""
    client = speaking(accept_delay_ms=(50, 50))
    client.control.counter_order("ETHUSD", "SELL", "0.4", 1900, now=NOW)
    order_id = client.ok("POST", CREATE, **LIMIT_BUY, timeInForce="IOC")["orderId"]
    client.ok("DELETE", "/api/v1/spot/order", orderId=order_id)
    client.control.advance(NOW + 50)
    truth = client.control.truth(order_id)
    assert (truth.status, truth.cancel_reason, truth.canceled_by) == (
        "PARTIALLY_CANCELED",
        "RISKLIMIT_CANCEL",
        "system",
    )
    assert not truth.cancel_requests[0].effective
