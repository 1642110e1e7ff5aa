"""ccxt.pro's own HashKey client, unchanged but for its addresses, on the served simulator's streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.simulator.server import AsyncServed, start_async, system_clock

pytest.importorskip("ccxt")
pro = pytest.importorskip("ccxt.pro")

Watch = Callable[[], Awaitable[Any]]


class Clock:
    """Give the machine's time, which is ccxt's too, and go ahead of it where nobody shall wait."""

    ahead = 0

    def __call__(self) -> int:
        """Give Unix ms."""
        return system_clock() + self.ahead


@pytest.fixture
def clock() -> Clock:
    """Give the venue's clock."""
    return Clock()


@pytest.fixture
async def served(clock: Clock) -> AsyncIterator[AsyncServed]:
    """Serve a fresh venue."""
    async with await start_async(clock=clock) as server:
        yield server


@pytest.fixture
async def exchange(served: AsyncServed) -> AsyncIterator[Any]:
    """Point ccxt.pro's client at the served venue; nothing else is changed."""
    client = pro.hashkey(
        {
            "apiKey": DEFAULT_API_KEY,
            "secret": DEFAULT_SECRET,
            "enableRateLimit": False,
            "timeout_on_exit": 0,
            "urls": {
                "api": {
                    "public": served.url,
                    "private": served.url,
                    "ws": {
                        "public": f"{served.stream_url}/quote/ws/v1",
                        "private": f"{served.stream_url}/api/v1/ws",
                    },
                }
            },
        }
    )
    await client.load_markets()
    yield client
    await client.close()


async def begin(exchange: Any, watch: Watch, url: str) -> "asyncio.Task[Any]":
    """Start to watch, and go on once the connection is open: the venue sees whatever follows."""
    task = asyncio.ensure_future(watch())
    await asyncio.sleep(0)
    await exchange.client(url).connected
    return task


async def begin_private(exchange: Any, watch: Watch) -> "asyncio.Task[Any]":
    """Start to watch what is the account's own."""
    return await begin(exchange, watch, exchange.get_private_url(await exchange.authenticate()))


async def test_ccxt_watches_orders(served: AsyncServed, exchange: Any) -> None:
    """A new order, a part of it filled, and its cancel, as its parser reads them, equal to what its query gives."""
    seen = await begin_private(exchange, exchange.watch_orders)
    created = await exchange.create_order("ETH/USD", "limit", "buy", 1, 1900, {"clientOrderId": "mine"})
    (order,) = await seen
    assert (order["id"], order["clientOrderId"], order["symbol"]) == (created["id"], "mine", "ETH/USD")
    assert (order["status"], order["filled"], order["remaining"]) == ("open", 0, 1)
    seen = asyncio.ensure_future(exchange.watch_orders("ETH/USD"))
    await asyncio.sleep(0)
    served.control.fill(created["id"], "0.4", "1890")
    (order,) = await seen
    assert (order["status"], order["filled"], order["average"], order["cost"]) == ("open", 0.4, 1890, 756)
    seen = asyncio.ensure_future(exchange.watch_orders())
    await asyncio.sleep(0)
    await exchange.cancel_order(created["id"])
    (order,) = await seen
    found = await exchange.fetch_order(created["id"])
    same = ("id", "clientOrderId", "symbol", "type", "side", "timeInForce", "postOnly", "price", "amount", "filled")
    assert {name: order[name] for name in same} == {name: found[name] for name in same}
    assert {name: order[name] for name in ("status", "remaining", "cost", "average", "timestamp")} == {
        name: found[name] for name in ("status", "remaining", "cost", "average", "timestamp")
    }
    assert (order["status"], order["info"]["X"]) == ("canceled", "PARTIALLY_CANCELED")


async def test_ccxt_reads_the_first_event_of_a_frame_alone(exchange: Any, served: AsyncServed) -> None:
    """An order that trades at once is new and filled in one frame, as in the sample: ccxt takes it for open."""
    served.control.counter_order("ETHUSD", "SELL", "1", "1900", now=exchange.milliseconds())
    seen = await begin_private(exchange, exchange.watch_orders)
    created = await exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
    assert [order["status"] for order in await seen] == ["open"]
    assert (await exchange.fetch_order(created["id"]))["status"] == "closed"


