"""What a key sees of its account: exact numbers, each fill once, sub-accounts by their id."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, Dialect, Simulator, serve


async def test_balances_are_exact(desk):
    """What an open order to buy holds is used, in quote currency; free and used make the total."""
    before = (await desk.call("fetch_balance"))["USD"]
    await desk.place("0.1234", "1900.01")
    usd = (await desk.call("fetch_balance"))["USD"]
    held = Decimal("0.1234") * Decimal("1900.01")
    assert (usd.free, usd.used, usd.total) == (before.free - held, before.used + held, before.total)


async def test_fees_come_from_the_fills(desk):
    """Each fill has its price, amount, cost, role and fee; together they are what the balances moved by."""
    desk.simulator.set_fees("0.001", "0.002")
    before = await desk.call("fetch_balance")
    order = await desk.place("1", "1900")
    desk.simulator.counter_order("ETHUSD", "SELL", "0.25", "1900")
    desk.simulator.counter_order("ETHUSD", "SELL", "0.5", "1900")
    trades = await desk.call("fetch_my_trades", "ETH/USD")
    assert [(one.order_id, one.amount, one.price, one.cost, one.taker_or_maker) for one in trades] == [
        (order.id, Decimal("0.25"), Decimal(1900), Decimal(475), "maker"),
        (order.id, Decimal("0.5"), Decimal(1900), Decimal(950), "maker"),
    ]
    await desk.cancel(order.id)
    after = await desk.call("fetch_balance")
    paid = {one.currency: Decimal(0) for trade in trades for one in trade.fees}
    for fee in (one for trade in trades for one in trade.fees):
        paid[fee.currency] += fee.cost
    assert set(paid) <= {"ETH", "USD"}
    assert sum(paid.values()) > 0
    assert after["ETH"].total - before["ETH"].total == Decimal("0.75") - paid.get("ETH", 0)
    assert before["USD"].total - after["USD"].total == Decimal(1425) + paid.get("USD", 0)


async def test_fills_of_one_order(desk):
    """The client order id chooses the fills of one order; ``since`` and ``limit`` the first of them."""
    for name in ("a", "b", "a2"):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", client_order_id=name)
        desk.simulator.counter_order("ETHUSD", "SELL", "0.4", "1900")
        desk.simulator.counter_order("ETHUSD", "SELL", "0.6", "1900")
    everything = await desk.call("fetch_my_trades")
    assert len(everything) == len({one.id for one in everything}) == 6
    [first, second] = await desk.call("fetch_my_trades", client_order_id="b")
    assert (first.amount, second.amount) == (Decimal("0.4"), Decimal("0.6"))
    assert await desk.call("fetch_my_trades", params={"clientOrderId": "b"}) == [first, second]
    assert await desk.call("fetch_my_trades", since=everything[0].timestamp, limit=2) == everything[:2]
    assert await desk.call("fetch_my_trades", limit=2) == everything[-2:]
    assert await desk.call("fetch_my_trades", "BTC/USD") == []


async def test_a_master_key_sees_its_sub_account(desk):
    """Balances, orders and fills of a sub-account are read by its id, and are not those of the key's own account."""
    account = desk.simulator.open_sub_account("sub-key", "sub-secret", {"USD": "500"})
    balance = await desk.call("fetch_balance", account_id=account)
    assert {code: one.total for code, one in balance.items() if one.total} == {"USD": Decimal(500)}
    assert await desk.call("fetch_open_orders", account_id=account) == []
    assert await desk.call("fetch_my_trades", account_id=account) == []
    accounts = {one.id for one in await desk.call("fetch_accounts")}
    assert account in accounts


