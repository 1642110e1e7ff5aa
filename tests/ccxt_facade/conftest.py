"""The three classes that a bot can hold, against the simulator over HTTP, so that each promise is kept by all."""

from __future__ import annotations

import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

pytest.importorskip("ccxt")

from hk_adapter.ccxt_facade import register
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.server import Served
from tests.ccxt_facade.lines import Lines

MODULES = ("ccxt", "ccxt.async_support", "ccxt.pro")


@dataclass
class Bot:
    """One ccxt instance. Every call is awaited; behind the blocking class that changes nothing."""

    exchange: Any
    served: Served

    async def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the instance and wait for its result."""
        result = getattr(self.exchange, name)(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    async def cancel(self, *args: Any, **kwargs: Any) -> Any:
        """``cancel_order``."""
        return await self.call("cancel_order", *args, **kwargs)

    async def place(self, symbol: str = "ETH/USD", price: float = 1900, **params: Any) -> str:
        """Let an order to buy 1 rest by ccxt's own call, forget the requests for it, and return its id."""
        created = await self.call("create_order", symbol, "limit", "buy", 1, price, params)
        self.served.control.requests.clear()
        return str(created["id"])

    def sent(self, method: str = "DELETE") -> int:
        """How many requests of a method arrived."""
        return sum(one.method == method for one in self.served.control.requests)

    def fail(self, *args: Any, method: str = "DELETE", **kwargs: Any) -> None:
        """Let the next cancels go wrong."""
        self.served.control.fail_next(*args, method=method, **kwargs)

    def status(self, order_id: str) -> str:
        """How an order truly stands, in the venue's word."""
        return self.served.control.order(order_id).status


MakeBot = Callable[..., Awaitable[Bot]]


@pytest.fixture(scope="session", autouse=True)
def _registered() -> None:
    register()


@pytest.fixture(autouse=True)
def _no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HK_ADAPTER_PROFILE", raising=False)


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> Any:
    """Which module of ccxt the class is taken from."""
    return import_module(str(request.param))


@pytest.fixture
def served() -> Iterator[Served]:
    """A simulator on loopback."""
    with serve() as one:
        yield one


@pytest.fixture
async def make_bot(module: Any, served: Served, serve_lines: object) -> AsyncIterator[MakeBot]:
    """Make instances of the module's class, closed before any server; keywords are ccxt's configuration."""
    bots: list[Bot] = []

    async def make(**config: Any) -> Bot:
        whole = {
            "apiKey": DEFAULT_API_KEY,
            "secret": DEFAULT_SECRET,
            "enableRateLimit": False,
            "timeout": 4000,
            "urls": {"api": {"public": served.url, "private": served.url}},
        }
        bots.append(Bot(module.hkadapter(whole | config), served))
        return bots[-1]

    yield make
    for bot in bots:
        bot.exchange.timeout_on_exit = 0
        if bot.exchange.synchronous:
            bot.exchange.session.close()
        else:
            await bot.exchange.close()


@pytest.fixture
async def bot(make_bot: MakeBot) -> Bot:
    """One instance, its markets loaded."""
    one = await make_bot()
    await one.call("load_markets")
    return one


@pytest.fixture
def serve_lines() -> Iterator[Callable[[Callable[[int], Any]], Lines]]:
    """Start servers that answer by a script, stopped at the end."""
    servers: list[Lines] = []

    def start(answer: Callable[[int], Any]) -> Lines:
        server = Lines(answer)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
