"""What trades cost: the rate of the role, in the asset the documents say, and never more than was locked."""

from decimal import Decimal

import pytest

from hk_adapter.simulator import Simulator
from tests.cases import each

from .conftest import CREATE, LIMIT_BUY, NOW, Client, refusal, speaking

HK_FEE_FIELDS = {
    "feeCoin", "feeAmount", "sumFeeAmount", "feeSupplementaryAmount", "platformFeeCoin", "sumPlatformFeeAmount",
}  # fmt: skip


def charging(maker: str = "0.001", taker: str = "0.002", **settings: object) -> Client:
    """Give a client of a venue that charges; fees are for everybody."""
    client = speaking(**settings)
    client.control.set_fees(maker, taker)
    return client


def test_nothing_is_charged_unless_told(client: Client) -> None:
    """At first all rates are 0."""
    client.control.counter_order("ETHUSD", "SELL", 1, 1900, now=NOW)
    (fill,) = client.control.fills(client.rest())
    assert (fill.fee, fill.fee_asset) == (Decimal(0), "USD")
    assert client.control.balance("USD").total == 998_100


@each(
    ("symbol", "side", "fee_asset", "maker_fee", "taker_fee"),
    [
        ("ETHUSD", "BUY", "USD", "1.9", "3.8"),
        ("ETHUSD", "SELL", "USD", "1.9", "3.8"),
        ("ETHUSDT", "BUY", "ETH", "0.001", "0.002"),
        ("ETHUSDT", "SELL", "USDT", "1.9", "3.8"),
    ],
)
@each("is_maker", [True, False])
def test_the_role_sets_the_rate_and_the_pair_the_asset(
    symbol: str, side: str, fee_asset: str, maker_fee: str, taker_fee: str, is_maker: bool
) -> None:
    """Token-Token pairs charge what is received, Token-Fiat pairs quote currency on both sides."""
    client = charging()
    other = "SELL" if side == "BUY" else "BUY"
    before = client.control.balance(fee_asset).total
    if not is_maker:
        client.control.counter_order(symbol, other, 1, 1900, now=NOW)
    order_id = client.rest(symbol=symbol, side=side)
    if is_maker:
        client.control.counter_order(symbol, other, 1, 1900)
    (fill,) = client.control.fills(order_id)
    expected = Decimal(maker_fee if is_maker else taker_fee)
    assert (fill.is_maker, fill.fee, fill.fee_asset) == (is_maker, expected, fee_asset)
    traded = {"ETH": 1, "USD": -1900, "USDT": -1900}[fee_asset] * (1 if side == "BUY" else -1)
    assert client.control.balance(fee_asset).total == before + traded - expected


def test_a_fee_in_fiat_is_locked_with_the_price_of_a_buy() -> None:
    """The dearer rate is locked; what the cheaper one leaves is freed by the trade, all of it by a cancel."""
    client = charging()
    order_id = client.rest()
    assert client.control.balance("USD").locked == Decimal("1903.8")
    client.control.counter_order("ETHUSD", "SELL", "0.5", 1900)
    assert client.control.balance("USD").locked == Decimal("951.9")
    assert client.control.balance("USD").total == 1_000_000 - Decimal("950.95")
    client.ok("DELETE", "/api/v1/spot/order", orderId=order_id)
    assert client.control.balance("USD").locked == 0


def test_a_buy_must_pay_its_fee_too() -> None:
    """Money for the price alone is too little where the fee comes on top, and enough where it is taken in base."""
    client = Client(Simulator(balances={"USD": 1900, "USDT": 1900}))
    client.control.set_fees(0, "0.001")
    assert client.refused("POST", CREATE, **LIMIT_BUY) == "0401"
    assert client.create(symbol="ETHUSDT")["status"] == "NEW"


def test_cash_of_a_market_buy_does_not_include_the_fee() -> None:
    """The amount is what is traded for; in fiat the fee comes on top."""
    client = charging()
    client.control.counter_order("ETHUSD", "SELL", 5, 2000, now=NOW)
    order_id = client.ok("POST", CREATE, symbol="ETHUSD", side="BUY", type="MARKET", amount="4000")["orderId"]
    assert client.control.order(order_id).filled == 2
    assert client.control.balance("USD").total == 1_000_000 - 4008


