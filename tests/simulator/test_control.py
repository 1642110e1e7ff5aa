"""The control handle: arranging fills, cancels and deposits, and seeing the truth."""

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.simulator import Simulator, SimulatorControl

from .conftest import NOW, ORDER, Client


def test_a_fill_in_parts(client: Client, control: SimulatorControl) -> None:
    """Fills add up, and the order is FILLED once nothing remains."""
    order_id = client.create()["orderId"]
    part = control.fill(order_id, "0.25")
    assert (part.status, part.filled, part.remaining) == ("PARTIALLY_FILLED", Decimal("0.25"), Decimal("0.75"))
    whole = control.fill(order_id)
    assert (whole.status, whole.filled, whole.remaining) == ("FILLED", Decimal(1), Decimal(0))
    assert (whole.cost, whole.average) == (Decimal(1900), Decimal(1900))


@pytest.mark.parametrize("amount", [1, "1", Decimal(1), None])
def test_a_fill_takes_exact_numbers(client: Client, control: SimulatorControl, amount: Any) -> None:
    """Decimal, int and text are amounts; None is all that remains."""
    assert control.fill(client.create()["orderId"], amount).status == "FILLED"


@pytest.mark.parametrize(
    ("amount", "price", "message"),
    [
        (0.5, None, "amount must be a Decimal, int or str, not float"),
        (True, None, "amount must be a Decimal, int or str, not bool"),
        ("lots", None, "amount is not a number"),
        ("NaN", None, "amount must be between"),
        ("-1", None, "amount must be between"),
        ("1e-25", None, "amount must be between"),
        (0, None, "at most the remaining 1"),
        ("1.0001", None, "at most the remaining 1"),
        (1, 1900.5, "price must be a Decimal, int or str, not float"),
        (1, "1900.01", "price is worse than the order's limit 1900"),
        (1, 0, "price is worse than the order's limit 1900, or 0"),
    ],
)
def test_an_impossible_fill_is_told(
    client: Client, control: SimulatorControl, amount: Any, price: Any, message: str
) -> None:
    """Wrong amounts and prices raise ValueError, say why, and change nothing."""
    order_id = client.create()["orderId"]
    before = control.order(order_id)
    with pytest.raises(ValueError, match=message):
        control.fill(order_id, amount, price)
    assert control.order(order_id) == before


def test_a_sell_never_trades_below_its_limit(client: Client, control: SimulatorControl) -> None:
    """For a sell the worse price is the lower one."""
    order_id = client.create(side="SELL")["orderId"]
    with pytest.raises(ValueError, match="worse than the order's limit"):
        control.fill(order_id, price="1899.99")
    assert control.fill(order_id, price="1950").average == 1950


@pytest.mark.parametrize("action", ["fill", "cancel"])
def test_only_an_open_order_can_change(client: Client, control: SimulatorControl, action: str) -> None:
    """Finished and unknown orders cannot be filled or canceled."""
    order_id = client.create()["orderId"]
    control.fill(order_id)
    with pytest.raises(ValueError, match="is FILLED, no longer open"):
        getattr(control, action)(order_id)
    with pytest.raises(ValueError, match="knows no order '1'"):
        getattr(control, action)("1")


def test_the_venue_may_cancel_by_itself(client: Client, control: SimulatorControl) -> None:
    """A cancel from the venue's side gives its reason and frees the money."""
    order_id = client.create()["orderId"]
    assert control.cancel(order_id).cancel_reason == "SYSTEM_CANCEL"
    assert control.balance("USD").locked == 0
    found = client.ok("GET", ORDER, orderId=order_id)
    assert (found["status"], found["ordCxlReason"]) == ("CANCELED", "SYSTEM_CANCEL")


def test_changes_happen_at_the_latest_time_seen(client: Client, control: SimulatorControl) -> None:
    """Without a time of its own a change is dated with the latest request, or as told."""
    order_id = client.create()["orderId"]
    client.now += 50
    client.send("GET", ORDER, orderId=order_id)
    assert control.fill(order_id, "0.1").updated == NOW + 50
    assert control.fill(order_id, "0.1", now=NOW + 60).updated == NOW + 60
    assert control.cancel(order_id, now=NOW + 70).updated == NOW + 70


def test_the_truth_about_an_order(client: Client, control: SimulatorControl) -> None:
    """An order is shown in the venue's words with exact numbers."""
    created = client.create(newClientOrderId="mine-1", price="1900.50")
    order = control.order(created["orderId"])
    assert (order.order_id, order.client_order_id, order.symbol) == (created["orderId"], "mine-1", "ETHUSD")
    assert (order.side, order.type, order.time_in_force, order.status) == ("BUY", "LIMIT", "GTC", "NEW")
    assert (order.price, order.amount, order.filled) == (Decimal("1900.5"), Decimal(1), Decimal(0))
    assert (order.cost, order.average, order.created) == (Decimal(0), Decimal(0), NOW)


def test_orders_are_listed_oldest_first(client: Client, control: SimulatorControl) -> None:
    """All orders are listed, finished ones too."""
    ids = [client.create(quantity="0.1")["orderId"] for _ in range(3)]
    control.cancel(ids[0])
    assert [order.order_id for order in control.orders()] == ids


def test_a_deposit_is_free_to_use() -> None:
    """A deposit opens or raises a balance; a float is refused."""
    control = SimulatorControl(Simulator(balances={}))
    assert control.balance("HKD").total == 0
    assert control.deposit("HKD", "12.5").free == Decimal("12.5")
    with pytest.raises(ValueError, match="not float"):
        control.deposit("HKD", 1.5)  # type: ignore[arg-type]


def test_a_float_is_no_opening_balance() -> None:
    """Balances are exact from the start."""
    with pytest.raises(ValueError, match="balance of USD must be a Decimal, int or str"):
        Simulator(balances={"USD": 0.1})  # type: ignore[dict-item]


def test_a_time_before_the_ids_epoch_is_told(client: Client) -> None:
    """Seconds instead of milliseconds, or a clock that starts at 0, is a clear error and leaves no lock."""
    simulator, control = client.simulator, client.control
    client.now = 1_400_000_000_000
    with pytest.raises(ValueError, match="Unix time in milliseconds"):
        client.create()
    assert control.balance("USD").locked == 0
    assert simulator.latest == 1_400_000_000_000