async def test_a_master_keys_lists_are_its_own(skipped_time, open_desk):
    """Orders of sub-accounts, which the venue lists beside them, are neither given nor canceled."""
    simulator = Simulator(dialect=Dialect(cursor_name="either"))
    desk = await open_desk(simulator=simulator)
    desk.simulator.open_sub_account("sub-key", "sub-secret", {"USD": "50000"})
    sub = await open_desk(simulator=simulator, api_key="sub-key", secret="sub-secret")
    theirs, own = await sub.place(), await desk.place()
    assert {one.id for one in await desk.call("fetch_open_orders", account_id=theirs.account_id)} == {theirs.id}
    assert [one.id for one in await desk.call("fetch_open_orders")] == [own.id]
    assert [one.id for one in await desk.call("fetch_open_orders", limit=1)] == [own.id]
    assert [one.order.id for one in await desk.call("cancel_all_orders")] == [own.id]
    assert await desk.call("cancel_all_orders") == []
    assert await desk.call("fetch_open_orders") == []
    assert [one.id for one in await desk.call("fetch_orders")] == [own.id]
    assert [one.id for one in await sub.call("fetch_open_orders")] == [theirs.id]
    cancels = [one.parameters for one in desk.simulator.requests if one.method == "DELETE"]
    assert cancels
    assert [one for one in cancels if theirs.id in str(one)] == []


async def test_somebody_elses_account_is_refused(desk):
    """An account id that is not a sub-account of this key is a refusal, not an empty answer."""
    other = desk.simulator.open_account("other-key", "other-secret", {"USD": "500"})
    for call in ("fetch_balance", "fetch_open_orders", "fetch_orders", "fetch_my_trades"):
        with pytest.raises(hk.PermissionDenied):
            await desk.call(call, account_id=other)


async def test_what_trading_costs(desk):
    """Fees by symbol, as exact fractions."""
    desk.simulator.set_fees("0.0012", "0.0029")
    fees = await desk.call("fetch_trading_fees", ["ETH/USD", "BTC/USD"])
    assert {symbol: (one.maker, one.taker) for symbol, one in fees.items()} == {
        "ETH/USD": (Decimal("0.0012"), Decimal("0.0029")),
        "BTC/USD": (Decimal("0.0012"), Decimal("0.0029")),
    }


async def test_the_key_itself(desk):
    """A key that works says what kind of account it opens."""
    assert (await desk.call("check_key")).account_type == "master"


async def test_a_key_that_does_not_work(skipped_time, open_desk):
    """A wrong secret is told from everything else."""
    with serve() as served:
        desk = await open_desk(
            environment="production",
            base_url=served.url,
            api_key=DEFAULT_API_KEY,
            secret="wrong",
            served=served.control,
        )
        with pytest.raises(hk.AuthenticationError):
            await desk.call("check_key")


async def test_without_a_key_only_public_calls(skipped_time, open_desk):
    """Markets and times need no key; what does need one says so, and nothing is sent."""
    with serve() as served:
        desk = await open_desk(environment="production", base_url=served.url, profile=None, served=served.control)
        assert "ETH/USD" in await desk.call("load_markets")
        assert (await desk.call("fetch_status")).status == "ok"
        served.control.requests.clear()
        for call in ("fetch_balance", "fetch_my_trades", "fetch_open_orders", "check_key", "fetch_accounts"):
            with pytest.raises(hk.ConfigurationError, match=call):
                await desk.call(call)
        assert served.control.requests == []


@pytest.mark.parametrize("call", ["fetch_balance", "fetch_my_trades", "fetch_orders", "check_key", "fetch_markets"])
async def test_a_block_met_by_a_read_is_heeded(desk, call):
    """After HTTP 418 nothing is sent, whatever call met it."""
    desk.simulator.fail_next(status=418, headers={"Retry-After": "60"})
    with pytest.raises(hk.RateLimited):
        await desk.call(call)
    with pytest.raises(hk.NotSent):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", timeout=5)
    assert (await desk.try_cancel("1563291927536863744", timeout=5)).outcome in {
        hk.CancelOutcome.NOT_SENT,
        hk.CancelOutcome.RATE_LIMITED,
    }
    assert len(desk.simulator.requests) == 1
