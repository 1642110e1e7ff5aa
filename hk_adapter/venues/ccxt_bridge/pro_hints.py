"""What ccxt.pro hears of an account, as hints: which orders to ask about, and never how they stand.

Its rows are one object for each order, changed in place; it folds two frames into one row, and reads the first event of
some frames only. So nothing of a row is believed but the names in it, and the venue is asked.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.flow.log_line import Lines
from hk_adapter.hooks.hints import About, Hint, Wanted, Ways
from hk_adapter.venues.ccxt_bridge.config import stream_hosts_of

_LOG = Lines("hk_adapter.streams")

METHODS = {
    About.ORDERS: ("watchOrders", "watch_orders"),
    About.FILLS: ("watchMyTrades", "watch_my_trades"),
    About.BALANCE: ("watchBalance", "watch_balance"),
}
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds before what has failed is tried again, the first time and at the most."""
MOST_FAILURES = 3
"""So many times in a row, then the exchange is made anew: ccxt.pro may keep a listen key that is none any more."""
MOST_BREAKS = 3
"""Exchanges of which a watch got nothing but errors, and not the network's: then it is not tried any more."""
LASTING = 30.0
"""Seconds after which a watch that had no word, and is lost, has worked all the same."""
RECONNECTED = 2.0
"""Seconds after a watch was begun again, in which it should be: then all is asked for, for nobody listened before."""
QUICK, MOST_QUICK = 0.001, 50
"""A watch that returns within so many seconds may have waited for nothing; so often in a row that is no news."""

Tell = Callable[[Hint], None]
Key = tuple[About, "str | None"]


class ProHints:
    """Listens with ccxt.pro, as far as that can watch what is wanted.

    A watch of ccxt.pro's is never canceled but with its exchange: others may wait for what the canceled one had begun.

    Args:
        make: makes an exchange of ccxt.pro's; None where there is no such exchange.
        asks: the bridge's exchange.
        ways: how to reach the venue.
    """

    def __init__(self, make: Callable[[], Any], asks: Any, ways: Ways) -> None:
        self._make = make
        self._asks = asks
        self._ways = ways
        self._exchange = self._attached()
        self._wanted = Wanted()
        self._changed = asyncio.Event()
        self._broken = Counter[Key]()
        self._heard = self._is_anew = False
        self._timers: list[asyncio.TimerHandle] = []

    @property
    def stream_hosts(self) -> frozenset[str]:
        """As Hints.stream_hosts."""
        return frozenset() if self._exchange is None else stream_hosts_of(self._exchange)

    def want(self, wanted: Wanted) -> None:
        """As Hints.want."""
        self._wanted = wanted
        self._changed.set()

    async def listen(self, tell: Tell) -> None:
        """As Hints.listen."""
        exchanges = 0
        while self.stream_hosts:  # a sandbox may have none
            self._heard = False
            try:
                await self._listen(self._exchange, tell)
            finally:
                for timer in self._timers:
                    timer.cancel()
                await self._exchange.detach()
            self._is_anew = True
            exchanges = 1 if self._heard else exchanges + 1
            await _pause(exchanges)
            self._exchange = self._attached()

    def _attached(self) -> Any:
        exchange = self._make()
        if exchange is not None:
            exchange.attach(self._asks, self._ways)
        return exchange

    async def _listen(self, exchange: Any, tell: Tell) -> None:
        """Watch what is wanted, until a watch has failed too often."""
        tasks: dict[Key, asyncio.Task[None]] = {}
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            while not any(task.done() for task in tasks.values()):
                self._changed.clear()
                for key in self._wanted.of_all - tasks.keys():
                    if exchange.has.get(METHODS[key[0]][0]) and self._broken[key] < MOST_BREAKS:
                        tasks[key] = asyncio.ensure_future(self._watch(exchange, key, tell))
                if changed.done():
                    changed = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait((changed, *tasks.values()), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (changed, *tasks.values()):
                task.cancel()
            await asyncio.wait((changed, *tasks.values()))

    async def _watch(self, exchange: Any, key: Key, tell: Tell) -> None:
        """Watch one thing until it has failed too often in a row."""
        about, symbol = key
        method = getattr(exchange, METHODS[about][1])
        failures = quick = 0
        loop = asyncio.get_running_loop()
        is_broken = False
        while failures < MOST_FAILURES:
            begun = loop.time()
            if failures or self._is_anew:
                self._tell_later(about, tell)
            try:
                rows = await (method() if symbol is None else method(symbol))
            except asyncio.CancelledError:
                # It cancels what waits when it closes a socket of its own accord; we are canceled only as a task.
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise
                failures += 1
            except Exception as error:  # noqa: BLE001 - a fault of ccxt.pro's, whatever it is, costs a hint
                failures += 1
                is_broken = not _may_pass(error)
                _LOG.info("ccxt.pro could not watch %s: %s", about, type(error).__name__)
            else:
                failures, self._heard, self._broken[key] = 0, True, 0
                for hint in hints_in(about, rows):
                    tell(hint)
                quick = quick + 1 if loop.time() - begun < QUICK else 0
            if failures and loop.time() - begun >= LASTING:
                failures, self._heard, self._broken[key] = 1, True, 0
            if failures or quick > MOST_QUICK:
                tell(Hint(about=about))
                await _pause(failures)
        self._broken[key] += is_broken

    def _tell_later(self, about: About, tell: Tell) -> None:
        """Have all asked for as soon as the watch should listen again."""
        loop = asyncio.get_running_loop()
        self._timers = [timer for timer in self._timers if timer.when() > loop.time()]
        self._timers.append(loop.call_later(RECONNECTED, tell, Hint(about=about)))


def _may_pass(error: Exception) -> bool:
    """Whether an error is the network's, or one of ours on the way there, so that another try may end otherwise."""
    import ccxt  # noqa: PLC0415 - here it is imported already

    return isinstance(error, ccxt.NetworkError | AdapterError)


async def _pause(failures: int) -> None:
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 10))
    await asyncio.sleep(longest * (0.5 + random.random() / 2))  # noqa: S311 - no secret


def hints_in(about: About, rows: object) -> Iterable[Hint]:
    """Return what rows of ccxt.pro's hint at: each order that they name, once."""
    if about is About.BALANCE or not isinstance(rows, list):
        return [Hint(about=about)]
    key = "id" if about is About.ORDERS else "order"
    named = {(_text(row, key), _text(row, "symbol")): None for row in list(rows) if isinstance(row, Mapping)}
    return [Hint(about=about, order_id=order_id, symbol=symbol) for order_id, symbol in named]


def _text(row: Mapping[Any, Any], key: str) -> str | None:
    value = row.get(key)
    return value if type(value) is str and value else None