@pytest.mark.parametrize("kind", ["drop", "truncate"])
async def test_ccxt_connects_again(served: AsyncServed, exchange: Any, kind: str) -> None:
    """A break is a network error for it; with the same listen key it goes on, without what was lost."""
    seen = await begin_private(exchange, exchange.watch_orders)
    served.control.streams.fail_next(kind)
    lost = await exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
    with pytest.raises(pro.NetworkError):
        await seen
    seen = await begin_private(exchange, exchange.watch_orders)
    created = await exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
    assert [order["id"] for order in await seen] == [created["id"]] != [lost["id"]]


async def test_ccxt_watches_trades_of_its_own(served: AsyncServed, exchange: Any) -> None:
    """A fill, with the ticket's id, where its list of fills has the fill's own."""
    seen = await begin_private(exchange, exchange.watch_my_trades)
    created = await exchange.create_order("BTC/USD", "limit", "sell", 0.5, 60_000)
    served.control.fill(created["id"], "0.2")
    (trade,) = await seen
    (listed,) = await exchange.fetch_my_trades("BTC/USD")
    same = ("order", "symbol", "side", "takerOrMaker", "price", "amount", "cost", "timestamp")
    assert {name: trade[name] for name in same} == {name: listed[name] for name in same}
    assert (trade["id"], trade["amount"], trade["takerOrMaker"]) == (listed["info"]["ticketId"], 0.2, "maker")
    assert trade["id"] != listed["id"] == listed["info"]["id"]


async def test_ccxt_watches_balances(served: AsyncServed, exchange: Any) -> None:
    """What an order locks; of a frame with several assets it reads the first alone."""
    exchange.options["watchBalance"]["awaitBalanceSnapshot"] = True
    seen = await begin_private(exchange, exchange.watch_balance)
    created = await exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
    balance = await seen
    assert balance["USD"] == {"free": 998_100, "used": 1_900, "total": 1_000_000}
    assert balance["ETH"]["total"] == 1_000
    seen = asyncio.ensure_future(exchange.watch_balance())
    await asyncio.sleep(0)
    served.control.fill(created["id"])
    balance = await seen
    assert balance["USD"] == {"free": 998_100, "used": 0, "total": 998_100}
    assert [row["a"] for row in balance["info"]["B"]] == ["USD", "ETH"]
    assert balance["ETH"]["total"] == 1_000
    assert served.control.balance("ETH").total == 1_001


async def test_ccxt_watches_a_book(served: AsyncServed, exchange: Any, clock: Clock) -> None:
    """The book at once, and each change of it."""
    served.control.counter_order("ETHUSD", "SELL", "2", "2000", now=exchange.milliseconds())
    book = await exchange.watch_order_book("ETH/USD")
    assert (book["bids"], book["asks"]) == ([], [[2000, 2]])
    seen = asyncio.ensure_future(exchange.watch_order_book("ETH/USD"))
    clock.ahead = 300
    await exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
    book = await seen
    assert (book["bids"], book["asks"]) == ([[1900, 1]], [[2000, 2]])


async def test_ccxt_watches_trades_and_tickers(served: AsyncServed, exchange: Any) -> None:
    """The last trades and those that follow, and a ticker that follows them."""
    now = exchange.milliseconds()
    served.control.trade("ETHUSD", "0.5", "1900", now=now)
    trades = await exchange.watch_trades("ETH/USD")
    assert [(trade["price"], trade["side"]) for trade in trades] == [(1900, "buy")]
    ticker = await exchange.watch_ticker("ETH/USD")
    assert (ticker["symbol"], ticker["last"]) == ("ETH/USD", 1900)
    seen = asyncio.gather(exchange.watch_trades("ETH/USD"), exchange.watch_ticker("ETH/USD"))
    await asyncio.sleep(0)
    served.control.trade("ETHUSD", "0.25", "1910", "SELL", now=now)
    trades, ticker = await seen
    assert [(trade["price"], trade["amount"], trade["side"]) for trade in trades][-1] == (1910, 0.25, "sell")
    assert (ticker["last"], ticker["high"], ticker["baseVolume"]) == (1910, 1910, 0.75)
