"""Quote two-sided with live orders: a bid and an ask around a moving price, and no order left behind.

Offline, against the venue's simulator: ``python quoter.py hashkey``, ``ccxt:hashkey``, or any other venue that has one.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

import hk_adapter as hk

PREFIX = "quoter-"
"""Begins the client order id of every order of ours: what has it and is no quote, an earlier run has left."""
HOPELESS = (
    hk.ConfigurationError,
    hk.InvalidArgument,
    hk.NotSupported,
    hk.AuthenticationError,
    hk.BadRequest,
    hk.PluginError,
)
"""What no repeat would mend, such as a wrong key, or a symbol that the venue does not have: it ends the quoter."""
Side = Literal["buy", "sell"]


class Quoter:
    """Keeps one order on each side. ``spread``: from the middle to each of them; ``size``: in base currency."""

    def __init__(self, venue: hk.AsyncVenue, symbol: str, size: Decimal, spread: Decimal) -> None:
        self.venue, self.symbol, self.size, self.spread = venue, symbol, size, spread
        self.position = Decimal(0)
        self.changed = asyncio.Event()
        self._quotes: dict[Side, hk.Order] = {}
        self._open: dict[str | None, hk.Order] = {}
        self._ended: deque[str | None] = deque(maxlen=1000)
        self._filled: dict[str | None, Decimal] = {}

    async def watch(self, updates: AsyncIterator[hk.OrderUpdate]) -> None:
        """Learn of every order of ours as it is told."""
        async for update in updates:
            if (update.order.client_order_id or "").startswith(PREFIX):
                self._learn(update.order)

    def _learn(self, order: hk.Order) -> None:
        before = self._filled.get(order.id, Decimal(0))
        if (filled := order.filled or Decimal(0)) > before:  # whoever tells it first: what is filled only grows
            self._filled[order.id] = filled
            self.position += filled - before if order.side == "buy" else before - filled
            print(f"{order.side} {filled - before} filled, position {self.position}")
        if order.status is not None and order.status.final:  # it makes room for the next one
            self._open.pop(order.id, None)
            self._ended.append(order.id)
            self.changed.set()
        elif order.id not in self._ended:
            self._open[order.id] = order

    async def step(self, middle: Decimal) -> None:
        """Cancel what is not wanted any more, with proof, and only then place what is missing."""
        wanted: dict[Side, Decimal] = {"buy": middle - self.spread, "sell": middle + self.spread}
        if not await self.keep(wanted):
            return  # one of them may still trade: nothing is placed beside it
        for side, price in wanted.items():
            if side not in self._quotes:
                await self._place(side, price)

    async def keep(self, wanted: Mapping[Side, Decimal]) -> bool:
        """Cancel all orders of ours but the quotes at these prices; return whether each is proven off the book."""
        self._forget_ended()
        kept = {one.id for side, one in self._quotes.items() if one.price == wanted.get(side)}
        ours = {one.id for one in (*self._open.values(), *self._quotes.values())}
        reports = await self.venue.cancel_orders([one for one in ours - kept if one is not None], self.symbol)
        for report in reports:
            if report.final and report.order is not None:
                self._learn(report.order)
            elif isinstance(report.error, HOPELESS):
                raise report.error
        self._forget_ended()
        return all(report.final for report in reports)

    def _forget_ended(self) -> None:
        self._quotes = {side: one for side, one in self._quotes.items() if one.id not in self._ended}

    async def _place(self, side: Side, price: Decimal) -> None:
        name = PREFIX + secrets.token_hex(8)
        try:
            order = await self.venue.create_order(self.symbol, "limit", side, self.size, price, client_order_id=name)
        except hk.AdapterError as error:  # if it is there all the same, the watch tells, and it is canceled
            print(f"{side} at {price} not placed: {type(error).__name__}")
        else:
            self._quotes[side] = order.replace(price=price)


async def clean(venue: hk.AsyncVenue, symbol: str) -> None:
    """Cancel all orders of ours, and come back when each is proven off the book. Raises what no repeat would mend."""
    while True:
        try:
            reports = await venue.cancel_all_orders(symbol, client_id_prefix=PREFIX)
        except HOPELESS:
            raise
        except hk.AdapterError as error:
            print(f"what is open could not be listed: {error}")
            await asyncio.sleep(error.retry_after or 1)
            continue
        if all(report.final for report in reports):
            print(f"{len(reports)} orders canceled, none is left")
            return
        for report in reports:
            if not report.final and isinstance(report.error, HOPELESS):
                raise report.error


async def quote(
    venue: hk.AsyncVenue, symbol: str, middles: Iterable[Decimal], every: float, stop: asyncio.Event
) -> Quoter:
    """Quote around one price after another, each for so many seconds or until a quote ends; leave nothing behind."""
    await clean(venue, symbol)
    quoter = Quoter(venue, symbol, size=Decimal("0.1"), spread=Decimal(5))
    async with venue.watch_orders(symbol) as updates:
        watching = asyncio.ensure_future(quoter.watch(updates))
        try:
            for middle in middles:
                quoter.changed.clear()
                await quoter.step(middle)
                waits = [asyncio.ensure_future(event.wait()) for event in (quoter.changed, stop)]
                await asyncio.wait([watching, *waits], timeout=every, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
                if stop.is_set() or watching.done():
                    break
        finally:
            watching.cancel()
            while not await quoter.keep({}):
                print("one of them may still trade, and is canceled again")
            await clean(venue, symbol)
    await asyncio.wait([watching])
    if not watching.cancelled():
        watching.result()  # the watch ended by itself: raises why
    return quoter


def walk(start: Decimal) -> Iterator[Decimal]:
    """Walk at random: here goes the middle of your order book, or what your model says."""
    while True:
        yield start
        start += Decimal(random.randint(-2, 2))  # noqa: S311 - nothing secret


async def main(words: Sequence[str] | None = None) -> None:
    """Quote until Ctrl-C, SIGTERM, or for so many seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("venue", help="such as hashkey, or ccxt:hashkey")
    parser.add_argument("--symbol", default="ETH/USD")
    parser.add_argument("--environment", default="simulator", choices=["production", "sandbox", "simulator"])
    parser.add_argument("--base-url", help="where a simulator is served")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two prices")
    parser.add_argument("--seconds", type=float, help="how long; without it until it is stopped")
    given = parser.parse_args(words)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def stopped(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # a second one ends it at once; what is left the next start cancels
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)
    if given.seconds is not None:
        loop.call_later(given.seconds, stop.set)
    async with hk.connect_async(given.venue, environment=given.environment, base_url=given.base_url) as venue:
        await quote(venue, given.symbol, walk(Decimal(2000)), given.every, stop)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except hk.AdapterError as fault:
        sys.exit(f"{type(fault).__name__}: {fault}")
