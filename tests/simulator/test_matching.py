"""Orders that meet: price-time priority, at the resting price, between accounts."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hk_adapter.simulator import BalanceView, Simulator, SimulatorControl

from .conftest import CREATE, LIMIT_BUY, NOW, ORDER, Client, speaking

SELL = {"side": "SELL"}


def other_account(client: Client, key: str = "other") -> Client:
    """Open a second account at the client's venue."""
    client.control.open_account(key, "hush")
    return Client(client.simulator, client.now, key, "hush")


def test_the_other_side_fills_in_part(client: Client, control: SimulatorControl) -> None:
    """A counter order takes what it can of a resting order, and the rest of that stays open."""
    order_id = client.rest()
    counter = control.counter_order("ETHUSD", "SELL", "0.3", "1900", now=NOW + 5)
    assert (counter.status, counter.filled) == ("FILLED", Decimal("0.3"))
    order = control.order(order_id)
    assert (order.status, order.filled, order.updated) == ("PARTIALLY_FILLED", Decimal("0.3"), NOW + 5)


def test_the_other_side_fills_whole_and_rests(client: Client, control: SimulatorControl) -> None:
    """What a counter order cannot trade rests, and meets the next order that comes."""
    order_id = client.rest()
    counter = control.counter_order("ETHUSD", "SELL", "1.5", "1900")
    assert (control.order(order_id).status, counter.status) == ("FILLED", "PARTIALLY_FILLED")
    later = client.rest(quantity="0.7")
    assert (control.order(later).filled, control.order(later).status) == (Decimal("0.5"), "PARTIALLY_FILLED")
    assert control.order(counter.order_id).status == "FILLED"


def test_a_trade_is_made_at_the_resting_price(client: Client, control: SimulatorControl) -> None:
    """The one who came first set the price; the difference to the other's limit is not lost."""
    control.counter_order("ETHUSD", "SELL", "1", "1850", now=NOW)
    order_id = client.rest(price="1900")
    assert control.order(order_id).average == control.order(order_id).cost == 1850
    assert control.balance("USD") == BalanceView(Decimal(998_150), Decimal(0), Decimal(998_150))
    resting = client.rest(side="SELL", price="2000")
    control.counter_order("ETHUSD", "BUY", "1", "2500")
    assert control.order(resting).average == 2000


def test_the_better_price_goes_first_then_the_older(client: Client, control: SimulatorControl) -> None:
    """Price before time, and time within a price."""
    low, old, new, best = (client.rest(price=price) for price in ("1898", "1900", "1900", "1901"))
    control.counter_order("ETHUSD", "SELL", "2.5", "1899")
    assert [control.order(order_id).filled for order_id in (best, old, new, low)] == [1, 1, Decimal("0.5"), 0]
    sells = [client.rest(**SELL, price=price) for price in ("2002", "2000", "2001")]
    control.counter_order("ETHUSD", "BUY", "1.5", "3000")
    assert [control.order(order_id).filled for order_id in sells] == [0, 1, Decimal("0.5")]


def test_a_part_filled_order_keeps_its_place(client: Client, control: SimulatorControl) -> None:
    """A partial fill does not send an order to the back of its price."""
    first, second = client.rest(), client.rest()
    for _ in range(2):
        control.counter_order("ETHUSD", "SELL", "0.4", "1900")
    assert (control.order(first).filled, control.order(second).filled) == (Decimal("0.8"), Decimal(0))


def test_what_left_the_book_is_not_met(client: Client, control: SimulatorControl) -> None:
    """Canceled and filled orders trade no more."""
    canceled, filled = client.rest(), client.rest()
    client.ok("DELETE", ORDER, orderId=canceled)
    control.fill(filled)
    assert control.counter_order("ETHUSD", "SELL", "1", "1900").status == "NEW"
    assert control.order(canceled).filled == 0


def test_prices_that_do_not_meet_rest(client: Client, control: SimulatorControl) -> None:
    """A sell above every buy rests, and pairs are apart."""
    order_id = client.rest()
    assert control.counter_order("ETHUSD", "SELL", "1", "1900.01").status == "NEW"
    assert control.counter_order("ETHUSDT", "SELL", "1", "1900").status == "NEW"
    assert control.order(order_id).status == "NEW"


