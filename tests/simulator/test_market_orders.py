"""Market orders: by base amount or by cash, at what the book holds, never resting."""

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.simulator import BalanceView, Dialect, Simulator, SimulatorControl
from tests.cases import each

from .conftest import CREATE, NOW, OPEN_ORDERS, ORDER, Client, speaking

MARKET_BUY: dict[str, Any] = {"symbol": "ETHUSD", "side": "BUY", "type": "MARKET"}
MARKET_SELL = MARKET_BUY | {"side": "SELL"}


@pytest.fixture
def deep(client: Client) -> Client:
    """Give a client of a venue with two asks and two bids of others."""
    offer(client)
    return client


def offer(client: Client) -> None:
    """Let others ask 1 at 2000 and 2 at 2010, and bid 1 at 1990 and 2 at 1980."""
    for side, amount, price in (("SELL", 1, 2000), ("SELL", 2, 2010), ("BUY", 1, 1990), ("BUY", 2, 1980)):
        client.control.counter_order("ETHUSD", side, amount, price, now=NOW)


def free(client: Client, asset: str) -> Decimal:
    """Give what is free of an asset, when nothing of it is locked."""
    balance = client.control.balance(asset)
    assert balance.locked == 0
    return balance.free


def test_a_buy_by_amount_takes_the_best_asks(deep: Client) -> None:
    """It trades through the prices, best first, each at its own."""
    order_id = deep.ok("POST", CREATE, **MARKET_BUY, quantity="1.5")["orderId"]
    found = deep.query(order_id)
    assert (found["status"], found["executedQty"], found["cumulativeQuoteQty"]) == ("FILLED", "1.5", "3005")
    assert (found["price"], found["origQty"], found["reqAmount"]) == ("0", "1.5", "0")
    assert (found["type"], found["timeInForce"], found["ordCxlReason"]) == ("MARKET", "IOC", "")
    assert (free(deep, "USD"), free(deep, "ETH")) == (Decimal(996_995), Decimal("1001.5"))


def test_a_sell_by_amount_takes_the_best_bids(deep: Client) -> None:
    """The same the other way."""
    order_id = deep.ok("POST", CREATE, **MARKET_SELL, quantity="1.5")["orderId"]
    assert deep.query(order_id)["cumulativeQuoteQty"] == "2980"
    assert (free(deep, "USD"), free(deep, "ETH")) == (Decimal(1_002_980), Decimal("998.5"))


def test_a_buy_by_cash_spends_it_in_whole_steps(deep: Client) -> None:
    """What does not buy a further step stays with the buyer, and the order is FILLED."""
    answer = deep.ok("POST", CREATE, **MARKET_BUY, amount="3000")
    assert (answer["origQty"], answer["reqAmount"], answer["price"]) == ("0", "3000", "0")
    found = deep.query(answer["orderId"])
    # 1 at 2000, then 1000 / 2010 = 0.49751... in steps of 0.0001.
    assert (found["status"], found["executedQty"], found["cumulativeQuoteQty"]) == ("FILLED", "1.4975", "2999.975")
    assert (found["origQty"], found["reqAmount"], found["ordCxlReason"]) == ("0", "3000", "")
    assert free(deep, "USD") == Decimal("997000.025")


@pytest.mark.parametrize(
    ("amount", "status", "filled"),
    [("2000.2005", "FILLED", "1"), ("2000.201", "FILLED", "1.0001"), ("6020.1999", "FILLED", "3")],
)
def test_cash_is_spent_when_it_buys_no_further_step(deep: Client, amount: str, status: str, filled: str) -> None:
    """A step at the price that is next counts, and where there is none, at the last."""
    found = deep.query(deep.ok("POST", CREATE, **MARKET_BUY, amount=amount)["orderId"])
    assert (found["status"], found["executedQty"]) == (status, filled)


def test_a_sell_by_cash_sells_until_it_has_it(deep: Client) -> None:
    """It gives away no more of the base currency than brings the cash."""
    order_id = deep.ok("POST", CREATE, **MARKET_SELL, amount="2980")["orderId"]
    found = deep.query(order_id)
    assert (found["status"], found["executedQty"], found["cumulativeQuoteQty"]) == ("FILLED", "1.5", "2980")
    assert (free(deep, "USD"), free(deep, "ETH")) == (Decimal(1_002_980), Decimal("998.5"))


@pytest.mark.parametrize("terms", [{"quantity": "5"}, {"amount": "9000"}])
@pytest.mark.parametrize("side", [MARKET_BUY, MARKET_SELL])
def test_what_the_book_cannot_fill_is_canceled(deep: Client, side: dict[str, Any], terms: dict[str, str]) -> None:
    """A remainder does not rest: the order ends PARTIALLY_CANCELED, for a reason of the venue's."""
    order_id = deep.ok("POST", CREATE, **side, **terms)["orderId"]
    found = deep.query(order_id)
    assert (found["status"], found["executedQty"]) == ("PARTIALLY_CANCELED", "3")
    assert found["ordCxlReason"] == "RISKLIMIT_CANCEL"
    assert deep.listed(OPEN_ORDERS) == []
    assert {asset: deep.control.balance(asset).locked for asset in ("USD", "ETH")} == {"USD": 0, "ETH": 0}


@pytest.mark.parametrize("terms", [{"quantity": "5"}, {"amount": "9000"}])
def test_an_empty_book_fills_nothing(client: Client, terms: dict[str, str]) -> None:
    """A market order that meets nobody is taken in, and ends CANCELED."""
    before = client.control.balance("USD")
    for side in (MARKET_BUY, MARKET_SELL):
        order_id = client.ok("POST", CREATE, **side, **terms)["orderId"]
        assert client.query(order_id)["status"] == "CANCELED"
    assert client.control.balance("USD") == before
    assert client.refused("DELETE", ORDER, orderId=order_id) == "-1142"


