"""With a stream open, cancels by the hundred are confirmed with no query at all: only the network limits them."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core, report_cancel
from hk_adapter.flow.effects import Sleep
from hk_adapter.flow.runtime import Station
from hk_adapter.hooks import VenueSettings
from hk_adapter.model import CancelOutcome, CancelRequest, Evidence, Operation
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, VENUE_ID, Simulator
from hk_adapter.simulator.exchange.markets import MARKETS
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.testing.campaign.beside import TimeBeside
from hk_adapter.testing.campaign.listening import keeper_of
from hk_adapter.testing.stream_campaign.network import EPOCH, Network
from hk_adapter.testing.virtual_time import VirtualRunner
from hk_adapter.transport.liveness import Line
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.request_builder import Outgoing
from hk_adapter.transport.venue_clock import VenueClock

EACH_SECOND, SECONDS = 200, 2


class Desk:
    """A venue without limits, its stream open, and what cancels there."""

    def __init__(self, *, listens: bool) -> None:
        self.time = TimeBeside(-2.0)
        self.simulator = Simulator(limits=None, keep_requests=0)
        self.network = Network(self.simulator, self.time, Random(1), lost=0.0)
        venue = open_venue(VenueSettings(venue_id=VENUE_ID, environment="simulator"))
        looks = SharedLookups()
        core = Core(looks, limits=venue.limits)
        self.hooks = venue_hooks(venue_manager(venue, core))
        core.attach(self.hooks)
        clock = VenueClock(self.time.monotonic, lambda: EPOCH + self.time.now)
        station = Station(
            prepare=Outgoing(venue, HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET), clock),
            clock=clock,
            admission=RateBudget({}),
            hearing=Line(),
            rng=Random(2),
        )
        self.runner = VirtualRunner(station, self.network, self.time)
        self.keeper = keeper_of(self.hooks, looks)
        if listens:
            self.time.play(self.runner._drive(self.keeper.run()))
        self.time.jump(0.0)

    def place(self, number):
        """Place orders that rest on the book, and return their ids."""
        terms = OrderTerms(
            market=MARKETS["ETHUSD"],
            side="BUY",
            type="LIMIT",
            time_in_force="GTC",
            stp_mode="EXPIRE_TAKER",
            price=Decimal(1000),
            amount=Decimal("0.01"),
        )
        now = self.network.timestamp()
        with self.simulator.at(now):
            place = self.simulator.venue.desk.place
            return [place(self.simulator.account, terms, None, now).order_id for _ in range(number)]

    def cancel_all(self, orders):
        """Cancel orders, so many a second, and return the reports."""
        self.network.carried.clear()
        reports = self.runner.run_all(self.cancel(order, number) for number, order in enumerate(orders))
        self.time.close()
        return reports

    async def cancel(self, order_id, number):
        """Cancel one when its turn comes."""
        await Sleep(number / EACH_SECOND)
        operation = Operation(name="cancel_order", request=CancelRequest(order_id=order_id), timeout=10.0)
        return await report_cancel(self.hooks, operation, VENUE_ID)


@pytest.mark.parametrize("listens", [True, False])
def test_they_are_confirmed_without_a_query(listens):
    """Two hundred a second, each within a tenth of one, by the stream; without it they take queries."""
    desk = Desk(listens=listens)
    orders = desk.place(EACH_SECOND * SECONDS)
    reports = desk.cancel_all(orders)
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert desk.network.carried["DELETE"] == len(orders)
    if not listens:
        assert desk.network.carried["GET"] > 0
        return
    assert {report.evidence for report in reports} == {Evidence.STREAM}
    assert desk.network.carried["GET"] == 0
    assert max(report.elapsed for report in reports) < 0.25
    assert desk.time.now < SECONDS + 0.25