def test_two_accounts_trade_with_each_other(client: Client, control: SimulatorControl) -> None:
    """An order of another key meets ours, and each side gets what the other pays."""
    other = other_account(client)
    ours, theirs = client.rest(), other.create(**SELL)
    account_id = theirs["accountId"]
    assert account_id != control.order(ours).account_id
    assert {control.order(ours).status, control.order(theirs["orderId"]).status} == {"FILLED"}
    assert (control.balance("ETH").total, control.balance("ETH", account_id).total) == (Decimal(1001), Decimal(999))
    assert control.balance("USD").total == 998_100
    assert control.balance("USD", account_id).total == 1_001_900


def test_one_account_is_not_shown_the_others_orders(client: Client) -> None:
    """An order of another key cannot be queried or canceled, and a client id is each account's own."""
    other = other_account(client)
    order_id = other.rest(newClientOrderId="mine")
    assert client.refused("GET", ORDER, orderId=order_id) == "0211"
    assert client.refused("DELETE", ORDER, clientOrderId="mine") == "0211"
    assert client.create(newClientOrderId="mine")["clientOrderId"] == "mine"


@pytest.mark.parametrize("code", ["-2010", "-1156"])
def test_a_post_only_order_that_would_trade_is_refused(code: str) -> None:
    """A LIMIT_MAKER that would take answers the dialect's code, and leaves no order and no lock."""
    client = speaking(post_only_crossing=code)
    client.control.counter_order("ETHUSD", "SELL", "1", "1900", now=NOW)
    assert client.refused("POST", CREATE, **(LIMIT_BUY | {"type": "LIMIT_MAKER"})) == code
    assert client.control.orders() == []
    assert client.control.balance("USD").locked == 0
    assert client.create(type="LIMIT_MAKER", price="1899.99")["status"] == "NEW"


def test_a_post_only_order_may_be_rejected_instead() -> None:
    """In the third dialect it is taken in, and ends REJECTED with its money free."""
    client = speaking(post_only_crossing="REJECTED")
    client.control.counter_order("ETHUSD", "SELL", "1", "1900", now=NOW)
    order_id = client.rest(type="LIMIT_MAKER")
    assert client.query(order_id)["status"] == "REJECTED"
    assert client.control.balance("USD").locked == 0


@pytest.mark.parametrize(
    ("word", "status", "executed"),
    [("NEW", "NEW", "0"), ("PENDING_NEW", "PENDING_NEW", "0"), ("as_matched", "PARTIALLY_FILLED", "0.4")],
)
def test_what_a_create_that_trades_at_once_answers(word: str, status: str, executed: str) -> None:
    """The create answer shows the order before it was matched, or after, as the dialect says."""
    client = speaking(create_status=word)
    client.control.counter_order("ETHUSD", "SELL", "0.4", "1900", now=NOW)
    answer = client.create()
    assert (answer["status"], answer["executedQty"]) == (status, executed)
    assert client.query(answer["orderId"])["executedQty"] == "0.4"


@pytest.mark.parametrize(
    "arguments",
    [("DOGEUSD", "BUY", 1, 1), ("ETHUSD", "buy", 1, 1), ("ETHUSD", "BUY", 0, 1), ("ETHUSD", "BUY", 1, 0),
     ("ETHUSD", "BUY", 0.5, 1), ("ETHUSD", "BUY", "1e20", 1)],
)  # fmt: skip
def test_a_counter_order_that_cannot_be_is_told(client: Client, arguments: tuple[object, ...]) -> None:
    """Wrong pairs, sides and amounts raise ValueError."""
    with pytest.raises(ValueError, match=r"need a known pair|must be a Decimal|can pay"):
        client.control.counter_order(*arguments, now=NOW)  # type: ignore[arg-type]
    assert len(list(client.simulator.venue.book)) == 0


