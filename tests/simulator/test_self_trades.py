"""No account trades with itself: the order that comes expires, or the one that rests."""

from decimal import Decimal

import pytest

from hk_adapter.simulator import SimulatorControl

from .conftest import CREATE, LIMIT_BUY, NOW, Client, speaking

SELL = {"side": "SELL"}
EXPIRE_MAKER = {"stpMode": "EXPIRE_MAKER"}


def test_the_order_that_comes_expires_unless_told(client: Client, control: SimulatorControl) -> None:
    """EXPIRE_TAKER is the default: the one that rests stays, and the money of the other is free."""
    own = client.rest(**SELL, price="1900")
    found = client.query(client.rest(price="1900"))
    assert (found["status"], found["ordCxlReason"]) == ("CANCELED", "SELF_TRADE_CANCEL")
    assert found["stpMode"] == "EXPIRE_TAKER"
    assert control.order(own).status == "NEW"
    assert control.balance("USD").locked == 0


def test_what_it_met_before_its_own_it_trades(client: Client, control: SimulatorControl) -> None:
    """Orders of others at better prices are filled first, and what follows its own is not reached."""
    control.counter_order("ETHUSD", "SELL", "0.4", 1850, now=NOW)
    client.rest(**SELL, price="1880")
    behind = control.counter_order("ETHUSD", "SELL", "1", 1890)
    order = control.order(client.rest())
    assert (order.status, order.filled) == ("PARTIALLY_CANCELED", Decimal("0.4"))
    assert control.order(behind.order_id).filled == 0


def test_the_order_that_rests_may_expire_instead(client: Client, control: SimulatorControl) -> None:
    """EXPIRE_MAKER of the order that comes takes its own orders off the book on its way, and goes on."""
    owns = [client.rest(**SELL, price=price, quantity="0.5") for price in ("1880", "1880")]
    control.counter_order("ETHUSD", "SELL", "0.7", 1890)
    found = client.query(client.rest(**EXPIRE_MAKER))
    assert (found["status"], found["executedQty"], found["stpMode"]) == ("PARTIALLY_FILLED", "0.7", "EXPIRE_MAKER")
    for own in owns:
        ended = control.truth(own)
        assert (ended.status, ended.cancel_reason, ended.canceled_by) == ("CANCELED", "SELF_TRADE_CANCEL", "system")
    assert control.balance("ETH").locked == 0


def test_a_resting_orders_own_mode_does_not_count(client: Client, control: SimulatorControl) -> None:
    """Whose stpMode counts is documented nowhere: here that of the order that comes."""
    own = client.rest(**SELL, **EXPIRE_MAKER)
    assert control.order(client.rest()).status == "CANCELED"
    assert control.order(own).status == "NEW"


@pytest.mark.parametrize(("mode", "status"), [("EXPIRE_TAKER", "CANCELED"), ("EXPIRE_MAKER", "FILLED")])
def test_a_fok_order_counts_its_own_orders_as_nothing(
    client: Client, control: SimulatorControl, mode: str, status: str
) -> None:
    """It is filled by others alone, where its own would not end it first; else nothing of its own is canceled."""
    own = client.rest(**SELL, price="1880")
    control.counter_order("ETHUSD", "SELL", "1", 1890)
    order = control.order(client.rest(timeInForce="FOK", stpMode=mode))
    assert (order.status, control.order(own).status) == (status, "NEW" if status == "CANCELED" else "CANCELED")


def test_a_fok_order_that_its_own_would_end_trades_nothing(client: Client, control: SimulatorControl) -> None:
    """What others offer at better prices is left alone too: all or nothing."""
    better = control.counter_order("ETHUSD", "SELL", "0.5", 1850, now=NOW)
    client.rest(**SELL, price="1880")
    control.counter_order("ETHUSD", "SELL", "1", 1890)
    order = control.order(client.rest(timeInForce="FOK"))
    assert (order.status, order.filled, control.order(better.order_id).filled) == ("CANCELED", Decimal(0), Decimal(0))


def test_a_market_order_pays_for_what_others_offer(client: Client, control: SimulatorControl) -> None:
    """Its own cheaper order, which only expires, is not counted when money is locked for it."""
    own = client.rest(**SELL, price="1880")
    control.counter_order("ETHUSD", "SELL", "1", 1890)
    terms = {"symbol": "ETHUSD", "side": "BUY", "type": "MARKET", "quantity": "1"} | EXPIRE_MAKER
    order = control.order(client.ok("POST", CREATE, **terms)["orderId"])
    assert (order.status, order.average, control.order(own).status) == ("FILLED", Decimal(1890), "CANCELED")


def test_a_post_only_order_does_not_take_from_its_own_either(client: Client, control: SimulatorControl) -> None:
    """It would trade if it could, and is refused as any other."""
    client.rest(**SELL)
    assert client.refused("POST", CREATE, **(LIMIT_BUY | {"type": "LIMIT_MAKER"})) == "-2010"
    assert len(control.orders()) == 1


def test_others_may_trade_among_themselves(client: Client, control: SimulatorControl) -> None:
    """Counter orders stand for many accounts: they trade with each other, and conserve their money."""
    total = control.total("USD")
    resting = control.counter_order("ETHUSD", "SELL", "1", 1900, now=NOW)
    assert control.counter_order("ETHUSD", "BUY", "1", 1900).status == "FILLED"
    assert control.order(resting.order_id).status == "FILLED"
    assert control.total("USD") == total


def test_a_sub_account_is_another_account(client: Client, control: SimulatorControl) -> None:
    """A main account and its sub-account trade with each other."""
    control.open_sub_account("sub", "hush")
    own = client.rest(**SELL)
    theirs = Client(client.simulator, NOW, "sub", "hush").rest()
    assert {control.order(own).status, control.order(theirs).status} == {"FILLED"}


def test_a_self_trade_is_prevented_when_the_order_is_accepted() -> None:
    """With a delay it is the book at that time that counts."""
    client = speaking(accept_delay_ms=(50, 50))
    order_id, own = client.rest(), client.rest(**SELL, **EXPIRE_MAKER)
    client.control.advance(NOW + 50)
    assert (client.control.order(order_id).status, client.control.order(own).status) == ("CANCELED", "NEW")
