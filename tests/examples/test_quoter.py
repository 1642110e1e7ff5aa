"""The example quoter in process, at three venues by one string: it quotes, counts fills, leaves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import hk_adapter as hk
from tests.conformance.skerry import plugin
from tests.conformance.skerry.installing import install_simulator
from tests.conformance.skerry.simulator import SkerryVenue
from tests.examples.quoters import quoter

VENUES = ["hashkey", "skerry", "ccxt:hashkey"]


@pytest.fixture(autouse=True)
def skerry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the example venue be there, with its simulator."""
    install_simulator(tmp_path, monkeypatch)
    hk.register_venue("skerry", plugin)
    yield
    hk.unregister_venue("skerry")


@asynccontextmanager
async def opened(venue_id: str) -> AsyncIterator[hk.AsyncVenue]:
    """Open a venue's simulator without limits; what is polled there, often."""
    paces = {"rateLimit": 1} if venue_id.startswith("ccxt:") else {}
    async with hk.connect_async(
        venue_id, environment="simulator", budget="unlimited", poll_every=0.005, **paces
    ) as venue:
        yield venue


class Resting(NamedTuple):
    """An order that is truly on the book."""

    id: str
    client_order_id: str | None
    side: str
    price: Decimal


def book(venue: hk.AsyncVenue) -> list[Resting]:
    """Look into the simulator."""
    control: Any = venue.simulator
    if isinstance(control, SkerryVenue):
        rows = [Resting(one.id, one.client_order_id, str(one.side), one.price) for one in control.resting]
    else:
        rows = [
            Resting(one.order_id, one.client_order_id, one.side.lower(), one.price)
            for one in control.orders()
            if one.status in {"NEW", "PARTIALLY_FILLED"}
        ]
    return sorted(rows, key=lambda one: one.price)


@pytest.mark.parametrize("venue_id", VENUES)
def test_it_quotes_both_sides_and_leaves_nothing(venue_id: str) -> None:
    """After each step there are a bid and an ask at its price, and a stranger's order; in the end that one alone."""
    seen: list[list[Decimal]] = []

    def middles(venue: hk.AsyncVenue) -> Iterator[Decimal]:
        for middle in (2000, 2003, 2003):
            yield Decimal(middle)
            seen.append([order.price for order in book(venue)])

    async def run() -> None:
        async with opened(venue_id) as venue:
            await venue.create_order("ETH/USD", "limit", "buy", "1", "1800", client_order_id="manual1")
            await venue.create_order("ETH/USD", "limit", "buy", "1", "1801", client_order_id="quoter-old")
            await quoter.quote(venue, "ETH/USD", middles(venue), 0.01, asyncio.Event())
            assert [order.client_order_id for order in book(venue)] == ["manual1"]

    asyncio.run(run())
    assert seen == [[1800, 1995, 2005], [1800, 1998, 2008], [1800, 1998, 2008]]


@pytest.mark.parametrize("venue_id", VENUES)
def test_a_fill_counts_once(venue_id: str) -> None:
    """Whoever tells it: the watch, or the report of the cancel that came too late for it."""

    def middles(venue: hk.AsyncVenue) -> Iterator[Decimal]:
        yield Decimal(2000)
        control: Any = venue.simulator
        control.fill(book(venue)[0].id, "0.1")
        yield Decimal(2000)
        yield Decimal(2001)

    async def run() -> None:
        async with opened(venue_id) as venue:
            ended = await quoter.quote(venue, "ETH/USD", middles(venue), 0.01, asyncio.Event())
            assert ended.position == Decimal("0.1")
            assert book(venue) == []

    asyncio.run(run())


@pytest.mark.parametrize("venue_id", VENUES)
def test_an_order_that_nobody_answered_for_is_canceled(venue_id: str) -> None:
    """It comes late, the watch tells of it, it is no quote, and so it is not wanted."""

    async def run() -> None:
        async with opened(venue_id) as venue:
            coming: list[asyncio.Future[hk.Order]] = []

            def is_over() -> bool:
                return coming[0].done() and "quoter-late" not in {order.client_order_id for order in book(venue)}

            def middles() -> Iterator[Decimal]:
                yield Decimal(2000)
                late = venue.create_order("ETH/USD", "limit", "buy", "1", "1700", client_order_id="quoter-late")
                coming.append(asyncio.ensure_future(late))
                while not is_over():
                    yield Decimal(2000)

            await quoter.quote(venue, "ETH/USD", middles(), 0.01, asyncio.Event())
            assert (await venue.fetch_order((await coming[0]).id, "ETH/USD")).status == "canceled"

    asyncio.run(run())


def test_a_stop_ends_it() -> None:
    """As Ctrl-C does."""

    async def run() -> None:
        async with opened("hashkey") as venue:
            stop = asyncio.Event()
            stop.set()
            await quoter.quote(venue, "ETH/USD", quoter.walk(Decimal(2000)), 3600, stop)
            assert book(venue) == []

    asyncio.run(run())


@pytest.mark.parametrize(
    ("given", "error"),
    [({"api_key": "nobody", "secret": "s"}, hk.AuthenticationError), ({"symbol": "NOPE/USD"}, hk.BadRequest)],
    ids=["a wrong key", "no such symbol"],
)
def test_what_no_repeat_would_mend_ends_it(given: dict[str, str], error: type[hk.AdapterError]) -> None:
    """Before anything is placed, and not with the same line again and again."""
    symbol = given.pop("symbol", "ETH/USD")

    async def run() -> None:
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited", **given) as venue:
            if "api_key" in given:
                venue.simulator.keys.disable("nobody")
            await quoter.quote(venue, symbol, quoter.walk(Decimal(2000)), 3600, asyncio.Event())

    with pytest.raises(error):
        asyncio.run(run())


def test_a_key_that_is_taken_away_ends_it() -> None:
    """What is open cannot be canceled any more: that is an error, and no quiet end."""

    async def run() -> None:
        async with opened("hashkey") as venue:

            def middles() -> Iterator[Decimal]:
                yield Decimal(2000)
                venue.simulator.keys.disable("simulator-key")
                yield Decimal(2003)

            await quoter.quote(venue, "ETH/USD", middles(), 0.01, asyncio.Event())

    with pytest.raises(hk.AuthenticationError):
        asyncio.run(run())


class Ends:
    """Updates of a watch that ends by an error, as one does whose plugin is broken."""

    async def __aenter__(self) -> Ends:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    def __aiter__(self) -> Ends:
        return self

    async def __anext__(self) -> hk.OrderUpdate:
        raise hk.PluginError("the stream is broken")


def test_a_watch_that_ends_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its error, once everything is canceled."""

    async def run() -> None:
        async with opened("hashkey") as venue:
            monkeypatch.setattr(venue, "watch_orders", lambda symbol: Ends())
            try:
                await quoter.quote(venue, "ETH/USD", quoter.walk(Decimal(2000)), 3600, asyncio.Event())
            finally:
                assert book(venue) == []

    with pytest.raises(hk.PluginError):
        asyncio.run(run())
