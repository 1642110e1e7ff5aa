"""Cancels by the hundred a second at a simulated venue without limits, in virtual time, with a stream or without."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core, report_cancel
from hk_adapter.flow.effects import Sleep
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import VenueHooks, VenueSettings
from hk_adapter.model import CancelReport, CancelRequest, Operation
from hk_adapter.record import Record
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, VENUE_ID, Simulator
from hk_adapter.simulator.exchange.markets import MARKETS
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.testing.campaign.beside import TimeBeside
from hk_adapter.testing.campaign.listening import keeper_of
from hk_adapter.testing.stream_campaign.network import EPOCH, Network
from hk_adapter.testing.virtual_time import VirtualRunner
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock

_BEFORE = 2.0
"""Seconds in which the stream is opened."""
_TIMEOUT = 10.0


class Rush(Record, frozen=True, kw_only=True):
    """What it came to.

    Attributes:
        reports: one of each cancel.
        sends: cancels that went out.
        queries: questions about orders, lists included.
        took: virtual seconds until the last report.
    """

    reports: Sequence[CancelReport]
    sends: int
    queries: int
    took: float


def rush(each_second: int, seconds: int, *, listens: bool) -> Rush:
    """Cancel so many orders each second for so many seconds; ``listens`` keeps the account's stream open meanwhile."""
    time = TimeBeside(-_BEFORE)
    simulator = Simulator(limits=None, keep_requests=0)
    network = Network(simulator, time, Random(1), lost=0.0)  # noqa: S311 - it repeats
    venue = open_venue(VenueSettings(venue_id=VENUE_ID, environment="simulator"))
    looks = SharedLookups()
    core = Core(looks, limits=venue.limits)
    hooks = venue_hooks(venue_manager(venue, core))
    core.attach(hooks)
    clock = VenueClock(time.monotonic, lambda: EPOCH + time.now)
    runtime = Runtime(
        prepare=RequestBuilder(venue, HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET), clock),
        clock=clock,
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=Random(2),  # noqa: S311 - as above
    )
    runner = VirtualRunner(runtime, network, time)
    if listens:
        time.play(runner._drive(keeper_of(hooks, looks).run()))
    time.jump(0.0)
    placed = _placed(simulator, each_second * seconds, network.timestamp())
    network.carried.clear()
    reports = runner.run_all(_cancel(hooks, order, number / each_second) for number, order in enumerate(placed))
    time.close()
    return Rush(reports=reports, sends=network.carried["DELETE"], queries=network.carried["GET"], took=time.now)


async def _cancel(hooks: VenueHooks, order_id: str, begins: float) -> CancelReport:
    await Sleep(begins)
    operation = Operation(name="cancel_order", request=CancelRequest(order_id=order_id), timeout=_TIMEOUT)
    return await report_cancel(hooks, operation, VENUE_ID)


def _placed(simulator: Simulator, number: int, now: int) -> list[str]:
    """Place orders that rest on the book; return their ids."""
    terms = OrderTerms(
        market=MARKETS["ETHUSD"],
        side="BUY",
        type="LIMIT",
        time_in_force="GTC",
        stp_mode="EXPIRE_TAKER",
        price=Decimal(1000),
        amount=Decimal("0.01"),
    )
    with simulator.at(now):
        place = simulator.venue.intake.place
        return [place(simulator.account, terms, None, now).order_id for _ in range(number)]