def test_counter_orders_are_not_among_ours(control: SimulatorControl) -> None:
    """The list of orders is that of the keys; a counter order is shown when asked for."""
    with pytest.raises(ValueError, match="no request has brought a time yet"):
        control.counter_order("ETHUSD", "SELL", "1", "1900")
    counter = control.counter_order("ETHUSD", "SELL", "1", "1900", now=NOW)
    assert control.orders() == []
    assert control.order(counter.order_id).status == "NEW"
    assert control.cancel(counter.order_id).status == "CANCELED"


def test_a_key_is_one_accounts_only(client: Client, control: SimulatorControl) -> None:
    """A second account needs a key of its own."""
    for key in ("simulator-key", ""):
        with pytest.raises(ValueError, match="the key is empty or belongs to another account"):
            control.open_account(key, "hush")
    with pytest.raises(ValueError, match="knows no account"):
        control.balance("USD", "1")


PRICES = st.integers(min_value=1890, max_value=1910).map(str)
AMOUNTS = st.integers(min_value=100, max_value=20_000).map(lambda steps: str(Decimal(steps).scaleb(-4)))
CREATES = st.tuples(st.sampled_from(["first", "second", "counter"]), st.sampled_from(["BUY", "SELL"]), AMOUNTS, PRICES)
ENDS = st.tuples(st.sampled_from(["user", "venue"]), st.integers(0, 9), st.just(""), st.just(""))


def check(client: Client, totals: dict[str, Decimal]) -> None:
    """Hold all accounts against the totals at the start, and each against its open orders."""
    control = client.control
    assert {asset: control.total(asset) for asset in totals} == totals
    orders = control.orders()
    for account_id in {order.account_id for order in orders}:
        mine = [order for order in orders if order.account_id == account_id and order.ended_at is None]
        buys, sells = ([order for order in mine if order.side == side] for side in ("BUY", "SELL"))
        assert control.balance("USD", account_id).locked == sum(order.remaining * order.price for order in buys)
        assert control.balance("ETH", account_id).locked == sum(order.remaining for order in sells)
        assert min(control.balance(asset, account_id).free for asset in totals) >= 0
    resting = [order for order in orders if order.status in {"NEW", "PARTIALLY_FILLED"}]
    for buy, sell in product(resting, resting):
        if (buy.side, sell.side) == ("BUY", "SELL") and buy.account_id != sell.account_id:
            assert buy.price < sell.price


@settings(deadline=None, max_examples=80, database=None)
@given(st.lists(st.one_of(CREATES, ENDS), max_size=30), st.sampled_from([(0, 0), (0, 5)]))
def test_matching_conserves_money(steps: list[tuple[str, object, str, str]], delay: tuple[int, int]) -> None:
    """Whatever meets, is canceled or rejected: nobody's money appears or is lost, and no lock is left over."""
    client = speaking(accept_delay_ms=delay, cancel_delay_ms=delay, reject_share=0.1)
    other = other_account(client)
    totals = {asset: client.control.total(asset) for asset in ("ETH", "USD")}
    for who, what, amount, price in steps:
        client.now = other.now = client.now + 3
        terms: dict[str, Any] = {"symbol": "ETHUSD", "side": what, "type": "LIMIT", "quantity": amount, "price": price}
        live = [order for order in client.control.orders() if order.status in {"NEW", "PARTIALLY_FILLED"}]
        if who == "counter":
            client.control.counter_order("ETHUSD", str(what), amount, price, now=client.now)
        elif who in {"first", "second"}:
            (client if who == "first" else other).send("POST", CREATE, **terms)
        elif live:
            order = live[int(str(what)) % len(live)]
            if who == "venue":
                client.control.cancel(order.order_id)
            else:
                client.send("DELETE", ORDER, orderId=order.order_id)
                other.send("DELETE", ORDER, orderId=order.order_id)
        check(client, totals)
    client.control.advance(client.now + 100)
    check(client, totals)


def test_the_same_flow_ends_alike_under_one_seed() -> None:
    """Matching draws nothing: two venues that get the same orders end in the same state."""
    ends = []
    for _ in range(2):
        client = Client(Simulator(seed=3))
        for price in ("1900", "1901", "1899"):
            client.rest(price=price)
        client.control.counter_order("ETHUSD", "SELL", "1.7", "1899.5")
        ends.append(client.control.orders())
    assert ends[0] == ends[1]
