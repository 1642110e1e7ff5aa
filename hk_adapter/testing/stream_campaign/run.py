"""Plays scenes and counts what was wrong: the adapter's own stream, with its budget and clock, in virtual time."""

from __future__ import annotations

import logging
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from random import Random

from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.execution.streams.asking import Asking
from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from hk_adapter.execution.streams.keeper import Keeper
from hk_adapter.flow.effects import Sleep
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import OpenedVenue, VenueHooks, VenueSettings
from hk_adapter.model import BalanceUpdate, Order, OrderUpdate, TradeUpdate
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import (
    DEFAULT_API_KEY,
    DEFAULT_SECRET,
    VENUE_ID,
    Limits,
    OrderTruth,
    Simulator,
    SimulatorControl,
)
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.workers import in_workers
from hk_adapter.testing.stream_campaign.balances import BalanceHistory, of_balances
from hk_adapter.testing.stream_campaign.cancels import Canceller
from hk_adapter.testing.stream_campaign.fills import of_fills
from hk_adapter.testing.stream_campaign.life import VenueLife
from hk_adapter.testing.stream_campaign.network import EPOCH, Network
from hk_adapter.testing.stream_campaign.oracle import COLUMNS, of_end, of_sequence
from hk_adapter.testing.stream_campaign.scene import ORDERS, draw
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock

logging.getLogger("hk_adapter").addHandler(logging.NullHandler())  # streams that break have much to warn of

SETTLED = 200.0
"""Seconds after the last order by which everything is to be known: a silent stream, two lists, and look-ups."""
LOOK_EVERY = 0.2
_LARGEST = 25
"""Scenes that a process plays before it reports."""
PATIENCE = 60.0