@each("asset", ["USD", "ETH"])
@each("terms", [{"quantity": "1.5"}, {"amount": "2900"}])
def test_what_cannot_be_paid_is_refused(asset: str, terms: dict[str, str]) -> None:
    """With too little for what the book would cost, nothing trades and nothing is locked."""
    client = Client(Simulator(balances={asset: 1}))
    offer(client)
    assert client.refused("POST", CREATE, **(MARKET_BUY if asset == "USD" else MARKET_SELL), **terms) == "0401"
    assert client.control.balance(asset) == BalanceView(Decimal(1), Decimal(0), Decimal(1))
    assert client.control.orders() == []


def test_prices_that_run_away_cost_no_more_than_was_locked() -> None:
    """An order that waits to be accepted locks what the book cost when it came, and buys what that still pays."""
    client = Client(Simulator(balances={"USD": 2000}, dialect=Dialect(accept_delay_ms=(50, 50))))
    resting = client.control.counter_order("ETHUSD", "SELL", 1, 2000, now=NOW)
    order_id = client.ok("POST", CREATE, **MARKET_BUY, quantity="1")["orderId"]
    assert client.control.balance("USD").locked == 2000
    client.control.cancel(resting.order_id)
    client.control.counter_order("ETHUSD", "SELL", 1, 2500)
    client.control.advance(NOW + 50)
    order = client.control.order(order_id)
    assert (order.status, order.filled, order.cost) == ("PARTIALLY_CANCELED", Decimal("0.8"), Decimal(2000))
    assert client.control.balance("USD").total == 0


def test_a_sell_for_cash_gives_no_more_than_was_locked() -> None:
    """With falling bids it sells what it locked and ends with less cash than was asked for."""
    client = Client(Simulator(balances={"ETH": 1}, dialect=Dialect(accept_delay_ms=(50, 50))))
    resting = client.control.counter_order("ETHUSD", "BUY", 5, 2000, now=NOW)
    order_id = client.ok("POST", CREATE, **MARKET_SELL, amount="2000")["orderId"]
    client.control.cancel(resting.order_id)
    client.control.counter_order("ETHUSD", "BUY", 5, 1000)
    client.control.advance(NOW + 50)
    order = client.control.order(order_id)
    assert (order.status, order.filled, order.cost) == ("PARTIALLY_CANCELED", Decimal(1), Decimal(1000))
    assert client.control.balance("ETH").total == 0


def test_a_better_price_than_the_locked_one_is_kept() -> None:
    """What an order locked and did not need is free again when it ends."""
    client = speaking(accept_delay_ms=(50, 50))
    offer(client)
    client.ok("POST", CREATE, **MARKET_BUY, quantity="1")
    client.control.counter_order("ETHUSD", "SELL", 1, 1995)
    client.control.advance(NOW + 50)
    assert free(client, "USD") == 998_005


@pytest.mark.parametrize(("meaning", "filled"), [("quote", "1"), ("base", "3")])
def test_the_older_path_buys_for_cash(meaning: str, filled: str) -> None:
    """There the quantity of a market buy is quote currency, or base units as one row of the page has it."""
    client = speaking(market_buy_quantity=meaning)
    offer(client)
    client.control.counter_order("ETHUSD", "SELL", 2000, 2010)
    client.control.deposit("USD", 10_000_000)
    answer = client.ok("POST", ORDER, **MARKET_BUY, quantity="2000" if meaning == "quote" else "3")
    assert (answer["origQty"], answer["reqAmount"]) == (("0", "2000") if meaning == "quote" else ("3", "0"))
    assert client.query(answer["orderId"])["executedQty"] == filled


def test_the_older_path_sells_base_units(deep: Client) -> None:
    """There too a sell's quantity is what is sold, and an amount means nothing."""
    order_id = deep.ok("POST", ORDER, **MARKET_SELL, quantity="1")["orderId"]
    assert deep.query(order_id)["executedQty"] == "1"
    assert deep.refused("POST", ORDER, **MARKET_SELL, amount="1000") == "0001"


def test_a_market_order_ignores_a_price(deep: Client) -> None:
    """A price that comes along does not bound it."""
    order_id = deep.ok("POST", CREATE, **MARKET_BUY, quantity="1", price="1")["orderId"]
    assert deep.query(order_id)["status"] == "FILLED"


@pytest.mark.parametrize(("word", "status", "executed"), [("NEW", "NEW", "0"), ("as_matched", "FILLED", "1")])
def test_what_a_market_create_answers(word: str, status: str, executed: str) -> None:
    """The create answer shows a market order before or after it traded, as the dialect says."""
    client = speaking(create_status=word)
    offer(client)
    answer = client.ok("POST", CREATE, **MARKET_BUY, quantity="1")
    assert (answer["status"], answer["executedQty"]) == (status, executed)


def test_a_market_order_takes_what_is_smaller_than_a_step(client: Client, control: SimulatorControl) -> None:
    """Resting orders of others may be smaller than the pair's step: they are taken all the same."""
    control.counter_order("ETHUSD", "SELL", "0.00003", 2000, now=NOW)
    control.counter_order("ETHUSD", "SELL", 1, 2001)
    order_id = client.ok("POST", CREATE, **MARKET_BUY, quantity="1")["orderId"]
    assert control.order(order_id).status == "FILLED"
    assert [fill.amount for fill in control.fills(order_id)] == [Decimal("0.00003"), Decimal("0.99997")]
