"""The keeper of market data and HashKey's simulator in virtual time: whatever happens, and what was true when."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

from hk_adapter.execution.streams.market.consumer import BookConsumer, MarketConsumer, TickerConsumer, TradesConsumer
from hk_adapter.execution.streams.market.keeper import MarketKeeper
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import MarketStreamPlan, MarketStreamRequest, OrderBook
from hk_adapter.simulator import Simulator, SimulatorControl
from hk_adapter.testing.stream_campaign.network import EPOCH, Network
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import SIMULATOR_ORIGIN, SITES

SYMBOL, WORD = "ETH/USD", "ETHUSD"
Sides = tuple[tuple[tuple[Decimal, Decimal], ...], tuple[tuple[Decimal, Decimal], ...]]


@dataclass
class Told:
    """What a consumer was offered, what it would fold included."""

    consumer: MarketConsumer
    updates: list = field(default_factory=list)

    def __post_init__(self) -> None:
        self.consumer.offer = self.updates.append


class Stage:
    """One venue, one stream, and those who watch. ``seed`` decides chance; ``delay`` is how late frames come, in ms."""

    def __init__(self, seed: int = 1, look_every: float = 0.02) -> None:
        self.time = VirtualTime(100.0)
        self.simulator = Simulator(seed=seed)
        self.control = SimulatorControl(self.simulator)
        self.network = Network(self.simulator, self.time, random.Random(seed), 0.0)
        self.keeper = MarketKeeper(self)
        self.truth: list[tuple[int, Sides]] = [(0, ((), ()))]
        self.ended: Exception | None = None
        runtime = Runtime(
            prepare=lambda call: None,
            clock=VenueClock(self.time.monotonic, lambda: EPOCH + self.time.now),
            admission=RateBudget({}),
            liveness=Liveness(),
            rng=random.Random(seed),
        )
        self.runner = VirtualRunner(runtime, self.network, self.time, look_every)
        self._venue = HashKeyVenue(SITES["hk"], SIMULATOR_ORIGIN)
        self._story = self.runner._drive(self.keeper.run())

    async def open_market_stream(self) -> MarketStreamPlan:
        """Ask for a plan."""
        return await self._venue.open_market_stream(MarketStreamRequest())

    @property
    def now(self) -> int:
        """The venue's time in ms."""
        return self.network.timestamp()

    def watch(self, kind: str, symbol: str = SYMBOL) -> Told:
        """Let somebody in."""
        make = {"book": BookConsumer, "trades": TradesConsumer, "ticker": TickerConsumer}[kind]
        told = Told(make(symbol))
        self.keeper.feed.join(told.consumer)
        return told

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until = self.time.now + seconds
        while self.ended is None:
            try:
                when = next(self._story)
            except Exception as error:  # noqa: BLE001 - told to the test
                self.ended = error
                break
            if when > until:
                break
            self.time.jump(when)
        self.time.jump(until)

    def finish(self) -> None:
        """Abandon it, as the last one who leaves does."""
        self._story.close()
        self.runner.run(self.keeper.finish())

    def rest(self, side: str, amount: str, price: str) -> str:
        """Let an order of others rest, or trade."""
        order = self.control.counter_order(WORD, side, amount, price, now=self.now)
        self._record()
        return order.order_id

    def take_back(self, order_id: str) -> None:
        """Let it go."""
        self.control.cancel(order_id, now=self.now)
        self._record()

    def trade(self, amount: str, price: str, side: str = "BUY") -> None:
        """Let others trade."""
        self.control.trade(WORD, amount, price, side, now=self.now)

    def trades(self) -> list[str]:
        """List the ids of all trades there were."""
        return [trade.ticket_id for trade in self.simulator.venue.book.trades(WORD)]

    def sides(self) -> Sides:
        """Return the book as it is."""
        bids, asks = self.simulator.venue.book.depth(WORD)
        return tuple(bids[:100]), tuple(asks[:100])

    def _record(self) -> None:
        self.truth.append((self.now, self.sides()))

    def was_true(self, book: OrderBook) -> bool:
        """Whether a book is as it was at its own time; in the same ms it may be of before or after."""
        at = book.timestamp or 0
        before = [sides for moment, sides in self.truth if moment < at]
        during = [sides for moment, sides in self.truth if moment == at]
        return shown(book) in [before[-1], *during]


def shown(book: OrderBook) -> Sides:
    """Return what a book shows."""
    return tuple(map(tuple, book.bids)), tuple(map(tuple, book.asks))