def test_an_order_keeps_the_rates_it_came_with() -> None:
    """New rates are for new orders: what an older one locked would not pay them."""
    client = charging("0", "0")
    order_id = client.rest()
    client.control.set_fees("0.5", "0.5")
    client.control.counter_order("ETHUSD", "SELL", 1, 1900)
    assert client.control.fills(order_id)[0].fee == 0
    assert client.control.balance("USD").free == 998_100


def test_rates_are_each_accounts_own() -> None:
    """Rates of one account leave the others' alone, and both sides of a trade pay their own."""
    client = speaking()
    other_id = client.control.open_account("other", "hush")
    client.control.set_fees("0.01", "0.01", other_id)
    other = Client(client.simulator, NOW, "other", "hush")
    theirs, ours = other.rest(side="SELL"), client.rest()
    assert [client.control.fills(one)[0].fee for one in (theirs, ours)] == [19, 0]


def test_rates_for_all_are_those_of_later_accounts_too() -> None:
    """What is set for every account holds for accounts and sub-accounts that are opened afterwards."""
    client = charging()
    client.control.open_account("other", "hush")
    client.control.open_sub_account("sub", "hush")
    orders = [Client(client.simulator, NOW, key, "hush").rest() for key in ("other", "sub")]
    client.control.counter_order("ETHUSD", "SELL", 2, 1900)
    assert [client.control.fills(order_id)[0].fee for order_id in orders] == [Decimal("1.9")] * 2


def test_fees_are_collected() -> None:
    """What orders pay is the venue's, and sums stay what they were."""
    client = charging()
    totals = {asset: client.control.total(asset) for asset in ("ETH", "USD", "USDT")}
    for symbol in ("ETHUSD", "ETHUSDT"):
        client.rest(symbol=symbol)
        client.control.counter_order(symbol, "SELL", 1, 1900)
    # Makers 0.1 %, takers 0.2 % of 1900: in fiat both sides pay quote currency.
    assert client.control.collected("USD") == Decimal("5.7")
    assert (client.control.collected("ETH"), client.control.collected("USDT")) == (Decimal("0.001"), Decimal("3.8"))
    assert {asset: client.control.total(asset) for asset in totals} == totals


def test_a_query_shows_no_fees_on_mena_and_global() -> None:
    """There the three fields are empty, whatever was paid."""
    client = charging()
    client.control.counter_order("ETHUSD", "SELL", 1, 1900, now=NOW)
    found = client.query(client.rest())
    assert (found["feeCoin"], found["feeAmount"], found["sumFeeAmount"]) == ("", "0", "0")
    assert not (HK_FEE_FIELDS - {"feeCoin", "feeAmount", "sumFeeAmount"}) & set(found)


def test_a_query_shows_fees_on_hk() -> None:
    """There feeAmount is the last fill's, sumFeeAmount all fills', and three more fields are there."""
    client = charging(order_fees="filled")
    client.control.counter_order("ETHUSD", "SELL", "0.4", 1900, now=NOW)
    unfilled, order_id = client.query(client.rest(side="SELL", price="2500")), client.rest()
    client.control.counter_order("ETHUSD", "SELL", "0.6", 1900)
    found = client.query(order_id)
    assert set(found) >= HK_FEE_FIELDS
    assert (found["feeCoin"], found["feeAmount"], found["sumFeeAmount"]) == ("USD", "1.14", "2.66")
    assert (unfilled["feeCoin"], unfilled["feeAmount"], unfilled["sumFeeAmount"]) == ("", "0", "0")


@pytest.mark.parametrize(("maker", "taker"), [("1", "0"), ("0", "1.5"), ("-0.1", "0"), (0.1, 0)])
def test_rates_that_cannot_be_are_told(client: Client, maker: str, taker: str) -> None:
    """Rates are exact shares of 0 or more, below 1."""
    with pytest.raises(ValueError, match=r"rates are shares below 1|must be"):
        client.control.set_fees(maker, taker)
    response = client.send("POST", CREATE, **(LIMIT_BUY | {"quantity": "1000"}))
    assert refusal(response) == "0401"
