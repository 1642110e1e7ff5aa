"""ccxt.pro's class of an exchange, without a way to the network of its own: the connection asks, and opens sockets.

It signs with the key of the bridge's exchange, and paces and reads its requests by that one, so that both together keep
within the exchange's limits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, cast

from hk_adapter.hooks.hints import Ways
from hk_adapter.venues.ccxt_bridge.call_record import CallRecord, RecordedFlow, current, noting

_MARKETS = (
    "markets",
    "markets_by_id",
    "currencies",
    "currencies_by_id",
    "baseCurrencies",
    "quoteCurrencies",
    "symbols",
    "ids",
    "codes",
)
_KEYS = ("apiKey", "secret")
"""What the bridge's exchange is given after it was configured."""


def make_pro_exchange(kind: type[Any], config: dict[str, Any]) -> Any:
    """Make an exchange of one of ``ccxt.pro``'s classes; ``attach`` it before its first use."""
    return type(kind.__name__, (ProExchange, kind), {})(config)


class ProExchange:
    """Stands before ccxt.pro's class."""

    _ways: Ways
    _asks: Any

    def attach(self, asks: Any, ways: Ways) -> None:
        """Have it ask as the bridge's exchange ``asks``, by these ways, in the running loop."""
        own = cast("Any", self)
        self._ways, self._asks = ways, asks
        for name in _KEYS:
            setattr(own, name, getattr(asks, name))
        own.own_session, own.session, own.timeout_on_exit = False, _Session(ways), 0
        own.enableRateLimit = True  # so that throttle() is awaited before each request is signed
        own.asyncio_loop = own.throttler.loop = TrackedLoop(asyncio.get_running_loop())

    def open(self, lazy: bool = False) -> None:
        """Open nothing: there is no session but the connection's."""

    async def detach(self) -> None:
        """Close what it has open, and end what it has begun."""
        own = cast("Any", self)
        loop: TrackedLoop = own.asyncio_loop
        try:
            await own.close()
        finally:
            await loop.end()

    async def fetch2(self, *arguments: Any, **keywords: Any) -> Any:
        """Ask once, as ccxt does; its pace and its time are noted apart from all others."""
        with noting(CallRecord()):
            return await super().fetch2(*arguments, **keywords)  # type: ignore[misc]

    async def throttle(self, cost: float | None = None) -> None:
        """Wait for the rate limit that the bridge's exchange keeps."""
        await self._ways.ask(RecordedFlow(self._asks.throttle(cost), current()))

    async def fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        """Send one signed request, as the bridge's exchange does."""
        return await self._ways.ask(RecordedFlow(self._asks.fetch(url, method, headers, body), current()))

    async def load_markets(self, reload: bool = False, params: Any = None) -> Any:
        """Load the markets: those that the bridge's exchange has."""
        own = cast("Any", self)
        if not own.markets:
            await self._ways.ask(RecordedFlow(self._asks.load_markets(), CallRecord()))
            for name in _MARKETS:
                setattr(own, name, getattr(self._asks, name, None))
        return own.markets

    def milliseconds(self) -> int:
        """Return the venue's time, in ms, at which the running request is signed; between requests, the machine's."""
        record = current()
        return record.now if record is not None and record.now else int(super().milliseconds())  # type: ignore[misc]

    def client(self, url: str) -> Any:
        """Return what ccxt.pro keeps of one connection; the loop shows no error of it that nobody waits for."""
        client = super().client(url)  # type: ignore[misc]
        if "future" not in vars(client):
            client.future = partial(_quiet, client.future)
        return client

    def spawn(self, method: Any, *arguments: Any) -> Any:
        """Begin a task, of which the same holds: an error may name a listen key."""
        future = super().spawn(method, *arguments)  # type: ignore[misc]
        future.add_done_callback(_retrieve)
        return future

    def __del__(self) -> None:
        """Leave alone what it had open: that is the connection's."""


class TrackedLoop:
    """Stands for the event loop in ccxt.pro, which ends none of its tasks and timers: these are known here."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks = set[asyncio.Task[Any]]()
        self._timers: list[asyncio.TimerHandle] = []
        self._ended = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def create_task(self, coroutine: Coroutine[Any, Any, Any], **options: Any) -> asyncio.Task[Any]:
        """As the loop's own."""
        task = self._loop.create_task(coroutine, **options)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        if self._ended:
            task.cancel()
        return task

    def call_later(self, delay: float, callback: Any, *arguments: Any, **options: Any) -> asyncio.TimerHandle:
        """As the loop's own; of one that has ended nothing is called any more."""
        timer = self._loop.call_later(delay, self._call, callback, *arguments, **options)
        now = self._loop.time()
        self._timers = [one for one in self._timers if one.when() > now and not one.cancelled()]
        self._timers.append(timer)
        return timer

    def _call(self, callback: Any, *arguments: Any) -> None:
        if not self._ended:
            callback(*arguments)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        _retrieve(task)

    async def end(self) -> None:
        """End all of them."""
        self._ended = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        while tasks := [task for task in self._tasks if task is not asyncio.current_task()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


class _Session:
    """Stands for aiohttp's session where ccxt.pro opens a socket; it has nothing else of one."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    def ws_connect(self, url: str, **options: Any) -> _Opening:
        return _Opening(self._ways, url, options)


class _Opening:
    def __init__(self, ways: Ways, url: str, options: dict[str, Any]) -> None:
        self._ways = ways
        self._url = url
        self._options = {
            name: options[name] for name in ("headers", "compress", "autoping", "autoclose") if name in options
        }

    async def __aenter__(self) -> Any:
        return await self._ways.open_socket(self._url, **self._options)


def _quiet(make: Callable[[str], asyncio.Future[Any]], message_hash: str) -> asyncio.Future[Any]:
    future = make(message_hash)
    future.remove_done_callback(_retrieve)  # it may be one that was made before
    future.add_done_callback(_retrieve)
    return future


def _retrieve(future: asyncio.Future[Any]) -> None:
    with suppress(asyncio.CancelledError):
        future.exception()
