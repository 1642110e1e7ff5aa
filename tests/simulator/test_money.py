"""Money is exact and conserved, whatever happens to the orders."""

from decimal import ROUND_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hk_adapter.simulator import Simulator

from .conftest import CREATE, ORDER, Client

CENTS = st.integers(min_value=150_000, max_value=250_000).map(lambda cents: str(Decimal(cents).scaleb(-2)))
STEPS = st.integers(min_value=100, max_value=30_000).map(lambda steps: str(Decimal(steps).scaleb(-4)))
CREATES = st.tuples(st.just("create"), st.sampled_from(["BUY", "SELL"]), STEPS, CENTS)
FILLS = st.tuples(
    st.just("fill"), st.integers(0, 9), st.decimals("0.0001", "1", places=4), st.decimals("0", "0.5", places=4)
)
CANCELS = st.tuples(st.just("cancel"), st.integers(0, 9), st.booleans())
STEP = st.one_of(CREATES, FILLS, CANCELS)


def fill(client: Client, order_id: str, share: Decimal, improvement: Decimal) -> tuple[Decimal, Decimal]:
    """Fill a share of what remains at a better price; give the change in base and quote currency."""
    before = client.control.order(order_id)
    sign = 1 if before.side == "BUY" else -1
    price = before.price * (1 - sign * improvement)
    part = (before.remaining * share).quantize(Decimal("1e-8"), ROUND_UP)
    after = client.control.fill(order_id, part, price)
    amount = after.filled - before.filled
    assert after.cost - before.cost == amount * price
    return sign * amount, -sign * amount * price


def check(client: Client, eth: Decimal, usd: Decimal) -> None:
    """Hold the balances against the totals expected and the orders that are open."""
    orders = [order for order in client.control.orders() if order.status in {"NEW", "PARTIALLY_FILLED"}]
    locked = {
        "ETH": sum((order.remaining for order in orders if order.side == "SELL"), Decimal(0)),
        "USD": sum((order.remaining * order.price for order in orders if order.side == "BUY"), Decimal(0)),
    }
    for asset, total in (("ETH", eth), ("USD", usd)):
        balance = client.control.balance(asset)
        assert balance.total == balance.free + balance.locked == total
        assert balance.locked == locked[asset]
        assert balance.free >= 0


@settings(deadline=None, max_examples=80, database=None)
@given(st.lists(STEP, max_size=25))
def test_money_is_conserved(steps: list[tuple[object, ...]]) -> None:
    """Totals move by what was traded and nothing else; locked is exactly what open orders may cost."""
    client = Client(Simulator(balances={"ETH": 10, "USD": 20_000}))
    eth, usd = Decimal(10), Decimal(20_000)
    for name, *arguments in steps:
        client.now += 1
        live = [order.order_id for order in client.control.orders() if order.status in {"NEW", "PARTIALLY_FILLED"}]
        if name == "create":
            side, quantity, price = arguments
            client.send("POST", CREATE, symbol="ETHUSD", side=side, type="LIMIT", quantity=quantity, price=price)
        elif live and name == "fill":
            index, share, improvement = arguments
            gained_eth, gained_usd = fill(client, live[index % len(live)], share, improvement)  # type: ignore[operator,arg-type]
            eth, usd = eth + gained_eth, usd + gained_usd
        elif live:
            index, by_the_venue = arguments
            order_id = live[index % len(live)]  # type: ignore[operator]
            if by_the_venue:
                client.control.cancel(order_id)
            else:
                client.ok("DELETE", ORDER, orderId=order_id)
        check(client, eth, usd)


def test_a_better_price_frees_the_rest() -> None:
    """A buy that trades below its limit pays what it traded at and unlocks the difference."""
    client = Client(Simulator(balances={"USD": 2000}))
    order_id = client.create(price="1900")["orderId"]
    assert client.control.balance("USD").locked == 1900
    client.control.fill(order_id, "0.5", "1800")
    usd = client.control.balance("USD")
    assert (usd.free, usd.locked, usd.total) == (Decimal(150), Decimal(950), Decimal(1100))
    assert client.control.balance("ETH").free == Decimal("0.5")


@pytest.mark.parametrize("count", [1, 300])
def test_the_smallest_amounts_are_not_lost(count: int) -> None:
    """Sums stay exact far below what a float or the usual 28 digits hold."""
    client = Client(Simulator(balances={"ETH": "1000000000000"}))
    for _ in range(count):
        client.control.deposit("ETH", "0.000000000000000000000001")
    assert str(client.control.balance("ETH").total) == f"1000000000000.{count:024d}"
