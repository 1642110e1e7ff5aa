"""What bots and number libraries write for our keywords is taken as these, and what cannot be is told where it goes."""

from __future__ import annotations

import pytest

import hk_adapter as hk

ORDER = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}


class Counted:
    """An int of a number library: no ``int``, but Python counts with it."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


@pytest.fixture
async def desk(open_desk):
    """A venue without a budget."""
    return await open_desk(budget="unlimited")


@pytest.mark.parametrize(
    ("params", "keywords"),
    [
        ({"timeInForce": "ioc"}, {"time_in_force": "IOC"}),
        ({"postOnly": True}, {"post_only": True}),
        ({"timeInForce": "PO"}, {"post_only": True}),
        ({"postOnly": False}, {}),
        ({"timeInForce": None}, {}),
        ({"clientOrderId": "mine"}, {"client_order_id": "mine"}),
    ],
)
async def test_a_limit_order(desk, params, keywords):
    """Ccxt's spelling sends what the keyword sends; both may be given where they agree."""
    forms = []
    for one in ({"params": params}, keywords, keywords | {"params": params}):
        desk.simulator.requests.clear()
        order = await desk.call("create_order", **ORDER, **one)
        forms.append((order.time_in_force, order.post_only, order.client_order_id if "mine" in str(one) else None))
        await desk.cancel(order.id)
        if "mine" in str(one):
            break
    assert set(forms) == {forms[0]}
    if keywords:
        name, value = next(iter(keywords.items()))
        assert getattr(order, name) == value


async def test_a_market_orders_cost(desk):
    """``cost`` in params is the keyword: quote currency, never an amount."""
    order = await desk.call("create_order", "ETH/USD", "market", "buy", None, None, {"cost": "50"})
    assert order.symbol == "ETH/USD"
    with pytest.raises(hk.InvalidArgument, match=r"cost '?.*differ"):
        await desk.call("create_order", "ETH/USD", "market", "buy", None, None, {"cost": "50"}, cost="51")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"post_only": True}, "post_only=.*postOnly"),
        ({"time_in_force": "IOC"}, "time_in_force=.*timeInForce"),
        ({"client_order_id": "a"}, "client_order_id=.*clientOrderId"),
        ({"timeInForce": "DAY"}, "timeInForce.*GTC"),
        ({"postOnly": "yes"}, "postOnly.*True or False"),
        ({"postOnly": False, "timeInForce": "PO"}, "differ"),
        ({"triggerPrice": "1"}, "triggerPrice"),
        ({"cost": "5"}, "cost"),
    ],
)
async def test_what_cannot_be_taken_is_refused(desk, params, said):
    """By name, and pointing to the keyword where there is one; nothing is sent."""
    with pytest.raises(hk.InvalidArgument, match=said):
        await desk.call("create_order", **ORDER, params=params)
    assert desk.simulator.requests == []


async def test_a_price_beside_a_market_order(desk):
    """The refusal says what to give instead."""
    with pytest.raises(hk.InvalidArgument, match="cost="):
        await desk.call("create_order", "ETH/USD", "market", "buy", "1", "1900")


async def test_ints_of_number_libraries(desk):
    """Whatever Python counts with is an int: amounts, ids, times, counts and seconds."""
    order = await desk.call("create_order", "ETH/USD", "limit", "buy", Counted(2), Counted(1900), timeout=Counted(5))
    assert (order.amount, order.price) == (2, 1900)
    found = await desk.call("fetch_order", Counted(int(order.id)))
    assert found.id == order.id
    listed = await desk.call("fetch_open_orders", None, Counted(order.timestamp), Counted(1))
    assert [one.id for one in listed] == [order.id]
    assert (await desk.cancel(Counted(int(order.id)), timeout=Counted(5))).id == order.id


@pytest.mark.parametrize("name", ["fetch_open_orders", "fetch_orders", "fetch_my_trades"])
async def test_a_list_ends_at_until_by_either_spelling(desk, name):
    """A list ends at ``until``, by keyword or by ccxt's spelling; one before ``since`` is refused."""
    order = await desk.call("create_order", **ORDER)
    if name == "fetch_my_trades":
        desk.simulator.fill(order.id, "0.5")
    if name == "fetch_orders":
        await desk.cancel(order.id)
    at = (await desk.call(name))[-1].timestamp
    for given in ({"until": at}, {"params": {"until": at}}, {"until": Counted(at), "params": {"until": at}}):
        assert [one.timestamp for one in await desk.call(name, **given)][-1:] == [at]
    for given in ({"until": at - 1}, {"params": {"until": at - 1}}, {"until": at - 1, "limit": 1}):
        assert all(one.timestamp < at for one in await desk.call(name, **given))
    for given in ({"until": at - 1, "since": at}, {"until": "soon"}, {"until": 1, "params": {"until": 2}}):
        with pytest.raises(hk.InvalidArgument, match="until"):
            await desk.call(name, **given)


@pytest.mark.parametrize(
    "name", ["fetch_open_orders", "fetch_orders", "fetch_my_trades", "fetch_trades", "fetch_ohlcv"]
)
async def test_an_end_in_seconds_is_refused(desk, name):
    """Nothing is that old, and a list up to then would say that there is none, though an order rests."""
    order = await desk.call("create_order", **ORDER)
    before = len(desk.simulator.requests)
    for given in ({"until": order.timestamp // 1000}, {"params": {"until": order.timestamp // 1000}}, {"until": 0}):
        with pytest.raises(hk.InvalidArgument, match="until must be in ms"):
            await desk.call(name, "ETH/USD", **given)
    assert len(desk.simulator.requests) == before


async def test_number_str_writes_plain_digits(desk):
    """``to_ccxt(number=str)`` writes what a venue would read."""
    order = hk.Order.from_ccxt({"id": "1", "amount": "0.0000001", "price": "1E+3", "filled": "0"})
    told = order.to_ccxt(number=str)
    assert (told["amount"], told["price"], told["filled"]) == ("0.0000001", "1000", "0")
    balances = await desk.call("fetch_balance")
    assert not [text for text in balances.to_ccxt(number=str)["total"].values() if text and "E" in text]
