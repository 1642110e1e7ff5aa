"""An account at the simulator, and its sub-account, one cassette for each endpoint; through both facades."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hk_adapter import OrderStatus
from hk_adapter.model import Fee

from .scenes import Scene, simulated

SYMBOL = "ETH/USD"
SUB_KEY = "cassette-sub-key"


async def buy(desk: Any, own_id: str = "cassette-1") -> Any:
    """Let an order to buy 0.5 ETH at 1900 USD rest."""
    return await desk.call("create_order", SYMBOL, "limit", "buy", "0.5", "1900", client_order_id=own_id)


async def opened_with_sub_account(scene: Scene) -> tuple[Any, Any, str]:
    """Open the venue with the key of a main account, and with that of its sub-account, whose id comes third."""
    sub_account = scene.sub_account(SUB_KEY)
    sub = await scene.desk(api_key=SUB_KEY, secret=f"secret of {SUB_KEY}", site="mena")
    return await scene.desk(site="mena"), sub, sub_account


@simulated("fills")
async def test_fills_are_listed(scene: Scene) -> None:
    """Each fill with its own price, cost and fee; a maker pays the maker's rate."""
    desk = await scene.desk()
    scene.at_venue("set_fees", "0.001", "0.002")
    order = await buy(desk)
    scene.at_venue("fill", order.id, "0.2")
    scene.at_venue("fill", order.id, "0.3", "1899.5")
    first, second = await desk.call("fetch_my_trades", SYMBOL)
    assert {first.order_id, second.order_id} == {order.id}
    assert [(one.price, one.amount, one.cost) for one in (first, second)] == [
        (1900, Decimal("0.2"), 380),
        (Decimal("1899.5"), Decimal("0.3"), Decimal("569.85")),
    ]
    assert [one.fees for one in (first, second)] == [
        (Fee(currency="USD", cost=Decimal("0.38")),),
        (Fee(currency="USD", cost=Decimal("0.56985")),),
    ]
    assert {(one.side, one.taker_or_maker, one.symbol) for one in (first, second)} == {("buy", "maker", SYMBOL)}


@simulated("balances")
async def test_balances_are_shown(scene: Scene) -> None:
    """What an open order holds is used, and no longer free."""
    desk = await scene.desk()
    await buy(desk)
    balances = await desk.call("fetch_balance")
    dollars = balances["USD"]
    assert (dollars.free, dollars.used, dollars.total) == (999050, 950, 1000000)
    assert (balances["ETH"].free, balances["ETH"].used) == (1000, 0)


@simulated("fees")
async def test_fee_rates_are_shown(scene: Scene) -> None:
    """As fractions, exactly, of the markets asked for."""
    desk = await scene.desk()
    scene.at_venue("set_fees", "0.0015", "0.0029")
    fees = await desk.call("fetch_trading_fees", [SYMBOL, "BTC/HKD"])
    assert {symbol: (fee.maker, fee.taker) for symbol, fee in fees.items()} == dict.fromkeys(
        (SYMBOL, "BTC/HKD"), (Decimal("0.0015"), Decimal("0.0029"))
    )


@simulated("accounts")
async def test_accounts_are_listed(scene: Scene) -> None:
    """A main account's key sees its own account, and its sub-account."""
    scene.at_venue("open_sub_account", SUB_KEY, f"secret of {SUB_KEY}")
    accounts = await (await scene.desk()).call("fetch_accounts")
    assert [account.type for account in accounts] == ["spot", "spot"]
    assert len({account.id for account in accounts}) == len({account.name for account in accounts}) == 2


@simulated("key")
async def test_a_key_is_checked(scene: Scene) -> None:
    """The key is a main account's."""
    assert (await (await scene.desk()).call("check_key")).account_type == "master"


@simulated("sub_open_orders")
async def test_a_sub_accounts_open_orders_are_listed(scene: Scene) -> None:
    """The main account's key sees them where it names the sub-account, and only there."""
    main, sub, sub_account = await opened_with_sub_account(scene)
    order = await buy(sub)
    [seen] = await main.call("fetch_open_orders", SYMBOL, account_id=sub_account)
    assert (seen.id, seen.account_id, seen.amount, seen.price) == (order.id, sub_account, Decimal("0.5"), 1900)


@simulated("sub_order_history")
async def test_a_sub_accounts_past_orders_are_listed(scene: Scene) -> None:
    """Ended by whoever: the sub-account's own key canceled it."""
    main, sub, sub_account = await opened_with_sub_account(scene)
    order = await buy(sub)
    await sub.cancel(order.id, SYMBOL, wait="ack")
    [seen] = await main.call("fetch_orders", SYMBOL, account_id=sub_account)
    assert (seen.id, seen.account_id, seen.status) == (order.id, sub_account, OrderStatus.CANCELED)


@simulated("order_fills")
async def test_the_fills_of_one_order_are_listed(scene: Scene) -> None:
    """All that it has had, as its executed amount proves."""
    desk = await scene.desk()
    order = await buy(desk)
    for amount in ("0.2", "0.3"):
        scene.at_venue("fill", order.id, amount)
    found = await desk.call("fetch_order_trades", order.id, SYMBOL)
    assert [(one.order_id, one.amount) for one in found] == [(order.id, Decimal("0.2")), (order.id, Decimal("0.3"))]


@simulated("sub_fills")
async def test_a_sub_accounts_fills_are_listed(scene: Scene) -> None:
    """With price, amount and cost, as one's own."""
    main, sub, sub_account = await opened_with_sub_account(scene)
    order = await buy(sub)
    scene.at_venue("fill", order.id, "0.2")
    [fill] = await main.call("fetch_my_trades", SYMBOL, account_id=sub_account)
    assert (fill.order_id, fill.price, fill.amount, fill.cost) == (order.id, 1900, Decimal("0.2"), 380)