@dataclass(slots=True)
class StreamResult:
    """Counts over all scenes; ``wrong`` by the columns of the oracle, ``seeds`` of the scenes with anything wrong."""

    orders: int = 0
    untold: int = 0
    """Came and ended while nobody was connected."""
    updates: int = 0
    found: int = 0
    """Updates that the stream did not tell: lists and look-ups did."""
    fills: int = 0
    balances: int = 0
    """Updates of those who watch fills, and balances."""
    openings: int = 0
    queries: int = 0
    bans: int = 0
    cancels: int = 0
    heard: int = 0
    """Cancels whose end the stream alone has proven."""
    wrong: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)

    def add(self, other: StreamResult) -> None:
        """Count in what other scenes came to."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong.update(other.wrong)
        self.seeds += other.seeds

    @property
    def bad(self) -> int:
        """How much was wrong; bans count."""
        return self.wrong.total() + self.bans


_COUNTS = tuple(one.name for one in fields(StreamResult) if one.name not in {"wrong", "seeds"})


def watch_many(orders: int, seed: int, jobs: int = 1) -> StreamResult:
    """Watch at least so many orders, scene by scene from a seed on.

    Equal seeds give equal results, whatever ``jobs`` is: how many processes share the scenes.
    """
    result = StreamResult()
    while result.orders < orders:
        # None has more orders than this: so as many scenes are needed at least.
        scenes = -((result.orders - orders) // ORDERS)
        blocks = [(seed + at, min(_LARGEST, scenes - at)) for at in range(0, scenes, _LARGEST)]
        shared = jobs > 1 and len(blocks) > 1
        for part in in_workers(watch_block, blocks, jobs) if shared else map(watch_block, blocks):
            result.add(part)
        seed += scenes
    return result


def watch_block(block: tuple[int, int]) -> StreamResult:
    """Play the scenes of a first seed and as many as follow it."""
    first, amount = block
    result = StreamResult()
    for seed in range(first, first + amount):
        before = result.bad
        _Scene(seed).play(result)
        if result.bad != before:
            result.seeds.append(seed)
    return result


def watch_again(seed: int) -> tuple[str, StreamResult]:
    """Play one scene again, and tell what happened in it."""
    timeline, result = Timeline(kept=True), StreamResult()
    _Scene(seed, timeline).play(result)
    return timeline.text(), result


def lines_of_watching(result: StreamResult) -> Iterator[str]:
    """Write a result for people."""
    yield f"{result.updates:,} updates, {result.found:,} of them found by asking"
    yield f"{result.fills:,} fills told, {result.balances:,} updates of balances"
    yield f"{result.untold:,} orders came and went while nothing was heard"
    yield f"{result.cancels:,} cancels, {result.heard:,} of them proven by the stream alone"
    yield f"{result.openings:,} connections, {result.queries:,} queries, {result.bans:,} refused by limits"
    for column in COLUMNS:
        yield f"{column:>15}  {result.wrong[column]}"
    if result.seeds:
        yield f"scenes with anything wrong: --replay {', '.join(map(str, result.seeds[:10]))}"


class _Scene:
    def __init__(self, seed: int, timeline: Timeline | None = None) -> None:
        self._seed = seed
        self._timeline = Timeline(kept=False) if timeline is None else timeline
        rng = _random(seed)
        scene = draw(rng)
        self._simulator = Simulator(dialect=scene.dialect, limits=Limits(), keep_requests=0, seed=seed)
        self._control = SimulatorControl(self._simulator)
        self._control.set_fees("0.001", "0.002")
        self._time = VirtualTime()
        self._network = Network(self._simulator, self._time, _random(seed + 1), scene.lost)
        self._life = VenueLife(self._simulator, scene, rng, self._network.timestamp, self._note)
        venue = open_venue(VenueSettings(venue_id=VENUE_ID, environment="simulator"))
        hooks, looks = _core_of(venue)
        asking = Asking(hooks=hooks, venue_id=VENUE_ID, place=None, timeout=10.0)
        self._keeper = Keeper(asking, PATIENCE, looks)
        self._canceller = Canceller(hooks, self._life.placed, _random(seed + 3), self._truth)
        self._runner = VirtualRunner(self._runtime(venue), self._network, self._time, LOOK_EVERY)
        self._fills, self._balances = FillWatcher(), BalanceWatcher()
        self._told_fills: list[tuple[int, TradeUpdate]] = []
        self._told_balances: list[BalanceUpdate] = []
        self._is_lossy = bool(scene.disturbed or scene.lost)
        self._fills_since: int | None = None
        self._held = BalanceHistory(self._simulator.account)
        self._simulator.streams.on_flush = self._network.on_answer = self._held.note
        self._told: defaultdict[str, list[Order]] = defaultdict(list)
        self._result = StreamResult()
        self._is_over = self._has_stopped = False

    def play(self, result: StreamResult) -> None:
        self._result = result
        consumer = Consumer()
        for one in (consumer, self._fills, self._balances):
            self._keeper.feed.join(one)
        told = (self._consume(consumer), self._consume_fills(), self._consume_balances())
        story = self._runner._side_by_side((self._keep(), *told, self._live(), self._canceller.go_on()))
        while not self._is_over:
            self._time.jump(next(story))
        story.close()
        self._judge()

    def _runtime(self, venue: OpenedVenue) -> Runtime:
        clock = VenueClock(self._time.monotonic, lambda: EPOCH + self._time.now)
        return Runtime(
            prepare=RequestBuilder(venue, HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET), clock),
            clock=clock,
            admission=RateBudget(venue.limits),
            liveness=Liveness(),
            rng=_random(self._seed + 2),
        )

    def _note(self, line: str) -> None:
        self._timeline.add(self._time.now, line)

    async def _keep(self) -> None:
        self._has_stopped = False
        try:
            await self._keeper.run()
        finally:
            self._has_stopped = not self._is_over

    async def _consume(self, consumer: Consumer) -> None:
        while (update := await consumer.next()) is not None:
            self._result.updates += 1
            self._result.found += not update.live
            self._told[update.order.id or ""].append(update.order)
            if self._timeline.kept:
                self._tell(update)

    async def _consume_fills(self) -> None:
        await self._fills.caught_up(math.inf)
        self._fills_since = self._network.timestamp()
        while (update := await self._fills.next()) is not None:
            self._told_fills.append((self._network.timestamp(), update))
            trade, by = update.trade, "live" if update.live else "found by asking"
            self._note(f"told of fill {trade.id} of {trade.order_id}: {trade.amount}; {by}")

    async def _consume_balances(self) -> None:
        while (update := await self._balances.next()) is not None:
            self._told_balances.append(update)
            shown = {name: update.balances.by_currency.get(name) for name in sorted(update.changed)}
            self._note(f"told of balances: {shown}; {'live' if update.live else 'found by asking'}")

    def _tell(self, update: OrderUpdate) -> None:
        order = update.order
        by = "live" if update.live else "found by asking"
        self._timeline.add(self._time.now, f"told of {order.id}: {order.status}, filled {order.filled}; {by}")

    async def _live(self) -> None:
        await self._life.go_on(self._seed)
        self._network.lost = 0.0
        await Sleep(SETTLED)
        self._is_over = True

    def _truth(self, order_id: str) -> OrderTruth:
        self._control.advance(self._network.timestamp())
        return self._control.truth(order_id)

    def _judge(self) -> None:
        result = self._result
        self._control.advance(self._network.timestamp())
        for order_id in self._life.placed:
            told, truth = self._told.get(order_id, []), self._control.truth(order_id)
            wrong = of_sequence(told)
            if self._timeline.kept:
                self._timeline.add(self._time.now, f"truth of {order_id}: {truth.status}, filled {truth.filled}")
            wrong += of_end(told[-1] if told else None, truth, self._control.fills(order_id))
            result.wrong.update(wrong)
            if wrong:
                self._timeline.add(self._time.now, f"wrong with {order_id}: {', '.join(wrong)}")
            result.untold += not told
        self._judge_fills_and_balances()
        result.wrong["stopped"] += self._has_stopped
        result.wrong["wrong cancel"] += self._canceller.wrong
        result.cancels += self._canceller.number
        result.heard += self._canceller.heard
        result.orders += len(self._life.placed)
        result.openings += self._network.carried["open"]
        result.queries += self._network.carried["GET"]
        bans = self._control.bans
        result.bans += bans.queries_refused + bans.orders_refused

    def _judge_fills_and_balances(self) -> None:
        result = self._result
        fills = [fill for order_id in self._life.placed for fill in self._control.fills(order_id)]
        self._held.note()
        wrong = of_fills(self._told_fills, fills, self._fills_since, None if self._is_lossy else self._network.opened)
        wrong += of_balances(self._told_balances, self._held.by_asset)
        result.wrong.update(wrong)
        if wrong:
            self._note(f"wrong with fills and balances: {', '.join(wrong)}")
        result.fills += len(self._told_fills)
        result.balances += len(self._told_balances)


def _core_of(venue: OpenedVenue) -> tuple[VenueHooks, SharedLookups]:
    looks = SharedLookups()
    core = Core(looks, limits=venue.limits)
    hooks = venue_hooks(venue_manager(venue, core))
    core.attach(hooks)
    return hooks, looks


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the whole point is that it repeats
