"""An hour with fifty reconnects: what is held between the tenth and the fiftieth stays the same."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
import urllib.parse
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random
from types import CoroutineType, FrameType, GeneratorType
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.execution.streams import reopening
from hk_adapter.execution.streams.asking import Asking
from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from hk_adapter.execution.streams.keeper import Keeper
from hk_adapter.execution.streams.waiting import Waiting
from hk_adapter.flow.effects import Sleep
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import VenueSettings
from hk_adapter.model import decimals
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, VENUE_ID, Simulator, SimulatorControl, serve
from hk_adapter.simulator.exchange.markets import MARKETS
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.simulator.server import Served
from hk_adapter.testing.stream_campaign.network import EPOCH, Network
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue.watch import AsyncWatch

OURS = Path(hk.__file__).parent
STAGE = ("simulator", "testing")
"""The venue remembers what was, and the stage is a test's: neither is weighed."""
BETWEEN = 72.0
"""Seconds from one reconnect to the next: fifty in an hour."""
FIRST, LAST = 10, 50
FILES = Path("/proc/self/fd")
CLOSING = 4
"""What may be on its way out still, on either side of the sockets; forty would be left of forty reconnects."""


class Hour:
    """A watch of orders, fills and balances of three open orders at the simulator, in virtual time.

    Attributes:
        held: at the first and the last reconnect that is looked at: bytes allocated by this package's own code, and
            how many of its objects and of the interpreter's flows there are, by class.
    """

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.simulator = Simulator(limits=None, keep_requests=0)
        self.control = SimulatorControl(self.simulator)
        self.network = Network(self.simulator, self.time, Random(1), lost=0.0)
        venue = open_venue(VenueSettings(venue_id=VENUE_ID, environment="simulator"))
        looks = SharedLookups()
        core = Core(looks, limits=venue.limits)
        hooks = venue_hooks(venue_manager(venue, core))
        core.attach(hooks)
        clock = VenueClock(self.time.monotonic, lambda: EPOCH + self.time.now)
        runtime = Runtime(
            prepare=RequestBuilder(venue, HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET), clock),
            clock=clock,
            admission=RateBudget({}),
            liveness=Liveness(),
            rng=Random(2),
        )
        self.runner = VirtualRunner(runtime, self.network, self.time, look_every=0.5)
        self.keeper = Keeper(Asking(hooks=hooks, venue_id=VENUE_ID, place=None, timeout=10.0), looks=looks)
        self.told: Counter[str] = Counter()
        self.held: list[tuple[int, Counter[str]]] = []

    def pass_by(self) -> None:
        """Let it pass, and close what is open."""
        consumers: list[Waiting[Any]] = [Consumer(), FillWatcher(), BalanceWatcher()]
        for consumer in consumers:
            self.keeper.feed.join(consumer)
        flows = (self.keeper.run(), *map(self.consume, consumers))
        keeping = self.runner._side_by_side(flows)
        living = self.runner._drive(self.live())
        self.place_orders()
        whens = {keeping: 0.0, living: 0.0}
        try:
            while True:
                story = min(whens, key=lambda one: whens[one])
                self.time.jump(whens[story])
                whens[story] = next(story)
        except StopIteration:
            pass
        keeping.close()
        self.runner.run(self.keeper.finish())

    async def consume(self, consumer: Waiting[Any]) -> None:
        """Take each update, and drop it."""
        while await consumer.next() is not None:
            self.told[type(consumer).__name__] += 1

    async def live(self) -> None:
        """Break the stream fifty times, with and without its key, and change what is free at each."""
        for number in range(1, LAST + 1):
            await Sleep(BETWEEN / 2)
            now = self.network.timestamp()
            self.control.streams.restart(keys_survive=number % 2 == 0, now=now)
            self.control.deposit("USD", 1)
            await Sleep(BETWEEN / 2)
            self.control.deposit("USD", 1)
            self.control.advance(self.network.timestamp())
            if number in (FIRST, LAST):
                self.held.append(weigh())

    def place_orders(self) -> None:
        """Place three orders that rest, one of them filled in part."""
        now = self.network.timestamp()
        for number in range(3):
            terms = OrderTerms(
                market=MARKETS["ETHUSD"],
                side="BUY",
                type="LIMIT",
                time_in_force="GTC",
                stp_mode="EXPIRE_TAKER",
                price=Decimal(1900),
                amount=Decimal(1),
            )
            with self.simulator.at(now):
                order = self.simulator.venue.intake.place(self.simulator.account, terms, None, now)
            if number == 0:
                self.control.fill(order.order_id, "0.4", now=now)


def weigh() -> tuple[int, Counter[str]]:
    """Count what there is."""
    urllib.parse.clear_cache()  # type: ignore[attr-defined]  # as the next one, bounded, and not full yet
    decimals.plain_number.cache_clear()
    gc.collect()
    stage = [tracemalloc.Filter(False, str(OURS / room / "*")) for room in STAGE]
    snapshot = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, str(OURS / "*")), *stage])
    kinds = (CoroutineType, GeneratorType, FrameType)
    objects = Counter(type(one).__qualname__ for one in gc.get_objects() if isinstance(one, kinds) or _is_ours(one))
    return sum(one.size for one in snapshot.statistics("filename")), objects


def _is_ours(one: object) -> bool:
    rooms = type(one).__module__.split(".")
    return rooms[0] == "hk_adapter" and rooms[1] not in STAGE


def test_an_hour_with_fifty_reconnects_takes_no_memory():
    """Neither bytes nor objects, flows or connections: as many at the fiftieth as at the tenth."""
    hour = Hour()
    tracemalloc.start()
    try:
        hour.pass_by()
    finally:
        tracemalloc.stop()
    assert hour.time.now >= LAST * BETWEEN
    assert hour.network.carried["open"] > LAST
    assert hour.told["BalanceWatcher"] > LAST
    (bytes_at_first, at_first), (bytes_at_last, at_last) = hour.held
    assert at_last - at_first == Counter()
    assert bytes_at_last <= bytes_at_first + 4096
    assert hour.control.streams.connections == []


@pytest.mark.skipif(not FILES.exists(), reason="no list of open files")
def test_fifty_reconnects_leave_no_task_and_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over real sockets, one after the other as fast as they come."""
    monkeypatch.setattr(reopening, "FIRST_PAUSE", 0.0)

    async def run(served: Served) -> None:
        kept: list[tuple[int, int]] = []
        async with (
            hk.connect_async("hashkey", environment="simulator", base_url=served.url, budget="unlimited") as venue,
            venue.watch_balance() as updates,
        ):
            await anext(updates)
            for number in range(1, LAST + 1):
                served.control.streams.restart(keys_survive=number % 2 == 0)
                served.control.deposit("USD", 1)
                while (await anext(updates)).balances["USD"].free != 1_000_000 + number:
                    pass
                if number in (FIRST, LAST):
                    await settled(served, updates)
                    gc.collect()
                    kept.append((len(asyncio.all_tasks()), len(list(FILES.iterdir()))))
        first, last = kept
        assert all(after <= before + CLOSING for before, after in zip(first, last, strict=True))

    with serve() as served:
        asyncio.run(run(served))
        assert served.control.streams.connections == []


async def settled(served: Served, updates: AsyncWatch[Any]) -> None:
    """Wait until one connection is open, and live."""
    while not (updates.is_live and len(served.control.streams.connections) == 1):
        await asyncio.sleep(0.001)
